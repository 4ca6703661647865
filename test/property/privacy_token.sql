-- Laws of tokens and of what they are made of, on random data that is the same in every run: reading gives what was made, different
-- things have different tokens, nothing that was changed opens, and every method of a primitive gives the same bytes.
SELECT plan(12);
SET search_path = public, omni;
SELECT setseed(0.25) \g /dev/null

-- keys of subjects under the keyring of the tests
CREATE TABLE subject (customer_id bigint PRIMARY KEY, subject_key bytea);
INSERT INTO subject VALUES
    (1, '\x01000372aa9e73022e020e4fe0fa625413ebe7e189c40dfcddd6da68c96ecd93fb6d67ea401291e9dc328e1e811c1a0b4c08d5'),
    (2, '\x010003a963131af81dd5b6418de35138382eab9e424d67242bc999e6ed002abfed1698ecbff3311cd531c6d08fa1ca8fbf92be'),
    (-9223372036854775808, '\x0100031c27cd88a8ad9c18f59f07223f96c091d33e0d704d63bfc2dd1fb8f6f02eaf3e15f3db089919220dd2392940c969abc2'),
    (9223372036854775807, '\x01000358d0574c7ff71fe01b211da20c2009d69b61c46bc171e9cebd08fe706fb12809d483166d6830b0ec68390ff8e9496c31');
SELECT create_store('property_shop') \g /dev/null
INSERT INTO property_shop.subject_secrets (customer_id, subject_key) SELECT * FROM subject;

-- values of all lengths about the edges of a block, of one to four bytes a character
CREATE FUNCTION random_value(n int) RETURNS text LANGUAGE sql VOLATILE RETURN
    (SELECT coalesce(string_agg(substr('aZ09@.+- _\"''äß€中😀', 1 + floor(random() * 18)::int, 1), ''), '') FROM generate_series(1, n));
CREATE TABLE made AS
SELECT i, d.domain, s.customer_id, s.subject_key, v.value, tokenize(v.value, d.domain, s.customer_id, s.subject_key) AS token
FROM (SELECT i, random_value(CASE WHEN i % 500 = 0 THEN 3000 ELSE floor(random() * 50)::int END) AS value FROM generate_series(1, 1000) i OFFSET 0) v,
    (VALUES ('crm'), ('loyalty'), ('research')) d(domain), subject s;
SELECT is((SELECT count(*) FROM made), 12000::bigint, '12,000 tokens');
SELECT is_empty($$SELECT i FROM made WHERE token !~ '^tk1:[-A-Za-z0-9_]+$' OR length(token) <> 4 + ceil((50 + length(convert_to(value, 'UTF8'))) * 4 / 3.0)$$, 'each is written as it should, as long as its value lets it be');
SELECT is_empty('SELECT i FROM made WHERE tokenize(value, domain, customer_id, subject_key) <> token', 'the same again gives the same');
SELECT is((SELECT count(DISTINCT token) FROM made), (SELECT count(*) FROM (SELECT DISTINCT domain, customer_id, value FROM made) x), 'different values, subjects and domains have different tokens');
SELECT is_empty($$SELECT i FROM made WHERE store_reidentify('property_shop', token, 'law') IS DISTINCT FROM value$$, 'reading gives what was made');
SELECT is((SELECT count(*) FROM property_shop.reidentifications), 12000::bigint, 'with an entry each');
SELECT is_empty('SELECT i FROM made WHERE token_rotate(token, subject_key) <> token', 'what is under the active key stays as it is');

-- what was changed: a character, several, a part left out, doubled, or of another token
CREATE TABLE changed AS
SELECT i, CASE floor(random() * 6)::int
        WHEN 0 THEN overlay(token PLACING substr('ABYZabyz0189-_=+/. ä', 1 + floor(random() * 20)::int, 1) FROM 1 + floor(random() * length(token))::int FOR 1)
        WHEN 1 THEN left(token, floor(random() * length(token))::int)
        WHEN 2 THEN overlay(token PLACING '' FROM 1 + floor(random() * length(token))::int FOR 1 + floor(random() * 8)::int)
        WHEN 3 THEN token || substr(token, 5, 1 + floor(random() * 20)::int)
        WHEN 4 THEN left(token, 5 + floor(random() * 40)::int) || right(lead(token, 1, '') OVER (ORDER BY i), 60)
        ELSE overlay(token PLACING left(lead(token, 7, 'tk1:AAAAAAAA') OVER (ORDER BY i), 12 + floor(random() * 6)::int) FROM 1) END AS token
FROM made;
CREATE FUNCTION outcome(t text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE m text; d text; h text;
BEGIN
    RETURN 'opened ' || store_reidentify('property_shop', t, 'law');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS m = MESSAGE_TEXT, d = PG_EXCEPTION_DETAIL, h = PG_EXCEPTION_HINT;
    RETURN CASE WHEN concat(m, d, h) ~ '@' THEN 'shown ' ELSE '' END || SQLSTATE;
END $$;
CREATE TABLE refused AS SELECT token, outcome(token) AS state FROM changed c WHERE NOT EXISTS (SELECT FROM made WHERE made.token = c.token);
SELECT ok((SELECT count(*) > 10000 FROM refused), format('%s changed tokens', (SELECT count(*) FROM refused)));
SELECT is_empty($$SELECT * FROM refused WHERE state NOT IN ('22P02', '22023', '42704', '55000')$$, 'none opens, and each refusal is of a kind');
SELECT diag(format('note: %s', (SELECT string_agg(state || ' ' || n, ', ' ORDER BY state) FROM (SELECT state, count(*) AS n FROM refused GROUP BY 1) x)));
CREATE FUNCTION rotates(t text, k bytea) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RETURN token_rotate(t, k) IS NOT NULL; EXCEPTION WHEN invalid_parameter_value THEN RETURN false; END$$;
SELECT is_empty('SELECT i FROM made m, subject s WHERE s.customer_id <> m.customer_id AND i % 3 = 0 AND rotates(m.token, s.subject_key)', 'nor with the key of another subject');

-- primitives: random keys, texts and associated data, by all methods
CREATE FUNCTION random_bytes(n int) RETURNS bytea LANGUAGE sql VOLATILE RETURN (SELECT substring(string_agg(sha256(random()::text::bytea), '') FROM 1 FOR n) FROM generate_series(0, n / 32));
CREATE TABLE random_case AS
SELECT i, random_bytes(32 + 16 * (i % 3)) AS key, random_bytes(floor(random() * 100)::int) AS data, (SELECT coalesce(array_agg(random_bytes(floor(random() * 40)::int)), '{}') FROM generate_series(1, i % 4)) AS aad
FROM generate_series(1, 5000) i;
CREATE TABLE method AS SELECT primitive, method FROM crypto_check() WHERE available AND primitive IN ('hmac', 'siv');
SELECT is_empty($$SELECT i FROM random_case, method WHERE primitive = 'siv' GROUP BY i HAVING count(DISTINCT crypto_test('siv', method, key, data, aad)) > 1
    OR bool_or(crypto_test('siv_open', method, key, crypto_test('siv', 'portable', key, data, aad), aad) IS DISTINCT FROM data)$$, 'AES-SIV seals and opens alike');
SELECT is_empty($$SELECT i FROM random_case, method WHERE primitive = 'hmac' GROUP BY i HAVING count(DISTINCT crypto_test('hmac', method, key, data)) > 1$$, 'HMAC is the same');
SELECT * FROM finish();
