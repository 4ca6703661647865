-- Reversible tokens: made with the key of a subject, read for a reason alone, and gone with the subject's key.
\set VERBOSITY default
SET search_path = public, omni;
SET client_min_messages = warning;
SELECT create_store('token_store') IS NOT NULL AS made;

-- who has no right has no function either
CREATE ROLE regress_token_nobody;
CREATE ROLE regress_token_clerk;
SELECT p.proname, has_function_privilege('regress_token_nobody', p.oid, 'EXECUTE') AS public
FROM pg_proc p WHERE p.pronamespace = 'omni'::regnamespace AND p.proname IN ('tokenize', 'token_rotate', 'token_key_version', 'subject_key_new', 'subject_key_rewrap', 'store_reidentify', 'crypto_test') ORDER BY 1;

-- two customers, each with a key
INSERT INTO token_store.subject_secrets (customer_id, subject_key) VALUES (1, subject_key_new()), (2, subject_key_new());
CREATE TABLE token_row AS
SELECT c.customer_id, d.domain, v.value, tokenize(v.value, d.domain, c.customer_id, c.subject_key) AS token
FROM token_store.subject_secrets c, (VALUES ('crm'), ('loyalty'), ('research')) d(domain), (VALUES ('jane@example.com'), ('+493012345678'), (''), (repeat('ä€', 500))) v(value);
-- each has the letters of base64 only, tells its key, and is not another one
SELECT bool_and(token ~ '^tk1:[A-Za-z0-9_-]+$') AS letters, count(DISTINCT token) = count(*) AS different, array_agg(DISTINCT token_key_version(token)) AS versions FROM token_row;
-- the same again gives the same; how long the value is shows
SELECT bool_and(tokenize(r.value, r.domain, r.customer_id, c.subject_key) = r.token) AS same FROM token_row r JOIN token_store.subject_secrets c USING (customer_id);
SELECT DISTINCT length(value), length(token) FROM token_row ORDER BY 1;
-- read, for a reason
SELECT count(*), bool_and(store_reidentify('token_store', token, 'case ' || customer_id) = value) AS read FROM token_row;
SELECT domain, customer_id, reason, done_by = current_user AS by_me, done_at = now() AS now, count(*), bool_and(token_digest ~ '^[0-9a-f]{64}$') AS digest
FROM token_store.reidentifications GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2;
SELECT bool_and(r.token_digest IN (SELECT encode(sha256(t.token::bytea), 'hex') FROM token_row t)) AS of_these FROM token_store.reidentifications r;
-- no entry has a value
SELECT count(*) FROM token_store.reidentifications r, token_row t WHERE t.value <> '' AND r::text LIKE '%' || t.value || '%';

-- what is written in a token hides whose it is: bytes after the head do not tell two subjects apart
SELECT count(DISTINCT left(token, 12)) AS heads, count(DISTINCT substr(token, 13, 20)) AS bodies FROM token_row WHERE domain = 'crm';

SELECT token AS one FROM token_row WHERE domain = 'crm' AND customer_id = 1 AND value = 'jane@example.com' \gset
SELECT token AS two FROM token_row WHERE domain = 'crm' AND customer_id = 2 AND value = 'jane@example.com' \gset
CREATE FUNCTION token_refused(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE m text; d text; h text;
BEGIN
    EXECUTE 'SELECT ' || call;
    RETURN 'not refused';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS m = MESSAGE_TEXT, d = PG_EXCEPTION_DETAIL, h = PG_EXCEPTION_HINT;
    RETURN concat_ws(' | ', SQLSTATE, m, nullif(d, ''), nullif(h, ''));
END $$;
-- no reason, or more than one line of it
SELECT token_refused(format('omni.store_reidentify(%L, %L, %L)', 'token_store', :'one', r)) FROM unnest(ARRAY['', '   ', E'a\nLOG: b', repeat('x', 1001)]) r;
-- every byte counts: cut at each place, each character changed
SELECT left(token_refused(format('omni.store_reidentify(%L, %L, %L)', 'token_store', left(:'one', n), 'r')), 5) IN ('22P02', '22023') AS refused, count(*) FROM generate_series(0, length(:'one') - 1) n GROUP BY 1 ORDER BY 1;
SELECT left(token_refused(format('omni.store_reidentify(%L, %L, %L)', 'token_store', overlay(:'one' PLACING CASE substr(:'one', n, 1) WHEN 'Q' THEN 'A' ELSE 'Q' END FROM n), 'r')), 5) AS state, count(*)
FROM generate_series(11, length(:'one')) n GROUP BY 1 ORDER BY 1;
SELECT token_refused(format('omni.store_reidentify(%L, %L, %L)', 'token_store', t, 'r')) FROM unnest(ARRAY['', 'jane@example.com', upper(:'one'), :'one' || '=', :'one' || 'AAAA', 'tk1:' || repeat('A', 100000), ' ' || :'one']) t;
-- the head of another domain, of no domain, of other versions of the key
CREATE FUNCTION token_with(token text, head bytea) RETURNS text LANGUAGE sql IMMUTABLE RETURN 'tk1:' || translate(encode(head, 'base64'), '+/', '-_') || substr(token, 13);
SELECT token_refused(format('omni.store_reidentify(%L, %L, %L)', 'token_store', token_with(:'one', decode(h, 'hex')), 'r'))
FROM unnest(ARRAY[domain_tag('loyalty') || '0003', domain_tag('ads') || '0003', domain_tag('nowhere') || '0003', domain_tag('crm') || '0002', domain_tag('crm') || '0001', domain_tag('crm') || '0000', domain_tag('crm') || '0009']) h;
-- a store that is none
SELECT token_refused(format('omni.store_reidentify(%L, %L, %L)', s, :'one', 'r')) FROM unnest(ARRAY['public', 'pg_catalog', 'no_such_store', '"', 'token_store; DROP']) s;
SELECT omni.store_reidentify('token_store', NULL, 'r') IS NULL AS null_token, token_refused(format('omni.store_reidentify(%L, %L, NULL)', 'token_store', :'one')) AS null_reason, token_refused(format('omni.store_reidentify(NULL, %L, %L)', :'one', 'r')) AS null_store;
SELECT count(*) AS entries_before FROM token_store.reidentifications;

-- making one
SELECT token_refused(c) FROM unnest(ARRAY[$$omni.tokenize('jane@example.com', 'ads', 1, omni.subject_key_new())$$, $$omni.tokenize('jane@example.com', 'nowhere', 1, omni.subject_key_new())$$,
    $$omni.tokenize('jane@example.com', 'crm', 1, '')$$, $$omni.tokenize('jane@example.com', 'crm', 1, decode(repeat('01', 51), 'hex'))$$, $$omni.tokenize('jane@example.com', 'jane@example.com', 1, '')$$,
    $$omni.tokenize(repeat('x', 65536), 'crm', 1, omni.subject_key_new())$$, $$omni.tokenize(repeat('x', 65535), 'crm', 1, omni.subject_key_new())$$]) c;
-- a wrapped key that was changed, or whose version was
SELECT token_refused(format('omni.tokenize(%L, %L, 1, %L)', 'x', 'crm', set_bit(subject_key, n, 1 - get_bit(subject_key, n)))) AS refused, count(*) FROM token_store.subject_secrets, generate_series(24, 51 * 8 - 1) n WHERE customer_id = 1 GROUP BY 1;
SELECT token_refused(format('omni.tokenize(%L, %L, 1, %L)', 'x', 'crm', set_byte(subject_key, 2, v))) FROM token_store.subject_secrets, unnest('{1,2,9}'::int[]) v WHERE customer_id = 1;

-- rights: of the function, of the keyring, of the tables
GRANT EXECUTE ON FUNCTION omni.tokenize(text, text, bigint, bytea), omni.store_reidentify(name, text, text), omni.token_rotate(text, bytea), omni.subject_key_rewrap(bytea), omni.subject_key_new() TO regress_token_clerk;
GRANT USAGE ON SCHEMA token_store TO regress_token_clerk;
SELECT encode(subject_key, 'hex') AS key FROM token_store.subject_secrets WHERE customer_id = 1 \gset
SET ROLE regress_token_nobody;
SELECT omni.store_reidentify('token_store', :'one', 'curiosity');
RESET ROLE;
SET ROLE regress_token_clerk;
SELECT omni.store_reidentify('token_store', :'one', 'curiosity');
SELECT omni.tokenize('x', 'crm', 1, decode(:'key', 'hex'));
SELECT omni.token_rotate(:'one', decode(:'key', 'hex'));
SELECT omni.subject_key_rewrap(decode(:'key', 'hex'));
SELECT omni.subject_key_new();
RESET ROLE;

-- the entry and the value go together: a rule, a trigger, a read-only transaction, a table that is gone
CREATE RULE quiet AS ON INSERT TO token_store.reidentifications DO INSTEAD NOTHING;
SELECT omni.store_reidentify('token_store', :'one', 'unseen');
DROP RULE quiet ON token_store.reidentifications;
CREATE FUNCTION token_quiet() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER quiet BEFORE INSERT ON token_store.reidentifications FOR EACH ROW EXECUTE FUNCTION token_quiet();
SELECT omni.store_reidentify('token_store', :'one', 'unseen');
DROP TRIGGER quiet ON token_store.reidentifications;
BEGIN READ ONLY;
SELECT omni.store_reidentify('token_store', :'one', 'unseen');
ROLLBACK;
BEGIN;
ALTER TABLE token_store.reidentifications RENAME TO other;
CREATE VIEW token_store.reidentifications AS SELECT * FROM token_store.other;
SELECT omni.store_reidentify('token_store', :'one', 'unseen');
ROLLBACK;
-- nor where the log would not have the line
SET log_min_messages = fatal;
SELECT omni.store_reidentify('token_store', :'one', 'unseen');
SET log_min_messages = panic;
SELECT omni.store_reidentify('token_store', :'one', 'unseen');
SET log_min_messages = error;
SELECT omni.store_reidentify('token_store', :'one', 'seen');
RESET log_min_messages;
SELECT reason, count(*) FROM token_store.reidentifications WHERE reason ~ 'seen' GROUP BY 1;

-- names on the search_path are nobody's: operators, types and tables are those of the catalog and the store
CREATE SCHEMA token_hostile;
CREATE FUNCTION token_hostile.eq(bigint, bigint) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'hostile'; END$$;
CREATE OPERATOR token_hostile.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = token_hostile.eq);
CREATE TEMP TABLE subject_secrets (customer_id bigint, subject_key bytea);
CREATE TEMP TABLE reidentifications (token_digest text);
SET search_path = token_hostile, pg_temp, pg_catalog;
SELECT omni.store_reidentify('token_store', :'one', 'with a hostile path');
SET search_path = public, omni;
DROP TABLE pg_temp.subject_secrets, pg_temp.reidentifications;

-- under the active version of the key, nothing is brought to another one
SELECT subject_key_rewrap(subject_key) = subject_key AS same, substring(subject_key FROM 1 FOR 3) AS head FROM token_store.subject_secrets WHERE customer_id = 1;
SELECT token_rotate(:'one', subject_key) = :'one' AS same FROM token_store.subject_secrets WHERE customer_id = 1;
SELECT token_refused(format('omni.token_rotate(%L, %L)', :'one', subject_key)) FROM token_store.subject_secrets WHERE customer_id = 2;

-- forgetting: the row of a subject is gone, and with it all its tokens, and the pseudonyms of erasable domains
SELECT pseudonym('jane@example.com'::text, 'research', subject_key) AS before FROM token_store.subject_secrets WHERE customer_id = 1 \gset
DELETE FROM token_store.subject_secrets WHERE customer_id = 1;
SELECT omni.store_reidentify('token_store', :'one', 'after the erasure');
SELECT store_reidentify('token_store', :'two', 'of somebody else');
-- the customer comes again: another key, and nothing that was made before is known
INSERT INTO token_store.subject_secrets (customer_id, subject_key) VALUES (1, subject_key_new());
SELECT omni.store_reidentify('token_store', :'one', 'after the return');
SELECT pseudonym('jane@example.com'::text, 'research', subject_key) = :'before' AS linked, tokenize('jane@example.com', 'crm', 1, subject_key) = :'one' AS same FROM token_store.subject_secrets WHERE customer_id = 1;

SELECT omni.detach_store('token_store') IS NOT NULL AS detached;
DROP SCHEMA token_store CASCADE;
DROP SCHEMA IF EXISTS token_store_bi, token_store_pii, token_hostile CASCADE;
DROP TABLE token_row;
DROP FUNCTION token_refused, token_with, token_quiet;
DROP OWNED BY regress_token_clerk;
DROP ROLE regress_token_nobody, regress_token_clerk;
