-- Every object of the extension declares what the planner, a dump, a driver, Citus and a reader need.
-- Each test lists the objects that fall short, so a failure names them.
SELECT plan(28);

CREATE TEMP VIEW member AS
SELECT d.classid, d.objid FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname = 'omni';

CREATE TEMP VIEW func AS
SELECT p.*, p.oid::regprocedure::text AS signature, l.lanname FROM member m JOIN pg_proc p ON p.oid = m.objid AND m.classid = 'pg_proc'::regclass
JOIN pg_language l ON l.oid = p.prolang;

CREATE TEMP VIEW typ AS
SELECT t.* FROM member m JOIN pg_type t ON t.oid = m.objid AND m.classid = 'pg_type'::regclass
WHERE t.typtype = 'b' AND t.typcategory <> 'A' AND t.typisdefined;

CREATE TEMP VIEW oper AS
SELECT o.*, o.oid::regoperator::text AS signature FROM member m JOIN pg_operator o ON o.oid = m.objid AND m.classid = 'pg_operator'::regclass;

CREATE TEMP VIEW opclass AS
SELECT c.*, a.amname FROM member m JOIN pg_opclass c ON c.oid = m.objid AND m.classid = 'pg_opclass'::regclass JOIN pg_am a ON a.oid = c.opcmethod;

CREATE TEMP VIEW agg AS
SELECT a.*, p.proname, p.pronargs, p.proparallel, p.oid::regprocedure::text AS signature FROM member m
JOIN pg_aggregate a ON a.aggfnoid = m.objid AND m.classid = 'pg_proc'::regclass JOIN pg_proc p ON p.oid = a.aggfnoid;

-- types that have an order of their own
CREATE TEMP VIEW ordered AS SELECT t.* FROM typ t WHERE EXISTS (SELECT FROM opclass c WHERE c.opcintype = t.oid AND c.amname = 'btree' AND c.opcdefault);

SELECT is_empty($$SELECT pg_describe_object(classid, objid, 0) FROM member WHERE obj_description(objid, classid::regclass::name) IS NULL
    AND NOT (classid = 'pg_type'::regclass AND objid IN (SELECT typarray FROM typ))
    AND NOT (classid = 'pg_type'::regclass AND (SELECT typtype FROM pg_type WHERE oid = objid) NOT IN ('b', 'd'))$$, 'each object has a comment');
SELECT is_empty('SELECT typname FROM typ WHERE typreceive = 0 OR typsend = 0', 'each type has send and receive');
SELECT is_empty($$SELECT typname FROM typ WHERE typcategory <> 'U' OR typispreferred$$, 'each type is in category U');
-- these write a store, and take locks
SELECT is_empty($$SELECT signature FROM func WHERE lanname <> 'plpgsql' AND proparallel <> CASE WHEN proname ~ '^store_(identify|reidentify|reserve|slots|lock_slots|movements_by_now)' THEN 'u' WHEN 'regclass'::regtype = ANY (proargtypes) THEN 'r' ELSE 's' END$$,
    'each function is parallel safe, or restricted where it reads a relation, which could be temporary');
SELECT is_empty($$SELECT signature FROM func WHERE provolatile = 'v' AND lanname NOT IN ('plpgsql') AND proname !~ '^store_(identify|reidentify|reserve|slots|lock_slots|movements_by_now)|^subject_key_new$'$$, 'no pure function is volatile');
SELECT is_empty($$SELECT signature FROM func WHERE lanname IN ('sql', 'plpgsql') AND prosqlbody IS NULL
    AND coalesce(array_to_string(proconfig, ','), '') NOT LIKE '%search_path=pg_catalog, pg_temp%'$$, 'each SQL function has a parsed body or pins search_path');
SELECT is_empty('SELECT signature FROM func WHERE prosecdef', 'no function is SECURITY DEFINER');
SELECT is_empty($$SELECT signature FROM oper WHERE oprresult = 'bool'::regtype AND (oprrest = 0 OR oprjoin = 0)$$, 'each boolean operator has RESTRICT and JOIN');
SELECT is_empty($$SELECT signature FROM oper WHERE oprname = '=' AND oprleft = oprright AND NOT (oprcanhash AND oprcanmerge AND oprcom = oid AND oprnegate <> 0)$$, 'each = hashes, merges, commutes and has a negator');
SELECT is_empty($$SELECT signature FROM oper WHERE oprnamespace = 'pg_catalog'::regnamespace AND NOT
    (oprname IN ('=', '<>', '<', '<=', '>', '>=') AND oprleft IN (SELECT oid FROM typ) AND oprright IN (oprleft, 'text'::regtype))$$, 'only comparison operators are in pg_catalog');
SELECT is_empty($$SELECT signature FROM oper WHERE oprnamespace NOT IN ('omni'::regnamespace, 'pg_catalog'::regnamespace)$$, 'other operators are in omni');
SELECT is_empty($$SELECT signature FROM oper WHERE oprname ~ '[?:%]'$$, 'no operator has a character that drivers take');
SELECT is_empty($$SELECT o.typname, n.n, r.r FROM ordered o, (VALUES ('='), ('<>'), ('<'), ('<='), ('>'), ('>=')) n(n), (VALUES ('self'), ('text')) r(r)
    WHERE NOT EXISTS (SELECT FROM oper p WHERE p.oprname = n.n AND p.oprleft = o.oid AND p.oprright = CASE r.r WHEN 'self' THEN o.oid ELSE 'text'::regtype END
                      AND p.oprnamespace = 'pg_catalog'::regnamespace)$$, 'each ordered type compares with itself and with text');
SELECT is_empty($$SELECT p.signature FROM oper p JOIN pg_amop a ON a.amopopr = p.oid WHERE p.oprright = 'text'::regtype AND a.amoppurpose = 's' AND p.oprleft <> p.oprright$$, 'no operator with text is in an operator family');
SELECT is_empty($$SELECT p.signature FROM oper p JOIN pg_proc f ON f.oid = p.oprcode WHERE p.oprleft = p.oprright AND p.oprname IN ('=', '<>', '<', '<=', '>', '>=') AND NOT f.proleakproof$$, 'comparisons are leakproof');
SELECT is_empty($$SELECT o.typname, n FROM ordered o, unnest('{1,2,4}'::int[]) n WHERE NOT EXISTS (SELECT FROM opclass c JOIN pg_amproc p ON p.amprocfamily = c.opcfamily
    WHERE c.amname = 'btree' AND c.opcintype = o.oid AND c.opcdefault AND p.amproclefttype = o.oid AND p.amprocnum = n)$$, 'btree classes have sort support and equalimage');
SELECT is_empty($$SELECT o.typname, n FROM ordered o, unnest('{1,2}'::int[]) n WHERE NOT EXISTS (SELECT FROM opclass c JOIN pg_amproc p ON p.amprocfamily = c.opcfamily
    WHERE c.amname = 'hash' AND c.opcintype = o.oid AND c.opcdefault AND p.amproclefttype = o.oid AND p.amprocnum = n)$$, 'ordered types hash, also extended');
SELECT is_empty($$SELECT f.signature FROM pg_amproc a JOIN func f ON f.oid = a.amproc WHERE a.amprocnum = 1 AND NOT f.proleakproof AND a.amproclefttype IN (SELECT oid FROM ordered)
    AND a.amprocfamily IN (SELECT opcfamily FROM opclass WHERE amname IN ('btree', 'hash'))$$, 'btree and hash support is leakproof');
SELECT is_empty($$SELECT o.typname, f FROM ordered o, unnest('{try,problem}'::text[]) f WHERE o.typname NOT IN ('disjoint_set', 'order_quantities')
    AND NOT EXISTS (SELECT FROM func p WHERE p.proname = o.typname || '_' || f)$$, 'each value type has _try and _problem');
SELECT is_empty($$SELECT o.typname, d FROM ordered o, unnest('{in,out}'::text[]) d WHERE NOT EXISTS (SELECT FROM pg_cast c WHERE c.castcontext = 'a' AND
    CASE d WHEN 'in' THEN c.castsource = 'text'::regtype AND c.casttarget = o.oid ELSE c.casttarget = 'text'::regtype AND c.castsource = o.oid END)$$, 'each value type has assignment casts from and to text');
SELECT is_empty($$SELECT o.typname FROM ordered o WHERE o.typname IN ('gtin', 'sku', 'email', 'phone', 'identifier', 'order_state')
    AND NOT EXISTS (SELECT FROM pg_cast c WHERE c.castcontext = 'a' AND c.castsource = 'varchar'::regtype AND c.casttarget = o.oid)$$, 'a string bound as varchar can be inserted into each scalar type');
SELECT is_empty($$SELECT signature FROM agg WHERE aggcombinefn = 0$$, 'each aggregate combines');
SELECT is_empty($$SELECT signature FROM agg WHERE aggtranstype IN (SELECT oid FROM pg_type WHERE typtype <> 'b') OR aggtranstype = 'internal'::regtype$$, 'each aggregate state is a named type');
SELECT is_empty($$SELECT signature FROM agg WHERE proparallel <> 's' OR pronargs = 0$$, 'each aggregate is parallel safe and has an argument');
SELECT is_empty($$SELECT signature FROM agg WHERE proname IN ('avg', 'sum', 'count', 'array_agg', 'jsonb_agg', 'every', 'any_value')$$, 'no aggregate has a name that a sharding engine rewrites');
SELECT is_empty($$SELECT objid::regclass FROM member WHERE classid = 'pg_class'::regclass AND (SELECT relkind FROM pg_class WHERE oid = objid) NOT IN ('c')$$, 'no table is a member');
SELECT is_empty($$SELECT source, target FROM pg_extension_update_paths('omni') WHERE path IS NULL AND target = (SELECT default_version FROM pg_available_extensions WHERE name = 'omni')
    AND string_to_array(source, '.')::int[] < string_to_array(target, '.')::int[]$$, 'each version has an update path');
SELECT is_empty($$SELECT signature FROM func WHERE lanname = 'c' AND NOT proisstrict AND NOT EXISTS (SELECT FROM agg WHERE oid IN (aggtransfn, aggcombinefn, aggfinalfn))
    AND prosrc NOT LIKE '%nullable%' AND obj_description(oid, 'pg_proc') !~* 'null'$$, 'a function that takes NULL says what NULL means');
SELECT * FROM finish();
