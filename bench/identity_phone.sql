-- Type phone beside bigint and text: reading, writing, sorting, looking up, 8 bytes against text's 13.
CREATE TABLE raw AS SELECT '+' || (ARRAY['1202555', '49301234', '44207183', '3314268', '861391234'])[1 + g % 5] || lpad((g % 10000)::text, 4, '0') AS t, '0301' || lpad(g::text, 7, '0') AS n,
    g::bigint * 1000003 % 10000000019 AS b FROM generate_series(1, 500000) g;
CREATE TABLE val AS SELECT omni.phone('+4930' || (10000000 + b % 89999999)) AS p, ('+4930' || (10000000 + b % 89999999)) COLLATE "C" AS t, 493000000000 + b AS b FROM raw;
ANALYZE raw;
ANALYZE val;
SELECT bench.compare('500k international numbers: read', NULL, 'SELECT count(omni.phone(t)) FROM raw', 'text::bigint', 'SELECT count(t::bigint) FROM raw', 'SELECT count(t) FROM raw');
SELECT bench.compare('500k numbers of a region: read', NULL, $$SELECT count(omni.phone(n, 'DE')) FROM raw$$, 'text::bigint', 'SELECT count(n::bigint) FROM raw', 'SELECT count(n) FROM raw');
SELECT bench.compare('500k: write', NULL, 'SELECT count(p::text) FROM val', 'bigint::text', 'SELECT count(b::text) FROM val', 'SELECT count(p) FROM val');
SELECT bench.compare('500k: sort', NULL, 'SELECT count(*) FROM (SELECT p FROM val ORDER BY p OFFSET 0) s', 'text COLLATE "C"', 'SELECT count(*) FROM (SELECT t FROM val ORDER BY t OFFSET 0) s');
SELECT bench.compare('500k: sort', '<= 1.05', 'SELECT count(*) FROM (SELECT p FROM val ORDER BY p OFFSET 0) s', 'bigint', 'SELECT count(*) FROM (SELECT b FROM val ORDER BY b OFFSET 0) s');
SELECT bench.compare('500k: group', NULL, 'SELECT count(*) FROM (SELECT p FROM val GROUP BY p) s', 'text COLLATE "C"', 'SELECT count(*) FROM (SELECT t FROM val GROUP BY t) s');
CREATE INDEX val_p ON val (p);
CREATE INDEX val_t ON val (t);
VACUUM ANALYZE val;
SELECT bench.compare('prefix of a thousandth, 200 times', NULL,
    $$DO 'DECLARE n bigint; BEGIN FOR i IN 10..209 LOOP SELECT count(*) INTO n FROM val WHERE p OPERATOR(omni.^@) ''+493012''; END LOOP; END'$$, 'text LIKE',
    $$DO 'DECLARE n bigint; BEGIN FOR i IN 10..209 LOOP SELECT count(*) INTO n FROM val WHERE t LIKE ''+493012%''; END LOOP; END'$$);
SELECT '# index: phone ' || pg_size_pretty(pg_relation_size('val_p')) || ', text ' || pg_size_pretty(pg_relation_size('val_t'));
