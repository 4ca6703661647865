-- 69,659 real purchases of 23,570 customers (CDNOW) load into a store, and its key figures are the plain sums over the file.
SET client_min_messages = warning;
\set file :shared '/vectors/analytics/cdnow/CDNOW_master.txt'
\setenv CDNOW :file
\set present `test -r "$CDNOW" && echo 1 || echo 0`
\if :present
\else
\echo '1..0 # SKIP ../shared/vectors/analytics/cdnow/CDNOW_master.txt is not here'
\q
\endif
SELECT plan(8);
CREATE TABLE public.cdnow (n bigint GENERATED ALWAYS AS IDENTITY, customer text, day date, cds int, dollars numeric);
\set copy '\\copy public.cdnow (customer, day, cds, dollars) from program ''awk "\\$1 + 0 > 0 {print \\$1 \\"\\\\t\\" \\$2 \\"\\\\t\\" \\$3 \\"\\\\t\\" \\$4}" "$CDNOW"'' '
:copy

\o /dev/null
SELECT omni.create_store('cd');
\o
INSERT INTO cd.markets (market_code, name, currency, time_zone) VALUES ('US', 'United States', 'USD', 'America/New_York');
INSERT INTO cd.channels (channel_code, name, market_code) VALUES ('cdnow', 'CDNOW', 'US');
INSERT INTO cd.products (sku, title) VALUES ('CD', 'compact disc');
INSERT INTO cd.orders (order_ref, channel_code, placed_at, currency) SELECT 'P' || n, 'cdnow', (day + time '12:00') AT TIME ZONE 'America/New_York', 'USD' FROM public.cdnow;
-- the file has the total of a purchase: a price for each disc, and the cents that do not divide as discount
INSERT INTO cd.order_lines (order_ref, line_no, sku, qty, unit_price, discount_amount, state)
SELECT 'P' || n, 1, 'CD', cds, round(dollars / cds, 2), cds * round(dollars / cds, 2) - dollars, 'delivered' FROM public.cdnow;
INSERT INTO cd.evidence (identifier, source, record_id, observed_at) SELECT omni.identifier('cdnow', customer), 'cdnow', 'P' || n, (day + time '12:00') AT TIME ZONE 'America/New_York' FROM public.cdnow;
SELECT is(row(r.*)::text, '(69659,23570,0)', 'records, customers and merges') FROM cd.rebuild_identities() r;
ANALYZE cd.orders, cd.order_lines, cd.customers;
CREATE TABLE public.daily AS SELECT * FROM cd_bi.kpi_daily;
SELECT is((SELECT sum(net_amount) FROM public.daily), (SELECT sum(dollars) FROM public.cdnow), (SELECT sum(dollars) || ' dollars' FROM public.cdnow));
SELECT is((SELECT sum(units) FROM public.daily), (SELECT sum(cds)::numeric FROM public.cdnow), (SELECT sum(cds) || ' discs' FROM public.cdnow));
SELECT is((SELECT sum(orders) FROM public.daily), 69659::numeric, 'purchases');
SELECT is_empty($$(SELECT day, count(*), sum(cds), sum(dollars), count(DISTINCT customer) FROM public.cdnow GROUP BY 1) EXCEPT SELECT order_date, orders, units, net_amount, customers FROM public.daily$$, 'each day is the plain sum over the file');
SELECT is((SELECT count(*) FROM public.daily), (SELECT count(DISTINCT day) FROM public.cdnow), 'and there is no other day');
SELECT is_empty($$(SELECT 'P' || min(n), count(*), sum(dollars) FROM public.cdnow GROUP BY customer) EXCEPT SELECT c.record_id, v.orders, v.net_amount FROM cd_bi.customer_360 v JOIN cd.customers c ON c.customer_id::text = v.customer_key$$, 'each customer has the purchases of the file');
SELECT is_empty($$SELECT * FROM omni.check_store('cd')$$, 'the store is sound');
SELECT * FROM finish();
