-- Whose data is it: what an erasure must find in every spelling and place, what it must leave to others, and what changes nobody notices without verify_ledger().
\set VERBOSITY terse
SET client_min_messages = warning;
SET timezone = 'UTC';
CREATE ROLE regress_subject_owner NOLOGIN;
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO regress_subject_owner', current_database()); END $$;
CREATE SCHEMA regress_subject AUTHORIZATION regress_subject_owner;
SET ROLE regress_subject_owner;
SELECT omni.create_store('shop');
SET search_path = shop, regress_subject;
SELECT identify('{email:jane@example.com,phone:+4930901820,cookie:c1}', 'crm', 'J77', '2026-01-01Z') AS jane, identify('{email:sam@example.com,phone:+4930901821}', 'web', 'W2', '2026-01-01Z') AS sam;

-- what somebody changed past the functions, in the table that views look at
SELECT record_consent('crm', 'J77', 'analytics', 'refused', '2026-01-03Z'), record_consent('web', 'W2', 'analytics', 'given', '2026-01-03Z', '{"expires_at": "2999-01-01T00:00:00Z"}');
SELECT * FROM verify_ledger();
BEGIN; UPDATE consent_states SET consent = omni.consent('crm', 'J77', 'analytics', 'given', '2026-02-02Z') WHERE record_id = 'J77'; SELECT * FROM verify_ledger(); ROLLBACK;
BEGIN; UPDATE consent_states SET allowed = -1, refused = 0 WHERE record_id = 'J77'; SELECT * FROM verify_ledger(); ROLLBACK;
BEGIN; UPDATE consent_states SET consent = NULL, allowed = 0, refused = 0 WHERE record_id = 'J77'; SELECT * FROM verify_ledger(); ROLLBACK;
BEGIN; UPDATE consent_states SET valid_until = 'infinity' WHERE record_id = 'W2'; SELECT * FROM verify_ledger(); ROLLBACK;
BEGIN; UPDATE consent_states SET chain_hash = NULL WHERE record_id = 'W2'; SELECT * FROM verify_ledger(); ROLLBACK;

-- a retry of what was decided now, which is another now, is a retry; another time that is named is not
SELECT record_consent('web', 'W2', 'sms_marketing', 'given', idempotency_key => 'now');
SELECT record_consent('web', 'W2', 'sms_marketing', 'given', idempotency_key => 'now');
SELECT record_consent('web', 'W2', 'sms_marketing', 'given', '2026-01-01Z', idempotency_key => 'now');

-- a table of the user's, with keys in every spelling
CREATE TABLE regress_subject.numbers (number text, n text);
INSERT INTO regress_subject.numbers VALUES ('+49 30 901820', 'a'), ('030/901820', 'b'), ('0049 30 901820', 'c'), ('phone:+4930901820', 'd'), (' Jane@EXAMPLE.com ', 'e'), ('cookie:c1', 'f'), ('030/901821', 'sam'), ('901820', 'whose'), (NULL, 'nobody');
SELECT register_relation('regress_subject.numbers', 'number', 'identifier', 'delete');
SELECT x ->> 'n' AS hers FROM jsonb_array_elements(subject_export(1) #> '{registered,regress_subject.numbers}') x ORDER BY 1;
-- rows that others refer to go after those
CREATE TABLE regress_subject.a_parents (id bigint PRIMARY KEY);
CREATE TABLE regress_subject.b_children (customer bigint REFERENCES regress_subject.a_parents);
CREATE TABLE regress_subject.c_dropped (id bigint);
INSERT INTO regress_subject.a_parents VALUES (1), (2);
INSERT INTO regress_subject.b_children VALUES (1), (2);
SELECT register_relation('regress_subject.a_parents', 'id', 'customer_id', 'delete'), register_relation('regress_subject.b_children', 'customer', 'customer_id', 'delete'), register_relation('regress_subject.c_dropped', 'id', 'customer_id', 'delete');
DROP TABLE regress_subject.c_dropped;
-- rows that row security hides from the owner, or from another who exports, are not left out without a word
CREATE TABLE regress_subject.hidden (id bigint);
INSERT INTO regress_subject.hidden VALUES (1);
ALTER TABLE regress_subject.hidden ENABLE ROW LEVEL SECURITY;
SELECT register_relation('regress_subject.hidden', 'id', 'customer_id', 'delete');
ALTER TABLE regress_subject.hidden FORCE ROW LEVEL SECURITY;
SELECT subject_export(1);
SELECT subject_erase(1, 'r');
ALTER TABLE regress_subject.hidden NO FORCE ROW LEVEL SECURITY;
RESET ROLE;
CREATE ROLE regress_subject_reader NOLOGIN;
GRANT USAGE ON SCHEMA shop, regress_subject TO regress_subject_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA shop, regress_subject TO regress_subject_reader;
SET ROLE regress_subject_reader;
SELECT subject_export(1);
-- nor does a table that another one owns run code, however far below
RESET ROLE;
CREATE ROLE regress_subject_other NOLOGIN;
GRANT USAGE, CREATE ON SCHEMA regress_subject TO regress_subject_other;
SET ROLE regress_subject_owner;
CREATE TABLE regress_subject.deep (id bigint, c int) PARTITION BY LIST (c);
CREATE TABLE regress_subject.deep_1 PARTITION OF regress_subject.deep FOR VALUES IN (1, 2) PARTITION BY LIST (c);
CREATE TABLE regress_subject.deep_1_1 PARTITION OF regress_subject.deep_1 FOR VALUES IN (1);
RESET ROLE;
ALTER TABLE regress_subject.deep_1_1 OWNER TO regress_subject_other;
SET ROLE regress_subject_owner;
SELECT register_relation('regress_subject.deep', 'id', 'customer_id', 'delete');

-- rejects, in whatever words
INSERT INTO rejects (feed, record_id, column_name, reason, raw) VALUES
    ('crm', 'J77', 'x', 'syntax', '{"source": "google", "name": "a column of the feed that is called source"}'), ('crm', 'r2', 'x', 'syntax', '{"tel": 4930901820}'), ('crm', 'r3', 'x', 'syntax', '{"note": "write to Jane@Example.com."}'),
    ('crm', 'r4', 'x', 'syntax', '{"jane@example.com": 1}'), ('crm', 'jane@example.com', 'x', 'syntax', '{}'), ('crm', 'r7', 'x', 'syntax', '{"mail": "mailto:jane@example.com"}'), ('crm', 'r8', 'x', 'syntax', '[["Jane Doe <JANE@example.com>"]]'),
    ('crm', 'r9', 'x', 'syntax', '{"tel": "0049 (30) 901820"}'), ('crm', 'r10', 'x', 'syntax', '"c1"'),
    ('f', 'J77', 'consent:analytics', 'x', '{"source": "crm", "record_id": "J77"}'),
    -- not hers
    ('f', 'J77', 'consent:post', 'x', '{"source": "web", "record_id": "J77"}'), ('web', 'J77', 'x', 'syntax', '{"source": "crm"}'), ('web', 'o1', 'x', 'syntax', '{"mail": "mary.jane@example.com", "tel": 4930901821, "qty": 1}'), ('web', 'o2', 'x', 'syntax', '{"c1": "c11", "tel": "901"}');

-- stored pseudonyms of somebody who was split off since they were made
SELECT identify('{email:ann@example.com}', 'web', 'A1', '2026-01-01Z') AS ann, identify('{email:bob@example.com}', 'web', 'B1', '2026-01-01Z') AS bob;
SELECT merge_customers(3, 4, 'one') IS NOT NULL AS merged;
INSERT INTO pseudonyms (identifier, domain, customer_id, pseudonym) SELECT i, 'crm', CASE i WHEN 'email:jane@example.com' THEN 1 ELSE 3 END, 'ps1:8vyfeq800c0g29qn34pfck389xaynxpdp84r1y5fzm' FROM unnest('{email:jane@example.com,email:ann@example.com,email:bob@example.com,omni_customer:3}'::omni.identifier[]) i;
SELECT split_customer(3, '[["web", "B1"]]') IS NOT NULL AS split;
SELECT count(*) AS of_bob_in_anns FROM jsonb_each(subject_export(customer_of('email:ann@example.com')) -> 'store') x WHERE x.value::text LIKE '%bob@%';
SELECT x ->> 'identifier' AS bobs FROM jsonb_array_elements(subject_export(customer_of('email:bob@example.com')) #> '{store,pseudonyms}') x;
SELECT count(*) FROM subject_erase(customer_of('email:bob@example.com'), 'request 1');
SELECT identifier FROM pseudonyms ORDER BY identifier::text;

SELECT CASE action WHEN 'gone' THEN 'a number' ELSE relation END AS relation, action, rows, legal_reason FROM subject_erase(1, 'request 2') WHERE relation LIKE 'regress_subject%' OR relation IN ('rejects', 'pseudonyms') OR action = 'gone';
SELECT n FROM regress_subject.numbers ORDER BY 1;
SELECT feed, record_id, column_name FROM rejects ORDER BY 1, 2, 3;
SELECT * FROM verify_ledger();
-- once more: there is nothing left
SELECT relation, action, rows FROM subject_erase(1, 'request 2, sent twice') WHERE rows > 0 AND action <> 'kept';

-- who decided and was never identified is, by what the person shows
SELECT record_consent('cmp', 'cookie-9', 'analytics', 'given', '2026-01-01Z', '{"details": {"ip": "192.0.2.9"}}');
SELECT identify('{cookie:cookie-9}', 'cmp', 'cookie-9', '2026-01-01Z') AS visitor;
SELECT jsonb_array_length(subject_export(customer_of('cookie:cookie-9')) #> '{store,consents}') AS decisions;
SELECT rows FROM subject_erase(customer_of('cookie:cookie-9'), 'request 3') WHERE relation = 'consents';
SELECT count(*) FROM consents WHERE details IS NOT NULL;

-- BI gets no attribute that is an identifier by its name
SELECT set_bi_attributes('["country", "email"]');
SELECT set_bi_attributes('["phone"]');
-- retention: the same in every time zone, exactly at the boundary, and never of what has not been
SELECT set_retention('touchpoints', '1 month -29 days', 'x');
SELECT set_retention('touchpoints', '1 day', 'x');
INSERT INTO touchpoints (touchpoint_key, visitor, occurred_at, kind) VALUES ('at', 'cookie:b', '2026-03-28 22:30Z', 'click'), ('before', 'cookie:b', '2026-03-28 22:29:59.999999Z', 'click');
SET timezone = 'Europe/Berlin';
SELECT older_than AT TIME ZONE 'UTC' AS older_than, rows FROM apply_retention('2026-03-29 22:30Z');
SET timezone = 'UTC';
SELECT touchpoint_key FROM touchpoints;

-- the phone of a family: what is under it is not exported as one's, and stays for the other one
SELECT set_merge_limits('{"limits": {"*": 1}}') IS NOT NULL AS set;
SELECT identify('{email:mum@example.com,phone:+4930901830}', 'web', 'F1', '2026-01-01Z') <> identify('{email:dad@example.com,phone:+4930901830}', 'web', 'F2', '2026-01-02Z') AS two;
INSERT INTO touchpoints (touchpoint_key, visitor, occurred_at, kind) VALUES ('family', 'phone:+4930901830', '2026-01-01Z', 'call'), ('mum', 'email:mum@example.com', '2026-01-01Z', 'click');
INSERT INTO rejects (feed, record_id, column_name, reason, raw) VALUES ('x', 'family', 'c', 'syntax', '{"tel": "+4930901830", "name": "dad"}');
INSERT INTO regress_subject.numbers VALUES ('030 901830', 'family');
SELECT customer_of('phone:+4930901830') = customer_of('email:mum@example.com') AS mums_at_first;
SELECT e::text LIKE '%dad%' AS has_dad, e::text LIKE '%+4930901830%' AS has_phone FROM subject_export(customer_of('email:mum@example.com')) e;
SELECT relation, rows FROM subject_erase(customer_of('email:mum@example.com'), 'request 4') WHERE rows > 0;
SELECT customer_of('phone:+4930901830') = customer_of('email:dad@example.com') AS dads_now;
SELECT touchpoint_key, omni.identifier_kind(visitor) AS visitor FROM touchpoints WHERE touchpoint_key <> 'at' ORDER BY 1;
SELECT record_id FROM rejects WHERE feed = 'x';
SELECT n FROM regress_subject.numbers WHERE n = 'family';

-- decisions on two records name no customer, but people
SELECT cannot_link('web', 'F2', 'web', 'A1', 'Dad Doe is not Ann'), link_records('web', 'W2', 'web', 'A1', 0.1);
SELECT jsonb_array_length(subject_export(customer_of('email:dad@example.com')) #> '{store,merge_log}') > 0 AS in_export;
SELECT relation FROM subject_erase(customer_of('email:dad@example.com'), 'request 5') WHERE relation = 'merge_log' AND rows > 0;
SELECT count(*) FROM merge_log WHERE reason LIKE '%Doe%';

-- with what the table of rights says, and nothing more, a batch with a row to reject is taken
RESET ROLE;
CREATE ROLE regress_subject_etl NOLOGIN;
SET ROLE regress_subject_owner;
CREATE VIEW regress_subject.batch AS SELECT 'web' AS source, 'W2' AS record_id, p AS purpose, 'given' AS decision, '2026-01-01Z'::timestamptz AS at FROM unnest('{analytics,post}'::text[]) p;
GRANT USAGE ON SCHEMA shop, regress_subject TO regress_subject_etl;
GRANT SELECT ON regress_subject.batch, consents, consent_states, purpose_labels, residency_tags, identity_settings, rejects TO regress_subject_etl;
GRANT INSERT ON consents, consent_states, rejects TO regress_subject_etl;
GRANT UPDATE ON consent_states, rejects TO regress_subject_etl;
SET ROLE regress_subject_etl;
SELECT * FROM ingest_consents('regress_subject.batch', 'f');

SET client_min_messages = error;
RESET ROLE;
DROP SCHEMA shop, shop_bi, shop_pii, regress_subject CASCADE;
DO $$ BEGIN EXECUTE format('REVOKE CREATE ON DATABASE %I FROM regress_subject_owner', current_database()); END $$;
DROP ROLE regress_subject_owner, regress_subject_other, regress_subject_reader, regress_subject_etl;
