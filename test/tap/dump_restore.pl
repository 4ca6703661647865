# A database that uses every type in every place goes through pg_dump, plain and custom, into an empty database and comes out
# equal. pg_dump restores with an empty search_path, so that whatever is found by search_path fails here.
use strict;
use warnings;
use lib $ENV{OMNI_TREE} . '/test/tap';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use OmniTest;
use Test::More;

my $node = omni_node('main');
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE source');
$node->safe_psql('source', 'CREATE EXTENSION omni');
add_samples($node, 'source');
my @types = omni_types($node, 'source');
cmp_ok(scalar @types, '>', 4, 'the extension has types');

# every type as column, array, default, domain, member of a composite type; what is ordered also in indexes and partition bounds
my $ddl = '';
for my $t (@types)
{
	my $T = $t->{type};
	$ddl .= <<"SQL";
CREATE DOMAIN public.${T}_domain AS omni.$T CHECK (VALUE IS NOT NULL AND length(VALUE::text) > 0);
CREATE TYPE public.${T}_pair AS (a omni.$T, b omni.$T\[]);
SELECT value AS first FROM sample WHERE type = '$T' ORDER BY n LIMIT 1 \\gset
CREATE TABLE public.${T}_data (id int PRIMARY KEY, v omni.$T NOT NULL DEFAULT :'first', many omni.$T\[], d public.${T}_domain, p public.${T}_pair,
	shown text GENERATED ALWAYS AS (v::text) STORED, CHECK (length(v::text) > 0));
INSERT INTO public.${T}_data (id, v, many, d, p)
	SELECT n, value::omni.$T, ARRAY[value::omni.$T, NULL], value::omni.$T, ROW(value, ARRAY[value])::public.${T}_pair FROM sample WHERE type = '$T';
INSERT INTO public.${T}_data (id, d) VALUES (0, :'first');
CREATE INDEX ON public.${T}_data ((v::text));
SQL
	next unless $t->{ordered};
	$ddl .= <<"SQL";
CREATE INDEX ${T}_btree ON public.${T}_data (v);
CREATE INDEX ${T}_hash ON public.${T}_data USING hash (v);
CREATE INDEX ON public.${T}_data (id) WHERE v <> :'first' AND v > :'first'::text;
CREATE TABLE public.${T}_changes (id int, was omni.$T, is_now omni.$T);
CREATE FUNCTION public.${T}_log() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS \$\$
	BEGIN INSERT INTO public.${T}_changes VALUES (NEW.id, OLD.v, NEW.v); RETURN NEW; END \$\$;
CREATE TRIGGER changed AFTER UPDATE ON public.${T}_data FOR EACH ROW WHEN (OLD.v IS DISTINCT FROM NEW.v) EXECUTE FUNCTION public.${T}_log();
CREATE TABLE public.${T}_hashed (id int, v omni.$T) PARTITION BY HASH (v);
CREATE TABLE public.${T}_hashed_0 PARTITION OF public.${T}_hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE public.${T}_hashed_1 PARTITION OF public.${T}_hashed FOR VALUES WITH (MODULUS 2, REMAINDER 1);
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY value::omni.$T) AS middle FROM sample WHERE type = '$T' \\gset
CREATE TABLE public.${T}_ranged (id int, v omni.$T, PRIMARY KEY (v, id)) PARTITION BY RANGE (v);
CREATE TABLE public.${T}_ranged_low PARTITION OF public.${T}_ranged FOR VALUES FROM (MINVALUE) TO (:'middle');
CREATE TABLE public.${T}_ranged_high PARTITION OF public.${T}_ranged FOR VALUES FROM (:'middle') TO (MAXVALUE);
CREATE TABLE public.${T}_listed (id int, v omni.$T) PARTITION BY LIST (v);
CREATE TABLE public.${T}_listed_one PARTITION OF public.${T}_listed FOR VALUES IN (:'middle');
CREATE TABLE public.${T}_listed_rest PARTITION OF public.${T}_listed DEFAULT;
INSERT INTO public.${T}_hashed SELECT id, v FROM public.${T}_data;
INSERT INTO public.${T}_ranged SELECT id, v FROM public.${T}_data;
INSERT INTO public.${T}_listed SELECT id, v FROM public.${T}_data;
CREATE VIEW public.${T}_view AS SELECT id, v, v = :'middle'::text AS same, v < :'middle' AS less, v IS DISTINCT FROM :'first' AS other, v = ANY (many) AS among
	FROM public.${T}_data JOIN public.${T}_hashed USING (id, v) WHERE v >= :'first' OR v IN (:'first', :'middle') ORDER BY v;
CREATE MATERIALIZED VIEW public.${T}_groups AS SELECT v, count(*) FROM public.${T}_listed GROUP BY v ORDER BY v;
CREATE UNIQUE INDEX ON public.${T}_groups (v);
CREATE STATISTICS public.${T}_stat (ndistinct) ON v, id FROM public.${T}_data;
SQL
}
$ddl .= <<'SQL';
-- what is kept as text and read as our types
CREATE TABLE public.feed (id int PRIMARY KEY, raw text, code omni.sku GENERATED ALWAYS AS (omni.sku_try(raw)) STORED, item omni.gtin GENERATED ALWAYS AS (omni.gtin_try(raw)) STORED,
	person omni.email GENERATED ALWAYS AS (omni.email_try(raw)) STORED, CHECK (omni.text_problem(raw) IS NULL));
INSERT INTO public.feed SELECT row_number() OVER (ORDER BY type, n), value FROM sample;
CREATE INDEX ON public.feed (omni.sku_natural_key(code)) WHERE omni.sku_problem(raw) IS NULL;
CREATE INDEX ON public.feed (omni.nfkc_casefold(raw), omni.name_key(raw));
CREATE VIEW public.variants AS SELECT a.id FROM public.feed a WHERE a.code OPERATOR(omni.^@) 'TS-' OR omni.gtin_starts_with(a.item, '40063');
CREATE TABLE public.short (c omni.sku(12) DEFAULT 'A-1');
INSERT INTO public.short VALUES (DEFAULT), ('B-2');
CREATE FUNCTION public.normal(t text) RETURNS omni.sku LANGUAGE sql IMMUTABLE RETURN omni.sku_try(t);
CREATE INDEX ON public.feed (public.normal(raw));
-- states of aggregates, kept
CREATE MATERIALIZED VIEW public.waiting AS SELECT n % 3 AS sku, omni.demand_agg(n, n, 1, '2026-01-01 00:00+00'::timestamptz) AS demand,
	omni.supply_agg(n, n, '2026-01-01 00:00+00'::timestamptz) AS supply FROM sample GROUP BY 1;
CREATE VIEW public.allocation AS SELECT w.sku, a.* FROM public.waiting w, omni.allocate(w.demand, w.supply) a;
DROP VIEW omni_type;
DROP TABLE sample_query;
SELECT omni.create_store('shop');
INSERT INTO shop.products (sku, gtin, title) SELECT s.value, g.value, 'thing' FROM sample s JOIN sample g USING (n) WHERE s.type = 'sku' AND g.type = 'gtin';
INSERT INTO shop.evidence SELECT value::omni.identifier, 'web', n::text, '2026-01-01 00:00+00' FROM sample WHERE type = 'identifier';
SELECT shop.rebuild_identities();
GRANT USAGE ON SCHEMA shop_bi TO PUBLIC;
SQL
my $has_sets = grep { $_->{type} eq 'disjoint_set' } @types;
$ddl .= 'CREATE MATERIALIZED VIEW public.clusters AS SELECT n % 3 AS batch, omni.disjoint_set_agg(n, n / 2) AS sets FROM sample GROUP BY 1;' if $has_sets;

my ($rc, $out, $err) = $node->psql('source', $ddl, on_error_stop => 1);
is($rc, 0, 'every type in tables, domains, composite types, indexes, partitions, triggers and views') or BAIL_OUT($err);

my $before = checksums($node, 'source');
my $schema = dump_schema($node, 'source');
cmp_ok(scalar keys %$before, '>', 50, 'there is something to dump: ' . scalar(keys %$before) . ' relations');
my $dir = PostgreSQL::Test::Utils::tempdir;
for my $format ('plain', 'custom')
{
	my $file = "$dir/$format.dump";
	$node->safe_psql('postgres', "CREATE DATABASE $format TEMPLATE template0");
	if ($format eq 'plain')
	{
		$node->command_ok([ 'pg_dump', '-Fp', '-f', $file, '-d', $node->connstr('source') ], 'pg_dump, plain');
		$node->command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-o', "$dir/out", '-d', $node->connstr($format), '-f', $file ], 'restored into an empty database by psql');
	}
	else
	{
		$node->command_ok([ 'pg_dump', '-Fc', '-f', $file, '-d', $node->connstr('source') ], 'pg_dump, custom');
		$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr($format), $file ], 'restored into an empty database by pg_restore');
	}
	is_deeply(checksums($node, $format), $before, "$format: every table and view is equal");
	my $again = dump_schema($node, $format);
	is($again, $schema, "$format: the schema is equal") if length $again < 10 or $again ne $schema;
	ok($again eq $schema, "$format: a dump of the restored database is the same");
	check_indexes($node, $format, $format);
	for my $t (grep { $_->{ordered} } @types)
	{
		my $T = $t->{type};
		is($node->safe_psql($format, "SET search_path = ''; SET enable_seqscan = off; SET enable_bitmapscan = off;
			SELECT count(*) FILTER (WHERE x.n = y.n) = count(*) FROM (SELECT value, count(*) AS n FROM (SELECT v::text AS value FROM public.${T}_data) s GROUP BY 1) y,
			LATERAL (SELECT count(*) AS n FROM public.${T}_data d WHERE d.v = y.value::omni.$T) x;
			UPDATE public.${T}_data SET v = v; UPDATE public.${T}_data a SET v = b.v FROM public.${T}_data b WHERE a.id = 1 AND b.id = 2;
			SELECT count(*) FROM public.${T}_changes"), "t\n1", "$format, $T: found by index; IS DISTINCT FROM in a trigger fires on a change alone");
	}
	my ($errors) = $node->safe_psql($format, "SELECT count(*) FROM omni.check_store('shop')");
	is($errors, 0, "$format: the store is sound");
}

# COPY BINARY out and in: the same bytes (in the order of id: large rows need not come to lie in the order in which they came)
for my $t (@types)
{
	my $T = $t->{type};
	is($node->safe_psql('source', "COPY (SELECT id, v, many, d, p FROM public.${T}_data ORDER BY id) TO '$dir/$T.bin' (FORMAT binary);
		CREATE TABLE public.${T}_back (id int, v omni.$T, many omni.$T\[], d public.${T}_domain, p public.${T}_pair);
		COPY public.${T}_back FROM '$dir/$T.bin' (FORMAT binary); COPY (SELECT id, v, many, d, p FROM public.${T}_back ORDER BY id) TO '$dir/$T.bin2' (FORMAT binary);
		SELECT count(*) = 0 FROM public.${T}_data a FULL JOIN public.${T}_back b USING (id) WHERE (a.v::text, a.many::text, a.d::text, a.p::text) IS DISTINCT FROM (b.v::text, b.many::text, b.d::text, b.p::text)"),
		't', "$T: COPY BINARY out and in");
	ok(slurp("$dir/$T.bin") eq slurp("$dir/$T.bin2"), "$T: the same bytes again");
}
$node->stop;
done_testing();
