-- Connected components of identity edges: rows in, rows out. About 1.5M nodes in components of 1 to 8,
-- a quarter of them with a redundant edge, and 200 chains of 50; node numbers are scattered over 31 bits.
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
    SELECT source / 4 AS g, source AS a, target AS b FROM edges;
SELECT format('# %s edges, %s nodes', (SELECT count(*) FROM edges),
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

SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pgrouting') AS have_pgrouting \gset
\if :have_pgrouting
CREATE EXTENSION pgrouting CASCADE;
SELECT bench.compare('components of 1M edges, into a table', 'omni / peer <= 0.083',
    $$SELECT public.keep('SELECT c.* FROM (SELECT omni.disjoint_set_agg(source, target) AS s FROM edges) e, omni.connected_components(e.s, NULL::bigint) c')$$,
    'pgr_connectedComponents',
    $$SELECT public.keep('SELECT node, component FROM pgr_connectedComponents(''SELECT id, source, target, cost, reverse_cost FROM edges'')')$$,
    NULL, 2);
SELECT bench.compare('the same, summed', 'omni / peer <= 0.083',
    $$SELECT sum(node), sum(component) FROM (SELECT omni.disjoint_set_agg(source, target) AS s FROM edges) e, omni.connected_components(e.s, NULL::bigint) c$$,
    'pgr_connectedComponents',
    $$SELECT sum(node), sum(component) FROM pgr_connectedComponents('SELECT id, source, target, cost, reverse_cost FROM edges')$$,
    NULL, 2);
\else
SELECT '# pgrouting is not installed: not compared with pgr_connectedComponents';
\endif
SELECT bench.compare('agg only', NULL, 'SELECT omni.disjoint_set_nodes(omni.disjoint_set_agg(source, target)) FROM edges', 'scan', 'SELECT sum(source), sum(target) FROM edges', NULL, 3);
SELECT bench.compare('agg to canonical', NULL, 'SELECT length(omni.disjoint_set_send(omni.disjoint_set_agg(source, target))) FROM edges', 'scan', 'SELECT sum(source), sum(target) FROM edges', NULL, 3);
SELECT bench.compare('CTAS 1.29M floor', NULL, $$SELECT public.keep('SELECT a::bigint AS id, a::bigint AS r FROM generate_series(1, 1292178) g(a)')$$, 'srf', 'SELECT sum(a) from generate_series(1, 1292178) g(a)', NULL, 3);
SELECT bench.compare('GROUP BY into 500k', NULL, 'SELECT count(s) FROM (SELECT omni.disjoint_set_agg(a, b) s FROM people GROUP BY g) x', 'array_agg', 'SELECT count(s) FROM (SELECT array_agg(b) s FROM people GROUP BY g) x', NULL, 3);
SELECT '# '||count(distinct g) from people;
