-- channels, minimums and fair shares: values, policies, reasons, and what is refused
SET search_path = public, omni;
SET timezone = 'America/New_York';
-- text form: the minimum, then the channel, behind the time
SELECT '{8:2:0@2026-03-01T09:30:00Z, 7:5:0@2026-03-01T09:30:00Z min 3 for web}'::demand;
SELECT '{11:3@-infinity for web,11:7@-infinity,11:1@-infinity for POS_1,11:1@-infinity for web}'::supply;
-- names that are not letters, digits, _, - and . stand in quotes
SELECT E'{1:1@infinity for "pop-up store",2:1@infinity for "web",3:1@infinity for "a ""b"", {c}",4:1@infinity for "Cafe\u0301"}'::supply;
SELECT supply_send('{4:1@infinity for "Café"}') = supply_send(supply_agg(4, 1, 'infinity', E'Cafe\u0301')) AS same;
-- a minimum of 0 or 1 is none; without terms the value is what it was
SELECT '{1:5:0@infinity min 0,2:5:0@infinity min 1,3:0:0@infinity min 7}'::demand = '{1:5:0@infinity,2:5:0@infinity}' AS same;
SELECT demand_send('{7:2:-1@2000-01-01T00:00:01Z}'), demand_send('{7:2:-1@2000-01-01T00:00:01Z min 2 for web}'), supply_send('{7:2@2000-01-01T00:00:01Z for web}');
SELECT pg_column_size('{7:5:0@2026-03-01T09:30:00Z,8:5:0@2026-03-01T09:31:00Z}'::demand) AS plain, pg_column_size('{7:5:0@2026-03-01T09:30:00Z min 3 for web,8:5:0@2026-03-01T09:31:00Z for web}'::demand) AS with_terms;
SELECT '{1:1@infinity for web}'::supply = '{1:1@infinity}'::supply AS eq, '{1:1@infinity for web}'::supply || '{1:1@infinity,1:2@infinity for web}'::supply AS both;

-- aggregates: NULL is no channel and no minimum
CREATE TEMP TABLE line (line_id bigint, qty bigint, priority int, placed_at timestamptz, channel text, min_qty bigint);
INSERT INTO line VALUES (1, 8, 1, '2026-03-01 10:00Z', 'web', NULL), (2, 8, 0, '2026-03-01 11:00Z', NULL, 6), (3, 4, 0, '2026-03-01 12:00Z', 'marketplace', 1), (4, 0, 0, '2026-03-01 12:00Z', 'web', 3);
SELECT demand_agg(line_id, qty, priority, placed_at, channel, min_qty) FROM line;
SELECT demand_agg(line_id, qty, priority, placed_at, NULL, NULL) = demand_agg(line_id, qty, priority, placed_at) AS same FROM line;
SELECT supply_agg(11, 5, '-infinity', c) FROM (VALUES ('web'), (NULL), ('web')) v(c);
SELECT supply_agg(11, 5, '-infinity', NULL) = supply_agg(11, 5, '-infinity') AS same;
SELECT demand_agg(line_id, qty, 0, placed_at, 'web', 2) IS NULL AS no_row FROM (VALUES (1)) v(x) LEFT JOIN line ON false;
-- rows of one line add up; values with and without terms do
SELECT demand_agg(1, q, 0, 'infinity', 'web', 2) FROM (VALUES (2), (3), (0)) v(q);
SELECT demand_rollup(d) FROM (VALUES ('{2:2:0@infinity}'::demand), ('{1:4:0@infinity min 2 for web}'), ('{}'), (NULL), ('{2:1:0@infinity}')) v(d);
SELECT '{1:1:0@infinity}'::demand || '{2:1:0@infinity for web}' AS plain_first, '{2:1:0@infinity for web}'::demand || '{1:1:0@infinity}' AS plain_last;

-- policies: 10 units, of which 3 are protected for web and 2 for the shop
SELECT demand_agg(line_id, qty, priority, placed_at, channel, min_qty) AS demand FROM line \gset
\set supply '{11:5@-infinity,12:3@-infinity for web,13:2@-infinity for shop}'
SELECT * FROM allocate(:'demand', :'supply');
SELECT * FROM allocate(:'demand', :'supply', 'priority');
SELECT * FROM allocate(:'demand', :'supply', 'fair_share');
-- nothing at all is short, not below the minimum
SELECT policy, a.* FROM unnest('{fifo,fair_share}'::text[]) policy, allocate('{1:5:0@infinity min 3 for web}', NULL, policy) a;
SELECT policy, a.* FROM unnest('{fifo,fair_share}'::text[]) policy, allocate('{1:5:0@infinity min 3 for web}', '{1:9@infinity for shop}', policy) a;
SELECT policy, a.* FROM unnest('{fifo,fair_share}'::text[]) policy, allocate('{1:5:0@infinity min 3 for web}', '{1:1@infinity,2:1@infinity for web}', policy) a;
-- largest remainders: 10 * 4 / 12 = 3 1/3 each; of equals the first in the queue
SELECT line_id, qty FROM allocate('{1:4:0@2026-01-01T00:00:00Z,2:4:0@2026-01-02T00:00:00Z,3:4:0@2026-01-03T00:00:00Z}', '{1:10@infinity}', 'fair_share') WHERE stock_id IS NOT NULL;
SELECT line_id, qty FROM allocate('{3:1:0@infinity,2:1:0@infinity,1:1:0@infinity}', '{1:2@infinity}', 'fair_share') WHERE stock_id IS NOT NULL;
-- the highest min_qty / qty gives way first, of equals the last
SELECT line_id, qty, reason FROM allocate('{1:10:0@-infinity min 9,2:10:0@2026-01-01T00:00:00Z min 5,3:10:0@infinity min 5}', '{1:12@infinity}', 'fair_share');
-- what nobody left can take goes to those who gave way
SELECT line_id, qty, reason FROM allocate('{1:100:0@-infinity min 90,2:10:0@infinity min 10}', '{1:10@infinity}', 'fair_share');
-- the same channel has units of its own, and shares the common ones by what it still lacks
SELECT line_id, sum(qty) FROM allocate('{1:10:0@infinity for web,2:10:0@infinity}', '{1:5@infinity for web,2:6@infinity}', 'fair_share') WHERE stock_id IS NOT NULL GROUP BY 1 ORDER BY 1;
-- exact to the limit
SELECT line_id, qty FROM allocate('{1:2199023255551:0@-infinity,2:2199023255552:0@infinity,3:1:0@infinity}', '{1:4398046511102@infinity for web,2:4398046511103@infinity}', 'fair_share');
SELECT line_id, qty, reason FROM allocate('{1:9223372036854775807:0@-infinity min 9223372036854775807 for web,2:9223372036854775807:0@infinity}', '{1:9223372036854775806@infinity for web,2:9223372036854775807@infinity}');

-- refused: what and how it could be right
\set VERBOSITY default
\set ON_ERROR_STOP 0
SELECT demand_agg(1, 2, 0, 'infinity', '', NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT supply_agg(1, 2, 'infinity', ' ');
SELECT supply_agg(1, 2, 'infinity', 'web ');
\echo :LAST_ERROR_SQLSTATE
SELECT supply_agg(1, 2, 'infinity', E'a\nb');
SELECT supply_agg(1, 2, 'infinity', E'a\u200Bb');
SELECT supply_agg(1, 2, 'infinity', repeat('x', 255)) = '{}' AS fits;
SELECT supply_agg(1, 2, 'infinity', repeat('x', 256));
\echo :LAST_ERROR_SQLSTATE
SELECT demand_agg(1, 2, 0, 'infinity', NULL, -1);
\echo :LAST_ERROR_SQLSTATE
SELECT demand_agg(1, 2, 0, 'infinity', NULL, 3);
\echo :LAST_ERROR_SQLSTATE
SELECT demand_agg(1, -2, 0, 'infinity', 'web', 1);
\echo :LAST_ERROR_SQLSTATE
SELECT demand_agg(1, 1, 0, NULL, 'web', 1);
\echo :LAST_ERROR_SQLSTATE
SELECT demand_agg(1, 9223372036854775807, 0, 'infinity', 'web', 1) FROM line;
\echo :LAST_ERROR_SQLSTATE
SELECT demand_accum(NULL, 1, 1, 0, 'infinity', 'web', 1);
\echo :LAST_ERROR_SQLSTATE
SELECT supply_accum(NULL, 1, 1, 'infinity', 'web');
-- a line has one channel and one minimum, also where its rows are in different places of the queue
SELECT demand_agg(7, 2, 0, t, c, m) FROM (VALUES (timestamptz 'infinity', 'web', 2), ('infinity', 'pos', 2)) v(t, c, m);
\echo :LAST_ERROR_SQLSTATE
SELECT demand_agg(7, 2, 0, t, c, m) FROM (VALUES (timestamptz 'infinity', 'web', 2), ('-infinity', 'web', NULL)) v(t, c, m);
SELECT demand_agg(i, 2, 0, 'infinity', c, NULL) FROM (VALUES (9, 'web'), (3, NULL), (9, NULL), (3, 'web')) v(i, c);
SELECT '{7:2:0@infinity for web}'::demand || '{7:2:0@infinity}';
\echo :LAST_ERROR_SQLSTATE
SELECT demand_rollup(d) FROM (VALUES ('{7:2:0@infinity for web}'::demand), ('{7:2:1@infinity min 2 for web}')) v(d);
SELECT line_id, qty FROM allocate('{1:4398046511104:0@infinity}', '{1:1@infinity}', 'fair_share');
SELECT * FROM allocate('{1:4398046511104:0@infinity,2:1:0@infinity}', '{1:1@infinity}', 'fair_share');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM allocate('{}', '{}', 'fair share');
\echo :LAST_ERROR_SQLSTATE
SELECT '{7:2:0@infinity min 3}'::demand;
\echo :LAST_ERROR_SQLSTATE
SELECT '{7:2:0@infinity for web,7:2:0@-infinity}'::demand;
\echo :LAST_ERROR_SQLSTATE
SELECT '{7:2@infinity min 2}'::supply;
\echo :LAST_ERROR_SQLSTATE
SELECT v, demand_try(v), demand_problem(v) FROM unnest('{"{1:2:0@infinity min 2}","{1:2:0@infinity  min 2}","{1:2:0@infinity min}","{1:2:0@infinity min x}","{1:2:0@infinity min -1}","{1:2:0@infinity min 9223372036854775808}","{1:2:0@infinity min 3}",
 "{1:2:0@infinity for}","{1:2:0@infinity for }","{1:2:0@infinity for web min 2}","{1:2:0@infinity for web pos}","{1:2:0@infinity for web, 2:2:0@infinity for pos }","{1:2:0@infinity for a/b}","{1:2:0@infinity FOR web}"}'::text[]) v;
SELECT v, supply_problem(v) FROM unnest('{"{1:2@infinity for \"a/b\"}","{1:2@infinity for \"\"}","{1:2@infinity for \"web}","{1:2@infinity for \" web\"}"}'::text[]) v;
SELECT supply_problem('{1:2@infinity for ' || repeat('x', 256) || '}'), demand_problem('{1:2:0@infinity for web,1:2:0@-infinity}'), demand_problem('{1:9223372036854775807:0@infinity for web,1:1:0@infinity for web}');

-- nothing depends on the search path
SET search_path = '';
SELECT '{1:1@infinity for web}'::omni.supply = '{1:1@infinity for "web"}' AS eq;
SELECT * FROM omni.allocate('{1:2:0@infinity for web}', '{1:1@infinity for web}', 'fair_share');
