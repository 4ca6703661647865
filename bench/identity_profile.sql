-- customer_profile_agg over 1M profiles of one record each, and golden_record over 1M profiles. The peers keep
-- the same records as jsonb under the key source/record_id and aggregate them with ||: as they come, which gives
-- the last of a key that happens to be read, or by observed_at, which gives what the join gives.
\if :{?records} \else \set records 1000000 \endif
SELECT setseed(0.42);
CREATE UNLOGGED TABLE said AS
SELECT i % (:records / 4) AS customer, i AS at,
    omni.customer_profile((ARRAY['crm', 'shop', 'till', 'support'])[1 + i / (:records / 4)], 'r' || i, '2024-01-01Z'::timestamptz + i * interval '31 s',
        ARRAY['email:c' || i % (:records / 4) || '@example.com', CASE WHEN i % 3 = 0 THEN 'phone:+4930' || 1000000 + i % (:records / 4) END],
        jsonb_build_object('name', 'Customer ' || i % (:records / 4), 'city', (ARRAY['Berlin', 'Hamburg', 'Leipzig'])[1 + i % 3], 'zip', (10000 + i % 89999)::text,
            'orders', i % 17, 'value', (i % 9999) / 100.0, 'tier', (ARRAY['gold', 'silver'])[1 + i % 2])) AS p
FROM generate_series(0, :records - 1) i;
-- in the order of customers, as a feed of customers or an index gives them, and in no order
CREATE UNLOGGED TABLE ordered AS SELECT customer, p, r.observed_at, jsonb_build_object(r.source || '/' || r.record_id, to_jsonb(r)) AS j FROM said, omni.profile_records(p) r ORDER BY customer, hashint4(at);
CREATE UNLOGGED TABLE mixed AS SELECT * FROM ordered ORDER BY random();
DROP TABLE said;
CREATE UNLOGGED TABLE ordered_p AS SELECT customer, p FROM ordered;
CREATE UNLOGGED TABLE ordered_j AS SELECT customer, observed_at, j FROM ordered;
CREATE UNLOGGED TABLE mixed_p AS SELECT customer, p FROM mixed;
CREATE UNLOGGED TABLE mixed_j AS SELECT customer, observed_at, j FROM mixed;
DROP TABLE ordered, mixed;
CREATE INDEX ON ordered_p (customer);
CREATE INDEX ON ordered_j (customer);
VACUUM ANALYZE ordered_p, ordered_j, mixed_p, mixed_j;
CREATE AGGREGATE public.jsonb_concat_agg(jsonb) (SFUNC = jsonb_concat, STYPE = jsonb, INITCOND = '{}');
SELECT format('# %s profiles of one record: %s, as jsonb %s', :records, pg_size_pretty(pg_table_size('mixed_p')), pg_size_pretty(pg_table_size('mixed_j')));

CREATE FUNCTION public.grouped(aggregate text, source regclass, key text) RETURNS text LANGUAGE sql STABLE RETURN
    format('SELECT count(x) FROM (SELECT %s AS x FROM %s GROUP BY %s OFFSET 0) q', aggregate, source, key);

-- customers in order: one after the other is aggregated
SET enable_hashagg = off;
SET enable_seqscan = off;
SET enable_sort = off;
SELECT bench.compare('1M profiles of 250k customers in order', 'omni / peer <= 0.1', public.grouped('omni.customer_profile_agg(p)', 'ordered_p', 'customer'),
    'jsonb || by observed_at', public.grouped('public.jsonb_concat_agg(j ORDER BY observed_at)', 'ordered_j', 'customer'), NULL, 3);
SELECT bench.compare('1M profiles of 250k customers in order', NULL, public.grouped('omni.customer_profile_agg(p)', 'ordered_p', 'customer'),
    'jsonb ||, as they come', public.grouped('public.jsonb_concat_agg(j)', 'ordered_j', 'customer'), NULL, 3);
SELECT bench.compare('the same without the grouping itself', 'omni / peer <= 0.1', public.grouped('omni.customer_profile_agg(p)', 'ordered_p', 'customer'),
    'jsonb ||, as they come', public.grouped('public.jsonb_concat_agg(j)', 'ordered_j', 'customer'), public.grouped('count(p)', 'ordered_p', 'customer'), 3);
SELECT bench.compare('1M profiles of 250k customers in order', NULL, public.grouped('omni.customer_profile_agg(p)', 'ordered_p', 'customer'),
    'jsonb_object_agg', public.grouped('jsonb_object_agg(observed_at, j)', 'ordered_j', 'customer'), NULL, 3);
RESET enable_hashagg;
RESET enable_seqscan;
RESET enable_sort;

-- Customers in no order. What omni and jsonb || as they come keep of 250k customers is hashed in memory, and
-- most of the time goes to finding it there, which count(p) over the same groups shows; jsonb || by observed_at is
-- sorted, in memory too. With the default work_mem omni's groups go to disk in parts that fit into the cache, and the
-- peer is sorted on disk; "CPU ms" have no waiting in them.
SELECT bench.compare('1M profiles of 250k customers, mixed', NULL, public.grouped('omni.customer_profile_agg(p)', 'mixed_p', 'customer'),
    'jsonb || by observed_at', public.grouped('public.jsonb_concat_agg(j ORDER BY observed_at)', 'mixed_j', 'customer'), NULL, 3);
SELECT bench.compare('1M profiles of 250k customers, mixed', NULL, public.grouped('omni.customer_profile_agg(p)', 'mixed_p', 'customer'),
    'jsonb ||, as they come', public.grouped('public.jsonb_concat_agg(j)', 'mixed_j', 'customer'), NULL, 3);
SELECT bench.compare('1M profiles of 250k customers, mixed', NULL, public.grouped('omni.customer_profile_agg(p)', 'mixed_p', 'customer'),
    'the grouping itself', public.grouped('count(p)', 'mixed_p', 'customer'), NULL, 3);
SELECT bench.compare('the same without the grouping itself', 'omni / peer <= 0.1', public.grouped('omni.customer_profile_agg(p)', 'mixed_p', 'customer'),
    'jsonb || by observed_at', public.grouped('public.jsonb_concat_agg(j ORDER BY observed_at)', 'mixed_j', 'customer'), public.grouped('count(p)', 'mixed_p', 'customer'), 3);
SELECT bench.compare('the same without the grouping itself', 'omni / peer <= 0.1', public.grouped('omni.customer_profile_agg(p)', 'mixed_p', 'customer'),
    'jsonb ||, as they come', public.grouped('public.jsonb_concat_agg(j)', 'mixed_j', 'customer'), public.grouped('count(p)', 'mixed_p', 'customer'), 3);
SET work_mem = '4MB';
SELECT bench.compare('1M of 250k customers, mixed, work_mem 4MB', NULL, public.grouped('omni.customer_profile_agg(p)', 'mixed_p', 'customer'),
    'jsonb || by observed_at', public.grouped('public.jsonb_concat_agg(j ORDER BY observed_at)', 'mixed_j', 'customer'), NULL, 2);
SET work_mem = '1GB';
SELECT bench.compare('1M profiles of 20k customers, mixed', 'omni / peer <= 0.1', public.grouped('omni.customer_profile_agg(p)', 'mixed_p', 'customer % 20000'),
    'jsonb ||, as they come', public.grouped('public.jsonb_concat_agg(j)', 'mixed_j', 'customer % 20000'), NULL, 1);

-- golden records: nanoseconds are the milliseconds of a million
SELECT bench.compare('golden_record of 1M profiles of one record', NULL, 'SELECT count(omni.golden_record(p)) FROM mixed_p', 'the scan alone', 'SELECT count(p) FROM mixed_p', NULL, 3);
CREATE UNLOGGED TABLE customer AS SELECT n, customer, p FROM (SELECT customer, omni.customer_profile_agg(p) AS p FROM mixed_p GROUP BY customer) q, generate_series(1, 4) n;
SELECT bench.compare('golden_record of 1M profiles of four records', NULL, 'SELECT count(omni.golden_record(p)) FROM customer', 'the scan alone', 'SELECT count(p) FROM customer', NULL, 3);
SELECT bench.compare('golden_record of 1M, five policies', NULL,
    $$SELECT count(omni.golden_record(p, '{"source_rank": ["crm", "shop"], "attributes": {"name": "longest", "city": "most_trusted", "tier": "most_frequent", "value": "max", "zip": "union"}}')) FROM customer$$, 'the scan alone', 'SELECT count(p) FROM customer', NULL, 3);
SELECT bench.compare('one attribute of 1M profiles of four records', NULL, $$SELECT count(p OPERATOR(omni.->>) 'city') FROM customer$$, 'the scan alone', 'SELECT count(p) FROM customer', NULL, 3);
