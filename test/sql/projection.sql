SET search_path = public, omni;
SET timezone = 'America/New_York';
-- text form: any order in, one form out, in UTC whatever the session's time zone is
SELECT '{}'::atp_projection, ' { } '::atp_projection;
SELECT '{incoming:20@2026-03-04T00:00:00Z/2026-04-01T00:00:00Z, reserved:4,on_hand:10@-infinity/infinity}'::atp_projection;
-- entries that differ only in quantity are one, those without a unit are none
SELECT '{on_hand:2,on_hand:3,reserved:0,demand:1@2026-03-01T09:30:00.5Z,demand:2@2026-03-01T09:30:00.5Z}'::atp_projection;
SELECT '{safety:1/2026-05-01T00:00:00Z,buffer:2@2026-05-01T00:00:00Z,backorder:3@2026-05-01T00:00:00Z/2026-06-01T00:00:00Z}'::atp_projection;
-- the ends of time and quantity
SELECT '{on_hand:9223372036854775807@-4713-11-24T00:00:00Z/294276-12-31T23:59:59.999999Z,safety:1/-4713-11-24T00:00:00Z}'::atp_projection;
SELECT atp_projection_send('{on_hand:2}'), atp_projection_send('{incoming:1@2000-01-01T00:00:01Z/2000-01-01T00:00:02Z}'), atp_projection_send('{}');
SELECT pg_column_size('{on_hand:100@2026-03-01T00:00:00Z,incoming:20@2026-03-04T00:00:00Z,demand:3@2026-03-05T00:00:00Z}'::atp_projection);

-- refused: what and how it could be right
\set VERBOSITY default
\set ON_ERROR_STOP 0
SELECT 'on_hand:7'::atp_projection;
\echo :LAST_ERROR_SQLSTATE
SELECT '{on hand:7}'::atp_projection;
SELECT '{onhand:7}'::atp_projection;
\echo :LAST_ERROR_SQLSTATE
SELECT '{on_hand:-7}'::atp_projection;
\echo :LAST_ERROR_SQLSTATE
SELECT '{incoming:7}'::atp_projection;
\echo :LAST_ERROR_SQLSTATE
SELECT '{demand:7@2026-02-29T09:30:00Z}'::atp_projection;
\echo :LAST_ERROR_SQLSTATE
SELECT '{on_hand:9223372036854775807,on_hand:1}'::atp_projection;
\echo :LAST_ERROR_SQLSTATE
SELECT v, atp_projection_try(v), atp_projection_problem(v) FROM unnest('{"{on_hand:1}","{on_hand:1,}","{on_hand:1} x","{:1}","{on_hand}","{on_hand:}","{On_Hand:1}","{on_hand:1@}","{on_hand:1@2026-03-01}","{on_hand:1/2026-03-01T00:00:00Z}",
 "{on_hand:1@infinity}","{incoming:1@-infinity}","{demand:1@2026-03-01T00:00:00Z/2026-03-02T00:00:00Z}","{incoming:1@2026-03-01T00:00:00Z/2026-03-01T00:00:00Z}","{safety:1/-infinity}","{on_hand:9223372036854775808}","{on_hand:1"}'::text[]) v;

-- comparison: equal is equal bytes; a string on the right is a projection
SELECT '{on_hand:1,reserved:2}'::atp_projection = '{reserved:2, on_hand:1}'::atp_projection AS eq, '{on_hand:1}'::atp_projection <> '{on_hand:2}' AS ne;
PREPARE p(text) AS SELECT '{on_hand:1}'::atp_projection = $1;
EXECUTE p('{ on_hand:1 }');
DEALLOCATE p;

SET timezone = 'UTC';
SET datestyle = 'ISO';
-- one query over stock, purchase orders and reservations
CREATE TEMP TABLE stock (sku text, qty bigint, counted_at timestamptz, best_before timestamptz);
INSERT INTO stock VALUES ('MILK', 6, '2026-03-01Z', '2026-03-03Z'), ('MILK', 8, '2026-03-01Z', '2026-03-09Z'), ('TEA', 5, NULL, NULL), ('RUM', -2, NULL, NULL);
CREATE TEMP TABLE purchase (sku text, qty bigint, expected_at timestamptz, best_before timestamptz);
INSERT INTO purchase VALUES ('MILK', 10, '2026-03-05Z', '2026-03-15Z'), ('TEA', 20, '2026-03-04Z', NULL), ('RUM', 6, '2026-03-04Z', NULL);
CREATE TEMP TABLE booked (sku text, qty bigint, due timestamptz);
INSERT INTO booked VALUES ('MILK', 9, '2026-03-04Z'), ('MILK', 4, '2026-03-10Z'), ('TEA', 4, NULL), ('TEA', 15, '2026-03-10Z');
CREATE TEMP VIEW plan AS
SELECT sku, atp_projection_agg(kind, qty, at, expires_at) AS projection FROM (
    SELECT sku, 'on_hand', qty, counted_at, best_before FROM stock
    UNION ALL SELECT sku, 'incoming', qty, expected_at, best_before FROM purchase
    UNION ALL SELECT sku, CASE WHEN due IS NULL THEN 'reserved' ELSE 'demand' END, qty, due, NULL FROM booked
    UNION ALL VALUES ('TEA', 'safety', 1, NULL::timestamptz, NULL::timestamptz), ('RUM', 'backorder', 3, NULL, '2026-03-10Z'), ('TEA', 'buffer', 2, '2026-03-06Z', NULL)
) x(sku, kind, qty, at, expires_at) GROUP BY sku;
SELECT * FROM plan ORDER BY sku;
SELECT sku, s.* FROM plan, atp_schedule(projection) s ORDER BY sku, s.at;
-- 6 units of milk go off on March 3, so 6 may go before, although one unit is short on March 4
SELECT day, atp_at(projection, day) FROM plan, generate_series('2026-02-28Z', '2026-03-16Z', interval '2 days') day WHERE sku = 'MILK';
SELECT sku, qty, promise_at(projection, qty), promise_at(projection, qty, '2026-03-08Z') AS from_march_8 FROM plan, unnest('{1,6,7,13}'::bigint[]) qty ORDER BY sku, qty;
-- one promise after the other
SELECT sku, projection || atp_projection('demand', 1, '2026-03-02Z') AS with_demand, atp_take(projection, 1, promise_at(projection, 1, '2026-03-02Z')) AS taken FROM plan WHERE sku = 'TEA';
SELECT atp_take(projection, 8, '2026-03-02Z') FROM plan WHERE sku = 'MILK';
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM atp_schedule((SELECT atp_take(atp_take(projection, 6, '2026-03-02Z'), 2, '2026-03-06Z') FROM plan WHERE sku = 'MILK'));
SELECT atp_take('{on_hand:3}', 1, '-infinity'), atp_at('{on_hand:3}', 'infinity'), atp_at('{}', 'now'), promise_at('{}', 1), promise_at('{backorder:2}', 2), atp_at(NULL, 'now');
SELECT * FROM atp_schedule('{}');
-- what is short already stays so, and nothing before it is promised but what would expire unused
SELECT at, on_hand, atp FROM atp_schedule('{on_hand:5@2026-03-01T00:00:00Z/2026-03-02T00:00:00Z,demand:2@2026-03-03T00:00:00Z,incoming:4@2026-03-04T00:00:00Z}');
-- beyond the stock, with units that come for a while
SELECT at, on_hand, protected, atp FROM atp_schedule('{backorder:5,incoming:3@2026-03-06T00:00:00Z/2026-03-10T00:00:00Z,incoming:1@2026-03-07T00:00:00Z/2026-03-08T00:00:00Z}');
SELECT promise_at('{on_hand:3}', 0);
\echo :LAST_ERROR_SQLSTATE
SELECT atp_take('{on_hand:3}', -1, '2026-03-01Z');
SELECT atp_take('{on_hand:3}', 1, 'infinity');
\echo :LAST_ERROR_SQLSTATE
SELECT atp_at('{on_hand:9223372036854775807,backorder:1}', '2026-03-01Z');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM atp_schedule('{on_hand:9223372036854775807,safety:1/2026-03-01T00:00:00Z}');
SELECT atp_at('{on_hand:9223372036854775806,reserved:1}', '2026-03-01Z');

-- rows: zero is nothing, an outer join's row is none, everything else is checked
SELECT atp_projection_agg('on_hand', 0, NULL) AS nothing, atp_projection_agg(NULL, NULL, NULL) IS NULL AS no_row;
SELECT atp_projection_agg(kind, qty, at) FROM (VALUES ('on_hand', 3::bigint, NULL::timestamptz), ('on_hand', -4, NULL), ('reserved', 1, '2026-03-01Z')) v(kind, qty, at);
SELECT atp_projection_rollup(p), atp_projection_rollup(p) IS NULL AS none FROM (SELECT NULL::atp_projection AS p) x;
SELECT atp_projection_agg('stock', 1, NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT atp_projection_agg(NULL, 1, NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT atp_projection_agg('on_hand', NULL, NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT atp_projection_agg('incoming', 1, NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT atp_projection_agg('demand', 1, NULL);
SELECT atp_projection_agg('incoming', 1, '-infinity');
\echo :LAST_ERROR_SQLSTATE
SELECT atp_projection_agg('demand', 1, 'infinity');
\echo :LAST_ERROR_SQLSTATE
SELECT atp_projection_agg('incoming', -1, '2026-03-01Z');
\echo :LAST_ERROR_SQLSTATE
SELECT atp_projection_agg('safety', -1, NULL);
SELECT atp_projection_agg('on_hand', -1, '2026-03-01Z', '2026-03-02Z');
SELECT atp_projection_agg('on_hand', -9223372036854775808, NULL);
SELECT atp_projection_agg('on_hand', 1, '2026-03-02Z', '2026-03-01Z');
\echo :LAST_ERROR_SQLSTATE
SELECT atp_projection_agg('on_hand', 1, NULL, '2026-03-01Z');
\echo :LAST_ERROR_SQLSTATE
SELECT atp_projection_agg('reserved', 1, '2026-03-01Z', '2026-03-02Z');
SELECT atp_projection_agg('on_hand', 9223372036854775807, NULL) FROM generate_series(1, 2);
\echo :LAST_ERROR_SQLSTATE
SELECT atp_projection('on_hand', NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT atp_projection(NULL, 1);
SELECT atp_projection('buffer', 0), atp_projection('on_hand', 5, '2026-03-01Z', 'infinity');
SELECT atp_projection_accum('{}', 'on_hand', 1, NULL);
\echo :LAST_ERROR_SQLSTATE

-- a bundle: what the scarcest component allows
SELECT bundle, bundle_atp(atp, units) FROM (VALUES ('gift', 7, 2), ('gift', 5, 1), ('none', 0, 1), ('none', 9, 1), ('one', -3, 1), ('one', 9, 1), ('all', 9223372036854775807, 1)) v(bundle, atp, units) GROUP BY bundle ORDER BY bundle;
SELECT bundle_atp(atp, units), bundle_atp(atp, units) IS NULL AS none FROM (VALUES (1, 1)) v(atp, units) WHERE false;
SELECT day, bundle_atp(atp_at(projection, day), CASE sku WHEN 'MILK' THEN 2 ELSE 1 END) FROM plan, generate_series('2026-03-01Z', '2026-03-16Z', interval '3 days') day WHERE sku <> 'RUM' GROUP BY day ORDER BY day;
SELECT bundle_atp(NULL, 1);
\echo :LAST_ERROR_SQLSTATE
SELECT bundle_atp(1, NULL);
SELECT bundle_atp(1, 0);
\echo :LAST_ERROR_SQLSTATE
SELECT bundle_atp_accum(NULL, 1, -1);
-- nothing depends on the search path
SET search_path = '';
SELECT '{on_hand:1}'::omni.atp_projection = '{on_hand:1}', '{on_hand:1}'::omni.atp_projection OPERATOR(omni.||) '{on_hand:1}'::omni.atp_projection AS both;
SELECT atp FROM omni.atp_schedule('{on_hand:2}');
