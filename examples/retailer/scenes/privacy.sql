\set ECHO queries
\pset footer off
\echo
\echo 'Contacts of the CRM said what their address may be used for, each for some purposes:'
CREATE TABLE staging.contacts AS SELECT r.customer_id, c.record_id, c.first_name, omni.email_try(c.email) AS email, c.city
FROM staging.crm c JOIN shop.source_records r ON r.source = 'crm' AND r.record_id = c.record_id WHERE omni.email_try(c.email) IS NOT NULL;
SELECT count(shop.record_consent('crm', c.record_id, p.purpose, CASE WHEN (hashtext(c.record_id || p.purpose) & 3) > p.refusals THEN 'given' ELSE 'refused' END, '2026-01-15 09:00+01')) AS decisions
FROM staging.contacts c CROSS JOIN (VALUES ('email_marketing', 1), ('analytics', 0)) p(purpose, refusals) WHERE (hashtext(p.purpose || c.record_id) & 7) < 6;
\echo 'Pseudonyms are made by who has the verb in the keyring, and stored. Views for a purpose only choose, and need no key:'
CREATE ROLE masked_views NOLOGIN;
GRANT USAGE ON SCHEMA shop, staging TO masked_views;
SELECT made FROM shop.refresh_pseudonyms('crm');
SELECT shop.create_masked_view('staging.contacts', p, 'masked_views', 'record_id', 'record_id', '{email,first_name}', '{record_id,city}', 'crm', 'crm') AS view FROM unnest('{email_marketing,analytics}'::text[]) p;
CREATE ROLE campaign LOGIN;
GRANT USAGE ON SCHEMA shop_bi TO campaign;
GRANT SELECT ON shop_bi.contacts_email_marketing TO campaign;
GRANT SELECT ON shop_bi.contacts_analytics TO analyst;
\echo 'The same query for two purposes. A value, a pseudonym, or nothing: as each customer said.'
SET ROLE campaign;
SELECT record_id, city, first_name_shown AS first_name, left(email_shown, 34) AS email FROM shop_bi.contacts_email_marketing ORDER BY record_id LIMIT 6;
SET ROLE analyst;
SELECT record_id, city, first_name_shown AS first_name, left(email_shown, 34) AS email FROM shop_bi.contacts_analytics ORDER BY record_id LIMIT 6;
RESET ROLE;
SELECT min(record_id) AS who FROM shop_bi.contacts_email_marketing WHERE email IS NOT NULL \gset
\echo 'One of those withdraws, and the row changes at once:'
SELECT shop.record_consent('crm', :'who', 'email_marketing', 'withdrawn') AS ledger_entry;
SET ROLE campaign;
SELECT record_id, city, first_name_shown AS first_name, email_shown AS email FROM shop_bi.contacts_email_marketing WHERE record_id = :'who';
RESET ROLE;
\echo 'What was allowed in February, as it was known then? And was the ledger changed by anybody since?'
SELECT f.allowed AS allowed_in_february, n.allowed AS allowed_now FROM shop.consent_as_of('crm', :'who', '2026-02-01') f JOIN shop.consent_as_of('crm', :'who') n USING (purpose) WHERE purpose = 'email_marketing';
SELECT count(*) AS problems_of_the_ledger FROM shop.verify_ledger();
BEGIN;
UPDATE shop.consents SET decision = 'given' WHERE source = 'crm' AND record_id = :'who' AND purpose = 'email_marketing' AND decision = 'withdrawn';
SELECT ledger_no, problem FROM shop.verify_ledger();
ROLLBACK;
\echo 'And then wants to be forgotten. The report says what is gone, what is kept, and why:'
SELECT relation, action, rows, legal_reason FROM shop.subject_erase((SELECT customer_id FROM staging.contacts WHERE record_id = :'who'), 'request of the customer') WHERE rows > 0;
\echo 'Plain SQL would need: a key that no dump, log or setting shows, a join to consents in every view that an attacker cannot look through, and a ledger that proves itself.'
