-- stock.sql: units of stock. What is there is the sum of its movements, and what is reserved is held by reservations:
-- the functions that change one change the other in the same transaction.

CREATE OR REPLACE VIEW @store@.stock_problems AS
SELECT x.sku::text AS sku, x.location_code, sum(x.on_hand)::bigint AS on_hand, sum(x.moved)::bigint AS moved, sum(x.reserved)::bigint AS reserved,
       sum(x.held)::bigint AS held, sum(x.reserved_moved)::bigint AS reserved_moved
FROM (SELECT s.sku, s.location_code, s.on_hand, 0 AS moved, s.reserved, 0 AS held, 0 AS reserved_moved FROM @store@.stock s
      UNION ALL SELECT l.sku, l.location_code, 0, 0, -l.free, 0, 0 FROM @store@.stock_slots l
      UNION ALL SELECT m.sku, m.location_code, 0, m.qty, 0, 0, m.reserved_qty FROM @store@.stock_movements m
      UNION ALL SELECT r.sku, r.location_code, 0, 0, 0, r.open_qty, 0 FROM @store@.reservations r WHERE r.open_qty > 0) x
GROUP BY x.sku, x.location_code
HAVING sum(x.on_hand) <> sum(x.moved) OR sum(x.reserved) <> sum(x.held) OR sum(x.held) <> sum(x.reserved_moved);
COMMENT ON VIEW @store@.stock_problems IS 'stock that is not the sum of its movements, or whose reserved units are not those that reservations hold; no row: all is right';
COMMENT ON COLUMN @store@.stock_problems.sku IS 'what';
COMMENT ON COLUMN @store@.stock_problems.location_code IS 'where';
COMMENT ON COLUMN @store@.stock_problems.on_hand IS 'units that stock says are there';
COMMENT ON COLUMN @store@.stock_problems.moved IS 'the sum of the movements';
COMMENT ON COLUMN @store@.stock_problems.reserved IS 'units that stock says are reserved, without those that are free in slots';
COMMENT ON COLUMN @store@.stock_problems.held IS 'units that open reservations hold';
COMMENT ON COLUMN @store@.stock_problems.reserved_moved IS 'the sum of what movements say is reserved';
