#!/usr/bin/env bash
# restart_server.sh US: the server that bench.sh started, anew, on a disk that takes so many microseconds longer for each
# fdatasync (slow_disk.c); 0: on the disk there is
. "$(dirname "$0")/../scripts/lib.sh"
preload=
if [ "$1" != 0 ]; then
	preload=$OMNI_TMP/slow_disk.so
	${CC:-cc} -O2 -shared -fPIC -o "$preload" "$OMNI_ROOT/bench/slow_disk.c" || die "slow_disk.c does not compile"
fi
as_server env LD_PRELOAD="$preload" SLOW_DISK_US="$1" "$PG_BIN/pg_ctl" -D "$OMNI_TMP/data" -l "$OMNI_TMP/data/server.log" -w -s restart
