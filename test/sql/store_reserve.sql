-- reserve(), extend(), release(), expire() and slots of a store, one session: what is taken where, what is refused, what a retry gets.
SET search_path = '';
SET timezone = 'UTC';
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT omni.create_store('shop') IS NOT NULL AS made \gset
INSERT INTO shop.channels (channel_code, name, stock_buffer) VALUES ('web', 'Web', 0), ('market', 'Marketplace', 2);
INSERT INTO shop.locations (location_code, name) VALUES ('BER', 'Berlin'), ('HAM', 'Hamburg'), ('MUC', 'Munich'), ('OLD', 'closed');
UPDATE shop.locations SET active = false WHERE location_code = 'OLD';
INSERT INTO shop.products (sku) VALUES ('BOX'), ('CRATE'), ('NEVER');
INSERT INTO shop.bundle_components (sku, component_sku, qty) VALUES ('BOX', 'A', 2), ('BOX', 'B', 1), ('CRATE', 'BOX', 2), ('CRATE', 'A', 1);
CREATE FUNCTION pg_temp.put(sku text, location text, qty bigint) RETURNS void LANGUAGE sql AS $$ SELECT shop.move_stock(sku, location, qty, 'receive', 'r' || pg_catalog.random(), NULL, NULL, pg_catalog.now()) $$;
-- what a call gives, without what differs from run to run; what is free, with all that counts
CREATE FUNCTION pg_temp.got(order_ref text, lines jsonb, partial boolean DEFAULT false, split boolean DEFAULT true, channel text DEFAULT NULL, key text DEFAULT NULL) RETURNS text LANGUAGE sql AS
    $$ SELECT pg_catalog.string_agg(pg_catalog.format('%s: %s x %s at %s%s', line, qty, sku, coalesce(location, '-'), CASE WHEN reservation_id IS NULL THEN ' (none)' END), ', ') FROM shop.reserve(order_ref, lines, '15 min', key, partial, split, channel) $$;
CREATE FUNCTION pg_temp.free() RETURNS text LANGUAGE sql AS $$
    SELECT pg_catalog.string_agg(pg_catalog.format('%s@%s %s', s.sku, s.location_code, s.on_hand - s.reserved + coalesce((SELECT pg_catalog.sum(t.free) FROM shop.stock_slots t WHERE t.sku = s.sku AND t.location_code = s.location_code), 0)), ', ' ORDER BY s.sku, s.location_code COLLATE pg_catalog."C") FROM shop.stock s $$;
SELECT pg_temp.put(s, l, q) FROM (VALUES ('A', 'BER', 10), ('A', 'HAM', 4), ('B', 'BER', 3), ('B', 'HAM', 8), ('C', 'MUC', 5), ('C', 'OLD', 100)) v(s, l, q) \g (format=unaligned tuples_only=on) /dev/null

-- a line at its location; all or nothing
SELECT pg_temp.got('1', '[{"sku": " a ", "qty": 4, "location": "BER"}]');
SELECT pg_temp.got('1', '[{"sku": "A", "qty": 7, "location": "BER"}]');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.got('1', '[{"sku": "A", "qty": 6, "location": "BER"}, {"sku": "B", "qty": 4, "location": "BER"}, {"sku": "C", "qty": 9, "location": "MUC"}]');
SELECT pg_temp.free();
-- the same SKU on two lines never passes twice on the same units
SELECT pg_temp.got('2', '[{"sku": "A", "qty": 4, "location": "BER"}, {"sku": "a", "qty": 4, "location": "BER"}]');
SELECT pg_temp.got('2', '[{"sku": "A", "qty": 4, "location": "BER"}, {"sku": "a", "qty": 4, "location": "BER"}]', partial => true);
SELECT pg_temp.got('2', '[{"sku": "A", "qty": 1, "location": "BER"}]', partial => true);
SELECT count(*) AS released FROM shop.release('1') \gset
SELECT count(*) AS released FROM shop.release('2') \gset
SELECT pg_temp.free();

-- bundles: units of the components; two that share one never pass twice, alone or beside it
SELECT pg_temp.got('3', '[{"sku": "BOX", "qty": 2, "location": "BER"}]');
SELECT sku, qty, bundle_sku, line_no FROM shop.reservations WHERE order_ref = '3' ORDER BY sku;
SELECT pg_temp.got('4', '[{"sku": "BOX", "qty": 1, "location": "BER"}, {"sku": "CRATE", "qty": 1, "location": "BER"}]');
SELECT pg_temp.got('4', '[{"sku": "BOX", "qty": 1, "location": "BER"}, {"sku": "A", "qty": 5, "location": "BER"}]');
-- parts of a call are whole bundles
SELECT pg_temp.got('4', '[{"sku": "CRATE", "qty": 3}, {"sku": "A", "qty": 5}]', partial => true);
-- units of a bundle are so many of each component, whatever a line of the call names it by; a component goes by its own SKU
SELECT sku, open_qty, bundle_sku, line_no FROM shop.reservations WHERE order_ref = '3' ORDER BY line_no, sku;
BEGIN;
SELECT line, sku, qty FROM shop.release('3', '[{"line": 1, "qty": 1}]');
SELECT line, sku, qty FROM shop.release('3', '[{"sku": "BOX", "qty": 1}]');
ROLLBACK;
BEGIN;
SELECT line, sku, qty FROM shop.release('3', '[{"line": 1, "sku": "A", "qty": 1}]');
SELECT line, sku, qty FROM shop.release('3', '[{"sku": "BOX"}]');
ROLLBACK;
SELECT line, sku, qty FROM shop.release('3', '[{"line": 1, "qty": 100}]');
-- of a hold that has expired, one component was tidied: whole bundles are left of the other hold
BEGIN;
SELECT count(*) FROM shop.receive('[{"sku": "A", "location": "BER", "qty": 9}, {"sku": "B", "location": "BER", "qty": 9}]');
SELECT count(*) FROM shop.reserve('3-late', '[{"sku": "BOX", "qty": 2, "location": "BER"}]', NULL);
SELECT count(*) FROM shop.reserve('3-late', '[{"sku": "BOX", "qty": 1, "location": "BER"}]', '1 microsecond');
SELECT pg_sleep(.01) IS NOT NULL AS late;
SELECT qty FROM shop.adjust('[{"sku": "A", "location": "BER", "qty": 1}]', 'found');
SELECT sku, open_qty, expires_at = 'infinity' AS forever FROM shop.reservations WHERE order_ref = '3-late' AND open_qty > 0 ORDER BY sku, reservation_id;
SELECT sku, qty FROM shop.release('3-late', '[{"sku": "BOX", "qty": 1}]');
SELECT sku, open_qty, expires_at = 'infinity' AS forever FROM shop.reservations WHERE order_ref = '3-late' AND open_qty > 0 ORDER BY sku, reservation_id;
ROLLBACK;
SELECT count(*) AS released FROM shop.release('3') \gset
SELECT count(*) AS released FROM shop.release('4') \gset
INSERT INTO shop.bundle_components (sku, component_sku, qty) VALUES ('X', 'Y', 1), ('Y', 'X', 1);
SELECT pg_temp.got('4', '[{"sku": "X", "qty": 1}]');
\echo :LAST_ERROR_SQLSTATE

-- a line without location: one that has all; most lines; several; what one has; never an inactive one
SELECT pg_temp.got('5', '[{"sku": "A", "qty": 3}, {"sku": "B", "qty": 3}]');
SELECT pg_temp.got('6', '[{"sku": "A", "qty": 3}, {"sku": "B", "qty": 3}]');
SELECT pg_temp.got('7', '[{"sku": "A", "qty": 4}, {"sku": "B", "qty": 1}, {"sku": "C", "qty": 1}]');
SELECT pg_temp.free();
SELECT pg_temp.got('8', '[{"sku": "B", "qty": 4}]'), pg_temp.got('9', '[{"sku": "C", "qty": 5}]', partial => true);
SELECT count(*) AS released FROM shop.release('7') \gset
SELECT pg_temp.free();
SELECT pg_temp.got('10', '[{"sku": "A", "qty": 8}]', split => false);
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.got('10', '[{"sku": "A", "qty": 8}]', split => false, partial => true);
SELECT pg_temp.got('11', '[{"sku": "A", "qty": 9}]', partial => true);
SELECT pg_temp.got('12', '[{"sku": "C", "qty": 1, "location": "OLD"}]');
-- "line" names the order's line; two elements may be about one
DO $$ DECLARE o text; BEGIN FOR o IN SELECT DISTINCT order_ref FROM shop.reservations WHERE open_qty > 0 LOOP PERFORM shop.release(o); END LOOP; END $$;
SELECT pg_temp.got('13', '[{"sku": "A", "qty": 2, "location": "BER", "line": 7}, {"sku": "A", "qty": 2, "location": "HAM", "line": 7}, {"sku": "B", "qty": 1.0, "line": 2}]');
SELECT count(*) AS released FROM shop.release('13') \gset

-- what can be promised: safety stock, backorders, the channel's buffer
UPDATE shop.stock SET safety_stock = 3 WHERE (sku, location_code) = ('C', 'MUC');
SELECT pg_temp.got('14', '[{"sku": "C", "qty": 3}]');
UPDATE shop.stock SET backorder_limit = 9223372036854775807 WHERE (sku, location_code) = ('C', 'MUC');
SELECT pg_temp.got('14', '[{"sku": "C", "qty": 20}]');
UPDATE shop.stock SET backorder_limit = 0, safety_stock = 0 WHERE (sku, location_code) = ('C', 'MUC');
SELECT count(*) AS released FROM shop.release('14') \gset
SELECT pg_temp.got('15', '[{"sku": "C", "qty": 4}]', channel => 'market');
INSERT INTO shop.channel_buffers VALUES ('C', 'MUC', 'market', 1), ('C', 'MUC', 'web', 5);
SELECT pg_temp.got('15', '[{"sku": "C", "qty": 4, "location": "MUC"}]', channel => 'market'), pg_temp.got('15', '[{"sku": "C", "qty": 1, "location": "MUC"}]', channel => 'web', partial => true);
SELECT pg_temp.got('15', '[{"sku": "C", "qty": 1}]');
SELECT count(*) AS released FROM shop.release('15') \gset

-- a retry gets the first answer and changes nothing; a key is good for one call
SELECT pg_temp.got('16', '[{"sku": "A", "qty": 2, "location": "BER"}]', key => 'k-16') AS first, pg_temp.got('16', '[{"sku": "A", "qty": 2, "location": "BER"}]', key => 'k-16') AS again;
SELECT count(*), count(DISTINCT reservation_id) FROM (SELECT * FROM shop.reserve('16', '[{"sku": "A", "qty": 2, "location": "BER"}]', idempotency_key => 'k-16') UNION ALL SELECT line_no, sku::text, location_code, qty, reservation_id, expires_at FROM shop.reservations WHERE order_ref = '16') x;
SELECT pg_temp.got('16', '[{"sku": "A", "qty": 3, "location": "BER"}]', key => 'k-16');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.got('16', '[{"sku": "C", "qty": 9}]', partial => true, key => 'k-17') AS first, pg_temp.got('16', '[{"sku": "C", "qty": 9}]', partial => true, key => 'k-17') AS again;
SELECT shop.release('16', idempotency_key => 'k-16');
\echo :LAST_ERROR_SQLSTATE
SELECT line, sku, location, qty FROM shop.release('16', '[{"sku": "C", "qty": 2}]', idempotency_key => 'k-18');
SELECT line, sku, location, qty FROM shop.release('16', '[{"sku": "C", "qty": 2}]', idempotency_key => 'k-18');
SELECT line, sku, location, qty FROM shop.release('16');
SELECT shop.release('16');
\echo :LAST_ERROR_SQLSTATE
SELECT request_key, call, order_ref, answer #- '{lines,0,expires_at}' #- '{lines,0,reservation_id}' AS answer FROM shop.outbox WHERE request_key ~ '^k' ORDER BY request_key;
SELECT * FROM shop.stock_problems;

-- what is held for a time: extended, or free again at once
SELECT line, qty, expires_at - now() AS held FROM shop.reserve('20', '[{"sku": "A", "qty": 10, "location": "BER"}]', '1 hour');
SELECT line, qty, expires_at - now() AS held FROM shop.extend('20', '2 hours', 'k-20');
SELECT line, qty, expires_at - now() > '1 hour' AS held FROM shop.extend('20', '2 hours', 'k-20');
SELECT expires_at FROM shop.extend('20', NULL);
SELECT expires_at FROM shop.reserve('21', '[{"sku": "B", "qty": 1}]', NULL);
SELECT shop.extend('20', '0'), shop.extend('20', '-1 day');
\echo :LAST_ERROR_SQLSTATE
SELECT shop.extend('nobody');
\echo :LAST_ERROR_SQLSTATE
UPDATE shop.reservations SET expires_at = now() WHERE order_ref = '20';
SELECT shop.extend('20');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.got('22', '[{"sku": "A", "qty": 6, "location": "BER"}]') AS taken_at_once;
SELECT order_ref, open_qty FROM shop.reservations WHERE order_ref IN ('20', '22') ORDER BY 1;
SELECT shop.release('20');
SELECT kind, reserved_qty FROM shop.stock_movements WHERE order_ref IN ('20', '22') ORDER BY recorded_at, kind;
UPDATE shop.reservations SET expires_at = now() WHERE order_ref IN ('21', '22');
SELECT pg_temp.got('23', '[{"sku": "A", "qty": 14}]') AS chosen_with_expired;
SELECT shop.expire(1) AS tidied, shop.expire() AS nothing_left;
SELECT shop.expire(0);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM shop.stock_problems;

-- slots: units set aside, the last ones, too
SELECT pg_temp.put('HOT', 'BER', 20), pg_temp.put('HOT', 'HAM', 3) \g (format=unaligned tuples_only=on) /dev/null
SELECT shop.set_high_contention('hot', 8);
SELECT location_code, on_hand, reserved, slots FROM shop.stock WHERE sku = 'HOT' ORDER BY 1;
SELECT location_code, string_agg(free::text, ' ' ORDER BY slot) FROM shop.stock_slots GROUP BY 1 ORDER BY 1;
SELECT pg_temp.got('30', '[{"sku": "HOT", "qty": 1, "location": "BER"}]'), pg_temp.got('30', '[{"sku": "HOT", "qty": 15, "location": "BER"}]'), pg_temp.got('30', '[{"sku": "HOT", "qty": 7, "line": 4}]');
SELECT pg_temp.got('30', '[{"sku": "HOT", "qty": 1, "location": "BER"}]');
SELECT * FROM shop.stock_problems;
SELECT line, qty FROM shop.release('30', '[{"line": 1, "qty": 12}]');
SELECT pg_temp.got('31', '[{"sku": "HOT", "qty": 3, "location": "BER"}]');
SELECT shop.rebalance('HOT');
SELECT string_agg(free::text, ' ' ORDER BY slot) FROM shop.stock_slots WHERE location_code = 'BER';
-- units that were lost are not promised from a slot
SELECT shop.move_stock('HOT', 'BER', -8, 'adjust', 'lost', NULL, NULL, now());
SELECT pg_temp.got('32', '[{"sku": "HOT", "qty": 1, "location": "BER"}]'), pg_temp.got('32', '[{"sku": "HOT", "qty": 1, "location": "BER"}]', partial => true);
SELECT pg_temp.got('32', '[{"sku": "HOT", "qty": 1, "location": "BER"}]', channel => 'market', partial => true);
SELECT shop.set_high_contention('HOT', 0);
SELECT location_code, on_hand, reserved, slots FROM shop.stock WHERE sku = 'HOT' ORDER BY 1;
SELECT DISTINCT free FROM shop.stock_slots;
-- those that were asked for stay; those that sessions made are given up when their time is over, with what has expired
SELECT shop.set_high_contention('HOT', 4), shop.expire();
SELECT location_code, slots, slots_until FROM shop.stock WHERE sku = 'HOT' ORDER BY 1;
UPDATE shop.stock SET slots_until = now() + interval '1 min' WHERE sku = 'HOT';
SELECT shop.expire();
UPDATE shop.stock SET slots_until = now() WHERE sku = 'HOT' AND location_code = 'BER';
UPDATE shop.reservations SET expires_at = now() WHERE order_ref = '30' AND location_code = 'BER';
SELECT shop.expire();
SELECT o.answer FROM shop.outbox o WHERE o.call = 'expire' ORDER BY o.outbox_id DESC LIMIT 1;
SELECT location_code, on_hand, reserved, slots, slots_until IS NOT NULL AS until FROM shop.stock WHERE sku = 'HOT' ORDER BY 1;
SELECT location_code, sum(free) FROM shop.stock_slots GROUP BY 1 ORDER BY 1;
SELECT shop.set_high_contention('HOT', 4);
SELECT count(slots_until) FROM shop.stock;
SELECT shop.set_high_contention('HOT', 0);
SELECT * FROM shop.stock_problems;
SELECT shop.set_high_contention('HOT', 65), 1;
\echo :LAST_ERROR_SQLSTATE
SELECT shop.set_high_contention('NEVER', 2);
SELECT * FROM shop.stock_problems;

-- bad input: nothing is written
SELECT count(*) AS before FROM shop.stock_movements \gset
DO $$
DECLARE
    lines text;
    detail text;
BEGIN
    FOREACH lines IN ARRAY ARRAY['{}', '[]', '"A"', 'null', '[1]', '[null]', '[[]]', '[{}]', '[{"sku": "A"}]', '[{"qty": 1}]', '[{"sku": "A", "qty": 1, "quantity": 1}]', '[{"sku": "A", "qty": "1"}]', '[{"sku": "A", "qty": null}]', '[{"sku": "A", "qty": true}]',
        '[{"sku": "A", "qty": 0}]', '[{"sku": "A", "qty": -1}]', '[{"sku": "A", "qty": 1.5}]', '[{"sku": "A", "qty": 1e-400}]', '[{"sku": "A", "qty": 1e400}]', '[{"sku": "A", "qty": 9223372036854775807}]', '[{"sku": "A", "qty": -9223372036854775809}]',
        '[{"sku": "A", "qty": 4611686018427387903, "location": "BER"}, {"sku": "A", "qty": 4611686018427387903, "location": "BER"}, {"sku": "A", "qty": 4611686018427387903, "location": "BER"}]',
        '[{"sku": "BOX", "qty": 4611686018427387903}]', '[{"sku": 1, "qty": 1}]', '[{"sku": null, "qty": 1}]', '[{"sku": "", "qty": 1}]', '[{"sku": "A  B", "qty": 1}]', '[{"sku": "NOBODY", "qty": 1}]', '[{"sku": "NEVER", "qty": 1}]',
        '[{"sku": "A", "qty": 1, "location": ""}]', '[{"sku": "A", "qty": 1, "location": 5}]', '[{"sku": "A", "qty": 1, "location": "NOWHERE"}]', '[{"sku": "A", "qty": 1, "line": -1}]', '[{"sku": "A", "qty": 1, "line": 2147483648}]', '[{"sku": "A", "qty": 1, "line": "1"}]',
        '[{"sku": "A", "qty": 1}, {"sku": "B", "qty": 1, "location": {}}]'] LOOP
        BEGIN
            PERFORM shop.reserve('bad', lines::jsonb);
            RAISE WARNING 'taken: %', lines;
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
            RAISE NOTICE '% % %', SQLSTATE, SQLERRM, coalesce(' | ' || nullif(detail, ''), '');
        END;
    END LOOP;
END $$;
SELECT shop.reserve(NULL, '[{"sku": "A", "qty": 1}]');
SELECT shop.reserve('', '[{"sku": "A", "qty": 1}]');
SELECT shop.reserve('1', NULL);
SELECT shop.reserve('1', '[{"sku": "A", "qty": 1}]', '0');
SELECT shop.reserve('1', '[{"sku": "A", "qty": 1}]', '-1 s');
SELECT shop.reserve('1', '[{"sku": "A", "qty": 1}]', '300000 years');
SELECT shop.reserve('1', '[{"sku": "A", "qty": 1}]', idempotency_key => '~mine');
SELECT shop.reserve('1', '[{"sku": "A", "qty": 1}]', idempotency_key => '');
SELECT shop.reserve('1', '[{"sku": "A", "qty": 1}]', idempotency_key => repeat('x', 201));
SELECT shop.reserve('1', '[{"sku": "A", "qty": 1}]', partial => NULL);
SELECT shop.reserve('1', '[{"sku": "A", "qty": 1}]', channel => 'nobody');
SELECT shop.release(NULL), 1;
SELECT shop.release('23', '[{"line": 1.5}]');
SELECT shop.release('23', '[{"line": 9}]');
SELECT shop.release('23', '[{"qty": 0}]');
SELECT shop.release('23', '[{"sku": "A", "qty": 15}]');
SELECT shop.release('23', '[{"nothing": 1}]');
SELECT shop.release('23', '{}');
SELECT count(*) = :before AS nothing_written FROM shop.stock_movements;

-- ten thousand lines, and one more
SELECT pg_temp.put('S' || n, 'BER', 1) FROM generate_series(1, 10000) n \g (format=unaligned tuples_only=on) /dev/null
SELECT count(*), sum(qty), count(DISTINCT reservation_id) FROM shop.reserve('many', (SELECT jsonb_agg(jsonb_build_object('sku', 'S' || n, 'qty', 1, 'location', 'BER')) FROM generate_series(10000, 1, -1) n));
SELECT count(*) FROM shop.reserve('more', (SELECT jsonb_agg(jsonb_build_object('sku', 'S' || n, 'qty', 1)) FROM generate_series(1, 10001) n));
\echo :LAST_ERROR_SQLSTATE
-- each of 10,000 lines finds its reservation
SELECT count(*), sum(qty) FROM shop.release('many', (SELECT jsonb_agg(CASE n % 3 WHEN 0 THEN jsonb_build_object('sku', 'S' || n) WHEN 1 THEN jsonb_build_object('line', 10001 - n) ELSE jsonb_build_object('sku', 'S' || n, 'location', 'BER', 'qty', 1) END ORDER BY n) FROM generate_series(2, 10000) n));
SELECT count(*), sum(qty) FROM shop.release('many');
SELECT count(*) FROM shop.stock_problems;

-- a store that shows somebody else's stock does not write it
CREATE TABLE public.their_stock (sku text, location_code text, on_hand bigint);
SELECT omni.create_store('reader', '{"adopt": {"stock": "public.their_stock"}}') IS NOT NULL AS made \gset
SELECT reader.reserve('1', '[{"sku": "A", "qty": 1}]');
\echo :LAST_ERROR_SQLSTATE
SELECT reader.extend('1');
\echo :LAST_ERROR_SQLSTATE
SELECT reader.release('1');
\echo :LAST_ERROR_SQLSTATE
\set VERBOSITY sqlstate
SELECT reader.expire();
SELECT reader.ship('1');
\set VERBOSITY default

-- who has no rights; who has those that it takes
CREATE ROLE regress_omni_clerk;
GRANT USAGE ON SCHEMA shop, omni TO regress_omni_clerk;
SET ROLE regress_omni_clerk;
\set VERBOSITY sqlstate
SELECT shop.reserve('1', '[{"sku": "A", "qty": 1}]');
SELECT shop.reserve('1', '[{"sku": "A", "qty": 1, "location": "HAM"}]');
\set VERBOSITY default
RESET ROLE;
GRANT SELECT ON shop.locations, shop.products, shop.channels, shop.channel_buffers, shop.bundle_components TO regress_omni_clerk;
GRANT SELECT, INSERT, UPDATE ON shop.stock, shop.stock_slots, shop.reservations, shop.outbox TO regress_omni_clerk;
GRANT SELECT, INSERT ON shop.stock_movements TO regress_omni_clerk;
SET ROLE regress_omni_clerk;
SELECT qty FROM shop.reserve('40', '[{"sku": "B", "qty": 1}]');
SELECT qty FROM shop.reserve('41', '[{"sku": "B", "qty": 1, "location": "HAM"}]');
SELECT shop.set_high_contention('B', 2);
SELECT qty FROM shop.reserve('42', '[{"sku": "B", "qty": 1, "location": "HAM"}]');
SELECT r.qty AS released, e.qty AS extended FROM shop.release('40') r, shop.extend('41') e;
RESET ROLE;
SELECT * FROM shop.stock_problems;
DROP OWNED BY regress_omni_clerk;
DROP ROLE regress_omni_clerk;
SET client_min_messages = warning;
DROP SCHEMA shop, shop_bi, shop_pii, reader, reader_bi, reader_pii CASCADE;
DROP TABLE public.their_stock;
