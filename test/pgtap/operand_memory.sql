-- comparing a column with texts keeps parsed texts, but not without bound: 200 texts of a megabyte
SELECT plan(1);
CREATE FUNCTION rss() RETURNS bigint LANGUAGE sql VOLATILE AS
    $$SELECT substring(pg_read_file('/proc/self/status') FROM 'VmRSS:\s+(\d+)')::bigint / 1024$$;
CREATE TABLE code AS SELECT omni.sku('A' || i) AS s, 'A' || i || repeat(' ', 1000000) AS t FROM generate_series(1, 200) i;
ANALYZE code;
SELECT rss() AS before \gset
SELECT ok(hits = 200 AND most - :before < 100, format('%s texts are equal, %s MB more than before', hits, most - :before))
FROM (SELECT count(*) FILTER (WHERE s = ANY (ARRAY[t, 'X'])) AS hits, max(rss()) AS most FROM code) x;
SELECT * FROM finish();
