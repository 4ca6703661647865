-- The laws of allocation on random queues: an independent oracle in plain SQL, conservation, and
-- the same bytes for any order, split and plan.
SELECT plan(34);
SET search_path = public, omni;
SET timezone = 'UTC';
SELECT setseed(0.2026);

-- 12,000 small cases: 0 to 8 lines over 0 to 6 stock rows, with many ties, zeros and rows that
-- differ from another one only in their quantity
CREATE TABLE line AS
SELECT c, (random() * 12)::bigint AS line_id, floor(random() * 9)::bigint AS qty, (random() * 3)::int - 1 AS priority,
       CASE WHEN random() < .05 THEN 'infinity' WHEN random() < .05 THEN '-infinity' ELSE timestamptz '2026-01-01' + floor(random() * 5) * interval '1 hour' END AS placed_at
FROM generate_series(1, 12000) c, LATERAL generate_series(1, (c * 0 + random() * 8)::int) n;
CREATE TABLE stock AS
SELECT c, (random() * 9)::bigint AS stock_id, floor(random() * 9)::bigint AS qty,
       CASE WHEN random() < .5 THEN '-infinity' ELSE timestamptz '2026-01-01' + floor(random() * 3) * interval '1 day' END AS available_at
FROM generate_series(1, 12000) c, LATERAL generate_series(1, (c * 0 + random() * 6)::int) n;

CREATE TABLE pair AS
SELECT c, d.demand, s.supply FROM generate_series(1, 12000) c
LEFT JOIN (SELECT c, demand_agg(line_id, qty, priority, placed_at) AS demand FROM line GROUP BY c) d USING (c)
LEFT JOIN (SELECT c, supply_agg(stock_id, qty, available_at) AS supply FROM stock GROUP BY c) s USING (c);
CREATE TABLE result AS
SELECT p.policy, c, a.ord, a.line_id, a.stock_id, a.qty, a.reason FROM pair, unnest('{fifo,priority}'::text[]) AS p(policy),
       allocate(demand, supply, p.policy) WITH ORDINALITY AS a(line_id, stock_id, qty, reason, ord);

ANALYZE line;
ANALYZE stock;
ANALYZE pair;
ANALYZE result;

-- the oracle: units of a case numbered in order, by running sums; a line and a stock row meet where
-- their intervals overlap, and what no supply covers is short
CREATE FUNCTION oracle(policy text) RETURNS TABLE (c int, line_id bigint, stock_id bigint, qty bigint) LANGUAGE sql AS $$
WITH l AS (SELECT line.c, line.line_id, priority, placed_at, sum(line.qty)::bigint AS qty FROM line GROUP BY 1, 2, 3, 4 HAVING sum(line.qty) > 0),
d AS (SELECT *, sum(l.qty) OVER w - l.qty AS lo, sum(l.qty) OVER w AS hi FROM l
      WINDOW w AS (PARTITION BY l.c ORDER BY CASE policy WHEN 'priority' THEN priority END, placed_at, l.line_id, priority ROWS UNBOUNDED PRECEDING)),
k AS (SELECT stock.c, stock.stock_id, available_at, sum(stock.qty)::bigint AS qty FROM stock GROUP BY 1, 2, 3 HAVING sum(stock.qty) > 0),
s AS (SELECT *, sum(k.qty) OVER w - k.qty AS lo, sum(k.qty) OVER w AS hi FROM k
      WINDOW w AS (PARTITION BY k.c ORDER BY available_at, k.stock_id ROWS UNBOUNDED PRECEDING)),
total AS (SELECT k.c, sum(k.qty) AS units FROM k GROUP BY k.c)
SELECT d.c, d.line_id, s.stock_id, (least(d.hi, s.hi) - greatest(d.lo, s.lo))::bigint FROM d JOIN s ON s.c = d.c AND s.lo < d.hi AND d.lo < s.hi
UNION ALL
SELECT d.c, d.line_id, NULL, (d.hi - greatest(d.lo, coalesce(total.units, 0)))::bigint FROM d LEFT JOIN total USING (c) WHERE d.hi > coalesce(total.units, 0)
$$;

SELECT is((SELECT count(*) FROM pair), 12000::bigint, 'cases');
SELECT is_empty($$SELECT c, line_id, stock_id, qty FROM result WHERE policy = 'fifo' EXCEPT ALL SELECT * FROM oracle('fifo')$$, 'fifo: no row that the oracle has not');
SELECT is_empty($$SELECT * FROM oracle('fifo') EXCEPT ALL SELECT c, line_id, stock_id, qty FROM result WHERE policy = 'fifo'$$, 'fifo: every row of the oracle');
SELECT is_empty($$SELECT c, line_id, stock_id, qty FROM result WHERE policy = 'priority' EXCEPT ALL SELECT * FROM oracle('priority')$$, 'priority: no row that the oracle has not');
SELECT is_empty($$SELECT * FROM oracle('priority') EXCEPT ALL SELECT c, line_id, stock_id, qty FROM result WHERE policy = 'priority'$$, 'priority: every row of the oracle');
SELECT is_empty($$SELECT policy, c, line_id, sum(qty) FROM result GROUP BY 1, 2, 3 EXCEPT SELECT p, c, line_id, sum(qty) FROM line, unnest('{fifo,priority}'::text[]) p GROUP BY 1, 2, 3$$,
    'conserved: allocated and short add up to the demand of each line');
SELECT is_empty($$SELECT p, c, line_id FROM line, unnest('{fifo,priority}'::text[]) p WHERE qty > 0 EXCEPT SELECT policy, c, line_id FROM result$$, 'no line with units is without a row');
SELECT is_empty($$SELECT * FROM (SELECT policy, c, stock_id, sum(qty) AS given FROM result WHERE stock_id IS NOT NULL GROUP BY 1, 2, 3) r
    LEFT JOIN (SELECT c, stock_id, sum(qty) AS had FROM stock GROUP BY 1, 2) s USING (c, stock_id) WHERE given > coalesce(had, 0)$$, 'no stock row gives more than it has');
SELECT is_empty($$SELECT * FROM (SELECT policy, c, bool_or(stock_id IS NULL) AS short, coalesce(sum(qty) FILTER (WHERE stock_id IS NOT NULL), 0) AS given FROM result GROUP BY 1, 2) r
    LEFT JOIN (SELECT c, sum(qty) AS had FROM stock GROUP BY 1) s USING (c) WHERE short AND given <> coalesce(had, 0)$$, 'nothing is short while there is stock');
SELECT is_empty($$SELECT * FROM result WHERE qty <= 0 OR (stock_id IS NULL) <> (reason = 'short') OR reason NOT IN ('allocated', 'partial', 'short')$$, 'the reason fits the row');
-- partial rows are those that a short row of the same line follows at once
SELECT is_empty($$SELECT * FROM (SELECT *, lead(reason) OVER w AS next_reason, lead(line_id) OVER w AS next_line FROM result WINDOW w AS (PARTITION BY policy, c ORDER BY ord)) r
    WHERE reason = 'partial' AND NOT coalesce(next_line = line_id AND next_reason IN ('partial', 'short'), false)$$, 'a partial line ends short');

-- any order and any split give the same bytes
CREATE TABLE split AS SELECT *, floor(random() * 4)::int AS part, random() AS shuffled FROM line;
CREATE TABLE split_stock AS SELECT *, floor(random() * 4)::int AS part, random() AS shuffled FROM stock;
SELECT is_empty($$SELECT c FROM (SELECT c, demand_agg(line_id, qty, priority, placed_at) AS x FROM (SELECT * FROM split ORDER BY shuffled OFFSET 0) o GROUP BY c) a
    JOIN pair USING (c) WHERE demand_send(x) IS DISTINCT FROM demand_send(demand) OR x <> demand$$, 'demand: any order');
SELECT is_empty($$SELECT c FROM (SELECT c, supply_agg(stock_id, qty, available_at) AS x FROM (SELECT * FROM split_stock ORDER BY shuffled OFFSET 0) o GROUP BY c) a
    JOIN pair USING (c) WHERE supply_send(x) IS DISTINCT FROM supply_send(supply) OR x <> supply$$, 'supply: any order');
SELECT is_empty($$SELECT c FROM (SELECT c, demand_rollup(x) AS x FROM (SELECT c, demand_agg(line_id, qty, priority, placed_at) AS x FROM split GROUP BY c, part) o GROUP BY c) a
    JOIN pair USING (c) WHERE x <> demand$$, 'demand: any split, rolled up');
SELECT is_empty($$SELECT c FROM (SELECT c, supply_rollup(x) AS x FROM (SELECT c, supply_agg(stock_id, qty, available_at) AS x FROM split_stock GROUP BY c, part) o GROUP BY c) a
    JOIN pair USING (c) WHERE x <> supply$$, 'supply: any split, rolled up');
SELECT is_empty($$SELECT a.c FROM pair a JOIN pair b ON b.c = a.c % 12000 + 1 JOIN pair d ON d.c = b.c % 12000 + 1
    WHERE a.demand || b.demand <> b.demand || a.demand OR (a.demand || b.demand) || d.demand <> a.demand || (b.demand || d.demand)
       OR a.demand || '{}' <> a.demand OR a.supply || b.supply <> b.supply || a.supply$$, '|| is commutative and associative and {} changes nothing');
SELECT is_empty($$SELECT c FROM pair WHERE demand::text::demand <> demand OR supply::text::supply <> supply OR demand_send(demand::text::demand) <> demand_send(demand)$$, 'text is lossless');
CREATE TABLE copied (LIKE pair);
\set binary_file `mktemp -u`
COPY pair TO :'binary_file' (FORMAT binary);
COPY copied FROM :'binary_file' (FORMAT binary);
\setenv binary_file :binary_file
\! rm -f "$binary_file"
SELECT is_empty('(TABLE pair EXCEPT TABLE copied) UNION ALL (TABLE copied EXCEPT TABLE pair)', 'binary is lossless');
-- equal states are equal bytes, different ones are not
SELECT is((SELECT count(DISTINCT demand) FROM pair), (SELECT count(DISTINCT demand::text) FROM pair), 'equal if and only if the text is');
SELECT is((SELECT count(*) FROM pair a WHERE demand_hash(demand) <> demand_hash(demand::text::demand)), 0::bigint, 'equal queues hash equal');

-- any plan gives the same bytes; one group is beyond 64 kB
CREATE TABLE big (sku int, line_id bigint, qty bigint, priority int, placed_at timestamptz) PARTITION BY HASH (sku);
CREATE TABLE big_0 PARTITION OF big FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE big_1 PARTITION OF big FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO big SELECT CASE WHEN i % 2 = 0 THEN 0 ELSE i % 3000 END, i % 40000, 1 + i % 7, i % 3, timestamptz '2026-01-01' + (hashint4(i) % 100000) * interval '1 s' FROM generate_series(1, 120000) i;
ANALYZE big;
CREATE FUNCTION digest_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r text;
BEGIN
    EXECUTE 'SELECT md5(string_agg(sku || '':'' || md5(demand_send(d)), '','' ORDER BY sku)) FROM (' || query || ') x' INTO r;
    RETURN r;
END $$;
CREATE FUNCTION plan_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r text := ''; l text;
BEGIN
    FOR l IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP r := r || l || E'\n'; END LOOP;
    RETURN r;
END $$;
\set q 'SELECT sku, omni.demand_agg(line_id, qty, priority, placed_at) AS d FROM public.big GROUP BY sku'
SET max_parallel_workers_per_gather = 0;
SET enable_sort = off;
SELECT digest_of(:'q') AS serial \gset
SELECT unalike(plan_of(:'q'), '%GroupAggregate%', 'hashed');
SET work_mem = '64kB';
SELECT is(digest_of(:'q'), :'serial', 'spilled: same bytes');
RESET work_mem;
SET enable_sort = on; SET enable_hashagg = off;
SELECT is(digest_of(:'q'), :'serial', 'sorted: same bytes');
RESET enable_hashagg;
SET enable_partitionwise_aggregate = on;
SELECT is(digest_of(:'q'), :'serial', 'partitionwise: same bytes');
SET max_parallel_workers_per_gather = 3; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SET enable_partitionwise_aggregate = off;
SELECT alike(plan_of(:'q'), '%Partial%', 'parallel, in two steps');
SELECT is(digest_of(:'q'), :'serial', 'parallel: same bytes');
SELECT set_config(CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'debug_parallel_query' ELSE 'force_parallel_mode' END, 'regress', false) IS NOT NULL;
SELECT is(digest_of(:'q'), :'serial', 'parallel mode forced: same bytes');
SELECT set_config(CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'debug_parallel_query' ELSE 'force_parallel_mode' END, 'off', false) IS NOT NULL;
SET max_parallel_workers_per_gather = 0;
SELECT is(digest_of('SELECT sku, omni.demand_rollup(d ORDER BY d) AS d FROM (SELECT sku, line_id % 5, omni.demand_agg(line_id, qty, priority, placed_at) AS d FROM public.big GROUP BY 1, 2) s GROUP BY sku'), :'serial', 'rolled up: same bytes');
SELECT is((SELECT sum(a.qty)::bigint FROM (SELECT demand_agg(line_id, qty, priority, placed_at) AS d FROM big) s, allocate(d, '{1:1000@-infinity,2:5@2026-01-01T00:00:00Z}') a), (SELECT sum(qty)::bigint FROM big), 'a large state is conserved');
CREATE TABLE numbered AS SELECT row_number() OVER () AS n, * FROM line LIMIT 400;
SELECT ok((SELECT bool_and(running = (SELECT demand_agg(b.line_id, b.qty, b.priority, b.placed_at) FROM numbered b WHERE b.n <= a.n))
    FROM (SELECT n, demand_agg(line_id, qty, priority, placed_at) OVER (ORDER BY n) AS running FROM numbered) a), 'as a window aggregate');

-- the window function against running sums, whatever the frame and the peers
CREATE TABLE waiting AS SELECT c, row_number() OVER () AS id, line.qty, priority, placed_at, (c * 7919 % 25 - 2)::bigint AS available FROM line;
CREATE VIEW expected AS SELECT c, id, greatest(least(qty, greatest(available, 0) - before), 0) AS gets FROM
    (SELECT *, coalesce(sum(qty) OVER (PARTITION BY c ORDER BY priority, placed_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before FROM waiting) w;
SELECT is_empty($$SELECT c, id, allocate_fifo(qty, available) OVER (PARTITION BY c ORDER BY priority, placed_at, id) FROM waiting EXCEPT SELECT * FROM expected$$, 'allocate_fifo equals the oracle');
SELECT is_empty($$SELECT c, id, allocate_fifo(qty, available) OVER (PARTITION BY c ORDER BY priority, placed_at, id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW) FROM waiting
    EXCEPT SELECT * FROM expected$$, 'in any frame');
SELECT is_empty($$SELECT c FROM (SELECT c, qty, available, allocate_fifo(qty, available) OVER (PARTITION BY c ORDER BY priority) AS gets FROM waiting) w
    GROUP BY c HAVING sum(gets) <> least(sum(qty), greatest(max(available), 0)) OR bool_or(gets > qty OR gets < 0)$$, 'with peers it gives out what there is, once');

-- GROUP BY into many groups is linear: four times the groups cost less than eight times the CPU
CREATE FUNCTION cpu() RETURNS float8 LANGUAGE sql VOLATILE AS $$SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::float8 / 1e6$$;
CREATE FUNCTION cost_of(n int) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE t float8; best float8 := 'infinity';
BEGIN
    FOR rep IN 1..3 LOOP
        t := cpu();
        PERFORM count(d) FROM (SELECT i % n AS g, demand_agg(i, 1, 0, timestamptz 'epoch' + i * interval '1 s') AS d FROM generate_series(1::bigint, n * 6::bigint) i GROUP BY 1) x;
        best := least(best, cpu() - t);
    END LOOP;
    RETURN best;
END $$;
SET work_mem = '1GB'; SET enable_sort = off;
SELECT cost_of(20000) AS t20, cost_of(40000) AS t40, cost_of(80000) AS t80 \gset
SELECT diag(format('note: 20k, 40k, 80k groups: %s, %s, %s CPU ms', round(:t20::numeric), round(:t40::numeric), round(:t80::numeric)));
SELECT ok(:t80 < 8 * :t20, 'GROUP BY into 20k, 40k, 80k groups is linear');
SELECT * FROM finish();
