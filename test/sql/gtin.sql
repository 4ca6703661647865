SET search_path = public, omni;
SET extra_float_digits = 0;

-- input: 8, 12, 13 or 14 digits, one value whatever the length
SELECT v, v::gtin FROM (VALUES ('40170725'), ('012345678905'), ('0012345678905'), ('00012345678905'),
    ('4006381333931'), ('10614141000415'), (' 4 006381 333931 '), ('4-006381-33393-1'),
    ('４００６３８１３３３９３１'), ('00000000'), ('99999999999997')) AS x(v);
SELECT '012345678905'::gtin = '00012345678905'::gtin AS one_value, pg_column_size('40170725'::gtin) AS bytes;

-- each refusal says what is wrong
\set ON_ERROR_STOP 0
SELECT '4006381333932'::gtin;
SELECT ''::gtin;
SELECT '   '::gtin;
SELECT '400638133'::gtin;
SELECT '400638133393100'::gtin;
SELECT '12345678905'::gtin;
SELECT '3062300000011112345'::gtin;
SELECT '400638133393?'::gtin;
SELECT '4006381333931!'::gtin;
SELECT 'ABC4006381333'::gtin;
SELECT '-4006381333931'::gtin;
SELECT '4006381333931-'::gtin;
SELECT E'4006381333931\n'::gtin;
SELECT '٤٠٠٦٣٨١٣٣٣٩٣١'::gtin;
SELECT '1.23457E+11'::gtin;
SELECT '4,00638E+12'::gtin;
SELECT '4006381333931.0'::gtin;
SELECT '0109501101530003'::gtin;
SELECT '106141412345678908'::gtin;
SELECT '0306406152'::gtin;
SELECT '04252614'::gtin;
SELECT '040000001'::gtin;
SELECT U&'4006381\0378333931'::gtin;
SELECT repeat('4', 5000)::gtin;
\echo :LAST_ERROR_SQLSTATE
SELECT '4006381333932'::text::gtin;
\echo :LAST_ERROR_SQLSTATE
SELECT 4006381333932::gtin;
SELECT (-1)::bigint::gtin;
\echo :LAST_ERROR_SQLSTATE
SELECT 100000000000000::gtin;

-- the same for ETL, without an error
SELECT v, gtin_try(v), gtin_problem(v)
FROM (VALUES ('4006381333931'), ('4006381333932'), (''), ('12345'), ('1.23457E+11'), ('4006381333931.0'),
    ('ABC'), ('04252614'), (NULL)) AS x(v);

-- casts
SELECT '4006381333931'::gtin::text, '4006381333931'::gtin::bigint, 4006381333931::gtin, gtin(40170725),
    '4006381333931'::varchar(20)::gtin;
CREATE TEMP TABLE assigned (g gtin, t text, v varchar(20), b bigint);
INSERT INTO assigned SELECT '40170725'::text, '40170725'::gtin, '40170725'::gtin, '40170725'::gtin;
INSERT INTO assigned (g) SELECT '4006381333931'::varchar(30);
INSERT INTO assigned (g) SELECT 4006381333931;
SELECT * FROM assigned;

-- binary form
SELECT gtin_send('10614141000415');
CREATE TEMP TABLE wire (g gtin);
\set tmp `mktemp -u`
COPY (SELECT g FROM assigned) TO :'tmp' (FORMAT binary);
COPY wire FROM :'tmp' (FORMAT binary);
COPY (SELECT x FROM (VALUES (10::bigint)) AS b(x)) TO :'tmp' (FORMAT binary);
COPY wire FROM :'tmp' (FORMAT binary);
\echo :LAST_ERROR_SQLSTATE
COPY (SELECT 16000000000000::bigint) TO :'tmp' (FORMAT binary);
COPY wire FROM :'tmp' (FORMAT binary);
COPY (SELECT (-16)::bigint) TO :'tmp' (FORMAT binary);
COPY wire FROM :'tmp' (FORMAT binary);
COPY (SELECT 16::int) TO :'tmp' (FORMAT binary);
COPY wire FROM :'tmp' (FORMAT binary);
\setenv TMPWIRE :tmp
\! rm -f "$TMPWIRE"
SELECT * FROM wire ORDER BY g;

-- parts and forms
SELECT g, gtin_indicator(g), gtin_base(g), gtin_pack(g, 3), gtin_format(g, 14), gtin_format(gtin_base(g), 13)
FROM (VALUES ('10614141000415'::gtin)) AS x(g);
SELECT gtin_format('40170725', 8), gtin_format('40170725', 12), gtin_format('012345678905', 12);
SELECT gtin_format('4006381333931', 12);
\echo :LAST_ERROR_SQLSTATE
SELECT gtin_format('4006381333931', 11);
\echo :LAST_ERROR_SQLSTATE
SELECT gtin_pack('4006381333931', 10);
\echo :LAST_ERROR_SQLSTATE
SELECT same_item('10614141000415', '00614141000418'), '10614141000415'::gtin =~ '00614141000418'::gtin AS op,
    same_item('10614141000415', '00614141000425');
SELECT v, gtin_class(v::gtin) FROM (VALUES ('4006381333931'), ('2012345678903'), ('0212345678909'),
    ('0412345678903'), ('0512345678900'), ('9812345678902'), ('9912345678909'), ('9801234567892'), ('9780306406157'),
    ('9790123456785'), ('9771234567003'), ('92345678901237'), ('09520123456788'), ('40170725'), ('02345673'),
    ('20123451')) AS x(v);

-- UPC-E is asked for by name
SELECT gtin_from_upce('04252614'), gtin_from_upce('01234565'), gtin_from_upce('0 783860 4'),
    gtin_from_upce('01234531'), gtin_from_upce('01234543');
SELECT gtin_from_upce('04252615');
SELECT gtin_from_upce('24252614');
SELECT gtin_from_upce('425261');
SELECT gtin_from_upce('4252X14');
\echo :LAST_ERROR_SQLSTATE

-- what damage may have hidden
SELECT left(v, 20), (SELECT array_agg(r ORDER BY r) FROM gtin_repair(v) AS r)
FROM (VALUES ('4006381333931'), ('12345678905'), ('7838604'), ('07838604'), ('4.006381333931E+12'), ('4.00638E+12'),
    ('4006381333931.0'), ('''4006381333931'), ('0-306-40615-2'), ('0-8044-2957-X'), ('2049-3630'), ('M-1234-5678-5'),
    ('0109501101530003'), ('1234'), ('4006381333932'), ('junk'), (''), (repeat('1', 200))) AS x(v);

-- order: company prefix, item, pack level
CREATE TABLE item (id int, g gtin);
INSERT INTO item SELECT i, gtin_pack((lpad(((i * 7919::bigint) % 100000)::text, 7, '4006381') || '00000' ||
    (SELECT (10 - sum(substr(lpad(((i * 7919::bigint) % 100000)::text, 7, '4006381') || '00000', k, 1)::int *
        CASE WHEN k % 2 = 0 THEN 3 ELSE 1 END) % 10) % 10 FROM generate_series(1, 12) k))::gtin, i % 3)
    FROM generate_series(1, 20000) i;
CREATE INDEX item_g ON item (g);
VACUUM ANALYZE item;
SELECT min(g), max(g), count(DISTINCT g) FROM item;
SELECT array_agg(x::gtin ORDER BY x::gtin) FROM unnest(ARRAY['4006381333931', '10614141000415', '00614141000418',
    '40170725', '00614141000425']) x;

-- a string parameter finds the index
SET enable_seqscan = off;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT * FROM item WHERE g = '4006381333931'::text;
PREPARE by_text(text) AS SELECT count(*) FROM item WHERE g = $1;
EXPLAIN (COSTS OFF) EXECUTE by_text('4006381333931');
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE by_text('4006381333931');
PREPARE by_array(text[]) AS SELECT count(*) FROM item WHERE g = ANY ($1::gtin[]);
EXPLAIN (COSTS OFF) EXECUTE by_array('{4006381333931}');
RESET plan_cache_mode;
EXPLAIN (COSTS OFF) SELECT * FROM item WHERE g BETWEEN '4006381333931'::text AND '4006381333931'::varchar;
EXPLAIN (COSTS OFF) SELECT * FROM item WHERE g <> '4006381333931'::text AND NOT g < '4006381333931'::text;
RESET enable_seqscan;
SELECT g FROM item WHERE id IN (1, 2) ORDER BY g;
SELECT count(*) FROM item WHERE g = ANY (ARRAY(SELECT g::text FROM item WHERE id <= 50));
SELECT count(*) FROM item WHERE g = ANY (ARRAY['14007919000001', '40063079190', '4006381333931']::text[]);
SELECT count(*) FROM item WHERE g = ANY (ARRAY['14007919000001', '4006381333931']::text[]);
SELECT count(*) FROM item WHERE g <> ALL (ARRAY['14007919000001', '4006381333931']::text[]);
CREATE TEMP TABLE common AS SELECT gtin_pack('4006381333931', i % 4) AS g FROM generate_series(1, 400) i;
ANALYZE common;
SELECT count(*) FROM common WHERE g = ANY (ARRAY['4006381333931']::text[]);
SELECT count(*) FROM common WHERE g < ANY (ARRAY['4006381333931', '14006381333938']::text[]);
SELECT count(*) FROM item WHERE g = 'nonsense'::text;
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM item WHERE g IN (SELECT g::text FROM item WHERE id < 10);
SELECT g IS DISTINCT FROM '40170725'::text, nullif(g, '40170725'::text) FROM (VALUES ('40170725'::gtin)) AS x(g);
SELECT g = NULL::text, g < '99999999999997'::text, g <= '40170725'::text, g > '40170725'::text, g >= '40170725'::text
FROM (VALUES ('40170725'::gtin)) AS x(g);

-- a prefix is one range, exact, of the operator and of the function, known at planning or later
EXPLAIN (COSTS OFF) SELECT * FROM item WHERE g ^@ '40063';
EXPLAIN (COSTS OFF) SELECT * FROM item WHERE gtin_starts_with(g, '4006-39');
SET enable_seqscan = off;
SET plan_cache_mode = force_generic_plan;
PREPARE by_prefix(text) AS SELECT count(*) FROM item WHERE g ^@ $1;
EXPLAIN (COSTS OFF) EXECUTE by_prefix('400638');
EXECUTE by_prefix('400638');
RESET plan_cache_mode;
EXPLAIN (COSTS OFF) SELECT count(*) FROM (VALUES ('40063'), ('400639')) AS p(prefix) JOIN item ON g ^@ prefix;
EXPLAIN (COSTS OFF) SELECT * FROM item WHERE g =~ '14006381333938';
EXPLAIN (COSTS OFF) SELECT * FROM item WHERE same_item('14006381333938', g);
EXPLAIN (COSTS OFF) SELECT count(*) FROM (VALUES ('14007919000001'::gtin)) a(g) JOIN item b ON a.g =~ b.g;
EXPLAIN (COSTS OFF) SELECT (SELECT count(*) FROM item b WHERE a.g =~ b.g) FROM item a;
SELECT count(*) FROM (SELECT g FROM item WHERE id < 5) a JOIN item b ON a.g =~ b.g;
RESET enable_bitmapscan;
RESET enable_seqscan;
SELECT p, (SELECT count(*) FROM item WHERE g ^@ p) AS indexed,
    (SELECT count(*) FROM item WHERE substr(g::text, 2) LIKE p || '%') AS filtered
FROM (VALUES (''), ('4'), ('40063'), ('400630791900'), ('9')) AS x(p);
SELECT count(*) FROM item WHERE g ^@ '4006381333931';
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM item WHERE g ^@ '40x';
CREATE INDEX item_brin ON item USING brin (g);
DROP INDEX item_g;
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM item WHERE g ^@ '40063';
SELECT count(*) FROM item WHERE g ^@ '40063';
RESET enable_seqscan;

-- the estimate is the range's: within a factor of 2 here
CREATE FUNCTION estimate(query text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE j json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO j;
    RETURN j -> 0 -> 'Plan' ->> 'Plan Rows';
END $$;
SELECT p, estimate(format('SELECT * FROM item WHERE g ^@ %L', p)) / n BETWEEN 0.5 AND 2 AS by_operator,
    estimate(format('SELECT * FROM item WHERE gtin_starts_with(g, %L)', p)) / n BETWEEN 0.5 AND 2 AS by_function
FROM (VALUES ('400'), ('40063'), ('400630')) AS x(p), LATERAL (SELECT count(*)::float8 AS n FROM item WHERE g ^@ p) c;
SELECT estimate($$SELECT * FROM item WHERE g =~ '14007919000001'$$) <= 3 AS one_item;

-- hash and merge join, grouping, partitions, range
SET enable_hashjoin = off;
SELECT count(*) FROM item a JOIN item b USING (g);
RESET enable_hashjoin;
SET enable_mergejoin = off;
SELECT count(*) FROM item a JOIN item b USING (g);
RESET enable_mergejoin;
SELECT count(*) FROM (SELECT g FROM item GROUP BY g) x;
CREATE TABLE parted (g gtin) PARTITION BY RANGE (g);
CREATE TABLE parted_a PARTITION OF parted FOR VALUES FROM (MINVALUE) TO ('5000000000005');
CREATE TABLE parted_b PARTITION OF parted FOR VALUES FROM ('5000000000005') TO (MAXVALUE);
EXPLAIN (COSTS OFF) SELECT * FROM parted WHERE g = '4006381333931'::text;
CREATE TABLE hashed (g gtin PRIMARY KEY) PARTITION BY HASH (g);
CREATE TABLE hashed_0 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE hashed_1 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO hashed SELECT DISTINCT g FROM item;
SELECT count(*) > 5000 AS spread FROM hashed_0;
INSERT INTO hashed SELECT g FROM item LIMIT 1;

-- without any search path the operators are there
SET search_path = '';
SELECT count(*) FROM public.item WHERE g = '14007919000001' OR g = '14007919000001'::text;
SELECT count(DISTINCT g) FROM public.item WHERE g > '40170725' AND g OPERATOR(omni.^@) '40063';
SELECT omni.max(g) FROM public.item;
RESET search_path;
DROP TABLE item, parted, hashed;
DROP FUNCTION estimate;

-- the same in every server encoding
CREATE DATABASE omni_gtin_eucjp TEMPLATE template0 ENCODING 'EUC_JP' LOCALE 'C';
\c omni_gtin_eucjp
SET client_min_messages = warning;
CREATE EXTENSION omni;
SET client_encoding = 'UTF8';
SELECT '４００６３８１３３３９３１'::omni.gtin, omni.gtin_try('４００６３８１３３３９３２'), ARRAY(SELECT omni.gtin_repair('１２３４５６７８９０５'));
SELECT '4006381漢'::omni.gtin;
SELECT * FROM omni.gs1_check('(10)漢'), omni.gs1_title('3140');
\c postgres
DROP DATABASE omni_gtin_eucjp;
