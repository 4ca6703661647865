-- order_flow.sql: what happens to orders: units of their lines move from state to state, leave in shipments, come back in
-- returns; and what carts hold before there is an order.

/*
 * Moves units of a line, the one way in which functions of the store write order_line_events. A session at a time moves units of
 * a line: it makes a new version of the line's row, so that one with an older snapshot ends in 40001 rather than
 * moving a unit twice; an adopted line has no row to write to, and is locked by its name.
 */
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
    adopted text[];
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
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'a move of units needs an order, a line, a quantity, an event key and a time';
    ELSIF qty <= 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = format('%s: cannot move %s units', line_name, qty), HINT = 'A quantity is 1 or more.';
    ELSIF octet_length(event_key) NOT BETWEEN 1 AND 512 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'an event key has to be a text of 1 to 512 bytes',
            HINT = 'Name the event as your source does: a repeated key changes nothing.';
    ELSIF NOT isfinite(at) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('%s: a move has to happen at some time', line_name);
    END IF;
    -- a state of the return axis alone: the units stay where they were handed over
    is_return := to_state ~ '^(return_.*|quarantined|refurbished|restocked|written_off)$';
    target := to_state::omni.order_state;
    origin := from_state::omni.order_state;
    IF NOT coalesce(omni.single_state(target), true) OR NOT coalesce(omni.single_state(origin), true) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('%L is not the state of a single unit', left(CASE WHEN omni.single_state(target) THEN from_state ELSE to_state END, 64)),
            HINT = 'Name one state, such as open, shipped or return_requested.';
    END IF;

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

    -- the same event again: its first row has its key, any others a number behind it
    SELECT min(v.to_state::text) AS to_state, max(v.to_state::text) AS other, sum(v.qty)::bigint AS qty INTO known FROM @store@.order_line_events v
    WHERE v.order_ref = order_ref AND v.line_no = line_no AND v.event_key = ANY (event_key || array(SELECT event_key || '#' || i FROM generate_series(2, 40) i));
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
        RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = format('%s: %s units cannot become %s, there are %s that can', line_name, qty, coalesce(to_state, target::text), movable),
            DETAIL = format('The line is %s.', units), HINT = 'Move fewer, or record first what brings the units there.';
    END IF;
    RETURN qty;
END $$;
COMMENT ON FUNCTION @store@.move_units(text, integer, bigint, text, text, text, text, text, timestamptz, text) IS
    'move units of a line to a state, from the nearest states or the given one; NULL: handed out, as the method has it. Gives the units moved, 0 if the event is known';
