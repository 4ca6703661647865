\set ECHO queries
\pset footer off
\echo
\echo 'A SKU that went through a spreadsheet, one with a Cyrillic letter in it, a misread bar code:'
SELECT '1.23457E+11'::omni.sku;
SELECT 'ТS-RED-XL'::omni.sku;
SELECT '4006381333932'::omni.gtin;
\echo 'One item, however its code is written:'
SELECT a, a::omni.gtin FROM unnest('{4006381333931, 04006381333931, 4006381-333931}'::text[]) a;
\echo 'Plain SQL would need: a CHECK with a weighted sum for each length, a look-alike table, lower(trim()) in every query and index.'
\echo
\echo 'An app binds strings. The index is used, and the bound value is normalized like the column:'
CREATE TABLE product_variant (sku omni.sku PRIMARY KEY, title text);
INSERT INTO product_variant SELECT 'TS-RED-' || n, 'T-shirt ' || n FROM generate_series(1, 20000) n;
ANALYZE product_variant;
PREPARE find(text) AS SELECT * FROM product_variant WHERE sku = $1;
EXECUTE find(' ts–red–4711 ');
EXPLAIN (COSTS off) EXECUTE find(' ts–red–4711 ');
\echo 'Plain SQL would need: an expression index, and its expression around every string in every query.'
\echo
\echo 'The header of an order, from lines that are in different states:'
WITH line(line_no, state) AS (VALUES (1, 'delivered'::omni.order_state), (2, 'shipped'), (3, 'allocated'), (4, 'canceled'))
SELECT omni.label(omni.order_state_agg(state)) AS header, omni.order_state_agg(state) AS exactly,
       omni.any_reached(omni.order_state_agg(state), 'shipped') AS any_shipped, omni.reached(omni.order_state_agg(state), 'shipped') AS all_shipped FROM line;
\echo 'Plain SQL would need: a CASE over counts of every state, rewritten whenever a state is added.'
\echo
\echo 'Three units are left, four customers wait. Who gets them, and why?'
WITH line(line_id, customer, qty, priority, placed_at) AS (VALUES
    (1::bigint, 'Anna', 2::bigint, 2, '2026-06-01 10:00+02'::timestamptz), (2, 'Ben', 1, 1, '2026-06-01 12:00+02'),
    (3, 'Clara', 2, 2, '2026-06-01 09:00+02'), (4, 'David', 1, 2, '2026-06-01 11:00+02'))
SELECT l.customer, l.qty AS wanted, a.qty, a.stock_id, a.reason
FROM omni.allocate((SELECT omni.demand_agg(line_id, qty, priority, placed_at) FROM line), (SELECT omni.supply_agg(77::bigint, 3::bigint, '2026-06-01'::timestamptz)), 'priority') a
JOIN line l USING (line_id);
\echo 'Plain SQL would need: running sums over demand and supply, an overlap join, and greatest(least()) by hand.'
