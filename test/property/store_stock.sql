-- Stock of a store against a model: random calls, failing ones among them, retries with the same key, keys used again for something
-- else, SKUs that are held in slots for a while. After each call the answer is the model's; in the end stock and movements are.
SELECT plan(9);
SET client_min_messages = warning;
\o /dev/null
SELECT omni.create_store('units');
INSERT INTO units.locations (location_code, name) SELECT l, l FROM unnest('{A,B,C}'::text[]) l;
INSERT INTO units.products (sku) SELECT 'S' || i FROM generate_series(0, 3) i;
CREATE TABLE model_stock AS SELECT 'S' || i AS sku, l AS location, 0::bigint AS on_hand FROM generate_series(0, 3) i, unnest('{A,B,C}'::text[]) l;
CREATE TABLE model_hold (order_ref text, line integer, sku text, location text, open bigint, PRIMARY KEY (order_ref, line));
CREATE TABLE model_call (key text, call text, answer jsonb);
CREATE TABLE seen (what text, n bigint DEFAULT 0);
INSERT INTO seen (what) SELECT unnest('{receive,adjust,transfer,cycle_count,reserve,ship,release,expire,slots,retry,misuse,refused,movements,calls}'::text[]);
CREATE TABLE wrong (step integer, call text, got text, expected text);
SELECT setseed(.4711);

CREATE FUNCTION model_held(sku text, location text) RETURNS bigint LANGUAGE sql AS $$ SELECT coalesce(sum(h.open), 0)::bigint FROM model_hold h WHERE h.sku = $1 AND h.location = $2 $$;
CREATE FUNCTION model_on_hand(sku text, location text) RETURNS bigint LANGUAGE sql AS $$ SELECT m.on_hand FROM model_stock m WHERE m.sku = $1 AND m.location = $2 $$;
CREATE FUNCTION any_sku() RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT 'S' || floor(random() * 4)::int $$;
CREATE FUNCTION any_place() RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT (ARRAY['A', 'B', 'C'])[1 + floor(random() * 3)::int] $$;
CREATE FUNCTION any_number(low integer, high integer) RETURNS integer LANGUAGE sql VOLATILE AS $$ SELECT low + floor(random() * (high - low + 1))::int $$;

CREATE PROCEDURE step(i integer) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    kind text := (ARRAY['receive', 'receive', 'adjust', 'transfer', 'cycle_count', 'reserve', 'reserve', 'reserve', 'ship', 'ship', 'release', 'expire', 'slots', 'retry', 'retry', 'misuse'])[any_number(1, 16)];
    key text := CASE WHEN random() < .7 THEN 'key ' || i END;
    call text;
    lines jsonb;
    ref text := 'O' || any_number(1, 8);
    line integer;
    place text := any_place();
    forced boolean := random() < .3;
    fails boolean := false;
    moves bigint := 0;
    expected jsonb;
    answer jsonb;
    code text;
    message text;
    old model_call;
BEGIN
    IF kind IN ('retry', 'misuse') THEN
        SELECT * INTO old FROM model_call ORDER BY random() LIMIT 1;
        IF NOT FOUND THEN
            RETURN;
        END IF;
        BEGIN
            EXECUTE 'SELECT jsonb_agg(to_jsonb(r)) FROM units.' || CASE kind WHEN 'retry' THEN old.call ELSE format('receive(''[{"sku": "S1", "location": "A", "qty": 1}, {"sku": "S1", "location": "A", "qty": %s}]'', %L)', i, old.key) END || ' r' INTO answer;
        EXCEPTION WHEN OTHERS THEN
            code := SQLSTATE;
            message := SQLERRM;
        END;
        IF kind = 'retry' AND answer IS DISTINCT FROM old.answer OR kind = 'misuse' AND code IS DISTINCT FROM '22023' THEN
            INSERT INTO wrong VALUES (i, kind || ' ' || old.call, coalesce(answer::text, message), old.answer);
        END IF;
        UPDATE seen SET n = n + 1 WHERE what = kind;
        RETURN;
    END IF;

    CASE kind
    WHEN 'receive' THEN
        lines := (SELECT jsonb_agg(jsonb_build_object('sku', any_sku(), 'location', any_place(), 'qty', any_number(1, 20))) FROM generate_series(1, any_number(1, 3)));
        call := format('receive(%L, %L)', lines, key);
        UPDATE model_stock m SET on_hand = m.on_hand + l.qty FROM (SELECT x.sku, x.location, sum(x.qty) AS qty FROM jsonb_to_recordset(lines) x(sku text, location text, qty bigint) GROUP BY 1, 2) l WHERE m.sku = l.sku AND m.location = l.location;
        GET DIAGNOSTICS moves = ROW_COUNT;
        SELECT jsonb_agg(jsonb_build_object('line', x.n, 'sku', x.sku, 'location', x.location, 'qty', x.qty, 'on_hand', model_on_hand(x.sku, x.location)) ORDER BY x.n) INTO expected
        FROM ROWS FROM (jsonb_to_recordset(lines) AS (sku text, location text, qty bigint)) WITH ORDINALITY x(sku, location, qty, n);
    WHEN 'adjust' THEN
        lines := (SELECT jsonb_agg(jsonb_build_object('sku', any_sku(), 'location', place, 'qty', CASE WHEN random() < .7 THEN -1 ELSE 1 END * any_number(1, 12))) FROM generate_series(1, any_number(1, 3)));
        call := format('adjust(%L, %L, %L)', lines, 'damaged', key);
        SELECT coalesce(bool_or(l.qty < 0 AND l.on_hand + l.qty < 0), false), count(*) FILTER (WHERE l.qty <> 0) INTO fails, moves
        FROM (SELECT x.sku, sum(x.qty) AS qty, model_on_hand(x.sku, place) AS on_hand FROM jsonb_to_recordset(lines) x(sku text, qty bigint) GROUP BY 1) l;
        IF NOT fails THEN
            UPDATE model_stock m SET on_hand = m.on_hand + l.qty FROM (SELECT x.sku, sum(x.qty) AS qty FROM jsonb_to_recordset(lines) x(sku text, qty bigint) GROUP BY 1) l WHERE m.sku = l.sku AND m.location = place;
            SELECT jsonb_agg(jsonb_build_object('line', x.n, 'sku', x.sku, 'location', place, 'qty', x.qty, 'on_hand', model_on_hand(x.sku, place), 'over_reserved', greatest(model_held(x.sku, place) - model_on_hand(x.sku, place), 0)) ORDER BY x.n) INTO expected
            FROM ROWS FROM (jsonb_to_recordset(lines) AS (sku text, qty bigint)) WITH ORDINALITY x(sku, qty, n);
        END IF;
    WHEN 'transfer' THEN
        lines := (SELECT jsonb_agg(jsonb_build_object('sku', x.sku, 'from', x.place, 'to', translate(x.place, 'ABC', CASE WHEN x.i % 2 = 0 THEN 'BCA' ELSE 'CAB' END), 'qty', any_number(1, 8)))
                  FROM (SELECT g AS i, any_sku() AS sku, any_place() AS place FROM generate_series(1, any_number(1, 3)) g OFFSET 0) x);
        call := format('transfer(%L, %L, %L)', lines, key, forced);
        SELECT bool_or(l.qty > l.on_hand OR NOT forced AND l.qty > l.on_hand - l.held), (SELECT 2 * count(DISTINCT (x.sku, x."from", x."to")) FROM jsonb_to_recordset(lines) x(sku text, "from" text, "to" text)) INTO fails, moves
        FROM (SELECT x.sku, x."from", sum(x.qty) AS qty, model_on_hand(x.sku, x."from") AS on_hand, model_held(x.sku, x."from") AS held FROM jsonb_to_recordset(lines) x(sku text, "from" text, qty bigint) GROUP BY 1, 2) l;
        IF NOT fails THEN
            UPDATE model_stock m SET on_hand = m.on_hand + coalesce((SELECT sum(CASE m.location WHEN x."to" THEN x.qty ELSE -x.qty END) FROM jsonb_to_recordset(lines) x(sku text, "from" text, "to" text, qty bigint) WHERE x.sku = m.sku AND m.location IN (x."from", x."to")), 0);
            SELECT jsonb_agg(jsonb_build_object('line', x.n, 'sku', x.sku, 'from_location', x."from", 'to_location', x."to", 'qty', x.qty) ORDER BY x.n) INTO expected
            FROM ROWS FROM (jsonb_to_recordset(lines) AS (sku text, "from" text, "to" text, qty bigint)) WITH ORDINALITY x(sku, "from", "to", qty, n);
        END IF;
    WHEN 'cycle_count' THEN
        lines := (SELECT jsonb_agg(jsonb_build_object('sku', any_sku(), 'qty', any_number(0, 25))) FROM generate_series(1, any_number(1, 3)));
        call := format('cycle_count(%L, %L, %L)', place, lines, key);
        SELECT jsonb_agg(jsonb_build_object('sku', l.sku, 'counted', l.qty, 'was', l.was, 'difference', l.qty - l.was, 'over_reserved', greatest(model_held(l.sku, place) - l.qty, 0)) ORDER BY l.sku), count(*) FILTER (WHERE l.qty <> l.was) INTO expected, moves
        FROM (SELECT x.sku, sum(x.qty)::bigint AS qty, model_on_hand(x.sku, place) AS was FROM jsonb_to_recordset(lines) x(sku text, qty bigint) GROUP BY 1) l;
        UPDATE model_stock m SET on_hand = l.qty FROM (SELECT x.sku, sum(x.qty) AS qty FROM jsonb_to_recordset(lines) x(sku text, qty bigint) GROUP BY 1) l WHERE m.sku = l.sku AND m.location = place;
    WHEN 'reserve' THEN
        -- a line is one SKU at one location; it may hold several times
        lines := (SELECT jsonb_build_array(jsonb_build_object('line', substr(x.sku, 2)::int * 3 + ascii(place) - 64, 'sku', x.sku, 'location', place, 'qty', any_number(1, 9))) FROM (SELECT any_sku() AS sku) x);
        call := format('reserve(%L, %L, NULL, %L)', ref, lines, key);
        SELECT x.qty > model_on_hand(x.sku, place) - model_held(x.sku, place) INTO fails FROM jsonb_to_recordset(lines) x(sku text, qty bigint);
        IF NOT fails THEN
            INSERT INTO model_hold AS h SELECT ref, x.line, x.sku, place, x.qty FROM jsonb_to_recordset(lines) x(line integer, sku text, qty bigint) ON CONFLICT (order_ref, line) DO UPDATE SET open = h.open + excluded.open;
        END IF;
        moves := 1;
    WHEN 'ship', 'release' THEN
        IF kind = 'release' THEN
            -- which gives back what is over, too
            PERFORM units.expire();
        END IF;
        line := any_number(1, 12);
        IF random() < .5 THEN
            lines := jsonb_build_array(jsonb_build_object('line', coalesce((SELECT h.line FROM model_hold h WHERE h.order_ref = ref ORDER BY random() LIMIT 1), line), 'qty', any_number(1, 9)));
        END IF;
        call := format('%s(%L, %L, %L)', kind, ref, lines, key);
        IF lines IS NULL THEN
            SELECT count(*) = 0 OR bool_or(kind = 'ship' AND h.open > model_on_hand(h.sku, h.location)) INTO fails FROM model_hold h WHERE h.order_ref = ref;
        ELSE
            SELECT count(*) = 0 OR bool_or(x.qty > h.open OR kind = 'ship' AND x.qty > model_on_hand(h.sku, h.location)) INTO fails FROM model_hold h JOIN jsonb_to_recordset(lines) x(line integer, qty bigint) ON x.line = h.line WHERE h.order_ref = ref;
        END IF;
        IF NOT fails THEN
            IF kind = 'ship' THEN
                UPDATE model_stock m SET on_hand = m.on_hand - coalesce((SELECT sum(coalesce(x.qty, h.open)) FROM model_hold h LEFT JOIN jsonb_to_recordset(lines) x(line integer, qty bigint) ON x.line = h.line
                    WHERE h.order_ref = ref AND h.sku = m.sku AND h.location = m.location AND (lines IS NULL OR x.line IS NOT NULL)), 0);
            END IF;
            UPDATE model_hold h SET open = CASE WHEN lines IS NULL THEN 0 ELSE h.open - coalesce((SELECT x.qty FROM jsonb_to_recordset(lines) x(line integer, qty bigint) WHERE x.line = h.line), 0) END WHERE h.order_ref = ref;
            DELETE FROM model_hold h WHERE h.open = 0;
        END IF;
    WHEN 'expire' THEN
        -- the holds of an order are over: at once, or when they are tidied
        UPDATE units.reservations r SET expires_at = 'epoch' WHERE r.order_ref = ref AND r.open_qty > 0;
        DELETE FROM model_hold h WHERE h.order_ref = ref;
        UPDATE seen SET n = n + 1 WHERE what = kind;
        IF random() < .5 THEN
            PERFORM units.expire();
        END IF;
        RETURN;
    WHEN 'slots' THEN
        -- units in slots are promised without a look at the stock: nobody sees a difference
        PERFORM units.set_high_contention(s.sku, any_number(0, 3)) FROM (SELECT x.sku::text FROM units.stock x ORDER BY random() LIMIT 1) s;
        UPDATE seen SET n = n + 1 WHERE what = kind;
        RETURN;
    END CASE;

    BEGIN
        EXECUTE 'SELECT jsonb_agg(to_jsonb(r)) FROM units.' || call || ' r' INTO answer;
    EXCEPTION WHEN OTHERS THEN
        code := SQLSTATE;
        message := SQLERRM;
    END;
    UPDATE seen SET n = n + 1 WHERE what = kind OR what = 'refused' AND code IS NOT NULL OR what = 'calls' AND code IS NULL;
    IF (code IS NOT NULL) <> fails OR code IS NOT NULL AND code <> '55000' AND kind <> 'reserve' OR expected IS NOT NULL AND answer IS DISTINCT FROM expected THEN
        INSERT INTO wrong VALUES (i, call, coalesce(answer::text, code || ' ' || message), coalesce(expected::text, fails::text));
    END IF;
    IF code IS NULL THEN
        UPDATE seen SET n = n + CASE WHEN kind IN ('ship', 'release') THEN jsonb_array_length(answer) ELSE moves END WHERE what = 'movements';
        INSERT INTO model_call SELECT key, call, answer WHERE key IS NOT NULL;
    END IF;
END $$;
DO $$
BEGIN
    FOR i IN 1 .. 3000 LOOP
        CALL step(i);
    END LOOP;
END $$;
\o
SELECT is_empty('SELECT * FROM wrong ORDER BY step LIMIT 5', 'every call answers as the model does');
SELECT is_empty('SELECT * FROM units.stock_problems', 'stock is the sum of its movements');
SELECT is_empty($$SELECT * FROM model_stock m LEFT JOIN units.stock s ON s.sku = m.sku AND s.location_code = m.location WHERE coalesce(s.on_hand, 0) <> m.on_hand$$, 'what is there is what the model has');
SELECT is_empty($$SELECT * FROM model_stock m LEFT JOIN (SELECT x.sku, x.location_code, sum(x.qty) AS qty FROM units.stock_movements x GROUP BY 1, 2) s ON s.sku = m.sku AND s.location_code = m.location WHERE coalesce(s.qty, 0) <> m.on_hand$$, 'and so are the sums of movements');
SELECT is_empty($$SELECT * FROM (SELECT r.order_ref, r.line_no, sum(r.open_qty) AS open FROM units.reservations r WHERE r.open_qty > 0 AND r.expires_at > now() GROUP BY 1, 2) r FULL JOIN model_hold h ON h.order_ref = r.order_ref AND h.line = r.line_no
    WHERE r.open IS DISTINCT FROM h.open$$, 'orders hold what the model says');
SELECT is(count(*), (SELECT n FROM seen WHERE what = 'movements'), 'there is no movement more or less') FROM units.stock_movements WHERE kind <> 'expire';
SELECT is(count(*), (SELECT n FROM seen WHERE what = 'calls'), 'a row in the outbox for each call that was not refused, none for a retry') FROM units.outbox WHERE call <> 'expire';
SELECT is_empty($$SELECT sku, location FROM model_stock m WHERE units.atp(sku, NULL, location) <> greatest(m.on_hand - model_held(sku, location), 0)$$, 'what can be promised is what is there and not held');
SELECT ok(bool_and(n > 20), 'all kinds of calls were made: ' || string_agg(what || ' ' || n, ', ' ORDER BY what)) FROM seen;
SELECT * FROM finish();
