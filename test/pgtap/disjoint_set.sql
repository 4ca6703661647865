-- Where the states of disjoint_set live, and what grouping costs.
SELECT plan(13);
SET search_path = public, omni;
SET max_parallel_workers_per_gather = 0;
SET work_mem = '512MB';
SET jit = off;

-- small states have no memory context of their own, large ones have one
CREATE FUNCTION contexts() RETURNS bigint LANGUAGE sql VOLATILE RETURN (SELECT count(*) FROM pg_backend_memory_contexts WHERE name = 'disjoint_set');
SELECT is((SELECT max(contexts()) FROM (SELECT i % 1000, disjoint_set_agg(i, i / 1000) AS s FROM generate_series(1::bigint, 100000) i GROUP BY 1 OFFSET 0) q WHERE disjoint_set_nodes(s) > 0),
    0::bigint, 'a thousand states of a hundred nodes are flat');
SELECT is((SELECT max(contexts()) FROM (SELECT i % 2, disjoint_set_agg(i, i - 2) AS s FROM generate_series(1::bigint, 100000) i GROUP BY 1 OFFSET 0) q WHERE disjoint_set_nodes(s) > 0),
    2::bigint, 'two states of fifty thousand nodes are expanded');
SELECT is((SELECT count(*) FROM pg_backend_memory_contexts WHERE name = 'disjoint_set'), 0::bigint, 'and are given back at the end');

-- CPU time of grouping grows with the number of groups, not with its square
CREATE FUNCTION cpu() RETURNS float8 LANGUAGE sql VOLATILE RETURN split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::float8 / 1e6;
CREATE FUNCTION cost(n int) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    t float8; best float8 := 'infinity';
BEGIN
    FOR repetition IN 1..3 LOOP
        t := cpu();
        PERFORM count(s) FROM (SELECT disjoint_set_agg(i, i / n) AS s FROM generate_series(1::bigint, n * 4) i GROUP BY i % n OFFSET 0) q;
        best := least(best, cpu() - t);
    END LOOP;
    RETURN best;
END $$;
SELECT cost(20000) AS c20, cost(40000) AS c40, cost(80000) AS c80 \gset
SELECT ok(:c80 < 8 * :c20, format('GROUP BY into 20k, 40k, 80k groups: %s, %s, %s ms', round(:c20), round(:c40), round(:c80)));

-- edges in falling order leave paths as long as the component: reading must not walk each of them
SET statement_timeout = '60s';
CREATE TABLE chain AS SELECT i FROM generate_series(300000::bigint, 1, -1) i;
SELECT is((SELECT disjoint_set_agg(i, i + 1) FROM chain), (SELECT disjoint_set_agg(i, i + 1) FROM generate_series(1::bigint, 300000) i), 'a chain in falling order is stored');
SELECT is((SELECT ARRAY[count(*), max(component)] FROM connected_components((SELECT disjoint_set_agg(i, i + 1) FROM chain), NULL::bigint)), ARRAY[300001, 1]::bigint[], 'and read');
SELECT is((SELECT count(*) FROM (SELECT (connected_components(disjoint_set_agg(to_char(i, '000000'), to_char(i + 1, '000000')), NULL::text)).node FROM chain) x), 300001::bigint, 'also of text, row by row');
SELECT ok((SELECT bool_and(disjoint_set_nodes(s) = 3001) AND count(DISTINCT s::text) = 1 FROM (SELECT disjoint_set_agg(i % 3000, i % 3000 + 1) s FROM chain GROUP BY i / 3000 HAVING count(*) = 3000) x), 'also of flat states');
-- rows of a large state, kept and aggregated again, must not meet a growing table in the order of their hashes
CREATE TABLE again AS SELECT c.* FROM (SELECT disjoint_set_agg(i, i) s FROM chain) q, connected_components(q.s, NULL::bigint) c;
SELECT is((SELECT disjoint_set_components(disjoint_set_agg(node, component)) FROM again), 300000::bigint, 'components of numbers, aggregated again');
CREATE TABLE again_text AS SELECT c.* FROM (SELECT disjoint_set_agg(i::text, NULL) s FROM chain) q, connected_components(q.s, NULL::text) c;
SELECT is((SELECT disjoint_set_components(disjoint_set_agg(node, component)) FROM again_text), 300000::bigint, 'components of text, aggregated again');
RESET statement_timeout;

-- a state that is stored again and again does not grow
CREATE TABLE kept (s disjoint_set);
INSERT INTO kept VALUES (disjoint_set(0, 1));
DO $$ BEGIN FOR i IN 1..300 LOOP UPDATE kept SET s = s || disjoint_set(i % 10, (i + 1) % 10); END LOOP; END $$;
SELECT is(s, 'bigint:{0,1,2,3,4,5,6,7,8,9}', 'union in a loop') FROM kept;
SELECT is((SELECT octet_length(disjoint_set_send(s)) FROM kept), 15, 'ten numbers in one component take fifteen bytes');

-- a column keeps large values out of line, and a count reads only their first bytes
INSERT INTO kept SELECT disjoint_set_agg(hashint8extended(i, 1), hashint8extended(i / 2, 1)) FROM generate_series(1::bigint, 100000) i;
SELECT is((SELECT array_agg(disjoint_set_nodes(s) ORDER BY s) FROM kept), ARRAY[10, 100001]::bigint[], 'counts of stored values');
SELECT * FROM finish();
