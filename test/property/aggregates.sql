-- Every aggregate of the extension gives one result for one input: serial, parallel, partitionwise, spilled to disk, sorted,
-- from any split into stored states, in any order. Each aggregate has a call here; one without fails the test.
SELECT plan(11);

-- the call of each aggregate over table input, which has a column for each kind of argument
CREATE TABLE call (signature text PRIMARY KEY, expr text, twin text);
INSERT INTO call VALUES
    -- signature, call, and how to put results (or states) of parts together: %s stands for a column of them
    ('omni.min(omni.gtin)', 'omni.min(gtin)', 'omni.min(%s)'), ('omni.max(omni.gtin)', 'omni.max(gtin)', 'omni.max(%s)'),
    ('omni.min(omni.sku)', 'omni.min(sku)', 'omni.min(%s)'), ('omni.max(omni.sku)', 'omni.max(sku)', 'omni.max(%s)'),
    ('omni.min(omni.email)', 'omni.min(email)', 'omni.min(%s)'), ('omni.max(omni.email)', 'omni.max(email)', 'omni.max(%s)'),
    ('omni.min(omni.phone)', 'omni.min(phone)', 'omni.min(%s)'), ('omni.max(omni.phone)', 'omni.max(phone)', 'omni.max(%s)'),
    ('omni.min(omni.pseudonym)', 'omni.min(pseudonym)', 'omni.min(%s)'), ('omni.max(omni.pseudonym)', 'omni.max(pseudonym)', 'omni.max(%s)'),
    ('omni.min(omni.identifier)', 'omni.min(identifier)', 'omni.min(%s)'), ('omni.max(omni.identifier)', 'omni.max(identifier)', 'omni.max(%s)'),
    ('omni.min(omni.order_state)', 'omni.min(state)', 'omni.min(%s)'), ('omni.max(omni.order_state)', 'omni.max(state)', 'omni.max(%s)'),
    ('omni.min(omni.order_quantities)', 'omni.min(quantities)', 'omni.min(%s)'), ('omni.max(omni.order_quantities)', 'omni.max(quantities)', 'omni.max(%s)'),
    ('omni.order_state_agg(omni.order_state)', 'omni.order_state_agg(state)', 'omni.order_state_agg(%s)'),
    ('omni.order_quantities_agg(omni.order_quantities)', 'omni.order_quantities_agg(quantities)', 'omni.order_quantities_agg(%s)'),
    ('omni.order_quantities_state(omni.order_quantities)', 'omni.order_quantities_state(quantities)', 'omni.rollup(%s)'),
    ('omni.order_line_agg(bigint,omni.order_state,omni.order_state)', 'omni.order_line_agg(1 + i % 5, NULL::omni.order_state, unit)', 'omni.order_quantities_agg(%s)'),
    ('omni.order_line_agg(bigint,text,text)', 'omni.order_line_agg(1 + i % 5, NULL::text, unit::text)', 'omni.order_quantities_agg(%s)'),
    ('omni.order_line_state(bigint,omni.order_state,omni.order_state)', 'omni.order_line_state(1 + i % 5, ''open'', unit)', 'omni.rollup(%s)'),
    ('omni.order_line_state(bigint,text,text)', 'omni.order_line_state(1 + i % 5, ''open'', unit::text)', 'omni.rollup(%s)'),
    ('omni.rollup(omni.order_moves)', 'omni.rollup(moves)', 'omni.rollup(%s)'),
    ('omni.disjoint_set_agg(bigint,bigint)', 'omni.disjoint_set_agg(i, i / 3)', 'omni.disjoint_set_rollup(%s)'),
    ('omni.disjoint_set_agg(uuid,uuid)', 'omni.disjoint_set_agg(md5(i::text)::uuid, md5((i / 3)::text)::uuid)', 'omni.disjoint_set_rollup(%s)'),
    ('omni.disjoint_set_agg(text,text)', 'omni.disjoint_set_agg(''n'' || i, ''n'' || i / 3)', 'omni.disjoint_set_rollup(%s)'),
    ('omni.disjoint_set_agg(omni.identifier,omni.identifier)', 'omni.disjoint_set_agg(identifier, omni.identifier(''user_id:'' || i / 3))', 'omni.disjoint_set_rollup(%s)'),
    ('omni.disjoint_set_rollup(omni.disjoint_set)', 'omni.disjoint_set_rollup(sets)', 'omni.disjoint_set_rollup(%s)'),
    ('omni.customer_profile_agg(omni.customer_profile)', 'omni.customer_profile_agg(omni.customer_profile(''shop'', (i % 500)::text, at, ARRAY[''user_id:'' || i % 7], jsonb_build_object(''n'', i % 11)))', 'omni.customer_profile_agg(%s)'),
    ('omni.consent_agg(omni.consent)', 'omni.consent_agg(omni.consent(''shop'', (i % 500)::text, ''local_'' || 1 + i % 4, CASE i % 7 WHEN 0 THEN ''refused'' ELSE ''given'' END, at))', 'omni.consent_agg(%s)'),
    ('omni.link_evidence_agg(text,text,timestamp with time zone,omni.identifier)', 'omni.link_evidence_agg(''s'' || i % 3, (i % 700)::text, at, identifier)', 'omni.link_evidence_rollup(%s)'),
    ('omni.link_evidence_agg(text,text,text,text,double precision,timestamp with time zone)', 'omni.link_evidence_agg(''s'' || i % 3, (i % 700)::text, ''t'', (i % 300)::text, i / 8.0, at)', 'omni.link_evidence_rollup(%s)'),
    ('omni.link_evidence_rollup(omni.link_evidence)', 'omni.link_evidence_rollup(omni.link_evidence(''[{"source":"a","record_id":"'' || i % 700 || ''","observed_at":"2026-01-01T00:00Z"}]''))', 'omni.link_evidence_rollup(%s)'),
    ('omni.demand_agg(bigint,bigint,integer,timestamp with time zone)', 'omni.demand_agg(i % 500, i % 7, (i % 3)::int, at)', 'omni.demand_rollup(%s)'),
    ('omni.demand_rollup(omni.demand)', 'omni.demand_rollup(demand)', 'omni.demand_rollup(%s)'),
    ('omni.demand_agg(bigint,bigint,integer,timestamp with time zone,text,bigint)', 'omni.demand_agg(i % 500, 2 + i % 7, (i % 3)::int, at, CASE WHEN i % 5 > 0 THEN ''c'' || i % 5 END, i % 2 * 2)', 'omni.demand_rollup(%s)'),
    ('omni.supply_agg(bigint,bigint,timestamp with time zone,text)', 'omni.supply_agg(i % 500, i % 7, at, CASE WHEN i % 3 > 0 THEN ''c'' || i % 5 END)', 'omni.supply_rollup(%s)'),
    ('omni.supply_agg(bigint,bigint,timestamp with time zone)', 'omni.supply_agg(i % 500, i % 7, at)', 'omni.supply_rollup(%s)'),
    ('omni.supply_rollup(omni.supply)', 'omni.supply_rollup(supply)', 'omni.supply_rollup(%s)'),
    ('omni.atp_projection_agg(text,bigint,timestamp with time zone)', 'omni.atp_projection_agg(CASE i % 3 WHEN 0 THEN ''incoming'' ELSE ''reserved'' END, i % 7, at)', 'omni.atp_projection_rollup(%s)'),
    ('omni.atp_projection_agg(text,bigint,timestamp with time zone,timestamp with time zone)', 'omni.atp_projection_agg(''on_hand'', i % 7, at, at + (i % 5 + 1) * interval ''1 h'')', 'omni.atp_projection_rollup(%s)'),
    ('omni.atp_projection_rollup(omni.atp_projection)', 'omni.atp_projection_rollup(omni.atp_projection(''incoming'', i % 7, at))', 'omni.atp_projection_rollup(%s)'),
    ('omni.demand_history_agg(date,bigint)', 'omni.demand_history_agg(''2026-01-01''::date + (i % 400)::int, i % 7)', 'omni.demand_history_rollup(%s)'),
    ('omni.demand_history_rollup(omni.demand_history)', 'omni.demand_history_rollup(omni.demand_history(format(''{%s:%s}'', ''2026-01-01''::date + (i % 400)::int, i % 7)))', 'omni.demand_history_rollup(%s)'),
    ('omni.bundle_atp(bigint,bigint)', 'omni.bundle_atp(i, 1 + i % 7)', 'min(%s)'),
    ('omni.route_candidates_agg(bigint,bigint,bigint,bigint,bigint,numeric)', 'omni.route_candidates_agg((i % 77), (i % 7), 1 + i % 77 % 3, (i % 11), i % 77, (i % 11) / 8.0)', 'omni.route_candidates_rollup(%s)'),
    ('omni.route_candidates_agg(bigint,bigint,bigint,bigint,bigint,jsonb,jsonb)', 'omni.route_candidates_agg((i % 77), (i % 7), 1 + i % 77 % 3, (i % 11), i % 77, jsonb_build_object(''fixed_cost'', (i % 11) / 8.0, ''unit_cost'', i % 7), ''{"partial": true}'')', 'omni.route_candidates_rollup(%s)'),
    ('omni.route_candidates_agg(text,text,bigint,text,bigint,numeric)', 'omni.route_candidates_agg((i % 77)::text, (i % 7)::text, 1 + i % 77 % 3, (i % 11)::text, i % 77, (i % 11) / 8.0)', 'omni.route_candidates_rollup(%s)'),
    ('omni.route_candidates_agg(bigint,text,bigint,text,bigint,numeric)', 'omni.route_candidates_agg((i % 77), (i % 7)::text, 1 + i % 77 % 3, (i % 11)::text, i % 77, (i % 11) / 8.0)', 'omni.route_candidates_rollup(%s)'),
    ('omni.route_candidates_agg(text,text,bigint,text,bigint,jsonb,jsonb)', 'omni.route_candidates_agg((i % 77)::text, (i % 7)::text, 1 + i % 77 % 3, (i % 11)::text, i % 77, jsonb_build_object(''fixed_cost'', (i % 11) / 8.0, ''unit_cost'', i % 7), ''{"partial": true}'')', 'omni.route_candidates_rollup(%s)'),
    ('omni.route_candidates_agg(bigint,text,bigint,text,bigint,jsonb,jsonb)', 'omni.route_candidates_agg((i % 77), (i % 7)::text, 1 + i % 77 % 3, (i % 11)::text, i % 77, jsonb_build_object(''fixed_cost'', (i % 11) / 8.0, ''unit_cost'', i % 7), ''{"partial": true}'')', 'omni.route_candidates_rollup(%s)'),
    ('omni.route_order(bigint,bigint,bigint,bigint,bigint,numeric)', 'omni.route_order((i % 77), (i % 7), 1 + i % 77 % 3, (i % 11), i % 77, (i % 11) / 8.0)', 'omni.route_order_rollup(%s)'),
    ('omni.route_order(bigint,bigint,bigint,bigint,bigint,jsonb,jsonb)', 'omni.route_order((i % 77), (i % 7), 1 + i % 77 % 3, (i % 11), i % 77, jsonb_build_object(''fixed_cost'', (i % 11) / 8.0, ''unit_cost'', i % 7), ''{"partial": true}'')', 'omni.route_order_rollup(%s)'),
    ('omni.route_order(text,text,bigint,text,bigint,numeric)', 'omni.route_order((i % 77)::text, (i % 7)::text, 1 + i % 77 % 3, (i % 11)::text, i % 77, (i % 11) / 8.0)', 'omni.route_order_rollup(%s)'),
    ('omni.route_order(bigint,text,bigint,text,bigint,numeric)', 'omni.route_order((i % 77), (i % 7)::text, 1 + i % 77 % 3, (i % 11)::text, i % 77, (i % 11) / 8.0)', 'omni.route_order_rollup(%s)'),
    ('omni.route_order(text,text,bigint,text,bigint,jsonb,jsonb)', 'omni.route_order((i % 77)::text, (i % 7)::text, 1 + i % 77 % 3, (i % 11)::text, i % 77, jsonb_build_object(''fixed_cost'', (i % 11) / 8.0, ''unit_cost'', i % 7), ''{"partial": true}'')', 'omni.route_order_rollup(%s)'),
    ('omni.route_order(bigint,text,bigint,text,bigint,jsonb,jsonb)', 'omni.route_order((i % 77), (i % 7)::text, 1 + i % 77 % 3, (i % 11)::text, i % 77, jsonb_build_object(''fixed_cost'', (i % 11) / 8.0, ''unit_cost'', i % 7), ''{"partial": true}'')', 'omni.route_order_rollup(%s)'),
    ('omni.route_candidates_rollup(omni.route_candidates)', 'omni.route_candidates_rollup(candidates)', 'omni.route_candidates_rollup(%s)'),
    ('omni.route_order_rollup(omni.route_candidates)', 'omni.route_order_rollup(candidates)', 'omni.route_order_rollup(%s)'),
    ('omni.route_order_rollup(omni.route_plan)', 'omni.route_order_rollup(plan)', 'omni.route_order_rollup(%s)');

CREATE VIEW aggregate AS
SELECT p.oid::regprocedure::text AS signature, a.* FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid
JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e' JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'omni';
SELECT is_empty('SELECT signature FROM aggregate WHERE signature NOT IN (SELECT signature FROM call)', 'every aggregate has a call here');
SELECT is_empty('SELECT signature FROM call WHERE signature NOT IN (SELECT signature FROM aggregate)', 'every call is of an aggregate');

-- 12,000 rows in 60 groups and 4 partitions; one value in eleven is NULL
CREATE TABLE input (i bigint NOT NULL, g int NOT NULL, at timestamptz NOT NULL, gtin omni.gtin, sku omni.sku, email omni.email, phone omni.phone, identifier omni.identifier, pseudonym omni.pseudonym,
    state omni.order_state, unit omni.order_state NOT NULL, quantities omni.order_quantities, moves omni.order_moves, sets omni.disjoint_set, demand omni.demand, supply omni.supply,
    candidates omni.route_candidates, plan omni.route_plan) PARTITION BY HASH (g);
SELECT format('CREATE TABLE input_%s PARTITION OF input FOR VALUES WITH (MODULUS 4, REMAINDER %s)', i, i) FROM generate_series(0, 3) i \gexec
INSERT INTO input
SELECT i, hashint8(i) % 30, '2026-01-01 00:00+00'::timestamptz + (i % 1000) * interval '1 s', g.gtin,
       CASE WHEN i % 11 > 0 THEN omni.sku('TS-' || i % 997) END, CASE WHEN i % 11 > 0 THEN omni.email('u' || i % 997 || '@example.com') END,
       CASE WHEN i % 11 > 0 THEN omni.phone('+4930' || 1000 + i % 997) END, CASE WHEN i % 11 > 0 THEN omni.identifier('user_id:' || i % 997) END,
       CASE WHEN i % 11 > 0 THEN omni.pseudonym('user ' || i % 997, 'crm') END,
       CASE WHEN i % 11 > 0 THEN s.state END, s.state, CASE WHEN i % 11 > 0 THEN q.quantities END, CASE WHEN i % 11 > 0 THEN q.moves END,
       CASE WHEN i % 11 > 0 THEN omni.disjoint_set(i, i / 2) END, CASE WHEN i % 11 > 0 THEN d.demand END, CASE WHEN i % 11 > 0 THEN d.supply END,
       CASE WHEN i % 11 > 0 THEN r.candidates END, CASE WHEN i % 11 > 0 THEN r.plan END
FROM generate_series(1::bigint, 12000) i
CROSS JOIN LATERAL (SELECT (ARRAY['open', 'packed', 'shipped', 'delivered', 'canceled'])[1 + (hashint8(i) & 3)]::omni.order_state AS state) s
CROSS JOIN LATERAL (SELECT omni.min(omni.order_quantities(i % 3 + u, s.state)) AS quantities, omni.order_line_state(i % 3 + u, NULL, s.state) AS moves FROM generate_series(1, 1) u) q
CROSS JOIN LATERAL (SELECT omni.demand_agg(i % 300, i % 5 + u, 1, '2026-01-01 00:00+00') AS demand, omni.supply_agg(i % 300, i % 5 + u, '2026-01-01 00:00+00') AS supply
                    FROM generate_series(1, 1) u) d
CROSS JOIN LATERAL (SELECT omni.route_candidates_agg(i % 77, i % 7, u * (1 + i % 77 % 3), i % 11, i % 77, (i % 11) / 8.0) AS candidates, omni.route_order(i % 77, i % 7, u * (1 + i % 77 % 3), i % 11, i % 77, (i % 11) / 8.0) AS plan
                    FROM generate_series(1, 1) u) r
LEFT JOIN LATERAL (SELECT omni.gtin_repair(to_char(4006381000000 + i % 997 * 10 + c, 'FM0000000000000')) AS gtin FROM generate_series(0, 9) c
                   WHERE i % 11 > 0 AND omni.gtin_problem(to_char(4006381000000 + i % 997 * 10 + c, 'FM0000000000000')) IS NULL LIMIT 1) g ON true;
ANALYZE input;

CREATE TABLE result (mode text, signature text, g int, value text);
CREATE TABLE shape (mode text, signature text, plan text);
CREATE FUNCTION explain(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text; plan text := '';
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (ANALYZE, BUFFERS off, COSTS off, TIMING off, SUMMARY off) ' || query LOOP plan := plan || line || E'\n'; END LOOP;
    RETURN plan;
END $$;

-- each call over all groups; the text form shows every bit of a value, the checksum keeps the table small
CREATE PROCEDURE run(mode text, source text, key text DEFAULT 'g') LANGUAGE plpgsql AS $$
DECLARE
    c record;
BEGIN
    FOR c IN SELECT * FROM call ORDER BY signature LOOP
        EXECUTE format('INSERT INTO result SELECT %1$L, %2$L, %5$s, md5((%3$s)::text) FROM %4$s GROUP BY %5$s', mode, c.signature, c.expr, source, key);
        INSERT INTO shape SELECT mode, c.signature, explain(format('SELECT %3$s, md5((%1$s)::text) FROM %2$s GROUP BY %3$s', c.expr, source, key));
    END LOOP;
END $$;

SET max_parallel_workers_per_gather = 0;
SET enable_sort = off;
CALL run('serial', 'input');
SET enable_sort = on;
SET enable_hashagg = off;
CALL run('sorted', 'input');
SET enable_hashagg = on;
SET enable_sort = off;
-- so many groups that every hash table outgrows its memory
SET work_mem = '256MB';
CALL run('many', '(SELECT * FROM (SELECT i % 4000 AS h, r.* FROM input r) x) y', 'h');
SET work_mem = '64kB';
CALL run('spilled', '(SELECT * FROM (SELECT i % 4000 AS h, r.* FROM input r) x) y', 'h');
RESET work_mem;
SET enable_partitionwise_aggregate = on;
CALL run('partitionwise', 'input');
CALL run('another order', '(SELECT * FROM input ORDER BY md5(i::text)) r');
RESET enable_partitionwise_aggregate;
RESET enable_sort;

-- parallel: partial states in the workers, combined by the leader; group keys do not follow the partitions then
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
DO $$
DECLARE
    c record;
    total text := '';
    query text;
BEGIN
    FOR c IN SELECT * FROM call ORDER BY signature LOOP
        query := format('SELECT g, md5((%s)::text) FROM input GROUP BY g', c.expr);
        EXECUTE format('SELECT string_agg(md5, '','' ORDER BY g) FROM (%s) x(g, md5)', query) INTO total;
        INSERT INTO result SELECT 'parallel', c.signature, 0, md5(total);
        INSERT INTO shape SELECT 'parallel', c.signature, explain(query);
    END LOOP;
END $$;
SET max_parallel_workers_per_gather = 0;

-- from parts: results of small groups, stored as text and as binary, are put together
DO $$
DECLARE
    c record;
BEGIN
    FOR c IN SELECT * FROM call ORDER BY signature LOOP
        EXECUTE format('CREATE TABLE part AS SELECT g, i %% 7 AS k, %s AS state FROM input GROUP BY g, i %% 7', c.expr);
        EXECUTE format('INSERT INTO result SELECT ''from states'', %L, g, md5((%s)::text) FROM part GROUP BY g', c.signature, format(c.twin, 'state'));
        EXECUTE format('INSERT INTO result SELECT ''from texts'', %L, g, md5((%s)::text) FROM (SELECT g, state::text::%s AS state FROM part ORDER BY md5(k::text)) p GROUP BY g', c.signature, format(c.twin, 'state'),
            (SELECT format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = 'part'::regclass AND attname = 'state'));
        DROP TABLE part;
    END LOOP;
END $$;

ANALYZE result;
SELECT is_empty(format($$SELECT r.mode, signature, count(*) FROM result r JOIN result s USING (signature, g) WHERE s.mode = 'serial' AND r.mode = %L AND r.value IS DISTINCT FROM s.value GROUP BY 1, 2$$, mode),
    mode || ': each of ' || (SELECT count(*) FROM call) || ' aggregates as serial')
FROM unnest('{sorted,partitionwise,another order,from states,from texts}'::text[]) mode;
SELECT is_empty($$SELECT signature, count(*) FROM result r JOIN result m USING (signature, g) WHERE m.mode = 'many' AND r.mode = 'spilled' AND r.value IS DISTINCT FROM m.value GROUP BY 1$$,
    'spilled: each as in memory');
SELECT is_empty($$SELECT p.signature FROM result p WHERE p.mode = 'parallel' AND p.value IS DISTINCT FROM (SELECT md5(string_agg(s.value, ',' ORDER BY s.g)) FROM result s WHERE s.mode = 'serial' AND s.signature = p.signature)$$,
    'parallel: each as serial');
SELECT is_empty($$SELECT mode, signature, left(plan, 300) FROM shape WHERE CASE mode
    WHEN 'spilled' THEN plan !~ 'Disk Usage' WHEN 'many' THEN plan ~ 'Disk Usage' WHEN 'serial' THEN plan !~ 'HashAggregate' OR plan ~ 'Workers' WHEN 'sorted' THEN plan !~ 'GroupAggregate' WHEN 'partitionwise' THEN plan !~ 'Append\s.*\n.*Aggregate'
    WHEN 'parallel' THEN plan !~ 'Finalize .*Aggregate(.|\n)*Partial' OR plan !~ 'Workers Launched: [12]' END$$, 'the plans are what they should be');

-- CPU time, the least of three runs, grows with the number of groups, not with its square: 4 times the groups and
-- rows take less than 11 times as long
CREATE FUNCTION cpu() RETURNS float8 LANGUAGE sql VOLATILE AS
    $$SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::float8 / 1e9 FROM pg_sleep(0.0001)$$;
CREATE TABLE took (signature text, n int, seconds float8);
SET work_mem = '1GB';
SET enable_sort = off;
DO $$
DECLARE
    c record;
    started float8;
    best float8;
    n int;
BEGIN
    FOR c IN SELECT call.* FROM call JOIN aggregate USING (signature) WHERE signature !~ '^omni\.(min|max)\(' ORDER BY signature LOOP
        FOREACH n IN ARRAY ARRAY[20000, 40000, 80000] LOOP
            best := 'infinity';
            FOR run IN 1..3 LOOP
                started := cpu();
                EXECUTE format('SELECT count(x) FROM (SELECT %s AS x FROM input, generate_series(0, %s) j GROUP BY (i * %s + j) %% %s) y', c.expr, n / 10000 - 1, n / 10000, n);
                best := least(best, cpu() - started);
            END LOOP;
            INSERT INTO took VALUES (c.signature, n, best);
        END LOOP;
    END LOOP;
END $$;
SELECT is_empty($$SELECT signature, array_agg(round(seconds::numeric, 3) ORDER BY n) FROM took GROUP BY signature HAVING max(seconds) FILTER (WHERE n = 80000) > 11 * min(seconds) FILTER (WHERE n = 20000)$$,
    'GROUP BY into 20k, 40k and 80k groups is linear');
SELECT diag('note: time of 80k groups to that of 20k: ' || string_agg(x, ', ' ORDER BY x)) FROM (
    SELECT signature || ' ' || round((max(seconds) FILTER (WHERE n = 80000) / min(seconds) FILTER (WHERE n = 20000))::numeric, 1) AS x FROM took GROUP BY signature) t;
SELECT * FROM finish();
