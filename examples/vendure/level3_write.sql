-- level3_write.sql: a store of its own beside Vendure, loaded through the views of level 2. It may run as often as one likes: what
-- is there already is not touched. Orders keep their events, so a state is what the events say; customers are unified
-- from what each order says of them, also with what comes from other channels.
SELECT omni.create_store('own') WHERE to_regclass('own.store_info') IS NULL;

INSERT INTO own.markets (market_code, name, currency, time_zone) SELECT market_code, name, currency, time_zone FROM vendure.markets ON CONFLICT DO NOTHING;
INSERT INTO own.channels (channel_code, name, kind, market_code) SELECT channel_code, name, kind, market_code FROM vendure.channels ON CONFLICT DO NOTHING;
INSERT INTO own.locations (location_code, name, kind) SELECT location_code, name, kind FROM vendure.locations ON CONFLICT DO NOTHING;
INSERT INTO own.products (sku, title, active) SELECT sku, coalesce(title, ''), active FROM vendure.products WHERE sku IS NOT NULL ON CONFLICT DO NOTHING;

INSERT INTO own.rejects (feed, record_id, column_name, reason, raw)
SELECT 'vendure', v.id::text, 'sku', omni.sku_problem(v.sku), to_jsonb(v) FROM public.product_variant v WHERE omni.sku_problem(v.sku) IS NOT NULL
ON CONFLICT DO NOTHING;

INSERT INTO own.orders (order_ref, channel_code, placed_at, currency, method) SELECT order_ref, channel_code, placed_at, currency, method FROM vendure.orders ON CONFLICT DO NOTHING;
INSERT INTO own.order_lines (order_ref, line_no, sku, qty, unit_price, discount_amount, tax_amount)
SELECT order_ref, line_no, sku, qty, unit_price, discount_amount, tax_amount FROM vendure.order_lines WHERE sku IS NOT NULL ON CONFLICT DO NOTHING;
-- a fulfillment that goes on is one more event: from where its units were to where they are now
INSERT INTO own.order_line_events (order_ref, line_no, event_key, qty, from_state, to_state, occurred_at)
SELECT e.order_ref, e.line_no, e.event_key || '/' || e.to_state::text, e.qty, coalesce(was.to_state, e.from_state), e.to_state, e.occurred_at
FROM vendure.order_line_events e
LEFT JOIN LATERAL (SELECT w.to_state FROM own.order_line_events w
                   WHERE w.order_ref = e.order_ref AND w.line_no = e.line_no AND w.event_key LIKE e.event_key || '/%' ORDER BY w.recorded_at DESC, w.to_state DESC LIMIT 1) was ON true
ON CONFLICT DO NOTHING;
INSERT INTO own.payments (order_ref, payment_key, kind, amount, occurred_at) SELECT order_ref, payment_key, kind, amount, occurred_at FROM vendure.payments ON CONFLICT DO NOTHING;
INSERT INTO own.stock AS s (sku, location_code, on_hand, reserved) SELECT sku, location_code, on_hand, greatest(reserved, 0) FROM vendure.stock WHERE sku IS NOT NULL
ON CONFLICT (sku, location_code) DO UPDATE SET on_hand = excluded.on_hand, reserved = excluded.reserved WHERE (s.on_hand, s.reserved) IS DISTINCT FROM (excluded.on_hand, excluded.reserved);

-- who the customers are, as Vendure knows them: a record each, with what survives in the golden record. What is no address or number is in own.rejects
CREATE OR REPLACE VIEW vendure.people AS
SELECT c.id::text AS record_id, c."updatedAt" AT TIME ZONE 'UTC' AS observed_at, c."emailAddress" AS email, nullif(c."phoneNumber", '') AS phone, c."firstName" AS first_name, c."lastName" AS last_name,
       a.city, a.postal_code, a.country
FROM public.customer c
LEFT JOIN LATERAL (SELECT nullif(d.city, '') AS city, nullif(d."postalCode", '') AS postal_code, r.code AS country FROM public.address d LEFT JOIN public.region r ON r.id = d."countryId"
                   WHERE d."customerId" = c.id ORDER BY d."defaultShippingAddress" DESC, d."updatedAt" DESC, d.id DESC LIMIT 1) a ON true
WHERE c."deletedAt" IS NULL;
SELECT * FROM own.ingest('vendure.people', 'vendure', '{"record_id": "record_id", "observed_at": "observed_at", "identifiers": {"email": "email", "phone": {"column": "phone", "region": "DE"}},
    "attributes": ["first_name", "last_name", "city", "postal_code", "country"]}');

-- each order is a record of its customer too: source = the channel, record = the order; so orders find their customers, also with what comes from other channels
INSERT INTO own.evidence (identifier, source, record_id, observed_at)
SELECT i.identifier, o.channel_code, o.order_ref, o.placed_at FROM vendure.orders o JOIN vendure.identities i USING (customer_id) ON CONFLICT DO NOTHING;
SELECT * FROM own.rebuild_identities();
