\set ECHO queries
\pset footer off
\echo
\echo 'Logged in as a role that may read shop_bi and nothing else:'
SELECT current_user, has_schema_privilege('shop', 'USAGE') AS may_read_the_store, has_schema_privilege('shop_pii', 'USAGE') AS may_read_personal_data;
SELECT c.relname AS view, obj_description(c.oid) AS comment FROM pg_class c WHERE c.relnamespace = 'shop_bi'::regnamespace AND c.relkind = 'v' ORDER BY 1;
\echo 'Average order value by month and channel: the sums of the daily rows, so it adds up:'
SELECT date_trunc('month', order_date)::date AS month, channel_code, currency, sum(orders) AS orders, sum(net_amount) AS net_amount, round(sum(net_amount) / sum(orders), 2) AS aov
FROM shop_bi.kpi_daily WHERE order_date < '2026-03-01' GROUP BY 1, 2, 3 ORDER BY 1, 2;
SELECT (SELECT sum(net_amount) FROM shop_bi.kpi_daily) = (SELECT sum(net_amount) FROM shop_bi.fact_order_line) AS daily_is_the_total;
\echo 'Customers across the channels, each one row, and no e-mail in sight:'
SELECT customer_key, channels, channel_codes, orders, net_amount, currency, aov, emails, phones FROM shop_bi.customer_360
ORDER BY channels DESC, orders DESC, customer_key LIMIT 3;
\echo 'How many orders are in which state, one count each:'
SELECT state, sum(orders) AS orders, sum(units) AS units FROM shop_bi.orders_by_state GROUP BY state ORDER BY orders DESC, state;
\echo 'Plain SQL would need: the same joins, currencies, days of the market and merged customers in every report, and all of them alike.'
