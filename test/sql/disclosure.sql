-- What a permission lets be seen: with the keyring of the tests, and without any key in views.
SET search_path = public, omni;
SET timezone = 'UTC';
CREATE TEMP TABLE permitted (n int, p permission);
INSERT INTO permitted VALUES (1, 'none'), (2, permission(0, purpose_mask('analytics'), 'infinity', 'analytics', 'crm', now())), (3, permission(0, 0, 'infinity', 'analytics', 'crm', now())), (4, permission(purpose_mask('analytics'), 0, 'infinity', 'analytics', 'crm', now())),
    (5, permission(purpose_mask('analytics'), 0, 'infinity', 'analytics', NULL, now())), (6, permission(0, 0, 'infinity', 'analytics', 'ads', now()));

-- keyed
SELECT p, 'jane.doe@example.com'::email <~ p AS email, '+493012345678'::phone <~ p AS phone, 'user_id:7'::identifier <~ p AS identifier, 'Jane'::text <~ p AS text FROM permitted ORDER BY n;
SELECT p, 'jane.doe@example.com'::email <~# p = pseudonym('jane.doe@example.com'::email, 'crm')::text AS email, '+493012345678'::phone <~# p = pseudonym('+493012345678'::phone, 'crm')::text AS phone,
    'user_id:7'::identifier <~# p = pseudonym('user_id:7'::identifier, 'crm')::text AS identifier, 'Jane'::text <~# p = pseudonym('Jane'::text, 'crm')::text AS text FROM permitted WHERE n IN (1, 2, 3, 4) ORDER BY n;
SELECT 'jane.doe@example.com'::email <~# p = 'email:jane.doe@example.com'::identifier <~# p AS email_is_identifier, '+493012345678'::phone <~# p = 'phone:+493012345678'::identifier <~# p AS phone_is_identifier FROM permitted WHERE n = 4;
SELECT 'Jane.Doe+x@gmail.com'::email <~ p = 'janedoe@gmail.com'::email <~ p AS by_profile FROM permitted WHERE n = 6;
SELECT 'jane.doe@example.com'::email <~# p FROM permitted WHERE n = 5;
\echo :LAST_ERROR_SQLSTATE
SELECT 'jane.doe@example.com'::email <~ 'pseudonym:analytics@12345678';
\echo :LAST_ERROR_SQLSTATE
SELECT 'jane.doe@example.com'::email <~ NULL::permission AS null_permission, NULL::email <~ 'raw:analytics' AS null_value;

-- by a consent, when the statement began
CREATE TEMP TABLE customer (id int, email email, consent consent);
INSERT INTO customer VALUES (1, 'a@example.com', consent('shop', '1', 'analytics', 'given', '2020-01-01Z')), (2, 'b@example.com', consent('shop', '2', 'analytics', 'refused', '2020-01-01Z')), (3, 'c@example.com', '{"decisions":[]}'),
    (4, 'd@example.com', consent('shop', '4', 'analytics', 'given', '2020-01-01Z', expires_at => '2021-01-01Z')), (5, 'e@example.com', NULL);
SELECT id, disclose(email, consent, 'analytics', NULL) AS raw_or_nothing, left(disclose(email, consent, 'analytics', 'crm'), 16) AS with_domain, email <~ (consent -> 'analytics') AS by_operators FROM customer ORDER BY id;
SELECT disclose('7'::text, consent, 'analytics', 'crm') = '7' AS text, disclose('user_id:7'::identifier, consent, 'analytics', 'crm') = 'user_id:7' AS identifier, disclose('+493012345678'::phone, consent, 'analytics', 'crm') AS phone FROM customer WHERE id = 1;
-- erasable domains take the key of the subject
SELECT subject_key_new() AS key \gset
SELECT disclose(email, consent, 'analytics', 'research', :'key'::bytea) = pseudonym(email, 'research', :'key'::bytea)::text AS same FROM customer WHERE id = 3;
SELECT disclose(email, consent, 'analytics', 'research') FROM customer WHERE id = 3;
\echo :LAST_ERROR_SQLSTATE
SELECT disclose(email, consent, 'analytics', 'crm', :'key'::bytea) FROM customer WHERE id = 3;
\echo :LAST_ERROR_SQLSTATE
-- a purpose or a domain that there is not fails before a row is read
SELECT disclose(email, consent, 'analitics', 'crm') FROM customer WHERE id > 99;
\echo :LAST_ERROR_SQLSTATE
SELECT disclose(email, consent, 'analytics', 'A b') FROM customer WHERE id > 99;
\echo :LAST_ERROR_SQLSTATE
SELECT disclose(email, consent, 'analytics', 'no_such_domain') FROM customer WHERE id = 3;
\echo :LAST_ERROR_SQLSTATE

-- keyless: a value and the pseudonym that is stored beside it
CREATE TEMP TABLE stored AS SELECT 'jane.doe@example.com'::email AS email, '+493012345678'::phone AS phone, 'user_id:7'::identifier AS identifier, 'Jane'::text AS name, pseudonym('jane.doe@example.com'::email, 'crm') AS ps;
SELECT p, mask(email, ps, p) AS email, left(mask(phone, ps, p), 14) AS phone, left(mask(identifier, ps, p), 14) AS identifier, left(mask(name, ps, p), 14) AS text FROM permitted, stored ORDER BY n;
SELECT mask(email, NULL, p) AS no_pseudonym, mask(NULL::email, ps, p) = ps::text AS no_value, mask(email, ps, NULL) AS no_permission, mask(NULL::email, ps, 'raw:analytics') AS no_raw_value FROM permitted, stored WHERE n = 3;

-- profiles
CREATE TEMP TABLE golden AS SELECT customer_profile('crm', 'jane.doe@example.com', '2026-01-01Z', '{email:jane.doe@example.com,phone:+493012345678}', '{"name": "Jane", "city": "Berlin"}')
    || customer_profile('crm', '8', '2026-01-02Z', '{email:jane.doe@example.com}', '{"city": "Bonn"}') || customer_profile('web', 'cookie', '2026-01-03Z') AS profile;
SELECT p, mask(profile, p) FROM permitted, golden ORDER BY n;
SELECT mask(profile, 'pseudonym:analytics@00000001', '{city,none,NULL}') FROM golden;
SELECT golden_record(mask(profile, 'pseudonym:analytics@00000001', '{city}')) FROM golden;
SELECT p, record_count(profile <~ p) AS records, profile <~ p = profile AS same, regexp_count((profile <~ p)::text, 'ps1:') AS pseudonyms, (profile <~ p)::text ~ 'jane|4930|cookie|Jane|Berlin' AS raw FROM permitted, golden ORDER BY n;
SELECT (profile <~ p) @> ('pseudonym:' || pseudonym('jane.doe@example.com'::email, 'crm'))::identifier AS by_pseudonym, record_count((profile <~ p) || (profile <~ p)) AS joins, golden_record(disclose(profile, p, '{city}')) -> 'city' AS city FROM permitted, golden WHERE n = 3;
SELECT mask('{"records":[]}'::customer_profile, 'pseudonym:analytics@00000001') AS empty, '{"records":[]}'::customer_profile <~ p AS empty_keyed FROM permitted WHERE n = 3;

-- nobody executes what is keyed until it is granted, by operator or by function; mask() is for all
CREATE ROLE regress_disclosure_bi;
GRANT SELECT ON stored, permitted, golden, customer TO regress_disclosure_bi;
SET ROLE regress_disclosure_bi;
SELECT email <~ 'raw:analytics' FROM stored;
\echo :LAST_ERROR_SQLSTATE
SELECT email <~# 'raw:analytics' FROM stored;
\echo :LAST_ERROR_SQLSTATE
SELECT disclose(email, consent, 'analytics', 'crm') FROM customer;
\echo :LAST_ERROR_SQLSTATE
SELECT profile <~ 'raw:analytics' FROM golden;
\echo :LAST_ERROR_SQLSTATE
SELECT count(mask(email, ps, p)) FROM stored, permitted;
RESET ROLE;
-- and with the grant, it is the keyring that says in which domain
GRANT EXECUTE ON FUNCTION disclose(email, permission) TO regress_disclosure_bi;
SET ROLE regress_disclosure_bi;
SELECT email <~ p FROM stored, permitted WHERE n = 3;
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
SELECT count(*) AS keyed_for_public FROM pg_proc WHERE pronamespace = 'omni'::regnamespace AND proname LIKE 'disclose%' AND has_function_privilege('regress_disclosure_bi', oid, 'EXECUTE') AND oid <> 'disclose(email, permission)'::regprocedure;
REVOKE EXECUTE ON FUNCTION disclose(email, permission) FROM regress_disclosure_bi;
DROP OWNED BY regress_disclosure_bi;
DROP ROLE regress_disclosure_bi;

-- mask() in a view that everybody may read: what is hidden stays so for a function that prints what it sees
CREATE TEMP TABLE person (id int, email email, ps pseudonym, allowed bigint, refused bigint, valid_until timestamptz);
INSERT INTO person SELECT id, email, pseudonym(email, 'crm'), s.* FROM customer, consent_state(coalesce(consent, '{"decisions":[]}'), now()) s;
CREATE TEMP VIEW masked WITH (security_barrier) AS SELECT id, mask(email, ps, permission(allowed, refused, valid_until, 'analytics', 'crm', statement_timestamp())) AS email FROM person;
SELECT id, left(email, 14) FROM masked ORDER BY id;
-- a condition of the reader's that cannot raise is tested in the scan: mask() and its permission are leakproof
EXPLAIN (COSTS off) SELECT id FROM masked WHERE email = 'a@example.com';
-- a mask that is over shows nothing, also in a transaction that began before
BEGIN;
SELECT count(email) > 0 AS seen FROM masked;
UPDATE person SET valid_until = clock_timestamp();
SELECT count(email) AS seen FROM masked;
ROLLBACK;
UPDATE person SET valid_until = now();
SELECT count(*) AS rows, count(email) AS seen FROM masked;
