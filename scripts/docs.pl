# docs.pl PAGE: run the examples of one page in database omni_docs (see docs.sh); prints TAP lines.
use strict;
use warnings;

my $page = shift;
open(my $fh, '<:raw', $page) or die "$page: $!\n";
my @lines = <$fh>;
close $fh;

# cut the page into pieces: text outside of fences, and fenced blocks with their language
my (@piece, $block);
for (@lines)
{
	if (!$block && /^```(\w*)\s*$/) { $block = { lang => $1, open => $_, body => '' }; }
	elsif ($block && /^```\s*$/) { $block->{close} = $_; push @piece, $block; $block = undef; }
	elsif ($block) { $block->{body} .= $_; }
	else { push @piece, { lang => undef, body => $_ }; }
}
die "$page: a fence is not closed\n" if $block;

# mark the examples
my (@run, $skip);
for my $i (0 .. $#piece)
{
	my $p = $piece[$i];
	$skip = 1 if !defined $p->{lang} && $p->{body} =~ /<!-- not run -->/;
	next unless defined $p->{lang};
	if ($p->{lang} eq 'sql' && !$skip)
	{
		my $j = $i + 1;
		$j++ while $j <= $#piece && !defined $piece[$j]{lang} && $piece[$j]{body} =~ /^\s*$/;
		$p->{answer} = $piece[$j] if $j <= $#piece && defined $piece[$j]{lang} && $piece[$j]{lang} eq 'text';
		push @run, $p;
	}
	$skip = 0;
}
exit 0 unless @run;

# one psql session runs them all, a mark between the outputs
my $tmp = $ENV{OMNI_TMP} // '/tmp';
my $script = "$tmp/omni_docs.$$.sql";
my $mark = '=== end of example ===';
open(my $out, '>:raw', $script) or die "$script: $!\n";
print $out "\\set QUIET on\n\\pset pager off\n\\set VERBOSITY default\n";
print $out $_->{body}, "\n\\echo $mark\n" for @run;
close $out;
my $got = `psql -X -d omni_docs -f $script 2>&1`;
unlink $script;
my @got = split /^\Q$mark\E\n/m, $got, -1;

my $bad = 0;
for my $i (0 .. $#run)
{
	my $p = $run[$i];
	my $o = $got[$i] // '';
	$o =~ s/^psql:[^\n]*?\.sql:\d+: //mg;
	$o =~ s/[ \t]+$//mg;
	$o =~ s/\n+\z/\n/;
	my ($first) = $p->{body} =~ /^\s*([^\n]{0,60})/;
	if ($p->{answer})
	{
		$p->{answer}{body} = $o if $ENV{UPDATE};
		my $want = $p->{answer}{body};
		$want =~ s/\n+\z/\n/;
		if ($want eq $o) { print "ok - $page: $first\n"; next; }
		print "not ok - $page: $first\n# printed:\n", map { "#   $_\n" } split /\n/, $o;
		$bad = 1;
	}
	elsif ($o =~ /^ERROR:/m) { print "not ok - $page: $first\n# $o"; $bad = 1; }
	else { print "ok - $page: $first\n"; }
}

if ($ENV{UPDATE})
{
	open(my $w, '>:raw', $page) or die "$page: $!\n";
	print $w defined $_->{lang} ? $_->{open} . $_->{body} . $_->{close} : $_->{body} for @piece;
	close $w;
}
exit $bad;
