-- Who is one customer, record by record: identify(), what people decide, what is taken back.
SET client_min_messages = warning;
SET search_path = public, omni;
SET timezone = 'UTC';
SET datestyle = ISO;
SELECT omni.create_store('shop') IS NOT NULL AS made;
CREATE FUNCTION pg_temp.seen() RETURNS TABLE (customer bigint, known_by text, identifiers text, records text, bounds integer) LANGUAGE sql AS $$
    SELECT c.customer_id, c.source || '/' || c.record_id, (SELECT string_agg(i.identifier::text, ' ' ORDER BY i.identifier) FROM shop.identities i WHERE i.customer_id = c.customer_id),
        (SELECT string_agg(s.source || '/' || s.record_id, ' ' ORDER BY s.first_seen_at, s.source, s.record_id) FROM shop.source_records s JOIN shop.customers k USING (customer_id) WHERE coalesce(k.merged_into, k.customer_id) = c.customer_id), c.bounds
    FROM shop.customers c WHERE c.merged_into IS NULL ORDER BY 1 $$;
-- a call that fails: its SQLSTATE, message and hint
CREATE FUNCTION pg_temp.refused(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    d text;
    h text;
BEGIN
    EXECUTE query;
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS d = PG_EXCEPTION_DETAIL, h = PG_EXCEPTION_HINT;
    RETURN concat_ws(' | ', SQLSTATE || ' ' || SQLERRM, nullif(d, ''), nullif(h, ''));
END $$;

-- a record is somebody new, or somebody known; said again, nothing changes
SELECT shop.identify('{email:jane@example.com,phone:+4930901820}', 'web', 'W-1', '2026-01-05Z', '{"name": "Jane"}');
SELECT shop.identify('{loyalty:4711}', 'pos', 'P-1', '2026-01-09Z');
SELECT shop.identify(ARRAY['email: Jane@Example.com '], 'web', 'W-2', '2026-01-06Z', '{"name": "Jane Doe"}');
SELECT shop.identify('{email:jane@example.com}', 'web', 'W-2', '2026-01-06Z', '{"name": "Jane Doe"}');
SELECT * FROM pg_temp.seen();
-- a receipt with the card and the number joins the two
SELECT shop.identify('{loyalty:4711,phone:+4930901820}', 'pos', 'P-2', '2026-02-01Z');
SELECT customer_id, source, record_id, first_seen_at, merged_into FROM shop.customers ORDER BY 1;
SELECT identifier, customer_id, first_seen_at, last_seen_at FROM shop.identities ORDER BY 1;
SELECT source, record_id, customer_id, first_seen_at, last_seen_at, golden_record(profile) ->> 'name' AS name FROM shop.source_records ORDER BY 1, 2;
SELECT action, customer_id, other_customer_id, cause, decision, done_by = current_user AS by_me FROM shop.merge_log ORDER BY log_id;
SELECT shop.customer_of('loyalty:4711'), shop.customer_of('email:JANE@example.com'), shop.customer_of('email:nobody@example.com');
-- an earlier record is what the customer is known by from then on; the same record with an earlier time, too
SELECT shop.identify('{loyalty:4711}', 'pos', 'P-0', '2025-12-24Z');
SELECT shop.identify('{loyalty:4711}', 'pos', 'P-0', '2025-12-23Z');
SELECT shop.identify('{loyalty:4711,email:jane@work.example.com}', 'pos', 'P-0', '2026-03-01Z', '{"name": "J. Doe"}');
SELECT known_by, identifiers, records FROM pg_temp.seen();
SELECT * FROM shop.evidence WHERE record_id = 'P-0' ORDER BY 1;
SELECT first_seen_at, last_seen_at, golden_record(profile) FROM shop.source_records WHERE record_id = 'P-0';
SELECT records, customers, merged FROM shop.rebuild_identities();
SELECT known_by, identifiers, records FROM pg_temp.seen();

-- what stands for no value links nobody; the record is somebody all the same
SELECT shop.identify('{loyalty:null,phone:+4930901821}', 'web', 'W-3', '2026-01-07Z'), shop.identify('{loyalty:null}', 'web', 'W-4', '2026-01-08Z'), shop.identify('{loyalty:null}', 'web', 'W-4', '2026-01-08Z');
SELECT identifier, source, record_id, reason FROM shop.refusals ORDER BY 1, 2, 3;
SELECT * FROM pg_temp.seen();

-- an order is its own record's customer's, unless it was given to one
INSERT INTO shop.orders (order_ref, channel_code, placed_at, currency, customer_id) VALUES ('O-1', 'web', '2026-03-01Z', 'EUR', NULL), ('O-2', 'web', '2026-03-01Z', 'EUR', 3), ('O-3', 'pos', '2026-03-01Z', 'EUR', NULL);
SELECT shop.identify('{email:jane@example.com}', 'web', o, '2026-03-01Z') FROM unnest('{O-1,O-2,O-3}'::text[]) o;
SELECT order_ref, customer_id FROM shop.orders ORDER BY 1;

-- bad input
SELECT n, pg_temp.refused('SELECT shop.' || q) FROM (VALUES
    (1, $$identify('{secret}', 'web', '1')$$), (2, $$identify('{email:secret}', 'web', '1')$$), (3, $$identify('{NULL,email:a@example.com}', 'web', '1')$$), (4, $$identify('{}', 'web', '1')$$), (5, $$identify(NULL, 'web', '1')$$),
    (6, $$identify('{email:a@example.com}', '', '1')$$), (7, $$identify('{email:a@example.com}', 'web', NULL)$$), (8, $$identify('{email:a@example.com}', 'web', '1', NULL)$$), (9, $$identify('{email:a@example.com}', 'web', '1', 'infinity')$$),
    (10, $$identify('{email:a@example.com}', 'web', '1', now(), '[]')$$), (11, $$identify('{email:a@example.com}', repeat('secret', 100), '1')$$),
    (12, $$customer_of('secret')$$), (13, $$merge_customers(1, 999)$$), (14, $$merge_customers(NULL, 1)$$), (15, $$merge_customers(1, 1)$$), (16, $$cannot_link(1, 1)$$), (17, $$cannot_link('web', 'W-1', 'web', 'W-1')$$),
    (18, $$cannot_link('web', 'W-1', 'web', NULL)$$), (19, $$link_records('web', 'W-1', 'web', 'W-2', 'NaN')$$), (20, $$link_records('web', 'W-1', 'web', 'W-1', 5)$$),
    (21, $$split_customer(1, '{}')$$), (22, $$split_customer(1, '[]')$$), (23, $$split_customer(1, '[["web", 1]]')$$), (24, $$split_customer(1, '[["web", "W-3"]]')$$), (25, $$split_customer(1, '[["web", "nowhere"]]')$$),
    (26, $$split_customer(3, '[["web", "W-3"]]')$$), (27, $$split_customer(999, '[["web", "W-3"]]')$$), (28, $$undo_decision(NULL)$$), (29, $$undo_decision(1)$$), (30, $$undo_decision(999)$$),
    (31, $$set_merge_limits(NULL)$$), (32, $$set_merge_limits('{"limits": {"email": -1}}')$$), (33, $$set_merge_limits('{"limit": {}}')$$), (34, $$link_records(repeat('s', 600), 'W-1', 'web', 'W-2', 1)$$),
    (35, $$cannot_link('web', 'W-1', '', '')$$), (36, $$cannot_link('', 'W-1', 'web', 'W-2')$$), (37, $$link_records('web', '', 'web', 'W-2', 1)$$), (38, $$remove_record('web', '')$$), (39, $$remove_record(NULL, 'W-1')$$),
    (40, $$split_customer(1, '[["web", ""]]')$$)) v(n, q) ORDER BY n;
\set VERBOSITY sqlstate
INSERT INTO shop.links (source, record_id, other_source, other_record_id, weight) VALUES ('web', 'b', 'web', 'a', 1);
INSERT INTO shop.links (source, record_id, other_source, other_record_id, weight) VALUES ('web', 'a', 'web', 'a', 1);
\set VERBOSITY default
SELECT count(*) AS nothing_was_written FROM shop.links;

-- two customers are one because somebody says so; taken back, they are two, with their numbers
SELECT * FROM pg_temp.seen();
SELECT shop.merge_customers(4, 3, 'same handwriting');
SELECT * FROM pg_temp.seen();
SELECT l.source, l.record_id, l.other_source, l.other_record_id, l.weight, l.reason, l.refused, m.action, m.customer_id, m.other_customer_id, m.cause FROM shop.links l JOIN shop.merge_log m ON m.log_id = l.decision;
SELECT shop.undo_decision(decision, 'it was not') FROM shop.links;
SELECT * FROM pg_temp.seen();
SELECT weight, decision IS NOT NULL AS decided, refused FROM shop.links;
SELECT pg_temp.refused(format('SELECT shop.undo_decision(%s)', max(log_id))) FROM shop.merge_log WHERE action = 'same';
SELECT action, customer_id, other_customer_id, cause, decision IS NOT NULL AS of_a_decision, reason FROM shop.merge_log ORDER BY log_id;

-- some of a customer's records are somebody else's: both sides stay together, whatever they share
SELECT shop.split_customer(1, '[["pos", "P-1"], ["pos", "P-2"]]', 'her daughter has the card') AS daughter;
SELECT * FROM pg_temp.seen();
SELECT identifier, source, record_id, reason FROM shop.refusals ORDER BY 1, 2, 3;
SELECT order_ref, customer_id FROM shop.orders ORDER BY 1;
-- a record with an identifier of either goes to the one whose it is at present
SELECT shop.identify('{loyalty:4711}', 'pos', 'P-9', '2026-04-01Z') = 1 AS mother, shop.identify('{loyalty:4711,phone:+4930901820}', 'pos', 'P-10', '2026-04-01Z') = 1 AS mother;
-- a later decision on the same records stands above; taken back, the split counts again
SELECT shop.merge_customers(1, 2);
SELECT shop.undo_decision(max(log_id)) FROM shop.merge_log WHERE action = 'same';
SELECT customer, records FROM pg_temp.seen();
SELECT shop.undo_decision(max(log_id)) FROM shop.merge_log WHERE action = 'split';
SELECT * FROM pg_temp.seen();
-- customers of whom other records are kept apart cannot be merged before that is taken back
SELECT shop.cannot_link('web', 'W-2', 'web', 'W-3') IS NOT NULL AS decided;
SELECT regexp_replace(pg_temp.refused('SELECT shop.merge_customers(1, 3)'), '\d+\.', 'N.');
SELECT shop.undo_decision(max(log_id)) FROM shop.merge_log WHERE action = 'never';
-- a split of what somebody had merged
SELECT shop.merge_customers(1, 3), shop.split_customer(1, '[["web", "W-3"]]');
SELECT source, record_id, other_source, other_record_id, weight, jsonb_array_length(earlier) AS earlier FROM shop.links WHERE weight IS NOT NULL ORDER BY 1, 2, 3, 4 LIMIT 3;
SELECT customer, records FROM pg_temp.seen();
SELECT shop.undo_decision(max(log_id)) FROM shop.merge_log WHERE action = 'split';
SELECT customer, records FROM pg_temp.seen();
SELECT shop.undo_decision(max(log_id)) FROM shop.merge_log WHERE action = 'same';
SELECT customer, records FROM pg_temp.seen();

-- decisions stand above match weights, later ones above earlier ones; each can be taken back by itself
SELECT shop.link_records('web', 'W-3', 'web', 'W-4', 7.5, 'model 3') IS NULL AS no_decision, shop.cannot_link('web', 'W-4', 'web', 'W-3', 'brothers') AS never \gset
SELECT weight, refused, reason, jsonb_array_length(earlier) AS earlier FROM shop.links WHERE record_id = 'W-3' AND other_record_id = 'W-4';
SELECT shop.link_records('web', 'W-3', 'web', 'W-4', 8, 'model 4') IS NULL AS no_decision, shop.link_records('web', 'W-4', 'web', 'W-3', 'Infinity') AS same \gset
SELECT weight, refused, earlier @> '[{"weight": 8}]' AS match_weight, jsonb_array_length(earlier) AS earlier, shop.customer_of('phone:+4930901821') FROM shop.links WHERE record_id = 'W-3' AND other_record_id = 'W-4';
SELECT shop.undo_decision(:never);
SELECT weight, jsonb_array_length(earlier) AS earlier FROM shop.links WHERE record_id = 'W-3' AND other_record_id = 'W-4';
SELECT shop.undo_decision(:same);
SELECT weight, reason, decision, earlier FROM shop.links WHERE record_id = 'W-3' AND other_record_id = 'W-4';
SELECT customer, records, bounds FROM pg_temp.seen();
SELECT shop.link_records('web', 'W-3', 'web', 'W-4', NULL);
SELECT customer, records, bounds FROM pg_temp.seen();
-- two customers are never one
SELECT shop.cannot_link(3, 4) IS NOT NULL AS decided;
SELECT shop.identify('{phone:+4930901821,email:new@example.com}', 'web', 'W-5', '2026-05-01Z'), shop.identify('{email:new@example.com}', 'web', 'W-4', '2026-05-02Z');
SELECT customer, records, bounds FROM pg_temp.seen();
SELECT identifier, source, record_id, reason FROM shop.refusals WHERE reason <> 'blocked';
-- a pair that names a record which is not there waits for it
SELECT shop.link_records('web', 'W-4', 'web', 'W-6', 3);
SELECT refused FROM shop.links WHERE other_record_id = 'W-6';
SELECT shop.identify('{email:six@example.com}', 'web', 'W-6', '2026-05-03Z');
SELECT refused IS NULL AS links FROM shop.links WHERE other_record_id = 'W-6';

-- a record is taken out: as if it had never been
SELECT shop.remove_record('web', 'W-6'), shop.remove_record('web', 'W-6');
SELECT customer, records, bounds FROM pg_temp.seen();
SELECT refused FROM shop.links WHERE other_record_id = 'W-6';
SELECT shop.remove_record('pos', 'P-2'), shop.remove_record('pos', 'P-10');
SELECT customer, identifiers, records FROM pg_temp.seen();
SELECT shop.remove_record('web', 'O-1');
SELECT order_ref, customer_id FROM shop.orders ORDER BY 1;
-- a customer of whom nothing is left is gone, unless an order names it; its number is not given again
SELECT shop.identify('{email:gone@example.com}', 'web', 'G-1', '2026-05-03Z') AS gone, shop.identify('{email:kept@example.com}', 'web', 'G-2', '2026-05-03Z') AS kept \gset
INSERT INTO shop.orders (order_ref, channel_code, placed_at, currency, customer_id) VALUES ('G-3', 'web', '2026-03-01Z', 'EUR', :kept);
SELECT shop.remove_record('web', 'G-1'), shop.remove_record('web', 'G-2');
SELECT customer_id = :kept AS kept, merged_into FROM shop.customers WHERE customer_id IN (:gone, :kept);
SELECT shop.identify('{email:gone@example.com}', 'web', 'G-1', '2026-05-03Z') > :kept AS new_number;
SELECT records, merged FROM shop.rebuild_identities();

-- a customer that was put in by hand has no record: nothing can be decided of it
BEGIN;
INSERT INTO shop.customers (customer_id, source, record_id) VALUES (901, 'crm', 'none'), (902, 'crm', 'nothing');
SELECT pg_temp.refused('SELECT shop.' || q) FROM unnest('{"merge_customers(1, 901)","merge_customers(902, 901)","cannot_link(901, 1)","split_customer(901, ''[[\"crm\", \"none\"]]'')"}'::text[]) q;
ROLLBACK;
-- a number whose own record was removed stands for its customer all the same
BEGIN;
SELECT shop.identify('{loyalty:r1}', 'r', '1', '2026-01-01Z') AS one, shop.identify('{loyalty:r2}', 'r', '2', '2026-01-02Z') AS two, shop.identify('{loyalty:r1,loyalty:r2}', 'r', '3', '2026-01-03Z') AS three,
    shop.identify('{loyalty:r4}', 'r', '4', '2026-01-04Z') AS four, shop.remove_record('r', '2') AS removed \gset
SELECT merged_into = :one AS redirected, record_id FROM shop.customers WHERE customer_id = :two;
SELECT shop.merge_customers(:four, :two) = :one AS one;
SELECT string_agg(s.record_id, ' ' ORDER BY s.record_id) FROM shop.source_records s JOIN shop.customers c USING (customer_id) WHERE s.source = 'r' AND coalesce(c.merged_into, c.customer_id) = :one;
ROLLBACK;

-- evidence may be loaded by hand, the next rebuild counts it; a call that meets it before that does too
INSERT INTO shop.evidence (identifier, source, record_id, observed_at) VALUES ('email:hand@example.com', 'crm', 'C-1', '2026-01-01Z'), ('loyalty:77', 'crm', 'C-1', '2026-01-01Z');
SELECT shop.identify('{email:hand@example.com}', 'crm', 'C-1', '2026-01-02Z') AS hand \gset
SELECT shop.customer_of('loyalty:77') = :hand AS same;
SELECT records, merged FROM shop.rebuild_identities();

-- what no customer can be made of: check_store() counts such rows
BEGIN;
CREATE FUNCTION pg_temp.loaded(source text, record_id text, at timestamptz) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO shop.evidence VALUES ('email:loaded@example.com', source, record_id, at);
    RETURN pg_temp.refused('SELECT shop.rebuild_identities()') || (SELECT string_agg(E'\n' || concat_ws(' | ', c.relation, c.column_name, c.problem, c.hint), '') FROM omni.check_store('shop') c WHERE c.relation IN ('evidence', 'links', 'source_records'));
EXCEPTION WHEN OTHERS THEN
    RETURN SQLERRM;
END $$;
SELECT pg_temp.loaded('erp', 'E-1', 'infinity');
DELETE FROM shop.evidence WHERE source = 'erp';
SELECT pg_temp.loaded('erp', repeat('Ärger', 120), '2026-01-01Z');
DELETE FROM shop.evidence WHERE source = 'erp';
INSERT INTO shop.links (source, record_id, other_source, other_record_id, weight, decided_at) VALUES ('erp', 'L-1', 'web', 'W-1', 3, '-infinity'), ('erp', '', 'web', repeat('x', 600), 3, now());
INSERT INTO shop.source_records (source, record_id, customer_id, first_seen_at) VALUES ('', 'S-1', 1, 'infinity');
SELECT pg_temp.loaded('', 'E-2', '2026-01-01Z');
ROLLBACK;

-- limits
SELECT * FROM shop.set_merge_limits(merge_limits('segment') || '{"limits": {"user_id": 1, "email": {"max": 2, "within": "7 days"}}}', 'too many at once');
SELECT setting, value -> 'limits' AS limits FROM shop.identity_settings;
SELECT shop.identify('{user_id:1,phone:+4930901899}', 'app', '1', '2026-06-01Z') AS one, shop.identify('{user_id:2,phone:+4930901899}', 'app', '2', '2026-06-02Z') AS two, shop.identify('{user_id:3,phone:+4930901899}', 'app', '3', '2026-05-30Z') AS three \gset
SELECT shop.customer_of('user_id:1') = :one AS one, shop.customer_of('user_id:2') = :two AS two, shop.customer_of('phone:+4930901899') = shop.customer_of('user_id:3') AS first_come;
SELECT identifier, source, record_id, reason FROM shop.refusals WHERE source = 'app' ORDER BY 1, 2, 3;
SELECT shop.identify(ARRAY['email:e' || n || '@example.com', 'user_id:1'], 'app', 'e' || n, '2026-06-01Z'::timestamptz + n * interval '2 days') = :one AS one FROM generate_series(1, 5) n;
SELECT identifier, source, record_id, reason FROM shop.refusals WHERE record_id LIKE 'e_' ORDER BY 1, 2, 3;
SELECT action, cause, reason FROM shop.merge_log WHERE action = 'limits';
SELECT merged FROM shop.rebuild_identities();

-- plans use the indexes from the first call on, whatever the tables look like by then
BEGIN;
SELECT sum(seq_scan) AS before FROM pg_stat_xact_user_tables WHERE schemaname = 'shop' \gset
SELECT count(shop.identify(ARRAY['email:many' || n % 50 || '@example.com', 'loyalty:l' || n], 'many', n::text, '2026-06-01Z')) FROM generate_series(1, 300) n;
SELECT sum(seq_scan) - :before AS sequential_scans FROM pg_stat_xact_user_tables WHERE schemaname = 'shop';
ROLLBACK;

-- a value that very many share: what is refused by it is looked at as a whole, in time that grows with it and not with its square
BEGIN;
INSERT INTO shop.evidence SELECT i::omni.identifier, 'shared', n::text, '2026-06-01Z'::timestamptz + n * interval '1 minute' FROM generate_series(1, 6000) n, unnest(ARRAY['user_id:s' || n, 'phone:+4930901898']) i;
SELECT count(*) FROM shop.rebuild_identities();
SET LOCAL statement_timeout = '30s';
SELECT shop.identify('{user_id:s7,device:s7}', 'shared', 'more', '2026-07-01Z') = shop.customer_of('user_id:s7') AS his_own;
SELECT current_setting('enable_hashjoin') AS hash_joins, current_setting('enable_seqscan') AS sequential_scans;
ROLLBACK;

-- a role that may write identities and nothing else
CREATE ROLE regress_omni_identifier;
GRANT USAGE ON SCHEMA shop TO regress_omni_identifier;
GRANT SELECT, INSERT, UPDATE, DELETE ON shop.customers, shop.identities, shop.source_records, shop.refusals TO regress_omni_identifier;
GRANT SELECT, INSERT, UPDATE ON shop.evidence TO regress_omni_identifier;
GRANT SELECT, UPDATE ON shop.links, shop.orders TO regress_omni_identifier;
GRANT SELECT, INSERT ON shop.merge_log TO regress_omni_identifier;
GRANT SELECT ON shop.identity_settings TO regress_omni_identifier;
GRANT USAGE ON SEQUENCE shop.customers_customer_id_seq TO regress_omni_identifier;
SET ROLE regress_omni_identifier;
SELECT shop.identify('{user_id:4,phone:+4930901899}', 'app', '4', '2026-05-29Z') IS NOT NULL AS resolved_anew, shop.identify('{user_id:5,email:five@example.com}', 'app', '5', '2026-06-29Z') IS NOT NULL AS new;
SELECT shop.set_merge_limits('{}');
\echo :LAST_ERROR_SQLSTATE
SELECT shop.remove_record('app', '4');
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
DROP OWNED BY regress_omni_identifier;
DROP ROLE regress_omni_identifier;

-- a store that reads somebody else's customers writes none
CREATE SCHEMA made;
CREATE TABLE made.c (customer_id bigint, source text, record_id text, first_seen_at timestamptz);
SELECT omni.create_store('theirs', '{"adopt": {"customers": "made.c"}}') IS NOT NULL AS made;
SELECT pg_temp.refused('SELECT theirs.' || q) FROM unnest('{"identify(''{email:a@example.com}'', ''web'', ''1'')","merge_customers(1, 2)","remove_record(''web'', ''1'')","set_merge_limits(''{}'')","rebuild_identities()"}'::text[]) q;
SELECT count(*) FROM theirs.evidence;

-- a decision is above limits: two customers are one with all their records and identifiers, and of all others nothing changes
SELECT omni.create_store('apart') IS NOT NULL AS made;
SELECT customers FROM apart.set_merge_limits('{"limits": {"account": 1}}');
SELECT apart.identify('{account:1}', 'web', 'a1', '2026-01-01Z'), apart.identify('{account:1,email:a@example.com}', 'web', 'a2', '2026-01-02Z'), apart.identify('{email:b@example.com}', 'web', 'b1', '2026-01-03Z'),
    apart.identify('{account:2,email:b@example.com}', 'web', 'b2', '2026-01-04Z'), apart.identify('{account:3,device:7}', 'web', 'c1', '2026-01-05Z'), apart.identify('{device:7}', 'web', 'c2', '2026-01-06Z');
SELECT apart.identify('{account:2,account:3,device:7}', 'web', 'b3', '2026-01-07Z');
CREATE FUNCTION pg_temp.whose() RETURNS TABLE (customer bigint, records text, identifiers text, refused text) LANGUAGE sql AS $$
    SELECT c.customer_id, string_agg(s.record_id, ' ' ORDER BY s.record_id), (SELECT string_agg(i.identifier::text, ' ' ORDER BY i.identifier) FROM apart.identities i WHERE i.customer_id = c.customer_id),
        (SELECT string_agg(f.record_id || ' ' || f.identifier || ' ' || f.reason, ', ' ORDER BY f.record_id, f.identifier) FROM apart.refusals f WHERE f.record_id = ANY (array_agg(s.record_id)))
    FROM apart.source_records s JOIN apart.customers c USING (customer_id) GROUP BY 1 ORDER BY 1 $$;
SELECT * FROM pg_temp.whose();
SELECT apart.merge_customers(1, 2);
SELECT * FROM pg_temp.whose();
SELECT action, customer_id, other_customer_id FROM apart.merge_log WHERE cause = 'merge_customers' ORDER BY log_id;
-- what comes later meets limits that count both; either account is the customer's
SELECT apart.identify('{account:4,email:b@example.com}', 'web', 'd1', '2026-01-08Z'), apart.identify('{account:1}', 'web', 'a3', '2026-01-09Z'), apart.identify('{account:2}', 'web', 'b4', '2026-01-09Z');
SELECT * FROM pg_temp.whose();
SELECT merged FROM apart.rebuild_identities();
SELECT * FROM pg_temp.whose();
-- a cannot-link between any two of their records keeps all apart
SELECT apart.cannot_link('web', 'a2', 'web', 'c2') AS never \gset
SELECT replace(pg_temp.refused('SELECT apart.merge_customers(1, 3)'), ' ' || :never || '.', ' N.');
SELECT apart.undo_decision(max(log_id)) FROM apart.merge_log WHERE action = 'same';
SELECT * FROM pg_temp.whose();
DROP SCHEMA apart, apart_bi, apart_pii CASCADE;

-- no search_path
SET search_path = '';
SELECT shop.identify('{email:jane@example.com}', 'web', 'W-1', '2026-01-05Z'), shop.customer_of('email:jane@example.com');
DROP SCHEMA shop, shop_bi, shop_pii, theirs, theirs_bi, theirs_pii, made CASCADE;
