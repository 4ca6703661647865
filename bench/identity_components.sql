-- Connected components of identity edges: rows in, rows out. About 1.5M people or identifiers, 1.3M of
-- them with an edge, in components of 1 to 8, a quarter of them with a redundant edge, and 200 chains of
-- 50; node numbers are scattered over 31 bits. Each single node without an edge is in no table here:
-- pgr_connectedComponents cannot take it.
\if :{?nodes} \else \set nodes 1500000 \endif
SELECT setseed(0.42);

CREATE FUNCTION public.scatter(n bigint) RETURNS bigint LANGUAGE sql IMMUTABLE
    RETURN (n * 2654435761 + 12345) & 2147483647;

-- chunk: consecutive numbers that become one component
CREATE PROCEDURE public.make_edges(name text, nodes bigint, chains int) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format($q$
        CREATE UNLOGGED TABLE %1$I AS
        WITH chunk AS MATERIALIZED (
            SELECT k, sum(k) OVER (ORDER BY i) - k AS base
            FROM (SELECT i, 1 + least(7, floor(-ln(1 - random()) * 2.2))::bigint AS k FROM generate_series(1, %2$L / 2.7) i) c
        ), edge AS (
            SELECT base + j AS a, base + floor(random() * j)::bigint AS b FROM chunk, generate_series(1, k - 1) j
            UNION ALL
            SELECT base + floor(random() * k)::bigint, base + floor(random() * k)::bigint FROM chunk WHERE k > 2 AND random() < 0.45
            UNION ALL
            SELECT 1000000000 + c * 10000 + j, 1000000000 + c * 10000 + j + 1
            FROM generate_series(0::bigint, %3$L - 1) c, generate_series(0::bigint, 48) j
        )
        SELECT row_number() OVER () AS id, source, target, 1::float8 AS cost, 1::float8 AS reverse_cost
        FROM (SELECT public.scatter(a::bigint) AS source, public.scatter(b::bigint) AS target FROM edge WHERE a <> b ORDER BY random()) e $q$, name, nodes, chains);
    EXECUTE format('ANALYZE %I', name);
END $$;
CALL public.make_edges('edges', :nodes, 200);
CALL public.make_edges('edges_small', 60000, 20);
CREATE UNLOGGED TABLE people AS
    SELECT id / 2 AS g, source AS a, target AS b FROM edges ORDER BY source;
SELECT format('# %s edges, %s nodes in them', (SELECT count(*) FROM edges),
              (SELECT omni.disjoint_set_nodes(omni.disjoint_set_agg(source, target)) FROM edges));
VACUUM edges, edges_small, people;

-- the rows of a query written to a table, which is dropped again
CREATE FUNCTION public.keep(query text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'CREATE UNLOGGED TABLE public.kept AS ' || query;
    DROP TABLE public.kept;
END $$;

-- contraction as SQL engines without a union-find do it: each round takes the least neighbor as
-- representative and keeps the edges between representatives
CREATE FUNCTION public.contract(edges regclass) RETURNS TABLE (node bigint, component bigint) LANGUAGE plpgsql AS $$
BEGIN
    DROP TABLE IF EXISTS pg_temp.link, pg_temp.label;
    EXECUTE format('CREATE TEMP TABLE link AS SELECT source AS a, target AS b FROM %1$s UNION ALL SELECT target, source FROM %1$s', edges);
    CREATE TEMP TABLE label AS SELECT a AS node, a AS component FROM (SELECT DISTINCT a FROM link) n;
    WHILE EXISTS (SELECT FROM link) LOOP
        DROP TABLE IF EXISTS pg_temp.least_of;
        CREATE TEMP TABLE least_of AS SELECT a AS node, least(a, min(b)) AS component FROM link GROUP BY a;
        CREATE TEMP TABLE label2 AS
            SELECT l.node, coalesce(m.component, l.component) AS component FROM label l LEFT JOIN least_of m ON m.node = l.component;
        CREATE TEMP TABLE link2 AS
            SELECT DISTINCT x.component AS a, y.component AS b FROM link
            JOIN least_of x ON x.node = link.a JOIN least_of y ON y.node = link.b WHERE x.component <> y.component;
        DROP TABLE label, link;
        ALTER TABLE label2 RENAME TO label;
        ALTER TABLE link2 RENAME TO link;
    END LOOP;
    RETURN QUERY SELECT l.node, l.component FROM label l;
END $$;

\set omni_table 'SELECT public.keep(''SELECT c.* FROM (SELECT omni.disjoint_set_agg(source, target) AS s FROM edges) e, omni.connected_components(e.s, NULL::bigint) c'')'
SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pgrouting') AS have_pgrouting \gset
\if :have_pgrouting
CREATE EXTENSION pgrouting CASCADE;
SELECT bench.compare('components, 1M edges, into a table', 'omni / peer <= 0.083',
    :'omni_table', 'pgr_connectedComponents',
    $$SELECT public.keep('SELECT node, component FROM pgr_connectedComponents(''SELECT id, source, target, cost, reverse_cost FROM edges'')')$$, NULL, 3);
SELECT bench.compare('components, 1M edges, counted', 'omni / peer <= 0.083',
    $$SELECT count(c.node) FROM (SELECT omni.disjoint_set_agg(source, target) AS s FROM edges) e, omni.connected_components(e.s, NULL::bigint) c$$,
    'pgr_connectedComponents',
    $$SELECT count(node) FROM pgr_connectedComponents('SELECT id, source, target, cost, reverse_cost FROM edges')$$, NULL, 3);
\else
SELECT '# pgrouting is not installed: not compared with pgr_connectedComponents';
\endif
CREATE UNLOGGED TABLE public.answer AS
SELECT c.* FROM (SELECT omni.disjoint_set_agg(source, target) AS s FROM edges) e, omni.connected_components(e.s, NULL::bigint) c;
SELECT bench.compare('components, 1M edges, into a table', NULL,
    :'omni_table', 'the rows alone, table to table', $$SELECT public.keep('TABLE public.answer')$$, NULL, 3);
SELECT bench.compare('components, 1M edges, into a table', NULL,
    :'omni_table', 'contraction in plpgsql', $$SELECT public.keep('SELECT * FROM public.contract(''edges'')')$$, NULL, 1);
SELECT bench.compare('components, 60k nodes, into a table', NULL,
    replace(:'omni_table', 'FROM edges', 'FROM edges_small'), 'recursive CTE',
    $$SELECT public.keep('WITH RECURSIVE link AS MATERIALIZED (SELECT source AS a, target AS b FROM edges_small UNION SELECT target, source FROM edges_small),
        walk (node, seen) AS (SELECT DISTINCT a, a FROM link UNION SELECT l.b, w.seen FROM walk w JOIN link l ON l.a = w.node)
        SELECT node, min(seen) AS component FROM walk GROUP BY node')$$, NULL, 1);
SELECT bench.compare('GROUP BY into 500k states', 'omni / peer <= 1.5',
    'SELECT count(s) FROM (SELECT omni.disjoint_set_agg(a, b) AS s FROM people GROUP BY g) q', 'array_agg of the same',
    'SELECT count(s) FROM (SELECT array_agg(a) || array_agg(b) AS s FROM people GROUP BY g) q', NULL, 3);
SELECT bench.compare('GROUP BY into 500k states', NULL,
    'SELECT count(s) FROM (SELECT omni.disjoint_set_agg(a, b) AS s FROM people GROUP BY g) q', 'array_agg of one column',
    'SELECT count(s) FROM (SELECT array_agg(a) AS s FROM people GROUP BY g) q', NULL, 3);
