-- bi_inventory.sql: views of stock and of fulfillment for BI tools, by the rules of bi.sql.
-- Each starts at stock and goes to movements, slots, reservations and supplies of a SKU and location by their keys, so
-- that a dashboard which shows one SKU or one location reads no more than these.

CREATE OR REPLACE VIEW @store@.stock_available AS
SELECT s.sku, s.location_code, l.market_code, coalesce(l.active, true) AS active, s.on_hand, coalesce(s.reserved, 0) AS reserved, f.units AS slot_free, x.units AS expired,
       coalesce(s.safety_stock, 0) AS safety_stock, coalesce(s.backorder_limit, 0) AS backorder_limit, coalesce(s.incoming, 0) AS incoming, s.reorder_point, s.order_up_to,
       CASE WHEN coalesce(s.reserved, 0) >= 0 AND coalesce(s.safety_stock, 0) >= 0 AND coalesce(s.backorder_limit, 0) >= 0
            THEN s.on_hand - greatest(coalesce(s.reserved, 0) - f.units::numeric - x.units, 0) - coalesce(s.safety_stock, 0) + coalesce(s.backorder_limit, 0) END AS available
FROM @store@.stock s
LEFT JOIN @store@.locations l ON l.location_code = s.location_code
CROSS JOIN LATERAL (SELECT coalesce(sum(t.free), 0)::bigint AS units FROM @store@.stock_slots t WHERE t.sku = s.sku AND t.location_code = s.location_code) f
CROSS JOIN LATERAL (SELECT coalesce(sum(r.open_qty), 0)::bigint AS units FROM @store@.reservations r
                    WHERE r.sku = s.sku AND r.location_code = s.location_code AND r.open_qty > 0 AND r.expires_at <= now()) x;
COMMENT ON VIEW @store@.stock_available IS 'what can be promised of stock now, by SKU and location; below 0 where more is promised than there is. The views of stock for BI are made of it';
COMMENT ON COLUMN @store@.stock_available.sku IS 'what';
COMMENT ON COLUMN @store@.stock_available.location_code IS 'where';
COMMENT ON COLUMN @store@.stock_available.market_code IS 'market of the location';
COMMENT ON COLUMN @store@.stock_available.active IS 'stock here can be promised';
COMMENT ON COLUMN @store@.stock_available.on_hand IS 'units that are there';
COMMENT ON COLUMN @store@.stock_available.reserved IS 'units promised and still there, with those set aside in slots';
COMMENT ON COLUMN @store@.stock_available.slot_free IS 'of these, units in slots that nobody has reserved';
COMMENT ON COLUMN @store@.stock_available.expired IS 'of these, units of reservations that expired and were not tidied up yet';
COMMENT ON COLUMN @store@.stock_available.safety_stock IS 'units never promised';
COMMENT ON COLUMN @store@.stock_available.backorder_limit IS 'units that may be promised beyond those that are there';
COMMENT ON COLUMN @store@.stock_available.incoming IS 'units on their way, as stock says; not counted';
COMMENT ON COLUMN @store@.stock_available.reorder_point IS 'order when no more than these are there or on their way';
COMMENT ON COLUMN @store@.stock_available.order_up_to IS 'and so many then that there are these';
COMMENT ON COLUMN @store@.stock_available.available IS 'on_hand - what is held (reserved - slot_free - expired) - safety_stock + backorder_limit, of an inactive location too; NULL where the figures of the stock make no sense';

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
FROM @store@.stock_available a;
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
      FROM @store@.stock_available x) a
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
SELECT s.sku::text AS sku, s.location_code, t.market_code, t.time_zone, t.window_days, t.today - t.window_days::integer AS window_from, t.today - 1 AS window_to, t.days, t.shipped_units, t.on_hand_days,
       round(t.on_hand_days / nullif(t.days, 0), 4) AS average_on_hand, round(t.shipped_units::numeric * t.days / nullif(t.on_hand_days, 0), 4) AS turnover,
       t.on_hand, round(greatest(t.on_hand, 0)::numeric * t.days / nullif(greatest(t.shipped_units, 0), 0), 1) AS days_of_supply,
       t.stockout_days, round(t.stockout_days::numeric / nullif(t.days, 0), 4) AS stockout_share
FROM @store@.stock s
CROSS JOIN LATERAL (SELECT p.market_code, p.time_zone, p.today, w.days::bigint AS window_days, sum(o.days) AS days,
                           coalesce(sum(p.shipped) FILTER (WHERE p.from_day BETWEEN p.today - w.days AND p.today - 1), 0)::bigint AS shipped_units,
                           coalesce(sum(p.on_hand::numeric * o.days) FILTER (WHERE p.on_hand > 0), 0) AS on_hand_days,
                           coalesce(sum(o.days) FILTER (WHERE p.on_hand <= 0), 0) AS stockout_days, max(p.on_hand) FILTER (WHERE p.to_day = p.today) AS on_hand
                    FROM @store@.stock_periods p
                    JOIN (VALUES (7), (30), (90), (365)) w(days) ON p.to_day >= p.today - w.days
                    CROSS JOIN LATERAL (SELECT least(p.to_day, p.today - 1) - greatest(p.from_day, p.today - w.days) + 1 AS days) o
                    WHERE p.sku = s.sku AND p.location_code = s.location_code GROUP BY p.market_code, p.time_zone, p.today, w.days) t;
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
FROM @store@.stock_available a
LEFT JOIN @store@.products p ON p.sku = a.sku
-- the first movement after the last one that left something to promise; what happened at one time happened at once
CROSS JOIN LATERAL (SELECT min(o.occurred_at) AS out_since
                    FROM (SELECT n.occurred_at, count(*) FILTER (WHERE n.available > 0) OVER (ORDER BY n.occurred_at DESC) AS left_later
                          FROM (SELECT v.occurred_at, sum(sum(coalesce(v.qty, 0)) - sum(coalesce(v.reserved_qty, 0))) OVER (ORDER BY v.occurred_at) - a.safety_stock + a.backorder_limit AS available
                                FROM @store@.stock_movements v WHERE v.sku = a.sku AND v.location_code = a.location_code AND isfinite(v.occurred_at) GROUP BY v.occurred_at) n) o
                    WHERE o.left_later = 0) t
CROSS JOIN LATERAL (SELECT count(*) AS lines, coalesce(sum(l.qty), 0)::bigint AS units
                    FROM @store@.order_lines l JOIN @store@.orders o ON o.order_ref = l.order_ref WHERE l.sku = a.sku AND o.placed_at >= t.out_since) q
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
COMMENT ON COLUMN @bi@.stockouts.lines_asked IS 'lines of orders of the SKU placed since then, wherever they were filled from; does not add up over locations';
COMMENT ON COLUMN @bi@.stockouts.units_asked IS 'their units; does not add up over locations';
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
