-- reserve.sql: units of stock that are held for an order, for a time. No unit is held twice, whatever runs at the same
-- time; what is held too long counts as free again at once.

-- what reserve() gives, as a type of its own: columns of a record would be assigned one by one, in every call
DO $$
BEGIN
    IF to_regtype('@store@.reserved_line') IS NULL THEN
        CREATE TYPE @store@.reserved_line AS (line integer, sku text, location text, qty bigint, reservation_id bigint, expires_at timestamptz);
    END IF;
END $$;
COMMENT ON TYPE @store@.reserved_line IS 'a row of the answer of reserve(): units of a line that are held at a location; without a reservation: none';

-- with no settings of its own, which every call would pay for: what it calls depends on none
CREATE OR REPLACE FUNCTION @store@.reserve(order_ref text, lines jsonb, ttl interval DEFAULT '15 min', idempotency_key text DEFAULT NULL, partial boolean DEFAULT false,
                                           split boolean DEFAULT true, channel text DEFAULT NULL)
    RETURNS SETOF @store@.reserved_line LANGUAGE plpgsql VOLATILE ROWS 5 AS $$
BEGIN
    FOR n IN 1 .. omni.store_reserve('@store@'::pg_catalog.regnamespace, order_ref, lines, ttl, idempotency_key, partial, split, channel) LOOP
        RETURN NEXT omni.store_reserved(n);
    END LOOP;
END $$;
COMMENT ON FUNCTION @store@.reserve(text, jsonb, interval, text, boolean, boolean, text) IS 'hold units for an order: lines like [{"sku": "TS-RED", "qty": 2, "location": "BER"}], all or nothing, or what there is if partial is true; without a location one is chosen, or several if split is true. A repeated call with the same key gives the first answer';

/*
 * The open reservations of an order that lines name, or all: in the order of locks, (sku, location, reservation). A line names
 * its reservations by any of "reservation_id", "line", "sku" and "location", and how many units are meant by "qty": of those that have not expired first, and of the latest ones.
 * Units of a bundle, by its SKU or by a line that holds nothing else, are so many of each component.
 */
CREATE OR REPLACE FUNCTION @store@.held_by(order_ref text, lines jsonb, OUT sku text, OUT location text, OUT reservation_id bigint, OUT line integer, OUT qty bigint, OUT expired boolean)
    RETURNS SETOF record LANGUAGE plpgsql VOLATILE ROWS 5 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    spot record;
    n bigint;
    wanted jsonb;
    code omni.sku;
    left_over numeric;
    part bigint;
    component record;
    product text;               -- the bundle that a line is about
    locked bigint[] := '{}';
    example CONSTANT text := 'For example {"line": 1}, {"sku": "TS-RED", "qty": 2} or {"reservation_id": 17}.';
    -- the reservations, each at one position, in the order of locks: what is open, and what lines name
    ids bigint[];
    skus text[];
    bundles text[];
    places text[];
    line_nos integer[];
    opens bigint[];
    overs boolean[];
    takes bigint[];
    by_name jsonb;              -- positions, what has not expired and the latest first, by what a line may say
    i integer;
    now_is timestamptz;
    named integer[];            -- positions that a line may take from
BEGIN
    IF held_by.order_ref IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'order_ref is NULL', HINT = 'It names the order, or the cart, that units are held for.';
    END IF;
    -- the rows of stock, then the reservations: nobody changes them meanwhile. What is reserved for the order from now on is not looked at
    FOR spot IN SELECT r.sku, r.location_code COLLATE "C" AS location_code, array_agg(r.reservation_id) AS ids FROM @store@.reservations r WHERE r.order_ref = held_by.order_ref AND r.open_qty > 0 GROUP BY 1, 2 ORDER BY 1, 2 LOOP
        PERFORM FROM @store@.stock s WHERE s.sku = spot.sku AND s.location_code = spot.location_code FOR NO KEY UPDATE;
        locked := locked || ARRAY(SELECT r.reservation_id FROM @store@.reservations r WHERE r.order_ref = held_by.order_ref AND r.sku = spot.sku AND r.location_code = spot.location_code AND r.open_qty > 0 AND r.reservation_id = ANY (spot.ids)
                                  ORDER BY r.reservation_id FOR NO KEY UPDATE);
    END LOOP;
    -- one moment for all: others may have tidied some of what has expired, of a bundle one component
    now_is := clock_timestamp();
    IF held_by.lines IS NULL THEN
        RETURN QUERY SELECT r.sku::text, r.location_code, r.reservation_id, r.line_no, r.open_qty, r.expires_at <= now_is FROM @store@.reservations r
        WHERE r.order_ref = held_by.order_ref AND r.reservation_id = ANY (locked) AND r.open_qty > 0 ORDER BY r.sku, r.location_code COLLATE "C", r.reservation_id;
        RETURN;
    END IF;
    IF jsonb_typeof(held_by.lines) <> 'array' OR jsonb_array_length(held_by.lines) = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'lines have to be an array of objects, at least one', HINT = 'For example [{"line": 1}], [{"sku": "TS-RED", "qty": 2}] or [{"reservation_id": 17}]; leave them out for all.';
    ELSIF jsonb_array_length(held_by.lines) > 10000 THEN
        RAISE EXCEPTION USING ERRCODE = 'program_limit_exceeded', MESSAGE = format('%s lines are too many for a call', jsonb_array_length(held_by.lines)), DETAIL = 'A call takes 10000 lines at most.', HINT = 'Make several calls, or leave the lines out for all.';
    END IF;
    SELECT coalesce(array_agg(x.reservation_id), '{}'), array_agg(x.sku::text), array_agg(x.bundle_sku::text), array_agg(x.location_code), array_agg(x.line_no), array_agg(x.open_qty), array_agg(x.is_over), array_agg(0::bigint)
    INTO ids, skus, bundles, places, line_nos, opens, overs, takes
    FROM (SELECT r.*, r.expires_at <= now_is AS is_over FROM @store@.reservations r
          WHERE r.order_ref = held_by.order_ref AND r.reservation_id = ANY (locked) AND r.open_qty > 0 ORDER BY r.sku, r.location_code COLLATE "C", r.reservation_id) x;
    SELECT jsonb_object_agg(x.name, x.positions) INTO by_name
    FROM (SELECT k.name, jsonb_agg(u.i ORDER BY u.is_over, u.id DESC) AS positions
          FROM unnest(ids, skus, bundles, places, line_nos, overs) WITH ORDINALITY u(id, sku, bundle, place, line_no, is_over, i), unnest(ARRAY['', 'id ' || u.id, 'line ' || u.line_no, 'sku ' || u.sku, 'sku ' || u.bundle, 'location ' || u.place]) k(name) WHERE k.name IS NOT NULL GROUP BY k.name) x;
    FOR wanted, n IN SELECT w.value, w.ordinality FROM jsonb_array_elements(held_by.lines) WITH ORDINALITY w LOOP
        IF jsonb_typeof(wanted) <> 'object' OR wanted = '{}' OR EXISTS (SELECT FROM jsonb_object_keys(wanted) k WHERE k NOT IN ('reservation_id', 'line', 'sku', 'location', 'qty')) THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the call does not tell what to release: %s', n, left(wanted::text, 64)), HINT = example;
        ELSIF coalesce(jsonb_typeof(wanted -> 'sku'), 'string') <> 'string' OR coalesce(jsonb_typeof(wanted -> 'location'), 'string') <> 'string' OR omni.sku_problem(wanted ->> 'sku') IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the call: "sku" and "location" are strings, a SKU a valid one: %s', n, left(wanted::text, 64)), HINT = example;
        ELSIF EXISTS (SELECT FROM jsonb_each(wanted) e WHERE e.value = 'null') THEN
            RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = format('line %s of the call: "%s" is null', n, (SELECT min(e.key) FROM jsonb_each(wanted) e WHERE e.value = 'null')), HINT = 'Leave out what does not matter. ' || example;
        END IF;
        IF EXISTS (SELECT FROM jsonb_each(wanted) e WHERE e.key IN ('reservation_id', 'line', 'qty') AND (jsonb_typeof(e.value) <> 'number' OR (e.value #>> '{}')::numeric % 1 <> 0)) THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the call: "reservation_id", "line" and "qty" are whole numbers: %s', n, left(wanted::text, 64)), HINT = example;
        ELSIF EXISTS (SELECT FROM jsonb_each(wanted) e WHERE e.key IN ('reservation_id', 'line', 'qty') AND NOT (e.value #>> '{}')::numeric BETWEEN CASE e.key WHEN 'line' THEN 0 ELSE 1 END AND 9223372036854775807) THEN
            RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = format('line %s of the call: a number is out of range: %s', n, left(wanted::text, 64)), HINT = 'A quantity is 1 or more, a line 0 or more. ' || example;
        END IF;
        code := (wanted ->> 'sku')::omni.sku;
        named := ARRAY(SELECT p::integer FROM jsonb_array_elements_text(by_name -> CASE WHEN wanted ? 'reservation_id' THEN 'id ' || trunc((wanted ->> 'reservation_id')::numeric) WHEN wanted ? 'line' THEN 'line ' || trunc((wanted ->> 'line')::numeric)
                                                                             WHEN code IS NOT NULL THEN 'sku ' || code WHEN wanted ? 'location' THEN 'location ' || (wanted ->> 'location') ELSE '' END) WITH ORDINALITY x(p, n)
                       WHERE opens[p::integer] > takes[p::integer] AND (code IS NULL OR code::text IN (skus[p::integer], bundles[p::integer])) AND (NOT wanted ? 'location' OR places[p::integer] = wanted ->> 'location')
                             AND (NOT wanted ? 'line' OR line_nos[p::integer] = (wanted ->> 'line')::numeric) ORDER BY x.n);
        SELECT CASE WHEN wanted ? 'qty' AND NOT wanted ? 'reservation_id' AND count(DISTINCT coalesce(bundles[c], '')) = 1 AND (code IS NOT NULL OR wanted ? 'line') AND bool_and(skus[c] IS DISTINCT FROM code::text) THEN min(bundles[c]) END
        INTO product FROM unnest(named) c;
        FOR component IN SELECT p.part AS sku, p.qty * (wanted ->> 'qty')::numeric AS units FROM @store@.stock_parts(product) p WHERE product IS NOT NULL
                         UNION ALL SELECT NULL, coalesce((wanted ->> 'qty')::numeric, 'Infinity') WHERE product IS NULL LOOP
            left_over := component.units;
            FOREACH i IN ARRAY named LOOP
                EXIT WHEN left_over = 0;
                CONTINUE WHEN opens[i] = takes[i] OR skus[i] <> component.sku;
                part := least(left_over, opens[i] - takes[i]);
                takes[i] := takes[i] + part;
                left_over := left_over - part;
            END LOOP;
            EXIT WHEN left_over > 0;
        END LOOP;
        IF wanted ? 'qty' AND left_over > 0 OR named = '{}' THEN
            RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('line %s of the call is about more units than are held: %s', n, left(wanted::text, 64)),
                DETAIL = CASE WHEN wanted ? 'qty' THEN format('%s of %s are not held for this order.', left_over, coalesce(component.sku, 'them')) ELSE 'No open reservation of this order is like that.' END,
                HINT = 'reservations tells what is open. Leave the lines out to release all.';
        END IF;
    END LOOP;
    RETURN QUERY SELECT u.sku, u.place, u.id, u.line_no, u.units, u.is_over FROM unnest(ids, skus, places, line_nos, takes, overs) WITH ORDINALITY u(id, sku, place, line_no, units, is_over, position)
    WHERE u.units > 0 ORDER BY u.position;
END $$;
COMMENT ON FUNCTION @store@.held_by(text, jsonb) IS 'for functions of the store: the open reservations of an order that lines name, or all, locked with their stock, in the order of locks';

CREATE OR REPLACE FUNCTION @store@.release(order_ref text, lines jsonb DEFAULT NULL, idempotency_key text DEFAULT NULL,
                                           OUT line integer, OUT sku text, OUT location text, OUT qty bigint, OUT reservation_id bigint)
    RETURNS SETOF record LANGUAGE plpgsql VOLATILE ROWS 5 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    hash CONSTANT bigint := hashtextextended(jsonb_build_array(release.order_ref, release.lines)::text, 0);
    answer jsonb;
    held record;
    moved text;
BEGIN
    PERFORM @store@.stock_writable();
    answer := @store@.request_answer(release.idempotency_key, 'release', hash);
    IF answer IS NULL THEN
        SELECT jsonb_agg(jsonb_build_object('line', h.line, 'sku', h.sku, 'location', h.location, 'qty', h.qty, 'reservation_id', h.reservation_id) ORDER BY h.line, h.sku, h.location COLLATE "C", h.reservation_id) AS rows,
               array_agg(h.reservation_id) AS ids, array_agg(h.sku) AS skus, array_agg(h.location) AS locations, array_agg(h.qty) AS units INTO held
        FROM @store@.held_by(release.order_ref, release.lines) h;
        IF held.rows IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = 'nothing is held for this order', DETAIL = format('Order %s has no open reservation.', left(release.order_ref, 64)),
                HINT = 'It was released or shipped already, or never reserved. A retry gets the first answer if both calls have the same idempotency key.';
        END IF;
        moved := 'release ' || coalesce(release.idempotency_key, '~' || gen_random_uuid());
        UPDATE @store@.reservations r SET open_qty = r.open_qty - u.units FROM unnest(held.ids, held.skus::omni.sku[], held.units) u(reservation_id, sku, units)
        WHERE r.order_ref = release.order_ref AND r.sku = u.sku AND r.reservation_id = u.reservation_id;
        INSERT INTO @store@.stock_movements (sku, location_code, movement_key, qty, kind, order_ref, occurred_at, reserved_qty, reservation_id)
        SELECT u.sku, u.location, moved || ' ' || u.reservation_id, 0, 'release', release.order_ref, now(), -u.units, u.reservation_id
        FROM unnest(held.ids, held.skus::omni.sku[], held.locations, held.units) u(reservation_id, sku, location, units);
        UPDATE @store@.stock s SET reserved = s.reserved - u.units FROM (SELECT w.sku, w.location, sum(w.units)::bigint AS units FROM unnest(held.skus::omni.sku[], held.locations, held.units) w(sku, location, units) GROUP BY 1, 2) u
        WHERE s.sku = u.sku AND s.location_code = u.location;
        answer := jsonb_build_object('lines', held.rows);
        PERFORM @store@.request_done(release.idempotency_key, 'release', release.order_ref, hash, answer);
    END IF;
    RETURN QUERY SELECT a.* FROM jsonb_to_recordset(answer -> 'lines') a(line integer, sku text, location text, qty bigint, reservation_id bigint);
END $$;
COMMENT ON FUNCTION @store@.release(text, jsonb, text) IS 'give back what is held for an order, all of it or what lines name, e.g. [{"line": 1, "qty": 2}]';

CREATE OR REPLACE FUNCTION @store@.extend(order_ref text, ttl interval DEFAULT '15 min', idempotency_key text DEFAULT NULL,
                                          OUT line integer, OUT sku text, OUT location text, OUT qty bigint, OUT reservation_id bigint, OUT expires_at timestamptz)
    RETURNS SETOF record LANGUAGE plpgsql VOLATILE ROWS 5 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    hash CONSTANT bigint := hashtextextended(jsonb_build_array(extend.order_ref, extract(epoch FROM extend.ttl))::text, 0);
    until timestamptz := 'infinity';
    most CONSTANT interval := '100000 years';
    answer jsonb;
    held record;
    ids bigint[];               -- what is locked
BEGIN
    IF extend.ttl > most AND isfinite(extend.ttl) THEN
        RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = 'the time to hold units for is out of range', DETAIL = 'It is 100000 years at most.', HINT = 'NULL holds them until they are shipped or released.';
    ELSIF extend.ttl < -most THEN
        until := now();
    ELSIF extend.ttl IS NOT NULL THEN
        until := now() + extend.ttl;
    END IF;
    IF until <= now() THEN
        RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = 'the time to hold units for is not positive',
            HINT = 'For example interval ''15 min''; NULL holds them until they are shipped or released.';
    ELSIF extend.order_ref IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'order_ref is NULL', HINT = 'It names the order, or the cart, that units are held for.';
    END IF;
    PERFORM @store@.stock_writable();
    answer := @store@.request_answer(extend.idempotency_key, 'extend', hash);
    IF answer IS NULL THEN
        ids := ARRAY(SELECT r.reservation_id FROM @store@.reservations r WHERE r.order_ref = extend.order_ref AND r.open_qty > 0 ORDER BY r.sku, r.location_code COLLATE "C", r.reservation_id FOR NO KEY UPDATE);
        SELECT count(*) AS n, string_agg(DISTINCT r.sku::text, ', ' ORDER BY r.sku::text) FILTER (WHERE r.expires_at <= now()) AS expired INTO held
        FROM @store@.reservations r WHERE r.order_ref = extend.order_ref AND r.reservation_id = ANY (ids) AND r.open_qty > 0;
        IF held.n = 0 OR held.expired IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = CASE held.n WHEN 0 THEN 'nothing is held for this order' ELSE 'what was held for this order has expired' END,
                DETAIL = CASE held.n WHEN 0 THEN format('Order %s has no open reservation.', left(extend.order_ref, 64)) ELSE format('Expired: %s.', left(held.expired, 200)) END,
                HINT = 'Reserve again: others may have the units meanwhile.';
        END IF;
        WITH u AS (UPDATE @store@.reservations r SET expires_at = until WHERE r.order_ref = extend.order_ref AND r.reservation_id = ANY (ids) AND r.open_qty > 0
                   RETURNING r.line_no, r.sku, r.location_code, r.open_qty, r.reservation_id)
        SELECT jsonb_build_object('lines', jsonb_agg(jsonb_build_object('line', u.line_no, 'sku', u.sku::text, 'location', u.location_code, 'qty', u.open_qty, 'reservation_id', u.reservation_id, 'expires_at', until)
                                                     ORDER BY u.line_no, u.sku, u.location_code COLLATE "C", u.reservation_id)) INTO answer FROM u;
        PERFORM @store@.request_done(extend.idempotency_key, 'extend', extend.order_ref, hash, answer);
    END IF;
    RETURN QUERY SELECT a.* FROM jsonb_to_recordset(answer -> 'lines') a(line integer, sku text, location text, qty bigint, reservation_id bigint, expires_at timestamptz);
END $$;
COMMENT ON FUNCTION @store@.extend(text, interval, text) IS 'hold what is held for an order for so long from now; NULL: until it is shipped or released. Not if any of it has expired';

/*
 * Tidying: what has expired counts no longer anyway. Stock that somebody works on is left for the next time.
 */
CREATE OR REPLACE FUNCTION @store@.expire(max integer DEFAULT 1000)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    spot record;
    tidied jsonb[] := '{}';
    n bigint := 0;
    held record;
    past record;                -- spots whose slots are given up
BEGIN
    IF expire.max IS NULL OR expire.max < 1 THEN
        RAISE EXCEPTION USING ERRCODE = CASE WHEN expire.max IS NULL THEN 'null_value_not_allowed' ELSE 'numeric_value_out_of_range' END, MESSAGE = 'max has to be 1 or more', HINT = 'It is how many reservations are tidied at most.';
    END IF;
    PERFORM @store@.stock_writable();
    -- of those who may: what sessions made slots for a while ago goes without, until they make some again
    SELECT NULL::text[] AS skus, NULL::text[] AS locations INTO past;
    IF has_table_privilege('@store@.stock_slots', 'SELECT') AND has_table_privilege('@store@.stock_slots', 'INSERT') AND has_table_privilege('@store@.stock_slots', 'UPDATE') THEN
        SELECT array_agg(s.sku::text) AS skus, array_agg(s.location_code) AS locations INTO past
        FROM @store@.stock_slots l JOIN @store@.stock s ON s.sku = l.sku AND s.location_code = l.location_code WHERE l.slot = 0 AND s.slots > 0 AND s.slots_until <= now();
    END IF;
    FOR spot IN SELECT r.sku, r.location_code COLLATE "C" AS location_code, bool_or(r.is_over) AS is_over FROM
                    (SELECT x.sku, x.location_code, x.is_over FROM (SELECT y.sku, y.location_code, false AS is_over FROM @store@.reservations y WHERE y.open_qty > 0 AND y.expires_at <= now() LIMIT expire.max) x
                     UNION ALL SELECT u.sku::omni.sku, u.location, true FROM unnest(past.skus, past.locations) u(sku, location)) r GROUP BY 1, 2 ORDER BY 1, 2 LOOP
        EXIT WHEN n >= expire.max;
        PERFORM FROM @store@.stock s WHERE s.sku = spot.sku AND s.location_code = spot.location_code AND (NOT spot.is_over OR s.slots_until <= now()) FOR NO KEY UPDATE SKIP LOCKED;
        CONTINUE WHEN NOT FOUND;
        IF spot.is_over THEN
            -- which tidies its reservations, too, after the slots
            SELECT count(*) AS n, coalesce(sum(r.open_qty), 0)::bigint AS units INTO held FROM @store@.reservations r WHERE r.sku = spot.sku AND r.location_code = spot.location_code AND r.open_qty > 0 AND r.expires_at <= now();
            PERFORM omni.store_slots('@store@'::regnamespace, spot.sku::text, spot.location_code, 0);
            UPDATE @store@.stock s SET slots_until = NULL WHERE s.sku = spot.sku AND s.location_code = spot.location_code;
            CONTINUE WHEN held.n = 0;
            tidied := tidied || jsonb_build_object('sku', spot.sku::text, 'location', spot.location_code, 'qty', held.units, 'reservations', held.n);
            n := n + held.n;
            CONTINUE;
        END IF;
        WITH e AS MATERIALIZED (SELECT r.order_ref, r.reservation_id, r.open_qty FROM @store@.reservations r WHERE r.sku = spot.sku AND r.location_code = spot.location_code AND r.open_qty > 0 AND r.expires_at <= now()
                                ORDER BY r.reservation_id LIMIT expire.max - n FOR NO KEY UPDATE SKIP LOCKED),
             u AS (UPDATE @store@.reservations r SET open_qty = 0 FROM e WHERE r.order_ref = e.order_ref AND r.sku = spot.sku AND r.reservation_id = e.reservation_id),
             m AS (INSERT INTO @store@.stock_movements (sku, location_code, movement_key, qty, kind, order_ref, occurred_at, reserved_qty, reservation_id)
                   SELECT spot.sku, spot.location_code, 'expire ' || e.reservation_id, 0, 'expire', e.order_ref, now(), -e.open_qty, e.reservation_id FROM e)
        SELECT count(*) AS n, sum(e.open_qty)::bigint AS units INTO held FROM e;
        CONTINUE WHEN held.n = 0;
        UPDATE @store@.stock s SET reserved = s.reserved - held.units WHERE s.sku = spot.sku AND s.location_code = spot.location_code;
        tidied := tidied || jsonb_build_object('sku', spot.sku::text, 'location', spot.location_code, 'qty', held.units, 'reservations', held.n);
        n := n + held.n;
    END LOOP;
    IF n > 0 THEN
        PERFORM @store@.request_done(NULL, 'expire', NULL, 0, jsonb_build_object('lines', to_jsonb(tidied)));
    END IF;
    RETURN n;
END $$;
COMMENT ON FUNCTION @store@.expire(integer) IS 'tidy reservations that have expired, so many at most: they count no longer anyway. Gives how many; run it every minute or so. Gives up slots that sessions made longer than 15 minutes ago, too';

CREATE OR REPLACE FUNCTION @store@.set_high_contention(sku text, slots integer DEFAULT 16)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    code CONSTANT omni.sku := set_high_contention.sku;
    spot record;
    n bigint := 0;
BEGIN
    IF code IS NULL OR set_high_contention.slots IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = CASE WHEN code IS NULL THEN 'sku' ELSE 'slots' END || ' is NULL', HINT = 'set_high_contention(''TS-RED'', 16) holds the units of a SKU in 16 slots, 0 in none.';
    ELSIF set_high_contention.slots NOT BETWEEN 0 AND 64 THEN
        RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = format('slots are out of range: %s', set_high_contention.slots), DETAIL = 'There are from 0 to 64.', HINT = '0 holds its units in none; as many as sessions reserve it at once are enough.';
    END IF;
    FOR spot IN SELECT s.location_code FROM @store@.stock s WHERE s.sku = code ORDER BY s.location_code COLLATE "C" LOOP
        PERFORM omni.store_slots('@store@'::regnamespace, code::text, spot.location_code, set_high_contention.slots);
        UPDATE @store@.stock s SET slots_until = NULL WHERE s.sku = code AND s.location_code = spot.location_code AND s.slots_until IS NOT NULL;
        n := n + 1;
    END LOOP;
    IF n = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('no location has stock of %s', code), HINT = 'Receive units of it first.';
    END IF;
    RETURN n;
END $$;
COMMENT ON FUNCTION @store@.set_high_contention(text, integer) IS 'hold the units of a much wanted SKU in so many slots at each location, so that many sessions reserve it at once; 0: no longer. Gives the number of locations';

CREATE OR REPLACE FUNCTION @store@.rebalance(sku text)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    code CONSTANT omni.sku := rebalance.sku;
    spot record;
    units bigint := 0;
BEGIN
    IF code IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'sku is NULL', HINT = 'Name the SKU whose units are in slots.';
    ELSIF NOT EXISTS (SELECT FROM @store@.stock s WHERE s.sku = code) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('no location has stock of %s', code), HINT = 'Receive units of it first.';
    END IF;
    FOR spot IN SELECT s.location_code FROM @store@.stock s WHERE s.sku = code ORDER BY s.location_code COLLATE "C" LOOP
        units := units + coalesce(omni.store_slots('@store@'::regnamespace, code::text, spot.location_code, NULL), 0);
    END LOOP;
    RETURN units;
END $$;
COMMENT ON FUNCTION @store@.rebalance(text) IS 'spread the free units of a SKU evenly over its slots, at each location; gives how many there are in slots. reserve() does so by itself when a slot runs out';
