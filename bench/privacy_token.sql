-- Reversible tokens beside what one would write with pgcrypto: encrypt() and decrypt() of AES in CBC, with the key in the statement,
-- without authentication, rights, or a key of the customer's own.
CREATE EXTENSION pgcrypto;
SELECT omni.create_store('shop') \g /dev/null
CREATE TABLE val AS SELECT g AS customer_id, 'customer.' || g || '@example.com' AS t, ('customer.' || g || '@example.com')::bytea AS b, omni.subject_key_new() AS subject_key FROM generate_series(1::bigint, 100000) g;
INSERT INTO shop.subject_secrets (customer_id, subject_key) SELECT customer_id, subject_key FROM val;
CREATE TABLE made AS SELECT customer_id, subject_key, omni.tokenize(t, 'crm', customer_id, subject_key) AS token, encrypt(b, '0123456789abcdef', 'aes') AS e FROM val;
VACUUM ANALYZE val, made, shop.subject_secrets;
SELECT bench.compare('100k values of as many customers: make a token', NULL, $$SELECT count(omni.tokenize(t, 'crm', customer_id, subject_key)) FROM val$$,
    'pgcrypto encrypt()', $$SELECT count(encrypt(b, '0123456789abcdef', 'aes')) FROM val$$, 'SELECT count(t), count(b), count(subject_key) FROM val');
SELECT bench.compare('100k tokens: to the active key', NULL, $$SELECT count(omni.token_rotate(token, subject_key)) FROM made$$,
    'decrypt() and encrypt()', $$SELECT count(encrypt(decrypt(e, '0123456789abcdef', 'aes'), 'fedcba9876543210', 'aes')) FROM made$$, 'SELECT count(token), count(e), count(subject_key) FROM made');
SELECT bench.compare('100k keys of subjects', NULL, 'SELECT count(omni.subject_key_new()) FROM val', 'gen_random_uuid()', 'SELECT count(gen_random_uuid()) FROM val', 'SELECT count(*) FROM val');
SELECT bench.compare('2k tokens: read, with an entry and a line of the log each', NULL, $$SELECT count(omni.store_reidentify('shop', token, 'bench')) FROM made WHERE customer_id <= 2000$$,
    'decrypt() alone', $$SELECT count(decrypt(e, '0123456789abcdef', 'aes')) FROM made WHERE customer_id <= 2000$$, 'SELECT count(token), count(e) FROM made WHERE customer_id <= 2000', 3);
SELECT format('# a token of %s bytes is %s characters', (SELECT length(t) FROM val LIMIT 1), (SELECT length(token) FROM made LIMIT 1));
