-- Every call that takes lines, with each mistake that a line can have: a clear error, and nothing has moved. 'done' where it is no
-- mistake for that call.
SET timezone = 'UTC';
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT omni.create_store('badly') IS NOT NULL AS made;
INSERT INTO badly.locations (location_code, name) VALUES ('BER', 'Berlin'), ('HAM', 'Hamburg');
INSERT INTO badly.channels (channel_code, name) VALUES ('web', 'Web');
INSERT INTO badly.products (sku, title) VALUES ('A', ''), ('B', '');
SELECT count(*) FROM badly.receive('[{"sku": "A", "location": "BER", "qty": 100}]');
INSERT INTO badly.orders (order_ref, channel_code, placed_at, currency, method, state) VALUES ('O', 'web', '2026-01-01Z', 'EUR', 'ship', 'open'), ('T', 'web', '2026-01-01Z', 'EUR', 'ship', 'shipped'), ('D', 'web', '2026-01-01Z', 'EUR', 'ship', 'delivered'), ('P', 'web', '2026-01-01Z', 'EUR', 'pickup', 'open'), ('N', 'web', '2026-01-01Z', 'EUR', 'pickup', 'ready_for_pickup');
INSERT INTO badly.order_lines (order_ref, line_no, sku, qty, unit_price) SELECT o.order_ref, 1, 'A', 5, 1 FROM badly.orders o;
SELECT count(*) FROM badly.reserve('O', '[{"line": 1, "sku": "A", "qty": 5, "location": "BER"}]', NULL);
SELECT count(*) FROM badly.reserve('over', '[{"sku": "A", "qty": 1, "location": "BER"}]', '1 microsecond');

-- a call with its lines in it, and a line that is right
CREATE TABLE badly.call (n int GENERATED ALWAYS AS IDENTITY, name text, call text, line jsonb);
INSERT INTO badly.call (name, call, line) VALUES
    ('reserve', 'badly.reserve(''R'', $1)', '{"sku": "A", "qty": 1, "location": "BER"}'),
    ('reserve partial', 'badly.reserve(''R'', $1, partial => true)', '{"sku": "A", "qty": 1, "location": "BER"}'),
    ('release', 'badly.release(''O'', $1)', '{"sku": "A", "qty": 1, "location": "BER"}'),
    ('ship', 'badly.ship(''O'', $1)', '{"sku": "A", "qty": 1, "location": "BER"}'),
    ('receive', 'badly.receive($1)', '{"sku": "A", "qty": 1, "location": "BER"}'),
    ('expect', 'badly.expect($1)', '{"sku": "A", "qty": 1, "location": "BER", "supply_key": "P", "expected_at": "2030-01-01T00:00:00Z"}'),
    ('adjust', 'badly.adjust($1, ''lost'')', '{"sku": "A", "qty": 1, "location": "BER"}'),
    ('transfer', 'badly.transfer($1)', '{"sku": "A", "qty": 1, "from": "BER", "to": "HAM"}'),
    ('cycle_count', 'badly.cycle_count(''BER'', $1)', '{"sku": "A", "qty": 1}'),
    ('place_order', 'badly.place_order(pg_catalog.jsonb_build_object(''order_ref'', ''X'', ''channel'', ''web'', ''currency'', ''EUR'', ''lines'', $1))', '{"sku": "A", "qty": 1, "unit_price": 1}'),
    ('cancel_lines', 'badly.cancel_lines(''O'', $1)', '{"line": 1, "qty": 1}'),
    ('short_pick', 'badly.short_pick(''O'', $1)', '{"line": 1, "qty": 1, "location": "BER"}'),
    ('ready_for_pickup', 'badly.ready_for_pickup(''P'', $1)', '{"line": 1, "qty": 1}'),
    ('no_show', 'badly.no_show(''N'', $1)', '{"line": 1, "qty": 1, "location": "BER"}'),
    ('deliver', 'badly.deliver(''T'', NULL, $1)', '{"line": 1, "qty": 1}'),
    ('request_return', 'badly.request_return(''D'', $1)', '{"line": 1, "qty": 1}'),
    ('receive_return', 'badly.receive_return(''D'', $1)', '{"line": 1, "qty": 1, "location": "BER", "disposition": "restocked"}'),
    ('exchange', 'badly.exchange(''D'', $1)', '{"line": 1, "qty": 1, "sku": "B"}');

-- what is in the store: whatever a call writes changes it
CREATE FUNCTION badly.now_there() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    t text;
    one text;
    everything text := '';
BEGIN
    FOREACH t IN ARRAY '{stock,stock_slots,reservations,stock_movements,supplies,outbox,orders,order_lines,order_line_events,shipments,returns,carts,cart_events}'::text[] LOOP
        EXECUTE format('SELECT md5(string_agg(x::text, '','' ORDER BY x::text)) FROM badly.%I x', t) INTO one;
        everything := concat(everything, t, one);
    END LOOP;
    RETURN md5(everything);
END $$;
-- SQLSTATE of a call, or what it did, which is undone
CREATE FUNCTION badly.outcome(call text, lines jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    before CONSTANT text := badly.now_there();
    said text;
BEGIN
    BEGIN
        EXECUTE 'SELECT count(*) FROM ' || call USING lines;
        said := CASE WHEN badly.now_there() = before THEN 'nothing' ELSE 'done' END;
        RAISE EXCEPTION USING ERRCODE = 'OM000';
    EXCEPTION
        WHEN SQLSTATE 'OM000' THEN RETURN said;
        WHEN OTHERS THEN RETURN SQLSTATE;
    END;
END $$;
SELECT c.name, badly.outcome(c.call, jsonb_build_array(c.line)) AS "right" FROM badly.call c ORDER BY c.n;

-- quantities
SELECT c.name, badly.outcome(c.call, jsonb_build_array(c.line || '{"qty": -1}')) AS "-1", badly.outcome(c.call, jsonb_build_array(c.line || '{"qty": 0}')) AS "0", badly.outcome(c.call, jsonb_build_array(c.line || '{"qty": null}')) AS "null",
    badly.outcome(c.call, jsonb_build_array(c.line - 'qty')) AS "none", badly.outcome(c.call, jsonb_build_array(c.line || '{"qty": 1.5}')) AS "1.5", badly.outcome(c.call, jsonb_build_array(c.line || '{"qty": 9223372036854775808}')) AS "2^63",
    badly.outcome(c.call, jsonb_build_array(c.line || '{"qty": 1e400}')) AS "1e400", badly.outcome(c.call, jsonb_build_array(c.line || '{"qty": 9223372036854775807}')) AS "2^63-1", badly.outcome(c.call, jsonb_build_array(c.line || '{"qty": 9223372036854775807}', c.line || '{"qty": 9223372036854775807}')) AS "twice",
    badly.outcome(c.call, jsonb_build_array(c.line || '{"qty": "1"}')) AS text, badly.outcome(c.call, jsonb_build_array(c.line || '{"qty": true}')) AS "true", badly.outcome(c.call, jsonb_build_array(c.line || '{"qty": [1]}')) AS array FROM badly.call c ORDER BY c.n;
-- what is named
SELECT c.name, badly.outcome(c.call, jsonb_build_array(c.line || '{"sku": "NONE"}')) AS unknown_sku, badly.outcome(c.call, jsonb_build_array(c.line || '{"sku": " "}')) AS blank_sku, badly.outcome(c.call, jsonb_build_array(c.line || '{"sku": 7}')) AS number_sku,
    badly.outcome(c.call, jsonb_build_array(CASE WHEN c.line ? 'from' THEN c.line || '{"to": "MOON"}' ELSE c.line || '{"location": "MOON"}' END)) AS unknown_location, badly.outcome(c.call, jsonb_build_array(c.line || '{"location": 7}')) AS number_location,
    badly.outcome(c.call, jsonb_build_array(c.line || '{"line": 77}')) AS unknown_line, badly.outcome(c.call, jsonb_build_array(c.line || '{"line": 1.5}')) AS "line 1.5", badly.outcome(c.call, jsonb_build_array(c.line || '{"line": "1"}')) AS text_line, badly.outcome(c.call, jsonb_build_array(c.line || '{"line": 1e12}')) AS "line 1e12",
    badly.outcome(c.call, jsonb_build_array(c.line || '{"colour": "red"}')) AS unknown_key FROM badly.call c ORDER BY c.n;
-- lines that are none; NULL means all where a call is about an order
SELECT c.name, badly.outcome(c.call, '[]') AS "[]", badly.outcome(c.call, '{}') AS "{}", badly.outcome(c.call, c.line) AS object, badly.outcome(c.call, '"A"') AS text, badly.outcome(c.call, '7') AS number, badly.outcome(c.call, 'null') AS "json null", badly.outcome(c.call, '[null]') AS "[null]", badly.outcome(c.call, '[7]') AS "[7]",
    badly.outcome(c.call, '[{}]') AS "[{}]", badly.outcome(c.call, jsonb_build_array(jsonb_build_array(c.line))) AS "[[]]", badly.outcome(c.call, jsonb_build_array(c.line, 7)) AS second, badly.outcome(c.call, NULL) AS "NULL",
    badly.outcome(c.call, (SELECT jsonb_agg(x.l) FROM (SELECT c.line AS l FROM generate_series(1, 10001)) x)) AS "10001" FROM badly.call c ORDER BY c.n;

-- what is over, gone, or never was
SELECT c.call, badly.outcome(c.call, NULL) FROM unnest(ARRAY['badly.extend(''over'')', 'badly.ship(''over'')', 'badly.release(''nobody'')', 'badly.extend(''nobody'')', 'badly.ship(''nobody'')', 'badly.extend(''O'', ''-1 hour'')', 'badly.extend(''O'', ''0'')',
    'badly.reserve(''R'', ''[{"sku": "A", "qty": 1}]'', ''-1 hour'')', 'badly.reserve(''R'', ''[{"sku": "A", "qty": 1}]'', ''0'')', 'badly.ship(''O'', ''[{"line": 1, "qty": 6}]'')', 'badly.transfer(''[{"sku": "A", "qty": 1, "from": "BER", "to": "BER"}]'')',
    'badly.transfer(''[{"sku": "A", "qty": 1000, "from": "BER", "to": "HAM"}]'')', 'badly.adjust(''[{"sku": "A", "qty": -1000, "location": "BER"}]'', ''lost'')', 'badly.cart_add(''c'', ''A'', 0, ''e'')', 'badly.cart_add(''c'', ''A'', -1, ''e'')', 'badly.cart_remove(''c'', ''A'', 0, ''e'')',
    'badly.cart_set(''c'', ''A'', -1, ''e'')', 'badly.cart_add(''c'', ''NONE'', 1, ''e'')', 'badly.cart_add(''c'', ''A'', NULL, ''e'')', 'badly.set_high_contention(''NONE'', 4)', 'badly.set_high_contention(''A'', 65)', 'badly.set_high_contention(''A'', -1)', 'badly.expire(0)', 'badly.rebalance(NULL)']) WITH ORDINALITY c(call, n) ORDER BY c.n;
-- what is said: the line of the call, what is wrong, what to do
CREATE FUNCTION badly.said(call text, lines jsonb DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
    hint text;
BEGIN
    BEGIN
        EXECUTE 'SELECT count(*) FROM ' || call USING lines;
        RAISE EXCEPTION USING ERRCODE = 'OM000';
    EXCEPTION
        WHEN SQLSTATE 'OM000' THEN RETURN 'done';
        WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
            RETURN concat_ws(E'\n', SQLSTATE || ' ' || SQLERRM, 'DETAIL:  ' || nullif(detail, ''), CASE hint WHEN '' THEN 'no hint' ELSE 'HINT:  ' || hint END);
    END;
END $$;
INSERT INTO badly.locations (location_code, name) VALUES ('lager', 'Lager');
\pset format unaligned
\pset tuples_only on
SELECT DISTINCT c.name, m.change FROM badly.call c, jsonb_array_elements('[{"qty": -1}, {"qty": null}, {"qty": 1.5}, {"qty": "1"}, {"qty": 1e30}, {"sku": "NONE"}, {"sku": ""}, {"location": 7}, {"line": -1}, {"line": 1e12}, {"colour": "red"}]') m(change)
WHERE badly.said(c.call, jsonb_build_array(c.line || m.change)) ~ 'no hint$';
SELECT c.name || ': ' || badly.said(c.call, jsonb_build_array(c.line || '{"qty": 1.5}')) FROM badly.call c WHERE c.name IN ('reserve', 'release', 'receive', 'cancel_lines') ORDER BY c.n;
SELECT badly.said('badly.release(''O'', $1)', l) FROM jsonb_array_elements('[[], [{"qty": null}], [{"qty": 0}], [{"sku": "A", "qty": 9}], [{"line": 2}], [{"colour": 1}]]') l;
-- a location that is written otherwise
SELECT badly.said(c) FROM unnest(ARRAY['badly.reserve(''R'', ''[{"sku": "A", "qty": 1, "location": "Lager"}]'')', 'badly.receive(''[{"sku": "A", "qty": 1, "location": "Lager"}]'')', 'badly.ready_for_pickup(''P'', location => ''Lager'')', 'badly.atp(''A'', location => ''Mond'')']) c;
-- times out of range, either way
SELECT badly.said(format(c, i)) FROM unnest(ARRAY['badly.reserve(''R'', ''[{"sku": "A", "qty": 1}]'', %L)', 'badly.extend(''O'', %L)']) c, unnest('{300000 years,-300000 years,-1 day,99999 years}'::text[]) i;
SELECT badly.said(c) FROM unnest(ARRAY['badly.rebalance(''NONE'')', 'badly.rebalance(NULL)', 'badly.set_high_contention(''A'', 65)', 'badly.atp(NULL)', 'badly.relay(0)']) c;
SELECT badly.said('badly.place_order(' || quote_literal('{"order_ref": "X", "channel": "web", "currency": "EUR", "lines": [{"sku": "A", "qty": 1, "unit_price": 1}]}'::jsonb || more) || ')') FROM jsonb_array_elements('[{"market": "XX"}, {"customer": 1e30}, {"customer": 1.5}, {"channel": "Instagram"}]') more;
-- no quantity that may be asked for, or announced, is too much for the sums of all orders, carts and supplies
SELECT badly.said(c) FROM unnest(ARRAY['badly.cart_add(''c'', ''A'', 1000000000001, ''e'')', 'badly.cart_remove(''c'', ''A'', 9223372036854775807, ''e'')', 'badly.cart_set(''c'', ''A'', 1000000000001, ''e'')', 'badly.cart_add(''c'', ''A'', 1000000000000, ''e'')',
    'badly.place_order(''{"order_ref": "X", "channel": "web", "currency": "EUR", "lines": [{"sku": "A", "qty": 1000000000001, "unit_price": 1}]}'')',
    'badly.expect(''[{"sku": "A", "location": "BER", "supply_key": "P", "qty": 1000000000001, "expected_at": "2030-01-01T00:00:00Z"}]'')', 'badly.expect(''[{"sku": "A", "location": "BER", "supply_key": "P", "qty": 1000000000000, "expected_at": "2030-01-01T00:00:00Z"}]'')']) c;
\pset format aligned
\pset tuples_only off
-- a retry from a session that writes times otherwise is the same call
BEGIN;
SELECT qty FROM badly.deliver('T', NULL, at => '2026-02-01Z', idempotency_key => 'd');
SELECT qty FROM badly.ready_for_pickup('P', '[{"line": 1, "qty": 1}]', at => '2026-02-01Z', idempotency_key => 'p');
SELECT disposition FROM badly.receive_return('D', '[{"line": 1, "qty": 1, "location": "BER", "disposition": "restocked"}]', 'r', '2026-02-01Z');
SELECT qty FROM badly.extend('O', '1 day', 'e');
SET LOCAL timezone = 'Asia/Tokyo';
SET LOCAL intervalstyle = 'iso_8601';
SELECT qty FROM badly.deliver('T', NULL, at => '2026-02-01Z', idempotency_key => 'd');
SELECT qty FROM badly.ready_for_pickup('P', '[{"line": 1, "qty": 1}]', at => '2026-02-01Z', idempotency_key => 'p');
SELECT disposition FROM badly.receive_return('D', '[{"line": 1, "qty": 1, "location": "BER", "disposition": "restocked"}]', 'r', '2026-02-01Z');
SELECT qty FROM badly.extend('O', '1 day', 'e');
-- events whose keys look like parts of another are events of their own, in either order
SELECT badly.move_units('O', 1, 1, 'packed', 'scan#2', at => '2026-02-01Z'), badly.move_units('O', 1, 1, 'packed', 'scan', at => '2026-02-02Z'), badly.move_units('O', 1, 1, 'packed', 'scan#3', at => '2026-02-03Z');
SELECT badly.move_units('O', 1, 1, 'packed', 'scan#2', at => '2026-02-01Z'), badly.move_units('O', 1, 1, 'packed', 'scan', at => '2026-02-02Z'), badly.move_units('O', 1, 1, 'packed', 'scan#3', at => '2026-02-03Z');
SELECT state, qty FROM badly.order_units WHERE order_ref = 'O' ORDER BY state;
-- one that moves units of two states is known as a whole
SELECT badly.move_units('O', 1, 5, 'shipped', 'left', at => '2026-02-04Z'), badly.move_units('O', 1, 5, 'shipped', 'left', at => '2026-02-04Z');
SELECT event_key, qty, from_state FROM badly.order_line_events WHERE order_ref = 'O' AND event_key ~ '^left' ORDER BY event_key;
ROLLBACK;
SELECT count(*) FROM badly.release('O');
SELECT badly.outcome('badly.release(''O'')', NULL) AS released_twice;
TABLE badly.stock_problems;
DROP SCHEMA badly, badly_bi, badly_pii CASCADE;
