-- The store among people who mean harm, or do not know: names that get in the way, rows that make no sense, parts that
-- were dropped, objects that would keep the extension.
SET search_path = '';
SET timezone = 'UTC';
\set VERBOSITY default
\set SHOW_CONTEXT never
CREATE ROLE regress_omni_keeper;
CREATE ROLE regress_omni_loader;
CREATE ROLE regress_omni_stranger;
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO regress_omni_keeper, regress_omni_stranger', current_database()); END $$;

-- a schema that has no store's name is none, and does not get in status()'s way
SET ROLE regress_omni_stranger;
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['lure_bi', 'lure_pii', repeat('a', 60), 'Lure', 'lu"re', 'lüre', E'lure\n'] LOOP
        EXECUTE format('CREATE SCHEMA %1$I; CREATE TABLE %1$I.store_info (version text, adopted jsonb, detached jsonb); INSERT INTO %1$I.store_info VALUES (NULL, NULL, NULL);
            GRANT USAGE ON SCHEMA %1$I TO PUBLIC; GRANT SELECT ON %1$I.store_info TO PUBLIC', name);
    END LOOP;
END $$;
RESET ROLE;
SELECT item FROM omni.status() WHERE item LIKE 'store%';
SET client_min_messages = warning;
DROP OWNED BY regress_omni_stranger CASCADE;
RESET client_min_messages;
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO regress_omni_stranger', current_database()); END $$;

-- functions of the owner's that have a name of the store's stay as they are
SET ROLE regress_omni_keeper;
CREATE SCHEMA mine;
CREATE FUNCTION mine.resolve_sku(raw text, channel text DEFAULT NULL, at timestamptz DEFAULT now()) RETURNS text LANGUAGE sql RETURN 'mine';
SELECT omni.create_store('mine');
\echo :LAST_ERROR_SQLSTATE
SELECT mine.resolve_sku('a');
DROP FUNCTION mine.resolve_sku;
CREATE FUNCTION mine.other() RETURNS text LANGUAGE sql RETURN 'mine';
SELECT omni.create_store('mine');

-- who may change rows of a store may not change what its owner runs
ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO regress_omni_loader;
SELECT omni.create_store('kept');
SELECT has_table_privilege('regress_omni_loader', 'kept.products', 'UPDATE') AS products, has_table_privilege('regress_omni_loader', 'kept.store_info', 'SELECT') AS reads,
    has_table_privilege('regress_omni_loader', 'kept.store_info', 'INSERT, UPDATE, DELETE, TRIGGER') AS writes;
GRANT USAGE ON SCHEMA kept TO regress_omni_loader;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA kept TO regress_omni_loader;
SELECT omni.migrate_store('kept');
\echo :LAST_ERROR_SQLSTATE
SELECT omni.detach_store('kept');
REVOKE INSERT, UPDATE, DELETE ON kept.store_info FROM regress_omni_loader;
GRANT UPDATE (detached) ON kept.store_info TO PUBLIC;
SELECT omni.attach_store('kept');
REVOKE UPDATE (detached) ON kept.store_info FROM PUBLIC;
SELECT omni.migrate_store('kept') LIKE 'store kept: is at %';

-- the raw identifiers stay private when their view is made again, also where default privileges came later
DROP VIEW kept_pii.customer_identifier;
SELECT omni.migrate_store('kept') LIKE 'store kept: is at %';
SELECT c.relacl IS NULL OR NOT has_table_privilege('regress_omni_loader', c.oid, 'SELECT') AS private FROM pg_catalog.pg_class c WHERE c.oid = 'kept_pii.customer_identifier'::regclass;
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO regress_omni_loader;
SET client_min_messages = warning;
DROP SCHEMA kept_bi, kept_pii CASCADE;
RESET client_min_messages;
SELECT relation, problem, hint FROM omni.check_store('kept');
SELECT omni.migrate_store('kept') LIKE 'store kept: is at %';
SELECT * FROM omni.check_store('kept');
SELECT has_schema_privilege('regress_omni_loader', 'kept_pii', 'USAGE') AS schema, has_table_privilege('regress_omni_loader', 'kept_pii.customer_identifier', 'SELECT') AS view, has_schema_privilege('regress_omni_loader', 'kept_bi', 'USAGE') AS bi;
-- a grant that the owner gave stays
GRANT SELECT ON kept_pii.customer_identifier TO regress_omni_stranger;
SELECT omni.migrate_store('kept') LIKE 'store kept: is at %';
SELECT has_table_privilege('regress_omni_stranger', 'kept_pii.customer_identifier', 'SELECT') AS granted;
-- a schema of that name which is somebody else's is not used
SET client_min_messages = warning;
DROP SCHEMA kept_bi CASCADE;
RESET client_min_messages;
SET ROLE regress_omni_stranger;
CREATE SCHEMA kept_bi;
GRANT ALL ON SCHEMA kept_bi TO PUBLIC;
SET ROLE regress_omni_keeper;
SELECT omni.migrate_store('kept');
\echo :LAST_ERROR_SQLSTATE
SET ROLE regress_omni_stranger;
DROP SCHEMA kept_bi;
SET ROLE regress_omni_keeper;
SELECT omni.migrate_store('kept') LIKE 'store kept: is at %';

-- a column that is gone or of another type is told, and what needs it is not asked for
BEGIN;
SET LOCAL client_min_messages = warning;
ALTER TABLE kept.orders DROP market_code CASCADE;
ALTER TABLE kept.markets DROP currency CASCADE;
ALTER TABLE kept.order_line_events DROP qty CASCADE;
DROP VIEW kept.stock_problems, kept.stock_now, kept.stock_periods, kept_bi.turnover CASCADE;
ALTER TABLE kept.stock ALTER location_code TYPE varchar;
ALTER TABLE kept.stock DROP reserved;
SELECT relation, column_name, problem FROM omni.check_store('kept');
ROLLBACK;
-- three schemas with new names are a store with a new name
BEGIN;
ALTER SCHEMA kept RENAME TO renamed;
ALTER SCHEMA kept_bi RENAME TO renamed_bi;
ALTER SCHEMA kept_pii RENAME TO renamed_pii;
SELECT omni.migrate_store('renamed') LIKE 'store renamed: is at %';
SELECT renamed.resolve_sku('A') IS NULL, records FROM renamed.rebuild_identities();
SELECT * FROM omni.check_store('renamed');
ROLLBACK;

-- what would keep the extension from going is named
CREATE SCHEMA made;
DO $$
DECLARE
    attempt text;
    why text;
BEGIN
    FOREACH attempt IN ARRAY ARRAY[
        'CREATE DOMAIN made.d AS omni.sku; CREATE DOMAIN made.dd AS made.d; ALTER TABLE kept.products ADD x made.dd',
        'CREATE DOMAIN made.d AS omni.sku; ALTER TABLE kept.products ADD x made.d[]',
        'CREATE TYPE made.pair AS (a omni.sku, b int); ALTER TABLE kept.products ADD x made.pair',
        'CREATE TYPE made.pair AS (a omni.sku, b int); CREATE TYPE made.pairs AS (p made.pair[]); ALTER TABLE kept.products ADD x made.pairs[]',
        'CREATE TYPE made.span AS RANGE (SUBTYPE = omni.sku); ALTER TABLE kept.products ADD x made.span',
        'CREATE TABLE made.t (s omni.sku); ALTER TABLE kept.products ADD x made.t',
        'CREATE STATISTICS made.s ON (omni.sku_problem(title)), title FROM kept.products'] LOOP
        BEGIN
            EXECUTE attempt;
            PERFORM omni.detach_store('kept');
            RAISE WARNING 'detached in spite of: %', attempt;
        EXCEPTION WHEN dependent_objects_still_exist THEN
            GET STACKED DIAGNOSTICS why = PG_EXCEPTION_DETAIL;
            RAISE NOTICE '%: %', SQLERRM, why;
        END;
    END LOOP;
END $$;
-- partitions and children keep defaults of their own
CREATE TABLE kept.parted (s omni.sku DEFAULT 'A', t int) PARTITION BY RANGE (t);
CREATE TABLE kept.parted_1 PARTITION OF kept.parted (s DEFAULT 'B') FOR VALUES FROM (1) TO (2);
CREATE TABLE made.parted_2 PARTITION OF kept.parted FOR VALUES FROM (2) TO (9) PARTITION BY RANGE (t);
ALTER TABLE made.parted_2 ALTER s DROP DEFAULT;
CREATE TABLE made.parted_2a PARTITION OF made.parted_2 (s DEFAULT 'C') FOR VALUES FROM (2) TO (3);
CREATE TABLE made.parted_2b PARTITION OF made.parted_2 FOR VALUES FROM (3) TO (4);
CREATE TABLE made."Kind" (also int) INHERITS (kept.products);
INSERT INTO kept.parted SELECT 'X', n FROM generate_series(1, 3) n;
INSERT INTO made."Kind" (sku, gtin, also) VALUES ('K-1', '4006381333931', 1);
CREATE TEMP TABLE was AS SELECT d.adrelid, d.adnum, pg_get_expr(d.adbin, d.adrelid) AS expression FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid WHERE c.relnamespace IN ('kept'::regnamespace, 'made'::regnamespace);
SELECT omni.detach_store('kept');
SELECT a.attrelid::regclass, a.attname, a.atttypid::regtype FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p') WHERE a.atttypid::regtype::text LIKE 'omni.%' AND c.relnamespace IN ('kept'::regnamespace, 'made'::regnamespace);
SELECT omni.attach_store('kept');
TABLE pg_temp.was EXCEPT SELECT d.adrelid, d.adnum, pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d;
SELECT d.adrelid::regclass, d.adnum, pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid WHERE c.relnamespace IN ('kept'::regnamespace, 'made'::regnamespace)
    AND (d.adrelid, d.adnum) NOT IN (SELECT w.adrelid, w.adnum FROM pg_temp.was w);
SELECT s, t FROM kept.parted ORDER BY t;
SELECT sku, gtin, also FROM made."Kind";
SET client_min_messages = warning;
DROP TABLE kept.parted, made."Kind", pg_temp.was;
RESET client_min_messages;

-- events that are no moves: the line is as the source says, the views and check_store() go on
INSERT INTO kept.markets (market_code, name, currency, time_zone) VALUES ('DE', 'Germany', 'EUR', 'Europe/Berlin');
INSERT INTO kept.channels (channel_code, name, market_code) VALUES ('web', 'Web', 'DE');
INSERT INTO kept.products (sku) VALUES ('A');
INSERT INTO kept.orders (order_ref, channel_code, placed_at, currency, state) VALUES ('1', 'web', '2026-01-01Z', 'EUR', 'shipped');
INSERT INTO kept.order_lines (order_ref, line_no, sku, qty, unit_price) SELECT '1', n, 'A', 2, 10 FROM generate_series(1, 3) n;
INSERT INTO kept.order_line_events (order_ref, line_no, event_key, qty, from_state, to_state, occurred_at) VALUES
    ('1', 1, 'a', 1, 'open', 'delivered', '2026-01-01Z'), ('1', 2, 'a', 1, 'open', 'delivered', '2026-01-01Z'), ('1', 2, 'b', 1, 'open', '[open..shipped]', '2026-01-01Z'),
    ('1', 3, 'a', 9223372036854775807, 'open', 'shipped', '2026-01-01Z'), ('1', 3, 'b', 9223372036854775807, 'open', 'shipped', '2026-01-01Z');
SELECT line_no, state, qty_delivered, exact_state FROM kept_bi.fact_order_line ORDER BY 1;
SELECT orders, units FROM kept_bi.kpi_daily;
SELECT relation, column_name, problem FROM omni.check_store('kept');

-- the same of relations that know no constraint
CREATE TABLE made.o (order_ref text, channel_code text, placed_at timestamptz, currency text, market_code text, state text);
CREATE TABLE made.l (order_ref text, line_no int, sku text, qty bigint, unit_price numeric);
CREATE TABLE made.e (order_ref text, line_no int, event_key text, qty bigint, from_state text, to_state text, occurred_at timestamptz);
CREATE TABLE made.s (sku text, location_code text, on_hand bigint, reserved bigint, safety_stock bigint);
INSERT INTO made.o VALUES ('1', 'web', '2026-01-01Z', 'EUR', 'XX', 'open'), ('2', NULL, NULL, NULL, NULL, 'sent'), ('3', 'web', 'infinity', 'EUR', NULL, NULL), ('4', 'web', '-infinity', 'EUR', NULL, NULL);
INSERT INTO made.l VALUES ('1', 1, 'A', 0, 1), ('1', 2, 'A', -1, 1), ('1', 3, 'A', NULL, 1), ('1', 4, 'A', 5, 1), ('1', 5, 'A', 5, NULL), ('1', 6, 'A', 5, 1), ('1', 7, 'A', 5, 1), ('1', 8, 'A', 5, 'NaN'), ('2', 1, 'A', 5, 'Infinity'),
    ('3', 1, 'A', 1, 1), ('4', NULL, NULL, 1, 1), (NULL, 1, 'A', 1, 1);
INSERT INTO made.e SELECT '1', n, 'k', 1, 'open', 'shipped', '2026-01-01Z' FROM generate_series(1, 4) n;
INSERT INTO made.e VALUES ('1', 4, 'm', 1, 'open', 'shipped', NULL), ('1', 5, 'k', NULL, 'open', 'shipped', NULL), ('1', 6, 'k', -1, 'open', 'shipped', NULL), ('1', 7, 'k', 1, NULL, 'shipped', NULL), ('1', 8, 'k', 1, 'sent', 'shipped', NULL),
    (NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO made.s VALUES ('A', 'WH', NULL, NULL, NULL), ('B', 'WH', -5, -5, -5), ('C', 'WH', 9223372036854775807, 0, -9223372036854775808), ('D', 'WH', 9223372036854775807, 1, 0), ('E', 'WH', -9223372036854775808, 9223372036854775807, 9223372036854775807);
SELECT omni.create_store('raw', '{"adopt": {"orders": "made.o", "order_lines": "made.l", "order_line_events": "made.e", "stock": "made.s"}}');
SELECT order_key, line_no, market_code, order_date, time_zone, state, qty, qty_shipped, net_amount FROM raw_bi.fact_order_line ORDER BY 1, 2;
SELECT order_date, channel_code, market_code, currency, orders, order_lines, units, net_amount, aov FROM raw_bi.kpi_daily ORDER BY 1, 2, 3;
SELECT state, channel_code, market_code, orders, units FROM raw_bi.orders_by_state ORDER BY 1, 2, 3;
SELECT sku, atp FROM raw_bi.atp ORDER BY 1;
SELECT relation, column_name, problem FROM omni.check_store('raw');

-- what omni calls itself, called by somebody with no right and with anything: refused, or without effect
RESET ROLE;
DO $$ BEGIN EXECUTE format('REVOKE CREATE ON DATABASE %I FROM regress_omni_stranger', current_database()); END $$;
SET client_min_messages = warning;
SET ROLE regress_omni_stranger;
DO $$
DECLARE
    f record;
    name text;
    argument text;
    call text;
BEGIN
    FOR f IN SELECT p.oid::regprocedure AS signature, p.proname, p.proargtypes::regtype[]::text[] AS types FROM pg_proc p
             WHERE p.pronamespace = 'omni'::regnamespace AND p.proname ~ '^store_|_store$' OR p.pronamespace = 'kept'::regnamespace LOOP
        FOREACH name IN ARRAY ARRAY['kept', 'nowhere', '', 'x; DROP TABLE y', '"', 'omni', 'pg_catalog', 'kept.orders', repeat('a', 70), NULL] LOOP
            FOREACH argument IN ARRAY ARRAY['orders', 'bi', '{}', '[]', '{"orders": "kept.orders"}', '{"orders": {"a": 1}}', '[{"relation": "orders", "column_name": "state", "type": "text; DROP"}]', '{"adopt": {"orders": "pg_class"}}', NULL] LOOP
                SELECT format('SELECT count(x::text) FROM %s(%s) x', split_part(f.signature::text, '(', 1), string_agg(CASE
                    WHEN n = 1 AND t = 'text' THEN format('%L::text', name)
                    WHEN t = 'regnamespace' THEN format('%L::regnamespace', quote_ident(name))
                    WHEN t IN ('jsonb', 'text[]', 'regclass', 'regtype') AND (argument !~ '^[[{]' OR t <> 'jsonb') THEN format('NULL::%s', t)
                    WHEN t IN ('bigint', 'bigint[]', 'integer', 'integer[]', 'interval', 'numeric', 'double precision', 'omni.identifier[]') THEN format('NULL::%s', t) WHEN t = 'timestamp with time zone' THEN 'now()' WHEN t = 'boolean' THEN 'true'
                    ELSE format('%L::%s', argument, t) END, ', ' ORDER BY n)) INTO call FROM unnest(f.types) WITH ORDINALITY u(t, n);
                BEGIN
                    EXECUTE call;
                EXCEPTION WHEN insufficient_privilege OR invalid_parameter_value OR null_value_not_allowed OR invalid_schema_name OR undefined_object OR undefined_table OR syntax_error THEN
                    NULL;
                WHEN OTHERS THEN
                    RAISE WARNING '% % %', SQLSTATE, SQLERRM, call;
                END;
            END LOOP;
        END LOOP;
    END LOOP;
END $$;
RESET ROLE;
RESET client_min_messages;
SELECT count(*) FROM pg_namespace n WHERE n.nspowner = 'regress_omni_stranger'::regrole;
SELECT count(*) FROM pg_class c WHERE c.relowner = 'regress_omni_stranger'::regrole;

SET client_min_messages = warning;
DROP OWNED BY regress_omni_keeper CASCADE;
DROP OWNED BY regress_omni_loader CASCADE;
DROP OWNED BY regress_omni_stranger CASCADE;
DROP ROLE regress_omni_keeper, regress_omni_loader, regress_omni_stranger;
