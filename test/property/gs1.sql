-- Laws of GS1 element strings and SGTIN-96 on random data.
SET search_path = public, omni;
SELECT setseed(0.42) \gset
SELECT plan(9);

CREATE FUNCTION pick(chars text, n int) RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT coalesce(string_agg(substr(chars, 1 + floor(random() * length(chars))::int, 1), ''), '') FROM generate_series(1, n)
$$;
\set digits '0123456789'
\set cset82 '!"%&''()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'

-- 10,000 scans: a GTIN and some of lot, serial, dates, weight, count, internal, in random order
CREATE TABLE scan AS
SELECT i, array_agg(ai ORDER BY o) AS ais, array_agg(value ORDER BY o) AS vals,
    string_agg(format('(%s)%s', ai, replace(value, '(', '\(')), '' ORDER BY o) AS b
FROM (
    SELECT i, v.ai, v.value, random() AS o
    FROM generate_series(1, 10000) i, LATERAL (VALUES
        ('01', gtin_pack(gtin_prefix_first(pick(:'digits', 12)), i % 10)::text), ('10', pick(:'cset82', 1 + i % 20)), ('21', pick(:'cset82', 1 + i % 17)),
        ('17', '2' || i % 10 || lpad((1 + i % 12)::text, 2, '0') || lpad((i % 28)::text, 2, '0')), ('3103', lpad((i % 1000000)::text, 6, '0')),
        ('30', (i % 100000000)::text), ('99', pick(:'cset82', 1 + i % 90)), ('240', pick(:'cset82', 1 + i % 30)), ('7003', '261231' || lpad((i % 24)::text, 2, '0') || '59')) AS v(ai, value)
    WHERE v.ai = '01' OR random() < 0.4) x
GROUP BY i;

SELECT is_empty('SELECT b FROM scan s WHERE ARRAY(SELECT ai FROM gs1_elements(b)) <> ais OR ARRAY(SELECT value FROM gs1_elements(b)) <> vals', '10,000 bracketed strings are read');
SELECT is_empty('SELECT b FROM scan WHERE gs1_bracketed(b) <> b OR gs1_bracketed(gs1_fnc1(b)) <> b OR gs1_bracketed('']d2'' || substr(gs1_fnc1(b, chr(29)), 2)) <> b', 'each form gives the others');
SELECT is_empty($$SELECT b FROM scan WHERE (SELECT array_agg((ai, value) ORDER BY ai) FROM gs1_elements(b)) <> (SELECT array_agg((ai, value) ORDER BY ai) FROM gs1_elements(gs1_digital_link(b)))$$, 'a Digital Link carries the same elements');
SELECT is_empty($$SELECT b FROM scan WHERE gs1_digital_link(gs1_digital_link(b)) <> gs1_digital_link(b) OR gs1_digital_link(b) !~ '^https://id[.]gs1[.]org/01/[0-9]{14}'$$, 'and is canonical');
SELECT is_empty('SELECT b FROM scan WHERE EXISTS (SELECT FROM gs1_check(b))', 'and its AIs belong together');
SELECT is_empty($$SELECT b FROM scan WHERE gs1_gtin(b)::text <> vals[array_position(ais, '01')] OR gs1_value(b, '10') IS DISTINCT FROM vals[array_position(ais, '10')]$$, 'GTIN and lot are found');

-- damaged scans in any form: read or refused with a code, and what is read can be written
CREATE TABLE damaged AS
SELECT i, overlay(s PLACING pick(:'cset82' || '^#é' || chr(29), floor(random() * 3)::int) FROM 1 + floor(random() * length(s))::int FOR floor(random() * 3)::int) AS s
FROM (SELECT i, CASE i % 3 WHEN 0 THEN b WHEN 1 THEN gs1_fnc1(b) ELSE gs1_digital_link(b) END AS s FROM scan UNION ALL
      SELECT i + 10000, CASE i % 3 WHEN 0 THEN gs1_digital_link(b) WHEN 1 THEN b ELSE gs1_fnc1(b, chr(29)) END FROM scan) x;
SELECT is_empty($$SELECT s FROM damaged WHERE gs1_problem(s) IS NULL AND (gs1_bracketed(gs1_fnc1(s)) <> gs1_bracketed(s) OR NOT EXISTS (SELECT FROM gs1_elements(s)))$$,
    (SELECT format('20,000 damaged strings, %s refused, the others are sound', count(gs1_problem(s))) FROM damaged));

-- SGTIN-96
CREATE TABLE tag AS
SELECT gtin_pack(gtin_prefix_first(pick(:'digits', 12)), i % 10) AS g, 6 + i % 7 AS n, i % 8 AS f, floor(random() * 274877906944)::bigint AS s FROM generate_series(1, 20000) i;
SELECT is_empty('SELECT * FROM tag, sgtin96_decode(sgtin96_encode(g, n, f, s)) d WHERE (d.gtin, d.prefix_length, d.filter, d.serial) <> (g, n, f, s)', '20,000 SGTIN-96 there and back');
SELECT is_empty($$SELECT * FROM tag, LATERAL (SELECT ('x' || encode(sgtin96_encode(g, n, f, s), 'hex'))::bit(96)) b(b)
    WHERE b::bit(14) <> 48::bit(8) || f::bit(3) || (12 - n)::bit(3) OR substring(b FROM 59) <> s::bit(38)$$, 'bits are where the standard has them');
SELECT * FROM finish();
