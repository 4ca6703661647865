-- Views of stock and fulfillment for BI, read whole and for one SKU, and availability(): 30,000 orders of 90,000 lines with 150,000
-- events, 300,000 movements of 1,000 SKUs at 20 locations, 19 of them bundles, 50 SKUs at 200 of 2,000; beside each, what plain SQL has to do at least.
SET client_min_messages = warning;
SELECT setseed(0.42);
SELECT omni.create_store('shop') IS NOT NULL AS made \gset
INSERT INTO shop.markets (market_code, name, currency, time_zone) VALUES ('DE', 'Germany', 'EUR', 'Europe/Berlin'), ('US', 'United States', 'USD', 'America/Los_Angeles');
INSERT INTO shop.channels (channel_code, name, market_code) VALUES ('web', 'Web', 'DE'), ('us', 'US', 'US'), ('app', 'App', 'DE');
INSERT INTO shop.locations (location_code, name, market_code, latitude, longitude, pickup, opens_at, closes_at, time_zone, ready_minutes)
SELECT 'L' || l, 'L' || l, (ARRAY['DE', 'US'])[1 + l % 2], 45 + random() * 10, 5 + random() * 10, l % 2 = 0, '08:00', '20:00', 'Europe/Berlin', 90 FROM generate_series(1, 2000) l;
INSERT INTO shop.stock_movements (sku, location_code, movement_key, kind, qty, occurred_at)
SELECT 'S' || n % 1000, 'L' || 1 + n / 1000 % 20, n::text, k.kind, k.qty, now() - CASE WHEN n < 20000 THEN interval '400 d' ELSE random() * interval '399 d' END
FROM generate_series(0, 299999) n, LATERAL (SELECT CASE WHEN n < 20000 THEN 'opening' ELSE (ARRAY['receive', 'ship', 'ship', 'return'])[1 + n / 20000 % 4] END AS kind, CASE WHEN n < 20000 THEN 20 ELSE (ARRAY[6, -2, -3, 1])[1 + n / 20000 % 4] END AS qty) k;
INSERT INTO shop.stock (sku, location_code, on_hand, reorder_point, order_up_to) SELECT sku, location_code, sum(qty), 100, 160 FROM shop.stock_movements GROUP BY 1, 2;
INSERT INTO shop.stock (sku, location_code, on_hand) SELECT omni.sku('NEAR-' || s), 'L' || 1 + (s + l * 10) % 2000, 5 FROM generate_series(1, 50) s, generate_series(1, 200) l;
INSERT INTO shop.orders (order_ref, channel_code, placed_at, currency, method, promised_at)
SELECT 'O' || n, (ARRAY['web', 'us', 'app'])[1 + n % 3], p, 'EUR', (ARRAY['ship', 'pickup', NULL])[1 + n % 3], p + interval '3 d' FROM (SELECT n, now() - random() * interval '365 d' AS p FROM generate_series(1, 30000) n OFFSET 0) x;
INSERT INTO shop.order_lines (order_ref, line_no, sku, qty, unit_price) SELECT 'O' || n, l, 'S' || (n * 7 + l * 31) % 1000, 1 + n % 3, 9.9 FROM generate_series(1, 30000) n, generate_series(1, 3) l;
INSERT INTO shop.order_line_events (order_ref, line_no, event_key, qty, from_state, to_state, location_code, occurred_at, shipment_key)
SELECT l.order_ref, l.line_no, 's', l.qty, 'open', 'shipped', 'L' || 1 + l.line_no, o.placed_at + interval '1 d', 'P' FROM shop.order_lines l JOIN shop.orders o USING (order_ref) WHERE l.order_ref !~ '77'
UNION ALL SELECT l.order_ref, l.line_no, 'd', l.qty, 'shipped', 'delivered', NULL, o.placed_at + interval '2 d', 'P' FROM shop.order_lines l JOIN shop.orders o USING (order_ref) WHERE l.order_ref !~ '7';
INSERT INTO shop.shipments (order_ref, shipment_key, shipped_at, delivered_at) SELECT order_ref, shipment_key, min(occurred_at), max(occurred_at) FILTER (WHERE to_state = 'delivered') FROM shop.order_line_events GROUP BY 1, 2;
INSERT INTO shop.reservations (sku, order_ref, line_no, location_code, qty, open_qty, expires_at) SELECT sku, order_ref, line_no, 'L1', qty, qty, 'infinity' FROM shop.order_lines WHERE order_ref ~ '77';
INSERT INTO shop.bundle_components (sku, component_sku, qty) SELECT omni.sku('S' || n * 50), omni.sku('S' || n * 50 + c), c FROM generate_series(1, 19) n, generate_series(1, 3) c;
VACUUM ANALYZE;

-- the statement for each of 20 SKUs
CREATE FUNCTION bench.each(statement text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1..20 LOOP EXECUTE replace(statement, '$1', i::text); END LOOP;
END $$;
SELECT format('# orders that wait: %s units of %s SKUs; of the same SKUs, units that have neither left nor are reserved: %s', (SELECT sum(open_demand) FROM shop_bi.replenishment), (SELECT count(DISTINCT sku) FROM shop_bi.replenishment),
    (SELECT sum(qty - qty_shipped - qty_reserved) FROM shop_bi.fact_fulfillment));

SELECT bench.compare('turnover', '', 'SELECT count(x.*) FROM shop_bi.turnover x', 'sums by SKU, location and day',
    'SELECT count(x.*) FROM (SELECT sku, location_code, (occurred_at AT TIME ZONE ''Europe/Berlin'')::date AS day, sum(qty) FROM shop.stock_movements GROUP BY 1, 2, 3) x', reps => 3);
SELECT bench.compare('fact_fulfillment', '', 'SELECT count(x.*) FROM shop_bi.fact_fulfillment x', 'fact_order_line', 'SELECT count(x.*) FROM shop_bi.fact_order_line x', reps => 3);
SELECT bench.compare('fill_rate', '', 'SELECT count(x.*) FROM shop_bi.fill_rate x', 'fact_order_line', 'SELECT count(x.*) FROM shop_bi.fact_order_line x', reps => 3);
SELECT bench.compare('fulfillment_sla', '', 'SELECT count(x.*) FROM shop_bi.fulfillment_sla x', 'fact_order_line', 'SELECT count(x.*) FROM shop_bi.fact_order_line x', reps => 3);
SELECT bench.compare('replenishment', '', 'SELECT count(x.*) FROM shop_bi.replenishment x', 'fact_order_line', 'SELECT count(x.*) FROM shop_bi.fact_order_line x', reps => 3);
SELECT bench.compare('replenishment of a location', '', 'SELECT count(x.*) FROM shop_bi.replenishment x WHERE location_code = ''L2''', 'fact_order_line', 'SELECT count(x.*) FROM shop_bi.fact_order_line x', reps => 3);
SELECT bench.compare('20 SKUs, one by one: ' || v, '', format('SELECT bench.each(''SELECT count(x.*) FROM shop_bi.%s x WHERE sku = ''''S$1'''''')', v), 'rows of the SKU in ' || t,
    format('SELECT bench.each(''SELECT count(x.*) FROM shop.%s x WHERE sku = ''''S$1'''''')', t), reps => 3)
FROM (VALUES ('turnover', 'stock_movements'), ('fact_fulfillment', 'order_lines'), ('replenishment', 'order_lines')) v(v, t);
SELECT bench.compare('20 SKUs at 200 of 2,000 locations: availability()', '', 'SELECT bench.each(''SELECT count(x.*) FROM shop.availability(''''NEAR-$1'''', 1, NULL, 50, 10) x'')', 'join, distance, sort by hand',
    'SELECT bench.each(''SELECT count(x.*) FROM (SELECT s.location_code, s.on_hand, 2 * 6371.0088 * asin(sqrt(sind((l.latitude - 50) / 2) ^ 2 + cosd(50) * cosd(l.latitude) * sind((l.longitude - 10) / 2) ^ 2)) AS km FROM shop.stock s JOIN shop.locations l USING (location_code) WHERE s.sku = omni.sku(''''NEAR-$1'''') AND s.on_hand - s.reserved >= 1 ORDER BY km OFFSET 0) x'')', reps => 3);
