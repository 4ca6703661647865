-- Laws of gtin on random values, against oracles written in SQL over the digits.
SET search_path = public, omni;
SELECT setseed(0.42) \gset
SELECT plan(25);

-- the check digit of some digits, and what a UPC-E stands for, from the definitions
CREATE FUNCTION check_digit(digits text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT ((10 - sum(substr(digits, length(digits) + 1 - i, 1)::int * CASE WHEN i % 2 = 1 THEN 3 ELSE 1 END) % 10) % 10)::text
    FROM generate_series(1, length(digits)) i
$$;
CREATE FUNCTION upca_of(u text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN substr(u, 7, 1) IN ('0', '1', '2') THEN left(u, 3) || substr(u, 7, 1) || '0000' || substr(u, 4, 3)
        WHEN substr(u, 7, 1) = '3' THEN left(u, 4) || '00000' || substr(u, 5, 2)
        WHEN substr(u, 7, 1) = '4' THEN left(u, 5) || '00000' || substr(u, 6, 1)
        ELSE left(u, 6) || '0000' || substr(u, 7, 1) END
$$;
-- n random digits
CREATE FUNCTION digits(n int) RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT coalesce(string_agg(floor(random() * 10)::int::text, ''), '') FROM generate_series(1, n)
$$;

-- 20,000 numbers of all lengths, some with many zeros or nines, few different prefixes so that neighbors meet
CREATE TABLE g AS
SELECT i, d || check_digit(d) AS t, (d || check_digit(d))::gtin AS g
FROM (SELECT i, lpad(CASE WHEN i % 5 = 0 THEN '' ELSE CASE WHEN i % 2 = 0 THEN '400638' ELSE digits(2) END END
        || lpad(CASE i % 7 WHEN 0 THEN '0' WHEN 1 THEN '9999999' ELSE digits(1 + i % 7) END, 7, '0'), 13, CASE WHEN i % 3 = 0 THEN (i / 3 % 10)::text || '000000000000' ELSE '0' END) AS d
    FROM generate_series(1, 20000) i) x;

SELECT is_empty('SELECT t, g FROM g WHERE g::text <> t', '20,000 texts of 14 digits are read and written');
SELECT is_empty('SELECT t FROM g WHERE g::bigint <> t::bigint OR g::bigint::gtin <> g', 'and the same numbers');
SELECT is_empty($$SELECT t FROM g, unnest('{8,12,13,14}'::int[]) n WHERE ltrim(t, '0') = right(ltrim(t, '0'), n)
    AND (gtin_format(g, n) <> right(t, n) OR right(t, n)::gtin <> g)$$, 'every form that holds a value gives it back');
SELECT is_empty($$SELECT t FROM g WHERE (left(t, 1) || '-' || substr(t, 2, 5) || ' - ' || substr(t, 7) || ' ')::gtin <> g$$, 'separators do not matter');
SELECT is_empty($$SELECT t FROM g WHERE translate(t, '0123456789', '０１２３４５６７８９')::gtin <> g$$, 'nor do full-width digits');
SELECT is_empty($$SELECT t FROM g WHERE gtin_send(g) <> int8send(substr(t, 2, 12)::bigint * 16 + left(t, 1)::bigint)$$, 'stored as body * 16 + indicator');
\set wire `mktemp -u`
CREATE TABLE back (i int, g gtin);
COPY (SELECT i, g FROM g) TO :'wire' (FORMAT binary);
COPY back FROM :'wire' (FORMAT binary);
\setenv WIRE :wire
\! rm -f "$WIRE"
SELECT is_empty('SELECT * FROM g JOIN back b USING (i) WHERE b.g <> g.g OR b.g::text <> t', 'text to binary to text');

-- equal, hash, order
SELECT is_empty($$SELECT a.t FROM g a JOIN g b ON a.i = b.i WHERE gtin_hash(a.g) <> gtin_hash(b.t::bigint::gtin)
    OR gtin_hash_extended(a.g, 7) <> gtin_hash_extended(b.t::gtin, 7)$$, 'equal values have equal hashes');
SELECT is_empty('SELECT t FROM g WHERE gtin_hash(g)::bigint & 4294967295 <> gtin_hash_extended(g, 0) & 4294967295',
    'the extended hash with seed 0 agrees with the hash');
SELECT cmp_ok((SELECT count(DISTINCT gtin_hash(gtin_prefix_first((400638000000 + i * 7)::text))) FROM generate_series(1::bigint, 200000) i), '>', 199800::bigint, 'hashes of 200,000 values are different');
SELECT is((SELECT array_agg(i ORDER BY g, i) FROM g), (SELECT array_agg(i ORDER BY substr(t, 2, 12) COLLATE "C", left(t, 1) COLLATE "C", i) FROM g), 'order is body, then indicator');
CREATE TABLE triple AS
SELECT a.g AS a, b.g AS b, c.g AS c FROM g a JOIN g b ON b.i = (a.i * 7919::bigint) % 20000 + 1 JOIN g c ON c.i = (a.i * 104729::bigint) % 20000 + 1;
SELECT is_empty($$SELECT * FROM triple WHERE gtin_cmp(a, b) <> -gtin_cmp(b, a) OR (gtin_cmp(a, b) = 0) <> (a = b) OR (a < b) <> (gtin_cmp(a, b) < 0)
    OR (a <= b) <> (gtin_cmp(a, b) <= 0) OR (a > b) <> (gtin_cmp(a, b) > 0) OR (a >= b) <> (gtin_cmp(a, b) >= 0) OR (a <> b) = (a = b)$$, 'comparisons agree and are antisymmetric');
SELECT is_empty('SELECT * FROM triple WHERE (a <= b AND b <= c AND NOT a <= c) OR (a = b AND b = c AND a <> c)', 'and transitive');
SELECT is_empty('SELECT * FROM triple WHERE (a = b) <> (a = b::text) OR (a < b) <> (a < b::text) OR (a <= b) <> (a <= b::text) OR (a > b) <> (a > b::text)
    OR (a >= b) <> (a >= b::text) OR (a <> b) <> (a <> b::text)', 'comparison with text is comparison with the gtin');

-- check digit
CREATE TABLE wrong AS
SELECT t, overlay(t PLACING d::text FROM p) AS bad FROM (SELECT t FROM g WHERE i <= 2000) g, generate_series(1, 14) p, generate_series(0, 9) d WHERE substr(t, p, 1) <> d::text;
SELECT is_empty('SELECT * FROM wrong WHERE gtin_try(bad) IS NOT NULL OR gtin_problem(bad) <> ''check_digit''',
    (SELECT format('each of %s single wrong digits is found', count(*)) FROM wrong));
CREATE TABLE swapped AS
SELECT t, p, overlay(t PLACING substr(t, p + 1, 1) || substr(t, p, 1) FROM p) AS bad, abs(substr(t, p, 1)::int - substr(t, p + 1, 1)::int) AS apart
FROM g, generate_series(1, 13) p WHERE substr(t, p, 1) <> substr(t, p + 1, 1);
SELECT is_empty('SELECT * FROM swapped WHERE (gtin_try(bad) IS NULL) <> (apart <> 5)',
    (SELECT format('of %s swapped neighbors, all are found but digits 5 apart: %s %%', count(*), round(100.0 * count(*) FILTER (WHERE apart <> 5) / count(*), 1)) FROM swapped));

-- prefix and item
CREATE TABLE probe AS
SELECT g.i, g.g, g.t, left(substr(h.t, 2, 12), g.i % 13) AS p FROM g JOIN g h ON h.i = (g.i * 7919::bigint) % 20000 + 1;
SELECT is_empty($$SELECT * FROM probe WHERE (g ^@ p) <> (left(substr(t, 2, 12), length(p)) = p) OR (g ^@ p) <> (g BETWEEN gtin_prefix_first(p) AND gtin_prefix_last(p))
    OR NOT gtin_prefix_first(p) ^@ p OR NOT gtin_prefix_last(p) ^@ p$$, 'a prefix is what begins with it, and its range');
CREATE INDEX g_g ON g (g);
VACUUM ANALYZE g;
SET enable_seqscan = off;
CREATE TABLE by_index AS SELECT p, (SELECT coalesce(sum(i), 0) FROM g WHERE g.g ^@ p) AS s FROM (SELECT DISTINCT p FROM probe WHERE i <= 3000) x;
RESET enable_seqscan;
SET enable_indexscan = off; SET enable_bitmapscan = off; SET enable_indexonlyscan = off;
CREATE TABLE by_filter AS SELECT p, (SELECT coalesce(sum(i), 0) FROM g WHERE g.t LIKE '_' || p || '%') AS s FROM by_index;
RESET enable_indexscan; RESET enable_bitmapscan; RESET enable_indexonlyscan;
SELECT is_empty('SELECT * FROM by_index JOIN by_filter f USING (p) WHERE by_index.s <> f.s', (SELECT format('%s prefixes by index and by filter', count(*)) FROM by_index));
SELECT is_empty('SELECT * FROM triple WHERE (a =~ b) <> (gtin_base(a) = gtin_base(b)) OR NOT a =~ gtin_pack(a, gtin_indicator(c)) OR gtin_pack(gtin_base(a), gtin_indicator(a)) <> a
    OR (a =~ b) <> (substr(a::text, 2, 12) = substr(b::text, 2, 12))', 'packs of one item');

-- UPC-E and repair
CREATE TABLE upce AS SELECT u || check_digit(upca_of(u)) AS u, upca_of(u) || check_digit(upca_of(u)) AS a FROM (SELECT (i % 2) || digits(6) AS u FROM generate_series(1, 10000) i) x;
SELECT is_empty('SELECT * FROM upce WHERE gtin_from_upce(u) <> a::gtin', '10,000 UPC-E');
SELECT is_empty('SELECT * FROM upce WHERE gtin_try(u) IS NULL AND gtin_problem(u) <> ''upc_e''', 'are suspected where they are no GTIN-8');
SELECT is_empty('SELECT * FROM upce WHERE NOT EXISTS (SELECT FROM gtin_repair(u) r WHERE r = a::gtin)', 'and are candidates');
SELECT is_empty($$SELECT * FROM g WHERE length(ltrim(t, '0')) >= 7 AND NOT EXISTS (SELECT FROM gtin_repair(t::bigint::text) r WHERE r = g.g)$$, 'lost zeros are put back');

-- anything else
CREATE TABLE junk AS SELECT string_agg(substr('0123456789012345678901234567890123456789 -.,E+xX''０é' || chr(160), 1 + floor(random() * 54)::int, 1), '') AS s
FROM generate_series(1, 30000) i, generate_series(1, 6 + i % 10) GROUP BY i;
SELECT is_empty($$SELECT s FROM junk WHERE (gtin_try(s) IS NULL) <> (gtin_problem(s) IS NOT NULL)$$, 'a text of any kind has a value or a problem');
SELECT is_empty($$SELECT s, gtin_try(s) FROM junk WHERE gtin_try(s) IS NOT NULL AND lpad(regexp_replace(normalize(s, NFKC), '[- ]', '', 'g'), 14, '0') <> gtin_try(s)::text$$, 'and a value has its digits');
SELECT * FROM finish();
