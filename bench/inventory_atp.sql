-- Available to promise: counters of 1M SKU-locations; dated supply and demand, 3M rows of 500k SKU-locations, as
-- projections, beside running sums and a minimum over what follows in plain SQL; forecasts of 20k SKUs.
SET search_path = public, omni;
SELECT setseed(0.42);
CREATE UNLOGGED TABLE b_counter AS SELECT i AS id, (random() * 100)::bigint AS on_hand, (random() * 20)::bigint AS reserved, (random() * 5)::bigint AS safety, (random() * 50)::bigint AS incoming
FROM generate_series(1, 1000000) i;
CREATE UNLOGGED TABLE b_event AS
SELECT 1 + (i % 500000) AS id, k AS kind, (1 + random() * 40)::bigint AS qty, CASE WHEN k IN ('on_hand', 'safety') THEN NULL ELSE timestamptz '2026-03-01Z' + floor(random() * 60) * interval '1 day' END AS at
FROM generate_series(0, 2999999) i, LATERAL (SELECT (ARRAY['on_hand', 'safety', 'incoming', 'incoming', 'demand', 'reserved'])[1 + i / 500000] AS k) x;
-- the same, every other unit on hand or incoming good for 20 days only
CREATE UNLOGGED TABLE b_lot AS SELECT id, kind, qty, CASE kind WHEN 'on_hand' THEN timestamptz '2026-03-01Z' ELSE at END AS at,
    CASE WHEN kind IN ('on_hand', 'incoming') AND id % 2 = 0 THEN coalesce(at, timestamptz '2026-03-01Z') + interval '20 days' END AS expires_at FROM b_event;
CREATE UNLOGGED TABLE b_sale AS SELECT 1 + i % 20000 AS id, date '2025-03-01' + floor(random() * 365)::int AS day, (1 + random() * 4)::bigint AS qty FROM generate_series(1, 1000000) i;
VACUUM ANALYZE b_counter, b_event, b_lot, b_sale;

CREATE UNLOGGED TABLE b_projection AS SELECT id, atp_projection_agg(kind, qty, at) AS p FROM b_event GROUP BY id;
CREATE UNLOGGED TABLE b_perishable AS SELECT id, atp_projection_agg(kind, qty, at, expires_at) AS p FROM b_lot GROUP BY id;
VACUUM ANALYZE b_projection, b_perishable;

-- what can be promised on March 20, by a running sum and the minimum of what follows
\set window_form 'SELECT count(*), sum(atp) FROM (SELECT id, greatest(min(margin) FILTER (WHERE next_at > timestamptz ''2026-03-20Z''), 0) AS atp FROM (SELECT id, sum(CASE WHEN kind IN (''on_hand'', ''incoming'') THEN qty ELSE -qty END) OVER w AS margin, coalesce(lead(at) OVER w, ''infinity'') AS next_at, at FROM (SELECT id, kind, qty, coalesce(at, ''-infinity'') AS at FROM b_event) e WINDOW w AS (PARTITION BY id ORDER BY at)) x WHERE next_at > at GROUP BY id) y'
\set agg_form 'SELECT count(*), sum(atp_at(p, ''2026-03-20Z'')) FROM (SELECT id, atp_projection_agg(kind, qty, at) AS p FROM b_event GROUP BY id OFFSET 0) x'
\set schedule_window 'SELECT count(*), sum(atp) FROM (SELECT id, at, greatest(min(margin) OVER (PARTITION BY id ORDER BY at DESC), 0) AS atp FROM (SELECT id, at, sum(sum(CASE WHEN kind IN (''on_hand'', ''incoming'') THEN qty ELSE -qty END)) OVER (PARTITION BY id ORDER BY at) AS margin FROM (SELECT id, kind, qty, coalesce(at, ''-infinity'') AS at FROM b_event) e GROUP BY id, at) x) y'
\set schedule_form 'SELECT count(*), sum(atp) FROM (SELECT id, atp_projection_agg(kind, qty, at) AS p FROM b_event GROUP BY id OFFSET 0) x, atp_schedule(p) s'

-- both say the same
CREATE TEMP TABLE a1 AS :agg_form;
CREATE TEMP TABLE a2 AS :window_form;
CREATE TEMP TABLE a3 AS :schedule_form;
CREATE TEMP TABLE a4 AS :schedule_window;
SELECT format('# rows: %s SKU-locations can promise %s units on March 20 (window functions: %s, %s); their schedules have %s rows, %s units (window functions: %s, %s)', a1.count, a1.sum, a2.count, a2.sum, a3.count, a3.sum, a4.count, a4.sum)
FROM a1, a2, a3, a4;

SELECT bench.compare('atp() of 1M SKU-locations', '', 'SELECT sum(atp(on_hand, reserved, safety, incoming)) FROM b_counter', 'greatest(a + b - c - d, 0)',
    'SELECT sum(greatest(on_hand + incoming - reserved - safety, 0)) FROM b_counter', 'SELECT sum(on_hand) FROM b_counter', reps => 5);
SELECT bench.compare('atp_at(), 3M rows to 500k answers', '', :'agg_form', 'window functions', :'window_form', reps => 3);
SELECT bench.compare('atp_schedule(), 3M rows to 2.5M', '', :'schedule_form', 'window functions', :'schedule_window', reps => 2);
SELECT bench.compare('atp_projection_agg into 500k states', '<= 1.5', 'SELECT count(p) FROM (SELECT atp_projection_agg(kind, qty, at) AS p FROM b_event GROUP BY id) x', 'array_agg',
    'SELECT count(p) FROM (SELECT array_agg(qty) AS p FROM b_event GROUP BY id) x', reps => 3);
SELECT bench.compare('stored: atp_at() of 500k', '', 'SELECT sum(atp_at(p, ''2026-03-20Z'')) FROM b_projection', NULL, NULL, 'SELECT count(p) FROM b_projection', reps => 3);
SELECT bench.compare('stored, half of the lots expire: atp_at() of 500k', '', 'SELECT sum(atp_at(p, ''2026-03-20Z'')) FROM b_perishable', 'the same, nothing expires', 'SELECT sum(atp_at(p, ''2026-03-20Z'')) FROM b_projection', reps => 3);
SELECT bench.compare('stored, half of the lots expire: promise_at() of 500k', '', 'SELECT count(promise_at(p, 10, ''2026-03-05Z'')) FROM b_perishable', 'the same, nothing expires', 'SELECT count(promise_at(p, 10, ''2026-03-05Z'')) FROM b_projection', reps => 3);
-- one SKU with many lots that expire beside a lasting stock; beside it, window functions over the same rows as if nothing expired
CREATE UNLOGGED TABLE b_many AS SELECT kind, (CASE kind WHEN 'incoming' THEN 1 + i % 7 ELSE 1 END)::bigint AS qty, timestamptz '2026-03-01Z' + i * interval '1 h' AS at, CASE kind WHEN 'incoming' THEN timestamptz '2026-03-01Z' + (i + 8000) * interval '1 h' END AS expires_at
FROM generate_series(1, 16000) i, unnest(ARRAY['incoming', 'demand']) kind UNION ALL SELECT 'on_hand', 1000000, NULL, NULL;
SELECT bench.compare('atp_schedule() of 32,000 rows, half of them lots that expire', '', 'SELECT count(*), sum(atp) FROM (SELECT atp_projection_agg(kind, qty, at, expires_at) AS p FROM b_many OFFSET 0) x, atp_schedule(p) s', 'window functions, nothing expires',
    'SELECT count(*), sum(atp) FROM (SELECT at, greatest(min(margin) OVER (ORDER BY at DESC), 0) AS atp FROM (SELECT at, sum(sum(CASE WHEN kind = ''demand'' THEN -qty ELSE qty END)) OVER (ORDER BY at NULLS FIRST) AS margin FROM b_many GROUP BY at) x) y', reps => 3);
SELECT bench.compare('demand_history_agg into 500k states', '<= 1.5', 'SELECT count(h) FROM (SELECT demand_history_agg(day, qty) AS h FROM b_sale GROUP BY id, day) x', 'array_agg',
    'SELECT count(h) FROM (SELECT array_agg(qty) AS h FROM b_sale GROUP BY id, day) x', reps => 3);
SELECT bench.compare('1M sales to 20k forecasts, alpha stated', '', 'SELECT sum((demand_forecast(h, 0.2)).level) FROM (SELECT id, demand_history_agg(day, qty) AS h FROM b_sale GROUP BY id OFFSET 0) x', 'sum per day alone',
    'SELECT count(qty) FROM (SELECT id, day, sum(qty) AS qty FROM b_sale GROUP BY id, day) x', reps => 3);
SELECT bench.compare('the same, alpha chosen', '', 'SELECT sum((demand_forecast(h)).level) FROM (SELECT id, demand_history_agg(day, qty) AS h FROM b_sale GROUP BY id OFFSET 0) x', reps => 2);
