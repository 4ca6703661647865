-- Laws of canonical text, on every assigned code point and on random strings of letters that act on each other.
\set ON_ERROR_STOP 1
\set QUIET 1
SET client_min_messages = warning;
SELECT setseed(0.42);
SELECT plan(15);

CREATE TEMP TABLE assigned AS
SELECT chr(c) AS s FROM generate_series(1, 1114111) AS c
WHERE c NOT BETWEEN 55296 AND 57343 AND omni.text_problem(chr(c)) IS NULL;

-- ranges that the strings draw from; none is younger than Unicode 13, so that the server's own normalize() knows them
CREATE TEMP TABLE pool AS
SELECT kind, array_agg(c) AS points
FROM (VALUES ('latin', 32, 126), ('latin', 192, 382), ('latin', 7840, 7929), ('mark', 768, 836), ('mark', 838, 846),
             ('mark', 848, 866), ('greek', 902, 974), ('cyrillic', 1024, 1119), ('hebrew', 1456, 1469), ('hebrew', 1488, 1514),
             ('arabic', 1575, 1610), ('arabic', 1611, 1621), ('indic', 2325, 2361), ('indic', 2364, 2381), ('indic', 2392, 2399),
             ('indic', 8204, 8205), ('jamo', 4352, 4370), ('jamo', 4449, 4469), ('jamo', 4520, 4546), ('jamo', 44032, 44100),
             ('kana', 12363, 12442), ('kana', 65377, 65439), ('wide', 65281, 65370), ('symbol', 160, 191), ('symbol', 8192, 8202),
             ('symbol', 8208, 8231), ('symbol', 8448, 8505), ('ignored', 173, 173), ('ignored', 8203, 8207),
             ('ignored', 65024, 65039)) v(kind, a, b), generate_series(a, b) AS c
WHERE omni.text_problem(chr(c)) IS NULL
GROUP BY kind;
-- n code points: each of a random kind, then a random one of that kind
CREATE FUNCTION pg_temp.random_text(VARIADIC kinds text[]) RETURNS TABLE (points int[], starts int[], sizes int[]) LANGUAGE sql AS $$
    SELECT (SELECT array_agg(p ORDER BY o, p) FROM unnest(kinds) WITH ORDINALITY AS k(k, o) JOIN pool ON kind = k, unnest(pool.points) AS p),
           array_agg(start::int ORDER BY o), array_agg(size ORDER BY o)
    FROM (SELECT o, cardinality(pool.points) AS size, sum(cardinality(pool.points)) OVER (ORDER BY o) - cardinality(pool.points) AS start
          FROM unnest(kinds) WITH ORDINALITY AS k(k, o) JOIN pool ON kind = k) AS t
$$;
CREATE FUNCTION pg_temp.random_texts(kinds text[], texts int, longest int) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    points int[]; starts int[]; sizes int[]; k int; s text;
BEGIN
    SELECT * INTO points, starts, sizes FROM pg_temp.random_text(VARIADIC kinds);
    FOR i IN 1..texts LOOP
        s := '';
        FOR j IN 1..(random() * longest)::int LOOP
            k := 1 + floor(random() * cardinality(sizes))::int;
            s := s || chr(points[starts[k] + 1 + floor(random() * sizes[k])::int]);
        END LOOP;
        RETURN NEXT s;
    END LOOP;
END $$;
CREATE TEMP TABLE sample AS
SELECT row_number() OVER () AS i, s
FROM (SELECT pg_temp.random_texts('{latin,mark,mark,ignored}', 7000, 12)
      UNION ALL SELECT pg_temp.random_texts('{jamo,kana,mark,indic}', 7000, 12)
      UNION ALL SELECT pg_temp.random_texts('{latin,mark,greek,cyrillic,hebrew,arabic,indic,jamo,kana,wide,symbol,ignored}', 7000, 12)) AS t(s);

-- Unicode 15.0 has 149,186 graphic and format characters, 65 controls and 137,468 for private use
SELECT is(count(*), (149186 + 65 + 137468 - 1)::bigint, 'as many code points are accepted as 15.0 has assigned, U+0000 aside') FROM assigned;
SELECT cmp_ok(count(DISTINCT s), '>', 10000::bigint, 'strings are random: ' || count(DISTINCT s) || ' of ' || count(*)) FROM sample;

SELECT is(count(*), 0::bigint, 'each form of each code point is a fixed point, also between letters') FROM assigned, LATERAL (VALUES (s), ('A' || s || 'e' || s)) v(t)
WHERE omni.nfc(omni.nfc(t)) <> omni.nfc(t) OR omni.nfkc(omni.nfkc(t)) <> omni.nfkc(t)
   OR omni.nfkc_casefold(omni.nfkc_casefold(t)) <> omni.nfkc_casefold(t) OR omni.name_key(omni.name_key(t)) <> omni.name_key(t);
SELECT is(count(*), 0::bigint, 'each form of each string is a fixed point') FROM sample
WHERE omni.nfc(omni.nfc(s)) <> omni.nfc(s) OR omni.nfkc(omni.nfkc(s)) <> omni.nfkc(s)
   OR omni.nfkc_casefold(omni.nfkc_casefold(s)) <> omni.nfkc_casefold(s) OR omni.name_key(omni.name_key(s)) <> omni.name_key(s);

SELECT is(count(*), 0::bigint, 'nfc is normalize(NFC)') FROM sample WHERE omni.nfc(s) <> normalize(s, NFC);
SELECT is(count(*), 0::bigint, 'nfkc is normalize(NFKC)') FROM sample WHERE omni.nfkc(s) <> normalize(s, NFKC);
SELECT is(count(*), 0::bigint, 'spellings that are canonically equivalent have one form')
FROM sample, LATERAL (SELECT normalize(s, NFD) AS d) AS n
WHERE omni.nfc(d) <> omni.nfc(s) OR omni.nfkc(d) <> omni.nfkc(s) OR omni.nfkc_casefold(d) <> omni.nfkc_casefold(s) OR omni.name_key(d) <> omni.name_key(s);
SELECT is(count(*), 0::bigint, 'a whole has the form of its parts put together')
FROM sample a JOIN sample b ON b.i = a.i % 21000 + 1
WHERE omni.nfc(omni.nfc(a.s) || omni.nfc(b.s)) <> omni.nfc(a.s || b.s) OR omni.nfkc(omni.nfkc(a.s) || omni.nfkc(b.s)) <> omni.nfkc(a.s || b.s)
   OR omni.nfkc_casefold(omni.nfkc_casefold(a.s) || omni.nfkc_casefold(b.s)) <> omni.nfkc_casefold(a.s || b.s)
   OR omni.name_key(omni.name_key(a.s || '.') || omni.name_key('.' || b.s)) <> omni.name_key(omni.name_key(a.s) || omni.name_key(b.s));
SELECT is(count(*), 0::bigint, 'long strings are like short ones')
FROM (SELECT string_agg(s, '' ORDER BY i) AS s, string_agg(omni.nfc(s), '' ORDER BY i) AS parts FROM sample GROUP BY i / 1000) AS t
WHERE omni.nfc(s) <> normalize(s, NFC) OR omni.nfc(s) <> omni.nfc(parts) OR omni.nfkc(s) <> normalize(s, NFKC);

-- marks in any number and order
CREATE TEMP TABLE marks AS
SELECT 'e' || s AS s FROM pg_temp.random_texts('{mark}', 2000, 200) AS s;
SELECT is(count(*), 0::bigint, 'runs of marks are ordered as normalize() orders them') FROM marks WHERE omni.nfc(s) <> normalize(s, NFC);

SELECT is(count(*), 0::bigint, 'case does not matter to keys')
FROM (SELECT s COLLATE "und-x-icu" AS s FROM pg_temp.random_texts('{latin,greek,cyrillic}', 10000, 12) AS s) AS t
WHERE omni.name_key(upper(s)) <> omni.name_key(s) OR omni.nfkc_casefold(upper(lower(s))) <> omni.nfkc_casefold(lower(upper(lower(s))));
SELECT is(count(*), 0::bigint, 'a name key has single spaces inside and none around') FROM sample
WHERE omni.name_key(s) ~ '^ | $|  ';

-- domains
CREATE TEMP TABLE domain AS
SELECT s, CASE WHEN omni.domain_problem(s) IS NULL THEN omni.domain_to_ascii(s) END AS d
FROM (SELECT s || (ARRAY['.Example', '。de.', ''])[1 + floor(random() * 3)::int] AS s
      FROM (SELECT pg_temp.random_texts('{cyrillic}', 5000, 6) UNION ALL SELECT pg_temp.random_texts('{kana,wide}', 5000, 6)
            UNION ALL SELECT pg_temp.random_texts('{hebrew,arabic}', 5000, 6) UNION ALL SELECT pg_temp.random_texts('{latin,mark}', 5000, 6)) AS t(s)) AS t;
SELECT cmp_ok(count(d), '>=', 5000::bigint, 'domains: ' || count(d) || ' of ' || count(*) || ' random names are valid') FROM domain;
SELECT is(count(*), 0::bigint, 'a domain in ASCII is a fixed point of DNS length in lower-case letters, digits and hyphens') FROM domain
WHERE d IS NOT NULL AND (omni.domain_to_ascii(d) <> d OR omni.domain_to_ascii(upper(d) || '.') <> d OR length(d) > 253 OR d !~ '^[a-z0-9.-]+$');
SELECT is(count(*), 0::bigint, 'spellings of a domain that are canonically equivalent are one domain') FROM domain
WHERE CASE WHEN omni.domain_problem(normalize(s, NFD)) IS NULL THEN omni.domain_to_ascii(normalize(s, NFD)) END IS DISTINCT FROM d;

SELECT * FROM finish();
