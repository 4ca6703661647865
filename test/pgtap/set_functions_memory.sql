-- Functions that return sets keep nothing from one call to the next within a statement: the leak test (make test KIND=leak), for
-- these functions and with as many calls as do not take long.
\set calls 100000
SELECT '^omni\.(' || string_agg(DISTINCT p.proname, '|') || ')\(' AS only
FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
JOIN pg_extension e ON e.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass AND e.extname = 'omni' JOIN pg_language l ON l.oid = p.prolang
WHERE p.proretset AND l.lanname = 'c' \gset
\ir ../leak/functions.sql
