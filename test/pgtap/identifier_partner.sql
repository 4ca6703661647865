-- What partners hash: vectors that they published, raw inputs as given, each exception with its reason.
SET search_path = public, omni;
SELECT :'shared' <> '' AS vectors \gset
\if :vectors
\set partner_file :shared '/vectors/catalog/hashed_identifier_vectors.tsv'
\set uid2_file :shared '/vectors/privacy/email/uid2_normalization.tsv'
\set validator_file :shared '/vectors/privacy/email/validatorjs_normalizeEmail.tsv'
SELECT plan(11);

CREATE FUNCTION pg_temp.lines(path text) RETURNS TABLE (n int, f text[]) LANGUAGE sql AS
$$ SELECT n::int, string_to_array(line, E'\t')
   FROM regexp_split_to_table(rtrim(pg_read_file(path), E'\n'), '\n') WITH ORDINALITY l(line, n) WHERE n > 1 $$;

-- the country that a national number is given with, from the vector's own words
CREATE TEMP TABLE vector AS
SELECT n, f[1] AS platform, f[2] AS kind, f[3] AS input, f[4] AS normalized, f[5] AS hex, f[6] AS base64, f[7] = 'invalid' AS invalid,
       CASE WHEN f[2] <> 'phone' THEN NULL WHEN f[3] ~ '^[A-Z]{2}:' THEN left(f[3], 2)
            WHEN f[3] ~ '^1' THEN 'US' WHEN f[3] ~ '^44' THEN 'GB' WHEN f[3] ~ '^65 ' THEN 'SG' END AS region
FROM pg_temp.lines(:'partner_file') l;

CREATE TEMP TABLE exception (input text PRIMARY KEY, reason text);
INSERT INTO exception VALUES
    ('65 1243 5678', 'the guide''s own slip: it prints +6512345678, another number'),
    ('12345678901234', 'no telephone number: too long for country code 1'),
    ('98765432109876', 'no telephone number: too long for country code 98');
INSERT INTO exception
SELECT input, 'no telephone number: not of a length that country code 1 has' FROM vector
WHERE kind = 'phone_is_normalized' AND NOT invalid AND length(input) <> 12;

CREATE TEMP TABLE run AS
SELECT v.*, e.reason, i.i,
       CASE WHEN i.i IS NOT NULL THEN hashed_identifier_problem(i.i, platform) END AS problem,
       CASE WHEN kind = 'email' AND i.i IS NOT NULL AND hashed_identifier_problem(i.i, platform) IS NULL
            THEN email_key(email(input), platform) END AS key,
       CASE WHEN hashed_identifier_problem(i.i, platform) IS NULL THEN hashed_identifier(i.i, platform) END AS hash
FROM vector v LEFT JOIN exception e USING (input)
CROSS JOIN LATERAL (SELECT identifier_try(replace(kind, '_is_normalized', ''), regexp_replace(input, '^[A-Z]{2}:', ''), region)) i(i);

SELECT is(count(*)::int, 93, 'all vectors of partners are run') FROM run;
SELECT diag('note vectors of partners: ' || count(*) || ', as published: ' || count(*) FILTER (WHERE reason IS NULL) ||
            ', exceptions: ' || count(reason)) FROM run;
SELECT diag('note exception: ' || platform || ' ' || kind || ' ' || input || ': ' || reason) FROM run WHERE reason IS NOT NULL ORDER BY n;
SELECT is_empty($$SELECT platform, input, normalized, key FROM run
    WHERE reason IS NULL AND NOT invalid AND kind = 'email' AND key IS DISTINCT FROM normalized$$, 'each address has the partner''s key');
SELECT is_empty($$SELECT platform, kind, input, i, hash FROM run
    WHERE reason IS NULL AND NOT invalid AND hash IS DISTINCT FROM CASE WHEN platform = 'uid2' THEN base64 ELSE hex END$$,
    'each identifier has the partner''s hash');
-- an exception is one: it is refused, or it is the number that was asked for
SELECT is_empty($$SELECT platform, kind, input, i FROM run WHERE reason IS NOT NULL AND hash IN (base64, hex)$$, 'no exception is needless');
SELECT is_empty($$SELECT platform, kind, input, i, problem FROM run
    WHERE invalid AND kind <> 'phone_is_normalized' AND i IS NOT NULL AND problem IS NULL$$,
    'what a partner refuses is no identifier here or has a problem there');
SELECT is_empty($$SELECT input, i, problem FROM run
    WHERE invalid AND kind = 'phone_is_normalized' AND i IS NOT NULL AND problem IS NULL AND identifier_value(i) = input$$,
    'a number that UID2 finds not normalized is none of our canonical ones');

SELECT is_empty($$SELECT f FROM pg_temp.lines($$ || quote_literal(:'uid2_file') || $$) l
    WHERE email_key(email(f[2]), 'uid2') IS DISTINCT FROM f[3]
       OR hashed_identifier(identifier(f[1], f[2]), 'uid2') IS DISTINCT FROM f[5]$$, 'each row of the UID2 guide');
SELECT is(count(*)::int, 11, 'all rows of the UID2 guide are run') FROM pg_temp.lines(:'uid2_file') l;

-- validator.js's provider rules. Compared as addresses, so that its options about letter case and its
-- Unicode spelling of domains, which type email has settled, make no difference.
CREATE TEMP TABLE validator AS
SELECT n, f[1] AS options, replace(trim(both '"' from f[2]), '""', '"') AS input, replace(trim(both '"' from f[3]), '""', '"') AS expected, f[4] = 'reject' AS reject,
       CASE WHEN f[1] ~ 'remove_dots: false' THEN 'an option to keep dots; the rule is fixed here'
            WHEN f[1] ~ 'remove_subaddress: false' THEN 'an option to keep tags; the rule is fixed here'
            WHEN f[1] ~ 'convert_[a-z]+: false' THEN 'an option to keep domains apart; the rule is fixed here'
            WHEN f[2] ~ '[.][.]' THEN 'two dots in a row: no address under RFC 5321'
       END AS reason
FROM pg_temp.lines(:'validator_file') l;
SELECT diag('note vectors of validator.js: ' || count(*) || ', applying: ' || count(*) FILTER (WHERE reason IS NULL)) FROM validator;
SELECT diag('note not applying: ' || count(*) || ' x ' || reason) FROM validator WHERE reason IS NOT NULL GROUP BY reason ORDER BY reason;
SELECT is(count(*)::int, 98, 'all vectors of validator.js are run') FROM validator;
SELECT is_empty($$SELECT n, input, expected, email_key(email_try(input), 'provider') FROM validator
    WHERE reason IS NULL AND NOT reject AND email_key(email_try(input), 'provider') IS DISTINCT FROM email_try(expected)::text$$,
    'each address has validator.js''s key');
SELECT is_empty($$SELECT n, input FROM validator WHERE reject AND email_try(input) IS NOT NULL$$, 'what validator.js refuses is refused');
SELECT * FROM finish();
\else
SELECT plan(0);
\echo '1..0 # SKIP no ../shared/vectors'
\endif
