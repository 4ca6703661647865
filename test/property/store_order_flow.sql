-- Random orders, legal and illegal calls: units are conserved, where they are is what a model says and what any order of the
-- events comes to, a retry changes nothing, a refusal writes nothing, stock agrees. And carts: any order and any repetition of what is put in,
-- taken out and merged gives the same cart.
SELECT plan(8);
\set orders 120
\set carts 200
SET client_min_messages = warning;
SELECT omni.create_store('shop') IS NOT NULL AS made \gset
INSERT INTO shop.channels (channel_code, name, kind) VALUES ('web', 'Web', 'web');
INSERT INTO shop.locations (location_code, name) VALUES ('L1', ''), ('L2', '');
INSERT INTO shop.products (sku, title) VALUES ('A', ''), ('B', ''), ('C', ''), ('SET', '');
INSERT INTO shop.bundle_components VALUES ('SET', 'A', 1), ('SET', 'B', 2);
SELECT count(*) AS received FROM shop.receive((SELECT jsonb_agg(jsonb_build_object('sku', s, 'location', l, 'qty', 100000)) FROM unnest('{A,B,C}'::text[]) s, unnest('{L1,L2}'::text[]) l)) \gset
CREATE TABLE public.outcome (what text, ok boolean, note text);
CREATE FUNCTION public.pick(VARIADIC text[]) RETURNS text LANGUAGE sql VOLATILE RETURN $1[1 + floor(random() * cardinality($1))::integer];

-- all that a call may change
CREATE FUNCTION public.everything(o text) RETURNS text LANGUAGE sql AS $$
    SELECT md5(string_agg(x, E'\n' ORDER BY x)) FROM (SELECT e::text AS x FROM shop.order_line_events e WHERE e.order_ref = o UNION ALL SELECT s::text FROM shop.stock s UNION ALL SELECT r::text FROM shop.reservations r WHERE r.order_ref = o
        UNION ALL SELECT count(*)::text FROM shop.stock_movements UNION ALL SELECT count(*)::text FROM shop.outbox UNION ALL SELECT r::text FROM shop.returns r WHERE r.order_ref = o UNION ALL SELECT s::text FROM shop.shipments s WHERE s.order_ref = o
        UNION ALL SELECT l::text FROM shop.order_lines l WHERE l.order_ref = o) y $$;

-- what a call moves, as the model has it: units of a line by state, after a call that was taken
CREATE FUNCTION public.model(units jsonb, call text, n bigint, d text, way text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    froms text[];
    goal text;
    was CONSTANT jsonb := units;
    rest bigint := n;
    f text;
    part bigint;
    got text := CASE way WHEN 'ship' THEN 'delivered' ELSE 'picked_up' END;
BEGIN
    CASE call
    WHEN 'cancel' THEN froms := '{open,picked,packed}'; goal := 'canceled';
    WHEN 'pick' THEN froms := '{open}'; goal := 'picked';
    WHEN 'pack' THEN froms := '{picked,open}'; goal := 'packed';
    WHEN 'short' THEN froms := '{picked,packed,open}'; goal := 'open';
    WHEN 'ship' THEN froms := CASE way WHEN 'pickup' THEN '{ready_for_pickup,packed,picked,open}'::text[] ELSE '{packed,picked,open}' END; goal := CASE way WHEN 'pickup' THEN got ELSE 'shipped' END;
    WHEN 'ready' THEN froms := CASE way WHEN 'pickup' THEN '{packed,picked,open}'::text[] ELSE '{shipped}' END; goal := 'ready_for_pickup';
    WHEN 'noshow' THEN froms := '{ready_for_pickup}'; goal := 'expired_pickup';
    WHEN 'deliver' THEN froms := CASE way WHEN 'ship' THEN '{shipped}'::text[] ELSE '{ready_for_pickup,shipped}' END; goal := got;
    WHEN 'request' THEN froms := ARRAY[got, got || '+return_declined']; goal := got || '+return_requested';
    WHEN 'receive' THEN
        froms := CASE WHEN d IS NULL THEN ARRAY[got || '+return_requested', got, got || '+return_kept', got || '+return_declined']
                      WHEN d IN ('kept', 'declined') THEN ARRAY[got || '+return_received', got || '+return_requested']
                      ELSE ARRAY[got || '+return_received', got || '+return_requested', CASE d WHEN 'restocked' THEN got || '+quarantined' WHEN 'written_off' THEN got || '+quarantined' END, got] END;
        goal := got || '+' || CASE WHEN d IN ('kept', 'declined') THEN 'return_' || d ELSE coalesce(d, 'return_received') END;
    END CASE;
    FOREACH f IN ARRAY froms LOOP
        CONTINUE WHEN f IS NULL;
        part := least(rest, coalesce((was ->> f)::bigint, 0));
        units := jsonb_set(units, ARRAY[f], to_jsonb(coalesce((units ->> f)::bigint, 0) - part));
        units := jsonb_set(units, ARRAY[goal], to_jsonb(coalesce((units ->> goal)::bigint, 0) + part));
        rest := rest - part;
    END LOOP;
    RETURN CASE WHEN rest = 0 THEN (SELECT jsonb_object_agg(u.key, u.value) FROM jsonb_each(units) u WHERE u.value <> '0') END;
END $$;

-- a call as text, so that it can be made again
CREATE FUNCTION public.statement(call text, o text, n bigint, d text, place text, key text) RETURNS text LANGUAGE sql AS $$
    SELECT format('SELECT jsonb_agg(x) FROM shop.' || CASE call
        WHEN 'cancel' THEN 'cancel_lines(%1$L, %2$L, NULL, %3$L) x' WHEN 'short' THEN 'short_pick(%1$L, %5$L, random() < 2 AND %4$L::boolean, NULL, %3$L) x'
        WHEN 'pick' THEN 'move_units(%1$L, 1, %6$s, ''picked'', %3$L) x' WHEN 'pack' THEN 'move_units(%1$L, 1, %6$s, ''packed'', %3$L) x'
        WHEN 'ship' THEN 'ship(%1$L, %2$L, %3$L, %7$L) x' WHEN 'ready' THEN 'ready_for_pickup(%1$L, %2$L, NULL, %8$L, NULL, %3$L) x' WHEN 'noshow' THEN 'no_show(%1$L, %2$L, %3$L) x'
        WHEN 'deliver' THEN 'deliver(%1$L, NULL, %2$L, NULL, %3$L) x' WHEN 'request' THEN 'request_return(%1$L, %2$L, NULL, ''size'', %3$L) x'
        WHEN 'receive' THEN 'receive_return(%1$L, %9$L, %3$L) x' END,
        o, jsonb_build_array(jsonb_build_object('line', 1, 'qty', n)), key, (d IS NULL)::text, jsonb_build_array(jsonb_build_object('line', 1, 'qty', n, 'location', place)), n,
        jsonb_build_object('shipment_key', key), place, jsonb_build_array(jsonb_build_object('line', 1, 'qty', n, 'location', place, 'disposition', d))) $$;

CREATE FUNCTION public.hold(o text, sku text, place text, n bigint, bundle text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE id bigint;
BEGIN
    INSERT INTO shop.reservations (sku, order_ref, line_no, location_code, qty, open_qty, expires_at, bundle_sku) VALUES (sku::omni.sku, o, 1, place, n, n, 'infinity', bundle::omni.sku) RETURNING reservation_id INTO id;
    PERFORM shop.move_stock(sku, place, 0, 'reserve', 'hold ' || id, o, NULL, now(), n, id);
END $$;

CREATE PROCEDURE public.play(orders integer) LANGUAGE plpgsql AS $$
DECLARE
    o text; product text; way text; n bigint; d text; place text; call text; key text; said text; taken boolean; state text; before text; ordered bigint;
    units jsonb; expected jsonb; answer jsonb; again jsonb; held bigint; calls integer := 0; refused integer := 0;
BEGIN
    FOR i IN 1 .. orders LOOP
        o := 'W-' || i;
        product := pick('A', 'C', 'SET');
        way := pick('ship', 'ship', 'pickup', 'ship_to_store');

        ordered := 1 + floor(random() * 6);
        PERFORM shop.place_order(jsonb_build_object('order_ref', o, 'channel', 'web', 'currency', 'EUR', 'method', way, 'lines', jsonb_build_array(jsonb_build_object('sku', product, 'qty', ordered, 'unit_price', 10))), 'place ' || i);
        units := jsonb_build_object('open', ordered);
        FOR j IN 1 .. 6 + floor(random() * 8)::integer LOOP
            calls := calls + 1;
            -- what is not held yet, from one place or two
            IF random() < 0.9 THEN
                held := (SELECT coalesce(sum(r.open_qty), 0) FROM shop.reservations r WHERE r.order_ref = o AND r.sku IN ('A', 'C'));
                n := coalesce((units ->> 'open')::bigint, 0) + coalesce((units ->> 'picked')::bigint, 0) + coalesce((units ->> 'packed')::bigint, 0) + CASE way WHEN 'pickup' THEN coalesce((units ->> 'ready_for_pickup')::bigint, 0) ELSE 0 END - held;
                IF n > 0 THEN
                    place := pick('L1', 'L2');
                    PERFORM hold(o, p.part, place, (p.qty * n)::bigint, CASE product WHEN 'SET' THEN 'SET' END) FROM shop.stock_parts(product) p;
                END IF;
            END IF;
            -- mostly what is legal
            FOR t IN 1 .. 6 LOOP
                call := pick('cancel', 'pick', 'pack', 'short', 'ship', 'ship', 'ready', 'noshow', 'deliver', 'deliver', 'request', 'receive', 'receive');
                n := 1 + floor(random() * (ordered + 1));
                d := pick(NULL, 'restocked', 'restocked', 'quarantined', 'written_off', 'kept', 'declined');
                -- a pickup leaves when it is handed over, and only goods that are collected wait for their customer
                expected := CASE WHEN NOT (call = 'deliver' AND way = 'pickup' OR call IN ('ready', 'noshow') AND way = 'ship') THEN model(units, call, n, d, way) END;
                EXIT WHEN expected IS NOT NULL OR random() < 0.1;
            END LOOP;
            place := pick('L1', 'L2');
            key := format('%s %s', i, j);
            said := statement(call, o, n, d, place, key);
            before := everything(o);
            BEGIN
                EXECUTE said INTO answer;
                taken := true;
            EXCEPTION WHEN object_not_in_prerequisite_state OR numeric_value_out_of_range THEN
                taken := false;
                refused := refused + 1;
                state := SQLSTATE || ' ' || SQLERRM;
            END;
            IF taken THEN
                INSERT INTO outcome VALUES ('model', expected IS NOT NULL, format('%s was taken from %s', said, units));
                units := expected;
                before := everything(o);
                EXECUTE said INTO again;
                INSERT INTO outcome VALUES ('retry', everything(o) = before AND (again = answer OR call IN ('pick', 'pack') AND again = '[0]'), said);
            ELSE
                -- ship() also wants units that are held
                INSERT INTO outcome VALUES ('model', expected IS NULL OR call = 'ship', format('%s: %s from %s', said, state, units));
                INSERT INTO outcome VALUES ('refused', everything(o) = before, said);
            END IF;
            SELECT jsonb_object_agg(u.state, u.qty) INTO again FROM shop.order_units u WHERE u.order_ref = o;
            INSERT INTO outcome VALUES ('units', again = units, format('%s: %s, not %s', said, again, units));
            EXIT WHEN units IS NULL;
        END LOOP;
        INSERT INTO outcome SELECT 'conserved', sum(u.qty) = ordered AND min(s.qty) = ordered AND min(s.qty_open) + min(s.qty_shipped) + min(s.qty_canceled) = ordered, o FROM shop.order_units u JOIN shop.order_status s USING (order_ref) WHERE u.order_ref = o;
        -- the events in another order come to the same, and no prefix of them in order of time is unsound
        INSERT INTO outcome SELECT 'replay', omni.order_quantities(omni.order_moves_add(omni.rollup(x.part), ordered, NULL, 'open'::omni.order_state)) = (SELECT omni.order_quantities_agg(omni.order_quantities(u.qty, u.state::omni.order_state)) FROM shop.order_units u WHERE u.order_ref = o), o
            FROM (SELECT omni.order_line_state(e.qty, e.from_state, e.to_state) AS part FROM (SELECT e.*, ntile(3) OVER (ORDER BY random()) AS t FROM shop.order_line_events e WHERE e.order_ref = o) e GROUP BY e.t) x HAVING count(*) > 0;
        -- what is returned by its rows is what is returned by its units
        INSERT INTO outcome SELECT 'returns', coalesce((SELECT sum(r.qty) FROM shop.returns r WHERE r.order_ref = o AND r.received_at IS NOT NULL AND r.disposition IS DISTINCT FROM 'kept' AND r.disposition IS DISTINCT FROM 'declined'), 0) =
            coalesce((SELECT sum(u.qty) FROM shop.order_units u WHERE u.order_ref = o AND omni.reached(u.state::omni.order_state, 'return_received')), 0), o;
    END LOOP;
    INSERT INTO outcome VALUES ('calls', true, format('%s calls, %s refused', calls, refused));
END $$;
CALL public.play(:orders);
SELECT ok(bool_and(ok), format('%s calls: what is taken is what the model takes, and no other (%s)', count(*), (SELECT note FROM public.outcome WHERE what = 'calls'))) FROM public.outcome WHERE what = 'model';
SELECT ok(bool_and(ok), format('%s calls: units are where the model has them', count(*))) FROM public.outcome WHERE what = 'units';
SELECT ok(bool_and(ok), format('%s retries change nothing, and get the first answer', count(*))) FROM public.outcome WHERE what = 'retry';
SELECT ok(bool_and(ok), format('%s refusals write nothing', count(*))) FROM public.outcome WHERE what = 'refused';
SELECT ok(bool_and(ok), format('%s orders: units are conserved, any order of events comes to the same, returns agree', count(*))) FROM public.outcome WHERE what IN ('conserved', 'replay', 'returns');
SELECT is_empty('SELECT * FROM shop.stock_problems', 'stock is the sum of its movements, and what is reserved is held');
SELECT diag(what || ': ' || note) FROM (SELECT * FROM public.outcome WHERE NOT ok LIMIT 10) x;

-- carts: what is said, in two orders and with repeats, to carts that differ only by their name
CREATE TABLE public.said (n integer, kind text, a text, b text, sku text, qty bigint, key text);
CREATE FUNCTION public.say(s public.said, prefix text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF s.kind = 'merge' THEN
        PERFORM shop.cart_merge(prefix || s.a, prefix || s.b);
    ELSIF s.kind = 'add' THEN
        PERFORM shop.cart_add(prefix || s.a, s.sku, s.qty, s.key);
    ELSE
        PERFORM shop.cart_remove(prefix || s.a, s.sku, s.qty, s.key);
    END IF;
END $$;
CREATE FUNCTION public.shown(prefix text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s %s %s', substr(cart_key, length(prefix) + 1), sku, qty), ', ' ORDER BY cart_key, sku) FROM shop.cart_lines WHERE starts_with(cart_key, prefix) $$;
-- by hand: parts of the graph of merges, and sums
CREATE FUNCTION public.by_hand() RETURNS text LANGUAGE sql AS $$
    WITH RECURSIVE k AS (SELECT a AS cart FROM said UNION SELECT b FROM said WHERE b IS NOT NULL),
    r(cart, other) AS (SELECT cart, cart FROM k UNION SELECT r.cart, CASE WHEN s.a = r.other THEN s.b ELSE s.a END FROM r JOIN said s ON s.kind = 'merge' AND r.other IN (s.a, s.b))
    SELECT string_agg(format('%s %s %s', x.cart, x.sku, x.qty), ', ' ORDER BY x.cart, x.sku) FROM (
        SELECT r.cart, s.sku, sum(CASE s.kind WHEN 'add' THEN s.qty ELSE -s.qty END) AS qty FROM r JOIN said s ON s.a = r.other AND s.kind <> 'merge' GROUP BY 1, 2) x WHERE x.qty > 0 $$;
CREATE PROCEDURE public.fill(carts integer) LANGUAGE plpgsql AS $$
DECLARE
    s public.said;
BEGIN
    FOR i IN 1 .. carts LOOP
        DELETE FROM said;
        INSERT INTO said SELECT g, k, pick('p', 'q', 'r', 's'), CASE k WHEN 'merge' THEN pick('p', 'q', 'r', 's') END, pick('A', 'B'), 1 + floor(random() * 4), 'e' || g
        FROM (SELECT g, pick('add', 'add', 'add', 'remove', 'merge') AS k FROM generate_series(1, 4 + floor(random() * 8)::integer) g) x;
        FOR s IN SELECT * FROM said ORDER BY n LOOP
            PERFORM say(s, i || 'x');
        END LOOP;
        FOR s IN SELECT x.* FROM (SELECT * FROM said UNION ALL SELECT * FROM said WHERE random() < 0.4) x ORDER BY random() LOOP
            PERFORM say(s, i || 'y');
        END LOOP;
        INSERT INTO outcome VALUES ('carts', shown(i || 'x') IS NOT DISTINCT FROM by_hand() AND shown(i || 'y') IS NOT DISTINCT FROM by_hand(), format('%s / %s, not %s', shown(i || 'x'), shown(i || 'y'), by_hand()));
    END LOOP;
    INSERT INTO outcome SELECT 'redirects', NOT EXISTS (SELECT FROM shop.carts c JOIN shop.carts k ON k.cart_key = c.merged_into WHERE k.merged_into IS NOT NULL), 'a redirect of a redirect';
END $$;
CALL public.fill(:carts);
SELECT ok(bool_and(ok), format('%s carts hold what was said, in any order, with repeats', count(*))) FROM public.outcome WHERE what = 'carts';
SELECT ok(bool_and(ok), 'redirects are one step deep') FROM public.outcome WHERE what = 'redirects';
SELECT diag(what || ': ' || note) FROM (SELECT * FROM public.outcome WHERE NOT ok AND what IN ('carts', 'redirects') LIMIT 10) x;
SELECT * FROM finish();
