# Every released version, updated, ends in the catalog and the store of a fresh install, with data, indexes and a store in
# place; and before the update its SQL runs on the present library.
use strict;
use warnings;
use lib $ENV{OMNI_TREE} . '/test/tap';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use OmniTest;
use Test::More;

my $node = omni_node('main');
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE fresh');
$node->safe_psql('fresh', "CREATE EXTENSION omni; SELECT omni.create_store('shop')");
my $current = $node->safe_psql('fresh', "SELECT extversion FROM pg_extension WHERE extname = 'omni'");
my @releases = sort { by_version($a, $b) } grep { $_ ne $current }
  map { m{/omni--([0-9.]+)\.sql$} ? $1 : () } glob("$ENV{OMNI_TREE}/sql/released/omni--*.sql");

sub by_version
{
	my @a = split /\./, $_[0];
	my @b = split /\./, $_[1];
	return $a[0] <=> $b[0] || $a[1] <=> $b[1] || $a[2] <=> $b[2];
}

sub fingerprint
{
	my ($db, $file) = @_;
	return [ split /\n/, $node->safe_psql($db, slurp("$ENV{OMNI_TREE}/test/tap/" . ($file // 'fingerprint.sql'))) ];
}

# number of rows in a checksum
sub rows { return defined $_[0] && $_[0] =~ /^(\d+) rows/ ? $1 : -1; }

# equal lists of lines; what differs is shown
sub same_lines
{
	my ($got, $expected, $name) = @_;
	my %got = map { $_ => 1 } @$got;
	my %expected = map { $_ => 1 } @$expected;
	my @more = grep { !$expected{$_} } @$got;
	my @less = grep { !$got{$_} } @$expected;
	ok(!@more && !@less && @$got == @$expected, $name) or diag(map { substr($_, 0, 300) . "\n" } (map { "+ $_" } @more), (map { "- $_" } @less));
}

my $catalog = fingerprint('fresh');
my $store = fingerprint('fresh', 'fingerprint_store.sql');
cmp_ok(scalar @$catalog, '>', 200, 'the fingerprint has ' . scalar(@$catalog) . ' lines, of the store ' . scalar(@$store));
is($node->safe_psql('fresh', "SELECT omni.migrate_store('shop')"), "store shop: is at $current", 'a fresh store is up to date');
same_lines(fingerprint('fresh', 'fingerprint_store.sql'), $store, 'migrating a fresh store changes nothing');
$node->safe_psql('fresh', 'DROP SCHEMA shop, shop_bi, shop_pii CASCADE; DROP EXTENSION omni; CREATE EXTENSION omni');
same_lines(fingerprint('fresh'), $catalog, 'dropped and created again: the same catalog');

note('no release before this version') unless @releases;
for my $release (@releases)
{
	my @way = grep { by_version($_, $release) > 0 } @releases, $current;
	for my $mode (@way > 1 ? ('at once', 'step by step') : ('at once'))
	{
		my $what = "$release to $current, $mode";
		my $db = "from_$release" . ($mode eq 'at once' ? '' : '_steps');
		$node->safe_psql('postgres', "CREATE DATABASE \"$db\"");
		$node->safe_psql($db, "CREATE EXTENSION omni VERSION '$release'");
		add_samples($node, $db);

		# the old SQL on the present library
		my @types = omni_types($node, $db);
		my $sql = '';
		for my $t (@types)
		{
			my $T = $t->{type};
			$sql .= "CREATE TABLE public.${T}_data (id bigint PRIMARY KEY, v omni.$T, many omni.$T\[], shown text GENERATED ALWAYS AS (v::text) STORED);
				INSERT INTO public.${T}_data SELECT n, value::omni.$T, ARRAY[value::omni.$T] FROM public.sample WHERE type = '$T';
				CREATE INDEX ON public.${T}_data ((v::text));";
			$sql .= "CREATE INDEX ON public.${T}_data (v); CREATE INDEX ON public.${T}_data USING hash (v);
				CREATE VIEW public.${T}_view AS SELECT v, v = v::text AS same FROM public.${T}_data WHERE v IS DISTINCT FROM NULL GROUP BY v;" if $t->{ordered};
		}
		my $has_store = $node->safe_psql($db, "SELECT to_regprocedure('omni.create_store(text,jsonb)') IS NOT NULL") eq 't';
		$sql .= "SELECT omni.create_store('shop'); INSERT INTO shop.products (sku, title) SELECT value::omni.sku, 'thing' FROM public.sample WHERE type = 'sku';
			INSERT INTO shop.evidence SELECT DISTINCT value::omni.identifier, 'web', (n / 3)::text, '2026-01-01 00:00+00'::timestamptz FROM public.sample WHERE type = 'identifier'; SELECT shop.rebuild_identities();
			INSERT INTO shop.evidence SELECT DISTINCT value::omni.identifier, 'pos', (n / 5)::text, '2026-02-01 00:00+00'::timestamptz FROM public.sample WHERE type = 'identifier' AND n % 2 = 0; SELECT shop.rebuild_identities();" if $has_store;
		my ($rc, undef, $err) = $node->psql($db, $sql, on_error_stop => 1);
		is($rc, 0, "$what: the release's SQL works on the present library") or diag($err);
		my $before = checksums($node, $db, 'rmp');
		my $people = 'SELECT customer_id, source, record_id, first_seen_at, merged_into FROM shop.customers ORDER BY 1; SELECT * FROM shop.identities ORDER BY 1';
		my $known = $has_store ? $node->safe_psql($db, $people) : '';
		check_indexes($node, $db, "$what, before");

		for my $step ($mode eq 'at once' ? ($current) : @way)
		{
			($rc, undef, $err) = $node->psql($db, "ALTER EXTENSION omni UPDATE TO '$step'", on_error_stop => 1);
			is($rc, 0, "$what: update to $step") or diag($err);
		}
		same_lines(fingerprint($db), $catalog, "$what: the catalog of a fresh install");
		is_deeply(checksums($node, $db, 'rmp'), $before, "$what: every row as before");
		check_indexes($node, $db, "$what, after");
		if ($has_store)
		{
			is($node->safe_psql($db, "SELECT omni.migrate_store('shop')"), "store shop: $release to $current", "$what: the store is migrated");
			same_lines(fingerprint($db, 'fingerprint_store.sql'), $store, "$what: the store of a fresh install");
			is($node->safe_psql($db, "SELECT count(*) FROM omni.check_store('shop')"), 0, "$what: the store is sound");
			my $after = checksums($node, $db, 'rmp');
			my @lost = grep { /^shop\./ && rows($after->{$_}) < rows($before->{$_}) } keys %$before;
			is("@lost", '', "$what: no row of the store is lost");

			# customers go on where they were: with their numbers, then with one of a new record
			$node->safe_psql($db, 'SELECT shop.rebuild_identities()');
			is($node->safe_psql($db, $people), $known, "$what: unified again, customers are the same");
			is($node->safe_psql($db, "SELECT count(*) FROM shop.identities i JOIN shop.customers c USING (customer_id)
				WHERE shop.identify(ARRAY[i.identifier::text], 'app', i.identifier::text, '2026-03-01 00:00+00') <> coalesce(c.merged_into, c.customer_id)"), 0, "$what: each identifier is known to be its customer's");
			is($node->safe_psql($db, "SELECT count(*) FROM omni.check_store('shop')"), 0, "$what: the store is sound after that");
		}
		is($node->safe_psql($db, 'SELECT count(*) FROM omni.status() WHERE hint IS NOT NULL AND item <> \'server\''), 0, "$what: omni.status() has nothing to say");
	}
}
$node->stop;
done_testing();
