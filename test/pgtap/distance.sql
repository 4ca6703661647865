-- the vectors of jellyfish; its Winkler's boost needs no jaro above 0.7 where it has another corner case, which is listed
SET search_path = public, omni;
SELECT coalesce(:'shared', '') <> '' AS have_shared \gset
\if :have_shared
CREATE TABLE vector (kind text, a text, b text, expected float8);
\cd :shared
\cd vectors/identity
CREATE TEMP TABLE line (a text, b text, expected float8);
\copy line FROM 'jellyfish_levenshtein.csv' (FORMAT csv, FORCE_NOT_NULL (a, b))
INSERT INTO vector SELECT 'levenshtein', * FROM line; TRUNCATE line;
\copy line FROM 'jellyfish_damerau_levenshtein.csv' (FORMAT csv, FORCE_NOT_NULL (a, b))
INSERT INTO vector SELECT 'damerau', * FROM line; TRUNCATE line;
\copy line FROM 'jellyfish_jaro_distance.csv' (FORMAT csv, FORCE_NOT_NULL (a, b))
INSERT INTO vector SELECT 'jaro', * FROM line; TRUNCATE line;
\copy line FROM 'jellyfish_jaro_winkler.csv' (FORMAT csv, FORCE_NOT_NULL (a, b))
INSERT INTO vector SELECT 'winkler', * FROM line; TRUNCATE line;
SELECT plan(2);
SELECT cmp_ok((SELECT count(*) FROM vector), '>', 20::bigint, (SELECT count(*) FROM vector) || ' vectors of jellyfish');
SELECT is_empty($$SELECT * FROM vector WHERE abs(expected - CASE kind WHEN 'levenshtein' THEN levenshtein(a, b) WHEN 'damerau' THEN damerau_levenshtein(a, b)
    WHEN 'jaro' THEN round(jaro_similarity(a, b)::numeric, 3) ELSE round(jaro_winkler_similarity(a, b)::numeric, 3) END) > 1e-9$$, 'all as published');
\else
SELECT '1..0 # SKIP the vectors of jellyfish are not here';
\endif
SELECT * FROM finish();
