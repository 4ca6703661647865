-- Allocation of 1M waiting lines over 200k stock rows, 10k SKUs: the tables of the shared baseline
-- script (bench/inventory/b_fifo.sql there), its sort floor and its fastest SQL and plpgsql methods.
SET search_path = public, omni;
SELECT setseed(0.42);
CREATE UNLOGGED TABLE b_stock AS SELECT s AS sku, l AS loc, l AS prio, (random() * 12)::int AS qty
FROM generate_series(1, 10000) s, generate_series(1, 20) l;
ALTER TABLE b_stock ADD PRIMARY KEY (sku, loc);
CREATE UNLOGGED TABLE b_line AS SELECT i AS line_id, (1 + random() * 9999)::int AS sku, (1 + floor(random() * 3))::int AS qty, i AS placed_seq
FROM generate_series(1, 1000000) i;
ALTER TABLE b_line ADD PRIMARY KEY (line_id);
-- the same lines in no order at all
CREATE UNLOGGED TABLE b_mixed AS SELECT * FROM b_line ORDER BY hashint4(line_id);
VACUUM ANALYZE b_stock;
VACUUM ANALYZE b_line;
VACUUM ANALYZE b_mixed;

CREATE FUNCTION allocate_all(lines regclass, policy text) RETURNS text LANGUAGE sql RETURN format($q$
SELECT count(*) FROM
    (SELECT sku, demand_agg(line_id, qty, sku %% 7, to_timestamp(placed_seq)) AS demand FROM %s GROUP BY sku) d
    LEFT JOIN (SELECT sku, supply_agg(loc, qty, to_timestamp(prio)) AS supply FROM b_stock GROUP BY sku) s USING (sku),
    allocate(demand, supply, %L) a$q$, lines, policy);

-- one pass over both sorted sets by two cursors
CREATE FUNCTION merge() RETURNS TABLE (line_id int, sku int, loc int, qty int) LANGUAGE plpgsql AS $$
DECLARE
    c refcursor; s record; l record; need int; have int := 0;
BEGIN
    OPEN c FOR SELECT x.sku, x.loc, x.qty FROM b_stock x WHERE x.qty > 0 ORDER BY x.sku, x.prio;
    FETCH c INTO s; have := s.qty;
    FOR l IN SELECT b.line_id, b.sku, b.qty FROM b_line b ORDER BY b.sku, b.placed_seq LOOP
        need := l.qty;
        WHILE need > 0 LOOP
            WHILE s.sku IS NOT NULL AND (s.sku < l.sku OR (s.sku = l.sku AND have = 0)) LOOP
                FETCH c INTO s; have := s.qty;
            END LOOP;
            EXIT WHEN s.sku IS NULL OR s.sku > l.sku;
            line_id := l.line_id; sku := l.sku; loc := s.loc; qty := least(need, have);
            need := need - qty; have := have - qty;
            RETURN NEXT;
        END LOOP;
    END LOOP;
END $$;

\set sort_floor 'SELECT count(*) FROM (SELECT sku, placed_seq, qty FROM b_line ORDER BY sku, placed_seq OFFSET 0) x'
\set overlap_join 'WITH d AS (SELECT line_id, sku, qty, sum(qty) OVER w - qty AS lo, sum(qty) OVER w AS hi FROM b_line WINDOW w AS (PARTITION BY sku ORDER BY placed_seq ROWS UNBOUNDED PRECEDING)), s AS (SELECT sku, loc, qty, sum(qty) OVER w - qty AS lo, sum(qty) OVER w AS hi FROM b_stock WHERE qty > 0 WINDOW w AS (PARTITION BY sku ORDER BY prio ROWS UNBOUNDED PRECEDING)) SELECT count(*), sum(least(d.hi, s.hi) - greatest(d.lo, s.lo)) FROM d JOIN s ON s.sku = d.sku AND s.lo < d.hi AND d.lo < s.hi'

-- all methods give the same units to the same lines
CREATE TEMP TABLE a1 AS SELECT line_id::int, sku, loc, qty FROM merge();
CREATE TEMP TABLE a2 AS SELECT a.line_id::int, sku, a.stock_id::int AS loc, a.qty::int FROM
    (SELECT sku, demand_agg(line_id, qty, 0, to_timestamp(placed_seq)) AS demand FROM b_mixed GROUP BY sku) d
    LEFT JOIN (SELECT sku, supply_agg(loc, qty, to_timestamp(prio)) AS supply FROM b_stock GROUP BY sku) s USING (sku),
    allocate(demand, supply) a;
SELECT format('# rows: %s allocated (two cursors: %s), %s differ; %s units of %s short', count(*) FILTER (WHERE loc IS NOT NULL), (SELECT count(*) FROM a1),
    (SELECT count(*) FROM (SELECT * FROM a1 EXCEPT SELECT * FROM a2) x) + (SELECT count(*) FROM (SELECT * FROM a2 WHERE loc IS NOT NULL EXCEPT SELECT * FROM a1) x),
    sum(qty) FILTER (WHERE loc IS NULL), sum(qty)) FROM a2;
DROP TABLE a1, a2;

SELECT bench.compare('1M lines over 200k stock rows, fifo', '<= 1.2', allocate_all('b_line', 'fifo'), 'sort of the lines only', :'sort_floor');
SELECT bench.compare('the same, lines in no order', '<= 1.2', allocate_all('b_mixed', 'fifo'), 'sort of these lines only', replace(:'sort_floor', 'b_line', 'b_mixed'));
SELECT bench.compare('the same, priority', '', allocate_all('b_line', 'priority'), 'sort of the lines only', :'sort_floor');
SELECT bench.compare('1M lines over 200k stock rows, fifo', '', allocate_all('b_line', 'fifo'), 'plpgsql, two cursors', 'SELECT count(*), sum(qty) FROM merge()', reps => 2);
SELECT bench.compare('1M lines over 200k stock rows, fifo', '', allocate_all('b_line', 'fifo'), 'running-sum overlap join', :'overlap_join', reps => 2);

-- fair shares, against the largest remainder in plain SQL, which says how many units but not which
\set largest_remainder 'WITH d AS (SELECT line_id, sku, qty::bigint, placed_seq, sum(qty) OVER (PARTITION BY sku) AS asked FROM b_line), s AS (SELECT sku, sum(qty) AS units FROM b_stock GROUP BY sku), f AS (SELECT line_id, sku, placed_seq, least(units, asked) AS there, qty * least(units, asked) / asked AS share, qty * least(units, asked) % asked AS rest FROM d JOIN s USING (sku)), r AS (SELECT *, row_number() OVER (PARTITION BY sku ORDER BY rest DESC, placed_seq) AS nth, there - sum(share) OVER (PARTITION BY sku) AS extra FROM f) SELECT line_id, share + (nth <= extra)::int AS gets FROM r'
SELECT format('# fair_share: %s lines of %s differ from plain SQL', count(*) FILTER (WHERE coalesce(a.gets, 0) <> p.gets), count(*)) FROM (:largest_remainder) p LEFT JOIN
    (SELECT a.line_id, sum(a.qty) FILTER (WHERE stock_id IS NOT NULL) AS gets FROM (SELECT sku, demand_agg(line_id, qty, 0, to_timestamp(placed_seq)) AS demand FROM b_line GROUP BY sku) d
     LEFT JOIN (SELECT sku, supply_agg(loc, qty, to_timestamp(prio)) AS supply FROM b_stock GROUP BY sku) s USING (sku), allocate(demand, supply, 'fair_share') a GROUP BY 1) a USING (line_id);
SELECT bench.compare('1M lines over 200k stock rows, fair_share', '', allocate_all('b_line', 'fair_share'), 'largest remainder in plain SQL, units only', format('SELECT count(gets) FROM (%s) x', :'largest_remainder'), reps => 2);
SELECT bench.compare('1M lines over 200k stock rows, fair_share', '', allocate_all('b_line', 'fair_share'), 'sort of the lines only', :'sort_floor', reps => 2);

-- half of the lines of a channel that has a quarter of the stock to itself, a third with a minimum; the plpgsql loop says how many units but not which
CREATE FUNCTION allocate_terms(policy text) RETURNS text LANGUAGE sql RETURN format($q$
SELECT count(*) FROM
    (SELECT sku, demand_agg(line_id, qty, 0, to_timestamp(placed_seq), CASE WHEN line_id %% 2 = 0 THEN 'web' END, CASE WHEN line_id %% 3 = 0 THEN qty END) AS demand FROM b_line GROUP BY sku) d
    LEFT JOIN (SELECT sku, supply_agg(loc, qty, to_timestamp(prio), CASE WHEN loc %% 4 = 0 THEN 'web' END) AS supply FROM b_stock GROUP BY sku) s USING (sku),
    allocate(demand, supply, %L) a$q$, policy);
CREATE FUNCTION loop_terms() RETURNS TABLE (line_id int, qty int) LANGUAGE plpgsql AS $$
DECLARE
    l record; own int; common int; now_sku int := 0; gets int;
BEGIN
    FOR l IN SELECT b.line_id, b.sku, b.qty, s.own, s.common FROM b_line b
             JOIN (SELECT x.sku, coalesce(sum(x.qty) FILTER (WHERE x.loc % 4 = 0), 0) AS own, coalesce(sum(x.qty) FILTER (WHERE x.loc % 4 > 0), 0) AS common FROM b_stock x GROUP BY x.sku) s ON s.sku = b.sku
             ORDER BY b.sku, b.placed_seq LOOP
        IF l.sku <> now_sku THEN now_sku := l.sku; own := l.own; common := l.common; END IF;
        gets := least(l.qty, common + CASE WHEN l.line_id % 2 = 0 THEN own ELSE 0 END);
        IF l.line_id % 3 = 0 AND gets < l.qty THEN gets := 0; END IF;
        CONTINUE WHEN gets = 0;
        IF l.line_id % 2 = 0 THEN common := common - greatest(gets - own, 0); own := own - least(gets, own); ELSE common := common - gets; END IF;
        line_id := l.line_id; qty := gets;
        RETURN NEXT;
    END LOOP;
END $$;
SELECT bench.compare('the same with channels and minimums, fifo', '', allocate_terms('fifo'), 'plpgsql loop, units only', 'SELECT count(*), sum(qty) FROM loop_terms()', reps => 2);
SELECT bench.compare('the same with channels and minimums, fair_share', '', allocate_terms('fair_share'), 'sort of the lines only', :'sort_floor', reps => 2);
SELECT bench.compare('window allocate_fifo, 1M lines', '',
    'SELECT count(g) FROM (SELECT allocate_fifo(qty, 120) OVER (PARTITION BY sku ORDER BY placed_seq) AS g FROM b_line) x', 'window sum(qty), 1M lines',
    'SELECT count(g) FROM (SELECT sum(qty) OVER (PARTITION BY sku ORDER BY placed_seq) AS g FROM b_line) x', reps => 2);
SELECT bench.compare('demand_agg into 500k states', '<= 1.5', 'SELECT count(d) FROM (SELECT demand_agg(line_id, qty, 0, to_timestamp(placed_seq)) AS d FROM b_line GROUP BY line_id / 2) x', 'array_agg',
    'SELECT count(d) FROM (SELECT array_agg(line_id) AS d FROM b_line GROUP BY line_id / 2) x', reps => 3);
