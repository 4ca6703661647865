-- Routing a queue against three oracles in plain SQL: one order after the other by route_order against stock that shrinks; every
-- assignment of an order alone; and every combination of assignments of all orders of a queue. Random queues of up to 4 orders, 3 SKUs and
-- 4 nodes over all options, with methods, capacities, facts of SKUs and of destinations.
SET search_path = public, omni;
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET work_mem = '256MB';
SET jit = off;
SELECT plan(19);
SELECT setseed(0.3141);

-- ---- queues ----
CREATE TABLE queue AS
SELECT i, 2 + floor(random() ^ 0.7 * 3)::int AS orders, 1 + floor(random() * 3)::int AS skus, 2 + floor(random() * 3)::int AS nodes, (ARRAY['none', 'skus', 'skus', 'skus', 'units'])[1 + floor(random() * 5)::int] AS split, random() < 0.3 AS partial,
    random() < 0.5 AS promise_soft, random() < 0.5 AS next_day, CASE WHEN random() < 0.2 THEN 2 + floor(random() * 3)::int END AS max_days, random() < 0.25 AS weighted, 1 + floor(random() * 3)::int AS nterms,
    random() < 0.25 AS capacities, random() < 0.2 AS two_methods, random() < 0.3 AS destinations, random() < 0.3 AS sku_facts, random() < 0.1 AS ample, random() < 0.5 AS arrays, random() < 0.4 AS plain
FROM generate_series(1, 1000) i;
UPDATE queue SET nterms = 2, weighted = false WHERE plain;
CREATE TABLE term AS SELECT i, t, row_number() OVER (PARTITION BY i ORDER BY CASE WHEN plain THEN CASE t WHEN 'shipments' THEN -2 WHEN 'cost' THEN -1 ELSE 1 END ELSE random() END) AS pos, 0.001 + (floor(random() * 5000) / 1000)::numeric AS weight
FROM queue, unnest('{shipments,cost,days,late,duties,emissions,protection}'::text[]) t;
DELETE FROM term USING queue q WHERE term.i = q.i AND pos > nterms;
CREATE TABLE ord AS SELECT i, o, CASE WHEN random() < 0.7 THEN floor(random() * 3)::int END AS priority, CASE WHEN random() < 0.7 THEN timestamptz '2026-01-01' + floor(random() * 3) * interval '1 hour' END AS placed_at,
    CASE WHEN destinations AND random() < 0.8 THEN 'D' || floor(random() * 2)::int END AS destination FROM queue, generate_series(1, orders) o;
CREATE TABLE demand AS SELECT i, o, s, CASE WHEN split = 'units' OR random() < 0.4 THEN 1 + floor(random() * 2)::int ELSE 1 END AS qty FROM queue, generate_series(1, orders) o, generate_series(1, skus) s WHERE s = 1 OR random() < 0.7;
CREATE TABLE stock AS SELECT i, s, n, CASE WHEN ample THEN 100 ELSE floor(random() * 3)::int END AS available FROM queue, generate_series(1, skus) s, generate_series(1, nodes) n WHERE random() < 0.75;
CREATE TABLE node AS SELECT i, n, CASE WHEN capacities AND random() < 0.6 THEN CASE WHEN ample THEN 1000 ELSE 1 + floor(random() * 5)::int END END AS capacity FROM queue, generate_series(1, nodes) n;
-- what is told: of nodes and methods for each destination, or for all; of SKUs
CREATE TABLE fact AS
SELECT i, d AS destination, n, NULL::int AS s, method, (floor(random() * 500) / 100)::numeric AS fixed_cost, (floor(random() * 100) / 100)::numeric AS unit_cost, floor(random() * 3)::numeric AS unit_duty, floor(random() * 90)::numeric AS fixed_emissions, floor(random() * 50)::numeric AS unit_emissions,
    CASE WHEN random() < 0.5 THEN floor(random() * 3)::numeric END AS unit_protection, floor(random() * 5)::int AS days, CASE WHEN random() < 0.4 THEN 1 + floor(random() * 4)::int END AS promised_days, capacity,
    CASE WHEN random() < 0.5 THEN random() < 0.1 END AS past_cutoff, CASE WHEN random() < 0.04 THEN 'closed' END AS ineligible
FROM queue JOIN node USING (i), unnest(CASE WHEN two_methods THEN '{ship,pickup}'::text[] ELSE '{ship}' END) method, unnest(CASE WHEN destinations THEN ARRAY[NULL, 'D0', 'D9'] ELSE ARRAY[NULL] END) d;
INSERT INTO fact (i, destination, n, s, method, unit_cost, unit_duty, unit_protection, days)
SELECT i, d, n, s, 'ship', CASE WHEN random() < 0.5 THEN (floor(random() * 100) / 100)::numeric END, CASE WHEN random() < 0.5 THEN floor(random() * 3)::numeric END, CASE WHEN random() < 0.5 THEN 1 END, CASE WHEN random() < 0.3 THEN floor(random() * 5)::int END
FROM queue, generate_series(1, nodes) n, generate_series(1, skus) s, unnest(ARRAY[NULL, 'D1']) d WHERE sku_facts AND random() < 0.5;
CREATE TABLE request AS
SELECT i, jsonb_strip_nulls(jsonb_build_object('split', split, 'partial', partial, 'promise', CASE WHEN promise_soft THEN 'soft' ELSE 'hard' END, 'cutoff', CASE WHEN next_day THEN 'next_day' ELSE 'hard' END, 'max_days', max_days,
    'objective', CASE WHEN weighted THEN (SELECT jsonb_object_agg(t, weight) FROM term WHERE term.i = queue.i) ELSE (SELECT jsonb_agg(t ORDER BY pos) FROM term WHERE term.i = queue.i) END)) AS options FROM queue;

CREATE INDEX ON ord (i, o);
CREATE INDEX ON demand (i, o, s);
CREATE INDEX ON stock (i, s, n);
CREATE INDEX ON node (i, n);
CREATE INDEX ON fact (i, n);
CREATE INDEX ON term (i);
CREATE INDEX ON queue (i);
ANALYZE;

-- ---- the facts of an order: for its destination and SKU before those for any ----
CREATE TABLE offer AS
SELECT o.i, o.o, d.s, k.n, b.method, k.available, qty, coalesce(d2.fixed_cost, b.fixed_cost) AS fixed_cost, coalesce(s2.unit_cost, s1.unit_cost, d2.unit_cost, b.unit_cost) AS unit_cost, coalesce(s2.unit_duty, s1.unit_duty, d2.unit_duty, b.unit_duty) AS unit_duty,
    coalesce(d2.fixed_emissions, b.fixed_emissions) AS fixed_emissions, coalesce(d2.unit_emissions, b.unit_emissions) AS unit_emissions, coalesce(s2.unit_protection, s1.unit_protection, d2.unit_protection, b.unit_protection) AS unit_protection,
    coalesce(s2.days, s1.days, d2.days, b.days) AS days, coalesce(d2.promised_days, b.promised_days) AS promised_days, b.capacity, coalesce(b.past_cutoff, false) OR coalesce(d2.past_cutoff, false) AS past_cutoff, coalesce(d2.ineligible, b.ineligible) AS ineligible
FROM ord o JOIN demand d USING (i, o) JOIN stock k USING (i, s) JOIN fact b ON b.i = o.i AND b.n = k.n AND b.destination IS NULL AND b.s IS NULL
LEFT JOIN fact d2 ON d2.i = o.i AND d2.n = k.n AND d2.destination = o.destination AND d2.s IS NULL AND d2.method = b.method
LEFT JOIN fact s1 ON s1.i = o.i AND s1.n = k.n AND s1.destination IS NULL AND s1.s = k.s AND s1.method = b.method
LEFT JOIN fact s2 ON s2.i = o.i AND s2.n = k.n AND s2.destination = o.destination AND s2.s = k.s AND s2.method = b.method;
CREATE INDEX ON offer (i, o);
ANALYZE;

-- ---- the function: a queue is what the views show of it ----
CREATE VIEW v_lines AS SELECT o AS order_ref, 'S' || s AS sku, x AS qty, priority, placed_at, destination
FROM demand JOIN ord USING (i, o), unnest(CASE WHEN qty > 1 AND (o + s) % 2 = 0 THEN ARRAY[1, qty - 1] ELSE ARRAY[qty] END) x WHERE i = current_setting('test.i')::int ORDER BY hashint8(o * 31 + s + current_setting('test.order')::int);
CREATE VIEW v_rows AS SELECT 'S' || s AS sku, n AS node, available FROM stock WHERE i = current_setting('test.i')::int ORDER BY hashint8(s * 17 + n + current_setting('test.order')::int);
CREATE VIEW v_arrays AS SELECT 'S' || s AS sku, array_agg(n ORDER BY hashint8(n)) AS node, array_agg(available::numeric ORDER BY hashint8(n)) AS available FROM stock WHERE i = current_setting('test.i')::int GROUP BY s ORDER BY 1 DESC;
CREATE VIEW v_facts AS SELECT destination, n AS node, 'S' || s AS sku, method, fixed_cost, unit_cost, unit_duty, fixed_emissions, unit_emissions, unit_protection, days, promised_days, capacity, past_cutoff, ineligible FROM fact
WHERE i = current_setting('test.i')::int ORDER BY hashint8(n + current_setting('test.order')::int);
CREATE FUNCTION run(i int, options jsonb, rounds int, arrays boolean, shuffle int DEFAULT 0) RETURNS TABLE (o int, s int, n int, qty bigint, method text, reason text, at bigint) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('test.i', run.i::text, false), set_config('test.order', shuffle::text, false);
    RETURN QUERY SELECT r.order_ref::int, substr(r.sku, 2)::int, r.node::int, r.qty, r.method, r.reason, r.ordinality
        FROM route_batch('v_lines', CASE WHEN arrays THEN 'v_arrays' ELSE 'v_rows' END::regclass, 'v_facts', options, rounds) WITH ORDINALITY r;
END $$;

-- ---- one by one: route_order on what is left ----
CREATE FUNCTION one_by_one(q int, options jsonb) RETURNS TABLE (o int, s int, n int, qty bigint, method text, reason text) LANGUAGE plpgsql AS $$
DECLARE
    r record;
BEGIN
    CREATE TEMP TABLE shelf ON COMMIT DROP AS SELECT k.s, k.n, k.available::bigint AS units FROM stock k WHERE k.i = q;
    CREATE TEMP TABLE room ON COMMIT DROP AS SELECT k.n, k.capacity::bigint AS units FROM node k WHERE k.i = q;
    FOR r IN SELECT ord.o FROM ord WHERE ord.i = q ORDER BY priority NULLS LAST, placed_at NULLS LAST, ord.o LOOP
        FOR o, s, n, qty, method, reason IN
            SELECT r.o, substr(l.sku, 2)::int, l.node::int, l.qty, l.method, l.reason FROM (
                SELECT route_order('S' || d.s, 'S' || d.s, d.qty, f.n::text, shelf.units, CASE WHEN f.n IS NOT NULL THEN jsonb_strip_nulls(jsonb_build_object('fixed_cost', fixed_cost, 'unit_cost', unit_cost, 'unit_duty', unit_duty,
                    'fixed_emissions', fixed_emissions, 'unit_emissions', unit_emissions, 'unit_protection', unit_protection, 'days', days, 'promised_days', promised_days, 'capacity', room.units, 'past_cutoff', past_cutoff, 'ineligible', ineligible, 'method', f.method)) END, options) AS plan
                FROM demand d LEFT JOIN offer f ON f.i = d.i AND f.o = d.o AND f.s = d.s LEFT JOIN shelf ON shelf.s = f.s AND shelf.n = f.n LEFT JOIN room ON room.n = f.n WHERE d.i = q AND d.o = r.o) x, route_lines(plan) l LOOP
            RETURN NEXT;
            UPDATE shelf SET units = units - one_by_one.qty WHERE shelf.s = one_by_one.s AND shelf.n = one_by_one.n;
            UPDATE room SET units = units - one_by_one.qty WHERE room.n = one_by_one.n;
        END LOOP;
    END LOOP;
    DROP TABLE shelf, room;
END $$;

-- ---- every assignment of an order, with what it takes and comes to ----
CREATE TABLE usable AS
SELECT offer.*, takes, row_number() OVER (PARTITION BY i, o, s ORDER BY n, method) AS u, CASE WHEN promised_days IS NULL THEN 0 ELSE greatest(takes - promised_days, 0) END AS late FROM offer JOIN queue USING (i), LATERAL (SELECT days + past_cutoff::int AS takes) t
WHERE ineligible IS NULL AND available > 0 AND (next_day OR NOT past_cutoff) AND (max_days IS NULL OR takes <= max_days) AND (promise_soft OR promised_days IS NULL OR takes <= promised_days);
CREATE UNIQUE INDEX ON usable (i, o, s, u);
ANALYZE;
CREATE TABLE choices AS SELECT i, o, s, qty, count(u)::int AS n FROM demand LEFT JOIN usable USING (i, o, s, qty) GROUP BY 1, 2, 3, 4;
-- queues whose combinations can be listed
CREATE TABLE size AS SELECT i, exp(sum(ln(1 + CASE split WHEN 'units' THEN (n + 1) ^ qty ELSE n * CASE WHEN partial THEN qty ELSE 1 END + partial::int END))) AS combinations FROM choices JOIN queue USING (i) GROUP BY i;
CREATE TABLE chosen AS SELECT i FROM size JOIN queue USING (i) WHERE combinations BETWEEN 40 AND 15000 ORDER BY i LIMIT 300;
CREATE UNIQUE INDEX ON chosen (i);
ANALYZE;
CREATE TABLE vector AS
WITH RECURSIVE v AS (
    SELECT i, o, s, c.qty, c.n AS sources, split, partial, '{}'::int[] AS vec, 0 AS total, 0 AS used FROM choices c JOIN queue USING (i) JOIN chosen USING (i)
    UNION ALL
    SELECT v.i, v.o, v.s, v.qty, sources, split, partial, vec || x, total + x, used + (x > 0)::int FROM v JOIN usable u ON u.i = v.i AND u.o = v.o AND u.s = v.s AND u.u = cardinality(vec) + 1, generate_series(0, least(v.qty - total, available)) x
    WHERE x = 0 OR split = 'units' OR (used = 0 AND (partial OR x = v.qty)))
SELECT i, o, s, vec, total, row_number() OVER (PARTITION BY i, o ORDER BY s, vec) AS nth, dense_rank() OVER (PARTITION BY i, o ORDER BY s) AS k FROM v WHERE cardinality(vec) = sources AND (partial OR total = qty);
CREATE INDEX ON vector (i, o, k);
ANALYZE;
CREATE TABLE alternative AS
WITH RECURSIVE a AS (
    SELECT i, o, 0::bigint AS k, '{}'::bigint[] AS parts FROM ord JOIN chosen USING (i)
    UNION ALL
    SELECT a.i, a.o, v.k, parts || v.nth FROM a JOIN vector v ON v.i = a.i AND v.o = a.o AND v.k = a.k + 1)
SELECT row_number() OVER () AS a, i, o, parts FROM a WHERE k = (SELECT count(*) FROM demand d WHERE d.i = a.i AND d.o = a.o);
CREATE TABLE taken AS SELECT a, i, o, v.s, u.n, u.method, vec[u.u]::bigint AS qty FROM alternative JOIN vector v USING (i, o) JOIN usable u USING (i, o, s) WHERE v.nth = ANY (parts) AND vec[u.u] > 0;
-- a node gives an SKU by one method, and has one stock and one capacity for all
DELETE FROM alternative WHERE a IN (SELECT a FROM taken GROUP BY a, s, n HAVING count(*) > 1)
    OR a IN (SELECT a FROM taken JOIN queue USING (i) WHERE split = 'none' GROUP BY a HAVING count(DISTINCT (n, method)) > 1);
DELETE FROM taken WHERE a NOT IN (SELECT a FROM alternative);
-- none at all
INSERT INTO alternative SELECT 10000000 + row_number() OVER (), i, o, NULL FROM ord JOIN chosen USING (i);
CREATE TABLE plan_of AS SELECT 'brute' AS how, a, i, o, s, n, method, qty FROM taken;

-- ---- plans of all kinds ----
CREATE TABLE piece AS
SELECT 'batch' AS how, i, r.* FROM chosen JOIN queue USING (i) JOIN request USING (i), run(i, options, 3, arrays) r
UNION ALL SELECT 'zero', i, r.* FROM chosen JOIN queue USING (i) JOIN request USING (i), run(i, options, 0, arrays) r
UNION ALL SELECT 'many', i, r.* FROM chosen JOIN queue USING (i) JOIN request USING (i), run(i, options, 20, NOT arrays, 5) r
UNION ALL SELECT 'shuffled', i, r.* FROM chosen JOIN queue USING (i) JOIN request USING (i), run(i, options, 3, false, 7) r;
CREATE TABLE single AS SELECT i, r.* FROM chosen JOIN request USING (i), one_by_one(i, options) r;
INSERT INTO piece SELECT 'one', i, o, s, n, qty, method, reason FROM single;
INSERT INTO plan_of SELECT how, 0, i, o, s, n, method, qty FROM piece WHERE n IS NOT NULL;
ANALYZE;
-- what each order comes to, from what it takes and the facts alone
CREATE TABLE outcome AS
WITH by_source AS (SELECT how, a, i, o, n, method, sum(p.qty) AS units, min(fixed_cost) + sum(p.qty * unit_cost) AS cost, sum(p.qty * unit_duty) AS duties, min(fixed_emissions) + sum(p.qty * unit_emissions) AS emissions,
        sum(p.qty * coalesce(unit_protection, 0)) AS protection, max(takes) AS days, sum(p.qty * late) AS late
    FROM plan_of p JOIN usable USING (i, o, s, n, method) GROUP BY 1, 2, 3, 4, 5, 6),
whose AS (SELECT 'brute' AS how, a, i, o FROM alternative UNION ALL SELECT how, 0, i, o FROM ord JOIN chosen USING (i), unnest('{batch,zero,many,shuffled,one}'::text[]) how),
sums AS (SELECT how, a, i, o, (SELECT sum(qty) FROM demand d WHERE d.i = w.i AND d.o = w.o) - coalesce(sum(units), 0) AS missing, count(n)::numeric AS shipments, coalesce(sum(cost), 0) AS cost, coalesce(max(days), 0)::numeric AS days, coalesce(sum(late), 0)::numeric AS late,
        coalesce(sum(duties), 0) AS duties, coalesce(sum(emissions), 0) AS emissions, coalesce(sum(protection), 0) AS protection FROM whose w LEFT JOIN by_source USING (how, a, i, o) GROUP BY 1, 2, 3, 4)
SELECT how, a, i, o, missing, ARRAY[missing] || (SELECT CASE WHEN weighted THEN ARRAY[sum(x * weight)] ELSE array_agg(x ORDER BY pos) END FROM term JOIN queue USING (i), LATERAL (SELECT CASE t WHEN 'shipments' THEN shipments WHEN 'cost' THEN cost WHEN 'days' THEN days
    WHEN 'late' THEN late WHEN 'duties' THEN duties WHEN 'emissions' THEN emissions ELSE protection END AS x) v WHERE term.i = s.i GROUP BY weighted) AS obj FROM sums s;
CREATE INDEX ON outcome (how, i, o);
CREATE INDEX ON outcome (a);
CREATE INDEX ON taken (a);
ANALYZE;
CREATE FUNCTION add(a numeric[], b numeric[]) RETURNS numeric[] LANGUAGE sql IMMUTABLE STRICT AS 'SELECT array_agg(x + y ORDER BY n) FROM unnest(a, b) WITH ORDINALITY u(x, y, n)';
CREATE AGGREGATE add_up(numeric[]) (SFUNC = add, STYPE = numeric[]);
CREATE TABLE total AS SELECT how, i, add_up(obj) AS obj FROM outcome WHERE how <> 'brute' GROUP BY how, i;
CREATE UNIQUE INDEX ON total (how, i);

SELECT is((SELECT count(*)::int FROM chosen), 300, '300 queues');
SELECT is_empty($$SELECT how, i, o, s FROM piece GROUP BY 1, 2, 3, 4 HAVING sum(qty) <> (SELECT qty FROM demand d WHERE d.i = piece.i AND d.o = piece.o AND d.s = piece.s)$$, 'the pieces of a SKU add up to what its order asks for');
SELECT is_empty($$SELECT how, i, s, n FROM piece WHERE n IS NOT NULL GROUP BY 1, 2, 3, 4 HAVING sum(qty) > (SELECT available FROM stock k WHERE k.i = piece.i AND k.s = piece.s AND k.n = piece.n)$$, 'no unit is promised twice');
SELECT is_empty($$SELECT how, i, n FROM piece WHERE n IS NOT NULL GROUP BY 1, 2, 3 HAVING sum(qty) > (SELECT capacity FROM node k WHERE k.i = piece.i AND k.n = piece.n)$$, 'no node handles more than it can, over all orders');
SELECT is_empty($$SELECT how, i, o FROM piece p WHERE n IS NOT NULL AND NOT EXISTS (SELECT FROM usable u WHERE u.i = p.i AND u.o = p.o AND u.s = p.s AND u.n = p.n AND u.method = p.method)$$, 'only what the filters let through is used');
SELECT is_empty($$SELECT how, i, o, s FROM piece JOIN queue USING (i) WHERE split <> 'units' AND n IS NOT NULL GROUP BY 1, 2, 3, 4 HAVING count(*) > 1$$, 'a SKU is split only where it may be');
SELECT is_empty($$SELECT how, i, o FROM piece JOIN queue USING (i) WHERE split = 'none' AND n IS NOT NULL GROUP BY 1, 2, 3 HAVING count(DISTINCT (n, method)) > 1$$, 'an order is split only where it may be');
SELECT is_empty($$SELECT how, i, o FROM piece JOIN queue USING (i) WHERE NOT partial GROUP BY 1, 2, 3 HAVING count(n) NOT IN (0, count(*))$$, 'all or nothing, unless a part will do');
SELECT is_empty($$SELECT how, i FROM piece WHERE (n IS NULL) = (reason IN ('allocated', 'partial'))$$, 'each missing unit has a reason');

SELECT is_empty($$SELECT i, o FROM outcome z JOIN outcome x USING (i, o) WHERE z.how = 'zero' AND x.how = 'one' AND z.obj <> x.obj$$, 'without rounds each order is routed as route_order does with what the orders before leave');
SELECT is_empty($$SELECT i, o FROM outcome z JOIN outcome x USING (i, o) WHERE z.how IN ('batch', 'many') AND x.how = 'one' AND z.missing > x.missing$$, 'no order gets fewer units than one by one');
SELECT is_empty($$SELECT i FROM total z JOIN total x USING (i) WHERE z.how = 'batch' AND x.how = 'one' AND z.obj > x.obj$$, 'all together are never worse than one by one: missing units, then the objective');
SELECT is_empty($$SELECT i FROM total z JOIN total x USING (i) WHERE z.how = 'many' AND x.how = 'batch' AND z.obj > x.obj$$, 'more rounds are never worse');
SELECT is_empty($$(SELECT i, o, s, n, qty, method, reason, at FROM piece WHERE how = 'batch' EXCEPT SELECT i, o, s, n, qty, method, reason, at FROM piece WHERE how = 'shuffled') UNION ALL (SELECT i, o, s, n, qty, method, reason, at FROM piece WHERE how = 'shuffled' EXCEPT SELECT i, o, s, n, qty, method, reason, at FROM piece WHERE how = 'batch')$$,
    'the same plan, row by row, for any order of the rows, and for stock by rows or arrays');

-- ---- brute force ----
CREATE TABLE best AS SELECT DISTINCT ON (i, o) i, o, obj FROM outcome WHERE how = 'brute' ORDER BY i, o, obj;
SELECT is_empty($$SELECT i, o FROM outcome x JOIN best USING (i, o) JOIN queue USING (i) WHERE how = 'batch' AND ample AND x.obj <> best.obj$$, 'orders that do not compete each get the best of all their assignments');
SELECT is_empty($$SELECT i, o, s, reason FROM piece JOIN best USING (i, o) JOIN queue USING (i) WHERE how = 'batch' AND n IS NULL AND NOT partial AND NOT capacities AND (reason IN ('queue', 'order_refused')) <> (best.obj[1] = 0) AND (reason = 'queue' OR best.obj[1] = 0)$$, 'an order waits for others only if it could be served without them');
SELECT cmp_ok((SELECT count(*)::int FROM queue JOIN chosen USING (i) WHERE ample), '>', 15, 'there are such queues');
-- all combinations that conserve stock and capacity and give each order at least what one by one does
CREATE TABLE limits AS SELECT i, array_agg(most ORDER BY s, n) AS most FROM (SELECT q.i, s, n, coalesce(k.available, 0) AS most FROM queue q, generate_series(1, skus) s, generate_series(1, nodes) n, LATERAL (SELECT max(available) AS available FROM stock k WHERE k.i = q.i AND k.s = s.s AND k.n = n.n) k
    UNION ALL SELECT i, 99, n, coalesce(capacity, 100000) FROM node) x GROUP BY i;
CREATE TABLE usage AS
SELECT a, i, o, obj, (SELECT array_agg(coalesce(t.qty, 0) ORDER BY x.s, x.n) FROM (SELECT s, n FROM generate_series(1, skus) s, generate_series(1, nodes) n UNION ALL SELECT 99, n FROM generate_series(1, nodes) n) x,
    LATERAL (SELECT sum(qty)::int AS qty FROM taken t WHERE t.a = y.a AND t.n = x.n AND x.s IN (t.s, 99)) t) AS uses
FROM outcome y JOIN queue USING (i) JOIN (SELECT i, o, missing FROM outcome WHERE how = 'one') m USING (i, o) WHERE how = 'brute' AND y.missing <= m.missing;
CREATE INDEX ON usage (i, o);
ANALYZE;
CREATE TABLE joint AS
WITH RECURSIVE c AS (
    SELECT i, 0 AS o, NULL::numeric[] AS obj, most AS rest FROM limits JOIN chosen USING (i)
    UNION ALL
    SELECT c.i, u.o, CASE WHEN c.obj IS NULL THEN u.obj ELSE add(c.obj, u.obj) END, r.rest FROM c JOIN usage u ON u.i = c.i AND u.o = c.o + 1, LATERAL (SELECT array_agg(x - y ORDER BY nth) AS rest, min(x - y) AS least FROM unnest(c.rest, u.uses) WITH ORDINALITY z(x, y, nth)) r WHERE r.least >= 0)
SELECT i, min(obj) AS obj FROM c JOIN queue USING (i) WHERE o = orders GROUP BY i;
SELECT is((SELECT count(*)::int FROM joint), 300, 'each queue has a joint optimum');
SELECT is_empty($$SELECT i FROM total JOIN joint USING (i) WHERE how IN ('batch', 'many') AND total.obj < joint.obj$$, 'and no plan is better');
SELECT diag(format('note: joint optimum reached one by one %s %%, by route_batch %s %%; of the queues that one by one misses, %s %%', round(avg((o.obj = j.obj)::int) * 100, 1), round(avg((b.obj = j.obj)::int) * 100, 1), round(avg((b.obj = j.obj)::int) FILTER (WHERE o.obj <> j.obj) * 100, 1)))
FROM joint j JOIN total o ON o.i = j.i AND o.how = 'one' JOIN total b ON b.i = j.i AND b.how = 'batch';
SELECT * FROM finish();
