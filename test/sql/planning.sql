SET search_path = public, omni;
SET datestyle = 'ISO';
SET extra_float_digits = 0;
-- the text form of a history: any order in, one form out; a day of no unit is kept
SELECT '{}'::demand_history, ' { } '::demand_history, '{2026-03-02:0, 2026-03-01:5,2026-03-02:1}'::demand_history;
SELECT '{-4713-11-24:1,5874897-12-31:9223372036854775807,0000-02-29:0}'::demand_history;
SELECT demand_history_send('{2000-01-01:2,2000-01-02:0}'), demand_history_send('{}');
SELECT '{2026-03-01:1}'::demand_history = '{ 2026-03-01:1 }' AS eq, '{2026-03-01:1}'::demand_history || '{2026-03-01:2,2026-02-01:0}' AS both, demand_history_concat('{}', '{}');
\set VERBOSITY default
\set ON_ERROR_STOP 0
SELECT '{2026-02-29:1}'::demand_history;
\echo :LAST_ERROR_SQLSTATE
SELECT '{2026-03-01:-1}'::demand_history;
\echo :LAST_ERROR_SQLSTATE
SELECT v, demand_history_try(v), demand_history_problem(v) FROM unnest('{"{2026-03-01:1}","{2026-03-01}","{2026-03-01:}","{2026-3-1:1}","{infinity:1}","{2026-03-01:1","2026-03-01:1}","{5874898-01-01:1}","{-4713-11-23:1}","{-9999999-01-01:1}","{2026-03-01:9223372036854775808}"}'::text[]) v;

-- the aggregate: orders of three days, in any order
CREATE TEMP TABLE sold (sku text, day date, qty bigint);
INSERT INTO sold VALUES ('TEA', '2026-03-05', 3), ('TEA', '2026-03-01', 4), ('TEA', '2026-03-05', 1), ('TEA', '2026-03-02', 6), ('RUM', '2026-03-03', 2), ('GIN', '2026-03-03', 0);
SELECT sku, demand_history_agg(day, qty) FROM sold GROUP BY sku ORDER BY sku;
SELECT demand_history_agg(day, qty) IS NULL AS no_row FROM (VALUES (1)) v(x) LEFT JOIN sold ON false;
SELECT demand_history_rollup(h), demand_history_rollup(h) = (SELECT demand_history_agg(day, qty) FROM sold) AS same
FROM (SELECT sku, demand_history_agg(day, qty) AS h FROM sold GROUP BY sku UNION ALL SELECT 'N', NULL) x;
SELECT demand_history_agg(NULL, 1);
\echo :LAST_ERROR_SQLSTATE
SELECT demand_history_agg('2026-03-01', NULL);
SELECT demand_history_agg('2026-03-01', -1);
\echo :LAST_ERROR_SQLSTATE
SELECT demand_history_agg('infinity', 1);
\echo :LAST_ERROR_SQLSTATE
SELECT demand_history_agg('2026-03-01', 9223372036854775807) FROM generate_series(1, 2);
\echo :LAST_ERROR_SQLSTATE
SELECT demand_history_accum('{}', '2026-03-01', 1);
\echo :LAST_ERROR_SQLSTATE

-- simple exponential smoothing: days without a row are days without demand
SELECT sku, f.* FROM (SELECT sku, demand_history_agg(day, qty) AS h FROM sold GROUP BY sku) x, demand_forecast(h, 0.5) f ORDER BY sku;
SELECT f.* FROM (SELECT demand_history_agg(day, qty) AS h FROM sold WHERE sku = 'TEA') x, demand_forecast(h, 0.5, until => '2026-03-07') f;
SELECT f.* FROM (SELECT demand_history_agg(day, qty) AS h FROM sold WHERE sku = 'TEA') x, demand_forecast(h, 0.5, until => '2026-03-02') f;
SELECT f.* FROM (SELECT demand_history_agg(day, qty) AS h FROM sold WHERE sku = 'TEA') x, demand_forecast(h, 0.5, until => '2026-02-02') f;
-- the example of the NIST/SEMATECH e-Handbook of Statistical Methods, 6.4.3.1 and 6.4.3.2: with alpha 0.1, S(12) is 71.67
CREATE TEMP TABLE nist AS SELECT demand_history_agg(date '2026-01-01' + n::int - 1, y) AS h FROM unnest('{71,70,69,68,64,65,72,78,75,75,75,70}'::bigint[]) WITH ORDINALITY u(y, n);
SELECT until, round(level::numeric, 2) AS level FROM nist, unnest('{2026-01-03,2026-01-04,2026-01-11,2026-01-12}'::date[]) until, demand_forecast(h, 0.1, until => until);
-- the best of the grid for it is 1, with the squared error 139
SELECT alpha, level, round((error_sd ^ 2 * (periods - 1))::numeric, 9) AS squares FROM nist, demand_forecast(h);
-- equal demand has no error: the smallest alpha of the grid
SELECT f.* FROM (SELECT demand_history_agg(day::date, 7) AS h FROM generate_series(timestamp '2026-01-01', '2026-01-20', '1 day') day) x, demand_forecast(h) f;
-- weeks begin on Monday, months on their first
SELECT p, f.* FROM (SELECT demand_history_agg(day::date, 1) AS h FROM generate_series(timestamp '2025-12-29', '2026-02-28', '1 day') day) x, unnest('{day,week,month}'::text[]) p, demand_forecast(h, 0.25, p) f;
SELECT * FROM demand_forecast('{-0001-03-05:4,0000-01-01:2}', 0.5, 'month');
SELECT * FROM demand_forecast('{}');
SELECT * FROM demand_forecast(NULL);
SELECT (demand_forecast('{2026-03-01:9223372036854775807,2026-03-02:9223372036854775807}', 0.5, 'month')).*;
SELECT * FROM demand_forecast('{2026-03-01:1}', 0);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM demand_forecast('{2026-03-01:1}', 1.01);
SELECT * FROM demand_forecast('{2026-03-01:1}', 'NaN');
SELECT * FROM demand_forecast('{2026-03-01:1}', period => 'year');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM demand_forecast('{2026-03-01:1}', period => NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM demand_forecast('{2026-03-01:1}', until => 'infinity');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM demand_forecast('{0001-03-01:1,2026-03-01:1}');
\echo :LAST_ERROR_SQLSTATE
SELECT periods FROM demand_forecast('{0001-03-01:1,2026-03-01:1}', 0.5, 'month');

-- z: the tables' values, computed to 40 digits
SELECT p, round(service_factor(p)::numeric, 10) AS z, abs(service_factor(p) - expected) < 1e-15 * greatest(1, abs(expected)) AS exact FROM (VALUES
    (0.5::float8, 0::float8), (0.75, 0.674489750196081743), (0.9, 1.28155156554460059), (0.95, 1.64485362695147228), (0.975, 1.95996398454005386), (0.99, 2.32634787404084077), (0.995, 2.57582930354890045),
    (0.999, 3.09023230616781328), (0.9999, 3.71901648545570839), (0.9999999999, 6.36134088969742186), (0.1, -1.28155156554460044), (1e-10, -6.3613409024040562), (1e-300, -37.0470962993611992)) v(p, expected);
-- units: 98.69, 265.73, 61.69 and 27.58 rounded up; half of the cycles need none, nor does demand that never differs
SELECT safety_stock(0.95, 20, 9) AS a, safety_stock(0.95, 20, 9, 100, 1.5) AS b, safety_stock(0.99, 12.5, 4.5) AS c, safety_stock(0.9, demand_sd => 3, lead_time => 7, demand_mean => 10, lead_time_sd => 2) AS d,
    safety_stock(0.5, 20, 9) AS half, safety_stock(0.1, 20, 9) AS below, safety_stock(0.99, 0, 9) AS steady, safety_stock(0.99, 1e-12, 1) AS some;
SELECT reorder_point(100, 9, 266), reorder_point(1.1, 10) AS eleven, reorder_point(1.1, 10.1) AS twelve, reorder_point(0, 3, 5) AS none, order_up_to_level(100, 9, 7, 300), order_up_to_level(0.3, 3, 0) AS one;
SELECT economic_order_quantity(3600, 10, 1.25) AS q, economic_order_quantity(0, 10, 1), economic_order_quantity(100, 0, 1) AS one, economic_order_quantity(1, 1, 1) AS tie, economic_order_quantity(1e15, 1e3, 1e-3) AS large;
SELECT service_factor(1);
\echo :LAST_ERROR_SQLSTATE
SELECT service_factor(95);
SELECT safety_stock(0, 1, 1);
SELECT safety_stock('NaN', 1, 1);
SELECT safety_stock(0.9, -1, 1);
\echo :LAST_ERROR_SQLSTATE
SELECT safety_stock(0.9, 1, -1);
SELECT safety_stock(0.9, 1, 1, -1, 1);
SELECT safety_stock(0.9, 1, 1, 1, -1);
SELECT safety_stock(0.9, 'NaN', 1);
\echo :LAST_ERROR_SQLSTATE
SELECT safety_stock(0.9, 1, 'infinity');
SELECT safety_stock(0.9, 1e30, 1);
\echo :LAST_ERROR_SQLSTATE
SELECT safety_stock(0.9, NULL, 1) IS NULL AS null_is_null;
SELECT reorder_point(1, 1, -1);
\echo :LAST_ERROR_SQLSTATE
SELECT reorder_point(1e19, 1);
\echo :LAST_ERROR_SQLSTATE
SELECT reorder_point(1, 1, 9223372036854775807);
SELECT order_up_to_level(1, 1, -1);
SELECT economic_order_quantity(1, 1, 0);
\echo :LAST_ERROR_SQLSTATE
SELECT economic_order_quantity(-1, 1, 1);
SELECT economic_order_quantity(1e308, 1e308, 1e-308);
\echo :LAST_ERROR_SQLSTATE

-- from orders to a reorder point, for each SKU
SELECT sku, round(level::numeric, 2) AS per_day, round(error_sd::numeric, 2) AS sd, ss.safety_stock, reorder_point(level, 9, ss.safety_stock)
FROM (SELECT sku, demand_history_agg(day, qty) AS h FROM sold GROUP BY sku) x, demand_forecast(h, 0.2, until => '2026-03-07') f, safety_stock(0.95, error_sd, 9, level, 1.5) AS ss(safety_stock) ORDER BY sku;
-- nothing depends on the search path
SET search_path = '';
SELECT '{2026-03-01:1}'::omni.demand_history = '{2026-03-01:1}', '{2026-03-01:1}'::omni.demand_history OPERATOR(omni.||) '{2026-03-01:1}'::omni.demand_history AS both;
SELECT level FROM omni.demand_forecast('{2026-03-01:1}');
