-- fingerprint_store.sql: one line for every property of store shop: columns in order, defaults, constraints, indexes, views,
-- functions, rights, comments. A migrated store has the lines of a fresh one.
SET search_path = '';
WITH rel AS (
    SELECT c.* FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('shop', 'shop_bi', 'shop_pii')
), line(what, name, properties) AS (
    SELECT 'relation', oid::pg_catalog.regclass::text, concat_ws(' | ', relkind, relpersistence, relreplident, relrowsecurity, reloptions, relacl, pg_catalog.obj_description(oid, 'pg_class'))
    FROM rel WHERE relkind <> 't'
    UNION ALL
    SELECT 'column', r.oid::pg_catalog.regclass::text, concat_ws(' | ', pg_catalog.to_char(pg_catalog.row_number() OVER (PARTITION BY r.oid ORDER BY a.attnum), '000'), a.attname,
           pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated, a.attcollation::pg_catalog.regcollation, a.attacl,
           pg_catalog.pg_get_expr(d.adbin, d.adrelid), pg_catalog.col_description(r.oid, a.attnum))
    FROM rel r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
    WHERE r.relkind IN ('r', 'v', 'm', 'p')
    UNION ALL
    SELECT 'constraint', r.oid::pg_catalog.regclass::text, concat_ws(' | ', k.conname, pg_catalog.pg_get_constraintdef(k.oid)) FROM rel r JOIN pg_catalog.pg_constraint k ON k.conrelid = r.oid
    UNION ALL
    SELECT 'index', r.oid::pg_catalog.regclass::text, pg_catalog.pg_get_indexdef(r.oid) FROM rel r WHERE r.relkind = 'i'
    UNION ALL
    SELECT 'view', r.oid::pg_catalog.regclass::text, pg_catalog.pg_get_viewdef(r.oid) FROM rel r WHERE r.relkind IN ('v', 'm')
    UNION ALL
    SELECT 'trigger', r.oid::pg_catalog.regclass::text, pg_catalog.pg_get_triggerdef(t.oid) FROM rel r JOIN pg_catalog.pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal
    UNION ALL
    SELECT 'function', p.oid::pg_catalog.regprocedure::text, concat_ws(' | ', pg_catalog.pg_get_functiondef(p.oid), p.proacl, pg_catalog.obj_description(p.oid, 'pg_proc'))
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname IN ('shop', 'shop_bi', 'shop_pii')
    UNION ALL
    SELECT 'schema', n.nspname, concat_ws(' | ', n.nspacl, pg_catalog.obj_description(n.oid, 'pg_namespace')) FROM pg_catalog.pg_namespace n WHERE n.nspname IN ('shop', 'shop_bi', 'shop_pii')
)
SELECT l FROM (SELECT pg_catalog.replace(what || ' ' || name || ' ' || properties, chr(10), ' ') AS l FROM line) x ORDER BY l COLLATE "C";
