-- The three levels of use on the database of a Vendure shop that was driven through its own API (vectors/vendure). The app's own
-- tables stay as they are, every order has a state, and our totals are Vendure's.
SET client_min_messages = warning;
\set dump :shared '/vectors/vendure/vendure.sql.gz'
\setenv VENDURE_DUMP :dump
\set present `test -r "$VENDURE_DUMP" && echo 1 || echo 0`
\if :present
\else
\echo '1..0 # SKIP ../shared/vectors/vendure/vendure.sql.gz is not here'
\q
\endif
SELECT plan(25);
\setenv VENDURE_DB :DBNAME
\! zcat "$VENDURE_DUMP" | psql -Xq -v ON_ERROR_STOP=1 -d "$VENDURE_DB" >/dev/null
RESET search_path;
-- all rows of the app's tables, without columns of ours
CREATE FUNCTION public.app_rows() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT c.oid::regclass AS name, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname) AS columns FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attname NOT LIKE 'omni\_%' AND c.relname <> 'app_was' GROUP BY c.oid ORDER BY c.oid::regclass::text COLLATE "C" LOOP
        RETURN QUERY EXECUTE format('SELECT %L || md5(coalesce(string_agg(x::text, %L ORDER BY x::text COLLATE "C"), %L)) FROM (SELECT %s FROM %s) x', t.name || ' ', E'\n', '', t.columns, t.name);
    END LOOP;
END $$;
CREATE TABLE public.app_was AS SELECT public.app_rows() AS x;

-- level 1: types only
\i ../../examples/vendure/level1_types.sql
SELECT is((SELECT count(*) FROM public."order"), 1200::bigint, '1200 orders are there');
SELECT is_empty('SELECT code, state FROM public."order" WHERE omni_state IS NULL', 'every order has a state, none is unknown');
SELECT set_eq('SELECT state, omni.label(omni_state), count(*) FROM public."order" GROUP BY 1, 2', $$VALUES ('AddingItems', 'cart', 247::bigint), ('ArrangingPayment', 'checkout', 302), ('PaymentAuthorized', 'open', 296), ('PaymentSettled', 'open', 38),
    ('PartiallyShipped', 'partially_shipped', 15), ('Shipped', 'shipped', 41), ('PartiallyDelivered', 'partially_delivered', 32), ('Delivered', 'delivered', 173), ('Cancelled', 'canceled', 56)$$, 'each state of Vendure has the label of ours');
SELECT is_empty('SELECT sku FROM public.product_variant WHERE omni_sku IS NULL', 'every SKU is one');
SELECT is_empty('SELECT id FROM public.customer WHERE omni_email IS NULL OR "phoneNumber" IS NOT NULL AND omni_phone IS NULL', 'every e-mail address and phone number is one');
SELECT ok(count(*) > 0, count(*) || ' customers are found by their address in capitals') FROM public.customer c WHERE c.omni_email = upper(c."emailAddress");
-- what the app does: it names its columns
INSERT INTO public."order" (code, state, active, "couponCodes", "shippingAddress", "billingAddress", "currencyCode", "subTotal", "subTotalWithTax") VALUES ('OMNITEST', 'Draft', true, '', '{}', '{}', 'USD', 0, 0);
SELECT is(omni_state::text, 'draft', 'the app inserts as before') FROM public."order" WHERE code = 'OMNITEST';
DELETE FROM public."order" WHERE code = 'OMNITEST';

-- level 2: read
\o /dev/null
\i ../../examples/vendure/level2_read.sql
\o
SELECT is_empty($$SELECT * FROM omni.check_store('shop')$$, 'the adopted relations keep the contract');
SELECT is((SELECT sum(orders) FROM shop_bi.orders_by_state), (SELECT count(*)::numeric FROM public."order" WHERE "orderPlacedAt" IS NOT NULL), 'each order placed is in a state');
SELECT is_empty('SELECT * FROM shop_bi.fact_order_line WHERE state IS NULL OR exact_state IS NULL OR qty_shipped IS NULL', 'each line is, with its units');
SELECT is((SELECT sum(net_amount) FROM shop_bi.kpi_daily), (SELECT sum(l."listPrice"::numeric * l."orderPlacedQuantity") / 100 FROM public.order_line l), 'net_amount is what was ordered');
SELECT is((SELECT sum((qty - qty_canceled) * unit_price - discount_amount) FROM shop_bi.fact_order_line), (SELECT sum("subTotal"::numeric) / 100 FROM public."order" WHERE "orderPlacedAt" IS NOT NULL), 'less what was canceled it is the sum of Vendure''s subTotal');
SELECT is_empty($$SELECT o.code FROM public."order" o JOIN (SELECT order_key, sum((qty - qty_canceled) * unit_price - discount_amount) AS net, sum(tax_amount) FILTER (WHERE qty_canceled = 0) AS tax FROM shop_bi.fact_order_line GROUP BY 1) f ON f.order_key = o.code
    WHERE f.net <> o."subTotal" / 100.0 OR f.tax <> (o."subTotalWithTax" - o."subTotal") / 100.0$$, 'so is each order''s, with its tax');
SELECT is_empty($$SELECT order_date, orders FROM shop_bi.kpi_daily EXCEPT SELECT ("orderPlacedAt")::date, count(*) FROM public."order" WHERE "orderPlacedAt" IS NOT NULL GROUP BY 1$$, 'orders by day are Vendure''s');
SELECT is_empty($$SELECT o.code, f.shipped FROM public."order" o JOIN (SELECT order_key, bool_and(qty_shipped + qty_canceled = qty) AS shipped, bool_and(qty_delivered + qty_canceled = qty) AS delivered FROM shop_bi.fact_order_line GROUP BY 1) f ON f.order_key = o.code
    WHERE o.state IN ('Shipped', 'Delivered') AND NOT f.shipped OR o.state = 'Delivered' AND NOT f.delivered$$, 'what Vendure calls shipped or delivered is so to the unit');
SELECT is((SELECT sum(on_hand) FROM shop_bi.atp), (SELECT sum("stockOnHand")::numeric FROM public.stock_level), 'stock is Vendure''s');

-- level 3: write, twice
\o /dev/null
\i ../../examples/vendure/level3_write.sql
CREATE TEMP TABLE own_was AS SELECT 'event ' || e::text AS x FROM own.order_line_events e UNION ALL SELECT 'customer ' || c::text FROM own.customers c UNION ALL SELECT 'order ' || o::text FROM own.orders o;
\i ../../examples/vendure/level3_write.sql
\o
SELECT is_empty($$(SELECT 'event ' || e::text FROM own.order_line_events e UNION ALL SELECT 'customer ' || c::text FROM own.customers c UNION ALL SELECT 'order ' || o::text FROM own.orders o) EXCEPT ALL SELECT x FROM own_was$$, 'loading again changes nothing');
SELECT is_empty($$SELECT * FROM omni.check_store('own')$$, 'the own store is sound');
SELECT is_empty($$SELECT id FROM public.customer WHERE own.customer_of('email:' || "emailAddress") IS NULL$$, 'each customer of Vendure is known by the address');
SELECT is_empty($$SELECT customer_key FROM own_pii.customer_golden g WHERE NOT EXISTS (SELECT FROM own_pii.customer_identifier i JOIN public.customer c ON omni.email_try(c."emailAddress")::text = i.value
    WHERE i.customer_key = g.customer_key AND i.kind = 'email' AND (c."firstName", c."lastName") = (g.first_name, g.last_name))$$, 'and has the name of one who uses an address of his');
SELECT is_empty($$(SELECT order_date, channel_code, orders, units, net_amount, tax_amount, canceled_units, customers FROM own_bi.kpi_daily) EXCEPT (SELECT order_date, channel_code, orders, units, net_amount, tax_amount, canceled_units, customers FROM shop_bi.kpi_daily)$$, 'its figures are those of level 2');
SELECT is_empty($$SELECT order_key, line_no, exact_state FROM own_bi.fact_order_line EXCEPT SELECT order_key, line_no, exact_state FROM shop_bi.fact_order_line$$, 'and so are its states');

-- the app's tables are as they were, and its database can be dumped and restored
SELECT is_empty('SELECT public.app_rows() EXCEPT SELECT x FROM public.app_was', 'no row of the app has changed');
\! createdb omni_tap_restored && pg_dump -d "$VENDURE_DB" | psql -Xq -v ON_ERROR_STOP=1 -d omni_tap_restored >/dev/null
\set restored `psql -XAtqd omni_tap_restored -c 'SELECT public.app_rows() EXCEPT SELECT x FROM public.app_was' 2>&1; psql -XAtqd omni_tap_restored -c 'SELECT sum(net_amount) FROM own_bi.kpi_daily'`
\! dropdb --if-exists omni_tap_restored
SELECT is(:'restored'::text, (SELECT sum(net_amount)::text FROM own_bi.kpi_daily), 'dump and restore: the same rows, the same figures');
\i ../../examples/vendure/level1_undo.sql
SELECT is_empty($$SELECT attrelid::regclass, attname FROM pg_attribute WHERE attname LIKE 'omni\_%' AND attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace) AND NOT attisdropped$$, 'level 1 is taken back');
SELECT * FROM finish();
