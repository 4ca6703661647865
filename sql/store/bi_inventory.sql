-- bi_inventory.sql: views of stock and of fulfillment for BI tools, by the rules of bi.sql.
-- Each starts at stock and goes to movements, slots, reservations and supplies of a SKU and location by their keys, so
-- that a dashboard which shows one SKU or one location reads no more than these.

CREATE OR REPLACE VIEW @store@.stock_now AS
SELECT s.sku, s.location_code, l.market_code, coalesce(l.active, true) AS active, s.on_hand, coalesce(s.reserved, 0) AS reserved, f.units AS slot_free, x.units AS expired,
       coalesce(s.safety_stock, 0) AS safety_stock, coalesce(s.backorder_limit, 0) AS backorder_limit, coalesce(s.incoming, 0) AS incoming, s.reorder_point, s.order_up_to,
       CASE WHEN coalesce(s.reserved, 0) >= 0 AND coalesce(s.safety_stock, 0) >= 0 AND coalesce(s.backorder_limit, 0) >= 0
            THEN s.on_hand - greatest(coalesce(s.reserved, 0) - f.units::numeric - x.units, 0) - coalesce(s.safety_stock, 0) + coalesce(s.backorder_limit, 0) END AS available
FROM @store@.stock s
LEFT JOIN @store@.locations l ON l.location_code = s.location_code
CROSS JOIN LATERAL (SELECT coalesce(sum(t.free), 0)::bigint AS units FROM @store@.stock_slots t WHERE t.sku = s.sku AND t.location_code = s.location_code) f
CROSS JOIN LATERAL (SELECT coalesce(sum(r.open_qty), 0)::bigint AS units FROM @store@.reservations r
                    WHERE r.sku = s.sku AND r.location_code = s.location_code AND r.open_qty > 0 AND r.expires_at <= now()) x;
COMMENT ON VIEW @store@.stock_now IS 'what can be promised of stock now, by SKU and location; below 0 where more is promised than there is. The views of stock for BI are made of it';
COMMENT ON COLUMN @store@.stock_now.sku IS 'what';
COMMENT ON COLUMN @store@.stock_now.location_code IS 'where';
COMMENT ON COLUMN @store@.stock_now.market_code IS 'market of the location';
COMMENT ON COLUMN @store@.stock_now.active IS 'stock here can be promised';
COMMENT ON COLUMN @store@.stock_now.on_hand IS 'units that are there';
COMMENT ON COLUMN @store@.stock_now.reserved IS 'units promised and still there, with those set aside in slots';
COMMENT ON COLUMN @store@.stock_now.slot_free IS 'of these, units in slots that nobody has reserved';
COMMENT ON COLUMN @store@.stock_now.expired IS 'of these, units of reservations that expired and were not tidied up yet';
COMMENT ON COLUMN @store@.stock_now.safety_stock IS 'units never promised';
COMMENT ON COLUMN @store@.stock_now.backorder_limit IS 'units that may be promised beyond those that are there';
COMMENT ON COLUMN @store@.stock_now.incoming IS 'units on their way, as stock says; not counted';
COMMENT ON COLUMN @store@.stock_now.reorder_point IS 'order when no more than these are there or on their way';
COMMENT ON COLUMN @store@.stock_now.order_up_to IS 'and so many then that there are these';
COMMENT ON COLUMN @store@.stock_now.available IS 'on_hand - what is held (reserved - slot_free - expired) - safety_stock + backorder_limit, of an inactive location too; NULL where the figures of the stock make no sense';

CREATE OR REPLACE VIEW @store@.stock_periods AS
SELECT s.sku, s.location_code, l.market_code, z.time_zone, p.from_day, p.to_day, z.today, p.on_hand::bigint AS on_hand, p.reserved::bigint AS reserved,
       p.opening::bigint AS opening, p.received::bigint AS received, p.shipped::bigint AS shipped, p.returned::bigint AS returned, p.transferred::bigint AS transferred, p.adjusted::bigint AS adjusted
FROM @store@.stock s
LEFT JOIN @store@.locations l ON l.location_code = s.location_code
LEFT JOIN @store@.markets m ON m.market_code = l.market_code
CROSS JOIN LATERAL (SELECT coalesce(m.time_zone, l.time_zone, 'UTC') AS time_zone, (now() AT TIME ZONE coalesce(m.time_zone, l.time_zone, 'UTC'))::date AS today) z
-- a day with movements begins a period, which ends before the next such day
CROSS JOIN LATERAL (SELECT d.day AS from_day, coalesce(lead(d.day) OVER days - 1, z.today) AS to_day, sum(d.qty) OVER days AS on_hand, sum(d.reserved_qty) OVER days AS reserved,
                           d.opening, d.received, d.shipped, d.returned, d.transferred, d.qty - d.opening - d.received + d.shipped - d.returned - d.transferred AS adjusted
                    FROM (SELECT greatest(least((v.occurred_at AT TIME ZONE z.time_zone)::date, z.today), '1990-01-01'::date) AS day, coalesce(sum(v.qty), 0) AS qty, coalesce(sum(v.reserved_qty), 0) AS reserved_qty,
                                 coalesce(sum(v.qty) FILTER (WHERE v.kind = 'opening'), 0) AS opening, coalesce(sum(v.qty) FILTER (WHERE v.kind = 'receive'), 0) AS received,
                                 coalesce(-sum(v.qty) FILTER (WHERE v.kind = 'ship'), 0) AS shipped, coalesce(sum(v.qty) FILTER (WHERE v.kind = 'return'), 0) AS returned,
                                 coalesce(sum(v.qty) FILTER (WHERE v.kind = 'transfer'), 0) AS transferred
                          FROM @store@.stock_movements v WHERE v.sku = s.sku AND v.location_code = s.location_code GROUP BY 1) d
                    WINDOW days AS (ORDER BY d.day)) p;
COMMENT ON VIEW @store@.stock_periods IS 'stock by SKU, location and period of days in which it stayed as it was, from its movements; fact_stock_day and turnover are made of it';
COMMENT ON COLUMN @store@.stock_periods.sku IS 'what';
COMMENT ON COLUMN @store@.stock_periods.location_code IS 'where';
COMMENT ON COLUMN @store@.stock_periods.market_code IS 'market of the location';
COMMENT ON COLUMN @store@.stock_periods.time_zone IS 'time zone of the market; of the location, where it is in no market';
COMMENT ON COLUMN @store@.stock_periods.from_day IS 'first day, the one with the movements. What is dated later than today counts today, what is dated before 1990 on the first day of that year';
COMMENT ON COLUMN @store@.stock_periods.to_day IS 'last day: the one before the next movement, or today';
COMMENT ON COLUMN @store@.stock_periods.today IS 'today in that time zone';
COMMENT ON COLUMN @store@.stock_periods.on_hand IS 'units that were there at the end of each of these days';
COMMENT ON COLUMN @store@.stock_periods.reserved IS 'units that reservations held then';
COMMENT ON COLUMN @store@.stock_periods.opening IS 'units that were there when the record began on the first day';
COMMENT ON COLUMN @store@.stock_periods.received IS 'units received on the first day';
COMMENT ON COLUMN @store@.stock_periods.shipped IS 'units shipped on the first day';
COMMENT ON COLUMN @store@.stock_periods.returned IS 'units that came back on the first day';
COMMENT ON COLUMN @store@.stock_periods.transferred IS 'units that came from other locations on the first day, less those that went there';
COMMENT ON COLUMN @store@.stock_periods.adjusted IS 'adjustments, counts and movements of any other kind on the first day';

CREATE OR REPLACE VIEW @bi@.atp AS
SELECT a.sku::text AS sku, a.location_code, a.on_hand, a.reserved, a.safety_stock, a.incoming,
       CASE WHEN NOT a.active THEN 0 WHEN a.available IS NOT NULL THEN least(greatest(a.available, 0), 9223372036854775807)::bigint END AS atp,
       a.slot_free, a.expired, a.backorder_limit
FROM @store@.stock_now a;
COMMENT ON VIEW @bi@.atp IS 'available to promise by SKU and location, as of now';
COMMENT ON COLUMN @bi@.atp.sku IS 'product';
COMMENT ON COLUMN @bi@.atp.location_code IS 'where';
COMMENT ON COLUMN @bi@.atp.on_hand IS 'units that are there';
COMMENT ON COLUMN @bi@.atp.reserved IS 'units promised and still there, with those set aside in slots';
COMMENT ON COLUMN @bi@.atp.safety_stock IS 'units never promised';
COMMENT ON COLUMN @bi@.atp.incoming IS 'units on their way, not counted';
COMMENT ON COLUMN @bi@.atp.atp IS 'units that can be promised now: on_hand - (reserved - slot_free - expired) - safety_stock + backorder_limit, at least 0; 0 at an inactive location; NULL where the figures of the stock make no sense';
COMMENT ON COLUMN @bi@.atp.slot_free IS 'of reserved, units in slots that nobody has reserved yet';
COMMENT ON COLUMN @bi@.atp.expired IS 'of reserved, units whose reservation expired: they can be promised again';
COMMENT ON COLUMN @bi@.atp.backorder_limit IS 'units that may be promised beyond those that are there';

CREATE OR REPLACE VIEW @bi@.atp_by_channel AS
SELECT a.sku, a.location_code, c.channel_code, a.atp AS available, coalesce(b.qty, c.stock_buffer, 0) AS buffer,
       CASE WHEN a.atp IS NOT NULL AND coalesce(b.qty, c.stock_buffer, 0) >= 0 THEN greatest(a.atp - coalesce(b.qty, c.stock_buffer, 0), 0) END AS atp
FROM (SELECT x.sku::text AS sku, x.sku AS code, x.location_code,
             CASE WHEN NOT x.active THEN 0 WHEN x.available IS NOT NULL THEN least(greatest(x.available, 0), 9223372036854775807)::bigint END AS atp
      FROM @store@.stock_now x) a
CROSS JOIN @store@.channels c
LEFT JOIN @store@.channel_buffers b ON b.sku = a.code AND b.location_code = a.location_code AND b.channel_code = c.channel_code;
COMMENT ON VIEW @bi@.atp_by_channel IS 'available to promise by SKU, location and channel, as of now. Channels share the units: atp does not add up over channels';
COMMENT ON COLUMN @bi@.atp_by_channel.sku IS 'product';
COMMENT ON COLUMN @bi@.atp_by_channel.location_code IS 'where';
COMMENT ON COLUMN @bi@.atp_by_channel.channel_code IS 'channel';
COMMENT ON COLUMN @bi@.atp_by_channel.available IS 'units that can be promised now, as atp in the view atp';
COMMENT ON COLUMN @bi@.atp_by_channel.buffer IS 'units that the channel leaves to others: those of channel_buffers, or else of the channel';
COMMENT ON COLUMN @bi@.atp_by_channel.atp IS 'units that the channel can promise: available - buffer, at least 0; NULL where the figures make no sense';

CREATE OR REPLACE VIEW @bi@.fact_stock_day AS
SELECT p.from_day + d.n AS stock_date, p.time_zone, p.sku::text AS sku, p.location_code, p.market_code, p.on_hand, p.reserved,
       CASE d.n WHEN 0 THEN p.opening ELSE 0 END AS opening, CASE d.n WHEN 0 THEN p.received ELSE 0 END AS received, CASE d.n WHEN 0 THEN p.shipped ELSE 0 END AS shipped,
       CASE d.n WHEN 0 THEN p.returned ELSE 0 END AS returned, CASE d.n WHEN 0 THEN p.transferred ELSE 0 END AS transferred, CASE d.n WHEN 0 THEN p.adjusted ELSE 0 END AS adjusted
FROM @store@.stock_periods p CROSS JOIN LATERAL generate_series(0, p.to_day - p.from_day) d(n);
COMMENT ON VIEW @bi@.fact_stock_day IS 'stock at the end of each day, a row a SKU, location and day from the first movement to today; on_hand and reserved add up over SKUs and locations, not over days';
COMMENT ON COLUMN @bi@.fact_stock_day.stock_date IS 'day in the time zone of the market of the location';
COMMENT ON COLUMN @bi@.fact_stock_day.time_zone IS 'that time zone; of the location, where it is in no market';
COMMENT ON COLUMN @bi@.fact_stock_day.sku IS 'product';
COMMENT ON COLUMN @bi@.fact_stock_day.location_code IS 'where';
COMMENT ON COLUMN @bi@.fact_stock_day.market_code IS 'market of the location';
COMMENT ON COLUMN @bi@.fact_stock_day.on_hand IS 'units that were there at the end of the day: those of the day before + opening + received - shipped + returned + transferred + adjusted. Of today: as of now';
COMMENT ON COLUMN @bi@.fact_stock_day.reserved IS 'units that reservations held at the end of the day; those of an expired one until it was tidied up';
COMMENT ON COLUMN @bi@.fact_stock_day.opening IS 'units that were there when the record began';
COMMENT ON COLUMN @bi@.fact_stock_day.received IS 'units received';
COMMENT ON COLUMN @bi@.fact_stock_day.shipped IS 'units shipped';
COMMENT ON COLUMN @bi@.fact_stock_day.returned IS 'units that came back';
COMMENT ON COLUMN @bi@.fact_stock_day.transferred IS 'units that came from other locations less those that went there';
COMMENT ON COLUMN @bi@.fact_stock_day.adjusted IS 'adjustments, differences of counts and movements of any other kind; negative where units were lost';

CREATE OR REPLACE VIEW @bi@.turnover AS
SELECT s.sku::text AS sku, s.location_code, z.market_code, z.time_zone, w.window_days, z.today - w.window_days::integer AS window_from, z.today - 1 AS window_to, d.days, w.shipped_units, w.on_hand_days,
       round(w.on_hand_days / nullif(d.days, 0), 4) AS average_on_hand, round(w.shipped_units::numeric * d.days / nullif(w.on_hand_days, 0), 4) AS turnover,
       t.on_hand, round(greatest(t.on_hand, 0)::numeric * d.days / nullif(greatest(w.shipped_units, 0), 0), 1) AS days_of_supply,
       w.stockout_days, round(w.stockout_days::numeric / nullif(d.days, 0), 4) AS stockout_share
FROM @store@.stock s
LEFT JOIN @store@.locations l ON l.location_code = s.location_code
LEFT JOIN @store@.markets m ON m.market_code = l.market_code
CROSS JOIN LATERAL (SELECT l.market_code, coalesce(m.time_zone, l.time_zone, 'UTC') AS time_zone, (now() AT TIME ZONE coalesce(m.time_zone, l.time_zone, 'UTC'))::date AS today OFFSET 0) z
-- a movement leaves so many units from its day, "age" days ago, until the day of the next one, "next_age" days ago: all windows in one pass
CROSS JOIN LATERAL (SELECT max(o.age) AS age, coalesce(sum(o.qty), 0)::bigint AS on_hand,
                           coalesce(-sum(o.qty) FILTER (WHERE o.ships AND o.age BETWEEN 1 AND 7), 0)::bigint AS shipped_7, coalesce(-sum(o.qty) FILTER (WHERE o.ships AND o.age BETWEEN 1 AND 30), 0)::bigint AS shipped_30,
                           coalesce(-sum(o.qty) FILTER (WHERE o.ships AND o.age BETWEEN 1 AND 90), 0)::bigint AS shipped_90, coalesce(-sum(o.qty) FILTER (WHERE o.ships AND o.age BETWEEN 1 AND 365), 0)::bigint AS shipped_365,
                           coalesce(sum(o.on_hand * (least(o.age, 7) - o.next_age)) FILTER (WHERE o.on_hand > 0 AND o.next_age < least(o.age, 7)), 0) AS stocked_7, coalesce(sum(o.on_hand * (least(o.age, 30) - o.next_age)) FILTER (WHERE o.on_hand > 0 AND o.next_age < least(o.age, 30)), 0) AS stocked_30,
                           coalesce(sum(o.on_hand * (least(o.age, 90) - o.next_age)) FILTER (WHERE o.on_hand > 0 AND o.next_age < least(o.age, 90)), 0) AS stocked_90, coalesce(sum(o.on_hand * (least(o.age, 365) - o.next_age)) FILTER (WHERE o.on_hand > 0 AND o.next_age < least(o.age, 365)), 0) AS stocked_365,
                           coalesce(sum(least(o.age, 7) - o.next_age) FILTER (WHERE o.on_hand <= 0 AND o.next_age < least(o.age, 7)), 0) AS out_7, coalesce(sum(least(o.age, 30) - o.next_age) FILTER (WHERE o.on_hand <= 0 AND o.next_age < least(o.age, 30)), 0) AS out_30,
                           coalesce(sum(least(o.age, 90) - o.next_age) FILTER (WHERE o.on_hand <= 0 AND o.next_age < least(o.age, 90)), 0) AS out_90, coalesce(sum(least(o.age, 365) - o.next_age) FILTER (WHERE o.on_hand <= 0 AND o.next_age < least(o.age, 365)), 0) AS out_365
                    FROM (SELECT z.today - d.day AS age, z.today - lead(d.day, 1, z.today) OVER days AS next_age, coalesce(sum(d.qty) OVER days, 0) AS on_hand, d.qty, d.kind = 'ship' AS ships
                          FROM (SELECT greatest(least((v.occurred_at AT TIME ZONE z.time_zone)::date, z.today), '1990-01-01'::date) AS day, v.qty, v.kind
                                FROM @store@.stock_movements v WHERE v.sku = s.sku AND v.location_code = s.location_code) d
                          WINDOW days AS (ORDER BY d.day ROWS UNBOUNDED PRECEDING)) o) t
CROSS JOIN LATERAL (VALUES (7::bigint, t.shipped_7, t.stocked_7, t.out_7),
                           (30, t.shipped_30, t.stocked_30, t.out_30),
                           (90, t.shipped_90, t.stocked_90, t.out_90),
                           (365, t.shipped_365, t.stocked_365, t.out_365)) w(window_days, shipped_units, on_hand_days, stockout_days)
CROSS JOIN LATERAL (SELECT least(w.window_days, t.age) AS days) d
WHERE t.age IS NOT NULL;
COMMENT ON VIEW @bi@.turnover IS 'how fast stock turns, by SKU, location and window of the last 7, 30, 90 and 365 whole days; today is not in them';
COMMENT ON COLUMN @bi@.turnover.sku IS 'product';
COMMENT ON COLUMN @bi@.turnover.location_code IS 'where';
COMMENT ON COLUMN @bi@.turnover.market_code IS 'market of the location';
COMMENT ON COLUMN @bi@.turnover.time_zone IS 'time zone of the days';
COMMENT ON COLUMN @bi@.turnover.window_days IS 'length of the window: 7, 30, 90 or 365 days. Choose one: windows overlap';
COMMENT ON COLUMN @bi@.turnover.window_from IS 'its first day';
COMMENT ON COLUMN @bi@.turnover.window_to IS 'its last day: yesterday';
COMMENT ON COLUMN @bi@.turnover.days IS 'days of it since the first movement of the SKU at the location';
COMMENT ON COLUMN @bi@.turnover.shipped_units IS 'units shipped in the window: numerator of turnover';
COMMENT ON COLUMN @bi@.turnover.on_hand_days IS 'units on hand at the end of each day, added up over the days; a negative stock counts as 0';
COMMENT ON COLUMN @bi@.turnover.average_on_hand IS 'on_hand_days / days: denominator of turnover';
COMMENT ON COLUMN @bi@.turnover.turnover IS 'shipped_units / average_on_hand: how often the stock was sold in these days. Over several rows of a window: sum(shipped_units) / sum(on_hand_days / days)';
COMMENT ON COLUMN @bi@.turnover.on_hand IS 'units on hand now';
COMMENT ON COLUMN @bi@.turnover.days_of_supply IS 'on_hand / (shipped_units / days): how long the stock lasts at the rate of the window; NULL where nothing was shipped';
COMMENT ON COLUMN @bi@.turnover.stockout_days IS 'days at whose end nothing was on hand: numerator of stockout_share';
COMMENT ON COLUMN @bi@.turnover.stockout_share IS 'stockout_days / days';

CREATE OR REPLACE VIEW @bi@.stockouts AS
SELECT a.sku::text AS sku, a.location_code, a.market_code, t.out_since, trim_scale(extract(epoch FROM now() - t.out_since)) AS out_seconds,
       a.on_hand, greatest(a.reserved - a.slot_free - a.expired, 0) AS held, a.safety_stock, a.backorder_limit,
       CASE WHEN t.out_since IS NOT NULL THEN q.lines END AS lines_asked, CASE WHEN t.out_since IS NOT NULL THEN q.units END AS units_asked,
       greatest(a.incoming, y.units) AS incoming, y.expected_at AS next_expected_at
FROM @store@.stock_now a
LEFT JOIN @store@.products p ON p.sku = a.sku
-- the first movement after the last one that left something to promise; what happened at one time happened at once
CROSS JOIN LATERAL (SELECT min(o.occurred_at) AS out_since
                    FROM (SELECT n.occurred_at, count(*) FILTER (WHERE n.available > 0) OVER (ORDER BY n.occurred_at DESC) AS left_later
                          FROM (SELECT v.occurred_at, sum(sum(coalesce(v.qty, 0)) - sum(coalesce(v.reserved_qty, 0))) OVER (ORDER BY v.occurred_at) - a.safety_stock + a.backorder_limit AS available
                                FROM @store@.stock_movements v WHERE v.sku = a.sku AND v.location_code = a.location_code AND isfinite(v.occurred_at) GROUP BY v.occurred_at) n) o
                    WHERE o.left_later = 0) t
CROSS JOIN LATERAL (SELECT count(*) AS lines, coalesce(sum(l.qty * w.qty), 0)::bigint AS units
                    FROM (WITH RECURSIVE whole AS (SELECT a.sku::text::omni.sku AS sku, 1::numeric AS qty, 0 AS depth
                                                  UNION ALL SELECT b.sku, t.qty * b.qty, t.depth + 1 FROM whole t JOIN @store@.bundle_components b ON b.component_sku = t.sku WHERE t.depth < 8)
                          SELECT t.sku, sum(t.qty) AS qty FROM whole t GROUP BY t.sku) w
                    JOIN @store@.order_lines l ON l.sku = w.sku JOIN @store@.orders o ON o.order_ref = l.order_ref WHERE o.placed_at >= t.out_since) q
CROSS JOIN LATERAL (SELECT coalesce(sum(greatest(u.qty - coalesce(u.received_qty, 0), 0)), 0)::bigint AS units, min(u.expected_at) FILTER (WHERE u.qty > coalesce(u.received_qty, 0)) AS expected_at
                    FROM @store@.supplies u WHERE u.sku = a.sku AND u.location_code = a.location_code AND u.closed_at IS NULL) y
WHERE a.available <= 0 AND a.active AND coalesce(p.active, true);
COMMENT ON VIEW @bi@.stockouts IS 'SKUs that can promise nothing at a location now, though both are active, and what was asked for since';
COMMENT ON COLUMN @bi@.stockouts.sku IS 'product';
COMMENT ON COLUMN @bi@.stockouts.location_code IS 'where';
COMMENT ON COLUMN @bi@.stockouts.market_code IS 'market of the location';
COMMENT ON COLUMN @bi@.stockouts.out_since IS 'since when, by its movements, the safety stock and the backorder limit of today; NULL where these do not tell';
COMMENT ON COLUMN @bi@.stockouts.out_seconds IS 'how long that is, in seconds';
COMMENT ON COLUMN @bi@.stockouts.on_hand IS 'units that are there';
COMMENT ON COLUMN @bi@.stockouts.held IS 'units that reservations hold';
COMMENT ON COLUMN @bi@.stockouts.safety_stock IS 'units never promised';
COMMENT ON COLUMN @bi@.stockouts.backorder_limit IS 'units that may be promised beyond those that are there';
COMMENT ON COLUMN @bi@.stockouts.lines_asked IS 'lines of orders of the SKU, or of a bundle that it is in, placed since then, wherever they were filled from; does not add up over locations';
COMMENT ON COLUMN @bi@.stockouts.units_asked IS 'units of the SKU that they take; does not add up over locations';
COMMENT ON COLUMN @bi@.stockouts.incoming IS 'units on their way: those of open supplies, or what stock says, whichever is more';
COMMENT ON COLUMN @bi@.stockouts.next_expected_at IS 'when the next of the open supplies is expected';

CREATE OR REPLACE VIEW @bi@.aging_reservations AS
SELECT g.status, g.location_code, g.channel_code, b.label AS age, b.from_seconds AS age_from_seconds, b.to_seconds AS age_to_seconds,
       count(*) AS reservations, count(DISTINCT g.order_ref) AS orders, sum(g.open_qty)::bigint AS units, min(g.reserved_at) AS oldest_reserved_at, min(g.expires_at) FILTER (WHERE isfinite(g.expires_at)) AS first_expires_at
FROM (SELECT r.location_code, r.channel_code, r.order_ref, r.open_qty, r.reserved_at, r.expires_at,
             CASE WHEN r.expires_at <= now() THEN 'expired' WHEN r.expires_at = 'infinity' THEN 'lasting' ELSE 'held' END AS status,
             greatest(extract(epoch FROM now() - CASE WHEN isfinite(r.reserved_at) THEN r.reserved_at END), 0) AS age
      FROM @store@.reservations r WHERE r.open_qty > 0) g
JOIN (VALUES ('1: to 15 min', 0::numeric, 900::numeric), ('2: to 1 h', 900, 3600), ('3: to 4 h', 3600, 14400), ('4: to 1 d', 14400, 86400),
             ('5: to 7 d', 86400, 604800), ('6: to 30 d', 604800, 2592000), ('7: over 30 d', 2592000, NULL)) b(label, from_seconds, to_seconds)
    ON g.age >= b.from_seconds AND (g.age < b.to_seconds OR b.to_seconds IS NULL)
GROUP BY g.status, g.location_code, g.channel_code, b.label, b.from_seconds, b.to_seconds;
COMMENT ON VIEW @bi@.aging_reservations IS 'open reservations by their age, as of now; every count but orders adds up over rows';
COMMENT ON COLUMN @bi@.aging_reservations.status IS 'held: until they expire; lasting: until they are shipped or released; expired: held no longer, but not tidied up yet';
COMMENT ON COLUMN @bi@.aging_reservations.location_code IS 'where the units are';
COMMENT ON COLUMN @bi@.aging_reservations.channel_code IS 'channel that sells them; NULL where none was named';
COMMENT ON COLUMN @bi@.aging_reservations.age IS 'time since the units were reserved, as a class whose names sort';
COMMENT ON COLUMN @bi@.aging_reservations.age_from_seconds IS 'least age of the class in seconds';
COMMENT ON COLUMN @bi@.aging_reservations.age_to_seconds IS 'age in seconds at which the next class begins; NULL for none';
COMMENT ON COLUMN @bi@.aging_reservations.reservations IS 'reservations';
COMMENT ON COLUMN @bi@.aging_reservations.orders IS 'orders or carts that they are for; does not add up over rows';
COMMENT ON COLUMN @bi@.aging_reservations.units IS 'units that they hold, or held until they expired';
COMMENT ON COLUMN @bi@.aging_reservations.oldest_reserved_at IS 'when the oldest of them was made';
COMMENT ON COLUMN @bi@.aging_reservations.first_expires_at IS 'when the first of them expires or expired; NULL where they last';

CREATE OR REPLACE VIEW @bi@.fact_fulfillment AS
SELECT f.order_ref AS order_key, f.line_no::bigint AS line_no, f.sku, f.channel_code, f.market_code, coalesce(f.method, 'ship') AS method, coalesce(f.left_from, r.location_code) AS location_code, f.placed_at, f.order_date, f.time_zone,
       f.qty, q.qty_canceled, q.qty_shipped, q.qty_delivered, coalesce(r.units, 0)::bigint AS qty_reserved,
       CASE WHEN f.qty IS NOT NULL THEN least(f.qty, coalesce(q.qty_shipped, 0) + coalesce(r.units, 0)) END::bigint AS qty_filled,
       t.shipped_at, trim_scale(extract(epoch FROM t.shipped_at - a.asked_at)) AS seconds_to_ship,
       t.delivered_at, trim_scale(extract(epoch FROM t.delivered_at - a.asked_at)) AS seconds_to_deliver,
       a.promised_at, t.fulfilled_at,
       CASE WHEN a.promised_at IS NULL OR q.qty_canceled = f.qty THEN NULL WHEN t.fulfilled_at IS NOT NULL THEN t.fulfilled_at <= a.promised_at
            WHEN a.promised_at < now() AND NOT t.fulfilled THEN false END AS on_time
-- lines and their events are those of fact_order_line, joined before they are grouped: a few lines are found without reading all events. Beside the moves,
-- when units left, were ready for pickup, arrived: the moves that brought them so far; and where most of them left. Grouped by whole columns, of which
-- PostgreSQL needs the primary keys alone; few lines have reservations or exchanges, which are looked for line by line or all at once, whatever is less
FROM (SELECT l.order_ref, l.line_no, l.sku::text AS sku, l.qty, coalesce(l.state, o.state, 'open') AS said, o.channel_code, coalesce(o.market_code, c.market_code) AS market_code, coalesce(m.time_zone, 'UTC') AS time_zone,
             (o.placed_at AT TIME ZONE coalesce(m.time_zone, 'UTC'))::date AS order_date, o.placed_at, o.method, o.promised_at,
             CASE WHEN bool_and(v.sound) THEN omni.order_line_state(v.qty, v.from_state, v.to_state) FILTER (WHERE v.sound) END AS moves,
             substr(min(lpad((9223372036854775807 - greatest(v.qty, 0))::text, 19, '0') || v.location_code COLLATE "C") FILTER (WHERE v.ships), 20) COLLATE "default" AS left_from,
             max(v.occurred_at) FILTER (WHERE v.ships) AS shipped_at, max(v.occurred_at) FILTER (WHERE v.readies) AS ready_at, sum(v.qty) FILTER (WHERE v.readies) AS ready,
             max(v.occurred_at) FILTER (WHERE v.delivers) AS delivered_at,
             CASE WHEN bool_and(v.arrived_at IS NOT NULL) FILTER (WHERE v.ships) THEN max(v.arrived_at) FILTER (WHERE v.ships) END AS arrived_at,
             EXISTS (SELECT FROM @store@.reservations x WHERE x.order_ref = l.order_ref AND x.line_no = l.line_no) AS held,
             EXISTS (SELECT FROM @store@.returns x WHERE x.order_ref = l.order_ref AND x.exchange_order_ref = l.order_ref AND x.exchange_line_no = l.line_no) AS exchanged
      FROM @store@.order_lines l
      JOIN @store@.orders o ON o.order_ref = l.order_ref
      LEFT JOIN @store@.channels c ON c.channel_code = o.channel_code
      LEFT JOIN @store@.markets m ON m.market_code = coalesce(o.market_code, c.market_code)
      LEFT JOIN (SELECT x.order_ref, x.line_no, x.qty, x.from_state, x.to_state, x.occurred_at, coalesce(x.location_code, s.location_code) AS location_code, s.delivered_at AS arrived_at,
                        coalesce(x.qty > 0 AND omni.single_state(x.from_state) AND omni.single_state(x.to_state), false) AS sound,
                        isfinite(x.occurred_at) AND omni.any_reached(x.to_state, 'shipped') AND NOT omni.any_reached(x.from_state, 'shipped') AS ships,
                        isfinite(x.occurred_at) AND omni.any_reached(x.to_state, 'delivered') AND NOT omni.any_reached(x.from_state, 'delivered') AS delivers,
                        isfinite(x.occurred_at) AND (omni.any_reached(x.to_state, 'delivered') OR x.to_state = ANY ('{ready_for_pickup,customer_arrived}'::omni.order_state[]))
                            AND NOT (omni.any_reached(x.from_state, 'delivered') OR x.from_state = ANY ('{ready_for_pickup,customer_arrived}'::omni.order_state[])) AS readies
                 FROM @store@.order_line_events x LEFT JOIN @store@.shipments s ON s.order_ref = x.order_ref AND s.shipment_key = x.shipment_key) v
          ON v.order_ref = l.order_ref AND v.line_no = l.line_no
      GROUP BY l.order_ref, l.line_no, l.sku, l.qty, l.state, o.order_ref, o.state, o.channel_code, o.market_code, o.placed_at, o.method, o.promised_at, c.channel_code, c.market_code, m.market_code, m.time_zone) f
CROSS JOIN LATERAL (SELECT CASE WHEN f.moves IS NOT NULL AND f.qty > 0 THEN omni.order_quantities_try(omni.order_moves_add(f.moves, f.qty, NULL, 'open'::omni.order_state)) END AS units OFFSET 0) e
CROSS JOIN LATERAL (SELECT coalesce(omni.quantity_reached(e.units, 'shipped'), CASE WHEN omni.reached(f.said, 'shipped') THEN f.qty WHEN NOT omni.any_reached(f.said, 'shipped') THEN 0 END) AS qty_shipped,
                           coalesce(omni.quantity_reached(e.units, 'delivered'), CASE WHEN omni.reached(f.said, 'delivered') THEN f.qty WHEN NOT omni.any_reached(f.said, 'delivered') THEN 0 END) AS qty_delivered,
                           coalesce(omni.quantity_reached(e.units, 'canceled'), CASE WHEN omni.reached(f.said, 'canceled') THEN f.qty WHEN NOT omni.any_reached(f.said, 'canceled') THEN 0 END) AS qty_canceled OFFSET 0) q
-- what is held for it; of a bundle, as many as there are of each component
CROSS JOIN LATERAL (SELECT CASE WHEN f.held THEN (SELECT min(div(h.units, CASE WHEN h.bundle IS NULL THEN 1 ELSE coalesce((WITH RECURSIVE part AS (SELECT h.bundle::omni.sku AS sku, 1::numeric AS qty, 0 AS depth
                                                                            UNION ALL SELECT c.component_sku, t.qty * c.qty, t.depth + 1 FROM part t JOIN @store@.bundle_components c ON c.sku = t.sku WHERE t.depth < 8)
                                                                            SELECT sum(t.qty) FROM part t WHERE t.sku = h.sku), 1) END))
                                                                            FROM (SELECT x.sku, min(x.bundle_sku::text) AS bundle, coalesce(sum(x.open_qty) FILTER (WHERE (x.expires_at <= now()) IS NOT TRUE), 0) AS units FROM @store@.reservations x
                                                                                  WHERE x.order_ref = f.order_ref AND x.line_no = f.line_no GROUP BY x.sku) h) END AS units,
                           CASE WHEN f.held THEN (SELECT h.location_code FROM (SELECT DISTINCT ON (x.sku) x.location_code, x.open_qty FROM @store@.reservations x WHERE x.order_ref = f.order_ref AND x.line_no = f.line_no
                                                                               ORDER BY x.sku, x.open_qty DESC, x.qty DESC, x.location_code COLLATE "C") h
                                                  ORDER BY h.open_qty DESC, h.location_code COLLATE "C" LIMIT 1) END AS location_code OFFSET 0) r
-- what is given in exchange was asked for later, and not promised with the order
CROSS JOIN LATERAL (SELECT coalesce(CASE WHEN f.exchanged THEN (SELECT min(x.requested_at) FROM @store@.returns x WHERE x.order_ref = f.order_ref AND x.exchange_order_ref = f.order_ref AND x.exchange_line_no = f.line_no) END, f.placed_at) AS asked_at,
                           CASE WHEN NOT f.exchanged THEN f.promised_at END AS promised_at) a
CROSS JOIN LATERAL (SELECT q.qty_shipped > 0 AND q.qty_shipped + q.qty_canceled >= f.qty AS shipped, q.qty_delivered > 0 AND q.qty_delivered + q.qty_canceled >= f.qty AS delivered,
                           coalesce(f.method IN ('pickup', 'curbside', 'ship_to_store'), false) AS collected) d
-- where there are no events: when the last of the shipments left and arrived, if all did
CROSS JOIN LATERAL (SELECT CASE WHEN d.shipped THEN coalesce(f.shipped_at, (SELECT CASE WHEN bool_and(x.shipped_at IS NOT NULL) THEN max(x.shipped_at) END FROM @store@.shipments x WHERE x.order_ref = f.order_ref)) END AS shipped_at,
                           CASE WHEN d.shipped OR d.delivered THEN coalesce(CASE WHEN d.delivered THEN f.delivered_at END, f.arrived_at,
                               CASE WHEN d.delivered OR f.shipped_at IS NULL THEN (SELECT CASE WHEN bool_and(x.delivered_at IS NOT NULL) THEN max(x.delivered_at) END FROM @store@.shipments x WHERE x.order_ref = f.order_ref) END) END AS delivered_at) w
CROSS JOIN LATERAL (SELECT w.shipped_at, w.delivered_at, CASE WHEN NOT d.collected THEN w.delivered_at WHEN f.ready + q.qty_canceled >= f.qty THEN f.ready_at WHEN f.ready_at IS NULL AND f.method <> 'ship_to_store' THEN w.shipped_at ELSE w.delivered_at END AS fulfilled_at,
                           coalesce(d.delivered, false) AS fulfilled) t;
COMMENT ON VIEW @bi@.fact_fulfillment IS 'how each order line was filled and how long that took, a row a line; times are of the line as a whole, when the last of its units had come so far';
COMMENT ON COLUMN @bi@.fact_fulfillment.order_key IS 'number of the order';
COMMENT ON COLUMN @bi@.fact_fulfillment.line_no IS 'number of the line in the order';
COMMENT ON COLUMN @bi@.fact_fulfillment.sku IS 'product';
COMMENT ON COLUMN @bi@.fact_fulfillment.channel_code IS 'channel that took the order';
COMMENT ON COLUMN @bi@.fact_fulfillment.market_code IS 'market';
COMMENT ON COLUMN @bi@.fact_fulfillment.method IS 'fulfillment method of the order; ship where none is named';
COMMENT ON COLUMN @bi@.fact_fulfillment.location_code IS 'where most of the line left, or else is held; NULL where neither is known';
COMMENT ON COLUMN @bi@.fact_fulfillment.placed_at IS 'when the order was placed';
COMMENT ON COLUMN @bi@.fact_fulfillment.order_date IS 'day of the order in the time zone of its market; in UTC where the market is unknown';
COMMENT ON COLUMN @bi@.fact_fulfillment.time_zone IS 'that time zone';
COMMENT ON COLUMN @bi@.fact_fulfillment.qty IS 'units ordered';
COMMENT ON COLUMN @bi@.fact_fulfillment.qty_canceled IS 'units canceled before they left';
COMMENT ON COLUMN @bi@.fact_fulfillment.qty_shipped IS 'units that have left, or were ready for pickup, or further; NULL where the source tells only that some have';
COMMENT ON COLUMN @bi@.fact_fulfillment.qty_delivered IS 'units that the customer has got';
COMMENT ON COLUMN @bi@.fact_fulfillment.qty_reserved IS 'units that are held for the line now, not those of expired reservations';
COMMENT ON COLUMN @bi@.fact_fulfillment.qty_filled IS 'qty_shipped + qty_reserved, at most qty';
COMMENT ON COLUMN @bi@.fact_fulfillment.shipped_at IS 'when the last unit left or was ready for pickup; NULL until all that were not canceled have';
COMMENT ON COLUMN @bi@.fact_fulfillment.seconds_to_ship IS 'seconds from placed_at, or from the request where the line is given in exchange, to shipped_at';
COMMENT ON COLUMN @bi@.fact_fulfillment.delivered_at IS 'when the customer had the last unit; NULL until all that were not canceled are there';
COMMENT ON COLUMN @bi@.fact_fulfillment.seconds_to_deliver IS 'seconds from there to delivered_at';
COMMENT ON COLUMN @bi@.fact_fulfillment.promised_at IS 'when delivery, or that a pickup is ready, was promised; NULL also where the line is given in exchange';
COMMENT ON COLUMN @bi@.fact_fulfillment.fulfilled_at IS 'when that was done for the last unit: delivered_at, or when it was ready where customers come for it';
COMMENT ON COLUMN @bi@.fact_fulfillment.on_time IS 'whether fulfilled_at is not after promised_at: false as soon as it is over; NULL where nothing was promised, all is canceled, it is not over yet, or the time is not known';

CREATE OR REPLACE VIEW @bi@.fill_rate AS
SELECT f.order_date, f.time_zone, f.channel_code, f.market_code, f.location_code, count(*) AS lines, count(*) FILTER (WHERE f.qty_filled >= f.qty) AS lines_filled,
       sum(f.qty)::bigint AS units, sum(f.qty_filled)::bigint AS units_filled, sum(coalesce(f.qty_shipped, 0))::bigint AS units_shipped, sum(f.qty_reserved)::bigint AS units_reserved, sum(coalesce(f.qty_canceled, 0))::bigint AS units_canceled,
       round(count(*) FILTER (WHERE f.qty_filled >= f.qty)::numeric / count(*), 4) AS line_fill_rate, round(sum(f.qty_filled) / nullif(sum(f.qty), 0), 4) AS unit_fill_rate
FROM @bi@.fact_fulfillment f
GROUP BY f.order_date, f.time_zone, f.channel_code, f.market_code, f.location_code;
COMMENT ON VIEW @bi@.fill_rate IS 'how much of what was ordered was shipped or is held for its order, by day of the order, channel and location; counts add up over rows';
COMMENT ON COLUMN @bi@.fill_rate.order_date IS 'day of the order in the time zone of its market; in UTC where the market is unknown';
COMMENT ON COLUMN @bi@.fill_rate.time_zone IS 'that time zone';
COMMENT ON COLUMN @bi@.fill_rate.channel_code IS 'channel that took the order';
COMMENT ON COLUMN @bi@.fill_rate.market_code IS 'market';
COMMENT ON COLUMN @bi@.fill_rate.location_code IS 'where most of the line left, or else is held; NULL for lines that no location has filled yet, or that it is not known of';
COMMENT ON COLUMN @bi@.fill_rate.lines IS 'order lines: denominator of line_fill_rate';
COMMENT ON COLUMN @bi@.fill_rate.lines_filled IS 'lines of which all units were shipped or are held: numerator of line_fill_rate';
COMMENT ON COLUMN @bi@.fill_rate.units IS 'units ordered, canceled ones too: denominator of unit_fill_rate';
COMMENT ON COLUMN @bi@.fill_rate.units_filled IS 'units shipped or held for their order, from whatever location: numerator of unit_fill_rate';
COMMENT ON COLUMN @bi@.fill_rate.units_shipped IS 'units that have left, or were ready for pickup, or further, as far as that is known';
COMMENT ON COLUMN @bi@.fill_rate.units_reserved IS 'units held by reservations that have not expired';
COMMENT ON COLUMN @bi@.fill_rate.units_canceled IS 'units canceled before they left: units - units_canceled leaves them out of the denominator';
COMMENT ON COLUMN @bi@.fill_rate.line_fill_rate IS 'lines_filled / lines';
COMMENT ON COLUMN @bi@.fill_rate.unit_fill_rate IS 'units_filled / units';

CREATE OR REPLACE VIEW @bi@.split_rate AS
SELECT g.order_date, g.time_zone, g.channel_code, g.market_code, count(*) AS orders, count(*) FILTER (WHERE g.shipments >= 1) AS shipped_orders, sum(g.shipments)::bigint AS shipments,
       count(*) FILTER (WHERE g.shipments = 1) AS orders_with_1, count(*) FILTER (WHERE g.shipments = 2) AS orders_with_2, count(*) FILTER (WHERE g.shipments = 3) AS orders_with_3, count(*) FILTER (WHERE g.shipments > 3) AS orders_with_more,
       count(*) FILTER (WHERE g.shipments > 1) AS split_orders, round(count(*) FILTER (WHERE g.shipments > 1)::numeric / nullif(count(*) FILTER (WHERE g.shipments >= 1), 0), 4) AS split_rate,
       round(sum(g.shipments) / nullif(count(*) FILTER (WHERE g.shipments >= 1), 0), 4) AS shipments_per_order
FROM (SELECT (o.placed_at AT TIME ZONE coalesce(m.time_zone, 'UTC'))::date AS order_date, coalesce(m.time_zone, 'UTC') AS time_zone, o.channel_code, coalesce(o.market_code, c.market_code) AS market_code, coalesce(s.shipments, 0) AS shipments
      FROM @store@.orders o
      LEFT JOIN @store@.channels c ON c.channel_code = o.channel_code
      LEFT JOIN @store@.markets m ON m.market_code = coalesce(o.market_code, c.market_code)
      -- a shipment of nothing but what is given in exchange is no part of how the order left
      LEFT JOIN (SELECT k.order_ref, count(*) FILTER (WHERE k.exchanged IS NOT TRUE) AS shipments
                 FROM (SELECT u.order_ref, u.shipment_key, bool_and(u.exchanged) AS exchanged
                       FROM (SELECT x.order_ref, x.shipment_key, NULL::boolean AS exchanged FROM @store@.shipments x WHERE x.shipped_at IS NOT NULL OR x.delivered_at IS NOT NULL
                             UNION ALL SELECT x.order_ref, x.shipment_key, EXISTS (SELECT FROM @store@.returns r WHERE r.order_ref = x.order_ref AND r.exchange_order_ref = x.order_ref AND r.exchange_line_no = x.line_no)
                                       FROM @store@.order_line_events x WHERE x.shipment_key IS NOT NULL AND omni.any_reached(x.to_state, 'shipped') AND NOT omni.any_reached(x.from_state, 'shipped')) u
                       GROUP BY u.order_ref, u.shipment_key) k
                 GROUP BY k.order_ref) s ON s.order_ref = o.order_ref) g
GROUP BY g.order_date, g.time_zone, g.channel_code, g.market_code;
COMMENT ON VIEW @bi@.split_rate IS 'orders by the number of shipments and pickups that they left in, without those of exchanges, by day of the order and channel; counts add up over rows';
COMMENT ON COLUMN @bi@.split_rate.order_date IS 'day of the order in the time zone of its market; in UTC where the market is unknown';
COMMENT ON COLUMN @bi@.split_rate.time_zone IS 'that time zone';
COMMENT ON COLUMN @bi@.split_rate.channel_code IS 'channel that took the order';
COMMENT ON COLUMN @bi@.split_rate.market_code IS 'market';
COMMENT ON COLUMN @bi@.split_rate.orders IS 'orders placed';
COMMENT ON COLUMN @bi@.split_rate.shipped_orders IS 'orders of which a shipment has left: denominator of split_rate and of shipments_per_order';
COMMENT ON COLUMN @bi@.split_rate.shipments IS 'shipments that have left: numerator of shipments_per_order';
COMMENT ON COLUMN @bi@.split_rate.orders_with_1 IS 'orders that left in one shipment';
COMMENT ON COLUMN @bi@.split_rate.orders_with_2 IS 'orders that left in two';
COMMENT ON COLUMN @bi@.split_rate.orders_with_3 IS 'orders that left in three';
COMMENT ON COLUMN @bi@.split_rate.orders_with_more IS 'orders that left in more';
COMMENT ON COLUMN @bi@.split_rate.split_orders IS 'orders that left in more than one: numerator of split_rate';
COMMENT ON COLUMN @bi@.split_rate.split_rate IS 'split_orders / shipped_orders';
COMMENT ON COLUMN @bi@.split_rate.shipments_per_order IS 'shipments / shipped_orders';

CREATE OR REPLACE VIEW @bi@.fulfillment_sla AS
SELECT date_trunc('month', f.order_date::timestamp)::date AS order_month, f.time_zone, f.method, f.location_code, f.channel_code, f.market_code, count(*) AS lines, count(*) FILTER (WHERE f.qty_canceled = f.qty) AS canceled_lines,
       count(f.shipped_at) AS shipped_lines, percentile_disc(0.5) WITHIN GROUP (ORDER BY f.seconds_to_ship) AS p50_seconds_to_ship, percentile_disc(0.9) WITHIN GROUP (ORDER BY f.seconds_to_ship) AS p90_seconds_to_ship,
       count(f.delivered_at) AS delivered_lines, percentile_disc(0.5) WITHIN GROUP (ORDER BY f.seconds_to_deliver) AS p50_seconds_to_deliver, percentile_disc(0.9) WITHIN GROUP (ORDER BY f.seconds_to_deliver) AS p90_seconds_to_deliver,
       count(f.on_time) AS due_lines, count(*) FILTER (WHERE f.on_time) AS on_time_lines, round(count(*) FILTER (WHERE f.on_time)::numeric / nullif(count(f.on_time), 0), 4) AS on_time_share
FROM @bi@.fact_fulfillment f
GROUP BY date_trunc('month', f.order_date::timestamp)::date, f.time_zone, f.method, f.location_code, f.channel_code, f.market_code;
COMMENT ON VIEW @bi@.fulfillment_sla IS 'how long order lines took and whether promises were kept, by month of the order, method, location and channel; counts add up over rows, percentiles do not: take those of other groups from fact_fulfillment';
COMMENT ON COLUMN @bi@.fulfillment_sla.order_month IS 'first day of the month of the order, in the time zone of its market';
COMMENT ON COLUMN @bi@.fulfillment_sla.time_zone IS 'that time zone';
COMMENT ON COLUMN @bi@.fulfillment_sla.method IS 'fulfillment method of the order; ship where none is named';
COMMENT ON COLUMN @bi@.fulfillment_sla.location_code IS 'where most of the line left, or else is held; NULL where neither is known';
COMMENT ON COLUMN @bi@.fulfillment_sla.channel_code IS 'channel that took the order';
COMMENT ON COLUMN @bi@.fulfillment_sla.market_code IS 'market';
COMMENT ON COLUMN @bi@.fulfillment_sla.lines IS 'order lines';
COMMENT ON COLUMN @bi@.fulfillment_sla.canceled_lines IS 'lines that were canceled as a whole';
COMMENT ON COLUMN @bi@.fulfillment_sla.shipped_lines IS 'lines that have left as a whole, by a known time: what the percentiles to ship are of. The others are open, and not in them';
COMMENT ON COLUMN @bi@.fulfillment_sla.p50_seconds_to_ship IS 'seconds from order to shipment within which half of these lines left: a time that occurred (percentile_disc)';
COMMENT ON COLUMN @bi@.fulfillment_sla.p90_seconds_to_ship IS 'seconds within which nine of ten of them left';
COMMENT ON COLUMN @bi@.fulfillment_sla.delivered_lines IS 'lines that the customer has as a whole, by a known time: what the percentiles to deliver are of';
COMMENT ON COLUMN @bi@.fulfillment_sla.p50_seconds_to_deliver IS 'seconds from order to delivery within which half of these lines arrived';
COMMENT ON COLUMN @bi@.fulfillment_sla.p90_seconds_to_deliver IS 'seconds within which nine of ten of them arrived';
COMMENT ON COLUMN @bi@.fulfillment_sla.due_lines IS 'lines whose promise was kept or broken, those that are late and still open too: denominator of on_time_share';
COMMENT ON COLUMN @bi@.fulfillment_sla.on_time_lines IS 'lines that were there, or ready for pickup, when it was promised: numerator of on_time_share';
COMMENT ON COLUMN @bi@.fulfillment_sla.on_time_share IS 'on_time_lines / due_lines';

CREATE OR REPLACE VIEW @bi@.replenishment AS
SELECT p.sku, p.location_code, p.market_code, p.on_hand::bigint AS on_hand, p.held, p.incoming, p.next_expected_at, n.open_demand::bigint AS open_demand, n.position::bigint AS position,
       p.reorder_point, p.order_up_to, (greatest(p.order_up_to, p.reorder_point) - n.position)::bigint AS proposed_qty
FROM (SELECT a.sku::text AS sku, a.location_code, a.market_code, a.on_hand::numeric AS on_hand, greatest(a.reserved - a.slot_free - a.expired, 0) AS held, greatest(a.incoming, y.units) AS incoming, y.expected_at AS next_expected_at, a.reorder_point, a.order_up_to,
             -- demand of no location is the most stocked location's; what somebody else reserved is taken to be for it
             row_number() OVER (PARTITION BY a.sku::text ORDER BY a.order_up_to DESC NULLS LAST, a.location_code COLLATE "C") = 1 AS most_stocked, sum(greatest(a.reserved - a.slot_free - h.units, 0)) OVER (PARTITION BY a.sku::text) AS held_elsewhere
      FROM @store@.stock_now a
      LEFT JOIN @store@.products i ON i.sku = a.sku
      CROSS JOIN LATERAL (SELECT coalesce(sum(r.open_qty), 0) AS units FROM @store@.reservations r WHERE r.sku = a.sku AND r.location_code = a.location_code AND r.open_qty > 0) h
      CROSS JOIN LATERAL (SELECT coalesce(sum(greatest(u.qty - coalesce(u.received_qty, 0), 0)), 0)::bigint AS units, min(u.expected_at) FILTER (WHERE u.qty > coalesce(u.received_qty, 0)) AS expected_at
                          FROM @store@.supplies u WHERE u.sku = a.sku AND u.location_code = a.location_code AND u.closed_at IS NULL) y
      WHERE a.reorder_point IS NOT NULL AND a.active AND coalesce(i.active, true)) p
-- units that are neither shipped, canceled nor held, as fact_fulfillment tells them, of lines of the SKU and of the bundles that it is a part of: all SKUs in one
-- pass, one SKU by its lines
LEFT JOIN (SELECT g.sku, sum(u.units) FILTER (WHERE g.each IS NULL) AS own, sum(u.units::numeric * g.each) AS bundled
           FROM (SELECT k.sku, k.each, k.order_ref, k.line_no, k.qty, coalesce(k.state, o.state, 'open') AS said,
                        CASE WHEN bool_and(v.sound) THEN omni.order_line_state(v.qty, v.from_state, v.to_state) FILTER (WHERE v.sound) END AS moves,
                        EXISTS (SELECT FROM @store@.reservations x WHERE x.order_ref = k.order_ref AND x.line_no = k.line_no) AS held
                 FROM (SELECT l.sku::text AS sku, NULL::bigint AS each, l.order_ref, l.line_no, l.qty, l.state FROM @store@.order_lines l
                       UNION ALL SELECT b.component_sku::text, b.qty, l.order_ref, l.line_no, l.qty, l.state FROM @store@.bundle_components b JOIN @store@.order_lines l ON l.sku = b.sku) k
                 JOIN @store@.orders o ON o.order_ref = k.order_ref
                 LEFT JOIN (SELECT x.*, coalesce(x.qty > 0 AND omni.single_state(x.from_state) AND omni.single_state(x.to_state), false) AS sound FROM @store@.order_line_events x) v ON v.order_ref = k.order_ref AND v.line_no = k.line_no
                 GROUP BY k.order_ref, k.line_no, k.sku, k.each, k.qty, k.state, o.order_ref, o.state) g
           CROSS JOIN LATERAL (SELECT CASE WHEN g.moves IS NOT NULL AND g.qty > 0 THEN omni.order_quantities_try(omni.order_moves_add(g.moves, g.qty, NULL, 'open'::omni.order_state)) END AS units OFFSET 0) e
           CROSS JOIN LATERAL (SELECT greatest(g.qty - coalesce(omni.quantity_reached(e.units, 'shipped'), CASE WHEN omni.reached(g.said, 'shipped') THEN g.qty END, 0)
                                                     - coalesce(omni.quantity_reached(e.units, 'canceled'), CASE WHEN omni.reached(g.said, 'canceled') THEN g.qty END, 0)
                                                     - CASE WHEN g.held THEN (SELECT min(div(h.units, CASE WHEN h.bundle IS NULL THEN 1 ELSE coalesce((WITH RECURSIVE part AS (SELECT h.bundle::omni.sku AS sku, 1::numeric AS qty, 0 AS depth
                                                                                                        UNION ALL SELECT c.component_sku, t.qty * c.qty, t.depth + 1 FROM part t JOIN @store@.bundle_components c ON c.sku = t.sku WHERE t.depth < 8)
                                                                                                        SELECT sum(t.qty) FROM part t WHERE t.sku = h.sku), 1) END))
                                                                                                        FROM (SELECT x.sku, min(x.bundle_sku::text) AS bundle, coalesce(sum(x.open_qty) FILTER (WHERE (x.expires_at <= now()) IS NOT TRUE), 0) AS units FROM @store@.reservations x
                                                                                                              WHERE x.order_ref = g.order_ref AND x.line_no = g.line_no GROUP BY x.sku) h)::bigint ELSE 0 END, 0) AS units OFFSET 0) u
           GROUP BY g.sku) d ON d.sku = p.sku
CROSS JOIN LATERAL (SELECT CASE WHEN p.most_stocked THEN greatest(CASE WHEN NOT EXISTS (SELECT FROM @store@.bundle_components b WHERE b.sku = p.sku) THEN coalesce(d.own, 0) ELSE 0 END + coalesce(d.bundled, 0) - p.held_elsewhere, 0) ELSE 0 END AS open_demand OFFSET 0) o
CROSS JOIN LATERAL (SELECT o.open_demand, p.on_hand - p.held + p.incoming - o.open_demand AS position) n
WHERE n.position <= p.reorder_point AND n.position < greatest(p.order_up_to, p.reorder_point);
COMMENT ON VIEW @bi@.replenishment IS 'what to order now: SKUs of active locations whose position is not above reorder_point, and how many units bring it up to order_up_to';
COMMENT ON COLUMN @bi@.replenishment.sku IS 'product';
COMMENT ON COLUMN @bi@.replenishment.location_code IS 'location to order for';
COMMENT ON COLUMN @bi@.replenishment.market_code IS 'market of the location';
COMMENT ON COLUMN @bi@.replenishment.on_hand IS 'units that are there';
COMMENT ON COLUMN @bi@.replenishment.held IS 'units that reservations hold';
COMMENT ON COLUMN @bi@.replenishment.incoming IS 'units on their way: those of open supplies, or what stock says, whichever is more';
COMMENT ON COLUMN @bi@.replenishment.next_expected_at IS 'when the next of the open supplies is expected';
COMMENT ON COLUMN @bi@.replenishment.open_demand IS 'units that were ordered, have not left and are held nowhere. They are of no location yet, and count at the one of the SKU with the greatest order_up_to';
COMMENT ON COLUMN @bi@.replenishment.position IS 'on_hand - held + incoming - open_demand';
COMMENT ON COLUMN @bi@.replenishment.reorder_point IS 'order when the position is not above this';
COMMENT ON COLUMN @bi@.replenishment.order_up_to IS 'and so many then that it is this; reorder_point where it is not given';
COMMENT ON COLUMN @bi@.replenishment.proposed_qty IS 'units to order: order_up_to - position';

/*
 * Reorder points from what was shipped day by day: exponential smoothing tells the demand of a day and how far it is off. The
 * levels are worked out first, and then written in the order in which functions of the store lock stock.
 */
CREATE OR REPLACE FUNCTION @store@.plan_stock(service_level numeric DEFAULT 0.95, lead_days numeric DEFAULT 7, review_days numeric DEFAULT 7, only_sku text DEFAULT NULL, only_location text DEFAULT NULL,
                                              history_days integer DEFAULT 180, lead_days_sd numeric DEFAULT 0, apply boolean DEFAULT true)
    RETURNS TABLE (sku text, location text, days bigint, demand_per_day numeric, demand_sd numeric, safety_stock bigint, reorder_point bigint, order_up_to bigint, changed boolean)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    code omni.sku := only_sku;
    plan record;
BEGIN
    IF service_level IS NULL OR lead_days IS NULL OR review_days IS NULL OR history_days IS NULL OR lead_days_sd IS NULL OR apply IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'a plan needs a service level, lead and review days, and days of history',
            HINT = 'Leave an argument out for its default.';
    ELSIF history_days NOT BETWEEN 2 AND 3660 THEN
        RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = format('%s days of history are not between 2 and 3660', history_days),
            HINT = 'Leave it out for half a year.';
    END IF;
    PERFORM omni.safety_stock(service_level::double precision, 0, lead_days::double precision, 0, lead_days_sd::double precision);
    PERFORM omni.order_up_to_level(0, lead_days::double precision, review_days::double precision);
    IF apply AND (SELECT c.relkind = 'v' FROM pg_class c WHERE c.oid = '@store@.stock'::regclass) THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = 'this store reads stock from a relation that it adopted',
            HINT = 'Ask with apply => false, and write the levels where that stock is kept.';
    END IF;
    IF (code IS NOT NULL OR only_location IS NOT NULL) AND NOT EXISTS (SELECT FROM @store@.stock s WHERE s.sku = coalesce(code, s.sku) AND s.location_code = coalesce(only_location, s.location_code)) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('no stock of %s at %s', coalesce(left(code::text, 64), 'any SKU'), coalesce(to_jsonb(left(only_location, 64))::text, 'any location')),
            HINT = 'A plan is of what is in the table stock, by SKU and location.';
    END IF;

    FOR plan IN
        SELECT h.sku, h.location_code, f.periods, f.level, f.error_sd, coalesce(s.safety_stock, 0) AS kept, s.reorder_point AS point_was, s.order_up_to AS level_was
        -- a day without a movement is one on which nothing was asked for
        FROM (SELECT p.sku, p.location_code, p.today, omni.demand_history_agg(greatest(p.from_day, p.today - history_days), CASE WHEN p.from_day >= p.today - history_days THEN greatest(p.shipped, 0) ELSE 0 END) AS history
              FROM @store@.stock_periods p
              WHERE p.to_day >= p.today - history_days AND p.from_day < p.today AND p.sku = coalesce(code, p.sku) AND p.location_code = coalesce(only_location, p.location_code)
              GROUP BY p.sku, p.location_code, p.today) h
        JOIN @store@.stock s ON s.sku = h.sku AND s.location_code = h.location_code
        CROSS JOIN LATERAL omni.demand_forecast(h.history, NULL, 'day', h.today - 1) f
        WHERE f.periods > 1
        ORDER BY h.sku::text COLLATE "C", h.location_code COLLATE "C"
    LOOP
        sku := plan.sku::text;
        location := plan.location_code;
        days := plan.periods;
        demand_per_day := round(plan.level::numeric, 4);
        demand_sd := round(plan.error_sd::numeric, 4);
        safety_stock := omni.safety_stock(service_level::double precision, plan.error_sd, lead_days::double precision, plan.level, lead_days_sd::double precision);
        -- units that are never promised lie below
        reorder_point := omni.reorder_point(plan.level, lead_days::double precision, safety_stock) + plan.kept;
        order_up_to := omni.order_up_to_level(plan.level, lead_days::double precision, review_days::double precision, safety_stock) + plan.kept;
        changed := (plan.point_was, plan.level_was) IS DISTINCT FROM (reorder_point, order_up_to);
        IF apply AND changed THEN
            UPDATE @store@.stock s SET reorder_point = plan_stock.reorder_point, order_up_to = plan_stock.order_up_to WHERE s.sku = plan.sku AND s.location_code = plan.location_code;
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION @store@.plan_stock(numeric, numeric, numeric, text, text, integer, numeric, boolean) IS
    'work out reorder_point and order_up_to of stock from what was shipped day by day, for a chance of no stockout, days of lead time and days that an order lasts beyond it (review_days); writes them, or with apply => false only tells. replenishment proposes by them, to who looks every day: who orders once a week adds seven days to lead_days';
