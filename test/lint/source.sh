# The sources: warnings of two compilers are errors, exported symbols are ours only, rules of the house.
. scripts/lib.sh
PG_CONFIG=${PG_CONFIG:-pg_config}
n=0
result() {	# result NAME OUTPUT: ok if OUTPUT is empty
	n=$((n + 1))
	if [ -z "$2" ]; then echo "ok $n - $1"; else echo "not ok $n - $1"; sed 's/^/# /' <<<"$2" | head -n 40; fi
}

tmp=${OMNI_TMP:-$(mktemp -d)}/lint
mkdir -p "$tmp"
version=$(sed -n 's/^ *"version": *"\([0-9][^"]*\)".*/\1/p' META.json | head -n 1)
for cc in gcc clang; do
	out=
	for f in src/*.c src/*/*.c; do
		out+=$($cc -std=gnu99 -fsyntax-only -O1 -Wall -Wextra -Werror -Wmissing-prototypes -Wpointer-arith \
			-Wdeclaration-after-statement -Wvla -Wno-unused-parameter -Wno-sign-compare \
			-Wno-missing-field-initializers -Wno-unused-command-line-argument \
			-Isrc -isystem "$("$PG_CONFIG" --includedir-server)" "-DOMNI_VERSION=\"$version\"" -D_GNU_SOURCE "$f" 2>&1)
	done
	result "$cc -Wall -Wextra -Werror" "$out"
done

result 'only SQL-callable functions are exported' "$(nm -D --defined-only omni.so | awk '{print $3}' |
	grep -v '^pg_finfo_' | grep -vxE '_PG_init|Pg_magic_func|__bss_start|_edata|_end|_init|_fini' |
	while read -r s; do nm -D --defined-only omni.so | grep -q " pg_finfo_$s\$" || echo "$s"; done)"

scripts_sql=$(ls sql/*.sql sql/upgrade/*.sql 2>/dev/null)
result 'no CREATE OR REPLACE or IF NOT EXISTS in install scripts' "$(grep -niE 'create or replace|if not exists' \
	$(ls sql/header.sql sql/{text,catalog,identity,orders,inventory,privacy}.sql 2>/dev/null))"
result 'no internal aggregate state' "$(grep -niE 'stype *= *internal' $scripts_sql)"
result 'a user error is never an elog' "$(grep -nE 'elog\((ERROR|FATAL)' src/*.c src/*/*.c)"
result 'nothing is left to do' "$(grep -nwE 'TODO|FIXME|XXX|HACK' -r src sql test scripts bench doc examples README.md Makefile 2>/dev/null | grep -vE 'test/lint/source.sh|XX000|vendure')"
result 'each C file has a banner' "$(for f in src/*.[ch] src/*/*.[ch]; do head -n 2 "$f" | grep -q "$(basename "$f")" || echo "$f"; done)"
result 'only omni.c asks ICU, for its version' "$(grep -l '<unicode/' src/*.[ch] src/*/*.[ch] | grep -vx src/omni.c)"
result 'lines of C fit in 100 columns' "$(expand -t 4 src/*.c src/*/*.c src/*.h src/*/*.h | awk 'length($0) > 100' | head -n 20)"
result 'one update script for each step' "$(
	prev=
	for v in $(ls sql/released/omni--*.sql 2>/dev/null | sed 's/.*omni--//; s/\.sql//' | sort -V) "$version"; do
		[ -z "$prev" ] || [ "$prev" = "$v" ] || [ -e "sql/upgrade/omni--$prev--$v.sql" ] || echo "no sql/upgrade/omni--$prev--$v.sql"
		prev=$v
	done)"
echo "1..$n"
