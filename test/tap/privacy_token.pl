# Reversible tokens over the life of a keyring: versions of the key come and go, a line of the log outlives a rollback, a
# standby discloses with the line alone, and nothing of a value is in the log or in what a thief of the files has.
use strict;
use warnings;
use OmniTest;
use Digest::SHA qw(sha256_hex);
use PostgreSQL::Test::Utils;
use Test::More;

my $dir = PostgreSQL::Test::Utils::tempdir();
my $keyring = "$dir/keyring";
my @hex = map { sha256_hex("key of this test $_") } 0 .. 2;

# states by version
my $epoch = 1;
sub write_keyring
{
	my (@state) = @_;
	my $text = "keyring 1\n";
	for my $v (1 .. @state)
	{
		$text .= $state[$v - 1] eq 'destroyed' ? "key $v destroyed\n"
		  : sprintf("key %s %s %s check %s\n", $v, $state[$v - 1], $hex[$v], substr(sha256_hex("omni key $v $hex[$v]"), 0, 8));
	}
	$text .= "domain crm tenant=t purpose=p recipient=r profile=plain epoch=$epoch reversible\n";
	$text .= "domain other tenant=t purpose=p recipient=s profile=plain epoch=1\n";
	$text .= "role etl domain=crm verbs=tokenize\nrole support domain=crm verbs=reidentify\nrole keeper domain=crm verbs=map\n";
	unlink $keyring;
	my $before = umask 0077;
	PostgreSQL::Test::Utils::append_to_file($keyring, $text);
	umask $before;
}

write_keyring('active');
my $node = omni_node('token', "omni.keyring_file = '$keyring'\nlog_statement = none\nlog_line_prefix = ''\nlog_error_verbosity = terse", allows_streaming => 1);
$node->start;

# as a role, in one session: (exit code, output, errors)
sub as_role
{
	my ($on, $role, $sql) = @_;
	my ($out, $err);
	my $rc = $on->psql('postgres', "SET ROLE $role;\n$sql", stdout => \$out, stderr => \$err, on_error_stop => 1);
	return ($rc, $out, $err);
}
sub log_text { return slurp($_[0]->logfile) }
sub count { my ($text, $re) = @_; my @all = $text =~ /$re/g; return scalar @all }
sub new_keyring
{
	write_keyring(@_);
	$node->reload;
	sleep 1;
}

$node->safe_psql('postgres', q{
	CREATE EXTENSION omni;
	SELECT omni.create_store('shop');
	CREATE ROLE etl; CREATE ROLE support; CREATE ROLE keeper; CREATE ROLE analyst;
	GRANT USAGE ON SCHEMA shop TO etl, support, keeper, analyst;
	GRANT EXECUTE ON FUNCTION omni.subject_key_new(), omni.tokenize(text, text, bigint, bytea) TO etl;
	GRANT EXECUTE ON FUNCTION omni.store_reidentify(name, text, text) TO support, analyst;
	GRANT EXECUTE ON FUNCTION omni.token_rotate(text, bytea), omni.subject_key_rewrap(bytea) TO keeper;
	GRANT SELECT, INSERT ON shop.subject_secrets TO etl;
	GRANT SELECT ON shop.subject_secrets TO support, analyst;
	GRANT INSERT ON shop.reidentifications TO support, analyst;
	GRANT SELECT, UPDATE ON shop.subject_secrets TO keeper;
	CREATE TABLE letter (customer_id bigint PRIMARY KEY, token text);
	GRANT SELECT, INSERT, UPDATE ON letter TO etl, keeper;
	GRANT SELECT ON letter TO support, analyst;
});
my $value = 'zq7secret@example.com';
my ($rc, $out, $err) = as_role($node, 'etl', "
	INSERT INTO shop.subject_secrets (customer_id, subject_key) SELECT i, omni.subject_key_new() FROM generate_series(1, 3) i;
	INSERT INTO letter SELECT customer_id, omni.tokenize('$value', 'crm', customer_id, subject_key) FROM shop.subject_secrets;");
is($rc, 0, 'the ETL role makes keys and tokens') or diag($err);

# rights: each role has its verb
for my $case (['etl', 'permission denied for function store_reidentify'], ['analyst', 'does not have the verb reidentify'], ['keeper', 'permission denied for function store_reidentify'])
{
	($rc, $out, $err) = as_role($node, $case->[0], "SELECT omni.store_reidentify('shop', token, 'r') FROM letter;");
	like($err, qr/$case->[1]/, "$case->[0] reads nothing");
	unlike($out . $err, qr/zq7/, 'and sees nothing of the value');
}
is(count(log_text($node), qr/token opened by/), 0, 'nothing was opened so far');

# a rollback takes the entry away, not the line
my $digest = $node->safe_psql('postgres', "SELECT encode(sha256(token::bytea), 'hex') FROM letter WHERE customer_id = 1");
($rc, $out, $err) = as_role($node, 'support', "BEGIN; SELECT omni.store_reidentify('shop', token, 'case 1') FROM letter WHERE customer_id = 1; ROLLBACK;");
is($out, $value, 'the support role reads one');
is($node->safe_psql('postgres', 'SELECT count(*) FROM shop.reidentifications'), '0', 'and rolls the entry back');
my $log = log_text($node);
like($log, qr/LOG:  omni: token opened by role "support" \(session of "postgres"\) in domain "crm", store "shop"; SHA-256 of the token: $digest; reason: case 1\n/, 'but not the line of the log');
unlike($log, qr/zq7/, 'which does not have the value');
as_role($node, 'support', "BEGIN; SAVEPOINT a; SELECT omni.store_reidentify('shop', token, 'case 2') FROM letter WHERE customer_id = 1; ROLLBACK TO a; COMMIT;");
like(log_text($node), qr/reason: case 2\n/, 'nor does a savepoint');
as_role($node, 'support', "DO \$\$ BEGIN PERFORM omni.store_reidentify('shop', token, 'case 3') FROM letter WHERE customer_id = 1; RAISE 'no'; EXCEPTION WHEN OTHERS THEN NULL; END \$\$;");
like(log_text($node), qr/reason: case 3\n/, 'nor a handler');
as_role($node, 'support', "SET client_min_messages = log; SELECT omni.store_reidentify('shop', token, 'case 4') FROM letter WHERE customer_id = 1;");
is($node->safe_psql('postgres', "SELECT string_agg(reason || ' ' || done_by, ', ') FROM shop.reidentifications"), 'case 4 support', 'what is committed has its entry');

# who may not write the entry is told nothing
$node->safe_psql('postgres', 'REVOKE INSERT ON shop.reidentifications FROM support');
my $lines = count(log_text($node), qr/token opened by/);
($rc, $out, $err) = as_role($node, 'support', "SELECT omni.store_reidentify('shop', token, 'case 5') FROM letter WHERE customer_id = 1;");
like($err, qr/permission denied for table reidentifications/, 'without the right to write the entry');
is($out, '', 'nothing is disclosed');
is(count(log_text($node), qr/token opened by/), $lines, 'and no line says so');
$node->safe_psql('postgres', 'GRANT INSERT ON shop.reidentifications TO support; REVOKE SELECT ON shop.subject_secrets FROM support');
($rc, $out, $err) = as_role($node, 'support', "SELECT omni.store_reidentify('shop', token, 'case 6') FROM letter WHERE customer_id = 1;");
like($err, qr/permission denied for table subject_secrets/, 'nor without the right to read the key');
$node->safe_psql('postgres', 'GRANT SELECT ON shop.subject_secrets TO support');
# a policy hides the keys of other customers
$node->safe_psql('postgres', 'ALTER TABLE shop.subject_secrets ENABLE ROW LEVEL SECURITY; CREATE POLICY mine ON shop.subject_secrets FOR SELECT TO support USING (customer_id = 2)');
($rc, $out, $err) = as_role($node, 'support', "SELECT omni.store_reidentify('shop', token, 'case 7') FROM letter WHERE customer_id = 1;");
like($err, qr/has no key for the token's subject/, 'a policy on the keys holds');
($rc, $out, $err) = as_role($node, 'support', "SELECT omni.store_reidentify('shop', token, 'case 8') FROM letter WHERE customer_id = 2;");
is($out, $value, 'for the others');
$node->safe_psql('postgres', 'DROP POLICY mine ON shop.subject_secrets; ALTER TABLE shop.subject_secrets DISABLE ROW LEVEL SECURITY');
# who could take entries away, or has tables of their own, opens nothing
$node->safe_psql('postgres', 'GRANT DELETE ON shop.reidentifications TO support');
($rc, $out, $err) = as_role($node, 'support', "SELECT omni.store_reidentify('shop', token, 'case 8a') FROM letter WHERE customer_id = 2;");
like($err, qr/role "support" could change the entries about opened tokens/, 'who may delete entries opens nothing');
$node->safe_psql('postgres', 'REVOKE DELETE ON shop.reidentifications FROM support; GRANT CREATE, TEMP ON DATABASE postgres TO support');
($rc, $out, $err) = as_role($node, 'support', "CREATE SCHEMA fake; CREATE TABLE fake.subject_secrets AS SELECT * FROM shop.subject_secrets; CREATE TABLE fake.reidentifications (token_digest text, domain text, customer_id bigint, reason text);
	REVOKE ALL ON fake.reidentifications FROM support; GRANT INSERT ON fake.reidentifications TO support; SELECT omni.store_reidentify('fake', token, 'case 8b') FROM letter WHERE customer_id = 2;");
like($err, qr/role "support" could change the entries about opened tokens/, 'nor does the owner of the tables');
($rc, $out, $err) = as_role($node, 'support', "CREATE TEMP TABLE subject_secrets AS SELECT * FROM shop.subject_secrets; CREATE TEMP TABLE reidentifications (token_digest text, domain text, customer_id bigint, reason text);
	SELECT omni.store_reidentify(nspname, token, 'case 8c') FROM letter, pg_namespace n WHERE n.oid = pg_my_temp_schema() AND customer_id = 2;");
like($err, qr/invalid name of a store/, 'nor has a temporary table entries');
# rows are falsified by less than that, too
my $could = qr/role "support" could change the entries about opened tokens/;
for my $case ([ 'update one column', 'GRANT UPDATE (reason) ON shop.reidentifications TO support', 'REVOKE UPDATE (reason) ON shop.reidentifications FROM support' ],
	[ 'create a trigger', 'GRANT TRIGGER ON shop.reidentifications TO support', 'REVOKE TRIGGER ON shop.reidentifications FROM support' ],
	[ 'drop the table, as the owner of its schema', 'ALTER SCHEMA shop OWNER TO support', 'ALTER SCHEMA shop OWNER TO postgres; GRANT USAGE ON SCHEMA shop TO support' ])
{
	$node->safe_psql('postgres', $case->[1]);
	($rc, $out, $err) = as_role($node, 'support', "SELECT omni.store_reidentify('shop', token, 'case 8e') FROM letter WHERE customer_id = 2;");
	like($err, $could, "who may $case->[0] opens nothing");
	is($out, '', 'and sees nothing');
	$node->safe_psql('postgres', $case->[2]);
}
# a partition is a part of the table
$node->safe_psql('postgres', q{CREATE SCHEMA parts; GRANT USAGE ON SCHEMA parts TO support; CREATE TABLE parts.subject_secrets AS TABLE shop.subject_secrets;
	CREATE TABLE parts.reidentifications (token_digest text, domain text, customer_id bigint, reason text) PARTITION BY LIST (domain); CREATE TABLE parts.own PARTITION OF parts.reidentifications DEFAULT;
	GRANT SELECT ON parts.subject_secrets TO support; GRANT INSERT ON parts.reidentifications TO support});
my $parts = "SELECT omni.store_reidentify('parts', token, 'case 8g') FROM letter WHERE customer_id = 2;";
is((as_role($node, 'support', $parts))[1], $value, 'entries may go to partitions');
$node->safe_psql('postgres', 'ALTER TABLE parts.own OWNER TO support');
like((as_role($node, 'support', $parts))[2], $could, 'but who owns one opens nothing');
$node->safe_psql('postgres', 'DROP SCHEMA parts CASCADE');
# a reason is seen, and is one line in every viewer
for my $case ([ 'a line separator', 'x\2028y' ], [ 'a next line', 'x\0085y' ], [ 'an override', 'x\202ey' ])
{
	like((as_role($node, 'support', "SELECT omni.store_reidentify('shop', token, U&'$case->[1]') FROM letter WHERE customer_id = 2;"))[2], qr/the reason has a control character/, "a reason with $case->[0] is refused");
}
like((as_role($node, 'support', "SELECT omni.store_reidentify('shop', token, U&'\\00a0\\3000\\200d') FROM letter WHERE customer_id = 2;"))[2], qr/for a reason only/, 'and one of spaces that are no ASCII');
# a short log says as much
$node->safe_psql('postgres', 'ALTER SYSTEM SET log_error_verbosity = terse; SELECT pg_reload_conf()');
sleep 1;
as_role($node, 'support', "SELECT omni.store_reidentify('shop', token, 'case 8f') FROM letter WHERE customer_id = 2;");
like(log_text($node), qr/token opened by role "support".*SHA-256 of the token: [0-9a-f]{64}; reason: case 8f\n/, 'log_error_verbosity = terse leaves nothing out');
$node->safe_psql('postgres', 'ALTER SYSTEM RESET log_error_verbosity; SELECT pg_reload_conf()');
sleep 1;
# the name of a role writes no line of its own
$node->safe_psql('postgres', qq{CREATE ROLE "evil\nLOG:  omni: token opened by role" IN ROLE support; GRANT support TO "evil\nLOG:  omni: token opened by role"});
($rc, $out, $err) = as_role($node, '"evil' . "\n" . 'LOG:  omni: token opened by role"', "SELECT omni.store_reidentify('shop', token, 'case 8d') FROM letter WHERE customer_id = 2;");
is($out, $value, 'a member of the role reads one') or diag($err);
like(log_text($node), qr/^LOG:  omni: token opened by role "evil\?LOG:  omni/m, 'and is named in one line');
# the role cannot turn the log off
($rc, $out, $err) = as_role($node, 'support', 'SET log_min_messages = fatal;');
like($err, qr/permission denied to set parameter/, 'who opens tokens cannot turn the log off');

# a standby has the line alone
$node->backup('b');
my $standby = PostgreSQL::Test::Cluster->new('token_standby');
$standby->init_from_backup($node, 'b', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby);
my $entries = $standby->safe_psql('postgres', 'SELECT count(*) FROM shop.reidentifications');
($rc, $out, $err) = as_role($standby, 'support', "SELECT omni.store_reidentify('shop', token, 'case 9') FROM letter WHERE customer_id = 1;");
is($out, $value, 'a standby opens a token') or diag($err);
like(log_text($standby), qr/token opened by role "support".*; reason: case 9\n/, 'with a line of its own log');
is($standby->safe_psql('postgres', 'SELECT count(*) FROM shop.reidentifications'), $entries, 'and no entry');
$standby->stop;

# a new version of the key
new_keyring('decrypt', 'active');
($rc, $out, $err) = as_role($node, 'support', "SELECT omni.store_reidentify('shop', token, 'case 10') FROM letter WHERE customer_id = 1;");
is($out, $value, 'a token of the version before is read');
($rc, $out, $err) = as_role($node, 'etl', "INSERT INTO shop.subject_secrets SELECT 4, omni.subject_key_new(); INSERT INTO letter SELECT 4, omni.tokenize('$value', 'crm', 4, subject_key) FROM shop.subject_secrets WHERE customer_id = 4;");
is($node->safe_psql('postgres', 'SELECT string_agg(omni.token_key_version(token)::text, NULL ORDER BY customer_id) FROM letter'), '1112', 'new ones are of the new version');
($rc, $out, $err) = as_role($node, 'keeper', "
	UPDATE shop.subject_secrets SET subject_key = omni.subject_key_rewrap(subject_key) WHERE customer_id <> 3;
	UPDATE letter l SET token = omni.token_rotate(l.token, s.subject_key) FROM shop.subject_secrets s WHERE s.customer_id = l.customer_id AND l.customer_id <> 2;
	SELECT string_agg(omni.token_key_version(token) || ' ' || get_byte(subject_key, 2), ', ' ORDER BY customer_id) FROM letter JOIN shop.subject_secrets USING (customer_id);");
is($out, '2 2, 1 2, 2 1, 2 2', 'tokens and keys are brought to it') or diag($err);
($rc, $out, $err) = as_role($node, 'support', "SELECT string_agg(omni.store_reidentify('shop', token, 'case 11'), ' ' ORDER BY customer_id) FROM letter;");
is($out, join(' ', ($value) x 4), 'and read as before') or diag($err);

# a new epoch unlinks what is made from then on, and reads what was made before
my $before = $node->safe_psql('postgres', 'SELECT token FROM letter WHERE customer_id = 4');
$epoch = 2;
new_keyring('decrypt', 'active');
($rc, $out, $err) = as_role($node, 'support', "SELECT omni.store_reidentify('shop', token, 'case 11a') FROM letter WHERE customer_id = 4;");
is($out, $value, 'a token of an earlier epoch is read') or diag($err);
($rc, $out, $err) = as_role($node, 'etl', "SELECT omni.tokenize('$value', 'crm', 4, subject_key) = '$before' FROM shop.subject_secrets WHERE customer_id = 4;");
is($out, 'f', 'and not made again');
($rc, $out, $err) = as_role($node, 'keeper', "SELECT omni.token_rotate(token, subject_key) = token, omni.token_rotate(omni.token_rotate(token, subject_key), subject_key) = omni.token_rotate(token, subject_key)
	FROM letter JOIN shop.subject_secrets USING (customer_id) WHERE customer_id = 4;");
is($out, 'f|t', 'rotation brings it to the new one') or diag($err);

# and the old one is destroyed
new_keyring('destroyed', 'active');
my @opened = map { (as_role($node, 'support', "SELECT omni.store_reidentify('shop', token, 'case 12') FROM letter WHERE customer_id = $_;"))[1, 2] } 1 .. 4;
is($opened[0], $value, 'what was brought to the new version is read');
like($opened[3], qr/version 1 of the key has been destroyed/, 'a token of the destroyed version is not');
like($opened[5], qr/version 1 of the key has been destroyed/, 'nor one whose subject has a key of it');
is($opened[6], $value, 'nor does that matter to new ones');
unlike(join('', @opened[2 .. 5]), qr/zq7/, 'and the refusals tell nothing');

# a domain that is no longer reversible, a keyring that is gone
my $text = slurp($keyring);
$text =~ s/ reversible//;
open(my $f, '>', $keyring) or die;
print $f $text;
close $f;
$node->reload;
sleep 1;
($rc, $out, $err) = as_role($node, 'support', "SELECT omni.store_reidentify('shop', token, 'case 13') FROM letter WHERE customer_id = 1;");
like($err, qr/domain "crm" has no tokens/, 'a domain that is no longer reversible opens none');
unlink $keyring;
$node->reload;
sleep 1;
($rc, $out, $err) = as_role($node, 'support', "SELECT omni.store_reidentify('shop', token, 'case 14') FROM letter WHERE customer_id = 1;");
like($err, qr/the keyring cannot be used/, 'without the keyring, nothing is opened');

# what a thief has: the files of the cluster and a dump
$node->stop;
my $grep = sub { my ($bytes) = @_; my $n = 0; for my $file (split /\n/, `find '@{[$node->data_dir]}' -type f`) { $n++ if index(slurp($file), $bytes) >= 0 } return $n };
for my $i (1, 2)
{
	is($grep->(pack('H*', $hex[$i])) + $grep->($hex[$i]), 0, "key $i is in no file of the cluster");
}
is($grep->($value), 0, 'nor is the value');
unlike(log_text($node), qr/zq7/, 'no value is in the log at the end');
done_testing();
