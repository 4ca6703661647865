-- Canonical text against the vectors of the Unicode Consortium, and at the edges.
\set ON_ERROR_STOP 1
\set QUIET 1
SET client_min_messages = warning;
SELECT plan(28);

-- the result of a function, or its SQLSTATE
CREATE FUNCTION pg_temp.try(f text, input text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r text;
BEGIN
    EXECUTE format('SELECT omni.%I($1)', f) INTO r USING input;
    RETURN r;
EXCEPTION WHEN OTHERS THEN
    RETURN '!' || SQLSTATE;
END $$;
-- lines of a program's output as they are
CREATE TEMP TABLE line (n int GENERATED ALWAYS AS IDENTITY, t text);
CREATE FUNCTION pg_temp.load(program text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    TRUNCATE line RESTART IDENTITY;
    EXECUTE format('COPY line (t) FROM PROGRAM %L (FORMAT csv, DELIMITER E''\x01'', QUOTE E''\x02'')', program);
END $$;
CREATE FUNCTION pg_temp.exists(path text) RETURNS boolean LANGUAGE sql AS
$$ SELECT (pg_stat_file(path, true)).size IS NOT NULL $$;
CREATE FUNCTION pg_temp.points(hex text) RETURNS text LANGUAGE sql AS
$$ SELECT coalesce(string_agg(chr(('x' || lpad(h, 8, '0'))::bit(32)::int), '' ORDER BY o), '')
   FROM regexp_split_to_table(hex, ' ') WITH ORDINALITY AS s(h, o) WHERE h <> '' $$;

-- NFKC_Casefold of every code point that it changes
SELECT pg_temp.exists(:'shared' || '/vectors/catalog/nfkc_casefold_map_15.0.tsv') AS have_cf,
       pg_temp.exists(:'shared' || '/vectors/catalog/IdnaTestV2.txt.gz') AS have_idna,
       pg_temp.exists('/usr/share/unicode/NormalizationTest.txt.bz2') AS have_norm \gset
\if :have_cf
SELECT pg_temp.load('tail -n +2 ' || :'shared' || '/vectors/catalog/nfkc_casefold_map_15.0.tsv') \g /dev/null
CREATE TEMP TABLE cf AS
SELECT chr(c) AS input, pg_temp.points(f[2]) AS expected, pg_temp.try('nfkc_casefold', chr(c)) AS got
FROM line, string_to_array(t, E'\t') AS f, string_to_array(f[1], '..') AS r,
     generate_series(('x' || lpad(r[1], 8, '0'))::bit(32)::int,
                     ('x' || lpad(coalesce(r[2], r[1]), 8, '0'))::bit(32)::int) AS c;
SELECT is(count(*) FILTER (WHERE got <> expected AND got <> '!22P02'), 0::bigint,
          format('NFKC_Casefold: %s vectors, %s equal, %s refused as unassigned in 15.0', count(*),
                 count(*) FILTER (WHERE got = expected), count(*) FILTER (WHERE got = '!22P02'))) FROM cf;
SELECT diag(format('note: NFKC_Casefold, %s vectors: %s equal, %s refused as unassigned in 15.0, %s wrong', count(*), count(*) FILTER (WHERE got = expected),
                   count(*) FILTER (WHERE got = '!22P02'), count(*) FILTER (WHERE got NOT IN (expected, '!22P02')))) FROM cf;
-- what is refused, and mapped all the same by the vectors, is an unassigned default ignorable
SELECT is(count(*) FILTER (WHERE got = '!22P02' AND expected <> ''), 0::bigint,
          'NFKC_Casefold: each refused vector is a default ignorable without a character') FROM cf;
SELECT is(count(*), 0::bigint, 'NFKC_Casefold: every other code point is its own')
FROM (SELECT chr(c) AS s FROM generate_series(1, 1114111) AS c
      WHERE c NOT BETWEEN 55296 AND 57343 AND omni.text_problem(chr(c)) IS NULL
      EXCEPT SELECT input FROM cf) AS t WHERE omni.nfkc_casefold(s) <> s;
\else
SELECT skip('no ../shared/vectors', 3);
\endif

\if :have_idna
SELECT pg_temp.load('zcat ' || :'shared' || '/vectors/catalog/IdnaTestV2.txt.gz') \g /dev/null
CREATE TEMP TABLE idna AS
WITH raw AS (
    SELECT n, btrim(split_part(t, ';', 1), E' \t') AS source, btrim(split_part(t, ';', 2), E' \t') AS unicode,
           btrim(split_part(t, ';', 3), E' \t') AS unicode_status, btrim(split_part(t, ';', 4), E' \t') AS ascii,
           btrim(split_part(t, ';', 5), E' \t') AS ascii_status
    FROM line WHERE t NOT LIKE '#%' AND t LIKE '%;%'
)
SELECT n, source, coalesce(nullif(ascii_status, ''), nullif(unicode_status, ''), '[]') AS status,
       regexp_replace(coalesce(nullif(ascii, ''), nullif(unicode, ''), source), '\.$', '') AS expected,
       pg_temp.try('domain_to_ascii', source) AS got
FROM raw;
-- every status is one of the flags that we have on, so a row is valid if it has none
SELECT is(count(*) FILTER (WHERE status = '[]' AND got <> expected), 0::bigint,
          format('IdnaTestV2: %s valid rows give the expected ASCII form', count(*) FILTER (WHERE status = '[]'))) FROM idna;
SELECT is(count(*) FILTER (WHERE status <> '[]' AND got <> '!22P02'), 0::bigint,
          format('IdnaTestV2: %s rows with an error are refused', count(*) FILTER (WHERE status <> '[]'))) FROM idna;
SELECT diag(format('note: IdnaTestV2, %s rows: %s valid, %s refused, %s wrong', count(*), count(*) FILTER (WHERE status = '[]' AND got = expected),
                   count(*) FILTER (WHERE status <> '[]' AND got = '!22P02'),
                   count(*) FILTER (WHERE CASE WHEN status = '[]' THEN got <> expected ELSE got <> '!22P02' END))) FROM idna;
SELECT is(count(*), 0::bigint, 'IdnaTestV2: results are fixed points')
FROM idna WHERE status = '[]' AND pg_temp.try('domain_to_ascii', got) <> got;
\else
SELECT skip('no ../shared/vectors', 3);
\endif

\if :have_norm
SELECT pg_temp.load('bzcat /usr/share/unicode/NormalizationTest.txt.bz2') \g /dev/null
CREATE TEMP TABLE norm AS
SELECT pg_temp.points(f[1]) AS c1, pg_temp.points(f[2]) AS c2, pg_temp.points(f[3]) AS c3,
       pg_temp.points(f[4]) AS c4, pg_temp.points(f[5]) AS c5
FROM line, string_to_array(t, ';') AS f WHERE t ~ '^[0-9A-F]';
SELECT is(count(*) FILTER (WHERE (omni.nfc(c1), omni.nfc(c2), omni.nfc(c3), omni.nfc(c4), omni.nfc(c5))
                              IS DISTINCT FROM (c2, c2, c2, c4, c4)), 0::bigint,
          format('NormalizationTest: NFC of %s rows', count(*))) FROM norm;
SELECT is(count(*) FILTER (WHERE (omni.nfkc(c1), omni.nfkc(c2), omni.nfkc(c3), omni.nfkc(c4), omni.nfkc(c5))
                              IS DISTINCT FROM (c4, c4, c4, c4, c4)), 0::bigint,
          format('NormalizationTest: NFKC of %s rows', count(*))) FROM norm;
\else
SELECT skip('no Unicode NormalizationTest (Debian: unicode-data)', 2);
\endif

SELECT is(omni.nfkc_casefold(repeat(U&'\00AD', 3)), '', 'nothing is left of ignored characters');
-- one version of the rules, one digest, whatever the build
SELECT is(omni.canon_version() || ' ' || omni.canon_digest(),
          '1/unicode-15.0 afa6cc9d62ec639de041817a1066954d061ae3aedeb64ba7756ae12c2127e201',
          'the digest over all code points is that of the canon version');

-- what later versions of Unicode changed stays as in 15.0
SELECT is(omni.domain_to_ascii(U&'\1E9E.example'), 'ss.example', 'U+1E9E is ss in domains, as in 15.0');
SELECT is((SELECT string_agg(pg_temp.try('domain_to_ascii', chr(c) || '.example'), ' ' ORDER BY c)
           FROM unnest('{8800,8814,8815}'::int[]) AS c), '!22P02 !22P02 !22P02',
          'U+2260, U+226E and U+226F are refused under STD3');
SELECT is(pg_temp.try('nfkc', U&'\31E4'), '!22P02', 'a code point of Unicode 16 is refused');
SELECT is(pg_temp.try('nfc', U&'\+02EBF0'), '!22P02', 'a code point of Unicode 15.1 is refused');
SELECT is(pg_temp.try('nfc', U&'\+01E030'), U&'\+01E030', 'a code point of Unicode 15.0 is accepted');
SELECT is(pg_temp.try('nfc', U&'\FFFE'), '!22P02', 'a noncharacter is refused');

-- limits of the DNS
SELECT is(omni.domain_to_ascii(repeat('a', 63) || '.de'), repeat('a', 63) || '.de', 'a label of 63 bytes');
SELECT is(pg_temp.try('domain_to_ascii', repeat('a', 64) || '.de'), '!22P02', 'a label of 64 bytes');
SELECT is(length(omni.domain_to_ascii(repeat(repeat('a', 49) || '.', 5) || 'abc.')), 253, 'a name of 253 bytes');
SELECT is(pg_temp.try('domain_to_ascii', repeat(repeat('a', 49) || '.', 5) || 'abcd'), '!22P02', 'a name of 254 bytes');
SELECT is(pg_temp.try('domain_to_ascii', repeat('ü', 61) || '.de'), '!22P02', 'an A-label of more than 63 bytes');

-- long input: linear, and never a crash
SELECT is(length(omni.nfkc(repeat(U&'e\0301', 500000))), 500000, '1.5 MB to be composed');
SELECT is(md5(omni.nfc('a' || repeat(U&'\0301\0323', 500000))),
          md5(U&'\1EA1' || repeat(U&'\0323', 499999) || repeat(U&'\0301', 500000)), '1 M marks on one letter are ordered');
SELECT is(length(omni.nfkc_casefold(repeat('Ä', 50000000))), 50000000, '100 MB are folded');
SELECT is(pg_temp.try('nfkc', repeat(U&'\FDFA', 33000000)), '!54000', '100 MB that would grow over 1 GB are refused');
SELECT is(pg_temp.try('domain_to_ascii', repeat('a', 10000000)), '!22P02', 'a domain of 10 MB is refused');
SELECT is(octet_length(omni.name_key(repeat('Ab ', 3300000))), 9899999, 'a name of 10 MB is folded');
SELECT is(pg_temp.try('domain_to_ascii', repeat(U&'\00AD', 1000000) || 'a.de'), 'a.de', 'ignored characters do not count');

SELECT * FROM finish();
