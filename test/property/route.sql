-- Routing against brute force: 5,000 random orders, up to 6 SKUs and 8 nodes, over all objectives and filters, with and
-- without splits, parts, capacities and several methods. The oracle lists every assignment of units to nodes in plain SQL and takes the
-- best; it knows nothing of subsets, modes or bounds. Then the heuristic and its bounds against the same, and the laws of the state.
SET search_path = public, omni;
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET work_mem = '256MB';
SET jit = off;
SELECT plan(28);
SELECT setseed(0.4711);

-- ---- orders ----
CREATE TABLE ord AS
SELECT o, 1 + floor(random() ^ 1.5 * 6)::int AS skus, 1 + floor(random() ^ 0.8 * 8)::int AS nodes, (ARRAY['none', 'skus', 'skus', 'units', 'units'])[1 + floor(random() * 5)::int] AS split, random() < 0.5 AS partial,
    random() < 0.5 AS promise_soft, random() < 0.5 AS next_day, CASE WHEN random() < 0.3 THEN 1 + floor(random() * 4)::int END AS max_days,
    CASE WHEN random() < 0.25 THEN (ARRAY['{ship}', '{pickup}', '{ship,pickup}'])[1 + floor(random() * 3)::int]::text[] END AS methods,
    random() < 0.25 AS weighted, 1 + floor(random() * 4)::int AS nterms, random() < 0.45 AS capacities, random() < 0.3 AS two_methods, 0.25 + random() * 0.6 AS density, random() < 0.5 AS flat
FROM generate_series(1, 8000) o;
CREATE UNIQUE INDEX ON ord (o);
-- objectives: some of the terms in any order, or weights
CREATE TABLE term AS SELECT o, t, row_number() OVER (PARTITION BY o ORDER BY random()) AS pos, (floor(random() * 5000) / 1000)::numeric AS weight FROM ord,
    unnest('{shipments,cost,days,late,duties,emissions,protection}'::text[]) t;
DELETE FROM term USING ord WHERE term.o = ord.o AND pos > nterms;
DELETE FROM term USING ord WHERE term.o = ord.o AND weighted AND weight = 0;
CREATE INDEX ON term (o);
DELETE FROM ord WHERE NOT EXISTS (SELECT FROM term WHERE term.o = ord.o);
CREATE TABLE sku AS SELECT o, s, CASE WHEN split = 'units' OR random() < 0.3 THEN 1 + floor(random() ^ 2 * 4)::int ELSE 1 + floor(random() * 2)::int END AS qty FROM ord, generate_series(1, skus) s;
-- some SKUs are on two lines
CREATE TABLE line AS
SELECT o, s * 10 AS line, s, CASE WHEN two THEN qty / 2 ELSE qty END AS qty FROM (SELECT *, qty > 1 AND hashint8(o * 7 + s) % 3 = 0 AS two FROM sku) x
UNION ALL SELECT o, s * 10 + 1, s, qty - qty / 2 FROM (SELECT *, qty > 1 AND hashint8(o * 7 + s) % 3 = 0 AS two FROM sku) x WHERE two;
CREATE TABLE node AS SELECT o, n, CASE WHEN capacities AND random() < 0.6 THEN floor(random() * 5)::int END AS capacity FROM ord, generate_series(1, nodes) n;
CREATE TABLE source AS SELECT o, n, method, CASE WHEN flat THEN 4 ELSE (floor(random() * 800) / 100)::numeric END AS fixed_cost, CASE WHEN random() < 0.7 THEN floor(random() * 500)::numeric END AS fixed_emissions
FROM node JOIN ord USING (o), unnest(CASE WHEN two_methods THEN '{ship,pickup}'::text[] ELSE '{ship}' END) method;
CREATE TABLE stock AS SELECT o, s, n, floor(random() ^ 0.7 * 5)::int AS available FROM sku JOIN node USING (o) JOIN ord USING (o) WHERE random() < density;
CREATE TABLE offer AS
SELECT *, days + past_cutoff::int AS takes FROM (
    SELECT o, s, n, method, available, fixed_cost, fixed_emissions, capacity, CASE WHEN random() < 0.7 THEN (floor(random() * 300) / 100)::numeric END AS unit_cost, (floor(random() * 200) / 100)::numeric AS unit_duty,
        floor(random() * 50)::numeric AS unit_emissions, CASE WHEN random() < 0.5 THEN (floor(random() * 100) / 100)::numeric END AS unit_protection, floor(random() * 5)::int AS days, CASE WHEN random() < 0.5 THEN floor(random() * 5)::int END AS promised_days,
        random() < 0.1 AS past_cutoff, CASE WHEN random() < 0.05 THEN 'closed' END AS ineligible
    FROM stock JOIN source USING (o, n) JOIN node USING (o, n) WHERE random() < 0.9) x;
CREATE INDEX ON offer (o, s);
CREATE TABLE request AS
SELECT o, jsonb_strip_nulls(jsonb_build_object('split', split, 'partial', partial, 'promise', CASE WHEN promise_soft THEN 'soft' ELSE 'hard' END, 'cutoff', CASE WHEN next_day THEN 'next_day' ELSE 'hard' END, 'max_days', max_days,
    'methods', to_jsonb(methods), 'objective', CASE WHEN weighted THEN (SELECT jsonb_object_agg(t, weight) FROM term WHERE term.o = ord.o) ELSE (SELECT jsonb_agg(t ORDER BY pos) FROM term WHERE term.o = ord.o) END)) AS options FROM ord;

-- ---- the oracle: hard filters, then every vector of units over the offers of an SKU, then every combination of these ----
CREATE TABLE usable AS
SELECT offer.*, row_number() OVER (PARTITION BY o, s ORDER BY n, method) AS i, CASE WHEN promised_days IS NULL THEN 0 ELSE greatest(takes - promised_days, 0) END AS late FROM offer JOIN ord USING (o)
WHERE ineligible IS NULL AND available > 0 AND (methods IS NULL OR method = ANY (methods)) AND (next_day OR NOT past_cutoff) AND (max_days IS NULL OR takes <= max_days) AND (promise_soft OR promised_days IS NULL OR takes <= promised_days);
CREATE UNIQUE INDEX ON usable (o, s, i);
ANALYZE;
CREATE TABLE offers_of AS SELECT o, s, count(i)::int AS n FROM sku LEFT JOIN usable USING (o, s) GROUP BY o, s;
CREATE UNIQUE INDEX ON offers_of (o, s);
ANALYZE;
-- 5,000 orders whose assignments can be listed, two of them large: at most so many vectors an SKU
CREATE TABLE size AS SELECT o, exp(sum(ln(CASE WHEN split = 'units' THEN factorial(n + qty) / (factorial(n) * factorial(qty)) WHEN partial THEN 1 + n * qty ELSE greatest(n, 1) END::float8))) AS combinations, count(*) AS skus, max(nodes) AS nodes
FROM sku JOIN offers_of USING (o, s) JOIN ord USING (o) GROUP BY o;
CREATE TABLE chosen AS SELECT o FROM (SELECT o, row_number() OVER (ORDER BY combinations >= 4 DESC, o) AS nth FROM size WHERE combinations <= 800) x WHERE nth <= 4998
UNION ALL (SELECT o FROM size WHERE combinations BETWEEN 5000 AND 100000 AND skus = 6 AND nodes = 8 ORDER BY o LIMIT 2);
DELETE FROM ord WHERE o NOT IN (SELECT o FROM chosen);
SELECT is((SELECT count(*)::int FROM ord), 5000, '5,000 orders');
DELETE FROM sku WHERE o NOT IN (SELECT o FROM chosen);
DELETE FROM line WHERE o NOT IN (SELECT o FROM chosen);
ANALYZE;
CREATE TABLE vector AS
WITH RECURSIVE v AS (
    SELECT o, s, qty, split, partial, '{}'::int[] AS vec, 0 AS total, 0 AS used FROM sku JOIN ord USING (o)
    UNION ALL
    SELECT v.o, v.s, qty, split, partial, vec || x, total + x, used + (x > 0)::int FROM v JOIN usable u ON u.o = v.o AND u.s = v.s AND u.i = cardinality(vec) + 1, generate_series(0, least(qty - total, available)) x
    WHERE x = 0 OR split = 'units' OR (used = 0 AND (partial OR x = qty)))
SELECT o, s, vec, total FROM v JOIN offers_of USING (o, s) WHERE cardinality(vec) = n AND (partial OR total = qty);
CREATE INDEX ON vector (o, s);
ANALYZE;
CREATE TABLE assignment AS
WITH RECURSIVE a AS (
    SELECT o, 0 AS s, '{}'::int[] AS vec FROM ord
    UNION ALL
    SELECT a.o, v.s, a.vec || v.vec FROM a JOIN vector v ON v.o = a.o AND v.s = a.s + 1)
SELECT row_number() OVER () AS a, o, vec FROM a JOIN ord USING (o) WHERE a.s = skus;
CREATE TABLE place AS SELECT o, row_number() OVER (PARTITION BY o ORDER BY s, i) AS j, n, method, fixed_cost, coalesce(fixed_emissions, 0) AS fixed_emissions, coalesce(unit_cost, 0) AS unit_cost, unit_duty, unit_emissions,
    coalesce(unit_protection, 0) AS unit_protection, takes, late, capacity, s, available FROM usable JOIN ord USING (o);
CREATE UNIQUE INDEX ON place (o, j);
ANALYZE place;
ANALYZE assignment;
CREATE TABLE taken AS SELECT a, p.*, x FROM assignment CROSS JOIN LATERAL unnest(vec) WITH ORDINALITY u(x, j) JOIN place p ON p.o = assignment.o AND p.j = u.j WHERE x > 0;
CREATE TABLE by_source AS SELECT a, n, method, sum(x) AS x, min(capacity) AS capacity, min(fixed_cost) + sum(x * unit_cost) AS cost, sum(x * unit_duty) AS duties, min(fixed_emissions) + sum(x * unit_emissions) AS emissions,
    sum(x * unit_protection) AS protection, max(takes) AS days, sum(x * late) AS late FROM taken GROUP BY a, n, method;
CREATE TABLE by_node AS SELECT a, sum(x) AS x, count(*) AS shipments, sum(cost) AS cost, sum(duties) AS duties, sum(emissions) AS emissions, sum(protection) AS protection, max(days) AS days, sum(late) AS late,
    coalesce(sum(x) <= min(capacity), true) AS fits FROM by_source GROUP BY a, n;
-- more of an SKU than a node has, by its methods together
CREATE TABLE over AS SELECT DISTINCT a FROM (SELECT a FROM taken GROUP BY a, s, n HAVING sum(x) > min(available)) q;
CREATE TABLE asked AS SELECT o, sum(qty) AS qty FROM sku GROUP BY o;
ANALYZE;
CREATE TABLE value AS
SELECT assignment.a, assignment.o, min(qty) - coalesce(sum(x), 0) AS missing, coalesce(sum(shipments), 0)::numeric AS shipments, coalesce(sum(cost), 0) AS cost, coalesce(max(days), 0)::numeric AS days,
    coalesce(sum(late), 0)::numeric AS late, coalesce(sum(duties), 0) AS duties, coalesce(sum(emissions), 0) AS emissions, coalesce(sum(protection), 0) AS protection
FROM assignment JOIN asked USING (o) JOIN ord USING (o) LEFT JOIN by_node USING (a) WHERE a NOT IN (SELECT a FROM over)
GROUP BY assignment.a, assignment.o, split HAVING coalesce(bool_and(fits), true) AND (split <> 'none' OR coalesce(sum(shipments), 0) <= 1);
ANALYZE value;
-- the terms of an order's objective, in its order, as one array: missing units first
CREATE FUNCTION objective_of(o int, missing numeric, shipments numeric, cost numeric, days numeric, late numeric, duties numeric, emissions numeric, protection numeric) RETURNS numeric[] LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN weighted THEN ARRAY[$2, (SELECT sum(weight * v) FROM term JOIN (VALUES ('shipments', $3), ('cost', $4), ('days', $5), ('late', $6), ('duties', $7), ('emissions', $8), ('protection', $9)) x(t, v) USING (t) WHERE term.o = $1)]
    ELSE $2 || (SELECT array_agg(v ORDER BY pos) FROM term JOIN (VALUES ('shipments', $3), ('cost', $4), ('days', $5), ('late', $6), ('duties', $7), ('emissions', $8), ('protection', $9)) x(t, v) USING (t) WHERE term.o = $1) END
    FROM ord WHERE ord.o = $1 $$;
-- the same in a form for many rows
CREATE TABLE best AS
SELECT o, min(obj) AS obj FROM (
    SELECT a, v.o, CASE WHEN weighted THEN ARRAY[min(missing), sum(weight * x.v)] ELSE min(missing) || array_agg(x.v ORDER BY pos) END AS obj
    FROM value v JOIN ord USING (o) JOIN term USING (o) CROSS JOIN LATERAL (SELECT CASE t WHEN 'shipments' THEN shipments WHEN 'cost' THEN cost WHEN 'days' THEN days WHEN 'late' THEN late WHEN 'duties' THEN duties WHEN 'emissions' THEN emissions ELSE protection END AS v) x
    GROUP BY a, v.o, weighted) y GROUP BY o;
-- the least of each term alone, among assignments that serve the most
CREATE TABLE least_term AS
SELECT o, missing, min(shipments) AS shipments, min(cost) AS cost, min(days) AS days, min(late) AS late, min(duties) AS duties, min(emissions) AS emissions, min(protection) AS protection
FROM value JOIN (SELECT o, min(missing) AS missing FROM value GROUP BY o) m USING (o, missing) GROUP BY o, missing;
SELECT diag(format('note: %s orders, %s assignments listed, %s orders cannot be served', (SELECT count(*) FROM ord), (SELECT count(*) FROM assignment), (SELECT count(*) FROM ord WHERE o NOT IN (SELECT o FROM best))));

-- ---- plans ----
CREATE TABLE candidate AS SELECT o, line, l.s, l.qty, n, available, CASE WHEN n IS NOT NULL THEN jsonb_strip_nulls(jsonb_build_object('fixed_cost', fixed_cost, 'unit_cost', unit_cost, 'unit_duty', unit_duty, 'fixed_emissions', fixed_emissions,
    'unit_emissions', unit_emissions, 'unit_protection', unit_protection, 'days', days, 'promised_days', promised_days, 'capacity', capacity, 'past_cutoff', past_cutoff, 'ineligible', ineligible, 'method', method)) END AS facts, hashint8(o * 1000 + line) % 3 AS part
FROM line l JOIN ord USING (o) LEFT JOIN offer USING (o, s);
CREATE TABLE state AS SELECT o, route_candidates_agg(line, s, qty, n, available, facts, options) AS c FROM candidate JOIN request USING (o) GROUP BY o;
CREATE TABLE plan AS SELECT o, 'exact' AS how, route(c) AS p FROM state UNION ALL SELECT o, 'heuristic', route(c, options || '{"exact_skus": 0}') FROM state JOIN request USING (o);
CREATE TABLE piece AS SELECT how, o, r.* FROM plan, route_lines(p, NULL::bigint) r;
-- what a plan comes to, from its lines and the facts alone
CREATE TABLE outcome AS
WITH taken AS (SELECT how, o, sku AS s, node AS n, method, sum(qty) AS x FROM piece WHERE node IS NOT NULL GROUP BY 1, 2, 3, 4, 5),
by_source AS (SELECT how, o, n, method, min(fixed_cost) + sum(x * coalesce(unit_cost, 0)) AS cost, sum(x * unit_duty) AS duties, coalesce(min(fixed_emissions), 0) + sum(x * unit_emissions) AS emissions, sum(x * coalesce(unit_protection, 0)) AS protection, max(takes) AS days, sum(x * late) AS late
    FROM taken JOIN usable USING (o, s, n, method) GROUP BY 1, 2, 3, 4),
missing AS (SELECT how, o, coalesce(sum(qty) FILTER (WHERE node IS NULL), 0) AS missing, count(node) AS served FROM piece GROUP BY 1, 2)
SELECT how, o, missing, served, count(n)::numeric AS shipments, coalesce(sum(cost), 0) AS cost, coalesce(max(days), 0)::numeric AS days, coalesce(sum(late), 0)::numeric AS late, coalesce(sum(duties), 0) AS duties, coalesce(sum(emissions), 0) AS emissions, coalesce(sum(protection), 0) AS protection
FROM missing LEFT JOIN by_source USING (how, o) GROUP BY 1, 2, 3, 4;
ANALYZE;
CREATE TABLE result AS SELECT *, objective_of(o, missing, shipments, cost, days, late, duties, emissions, protection) AS obj FROM outcome;
CREATE INDEX ON result (how, o);
CREATE INDEX ON piece (o, sku);
CREATE INDEX ON line (o, line);
CREATE INDEX ON stock (o, s, n);
CREATE INDEX ON node (o, n);
ANALYZE;

SELECT is((SELECT count(*)::int FROM plan), 10000, 'each order has a plan, by both ways');
SELECT is_empty($$SELECT how, o, line FROM piece GROUP BY 1, 2, 3 HAVING sum(qty) <> (SELECT qty FROM line l WHERE l.o = piece.o AND l.line = piece.line)$$, 'the pieces of a line add up to it');
SELECT is_empty($$SELECT how, o, line FROM piece p WHERE node IS NOT NULL AND NOT EXISTS (SELECT FROM usable u WHERE u.o = p.o AND u.s = p.sku AND u.n = p.node AND u.method = p.method)$$, 'only what the filters let through is used');
SELECT is_empty($$SELECT how, o, sku, node FROM piece p WHERE node IS NOT NULL GROUP BY 1, 2, 3, 4 HAVING sum(qty) > (SELECT available FROM stock WHERE stock.o = p.o AND stock.s = p.sku AND stock.n = p.node)$$, 'no unit is used twice, over all lines of an SKU and all methods of a node');
SELECT is_empty($$SELECT how, o, node FROM piece p WHERE node IS NOT NULL GROUP BY 1, 2, 3 HAVING sum(qty) > (SELECT capacity FROM node WHERE node.o = p.o AND node.n = p.node)$$, 'no node handles more than it can');
SELECT is_empty($$SELECT how, o, sku FROM piece JOIN ord USING (o) WHERE split <> 'units' AND node IS NOT NULL GROUP BY 1, 2, 3 HAVING count(DISTINCT (node, method)) > 1$$, 'an SKU is split only where it may be');
SELECT is_empty($$SELECT how, o FROM piece JOIN ord USING (o) WHERE split = 'none' AND node IS NOT NULL GROUP BY 1, 2 HAVING count(DISTINCT (node, method)) > 1$$, 'an order is split only where it may be');
SELECT is_empty($$SELECT how, o FROM result JOIN ord USING (o) WHERE NOT partial AND missing > 0 AND served > 0$$, 'all or nothing, unless a part will do');

-- the exact plan is the best there is
SELECT is_empty($$SELECT o FROM result LEFT JOIN best USING (o) JOIN ord USING (o) WHERE how = 'exact' AND CASE WHEN best.o IS NULL THEN served > 0 OR partial ELSE result.obj <> best.obj END$$, 'exact equals brute force on 5,000 orders');
SELECT is_empty($$SELECT o FROM plan WHERE how = 'exact' AND NOT route_is_optimal(p)$$, 'and says so');
SELECT diag('note: of them ' || string_agg(format('%s %s', n, what), ', ')) FROM (
    SELECT count(*) AS n, split || CASE WHEN partial THEN ' partial' ELSE '' END AS what FROM ord GROUP BY 2 UNION ALL SELECT count(DISTINCT o), 'with a capacity that binds' FROM (SELECT o, n FROM usable GROUP BY o, n HAVING min(capacity) < sum(available)) x JOIN ord USING (o)
    UNION ALL SELECT count(*), 'with two methods' FROM ord WHERE two_methods UNION ALL SELECT count(*), 'weighted' FROM ord WHERE weighted UNION ALL SELECT count(DISTINCT o), 'with ' || t FROM term JOIN ord USING (o) GROUP BY t) x;
-- what the plan says of itself
SELECT is_empty($$SELECT o FROM plan JOIN result USING (how, o) WHERE route_shipments(p) <> shipments OR route_cost(p) <> cost OR route_missing(p) <> missing
    OR route_status(p) <> CASE WHEN missing = 0 THEN 'routed' WHEN served > 0 THEN 'partial' ELSE 'refused' END$$, 'shipments, cost, missing and status are those of the lines');
SELECT is_empty($$SELECT o, reason FROM piece WHERE (node IS NULL) = (reason IN ('allocated', 'partial'))$$, 'each missing unit has a reason');

-- the heuristic: never better than the best, its bound never above it, and what it claims is true
SELECT is_empty($$SELECT o FROM result LEFT JOIN best USING (o) WHERE how = 'heuristic' AND served > 0 AND (best.o IS NULL OR result.obj < best.obj)$$, 'the heuristic is never better than the best');
SELECT is_empty($$SELECT o FROM plan LEFT JOIN best USING (o) JOIN result USING (how, o) WHERE how = 'heuristic' AND route_is_optimal(p) AND CASE WHEN best.o IS NULL THEN served > 0 ELSE best.obj <> result.obj OR (served = 0 AND best.obj[1] < missing) END$$, 'a plan that says it is optimal is');
CREATE TABLE bound AS SELECT o, key AS t, value::numeric AS bound FROM plan, jsonb_each_text(p::text::jsonb -> 'bounds') WHERE how = 'heuristic';
SELECT is_empty($$SELECT o FROM bound JOIN least_term USING (o) WHERE t = 'missing' AND bound > missing$$, 'bound of missing units');
SELECT is_empty($$SELECT o, t, bound, l FROM bound JOIN least_term USING (o), LATERAL (SELECT CASE t WHEN 'shipments' THEN shipments WHEN 'cost' THEN cost WHEN 'days' THEN days WHEN 'late' THEN late WHEN 'duties' THEN duties WHEN 'emissions' THEN emissions ELSE protection END AS l) x WHERE t <> 'missing' AND bound > l$$,
    'bound of each term, against the least that any assignment has of it');
SELECT diag(format('note: heuristic finds the best in %s of %s orders that can be served, proves it in %s; serves fewer units in %s; mean bound of shipments %s, least %s', count(*) FILTER (WHERE r.obj = best.obj), count(*), count(*) FILTER (WHERE route_is_optimal(p)), count(*) FILTER (WHERE r.missing > l.missing),
    round(avg(b.bound), 3), round(avg(l.shipments), 3))) FROM result r JOIN best USING (o) JOIN plan USING (how, o) JOIN least_term l USING (o) LEFT JOIN bound b ON b.o = r.o AND b.t = 'shipments' WHERE how = 'heuristic';

-- ---- laws of the state ----
SELECT is_empty($$SELECT o FROM (SELECT o, route_candidates_agg(line, s, qty, n, available, facts, options ORDER BY random()) AS c FROM candidate JOIN request USING (o) GROUP BY o) x JOIN state USING (o) WHERE x.c <> state.c$$, 'any order of the rows');
SELECT is_empty($$SELECT o FROM (SELECT o, route_candidates_rollup(c ORDER BY random()) AS c FROM (SELECT o, part, route_candidates_agg(line, s, qty, n, available, facts, options) AS c FROM candidate JOIN request USING (o) GROUP BY o, part) y GROUP BY o) x JOIN state USING (o) WHERE x.c <> state.c$$, 'any split of the rows');
SELECT is_empty($$SELECT o FROM (SELECT o, route_candidates_agg(line, s, qty, n, available, facts, options) AS c FROM (TABLE candidate UNION ALL TABLE candidate) y JOIN request USING (o) GROUP BY o) x JOIN state USING (o) WHERE x.c <> state.c$$, 'rows told twice');
SELECT is_empty($$SELECT o FROM (SELECT o, route_order(line, s, qty, n, available, facts, options ORDER BY random()) AS p FROM candidate JOIN request USING (o) GROUP BY o) x JOIN plan USING (o) WHERE how = 'exact' AND x.p <> plan.p$$, 'the same plan, bit for bit');
SELECT is_empty($$SELECT o FROM (SELECT o, route_order_rollup(c ORDER BY c DESC) AS p FROM (SELECT o, part, route_candidates_agg(line, s, qty, n, available, facts, options) AS c FROM candidate JOIN request USING (o) GROUP BY o, part) y GROUP BY o) x JOIN plan USING (o) WHERE how = 'exact' AND x.p <> plan.p$$, 'rolled up, too');
SELECT is_empty($$SELECT o FROM state WHERE c::text::route_candidates <> c OR route_candidates_send(c::text::route_candidates) <> route_candidates_send(c)$$, 'candidates: text is lossless');
SELECT is_empty($$SELECT o FROM plan WHERE p::text::route_plan <> p$$, 'plans: text is lossless');
SELECT is_empty($$SELECT o FROM (SELECT o, route_order(line::text, s::text, qty, n::text, available, facts, options) AS p FROM candidate JOIN request USING (o) GROUP BY o) x JOIN plan USING (o) WHERE how = 'exact' AND x.p <> plan.p$$, 'ids as text are the same ids');
CREATE TABLE copied_state (LIKE state);
CREATE TABLE copied_plan (LIKE plan);
\set binary_file `mktemp -u`
COPY state TO :'binary_file' (FORMAT binary);
COPY copied_state FROM :'binary_file' (FORMAT binary);
COPY plan TO :'binary_file' (FORMAT binary);
COPY copied_plan FROM :'binary_file' (FORMAT binary);
\setenv binary_file :binary_file
\! rm -f "$binary_file"
SELECT is_empty('(TABLE state EXCEPT TABLE copied_state) UNION ALL (TABLE copied_state EXCEPT TABLE state)', 'candidates: binary is lossless');
SELECT is_empty('(TABLE plan EXCEPT TABLE copied_plan) UNION ALL (TABLE copied_plan EXCEPT TABLE plan)', 'plans: binary is lossless');
SELECT is((SELECT count(*) FROM state WHERE route_candidates_hash(c) <> route_candidates_hash(c::text::route_candidates)), 0::bigint, 'equal candidates hash equal');
SELECT * FROM finish();
