# OmniTest.pm: what the TAP tests of omni share.
#
# scripts/test.sh runs them as a user that may start servers, with OMNI_STAGE_CONF (the settings that let a server see
# the staged extension), OMNI_TREE (a copy of the source tree) and PostgreSQL's own modules on the path.
package OmniTest;
use strict;
use warnings;
use Exporter 'import';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(omni_node omni_library add_samples omni_types checksums check_indexes dump_schema has_extension slurp);

# the same superuser whoever runs the tests
$ENV{PGUSER} = 'postgres';

# a server that sees the extension; settings are added to its configuration, options go to init
sub omni_node
{
	my ($name, $settings, %options) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	$options{extra} //= [ '--encoding=UTF8', '--locale=C.UTF-8' ];
	$options{extra} = [ @{ $options{extra} }, '--username=postgres' ];
	$node->init(%options);
	$node->append_conf('postgresql.conf', $ENV{OMNI_STAGE_CONF} . "\njit = off\nautovacuum = off\n" . ($settings // '') . "\n");
	return $node;
}

sub slurp
{
	my ($path) = @_;
	open(my $f, '<:raw', $path) or die "$path: $!";
	local $/;
	return <$f>;
}

# how shared_preload_libraries names the library: one that is staged elsewhere by its path
sub omni_library
{
	my ($staged) = $ENV{OMNI_STAGE_CONF} =~ /extension_destdir = '([^']+)'/;
	chomp(my $libdir = `$ENV{PG_CONFIG} --pkglibdir`);
	return $staged ? "$staged$libdir/omni" : 'omni';
}

# table public.sample with valid values of every type of the extension
sub add_samples
{
	my ($node, $db) = @_;
	$node->safe_psql($db, slurp("$ENV{OMNI_TREE}/test/pgtap/environment_values.psql"));
}

# [type, ordered] of every value type
sub omni_types
{
	my ($node, $db) = @_;
	return map { my ($t, $o) = split /\|/; { type => $t, ordered => $o eq 't' } }
	  split /\n/, $node->safe_psql($db, 'SELECT type, ordered FROM public.omni_type ORDER BY 1');
}

# relation => checksum of its rows, for every table, view and materialised view of a user's, read with an empty search_path
sub checksums
{
	my ($node, $db, $kinds) = @_;
	$kinds //= 'rmvp';
	my $sql = $node->safe_psql($db, "SET search_path = '';
		SELECT pg_catalog.string_agg(pg_catalog.format('SELECT %L, pg_catalog.count(*), pg_catalog.md5(pg_catalog.string_agg(t::pg_catalog.text, chr(10) ORDER BY t::pg_catalog.text COLLATE \"C\")) FROM %I.%I t;',
			n.nspname || '.' || c.relname, n.nspname, c.relname), ' ' ORDER BY 1)
		FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE pg_catalog.strpos('$kinds', c.relkind::pg_catalog.text) > 0 AND n.nspname !~ '^(pg_|information_schema)'
		AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')");
	my %sum = map { my ($r, $n, $md5) = split /\|/; ($r => "$n rows $md5") }
	  split /\n/, $node->safe_psql($db, "SET search_path = ''; $sql");
	return \%sum;
}

sub has_extension
{
	my ($node, $name) = @_;
	return $node->safe_psql('postgres', "SELECT count(*) FROM pg_available_extensions WHERE name = '$name'");
}

# every btree of the database is in order and holds every row
sub check_indexes
{
	my ($node, $db, $what) = @_;
  SKIP:
	{
		skip "$what: no amcheck here", 1 unless has_extension($node, 'amcheck');
		my ($rc, $out, $err) = $node->psql($db, "CREATE EXTENSION IF NOT EXISTS amcheck WITH SCHEMA pg_catalog;
			SELECT count(bt_index_check(c.oid, true)::text) FROM pg_class c JOIN pg_am a ON a.oid = c.relam AND a.amname = 'btree'
			JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'i' AND n.nspname !~ '^pg_'");
		my ($n) = $out =~ /(\d+)\s*$/;
		ok($rc == 0 && $n > 0, "$what: every btree passes amcheck (" . ($n // 0) . ')') or diag($err);
	}
}

# the schema as pg_dump writes it, without what differs from run to run
sub dump_schema
{
	my ($node, $db) = @_;
	my ($out, $err) = run_command([ 'pg_dump', '-s', '-d', $node->connstr($db) ]);
	$out =~ s/^\\(un)?restrict.*\n//mg;
	return $out;
}

1;
