-- The primitives of pseudonyms and tokens, by each method that this processor has: the examples of their standards, which are
-- copied here, and every case of Wycheproof, where the shared vectors are.
SELECT plan(23);
SET search_path = public, omni;

CREATE TABLE method AS SELECT * FROM crypto_check();
SELECT diag(format('note: methods here are %s', (SELECT string_agg(DISTINCT method, ', ') FROM method WHERE available)));
SELECT is((SELECT array_agg(DISTINCT primitive ORDER BY primitive) FROM method), '{aes,cmac,hkdf,hmac,sha256,siv}'::text[], 'each primitive is checked');
SELECT is_empty('SELECT * FROM method WHERE passed IS DISTINCT FROM CASE WHEN available THEN true END', 'each method that is here gives the known answers');
SELECT is_empty('SELECT primitive FROM method GROUP BY 1 HAVING NOT bool_or(method = ''portable'' AND available)', 'and the portable one is everywhere');
-- reading what siv sealed is a primitive of its own
INSERT INTO method SELECT 'siv_open', method, available, passed FROM method WHERE primitive = 'siv';

CREATE FUNCTION bytes(a int, b int) RETURNS text LANGUAGE sql IMMUTABLE RETURN (SELECT string_agg(lpad(to_hex(i), 2, '0'), '' ORDER BY i) FROM generate_series(a, b) i);
CREATE TABLE vector (source text, primitive text, key text, data text, aad text[] DEFAULT '{}', length int DEFAULT 0, answer text);
INSERT INTO vector (source, primitive, key, data, answer) VALUES
    ('FIPS 180-4', 'sha256', '', encode('abc', 'hex'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'),
    ('FIPS 180-4', 'sha256', '', encode('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', 'hex'), '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1'),
    ('FIPS 180-4', 'sha256', '', encode(repeat('a', 1000000)::bytea, 'hex'), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'),
    ('FIPS 180-4', 'sha256', '', '', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'),
    ('FIPS 197, C.1', 'aes', '000102030405060708090a0b0c0d0e0f', '00112233445566778899aabbccddeeff', '69c4e0d86a7b0430d8cdb78070b4c55a'),
    ('FIPS 197, C.2', 'aes', '000102030405060708090a0b0c0d0e0f1011121314151617', '00112233445566778899aabbccddeeff', 'dda97ca4864cdfe06eaf70a0ec0d7191'),
    ('FIPS 197, C.3', 'aes', '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', '00112233445566778899aabbccddeeff', '8ea2b7ca516745bfeafc49904b496089'),
    ('RFC 4231, 4.2', 'hmac', repeat('0b', 20), encode('Hi There', 'hex'), 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'),
    ('RFC 4231, 4.3', 'hmac', encode('Jefe', 'hex'), encode('what do ya want for nothing?', 'hex'), '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'),
    ('RFC 4231, 4.4', 'hmac', repeat('aa', 20), repeat('dd', 50), '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe'),
    ('RFC 4231, 4.5', 'hmac', '0102030405060708090a0b0c0d0e0f10111213141516171819', repeat('cd', 50), '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b'),
    ('RFC 4231, 4.6, half of it', 'hmac', repeat('0c', 20), encode('Test With Truncation', 'hex'), 'a3b6167473100ee06e0c796c2955552b'),
    ('RFC 4231, 4.7', 'hmac', repeat('aa', 131), encode('Test Using Larger Than Block-Size Key - Hash Key First', 'hex'), '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54'),
    ('RFC 4231, 4.8', 'hmac', repeat('aa', 131), encode('This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.', 'hex'),
        '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2');
INSERT INTO vector (source, primitive, key, data, aad, length, answer) VALUES
    ('RFC 5869, A.1', 'hkdf', repeat('0b', 22), '000102030405060708090a0b0c', '{f0f1f2f3f4f5f6f7f8f9}', 42, '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865'),
    ('RFC 5869, A.2', 'hkdf', bytes(0, 79), bytes(96, 175), ARRAY[bytes(176, 255)], 82,
        'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87'),
    ('RFC 5869, A.3', 'hkdf', repeat('0b', 22), '', '{""}', 42, '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8'),
    ('RFC 5297, A.1', 'siv', 'fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff', '112233445566778899aabbccddee', '{101112131415161718191a1b1c1d1e1f2021222324252627}', 0,
        '85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c'),
    ('RFC 5297, A.2', 'siv', '7f7e7d7c7b7a79787776757473727170404142434445464748494a4b4c4d4e4f', encode('this is some plaintext to encrypt using SIV-AES', 'hex'),
        '{00112233445566778899aabbccddeeffdeaddadadeaddadaffeeddccbbaa99887766554433221100,102030405060708090a0,09f911029d74e35bd84156c5635688c0}', 0,
        '7bdb6e3b432667eb06f4d14bff2fbd0fcb900f2fddbe404326601965c889bf17dba77ceb094fa663b7a3f748ba8af829ea64ad544a272e9c485b62a3fd5c0d');
INSERT INTO vector (source, primitive, key, data, answer)
SELECT format('SP 800-38B, D, AES-%s', length(k.key) * 4), 'cmac', k.key, left('6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710', 2 * a.len), a.answer
FROM (VALUES ('2b7e151628aed2a6abf7158809cf4f3c', '{bb1d6929e95937287fa37d129b756746,070a16b46b4d4144f79bdd9dd04a287c,dfa66747de9ae63030ca32611497c827,51f0bebf7e3b9d92fc49741779363cfe}'::text[]),
    ('8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b', '{d17ddf46adaacde531cac483de7a9367,9e99a7bf31e710900662f65e617c5184,8a1de5be2eb31aad089a82e6ee908b0e,a1d5df0eed790f794d77589659f39a11}'),
    ('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4', '{028962f61b7bf89efc6b551f4667d983,28a7023f452e8f82bd4bf28d8c37c35c,aaf3d8f1de5640c232f5b169b9c911e6,e1992190549f6ed5696a2c056c315410}')) k(key, answers),
    unnest('{0,16,40,64}'::int[], k.answers) a(len, answer);

CREATE FUNCTION test(v vector, method text) RETURNS text LANGUAGE sql STABLE RETURN
    left(encode(crypto_test(v.primitive, method, decode(v.key, 'hex'), decode(v.data, 'hex'), (SELECT coalesce(array_agg(decode(a, 'hex') ORDER BY n), '{}') FROM unnest(v.aad) WITH ORDINALITY u(a, n)), v.length), 'hex'), length(v.answer));
-- what was sealed is opened again
INSERT INTO vector SELECT source, 'siv_open', key, answer, aad, 0, data FROM vector WHERE primitive = 'siv';
CREATE TABLE run AS SELECT v.source, v.primitive, m.method, test(v, m.method) = v.answer AS good FROM vector v JOIN method m USING (primitive) WHERE m.available;
SELECT is_empty('SELECT source, primitive, method FROM run WHERE good IS NOT TRUE', format('examples of the standards: %s', (SELECT count(*) FROM vector))) ;
SELECT is((SELECT count(*) FROM run), (SELECT count(*) FROM vector JOIN method m USING (primitive) WHERE m.available), format('each by each method: %s runs', (SELECT count(*) FROM run)));

-- all lengths: methods agree with each other, and SHA-256 with the server's
CREATE TABLE message AS SELECT n, substring(string_agg(sha256((n || ' ' || i)::bytea), '') FROM 1 FOR n) AS data FROM generate_series(0, 300) n, generate_series(0, 9) i GROUP BY n;
SELECT is_empty($$SELECT n, method FROM message, method m WHERE primitive = 'sha256' AND available AND crypto_test('sha256', method, '', data) <> sha256(data)$$, 'SHA-256 of messages of 0 to 300 bytes');
SELECT is_empty($$SELECT n FROM message, method m WHERE primitive = 'hmac' AND available GROUP BY n HAVING count(DISTINCT crypto_test('hmac', method, data, data)) > 1$$, 'HMAC with keys and messages of 0 to 300 bytes');
-- the definition of HMAC, of RFC 2104, by the server's hash
CREATE FUNCTION pad(key bytea, byte int) RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE k bytea := substring(CASE WHEN length(key) > 64 THEN sha256(key) ELSE key END || decode(repeat('00', 64), 'hex') FROM 1 FOR 64);
BEGIN
    FOR i IN 0 .. 63 LOOP k := set_byte(k, i, get_byte(k, i) # byte); END LOOP;
    RETURN k;
END $$;
SELECT is_empty($$SELECT n FROM message WHERE crypto_test('hmac', 'portable', data, data) <> sha256(pad(data, 92) || sha256(pad(data, 54) || data))$$, 'HMAC is what its definition says');
SELECT is_empty($$SELECT n FROM message, method m WHERE primitive = 'siv' AND available GROUP BY n HAVING count(DISTINCT crypto_test('siv', method, sha256(data), data, ARRAY[data, sha256(data)])) > 1$$, 'AES-SIV of messages of 0 to 300 bytes');
SELECT is_empty($$SELECT n FROM message, method m WHERE primitive = 'siv_open' AND available
    AND crypto_test('siv_open', method, sha256(data), crypto_test('siv', 'portable', sha256(data), data, ARRAY[data]), ARRAY[data]) IS DISTINCT FROM data$$, 'and each is opened by each method');
CREATE TABLE sealed AS SELECT m.method, n, sha256(data) AS key, data AS ad, crypto_test('siv', m.method, sha256(data), data, ARRAY[data]) AS s FROM message, method m WHERE primitive = 'siv' AND available AND n IN (0, 1, 15, 16, 17, 33);
SELECT is_empty($$SELECT method, n, b FROM sealed, generate_series(0, length(s) * 8 - 1) b WHERE crypto_test('siv_open', method, key, set_bit(s, b, 1 - get_bit(s, b)), ARRAY[ad]) IS NOT NULL$$, 'no bit can be changed');
SELECT is_empty($$SELECT method, n, l FROM sealed, generate_series(0, length(s) - 1) l WHERE crypto_test('siv_open', method, key, substring(s FROM 1 FOR l), ARRAY[ad]) IS NOT NULL$$, 'or left out at the end');
SELECT is_empty($$SELECT method, n, b FROM sealed, generate_series(0, length(ad) * 8 - 1) b WHERE crypto_test('siv_open', method, key, s, ARRAY[set_bit(ad, b, 1 - get_bit(ad, b))]) IS NOT NULL$$, 'or changed in the associated data');
SELECT is_empty($$SELECT method, n FROM sealed, LATERAL (VALUES (ARRAY[ad, '']), (ARRAY['', ad]), ('{}'::bytea[]), (ARRAY[ad, ad]), (ARRAY[ad || '\x00'])) v(aad)
    WHERE NOT (n = 0 AND v.aad = ARRAY[ad]) AND crypto_test('siv_open', method, key, s, v.aad) IS NOT NULL$$, 'which has its places and lengths');

-- refusals
CREATE FUNCTION state_of(call text) RETURNS text LANGUAGE plpgsql AS $$BEGIN EXECUTE 'SELECT ' || call; RETURN 'none'; EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE; END$$;
SELECT is_empty(format($$SELECT call, state_of(call) FROM unnest(ARRAY[%s]) call WHERE state_of(call) <> '22023'$$, string_agg(quote_literal(c), ', ')), 'arguments that do not fit are refused')
FROM unnest(ARRAY[$$crypto_test('md5', 'portable', '', '')$$, $$crypto_test('sha256', 'fast', '', '')$$, $$crypto_test('sha256', 'AES-NI', '', '')$$, $$crypto_test('sha256', 'portable', 'a', '')$$,
    $$crypto_test('hmac', 'portable', 'a', '', '{a}')$$, $$crypto_test('hkdf', 'portable', 'a', '', '{}', 8161)$$, $$crypto_test('hkdf', 'portable', 'a', '', '{}', -1)$$, $$crypto_test('hmac', 'portable', 'a', '', '{}', 1)$$,
    $$crypto_test('aes', 'portable', decode(repeat('00', 17), 'hex'), '')$$, $$crypto_test('aes', 'portable', decode(repeat('00', 16), 'hex'), 'a')$$, $$crypto_test('cmac', 'portable', '', '')$$,
    $$crypto_test('siv', 'portable', decode(repeat('00', 16), 'hex'), '')$$, $$crypto_test('siv_open', 'portable', decode(repeat('00', 33), 'hex'), '')$$]) c;
SELECT is(state_of($$crypto_test('siv', 'portable', decode(repeat('00', 32), 'hex'), '', array_fill('x'::bytea, ARRAY[127]))$$), '54000', '127 associated values are too many');
SELECT is(state_of($$crypto_test('siv', 'portable', decode(repeat('00', 32), 'hex'), '', '{NULL}')$$), '22004', 'and none is NULL');
SELECT is((SELECT array_agg(DISTINCT state_of(format($$crypto_test('sha256', %L, '', '')$$, method))) FROM method WHERE primitive = 'sha256' AND NOT available), '{0A000}'::text[], 'a method of another processor is not here');
CREATE ROLE crypto_nobody;
SET ROLE crypto_nobody;
SELECT throws_ok($$SELECT omni.crypto_test('sha256', 'portable', '', '')$$, '42501', NULL, 'who has no right tests nothing');
SELECT ok((SELECT bool_and(passed) FROM omni.crypto_check() WHERE available), 'but anybody may check');
RESET ROLE;
DROP ROLE crypto_nobody;

-- Wycheproof
SELECT :'shared' <> '' AND NOT pg_stat_file(:'shared' || '/vectors/privacy/wycheproof/hmac_sha256_test.json', true) IS NULL AS have_vectors \gset
\if :have_vectors
\set dir :shared '/vectors/privacy/wycheproof/'
CREATE TABLE wycheproof AS
SELECT f.file, (t ->> 'tcId')::int AS id, t ->> 'result' AS result, (g ->> 'tagSize')::int AS tag_bits, decode(coalesce(t ->> 'key', t ->> 'ikm'), 'hex') AS key,
    decode(coalesce(t ->> 'msg', t ->> 'salt'), 'hex') AS data, (t ->> 'size')::int AS size,
    CASE f.file WHEN 'hkdf_sha256' THEN ARRAY[decode(t ->> 'info', 'hex')] WHEN 'aes_siv_cmac' THEN ARRAY[decode(t ->> 'aad', 'hex')]
        WHEN 'aead_aes_siv_cmac' THEN ARRAY[decode(t ->> 'aad', 'hex'), decode(t ->> 'iv', 'hex')] ELSE '{}' END AS aad,
    decode(CASE f.file WHEN 'hmac_sha256' THEN t ->> 'tag' WHEN 'hkdf_sha256' THEN t ->> 'okm' WHEN 'aes_siv_cmac' THEN t ->> 'ct' ELSE (t ->> 'tag') || (t ->> 'ct') END, 'hex') AS answer
FROM unnest('{hmac_sha256,hkdf_sha256,aes_siv_cmac,aead_aes_siv_cmac}'::text[]) f(file), LATERAL (SELECT pg_read_file(:'dir' || f.file || '_test.json')::jsonb AS j) x,
    jsonb_array_elements(j -> 'testGroups') g, jsonb_array_elements(g -> 'tests') t;
CREATE FUNCTION right_by(w wycheproof, method text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    CASE
        WHEN w.file = 'hmac_sha256' THEN
            RETURN (substring(crypto_test('hmac', method, w.key, w.data) FROM 1 FOR w.tag_bits / 8) = w.answer) = (w.result = 'valid');
        WHEN w.file = 'hkdf_sha256' THEN
            RETURN crypto_test('hkdf', method, w.key, w.data, w.aad, w.size) = w.answer AND w.result = 'valid';
        WHEN w.result = 'valid' THEN
            RETURN crypto_test('siv', method, w.key, w.data, w.aad) = w.answer AND crypto_test('siv_open', method, w.key, w.answer, w.aad) = w.data;
        ELSE
            RETURN crypto_test('siv_open', method, w.key, w.answer, w.aad) IS NULL;
    END CASE;
EXCEPTION WHEN invalid_parameter_value THEN
    -- more bytes of HKDF than there are
    RETURN w.result = 'invalid' AND w.size > 8160;
END $$;
SELECT is_empty($$SELECT file, id, method FROM wycheproof w, method m WHERE primitive = CASE WHEN file ~ 'siv' THEN 'siv' ELSE 'hmac' END AND available AND right_by(w, method) IS NOT TRUE$$,
    'cases of Wycheproof, by each method');
SELECT diag(format('note: %s cases of Wycheproof: %s', count(*), (SELECT string_agg(n || ' of ' || file, ', ' ORDER BY file) FROM (SELECT file, count(*) AS n FROM wycheproof GROUP BY 1) x))) FROM wycheproof;
SELECT is((SELECT count(*) FROM wycheproof), 174::bigint + 86 + 442 + 900, 'which are all');
SELECT is((SELECT count(*) FROM wycheproof w, method m WHERE primitive = CASE WHEN file ~ 'siv' THEN 'siv' ELSE 'hmac' END AND available), (SELECT sum(CASE WHEN file ~ 'siv' THEN s ELSE h END)::bigint
    FROM wycheproof, (SELECT count(*) FILTER (WHERE primitive = 'siv') AS s, count(*) FILTER (WHERE primitive = 'hmac') AS h FROM method WHERE available) x), 'by all methods');
\else
SELECT skip('no ../shared/vectors', 3);
\endif
SELECT * FROM finish();
