-- Laws of customer_profile on random profiles; equality is that of bytes. Sources, record ids and times are few, so that records meet.
\set cases 10400
SELECT plan(52);
SET search_path = public, omni;
SET timezone = 'UTC';
SELECT setseed(0.2027);
SET jit = off;
SET max_parallel_workers_per_gather = 0;

-- values in spellings that mean the same, and the numbers of all sizes
CREATE FUNCTION some_value() RETURNS jsonb LANGUAGE sql VOLATILE RETURN (ARRAY['1', '1.0', '1.00', '1e0', '-1', '0', '0.0', '100', '1e2', '10000', '1e4', '0.5', '0.50', '1e-7', '-123456789.000100', '9999.9999', '12345678901234567890.5',
    '"Jane"', '"Jane Doe"', '"jane"', '""', '"é"', '"日本"', '"a\"b\\"', '"\n\u0001"', 'true', 'false', 'null', '[]', '{}', '[1, 2.0, "x", null]', '[2, 1]', '{"b": 1, "aa": 2.50, "c": null}', '{"aa": 2.5, "c": null, "b": 1.0}', '[[1]]']::text[])[1 + floor(random() * 35)]::jsonb;
CREATE FUNCTION some_attributes(r float8) RETURNS jsonb LANGUAGE sql VOLATILE AS $$
    SELECT coalesce(jsonb_object_agg(k, v), '{}') FROM (SELECT k, some_value() AS v FROM unnest('{name,city,n,"",é,longer name}'::text[]) k WHERE random() + r * 0 < 0.5) x $$;
CREATE TABLE raw AS
SELECT c, part, random() AS r, (ARRAY['crm', 'shop', 'crm2', 'é', 'CRM'])[1 + floor(random() * 5)] AS source, (ARRAY['1', '2', '10', 'ä', '1/1'])[1 + floor(random() * 5)] AS record_id,
    '2026-01-01Z'::timestamptz + floor(random() * 4) * interval '1 day 0.000001 s' AS observed_at,
    ARRAY(SELECT (ARRAY['email:A@example.com', 'email:a@Example.com', 'phone:+4930123456', 'user_id:7', 'user_id:70', 'cookie:é', NULL])[1 + floor(random() * 7 + c * 0)] FROM generate_series(1, floor(random() * 4)::int)) AS identifiers,
    some_attributes(random()) AS attributes
FROM (SELECT c, part, floor(random() * 4)::int AS records FROM generate_series(1, :cases) c, generate_series(1, 3) part) p, generate_series(0, records) e;
-- and some large ones, whose states are sorted on the way
INSERT INTO raw SELECT :cases + c, part, random(), 'crm', floor(random() * 300 * c)::text, '2026-01-01Z'::timestamptz + floor(random() * 4) * interval '1 day', ARRAY['user_id:' || floor(random() * 99)], some_attributes(random())
FROM generate_series(1, 6) c, generate_series(1, 3) part, generate_series(1, 200 * c) e;
CREATE TABLE said AS SELECT c, part, r, customer_profile(source, record_id, observed_at, identifiers, attributes) AS p FROM raw;
CREATE TABLE piece AS SELECT c, part, customer_profile_agg(p) AS p FROM said GROUP BY c, part;
CREATE TABLE case_of AS SELECT c, x.p AS x, y.p AS y, z.p AS z FROM piece x JOIN piece y USING (c) JOIN piece z USING (c) WHERE x.part = 1 AND y.part = 2 AND z.part = 3;
CREATE TABLE whole AS SELECT c, customer_profile_agg(p) AS p FROM said GROUP BY c;
ANALYZE;
SELECT ok(count(*) >= 10000, count(*) || ' cases') FROM case_of;
SELECT ok(bool_or(record_count(x || y || z) < record_count(x) + record_count(y) + record_count(z)), 'records meet') FROM case_of;

-- the join
SELECT is_empty('SELECT c FROM case_of WHERE customer_profile_send(x || y) <> customer_profile_send(y || x)', 'commutative');
SELECT is_empty('SELECT c FROM case_of WHERE customer_profile_send((x || y) || z) <> customer_profile_send(x || (y || z))', 'associative');
SELECT is_empty('SELECT c FROM case_of WHERE customer_profile_send(x || x) <> customer_profile_send(x) OR customer_profile_send((x || y) || x) <> customer_profile_send(x || y)', 'idempotent');
SELECT is_empty($$SELECT c FROM case_of WHERE customer_profile_send(x || '{"records":[]}') <> customer_profile_send(x)$$, 'the empty profile adds nothing');
SELECT is_empty('SELECT c FROM case_of JOIN whole USING (c) WHERE customer_profile_send(x || y || z) <> customer_profile_send(p)', 'union of parts is the aggregate of all');
SELECT is_empty('SELECT c FROM whole w JOIN (SELECT c, customer_profile_agg(p) AS t FROM piece GROUP BY c) q USING (c) WHERE customer_profile_send(p) <> customer_profile_send(t)', 'aggregate of parts is the aggregate of all');
SELECT is_empty('SELECT c FROM whole w JOIN (SELECT c, customer_profile_agg(p ORDER BY r) AS t FROM said GROUP BY c) q USING (c) WHERE customer_profile_send(p) <> customer_profile_send(t)', 'independent of order');
SELECT is_empty('SELECT c FROM whole w JOIN (SELECT c, customer_profile_agg(p) AS t FROM (TABLE said UNION ALL TABLE said) e GROUP BY c) q USING (c) WHERE customer_profile_send(p) <> customer_profile_send(t)', 'repeats change nothing');
SELECT is_empty('SELECT c FROM whole w JOIN (SELECT c, customer_profile_agg(t ORDER BY h) AS t FROM (SELECT c, hashint8((r * 1e9)::bigint) % 4 AS h, customer_profile_agg(p ORDER BY r DESC) AS t FROM said GROUP BY 1, 2) e GROUP BY c) q USING (c)
    WHERE customer_profile_send(p) <> customer_profile_send(t)', 'independent of the split');
CREATE FUNCTION fold(p customer_profile[]) RETURNS customer_profile LANGUAGE plpgsql AS $$
DECLARE
    f customer_profile := '{"records":[]}'; one customer_profile;
BEGIN
    FOREACH one IN ARRAY p LOOP f := f || one; END LOOP;
    RETURN f;
END $$;
SELECT is_empty('SELECT c FROM whole w JOIN (SELECT c, fold(array_agg(p ORDER BY r)) AS t FROM said GROUP BY c) q USING (c) WHERE customer_profile_send(p) <> customer_profile_send(t)', 'the aggregate is the fold of ||');
-- a window's state is read before it is complete
SELECT is_empty('SELECT c FROM (SELECT c, customer_profile_agg(p) OVER (PARTITION BY c ORDER BY r) AS t, row_number() OVER (PARTITION BY c ORDER BY r DESC) AS n FROM said WHERE c <= 2000) q JOIN whole USING (c) WHERE n = 1 AND p <> t', 'as a window function');

-- what the join keeps, by SQL: each record that was said, the latest of its key
CREATE TABLE kept AS SELECT c, k.* FROM whole, profile_records(p) k;
CREATE TABLE told AS SELECT c, k.* FROM said, profile_records(p) k;
CREATE INDEX ON told (c, source, record_id);
ANALYZE kept; ANALYZE told;
SELECT is_empty('SELECT c, source, record_id, max(observed_at) FROM told GROUP BY 1, 2, 3 EXCEPT SELECT c, source, record_id, observed_at FROM kept', 'every record is kept with its latest time');
SELECT is((SELECT count(*) FROM kept), (SELECT count(*) FROM (SELECT DISTINCT c, source, record_id FROM told) d), 'each once');
SELECT is_empty('TABLE kept EXCEPT TABLE told', 'as it was said');
SELECT is_empty('SELECT c FROM whole JOIN (SELECT c, array_agg(ARRAY[source, record_id] ORDER BY source COLLATE "C", record_id COLLATE "C") AS k FROM kept GROUP BY c) q USING (c) WHERE records(p) <> k', 'records() by bytes');
SELECT is_empty('SELECT c FROM whole JOIN (SELECT c, count(*) AS n, min(observed_at) AS f, max(observed_at) AS l FROM kept GROUP BY c) q USING (c) WHERE (record_count(p), first_seen(p), last_seen(p)) <> (n, f, l)', 'counts and times');
SELECT is_empty('SELECT c FROM whole JOIN (SELECT c, customer_profile_agg(customer_profile_from(source, record_id, observed_at, identifiers, attributes)) AS q FROM kept GROUP BY c) q USING (c) WHERE p <> q', 'rows and back');

-- removal
SELECT is_empty('SELECT c FROM case_of WHERE customer_profile_send((x || y) - records(y)) <> customer_profile_send(x - records(y))', 'what is taken out was never there: (x || y) - records(y) = x - records(y)');
CREATE TABLE apart AS SELECT c, x, customer_profile_agg(customer_profile_from(source || '/2', record_id, observed_at, identifiers, attributes)) AS y FROM case_of, profile_records(y) GROUP BY c, x;
SELECT is_empty('SELECT c FROM apart WHERE customer_profile_send((x || y) - records(y)) <> customer_profile_send(x) OR customer_profile_send((y || x) - records(x)) <> customer_profile_send(y)', '(x || y) - records(y) = x of disjoint records');
SELECT is_empty('SELECT c FROM case_of WHERE record_count(x - records(x)) <> 0 OR x - ARRAY[(records(x))[1][1], (records(x))[1][2]] <> without_records(x, (records(x))[1:1])', 'all out, and one out');
SELECT is_empty('SELECT c FROM case_of WHERE (x || y || z) - records(y) - records(z) <> (x || y || z) - (records(z) || records(y))', 'at once or one after the other');

-- identifiers
CREATE TABLE held AS SELECT DISTINCT c, i FROM kept, unnest(identifiers) i;
SELECT is_empty('SELECT c FROM whole LEFT JOIN (SELECT c, array_agg(i ORDER BY i) AS ids FROM held GROUP BY c) q USING (c) WHERE identifiers(p) <> coalesce(ids, ''{}'')', 'identifiers, each once, in order');
SELECT is_empty('SELECT c, i FROM whole, unnest(''{email:a@example.com,phone:+4930123456,user_id:7,cookie:é,user_id:8}''::identifier[]) i WHERE (p @> i) IS DISTINCT FROM (i = ANY (identifiers(p))) OR (p @> i) <> (p @> i::text)', 'contains');
SELECT is_empty('SELECT c FROM case_of WHERE (x && y) IS DISTINCT FROM EXISTS (SELECT FROM unnest(identifiers(x)) i WHERE i = ANY (identifiers(y))) OR (x && y) <> (y && x)', 'shares an identifier');
CREATE INDEX whole_gin ON whole USING gin (p);
SET enable_seqscan = off;
SELECT is_empty($$SELECT i, (SELECT count(*) FROM whole WHERE p @> i) FROM unnest('{email:a@example.com,phone:+4930123456,user_id:7,cookie:é,user_id:8}'::identifier[]) i EXCEPT SELECT i, (SELECT count(*) FROM held h WHERE h.i = u.i) FROM unnest('{email:a@example.com,phone:+4930123456,user_id:7,cookie:é,user_id:8}'::identifier[]) u(i)$$, 'contains by index');
SELECT is((SELECT sum(hits) FROM (SELECT (SELECT count(*) FROM whole w WHERE w.p && x) AS hits FROM case_of WHERE c <= 20) q), (SELECT sum(hits) FROM (SELECT (SELECT count(*) FROM whole w WHERE (w.p && x) IS NOT DISTINCT FROM true AND w.c + 0 > 0) AS hits FROM case_of WHERE c <= 20 OFFSET 0) q), 'shares by index');
RESET enable_seqscan;
DROP INDEX whole_gin;

-- survivorship against plain SQL over the records
CREATE TABLE candidate AS SELECT c, source COLLATE "C" AS source, record_id COLLATE "C" AS record_id, observed_at, a.key COLLATE "C" AS key, a.value FROM kept, jsonb_each(attributes) a;
CREATE TABLE golden AS SELECT c, policy, golden_record(p, jsonb_build_object('default', policy, 'source_rank', '["shop", "é", "crm"]'::jsonb)) AS g FROM whole, unnest('{most_recent,first,most_trusted,longest,most_frequent,min,max,union}'::text[]) policy;
ANALYZE candidate; ANALYZE golden;
CREATE FUNCTION golden_differs(policy text, winners text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format('WITH want AS (SELECT c, jsonb_object_agg(key, value) AS g FROM (%s) w GROUP BY c)
        SELECT format(''case %%s: %%s, not %%s'', c, golden.g - ''identifiers'', want.g) FROM golden LEFT JOIN want USING (c) WHERE policy = %L AND golden.g - ''identifiers'' <> coalesce(want.g, ''{}'') LIMIT 5', winners, policy);
END $$;
SELECT is_empty($$SELECT * FROM golden_differs('most_recent', 'SELECT DISTINCT ON (c, key) c, key, value FROM candidate ORDER BY c, key, observed_at DESC, source, record_id')$$, 'most_recent');
SELECT is_empty($$SELECT * FROM golden_differs('first', 'SELECT DISTINCT ON (c, key) c, key, value FROM candidate ORDER BY c, key, observed_at, source, record_id')$$, 'first');
SELECT is_empty($$SELECT * FROM golden_differs('most_trusted', 'SELECT DISTINCT ON (c, key) c, key, value FROM candidate ORDER BY c, key, coalesce(array_position(ARRAY[''shop'', ''é'', ''crm''], source::text), 99), observed_at DESC, source, record_id')$$, 'most_trusted');
SELECT is_empty($$SELECT * FROM golden_differs('longest', 'SELECT DISTINCT ON (c, key) c, key, value FROM candidate ORDER BY c, key, length(CASE WHEN jsonb_typeof(value) IN (''array'', ''object'') THEN replace(value::text, '' '', '''') ELSE value #>> ''{}'' END) DESC, observed_at DESC, source, record_id')$$, 'longest');
SELECT is_empty($$SELECT * FROM golden_differs('most_frequent', 'SELECT DISTINCT ON (c, key) c, key, value FROM (SELECT *, count(*) OVER (PARTITION BY c, key, value) AS n FROM candidate) x ORDER BY c, key, n DESC, observed_at DESC, source, record_id')$$, 'most_frequent');
-- numbers and strings have an order that SQL has too; what else is there is looked at above and below them
CREATE FUNCTION place(v jsonb) RETURNS int LANGUAGE sql IMMUTABLE RETURN CASE jsonb_typeof(v) WHEN 'boolean' THEN 1 WHEN 'number' THEN 2 WHEN 'string' THEN 3 WHEN 'array' THEN 4 ELSE 5 END;
CREATE FUNCTION number(v jsonb) RETURNS numeric LANGUAGE sql IMMUTABLE RETURN CASE jsonb_typeof(v) WHEN 'number' THEN v::numeric WHEN 'boolean' THEN v::boolean::int ELSE 0 END;
CREATE FUNCTION string(v jsonb) RETURNS text LANGUAGE sql IMMUTABLE RETURN CASE jsonb_typeof(v) WHEN 'string' THEN v #>> '{}' ELSE '' END;
CREATE INDEX ON candidate (c, key);
ANALYZE candidate;
DELETE FROM candidate WHERE (c, key) IN (SELECT c, key FROM candidate WHERE place(value) > 3);
UPDATE golden SET g = (SELECT coalesce(jsonb_object_agg(e.key, e.value), '{}') FROM jsonb_each(g - 'identifiers') e WHERE EXISTS (SELECT FROM candidate d WHERE d.c = golden.c AND d.key = e.key)) WHERE policy IN ('min', 'max', 'union') AND c <= :cases;
DELETE FROM golden WHERE policy IN ('min', 'max', 'union') AND c > :cases;
SELECT is_empty($$SELECT * FROM golden_differs('min', 'SELECT DISTINCT ON (c, key) c, key, value FROM candidate ORDER BY c, key, place(value), number(value), string(value) COLLATE "C"')$$, 'min');
SELECT is_empty($$SELECT * FROM golden_differs('max', 'SELECT DISTINCT ON (c, key) c, key, value FROM candidate ORDER BY c, key, place(value) DESC, number(value) DESC, string(value) COLLATE "C" DESC')$$, 'max');
SELECT is_empty($$SELECT * FROM golden_differs('union', 'SELECT c, key, jsonb_agg(value ORDER BY place(value), number(value), string(value) COLLATE "C") AS value FROM (SELECT DISTINCT c, key, value FROM candidate) d GROUP BY c, key')$$, 'union');
SELECT is_empty('SELECT c FROM whole JOIN golden g USING (c) WHERE policy = ''first'' AND (SELECT coalesce(array_agg(k.key || '':'' || v ORDER BY (k.key || '':'' || v) COLLATE "C"), ''{}'') FROM jsonb_each(g.g -> ''identifiers'') k, jsonb_array_elements_text(k.value) v) <> identifiers(p)::text[]', 'identifiers by kind');
SELECT is_empty('SELECT c FROM whole w, jsonb_each(golden_record(p) - ''identifiers'') e WHERE (p -> e.key) <> e.value OR (p -> e.key)::text <> e.value::text OR (p ->> e.key) IS DISTINCT FROM e.value #>> ''{}''', '-> and ->> are most_recent');

-- text and binary form, hashes
SELECT is_empty('SELECT c FROM whole WHERE customer_profile_send(p::text::customer_profile) <> customer_profile_send(p) OR NOT p = p::text OR customer_profile_problem(p::text) IS NOT NULL', 'text form and back');
SELECT is_empty('SELECT c FROM whole WHERE customer_profile_send(jsonb_pretty(p::text::jsonb)::customer_profile) <> customer_profile_send(p)', 'through jsonb and back');
CREATE TABLE back (LIKE whole);
SELECT format('COPY whole TO %L (FORMAT binary)', current_setting('data_directory') || '/profile.copy') AS out, format('COPY back FROM %L (FORMAT binary)', current_setting('data_directory') || '/profile.copy') AS in \gset
:out;
:in;
SELECT format('COPY (SELECT) TO %L', current_setting('data_directory') || '/profile.copy') \gexec
SELECT is_empty('SELECT c FROM whole w JOIN back b USING (c) WHERE customer_profile_send(w.p) <> customer_profile_send(b.p) OR w.p <> b.p', 'binary form and back');
SELECT is_empty('SELECT c FROM case_of WHERE customer_profile_hash(x || y) <> customer_profile_hash(y || x) OR customer_profile_hash_extended(x || y, 7) <> customer_profile_hash_extended(y || x, 7)', 'equal means the same hash');
SELECT is_empty('SELECT a.c FROM case_of a JOIN case_of b ON b.c = a.c + 1 WHERE (a.x = b.x) <> (customer_profile_send(a.x) = customer_profile_send(b.x)) OR (a.x < b.x) <> (customer_profile_send(a.x) < customer_profile_send(b.x))', 'order is that of bytes');
SELECT is_empty('SELECT c, r.source FROM raw r JOIN said s USING (c, part, r), profile_records(p) k WHERE jsonb_strip_nulls(r.attributes) <> jsonb_strip_nulls(k.attributes)', 'attributes are what was said');

-- numbers: the same value whatever way it came, the same bytes whatever scale it had
CREATE TABLE number AS SELECT i, (CASE WHEN random() < 0.5 THEN -1 ELSE 1 END * round((random() * 1e15)::numeric, 0) * (10::numeric ^ (floor(random() * 60) - 40)::int))::numeric AS n FROM generate_series(1, 10000) i;
UPDATE number SET n = round(n, floor(random() * 45)::int) WHERE i % 3 = 0;
SELECT is_empty($$SELECT n FROM number, customer_profile('a', 'b', '2026-01-01Z', NULL, jsonb_build_object('n', n)) p WHERE (p -> 'n')::numeric <> n OR (p ->> 'n') <> trim_scale(n)::text
    OR p::text <> format('{"records":[{"source":"a","record_id":"b","observed_at":"2026-01-01T00:00:00Z","identifiers":[],"attributes":{"n":%s}}]}', trim_scale(n))
    OR p <> customer_profile('a', 'b', '2026-01-01Z', NULL, jsonb_build_object('n', n + 0.000)) OR p::text::customer_profile <> p$$, '10000 numbers');
SELECT is_empty($$SELECT a.n FROM number a JOIN number b ON b.i = a.i % 10000 + 1, LATERAL (SELECT customer_profile('a', '1', '2026-01-01Z', NULL, jsonb_build_object('n', a.n)) || customer_profile('a', '2', '2026-01-01Z', NULL, jsonb_build_object('n', b.n)) AS p) p
    WHERE (golden_record(p, '{"default": "min"}') -> 'n')::numeric <> least(a.n, b.n) OR (golden_record(p, '{"default": "max"}') -> 'n')::numeric <> greatest(a.n, b.n)$$, 'are in order');

-- one result whatever the plan: serial, sorted, parallel, partitionwise, spilled
CREATE TABLE big (g int, p customer_profile) PARTITION BY HASH (g);
SELECT format('CREATE TABLE big%s PARTITION OF big FOR VALUES WITH (MODULUS 4, REMAINDER %s)', i, i) FROM generate_series(0, 3) i \gexec
INSERT INTO big SELECT CASE WHEN i % 3 = 0 THEN 0 ELSE i % 5003 END, customer_profile('s' || i % 7, ((i * 7919) % 9001)::text, '2026-01-01Z'::timestamptz + i % 11 * interval '1 h', ARRAY['user_id:' || i % 99], jsonb_build_object('n', i % 13)) FROM generate_series(1, 60000) i;
ANALYZE big;
CREATE FUNCTION plan_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text; r text := '';
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (ANALYZE, TIMING off, SUMMARY off) ' || query LOOP r := r || line || E'\n'; END LOOP;
    RETURN r;
END $$;
\set grouped 'SELECT g, customer_profile_agg(p) AS s FROM big GROUP BY g'
\set whole 'SELECT customer_profile_agg(p) AS s FROM big'
\set digest 'SELECT md5(string_agg(md5(customer_profile_send(s)), \'\' ORDER BY customer_profile_send(s))) FROM '
SET work_mem = '512MB';
:digest (:grouped) q \gset serial_
:digest (:whole) q \gset whole_
SET enable_hashagg = off;
SELECT alike(plan_of(:'grouped'), '%GroupAggregate%', 'sorted plan');
:digest (:grouped) q \gset sorted_
RESET enable_hashagg;
SET work_mem = '64kB';
SET hash_mem_multiplier = 1;
SET enable_sort = off;
SELECT matches(plan_of(:'grouped'), 'Batches: ([2-9]|[0-9]{2,})', 'spilled plan');
:digest (:grouped) q \gset spilled_
RESET enable_sort;
RESET hash_mem_multiplier;
SET work_mem = '512MB';
SET enable_partitionwise_aggregate = on;
:digest (:grouped) q \gset partitionwise_
RESET enable_partitionwise_aggregate;
SET max_parallel_workers_per_gather = 3;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT alike(plan_of(:'whole'), '%Gather%Partial Aggregate%', 'parallel plan');
:digest (:whole) q \gset parallel_
SELECT is(:'parallel_md5'::text, :'whole_md5', 'parallel = serial');
SELECT matches(plan_of(:'grouped'), 'Gather[^$]*Partial', 'parallel plan with groups');
:digest (:grouped) q \gset pargroup_
SELECT is(ARRAY[:'sorted_md5', :'spilled_md5', :'partitionwise_md5', :'pargroup_md5'], array_fill(:'serial_md5'::text, ARRAY[4]), 'sorted, spilled, partitionwise, parallel = serial');
SELECT * FROM finish();
