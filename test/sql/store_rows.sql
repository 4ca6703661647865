-- reserve() writes rows of plain tables without statements. What it writes, and what it refuses, is what its statements do: each call
-- is made both ways here, and undone. A table with row security, which its owner has nothing to do with, has its statements run.
SET search_path = '';
SET timezone = 'UTC';
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT omni.create_store('rows') IS NOT NULL AS made \gset
INSERT INTO rows.channels (channel_code, name, stock_buffer) VALUES ('web', 'Web', 0), ('market', 'Marketplace', 2);
INSERT INTO rows.locations (location_code, name, active) VALUES ('BER', 'Berlin', true), ('OLD', 'closed', false);
INSERT INTO rows.bundle_components (sku, component_sku, qty) VALUES ('BOX', 'A', 2), ('BOX', 'B', 1);
SELECT rows.move_stock(s, l, q, 'receive', 'r', NULL, NULL, now()) FROM (VALUES ('A', 'BER', 10), ('A', 'HAM', 4), ('B', 'BER', 3), ('C', 'OLD', 5), ('HOT', 'BER', 20)) v(s, l, q) \g (format=unaligned tuples_only=on) /dev/null
SELECT rows.set_high_contention('HOT', 4);
-- all that a call writes, and the state of stock, or what it says instead
CREATE FUNCTION pg_temp.once(lines text, key text, channel text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    said text;
    detail text;
    what text;
BEGIN
    PERFORM rows.reserve('o', lines::jsonb, NULL, key, channel => channel);
    SELECT pg_catalog.string_agg(x.name || ' ' || (x.row - '{reservation_id,outbox_id,identity_number,movement_key,request_key,answer,request_hash}'::text[])::text || coalesce(' ' || pg_catalog.regexp_replace(x.row ->> 'answer', '_id": \d+', '_id": N', 'g'), ''), E'\n' ORDER BY x.name, x.row ->> 'line_no', (x.row - '{reservation_id,outbox_id,identity_number,movement_key,request_key,answer,request_hash}'::text[])::text) INTO said
    FROM (SELECT 'reservations', pg_catalog.to_jsonb(r) FROM rows.reservations r WHERE r.order_ref = 'o' UNION ALL SELECT 'movements', pg_catalog.to_jsonb(m) FROM rows.stock_movements m WHERE m.order_ref = 'o'
        UNION ALL SELECT 'outbox', pg_catalog.to_jsonb(b) FROM rows.outbox b WHERE b.order_ref = 'o' UNION ALL SELECT 'stock', pg_catalog.to_jsonb(s) FROM rows.stock s
        UNION ALL SELECT 'free', pg_catalog.jsonb_build_object('free', pg_catalog.sum(t.free)) FROM rows.stock_slots t UNION ALL SELECT 'problem', pg_catalog.to_jsonb(p) FROM rows.stock_problems p) x(name, row);
    RAISE EXCEPTION USING ERRCODE = 'UNDO0', MESSAGE = said;
EXCEPTION WHEN SQLSTATE 'UNDO0' THEN
    RETURN SQLERRM;
WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, what = CONSTRAINT_NAME;
    RETURN pg_catalog.format('%s %s %s %s', SQLSTATE, SQLERRM, pg_catalog.regexp_replace(pg_catalog.regexp_replace(detail, '\(.*\)', '(...)'), '\d\d+', 'N', 'g'), what);
END $$;
CREATE FUNCTION pg_temp.both(lines text, key text DEFAULT 'k', channel text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    by_rows text := pg_temp.once(lines, key, channel);
    again text := pg_temp.once(lines, key, channel);
    by_statements text;
    sets bigint := (SELECT pg_catalog.count(*) FROM pg_catalog.pg_backend_memory_contexts WHERE name = 'rows of a store');
BEGIN
    ALTER TABLE rows.stock_movements ENABLE ROW LEVEL SECURITY;
    by_statements := pg_temp.once(lines, key, channel);
    ALTER TABLE rows.stock_movements DISABLE ROW LEVEL SECURITY;
    IF by_rows <> by_statements OR by_rows <> again OR by_rows IS NULL THEN
        RAISE WARNING E'by rows:\n%\nby statements:\n%', by_rows, by_statements;
    END IF;
    -- what is known of tables is let go when there is something special about them
    sets := sets - (SELECT pg_catalog.count(*) FROM pg_catalog.pg_backend_memory_contexts WHERE name = 'rows of a store');
    RETURN CASE WHEN by_rows ~ '^[0-9A-Z]{5} ' THEN by_rows ELSE 'taken' END || CASE sets WHEN 1 THEN ', by rows' ELSE '' END;
END $$;
-- statements that take units, which this session has planned
CREATE FUNCTION pg_temp.statements() RETURNS bigint LANGUAGE sql AS $$ SELECT pg_catalog.count(*) FROM pg_catalog.pg_backend_memory_contexts WHERE ident LIKE 'WITH u AS (UPDATE rows.%' $$;
CREATE TEMP TABLE calls (n serial, lines text, channel text);
INSERT INTO calls (lines, channel) VALUES
    ('[{"sku": "A", "qty": 4, "location": "BER"}]', NULL), ('[{"sku": "A", "qty": 10, "location": "BER"}]', NULL), ('[{"sku": "A", "qty": 11, "location": "BER"}]', NULL),
    ('[{"sku": "A", "qty": 4, "location": "BER", "line": 7}, {"sku": "a", "qty": 5, "location": "BER"}]', NULL), ('[{"sku": "A", "qty": 4, "location": "BER"}, {"sku": "a", "qty": 7, "location": "BER"}]', NULL),
    ('[{"sku": "A", "qty": 12}]', NULL), ('[{"sku": "BOX", "qty": 3, "location": "BER"}]', NULL), ('[{"sku": "BOX", "qty": 1, "location": "BER"}, {"sku": "A", "qty": 1, "location": "BER"}]', NULL),
    ('[{"sku": "A", "qty": 8, "location": "BER"}]', 'market'), ('[{"sku": "A", "qty": 9, "location": "BER"}]', 'market'), ('[{"sku": "A", "qty": 9, "location": "BER"}]', 'web'), ('[{"sku": "A", "qty": 1, "location": "BER"}]', 'nobody'),
    ('[{"sku": "C", "qty": 1, "location": "OLD"}]', NULL), ('[{"sku": "A", "qty": 1, "location": "NOWHERE"}]', NULL),
    ('[{"sku": "HOT", "qty": 2, "location": "BER"}]', NULL), ('[{"sku": "HOT", "qty": 2, "location": "BER"}]', 'market'), ('[{"sku": "HOT", "qty": 4, "location": "BER"}]', 'market'),
    ('[{"sku": "HOT", "qty": 12, "location": "BER"}]', NULL), ('[{"sku": "HOT", "qty": 21}]', NULL), ('[{"sku": "HOT", "qty": 1, "location": "BER"}, {"sku": "HOT", "qty": 2, "location": "BER"}]', NULL);

-- plain tables: no statement is planned until one is needed
SELECT qty, pg_temp.statements() FROM rows.reserve('p', '[{"sku": "A", "qty": 1, "location": "BER"}]');
SELECT qty, pg_temp.statements() FROM rows.reserve('p', '[{"sku": "A", "qty": 2, "location": "BER"}]', '1 hour', 'p', channel => 'web');
SELECT qty, pg_temp.statements() FROM rows.reserve('p', '[{"sku": "HOT", "qty": 2, "location": "BER"}]', channel => 'market');
SELECT qty, pg_temp.statements() FROM rows.reserve('p', '[{"sku": "A", "qty": 2, "location": "BER"}]', '1 hour', 'p', channel => 'web');
SELECT count(*) AS released FROM rows.release('p') \gset
SELECT rows.rebalance('HOT');
SELECT n, pg_temp.both(lines, channel => channel) FROM calls ORDER BY n;
SELECT pg_temp.both(lines, NULL) FROM calls WHERE n = 1;
SELECT pg_temp.statements() > 0 AS planned_meanwhile;

-- limits of numbers
UPDATE rows.stock SET backorder_limit = 9223372036854775807 WHERE sku = 'B';
SELECT pg_temp.both('[{"sku": "B", "qty": 9223372036854775807, "location": "BER"}]'), pg_temp.both('[{"sku": "B", "qty": 9223372036854775806, "location": "BER"}, {"sku": "B", "qty": 1, "location": "BER"}]'), pg_temp.both('[{"sku": "B", "qty": 9, "location": "BER"}]');
UPDATE rows.stock SET backorder_limit = 0, safety_stock = 9223372036854775807 WHERE sku = 'B';
SELECT pg_temp.both('[{"sku": "B", "qty": 1, "location": "BER"}]');
UPDATE rows.stock SET safety_stock = 0 WHERE sku = 'B';

-- a user's columns, with defaults that are there or not
CREATE SEQUENCE rows.mine;
CREATE FUNCTION rows.word() RETURNS text LANGUAGE sql AS $$ SELECT 'one'::text $$;
ALTER TABLE rows.reservations ADD COLUMN note text DEFAULT rows.word() || '!', ADD COLUMN who name DEFAULT current_user, ADD COLUMN empty jsonb;
ALTER TABLE rows.outbox ADD COLUMN number bigint DEFAULT nextval('rows.mine') % 1, ADD COLUMN identity_number int GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE rows.stock ADD COLUMN bin text DEFAULT 'shelf', ADD COLUMN dropped int;
ALTER TABLE rows.stock DROP COLUMN dropped;
SELECT pg_temp.both(lines) FROM calls WHERE n IN (1, 15) ORDER BY n;
SELECT qty FROM rows.reserve('d', '[{"sku": "A", "qty": 1, "location": "BER"}]');
CREATE OR REPLACE FUNCTION rows.word() RETURNS text LANGUAGE sql AS $$ SELECT 'two'::text $$;
SELECT qty FROM rows.reserve('d', '[{"sku": "A", "qty": 1, "location": "BER"}]');
ALTER TABLE rows.reservations ALTER note SET DEFAULT 'three';
SELECT qty FROM rows.reserve('d', '[{"sku": "A", "qty": 1, "location": "BER"}]');
SELECT note, who = current_user AS mine, empty FROM rows.reservations WHERE order_ref = 'd' ORDER BY reservation_id;
SELECT bin, count(*) FROM rows.stock GROUP BY 1;
SELECT count(*) AS released FROM rows.release('d') \gset
ALTER TABLE rows.reservations DROP COLUMN note, DROP COLUMN who, DROP COLUMN empty, ADD COLUMN empty int NOT NULL DEFAULT 1;
ALTER TABLE rows.reservations ALTER empty DROP DEFAULT;
\echo a column without a value
SELECT pg_temp.both(lines) FROM calls WHERE n = 1;
ALTER TABLE rows.reservations DROP COLUMN empty;
CREATE DOMAIN rows.filled AS text NOT NULL;
ALTER TABLE rows.outbox ADD COLUMN filled rows.filled DEFAULT 'x';
ALTER TABLE rows.outbox ALTER filled DROP DEFAULT;
\echo a domain that wants one
SELECT pg_temp.both(lines) FROM calls WHERE n = 1;
ALTER TABLE rows.outbox DROP COLUMN filled;
ALTER TABLE rows.stock ADD COLUMN left_over bigint GENERATED ALWAYS AS (on_hand - reserved) STORED;
SELECT pg_temp.both(lines) FROM calls WHERE n = 1;
SELECT qty FROM rows.reserve('d', '[{"sku": "A", "qty": 4, "location": "BER"}]');
SELECT left_over FROM rows.stock WHERE sku = 'A' AND location_code = 'BER';
SELECT count(*) AS released FROM rows.release('d') \gset
ALTER TABLE rows.stock DROP COLUMN left_over;
ALTER TABLE rows.reservations ALTER reservation_id SET GENERATED ALWAYS;
\echo numbers that only the sequence gives
SELECT pg_temp.both(lines) FROM calls WHERE n = 1;
ALTER TABLE rows.reservations ALTER reservation_id SET GENERATED BY DEFAULT;

-- a user's CHECKs and indexes
CREATE FUNCTION rows.small(n bigint) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN n < 4; END $$;
ALTER TABLE rows.reservations ADD CONSTRAINT few CHECK (rows.small(qty)) NOT VALID;
ALTER TABLE rows.stock ADD CONSTRAINT some_left CHECK (on_hand - reserved > 2) NOT VALID;
SELECT pg_temp.both(lines) FROM calls WHERE n IN (1, 15) ORDER BY n;
CREATE OR REPLACE FUNCTION rows.small(n bigint) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN n < 20; END $$;
SELECT pg_temp.both(lines) FROM calls WHERE n IN (1, 2) ORDER BY n;
REVOKE EXECUTE ON FUNCTION rows.small FROM public;
SELECT pg_temp.both(lines) FROM calls WHERE n = 1;
ALTER TABLE rows.stock DROP CONSTRAINT some_left;
SELECT pg_temp.both(lines) FROM calls WHERE n = 2;
ALTER TABLE rows.reservations DROP CONSTRAINT few;
CREATE UNIQUE INDEX one_a_line ON rows.reservations (order_ref, (line_no % 10)) WHERE open_qty > 0;
SELECT pg_temp.both(lines) FROM calls WHERE n IN (1, 4) ORDER BY n;
SELECT pg_temp.both('[{"sku": "A", "qty": 1, "location": "BER", "line": 1}, {"sku": "A", "qty": 1, "location": "BER", "line": 11}]');
DROP INDEX rows.one_a_line;
SELECT pg_temp.both('[{"sku": "A", "qty": 1, "location": "BER", "line": 1}, {"sku": "A", "qty": 1, "location": "BER", "line": 11}]');
CREATE INDEX ON rows.outbox USING gin (answer);
CREATE INDEX stock_reserved ON rows.stock (reserved);
SELECT pg_temp.both(lines) FROM calls WHERE n = 1;
SELECT qty FROM rows.reserve('i', '[{"sku": "A", "qty": 3, "location": "BER"}]');
SET enable_seqscan = off;
SELECT sku, location_code FROM rows.stock WHERE reserved = 3;
RESET enable_seqscan;
SELECT count(*) AS released FROM rows.release('i') \gset
DROP INDEX rows.stock_reserved, rows.outbox_answer_idx;
ALTER TABLE rows.stock DROP CONSTRAINT stock_pkey;
CREATE INDEX stock_key ON rows.stock (location_code, sku);
SELECT pg_temp.both(lines) FROM calls WHERE n IN (1, 3) ORDER BY n;
DROP INDEX rows.stock_key;
ALTER TABLE rows.stock ADD PRIMARY KEY (location_code, sku);
SELECT pg_temp.both(lines) FROM calls WHERE n IN (1, 3) ORDER BY n;
ALTER TABLE rows.stock_movements DROP CONSTRAINT stock_movements_pkey, ADD UNIQUE (sku, location_code, movement_key) DEFERRABLE;
SELECT pg_temp.both(lines) FROM calls WHERE n = 1;
ALTER TABLE rows.stock_movements DROP CONSTRAINT stock_movements_sku_location_code_movement_key_key, ADD PRIMARY KEY (sku, location_code, movement_key);
SELECT pg_temp.both(lines) FROM calls WHERE n = 1;

-- triggers of rows and of statements, rules, row security
CREATE FUNCTION rows.changes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.reason := 'trigger'; RETURN NEW; END $$;
CREATE FUNCTION rows.counts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO rows.counted SELECT pg_catalog.count(*) FROM new_rows; RETURN NULL; END $$;
CREATE TABLE rows.counted (n bigint);
CREATE TRIGGER changes BEFORE INSERT ON rows.stock_movements FOR EACH ROW EXECUTE FUNCTION rows.changes();
CREATE TRIGGER counts AFTER INSERT ON rows.reservations REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION rows.counts();
SELECT pg_temp.both(lines) FROM calls WHERE n IN (1, 4) ORDER BY n;
SELECT count(*) FROM rows.reserve('t', '[{"sku": "A", "qty": 2, "location": "BER"}, {"sku": "A", "qty": 1, "location": "BER"}]');
SELECT DISTINCT reason, n FROM rows.stock_movements, rows.counted WHERE order_ref = 't';
SELECT count(*) AS released FROM rows.release('t') \gset
DROP TRIGGER changes ON rows.stock_movements;
DROP TRIGGER counts ON rows.reservations;
CREATE RULE as_it_is AS ON INSERT TO rows.outbox WHERE NEW.call = 'nothing' DO INSTEAD NOTHING;
SELECT pg_temp.both(lines) FROM calls WHERE n = 1;
DROP RULE as_it_is ON rows.outbox;
ALTER TABLE rows.reservations ADD FOREIGN KEY (location_code) REFERENCES rows.locations;
SELECT pg_temp.both('[{"sku": "A", "qty": 1, "location": "HAM"}]'), pg_temp.both('[{"sku": "A", "qty": 1, "location": "BER"}]');
ALTER TABLE rows.reservations DROP CONSTRAINT reservations_location_code_fkey;
CREATE TABLE rows.stock_of_others () INHERITS (rows.stock);
SELECT pg_temp.both(lines) FROM calls WHERE n = 1;
DROP TABLE rows.stock_of_others;
-- which is remembered until then
ANALYZE rows.stock;

-- rights: what the statements need is needed, the same for each user and at once
CREATE ROLE regress_omni_seller;
CREATE ROLE regress_omni_visitor;
GRANT USAGE ON SCHEMA rows, omni TO regress_omni_seller, regress_omni_visitor;
GRANT SELECT ON ALL TABLES IN SCHEMA rows TO regress_omni_seller, regress_omni_visitor;
GRANT INSERT ON rows.stock_movements, rows.outbox TO regress_omni_seller;
GRANT USAGE ON SEQUENCE rows.mine TO regress_omni_seller;
GRANT UPDATE (reserved) ON rows.stock TO regress_omni_seller;
GRANT UPDATE (free) ON rows.stock_slots TO regress_omni_seller;
GRANT INSERT (sku, location_code, order_ref, expires_at, channel_code, reservation_id, line_no, qty, bundle_sku, open_qty) ON rows.reservations TO regress_omni_seller;
CREATE FUNCTION pg_temp.as_user(who text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    said text;
BEGIN
    EXECUTE pg_catalog.format('SET ROLE %I', who);
    said := (SELECT pg_catalog.string_agg(coalesce(pg_catalog.regexp_replace(pg_temp.once(c.lines, NULL, NULL), '^(?![0-9A-Z]{5} ).*', 'taken'), 'nothing'), ', ' ORDER BY c.n) FROM pg_temp.calls c WHERE c.n IN (1, 15));
    RESET ROLE;
    RETURN said;
END $$;
GRANT SELECT ON calls TO regress_omni_seller, regress_omni_visitor;
SELECT u, pg_temp.as_user(u) FROM unnest('{regress_omni_seller,regress_omni_visitor,regress_omni_seller}'::text[]) WITH ORDINALITY u(u, n) ORDER BY n;
REVOKE INSERT (expires_at) ON rows.reservations FROM regress_omni_seller;
SELECT pg_temp.as_user('regress_omni_seller');
GRANT INSERT (expires_at) ON rows.reservations TO regress_omni_seller;
REVOKE UPDATE (reserved) ON rows.stock FROM regress_omni_seller;
SELECT pg_temp.as_user('regress_omni_seller');
GRANT UPDATE (reserved) ON rows.stock TO regress_omni_seller;
REVOKE SELECT ON rows.locations FROM regress_omni_seller;
SELECT pg_temp.as_user('regress_omni_seller');
GRANT SELECT ON rows.locations TO regress_omni_seller;
SELECT pg_temp.as_user('regress_omni_seller');
ALTER TABLE rows.reservations ENABLE ROW LEVEL SECURITY;
CREATE POLICY small ON rows.reservations USING (true) WITH CHECK (qty < 4);
SELECT pg_temp.as_user('regress_omni_seller');
ALTER TABLE rows.reservations DISABLE ROW LEVEL SECURITY;
SELECT pg_temp.as_user('regress_omni_seller');
DROP OWNED BY regress_omni_seller, regress_omni_visitor;
DROP ROLE regress_omni_seller, regress_omni_visitor;

-- a transaction that only reads; a column that is of another type; another table of that name; tables that are gone
BEGIN READ ONLY;
SELECT rows.reserve('1', '[{"sku": "A", "qty": 1, "location": "BER"}]');
ROLLBACK;
DELETE FROM rows.outbox;
ALTER TABLE rows.outbox ALTER call TYPE varchar(3);
SELECT pg_temp.both(lines) FROM calls WHERE n = 1;
ALTER TABLE rows.outbox ALTER call TYPE text;
SELECT pg_temp.both(lines) FROM calls WHERE n = 1;
BEGIN;
ALTER TABLE rows.locations RENAME TO places;
CREATE TABLE rows.locations (location_code text PRIMARY KEY, active boolean);
INSERT INTO rows.locations VALUES ('BER', false);
SELECT pg_temp.both(lines) FROM calls WHERE n = 1;
UPDATE rows.locations SET active = NULL;
SELECT pg_temp.both(lines) FROM calls WHERE n = 1;
ROLLBACK;
SELECT pg_temp.both(lines) FROM calls WHERE n = 1;
BEGIN;
SET LOCAL client_min_messages = warning;
DROP TABLE rows.bundle_components CASCADE;
SELECT pg_temp.both(lines) FROM calls WHERE n = 1;
ROLLBACK;
-- that a schema is a store is known until one of its tables, or its name, changes
BEGIN;
ALTER TABLE rows.outbox RENAME TO box;
SELECT pg_temp.once(lines, 'k', NULL) FROM calls WHERE n = 1;
CREATE VIEW rows.outbox AS SELECT * FROM rows.box;
SELECT pg_temp.once(lines, 'k', NULL) FROM calls WHERE n = 1;
DROP VIEW rows.outbox;
ALTER TABLE rows.box RENAME TO outbox;
SELECT pg_temp.both(lines) FROM calls WHERE n = 1;
ALTER SCHEMA rows RENAME TO moved;
SELECT omni.store_reserve('moved', 'o', lines::jsonb, NULL, 'k', false, true, NULL) FROM calls WHERE n = 1;
SELECT r.sku, r.open_qty FROM moved.reservations r WHERE r.order_ref = 'o';
ALTER TABLE moved.outbox RENAME TO box;
SAVEPOINT a;
SELECT omni.store_reserve('moved', 'o', lines::jsonb, NULL, 'l', false, true, NULL) FROM calls WHERE n = 1;
ROLLBACK TO a;
ROLLBACK;
SELECT pg_temp.both(lines) FROM calls WHERE n = 1;
SELECT n, pg_temp.both(lines, channel => channel) FROM calls WHERE n IN (1, 9, 15, 16) ORDER BY n;
SELECT * FROM rows.stock_problems;
SET client_min_messages = warning;
DROP SCHEMA rows, rows_bi, rows_pii CASCADE;
RESET client_min_messages;
SELECT omni.create_store('rows') IS NOT NULL AS made \gset
SELECT rows.move_stock('A', 'BER', 5, 'receive', 'r', NULL, NULL, now()) \g (format=unaligned tuples_only=on) /dev/null
SELECT pg_temp.both('[{"sku": "A", "qty": 5, "location": "BER"}]'), pg_temp.both('[{"sku": "A", "qty": 6, "location": "BER"}]');
SET client_min_messages = warning;
DROP SCHEMA rows, rows_bi, rows_pii CASCADE;
