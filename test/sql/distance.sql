-- how alike texts are: by characters, with DuckDB's corner cases
SET search_path = public, omni;
SELECT levenshtein('Müller', 'Muller'), levenshtein('', ''), levenshtein('abc', ''), levenshtein('', 'abc'), levenshtein('kitten', 'sitting'), levenshtein('日本語', '日本'), levenshtein('a', NULL);
SELECT a, b, levenshtein(a, b), damerau_levenshtein(a, b), round(jaro_similarity(a, b)::numeric, 4) AS jaro,
       round(jaro_winkler_similarity(a, b)::numeric, 4) AS jaro_winkler, round(jaccard(a, b)::numeric, 4) AS jaccard
FROM (VALUES ('MARTHA', 'MARHTA'), ('dwayne', 'duane'), ('dixon', 'dicksonx'), ('あいうえおか', 'あいうおえか'), ('ca', 'abc'), ('abxxxxxx', 'abyyyyyy'),
             ('johnathan', 'jonbrooks'), ('', ''), ('', 'a'), ('same', 'same'), ('Straße', 'Strasse'), ('é', U&'e\0301'), ('naïve', 'naive'), ('ab', 'ba'), ('🙂a', 'a🙂'), ('x', 'y')) v(a, b);
-- the limit
SELECT levenshtein_less_equal('kitten', 'sitting', d) FROM generate_series(0, 5) d;
SELECT levenshtein_less_equal(repeat('a', 100000), repeat('b', 100000), 3), levenshtein_less_equal('a', 'b', 2147483647), levenshtein_less_equal('abc', 'xyz', 0);
SELECT levenshtein_less_equal('a', 'b', -1);
\echo :LAST_ERROR_SQLSTATE
-- longer than fuzzystrmatch takes, longer than a word of the machine, and with letters of more than one byte
SELECT levenshtein(repeat('abcdefghij', 1000), repeat('abcdefghji', 1000)), levenshtein(repeat('äöü', 100), repeat('äüö', 100)),
       damerau_levenshtein(repeat('abcdefghij', 100), repeat('abcdefghji', 100)), damerau_levenshtein(repeat('äöü', 100), repeat('äüö', 100)),
       round(jaro_similarity(repeat('ab', 5000), repeat('ba', 5000))::numeric, 6) AS jaro;
SELECT levenshtein(repeat('x', 63) || 'a', repeat('x', 63) || 'b'), levenshtein('a' || repeat('x', 64), 'b' || repeat('x', 64)), levenshtein('a' || repeat('xy', 64) || 'b', 'b' || repeat('yx', 64) || 'a');
-- symmetric
SELECT count(*) FROM (SELECT md5(i::text) AS a, md5((i / 2)::text) AS b FROM generate_series(1, 1000) i) x
WHERE levenshtein(a, b) <> levenshtein(b, a) OR damerau_levenshtein(a, b) <> damerau_levenshtein(b, a) OR jaccard(a, b) <> jaccard(b, a);
SELECT name_key('Jürgen  O''Neil'), jaro_winkler_similarity(name_key('JÜRGEN'), name_key('Jurgen'));
