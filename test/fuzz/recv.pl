# recv.pl: every receive function refuses a damaged binary value cleanly or stores a sound one.
#
# The binary form of valid values of each type is mutated at least 2,000 times and fed through
# COPY BINARY. A mutation is either refused with an SQLSTATE of ours (never XX000), or the stored value
# must survive text and binary output and input unchanged and be equal to itself. A lost connection
# is a crash. A type without seed values here is a failure. The mutations are deterministic.
use strict;
use warnings;

my $N = $ENV{FUZZ_N} // 2000;
my $dir = "$ENV{OMNI_TMP}/fuzz";

# SQL expressions that give valid values of each type, small and large, simple and odd
my %seeds = (
	gtin => [ map { "'$_'::omni.gtin" } qw(4006381333931 96385074 00012345678905 95012345678903) ],
	sku => [ map { "'$_'::omni.sku" } 'A', 'TS-RED-XL', 'amazon|B00X', 'X Y_Z/9' ],
	email => [ map { "'$_'::omni.email" } 'jane.doe@example.com', 'a@b.de', 'jürgen@müller.de' ],
	phone => [ map { "'$_'::omni.phone" } '+493012345678', '+12025550123', '+442071838750' ],
	identifier => [ map { "'$_'::omni.identifier" } 'email:a@example.com', 'phone:+12025550123', 'user_id:42' ],
	disjoint_set => [
		"(SELECT omni.disjoint_set_agg(a, a / 3) FROM generate_series(1::bigint, 20) a)",
		"(SELECT omni.disjoint_set_agg(a, b) FROM (VALUES ('x', 'y'), ('y', 'z'), ('q', NULL)) v(a, b))",
		"(SELECT omni.disjoint_set_agg(md5(a::text)::uuid, md5((a / 4)::text)::uuid) FROM generate_series(1, 9) a)",
		q{'identifier:{"email:a@example.com","user_id:7"},{"phone:+4930123456"}'::omni.disjoint_set} ],
	match_model => [ map { qq{'{"link_type": "dedupe_only", "comparisons": [{"column": "a", "kind": "$_"}]}'::omni.match_model} } 'exact', 'email' ],
	link_evidence => [
		q{'[]'::omni.link_evidence},
		q{(SELECT omni.link_evidence_agg('crm', i::text, '1999-01-31Z'::timestamptz + i * interval '1 day', CASE WHEN i % 3 > 0 THEN omni.identifier('user_id:' || i) END) FROM generate_series(1, 6) i)},
		q{(SELECT omni.link_evidence_agg('crm', i::text, 'shop', 'x', CASE i WHEN 1 THEN 'Infinity'::float8 WHEN 2 THEN '-Infinity' ELSE i / 8.0 END, '2026-01-31Z') FROM generate_series(1, 6) i)} ],
	customer_profile => [
		q{'{"records":[]}'::omni.customer_profile},
		q{omni.customer_profile('crm', '7', '2026-01-31Z', '{email:jane@example.com,user_id:4}', '{"name": "Jane", "n": -10000.25, "b": [null, true, {"x": {}, "y": "z"}], "": false}')},
		q{(SELECT omni.customer_profile_agg(omni.customer_profile('s' || i % 3, i::text, '1999-01-31Z', ARRAY['user_id:' || i], jsonb_build_object('n', 10.0 ^ i, 'm', i))) FROM generate_series(1, 12) i)} ],
	consent => [
		q{'{"decisions":[]}'::omni.consent}, q{omni.consent_default('US-CA', '2026-01-31Z')},
		q{omni.consent('crm', '7', 'local_16', 'given', '1999-01-31Z', 'consent', 'web', 'CA-QC', '2028-01-31Z', 'form 12', true)},
		q{(SELECT omni.consent_agg(omni.consent('s' || i % 3, i::text, 'tcf_' || i, CASE WHEN i % 2 = 0 THEN 'objected' ELSE 'given' END, '2026-01-31Z'::timestamptz + i * interval '1 s')) FROM generate_series(1, 11) i)} ],
	pseudonym => [ map { "'$_'::omni.pseudonym" } 'ps1:8vyfeq800c0g2tg6yn58dhe7d1h637qp16g6155v64', 'ps1:pzr1g8000c0g65w53dczvakjghv88jzwvgssba4864' ],
	permission => [ map { "'$_'::omni.permission" } 'none', 'raw:tcf_1', 'pseudonym:local_16@1a2b3c4d', 'none:email_marketing@ffffffff' ],
	order_state => [ map { "'$_'::omni.order_state" } 'open', 'shipped', 'delivered', 'canceled{lost}', 'partially_shipped[open..shipped]{on_hold,backordered}',
		'delivered+partially_returned[none..return_received]{return_kept}', 'undeliverable+return_received' ],
	order_quantities => [ "'{open:3,shipped:2}'::omni.order_quantities", "omni.order_quantities(7)", "'{picked_up+return_requested:1,canceled:1000000}'::omni.order_quantities" ],
	order_moves => [ "(SELECT omni.order_line_state(i, 'open', 'shipped') FROM generate_series(1, 3) i)", "'{open:-170141183460469231731687303715884105727,delivered+restocked:1}'::omni.order_moves" ],
	atp_projection => [ "(SELECT omni.atp_projection_agg('on_hand', i, '2026-01-01'::timestamptz + i * interval '1 s', '2027-01-01'::timestamptz - i * interval '1 h') FROM generate_series(1::bigint, 9) i)" ],
	demand_history => [ "(SELECT omni.demand_history_agg('2026-01-01'::date + i::int, i % 4) FROM generate_series(1::bigint, 9) i)" ],
	demand => [ "(SELECT omni.demand_agg(i, i, (i % 3)::int, '2026-01-01'::timestamptz + i * interval '1 s') FROM generate_series(1::bigint, 9) i)",
		q{'{7:5:0@2026-03-01T09:30:00Z min 3 for web,8:2:0@2026-03-01T09:30:00Z,9:2:1@2026-03-01T09:30:00Z for "pop-up store"}'::omni.demand} ],
	supply => [ "(SELECT omni.supply_agg(i, i, '2026-01-01'::timestamptz + i * interval '1 s') FROM generate_series(1::bigint, 9) i)",
		q{'{11:7@-infinity,11:1@-infinity for POS_1,11:4@-infinity for web,12:1@infinity for "a b"}'::omni.supply} ],
	supply => [ "(SELECT omni.supply_agg(i, i, '2026-01-01'::timestamptz + i * interval '1 s') FROM generate_series(1::bigint, 9) i)" ],
	route_candidates => [
		"(SELECT omni.route_candidates_agg(i % 3, i % 3 % 2, 1 + i % 3, i, 40, i / 8.0) FROM generate_series(1::bigint, 9) i)",
		q{'{"lines": [{"line": "a", "sku": "X", "qty": 2}], "candidates": [{"sku": "X", "node": "ä", "available": 2, "days": 2, "capacity": 3, "method": "pickup", "ineligible": "closed"}], "options": {"methods": ["a", "b"], "objective": {"cost": 1}}}'::omni.route_candidates} ],
	route_plan => [
		"(SELECT omni.route_order(i % 3, i % 3 % 2, 1 + i % 3, i, 40, i / 8.0) FROM generate_series(1::bigint, 9) i)",
		q{(SELECT omni.route_order('l' || i, 'S', 2, 'n' || i, i * 2, jsonb_build_object('fixed_cost', 3, 'unit_cost', i / 8.0), '{"partial": true, "split": "units", "exact_skus": 0}') FROM generate_series(1, 4) i)} ],
);

sub psql
{
	my ($sql) = @_;
	open(my $p, '|-', "psql -XqAt -v ON_ERROR_STOP=1 -d omni_fuzz > $dir/out.txt 2>&1") or die;
	print $p $sql;
	close $p;
	open(my $f, '<', "$dir/out.txt") or die;
	local $/;
	my $r = <$f>;
	return ($? >> 8, $r // '');
}

mkdir $dir;
chmod 0777, $dir;
system('createdb omni_fuzz') == 0 or die "createdb\n";
psql("CREATE EXTENSION omni;");
my (undef, $types) = psql(q{
	SELECT t.typname FROM pg_type t JOIN pg_depend d ON d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
	JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'omni' WHERE t.typtype = 'b' AND t.typcategory <> 'A' ORDER BY 1;});

# the generator of Park and Miller: the same mutations everywhere
my $state = 42;
sub rnd { my ($n) = @_; $state = ($state * 16807) % 2147483647; return $state % $n; }

my @edge = (0, 1, 0x7f, 0x80, 0xff, 0xfe);
my @edge32 = (0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x10000, 0x3fffffff);
my @edge64 = ("\x7f" . "\xff" x 7, "\x80" . "\0" x 7, "\xff" x 8, "\0" x 8, "\x7f\xf8" . "\0" x 6);

sub mutate
{
	my ($b) = @_;
	for (1 .. (1, 1, 1, 2, 3, 6)[ rnd(6) ])
	{
		my $l = length $b;
		my $op = rnd(8);
		if ($op == 0 && $l) { substr($b, rnd($l), 1) = chr $edge[ rnd(scalar @edge) ]; }
		elsif ($op == 1 && $l) { my $p = rnd($l); substr($b, $p, 1) = chr(ord(substr($b, $p, 1)) ^ (1 << rnd(8))); }
		elsif ($op == 2 && $l) { $b = substr($b, 0, rnd($l)); }
		elsif ($op == 3) { substr($b, rnd($l + 1), 0) = join '', map { chr $edge[ rnd(scalar @edge) ] } 1 .. (1, 2, 4, 8, 64)[ rnd(5) ]; }
		elsif ($op == 4 && $l >= 4) { substr($b, rnd($l - 3), 4) = pack 'N', $edge32[ rnd(scalar @edge32) ]; }
		elsif ($op == 5 && $l >= 8) { substr($b, rnd($l - 7), 8) = $edge64[ rnd(scalar @edge64) ]; }
		elsif ($op == 6 && $l) { my $p = rnd($l); substr($b, $p, 0) = substr($b, $p, rnd($l - $p + 1)); }
		elsif ($op == 7 && $l >= 2) { my ($p, $q) = (rnd($l), rnd($l)); (substr($b, $p, 1), substr($b, $q, 1)) = (substr($b, $q, 1), substr($b, $p, 1)); }
	}
	return $b;
}

my $test = 0;
for my $type (split /\n/, $types)
{
	$test++;
	my @exprs = @{ $seeds{$type} // [] };
	unless (@exprs) { print "not ok $test - $type: no seed values in test/fuzz/recv.pl\n"; next; }
	my @body;
	my $bad = '';
	for my $e (@exprs)
	{
		my ($rc, $msg) = psql("COPY (SELECT $e) TO '$dir/seed' (FORMAT binary);");
		if ($rc) { $bad = $msg; last; }
		open(my $f, '<:raw', "$dir/seed") or die "$dir/seed: $!";
		local $/;
		my $all = <$f>;
		push @body, substr($all, 25, length($all) - 27);
	}
	if ($bad) { print "not ok $test - $type: seed value\n# $bad"; next; }
	for my $k (0 .. $N - 1)
	{
		my $b = mutate($body[ rnd(scalar @body) ]);
		open(my $f, '>:raw', "$dir/f$k") or die;
		print $f "PGCOPY\n\xff\r\n\0" . pack('NN', 0, 0) . pack('n', 1) . pack('N', length $b) . $b . "\xff\xff";
		close $f;
	}
	my ($rc, $r) = psql(<<"SQL");
SET client_min_messages = notice; SET statement_timeout = '60s';
CREATE TEMP TABLE z (v omni.$type); CREATE TEMP TABLE back (v omni.$type);
DO \$fuzz\$
DECLARE ok int := 0; refused int := 0; internal int := 0; broken int := 0; eg text := ''; same boolean; m text; s text;
        has_eq boolean := EXISTS (SELECT FROM pg_operator WHERE oprname = '=' AND oprleft = 'omni.$type'::regtype AND oprright = oprleft);
BEGIN
  FOR k IN 0..$N - 1 LOOP
    TRUNCATE z, back;
    BEGIN
      EXECUTE format('COPY z FROM %L (FORMAT binary)', '$dir/f' || k);
    EXCEPTION WHEN OTHERS THEN
      GET STACKED DIAGNOSTICS s = RETURNED_SQLSTATE, m = MESSAGE_TEXT;
      refused := refused + 1;
      IF s = 'XX000' THEN internal := internal + 1; eg := k || ': ' || m; END IF;
      CONTINUE;
    END;
    ok := ok + 1;
    BEGIN
      EXECUTE format('COPY z TO %L (FORMAT binary)', '$dir/out');
      EXECUTE format('COPY back FROM %L (FORMAT binary)', '$dir/out');
      EXECUTE 'SELECT omni.${type}_send(z.v) = omni.${type}_send(back.v) AND omni.${type}_send(z.v) = omni.${type}_send(z.v::text::omni.$type) FROM z, back' INTO same;
      IF has_eq AND same THEN EXECUTE 'SELECT v = v AND v = (SELECT v FROM back) FROM z' INTO same; END IF;
      IF same IS DISTINCT FROM true THEN broken := broken + 1; eg := k || ': does not round-trip'; END IF;
    EXCEPTION WHEN OTHERS THEN
      GET STACKED DIAGNOSTICS s = RETURNED_SQLSTATE, m = MESSAGE_TEXT;
      broken := broken + 1; eg := k || ': ' || s || ' ' || m;
    END;
  END LOOP;
  RAISE NOTICE 'FUZZ % % % % %', ok, refused, internal, broken, eg;
END \$fuzz\$;
SQL
	my ($ok, $refused, $internal, $broken, $eg) = $r =~ /FUZZ (\d+) (\d+) (\d+) (\d+) ?(.*)/;
	if (defined $broken && $internal == 0 && $broken == 0)
	{
		print "ok $test - $type: $N mutations, $ok accepted and sound, $refused refused\n";
	}
	else
	{
		print "not ok $test - $type\n";
		$r =~ s/^/# /mg;
		print $r, "\n";
		sleep 3;
	}
}
system('dropdb --force omni_fuzz');
print "1..$test\n";
