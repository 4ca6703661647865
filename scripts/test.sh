#!/usr/bin/env bash
# test.sh [KIND...]: runs the tests of omni on a private throw-away cluster; without a kind, all but "leak", which takes
# about an hour.
# Kinds are run even if one before them failed. The last line is "N passed, N failed"; what was skipped is neither, and
# a line before it tells.
#
#   ONLY=name   run only the files of a kind whose name contains this
#   KEEP=1      print the server log at the end
. "$(dirname "$0")/lib.sh"

ALL_KINDS="regress isolation pgtap property lint fuzz docs tap"
KINDS=${*:-$ALL_KINDS}
for kind in $KINDS; do
	[[ " $ALL_KINDS leak " == *" $kind "* ]] || die "there is no kind of test \"$kind\"; there are: $ALL_KINDS leak"
done
PASSED=0
FAILED=0
SKIPPED=0
FAILURES=()
SKIPS=()
LAP=0
TOOK=

ok() { PASSED=$((PASSED + 1)); printf 'ok      %s\n' "$1"; }
not_ok() { FAILED=$((FAILED + 1)); FAILURES+=("$1"); printf 'NOT OK  %s\n' "$1"; }

files() {	# files DIR EXT: base names, filtered by ONLY
	local f
	for f in "$OMNI_ROOT/$1"/*."$2"; do
		[ -e "$f" ] || continue
		f=$(basename "$f" ".$2")
		[[ "$f" == *"${ONLY:-}"* ]] && echo "$f"
	done
}

in_dir() { cd "$1" && shift && "$@"; }

# pg_regress or pg_isolation_regress over the named tests
run_pg_regress() {
	local kind=$1 program=$2 input=$3; shift 3
	local out=$OMNI_TMP/$kind line name rc failed=$FAILED
	[ $# -gt 0 ] || return
	mkdir -p "$out"
	[ -x "$program" ] || { not_ok "$kind: $program is missing"; return; }
	guarded "$program" --bindir="$PG_BIN" --inputdir="$input" --outputdir="$out" --dbname="omni_$kind" \
		--load-extension=omni "$@" >"$out/log" 2>&1
	rc=$?
	while read -r line; do
		name=$(sed -E 's/^(test|ok [0-9]+ *-|not ok [0-9]+ *-) *([A-Za-z0-9_-]+).*/\2/' <<<"$line")
		# a test whose expected file is missing has neither word
		if [[ "$line" == *"... ok "* || "$line" == ok\ * ]]; then ok "$kind/$name"; else not_ok "$kind/$name"; fi
	done < <(grep -E '^(test |ok |not ok )' "$out/log")
	grep -qE '^(test |ok |not ok )' "$out/log" || { cat "$out/log"; not_ok "$kind: nothing ran"; }
	[ -f "$out/regression.diffs" ] && cat "$out/regression.diffs"
	[ "$rc" = 0 ] || [ "$FAILED" -gt "$failed" ] || { tail -n 5 "$out/log"; not_ok "$kind: $program stopped"; }
	return 0
}

run_regress() {
	run_pg_regress regress "$("$PG_CONFIG" --pkglibdir)/pgxs/src/test/regress/pg_regress" \
		"$OMNI_ROOT/test" $(files test/sql sql)
}

run_isolation() {
	run_pg_regress isolation "$("$PG_CONFIG" --pkglibdir)/pgxs/src/test/isolation/pg_isolation_regress" \
		"$OMNI_ROOT/test/isolation" $(files test/isolation/specs spec)
}

# count the TAP lines of one program's output, and tell what took long
count_tap() {
	local name=$1 log=$2 rc=$3 o n s took=${TOOK:-$((SECONDS - LAP))}
	LAP=$SECONDS
	TOOK=
	s=$(grep -ciE '^ok .*# skip|^1\.\.0 # skip' "$log")
	o=$(($(grep -cE '^ok ' "$log") - $(grep -ciE '^ok .*# skip' "$log"))); n=$(grep -cE '^not ok ' "$log")
	PASSED=$((PASSED + o))
	if [ "$n" -gt 0 ] || [ "$rc" != 0 ] || [ $((o + s)) = 0 ]; then
		FAILED=$((FAILED + (n > 0 ? n : 1))); FAILURES+=("$name")
		printf 'NOT OK  %s (%s passed, %s failed, exit %s)\n' "$name" "$o" "$n" "$rc"
		grep -vE '^ok ' "$log" | tail -n "${TAIL:-60}"
	else
		printf '%-7s %s (%s)%s\n' "$([ "$o" = 0 ] && echo skipped || echo ok)" "$name" "$o" \
			"$([ "$took" -lt 10 ] || echo " $took s")"
		grep -E '^# (note|[0-9])' "$log"
	fi
	if [ "$s" -gt 0 ]; then
		SKIPPED=$((SKIPPED + s)); SKIPS+=("$name")
		sed -nE 's/^(ok|1\.\.0).*# (skip|SKIP):? */        skipped: /p' "$log" | sort | uniq -c |
			sed -E 's/^ *1 +(.*)/        \1/; s/^ *([0-9]+) +skipped: /        \1 skipped: /'
	fi
}

# one pgTAP script in a database of its own; its exit status and its seconds are written when it is over
sql_tap() {
	local kind=$1 f=$2 log=$OMNI_TMP/$1.$2 since=$SECONDS
	createdb "omni_tap_$f"
	in_dir "$OMNI_ROOT/test/$kind" psql -XqAt -v ON_ERROR_STOP=1 -v shared="$OMNI_SHARED" -d "omni_tap_$f" \
		-c 'CREATE EXTENSION pgtap' -c 'CREATE EXTENSION omni' -f "$f.sql" >"$log.log" 2>&1
	echo "$? $((SECONDS - since))" >"$log.rc.new"
	dropdb --force "omni_tap_$f"
	mv "$log.rc.new" "$log.rc"
}

# as many at a time as are allowed
sql_taps() {
	local kind=$1 jobs=$2 f; shift 2
	for f; do
		while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n; done
		sql_tap "$kind" "$f" &
	done
	wait
}

# every SQL file of a kind is a pgTAP script; they are reported in their order
run_sql_tap() {
	local kind=$1 jobs=${2:-1} f log rc names
	names=$(files "test/$kind" sql)
	set -m
	sql_taps "$kind" "$jobs" $names </dev/null &
	OMNI_CHILD=$!
	set +m
	for f in $names; do
		log=$OMNI_TMP/$kind.$f
		until [ -e "$log.rc" ] || ! kill -0 "$OMNI_CHILD" 2>/dev/null; do sleep 0.1; done
		read -r rc TOOK <"$log.rc" || rc=1
		count_tap "$kind/$f" "$log.log" "$rc"
	done
	wait "$OMNI_CHILD"
	OMNI_CHILD=
}
run_pgtap() { run_sql_tap pgtap; }
run_property() { run_sql_tap property "$(nproc)"; }
run_leak() { run_sql_tap leak; }

# catalog lint on the installed extension, source lint with both compilers
run_lint() {
	run_sql_tap lint
	local f log
	for f in $(files test/lint sh); do
		log=$OMNI_TMP/lint.$f.log
		guarded in_dir "$OMNI_ROOT" bash "test/lint/$f.sh" >"$log" 2>&1
		count_tap "lint/$f" "$log" $?
	done
}

run_fuzz() {
	local f log
	for f in $(files test/fuzz pl); do
		log=$OMNI_TMP/fuzz.$f.log
		guarded in_dir "$OMNI_ROOT/test/fuzz" perl "$f.pl" >"$log" 2>&1
		count_tap "fuzz/$f" "$log" $?
	done
}

# the examples of README.md and doc/
run_docs() {
	local f log
	for f in README.md $(cd "$OMNI_ROOT" && ls doc/*.md 2>/dev/null); do
		[ -e "$OMNI_ROOT/$f" ] && grep -q '^```sql' "$OMNI_ROOT/$f" || continue
		log=$OMNI_TMP/docs.log
		guarded env OMNI_DOCS_CLUSTER=1 OMNI_TMP="$OMNI_TMP" bash "$OMNI_ROOT/scripts/docs.sh" "$f" >"$log" 2>&1
		count_tap "$f" "$log" $?
	done
}

# TAP tests start clusters of their own, which root may not: they run in a copy of the tree
run_tap() {
	local f log rc modules copy=$OMNI_TMP/tap
	modules=$("$PG_CONFIG" --pkglibdir)/pgxs/src/test/perl
	[ -f "$modules/PostgreSQL/Test/Cluster.pm" ] || { not_ok "tap: $modules has no PostgreSQL::Test::Cluster"; return; }
	mkdir -p "$copy/tree"
	(cd "$OMNI_ROOT" && tar -cf - sql test) | tar -C "$copy/tree" -xf -
	chmod -R a+rX "$copy"
	[ "$(id -u)" = 0 ] && chown -R postgres "$copy"
	for f in $(files test/tap pl); do
		log=$OMNI_TMP/tap.$f.log
		guarded as_server env -u PGHOST -u PGPORT -u PGUSER -u PGDATABASE PERL5LIB="$modules:$copy/tree/test/tap" \
			TESTDIR="$copy/run.$f" TESTDATADIR="$copy/run.$f/data" TESTLOGDIR="$copy/run.$f/log" PG_REGRESS=/bin/true \
			OMNI_STAGE_CONF="${STAGE_CONF:-}" OMNI_TREE="$copy/tree" PG_CONFIG="$PG_CONFIG" OMNI_SHARED="$OMNI_SHARED" \
			bash -c "mkdir -p '$copy/run.$f' && cd '$copy/run.$f' && exec perl '$copy/tree/test/tap/$f.pl'" >"$log" 2>&1
		rc=$?
		# what died says so in its own log only
		[ "$rc" = 0 ] || tail -n 15 "$copy/run.$f"/tmp_check/log/regress_log_* "$copy/run.$f"/log/regress_log_* 2>/dev/null | cut -c1-600 >>"$log"
		count_tap "tap/$f" "$log" "$rc"
	done
}

# in a lean chroot of the matrix everything is there already; a server of one's own has a pgTAP of one's own
packages=()
case ${OMNI_LEAN:-}${PG_CONFIG:-} in
	'' | /usr/lib/postgresql/*)
		[[ "$KINDS" == *pgtap* || "$KINDS" == *property* || "$KINDS" == *lint* ]] && packages+=(postgresql-NN-pgtap)
		[[ " $KINDS " == *" tap "* ]] && packages+=(libipc-run-perl)
		[[ "$KINDS" == *lint* ]] && packages+=(clang) ;;
esac
need_postgres ${packages[@]+"${packages[@]}"}
OMNI_SHARED=${OMNI_SHARED:-$(cd "$OMNI_ROOT/../shared" 2>/dev/null && pwd)}
omni_build
# root's files may be closed to the server's user
if [ -n "$OMNI_SHARED" ] && ! as_server test -r "$OMNI_SHARED/vectors"; then
	cp -r "$OMNI_SHARED" "$OMNI_TMP/shared"
	chmod -R a+rX "$OMNI_TMP/shared"
	OMNI_SHARED=$OMNI_TMP/shared
fi
export OMNI_SHARED OMNI_ROOT OMNI_TMP
cluster_start
for kind in $KINDS; do
	printf -- '-- %s\n' "$kind"
	LAP=$SECONDS
	"run_$kind"
done
[ -n "${KEEP:-}" ] && as_server cat "$OMNI_TMP/data/server.log"
[ $((PASSED + FAILED + SKIPPED)) -gt 0 ] || not_ok "no test has \"${ONLY:-}\" in its name"
[ "$SKIPPED" = 0 ] || printf 'skipped: %s in %s\n' "$SKIPPED" "${SKIPS[*]}"
[ "$FAILED" = 0 ] || printf 'failed: %s\n' "${FAILURES[*]}"
printf '%s passed, %s failed\n' "$PASSED" "$FAILED"
[ "$FAILED" = 0 ]
