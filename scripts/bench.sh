#!/usr/bin/env bash
# bench.sh [NAME...]: runs bench/NAME.sql (all without a name), each in a database of its own on a private
# cluster with fsync on, and prints a table: omni, the peer beside it in the same run, the ratio,
# and the bar. Peers that are not installed are installed from Debian where it has them.
. "$(dirname "$0")/lib.sh"
need_postgres
need_packages "postgresql-$PG_MAJOR-pgrouting" "postgresql-$PG_MAJOR-similarity" postgresql-contrib
OMNI_SHARED=${OMNI_SHARED:-$(cd "$OMNI_ROOT/../shared" 2>/dev/null && pwd)}
omni_build
CLUSTER_FSYNC=on CLUSTER_CONF="shared_buffers = '1GB'
autovacuum = off" cluster_start
# for bench/restart_server.sh
export OMNI_TMP PG_BIN
# Splink, where Python packages can be had; the benchmark that wants it says when it is not there
splink=${OMNI_SPLINK:-${XDG_CACHE_HOME:-$HOME/.cache}/omni-splink}
export SPLINK_PYTHON=
if [ $# = 0 ] || [[ " $* " == *" identity_splink "* ]]; then
	python_venv "$splink" 'splink==4.0.16' 'duckdb>=1.1' 'psycopg2-binary>=2.9' 'SQLAlchemy>=2,<3' && SPLINK_PYTHON=$splink/venv/bin/python
fi
rc=0
for f in "$OMNI_ROOT"/bench/*.sql; do
	name=$(basename "$f" .sql)
	[ "$name" = lib ] && continue
	[ $# = 0 ] || [[ " $* " == *" $name "* ]] || continue
	printf '== %s\n' "$name"
	createdb bench_run
	(cd "$OMNI_ROOT/bench" && psql -XqAt -d bench_run -v ON_ERROR_STOP=1 -v shared="$OMNI_SHARED" \
		-c 'CREATE EXTENSION omni' -f lib.sql -f "$name.sql") >"$OMNI_TMP/bench.log" 2>&1 ||
		{ cat "$OMNI_TMP/bench.log"; rc=1; }
	grep '^# ' "$OMNI_TMP/bench.log"
	psql -X -d bench_run -c 'TABLE bench.report' -P footer=off || rc=1
	dropdb bench_run
done
exit $rc
