-- bi.sql: the views for BI tools, a public contract: core types only, columns are only ever appended,
-- no raw identifier, each ratio beside its numerator and denominator, currency and time zone explicit.

CREATE OR REPLACE VIEW @bi@.dim_market AS
SELECT m.market_code, m.name, m.country, m.currency, coalesce(m.time_zone, 'UTC') AS time_zone
FROM @store@.markets m;
COMMENT ON VIEW @bi@.dim_market IS 'markets';
COMMENT ON COLUMN @bi@.dim_market.market_code IS 'key';
COMMENT ON COLUMN @bi@.dim_market.name IS 'name of the market';
COMMENT ON COLUMN @bi@.dim_market.country IS 'ISO 3166 alpha-2 code';
COMMENT ON COLUMN @bi@.dim_market.currency IS 'ISO 4217 code of the reporting currency';
COMMENT ON COLUMN @bi@.dim_market.time_zone IS 'time zone in which the days of the market begin';

CREATE OR REPLACE VIEW @bi@.dim_channel AS
SELECT c.channel_code, c.name, c.kind, c.market_code
FROM @store@.channels c;
COMMENT ON VIEW @bi@.dim_channel IS 'sales channels';
COMMENT ON COLUMN @bi@.dim_channel.channel_code IS 'key';
COMMENT ON COLUMN @bi@.dim_channel.name IS 'name of the channel';
COMMENT ON COLUMN @bi@.dim_channel.kind IS 'web, app, pos, marketplace, call_center, social or b2b';
COMMENT ON COLUMN @bi@.dim_channel.market_code IS 'market that the channel sells in';

CREATE OR REPLACE VIEW @bi@.dim_location AS
SELECT l.location_code, l.name, l.kind, l.market_code, l.pickup, l.active
FROM @store@.locations l;
COMMENT ON VIEW @bi@.dim_location IS 'places that hold stock';
COMMENT ON COLUMN @bi@.dim_location.location_code IS 'key';
COMMENT ON COLUMN @bi@.dim_location.name IS 'name of the location';
COMMENT ON COLUMN @bi@.dim_location.kind IS 'warehouse, store, supplier, third_party or in_transit';
COMMENT ON COLUMN @bi@.dim_location.market_code IS 'market that it is in';
COMMENT ON COLUMN @bi@.dim_location.pickup IS 'customers can pick up here';
COMMENT ON COLUMN @bi@.dim_location.active IS 'stock here can be promised';

CREATE OR REPLACE VIEW @bi@.dim_product AS
SELECT p.sku::text AS sku, p.gtin::text AS gtin, p.title, p.brand, p.category, omni.sku_style(p.sku)::text AS style, p.active
FROM @store@.products p;
COMMENT ON VIEW @bi@.dim_product IS 'products, one row a SKU';
COMMENT ON COLUMN @bi@.dim_product.sku IS 'key';
COMMENT ON COLUMN @bi@.dim_product.gtin IS 'trade item number, 14 digits';
COMMENT ON COLUMN @bi@.dim_product.title IS 'name of the product';
COMMENT ON COLUMN @bi@.dim_product.brand IS 'brand';
COMMENT ON COLUMN @bi@.dim_product.category IS 'category';
COMMENT ON COLUMN @bi@.dim_product.style IS 'first segment of the SKU: what its variants share';
COMMENT ON COLUMN @bi@.dim_product.active IS 'sold at present';

CREATE OR REPLACE VIEW @bi@.dim_customer AS
SELECT c.customer_id::text AS customer_key, c.first_seen_at,
       coalesce(i.emails, 0) AS emails, coalesce(i.phones, 0) AS phones, coalesce(i.identifiers, 0) AS identifiers
FROM @store@.customers c
LEFT JOIN (SELECT coalesce(k.merged_into, k.customer_id) AS customer_id,
                  count(*) FILTER (WHERE omni.identifier_kind(x.identifier) = 'email') AS emails,
                  count(*) FILTER (WHERE omni.identifier_kind(x.identifier) = 'phone') AS phones,
                  count(*) AS identifiers
           FROM @store@.identities x JOIN @store@.customers k USING (customer_id) GROUP BY 1) i USING (customer_id)
WHERE c.merged_into IS NULL;
COMMENT ON VIEW @bi@.dim_customer IS 'customers after all merges, one row a person, no personal data';
COMMENT ON COLUMN @bi@.dim_customer.customer_key IS 'key: opaque and stable; it says nothing about the person';
COMMENT ON COLUMN @bi@.dim_customer.first_seen_at IS 'time of the earliest record of the customer';
COMMENT ON COLUMN @bi@.dim_customer.emails IS 'how many e-mail addresses are known';
COMMENT ON COLUMN @bi@.dim_customer.phones IS 'how many phone numbers are known';
COMMENT ON COLUMN @bi@.dim_customer.identifiers IS 'how many identifiers of any kind are known';

CREATE OR REPLACE VIEW @bi@.dim_date AS
SELECT d.date, extract(year FROM d.date)::bigint AS year, extract(quarter FROM d.date)::bigint AS quarter,
       date_trunc('month', d.date::timestamp)::date AS month, to_char(d.date, 'IYYY-"W"IW') AS iso_week,
       extract(isodow FROM d.date)::bigint AS iso_weekday, extract(isodow FROM d.date) IN (6, 7) AS weekend
FROM (SELECT '1990-01-01'::date + n AS date FROM generate_series(0, '2049-12-31'::date - '1990-01-01'::date) n) d;
COMMENT ON VIEW @bi@.dim_date IS 'days of 1990 to 2049';
COMMENT ON COLUMN @bi@.dim_date.date IS 'key';
COMMENT ON COLUMN @bi@.dim_date.year IS 'year';
COMMENT ON COLUMN @bi@.dim_date.quarter IS 'quarter, 1 to 4';
COMMENT ON COLUMN @bi@.dim_date.month IS 'first day of the month';
COMMENT ON COLUMN @bi@.dim_date.iso_week IS 'ISO 8601 week, e.g. 2026-W07';
COMMENT ON COLUMN @bi@.dim_date.iso_weekday IS '1 is Monday, 7 is Sunday';
COMMENT ON COLUMN @bi@.dim_date.weekend IS 'Saturday or Sunday';

CREATE OR REPLACE VIEW @bi@.fact_order_line AS
SELECT l.order_ref AS order_key, l.line_no::bigint AS line_no,
       coalesce(k.merged_into, o.customer_id)::text AS customer_key,
       l.sku::text AS sku, o.channel_code, coalesce(o.market_code, c.market_code) AS market_code, o.placed_at,
       (o.placed_at AT TIME ZONE coalesce(m.time_zone, 'UTC'))::date AS order_date, coalesce(m.time_zone, 'UTC') AS time_zone,
       omni.label(coalesce(omni.order_state(e.units), e.said)) AS state, l.qty,
       coalesce(omni.quantity_reached(e.units, 'shipped'), CASE WHEN omni.reached(e.said, 'shipped') THEN l.qty WHEN NOT omni.any_reached(e.said, 'shipped') THEN 0 END) AS qty_shipped,
       coalesce(omni.quantity_reached(e.units, 'delivered'), CASE WHEN omni.reached(e.said, 'delivered') THEN l.qty WHEN NOT omni.any_reached(e.said, 'delivered') THEN 0 END) AS qty_delivered,
       coalesce(omni.quantity_reached(e.units, 'canceled'), CASE WHEN omni.reached(e.said, 'canceled') THEN l.qty WHEN NOT omni.any_reached(e.said, 'canceled') THEN 0 END) AS qty_canceled,
       coalesce(omni.quantity_reached(e.units, 'return_received'), CASE WHEN omni.reached(e.said, 'return_received') THEN l.qty WHEN NOT omni.any_reached(e.said, 'return_received') THEN 0 END) AS qty_returned,
       o.currency, l.unit_price, l.qty * l.unit_price AS gross_amount, coalesce(l.discount_amount, 0) AS discount_amount,
       l.qty * l.unit_price - coalesce(l.discount_amount, 0) AS net_amount, coalesce(l.tax_amount, 0) AS tax_amount,
       coalesce(omni.order_state(e.units), e.said)::text AS exact_state
FROM @store@.order_lines l
JOIN @store@.orders o USING (order_ref)
LEFT JOIN @store@.channels c ON c.channel_code = o.channel_code
LEFT JOIN @store@.markets m ON m.market_code = coalesce(o.market_code, c.market_code)
LEFT JOIN @store@.customers k ON k.customer_id = o.customer_id
LEFT JOIN (SELECT v.order_ref, v.line_no, omni.order_line_state(v.qty, v.from_state, v.to_state) FILTER (WHERE v.sound) AS moves
           FROM (SELECT x.*, coalesce(x.qty > 0 AND omni.single_state(x.from_state) AND omni.single_state(x.to_state), false) AS sound FROM @store@.order_line_events x) v
           GROUP BY v.order_ref, v.line_no HAVING bool_and(v.sound)) g
    ON g.order_ref = l.order_ref AND g.line_no = l.line_no
CROSS JOIN LATERAL (SELECT coalesce(l.state, o.state, 'open') AS said,
                           CASE WHEN g.moves IS NOT NULL AND l.qty > 0 THEN omni.order_quantities_try(omni.order_moves_add(g.moves, l.qty, NULL, 'open'::omni.order_state)) END AS units) e;
COMMENT ON VIEW @bi@.fact_order_line IS 'order lines, one row a line; amounts in the currency of the row';
COMMENT ON COLUMN @bi@.fact_order_line.order_key IS 'number of the order';
COMMENT ON COLUMN @bi@.fact_order_line.line_no IS 'number of the line in the order';
COMMENT ON COLUMN @bi@.fact_order_line.customer_key IS 'customer after all merges; NULL if unknown';
COMMENT ON COLUMN @bi@.fact_order_line.sku IS 'product';
COMMENT ON COLUMN @bi@.fact_order_line.channel_code IS 'channel that took the order';
COMMENT ON COLUMN @bi@.fact_order_line.market_code IS 'market';
COMMENT ON COLUMN @bi@.fact_order_line.placed_at IS 'when the order was placed';
COMMENT ON COLUMN @bi@.fact_order_line.order_date IS 'day of the order in the time zone of its market; in UTC where the market is unknown';
COMMENT ON COLUMN @bi@.fact_order_line.time_zone IS 'that time zone';
COMMENT ON COLUMN @bi@.fact_order_line.state IS 'state of the line: label of the states that its units are in, from its events, or as the source says it where events are missing';
COMMENT ON COLUMN @bi@.fact_order_line.qty IS 'units ordered';
COMMENT ON COLUMN @bi@.fact_order_line.qty_shipped IS 'units that have left, or were ready for pickup, or further; NULL where the source tells only that some have';
COMMENT ON COLUMN @bi@.fact_order_line.qty_delivered IS 'units that the customer has got';
COMMENT ON COLUMN @bi@.fact_order_line.qty_canceled IS 'units canceled before they left';
COMMENT ON COLUMN @bi@.fact_order_line.qty_returned IS 'units that came back';
COMMENT ON COLUMN @bi@.fact_order_line.currency IS 'ISO 4217 code of all amounts';
COMMENT ON COLUMN @bi@.fact_order_line.unit_price IS 'price of a unit before discount';
COMMENT ON COLUMN @bi@.fact_order_line.gross_amount IS 'qty * unit_price';
COMMENT ON COLUMN @bi@.fact_order_line.discount_amount IS 'discount on the line';
COMMENT ON COLUMN @bi@.fact_order_line.net_amount IS 'gross_amount - discount_amount';
COMMENT ON COLUMN @bi@.fact_order_line.tax_amount IS 'tax on the line, where not in the price';
COMMENT ON COLUMN @bi@.fact_order_line.exact_state IS 'the same state with its exact ends, as text of omni.order_state';

CREATE OR REPLACE VIEW @bi@.kpi_daily AS
SELECT d.order_date, d.channel_code, d.market_code, d.currency,
       count(*) AS orders, sum(d.order_lines)::bigint AS order_lines, sum(d.units)::bigint AS units,
       sum(d.gross_amount) AS gross_amount, sum(d.discount_amount) AS discount_amount, sum(d.net_amount) AS net_amount, sum(d.tax_amount) AS tax_amount,
       sum(d.canceled_units)::bigint AS canceled_units, sum(d.returned_units)::bigint AS returned_units,
       count(DISTINCT d.customer_key) AS customers,
       round(sum(d.net_amount) / count(*), 4) AS aov
FROM (SELECT f.order_key, f.order_date, f.channel_code, f.market_code, f.currency, f.customer_key, count(*) AS order_lines, sum(f.qty) AS units,
             sum(f.gross_amount) AS gross_amount, sum(f.discount_amount) AS discount_amount, sum(f.net_amount) AS net_amount, sum(f.tax_amount) AS tax_amount,
             sum(f.qty_canceled) AS canceled_units, sum(f.qty_returned) AS returned_units
      FROM @bi@.fact_order_line f GROUP BY f.order_key, f.order_date, f.channel_code, f.market_code, f.currency, f.customer_key) d
GROUP BY d.order_date, d.channel_code, d.market_code, d.currency;
COMMENT ON VIEW @bi@.kpi_daily IS 'key figures by day, channel, market and currency; every figure but customers and aov adds up over rows, so a month is a sum of its days';
COMMENT ON COLUMN @bi@.kpi_daily.order_date IS 'day in the time zone of the market';
COMMENT ON COLUMN @bi@.kpi_daily.channel_code IS 'channel';
COMMENT ON COLUMN @bi@.kpi_daily.market_code IS 'market';
COMMENT ON COLUMN @bi@.kpi_daily.currency IS 'ISO 4217 code of the amounts';
COMMENT ON COLUMN @bi@.kpi_daily.orders IS 'orders placed: denominator of aov';
COMMENT ON COLUMN @bi@.kpi_daily.order_lines IS 'their lines';
COMMENT ON COLUMN @bi@.kpi_daily.units IS 'units ordered';
COMMENT ON COLUMN @bi@.kpi_daily.gross_amount IS 'before discount';
COMMENT ON COLUMN @bi@.kpi_daily.discount_amount IS 'discount';
COMMENT ON COLUMN @bi@.kpi_daily.net_amount IS 'after discount, canceled lines included: numerator of aov';
COMMENT ON COLUMN @bi@.kpi_daily.tax_amount IS 'tax, where not in the price';
COMMENT ON COLUMN @bi@.kpi_daily.canceled_units IS 'units known to be canceled since';
COMMENT ON COLUMN @bi@.kpi_daily.returned_units IS 'units known to have come back since';
COMMENT ON COLUMN @bi@.kpi_daily.customers IS 'distinct customers of the day; does not add up over rows';
COMMENT ON COLUMN @bi@.kpi_daily.aov IS 'average order value: net_amount / orders. Over several rows: sum(net_amount) / sum(orders)';

CREATE OR REPLACE VIEW @bi@.customer_360 AS
SELECT c.customer_key, f.currency, coalesce(f.orders, 0) AS orders, coalesce(f.channels, 0) AS channels, f.channel_codes,
       coalesce(f.units, 0) AS units, f.net_amount, round(f.net_amount / nullif(f.orders, 0), 4) AS aov,
       f.first_order_at, f.last_order_at, coalesce(f.returned_units, 0) AS returned_units, c.emails, c.phones, c.first_seen_at
FROM @bi@.dim_customer c
LEFT JOIN (SELECT l.customer_key, l.currency, count(*) AS orders, count(DISTINCT l.channel_code) AS channels,
                  string_agg(DISTINCT l.channel_code, ', ' ORDER BY l.channel_code) AS channel_codes,
                  sum(l.units)::bigint AS units, sum(l.net_amount) AS net_amount, min(l.placed_at) AS first_order_at, max(l.placed_at) AS last_order_at,
                  sum(l.returned_units)::bigint AS returned_units
           FROM (SELECT x.customer_key, x.currency, x.channel_code, x.order_key, x.placed_at, sum(x.qty) AS units, sum(x.net_amount) AS net_amount, sum(x.qty_returned) AS returned_units
                 FROM @bi@.fact_order_line x WHERE x.customer_key IS NOT NULL GROUP BY x.customer_key, x.currency, x.channel_code, x.order_key, x.placed_at) l
           GROUP BY l.customer_key, l.currency) f USING (customer_key);
COMMENT ON VIEW @bi@.customer_360 IS 'what each customer bought, over all channels: one row a customer and currency; no personal data';
COMMENT ON COLUMN @bi@.customer_360.customer_key IS 'customer after all merges';
COMMENT ON COLUMN @bi@.customer_360.currency IS 'ISO 4217 code of the amounts; NULL without orders';
COMMENT ON COLUMN @bi@.customer_360.orders IS 'orders in all channels: denominator of aov';
COMMENT ON COLUMN @bi@.customer_360.channels IS 'how many channels the customer used';
COMMENT ON COLUMN @bi@.customer_360.channel_codes IS 'which, in alphabetical order';
COMMENT ON COLUMN @bi@.customer_360.units IS 'units ordered';
COMMENT ON COLUMN @bi@.customer_360.net_amount IS 'after discount: numerator of aov';
COMMENT ON COLUMN @bi@.customer_360.aov IS 'average order value: net_amount / orders';
COMMENT ON COLUMN @bi@.customer_360.first_order_at IS 'first order';
COMMENT ON COLUMN @bi@.customer_360.last_order_at IS 'last order';
COMMENT ON COLUMN @bi@.customer_360.returned_units IS 'units known to have come back';
COMMENT ON COLUMN @bi@.customer_360.emails IS 'how many e-mail addresses are known';
COMMENT ON COLUMN @bi@.customer_360.phones IS 'how many phone numbers are known';
COMMENT ON COLUMN @bi@.customer_360.first_seen_at IS 'time of the earliest record';

CREATE OR REPLACE VIEW @bi@.orders_by_state AS
SELECT omni.label(o.state) AS state, o.channel_code, o.market_code, count(*) AS orders, sum(o.order_lines)::bigint AS order_lines, sum(o.units)::bigint AS units,
       min(o.placed_at) AS oldest_placed_at, max(o.placed_at) AS newest_placed_at
FROM (SELECT f.order_key, f.channel_code, f.market_code, omni.order_state_agg(f.exact_state::omni.order_state) AS state, count(*) AS order_lines, sum(f.qty) AS units, min(f.placed_at) AS placed_at
      FROM @bi@.fact_order_line f GROUP BY f.order_key, f.channel_code, f.market_code) o
GROUP BY omni.label(o.state), o.channel_code, o.market_code;
COMMENT ON VIEW @bi@.orders_by_state IS 'how many orders are in which state, by channel and market';
COMMENT ON COLUMN @bi@.orders_by_state.state IS 'state of the order, from the states of all its units';
COMMENT ON COLUMN @bi@.orders_by_state.channel_code IS 'channel';
COMMENT ON COLUMN @bi@.orders_by_state.market_code IS 'market';
COMMENT ON COLUMN @bi@.orders_by_state.orders IS 'orders';
COMMENT ON COLUMN @bi@.orders_by_state.order_lines IS 'their lines';
COMMENT ON COLUMN @bi@.orders_by_state.units IS 'their units';
COMMENT ON COLUMN @bi@.orders_by_state.oldest_placed_at IS 'when the oldest of them was placed';
COMMENT ON COLUMN @bi@.orders_by_state.newest_placed_at IS 'when the newest of them was placed';

CREATE OR REPLACE VIEW @bi@.atp AS
SELECT s.sku::text AS sku, s.location_code, s.on_hand, coalesce(s.reserved, 0) AS reserved, coalesce(s.safety_stock, 0) AS safety_stock, coalesce(s.incoming, 0) AS incoming,
       CASE WHEN NOT coalesce(l.active, true) THEN 0
            WHEN coalesce(s.reserved, 0) >= 0 AND coalesce(s.safety_stock, 0) >= 0 THEN omni.atp(s.on_hand, coalesce(s.reserved, 0), coalesce(s.safety_stock, 0)) END AS atp
FROM @store@.stock s LEFT JOIN @store@.locations l USING (location_code);
COMMENT ON VIEW @bi@.atp IS 'available to promise by SKU and location, as of now';
COMMENT ON COLUMN @bi@.atp.sku IS 'product';
COMMENT ON COLUMN @bi@.atp.location_code IS 'where';
COMMENT ON COLUMN @bi@.atp.on_hand IS 'units that are there';
COMMENT ON COLUMN @bi@.atp.reserved IS 'units promised and still there';
COMMENT ON COLUMN @bi@.atp.safety_stock IS 'units never promised';
COMMENT ON COLUMN @bi@.atp.incoming IS 'units on their way, not counted';
COMMENT ON COLUMN @bi@.atp.atp IS 'units that can be promised now; NULL where the figures of the stock make no sense';
