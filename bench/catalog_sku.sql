-- sku against text COLLATE "C", text under an ICU collation, citext, and a nondeterministic collation
CREATE EXTENSION IF NOT EXISTS citext;
CREATE COLLATION bench.ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE COLLATION bench.icu (provider = icu, locale = 'en');
SELECT setseed(0.5);
CREATE TABLE bench.raw AS
SELECT t, omni.sku(t) AS s FROM (SELECT 'ST' || lpad((i / 24)::text, 6, '0') || '-' || (ARRAY['RED', 'BLUE', 'BLACK', 'WHITE', 'GREEN', 'SAND'])[1 + i % 6] || '-' || (ARRAY['S', 'M', 'L', 'XL'])[1 + (i / 6) % 4] AS t
FROM generate_series(1, 1000000) AS i ORDER BY random()) x;
-- codes that differ early, so that abbreviated keys decide, and dirty spellings of them
CREATE TABLE bench.item AS
SELECT s, s::text COLLATE "C" AS t, s::text COLLATE bench.icu AS ti, s::text::citext AS c, s::text COLLATE bench.ci AS n, raw, low, row_number() OVER () AS i
FROM (SELECT omni.sku(upper(substr(md5(t), 1, 4)) || '-' || t) AS s, upper(substr(md5(t), 1, 4)) || '-' || t AS raw, ' ' || lower(substr(md5(t), 1, 4) || '-' || t) AS low FROM bench.raw) x;
VACUUM ANALYZE bench.item;

SELECT bench.compare('sku: sort 1M', '<= 1.05', 'SELECT count(*) FROM (SELECT s FROM bench.item ORDER BY s OFFSET 0) x', 'text C',
    'SELECT count(*) FROM (SELECT t FROM bench.item ORDER BY t OFFSET 0) x');
SELECT bench.compare('sku: sort 1M, same first 8 bytes', '<= 1.05', 'SELECT count(*) FROM (SELECT s FROM bench.raw ORDER BY s OFFSET 0) x', 'text C',
    'SELECT count(*) FROM (SELECT t FROM bench.raw ORDER BY t COLLATE "C" OFFSET 0) x', reps => 3);
SELECT bench.compare('sku: sort 1M', NULL, 'SELECT count(*) FROM (SELECT s FROM bench.item ORDER BY s OFFSET 0) x', 'text ICU',
    'SELECT count(*) FROM (SELECT ti FROM bench.item ORDER BY ti OFFSET 0) x', reps => 2);
SELECT bench.compare('sku: sort 1M', NULL, 'SELECT count(*) FROM (SELECT s FROM bench.item ORDER BY s OFFSET 0) x', 'citext',
    'SELECT count(*) FROM (SELECT c FROM bench.item ORDER BY c OFFSET 0) x', reps => 1);
-- what parsing costs beyond reading the text: nanoseconds a row are milliseconds a million rows
SELECT bench.compare('sku: parse 1M canonical', '<= 100 ms over text', 'SELECT count(omni.sku(raw)) FROM bench.item', 'upper(btrim(text)) C', 'SELECT count(upper(btrim(raw) COLLATE "C")) FROM bench.item',
    'SELECT count(raw) FROM bench.item');
SELECT bench.compare('sku: parse 1M with case and space', '<= 100 ms over text', 'SELECT count(omni.sku(low)) FROM bench.item', 'upper(btrim(text)) C', 'SELECT count(upper(btrim(low) COLLATE "C")) FROM bench.item',
    'SELECT count(low) FROM bench.item');
SELECT bench.compare('sku: = over 1M', '<= 1.05', 'SELECT count(*) FROM bench.item WHERE s = ''0000-X''', 'text C', 'SELECT count(*) FROM bench.item WHERE t = ''0000-X''', 'SELECT count(*) FROM bench.item');
SELECT bench.compare('sku: = over 1M', NULL, 'SELECT count(*) FROM bench.item WHERE s = ''0000-X''', 'nondeterministic ICU', 'SELECT count(*) FROM bench.item WHERE n = ''0000-X''', 'SELECT count(*) FROM bench.item');
SELECT bench.compare('sku: GROUP BY 1M', '<= 1.05', 'SELECT count(*) FROM (SELECT s FROM bench.item GROUP BY s OFFSET 0) x', 'text C', 'SELECT count(*) FROM (SELECT t FROM bench.item GROUP BY t OFFSET 0) x', reps => 6);
SELECT bench.compare('sku: GROUP BY 1M', NULL, 'SELECT count(*) FROM (SELECT s FROM bench.item GROUP BY s OFFSET 0) x', 'citext', 'SELECT count(*) FROM (SELECT c FROM bench.item GROUP BY c OFFSET 0) x', reps => 2);
SELECT bench.compare('sku: btree build 1M', '<= 1.05', 'DROP INDEX IF EXISTS bench.item_s; CREATE INDEX item_s ON bench.item (s)', 'text C', 'DROP INDEX IF EXISTS bench.item_t; CREATE INDEX item_t ON bench.item (t)', reps => 3);
CREATE TABLE bench.probe AS SELECT s, t FROM bench.item WHERE i % 3 = 0;
ANALYZE bench.probe;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SELECT bench.compare('sku: 333k index lookups', '<= 1.05', 'SELECT count(*) FROM bench.probe p JOIN bench.item x ON x.s = p.s', 'text C', 'SELECT count(*) FROM bench.probe p JOIN bench.item x ON x.t = p.t', reps => 3);
RESET enable_hashjoin;
RESET enable_mergejoin;
SELECT bench.compare('sku: prefix, 200 ranges', NULL, 'SELECT count(*) FROM generate_series(0, 199) g JOIN bench.item x ON omni.sku_starts_with(x.s, lpad(to_hex(g), 2, ''0''))', 'text C, LIKE without an index range',
    'SELECT count(*) FROM generate_series(0, 9) g JOIN bench.item x ON x.t LIKE upper(lpad(to_hex(g), 2, ''0'')) || ''%''', reps => 1);
SELECT '# index size: sku ' || pg_size_pretty(pg_relation_size('bench.item_s')) || ', text ' || pg_size_pretty(pg_relation_size('bench.item_t'))
    || '; bytes a value: sku ' || round(avg(pg_column_size(s)), 1) || ', text ' || round(avg(pg_column_size(t)), 1) FROM bench.item;
SELECT '# distinct hashes / distinct keys at 1M: ' || round(count(DISTINCT omni.sku_hash(s))::numeric / count(DISTINCT s), 6) FROM bench.item;
