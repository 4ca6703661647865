#!/usr/bin/env bash
# The DBA's scene of the demo; uses the demo's cluster and database retail.
set -euo pipefail
trap 'exit 130' INT
trap 'exit 143' TERM
show() { printf '\n%s\n' "$*"; }
sql() { printf '%s\n' "$2"; psql -Xq -P footer=off -d "$1" -v ON_ERROR_STOP=1 -c "$2"; }
ask() { psql -XqAt -d "$1" -v ON_ERROR_STOP=1 -c "$2"; }
# one checksum a table, over its rows in order
sums() {
	local t sum
	for t in $(ask "$1" "SELECT relname FROM pg_class WHERE relnamespace = 'shop'::regnamespace AND relkind = 'r' AND relname <> 'store_info' ORDER BY 1"); do
		sum=$(ask "$1" "SELECT md5(string_agg(x::text, E'\\n' ORDER BY x::text COLLATE \"C\")) FROM shop.$t x") || return
		printf '%s %s\n' "$t" "$sum"
	done
}

same() { [ "$before" = "$(sums restored)" ] || { echo 'the rows differ' >&2; exit 1; }; }

show 'One command installs it:'
createdb fresh
sql fresh "CREATE EXTENSION omni;"
show 'In the database of the store, status() says what runs:'
sql retail "SELECT * FROM omni.status();"

show 'Upgrade from the previous release, with a store and data in place:'
createdb upgrade
sql upgrade "CREATE EXTENSION omni VERSION '0.1.0';"
ask upgrade "SELECT omni.create_store('shop');
	INSERT INTO shop.products (sku, gtin, title) VALUES ('TS-RED-XL', '4006381333931', 'T-shirt')" >/dev/null
sql upgrade "ALTER EXTENSION omni UPDATE;"
sql upgrade "SELECT item, value, hint FROM omni.status() WHERE item LIKE 'store%';"
sql upgrade "SELECT omni.migrate_store('shop');"
sql upgrade "SELECT sku, gtin, title FROM shop.products;"

show 'Dump and restore: every table has the same checksum:'
before=$(sums retail)
echo 'pg_dump -Fc -d retail -f retail.dump; createdb restored; pg_restore -d restored retail.dump'
pg_dump -Fc -d retail -f "$OMNI_TMP/retail.dump"
createdb restored
pg_restore -d restored "$OMNI_TMP/retail.dump"
same
echo "$(wc -l <<<"$before") tables, all equal"

show 'Leaving again: the types go, the rows stay:'
# what the feeds landed in has done its work
ask restored 'DROP SCHEMA staging CASCADE' 2>/dev/null
sql restored "SELECT omni.detach_store('shop');"
sql restored "DROP EXTENSION omni;"
sql restored "SELECT order_ref, line_no, sku, qty, pg_typeof(sku) FROM shop.order_lines ORDER BY order_ref, line_no LIMIT 2;"
sql restored "CREATE EXTENSION omni;"
sql restored "SELECT omni.attach_store('shop');"
same
echo 'and back: every row is as it was'
echo 'Plain SQL would need: an ALTER TABLE for each column, view, default and index, before DROP EXTENSION ... CASCADE takes them away.'
