-- distances between texts against their definitions, character by character
SELECT plan(10);
SET search_path = public, omni;
SELECT setseed(0.17);
CREATE FUNCTION letters(s text) RETURNS text[] LANGUAGE sql IMMUTABLE RETURN coalesce(string_to_array(s, NULL), '{}');
CREATE FUNCTION lev(a text, b text) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    x text[] := letters(a); y text[] := letters(b); p int[]; c int[];
BEGIN
    p := ARRAY(SELECT generate_series(0, cardinality(y)));
    FOR i IN 1..cardinality(x) LOOP
        c := ARRAY[i];
        FOR j IN 1..cardinality(y) LOOP
            c := c || least(p[j + 1] + 1, c[j] + 1, p[j] + (x[i] <> y[j])::int);
        END LOOP;
        p := c;
    END LOOP;
    RETURN p[cardinality(y) + 1];
END $$;
-- Damerau's distance by the whole matrix, after Lowrance and Wagner
CREATE FUNCTION dam(a text, b text) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    x text[] := letters(a); y text[] := letters(b); m int := cardinality(letters(a)); n int := cardinality(letters(b));
    w int := n + 2; far int := m + n; d int[] := array_fill(0, ARRAY[(m + 2) * (n + 2)]);
    seen jsonb := '{}'; i1 int; j1 int; jb int;
BEGIN
    d[1] := far;
    FOR i IN 0..m LOOP d[(i + 1) * w + 1] := far; d[(i + 1) * w + 2] := i; END LOOP;
    FOR j IN 0..n LOOP d[j + 2] := far; d[w + j + 2] := j; END LOOP;
    FOR i IN 1..m LOOP
        jb := 0;
        FOR j IN 1..n LOOP
            i1 := coalesce((seen ->> y[j])::int, 0); j1 := jb;
            IF x[i] = y[j] THEN jb := j; END IF;
            d[(i + 1) * w + j + 2] := least(d[i * w + j + 1] + (x[i] <> y[j])::int, d[(i + 1) * w + j + 1] + 1, d[i * w + j + 2] + 1, d[i1 * w + j1 + 1] + (i - i1 - 1) + 1 + (j - j1 - 1));
        END LOOP;
        seen := seen || jsonb_build_object(x[i], i);
    END LOOP;
    RETURN d[(m + 1) * w + n + 2];
END $$;
CREATE FUNCTION jar(a text, b text) RETURNS float8 LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    x text[] := letters(a); y text[] := letters(b); m int := cardinality(letters(a)); n int := cardinality(letters(b));
    w int := greatest(0, greatest(m, n) / 2 - 1); fx bool[] := array_fill(false, ARRAY[m]); fy bool[] := array_fill(false, ARRAY[n]); k int := 0; t int := 0; at int := 1;
BEGIN
    FOR i IN 1..m LOOP
        FOR j IN greatest(1, i - w)..least(n, i + w) LOOP
            IF NOT fy[j] AND x[i] = y[j] THEN fx[i] := true; fy[j] := true; k := k + 1; EXIT; END IF;
        END LOOP;
    END LOOP;
    IF k = 0 THEN RETURN 0; END IF;
    FOR i IN 1..m LOOP
        IF fx[i] THEN
            WHILE NOT fy[at] LOOP at := at + 1; END LOOP;
            t := t + (x[i] <> y[at])::int;
            at := at + 1;
        END IF;
    END LOOP;
    RETURN (k::float8 / m + k::float8 / n + (k - t / 2)::float8 / k) / 3;
END $$;
CREATE FUNCTION random_text(alphabet text, n int) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    r text := '';
BEGIN
    FOR i IN 1..n LOOP r := r || substr(alphabet, 1 + floor(random() * length(alphabet))::int, 1); END LOOP;
    RETURN r;
END $$;
CREATE TABLE pair AS SELECT n, random_text(x, (random() * 11)::int) AS a, random_text(y, (random() * 11)::int) AS b
FROM (SELECT n, (ARRAY['abcd', 'aäb東', 'abcdefghijklmnop'])[1 + n % 3] AS x, (ARRAY['abcd', 'aäc東🙂', 'abcdefghijklmnop'])[1 + n % 3] AS y FROM generate_series(1, 10500) n) g;
SELECT is((SELECT count(*) FROM pair WHERE levenshtein(a, b) <> lev(a, b)), 0::bigint, 'levenshtein is the least number of edits: ' || (SELECT count(*) FROM pair) || ' pairs');
SELECT is((SELECT count(*) FROM pair WHERE levenshtein_less_equal(a, b, n % 6) <> least(lev(a, b), n % 6 + 1)), 0::bigint, 'with a limit, too');
SELECT is((SELECT count(*) FROM pair WHERE damerau_levenshtein(a, b) <> dam(a, b)), 0::bigint, 'damerau_levenshtein counts a transposition as one');
SELECT is((SELECT count(*) FROM pair WHERE abs(jaro_similarity(a, b) - jar(a, b)) > 1e-12), 0::bigint, 'jaro_similarity is Jaro''s');
SELECT is((SELECT count(*) FROM pair, LATERAL (SELECT jar(a, b) AS j, (SELECT count(*) FROM generate_series(1, least(4, length(a), length(b))) k WHERE left(a, k) = left(b, k)) AS p) x
           WHERE abs(jaro_winkler_similarity(a, b) - CASE WHEN j > 0.7 THEN j + 0.1 * p * (1 - j) ELSE j END) > 1e-12), 0::bigint, 'jaro_winkler_similarity is Winkler''s');
SELECT is((SELECT count(*) FROM pair WHERE jaccard(a, b) <> CASE WHEN a = '' OR b = '' THEN 0 ELSE
    (SELECT count(*) FROM (SELECT unnest(letters(a)) INTERSECT SELECT unnest(letters(b))) i)::float8 / (SELECT count(*) FROM (SELECT unnest(letters(a)) UNION SELECT unnest(letters(b))) u) END), 0::bigint, 'jaccard is of sets of characters');
-- more than 64 characters: several words, and a band where there is a limit
CREATE TABLE long AS SELECT n, repeat(a, 9) || b || repeat(b, 7) AS a, repeat(a, 8) || repeat(b, 7) || a AS b FROM pair WHERE n <= 400;
SELECT is((SELECT count(*) FROM long WHERE levenshtein(a, b) <> lev(a, b) OR levenshtein_less_equal(a, b, n % 60) <> least(lev(a, b), n % 60 + 1)), 0::bigint, 'long texts: ' || (SELECT round(avg(length(a))) FROM long) || ' characters on average');
CREATE TABLE alike AS SELECT n, a, b FROM long WHERE n <= 60
UNION ALL SELECT n, a, overlay(overlay(a PLACING reverse(substr(a, 20 + n % 30, 2 + n % 2)) FROM 20 + n % 30 FOR 2 + n % 2) PLACING 'x' FROM 5 + n % 13 FOR n % 3) FROM long WHERE n BETWEEN 100 AND 240 AND length(a) > 70;
SELECT is((SELECT count(*) FROM alike WHERE damerau_levenshtein(a, b) <> dam(a, b) OR damerau_levenshtein(b, a) <> dam(a, b) OR abs(jaro_similarity(a, b) - jar(a, b)) > 1e-12), 0::bigint, 'and the other two of long texts, alike and not');
SELECT is((SELECT count(*) FROM pair x JOIN pair y ON y.n = x.n + 1 WHERE levenshtein(x.a, y.a) > levenshtein(x.a, x.b) + levenshtein(x.b, y.a)
           OR damerau_levenshtein(x.a, y.a) > damerau_levenshtein(x.a, x.b) + damerau_levenshtein(x.b, y.a)), 0::bigint, 'both are metrics: the triangle holds');
SELECT is((SELECT count(*) FROM pair WHERE levenshtein(a, b) <> levenshtein(b, a) OR damerau_levenshtein(a, b) <> damerau_levenshtein(b, a) OR damerau_levenshtein(a, b) > levenshtein(a, b)), 0::bigint, 'and symmetric');
SELECT * FROM finish();
