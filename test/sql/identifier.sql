-- type identifier (kind:value), email_key, hashed_identifier
SET search_path = public, omni;

-- one identifier, one form; each kind has its own rules
\pset format unaligned
SELECT n, i, identifier_kind(i), identifier_value(i)
FROM (VALUES
    (1, 'email:Jane.DOE@Example.com'::identifier),
    (2, ' email: "jane.doe"@example.com '),
    (3, identifier('email', 'JÜRGEN@Bücher.example')),
    (4, 'phone:+49 (30) 123456'),
    (5, identifier('phone', '030 123456', 'DE')),
    (6, identifier('phone', '+1 650-253-0000', NULL)),
    (7, identifier('phone', '+1 650-253-0000', 'DE')),
    (8, 'loyalty_id: A-1029 '),
    (9, identifier('loyalty_id', 'a-1029')),
    (10, 'url:https://example.com/?id=1'),
    (11, identifier('name', U&'Jose\0301 Garci\0301a')),
    (12, identifier('name', U&'\FEFF\00A0José García\200B')),
    (13, identifier(repeat('k', 32) || ':x')),
    (15, 'jane.doe@example.com'::email::identifier),
    (16, '+4930123456'::phone::identifier)
) v(n, i) ORDER BY n;
SELECT octet_length(identifier('k', repeat('x', 512))::text), octet_length(identifier(repeat('k', 32), repeat('ü', 256))::text);
\pset format aligned

-- what is none, and why
SELECT n, identifier_problem(raw), identifier_try(raw) IS NULL AS refused
FROM (VALUES
    (1, ''), (2, ' '), (3, 'jane@example.com'), (4, ':x'), (5, 'email:'), (6, 'email'), (7, 'Email:jane@example.com'),
    (8, '1st:x'), (9, 'e-mail:x'), (10, 'kind :x'), (11, 'ünit:x'), (12, repeat('k', 33) || ':x'), (13, 'k: '), (14, U&'k:\00A0\200B'),
    (15, 'k:' || repeat('x', 513)), (16, 'k:' || repeat('ü', 257)), (17, 'k:' || repeat('x', 1000000)),
    (18, E'k:a\nb'), (19, U&'k:a\200Bb'), (20, U&'k:a\E000b'), (21, U&'k:a\0378b'),
    (22, 'email:jane'), (23, 'email:jane@doe@example.com'), (24, 'phone:030 123456'), (25, 'phone:+999123456'), (26, 'phone:abc')
) v(n, raw) ORDER BY n;
SELECT identifier_problem('phone', '030 123456'), identifier_problem('phone', '030 123456', 'XX') IS NOT NULL AS unknown_region,
       identifier_problem('phone', '030 123456', 'DE') IS NULL AS with_region, identifier_try('phone', '030 123456') IS NULL AS refused;
-- NULL everywhere
SELECT identifier(NULL::text) IS NULL AS a, identifier('email', NULL) IS NULL AS b, identifier(NULL, 'x') IS NULL AS c,
       identifier_try(NULL, 'x', 'DE') IS NULL AS d, identifier_problem('email', NULL) IS NULL AS e, identifier(NULL::email) IS NULL AS f,
       hashed_identifier(NULL, 'meta') IS NULL AS g, hashed_identifier('email:a@b.de', NULL) IS NULL AS h, email_key(NULL, 'uid2') IS NULL AS i;

-- errors name the reason and never the value
SELECT 'secret@doe@example.com'::text::identifier;
\echo :LAST_ERROR_SQLSTATE
SELECT identifier('email', 'secret@localhost');
\echo :LAST_ERROR_SQLSTATE
SELECT identifier('phone', '030 5550123');
\echo :LAST_ERROR_SQLSTATE
SELECT identifier('Secret Kind', 'secret');
\echo :LAST_ERROR_SQLSTATE
SELECT identifier('token', repeat('secret', 100));
\echo :LAST_ERROR_SQLSTATE
SELECT identifier_in('token:');
\echo :LAST_ERROR_SQLSTATE

-- order, equality, min and max, strings on the right
SELECT a < b AS lt, a <= b AS le, a = b AS eq, a <> b AS ne, a >= b AS ge, a > b AS gt, sign(identifier_cmp(a, b)) AS cmp
FROM (VALUES ('email:a@b.de'::identifier, 'email:A@B.de'::identifier), ('k:1', 'k:10'), ('k:b', 'k:a'), ('k:A', 'k:a')) v(a, b);
SELECT min(i), max(i) FROM (VALUES ('phone:+4930123456'::identifier), ('email:a@b.de'), (NULL), ('k:x')) v(i);
CREATE TABLE known_as (customer int, i identifier PRIMARY KEY);
INSERT INTO known_as SELECT n, identifier('email', 'User.' || n || '@Example.com') FROM generate_series(1, 1000) n;
INSERT INTO known_as SELECT n, identifier('phone', '030 ' || 100000 + n, 'DE') FROM generate_series(1, 1000) n;
ANALYZE known_as;
SET plan_cache_mode = force_generic_plan;
SET enable_bitmapscan = off;
PREPARE by_string(text) AS SELECT customer FROM known_as WHERE i = $1;
EXPLAIN (COSTS OFF) EXECUTE by_string('x');
EXECUTE by_string('email:USER.7@example.com');
EXECUTE by_string('phone:+49 30 100008');
SELECT customer FROM known_as WHERE i = ANY ('{email:USER.7@example.com,phone:+49 30 100009}'::text[]) ORDER BY 1;
-- all of one kind are a range
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM known_as WHERE i >= 'phone:+4930100990' AND i < 'phone:+4930101';
SELECT count(*) FROM known_as WHERE i >= 'phone:+4930100990' AND i < 'phone:+4930101';
RESET enable_seqscan;
RESET enable_bitmapscan;
RESET plan_cache_mode;
SELECT count(DISTINCT i), count(DISTINCT identifier_hash(i)) > 1990 AS spread, count(DISTINCT identifier_hash_extended(i, 1)) FROM known_as;
DROP TABLE known_as;

-- operators are found without omni on the path
SET search_path = '';
SELECT 'email:a@b.de'::omni.identifier = 'email:A@b.de'::omni.identifier AS eq, 'email:a@b.de'::omni.identifier = 'email:A@b.de'::text AS eq_text,
       'k:a'::omni.identifier IS DISTINCT FROM 'k:A'::omni.identifier AS distinct_from;
SET search_path = public, omni;

-- binary form
SELECT encode(identifier_send('k:ü'), 'hex');

-- keys: what each profile compares
SELECT e, email_key(e, 'provider') AS provider, email_key(e, 'uid2') AS uid2, email_key(e, 'google') AS google, email_key(e, 'meta') AS meta, email_key(e, 'tiktok') AS tiktok
FROM (VALUES
    (1, 'Jane.Doe+x@gmail.com'::email), (2, 'Jane.Doe+x@googlemail.com'), (3, 'jane.doe+x@outlook.com'), (4, 'jane-shop@yahoo.com'),
    (5, 'jane.doe@ya.ru'), (6, 'jane.doe+x@example.com'), (7, 'jane@bücher.example'), (8, 'jane@sub.straße.example')
) v(n, e) ORDER BY n;
SELECT email_key(e, 'omni') = email_key(e, 'provider') AS omni, email_key(e, 'euid') = email_key(e, 'uid2') AS euid FROM (VALUES ('a.b+c@gmail.com'::email)) v(e);
-- IDN domains are decoded right: UTS46 makes the same A-labels of them
SELECT count(*), count(*) FILTER (WHERE email(email_key(e, 'uid2')) = e AND email_key(e, 'uid2') = 'a@' || label || '.example') AS decoded
FROM (SELECT label, email('a@' || label || '.example') AS e FROM unnest('{bücher,straße,παράδειγμα,пример,例え,예시,उदाहरण,ελληνικά,x1ü2y3é4,ü,mañana,他们为什么不说中文,почемужеонинеговорятпорусски,3年b組金八先生,パフィーdeルンバ,😊}'::text[]) label) x;
-- a tag that is the whole local part: a key of ours keeps it, UID2 and Google take no such address
SELECT email_key('+x@gmail.com', 'provider');
SELECT email_key('+x@gmail.com', 'uid2');
\echo :LAST_ERROR_SQLSTATE
SELECT email_key('jane@example.com', 'amazon');
\echo :LAST_ERROR_SQLSTATE

-- hashes
SELECT p, hashed_identifier('email:Jane.Doe+x@Gmail.com', p) AS email, hashed_identifier('phone:+1 650 555 1212', p) AS phone FROM unnest('{uid2,euid,google,meta,tiktok}'::text[]) p;
SELECT p, hashed_identifier(identifier('first_name', 'Jean-Luc d''Été'), p) = encode(sha256(convert_to(k, 'UTF8')), 'hex') AS name
FROM (VALUES ('google', 'jean-luc d''été'), ('meta', 'jeanluc dété'), ('tiktok', 'jean-lucd''été')) v(p, k);
-- numbers of 9 to 14 digits: UID2 takes those of 10 to 15
SELECT length(n) - 1 AS digits, uid2_eligible(i), hashed_identifier_problem(i, 'uid2') AS uid2, hashed_identifier_problem(i, 'meta') AS meta,
       hashed_identifier(i, 'google') = encode(sha256(n::bytea), 'hex') AS google,
       CASE WHEN uid2_eligible(i) THEN hashed_identifier(i, 'uid2') = encode(sha256(n::bytea), 'base64') END AS hash
FROM (SELECT n, identifier('phone', n) AS i FROM unnest('{+298201234,+4930123456,+49301234567,+493012345678,+4915112345678,+49301234567890}'::text[]) n) x;
-- what a platform does not take is an error that says so
SELECT hashed_identifier('phone:+298201234', 'uid2');
\echo :LAST_ERROR_SQLSTATE
SELECT hashed_identifier('loyalty_id:secret', 'meta');
\echo :LAST_ERROR_SQLSTATE
SELECT hashed_identifier('email:+secret@gmail.com', 'google');
\echo :LAST_ERROR_SQLSTATE
SELECT hashed_identifier('email:jane@example.com', 'provider');
\echo :LAST_ERROR_SQLSTATE
SELECT i, p, hashed_identifier_problem(i, p) FROM (VALUES
    ('email:"a@b"@example.com'::identifier, 'uid2'), ('email:"a b"@example.com', 'google'), ('email:"a b"@example.com', 'uid2'), ('given_name:Jane', 'uid2'),
    ('given_name:...', 'meta'), ('family_name:Doe', 'meta'), ('loyalty_id:7', 'google')) v(i, p);

-- what partners make of names, one digest over code points of planes 0 and 1: equal on every ICU
SELECT md5(string_agg(hashed_identifier(i, 'google') || coalesce(hashed_identifier(i, 'meta'), '') || hashed_identifier(i, 'tiktok'), ' ' ORDER BY c))
FROM (SELECT c, identifier_try('given_name:A' || chr(c) || 'Σ') AS i FROM generate_series(1, 131071) c WHERE c NOT BETWEEN 55296 AND 57343) x
WHERE i IS NOT NULL;
