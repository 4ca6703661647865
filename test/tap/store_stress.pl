# All calls of a store that write stock, orders and carts, by 8 sessions at once, in all three isolation levels, on a few SKUs, plain
# and in slots: no deadlock, no error that a caller has not been told of, and stock is the sum of its movements.
# OMNI_RUNS says how many rounds of 6,000 calls there are. What waited for what stands in the log of the server.
use strict;
use warnings;
use lib $ENV{OMNI_TREE} . '/test/tap';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use OmniTest;
use Test::More;

my $rounds = $ENV{OMNI_RUNS} || 1;
my $clients = 8;
my $calls = 750;
my $node = omni_node('main', "max_connections = 40\nshared_buffers = '128MB'\nautovacuum = on\ndeadlock_timeout = '200ms'\nlog_lock_waits = on\nlog_min_messages = log\nlog_line_prefix = '%p %x '\ntrack_functions = pl");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION omni;
	SELECT omni.create_store('shop');
	INSERT INTO shop.locations (location_code, name) SELECT l, l FROM unnest('{BER,HAM,MUC}'::text[]) l;
	INSERT INTO shop.markets (market_code, name, currency) VALUES ('DE', 'Germany', 'EUR');
	INSERT INTO shop.channels (channel_code, name, kind, market_code) VALUES ('web', 'Web', 'web', 'DE');
	INSERT INTO shop.products (sku, title) SELECT s, s FROM unnest('{M1,M2,M3,M4,M5,SET}'::text[]) s;
	UPDATE shop.products SET gtin = '80614141123458' WHERE sku = 'M2';
	INSERT INTO shop.bundle_components (sku, component_sku, qty) VALUES ('SET', 'M1', 2), ('SET', 'M4', 1);
	SELECT count(*) FROM shop.receive((SELECT jsonb_agg(jsonb_build_object('sku', 'M' || n, 'location', l, 'qty', 200)) FROM generate_series(1, 5) n, unnest('{BER,HAM,MUC}'::text[]) l));
	SELECT shop.set_high_contention('M3', 4), shop.set_high_contention('M5', 4);
	CREATE TABLE public.feed AS SELECT sku::text, location_code, 150 AS on_hand, now() AS as_of FROM shop.stock;
	CREATE SEQUENCE public.numbers;
	CREATE TABLE public.tally (call text, answer text);

	-- orders of many units: open, on their way, delivered
	INSERT INTO shop.orders (order_ref, channel_code, market_code, placed_at, currency, method, state) SELECT s.ref || '-' || n, 'web', 'DE', '2026-01-01Z', 'EUR', CASE WHEN s.ref = 'P' THEN 'pickup' ELSE 'ship' END, s.state::omni.order_state
	FROM (VALUES ('O', 'open'), ('P', 'open'), ('T', 'shipped'), ('D', 'delivered')) s(ref, state), generate_series(1, 3) n;
	INSERT INTO shop.order_lines (order_ref, line_no, sku, qty, unit_price) SELECT o.order_ref, n, CASE n WHEN 4 THEN 'SET' ELSE 'M' || n END, 1000000, 1 FROM shop.orders o, generate_series(1, 4) n;

	-- a SKU, a location, lines of SKUs in any order, each at most once
	CREATE FUNCTION public.one_of(VARIADIC of text[]) RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT of[1 + floor(random() * cardinality(of))::int] $$;
	CREATE FUNCTION public.lines(VARIADIC keys text[] DEFAULT '{}') RETURNS jsonb LANGUAGE sql VOLATILE AS $$
		SELECT jsonb_agg(jsonb_build_object('sku', 'M' || n) || CASE WHEN 'location' = ANY (keys) OR 'maybe' = ANY (keys) AND random() < .6 THEN jsonb_build_object('location', public.one_of('BER', 'HAM', 'MUC')) ELSE '{}' END
			|| CASE WHEN 'counted' = ANY (keys) THEN jsonb_build_object('qty', 60 + (random() * 100)::int) WHEN 'signed' = ANY (keys) THEN jsonb_build_object('qty', (ARRAY[-2, -1, 1, 2, 3])[1 + floor(random() * 5)::int]) ELSE jsonb_build_object('qty', 1 + (random() * 3)::int) END
			|| CASE WHEN 'fromto' = ANY (keys) THEN (SELECT jsonb_build_object('from', w[1], 'to', w[2]) FROM (SELECT array_agg(l ORDER BY random() + 0 * n) AS w FROM unnest('{BER,HAM,MUC}'::text[]) l) x) ELSE '{}' END ORDER BY random())
		FROM generate_series(1, 5) n, (SELECT 1 + floor(random() * 5)::int AS always) a WHERE random() < .4 OR n = always $$;
	-- lines of an order, some of their units
	CREATE FUNCTION public.order_lines(order_ref text) RETURNS jsonb LANGUAGE sql VOLATILE AS $$
		SELECT jsonb_agg(jsonb_build_object('line', l.line_no, 'qty', 1 + floor(random() * least(l.qty, 3))::bigint) ORDER BY random()) FROM shop.order_lines l WHERE l.order_ref = order_lines.order_ref AND random() < .7 AND (order_ref ~ '^W' OR l.line_no <= 4) $$;

	CREATE FUNCTION public.call(what text) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
	DECLARE
		last CONSTANT bigint := (SELECT last_value FROM public.numbers);
		name text := 'W-' || greatest(last - floor(random() * 25)::bigint, 1);
		key CONSTANT text := CASE WHEN random() < .3 THEN what || ' ' || name || floor(random() * 3)::int END;
		held interval := CASE WHEN random() < .3 THEN interval '30 ms' WHEN random() < .8 THEN interval '1 hour' END;
		wanted jsonb;
		method text;
	BEGIN
		IF what = 'place_order' THEN
			name := CASE WHEN random() < .9 THEN 'W-' || nextval('public.numbers') ELSE name END;
			PERFORM shop.place_order(jsonb_build_object('order_ref', name, 'channel', 'web', 'method', public.one_of('ship', 'ship', 'pickup', 'ship_to_store'), 'cart', CASE WHEN random() < .3 THEN 'c' || floor(random() * 6)::int END,
				'lines', (SELECT jsonb_agg(l || '{"unit_price": 1}' ORDER BY random()) FROM jsonb_array_elements(public.lines() || CASE WHEN random() < .3 THEN '[{"sku": "SET", "qty": 2}]' ELSE '[]'::jsonb END) l)), key);
			RETURN 'done';
		END IF;
		IF random() < .5 THEN
			name := CASE WHEN what IN ('reserve_order', 'release', 'extend', 'ship', 'cancel_lines', 'short_pick') THEN public.one_of('O', 'P') WHEN what IN ('ready_for_pickup', 'no_show') THEN 'P' WHEN what = 'deliver' THEN 'T' ELSE 'D' END || '-' || 1 + floor(random() * 3)::int;
		END IF;
		IF what IN ('reserve_order', 'release', 'extend', 'ship', 'cancel_lines', 'short_pick', 'deliver', 'request_return', 'receive_return', 'exchange', 'ready_for_pickup', 'no_show') THEN
			method := (SELECT coalesce(o.method, 'ship') FROM shop.orders o WHERE o.order_ref = name);
			wanted := public.order_lines(name);
			IF method IS NULL OR wanted IS NULL THEN
				RETURN 'no order';
			END IF;
		END IF;
		CASE what
		WHEN 'reserve' THEN PERFORM shop.reserve('R-' || floor(random() * 20)::int, public.lines('maybe'), held, CASE WHEN random() < .1 THEN key END, partial => random() < .3, split => random() < .7);
		WHEN 'reserve_one' THEN PERFORM shop.reserve('R-' || floor(random() * 20)::int, jsonb_build_array(jsonb_build_object('sku', public.one_of('M1', 'M3', 'M5'), 'location', public.one_of('BER', 'HAM'), 'qty', 1)), held);
		WHEN 'reserve_order' THEN PERFORM shop.reserve(name, (SELECT jsonb_agg(jsonb_build_object('line', l.line_no, 'sku', l.sku::text, 'qty', least(l.qty, 3)) || CASE WHEN method <> 'ship' THEN '{"location": "BER"}' ELSE '{}'::jsonb END ORDER BY random()) FROM shop.order_lines l WHERE l.order_ref = name), held, key, partial => random() < .3);
		WHEN 'release' THEN PERFORM shop.release(CASE WHEN random() < .5 THEN name ELSE 'R-' || floor(random() * 20)::int END, idempotency_key => key);
		WHEN 'extend' THEN PERFORM shop.extend(CASE WHEN random() < .5 THEN name ELSE 'R-' || floor(random() * 20)::int END, held, idempotency_key => key);
		WHEN 'expire' THEN PERFORM shop.expire(20);
		-- the time of slots is over, as if sessions had made them long ago
		WHEN 'lapse' THEN UPDATE shop.stock SET slots_until = now() WHERE slots > 0 AND sku = (SELECT public.one_of('M1', 'M3', 'M5')) AND location_code = (SELECT public.one_of('BER', 'HAM', 'MUC'));
		WHEN 'ship' THEN PERFORM shop.ship(name, CASE WHEN random() < .5 THEN wanted END, key, CASE WHEN random() < .7 THEN jsonb_build_object('shipment_key', 'S' || floor(random() * 2)::int) END);
		WHEN 'receive' THEN PERFORM shop.receive(public.lines('location'), key);
		WHEN 'expect' THEN PERFORM shop.expect((SELECT jsonb_agg(l || jsonb_build_object('supply_key', 'PO-' || last % 20, 'expected_at', '2030-01-01T00:00:00Z')) FROM jsonb_array_elements(public.lines('location')) l));
		WHEN 'receive_supply' THEN
			wanted := (SELECT jsonb_agg(jsonb_build_object('sku', u.sku::text, 'location', u.location_code, 'qty', 1, 'supply_key', u.supply_key) ORDER BY random()) FROM (SELECT * FROM shop.supplies s WHERE s.closed_at IS NULL AND s.supply_key = 'PO-' || last % 20) u);
			IF wanted IS NULL THEN
				RETURN 'nothing expected';
			END IF;
			PERFORM shop.receive(wanted);
		WHEN 'adjust' THEN PERFORM shop.adjust(public.lines('location', 'signed'), 'damaged', key);
		WHEN 'transfer' THEN PERFORM shop.transfer(public.lines('fromto'), key, random() < .2);
		WHEN 'cycle_count' THEN PERFORM shop.cycle_count(public.one_of('BER', 'HAM', 'MUC'), public.lines('counted'), key);
		WHEN 'reconcile' THEN PERFORM shop.reconcile('public.feed', true, key);
		WHEN 'rebalance' THEN PERFORM shop.rebalance(public.one_of('M3', 'M5'));
		WHEN 'set_high_contention' THEN PERFORM shop.set_high_contention(public.one_of('M1', 'M3', 'M5'), (ARRAY[0, 2, 4, 8])[1 + floor(random() * 4)::int]);
		WHEN 'rfid_read' THEN PERFORM shop.rfid_read(public.one_of('BER', 'HAM', 'MUC'), ARRAY(SELECT '3074257BF7194E40' || lpad(to_hex(floor(random() * 10000)::int), 8, '0') FROM generate_series(1, 3)), public.one_of('receive', 'receive', 'receive', 'count'), key);
		WHEN 'cancel_lines' THEN PERFORM shop.cancel_lines(name, CASE WHEN name ~ '^O' OR random() < .7 THEN wanted END, 'changed', key);
		WHEN 'short_pick' THEN PERFORM shop.short_pick(name, (SELECT jsonb_agg(w || jsonb_build_object('location', public.one_of('BER', 'HAM', 'MUC'))) FROM jsonb_array_elements(wanted) w), random() < .5, 'gone', key);
		WHEN 'ready_for_pickup' THEN PERFORM shop.ready_for_pickup(name, CASE WHEN name ~ '^P' OR random() < .5 THEN wanted END, CASE WHEN random() < .5 THEN 'S0' END, 'BER', idempotency_key => key);
		WHEN 'no_show' THEN PERFORM shop.no_show(name, CASE WHEN random() < .5 THEN (SELECT jsonb_agg(w || '{"location": "BER"}') FROM jsonb_array_elements(wanted) w) END, key);
		WHEN 'deliver' THEN PERFORM shop.deliver(name, CASE WHEN random() < .3 THEN 'S0' END, CASE WHEN name ~ '^T' OR random() < .3 THEN wanted END, idempotency_key => key);
		WHEN 'request_return' THEN PERFORM shop.request_return(name, wanted, 'web', 'size', key, CASE WHEN random() < .3 THEN 'RMA' END);
		WHEN 'receive_return' THEN PERFORM shop.receive_return(name, (SELECT jsonb_agg(w || jsonb_strip_nulls(jsonb_build_object('location', public.one_of('BER', 'HAM', 'MUC'), 'disposition', public.one_of('restocked', 'restocked', 'quarantined', NULL)))) FROM jsonb_array_elements(wanted) w), key);
		WHEN 'exchange' THEN PERFORM shop.exchange(name, (SELECT jsonb_agg(w || jsonb_build_object('sku', 'M2')) FROM jsonb_array_elements(wanted) w), 'web', 'size', key, CASE WHEN random() < .3 THEN 'W-' || greatest(last - floor(random() * 25)::bigint, 1) END);
		WHEN 'cart_add' THEN PERFORM shop.cart_add('c' || floor(random() * 6)::int, 'M1', 1, gen_random_uuid()::text);
		WHEN 'cart_set' THEN PERFORM shop.cart_set('c' || floor(random() * 6)::int || CASE WHEN random() < .5 THEN '-' || last % 40 ELSE '' END, 'M1', floor(random() * 5)::bigint, gen_random_uuid()::text);
		WHEN 'cart_merge' THEN PERFORM shop.cart_merge('c' || floor(random() * 6)::int || '-' || last % 40, 'c' || floor(random() * 6)::int || CASE WHEN random() < .8 THEN '-' || last % 40 ELSE '' END);
		WHEN 'relay' THEN PERFORM shop.relay(50);
		END CASE;
		RETURN 'done';
	-- answers that a caller is told of: not enough, nothing of that to ship or to move, no more units than that
	EXCEPTION
		WHEN raise_exception OR object_not_in_prerequisite_state OR numeric_value_out_of_range THEN
			RETURN SQLSTATE;
		-- an order, a key that is there already
		WHEN unique_violation THEN
			IF what = 'place_order' THEN RETURN SQLSTATE; END IF;
			RAISE;
		WHEN invalid_parameter_value THEN
			IF SQLERRM = 'the idempotency key was used for another call' OR what = 'exchange' AND SQLERRM ~ '^there is no order' THEN RETURN SQLSTATE; END IF;
			RAISE;
	END $$;
	CREATE FUNCTION public.work() RETURNS void LANGUAGE plpgsql VOLATILE AS $$
	DECLARE
		what CONSTANT text := public.one_of('place_order', 'place_order', 'place_order', 'reserve', 'reserve', 'reserve', 'reserve_one', 'reserve_one', 'reserve_order', 'reserve_order', 'reserve_order', 'reserve_order', 'release', 'release', 'extend', 'extend', 'expire', 'lapse', 'ship', 'ship', 'ship', 'ship',
			'receive', 'receive', 'receive_supply', 'expect', 'adjust', 'transfer', 'transfer', 'cycle_count', 'reconcile', 'rebalance', 'set_high_contention', 'rfid_read', 'cancel_lines', 'cancel_lines', 'short_pick', 'short_pick', 'ready_for_pickup', 'no_show', 'deliver', 'deliver', 'deliver', 'deliver', 'request_return', 'request_return',
			'receive_return', 'receive_return', 'receive_return', 'exchange', 'exchange', 'cart_add', 'cart_set', 'cart_merge', 'relay');
	BEGIN
		INSERT INTO public.tally VALUES (what, public.call(what));
	END $$;
});
my @files;
for my $level ('read committed', 'repeatable read', 'serializable')
{
	my $file = $node->basedir . '/' . ($level =~ s/ /_/r) . '.sql';
	append_to_file($file, "BEGIN ISOLATION LEVEL $level;\nSELECT public.work();\nCOMMIT;\n");
	push @files, '-f', $file . '@' . ($level eq 'read committed' ? 6 : 1);
}
for my $round (1 .. $rounds)
{
	my ($out, $err) = run_command([ 'pgbench', '-n', '-c', $clients, '-j', 2, '-t', $calls, '--max-tries=100000', @files, $node->connstr('postgres') ]);
	my $all = $clients * $calls;
	like($out, qr{actually processed: $all/$all}, "round $round: $all calls of all kinds at once") or diag($err);
	unlike(slurp($node->logfile), qr/detected deadlock|deadlock detected/, "round $round: no deadlock");
	is($node->safe_psql('postgres', 'SELECT string_agg(p::text, chr(10)) FROM shop.stock_problems p'), '', "round $round: stock is the sum of its movements");
	is($node->safe_psql('postgres', "SELECT count(*) FROM shop.stock_slots l JOIN shop.stock s USING (sku, location_code) WHERE l.slot >= s.slots AND l.free > 0"), 0, "round $round: units are in slots that there are");
	is($node->safe_psql('postgres', "SELECT count(*) FROM (SELECT FROM shop.stock_movements WHERE movement_key LIKE 'epc:%' GROUP BY movement_key HAVING count(*) > 1) d"), 0, "round $round: each tag was received once");
	is($node->safe_psql('postgres', "SELECT count(*) FROM shop.order_units WHERE qty < 0"), 0, "round $round: no units of lines that are not there");
	last unless Test::More->builder->is_passing;
}
note($node->safe_psql('postgres', 'SELECT call, count(*), count(*) FILTER (WHERE answer = \'done\') AS done FROM public.tally GROUP BY 1 ORDER BY 1'));
is($node->safe_psql('postgres', "SELECT string_agg(call, ', ') FROM (SELECT call FROM public.tally GROUP BY call HAVING count(*) FILTER (WHERE answer = 'done') = 0) x"), '', 'every kind of call did something');
$node->stop;
done_testing();
