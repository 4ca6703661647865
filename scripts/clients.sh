#!/usr/bin/env bash
# clients.sh: the drivers and tools that people use omni with, each on a private throw-away cluster that listens on
# loopback only: psycopg 2 and 3, SQLAlchemy 2, ODBC, JDBC, node pg, Cube's driver, IAB's libraries of consent strings, dbt. What is missing is installed;
# Python and Node packages go to $OMNI_CLIENTS (default ~/.cache/omni-clients), not into the system.
. "$(dirname "$0")/lib.sh"
CACHE=${OMNI_CLIENTS:-${XDG_CACHE_HOME:-$HOME/.cache}/omni-clients}
PASSED=0 FAILED=0
need_postgres
need_packages python3-venv odbc-postgresql unixodbc libpostgresql-jdbc-java
command -v javac >/dev/null || need_packages default-jdk-headless
command -v npm >/dev/null || need_packages nodejs npm
mkdir -p "$CACHE"
python_venv "$CACHE" 'psycopg2-binary>=2.9' 'psycopg[binary]>=3.1' 'SQLAlchemy>=2,<3' 'pyodbc>=5' 'dbt-core~=1.8.9' 'dbt-postgres~=1.8.2' ||
	die "no Python clients"
NODE_PACKAGES='pg@8 @cubejs-backend/postgres-driver @iabtcf/core@1.5.6 @iabgpp/cmpapi@3.2.0'
if [ "$(cat "$CACHE/.node" 2>/dev/null)" != "$NODE_PACKAGES" ]; then
	say "installing Node clients into $CACHE"
	# shellcheck disable=SC2086
	(cd "$CACHE" && npm install --silent --no-fund --no-audit $NODE_PACKAGES >&2) || die "npm failed"
	echo "$NODE_PACKAGES" >"$CACHE/.node"
fi

omni_build
CLUSTER_LISTEN=127.0.0.1
CLUSTER_PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cluster_start
export CLIENT_HOST=127.0.0.1 CLIENT_PORT=$CLUSTER_PORT CLIENT_PASSWORD
CLIENT_PASSWORD=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
createdb clients
psql -XqAt -d clients -v ON_ERROR_STOP=1 -v password="$CLIENT_PASSWORD" -f "$OMNI_ROOT/test/clients/setup.sql" >/dev/null || die "the set-up failed"

count() {	# count NAME LOG RC
	local o n
	o=$(grep -c '^ok ' "$2"); n=$(grep -c '^not ok ' "$2")
	[ "$3" = 0 ] && [ "$o" -gt 0 ] || n=$((n > 0 ? n : 1))
	PASSED=$((PASSED + o)); FAILED=$((FAILED + n))
	printf '%s: %s passed, %s failed\n' "$1" "$o" "$n"
	[ "$n" = 0 ] || grep -v '^ok ' "$2" | head -n 60
}
log=$OMNI_TMP/client.log
"$CACHE/venv/bin/python" "$OMNI_ROOT/test/clients/python_clients.py" >"$log" 2>&1; count 'psycopg 2, psycopg 3, SQLAlchemy, ODBC' "$log" $?
NODE_PATH="$CACHE/node_modules" node "$OMNI_ROOT/test/clients/node_clients.js" >"$log" 2>&1; count 'node pg, Cube' "$log" $?
NODE_PATH="$CACHE/node_modules" node "$OMNI_ROOT/test/clients/consent_strings.js" >"$log" 2>&1; count "IAB's libraries" "$log" $?
mkdir -p "$OMNI_TMP/java"
jar=$(ls /usr/share/java/postgresql.jar /usr/share/java/postgresql-*.jar 2>/dev/null | head -n 1)
{ javac -d "$OMNI_TMP/java" "$OMNI_ROOT/test/clients/JdbcClient.java" && java -cp "$OMNI_TMP/java:$(dirname "$jar")/*" JdbcClient; } >"$log" 2>&1; count JDBC "$log" $?
cp -r "$OMNI_ROOT/test/clients/dbt" "$OMNI_TMP/dbt"
(cd "$OMNI_TMP/dbt" && DBT_SEND_ANONYMOUS_USAGE_STATS=false "$CACHE/venv/bin/dbt" --no-use-colors build --profiles-dir .) >"$OMNI_TMP/dbt.log" 2>&1
sed -nE 's/.* (OK created|PASS) (.*) \.\..*/ok - dbt \2/p; s/.* (ERROR|FAIL [0-9]+) (.*) \.\..*/not ok - dbt \2/p' "$OMNI_TMP/dbt.log" >"$log"
grep -q '^ok' "$log" || cat "$OMNI_TMP/dbt.log" >>"$log"
count dbt "$log" 0
printf '%s passed, %s failed\n' "$PASSED" "$FAILED"
[ "$FAILED" = 0 ]
