-- level2_read.sql: BI views over Vendure's tables where they are: a schema of views that give them the canonical names, and a
-- store that adopts these. Nothing is copied and nothing is written.
--
-- Vendure keeps money in hundredths, time in UTC without a time zone, and what is left of an order line in quantity (0 once
-- it is canceled); what was ordered is in "orderPlacedQuantity". Carts are not orders: they have no "orderPlacedAt".
CREATE SCHEMA vendure;

CREATE VIEW vendure.markets AS
SELECT c.code AS market_code, c.code AS name, c."defaultCurrencyCode" AS currency, 'UTC' AS time_zone FROM public.channel c;

CREATE VIEW vendure.channels AS
SELECT c.code AS channel_code, c.code AS name, 'web' AS kind, c.code AS market_code FROM public.channel c;

CREATE VIEW vendure.locations AS
SELECT l.id::text AS location_code, l.name, 'warehouse' AS kind FROM public.stock_location l;

-- Vendure lets variants share a SKU; the oldest one speaks for it
CREATE VIEW vendure.products AS
SELECT DISTINCT ON (omni.sku_try(v.sku)) omni.sku_try(v.sku) AS sku, t.name AS title, v.enabled AND v."deletedAt" IS NULL AS active
FROM public.product_variant v LEFT JOIN public.product_variant_translation t ON t."baseId" = v.id AND t."languageCode" = 'en'
ORDER BY omni.sku_try(v.sku), v.id;

CREATE VIEW vendure.customers AS
SELECT c.id::bigint AS customer_id, 'vendure' AS source, c.id::text AS record_id, c."createdAt" AT TIME ZONE 'UTC' AS first_seen_at FROM public.customer c;

CREATE VIEW vendure.identities AS
SELECT DISTINCT ON (i.identifier) i.identifier, c.id::bigint AS customer_id, c."createdAt" AT TIME ZONE 'UTC' AS first_seen_at, c."updatedAt" AT TIME ZONE 'UTC' AS last_seen_at
FROM public.customer c
CROSS JOIN LATERAL (VALUES (omni.email_try(c."emailAddress")::omni.identifier), (omni.phone_try(c."phoneNumber", 'DE')::omni.identifier)) i(identifier)
WHERE i.identifier IS NOT NULL ORDER BY i.identifier, c.id;

-- An order is in the default channel and in the one that it was placed in. Its state is not asked: the fulfillments know it for
-- each unit, the order's own state stays behind them (PaymentAuthorized, though everything is delivered).
CREATE VIEW vendure.orders AS
SELECT o.code AS order_ref,
       (SELECT c.code FROM public.order_channels_channel x JOIN public.channel c ON c.id = x."channelId" WHERE x."orderId" = o.id
        ORDER BY c.code = '__default_channel__', c.code LIMIT 1) AS channel_code,
       o."customerId"::bigint AS customer_id, o."orderPlacedAt" AT TIME ZONE 'UTC' AS placed_at, o."currencyCode" AS currency, 'ship' AS method
FROM public."order" o WHERE o."orderPlacedAt" IS NOT NULL;

CREATE VIEW vendure.order_lines AS
SELECT o.code AS order_ref, l.id AS line_no, omni.sku_try(v.sku) AS sku, l."orderPlacedQuantity"::bigint AS qty,
       CASE WHEN l."listPriceIncludesTax" THEN round(l."listPrice" / (1 + t.rate)) ELSE l."listPrice" END * .01 AS unit_price,
       CASE WHEN l."listPriceIncludesTax" THEN l."listPrice" * l."orderPlacedQuantity" - round(l."listPrice" / (1 + t.rate)) * l."orderPlacedQuantity"
            ELSE round(l."listPrice" * l."orderPlacedQuantity" * t.rate) END * .01 AS tax_amount,
       -coalesce((SELECT sum((a ->> 'amount')::numeric) FROM jsonb_array_elements(l.adjustments::jsonb) a), 0) * .01 AS discount_amount
FROM public.order_line l JOIN public."order" o ON o.id = l."orderId" JOIN public.product_variant v ON v.id = l."productVariantId"
CROSS JOIN LATERAL (SELECT coalesce(sum((x ->> 'taxRate')::numeric), 0) / 100 AS rate FROM jsonb_array_elements(l."taxLines"::jsonb) x) t
WHERE o."orderPlacedAt" IS NOT NULL AND l."orderPlacedQuantity" > 0;

-- what happened to the units: each line of a fulfillment took them to the fulfillment's state, what is missing was canceled
CREATE VIEW vendure.order_line_events AS
SELECT o.code AS order_ref, l.id AS line_no, 'fulfillment/' || r.id AS event_key, r.quantity::bigint AS qty, 'open'::omni.order_state AS from_state,
       omni.order_state_from('vendure', f.state, 'fulfillment') AS to_state, f."updatedAt" AT TIME ZONE 'UTC' AS occurred_at
FROM public.order_line_reference r JOIN public.fulfillment f ON f.id = r."fulfillmentId" JOIN public.order_line l ON l.id = r."orderLineId" JOIN public."order" o ON o.id = l."orderId"
WHERE r.discriminator = 'FulfillmentLine' AND f.state <> 'Cancelled'
UNION ALL
SELECT o.code, l.id, 'canceled', (l."orderPlacedQuantity" - l.quantity)::bigint, 'open', 'canceled', l."updatedAt" AT TIME ZONE 'UTC'
FROM public.order_line l JOIN public."order" o ON o.id = l."orderId"
WHERE o."orderPlacedAt" IS NOT NULL AND l.quantity < l."orderPlacedQuantity";

CREATE VIEW vendure.payments AS
SELECT o.code AS order_ref, 'payment/' || p.id || '/' || k.kind AS payment_key, k.kind, p.amount * .01 AS amount, p."createdAt" AT TIME ZONE 'UTC' AS occurred_at
FROM public.payment p JOIN public."order" o ON o.id = p."orderId"
JOIN (VALUES ('Authorized', 'authorized'), ('Settled', 'authorized'), ('Settled', 'captured')) k(state, kind) ON k.state = p.state
UNION ALL
SELECT o.code, 'refund/' || r.id, 'refunded', r.total * .01, r."createdAt" AT TIME ZONE 'UTC'
FROM public.refund r JOIN public.payment p ON p.id = r."paymentId" JOIN public."order" o ON o.id = p."orderId" WHERE r.state = 'Settled';

CREATE VIEW vendure.stock AS
SELECT omni.sku_try(v.sku) AS sku, l."stockLocationId"::text AS location_code, sum(l."stockOnHand")::bigint AS on_hand, sum(l."stockAllocated")::bigint AS reserved
FROM public.stock_level l JOIN public.product_variant v ON v.id = l."productVariantId" GROUP BY 1, 2;

SELECT omni.create_store('shop', jsonb_build_object('adopt', (SELECT jsonb_object_agg(c.relname, 'vendure.' || c.relname) FROM pg_class c WHERE c.relnamespace = 'vendure'::regnamespace AND c.relkind = 'v')));
