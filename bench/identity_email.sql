-- email beside text COLLATE "C", citext and a nondeterministic ICU collation: parse, sort, lookup, join, group.
CREATE EXTENSION citext;
CREATE COLLATION bench.ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
\set n 300000
CREATE TABLE raw AS
SELECT (ARRAY['Jane', 'max', 'ANNA', 'li', 'User', 'info'])[1 + n % 6] || '.' || substr(md5(n::text), 1, 6 + n % 5) ||
       (ARRAY['@gmail.com', '@Example.com', '@web.de', '@mail.example-shop.co.uk', '@outlook.com'])[1 + n % 5] AS r
FROM generate_series(1, :n) n;
CREATE TABLE intl AS SELECT replace(r, '.', 'ü.') AS r FROM raw LIMIT 100000;
CREATE TABLE e AS SELECT r::omni.email AS e, lower(r) COLLATE "C" AS t, r::citext AS c, r COLLATE bench.ci AS i FROM raw;
CREATE TABLE k AS SELECT * FROM e ORDER BY md5(t) LIMIT 50000;
VACUUM ANALYZE raw; VACUUM ANALYZE intl; VACUUM ANALYZE e; VACUUM ANALYZE k;

CREATE FUNCTION bench.per_row(query text, floor_query text, n int) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE q float8 := 'infinity'; f float8 := 'infinity';
BEGIN
    FOR i IN 1..7 LOOP f := least(f, bench.once(floor_query)); q := least(q, bench.once(query)); END LOOP;
    RETURN round(((q - f) * 1e6 / n)::numeric, 1);
END $$;
SELECT '# parse: ' || bench.per_row('SELECT count(r::omni.email) FROM raw', 'SELECT count(r::text) FROM raw', :n) ||
       ' CPU ns a row over the cast to text (bar 100), already canonical ' ||
       bench.per_row('SELECT count(t::omni.email) FROM e', 'SELECT count(t::text) FROM e', :n) || ', non-ASCII ' ||
       bench.per_row('SELECT count(r::omni.email) FROM intl', 'SELECT count(r::text) FROM intl', 100000) || ', lower(text) ' ||
       bench.per_row('SELECT count(lower(r)) FROM raw', 'SELECT count(r) FROM raw', :n);
SELECT '# email_key provider: ' || bench.per_row('SELECT count(omni.email_key(e, ''provider'')) FROM e', 'SELECT count(e) FROM e', :n) ||
       ' CPU ns a row, hashed_identifier: ' || bench.per_row('SELECT count(omni.hashed_identifier(e::omni.identifier, ''meta'')) FROM e', 'SELECT count(e::omni.identifier) FROM e', :n) ||
       ', sha256(bytea) alone: ' || bench.per_row('SELECT count(sha256(t::bytea)) FROM e', 'SELECT count(t::bytea) FROM e', :n);

SELECT bench.compare('parse 300k addresses', NULL, 'SELECT count(r::omni.email) FROM raw', 'lower(text)', 'SELECT count(lower(r)) FROM raw', 'SELECT count(r::text) FROM raw');
SELECT bench.compare('sort', '<= 1.05', 'SELECT count(*) FROM (SELECT e FROM e ORDER BY e OFFSET 0) s', 'text "C"', 'SELECT count(*) FROM (SELECT t FROM e ORDER BY t OFFSET 0) s', 'SELECT count(*) FROM (SELECT e FROM e OFFSET 0) s');
SELECT bench.compare('sort', NULL, 'SELECT count(*) FROM (SELECT e FROM e ORDER BY e OFFSET 0) s', 'citext', 'SELECT count(*) FROM (SELECT c FROM e ORDER BY c OFFSET 0) s', 'SELECT count(*) FROM (SELECT e FROM e OFFSET 0) s', 2);
SELECT bench.compare('sort', NULL, 'SELECT count(*) FROM (SELECT e FROM e ORDER BY e OFFSET 0) s', 'ICU nondeterministic', 'SELECT count(*) FROM (SELECT i FROM e ORDER BY i OFFSET 0) s', 'SELECT count(*) FROM (SELECT e FROM e OFFSET 0) s', 2);
SELECT bench.compare('filter by =', NULL, $$SELECT count(*) FROM e WHERE e = 'jane.7@web.de'$$, 'text "C"', $$SELECT count(*) FROM e WHERE t = 'jane.7@web.de'$$);
SELECT bench.compare('filter by =', NULL, $$SELECT count(*) FROM e WHERE e = 'jane.7@web.de'$$, 'citext', $$SELECT count(*) FROM e WHERE c = 'jane.7@web.de'$$);
SELECT bench.compare('filter by =', NULL, $$SELECT count(*) FROM e WHERE e = 'jane.7@web.de'$$, 'ICU nondeterministic', $$SELECT count(*) FROM e WHERE i = 'jane.7@web.de'$$);
SELECT bench.compare('group', NULL, 'SELECT count(*) FROM (SELECT e FROM e GROUP BY e OFFSET 0) s', 'text "C"', 'SELECT count(*) FROM (SELECT t FROM e GROUP BY t OFFSET 0) s');
SELECT bench.compare('create index', NULL, 'CREATE INDEX e_e ON e (e)', 'text "C"', 'CREATE INDEX e_t ON e (t)', NULL, 1);
SELECT bench.compare('create index', NULL, 'CREATE INDEX e_e2 ON e (e)', 'citext', 'CREATE INDEX e_c ON e (c)', NULL, 1);
DROP INDEX e_e2;
SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_memoize = off;
SELECT bench.compare('50k index lookups', '<= 1.05', 'SELECT count(*) FROM k JOIN e ON e.e = k.e', 'text "C"', 'SELECT count(*) FROM k JOIN e ON e.t = k.t');
SELECT bench.compare('50k index lookups', NULL, 'SELECT count(*) FROM k JOIN e ON e.e = k.e', 'citext', 'SELECT count(*) FROM k JOIN e ON e.c = k.c', NULL, 2);
SELECT '# index sizes, kB: email ' || pg_relation_size('e_e') / 1024 || ', text ' || pg_relation_size('e_t') / 1024 || ', citext ' || pg_relation_size('e_c') / 1024;
