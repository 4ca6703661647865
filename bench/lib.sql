-- lib.sql: compare a piece of omni with its peer in one run.
--
-- bench.compare(work, bar, omni_sql, peer, peer_sql [, floor_sql] [, reps]) runs both statements in
-- turns and keeps the least CPU time of this backend for each (user and system, from the kernel's
-- scheduler statistics), so that what else the machine does matters little. floor_sql, where
-- given, is what both have to do anyway (the scan, say) and is taken off both.
-- bench.report shows the figures; a line that begins with "# " in the output is shown as a remark.
\set ON_ERROR_STOP 1
\set QUIET 1
SET client_min_messages = warning;
SET jit = off;
SET max_parallel_workers_per_gather = 0;
SET work_mem = '1GB';
SET maintenance_work_mem = '1GB';

CREATE SCHEMA bench;
CREATE TABLE bench.figure (
    id      integer GENERATED ALWAYS AS IDENTITY,
    work    text NOT NULL,
    omni_ms numeric NOT NULL,
    peer    text,
    peer_ms numeric,
    bar     text
);

-- CPU milliseconds that this backend has used so far; the kernel brings the figure up to date when
-- the process sleeps, else only at every tick of its clock
CREATE FUNCTION bench.cpu() RETURNS float8 LANGUAGE sql VOLATILE AS
$$ SELECT split_part(pg_catalog.pg_read_file('/proc/self/schedstat'), ' ', 1)::float8 / 1e6
   FROM pg_catalog.pg_sleep(0.0001) $$;

CREATE FUNCTION bench.once(query text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    t float8 := bench.cpu();
BEGIN
    EXECUTE query;
    RETURN bench.cpu() - t;
END $$;

CREATE FUNCTION bench.compare(work text, bar text, omni_sql text, peer text DEFAULT NULL,
                              peer_sql text DEFAULT NULL, floor_sql text DEFAULT NULL, reps int DEFAULT 9)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    bo float8 := 'infinity'; bp float8 := 'infinity'; bf float8 := 'infinity';
BEGIN
    FOR i IN 1..reps LOOP
        IF floor_sql IS NOT NULL THEN bf := least(bf, bench.once(floor_sql)); END IF;
        bo := least(bo, bench.once(omni_sql));
        IF peer_sql IS NOT NULL THEN bp := least(bp, bench.once(peer_sql)); END IF;
    END LOOP;
    IF floor_sql IS NOT NULL THEN
        bo := greatest(bo - bf, 0.001);
        bp := greatest(bp - bf, 0.001);
    END IF;
    INSERT INTO bench.figure (work, bar, omni_ms, peer, peer_ms)
    VALUES (compare.work, compare.bar, bo::numeric(12,1), compare.peer,
            CASE WHEN peer_sql IS NOT NULL THEN bp::numeric(12,1) END);
END $$;

CREATE VIEW bench.report AS
SELECT work, omni_ms AS "omni, CPU ms", peer, peer_ms AS "peer, CPU ms",
       round(omni_ms / nullif(peer_ms, 0), 2) AS "omni / peer", bar
FROM bench.figure ORDER BY id;
