-- What an analyst sees of identity: clusters, refusals, shared identifiers, merges and whether they were taken back; golden
-- records by a policy, and what of them BI may see. The tables are filled by hand, so that each figure can be told by reading.
SET client_min_messages = warning;
SET search_path = public, omni;
SET timezone = 'UTC';
SELECT omni.create_store('shop');

-- seven customers; 2 and 3 were found to be 1
INSERT INTO shop.customers (customer_id, source, record_id, first_seen_at, merged_into) VALUES
    (1, 'web', 'W1', '2026-01-01', NULL), (2, 'pos', 'P1', '2026-01-02', 1), (3, 'crm', 'C1', '2026-01-03', 1),
    (4, 'web', 'W2', '2026-01-04', NULL), (5, 'web', 'W3', '2026-01-05', NULL), (6, 'pos', 'P2', '2026-01-06', NULL), (7, 'pos', 'P3', '2026-01-07', NULL);
INSERT INTO shop.source_records (source, record_id, customer_id, first_seen_at, last_seen_at, profile) VALUES
    ('web', 'W1', 1, '2026-01-01', '2026-02-01', customer_profile('web', 'W1', '2026-02-01Z', '{email:jane@example.com}', '{"first_name": "Jane", "city": "Berlin", "country": "DE", "tags": ["a"]}')),
    ('pos', 'P1', 2, '2026-01-02', '2026-01-02', customer_profile('pos', 'P1', '2026-01-02Z', '{phone:+4930901820}', '{"first_name": "J.", "last_name": "Doe", "postal_code": "10115"}')),
    ('crm', 'C1', 3, '2026-01-03', '2026-03-03', customer_profile('crm', 'C1', '2026-03-03Z', '{email:j.doe@example.org,phone:+4930901820}', '{"city": "Potsdam", "birth_date": "1990-05-04", "vip": true}')),
    ('web', 'W2', 4, '2026-01-04', '2026-01-04', customer_profile('web', 'W2', '2026-01-04Z', '{email:sam@example.org}', '{"first_name": "Sam", "country": "CH"}')),
    ('web', 'W3', 5, '2026-01-05', '2026-01-05', NULL),
    ('web', 'W4', 5, '2026-01-05', '2026-01-06', NULL),
    ('pos', 'P2', 6, '2026-01-06', '2026-01-06', NULL);
INSERT INTO shop.evidence (identifier, source, record_id, observed_at) VALUES
    ('email:jane@example.com', 'web', 'W1', '2026-01-01'), ('phone:+4930901820', 'pos', 'P1', '2026-01-02'), ('phone:+4930901820', 'crm', 'C1', '2026-01-03'),
    ('email:j.doe@example.org', 'crm', 'C1', '2026-03-03'), ('card:1', 'web', 'W1', '2026-01-01'), ('card:1', 'pos', 'P1', '2026-01-02'),
    ('email:sam@example.org', 'web', 'W2', '2026-01-04'), ('email:pat@example.org', 'web', 'W3', '2026-01-05'), ('email:pat@example.org', 'web', 'W4', '2026-01-06'),
    ('device:shared', 'web', 'W1', '2026-01-01'), ('device:shared', 'web', 'W2', '2026-01-04'), ('device:shared', 'web', 'W3', '2026-01-05'), ('device:shared', 'web', 'W4', '2026-01-06'),
    ('user_id:null', 'web', 'W2', '2026-01-04'), ('email:new@example.org', 'web', 'W9', '2026-04-01');
INSERT INTO shop.identities (identifier, customer_id, first_seen_at, last_seen_at) VALUES
    ('email:jane@example.com', 1, '2026-01-01', '2026-02-01'), ('phone:+4930901820', 2, '2026-01-02', '2026-03-03'), ('email:j.doe@example.org', 3, '2026-03-03', '2026-03-03'), ('card:1', 1, '2026-01-01', '2026-01-02'),
    ('email:sam@example.org', 4, '2026-01-04', '2026-01-04'), ('email:pat@example.org', 5, '2026-01-05', '2026-01-06'), ('device:shared', 1, '2026-01-01', '2026-01-01');
INSERT INTO shop.refusals (identifier, source, record_id, reason, refused_at) VALUES
    ('device:shared', 'web', 'W2', 'limit:email', '2026-01-04'), ('device:shared', 'web', 'W3', 'limit:email', '2026-01-05'), ('device:shared', 'web', 'W4', 'limit:email', '2026-01-06'),
    ('user_id:null', 'web', 'W2', 'blocked', '2026-01-04');
INSERT INTO shop.links (source, record_id, other_source, other_record_id, weight, decision, refused) VALUES
    ('crm', 'C1', 'web', 'W1', 'Infinity', 4, NULL), ('pos', 'P2', 'web', 'W2', '-Infinity', 6, NULL), ('web', 'W2', 'web', 'W3', 7.5, NULL, NULL),
    ('pos', 'P2', 'web', 'W3', 6.5, NULL, 'size'), ('pos', 'P2', 'web', 'W4', 6.25, NULL, 'size'), ('pos', 'P2', 'web', 'W1', 2, NULL, 'weak_bridge'), ('pos', 'P3', 'web', 'W1', NULL, NULL, NULL);
INSERT INTO shop.merge_log (log_id, happened_at, action, customer_id, other_customer_id, cause, decision, reason, done_by) VALUES
    (1, '2026-01-02 10:00', 'merged', 1, 2, 'ingest', NULL, NULL, 'etl'),
    (2, '2026-01-03 10:00', 'merged', 4, 7, 'identify', NULL, NULL, 'etl'),
    (3, '2026-01-03 23:30', 'separated', 4, 7, 'undo_decision', NULL, NULL, 'etl'),
    (4, '2026-01-04 10:00', 'same', 1, 3, 'merge_customers', NULL, 'Jane phoned', 'jo'),
    (5, '2026-01-04 10:00', 'merged', 1, 3, 'merge_customers', 4, NULL, 'jo'),
    (6, '2026-01-05 10:00', 'never', 4, 6, 'cannot_link', NULL, 'two people', 'jo'),
    (7, '2026-01-06 10:00', 'same', 5, 6, 'merge_customers', NULL, NULL, 'jo'),
    (8, '2026-01-06 10:00', 'merged', 5, 6, 'merge_customers', 7, NULL, 'jo'),
    (9, '2026-01-07 10:00', 'undone', 5, 6, 'undo_decision', 7, NULL, 'jo'),
    (10, '2026-01-07 10:00', 'separated', 5, 6, 'undo_decision', 7, NULL, 'jo');
INSERT INTO shop.orders (order_ref, channel_code, customer_id, placed_at, currency) VALUES ('O1', 'web', 2, '2026-01-02', 'EUR'), ('O2', 'web', 4, '2026-01-03', 'EUR');
INSERT INTO shop.order_lines (order_ref, line_no, sku, qty, unit_price) VALUES ('O1', 1, 'CUP', 2, 8.50), ('O2', 1, 'CUP', 1, 8.50);

-- customers, and what is appended to their views
SELECT * FROM shop_bi.dim_customer ORDER BY customer_key;
SELECT customer_key, orders, net_amount, currency, emails, phones, records, sources FROM shop_bi.customer_360 ORDER BY customer_key;

-- how well they are unified
SELECT * FROM shop_bi.identity_quality \gx
SELECT * FROM shop_bi.identity_clusters ORDER BY records_from, identifiers_from;
SELECT * FROM shop_bi.identity_shared ORDER BY kind, records_from, customers_from;
SELECT * FROM shop_bi.identity_refusals ORDER BY evidence_type, kind, reason;

-- every count is told twice
SELECT (SELECT (sum(customers), sum(records), sum(identifiers)) FROM shop_bi.identity_clusters)::text = (SELECT (customers, records, identifiers) FROM shop_bi.identity_quality)::text AS clusters,
       (SELECT (sum(evidence), sum(refused_evidence)) FROM shop_bi.identity_shared)::text = (SELECT (evidence, refused_evidence) FROM shop_bi.identity_quality)::text AS shared,
       (SELECT sum(refused) FROM shop_bi.identity_refusals WHERE evidence_type = 'identifier') = (SELECT refused_evidence FROM shop_bi.identity_quality) AS refusals,
       (SELECT sum(refused) FROM shop_bi.identity_refusals WHERE kind = 'match') = (SELECT refused_match_links FROM shop_bi.identity_quality) AS links,
       (SELECT (sum(merges), sum(separations)) FROM shop_bi.identity_daily)::text = (SELECT (merges, separations) FROM shop_bi.identity_quality)::text AS days,
       (SELECT (sum(records), sum(identifiers)) FROM shop_bi.dim_customer)::text = (SELECT (records, identifiers) FROM shop_bi.identity_quality)::text AS dim_customer;

-- merges, and what became of them
SELECT entry_key, happened_at, action, customer_key AS customer, other_customer_key AS other, cause, decision_key AS decision, taken_back_at,
       present_customer_key AS present, present_other_customer_key AS present_other FROM shop_bi.merge_history ORDER BY entry_key::int;
SELECT * FROM shop_bi.identity_daily ORDER BY date, cause;
-- a customer that is merged, separated, merged again and then redirected
INSERT INTO shop.merge_log (log_id, happened_at, action, customer_id, other_customer_id, cause) VALUES
    (11, '2026-01-08', 'merged', 4, 7, 'identify'), (12, '2026-01-09', 'merged', 1, 7, 'identify'), (13, '2026-01-09', 'merged', 1, 4, 'identify');
UPDATE shop.customers SET merged_into = 1 WHERE customer_id IN (4, 7);
SELECT entry_key, action, customer_key AS customer, other_customer_key AS other, taken_back_at FROM shop_bi.merge_history WHERE other_customer_key IN ('4', '7') ORDER BY entry_key::int;
UPDATE shop.customers SET merged_into = NULL WHERE customer_id IN (4, 7);
DELETE FROM shop.merge_log WHERE log_id > 10;

-- one that went with another, and came back with it when that was undone: nothing was said of it alone
INSERT INTO shop.customers (customer_id, source, record_id, merged_into) VALUES (21, 'x', '21', NULL), (22, 'x', '22', NULL), (23, 'x', '23', 22);
INSERT INTO shop.merge_log (log_id, happened_at, action, customer_id, other_customer_id, cause) VALUES
    (14, '2026-01-10', 'merged', 22, 23, 'identify'), (15, '2026-01-11', 'merged', 21, 22, 'merge_customers'), (16, '2026-01-11', 'merged', 21, 23, 'merge_customers'),
    (17, '2026-01-12', 'separated', 21, 22, 'undo_decision'), (18, '2026-01-12', 'merged', 22, 23, 'undo_decision');
SELECT entry_key, action, customer_key AS customer, other_customer_key AS other, taken_back_at FROM shop_bi.merge_history WHERE other_customer_key IN ('22', '23') ORDER BY entry_key::int;
DELETE FROM shop.merge_log WHERE log_id > 10;
DELETE FROM shop.customers WHERE customer_id > 20;

-- golden records
SELECT * FROM shop_pii.customer_golden ORDER BY customer_key;
SELECT shop.set_survivorship('{"default": "first", "attributes": {"city": "longest", "tags": "union"}}');
SELECT customer_key, first_name, city, golden -> 'tags' AS tags FROM shop_pii.customer_golden WHERE customer_key IN ('1', '4') ORDER BY 1;
SELECT shop.set_survivorship('{"default": "newest"}');
\echo :LAST_ERROR_SQLSTATE
SELECT shop.set_survivorship('[]');
\echo :LAST_ERROR_SQLSTATE
SELECT shop.set_survivorship(NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT setting, value FROM shop.identity_settings WHERE setting <> 'limits';
SELECT shop.set_survivorship('{}');
SELECT customer_key, first_name, city FROM shop_pii.customer_golden WHERE customer_key = '1';

-- BI sees of them what the owner names, and nothing before
SELECT count(*) FROM shop_bi.customer_attribute;
SELECT shop.set_bi_attributes('["vip", "country", "country", "no such"]');
SELECT * FROM shop_bi.customer_attribute ORDER BY customer_key, attribute;
SELECT shop.set_bi_attributes('["identifiers"]');
\echo :LAST_ERROR_SQLSTATE
SELECT shop.set_bi_attributes('{"country": true}');
\echo :LAST_ERROR_SQLSTATE
SELECT shop.set_bi_attributes('["country", 1]');
\echo :LAST_ERROR_SQLSTATE
SELECT shop.set_bi_attributes(NULL);
\echo :LAST_ERROR_SQLSTATE
-- a row that was written past the function shows no identifier and breaks nothing
UPDATE shop.identity_settings SET value = '["identifiers", "country"]' WHERE setting = 'bi_attributes';
SELECT * FROM shop_bi.customer_attribute ORDER BY customer_key, attribute;
UPDATE shop.identity_settings SET value = '"country"' WHERE setting = 'bi_attributes';
SELECT * FROM shop_bi.customer_attribute;
SELECT shop.set_bi_attributes('[]');
SELECT * FROM shop_bi.customer_attribute;

-- an analyst reads all of it and none of the rest; golden records are granted to nobody
CREATE ROLE regress_omni_analyst;
GRANT USAGE ON SCHEMA shop_bi TO regress_omni_analyst;
GRANT SELECT ON ALL TABLES IN SCHEMA shop_bi TO regress_omni_analyst;
SELECT shop.set_bi_attributes('["country"]');
SET ROLE regress_omni_analyst;
SELECT (SELECT customers FROM shop_bi.identity_quality) AS customers, (SELECT count(*) FROM shop_bi.merge_history) AS entries, (SELECT count(*) FROM shop_bi.customer_attribute) AS attributes,
       (SELECT sum(customers) FROM shop_bi.identity_clusters) AS clustered, (SELECT sum(identifiers) FROM shop_bi.identity_shared) AS shared,
       (SELECT sum(refused) FROM shop_bi.identity_refusals) AS refused, (SELECT sum(merges) FROM shop_bi.identity_daily) AS merges;
SELECT * FROM shop_pii.customer_golden;
\echo :LAST_ERROR_SQLSTATE
SELECT shop.set_bi_attributes('["email"]');
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
SELECT count(*) FROM pg_class c, aclexplode(c.relacl) a WHERE c.relnamespace = 'shop_pii'::regnamespace AND a.grantee <> c.relowner;
-- core types only, a comment on each view and column
SELECT c.relname, a.attname, format_type(a.atttypid, NULL) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace IN ('shop_bi'::regnamespace, 'shop_pii'::regnamespace) AND c.relkind = 'v'
  AND (a.atttypid NOT IN ('text'::regtype, 'bigint'::regtype, 'numeric'::regtype, 'boolean'::regtype, 'date'::regtype, 'timestamptz'::regtype, 'jsonb'::regtype) OR col_description(c.oid, a.attnum) IS NULL);
SELECT c.relname FROM pg_class c WHERE c.relnamespace IN ('shop_bi'::regnamespace, 'shop_pii'::regnamespace) AND c.relkind = 'v' AND obj_description(c.oid) IS NULL;
-- no raw identifier and no attribute that was not named in what BI reads
SELECT v FROM (SELECT x::text AS v FROM shop_bi.dim_customer x UNION ALL SELECT x::text FROM shop_bi.customer_360 x UNION ALL SELECT x::text FROM shop_bi.identity_quality x UNION ALL SELECT x::text FROM shop_bi.identity_clusters x
    UNION ALL SELECT x::text FROM shop_bi.identity_shared x UNION ALL SELECT x::text FROM shop_bi.identity_refusals x UNION ALL SELECT x::text FROM shop_bi.identity_daily x
    UNION ALL SELECT x::text FROM shop_bi.merge_history x UNION ALL SELECT x::text FROM shop_bi.customer_attribute x) t
WHERE v ~* '@|4930901820|jane|doe|berlin|potsdam|phoned|\mjo\M|1990';

-- one customer is found by the key: no table of identity is read whole
SET enable_seqscan = off;
CREATE FUNCTION public.by_key(query text, OUT whole bigint, OUT by_index boolean) LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    whole := 0;
    by_index := false;
    FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || query LOOP
        whole := whole + (line ~ 'Seq Scan on (customers|source_records|identities)')::int;
        by_index := by_index OR line ~ 'customers_customer_key';
    END LOOP;
END $$;
SELECT relation, r.* FROM unnest('{shop_bi.dim_customer,shop_bi.customer_attribute,shop_pii.customer_golden}'::text[]) relation,
    public.by_key(format('SELECT * FROM %s WHERE customer_key = %L', relation, '1')) r;
RESET enable_seqscan;
DROP FUNCTION public.by_key(text);

-- leaving and coming back, with every table of identity full of rows
INSERT INTO shop.touchpoints (touchpoint_key, visitor, occurred_at, kind, conversion_key) SELECT 't' || n, ('anonymous_id:v' || n % 7)::omni.identifier, '2026-02-01Z'::timestamptz + n * interval '1 h', 'visit', nullif(n % 5, 0)::text FROM generate_series(1, 200) n;
INSERT INTO shop.evidence SELECT ('email:p' || n || '@example.com')::omni.identifier, 'bulk', 'B' || n, '2026-02-01Z' FROM generate_series(1, 300) n;
INSERT INTO shop.source_records SELECT 'bulk', 'B' || n, 1, '2026-02-01Z', '2026-02-01Z', customer_profile('bulk', 'B' || n, '2026-02-01Z', ARRAY['email:p' || n || '@example.com'], jsonb_build_object('n', n / 7.0, 'city', 'Köln "' || n || '\')) FROM generate_series(1, 300) n;
INSERT INTO shop.refusals SELECT ('device:d' || n % 9)::omni.identifier, 'bulk', 'B' || n, 'limit:device' FROM generate_series(1, 50) n;
CREATE FUNCTION public.rows_of(OUT relation text, OUT rows bigint, OUT digest text) RETURNS SETOF record LANGUAGE plpgsql AS $$
BEGIN
    FOR relation IN SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'shop'::regnamespace AND c.relkind = 'r' AND c.relname <> 'store_info' ORDER BY c.relname COLLATE "C" LOOP
        EXECUTE format('SELECT count(*), md5(string_agg(x::text, chr(10) ORDER BY x::text COLLATE "C")) FROM shop.%I x', relation) INTO rows, digest;
        RETURN NEXT;
    END LOOP;
END $$;
CREATE TEMP TABLE was AS SELECT * FROM public.rows_of();
CREATE TEMP TABLE seen AS SELECT 'golden' AS view, x::text AS row FROM shop_pii.customer_golden x UNION ALL SELECT 'shared', x::text FROM shop_bi.identity_shared x UNION ALL SELECT 'history', x::text FROM shop_bi.merge_history x;
SELECT relation, rows FROM pg_temp.was WHERE relation IN ('customers', 'identities', 'evidence', 'source_records', 'links', 'refusals', 'merge_log', 'identity_settings', 'touchpoints') ORDER BY relation COLLATE "C";
SELECT omni.detach_store('shop');
SELECT a.attrelid::regclass, a.attname FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = 'shop'::regnamespace AND t.typnamespace = 'omni'::regnamespace;
DROP EXTENSION omni;
SELECT identifier, pg_typeof(identifier), source, record_id FROM shop.evidence WHERE record_id = 'W1' ORDER BY identifier COLLATE "C";
SELECT left(profile, 60) AS profile, pg_typeof(profile) FROM shop.source_records WHERE record_id = 'C1';
CREATE EXTENSION omni;
SELECT omni.attach_store('shop');
SELECT relation FROM (SELECT * FROM pg_temp.was EXCEPT SELECT * FROM public.rows_of()) d;
SELECT * FROM ((SELECT 'golden' AS view, x::text AS row FROM shop_pii.customer_golden x UNION ALL SELECT 'shared', x::text FROM shop_bi.identity_shared x UNION ALL SELECT 'history', x::text FROM shop_bi.merge_history x)
    EXCEPT ALL SELECT * FROM pg_temp.seen) d;
SELECT has_table_privilege('regress_omni_analyst', 'shop_bi.identity_quality', 'SELECT') AS still_granted, to_regclass('shop.customers_customer_key') AS index;
DROP FUNCTION public.rows_of();

-- an empty store has one row of quality, without shares
SELECT omni.create_store('void');
SELECT * FROM void_bi.identity_quality \gx
SELECT count(*) FROM void_bi.identity_clusters;
-- one customer is found by the key, without reading what others bought
INSERT INTO void.customers (source, record_id) SELECT 'crm', n::text FROM generate_series(1, 1000) n;
INSERT INTO void.orders (order_ref, channel_code, placed_at, currency, customer_id) SELECT 'O' || n, 'web', '2026-01-01Z', 'EUR', 1 + n % 1000 FROM generate_series(1, 3000) n;
INSERT INTO void.order_lines (order_ref, line_no, sku, qty, unit_price) SELECT 'O' || n, 1, 'TS-RED-S', 2, 10 FROM generate_series(1, 3000) n;
INSERT INTO void.order_line_events (order_ref, line_no, event_key, qty, from_state, to_state, occurred_at) SELECT 'O' || n, 1, 'e', 1, 'open', 'allocated', '2026-01-02Z' FROM generate_series(1, 3000) n;
ANALYZE void.customers, void.orders, void.order_lines, void.order_line_events, void.identities, void.source_records;
BEGIN;
SELECT sum(seq_scan) AS before FROM pg_stat_xact_user_tables WHERE schemaname = 'void' AND relname IN ('customers', 'orders', 'order_lines', 'order_line_events') \gset
SELECT orders, units, net_amount FROM void_bi.customer_360 WHERE customer_key = '7';
SELECT sum(seq_scan) - :before AS sequential_scans FROM pg_stat_xact_user_tables WHERE schemaname = 'void' AND relname IN ('customers', 'orders', 'order_lines', 'order_line_events');
COMMIT;

DROP OWNED BY regress_omni_analyst;
DROP ROLE regress_omni_analyst;
DROP SCHEMA shop, shop_bi, shop_pii, void, void_bi, void_pii CASCADE;
