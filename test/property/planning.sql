-- The laws of planning: forecasts against a loop in plpgsql over the days of random histories, the same bits for any order, split and
-- plan; quantiles against the distribution function; quantities against a search.
SELECT plan(20);
SET search_path = public, omni;
SELECT setseed(0.44);

-- 1,500 histories of up to 60 days, with gaps, days of no unit and several rows a day
CREATE TABLE sale AS
SELECT c, date '2025-11-20' + floor(random() * 60)::int AS day, floor(random() * random() * 30)::bigint AS qty, floor(random() * 3)::int AS part, random() AS shuffled
FROM generate_series(1, 1500) c, LATERAL generate_series(1, 1 + (c * 0 + random() * 25)::int) n;
CREATE TABLE history AS SELECT c, demand_history_agg(day, qty) AS h, min(day) AS first, max(day) AS last, 1 + floor(random() * 100)::int AS a FROM sale GROUP BY c;
ALTER TABLE history ADD PRIMARY KEY (c);
CREATE TABLE by_period AS
SELECT c, p, array_agg(coalesce(qty, 0)::float8 ORDER BY t) AS y, min(t)::date AS first_period, max(t)::date AS last_period
FROM (SELECT c, p, t::date AS t FROM history, unnest('{day,week,month}'::text[]) p, generate_series(date_trunc(p, first::timestamp), last::timestamp, ('1 ' || p)::interval) t) g
LEFT JOIN (SELECT c, p, date_trunc(p, day::timestamp)::date AS t, sum(qty) AS qty FROM sale, unnest('{day,week,month}'::text[]) p GROUP BY 1, 2, 3) s USING (c, p, t) GROUP BY c, p;
CREATE FUNCTION smooth(y float8[], alpha float8, OUT level float8, OUT squares float8) LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    error float8;
BEGIN
    level := y[1];
    squares := 0;
    FOR t IN 2..array_length(y, 1) LOOP
        error := y[t] - level;
        squares := squares + error * error;
        level := level + alpha * error;
    END LOOP;
END $$;
CREATE TABLE answer AS SELECT c, p, f.* FROM history, unnest('{day,week,month}'::text[]) p, demand_forecast(h, a / 100::float8, p) f;
SELECT is((SELECT count(*) FROM answer), 4500::bigint, 'answers');
SELECT is_empty($$SELECT c, p FROM answer JOIN by_period b USING (c, p) WHERE answer.first_period <> b.first_period OR answer.last_period <> b.last_period OR periods <> cardinality(y)$$, 'days, weeks and months are those of date_trunc');
SELECT is_empty($$SELECT c, p, answer.level, s.level AS expected FROM answer JOIN by_period USING (c, p), smooth(y, alpha) s WHERE abs(answer.level - s.level) > 1e-12 * greatest(1, s.level)$$, 'level: as the loop has it');
SELECT is_empty($$SELECT c, p FROM answer JOIN by_period USING (c, p), smooth(y, alpha) s WHERE error_sd IS DISTINCT FROM NULL AND abs(error_sd ^ 2 * (periods - 1) - s.squares) > 1e-9 * greatest(1, s.squares)$$, 'error_sd: as the loop has it');
SELECT is_empty($$SELECT c FROM answer WHERE (error_sd IS NULL) <> (periods = 1) OR level < 0 OR level IS NULL$$, 'no error_sd of one period alone');
-- the alpha that is chosen is the first of the least squared error
CREATE TABLE chosen AS SELECT c, p, f.* FROM history, unnest('{day,week}'::text[]) p, demand_forecast(h, NULL, p) f WHERE c <= 150;
SELECT is_empty($$SELECT c, p FROM (SELECT c, p, chosen.alpha, (SELECT squares FROM smooth(y, chosen.alpha)) AS best, min(s.squares) AS least
        FROM chosen JOIN by_period USING (c, p), generate_series(1, 100) i, smooth(y, i / 100::float8) s GROUP BY c, p, chosen.alpha, y) x WHERE best > least * (1 + 1e-12)$$, 'no alpha of the grid has less squared error');
SELECT is_empty($$SELECT c, p FROM chosen JOIN history USING (c), demand_forecast(h, chosen.alpha, p) f WHERE (f.level, f.error_sd) IS DISTINCT FROM (chosen.level, chosen.error_sd)$$, 'and it gives the same forecast when it is stated');
-- until: as if the later days had not been yet, and the days between were without demand
SELECT is_empty($$SELECT c FROM history, demand_forecast(h, 0.3, until => '2025-12-10') a,
    LATERAL (SELECT demand_history_agg(day, qty) || '{2025-12-10:0}' AS h FROM sale WHERE sale.c = history.c AND day <= '2025-12-10') k, demand_forecast(k.h, 0.3) b
    WHERE first <= '2025-12-10' AND (a.level, a.error_sd, a.periods) IS DISTINCT FROM (b.level, b.error_sd, b.periods)$$, 'until cuts off and fills up');

-- the same bytes and bits for any order and split
SELECT is_empty($$SELECT c FROM (SELECT c, demand_history_agg(day, qty) AS x FROM (SELECT * FROM sale ORDER BY shuffled OFFSET 0) o GROUP BY c) a JOIN history USING (c)
    WHERE demand_history_send(x) IS DISTINCT FROM demand_history_send(h) OR x <> h OR demand_forecast(x) IS DISTINCT FROM demand_forecast(h)$$, 'any order');
SELECT is_empty($$SELECT c FROM (SELECT c, demand_history_rollup(x) AS x FROM (SELECT c, demand_history_agg(day, qty) AS x FROM sale GROUP BY c, part) o GROUP BY c) a JOIN history USING (c)
    WHERE x <> h OR float8send((demand_forecast(x)).level) <> float8send((demand_forecast(h)).level)$$, 'any split, rolled up');
SELECT is_empty($$SELECT a.c FROM history a JOIN history b ON b.c = a.c % 1500 + 1 JOIN history d ON d.c = b.c % 1500 + 1
    WHERE a.h || b.h <> b.h || a.h OR (a.h || b.h) || d.h <> a.h || (b.h || d.h) OR a.h || '{}' <> a.h$$, '|| is commutative and associative and {} changes nothing');
SELECT is_empty($$SELECT c FROM history WHERE h::text::demand_history <> h OR demand_history_send(h::text::demand_history) <> demand_history_send(h)$$, 'text is lossless');
CREATE TABLE copied (LIKE history);
\set binary_file `mktemp -u`
COPY history TO :'binary_file' (FORMAT binary);
COPY copied FROM :'binary_file' (FORMAT binary);
\setenv binary_file :binary_file
\! rm -f "$binary_file"
SELECT is_empty('(TABLE history EXCEPT TABLE copied) UNION ALL (TABLE copied EXCEPT TABLE history)', 'binary is lossless');
SELECT is_empty($$SELECT c FROM history, LATERAL (SELECT sum(qty) AS units FROM sale WHERE sale.c = history.c) s WHERE (demand_forecast(h, 1, 'month', '2026-12-31')).periods <> 14 - (first >= '2025-12-01')::int - (first >= '2026-01-01')::int
    OR units <> (SELECT sum(split_part(d, ':', 2)::bigint) FROM unnest(string_to_array(btrim(h::text, '{}'), ',')) d)$$, 'no unit is lost, and every month is one');

-- z: the distribution function, by its power series, gives the probability back
CREATE FUNCTION normal_cdf(z float8) RETURNS float8 LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    term float8 := z; total float8 := z; k int := 1;
BEGIN
    WHILE abs(term) > 1e-18 AND k < 400 LOOP
        k := k + 2;
        term := term * z * z / k;
        total := total + term;
    END LOOP;
    RETURN 0.5 + total * exp(-z * z / 2) / sqrt(2 * pi());
END $$;
SELECT is_empty($$SELECT p, service_factor(p) FROM (SELECT 1e-6 + random() * (1 - 2e-6) AS p FROM generate_series(1, 10000)) x WHERE abs(normal_cdf(service_factor(p)) - p) > 3e-15$$, 'service_factor is the inverse of the distribution');
SELECT is_empty($$SELECT p FROM (SELECT random() * 0.49 + 1e-9 AS p FROM generate_series(1, 10000)) x WHERE abs(service_factor(p) + service_factor(1 - p)) > 1e-7 OR service_factor(p) >= service_factor(p + 1e-6)$$, 'it is symmetric and rises');

-- units: the formula's figure, rounded up and no further
CREATE TABLE policy AS SELECT 0.5 + random() * 0.4999 AS p, random() * 50 AS sd, random() * 30 AS l, random() * 200 AS d, random() * 5 AS l_sd, random() * 20 AS r FROM generate_series(1, 10000);
SELECT is_empty($$SELECT * FROM (SELECT *, safety_stock(p, sd, l, d, l_sd) AS units, service_factor(p) * sqrt(l * sd ^ 2 + d ^ 2 * l_sd ^ 2) AS x FROM policy) q WHERE units < x - 1e-8 * x OR units - 1 >= x$$, 'safety_stock is the formula, rounded up');
SELECT is_empty($$SELECT * FROM policy WHERE reorder_point(d, l, 7) <> ceil(d * l) + 7 OR order_up_to_level(d, l, r, 7) <> reorder_point(d, l + r, 7)$$, 'reorder_point and order_up_to_level');
SELECT is_empty($$SELECT n, k FROM generate_series(0, 1000) n, generate_series(1, 10) k WHERE reorder_point(n / 10::float8, k * 10) <> n * k$$, 'whole numbers stay what they are');
-- the order quantity costs no more than any other
SELECT is_empty($$SELECT * FROM (SELECT 1 + floor(random() * 2000) AS demand, floor(random() * 500) / 10 AS k, (1 + floor(random() * 100)) / 10 AS h FROM generate_series(1, 3000)) x, economic_order_quantity(demand, k, h) q,
    generate_series(1, 2 * q + 5) other WHERE (k * demand / q + h * q / 2) > (k * demand / other + h * other / 2) * (1 + 1e-9)$$, 'economic_order_quantity is the least of the costs');
SELECT * FROM finish();
