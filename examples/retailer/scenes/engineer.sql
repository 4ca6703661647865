\set ECHO queries
\pset footer off
\echo
\echo 'What came in, what became of it:'
SELECT feed, count(*) AS rows_read, count(DISTINCT order_ref) AS orders,
       (SELECT count(*) FROM shop.order_lines l JOIN shop.orders o USING (order_ref) WHERE o.channel_code = s.feed) AS lines_stored,
       (SELECT count(*) FROM shop.rejects r WHERE r.feed = s.feed) AS rejected
FROM staging.line s GROUP BY feed ORDER BY feed;
SELECT count(*) AS records, (SELECT count(*) FROM shop.identities) AS identifiers, (SELECT count(*) FROM shop.customers WHERE merged_into IS NULL) AS customers
FROM (SELECT DISTINCT source, record_id FROM shop.evidence) r;
\echo 'What was refused, and why; the raw row is kept beside it:'
SELECT column_name, reason, count(*), min(raw ->> column_name) AS example FROM shop.rejects GROUP BY column_name, reason ORDER BY 1, 2;
\echo 'One person, as four channels knew her:'
SELECT i.identifier FROM shop.identities i WHERE i.customer_id =
    (SELECT customer_id FROM shop.evidence e JOIN shop.identities USING (identifier) GROUP BY customer_id
     ORDER BY count(DISTINCT source) DESC, count(DISTINCT identifier) DESC, min(identifier::text) LIMIT 1) ORDER BY 1;
\echo 'Plain SQL: a recursive query over pairs of identifiers, quadratic in the largest household, and a regular expression for each channel.'
