-- order_state, order_quantities, transitions, payment, platform statuses
SET search_path = public, omni;

-- text form: one state, intervals, returns, flags
CREATE TEMP TABLE sample (id int, input text);
INSERT INTO sample VALUES
    (1, 'open'), (2, '  shipped '), (3, '[open..shipped]'), (4, 'partially_shipped[allocated..shipped]'),
    (5, '[delivered..picked_up]'), (6, '[shipped..ready_for_pickup]'), (7, '[in_transit..out_for_delivery]'),
    (8, 'return_requested'), (9, 'picked_up+return_in_transit'), (10, 'delivered+return_declined'),
    (11, 'delivered+[none..return_received]'), (12, 'delivered+returned[return_received..restocked]'),
    (13, '[open..delivered]+partially_return_requested[none..return_requested]'), (14, 'canceled'),
    (15, 'lost{canceled}'), (16, 'undeliverable+return_received'), (17, 'open{on_hold}'),
    (18, '[open..shipped]{backordered,canceled,on_hold}'), (19, 'backordered{backordered}'),
    (20, '[open..rejected]'), (21, 'delivered{return_kept,return_lost}'), (22, '[cart..completed]');
SELECT id, input::order_state, label(input::order_state), return_label(input::order_state),
       order_state_min(input::order_state) AS least, order_state_max(input::order_state) AS greatest
FROM sample ORDER BY id;
SELECT count(*) AS round_trips FROM sample
WHERE input::order_state::text::order_state = input::order_state AND order_state_problem(input) IS NULL AND order_state_try(input) = input;

-- what is refused, and why
CREATE TEMP TABLE bad (input text);
INSERT INTO bad VALUES (''), ('cancelled'), ('Shipped'), ('partially_shipped'), ('partially_packed[open..shipped]'), ('[shipped..open]'),
    ('[open..canceled]'), ('[open..'), ('[open.shipped]'), ('[open..shipped'), ('shipped{'), ('shipped{}'), ('shipped{late}'), ('shipped{on_hold'),
    ('shipped x'), ('shipped+return_requested'), ('[open..delivered]+return_received'), ('canceled+return_received'), ('delivered+none'),
    ('delivered+return_received{return_declined}'), ('shipped{backordered}'), ('canceled{short}'), ('none'), ('shipped+'), ('+return_received'), ('bestellt'), (E'op\u00e9n');
SELECT input, order_state_try(input), order_state_problem(input) FROM bad;
\set VERBOSITY default
SELECT 'cancelled'::order_state;
SELECT 'partially_shipped'::order_state;
SELECT 'partially_packed[open..shipped]'::order_state;
SELECT 'shipped+return_requested'::order_state;
SELECT 'shipped{late}'::order_state;
\echo :LAST_ERROR_SQLSTATE
SELECT repeat('x', 100000)::order_state;
\echo :LAST_ERROR_SQLSTATE

-- binary form
SELECT count(*) AS as_sent FROM sample WHERE order_state_send(input::order_state) = int8send(('x' || encode(order_state_send(input::order_state), 'hex'))::bit(64)::bigint);
CREATE TEMP TABLE sent AS SELECT id, input::order_state AS s FROM sample;
\setenv OMNI_COPY `mktemp`
\copy sent TO PROGRAM 'cat > "$OMNI_COPY"' (FORMAT binary)
CREATE TEMP TABLE back (LIKE sent);
\copy back FROM PROGRAM 'cat "$OMNI_COPY"; rm "$OMNI_COPY"' (FORMAT binary)
SELECT count(*) AS equal FROM sent JOIN back USING (id, s);

-- operators; strings as drivers bind them, any search_path
SELECT s, s < 'shipped', s = 'shipped'::text, s >= 'open'::text FROM unnest('{open,shipped,canceled,"[open..shipped]"}'::order_state[]) s ORDER BY s;
SET search_path = '';
SELECT 'shipped'::omni.order_state = 'shipped'::text AS eq, 'open'::omni.order_state IS DISTINCT FROM 'open'::omni.order_state AS is_distinct,
       'open'::omni.order_state OPERATOR(omni.||) 'packed'::omni.order_state AS joined,
       '{open:1}'::omni.order_quantities OPERATOR(omni.+) '{open:2,packed:1}'::omni.order_quantities AS added;
SET search_path = public, omni;
SELECT min(s), max(s), count(DISTINCT s) FROM sent;

-- an index for reached()
CREATE TABLE orders_test (id int, state order_state);
INSERT INTO orders_test SELECT i, (ARRAY['open', 'packed', 'shipped', 'delivered', 'canceled', '[open..shipped]'])[1 + i % 6]::order_state FROM generate_series(1, 600) i;
CREATE INDEX ON orders_test (state);
ANALYZE orders_test;
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT * FROM orders_test WHERE reached(state, 'shipped');
EXPLAIN (COSTS OFF) SELECT * FROM orders_test WHERE state = 'shipped'::text;
SELECT state, count(*) FROM orders_test WHERE reached(state, 'shipped') GROUP BY 1 ORDER BY 1;
RESET enable_seqscan;
SELECT state, count(*) FROM orders_test WHERE any_reached(state, 'shipped') GROUP BY 1 ORDER BY 1;
DROP TABLE orders_test;

-- the header of mixed lines
SELECT title, order_state_agg(s), label(order_state_agg(s)), reached(order_state_agg(s), 'shipped') AS all_shipped,
       any_reached(order_state_agg(s), 'shipped') AS any_shipped
FROM (VALUES ('as one', 'shipped'), ('as one', 'shipped'),
             ('canceled line', 'shipped'), ('canceled line', 'canceled'),
             ('nothing left', 'canceled'), ('nothing left', 'lost'),
             ('backorder', 'backordered'), ('backorder', 'delivered'),
             ('hidden backorder', 'open'), ('hidden backorder', 'backordered'), ('hidden backorder', 'delivered'),
             ('short', 'short'), ('short', 'packed'),
             ('return', 'delivered+return_received'), ('return', 'delivered'),
             ('return, rest open', 'delivered+return_received'), ('return, rest open', 'open'),
             ('all returned', 'delivered+restocked'), ('all returned', 'picked_up+written_off'),
             ('held', 'allocated{on_hold}'), ('held', 'shipped')) v(title, input), LATERAL (SELECT input::order_state) w(s)
GROUP BY title ORDER BY title;
SELECT order_state_agg(s) IS NULL AS none FROM (SELECT NULL::order_state WHERE false) v(s);

-- milestones: levels, exits, returns
SELECT s, reached(s, 'shipped') AS shipped, reached(s, 'delivered') AS delivered, reached(s, 'canceled') AS canceled, any_reached(s, 'canceled') AS any_canceled,
       reached(s, 'return_received') AS returned, any_reached(s, 'return_received') AS any_returned
FROM unnest('{ready_for_pickup,lost,canceled,"lost{canceled}","delivered{canceled}","delivered+[none..restocked]",return_requested,delivered+restocked}'::order_state[]) s;
SELECT has_flag('[open..shipped]{canceled}', 'canceled'), has_flag('preordered', 'backordered'), has_flag('open', 'on_hold'), any_reached('delivered+return_kept', 'return_kept');
-- what a move may name
SELECT s, single_state(s) FROM unnest(ARRAY['open', '[open..shipped]', 'delivered+restocked', 'delivered+return_canceled', 'canceled', 'shipped{canceled}', '[open..shipped]{canceled}', 'short']::order_state[]) s;
SELECT single_state(NULL);
SELECT state FROM order_state_map() WHERE single_state(state) <> (order_quantities_try('{' || state::text || ':1}') IS NOT NULL);
SELECT reached('open', 'sent');
SELECT reached('delivered', 'return_declined');
SELECT has_flag('open', 'late');
\echo :LAST_ERROR_SQLSTATE

-- transitions, with reasons
SELECT f, t, m, (order_transition(f::order_state, t::order_state, m)).*
FROM (VALUES ('open', 'allocated', 'ship'), ('open', 'delivered', 'ship'), ('shipped', 'shipped', 'ship'), ('shipped', 'packed', 'ship'),
             ('packed', 'canceled', 'ship'), ('shipped', 'canceled', 'ship'), ('picked', 'rejected', 'ship_from_store'), ('short', 'allocated', 'ship'),
             ('open', 'rejected', 'ship'), ('allocated', 'open', 'ship'), ('released', 'open', 'ship'), ('backordered', 'reserved', 'ship'), ('open', 'backordered', 'ship'),
             ('packed', 'ready_for_pickup', 'ship'), ('packed', 'ready_for_pickup', 'pickup'), ('in_transit', 'ready_for_pickup', 'ship_to_store'),
             ('ready_for_pickup', 'in_transit', 'ship_to_store'), ('ready_for_pickup', 'expired_pickup', 'pickup'), ('ready_for_pickup', 'customer_arrived', 'curbside'),
             ('open', 'digital_delivered', 'digital'), ('open', 'picked', 'digital'), ('open', 'picked_up', 'pos'), ('delivery_attempted', 'out_for_delivery', 'ship'),
             ('in_transit', 'lost', 'ship'), ('delivered', 'lost', 'ship'), ('delivered', 'picked_up', 'ship'), ('canceled', 'open', 'ship'), ('placed', 'declined', 'ship'),
             ('released', 'declined', 'ship'), ('checkout', 'expired', 'ship'), ('open', 'expired', 'ship'), ('checkout', 'cart', 'ship'),
             ('delivered', 'delivered+return_requested', 'ship'), ('delivered', 'delivered+return_received', 'ship'), ('shipped', 'delivered+return_received', 'ship'),
             ('delivered+return_requested', 'delivered+return_declined', 'ship'), ('delivered+return_in_transit', 'delivered+return_canceled', 'ship'),
             ('delivered+return_received', 'delivered+return_requested', 'ship'), ('delivered+restocked', 'delivered+written_off', 'ship'),
             ('delivered+quarantined', 'delivered+restocked', 'ship'), ('delivered+return_kept', 'delivered+return_received', 'ship'),
             ('delivered+return_received', 'delivered', 'ship'), ('delivered', 'delivered+return_lost', 'ship'), ('delivered+return_requested', 'picked_up+return_requested', 'ship'),
             ('undeliverable', 'undeliverable+return_received', 'ship'), ('undeliverable', 'delivered', 'ship'),
             ('open{on_hold}', 'shipped', 'ship'), ('open{on_hold}', 'open', 'ship'), ('open{on_hold}', 'canceled', 'ship'),
             ('open', '[open..shipped]', 'ship'), ('[open..shipped]', 'shipped', 'ship'), ('[open..shipped]', '[packed..delivered]', 'ship'),
             ('[packed..shipped]', '[open..shipped]', 'ship'), ('[open..shipped]', 'canceled', 'ship'), ('[open..shipped]', 'shipped{canceled}', 'ship'),
             ('[open..packed]', 'canceled', 'ship'), ('delivered', 'delivered+[none..return_requested]', 'ship'),
             ('delivered+[none..return_received]', 'delivered', 'ship')) v(f, t, m);
SELECT order_transition('open', 'packed', 'teleport');
\echo :LAST_ERROR_SQLSTATE
SELECT m, array_agg(s::text ORDER BY s) FROM unnest('{ship,pickup,ship_to_store,curbside,digital,pos}'::text[]) m, next_states('open', m) s GROUP BY m ORDER BY m;
SELECT array_agg(s) FROM next_states('delivered') s;
SELECT array_agg(s) FROM next_states('delivered+return_requested') s;
SELECT array_agg(s) FROM next_states('[open..shipped]') s;
SELECT array_agg(s) FROM next_states('open{on_hold}') s;
SELECT count(*) FROM next_states('canceled');

-- quantities of a line
SELECT order_quantities(5), order_quantities(0), order_quantities(3, 'shipped'), '{ shipped:2 , open:3, packed:0 }'::order_quantities, '{}'::order_quantities;
SELECT move(order_quantities(5), 2, 'open', 'shipped'), move('{open:2,shipped:1}', 2, 'open', 'shipped'), move('{delivered:2}', 1, 'delivered', 'return_requested'),
       move('{packed:2}', 2, 'packed', 'ready_for_pickup', 'pickup'), move('{open:2}', 1, 'open', 'open');
SELECT q, ordered(q), quantity(q, 'open'), quantity(q, 'delivered+return_received') AS returned, order_state(q), label(order_state(q))
FROM unnest('{"{open:3,shipped:2}","{canceled:1,delivered:4}","{delivered:1,delivered+return_received:1}","{canceled:2}","{}"}'::order_quantities[]) q;
SELECT * FROM units('{open:3,delivered+return_received:1,canceled:2}');
SELECT '{open:3}'::order_quantities + '{open:1,lost:1}' AS sum, order_quantities_agg(q) FROM unnest('{"{open:3,shipped:2}","{shipped:1}",NULL}'::order_quantities[]) q;
SELECT q FROM unnest('{"{open:3}","{open:2,shipped:1}","{}","{cart:9}","{open:2}"}'::order_quantities[]) q ORDER BY q;
SELECT '{open:3}'::order_quantities = '{open:3,shipped:0}'::text AS eq, '{open:3}'::order_quantities < '{open:4}'::text AS lt;

SELECT input, order_quantities_try(input), order_quantities_problem(input) FROM (VALUES ('{open:1}'), ('open:1'), ('{open}'), ('{open:}'), ('{open:-1}'), ('{open:1.5}'), ('{open:1'), ('{open:1}x'),
    ('{open:1,open:2}'), ('{open:0,open:0}'), ('{open:1,}'), ('{sent:1}'), ('{[open..shipped]:1}'), ('{open:9223372036854775808}'), ('{open:9223372036854775807,packed:1}')) v(input);
SELECT order_quantities(-1);
\echo :LAST_ERROR_SQLSTATE
SELECT move('{shipped:2}', 1, 'shipped', 'open');
\echo :LAST_ERROR_SQLSTATE
SELECT move('{open:2}', 3, 'open', 'shipped');
\echo :LAST_ERROR_SQLSTATE
SELECT move('{open:2}', 1, 'packed', 'shipped');
SELECT move('{open:2}', 0, 'open', 'shipped');
\echo :LAST_ERROR_SQLSTATE
SELECT move('{open:2}', 1, 'open', '[open..shipped]');
\echo :LAST_ERROR_SQLSTATE
SELECT '{open:9223372036854775807}'::order_quantities + '{packed:1}';
\echo :LAST_ERROR_SQLSTATE
SELECT order_quantities_agg(q) FROM unnest('{"{open:9223372036854775807}","{packed:1}"}'::order_quantities[]) q;
\echo :LAST_ERROR_SQLSTATE

-- an append-only log of moves, folded in any order
CREATE TEMP TABLE log (line int, qty bigint, from_state text, to_state text);
INSERT INTO log VALUES (1, 2, 'open', 'shipped'), (1, 5, NULL, 'open'), (1, 1, 'shipped', 'delivered'), (1, 1, 'open', 'canceled'),
    (2, 3, NULL, 'open'), (2, 3, 'open', 'allocated'), (2, -1, 'open', 'allocated'), (3, NULL, NULL, NULL);
SELECT line, order_line_agg(qty, from_state, to_state), order_line_state(qty, from_state, to_state),
       order_line_agg(qty, from_state, to_state) = order_line_agg(qty, from_state::order_state, to_state::order_state) AS same
FROM log GROUP BY line ORDER BY line;
SELECT order_quantities(rollup(s)), rollup(s) FROM (SELECT order_line_state(qty, from_state, to_state) AS s FROM log GROUP BY line) v;
SELECT order_quantities_state(order_line) FROM (SELECT order_line_agg(qty, from_state, to_state) FROM log GROUP BY line) v(order_line);
SELECT order_line_state(9223372036854775807, 'cart', 'open'), order_line_state((-9223372036854775808)::bigint, 'cart'::text, 'open') AS back FROM generate_series(1, 3);
SELECT order_line_state(9223372036854775807, 'cart', 'open')::text::order_moves FROM generate_series(1, 3);
SELECT order_line_agg(9223372036854775807, NULL, 'open') FROM generate_series(1, 2);
\echo :LAST_ERROR_SQLSTATE
SELECT order_line_state(qty, from_state, to_state), order_quantities_try(order_line_state(qty, from_state, to_state)) FROM log WHERE from_state IS NOT NULL;
SELECT order_quantities_try(order_line_state(qty, from_state, to_state)) FROM log;
SELECT order_line_agg(qty, from_state, to_state) FROM log WHERE from_state IS NOT NULL;
\echo :LAST_ERROR_SQLSTATE
SELECT order_line_agg(1, 'open', NULL::text);
\echo :LAST_ERROR_SQLSTATE
SELECT order_line_agg(1, NULL, 'sent');
SELECT order_line_agg(1, NULL, '[open..shipped]'::order_state);
SELECT '{open:1,cart:1}'::order_moves;
-- counts at the ends of 128 bits: every sum that fits is one, and what is printed is read
SELECT rollup(m::order_moves ORDER BY n) FROM unnest('{"{open:-170141183460469231731687303715884105727}","{open:4}","{open:-3}"}'::text[]) WITH ORDINALITY u(m, n);
SELECT rollup(m::order_moves) FROM unnest('{"{open:-170141183460469231731687303715884105727}","{open:-1}"}'::text[]) m;
\echo :LAST_ERROR_SQLSTATE
SELECT rollup(m::order_moves) FROM unnest('{"{open:170141183460469231731687303715884105727}","{open:1}"}'::text[]) m;
SELECT rollup(m::order_moves) FROM unnest('{"{open:18446744073709551615}","{open:1}","{open:-18446744073709551617}"}'::text[]) m;

-- a sum beyond bigint, of one state or of two
SELECT '{open:9223372036854775807}'::order_quantities + '{open:9223372036854775807}'::order_quantities;
SELECT '{open:9223372036854775807}'::order_quantities + '{open:1}'::order_quantities;
SELECT '{open:9223372036854775807}'::order_quantities + '{shipped:1}'::order_quantities;
SELECT '{open:9223372036854775806}'::order_quantities + '{open:1}'::order_quantities;

-- payment
SELECT due, authorized, captured, refunded, voided, charged_back, payment_status(due, authorized, captured, refunded, voided, charged_back)
FROM (VALUES (100, NULL, NULL, NULL, NULL, NULL), (100, 40, 0, 0, 0, 0), (100, 100, 0, 0, 0, 0), (100, 100, 40, 0, 0, 0), (100, 100, 100, 0, 0, 0),
             (100, 120, 120, 0, 0, 0), (100, 100, 100, 30, 0, 0), (100, 100, 100, 100, 0, 0), (100, 100, 0, 0, 100, 0), (100, 100, 0, 0, 40, 0),
             (100, 100, 100, 0, 0, 100), (0, 0, 0, 0, 0, 0), (90, 0, 100, 10, 0, 0), (90, 0, 100, 5, 0, 0), (-10, 0, 0, 0, 0, 0), (NULL, 1, 1, 1, 1, 1))
     v(due, authorized, captured, refunded, voided, charged_back);
SELECT payment_status(19.99, captured => 19.990);
SELECT payment_status(100, captured => -1);
SELECT payment_status('NaN');
\echo :LAST_ERROR_SQLSTATE

-- platforms
SELECT order_state_from('vendure', 'PartiallyShipped'), order_state_from('Shopify', 'in_progress'), order_state_from('shopify', 'IN_PROGRESS', 'return_status'),
       order_state_from('saleor', 'PARTIALLY FULFILLED'), order_state_from('woocommerce', 'wc-on-hold'), order_state_from('sylius', 'ready'),
       order_state_from('vendure', NULL) AS unknown;
SELECT payment_status_from('shopify', 'PARTIALLY_PAID'), payment_status_from('vendure', 'PaymentSettled'), payment_status_from_try('vendure', 'Shipped');
SELECT order_state_from_try('woocommerce', 'refunded'), order_state_from_try('prestashop', 'x'), order_state_from_try('medusa', 'x');
SELECT order_state_from('prestashop', 'shipped');
\echo :LAST_ERROR_SQLSTATE
SELECT order_state_from('vendure', 'Posted');
SELECT order_state_from('vendure', 'Shipped', 'parcel');
SELECT order_state_from('solidus', 'pending');
SELECT order_state_from('shopify', 'PAID');
SELECT order_state_from('woocommerce', 'trash');
SELECT payment_status_from('vendure', 'Shipped');
SELECT order_state_from('vendure', repeat('é', 100));
\echo :LAST_ERROR_SQLSTATE
SELECT platform, count(*), count(state) AS states, count(payment) AS payments FROM order_state_map() GROUP BY 1 ORDER BY 1;

-- units that got as far as a milestone
SELECT q, quantity_reached(q, 'shipped') AS shipped, quantity_reached(q, 'canceled') AS canceled, quantity_reached(q, 'return_received') AS returned
FROM unnest('{"{open:3}","{open:2,in_transit:1,delivered:4}","{canceled:1,lost:2}","{delivered:1,delivered+restocked:2,delivered+return_requested:3}","{}",NULL}'::order_quantities[]) q;
SELECT quantity_reached('{open:3}', 'sent');
SELECT quantity_reached('{}', 'sent');
