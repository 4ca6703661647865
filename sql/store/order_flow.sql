-- order_flow.sql: what happens to orders: units of their lines move from state to state, leave in shipments, come back in
-- returns; and what carts hold before there is an order.

/*
 * One session at a time moves units of a line. It makes a new version of the line's row, so that one with an older snapshot
 * ends in 40001 rather than moving a unit twice; an adopted line has no row to write to, and is locked by its name.
 */
CREATE OR REPLACE FUNCTION @store@.lock_line(order_ref text, line_no integer)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    adopted text[];
BEGIN
    SELECT array_agg(c.relname::text) INTO adopted FROM pg_class c WHERE c.oid IN ('@store@.order_lines'::regclass, '@store@.order_line_events'::regclass) AND c.relkind = 'v';
    IF adopted IS NULL THEN
        UPDATE @store@.order_lines l SET qty = l.qty WHERE l.order_ref = order_ref AND l.line_no = line_no;
    ELSIF 'order_line_events' = ANY (adopted) THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = 'this store reads order_line_events from a relation that it adopted',
            HINT = 'Units are moved where those events are written; what the store adopted it only reads.';
    ELSIF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = 'units of adopted order lines are moved in transactions that are READ COMMITTED',
            DETAIL = 'In an older snapshot another session''s move would not be seen, and the units would move twice.';
    ELSE
        PERFORM pg_advisory_xact_lock(hashtextextended(format('omni.line @store@ %s %s', line_no, order_ref), 0));
    END IF;
END $$;
COMMENT ON FUNCTION @store@.lock_line(text, integer) IS 'for functions of the store: let nobody else move units of an order line until this transaction ends';

/* moves units of a line: the one way in which functions of the store write order_line_events */
CREATE OR REPLACE FUNCTION @store@.move_units(order_ref text, line_no integer, qty bigint, to_state text, event_key text, location text DEFAULT NULL, shipment_key text DEFAULT NULL,
                                              reason text DEFAULT NULL, at timestamptz DEFAULT now(), from_state text DEFAULT NULL)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    before_orders CONSTANT omni.order_state[] := '{open,backordered,preordered,scheduled,rejected,short,canceled,declined,expired}';
    exits CONSTANT omni.order_state[] := '{canceled,declined,expired,undeliverable,expired_pickup,lost}';
    line_name CONSTANT text := format('line %s of order %s', line_no, left(order_ref, 64));
    o record;
    u record;
    line record;
    target omni.order_state;
    origin omni.order_state;
    lowest omni.order_state;
    units omni.order_quantities;
    is_return boolean;
    held boolean;
    known record;
    method text;
    why text;
    movable bigint := 0;
    n integer := 0;
    part bigint;
BEGIN
    IF order_ref IS NULL OR line_no IS NULL OR qty IS NULL OR event_key IS NULL OR at IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'a move of units needs an order, a line, a quantity, an event key and a time',
            HINT = 'move_units(''W-1'', 1, 2, ''packed'', ''event-4711'')';
    ELSIF qty <= 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = format('%s: cannot move %s units', line_name, qty), HINT = 'A quantity is 1 or more.';
    ELSIF octet_length(event_key) NOT BETWEEN 1 AND 512 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'an event key has to be a text of 1 to 512 bytes',
            HINT = 'Name the event as your source does: a repeated key changes nothing.';
    ELSIF NOT isfinite(at) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('%s: a move has to happen at some time', line_name), HINT = 'Leave the time out for now.';
    END IF;
    -- a state of the return axis alone: the units stay where they were handed over
    is_return := to_state ~ '^(return_.*|quarantined|refurbished|restocked|written_off)$';
    target := to_state::omni.order_state;
    origin := from_state::omni.order_state;
    IF NOT coalesce(omni.single_state(target), true) OR NOT coalesce(omni.single_state(origin), true) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('%L is not the state of a single unit', left(CASE WHEN omni.single_state(target) THEN from_state ELSE to_state END, 64)),
            HINT = 'Name one state, such as open, shipped or return_requested.';
    END IF;

    PERFORM @store@.lock_line(order_ref, line_no);
    SELECT l.qty, l.state INTO line FROM @store@.order_lines l WHERE l.order_ref = order_ref AND l.line_no = line_no;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('order %s has no line %s', left(order_ref, 64), line_no),
            HINT = 'Write the order and its lines first: place_order() does.';
    END IF;
    SELECT x.method, x.state, x.placed_at INTO o FROM @store@.orders x WHERE x.order_ref = order_ref;
    method := coalesce((SELECT s.method FROM @store@.shipments s WHERE s.order_ref = order_ref AND s.shipment_key = shipment_key), o.method, 'ship');
    IF target IS NULL THEN
        target := CASE WHEN method IN ('pickup', 'curbside', 'pos') THEN 'picked_up' WHEN method = 'digital' THEN 'digital_delivered' ELSE 'shipped' END;
    END IF;

    -- the same event again: its first row has its key, any others of that time a number behind it
    SELECT min(v.to_state::text) AS to_state, max(v.to_state::text) AS other, sum(v.qty)::bigint AS qty INTO known
    FROM @store@.order_line_events e JOIN @store@.order_line_events v ON v.order_ref = e.order_ref AND v.line_no = e.line_no AND v.occurred_at = e.occurred_at
        AND v.event_key = ANY (event_key || array(SELECT event_key || '#' || i FROM generate_series(2, 40) i))
    WHERE e.order_ref = order_ref AND e.line_no = line_no AND e.event_key = event_key;
    IF known.qty IS NOT NULL THEN
        IF known.qty <> qty OR NOT is_return AND (known.to_state <> target::text OR known.other <> target::text) THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('%s: the event key was used for another move', line_name),
                DETAIL = format('It moved %s units to %s.', known.qty, known.to_state), HINT = 'Each event has a key of its own.';
        END IF;
        RETURN 0;
    END IF;

    held := coalesce(omni.has_flag(line.state, 'on_hold'), false) OR coalesce(omni.has_flag(o.state, 'on_hold'), false);
    SELECT omni.order_line_state(v.qty, v.from_state, v.to_state) FILTER (WHERE v.sound) AS moves, coalesce(bool_and(v.sound), true) AS sound INTO known
    FROM (SELECT x.*, coalesce(x.qty > 0 AND omni.single_state(x.from_state) AND omni.single_state(x.to_state), false) AS sound
          FROM @store@.order_line_events x WHERE x.order_ref = order_ref AND x.line_no = line_no) v;
    IF known.sound AND line.qty > 0 THEN
        units := omni.order_quantities_try(omni.order_moves_add(known.moves, line.qty, NULL, 'open'::omni.order_state));
    END IF;
    IF units IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('%s: its events do not tell where its units are', line_name),
            DETAIL = 'They take more units out of a state than came into it, or one of them is no move of single units.', HINT = 'Add the events that are missing; omni.check_store() counts such lines.';
    END IF;
    IF known.moves IS NULL AND coalesce(line.state, o.state) IS NOT NULL THEN
        -- no event yet: all units are where the source says
        lowest := omni.order_state_min(coalesce(line.state, o.state));
        IF lowest <> omni.order_state_max(coalesce(line.state, o.state)) OR lowest <> coalesce(line.state, o.state) AND NOT held THEN
            RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('%s: it is not known how many of its units are where', line_name),
                DETAIL = format('Its source says %s, and there are no events.', coalesce(line.state, o.state)), HINT = 'Write the events that brought the units there.';
        END IF;
        IF lowest <> 'open'::omni.order_state THEN
            INSERT INTO @store@.order_line_events (order_ref, line_no, event_key, qty, from_state, to_state, occurred_at, reason)
            VALUES (order_ref, line_no, 'omni:said', line.qty, 'open', lowest, least(coalesce(o.placed_at, at), at), 'source');
            units := omni.order_quantities(line.qty, lowest);
        END IF;
    END IF;

    -- for a move up, units that are the nearest; else the least advanced ones. Units whose return came to nothing, and those that never arrived, are the last
    FOR u IN SELECT x.state, x.quantity, t.target, t.reason FROM (
                SELECT s.*, row_number() OVER () AS rank FROM omni.units(units) s) x
             CROSS JOIN LATERAL (SELECT CASE WHEN is_return THEN omni.order_state_try(split_part(x.state::text, '+', 1) || '+' || to_state) ELSE target END AS target) g
             CROSS JOIN LATERAL (SELECT g.target, CASE WHEN g.target IS NULL THEN format('%s units have not been handed over: nothing of them comes back', x.state)
                                                       WHEN held AND target <> ALL (exits) THEN 'on hold: release the hold first'
                                                       ELSE (SELECT r.reason FROM omni.order_transition(x.state, g.target, method) r) END AS reason) t
             WHERE t.target IS DISTINCT FROM x.state AND (origin IS NULL OR x.state = origin OR split_part(x.state::text, '+', 2) = from_state)
             ORDER BY x.state::text ~ '[+]return_(declined|canceled|expired|lost|kept)$|^(undeliverable|lost)',
                      CASE WHEN target = ANY (before_orders) THEN x.rank ELSE -x.rank END LOOP
        IF u.reason IS NOT NULL THEN
            why := coalesce(why, u.reason);
            CONTINUE;
        END IF;
        part := least(qty - movable, u.quantity);
        movable := movable + u.quantity;
        IF part > 0 THEN
            n := n + 1;
            INSERT INTO @store@.order_line_events (order_ref, line_no, event_key, qty, from_state, to_state, location_code, occurred_at, shipment_key, reason)
            VALUES (order_ref, line_no, event_key || CASE WHEN n > 1 THEN '#' || n ELSE '' END, part, u.state, u.target, location, at, shipment_key, reason);
        END IF;
    END LOOP;
    IF movable = 0 AND why IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('%s: its units cannot become %s', line_name, coalesce(to_state, target::text)),
            DETAIL = format('%s. The line is %s.', upper(left(why, 1)) || substr(why, 2), units), HINT = format('omni.next_states(state, %L) tells where units may go.', method);
    ELSIF movable < qty THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('%s: %s units cannot become %s: those that can are %s', line_name, qty, coalesce(to_state, target::text), movable),
            DETAIL = format('The line is %s.', units), HINT = 'Move fewer, or record first what brings the units there.';
    END IF;
    IF shipment_key IS NOT NULL AND (omni.any_reached(target, 'delivered') OR target = ANY (exits)) AND (SELECT c.relkind <> 'v' FROM pg_class c WHERE c.oid = '@store@.shipments'::regclass) THEN
        -- a shipment has arrived when nothing of it is on its way: a line that is found first is the last to arrive, mostly
        PERFORM FROM @store@.order_lines l WHERE l.order_ref = order_ref AND EXISTS (
            SELECT FROM (SELECT v.to_state AS state, v.qty FROM @store@.order_line_events v WHERE v.order_ref = order_ref AND v.line_no = l.line_no AND v.shipment_key = shipment_key
                         UNION ALL SELECT v.from_state, -v.qty FROM @store@.order_line_events v WHERE v.order_ref = order_ref AND v.line_no = l.line_no AND v.shipment_key = shipment_key) e
            WHERE e.state = ANY ('{shipped,ready_for_pickup,in_transit,out_for_delivery,delivery_attempted,customer_arrived}'::omni.order_state[]) GROUP BY e.state HAVING sum(e.qty) > 0)
        ORDER BY l.line_no DESC LIMIT 1;
        IF NOT FOUND THEN
            UPDATE @store@.shipments s SET delivered_at = d.at
            FROM (SELECT max(v.occurred_at) AS at FROM @store@.order_line_events v WHERE v.order_ref = order_ref AND v.shipment_key = shipment_key AND omni.any_reached(v.to_state, 'delivered')) d
            WHERE s.order_ref = order_ref AND s.shipment_key = shipment_key AND s.delivered_at IS DISTINCT FROM d.at;
        END IF;
    END IF;
    RETURN qty;
END $$;
COMMENT ON FUNCTION @store@.move_units(text, integer, bigint, text, text, text, text, text, timestamptz, text) IS
    'move units of a line to a state, from the nearest states or the given one; NULL: handed out, as the method has it. Gives the units moved, 0 if the event is known';

-- where units are, and what an order has come to

CREATE OR REPLACE VIEW @store@.order_units AS
SELECT l.order_ref, l.line_no, l.sku::text AS sku, u.state::text AS state, u.quantity AS qty
FROM @store@.order_lines l
LEFT JOIN @store@.orders o USING (order_ref)
CROSS JOIN LATERAL (SELECT omni.order_line_state(v.qty, v.from_state, v.to_state) FILTER (WHERE v.sound) AS moves, bool_and(v.sound) AS sound
                    FROM (SELECT x.*, coalesce(x.qty > 0 AND omni.single_state(x.from_state) AND omni.single_state(x.to_state), false) AS sound
                          FROM @store@.order_line_events x WHERE x.order_ref = l.order_ref AND x.line_no = l.line_no) v) g
CROSS JOIN LATERAL (SELECT CASE WHEN g.sound AND l.qty > 0 THEN omni.order_quantities_try(omni.order_moves_add(g.moves, l.qty, NULL, 'open'::omni.order_state)) END AS units) q
CROSS JOIN LATERAL (SELECT s.state, s.quantity FROM omni.units(q.units) s
                    UNION ALL SELECT coalesce(l.state, o.state, 'open'), l.qty WHERE q.units IS NULL) u;
COMMENT ON VIEW @store@.order_units IS 'where the units of each order line are, one row a line and state, from its events';
COMMENT ON COLUMN @store@.order_units.order_ref IS 'the order';
COMMENT ON COLUMN @store@.order_units.line_no IS 'the line';
COMMENT ON COLUMN @store@.order_units.sku IS 'what was ordered';
COMMENT ON COLUMN @store@.order_units.state IS 'state, as text of omni.order_state; as the source says it where there are no events, or they do not tell';
COMMENT ON COLUMN @store@.order_units.qty IS 'units in it';

CREATE OR REPLACE VIEW @store@.order_status AS
SELECT o.order_ref, o.channel_code, o.placed_at, o.method, omni.label(coalesce(u.state, o.state, 'open')) AS state, coalesce(u.state, o.state, 'open')::text AS exact_state,
       coalesce(u.qty, 0)::bigint AS qty, (u.expected - u.shipped)::bigint AS qty_open, u.shipped::bigint AS qty_shipped, u.delivered::bigint AS qty_delivered, u.returned::bigint AS qty_returned, (u.qty - u.expected)::bigint AS qty_canceled,
       (SELECT count(*) FROM @store@.shipments s WHERE s.order_ref = o.order_ref) AS shipments,
       o.promised_at, CASE WHEN u.kept = u.promised AND u.promised > 0 THEN t.fulfilled_at END AS fulfilled_at,
       CASE WHEN o.promised_at IS NULL OR u.promised = 0 THEN NULL WHEN u.kept = u.promised THEN t.fulfilled_at <= o.promised_at WHEN o.promised_at < now() THEN false END AS promise_met,
       o.currency, coalesce(m.due, 0) AS due_amount, coalesce(p.authorized, 0) AS authorized_amount, coalesce(p.captured, 0) AS captured_amount, coalesce(p.refunded, 0) AS refunded_amount,
       coalesce(p.voided, 0) AS voided_amount, coalesce(p.charged_back, 0) AS charged_back_amount,
       omni.payment_status(coalesce(m.due, 0), p.authorized, p.captured, p.refunded, p.voided, p.charged_back) AS payment_status
FROM @store@.orders o
CROSS JOIN LATERAL (SELECT coalesce(o.method IN ('pickup', 'curbside', 'ship_to_store'), false) AS collected) c
-- a count is NULL where a source tells only that some units are there
LEFT JOIN LATERAL (
    SELECT omni.order_state_agg(s.state) AS state, sum(s.qty) AS qty,
           CASE WHEN bool_and(s.known) THEN coalesce(sum(s.qty) FILTER (WHERE NOT s.ended), 0) END AS expected,
           CASE WHEN bool_and(s.known) THEN coalesce(sum(s.qty) FILTER (WHERE omni.reached(s.state, 'shipped') AND NOT s.ended), 0) END AS shipped,
           CASE WHEN bool_and(s.known) THEN coalesce(sum(s.qty) FILTER (WHERE omni.reached(s.state, 'delivered')), 0) END AS delivered,
           CASE WHEN bool_and(s.known) THEN coalesce(sum(s.qty) FILTER (WHERE omni.reached(s.state, 'return_received')), 0) END AS returned,
           CASE WHEN bool_and(s.known) THEN coalesce(sum(s.qty) FILTER (WHERE NOT s.ended AND NOT s.replaces), 0) END AS promised,
           CASE WHEN bool_and(s.known) THEN coalesce(sum(s.qty) FILTER (WHERE NOT s.replaces AND (omni.reached(s.state, 'delivered') OR c.collected AND s.state = ANY ('{ready_for_pickup,customer_arrived,expired_pickup}'::omni.order_state[]))), 0) END AS kept
    FROM (SELECT x.state::omni.order_state AS state, x.qty, omni.single_state(x.state::omni.order_state) AS known, x.state::omni.order_state = ANY ('{canceled,declined,expired}'::omni.order_state[]) AS ended,
                 -- what a customer gets in exchange was not promised then
                 EXISTS (SELECT FROM @store@.returns r WHERE r.order_ref = o.order_ref AND r.exchange_order_ref = o.order_ref AND r.exchange_line_no = x.line_no) AS replaces
          FROM @store@.order_units x WHERE x.order_ref = o.order_ref) s) u ON true
LEFT JOIN LATERAL (
    SELECT coalesce(max(v.occurred_at) FILTER (WHERE (omni.any_reached(v.to_state, 'delivered') OR c.collected AND v.to_state = ANY ('{ready_for_pickup,customer_arrived}'::omni.order_state[]))
                                                 AND NOT (omni.any_reached(v.from_state, 'delivered') OR c.collected AND v.from_state = ANY ('{ready_for_pickup,customer_arrived}'::omni.order_state[]))),
                    (SELECT CASE WHEN c.collected THEN max(s.shipped_at) ELSE max(s.delivered_at) END FROM @store@.shipments s WHERE s.order_ref = o.order_ref)) AS fulfilled_at
    FROM @store@.order_line_events v WHERE v.order_ref = o.order_ref
        AND NOT EXISTS (SELECT FROM @store@.returns r WHERE r.order_ref = o.order_ref AND r.exchange_order_ref = o.order_ref AND r.exchange_line_no = v.line_no)) t ON true
-- what the customer has to pay: units that were not canceled, not left lying, not lost, and did not come back
LEFT JOIN LATERAL (
    SELECT sum(l.amount - CASE WHEN g.gone > 0 THEN round(l.amount * g.gone / l.qty, 4) ELSE 0 END) AS due
    FROM (SELECT x.line_no, x.qty, x.qty * x.unit_price - coalesce(x.discount_amount, 0) + coalesce(x.tax_amount, 0) AS amount FROM @store@.order_lines x WHERE x.order_ref = o.order_ref) l
    LEFT JOIN LATERAL (SELECT sum(x.qty) AS gone FROM @store@.order_units x WHERE x.order_ref = o.order_ref AND x.line_no = l.line_no
                       AND (x.state::omni.order_state = ANY ('{canceled,declined,expired,expired_pickup,lost}'::omni.order_state[]) OR omni.reached(x.state::omni.order_state, 'return_received'))) g ON true) m ON true
LEFT JOIN LATERAL (
    SELECT sum(x.amount) FILTER (WHERE x.kind = 'authorized') AS authorized, sum(x.amount) FILTER (WHERE x.kind = 'captured') AS captured, sum(x.amount) FILTER (WHERE x.kind = 'refunded') AS refunded,
           sum(x.amount) FILTER (WHERE x.kind = 'voided') AS voided, sum(x.amount) FILTER (WHERE x.kind = 'charged_back') AS charged_back
    FROM @store@.payments x WHERE x.order_ref = o.order_ref) p ON true;
COMMENT ON VIEW @store@.order_status IS 'what each order has come to: state, units, payment, promise';
COMMENT ON COLUMN @store@.order_status.order_ref IS 'the order';
COMMENT ON COLUMN @store@.order_status.channel_code IS 'channel that took it';
COMMENT ON COLUMN @store@.order_status.placed_at IS 'when it was placed';
COMMENT ON COLUMN @store@.order_status.method IS 'fulfillment method; NULL: ship';
COMMENT ON COLUMN @store@.order_status.state IS 'one word for the states of all units: shipped, partially_shipped, returned, ...';
COMMENT ON COLUMN @store@.order_status.exact_state IS 'the same state with its exact ends, as text of omni.order_state';
COMMENT ON COLUMN @store@.order_status.qty IS 'units ordered';
COMMENT ON COLUMN @store@.order_status.qty_open IS 'units that have still to leave; NULL, as the others, where the source tells only that some have left';
COMMENT ON COLUMN @store@.order_status.qty_shipped IS 'units that have left, or are ready for pickup, or further';
COMMENT ON COLUMN @store@.order_status.qty_delivered IS 'units that the customer has got';
COMMENT ON COLUMN @store@.order_status.qty_returned IS 'units that came back';
COMMENT ON COLUMN @store@.order_status.qty_canceled IS 'units that were canceled, declined or expired';
COMMENT ON COLUMN @store@.order_status.shipments IS 'shipments and pickups';
COMMENT ON COLUMN @store@.order_status.promised_at IS 'when delivery was promised, or that a pickup is ready';
COMMENT ON COLUMN @store@.order_status.fulfilled_at IS 'when the last unit that was promised was delivered, or ready for pickup; NULL until all are';
COMMENT ON COLUMN @store@.order_status.promise_met IS 'whether that was in time; NULL while it is undecided';
COMMENT ON COLUMN @store@.order_status.currency IS 'ISO 4217 code of the amounts';
COMMENT ON COLUMN @store@.order_status.due_amount IS 'what the lines come to, without units that were canceled, that nobody came for, that were lost or came back';
COMMENT ON COLUMN @store@.order_status.authorized_amount IS 'authorized';
COMMENT ON COLUMN @store@.order_status.captured_amount IS 'captured';
COMMENT ON COLUMN @store@.order_status.refunded_amount IS 'refunded';
COMMENT ON COLUMN @store@.order_status.voided_amount IS 'authorized, and given up';
COMMENT ON COLUMN @store@.order_status.charged_back_amount IS 'charged back';
COMMENT ON COLUMN @store@.order_status.payment_status IS 'name of the payment, derived from these amounts: paid, partially_refunded, ...';

CREATE OR REPLACE VIEW @store@.cart_lines AS
SELECT k.cart_key, coalesce(k.merged_into, k.cart_key) AS standing_cart_key, l.sku::text AS sku, l.qty
FROM @store@.carts k
CROSS JOIN LATERAL (SELECT e.sku, sum(e.qty)::bigint AS qty FROM @store@.carts c JOIN @store@.cart_events e ON e.cart_key = c.cart_key
                    WHERE coalesce(c.merged_into, c.cart_key) = coalesce(k.merged_into, k.cart_key) GROUP BY e.sku HAVING sum(e.qty) > 0) l;
COMMENT ON VIEW @store@.cart_lines IS 'what is in each cart; a cart that was merged holds what the other does';
COMMENT ON COLUMN @store@.cart_lines.cart_key IS 'key of a cart, merged or not';
COMMENT ON COLUMN @store@.cart_lines.standing_cart_key IS 'the cart that stands for it; cart_key = standing_cart_key shows each unit once';
COMMENT ON COLUMN @store@.cart_lines.sku IS 'what';
COMMENT ON COLUMN @store@.cart_lines.qty IS 'units: what was put in less what was taken out, where that is more than none';

-- calls: what they are given

CREATE OR REPLACE FUNCTION @store@.need_own(VARIADIC relations text[])
    RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    adopted text;
BEGIN
    adopted := (SELECT min(c.relname) FROM pg_class c WHERE c.relnamespace = to_regnamespace('@store@') AND c.relname = ANY (relations) AND c.relkind = 'v');
    IF adopted IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('this store reads %s from a relation that it adopted', adopted),
            HINT = 'Write where the data is kept: what the store adopted it only reads.';
    END IF;
END $$;
COMMENT ON FUNCTION @store@.need_own(text[]) IS 'for functions of the store: refuse to work where it only reads these relations';

CREATE OR REPLACE FUNCTION @store@.quantity_of(said jsonb, what text)
    RETURNS bigint LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    number numeric;
BEGIN
    IF coalesce(jsonb_typeof(said), 'null') = 'null' THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = format('%s has no quantity', what), HINT = 'A quantity is a whole number from 1 to 1000000000000, e.g. "qty": 2.';
    ELSIF jsonb_typeof(said) <> 'number' OR (said #>> '{}')::numeric <> trunc((said #>> '{}')::numeric) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('%s: %s is no quantity', what, left(said::text, 64)), HINT = 'A quantity is a whole number from 1 to 1000000000000, e.g. "qty": 2.';
    END IF;
    number := (said #>> '{}')::numeric;
    IF number NOT BETWEEN 1 AND 1000000000000 THEN
        RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = format('%s: the quantity %s is out of range', what, left(number::text, 64)), HINT = 'A quantity is a whole number from 1 to 1000000000000, e.g. "qty": 2.';
    END IF;
    RETURN number;
END $$;
COMMENT ON FUNCTION @store@.quantity_of(jsonb, text) IS 'for functions of the store: a quantity, after checking it';

CREATE OR REPLACE FUNCTION @store@.order_call(order_ref text, lines jsonb, names text[], OUT n integer, OUT line_no integer, OUT qty bigint, OUT said jsonb)
    RETURNS SETOF record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    example CONSTANT text := '[{"line": 1, "qty": 2}]';
    odd text;
BEGIN
    IF order_ref IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'no order is named', HINT = 'Name its order_ref.';
    ELSIF NOT EXISTS (SELECT FROM @store@.order_lines l WHERE l.order_ref = order_ref) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('there is no order %s with lines', left(order_ref, 64)), HINT = 'Write the order and its lines first: place_order() does.';
    ELSIF lines IS NULL THEN
        RETURN;
    ELSIF jsonb_typeof(lines) <> 'array' OR lines = '[]' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'lines have to be an array of objects, at least one', HINT = example;
    ELSIF jsonb_array_length(lines) > 10000 THEN
        RAISE EXCEPTION USING ERRCODE = 'program_limit_exceeded', MESSAGE = format('%s lines are too many for one call', jsonb_array_length(lines)), HINT = 'At most 10000 lines can be given at once.';
    END IF;
    FOR n, said IN SELECT x.i, x.said FROM jsonb_array_elements(lines) WITH ORDINALITY x(said, i) LOOP
        IF jsonb_typeof(said) <> 'object' THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the call is no object', n), HINT = example;
        END IF;
        odd := (SELECT min(k COLLATE "C") FROM jsonb_object_keys(said) k WHERE k <> ALL ('{line,qty}' || names));
        IF odd IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the call has a key %L', n, left(odd, 64)),
                HINT = format('A line of this call has the keys %s.', array_to_string('{line,qty}' || names, ', '));
        END IF;
        odd := (SELECT min(k.key COLLATE "C") FROM jsonb_each(said) k WHERE k.key = ANY (names) AND jsonb_typeof(k.value) NOT IN ('string', 'null'));
        IF odd IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the call: %L has to be a text', n, odd), HINT = example;
        END IF;
        IF jsonb_typeof(said -> 'line') IS DISTINCT FROM 'number' OR (said ->> 'line')::numeric NOT BETWEEN -2147483648 AND 2147483647 OR (said ->> 'line')::numeric <> trunc((said ->> 'line')::numeric) THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the call does not name a line of the order', n), HINT = example;
        END IF;
        line_no := (said ->> 'line')::numeric::integer;
        qty := @store@.quantity_of(said -> 'qty', format('line %s of the call', n));
        IF NOT EXISTS (SELECT FROM @store@.order_lines l WHERE l.order_ref = order_ref AND l.line_no = line_no) THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('order %s has no line %s', left(order_ref, 64), line_no), HINT = 'Write the order and its lines first: place_order() does.';
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION @store@.order_call(text, jsonb, text[]) IS 'for functions of the store: the lines that a call names, after checking them';

CREATE OR REPLACE FUNCTION @store@.known_location(location text, what text)
    RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    IF location IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = format('%s names no location', what), HINT = 'For example "location": "BER".';
    ELSIF NOT EXISTS (SELECT FROM @store@.locations l WHERE l.location_code = location) AND NOT EXISTS (SELECT FROM @store@.stock s WHERE s.location_code = location) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('%s: unknown location %s', what, to_jsonb(left(location, 64))),
            HINT = coalesce((SELECT format('Codes are compared letter by letter: there is %s.', to_jsonb(min(l.location_code))) FROM @store@.locations l WHERE lower(l.location_code) = lower(location) HAVING count(*) > 0), 'Insert it into locations first.');
    END IF;
    RETURN location;
END $$;
COMMENT ON FUNCTION @store@.known_location(text, text) IS 'for functions of the store: a location, after checking it';

-- placing orders

CREATE OR REPLACE FUNCTION @store@.place_order(new_order jsonb, idempotency_key text DEFAULT NULL)
    RETURNS TABLE (line integer, sku text, qty bigint) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    example CONSTANT text := '{"order_ref": "W-1", "channel": "web", "lines": [{"sku": "TS-RED", "qty": 2, "unit_price": 19.90}]}';
    hash CONSTANT bigint := hashtextextended(coalesce(new_order::text, ''), 0);
    order_ref CONSTANT text := new_order ->> 'order_ref';
    answer jsonb := '[]';
    earlier jsonb;
    channel record;
    at timestamptz;
    promised timestamptz;
    method text;
    currency text;
    odd text;
    x record;
    code text;
    amounts numeric[];
    name text;
    lines jsonb;
    collected jsonb[] := '{}';
BEGIN
    IF new_order IS NULL OR jsonb_typeof(new_order) <> 'object' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'an order has to be an object', HINT = example;
    END IF;
    odd := (SELECT min(k COLLATE "C") FROM jsonb_object_keys(new_order) k WHERE k <> ALL ('{order_ref,channel,market,customer,placed_at,currency,promised_at,method,cart,lines}'));
    IF odd IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('an order has no %L', left(odd, 64)),
            HINT = 'Its keys are order_ref, channel, market, customer, placed_at, currency, promised_at, method, cart and lines.';
    END IF;
    odd := (SELECT min(k.key COLLATE "C") FROM jsonb_each(new_order) k WHERE k.key NOT IN ('lines', 'customer') AND jsonb_typeof(k.value) NOT IN ('string', 'null'));
    IF odd IS NOT NULL OR jsonb_typeof(new_order -> 'customer') NOT IN ('number', 'null') OR (new_order ->> 'customer')::numeric % 1 <> 0 OR (new_order ->> 'customer')::numeric NOT BETWEEN 1 AND 9223372036854775807 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('%L of an order has to be %s', coalesce(odd, 'customer'), CASE WHEN odd IS NULL THEN 'the number of a customer' ELSE 'a text' END), HINT = example;
    ELSIF coalesce(order_ref, '') = '' OR octet_length(order_ref) > 512 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the number of an order has to be a text of 1 to 512 bytes', HINT = example;
    END IF;
    SELECT c.channel_code, c.kind, coalesce(new_order ->> 'market', c.market_code) AS market_code INTO channel FROM @store@.channels c WHERE c.channel_code = new_order ->> 'channel';
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('unknown channel: %s', coalesce(to_jsonb(left(new_order ->> 'channel', 64)), 'null')), HINT = 'Insert it into channels first.';
    END IF;
    IF new_order ->> 'market' IS NOT NULL AND NOT EXISTS (SELECT FROM @store@.markets m WHERE m.market_code = new_order ->> 'market') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('unknown market: %s', to_jsonb(left(new_order ->> 'market', 64))), HINT = 'Insert it into markets first, or leave it out: then it is that of the channel.';
    END IF;
    currency := coalesce(new_order ->> 'currency', (SELECT m.currency FROM @store@.markets m WHERE m.market_code = channel.market_code));
    IF currency IS NULL OR currency !~ '^[A-Z]{3}$' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = CASE WHEN currency IS NULL THEN 'the currency of the order is not known' ELSE format('%L is no currency', left(currency, 64)) END,
            HINT = 'Name it by its ISO 4217 code, e.g. "currency": "EUR", or give the channel a market that has one.';
    END IF;
    FOREACH name IN ARRAY '{placed_at,promised_at}'::text[] LOOP
        IF omni.store_time_problem(new_order ->> name) IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('%L of the order is no time: %s', name, omni.store_time_problem(new_order ->> name)), HINT = 'A time has its zone, e.g. 2026-03-01T09:00:00Z.';
        END IF;
    END LOOP;
    at := coalesce(omni.store_time(new_order ->> 'placed_at'), now());
    promised := omni.store_time(new_order ->> 'promised_at');
    method := coalesce(new_order ->> 'method', CASE WHEN channel.kind = 'pos' THEN 'pos' ELSE 'ship' END);
    PERFORM omni.order_transition('open', 'open', method);
    IF jsonb_typeof(new_order -> 'lines') IS DISTINCT FROM 'array' OR new_order -> 'lines' = '[]' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the lines of an order have to be an array of objects, at least one', HINT = example;
    ELSIF jsonb_array_length(new_order -> 'lines') > 10000 THEN
        RAISE EXCEPTION USING ERRCODE = 'program_limit_exceeded', MESSAGE = format('%s lines are too many for one call', jsonb_array_length(new_order -> 'lines')), HINT = 'At most 10000 lines can be given at once.';
    END IF;
    FOR x IN SELECT y.i::integer AS n, y.said FROM jsonb_array_elements(new_order -> 'lines') WITH ORDINALITY y(said, i) LOOP
        IF jsonb_typeof(x.said) <> 'object' THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the order is no object', x.n), HINT = example;
        END IF;
        odd := (SELECT min(k COLLATE "C") FROM jsonb_object_keys(x.said) k WHERE k <> ALL ('{line,sku,qty,unit_price,discount_amount,tax_amount}'));
        IF odd IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the order has a key %L', x.n, left(odd, 64)), HINT = 'The keys of a line are line, sku, qty, unit_price, discount_amount and tax_amount.';
        ELSIF x.said ? 'line' AND (jsonb_typeof(x.said -> 'line') <> 'number' OR (x.said ->> 'line')::numeric NOT BETWEEN 0 AND 2147483647 OR (x.said ->> 'line')::numeric <> trunc((x.said ->> 'line')::numeric)) THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the order: its number has to be a whole number', x.n), HINT = example;
        END IF;
        code := coalesce(@store@.resolve_sku(x.said ->> 'sku', channel.channel_code, at), (SELECT s.sku::text FROM @store@.stock s WHERE s.sku = omni.sku_try(x.said ->> 'sku') LIMIT 1));
        IF code IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the order: unknown SKU %L', x.n, left(x.said ->> 'sku', 64)), HINT = 'SKUs are rows of products, or have stock; sku_aliases has what channels call them.';
        END IF;
        amounts := '{}';
        FOREACH name IN ARRAY '{unit_price,discount_amount,tax_amount}'::text[] LOOP
            IF jsonb_typeof(x.said -> name) IS DISTINCT FROM 'number' AND (name = 'unit_price' OR jsonb_typeof(x.said -> name) <> 'null') THEN
                RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the order: %L has to be a number', x.n, name), HINT = example;
            END IF;
            amounts := amounts || coalesce((x.said ->> name)::numeric, 0);
        END LOOP;
        collected := collected || jsonb_build_object('line', coalesce((x.said ->> 'line')::numeric::integer, x.n), 'sku', code, 'qty', @store@.quantity_of(x.said -> 'qty', format('line %s of the order', x.n)),
            'unit_price', amounts[1], 'discount_amount', amounts[2], 'tax_amount', amounts[3]);
    END LOOP;
    lines := to_jsonb(collected);
    odd := (SELECT min(l.line) FROM jsonb_to_recordset(lines) l(line integer) GROUP BY l.line HAVING count(*) > 1 LIMIT 1);
    IF odd IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('two lines of the order have the number %s', odd), HINT = 'Without numbers, lines are numbered by their place.';
    END IF;
    PERFORM @store@.need_own('orders', 'order_lines');

    answer := @store@.request_answer(idempotency_key, 'place_order', hash) -> 'rows';
    IF answer IS NULL THEN
        INSERT INTO @store@.orders (order_ref, channel_code, market_code, customer_id, placed_at, currency, promised_at, method)
        VALUES (order_ref, channel.channel_code, new_order ->> 'market', (new_order ->> 'customer')::bigint, at, currency, promised, method) ON CONFLICT DO NOTHING;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'unique_violation', MESSAGE = format('there is an order %s already', left(order_ref, 64)), HINT = 'Give an idempotency key: a retry with it gets the first answer.';
        END IF;
        INSERT INTO @store@.order_lines (order_ref, line_no, sku, qty, unit_price, discount_amount, tax_amount)
        SELECT order_ref, l.line, l.sku::omni.sku, l.qty, l.unit_price, l.discount_amount, l.tax_amount
        FROM jsonb_to_recordset(lines) l(line integer, sku text, qty bigint, unit_price numeric, discount_amount numeric, tax_amount numeric);
        IF new_order ->> 'cart' IS NOT NULL THEN
            -- what was bought is no longer in the cart; what was put there meanwhile stays
            INSERT INTO @store@.cart_events (cart_key, event_key, sku, qty, occurred_at)
            SELECT new_order ->> 'cart', 'order:' || order_ref || ':' || c.sku, c.sku::omni.sku, -least(c.qty, b.qty), at
            FROM @store@.cart_lines c JOIN (SELECT l.sku, sum(l.qty) AS qty FROM jsonb_to_recordset(lines) l(sku text, qty bigint) GROUP BY l.sku) b ON b.sku = c.sku
            WHERE c.cart_key = new_order ->> 'cart' ON CONFLICT DO NOTHING;
        END IF;
        answer := (SELECT jsonb_agg(l - '{unit_price,discount_amount,tax_amount}'::text[]) FROM jsonb_array_elements(lines) l);
        PERFORM @store@.request_done(idempotency_key, 'place_order', order_ref, hash, jsonb_build_object('rows', answer));
    END IF;
    RETURN QUERY SELECT l.line, l.sku, l.qty FROM jsonb_to_recordset(answer) l(line integer, sku text, qty bigint);
END $$;
COMMENT ON FUNCTION @store@.place_order(jsonb, text) IS 'write an order with its lines, in one call; a retry with the same idempotency key gets the first answer';

-- what is held for an order

/*
 * Locks what is held for lines of an order, stock before reservations, each in its order, and gives the reservations by
 * line: what follows finds them as they are. With places, those rows of stock are locked with them. What is reserved for the order
 * while this waits comes after the call: its stock may come before that which is locked, and is left alone.
 */
CREATE OR REPLACE FUNCTION @store@.hold_still(order_ref text, line_nos integer[], skus text[] DEFAULT '{}', locations text[] DEFAULT '{}')
    RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    place record;
    held jsonb[] := '{}';
BEGIN
    FOR place IN SELECT x.sku, x.location_code, array_agg(x.id) AS ids FROM (SELECT r.sku, r.location_code, r.reservation_id AS id FROM @store@.reservations r WHERE r.order_ref = order_ref AND r.line_no = ANY (line_nos) AND r.open_qty > 0
                 UNION SELECT u.sku::omni.sku, u.location, NULL FROM unnest(skus, locations) u(sku, location)) x GROUP BY x.sku, x.location_code ORDER BY x.sku, x.location_code COLLATE "C" LOOP
        PERFORM @store@.stock_writable();
        PERFORM @store@.lock_stock(place.sku::text, place.location_code);
        held := held || ARRAY(SELECT jsonb_build_object('line_no', r.line_no, 'sku', r.sku, 'id', r.reservation_id) FROM @store@.reservations r WHERE r.order_ref = order_ref AND r.line_no = ANY (line_nos) AND r.sku = place.sku AND r.location_code = place.location_code AND r.open_qty > 0 AND r.reservation_id = ANY (place.ids)
                              ORDER BY r.reservation_id FOR NO KEY UPDATE);
    END LOOP;
    RETURN (SELECT jsonb_object_agg(x.line_no, x.held) FROM (SELECT h ->> 'line_no' AS line_no, jsonb_agg(h) AS held FROM unnest(held) h GROUP BY 1) x);
END $$;
COMMENT ON FUNCTION @store@.hold_still(text, integer[], text[], text[]) IS 'for functions of the store: lock what is held for lines of an order; gives the reservations by line';

/*
 * Gives up units that are held for a line: units of it, or, where keep is given, all but those. A unit of a
 * bundle is so many of each component. Of the reservations that hold_still() gave.
 */
CREATE OR REPLACE FUNCTION @store@.give_up(order_ref text, line_no integer, units bigint, keep bigint, location text, key text, reason text, at timestamptz, held jsonb)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    r record;
    part bigint;
    given bigint := 0;
    gone jsonb := '{}';
    now_is CONSTANT timestamptz := clock_timestamp();    -- what has expired is given up already, of a bundle all components at one moment
BEGIN
    FOR r IN SELECT x.sku, x.location_code, x.reservation_id, x.open_qty, x.per_unit, sum(x.open_qty) OVER (PARTITION BY x.sku) AS all_held
             FROM (SELECT v.sku, v.location_code, v.reservation_id, v.open_qty, CASE WHEN v.bundle_sku IS NULL THEN 1 ELSE coalesce((SELECT p.qty::bigint FROM @store@.stock_parts(v.bundle_sku::text) p WHERE p.part = v.sku::text), 1) END AS per_unit
                   FROM jsonb_to_recordset(held -> line_no::text) h(sku text, id bigint) JOIN @store@.reservations v ON v.order_ref = order_ref AND v.sku = h.sku::omni.sku AND v.reservation_id = h.id
                   WHERE v.line_no = line_no AND v.open_qty > 0 AND v.expires_at > now_is AND (location IS NULL OR v.location_code = location)) x
             ORDER BY x.sku, x.location_code COLLATE "C", x.reservation_id DESC LOOP
        part := least(r.open_qty, CASE WHEN keep IS NULL THEN units * r.per_unit ELSE r.all_held - keep * r.per_unit END - coalesce((gone ->> r.sku::text)::bigint, 0));
        CONTINUE WHEN part <= 0;
        UPDATE @store@.reservations v SET open_qty = v.open_qty - part WHERE v.order_ref = order_ref AND v.sku = r.sku AND v.reservation_id = r.reservation_id;
        PERFORM @store@.move_stock(r.sku::text, r.location_code, 0, 'release', key || ':' || r.reservation_id, order_ref, reason, at, -part, r.reservation_id);
        gone := gone || jsonb_build_object(r.sku::text, coalesce((gone ->> r.sku::text)::bigint, 0) + part);
        given := given + part;
    END LOOP;
    RETURN given;
END $$;
COMMENT ON FUNCTION @store@.give_up(text, integer, bigint, bigint, text, text, text, timestamptz, jsonb) IS 'for functions of the store: release units that are held for a line of an order; gives how many';

CREATE OR REPLACE FUNCTION @store@.is_held(state text, method text)
    RETURNS boolean LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    RETURN state NOT IN ('canceled', 'declined', 'expired', 'expired_pickup') AND (NOT omni.reached(state::omni.order_state, 'shipped') OR method IN ('pickup', 'curbside') AND state IN ('ready_for_pickup', 'customer_arrived'));
END $$;
COMMENT ON FUNCTION @store@.is_held(text, text) IS 'for functions of the store: whether units in a state are in stock still: a pickup leaves it when it is handed over';

-- units that do not leave after all

CREATE OR REPLACE FUNCTION @store@.cancel_lines(order_ref text, lines jsonb DEFAULT NULL, reason text DEFAULT NULL, idempotency_key text DEFAULT NULL)
    RETURNS TABLE (line integer, qty bigint, released bigint) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    hash CONSTANT bigint := hashtextextended(jsonb_build_array(order_ref, lines, reason)::text, 0);
    key CONSTANT text := coalesce(idempotency_key, '~' || gen_random_uuid());
    answer jsonb;
    given_rows jsonb[] := '{}';
    x record;
    wanted jsonb;
    held jsonb;
BEGIN
    wanted := (SELECT jsonb_agg(c) FROM @store@.order_call(order_ref, lines, '{}') c);
    answer := @store@.request_answer(idempotency_key, 'cancel_lines', hash) -> 'rows';
    IF answer IS NULL THEN
        IF lines IS NULL THEN
            wanted := (SELECT jsonb_agg(jsonb_build_object('n', u.line_no, 'line_no', u.line_no, 'qty', u.qty)) FROM (
                SELECT v.line_no, sum(v.qty) AS qty FROM @store@.order_units v LEFT JOIN @store@.orders o USING (order_ref)
                WHERE v.order_ref = order_ref AND v.state <> 'canceled' AND (SELECT t.legal FROM omni.order_transition(v.state::omni.order_state, 'canceled', coalesce(o.method, 'ship')) t) GROUP BY v.line_no) u);
            IF wanted IS NULL THEN
                RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('nothing of order %s can be canceled', left(order_ref, 64)),
                    DETAIL = (SELECT format('Its units are %s.', string_agg(DISTINCT v.state, ', ')) FROM @store@.order_units v WHERE v.order_ref = order_ref), HINT = 'Units that have left come back through a return.';
            END IF;
        END IF;
        held := @store@.hold_still(order_ref, (SELECT array_agg(w.line_no) FROM jsonb_to_recordset(wanted) w(line_no integer)));
        FOR x IN SELECT w.* FROM jsonb_to_recordset(wanted) w(n integer, line_no integer, qty bigint) ORDER BY w.line_no, w.n LOOP
            PERFORM @store@.move_units(order_ref, x.line_no, x.qty, 'canceled', key || ':' || x.n, reason => reason);
            -- what is left to ship stays reserved
            given_rows := given_rows || jsonb_build_object('line', x.line_no, 'qty', x.qty, 'released', @store@.give_up(order_ref, x.line_no, NULL,
                (SELECT coalesce(sum(v.qty), 0)::bigint FROM @store@.order_units v WHERE v.order_ref = order_ref AND v.line_no = x.line_no AND @store@.is_held(v.state, (SELECT o.method FROM @store@.orders o WHERE o.order_ref = order_ref))),
                NULL, key || ':' || x.n, reason, now(), held));
        END LOOP;
        answer := to_jsonb(given_rows);
        PERFORM @store@.request_done(key, 'cancel_lines', order_ref, hash, jsonb_build_object('rows', answer));
    END IF;
    RETURN QUERY SELECT a.line, a.qty, a.released FROM jsonb_to_recordset(answer) a(line integer, qty bigint, released bigint);
END $$;
COMMENT ON FUNCTION @store@.cancel_lines(text, jsonb, text, text) IS 'cancel units that have not left, all of them if no lines are given; what was reserved for them is released';

CREATE OR REPLACE FUNCTION @store@.short_pick(order_ref text, lines jsonb, adjust boolean DEFAULT false, reason text DEFAULT NULL, idempotency_key text DEFAULT NULL)
    RETURNS TABLE (line integer, qty bigint, location text, released bigint) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    hash CONSTANT bigint := hashtextextended(jsonb_build_array(order_ref, lines, adjust, reason)::text, 0);
    key CONSTANT text := coalesce(idempotency_key, '~' || gen_random_uuid());
    answer jsonb;
    given_rows jsonb[] := '{}';
    wanted jsonb;
    x record;
    u record;
    g record;
    rest bigint;
    part bigint;
    given bigint;
    held jsonb;
    i integer;
BEGIN
    wanted := (SELECT jsonb_agg(c) FROM @store@.order_call(order_ref, lines, '{location}') c);
    IF wanted IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'no lines are given', HINT = '[{"line": 1, "qty": 1, "location": "BER"}]';
    END IF;
    PERFORM @store@.known_location(w.said ->> 'location', format('line %s of the call', w.n)) FROM jsonb_to_recordset(wanted) w(n integer, said jsonb);
    answer := @store@.request_answer(idempotency_key, 'short_pick', hash) -> 'rows';
    IF answer IS NULL THEN
        SELECT @store@.hold_still(order_ref, array_agg(w.line_no), array_agg(p.part) FILTER (WHERE adjust), array_agg(w.said ->> 'location') FILTER (WHERE adjust)) INTO held
        FROM jsonb_to_recordset(wanted) w(line_no integer, said jsonb) JOIN @store@.order_lines l ON l.order_ref = order_ref AND l.line_no = w.line_no CROSS JOIN @store@.stock_parts(l.sku::text) p;
        FOR x IN SELECT w.*, l.sku::text AS sku FROM jsonb_to_recordset(wanted) w(n integer, line_no integer, qty bigint, said jsonb) JOIN @store@.order_lines l ON l.order_ref = order_ref AND l.line_no = w.line_no ORDER BY w.line_no, w.n LOOP
            -- a node that reports it has been asked: units of which no event tells that are released first
            PERFORM @store@.lock_line(order_ref, x.line_no);
            SELECT sum(v.qty)::bigint AS movable, string_agg(v.state || ':' || v.qty, ',') AS units INTO u FROM @store@.order_units v
            WHERE v.order_ref = order_ref AND v.line_no = x.line_no AND v.state IN ('released', 'acknowledged', 'picked', 'packed', 'allocated', 'reserved', 'open');
            IF u.movable < x.qty THEN
                RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('line %s of order %s: %s units cannot be short: not yet shipped are %s', x.line_no, left(order_ref, 64), x.qty, u.movable),
                    DETAIL = format('They are {%s}.', u.units), HINT = 'What was shipped is not short: it may be lost, or undeliverable.';
            END IF;
            rest := x.qty;
            i := 0;
            FOR u IN SELECT v.state, v.qty FROM @store@.order_units v WHERE v.order_ref = order_ref AND v.line_no = x.line_no AND v.state IN ('released', 'acknowledged', 'picked', 'packed', 'allocated', 'reserved', 'open')
                     ORDER BY array_position('{released,acknowledged,picked,packed,allocated,reserved,open}', v.state) LOOP
                part := least(rest, u.qty);
                EXIT WHEN part = 0;
                i := i + 1;
                IF u.state IN ('allocated', 'reserved', 'open') THEN
                    PERFORM @store@.move_units(order_ref, x.line_no, part, 'released', format('%s:%s:asked%s', key, x.n, i), x.said ->> 'location', from_state => u.state);
                END IF;
                PERFORM @store@.move_units(order_ref, x.line_no, part, 'short', format('%s:%s:short%s', key, x.n, i), x.said ->> 'location', reason => reason, from_state => CASE WHEN u.state IN ('allocated', 'reserved', 'open') THEN 'released' ELSE u.state END);
                rest := rest - part;
            END LOOP;
            IF rest > 0 THEN
                -- says what is there instead
                PERFORM @store@.move_units(order_ref, x.line_no, rest, 'short', format('%s:%s:short', key, x.n), x.said ->> 'location', reason => reason);
            END IF;
            PERFORM @store@.move_units(order_ref, x.line_no, x.qty, 'open', format('%s:%s:open', key, x.n), x.said ->> 'location', reason => reason, from_state => 'short');
            given := @store@.give_up(order_ref, x.line_no, x.qty, NULL, x.said ->> 'location', key || ':' || x.n, reason, now(), held);
            IF adjust THEN
                FOR g IN SELECT y.part, least(y.qty * x.qty, s.on_hand)::bigint AS missing FROM @store@.stock_parts(x.sku) y JOIN @store@.stock s ON s.sku = y.part::omni.sku AND s.location_code = x.said ->> 'location' ORDER BY s.sku LOOP
                    CONTINUE WHEN g.missing <= 0;
                    PERFORM @store@.move_stock(g.part, x.said ->> 'location', -g.missing, 'adjust', format('%s:%s:adjust', key, x.n), order_ref, coalesce(reason, 'short'), now());
                    PERFORM @store@.fit_slots(g.part, x.said ->> 'location');
                END LOOP;
            END IF;
            given_rows := given_rows || jsonb_build_object('line', x.line_no, 'qty', x.qty, 'location', x.said ->> 'location', 'released', given);
        END LOOP;
        answer := to_jsonb(given_rows);
        PERFORM @store@.request_done(key, 'short_pick', order_ref, hash, jsonb_build_object('rows', answer));
    END IF;
    RETURN QUERY SELECT a.line, a.qty, a.location, a.released FROM jsonb_to_recordset(answer) a(line integer, qty bigint, location text, released bigint);
END $$;
COMMENT ON FUNCTION @store@.short_pick(text, jsonb, boolean, text, text) IS 'units that a location could not find: they are open again, what was reserved for them there is released, and, if asked for, the stock there is corrected';

-- units that have left, or wait for their customer

CREATE OR REPLACE FUNCTION @store@.on_the_way(order_ref text, line_no integer, OUT shipment_key text, OUT state text, OUT qty bigint)
    RETURNS SETOF record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    carried CONSTANT text[] := '{shipped,ready_for_pickup,in_transit,out_for_delivery,delivery_attempted,customer_arrived}';
BEGIN
    -- what the events of each shipment come to; a line whose units are where its source says has none
    RETURN QUERY SELECT s.shipment_key, s.state, least(s.qty, v.qty - coalesce(sum(s.qty) OVER (PARTITION BY s.state ORDER BY s.shipment_key COLLATE "C" NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))::bigint
    FROM @store@.order_units v
    JOIN (SELECT e.shipment_key, e.state, sum(e.qty) AS qty
          FROM (SELECT y.shipment_key, y.to_state::text AS state, y.qty FROM @store@.order_line_events y WHERE y.order_ref = on_the_way.order_ref AND y.line_no = on_the_way.line_no
                UNION ALL SELECT y.shipment_key, y.from_state::text, -y.qty FROM @store@.order_line_events y WHERE y.order_ref = on_the_way.order_ref AND y.line_no = on_the_way.line_no
                UNION ALL SELECT NULL, x.state, x.qty FROM @store@.order_units x WHERE x.order_ref = on_the_way.order_ref AND x.line_no = on_the_way.line_no
                    AND NOT EXISTS (SELECT FROM @store@.order_line_events y WHERE y.order_ref = on_the_way.order_ref AND y.line_no = on_the_way.line_no)) e
          WHERE e.state = ANY (carried) GROUP BY e.shipment_key, e.state HAVING sum(e.qty) > 0) s ON s.state = v.state
    WHERE v.order_ref = on_the_way.order_ref AND v.line_no = on_the_way.line_no
    ORDER BY array_position(carried, s.state) DESC, s.shipment_key COLLATE "C" NULLS LAST;
END $$;
COMMENT ON FUNCTION @store@.on_the_way(text, integer) IS 'for functions of the store: units of a line that have left or are ready for pickup, and not arrived, by shipment';

-- pickups

CREATE OR REPLACE FUNCTION @store@.ready_for_pickup(order_ref text, lines jsonb DEFAULT NULL, shipment_key text DEFAULT NULL, location text DEFAULT NULL, at timestamptz DEFAULT NULL, idempotency_key text DEFAULT NULL)
    RETURNS TABLE (line integer, qty bigint) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    hash CONSTANT bigint := hashtextextended(jsonb_build_array(order_ref, lines, shipment_key, location, at AT TIME ZONE 'UTC')::text, 0);
    key CONSTANT text := coalesce(idempotency_key, '~' || gen_random_uuid());
    answer jsonb;
    wanted jsonb;
    x record;
    parcel record;
    way text;
    rest bigint;
    late record;
    held jsonb;
    ids bigint[];
BEGIN
    wanted := (SELECT jsonb_agg(c) FROM @store@.order_call(order_ref, lines, '{}') c);
    IF location IS NOT NULL THEN
        PERFORM @store@.known_location(location, 'a pickup');
    END IF;
    answer := @store@.request_answer(idempotency_key, 'ready_for_pickup', hash) -> 'rows';
    IF answer IS NULL THEN
        PERFORM @store@.need_own('shipments');
        way := coalesce((SELECT s.method FROM @store@.shipments s WHERE s.order_ref = order_ref AND s.shipment_key = shipment_key), (SELECT o.method FROM @store@.orders o WHERE o.order_ref = order_ref), 'ship');
        IF lines IS NULL THEN
            wanted := (SELECT jsonb_agg(jsonb_build_object('n', u.line_no, 'line_no', u.line_no, 'qty', u.qty)) FROM (
                SELECT m.line_no, least(m.qty, h.units - m.ready) AS qty
                FROM (SELECT v.line_no, coalesce(sum(v.qty) FILTER (WHERE v.state = 'ready_for_pickup'), 0) AS ready,
                             sum(v.qty) FILTER (WHERE v.state <> 'ready_for_pickup' AND (way <> 'ship_to_store' OR v.state IN ('shipped', 'in_transit'))
                                                AND (SELECT t.legal FROM omni.order_transition(v.state::omni.order_state, 'ready_for_pickup', way) t)) AS qty
                      FROM @store@.order_units v WHERE v.order_ref = order_ref GROUP BY v.line_no) m
                -- where the order holds units, those that it holds: whole ones of bundles
                LEFT JOIN LATERAL (SELECT floor(min(coalesce(k.qty, 0) / p.qty)) AS units FROM @store@.order_lines l CROSS JOIN LATERAL @store@.stock_parts(l.sku::text) p
                                   LEFT JOIN LATERAL (SELECT sum(r.open_qty) AS qty FROM @store@.reservations r WHERE r.order_ref = order_ref AND r.line_no = m.line_no AND r.sku = p.part::omni.sku AND r.open_qty > 0
                                                          AND (location IS NULL OR r.location_code = location)) k ON true
                                   WHERE l.order_ref = order_ref AND l.line_no = m.line_no) h ON way <> 'ship_to_store' AND EXISTS (SELECT FROM @store@.reservations r WHERE r.order_ref = order_ref AND r.open_qty > 0)
                WHERE least(m.qty, h.units - m.ready) > 0) u);
            IF wanted IS NULL THEN
                RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('nothing of order %s can be made ready for pickup', left(order_ref, 64)),
                    DETAIL = (SELECT format('Its method is %s, its units are %s.', way, string_agg(DISTINCT v.state, ', ')) FROM @store@.order_units v WHERE v.order_ref = order_ref), HINT = 'Without lines, those units are made ready that the order holds: reserve() them first, or name the lines.';
            END IF;
        END IF;
        -- locking what is held tidies what has expired
        SELECT coalesce(sum(r.open_qty), 0) AS qty, min(r.location_code) FILTER (WHERE r.expires_at <= clock_timestamp()) AS location_code INTO late
        FROM @store@.reservations r WHERE r.order_ref = order_ref AND r.line_no IN (SELECT w.line_no FROM jsonb_to_recordset(wanted) w(line_no integer)) AND r.open_qty > 0 AND (location IS NULL OR r.location_code = location OR r.bundle_sku IS NOT NULL);
        held := @store@.hold_still(order_ref, (SELECT array_agg(w.line_no) FROM jsonb_to_recordset(wanted) w(line_no integer)));
        ids := ARRAY(SELECT (h ->> 'id')::bigint FROM jsonb_each(held) e, jsonb_array_elements(e.value) h);
        IF late.qty > (SELECT coalesce(sum(r.open_qty), 0) FROM @store@.reservations r WHERE r.order_ref = order_ref AND r.reservation_id = ANY (ids) AND r.open_qty > 0 AND r.expires_at > clock_timestamp() AND (location IS NULL OR r.location_code = location OR r.bundle_sku IS NOT NULL)) THEN
            RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('what order %s had reserved has expired%s', left(order_ref, 64), ' at ' || late.location_code),
                HINT = 'reserve() again: the units may have been promised to somebody else.';
        END IF;
        -- what waits for its customer is held until it is handed over, or nobody has come for it: of a bundle all components, wherever they are
        UPDATE @store@.reservations r SET expires_at = 'infinity'
        WHERE r.order_ref = order_ref AND r.reservation_id = ANY (ids) AND r.open_qty > 0 AND r.expires_at < 'infinity' AND (location IS NULL OR r.location_code = location OR r.bundle_sku IS NOT NULL);
        IF way <> 'ship_to_store' THEN
            INSERT INTO @store@.shipments AS s (order_ref, shipment_key, location_code, method, shipped_at)
            VALUES (order_ref, coalesce(shipment_key, key), coalesce(location, (SELECT min(r.location_code) FROM @store@.reservations r JOIN jsonb_to_recordset(wanted) w(line_no integer) ON w.line_no = r.line_no
                                                                               WHERE r.order_ref = order_ref AND r.open_qty > 0 HAVING count(DISTINCT r.location_code) = 1)), way, coalesce(at, now()))
            ON CONFLICT ON CONSTRAINT shipments_pkey DO UPDATE SET shipped_at = coalesce(s.shipped_at, excluded.shipped_at) WHERE s.shipped_at IS NULL;
        END IF;
        FOR x IN SELECT w.* FROM jsonb_to_recordset(wanted) w(n integer, line_no integer, qty bigint) ORDER BY w.line_no, w.n LOOP
            rest := x.qty;
            IF way = 'ship_to_store' THEN
                -- they come in a shipment; without one they are stock of somewhere else
                FOR parcel IN SELECT w.* FROM @store@.on_the_way(order_ref, x.line_no) w WHERE w.state IN ('shipped', 'in_transit') AND w.qty > 0 AND (shipment_key IS NULL OR w.shipment_key = shipment_key) LOOP
                    EXIT WHEN rest = 0;
                    PERFORM @store@.move_units(order_ref, x.line_no, least(rest, parcel.qty), 'ready_for_pickup', format('%s:%s:%s:%s', key, x.n, parcel.state, parcel.shipment_key), location, parcel.shipment_key, NULL, coalesce(at, now()), parcel.state);
                    rest := rest - least(rest, parcel.qty);
                END LOOP;
                IF rest > 0 THEN
                    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('line %s of order %s: %s units cannot be ready for pickup: on their way are %s', x.line_no, left(order_ref, 64), x.qty, x.qty - rest),
                        DETAIL = (SELECT format('The line is {%s}.', string_agg(v.state || ':' || v.qty, ',')) FROM @store@.order_units v WHERE v.order_ref = order_ref AND v.line_no = x.line_no), HINT = 'What is shipped to a store leaves by ship() first.';
                END IF;
            ELSE
                PERFORM @store@.move_units(order_ref, x.line_no, x.qty, 'ready_for_pickup', key || ':' || x.n, location, coalesce(shipment_key, key), NULL, coalesce(at, now()));
            END IF;
        END LOOP;
        answer := (SELECT jsonb_agg(jsonb_build_object('line', w.line_no, 'qty', w.qty) ORDER BY w.line_no, w.n) FROM jsonb_to_recordset(wanted) w(n integer, line_no integer, qty bigint));
        PERFORM @store@.request_done(key, 'ready_for_pickup', order_ref, hash, jsonb_build_object('rows', answer));
    END IF;
    RETURN QUERY SELECT a.line, a.qty FROM jsonb_to_recordset(answer) a(line integer, qty bigint);
END $$;
COMMENT ON FUNCTION @store@.ready_for_pickup(text, jsonb, text, text, timestamptz, text) IS 'units wait for their customer: they stay in stock, and their reservation does not expire any longer';

CREATE OR REPLACE FUNCTION @store@.no_show(order_ref text, lines jsonb DEFAULT NULL, idempotency_key text DEFAULT NULL)
    RETURNS TABLE (line integer, qty bigint, released bigint) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    hash CONSTANT bigint := hashtextextended(jsonb_build_array(order_ref, lines)::text, 0);
    key CONSTANT text := coalesce(idempotency_key, '~' || gen_random_uuid());
    answer jsonb;
    given_rows jsonb[] := '{}';
    wanted jsonb;
    back jsonb;
    x record;
    parcel record;
    way text;
    rest bigint;
    held jsonb;
BEGIN
    wanted := (SELECT jsonb_agg(c) FROM @store@.order_call(order_ref, lines, '{location}') c);
    PERFORM @store@.known_location(w.said ->> 'location', format('line %s of the call', w.n)) FROM jsonb_to_recordset(wanted) w(n integer, said jsonb) WHERE w.said ->> 'location' IS NOT NULL;
    answer := @store@.request_answer(idempotency_key, 'no_show', hash) -> 'rows';
    IF answer IS NULL THEN
        way := coalesce((SELECT o.method FROM @store@.orders o WHERE o.order_ref = order_ref), 'ship');
        IF lines IS NULL THEN
            wanted := (SELECT jsonb_agg(jsonb_build_object('n', v.line_no, 'line_no', v.line_no, 'qty', v.qty, 'said', '{}'::jsonb)) FROM @store@.order_units v WHERE v.order_ref = order_ref AND v.state = 'ready_for_pickup');
            IF wanted IS NULL THEN
                RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('nothing of order %s waits for pickup', left(order_ref, 64)),
                    DETAIL = (SELECT format('Its units are %s.', string_agg(DISTINCT v.state, ', ')) FROM @store@.order_units v WHERE v.order_ref = order_ref);
            END IF;
        END IF;
        FOR x IN SELECT w.line_no, sum(w.qty) AS qty, coalesce((SELECT v.qty FROM @store@.order_units v WHERE v.order_ref = order_ref AND v.line_no = w.line_no AND v.state = 'ready_for_pickup'), 0) AS ready
                 FROM jsonb_to_recordset(wanted) w(line_no integer, qty bigint) GROUP BY w.line_no ORDER BY w.line_no LOOP
            IF x.ready < x.qty THEN
                RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('line %s of order %s: %s units cannot be left uncollected: waiting for pickup are %s', x.line_no, left(order_ref, 64), x.qty, x.ready),
                    DETAIL = (SELECT format('The line is {%s}.', string_agg(v.state || ':' || v.qty, ',')) FROM @store@.order_units v WHERE v.order_ref = order_ref AND v.line_no = x.line_no), HINT = 'ready_for_pickup() tells which do.';
            END IF;
        END LOOP;
        IF way = 'ship_to_store' THEN
            -- they had left the stock that they came from: now they are in that of the store where they are
            back := (SELECT jsonb_agg(jsonb_build_object('n', w.n, 'line_no', w.line_no, 'sku', p.part, 'qty', p.qty * w.qty, 'location', coalesce(w.said ->> 'location',
                        (SELECT v.location_code FROM @store@.order_line_events v WHERE v.order_ref = order_ref AND v.line_no = w.line_no AND v.to_state = 'ready_for_pickup'::omni.order_state AND v.location_code IS NOT NULL
                         ORDER BY v.occurred_at DESC LIMIT 1))))
                     FROM jsonb_to_recordset(wanted) w(n integer, line_no integer, qty bigint, said jsonb) JOIN @store@.order_lines l ON l.order_ref = order_ref AND l.line_no = w.line_no CROSS JOIN @store@.stock_parts(l.sku::text) p);
            FOR x IN SELECT b.* FROM jsonb_to_recordset(back) b(n integer, line_no integer, sku text, qty bigint, location text) ORDER BY b.sku::omni.sku, b.location COLLATE "C", b.n LOOP
                PERFORM @store@.move_stock(x.sku, @store@.known_location(x.location, format('line %s of the order', x.line_no)), x.qty, 'return', format('%s:%s', key, x.n), order_ref, 'no_show', now());
            END LOOP;
        ELSE
            held := @store@.hold_still(order_ref, (SELECT array_agg(w.line_no) FROM jsonb_to_recordset(wanted) w(line_no integer)));
        END IF;
        FOR x IN SELECT w.* FROM jsonb_to_recordset(wanted) w(n integer, line_no integer, qty bigint, said jsonb) ORDER BY w.line_no, w.n LOOP
            rest := x.qty;
            FOR parcel IN SELECT w.* FROM @store@.on_the_way(order_ref, x.line_no) w WHERE w.state = 'ready_for_pickup' AND w.qty > 0 LOOP
                EXIT WHEN rest = 0;
                PERFORM @store@.move_units(order_ref, x.line_no, least(rest, parcel.qty), 'expired_pickup', format('%s:%s:%s', key, x.n, parcel.shipment_key), x.said ->> 'location', parcel.shipment_key, 'no_show', now(), parcel.state);
                rest := rest - least(rest, parcel.qty);
            END LOOP;
            IF rest > 0 THEN
                PERFORM @store@.move_units(order_ref, x.line_no, rest, 'expired_pickup', key || ':' || x.n, x.said ->> 'location', NULL, 'no_show');
            END IF;
            given_rows := given_rows || jsonb_build_object('line', x.line_no, 'qty', x.qty, 'released', CASE WHEN way = 'ship_to_store' THEN 0
                ELSE @store@.give_up(order_ref, x.line_no, x.qty, NULL, x.said ->> 'location', key || ':' || x.n, 'no_show', now(), held) END);
        END LOOP;
        answer := to_jsonb(given_rows);
        PERFORM @store@.request_done(key, 'no_show', order_ref, hash, jsonb_build_object('rows', answer));
    END IF;
    RETURN QUERY SELECT a.line, a.qty, a.released FROM jsonb_to_recordset(answer) a(line integer, qty bigint, released bigint);
END $$;
COMMENT ON FUNCTION @store@.no_show(text, jsonb, text) IS 'nobody came for units that are ready for pickup: they can be sold again where they are';

-- handing over

CREATE OR REPLACE FUNCTION @store@.deliver(order_ref text, shipment_key text DEFAULT NULL, lines jsonb DEFAULT NULL, at timestamptz DEFAULT NULL, idempotency_key text DEFAULT NULL)
    RETURNS TABLE (line integer, qty bigint, shipment text) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    hash CONSTANT bigint := hashtextextended(jsonb_build_array(order_ref, shipment_key, lines, at AT TIME ZONE 'UTC')::text, 0);
    key CONSTANT text := coalesce(idempotency_key, '~' || gen_random_uuid());
    answer jsonb;
    given_rows jsonb[] := '{}';
    wanted jsonb;
    x record;
    u record;
    way text;
    rest bigint;
    part bigint;
    i integer := 0;
BEGIN
    wanted := (SELECT jsonb_agg(c) FROM @store@.order_call(order_ref, lines, '{}') c);
    answer := @store@.request_answer(idempotency_key, 'deliver', hash) -> 'rows';
    IF answer IS NULL THEN
        way := coalesce((SELECT s.method FROM @store@.shipments s WHERE s.order_ref = order_ref AND s.shipment_key = shipment_key), (SELECT o.method FROM @store@.orders o WHERE o.order_ref = order_ref), 'ship');
        IF way IN ('pickup', 'curbside', 'pos') THEN
            RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('units of method %s leave stock when they are handed over', way), HINT = 'ship() does both.';
        END IF;
        -- units that are on their way, by shipment; those of no shipment come last
        FOR x IN SELECT l.line_no, w.qty, w.n FROM @store@.order_lines l LEFT JOIN jsonb_to_recordset(wanted) w(n integer, line_no integer, qty bigint) ON w.line_no = l.line_no
                 WHERE l.order_ref = order_ref AND (lines IS NULL OR w.n IS NOT NULL) ORDER BY l.line_no, w.n LOOP
            rest := coalesce(x.qty, 9223372036854775807);
            FOR u IN SELECT w.* FROM @store@.on_the_way(order_ref, x.line_no) w WHERE shipment_key IS NULL OR w.shipment_key = shipment_key LOOP
                part := least(rest, u.qty);
                CONTINUE WHEN part <= 0;
                i := i + 1;
                PERFORM @store@.move_units(order_ref, x.line_no, part, CASE WHEN way = 'ship_to_store' THEN 'picked_up' WHEN way = 'digital' THEN 'digital_delivered' ELSE 'delivered' END,
                    key || ':' || i, NULL, u.shipment_key, NULL, coalesce(at, now()), u.state);
                rest := rest - part;
                given_rows := given_rows || jsonb_build_object('line', x.line_no, 'qty', part, 'shipment', u.shipment_key);
            END LOOP;
            IF x.qty IS NOT NULL AND rest > 0 THEN
                RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('line %s of order %s: %s units cannot be delivered: on their way are %s', x.line_no, left(order_ref, 64), x.qty, x.qty - rest),
                    DETAIL = (SELECT format('The line is {%s}.', string_agg(v.state || ':' || v.qty, ',')) FROM @store@.order_units v WHERE v.order_ref = order_ref AND v.line_no = x.line_no), HINT = 'ship() them first.';
            END IF;
        END LOOP;
        IF given_rows = '{}' THEN
            RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('nothing of %sorder %s is on its way', 'shipment ' || left(shipment_key, 64) || ' of ', left(order_ref, 64)),
                DETAIL = (SELECT format('Its units are %s.', string_agg(DISTINCT v.state, ', ')) FROM @store@.order_units v WHERE v.order_ref = order_ref), HINT = 'ship() first.';
        END IF;
        answer := to_jsonb(given_rows);
        PERFORM @store@.request_done(key, 'deliver', order_ref, hash, jsonb_build_object('rows', answer));
    END IF;
    RETURN QUERY SELECT a.line, a.qty, a.shipment FROM jsonb_to_recordset(answer) a(line integer, qty bigint, shipment text);
END $$;
COMMENT ON FUNCTION @store@.deliver(text, text, jsonb, timestamptz, text) IS 'the customer has got units that were on their way: of a shipment, of lines, or all';

-- returns

CREATE OR REPLACE FUNCTION @store@.request_return(order_ref text, lines jsonb, channel text DEFAULT NULL, reason text DEFAULT NULL, idempotency_key text DEFAULT NULL, rma text DEFAULT NULL)
    RETURNS TABLE (line integer, qty bigint, return_key text) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    hash CONSTANT bigint := hashtextextended(jsonb_build_array(order_ref, lines, channel, reason, rma)::text, 0);
    key CONSTANT text := coalesce(idempotency_key, '~' || gen_random_uuid());
    named CONSTANT text := coalesce(rma, ltrim(key, '~'));
    answer jsonb;
    given_rows jsonb[] := '{}';
    wanted jsonb;
    x record;
BEGIN
    wanted := (SELECT jsonb_agg(c) FROM @store@.order_call(order_ref, lines, '{reason}') c);
    IF wanted IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'no lines are given', HINT = '[{"line": 1, "qty": 1}]';
    ELSIF octet_length(named) NOT BETWEEN 1 AND 200 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the key of a return has to be a text of 1 to 200 bytes', HINT = 'Leave rma out, and one is made.';
    ELSIF channel IS NOT NULL AND NOT EXISTS (SELECT FROM @store@.channels c WHERE c.channel_code = channel) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('unknown channel: %s', to_jsonb(left(channel, 64))), HINT = 'Insert it into channels first, or leave it out.';
    END IF;
    answer := @store@.request_answer(idempotency_key, 'request_return', hash) -> 'rows';
    IF answer IS NULL THEN
        PERFORM @store@.need_own('returns');
        FOR x IN SELECT w.line_no, w.n, w.qty, w.said ->> 'reason' AS reason FROM jsonb_to_recordset(wanted) w(n integer, line_no integer, qty bigint, said jsonb) ORDER BY w.line_no, w.n LOOP
            PERFORM @store@.move_units(order_ref, x.line_no, x.qty, 'return_requested', key || ':' || x.n, reason => coalesce(x.reason, reason));
            given_rows := given_rows || jsonb_build_object('line', x.line_no, 'qty', x.qty, 'return_key',
                @store@.add_return(order_ref, x.line_no, named, x.qty, coalesce(x.reason, reason), coalesce(channel, (SELECT o.channel_code FROM @store@.orders o WHERE o.order_ref = order_ref)), now()));
        END LOOP;
        answer := to_jsonb(given_rows);
        PERFORM @store@.request_done(key, 'request_return', order_ref, hash, jsonb_build_object('rows', answer));
    END IF;
    RETURN QUERY SELECT a.line, a.qty, a.return_key FROM jsonb_to_recordset(answer) a(line integer, qty bigint, return_key text);
END $$;
COMMENT ON FUNCTION @store@.request_return(text, jsonb, text, text, text, text) IS 'a customer wants to give units back, through any channel, under a number of yours (rma) or one that is made; gives the key of each return';

/* the first key of a return that is free for the line: its name, or that with a number */
CREATE OR REPLACE FUNCTION @store@.add_return(order_ref text, line_no integer, named text, qty bigint, reason text, channel text, at timestamptz)
    RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    i integer := 1;
    free text := named;
BEGIN
    LOOP
        INSERT INTO @store@.returns (order_ref, line_no, return_key, qty, reason, channel_code, requested_at) VALUES (order_ref, line_no, free, qty, reason, channel, at) ON CONFLICT DO NOTHING;
        IF FOUND THEN
            RETURN free;
        END IF;
        i := i + 1;
        free := named || '#' || i;
    END LOOP;
END $$;
COMMENT ON FUNCTION @store@.add_return(text, integer, text, bigint, text, text, timestamptz) IS 'for functions of the store: write a return, under its key or the first free one that begins with it';

/* moves units of a return from where its row says they are: nowhere yet, announced, here, or put aside */
CREATE OR REPLACE FUNCTION @store@.move_return(order_ref text, line_no integer, qty bigint, states text[], disposition text, event_key text, location text, reason text, at timestamptz)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    goal CONSTANT text := CASE WHEN disposition IN ('kept', 'declined') THEN 'return_' || disposition ELSE coalesce(disposition, 'return_received') END;
    rest bigint := qty;
    u record;
BEGIN
    FOR u IN SELECT v.state, v.qty FROM @store@.order_units v WHERE v.order_ref = order_ref AND v.line_no = line_no AND split_part(v.state, '+', 2) = ANY (states)
             AND (omni.reached(v.state::omni.order_state, 'delivered') OR split_part(v.state, '+', 1) = 'undeliverable') ORDER BY array_position(states, split_part(v.state, '+', 2)), v.state = 'undeliverable' LOOP
        EXIT WHEN rest = 0;
        PERFORM @store@.move_units(order_ref, line_no, least(rest, u.qty), goal, event_key || ':' || u.state, location, NULL, reason, at, u.state);
        rest := rest - least(rest, u.qty);
    END LOOP;
    IF rest > 0 THEN
        PERFORM @store@.move_units(order_ref, line_no, rest, goal, event_key, location, NULL, reason, at);
    END IF;
END $$;
COMMENT ON FUNCTION @store@.move_return(text, integer, bigint, text[], text, text, text, text, timestamptz) IS 'for functions of the store: move units of a return, from these states of it first';

CREATE OR REPLACE FUNCTION @store@.receive_return(order_ref text, lines jsonb, idempotency_key text DEFAULT NULL, at timestamptz DEFAULT NULL)
    RETURNS TABLE (line integer, qty bigint, return_key text, location text, disposition text) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    hash CONSTANT bigint := hashtextextended(jsonb_build_array(order_ref, lines, at AT TIME ZONE 'UTC')::text, 0);
    key CONSTANT text := coalesce(idempotency_key, '~' || gen_random_uuid());
    happened CONSTANT timestamptz := coalesce(at, now());
    answer jsonb;
    given_rows jsonb[] := '{}';
    wanted jsonb;
    x record;
    r record;
    rest bigint;
    part bigint;
    written text;
BEGIN
    wanted := (SELECT jsonb_agg(c) FROM @store@.order_call(order_ref, lines, '{location,disposition,return_key,reason}') c);
    IF wanted IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'no lines are given', HINT = '[{"line": 1, "qty": 1, "location": "BER", "disposition": "restocked"}]';
    END IF;
    FOR x IN SELECT w.n, w.said ->> 'disposition' AS disposition, w.said ->> 'location' AS location FROM jsonb_to_recordset(wanted) w(n integer, said jsonb) LOOP
        IF x.disposition NOT IN ('restocked', 'quarantined', 'refurbished', 'written_off', 'kept', 'declined') THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the call: unknown disposition %L', x.n, left(x.disposition, 64)),
                HINT = 'It is restocked, quarantined, refurbished, written_off, kept or declined; none while they only have come in.';
        ELSIF x.location IS NOT NULL OR coalesce(x.disposition, '') NOT IN ('kept', 'declined') THEN
            PERFORM @store@.known_location(x.location, format('line %s of the call', x.n));
        END IF;
    END LOOP;
    answer := @store@.request_answer(idempotency_key, 'receive_return', hash) -> 'rows';
    IF answer IS NULL THEN
        PERFORM @store@.need_own('returns');
        -- units that can be sold again: stock first
        PERFORM @store@.stock_writable() FROM jsonb_to_recordset(wanted) w(said jsonb) WHERE w.said ->> 'disposition' = 'restocked' LIMIT 1;
        FOR x IN SELECT w.n, w.said ->> 'location' AS location, p.part, p.qty * w.qty AS qty, coalesce(w.said ->> 'reason', w.said ->> 'disposition') AS reason
                 FROM jsonb_to_recordset(wanted) w(n integer, line_no integer, qty bigint, said jsonb) JOIN @store@.order_lines l ON l.order_ref = order_ref AND l.line_no = w.line_no CROSS JOIN @store@.stock_parts(l.sku::text) p
                 WHERE w.said ->> 'disposition' = 'restocked' ORDER BY p.part::omni.sku, w.said ->> 'location' COLLATE "C", w.n LOOP
            PERFORM @store@.move_stock(x.part, x.location, @store@.stock_sum(x.qty, x.part, x.location), 'return', key || ':' || x.n, order_ref, x.reason, happened);
        END LOOP;
        FOR x IN SELECT w.n, w.line_no, w.qty, y.* FROM jsonb_to_recordset(wanted) w(n integer, line_no integer, qty bigint, said jsonb), jsonb_to_record(w.said) y(location text, disposition text, return_key text, reason text) ORDER BY w.line_no, w.n LOOP
            PERFORM @store@.lock_line(order_ref, x.line_no);
            SELECT sum(v.qty)::bigint AS movable, string_agg(v.state || ':' || v.qty, ',') FILTER (WHERE v.qty > 0) AS units INTO r FROM @store@.order_units v
            WHERE v.order_ref = order_ref AND v.line_no = x.line_no AND split_part(v.state, '+', 2) NOT IN ('restocked', 'written_off') AND (omni.reached(v.state::omni.order_state, 'delivered') OR v.state ~ '^undeliverable');
            IF r.movable < x.qty THEN
                RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('line %s of order %s: %s units cannot come back: the customer has %s', x.line_no, left(order_ref, 64), x.qty, r.movable),
                    DETAIL = format('They are {%s}.', r.units), HINT = 'deliver() tells what the customer has got.';
            END IF;
            -- the requests that they were announced by, the earliest first; part of one becomes a row of its own
            rest := x.qty;
            FOR r IN SELECT v.* FROM @store@.returns v WHERE v.order_ref = order_ref AND v.line_no = x.line_no AND (v.disposition IS NULL OR v.disposition IN ('quarantined', 'refurbished') AND v.disposition <> x.disposition)
                         AND (v.received_at IS NULL OR x.disposition IS NOT NULL)
                         AND (x.return_key IS NULL OR v.return_key = x.return_key OR starts_with(v.return_key, x.return_key || '#'))
                     ORDER BY v.disposition IS NOT NULL, v.received_at IS NULL, v.requested_at, v.return_key COLLATE "C" FOR NO KEY UPDATE LOOP
                part := least(rest, r.qty);
                EXIT WHEN part = 0;
                IF part = r.qty THEN
                    written := r.return_key;
                ELSE
                    UPDATE @store@.returns v SET qty = v.qty - part WHERE v.order_ref = order_ref AND v.line_no = x.line_no AND v.return_key = r.return_key;
                    written := @store@.add_return(order_ref, x.line_no, split_part(r.return_key, '#', 1), part, r.reason, r.channel_code, r.requested_at);
                END IF;
                PERFORM @store@.move_return(order_ref, x.line_no, part, CASE WHEN r.disposition IS NOT NULL THEN ARRAY[r.disposition] WHEN r.received_at IS NOT NULL THEN '{return_inspected,return_received}'::text[]
                    ELSE '{return_in_transit,return_label_sent,return_approved,return_requested}' END, x.disposition, format('%s:%s:%s', key, x.n, written), x.location, x.reason, happened);
                UPDATE @store@.returns v SET location_code = coalesce(x.location, r.location_code), disposition = x.disposition, reason = coalesce(x.reason, r.reason),
                    received_at = coalesce(r.received_at, CASE WHEN x.disposition NOT IN ('kept', 'declined') OR x.disposition IS NULL THEN happened END), exchange_order_ref = r.exchange_order_ref, exchange_line_no = r.exchange_line_no
                WHERE v.order_ref = order_ref AND v.line_no = x.line_no AND v.return_key = written;
                given_rows := given_rows || jsonb_build_object('line', x.line_no, 'qty', part, 'return_key', written, 'location', x.location, 'disposition', x.disposition);
                rest := rest - part;
            END LOOP;
            IF rest > 0 THEN
                IF x.return_key IS NOT NULL THEN
                    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('line %s of order %s: return %s waits for %s units, not %s', x.line_no, left(order_ref, 64), left(x.return_key, 64), x.qty - rest, x.qty),
                        HINT = 'Without return_key, units are taken that nobody announced.';
                END IF;
                PERFORM @store@.move_return(order_ref, x.line_no, rest, '{""}', x.disposition, format('%s:%s', key, x.n), x.location, x.reason, happened);
                written := @store@.add_return(order_ref, x.line_no, ltrim(key, '~'), rest, x.reason, (SELECT o.channel_code FROM @store@.orders o WHERE o.order_ref = order_ref), happened);
                UPDATE @store@.returns v SET location_code = x.location, disposition = x.disposition, received_at = CASE WHEN x.disposition NOT IN ('kept', 'declined') OR x.disposition IS NULL THEN happened END
                WHERE v.order_ref = order_ref AND v.line_no = x.line_no AND v.return_key = written;
                given_rows := given_rows || jsonb_build_object('line', x.line_no, 'qty', rest, 'return_key', written, 'location', x.location, 'disposition', x.disposition);
            END IF;
        END LOOP;
        answer := to_jsonb(given_rows);
        PERFORM @store@.request_done(key, 'receive_return', order_ref, hash, jsonb_build_object('rows', answer));
    END IF;
    RETURN QUERY SELECT a.line, a.qty, a.return_key, a.location, a.disposition FROM jsonb_to_recordset(answer) a(line integer, qty bigint, return_key text, location text, disposition text);
END $$;
COMMENT ON FUNCTION @store@.receive_return(text, jsonb, text, timestamptz) IS 'units come back, wherever they were bought: what is restocked is stock of that location; asked for or not, in parts, and once more when it is decided what becomes of them';

CREATE OR REPLACE FUNCTION @store@.exchange(order_ref text, lines jsonb, channel text DEFAULT NULL, reason text DEFAULT NULL, idempotency_key text DEFAULT NULL, exchange_order_ref text DEFAULT NULL)
    RETURNS TABLE (line integer, qty bigint, return_key text, new_order_ref text, new_line integer) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    hash CONSTANT bigint := hashtextextended(jsonb_build_array(order_ref, lines, channel, reason, exchange_order_ref)::text, 0);
    key CONSTANT text := coalesce(idempotency_key, '~' || gen_random_uuid());
    into_order CONSTANT text := coalesce(exchange_order_ref, order_ref);
    answer jsonb;
    given_rows jsonb[] := '{}';
    wanted jsonb;
    x record;
    code text;
    fresh integer;
    kept text;
BEGIN
    -- prices are numbers: they are looked at here
    IF jsonb_typeof(lines) = 'array' THEN
        wanted := (SELECT jsonb_agg(c) FROM @store@.order_call(order_ref, (SELECT jsonb_agg(CASE jsonb_typeof(l) WHEN 'object' THEN l - 'unit_price' ELSE l END) FROM jsonb_array_elements(lines) l), '{sku,reason}') c);
    ELSE
        PERFORM FROM @store@.order_call(order_ref, lines, '{sku,reason}');
    END IF;
    IF wanted IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'no lines are given', HINT = '[{"line": 1, "qty": 1, "sku": "TS-RED-M"}]';
    END IF;
    FOR x IN SELECT w.n, w.said ->> 'sku' AS sku, lines -> (w.n - 1) -> 'unit_price' AS price FROM jsonb_to_recordset(wanted) w(n integer, said jsonb) LOOP
        IF NOT EXISTS (SELECT FROM @store@.products p WHERE p.sku = omni.sku_try(x.sku)) AND NOT EXISTS (SELECT FROM @store@.stock s WHERE s.sku = omni.sku_try(x.sku)) THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the call: unknown SKU %L', x.n, left(x.sku, 64)), HINT = 'Name the SKU that the customer gets instead: a row of products, or one that has stock.';
        ELSIF jsonb_typeof(x.price) NOT IN ('number', 'null') THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the call: "unit_price" has to be a number', x.n), HINT = 'Without it, the new line costs what the old one did.';
        END IF;
    END LOOP;
    IF channel IS NOT NULL AND NOT EXISTS (SELECT FROM @store@.channels c WHERE c.channel_code = channel) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('unknown channel: %s', to_jsonb(left(channel, 64))), HINT = 'Insert it into channels first, or leave it out.';
    ELSIF NOT EXISTS (SELECT FROM @store@.orders o WHERE o.order_ref = into_order) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('there is no order %s', left(into_order, 64)), HINT = 'place_order() first, or leave it out: the new lines go into the same order.';
    END IF;
    answer := @store@.request_answer(idempotency_key, 'exchange', hash) -> 'rows';
    IF answer IS NULL THEN
        PERFORM @store@.need_own('returns', 'orders', 'order_lines');
        -- all lines before the order: others that exchange these lines wait for the first of them
        FOR x IN SELECT DISTINCT w.line_no FROM jsonb_to_recordset(wanted) w(line_no integer) ORDER BY 1 LOOP
            PERFORM @store@.lock_line(order_ref, x.line_no);
        END LOOP;
        FOR x IN SELECT w.line_no, w.n, w.qty, omni.sku(w.said ->> 'sku') AS sku, w.said ->> 'reason' AS reason, (lines -> (w.n - 1) ->> 'unit_price')::numeric AS price, l.unit_price, l.discount_amount, l.tax_amount, l.qty AS ordered
                 FROM jsonb_to_recordset(wanted) w(n integer, line_no integer, qty bigint, said jsonb) JOIN @store@.order_lines l ON l.order_ref = order_ref AND l.line_no = w.line_no ORDER BY w.line_no, w.n LOOP
            PERFORM @store@.move_units(order_ref, x.line_no, x.qty, 'return_requested', key || ':' || x.n, reason => coalesce(x.reason, reason));
            kept := @store@.add_return(order_ref, x.line_no, ltrim(key, '~'), x.qty, coalesce(x.reason, reason), coalesce(channel, (SELECT o.channel_code FROM @store@.orders o WHERE o.order_ref = order_ref)), now());
            -- one call at a time adds lines to an order; without a price the new line costs what the old one did
            UPDATE @store@.orders o SET channel_code = o.channel_code WHERE o.order_ref = into_order;
            fresh := (SELECT max(l.line_no) + 1 FROM @store@.order_lines l WHERE l.order_ref = into_order);
            INSERT INTO @store@.order_lines (order_ref, line_no, sku, qty, unit_price, discount_amount, tax_amount)
            VALUES (into_order, coalesce(fresh, 1), x.sku, x.qty, coalesce(x.price, x.unit_price), CASE WHEN x.price IS NULL THEN round(coalesce(x.discount_amount, 0) * x.qty / x.ordered, 2) ELSE 0 END,
                CASE WHEN x.price IS NULL THEN round(coalesce(x.tax_amount, 0) * x.qty / x.ordered, 2) ELSE 0 END);
            UPDATE @store@.returns v SET exchange_order_ref = into_order, exchange_line_no = coalesce(fresh, 1) WHERE v.order_ref = order_ref AND v.line_no = x.line_no AND v.return_key = kept;
            given_rows := given_rows || jsonb_build_object('line', x.line_no, 'qty', x.qty, 'return_key', kept, 'new_order_ref', into_order, 'new_line', coalesce(fresh, 1));
        END LOOP;
        answer := to_jsonb(given_rows);
        PERFORM @store@.request_done(key, 'exchange', order_ref, hash, jsonb_build_object('rows', answer));
    END IF;
    RETURN QUERY SELECT a.line, a.qty, a.return_key, a.new_order_ref, a.new_line FROM jsonb_to_recordset(answer) a(line integer, qty bigint, return_key text, new_order_ref text, new_line integer);
END $$;
COMMENT ON FUNCTION @store@.exchange(text, jsonb, text, text, text, text) IS 'a customer wants other units instead: a return for the old ones, and a new line for the others, in the same order or another one';

-- carts: a sum of what was put in and taken out, so that no order of arrival and no repeat makes a difference

CREATE OR REPLACE FUNCTION @store@.cart_event(cart text, sku text, qty bigint, event_key text)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    code omni.sku;
    said record;
BEGIN
    IF cart IS NULL OR sku IS NULL OR qty IS NULL OR event_key IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'a change of a cart needs the cart, a SKU, a quantity and an event key', HINT = 'A key that the device makes for the tap of a finger, and repeats when it tries again.';
    ELSIF octet_length(cart) NOT BETWEEN 1 AND 512 OR octet_length(event_key) NOT BETWEEN 1 AND 512 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'keys of carts and their events have to be texts of 1 to 512 bytes', HINT = 'A random UUID that the device keeps will do.';
    END IF;
    code := omni.sku_try(sku);
    IF NOT EXISTS (SELECT FROM @store@.products p WHERE p.sku = code) AND NOT EXISTS (SELECT FROM @store@.stock s WHERE s.sku = code) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('unknown SKU: %L', left(sku, 64)), HINT = 'SKUs are rows of products, or have stock.';
    END IF;
    PERFORM @store@.need_own('carts', 'cart_events');
    INSERT INTO @store@.carts (cart_key) VALUES (cart) ON CONFLICT DO NOTHING;
    INSERT INTO @store@.cart_events (cart_key, event_key, sku, qty) VALUES (cart, event_key, code, qty) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        SELECT e.sku, e.qty INTO said FROM @store@.cart_events e WHERE e.cart_key = cart AND e.event_key = event_key;
        IF said.sku <> code OR said.qty <> qty THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the event key was used for another change of the cart', DETAIL = format('It was %s of %s.', said.qty, said.sku), HINT = 'Each change has a key of its own.';
        END IF;
    END IF;
    RETURN coalesce((SELECT c.qty FROM @store@.cart_lines c WHERE c.cart_key = cart AND c.sku = code::text), 0);
END $$;
COMMENT ON FUNCTION @store@.cart_event(text, text, bigint, text) IS 'for functions of the store: write one change of a cart; gives how many of the SKU are in it then';

CREATE OR REPLACE FUNCTION @store@.cart_add(cart text, sku text, qty bigint, event_key text)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    IF qty NOT BETWEEN 1 AND 1000000000000 THEN
        RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = format('cannot put %s units into a cart', qty), HINT = 'A quantity is from 1 to 1000000000000; cart_remove() takes units out.';
    END IF;
    RETURN @store@.cart_event(cart, sku, qty, event_key);
END $$;
COMMENT ON FUNCTION @store@.cart_add(text, text, bigint, text) IS 'put units into a cart; a repeated event key changes nothing. Gives how many are in it';

CREATE OR REPLACE FUNCTION @store@.cart_remove(cart text, sku text, qty bigint, event_key text)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    IF qty NOT BETWEEN 1 AND 1000000000000 THEN
        RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = format('cannot take %s units out of a cart', qty), HINT = 'A quantity is from 1 to 1000000000000; cart_add() puts units in.';
    END IF;
    RETURN @store@.cart_event(cart, sku, -qty, event_key);
END $$;
COMMENT ON FUNCTION @store@.cart_remove(text, text, bigint, text) IS 'take units out of a cart; a repeated event key changes nothing. Gives how many are in it';

/* the difference to what is there is written, so that what others add at the same time stays; two that set it wait for each other */
CREATE OR REPLACE FUNCTION @store@.cart_set(cart text, sku text, qty bigint, event_key text)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    root text;
    now_there bigint;
BEGIN
    IF qty NOT BETWEEN 0 AND 1000000000000 THEN
        RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = format('a cart cannot hold %s units', qty), HINT = 'A quantity is from 0 to 1000000000000.';
    ELSIF cart IS NULL OR sku IS NULL OR qty IS NULL OR event_key IS NULL THEN
        RETURN @store@.cart_event(cart, sku, qty, event_key);
    END IF;
    PERFORM @store@.need_own('carts', 'cart_events');
    INSERT INTO @store@.carts (cart_key) VALUES (cart) ON CONFLICT DO NOTHING;
    LOOP
        root := (SELECT coalesce(c.merged_into, c.cart_key) FROM @store@.carts c WHERE c.cart_key = cart);
        BEGIN
            PERFORM FROM @store@.carts c WHERE c.cart_key = root FOR NO KEY UPDATE;
            EXIT WHEN root = (SELECT coalesce(c.merged_into, c.cart_key) FROM @store@.carts c WHERE c.cart_key = cart);
            -- the lock is let go before another one is waited for
            RAISE EXCEPTION USING ERRCODE = 'OM001', MESSAGE = 'a cart was merged meanwhile';
        EXCEPTION WHEN SQLSTATE 'OM001' THEN
            NULL;
        END;
    END LOOP;
    IF NOT EXISTS (SELECT FROM @store@.cart_events e WHERE e.cart_key = cart AND e.event_key IN (event_key, event_key || '#up')) THEN
        now_there := (SELECT coalesce(sum(e.qty), 0) FROM @store@.carts c JOIN @store@.cart_events e ON e.cart_key = c.cart_key WHERE coalesce(c.merged_into, c.cart_key) = root AND e.sku = omni.sku_try(sku));
        IF now_there <> qty THEN
            RETURN @store@.cart_event(cart, sku, qty - now_there, event_key);
        END IF;
        -- it was so already: that it was said has to be known when it comes again
        PERFORM @store@.cart_event(cart, sku, 1, event_key || '#up');
        RETURN @store@.cart_event(cart, sku, -1, event_key || '#down');
    END IF;
    RETURN coalesce((SELECT c.qty FROM @store@.cart_lines c WHERE c.cart_key = cart AND c.sku = omni.sku_try(sku)::text), 0);
END $$;
COMMENT ON FUNCTION @store@.cart_set(text, text, bigint, text) IS 'have so many units in a cart as are asked for now; what is added at the same time comes on top. A repeated event key changes nothing';

/*
 * Redirects are one step deep and never form a ring: both carts that stand are locked, in the order of their keys, before one
 * is redirected, with all that were redirected to it. When another merge came between, the locks are let go first.
 */
CREATE OR REPLACE FUNCTION @store@.cart_merge(cart text, "into" text)
    RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    from_root text;
    into_root text;
    standing integer;
BEGIN
    IF cart IS NULL OR "into" IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'a merge needs two carts', HINT = 'cart_merge(cart of the device, cart of the account)';
    ELSIF octet_length(cart) NOT BETWEEN 1 AND 512 OR octet_length("into") NOT BETWEEN 1 AND 512 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'keys of carts have to be texts of 1 to 512 bytes', HINT = 'A random UUID that the device keeps will do.';
    END IF;
    PERFORM @store@.need_own('carts', 'cart_events');
    INSERT INTO @store@.carts (cart_key) SELECT k FROM unnest(ARRAY[cart, "into"]) k GROUP BY k ORDER BY k COLLATE "C" ON CONFLICT DO NOTHING;
    LOOP
        from_root := (SELECT coalesce(c.merged_into, c.cart_key) FROM @store@.carts c WHERE c.cart_key = cart);
        into_root := (SELECT coalesce(c.merged_into, c.cart_key) FROM @store@.carts c WHERE c.cart_key = "into");
        IF from_root = into_root THEN
            RETURN into_root;
        END IF;
        BEGIN
            standing := 0;
            PERFORM FROM @store@.carts c WHERE c.cart_key = least(from_root COLLATE "C", into_root) FOR UPDATE;
            -- one that stands no longer belongs to another merge, which may wait for it
            IF (SELECT c.merged_into IS NULL FROM @store@.carts c WHERE c.cart_key = least(from_root COLLATE "C", into_root)) THEN
                PERFORM FROM @store@.carts c WHERE c.cart_key = greatest(from_root COLLATE "C", into_root) FOR UPDATE;
                standing := (SELECT count(*) FROM @store@.carts c WHERE c.cart_key IN (from_root, into_root) AND c.merged_into IS NULL);
            END IF;
            IF standing = 2 THEN
                -- a new version of the cart that stays: a merge with an older snapshot, which does not see this one, ends in 40001
                UPDATE @store@.carts c SET cart_key = c.cart_key WHERE c.cart_key = into_root;
                UPDATE @store@.carts c SET merged_into = into_root WHERE coalesce(c.merged_into, c.cart_key) = from_root;
                UPDATE @store@.carts c SET customer_id = coalesce(c.customer_id, f.customer_id), channel_code = coalesce(c.channel_code, f.channel_code) FROM @store@.carts f
                WHERE c.cart_key = into_root AND f.cart_key = from_root AND (c.customer_id IS NULL AND f.customer_id IS NOT NULL OR c.channel_code IS NULL AND f.channel_code IS NOT NULL);
                RETURN into_root;
            END IF;
            RAISE EXCEPTION USING ERRCODE = 'OM001', MESSAGE = 'a cart was merged meanwhile';
        EXCEPTION WHEN SQLSTATE 'OM001' THEN
            NULL;
        END;
    END LOOP;
END $$;
COMMENT ON FUNCTION @store@.cart_merge(text, text) IS 'two carts become one, at login: nothing is lost, in whatever order and however often. Gives the cart that stands';
