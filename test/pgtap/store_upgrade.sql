-- A store of omni 0.1.0, with rows, grants and columns of its owner's, is after migration what a new store is; so is one that 0.1.0
-- detached and this version attaches.
SELECT plan(12);
SET client_min_messages = warning;
DROP EXTENSION omni;
CREATE EXTENSION omni VERSION '0.1.0';
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
    EXECUTE replace($sql$
        INSERT INTO #.markets (market_code, name, currency) VALUES ('DE', 'Germany', 'EUR');
        INSERT INTO #.channels (channel_code, name, market_code) VALUES ('web', 'Web', 'DE');
        INSERT INTO #.products (sku, gtin, title) VALUES ('TS-RED-XL', '4006381333931', 'T-shirt');
        INSERT INTO #.evidence (identifier, source, record_id, observed_at) VALUES ('email:jane@example.com', 'web', 'W1', '2026-01-01Z');
        GRANT SELECT ON ALL TABLES IN SCHEMA #_bi TO omni_tap_analyst;
        SELECT #.rebuild_identities()$sql$, '#', store);
END $$;
CREATE FUNCTION public.rows_of(store text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE replace($sql$SELECT 'product ' || sku || gtin || title FROM #.products UNION ALL SELECT 'customer ' || customer_id || source || record_id FROM #.customers
        UNION ALL SELECT 'identity ' || identifier || customer_id FROM #.identities$sql$, '#', store);
END $$;
\o /dev/null
SELECT omni.create_store('aaa_a');
SELECT omni.create_store('aaa_b');
\o
SELECT ok((SELECT version = '0.1.0' FROM aaa_a.store_info), 'a store of 0.1.0 is made');
\o /dev/null
SELECT public.fill('aaa_a');
SELECT public.fill('aaa_b');
ALTER TABLE aaa_a.products ADD color text DEFAULT 'red';
CREATE TEMP TABLE was AS SELECT x FROM public.rows_of('aaa_a') x;
SELECT omni.detach_store('aaa_b');
ALTER EXTENSION omni UPDATE;
\o
SELECT ok(count(*) = 2, 'status() names the stores that wait') FROM omni.status() WHERE item LIKE 'store aaa%' AND hint IS NOT NULL;
SELECT matches(omni.migrate_store('aaa_a'), '^store aaa_a: 0.1.0 to', 'it migrates');
SELECT is_empty($$SELECT * FROM omni.check_store('aaa_a')$$, 'and is sound');
SELECT matches(omni.attach_store('aaa_b'), 'columns have their types again$', 'the detached one is attached');
SELECT is_empty($$SELECT * FROM omni.check_store('aaa_b')$$, 'and is sound');
SELECT results_eq('SELECT x FROM public.rows_of(''aaa_a'') x ORDER BY 1', 'SELECT x FROM was ORDER BY 1', 'no row is lost');
SELECT results_eq('SELECT x FROM public.rows_of(''aaa_b'') x ORDER BY 1', 'SELECT x FROM was ORDER BY 1', 'nor in the other');
SELECT ok(has_table_privilege('omni_tap_analyst', 'aaa_a_bi.dim_product', 'SELECT') AND has_table_privilege('omni_tap_analyst', 'aaa_b_bi.dim_product', 'SELECT'), 'grants on views stay');
SELECT is(color, 'red', 'a column of the owner''s stays') FROM aaa_a.products;
ALTER TABLE aaa_a.products DROP color;
\o /dev/null
SELECT omni.create_store('aaa_c');
\o
SELECT is_empty($$(SELECT public.catalog_of('aaa_a') EXCEPT ALL SELECT public.catalog_of('aaa_c')) UNION ALL (SELECT public.catalog_of('aaa_c') EXCEPT ALL SELECT public.catalog_of('aaa_a'))$$, 'the migrated store is a new one, column by column');
SELECT is_empty($$(SELECT public.catalog_of('aaa_b') EXCEPT ALL SELECT public.catalog_of('aaa_c')) UNION ALL (SELECT public.catalog_of('aaa_c') EXCEPT ALL SELECT public.catalog_of('aaa_b'))$$, 'so is the attached one');
SELECT * FROM finish();
DROP OWNED BY omni_tap_analyst;
DROP ROLE omni_tap_analyst;
