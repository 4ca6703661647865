-- A store of omni 0.2.0 with customers works on after migration: its customers stay, records join them, decisions are taken on
-- them; what only a value held together that stands for no value comes apart with the next rebuild.
SELECT plan(16);
SET client_min_messages = warning;
DROP EXTENSION omni;
CREATE EXTENSION omni VERSION '0.2.0';
\o /dev/null
SELECT omni.create_store('shop');
INSERT INTO shop.evidence (identifier, source, record_id, observed_at) VALUES ('email:a@example.com', 'web', 'W1', '2026-01-01Z'), ('loyalty:7', 'web', 'W1', '2026-01-01Z'), ('loyalty:7', 'tills', 'T1', '2026-01-02Z'),
    ('email:b@example.com', 'web', 'W2', '2026-01-03Z'), ('email:c@example.com', 'web', 'W3', '2026-01-04Z'), ('loyalty:null', 'web', 'W3', '2026-01-04Z'),
    ('email:d@example.com', 'web', 'W4', '2026-01-05Z'), ('loyalty:null', 'web', 'W4', '2026-01-05Z');
INSERT INTO shop.channels (channel_code, name) VALUES ('web', 'Web');
INSERT INTO shop.orders (order_ref, channel_code, placed_at, currency) SELECT 'W' || n, 'web', '2026-01-10Z', 'EUR' FROM generate_series(1, 4) n;
SELECT shop.rebuild_identities();
CREATE TABLE public.was AS SELECT customer_id, source, record_id, first_seen_at, merged_into FROM shop.customers;
CREATE TABLE public.identities_were AS SELECT * FROM shop.identities;
ALTER EXTENSION omni UPDATE;
\o
SELECT matches(omni.migrate_store('shop'), '^store shop: 0.2.0 to', 'it migrates');
SELECT is_empty('SELECT * FROM omni.check_store(''shop'')', 'and is sound');
SELECT results_eq('SELECT customer_id, source, record_id, first_seen_at, merged_into FROM shop.customers ORDER BY 1', 'SELECT * FROM public.was ORDER BY 1', 'its customers stay');
SELECT results_eq('SELECT * FROM shop.identities ORDER BY 1', 'SELECT * FROM public.identities_were ORDER BY 1', 'and whose the identifiers are');
SELECT is(value, omni.merge_limits(), 'it has the limits of a new store') FROM shop.identity_settings WHERE setting = 'limits';
SELECT is(shop.identify('{email:a@example.com}', 'web', 'W1', '2026-01-01Z'), 1::bigint, 'a record that it knows is whose it was');
SELECT is(shop.identify('{loyalty:7,email:e@example.com}', 'app', 'A1', '2026-02-01Z'), 1::bigint, 'a new one joins');
SELECT is(shop.identify('{email:b@example.com,email:e@example.com}', 'app', 'A2', '2026-02-02Z'), 1::bigint, 'and one that makes two of them one');
SELECT is(merged_into, 1::bigint, 'with a redirect') FROM shop.customers WHERE customer_id = 2;
SELECT ok(shop.remove_record('app', 'A2'), 'taken out again');
SELECT is(shop.customer_of('email:b@example.com'), 2::bigint, 'they are two');
SELECT is(shop.merge_customers(1, 2), 1::bigint, 'a decision makes them one');
\o /dev/null
SELECT shop.undo_decision(max(log_id)) FROM shop.merge_log WHERE action = 'same';
\o
SELECT is(ARRAY[shop.customer_of('email:a@example.com'), shop.customer_of('email:b@example.com')], '{1,2}'::bigint[], 'taken back, two');
SELECT is(row(r.*)::text, '(6,4,0)', 'the next rebuild') FROM shop.rebuild_identities() r;
SELECT isnt(shop.customer_of('email:c@example.com'), shop.customer_of('email:d@example.com'), 'takes apart whom a value that says nothing held together');
SELECT results_eq('SELECT o.order_ref, coalesce(c.merged_into, c.customer_id) FROM shop.orders o JOIN shop.customers c USING (customer_id) ORDER BY 1',
    'SELECT s.record_id, s.customer_id FROM shop.source_records s WHERE s.source = ''web'' ORDER BY 1', 'and their orders with them');
SELECT * FROM finish();
