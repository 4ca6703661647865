-- What reserve(), extend(), release(), expire() and ship() of a store do where things are not as they usually are: look-alikes of
-- functions, operators and tables, triggers that call again or refuse, policies, rights that are missing.
SELECT plan(22);
SET client_min_messages = warning;
SELECT omni.create_store('shop') IS NOT NULL AS made \gset
INSERT INTO shop.locations (location_code, name) VALUES ('BER', 'Berlin'), ('HAM', 'Hamburg');
INSERT INTO shop.products (sku, title) VALUES ('A', ''), ('HOT', '');
SELECT count(*) AS done FROM shop.receive('[{"sku": "A", "location": "BER", "qty": 1000}, {"sku": "A", "location": "HAM", "qty": 1000}, {"sku": "HOT", "location": "BER", "qty": 1000}]') \gset
SELECT shop.set_high_contention('HOT', 4) AS done \gset
-- SQLSTATE of what a call ends in, or its rows
CREATE FUNCTION public.outcome(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    rows text;
BEGIN
    EXECUTE pg_catalog.concat('SELECT pg_catalog.string_agg(r::pg_catalog.text, '' '') FROM (', query, ') r') INTO rows;
    RETURN rows;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
-- all calls, one after the other, for an order
CREATE FUNCTION public.story(name text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    told text := '';
    call text;
BEGIN
    FOREACH call IN ARRAY ARRAY['SELECT line, sku, location, qty FROM shop.reserve(%1$L, ''[{"sku": "A", "qty": 3, "location": "BER"}, {"sku": "HOT", "qty": 2, "location": "BER"}, {"sku": "A", "qty": 1, "location": "HAM"}]'')',
            'SELECT line, sku, qty FROM shop.extend(%1$L, ''1 hour'')', 'SELECT line, sku, qty FROM shop.release(%1$L, ''[{"sku": "A", "qty": 2, "location": "BER"}]'')', 'SELECT line, sku, qty FROM shop.ship(%1$L, ''[{"line": 2, "qty": 1}]'')',
            'SELECT line, sku, qty FROM shop.reserve(''%1$s over'', ''[{"sku": "A", "qty": 1}]'', ''1 microsecond'', split => false)', 'SELECT line, sku, qty FROM shop.release(%1$L)', 'SELECT line, sku, qty FROM shop.ship(%1$L)'] LOOP
        told := pg_catalog.concat(told, public.outcome(pg_catalog.format(call, name)), pg_catalog.chr(10));
    END LOOP;
    RETURN told;
END $$;
SELECT public.story('plain') AS told \gset
SELECT matches(:'told'::text, '^\(1,A,BER,3\) \(2,HOT,BER,2\) \(3,A,HAM,1\)\n\(1,A,3\) \(2,HOT,2\) \(3,A,1\)\n\(1,A,2\)\n\(2,HOT,1\)\n', 'the story as it is told where nothing is in its way');

-- look-alikes, before everything that is meant
CREATE SCHEMA evil;
CREATE FUNCTION evil.no() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a look-alike was called' USING ERRCODE = 'OM666'; END $$;
DO $$
DECLARE
    f text;
BEGIN
    FOREACH f IN ARRAY ARRAY['now() RETURNS timestamptz', 'clock_timestamp() RETURNS timestamptz', 'hashtextextended(text, bigint) RETURNS bigint', 'jsonb_array_length(jsonb) RETURNS int', 'jsonb_typeof(jsonb) RETURNS text', 'gen_random_uuid() RETURNS uuid',
            'concat(text, bigint) RETURNS text', 'left(text, int) RETURNS text', 'sum_of(bigint) RETURNS bigint', 'to_jsonb(text) RETURNS jsonb', 'pg_advisory_xact_lock(bigint) RETURNS void', 'store_reserve(regnamespace, text, jsonb, interval, text, boolean, boolean, text) RETURNS int',
            'sku_eq(omni.sku, omni.sku) RETURNS boolean', 'text_eq(text, text) RETURNS boolean', 'int8_op(bigint, bigint) RETURNS boolean', 'int8_sum(bigint, bigint) RETURNS bigint', 'text_cat(text, text) RETURNS text', 'time_le(timestamptz, timestamptz) RETURNS boolean'] LOOP
        EXECUTE format('CREATE FUNCTION evil.%s LANGUAGE plpgsql AS $f$ BEGIN PERFORM evil.no(); END $f$', f);
    END LOOP;
END $$;
CREATE OPERATOR evil.= (LEFTARG = omni.sku, RIGHTARG = omni.sku, FUNCTION = evil.sku_eq);
CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.text_eq);
CREATE OPERATOR evil.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = evil.int8_op);
CREATE OPERATOR evil.> (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = evil.int8_op);
CREATE OPERATOR evil.>= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = evil.int8_op);
CREATE OPERATOR evil.- (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = evil.int8_sum);
CREATE OPERATOR evil.+ (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = evil.int8_sum);
CREATE OPERATOR evil.|| (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.text_cat);
CREATE OPERATOR evil.<= (LEFTARG = timestamptz, RIGHTARG = timestamptz, FUNCTION = evil.time_le);
CREATE DOMAIN evil.sku AS int;
CREATE DOMAIN evil.jsonb AS int;
CREATE TABLE evil.stock (sku int);
CREATE TABLE evil.reservations (sku int);
CREATE TABLE pg_temp.stock (sku int);
CREATE TABLE pg_temp.reservations (sku int);
CREATE TABLE pg_temp.stock_movements (sku int);
CREATE TABLE pg_temp.outbox (sku int);
CREATE TABLE pg_temp.pg_class (oid int);
CREATE DOMAIN pg_temp.sku AS int;
SELECT pg_catalog.set_config('search_path', 'evil, pg_temp, pg_catalog', false) AS set \gset
SELECT public.story('evil') AS told_evil, shop.expire() AS expired_evil \gset
RESET search_path;
SELECT is(:'told_evil'::text, :'told'::text, 'look-alikes of functions, operators, types and tables are not called');
SELECT is(:expired_evil::bigint, 1::bigint, 'nor by expire()');
SELECT pg_catalog.set_config('search_path', '', false) AS set \gset
SELECT public.story('none') AS told_none \gset
RESET search_path;
SELECT is(:'told_none'::text, :'told'::text, 'an empty search_path');
BEGIN;
SET LOCAL quote_all_identifiers = on;
SET LOCAL DateStyle = 'SQL, DMY';
SET LOCAL IntervalStyle = 'iso_8601';
SET LOCAL TimeZone = 'Asia/Kathmandu';
SET LOCAL extra_float_digits = -15;
SET LOCAL standard_conforming_strings = off;
SET LOCAL check_function_bodies = off;
SELECT public.story('settings') AS told_settings \gset
COMMIT;
SELECT is(:'told_settings'::text, :'told'::text, 'settings of the session make no difference');
SELECT is_empty('TABLE shop.stock_problems', 'stock is the sum of its movements');

-- triggers
CREATE FUNCTION public.again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.order_ref = 'outer' THEN
        PERFORM shop.reserve('inner', '[{"sku": "HOT", "qty": 5, "location": "BER"}, {"sku": "A", "qty": 5}]');
        PERFORM shop.release('inner', '[{"sku": "HOT", "qty": 2}]');
    END IF;
    RETURN NEW;
END $$;
BEGIN;
CREATE TRIGGER again BEFORE INSERT ON shop.reservations FOR EACH ROW EXECUTE FUNCTION public.again();
SELECT is(public.outcome($$SELECT line, sku, qty FROM shop.reserve('outer', '[{"sku": "A", "qty": 3, "location": "HAM"}]')$$), '(1,A,3)', 'a trigger that reserves and releases: the outer call gives its own rows');
SELECT results_eq($$SELECT order_ref, sku::text, open_qty FROM shop.reservations WHERE order_ref IN ('inner', 'outer') AND open_qty > 0 ORDER BY 1, 2$$, $$VALUES ('inner', 'A', 5::bigint), ('inner', 'HOT', 3), ('outer', 'A', 3)$$, 'and both are there');
SELECT is_empty('TABLE shop.stock_problems', 'stock is the sum of its movements');
ROLLBACK;
CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.kind = TG_ARGV[0] THEN
        RAISE EXCEPTION 'not now' USING ERRCODE = 'OM777';
    END IF;
    RETURN NEW;
END $$;
BEGIN;
SELECT count(*) AS done FROM shop.reserve('T', '[{"sku": "A", "qty": 3, "location": "BER"}, {"sku": "HOT", "qty": 3, "location": "BER"}]') \gset
CREATE TRIGGER refuse_reserve AFTER INSERT ON shop.stock_movements FOR EACH ROW EXECUTE FUNCTION public.refuse('reserve');
CREATE TRIGGER refuse_release AFTER INSERT ON shop.stock_movements FOR EACH ROW EXECUTE FUNCTION public.refuse('release');
CREATE TRIGGER refuse_ship AFTER INSERT ON shop.stock_movements FOR EACH ROW EXECUTE FUNCTION public.refuse('ship');
SELECT is(ARRAY[public.outcome($$SELECT shop.reserve('T', '[{"sku": "A", "qty": 1}]')$$), public.outcome($$SELECT shop.release('T')$$), public.outcome($$SELECT shop.ship('T')$$), public.outcome($$SELECT qty FROM shop.extend('T')$$)],
    ARRAY['OM777', 'OM777', 'OM777', '(3) (3)'], 'a trigger that refuses a movement refuses the call');
SELECT results_eq($$SELECT sku::text, open_qty FROM shop.reservations WHERE order_ref = 'T' AND open_qty > 0 ORDER BY 1$$, $$VALUES ('A', 3::bigint), ('HOT', 3)$$, 'nothing of it is there');
SELECT is_empty('TABLE shop.stock_problems', 'stock is the sum of its movements');
ROLLBACK;

-- policies: what a clerk does not see is not there for him
CREATE ROLE regress_omni_clerk;
GRANT USAGE ON SCHEMA shop, omni TO regress_omni_clerk;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA shop TO regress_omni_clerk;
BEGIN;
SELECT count(*) AS done FROM shop.reserve('theirs', '[{"sku": "A", "qty": 3, "location": "BER"}]') a, shop.reserve('mine', '[{"sku": "A", "qty": 3, "location": "BER"}]') \gset
ALTER TABLE shop.reservations ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.reservations USING (order_ref LIKE 'mine%');
ALTER TABLE shop.stock ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.stock USING (location_code = 'BER');
SET LOCAL ROLE regress_omni_clerk;
SELECT is(ARRAY[public.outcome($$SELECT qty FROM shop.release('theirs')$$), public.outcome($$SELECT qty FROM shop.extend('theirs')$$), public.outcome($$SELECT qty FROM shop.ship('theirs')$$)], '{55000,55000,55000}', 'orders that a policy hides');
SELECT is(public.outcome($$SELECT qty FROM shop.reserve('theirs', '[{"sku": "A", "qty": 1, "location": "BER"}]')$$), '42501', 'a row that a policy does not let him write');
SELECT is(public.outcome($$SELECT location, qty FROM shop.reserve('mine', '[{"sku": "A", "qty": 1}]')$$), '(BER,1)', 'stock that a policy hides is not chosen');
SELECT is(public.outcome($$SELECT sum(qty) FROM shop.release('mine')$$), '(4)', 'what he sees he gives back');
RESET ROLE;
SELECT is_empty('TABLE shop.stock_problems', 'stock is the sum of its movements');
ROLLBACK;

-- rights: each that is missing is told as such, or is not needed, and then all is done as usual
SELECT count(*) AS done FROM shop.reserve('rights', '[{"sku": "A", "qty": 3, "location": "BER"}, {"sku": "HOT", "qty": 3, "location": "BER"}]') a, shop.reserve('late', '[{"sku": "A", "qty": 3, "location": "BER"}]', '1 microsecond') \gset
CREATE FUNCTION public.without(call text, right_ text, relation text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    said text := 'done';
BEGIN
    BEGIN
        EXECUTE format('REVOKE %s ON shop.%I FROM regress_omni_clerk', right_, relation);
        SET LOCAL ROLE regress_omni_clerk;
        EXECUTE 'SELECT count(*) FROM ' || call;
        RESET ROLE;
        IF EXISTS (SELECT FROM shop.stock_problems) THEN
            said := 'problems';
        ELSIF NOT EXISTS (SELECT FROM shop.outbox o WHERE o.happened_at = now()) THEN
            said := 'no request was written';
        END IF;
        RAISE EXCEPTION USING ERRCODE = 'OM000';
    EXCEPTION
        WHEN SQLSTATE 'OM000' THEN
            NULL;
        WHEN OTHERS THEN
            said := SQLSTATE;
    END;
    RETURN said;
END $$;
CREATE TEMP TABLE missing AS SELECT c.call, p.right_, t.relation, public.without(c.call, p.right_, t.relation) AS said
FROM unnest(ARRAY[$$shop.reserve('x', '[{"sku": "A", "qty": 1, "location": "BER"}, {"sku": "HOT", "qty": 1}]')$$, $$shop.reserve('x', '[{"sku": "A", "qty": 1}]', partial => true)$$, $$shop.extend('rights')$$, $$shop.release('rights')$$, $$shop.expire()$$, $$shop.ship('rights')$$]) c(call),
     unnest('{SELECT,INSERT,UPDATE}'::text[]) p(right_), unnest('{stock,stock_slots,reservations,stock_movements,outbox,locations,products,bundle_components,channels,channel_buffers,order_lines,orders,shipments}'::text[]) t(relation);
SELECT is_empty($$SELECT * FROM missing WHERE said NOT IN ('done', '42501')$$, 'a right that is missing is 42501, or was not needed');
SELECT results_eq($$SELECT call, said FROM missing WHERE right_ = 'UPDATE' AND relation = 'channels' ORDER BY 1$$, $$SELECT DISTINCT call, 'done' FROM missing ORDER BY 1$$, 'each call is done where no right is missing that it needs');
SELECT is((SELECT count(DISTINCT call) FROM missing WHERE relation = 'reservations' AND said = '42501'), 6::bigint, 'each needs rights on reservations');
SELECT is((SELECT count(DISTINCT call) FROM missing WHERE relation = 'outbox' AND right_ = 'INSERT' AND said = '42501'), 6::bigint, 'and writes its request');
SELECT is_empty('TABLE shop.stock_problems', 'stock is the sum of its movements');
DROP OWNED BY regress_omni_clerk;
DROP ROLE regress_omni_clerk;
SELECT * FROM finish();
