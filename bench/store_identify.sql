-- identify() by 8 clients beside a plain INSERT of two rows by as many, with fsync, in turns; the bar is its rate >= .4 of theirs.
-- Then what a call costs, in CPU of its backend: for new customers and known ones, one with 20,000 records, an identifier that
-- 20,000 people share under a limit, and those calls that resolve a component anew.
SELECT omni.create_store('shop') IS NOT NULL AS made \gset
CREATE SCHEMA plain;
CREATE TABLE plain.evidence (identifier text, source text, record_id text, observed_at timestamptz, PRIMARY KEY (identifier, source, record_id));
\set seconds `echo ${BENCH_SECONDS:-8}`
\setenv SECONDS_EACH :seconds
\setenv PGDATABASE :DBNAME
\set insert_a `pgbench -n -M prepared -c 8 -j 2 -T $SECONDS_EACH -f store_identify_insert.pgbench 2>/dev/null | sed -n 's/^tps = \([0-9.]*\).*/\1/p'`
\set call_a `pgbench -n -M prepared -c 8 -j 2 -T $SECONDS_EACH -f store_identify.pgbench 2>/dev/null | sed -n 's/^tps = \([0-9.]*\).*/\1/p'`
\set insert_b `pgbench -n -M prepared -c 8 -j 2 -T $SECONDS_EACH -f store_identify_insert.pgbench 2>/dev/null | sed -n 's/^tps = \([0-9.]*\).*/\1/p'`
\set call_b `pgbench -n -M prepared -c 8 -j 2 -T $SECONDS_EACH -f store_identify.pgbench 2>/dev/null | sed -n 's/^tps = \([0-9.]*\).*/\1/p'`
SELECT format('# identify, 8 clients, fsync: %s a second; INSERT of two rows: %s a second; ratio %s (bar >= .4)',
    round((:call_a + :call_b) / 2), round((:insert_a + :insert_b) / 2), round((:call_a + :call_b) / (:insert_a + :insert_b), 2));

-- calls with the number of the call for #, a transaction each
CREATE PROCEDURE bench.calls(n integer, identifiers text, source text, at timestamptz, INOUT ms numeric DEFAULT NULL) LANGUAGE plpgsql AS $$
DECLARE
    t float8 := bench.cpu();
BEGIN
    FOR i IN 1 .. n LOOP
        PERFORM shop.identify(string_to_array(replace(identifiers, '#', i::text), ','), source, i::text, at + i * interval '1 second');
        COMMIT;
    END LOOP;
    ms := round(((bench.cpu() - t) / n)::numeric, 3);
END $$;
CALL bench.calls(5000, 'email:new#@example.com,loyalty:n#', 'a', '2026-01-01Z') \gset new_
CALL bench.calls(5000, 'email:new#@example.com,loyalty:n#', 'b', '2026-02-01Z') \gset known_
CALL bench.calls(5000, 'email:new#@example.com,loyalty:n#', 'b', '2026-02-01Z') \gset again_
SELECT format('# CPU of a call: %s ms, new customer; %s ms, known customer, new record; %s ms, repeated call', :new_ms, :known_ms, :again_ms);
CALL bench.calls(2000, 'email:one@example.com', 'c', '2026-01-01Z') \gset first_
CALL bench.calls(18000, 'email:one@example.com', 'd', '2026-02-01Z') \gset then_
SELECT format('# CPU of a call: %s ms, the first 2,000 records of one customer; %s ms, the next 18,000', :first_ms, :then_ms);
SELECT count(*) AS done FROM shop.set_merge_limits('{"limits": {"user_id": 1}, "priority": ["user_id"]}') \gset
CALL bench.calls(2000, 'user_id:e#,phone:+4930901820', 'e', '2026-01-01Z') \gset first_
CALL bench.calls(18000, 'user_id:f#,phone:+4930901820', 'f', '2026-02-01Z') \gset then_
SELECT format('# CPU of a call: %s ms, the first 2,000 people who share a phone; %s ms, the next 18,000', :first_ms, :then_ms);
SELECT count(*) AS done FROM shop.set_merge_limits('{"weak_bridge": {"weight": 3, "records": 2}}') \gset
CALL bench.calls(300, 'email:new#@example.com', 'h', '2026-03-01Z') \gset anew_
SELECT format('# CPU of a call: %s ms, a component is resolved anew', :anew_ms);
