-- The views of stock and fulfillment against what each of their figures says, worked out unit by unit and day by day.
SET client_min_messages = warning;
SET search_path = public, omni;
SELECT setseed(0.4);
SELECT plan(12);
SELECT omni.create_store('p');
INSERT INTO p.markets (market_code, name, currency, time_zone) VALUES ('DE', 'Germany', 'EUR', 'Europe/Berlin'), ('US', 'United States', 'USD', 'America/Los_Angeles'), ('NZ', 'New Zealand', 'NZD', 'Pacific/Auckland');
INSERT INTO p.channels (channel_code, name, market_code) VALUES ('web', 'Web', 'DE'), ('us', 'US', 'US'), ('nowhere', 'No market', NULL);
INSERT INTO p.locations (location_code, name, market_code) VALUES ('BER', 'Berlin', 'DE'), ('LAX', 'Los Angeles', 'US'), ('AKL', 'Auckland', 'NZ'), ('UTC', 'In no market', NULL);

-- stock: 240 SKUs and locations, some hundred movements each at any second of 60 days, also after a long rest; stock may be negative
CREATE TEMP TABLE zone AS SELECT l.location_code, coalesce(m.time_zone, 'UTC') AS tz, (now() AT TIME ZONE coalesce(m.time_zone, 'UTC'))::date AS today FROM p.locations l LEFT JOIN p.markets m USING (market_code);
INSERT INTO p.stock_movements (sku, location_code, movement_key, kind, qty, reserved_qty, occurred_at)
SELECT * FROM (SELECT 'S' || s, z.location_code, n::text, (ARRAY['opening', 'receive', 'ship', 'ship', 'return', 'adjust', 'transfer', 'count', 'release'])[1 + floor(random() * 9)],
       floor(random() * 9 - 4), 1 + floor(random() * 5 - 2), now() - random() * random() * interval '60 d' - CASE WHEN n = 1 THEN interval '130 d' ELSE interval '0' END
FROM generate_series(1, 60) s, pg_temp.zone z, generate_series(1, 40) n WHERE random() < 0.5 OFFSET 0) x(sku, location_code, movement_key, kind, qty, reserved_qty, occurred_at) WHERE qty <> 0 OR reserved_qty <> 0;
INSERT INTO p.stock (sku, location_code, on_hand) SELECT sku, location_code, sum(qty) FROM p.stock_movements GROUP BY 1, 2;
ANALYZE p.stock, p.stock_movements;

CREATE TEMP TABLE day AS
SELECT d.d AS stock_date, s.sku::text AS sku, s.location_code, z.tz, z.today,
       (SELECT coalesce(sum(v.qty), 0) FROM p.stock_movements v WHERE v.sku = s.sku AND v.location_code = s.location_code AND v.occurred_at < (d.d + 1)::timestamp AT TIME ZONE z.tz) AS on_hand,
       (SELECT coalesce(sum(v.reserved_qty), 0) FROM p.stock_movements v WHERE v.sku = s.sku AND v.location_code = s.location_code AND v.occurred_at < (d.d + 1)::timestamp AT TIME ZONE z.tz) AS reserved, k.*
FROM p.stock s JOIN pg_temp.zone z USING (location_code)
CROSS JOIN LATERAL (SELECT min((v.occurred_at AT TIME ZONE z.tz)::date) AS d FROM p.stock_movements v WHERE v.sku = s.sku AND v.location_code = s.location_code) f
CROSS JOIN LATERAL (SELECT x::date AS d FROM generate_series(f.d::timestamp, z.today::timestamp, '1 d') x) d
CROSS JOIN LATERAL (SELECT coalesce(sum(CASE kind WHEN 'opening' THEN qty END), 0) AS opening, coalesce(sum(CASE kind WHEN 'receive' THEN qty END), 0) AS received, coalesce(sum(CASE kind WHEN 'ship' THEN -qty END), 0) AS shipped,
                           coalesce(sum(CASE kind WHEN 'return' THEN qty END), 0) AS returned, coalesce(sum(CASE kind WHEN 'transfer' THEN qty END), 0) AS transferred,
                           coalesce(sum(CASE WHEN kind IN ('adjust', 'count', 'release') THEN qty END), 0) AS adjusted
                    FROM p.stock_movements v WHERE v.sku = s.sku AND v.location_code = s.location_code
                      AND v.occurred_at >= d.d::timestamp AT TIME ZONE z.tz AND v.occurred_at < (d.d + 1)::timestamp AT TIME ZONE z.tz) k;
SELECT cmp_ok((SELECT count(*) FROM pg_temp.day), '>=', 10000::bigint, 'enough days: ' || (SELECT count(*) FROM pg_temp.day));
SELECT is_empty($$ (SELECT stock_date, sku, location_code, tz, on_hand, reserved, opening, received, shipped, returned, transferred, adjusted FROM pg_temp.day
    EXCEPT ALL SELECT stock_date, sku, location_code, time_zone, on_hand, reserved, opening, received, shipped, returned, transferred, adjusted FROM p_bi.fact_stock_day) LIMIT 5 $$, 'every day is in fact_stock_day');
SELECT is((SELECT count(*) FROM p_bi.fact_stock_day), (SELECT count(*) FROM pg_temp.day), 'and no other');
SELECT is_empty($$ SELECT s.sku FROM p.stock s JOIN p_bi.fact_stock_day f ON f.sku = s.sku::text AND f.location_code = s.location_code AND f.stock_date = (now() AT TIME ZONE f.time_zone)::date WHERE f.on_hand <> s.on_hand $$, 'today it is the stock');

CREATE TEMP TABLE turn AS
SELECT d.sku, d.location_code, w.w AS window_days, count(*) FILTER (WHERE i.inside) AS days, coalesce(sum(d.shipped) FILTER (WHERE i.inside), 0) AS shipped, coalesce(sum(CASE WHEN d.on_hand > 0 THEN d.on_hand ELSE 0 END) FILTER (WHERE i.inside), 0) AS on_hand_days,
       count(*) FILTER (WHERE i.inside AND d.on_hand <= 0) AS stockout_days, max(d.on_hand) FILTER (WHERE d.stock_date = d.today) AS on_hand
FROM pg_temp.day d, unnest('{7,30,90,365}'::integer[]) w(w), LATERAL (SELECT d.stock_date < d.today AND d.today - d.stock_date <= w.w AS inside) i GROUP BY 1, 2, 3;
SELECT is_empty($$ (SELECT sku, location_code, window_days::bigint, days, shipped::bigint, on_hand_days, stockout_days, on_hand::bigint,
        CASE WHEN days > 0 THEN round(on_hand_days / days, 4) END, CASE WHEN on_hand_days > 0 THEN round(shipped * days / on_hand_days, 4) END,
        CASE WHEN shipped > 0 AND days > 0 THEN round((CASE WHEN on_hand > 0 THEN on_hand ELSE 0 END) * days / shipped, 1) END, CASE WHEN days > 0 THEN round(stockout_days / days::numeric, 4) END FROM pg_temp.turn
    EXCEPT SELECT sku, location_code, window_days, days, shipped_units, on_hand_days, stockout_days, on_hand, average_on_hand, turnover, days_of_supply, stockout_share FROM p_bi.turnover) LIMIT 5 $$, 'turnover is that of its days');
SELECT is((SELECT count(*) FROM p_bi.turnover), (SELECT count(*) FROM pg_temp.turn), 'and has no other rows');

-- orders: every unit has a fate of its own, and the events, shipments and reservations are made of these
INSERT INTO p.orders (order_ref, channel_code, placed_at, currency, method, promised_at)
SELECT 'O' || n, (ARRAY['web', 'us', 'nowhere'])[1 + floor(random() * 3)], now() - interval '10 d' - random() * interval '60 d', 'EUR', (ARRAY['ship', 'pickup', NULL])[1 + floor(random() * 3)], NULL FROM generate_series(1, 4000) n;
UPDATE p.orders SET promised_at = date_trunc('second', placed_at) + floor(random() * 200) * interval '1 h' WHERE random() < 0.8;
INSERT INTO p.order_lines (order_ref, line_no, sku, qty, unit_price) SELECT order_ref, l, 'S' || l, 1 + floor(random() * 4), 1 FROM p.orders, generate_series(1, 3) l WHERE random() < 0.85;
CREATE TEMP TABLE unit AS
SELECT u.*, CASE WHEN fate IN ('shipped', 'delivered', 'returned') THEN placed_at + (location_no * 7 + line_no) * 5077 * interval '1 s' END AS shipped_at,
       CASE WHEN fate IN ('delivered', 'returned') THEN placed_at + (location_no * 7 + line_no) * 5077 * interval '1 s' + (location_no * 3 + line_no) * 40009 * interval '1 s' END AS delivered_at
FROM (SELECT l.order_ref, l.line_no, n AS unit_no, o.placed_at, f.location_no, (ARRAY['BER', 'LAX', 'AKL', 'UTC'])[f.location_no] AS location_code,
             -- a line in ten is anything, the others are of one fate mostly
             CASE WHEN hashint4(l.line_no + hashtext(l.order_ref)) % 10 = 0 OR random() < 0.15 THEN (ARRAY['open', 'held', 'expired', 'canceled', 'shipped', 'delivered', 'returned'])[1 + floor(random() * 7)]
                  ELSE (ARRAY['open', 'held', 'canceled', 'shipped', 'delivered', 'delivered', 'delivered'])[1 + abs(hashint4(l.line_no * 5 + hashtext(l.order_ref))) % 7] END AS fate
      FROM p.order_lines l JOIN p.orders o USING (order_ref), generate_series(1, l.qty) n, LATERAL (SELECT 1 + floor(random() * 2 + n * 0)::integer + abs(hashtext(l.order_ref)) % 3 AS location_no) f) u;
UPDATE pg_temp.unit SET location_no = 1 + abs(hashtext(order_ref || line_no)) % 4 WHERE fate IN ('held', 'expired');
UPDATE pg_temp.unit SET location_code = (ARRAY['BER', 'LAX', 'AKL', 'UTC'])[location_no];
CREATE INDEX ON pg_temp.unit (order_ref, line_no);
ANALYZE pg_temp.unit;
INSERT INTO p.order_line_events (order_ref, line_no, event_key, qty, from_state, to_state, location_code, occurred_at, shipment_key)
SELECT u.order_ref, line_no, 's' || location_code, count(*), 'open', CASE o.method WHEN 'pickup' THEN 'ready_for_pickup' ELSE 'shipped' END, location_code, shipped_at, location_code FROM pg_temp.unit u JOIN p.orders o USING (order_ref) WHERE shipped_at IS NOT NULL GROUP BY 1, 2, location_code, shipped_at, o.method;
INSERT INTO p.order_line_events (order_ref, line_no, event_key, qty, from_state, to_state, occurred_at, shipment_key)
SELECT u.order_ref, line_no, 'd' || location_code, count(*), CASE o.method WHEN 'pickup' THEN 'ready_for_pickup' ELSE 'shipped' END, CASE o.method WHEN 'pickup' THEN 'picked_up' ELSE 'delivered' END, delivered_at, location_code FROM pg_temp.unit u JOIN p.orders o USING (order_ref) WHERE delivered_at IS NOT NULL GROUP BY 1, 2, location_code, delivered_at, o.method;
INSERT INTO p.order_line_events (order_ref, line_no, event_key, qty, from_state, to_state, location_code, occurred_at)
SELECT u.order_ref, line_no, 'r', count(*), CASE o.method WHEN 'pickup' THEN 'picked_up' ELSE 'delivered' END, CASE o.method WHEN 'pickup' THEN 'picked_up+return_received' ELSE 'delivered+return_received' END, 'BER', now() FROM pg_temp.unit u JOIN p.orders o USING (order_ref) WHERE fate = 'returned' GROUP BY 1, 2, o.method;
INSERT INTO p.order_line_events (order_ref, line_no, event_key, qty, from_state, to_state, occurred_at) SELECT order_ref, line_no, 'c', count(*), 'open', 'canceled', now() FROM pg_temp.unit WHERE fate = 'canceled' GROUP BY 1, 2;
INSERT INTO p.reservations (sku, order_ref, line_no, location_code, qty, open_qty, expires_at) SELECT 'S' || line_no, order_ref, line_no, location_code, count(*), count(*), CASE fate WHEN 'held' THEN now() + interval '1 h' ELSE now() END
FROM pg_temp.unit WHERE fate IN ('held', 'expired') GROUP BY 1, 2, 3, 4, fate;
INSERT INTO p.shipments (order_ref, shipment_key, shipped_at) SELECT order_ref, location_code, min(shipped_at) FROM pg_temp.unit WHERE shipped_at IS NOT NULL AND random() < 0.5 GROUP BY 1, 2;
ANALYZE p.orders, p.order_lines, p.order_line_events, p.reservations, p.shipments;

CREATE TEMP TABLE line AS
SELECT u.order_ref, u.line_no, count(*) AS qty, count(u.shipped_at) AS shipped, count(*) FILTER (WHERE u.fate = 'held') AS held, count(*) FILTER (WHERE u.fate = 'canceled') AS canceled,
       CASE WHEN bool_and(u.shipped_at IS NOT NULL OR u.fate = 'canceled') THEN max(u.shipped_at) END AS shipped_at, CASE WHEN bool_and(u.delivered_at IS NOT NULL OR u.fate = 'canceled') THEN max(u.delivered_at) END AS delivered_at,
       coalesce((SELECT x.location_code FROM pg_temp.unit x WHERE x.order_ref = u.order_ref AND x.line_no = u.line_no AND x.shipped_at IS NOT NULL GROUP BY x.location_code ORDER BY count(*) DESC, x.location_code COLLATE "C" LIMIT 1),
                min(u.location_code) FILTER (WHERE u.fate IN ('held', 'expired'))) AS location_code
FROM pg_temp.unit u GROUP BY u.order_ref, u.line_no;
CREATE INDEX ON pg_temp.line (order_ref);
CREATE TEMP TABLE told AS
SELECT l.*, coalesce(o.method, 'ship') AS method, o.channel_code, o.placed_at, o.promised_at, (o.placed_at AT TIME ZONE z.tz)::date AS order_date, z.tz, least(l.qty, l.shipped + l.held) AS filled,
       CASE WHEN o.promised_at IS NULL OR l.canceled = l.qty THEN NULL WHEN f.at IS NOT NULL THEN f.at <= o.promised_at ELSE false END AS on_time
FROM pg_temp.line l JOIN p.orders o USING (order_ref)
CROSS JOIN LATERAL (SELECT CASE o.channel_code WHEN 'web' THEN 'Europe/Berlin' WHEN 'us' THEN 'America/Los_Angeles' ELSE 'UTC' END AS tz) z
CROSS JOIN LATERAL (SELECT CASE o.method WHEN 'pickup' THEN l.shipped_at ELSE l.delivered_at END AS at) f;
SELECT cmp_ok((SELECT count(*) FROM pg_temp.told), '>=', 10000::bigint, 'enough lines: ' || (SELECT count(*) FROM pg_temp.told));
SELECT is_empty($$ (SELECT order_ref, line_no::bigint, location_code, method, order_date, qty, shipped, held, canceled, filled, shipped_at, delivered_at, on_time FROM pg_temp.told
    EXCEPT ALL SELECT order_key, line_no, location_code, method, order_date, qty, qty_shipped, qty_reserved, qty_canceled, qty_filled, shipped_at, delivered_at, on_time FROM p_bi.fact_fulfillment) LIMIT 5 $$, 'every line is in fact_fulfillment');
SELECT is_empty($$ (SELECT order_date, channel_code, location_code, count(*), sum((filled = qty)::int), sum(qty), sum(filled), sum(shipped), sum(held), sum(canceled), round(avg((filled = qty)::int), 4), round(sum(filled) / sum(qty), 4) FROM pg_temp.told GROUP BY 1, 2, 3
    EXCEPT ALL SELECT order_date, channel_code, location_code, lines, lines_filled, units, units_filled, units_shipped, units_reserved, units_canceled, line_fill_rate, unit_fill_rate FROM p_bi.fill_rate) LIMIT 5 $$, 'fill_rate is that of its lines');
-- the percentile by its definition: the least time that so many are not above
CREATE FUNCTION pg_temp.percentile(share numeric, times numeric[]) RETURNS numeric LANGUAGE sql
RETURN (SELECT min(t) FROM unnest(times) t WHERE (SELECT count(*) FROM unnest(times) x WHERE x <= t) >= share * cardinality(times));
SELECT is_empty($$ (SELECT date_trunc('month', order_date::timestamp)::date, tz, method, location_code, channel_code, count(*), sum((canceled = qty)::int), count(shipped_at), count(delivered_at),
        pg_temp.percentile(0.5, array_agg(extract(epoch FROM shipped_at - placed_at)) FILTER (WHERE shipped_at IS NOT NULL)), pg_temp.percentile(0.9, array_agg(extract(epoch FROM shipped_at - placed_at)) FILTER (WHERE shipped_at IS NOT NULL)),
        pg_temp.percentile(0.5, array_agg(extract(epoch FROM delivered_at - placed_at)) FILTER (WHERE delivered_at IS NOT NULL)), pg_temp.percentile(0.9, array_agg(extract(epoch FROM delivered_at - placed_at)) FILTER (WHERE delivered_at IS NOT NULL)),
        count(on_time), coalesce(sum(on_time::int), 0), round(avg(on_time::int), 4) FROM pg_temp.told GROUP BY 1, 2, 3, 4, 5
    EXCEPT ALL SELECT order_month, time_zone, method, location_code, channel_code, lines, canceled_lines, shipped_lines, delivered_lines, p50_seconds_to_ship, p90_seconds_to_ship, p50_seconds_to_deliver, p90_seconds_to_deliver,
        due_lines, on_time_lines, on_time_share FROM p_bi.fulfillment_sla) LIMIT 5 $$, 'fulfillment_sla is that of its lines');
SELECT is((SELECT array_agg(n ORDER BY n) FROM (SELECT count(*) FROM p_bi.fact_fulfillment UNION ALL SELECT sum(lines) FROM p_bi.fill_rate UNION ALL SELECT sum(lines) FROM p_bi.fulfillment_sla) x(n)),
    (SELECT array_agg(n) FROM (SELECT count(*)::numeric AS n FROM pg_temp.told, generate_series(1, 3) g GROUP BY g) x), 'each line once, and no other');
SELECT is((SELECT (sum(orders), sum(shipments), sum(split_orders), sum(orders_with_1 + 2 * orders_with_2 + 3 * orders_with_3))::text FROM p_bi.split_rate),
    (SELECT (count(*), sum(n), count(*) FILTER (WHERE n > 1), sum(n) FILTER (WHERE n < 4))::text FROM (SELECT o.order_ref, count(DISTINCT u.location_code) FILTER (WHERE u.shipped_at IS NOT NULL) AS n FROM p.orders o LEFT JOIN pg_temp.unit u USING (order_ref) GROUP BY 1) x), 'split_rate counts each shipment');
SELECT * FROM finish();
