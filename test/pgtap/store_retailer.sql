-- The retailer's four dirty feeds: what was planted as damage is refused, and nothing else; who is one customer is never guessed
-- wrong; the state does not depend on the order of arrival or on repetition; the BI views hold no raw identifier.
SELECT plan(13);
\set ON_ERROR_STOP on
SET client_min_messages = warning;
\set dir `mktemp -d`
\setenv FEEDS :dir
\! chmod 755 "$FEEDS"; perl ../../examples/retailer/generate.pl "$FEEDS"
\i ../../examples/retailer/store.sql
\set copy_web '\\copy staging.web from ' :dir '/web.csv csv'
\set copy_pos '\\copy staging.pos from ' :dir '/pos.csv csv'
\set copy_marketplace '\\copy staging.marketplace from ' :dir '/marketplace.csv csv'
\set copy_callcenter '\\copy staging.callcenter from ' :dir '/callcenter.csv csv'
\set copy_events '\\copy staging.events from ' :dir '/events.csv csv'
:copy_web
:copy_pos
:copy_marketplace
:copy_callcenter
:copy_events
\o /dev/null
\i ../../examples/retailer/load.sql
\o
CREATE TABLE public.truth_people (feed text, record_id text, person int);
CREATE TABLE public.truth_damage (feed text, record_id text, column_name text, damage text);
\set copy '\\copy public.truth_people from ' :dir '/truth_people.csv csv'
:copy
\set copy '\\copy public.truth_damage from ' :dir '/truth_damage.csv csv'
:copy

-- what is refused
CREATE VIEW public.planted AS
SELECT t.feed, t.record_id, t.column_name, m.reason FROM public.truth_damage t
LEFT JOIN (VALUES ('look_alike', 'look_alike'), ('spreadsheet', 'scientific'), ('double_space', 'spaces'), ('check_digit', 'check_digit'), ('length', 'length'), ('two_at', 'two_at'), ('too_short', 'local_only')) m(damage, reason) USING (damage);
SELECT ok(count(*) > 200, count(*) || ' damages are planted') FROM public.planted;
SELECT is_empty('SELECT feed, record_id, column_name, reason FROM public.planted EXCEPT ALL SELECT feed, record_id, column_name, reason FROM shop.rejects', 'each is refused, with its reason');
SELECT is_empty('SELECT feed, record_id, column_name, reason FROM shop.rejects EXCEPT ALL SELECT feed, record_id, column_name, reason FROM public.planted', 'nothing else is refused');
SELECT is((SELECT count(*) FROM shop.order_lines), (SELECT count(DISTINCT (order_ref, line_no)) FROM staging.line) - (SELECT count(*) FROM public.truth_damage WHERE column_name IN ('sku', 'barcode')), 'each other line is stored once');
SELECT is_empty($$SELECT * FROM omni.check_store('shop')$$, 'the store is sound');

-- who is one customer
CREATE VIEW public.unified AS
SELECT DISTINCT t.feed, t.record_id, t.person, i.customer_id FROM public.truth_people t
LEFT JOIN shop.evidence e ON e.source = t.feed AND e.record_id = t.record_id LEFT JOIN shop.identities i USING (identifier);
SELECT is((SELECT count(*) FROM public.unified), (SELECT count(*) FROM public.truth_people), 'each record belongs to one customer, or to none');
WITH pairs AS (SELECT (SELECT sum(n * (n - 1) / 2) FROM (SELECT count(*) AS n FROM public.unified WHERE customer_id IS NOT NULL GROUP BY customer_id) x) AS found,
                      (SELECT sum(n * (n - 1) / 2) FROM (SELECT count(*) AS n FROM public.unified WHERE customer_id IS NOT NULL GROUP BY customer_id, person) x) AS right_ones,
                      (SELECT sum(n * (n - 1) / 2) FROM (SELECT count(*) AS n FROM public.unified GROUP BY person) x) AS real)
SELECT is(found, right_ones, format('%s pairs of records are unified, all of them rightly; %s %% of the %s real ones: the others share no identifier', found, round(100 * right_ones / real, 1), real)) FROM pairs;

-- what the analyst sees
SELECT is((SELECT sum(net_amount) FROM shop_bi.kpi_daily), (SELECT sum(qty * unit_price) FROM shop.order_lines), 'the days add up to the lines');
SELECT is_empty($$SELECT month, channel_code FROM (SELECT date_trunc('month', order_date)::date AS month, channel_code, sum(orders) AS orders, sum(units) AS units, sum(net_amount) AS net_amount FROM shop_bi.kpi_daily GROUP BY 1, 2) k
    FULL JOIN (SELECT date_trunc('month', o.placed_at AT TIME ZONE 'Europe/Berlin')::date AS month, o.channel_code, count(DISTINCT o.order_ref) AS orders, sum(l.qty) AS units, sum(l.qty * l.unit_price) AS net_amount
               FROM shop.orders o JOIN shop.order_lines l USING (order_ref) GROUP BY 1, 2) p USING (month, channel_code)
    WHERE (k.orders, k.units, k.net_amount) IS DISTINCT FROM (p.orders, p.units, p.net_amount)$$, 'each month by channel is the sum of its days');
CREATE TABLE public.seen (relation text, value text);
DO $$
DECLARE
    c record;
BEGIN
    FOR c IN SELECT a.attrelid::regclass AS relation, a.attname FROM pg_attribute a JOIN pg_class r ON r.oid = a.attrelid
             WHERE r.relnamespace = 'shop_bi'::regnamespace AND r.relkind = 'v' AND a.atttypid = 'text'::regtype AND a.attname <> 'gtin' LOOP
        EXECUTE format('INSERT INTO public.seen SELECT DISTINCT %L, %I FROM %s', c.relation || '.' || c.attname, c.attname, c.relation);
    END LOOP;
END $$;
SELECT ok(count(*) > 10000, count(*) || ' values of text are in the BI views') FROM public.seen;
SELECT is_empty($$SELECT relation, value FROM public.seen WHERE value ~ '@|30[0-9]{7}' OR value IN (SELECT omni.identifier_value(identifier) FROM shop.identities)$$, 'none of them is a raw identifier');

-- the feeds again: in another order, reversed, in parts, and twice
\set hash `grep -v '^--' ../../examples/retailer/hash.sql | tr -d ';'`
:hash \gset once_
DROP SCHEMA shop, shop_bi, shop_pii, staging CASCADE;
\i ../../examples/retailer/store.sql
\! for f in web pos marketplace callcenter events; do tac "$FEEDS/$f.csv" >"$FEEDS/$f.tac"; done
\set copy_tac_events '\\copy staging.events from ' :dir '/events.tac csv'
\set copy_tac_callcenter '\\copy staging.callcenter from ' :dir '/callcenter.tac csv'
\set copy_tac_marketplace '\\copy staging.marketplace from ' :dir '/marketplace.tac csv'
\set copy_tac_pos '\\copy staging.pos from ' :dir '/pos.tac csv'
\set copy_tac_web '\\copy staging.web from ' :dir '/web.tac csv'
\o /dev/null
:copy_tac_events
:copy_tac_callcenter
:copy_tac_marketplace
\i ../../examples/retailer/load.sql
TRUNCATE staging.events, staging.callcenter, staging.marketplace;
:copy_tac_pos
:copy_tac_web
:copy_marketplace
\i ../../examples/retailer/load.sql
:copy_web
:copy_events
:copy_callcenter
\i ../../examples/retailer/load.sql
\o
:hash \gset again_
SELECT is(:'again_state_hash'::text, :'once_state_hash'::text, 'the state has the same hash: ' || :'once_state_hash');
SELECT is_empty($$SELECT * FROM omni.check_store('shop')$$, 'and is as sound');
\! rm -r "$FEEDS"
SELECT * FROM finish();
