-- stock.sql: units of stock. What is there is the sum of its movements, and what is reserved is held by reservations:
-- the functions that change one change the other in the same transaction.

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
