-- Laws of disjoint_set on random graphs, for each kind of node; equality is that of bytes.
\set cases 10400
SELECT plan(67);
SET search_path = public, omni;
SELECT setseed(0.2026);
SET jit = off;

-- three parts of random edges a case, few nodes, so that parts touch; one in six edges has a NULL
CREATE TABLE raw AS
SELECT c, part, random() AS r, CASE WHEN random() < 0.08 THEN NULL ELSE floor(random() * size)::bigint END AS a,
    CASE WHEN random() < 0.08 THEN NULL ELSE floor(random() * size)::bigint END AS b
FROM (SELECT c, part, 2 + floor(random() * 14) AS size, floor(random() * 6)::int AS edges FROM generate_series(1, :cases) c, generate_series(1, 3) part) p,
    generate_series(0, edges) e;
-- and some large ones, whose states leave the flat form
INSERT INTO raw
SELECT :cases + c, part, random(), floor(random() * 9000)::bigint, CASE WHEN random() < 0.3 THEN NULL ELSE floor(random() * 9000)::bigint END
FROM generate_series(1, 6) c, generate_series(1, 3) part, generate_series(1, 1200 * c) e;

-- injective maps from the small numbers to nodes of each kind, with extremes and with shared prefixes
CREATE FUNCTION as_bigint(n bigint) RETURNS bigint LANGUAGE sql IMMUTABLE RETURN
    CASE n WHEN 0 THEN 9223372036854775807 WHEN 1 THEN (-9223372036854775807 - 1) WHEN 2 THEN 0 WHEN 3 THEN -1 ELSE (n * 2654435761 & 1099511627775) - 549755813888 END;
CREATE FUNCTION as_uuid(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE RETURN
    CASE WHEN n % 2 = 0 THEN md5(n::text) ELSE lpad(to_hex(n), 32, '0') END::uuid;
CREATE FUNCTION as_text(n bigint) RETURNS text LANGUAGE sql IMMUTABLE RETURN
    CASE n WHEN 0 THEN '' WHEN 1 THEN '"' WHEN 2 THEN E'\\' WHEN 3 THEN 'ü' WHEN 4 THEN repeat('x', 300) WHEN 5 THEN '日本' ELSE 'customer/' || CASE WHEN n % 3 = 0 THEN 'archive/' ELSE '' END || n END;
CREATE FUNCTION as_identifier(n bigint) RETURNS identifier LANGUAGE sql IMMUTABLE RETURN
    CASE WHEN n % 2 = 0 THEN 'email:user' || n || '@example.com' ELSE 'user_id:' || n END::identifier;

CREATE FUNCTION check_kind(kind text, type text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    file text := current_setting('data_directory') || '/disjoint_set.' || kind;
    n bigint;
    small int;
BEGIN
    EXECUTE format('CREATE TEMP TABLE edge ON COMMIT DROP AS SELECT c, part, r, as_%1$s(a) AS a, as_%1$s(b) AS b FROM raw', kind);
    ANALYZE edge;
    CREATE TEMP TABLE piece ON COMMIT DROP AS SELECT c, part, disjoint_set_agg(a, b) AS s FROM edge GROUP BY c, part;
    CREATE TEMP TABLE case_of ON COMMIT DROP AS
        SELECT c, x.s AS x, y.s AS y, z.s AS z FROM piece x JOIN piece y USING (c) JOIN piece z USING (c)
        WHERE x.part = 1 AND y.part = 2 AND z.part = 3 AND x.s IS NOT NULL AND y.s IS NOT NULL AND z.s IS NOT NULL;
    ANALYZE case_of;
    SELECT count(*) INTO n FROM case_of;
    RETURN NEXT ok(n >= 10000, format('%s: %s cases', kind, n));
    CREATE TEMP TABLE whole ON COMMIT DROP AS SELECT c, disjoint_set_agg(a, b) AS s FROM edge GROUP BY c;
    ANALYZE piece;
    ANALYZE whole;

    RETURN NEXT is_empty('SELECT c FROM case_of WHERE disjoint_set_send(x || y) <> disjoint_set_send(y || x)', kind || ': commutative');
    RETURN NEXT is_empty('SELECT c FROM case_of WHERE disjoint_set_send((x || y) || z) <> disjoint_set_send(x || (y || z))', kind || ': associative');
    RETURN NEXT is_empty('SELECT c FROM case_of WHERE disjoint_set_send(x || x) <> disjoint_set_send(x) OR disjoint_set_send((x || y) || x) <> disjoint_set_send(x || y)', kind || ': idempotent');
    RETURN NEXT is_empty('SELECT c FROM case_of JOIN whole USING (c) WHERE disjoint_set_send(x || y || z) <> disjoint_set_send(s)', kind || ': union of parts is the aggregate of all');
    RETURN NEXT is_empty('SELECT c FROM whole JOIN (SELECT c, disjoint_set_rollup(s) AS t FROM piece GROUP BY c) p USING (c) WHERE disjoint_set_send(s) <> disjoint_set_send(t)', kind || ': rollup of parts is the aggregate of all');
    RETURN NEXT is_empty('SELECT c FROM whole JOIN (SELECT c, disjoint_set_agg(b, a ORDER BY r) AS t FROM edge GROUP BY c) p USING (c) WHERE disjoint_set_send(s) <> disjoint_set_send(t)', kind || ': independent of order and direction');
    RETURN NEXT is_empty('SELECT c FROM whole JOIN (SELECT c, disjoint_set_agg(a, b) AS t FROM (TABLE edge UNION ALL TABLE edge) e GROUP BY c) p USING (c) WHERE disjoint_set_send(s) <> disjoint_set_send(t)', kind || ': repeated edges change nothing');
    RETURN NEXT is_empty('SELECT c FROM whole JOIN (SELECT c, disjoint_set_rollup(t ORDER BY h) AS t FROM (SELECT c, hashint8((r * 1e9)::bigint) % 4 AS h, disjoint_set_agg(a, b ORDER BY r DESC) AS t FROM edge GROUP BY 1, 2) q GROUP BY c) p USING (c)
        WHERE disjoint_set_send(s) <> disjoint_set_send(t)', kind || ': independent of the split');

    -- the oracle: the least node that can be reached, by a recursive query over small graphs
    SELECT max(c) - 6 INTO small FROM raw;
    CREATE TEMP TABLE link ON COMMIT DROP AS
        SELECT c, a, b FROM edge WHERE a IS NOT NULL AND b IS NOT NULL AND c <= small UNION SELECT c, b, a FROM edge WHERE a IS NOT NULL AND b IS NOT NULL AND c <= small;
    CREATE INDEX ON link (c, a);
    ANALYZE link;
    EXECUTE format($q$CREATE TEMP TABLE want ON COMMIT DROP AS
        WITH RECURSIVE node AS (SELECT c, a AS n FROM edge WHERE a IS NOT NULL AND c <= %2$s UNION SELECT c, b FROM edge WHERE b IS NOT NULL AND c <= %2$s),
        reach AS (SELECT c, n, n AS m FROM node UNION SELECT l.c, r.n, l.b FROM reach r JOIN link l ON (l.c, l.a) = (r.c, r.m))
        SELECT DISTINCT ON (c, n) c, n AS node, m AS component FROM reach ORDER BY c, n, m%1$s$q$,
        CASE kind WHEN 'text' THEN ' COLLATE "C"' ELSE '' END, small);
    EXECUTE format('CREATE TEMP TABLE got ON COMMIT DROP AS SELECT c, t.node, t.component FROM whole, connected_components(s, NULL::%s) t WHERE c <= %s', type, small);
    ANALYZE want;
    ANALYZE got;
    RETURN NEXT is_empty('(TABLE want EXCEPT ALL TABLE got) UNION ALL (TABLE got EXCEPT ALL TABLE want)', format('%s: components are those of a recursive query (%s rows)', kind, (SELECT count(*) FROM want)));
    EXECUTE format('CREATE TEMP TABLE listed ON COMMIT DROP AS SELECT c, (t).node, (t).component FROM (SELECT c, connected_components(s, NULL::%s) AS t FROM whole OFFSET 0) q WHERE c <= %s', type, small);
    RETURN NEXT is_empty('(TABLE got EXCEPT ALL TABLE listed) UNION ALL (TABLE listed EXCEPT ALL TABLE got)', kind || ': the same rows in FROM and in a select list');
    RETURN NEXT is_empty('SELECT c FROM whole JOIN (SELECT c, count(*) AS n, count(DISTINCT component) AS k FROM got GROUP BY c) g USING (c) WHERE disjoint_set_nodes(s) <> n OR disjoint_set_components(s) <> k', kind || ': counts');

    -- text and binary form
    RETURN NEXT is_empty('SELECT c FROM whole WHERE disjoint_set_send(s::text::disjoint_set) <> disjoint_set_send(s) OR NOT s = s::text', kind || ': text form and back');
    CREATE TEMP TABLE back (LIKE whole) ON COMMIT DROP;
    EXECUTE format('COPY whole TO %L (FORMAT binary)', file);
    EXECUTE format('COPY back FROM %L (FORMAT binary)', file);
    ANALYZE back;
    EXECUTE format('COPY (SELECT) TO %L', file);
    RETURN NEXT is_empty('SELECT c FROM whole w JOIN back b USING (c) WHERE disjoint_set_send(w.s) <> disjoint_set_send(b.s) OR w.s <> b.s OR disjoint_set_hash(w.s) <> disjoint_set_hash(b.s)', kind || ': binary form and back');
    DROP TABLE edge, link, piece, case_of, whole, want, got, listed, back;
END $$;
SELECT check_kind('bigint', 'bigint');
SELECT check_kind('uuid', 'uuid');
SELECT check_kind('text', 'text');
SELECT check_kind('identifier', 'omni.identifier');

-- one result whatever the plan: serial, sorted, parallel, partitionwise, spilled
CREATE TABLE big (g int, a bigint, b bigint) PARTITION BY HASH (g);
SELECT format('CREATE TABLE big%s PARTITION OF big FOR VALUES WITH (MODULUS 4, REMAINDER %s)', i, i) FROM generate_series(0, 3) i \gexec
INSERT INTO big SELECT CASE WHEN i % 3 = 0 THEN 0 ELSE i % 20011 END, (i * 7919) % 150000, CASE WHEN i % 11 = 0 THEN NULL ELSE (i * 104729) % 150000 END FROM generate_series(1::bigint, 300000) i;
ANALYZE big;

CREATE FUNCTION plan_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text; r text := '';
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (ANALYZE, BUFFERS off, TIMING off, SUMMARY off) ' || query LOOP r := r || line || E'\n'; END LOOP;
    RETURN r;
END $$;
\set grouped 'SELECT g, disjoint_set_agg(a, b) AS s, disjoint_set_agg(a::text, b::text) AS t FROM big GROUP BY g'
\set whole 'SELECT disjoint_set_agg(a, b) AS s, disjoint_set_agg(a::text, b::text) AS t FROM big'
\set digest 'SELECT md5(string_agg(md5(disjoint_set_send(s)) || md5(disjoint_set_send(t)), \'\' ORDER BY disjoint_set_send(s), disjoint_set_send(t))) FROM '
SET max_parallel_workers_per_gather = 0;
SET work_mem = '512MB';
:digest (:grouped) q \gset serial_
:digest (:whole) q \gset whole_
SELECT unalike(plan_of(:'grouped'), '%Gather%', 'serial plan');

SET enable_hashagg = off;
SELECT alike(plan_of(:'grouped'), '%GroupAggregate%', 'sorted plan');
:digest (:grouped) q \gset sorted_
SELECT is(:'sorted_md5'::text, :'serial_md5', 'sorted = hashed');
RESET enable_hashagg;

SET work_mem = '64kB';
SET hash_mem_multiplier = 1;
SET enable_sort = off;
SELECT matches(plan_of(:'grouped'), 'Batches: ([2-9]|[0-9]{2,})', 'spilled plan');
:digest (:grouped) q \gset spilled_
SELECT is(:'spilled_md5'::text, :'serial_md5', 'spilled = in memory');
RESET enable_sort;
RESET hash_mem_multiplier;
SET work_mem = '512MB';

SET enable_partitionwise_aggregate = on;
SELECT matches(plan_of(:'grouped'), 'Append[^\n]*\n *->  (Hash|Group)Aggregate', 'partitionwise plan');
:digest (:grouped) q \gset partitionwise_
SELECT is(:'partitionwise_md5'::text, :'serial_md5', 'partitionwise = serial');
RESET enable_partitionwise_aggregate;

SET max_parallel_workers_per_gather = 3;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT alike(plan_of(:'whole'), '%Gather%Partial Aggregate%', 'parallel plan');
:digest (:whole) q \gset parallel_
SELECT is(:'parallel_md5'::text, :'whole_md5', 'parallel = serial');
SELECT matches(plan_of(:'grouped'), 'Gather[^$]*Partial', 'parallel plan with groups');
:digest (:grouped) q \gset parallel_
SELECT is(:'parallel_md5'::text, :'serial_md5', 'parallel = serial with groups');
SELECT * FROM finish();
