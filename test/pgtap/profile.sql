-- Where the states of customer_profile live, what grouping and large profiles cost, limits.
SELECT plan(18);
SET search_path = public, omni;
SET max_parallel_workers_per_gather = 0;
SET work_mem = '512MB';
SET jit = off;

CREATE FUNCTION cpu() RETURNS float8 LANGUAGE sql VOLATILE AS $$ SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::float8 / 1e6 FROM pg_sleep(0.0001) $$;
CREATE FUNCTION cost(query text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    t float8; best float8 := 'infinity';
BEGIN
    FOR repetition IN 1..3 LOOP
        t := cpu();
        EXECUTE query;
        best := least(best, cpu() - t);
    END LOOP;
    RETURN best;
END $$;
CREATE TABLE said AS SELECT i, customer_profile('crm', i::text, '2026-01-01Z'::timestamptz + i * interval '1 s', ARRAY['user_id:' || i], jsonb_build_object('name', 'Jane ' || i, 'n', i)) AS p FROM generate_series(1, 320000) i ORDER BY hashint4(i);
ANALYZE said;

-- CPU time of grouping grows with the number of groups, and with the size of one, but not with its square
SELECT cost('SELECT count(p) FROM (SELECT customer_profile_agg(p) AS p FROM said WHERE i <= 80000 GROUP BY i % 20000 OFFSET 0) q') AS c20,
    cost('SELECT count(p) FROM (SELECT customer_profile_agg(p) AS p FROM said WHERE i <= 160000 GROUP BY i % 40000 OFFSET 0) q') AS c40,
    cost('SELECT count(p) FROM (SELECT customer_profile_agg(p) AS p FROM said GROUP BY i % 80000 OFFSET 0) q') AS c80 \gset
SELECT ok(:c80 < 8 * :c20, format('GROUP BY into 20k, 40k, 80k groups: %s, %s, %s ms', round(:c20), round(:c40), round(:c80)));
SELECT cost('SELECT record_count(customer_profile_agg(p)) FROM said WHERE i <= 25000') AS r25, cost('SELECT record_count(customer_profile_agg(p)) FROM said WHERE i <= 50000') AS r50,
    cost('SELECT record_count(customer_profile_agg(p)) FROM said WHERE i <= 100000') AS r100, cost('SELECT record_count(customer_profile_agg(p)) FROM said') AS r320 \gset
SELECT ok(:r100 < 8 * :r25, format('one group of 25k, 50k, 100k, 320k records: %s, %s, %s, %s ms', round(:r25), round(:r50), round(:r100), round(:r320)));
SELECT is((SELECT record_count(customer_profile_agg(p)) FROM said), 320000, 'a profile of 320,000 records');

-- a group that sees the same records again and again does not grow
CREATE FUNCTION aggregate_memory() RETURNS bigint LANGUAGE sql VOLATILE RETURN (SELECT max(used_bytes) FROM pg_backend_memory_contexts WHERE name = 'ExprContext');
SELECT is((SELECT customer_profile_agg(p) FROM said, generate_series(1, 2000) WHERE i <= 50), (SELECT customer_profile_agg(p) FROM said WHERE i <= 50), '50 records, 2000 times');
SELECT ok((SELECT max(aggregate_memory()) FROM (SELECT customer_profile_agg(p) OVER (ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM said, generate_series(1, 400) n WHERE i <= 50 OFFSET 19990) q) < 1000000, 'and stay small');

-- states of all sizes at which the first one is made, moves or is sorted: what || gives
CREATE FUNCTION fold(p customer_profile[]) RETURNS customer_profile LANGUAGE plpgsql AS $$
DECLARE
    f customer_profile := '{"records":[]}'; one customer_profile;
BEGIN
    FOREACH one IN ARRAY p LOOP f := f || one; END LOOP;
    RETURN f;
END $$;
CREATE TABLE sized AS SELECT size, n, customer_profile('s', (n * 7 % 10)::text, '2026-01-01Z'::timestamptz + n * interval '1 s', NULL, jsonb_build_object('x', repeat('x', size))) AS p FROM generate_series(0, 1100, 5) size, generate_series(1, 12) n;
SELECT is_empty('SELECT size, k FROM (SELECT size, k, customer_profile_agg(p ORDER BY n) AS a, fold(array_agg(p ORDER BY n DESC)) AS f FROM sized, generate_series(1, 12) k WHERE n <= k GROUP BY size, k) q WHERE customer_profile_send(a) <> customer_profile_send(f)',
    '1 to 12 records of 0 to 1100 bytes');

-- a large one: linear join, removal, accessors
CREATE TABLE large AS SELECT customer_profile_agg(p) AS p FROM said WHERE i <= 100000;
SELECT ok(record_count(p || p) = 100000 AND p || p = p AND p - records(p) = '{"records":[]}', 'joined with itself, and emptied') FROM large;
SELECT is((SELECT p - (SELECT array_agg(ARRAY['crm', i::text]) FROM generate_series(51, 100000) i) FROM large), (SELECT customer_profile_agg(p) FROM said WHERE i <= 50), 'all but fifty records taken out');
SELECT is(cardinality(identifiers(p)), 100000, 'identifiers') FROM large;
SELECT is(p ->> 'n', '100000', 'an attribute') FROM large;
SELECT is(golden_record(p) ->> 'name', 'Jane 100000', 'its golden record') FROM large;
SELECT is(jsonb_array_length(golden_record(p, '{"default": "union"}') -> 'n'), 100000, 'of all values') FROM large;
SELECT is((SELECT count(*) FROM large, profile_records(p)), 100000::bigint, 'as rows');
SELECT is(p::text::customer_profile, p, 'text and back') FROM large;

-- limits
CREATE FUNCTION state_of(query text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN EXECUTE query; RETURN 'accepted'; EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE; END $$;
SELECT is(state_of($$SELECT customer_profile_agg(customer_profile('s', i::text, '2026-01-01Z', NULL, jsonb_build_object('x', repeat(md5(i::text), 31250)))) FROM generate_series(1, 100) i$$), '54000', 'a profile of 100 MB by aggregation');
SELECT is(state_of($$SELECT customer_profile('s', '1', '2026-01-01Z', NULL, jsonb_build_object('x', repeat('x', 40000000))) || customer_profile('s', '2', '2026-01-01Z', NULL, jsonb_build_object('x', repeat('x', 40000000)))$$), '54000', 'of 80 MB by ||');
SELECT is(state_of($$SELECT ('{"records":[{"source":"a","record_id":"b","observed_at":"2026-01-01T00:00Z","attributes":{"x":"' || repeat('x', 100000000) || '"}}]}')::customer_profile$$), '54000', 'of 100 MB of text');
SELECT is(customer_profile_problem('{"records":[{"source":"a","record_id":"b","observed_at":"2026-01-01T00:00Z","attributes":{"x":[' || repeat('1,', 15000000) || '1]}}]}'), 'too_large', '30 MB of JSON whose values take more');
SELECT * FROM finish();
