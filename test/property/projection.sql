-- The laws of projections on random instances: a simulator in plpgsql that is written from the documented definition says how
-- many units can be promised when, day by day and lot by lot; promises that were accepted are kept; the same
-- bytes for any order, split and plan.
SELECT plan(36);
SET search_path = public, omni;
SET timezone = 'UTC';
SELECT setseed(0.4);

-- 3,000 instances over the days 0 to 7; day -1 stands for the begin of time, a NULL end for never
CREATE TABLE fact AS
SELECT c, k.kind, floor(random() * 6)::bigint AS qty, d.day, CASE WHEN k.kind IN ('reserved', 'demand') OR (k.kind = 'on_hand' AND d.day < 0) OR random() < .4 THEN NULL ELSE d.day + 1 + floor(random() * 6)::int END AS until
FROM generate_series(1, 3000) c, LATERAL generate_series(1, (c * 0 + random() * 9)::int) n,
     LATERAL (SELECT (ARRAY['on_hand', 'on_hand', 'incoming', 'incoming', 'incoming', 'reserved', 'demand', 'demand', 'demand', 'safety', 'buffer', 'backorder'])[1 + floor(random() * 12 + n * 0)::int] AS kind) k,
     LATERAL (SELECT CASE WHEN k.kind <> 'incoming' AND random() < .4 THEN -1 WHEN k.kind = 'on_hand' THEN 0 ELSE floor(random() * 8)::int END AS day) d;
CREATE FUNCTION day_at(day int) RETURNS timestamptz LANGUAGE sql IMMUTABLE RETURN CASE WHEN day < 0 THEN '-infinity'::timestamptz ELSE timestamptz '2026-01-01 00:00+00' + day * interval '1 day' END;
CREATE TABLE instance AS
SELECT c, coalesce(p, '{}') AS p FROM generate_series(1, 3000) c
LEFT JOIN (SELECT c, atp_projection_agg(kind, qty, CASE WHEN day >= 0 THEN day_at(day) END, day_at(until)) AS p FROM fact GROUP BY c) x USING (c);
ALTER TABLE instance ADD PRIMARY KEY (c);
CREATE INDEX ON fact (c);
ANALYZE fact;
ANALYZE instance;

-- The simulator.  Days -1 to 14 are the elements 1 to 16 of arrays.  What is left on each day, less what is waited for, when demand_on is taken.
CREATE FUNCTION simulate(lot_day int[], lot_until int[], lot_qty bigint[], demand_on bigint[]) RETURNS bigint[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    net bigint[] := '{}'; waiting bigint := 0; good bigint; best int; taken bigint;
BEGIN
    FOR day IN -1..14 LOOP
        waiting := waiting + demand_on[day + 2];
        LOOP
            -- of the lots that are there and still good, the one that expires first
            best := NULL;
            FOR l IN 1..coalesce(array_length(lot_qty, 1), 0) LOOP
                IF lot_qty[l] > 0 AND lot_day[l] <= day AND (lot_until[l] IS NULL OR lot_until[l] > day)
                   AND (best IS NULL OR coalesce(lot_until[l], 99) < coalesce(lot_until[best], 99)) THEN
                    best := l;
                END IF;
            END LOOP;
            EXIT WHEN best IS NULL OR waiting = 0;
            taken := least(waiting, lot_qty[best]);
            waiting := waiting - taken;
            lot_qty[best] := lot_qty[best] - taken;
        END LOOP;
        good := 0;
        FOR l IN 1..coalesce(array_length(lot_qty, 1), 0) LOOP
            IF lot_day[l] <= day AND (lot_until[l] IS NULL OR lot_until[l] > day) THEN good := good + lot_qty[l]; END IF;
        END LOOP;
        net := net || (good - waiting);
    END LOOP;
    RETURN net;
END $$;
CREATE TABLE setting AS
SELECT c, coalesce(array_agg(day) FILTER (WHERE kind IN ('on_hand', 'incoming')), '{}') AS lot_day, array_agg(until) FILTER (WHERE kind IN ('on_hand', 'incoming')) AS lot_until,
       array_agg(qty) FILTER (WHERE kind IN ('on_hand', 'incoming')) AS lot_qty,
       (SELECT array_agg((SELECT coalesce(sum(qty), 0)::bigint FROM fact f WHERE f.c = i.c AND f.day = d AND kind IN ('reserved', 'demand')) ORDER BY d) FROM generate_series(-1, 14) d) AS demand_on,
       (SELECT array_agg((SELECT coalesce(sum(CASE kind WHEN 'backorder' THEN -qty ELSE qty END), 0)::bigint FROM fact f
                          WHERE f.c = i.c AND f.day <= d AND (until IS NULL OR until > d) AND kind IN ('safety', 'buffer', 'backorder')) ORDER BY d) FROM generate_series(-1, 14) d) AS floor_on
FROM instance i LEFT JOIN fact USING (c) GROUP BY c;
ALTER TABLE setting ADD PRIMARY KEY (c), ADD net bigint[];
UPDATE setting SET net = simulate(lot_day, lot_until, lot_qty, demand_on);
-- whether qty units more on a day pull no day below its floor, nor one that is below already any deeper
CREATE FUNCTION may_promise(s setting, day int, qty bigint) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    demand_on bigint[] := s.demand_on; net bigint[];
BEGIN
    demand_on[day + 2] := demand_on[day + 2] + qty;
    net := simulate(s.lot_day, s.lot_until, s.lot_qty, demand_on);
    FOR u IN 1..16 LOOP
        IF net[u] < least(s.net[u], s.floor_on[u]) THEN RETURN false; END IF;
    END LOOP;
    RETURN true;
END $$;

-- every quantity up to the answer may be promised, the next ones may not
CREATE TABLE answer AS SELECT c, day, atp_at(p, day_at(day)) AS atp FROM instance, generate_series(-1, 14) day;
CREATE INDEX ON answer (c, day);
ANALYZE answer;
SELECT is((SELECT count(*) FROM answer), 48000::bigint, 'answers');
SELECT diag(format('note: %s answers are positive, %s not the least margin to come; %s instances with a shortage, %s with units that expire unused', count(*) FILTER (WHERE atp > 0),
    count(*) FILTER (WHERE atp <> greatest(0, (SELECT min(net[u] - floor_on[u]) FROM generate_series(day + 2, 16) u))),
    (SELECT count(*) FROM setting WHERE (SELECT bool_or(net[u] < floor_on[u]) FROM generate_series(1, 16) u)), (SELECT count(DISTINCT c) FROM instance, atp_schedule(p) WHERE expired > 0))) FROM answer JOIN setting USING (c);
SELECT is_empty($$SELECT c, day, atp FROM answer JOIN setting s USING (c) WHERE day % 3 <> c % 3 - 1 AND atp > 0 AND NOT may_promise(s, day, atp)$$, 'what atp_at says may be promised');
SELECT is_empty($$SELECT c, day, atp FROM answer JOIN setting s USING (c) WHERE day % 3 <> c % 3 - 1 AND may_promise(s, day, atp + 1)$$, 'and not one unit more');
SELECT is_empty($$SELECT c, day, q FROM answer JOIN setting s USING (c), generate_series(1, atp - 1) q WHERE (c + day + q) % 4 = 0 AND NOT may_promise(s, day, q)$$, 'any smaller quantity may be promised');
SELECT is_empty($$SELECT c, day, q FROM answer JOIN setting s USING (c), generate_series(atp + 2, atp + 6) q WHERE (c + day + q) % 11 = 0 AND may_promise(s, day, q)$$, 'no larger one may');

-- the schedule: what happens on each day, and the same answers
CREATE TABLE day_of AS SELECT c, s.*, CASE WHEN isfinite(at) THEN (at::date - '2026-01-01'::date) ELSE -1 END AS day, row_number() OVER (PARTITION BY c ORDER BY at) AS n FROM instance, atp_schedule(p) s;
CREATE INDEX ON day_of (c, day);
ANALYZE day_of;
SELECT is_empty($$SELECT * FROM day_of JOIN setting USING (c) WHERE on_hand <> net[day + 2] OR protected <> floor_on[day + 2] OR demand <> demand_on[day + 2]$$, 'schedule: on_hand, protected and demand are the simulator''s');
SELECT is_empty($$SELECT * FROM day_of JOIN answer USING (c, day) WHERE day_of.atp <> answer.atp$$, 'schedule: atp is atp_at');
SELECT is_empty($$SELECT c, day FROM answer a WHERE atp <> coalesce((SELECT atp FROM day_of d WHERE d.c = a.c AND d.day <= a.day ORDER BY d.day DESC LIMIT 1), 0)$$, 'between the rows, what the last row says');
SELECT is_empty($$SELECT * FROM day_of d LEFT JOIN (SELECT c, day, sum(qty) AS units FROM fact WHERE kind IN ('on_hand', 'incoming') GROUP BY 1, 2) f USING (c, day) WHERE supply <> coalesce(units, 0)$$, 'schedule: supply');
SELECT is_empty($$SELECT * FROM (SELECT *, sum(supply - demand - expired) OVER w AS balance, sum(atp_change) OVER w AS changes FROM day_of WINDOW w AS (PARTITION BY c ORDER BY n)) x
    WHERE balance <> on_hand OR changes <> atp OR expired < 0$$, 'schedule: the columns add up');
SELECT is_empty($$SELECT c, day FROM fact WHERE qty > 0 EXCEPT SELECT c, day FROM day_of$$, 'schedule: every day at which something happens');

-- the earliest promise
CREATE TABLE wish AS SELECT c, n, 1 + floor(random() * 12)::bigint AS qty, floor(random() * 9)::int - 1 AS day FROM generate_series(1, 3000) c, generate_series(1, 2) n;
SELECT is_empty($$SELECT * FROM wish w JOIN instance USING (c) WHERE promise_at(p, w.qty, day_at(w.day)) IS DISTINCT FROM
    (SELECT min(day_at(a.day)) FROM answer a WHERE a.c = w.c AND a.day >= w.day AND a.atp >= w.qty)$$, 'promise_at: the first day on which atp_at is enough');
SELECT is_empty($$SELECT c, p FROM instance WHERE promise_at(p, 1) IS DISTINCT FROM (SELECT min(at) FROM atp_schedule(p) WHERE atp >= 1)$$, 'promise_at: from the begin of time');

-- promises are accepted one after the other, each as early as it can be; what was accepted is kept
CREATE FUNCTION accept(c int, p atp_projection, promises int) RETURNS TABLE (final atp_projection, accepted bigint[]) LANGUAGE plpgsql AS $$
DECLARE
    t timestamptz; q bigint; day int;
BEGIN
    final := p;
    accepted := array_fill(0::bigint, ARRAY[16]);
    FOR n IN 1..promises LOOP
        q := 1 + floor(random() * 5)::bigint;
        t := promise_at(final, q, day_at(floor(random() * 9)::int - 1));
        CONTINUE WHEN t IS NULL;
        final := atp_take(final, q, t);
        day := CASE WHEN isfinite(t) THEN t::date - '2026-01-01'::date ELSE -1 END;
        accepted[day + 2] := accepted[day + 2] + q;
    END LOOP;
    RETURN NEXT;
END $$;
CREATE TABLE accepted AS SELECT c, a.* FROM instance, accept(c, p, 8) a;
ALTER TABLE accepted ADD net bigint[];
UPDATE accepted a SET net = simulate(lot_day, lot_until, lot_qty, (SELECT array_agg(demand_on[u] + a.accepted[u] ORDER BY u) FROM generate_series(1, 16) u)) FROM setting s WHERE s.c = a.c;
SELECT cmp_ok((SELECT sum(x) FROM accepted, unnest(accepted) x), '>', 5000::numeric, 'promises were accepted');
SELECT is_empty($$SELECT s.c FROM accepted a JOIN setting s USING (c), generate_series(1, 16) u WHERE a.net[u] < least(s.net[u], s.floor_on[u])$$, 'no promise makes anything short that was accepted before');
SELECT is_empty($$SELECT s.c FROM accepted a JOIN setting s USING (c), generate_series(1, 16) u WHERE (SELECT bool_and(s.net[v] >= s.floor_on[v]) FROM generate_series(1, 16) v)
    AND a.net[u] < s.floor_on[u]$$, 'where nothing was short, nothing is, and what is protected is there');
SELECT is_empty($$SELECT c FROM accepted JOIN instance USING (c), generate_series(1, 16) u WHERE final <> p || coalesce((SELECT atp_projection_agg('demand', accepted[v], day_at(v - 2)) FROM generate_series(1, 16) v), '{}')$$,
    'atp_take adds a demand and nothing else');

-- long instances: lots that expire beside a lasting stock, shortages, backorders; 8 of 300 days, every third day against a
-- simulator that keeps lots by the day on which they expire
CREATE TABLE long_fact AS
SELECT c, kind, qty, day, CASE WHEN kind IN ('reserved', 'demand') OR kind = 'on_hand' AND day = 0 OR random() < (ARRAY[.02, .1, .02, .3, .05, .2, .02, 1])[c] THEN NULL ELSE day + 1 + floor(random() * (ARRAY[20, 3, 20, 8, 15, 2, 20, 20])[c])::int END AS until
FROM (SELECT c, kind, qty, CASE WHEN i % 12 = 0 AND kind <> 'incoming' THEN 0 WHEN kind = 'on_hand' THEN 1 ELSE day END AS day
      FROM (SELECT c, i, (ARRAY['on_hand', 'incoming', 'incoming', 'demand', 'demand', 'incoming', 'backorder', 'safety', 'incoming', 'demand', 'incoming', 'reserved'])[1 + i % (ARRAY[6, 5, 12, 8, 9, 12, 3, 12])[c]] AS kind,
                   1 + floor(random() * 9 + c * 0)::bigint AS qty, 2 + floor(random() * 298 + c * 0)::int AS day FROM generate_series(1, 8) c, generate_series(1, 900) i) x) y;
CREATE FUNCTION long_day(day int) RETURNS timestamptz LANGUAGE sql IMMUTABLE RETURN CASE WHEN day < 1 THEN '-infinity'::timestamptz ELSE timestamptz '2026-01-01 00:00+00' + day * interval '1 day' END;
CREATE FUNCTION simulate_long(lot_day int[], lot_until int[], lot_qty bigint[], demand_on bigint[]) RETURNS bigint[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    net bigint[] := array_fill(0::bigint, ARRAY[321]); shelf bigint[] := array_fill(0::bigint, ARRAY[321]);
    lasting bigint := 0; good bigint := 0; waiting bigint := 0; taken bigint; l int := 1;
BEGIN
    FOR day IN 0..320 LOOP
        IF day > 0 THEN good := good - shelf[day]; shelf[day] := 0; END IF;
        WHILE lot_day[l] = day LOOP
            IF lot_until[l] IS NULL THEN lasting := lasting + lot_qty[l]; ELSE shelf[lot_until[l]] := shelf[lot_until[l]] + lot_qty[l]; good := good + lot_qty[l]; END IF;
            l := l + 1;
        END LOOP;
        waiting := waiting + demand_on[day + 1];
        FOR until IN day + 1..least(day + 20, 320) LOOP
            EXIT WHEN waiting = 0 OR good = 0;
            taken := least(waiting, shelf[until]);
            shelf[until] := shelf[until] - taken; good := good - taken; waiting := waiting - taken;
        END LOOP;
        taken := least(waiting, lasting);
        lasting := lasting - taken; waiting := waiting - taken;
        net[day + 1] := good + lasting - waiting;
    END LOOP;
    RETURN net;
END $$;
CREATE TABLE long_setting AS
SELECT c, array_agg(day ORDER BY day, until, qty) FILTER (WHERE kind IN ('on_hand', 'incoming')) AS lot_day, array_agg(until ORDER BY day, until, qty) FILTER (WHERE kind IN ('on_hand', 'incoming')) AS lot_until,
       array_agg(qty ORDER BY day, until, qty) FILTER (WHERE kind IN ('on_hand', 'incoming')) AS lot_qty,
       (SELECT array_agg((SELECT coalesce(sum(qty), 0)::bigint FROM long_fact f WHERE f.c = i.c AND f.day = d AND kind IN ('reserved', 'demand')) ORDER BY d) FROM generate_series(0, 320) d) AS demand_on,
       (SELECT array_agg((SELECT coalesce(sum(CASE kind WHEN 'backorder' THEN -qty ELSE qty END), 0)::bigint FROM long_fact f
                          WHERE f.c = i.c AND f.day <= d AND (until IS NULL OR until > d) AND kind IN ('safety', 'backorder')) ORDER BY d) FROM generate_series(0, 320) d) AS floor_on,
       atp_projection_agg(kind, qty, long_day(day), long_day(until)) AS p
FROM long_fact i GROUP BY c;
ALTER TABLE long_setting ADD net bigint[];
UPDATE long_setting SET net = simulate_long(lot_day, lot_until, lot_qty, demand_on);
CREATE FUNCTION may_promise_long(s long_setting, day int, qty bigint) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    demand_on bigint[] := s.demand_on;
BEGIN
    demand_on[day + 1] := demand_on[day + 1] + qty;
    RETURN (SELECT bool_and(n.net >= least(b.net, b.lowest)) FROM unnest(simulate_long(s.lot_day, s.lot_until, s.lot_qty, demand_on)) WITH ORDINALITY n(net, u)
            JOIN unnest(s.net, s.floor_on) WITH ORDINALITY b(net, lowest, u) USING (u));
END $$;
CREATE TABLE long_day_of AS SELECT c, a.*, CASE WHEN isfinite(at) THEN at::date - '2026-01-01'::date ELSE 0 END AS day FROM long_setting, atp_schedule(p) a;
SELECT diag(format('note: long instances: %s answers, %s positive, %s not the least margin to come, %s of a shelf with fewer units; %s days after which units expire unused', count(*), count(*) FILTER (WHERE atp > 0),
    count(*) FILTER (WHERE atp <> greatest(margin, 0)), count(*) FILTER (WHERE atp > greatest(on_hand, 0)), count(*) FILTER (WHERE expired > 0))) FROM (SELECT *, min(on_hand - protected) OVER (PARTITION BY c ORDER BY day DESC) AS margin FROM long_day_of) x;
SELECT is_empty($$SELECT c, day FROM long_day_of JOIN long_setting USING (c) WHERE on_hand <> net[day + 1] OR protected <> floor_on[day + 1] OR demand <> demand_on[day + 1]$$, 'long instances: on_hand, protected and demand are the simulator''s');
SELECT is_empty($$SELECT c, day, atp FROM long_day_of JOIN long_setting s USING (c) WHERE (day + c) % 3 = 0 AND atp > 0 AND NOT may_promise_long(s, day, atp)$$, 'long instances: what the schedule says may be promised');
SELECT is_empty($$SELECT c, day, atp FROM long_day_of JOIN long_setting s USING (c) WHERE (day + c) % 3 = 0 AND may_promise_long(s, day, atp + 1)$$, 'and not one unit more');
SELECT is_empty($$SELECT c, day FROM long_day_of JOIN long_setting USING (c) WHERE day % 7 = c % 7 AND atp_at(p, at + interval '1 hour') <> atp$$, 'long instances: atp_at says the same');
SELECT is_empty($$SELECT c, q, day FROM long_setting s, generate_series(1, 81, 16) q, generate_series(0, 300, 50) day
    WHERE promise_at(p, q, long_day(day)) IS DISTINCT FROM (SELECT min(greatest(at, long_day(day))) FROM (SELECT at, atp, coalesce(lead(at) OVER (ORDER BY at), 'infinity') AS ends FROM long_day_of d WHERE d.c = s.c) d WHERE ends > long_day(day) AND atp >= q)$$, 'long instances: promise_at is the first time of the schedule');

-- without an end of anything, a window function in plain SQL says the same: 4,000 larger instances
CREATE TABLE lasting AS
SELECT c, (ARRAY['on_hand', 'incoming', 'reserved', 'demand', 'safety', 'buffer', 'backorder'])[1 + floor(random() * 7 + n * 0)::int] AS kind, floor(random() * 100)::bigint AS qty,
       timestamptz '2026-01-01Z' + floor(random() * 60) * interval '1 hour' AS at FROM generate_series(1, 4000) c, generate_series(1, 20 + c % 20) n;
CREATE TABLE lasting_schedule AS SELECT c, s.* FROM (SELECT c, atp_projection_agg(kind, qty, at) AS p FROM lasting GROUP BY c) x, atp_schedule(p) s;
CREATE TABLE lasting_oracle AS
SELECT c, at, greatest(min(margin) OVER (PARTITION BY c ORDER BY at DESC), 0)::bigint AS atp
FROM (SELECT c, at, sum(sum(CASE WHEN kind IN ('on_hand', 'incoming', 'backorder') THEN qty ELSE -qty END)) OVER (PARTITION BY c ORDER BY at) AS margin FROM lasting WHERE qty > 0 GROUP BY c, at) x;
CREATE INDEX ON lasting_oracle (c, at);
ANALYZE lasting_oracle;
SELECT is_empty('(SELECT c, at, atp FROM lasting_schedule EXCEPT TABLE lasting_oracle) UNION ALL (TABLE lasting_oracle EXCEPT SELECT c, at, atp FROM lasting_schedule)', 'without expiry, the schedule is a window function');
SELECT is_empty($$SELECT c FROM (SELECT c, atp_projection_agg(kind, qty, at) AS p FROM lasting GROUP BY c) x, generate_series(timestamptz '2025-12-31Z', '2026-01-05Z', interval '7 hours') t
    WHERE atp_at(p, t) <> coalesce((SELECT atp FROM lasting_oracle o WHERE o.c = x.c AND at <= t ORDER BY at DESC LIMIT 1), 0)$$, 'and so is atp_at');

-- any order and any split give the same bytes
CREATE VIEW fact_row AS SELECT c, kind, qty, CASE WHEN day >= 0 THEN day_at(day) END AS at, day_at(until) AS expires_at, hashint8(qty + day + c) % 4 AS part FROM fact;
SELECT is_empty($$SELECT c FROM (SELECT c, atp_projection_agg(kind, qty, at, expires_at) AS x FROM (SELECT * FROM fact_row ORDER BY random() OFFSET 0) o GROUP BY c) a
    JOIN instance USING (c) WHERE atp_projection_send(x) IS DISTINCT FROM atp_projection_send(p) OR x <> p$$, 'any order');
SELECT is_empty($$SELECT c FROM (SELECT c, atp_projection_rollup(x) AS x FROM (SELECT c, atp_projection_agg(kind, qty, at, expires_at) AS x FROM fact_row GROUP BY c, part) o GROUP BY c) a
    JOIN instance USING (c) WHERE x <> p$$, 'any split, rolled up');
SELECT is_empty($$SELECT a.c FROM instance a JOIN instance b ON b.c = a.c % 3000 + 1 JOIN instance d ON d.c = b.c % 3000 + 1
    WHERE a.p || b.p <> b.p || a.p OR (a.p || b.p) || d.p <> a.p || (b.p || d.p) OR a.p || '{}' <> a.p$$, '|| is commutative and associative and {} changes nothing');
SELECT is_empty($$SELECT c FROM (SELECT c, atp_projection_rollup(atp_projection(kind, qty, at, expires_at)) AS x FROM fact_row GROUP BY c) a JOIN instance USING (c) WHERE x <> p$$, 'row by row, rolled up');
SELECT is_empty($$SELECT c FROM instance WHERE p::text::atp_projection <> p OR atp_projection_send(p::text::atp_projection) <> atp_projection_send(p)$$, 'text is lossless');
CREATE TABLE copied (LIKE instance);
\set binary_file `mktemp -u`
COPY instance TO :'binary_file' (FORMAT binary);
COPY copied FROM :'binary_file' (FORMAT binary);
\setenv binary_file :binary_file
\! rm -f "$binary_file"
SELECT is_empty('(TABLE instance EXCEPT TABLE copied) UNION ALL (TABLE copied EXCEPT TABLE instance)', 'binary is lossless');
SELECT is((SELECT count(DISTINCT p) FROM instance), (SELECT count(DISTINCT p::text) FROM instance), 'equal if and only if the text is');
SELECT is((SELECT count(*) FROM instance WHERE atp_projection_hash(p) <> atp_projection_hash(p::text::atp_projection)), 0::bigint, 'equal projections hash equal');

-- damaged binary values: each is refused with 22P03, or is another valid value that survives a round trip
CREATE TABLE received (p atp_projection);
CREATE FUNCTION receive(value bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    -- COPY's header, one row of one field
    path text := current_setting('omni_test.file');
    large oid;
BEGIN
    large := lo_from_bytea(0, '\x5047434f50590aff0d0a000000000000000000'::bytea || '\x0001' || int4send(length(value)) || value || '\xffff');
    PERFORM lo_export(large, path);
    PERFORM lo_unlink(large);
    DELETE FROM received;
    EXECUTE format('COPY received FROM %L (FORMAT binary)', path);
    RETURN CASE WHEN (SELECT bool_and(atp_projection_send(p) = value) FROM received) THEN 'same' ELSE 'another' END;
EXCEPTION WHEN OTHERS THEN
    RETURN sqlstate;
END $$;
SELECT set_config('omni_test.file', :'binary_file', false) IS NOT NULL;
CREATE TABLE damage AS
SELECT c, receive(set_byte(b, pos, (get_byte(b, pos) # (1 << bit)))) AS result FROM (SELECT c, atp_projection_send(p) AS b FROM instance WHERE c <= 100) x,
       LATERAL (SELECT floor(random() * length(b) + c * 0)::int AS pos, floor(random() * 8 + c * 0)::int AS bit FROM generate_series(1, 6)) d
UNION ALL SELECT c, receive(substr(atp_projection_send(p), 1, floor(random() * length(atp_projection_send(p)))::int)) FROM instance WHERE c <= 60
UNION ALL SELECT c, receive(atp_projection_send(p) || '\x00') FROM instance WHERE c <= 60;
\! rm -f "$binary_file"
SELECT diag(format('note: damaged: %s', (SELECT string_agg(format('%s %s', n, result), ', ' ORDER BY result) FROM (SELECT result, count(*) AS n FROM damage GROUP BY 1) x)));
SELECT is_empty($$SELECT * FROM damage WHERE result NOT IN ('22P03', 'same')$$, 'damaged binary values are refused, or are values of their own');
SELECT is_empty($$SELECT c FROM instance, LATERAL (SELECT * FROM atp_schedule(p) EXCEPT ALL SELECT * FROM atp_schedule(p::text::atp_projection)) x$$, 'the schedule is one of the value');

-- GROUP BY into many groups is linear: four times the groups cost less than eight times the CPU
CREATE FUNCTION cpu() RETURNS float8 LANGUAGE sql VOLATILE AS $$SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::float8 / 1e6$$;
CREATE FUNCTION cost_of(n int) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE t float8; best float8 := 'infinity';
BEGIN
    FOR rep IN 1..3 LOOP
        t := cpu();
        PERFORM count(d) FROM (SELECT i % n AS g, atp_projection_agg('incoming', 1, timestamptz 'epoch' + i * interval '1 s') AS d FROM generate_series(1::bigint, n * 6::bigint) i GROUP BY 1) x;
        best := least(best, cpu() - t);
    END LOOP;
    RETURN best;
END $$;
SET work_mem = '1GB'; SET enable_sort = off;
SELECT cost_of(20000) AS t20, cost_of(40000) AS t40, cost_of(80000) AS t80 \gset
SELECT diag(format('note: 20k, 40k, 80k groups: %s, %s, %s CPU ms', round(:t20::numeric), round(:t40::numeric), round(:t80::numeric)));
SELECT ok(:t80 < 8 * :t20, 'GROUP BY into 20k, 40k, 80k groups is linear');
-- many lots that expire beside a lasting stock: the schedule of 32,000 rows
CREATE TABLE many AS
SELECT atp_projection('on_hand', 1000000, NULL, NULL) || atp_projection_agg(kind, CASE kind WHEN 'incoming' THEN 1 + i % 7 ELSE 1 + i % 3 END, timestamptz 'epoch' + i * interval '1 h', CASE kind WHEN 'incoming' THEN timestamptz 'epoch' + (i + 8000) * interval '1 h' END) AS p
FROM generate_series(1, 16000) i, unnest(ARRAY['incoming', 'demand']) kind;
SELECT cpu() AS t \gset
CREATE TABLE many_schedule AS SELECT s.* FROM many, atp_schedule(p) s;
SELECT diag(format('note: schedule of 32,000 rows: %s CPU ms', round((cpu() - :t)::numeric, 1)));
SELECT is_empty($$SELECT at FROM many, (SELECT *, row_number() OVER (ORDER BY at) AS n FROM many_schedule) s WHERE n % 1000 = 500 AND (atp_at(p, at) <> atp OR promise_at(p, atp, at) <> at OR promise_at(p, atp + 1, at) <= at)$$, 'a schedule of 32,000 rows: atp_at and promise_at say the same');
SELECT * FROM finish();
