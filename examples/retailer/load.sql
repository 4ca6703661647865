-- load.sql: from staging into the store. It may run as often as one likes, with rows in any order:
-- what is there already is not touched, what was refused is in shop.rejects with its reason.

-- SKUs: by the house's code, by the channel's alias, or by the bar code
CREATE TEMP TABLE parsed AS
SELECT l.*, coalesce(h.sku, a.sku, g.sku) AS found_sku,
       CASE WHEN coalesce(h.sku, a.sku, g.sku) IS NULL
            THEN coalesce(CASE WHEN l.code_column = 'barcode' THEN omni.gtin_problem(l.code) ELSE omni.sku_problem(l.code) END, 'unknown') END AS code_problem,
       omni.email_problem(nullif(btrim(l.email), '')) AS email_problem,
       omni.phone_problem(nullif(btrim(l.phone), ''), 'DE') AS phone_problem
FROM staging.line l
LEFT JOIN shop.products h ON l.code_column = 'sku' AND h.sku = omni.sku_try(l.code)
LEFT JOIN shop.sku_aliases a ON a.channel_code = l.feed AND a.raw = l.code
LEFT JOIN shop.products g ON l.code_column = 'barcode' AND g.gtin = omni.gtin_base(omni.gtin_try(l.code));

-- refused: line by line for codes, order by order for what is said of the customer
INSERT INTO shop.rejects (feed, record_id, column_name, reason, raw)
SELECT DISTINCT ON (feed, order_ref, line_no) feed, order_ref || '/' || line_no, code_column, code_problem, raw FROM parsed WHERE code_problem IS NOT NULL
ORDER BY feed, order_ref, line_no, raw::text
ON CONFLICT DO NOTHING;
INSERT INTO shop.rejects (feed, record_id, column_name, reason, raw)
SELECT DISTINCT ON (feed, order_ref) feed, order_ref, 'email', email_problem, raw FROM parsed WHERE email_problem IS NOT NULL ORDER BY feed, order_ref, line_no
ON CONFLICT DO NOTHING;
INSERT INTO shop.rejects (feed, record_id, column_name, reason, raw)
SELECT DISTINCT ON (feed, order_ref) feed, order_ref, 'phone', phone_problem, raw FROM parsed WHERE phone_problem IS NOT NULL ORDER BY feed, order_ref, line_no
ON CONFLICT DO NOTHING;

INSERT INTO shop.orders (order_ref, channel_code, placed_at, currency, method)
SELECT DISTINCT ON (order_ref) order_ref, feed, placed_at, currency, CASE feed WHEN 'pos' THEN 'pos' ELSE 'ship' END FROM parsed ORDER BY order_ref, line_no
ON CONFLICT DO NOTHING;
INSERT INTO shop.order_lines (order_ref, line_no, sku, qty, unit_price, state)
SELECT DISTINCT ON (order_ref, line_no) order_ref, line_no, found_sku, qty, price,
       CASE feed WHEN 'pos' THEN 'picked_up'::omni.order_state ELSE omni.order_state_from(platform, status) END
FROM parsed WHERE found_sku IS NOT NULL ORDER BY order_ref, line_no
ON CONFLICT DO NOTHING;
INSERT INTO shop.order_line_events (order_ref, line_no, event_key, qty, from_state, to_state, occurred_at)
SELECT DISTINCT ON (order_ref, line_no, event_key) order_ref, line_no::int, event_key, qty::bigint, from_state::omni.order_state, to_state::omni.order_state, occurred_at::timestamptz
FROM staging.events ORDER BY order_ref, line_no, event_key
ON CONFLICT DO NOTHING;

-- a line that was refused and has come again, corrected
UPDATE shop.rejects r SET settled_at = now() FROM shop.order_lines l
WHERE r.settled_at IS NULL AND r.column_name NOT IN ('email', 'phone') AND r.record_id = l.order_ref || '/' || l.line_no;

-- who said what of themselves: each order is a record, each good identifier on it is evidence
INSERT INTO shop.evidence (identifier, source, record_id, observed_at)
SELECT DISTINCT i.identifier, p.feed, p.order_ref, p.placed_at
FROM parsed p
CROSS JOIN LATERAL (VALUES
    (omni.email_try(p.email)::omni.identifier),
    (omni.identifier('email_key', omni.email_key(omni.email_try(p.email), 'omni'))),
    (omni.phone_try(p.phone, 'DE')::omni.identifier),
    (omni.identifier('loyalty', nullif(replace(p.card, ' ', ''), '')))) i(identifier)
WHERE i.identifier IS NOT NULL
ON CONFLICT DO NOTHING;

DROP TABLE parsed;
SELECT * FROM shop.rebuild_identities();
