-- reserve() by 8 clients, with fsync, one line a call, on stock of 10,000 SKUs at 20 locations: any of them, and all clients one. Beside it
-- a raw UPDATE of one row of the same stock, and one statement written by hand that writes the same rows as reserve() does (it knows
-- no retries, no slots and no expiry). All in turns, five times; medians of calls a second, and the 99th percentile of what a call takes.
--
-- What the ratios are depends on the disk. Who updates one row holds it while the disk answers: the slower that is, the more a hot SKU gains by
-- slots. Where the disk answers at once, all of this is processor time, of which reserve() needs more than a statement that writes one row. So the race
-- is run on the disk there is, and on one that takes 1 ms longer for each fdatasync (slow_disk.c), as disks do that keep nothing in a cache: the bars were
-- set on a machine where the raw UPDATE ran 3,894 times a second, and 821 times on one row.
SELECT omni.create_store('shop') IS NOT NULL AS made \gset
INSERT INTO shop.locations (location_code, name) SELECT 'L' || l, 'L' || l FROM generate_series(1, 20) l;
INSERT INTO shop.stock (sku, location_code, on_hand) SELECT omni.sku('S' || s), 'L' || l, 1000000000 FROM generate_series(1, 10000) s, generate_series(1, 20) l;
INSERT INTO shop.stock_movements (sku, location_code, movement_key, qty, kind, occurred_at) SELECT s.sku, s.location_code, 'opening', s.on_hand, 'opening', now() FROM shop.stock s;
VACUUM ANALYZE;
CREATE TABLE bench.race (disk text, what text, round int, tps numeric, p99 numeric);
CREATE TABLE bench.disk (disk text, us numeric);
CREATE TABLE bench.commits (n int);
CREATE TABLE bench.memory (calls int, kb int);
\set seconds `echo ${BENCH_SECONDS:-2}`
\setenv SECONDS_EACH :seconds
\setenv PGDATABASE :DBNAME
\! bash store_reserve.sh 'this disk' 5
\! PGOPTIONS='-c synchronous_commit=off' pgbench -n -M prepared -c 1 -t 200000 -D n=0 -f store_reserve_memory.pgbench >/dev/null 2>&1
\! bash restart_server.sh 1000 || echo '# the server did not start on a slower disk'
\c
\! bash store_reserve.sh 'a disk without cache: 1 ms longer' 3
\! bash restart_server.sh 0
\c
CREATE VIEW bench.medians AS SELECT disk, what, round(percentile_cont(.5) WITHIN GROUP (ORDER BY tps)::numeric) AS tps, round(percentile_cont(.5) WITHIN GROUP (ORDER BY p99)::numeric, 1) AS p99 FROM bench.race GROUP BY disk, what;
CREATE VIEW bench.ratios AS SELECT *, CASE what WHEN 'reserve' THEN round(tps / max(tps) FILTER (WHERE what = 'raw') OVER w, 2) WHEN 'reserve_hot' THEN round(tps / max(tps) FILTER (WHERE what = 'raw_hot') OVER w, 2) END AS to_raw,
    CASE what WHEN 'reserve' THEN round(tps / max(tps) FILTER (WHERE what = 'hand') OVER w, 2) WHEN 'reserve_hot' THEN round(tps / max(tps) FILTER (WHERE what = 'hand_hot') OVER w, 2) END AS to_hand FROM bench.medians WINDOW w AS (PARTITION BY disk);
SELECT line FROM (SELECT disk, 0 AS at, '' AS what, format('# %s: one commit waits %s us for it', disk, round(us)) AS line FROM bench.disk
    UNION ALL SELECT disk, CASE WHEN what LIKE '%hot' THEN 2 ELSE 1 END, what, format('#   %s: %s a second, p99 %s ms%s', what, tps, p99, CASE what
        WHEN 'reserve' THEN format('; ratio to raw %s (bar >= .60), to hand %s (bar >= .9)', to_raw, to_hand)
        WHEN 'reserve_hot' THEN format('; ratio to raw_hot %s (bar >= 2.0), to hand_hot %s', to_raw, to_hand) END) FROM bench.ratios) l
ORDER BY disk DESC, at, what DESC;
SELECT format('# memory of a session of its own: %s', string_agg(format('%s kB after %s calls', kb, calls), ', ' ORDER BY calls)) FROM bench.memory WHERE calls IN (20000, 100000, 200000);
SELECT format('# slots of the one SKU: %s; breaches of the sums that need not be there: %s', (SELECT s.slots FROM shop.stock s WHERE s.sku = 'S1' AND s.location_code = 'L1'),
    (SELECT count(*) FROM shop.stock_problems p WHERE p.held <> p.reserved_moved));
