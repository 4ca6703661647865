-- Laws of type identifier on random identifiers of all kinds.
SELECT plan(14);
SET search_path = public, omni;
SELECT setseed(0.5);

CREATE TABLE raw AS
WITH alphabet AS (
    SELECT string_to_array('a b c A B C 0 1 2 ä Ä é д Д σ Σ ß 木 한 🙂 + - _ : / ? = . , |', ' ') AS letter,
           ARRAY[' ', U&'\0308', U&'\0301', U&'\212B', U&'\FB01', U&'\200B', E'\t', U&'\00A0'] AS odd
)
SELECT n, (ARRAY['email', 'phone', 'user_id', 'k', 'a1_b', 'Email', '', '1x'])[1 + CASE WHEN n % 20 = 0 THEN 5 + n / 20 % 3 ELSE n % 5 END] AS kind,
    CASE n % 5
        WHEN 0 THEN 'User.' || floor(random() * 5000) || (ARRAY['@Example.com', '@bücher.de', '@x.рф', '@', '@localhost'])[1 + (n / 5) % 5]
        WHEN 1 THEN (ARRAY['+49 30 ', '+4930', '030 ', '+1 212 555 ', '(030) '])[1 + (n / 5) % 5] || lpad(floor(random() * 10000)::text, 4, '0')
        ELSE (SELECT string_agg(CASE WHEN random() < 0.05 THEN odd[1 + floor(random() * cardinality(odd))]
                                     ELSE letter[1 + floor(random() * cardinality(letter))] END, '')
              FROM alphabet, generate_series(1, n % 12) WHERE n > 0)
    END AS v,
    (ARRAY['DE', NULL, 'US'])[1 + n % 3] AS region
FROM generate_series(1, 30000) n;
CREATE TABLE ids AS SELECT n, i, i::text AS t, row_number() OVER (ORDER BY random()) AS r
FROM (SELECT n, identifier_try(kind, v, region) AS i FROM raw) x WHERE i IS NOT NULL;
SELECT cmp_ok(count(*)::int, '>', 10000, 'more than 10,000 of them are identifiers') FROM ids;
SELECT diag('note ' || (SELECT count(*) FROM raw) || ' pairs, ' || count(*) || ' identifiers') FROM ids;

SELECT is_empty($$SELECT kind, v FROM raw WHERE kind IS NOT NULL AND v IS NOT NULL
    AND (identifier_try(kind, v, region) IS NULL) <> (identifier_problem(kind, v, region) IS NOT NULL)$$, 'a pair is an identifier or has a problem');
SELECT is_empty($$SELECT kind, v FROM raw WHERE identifier_try(kind, v) IS DISTINCT FROM identifier_try(kind || ':' || v)$$, 'a pair is the text with a colon');
SELECT is_empty($$SELECT t FROM ids WHERE identifier(t)::text <> t OR identifier(identifier_kind(i), identifier_value(i)) <> i
    OR t <> identifier_kind(i) || ':' || identifier_value(i)$$, 'a canonical identifier is its own canonical form, and its parts');
SELECT is_empty($$SELECT kind, v FROM raw WHERE identifier_try(kind, normalize(v, NFD), region) IS DISTINCT FROM identifier_try(kind, normalize(v, NFC), region)
    OR identifier_try(kind, normalize(v, NFD), region) IS DISTINCT FROM identifier_try(kind, v, region)$$, 'all normal forms give one identifier');
SELECT is_empty($$SELECT kind, v FROM raw WHERE v <> '' AND kind NOT IN ('email', 'phone')
    AND identifier_try(kind, U&' \00A0\200B' || v || E'\t ') IS DISTINCT FROM identifier_try(kind, v)$$, 'what surrounds a value is no part of it');
SELECT is_empty($$SELECT t FROM ids WHERE identifier_kind(i) = 'email' AND (email(identifier_value(i))::text <> identifier_value(i) OR identifier(email(identifier_value(i))) <> i)$$,
    'an identifier of kind email is an email');
SELECT is_empty($$SELECT t FROM ids WHERE identifier_kind(i) = 'phone' AND (phone(identifier_value(i))::text <> identifier_value(i) OR identifier(phone(identifier_value(i))) <> i)$$,
    'an identifier of kind phone is a phone');

INSERT INTO ids SELECT -n, identifier(normalize(t, NFD)), t, r FROM ids WHERE n % 3 = 0;
SELECT is_empty($$SELECT a.t, b.t FROM ids a JOIN ids b ON b.r = a.r + 1 WHERE
    (a.i < b.i) IS DISTINCT FROM (convert_to(a.t, 'UTF8') < convert_to(b.t, 'UTF8')) OR (a.i = b.i) IS DISTINCT FROM (a.t = b.t)
    OR (a.i < b.i) IS DISTINCT FROM (b.i > a.i) OR (a.i <= b.i) IS DISTINCT FROM NOT (b.i < a.i) OR (a.i >= b.i) IS DISTINCT FROM NOT (a.i < b.i)
    OR (a.i <> b.i) IS DISTINCT FROM NOT (a.i = b.i) OR sign(identifier_cmp(a.i, b.i)) <> -sign(identifier_cmp(b.i, a.i))
    OR (identifier_cmp(a.i, b.i) = 0) IS DISTINCT FROM (a.i = b.i)$$, 'the order is total and that of the bytes');
SELECT is((SELECT array_agg(i::text ORDER BY i) FROM ids), (SELECT array_agg(t ORDER BY t COLLATE "C") FROM ids), 'sorting is text''s in C');
SELECT is_empty($$SELECT t FROM ids GROUP BY t HAVING count(DISTINCT identifier_hash(i)) > 1 OR count(DISTINCT identifier_hash_extended(i, 7)) > 1
    OR count(DISTINCT identifier_send(i)) > 1 OR count(DISTINCT i) > 1$$, 'equal identifiers have equal bytes and hashes');
SELECT cmp_ok(count(DISTINCT identifier_hash(i)) / 1e6, '>', 0.999, 'hashes of a million identifiers differ')
FROM (SELECT identifier('user_id', n::text) AS i FROM generate_series(1, 1000000) n) x;

CREATE TABLE copied (i identifier);
\set wire `mktemp -u`
COPY (SELECT i FROM ids ORDER BY n) TO :'wire' (FORMAT binary);
COPY copied FROM :'wire' (FORMAT binary);
\setenv WIRE :wire
\! rm -f "$WIRE"
SELECT is((SELECT array_agg(i::text ORDER BY i) FROM copied), (SELECT array_agg(i::text ORDER BY i) FROM ids), 'text to binary to text changes nothing');

-- hashes: what a platform takes is SHA-256 of what core computes from its key
SELECT is_empty($$SELECT t, p FROM ids, unnest('{uid2,google,meta,tiktok}'::text[]) p
    WHERE identifier_kind(i) IN ('email', 'phone') AND hashed_identifier_problem(i, p) IS NULL AND hashed_identifier(i, p) IS DISTINCT FROM
        encode(sha256(convert_to(CASE WHEN identifier_kind(i) = 'email' THEN email_key(email(identifier_value(i)), p)
                                      WHEN p = 'meta' THEN substr(identifier_value(i), 2) ELSE identifier_value(i) END, 'UTF8')),
               CASE WHEN p = 'uid2' THEN 'base64' ELSE 'hex' END)$$, 'a hash is SHA-256 of the key');
SELECT * FROM finish();
