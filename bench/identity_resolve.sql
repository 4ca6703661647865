-- Constrained clustering of identity evidence: rows in, rows out. A million pieces of evidence that a record had an
-- identifier, in components as those of identity_components: 1 to 8 nodes, a quarter of them with a redundant piece, and 200
-- chains of 50; half of the nodes are records, half identifiers of three kinds. The peers know no limits: they take the
-- same graph as numbers.
\if :{?nodes} \else \set nodes 1500000 \endif
SELECT setseed(0.42);

CREATE FUNCTION public.scatter(n bigint) RETURNS bigint LANGUAGE sql IMMUTABLE
    RETURN (n * 2654435761 + 12345) & 2147483647;

-- chunk: consecutive numbers that become one component; a piece leads from an even number, a record, to an odd one
CREATE UNLOGGED TABLE graph AS
WITH chunk AS MATERIALIZED (
    SELECT k, sum(k) OVER (ORDER BY i) - k AS base
    FROM (SELECT i, 1 + least(7, floor(-ln(1 - random()) * 2.2))::bigint AS k FROM generate_series(1, (:nodes / 2.7)::int) i) c
), edge AS (
    SELECT base + j AS a, base + floor(random() * j)::bigint AS b FROM chunk, generate_series(1, k - 1) j
    UNION ALL
    SELECT base + floor(random() * k)::bigint, base + floor(random() * k)::bigint FROM chunk WHERE k > 2 AND random() < 0.45
    UNION ALL
    SELECT 1000000000 + c * 10000 + j, 1000000000 + c * 10000 + j + 1
    FROM generate_series(0::bigint, 199) c, generate_series(0::bigint, 48) j
)
SELECT row_number() OVER () AS id, record * 2 AS source, identifier * 2 + 1 AS target, 1::float8 AS cost, 1::float8 AS reverse_cost, at
FROM (SELECT public.scatter(CASE WHEN a % 2 = 0 THEN a ELSE b END::bigint) AS record, public.scatter(CASE WHEN a % 2 = 0 THEN b ELSE a END::bigint) AS identifier,
             '2026-01-01Z'::timestamptz + floor(random() * 31536000) * interval '1 second' AS at
      FROM edge WHERE a <> b ORDER BY random()) e;
ANALYZE graph;
CREATE UNLOGGED TABLE seen AS
SELECT (ARRAY['crm', 'shop', 'till'])[1 + source % 3] AS source, 'C' || source AS record_id, at,
       (CASE target % 8 WHEN 1 THEN 'user_id:' || target WHEN 3 THEN 'card:' || target ELSE 'email:u' || target || '@example.com' END)::omni.identifier AS identifier
FROM graph;
ANALYZE seen;
SELECT format('# %s pieces of evidence, %s records and identifiers', (SELECT count(*) FROM seen),
              (SELECT omni.disjoint_set_nodes(omni.disjoint_set_agg(source, target)) FROM graph));
VACUUM graph, seen;

-- the rows of a query written to a table, which is dropped again
CREATE FUNCTION public.keep(query text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'CREATE UNLOGGED TABLE public.kept AS ' || query;
    DROP TABLE public.kept;
END $$;

\set resolve 'SELECT public.keep(''SELECT r.* FROM (SELECT omni.link_evidence_agg(source, record_id, at, identifier) AS e FROM seen) s, omni.resolve_links(s.e, ''''LIMITS'''') r'')'
\set limits '{"priority": ["user_id", "card"], "limits": {"user_id": 1, "email": {"max": 3, "within": "30 days"}, "*": 5}, "blocked": {"*": {"values": ["-1", "null", "anonymous"], "patterns": ["^[0-]*$"]}}, "max_identifiers": 1000, "max_records": 5000}'
SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pgrouting') AS have_pgrouting \gset
\if :have_pgrouting
CREATE EXTENSION pgrouting CASCADE;
SELECT bench.compare('resolve_links within limits, 1M pieces, into a table', 'omni / peer <= 0.25',
    replace(:'resolve', 'LIMITS', :'limits'), 'pgr_connectedComponents, no limits, of numbers',
    $$SELECT public.keep('SELECT node, component FROM pgr_connectedComponents(''SELECT id, source, target, cost, reverse_cost FROM graph'')')$$, NULL, 1);
\else
SELECT '# pgrouting is not installed: not compared with pgr_connectedComponents';
\endif
SELECT bench.compare('resolve_links within limits, 1M pieces, into a table', NULL,
    replace(:'resolve', 'LIMITS', :'limits'), 'resolve_links without limits', replace(:'resolve', 'LIMITS', '{}'), NULL, 3);
SELECT bench.compare('resolve_links without limits, 1M pieces, into a table', NULL,
    replace(:'resolve', 'LIMITS', '{}'), 'disjoint_set and connected_components of numbers',
    $$SELECT public.keep('SELECT c.* FROM (SELECT omni.disjoint_set_agg(source, target) AS s FROM graph) e, omni.connected_components(e.s, NULL::bigint) c')$$, NULL, 3);
SELECT bench.compare('link_evidence_agg, 1M pieces into one state', NULL,
    $$SELECT omni.link_evidence_agg(source, record_id, at, identifier) IS NULL FROM seen$$, 'array_agg of the identifiers',
    $$SELECT array_agg(identifier) IS NULL FROM seen$$, NULL, 3);
