-- GS1's own vectors, whole: linters, element strings, Digital Links, associations; SGTIN-96; and what
-- contrib/isn's regression tests say about EAN numbers.
SELECT (:'shared' = '' OR pg_stat_file(:'shared' || '/vectors/catalog/gs1_linter_vectors.tsv', true) IS NULL) AS absent \gset
\if :absent
SELECT '1..0 # SKIP no ../shared/vectors';
\quit
\endif
SET search_path = public, omni;
SELECT :'shared' || '/vectors/catalog/' AS dir \gset

-- Lines of a vector file, its fields unescaped: \n, \r, \t, a doubled backslash, and \\xHH for a byte,
-- which stands here as the code point.
CREATE FUNCTION unescape(s text) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(CASE
        WHEN m[1] LIKE '\\\\x__' THEN chr(('x' || right(m[1], 2))::bit(8)::int)
        WHEN m[1] = '\n' THEN chr(10)
        WHEN m[1] = '\r' THEN chr(13)
        WHEN m[1] = '\t' THEN chr(9)
        WHEN m[1] LIKE '\\_' THEN substr(m[1], 2)
        ELSE m[1] END, '' ORDER BY o), '')
    FROM regexp_matches(s, '(\\\\x[0-9a-f]{2}|\\.|[^\\])', 'g') WITH ORDINALITY r(m, o)
$$;
CREATE FUNCTION vectors(file text) RETURNS TABLE (line bigint, f text[]) LANGUAGE sql AS $$
    SELECT o, ARRAY(SELECT unescape(x) FROM string_to_table(l, chr(9)) WITH ORDINALITY u(x, n) ORDER BY n)
    FROM string_to_table(pg_read_file(file), chr(10)) WITH ORDINALITY t(l, o)
    WHERE o > 1 AND l <> ''
$$;
-- the value of an expression, or its SQLSTATE
CREATE FUNCTION try(expression text, VARIADIC args text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r text;
BEGIN
    EXECUTE 'SELECT ' || expression INTO r USING args[1], args[2];
    RETURN r;
EXCEPTION WHEN OTHERS THEN RETURN 'SQLSTATE ' || SQLSTATE;
END $$;

SELECT plan(22);

-- linters: the code of the fault and the place that it marks
CREATE TABLE linter AS
SELECT line, f[1] AS linter, f[2] AS expect, f[3] AS input,
    replace(lower(f[4]), 'exipiration', 'expiration') AS error, f[5] AS markup, r.*
FROM vectors(:'dir' || 'gs1_linter_vectors.tsv'), gs1_lint(f[1], f[3]) AS r;
-- Exceptions: these ask a registry of company prefixes that the tests' harness makes up; here is none.
CREATE TABLE registry AS
SELECT line FROM linter WHERE error = 'gcp_datasource_offline' OR (error = 'invalid_gcp_prefix' AND input ~ '^[0-9]+$');
SELECT is((SELECT count(*)::int FROM registry), 9, 'of the linter vectors, 9 need a registry of company prefixes');
SELECT is_empty('SELECT line FROM registry JOIN linter USING (line) WHERE problem IS NOT NULL', 'without a registry they pass');
SELECT is_empty($$SELECT line, linter, input, problem FROM linter WHERE expect = 'pass' AND problem IS NOT NULL$$,
    (SELECT format('%s values pass their linter', count(*)) FROM linter WHERE expect = 'pass'));
SELECT is_empty($$SELECT line, linter, input, error, problem FROM linter
    WHERE expect = 'fail' AND problem IS DISTINCT FROM error AND line NOT IN (TABLE registry)$$,
    (SELECT format('%s values fail with the code expected', count(*)) FROM linter WHERE expect = 'fail' AND line NOT IN (TABLE registry)));
SELECT is_empty($$SELECT line, linter, markup, m FROM linter, LATERAL (SELECT left(input, at - 1) || '*' ||
        substr(input, at, length) || '*' || substr(input, at + length)) x(m)
    WHERE expect = 'fail' AND m <> markup AND line NOT IN (TABLE registry)$$, 'and at the place expected');

-- faults of AIs in element strings
CREATE TABLE fault AS
SELECT line, f[1] AS data, replace(lower(f[2]), 'exipiration', 'expiration') AS error FROM vectors(:'dir' || 'gs1_ai_linter_errors.tsv');
SELECT is_empty('SELECT *, gs1_problem(data) FROM fault WHERE gs1_problem(data) IS DISTINCT FROM error',
    (SELECT format('%s faults of element values', count(*)) FROM fault));

-- bracketed to FNC1
CREATE TABLE bracketed AS
SELECT line, f[1]::boolean AS good, f[2] AS data, f[3] AS fnc1 FROM vectors(:'dir' || 'gs1_parse_bracketed_ai.tsv');
SELECT is_empty($$SELECT *, try('omni.gs1_fnc1($1)', data) FROM bracketed
    WHERE try('omni.gs1_fnc1($1)', data) <> CASE WHEN good THEN fnc1 ELSE 'SQLSTATE 22P02' END$$,
    (SELECT format('%s bracketed element strings', count(*)) FROM bracketed));
SELECT is_empty('SELECT * FROM bracketed WHERE good AND gs1_bracketed(gs1_fnc1(data)) <> data', 'and back to brackets');

-- FNC1
CREATE TABLE fnc1 AS SELECT line, f[1]::boolean AS good, f[2] AS data FROM vectors(:'dir' || 'gs1_process_ai_datastr.tsv');
SELECT is_empty('SELECT *, gs1_problem(data) FROM fnc1 WHERE good <> (gs1_problem(data) IS NULL)',
    (SELECT format('%s FNC1 element strings', count(*)) FROM fnc1));
SELECT is_empty($$SELECT * FROM fnc1 WHERE good AND gs1_fnc1(data) <> rtrim(data, '^')$$, 'FNC1 is written as it was read');
SELECT is_empty($$SELECT * FROM fnc1, unnest(ARRAY[']C1', ']e0', ']d2', ']Q3', ']J1', chr(29)]) AS head
    WHERE good AND gs1_fnc1(head || translate(substr(data, 2), '^', chr(29))) <> gs1_fnc1(data)$$,
    'a scanner gives the same with any symbology identifier');

-- which AIs belong together
CREATE TABLE assoc AS
SELECT line, f[1]::boolean AS good, f[2] AS validation, f[3] AS data FROM vectors(:'dir' || 'gs1_validate_ai_assoc.tsv');
-- Exceptions: (89) and (3338) are no assigned AIs, so their values cannot be checked; the harness permits them.
CREATE TABLE assoc_exception AS SELECT line FROM assoc WHERE data ~ '\((89|3338)\)';
SELECT is((SELECT count(*)::int FROM assoc_exception), 2, 'of the associations, 2 have an unknown AI');
SELECT is_empty($$SELECT a.* FROM assoc a WHERE good <> NOT EXISTS (SELECT FROM gs1_check(data) c WHERE c.problem = CASE
        WHEN line IN (TABLE assoc_exception) THEN 'unknown_ai'
        WHEN validation = 'validateAIrepeats' THEN 'repeated_ai'
        WHEN validation = 'validateAImutex' THEN 'excluded_ai'
        WHEN validation = 'validateAIrequisites' THEN 'missing_ai'
        WHEN validation = 'validateDigSigRequiresSerialisedKey' THEN 'missing_serial' END)$$,
    (SELECT format('%s associations of AIs', count(*)) FROM assoc));

-- Digital Link to elements
CREATE TABLE link AS
SELECT line, f[1]::boolean AS good, f[2] AS uri, f[3] AS fnc1 FROM vectors(:'dir' || 'gs1_digital_link_parse.tsv');
-- Exceptions: the vectors were recorded under changing settings of the engine. Here unknown AIs are always
-- refused, since their values cannot be checked, and the old names for AIs (/gtin/) are always read.
CREATE TABLE link_exception AS
SELECT line FROM link WHERE (good AND uri LIKE '%&89=%') OR (NOT good AND uri = 'https://a/gtin/12312312312333');
SELECT is((SELECT count(*)::int FROM link_exception), 2, 'of the Digital Links, 2 depend on settings');
SELECT is_empty($$SELECT *, try('omni.gs1_fnc1($1)', uri) FROM link
    WHERE try('omni.gs1_fnc1($1)', uri) <> CASE WHEN good THEN fnc1 ELSE 'SQLSTATE 22P02' END AND line NOT IN (TABLE link_exception)$$,
    (SELECT format('%s Digital Links read', count(*)) FROM link));
SELECT is_empty($$SELECT * FROM link WHERE good AND line NOT IN (TABLE link_exception) AND gs1_digital_link(uri)
    <> gs1_digital_link(gs1_digital_link(uri, 'https://example.com/x/'))$$, 'a link in canonical form stays what it is');

-- elements to Digital Link
CREATE TABLE made AS
SELECT line, f[1]::boolean AS good, replace(f[2], '<default>', 'https://id.gs1.org') AS stem, f[3] AS data, f[4] AS uri
FROM vectors(:'dir' || 'gs1_digital_link_generate.tsv');
-- Exception: the engine is told once to permit the unknown AI (89), and once not to.
CREATE TABLE made_exception AS SELECT line FROM made WHERE good AND data LIKE '%(89)%';
SELECT is((SELECT count(*)::int FROM made_exception), 1, 'of the links to make, 1 has an unknown AI');
SELECT is_empty($$SELECT *, try('omni.gs1_digital_link($1, $2)', data, stem) FROM made WHERE line NOT IN (TABLE made_exception)
    AND CASE WHEN good THEN try('omni.gs1_digital_link($1, $2)', data, stem) <> uri
        ELSE try('omni.gs1_digital_link($1, $2)', data, stem) !~ '^SQLSTATE 22(023|P02)$' END$$,
    (SELECT format('%s Digital Links made', count(*)) FROM made));

-- SGTIN-96 both ways, and the URI that the standard writes
CREATE TABLE tag AS
SELECT f[1] AS hex, f[2]::int AS filter, f[3]::int AS partition, f[4] AS prefix, f[5] AS indicator, f[6] AS item,
    f[7] AS gtin14, f[8]::bigint AS serial, f[9] AS tag_uri, d.*
FROM vectors(:'dir' || 'sgtin96_vectors.tsv'), sgtin96_decode(decode(f[1], 'hex')) AS d(gtin, d_length, d_filter, d_serial);
SELECT is_empty($$SELECT * FROM tag WHERE (d_filter, d_length, d_serial) <> (filter, 12 - partition, serial)
    OR substr(gtin::text, 2, d_length) <> prefix OR left(gtin::text, 1) <> indicator
    OR substr(gtin::text, 2 + d_length, 12 - d_length) <> item OR (gtin14 <> '' AND gtin <> gtin14)
    OR (tag_uri <> '' AND tag_uri <> format('urn:epc:tag:sgtin-96:%s.%s.%s%s.%s', d_filter, prefix, left(gtin::text, 1), item, d_serial))$$,
    (SELECT format('%s SGTIN-96 tags decoded', count(*)) FROM tag));
SELECT is_empty($$SELECT * FROM tag WHERE sgtin96_encode(gtin, d_length, d_filter, d_serial) <> decode(hex, 'hex')$$, 'and encoded');

-- contrib/isn. An EAN-13 or a UPC is the same GTIN; ISBN-10, ISMN and ISSN are found by gtin_repair; a wrong
-- check digit gives nothing of that kind, and the right one does; isn's casts between kinds are classes and
-- formats here.
CREATE TABLE isn AS
SELECT line, f[1] AS kind, f[2] AS input, f[3] AS expected, replace(f[3], '-', '') AS digits FROM vectors(:'dir' || 'isn_vectors.tsv');
CREATE FUNCTION repaired(input text, kind text) RETURNS text LANGUAGE sql AS $$
    SELECT min(gtin_format(r, 13)) FROM gtin_repair(input) r WHERE kind = 'ean13' OR gtin_class(r) = left(kind, 4)
$$;
CREATE TABLE isn_run AS
SELECT line, kind, input, expected, CASE
    WHEN expected LIKE '%cast ISMN to ISBN%' THEN gtin_class(input::gtin) = 'ismn'
    WHEN expected LIKE '%cast ISBN to ISSN%' THEN gtin_class(input::gtin) = 'isbn'
    WHEN expected LIKE '%cast ISBN to UPC%' THEN try('omni.gtin_format($1::omni.gtin, 12)', input) = 'SQLSTATE 22003'
    WHEN expected LIKE '%syntax%' THEN gtin_problem(input) = 'characters'
    WHEN expected LIKE '%strict%' THEN gtin_problem(input) = 'check_digit'
    WHEN expected LIKE '%should be%' AND length(input) = 13 THEN gtin_problem(input) = 'check_digit'
        AND gtin_try(left(input, 12) || right(expected, 1)) IS NOT NULL
    WHEN expected LIKE '%should be%' THEN repaired(input, kind) IS NULL AND repaired(left(input, -1) || right(expected, 1), kind) IS NOT NULL
    WHEN kind IN ('ean13', 'upc') THEN gtin_format(input::gtin, length(digits)) = digits
    WHEN length(digits) = 13 THEN repaired(input, kind) = digits
    -- the short forms have the digits of the EAN after its prefix and other check digits
    WHEN kind = 'isbn' THEN repaired(input, kind) LIKE '978' || left(digits, 9) || '_'
    WHEN kind = 'issn' THEN repaired(input, kind) LIKE '977' || left(digits, 7) || '00_'
    WHEN kind = 'ismn' THEN repaired(input, kind) = '9790' || substr(digits, 2)
    END AS good
FROM isn;
SELECT is_empty('SELECT * FROM isn_run WHERE good IS DISTINCT FROM true', (SELECT format('%s vectors of isn', count(*)) FROM isn));

-- how many there were, so that an empty file does not pass
CREATE TABLE counted AS
SELECT (SELECT count(*) FROM linter) + (SELECT count(*) FROM fault) + (SELECT count(*) FROM bracketed) + (SELECT count(*) FROM fnc1)
    + (SELECT count(*) FROM assoc) + (SELECT count(*) FROM link) + (SELECT count(*) FROM made) + (SELECT count(*) FROM tag)
    + (SELECT count(*) FROM isn) AS run,
    (SELECT count(*) FROM registry) + (SELECT count(*) FROM link_exception) + (SELECT count(*) FROM made_exception)
    + (SELECT count(*) FROM assoc_exception) AS exceptions;
SELECT cmp_ok(run, '>=', 3080::bigint, format('%s vectors run, %s of them exceptions that this test names', run, exceptions)) FROM counted;
SELECT '# note: ' || run || ' vectors run, ' || exceptions || ' of them exceptions named in the test' FROM counted;
SELECT * FROM finish();
