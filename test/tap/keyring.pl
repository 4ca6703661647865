# The keyring: what of it is refused, who may set it and use it, how limits hold, and where its keys are not.
use strict;
use warnings;
use lib $ENV{OMNI_TREE} . '/test/tap';
use Digest::SHA qw(sha256_hex);
use Fcntl qw(:mode);
use POSIX qw(mkfifo);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use OmniTest;
use Test::More;

my $library = omni_library();

my $node = omni_node('main', 'max_worker_processes = 16');
my $dir = $node->basedir . '/secret';
my $file = "$dir/keyring";
mkdir($dir, 0700) or die $!;
my $data = $node->data_dir;
chomp(my $major = `$ENV{PG_CONFIG} --version`);
$major =~ s/^\D*(\d+).*/$1/;

# keys that are known, so that they can be looked for
my %hex = map { $_ => sha256_hex("key $_ of test/tap/keyring.pl") } 1 .. 9;
sub key { my ($v, $state) = @_; return "key $v $state $hex{$v} check " . substr(sha256_hex("omni key $v $hex{$v}"), 0, 8); }
sub domain { my ($name, $more) = @_; return "domain $name tenant=t purpose=$name recipient=r profile=plain epoch=1" . ($more ? " $more" : ''); }
my @good = ('keyring 1', key(1, 'active'), domain('a'), domain('b'), 'role etl domain=a verbs=pseudonymize,map', 'role super_too domain=a verbs=pseudonymize');
sub lines { return join('', map { "$_\n" } @_); }

sub spit
{
	my ($path, $text, $mode) = @_;
	unlink($path);
	open(my $f, '>:raw', $path) or die "$path: $!";
	print $f $text;
	close($f);
	chmod($mode // 0600, $path) or die $!;
}

# the messages that a session of this user gets for a statement
sub messages
{
	my ($user, $sql) = @_;
	my ($out, $err) = ('', '');
	$node->psql('postgres', $sql, stdout => \$out, stderr => \$err, on_error_stop => 0, extra_params => [ '-U', $user, '-v', 'VERBOSITY=verbose' ]);
	return $err eq '' ? $out : "$err\n$out";
}

# a keyring that is refused, with this sentence to the DBA and none of it to others
sub refused
{
	my ($what, $sentence) = @_;
	my $dba = messages('postgres', "SELECT omni.pseudonym('x', 'a')");
	my $etl = messages('etl', "SELECT omni.pseudonym('x', 'a')");
	ok($dba =~ /F0000: the keyring cannot be used/ && $dba =~ $sentence && $etl =~ /F0000: the keyring cannot be used/ && $etl !~ /DETAIL/ && "$dba$etl" !~ /[0-9a-f]{16}/, "refused: $what")
	  or diag("to the DBA: $dba\nto others: $etl");
}

$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION omni;
	CREATE ROLE etl LOGIN; CREATE ROLE reader LOGIN; CREATE ROLE owner LOGIN; CREATE ROLE super_too SUPERUSER LOGIN; CREATE ROLE super_other SUPERUSER LOGIN;
	CREATE ROLE member LOGIN; GRANT etl TO member; CREATE ROLE distant LOGIN NOINHERIT; GRANT etl TO distant;
	DO $$ DECLARE f regprocedure; BEGIN
		FOR f IN SELECT oid FROM pg_proc WHERE proname IN ('pseudonym', 'subject_key_new', 'keyring_domains') AND pronamespace = 'omni'::regnamespace LOOP EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO etl, reader, member, distant', f); END LOOP;
	END $$;
	CREATE DATABASE owned OWNER owner});

#
# no keyring
#
like(messages('etl', "SELECT omni.pseudonym('x', 'a')"), qr/55000: there is no keyring/, 'without a keyring nothing is made');
is($node->safe_psql('postgres', "SELECT value, hint IS NULL FROM omni.status() WHERE item = 'keyring'"), 'none|t', 'status() says so, and that nothing is wrong');

# the setting holds from now on
$node->append_conf('postgresql.conf', "omni.keyring_file = '$file'");
$node->reload;
sleep(1);

#
# what is refused of a file
#
refused('no file', qr/The file cannot be opened: No such file/);
my $text = lines(@good);
for my $mode (0640, 0604, 0660, 0610, 0601, 0644, 0777)
{
	spit($file, $text, $mode);
	refused(sprintf('mode %04o', $mode), qr/mode is 0\d\d\d: its group or others/);
}
spit($file, $text, 0400);
like(messages('etl', "SELECT omni.pseudonym('x', 'a')"), qr/^ps1:/, 'mode 0400 is good');
rename($file, "$dir/other") or die $!;
symlink("$dir/other", $file) or die $!;
refused('a symbolic link', qr/symbolic link/);
unlink($file);
link("$dir/other", $file) or die $!;
refused('a hard link', qr/more than one name/);
unlink($file, "$dir/other");
mkfifo($file, 0600) or die $!;
refused('a pipe', qr/not a regular file/);
unlink($file);
mkdir($file, 0700) or die $!;
refused('a directory', qr/not a regular file/);
rmdir($file);
chmod(0770, $dir);
spit($file, $text);
refused('a directory that others may write to', qr/to which others than its owner may write/);
chmod(0700, $dir);
spit($file, $text . '#' x 1048576 . "\n");
refused('1 MB and more', qr/more than 1048576 bytes/);
spit($file, '');
refused('an empty file', qr/It is empty/);
spit($file, "# nothing\n\n");
refused('nothing but a comment', qr/It is empty/);
spit($file, substr($text, 0, -1));
refused('cut off before its last newline', qr/last line is not ended/);
# wherever it is cut off, it is refused, or what is left is less
my $more = 0;
for (my $n = 1; $n < length($text); $n += 7)
{
	spit($file, substr($text, 0, $n));
	$more++ if messages('etl', "SELECT omni.pseudonym('x', 'a')") =~ /^ps1:/ && substr($text, 0, $n) !~ /verbs=pseudonymize,map\n/;
}
is($more, 0, 'cut off anywhere: no right that was not there');

#
# what is refused of its text
#
my @cases = (
	[ 'no head',               [ @good[ 1 .. 5 ] ],                                    qr/Line 1: The first line has to be/ ],
	[ 'version 2',             [ 'keyring 2', @good[ 1 .. 5 ] ],                       qr/Line 1: The keyring is of a version/ ],
	[ 'words after the head',  [ 'keyring 1 2', @good[ 1 .. 5 ] ],                     qr/Line 1: The keyring is of a version/ ],
	[ 'an unknown line',       [ @good, 'right etl domain=a' ],                        qr/Line 7: The first word/ ],
	[ 'the head again',        [ @good, 'keyring 1' ],                                 qr/Line 7: The first word/ ],
	[ 'no key',                [ $good[0], @good[ 2 .. 5 ] ],                          qr/No key is active/ ],
	[ 'no active key',         [ $good[0], key(1, 'decrypt'), @good[ 2 .. 5 ] ],       qr/No key is active/ ],
	[ 'two active keys',       [ @good, key(2, 'active') ],                            qr/Line 7: The key of line 2 is active/ ],
	[ 'a version twice',       [ @good, key(1, 'decrypt') ],                           qr/Line 7: Version 1 of the key is in line 2/ ],
	[ 'a key twice',           [ @good, "key 2 decrypt $hex{1} check " . substr(sha256_hex("omni key 2 $hex{1}"), 0, 8) ], qr/Line 7: The key is that of line 2/ ],
	[ 'version 0',             [ @good, key(2, 'decrypt') =~ s/key 2/key 0/r ],        qr/Line 7: The version of a key is a number from 1/ ],
	[ 'version 65536',         [ @good, key(2, 'decrypt') =~ s/key 2/key 65536/r ],    qr/Line 7: The version of a key/ ],
	[ 'version 02',            [ @good, key(2, 'decrypt') =~ s/key 2/key 02/r ],       qr/Line 7: The version of a key/ ],
	[ 'an unknown state',      [ @good, key(2, 'dormant') ],                           qr/Line 7: The state of a key/ ],
	[ 'no state',              [ @good, 'key 2' ],                                     qr/Line 7: The state of a key/ ],
	[ 'a destroyed key with its key', [ @good, key(2, 'destroyed') ],                  qr/Line 7: Nothing may follow/ ],
	[ 'a short key',           [ @good, key(2, 'decrypt') =~ s/[0-9a-f] check/ check/r ], qr/Line 7: A key is 64/ ],
	[ 'a key in upper case',   [ @good, uc(key(2, 'decrypt')) =~ s/KEY 2 DECRYPT/key 2 decrypt/r ], qr/Line 7: (A key is 64|The check)/ ],
	[ 'a wrong check',         [ @good, key(2, 'decrypt') =~ s/check ./check g/r ],    qr/Line 7: The check value/ ],
	[ 'the check of another version', [ @good, key(2, 'decrypt') =~ s/key 2/key 3/r ], qr/Line 7: The check value/ ],
	[ 'no check',              [ @good, key(2, 'decrypt') =~ s/ check.*//r ],          qr/Line 7: The check value/ ],
	[ 'a word after the check', [ @good, key(2, 'decrypt') . ' x' ],                   qr/Line 7: The line has more words/ ],
	[ 'zeros for a key',       [ @good, 'key 2 decrypt ' . '0' x 64 . ' check ' . substr(sha256_hex('omni key 2 ' . '0' x 64), 0, 8) ], qr/Line 7: The key is not random/ ],
	[ 'a domain twice',        [ @good, domain('a') ],                                 qr/Line 7: The domain is in line 3/ ],
	[ 'a domain of the same meaning', [ @good, domain('a') =~ s/domain a/domain c/r ], qr/Line 7: .*their keys would be the same/ ],
	[ 'a domain in upper case', [ @good, domain('C') ],                                qr/Line 7: The name of a domain/ ],
	[ 'a domain without purpose', [ @good, domain('c') =~ s/purpose=c//r ],            qr/Line 7: A domain needs/ ],
	[ 'a tenant twice',        [ @good, domain('c', 'tenant=u') ],                     qr/Line 7: Word 8 of the line is there already/ ],
	[ 'an unknown profile',    [ @good, domain('c') =~ s/plain/best/r ],               qr/Line 7: Word 6 of the line/ ],
	[ 'an unknown word',       [ @good, domain('c', 'secure') ],                       qr/Line 7: Word 8 of the line is unknown/ ],
	[ 'an epoch below 0',      [ @good, domain('c') =~ s/epoch=1/epoch=-1/r ],         qr/Line 7: Word 7 of the line/ ],
	[ 'an epoch beyond 32 bits', [ @good, domain('c') =~ s/epoch=1/epoch=4294967296/r ], qr/Line 7: Word 7 of the line/ ],
	[ 'a limit of 0',          [ @good, domain('c', 'limit=0/h') ],                    qr/Line 7: Word 8 of the line/ ],
	[ 'a limit a week',        [ @good, domain('c', 'limit=5/w') ],                    qr/Line 7: Word 8 of the line/ ],
	[ 'a limit without unit',  [ @good, domain('c', 'limit=5') ],                      qr/Line 7: Word 8 of the line/ ],
	[ 'a role of no domain',   [ @good, 'role x domain=c verbs=map' ],                 qr/Line 7: The domain of the role is not/ ],
	[ 'a role twice',          [ @good, 'role etl domain=a verbs=tokenize' ],          qr/Line (5|7): The role has a line/ ],
	[ 'an unknown verb',       [ @good, 'role x domain=a verbs=map,look' ],            qr/Line 7: The word after the domain/ ],
	[ 'a verb twice',          [ @good, 'role x domain=a verbs=map,map' ],             qr/Line 7: The word after the domain/ ],
	[ 'no verb',               [ @good, 'role x domain=a verbs=' ],                    qr/Line 7: The word after the domain/ ],
	[ 'a role of 64 bytes',    [ @good, 'role ' . 'r' x 64 . ' domain=a verbs=map' ],  qr/Line 7: The name of a role/ ],
	[ 'a carriage return',     [ map { "$_\r" } @good ],                               qr/Line 1: / ],
	[ 'a byte 0',              [ @good, "#\0" ],                                       qr/a byte 0/ ]);
for my $c (@cases)
{
	spit($file, lines(@{ $c->[1] }));
	refused($c->[0], $c->[2]);
}
is($node->safe_psql('postgres', "SELECT value, hint ~ 'byte 0' FROM omni.status() WHERE item = 'keyring'"), 'cannot be used|t', 'status() tells the DBA what is wrong');
is($node->safe_psql('postgres', "SET ROLE reader; SELECT value, hint FROM omni.status() WHERE item = 'keyring'"), 'configured|', 'and nobody else');

#
# inside the data directory, by whatever name
#
my $inside = "$data/base/keyring";
spit($inside, $text);
symlink("$data/base", "$dir/link") or die $!;
for my $path ($inside, "$dir/link/keyring", "$data/../pgdata/base/keyring", "$data/./base//keyring")
{
	$node->safe_psql('postgres', "SELECT omni.library_version(); ALTER SYSTEM SET omni.keyring_file = '$path'");
	$node->reload;
	sleep(1);
	refused("$path", qr/inside the data directory/);
}
unlink($inside, "$dir/link");
like(messages('postgres', "SELECT omni.library_version(); ALTER SYSTEM SET omni.keyring_file = 'keyring'"), qr/22023: invalid value for parameter "omni.keyring_file"/, 'a path has to begin at the root');
$node->safe_psql('postgres', "SELECT omni.library_version(); ALTER SYSTEM RESET omni.keyring_file");
$node->reload;

#
# rights
#
spit($file, lines(@good, key(2, 'decrypt'), 'key 3 destroyed', domain('gone'), 'role dropped domain=gone verbs=map'));
sleep(1);
like(messages('etl', "SELECT omni.pseudonym('x', 'a')"), qr/^ps1:/, 'a role with the verb');
like(messages('member', "SELECT omni.pseudonym('x', 'a')"), qr/^ps1:/, 'a member of it');
like(messages('distant', "SELECT omni.pseudonym('x', 'a')"), qr/42501: permission denied for pseudonymization domain "a"/, 'a member that does not inherit');
like(messages('distant', "SET ROLE etl; SELECT omni.pseudonym('x', 'a')"), qr/ps1:/, 'which may take the role');
like(messages('reader', "SELECT omni.pseudonym('x', 'a')"), qr/42501: permission denied for pseudonymization domain "a"/, 'a role without the verb');
like(messages('etl', "SELECT omni.pseudonym('x', 'b')"), qr/42501: permission denied for pseudonymization domain "b"/, 'a role in another domain');
like(messages('super_other', "SELECT omni.pseudonym('x', 'a')"), qr/42501: permission denied for pseudonymization domain "a"/, 'a superuser that no line names');
like(messages('super_too', "SELECT omni.pseudonym('x', 'a')"), qr/^ps1:/, 'a superuser that a line names');
like(messages('super_too', "SELECT omni.pseudonym('x', 'a', 2)"), qr/42501: .*does not have the verb map/s, 'a verb that it does not have');
like(messages('etl', "SELECT omni.pseudonym('x', 'a', 2)"), qr/^ps1:/, 'an older version with the verb map');
like(messages('etl', "SELECT omni.pseudonym('x', 'a', 3)"), qr/55000: version 3 of the key has been destroyed/, 'a destroyed key');
like(messages('etl', "SELECT omni.pseudonym('x', 'a', 4)"), qr/22023: version 4 of the key is not in the keyring/, 'an unknown version');
like(messages('etl', "SELECT omni.pseudonym('x', 'c')"), qr/42704: .*"c" is not in the keyring/, 'an unknown domain');
unlike(messages('etl', "SELECT omni.pseudonym('a', 'jane.doe\@example.com')"), qr/jane/, 'arguments in the wrong order: no value in the message');
like(messages('postgres', q{SET ROLE etl; SELECT omni.pseudonym('x', 'a') IS NOT NULL AS before; RESET ROLE; REVOKE etl FROM member;
	GRANT member TO postgres; SET ROLE member; SELECT omni.pseudonym('x', 'a')}), qr/42501/, 'a right ends with the membership, in the session that had it');
like(messages('postgres', q{SET ROLE member; DO $$ BEGIN PERFORM omni.pseudonym('x', 'a'); EXCEPTION WHEN insufficient_privilege THEN RAISE NOTICE 'no right'; END $$;
	RESET ROLE; GRANT etl TO member; SET ROLE member; SELECT omni.pseudonym('x', 'a')}), qr/no right.*ps1:/s, 'and begins with it');
my $connection = $node->connstr('postgres') . ' user=postgres';
like(messages('member', qq{BEGIN; SELECT 'made', omni.pseudonym('x', 'a') IS NOT NULL;
\\! psql -Xq -d "$connection" -c "REVOKE etl FROM member"
SELECT 'made', omni.pseudonym('y', 'a') IS NOT NULL}), qr/42501.*made\|t\n?\z/s, 'a right that another session takes away ends with the statement, in an open transaction, too');
$node->safe_psql('postgres', 'GRANT etl TO member; CREATE ROLE dropped; GRANT dropped TO reader; DROP ROLE dropped');
like(messages('reader', "SELECT omni.pseudonym('x', 'gone', 1)"), qr/42501/, 'a role that is gone gives nothing');
is($node->safe_psql('postgres', q{SELECT string_agg(DISTINCT proname, ',' ORDER BY proname) FROM pg_proc p WHERE pronamespace = 'omni'::regnamespace AND proname IN ('pseudonym', 'subject_key_new', 'keyring_domains')
	AND pronargs <> 1 AND has_function_privilege('owner', oid, 'EXECUTE')}), '', 'PUBLIC may execute no keyed function');
is(messages('reader', 'SELECT count(*) FROM omni.keyring_domains()'), '0', 'who has no verb sees no domain') or diag(messages('reader', 'SELECT * FROM omni.keyring_domains()'));

#
# who may set it
#
my $evil = "$dir/evil";
spit($evil, lines('keyring 1', key(9, 'active'), domain('a'), 'role owner domain=a verbs=pseudonymize', 'role reader domain=a verbs=pseudonymize'));
my $own = messages('etl', "SELECT omni.pseudonym('x', 'a')");
sub evil_out
{
	my ($sql, %options) = @_;
	local $ENV{PGOPTIONS} = $options{options} if $options{options};
	my ($out, $err) = ('', '');
	$node->psql($options{db} // 'postgres', $sql, stdout => \$out, stderr => \$err, on_error_stop => 0, extra_params => [ '-U', $options{user} // 'reader' ]);
	return "$err\n$out";
}
$node->safe_psql('owned', 'CREATE EXTENSION omni; GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA omni TO PUBLIC');
for my $set ("SET omni.keyring_file = '$evil'", "SET LOCAL omni.keyring_file = '$evil'", "SELECT set_config('omni.keyring_file', '$evil', false)", "UPDATE pg_settings SET setting = '$evil' WHERE name = 'omni.keyring_file'")
{
	unlike(evil_out("BEGIN; $set; SELECT omni.pseudonym('x', 'a')"), qr/ps1:/, "before the library is loaded: $set");
	my $after = evil_out("SELECT omni.domain_tag('a'); $set; SELECT omni.pseudonym('x', 'a')");
	# a setting that a role does not see is not in its pg_settings
	ok($after !~ /ps1:/ && $after =~ /cannot be changed now|permission denied/, "after it: $set");
}
unlike(evil_out("SELECT omni.pseudonym('x', 'a')", options => "-c omni.keyring_file=$evil"), qr/ps1:/, 'PGOPTIONS');
evil_out("ALTER DATABASE owned SET omni.keyring_file = '$evil'", user => 'owner', db => 'owned');
evil_out("ALTER ROLE owner SET omni.keyring_file = '$evil'", user => 'owner', db => 'owned');
evil_out("ALTER ROLE owner IN DATABASE owned SET omni.keyring_command = 'cat $evil'", user => 'owner', db => 'owned');
evil_out("CREATE FUNCTION p() RETURNS text LANGUAGE plpgsql SET omni.keyring_file = '$evil' AS \$\$ BEGIN RETURN omni.pseudonym('x', 'a'); END \$\$", user => 'owner', db => 'owned');
unlike(evil_out("SELECT omni.pseudonym('x', 'a')", user => 'owner', db => 'owned'), qr/ps1:/, 'the owner of a database cannot name a keyring for it');
unlike(evil_out('SELECT p()', user => 'owner', db => 'owned'), qr/ps1:/, 'nor for a function');
unlike(evil_out("ALTER SYSTEM SET omni.keyring_file = '$evil'; SELECT pg_reload_conf()", user => 'owner', db => 'owned'), qr/^t$/m, 'nor for the server');
like(evil_out('SELECT omni.domain_tag(\'a\'); SHOW omni.keyring_file'), qr/permission denied|must be (a member|superuser)/, 'others do not see its path');
is(messages('etl', "SELECT omni.pseudonym('x', 'a')"), $own, 'and it is the keyring that it was');
unlink($evil);
$node->safe_psql('postgres', 'DROP DATABASE owned');

#
# reload
#
my $next = "$dir/next";
spit($next, lines('keyring 1', key(1, 'decrypt'), key(2, 'active'), domain('a'), 'role etl domain=a verbs=pseudonymize,map'));
my $out = messages('postgres', qq{SET ROLE etl; SELECT 1, omni.pseudonym_version(omni.pseudonym('x', 'a'));
\\! mv $next $file
SELECT 2, omni.pseudonym_version(omni.pseudonym('x', 'a')); RESET ROLE; SELECT pg_reload_conf() \\g /dev/null
SELECT pg_sleep(1) \\g /dev/null
SET ROLE etl; SELECT 3, omni.pseudonym_version(omni.pseudonym('x', 'a')), omni.pseudonym_version(omni.pseudonym('x', 'a', 1));
\\! echo 'role etl' >>$file
SELECT 4, omni.pseudonym_version(omni.pseudonym('x', 'a')); RESET ROLE; SELECT pg_reload_conf() \\g /dev/null
SELECT pg_sleep(1) \\g /dev/null
SET ROLE etl; SELECT 5, omni.pseudonym('x', 'a'); SELECT 6, omni.pseudonym('x', 'a');
\\! sed -i '\$d' $file
SELECT 7, omni.pseudonym_version(omni.pseudonym('x', 'a'));});
like($out, qr/^1\|1$/m, 'reload: the first keyring');
like($out, qr/^2\|1$/m, 'a file that was exchanged is read after a reload only');
like($out, qr/^3\|2\|1$/m, 'then it is, by the same session');
like($out, qr/^4\|2$/m, 'a file that was damaged makes no difference yet');
is(() = $out =~ /F0000: the keyring cannot be used/g, 2, 'after a reload it is refused, and the one before is not used again');
unlike($out, qr/^[56]\|/m, 'by no call');
like($out, qr/^7\|2$/m, 'once it is mended it is used without another reload');
$out = messages('postgres', qq{SET ROLE etl; SELECT 1, omni.pseudonym('x', 'a') IS NOT NULL; RESET ROLE;
\\! mv $file $file.away
SELECT pg_reload_conf() \\g /dev/null
SELECT pg_sleep(1) \\g /dev/null
SET ROLE etl; SELECT 2, omni.pseudonym('x', 'a');});
rename("$file.away", $file) or die $!;
ok($out =~ /^1\|t$/m && $out =~ /F0000/ && $out !~ /^2\|/m, 'a keyring that is gone is no empty one') or diag($out);

#
# a command, and shared memory
#
sub setting { my ($name, $value) = @_; $node->append_conf('postgresql.conf', "$name = '$value'"); }
setting('omni.keyring_command', "cat $file");
$node->reload;
sleep(1);
refused('a file and a command', qr/Both omni.keyring_file and omni.keyring_command are set/);
setting('omni.keyring_file', "");
$node->reload;
sleep(1);
if ($major < 17)
{
	like(messages('etl', "SELECT omni.pseudonym('x', 'a')"), qr/55000: a keyring from a command needs shared memory.*shared_preload_libraries/s, 'a command needs shared memory');
	like(messages('postgres', "SELECT hint FROM omni.status() WHERE item = 'keyring'"), qr/shared_preload_libraries/, 'status() says so');
}
else
{
	like(messages('etl', "SELECT omni.pseudonym('x', 'a')"), qr/^ps1:/, 'a command, shared memory by name');
	like(messages('postgres', "SELECT value FROM omni.status() WHERE item = 'keyring'"), qr/^key/, 'status() shows it');
}
my $limited = lines('keyring 1', key(1, 'active'), domain('a', 'limit=100/d'), domain('b', 'limit=100/d'), domain('free'), domain('many', 'limit=100000/d'), map { "role etl domain=$_ verbs=pseudonymize" } qw(a b free many));
spit($file, $limited);
setting('omni.keyring_command', "");
setting('omni.keyring_file', "$file");
$node->reload;
sleep(1);
like(messages('etl', "SELECT omni.pseudonym('x', 'a')"), $major < 17 ? qr/55000: a pseudonymization domain with a limit needs shared memory.*shared_preload_libraries/s : qr/^ps1:/, 'a limit needs shared memory');
like(messages('etl', "SELECT omni.pseudonym('x', 'free')"), qr/^ps1:/, 'a domain without one does not');

setting('shared_preload_libraries', "$library");
$node->restart;
setting('omni.keyring_file', "");
for my $c ([ 'exit 3', qr/The command failed: .*3/ ], [ 'true', qr/It is empty/ ], [ "yes | head -c 3000000", qr/more than 1048576 bytes/ ], [ '/nonexistent/command', qr/The command failed/ ], [ "cat $file; false", qr/The command failed/ ])
{
	setting('omni.keyring_command', "$c->[0] 2>/dev/null");
	$node->reload;
	sleep(6);
	like(messages('postgres', "SELECT omni.pseudonym('x', 'a')"), $c->[1], "a command that is refused: $c->[0]");
	like(messages('postgres', "SELECT omni.pseudonym('x', 'a')"), qr/is not run again for \d seconds/, 'and is not run again at once') if $c->[0] eq 'exit 3';
}
setting('omni.keyring_command', "test -e $dir/slow && sleep 30; cat $file");
$node->reload;
sleep(6);
spit("$dir/slow", '');
like(messages('etl', "SET statement_timeout = '1s'; SELECT omni.pseudonym('x', 'free')"), qr/57014: canceling statement/, 'a command that hangs is canceled with the statement');
unlink("$dir/slow");
like(messages('etl', "SELECT omni.pseudonym('x', 'free')"), qr/^ps1:/, 'for which no other session waits');
setting('omni.keyring_command', "cat $file");
$node->reload;
sleep(1);
like(messages('etl', "SELECT omni.pseudonym('x', 'free')"), qr/^ps1:/, 'a command that is good');
setting('omni.keyring_command', "");
setting('omni.keyring_file', "$file");
$node->reload;
sleep(1);

#
# limits
#
# in one day of UTC
sleep(86401 - time() % 86400) if 86400 - time() % 86400 < 120;
sub uses { my ($n, $domain, $user, $before) = @_; return messages($user // 'etl', ($before // '') . "SELECT 'made', count(omni.pseudonym('x' || i, '$domain')) FROM generate_series(1, $n) i;"); }
like(uses(60, 'a'), qr/made\|60/, 'limit of 100: 60');
like(uses(41, 'a'), qr/53400: limit of pseudonymization domain "a" reached.*100 uses a day/s, 'a new connection: not 41 more');
like(uses(1, 'a'), qr/53400/, 'the uses of a statement that was refused have been made');
like(uses(100, 'b'), qr/made\|100/, 'another domain has its own: 100');
like(uses(1, 'b'), qr/53400/, 'and not 101');
like(uses(100, 'a', 'member', 'SET ROLE etl;'), qr/made\|100/, 'another session user has its own, whatever its role is');
like(uses(1, 'a', 'member'), qr/53400/, 'which is its own again as another role');
like(slurp($node->logfile), qr/LOG:  role "etl" has reached the limit of pseudonymization domain "a"/, 'the log has who reached it');
is(() = slurp($node->logfile) =~ /LOG:  role "etl" has reached the limit of pseudonymization domain "a"/g, 1, 'once');
$node->restart;
like(uses(40, 'a', 'etl', 'BEGIN;') . uses(40, 'a', 'etl', 'BEGIN;'), qr/made\|40.*made\|40/s, 'rollbacks: 40 and 40');
like(uses(21, 'a', 'etl', 'BEGIN;'), qr/53400/, 'are counted');
$node->restart;
like(messages('etl', q{DO $$ DECLARE n int := 0; BEGIN
	FOR i IN 1 .. 200 LOOP
		BEGIN PERFORM omni.pseudonym('x' || i, 'a'); n := n + 1; RAISE EXCEPTION USING ERRCODE = 'OMNI0'; EXCEPTION WHEN SQLSTATE 'OMNI0' THEN NULL; WHEN configuration_limit_exceeded THEN NULL; END;
	END LOOP;
	RAISE NOTICE 'made %', n; END $$}), qr/made 100$/m, 'subtransactions that fail: 100');
$node->restart;
$out = messages('etl', q{CREATE TEMP TABLE t AS SELECT 1; } . join('', map { "SELECT 'made', omni.pseudonym('x$_', 'a');" } 1 .. 99));
is(() = $out =~ /^made/mg, 99, 'one by one: 99');
like(uses(1, 'a'), qr/made\|1/, 'what a transaction took and did not use is given back: 1 more');
like(uses(1, 'a'), qr/53400/, 'and no other');
$node->restart;
$node->safe_psql('postgres', q{CREATE TABLE many AS SELECT i FROM generate_series(1, 60000) i; ALTER TABLE many SET (parallel_workers = 3); ANALYZE many; GRANT SELECT ON many TO etl});
my $parallel = "SET max_parallel_workers_per_gather = 3; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;";
like(messages('etl', "$parallel EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) SELECT count(omni.pseudonym('x' || i, 'many')) FROM many"), qr/Workers Launched: 3/, 'four processes make 60,000');
like(messages('etl', "$parallel SELECT count(omni.pseudonym('x' || i, 'many')) FROM many WHERE i <= 39000"), qr/^39000$/m, 'and 39,000');
like(uses(1000, 'many'), qr/made\|1000/, 'nothing is lost of the limit of 100,000, which is that of all of them: 1,000 more');
like(uses(1, 'many'), qr/53400/, 'and no other');
$node->restart;
my @races = map { my $i = $_; my ($o, $e) = ('', ''); [ IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres') . ' user=etl', '-c', q{DO $$ DECLARE n int := 0; BEGIN
	FOR i IN 1 .. 300 LOOP BEGIN PERFORM omni.pseudonym('x' || i, 'a'); n := n + 1; EXCEPTION WHEN configuration_limit_exceeded THEN NULL; END; END LOOP; RAISE NOTICE 'made %', n; END $$} ], '>', \$o, '2>', \$e), \$e ] } 1 .. 6;
my $made = 0;
for my $r (@races) { $r->[0]->finish; $made += $1 if ${ $r->[1] } =~ /made (\d+)/; }
ok($made <= 100 && $made >= 90, "six sessions at once make $made of 100");
$node->restart;
like(messages('super_too', q{SET SESSION AUTHORIZATION etl; SELECT count(omni.pseudonym('x' || i, 'a')) FROM generate_series(1, 100) i; SELECT omni.pseudonym('x', 'a')}), qr/53400.*^100$/ms, 'a session authorization is a session user');
like(uses(1, 'a'), qr/53400/, 'and counted as it');

# autovacuum is a session of no user: an index on an expression does not make more pseudonyms there
$node->append_conf('postgresql.conf', "autovacuum = on\nautovacuum_naptime = 1");
spit($file, $limited . "role postgres domain=a verbs=pseudonymize\n");
$node->safe_psql('postgres', 'GRANT CREATE ON SCHEMA public TO etl');
$node->restart;
messages('etl', q{CREATE FUNCTION hidden(i int) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN omni.pseudonym('x' || i, 'a'); EXCEPTION WHEN OTHERS THEN RETURN 'refused ' || i; END $$;
	CREATE TABLE bait (i int) WITH (autovacuum_analyze_threshold = 0, autovacuum_analyze_scale_factor = 0); CREATE INDEX bait_i ON bait (hidden(i)); INSERT INTO bait SELECT generate_series(1, 100)});
like(uses(1, 'a'), qr/53400/, 'an index on an expression, in the session of its user: counted');
$node->poll_query_until('postgres', "SELECT EXISTS (SELECT FROM pg_stats WHERE tablename = 'bait_i')") or diag('autovacuum did not come');
is($node->safe_psql('postgres', q{SELECT count(*) FROM pg_stats, unnest(histogram_bounds::text::text[]) v WHERE tablename = 'bait_i' AND v LIKE 'ps1:%'}), '0', 'and not made by autovacuum');
$out = messages('postgres', 'REINDEX INDEX bait_i; ANALYZE bait; SELECT count(*) FROM (SELECT unnest(histogram_bounds::text::text[]) v FROM pg_stats WHERE tablename = \'bait_i\') s WHERE v LIKE \'ps1:%\'');
like($out, qr/^0$/m, 'nor by a superuser who maintains the table') or diag($out);
$node->safe_psql('postgres', 'DROP TABLE bait');
$node->append_conf('postgresql.conf', 'autovacuum = off');

# what is refused leaves no memory behind
spit($file, lines(@good, 'key 3 destroyed'));
$node->restart;
my $wrong = q{DO $$ BEGIN FOR i IN 1 .. 20000 LOOP BEGIN PERFORM omni.pseudonym('x', 'a', 3); EXCEPTION WHEN OTHERS THEN NULL; END; END LOOP; END $$};
my $size = q{sum(total_bytes) FROM pg_backend_memory_contexts WHERE name = 'omni keyring'};
$out = messages('postgres', "SET ROLE etl; SELECT omni.pseudonym('x', 'a'); RESET ROLE; CREATE TEMP TABLE was AS SELECT (SELECT $size) AS n; SET ROLE etl; $wrong; RESET ROLE;
	SELECT 'grown by', (SELECT $size) - n FROM was");
like($out, qr/^grown by\|0$/m, 'errors about a version leave nothing behind in the keyring\'s memory') or diag($out);

# each connection reads it: a large one, too, in little time
spit($file, lines(@good, map { domain("large$_") } 1 .. 9000));
$node->restart;
like(messages('etl', "SET statement_timeout = '1s'; SELECT omni.pseudonym('x', 'a')"), qr/ps1:/, 'a keyring of 9,000 domains is read within a second');
spit($file, lines(@good, domain('crowd'), map { "role r$_ domain=crowd verbs=map" } 1 .. 28000));
like(messages('etl', "SET statement_timeout = '50ms'; SELECT omni.pseudonym('x', 'a')"), qr/57014: canceling statement/, 'what takes longer can be canceled');

# more counters than there is room for
spit($file, lines('keyring 1', key(1, 'active'), (map { domain("d$_", 'limit=9/d') } 1 .. 3000), domain('short', 'limit=9/s'), (map { ("role etl domain=d$_ verbs=pseudonymize", "role reader domain=d$_ verbs=pseudonymize", "role postgres domain=d$_ verbs=pseudonymize") } 1 .. 3000),
	'role reader domain=short verbs=pseudonymize'));
$node->restart;
$out = join('', map { messages($_, q{DO $$ DECLARE n int := 0; f int := 0; BEGIN
	FOR i IN 1 .. 3000 LOOP BEGIN PERFORM omni.pseudonym('x', 'd' || i); n := n + 1; EXCEPTION WHEN configuration_limit_exceeded THEN f := f + 1; END; END LOOP; RAISE NOTICE 'made % refused %', n, f; END $$}) } qw(etl postgres reader));
my @counts = $out =~ /made (\d+) refused (\d+)/g;
is($counts[0] + $counts[2] + $counts[4], 8192, 'the table of counters is full');
is($counts[5], 9000 - 8192, 'and what has no room in it is refused');
like(messages('reader', "SELECT omni.pseudonym('x', 'd3000')"), qr/53400: no more users of limited pseudonymization domains can be counted/, 'with a message of its own');
like(uses(8, 'd1'), qr/made\|8/, 'those that have room are counted on');
like(uses(1, 'd1'), qr/53400/, 'to their limit');

#
# where the keys are not
#
spit($file, lines(@good, key(2, 'decrypt'), 'role postgres domain=a verbs=pseudonymize,map'));
setting('log_statement', "all");
setting('log_min_messages', 'debug2');
setting('wal_level', 'replica');
setting('max_wal_senders', '4');
$node->restart;
$node->safe_psql('postgres', q{CREATE TABLE kept AS SELECT omni.pseudonym('x' || i, 'a') AS p, omni.subject_key_new() AS k, omni.pseudonym('x' || i, 'a', 2) AS old FROM generate_series(1, 1000) i; CREATE INDEX ON kept (p); CHECKPOINT});
sub holds_key
{
	my ($bytes) = @_;
	return grep { index($bytes, $hex{$_}) >= 0 || index($bytes, pack('H*', $hex{$_})) >= 0 } 1, 2;
}
ok(holds_key(slurp($file)) == 2, 'the keys are found where they are');
my ($dump) = run_command([ 'pg_dumpall', '-d', $node->connstr('postgres') ]);
ok(length($dump) > 10000 && !holds_key($dump), 'not in a dump of all');
$node->backup('base');
my ($files, $found) = (0, 0);
sub look { my ($d) = @_; for my $p (glob("$d/* $d/.*")) { next if $p =~ m{/\.\.?$} || -l $p; if (-d $p) { look($p) } elsif (-f $p && -r $p) { $files++; $found++ if holds_key(slurp($p) // "") } } }
look($node->backup_dir . '/base');
ok($files > 500 && $found == 0, "not in a base backup of $files files");
($files, $found) = (0, 0);
look("$data/pg_wal");
ok($files > 0 && $found == 0, "not in $files files of the WAL");
look($data);
ok($found == 0, 'not in the data directory');
ok(!holds_key(slurp($node->logfile)) && slurp($node->logfile) =~ /kept AS SELECT/, 'not in the log, which has all statements');

# all memory of a backend that a core dump would have
SKIP:
{
	skip 'no /proc/self/smaps here', 3 unless -r '/proc/self/smaps';
	my $smaps = $node->safe_psql('postgres', q{SELECT omni.pseudonym('x', 'a') \g /dev/null
SELECT pg_read_file('/proc/self/smaps')});
	my ($at, @regions, $closed);
	for my $line (split /\n/, $smaps)
	{
		$at = [ $1, $2, $3, $4 ] if $line =~ /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \d+\s*(.*)$/;
		$closed++ if $line =~ /^VmFlags:/ && $line =~ / dd\b/ && $line =~ / dc\b/ && $at->[2] eq 'rw-p' && $at->[3] eq '';
	}
	ok($closed && $closed >= 1, 'the pages of the keys are left out of core dumps (dd) and of children (dc)');
	$out = $node->safe_psql('postgres', q{SELECT omni.pseudonym('x', 'a') \g /dev/null
SELECT omni.pseudonym('x', 'a', 2) \g /dev/null
SELECT omni.subject_key_new() \g /dev/null
WITH line AS (SELECT n, l, sum((l ~ '^[0-9a-f]+-[0-9a-f]+ ')::int) OVER (ORDER BY n) AS region FROM string_to_table(pg_read_file('/proc/self/smaps'), E'\n') WITH ORDINALITY t(l, n)),
region AS (SELECT region, min(l) FILTER (WHERE l ~ '^[0-9a-f]+-[0-9a-f]+ ') AS head, min(l) FILTER (WHERE l ~ '^VmFlags') AS flags FROM line GROUP BY region)
SELECT flags ~ ' dd' , encode(pg_read_binary_file('/proc/self/mem', ('x' || lpad((regexp_match(head, '^([0-9a-f]+)-'))[1], 16, '0'))::bit(64)::bigint,
	(('x' || lpad((regexp_match(head, '-([0-9a-f]+) '))[1], 16, '0'))::bit(64)::bigint - ('x' || lpad((regexp_match(head, '^([0-9a-f]+)-'))[1], 16, '0'))::bit(64)::bigint), true), 'hex')
FROM region WHERE head ~ ' rw-p ' AND head !~ '\[v'});
	my ($dumped, $size, $hidden) = (0, 0, 0);
	for my $row (split /\n/, $out)
	{
		my ($dd, $bytes) = split /\|/, $row;
		my @found = holds_key(pack('H*', $bytes // ''));
		if ($dd eq 't') { $hidden = 1 if @found; next; }
		$size += length($bytes // '') / 2;
		$dumped += @found;
	}
	ok($hidden, 'the keys are found in those pages');
	ok($size > 1e6 && $dumped == 0, sprintf('and in none of %.1f MB of other memory', $size / 1e6));
}
$node->stop;
done_testing();
