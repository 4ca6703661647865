#!/usr/bin/env perl
# generate.pl [--people N] [--products N] [--seed N] DIR: the feeds of a retailer's four channels, with
# the dirt that such feeds have, and the truth about them. The same arguments give the same bytes.
#
#   products.csv stock.csv aliases.csv      master data, clean
#   web.csv pos.csv marketplace.csv callcenter.csv    one row an order line, each feed with its own columns
#   events.csv                              what happened to web and marketplace lines: late, repeated
#   contacts.csv                            addresses kept in three systems, typed by people: misspelled, moved, with
#                                           fields missing; households share a phone
#   truth_people.csv                        feed, record_id, person: who really is behind each order
#   truth_contacts.csv                      source, record_id, person: who really is behind each contact
#   truth_damage.csv                        feed, record_id, column_name, damage: what was broken on purpose
#
# Dirt that a type has to see through: case, spaces, no-break spaces, typographic dashes, umlauts composed
# and decomposed, dots and tags in gmail addresses, national and international phone forms, UPC, EAN and
# GTIN-14 for one item, codes of the channel's own, repeated rows.
# Damage that has to be refused: Cyrillic look-alikes, SKUs through a spreadsheet, wrong check digits,
# e-mails with two @, phones that are too short.
use strict;
use warnings;
use utf8;

my %opt = (people => 3000, products => 400, seed => 7);
my $dir;
while (@ARGV)
{
	my $a = shift;
	if ($a =~ /^--(\w+)$/ && exists $opt{$1}) { $opt{$1} = shift; }
	else { $dir = $a; }
}
die "usage: generate.pl [--people N] [--products N] [--seed N] DIR\n" unless defined $dir && -d $dir;

# Park and Miller's generator: the same on every machine
my $state = $opt{seed} * 2654435 % 2147483646 + 1;
sub rnd { $state = ($state * 48271) % 2147483647; return $state % $_[0]; }
sub chance { return rnd(1000) < $_[0] * 1000; }
sub pick { return $_[ rnd(scalar @_) ]; }

my %out;
sub emit
{
	my ($file, @row) = @_;
	my $fh = $out{$file};
	unless ($fh) { open($fh, '>:encoding(UTF-8)', "$dir/$file.csv") or die "$dir/$file.csv: $!\n"; $out{$file} = $fh; }
	print $fh join(',', map { my $v = $_ // ''; $v =~ s/"/""/g; $v =~ /[",\n]|^\s|\s$/ ? "\"$v\"" : $v } @row), "\n";
}

sub check_digit
{
	my ($body) = @_;
	my ($sum, $w) = (0, 3);
	for (reverse split //, $body) { $sum += $_ * $w; $w = 4 - $w; }
	return (10 - $sum % 10) % 10;
}

# ---- master data ----
my @color = qw(RED BLU GRN BLK WHT);
my @size = qw(S M L XL);
my @kind = (['TS', 'T-shirt', 'Tops'], ['JK', 'Jacket', 'Outerwear'], ['TR', 'Trousers', 'Bottoms'], ['SH', 'Shoes', 'Shoes'], ['BG', 'Bag', 'Accessories']);
my @product;
for my $i (1 .. $opt{products})
{
	my $k = $kind[ $i % @kind ];
	my $style = sprintf('%s%03d', $k->[0], int(($i - 1) / 20) + 1);
	my $sku = join '-', $style, $color[ int($i / 4) % @color ], $size[ $i % 4 ], sprintf('%03d', $i);
	my $upc = $i % 3 == 0;
	my $body = $upc ? sprintf('0612345%05d', $i) : sprintf('4012345%05d', $i);
	my $ean = $body . check_digit($body);
	push @product, { sku => $sku, ean => $ean, upc => $upc, price => 5 + ($i * 37 % 120) + 0.95 };
	emit('products', $sku, $ean, "$k->[1] " . lc $color[ int($i / 4) % @color ], 'Nordhaus', $k->[2]);
	emit('aliases', 'marketplace', sprintf('AZ/%05d', $i * 7), $sku);
	emit('stock', $sku, $_, 20 + rnd(200)) for qw(WH-BERLIN ST-MUNICH ST-COLOGNE);
}

# ---- people ----
my @first = qw(Anna Ben Clara David Elif Felix Greta Hakan Ida Jürgen Käthe Lukas Mia Noah Øyvind Paul René Sofía Tomáš Zoë);
my @last = qw(Müller Schmidt Yılmaz Weiß Groß Jäger Köhler Nowak Fernández Dvořák Larsen Schröder Becker Hofmann Krüger Özdemir Lange Busch);
my %fold = ('ä' => 'ae', 'ö' => 'oe', 'ü' => 'ue', 'ß' => 'ss', 'ı' => 'i', 'Ø' => 'O', 'é' => 'e', 'á' => 'a', 'š' => 's', 'ř' => 'r', 'ë' => 'e', 'í' => 'i', 'Ö' => 'Oe', 'ø' => 'o');
sub plain { my ($s) = @_; $s =~ s/([^\x00-\x7f])/$fold{$1} \/\/ 'x'/ge; return lc $s; }

my @person;
for my $i (1 .. $opt{people})
{
	my ($f, $l) = (pick(@first), pick(@last));
	my $gmail = chance(0.4);
	my $local = plain($f) . '.' . plain($l) . $i;
	push @person, {
		id => $i, name => "$f $l", gmail => $gmail,
		local => $local,
		domain => $gmail ? 'gmail.com' : pick('web.example', 'post.example', 'müller-büro.example'),
		phone => sprintf('30%07d', 2000000 + $i * 13),
		card => sprintf('7%09d', $i * 17),
		account => chance(0.7),
	};
}

# ---- the dirt of each field ----
sub decompose { my ($s) = @_; $s =~ s/ü/u\x{308}/g; return $s; }

sub dirty_email
{
	my ($p) = @_;
	my ($l, $d) = ($p->{local}, $p->{domain});
	if ($p->{gmail})
	{
		$l =~ s/\.// if chance(0.3);
		$l .= '+shop' if chance(0.2);
		$d = 'googlemail.com' if chance(0.1);
	}
	$d = decompose($d) if chance(0.2);
	my $e = "$l\@$d";
	$e = ucfirst $e if chance(0.2);
	$e = uc $e if chance(0.05) && $e !~ /[^\x00-\x7f]/;
	$e = " $e" if chance(0.05);
	$e .= "\x{a0}" if chance(0.03);
	return $e;
}

sub dirty_phone
{
	my ($p) = @_;
	my $n = $p->{phone};
	my ($a, $b) = (substr($n, 2, 3), substr($n, 5));
	return pick("+49$n", "+49 30 $a$b", "0049 30 $a $b", "0$n", "030/$a $b", "(030) $a-$b", "+49 (0)30 $a $b");
}

sub dirty_sku
{
	my ($s) = @_;
	$s = lc $s if chance(0.3);
	$s =~ s/-/\x{2013}/g if chance(0.15);
	$s = "$s " if chance(0.1);
	$s = "\x{a0}$s" if chance(0.05);
	$s .= "\x{200b}" if chance(0.03);
	return $s;
}

sub dirty_barcode
{
	my ($p) = @_;
	my $e = $p->{ean};
	return substr($e, 1) if $p->{upc} && chance(0.6);
	return "0$e" if chance(0.2);
	return $e;
}

# ---- damage: what must be refused, one row of truth each ----
sub damage
{
	my ($feed, $record, $column, $value, $p) = @_;
	my $what;
	if ($column eq 'sku')
	{
		$what = pick('look_alike', 'spreadsheet', 'double_space');
		if ($what eq 'look_alike') { $value =~ tr/A-Z//cd; $value = "\x{422}\x{421}-$value"; }
		elsif ($what eq 'spreadsheet') { $value = '1.23457E+11'; }
		else { $value = 'TS  001'; }
	}
	elsif ($column eq 'barcode')
	{
		$what = pick('check_digit', 'length');
		if ($what eq 'check_digit') { substr($value, -1) = (substr($value, -1) + 1 + rnd(8)) % 10; }
		else { $value = substr($value, 0, 9); }
	}
	elsif ($column eq 'email') { $what = 'two_at'; $value =~ s/@/\@\@/; }
	elsif ($column eq 'phone') { $what = 'too_short'; $value = '030 1'; }
	emit('truth_damage', $feed, $record, $column, $what);
	return $value;
}

# ---- orders ----
my ($day0, $days) = (0, 181);		# 2026-01-01 and half a year
my @month = (31, 28, 31, 30, 31, 30);
sub moment
{
	my ($d, $m) = (rnd($days), 0);
	$d -= $month[ $m++ ] while $d >= $month[$m];
	return sprintf('2026-%02d-%02d %02d:%02d:%02d', $m + 1, $d + 1, 7 + rnd(15), rnd(60), rnd(60));
}
sub german { my ($t) = @_; my ($y, $mo, $d, $r) = $t =~ /^(\d+)-(\d+)-(\d+) (\d\d:\d\d)/; return "$d.$mo.$y $r"; }

my (%row, @event);
my @flow = ([ 'open', 'allocated' ], [ 'allocated', 'picked' ], [ 'picked', 'packed' ], [ 'packed', 'shipped' ], [ 'shipped', 'delivered' ]);

sub lines
{
	my ($feed, $p, $ref, $at, $make) = @_;
	my %seen;
	for my $n (1 .. pick(1, 1, 1, 2, 2, 3))
	{
		my $item = pick(@product);
		redo if $seen{ $item->{sku} }++;
		my $qty = pick(1, 1, 1, 2, 3);
		my @r = $make->($n, $item, $qty, sprintf('%.2f', $item->{price}));
		push @{ $row{$feed} }, \@r;
		push @{ $row{$feed} }, [@r] if chance(0.03);		# the row came twice
	}
}

sub events
{
	my ($ref, $n, $qty, $at) = @_;
	my $steps = pick(0, 1, 3, 4, 5, 5, 5, 5);
	my ($day, $time) = $at =~ /^(\S+) (\S+)/;
	if (chance(0.05)) { push @event, [ $ref, $n, "$ref/$n/cancel", $qty, 'open', 'canceled', "$day $time" ]; return; }
	my $part = $qty > 1 && chance(0.3) ? 1 : $qty;		# only some units go on
	for my $s (0 .. $steps - 1)
	{
		push @event, [ $ref, $n, "$ref/$n/$s", $part, @{ $flow[$s] }, sprintf('%s %02d:%s', $day, $s + 10, substr($time, 3)) ];
		push @event, $event[-1] if chance(0.05);		# told twice
	}
}

for my $p (@person)
{
	for my $k (1 .. pick(0, 1, 1, 2, 3, 4, 6))
	{
		my $feed = pick('web', 'web', 'pos', 'pos', 'marketplace', 'callcenter');
		my $at = moment();
		my $no = $p->{id} * 10 + $k;
		if ($feed eq 'web')
		{
			my $ref = "W$no";
			emit('truth_people', 'web', $ref, $p->{id});
			my ($email, $phone) = (dirty_email($p), chance(0.6) ? dirty_phone($p) : '');
			my $card = $p->{account} && chance(0.6) ? $p->{card} : '';
			$email = damage('web', $ref, 'email', $email, $p) if chance(0.01);
			$phone = damage('web', $ref, 'phone', $phone, $p) if $phone && chance(0.01);
			lines('web', $p, $ref, $at, sub {
				my ($n, $item, $qty, $price) = @_;
				my $sku = dirty_sku($item->{sku});
				if (chance(0.01)) { $sku = damage('web', "$ref/$n", 'sku', $sku, $p); } else { events($ref, $n, $qty, $at); }
				return ($ref, $n, $at . '+01', $email, $phone, $card, $p->{name}, $sku, $qty, $price, 'EUR', 'PaymentSettled');
			});
		}
		elsif ($feed eq 'pos')
		{
			my $ref = "P$no";
			emit('truth_people', 'pos', $ref, $p->{id});
			my $card = chance(0.7) ? substr($p->{card}, 0, 4) . ' ' . substr($p->{card}, 4) : '';
			my $phone = chance(0.3) ? dirty_phone($p) : '';
			my $till = pick('MUC-1', 'MUC-2', 'CGN-1');
			lines('pos', $p, $ref, $at, sub {
				my ($n, $item, $qty, $price) = @_;
				my $code = dirty_barcode($item);
				$code = damage('pos', "$ref/$n", 'barcode', $code, $p) if chance(0.01);
				$price =~ s/\./,/;
				return ($ref, $n, german($at), $till, $card, $phone, $code, $qty, $price, 'EUR');
			});
		}
		elsif ($feed eq 'marketplace')
		{
			my $ref = sprintf('305-%07d', $no);
			emit('truth_people', 'marketplace', $ref, $p->{id});
			my $email = chance(0.5) ? dirty_email($p) : sprintf('b%06d@relay.marketplace.example', $no);
			my $phone = dirty_phone($p);
			my $status = pick('UNFULFILLED', 'PARTIALLY_FULFILLED', 'FULFILLED');
			$phone = damage('marketplace', $ref, 'phone', $phone, $p) if chance(0.01);
			lines('marketplace', $p, $ref, $at, sub {
				my ($n, $item, $qty, $price) = @_;
				my ($i) = $item->{sku} =~ /(\d+)$/;
				events($ref, $n, $qty, $at);
				return ($ref, $n, $at . 'Z', $email, $phone, sprintf('AZ/%05d', $i * 7), $qty, $price, 'EUR', $status);
			});
		}
		else
		{
			my $ref = "C$no";
			emit('truth_people', 'callcenter', $ref, $p->{id});
			my $email = chance(0.4) ? dirty_email($p) : '';
			my $phone = dirty_phone($p);
			my $status = pick('processing', 'processing', 'complete');
			$email = damage('callcenter', $ref, 'email', $email, $p) if $email && chance(0.02);
			lines('callcenter', $p, $ref, $at, sub {
				my ($n, $item, $qty, $price) = @_;
				my $sku = dirty_sku(lc $item->{sku});
				$sku = damage('callcenter', "$ref/$n", 'sku', $sku, $p) if chance(0.04);
				return ($ref, $n, german($at), $email, $phone, $p->{name}, $sku, $qty, $price, 'EUR', $status);
			});
		}
	}
}

# ---- contacts: a stream of random numbers of their own, so that the feeds above stay as they are ----
sub contacts
{
	my @orders = ($state);
	$state = $opt{seed} * 1234567 % 2147483646 + 1;
	my @city = (['10115', 'Berlin'], ['10437', 'Berlin'], ['20095', 'Hamburg'], ['20357', 'Hamburg'], ['50667', 'Köln'], ['80331', 'München'], ['80469', 'München'],
		['60311', 'Frankfurt'], ['70173', 'Stuttgart'], ['40213', 'Düsseldorf'], ['04109', 'Leipzig'], ['01067', 'Dresden'], ['28195', 'Bremen'], ['30159', 'Hannover']);
	my ($head, %n);
	my $typo = sub {
		my ($v) = @_;
		my $i = rnd(length($v));
		my $how = rnd(4);
		if ($how == 0) { substr($v, $i, 1) = chr(ord('a') + rnd(26)); }
		elsif ($how == 1 && length($v) > 3) { substr($v, $i, 1) = ''; }
		elsif ($how == 2) { substr($v, $i, 0) = chr(ord('a') + rnd(26)); }
		elsif ($i > 0) { substr($v, $i - 1, 2) = reverse substr($v, $i - 1, 2); }
		return $v;
	};
	for my $p (@person)
	{
		my ($first, $last) = $p->{name} =~ /(\S+) (\S+)/;
		my $home = pick(@city);
		my $phone = $p->{phone};
		# some live with the one before them: the same name, address and phone
		if ($head && chance(0.06)) { ($last, $home, $phone) = @$head; }
		$head = [ $last, $home, $phone ];
		my $born = sprintf('%04d-%02d-%02d', 1940 + rnd(66), 1 + rnd(12), 1 + rnd(28));
		my $user = 100000 + $p->{id} * 3;
		for (1 .. pick(0, 1, 2, 2, 3, 3))
		{
			my $source = pick('crm', 'crm', 'newsletter', 'support');
			my $id = sprintf('%s%06d', uc substr($source, 0, 1), ++$n{$source} * 7);
			my ($f, $l, $b, $at) = ($first, $last, $born, $home);
			if (chance(0.08)) { $f = $typo->($f); } elsif (chance(0.05)) { $f = substr($f, 0, 1) . '.'; }
			if (chance(0.08)) { $l = $typo->($l); } elsif (chance(0.1)) { $l = ucfirst plain($l); }
			if (chance(0.05)) { substr($b, 8, 2) = sprintf('%02d', 1 + rnd(28)); } elsif (chance(0.1)) { $b = ''; }
			$at = pick(@city) if chance(0.06);
			my $email = chance(0.35) ? '' : chance(0.1) ? sprintf('%s%d@buero.example', lc substr(plain($f), 0, 1), $p->{id}) : dirty_email($p);
			my $number = chance(0.45) ? '' : dirty_phone({ phone => $phone });
			emit('truth_contacts', $source, $id, $p->{id});
			emit('contacts', $source, $id, moment() . '+01', $source eq 'crm' && $p->{account} ? $user : '', $f, $l, $b, @$at, $email, $number);
		}
	}
	($state) = @orders;
}
contacts();

# events arrive in any order
for (my $i = $#event; $i > 0; $i--) { my $j = rnd($i + 1); @event[ $i, $j ] = @event[ $j, $i ]; }
for my $feed (sort keys %row) { emit($feed, @$_) for @{ $row{$feed} }; }
emit('events', @$_) for @event;
close $_ for values %out;
