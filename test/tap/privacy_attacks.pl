# One test for each way in which masking extensions were broken, and for each that PostgreSQL itself leaves open where nobody thinks of it.
# The attackers are bi, who may read the views made for her, mallory, who owns tables and functions of her own in the same database, and
# etl, who may make pseudonyms. At the end none of them has anything that they should not have.
use strict;
use warnings;
use lib $ENV{OMNI_TREE} . '/test/tap';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use OmniTest;
use Digest::SHA qw(sha256_hex);
use File::Find;
use Test::More;

# -- a keyring of its own, whose key is looked for everywhere in the end
my $key = unpack('H*', join('', map { chr(int(rand(256))) } 1 .. 32));
my $keyring = PostgreSQL::Test::Utils::tempdir() . '/keyring';
sub write_keyring
{
	open(my $f, '>', $keyring) or die $!;
	print $f <<"KEYS";
keyring 1
key 1 active $key check $_[0]
domain crm tenant=shop purpose=service recipient=own profile=plain epoch=1 limit=100/d
domain ads tenant=shop purpose=advertising recipient=partner profile=plain epoch=1
role etl_rights domain=crm verbs=pseudonymize
role owner_rights domain=ads verbs=pseudonymize,tokenize,map
KEYS
	close $f;
	chmod 0600, $keyring;
}
write_keyring(substr(sha256_hex("omni key 1 $key"), 0, 8));

my $library = omni_library();
my $modules = has_extension_file('pg_stat_statements') ? "$library,pg_stat_statements" : $library;
my $node = omni_node('attacked', "omni.keyring_file = '$keyring'\nshared_preload_libraries = '$modules'\nlog_statement = 'all'\nlog_min_duration_statement = 0\nlog_min_messages = notice", allows_streaming => 1);
$node->start;

sub has_extension_file
{
	my ($name) = @_;
	my ($dir) = run_command([ $ENV{PG_CONFIG} // 'pg_config', '--sharedir' ]);
	return -e "$dir/extension/$name.control";
}

sub as_role
{
	my ($role, $sql) = @_;
	my ($rc, $out, $err) = $node->psql('shop', "\\set VERBOSITY verbose\n\\set SHOW_CONTEXT never\n$sql", extra_params => [ '-U', $role ], on_error_stop => 1);
	return ($rc, $out, $err);
}

sub refused
{
	my ($role, $sql, $state, $what) = @_;
	my ($rc, $out, $err) = as_role($role, $sql);
	ok($rc != 0 && $err =~ /ERROR:  $state\b/, "$what: $state") or diag("rc $rc: $out $err");
	unlike(join("\n", grep { /^(psql:\S+ )?(ERROR|DETAIL|HINT)/ } split /\n/, $err), qr/secret\@|anna\@/i, "$what: the message tells nobody's address");
	return $err;
}

sub answers
{
	my ($role, $sql, $wanted, $what) = @_;
	my ($rc, $out, $err) = as_role($role, $sql);
	ok($rc == 0 && $out eq $wanted, $what) or diag("rc $rc: $out, wanted $wanted: $err");
}

# -- the shop: anna allows e-mail marketing, ben refuses it, carl said nothing
$node->safe_psql('postgres', 'CREATE ROLE shopkeeper LOGIN; CREATE ROLE bi LOGIN; CREATE ROLE mallory LOGIN; CREATE ROLE etl LOGIN; CREATE ROLE etl_rights NOLOGIN; CREATE ROLE owner_rights NOLOGIN;
	CREATE ROLE omni_views NOLOGIN; GRANT omni_views, owner_rights TO shopkeeper; GRANT etl_rights TO etl; CREATE DATABASE shop OWNER shopkeeper');
$node->safe_psql('shop', 'CREATE TABLE public.stolen (who text, super boolean, what text); GRANT INSERT ON public.stolen TO PUBLIC; GRANT CREATE ON SCHEMA public TO mallory, bi;');

# hostile operators, functions and casts of mallory's are there before the extension is (CVE-2026-2360)
my $traps = <<'SQL';
CREATE FUNCTION public.trap(what text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.stolen VALUES (current_user, (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user), what); END $$;
CREATE FUNCTION public.eq(text, text) RETURNS bool LANGUAGE sql AS $$ SELECT public.trap('='); SELECT true $$;
CREATE FUNCTION public.eq(bigint, bigint) RETURNS bool LANGUAGE sql AS $$ SELECT public.trap('= bigint'); SELECT true $$;
CREATE FUNCTION public.band(bigint, bigint) RETURNS bigint LANGUAGE sql AS $$ SELECT public.trap('&'); SELECT -1::bigint $$;
CREATE FUNCTION public.sha256(text) RETURNS bytea LANGUAGE sql AS $$ SELECT public.trap('sha256'); SELECT ''::bytea $$;
CREATE FUNCTION public.statement_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ SELECT public.trap('statement_timestamp'); SELECT '-infinity'::timestamptz $$;
CREATE FUNCTION public.mask(text, text, text) RETURNS text LANGUAGE sql AS $$ SELECT public.trap('mask'); SELECT $1 $$;
CREATE FUNCTION public.allows(bigint, text) RETURNS bool LANGUAGE sql AS $$ SELECT public.trap('allows'); SELECT true $$;
CREATE TABLE public.consent (a int); CREATE TABLE public.permission (a int); CREATE TABLE public.pseudonym (a int); CREATE TABLE public.consents (a int);
CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = public.eq);
CREATE OPERATOR public.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = public.eq);
CREATE OPERATOR public.& (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = public.band);
CREATE OPERATOR public.<~ (LEFTARG = text, RIGHTARG = text, FUNCTION = public.eq);
SQL
my ($rc, $out, $err) = as_role('mallory', $traps);
is($rc, 0, 'mallory sets her traps') or diag($err);
($rc, $out, $err) = as_role('shopkeeper', <<'SQL');
SET search_path = public, pg_catalog;
CREATE EXTENSION omni;
SQL
is($rc, 0, 'the extension is installed by an owner who is no superuser, with public first in the search_path') or BAIL_OUT($err);
$node->safe_psql('shop', 'GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA omni TO owner_rights');
($rc, $out, $err) = as_role('shopkeeper', <<'SQL');
SET search_path = public, pg_catalog;
SELECT omni.create_store('shop');
GRANT USAGE ON SCHEMA shop, shop_bi TO omni_views;
CREATE TABLE shop.crm (customer_id bigint, email omni.email, note text, city text);
SELECT shop.identify('{email:anna@example.com}', 'web', '1', '2026-01-01 00:00+00');
SELECT shop.identify('{email:secret@example.com}', 'web', '2', '2026-01-01 00:00+00');
SELECT shop.identify('{email:carl@example.com}', 'web', '3', '2026-01-01 00:00+00');
INSERT INTO shop.crm SELECT shop.customer_of('email:' || e), e::omni.email, 'note of ' || e, 'Berlin' FROM unnest('{anna@example.com,secret@example.com,carl@example.com}'::text[]) e;
CREATE UNIQUE INDEX ON shop.crm (email);
ANALYZE shop.crm;
SELECT shop.record_consent('web', '1', 'email_marketing', 'given', '2026-01-02 00:00+00');
SELECT shop.record_consent('web', '2', 'email_marketing', 'refused', '2026-01-02 00:00+00');
SELECT made FROM shop.refresh_pseudonyms('ads');
SELECT shop.create_masked_view('shop.crm', 'email_marketing', 'omni_views', 'customer_id', 'customer_id', '{email,note}', '{city}', 'ads', view_name => 'crm_mail');
GRANT USAGE ON SCHEMA shop_bi TO bi, mallory; GRANT SELECT ON ALL TABLES IN SCHEMA shop_bi TO bi, mallory;
SQL
is($rc, 0, 'the shop is set up by the same') or BAIL_OUT($err);
answers('shopkeeper', 'SELECT count(*) FROM shop_bi.crm_mail', 3, 'the view has every row');
answers('bi', "SELECT email, note IS NOT NULL, email_pseudonym LIKE 'ps1:%' FROM shop_bi.crm_mail WHERE email IS NOT NULL", 'anna@example.com|t|t', 'bi sees the address of who allows it');
answers('bi', "SELECT count(email), count(note), count(email_pseudonym), count(email_shown) FROM shop_bi.crm_mail WHERE email IS NULL", '0|0|1|1', 'who refuses is nothing, who said nothing is a pseudonym');

# -- CVE-2024-2338: text of a policy becomes SQL
my @hostile = ("x'; INSERT INTO public.stolen VALUES ('injected'); --", 'x"; INSERT INTO public.stolen VALUES (\'injected\'); --', "x\$\$; INSERT INTO public.stolen VALUES ('injected'); \$\$",
	"x\n; INSERT INTO public.stolen VALUES ('injected');", "email_marketing') FROM pg_authid; --", 'x%I%s%L%1$s');
for my $h (@hostile)
{
	my $q = $h =~ s/'/''/gr;
	refused('shopkeeper', "SELECT shop.create_masked_view('shop.crm', '$q', 'omni_views', 'customer_id', 'customer_id', '{email}')", '22023', 'a hostile purpose');
	refused('shopkeeper', "SELECT shop.create_masked_view('shop.crm', 'email_marketing', 'omni_views', 'customer_id', 'customer_id', '{email}', domain => '$q')", '22023', 'a hostile domain');
	refused('shopkeeper', "SELECT shop.create_masked_view('shop.crm', 'email_marketing', 'omni_views', 'customer_id', 'customer_id', ARRAY['$q'])", '42703', 'a hostile column');
	refused('shopkeeper', "SELECT shop.register_relation('shop.crm', '$q', 'customer_id', 'delete')", '42703', 'a hostile key column');
	refused('shopkeeper', "SELECT * FROM omni.k_anonymity('shop.crm', ARRAY['$q'])", '42703', 'k_anonymity by a hostile column (CVE-2026-9617)');
	refused('shopkeeper', "SELECT shop.set_purpose_label('local_1', '$q')", '22023', 'a hostile label');
}
# names that exist and are hostile
my $name = 'a"b\'c$$d';
($rc, $out, $err) = as_role('shopkeeper', qq{CREATE TABLE shop."h\$\$'""t" ("a""b'c\$\$d" omni.email, "e'; DROP TABLE shop.crm; --" bigint);
	SELECT shop.create_masked_view('shop."h\$\$''""t"', 'email_marketing', 'omni_views', 'e''; DROP TABLE shop.crm; --', 'customer_id', ARRAY['a"b''c\$\$d'], ARRAY['e''; DROP TABLE shop.crm; --'], 'ads', view_name => 'odd "''\$\$ name');
	SELECT shop.register_relation('shop."h\$\$''""t"', 'e''; DROP TABLE shop.crm; --', 'customer_id', 'delete');
	SELECT count(*) FROM shop_bi."odd ""'\$\$ name"; SELECT count(*) FROM shop.crm; SELECT shop.subject_export(1) IS NOT NULL;});
is($rc, 0, 'hostile names that exist are quoted') or diag($err);

# -- CVE-2024-2339, CVE-2026-83534: code of a table's owner runs with others' rights
($rc, $out, $err) = as_role('mallory', <<'SQL');
CREATE TABLE public.bait (customer_id bigint, email omni.email);
INSERT INTO public.bait VALUES (1, 'anna@example.com');
CREATE FUNCTION public.on_bait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM public.trap('trigger'); RETURN old; END $$;
CREATE TRIGGER t BEFORE DELETE OR UPDATE ON public.bait FOR EACH ROW EXECUTE FUNCTION public.on_bait();
CREATE VIEW public.bait_view AS SELECT b.*, public.trap('view') IS NULL AS t FROM public.bait b;
CREATE RULE r AS ON UPDATE TO public.bait DO ALSO SELECT public.trap('rule');
GRANT ALL ON public.bait, public.bait_view TO PUBLIC;
SQL
is($rc, 0, 'mallory lays bait') or diag($err);
for my $who ('shopkeeper', 'postgres')
{
	refused($who, "SELECT shop.register_relation('public.bait', 'customer_id', 'customer_id', 'delete')", '42501', "$who registers a table of mallory's");
	refused($who, "SELECT shop.create_masked_view('public.bait', 'email_marketing', 'omni_views', 'customer_id', 'customer_id', '{email}')", '42501', "$who masks a table of mallory's");
	refused($who, "SELECT shop.register_relation('public.bait_view', 'customer_id', 'customer_id', 'delete')", $who eq 'postgres' ? '42501' : '42809', "$who registers a view of mallory's");
	refused($who, "SELECT shop.create_masked_view('public.bait_view', 'email_marketing', 'omni_views', 'customer_id', 'customer_id', '{email}')", $who eq 'postgres' ? '42501' : '42809', "$who masks a view of mallory's");
	# CVE-2026-2361: a temporary view in the name of a table
	refused($who, "CREATE TEMP TABLE crm (customer_id bigint, email omni.email); SELECT shop.create_masked_view('pg_temp.crm', 'email_marketing', 'omni_views', 'customer_id', 'customer_id', '{email}')", $who eq 'postgres' ? '42501' : '42809', "$who masks a temporary table");
	refused($who, "CREATE TEMP VIEW crm AS SELECT (public.trap('temp view') IS NULL)::text AS email; SELECT * FROM omni.k_anonymity('pg_temp.crm', '{email}')", '42809', "$who asks k-anonymity of a temporary view");
	refused($who, "SELECT * FROM omni.k_anonymity('public.bait_view', '{email}')", '42809', "$who asks k-anonymity of mallory's view");
}
is($node->safe_psql('shop', "SELECT count(*) FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e' JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'omni' WHERE p.prosecdef"),
	0, 'no function of the extension is SECURITY DEFINER');
is($node->safe_psql('shop', "SELECT count(*) FROM pg_proc p WHERE p.prosecdef AND p.pronamespace IN ('shop'::regnamespace, 'shop_bi'::regnamespace, 'shop_pii'::regnamespace)"), 0, 'none of the store is, either');
is($node->safe_psql('shop', "SELECT count(*) FROM pg_stat_activity WHERE backend_type NOT IN (SELECT unnest('{client backend,checkpointer,background writer,walwriter,autovacuum launcher,logical replication launcher,io worker,autovacuum worker,slotsync worker}'::text[]))"),
	0, 'there is no background worker');

# -- #649, #685: keyed functions called by who sees the masks: directly, by operator, and through a view of somebody with the right
my @keyed = ("omni.pseudonym('anna\@example.com'::omni.email, 'ads')", "omni.pseudonym('+4930123456'::omni.phone, 'ads')", "omni.pseudonym('email:anna\@example.com'::omni.identifier, 'ads')", "omni.pseudonym('anna\@example.com'::text, 'ads')",
	"omni.pseudonym('anna\@example.com'::omni.email, 'ads', 1)", 'omni.subject_key_new()',
	"omni.disclose('anna\@example.com'::omni.email, omni.permission(0::bigint, 0::bigint, 'infinity'::timestamptz, 'email_marketing', 'ads', now()))");
for my $role ('bi', 'mallory')
{
	refused($role, "SELECT $_", '42501', "$role calls $_") for @keyed;
	refused($role, "SELECT 'anna\@example.com'::omni.email OPERATOR(omni.<~) omni.permission(0::bigint, 0::bigint, 'infinity'::timestamptz, 'email_marketing', 'ads', now())", '42501', "$role uses <~");
	refused($role, "SELECT 'anna\@example.com'::omni.email OPERATOR(omni.<~#) omni.permission(0::bigint, 0::bigint, 'infinity'::timestamptz, 'email_marketing', 'ads', now())", '42501', "$role uses <~#");
}
# even with EXECUTE and through a view, the keyring decides for the role that asks
as_role('shopkeeper', "CREATE VIEW shop_bi.keyed AS SELECT omni.pseudonym(email, 'ads') AS p FROM shop.crm; GRANT SELECT ON shop_bi.keyed TO bi");
refused('bi', 'SELECT * FROM shop_bi.keyed', '42501', 'bi reads a view that calls a keyed function');
$node->safe_psql('shop', 'GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA omni TO bi');
refused('bi', 'SELECT * FROM shop_bi.keyed', '42501', 'bi reads it with EXECUTE granted by mistake');
refused('bi', "SELECT $_", '42501', "bi calls $_ with EXECUTE granted by mistake") for @keyed;
$node->safe_psql('shop', "SELECT 'x'; DROP VIEW shop_bi.keyed");

# -- CVE-2026-19633: code of the reader's in the context of the mask: it runs as the reader, and sees what the reader sees
($rc, $out, $err) = as_role('mallory', <<'SQL');
SET client_min_messages = notice;
CREATE FUNCTION public.leak(text) RETURNS bool LANGUAGE plpgsql COST 0.0000001 AS $$ BEGIN RAISE NOTICE 'LEAK % AS %', $1, current_user; RETURN true; END $$;
CREATE FUNCTION public.leak(omni.email) RETURNS bool LANGUAGE plpgsql COST 0.0000001 AS $$ BEGIN RAISE NOTICE 'LEAK % AS %', $1::text, current_user; RETURN true; END $$;
CREATE DOMAIN public.probe AS text CHECK (public.leak(VALUE));
CREATE OPERATOR public.~~~ (LEFTARG = text, RIGHTARG = text, FUNCTION = public.eq);
SELECT count(*) FROM shop_bi.crm_mail WHERE public.leak(email) AND public.leak(note) AND public.leak(email_shown);
SELECT note::public.probe, email::text::public.probe FROM shop_bi.crm_mail;
SELECT count(*) FROM shop_bi.crm_mail a JOIN shop_bi.crm_mail b ON public.leak(a.email) AND a.note OPERATOR(public.~~~) b.note;
SQL
is($rc, 0, 'mallory runs functions, domains and operators of hers over the view') or diag($err);
like($err, qr/LEAK .*anna\@example.com.* AS mallory/, 'her function runs as herself, and sees what she may see');
unlike($err, qr/secret\@|carl\@/, 'and nothing of those who did not allow it');
unlike($err, qr/AS (?!mallory)/, 'it runs as nobody else');
# 2.1: the cast whose error tells a hidden value, and predicates over what is hidden
($rc, $out, $err) = as_role('bi', "SELECT city FROM shop_bi.crm_mail WHERE note LIKE 'note of sec%' AND note::int = 1");
ok($rc == 0 && $out eq '', 'a predicate over a hidden value finds nothing, and a cast in it fails on nothing') or diag("$out $err");
answers('bi', "SELECT count(*) FROM shop_bi.crm_mail WHERE email = 'secret\@example.com'", 0, 'an equality finds no hidden address');
answers('bi', "SELECT count(*) FROM shop_bi.crm_mail WHERE email >= 's\@a.de' AND email < 't\@a.de'", 0, 'a range finds none');
answers('bi', "SELECT max(email::text), max(note) FROM shop_bi.crm_mail", 'anna@example.com|note of anna@example.com', 'an aggregate sees the mask');
# statistics (CVE-2017-7484, CVE-2025-8713)
answers('bi', "SELECT count(*) FROM pg_stats WHERE schemaname LIKE 'shop%' AND (most_common_vals::text ~ '\@' OR histogram_bounds::text ~ '\@')", 0, 'no statistics that bi may read hold an address');
($rc, $out, $err) = as_role('mallory', "SET client_min_messages = notice; EXPLAIN SELECT * FROM shop_bi.crm_mail WHERE public.leak(email); EXPLAIN SELECT * FROM shop_bi.crm_mail WHERE note OPERATOR(public.~~~) 'x'");
unlike("$out$err", qr/secret\@|carl\@/, 'nor does planning call her function with values of the statistics');
# tables behind the view
for my $t ('shop.crm', 'shop.identities', 'shop.consents', 'shop.pseudonyms', 'shop.subject_secrets', 'shop.reidentifications', 'shop_pii.customer_identifier')
{
	refused('bi', "SELECT * FROM $t", '42501', "bi reads $t");
	refused('bi', "COPY $t TO STDOUT", '42501', "bi copies $t") unless $t =~ /pii/;
}
# the UNIQUE constraint tells that somebody exists only to who may insert
refused('bi', "INSERT INTO shop.crm (email) VALUES ('secret\@example.com')", '42501', 'bi probes the UNIQUE constraint');
refused('bi', "INSERT INTO shop_bi.crm_mail (email) VALUES ('secret\@example.com')", '(42501|55000)', 'bi probes it through the view');
# a definer view owned by a superuser reads past row security; the owner of masked views is none
is($node->safe_psql('shop', "SELECT string_agg(DISTINCT r.rolname || r.rolsuper || r.rolbypassrls || r.rolcanlogin, ' ') FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE c.oid = 'shop_bi.crm_mail'::regclass"),
	'omni_viewsfalsefalsefalse', 'the masked view belongs to a role that has no rights of its own');

# -- CVE-2026-105618: partitions and children
($rc, $out, $err) = as_role('shopkeeper', <<'SQL');
CREATE TABLE shop.split (customer_id bigint, email omni.email, country text) PARTITION BY LIST (country);
CREATE TABLE shop.split_de PARTITION OF shop.split FOR VALUES IN ('DE');
CREATE TABLE shop.split_fr (customer_id bigint, email omni.email, country text);
CREATE TABLE shop.family (customer_id bigint, email omni.email); CREATE TABLE shop.family_child () INHERITS (shop.family);
INSERT INTO shop.split SELECT customer_id, email, 'DE' FROM shop.crm; INSERT INTO shop.split_fr SELECT customer_id, email, 'FR' FROM shop.crm;
INSERT INTO shop.family_child SELECT customer_id, email FROM shop.crm;
SELECT shop.create_masked_view('shop.split', 'email_marketing', 'omni_views', 'customer_id', 'customer_id', '{email}', '{country}', view_name => 'split_mail');
SELECT shop.create_masked_view('shop.family', 'email_marketing', 'omni_views', 'customer_id', 'customer_id', '{email}', view_name => 'family_mail');
ALTER TABLE shop.split ATTACH PARTITION shop.split_fr FOR VALUES IN ('FR');
GRANT SELECT ON shop_bi.split_mail, shop_bi.family_mail TO bi;
SQL
is($rc, 0, 'masked views of a partitioned table and of a parent') or diag($err);
answers('bi', 'SELECT count(*), count(email), string_agg(DISTINCT email::text, \',\') FROM shop_bi.split_mail', '6|2|anna@example.com', 'partitions are masked through the parent, also one that is attached later');
answers('bi', 'SELECT count(*), count(email), string_agg(DISTINCT email::text, \',\') FROM shop_bi.family_mail', '3|1|anna@example.com', 'children are masked through the parent');
refused('bi', "SELECT * FROM $_", '42501', "bi reads $_") for ('shop.split_de', 'ONLY shop.split_de', 'shop.split_fr', 'shop.family_child', 'ONLY shop.family');

# -- the consent ends, and with it what is shown, in the next statement and without a write
as_role('shopkeeper', "SELECT shop.record_consent('web', '3', 'email_marketing', 'given', now(), jsonb_build_object('expires_at', now() + interval '2 seconds'))");
answers('bi', "SELECT count(*) FROM shop_bi.crm_mail WHERE email = 'carl\@example.com'", 1, 'who allows it for two seconds is seen');
answers('bi', "SELECT pg_sleep(2.1); SELECT count(*) FROM shop_bi.crm_mail WHERE email = 'carl\@example.com'", "\n0", 'and not after them');
answers('bi', "BEGIN; SELECT count(*) FROM shop_bi.crm_mail WHERE email = 'carl\@example.com'; COMMIT", 0, 'nor in a transaction');

# -- the dictionary attack: a limit that neither reconnecting nor a rollback nor another role resets
$node->safe_psql('shop', "GRANT USAGE ON SCHEMA omni TO etl; GRANT EXECUTE ON FUNCTION omni.pseudonym(omni.email, text) TO etl");
my $made = 0;
for my $try (1 .. 30)
{
	($rc, $out, $err) = as_role('etl', "BEGIN; SELECT count(DISTINCT omni.pseudonym(('u' || n || '-$try\@example.com')::omni.email, 'crm')) FROM generate_series(1, 10) n; ROLLBACK");
	$made += $1 if $rc == 0 && $out =~ /(\d+)/;
	last if $rc != 0;
}
ok($rc != 0 && $err =~ /53400/, 'the limit ends a dictionary attack over many connections and rollbacks') or diag("$made $err");
ok($made <= 100 && $made > 0, "no more than the 100 that the limit allows came out ($made)");
refused('etl', "SELECT omni.pseudonym('one\@example.com'::omni.email, 'crm')", '53400', 'and it stays so');
refused('etl', "SET ROLE etl_rights; SELECT omni.pseudonym('one\@example.com'::omni.email, 'crm')", '(53400|42501)', 'also in another role');
refused('etl', "SELECT omni.pseudonym('one\@example.com'::omni.email, 'ads')", '42501', 'another domain is not hers');

# -- CVE-2026-105614 and imports: declared sizes, and text that comes from outside
refused('bi', "SELECT omni.tcf_decode(repeat('A', 10000000))", '(54000|22P02)', 'a TC string of 10 MB');
refused('bi', "SELECT omni.gpp_decode('DBABMA~' || repeat('A', 10000000))", '(54000|22P02)', 'a GPP string of 10 MB');
refused('bi', "SELECT omni.consent(repeat('[', 1000000))", '(54000|22P02|54001)', 'a consent of a million brackets');

# -- CVE-2026-105616: secrets where everybody looks
refused('shopkeeper', "ALTER DATABASE shop SET omni.keyring_file = '/tmp/x'", '(42501|55P02)', 'the owner of the database sets the keyring');
refused('mallory', "SET omni.keyring_file = '/tmp/x'", '(42501|55P02)', 'mallory sets the keyring');
refused('mallory', "ALTER ROLE mallory SET omni.keyring_command = 'id'", '(42501|55P02)', 'mallory sets the command of the keyring');
refused('mallory', "SELECT omni.canon_version(); SET omni.pseudo_key = 'x'", '(42602|42704)', 'there is no place for a made-up setting');
refused('bi', 'SHOW omni.keyring_file', '42501', 'bi asks where the keyring is');
answers('bi', "SELECT count(*) FROM pg_settings WHERE name LIKE 'omni.keyring%' AND setting <> ''", 0, 'pg_settings does not tell her');
unlike($node->safe_psql('shop', "SELECT string_agg(value || coalesce(hint, ''), ' ') FROM omni.status()"), qr/\Q$key\E/, 'status() has no key');

# -- everything that can be read, dumped, copied, logged: the key is nowhere
$node->safe_psql('postgres', 'CHECKPOINT; SELECT pg_switch_wal()');
$node->backup('thief') if $node->can('backup');
my ($dump) = run_command([ 'pg_dumpall', '-h', $node->host, '-p', $node->port, '-U', 'postgres' ]);
my $bytes = pack('H*', $key);
like($dump, qr/anna\@example.com/, 'the dump has the rows');
ok($dump !~ /\Q$key\E/i && index($dump, $bytes) < 0, 'the dump has no key');
for my $t ('pg_db_role_setting', 'pg_settings', 'pg_stat_activity', 'pg_proc', 'pg_views', 'pg_description', 'pg_file_settings')
{
	is($node->safe_psql('shop', "SELECT count(*) FROM $t t WHERE strpos(lower(t::text), '@{[ substr($key, 0, 40) ]}' || '@{[ substr($key, 40) ]}') > 0"), 0, "$t has no key");
}
SKIP:
{
	skip 'no pg_stat_statements here', 1 unless $modules =~ /statements/;
	is($node->safe_psql('shop', "CREATE EXTENSION pg_stat_statements; SELECT count(*) FROM pg_stat_statements WHERE strpos(lower(query), '@{[ substr($key, 0, 40) ]}' || '@{[ substr($key, 40) ]}') > 0"), 0, 'pg_stat_statements has no key');
}
my @found;
my $read = 0;
find({ no_chdir => 1, wanted => sub {
	return unless -f $_;
	my $content = slurp($_);
	$read++;
	push @found, $_ if index($content, $bytes) >= 0 || ($content =~ /\Q$key\E/i && $_ !~ /\.log$/);
} }, $node->data_dir, $node->backup_dir);
ok($read > 1000 && !@found, "the data directory, its WAL and a base backup have no key ($read files)") or diag(join("\n", @found));
# this test's own statements named the key above; nothing that omni says does
my @lines = grep { /\Q$key\E/i && !/strpos/ } split /\n/, slurp($node->logfile);
is(scalar(@lines), 0, 'nor has the log of the server, with every statement in it') or diag($lines[0]);

# -- what the attackers have in the end
is($node->safe_psql('shop', "SELECT count(*) FROM public.stolen WHERE super OR who NOT IN ('mallory', 'bi')"), 0, 'no trap was run by anybody else') or diag($node->safe_psql('shop', 'SELECT DISTINCT * FROM public.stolen'));
is($node->safe_psql('postgres', "SELECT string_agg(rolname, ',') FROM pg_roles WHERE rolname IN ('bi', 'mallory', 'etl', 'shopkeeper', 'omni_views') AND (rolsuper OR rolcreaterole OR rolbypassrls OR rolreplication)"), '', 'nobody has an attribute that they did not have');
is($node->safe_psql('shop', "SELECT count(*) FROM pg_auth_members m WHERE m.member::regrole::text IN ('bi', 'mallory')"), 0, 'nobody is a member of a role that they were not');
is($node->safe_psql('shop', "SELECT string_agg(c.oid::regclass::text, ',') FROM pg_class c WHERE c.relnamespace = 'shop'::regnamespace AND c.relkind IN ('r', 'v', 'p') AND (has_table_privilege('bi', c.oid, 'SELECT') OR has_any_column_privilege('bi', c.oid, 'SELECT') OR has_table_privilege('mallory', c.oid, 'SELECT'))"),
	'', 'neither bi nor mallory may read a table or view of the store outside of BI');

$node->stop;
done_testing();
