-- reserve() by 8 clients, with fsync, one line a call, on stock of 10,000 SKUs at 20 locations: any of them, and all clients one. Beside it
-- a raw UPDATE of one row of the same stock, and one statement written by hand that writes the same rows as reserve() does (it knows
-- no retries, no slots and no expiry). All in turns, five times; medians of calls a second, and the 99th percentile of what a call takes.
SELECT omni.create_store('shop') IS NOT NULL AS made \gset
INSERT INTO shop.locations (location_code, name) SELECT 'L' || l, 'L' || l FROM generate_series(1, 20) l;
INSERT INTO shop.stock (sku, location_code, on_hand) SELECT omni.sku('S' || s), 'L' || l, 1000000000 FROM generate_series(1, 10000) s, generate_series(1, 20) l;
INSERT INTO shop.stock_movements (sku, location_code, movement_key, qty, kind, occurred_at) SELECT s.sku, s.location_code, 'opening', s.on_hand, 'opening', now() FROM shop.stock s;
VACUUM ANALYZE;
CREATE TABLE bench.race (what text, round int, tps numeric, p99 numeric);
\set seconds `echo ${BENCH_SECONDS:-2}`
\setenv SECONDS_EACH :seconds
\setenv PGDATABASE :DBNAME
\! for round in 1 2 3 4 5; do for what in raw hand reserve raw_hot hand_hot reserve_hot; do rm -f pgbench_log.*; f=store_reserve_${what%reserve}; case $what in reserve) f=store_reserve;; reserve_hot) f=store_reserve_hot;; *) f=store_reserve_$what;; esac; d=$(mktemp -d); tps=$(pgbench -n -M prepared -c 8 -j 2 -T $SECONDS_EACH -l --log-prefix=$d/log -f $f.pgbench 2>/dev/null | sed -n 's/^tps = \([0-9.]*\).*/\1/p'); p99=$(cat $d/log* | awk '{print $3}' | sort -n | awk '{v[NR] = $1} END {printf "%.1f", v[int(NR * .99)] / 1000}'); rm -rf "$d"; psql -XqAt -c "INSERT INTO bench.race VALUES ('$what', $round, $tps, $p99)"; done; done
CREATE VIEW bench.medians AS SELECT what, round(percentile_cont(.5) WITHIN GROUP (ORDER BY tps)::numeric) AS tps, round(percentile_cont(.5) WITHIN GROUP (ORDER BY p99)::numeric, 1) AS p99 FROM bench.race GROUP BY what;
SELECT format('# %s: %s a second, p99 %s ms%s', what, tps, p99, CASE what
    WHEN 'reserve' THEN format('; ratio to raw %s (bar >= .60), to hand %s (bar >= .9)', round(tps / (SELECT m.tps FROM bench.medians m WHERE m.what = 'raw'), 2), round(tps / (SELECT m.tps FROM bench.medians m WHERE m.what = 'hand'), 2))
    WHEN 'reserve_hot' THEN format('; ratio to raw_hot %s (bar >= 2.0), to hand_hot %s', round(tps / (SELECT m.tps FROM bench.medians m WHERE m.what = 'raw_hot'), 2), round(tps / (SELECT m.tps FROM bench.medians m WHERE m.what = 'hand_hot'), 2)) END)
FROM bench.medians ORDER BY position('hot' IN what) > 0, what DESC;
SELECT format('# slots of the one SKU: %s; breaches of the sums that need not be there: %s', (SELECT s.slots FROM shop.stock s WHERE s.sku = 'S1' AND s.location_code = 'L1'),
    (SELECT count(*) FROM shop.stock_problems p WHERE p.held <> p.reserved_moved));
