# reserve() under concurrency and crashes: 500 units and 1,600 attempts of 8 sessions, in all three isolation levels, of a plain SKU
# and of one in slots, sell exactly 500; a server that is killed in mid-load has lost and doubled nothing that it answered.
# OMNI_RUNS says how many races there are.
use strict;
use warnings;
use lib $ENV{OMNI_TREE} . '/test/tap';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use OmniTest;
use Test::More;
use Time::HiRes qw(usleep);

my $runs = $ENV{OMNI_RUNS} || 20;
my $node = omni_node('main', "max_connections = 40\nshared_buffers = '128MB'");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION omni;
	SELECT omni.create_store('shop');
	-- one attempt: not enough is an answer, a conflict of transactions is for the client to repeat
	CREATE FUNCTION public.attempt(sku text, partial boolean) RETURNS bigint LANGUAGE plpgsql AS $$
	BEGIN
		RETURN (SELECT sum(r.qty) FROM shop.reserve('o', jsonb_build_array(jsonb_build_object('sku', sku, 'qty', 1) || CASE WHEN random() < .8 THEN '{"location": "WH"}' ELSE '{}'::jsonb END), partial => partial) r);
	EXCEPTION WHEN raise_exception THEN
		RETURN 0;
	END $$;
});

# -- 1. races for the last units
for my $run (1 .. $runs)
{
	my $level = ('read committed', 'repeatable read', 'serializable')[ $run % 3 ];
	my $slots = (0, 16)[ int($run / 3) % 2 ];
	my $sku = "RACE$run";
	$node->safe_psql('postgres', "SELECT shop.move_stock('$sku', 'WH', 500, 'receive', 'r', NULL, NULL, now());"
		. ($slots ? " SELECT shop.set_high_contention('$sku', $slots);" : ''));
	my $file = $node->basedir . "/race.$run.sql";
	append_to_file($file, "\\set p random(0, 1)\nBEGIN ISOLATION LEVEL $level;\nSELECT public.attempt('$sku', :p = 1);\nCOMMIT;\n");
	my ($out, $err) = run_command([ 'pgbench', '-n', '-c', 8, '-j', 2, '-t', 200, '--max-tries=1000', '-f', $file, $node->connstr('postgres') ]);
	like($out, qr/actually processed: 1600\/1600/, "run $run: 1,600 attempts, $level, " . ($slots ? "$slots slots" : 'no slots')) or diag($err);
	is($node->safe_psql('postgres', "SELECT sum(open_qty), count(*) FROM shop.reservations WHERE sku = '$sku'"), '500|500', "run $run: exactly 500 sold");
}
is($node->safe_psql('postgres', 'SELECT count(*) FROM shop.stock_problems'), 0, 'stock is the sum of its movements');

# -- 2. orders of many SKUs in any order of lines, and all that gives back, at once: no deadlock
$node->safe_psql('postgres', q{
	SELECT shop.move_stock('M' || n, l, 300, 'receive', 'r', NULL, NULL, now()) FROM generate_series(1, 6) n, unnest('{WH,XY}'::text[]) l;
	SELECT shop.set_high_contention('M3', 4);
	CREATE FUNCTION public.mixed(n int, what int) RETURNS void LANGUAGE plpgsql AS $$
	BEGIN
		IF what < 6 THEN
			PERFORM shop.reserve('x' || n, (SELECT jsonb_agg(jsonb_build_object('sku', 'M' || m, 'qty', 1 + (random() * 2)::int) || CASE WHEN random() < .7 THEN jsonb_build_object('location', (ARRAY['WH', 'XY'])[1 + (random() * .99 * 2)::int % 2]) ELSE '{}' END ORDER BY random())
				FROM generate_series(1, 6) m WHERE random() < .6 OR m = 1), CASE WHEN random() < .5 THEN '1 ms'::interval ELSE '1 hour' END, partial => random() < .3, split => random() < .7);
		ELSIF what < 8 THEN PERFORM shop.release('x' || n);
		ELSIF what = 8 THEN PERFORM shop.expire();
		ELSIF what = 9 THEN PERFORM shop.extend('x' || n);
		ELSE PERFORM shop.rebalance('M3');
		END IF;
	EXCEPTION WHEN raise_exception OR object_not_in_prerequisite_state THEN
		NULL;
	END $$;
});
my $mixed = $node->basedir . '/mixed.sql';
append_to_file($mixed, "\\set n random(1, 60)\n\\set what random(0, 10)\nSELECT public.mixed(:n, :what);\n");
my ($out, $err) = run_command([ 'pgbench', '-n', '-c', 8, '-j', 2, '-t', 400, '-f', $mixed, $node->connstr('postgres') ]);
like($out, qr/actually processed: 3200\/3200/, 'orders of many lines, releases, extensions, tidying and rebalancing at once') or diag($err);
unlike(slurp($node->logfile), qr/deadlock detected/, 'no deadlock');
is($node->safe_psql('postgres', 'SELECT count(*) FROM shop.stock_problems'), 0, 'stock is the sum of its movements');
is($node->safe_psql('postgres', "SELECT count(*) FROM shop.stock s WHERE s.reserved > s.on_hand"), 0, 'no more is reserved than there is');

# -- 3. contention is noticed: the units of a much wanted SKU go into slots
$node->safe_psql('postgres', "SELECT shop.move_stock('WANTED', 'WH', 100000, 'receive', 'r', NULL, NULL, now())");
my $wanted = $node->basedir . '/wanted.sql';
append_to_file($wanted, "SELECT shop.reserve('w', '[{\"sku\": \"WANTED\", \"qty\": 1, \"location\": \"WH\"}]');\n");
run_command([ 'pgbench', '-n', '-c', 8, '-j', 2, '-t', 300, '-f', $wanted, $node->connstr('postgres') ]);
is($node->safe_psql('postgres', "SELECT slots, (SELECT sum(open_qty) FROM shop.reservations WHERE sku = 'WANTED') FROM shop.stock WHERE sku = 'WANTED'"), '16|2400', 'slots were made in the midst of it');
is($node->safe_psql('postgres', "SELECT shop.expire() >= 0; SELECT slots FROM shop.stock WHERE sku = 'WANTED' AND slots_until > now()"), "t\n16", 'and stay for a while');
is($node->safe_psql('postgres', "UPDATE shop.stock SET slots_until = now() WHERE sku = 'WANTED'; SELECT shop.expire(); SELECT slots, reserved, slots_until FROM shop.stock WHERE sku = 'WANTED'"), "0\n0|2400|", 'expire() gives them up');
is($node->safe_psql('postgres', 'SELECT count(*) FROM shop.stock_problems'), 0, 'stock is the sum of its movements');

# -- 4. killed in mid-load, again and again
$node->safe_psql('postgres', "SELECT shop.move_stock('PLAIN', 'WH', 1000000, 'receive', 'r', NULL, NULL, now()), shop.move_stock('HOT', 'WH', 1000000, 'receive', 'r', NULL, NULL, now()); SELECT shop.set_high_contention('HOT', 8);");
for my $round (1 .. 3)
{
	my @files = map { $node->basedir . "/crash.$round.$_" } 1 .. 4;
	my @clients;
	for my $c (1 .. 4)
	{
		append_to_file("$files[$c - 1].sql", join('', map { "SELECT '$round-$c-$_', reservation_id FROM shop.reserve('c$round-$c-$_', '[{\"sku\": \"PLAIN\", \"qty\": 1, \"location\": \"WH\"}, {\"sku\": \"HOT\", \"qty\": 2}]', idempotency_key => '$round-$c-$_');\n" } 1 .. 20000));
		my $pid = fork();
		if ($pid == 0)
		{
			open(STDERR, '>', '/dev/null');
			exec('psql', '-XqAt', '-d', $node->connstr('postgres'), '-f', "$files[$c - 1].sql", '-o', "$files[$c - 1].out") or die;
		}
		push @clients, $pid;
	}
	usleep(1_500_000 + 300_000 * $round);
	my ($postmaster) = slurp($node->data_dir . '/postmaster.pid') =~ /^(\d+)/;
	$node->kill9;
	waitpid($_, 0) for @clients;
	# its children go when they see that it is gone
	for (1 .. 100) { last unless kill(0, $postmaster); usleep(100_000); }
	usleep(1_000_000);
	$node->start;
	my @acknowledged = map { grep { /^[\d-]+\|\d+$/ } split /\n/, slurp("$_.out") } @files;
	cmp_ok(scalar @acknowledged, '>', 20, "round $round: " . @acknowledged . ' rows were answered before the kill');
	is($node->safe_psql('postgres', 'SELECT count(*) FROM shop.stock_problems'), 0, "round $round: stock is the sum of its movements");
	$node->safe_psql('postgres', 'CREATE TABLE IF NOT EXISTS public.acknowledged (key text, id bigint); TRUNCATE public.acknowledged; COPY public.acknowledged FROM STDIN (DELIMITER \'|\');' . "\n" . join("\n", @acknowledged) . "\n\\.\n");
	is($node->safe_psql('postgres', "SELECT count(*) FROM public.acknowledged a WHERE NOT EXISTS (SELECT FROM shop.reservations r WHERE r.reservation_id = a.id AND r.order_ref = 'c' || a.key AND r.open_qty = r.qty)"), 0, "round $round: each of them is there");
	# a retry of the last answered call of each client, and of the one that may have got no answer
	for my $c (1 .. 4)
	{
		my ($last) = $node->safe_psql('postgres', "SELECT coalesce(max(split_part(key, '-', 3)::int), 0) FROM public.acknowledged WHERE key LIKE '$round-$c-%'");
		for my $n ($last, $last + 1)
		{
			next if $n == 0;
			my $call = "SELECT string_agg(reservation_id::text, ' ' ORDER BY reservation_id) FROM shop.reserve('c$round-$c-$n', '[{\"sku\": \"PLAIN\", \"qty\": 1, \"location\": \"WH\"}, {\"sku\": \"HOT\", \"qty\": 2}]', idempotency_key => '$round-$c-$n')";
			my $first = $node->safe_psql('postgres', $call);
			is($node->safe_psql('postgres', $call), $first, "round $round, client $c, call $n: a retry gets the same reservations");
			is($node->safe_psql('postgres', "SELECT string_agg(reservation_id::text, ' ' ORDER BY reservation_id) FROM shop.reservations WHERE order_ref = 'c$round-$c-$n'"), $first, 'and there are no others');
			next if $n != $last;
			is($node->safe_psql('postgres', "SELECT string_agg(id::text, ' ' ORDER BY id) FROM public.acknowledged WHERE key = '$round-$c-$n'"), $first, 'those that were answered');
		}
	}
	is($node->safe_psql('postgres', "SELECT count(*) FROM (SELECT FROM shop.reservations WHERE order_ref LIKE 'c%' GROUP BY order_ref, sku HAVING count(*) > 1) d"), 0, "round $round: no call was done twice");
}
$node->stop;
done_testing();
