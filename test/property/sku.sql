-- laws of type sku on random data; each over at least 10,000 cases
SET search_path = public, omni;
SELECT plan(33);
SELECT setseed(0.17);

-- Random strings: mostly codes with separators, channels and digits in all the spellings that are
-- brought together, and some that are refused.
CREATE FUNCTION pick(VARIADIC choices text[]) RETURNS text LANGUAGE sql VOLATILE
RETURN choices[1 + floor(random() * array_length(choices, 1))::int];
CREATE FUNCTION word(n int) RETURNS text LANGUAGE sql VOLATILE
RETURN (SELECT string_agg(pick('A', 'B', 'c', 'd', '0', '1', '7', '9', 'e', 'x', '.', '+', '~', '!'), '') FROM generate_series(1, n));
CREATE FUNCTION code(parts int) RETURNS text LANGUAGE sql VOLATILE
RETURN (SELECT string_agg(word(1 + floor(random() * 5)::int) || CASE WHEN i < parts THEN pick('-', '-', '-', '/', '_', ' ', ' - ', '--', U&'\2013', U&'\FF0D', U&'\00A0') ELSE '' END, '' ORDER BY i) FROM generate_series(1, parts) AS i);
CREATE TABLE raw AS SELECT i,
    CASE WHEN random() < .1 THEN pick(' ', U&'\200B', E'\t') ELSE '' END
    || CASE WHEN random() < .25 THEN pick('shop|', 'Amazon|', '1688|', 'a-b|', U&'\FF41|') ELSE '' END
    || CASE WHEN random() < .1 THEN pick('1.5E+11', '1E5', 'Mar-05', 'MAR-05', '5-Mar', '12.0', '2024-03-05', '''1', '=1', '#N/A', 'a|b', '###', U&'a\0410', U&'\2764', 'a  b', U&'a\200Bb', U&'\00FC', repeat('x', 300), '')
            ELSE code(1 + floor(random() * 4)::int) END
    || CASE WHEN random() < .1 THEN pick(' ', U&'\FEFF', E'\n') ELSE '' END AS t
FROM generate_series(1, 40000) AS i;
CREATE TABLE v AS SELECT i, t, sku_try(t) AS s FROM raw WHERE sku_try(t) IS NOT NULL;
CREATE TABLE distinct_v AS SELECT row_number() OVER (ORDER BY random()) AS n, s FROM (SELECT DISTINCT s FROM v) d;
CREATE UNIQUE INDEX ON distinct_v (n);
ANALYZE;
SELECT cmp_ok((SELECT count(*) FROM v), '>', 30000::bigint, 'enough random SKUs');
SELECT cmp_ok((SELECT count(*) FROM distinct_v), '>', 20000::bigint, 'enough different SKUs');
SELECT cmp_ok((SELECT count(*) FROM raw WHERE sku_problem(t) IS NOT NULL), '>', 1000::bigint, 'enough refused values');

-- input
SELECT is((SELECT count(*) FROM raw WHERE (sku_try(t) IS NULL) <> (sku_problem(t) IS NOT NULL)), 0::bigint, 'sku_problem is null exactly where sku_try is not');
SELECT is((SELECT count(*) FROM raw, sku_check(t) c WHERE c.sku IS DISTINCT FROM sku_try(t) OR c.problem IS DISTINCT FROM sku_problem(t) OR c.warning IS DISTINCT FROM sku_warning(t)
           OR (c.detail IS NULL) <> (coalesce(c.problem, c.warning) IS NULL)), 0::bigint, 'sku_check says the same');
SELECT is((SELECT count(*) FROM v WHERE sku(s::text) <> s OR sku(s::text)::text <> s::text), 0::bigint, 'canonical text reads back as itself');
SELECT is((SELECT count(*) FROM v WHERE sku_try(upper(s::text)) <> s OR sku_try(lower(s::text)) <> s), 0::bigint, 'case does not matter');
SELECT is((SELECT count(*) FROM v WHERE sku_try(U&'\3000' || translate(s::text, '-ABC', U&'\2212\FF41\FF22\FF43') || U&'\200B') IS DISTINCT FROM s), 0::bigint, 'full-width letters, dashes and blanks around do not matter');
SELECT is((SELECT count(*) FROM v WHERE s::text !~ '^([a-z0-9-]{1,16}\|)?[!-_`{}~]([ -_`{}~]*[!-_`{}~])?$' OR s::text ~ '  ' OR length(s::text) > 255), 0::bigint, 'every SKU is canonical');

-- text to binary to text
DO $$
BEGIN
    EXECUTE format('COPY v (s) TO %L (FORMAT binary)', current_setting('data_directory') || '/sku.copy');
    CREATE TABLE back (n bigserial, s sku);
    EXECUTE format('COPY back (s) FROM %L (FORMAT binary)', current_setting('data_directory') || '/sku.copy');
END $$;
SELECT is((SELECT md5(string_agg(s::text, E'\n' ORDER BY n)) FROM back), (SELECT md5(string_agg(s::text, E'\n' ORDER BY ctid)) FROM v), 'text to binary to text');
SELECT is((SELECT count(*) FROM v WHERE sku_send(s) <> '\x01'::bytea || convert_to(s::text, 'UTF8')), 0::bigint, 'the binary form is the version and the text');

-- equality and hash
CREATE TABLE pairs AS SELECT a.s AS a, b.s AS b FROM distinct_v a JOIN distinct_v b ON b.n = 1 + (a.n * 7919) % (SELECT count(*) FROM distinct_v);
SELECT is((SELECT count(*) FROM v x JOIN v y ON x.i < y.i AND x.s = y.s AND x.t <> y.t WHERE x.s::text <> y.s::text OR sku_hash(x.s) <> sku_hash(y.s) OR sku_hash_extended(x.s, 7) <> sku_hash_extended(y.s, 7)), 0::bigint,
          'equal SKUs have the same bytes and hashes');
SELECT is((SELECT count(*) FROM v JOIN (SELECT i, sku(' ' || lower(s::text) || ' ') AS s FROM v) w USING (i) WHERE v.s <> w.s OR sku_hash(v.s) <> sku_hash(w.s) OR sku_hash_extended(v.s, i) <> sku_hash_extended(w.s, i)), 0::bigint,
          'equal SKUs from different spellings hash alike');
SELECT is((SELECT count(*) FROM v WHERE sku_hash_extended(s, 0) & 4294967295 <> sku_hash(s)::bigint & 4294967295), 0::bigint, 'the extended hash with seed 0 continues the hash');
SELECT cmp_ok((SELECT count(DISTINCT sku_hash(s))::float8 / count(*) FROM (SELECT sku('STYLE' || i / 50 || '-' || (ARRAY['RED', 'BLUE', 'BLACK', 'WHITE', 'GREEN'])[1 + i % 5] || '-' || i / 5 % 10) AS s FROM generate_series(1, 200000) AS i) h), '>', .999::float8,
              'different SKUs have different hashes');

-- order
SELECT is((SELECT count(*) FROM pairs WHERE sign(sku_cmp(a, b)) <> sign(CASE WHEN a::text COLLATE "C" < b::text THEN -1 WHEN a::text = b::text THEN 0 ELSE 1 END)), 0::bigint, 'the order is that of the bytes');
SELECT is((SELECT count(*) FROM pairs WHERE sign(sku_cmp(a, b)) <> -sign(sku_cmp(b, a)) OR (a < b) <> (sku_cmp(a, b) < 0) OR (a <= b) <> (sku_cmp(a, b) <= 0) OR (a = b) <> (sku_cmp(a, b) = 0)
           OR (a <> b) <> (sku_cmp(a, b) <> 0) OR (a >= b) <> (sku_cmp(a, b) >= 0) OR (a > b) <> (sku_cmp(a, b) > 0) OR sku_cmp(a, a) <> 0), 0::bigint, 'the operators are one order, antisymmetric');
SELECT is((SELECT count(*) FROM (SELECT a, b, lead(b) OVER (ORDER BY random()) AS c FROM pairs) t WHERE a < b AND b < c AND NOT a < c OR a > b AND b > c AND NOT a > c), 0::bigint, 'the order is transitive');
SELECT is((SELECT md5(string_agg(s::text, E'\n' ORDER BY s)) FROM distinct_v), (SELECT md5(string_agg(s::text, E'\n' ORDER BY s::text COLLATE "C")) FROM distinct_v), 'sorting with abbreviated keys is sorting by bytes');
SELECT is((SELECT array[min(s), max(s)] FROM v), (SELECT array[sku(min(s::text COLLATE "C")), sku(max(s::text COLLATE "C"))] FROM v), 'min and max');

-- natural order against an oracle that pads every number
CREATE FUNCTION padded(s text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN (SELECT string_agg(CASE WHEN m[1] ~ '^\d' THEN '0' || lpad(m[1], 255, '0') ELSE m[1] END, '' ORDER BY o) FROM regexp_matches(s, '\d+|\D', 'g') WITH ORDINALITY AS r(m, o));
CREATE FUNCTION zeros(s text) RETURNS int[] LANGUAGE sql IMMUTABLE
RETURN (SELECT coalesce(array_agg(length(substring(m[1] from '^0*')) ORDER BY o), '{}') FROM regexp_matches(s, '\d+', 'g') WITH ORDINALITY AS r(m, o));
SELECT is((SELECT count(*) FROM (SELECT a, b FROM pairs LIMIT 20000) p WHERE (sku_natural_key(a) < sku_natural_key(b)) <> ((padded(a::text) COLLATE "C", zeros(a::text)) < (padded(b::text) COLLATE "C", zeros(b::text)))), 0::bigint, 'natural order is that of the oracle');
SELECT is((SELECT count(DISTINCT sku_natural_key(s)) FROM distinct_v), (SELECT count(*) FROM distinct_v), 'different SKUs have different natural keys');

-- prefix: with index, without index, by function, and by core's starts_with on the text
CREATE TABLE few AS SELECT s FROM distinct_v WHERE n <= 400;
CREATE INDEX ON few (s);
CREATE TABLE prefixes AS SELECT n, p, CASE WHEN p ~ '\|' THEN lower(split_part(p, '|', 1)) || '|' || upper(split_part(p, '|', 2)) ELSE upper(p) END AS canonical
FROM (SELECT n, left(s::text, 1 + floor(random() * 6)::int) AS p FROM distinct_v WHERE n <= 14000) x WHERE p !~ '^[a-z]';
SELECT cmp_ok((SELECT count(*) FROM prefixes), '>', 10000::bigint, 'enough prefixes');
CREATE FUNCTION matches(condition text) RETURNS TABLE (n bigint, hits sku[]) LANGUAGE plpgsql AS $$
DECLARE r record;
BEGIN
    FOR r IN SELECT * FROM prefixes LOOP
        n := r.n;
        EXECUTE format('SELECT array_agg(s ORDER BY s) FROM few WHERE ' || condition, r.p) INTO hits;
        RETURN NEXT;
    END LOOP;
END $$;
CREATE TABLE brute AS SELECT p.n, (SELECT array_agg(s ORDER BY s) FROM few WHERE starts_with(s::text, p.canonical)) AS hits FROM prefixes p;
SET enable_seqscan = off;
SELECT is((SELECT count(*) FROM matches('s ^@ %L') m JOIN brute b USING (n) WHERE m.hits IS DISTINCT FROM b.hits), 0::bigint, 'a constant prefix finds by index what starts_with finds');
SELECT is((SELECT count(*) FROM (SELECT p.n, (SELECT array_agg(s ORDER BY s) FROM few WHERE s ^@ p.p) AS hits FROM prefixes p) m JOIN brute b USING (n) WHERE m.hits IS DISTINCT FROM b.hits), 0::bigint, 'a prefix from another table finds by index what starts_with finds');
SET enable_seqscan = on; SET enable_indexscan = off; SET enable_bitmapscan = off; SET enable_indexonlyscan = off;
SELECT is((SELECT count(*) FROM (SELECT p.n, (SELECT array_agg(s ORDER BY s) FROM few WHERE sku_starts_with(s, p.p)) AS hits FROM prefixes p) m JOIN brute b USING (n) WHERE m.hits IS DISTINCT FROM b.hits), 0::bigint, 'and so without an index');
RESET enable_indexscan; RESET enable_bitmapscan; RESET enable_indexonlyscan;

-- variants: styles are beginnings of other SKUs
CREATE TABLE styles AS SELECT row_number() OVER () AS n, style FROM (SELECT sku_style(s, 1 + floor(random() * 2)::int) AS style FROM distinct_v) x WHERE style IS NOT NULL LIMIT 10000;
CREATE TABLE family AS SELECT s FROM distinct_v WHERE n <= 300 UNION SELECT style FROM styles WHERE n <= 100;
CREATE INDEX ON family (s);
ANALYZE family;
CREATE TABLE brute_variants AS SELECT n, (SELECT array_agg(s ORDER BY s) FROM family WHERE s = style OR starts_with(s::text, style::text) AND substr(s::text, length(style::text) + 1) ~ '^ ?[-/_]') AS hits,
    (SELECT array_agg(s ORDER BY s) FROM family WHERE s = style OR starts_with(style::text, s::text) AND substr(style::text, length(s::text) + 1) ~ '^ ?[-/_]') AS above FROM styles;
SET enable_seqscan = off;
SELECT is((SELECT count(*) FROM (SELECT n, (SELECT array_agg(s ORDER BY s) FROM family WHERE s <@ style) AS hits, (SELECT array_agg(s ORDER BY s) FROM family WHERE s @> style) AS above FROM styles) m JOIN brute_variants b USING (n)
           WHERE m.hits IS DISTINCT FROM b.hits OR m.above IS DISTINCT FROM b.above), 0::bigint, 'variants and styles by index are those of the definition');
SET enable_seqscan = on; SET enable_indexscan = off; SET enable_bitmapscan = off; SET enable_indexonlyscan = off;
SELECT is((SELECT count(*) FROM (SELECT n, (SELECT array_agg(s ORDER BY s) FROM family WHERE sku_is_variant(s, style)) AS hits, (SELECT array_agg(s ORDER BY s) FROM family WHERE sku_has_variant(s, style)) AS above FROM styles) m JOIN brute_variants b USING (n)
           WHERE m.hits IS DISTINCT FROM b.hits OR m.above IS DISTINCT FROM b.above), 0::bigint, 'and so without an index');
RESET enable_indexscan; RESET enable_bitmapscan; RESET enable_indexonlyscan;
SELECT is((SELECT count(*) FROM distinct_v, generate_series(1, 3) AS k WHERE NOT s <@ sku_style(s, k) OR NOT sku_style(s, k + 1) <@ sku_style(s, k)), 0::bigint, 'an SKU is a variant of its styles, and they of each other');
SELECT is((SELECT count(*) FROM (SELECT s, ARRAY[upper(pick('red', 'x l', '7.5')), pick('S', 'M')] AS parts FROM distinct_v) x
           WHERE sku_segments(sku_variant(s, VARIADIC parts)) <> sku_segments(s) || parts OR NOT sku_variant(s, VARIADIC parts) <@ s), 0::bigint, 'segments of a variant are those of the style and the parts');
SELECT is((SELECT count(*) FROM distinct_v WHERE s <> CASE WHEN sku_channel(s) IS NULL THEN sku_code(s) ELSE sku(sku_channel(s), sku_code(s)::text) END), 0::bigint, 'channel and code make the SKU');

-- dates that a spreadsheet made, against the same forms as a regular expression
CREATE TABLE dated AS SELECT string_agg(piece, '' ORDER BY k) AS t FROM
    (SELECT n, k, pick('1', '12', '3', '45', '2024', '09', '-', '-', '/', '.', 'Mar', 'Dec', 'MAR', 'jan', 'x', 'T', ' ', '10:30', ':00') AS piece
     FROM generate_series(1, 150000) n, generate_series(1, 7) k WHERE k <= 3 + n % 5) x GROUP BY n
UNION SELECT 1 + floor(random() * 31)::int || '-' || pick('Mar', 'Jan', 'MAR', 'Xyz') || pick('', '', '-24', '-2024', '-1') FROM generate_series(1, 1000)
UNION SELECT pick('Mar', 'jan', 'Dec', '2024', '12') || pick('-', '/', '.') || pick((10 + floor(random() * 90)::int)::text, '05', '2024', 'x5', '5-24') FROM generate_series(1, 1000)
UNION SELECT pick('2024-05-06', '2024-5-06', '1/2/2024', '11.12.2024', '123-01-01') || pick(' ', 'T', 't', '') || pick('1:30', '10:30', '10:30:00Z', '12:0x', '') FROM generate_series(1, 1000);
CREATE FUNCTION a_date(t text) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN t ~ replace(replace(replace('^(##?-@|@-##|##?-@-##|##?-@-####|####-##-## ##?:##[*]|####-##-##[Tt]##:##[*]|##?/##?/#### ##?:##[*]|##?[.]##?[.]#### ##?:##[*])$',
    '#', '[0-9]'), '@', '(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)'), '[*]', '[0-9:.+ZzAaPpMm -]*');
SELECT cmp_ok((SELECT count(*) FROM dated WHERE a_date(t)), '>', 100::bigint, 'enough dates');
SELECT is((SELECT array_agg(t) FROM (SELECT t FROM dated WHERE (sku_problem(t) IS NOT DISTINCT FROM 'date') <> a_date(btrim(t)) LIMIT 5) x), NULL, 'a date is refused where the oracle sees one');
SELECT * FROM finish();
