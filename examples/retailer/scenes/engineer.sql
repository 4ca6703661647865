\set ECHO queries
\pset footer off
\echo
\echo 'What came in, what became of it:'
SELECT feed, count(*) AS rows_read, count(*) - count(DISTINCT (order_ref, line_no)) AS repeated,
       (SELECT count(*) FROM shop.order_lines l JOIN shop.orders o USING (order_ref) WHERE o.channel_code = s.feed) AS lines_stored,
       (SELECT count(*) FROM shop.rejects r WHERE r.feed = s.feed AND r.column_name IN ('sku', 'barcode')) AS lines_rejected,
       (SELECT count(*) FROM shop.rejects r WHERE r.feed = s.feed AND r.column_name IN ('email', 'phone')) AS contacts_rejected
FROM staging.line s GROUP BY feed ORDER BY feed;
\echo 'Orders that tell who bought, the different identifiers on them, and the people behind these:'
SELECT count(*) AS records, (SELECT count(*) FROM shop.identities) AS identifiers, (SELECT count(*) FROM shop.customers WHERE merged_into IS NULL) AS customers
FROM (SELECT DISTINCT source, record_id FROM shop.evidence) r;
\echo 'What was refused, and why; the raw row is kept beside it:'
SELECT column_name, reason, count(*), min(raw ->> column_name) AS example FROM shop.rejects GROUP BY column_name, reason ORDER BY 1, 2;
\echo 'One person, as four channels knew her:'
SELECT i.identifier, string_agg(DISTINCT e.source, ', ') AS told_by FROM shop.identities i JOIN shop.evidence e USING (identifier) WHERE i.customer_id =
    (SELECT customer_id FROM shop.evidence e JOIN shop.identities USING (identifier) GROUP BY customer_id
     ORDER BY count(DISTINCT source) DESC, count(DISTINCT identifier) DESC, min(identifier::text) LIMIT 1) GROUP BY 1 ORDER BY 1;
\echo 'Plain SQL would need: a recursive query over pairs of identifiers, quadratic in the largest household, and a regular expression for each channel.'
