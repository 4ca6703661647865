# Typed columns through logical replication with binary = true into a server whose types have other OIDs, with a replica
# identity on a column of ours; and through WAL replay: btree and hash indexes after a crash.
use strict;
use warnings;
use lib $ENV{OMNI_TREE} . '/test/tap';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use OmniTest;
use Test::More;

my $publisher = omni_node('publisher', '', allows_streaming => 'logical');
my $subscriber = omni_node('subscriber', '', allows_streaming => 'logical');
$_->start for $publisher, $subscriber;
# other OIDs on the subscriber
$subscriber->safe_psql('postgres', join '', map { "CREATE TYPE public.filler$_ AS (a int);" } 1 .. 7);
$_->safe_psql('postgres', 'CREATE EXTENSION omni') for $publisher, $subscriber;
add_samples($publisher, 'postgres');
my @types = omni_types($publisher, 'postgres');

my $oids = "SELECT oid FROM pg_type WHERE typnamespace = 'omni'::regnamespace ORDER BY typname LIMIT 1";
isnt($publisher->safe_psql('postgres', $oids), $subscriber->safe_psql('postgres', $oids), 'the types have other OIDs on the subscriber');

# a table a type; what is ordered is its own replica identity
my ($tables, $rows, $tail) = ('', '', '');
for my $t (@types)
{
	my $T = $t->{type};
	$tables .= "CREATE TABLE public.${T}_data (id int, v omni.$T NOT NULL, many omni.$T\[]);";
	$tables .= $t->{ordered}
	  ? "CREATE UNIQUE INDEX ${T}_btree ON public.${T}_data (v); CREATE INDEX ${T}_hash ON public.${T}_data USING hash (v);
		ALTER TABLE public.${T}_data REPLICA IDENTITY USING INDEX ${T}_btree;"
	  : "ALTER TABLE public.${T}_data REPLICA IDENTITY FULL;";
	$rows .= "INSERT INTO public.${T}_data SELECT n, value::omni.$T, ARRAY[value::omni.$T, NULL] FROM public.sample WHERE type = '$T' AND n <= 20;";
	# other rows arrive by the stream: inserted, updated and deleted
	$tail .= "INSERT INTO public.${T}_data SELECT n, value::omni.$T, ARRAY[value::omni.$T] FROM public.sample WHERE type = '$T' AND n > 20;
		UPDATE public.${T}_data SET many = many || v WHERE id % 3 = 0; DELETE FROM public.${T}_data WHERE id % 7 = 0;";
	# a table without an equality operator of its type can only be added to
	$tail =~ s/UPDATE.*$//s unless $t->{ordered};
}
$_->safe_psql('postgres', $tables) for $publisher, $subscriber;
$publisher->safe_psql('postgres', $rows);
my $list = join ', ', map { "public.$_->{type}_data" } @types;
$publisher->safe_psql('postgres', "CREATE PUBLICATION typed FOR TABLE $list");
my $from = $publisher->connstr . ' dbname=postgres';
$subscriber->safe_psql('postgres', "CREATE SUBSCRIPTION typed CONNECTION '$from' PUBLICATION typed WITH (binary = true)");
$subscriber->wait_for_subscription_sync($publisher, 'typed');
$publisher->safe_psql('postgres', $tail);
$publisher->wait_for_catchup('typed');
for my $t (@types)
{
	my $sql = "SET search_path = ''; SELECT pg_catalog.count(*), pg_catalog.md5(pg_catalog.string_agg(t::pg_catalog.text, '/' ORDER BY id)) FROM public.$t->{type}_data t";
	is($subscriber->safe_psql('postgres', $sql), $publisher->safe_psql('postgres', $sql), "$t->{type}: equal on the subscriber");
}
check_indexes($subscriber, 'postgres', 'subscriber');
$subscriber->safe_psql('postgres', 'DROP SUBSCRIPTION typed');
$subscriber->stop;

# more rows after a checkpoint, then a crash: all they left is WAL
$publisher->safe_psql('postgres', 'CHECKPOINT');
for my $t (grep { $_->{ordered} } @types)
{
	my $T = $t->{type};
	$publisher->safe_psql('postgres', "CREATE TABLE public.${T}_crash (v omni.$T, i int); CREATE INDEX ${T}_cb ON public.${T}_crash (v); CREATE INDEX ${T}_ch ON public.${T}_crash USING hash (v);
		INSERT INTO public.${T}_crash SELECT value::omni.$T, i FROM public.sample, generate_series(1, 40) i WHERE type = '$T'; DELETE FROM public.${T}_crash WHERE i % 5 = 0;");
}
my $before = checksums($publisher, 'postgres');
$publisher->stop('immediate');
$publisher->start;
is_deeply(checksums($publisher, 'postgres'), $before, 'crash: every row is there');
check_indexes($publisher, 'postgres', 'crash');
for my $t (grep { $_->{ordered} } @types)
{
	my $T = $t->{type};
	for my $index ("${T}_cb", "${T}_ch")
	{
		my $drop = $index eq "${T}_cb" ? "${T}_ch" : "${T}_cb";
		is($publisher->safe_psql('postgres', "BEGIN; DROP INDEX public.$drop; SET LOCAL enable_seqscan = off;
			SELECT count(*) = 32 * (SELECT count(*) FROM public.sample WHERE type = '$T') FROM (SELECT DISTINCT v::text AS value FROM public.${T}_crash) k,
			LATERAL (SELECT 1 FROM public.${T}_crash c WHERE c.v = k.value::omni.$T) x; ROLLBACK"), 't', "crash, $index finds every row");
	}
}
$publisher->stop;
done_testing();
