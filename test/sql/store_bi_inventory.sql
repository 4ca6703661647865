-- What an analyst sees of stock and of fulfillment. The tables are filled by hand, so that each figure can be told by reading;
-- days are told by how many days ago they are where the location is.
SET client_min_messages = warning;
SET search_path = public, omni;
SET timezone = 'UTC';
\set SHOW_CONTEXT never
SELECT create_store('shop');

-- local(days, time, zone): a time of so many days ago
CREATE FUNCTION public.local(ago integer, at time, zone text DEFAULT 'Europe/Berlin') RETURNS timestamptz LANGUAGE sql STABLE
RETURN ((now() AT TIME ZONE zone)::date - ago + at) AT TIME ZONE zone;

INSERT INTO shop.markets (market_code, name, currency, time_zone) VALUES ('DE', 'Germany', 'EUR', 'Europe/Berlin'), ('US', 'United States', 'USD', 'America/New_York');
INSERT INTO shop.channels (channel_code, name, market_code, stock_buffer) VALUES ('web', 'Web shop', 'DE', 0), ('mall', 'Marketplace', 'DE', 3), ('us', 'US shop', 'US', 1);
INSERT INTO shop.locations (location_code, name, market_code, active, time_zone) VALUES
    ('BER', 'Berlin', 'DE', true, 'UTC'), ('NYC', 'New York', 'US', true, 'UTC'), ('OLD', 'Closed', 'DE', false, 'UTC'), ('TYO', 'In no market', NULL, true, 'Asia/Tokyo');
INSERT INTO shop.products (sku, title, active) VALUES ('CUP', 'Cup', true), ('MUG', 'Mug', true), ('HAT', 'Hat', true), ('GONE', 'Sold no more', false);
INSERT INTO shop.stock (sku, location_code, on_hand, reserved, safety_stock, backorder_limit, incoming, slots) VALUES
    ('CUP', 'BER', 1, 2, 0, 0, 0, 0), ('CUP', 'NYC', 40, 22, 5, 0, 7, 2), ('CUP', 'OLD', 9, 0, 0, 0, 0, 0), ('MUG', 'NYC', -2, 0, 0, 6, 0, 0), ('HAT', 'BER', 0, 0, 0, 0, 2, 0),
    ('HAT', 'TYO', 5, 3, 1, 0, 0, 0), ('GONE', 'BER', 0, 0, 0, 0, 0, 0);
INSERT INTO shop.stock_slots (sku, location_code, slot, free) VALUES ('CUP', 'NYC', 1, 4), ('CUP', 'NYC', 2, 6);
INSERT INTO shop.channel_buffers (sku, location_code, channel_code, qty) VALUES ('CUP', 'NYC', 'web', 10), ('CUP', 'NYC', 'mall', 0), ('MUG', 'NYC', 'us', 100);
INSERT INTO shop.reservations (sku, order_ref, line_no, location_code, qty, open_qty, reserved_at, expires_at, channel_code) VALUES
    ('CUP', 'W1', 1, 'BER', 2, 2, local(2, '12:00'), 'infinity', 'web'),
    ('CUP', 'K1', 1, 'NYC', 9, 8, now() - interval '20 min', now() - interval '5 min', 'us'),
    ('CUP', 'K2', 1, 'NYC', 4, 4, now() - interval '10 min', now() + interval '5 min', 'us'),
    ('CUP', 'K3', 1, 'NYC', 3, 0, now() - interval '10 d', now() + interval '5 min', 'us'),
    ('HAT', 'K2', 2, 'TYO', 2, 2, now() - interval '2 min', now() + interval '15 min', NULL),
    ('HAT', 'K2', 3, 'TYO', 1, 1, now() - interval '45 d', now(), NULL);
INSERT INTO shop.stock_movements (sku, location_code, movement_key, kind, qty, reserved_qty, occurred_at) VALUES
    ('CUP', 'BER', 'a', 'opening', 20, 0, local(10, '12:00')),
    ('CUP', 'BER', 'b', 'ship', -5, 0, local(8, '08:00')), ('CUP', 'BER', 'c', 'receive', 10, 0, local(8, '09:00')),
    ('CUP', 'BER', 'd', 'ship', -25, 0, local(5, '12:00')), ('CUP', 'BER', 'e', 'return', 2, 0, local(3, '12:00')),
    ('CUP', 'BER', 'f', 'reserve', 0, 2, local(2, '12:00')), ('CUP', 'BER', 'g', 'adjust', -1, 0, local(1, '12:00')),
    -- half past eleven in New York is the next day in UTC
    ('MUG', 'NYC', 'a', 'opening', 3, 0, local(2, '23:30', 'America/New_York')), ('MUG', 'NYC', 'b', 'ship', -8, 0, local(1, '00:30', 'America/New_York')),
    ('MUG', 'NYC', 'c', 'transfer', 4, 0, local(1, '10:00', 'America/New_York')), ('MUG', 'NYC', 'd', 'count', -1, 0, local(1, '11:00', 'America/New_York')),
    ('CUP', 'NYC', 'a', 'opening', 40, 0, local(0, '00:00', 'America/New_York')), ('CUP', 'NYC', 'b', 'reserve', 0, 12, local(0, '00:00', 'America/New_York')),
    ('CUP', 'OLD', 'a', 'opening', 9, 0, local(1, '12:00')),
    ('HAT', 'TYO', 'a', 'receive', 5, 0, local(1, '00:00', 'Asia/Tokyo')), ('HAT', 'TYO', 'b', 'reserve', 0, 3, local(1, '23:59:59', 'Asia/Tokyo'));
SELECT * FROM shop.stock_problems;

-- stock by day: 20 from ten days ago, +10 -5, sold out after five days, 2 came back, one was lost; those of New York on their own days
SELECT stock_date - (now() AT TIME ZONE time_zone)::date AS day, time_zone, sku, location_code, market_code, on_hand, reserved, opening, received, shipped, returned, transferred, adjusted
FROM shop_bi.fact_stock_day ORDER BY sku COLLATE "C", location_code COLLATE "C", stock_date;

-- what can be promised: 40 - (22 - 10 free in slots - 8 expired) - 5; 5 - (3 - 1 expired) - 1; -2 + 6 on backorder; nothing where it is closed
SELECT * FROM shop_bi.atp ORDER BY sku COLLATE "C", location_code COLLATE "C";
SELECT sku, location_code, string_agg(format('%s: %s - %s = %s', channel_code, available, buffer, atp), ', ' ORDER BY channel_code COLLATE "C") AS by_channel
FROM shop_bi.atp_by_channel GROUP BY 1, 2 ORDER BY 1, 2;

-- how fast it turns: CUP in Berlin 25 + 25 + 0 + 0 + 2 + 2 + 1 unit days in a week, of which two without any, and 25 shipped
SELECT sku, location_code, window_days AS "window", (now() AT TIME ZONE time_zone)::date - window_from AS "from", (now() AT TIME ZONE time_zone)::date - window_to AS "to",
       days, shipped_units, on_hand_days, average_on_hand, turnover, on_hand, days_of_supply, stockout_days, stockout_share
FROM shop_bi.turnover WHERE window_days <= 30 ORDER BY sku COLLATE "C", location_code COLLATE "C", window_days;
SELECT window_days, count(*) AS rows, sum(shipped_units) AS shipped, sum(on_hand_days) AS on_hand_days, sum(stockout_days) AS stockout_days FROM shop_bi.turnover GROUP BY 1 ORDER BY 1;

-- nothing to promise: CUP in Berlin since it was reserved, and three units were asked for since; of HAT nothing is known
INSERT INTO shop.orders (order_ref, channel_code, placed_at, currency) VALUES ('W0', 'web', local(2, '11:59:59'), 'EUR'), ('W1', 'web', local(2, '12:00'), 'EUR'), ('U1', 'us', local(0, '00:00'), 'USD');
INSERT INTO shop.order_lines (order_ref, line_no, sku, qty, unit_price) VALUES ('W0', 1, 'CUP', 5, 10), ('W1', 1, 'CUP', 2, 10), ('W1', 2, 'HAT', 1, 10), ('U1', 1, 'CUP', 1, 10);
INSERT INTO shop.supplies (sku, location_code, supply_key, qty, received_qty, expected_at, closed_at) VALUES
    ('CUP', 'BER', 'P1', 10, 4, local(-3, '12:00'), NULL), ('CUP', 'BER', 'P2', 10, 0, local(-5, '12:00'), NULL), ('CUP', 'BER', 'P3', 10, 10, local(-1, '12:00'), NULL), ('CUP', 'BER', 'P4', 10, 0, local(-1, '12:00'), now()),
    ('HAT', 'BER', 'P1', 1, 0, local(-1, '12:00'), NULL);
SELECT sku, location_code, market_code, out_since = local(2, '12:00') AS since_reserved, out_seconds = round(extract(epoch FROM now() - local(2, '12:00')), 6) AS seconds, on_hand, held, safety_stock, backorder_limit,
       lines_asked, units_asked, incoming, next_expected_at = local(-3, '12:00') AS expected FROM shop_bi.stockouts ORDER BY 1, 2;
-- who asks for a bundle asks for what is in it, also in a bundle in it
BEGIN;
INSERT INTO shop.bundle_components (sku, component_sku, qty) VALUES ('SET', 'CUP', 2), ('SET', 'HAT', 1), ('BOX', 'SET', 3), ('BOX', 'CUP', 1);
INSERT INTO shop.order_lines (order_ref, line_no, sku, qty, unit_price) VALUES ('U1', 2, 'SET', 5, 10), ('W0', 2, 'SET', 5, 10), ('U1', 3, 'BOX', 1, 10);
SELECT sku, location_code, lines_asked, units_asked FROM shop_bi.stockouts ORDER BY 1, 2;
ROLLBACK;
-- a higher safety stock, and it is out since there were fewer than that; a backorder, and it is not out
UPDATE shop.stock SET safety_stock = 2 WHERE sku = 'CUP' AND location_code = 'BER';
SELECT out_since = local(5, '12:00') AS since_sold, lines_asked, units_asked FROM shop_bi.stockouts WHERE sku = 'CUP';
UPDATE shop.stock SET safety_stock = 0, backorder_limit = 2 WHERE sku = 'CUP' AND location_code = 'BER';
SELECT sku FROM shop_bi.stockouts;
UPDATE shop.stock SET backorder_limit = 0 WHERE sku = 'CUP' AND location_code = 'BER';

-- open reservations by age: the one that ends now has ended
SELECT status, location_code, channel_code, age, age_from_seconds, age_to_seconds, reservations, orders, units, oldest_reserved_at < now() AS oldest, first_expires_at <= now() AS over
FROM shop_bi.aging_reservations ORDER BY status, location_code, age;

-- times that no clock shows: before 1990 is the first day of 1990, later than now is today; units are neither lost nor doubled
INSERT INTO shop.stock (sku, location_code, on_hand) VALUES ('ODD', 'TYO', 7), ('VAST', 'BER', 9223372036854775807), ('VOID', 'BER', -9223372036854775808);
INSERT INTO shop.stock_movements (sku, location_code, movement_key, kind, qty, occurred_at) VALUES
    ('ODD', 'TYO', 'a', 'opening', 2, '-infinity'), ('ODD', 'TYO', 'b', 'receive', 4, 'infinity'), ('ODD', 'TYO', 'c', 'receive', 1, now() + interval '7 d'),
    ('VAST', 'BER', 'a', 'opening', 9223372036854775807, local(400, '12:00')), ('VOID', 'BER', 'a', 'a word of theirs', -9223372036854775808, local(400, '12:00'));
UPDATE shop.stock SET backorder_limit = 5 WHERE sku IN ('VAST', 'VOID');
SELECT min(stock_date), max(stock_date) - (now() AT TIME ZONE 'Asia/Tokyo')::date AS last, count(*) = max(stock_date) - min(stock_date) + 1 AS each_day, max(on_hand) AS on_hand, sum(opening) AS opening, sum(received) AS received
FROM shop_bi.fact_stock_day WHERE sku = 'ODD';
SELECT sku, on_hand, opening, adjusted, count(*) FROM shop_bi.fact_stock_day WHERE sku IN ('VAST', 'VOID') GROUP BY 1, 2, 3, 4 ORDER BY 1, 3;
SELECT sku, atp FROM shop_bi.atp WHERE sku IN ('VAST', 'VOID') ORDER BY 1;
SELECT sku, on_hand_days, turnover, stockout_days FROM shop_bi.turnover WHERE sku IN ('VAST', 'VOID') AND window_days = 30 ORDER BY 1;
DELETE FROM shop.stock WHERE sku IN ('ODD', 'VAST', 'VOID');
DELETE FROM shop.stock_movements WHERE sku IN ('ODD', 'VAST', 'VOID');

-- one SKU, one location: movements, slots and reservations are found by their keys
SET enable_seqscan = off;
CREATE FUNCTION public.whole(query text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    line text;
    whole bigint := 0;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || query LOOP
        whole := whole + (line ~ 'Seq Scan on (stock_movements|reservations|supplies|stock_slots|order_lines|orders)')::int;
    END LOOP;
    RETURN whole;
END $$;
SELECT relation, filter, public.whole(format('SELECT * FROM shop_bi.%s WHERE %s', relation, filter)) AS read_whole
FROM unnest('{atp,atp_by_channel,fact_stock_day,turnover,stockouts}'::text[]) relation, unnest(ARRAY['sku = ''CUP''', 'location_code = ''BER''']) filter ORDER BY 1, 2;
RESET enable_seqscan;

-- orders, filled and late: times of a line are of its last unit
SELECT create_store('flow');
INSERT INTO flow.markets (market_code, name, currency, time_zone) VALUES ('DE', 'Germany', 'EUR', 'Europe/Berlin');
INSERT INTO flow.channels (channel_code, name, market_code) VALUES ('web', 'Web shop', 'DE'), ('till', 'Till', NULL);
INSERT INTO flow.bundle_components (sku, component_sku, qty) VALUES ('SET', 'CUP', 2), ('SET', 'HAT', 1);
INSERT INTO flow.orders (order_ref, channel_code, placed_at, currency, method, promised_at, state) VALUES
    ('F1', 'web', '2026-03-01 23:30Z', 'EUR', NULL, '2026-03-05Z', NULL), ('F2', 'web', '2026-03-02 10:00Z', 'EUR', 'pickup', '2026-03-02 14:00Z', NULL), ('F3', 'web', '2026-03-02 11:00Z', 'EUR', 'ship', '2026-03-10Z', NULL),
    ('F4', 'till', '2026-03-02 12:00Z', 'EUR', 'pos', NULL, 'delivered'), ('F5', 'web', '2026-03-03 09:00Z', 'EUR', 'ship', NULL, 'shipped'), ('F6', 'web', '2026-03-03 10:00Z', 'EUR', NULL, NULL, 'partially_shipped[open..shipped]'),
    ('F7', 'web', '2026-03-03 11:00Z', 'EUR', NULL, 'infinity', NULL);
INSERT INTO flow.order_lines (order_ref, line_no, sku, qty, unit_price) VALUES ('F1', 1, 'CUP', 4, 1), ('F1', 2, 'HAT', 1, 1), ('F2', 1, 'CUP', 2, 1), ('F2', 2, 'CUP', 1, 1), ('F3', 1, 'HAT', 5, 1), ('F3', 2, 'HAT', 2, 1),
    ('F4', 1, 'CUP', 1, 1), ('F5', 1, 'CUP', 1, 1), ('F6', 1, 'CUP', 3, 1), ('F7', 1, 'SET', 2, 1);
INSERT INTO flow.order_line_events (order_ref, line_no, event_key, qty, from_state, to_state, location_code, occurred_at, shipment_key) VALUES
    ('F1', 1, 'a', 3, 'open', 'shipped', 'BER', '2026-03-02 12:30Z', 'S1'), ('F1', 1, 'b', 1, 'open', 'shipped', 'HAM', '2026-03-03 23:30Z', 'S2'),
    ('F1', 1, 'c', 3, 'shipped', 'delivered', NULL, '2026-03-04 23:30Z', 'S1'), ('F1', 1, 'd', 1, 'shipped', 'delivered', NULL, '2026-03-06 23:30Z', 'S2'),
    ('F1', 1, 'e', 1, 'delivered', 'delivered+return_received', 'MUC', '2026-04-06 23:30Z', NULL),
    ('F1', 2, 'a', 1, 'open', 'shipped', NULL, '2026-03-02 23:30Z', 'S2'),
    ('F2', 1, 'a', 2, 'open', 'ready_for_pickup', 'BER', '2026-03-02 12:00Z', NULL), ('F2', 1, 'b', 2, 'ready_for_pickup', 'picked_up', 'BER', '2026-03-04 10:00Z', NULL),
    ('F2', 2, 'a', 1, 'open', 'canceled', NULL, '2026-03-02 10:30Z', NULL), ('F3', 1, 'a', 2, 'open', 'shipped', 'HAM', '2026-03-03 11:00Z', 'S1');
INSERT INTO flow.shipments (order_ref, shipment_key, location_code, shipped_at, delivered_at) VALUES ('F1', 'S1', 'BER', '2026-03-02 12:30Z', NULL), ('F1', 'S2', 'HAM', '2026-03-02 23:30Z', '2026-03-04 23:30Z'),
    ('F1', 'S3', 'HAM', NULL, NULL), ('F5', 'S1', NULL, '2026-03-04 09:00Z', '2026-03-05 09:00Z');
INSERT INTO flow.reservations (sku, order_ref, line_no, location_code, qty, open_qty, expires_at, bundle_sku) VALUES ('HAT', 'F3', 1, 'BER', 2, 2, 'infinity', NULL), ('HAT', 'F3', 2, 'BER', 2, 2, '2026-03-02 11:15Z', NULL),
    ('CUP', 'F7', 1, 'BER', 4, 3, 'infinity', 'SET'), ('HAT', 'F7', 1, 'BER', 2, 2, 'infinity', 'SET'), ('CUP', 'F1', 1, 'BER', 3, 0, 'infinity', NULL);
SELECT order_key, line_no AS n, method, location_code, order_date, qty, qty_canceled AS canceled, qty_shipped AS shipped, qty_delivered AS delivered, qty_reserved AS reserved, qty_filled AS filled,
       seconds_to_ship, seconds_to_deliver, fulfilled_at, on_time FROM flow_bi.fact_fulfillment ORDER BY 1, 2;
SELECT shipped_at, delivered_at, time_zone, channel_code, market_code, sku FROM flow_bi.fact_fulfillment WHERE order_key IN ('F1', 'F4') ORDER BY order_key, line_no;
SELECT * FROM flow_bi.fill_rate ORDER BY order_date, channel_code, location_code;
SELECT * FROM flow_bi.split_rate ORDER BY order_date, channel_code;
SELECT order_month, time_zone, method, location_code, channel_code, lines, canceled_lines AS canceled, shipped_lines AS shipped, p50_seconds_to_ship AS p50_ship, p90_seconds_to_ship AS p90_ship,
       delivered_lines AS delivered, p50_seconds_to_deliver AS p50_deliver, p90_seconds_to_deliver AS p90_deliver, due_lines AS due, on_time_lines AS on_time, on_time_share FROM flow_bi.fulfillment_sla ORDER BY method, location_code, channel_code;

-- what to order: of CUP 3 + 2 * 1 are open, of HAT 1 + 2 + 1, at the location that stocks most of it
INSERT INTO flow.locations (location_code, name, active) VALUES ('BER', 'Berlin', true), ('HAM', 'Hamburg', true), ('OLD', 'Closed', false);
INSERT INTO flow.stock (sku, location_code, on_hand, reserved, reorder_point, order_up_to) VALUES ('CUP', 'BER', 10, 3, 12, 20), ('CUP', 'HAM', 2, 0, 5, 6), ('CUP', 'OLD', 0, 0, 5, 6), ('HAT', 'BER', 10, 6, 3, 30), ('MUG', 'BER', 5, 0, 5, NULL),
    ('MUG', 'HAM', -4, 0, 5, NULL), ('PIN', 'BER', 6, 0, 5, 9), ('PIN', 'HAM', 0, 0, NULL, 9);
INSERT INTO flow.supplies (sku, location_code, supply_key, qty, received_qty, expected_at) VALUES ('CUP', 'BER', 'P1', 10, 4, '2026-03-20Z'), ('CUP', 'BER', 'P2', 10, 11, '2026-03-10Z');
SELECT * FROM flow_bi.replenishment ORDER BY sku, location_code;
-- units that somebody else reserved are taken to be for the open lines
UPDATE flow.stock SET reserved = 2 WHERE sku = 'CUP' AND location_code = 'HAM';
SELECT location_code, held, open_demand, position, proposed_qty FROM flow_bi.replenishment WHERE sku = 'CUP' ORDER BY 1;

-- what is given in exchange was not promised with the order, is counted from when it was asked for, and is no split of it
INSERT INTO flow.orders (order_ref, channel_code, placed_at, currency, promised_at) VALUES ('X1', 'web', '2026-05-03 11:00Z', 'EUR', '2026-05-06Z');
INSERT INTO flow.order_lines (order_ref, line_no, sku, qty, unit_price) VALUES ('X1', 1, 'TIE', 2, 1), ('X1', 2, 'BOW', 1, 1), ('X1', 3, 'BOW', 1, 1);
INSERT INTO flow.returns (order_ref, line_no, return_key, qty, requested_at, exchange_order_ref, exchange_line_no) VALUES ('X1', 1, 'a', 1, '2026-05-20 12:00Z', 'X1', 2), ('X1', 1, 'b', 1, '2026-05-21 12:00Z', 'X1', 3);
INSERT INTO flow.order_line_events (order_ref, line_no, event_key, qty, from_state, to_state, location_code, occurred_at, shipment_key) VALUES
    ('X1', 1, 'a', 2, 'open', 'shipped', 'BER', '2026-05-04 11:00Z', 'S1'), ('X1', 1, 'b', 2, 'shipped', 'delivered', NULL, '2026-05-05 11:00Z', 'S1'),
    ('X1', 2, 'a', 1, 'open', 'shipped', 'BER', '2026-05-21 12:00Z', 'S2'), ('X1', 2, 'b', 1, 'shipped', 'delivered', NULL, '2026-05-22 12:00Z', 'S2');
INSERT INTO flow.shipments (order_ref, shipment_key, location_code, shipped_at) VALUES ('X1', 'S1', 'BER', '2026-05-04 11:00Z'), ('X1', 'S2', 'BER', '2026-05-21 12:00Z');
SELECT line_no, seconds_to_ship, seconds_to_deliver, promised_at, on_time FROM flow_bi.fact_fulfillment WHERE order_key = 'X1' ORDER BY 1;
SELECT due_lines, on_time_lines, p90_seconds_to_ship FROM flow_bi.fulfillment_sla WHERE order_month = '2026-05-01' AND location_code = 'BER';
SELECT shipped_orders, shipments, orders_with_1, split_orders FROM flow_bi.split_rate WHERE order_date = '2026-05-03';

-- bundles in a bundle: two pairs and a left one in each of three bags; what is held makes one
INSERT INTO flow.bundle_components (sku, component_sku, qty) VALUES ('PAIR', 'LEFT', 1), ('PAIR', 'RIGHT', 1), ('BAG', 'PAIR', 2), ('BAG', 'LEFT', 1);
INSERT INTO flow.orders (order_ref, channel_code, placed_at, currency) VALUES ('X2', 'web', '2026-05-04 11:00Z', 'EUR');
INSERT INTO flow.order_lines (order_ref, line_no, sku, qty, unit_price) VALUES ('X2', 1, 'BAG', 3, 1);
INSERT INTO flow.reservations (sku, order_ref, line_no, location_code, qty, open_qty, expires_at, bundle_sku) VALUES ('LEFT', 'X2', 1, 'BER', 5, 5, 'infinity', 'BAG'), ('RIGHT', 'X2', 1, 'BER', 3, 3, 'infinity', 'BAG');
SELECT qty, qty_reserved, qty_filled FROM flow_bi.fact_fulfillment WHERE order_key = 'X2';

-- levels from what was shipped: two a day, whatever the day; and from nothing and four in turn. Two units are never promised
SELECT create_store('plan');
INSERT INTO plan.stock (sku, location_code, on_hand, safety_stock, reorder_point) VALUES ('EVEN', 'BER', 10, 2, NULL), ('ODD', 'BER', 30, 0, 5), ('IDLE', 'BER', 7, 0, NULL), ('NEW', 'BER', 7, 0, NULL), ('EVEN', 'HAM', 4, 0, NULL), ('NONE', 'BER', 0, 0, 1);
INSERT INTO plan.stock_movements (sku, location_code, movement_key, kind, qty, occurred_at)
SELECT 'EVEN', 'BER', n::text, 'ship', -2, local(n, '12:00', 'UTC') FROM generate_series(1, 60) n
UNION ALL SELECT 'EVEN', 'BER', 'today', 'ship', -500, now()
UNION ALL SELECT 'ODD', 'BER', n::text, 'ship', -4, local(n, '12:00', 'UTC') FROM generate_series(1, 59, 2) n
UNION ALL SELECT 'ODD', 'BER', 'o', 'opening', 150, local(60, '12:00', 'UTC')
UNION ALL SELECT 'IDLE', 'BER', 'o', 'opening', 7, local(400, '12:00', 'UTC') UNION ALL SELECT 'NEW', 'BER', 'o', 'ship', -7, now() UNION ALL SELECT 'NEW', 'BER', 'p', 'ship', -7, local(1, '12:00', 'UTC')
UNION ALL SELECT 'EVEN', 'HAM', 'a', 'return', 9, local(3, '12:00', 'UTC') UNION ALL SELECT 'EVEN', 'HAM', 'b', 'ship', 3, local(2, '12:00', 'UTC');
SELECT * FROM plan.plan_stock(apply => false);
SELECT sku, reorder_point, order_up_to FROM plan.stock WHERE reorder_point IS NOT NULL OR order_up_to IS NOT NULL ORDER BY 1;
SELECT sku, location, days, demand_per_day, safety_stock, reorder_point, order_up_to, changed FROM plan.plan_stock(0.99, 3, 1, only_location => 'BER');
SELECT sku, location, reorder_point, order_up_to, changed FROM plan.plan_stock(0.99, 3, 1, only_sku => 'even', history_days => 10);
SELECT sku, location_code, reorder_point, order_up_to FROM plan.stock ORDER BY 1, 2;
SELECT sku, position, reorder_point, order_up_to, proposed_qty FROM plan_bi.replenishment ORDER BY 1;
SELECT * FROM plan.plan_stock(1);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM plan.plan_stock(NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM plan.plan_stock(lead_days => -1);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM plan.plan_stock(review_days => 'NaN');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM plan.plan_stock(history_days => 1);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM plan.plan_stock(only_sku => 'NEVER', only_location => 'BER');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM plan.plan_stock(only_sku => '|');
\echo :LAST_ERROR_SQLSTATE

-- a store without anything has no rows, and no error
SELECT create_store('void');
CREATE FUNCTION public.rows_of(schema text, OUT view text, OUT rows bigint) RETURNS SETOF record LANGUAGE plpgsql AS $$
BEGIN
    FOR view IN SELECT c.relname FROM pg_class c WHERE c.relnamespace = schema::regnamespace AND c.relkind = 'v' AND c.relname ~ '^(atp|fact_stock|turnover|stockouts|aging|replenishment|fill_rate|split_rate|fulfillment|fact_fulfillment)' ORDER BY c.relname COLLATE "C" LOOP
        EXECUTE format('SELECT count(*) FROM %I.%I', schema, view) INTO rows;
        RETURN NEXT;
    END LOOP;
END $$;
SELECT * FROM public.rows_of('void_bi');

-- relations of somebody else, with no more columns than they must have, and damaged values
CREATE SCHEMA theirs;
CREATE TABLE theirs.stock (sku text, location_code text, on_hand bigint);
CREATE TABLE theirs.moves (sku text, location_code text, movement_key text, qty bigint, kind text, occurred_at timestamptz);
CREATE TABLE theirs.holds (sku text, reservation_id bigint, order_ref text, line_no integer, location_code text, qty bigint, open_qty bigint, expires_at timestamptz);
INSERT INTO theirs.stock VALUES ('CUP', 'BER', 4), ('MUG', 'BER', NULL), ('1.2E+5', 'BER', 3), (NULL, NULL, NULL), ('HAT', 'BER', -3);
INSERT INTO theirs.moves VALUES ('CUP', 'BER', '1', 6, 'ABC', now() - interval '2 d'), ('CUP', 'BER', '2', NULL, 'ship', now() - interval '1 d'), ('CUP', 'BER', '3', -2, NULL, NULL), ('MUG', 'BER', '1', 1, 'ship', NULL), (NULL, NULL, NULL, NULL, NULL, NULL),
    ('HAT', 'BER', '1', -3, 'ship', now() - interval '1 d');
INSERT INTO theirs.holds VALUES ('CUP', 1, 'K1', 1, 'BER', 2, 1, now()), ('CUP', 2, 'K2', 1, 'BER', 2, 2, NULL), (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL), ('HAT', 3, 'K3', 1, 'BER', 2, 2, 'infinity');
CREATE TABLE theirs.orders (order_ref text, channel_code text, placed_at timestamptz, currency text);
CREATE TABLE theirs.lines (order_ref text, line_no integer, sku text, qty bigint, unit_price numeric);
CREATE TABLE theirs.events (order_ref text, line_no integer, event_key text, qty bigint, from_state text, to_state text, occurred_at timestamptz);
INSERT INTO theirs.orders VALUES ('K1', NULL, '2026-03-01Z', 'EUR'), ('K2', 'web', NULL, NULL), (NULL, NULL, NULL, NULL), ('K3', 'web', '2026-03-01Z', 'EUR');
INSERT INTO theirs.lines VALUES ('K1', 1, 'CUP', 2, 1), ('K2', 1, NULL, NULL, NULL), (NULL, NULL, NULL, NULL, NULL), ('K3', 1, 'HAT', 2, 1);
INSERT INTO theirs.events VALUES ('K3', 1, 'a', 2, 'open', 'shipped', NULL), ('K1', 1, 'a', NULL, 'unheard of', 'shipped', now()), (NULL, NULL, NULL, NULL, NULL, NULL, NULL);
SELECT create_store('read', '{"adopt": {"stock": "theirs.stock", "stock_movements": "theirs.moves", "reservations": "theirs.holds", "orders": "theirs.orders", "order_lines": "theirs.lines", "order_line_events": "theirs.events"}}');
SELECT * FROM public.rows_of('read_bi');
SELECT sku, location_code, on_hand, expired, atp FROM read_bi.atp ORDER BY 1;
SELECT stock_date - (now() AT TIME ZONE time_zone)::date AS day, sku, location_code, on_hand, reserved, shipped, adjusted FROM read_bi.fact_stock_day ORDER BY 2, 3, 1;
SELECT sku, out_since IS NULL AS unknown, on_hand, held, lines_asked FROM read_bi.stockouts ORDER BY 1;
SELECT status, age, reservations, units FROM read_bi.aging_reservations ORDER BY 1;
SELECT * FROM read.plan_stock();
\echo :LAST_ERROR_SQLSTATE
SELECT sku, location, days, demand_per_day, changed FROM read.plan_stock(apply => false);
SELECT order_date, channel_code, location_code, lines, lines_filled, units, units_filled, line_fill_rate, unit_fill_rate FROM read_bi.fill_rate ORDER BY 1, 2;
SELECT order_month, method, lines, shipped_lines, p50_seconds_to_ship, due_lines FROM read_bi.fulfillment_sla ORDER BY 1, 2;
SELECT order_date, orders, shipped_orders, split_rate FROM read_bi.split_rate ORDER BY 1;

DROP SCHEMA shop, shop_bi, shop_pii, flow, flow_bi, flow_pii, plan, plan_bi, plan_pii, void, void_bi, void_pii, read, read_bi, read_pii, theirs CASCADE;
DROP FUNCTION public.rows_of(text), public.whole(text), public.local(integer, time, text);
