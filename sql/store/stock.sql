-- stock.sql: units of stock. What is there is the sum of its movements, and what is reserved is held by reservations:
-- the functions that change one change the other in the same transaction.
--
-- The order of locks of all functions that write, so that no two of them wait for each other in a circle:
--   1. the idempotency key; for ship() the order, for rfid_read() the SKU before its stock
--   2. stock, ascending by SKU and location by bytes: the row of stock, its slots, its reservations ascending, its supplies.
--      Who takes from a slot alone goes without the row of stock, and lets go of the slot before it turns to the row
--   3. lines of the order ascending, with their returns
--   4. the order that new lines go into; a shipment that has arrived (who makes one writes it before the lines)
--   5. carts that stand, ascending by key
-- What comes to light only under locks and stands before them is left alone, or all is let go and begun again.

CREATE OR REPLACE VIEW @store@.stock_problems AS
SELECT x.sku::text AS sku, x.location_code, sum(x.on_hand)::bigint AS on_hand, sum(x.moved)::bigint AS moved, sum(x.reserved)::bigint AS reserved,
       sum(x.held)::bigint AS held, sum(x.reserved_moved)::bigint AS reserved_moved
FROM (SELECT s.sku, s.location_code, s.on_hand, 0 AS moved, s.reserved, 0 AS held, 0 AS reserved_moved FROM @store@.stock s
      UNION ALL SELECT l.sku, l.location_code, 0, 0, -l.free, 0, 0 FROM @store@.stock_slots l
      UNION ALL SELECT m.sku, m.location_code, 0, m.qty, 0, 0, m.reserved_qty FROM @store@.stock_movements m
      UNION ALL SELECT r.sku, r.location_code, 0, 0, 0, r.open_qty, 0 FROM @store@.reservations r WHERE r.open_qty > 0) x
GROUP BY x.sku, x.location_code
HAVING sum(x.on_hand) <> sum(x.moved) OR sum(x.reserved) <> sum(x.held) OR sum(x.held) <> sum(x.reserved_moved);
COMMENT ON VIEW @store@.stock_problems IS 'stock that is not the sum of its movements, or whose reserved units are not those that reservations hold; no row: all is right';
COMMENT ON COLUMN @store@.stock_problems.sku IS 'what';
COMMENT ON COLUMN @store@.stock_problems.location_code IS 'where';
COMMENT ON COLUMN @store@.stock_problems.on_hand IS 'units that stock says are there';
COMMENT ON COLUMN @store@.stock_problems.moved IS 'the sum of the movements';
COMMENT ON COLUMN @store@.stock_problems.reserved IS 'units that stock says are reserved, without those that are free in slots';
COMMENT ON COLUMN @store@.stock_problems.held IS 'units that open reservations hold';
COMMENT ON COLUMN @store@.stock_problems.reserved_moved IS 'the sum of what movements say is reserved';

/*
 * Calls that change stock are asked again when their answer was lost. What each returned stands in outbox under its idempotency
 * key, and two calls under one key wait for each other: nothing is done twice.
 */
CREATE OR REPLACE FUNCTION @store@.request_answer(key text, call text, request_hash bigint)
    RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    earlier record;
BEGIN
    IF key IS NULL THEN
        RETURN NULL;
    END IF;
    IF key = '' OR octet_length(key) > 200 OR starts_with(key, '~') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'an idempotency key is 1 to 200 bytes and does not begin with ~',
            HINT = 'Take what names the request in your system, e.g. the number of the message, or a random UUID that retries repeat.';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('omni.request ' || (parse_ident('@store@'))[1] || ' ' || key, 0));
    SELECT o.call, o.request_hash, o.answer INTO earlier FROM @store@.outbox o WHERE o.request_key = key;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF earlier.call <> call OR earlier.request_hash <> request_hash THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the idempotency key was used for another call',
            DETAIL = CASE WHEN earlier.call <> call THEN format('It was a call of %s(), this one is of %s().', earlier.call, call) ELSE format('That call of %s() had other arguments.', call) END,
            HINT = 'A retry repeats all arguments; a new request takes a new key.';
    END IF;
    RETURN earlier.answer;
END $$;
COMMENT ON FUNCTION @store@.request_answer(text, text, bigint) IS 'for functions of the store: what a call under this idempotency key returned; NULL if there was none, and none will be until this transaction ends';

CREATE OR REPLACE FUNCTION @store@.request_done(key text, call text, order_ref text, request_hash bigint, answer jsonb)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    made text := coalesce(request_done.key, '~' || gen_random_uuid());
BEGIN
    INSERT INTO @store@.outbox (request_key, call, order_ref, request_hash, answer)
    VALUES (made, request_done.call, request_done.order_ref, request_done.request_hash, request_done.answer) ON CONFLICT (request_key) DO NOTHING;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'serialization_failure', MESSAGE = 'a call under the same idempotency key was made at the same time', HINT = 'Try again: the retry gets its answer.';
    END IF;
END $$;
COMMENT ON FUNCTION @store@.request_done(text, text, text, bigint, jsonb) IS 'for functions of the store: write down what a call returned, under its idempotency key or one made for it';

/*
 * One movement: the row of stock and the movement change together. The caller has checked it, and goes from stock to stock in
 * the order of SKU and location by bytes, so that no two wait for each other. The sum of what it does to one
 * SKU at one location comes as one movement, unless each names its own thing.
 */
CREATE OR REPLACE FUNCTION @store@.move_stock(sku text, location text, qty bigint, kind text, movement_key text, order_ref text, reason text, at timestamptz,
                                              reserved_qty bigint DEFAULT 0, reservation_id bigint DEFAULT NULL)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    code omni.sku := move_stock.sku;
    there bigint;
BEGIN
    UPDATE @store@.stock AS s SET on_hand = s.on_hand + move_stock.qty, reserved = s.reserved + move_stock.reserved_qty
    WHERE s.sku = code AND s.location_code = move_stock.location RETURNING s.on_hand INTO there;
    IF NOT FOUND THEN
        INSERT INTO @store@.stock AS s (sku, location_code, on_hand, reserved) VALUES (code, move_stock.location, move_stock.qty, move_stock.reserved_qty)
        ON CONFLICT (sku, location_code) DO UPDATE SET on_hand = s.on_hand + excluded.on_hand, reserved = s.reserved + excluded.reserved RETURNING s.on_hand INTO there;
    END IF;
    INSERT INTO @store@.stock_movements (sku, location_code, movement_key, qty, kind, order_ref, occurred_at, reserved_qty, reservation_id, reason)
    VALUES (code, move_stock.location, move_stock.movement_key, move_stock.qty, move_stock.kind, move_stock.order_ref, move_stock.at, move_stock.reserved_qty, move_stock.reservation_id, move_stock.reason);
    RETURN there;
END $$;
COMMENT ON FUNCTION @store@.move_stock(text, text, bigint, text, text, text, text, timestamptz, bigint, bigint) IS 'for functions of the store: change what is there, or reserved, of a SKU at a location, and write the movement; gives what is there then';

/* a store that adopted its stock reads it: its own system writes it */
CREATE OR REPLACE FUNCTION @store@.stock_writable()
    RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    adopted text;
BEGIN
    SELECT string_agg(c.relname, ', ' ORDER BY c.relname) INTO adopted FROM pg_class c
    WHERE c.relkind = 'v' AND c.oid IN ('@store@.stock'::regclass, '@store@.stock_slots'::regclass, '@store@.stock_movements'::regclass, '@store@.reservations'::regclass,
        '@store@.supplies'::regclass, '@store@.outbox'::regclass);
    IF adopted IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = 'the store has adopted its stock: it does not write it', DETAIL = format('Adopted: %s.', adopted),
            HINT = 'Make a store that does not adopt them, and load the stock by receive() or reconcile().';
    END IF;
END $$;
COMMENT ON FUNCTION @store@.stock_writable() IS 'for functions of the store: refuse to write stock that is adopted';

/*
 * Lines of a call as they were meant: an array of objects, each with its position n, a line number, a canonical SKU. keys names what
 * a line may have, with ! what it must have. minimum is the least quantity; without it, any but 0.
 */
CREATE OR REPLACE FUNCTION @store@.stock_lines(lines jsonb, keys text[], minimum bigint, example text)
    RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    known text[] := array(SELECT rtrim(k, '!') FROM unnest(keys) k);
    needed text[] := array(SELECT rtrim(k, '!') FROM unnest(keys) k WHERE k LIKE '%!');
    bad record;
BEGIN
    IF lines IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'no lines are given', HINT = 'For example ' || example;
    ELSIF jsonb_typeof(lines) <> 'array' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('lines have to be an array of objects, not %s', jsonb_typeof(lines)), HINT = 'For example ' || example;
    ELSIF jsonb_array_length(lines) = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'there are no lines', HINT = 'For example ' || example;
    ELSIF jsonb_array_length(lines) > 10000 THEN
        RAISE EXCEPTION USING ERRCODE = 'program_limit_exceeded', MESSAGE = format('%s lines are more than a call takes', jsonb_array_length(lines)),
            DETAIL = 'A call takes 10000 lines.', HINT = 'Make several calls, each with its own idempotency key.';
    END IF;
    SELECT p.n, p.problem[1] AS code, p.problem[2] AS problem INTO bad FROM (
        SELECT e.n, CASE
            WHEN jsonb_typeof(e.item) <> 'object' THEN ARRAY['22023', 'is not an object']
            WHEN NOT known @> array(SELECT jsonb_object_keys(e.item)) THEN ARRAY['22023', format('has %s, which means nothing here', (SELECT to_jsonb(left(min(k), 64)) FROM jsonb_object_keys(e.item) k WHERE k <> ALL (known)))]
            WHEN EXISTS (SELECT FROM unnest(needed) k WHERE coalesce(e.item -> k, 'null') = 'null') THEN ARRAY['22004', format('has no "%s"', (SELECT k FROM unnest(needed) WITH ORDINALITY u(k, i) WHERE coalesce(e.item -> k, 'null') = 'null' ORDER BY u.i LIMIT 1))]
            WHEN EXISTS (SELECT FROM unnest('{sku,location,from,to,supply_key,expected_at}'::text[]) k WHERE coalesce(e.item -> k, 'null') <> 'null' AND (jsonb_typeof(e.item -> k) <> 'string' OR e.item ->> k = ''))
                THEN ARRAY['22023', format('has a "%s" that is not a text', (SELECT k FROM unnest('{sku,location,from,to,supply_key,expected_at}'::text[]) k WHERE coalesce(e.item -> k, 'null') <> 'null' AND (jsonb_typeof(e.item -> k) <> 'string' OR e.item ->> k = '') LIMIT 1))]
            WHEN e.item ->> 'sku' IS NOT NULL AND omni.sku_try(e.item ->> 'sku') IS NULL THEN ARRAY['22023', format('has a "sku" that is none: %s (%s)', to_jsonb(left(e.item ->> 'sku', 64)), omni.sku_problem(e.item ->> 'sku'))]
            WHEN octet_length(e.item ->> 'supply_key') > 200 THEN ARRAY['22023', 'has a "supply_key" of more than 200 bytes']
            WHEN e.item ->> 'expected_at' IS NOT NULL AND omni.store_time(e.item ->> 'expected_at') IS NULL THEN ARRAY['22023', format('has an "expected_at" that is no time of ISO 8601 with a zone: %s', to_jsonb(left(e.item ->> 'expected_at', 64)))]
            WHEN jsonb_typeof(e.item -> 'closed') NOT IN ('boolean', 'null') THEN ARRAY['22023', 'has a "closed" that is neither true nor false']
            WHEN EXISTS (SELECT FROM unnest('{qty,line}'::text[]) k WHERE jsonb_typeof(e.item -> k) NOT IN ('number', 'null')) THEN ARRAY['22023', format('has a "%s" that is not a number', CASE WHEN jsonb_typeof(e.item -> 'qty') NOT IN ('number', 'null') THEN 'qty' ELSE 'line' END)]
            WHEN (e.item ->> 'qty')::numeric % 1 <> 0 THEN ARRAY['22023', format('has a "qty" that is not whole: %s', left(e.item ->> 'qty', 64))]
            WHEN abs((e.item ->> 'qty')::numeric) > 9223372036854775807 THEN ARRAY['22003', format('has a "qty" out of range: %s', left(e.item ->> 'qty', 64))]
            WHEN (e.item ->> 'qty')::numeric < minimum THEN ARRAY['22003', format('has a "qty" below %s: %s', minimum, e.item ->> 'qty')]
            WHEN minimum IS NULL AND (e.item ->> 'qty')::numeric = 0 THEN ARRAY['22003', 'has a "qty" of 0, which changes nothing']
            WHEN (e.item ->> 'line')::numeric % 1 <> 0 THEN ARRAY['22023', format('has a "line" that is not whole: %s', left(e.item ->> 'line', 64))]
            WHEN (e.item ->> 'line')::numeric NOT BETWEEN 0 AND 2147483647 THEN ARRAY['22003', format('has a "line" out of range: %s', left(e.item ->> 'line', 64))]
            END AS problem
        FROM jsonb_array_elements(lines) WITH ORDINALITY e(item, n) OFFSET 0) p
    WHERE p.problem IS NOT NULL ORDER BY p.n LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = bad.code, MESSAGE = format('line %s of the call %s', bad.n, bad.problem), HINT = 'For example ' || example;
    END IF;
    RETURN (SELECT jsonb_agg(e.item || jsonb_build_object('n', e.n, 'sku', omni.sku_try(e.item ->> 'sku')::text, 'qty', trunc((e.item ->> 'qty')::numeric), 'expected_at', omni.store_time(e.item ->> 'expected_at')) ORDER BY e.n)
            FROM jsonb_array_elements(lines) WITH ORDINALITY e(item, n));
END $$;
COMMENT ON FUNCTION @store@.stock_lines(jsonb, text[], bigint, text) IS 'for functions of the store: the lines of a call, after checking them';

/* a SKU or a location that nobody has heard of is a mistake in a call, not a new one; a bundle has no stock */
CREATE OR REPLACE FUNCTION @store@.stock_known(sku text, location text)
    RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    code omni.sku := sku;
BEGIN
    IF location IS NOT NULL THEN
        PERFORM 1 FROM @store@.locations l WHERE l.location_code = location;
        IF NOT FOUND THEN
            PERFORM 1 FROM @store@.stock s WHERE s.location_code = location LIMIT 1;
        END IF;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('unknown location: %s', to_jsonb(left(location, 64))),
                HINT = coalesce((SELECT format('Codes are compared letter by letter: there is %s.', to_jsonb(min(l.location_code))) FROM @store@.locations l WHERE lower(l.location_code) = lower(location) HAVING count(*) > 0), 'Insert it into locations first.');
        END IF;
    END IF;
    IF sku IS NOT NULL THEN
        PERFORM 1 FROM @store@.bundle_components b WHERE b.sku = code LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('SKU %s is a bundle, which has no stock of its own', sku), HINT = 'Name its components, as bundle_components has them.';
        END IF;
        PERFORM 1 FROM @store@.products p WHERE p.sku = code;
        IF NOT FOUND THEN
            PERFORM 1 FROM @store@.stock s WHERE s.sku = code LIMIT 1;
        END IF;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('unknown SKU: %s', sku), HINT = 'Insert it into products first. resolve_sku() tells what a channel''s own code or a GTIN stands for.';
        END IF;
    END IF;
END $$;
COMMENT ON FUNCTION @store@.stock_known(text, text) IS 'for functions of the store: refuse a SKU or a location that is not known, and a bundle';

/*
 * Locks what there is of a SKU at a location, for a call that takes units away, and tells what it found. Reservations that are over are
 * tidied, so that nobody can extend them any more: what is available can go without breaking a promise.
 */
CREATE OR REPLACE FUNCTION @store@.lock_stock(sku text, location text, OUT on_hand bigint, OUT held bigint, OUT available bigint)
    RETURNS record LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    code omni.sku := lock_stock.sku;
    s record;
    r record;
    free bigint;
BEGIN
    LOOP
        SELECT x.on_hand, x.reserved, x.safety_stock, x.slots INTO s FROM @store@.stock x WHERE x.sku = code AND x.location_code = lock_stock.location FOR NO KEY UPDATE;
        EXIT WHEN FOUND;
        INSERT INTO @store@.stock (sku, location_code) VALUES (code, lock_stock.location) ON CONFLICT (sku, location_code) DO NOTHING;
    END LOOP;
    IF s.slots > 0 THEN
        PERFORM omni.store_lock_slots('@store@'::regnamespace, code::text, lock_stock.location, s.slots);
    END IF;
    SELECT coalesce(sum(x.free), 0) INTO free FROM (SELECT l.free FROM @store@.stock_slots l WHERE l.sku = code AND l.location_code = lock_stock.location ORDER BY l.slot FOR NO KEY UPDATE) x;
    on_hand := s.on_hand;
    held := s.reserved - free;
    FOR r IN SELECT v.order_ref, v.reservation_id, v.open_qty FROM @store@.reservations v
             WHERE v.sku = code AND v.location_code = lock_stock.location AND v.open_qty > 0 AND v.expires_at <= clock_timestamp() ORDER BY v.reservation_id FOR NO KEY UPDATE LOOP
        UPDATE @store@.reservations v SET open_qty = 0 WHERE v.order_ref = r.order_ref AND v.sku = code AND v.reservation_id = r.reservation_id;
        PERFORM @store@.move_stock(lock_stock.sku, lock_stock.location, 0, 'expire', 'expire ' || r.reservation_id, r.order_ref, NULL, now(), -r.open_qty, r.reservation_id);
        held := held - r.open_qty;
    END LOOP;
    available := on_hand - held - s.safety_stock;
END $$;
COMMENT ON FUNCTION @store@.lock_stock(text, text) IS 'for functions of the store: let nobody else change what there is of a SKU at a location until this transaction ends; held are units that somebody was promised';

/* slots promise units without looking at the stock: when units went away, they must not have more than there are to promise */
CREATE OR REPLACE FUNCTION @store@.fit_slots(sku text, location text)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    code omni.sku := fit_slots.sku;
    too_many bigint;
    taken bigint := 0;
    l record;
BEGIN
    SELECT s.reserved - s.on_hand + s.safety_stock - s.backorder_limit INTO too_many
    FROM @store@.stock s WHERE s.sku = code AND s.location_code = fit_slots.location;
    FOR l IN SELECT x.slot, x.free FROM @store@.stock_slots x WHERE x.sku = code AND x.location_code = fit_slots.location AND x.free > 0 ORDER BY x.slot LOOP
        EXIT WHEN taken >= too_many;
        UPDATE @store@.stock_slots x SET free = x.free - least(l.free, too_many - taken) WHERE x.sku = code AND x.location_code = fit_slots.location AND x.slot = l.slot;
        taken := taken + least(l.free, too_many - taken);
    END LOOP;
    IF taken > 0 THEN
        UPDATE @store@.stock s SET reserved = s.reserved - taken WHERE s.sku = code AND s.location_code = fit_slots.location;
    END IF;
END $$;
COMMENT ON FUNCTION @store@.fit_slots(text, text) IS 'for functions of the store: take units out of slots that are no longer there; the caller holds the lock of lock_stock()';

/* more than a bigint in the sum of lines */
CREATE OR REPLACE FUNCTION @store@.stock_sum(qty numeric, sku text, location text)
    RETURNS bigint LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF abs(qty) > 4611686018427387904 THEN
        RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = format('units of %s at %s out of range: %s', sku, location, qty), DETAIL = 'A location holds at most 2^62 units of a SKU.', HINT = 'Correct the quantity, or count in a larger unit.';
    END IF;
    RETURN qty;
END $$;
COMMENT ON FUNCTION @store@.stock_sum(numeric, text, text) IS 'for functions of the store: a quantity after summing, in range';

CREATE OR REPLACE FUNCTION @store@.receive(lines jsonb, idempotency_key text DEFAULT NULL)
    RETURNS TABLE (line integer, sku text, location text, qty bigint, on_hand bigint) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    wanted jsonb := @store@.stock_lines(lines, '{sku!,location!,qty!,line,supply_key}', 1, '[{"sku": "TS-RED", "qty": 20, "location": "BER"}]');
    hash bigint := hashtextextended(lines::text, 0);
    request text := coalesce(idempotency_key, '~' || gen_random_uuid());
    at timestamptz := now();
    answer jsonb;
    totals bigint[] := array_fill(0::bigint, ARRAY[jsonb_array_length(wanted)]);
    total bigint;
    n integer;
    g record;
    s record;
BEGIN
    PERFORM @store@.stock_writable();
    answer := @store@.request_answer(idempotency_key, 'receive', hash);
    IF answer IS NULL THEN
        FOR g IN SELECT x.sku, x.location, sum(x.qty) AS qty, array_agg(x.n) AS positions,
                     jsonb_object_agg(x.supply_key, x.supply_qty) FILTER (WHERE x.supply_key IS NOT NULL) AS supplies
                 FROM (SELECT l.*, sum(l.qty) OVER (PARTITION BY l.sku, l.location, l.supply_key) AS supply_qty FROM jsonb_to_recordset(wanted) l(n integer, sku text, location text, supply_key text, qty bigint)) x
                 GROUP BY x.sku, x.location ORDER BY x.sku::omni.sku, x.location COLLATE "C" LOOP
            PERFORM @store@.stock_known(g.sku, g.location);
            total := @store@.stock_sum(@store@.move_stock(g.sku, g.location, @store@.stock_sum(g.qty, g.sku, g.location), 'receive', 'receive ' || request, NULL, NULL, at), g.sku, g.location);
            FOREACH n IN ARRAY g.positions LOOP
                totals[n] := total;
            END LOOP;
            FOR s IN SELECT k.key, @store@.stock_sum(k.value::numeric, g.sku, g.location) AS qty FROM jsonb_each_text(g.supplies) k ORDER BY k.key COLLATE "C" LOOP
                UPDATE @store@.supplies u SET received_qty = u.received_qty + s.qty, closed_at = CASE WHEN u.received_qty + s.qty >= u.qty THEN at END
                WHERE u.sku = g.sku::omni.sku AND u.location_code = g.location AND u.supply_key = s.key AND u.closed_at IS NULL;
                IF NOT FOUND THEN
                    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('no open supply %s of %s is expected at %s', to_jsonb(s.key), g.sku, g.location),
                        HINT = 'Announce it by expect(), or receive the units without "supply_key".';
                END IF;
            END LOOP;
        END LOOP;
        SELECT jsonb_build_object('lines', jsonb_agg(jsonb_build_object('line', coalesce(l.line, l.n), 'sku', l.sku, 'location', l.location, 'qty', l.qty, 'on_hand', totals[l.n]) ORDER BY l.n)) INTO answer
        FROM jsonb_to_recordset(wanted) l(n integer, line integer, sku text, location text, qty bigint);
        PERFORM @store@.request_done(request, 'receive', NULL, hash, answer);
    END IF;
    RETURN QUERY SELECT r.* FROM jsonb_to_recordset(answer -> 'lines') r(line integer, sku text, location text, qty bigint, on_hand bigint);
END $$;
COMMENT ON FUNCTION @store@.receive(jsonb, text) IS 'units arrive: lines of sku, qty and location, with a supply_key those that were expected. on_hand is what is there after the whole call';

CREATE OR REPLACE FUNCTION @store@.expect(lines jsonb, idempotency_key text DEFAULT NULL)
    RETURNS TABLE (line integer, sku text, location text, supply_key text, qty bigint, received_qty bigint, expected_at timestamptz, closed boolean) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    wanted jsonb := @store@.stock_lines(lines, '{sku!,location!,supply_key!,qty,expected_at,closed,line}', 1, '[{"sku": "TS-RED", "location": "BER", "supply_key": "PO-17/1", "qty": 200, "expected_at": "2027-03-01T08:00:00Z"}]');
    hash bigint := hashtextextended(lines::text, 0);
    now_is timestamptz := now();
    answer jsonb;
    l record;
    s record;
    rows jsonb[] := array_fill(NULL::jsonb, ARRAY[jsonb_array_length(wanted)]);
BEGIN
    PERFORM @store@.stock_writable();
    SELECT x.sku, x.location, x.supply_key, min(x.n) AS first, max(x.n) AS last INTO l FROM jsonb_to_recordset(wanted) x(n integer, sku text, location text, supply_key text) GROUP BY 1, 2, 3 HAVING count(*) > 1 ORDER BY 4 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('lines %s and %s of the call announce the same supply', l.first, l.last), HINT = 'Give each line of a purchase order its own "supply_key".';
    END IF;
    answer := @store@.request_answer(idempotency_key, 'expect', hash);
    IF answer IS NULL THEN
        FOR l IN SELECT x.* FROM jsonb_to_recordset(wanted) x(n integer, line integer, sku text, location text, supply_key text, qty bigint, expected_at timestamptz, closed boolean)
                 ORDER BY x.sku::omni.sku, x.location COLLATE "C", x.supply_key COLLATE "C" LOOP
            PERFORM @store@.stock_known(l.sku, l.location);
            IF l.qty > 1000000000000 THEN
                RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = format('line %s of the call: the quantity %s is out of range', l.n, l.qty), HINT = 'A supply is of 1 to 1000000000000 units.';
            END IF;
            LOOP
                UPDATE @store@.supplies u SET qty = coalesce(l.qty, u.qty), expected_at = coalesce(l.expected_at, u.expected_at),
                    closed_at = CASE WHEN coalesce(l.closed, u.closed_at IS NOT NULL AND l.qty IS NULL) OR coalesce(l.qty, u.qty) <= u.received_qty THEN coalesce(u.closed_at, now_is) END
                WHERE u.sku = l.sku::omni.sku AND u.location_code = l.location AND u.supply_key = l.supply_key
                RETURNING u.qty, u.received_qty, u.expected_at, u.closed_at INTO s;
                IF NOT FOUND THEN
                    IF l.qty IS NULL OR l.expected_at IS NULL THEN
                        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = format('line %s of the call announces a supply without %s', l.n, CASE WHEN l.qty IS NULL THEN '"qty"' ELSE '"expected_at"' END),
                            DETAIL = format('No supply %s of %s is known at %s.', to_jsonb(l.supply_key), l.sku, l.location), HINT = 'A new supply needs both; a known one needs what changes.';
                    END IF;
                    INSERT INTO @store@.supplies (sku, location_code, supply_key, qty, expected_at, closed_at)
                    VALUES (l.sku::omni.sku, l.location, l.supply_key, l.qty, l.expected_at, CASE WHEN l.closed THEN now_is END) ON CONFLICT (sku, location_code, supply_key) DO NOTHING
                    RETURNING supplies.qty, supplies.received_qty, supplies.expected_at, supplies.closed_at INTO s;
                    -- somebody else announced it meanwhile
                    CONTINUE WHEN NOT FOUND;
                END IF;
                EXIT;
            END LOOP;
            rows[l.n] := jsonb_build_object('line', coalesce(l.line, l.n), 'sku', l.sku, 'location', l.location, 'supply_key', l.supply_key, 'qty', s.qty, 'received_qty', s.received_qty, 'expected_at', s.expected_at, 'closed', s.closed_at IS NOT NULL);
        END LOOP;
        answer := jsonb_build_object('lines', to_jsonb(rows));
        PERFORM @store@.request_done(idempotency_key, 'expect', NULL, hash, answer);
    END IF;
    RETURN QUERY SELECT r.* FROM jsonb_to_recordset(answer -> 'lines') r(line integer, sku text, location text, supply_key text, qty bigint, received_qty bigint, expected_at timestamptz, closed boolean);
END $$;
COMMENT ON FUNCTION @store@.expect(jsonb, text) IS 'supply is announced, or changed: lines of sku, location, supply_key, qty and expected_at; "closed": true where no more of it comes. atp() counts what is open of it';

CREATE OR REPLACE FUNCTION @store@.adjust(lines jsonb, reason text, idempotency_key text DEFAULT NULL)
    RETURNS TABLE (line integer, sku text, location text, qty bigint, on_hand bigint, over_reserved bigint) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    wanted jsonb := @store@.stock_lines(lines, '{sku!,location!,qty!,line}', NULL, '[{"sku": "TS-RED", "qty": -1, "location": "BER"}]');
    hash bigint := hashtextextended(jsonb_build_array(lines, reason)::text, 0);
    request text := coalesce(idempotency_key, '~' || gen_random_uuid());
    at timestamptz := now();
    answer jsonb;
    totals bigint[] := array_fill(0::bigint, ARRAY[jsonb_array_length(wanted)]);
    over bigint[] := totals;
    n integer;
    there record;
    g record;
BEGIN
    IF reason IS NULL OR btrim(reason) = '' OR octet_length(reason) > 200 THEN
        RAISE EXCEPTION USING ERRCODE = CASE WHEN reason IS NULL THEN '22004' ELSE '22023' END, MESSAGE = 'an adjustment needs a reason of 1 to 200 bytes', HINT = 'For example damaged, lost, found, sample or sale.';
    END IF;
    PERFORM @store@.stock_writable();
    answer := @store@.request_answer(idempotency_key, 'adjust', hash);
    IF answer IS NULL THEN
        FOR g IN SELECT l.sku, l.location, sum(l.qty) AS qty, array_agg(l.n) AS positions FROM jsonb_to_recordset(wanted) l(n integer, sku text, location text, qty bigint)
                 GROUP BY l.sku, l.location ORDER BY l.sku::omni.sku, l.location COLLATE "C" LOOP
            PERFORM @store@.stock_known(g.sku, g.location);
            there := @store@.lock_stock(g.sku, g.location);
            IF there.on_hand + g.qty < least(there.on_hand, 0) THEN
                RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('%s units of %s cannot go from %s: there are %s', -g.qty, g.sku, g.location, there.on_hand),
                    HINT = 'Count what is there, and tell it by cycle_count().';
            END IF;
            PERFORM @store@.stock_sum(there.on_hand + g.qty, g.sku, g.location);
            IF g.qty <> 0 THEN
                PERFORM @store@.move_stock(g.sku, g.location, g.qty::bigint, 'adjust', 'adjust ' || request, NULL, reason, at);
            END IF;
            IF g.qty < 0 THEN
                PERFORM @store@.fit_slots(g.sku, g.location);
            END IF;
            FOREACH n IN ARRAY g.positions LOOP
                totals[n] := there.on_hand + g.qty;
                over[n] := greatest(there.held - there.on_hand - g.qty, 0);
            END LOOP;
        END LOOP;
        SELECT jsonb_build_object('lines', jsonb_agg(jsonb_build_object('line', coalesce(l.line, l.n), 'sku', l.sku, 'location', l.location, 'qty', l.qty, 'on_hand', totals[l.n], 'over_reserved', over[l.n]) ORDER BY l.n), 'reason', reason) INTO answer
        FROM jsonb_to_recordset(wanted) l(n integer, line integer, sku text, location text, qty bigint);
        PERFORM @store@.request_done(request, 'adjust', NULL, hash, answer);
    END IF;
    RETURN QUERY SELECT r.* FROM jsonb_to_recordset(answer -> 'lines') r(line integer, sku text, location text, qty bigint, on_hand bigint, over_reserved bigint);
END $$;
COMMENT ON FUNCTION @store@.adjust(jsonb, text, text) IS 'units appear or vanish for a reason: lines of sku, location and a qty that is negative where they vanish. over_reserved are units that are promised and not there, after the whole call';

CREATE OR REPLACE FUNCTION @store@.transfer(lines jsonb, idempotency_key text DEFAULT NULL, force boolean DEFAULT false)
    RETURNS TABLE (line integer, sku text, from_location text, to_location text, qty bigint) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    wanted jsonb := @store@.stock_lines(lines, '{sku!,from!,to!,qty!,line}', 1, '[{"sku": "TS-RED", "qty": 5, "from": "BER", "to": "HAM"}]');
    hash bigint := hashtextextended(jsonb_build_array(lines, force)::text, 0);
    request text := coalesce(idempotency_key, '~' || gen_random_uuid());
    at timestamptz := now();
    answer jsonb;
    there record;
    g record;
    p record;
BEGIN
    IF force IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'force is NULL', HINT = 'Leave it out, or say true to move units that are reserved or safety stock, too.';
    END IF;
    SELECT l.n, l."from" INTO p FROM jsonb_to_recordset(wanted) l(n integer, "from" text, "to" text) WHERE l."from" = l."to" ORDER BY l.n LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the call transfers from %s to itself', p.n, to_jsonb(left(p."from", 64))), HINT = 'Name another location.';
    END IF;
    PERFORM @store@.stock_writable();
    answer := @store@.request_answer(idempotency_key, 'transfer', hash);
    IF answer IS NULL THEN
        -- what leaves has to be there before anything arrives
        FOR g IN SELECT x.sku, x.location, coalesce(sum(x.leaves), 0) AS leaves, coalesce(sum(x.comes), 0) AS comes
                 FROM (SELECT l.sku, l."from" AS location, l.qty AS leaves, 0 AS comes FROM jsonb_to_recordset(wanted) l(sku text, "from" text, qty bigint)
                       UNION ALL SELECT l.sku, l."to", 0, l.qty FROM jsonb_to_recordset(wanted) l(sku text, "to" text, qty bigint)) x
                 GROUP BY x.sku, x.location ORDER BY x.sku::omni.sku, x.location COLLATE "C" LOOP
            PERFORM @store@.stock_known(g.sku, g.location);
            there := @store@.lock_stock(g.sku, g.location);
            IF g.leaves > 0 AND g.leaves > there.on_hand THEN
                RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('%s units of %s cannot go from %s: there are %s', g.leaves, g.sku, g.location, there.on_hand),
                    HINT = 'Count what is there, and tell it by cycle_count().';
            ELSIF g.leaves > 0 AND g.leaves > there.available AND NOT force THEN
                RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('%s units of %s cannot go from %s: %s are available', g.leaves, g.sku, g.location, greatest(there.available, 0)),
                    DETAIL = format('There are %s; %s are promised, %s are safety stock.', there.on_hand, there.held, there.on_hand - there.held - there.available), HINT = 'force => true moves them all the same: what was promised has to be filled from elsewhere then.';
            END IF;
            PERFORM @store@.stock_sum(there.on_hand + g.comes, g.sku, g.location);
        END LOOP;
        FOR p IN SELECT l.sku, l."from", l."to", sum(l.qty)::bigint AS qty FROM jsonb_to_recordset(wanted) l(sku text, "from" text, "to" text, qty bigint) GROUP BY 1, 2, 3 ORDER BY l.sku COLLATE "C", l."from" COLLATE "C", l."to" COLLATE "C" LOOP
            PERFORM @store@.move_stock(p.sku, p."from", -p.qty, 'transfer', 'transfer ' || request || ' to ' || p."to", NULL, 'to ' || p."to", at);
            PERFORM @store@.move_stock(p.sku, p."to", p.qty, 'transfer', 'transfer ' || request || ' from ' || p."from", NULL, 'from ' || p."from", at);
        END LOOP;
        FOR p IN SELECT DISTINCT l.sku, l."from" FROM jsonb_to_recordset(wanted) l(sku text, "from" text) ORDER BY 1, 2 LOOP
            PERFORM @store@.fit_slots(p.sku, p."from");
        END LOOP;
        SELECT jsonb_build_object('lines', jsonb_agg(jsonb_build_object('line', coalesce(l.line, l.n), 'sku', l.sku, 'from_location', l."from", 'to_location', l."to", 'qty', l.qty) ORDER BY l.n)) INTO answer
        FROM jsonb_to_recordset(wanted) l(n integer, line integer, sku text, "from" text, "to" text, qty bigint);
        PERFORM @store@.request_done(request, 'transfer', NULL, hash, answer);
    END IF;
    RETURN QUERY SELECT r.* FROM jsonb_to_recordset(answer -> 'lines') r(line integer, sku text, from_location text, to_location text, qty bigint);
END $$;
COMMENT ON FUNCTION @store@.transfer(jsonb, text, boolean) IS 'units go from one location to another: lines of sku, qty, from and to. Units that are promised, and safety stock, stay unless force is true';

/* for cycle_count() and rfid_read(): what was counted at a location, [{sku, qty}]; the difference is the movement. Gives the SKUs and what was found of each */
CREATE OR REPLACE FUNCTION @store@.count_units(location text, counted jsonb, request text, reason text)
    RETURNS TABLE (sku text, qty bigint, was bigint, over_reserved bigint) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    at timestamptz := now();
    there record;
    g record;
BEGIN
    FOR g IN SELECT l.sku, sum(l.qty) AS qty FROM jsonb_to_recordset(counted) l(sku text, qty bigint) GROUP BY l.sku ORDER BY l.sku::omni.sku LOOP
        PERFORM @store@.stock_known(g.sku, location);
        there := @store@.lock_stock(g.sku, location);
        sku := g.sku;
        qty := @store@.stock_sum(g.qty, g.sku, location);
        was := there.on_hand;
        over_reserved := greatest(there.held - qty, 0);
        IF qty <> was THEN
            PERFORM @store@.move_stock(sku, location, qty - was, 'count', 'count ' || request, NULL, reason, at);
            PERFORM @store@.fit_slots(sku, location);
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION @store@.count_units(text, jsonb, text, text) IS 'for functions of the store: set what is there to what was counted';

CREATE OR REPLACE FUNCTION @store@.cycle_count(location text, lines jsonb, idempotency_key text DEFAULT NULL)
    RETURNS TABLE (sku text, counted bigint, was bigint, difference bigint, over_reserved bigint) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    wanted jsonb := @store@.stock_lines(lines, '{sku!,qty!,line}', 0, '[{"sku": "TS-RED", "qty": 17}]');
    hash bigint := hashtextextended(jsonb_build_array(location, lines)::text, 0);
    request text := coalesce(idempotency_key, '~' || gen_random_uuid());
    answer jsonb;
BEGIN
    IF location IS NULL OR location = '' THEN
        RAISE EXCEPTION USING ERRCODE = CASE WHEN location IS NULL THEN '22004' ELSE '22023' END, MESSAGE = 'no location is named', HINT = 'A cycle count is of one location.';
    END IF;
    PERFORM @store@.stock_writable();
    answer := @store@.request_answer(idempotency_key, 'cycle_count', hash);
    IF answer IS NULL THEN
        SELECT jsonb_build_object('location', location, 'lines', jsonb_agg(jsonb_build_object('sku', c.sku, 'counted', c.qty, 'was', c.was, 'difference', c.qty - c.was, 'over_reserved', c.over_reserved))) INTO answer
        FROM @store@.count_units(location, wanted, request, 'cycle_count') c;
        PERFORM @store@.request_done(request, 'cycle_count', NULL, hash, answer);
    END IF;
    RETURN QUERY SELECT r.* FROM jsonb_to_recordset(answer -> 'lines') r(sku text, counted bigint, was bigint, difference bigint, over_reserved bigint);
END $$;
COMMENT ON FUNCTION @store@.cycle_count(text, jsonb, text) IS 'units of a location were counted: lines of sku and qty; those of one SKU are summed, a SKU that is not named was not counted. The difference is the movement; over_reserved are units that are promised and were not found';

/* what a SKU is made of: itself, or of a bundle its components, those of bundles in it taken apart as well */
CREATE OR REPLACE FUNCTION @store@.stock_parts(sku text, OUT part text, OUT qty numeric)
    RETURNS SETOF record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    names text[] := ARRAY[sku];
    times numeric[] := ARRAY[1];
    depths integer[] := ARRAY[0];
    i integer := 0;
    found_any boolean;
    c record;
BEGIN
    WHILE i < cardinality(names) LOOP
        i := i + 1;
        found_any := false;
        FOR c IN SELECT b.component_sku::text AS name, b.qty FROM @store@.bundle_components b WHERE b.sku = names[i]::omni.sku LOOP
            IF depths[i] >= 8 OR cardinality(names) > 10000 THEN
                RAISE EXCEPTION USING ERRCODE = 'program_limit_exceeded', MESSAGE = format('bundle %s has bundles in it more than 8 deep, or itself', sku), HINT = 'See bundle_components.';
            END IF;
            found_any := true;
            names := names || c.name;
            times := times || times[i] * c.qty;
            depths := depths || depths[i] + 1;
        END LOOP;
        IF found_any THEN
            times[i] := 0;
        END IF;
    END LOOP;
    RETURN QUERY SELECT u.name, sum(u.n) FROM unnest(names, times) u(name, n) WHERE u.n > 0 GROUP BY u.name ORDER BY u.name COLLATE "C";
END $$;
COMMENT ON FUNCTION @store@.stock_parts(text) IS 'the units that are taken from stock for one unit of a SKU: the components of a bundle, else itself';

CREATE OR REPLACE FUNCTION @store@.ship_parcel(order_ref text, shipment_key text, location text, shipment jsonb, at timestamptz)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO @store@.shipments (order_ref, shipment_key, location_code, method, carrier, tracking_code, shipped_at)
    VALUES (ship_parcel.order_ref, ship_parcel.shipment_key, ship_parcel.location, shipment ->> 'method', shipment ->> 'carrier', shipment ->> 'tracking_code', ship_parcel.at)
    ON CONFLICT (order_ref, shipment_key) DO NOTHING;
END $$;
COMMENT ON FUNCTION @store@.ship_parcel(text, text, text, jsonb, timestamptz) IS 'for ship(): write a shipment, unless it is there';

/*
 * Takes units that reservations of the order hold. First everything that the lines may take from is locked, in the one order of
 * stock, then it is settled which reservation gives how many, then written.
 */
CREATE OR REPLACE FUNCTION @store@.ship(order_ref text, lines jsonb DEFAULT NULL, idempotency_key text DEFAULT NULL, shipment jsonb DEFAULT NULL)
    RETURNS TABLE (line integer, sku text, location text, qty bigint, reservation_id bigint) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    example CONSTANT text := '[{"line": 1, "qty": 2, "location": "BER"}], or {"sku": "TS-RED", ...} for whatever line has it';
    order_name CONSTANT text := left(order_ref, 64);
    wanted jsonb := CASE WHEN lines IS NOT NULL THEN @store@.stock_lines(lines, '{line,sku,qty!,location}', 1, example) END;
    hash bigint := hashtextextended(jsonb_build_array(order_ref, lines, shipment)::text, 0);
    request text := coalesce(idempotency_key, '~' || gen_random_uuid());
    parcel text := shipment ->> 'shipment_key';
    at timestamptz := now();
    answer jsonb;
    g record;
    r record;
    w record;
    -- reservations of the order, each at one position: what is open, and what is taken
    ids bigint[] := '{}';
    id_lines integer[] := '{}';
    id_skus text[] := '{}';
    id_bundles text[] := '{}';
    id_places text[] := '{}';
    open bigint[] := '{}';
    take bigint[] := '{}';
    ends timestamptz[] := '{}';
    now_is timestamptz;
    by_name jsonb;             -- positions by line, by SKU and by both
    candidates integer[];
    product text;
    is_bundle boolean;
    part record;
    need numeric;
    late bigint;
    there bigint;
BEGIN
    IF order_ref IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'no order is named', HINT = 'Name the order_ref that the units are reserved for.';
    END IF;
    FOR w IN SELECT l.* FROM jsonb_to_recordset(wanted) l(n integer, line integer, sku text) WHERE l.line IS NULL AND l.sku IS NULL ORDER BY l.n LIMIT 1 LOOP
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = format('line %s of the call has neither "line" nor "sku"', w.n), HINT = 'For example ' || example;
    END LOOP;
    IF shipment IS NOT NULL AND (jsonb_typeof(shipment) <> 'object' OR coalesce(parcel, '') = '' OR octet_length(parcel) > 200
            OR EXISTS (SELECT FROM jsonb_each(CASE jsonb_typeof(shipment) WHEN 'object' THEN shipment ELSE '{}' END) k WHERE k.key NOT IN ('shipment_key', 'carrier', 'tracking_code', 'method') OR jsonb_typeof(k.value) NOT IN ('string', 'null'))) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'a shipment has to be an object with a shipment_key of 1 to 200 bytes, and carrier, tracking_code and method as texts',
            HINT = 'For example {"shipment_key": "S-1", "carrier": "DHL", "tracking_code": "0034", "method": "ship"}';
    END IF;
    PERFORM @store@.stock_writable();
    answer := @store@.request_answer(idempotency_key, 'ship', hash);
    IF answer IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('omni.ship ' || (parse_ident('@store@'))[1] || ' ' || order_ref, 0));
        -- of what is reserved meanwhile, another component may have been passed already
        FOR g IN SELECT x.code::text AS sku, x.location, x.ids FROM (SELECT v.sku AS code, v.location_code COLLATE "C" AS location, array_agg(v.reservation_id) AS ids FROM @store@.reservations v
                 WHERE v.order_ref = order_ref AND v.open_qty > 0 AND (wanted IS NULL OR jsonb_array_length(wanted) > 100 OR EXISTS (SELECT FROM jsonb_to_recordset(wanted) l(line integer, sku text, location text)
                     WHERE (l.line IS NULL OR l.line = v.line_no) AND (l.sku IS NULL OR l.sku IN (v.sku::text, v.bundle_sku::text)) AND (l.location IS NULL OR l.location = v.location_code))) GROUP BY v.sku, v.location_code COLLATE "C") x
                 ORDER BY x.code, x.location LOOP
            PERFORM 1 FROM @store@.stock s WHERE s.sku = g.sku::omni.sku AND s.location_code = g.location FOR NO KEY UPDATE;
            FOR r IN SELECT v.* FROM @store@.reservations v WHERE v.order_ref = order_ref AND v.sku = g.sku::omni.sku AND v.location_code = g.location AND v.open_qty > 0 AND v.reservation_id = ANY (g.ids)
                     ORDER BY v.reservation_id FOR NO KEY UPDATE LOOP
                ids := ids || r.reservation_id;
                id_lines := id_lines || r.line_no;
                id_skus := id_skus || g.sku;
                id_bundles := id_bundles || r.bundle_sku::text;
                id_places := id_places || g.location;
                open := open || r.open_qty;
                take := take || 0::bigint;
                ends := ends || coalesce(r.expires_at, 'infinity');
            END LOOP;
        END LOOP;
        -- one moment for all of them, when nobody else can tidy them any more: what a bundle is made of has expired together
        now_is := clock_timestamp();
        IF now_is >= ANY (ends) THEN
            SELECT min(u.id) FILTER (WHERE u.over), coalesce(array_agg(u.id ORDER BY u.i) FILTER (WHERE NOT u.over), '{}'), coalesce(array_agg(u.line_no ORDER BY u.i) FILTER (WHERE NOT u.over), '{}'),
                   coalesce(array_agg(u.sku ORDER BY u.i) FILTER (WHERE NOT u.over), '{}'), coalesce(array_agg(u.bundle ORDER BY u.i) FILTER (WHERE NOT u.over), '{}'), coalesce(array_agg(u.place ORDER BY u.i) FILTER (WHERE NOT u.over), '{}'),
                   coalesce(array_agg(u.units ORDER BY u.i) FILTER (WHERE NOT u.over), '{}'), coalesce(array_agg(0::bigint) FILTER (WHERE NOT u.over), '{}')
            INTO late, ids, id_lines, id_skus, id_bundles, id_places, open, take
            FROM (SELECT x.*, x.until <= now_is AS over FROM unnest(ids, id_lines, id_skus, id_bundles, id_places, open, ends) WITH ORDINALITY x(id, line_no, sku, bundle, place, units, until, i)) u;
        END IF;
        IF ids = '{}' THEN
            RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format(CASE WHEN late IS NULL THEN 'order %s has nothing%s reserved' ELSE 'what order %s had reserved%s has expired' END, order_name, CASE WHEN lines IS NULL THEN '' ELSE ' of that' END),
                HINT = 'Reserve it first: reserve() says whether it is still there.';
        END IF;
        IF wanted IS NULL THEN
            take := open;
        ELSE
            SELECT jsonb_object_agg(x.name, x.positions) INTO by_name
            FROM (SELECT k.name, jsonb_agg(u.i ORDER BY u.i) AS positions
                  FROM unnest(id_lines, id_skus, id_bundles) WITH ORDINALITY u(line_no, sku, bundle, i),
                       unnest(ARRAY[u.line_no::text, u.line_no || ' ' || u.sku, u.line_no || ' ' || u.bundle, ' ' || u.sku, ' ' || u.bundle]) k(name) WHERE k.name IS NOT NULL GROUP BY k.name) x;
            -- those that say from where come first, so that the others do not take it from them
            FOR w IN SELECT l.* FROM jsonb_to_recordset(wanted) l(n integer, line integer, sku text, qty bigint, location text) ORDER BY l.location IS NULL, l.line IS NULL, l.sku IS NULL, l.n LOOP
                candidates := array(SELECT p::integer FROM jsonb_array_elements_text(by_name -> (coalesce(w.line::text, '') || coalesce(' ' || w.sku, ''))) p);
                SELECT min(x.product) AS product, count(DISTINCT x.product) > 1 AS ambiguous, coalesce(bool_or(x.is_bundle), false) AS is_bundle INTO part
                FROM (SELECT coalesce(w.sku, id_bundles[c], id_skus[c]) AS product, id_bundles[c] = coalesce(w.sku, id_bundles[c]) AS is_bundle FROM unnest(candidates) c) x;
                IF part.ambiguous THEN
                    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of order %s holds more than one SKU', w.line, order_name), HINT = 'Say which one by "sku".';
                END IF;
                IF candidates = '{}' THEN
                    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('line %s of the call: order %s has nothing reserved of %s', w.n, order_name, concat_ws(', ', 'line ' || w.line, w.sku)),
                        HINT = CASE WHEN late IS NULL THEN '' ELSE 'A reservation of the order has expired. ' END || 'Reserve it first: reserve() says whether it is there.';
                END IF;
                product := part.product;
                is_bundle := part.is_bundle;
                -- a bundle goes as what it is made of
                FOR part IN SELECT p.part AS sku, p.qty * w.qty AS qty FROM @store@.stock_parts(product) p WHERE is_bundle UNION ALL SELECT product, w.qty WHERE NOT is_bundle LOOP
                    need := part.qty;
                    FOR g IN SELECT c AS i FROM unnest(candidates) c WHERE id_skus[c] = part.sku AND (NOT is_bundle OR id_bundles[c] = product) AND (w.location IS NULL OR id_places[c] = w.location) ORDER BY NOT is_bundle AND id_bundles[c] IS NOT NULL, c LOOP
                        EXIT WHEN need = 0;
                        there := least(need, open[g.i] - take[g.i]);
                        take[g.i] := take[g.i] + there;
                        need := need - there;
                    END LOOP;
                    IF need > 0 THEN
                        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('line %s of the call: %s units of %s cannot be shipped for order %s, %s are reserved%s', w.n, part.qty, part.sku, order_name, part.qty - need, ' at ' || w.location),
                            HINT = CASE WHEN late IS NULL THEN '' ELSE 'A reservation of the order has expired. ' END || 'Reserve what is missing first: reserve() says whether it is there.';
                    END IF;
                END LOOP;
            END LOOP;
        END IF;

        FOR i IN 1 .. cardinality(ids) LOOP
            CONTINUE WHEN take[i] = 0;
            UPDATE @store@.reservations v SET open_qty = v.open_qty - take[i] WHERE v.order_ref = order_ref AND v.sku = id_skus[i]::omni.sku AND v.reservation_id = ids[i];
            there := @store@.move_stock(id_skus[i], id_places[i], -take[i], 'ship', 'ship ' || request || ' ' || ids[i], order_ref, NULL, at, -take[i], ids[i]);
            IF there < 0 THEN
                RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('%s units of %s cannot be shipped from %s: there are %s', take[i], id_skus[i], id_places[i], there + take[i]),
                    HINT = 'What is promised on backorder is shipped when it was received. If the units are there, tell it by cycle_count().';
            END IF;
        END LOOP;

        IF shipment IS NOT NULL THEN
            IF (SELECT c.relkind = 'v' FROM pg_class c WHERE c.oid = '@store@.shipments'::regclass) THEN
                RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = 'the store has adopted its shipments: it does not write them', HINT = 'Leave the shipment out, and write it where shipments are kept.';
            END IF;
            PERFORM @store@.ship_parcel(order_ref, parcel, (SELECT CASE WHEN count(DISTINCT u.place) = 1 THEN min(u.place) END FROM unnest(id_places, take) u(place, n) WHERE u.n > 0), shipment, at);
        END IF;
        -- the lines of the order that went. Of a bundle, as many as wait for no component any longer
        IF (SELECT c.relkind <> 'v' FROM pg_class c WHERE c.oid = '@store@.order_line_events'::regclass) THEN
            FOR g IN SELECT u.line_no, u.place, u.bundle, sum(u.n)::bigint AS qty
                     FROM (SELECT x.line_no, x.bundle, CASE WHEN x.bundle IS NULL OR min(x.place) OVER (PARTITION BY x.line_no, x.bundle) = max(x.place) OVER (PARTITION BY x.line_no, x.bundle) THEN x.place END AS place, x.n
                           FROM unnest(id_lines, id_bundles, id_places, take) x(line_no, bundle, place, n) WHERE x.n > 0) u
                     GROUP BY u.line_no, u.bundle, u.place ORDER BY u.line_no, u.place COLLATE "C" LOOP
                PERFORM 1 FROM @store@.order_lines o WHERE o.order_ref = order_ref AND o.line_no = g.line_no;
                CONTINUE WHEN NOT FOUND;
                IF g.bundle IS NOT NULL THEN
                    SELECT max(ceil((x.rest + x.gone) / p.qty)) - max(ceil(x.rest / p.qty)) INTO g.qty
                    FROM (SELECT y.sku, sum(y.rest) AS rest, sum(y.gone) AS gone
                          FROM (SELECT v.sku::text AS sku, v.open_qty AS rest, 0 AS gone FROM @store@.reservations v
                                WHERE v.order_ref = order_ref AND v.line_no = g.line_no AND v.bundle_sku = g.bundle::omni.sku AND v.open_qty > 0 AND v.expires_at > now_is
                                UNION ALL SELECT u.sku, 0, u.n FROM unnest(id_lines, id_skus, id_bundles, take) u(line_no, sku, bundle, n) WHERE u.line_no = g.line_no AND u.bundle = g.bundle) y GROUP BY y.sku) x
                    JOIN @store@.stock_parts(g.bundle) p ON p.part = x.sku;
                END IF;
                IF g.qty > 0 THEN
                    PERFORM @store@.move_units(order_ref, g.line_no, g.qty, NULL, concat_ws(' ', 'ship', request, g.place), g.place, parcel, NULL, at);
                END IF;
            END LOOP;
        END IF;

        SELECT jsonb_build_object('lines', jsonb_agg(jsonb_build_object('line', u.line_no, 'sku', u.sku, 'location', u.place, 'qty', u.n, 'reservation_id', u.id) ORDER BY u.line_no, u.i)) INTO answer
        FROM unnest(id_lines, id_skus, id_places, take, ids) WITH ORDINALITY u(line_no, sku, place, n, id, i) WHERE u.n > 0;
        answer := answer || CASE WHEN parcel IS NULL THEN '{}' ELSE jsonb_build_object('shipment_key', parcel) END;
        PERFORM @store@.request_done(request, 'ship', order_ref, hash, answer);
    END IF;
    RETURN QUERY SELECT a.* FROM jsonb_to_recordset(answer -> 'lines') a(line integer, sku text, location text, qty bigint, reservation_id bigint);
END $$;
COMMENT ON FUNCTION @store@.ship(text, jsonb, text, jsonb) IS 'units that an order has reserved leave: by line, by SKU or both, or without lines all of them. A shipment is written with {"shipment_key", "carrier", "tracking_code", "method"}; lines of the order move on';

/*
 * What can be promised of a SKU, by location, below 0 where more is promised already than there will be:
 *   on_hand - reserved + free units of slots + units of reservations that are over - safety_stock + backorder_limit - buffer of the channel
 * and, for a time to come, what is open of supplies that are expected until then. Reservations that hold now are taken to be kept. A
 * location that is not active promises nothing.
 */
CREATE OR REPLACE FUNCTION @store@.stock_available(sku text, channel text, at timestamptz, OUT location text, OUT available numeric)
    RETURNS SETOF record LANGUAGE plpgsql STABLE ROWS 100 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    code omni.sku := sku;
    now_is timestamptz := clock_timestamp();
    buffer bigint := 0;
BEGIN
    IF channel IS NOT NULL THEN
        SELECT coalesce(c.stock_buffer, 0) INTO buffer FROM @store@.channels c WHERE c.channel_code = channel;
    END IF;
    RETURN QUERY
    SELECT x.location_code, sum(x.units) - CASE WHEN channel IS NULL THEN 0 ELSE coalesce(max(x.buffer), buffer) END
    FROM (SELECT s.location_code, coalesce(s.on_hand, 0) - coalesce(s.reserved, 0)::numeric - coalesce(s.safety_stock, 0) + coalesce(s.backorder_limit, 0) AS units, NULL::bigint AS buffer FROM @store@.stock s WHERE s.sku = code
          UNION ALL SELECT l.location_code, l.free, NULL FROM @store@.stock_slots l WHERE l.sku = code
          UNION ALL SELECT r.location_code, r.open_qty, NULL FROM @store@.reservations r WHERE r.sku = code AND r.open_qty > 0 AND r.expires_at <= now_is
          UNION ALL SELECT u.location_code, greatest(u.qty - u.received_qty, 0), NULL FROM @store@.supplies u WHERE u.sku = code AND u.closed_at IS NULL AND u.expected_at <= at AND at > now_is
          UNION ALL SELECT b.location_code, 0, b.qty FROM @store@.channel_buffers b WHERE b.sku = code AND b.channel_code = channel) x
    LEFT JOIN @store@.locations p ON p.location_code = x.location_code
    WHERE coalesce(p.active, true)
    GROUP BY x.location_code;
END $$;
COMMENT ON FUNCTION @store@.stock_available(text, text, timestamptz) IS 'for functions of the store: what can be promised of a SKU that is no bundle, by location; negative where too much is promised';

/* of a SKU or a bundle, by location: a bundle is promised where all its components are */
CREATE OR REPLACE FUNCTION @store@.stock_promise(sku text, channel text, at timestamptz, OUT location text, OUT atp bigint)
    RETURNS SETOF record LANGUAGE plpgsql STABLE ROWS 100 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    parts bigint;
    only_part text;
    times numeric;
BEGIN
    SELECT count(*), min(p.part), min(p.qty) INTO parts, only_part, times FROM @store@.stock_parts(sku) p;
    IF parts = 1 THEN
        RETURN QUERY SELECT a.location, least(floor(a.available / times), 9223372036854775807)::bigint FROM @store@.stock_available(only_part, channel, at) a WHERE a.available >= times;
    ELSE
        RETURN QUERY SELECT a.location, least(min(floor(a.available / p.qty)), 9223372036854775807)::bigint
        FROM @store@.stock_parts(sku) p CROSS JOIN LATERAL @store@.stock_available(p.part, channel, at) a
        WHERE a.available >= p.qty GROUP BY a.location HAVING count(*) = parts;
    END IF;
END $$;
COMMENT ON FUNCTION @store@.stock_promise(text, text, timestamptz) IS 'for functions of the store: how many units of a SKU or a bundle each location can promise, where it can';

/* arguments of atp() and availability() */
CREATE OR REPLACE FUNCTION @store@.stock_asked(sku text, channel text, location text)
    RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    code omni.sku;
BEGIN
    IF sku IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'no SKU is named', HINT = 'Name a row of products, or an SKU that has stock.';
    END IF;
    code := sku;
    PERFORM 1 FROM @store@.bundle_components b WHERE b.sku = code LIMIT 1;
    IF NOT FOUND THEN
        PERFORM @store@.stock_known(code::text, NULL);
    END IF;
    PERFORM @store@.stock_known(NULL, location);
    IF channel IS NOT NULL THEN
        PERFORM 1 FROM @store@.channels c WHERE c.channel_code = channel;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('unknown channel: %s', to_jsonb(left(channel, 64))), HINT = 'Insert it into channels first, or leave it out.';
        END IF;
    END IF;
    RETURN code::text;
END $$;
COMMENT ON FUNCTION @store@.stock_asked(text, text, text) IS 'for functions of the store: the canonical SKU of a question, whose SKU, channel and location are known';

CREATE OR REPLACE FUNCTION @store@.atp(sku text, channel text DEFAULT NULL, location text DEFAULT NULL, at timestamptz DEFAULT NULL)
    RETURNS bigint LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    sku := @store@.stock_asked(sku, channel, location);
    RETURN (SELECT least(coalesce(sum(p.atp), 0), 9223372036854775807)::bigint FROM @store@.stock_promise(sku, channel, at) p WHERE location IS NULL OR p.location = location);
END $$;
COMMENT ON FUNCTION @store@.atp(text, text, text, timestamptz) IS 'available to promise: how many units of a SKU or a bundle can be promised by a channel, from a location or from all that are active together, now or at a time to come';

/*
 * When units are ready that need so many minutes of work from then on: work is done from opens to closes of every day, in seconds since
 * midnight by the clock of the location; without these, around the clock.
 */
CREATE OR REPLACE FUNCTION @store@.ready_at(since timestamptz, minutes integer, opens integer, closes integer, time_zone text)
    RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    midnight timestamp := date_trunc('day', since AT TIME ZONE time_zone);
    first bigint := extract(epoch FROM since AT TIME ZONE time_zone - midnight);
    work bigint := minutes * 60::bigint;
    days bigint;
BEGIN
    IF opens IS NULL OR closes IS NULL OR closes <= opens THEN
        RETURN since + make_interval(mins => minutes);
    END IF;
    IF first >= closes THEN
        midnight := midnight + interval '1 day';
        first := opens;
    END IF;
    first := greatest(first, opens);
    IF first + work > closes THEN
        -- the rest of that day, whole days, and what is left after opening
        work := work - (closes - first);
        days := (work - 1) / (closes - opens);
        midnight := midnight + make_interval(days => days::integer + 1);
        work := work - days * (closes - opens);
        first := opens;
    END IF;
    RETURN (midnight + make_interval(secs => first + work)) AT TIME ZONE time_zone;
END $$;
COMMENT ON FUNCTION @store@.ready_at(timestamptz, integer, integer, integer, text) IS 'for functions of the store: when so many minutes of opening time have passed';

/*
 * Distances are those of the haversine formula on a sphere of 6371.0088 km (the mean radius of the earth, IUGG), which
 * is at most .6 % off.
 */
CREATE OR REPLACE FUNCTION @store@.availability(sku text, qty bigint DEFAULT 1, method text DEFAULT NULL, latitude double precision DEFAULT NULL, longitude double precision DEFAULT NULL, within_km double precision DEFAULT NULL)
    RETURNS TABLE (location text, distance_km numeric, atp bigint, ready_at timestamptz) LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    now_is timestamptz := clock_timestamp();
BEGIN
    sku := @store@.stock_asked(sku, NULL, NULL);
    IF qty IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'no quantity is given', HINT = 'Leave it out for 1.';
    ELSIF qty <= 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = format('cannot look for %s units', qty), HINT = 'A quantity is 1 or more.';
    ELSIF method NOT IN ('ship', 'ship_from_store', 'drop_ship', 'pickup', 'ship_to_store', 'curbside', 'local_delivery', 'pos') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('unknown method: %s', to_jsonb(left(method, 64))), HINT = 'Methods are ship, ship_from_store, drop_ship, pickup, ship_to_store, curbside, local_delivery and pos.';
    ELSIF (latitude IS NULL) <> (longitude IS NULL) OR within_km IS NOT NULL AND latitude IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'a place needs both latitude and longitude', HINT = 'Without a place there is no distance either.';
    ELSIF latitude NOT BETWEEN -90 AND 90 OR longitude NOT BETWEEN -180 AND 180 OR within_km < 0 OR within_km = 'NaN' THEN
        RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = format('no such place or distance: %s, %s, %s km', latitude, longitude, coalesce(within_km::text, 'any')),
            HINT = 'Latitude is -90 to 90 degrees north, longitude -180 to 180 degrees east, a distance 0 km or more.';
    END IF;
    -- many locations keep the same hours: when units are ready is worked out once for these
    RETURN QUERY
    SELECT c.location, round(c.km::numeric, 3), c.atp, h.ready_at
    FROM (SELECT @store@.ready_at(now_is, n.ready_minutes, extract(epoch FROM n.opens_at)::integer, extract(epoch FROM n.closes_at)::integer, n.time_zone) AS ready_at,
              array_agg(n.location) AS locations, array_agg(n.km) AS kms, array_agg(n.atp) AS atps
          FROM (SELECT p.location, p.atp, l.ready_minutes, l.opens_at, l.closes_at, l.time_zone,
                    CASE WHEN latitude IS NOT NULL AND l.latitude IS NOT NULL AND l.longitude IS NOT NULL THEN 2 * 6371.0088 * asin(sqrt(least(1, sind((l.latitude - latitude) / 2) ^ 2 + cosd(latitude) * cosd(l.latitude) * sind((l.longitude - longitude) / 2) ^ 2))) END AS km
                FROM (SELECT x.* FROM @store@.stock_promise(sku, NULL, NULL) x WHERE x.atp >= qty OFFSET 0) p
                JOIN @store@.locations l ON l.location_code = p.location
                WHERE CASE WHEN method IN ('pickup', 'curbside') THEN coalesce(l.pickup, false) WHEN method IN ('ship', 'ship_from_store', 'drop_ship', 'ship_to_store', 'local_delivery') THEN coalesce(l.ships, true) ELSE true END OFFSET 0) n
          WHERE within_km IS NULL OR n.km <= within_km
          GROUP BY n.ready_minutes, n.opens_at, n.closes_at, n.time_zone) h
    CROSS JOIN LATERAL unnest(h.locations, h.kms, h.atps) c(location, km, atp)
    ORDER BY c.km, c.atp DESC, c.location COLLATE "C";
END $$;
COMMENT ON FUNCTION @store@.availability(text, bigint, text, double precision, double precision, double precision) IS 'where so many units of a SKU or a bundle are, nearest first, for pickup or for shipping, how many each location can promise and when they are ready there';

/*
 * Compares stock with what another system says of it. The feed is read as the caller, once; columns are looked up in the catalog. Each
 * row is compared with what was there at its as_of: what moved since then is no difference, and a count since then is better than
 * the feed. Counts and corrections are no movements of goods.
 */
CREATE OR REPLACE FUNCTION @store@.reconcile(feed regclass, apply boolean DEFAULT false, idempotency_key text DEFAULT NULL)
    RETURNS TABLE (sku text, location text, reported text, on_hand bigint, moved_since bigint, over_reserved bigint, explanation text, correction bigint) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    relation record;
    c record;
    says jsonb := '{}';
    parse text;
    compare text;
    hash bigint;
    request text := coalesce(idempotency_key, '~' || gen_random_uuid());
    at timestamptz := now();
    answer jsonb;
    rows jsonb[] := '{}';
    there record;
    d record;
BEGIN
    IF feed IS NULL OR apply IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = CASE WHEN feed IS NULL THEN 'no feed is named' ELSE 'apply is NULL' END,
            HINT = 'Name the table or view that holds sku, location_code and on_hand; apply is true where corrections are to be written.';
    END IF;
    SELECT r.relkind, format('%I.%I', n.nspname, r.relname) AS name INTO relation FROM pg_class r JOIN pg_namespace n ON n.oid = r.relnamespace WHERE r.oid = feed;
    IF relation.relkind IS NULL OR relation.relkind NOT IN ('r', 'v', 'm', 'p', 'f') THEN
        RAISE EXCEPTION USING ERRCODE = 'wrong_object_type', MESSAGE = 'a feed has to be a table or a view', HINT = 'Land the feed in a table, and name that.';
    END IF;
    FOR c IN SELECT k.name, k.needed, a.attnum, a.atttypid, format_type(a.atttypid, NULL) AS type,
                    CASE WHEN k.name = 'as_of' AND a.atttypid = 'timestamptz'::regtype THEN format('f.%I', k.name)
                         WHEN k.name = 'as_of' THEN CASE WHEN t.typcategory = 'S' THEN format('omni.store_time(f.%I::text)', k.name) END
                         ELSE replace(omni.store_column(a.atttypid, k.name, 'text'), quote_ident(k.name), 'f.' || quote_ident(k.name)) || '::text' END AS expression
             FROM (VALUES ('sku', true), ('location_code', true), ('on_hand', true), ('as_of', false)) k(name, needed)
             LEFT JOIN pg_attribute a ON a.attrelid = feed AND a.attname = k.name AND a.attnum > 0 AND NOT a.attisdropped
             LEFT JOIN pg_type t ON t.oid = a.atttypid LOOP
        IF c.attnum IS NULL THEN
            CONTINUE WHEN NOT c.needed;
            RAISE EXCEPTION USING ERRCODE = 'undefined_column', MESSAGE = format('the feed has no column %I', c.name),
                DETAIL = format('%s has the columns %s.', feed, (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = feed AND a.attnum > 0 AND NOT a.attisdropped)),
                HINT = 'Make a view that has sku, location_code, on_hand and, if it is known, as_of under these names.';
        ELSIF NOT has_column_privilege(feed, c.attnum, 'SELECT') THEN
            RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = format('%I may not read column %I of the feed', current_user, c.name), HINT = format('GRANT SELECT ON %s TO %I.', feed, current_user);
        ELSIF c.expression IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'datatype_mismatch', MESSAGE = format('column %I of the feed is %s', c.name, c.type),
                HINT = CASE c.name WHEN 'as_of' THEN 'A time is a timestamptz, or a text of ISO 8601 with a zone: make a view that has it AT TIME ZONE ''Europe/Berlin'', for example.' ELSE 'Make a view that casts it to text or numeric.' END;
        END IF;
        says := says || jsonb_build_object(c.name, c.expression);
    END LOOP;
    parse := format($q$
        SELECT true AS present, f.raw_sku, omni.sku_try(f.raw_sku) AS sku, f.location_code, f.raw_qty, CASE WHEN f.raw_qty ~ '^\s*[-+]?[0-9]{1,18}(\.0*)?\s*$' THEN trunc(f.raw_qty::numeric)::bigint END AS qty, f.as_of, f.bad_time,
               count(*) OVER (PARTITION BY omni.sku_try(f.raw_sku), f.location_code) > 1 AS twice
        FROM (SELECT %s AS raw_sku, %s AS location_code, %s AS raw_qty, %s AS as_of, %s AS bad_time FROM %s f) f$q$,
        says ->> 'sku', says ->> 'location_code', says ->> 'on_hand', coalesce(says ->> 'as_of', 'NULL::timestamptz'),
        CASE WHEN says ? 'as_of' THEN format('f.as_of IS NOT NULL AND %s IS NULL', says ->> 'as_of') ELSE 'false' END, relation.name);
    compare := format($q$
        WITH f AS MATERIALIZED (%s),
             moved AS (SELECT m.sku, m.location_code, coalesce(sum(m.qty) FILTER (WHERE m.kind NOT IN ('opening', 'count') AND m.reason IS DISTINCT FROM 'reconcile'), 0) AS qty, bool_or(m.kind IN ('opening', 'count')) AS counted
                       FROM (SELECT DISTINCT ON (f.sku, f.location_code) f.* FROM f WHERE f.as_of IS NOT NULL AND f.sku IS NOT NULL ORDER BY f.sku, f.location_code, f.as_of) f
                       JOIN @store@.stock_movements m ON m.sku = f.sku AND m.location_code = f.location_code AND m.occurred_at > f.as_of GROUP BY m.sku, m.location_code),
             free AS (SELECT l.sku, l.location_code, sum(l.free) AS qty FROM @store@.stock_slots l GROUP BY l.sku, l.location_code),
             late AS (SELECT r.sku, r.location_code, sum(r.open_qty) AS qty FROM @store@.reservations r WHERE r.open_qty > 0 AND r.expires_at <= clock_timestamp() GROUP BY r.sku, r.location_code)
        SELECT coalesce(f.sku, s.sku)::text AS sku, f.raw_sku, coalesce(f.location_code, s.location_code) AS location, f.raw_qty, f.qty, f.as_of, s.on_hand, coalesce(m.qty, 0) AS moved,
               CASE WHEN f.qty IS NOT NULL THEN greatest(s.reserved - coalesce(e.qty, 0) - coalesce(o.qty, 0) - (f.qty + coalesce(m.qty, 0)), 0) END AS over,
               CASE WHEN f.present IS NULL THEN 'missing_in_feed' WHEN f.sku IS NULL THEN 'damaged_sku' WHEN coalesce(f.location_code, '') = '' THEN 'damaged_location' WHEN f.bad_time THEN 'damaged_as_of'
                    WHEN f.qty IS NULL THEN 'damaged_on_hand' WHEN f.twice THEN 'twice_in_feed' WHEN f.qty < 0 THEN 'negative_in_feed'
                    WHEN EXISTS (SELECT FROM @store@.bundle_components b WHERE b.sku = f.sku) THEN 'bundle'
                    WHEN s.sku IS NULL AND NOT EXISTS (SELECT FROM @store@.products p WHERE p.sku = f.sku) AND NOT EXISTS (SELECT FROM @store@.stock x WHERE x.sku = f.sku) THEN 'unknown_sku'
                    WHEN s.sku IS NULL AND NOT EXISTS (SELECT FROM @store@.locations l WHERE l.location_code = f.location_code) AND NOT EXISTS (SELECT FROM @store@.stock x WHERE x.location_code = f.location_code) THEN 'unknown_location'
                    WHEN m.counted AND f.qty + m.qty <> s.on_hand THEN 'counted_since' WHEN s.sku IS NULL THEN 'missing_here' WHEN f.qty + coalesce(m.qty, 0) = s.on_hand THEN 'moved_since'
                    WHEN s.reserved - coalesce(e.qty, 0) - coalesce(o.qty, 0) > f.qty + coalesce(m.qty, 0) THEN 'over_reserved' ELSE 'difference' END AS explanation
        FROM f FULL JOIN (SELECT x.* FROM @store@.stock x WHERE x.location_code IN (SELECT f.location_code FROM f)) s ON s.sku = f.sku AND s.location_code = f.location_code
        LEFT JOIN moved m ON m.sku = f.sku AND m.location_code = f.location_code
        LEFT JOIN free e ON e.sku = f.sku AND e.location_code = f.location_code LEFT JOIN late o ON o.sku = f.sku AND o.location_code = f.location_code
        WHERE CASE WHEN f.present THEN s.on_hand IS DISTINCT FROM f.qty OR f.qty IS NULL OR f.twice OR f.bad_time OR m.qty <> 0 ELSE s.on_hand <> 0 END
        ORDER BY coalesce(f.sku, s.sku), coalesce(f.location_code, s.location_code) COLLATE "C", f.raw_sku COLLATE "C", f.raw_qty COLLATE "C"$q$, parse);
    IF apply THEN
        PERFORM @store@.stock_writable();
        hash := hashtextextended(relation.name, 0);
        answer := @store@.request_answer(idempotency_key, 'reconcile', hash);
    END IF;
    IF answer IS NULL THEN
        FOR d IN EXECUTE compare LOOP
            CONTINUE WHEN d.explanation = 'missing_here' AND d.qty = 0;
            sku := coalesce(d.sku, left(d.raw_sku, 64));
            location := left(d.location, 64);
            reported := left(d.raw_qty, 64);
            on_hand := d.on_hand;
            moved_since := d.moved;
            over_reserved := d.over;
            explanation := d.explanation;
            correction := CASE WHEN explanation IN ('difference', 'over_reserved', 'missing_here') THEN d.qty + d.moved - coalesce(d.on_hand, 0) WHEN explanation = 'moved_since' THEN 0 END;
            IF apply AND correction <> 0 THEN
                -- as it is by now
                there := @store@.lock_stock(sku, location);
                SELECT coalesce(sum(m.qty), 0) INTO moved_since FROM @store@.stock_movements m
                WHERE m.sku = sku::omni.sku AND m.location_code = location AND m.occurred_at > d.as_of AND m.kind NOT IN ('opening', 'count') AND m.reason IS DISTINCT FROM 'reconcile';
                on_hand := there.on_hand;
                correction := @store@.stock_sum(d.qty + moved_since - on_hand, sku, location);
                over_reserved := greatest(there.held - on_hand - correction, 0);
                IF on_hand + correction < 0 THEN
                    explanation := 'moved_since';
                    correction := NULL;
                ELSIF correction <> 0 THEN
                    PERFORM @store@.move_stock(sku, location, correction, 'adjust', 'reconcile ' || request, NULL, 'reconcile', at);
                    PERFORM @store@.fit_slots(sku, location);
                END IF;
            END IF;
            IF apply THEN
                rows := rows || jsonb_build_object('sku', sku, 'location', location, 'reported', reported, 'on_hand', on_hand, 'moved_since', moved_since, 'over_reserved', over_reserved, 'explanation', explanation, 'correction', correction);
            ELSE
                RETURN NEXT;
            END IF;
        END LOOP;
        IF NOT apply THEN
            RETURN;
        END IF;
        answer := jsonb_build_object('feed', relation.name, 'lines', to_jsonb(rows));
        IF idempotency_key IS NOT NULL OR EXISTS (SELECT FROM unnest(rows) r WHERE r ->> 'correction' <> '0') THEN
            PERFORM @store@.request_done(request, 'reconcile', NULL, hash, answer);
        END IF;
    END IF;
    RETURN QUERY SELECT r.* FROM jsonb_to_recordset(answer -> 'lines') r(sku text, location text, reported text, on_hand bigint, moved_since bigint, over_reserved bigint, explanation text, correction bigint);
END $$;
COMMENT ON FUNCTION @store@.reconcile(regclass, boolean, text) IS 'compare stock with a feed of sku, location_code, on_hand and as_of (may be missing): each difference with its explanation and the correcting movement, NULL where that would be a guess. apply writes these movements';

/*
 * Tags that a reader saw. A tag is a unit: it counts once in a call, and is received once ever. What is no SGTIN-96 of a product of
 * the store is refused by itself.
 */
CREATE OR REPLACE FUNCTION @store@.rfid_read(location text, epcs text[], purpose text, idempotency_key text DEFAULT NULL)
    RETURNS TABLE (epc text, sku text, serial bigint, result text, reason text) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    hash bigint := hashtextextended(jsonb_build_array(location, epcs, purpose)::text, 0);
    request text := coalesce(idempotency_key, '~' || gen_random_uuid());
    at timestamptz := now();
    answer jsonb;
    rows jsonb[] := '{}';
    changed boolean := false;
    t record;
    g record;
    there record;
    item omni.gtin;
    items omni.gtin[] := '{}';
    tags text[] := '{}';
    serials bigint[] := '{}';
    known text[];
    fresh text[];
BEGIN
    IF location IS NULL OR epcs IS NULL OR purpose IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = format('no %s is given', CASE WHEN location IS NULL THEN 'location' WHEN epcs IS NULL THEN 'tag' ELSE 'purpose' END),
            HINT = 'Name the location, the tags in hexadecimal and the purpose: receive or count.';
    ELSIF purpose NOT IN ('receive', 'count') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('unknown purpose: %s', to_jsonb(left(purpose, 64))), HINT = 'It is receive or count.';
    ELSIF cardinality(epcs) > 10000 THEN
        RAISE EXCEPTION USING ERRCODE = 'program_limit_exceeded', MESSAGE = format('%s tags are more than a call takes', cardinality(epcs)), DETAIL = 'A call takes 10000 tags.',
            HINT = CASE purpose WHEN 'count' THEN 'Sum the tags by SKU, and tell them by cycle_count().' ELSE 'Make several calls, each with its own idempotency key.' END;
    END IF;
    PERFORM @store@.stock_writable();
    answer := @store@.request_answer(idempotency_key, 'rfid_read', hash);
    IF answer IS NULL THEN
        PERFORM @store@.stock_known(NULL, location);
        FOR t IN SELECT x.tag, min(x.n) AS n FROM (SELECT regexp_replace(lower(btrim(u.e)), '^(0x|\\x)', '') AS tag, u.n FROM unnest(epcs) WITH ORDINALITY u(e, n)) x GROUP BY x.tag ORDER BY x.tag COLLATE "C" LOOP
            IF t.tag IS NULL OR t.tag !~ '^([0-9a-f]{2})+$' THEN
                rows := rows || jsonb_build_object('epc', left(t.tag, 64), 'result', 'refused', 'reason', 'not_hexadecimal');
                CONTINUE;
            END IF;
            BEGIN
                SELECT s.gtin, s.serial INTO item, serial FROM omni.sgtin96_decode(decode(t.tag, 'hex')) s;
                items := items || item;
                tags := tags || t.tag;
                serials := serials || serial;
            EXCEPTION WHEN invalid_binary_representation THEN
                rows := rows || jsonb_build_object('epc', left(t.tag, 64), 'result', 'refused', 'reason', 'not_sgtin96');
            END;
        END LOOP;
        FOR g IN SELECT p.sku, p.reason, array_agg(u.tag ORDER BY u.tag COLLATE "C") AS tags, array_agg(u.serial ORDER BY u.tag COLLATE "C") AS serials
                 FROM unnest(items, tags, serials) u(item, tag, serial)
                 JOIN LATERAL (SELECT CASE WHEN count(*) = 1 AND NOT bool_or(x.is_bundle) THEN min(x.sku::text) END AS sku,
                                   CASE WHEN count(*) = 0 THEN 'unknown_gtin' WHEN count(*) > 1 THEN 'ambiguous_gtin' WHEN bool_or(x.is_bundle) THEN 'bundle' END AS reason
                               FROM (SELECT q.sku, EXISTS (SELECT FROM @store@.bundle_components b WHERE b.sku = q.sku) AS is_bundle FROM @store@.products q WHERE q.gtin = u.item LIMIT 2) x) p ON true
                 GROUP BY p.sku, p.reason ORDER BY p.sku::omni.sku, p.reason LOOP
            IF g.sku IS NULL THEN
                rows := rows || array(SELECT jsonb_build_object('epc', u.tag, 'serial', u.serial, 'result', 'refused', 'reason', g.reason) FROM unnest(g.tags, g.serials) u(tag, serial));
            ELSIF purpose = 'count' THEN
                PERFORM FROM @store@.count_units(location, jsonb_build_array(jsonb_build_object('sku', g.sku, 'qty', cardinality(g.tags))), request, 'rfid_read') c WHERE c.qty <> c.was;
                changed := changed OR FOUND;
                rows := rows || array(SELECT jsonb_build_object('epc', u.tag, 'sku', g.sku, 'serial', u.serial, 'result', 'counted') FROM unnest(g.tags, g.serials) u(tag, serial));
            ELSE
                PERFORM @store@.stock_known(g.sku, location);
                -- a tag that two docks see at the same time
                PERFORM pg_advisory_xact_lock(hashtextextended('omni.rfid ' || (parse_ident('@store@'))[1] || ' ' || g.sku, 0));
                there := @store@.lock_stock(g.sku, location);
                known := array(SELECT m.movement_key FROM @store@.stock s JOIN @store@.stock_movements m ON m.sku = s.sku AND m.location_code = s.location_code
                               WHERE s.sku = g.sku::omni.sku AND m.movement_key = ANY (array(SELECT 'epc:' || u FROM unnest(g.tags) u)));
                -- or saw since this transaction began to look
                IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable')
                        AND omni.store_movements_by_now('@store@'::regnamespace, g.sku, array(SELECT 'epc:' || u FROM unnest(g.tags) u)) <> cardinality(known) THEN
                    RAISE EXCEPTION USING ERRCODE = 'serialization_failure', MESSAGE = 'could not serialize access due to tags that were read at the same time', HINT = 'The transaction might succeed if retried.';
                END IF;
                fresh := array(SELECT u FROM unnest(g.tags) u WHERE 'epc:' || u <> ALL (known));
                PERFORM @store@.stock_sum(there.on_hand + cardinality(fresh), g.sku, location);
                IF fresh <> '{}' THEN
                    changed := true;
                    UPDATE @store@.stock s SET on_hand = s.on_hand + cardinality(fresh) WHERE s.sku = g.sku::omni.sku AND s.location_code = location;
                    INSERT INTO @store@.stock_movements (sku, location_code, movement_key, qty, kind, occurred_at, reason)
                    SELECT g.sku::omni.sku, location, 'epc:' || u, 1, 'receive', at, 'rfid_read' FROM unnest(fresh) u;
                END IF;
                rows := rows || array(SELECT jsonb_build_object('epc', u.tag, 'sku', g.sku, 'serial', u.serial, 'result', CASE WHEN 'epc:' || u.tag = ANY (known) THEN 'repeated' ELSE 'received' END) FROM unnest(g.tags, g.serials) u(tag, serial));
            END IF;
        END LOOP;
        answer := jsonb_build_object('location', location, 'purpose', purpose, 'lines', to_jsonb(rows));
        IF changed OR idempotency_key IS NOT NULL THEN
            PERFORM @store@.request_done(request, 'rfid_read', NULL, hash, answer);
        END IF;
    END IF;
    RETURN QUERY SELECT r.* FROM jsonb_to_recordset(answer -> 'lines') r(epc text, sku text, serial bigint, result text, reason text);
END $$;
COMMENT ON FUNCTION @store@.rfid_read(text, text[], text, text) IS 'tags (SGTIN-96 in hexadecimal) were read at a location, to receive or to count: units of the products that have their GTIN. One row a tag, refused ones with the reason; of a count, SKUs without a tag were not counted';

/* calls that others have not heard of. They are marked as sent in the same transaction: who reads them commits when he has passed them on */
CREATE OR REPLACE FUNCTION @store@.relay(max integer DEFAULT 1000, channel text DEFAULT NULL)
    RETURNS TABLE (outbox_id bigint, request_key text, call text, order_ref text, answer jsonb, happened_at timestamptz) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    at timestamptz := now();
    o record;
BEGIN
    IF max IS NULL OR max NOT BETWEEN 1 AND 100000 THEN
        RAISE EXCEPTION USING ERRCODE = CASE WHEN max IS NULL THEN '22004' ELSE '22003' END, MESSAGE = format('a relay takes 1 to 100000 calls at once, not %s', coalesce(max::text, 'NULL')), HINT = 'Leave max out for 1000.';
    ELSIF channel = '' OR octet_length(channel) > 63 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'a channel has a name of 1 to 63 bytes', HINT = 'It is the name that LISTEN takes.';
    END IF;
    -- one relay at a time, so that the order of calls is kept
    IF NOT pg_try_advisory_xact_lock(hashtextextended('omni.relay ' || (parse_ident('@store@'))[1], 0)) THEN
        RETURN;
    END IF;
    FOR o IN SELECT x.outbox_id, x.request_key, x.call, x.order_ref, x.answer, x.happened_at FROM @store@.outbox x WHERE x.sent_at IS NULL ORDER BY x.outbox_id LIMIT max LOOP
        UPDATE @store@.outbox x SET sent_at = at WHERE x.request_key = o.request_key AND x.sent_at IS NULL;
        CONTINUE WHEN NOT FOUND;
        outbox_id := o.outbox_id;
        request_key := o.request_key;
        call := o.call;
        order_ref := o.order_ref;
        answer := o.answer;
        happened_at := o.happened_at;
        IF channel IS NOT NULL THEN
            PERFORM pg_notify(channel, jsonb_build_object('outbox_id', outbox_id, 'call', call, 'order_ref', left(order_ref, 1000))::text);
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION @store@.relay(integer, text) IS 'calls in outbox that were not passed on yet, in their order, and marks them; with a channel each is notified when the transaction commits. One relay works at a time, another gets nothing meanwhile';
