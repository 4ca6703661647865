-- Orders from cart to return: whole stories, and what is refused. The names of omni are written out: a store has to work under
-- any search_path.
SET search_path = '';
SET timezone = 'UTC';
SET client_min_messages = warning;
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT omni.create_store('flow') IS NOT NULL AS made;
CREATE SCHEMA story;
INSERT INTO flow.markets (market_code, name, currency, time_zone) VALUES ('DE', 'Germany', 'EUR', 'Europe/Berlin');
INSERT INTO flow.channels (channel_code, name, kind, market_code) VALUES ('web', 'Web shop', 'web', 'DE'), ('pos', 'Stores', 'pos', 'DE'), ('bare', 'No market', 'web', NULL);
INSERT INTO flow.locations (location_code, name, kind, pickup) VALUES ('WH', 'Warehouse', 'warehouse', false), ('BER', 'Berlin', 'store', true), ('HAM', 'Hamburg', 'store', true);
INSERT INTO flow.products (sku, title) VALUES ('TS-RED-S', 'T-shirt, red, S'), ('TS-RED-M', 'T-shirt, red, M'), ('SET', 'One S, two M');
INSERT INTO flow.sku_aliases (channel_code, raw, sku) VALUES ('web', 'AZ/7', 'TS-RED-M');
INSERT INTO flow.bundle_components VALUES ('SET', 'TS-RED-S', 1), ('SET', 'TS-RED-M', 2);
SELECT location, sku, on_hand FROM flow.receive('[{"sku": "TS-RED-S", "location": "WH", "qty": 20}, {"sku": "TS-RED-M", "location": "WH", "qty": 20}, {"sku": "TS-RED-S", "location": "BER", "qty": 5}, {"sku": "TS-RED-M", "location": "BER", "qty": 6}]', 'in-1');
-- a reservation, written as reserve() does, for 15 minutes
CREATE FUNCTION story.hold(order_ref text, line_no integer, sku text, location text, qty bigint, bundle text DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
DECLARE id bigint;
BEGIN
    INSERT INTO flow.reservations (sku, order_ref, line_no, location_code, qty, open_qty, expires_at, bundle_sku) VALUES (sku::omni.sku, order_ref, line_no, location, qty, qty, now() + interval '15 min', bundle::omni.sku) RETURNING reservation_id INTO id;
    PERFORM flow.move_stock(sku, location, 0, 'reserve', 'hold ' || id, order_ref, NULL, now(), qty, id);
END $$;
CREATE FUNCTION story.stock() RETURNS TABLE (sku text, location text, on_hand bigint, reserved bigint) LANGUAGE sql AS 'SELECT sku::text, location_code, on_hand, reserved FROM flow.stock ORDER BY 1, 2';
CREATE FUNCTION story.units(o text) RETURNS TABLE (line_no integer, state text, qty bigint) LANGUAGE sql AS 'SELECT line_no, state, qty FROM flow.order_units WHERE order_ref = o ORDER BY line_no, state::omni.order_state';
CREATE FUNCTION story.status(o text) RETURNS TABLE (state text, qty bigint, open bigint, shipped bigint, delivered bigint, returned bigint, canceled bigint, shipments bigint, due numeric, payment text, fulfilled boolean, met boolean) LANGUAGE sql AS
    'SELECT state, qty, qty_open, qty_shipped, qty_delivered, qty_returned, qty_canceled, shipments, trim_scale(due_amount), payment_status, fulfilled_at IS NOT NULL, promise_met FROM flow.order_status WHERE order_ref = o';

-- shipped: placed, paid, short at one node, one unit canceled, two parcels
SELECT * FROM flow.place_order('{"order_ref": "W-1", "channel": "web", "promised_at": "2099-01-01T00:00:00Z", "lines": [{"sku": "ts-red-s", "qty": 3, "unit_price": 10}, {"sku": "AZ/7", "qty": 2, "unit_price": 12.5, "tax_amount": 1}]}', 'o-1');
SELECT * FROM flow.place_order('{"order_ref": "W-1", "channel": "web", "promised_at": "2099-01-01T00:00:00Z", "lines": [{"sku": "ts-red-s", "qty": 3, "unit_price": 10}, {"sku": "AZ/7", "qty": 2, "unit_price": 12.5, "tax_amount": 1}]}', 'o-1');
SELECT order_ref, channel_code, market_code, currency, method, promised_at FROM flow.orders;
INSERT INTO flow.payments VALUES ('W-1', 'p-1', 'authorized', 56, now());
SELECT * FROM story.status('W-1');
SELECT story.hold('W-1', 1, 'TS-RED-S', 'WH', 3), story.hold('W-1', 2, 'TS-RED-M', 'WH', 2);
SELECT * FROM flow.short_pick('W-1', '[{"line": 1, "qty": 1, "location": "WH"}]', true, 'not found', 'sp-1');
SELECT * FROM flow.short_pick('W-1', '[{"line": 1, "qty": 1, "location": "WH"}]', true, 'not found', 'sp-1');
SELECT event_key, qty, from_state, to_state, location_code, reason FROM flow.order_line_events ORDER BY 1;
SELECT * FROM story.stock();
SELECT story.hold('W-1', 1, 'TS-RED-S', 'BER', 1);
SELECT * FROM flow.cancel_lines('W-1', '[{"line": 2, "qty": 1}]', 'customer', 'c-1');
SELECT flow.move_units('W-1', 1, 2, 'packed', 'packed-1', 'WH');
SELECT line, location, qty FROM flow.ship('W-1', '[{"line": 1, "qty": 2, "location": "WH"}]', 's-1', '{"shipment_key": "S-1", "carrier": "DHL"}');
SELECT line, location, qty FROM flow.ship('W-1', NULL, 's-2', '{"shipment_key": "S-2"}') ORDER BY line;
SELECT * FROM story.units('W-1');
SELECT * FROM flow.deliver('W-1', 'S-1', idempotency_key => 'd-1');
SELECT * FROM flow.deliver('W-1', 'S-1', idempotency_key => 'd-1');
SELECT flow.move_units('W-1', 1, 1, 'out_for_delivery', 'track-1', shipment_key => 'S-2');
SELECT * FROM story.status('W-1');
SELECT * FROM flow.deliver('W-1', idempotency_key => 'd-2');
INSERT INTO flow.payments VALUES ('W-1', 'p-2', 'captured', 43.5, now());
SELECT * FROM story.status('W-1');
SELECT shipment_key, location_code, carrier, shipped_at IS NOT NULL AS shipped, delivered_at IS NOT NULL AS delivered FROM flow.shipments ORDER BY 1;
SELECT * FROM story.stock();
SELECT * FROM flow.stock_problems;

-- bought online, returned in a store: announced, then in parts; one unit that nobody announced; put aside, and sold again after all
SELECT * FROM flow.request_return('W-1', '[{"line": 1, "qty": 2, "reason": "size"}]', 'pos', 'changed mind', 'rr-1', 'RMA-7');
SELECT * FROM flow.request_return('W-1', '[{"line": 1, "qty": 2, "reason": "size"}]', 'pos', 'changed mind', 'rr-1', 'RMA-7');
SELECT * FROM flow.receive_return('W-1', '[{"line": 1, "qty": 1, "location": "HAM", "disposition": "restocked"}, {"line": 1, "qty": 1, "location": "HAM"}, {"line": 2, "qty": 1, "location": "BER", "disposition": "quarantined"}]', 'rc-1');
SELECT * FROM flow.receive_return('W-1', '[{"line": 1, "qty": 1, "location": "HAM", "disposition": "restocked"}, {"line": 1, "qty": 1, "location": "HAM"}, {"line": 2, "qty": 1, "location": "BER", "disposition": "quarantined"}]', 'rc-1');
SELECT * FROM story.units('W-1');
SELECT * FROM flow.receive_return('W-1', '[{"line": 1, "qty": 1, "location": "HAM", "disposition": "written_off"}]', 'rc-2');
SELECT * FROM flow.receive_return('W-1', '[{"line": 2, "qty": 1, "location": "BER", "disposition": "restocked"}]', 'rc-3');
SELECT line_no, return_key, qty, reason, channel_code, location_code, received_at IS NOT NULL AS received, disposition FROM flow.returns ORDER BY 1, 2;
INSERT INTO flow.payments VALUES ('W-1', 'p-3', 'refunded', 33.5, now());
SELECT * FROM story.status('W-1');
SELECT * FROM story.stock();
SELECT sku, location_code, qty, kind, reason FROM flow.stock_movements WHERE kind = 'return' ORDER BY 1, 2;

-- exchange: the last unit, for another size, in the same order; it comes back, and is kept by the customer in the end
SELECT * FROM flow.exchange('W-1', '[{"line": 1, "qty": 1, "sku": "TS-RED-M"}]', 'pos', 'size', 'x-1');
SELECT * FROM flow.exchange('W-1', '[{"line": 1, "qty": 1, "sku": "TS-RED-M"}]', 'pos', 'size', 'x-1');
SELECT line_no, sku, qty, unit_price, discount_amount, tax_amount FROM flow.order_lines WHERE order_ref = 'W-1' ORDER BY 1;
SELECT * FROM flow.receive_return('W-1', '[{"line": 1, "qty": 1, "disposition": "kept", "return_key": "x-1"}]', 'rc-5');
SELECT line_no, return_key, qty, state, received_at IS NOT NULL AS received, line_qty, net_amount, return_channel_code, exchanged, exchange_order_key, exchange_line_no FROM flow_bi.fact_return ORDER BY 1, 2;
SELECT * FROM story.status('W-1');

-- buy online, pick up in store: bundles wait there, one is handed over, nobody comes for the other
SELECT * FROM flow.place_order('{"order_ref": "W-2", "channel": "web", "method": "pickup", "promised_at": "2099-01-01T00:00:00Z", "lines": [{"sku": "SET", "qty": 2, "unit_price": 30}]}', 'o-2');
SELECT story.hold('W-2', 1, 'TS-RED-S', 'BER', 2, 'SET'), story.hold('W-2', 1, 'TS-RED-M', 'BER', 4, 'SET');
SELECT * FROM flow.ready_for_pickup('W-2', shipment_key => 'P-1', location => 'BER', idempotency_key => 'rp-1');
SELECT * FROM flow.ready_for_pickup('W-2', shipment_key => 'P-1', location => 'BER', idempotency_key => 'rp-1');
SELECT sku, open_qty, expires_at FROM flow.reservations WHERE order_ref = 'W-2' ORDER BY 1;
SELECT * FROM story.status('W-2');
SELECT sku, qty FROM flow.ship('W-2', '[{"line": 1, "qty": 1}]', 's-3', '{"shipment_key": "P-1"}') ORDER BY 1;
SELECT * FROM flow.no_show('W-2', idempotency_key => 'ns-1');
SELECT * FROM flow.no_show('W-2', idempotency_key => 'ns-1');
SELECT * FROM story.units('W-2');
-- nobody owes what nobody took
SELECT due, payment FROM story.status('W-2');
SELECT shipment_key, method, shipped_at IS NOT NULL AS shipped, delivered_at IS NOT NULL AS delivered FROM flow.shipments WHERE order_ref = 'W-2';
-- a bundle comes back as what it is made of
SELECT * FROM flow.receive_return('W-2', '[{"line": 1, "qty": 1, "location": "HAM", "disposition": "restocked"}]', 'rc-6');
SELECT * FROM story.stock();

-- without lines, what waits is what is held: not the line that nobody reserved, nor the second half of another
SELECT count(*) FROM flow.place_order('{"order_ref": "W-7", "channel": "web", "method": "pickup", "lines": [{"sku": "TS-RED-S", "qty": 2, "unit_price": 10}, {"sku": "SET", "qty": 2, "unit_price": 30}, {"sku": "TS-RED-M", "qty": 1, "unit_price": 10}]}', 'o-7');
SELECT story.hold('W-7', 1, 'TS-RED-S', 'BER', 1), story.hold('W-7', 2, 'TS-RED-S', 'BER', 2, 'SET'), story.hold('W-7', 2, 'TS-RED-M', 'BER', 3, 'SET');
SELECT * FROM flow.ready_for_pickup('W-7', shipment_key => 'P-7', idempotency_key => 'rp-7');
SELECT * FROM flow.ready_for_pickup('W-7', shipment_key => 'P-7', idempotency_key => 'rp-8');
SELECT * FROM story.units('W-7');
SELECT count(*) FROM flow.no_show('W-7');
SELECT count(*) FROM flow.cancel_lines('W-7');
-- shipped to a store: there it is no stock until nobody came
SELECT * FROM flow.place_order('{"order_ref": "W-3", "channel": "web", "method": "ship_to_store", "lines": [{"sku": "TS-RED-S", "qty": 2, "unit_price": 10}]}', 'o-3');
SELECT story.hold('W-3', 1, 'TS-RED-S', 'WH', 2);
SELECT line, qty FROM flow.ship('W-3', NULL, 's-4', '{"shipment_key": "S-3"}');
SELECT * FROM flow.ready_for_pickup('W-3', shipment_key => 'S-3', location => 'HAM', idempotency_key => 'rp-2');
SELECT * FROM flow.deliver('W-3', 'S-3', '[{"line": 1, "qty": 1}]', idempotency_key => 'd-3');
SELECT * FROM flow.no_show('W-3', idempotency_key => 'ns-2');
SELECT * FROM story.units('W-3');
SELECT * FROM story.stock() WHERE location = 'HAM';
SELECT location_code, method, delivered_at IS NOT NULL AS delivered FROM flow.shipments WHERE order_ref = 'W-3';

-- a whole order is canceled, and what it held is free
SELECT * FROM flow.place_order('{"order_ref": "W-4", "channel": "web", "promised_at": "2000-01-01T00:00:00Z", "lines": [{"line": 7, "sku": "SET", "qty": 2, "unit_price": 30}, {"line": 3, "sku": "TS-RED-S", "qty": 1, "unit_price": 0}]}');
SELECT * FROM story.status('W-4');
SELECT story.hold('W-4', 7, 'TS-RED-S', 'WH', 2, 'SET'), story.hold('W-4', 7, 'TS-RED-M', 'WH', 4, 'SET'), story.hold('W-4', 3, 'TS-RED-S', 'WH', 1);
SELECT * FROM flow.cancel_lines('W-4', '[{"line": 7, "qty": 1}]');
SELECT * FROM flow.cancel_lines('W-4', idempotency_key => 'c-4');
SELECT * FROM story.status('W-4');
SELECT sku, open_qty FROM flow.reservations WHERE order_ref = 'W-4';

-- a till: the goods go at once
SELECT * FROM flow.place_order('{"order_ref": "T-1", "channel": "pos", "lines": [{"sku": "TS-RED-S", "qty": 1, "unit_price": 10}]}', 'o-5');
SELECT story.hold('T-1', 1, 'TS-RED-S', 'BER', 1);
SELECT line, qty FROM flow.ship('T-1', NULL, 's-5');
SELECT * FROM story.units('T-1');

-- what a source says counts until there are events; a hold stops what moves up
INSERT INTO flow.orders (order_ref, channel_code, placed_at, currency, state) VALUES ('L-1', 'web', '2026-01-05Z', 'EUR', 'delivered'), ('L-2', 'web', '2026-01-05Z', 'EUR', 'open{on_hold}'), ('L-3', 'web', '2026-01-05Z', 'EUR', '[open..shipped]'), ('L-4', 'web', '2026-01-05Z', 'EUR', 'shipped');
INSERT INTO flow.order_lines (order_ref, line_no, sku, qty, unit_price) VALUES ('L-1', 1, 'TS-RED-S', 2, 10), ('L-2', 1, 'TS-RED-S', 2, 10), ('L-3', 1, 'TS-RED-S', 2, 10), ('L-4', 1, 'TS-RED-S', 2, 10);
SELECT * FROM flow.receive_return('L-1', '[{"line": 1, "qty": 1, "location": "BER", "disposition": "restocked"}]', 'rc-7', '2026-02-01Z');
SELECT event_key, qty, from_state, to_state, occurred_at, reason FROM flow.order_line_events WHERE order_ref = 'L-1' ORDER BY occurred_at;
SELECT * FROM flow.deliver('L-4', at => '2026-02-01Z');
SELECT flow.move_units('L-2', 1, 1, 'packed', 'e');
SELECT flow.move_units('L-2', 1, 1, 'canceled', 'e');
SELECT flow.move_units('L-3', 1, 1, 'packed', 'e');
SELECT * FROM story.status('L-1') UNION ALL SELECT * FROM story.status('L-2') UNION ALL SELECT * FROM story.status('L-3');
SELECT * FROM flow.stock_problems;

-- carts: a device and an account, merged crosswise and again; what is said to the old cart counts for the other
SELECT flow.cart_add('device', 'TS-RED-S', 2, 'e1') AS two, flow.cart_add('device', 'TS-RED-S', 2, 'e1') AS again, flow.cart_add('account', 'ts-red-s', 1, 'e1') AS one, flow.cart_remove('account', 'TS-RED-M', 1, 'e2') AS none, flow.cart_add('account', 'TS-RED-M', 3, 'e3') AS two_of_three;
SELECT flow.cart_merge('device', 'account'), flow.cart_merge('account', 'device'), flow.cart_merge('device', 'account'), flow.cart_merge('tablet', 'device'), flow.cart_merge('account', 'family'), flow.cart_merge('family', 'family');
SELECT cart_key, merged_into FROM flow.carts ORDER BY 1;
SELECT flow.cart_add('device', 'TS-RED-S', 2, 'e5') AS five, flow.cart_set('account', 'TS-RED-S', 4, 'e6') AS four, flow.cart_set('tablet', 'TS-RED-S', 4, 'e7') AS still, flow.cart_add('device', 'TS-RED-S', 1, 'e8') AS five_again, flow.cart_set('tablet', 'TS-RED-S', 4, 'e7') AS told_before;
SELECT * FROM flow.cart_lines ORDER BY 1, 3;
SELECT * FROM flow.place_order('{"order_ref": "W-5", "channel": "web", "cart": "device", "lines": [{"sku": "TS-RED-S", "qty": 3, "unit_price": 10}, {"sku": "TS-RED-M", "qty": 5, "unit_price": 10}]}', 'o-6');
SELECT * FROM flow.cart_lines WHERE cart_key = 'account';

-- refused, each with its SQLSTATE and a hint or a detail, and nothing written
CREATE FUNCTION story.refused(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text; message text; hint text; detail text;
BEGIN
    EXECUTE statement;
    RETURN 'taken';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT, detail = PG_EXCEPTION_DETAIL;
    RETURN format('%s %s%s%s', state, message, CASE WHEN detail <> '' THEN ' / ' || detail ELSE '' END, CASE WHEN hint || detail = '' THEN ' WITHOUT A HINT' ELSE '' END);
END $$;
CREATE TEMP TABLE before AS SELECT (SELECT count(*) FROM flow.order_line_events) AS events, (SELECT count(*) FROM flow.stock_movements) AS movements, (SELECT count(*) FROM flow.outbox) AS calls, (SELECT count(*) FROM flow.cart_events) AS cart_events, (SELECT count(*) FROM flow.returns) AS returns;
\pset format unaligned
\pset tuples_only on
SELECT o, story.refused(format('SELECT * FROM flow.place_order(%L)', o)) FROM unnest(ARRAY[NULL, '[]', '"x"', '{}', '{"order_ref": "", "channel": "web"}', '{"order_ref": 7}', '{"order_ref": "N", "channel": "fax"}', '{"order_ref": "N", "channel": "bare", "lines": []}', '{"order_ref": "N", "channel": "web", "curency": "EUR"}',
    '{"order_ref": "N", "channel": "web", "currency": "euro"}', '{"order_ref": "N", "channel": "web", "placed_at": "yesterday"}', '{"order_ref": "N", "channel": "web", "method": "drone"}', '{"order_ref": "N", "channel": "web", "customer": "x"}', '{"order_ref": "N", "channel": "web"}', '{"order_ref": "N", "channel": "web", "lines": {}}',
    '{"order_ref": "N", "channel": "web", "lines": []}', '{"order_ref": "N", "channel": "web", "lines": [1]}', '{"order_ref": "N", "channel": "web", "lines": [{"sku": "NOPE", "qty": 1, "unit_price": 1}]}', '{"order_ref": "N", "channel": "web", "lines": [{"qty": 1, "unit_price": 1}]}',
    '{"order_ref": "N", "channel": "web", "lines": [{"sku": "SET", "unit_price": 1}]}', '{"order_ref": "N", "channel": "web", "lines": [{"sku": "SET", "qty": 0, "unit_price": 1}]}', '{"order_ref": "N", "channel": "web", "lines": [{"sku": "SET", "qty": -1, "unit_price": 1}]}', '{"order_ref": "N", "channel": "web", "lines": [{"sku": "SET", "qty": 1.5, "unit_price": 1}]}',
    '{"order_ref": "N", "channel": "web", "lines": [{"sku": "SET", "qty": "1", "unit_price": 1}]}', '{"order_ref": "N", "channel": "web", "lines": [{"sku": "SET", "qty": 9223372036854775808, "unit_price": 1}]}', '{"order_ref": "N", "channel": "web", "lines": [{"sku": "SET", "qty": 1}]}', '{"order_ref": "N", "channel": "web", "lines": [{"sku": "SET", "qty": 1, "unit_price": 1, "price": 2}]}',
    '{"order_ref": "N", "channel": "web", "lines": [{"sku": "SET", "qty": 1, "unit_price": 1, "line": 1.5}]}', '{"order_ref": "N", "channel": "web", "lines": [{"sku": "SET", "qty": 1, "unit_price": 1, "line": 2}, {"sku": "SET", "qty": 1, "unit_price": 1}]}', '{"order_ref": "W-1", "channel": "web", "lines": [{"sku": "SET", "qty": 1, "unit_price": 1}]}']) o;
SELECT story.refused(format('SELECT * FROM flow.place_order(%L)', jsonb_build_object('order_ref', 'N', 'channel', 'web', 'lines', (SELECT jsonb_agg('{"sku": "SET", "qty": 1, "unit_price": 1}'::jsonb) FROM generate_series(1, 10001)))));
SELECT c, story.refused('SELECT * FROM flow.' || c) FROM unnest(ARRAY[$$place_order('{"order_ref": "N", "channel": "web", "lines": [{"sku": "SET", "qty": 1, "unit_price": 1}]}', 'o-1')$$, $$place_order('{"order_ref": "N", "channel": "web", "lines": [{"sku": "SET", "qty": 1, "unit_price": 1}]}', '~x')$$,
    $$move_units('W-5', 1, 4, 'shipped', 'x')$$, $$move_units('W-5', 1, 0, 'shipped', 'x')$$, $$move_units('W-5', 1, NULL, 'shipped', 'x')$$, $$move_units('W-5', 1, 1, 'shiped', 'x')$$, $$move_units('W-5', 1, 1, '[open..shipped]', 'x')$$, $$move_units('W-5', 1, 1, 'ready_for_pickup', 'x')$$, $$move_units('W-5', 1, 1, 'shipped', '')$$,
    $$move_units('W-5', 1, 1, 'shipped', 'x', at => 'infinity')$$, $$move_units('W-5', 9, 1, 'shipped', 'x')$$, $$move_units('W-5', 1, 1, 'shipped', 'x', from_state => 'packed')$$, $$move_units('W-1', 1, 1, 'shipped', 'd-1:1')$$, $$move_units('W-5', 1, 1, 'return_requested', 'x')$$,
    $$cancel_lines(NULL)$$, $$cancel_lines('N')$$, $$cancel_lines('W-4')$$, $$cancel_lines('W-1', '[{"line": 1, "qty": 1}]')$$, $$cancel_lines('W-5', '[{"line": 1, "qty": 4}]')$$, $$cancel_lines('W-5', '{}')$$, $$cancel_lines('W-5', '[]')$$, $$cancel_lines('W-5', '[7]')$$, $$cancel_lines('W-5', '[{"line": 9, "qty": 1}]')$$, $$cancel_lines('W-5', '[{"qty": 1}]')$$,
    $$cancel_lines('W-5', '[{"line": 1, "qty": 1, "sku": "SET"}]')$$, $$cancel_lines('W-5', '[{"line": 1, "qty": 1.5}]')$$, $$cancel_lines('W-5', '[{"line": 1, "qty": null}]')$$, $$cancel_lines('W-5', '[{"line": 1, "qty": -1}]')$$, $$cancel_lines('W-5', (SELECT jsonb_agg('{"line": 1, "qty": 1}'::jsonb) FROM generate_series(1, 10001)))$$,
    $$short_pick('W-5', NULL)$$, $$short_pick('W-5', '[{"line": 1, "qty": 1}]')$$, $$short_pick('W-5', '[{"line": 1, "qty": 1, "location": "MARS"}]')$$, $$short_pick('W-5', '[{"line": 1, "qty": 1, "location": 7}]')$$, $$short_pick('W-1', '[{"line": 1, "qty": 1, "location": "WH"}]')$$, $$short_pick('W-5', '[{"line": 1, "qty": 4, "location": "WH"}]')$$,
    $$ready_for_pickup('W-5')$$, $$ready_for_pickup('W-5', location => 'MARS')$$, $$no_show('W-2')$$, $$no_show('W-5', '[{"line": 1, "qty": 1}]')$$, $$deliver('W-5')$$, $$deliver('W-1', 'S-9')$$, $$deliver('W-2')$$, $$deliver('W-5', lines => '[{"line": 1, "qty": 1}]')$$,
    $$request_return('W-5', '[{"line": 1, "qty": 1}]')$$, $$request_return('W-1', '[{"line": 1, "qty": 4}]')$$, $$request_return('W-1', NULL)$$, $$request_return('W-1', '[{"line": 1, "qty": 1}]', 'fax')$$, $$receive_return('W-1', '[{"line": 1, "qty": 1, "location": "BER", "disposition": "restocked"}]')$$, $$receive_return('L-1', '[{"line": 1, "qty": 2, "location": "BER", "disposition": "restocked"}]')$$, $$receive_return('L-4', '[{"line": 1, "qty": 3, "location": "BER"}]')$$,
    $$receive_return('L-1', '[{"line": 1, "qty": 1, "disposition": "restocked"}]')$$, $$receive_return('L-1', '[{"line": 1, "qty": 1, "location": "BER", "disposition": "eaten"}]')$$, $$receive_return('L-1', '[{"line": 1, "qty": 1, "location": "BER", "return_key": "RMA-9"}]')$$, $$receive_return('L-1', '[{"line": 1, "qty": 1, "disposition": "kept"}]')$$, $$receive_return('W-5', '[{"line": 1, "qty": 1, "location": "BER"}]')$$, $$receive_return('L-1', NULL)$$,
    $$exchange('L-1', '[{"line": 1, "qty": 1}]')$$, $$exchange('L-1', '[{"line": 1, "qty": 1, "sku": "NOPE"}]')$$, $$exchange('L-1', '[{"line": 1, "qty": 1, "sku": "SET", "unit_price": "1"}]')$$, $$exchange('L-1', '[{"line": 1, "qty": 1, "sku": "SET"}]', exchange_order_ref => 'N')$$, $$exchange('W-5', '[{"line": 1, "qty": 1, "sku": "SET"}]')$$, $$exchange('L-1', '{}')$$, $$exchange('L-1', NULL)$$,
    $$cart_add('c', 'SET', 0, 'x')$$, $$cart_add('c', 'SET', NULL, 'x')$$, $$cart_add(NULL, 'SET', 1, 'x')$$, $$cart_add('c', 'NOPE', 1, 'x')$$, $$cart_add('device', 'SET', 2, 'e1')$$, $$cart_add('c', 'SET', 1, '')$$, $$cart_remove('c', 'SET', -1, 'x')$$, $$cart_set('c', 'SET', -1, 'x')$$, $$cart_merge('c', NULL)$$, $$cart_merge('', 'c')$$]) c;
\pset format aligned
\pset tuples_only off
SELECT before = row((SELECT count(*) FROM flow.order_line_events), (SELECT count(*) FROM flow.stock_movements), (SELECT count(*) FROM flow.outbox), (SELECT count(*) FROM flow.cart_events), (SELECT count(*) FROM flow.returns)) AS nothing_written FROM pg_temp.before;
-- a reservation that has expired is not held for a pickup
SELECT * FROM flow.place_order('{"order_ref": "W-6", "channel": "web", "method": "pickup", "lines": [{"sku": "TS-RED-S", "qty": 1, "unit_price": 10}]}');
SELECT story.hold('W-6', 1, 'TS-RED-S', 'BER', 1);
UPDATE flow.reservations SET expires_at = now() - interval '1 s' WHERE order_ref = 'W-6';
SELECT * FROM flow.ready_for_pickup('W-6');

-- a bundle of components from two locations, collected at one: the other component does not expire and stay behind
SELECT omni.create_store('pick') IS NOT NULL AS made;
INSERT INTO pick.channels (channel_code, name) VALUES ('web', 'Web');
INSERT INTO pick.locations (location_code, name) VALUES ('BER', 'Berlin'), ('HAM', 'Hamburg');
INSERT INTO pick.products (sku) VALUES ('CUP'), ('POT'), ('SET');
INSERT INTO pick.bundle_components (sku, component_sku, qty) VALUES ('SET', 'CUP', 2), ('SET', 'POT', 1);
SELECT count(*) FROM pick.receive('[{"sku": "CUP", "location": "BER", "qty": 9}, {"sku": "POT", "location": "HAM", "qty": 9}]');
SELECT * FROM pick.place_order('{"order_ref": "B-1", "channel": "web", "currency": "EUR", "method": "pickup", "lines": [{"sku": "SET", "qty": 2, "unit_price": 10}]}');
SELECT line, sku, location, qty FROM pick.reserve('B-1', '[{"line": 1, "sku": "SET", "qty": 2}]');
SELECT * FROM pick.ready_for_pickup('B-1', '[{"line": 1, "qty": 2}]', location => 'BER');
SELECT sku, location_code, open_qty, expires_at FROM pick.reservations ORDER BY sku;
UPDATE pick.reservations SET expires_at = now() - interval '1 s' WHERE expires_at < 'infinity';
SELECT pick.expire();
SELECT line, sku, location, qty FROM pick.ship('B-1');
SELECT line_no, state, qty FROM pick.order_units;
SELECT sku, location_code, on_hand, reserved FROM pick.stock ORDER BY sku;

-- events that make no sense: said so, not guessed
INSERT INTO flow.order_line_events (order_ref, line_no, event_key, qty, from_state, to_state, occurred_at) VALUES ('W-5', 2, 'late', 5, 'packed', 'shipped', '2026-01-01Z');
SELECT flow.move_units('W-5', 2, 1, 'delivered', 'x');
SELECT * FROM story.units('W-5');

-- adopted tables: lines are read where they are, and their units move; what is adopted is not written
CREATE TABLE story.o (order_ref text PRIMARY KEY, channel_code text, placed_at timestamptz, currency text);
CREATE TABLE story.l (order_ref text, line_no integer, sku text, qty bigint, unit_price numeric, PRIMARY KEY (order_ref, line_no));
INSERT INTO story.o VALUES ('A-1', 'web', '2026-01-01Z', 'EUR');
INSERT INTO story.l VALUES ('A-1', 1, 'TS-RED-S', 3, 10);
SELECT omni.create_store('half', '{"adopt": {"orders": "story.o", "order_lines": "story.l"}}') IS NOT NULL AS made;
SELECT half.move_units('A-1', 1, 2, 'shipped', 'e-1');
SELECT order_ref, state, qty_open, qty_shipped FROM half.order_status;
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT half.move_units('A-1', 1, 1, 'shipped', 'e-2');
ROLLBACK;
INSERT INTO half.channels (channel_code, name, kind) VALUES ('web', 'Web', 'web');
INSERT INTO half.products (sku, title) VALUES ('TS-RED-S', '');
SELECT * FROM half.place_order('{"order_ref": "A-2", "channel": "web", "currency": "EUR", "lines": [{"sku": "TS-RED-S", "qty": 1, "unit_price": 10}]}');
SELECT * FROM half.exchange('A-1', '[{"line": 1, "qty": 1, "sku": "TS-RED-S"}]');
CREATE TABLE story.e (order_ref text, line_no integer, event_key text, qty bigint, from_state text, to_state text, occurred_at timestamptz, PRIMARY KEY (order_ref, line_no, event_key));
SELECT omni.create_store('third', '{"adopt": {"orders": "story.o", "order_lines": "story.l", "order_line_events": "story.e"}}') IS NOT NULL AS made;
SELECT third.move_units('A-1', 1, 2, 'shipped', 'e-1');

DROP SCHEMA flow, flow_bi, flow_pii, pick, pick_bi, pick_pii, half, half_bi, half_pii, third, third_bi, third_pii, story CASCADE;
