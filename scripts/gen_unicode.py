#!/usr/bin/env python3
"""gen_unicode.py [UCD_DIR]: write src/text/unicode_data.c, the pinned Unicode tables.

Sources, all of Unicode 15.0.0:
  UCD_DIR   the Unicode Character Database, default /usr/share/unicode as Debian's package
            unicode-data 15.0.0-1 installs it
  UTS 46    IdnaMappingTable 15.0.0, as carried by uts46data.py of PyPI's idna 3.4 (downloaded
            with pip and checked against its SHA-256)

The output is deterministic: a second run gives the same bytes.  Needed only to change the rules,
never to build.
"""
import hashlib
import os
import re
import subprocess
import sys
import tarfile
import tempfile

UCD = sys.argv[1] if len(sys.argv) > 1 else '/usr/share/unicode'
OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'src', 'text', 'unicode_data.c')
IDNA_SDIST = ('idna==3.4', '814f528e8dead7d329833b91c5faa87d60bf71824cd12a7530b5526063d02cb4')
VERSION = '15.0.0'
MAX = 0x110000

FORMS = ('NFC', 'NFKC', 'NFKC_CF', 'IDNA', 'NAME')
FLAGS = ('ASSIGNED', 'SPACE', 'INVISIBLE', 'MARK', 'PAIR_FIRST', 'PAIR_SECOND', 'IDNA_VALID',
         'IDNA_REFUSED') + tuple('BOUNDARY_' + f for f in FORMS)
BIDI = ('L', 'R', 'AL', 'AN', 'EN', 'ES', 'CS', 'ET', 'ON', 'BN', 'NSM')	# the rest is class 15
JOINING = ('U', 'C', 'D', 'L', 'R', 'T')
TRAITS = {'PUNCTUATION': 0x10, 'CASED': 0x20, 'CASE_IGNORABLE': 0x40, 'IGNORABLE': 0x80,
          'FORMAT': 0x100, 'EMOJI': 0x200}	# below them, the value of a decimal digit + 1


def ucd(name):
	"""rows of a UCD file: first, last, other fields"""
	with open(os.path.join(UCD, name), encoding='utf-8') as f:
		head = f.readline()
		if 'emoji' not in name and name != 'UnicodeData.txt' and VERSION not in head:
			sys.exit('%s is not of Unicode %s' % (name, VERSION))
		for line in f:
			line = line.split('#')[0].strip()
			if not line:
				continue
			fields = [x.strip() for x in line.split(';')]
			first, _, last = fields[0].partition('..')
			yield int(first, 16), int(last or first, 16), fields[1:]


def prop(name, value):
	s = set()
	for a, b, f in ucd(name):
		if f[0] == value:
			s.update(range(a, b + 1))
	return s


def value(name, default):
	t = [default] * MAX
	for a, b, f in ucd(name):
		t[a:b + 1] = [f[0]] * (b + 1 - a)
	return t


# ---- the database ----
GC = ['Cn'] * MAX
CCC = [0] * MAX
NAME = {}
CANON = {}
COMPAT = {}
DIGIT = {}
LOWER = {}
FOLD = {}
with open(os.path.join(UCD, 'UnicodeData.txt'), encoding='utf-8') as f:
	first = None
	for line in f:
		x = line.rstrip('\n').split(';')
		c = int(x[0], 16)
		if x[1].endswith(', First>'):
			first = c
			continue
		for i in range(first if first is not None else c, c + 1):
			GC[i] = x[2]
			CCC[i] = int(x[3])
		first = None
		NAME[c] = x[1]
		if x[5]:
			tag, _, cps = x[5].rpartition('>')
			(COMPAT if tag else CANON)[c] = [int(d, 16) for d in cps.split()]
		if x[2] == 'Nd':
			DIGIT[c] = int(x[6])
		if x[13]:
			LOWER[c] = [int(x[13], 16)]
# the lower case and the folding of one code point; what depends on context is the final sigma only
for c, _, f in ucd('SpecialCasing.txt'):
	if not f[3]:
		LOWER[c] = [int(d, 16) for d in f[0].split()]
for c, _, f in ucd('CaseFolding.txt'):
	if f[0] in 'CF':
		FOLD[c] = [int(d, 16) for d in f[1].split()]

WHITE_SPACE = prop('PropList.txt', 'White_Space')
IGNORABLE = prop('DerivedCoreProperties.txt', 'Default_Ignorable_Code_Point')
CASED = prop('DerivedCoreProperties.txt', 'Cased')
CASE_IGNORABLE = prop('DerivedCoreProperties.txt', 'Case_Ignorable')
EMOJI = prop('emoji/emoji-data.txt', 'Extended_Pictographic') | prop('PropList.txt', 'Regional_Indicator')
EXCLUDED = prop('DerivedNormalizationProps.txt', 'Full_Composition_Exclusion')
SCRIPT = value('Scripts.txt', 'Unknown')
BIDI_CLASS = value('extracted/DerivedBidiClass.txt', 'L')
JOINING_TYPE = value('extracted/DerivedJoiningType.txt', 'U')
NFKC_CF = {}
for a, b, f in ucd('DerivedNormalizationProps.txt'):
	if f[0] == 'NFKC_CF':
		for c in range(a, b + 1):
			NFKC_CF[c] = [int(d, 16) for d in f[1].split()]


def uts46():
	"""per code point (status, mapping): V valid, D deviation, M mapped, I ignored, X disallowed"""
	with tempfile.TemporaryDirectory() as tmp:
		subprocess.run(['pip', 'download', '-q', IDNA_SDIST[0], '--no-deps', '--no-binary', ':all:',
						'-d', tmp], check=True, stdout=subprocess.DEVNULL)
		path = os.path.join(tmp, os.listdir(tmp)[0])
		with open(path, 'rb') as f:
			if hashlib.sha256(f.read()).hexdigest() != IDNA_SDIST[1]:
				sys.exit('%s is not the expected file' % path)
		with tarfile.open(path) as tar:
			member = next(m for m in tar.getnames() if m.endswith('/uts46data.py'))
			env = {}
			exec(tar.extractfile(member).read(), env)
	if env['__version__'] != VERSION:
		sys.exit('uts46data.py is not of Unicode ' + VERSION)
	rows = sorted(env['uts46data'], key=lambda r: r[0])
	table = [None] * MAX
	for i, row in enumerate(rows):
		end = rows[i + 1][0] if i + 1 < len(rows) else MAX
		mapping = [ord(x) for x in row[2]] if len(row) > 2 else []
		status = 'X' if row[1] == '3' else row[1]	# UseSTD3ASCIIRules is on
		table[row[0]:end] = [(status, mapping)] * (end - row[0])
	return table


IDNA = uts46()

# ---- normalisation ----
SB, LB, VB, TB, LC, VC, TC = 0xAC00, 0x1100, 0x1161, 0x11A7, 19, 21, 28


def decompose(cps, compat):
	out = []
	for c in cps:
		s = c - SB
		if 0 <= s < LC * VC * TC:
			out += [LB + s // (VC * TC), VB + s % (VC * TC) // TC]
			if s % TC:
				out.append(TB + s % TC)
		elif c in CANON:
			out += decompose(CANON[c], compat)
		elif compat and c in COMPAT:
			out += decompose(COMPAT[c], compat)
		else:
			out.append(c)
	return out


def order(cps):
	cps = list(cps)
	i = 0
	while i < len(cps):
		j = i
		while j < len(cps) and CCC[cps[j]]:
			j += 1
		cps[i:j] = sorted(cps[i:j], key=lambda c: CCC[c])
		i = j + 1
	return cps


PAIRS = {(d[0], d[1]): c for c, d in CANON.items() if len(d) == 2 and c not in EXCLUDED}
FIRSTS = {a for a, b in PAIRS} | set(range(LB, LB + LC)) | set(range(SB, SB + LC * VC * TC, TC))
SECONDS = {b for a, b in PAIRS} | set(range(VB, VB + VC)) | set(range(TB + 1, TB + TC))


def pair(a, b):
	if LB <= a < LB + LC and VB <= b < VB + VC:
		return SB + ((a - LB) * VC + b - VB) * TC
	if SB <= a < SB + LC * VC * TC and (a - SB) % TC == 0 and TB < b < TB + TC:
		return a + b - TB
	return PAIRS.get((a, b))


def nfd(cps):
	return order(decompose(cps, False))


def nfc(cps):
	out = []
	starter = -1
	last = 0
	for c in nfd(cps):
		p = pair(out[starter], c) if starter >= 0 and (len(out) - 1 == starter or last < CCC[c]) else None
		if p is not None:
			out[starter] = p
			continue
		if CCC[c] == 0:
			starter = len(out)
		last = CCC[c]
		out.append(c)
	return out


# ---- name folding: what a name's match key drops ----
# Scripts whose nonspacing marks are accents or optional points.  Elsewhere (Indic, Thai, Thaana,
# kana voicing, ...) a mark is a vowel or makes another letter, and stays.
ACCENT_SCRIPTS = {'Inherited', 'Latin', 'Greek', 'Cyrillic', 'Hebrew', 'Arabic', 'Syriac', 'Armenian',
				  'Coptic', 'Glagolitic'}
KANA_VOICING = 8
# letters that serve as apostrophes, and the Arabic stretch
APOSTROPHES = set(range(0x2B9, 0x2C0)) | {0x2EE, 0x640}
BASE = {0x131: ord('i'), 0x237: ord('j')}
for c, n in NAME.items():
	m = re.fullmatch('LATIN SMALL LETTER ([A-Z]) WITH STROKE', n)
	if m:
		BASE[c] = ord(m.group(1).lower())


def name_punctuation(c):
	return GC[c][0] == 'P' or GC[c] in ('Sk', 'Cc', 'Cf') or c in APOSTROPHES


def name_accent(c):
	return GC[c] in ('Mn', 'Me') and SCRIPT[c] in ACCENT_SCRIPTS and CCC[c] != KANA_VOICING


def name_map(c):
	if c in WHITE_SPACE:
		return [0x20]
	if name_punctuation(c):
		return []
	out = []
	for d in nfd(NFKC_CF.get(c, [c])):
		if d in WHITE_SPACE:
			out.append(0x20)
		elif not name_punctuation(d) and not name_accent(d):
			out.append(BASE.get(d, d))
	return nfc(out)


def form_map(form, c):
	if form == 'NFC':
		return nfc([c])
	if form == 'NFKC':
		return nfc(decompose([c], True))
	if form == 'NFKC_CF':
		return NFKC_CF.get(c, [c])
	if form == 'NAME':
		return name_map(c)
	status, mapping = IDNA[c]
	return nfc({'V': [c], 'D': [c], 'M': mapping, 'I': [], 'X': []}[status])


def accepted(c):
	return GC[c] not in ('Cn', 'Cs')


# ---- records ----
pool = bytearray(b'\0\0')		# 0: the code point itself, 1: nothing
pool_at = {'': 1}


def pooled(cps):
	s = ''.join(map(chr, cps))
	if s not in pool_at:
		b = s.encode()
		pool_at[s] = len(pool)
		pool.append(len(b))
		pool.extend(b)
	return pool_at[s]


def mapped(c, table):
	return 0 if table.get(c, [c]) == [c] else pooled(table[c])


def traits(c):
	"""folding, lower case, flags"""
	member = {'PUNCTUATION': GC[c][0] == 'P', 'CASED': c in CASED, 'CASE_IGNORABLE': c in CASE_IGNORABLE,
			  'IGNORABLE': c in IGNORABLE, 'FORMAT': GC[c] == 'Cf', 'EMOJI': c in EMOJI and accepted(c)}
	return (mapped(c, FOLD), mapped(c, LOWER),
			DIGIT.get(c, -1) + 1 + sum(TRAITS[t] for t in member if member[t]))


UNASSIGNED = (0, 0x0F, (), (0,) * len(FORMS), 0)
records = [(UNASSIGNED, (0, 0, 0))]
record_at = {records[0]: 0}


def properties(c):
	"""combining class, joining type and bidi class, flags, map per form, decomposition"""
	if not accepted(c):
		return UNASSIGNED
	flags = {'ASSIGNED'}
	if c in WHITE_SPACE:
		flags.add('SPACE')
	if c in IGNORABLE and GC[c] in ('Cf', 'Lo') and not 0xE0000 <= c <= 0xE0FFF:
		flags.add('INVISIBLE')
	if GC[c][0] == 'M':
		flags.add('MARK')
	if c in FIRSTS:
		flags.add('PAIR_FIRST')
	if c in SECONDS:
		flags.add('PAIR_SECOND')
	if IDNA[c][0] in 'VD':
		flags.add('IDNA_VALID')
	if IDNA[c][0] == 'X':
		flags.add('IDNA_REFUSED')
	maps = []
	for form in FORMS:
		m = form_map(form, c)
		if form == 'IDNA' and IDNA[c][0] == 'X':
			maps.append(1)		# leaves the fast path, where it is refused
			continue
		maps.append(0 if m == [c] else pooled(m))
		d = nfd(m)
		if d and CCC[d[0]] == 0 and d[0] not in SECONDS:
			flags.add('BOUNDARY_' + form)
	d = nfd([c])
	hangul = SB <= c < SB + LC * VC * TC
	bidi = BIDI.index(BIDI_CLASS[c]) if BIDI_CLASS[c] in BIDI else 15
	return (CCC[c], JOINING.index(JOINING_TYPE[c]) << 4 | bidi, tuple(f for f in FLAGS if f in flags),
			tuple(maps), 0 if hangul or d == [c] else pooled(d))


def record(c):
	rec = (properties(c), traits(c))
	if rec not in record_at:
		record_at[rec] = len(records)
		records.append(rec)
	return record_at[rec]


index = [record(c) for c in range(MAX)]
if len(pool) > 0xFFFF or len(records) > 0xFFFF:
	sys.exit('the tables outgrew 16 bits')


def trie(shift):
	blocks, at, stage1 = [], {}, []
	for i in range(0, MAX, 1 << shift):
		b = tuple(index[i:i + (1 << shift)])
		if b not in at:
			at[b] = len(blocks)
			blocks.append(b)
		stage1.append(at[b])
	return stage1, [x for b in blocks for x in b]


SHIFT = min(range(4, 9), key=lambda s: sum(map(len, trie(s))))
stage1, stage2 = trie(SHIFT)

# composition: open addressing, the hash is the one in unicode.h
PAIR_BITS = 11


def pair_hash(a, b):
	return ((a * 0x9E3779B1 ^ b * 0x85EBCA6B) & 0xFFFFFFFF) >> (32 - PAIR_BITS)


slots = [(0, 0, 0)] * (1 << PAIR_BITS)
for (a, b), c in sorted(PAIRS.items()):
	h = pair_hash(a, b)
	while slots[h][0]:
		h = (h + 1) % len(slots)
	slots[h] = (a, b, c)

ascii_name = [(form_map('NAME', c) or [0])[0] for c in range(0x80)]
ascii_domain = [(form_map('IDNA', c) or [0])[0] for c in range(0x80)]


# ---- the file ----
def numbers(values):
	lines, line = [], '\t'
	for v in values:
		v = '%d,' % v
		if len(line) + len(v) > 95:
			lines.append(line)
			line = '\t'
		line += v
	return '\n'.join(lines + [line])


def braces(rows):
	lines, line = [], '\t'
	for row in rows:
		row = '{%s},' % ','.join(map(str, row))
		if len(line) + len(row) > 95:
			lines.append(line)
			line = '\t'
		line += row
	return '\n'.join(lines + [line])


MASK = {f: 1 << i for i, f in enumerate(FLAGS)}
with open(OUT, 'w', encoding='ascii') as out:
	out.write('''/*
 * unicode_data.c
 *	  Generated by scripts/gen_unicode.py, do not edit: the properties of Unicode %s that omni's
 *	  canonical text rests on.
 *
 * Sources: Unicode Character Database %s (Debian package unicode-data 15.0.0-1) and the UTS #46
 * IdnaMappingTable %s (by PyPI idna 3.4).  Data (c) 1991-2022 Unicode, Inc., used under the
 * terms of use at https://www.unicode.org/copyright.html.
 */
#include "postgres.h"

#include "text/unicode.h"

''' % (VERSION, VERSION, VERSION))
	out.write('/* %d blocks of %d code points */\n' % (len(stage2) >> SHIFT, 1 << SHIFT))
	out.write('StaticAssertDecl(UNICODE_SHIFT == %d, "tables and unicode.h disagree");\n' % SHIFT)
	out.write('StaticAssertDecl(UNICODE_PAIR_BITS == %d, "tables and unicode.h disagree");\n' % PAIR_BITS)
	for i, f in enumerate(FLAGS):
		out.write('StaticAssertDecl(UNICODE_%s == 0x%X, "tables and unicode.h disagree");\n' % (f, 1 << i))
	for t, bit in TRAITS.items():
		out.write('StaticAssertDecl(TRAIT_%s == 0x%X, "tables and unicode.h disagree");\n' % (t, bit))
	out.write('\nconst uint16 unicode_stage1[%d] = {\n%s\n};\n' % (len(stage1), numbers(stage1)))
	out.write('\nconst uint16 unicode_stage2[%d] = {\n%s\n};\n' % (len(stage2), numbers(stage2)))
	out.write('\n/* ccc, joining type and bidi class, flags, map per form, canonical decomposition */\n')
	out.write('const UnicodeRecord unicode_records[%d] = {\n%s\n};\n' % (len(records), braces(
		(ccc, bj, sum(MASK[f] for f in flags), '{%s}' % ','.join(map(str, maps)), d)
		for (ccc, bj, flags, maps, d), _ in records)))
	out.write('\n/* of the same records: folding, lower case, flags */\n')
	out.write('const UnicodeTraits unicode_traits[%d] = {\n%s\n};\n' %
			  (len(records), braces(t for _, t in records)))
	out.write('\n/* strings, each behind its length in bytes */\n')
	out.write('const unsigned char unicode_pool[%d] = {\n%s\n};\n' % (len(pool), numbers(pool)))
	out.write('\nconst UnicodePair unicode_pairs[%d] = {\n%s\n};\n' % (len(slots), braces(slots)))
	out.write('\n/* what name folding makes of an ASCII byte; 0 drops it */\n')
	out.write('const unsigned char unicode_name_ascii[128] = {\n%s\n};\n' % numbers(ascii_name))
	out.write('\n/* what UTS #46 makes of an ASCII byte; 0 refuses it */\n')
	out.write('const unsigned char unicode_domain_ascii[128] = {\n%s\n};\n' % numbers(ascii_domain))

print('%d records, %d stage 2, %d stage 1, shift %d, pool %d bytes' %
	  (len(records), len(stage2), len(stage1), SHIFT, len(pool)))
