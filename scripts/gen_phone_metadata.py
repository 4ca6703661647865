#!/usr/bin/env python3
"""Generates src/identity/phone_metadata.c from the metadata of libphonenumber.

    pip install --no-deps --target NEW phonenumbers==9.0.43
    pip install --no-deps --target OLD phonenumbers==8.12.57
    scripts/gen_phone_metadata.py NEW OLD

The arguments are directories that hold the Python package phonenumbers, whose data modules are
libphonenumber's metadata (Apache-2.0). Its regular expressions are over digits and have no
unbounded repetition, so each becomes a short program without loops: see phone_plan.h.

All comes from the first; the older ones add what customer data still has: lengths, where a country
made its numbers longer, for numbers that were possible then, and the trunk prefix, where it was
abolished (+52 1 55 ... in Mexico; it is only taken off numbers that are none with it). And what a
release of omni accepted must restore in the next: an update of the first version keeps the version
before it in the list.
"""
import importlib
import os
import re
import sys
from re import _parser as sre

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUT = os.path.join(ROOT, 'src', 'identity', 'phone_metadata.c')
VERSIONS = ('9.0.43', '8.12.57')

DIGITS, SPLIT, JUMP, SAVE, END, MATCH = range(6)
ARG_BITS = 13
TYPES = ('fixed_line', 'mobile', 'toll_free', 'premium_rate', 'shared_cost', 'personal_number',
         'voip', 'pager', 'uan', 'voicemail')


class Compiler:
    """one regular expression as a list of [op, arg]; arg of SPLIT and JUMP is a forward distance"""

    def __init__(self):
        self.code = []
        self.groups = 0

    def emit(self, op, arg=0):
        self.code.append([op, arg])
        return len(self.code) - 1

    def close(self, at):
        self.code[at][1] = len(self.code) - at

    def sequence(self, items):
        for op, arg in items:
            getattr(self, 'on_' + str(op).lower())(arg)

    def on_literal(self, char):
        self.emit(DIGITS, 1 << int(chr(char)))

    def on_in(self, items):
        self.emit(DIGITS, mask_of(items))

    def on_at(self, where):
        assert where == sre.AT_END
        self.emit(END)

    def on_branch(self, arg):
        assert arg[0] is None
        self.alternatives([lambda b=b: self.sequence(b) for b in arg[1]])

    def alternatives(self, emitters):
        ends = []
        for emit in emitters[:-1]:
            split = self.emit(SPLIT)
            emit()
            ends.append(self.emit(JUMP))
            self.close(split)
        emitters[-1]()
        for end in ends:
            self.close(end)

    def on_max_repeat(self, arg):
        low, high, body = arg
        assert high < 20
        for _ in range(low):
            self.sequence(body)
        splits = []
        for _ in range(high - low):
            splits.append(self.emit(SPLIT))
            self.sequence(body)
        for split in splits:
            self.close(split)

    def on_subpattern(self, arg):
        group, _, _, body = arg
        if group is None:
            self.sequence(body)
            return
        self.groups = max(self.groups, group)
        self.emit(SAVE, 2 * group - 2)
        self.sequence(body)
        self.emit(SAVE, 2 * group - 1)


def mask_of(items):
    mask = 0
    for op, arg in items:
        if op == sre.LITERAL:
            mask |= 1 << int(chr(arg))
        elif op == sre.RANGE:
            for c in range(arg[0], arg[1] + 1):
                mask |= 1 << int(chr(c))
        else:
            assert (op, arg) == (sre.CATEGORY, sre.CATEGORY_DIGIT)
            mask |= 1023
    return mask


def first_digits(code):
    """the digits that the first step of a match can take"""
    mask, seen, todo = 0, set(), [0]
    while todo:
        pc = todo.pop()
        if pc in seen:
            continue
        seen.add(pc)
        op, arg = code[pc]
        if op == DIGITS:
            mask |= arg
        elif op == SPLIT:
            todo += [pc + 1, pc + arg]
        elif op == JUMP:
            todo.append(pc + arg)
        elif op == SAVE:
            todo.append(pc + 1)
    return mask


class Programs:
    """the pool of all programs; offset 0 stands for none"""

    def __init__(self):
        self.words = [MATCH << ARG_BITS]
        self.known = {}
        self.groups = 0

    def add(self, patterns):
        """a program for the alternation of the given patterns"""
        patterns = [p for p in patterns if p]
        if not patterns:
            return 0, 0
        c = Compiler()
        c.alternatives([lambda p=p: c.sequence(sre.parse(p)) for p in patterns])
        c.emit(MATCH)
        self.groups = max(self.groups, c.groups)
        words = []
        for op, arg in c.code:
            assert 0 <= arg < 1 << ARG_BITS
            words.append(op << ARG_BITS | arg)
        key = tuple(words)
        if key not in self.known:
            self.known[key] = len(self.words)
            self.words += words
        return self.known[key], first_digits(c.code)


def lengths_mask(lengths):
    return sum(1 << n for n in lengths)


def load(directory, version):
    """the package phonenumbers in the directory"""
    for name in [m for m in sys.modules if m.split('.')[0] == 'phonenumbers']:
        del sys.modules[name]
    sys.path.insert(0, directory)
    package = importlib.import_module('phonenumbers')
    del sys.path[0]
    assert package.__version__ == version, package.__version__
    return package


def all_regions(package):
    for code, names in sorted(package.COUNTRY_CODE_TO_REGION_CODE.items()):
        for name in names:
            yield code, name, package.PhoneMetadata.metadata_for_region_or_calling_code(code, name)


def type_patterns(meta):
    """the patterns of all types of number that a region has"""
    patterns = []
    for name in TYPES:
        desc = getattr(meta, name)
        if desc is not None and desc.national_number_pattern:
            patterns.append(desc.national_number_pattern)
    return patterns


def wrapped(words):
    lines, line = [], ''
    for w in words:
        item = str(w) + ','
        if len(line) + len(item) > 92:
            lines.append('\t' + line)
            line = ''
        line += item
    return '\n'.join(lines + ['\t' + line])


def main():
    programs = Programs()
    assert len(sys.argv) == 1 + len(VERSIONS), __doc__
    older, older_trunk = {}, {}
    for directory, version in list(zip(sys.argv[1:], VERSIONS))[1:]:
        for code, name, meta in all_regions(load(directory, version)):
            older.setdefault((code, name), []).append(meta.general_desc)
            if meta.national_prefix_for_parsing:
                older_trunk.setdefault((code, name), meta)
    package = load(sys.argv[1], VERSIONS[0])
    plans = {(code, name): meta for code, name, meta in all_regions(package)}
    assert not set(older) - set(plans)
    codes, regions, by_prefix, by_name = [], [], [0] * 1000, [0] * (26 * 26)
    for code, names in sorted(package.COUNTRY_CODE_TO_REGION_CODE.items()):
        first = len(regions)
        for name in names:
            meta = plans[code, name]
            assert meta.country_code == code
            general, _ = programs.add([meta.general_desc.national_number_pattern])
            idd, _ = programs.add([meta.international_prefix])
            trunk = meta if meta.national_prefix_for_parsing else older_trunk.get((code, name), meta)
            parsing, start = programs.add([trunk.national_prefix_for_parsing])
            leading, _ = programs.add([meta.leading_digits])
            types = 0
            if len(names) > 1 and not leading:
                types, _ = programs.add(type_patterns(meta))
            lengths = lengths_mask(meta.general_desc.possible_length)
            local = lengths_mask(meta.general_desc.possible_length_local_only)
            former, former_general = 0, 0
            for desc in older.get((code, name), []):
                former |= lengths_mask(desc.possible_length) & ~lengths
            if former:
                former_general, _ = programs.add(
                    [desc.national_number_pattern for desc in older[code, name]])
            rule = (trunk.national_prefix_transform_rule or '').replace('\\', '$')
            groups = re.compile(trunk.national_prefix_for_parsing or '').groups
            assert len(rule) < 8
            regions.append('{"%s", %d, 0x%x, 0x%x, 0x%x, %d, %d, %d, 0x%x, %d, %s, %d, %d, %d}' % (
                name, code, lengths, local, former, former_general, idd, parsing, start, groups,
                '"%s"' % rule if rule else 'NULL', general, leading, types))
            if name != '001':
                by_name[(ord(name[0]) - 65) * 26 + ord(name[1]) - 65] = len(regions)
        codes.append('{%d, %d, %d}' % (code, first, len(names)))
        width = 10 ** (3 - len(str(code)))
        for i in range(code * width, (code + 1) * width):
            assert by_prefix[i] == 0
            by_prefix[i] = len(codes)
    assert len(codes) < 256 and len(programs.words) < 65536 and programs.groups <= 2
    with open(OUT, 'w') as f:
        f.write('''/*
 * phone_metadata.c
 *	  Numbering plans of the world. Generated by scripts/gen_phone_metadata.py; do not edit.
 *
 * Source: libphonenumber %s, by the Python package phonenumbers of that version (Apache-2.0);
 * lengths and abolished trunk prefixes also of %s. What all means is said in phone_plan.h.
 */
#include "postgres.h"
#include "compat.h"

#include "identity/phone_plan.h"

const char *const phone_metadata_version = "libphonenumber %s";

const PhoneRegion phone_regions[] = {
\t%s
};

const PhoneCode phone_codes[] = {
\t%s
};

const uint8 phone_code_of_prefix[1000] = {
%s
};

const uint16 phone_region_of_name[26 * 26] = {
%s
};

const uint16 phone_programs[] = {
%s
};
''' % (VERSIONS[0], ', '.join(VERSIONS[1:]), VERSIONS[0], ',\n\t'.join(regions), ',\n\t'.join(codes),
            wrapped(by_prefix), wrapped(by_name), wrapped(programs.words)))
    print('%d regions, %d calling codes, %d program words' % (len(regions), len(codes), len(programs.words)))


main()
