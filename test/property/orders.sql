-- Laws of order_state, order_quantities and their aggregates on random values; 12,000 cases each.
SELECT plan(31);
SET jit = off;
SET search_path = public, omni;
SELECT setseed(0.42);
\set n 12000

-- every state of a single unit
CREATE TABLE atom AS
WITH place(p) AS (SELECT unnest('{cart,draft,checkout,placed,open,backordered,preordered,scheduled,rejected,short,reserved,allocated,released,acknowledged,picked,packed,shipped,ready_for_pickup,in_transit,out_for_delivery,delivery_attempted,customer_arrived,delivered,picked_up,digital_delivered,completed,canceled,declined,expired,undeliverable,expired_pickup,lost}'::text[])),
     ret(r) AS (SELECT unnest('{return_requested,return_approved,return_label_sent,return_in_transit,return_received,return_inspected,quarantined,refurbished,restocked,written_off,return_declined,return_canceled,return_expired,return_lost,return_kept}'::text[]))
SELECT row_number() OVER (ORDER BY s) - 1 AS i, s
FROM (SELECT p::order_state AS s FROM place UNION ALL SELECT order_state_try(p || '+' || r) FROM place, ret WHERE order_state_try(p || '+' || r) IS NOT NULL) v;
SELECT is(count(*)::int, 32 + 5 * 15, 'states of a single unit') FROM atom;
CREATE FUNCTION any_atom() RETURNS order_state LANGUAGE sql VOLATILE AS $$ SELECT s FROM atom WHERE i = (SELECT floor(random() * 107)::int) $$;
-- a state is the join of one to four atoms, some of them held
CREATE FUNCTION any_state() RETURNS order_state LANGUAGE plpgsql VOLATILE AS $$
DECLARE r order_state := any_atom(); BEGIN
    FOR k IN 1..floor(random() * 4)::int LOOP r := r || any_atom(); END LOOP;
    IF random() < 0.2 THEN r := r || 'open{on_hold}'; END IF;
    RETURN r;
END $$;
CREATE FUNCTION any_quantities() RETURNS order_quantities LANGUAGE sql VOLATILE AS
$$ SELECT order_quantities(floor(random() * 5)::bigint, any_atom()) + order_quantities(floor(random() * 1e9)::bigint, any_atom()) + order_quantities(floor(random() * 3)::bigint, any_atom()) $$;

CREATE TABLE st AS SELECT g, any_state() AS a, any_state() AS b, any_state() AS c FROM generate_series(1, :n) g;
ANALYZE st;
SELECT diag(format('%s triples of states, %s distinct states', count(*), (SELECT count(DISTINCT a) FROM st))) FROM st;

-- order_state: text and binary forms, one form for each value
SELECT is(count(*)::int, :n, 'text round trip') FROM st WHERE a::text::order_state = a AND a::text::order_state::text = a::text;
SELECT is(count(*)::int, :n, 'binary form is the value; the cast agrees with the input function') FROM st WHERE order_state_send(a) = order_state_send(order_state_in(order_state_out(a)));
\setenv OMNI_COPY `mktemp`
\copy (SELECT g, a FROM st) TO PROGRAM 'cat > "$OMNI_COPY"' (FORMAT binary)
CREATE TABLE st_back (g int, a order_state);
\copy st_back FROM PROGRAM 'cat "$OMNI_COPY"; rm "$OMNI_COPY"' (FORMAT binary)
SELECT is(count(*)::int, :n, 'binary round trip') FROM st JOIN st_back USING (g, a);
SELECT is((SELECT count(DISTINCT a)::int FROM st), (SELECT count(DISTINCT a::text)::int FROM st), 'equal values are those with equal text');

-- a total order, and a hash that agrees
SELECT is_empty('SELECT * FROM st WHERE (a < b)::int + (a = b)::int + (a > b)::int <> 1 OR (a < b) <> (b > a) OR (a <= b) <> NOT (a > b) OR (a >= b) <> NOT (a < b) OR (a <> b) <> NOT (a = b)', 'order_state: one of <, =, > holds');
SELECT is_empty('SELECT * FROM st WHERE a <= b AND b <= c AND NOT a <= c', 'order_state: transitive');
SELECT is_empty('SELECT * FROM st WHERE sign(order_state_cmp(a, b)) <> -sign(order_state_cmp(b, a)) OR (order_state_cmp(a, b) = 0) <> (a = b)', 'order_state: cmp agrees');
SELECT is_empty('SELECT v::text FROM (SELECT a AS v FROM st UNION ALL SELECT b FROM st) u GROUP BY 1 HAVING count(DISTINCT order_state_hash(v)) > 1 OR count(DISTINCT order_state_hash_extended(v, 7)) > 1', 'order_state: equal values hash equal');
SELECT is((SELECT count(*)::int FROM (SELECT a FROM st ORDER BY a) v), :n, 'sorts');

-- the join
SELECT is_empty('SELECT * FROM st WHERE (a || b) <> (b || a)', 'join is commutative');
SELECT is_empty('SELECT * FROM st WHERE ((a || b) || c) <> (a || (b || c))', 'join is associative');
SELECT is_empty('SELECT * FROM st WHERE (a || a) <> a OR ((a || b) || b) <> (a || b)', 'join is idempotent');
SELECT is_empty('SELECT * FROM st WHERE order_state_problem((a || b)::text) IS NOT NULL', 'a join is a state');
CREATE TABLE members AS SELECT g, k, any_atom() AS s FROM generate_series(1, :n) g, generate_series(1, 5) k;
CREATE TABLE shuffled AS SELECT g, s, k % 2 AS part FROM members UNION ALL SELECT g, s, 2 FROM members WHERE k < 3 ORDER BY 2 DESC, 1 DESC;
SELECT is_empty($$SELECT FROM (SELECT g, order_state_agg(s ORDER BY k) AS whole FROM members GROUP BY g) x
    JOIN (SELECT g, order_state_agg(p) AS split FROM (SELECT g, part, order_state_agg(s) AS p FROM shuffled GROUP BY g, part) v GROUP BY g) y USING (g) WHERE whole <> split$$,
    'order_state_agg does not depend on order, split or repeats');
SELECT is_empty($$SELECT FROM (SELECT g, order_state_agg(s) AS header, min(s::text) FROM members GROUP BY g) h JOIN members m USING (g)
    WHERE reached(header, 'shipped') AND NOT reached(s, 'shipped') AND NOT reached(s, 'canceled') AND NOT reached(s, 'declined') AND NOT reached(s, 'expired')
       OR any_reached(s, 'shipped') AND NOT any_reached(header, 'shipped')
       OR any_reached(s, 'return_received') AND NOT any_reached(header, 'return_received')$$, 'reached() of a header holds for its members, any_reached() of a member for its header');
SELECT is_empty($$SELECT * FROM st WHERE reached(a, 'shipped') AND NOT any_reached(a, 'shipped') OR reached(a, 'shipped') AND NOT reached(a, 'packed') OR label(a) IS NULL OR return_label(a) IS NULL$$, 'what is reached was reached by one, and what comes before it too');

-- transitions
CREATE TABLE pair AS SELECT x.s AS f, y.s AS t, m, (order_transition(x.s, y.s, m)).* FROM atom x, atom y, unnest('{ship,pickup,ship_to_store,curbside,local_delivery,digital,pos}'::text[]) m;
SELECT diag(format('%s pairs of single states and a method, %s legal', count(*), count(*) FILTER (WHERE legal))) FROM pair;
SELECT is_empty('SELECT * FROM pair WHERE legal <> (reason IS NULL) OR f = t AND NOT legal', 'a reason exactly when illegal; staying is legal');
CREATE TABLE next AS SELECT f, m, n FROM (SELECT DISTINCT f, m FROM pair) v, next_states(f, m) n;
SELECT is_empty('SELECT FROM next JOIN pair p ON (p.f, p.m, p.t) = (next.f, next.m, next.n) WHERE NOT legal', 'next_states are legal');
SELECT is_empty($$SELECT f, m, t FROM pair WHERE legal AND f <> t AND split_part(t::text, '+', 2) = '' EXCEPT SELECT f, m, n FROM next$$, 'next_states are all legal moves to a place');
SELECT is_empty($$SELECT * FROM (SELECT a || b AS f, a || b || c AS t FROM st) v, LATERAL order_transition(f, t) x WHERE x.legal <> (x.reason IS NULL) OR f = t AND NOT x.legal$$, 'headers: a reason exactly when illegal; staying is legal');

-- order_quantities: forms and order
CREATE TABLE oq AS SELECT g, any_quantities() AS a, any_quantities() AS b, any_quantities() AS c FROM generate_series(1, :n) g;
SELECT is(count(*)::int, :n, 'order_quantities: text and binary round trip') FROM oq WHERE a::text::order_quantities = a AND order_quantities_send(a::text::order_quantities) = order_quantities_send(a);
SELECT is_empty($$SELECT * FROM oq WHERE (a < b)::int + (a = b)::int + (a > b)::int <> 1 OR (a < b) <> (b > a) OR a <= b AND b <= c AND NOT a <= c
    OR (a = b) AND order_quantities_hash(a) <> order_quantities_hash(b)$$, 'order_quantities: a total order, hash agrees');
SELECT is_empty($$SELECT * FROM oq WHERE (a + b) <> (b + a) OR ((a + b) + c) <> (a + (b + c)) OR (a + '{}') <> a$$, 'the sum is a commutative monoid');
SELECT is_empty('SELECT * FROM oq WHERE ordered(a + b) <> ordered(a) + ordered(b) OR order_state(a + b) <> coalesce(order_state(a) || order_state(b), order_state(a), order_state(b))', 'the sum adds what is ordered, and joins the states');
SELECT is_empty('SELECT * FROM oq WHERE ordered(a) <> (SELECT coalesce(sum(quantity), 0) FROM units(a)) OR EXISTS (SELECT FROM units(a) WHERE quantity <> omni.quantity(a, state))', 'units() are the quantities');

-- random legal walks: conserved, never negative, and the log folds to the same in any order
CREATE TABLE walk (line int, at int, qty bigint, from_state order_state, to_state order_state);
CREATE TABLE walked (line int, q order_quantities, ordered bigint);
DO $$
DECLARE q order_quantities; u record; t order_state; k bigint; n bigint; m text;
BEGIN
    FOR line IN 1..2500 LOOP
        n := 1 + floor(random() * 20);
        q := omni.order_quantities(n);
        m := (ARRAY['ship', 'pickup', 'ship_to_store', 'digital'])[1 + line % 4];
        INSERT INTO walk VALUES (line, 0, n, NULL, 'open');
        FOR at IN 1..6 LOOP
            SELECT * INTO u FROM omni.units(q) ORDER BY random() LIMIT 1;
            SELECT s INTO t FROM omni.next_states(u.state, m) s ORDER BY random() LIMIT 1;
            CONTINUE WHEN t IS NULL;
            k := 1 + floor(random() * u.quantity);
            q := omni.move(q, k, u.state, t, m);
            INSERT INTO walk VALUES (line, at, k, u.state, t);
        END LOOP;
        INSERT INTO walked VALUES (line, q, n);
    END LOOP;
END $$;
SELECT diag(format('%s moves of %s lines', (SELECT count(*) FROM walk), (SELECT count(*) FROM walked)));
SELECT cmp_ok((SELECT count(*)::int FROM walk), '>=', 10000, 'at least 10,000 moves');
SELECT is_empty('SELECT * FROM walked WHERE omni.ordered(q) <> walked.ordered', 'moves conserve what is ordered');
SELECT is_empty('SELECT FROM walked JOIN (SELECT line, order_line_agg(qty, from_state, to_state ORDER BY at DESC) AS folded FROM walk GROUP BY line) f USING (line) WHERE folded <> q', 'the log folds to the same, backwards');
CREATE TABLE scattered AS SELECT *, floor(random() * 3)::int AS node FROM walk ORDER BY random();
SELECT is_empty($$SELECT FROM walked JOIN (SELECT line, order_quantities(rollup(p)) AS folded FROM (SELECT line, node, order_line_state(qty, from_state::text, to_state::text) AS p FROM scattered GROUP BY line, node) v GROUP BY line) f USING (line) WHERE folded <> q$$,
    'the log folds to the same, scattered over nodes');
SELECT is_empty($$SELECT FROM (SELECT line, order_line_state(qty, from_state, to_state) AS p FROM scattered WHERE node = 1 GROUP BY line) v WHERE p::text::order_moves::text <> p::text OR order_moves_send(p::text::order_moves) <> order_moves_send(p)$$, 'order_moves: text round trip');
SELECT * FROM finish();
