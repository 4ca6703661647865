-- Stock of a store: receive, expect, ship, adjust, transfer, cycle_count, atp, availability, reconcile, rfid_read, relay; what is
-- refused leaves no movement. The names of omni are written out: a store has to work under any search_path.
SET search_path = '';
SET timezone = 'UTC';
SET client_min_messages = warning;
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT omni.create_store('units') IS NOT NULL AS made;
CREATE SCHEMA land;
INSERT INTO units.locations (location_code, name, kind, pickup, ships, latitude, longitude, ready_minutes, opens_at, closes_at, time_zone) VALUES
    ('BER', 'Berlin', 'store', true, true, 52.520008, 13.404954, 30, '09:00', '18:00', 'Europe/Berlin'), ('HAM', 'Hamburg', 'store', true, false, 53.551086, 9.993682, 0, NULL, NULL, 'UTC'),
    ('WH', 'Warehouse', 'warehouse', false, true, 51.050407, 13.737262, 0, NULL, NULL, 'UTC'), ('NOWHERE', 'Without a place', 'warehouse', false, true, NULL, NULL, 0, NULL, NULL, 'UTC');
INSERT INTO units.locations (location_code, name, active) VALUES ('OLD', 'Closed', false);
INSERT INTO units.channels (channel_code, name, stock_buffer) VALUES ('web', 'Web', 2), ('pos', 'Stores', 0);
INSERT INTO units.products (sku, gtin) VALUES ('TS-RED', '80614141123458'), ('TS-BLUE', '4006381333931'), ('TWIN-1', '4012345678901'), ('TWIN-2', '4012345678901'), ('MUG', NULL), ('SET', NULL), ('GIFT', NULL);
INSERT INTO units.bundle_components (sku, component_sku, qty) VALUES ('SET', 'TS-RED', 2), ('SET', 'MUG', 1), ('GIFT', 'SET', 1), ('GIFT', 'MUG', 2);
-- what reserve() leaves behind
CREATE FUNCTION land.hold(order_ref text, line integer, sku text, location text, qty bigint, expires_at timestamptz DEFAULT 'infinity', bundle text DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    r units.reservations;
BEGIN
    INSERT INTO units.reservations (sku, order_ref, line_no, location_code, qty, open_qty, expires_at, bundle_sku) VALUES (sku, order_ref, line, location, qty, qty, expires_at, bundle) RETURNING * INTO r;
    PERFORM units.move_stock(sku, location, 0, 'reserve', 'hold ' || r.reservation_id, order_ref, NULL, now(), qty, r.reservation_id);
END $$;
CREATE VIEW land.stock AS SELECT s.sku::text, s.location_code, s.on_hand, s.reserved FROM units.stock s ORDER BY s.sku, s.location_code COLLATE "C";

-- units arrive: lines of the same SKU and location are one movement; a retry gets the same answer
SELECT * FROM units.receive('[{"sku": "ts-red", "location": "BER", "qty": 4}, {"sku": "MUG", "location": "BER", "qty": 3}, {"sku": "TS-RED", "location": "WH", "qty": 20, "line": 7}, {"sku": "TS-RED", "location": "BER", "qty": 2.0}]', 'asn-1');
SELECT * FROM units.receive('[{"sku": "ts-red", "location": "BER", "qty": 4}, {"sku": "MUG", "location": "BER", "qty": 3}, {"sku": "TS-RED", "location": "WH", "qty": 20, "line": 7}, {"sku": "TS-RED", "location": "BER", "qty": 2.0}]', 'asn-1');
SELECT sku, location_code, movement_key, qty, kind, reserved_qty FROM units.stock_movements ORDER BY 1, 2;
SELECT * FROM units.receive('[{"sku": "TS-RED", "location": "BER", "qty": 4}]', 'asn-1');
SELECT * FROM units.adjust('[{"sku": "TS-RED", "location": "BER", "qty": 4}]', 'found', 'asn-1');
SELECT request_key, call, order_ref, answer FROM units.outbox;

-- supply that is expected: a purchase order in parts, changed, closed
SELECT * FROM units.expect('[{"sku": "TS-RED", "location": "BER", "supply_key": "PO-1/1", "qty": 10, "expected_at": "2099-01-01T08:00:00+01:00"}, {"sku": "MUG", "location": "BER", "supply_key": "PO-1/2", "qty": 5, "expected_at": "2099-02-01T08:00:00Z"}]', 'po-1');
SELECT units.atp('TS-RED', location => 'BER') AS now, units.atp('TS-RED', location => 'BER', at => '2098-12-31') AS before, units.atp('TS-RED', location => 'BER', at => '2099-01-02') AS after, units.atp('TS-RED', location => 'BER', at => '2020-01-01') AS past;
SELECT * FROM units.receive('[{"sku": "TS-RED", "location": "BER", "qty": 4, "supply_key": "PO-1/1"}]');
SELECT units.atp('TS-RED', location => 'BER') AS now, units.atp('TS-RED', location => 'BER', at => '2099-01-02') AS after;
SELECT * FROM units.receive('[{"sku": "TS-RED", "location": "BER", "qty": 3, "supply_key": "PO-1/1"}, {"sku": "TS-RED", "location": "BER", "qty": 4, "supply_key": "PO-1/1"}]');
SELECT sku, location_code, supply_key, qty, received_qty, closed_at IS NOT NULL AS closed FROM units.supplies ORDER BY 3;
SELECT * FROM units.receive('[{"sku": "TS-RED", "location": "BER", "qty": 1, "supply_key": "PO-1/1"}]');
SELECT * FROM units.receive('[{"sku": "TS-RED", "location": "BER", "qty": 1, "supply_key": "PO-9"}]');
SELECT * FROM units.expect('[{"sku": "TS-RED", "location": "BER", "supply_key": "PO-1/1", "qty": 12, "expected_at": "2099-03-01T08:00:00Z"}]');
SELECT * FROM units.expect('[{"sku": "TS-RED", "location": "BER", "supply_key": "PO-1/1", "closed": true}, {"sku": "MUG", "location": "BER", "supply_key": "PO-1/2", "expected_at": "2099-02-02T08:00:00Z"}]');
SELECT * FROM units.expect('[{"sku": "TS-RED", "location": "BER", "supply_key": "PO-2", "qty": 12}]');
SELECT * FROM units.expect('[{"sku": "TS-RED", "location": "BER", "supply_key": "PO-2", "qty": 12, "expected_at": "tomorrow"}]');
SELECT * FROM units.expect('[{"sku": "TS-RED", "location": "BER", "supply_key": "PO-2", "qty": 1, "expected_at": "2099-01-01T00:00:00Z"}, {"sku": "TS-RED", "location": "BER", "supply_key": "PO-2", "qty": 2, "expected_at": "2099-01-01T00:00:00Z"}]');

-- available to promise: buffers of channels, safety stock, backorders, holds that are over, closed locations, bundles
SELECT units.atp('TS-RED') AS everywhere, units.atp('TS-RED', 'web') AS web, units.atp('TS-RED', 'pos', 'BER') AS pos, units.atp('TS-BLUE') AS none, units.atp('SET') AS bundle, units.atp('GIFT') AS of_bundles;
INSERT INTO units.channel_buffers (sku, location_code, channel_code, qty) VALUES ('TS-RED', 'WH', 'web', 15);
UPDATE units.stock SET safety_stock = 3, backorder_limit = 1 WHERE sku = 'TS-RED' AND location_code = 'BER';
SELECT land.hold('O-1', 1, 'TS-RED', 'BER', 5), land.hold('O-2', 1, 'TS-RED', 'BER', 4, 'epoch');
SELECT units.atp('TS-RED', location => 'BER') AS all_channels, units.atp('TS-RED', 'web', 'BER') AS web, units.atp('TS-RED', 'web', 'WH') AS own_buffer, units.atp('TS-RED', 'web') AS web_everywhere;
SELECT * FROM units.receive('[{"sku": "TS-RED", "location": "OLD", "qty": 100}]');
SELECT units.atp('TS-RED') AS without_closed, units.atp('TS-RED', location => 'OLD') AS closed;
UPDATE units.stock SET safety_stock = 0, backorder_limit = 0;
-- promised more than there is: nothing at this location, and nothing of the next supply that is promised already
SELECT land.hold('O-3', 1, 'MUG', 'BER', 5);
SELECT units.atp('MUG') AS now, units.atp('MUG', at => '2099-12-31') AS later;

-- units leave: what the order has reserved, in parts, from where it is reserved
INSERT INTO units.orders (order_ref, channel_code, placed_at, currency, method) VALUES ('O-4', 'web', now(), 'EUR', 'ship'), ('O-5', 'pos', now(), 'EUR', 'pos');
INSERT INTO units.order_lines (order_ref, line_no, sku, qty, unit_price) VALUES ('O-4', 1, 'TS-RED', 5, 10), ('O-4', 2, 'SET', 3, 30), ('O-5', 1, 'TS-RED', 1, 10);
SELECT * FROM units.cycle_count('BER', '[{"sku": "MUG", "qty": 20}]');
SELECT land.hold('O-4', 1, 'TS-RED', 'BER', 3), land.hold('O-4', 1, 'TS-RED', 'WH', 2), land.hold('O-4', 2, 'TS-RED', 'WH', 6, 'infinity', 'SET'), land.hold('O-4', 2, 'MUG', 'BER', 3, 'infinity', 'SET');
SELECT sku, location, qty FROM units.ship('O-4', '[{"line": 1, "qty": 2, "location": "WH"}]', 'ship-1', '{"shipment_key": "S-1", "carrier": "DHL", "tracking_code": "0034"}');
SELECT sku, location, qty FROM units.ship('O-4', '[{"line": 1, "qty": 2, "location": "WH"}]', 'ship-1', '{"shipment_key": "S-1", "carrier": "DHL", "tracking_code": "0034"}');
SELECT sku, location, qty FROM units.ship('O-4', '[{"line": 1, "qty": 1}, {"line": 2, "qty": 1}]', 'ship-2');
-- the mugs of a bundle first: no bundle is complete
SELECT sku, location, qty FROM units.ship('O-4', '[{"sku": "mug", "qty": 1}]', 'ship-3');
SELECT line_no, event_key, qty, from_state, to_state, location_code, shipment_key FROM units.order_line_events ORDER BY line_no, event_key COLLATE "C";
SELECT line, sku, location, qty FROM units.ship('O-4', idempotency_key => 'ship-4');
SELECT line_no, event_key, qty, to_state, location_code FROM units.order_line_events WHERE event_key LIKE 'ship ship-4%' ORDER BY 1;
SELECT order_ref, shipment_key, location_code, carrier, tracking_code, shipped_at IS NOT NULL AS shipped FROM units.shipments;
SELECT * FROM units.ship('O-4');
SELECT land.hold('O-5', 1, 'TS-RED', 'WH', 1);
SELECT sku, qty FROM units.ship('O-5');
SELECT to_state, qty FROM units.order_line_events WHERE order_ref = 'O-5';
SELECT * FROM units.stock_problems;
-- refused: more than is reserved, a hold that is over, units that are not there, a line that is two things
SELECT * FROM units.ship('O-1', '[{"line": 1, "qty": 6}]');
SELECT * FROM units.ship('O-1', '[{"line": 1, "qty": 3}, {"sku": "TS-RED", "qty": 3}]');
SELECT * FROM units.ship('O-1', '[{"line": 1, "qty": 3, "location": "WH"}]');
SELECT * FROM units.ship('O-1', '[{"line": 2, "qty": 1}]');
SELECT * FROM units.ship('O-2', '[{"line": 1, "qty": 1}]');
SELECT * FROM units.ship('O-2');
SELECT * FROM units.ship('nobody');
SELECT land.hold('O-6', 1, 'TS-BLUE', 'BER', 1), land.hold('O-6', 1, 'TS-RED', 'BER', 1);
SELECT * FROM units.ship('O-6', '[{"sku": "TS-BLUE", "qty": 1}]');
SELECT * FROM units.ship('O-6', '[{"line": 1, "qty": 1}]');
SELECT * FROM units.ship('O-1', shipment => '{"carrier": "DHL"}');
SELECT * FROM units.ship('O-1', shipment => '{"shipment_key": "S", "carrier": 1}');
SELECT * FROM units.ship('O-1', shipment => '["S"]');
SELECT * FROM units.ship(NULL);

-- a SKU by itself and as a part of a bundle: what is asked for by its name is the one by itself, as long as there is one
SELECT land.hold('O-7', 1, 'MUG', 'BER', 1, 'infinity', 'SET'), land.hold('O-7', 2, 'MUG', 'BER', 2);
SELECT line, sku, qty FROM units.ship('O-7', '[{"sku": "MUG", "qty": 1}]');
SELECT line, sku, qty FROM units.ship('O-7', '[{"sku": "MUG", "qty": 2}]');

-- units appear and vanish for a reason; what is promised and not there is told
SELECT * FROM units.adjust('[{"sku": "TS-RED", "location": "BER", "qty": -1}, {"sku": "TS-RED", "location": "BER", "qty": -2}, {"sku": "TS-BLUE", "location": "HAM", "qty": 1}]', 'damaged', 'adj-1');
SELECT * FROM units.adjust('[{"sku": "TS-RED", "location": "BER", "qty": -3}, {"sku": "TS-RED", "location": "BER", "qty": 3}]', 'mistake');
SELECT sku, location_code, qty, reason FROM units.stock_movements WHERE kind = 'adjust' ORDER BY 1, 2;
SELECT * FROM land.stock;
SELECT * FROM units.adjust('[{"sku": "TS-RED", "location": "BER", "qty": -5}]', 'lost');
SELECT * FROM units.adjust('[{"sku": "TS-RED", "location": "BER", "qty": -6}]', 'lost');
SELECT * FROM units.adjust('[{"sku": "TS-RED", "location": "BER", "qty": 5}]', 'found');
SELECT * FROM units.adjust('[{"sku": "TS-RED", "location": "BER", "qty": 1}]', ' ');
SELECT * FROM units.adjust('[{"sku": "TS-RED", "location": "BER", "qty": 1}]', NULL);

-- from place to place: available units, others by force
SELECT * FROM units.transfer('[{"sku": "TS-RED", "from": "WH", "to": "HAM", "qty": 4}, {"sku": "TS-RED", "from": "WH", "to": "BER", "qty": 1}, {"sku": "TS-RED", "from": "WH", "to": "HAM", "qty": 1}]', 'tr-1');
SELECT location_code, movement_key, qty, reason FROM units.stock_movements WHERE kind = 'transfer' ORDER BY 1, 2;
SELECT * FROM units.transfer('[{"sku": "TS-RED", "from": "BER", "to": "HAM", "qty": 1}, {"sku": "TS-RED", "from": "HAM", "to": "BER", "qty": 5}]');
SELECT * FROM units.transfer('[{"sku": "TS-RED", "from": "BER", "to": "HAM", "qty": 2}]', 'tr-2', true);
SELECT * FROM units.transfer('[{"sku": "TS-RED", "from": "BER", "to": "HAM", "qty": 2}]', 'tr-2');
SELECT * FROM units.transfer('[{"sku": "TS-RED", "from": "BER", "to": "HAM", "qty": 200}]', NULL, true);
SELECT * FROM units.transfer('[{"sku": "TS-RED", "from": "HAM", "to": "BER", "qty": 2}, {"sku": "TS-RED", "from": "BER", "to": "BER", "qty": 1}]');
SELECT * FROM units.stock_problems;

-- counted: the difference is the movement
SELECT * FROM units.cycle_count('BER', '[{"sku": "TS-RED", "qty": 1}, {"sku": "TS-RED", "qty": 2}, {"sku": "MUG", "qty": 0}, {"sku": "TS-BLUE", "qty": 0}]', 'count-1');
SELECT * FROM units.cycle_count('BER', '[{"sku": "TS-RED", "qty": 1}, {"sku": "TS-RED", "qty": 2}, {"sku": "MUG", "qty": 0}, {"sku": "TS-BLUE", "qty": 0}]', 'count-1');
SELECT sku, qty, reason FROM units.stock_movements WHERE movement_key = 'count count-1' ORDER BY 1;
SELECT * FROM units.cycle_count('XYZ', '[{"sku": "TS-RED", "qty": 1}]');
SELECT * FROM units.cycle_count('BER', '[{"sku": "TS-RED", "qty": -1}]');
SELECT * FROM units.cycle_count(NULL, '[{"sku": "TS-RED", "qty": 1}]');

-- slots promise without looking at the stock: they never have more than is there
SELECT * FROM units.receive('[{"sku": "TS-BLUE", "location": "WH", "qty": 12}]');
INSERT INTO units.stock_slots (sku, location_code, slot, free) VALUES ('TS-BLUE', 'WH', 1, 5), ('TS-BLUE', 'WH', 2, 5);
UPDATE units.stock SET reserved = 10, slots = 2 WHERE sku = 'TS-BLUE' AND location_code = 'WH';
SELECT units.atp('TS-BLUE', location => 'WH');
SELECT sku, qty FROM units.transfer('[{"sku": "TS-BLUE", "from": "WH", "to": "HAM", "qty": 4}]');
SELECT slot, free FROM units.stock_slots ORDER BY 1;
SELECT sku, on_hand, over_reserved FROM units.adjust('[{"sku": "TS-BLUE", "location": "WH", "qty": -5}]', 'lost');
SELECT slot, free FROM units.stock_slots ORDER BY 1;
SELECT units.atp('TS-BLUE', location => 'WH');
SELECT * FROM units.stock_problems;

-- where it is: nearest first
SELECT location, distance_km, atp FROM units.availability('TS-BLUE', latitude => 52.5, longitude => 13.4);
SELECT location, distance_km, atp FROM units.availability('TS-RED', 1, 'ship', 52.5, 13.4);
SELECT location, distance_km, atp FROM units.availability('TS-RED', 1, 'pickup', 52.5, 13.4);
SELECT location, distance_km, atp FROM units.availability('TS-RED', 1, NULL, 52.5, 13.4, 200);
SELECT location, distance_km, atp FROM units.availability('TS-RED', 8);
SELECT location, atp FROM units.availability('SET');
SELECT ready_at >= now() AS ready FROM units.availability('TS-BLUE') WHERE location = 'HAM';
-- minutes of work: before opening, during, over night, over days, around the clock; the clock of the location
SELECT s, m, units.ready_at(s, m, 9 * 3600, 18 * 3600, 'Europe/Berlin') FROM (VALUES ('2026-01-12 05:00Z'::timestamptz, 30), ('2026-01-12 10:00Z', 30), ('2026-01-12 16:45Z', 30), ('2026-01-12 20:00Z', 30), ('2026-01-12 16:00Z', 60), ('2026-01-12 08:00Z', 540), ('2026-01-12 08:00Z', 541), ('2026-01-12 16:30Z', 1170), ('2026-03-28 16:45Z', 30), ('2026-01-12 10:00Z', 0), ('2026-01-12 16:59:59.5Z', 1)) v(s, m);
SELECT units.ready_at('2026-01-12 05:00Z', 90, NULL, NULL, 'UTC');
SELECT * FROM units.availability('TS-RED', 0);
SELECT * FROM units.availability('TS-RED', NULL);
SELECT * FROM units.availability('TS-RED', 1, 'drone');
SELECT * FROM units.availability('TS-RED', 1, NULL, 52.5);
SELECT * FROM units.availability('TS-RED', 1, NULL, 91, 0);
SELECT * FROM units.availability('TS-RED', 1, NULL, 'NaN', 0);
SELECT * FROM units.availability('TS-RED', 1, NULL, NULL, NULL, 5);
SELECT * FROM units.availability('TS-RED', 1, NULL, 1, 1, -5);
SELECT * FROM units.availability('NO-SUCH');
SELECT units.atp('NO-SUCH');
SELECT units.atp(NULL);
SELECT units.atp('TS-RED', 'fax');
SELECT units.atp('TS-RED', NULL, 'XYZ');
BEGIN;
INSERT INTO units.bundle_components (sku, component_sku, qty) VALUES ('SET', 'GIFT', 1);
SELECT units.atp('GIFT');
ROLLBACK;

-- what another system says
CREATE TABLE land.erp (sku text, location_code text, on_hand text, as_of text);
INSERT INTO land.erp SELECT s.sku, s.location_code, s.on_hand, NULL FROM land.stock s WHERE s.location_code IN ('BER', 'WH');
UPDATE land.erp SET on_hand = on_hand::bigint + 2 WHERE sku = 'TS-RED' AND location_code = 'WH';
UPDATE land.erp SET on_hand = '1' WHERE sku = 'TS-RED' AND location_code = 'BER';
DELETE FROM land.erp WHERE sku = 'TS-BLUE' AND location_code = 'WH';
UPDATE land.erp SET on_hand = '4' WHERE sku = 'MUG';
INSERT INTO land.erp VALUES ('1.23457E+11', 'BER', '4', NULL), ('NO-SUCH', 'BER', '5', NULL), ('TS-RED', 'MOON', '6', NULL), ('SET', 'BER', '7', NULL), ('TWIN-1', 'BER', '8', NULL), ('TWIN-2', 'BER', '1.5', NULL), ('TS-RED', 'NOWHERE', '-1', NULL),
    ('TS-BLUE', 'HAM', '1', NULL), ('ts-blue', 'HAM', '2', NULL), (NULL, 'BER', '1', NULL), ('TS-RED', NULL, '1', NULL), ('TWIN-1', 'WH', NULL, NULL), ('TWIN-2', 'WH', '1', '01.02.2026'), ('TWIN-1', 'HAM', '0', NULL);
SELECT * FROM units.reconcile('land.erp');
-- what moved after the other system looked is no difference; what was counted since then is better known
UPDATE units.stock SET on_hand = 3 WHERE sku = 'MUG' AND location_code = 'BER';
DELETE FROM units.stock_movements WHERE sku = 'MUG' AND reserved_qty = 0;
UPDATE units.stock_movements SET qty = 0 WHERE sku = 'MUG';
INSERT INTO units.stock_movements (sku, location_code, movement_key, qty, kind, occurred_at) VALUES ('MUG', 'BER', 'a', 1, 'receive', '2025-12-31Z'), ('MUG', 'BER', 'b', 2, 'receive', '2026-01-02Z');
UPDATE land.erp SET as_of = '2026-01-01T00:00:00Z' WHERE sku = 'MUG';
SELECT sku, location, reported, on_hand, moved_since, explanation, correction FROM units.reconcile('land.erp') WHERE sku = 'MUG';
UPDATE land.erp SET on_hand = '1' WHERE sku = 'MUG';
SELECT sku, location, reported, on_hand, moved_since, explanation, correction FROM units.reconcile('land.erp') WHERE sku = 'MUG';
SELECT difference FROM units.cycle_count('BER', '[{"sku": "MUG", "qty": 9}]');
SELECT sku, location, reported, on_hand, moved_since, explanation, correction FROM units.reconcile('land.erp') WHERE sku = 'MUG';
-- corrections are no movements: the same feed a second time finds nothing
UPDATE land.erp SET as_of = '2026-01-01T00:00:00Z' WHERE sku = 'TS-RED' AND location_code = 'WH';
UPDATE units.stock_movements SET occurred_at = '2025-01-01Z' WHERE sku = 'TS-RED' AND location_code = 'WH';
DELETE FROM land.erp WHERE sku IN ('MUG', 'TS-BLUE');
SELECT sku, location, on_hand, over_reserved, explanation, correction FROM units.reconcile('land.erp', true, 'erp-1') WHERE correction IS NOT NULL;
SELECT sku, location, on_hand, over_reserved, explanation, correction FROM units.reconcile('land.erp', true, 'erp-1') WHERE correction IS NOT NULL;
SELECT sku, location, correction FROM units.reconcile('land.erp', true) WHERE correction IS NOT NULL;
SELECT sku, location_code, qty, kind, reason, movement_key FROM units.stock_movements WHERE reason = 'reconcile' ORDER BY 1, 2;
SELECT * FROM units.stock_problems;
SELECT * FROM units.reconcile(NULL);
SELECT * FROM units.reconcile('land.erp', NULL);
SELECT * FROM units.reconcile('units.locations');
CREATE VIEW land.erp_days AS SELECT e.sku, e.location_code, 1 AS on_hand, now()::timestamp AS as_of FROM land.erp e;
SELECT * FROM units.reconcile('land.erp_days');
CREATE SEQUENCE land.no_table;
SELECT * FROM units.reconcile('land.no_table');
-- columns are read as the caller, whatever they are called
CREATE TABLE land."odd ""feed" (on_hand numeric, sku omni.sku, location_code varchar(10), as_of timestamptz, "drop table" integer);
INSERT INTO land."odd ""feed" VALUES (1.0, 'TS-RED', 'BER', NULL, 1), (3.25, 'TS-RED', 'WH', NULL, 1);
SELECT sku, location, reported, explanation, correction FROM units.reconcile('land."odd ""feed"');

-- tags: each is a unit, counted once in a call, received once ever
SELECT * FROM units.rfid_read('BER', ARRAY['3074257BF7194E4000001A85', '0x3074257bf7194e4000001a85', ' 3074257BF7194E4000001A86', '3074257BF7194E4000', 'tag', NULL, '']
    || array(SELECT encode(omni.sgtin96_encode(g, 7, 1, 5), 'hex') FROM unnest('{4012345678901,4000000000006}'::omni.gtin[]) g), 'receive', 'dock-1');
SELECT count(*) AS again FROM units.rfid_read('BER', ARRAY['3074257BF7194E4000001A85', '0x3074257bf7194e4000001a85', ' 3074257BF7194E4000001A86', '3074257BF7194E4000', 'tag', NULL, '']
    || array(SELECT encode(omni.sgtin96_encode(g, 7, 1, 5), 'hex') FROM unnest('{4012345678901,4000000000006}'::omni.gtin[]) g), 'receive', 'dock-1');
SELECT epc, sku, result FROM units.rfid_read('WH', '{3074257BF7194E4000001A85,3074257BF7194E4000001A87}', 'receive', 'dock-2');
SELECT sku, location_code, movement_key, qty FROM units.stock_movements WHERE reason = 'rfid_read' ORDER BY 1, 2, 3;
SELECT epc, sku, result FROM units.rfid_read('HAM', '{3074257BF7194E4000001A85}', 'count');
SELECT qty, kind FROM units.stock_movements WHERE location_code = 'HAM' AND reason = 'rfid_read';
UPDATE units.products SET gtin = '4000000000006' WHERE sku = 'SET';
SELECT sku, result, reason FROM units.rfid_read('BER', array(SELECT encode(omni.sgtin96_encode('4000000000006', 7, 1, 5), 'hex')), 'receive');
SELECT * FROM units.rfid_read('BER', '{}', 'receive');
SELECT * FROM units.rfid_read('XYZ', '{00}', 'receive');
SELECT * FROM units.rfid_read('BER', '{00}', 'sell');
SELECT * FROM units.rfid_read('BER', NULL, 'count');
SELECT * FROM units.rfid_read('BER', array_fill('00'::text, '{10001}'), 'count');
SELECT * FROM units.stock_problems;

-- malformed lines: what is wrong with which, and nothing happens
CREATE TABLE land.bad (n integer GENERATED ALWAYS AS IDENTITY, lines jsonb);
INSERT INTO land.bad (lines) VALUES (NULL), ('null'), ('{}'), ('[]'), ('"x"'), ('[1]'), ('[{"sku": "MUG", "location": "BER", "qty": 1}, []]'), ('[{"location": "BER", "qty": 1}]'), ('[{"sku": null, "location": "BER", "qty": 1}]'), ('[{"sku": "MUG", "qty": 1}]'),
    ('[{"sku": "MUG", "location": "BER"}]'), ('[{"sku": "MUG", "location": "BER", "qty": null}]'), ('[{"sku": "MUG", "location": "BER", "qty": 0}]'), ('[{"sku": "MUG", "location": "BER", "qty": -1}]'), ('[{"sku": "MUG", "location": "BER", "qty": 1.5}]'),
    ('[{"sku": "MUG", "location": "BER", "qty": "1"}]'), ('[{"sku": "MUG", "location": "BER", "qty": true}]'), ('[{"sku": "MUG", "location": "BER", "qty": 9223372036854775808}]'), ('[{"sku": "MUG", "location": "BER", "qty": 1e400}]'),
    ('[{"sku": "MUG", "location": "BER", "qty": 9223372036854775807}, {"sku": "MUG", "location": "BER", "qty": 1}]'), ('[{"sku": "MUG", "location": "BER", "qty": 4611686018427387904}]'), ('[{"sku": "MUG", "location": "BER", "quantity": 1}]'), ('[{"sku": 7, "location": "BER", "qty": 1}]'), ('[{"sku": "1.5E+3", "location": "BER", "qty": 1}]'),
    ('[{"sku": "", "location": "BER", "qty": 1}]'), ('[{"sku": "MUG", "location": "", "qty": 1}]'), ('[{"sku": "MUG", "location": "BER", "qty": 1, "line": 1.5}]'), ('[{"sku": "MUG", "location": "BER", "qty": 1, "line": -1}]'), ('[{"sku": "MUG", "location": "BER", "qty": 1, "line": "a"}]'),
    ('[{"sku": "NO-SUCH", "location": "BER", "qty": 1}]'), ('[{"sku": "MUG", "location": "MOON", "qty": 1}]'), ('[{"sku": "MUG", "location": "BER", "qty": 1}, {"sku": "SET", "location": "BER", "qty": 1}]'), ('[{"sku": "MUG", "location": "BER", "qty": 1, "supply_key": 7}]');
INSERT INTO land.bad (lines) SELECT jsonb_agg('{"sku": "MUG", "location": "BER", "qty": 1}'::jsonb) FROM generate_series(1, 10001);
CREATE FUNCTION land.refused(call text, lines jsonb, OUT code text, OUT message text, OUT hint text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT units.%s', replace(call, '?', quote_nullable(lines)));
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
END $$;
CREATE TEMP TABLE was AS SELECT (SELECT count(*) FROM units.stock_movements) AS movements, (SELECT count(*) FROM units.outbox) AS calls, (SELECT sum(on_hand) FROM units.stock) AS units;
SELECT b.n, r.code, r.message FROM land.bad b, land.refused('receive(?)', b.lines) r ORDER BY 1;
SELECT c.call, r.code, count(*), min(r.message) FROM land.bad b, unnest('{"adjust(?, ''x'')","transfer(?)","cycle_count(''BER'', ?)","expect(?)","ship(''O-1'', ?)"}'::text[]) c(call), land.refused(c.call, b.lines) r
WHERE NOT (c.call LIKE 'ship%' AND b.lines IS NULL) AND NOT (c.call LIKE 'cycle_count%' AND b.n = 10) AND NOT (c.call LIKE 'adjust%' AND b.lines = '[{"sku": "MUG", "location": "BER", "qty": -1}]') GROUP BY 1, 2 ORDER BY 1, 2;
SELECT r.* FROM (VALUES ('receive(?)'), ('adjust(?, ''x'')'), ('transfer(?)'), ('cycle_count(''BER'', ?)'), ('expect(?)'), ('ship(''O-1'', ?)')) c(call), land.refused(c.call, '{}') r;
SELECT movements = (SELECT count(*) FROM units.stock_movements) AND calls = (SELECT count(*) FROM units.outbox) AND units = (SELECT sum(on_hand) FROM units.stock) AS nothing_happened FROM was;
-- keys
SELECT * FROM units.receive('[{"sku": "MUG", "location": "BER", "qty": 1}]', '');
SELECT * FROM units.receive('[{"sku": "MUG", "location": "BER", "qty": 1}]', '~a');
SELECT * FROM units.receive('[{"sku": "MUG", "location": "BER", "qty": 1}]', repeat('k', 201));

-- calls are passed on once, in their order
SELECT outbox_id, call, request_key LIKE '~%' AS made FROM units.relay(3);
BEGIN;
SELECT outbox_id, call FROM units.relay(2, 'stock');
ROLLBACK;
SELECT count(*), min(outbox_id) FROM units.relay();
SELECT count(*) FROM units.relay();
SELECT * FROM units.relay(0);
SELECT * FROM units.relay(NULL);
SELECT * FROM units.relay(1, '');

-- a store that adopted its stock reads it
CREATE TABLE land.inventory (sku text, location_code text, on_hand bigint);
INSERT INTO land.inventory VALUES ('MUG', 'X', 5);
SELECT omni.create_store('reader', '{"adopt": {"stock": "land.inventory"}}') IS NOT NULL AS made;
SELECT reader.atp('MUG'), reader.atp('MUG', NULL, 'X');
SELECT * FROM reader.receive('[{"sku": "MUG", "location": "X", "qty": 1}]');
SELECT * FROM reader.ship('O-1');
SELECT explanation FROM reader.reconcile('land.inventory');
SELECT * FROM reader.reconcile('land.inventory', true);
-- and a store can be detached with all that
DROP VIEW land.stock;
SELECT omni.detach_store('units') IS NOT NULL AS detached;
SELECT omni.attach_store('units') IS NOT NULL AS attached;
SELECT count(*) FROM units.stock_problems;
DROP SCHEMA units, units_bi, units_pii, reader, reader_bi, reader_pii, land CASCADE;
