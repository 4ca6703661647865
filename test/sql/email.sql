-- type email: canonical form, refusals, operators, indexes, drivers, binary form
SET search_path = public, omni;

-- one address, one form (unaligned: the width of some characters differs between versions of psql)
\pset format unaligned
SELECT n, email(raw), email_local(email(raw)), email_domain(email(raw))
FROM (VALUES
    (1, 'Jane.DOE+x@Example.COM'),
    (2, E'  \tjane.doe+x@example.com\r\n'),
    (3, U&'\FEFF\00A0jane.doe+x@example.com\200B'),
    (4, 'jane.doe+x@example.com.'),
    (5, '"jane.doe+x"@example.com'),
    (6, '"jane\.doe+x"@example.com'),
    (7, '"Jane Doe"@example.com'),
    (8, '"a@B"@example.com'),
    (9, '"a\"b\\c"@example.com'),
    (10, 'o''brien!#$%&*/=?^_`{|}~-@sub.example-shop.co.uk'),
    (11, U&'J\00DCRGEN@B\00DCCHER.example'),
    (12, U&'Ju\0308rgen@bu\0308cher.example'),
    (13, 'jürgen@xn--bcher-kva.example'),
    (14, 'STRASSE@straße.example'),
    (15, 'Straße@STRASSE.example'),
    (16, 'ΣΑΣ@παράδειγμα.δοκιμή'),
    (17, '用户@例え。テスト'),
    (18, 'почта@пример.рф'),
    (19, '😊@😊.example')
) v(n, raw) ORDER BY n;

-- what is no address, and why
SELECT n, email_problem(raw), email_try(raw) IS NULL AS refused
FROM (VALUES
    (1, ''), (2, '   '), (3, U&'\00A0\200B'),
    (4, 'jane'), (5, '@'), (6, '@example.com'), (7, 'jane@'), (8, 'jane@localhost'),
    (9, 'jane@doe@example.com'), (10, '"a@b"@c@example.com'), (11, 'a@example.com,b@example.com'),
    (12, 'jane doe@example.com'), (13, '.jane@example.com'), (14, 'jane.@example.com'),
    (15, 'jane..doe@example.com'), (16, '"jane@example.com'), (17, '"jane"doe@example.com'),
    (18, '""@example.com'), (19, '"jane@example.com"'), (20, 'Jane Doe <jane@example.com>'),
    (21, 'mailto:jane@example.com'), (22, 'jane@[192.0.2.1]'), (23, 'jane@192.0.2.1'),
    (24, 'jane@exa mple.com'), (25, 'jane@exa_mple.com'), (26, 'jane@-example.com'),
    (27, 'jane@example-.com'), (28, 'jane@example..com'), (29, 'jane@.example.com'),
    (30, 'jane@xn--a.example'), (31, 'jane@ab--cd.example'), (32, U&'jane@a\200Db.example'),
    (33, U&'jane@\05D0a.example'),
    (34, E'jane\n@example.com'), (35, U&'ja\200Bne@example.com'), (36, U&'ja\00ADne@example.com'),
    (37, U&'ja\FE0Fne@example.com'), (38, U&'ja\E000ne@example.com'), (39, U&'ja\FFFEne@example.com'),
    (40, U&'ja\0378ne@example.com'), (41, 'jane@exa%mple.com'), (42, U&'jane\FF20example.com'),
    (43, U&'ja\00A0ne@example.com'), (44, 'jane;@example.com'), (45, U&'jane\037E@example.com')
) v(n, raw) ORDER BY n;

\pset format aligned

-- the limits of RFC 5321
SELECT what, length(email_try(raw)::text), email_problem(raw)
FROM (VALUES
    (1, 'local part of 64 bytes', repeat('x', 64) || '@example.com'),
    (2, 'local part of 65 bytes', repeat('x', 65) || '@example.com'),
    (3, '32 umlauts are 64 bytes', repeat('ü', 32) || '@example.com'),
    (4, '33 umlauts are 66 bytes', repeat('ü', 33) || '@example.com'),
    (5, 'quotation marks count', '"' || repeat('x', 61) || ' "@example.com'),
    (6, 'quotation marks count', '"' || repeat('x', 62) || ' "@example.com'),
    (7, 'needless ones do not', '"' || repeat('x', 64) || '"@example.com'),
    (8, 'label of 63 bytes', 'a@' || repeat('x', 63) || '.com'),
    (9, 'label of 64 bytes', 'a@' || repeat('x', 64) || '.com'),
    (10, '254 bytes', repeat('x', 64) || '@' || repeat('y', 63) || '.' || repeat('y', 63) || '.' || repeat('y', 57) || '.com'),
    (11, '255 bytes', repeat('x', 64) || '@' || repeat('y', 63) || '.' || repeat('y', 63) || '.' || repeat('y', 58) || '.com'),
    (12, '10 kB', repeat('x', 10000) || '@example.com'),
    (13, '10 kB around it', repeat(' ', 5000) || 'jane@example.com' || repeat(E'\n', 5000)),
    (14, '1 MB of @', repeat('@', 1000000))
) v(n, what, raw) ORDER BY n;

-- an error says what is wrong and how it could be right; it never repeats the address
\set VERBOSITY default
SELECT 'secret-name@doe@example.com'::text::email;
\echo :LAST_ERROR_SQLSTATE
CREATE TABLE raw AS SELECT 'secret-name@localhost'::text AS value;
SELECT value::email FROM raw;
\echo :LAST_ERROR_SQLSTATE
SELECT email(repeat('secret', 11) || '@example.com');
\echo :LAST_ERROR_SQLSTATE
SELECT email_in('secret-name@exa_mple.com');
\echo :LAST_ERROR_SQLSTATE
SELECT email('secret-name' || U&'\0378' || '@example.com');
\echo :LAST_ERROR_SQLSTATE
-- every refusal above: no part of the value in what the client gets
CREATE FUNCTION refusal(value text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE m text; d text; h text; c text;
BEGIN
    PERFORM value::omni.email;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS m = MESSAGE_TEXT, d = PG_EXCEPTION_DETAIL, h = PG_EXCEPTION_HINT, c = RETURNED_SQLSTATE;
    RETURN concat_ws(' | ', c, m, d, h);
END $$;
SELECT count(*) AS refused, count(*) FILTER (WHERE refusal ~* 'zzz|qqq') AS repeated,
       count(*) FILTER (WHERE refusal !~ '^22P02 [|] invalid input for type email [|] .*[.]') AS odd
FROM (SELECT refusal(v) FROM unnest(ARRAY['zzz', 'zzz@', '@qqq.com', 'zzz@qqq', 'zzz@qqq@qqq.com', 'zzz zzz@qqq.com', '.zzz@qqq.com',
    '"zzz@qqq.com', 'zzz <zzz@qqq.com>', 'zzz@[qqq]', 'zzz@qqq.1', 'zzz@qqq_q.com', E'zzz\x01@qqq.com', U&'zzz\200B@qqq.com',
    U&'zzz\E000@qqq.com', U&'zzz\0378@qqq.com', repeat('zzz', 40) || '@qqq.com', 'zzz@' || repeat('qqq.', 80) || 'com', repeat('zzz', 2000)]) v) r;

-- order is that of the bytes; equality that of the form
SELECT a < b AS lt, a <= b AS le, a = b AS eq, a <> b AS ne, a >= b AS ge, a > b AS gt, sign(email_cmp(a, b)) AS cmp
FROM (VALUES ('a@b.de'::email, 'A@B.de'::email), ('a@b.de', 'a@b.dev'), ('b@b.de', 'a@b.de')) v(a, b);
SELECT min(e), max(e) FROM (VALUES ('c@x.de'::email), ('a@x.de'), (NULL), ('b@x.de')) v(e);
SELECT min(NULL::email);
SELECT NULL::text::email IS NULL AS cast_null, email_try(NULL) IS NULL AS try_null, email_problem(NULL) IS NULL AS problem_null;

-- with a string on the right, as drivers bind it, the index serves
CREATE TABLE customer (id int, e email, UNIQUE (e));
INSERT INTO customer SELECT n, 'User.' || n || '@Example' || n % 7 || '.com' FROM generate_series(1, 3000) n;
INSERT INTO customer VALUES (0, 'USER.7@example0.COM');
ANALYZE customer;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET plan_cache_mode = force_generic_plan;
PREPARE by_string(text) AS SELECT id FROM customer WHERE e = $1;
EXPLAIN (COSTS OFF) EXECUTE by_string('x');
EXECUTE by_string(' USER.7@Example0.com ');
EXECUTE by_string('user.7');
PREPARE by_range(text, text) AS SELECT count(*) FROM customer WHERE e >= $1 AND e < $2;
EXPLAIN (COSTS OFF) EXECUTE by_range('a@b.de', 'b@b.de');
EXPLAIN (COSTS OFF) SELECT id FROM customer WHERE e IN ('USER.7@example0.com', 'user.8@example1.com');
EXPLAIN (COSTS OFF) SELECT id FROM customer WHERE e = ANY ('{USER.7@example0.com,user.8@example1.com}'::email[]);
SELECT id FROM customer WHERE e = ANY ('{USER.7@example0.com,user.8@example1.com}'::text[]) ORDER BY id;
SELECT count(*) FROM customer WHERE e <> 'USER.7@example0.com'::text;
RESET plan_cache_mode;
RESET enable_seqscan;
RESET enable_bitmapscan;

-- joins and grouping
CREATE TABLE login (e email);
INSERT INTO login SELECT upper(e::text)::email FROM customer WHERE id <= 100;
SET enable_mergejoin = off; SET enable_nestloop = off;
SELECT count(*) FROM customer JOIN login USING (e);
RESET enable_mergejoin; SET enable_hashjoin = off;
SELECT count(*) FROM customer JOIN login USING (e);
RESET enable_hashjoin; RESET enable_nestloop;
SELECT count(DISTINCT e), count(DISTINCT email_hash(e)) > 2990 AS spread, count(DISTINCT email_hash_extended(e, 1)) AS hashed FROM customer;
CREATE TABLE parted (e email) PARTITION BY HASH (e);
CREATE TABLE parted_0 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parted SELECT e FROM customer;
SELECT (SELECT count(*) FROM parted_0) BETWEEN 1300 AND 1700 AS balanced, count(*) FROM parted;

-- operators are found without omni on the path
SET search_path = '';
SELECT 'a@b.de'::omni.email = 'A@b.de'::omni.email AS eq, 'a@b.de'::omni.email = 'A@b.de'::text AS eq_text,
       'a@b.de'::omni.email < 'b@b.de'::text AS lt_text, 'a@b.de'::omni.email IS DISTINCT FROM 'A@b.de'::omni.email AS distinct_from;
SELECT e FROM (VALUES ('b@b.de'::omni.email), ('a@b.de')) v(e) ORDER BY e;
SET search_path = public, omni;

-- binary form
SELECT encode(email_send('Jürgen@bücher.de'), 'hex');
DROP TABLE raw, customer, login, parted;
DROP FUNCTION refusal;

-- one digest over all code points: equal on every ICU
SELECT md5(string_agg(coalesce(email_try('a' || chr(c) || 'z@example.com')::text, '-'), ' ' ORDER BY c))
FROM generate_series(1, 1114111) c WHERE c NOT BETWEEN 55296 AND 57343;
