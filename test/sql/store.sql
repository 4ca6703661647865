-- The store: made, checked, migrated, adopted, detached and attached; its functions; its BI contract.
-- The names of omni are written out: a store has to work under any search_path.
SET search_path = '';
SET timezone = 'UTC';
\set VERBOSITY default
\set SHOW_CONTEXT never

-- made once, under a plain name
SELECT omni.create_store('shop');
SELECT * FROM omni.check_store('shop');
SELECT item, hint FROM omni.status() WHERE item = 'store shop';
SELECT omni.create_store('shop');
\echo :LAST_ERROR_SQLSTATE
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['Shop', 'shop; DROP SCHEMA public', 'a"b', '', 'shop.x', 'pg_shop', 'omni', 'information_schema', 'shop_bi', 'x_pii', repeat('a', 60), 'café', E'shop\n', NULL] LOOP
        BEGIN
            PERFORM omni.create_store(name);
            RAISE WARNING 'accepted: %', name;
        EXCEPTION WHEN invalid_parameter_value THEN
            NULL;
        END;
        BEGIN
            PERFORM * FROM omni.check_store(name);
            RAISE WARNING 'checked: %', name;
        EXCEPTION WHEN invalid_parameter_value THEN
            NULL;
        END;
    END LOOP;
END $$;
SELECT * FROM omni.check_store('nowhere');
\echo :LAST_ERROR_SQLSTATE
SELECT omni.migrate_store('nowhere');
SELECT omni.create_store('shop2', '{"adapt": {}}');
\echo :LAST_ERROR_SQLSTATE
SELECT omni.create_store('shop2', '[]');
SELECT omni.create_store('shop2', '{"adopt": []}');
\echo :LAST_ERROR_SQLSTATE

-- a reserved word is a name too; two stores live in one database
SELECT omni.create_store('select');
SELECT * FROM omni.check_store('select');
SELECT * FROM "select".rebuild_identities();
SELECT omni.detach_store('select');
SELECT omni.attach_store('select');

-- the contract: tables, columns
\pset format unaligned
SELECT c.relname, string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END, ', ' ORDER BY a.attnum) AS columns
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'shop'::regnamespace AND c.relkind = 'r' GROUP BY 1 ORDER BY 1;
SELECT c.relname, string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum) AS columns
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'shop_bi'::regnamespace AND c.relkind = 'v' GROUP BY 1 ORDER BY 1;
\pset format aligned
-- a comment on everything, core types only in the views
SELECT c.oid::regclass, a.attname FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace IN ('shop'::regnamespace, 'shop_bi'::regnamespace, 'shop_pii'::regnamespace) AND c.relkind IN ('r', 'v')
    AND (obj_description(c.oid, 'pg_class') IS NULL OR col_description(c.oid, a.attnum) IS NULL AND c.relname <> 'store_info') ORDER BY 1, 2;
SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace IN ('shop'::regnamespace, 'shop_bi'::regnamespace) AND obj_description(p.oid, 'pg_proc') IS NULL;
SELECT c.oid::regclass, a.attname, format_type(a.atttypid, NULL) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace = 'shop_bi'::regnamespace AND a.atttypid::regtype::text NOT IN ('text', 'numeric', 'bigint', 'boolean', 'date', 'timestamp with time zone');
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'shop_pii' AND (c.relacl IS NOT NULL OR n.nspacl IS NOT NULL);

-- data
INSERT INTO shop.markets (market_code, name, country, currency, time_zone) VALUES ('DE', 'Germany', 'DE', 'EUR', 'Europe/Berlin'), ('US', 'United States', 'US', 'USD', 'America/New_York');
INSERT INTO shop.channels (channel_code, name, kind, market_code) VALUES ('web', 'Web shop', 'web', 'DE'), ('tills', 'Stores', 'pos', 'DE'), ('us', 'US shop', 'web', 'US');
INSERT INTO shop.locations (location_code, name) VALUES ('WH', 'Warehouse'), ('OLD', 'Closed');
UPDATE shop.locations SET active = false WHERE location_code = 'OLD';
INSERT INTO shop.products (sku, gtin, title) VALUES ('TS-RED-S', '4006381333931', 'red'), ('TS-RED-M', NULL, 'red'), ('TWIN-1', '4012345678901', 'twin'), ('TWIN-2', '4012345678901', 'twin'),
    ('web|AB1', NULL, 'of the web shop'), ('AB1', NULL, 'of the house'), ('web|AB2', NULL, 'of the web shop');
INSERT INTO shop.sku_aliases (channel_code, raw, sku, valid_from) VALUES ('us', 'R/1', 'TS-RED-S', '-infinity'), ('us', 'R/1', 'TS-RED-M', '2026-03-01Z'), ('us', 'R/1', NULL, '2026-05-01Z'),
    ('us', 'TS-RED-M', 'TS-RED-S', '-infinity'), ('us', 'TS-RED-S', NULL, '2026-01-01Z');

-- what a code stands for: alias, house SKU, qualified SKU, trade item number; NULL for none and for two
SELECT v.raw, v.channel, v.at, shop.resolve_sku(v.raw, v.channel, v.at) FROM (VALUES
    ('R/1', 'us', '2026-01-01Z'::timestamptz), ('R/1', 'us', '2026-03-01Z'), ('R/1', 'us', '2026-06-01Z'), ('R/1', 'web', '2026-01-01Z'), ('r/1', 'us', '2026-01-01Z'),
    (' ts–red–s ', NULL, '2026-06-01Z'), ('TS-RED-M', 'us', '2026-06-01Z'), ('TS-RED-M', 'web', '2026-06-01Z'), ('TS-RED-S', 'us', '2026-06-01Z'),
    ('AB1', 'web', '2026-06-01Z'), ('AB2', 'web', '2026-06-01Z'), ('AB2', 'us', '2026-06-01Z'), ('web|AB2', 'us', '2026-06-01Z'), ('AB2', 'not a channel|', '2026-06-01Z'),
    ('4006381333931', NULL, '2026-06-01Z'), ('04006381333931', 'us', '2026-06-01Z'), ('4006381333932', NULL, '2026-06-01Z'), ('4012345678901', NULL, '2026-06-01Z'),
    ('ТS-RED-S', NULL, '2026-06-01Z'), ('1.23457E+11', NULL, '2026-06-01Z'), ('', NULL, '2026-06-01Z'), (NULL, 'us', '2026-06-01Z')) v(raw, channel, at);
-- a column that a user adds does not get in the way of a variable
ALTER TABLE shop.products ADD code text, ADD item text, ADD sku_old omni.sku DEFAULT 'OLD-1', ADD also omni.sku[], ADD short omni.sku(16);
SELECT shop.resolve_sku('TS-RED-M'), shop.resolve_sku('4006381333931');

-- one customer from evidence: whatever comes first, and however often
INSERT INTO shop.evidence (identifier, source, record_id, observed_at) VALUES
    ('email:anna@example.com', 'web', 'W1', '2026-01-02Z'), ('phone:+493012345678', 'web', 'W1', '2026-01-02Z'),
    ('email:ben@example.com', 'web', 'W2', '2026-01-03Z'), ('loyalty:7', 'tills', 'T1', '2026-01-04Z');
INSERT INTO shop.orders (order_ref, channel_code, placed_at, currency, method) VALUES
    ('W1', 'web', '2026-01-31 23:30Z', 'EUR', 'ship'), ('W2', 'web', '2026-02-01 10:00Z', 'EUR', 'ship'), ('T1', 'tills', '2026-02-01 11:00Z', 'EUR', 'pos'), ('U1', 'us', '2026-02-01 03:00Z', 'USD', 'ship');
SELECT * FROM shop.rebuild_identities();
SELECT customer_id, source, record_id, first_seen_at, merged_into FROM shop.customers ORDER BY 1;
SELECT * FROM shop.rebuild_identities();
-- a record that joins two customers, and one that is earlier than all: the number of the least stays
INSERT INTO shop.evidence (identifier, source, record_id, observed_at) VALUES ('email:ben@example.com', 'tills', 'T9', '2026-01-05Z'), ('loyalty:7', 'tills', 'T9', '2026-01-05Z');
SELECT * FROM shop.rebuild_identities();
SELECT customer_id, source, record_id, first_seen_at, merged_into FROM shop.customers ORDER BY 1;
INSERT INTO shop.evidence (identifier, source, record_id, observed_at) VALUES ('loyalty:7', 'tills', 'T0', '2025-12-01Z'), ('phone:+493012345678', 'tills', 'T0', '2025-12-01Z');
SELECT * FROM shop.rebuild_identities();
SELECT * FROM shop.rebuild_identities();
SELECT customer_id, source, record_id, first_seen_at, merged_into FROM shop.customers ORDER BY 1;
SELECT identifier, customer_id, first_seen_at, last_seen_at FROM shop.identities ORDER BY 1;
SELECT order_ref, customer_id FROM shop.orders ORDER BY 1;
-- redirects of redirects become one step, also of customers that have no evidence
INSERT INTO shop.customers (customer_id, source, record_id, merged_into) VALUES (101, 'old', '1', 2), (102, 'old', '2', 101), (103, 'old', '3', 102);
SELECT merged FROM shop.rebuild_identities();
SELECT customer_id, merged_into FROM shop.customers WHERE source = 'old' ORDER BY 1;
DELETE FROM shop.customers WHERE source = 'old';
-- evidence that is taken back takes the merge apart again
BEGIN;
DELETE FROM shop.evidence WHERE record_id IN ('T0', 'T9');
SELECT * FROM shop.rebuild_identities();
SELECT identifier, customer_id, merged_into FROM shop.identities JOIN shop.customers USING (customer_id) ORDER BY 1;
ROLLBACK;
-- parts that a separator could confuse stay apart
BEGIN;
INSERT INTO shop.evidence (identifier, source, record_id, observed_at) VALUES ('x:1', E'a\x1fb', 'c', '2026-01-01Z'), ('x:2', 'a', E'b\x1fc', '2026-01-01Z'), ('x:3', '1:a', '', '2026-01-01Z'), ('x:4', '1', ':a', '2026-01-01Z');
SELECT * FROM shop.rebuild_identities();
ROLLBACK;
-- any order of arrival and any split into batches ends in the same partition
CREATE TEMP TABLE e AS SELECT n, ('k:' || (hashint4(n) & 63))::omni.identifier AS identifier, 's' || (hashint4(n + 1000) & 1) AS source, (hashint4(n + 2000) & 31)::text AS record_id,
    '2026-01-01Z'::timestamptz + n * interval '1 minute' AS observed_at FROM generate_series(1, 60) n;
SELECT omni.create_store('s1'), omni.create_store('s2'), omni.create_store('s3');
INSERT INTO s1.evidence SELECT identifier, source, record_id, min(observed_at) FROM pg_temp.e GROUP BY 1, 2, 3;
SELECT * FROM s1.rebuild_identities();
DO $$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT identifier, source, record_id, min(observed_at) AS observed_at FROM pg_temp.e GROUP BY 1, 2, 3 ORDER BY min(n) DESC LOOP
        INSERT INTO s2.evidence VALUES (r.identifier, r.source, r.record_id, r.observed_at);
        PERFORM s2.rebuild_identities();
    END LOOP;
    FOR r IN SELECT identifier, source, record_id, min(observed_at) AS observed_at FROM pg_temp.e GROUP BY 1, 2, 3 ORDER BY md5(min(n)::text) LOOP
        INSERT INTO s3.evidence VALUES (r.identifier, r.source, r.record_id, r.observed_at);
        IF random() < 0.3 THEN
            PERFORM s3.rebuild_identities();
        END IF;
    END LOOP;
    PERFORM s3.rebuild_identities();
END $$;
WITH p AS (SELECT 1 AS s, array_agg(identifier::text ORDER BY identifier) AS who, min(c.source || '/' || c.record_id || '/' || c.first_seen_at) AS known_by FROM s1.identities JOIN s1.customers c USING (customer_id) GROUP BY customer_id
    UNION ALL SELECT 2, array_agg(identifier::text ORDER BY identifier), min(c.source || '/' || c.record_id || '/' || c.first_seen_at) FROM s2.identities JOIN s2.customers c USING (customer_id) GROUP BY customer_id
    UNION ALL SELECT 3, array_agg(identifier::text ORDER BY identifier), min(c.source || '/' || c.record_id || '/' || c.first_seen_at) FROM s3.identities JOIN s3.customers c USING (customer_id) GROUP BY customer_id)
SELECT count(*) AS components, count(*) FILTER (WHERE n = 3) AS alike FROM (SELECT who, known_by, count(DISTINCT s) AS n FROM p GROUP BY who, known_by) x;
SELECT count(*) FILTER (WHERE k.merged_into IS NOT NULL) AS chains FROM s2.customers c JOIN s2.customers k ON k.customer_id = c.merged_into;
SET client_min_messages = warning;
DROP SCHEMA s1, s1_bi, s1_pii, s2, s2_bi, s2_pii, s3, s3_bi, s3_pii, "select", select_bi, select_pii CASCADE;
RESET client_min_messages;

DROP TABLE pg_temp.e;
-- lines, events: what the events say counts, else what the source says; what does not add up is told
INSERT INTO shop.order_lines (order_ref, line_no, sku, qty, unit_price, discount_amount, tax_amount, state) VALUES
    ('W1', 1, 'TS-RED-S', 3, 10, 1, 0, NULL), ('W1', 2, 'TS-RED-M', 1, 20.50, 0, 0, 'shipped'), ('W2', 1, 'TS-RED-M', 2, 20.50, 0, 0, 'partially_shipped[open..shipped]'),
    ('T1', 1, 'TS-RED-S', 1, 10, 0, 1.60, 'picked_up'), ('U1', 1, 'TWIN-1', 4, 5, 0, 0, 'open'), ('U1', 2, 'TWIN-2', 1, 7, 0, 0, 'delivered+restocked');
INSERT INTO shop.order_line_events (order_ref, line_no, event_key, qty, from_state, to_state, occurred_at) VALUES
    ('W1', 1, 'a', 3, 'open', 'allocated', '2026-02-01Z'), ('W1', 1, 'c', 1, 'allocated', 'shipped', '2026-02-03Z'), ('W1', 1, 'b', 1, 'allocated', 'canceled', '2026-02-02Z'),
    ('U1', 1, 'x', 4, 'packed', 'shipped', '2026-02-03Z');
SELECT order_key, line_no, customer_key, sku, channel_code, market_code, order_date, time_zone, state, qty, qty_shipped, qty_delivered, qty_canceled, qty_returned, exact_state FROM shop_bi.fact_order_line ORDER BY 1, 2;
SELECT * FROM shop_bi.kpi_daily ORDER BY 1, 2;
SELECT customer_key, currency, orders, channels, channel_codes, units, net_amount, aov, returned_units, emails, phones FROM shop_bi.customer_360 ORDER BY 1, 2;
-- the same as of the lines
SELECT count(*) AS differences FROM ((SELECT customer_key, currency, count(DISTINCT order_key), count(DISTINCT channel_code), sum(qty), sum(net_amount), min(placed_at), max(placed_at), coalesce(sum(qty_returned), 0) FROM shop_bi.fact_order_line
    WHERE customer_key IS NOT NULL GROUP BY 1, 2) EXCEPT SELECT customer_key, currency, orders, channels, units, net_amount, first_order_at, last_order_at, returned_units FROM shop_bi.customer_360) d;
SELECT * FROM shop_bi.orders_by_state ORDER BY 1, 2;
SELECT * FROM omni.check_store('shop');
-- a month is the sum of its days, and the whole is the sum of the lines
SELECT m.* FROM (SELECT date_trunc('month', order_date)::date AS month, channel_code, currency, sum(orders) AS orders, sum(net_amount) AS net_amount FROM shop_bi.kpi_daily GROUP BY 1, 2, 3) m
FULL JOIN (SELECT date_trunc('month', order_date)::date AS month, channel_code, currency, count(DISTINCT order_key) AS orders, sum(net_amount) AS net_amount FROM shop_bi.fact_order_line GROUP BY 1, 2, 3) f
    USING (month, channel_code, currency) WHERE (m.orders, m.net_amount) IS DISTINCT FROM (f.orders, f.net_amount);
INSERT INTO shop.stock (sku, location_code, on_hand, reserved, safety_stock) VALUES ('TS-RED-S', 'WH', 10, 3, 2), ('TS-RED-S', 'OLD', 5, 0, 0), ('TS-RED-M', 'WH', 1, 3, 0);
SELECT * FROM shop_bi.atp ORDER BY 1, 2;
-- a time zone and a currency that nobody knows
BEGIN;
UPDATE shop.markets SET time_zone = 'Europe/Atlantis', currency = 'eur' WHERE market_code = 'DE';
DELETE FROM shop.channels WHERE channel_code = 'us';
SELECT * FROM omni.check_store('shop');
ROLLBACK;
-- the same of a location; what is written by hand and means nothing that is known, which would go unnoticed otherwise
BEGIN;
INSERT INTO shop.locations (location_code, name, time_zone) VALUES ('ATL', 'Atlantis', 'Europe/Atlantis');
INSERT INTO shop.channel_buffers (sku, location_code, channel_code, qty) VALUES ('TS-RED-S', 'WH', 'wbe', 1), ('TS-RED-S', 'ATL ', 'web', 1), ('NEVER', 'WH', 'web', 1);
INSERT INTO shop.bundle_components (sku, component_sku, qty) VALUES ('SET', 'TS-RED-S', 1), ('TS-RED-M', 'NEVER', 1);
INSERT INTO shop.supplies (sku, location_code, supply_key, qty, expected_at) VALUES ('NEVER', 'NEVER', 'P1', 1, now());
INSERT INTO shop.shipments (order_ref, shipment_key) VALUES ('NEVER', 'S1');
INSERT INTO shop.returns (order_ref, line_no, return_key, qty, requested_at) VALUES ('NEVER', 1, 'R1', 1, now());
SELECT relation, column_name, problem FROM omni.check_store('shop') WHERE relation <> 'stock';
ROLLBACK;

-- a role that may read shop_bi reads every view of it, and nothing else
CREATE ROLE regress_omni_analyst;
GRANT USAGE ON SCHEMA shop_bi TO regress_omni_analyst;
GRANT SELECT ON ALL TABLES IN SCHEMA shop_bi TO regress_omni_analyst;
GRANT SELECT (customer_key) ON shop_pii.customer_identifier TO regress_omni_analyst;
SET ROLE regress_omni_analyst;
DO $$
DECLARE
    v regclass;
BEGIN
    FOR v IN SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'shop_bi'::regnamespace AND c.relkind = 'v' LOOP
        EXECUTE format('SELECT * FROM %s', v);
    END LOOP;
END $$;
SELECT count(*) FROM shop.identities;
SELECT count(*) FROM shop_pii.customer_identifier;
SELECT * FROM omni.check_store('shop');
SELECT item, regexp_replace(value, '[0-9.]+', 'X') AS value, hint FROM omni.status() WHERE item = 'store shop';
SELECT omni.migrate_store('shop');
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
SELECT kind, value FROM shop_pii.customer_identifier ORDER BY 1, 2;

-- all that the catalog says of a store, with the name of the store taken out; and all its rows
CREATE FUNCTION public.catalog_of(store text) RETURNS SETOF text LANGUAGE sql AS $$
WITH s AS (SELECT oid FROM pg_namespace WHERE nspname IN (store, store || '_bi', store || '_pii')), r AS (SELECT c.* FROM pg_class c WHERE relnamespace IN (SELECT oid FROM s) AND relkind IN ('r', 'v', 'i', 'S'))
SELECT replace(x, store, '@') FROM (
    SELECT format('%s %s %s %s', r.oid::regclass, r.relkind, r.reloptions, array(SELECT a.grantee::regrole || ' ' || a.privilege_type || ' ' || a.is_grantable FROM aclexplode(r.relacl) a WHERE a.grantee <> r.relowner ORDER BY 1)) AS x FROM r
    UNION ALL SELECT format('%s.%s %s %s %s %s %s', r.oid::regclass, a.attname, (SELECT count(*) FROM pg_attribute b WHERE b.attrelid = r.oid AND b.attnum > 0 AND b.attnum <= a.attnum AND NOT b.attisdropped),
        format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, pg_get_expr(d.adbin, d.adrelid)) || coalesce(a.attacl::text, '') FROM r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
    UNION ALL SELECT format('%s %s %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) FROM pg_constraint c JOIN r ON r.oid = c.conrelid
    UNION ALL SELECT pg_get_indexdef(r.oid) FROM r WHERE relkind = 'i'
    UNION ALL SELECT r.oid::regclass || pg_get_viewdef(r.oid) FROM r WHERE relkind = 'v'
    UNION ALL SELECT pg_get_functiondef(p.oid) FROM pg_proc p WHERE p.pronamespace IN (SELECT oid FROM s)
    UNION ALL SELECT format('%s %s %s', d.objoid::regclass, a.attname, d.description) FROM pg_description d JOIN r ON r.oid = d.objoid AND d.classoid = 'pg_class'::regclass
        LEFT JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = d.objsubid) y
$$;
CREATE FUNCTION public.rows_of(store text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    t regclass;
BEGIN
    FOR t IN SELECT c.oid FROM pg_class c WHERE c.relnamespace = to_regnamespace(store) AND c.relkind = 'r' AND c.relname <> 'store_info' LOOP
        RETURN QUERY EXECUTE format('SELECT %L || x::text FROM %s x', t, t);
    END LOOP;
END $$;

-- leaving: what depends on the types is refused with its name, and nothing is half done
UPDATE shop.products SET also = '{AB1,TS-RED-S}', short = 'AB1', code = 'x' WHERE sku = 'TS-RED-S';
ALTER TABLE shop.order_lines ADD CONSTRAINT known_sku FOREIGN KEY (sku) REFERENCES shop.products (sku);
ALTER TABLE shop.orders ADD kept text DEFAULT 'yes';
CREATE VIEW shop_bi.mine AS SELECT 1 AS one;
GRANT SELECT (sku) ON shop_bi.atp TO PUBLIC;
GRANT SELECT ON shop_bi.kpi_daily TO regress_omni_analyst WITH GRANT OPTION;
REVOKE ALL ON shop_bi.dim_date FROM regress_omni_analyst;
ALTER VIEW shop_bi.dim_date SET (security_barrier = true);
CREATE TEMP TABLE was AS SELECT x FROM public.catalog_of('shop') x UNION ALL SELECT public.rows_of('shop');
DO $$
DECLARE
    attempt text[];
    why text;
BEGIN
    FOREACH attempt SLICE 1 IN ARRAY ARRAY[
        ['CREATE VIEW public.report AS SELECT * FROM shop_bi.kpi_daily', 'DROP VIEW public.report'],
        ['CREATE VIEW public.report AS SELECT sku FROM shop.order_lines', 'DROP VIEW public.report'],
        ['CREATE VIEW shop_bi.style AS SELECT omni.sku_style(''A-1'')::text AS style', 'DROP VIEW shop_bi.style'],
        ['ALTER TABLE shop.products ADD style omni.sku GENERATED ALWAYS AS (omni.sku_style(sku)) STORED', 'ALTER TABLE shop.products DROP style'],
        ['ALTER TABLE shop.products ADD good boolean GENERATED ALWAYS AS (omni.sku_problem(title) IS NULL) STORED', 'ALTER TABLE shop.products DROP good'],
        ['ALTER TABLE shop.products ADD CONSTRAINT fits CHECK (omni.sku_fits(sku, ''amazon''))', 'ALTER TABLE shop.products DROP CONSTRAINT fits'],
        ['ALTER TABLE shop.products ADD CONSTRAINT titled CHECK (omni.sku_problem(title) IS NOT NULL OR true)', 'ALTER TABLE shop.products DROP CONSTRAINT titled'],
        ['CREATE INDEX by_style ON shop.products ((omni.sku_style(sku)))', 'DROP INDEX shop.by_style'],
        ['CREATE POLICY p ON shop.products USING (sku = ''A''::omni.sku)', 'DROP POLICY p ON shop.products'],
        ['CREATE DOMAIN public.my_sku AS omni.sku; ALTER TABLE shop.products ADD mine public.my_sku', 'ALTER TABLE shop.products DROP mine; DROP DOMAIN public.my_sku'],
        ['CREATE FUNCTION shop.f(omni.sku) RETURNS int LANGUAGE sql RETURN 1', 'DROP FUNCTION shop.f'],
        ['CREATE DOMAIN shop.my_sku AS omni.sku', 'DROP DOMAIN shop.my_sku'],
        ['CREATE TYPE shop.pair AS (a omni.sku, b omni.sku)', 'DROP TYPE shop.pair'],
        ['CREATE TYPE shop.skus AS RANGE (subtype = omni.sku)', 'DROP TYPE shop.skus'],
        ['CREATE TABLE public.wish (sku omni.sku REFERENCES shop.products (sku))', 'DROP TABLE public.wish']] LOOP
        EXECUTE attempt[1];
        BEGIN
            PERFORM omni.detach_store('shop');
            RAISE WARNING 'detached in spite of: %', attempt[1];
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS why = PG_EXCEPTION_DETAIL;
            RAISE NOTICE E'% %\n%', SQLSTATE, SQLERRM, split_part(why, '. ', 1);
        END;
        EXECUTE attempt[2];
    END LOOP;
END $$;
SELECT * FROM pg_temp.was EXCEPT ALL (SELECT x FROM public.catalog_of('shop') x UNION ALL SELECT public.rows_of('shop'));
\set VERBOSITY terse
DROP EXTENSION omni;
\set VERBOSITY default
\echo :LAST_ERROR_SQLSTATE
SELECT omni.detach_store('shop');
SELECT omni.detach_store('shop');
\echo :LAST_ERROR_SQLSTATE
SELECT omni.migrate_store('shop');
SELECT * FROM omni.check_store('shop');
SELECT item, regexp_replace(value, '[0-9.]+', 'X') AS value, hint FROM omni.status() WHERE item = 'store shop';
SELECT a.attrelid::regclass, a.attname FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = 'shop'::regnamespace AND t.typnamespace = 'omni'::regnamespace;
SELECT one FROM shop_bi.mine;
-- the rows are all there without omni, and come back when it does
BEGIN;
DROP EXTENSION omni;
SELECT count(*), min(sku) FROM shop.order_lines;
SELECT identifier FROM shop.identities ORDER BY identifier COLLATE "C";
ROLLBACK;
-- what was written meanwhile has to fit
INSERT INTO shop.products (sku, title) VALUES ('lower case', '');
UPDATE shop.order_lines SET state = 'sent' WHERE order_ref = 'W1' AND line_no = 2;
SELECT omni.attach_store('shop');
\echo :LAST_ERROR_SQLSTATE
UPDATE shop.order_lines SET state = 'shipped' WHERE order_ref = 'W1' AND line_no = 2;
DELETE FROM shop.products WHERE sku = 'lower case';
SELECT omni.attach_store('shop');
SELECT omni.attach_store('shop');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM pg_temp.was EXCEPT ALL (SELECT x FROM public.catalog_of('shop') x UNION ALL SELECT public.rows_of('shop'));
SELECT x FROM public.catalog_of('shop') x UNION ALL SELECT public.rows_of('shop') EXCEPT ALL SELECT * FROM pg_temp.was;
SELECT * FROM omni.check_store('shop');
-- a column that is gone in the meantime is told
BEGIN;
SELECT omni.detach_store('shop');
ALTER TABLE shop.products RENAME sku_old TO sku_older;
SELECT omni.attach_store('shop');
ROLLBACK;

-- an older store, with less in it, migrates to what a new one is; what its owner added stays
SELECT omni.create_store('zz_a');
SET client_min_messages = warning;
DROP TABLE zz_a.payments, zz_a.stock_movements, zz_a.rejects CASCADE;
ALTER TABLE zz_a.stock DROP incoming CASCADE, DROP backorder_limit, DROP slots, DROP slots_until, DROP reorder_point, DROP order_up_to;
ALTER TABLE zz_a.orders DROP state CASCADE;
DROP VIEW zz_a_pii.customer_identifier;
RESET client_min_messages;
DROP INDEX zz_a.products_gtin;
UPDATE zz_a.store_info SET version = '0.1.0';
INSERT INTO zz_a.stock (sku, location_code, on_hand) VALUES ('A', 'WH', 1);
SELECT relation, column_name, problem FROM omni.check_store('zz_a') WHERE relation <> 'store_info' ORDER BY 1, 2;
SELECT omni.migrate_store('zz_a') LIKE 'store zz_a: %';
SELECT relation FROM omni.check_store('zz_a') ORDER BY 1;
SELECT omni.create_store('zz_b');
SELECT x FROM public.catalog_of('zz_a') x EXCEPT ALL SELECT x FROM public.catalog_of('zz_b') x;
SELECT x FROM public.catalog_of('zz_b') x EXCEPT ALL SELECT x FROM public.catalog_of('zz_a') x;
-- a table of the owner's that is in the way is not touched
DROP TABLE zz_a.payments CASCADE;
CREATE TABLE zz_a.payments (id int);
SELECT omni.migrate_store('zz_a');
\echo :LAST_ERROR_SQLSTATE
UPDATE zz_b.store_info SET version = '99.0.0';
\set VERBOSITY sqlstate
SELECT omni.migrate_store('zz_b');
\set VERBOSITY default
\echo :LAST_ERROR_SQLSTATE
SET client_min_messages = warning;
DROP SCHEMA zz_a, zz_a_bi, zz_a_pii, zz_b, zz_b_bi, zz_b_pii CASCADE;
RESET client_min_messages;

-- adopting: the user's relations under the canonical names
CREATE SCHEMA app;
CREATE TABLE app.shop_order (order_ref varchar(40), channel_code text, placed_at timestamptz, currency char(3), customer_id int, state text);
CREATE TABLE app.line (order_ref uuid, line_no smallint, sku text, qty int, unit_price int);
INSERT INTO app.shop_order VALUES ('7d793037-a076-4d9a-8f2d-9f0d1c3d5b6a', 'web', '2026-01-01 12:00Z', 'EUR', 1, 'shipped'), ('7d793037-a076-4d9a-8f2d-9f0d1c3d5b6b', 'web', '2026-01-02 12:00Z', 'EUR', NULL, 'sent'), ('x', 'nowhere', NULL, 'EUR', NULL, NULL);
INSERT INTO app.line VALUES ('7d793037-a076-4d9a-8f2d-9f0d1c3d5b6a', 1, ' a–1 ', 2, 5), ('7d793037-a076-4d9a-8f2d-9f0d1c3d5b6b', 1, '1.23457E+11', 1, 7), ('7d793037-a076-4d9a-8f2d-9f0d1c3d5b6b', 1, '', 1, 7);
SELECT omni.create_store('read', '{"adopt": {"orders": "app.shop_order", "order_lines": "app.line"}}');
SELECT relation, column_name, problem FROM omni.check_store('read');
SELECT order_key, line_no, customer_key, sku, state, qty, net_amount, currency FROM read_bi.fact_order_line ORDER BY 1, 4;
SELECT order_date, orders, units, net_amount FROM read_bi.kpi_daily ORDER BY 1;
SELECT omni.migrate_store('read') LIKE 'store read: is at %';
SELECT omni.detach_store('read');
SELECT omni.attach_store('read');
ALTER TABLE app.line RENAME TO lines;
SELECT relation, problem FROM omni.check_store('read') WHERE column_name IS NULL;
ALTER TABLE app.lines RENAME TO line;
-- bad options
CREATE TABLE app.no_key (order_ref text, channel_code text);
CREATE TABLE app.guess (order_ref text, line_no bigint, sku timestamptz, qty numeric, unit_price float8);
CREATE TABLE app.local_time (order_ref text, channel_code text, placed_at timestamp, currency text);
CREATE SEQUENCE app.a_sequence;
CREATE TEMP TABLE passing (order_ref text, channel_code text, placed_at timestamptz, currency text);
CREATE TABLE app."we""ird; name" (order_ref text, channel_code text, placed_at timestamptz, currency text, "drop" text);
DO $$
DECLARE
    option text;
    why text;
BEGIN
    FOREACH option IN ARRAY ARRAY['{"orders": "app.no_key"}', '{"order_lines": "app.guess"}', '{"orders": "app.local_time"}', '{"orders": "app.a_sequence"}', '{"orders": "app.nothing"}', '{"orders": "shop_order"}',
        '{"order": "app.shop_order"}', '{"orders": 7}', '{"orders": null}', '{"orders": "app.line; DROP TABLE app.line"}', '{"orders": "a.b.c.d"}', '{"orders": ""}', '{"orders": "pg_temp.passing"}', '{"orders\"; DROP TABLE x": "app.line"}'] LOOP
        BEGIN
            PERFORM omni.create_store('bad', jsonb_build_object('adopt', option::jsonb));
            RAISE WARNING 'accepted: %', option;
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS why = PG_EXCEPTION_DETAIL;
            RAISE NOTICE '% % %', SQLSTATE, SQLERRM, why;
        END;
    END LOOP;
END $$;
SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'bad%';
SELECT omni.create_store('weird', '{"adopt": {"orders": "app.\"we\"\"ird; name\""}}');
SELECT * FROM omni.check_store('weird');
-- adopted customers are never written
CREATE TABLE app.people (customer_id bigint, source text, record_id text);
SELECT omni.create_store('own', '{"adopt": {"customers": "app.people", "orders": "app.shop_order"}}');
SELECT * FROM own.rebuild_identities();
\echo :LAST_ERROR_SQLSTATE
SELECT omni.create_store('own2', '{"adopt": {"orders": "app.shop_order"}}');
INSERT INTO own2.evidence (identifier, source, record_id, observed_at) VALUES ('email:a@example.com', 'nowhere', 'x', '2026-01-01Z');
SELECT * FROM own2.rebuild_identities();
SELECT count(*) FROM app.shop_order WHERE customer_id IS NOT NULL;
SET client_min_messages = warning;
DROP SCHEMA read, read_bi, read_pii, weird, weird_bi, weird_pii, own, own_bi, own_pii, own2, own2_bi, own2_pii CASCADE;
RESET client_min_messages;

-- a role with CREATE on the database and nothing else; personal data is not granted by default privileges
CREATE ROLE regress_omni_owner;
DO $$ BEGIN EXECUTE format('GRANT CREATE, TEMP ON DATABASE %I TO regress_omni_owner', current_database()); END $$;
SET ROLE regress_omni_owner;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO regress_omni_analyst;
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO regress_omni_analyst;
SELECT omni.create_store('theirs');
INSERT INTO theirs.evidence (identifier, source, record_id, observed_at) VALUES ('email:a@example.com', 'web', '1', '2026-01-01Z');
SELECT * FROM theirs.rebuild_identities();
SELECT * FROM omni.check_store('theirs');
SELECT omni.detach_store('theirs');
SELECT omni.attach_store('theirs');
SELECT omni.create_store('more', '{"adopt": {"orders": "app.shop_order"}}');
\echo :LAST_ERROR_SQLSTATE
SELECT has_schema_privilege('regress_omni_analyst', 'theirs_pii', 'USAGE') AS schema, has_table_privilege('regress_omni_analyst', 'theirs_pii.customer_identifier', 'SELECT') AS view,
    has_table_privilege('regress_omni_analyst', 'theirs_bi.kpi_daily', 'SELECT') AS bi;
-- schemas and stores of others
SELECT omni.migrate_store('shop');
\echo :LAST_ERROR_SQLSTATE
SELECT omni.detach_store('shop');
CREATE SCHEMA mine;
RESET ROLE;
SELECT omni.create_store('mine');
\echo :LAST_ERROR_SQLSTATE
SELECT omni.migrate_store('theirs');
\echo :LAST_ERROR_SQLSTATE

-- a schema that only looks like a store runs nothing of its owner's
SET ROLE regress_omni_owner;
CREATE SCHEMA trap1;
CREATE FUNCTION trap1.boo(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'trapped %', current_user; RETURN $1; END $$;
CREATE VIEW trap1.store_info AS SELECT trap1.boo('0.1.0') AS version, '{}'::jsonb AS adopted, NULL::jsonb AS detached;
CREATE TABLE trap1.rejects (x int);
CREATE SCHEMA trap2;
CREATE TYPE trap2.version AS (v text);
CREATE FUNCTION trap2.boo(trap2.version) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'trapped %', current_user; RETURN 'x'; END $$;
CREATE CAST (trap2.version AS text) WITH FUNCTION trap2.boo AS ASSIGNMENT;
CREATE TABLE trap2.store_info AS SELECT ROW('0.1.0')::trap2.version AS version, '{}'::jsonb AS adopted, NULL::jsonb AS detached;
CREATE TABLE trap2.rejects (x int);
CREATE SCHEMA trap3;
GRANT USAGE ON SCHEMA trap3 TO PUBLIC;
CREATE TABLE trap3.store_info AS SELECT '0.1.0'::text AS version, '{}'::jsonb AS adopted, NULL::jsonb AS detached;
CREATE POLICY p ON trap3.store_info USING (trap1.boo(version) IS NOT NULL);
ALTER TABLE trap3.store_info ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON trap3.store_info TO PUBLIC;
CREATE TABLE trap3.rejects (x int);
RESET ROLE;
SELECT item FROM omni.status() WHERE item LIKE 'store%' ORDER BY 1;
SELECT omni.store_version('trap1');
SELECT omni.migrate_store('trap2');
SELECT * FROM omni.check_store('trap3');

-- dump and restore is tested elsewhere; here all goes
SET client_min_messages = warning;
DROP SCHEMA shop, shop_bi, shop_pii, app CASCADE;
RESET client_min_messages;
DROP FUNCTION public.catalog_of, public.rows_of;
SET client_min_messages = warning;
DROP OWNED BY regress_omni_owner CASCADE;
DROP OWNED BY regress_omni_analyst CASCADE;
DROP ROLE regress_omni_owner, regress_omni_analyst;
