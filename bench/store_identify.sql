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

CREATE FUNCTION bench.calls(n integer, identifiers text, source text, at timestamptz DEFAULT '2026-01-01Z') RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
    t float8 := bench.cpu();
BEGIN
    FOR i IN 1 .. n LOOP
        PERFORM shop.identify(string_to_array(replace(identifiers, '#', i::text), ','), source, i::text, at + i * interval '1 second');
    END LOOP;
    RETURN round(((bench.cpu() - t) / n)::numeric, 3);
END $$;
SELECT format('# CPU of a call: %s ms, new customer', bench.calls(5000, 'email:new#@example.com,loyalty:n#', 'a'));
SELECT format('# CPU of a call: %s ms, known customer, new record', bench.calls(5000, 'email:new#@example.com,loyalty:n#', 'b', '2026-02-01Z'));
SELECT format('# CPU of a call: %s ms, repeated call', bench.calls(5000, 'email:new#@example.com,loyalty:n#', 'b', '2026-02-01Z'));
SELECT format('# CPU of a call: %s ms, the first 5,000 records of one customer; %s ms, the next 15,000', bench.calls(5000, 'email:one@example.com', 'c'), bench.calls(15000, 'email:one@example.com', 'd', '2026-02-01Z'));
SELECT count(*) AS done FROM shop.set_merge_limits('{"limits": {"user_id": 1}, "priority": ["user_id"]}') \gset
SELECT format('# CPU of a call: %s ms, the first 2,000 people who share a phone; %s ms, the next 8,000', bench.calls(2000, 'user_id:e#,phone:+4930901820', 'e'), bench.calls(8000, 'user_id:f#,phone:+4930901820', 'f', '2026-02-01Z'));
SELECT count(*) AS done FROM shop.set_merge_limits('{"weak_bridge": {"weight": 3, "records": 2}}') \gset
SELECT format('# CPU of a call: %s ms, a component of up to 10 records is resolved anew', bench.calls(300, 'email:new#@example.com', 'h', '2026-03-01Z'));
