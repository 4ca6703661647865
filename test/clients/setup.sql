-- setup.sql: what every client test works on: an app's own table with our types, a store with a little data, and a role that
-- logs in with a password. psql -v password=...
CREATE EXTENSION omni;
CREATE TABLE public.item (
    id         integer PRIMARY KEY,
    sku        omni.sku UNIQUE,
    gtin       omni.gtin UNIQUE,
    email      omni.email UNIQUE,
    phone      omni.phone UNIQUE,
    identifier omni.identifier UNIQUE
);
INSERT INTO public.item
SELECT n, 'TS-RED-' || n, g, 'user' || n || '@example.com', '+4930' || (2000000 + n), 'user_id:' || n
FROM generate_series(1, 5000) n, generate_series(0, 9) check_digit, omni.gtin_try(lpad(n::text, 12, '0') || check_digit) g
WHERE g IS NOT NULL;
ANALYZE public.item;
CREATE SCHEMA app;
SELECT omni.create_store('shop');
INSERT INTO shop.markets (market_code, name, currency, time_zone) VALUES ('DE', 'Germany', 'EUR', 'Europe/Berlin');
INSERT INTO shop.channels (channel_code, name, market_code) VALUES ('web', 'Web shop', 'DE');
INSERT INTO shop.products (sku, gtin, title) SELECT sku, gtin, 'item' FROM public.item WHERE id <= 100;
INSERT INTO shop.stock (sku, location_code, on_hand) SELECT sku, 'WH', id FROM public.item WHERE id <= 100;
INSERT INTO shop.evidence (identifier, source, record_id, observed_at) SELECT 'email:' || email::text, 'web', 'W' || id, '2026-01-01' FROM public.item WHERE id <= 100;
INSERT INTO shop.orders (order_ref, channel_code, placed_at, currency) SELECT 'W' || id, 'web', '2026-01-01'::timestamptz + id * interval '1 hour', 'EUR' FROM public.item WHERE id <= 100;
INSERT INTO shop.order_lines (order_ref, line_no, sku, qty, unit_price, state) SELECT 'W' || id, 1, sku, 2, 9.95, 'shipped' FROM public.item WHERE id <= 100;
SELECT shop.rebuild_identities();
-- a merge, a refusal, an attribute that BI may see, a contact
SELECT shop.set_bi_attributes('["country"]');
SELECT shop.identify(identifiers, 'app', 'A' || n, '2026-01-02Z'::timestamptz + n * interval '1 h', '{"country": "DE"}')
FROM (VALUES (1, '{email:ann@example.com}'::text[]), (2, '{loyalty:7}'), (3, '{email:ann@example.com,loyalty:7}'), (4, '{email:ann@example.com,user_id:anonymous}')) v(n, identifiers);
INSERT INTO shop.touchpoints (touchpoint_key, visitor, occurred_at, kind) VALUES ('t1', 'email:ann@example.com', '2026-01-02Z', 'visit');
-- stock with a history, of which one SKU is sold out; a reservation, a shipment, something to order
INSERT INTO shop.locations (location_code, name, market_code) VALUES ('WH', 'Warehouse', 'DE');
INSERT INTO shop.stock_movements (sku, location_code, movement_key, kind, qty, occurred_at) SELECT sku, 'WH', 'opening', 'opening', id, '2026-01-01Z' FROM public.item WHERE id <= 100;
INSERT INTO shop.stock_movements (sku, location_code, movement_key, kind, qty, occurred_at) SELECT sku, 'WH', 'W1', 'ship', -1, '2026-01-02Z' FROM public.item WHERE id = 1;
INSERT INTO shop.reservations (sku, order_ref, line_no, location_code, qty, open_qty, expires_at) SELECT sku, 'cart-1', 1, 'WH', 2, 2, 'infinity' FROM public.item WHERE id = 2;
INSERT INTO shop.stock_movements (sku, location_code, movement_key, kind, qty, reserved_qty, occurred_at) SELECT sku, 'WH', 'cart-1', 'reserve', 0, 2, '2026-01-03Z' FROM public.item WHERE id = 2;
UPDATE shop.stock s SET on_hand = s.on_hand - CASE i.id WHEN 1 THEN 1 ELSE 0 END, reserved = CASE i.id WHEN 2 THEN 2 ELSE 0 END, reorder_point = 3, order_up_to = 10 FROM public.item i WHERE i.sku = s.sku;
INSERT INTO shop.shipments (order_ref, shipment_key, location_code, shipped_at, delivered_at) SELECT 'W' || id, 'S1', 'WH', '2026-01-10Z', '2026-01-12Z' FROM public.item WHERE id <= 100;
-- an order that comes back
INSERT INTO shop.returns (order_ref, line_no, return_key, qty, reason, channel_code, location_code, requested_at, received_at, disposition) VALUES
    ('W1', 1, 'R1', 1, 'size', 'web', 'WH', '2026-02-01Z', '2026-02-03Z', 'restocked'), ('W2', 1, 'R1', 2, 'late', 'web', NULL, '2026-02-01Z', NULL, NULL);
-- what a customer allows
SELECT shop.record_consent('app', 'A1', 'email_marketing', 'given', '2026-01-02Z');
CREATE ROLE client LOGIN PASSWORD :'password';
GRANT USAGE ON SCHEMA shop, shop_bi TO client;
GRANT SELECT ON ALL TABLES IN SCHEMA shop, shop_bi TO client;
GRANT ALL ON SCHEMA public, app TO client;
GRANT ALL ON public.item TO client;
