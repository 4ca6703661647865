-- type sku: canonical form, refused and suspicious input, parts, operators, plans
SET search_path = public, omni;

-- canonical form
SELECT encode(convert_to(raw, 'UTF8'), 'escape') AS raw, sku(raw) FROM (VALUES
    ('abc-1'), (E'  \t\u00a0abc-1\u200b\ufeff '), (E'abc\u20131'), (E'abc\u22121'), (E'\uff41\uff42\uff43\uff0d\uff11'),
    (E'a\u3000b'), ('light blue 5'), ('Shop-2|abc'), (E'SHOP\uff5cabc'), ('0017'), ('17'), ('!"#$%&''()*+,./:;<=>?@[\]^_`{}~')
  ) AS v(raw);
SELECT length(repeat('x', 255)::sku::text), sku('amazon', ' b00example ') AS joined, sku_rule_version();

-- refused: reason, detail and hint in one row; sku_try and sku_problem agree with it
SELECT encode(convert_to(raw, 'UTF8'), 'escape') AS raw, problem, detail, hint FROM (VALUES
    (''), (E' \t\u00a0'), ('a  b'), (E'a\tb'), (E'a\nb'), (E'a \u00a0b'),
    ('x|'), ('|x'), ('a|b|c'), ('a_b|c'), ('seventeen-letters|c'), ('shop| c'),
    ('1.23457E+11'), ('1,23457e+11'), ('1E+05'), ('-1.5e10'), ('1.5E-05'), ('amazon|1.23457E+11'),
    ('123.0'), ('17.000'), ('5-Mar'), ('05-Mar'), ('Mar-05'), ('5-Mar-24'), ('2024-03-05 00:00:00'), ('2024-03-05T00:00:00Z'), ('3/5/2024 0:00'),
    ('''0017'), ('="0017"'), ('=A1'), ('#N/A'), ('#ref!'), ('######'),
    (E'abc\u200bdef'), (E'ab\u00adc'), (E'\u0410BC-1'), (E'abc-\u043a1'), (E'\u0392-7'), (E'A\u20191'), (E'\u0411\u0410'),
    (E'x\U0001F4A5'), (E'\U0001F1E9\U0001F1EA'), (E'1\ufe0f\u20e3'), (E'm\u00fcller'), (E'm\u00c3\u00bcller'), (E'\u4e2d'), (E'a\u0301'), (E'\u0378')
  ) AS v(raw), sku_check(raw) \gx
SELECT encode(convert_to(raw, 'UTF8'), 'escape') AS raw, problem FROM (VALUES (repeat('x', 256)), ('shop|' || repeat('x', 251)), (repeat(E'\ufb03', 86)), (repeat(' ', 300))) AS v(raw0),
  LATERAL (SELECT left(raw0, 5) || '...' AS raw, sku_problem(raw0) AS problem) p;

-- accepted, but suspicious
SELECT encode(convert_to(raw, 'UTF8'), 'escape') AS raw, sku, warning, detail, hint FROM (VALUES
    ('1E5'), ('1e-05'), ('5-MAR'), ('mar-05'), ('2024-03-05'), ('3/5/2024'), ('12345678905'), ('1234567890123450000'), ('+49-1'), ('-5'), ('@1'),
    ('"abc"'), ('n/a'), ('A&amp;B'), (E'm\u00b2')
  ) AS v(raw), sku_check(raw) \gx
SELECT encode(convert_to(raw, 'UTF8'), 'escape') AS raw, sku_warning(raw) FROM (VALUES ('ABC-1'), ('12345678906'), ('123456789012345'), ('A&B;C'), (E'\uff21-1'), (E'a\u20141'), ('1.23457E+11')) AS v(raw);

-- errors as an application sees them
\set VERBOSITY default
SELECT sku('1.23457E+11');
\echo :LAST_ERROR_SQLSTATE
SELECT 'a  b'::sku;
\echo :LAST_ERROR_SQLSTATE
SELECT repeat('x', 256)::sku;
\echo :LAST_ERROR_SQLSTATE
SELECT repeat('x', 65)::sku(64);
\echo :LAST_ERROR_SQLSTATE
SELECT sku('a', 'b|c');
\echo :LAST_ERROR_SQLSTATE
SELECT '1'::sku(0);
\echo :LAST_ERROR_SQLSTATE
SELECT '1'::sku(1, 2);
\echo :LAST_ERROR_SQLSTATE

-- the limit
CREATE TABLE limited (s sku(5), t sku);
INSERT INTO limited VALUES ('abcde', 'abcdef');
INSERT INTO limited VALUES ('abcdef');
UPDATE limited SET s = t;
SELECT t::sku(5) FROM limited;
COPY limited (s) FROM stdin;
abcdef
\.
SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'limited'::regclass AND attname = 's';
SELECT relfilenode AS before FROM pg_class WHERE oid = 'limited'::regclass \gset
ALTER TABLE limited ALTER s TYPE sku(9);
SELECT relfilenode = :before AS not_rewritten FROM pg_class WHERE oid = 'limited'::regclass;
ALTER TABLE limited ALTER t TYPE sku(5);
DROP TABLE limited;

-- strings of any type go in and come out
CREATE TABLE strings (s sku);
INSERT INTO strings SELECT 'a-1'::text;
INSERT INTO strings SELECT 'a-2'::varchar;
INSERT INTO strings SELECT 'a-3'::char(9);
SELECT s::text, s::varchar, octet_length(s::text) FROM strings;
CREATE TABLE back (t text, v varchar(5));
INSERT INTO back SELECT s, s FROM strings;
SELECT count(*) FROM back;
DROP TABLE strings, back;

-- null in, null out
SELECT sku(NULL::text), sku_try(NULL), sku_problem(NULL), sku_warning(NULL), sku_style(NULL), NULL::sku ^@ 'a', 'a'::sku <@ NULL, sku_fits('a', NULL);

-- binary form
SELECT encode(sku_send('shop|a 1'), 'escape');

-- parts
SELECT s, sku_channel(s), sku_code(s), sku_segments(s), sku_style(s), sku_style(s, 2) AS style2
FROM unnest('{TEE-RED-XL,shop|TEE-RED/XL,TEE-LIGHT BLUE-M,BOLT-M1.5_10,A - B,-A--B-,---,PLAIN,1.0-RED,A_B}'::sku[]) AS s;
SELECT sku_style('A-B', 9), sku_style('A-B-', 2) AS without, sku_style('A-B-', 3) AS whole;
SELECT sku_style('A-B', 0);
\echo :LAST_ERROR_SQLSTATE
SELECT sku_variant('tee', 'red', ' x l '), sku_variant('shop|tee', VARIADIC '{}'), sku_variant('tee', VARIADIC '{red,xl}');
SELECT sku_variant('tee', 'red-xl');
SELECT sku_variant('tee', '');
SELECT sku_variant('tee', 'a|b');
SELECT sku_variant('tee', NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT sku_variant(repeat('x', 250)::sku, 'large');
\echo :LAST_ERROR_SQLSTATE
SELECT s FROM unnest('{A10,A2,A02,A1B,A1,B1,A,A2-10,A2-9,shop|A2,A0,A00}'::sku[]) AS s ORDER BY sku_natural_key(s);
SELECT sku_ancestors('shop|A - B-C/D'), sku_ancestors('1.0-RED');

-- platforms
SELECT p, sku_fits('TEE-RED-XL', p) AS plain, sku_fits('TEE RED,XL', p) AS "space and comma", sku_fits(repeat('X', 35)::sku, p) AS "35",
       sku_fits(('amazon|' || repeat('X', 40))::sku, p) AS "40", sku_fits(repeat('X', 65)::sku, p) AS "65"
FROM unnest('{amazon,magento,shopify,ebay,woocommerce,akeneo,gs1,gs1_serial,gs1_batch,gs1_cpid,Amazon}'::text[]) AS p;
SELECT sku_fits('A', 'amazom');
\echo :LAST_ERROR_SQLSTATE

-- operators
SELECT a, b, a = b AS eq, a < b AS lt, a <@ b AS variant, b @> a AS has FROM
    (VALUES ('A-1'::sku, 'a-1'::sku), ('A-1', 'A'), ('A/1', 'A'), ('A_1', 'A'), ('A -1', 'A'), ('A 1', 'A'), ('A1', 'A'), ('A', 'A-1'), ('x|A-1', 'A'), ('x|A-1', 'X|a')) AS v(a, b);
SELECT encode(convert_to(p, 'UTF8'), 'escape') AS p, 'shop|TEE-RED'::sku ^@ p AS shop, 'TEE - RED'::sku ^@ p AS house FROM unnest(ARRAY['', 'tee', ' tee', 'SHOP|', 'Shop|te', 'shop', 'tee ', E'tee\u00a0\u2013']) AS p;
SELECT 'TEE'::sku ^@ 'tee  x';
SELECT 'TEE'::sku ^@ E't\u0415';
SELECT min(s), max(s) FROM unnest('{b,a,shop|a,0}'::sku[]) AS s;

-- without a search_path the comparisons work, and every function by its name
SET search_path = '';
SELECT 'a'::omni.sku = 'A'::text AS eq, 'a'::omni.sku <> 'b'::text AS ne, 'a'::omni.sku < 'b'::varchar AS lt, 'b'::omni.sku >= 'a' AS ge,
       'a'::omni.sku = ANY ('{A,c}'::text[]) AS any_text, 'a'::omni.sku IN ('A', 'B') AS in_list, 'a'::omni.sku IS DISTINCT FROM 'A'::omni.sku AS is_distinct,
       omni.sku_starts_with('ab', 'A') AS prefix, 'ab-1'::omni.sku OPERATOR(omni.<@) 'ab' AS variant;
SELECT 'a'::omni.sku = E'\u0410'::text;
SELECT x FROM (VALUES ('b'::omni.sku), ('a'), ('x|a')) v(x) GROUP BY x ORDER BY x;
SET search_path = public, omni;

-- plans: each of these is an index range
CREATE TABLE product (s sku PRIMARY KEY);
INSERT INTO product SELECT sku('ST' || lpad((i / 10)::text, 5, '0') || '-C' || i % 10) FROM generate_series(1, 20000) AS i;
INSERT INTO product SELECT sku('shop|' || s::text) FROM product;
ANALYZE product;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
PREPARE eq_text(text) AS SELECT * FROM product WHERE s = $1;
PREPARE eq_varchar(varchar) AS SELECT * FROM product WHERE s = $1;
PREPARE in_skus(text[]) AS SELECT * FROM product WHERE s = ANY ($1::sku[]);
PREPARE prefix(text) AS SELECT * FROM product WHERE s ^@ $1;
PREPARE prefix_function(text) AS SELECT * FROM product WHERE sku_starts_with(s, $1);
PREPARE variants(sku) AS SELECT * FROM product WHERE s <@ $1;
PREPARE variants_turned(sku) AS SELECT * FROM product WHERE $1 @> s;
PREPARE variants_function(sku) AS SELECT * FROM product WHERE sku_is_variant(s, $1);
PREPARE styles(sku) AS SELECT * FROM product WHERE $1 <@ s;
SET plan_cache_mode = force_custom_plan;
EXPLAIN (COSTS off) EXECUTE eq_text('st00017-c1');
EXPLAIN (COSTS off) EXECUTE eq_varchar('st00017-c1');
EXPLAIN (COSTS off) EXECUTE in_skus('{st00017-c1,st00017-c2}');
EXPLAIN (COSTS off) EXECUTE prefix('st0001');
EXPLAIN (COSTS off) EXECUTE prefix('shop|');
EXPLAIN (COSTS off) EXECUTE prefix_function('st0001');
EXPLAIN (COSTS off) EXECUTE variants('st00017');
EXPLAIN (COSTS off) EXECUTE variants_turned('st00017');
EXPLAIN (COSTS off) EXECUTE variants_function('st00017');
EXPLAIN (COSTS off) EXECUTE styles('st00017-c1-xl');
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS off) EXECUTE eq_text('st00017-c1');
EXPLAIN (COSTS off) EXECUTE prefix('st0001');
EXPLAIN (COSTS off) EXECUTE variants('st00017');
EXPLAIN (COSTS off) EXECUTE styles('st00017-c1-xl');
EXECUTE variants('st00017');
EXECUTE styles('st00017-c1-xl');
-- no prefix, no range; a prefix that no SKU has
EXPLAIN (COSTS off) SELECT * FROM product WHERE s ^@ '';
SELECT sku_prefix_first('''') AS none, sku_prefix_first('ab '), sku_prefix_first('1.0'), sku_prefix_first('x|'), sku_prefix_first(''), rtrim(sku_prefix_last('ab ')::text, '~') AS last;
-- an order of one's own is not ours to range over
CREATE OPERATOR CLASS backwards FOR TYPE sku USING btree AS OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 sku_cmp(sku, sku);
CREATE TABLE other (s sku);
CREATE INDEX ON other (s backwards);
EXPLAIN (COSTS off) SELECT * FROM other WHERE s ^@ 'a';
-- estimates follow the statistics, for the operator and for the function
CREATE FUNCTION estimated(query text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
    RETURN (plan -> 0 -> 'Plan' ->> 'Plan Rows')::bigint;
END $$;
SELECT q, estimated('SELECT FROM product WHERE ' || q) BETWEEN n / 4.0 AND n * 4.0 AS near FROM (VALUES
    ('s ^@ ''st''', 20000), ('s ^@ ''st01''', 10000), ('sku_starts_with(s, ''st01'')', 10000), ('s ^@ ''shop|''', 20000), ('s <@ ''st00017''', 10), ('''st00017'' @> s', 10),
    ('sku_is_variant(s, ''st00017'')', 10), ('s @> ''st00017-c1-xl''', 3), ('s ^@ ''x''', 4)) AS v(q, n);
-- the estimators at an operator of other types; a function that is not inlined, so that they are asked
CREATE FUNCTION has_length(sku, integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN length($1::text) = $2; END';
CREATE OPERATOR =~# (LEFTARG = sku, RIGHTARG = integer, FUNCTION = has_length, RESTRICT = sku_prefix_sel);
CREATE OPERATOR =~~# (LEFTARG = sku, RIGHTARG = integer, FUNCTION = has_length, RESTRICT = sku_has_variant_sel);
SELECT q, estimated('SELECT FROM product WHERE ' || q) AS by_default FROM (VALUES ('s =~# 42'), ('s =~~# 43')) AS v(q);
DROP FUNCTION has_length CASCADE;
DROP TABLE product, other CASCADE;
DROP OPERATOR FAMILY backwards USING btree;
DROP FUNCTION estimated;
