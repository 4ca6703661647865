#!/usr/bin/env bash
# pg_upgrade.sh OLD_BIN OLD_LIBS NEW_BIN: a database with omni goes through pg_upgrade: types, indexes, partitions, states, a
# store. Part of make test-matrix, which runs it as root in a chroot that has both servers; the new server finds omni in
# /stage, the old one in its own tree.
set -eu
OLD=$1 LIBS=$2 NEW=$3
W=/var/tmp/upgrade
rm -rf "$W"; mkdir -p "$W/sock"; chown -R postgres "$W"
export LD_LIBRARY_PATH=$LIBS PGHOST=$W/sock PGPORT=5432 PGUSER=postgres
as() { (cd "$W" && runuser -u postgres -- env LD_LIBRARY_PATH="$LIBS" "$@"); }
setting() { printf "listen_addresses = ''\nunix_socket_directories = '%s'\nfsync = off\n" "$W/sock"; }
start() { as "$1/pg_ctl" -D "$W/$2" -l "$W/$2.log" -w -s -o "-k $W/sock" start || { cat "$W/$2.log"; exit 1; }; }
ask() { "$NEW/psql" -XqAt -v ON_ERROR_STOP=1 -d "$1" -c "$2"; }
sums() {
	local t
	for t in $(ask shop "SELECT c.oid::regclass FROM pg_class c WHERE relnamespace IN ('shop'::regnamespace, 'public'::regnamespace) AND relkind IN ('r', 'm') ORDER BY 1"); do
		printf '%s %s\n' "$t" "$(ask shop "SELECT md5(string_agg(x::text, ';' ORDER BY x::text COLLATE \"C\")) FROM $t x")"
	done
}

as "$OLD/initdb" -D "$W/old" -U postgres -A trust --no-sync -E UTF8 --locale=C >/dev/null
as "$NEW/initdb" -D "$W/new" -U postgres -A trust --no-sync -E UTF8 --locale=C >/dev/null
# both without checksums, whatever the default of the new major is
setting | as tee -a "$W/old/postgresql.conf" >/dev/null
setting | as tee -a "$W/new/postgresql.conf" >/dev/null
as tee -a "$W/new/postgresql.conf" >/dev/null <<<"extension_destdir = '/stage'"
start "$OLD" old
ask postgres 'CREATE DATABASE shop'
ask shop "CREATE EXTENSION omni; SELECT omni.create_store('shop')" >/dev/null
ask shop "
	INSERT INTO shop.products (sku, gtin) SELECT 'S-' || n, g FROM generate_series(1, 200) n, generate_series(0, 9) d, omni.gtin_try(lpad(n::text, 12, '0') || d) g WHERE g IS NOT NULL;
	INSERT INTO shop.orders (order_ref, channel_code, placed_at, currency, state) SELECT 'O' || n, 'web', '2026-01-01', 'EUR', 'shipped' FROM generate_series(1, 200) n;
	INSERT INTO shop.order_lines (order_ref, line_no, sku, qty, unit_price) SELECT 'O' || n, 1, 'S-' || n, 2, 5 FROM generate_series(1, 200) n;
	INSERT INTO shop.order_line_events (order_ref, line_no, event_key, qty, from_state, to_state, occurred_at) SELECT 'O' || n, 1, 'e' || n, 1, 'open', 'allocated', '2026-01-01' FROM generate_series(1, 200) n;
	INSERT INTO shop.evidence (identifier, source, record_id, observed_at) SELECT 'email:a' || n / 2 || '@example.com', 'web', 'O' || n, '2026-01-01' FROM generate_series(1, 200) n;
	SELECT shop.rebuild_identities();
	CREATE TABLE part (p omni.phone, q omni.order_quantities, i omni.identifier[]) PARTITION BY HASH (p);
	CREATE TABLE part_0 PARTITION OF part FOR VALUES WITH (MODULUS 2, REMAINDER 0);
	CREATE TABLE part_1 PARTITION OF part FOR VALUES WITH (MODULUS 2, REMAINDER 1);
	INSERT INTO part SELECT '+4930' || 2000000 + n, omni.order_quantities(n), ARRAY['user:' || n]::omni.identifier[] FROM generate_series(1, 200) n;
	CREATE INDEX ON part USING hash (p);
	CREATE MATERIALIZED VIEW state AS SELECT omni.disjoint_set_agg(n, n / 3) AS sets, omni.demand_agg(n, n, 1, '2026-01-01') AS demand FROM generate_series(1::bigint, 100) n" >/dev/null
before=$(sums)
as "$OLD/pg_ctl" -D "$W/old" -w -s stop
(cd "$W" && runuser -u postgres -- env LD_LIBRARY_PATH="$LIBS" "$NEW/pg_upgrade" -b "$OLD" -B "$NEW" -d "$W/old" -D "$W/new" -U postgres -s "$W/sock") || { cat "$W"/new/pg_upgrade_output.d/*/log/*.log "$W"/new/pg_upgrade_output.d/*/*.txt 2>/dev/null | tail -n 40; exit 1; }
start "$NEW" new
[ "$before" = "$(sums)" ] || { echo 'checksums differ after pg_upgrade'; exit 1; }
[ "$(ask shop "SET enable_seqscan = off; SELECT count(*) FROM shop.products p WHERE sku = 'S-7'")" = 1 ]
[ "$(ask shop "SET enable_seqscan = off; SELECT count(*) FROM part WHERE p = '+49302000007'::omni.phone")" = 1 ]
[ -z "$(ask shop "SELECT * FROM omni.check_store('shop') WHERE relation NOT IN ('orders', 'stock')")" ]
[ "$(ask shop 'SELECT sum(net_amount) FROM shop_bi.kpi_daily')" = 2000 ]
as "$NEW/pg_ctl" -D "$W/new" -w -s stop
rm -rf "$W"
echo "ok      pg_upgrade carried $(wc -l <<<"$before") tables"
