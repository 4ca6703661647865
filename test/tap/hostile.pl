# Databases that are not ours alone: tables, types and functions of the same names, trojan functions and operators of an
# unprivileged role, a schema omni that belongs to a stranger, an owner who is no superuser, other encodings.
use strict;
use warnings;
use lib $ENV{OMNI_TREE} . '/test/tap';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use OmniTest;
use Test::More;

my $node = omni_node('main');
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE mallory LOGIN; CREATE ROLE alice LOGIN; CREATE ROLE bob LOGIN;');

sub database
{
	my ($name, $options) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $name " . ($options // ''));
	return $name;
}

# runs SQL as a role; returns (exit code, output, errors)
sub as_role
{
	my ($role, $db, $sql) = @_;
	my ($rc, $out, $err) = $node->psql($db, $sql, extra_params => [ '-U', $role ], on_error_stop => 1);
	return ($rc, $out, $err);
}

# -- 1. what mallory may do in a database where everybody can create in public: names that shadow ours and PostgreSQL's
my $db = database('shadowed', 'OWNER alice');
$node->safe_psql($db, 'GRANT CREATE, USAGE ON SCHEMA public TO PUBLIC; CREATE TABLE public.stolen (who text, what text); GRANT ALL ON public.stolen TO PUBLIC;');
my $trojans = <<'SQL';
SET search_path = public;
CREATE TABLE consent (a int); CREATE TABLE phone (a int); CREATE TABLE email (a text); CREATE TABLE sku (a text); CREATE TABLE gtin (a text); CREATE TABLE orders (a int);
CREATE TYPE identifier AS (a int); CREATE TYPE order_state AS ENUM ('open'); CREATE DOMAIN demand AS text; CREATE TYPE label AS (l text);
CREATE FUNCTION trap(what text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.stolen VALUES (current_user, what); END $$;
CREATE FUNCTION levenshtein(text, text) RETURNS int LANGUAGE sql AS $$ SELECT public.trap('levenshtein'); SELECT 1 $$;
CREATE FUNCTION merge(text, text) RETURNS int LANGUAGE sql AS $$ SELECT public.trap('merge'); SELECT 1 $$;
CREATE FUNCTION text(text) RETURNS text LANGUAGE sql AS $$ SELECT public.trap('text'); SELECT $1 $$;
CREATE FUNCTION label(text) RETURNS text LANGUAGE sql AS $$ SELECT public.trap('label'); SELECT $1 $$;
CREATE FUNCTION lower(text) RETURNS text LANGUAGE sql AS $$ SELECT public.trap('lower'); SELECT $1 $$;
CREATE FUNCTION format(text, VARIADIC text[]) RETURNS text LANGUAGE sql AS $$ SELECT public.trap('format'); SELECT $1 $$;
CREATE FUNCTION format(text, name) RETURNS text LANGUAGE sql AS $$ SELECT public.trap('format name'); SELECT $1 $$;
CREATE FUNCTION quote_ident(name) RETURNS text LANGUAGE sql AS $$ SELECT public.trap('quote_ident'); SELECT $1::text $$;
CREATE FUNCTION sku_try(varchar) RETURNS text LANGUAGE sql AS $$ SELECT public.trap('sku_try'); SELECT $1::text $$;
CREATE FUNCTION email(varchar) RETURNS text LANGUAGE sql AS $$ SELECT public.trap('email'); SELECT $1::text $$;
CREATE FUNCTION max(text) RETURNS text LANGUAGE sql AS $$ SELECT public.trap('max'); SELECT $1 $$;
CREATE FUNCTION eq(text, text) RETURNS bool LANGUAGE sql AS $$ SELECT public.trap('='); SELECT true $$;
CREATE FUNCTION eq(varchar, text) RETURNS bool LANGUAGE sql AS $$ SELECT public.trap('='); SELECT true $$;
CREATE FUNCTION eq(name, text) RETURNS bool LANGUAGE sql AS $$ SELECT public.trap('='); SELECT true $$;
CREATE FUNCTION cat(text, varchar) RETURNS text LANGUAGE sql AS $$ SELECT public.trap('||'); SELECT $1 $$;
CREATE OPERATOR = (LEFTARG = text, RIGHTARG = text, FUNCTION = eq);
CREATE OPERATOR = (LEFTARG = varchar, RIGHTARG = text, FUNCTION = eq);
CREATE OPERATOR = (LEFTARG = name, RIGHTARG = text, FUNCTION = eq);
CREATE OPERATOR || (LEFTARG = text, RIGHTARG = varchar, FUNCTION = cat);
CREATE OPERATOR ^@ (LEFTARG = text, RIGHTARG = text, FUNCTION = eq);
SQL
my ($rc, $out, $err) = as_role('mallory', $db, $trojans);
is($rc, 0, 'mallory sets her traps') or diag($err);

# alice owns the database and is no superuser; her search_path has public first
($rc, $out, $err) = as_role('alice', $db, 'SET search_path = public, pg_catalog; CREATE EXTENSION omni');
is($rc, 0, 'trusted: the owner of a database who is no superuser installs it') or diag($err);
is($node->safe_psql($db, "SELECT nspowner::regrole FROM pg_namespace WHERE nspname = 'omni'"), 'alice', 'schema omni is hers');
is($node->safe_psql($db, "SELECT count(*) FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
	JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'omni' JOIN pg_language l ON l.oid = p.prolang WHERE l.lanname = 'c' AND NOT pg_get_userbyid(p.proowner) IN ('postgres')"), 0, 'functions in C belong to the superuser');

my $use = <<'SQL';
CREATE TABLE public.used (id int, s omni.sku, e omni.email, p omni.phone, g omni.gtin, i omni.identifier);
INSERT INTO public.used VALUES (1, 'ts-red', 'Jane.Doe@Example.com', '+49 30 1234567', '4006381333931', 'user_id:7'), (2, 'TS-BLUE', 'a@b.de', '+12025550123', '96385074', 'email:a@b.de');
CREATE INDEX ON public.used (s);
SELECT id FROM public.used WHERE s = 'TS-RED'::text AND e = 'jane.doe@example.com' AND p = '+49301234567' AND g = '04006381333931'::text AND i = 'user_id:7';
SELECT id FROM public.used WHERE s IN ('TS-BLUE', 'X') AND s IS DISTINCT FROM 'TS-RED' AND s = ANY (ARRAY['TS-BLUE']::omni.sku[]) ORDER BY s, e, p;
SELECT count(*) FROM public.used a JOIN public.used b USING (s, e, p, g, i);
SELECT omni.sku_starts_with(s, 'TS-'), s OPERATOR(omni.^@) 'TS-', omni.max(s) OVER () FROM public.used ORDER BY id;
SELECT omni.create_store('shop');
INSERT INTO shop.products (sku, title) VALUES ('TS-RED', 'shirt');
INSERT INTO shop.evidence VALUES ('email:a@b.de', 'web', '1', '2026-01-01 00:00+00'), ('email:a@b.de', 'pos', '2', '2026-01-01 00:00+00');
SELECT records FROM shop.rebuild_identities();
SELECT shop.resolve_sku('ts-red');
SELECT count(*) FROM omni.check_store('shop');
SELECT omni.migrate_store('shop');
SELECT count(*) > 4 FROM omni.status();
SELECT omni.detach_store('shop');
SELECT omni.attach_store('shop');
SQL
my $views = "SET search_path = ''; SELECT pg_catalog.format('SELECT count(*) FROM %I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname LIKE 'shop%' AND c.relkind = 'v'";
my $expected;
for my $path ("''", 'public, pg_catalog, omni', 'omni, public')
{
	($rc, $out, $err) = as_role('alice', $db, "SET search_path = $path; $use");
	is($rc, 0, "search_path = $path: types, operators, store functions work") or diag($err);
	$expected //= $out;
	is($out, $expected, "search_path = $path: the same results") if $path ne "''";
	($rc, $out, $err) = as_role('alice', $db, "SET search_path = $path; " . join(';', split /\n/, $node->safe_psql($db, $views)));
	is($rc, 0, "search_path = $path: every view can be read") or diag($err);
	as_role('alice', $db, 'DROP TABLE public.used; DROP SCHEMA shop, shop_bi, shop_pii CASCADE');
}
like($expected, qr/^1\n2\n2\nt\|t\|TS-RED/m, 'the results are right');
# what alice's own statements name without a schema is hers to answer for; nothing of omni's fell into a trap
($out) = $node->safe_psql($db, "SELECT string_agg(DISTINCT what, ', ') FROM public.stolen");
is($out, '', 'no trap was sprung');

# -- 2. tables that only look like a store: omni.status() reads none that could run a stranger's code
($rc, $out, $err) = as_role('mallory', $db, "SELECT 1");
$node->safe_psql($db, 'GRANT CREATE ON DATABASE shadowed TO mallory');
($rc, $out, $err) = as_role('mallory', $db, <<'SQL');
CREATE SCHEMA lure; CREATE TYPE lure.bait AS (a int);
CREATE FUNCTION lure.spring(lure.bait) RETURNS text LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.stolen VALUES (current_user, 'cast'); RETURN 'x'; END $$;
CREATE CAST (lure.bait AS text) WITH FUNCTION lure.spring AS ASSIGNMENT;
CREATE TABLE lure.store_info (version lure.bait, detached jsonb); INSERT INTO lure.store_info VALUES (ROW(1));
CREATE TABLE lure.rejects (a int);
CREATE SCHEMA lure2; CREATE TABLE lure2.rejects (a int);
CREATE FUNCTION lure2.policy() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.stolen VALUES (current_user, 'policy'); RETURN true; END $$;
CREATE TABLE lure2.store_info (version text, detached jsonb); INSERT INTO lure2.store_info VALUES ('1');
ALTER TABLE lure2.store_info ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON lure2.store_info USING (lure2.policy());
GRANT USAGE ON SCHEMA lure, lure2 TO PUBLIC; GRANT SELECT ON ALL TABLES IN SCHEMA lure, lure2 TO PUBLIC;
SQL
is($rc, 0, 'mallory puts out tables that look like stores') or diag($err);
for my $role ('postgres', 'alice')
{
	($rc, $out, $err) = as_role($role, $db, 'SELECT count(*) FROM omni.status()');
	is($rc, 0, "status() works for $role") or diag($err);
}
is($node->safe_psql($db, 'SELECT count(*) FROM public.stolen'), 0, 'and reads none of them');

# -- 3. mallory may not put anything into schema omni, nor replace what is there
for my $sql ('CREATE FUNCTION omni.sku(varchar) RETURNS omni.sku LANGUAGE sql RETURN NULL', 'CREATE TABLE omni.t (a int)', 'DROP FUNCTION omni.sku_try(text)', 'DROP EXTENSION omni',
	'CREATE CAST (omni.sku AS int) WITHOUT FUNCTION')
{
	($rc, $out, $err) = as_role('mallory', $db, $sql);
	isnt($rc, 0, "mallory cannot: $sql");
}

# -- 4. a schema omni that is there before
$db = database('taken', 'OWNER bob');
$node->safe_psql($db, 'GRANT CREATE ON DATABASE taken TO mallory');
as_role('mallory', $db, "CREATE SCHEMA omni; GRANT ALL ON SCHEMA omni TO PUBLIC");
($rc, $out, $err) = as_role('bob', $db, 'CREATE EXTENSION omni');
isnt($rc, 0, 'the owner of a database does not install into a schema of mallory\'s');
like($err, qr/schema omni belongs to mallory.*DETAIL.*HINT/s, 'and is told why');
as_role('mallory', $db, 'CREATE FUNCTION omni.sku_try(varchar) RETURNS text LANGUAGE sql RETURN NULL');
($rc, $out, $err) = $node->psql($db, 'CREATE EXTENSION omni', on_error_stop => 1);
isnt($rc, 0, 'nor does a superuser, with a function of hers in it');
like($err, qr/schema omni holds objects already.*sku_try/s, 'and is told which');
is($node->safe_psql($db, "SELECT nspowner::regrole FROM pg_namespace WHERE nspname = 'omni'"), 'mallory', 'nothing is half done');
as_role('mallory', $db, 'DROP FUNCTION omni.sku_try(varchar)');
($rc, $out, $err) = $node->psql($db, 'CREATE EXTENSION omni', on_error_stop => 1);
is($rc, 0, 'an empty one is taken over by a superuser') or diag($err);
is($node->safe_psql($db, "SELECT nspowner::regrole, has_schema_privilege('mallory', 'omni', 'CREATE'), has_schema_privilege('bob', 'omni', 'USAGE') FROM pg_namespace WHERE nspname = 'omni'"),
	'postgres|f|t', 'together with the right to create in it');
$node->safe_psql($db, 'DROP EXTENSION omni; CREATE EXTENSION omni');
pass('dropped and created again in the schema that stayed');

# -- 5. a dump of a database whose owner is no superuser is restored by a superuser
$db = database('alices', 'OWNER alice');
as_role('alice', $db, "CREATE EXTENSION omni; SELECT omni.create_store('shop'); CREATE TABLE t AS SELECT 'A-1'::omni.sku AS s");
database('restored');
my $file = PostgreSQL::Test::Utils::tempdir . '/dump';
$node->command_ok([ 'pg_dump', '-Fc', '-f', $file, '-d', $node->connstr($db) ], 'dumped');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('restored'), $file ], 'restored by a superuser into a database of another owner');
($rc, $out, $err) = as_role('alice', 'restored', "SELECT count(*) FROM omni.check_store('shop')");
is("$rc $out", '0 0', 'and alice goes on') or diag($err);

# -- 6. other encodings and locales: the same canonical bytes as in UTF8
my $values = <<'SQL';
SET client_encoding = 'UTF8';
SELECT encode(omni.sku_send(E'  \uFF34s-red '::omni.sku), 'hex'), encode(omni.email_send(E'J\u00FCrgen@M\u00FCller.DE'::omni.email), 'hex'), encode(omni.identifier_send(E'name:J\u00FCrgen'::omni.identifier), 'hex'),
       E'J\u00FCrgen@M\u00FCller.DE'::omni.email = E'j\u00FCrgen@m\u00FCller.de'::text, encode(omni.gtin_send('4006381333931'), 'hex'), encode(omni.phone_send('+49 30 1234567'), 'hex'),
       (SELECT string_agg(s::text, ' ' ORDER BY s) FROM unnest('{b,a-1,A,B-2,"a b",_x,Z}'::omni.sku[]) s);
SQL
$values =~ s/E'  \\uFF34s-red '/'  Ts-red '/;
my %encodings = (utf8_c => "ENCODING 'UTF8' LOCALE 'C'", latin1 => "ENCODING 'LATIN1' LOCALE 'C'", latin9 => "ENCODING 'LATIN9' LOCALE 'C'", utf8_icu => "ENCODING 'UTF8' LOCALE 'C.UTF-8' LOCALE_PROVIDER icu ICU_LOCALE 'tr'");
my $utf8 = database('in_utf8', "TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'");
$node->safe_psql($utf8, 'CREATE EXTENSION omni');
my $canonical = $node->safe_psql($utf8, $values);
like($canonical, qr/6a[0-9a-f]*\|.*\|t\|.*\|_X A A B A-1 B B-2 Z|t\|/, 'canonical bytes in UTF8');
for my $name (sort keys %encodings)
{
	database("in_$name", "TEMPLATE template0 $encodings{$name}");
	$node->safe_psql("in_$name", 'CREATE EXTENSION omni');
	is($node->safe_psql("in_$name", $values), $canonical, "$encodings{$name}: the same bytes and order");
}
# EUC_JP has no u with diaeresis, but kanji
my $kanji = "SET client_encoding = 'UTF8'; SELECT encode(omni.identifier_send(E'name:\\u65E5\\u672C'::omni.identifier), 'hex'), encode(omni.email_send(E'\\u65E5@\\u65E5\\u672C.jp'::omni.email), 'hex'), omni.email_domain(E'a@\\u65E5\\u672C.jp')";
database('in_euc_jp', "TEMPLATE template0 ENCODING 'EUC_JP' LOCALE 'C'");
$node->safe_psql('in_euc_jp', 'CREATE EXTENSION omni');
is($node->safe_psql('in_euc_jp', $kanji), $node->safe_psql($utf8, $kanji), 'EUC_JP: the same bytes');

# SQL_ASCII checks nothing: our parsers do
$db = database('in_sql_ascii', "TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'");
$node->safe_psql($db, 'CREATE EXTENSION omni');
add_samples($node, $db);
$out = $node->safe_psql($db, <<'SQL');
CREATE FUNCTION public.state_of(t text, v text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE s text; h text;
BEGIN
	EXECUTE format('SELECT %L::omni.%I', v, t) INTO s;
	RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS s = RETURNED_SQLSTATE, h = PG_EXCEPTION_HINT;
	RETURN s || CASE WHEN h = '' THEN ' without a hint' ELSE '' END;
END $$;
SELECT t.type || ' ' || string_agg(DISTINCT public.state_of(t.type, replace(s.value, right(s.value, 1), b) || right(s.value, 1)), ',')
FROM omni_type t JOIN sample s USING (type), unnest(ARRAY[E'\xff', E'\xc3', E'\xed\xa0\x80', E'\xf5\x80\x80\x80', E'a\xc0\xaf']) b WHERE s.n = 1 GROUP BY t.type ORDER BY 1;
SQL
for my $line (split /\n/, $out)
{
	my ($type, $states) = split / /, $line, 2;
	# a type whose grammar is ASCII may say so instead
	my $allowed = $type =~ /^(sku|email|identifier)$/ ? qr/^22021$/ : qr/^(22021|22P02|22P02,22021|22021,22P02)$/;
	like($states, $allowed, "SQL_ASCII, $type: invalid UTF-8 is refused");
}
like($node->safe_psql($db, "SELECT omni.nfc(E'\\xc3\\xbc') = E'\\xc3\\xbc', omni.text_problem(E'\\xff'), omni.domain_problem(E'\\xff.de'), omni.email_problem(E'\\xff\@a.de')"), qr/^t\|encoding\|/, 'SQL_ASCII: functions of text give the reason');
$node->stop;
done_testing();
