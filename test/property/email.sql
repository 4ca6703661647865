-- Laws of type email on random addresses.
SELECT plan(26);
SET search_path = public, omni;
SELECT setseed(0.25);

-- 30,000 addresses out of what people type and what they should not: letters of several scripts in both cases and both
-- normal forms, atext, dots, quotes, blanks, doubled and lacking '@'
CREATE TABLE raw AS
WITH alphabet AS (
    SELECT string_to_array('a b c d e f A B C D E F 0 1 2 3 ä Ä é É ñ Ñ д Д ж Ж σ Σ ά Ά ו ß 木 한 🙂 + - _ '' # ~ . . .', ' ') AS local,
           ARRAY[' ', '"', '\', '@', ',', '..', U&'\0308', U&'\0301', U&'\212A', U&'\FB01', U&'\017F', U&'\0390', U&'\1F80', U&'\0345'] AS odd,
           string_to_array('a b c x y z A B X Z 0 1 2 ü Ü ö é д Д 木', ' ') AS label
), part AS (
    SELECT n,
        (SELECT string_agg(CASE WHEN random() < 0.03 THEN odd[1 + floor(random() * cardinality(odd))]
                                ELSE local[1 + floor(random() * cardinality(local))] END, '')
         FROM alphabet, generate_series(1, 1 + (n % 9)) WHERE n > 0) AS local,
        (SELECT string_agg(label[1 + floor(random() * cardinality(label))], '') FROM alphabet, generate_series(1, 1 + (n % 6)) WHERE n > 0) AS label
    FROM generate_series(1, 30000) n
)
SELECT n, CASE WHEN n % 10 = 0 THEN '"' || local || '"' ELSE local END
          || CASE WHEN n % 97 = 0 THEN '' WHEN n % 89 = 0 THEN '@@' ELSE '@' END
          || label || (ARRAY['.com', '.de', '.Example.ORG', '.рф', '.co.uk.', ''])[1 + n % 6] AS s
FROM part;
SELECT cmp_ok(count(email_try(s))::int, '>', 10000, 'more than 10,000 of them are addresses') FROM raw;
SELECT cmp_ok(count(email_problem(s))::int, '>', 3000, 'and some thousand are none') FROM raw;
SELECT cmp_ok(count(DISTINCT email_problem(s))::int, '>=', 8, 'for many reasons') FROM raw;
SELECT diag('note ' || count(*) || ' strings, ' || count(email_try(s)) || ' addresses') FROM raw;

SELECT is_empty($$SELECT s FROM raw WHERE (email_try(s) IS NULL) <> (email_problem(s) IS NOT NULL)$$, 'a string is an address or has a problem');
SELECT is_empty($$SELECT s, email_try(s), email(email_try(s)::text) FROM raw WHERE email(email_try(s)::text)::text <> email_try(s)::text$$,
    'a canonical address is its own canonical form');
SELECT is_empty($$SELECT s FROM raw WHERE email_in(s::cstring) IS DISTINCT FROM email_try(s)
    AND email_try(s) IS NOT NULL$$, 'input and cast agree');
SELECT is_empty($$SELECT s FROM raw WHERE email_try(normalize(s, NFD)) IS DISTINCT FROM email_try(normalize(s, NFC))
    OR email_try(normalize(s, NFD)) IS DISTINCT FROM email_try(s)$$, 'all normal forms give one address');
SELECT is_empty($$SELECT s FROM raw WHERE email_try(upper(s)) IS DISTINCT FROM email_try(lower(s))$$, 'both cases give one address');
SELECT is_empty($$SELECT s FROM raw WHERE email_try(U&' \00A0\200B' || s || E'\t\n') IS DISTINCT FROM email_try(s)$$, 'what surrounds an address is no part of it');
SELECT is_empty($$SELECT s FROM raw WHERE email_try(s)::text <> email_local(email_try(s)) || '@' || email_domain(email_try(s))
    OR octet_length(email_local(email_try(s))) > 64 OR octet_length(email_try(s)::text) > 254
    OR email_domain(email_try(s)) !~ '^[a-z0-9-]+([.][a-z0-9-]+)+$'$$, 'an address is its parts, within the limits');

-- the quick way of everyday addresses and the general way, which a dot at the end asks for, agree
CREATE TABLE plain AS
SELECT string_agg(substr('abcxyzABXZ0189._+-@..--@', 1 + floor(random() * 24)::int, 1), '' ORDER BY k) AS s
FROM generate_series(1, 40000) n, generate_series(1, 3 + n % 14) k GROUP BY n
UNION ALL
SELECT repeat('x', n % 70) || (ARRAY['@', '.a@', '-@', 'A@b-'])[1 + n % 4] || repeat('y', n / 70) || (ARRAY['.com', '.c0', '.42', '-a.b', '.x-'])[1 + n % 5] FROM generate_series(1, 4900) n;
SELECT cmp_ok(count(email_try(s))::int, '>', 2000, 'thousands of plain strings are addresses') FROM plain;
SELECT is_empty($$SELECT s FROM plain WHERE right(s, 1) <> '.' AND email_try(s) IS DISTINCT FROM email_try(s || '.')$$, 'the quick way and the general way agree');

-- order, equality, hash
CREATE TABLE address AS SELECT n, email(s) AS e, email_try(s)::text AS t, row_number() OVER (ORDER BY random()) AS r FROM raw WHERE email_try(s) IS NOT NULL;
INSERT INTO address SELECT -n, upper(t)::email, lower(t), r FROM address WHERE t = lower(t) AND n % 3 = 0 AND email_try(upper(t))::text = t;
SELECT is_empty($$SELECT a.t, b.t FROM address a JOIN address b ON b.r = a.r + 1 WHERE
    (a.e < b.e) IS DISTINCT FROM (convert_to(a.t, 'UTF8') < convert_to(b.t, 'UTF8')) OR (a.e = b.e) IS DISTINCT FROM (a.t = b.t)
    OR (a.e < b.e) IS DISTINCT FROM (b.e > a.e) OR (a.e <= b.e) IS DISTINCT FROM NOT (b.e < a.e) OR (a.e >= b.e) IS DISTINCT FROM NOT (a.e < b.e)
    OR (a.e <> b.e) IS DISTINCT FROM NOT (a.e = b.e) OR sign(email_cmp(a.e, b.e)) <> -sign(email_cmp(b.e, a.e))
    OR (email_cmp(a.e, b.e) = 0) IS DISTINCT FROM (a.e = b.e)$$, 'the order is total and that of the bytes');
SELECT is_empty($$SELECT a.e, b.e, c.e FROM address a JOIN address b ON b.r = a.r + 1 JOIN address c ON c.r = a.r + 2
    WHERE a.e <= b.e AND b.e <= c.e AND NOT a.e <= c.e$$, 'the order is transitive');
SELECT is((SELECT array_agg(e::text ORDER BY e) FROM address), (SELECT array_agg(t ORDER BY t COLLATE "C") FROM address), 'sorting is text''s in C');
SELECT is_empty($$SELECT t FROM address GROUP BY t HAVING count(DISTINCT email_hash(e)) > 1 OR count(DISTINCT email_hash_extended(e, 7)) > 1
    OR count(DISTINCT email_send(e)) > 1 OR count(DISTINCT e) > 1$$, 'equal addresses have equal bytes and hashes');
SELECT cmp_ok(count(DISTINCT email_hash(e)) / 1e6, '>', 0.999, 'hashes of a million addresses differ')
FROM (SELECT ('user' || n || '@example' || n % 97 || '.com')::email AS e FROM generate_series(1, 1000000) n) x;

-- binary form
CREATE TABLE copied (e email);
\set wire `mktemp -u`
COPY (SELECT e FROM address ORDER BY n) TO :'wire' (FORMAT binary);
COPY copied FROM :'wire' (FORMAT binary);
\setenv WIRE :wire
\! rm -f "$WIRE"
SELECT is((SELECT array_agg(e::text ORDER BY e) FROM copied), (SELECT array_agg(e::text ORDER BY e) FROM address), 'text to binary to text changes nothing');

-- every code point by itself, in the local part and in the domain
SELECT is_empty($$SELECT c FROM generate_series(1, 1114111) c WHERE c NOT BETWEEN 55296 AND 57343
    AND email_try(email_try('a' || chr(c) || 'b@example.com')::text)::text IS DISTINCT FROM email_try('a' || chr(c) || 'b@example.com')::text$$,
    'every code point in a local part keeps its form');
SELECT is_empty($$SELECT c FROM generate_series(1, 1114111) c WHERE c NOT BETWEEN 55296 AND 57343
    AND email_try(email_try('a@x' || chr(c) || 'y.com')::text)::text IS DISTINCT FROM email_try('a@x' || chr(c) || 'y.com')::text$$,
    'every code point in a domain keeps its form');

-- keys
SELECT is_empty($$SELECT e, p FROM address, unnest('{provider,omni,uid2,euid,google,meta,tiktok}'::text[]) p
    WHERE t !~ '[" ]|[+].*@g' AND email_key(e, p) <> email_key(email(email_key(e, p)), p)$$, 'a key is its own key');

-- the same in other encodings
CREATE DATABASE email_latin1 TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C';
CREATE DATABASE email_euc_jp TEMPLATE template0 ENCODING 'EUC_JP' LOCALE 'C';
CREATE DATABASE email_ascii TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C';
\set latin1 '61 62 41 42 30 2e 2b 22 5c 40 c3a4 c384 c3bc c39c c39f c3a9 c389 c3bf c2a0 c2ad c3b7 61 62 41 42 63 64 65 66 43 44'
\set euc_jp '61 62 41 42 30 2e 2b 22 5c 40 e38182 e382a2 e69ca8 e69cac efbca1 efbc91 d094 d0b4 cea3 cf83 61 62 41 42'
\setenv LATIN1 :latin1
\setenv EUC_JP :euc_jp
\setenv PGCLIENTENCODING UTF8
\setenv HERE :DBNAME
\set dummy `psql -Xq -d email_latin1 -c 'CREATE EXTENSION omni'; psql -Xq -d email_euc_jp -c 'CREATE EXTENSION omni'; psql -Xq -d email_ascii -c 'CREATE EXTENSION omni'`
\set here_latin1 `psql -XAt -v pieces="$LATIN1" -d "$HERE" -f email_encoding.psql`
\set there_latin1 `psql -XAt -v pieces="$LATIN1" -d email_latin1 -f email_encoding.psql`
\set here_euc_jp `psql -XAt -v pieces="$EUC_JP" -d "$HERE" -f email_encoding.psql`
\set there_euc_jp `psql -XAt -v pieces="$EUC_JP" -d email_euc_jp -f email_encoding.psql`
\set mu `psql -XAt -d email_latin1 -c "SELECT omni.email_problem(chr(181) || '@example.com')"`
\set ascii `psql -XAt -d email_ascii -c "SELECT encode(omni.email_send('jürgen@bücher.de'::text::omni.email), 'hex'), omni.email_problem(E'\377@example.com'), omni.email_problem(E'a@\303.com'), omni.email_try(E'\355\240\200@example.com')"`
\set ascii_error `psql -XAt -v VERBOSITY=verbose -d email_ascii -c "SELECT E'\377secret@example.com'::omni.email" 2>&1 | head -n 1`
SELECT diag('note here ' || :'here_latin1' || ', LATIN1 ' || :'there_latin1' || ', EUC_JP ' || :'there_euc_jp');
SELECT ok(:'here_latin1' ~ '^t[|]' AND :'there_latin1' = :'here_latin1', 'LATIN1 gives the same');
SELECT ok(:'here_euc_jp' ~ '^t[|]' AND :'there_euc_jp' = :'here_euc_jp', 'EUC_JP gives the same');
SELECT is(:'mu'::text, 'encoding', 'a form that LATIN1 lacks is refused in it');
SELECT is(:'ascii', '01' || encode(convert_to('jürgen@xn--bcher-kva.de', 'UTF8'), 'hex') || '|encoding|encoding|', 'SQL_ASCII takes UTF-8 and nothing else');
SELECT ok(:'ascii_error' ~ '22021' AND :'ascii_error' !~ 'secret', 'with SQLSTATE 22021, without the value');
DROP DATABASE email_latin1;
DROP DATABASE email_euc_jp;
DROP DATABASE email_ascii;
SELECT * FROM finish();
