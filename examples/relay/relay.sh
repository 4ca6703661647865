#!/bin/sh
# relay.sh STORE COMMAND [MAX]: passes the outbox of a store on to a command, which reads a line of JSON for each call on its
# standard input, and says by its exit status whether it took them. Once, or with RELAY_SECONDS=n for ever, every n seconds.
# The database is that of PGHOST, PGDATABASE and so on.
set -eu
[ $# -ge 2 ] || { echo 'usage: relay.sh STORE COMMAND [MAX]' >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
RELAY_COMMAND=$2
RELAY_FILE=$(mktemp)
export RELAY_COMMAND RELAY_FILE
trap 'rm -f "$RELAY_FILE"' EXIT
trap 'exit 0' INT TERM
while :; do
	status=0
	psql -XqAt -v store="$1" -v max="${3:-1000}" -v file="$RELAY_FILE" -f "$here/relay.sql" || status=$?
	[ -n "${RELAY_SECONDS:-}" ] || exit $status
	# after a full batch there may be more
	[ "$status" = 0 ] && [ "$(wc -l <"$RELAY_FILE")" = "${3:-1000}" ] || sleep "$RELAY_SECONDS"
done
