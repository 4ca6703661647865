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
SELECT c.customer_key, c.first_seen_at,
       coalesce(i.emails, 0) AS emails, coalesce(i.phones, 0) AS phones, coalesce(i.identifiers, 0) AS identifiers,
       coalesce(r.records, 0) AS records, coalesce(r.sources, 0) AS sources, r.source_names, r.last_seen_at,
       (SELECT b.customer_pseudonym FROM @store@.bi_pseudonyms b WHERE b.identifier = omni.identifier_try('omni_customer', c.customer_key)) AS customer_pseudonym
FROM (SELECT coalesce(x.merged_into, x.customer_id)::text AS customer_key, x.first_seen_at FROM @store@.customers x WHERE x.merged_into IS NULL) c
LEFT JOIN (SELECT coalesce(k.merged_into, k.customer_id)::text AS customer_key,
                  count(*) FILTER (WHERE omni.identifier_kind(x.identifier) = 'email') AS emails,
                  count(*) FILTER (WHERE omni.identifier_kind(x.identifier) = 'phone') AS phones,
                  count(*) AS identifiers
           FROM @store@.identities x JOIN @store@.customers k USING (customer_id) GROUP BY 1) i USING (customer_key)
LEFT JOIN (SELECT s.customer_key, sum(s.records)::bigint AS records, count(*) AS sources,
                  string_agg(s.source, ', ' ORDER BY s.source COLLATE "C") AS source_names, max(s.last_seen_at) AS last_seen_at
           FROM (SELECT coalesce(k.merged_into, k.customer_id)::text AS customer_key, x.source, count(*) AS records, max(x.last_seen_at) AS last_seen_at
                 FROM @store@.source_records x JOIN @store@.customers k USING (customer_id) GROUP BY 1, 2) s
           GROUP BY s.customer_key) r USING (customer_key);
COMMENT ON VIEW @bi@.dim_customer IS 'customers after all merges, one row a person, no personal data';
COMMENT ON COLUMN @bi@.dim_customer.customer_key IS 'key: opaque and stable; it says nothing about the person';
COMMENT ON COLUMN @bi@.dim_customer.first_seen_at IS 'time of the earliest record of the customer';
COMMENT ON COLUMN @bi@.dim_customer.emails IS 'how many e-mail addresses are known';
COMMENT ON COLUMN @bi@.dim_customer.phones IS 'how many phone numbers are known';
COMMENT ON COLUMN @bi@.dim_customer.identifiers IS 'how many identifiers of any kind are known';
COMMENT ON COLUMN @bi@.dim_customer.records IS 'how many records of the sources are known to be of this customer';
COMMENT ON COLUMN @bi@.dim_customer.sources IS 'how many sources these come from';
COMMENT ON COLUMN @bi@.dim_customer.source_names IS 'which, in the order of their bytes';
COMMENT ON COLUMN @bi@.dim_customer.last_seen_at IS 'time of the latest that a record said';
COMMENT ON COLUMN @bi@.dim_customer.customer_pseudonym IS 'stored pseudonym of the customer in the domain of set_bi_privacy(): joins to what others have under it; NULL where there is none, or the customer refuses the purpose of BI';

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
       coalesce(omni.order_state(e.units), e.said)::text AS exact_state,
       (SELECT b.customer_pseudonym FROM @store@.bi_pseudonyms b WHERE b.identifier = omni.identifier_try('omni_customer', coalesce(k.merged_into, o.customer_id)::text)) AS customer_pseudonym
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
COMMENT ON COLUMN @bi@.fact_order_line.customer_pseudonym IS 'stored pseudonym of the customer in the domain of set_bi_privacy(): joins to what others have under it; NULL where there is none, or the customer refuses the purpose of BI';

CREATE OR REPLACE VIEW @bi@.fact_return AS
SELECT r.order_ref AS order_key, r.line_no::bigint AS line_no, r.return_key, coalesce(k.merged_into, o.customer_id)::text AS customer_key, l.sku::text AS sku,
       o.channel_code, r.channel_code AS return_channel_code, r.location_code, coalesce(o.market_code, c.market_code) AS market_code, o.placed_at, r.requested_at,
       (r.requested_at AT TIME ZONE coalesce(m.time_zone, 'UTC'))::date AS request_date, coalesce(m.time_zone, 'UTC') AS time_zone, r.received_at,
       extract(epoch FROM r.received_at - r.requested_at)::bigint AS transit_seconds,
       coalesce(r.disposition, CASE WHEN r.received_at IS NULL THEN 'requested' ELSE 'received' END) AS state, r.reason, r.qty, l.qty AS line_qty,
       o.currency, round(r.qty * (l.qty * l.unit_price - coalesce(l.discount_amount, 0)) / nullif(l.qty, 0), 4) AS net_amount,
       r.exchange_order_ref IS NOT NULL AS exchanged, r.exchange_order_ref AS exchange_order_key, r.exchange_line_no::bigint AS exchange_line_no,
       (SELECT b.customer_pseudonym FROM @store@.bi_pseudonyms b WHERE b.identifier = omni.identifier_try('omni_customer', coalesce(k.merged_into, o.customer_id)::text)) AS customer_pseudonym
FROM @store@.returns r
LEFT JOIN @store@.orders o ON o.order_ref = r.order_ref
LEFT JOIN @store@.order_lines l ON l.order_ref = r.order_ref AND l.line_no = r.line_no
LEFT JOIN @store@.channels c ON c.channel_code = o.channel_code
LEFT JOIN @store@.markets m ON m.market_code = coalesce(o.market_code, c.market_code)
LEFT JOIN @store@.customers k ON k.customer_id = o.customer_id;
COMMENT ON VIEW @bi@.fact_return IS 'units that customers give back, one row a line, return and what became of the units';
COMMENT ON COLUMN @bi@.fact_return.order_key IS 'number of the order';
COMMENT ON COLUMN @bi@.fact_return.line_no IS 'number of the line in the order';
COMMENT ON COLUMN @bi@.fact_return.return_key IS 'key of the return';
COMMENT ON COLUMN @bi@.fact_return.customer_key IS 'customer after all merges; NULL if unknown';
COMMENT ON COLUMN @bi@.fact_return.sku IS 'product';
COMMENT ON COLUMN @bi@.fact_return.channel_code IS 'channel that took the order';
COMMENT ON COLUMN @bi@.fact_return.return_channel_code IS 'channel that took the return, which need not be the order''s';
COMMENT ON COLUMN @bi@.fact_return.location_code IS 'where the units came to';
COMMENT ON COLUMN @bi@.fact_return.market_code IS 'market of the order';
COMMENT ON COLUMN @bi@.fact_return.placed_at IS 'when the order was placed';
COMMENT ON COLUMN @bi@.fact_return.requested_at IS 'when the customer asked';
COMMENT ON COLUMN @bi@.fact_return.request_date IS 'that day in the time zone of the market; in UTC where the market is unknown';
COMMENT ON COLUMN @bi@.fact_return.time_zone IS 'that time zone';
COMMENT ON COLUMN @bi@.fact_return.received_at IS 'when the units came; NULL until then';
COMMENT ON COLUMN @bi@.fact_return.transit_seconds IS 'from requested_at to received_at, in seconds';
COMMENT ON COLUMN @bi@.fact_return.state IS 'requested, received, or what became of the units: restocked, quarantined, refurbished, written_off, kept or declined';
COMMENT ON COLUMN @bi@.fact_return.reason IS 'why, in a word or a code';
COMMENT ON COLUMN @bi@.fact_return.qty IS 'units: numerator of the share of the line that comes back';
COMMENT ON COLUMN @bi@.fact_return.line_qty IS 'units of the line: its denominator, the same in each row of a line';
COMMENT ON COLUMN @bi@.fact_return.currency IS 'ISO 4217 code of net_amount';
COMMENT ON COLUMN @bi@.fact_return.net_amount IS 'what the units cost after discount';
COMMENT ON COLUMN @bi@.fact_return.exchanged IS 'the customer wanted others instead';
COMMENT ON COLUMN @bi@.fact_return.exchange_order_key IS 'order of the line that replaces them';
COMMENT ON COLUMN @bi@.fact_return.exchange_line_no IS 'that line';
COMMENT ON COLUMN @bi@.fact_return.customer_pseudonym IS 'stored pseudonym of the customer in the domain of set_bi_privacy(): joins to what others have under it; NULL where there is none, or the customer refuses the purpose of BI';

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

-- lines and their events are those of fact_order_line, joined from the customer's side: one customer is found by the key, without reading all orders
CREATE OR REPLACE VIEW @bi@.customer_360 AS
SELECT c.customer_key, f.currency, coalesce(f.orders, 0) AS orders, coalesce(f.channels, 0) AS channels, f.channel_codes,
       coalesce(f.units, 0) AS units, f.net_amount, round(f.net_amount / nullif(f.orders, 0), 4) AS aov,
       f.first_order_at, f.last_order_at, coalesce(f.returned_units, 0) AS returned_units, c.emails, c.phones, c.first_seen_at,
       c.records, c.sources, c.customer_pseudonym
FROM @bi@.dim_customer c
LEFT JOIN (SELECT l.customer_id::text AS customer_key, l.currency, count(DISTINCT l.order_ref) AS orders, count(DISTINCT l.channel_code) AS channels,
                  string_agg(DISTINCT l.channel_code, ', ' ORDER BY l.channel_code) AS channel_codes,
                  sum(l.qty)::bigint AS units, sum(l.net_amount) AS net_amount, min(l.placed_at) AS first_order_at, max(l.placed_at) AS last_order_at,
                  sum(coalesce(omni.quantity_reached(e.units, 'return_received'), CASE WHEN omni.reached(l.said, 'return_received') THEN l.qty WHEN NOT omni.any_reached(l.said, 'return_received') THEN 0 END))::bigint AS returned_units
           FROM (SELECT coalesce(k.merged_into, k.customer_id) AS customer_id, o.currency, o.channel_code, x.order_ref, o.placed_at, x.line_no, x.qty,
                        x.qty * x.unit_price - coalesce(x.discount_amount, 0) AS net_amount, coalesce(x.state, o.state, 'open') AS said,
                        CASE WHEN bool_and(v.sound) THEN omni.order_line_state(v.qty, v.from_state, v.to_state) FILTER (WHERE v.sound) END AS moves
                 FROM @store@.customers k
                 JOIN @store@.orders o USING (customer_id)
                 JOIN @store@.order_lines x ON x.order_ref = o.order_ref
                 LEFT JOIN (SELECT y.*, coalesce(y.qty > 0 AND omni.single_state(y.from_state) AND omni.single_state(y.to_state), false) AS sound FROM @store@.order_line_events y) v
                     ON v.order_ref = x.order_ref AND v.line_no = x.line_no
                 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9) l
           CROSS JOIN LATERAL (SELECT CASE WHEN l.moves IS NOT NULL AND l.qty > 0 THEN omni.order_quantities_try(omni.order_moves_add(l.moves, l.qty, NULL, 'open'::omni.order_state)) END AS units) e
           GROUP BY l.customer_id, l.currency) f USING (customer_key);
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
COMMENT ON COLUMN @bi@.customer_360.records IS 'how many records of the sources are known to be of this customer';
COMMENT ON COLUMN @bi@.customer_360.sources IS 'how many sources these come from';
COMMENT ON COLUMN @bi@.customer_360.customer_pseudonym IS 'stored pseudonym of the customer in the domain of set_bi_privacy(): joins to what others have under it; NULL where there is none, or the customer refuses the purpose of BI';

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

-- identity: what was unified, what was refused, what was decided; counts alone, never a value

CREATE OR REPLACE VIEW @bi@.customer_attribute AS
SELECT p.customer_key, a.attribute, a.value,
       (SELECT b.customer_pseudonym FROM @store@.bi_pseudonyms b WHERE b.identifier = omni.identifier_try('omni_customer', p.customer_key)) AS customer_pseudonym
FROM (SELECT coalesce(k.merged_into, k.customer_id)::text AS customer_key,
             omni.golden_record(omni.customer_profile_agg(x.profile), coalesce((SELECT s.value FROM @store@.identity_settings s WHERE s.setting = 'survivorship'), '{}')) AS golden
      FROM @store@.source_records x JOIN @store@.customers k USING (customer_id)
      WHERE EXISTS (SELECT FROM @store@.identity_settings s WHERE s.setting = 'bi_attributes') GROUP BY 1) p
CROSS JOIN LATERAL (SELECT nullif(l.name, 'identifiers') AS attribute, p.golden ->> nullif(l.name, 'identifiers') AS value
                    FROM @store@.identity_settings s
                    CROSS JOIN LATERAL jsonb_array_elements_text(CASE jsonb_typeof(s.value) WHEN 'array' THEN s.value END) l(name)
                    WHERE s.setting = 'bi_attributes') a
WHERE a.value IS NOT NULL AND NOT EXISTS (SELECT FROM @store@.bi_refused r WHERE r.customer_key = p.customer_key);
COMMENT ON VIEW @bi@.customer_attribute IS 'attributes of golden records that the owner released for BI by set_bi_attributes(), none at first, of customers who do not refuse the purpose of BI; one row a customer and attribute';
COMMENT ON COLUMN @bi@.customer_attribute.customer_key IS 'customer after all merges';
COMMENT ON COLUMN @bi@.customer_attribute.attribute IS 'name of the attribute, as the sources call it';
COMMENT ON COLUMN @bi@.customer_attribute.value IS 'the value that survives, by the policy of set_survivorship()';
COMMENT ON COLUMN @bi@.customer_attribute.customer_pseudonym IS 'stored pseudonym of the customer in the domain of set_bi_privacy(): joins to what others have under it; NULL where there is none, or the customer refuses the purpose of BI';

CREATE OR REPLACE VIEW @bi@.identity_quality AS
SELECT c.customers, c.merged_customers, r.records, r.sources, r.linked_records, round(r.linked_records::numeric / nullif(r.records, 0), 4) AS linked_share,
       r.cross_source_customers, round(r.cross_source_customers::numeric / nullif(c.customers, 0), 4) AS cross_source_share, coalesce(r.most_records, 0) AS most_records,
       i.identifiers, coalesce(i.most_identifiers, 0) AS most_identifiers, e.evidence, f.refused_evidence, round(f.refused_evidence::numeric / nullif(e.evidence, 0), 4) AS refused_share,
       l.match_links, l.refused_match_links, l.same_decisions, l.never_decisions, m.merges, m.separations
FROM (SELECT count(*) FILTER (WHERE x.merged_into IS NULL) AS customers, count(*) FILTER (WHERE x.merged_into IS NOT NULL) AS merged_customers FROM @store@.customers x) c
CROSS JOIN (SELECT coalesce(sum(p.records), 0)::bigint AS records, (SELECT count(DISTINCT x.source) FROM @store@.source_records x) AS sources,
                   coalesce(sum(p.records) FILTER (WHERE p.records > 1), 0)::bigint AS linked_records,
                   count(*) FILTER (WHERE p.sources > 1) AS cross_source_customers, max(p.records) AS most_records
            FROM (SELECT s.customer_id, sum(s.records)::bigint AS records, count(*) AS sources
                  FROM (SELECT coalesce(k.merged_into, k.customer_id) AS customer_id, x.source, count(*) AS records
                        FROM @store@.source_records x JOIN @store@.customers k USING (customer_id) GROUP BY 1, 2) s
                  GROUP BY s.customer_id) p) r
CROSS JOIN (SELECT coalesce(sum(p.identifiers), 0)::bigint AS identifiers, max(p.identifiers) AS most_identifiers
            FROM (SELECT coalesce(k.merged_into, k.customer_id) AS customer_id, count(*) AS identifiers
                  FROM @store@.identities x JOIN @store@.customers k USING (customer_id) GROUP BY 1) p) i
CROSS JOIN (SELECT count(*) AS evidence FROM @store@.evidence) e
CROSS JOIN (SELECT count(*) AS refused_evidence FROM @store@.refusals) f
CROSS JOIN (SELECT count(*) FILTER (WHERE x.weight NOT IN ('Infinity', '-Infinity')) AS match_links,
                   count(*) FILTER (WHERE x.weight NOT IN ('Infinity', '-Infinity') AND x.refused IS NOT NULL) AS refused_match_links,
                   count(*) FILTER (WHERE x.weight = 'Infinity') AS same_decisions, count(*) FILTER (WHERE x.weight = '-Infinity') AS never_decisions FROM @store@.links x) l
CROSS JOIN (SELECT count(*) FILTER (WHERE x.action = 'merged') AS merges, count(*) FILTER (WHERE x.action = 'separated') AS separations FROM @store@.merge_log x) m;
COMMENT ON VIEW @bi@.identity_quality IS 'how well customers are unified at present, in one row; each share beside its numerator and denominator';
COMMENT ON COLUMN @bi@.identity_quality.customers IS 'customers after all merges: denominator of cross_source_share';
COMMENT ON COLUMN @bi@.identity_quality.merged_customers IS 'numbers of customers that point to another one at present';
COMMENT ON COLUMN @bi@.identity_quality.records IS 'records of the sources: denominator of linked_share';
COMMENT ON COLUMN @bi@.identity_quality.sources IS 'sources that they come from';
COMMENT ON COLUMN @bi@.identity_quality.linked_records IS 'records of customers who have more than one: numerator of linked_share';
COMMENT ON COLUMN @bi@.identity_quality.linked_share IS 'linked_records / records';
COMMENT ON COLUMN @bi@.identity_quality.cross_source_customers IS 'customers who are known by more than one source: numerator of cross_source_share';
COMMENT ON COLUMN @bi@.identity_quality.cross_source_share IS 'cross_source_customers / customers';
COMMENT ON COLUMN @bi@.identity_quality.most_records IS 'records of the customer who has most';
COMMENT ON COLUMN @bi@.identity_quality.identifiers IS 'identifiers that belong to a customer';
COMMENT ON COLUMN @bi@.identity_quality.most_identifiers IS 'identifiers of the customer who has most';
COMMENT ON COLUMN @bi@.identity_quality.evidence IS 'how often a record carried an identifier: denominator of refused_share';
COMMENT ON COLUMN @bi@.identity_quality.refused_evidence IS 'of these, how many do not link, blocked or by a limit: numerator of refused_share';
COMMENT ON COLUMN @bi@.identity_quality.refused_share IS 'refused_evidence / evidence';
COMMENT ON COLUMN @bi@.identity_quality.match_links IS 'pairs of records with a match weight';
COMMENT ON COLUMN @bi@.identity_quality.refused_match_links IS 'of these, how many do not link';
COMMENT ON COLUMN @bi@.identity_quality.same_decisions IS 'pairs of records that somebody decided to be the same person';
COMMENT ON COLUMN @bi@.identity_quality.never_decisions IS 'pairs of records that somebody decided never to be the same person';
COMMENT ON COLUMN @bi@.identity_quality.merges IS 'merges since the store was made, those taken back included';
COMMENT ON COLUMN @bi@.identity_quality.separations IS 'separations since the store was made';

CREATE OR REPLACE VIEW @bi@.identity_clusters AS
SELECT rb.from_n AS records_from, rb.to_n AS records_to, ib.from_n AS identifiers_from, ib.to_n AS identifiers_to,
       sum(n.customers)::bigint AS customers, sum(n.customers * n.records)::bigint AS records, sum(n.customers * n.identifiers)::bigint AS identifiers
FROM (SELECT p.records, p.identifiers, count(*) AS customers
      FROM (SELECT c.customer_id, coalesce(r.records, 0) AS records, coalesce(i.identifiers, 0) AS identifiers
            FROM @store@.customers c
            LEFT JOIN (SELECT coalesce(k.merged_into, k.customer_id) AS customer_id, count(*) AS records
                       FROM @store@.source_records x JOIN @store@.customers k USING (customer_id) GROUP BY 1) r USING (customer_id)
            LEFT JOIN (SELECT coalesce(k.merged_into, k.customer_id) AS customer_id, count(*) AS identifiers
                       FROM @store@.identities x JOIN @store@.customers k USING (customer_id) GROUP BY 1) i USING (customer_id)
            WHERE c.merged_into IS NULL) p
      GROUP BY p.records, p.identifiers) n
JOIN (VALUES (0::bigint, 0::bigint), (1, 1), (2, 2), (3, 3), (4, 5), (6, 10), (11, 20), (21, 50), (51, 100), (101, 1000), (1001, NULL)) rb(from_n, to_n) ON n.records >= rb.from_n AND n.records <= coalesce(rb.to_n, n.records)
JOIN (VALUES (0::bigint, 0::bigint), (1, 1), (2, 2), (3, 3), (4, 5), (6, 10), (11, 20), (21, 50), (51, 100), (101, 1000), (1001, NULL)) ib(from_n, to_n) ON n.identifiers >= ib.from_n AND n.identifiers <= coalesce(ib.to_n, n.identifiers)
GROUP BY rb.from_n, rb.to_n, ib.from_n, ib.to_n;
COMMENT ON VIEW @bi@.identity_clusters IS 'customers by how many records and identifiers are unified in them; counts add up over rows';
COMMENT ON COLUMN @bi@.identity_clusters.records_from IS 'size class: least number of records of a customer';
COMMENT ON COLUMN @bi@.identity_clusters.records_to IS 'size class: greatest number of records, NULL for no end';
COMMENT ON COLUMN @bi@.identity_clusters.identifiers_from IS 'size class: least number of identifiers of a customer';
COMMENT ON COLUMN @bi@.identity_clusters.identifiers_to IS 'size class: greatest number of identifiers, NULL for no end';
COMMENT ON COLUMN @bi@.identity_clusters.customers IS 'customers of that size';
COMMENT ON COLUMN @bi@.identity_clusters.records IS 'their records';
COMMENT ON COLUMN @bi@.identity_clusters.identifiers IS 'their identifiers';

CREATE OR REPLACE VIEW @bi@.identity_shared AS
SELECT n.kind, rb.from_n AS records_from, rb.to_n AS records_to, cb.from_n AS customers_from, cb.to_n AS customers_to,
       sum(n.identifiers)::bigint AS identifiers, sum(n.evidence)::bigint AS evidence, sum(n.refused_evidence)::bigint AS refused_evidence
FROM (SELECT p.kind, p.records, p.customers, count(*) AS identifiers, sum(p.records) AS evidence, sum(p.refused) AS refused_evidence
      FROM (SELECT g.identifier, omni.identifier_kind(g.identifier) AS kind, sum(g.records)::bigint AS records, count(g.customer_id) AS customers, sum(g.refused)::bigint AS refused
            FROM (SELECT e.identifier, coalesce(k.merged_into, k.customer_id) AS customer_id, count(*) AS records, count(f.reason) AS refused
                  FROM @store@.evidence e
                  LEFT JOIN @store@.source_records s ON s.source = e.source AND s.record_id = e.record_id
                  LEFT JOIN @store@.customers k ON k.customer_id = s.customer_id
                  LEFT JOIN @store@.refusals f ON f.identifier = e.identifier AND f.source = e.source AND f.record_id = e.record_id
                  GROUP BY 1, 2) g
            GROUP BY g.identifier) p
      GROUP BY p.kind, p.records, p.customers) n
JOIN (VALUES (1::bigint, 1::bigint), (2, 2), (3, 3), (4, 5), (6, 10), (11, 20), (21, 50), (51, 100), (101, 1000), (1001, NULL)) rb(from_n, to_n) ON n.records >= rb.from_n AND n.records <= coalesce(rb.to_n, n.records)
JOIN (VALUES (0::bigint, 0::bigint), (1, 1), (2, 2), (3, 3), (4, 5), (6, 10), (11, 20), (21, 50), (51, 100), (101, 1000), (1001, NULL)) cb(from_n, to_n) ON n.customers >= cb.from_n AND n.customers <= coalesce(cb.to_n, n.customers)
GROUP BY n.kind, rb.from_n, rb.to_n, cb.from_n, cb.to_n;
COMMENT ON VIEW @bi@.identity_shared IS 'identifiers of each kind by how many records carry them, of how many customers; counts alone, which add up over rows';
COMMENT ON COLUMN @bi@.identity_shared.kind IS 'kind of the identifiers: email, phone, ...';
COMMENT ON COLUMN @bi@.identity_shared.records_from IS 'size class: least number of records that carry the identifier';
COMMENT ON COLUMN @bi@.identity_shared.records_to IS 'size class: greatest number of records, NULL for no end';
COMMENT ON COLUMN @bi@.identity_shared.customers_from IS 'size class: least number of customers whose records these are; 0 where identities were not made since the evidence came; above 1 only where evidence was refused';
COMMENT ON COLUMN @bi@.identity_shared.customers_to IS 'size class: greatest number of customers, NULL for no end';
COMMENT ON COLUMN @bi@.identity_shared.identifiers IS 'how many identifiers are shared so';
COMMENT ON COLUMN @bi@.identity_shared.evidence IS 'how often records carried them';
COMMENT ON COLUMN @bi@.identity_shared.refused_evidence IS 'of these, how many do not link';

CREATE OR REPLACE VIEW @bi@.identity_refusals AS
SELECT 'identifier' AS evidence_type, f.kind, f.reason, f.refused, f.records, e.evidence, round(f.refused::numeric / nullif(e.evidence, 0), 4) AS refused_share, f.first_refused_at, f.last_refused_at
FROM (SELECT g.kind, g.reason, sum(g.refused)::bigint AS refused, count(*) AS records, min(g.first_refused_at) AS first_refused_at, max(g.last_refused_at) AS last_refused_at
      FROM (SELECT omni.identifier_kind(x.identifier) AS kind, x.reason, x.source, x.record_id, count(*) AS refused, min(x.refused_at) AS first_refused_at, max(x.refused_at) AS last_refused_at
            FROM @store@.refusals x GROUP BY 1, 2, 3, 4) g
      GROUP BY g.kind, g.reason) f
LEFT JOIN (SELECT omni.identifier_kind(x.identifier) AS kind, count(*) AS evidence FROM @store@.evidence x GROUP BY 1) e USING (kind)
UNION ALL
SELECT 'link', f.kind, f.reason, f.refused, f.records, e.evidence, round(f.refused::numeric / nullif(e.evidence, 0), 4), NULL, NULL
FROM (SELECT g.kind, g.reason, sum(g.ends)::bigint / 2 AS refused, count(*) AS records
      FROM (SELECT CASE x.weight WHEN 'Infinity' THEN 'same' WHEN '-Infinity' THEN 'never' ELSE 'match' END AS kind, x.refused AS reason, r.source, r.record_id, count(*) AS ends
            FROM @store@.links x CROSS JOIN LATERAL (VALUES (x.source, x.record_id), (x.other_source, x.other_record_id)) r(source, record_id)
            WHERE x.weight IS NOT NULL AND x.refused IS NOT NULL GROUP BY 1, 2, 3, 4) g
      GROUP BY g.kind, g.reason) f
LEFT JOIN (SELECT CASE x.weight WHEN 'Infinity' THEN 'same' WHEN '-Infinity' THEN 'never' ELSE 'match' END AS kind, count(*) AS evidence
           FROM @store@.links x WHERE x.weight IS NOT NULL GROUP BY 1) e USING (kind);
COMMENT ON VIEW @bi@.identity_refusals IS 'what does not link at present, by kind and reason; no values';
COMMENT ON COLUMN @bi@.identity_refusals.evidence_type IS 'identifier: a record carried one; link: a pair of records';
COMMENT ON COLUMN @bi@.identity_refusals.kind IS 'kind of the identifier; of a link: same (decided), never (decided) or match (by weight)';
COMMENT ON COLUMN @bi@.identity_refusals.reason IS 'limit that linking them would have broken: blocked, limit:<kind>, shared:<kind>, size, cannot_link, weak_bridge, unknown_record';
COMMENT ON COLUMN @bi@.identity_refusals.refused IS 'how much evidence is refused: numerator of refused_share';
COMMENT ON COLUMN @bi@.identity_refusals.records IS 'records that it concerns, each once';
COMMENT ON COLUMN @bi@.identity_refusals.evidence IS 'how much evidence of that kind there is, accepted or refused: denominator of refused_share';
COMMENT ON COLUMN @bi@.identity_refusals.refused_share IS 'refused / evidence';
COMMENT ON COLUMN @bi@.identity_refusals.first_refused_at IS 'since when the oldest of them is refused; NULL for links';
COMMENT ON COLUMN @bi@.identity_refusals.last_refused_at IS 'since when the newest of them is refused; NULL for links';

CREATE OR REPLACE VIEW @bi@.identity_daily AS
SELECT (x.happened_at AT TIME ZONE 'UTC')::date AS date, 'UTC'::text AS time_zone, x.cause,
       count(*) FILTER (WHERE x.action = 'merged') AS merges, count(*) FILTER (WHERE x.action = 'separated') AS separations,
       count(*) FILTER (WHERE x.action IN ('same', 'never', 'split')) AS decisions, count(*) FILTER (WHERE x.action = 'undone') AS undone
FROM @store@.merge_log x GROUP BY 1, x.cause;
COMMENT ON VIEW @bi@.identity_daily IS 'merges, separations and decisions by day and cause; counts add up over rows';
COMMENT ON COLUMN @bi@.identity_daily.date IS 'day in UTC';
COMMENT ON COLUMN @bi@.identity_daily.time_zone IS 'that time zone';
COMMENT ON COLUMN @bi@.identity_daily.cause IS 'function of the store that did it';
COMMENT ON COLUMN @bi@.identity_daily.merges IS 'customers that were merged into another one';
COMMENT ON COLUMN @bi@.identity_daily.separations IS 'customers that were separated again';
COMMENT ON COLUMN @bi@.identity_daily.decisions IS 'decisions of people: same, never, split';
COMMENT ON COLUMN @bi@.identity_daily.undone IS 'decisions that were taken back on that day';

CREATE OR REPLACE VIEW @bi@.merge_history AS
SELECT m.log_id::text AS entry_key, m.happened_at, m.action, m.customer_id::text AS customer_key, m.other_customer_id::text AS other_customer_key, m.cause, m.decision::text AS decision_key,
       CASE WHEN m.action NOT IN ('merged', 'separated') THEN u.undone_at
            ELSE coalesce(m.reversed_at, CASE WHEN (p.present_id = p.present_other_id) = (m.action = 'separated') THEN greatest(km.moved_at, om.moved_at) END) END AS taken_back_at,
       p.present_id::text AS present_customer_key, p.present_other_id::text AS present_other_customer_key,
       (SELECT b.customer_pseudonym FROM @store@.bi_pseudonyms b WHERE b.identifier = omni.identifier_try('omni_customer', p.present_id::text)) AS customer_pseudonym
FROM (SELECT x.log_id, x.happened_at, x.action, x.customer_id, x.other_customer_id, x.cause, x.decision,
             CASE x.action WHEN 'merged' THEN min(x.happened_at) FILTER (WHERE x.action = 'separated') OVER later
                           WHEN 'separated' THEN min(x.happened_at) FILTER (WHERE x.action = 'merged') OVER later_same END AS reversed_at
      FROM @store@.merge_log x
      WINDOW later AS (PARTITION BY x.action IN ('merged', 'separated'), x.other_customer_id ORDER BY x.log_id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING),
             later_same AS (PARTITION BY x.action IN ('merged', 'separated'), x.other_customer_id, x.customer_id ORDER BY x.log_id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)) m
LEFT JOIN (SELECT x.decision, min(x.happened_at) AS undone_at FROM @store@.merge_log x WHERE x.action = 'undone' GROUP BY x.decision) u ON u.decision = m.log_id
LEFT JOIN (SELECT x.other_customer_id, max(x.happened_at) AS moved_at FROM @store@.merge_log x WHERE x.action IN ('merged', 'separated') GROUP BY x.other_customer_id) km ON km.other_customer_id = m.customer_id
LEFT JOIN (SELECT x.other_customer_id, max(x.happened_at) AS moved_at FROM @store@.merge_log x WHERE x.action IN ('merged', 'separated') GROUP BY x.other_customer_id) om ON om.other_customer_id = m.other_customer_id
LEFT JOIN @store@.customers k ON k.customer_id = m.customer_id
LEFT JOIN @store@.customers o ON o.customer_id = m.other_customer_id
CROSS JOIN LATERAL (SELECT coalesce(k.merged_into, m.customer_id) AS present_id, coalesce(o.merged_into, m.other_customer_id) AS present_other_id) p;
COMMENT ON VIEW @bi@.merge_history IS 'merges, separations and decisions, and whether they were taken back since; without the words and names of who decided';
COMMENT ON COLUMN @bi@.merge_history.entry_key IS 'number of the entry: a later one has a greater number';
COMMENT ON COLUMN @bi@.merge_history.happened_at IS 'when';
COMMENT ON COLUMN @bi@.merge_history.action IS 'merged, separated, or what was decided: same, never, split, undone, removed, limits';
COMMENT ON COLUMN @bi@.merge_history.customer_key IS 'customer that stayed';
COMMENT ON COLUMN @bi@.merge_history.other_customer_key IS 'customer that was merged into it or separated from it';
COMMENT ON COLUMN @bi@.merge_history.cause IS 'function of the store that did it';
COMMENT ON COLUMN @bi@.merge_history.decision_key IS 'entry of the decision that it follows from or takes back';
COMMENT ON COLUMN @bi@.merge_history.taken_back_at IS 'when the two were separated or merged again, or the decision was undone; of two who parted by moves of others, when the last of them moved; NULL if it holds';
COMMENT ON COLUMN @bi@.merge_history.present_customer_key IS 'who customer_key is after all merges: joins to dim_customer';
COMMENT ON COLUMN @bi@.merge_history.present_other_customer_key IS 'who other_customer_key is after all merges';
COMMENT ON COLUMN @bi@.merge_history.customer_pseudonym IS 'stored pseudonym of present_customer_key in the domain of set_bi_privacy(): joins to what others have under it; NULL where there is none, or the customer refuses the purpose of BI';

CREATE OR REPLACE VIEW @bi@.fact_touchpoint AS
SELECT t.touchpoint_key, coalesce(c.merged_into, c.customer_id)::text AS customer_key, c.customer_id IS NOT NULL AS known,
       t.occurred_at, t.kind, t.channel_code, t.medium, t.campaign, t.conversion_key, (f.touchpoint_key IS NOT NULL)::integer::bigint AS conversions,
       (SELECT b.customer_pseudonym FROM @store@.bi_pseudonyms b WHERE b.identifier = omni.identifier_try('omni_customer', coalesce(c.merged_into, c.customer_id)::text)) AS customer_pseudonym
FROM @store@.touchpoints t
LEFT JOIN @store@.identities i ON i.identifier = t.visitor
LEFT JOIN @store@.customers c ON c.customer_id = i.customer_id
-- the first report of each conversion, whoever reported it and whoever is known by now
LEFT JOIN (SELECT DISTINCT ON (x.conversion_key) x.touchpoint_key FROM @store@.touchpoints x WHERE x.conversion_key IS NOT NULL
           ORDER BY x.conversion_key, x.occurred_at, x.touchpoint_key COLLATE "C") f ON f.touchpoint_key = t.touchpoint_key;
COMMENT ON VIEW @bi@.fact_touchpoint IS 'contacts with visitors, one row a contact; those of an anonymous visitor are the customer''s as soon as it is known who it was';
COMMENT ON COLUMN @bi@.fact_touchpoint.touchpoint_key IS 'key';
COMMENT ON COLUMN @bi@.fact_touchpoint.customer_key IS 'customer after all merges, as it is known today; NULL for a visitor who is not known';
COMMENT ON COLUMN @bi@.fact_touchpoint.known IS 'whether it is known who it was';
COMMENT ON COLUMN @bi@.fact_touchpoint.occurred_at IS 'when';
COMMENT ON COLUMN @bi@.fact_touchpoint.kind IS 'visit, click, open, call, conversion, ...';
COMMENT ON COLUMN @bi@.fact_touchpoint.channel_code IS 'channel';
COMMENT ON COLUMN @bi@.fact_touchpoint.medium IS 'organic, paid_search, email, social, affiliate, direct, ...';
COMMENT ON COLUMN @bi@.fact_touchpoint.campaign IS 'campaign';
COMMENT ON COLUMN @bi@.fact_touchpoint.conversion_key IS 'what was converted, e.g. the order; NULL for any other contact';
COMMENT ON COLUMN @bi@.fact_touchpoint.conversions IS '1 for the first report of a conversion, 0 for later ones and for any other contact: the sum is the number of conversions';
COMMENT ON COLUMN @bi@.fact_touchpoint.customer_pseudonym IS 'stored pseudonym of the customer in the domain of set_bi_privacy(): joins to what others have under it; NULL where there is none, or the customer refuses the purpose of BI';
