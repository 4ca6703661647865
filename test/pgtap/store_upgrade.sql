-- A store of an earlier release, with customers who were merged, grants and columns of its owner's, is after migration what a new
-- store is, and goes on where it was; so is one that the release detached and this version attaches. Records join its customers, decisions
-- are taken on them; what only a value held together that stands for no value comes apart with the next rebuild.
SELECT plan(74);
SET client_min_messages = warning;
CREATE ROLE omni_tap_analyst;
-- a column's position, definition and comment; views, functions, indexes, constraints: with the store's name taken out
CREATE FUNCTION public.catalog_of(store text) RETURNS SETOF text LANGUAGE sql AS $$
WITH s AS (SELECT oid FROM pg_namespace WHERE nspname IN (store, store || '_bi', store || '_pii')), r AS (SELECT c.* FROM pg_class c WHERE relnamespace IN (SELECT oid FROM s) AND relkind IN ('r', 'v', 'i', 'S'))
SELECT replace(x, store, '@') FROM (
    SELECT format('%s %s %s', r.oid::regclass, r.relkind, r.reloptions) AS x FROM r
    UNION ALL SELECT format('%s.%s %s %s %s %s %s %s', r.oid::regclass, a.attname, (SELECT count(*) FROM pg_attribute b WHERE b.attrelid = r.oid AND b.attnum > 0 AND b.attnum <= a.attnum AND NOT b.attisdropped),
        format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, pg_get_expr(d.adbin, d.adrelid), col_description(r.oid, a.attnum)) FROM r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
    UNION ALL SELECT format('%s %s %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) FROM pg_constraint c JOIN r ON r.oid = c.conrelid
    UNION ALL SELECT pg_get_indexdef(r.oid) FROM r WHERE relkind = 'i'
    UNION ALL SELECT r.oid::regclass || pg_get_viewdef(r.oid) FROM r WHERE relkind = 'v'
    UNION ALL SELECT pg_get_functiondef(p.oid) FROM pg_proc p WHERE p.pronamespace IN (SELECT oid FROM s)) y
$$;
CREATE FUNCTION public.fill(store text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- 0.1.0 has no orders
    IF to_regclass(store || '.orders') IS NOT NULL THEN
        EXECUTE format('INSERT INTO %I.orders (order_ref, channel_code, placed_at, currency) SELECT ''W'' || n, ''web'', ''2026-01-10Z'', ''EUR'' FROM generate_series(1, 4) n', store);
    END IF;
    EXECUTE replace($sql$
        INSERT INTO #.markets (market_code, name, currency) VALUES ('DE', 'Germany', 'EUR');
        INSERT INTO #.channels (channel_code, name, market_code) VALUES ('web', 'Web', 'DE');
        INSERT INTO #.products (sku, gtin, title) VALUES ('TS-RED-XL', '4006381333931', 'T-shirt');
        GRANT SELECT ON ALL TABLES IN SCHEMA #_bi TO omni_tap_analyst;
        INSERT INTO #.evidence (identifier, source, record_id, observed_at) VALUES ('email:jane@example.com', 'web', 'W1', '2026-01-01Z'), ('phone:+4930901820', 'web', 'W1', '2026-01-01Z'),
            ('loyalty:4711', 'pos', 'P1', '2026-01-02Z'), ('email:sam@example.org', 'web', 'W2', '2026-01-03Z'),
            ('email:c@example.com', 'web', 'W3', '2026-01-04Z'), ('loyalty:null', 'web', 'W3', '2026-01-04Z'), ('email:d@example.com', 'web', 'W4', '2026-01-05Z'), ('loyalty:null', 'web', 'W4', '2026-01-05Z');
        SELECT #.rebuild_identities();
        -- a receipt with card and phone joins two of the three
        INSERT INTO #.evidence (identifier, source, record_id, observed_at) VALUES ('loyalty:4711', 'pos', 'P2', '2026-02-01Z'), ('phone:+4930901820', 'pos', 'P2', '2026-02-01Z');
        SELECT #.rebuild_identities()$sql$, '#', store);
END $$;
CREATE FUNCTION public.rows_of(store text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE replace($sql$SELECT 'product ' || sku || gtin || title FROM #.products UNION ALL SELECT concat_ws(' ', 'customer', customer_id, source, record_id, first_seen_at, merged_into) FROM #.customers
        UNION ALL SELECT concat_ws(' ', 'identity', identifier, customer_id, first_seen_at, last_seen_at) FROM #.identities
        UNION ALL SELECT concat_ws(' ', 'evidence', identifier, source, record_id, observed_at) FROM #.evidence$sql$, '#', store);
END $$;
\set release 0.1.0
\ir store_upgrade.psql
\set release 0.2.0
\ir store_upgrade.psql

-- a store of 0.3.0 with stock: it becomes the sum of its movements, and what is reserved is held by somebody
DROP EXTENSION omni;
CREATE EXTENSION omni VERSION '0.3.0';
\o /dev/null
SELECT omni.create_store('aaa_a');
SELECT omni.create_store('aaa_b');
CREATE FUNCTION public.fill_stock(store text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE replace($sql$
        INSERT INTO #.locations (location_code, name) VALUES ('BER', 'Berlin'), ('HAM', 'Hamburg');
        INSERT INTO #.products (sku, title) VALUES ('A', 'a'), ('B', 'b'), ('C', 'c'), ('D', 'd'), ('E', 'e');
        -- with no movements, with some, with all of them and units reserved, with none left, negative; and one that only movements tell of
        INSERT INTO #.stock (sku, location_code, on_hand, reserved, safety_stock) VALUES ('A', 'BER', 10, 3, 1), ('B', 'BER', 7, 0, 0), ('C', 'BER', 5, 2, 0), ('C', 'HAM', 5, 0, 0), ('D', 'BER', 0, 0, 0), ('E', 'BER', -2, 0, 0);
        INSERT INTO #.stock_movements (sku, location_code, movement_key, qty, kind, occurred_at) VALUES ('B', 'BER', 'm1', 20, 'receive', '2026-01-01Z'), ('B', 'BER', 'm2', -3, 'ship', '2026-01-02Z'),
            ('C', 'BER', 'm3', 5, 'receive', '2026-01-01Z'), ('C', 'HAM', 'm4', 5, 'receive', '2026-01-01Z'), ('D', 'BER', 'm5', 4, 'receive', '2026-01-01Z'), ('E', 'HAM', 'm6', 6, 'receive', '2026-01-01Z')$sql$, '#', store);
END $$;
SELECT public.fill_stock('aaa_a');
SELECT public.fill_stock('aaa_b');
SELECT omni.detach_store('aaa_b');
ALTER EXTENSION omni UPDATE;
\o
SELECT matches(omni.migrate_store('aaa_a'), '^store aaa_a: 0.3.0 to', 'a store of 0.3.0 with stock migrates');
\o /dev/null
SELECT omni.attach_store('aaa_b');
SELECT omni.migrate_store('aaa_b');
SELECT omni.create_store('aaa_c');
\o
SELECT is_empty($$SELECT * FROM aaa_a.stock_problems UNION ALL SELECT * FROM aaa_b.stock_problems$$, 'its stock is the sum of its movements');
SELECT results_eq($$SELECT sku::text, location_code, on_hand, reserved FROM aaa_a.stock ORDER BY 1, 2$$,
    $$VALUES ('A', 'BER', 10::bigint, 3::bigint), ('B', 'BER', 7, 0), ('C', 'BER', 5, 2), ('C', 'HAM', 5, 0), ('D', 'BER', 0, 0), ('E', 'BER', -2, 0), ('E', 'HAM', 6, 0)$$, 'as it was, and what only movements told of is there');
SELECT results_eq($$SELECT sku::text, location_code, qty, reserved_qty FROM aaa_a.stock_movements WHERE kind = 'opening' ORDER BY 1, 2$$,
    $$VALUES ('A', 'BER', 10::bigint, 3::bigint), ('B', 'BER', -10, 0), ('C', 'BER', 0, 2), ('D', 'BER', -4, 0), ('E', 'BER', -2, 0)$$, 'openings are what was missing');
SELECT results_eq($$SELECT sku::text, order_ref, open_qty FROM aaa_a.reservations ORDER BY 1$$, $$VALUES ('A', 'omni:opening', 3::bigint), ('C', 'omni:opening', 2)$$, 'what was reserved is held');
SELECT is(aaa_a.atp('A'), 6::bigint, 'what can be promised is what it was');
SELECT is(sum(qty), 5::numeric, 'what was reserved can be shipped') FROM aaa_a.ship('omni:opening');
SELECT is_empty($$SELECT * FROM aaa_a.stock_problems$$, 'and all is right');
SELECT matches(omni.migrate_store('aaa_a'), 'is at', 'it migrates once');
SELECT is_empty($$SELECT * FROM aaa_a.stock_problems$$, 'a second time changes nothing');
SELECT is_empty($$(SELECT public.catalog_of('aaa_a') EXCEPT ALL SELECT public.catalog_of('aaa_c')) UNION ALL (SELECT public.catalog_of('aaa_c') EXCEPT ALL SELECT public.catalog_of('aaa_a'))$$, 'the migrated store is a new one, column by column');
SELECT is_empty($$(SELECT public.catalog_of('aaa_b') EXCEPT ALL SELECT public.catalog_of('aaa_c')) UNION ALL (SELECT public.catalog_of('aaa_c') EXCEPT ALL SELECT public.catalog_of('aaa_b'))$$, 'so is the attached one');
DROP SCHEMA aaa_a, aaa_a_bi, aaa_a_pii, aaa_b, aaa_b_bi, aaa_b_pii, aaa_c, aaa_c_bi, aaa_c_pii CASCADE;
SELECT * FROM finish();
DROP OWNED BY omni_tap_analyst;
DROP ROLE omni_tap_analyst;
