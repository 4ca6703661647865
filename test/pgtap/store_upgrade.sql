-- A store of an earlier release, with customers who were merged, grants and columns of its owner's, is after migration what a new
-- store is, and goes on where it was; so is one that the release detached and this version attaches. Records join its customers, decisions
-- are taken on them; what only a value held together that stands for no value comes apart with the next rebuild.
SELECT plan(62);
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
SELECT * FROM finish();
DROP OWNED BY omni_tap_analyst;
DROP ROLE omni_tap_analyst;
