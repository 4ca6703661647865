-- Distances between names beside fuzzystrmatch, pg_similarity and pg_trgm: 1M pairs of surnames and of
-- full names made of syllables, one side with a typing error in most.
CREATE EXTENSION fuzzystrmatch;
CREATE EXTENSION pg_trgm;
SELECT setseed(0.3);
CREATE FUNCTION public.syllables(n int, seed bigint) RETURNS text LANGUAGE sql IMMUTABLE RETURN
    (SELECT string_agg((ARRAY['an', 'be', 'cor', 'da', 'el', 'fri', 'gar', 'ha', 'in', 'jo', 'kel', 'lu', 'mar', 'ne', 'ol', 'per', 'ri', 'son', 'ter', 'wil'])[1 + (seed / power(20, k)::bigint) % 20], '') FROM generate_series(0, n - 1) k);
CREATE TABLE names AS SELECT initcap(a) AS a, initcap(overlay(a PLACING chr(97 + i % 26) FROM 1 + i % length(a))) AS b, initcap(f || ' ' || a) AS fa,
    initcap(f || ' ' || overlay(a PLACING chr(97 + i % 26) FROM 1 + i % length(a) FOR (i % 3))) AS fb
FROM (SELECT i, public.syllables(2 + i % 3, (random() * 160000)::bigint) AS a, public.syllables(2 + i % 2, (random() * 8000)::bigint) AS f FROM generate_series(1, 1000000) i) x;
VACUUM ANALYZE names;
SELECT format('# average lengths: surname %s, full name %s', round(avg(length(a)), 1), round(avg(length(fa)), 1)) FROM names;
SELECT bench.compare('levenshtein, surnames', '<= 0.75', 'SELECT sum(omni.levenshtein(a, b)) FROM names', 'fuzzystrmatch', 'SELECT sum(public.levenshtein(a, b)) FROM names', NULL, 3);
SELECT bench.compare('levenshtein, full names', '<= 0.40', 'SELECT sum(omni.levenshtein(fa, fb)) FROM names', 'fuzzystrmatch', 'SELECT sum(public.levenshtein(fa, fb)) FROM names', NULL, 3);
SELECT bench.compare('levenshtein_less_equal 2, surnames', NULL, 'SELECT sum(omni.levenshtein_less_equal(a, b, 2)) FROM names', 'fuzzystrmatch', 'SELECT sum(public.levenshtein_less_equal(a, b, 2)) FROM names', NULL, 3);
SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_similarity') AS have_similarity \gset
\if :have_similarity
CREATE EXTENSION pg_similarity;
SELECT bench.compare('jaro_winkler_similarity, surnames', '<= 0.60', 'SELECT sum(omni.jaro_winkler_similarity(a, b)) FROM names', 'pg_similarity', 'SELECT sum(public.jarowinkler(a, b)) FROM names', NULL, 3);
SELECT bench.compare('jaro_winkler_similarity, full names', '<= 0.60', 'SELECT sum(omni.jaro_winkler_similarity(fa, fb)) FROM names', 'pg_similarity', 'SELECT sum(public.jarowinkler(fa, fb)) FROM names', NULL, 3);
\else
SELECT '# pg_similarity is not installed: not compared with its jarowinkler';
\endif
SELECT bench.compare('jaro_winkler_similarity, surnames', NULL, 'SELECT sum(omni.jaro_winkler_similarity(a, b)) FROM names', 'pg_trgm similarity', 'SELECT sum(public.similarity(a, b)) FROM names', NULL, 1);
SELECT bench.compare('damerau_levenshtein, surnames', NULL, 'SELECT sum(omni.damerau_levenshtein(a, b)) FROM names', 'reading the table', 'SELECT sum(length(a)) FROM names', NULL, 3);
SELECT bench.compare('jaccard, surnames', NULL, 'SELECT sum(omni.jaccard(a, b)) FROM names', 'reading the table', 'SELECT sum(length(a)) FROM names', NULL, 3);
