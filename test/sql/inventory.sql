SET search_path = public, omni;
SET timezone = 'America/New_York';
-- text form: any order in, one form out, in UTC whatever the session's time zone is
SELECT '{}'::demand, ' { } '::supply;
SELECT '{2:1:0@2026-03-01T09:30:00Z, 1:2:-5@2026-03-01T09:30:00Z,3:9:1@-infinity}'::demand;
SELECT '{12:1@2026-03-04T00:00:00Z,11:3@-infinity,13:7@infinity,14:0@infinity}'::supply;
-- entries that differ only in quantity are one, those without a unit are none
SELECT '{1:2:0@infinity,1:3:0@infinity,1:3:1@infinity,2:0:0@infinity}'::demand;
-- the ends of time, id, quantity and priority
SELECT '{-9223372036854775808:9223372036854775807:-2147483648@-4713-11-24T00:00:00Z,9223372036854775807:1:2147483647@294276-12-31T23:59:59.999999Z}'::demand;
SELECT '{1:1@0000-02-29T00:00:00Z,2:1@-0004-02-29T12:00:00.5Z,3:1@2024-02-29T00:00:00.000100Z}'::supply;
SELECT demand_send('{7:2:-1@2000-01-01T00:00:01Z}'), supply_send('{7:2@2000-01-01T00:00:01Z}'), supply_send('{}');
SELECT pg_column_size('{7:2:0@2026-03-01T09:30:00Z,8:2:0@2026-03-01T09:31:00Z}'::demand);

-- refused: what and how it could be right
\set VERBOSITY default
\set ON_ERROR_STOP 0
SELECT '7'::demand;
\echo :LAST_ERROR_SQLSTATE
SELECT '{7:2@2026-03-01T09:30:00Z}'::demand;
SELECT '{7:2:0@2026-03-01T09:30:00Z}'::supply;
\echo :LAST_ERROR_SQLSTATE
SELECT '{7:2@2026-02-29T09:30:00Z}'::supply;
\echo :LAST_ERROR_SQLSTATE
SELECT '{7:-2@infinity}'::supply;
\echo :LAST_ERROR_SQLSTATE
SELECT '{1:9223372036854775807@infinity,1:1@infinity}'::supply;
\echo :LAST_ERROR_SQLSTATE
SELECT ''::supply;
SELECT v, supply_try(v), supply_problem(v) FROM unnest('{"{1:1@infinity}","{1:1@infinity,}","{1:1@infinity} x","{1:1@2026-03-01 09:30:00Z}","{1:1@2026-13-01T09:30:00Z}","{1:1@2026-03-01T24:00:00Z}",
 "{1:1@2026-03-01T09:30:00.1234567Z}","{1:1@2026-03-01T09:30:00}","{1:1@300000-01-01T00:00:00Z}","{9223372036854775808:1@infinity}","{1:99999999999999999999999999999999999999999999@infinity}","{1:x@infinity}","{-:1@infinity}","{1:1@infinity","1:1@infinity}"}'::text[]) v;
SELECT demand_problem('{1:1:2147483648@infinity}'), demand_problem('{1:1:x@infinity}'), demand_problem('{1:1:0@infinity}'), demand_try('{1:1}');

-- comparison: equal is equal bytes; a string on the right is a queue
SELECT '{1:1@infinity,2:1@infinity}'::supply = '{2:1@infinity, 1:1@infinity}'::supply AS eq, '{1:1@infinity}'::supply <> '{1:2@infinity}' AS ne;
PREPARE p(text) AS SELECT '{1:1:0@infinity}'::demand = $1;
EXECUTE p('{ 1:1:0@infinity }');
DEALLOCATE p;
SELECT count(*) FROM (SELECT DISTINCT x FROM (VALUES ('{1:1@infinity}'::supply), ('{1:1@infinity }'), ('{}')) v(x)) d;

-- aggregates
CREATE TEMP TABLE line (sku text, line_id bigint, qty bigint, priority int, placed_at timestamptz);
INSERT INTO line VALUES ('A', 1, 2, 1, '2026-03-01 10:00Z'), ('A', 2, 2, 0, '2026-03-01 11:00Z'), ('A', 3, 2, 0, '2026-03-01 12:00Z'),
    ('B', 4, 1, 0, '2026-03-01 10:00Z'), ('C', 5, 0, 0, '2026-03-01 10:00Z');
CREATE TEMP TABLE stock (sku text, stock_id bigint, qty bigint, available_at timestamptz);
INSERT INTO stock VALUES ('A', 12, 2, '-infinity'), ('A', 11, 1, '-infinity'), ('A', 13, 1, '2026-03-09Z');
SELECT sku, demand_agg(line_id, qty, priority, placed_at) FROM line GROUP BY sku ORDER BY sku;
SELECT sku, supply_agg(stock_id, qty, available_at) FROM stock GROUP BY sku ORDER BY sku;
SELECT demand_agg(line_id, qty, priority, placed_at) IS NULL AS no_row FROM line WHERE false;
-- what an outer join gives is no row
SELECT demand_agg(line_id, qty, 0, placed_at) IS NULL AS no_row FROM (VALUES (1)) v(x) LEFT JOIN line ON false;
SELECT demand_rollup(d), demand_rollup(d) = (SELECT demand_agg(line_id, qty, priority, placed_at) FROM line) AS same
FROM (SELECT sku, demand_agg(line_id, qty, priority, placed_at) AS d FROM line GROUP BY sku UNION ALL SELECT 'N', NULL) x;
SELECT supply_rollup(s), supply_rollup(s) IS NULL AS none FROM (SELECT NULL::supply AS s) x;
SELECT '{1:1@infinity}'::supply || '{1:2@infinity,0:1@-infinity}'::supply AS both, supply_concat('{}', '{}');
SELECT demand_agg(NULL, 1, 0, 'now') FROM line;
\echo :LAST_ERROR_SQLSTATE
SELECT demand_agg(1, NULL, 0, 'now') FROM line;
SELECT demand_agg(1, 1, NULL, 'now') FROM line;
SELECT demand_agg(1, 1, 0, NULL) FROM line;
SELECT supply_agg(1, 1, NULL) FROM line;
SELECT supply_agg(1, -1, 'infinity') FROM line;
\echo :LAST_ERROR_SQLSTATE
SELECT supply_agg(1, 9223372036854775807, 'infinity') FROM line;
\echo :LAST_ERROR_SQLSTATE
SELECT supply_accum(NULL, 1, 1, 'infinity');
\echo :LAST_ERROR_SQLSTATE
SELECT demand_combine('{}', '{}');
SELECT demand_final('{}');

-- who gets the last three units
SELECT d.sku, line_id, stock_id, qty, reason FROM (SELECT sku, demand_agg(line_id, qty, priority, placed_at) AS demand FROM line GROUP BY sku) d
LEFT JOIN (SELECT sku, supply_agg(stock_id, qty, available_at) AS supply FROM stock WHERE available_at < '2026-03-02' GROUP BY sku) s USING (sku),
allocate(demand, supply) WITH ORDINALITY a(line_id, stock_id, qty, reason, n) ORDER BY sku, n;
SELECT d.sku, line_id, stock_id, qty, reason FROM (SELECT sku, demand_agg(line_id, qty, priority, placed_at) AS demand FROM line GROUP BY sku) d
LEFT JOIN (SELECT sku, supply_agg(stock_id, qty, available_at) AS supply FROM stock WHERE available_at < '2026-03-02' GROUP BY sku) s USING (sku),
allocate(demand, supply, 'priority') WITH ORDINALITY a(line_id, stock_id, qty, reason, n) ORDER BY sku, n;
SELECT * FROM allocate(NULL, '{1:1@infinity}');
SELECT * FROM allocate('{}', '{1:1@infinity}');
SELECT * FROM allocate('{1:9223372036854775807:0@-infinity,2:9223372036854775807:0@infinity}', '{1:9223372036854775807@-infinity,2:9223372036854775807@infinity,3:1@infinity}');
SELECT allocate('{1:2:0@infinity}', '{1:1@infinity}', policy => 'priority');
SELECT * FROM allocate('{}', '{}', 'lifo');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM allocate('{}', '{}', NULL);
\echo :LAST_ERROR_SQLSTATE

-- the window form
SELECT line_id, qty, allocate_fifo(qty, 3) OVER (PARTITION BY sku ORDER BY priority, placed_at) AS gets FROM line ORDER BY sku, priority, placed_at;
SELECT x, allocate_fifo(q, a) OVER (PARTITION BY a ORDER BY x) AS gets
FROM (VALUES (1, 2, 3), (2, NULL, 3), (3, 2, 3), (4, 1, 3), (5, 1, NULL), (6, 1, -4)) v(x, q, a) ORDER BY x;
-- peers of the window's order take one after the other
SELECT array_agg(gets ORDER BY gets DESC) FROM (SELECT allocate_fifo(2, 3) OVER (ORDER BY 1::int) AS gets FROM generate_series(1, 4)) x;
SELECT allocate_fifo(-1, 3) OVER () FROM line;
\echo :LAST_ERROR_SQLSTATE
SELECT allocate_fifo(1, x) OVER () FROM generate_series(1, 2) x;
\echo :LAST_ERROR_SQLSTATE
SELECT allocate_fifo(1, 2);
\echo :LAST_ERROR_SQLSTATE

-- available to promise
SELECT atp(10, 4), atp(10, 4, 3), atp(10, 4, 3, 5), atp(10, 4, 3, 5, 2), atp(2, 4), atp_signed(2, 4), atp(0, 0, -5) AS backorders, atp(-3, 0, 0, 5) AS oversold;
SELECT atp(on_hand => 10, reserved => 1, channel_buffer => 2), atp(10, NULL), atp_signed(NULL, 1);
SELECT atp(9223372036854775807, 9223372036854775807, 0, 9223372036854775807, 1), atp(-9223372036854775808, 9223372036854775807);
SELECT atp(9223372036854775807, 0, -1);
\echo :LAST_ERROR_SQLSTATE
SELECT atp_signed(-9223372036854775808, 1);
\echo :LAST_ERROR_SQLSTATE
SELECT atp(1, -1);
\echo :LAST_ERROR_SQLSTATE
SELECT atp(1, 1, 0, -1);
SELECT atp(1, 1, 0, 0, -1);

-- nothing depends on the search path
SET search_path = '';
SELECT '{1:1@infinity}'::omni.supply = '{1:1@infinity}', '{1:1@infinity}'::omni.supply IS DISTINCT FROM '{1:2@infinity}'::omni.supply AS d,
    '{1:1@infinity}'::omni.supply OPERATOR(omni.||) '{1:1@infinity}'::omni.supply AS both;
SELECT * FROM omni.allocate('{1:2:0@infinity}', '{1:1@infinity}');
