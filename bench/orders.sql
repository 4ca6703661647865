-- order states: the header aggregate, the fold of a log of moves, milestones, input
SET search_path = public, omni;
CREATE UNLOGGED TABLE line AS
SELECT i / 3 AS order_id, w.s AS state, w.s::text AS word, w.r::int AS rank
FROM generate_series(1, 1500000) i JOIN (SELECT row_number() OVER () - 1 AS r, s FROM unnest('{open,allocated,packed,shipped,delivered,canceled}'::order_state[]) s) w ON w.r = (i::bigint * 7919) % 6;
CREATE UNLOGGED TABLE event AS
SELECT i % 300000 AS line_id, 1::bigint AS qty, CASE WHEN i >= 300000 THEN 'open'::order_state END AS from_state, CASE WHEN i < 300000 THEN 'open' ELSE 'shipped' END::order_state AS to_state
FROM generate_series(0, 599999) i;
VACUUM ANALYZE line; VACUUM ANALYZE event;

SELECT bench.compare('order_state_agg, 1.5M lines into 500k orders', '<= 1.5',
    'SELECT count(*) FROM (SELECT order_id, order_state_agg(state) FROM line GROUP BY order_id OFFSET 0) v',
    'array_agg of the same', 'SELECT count(*) FROM (SELECT order_id, array_agg(state) FROM line GROUP BY order_id OFFSET 0) v', reps => 3);
SELECT bench.compare('order_state_agg, 1.5M lines into 500k orders', NULL,
    'SELECT count(*) FROM (SELECT order_id, order_state_agg(state) FROM line GROUP BY order_id OFFSET 0) v',
    'min and max of a rank', 'SELECT count(*) FROM (SELECT order_id, min(rank), max(rank) FROM line GROUP BY order_id OFFSET 0) v', reps => 3);
SELECT bench.compare('order_line_agg, 600k moves of 300k lines', '<= 1.5',
    'SELECT count(*) FROM (SELECT line_id, order_line_agg(qty, from_state, to_state) FROM event GROUP BY line_id OFFSET 0) v',
    'array_agg of the moves', 'SELECT count(*) FROM (SELECT line_id, array_agg(ROW(qty, from_state, to_state)) FROM event GROUP BY line_id OFFSET 0) v', reps => 3);
SELECT bench.compare('reached() over 1.5M lines', NULL,
    $$SELECT count(*) FROM line WHERE reached(state, 'shipped')$$,
    'word IN (...)', $$SELECT count(*) FROM line WHERE word IN ('shipped', 'delivered', 'in_transit', 'picked_up')$$, 'SELECT count(*) FROM line', reps => 3);
SELECT bench.compare('text to order_state, 1.5M', NULL,
    'SELECT count(word::order_state) FROM line', 'text to an enum by CASE', $$SELECT count(CASE word WHEN 'open' THEN 1 WHEN 'allocated' THEN 2 WHEN 'packed' THEN 3 WHEN 'shipped' THEN 4 WHEN 'delivered' THEN 5 WHEN 'canceled' THEN 6 END) FROM line$$, 'SELECT count(word) FROM line', reps => 3);
SELECT bench.compare('sort 1.5M', '<= 1.05',
    'SELECT count(*) FROM (SELECT state FROM line ORDER BY state OFFSET 0) v', 'int8', 'SELECT count(*) FROM (SELECT rank::int8 AS r FROM line ORDER BY r OFFSET 0) v', reps => 3);
SELECT bench.compare('order_state_from, 1.5M', NULL,
    $$SELECT count(order_state_from('vendure', CASE rank % 2 WHEN 0 THEN 'Delivered' ELSE 'PaymentSettled' END)) FROM line$$, NULL, NULL, 'SELECT count(CASE rank % 2 WHEN 0 THEN 1 ELSE 2 END) FROM line', reps => 3);
