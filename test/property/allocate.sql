-- Allocation with channels, minimums and fair shares: an oracle in plpgsql, written from the definitions in doc/inventory.md; conservation; and the same bytes for
-- any order, split and plan.
SELECT plan(45);
SET search_path = public, omni;
SET timezone = 'UTC';
SELECT setseed(0.2027);
\set cases 3000

-- each case has few or many units, small or large; rows of one line agree in channel and minimum
CREATE TABLE instance AS
SELECT c, (CASE WHEN c % 5 = 0 THEN 100003 WHEN c % 50 = 1 THEN 9000000007 ELSE 1 END)::bigint AS scale, 2 + c % 12 AS size, (c / 2) % 4 AS channels, c % 3 AS minimums
FROM generate_series(1, :cases) c;
CREATE TABLE row_of_line AS
SELECT c, (random() * size)::bigint AS line_id, floor(random() * 12)::bigint * scale + (scale > 1)::int * floor(random() * 40)::bigint AS qty, (random() * 3)::int - 1 AS priority,
       timestamptz '2026-01-01' + floor(random() * 5) * interval '1 hour' AS placed_at
FROM instance, LATERAL generate_series(1, (c * 0 + random() * size)::int) n;
CREATE TABLE line AS
SELECT l.c, l.line_id, l.qty, l.priority, l.placed_at, t.channel, t.min_qty
FROM row_of_line l
JOIN (SELECT c, line_id, CASE WHEN random() < .7 THEN nullif(floor(random() * (channels + 1))::int, 0) END AS channel,
             CASE minimums WHEN 0 THEN 0 WHEN 1 THEN CASE WHEN random() < .5 THEN floor(min_row * random())::bigint + 1 END ELSE CASE WHEN random() < .4 THEN min_row END END AS min_qty
      FROM (SELECT c, line_id, coalesce(min(qty) FILTER (WHERE qty > 0), 0) AS min_row FROM row_of_line GROUP BY c, line_id) r JOIN instance USING (c)) t USING (c, line_id);
ALTER TABLE line ALTER channel TYPE text USING ('{web,"pop-up store",pos}'::text[])[channel];
CREATE TABLE stock AS
SELECT c, (random() * 5)::bigint AS stock_id, floor(random() * 9)::bigint * scale + (scale > 1)::int * floor(random() * 40)::bigint AS qty,
       CASE WHEN random() < .5 THEN '-infinity' ELSE timestamptz '2026-01-01' + floor(random() * 3) * interval '1 day' END AS available_at,
       ('{web,"pop-up store",marketplace}'::text[])[CASE WHEN random() < .5 THEN nullif(floor(random() * (channels + 1))::int, 0) END] AS channel
FROM instance, LATERAL generate_series(1, (c * 0 + random() * 5)::int) n;

CREATE TABLE pair AS
SELECT c, d.demand, s.supply FROM instance
LEFT JOIN (SELECT c, demand_agg(line_id, qty, priority, placed_at, channel, min_qty) AS demand FROM line GROUP BY c) d USING (c)
LEFT JOIN (SELECT c, supply_agg(stock_id, qty, available_at, channel) AS supply FROM stock GROUP BY c) s USING (c);
CREATE TABLE policy AS SELECT unnest('{fifo,priority,fair_share}'::text[]) AS policy;
CREATE TABLE result AS
SELECT policy, c, a.ord, a.line_id, a.stock_id, a.qty, a.reason FROM pair, policy, allocate(demand, supply, policy) WITH ORDINALITY AS a(line_id, stock_id, qty, reason, ord);

-- entries: rows that differ only in their quantity are one; a minimum of 1 or less is none
CREATE TABLE entry AS SELECT c, line_id, sum(qty) AS qty, priority, placed_at, channel, CASE WHEN min_qty > 1 THEN min_qty ELSE 0 END AS min_qty
FROM line GROUP BY c, line_id, priority, placed_at, channel, min_qty HAVING sum(qty) > 0;
CREATE TABLE shelf AS SELECT c, stock_id, sum(qty) AS qty, available_at, channel FROM stock GROUP BY c, stock_id, available_at, channel HAVING sum(qty) > 0;
CREATE INDEX ON stock (c);
CREATE INDEX ON pair (c);
CREATE INDEX ON entry (c);
CREATE INDEX ON shelf (c);
ANALYZE;

/* ---- the oracle ---- */

-- units that lines of a channel may take, if so many were already given to each channel's lines: what is protected and not used by them, and what is common and
-- not used by any
CREATE FUNCTION eligible(channels text[], protected numeric[], given numeric[], common numeric, channel text) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
SELECT common - sum(greatest(g - p, 0)) + coalesce(sum(greatest(p - g, 0)) FILTER (WHERE n = channel), 0) FROM unnest(channels, protected, given) AS u(n, p, g)
$$;

CREATE FUNCTION oracle(case_no int, policy text) RETURNS TABLE (line_id bigint, stock_id bigint, qty numeric, reason text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    lines entry[]; rows shelf[]; n int; k int;
    -- channels of lines, '' standing for none; units protected for each, given to each, asked for by each
    names text[]; protected numeric[]; given numeric[]; asked numeric[]; common numeric;
    gets numeric[]; gone boolean[]; rest numeric[]; left_now numeric; lacking numeric; denominators numeric; worst int; need numeric; taken numeric; whole numeric[]; sharing numeric;
    some_protected boolean; extra int;
BEGIN
    lines := ARRAY(SELECT e FROM entry e WHERE c = case_no ORDER BY CASE oracle.policy WHEN 'priority' THEN e.priority END, e.placed_at, e.line_id, e.priority);
    rows := ARRAY(SELECT s FROM shelf s WHERE c = case_no ORDER BY s.available_at, s.stock_id);
    n := cardinality(lines);
    IF n = 0 THEN RETURN; END IF;
    names := ARRAY(SELECT DISTINCT coalesce(l.channel, '') FROM unnest(lines) l UNION SELECT coalesce(r.channel, '') FROM unnest(rows) r);
    protected := ARRAY(SELECT CASE WHEN x = '' THEN 0 ELSE coalesce((SELECT sum(r.qty) FROM unnest(rows) r WHERE r.channel = x), 0) END FROM unnest(names) WITH ORDINALITY u(x, o) ORDER BY o);
    common := coalesce((SELECT sum(r.qty) FROM unnest(rows) r WHERE r.channel IS NULL), 0);
    given := array_fill(0::numeric, ARRAY[cardinality(names)]);
    gets := array_fill(0::numeric, ARRAY[n]);
    gone := array_fill(false, ARRAY[n]);
    IF policy <> 'fair_share' THEN
        FOR i IN 1..n LOOP
            left_now := eligible(names, protected, given, common, coalesce(lines[i].channel, ''));
            k := array_position(names, coalesce(lines[i].channel, ''));
            IF left_now >= lines[i].min_qty THEN
                gets[i] := least(lines[i].qty, left_now);
                given[k] := given[k] + gets[i];
            ELSE
                gone[i] := left_now > 0;
            END IF;
        END LOOP;
    ELSE
        LOOP
            -- exact shares, as share = whole / denominators, of the lines that take part
            asked := ARRAY(SELECT coalesce((SELECT sum(l.qty) FROM unnest(lines, gone) AS l(c, line_id, qty, priority, placed_at, channel, min_qty, gone) WHERE coalesce(l.channel, '') = x AND NOT l.gone), 0)
                           FROM unnest(names) WITH ORDINALITY u(x, o) ORDER BY o);
            lacking := (SELECT sum(greatest(a - p, 0)) FROM unnest(asked, protected) u(a, p));
            sharing := least(common, lacking);
            denominators := greatest(lacking, 1);
            FOREACH taken IN ARRAY asked LOOP denominators := denominators * greatest(taken, 1); END LOOP;
            worst := NULL;
            whole := gets;
            FOR i IN 1..n LOOP
                CONTINUE WHEN gone[i];
                k := array_position(names, coalesce(lines[i].channel, ''));
                -- q / D * (min(P, D) + R(k) * sharing / R), every division being exact
                whole[i] := lines[i].qty * div(denominators, asked[k]) * least(protected[k], asked[k])
                          + CASE WHEN lacking > 0 THEN lines[i].qty * greatest(asked[k] - protected[k], 0) * sharing * div(denominators, asked[k] * lacking) ELSE 0 END;
                IF whole[i] < lines[i].min_qty * denominators AND (worst IS NULL OR lines[i].min_qty * lines[worst].qty >= lines[worst].min_qty * lines[i].qty) THEN
                    worst := i;
                END IF;
            END LOOP;
            EXIT WHEN worst IS NULL;
            gone[worst] := true;
        END LOOP;
        rest := gets;
        FOR i IN 1..n LOOP
            CONTINUE WHEN gone[i];
            k := array_position(names, coalesce(lines[i].channel, ''));
            gets[i] := div(whole[i], denominators);
            rest[i] := whole[i] - gets[i] * denominators;
            given[k] := given[k] + gets[i];
        END LOOP;
        FOR extra IN SELECT o FROM unnest(rest) WITH ORDINALITY u(r, o) WHERE r > 0 ORDER BY r DESC, o LOOP
            k := array_position(names, coalesce(lines[extra].channel, ''));
            IF eligible(names, protected, given, common, names[k]) > 0 THEN
                gets[extra] := gets[extra] + 1;
                given[k] := given[k] + 1;
            END IF;
        END LOOP;
        FOR i IN 1..n LOOP
            CONTINUE WHEN NOT gone[i];
            k := array_position(names, coalesce(lines[i].channel, ''));
            left_now := eligible(names, protected, given, common, names[k]);
            IF left_now >= lines[i].min_qty THEN
                gets[i] := least(lines[i].qty, left_now);
                given[k] := given[k] + gets[i];
            END IF;
            gone[i] := gets[i] = 0 AND common + protected[k] > 0;
        END LOOP;
    END IF;
    some_protected := (SELECT bool_or(p > g) FROM unnest(protected, given) u(p, g));
    -- units of stock rows: in the order of the policy, those of the channel first
    FOR i IN 1..n LOOP
        need := gets[i];
        FOR own IN REVERSE 1..0 LOOP
            FOR r IN 1..cardinality(rows) LOOP
                CONTINUE WHEN CASE own WHEN 1 THEN rows[r].channel IS DISTINCT FROM lines[i].channel OR rows[r].channel IS NULL ELSE rows[r].channel IS NOT NULL END;
                taken := least(need, rows[r].qty);
                CONTINUE WHEN taken = 0;
                line_id := lines[i].line_id; stock_id := rows[r].stock_id; qty := taken;
                reason := CASE WHEN gets[i] = lines[i].qty THEN 'allocated' ELSE 'partial' END;
                RETURN NEXT;
                need := need - taken;
                rows[r].qty := rows[r].qty - taken;
            END LOOP;
        END LOOP;
        IF need > 0 THEN RAISE 'the oracle gave more than there is in case %', case_no; END IF;
        IF gets[i] < lines[i].qty THEN
            line_id := lines[i].line_id; stock_id := NULL; qty := lines[i].qty - gets[i];
            reason := CASE WHEN gone[i] THEN 'below_minimum' WHEN some_protected THEN 'protected' ELSE 'short' END;
            RETURN NEXT;
        END IF;
    END LOOP;
END $$;
CREATE TABLE expected AS SELECT policy, c, o.* FROM instance, policy, oracle(c, policy) WITH ORDINALITY AS o(line_id, stock_id, qty, reason, ord);

SELECT is((SELECT count(*) FROM pair), :cases::bigint, 'cases');
SELECT ok((SELECT count(*) FROM (SELECT policy, reason FROM result GROUP BY 1, 2 HAVING count(*) > 300) r) = 15, 'every reason comes often under every policy');
SELECT is_empty(format($$SELECT c, ord, line_id, stock_id, qty, reason FROM result WHERE policy = %L EXCEPT SELECT c, ord, line_id, stock_id, qty, reason FROM expected WHERE policy = %1$L$$, policy),
    policy || ': no row that the oracle has not') FROM policy;
SELECT is_empty(format($$SELECT c, ord, line_id, stock_id, qty, reason FROM expected WHERE policy = %L EXCEPT SELECT c, ord, line_id, stock_id, qty, reason FROM result WHERE policy = %1$L$$, policy),
    policy || ': every row of the oracle') FROM policy;

/* ---- laws, whatever the oracle says ---- */

SELECT is_empty($$SELECT policy, c, line_id, sum(qty) FROM result GROUP BY 1, 2, 3 EXCEPT SELECT policy, c, line_id, sum(qty) FROM line, policy GROUP BY 1, 2, 3$$, 'the rows of a line add up to what it asks for');
SELECT is_empty($$SELECT policy, c, line_id FROM line, policy WHERE qty > 0 EXCEPT SELECT policy, c, line_id FROM result$$, 'no line with units is without a row');
SELECT is_empty($$SELECT * FROM (SELECT policy, c, stock_id, sum(qty) AS given FROM result WHERE stock_id IS NOT NULL GROUP BY 1, 2, 3) r
    LEFT JOIN (SELECT c, stock_id, sum(qty) AS had FROM stock GROUP BY 1, 2) s USING (c, stock_id) WHERE given > coalesce(had, 0)$$, 'no stock row gives more than it has');
-- of each stock row, a channel's lines take at most what is protected for it and what is common
CREATE TABLE taken AS SELECT policy, c, stock_id, l.channel, sum(r.qty) AS qty FROM result r JOIN (SELECT DISTINCT c, line_id, channel FROM line) l USING (c, line_id) WHERE stock_id IS NOT NULL GROUP BY 1, 2, 3, 4;
CREATE INDEX ON taken (c);
ANALYZE taken;
SELECT is_empty($$SELECT policy, c, stock_id FROM (SELECT t.*, coalesce((SELECT sum(s.qty) FROM shelf s WHERE s.c = t.c AND s.stock_id = t.stock_id AND s.channel = t.channel), 0) AS own FROM taken t) t
    GROUP BY 1, 2, 3 HAVING sum(greatest(qty - own, 0)) > coalesce((SELECT sum(s.qty) FROM shelf s WHERE s.c = t.c AND s.stock_id = t.stock_id AND s.channel IS NULL), 0)$$, 'protected units go to no other channel');
CREATE TABLE part AS
SELECT *, greatest(protected - given, 0) AS own_left, common - sum(greatest(given - protected, 0)) OVER (PARTITION BY policy, c) AS common_left
FROM (SELECT policy, c, channel, coalesce((SELECT sum(t.qty) FROM taken t WHERE (t.policy, t.c, coalesce(t.channel, '')) = (p.policy, x.c, x.channel)), 0) AS given,
             CASE WHEN channel = '' THEN 0 ELSE coalesce((SELECT sum(s.qty) FROM shelf s WHERE (s.c, s.channel) = (x.c, x.channel)), 0) END AS protected,
             coalesce((SELECT sum(s.qty) FROM shelf s WHERE s.c = x.c AND s.channel IS NULL), 0) AS common
      FROM policy p, (SELECT DISTINCT c, coalesce(channel, '') AS channel FROM entry UNION SELECT c, coalesce(channel, '') FROM shelf) x) y;
CREATE TABLE unserved AS SELECT r.*, coalesce(l.channel, '') AS channel, l.min_qty FROM result r JOIN (SELECT DISTINCT c, line_id, channel, min_qty FROM entry) l USING (c, line_id) WHERE stock_id IS NULL;
ANALYZE part;
ANALYZE unserved;
SELECT is_empty($$SELECT * FROM part WHERE common_left < 0$$, 'common units are given once');
SELECT is_empty($$SELECT * FROM unserved JOIN part USING (policy, c, channel) WHERE reason <> 'below_minimum' AND own_left + common_left > 0$$, 'nothing is short while units are left that the line may take');
SELECT is_empty($$SELECT * FROM unserved JOIN part USING (policy, c, channel) WHERE reason = 'below_minimum' AND own_left + common_left >= min_qty$$, 'no line is below its minimum while that many units are left');
SELECT is_empty($$SELECT * FROM unserved u WHERE reason <> 'below_minimum' AND (reason = 'protected') <> EXISTS (SELECT FROM part p WHERE (p.policy, p.c) = (u.policy, u.c) AND own_left > 0)$$,
    'protected: there are units left for other channels; short: there are not');
SELECT is_empty($$SELECT policy, c, line_id FROM result JOIN (SELECT DISTINCT c, line_id, min_qty FROM entry) l USING (c, line_id) WHERE stock_id IS NOT NULL GROUP BY policy, c, line_id, min_qty HAVING sum(qty) < min_qty$$,
    'a line gets nothing or its minimum');
SELECT is_empty($$SELECT * FROM result WHERE qty <= 0 OR (stock_id IS NULL) <> (reason IN ('short', 'protected', 'below_minimum')) OR reason NOT IN ('allocated', 'partial', 'short', 'protected', 'below_minimum')$$, 'the reason fits the row');
-- without channels and minimums: the largest remainder in plain SQL
CREATE TABLE plain AS SELECT c, demand_agg(line_id, qty, priority, placed_at) AS demand, (SELECT supply_agg(stock_id, qty, available_at) FROM stock s WHERE s.c = l.c) AS supply FROM line l GROUP BY c;
SELECT is_empty($$WITH e AS (SELECT c, line_id, priority, placed_at, sum(qty) AS q FROM line GROUP BY 1, 2, 3, 4 HAVING sum(qty) > 0),
    t AS (SELECT *, sum(q) OVER (PARTITION BY c) AS d, coalesce((SELECT sum(qty) FROM stock s WHERE s.c = e.c), 0) AS a FROM e),
    f AS (SELECT *, div(q * least(a, d), d) AS floor, q * least(a, d) % d AS rest FROM t),
    x AS (SELECT *, row_number() OVER (PARTITION BY c ORDER BY rest DESC, placed_at, line_id, priority) AS nth, least(a, d) - sum(floor) OVER (PARTITION BY c) AS extra FROM f),
    want AS (SELECT c, line_id, sum(floor + (nth <= extra)::int) AS qty FROM x GROUP BY 1, 2),
    got AS (SELECT c, line_id, coalesce(sum(qty) FILTER (WHERE stock_id IS NOT NULL), 0) AS qty FROM plain, allocate(demand, supply, 'fair_share') GROUP BY 1, 2)
    (TABLE want EXCEPT TABLE got) UNION ALL (TABLE got EXCEPT TABLE want)$$, 'fair_share without terms equals the largest remainder in plain SQL');

/* ---- values ---- */

SELECT is_empty($$SELECT c FROM (SELECT c, demand_agg(line_id, qty, priority, placed_at, NULL, c % 2) AS x FROM line GROUP BY c) a JOIN plain USING (c) WHERE x <> demand OR demand_send(x) <> demand_send(demand)$$,
    'without channels and minimums the value is the one of demand_agg without them');
SELECT is_empty($$SELECT c FROM (SELECT c, supply_agg(stock_id, qty, available_at, NULL) AS x FROM stock GROUP BY c) a JOIN plain USING (c) WHERE x <> supply OR supply_send(x) <> supply_send(supply)$$,
    'without a channel the value is the one of supply_agg without it');
CREATE TABLE split AS SELECT *, floor(random() * 4)::int AS part, random() AS shuffled FROM line;
CREATE TABLE split_stock AS SELECT *, floor(random() * 4)::int AS part, random() AS shuffled FROM stock;
SELECT is_empty($$SELECT c FROM (SELECT c, demand_agg(line_id, qty, priority, placed_at, channel, min_qty) AS x FROM (SELECT * FROM split ORDER BY shuffled OFFSET 0) o GROUP BY c) a
    JOIN pair USING (c) WHERE demand_send(x) IS DISTINCT FROM demand_send(demand) OR x <> demand$$, 'demand: any order');
SELECT is_empty($$SELECT c FROM (SELECT c, supply_agg(stock_id, qty, available_at, channel) AS x FROM (SELECT * FROM split_stock ORDER BY shuffled OFFSET 0) o GROUP BY c) a
    JOIN pair USING (c) WHERE supply_send(x) IS DISTINCT FROM supply_send(supply) OR x <> supply$$, 'supply: any order');
-- states with and without channels and minimums meet in any order
CREATE TABLE state AS SELECT c, part, min(shuffled) AS shuffled, demand_agg(line_id, qty, priority, placed_at, channel, min_qty) AS demand FROM split GROUP BY c, part, CASE WHEN channel IS NULL AND coalesce(min_qty, 0) < 2 THEN 0 ELSE 1 END;
CREATE TABLE stock_state AS SELECT c, part, min(shuffled) AS shuffled, supply_agg(stock_id, qty, available_at, channel) AS supply FROM split_stock GROUP BY c, part, channel IS NULL;
SELECT ok((SELECT count(DISTINCT get_byte(demand_send(demand), 0)) = 2 FROM state) AND (SELECT count(DISTINCT get_byte(supply_send(supply), 0)) = 2 FROM stock_state), 'there are states of both versions');
SELECT is_empty($$SELECT c FROM (SELECT c, demand_rollup(demand ORDER BY shuffled) AS x FROM state GROUP BY c) a JOIN pair USING (c) WHERE x <> demand$$, 'demand: any split, rolled up');
SELECT is_empty($$SELECT c FROM (SELECT c, supply_rollup(supply ORDER BY shuffled) AS x FROM stock_state GROUP BY c) a JOIN pair USING (c) WHERE x <> supply$$, 'supply: any split, rolled up');
-- lines of different cases have no line in common once their numbers are moved apart
CREATE TABLE apart AS SELECT c, demand_agg(c * 1000 + line_id, qty, priority, placed_at, channel, min_qty) AS demand, (SELECT supply FROM pair p WHERE p.c = l.c) AS supply FROM line l GROUP BY c;
CREATE UNIQUE INDEX ON apart (c);
SELECT is_empty(format($$SELECT a.c FROM apart a JOIN apart b ON b.c = a.c %% %1$s + 1 JOIN apart d ON d.c = b.c %% %1$s + 1
    WHERE a.demand || b.demand <> b.demand || a.demand OR (a.demand || b.demand) || d.demand <> a.demand || (b.demand || d.demand) OR a.demand || '{}' <> a.demand
       OR a.supply || b.supply <> b.supply || a.supply OR (a.supply || b.supply) || d.supply <> a.supply || (b.supply || d.supply) OR '{}' || a.supply <> a.supply$$, :cases), '|| is commutative and associative and {} changes nothing');
SELECT is_empty($$SELECT c FROM pair WHERE demand::text::demand <> demand OR supply::text::supply <> supply OR demand_send(demand::text::demand) <> demand_send(demand)$$, 'text is lossless');
CREATE TABLE copied (LIKE pair);
\set binary_file `mktemp -u`
COPY pair TO :'binary_file' (FORMAT binary);
COPY copied FROM :'binary_file' (FORMAT binary);
\setenv binary_file :binary_file
\! rm -f "$binary_file"
SELECT is_empty('(TABLE pair EXCEPT TABLE copied) UNION ALL (TABLE copied EXCEPT TABLE pair)', 'binary is lossless');
SELECT is((SELECT count(DISTINCT demand) FROM pair), (SELECT count(DISTINCT demand::text) FROM pair), 'equal if and only if the text is');
SELECT is((SELECT count(*) FROM pair WHERE demand_hash(demand) <> demand_hash(demand::text::demand) OR supply_hash(supply) <> supply_hash(supply::text::supply)), 0::bigint, 'equal queues hash equal');
-- what was asked for day by day, added up
SELECT is_empty(format($$WITH daily AS (SELECT c, (placed_at + line_id %% 2 * interval '20 hours')::date AS day, demand_agg(line_id, qty, priority, placed_at, channel, min_qty) AS demand FROM line GROUP BY 1, 2),
    rolled AS (SELECT c, demand_rollup(demand) AS demand FROM daily GROUP BY c),
    r AS (SELECT c, a.* FROM rolled JOIN (SELECT c, supply FROM pair) s USING (c), allocate(rolled.demand, supply, %L) WITH ORDINALITY AS a(line_id, stock_id, qty, reason, ord))
    (SELECT c, line_id, stock_id, qty, reason, ord FROM r EXCEPT SELECT c, line_id, stock_id, qty, reason, ord FROM result WHERE policy = %1$L) UNION ALL
    (SELECT c, line_id, stock_id, qty, reason, ord FROM result WHERE policy = %1$L EXCEPT SELECT c, line_id, stock_id, qty, reason, ord FROM r)$$, policy), policy || ': daily states rolled up are allocated as all lines are') FROM policy;

/* ---- large states, any plan ---- */

CREATE TABLE big (sku int, line_id bigint, qty bigint, priority int, placed_at timestamptz, channel text, min_qty bigint);
INSERT INTO big SELECT CASE WHEN i % 2 = 0 THEN 0 ELSE i % 3000 END, i, 1 + i % 7, i % 3, timestamptz '2026-01-01' + (hashint4(i) % 100000) * interval '1 s', CASE WHEN i > 60000 THEN 'c' || i % 5 END, CASE WHEN i > 80000 THEN (1 + i % 7) / 2 END
FROM generate_series(1, 120000) i;
ANALYZE big;
CREATE FUNCTION digest_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r text;
BEGIN
    EXECUTE 'SELECT md5(string_agg(sku || '':'' || md5(demand_send(d)), '','' ORDER BY sku)) FROM (' || query || ') x' INTO r;
    RETURN r;
END $$;
\set q 'SELECT sku, omni.demand_agg(line_id, qty, priority, placed_at, channel, min_qty) AS d FROM public.big GROUP BY sku'
SET max_parallel_workers_per_gather = 0;
SET enable_sort = off;
SELECT digest_of(:'q') AS serial \gset
SET work_mem = '64kB';
SELECT is(digest_of(:'q'), :'serial', 'spilled: same bytes');
RESET work_mem;
SET enable_sort = on; SET enable_hashagg = off;
SELECT is(digest_of(:'q'), :'serial', 'sorted: same bytes');
RESET enable_hashagg;
SET max_parallel_workers_per_gather = 3; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SELECT is(digest_of(:'q'), :'serial', 'parallel: same bytes');
SET max_parallel_workers_per_gather = 0;
SELECT is(digest_of('SELECT sku, omni.demand_rollup(d ORDER BY d) AS d FROM (SELECT sku, line_id % 5, omni.demand_agg(line_id, qty, priority, placed_at, channel, min_qty) AS d FROM public.big GROUP BY 1, 2) s GROUP BY sku'), :'serial', 'rolled up: same bytes');
SELECT ok((SELECT demand_agg(line_id, qty, priority, placed_at, channel, min_qty) = demand_agg(line_id, qty, priority, placed_at, channel, min_qty ORDER BY line_id DESC) FROM big), 'large: channels first or last, the same bytes');
SELECT is((SELECT sum(a.qty)::bigint FROM (SELECT demand_agg(line_id, qty, priority, placed_at, channel, min_qty) AS d FROM big) s, allocate(d, '{1:100000@-infinity for c1,2:50000@2026-01-01T00:00:00Z}', policy) a), (SELECT sum(qty)::bigint FROM big),
    policy || ': a large state is conserved') FROM policy;
-- a channel of its own for each line
SELECT ok((SELECT count(*) FILTER (WHERE reason = 'allocated') = 20000 AND count(*) = 20000 FROM
    allocate((SELECT demand_agg(i, 2, 0, 'epoch', 'c' || i, 2) FROM generate_series(1::bigint, 20000) i), (SELECT supply_agg(-i, 2, 'epoch', 'c' || i) FROM generate_series(1::bigint, 20000) i), policy)
    WHERE stock_id = -line_id), policy || ': a channel for each line') FROM policy;
SELECT * FROM finish();
