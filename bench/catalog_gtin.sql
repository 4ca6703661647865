-- gtin beside contrib/isn's ean13 (parse, output) and beside bigint, whose bytes it has (sort, hash, index).
CREATE EXTENSION isn;
SET search_path = public, omni;

-- 1,000,000 EAN-13, all different, in no order
CREATE TABLE item AS
SELECT right(g::text, 13) AS t, g, g::text::bigint AS n, right(g::text, 13)::ean13 AS e
FROM (SELECT gtin_prefix_first((200000000000 + ((i * 2654435761) % 4294967296) * 23)::text) AS g FROM generate_series(1::bigint, 1000000) i) x;
VACUUM ANALYZE item;

SELECT bench.compare('parse, text to gtin, 1M', '<= 0.70', 'SELECT count(t::gtin) FROM item',
    'isn ean13', 'SELECT count(t::ean13) FROM item', 'SELECT count(t) FROM item');
SELECT bench.compare('parse, text to gtin, 1M', 'information', 'SELECT count(t::gtin) FROM item',
    'bigint', 'SELECT count(t::bigint) FROM item', 'SELECT count(t) FROM item');
SELECT bench.compare('out, gtin to text, 1M', '<= 0.60', 'SELECT count(g::text) FROM item',
    'isn ean13', 'SELECT count(e::text) FROM item', 'SELECT count(g) FROM item');
SELECT bench.compare('sort, 1M', '<= 1.05', 'SELECT count(*) FROM (SELECT g FROM item ORDER BY g OFFSET 0) x',
    'bigint', 'SELECT count(*) FROM (SELECT n FROM item ORDER BY n OFFSET 0) x', 'SELECT count(*) FROM (SELECT g FROM item OFFSET 0) x');
SELECT bench.compare('hash aggregation, 1M different', 'information', 'SELECT count(*) FROM (SELECT g FROM item GROUP BY g) x',
    'bigint', 'SELECT count(*) FROM (SELECT n FROM item GROUP BY n) x', reps => 3);
SELECT bench.compare('btree build, 1M different', 'information', 'CREATE INDEX i ON item (g); DROP INDEX i',
    'bigint', 'CREATE INDEX i ON item (n); DROP INDEX i', reps => 3);

-- a company prefix: one range of the index, for every pack level
CREATE INDEX item_g ON item (g);
CREATE INDEX item_t ON item (t COLLATE "C");
VACUUM ANALYZE item;
SELECT bench.compare('count by prefix, 2,000 prefixes', 'information',
    $$SELECT sum((SELECT count(*) FROM item WHERE g ^@ p)) FROM (SELECT (200000 + i * 49)::text AS p FROM generate_series(1, 2000) i) x$$,
    'text COLLATE "C", two bounds', $$SELECT sum((SELECT count(*) FROM item WHERE t COLLATE "C" >= p AND t COLLATE "C" < (p::bigint + 1)::text))
        FROM (SELECT (200000 + i * 49)::text AS p FROM generate_series(1, 2000) i) x$$);

-- an index over 1,000,000 rows of 5,000 different values
CREATE TABLE sale AS SELECT g, n, e FROM (SELECT *, row_number() OVER () AS r FROM item LIMIT 5000) k, generate_series(1, 200);
CREATE INDEX sale_g ON sale (g);
CREATE INDEX sale_n ON sale (n);
CREATE INDEX sale_e ON sale (e);
SELECT format('# index of repeats, 1M rows of 5,000 values: gtin %s kB, bigint %s kB, ratio %s (bar <= 1.00), isn ean13 %s kB',
    pg_relation_size('sale_g') / 1024, pg_relation_size('sale_n') / 1024,
    round(pg_relation_size('sale_g')::numeric / pg_relation_size('sale_n'), 2), pg_relation_size('sale_e') / 1024);

-- scans of a shop
CREATE TABLE scan AS SELECT format('(01)%s(17)261231(10)LOT%s(21)%s', g, n % 1000, n) AS d FROM item LIMIT 100000;
SELECT bench.compare('gs1_gtin of 100k bracketed scans', 'information', 'SELECT count(gs1_gtin(d)) FROM scan',
    'regexp, nothing checked', $$SELECT count(substring(d FROM '\(01\)([0-9]{14})')) FROM scan$$, 'SELECT count(d) FROM scan', 3);
