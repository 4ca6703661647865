#!/usr/bin/env bash
# The stock manager's scene of the demo; uses the demo's cluster and database retail.
set -euo pipefail
trap 'exit 130' INT
trap 'exit 143' TERM
show() { printf '\n%s\n' "$*"; }
sql() { printf '%s\n' "$1"; psql -Xq -P footer=off -d retail -v ON_ERROR_STOP=1 -c "$1"; }
ask() { psql -XqAt -d retail -v ON_ERROR_STOP=1 -c "$1"; }

show 'A shoe is launched: 500 pairs, and eight tills, apps and pages that sell it. Each tries 200 times:'
ask "INSERT INTO shop.products (sku, title) VALUES ('SNEAKER-LAUNCH', 'Sneaker, limited')" >/dev/null
sql "SELECT sku, location, on_hand FROM shop.receive('[{\"sku\": \"SNEAKER-LAUNCH\", \"location\": \"WH-BERLIN\", \"qty\": 500}]', 'delivery 4711');"
began=$(date +%s%N)
for session in 1 2 3 4 5 6 7 8; do
	for n in $(seq 200); do
		echo "SELECT reservation_id FROM shop.reserve('order $session-$n', '[{\"sku\": \"SNEAKER-LAUNCH\", \"qty\": 1, \"location\": \"WH-BERLIN\"}]', idempotency_key => 'try $session-$n');"
	done | psql -XqAt -d retail >"$OMNI_TMP/session.$session" 2>"$OMNI_TMP/session.$session.refused" &
done
wait
sold=$(cat "$OMNI_TMP"/session.? | wc -l)
printf '%s reservations were confirmed, %s attempts refused, in %s ms; every one is a durable transaction.\n' "$sold" \
	"$(grep -c ERROR "$OMNI_TMP"/session.*.refused | awk -F: '{ n += $2 } END { print n }')" $((($(date +%s%N) - began) / 1000000))
[ "$sold" = 500 ] || { echo "there were 500" >&2; exit 1; }
sql "SELECT on_hand, shop.atp('SNEAKER-LAUNCH') AS available, (SELECT sum(open_qty) FROM shop.reservations r WHERE r.sku = 'SNEAKER-LAUNCH') AS held, (SELECT count(*) FROM shop.stock_problems) AS stock_problems FROM shop.stock WHERE sku = 'SNEAKER-LAUNCH';"
show 'One answer was lost on the way, and the app asks again. It gets the first answer, and no second pair:'
lost=$(ask "SELECT order_ref FROM shop.reservations WHERE sku = 'SNEAKER-LAUNCH' ORDER BY reservation_id LIMIT 1")
sql "SELECT line, sku, location, qty FROM shop.reserve('$lost', '[{\"sku\": \"SNEAKER-LAUNCH\", \"qty\": 1, \"location\": \"WH-BERLIN\"}]', idempotency_key => 'try ${lost#order }');"
sql "SELECT count(*), sum(qty) FROM shop.reservations WHERE order_ref = '$lost';"
echo 'Plain SQL would need: a row lock around check and write, a table of answers, and a second look at every retry.'

show 'A customer in Augsburg wants to pick up two of a bag today. Who has them, nearest first, and when are they ready?'
sku=$(ask "SELECT sku FROM shop.stock WHERE sku OPERATOR(omni.^@) 'BG' GROUP BY sku HAVING min(on_hand) >= 20 ORDER BY sku LIMIT 1")
sql "SELECT location, distance_km, atp, ready_at <= now() + interval '1 hour' AS within_the_hour FROM shop.availability('$sku', 2, 'pickup', 48.37, 10.90);"

show 'An order of three articles. The nearest place for each makes three parcels; the plan makes as few as can be, and says so:'
sql "WITH line(line, sku, qty) AS (VALUES ('1', 'TS-RED', 1::bigint), ('2', 'JK-BLU', 1), ('3', 'BG-BLK', 1)),
node(sku, node, available, cost) AS (VALUES ('TS-RED', 'ST-MUNICH', 4::bigint, 3.90), ('JK-BLU', 'ST-COLOGNE', 2, 4.90), ('BG-BLK', 'WH-BERLIN', 9, 5.90), ('TS-RED', 'WH-BERLIN', 8, 5.90), ('JK-BLU', 'WH-BERLIN', 3, 5.90))
SELECT omni.route_shipments(plan) AS parcels, omni.route_cost(plan) AS cost, omni.route_is_optimal(plan) AS proven_optimal, (SELECT string_agg(DISTINCT l.node, ', ') FROM omni.route_lines(plan) l) AS from_where
FROM (SELECT omni.route_order(line, sku, qty, node, available, cost) AS plan FROM line JOIN node USING (sku)) p;"
echo 'Plain SQL would need: a query over all sets of places, for each order.'
