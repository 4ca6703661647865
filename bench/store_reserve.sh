#!/usr/bin/env bash
# store_reserve.sh DISK ROUNDS: the race of store_reserve.sql in turns, $SECONDS_EACH each, into bench.race; and what a
# commit of one client waits for that disk, into bench.disk
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
# race CLIENTS SECONDS FILE: calls a second; what each call took is logged
race() {
	rm -f "$logs"/*
	pgbench -n -M prepared -c "$1" -j 2 -T "$2" -l --log-prefix="$logs/log" -f "$3.pgbench" 2>/dev/null | sed -n 's/^tps = \([0-9.]*\).*/\1/p'
}
# took SHARE: microseconds that so many of the calls took at most
took() { cat "$logs"/log* | awk '{print $3}' | sort -n | awk -v share="$1" '{v[NR] = $1} END {print v[int((NR - 1) * share) + 1]}'; }
commit() { PGOPTIONS="-c synchronous_commit=$1" race 1 1 store_reserve_commit >/dev/null; took .5; }

psql -XqAt -c "INSERT INTO bench.disk VALUES ('$1', $(commit on) - $(commit off))"
for ((round = 1; round <= $2; round++)); do
	for what in raw hand reserve raw_hot hand_hot reserve_hot; do
		case $what in
			reserve*) file=store_$what ;;
			*) file=store_reserve_$what ;;
		esac
		tps=$(race 8 "$SECONDS_EACH" "$file")
		psql -XqAt -c "INSERT INTO bench.race VALUES ('$1', '$what', $round, $tps, $(took .99) / 1000.0)"
	done
done
