-- A queue of 100k orders of 3 lines, out of 20 nodes: the tables of inventory_route, routed as a batch from stock in arrays, a row for each SKU,
-- beside the exact query in plain SQL. With stock for all, each order gets its optimum, which the exact query has to confirm; two lines
-- of one SKU, which that query does not add up, are left out. With the stock of a warehouse that runs low, how many shipments the queue
-- as a whole saves over one order after the other.
SET search_path = public, omni;
SELECT setseed(0.7);
CREATE UNLOGGED TABLE c_stock AS SELECT s AS sku, l AS loc, CASE WHEN random() < 0.30 THEN 1 + (random() * 8)::int ELSE 0 END AS qty FROM generate_series(1, 10000) s, generate_series(1, 20) l;
CREATE UNLOGGED TABLE c_order AS SELECT i AS oid, (1 + random() * 99)::int AS zone FROM generate_series(1, 100000) i;
CREATE UNLOGGED TABLE c_line AS SELECT o AS oid, n AS ln, (1 + random() * 9999)::int AS sku, (1 + floor(random() * 2))::int AS qty FROM generate_series(1, 100000) o, generate_series(1, 3) n;
CREATE UNLOGGED TABLE c_cost AS SELECT z AS zone, l AS loc, round((4 + 6 * random())::numeric, 2) AS cost FROM generate_series(1, 100) z, generate_series(1, 20) l;
-- stock for all orders
UPDATE c_stock SET qty = qty * 1000;
ALTER TABLE c_stock ADD PRIMARY KEY (sku, loc);
ALTER TABLE c_cost ADD PRIMARY KEY (zone, loc);
CREATE UNLOGGED TABLE b_line AS SELECT oid AS order_ref, sku, qty, zone AS destination FROM c_line JOIN c_order USING (oid);
CREATE UNLOGGED TABLE b_stock AS SELECT sku, array_agg(loc ORDER BY loc) AS node, array_agg(qty ORDER BY loc) AS available FROM c_stock GROUP BY sku;
CREATE UNLOGGED TABLE b_fact AS SELECT zone AS destination, loc AS node, cost AS fixed_cost FROM c_cost;
-- a fifth of the orders, in stock for about all of them, and in stock that runs low
CREATE UNLOGGED TABLE q_line AS SELECT * FROM b_line WHERE order_ref <= 20000;
CREATE UNLOGGED TABLE q_wide AS SELECT sku, node, (SELECT array_agg(x / 1000) FROM unnest(available) x) AS available FROM b_stock;
CREATE UNLOGGED TABLE q_short AS SELECT sku, node, (SELECT array_agg(CASE WHEN x > 0 THEN 1 + x / 4000 ELSE 0 END) FROM unnest(available) x) AS available FROM b_stock;
VACUUM ANALYZE;

\set pairs 'FROM c_line l JOIN c_stock s ON s.sku = l.sku AND s.qty >= l.qty JOIN c_order o ON o.oid = l.oid JOIN c_cost k ON k.zone = o.zone AND k.loc = s.loc'
\set join 'SELECT l.oid, s.loc, bit_or(1 << (l.ln - 1))::int AS mask, min(k.cost) AS cost ' :pairs ' GROUP BY l.oid, s.loc'
\set exact 'WITH m AS (' :join '), b AS (SELECT oid, min(cost) FILTER (WHERE mask & 1 = 1) c1, min(cost) FILTER (WHERE mask & 2 = 2) c2, min(cost) FILTER (WHERE mask & 4 = 4) c4, min(cost) FILTER (WHERE mask & 3 = 3) c3, min(cost) FILTER (WHERE mask & 5 = 5) c5, min(cost) FILTER (WHERE mask & 6 = 6) c6, min(cost) FILTER (WHERE mask = 7) c7, bit_or(mask) AS served FROM m GROUP BY oid) SELECT oid, CASE WHEN c7 IS NOT NULL THEN 1 WHEN least(c3 + c4, c5 + c2, c6 + c1) IS NOT NULL THEN 2 ELSE 3 END AS ships, coalesce(c7, least(c3 + c4, c5 + c2, c6 + c1), c1 + c2 + c4) AS cost FROM b WHERE served = 7'
\set batch 'SELECT * FROM route_batch(''b_line'', ''b_stock'', ''b_fact'')'

CREATE UNLOGGED TABLE c_exact AS :exact;
CREATE TEMP TABLE twice AS SELECT DISTINCT oid FROM c_line GROUP BY oid, sku HAVING count(*) > 1;
CREATE TEMP TABLE c_batch AS SELECT oid, count(*) AS ships, sum(cost) AS cost FROM (SELECT DISTINCT order_ref::int AS oid, node::int AS loc FROM (:batch) x WHERE node IS NOT NULL) b JOIN c_order o USING (oid) JOIN c_cost USING (zone, loc) GROUP BY oid;
SELECT format('# stock for all: of %s orders that can be served, %s have other shipments or another cost than the exact query; of the others %s are served (%s orders with one SKU on two lines left out)',
    count(e.oid), count(*) FILTER (WHERE e.ships <> b.ships OR e.cost <> b.cost OR b.ships IS NULL), count(*) FILTER (WHERE e.oid IS NULL), (SELECT count(*) FROM twice))
FROM c_exact e FULL JOIN c_batch b USING (oid) WHERE oid NOT IN (SELECT oid FROM twice);

CREATE TEMP TABLE q_alone AS SELECT order_ref, count(DISTINCT node) AS ships FROM route_batch('q_line', 'b_stock', 'b_fact') GROUP BY order_ref;
CREATE FUNCTION pg_temp.figures(stock regclass, what text, rounds int) RETURNS text LANGUAGE sql AS $$
    SELECT format('# 20,000 orders, %s, rounds %s: %s orders served in %s shipments, of which %s would not be if each had stock for itself; cost %s', what, rounds, count(*) FILTER (WHERE x.ships > 0), sum(x.ships), sum(x.ships - a.ships) FILTER (WHERE x.ships > 0), sum(cost)) FROM (
        SELECT order_ref, count(DISTINCT node) AS ships, sum(DISTINCT cost + loc * 1000) - 1000 * sum(DISTINCT loc) AS cost FROM route_batch('q_line', stock, 'b_fact', rounds => rounds) r JOIN c_order o ON oid = order_ref::int LEFT JOIN c_cost ON c_cost.zone = o.zone AND loc = node::int GROUP BY 1) x JOIN q_alone a USING (order_ref) $$;
SELECT pg_temp.figures('q_wide', 'stock of about 5 units a node', r) FROM unnest('{0,1,3,20}'::int[]) r;
SELECT pg_temp.figures('q_short', 'stock of about 2 units a node', r) FROM unnest('{0,1,3,20}'::int[]) r;

SELECT bench.compare('route_batch, 100k orders x 3 lines x 20 nodes, arrays', '<= 0.5', format('SELECT count(qty) FROM (%s) x', :'batch'), 'exact query in plain SQL', format('SELECT count(cost) FROM (%s) x', :'exact'), reps => 2);
SELECT bench.compare('queue of 20,000, one by one', '', $$SELECT count(qty) FROM route_batch('q_line', 'q_wide', 'b_fact', rounds => 0)$$, reps => 1);
SELECT bench.compare('the same, 3 rounds', '', $$SELECT count(qty) FROM route_batch('q_line', 'q_wide', 'b_fact')$$, reps => 1);
