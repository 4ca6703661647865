-- The store's side of privacy: the ledger of consent, what follows from it for customers, masked views, export and erasure.
\set VERBOSITY terse
SET client_min_messages = warning;
SET timezone = 'UTC';
CREATE ROLE regress_store_views NOLOGIN;
CREATE ROLE regress_store_bi NOLOGIN;
CREATE ROLE regress_store_login LOGIN;
SELECT omni.create_store('shop');
SET search_path = shop, public;
SELECT identify('{email:jane@example.com,phone:+4930901820}', 'web', 'W1', '2026-01-01Z') AS jane, identify('{email:sam@example.com}', 'web', 'W2', '2026-01-01Z') AS sam,
    identify('{email:eve@example.com}', 'web', 'W3', '2026-01-01Z') AS eve, identify('{email:kim@example.com}', 'web', 'W4', '2026-01-01Z') AS kim;

-- decisions: one entry each, a retry and a repetition write nothing
SELECT record_consent('web', 'W1', 'email_marketing', 'given', '2026-01-01 10:00Z', '{"basis": "consent", "channel": "web", "jurisdiction": "DE", "notice_id": "newsletter", "notice_version": "7", "notice_language": "de", "collection_method": "double_opt_in", "details": {"form": 3}}', 'click-1') AS number;
SELECT record_consent('web', 'W1', 'email_marketing', 'given', '2026-01-01 10:00Z', '{"basis": "consent", "channel": "web", "jurisdiction": "DE", "notice_id": "newsletter", "notice_version": "7", "notice_language": "de", "collection_method": "double_opt_in", "details": {"form": 3}}', 'click-1') AS retry;
SELECT record_consent('web', 'W1', 'email_marketing', 'given', '2026-01-01 10:00Z', '{"basis": "consent", "channel": "web", "jurisdiction": "DE", "notice_id": "newsletter", "notice_version": "7", "notice_language": "de", "collection_method": "double_opt_in", "details": {"form": 3}}') AS repeated;
SELECT record_consent('web', 'W1', '{analytics,email_marketing}'::text[], 'refused', '2026-01-03 10:00Z') AS number;
-- one that was made before and is known later
SELECT record_consent('web', 'W1', 'analytics', 'given', '2026-01-02 10:00Z') AS number;
SELECT ledger_no, purpose, decision, event_at, basis, channel, notice_version, collection_method, source_kind, details, octet_length(salt) AS salt, octet_length(commitment) AS commitment, actor = current_user AS by_me FROM consents WHERE record_id = 'W1' ORDER BY 1;
SELECT source, record_id, omni.purpose_names(allowed) AS allowed, omni.purpose_names(refused) AS refused, valid_until, ledger_no FROM consent_states ORDER BY 1, 2;
SELECT * FROM consent_as_of('web', 'W1', '2026-01-02 00:00Z');
SELECT * FROM consent_as_of('web', 'W1', '2026-01-02 12:00Z');
SELECT * FROM consent_as_of('web', 'W1');
-- by what was known before the last entry came
SELECT * FROM consent_as_of('web', 'W1', '2026-01-02 12:00Z', (SELECT recorded_at - interval '1 us' FROM consents WHERE record_id = 'W1' AND ledger_no = 4));
SELECT * FROM verify_ledger();
SELECT count(*) FROM outbox WHERE call = 'record_consent';

-- purposes of the store's own
SELECT set_purpose_label('local_3', 'style_advice', 'advice on style by our shops');
SELECT record_consent('web', 'W1', 'style_advice', 'given', '2026-01-04Z');
SELECT purpose, allowed FROM consent_as_of('web', 'W1') WHERE purpose LIKE 'local%';
SELECT set_purpose_label('local_17', 'x');
SELECT set_purpose_label('local_4', 'style_advice');
SELECT set_purpose_label('local_4', 'email_marketing');

-- a customer's consent is that of the records that are the customer's: the most restrictive after a merge, restored after a split
SELECT record_consent('web', 'W2', '{email_marketing,sms_marketing}'::text[], 'given', '2026-01-05Z') AS number;
SELECT customer_id, omni.purpose_names(allowed) AS allowed, omni.purpose_names(refused) AS refused FROM customer_consents ORDER BY 1;
SELECT merge_customers(1, 2, 'the same person');
SELECT customer_id, omni.purpose_names(allowed) AS allowed, omni.purpose_names(refused) AS refused FROM customer_consents ORDER BY 1;
SELECT * FROM consent_as_of(2);
SELECT split_customer(1, '[["web", "W2"]]') > 0 AS split;
SELECT customer_id, omni.purpose_names(allowed) AS allowed, omni.purpose_names(refused) AS refused FROM customer_consents ORDER BY 1;
-- an explicit grant stands above what another record refused before
SELECT record_consent('web', 'W2', 'email_marketing', 'given', '2026-01-06Z', '{"explicit": true}');
SELECT undo_decision(log_id) FROM merge_log WHERE action = 'split';
SELECT customer_id, omni.purpose_names(allowed) AS allowed, omni.purpose_names(refused) AS refused FROM customer_consents ORDER BY 1;
SELECT undo_decision(log_id) FROM merge_log WHERE action = 'same';
SELECT customer_id FROM customer_consents ORDER BY 1;

-- batches
CREATE TABLE public.decisions (source text, record_id text, purpose text, decision text, at text, expires_at timestamptz, jurisdiction text);
INSERT INTO public.decisions VALUES ('crm', 'C2', 'email_marketing', 'given', '2026-01-01T00:00:00Z', '2999-01-01Z', 'DE'), ('crm', 'C1', 'email_marketing', 'given', '2026-01-01T00:00:00Z', NULL, 'DE'), ('crm', 'C1', 'email_marketing', 'given', '2026-01-01T00:00:00Z', NULL, 'DE'),
    ('crm', 'C1', 'email_marketing', 'withdrawn', '2026-01-01 00:00:00+00', NULL, NULL), ('crm', 'C3', 'post', 'given', '2026-01-01T00:00:00Z', NULL, NULL), ('crm', 'C4', 'analytics', 'maybe', '2026-01-01T00:00:00Z', NULL, NULL),
    ('crm', 'C5', 'analytics', 'given', 'jane@example.com', NULL, NULL), ('crm', 'C6', 'analytics', 'given', '2026-01-01T00:00:00Z', '2025-01-01Z', NULL), ('crm', 'C7', 'analytics', 'given', '2026-01-01T00:00:00Z', NULL, 'XX'), ('crm', NULL, 'analytics', 'given', '2026-01-01T00:00:00Z', NULL, NULL);
SELECT * FROM ingest_consents('public.decisions', 'crm_consents');
SELECT * FROM ingest_consents('public.decisions', 'crm_consents');
SELECT left(record_id, 1) || right(record_id, 1) LIKE 'C%' AS by_record, column_name, reason FROM rejects ORDER BY 2, 3;
SELECT source, record_id, omni.purpose_names(allowed) AS allowed, omni.purpose_names(refused) AS refused, valid_until, ledger_no FROM consent_states WHERE source = 'crm' ORDER BY 1, 2;
SELECT * FROM verify_ledger();
CREATE TABLE public.wrong (source text, record_id text, purpose text, decision text, at timestamp);
SELECT * FROM ingest_consents('public.wrong', 'x');
ALTER TABLE public.wrong DROP at;
SELECT * FROM ingest_consents('public.wrong', 'x');

-- bad input
SELECT record_consent('web', 'W1', 'post', 'given');
SELECT record_consent('web', 'W1', 'analytics', 'perhaps');
SELECT record_consent('web', 'W1', 'analytics', NULL);
SELECT record_consent('web', '', 'analytics', 'given');
SELECT record_consent('web', '~erased/1/1', 'analytics', 'given');
SELECT record_consent('web', 'W1', '{}'::text[], 'given');
SELECT record_consent('web', 'W1', 'analytics', 'given', 'infinity');
SELECT record_consent('web', 'W1', 'analytics', 'given', '2026-01-01Z', '{"colour": "red"}');
SELECT record_consent('web', 'W1', 'analytics', 'given', '2026-01-01Z', '["red"]');
SELECT record_consent('web', 'W1', 'analytics', 'given', '2026-01-01Z', '{"expires_at": "2025-01-01T00:00:00Z"}');
SELECT record_consent('web', 'W1', 'analytics', 'given', '2026-01-01Z', '{"expires_at": "tomorrow"}');
SELECT record_consent('web', 'W1', 'analytics', 'given', '2026-01-01Z', '{"jurisdiction": "XX"}');
SELECT record_consent('web', 'W1', 'analytics', 'given', '2026-01-01Z', '{"basis": "love"}');
SELECT record_consent('web', 'W1', 'analytics', 'given', '2026-01-01Z', '{"source_kind": "oracle"}');
SELECT record_consent('web', 'W1', 'analytics', 'refused', '2026-01-01Z', NULL, 'click-1');
SELECT * FROM consent_as_of(99);
SELECT * FROM consent_as_of('web', 'W1', 'infinity');

-- tampering: each is found at the first entry that is not what was written
SELECT checkpoint_no, records, octet_length(digest) AS digest FROM checkpoint_ledger();
SELECT digest AS kept FROM checkpoint_digests() \gset
SELECT checkpoint_no, records, digest = :'kept' AS same FROM checkpoint_ledger();
SELECT * FROM verify_ledger(:'kept');
BEGIN; UPDATE consents SET decision = 'given' WHERE record_id = 'W1' AND ledger_no = 2; SELECT * FROM verify_ledger(); ROLLBACK;
BEGIN; UPDATE consents SET recorded_at = recorded_at - interval '1 day' WHERE record_id = 'W1' AND ledger_no = 3; SELECT * FROM verify_ledger(); ROLLBACK;
BEGIN; DELETE FROM consents WHERE record_id = 'W1' AND ledger_no = 2; SELECT * FROM verify_ledger(); ROLLBACK;
BEGIN; UPDATE consents SET ledger_no = ledger_no + 1 WHERE record_id = 'W1' AND ledger_no = 5; INSERT INTO consents (source, record_id, ledger_no, purpose, decision, event_at, recorded_at, salt, commitment, chain_hash)
    SELECT source, record_id, 5, purpose, decision, event_at, recorded_at, salt, commitment, chain_hash FROM consents WHERE record_id = 'W1' AND ledger_no = 4; SELECT * FROM verify_ledger(); ROLLBACK;
BEGIN; UPDATE consents SET record_id = CASE record_id WHEN 'W1' THEN 'W2' ELSE 'W1' END, ledger_no = ledger_no + 100 WHERE record_id IN ('W1', 'W2'); UPDATE consents SET ledger_no = ledger_no - 100 WHERE record_id IN ('W1', 'W2'); SELECT * FROM verify_ledger(); ROLLBACK;
BEGIN; DELETE FROM consents WHERE record_id = 'W1' AND ledger_no = 5; SELECT * FROM verify_ledger(); ROLLBACK;
-- the end, and what knows of it
BEGIN; DELETE FROM consents WHERE record_id = 'W1' AND ledger_no = 5; UPDATE consent_states s SET ledger_no = 4, chain_hash = c.chain_hash FROM consents c WHERE s.record_id = 'W1' AND c.record_id = 'W1' AND c.ledger_no = 4; SELECT * FROM verify_ledger();
DELETE FROM consent_checkpoints WHERE record_id = 'W1'; SELECT * FROM verify_ledger(); SELECT * FROM verify_ledger(:'kept'); ROLLBACK;
BEGIN; UPDATE consents SET purpose = NULL, decision = NULL, event_at = NULL, salt = NULL, erased_at = now() WHERE record_id = 'W1' AND ledger_no = 2; SELECT * FROM verify_ledger(); ROLLBACK;
BEGIN; DELETE FROM consent_states WHERE record_id = 'W2'; SELECT * FROM verify_ledger(); ROLLBACK;

-- proof
SELECT consent_receipt('web', 'W1', 1) AS receipt \gset
SELECT verify_receipt(:'receipt'), verify_receipt(jsonb_set(:'receipt', '{said}', to_jsonb(replace(:'receipt'::jsonb ->> 'said', 'email_marketing', 'sms_marketing')))) AS forged;
SELECT consent_receipt('web', 'W1', 99);
SELECT verify_receipt('{}');

-- pseudonyms: stored, renewed, mapped
SELECT * FROM refresh_pseudonyms('crm');
SELECT * FROM refresh_pseudonyms('crm');
SELECT count(*), count(DISTINCT pseudonym) FROM pseudonyms;
SELECT p.pseudonym = omni.pseudonym(p.identifier, 'crm') AS right, count(*) FROM pseudonyms p GROUP BY 1;
SELECT count(*), count(DISTINCT old_pseudonym), bool_or(m.old_pseudonym = omni.pseudonym('jane@example.com'::omni.email, 'crm', 2)::text) AS hers FROM pseudonym_mapping('crm', 2) m;
UPDATE pseudonyms SET pseudonym = omni.pseudonym(identifier, 'crm', 2) WHERE identifier = 'email:jane@example.com';
SELECT * FROM refresh_pseudonyms('crm');
SELECT * FROM refresh_pseudonyms('research');
SELECT count(*) FROM subject_secrets;
SELECT * FROM refresh_pseudonyms('unknown');

-- masked views
CREATE TABLE public.people (id bigint PRIMARY KEY, mail omni.email, tel omni.phone, name text, city text, secret text);
INSERT INTO public.people VALUES (1, 'jane@example.com', '+4930901820', 'Jane', 'Berlin', 's'), (2, 'sam@example.com', NULL, 'Sam', 'Bonn', 's'), (3, 'eve@example.com', NULL, 'Eve', 'Ulm', 's'), (4, 'kim@example.com', NULL, 'Kim', 'Ulm', 's');
CREATE INDEX people_mail ON public.people (mail);
SELECT create_masked_view('public.people', 'email_marketing', 'regress_store_views', 'id', 'customer_id', '{mail,tel,name}', '{id,city}', 'crm');
SELECT create_masked_view('public.people', 'email_marketing', 'regress_store_views', 'mail', 'identifier', '{mail,name}', '{id}', view_name => 'by mail');
GRANT USAGE ON SCHEMA shop_bi TO regress_store_bi;
GRANT SELECT ON shop_bi.people_email_marketing, shop_bi."by mail" TO regress_store_bi;
SELECT viewowner FROM pg_views WHERE viewname IN ('people_email_marketing', 'by mail');
SET ROLE regress_store_bi;
SELECT id, city, mail, left(mail_pseudonym, 6) AS mail_pseudonym, left(mail_shown, 6) AS mail_shown, tel, left(tel_shown, 6) AS tel_shown, name, name_shown FROM shop_bi.people_email_marketing ORDER BY id;
SELECT * FROM shop_bi."by mail" ORDER BY id;
-- a predicate sees what is shown
SELECT id FROM shop_bi.people_email_marketing WHERE mail = 'jane@example.com' OR mail_shown = 'jane@example.com' OR name = 'Jane';
SELECT id FROM shop_bi.people_email_marketing WHERE mail = 'sam@example.com';
SELECT secret FROM shop_bi.people_email_marketing;
SELECT * FROM public.people;
SELECT * FROM shop.consents;
RESET ROLE;
-- a look-up is one in the index: operators of omni are leakproof
SET enable_seqscan = off;
CREATE FUNCTION public.uses(query text, index_name text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE line text; found boolean := false;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        found := found OR line LIKE '%Index%' || index_name || '%';
    END LOOP;
    RETURN found;
END $$;
SELECT public.uses('SELECT * FROM shop_bi.people_email_marketing WHERE mail = ''sam@example.com''', 'people_mail') AS by_mail, public.uses('SELECT * FROM shop_bi.people_email_marketing WHERE name = ''Sam''', 'people_mail') AS by_name;
RESET enable_seqscan;
-- a function of the reader's gets what is shown, whatever it costs: PostgreSQL takes a UNION ALL apart before it looks for a barrier
CREATE FUNCTION public.told(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$ BEGIN RAISE WARNING 'told %', $1; RETURN true; END $$;
SELECT id FROM shop_bi.people_email_marketing WHERE public.told(mail::text) AND public.told(name) ORDER BY id;
DROP FUNCTION public.told(text);
-- a withdrawal shows at once, an expiry at its instant and without a write
SELECT record_consent('web', 'W2', 'email_marketing', 'withdrawn', '2026-01-07Z') > 0 AS written;
SELECT id, mail, mail_shown FROM shop_bi.people_email_marketing WHERE id = 2;
SELECT record_consent('web', 'W3', 'email_marketing', 'given', now() - interval '1 day', jsonb_build_object('expires_at', to_char(clock_timestamp() AT TIME ZONE 'UTC' + interval '4 seconds', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))) > 0 AS written;
SELECT id, mail FROM shop_bi.people_email_marketing WHERE mail = 'eve@example.com';
SELECT pg_sleep(4.1);
SELECT id, mail FROM shop_bi.people_email_marketing WHERE mail = 'eve@example.com';
SELECT id, mail, left(mail_shown, 6) AS mail_shown FROM shop_bi.people_email_marketing WHERE id = 3;
-- a masked view over nothing but a table of the owner's, by names of its columns
SELECT create_masked_view('public.people', 'email_marketing', 'regress_store_login', 'id', 'customer_id', '{mail}');
SELECT create_masked_view('public.people', 'email_marketing', current_user, 'id', 'customer_id', '{mail}');
SELECT create_masked_view('public.people', 'post', 'regress_store_views', 'id', 'customer_id', '{mail}');
SELECT create_masked_view('public.people', 'analytics', 'regress_store_views', 'id', 'customer_id', '{"mail, secret"}');
SELECT create_masked_view('public.people', 'analytics', 'regress_store_views', 'city', 'customer_id', '{mail}');
SELECT create_masked_view('public.people', 'analytics', 'regress_store_views', 'id', 'customer_id', '{mail}', '{mail}');
SELECT create_masked_view('public.people', 'analytics', 'regress_store_views', 'id', 'customer_id', '{}');
SELECT create_masked_view('public.people', 'email_marketing', 'regress_store_views', 'id', 'customer_id', '{mail}');
SELECT create_masked_view('pg_stats', 'analytics', 'regress_store_views', 'id', 'customer_id', '{mail}');
CREATE TEMP TABLE people AS SELECT * FROM public.people;
SELECT create_masked_view('pg_temp.people', 'analytics', 'regress_store_views', 'id', 'customer_id', '{mail}');
CREATE TABLE public.others (id bigint, mail omni.email);
ALTER TABLE public.others OWNER TO regress_store_login;
SELECT create_masked_view('public.others', 'analytics', 'regress_store_views', 'id', 'customer_id', '{mail}');
-- names that would end a string or a statement are names
CREATE TABLE public."p'; DROP TABLE x; --%s" (id bigint, "a""b'c$$%I" omni.email);
INSERT INTO public."p'; DROP TABLE x; --%s" VALUES (1, 'jane@example.com'), (4, 'kim@example.com');
SELECT create_masked_view('public."p''; DROP TABLE x; --%s"', 'analytics', 'regress_store_views', 'id', 'customer_id', ARRAY['a"b''c$$%I'], '{id}', 'crm', view_name => 'v''; --%s');
SELECT id, "a""b'c$$%I" FROM shop_bi."v'; --%s" ORDER BY id;

-- a role for BI reads every view of BI, joins and counts by pseudonym, and sees no raw identifier
SELECT identify('{email:jane@example.com}', 'web', 'W1', '2026-01-02Z', '{"country": "DE"}') AS jane, identify('{email:kim@example.com}', 'web', 'W4', '2026-01-02Z', '{"country": "FR"}') AS kim;
SELECT set_bi_attributes('["country"]');
INSERT INTO touchpoints (touchpoint_key, visitor, occurred_at, kind) VALUES ('t1', 'email:jane@example.com', '2026-01-01Z', 'click'), ('t2', 'email:kim@example.com', '2026-01-01Z', 'click');
SELECT count(customer_pseudonym) FROM shop_bi.dim_customer;
SELECT set_bi_privacy('post', 'crm');
SELECT set_bi_privacy('analytics', 'No Domain');
SELECT set_bi_privacy('analytics', 'crm');
GRANT SELECT ON ALL TABLES IN SCHEMA shop_bi TO regress_store_bi;
SET ROLE regress_store_bi;
CREATE FUNCTION pg_temp.reads(words text[], OUT views bigint, OUT traces text) LANGUAGE plpgsql AS $$
DECLARE v regclass; found bigint;
BEGIN
    views := 0;
    FOR v IN SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'shop_bi'::regnamespace AND c.relkind = 'v' ORDER BY c.relname LOOP
        EXECUTE format('SELECT count(*) FROM %s x WHERE EXISTS (SELECT FROM unnest($1) w WHERE strpos(lower(x::text), w) > 0)', v) INTO found USING words;
        views := views + 1;
        IF found > 0 THEN traces := concat_ws(', ', traces, v); END IF;
    END LOOP;
END $$;
-- masked views are among them, which show sam where he allows it
SELECT * FROM pg_temp.reads('{jane,eve@,kim@,4930901820}');
SELECT customer_key, left(customer_pseudonym, 6) AS customer_pseudonym FROM shop_bi.dim_customer ORDER BY 1;
SELECT customer_key, attribute, value FROM shop_bi.customer_attribute;
SELECT count(*) AS touchpoints, count(DISTINCT d.customer_pseudonym) AS pseudonyms FROM shop_bi.fact_touchpoint f LEFT JOIN shop_bi.dim_customer d USING (customer_pseudonym);
SELECT purpose, records, records_given, customers, customers_allowed, customers_refused, allowed_share FROM shop_bi.consent_coverage ORDER BY 1;
SELECT omni.pseudonym('jane@example.com'::omni.email, 'crm');
SELECT shop.refresh_pseudonyms('crm');
DROP FUNCTION pg_temp.reads(text[]);
RESET ROLE;

-- a role that records, and can take nothing back: it has INSERT on the ledger and no other right to write it
GRANT USAGE ON SCHEMA shop TO regress_store_login;
GRANT SELECT ON shop.consents, shop.consent_states, shop.purpose_labels, shop.residency_tags, shop.identity_settings, shop.outbox, shop.rejects, public.decisions TO regress_store_login;
GRANT INSERT ON shop.consents, shop.consent_states, shop.outbox, shop.rejects TO regress_store_login;
GRANT UPDATE ON shop.consent_states, shop.rejects TO regress_store_login;
SET ROLE regress_store_login;
SELECT record_consent('web', 'W9', 'analytics', 'given', '2026-01-01Z', NULL, 'w9') AS number, record_consent('web', 'W9', 'analytics', 'given', '2026-01-01Z', NULL, 'w9') AS retry;
SELECT new, repeated, rejected FROM ingest_consents('public.decisions', 'crm_consents');
SELECT purpose, allowed FROM consent_as_of('web', 'W9');
DELETE FROM shop.consents;
UPDATE shop.consents SET decision = 'given';
SELECT * FROM shop.pseudonyms;
SELECT * FROM shop.subject_secrets;
SELECT shop.create_masked_view('public.people', 'analytics', 'regress_store_views', 'id', 'customer_id', '{mail}');
SELECT shop.register_relation('public.others', 'id', 'customer_id', 'delete');
SELECT shop.subject_erase(1, 'x');
SELECT shop.apply_retention();
RESET ROLE;

-- a key that is the record of a source
CREATE TABLE public.sessions (web_id text, mail omni.email);
INSERT INTO public.sessions VALUES ('W2', 'sam@example.com'), ('W4', 'kim@example.com'), ('W9', 'new@example.com');
SELECT create_masked_view('public.sessions', 'analytics', 'regress_store_views', 'web_id', 'record_id', '{mail}', '{web_id}', 'crm', 'web');
SELECT web_id, mail, left(mail_shown, 6) AS mail_shown FROM shop_bi.sessions_analytics ORDER BY 1;
SELECT create_masked_view('public.sessions', 'email_marketing', 'regress_store_views', 'web_id', 'record_id', '{mail}');
-- rules, and security that is forced on the owner, would keep rows from being handled
CREATE TABLE public.ruled (id bigint);
CREATE RULE never AS ON DELETE TO public.ruled DO INSTEAD NOTHING;
SELECT register_relation('public.ruled', 'id', 'customer_id', 'delete');
DROP RULE never ON public.ruled;
DROP TABLE public.ruled;
CREATE TABLE public.ruled (id bigint);
ALTER TABLE public.ruled FORCE ROW LEVEL SECURITY;
SELECT register_relation('public.ruled', 'id', 'customer_id', 'delete');
DROP TABLE public.ruled;

-- residency
SELECT set_residency('{EU}');
SELECT tag_residency('web', 'W1', 'EU');
SELECT tag_residency('web', 'W1', 'US');
SELECT set_residency('{US}');
SELECT subject_export(1, 'US');
SELECT jsonb_typeof(subject_export(1, 'EU'));

-- all that is known of a customer, and that it goes
SELECT merge_customers(1, 3, 'one person') AS merged;
INSERT INTO channels (channel_code, name) VALUES ('web', 'Web');
INSERT INTO products (sku) VALUES ('A-1');
INSERT INTO orders (order_ref, channel_code, customer_id, placed_at, currency) VALUES ('O-1', 'web', 1, '2026-01-02Z', 'EUR'), ('O-2', 'web', 4, '2026-01-02Z', 'EUR');
INSERT INTO order_lines (order_ref, line_no, sku, qty, unit_price) VALUES ('O-1', 1, 'A-1', 2, 10), ('O-2', 1, 'A-1', 1, 10);
INSERT INTO payments (order_ref, payment_key, kind, amount, occurred_at) VALUES ('O-1', 'P1', 'captured', 20, '2026-01-02Z');
INSERT INTO carts (cart_key, customer_id) VALUES ('cart-jane', 1);
INSERT INTO cart_events (cart_key, event_key, sku, qty) VALUES ('cart-jane', 'e1', 'A-1', 1);
INSERT INTO rejects (feed, record_id, column_name, reason, raw) VALUES ('crm', 'r1', 'tel', 'syntax', '{"mail": "Jane@Example.com", "tel": "x"}'), ('crm', 'r2', 'mail', 'syntax', '{"mail": "x", "tel": "030 / 90 18 20"}'), ('crm', 'r3', 'mail', 'syntax', '{"mail": "y", "tel": "030 90 18 21"}');
CREATE TABLE public.notes (customer bigint, note text);
CREATE TABLE public.letters (mail text, text text);
CREATE TABLE public.calls (web_id text, words text, length integer);
INSERT INTO public.notes VALUES (1, 'likes red'), (3, 'likes blue'), (4, 'likes green');
INSERT INTO public.letters VALUES ('JANE@example.com', 'hello'), ('kim@example.com', 'hello');
INSERT INTO public.calls VALUES ('W1', 'long words', 60), ('W4', 'words', 10);
SELECT register_relation('public.notes', 'customer', 'customer_id', 'delete');
SELECT register_relation('public.letters', 'mail', 'identifier', 'keep', reason => 'Art. 17(3)(b): commercial letters, six years');
SELECT register_relation('public.calls', 'web_id', 'record_id', 'nullify', '{words,web_id}', 'web');
SELECT register_relation('public.notes', 'customer', 'customer_id', 'keep');
SELECT register_relation('public.notes', 'nobody', 'customer_id', 'delete');
SELECT register_relation('public.notes', 'note', 'customer_id', 'delete');
SELECT register_relation('public.people', 'id', 'customer_id', 'nullify', '{id}');
SELECT register_relation('public.others', 'id', 'customer_id', 'delete');
SELECT register_relation('shop.orders', 'customer_id', 'customer_id', 'delete');
SELECT e ->> 'customer' AS customer, e -> 'identifiers' AS identifiers, e -> 'registered' AS registered FROM (SELECT subject_export(3) AS e) x;
SELECT key, jsonb_array_length(value) AS rows FROM jsonb_each(subject_export(1) -> 'store') ORDER BY 1;
SELECT subject_export(99);
SELECT subject_erase(99, 'request 17');
SELECT subject_erase(1, ' ');
SET ROLE regress_store_bi;
SELECT shop.subject_erase(1, 'request 17');
RESET ROLE;
CREATE FUNCTION public.keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER keep BEFORE DELETE ON public.notes FOR EACH ROW EXECUTE FUNCTION public.keep();
SELECT subject_erase(1, 'request 17');
DROP TRIGGER keep ON public.notes;
DROP FUNCTION public.keep();
ALTER TABLE public.notes OWNER TO regress_store_login;
SELECT subject_erase(1, 'request 17');
ALTER TABLE public.notes OWNER TO CURRENT_USER;
SELECT relation, action, rows FROM subject_erase(1, 'request 17');
SELECT * FROM omni.check_store('shop');
SELECT * FROM verify_ledger(:'kept');
SELECT verify_receipt(:'receipt') AS proved_still;
SELECT * FROM public.notes; SELECT * FROM public.letters; SELECT * FROM public.calls ORDER BY length;
SELECT order_ref, customer_id FROM orders ORDER BY 1;
SELECT count(*) AS lines, sum(qty) AS units FROM order_lines;
SELECT touchpoint_key, visitor FROM touchpoints ORDER BY 1;
SELECT record_id FROM rejects WHERE feed = 'crm' ORDER BY 1;
SELECT customer_id, source, record_id, merged_into FROM customers ORDER BY 1;
-- not a trace of her in the whole store, but in receipts of others and the letters that are kept
CREATE FUNCTION public.traces(words text[]) RETURNS TABLE (relation text, rows bigint) LANGUAGE plpgsql AS $$
BEGIN
    FOR relation IN SELECT k.relation FROM omni.store_keys() k ORDER BY 1 LOOP
        EXECUTE format('SELECT count(*) FROM shop.%I x WHERE EXISTS (SELECT FROM unnest($1) w WHERE strpos(regexp_replace(lower(x::text), ''ps1:\w{42}'', ''ps1'', ''g''), w) > 0)', relation) INTO rows USING words;
        IF rows > 0 THEN RETURN NEXT; END IF;
    END LOOP;
END $$;
SELECT * FROM public.traces('{jane,eve@,4930901820,901820,",w1,","\"w1\"",",w3,","\"w3\"",loved}');
SELECT * FROM public.traces('{kim@,",w4,","\"w4\""}');
SELECT customer_id, reason, jsonb_array_length(report) AS report FROM erasures;
SELECT records, customers FROM rebuild_identities();
SELECT * FROM omni.check_store('shop');
SELECT customer_id FROM orders WHERE order_ref = 'O-1';
-- who comes again is somebody new
SELECT identify('{email:jane@example.com}', 'web', 'W1', '2026-02-01Z') > 4 AS somebody_new;
SELECT count(*) FROM customer_consents c WHERE c.customer_id = customer_of('email:jane@example.com');

-- retention
SELECT set_retention('touchpoints', '13 months', 'what attribution needs');
SELECT set_retention('orders', '1 day', 'x');
SELECT set_retention('rejects', '-1 day', 'x');
UPDATE touchpoints SET occurred_at = now() - interval '2 years' WHERE touchpoint_key = 't2';
SELECT relation, older_than < now() AS older, rows FROM apply_retention() ;
SELECT apply_retention('infinity');
SELECT count(*) FROM touchpoints;

-- a store comes apart and together with all of it
SELECT drop_masked_view(v) FROM unnest(ARRAY['sessions_analytics', 'people_email_marketing', 'by mail', 'v''; --%s']) v;
SELECT drop_masked_view('by mail');
SELECT drop_masked_view('dim_customer');
SELECT omni.detach_store('shop');
SELECT omni.attach_store('shop');
SELECT * FROM verify_ledger(:'kept');
SELECT verify_receipt(:'receipt');
SELECT count(*) FROM customer_consents;

SET client_min_messages = error;
DROP SCHEMA shop, shop_bi, shop_pii CASCADE;
DROP TABLE public.sessions, public.decisions, public.wrong, public.people, public."p'; DROP TABLE x; --%s", public.notes, public.letters, public.calls;
DROP FUNCTION public.uses(text, text), public.traces(text[]);
DROP OWNED BY regress_store_bi, regress_store_views, regress_store_login;
DROP ROLE regress_store_views, regress_store_bi, regress_store_login;
