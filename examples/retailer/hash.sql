-- hash.sql: one hash over all that the store knows, whatever the numbers of the customers are
SELECT encode(sha256(convert_to(string_agg(line, E'\n' ORDER BY line COLLATE "C"), 'UTF8')), 'hex') AS state_hash
FROM (
    SELECT 'order ' || concat_ws('|', order_ref, channel_code, extract(epoch FROM placed_at), currency) AS line FROM shop.orders
    UNION ALL SELECT 'line ' || concat_ws('|', order_ref, line_no, sku, qty, unit_price, state) FROM shop.order_lines
    UNION ALL SELECT 'event ' || concat_ws('|', event_key, qty, from_state, to_state, extract(epoch FROM occurred_at)) FROM shop.order_line_events
    UNION ALL SELECT 'reject ' || concat_ws('|', feed, record_id, column_name, reason) FROM shop.rejects
    UNION ALL SELECT 'person ' || string_agg(identifier::text, ',' ORDER BY identifier) FROM shop.identities GROUP BY customer_id
    UNION ALL SELECT 'order of ' || concat_ws('|', o.order_ref, (SELECT min(i.identifier::text COLLATE "C") FROM shop.identities i WHERE i.customer_id = coalesce(k.merged_into, k.customer_id)))
              FROM shop.orders o JOIN shop.customers k USING (customer_id)
    UNION ALL SELECT 'stock ' || concat_ws('|', sku, location_code, on_hand, reserved) FROM shop.stock
) s;
