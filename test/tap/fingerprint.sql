-- fingerprint.sql: one line for every property of every member of extension omni, without OIDs, in a fixed order. Two databases whose
-- lines are equal behave the same, however their extension came to be. A catalog row is taken whole, as jsonb: its
-- references are taken out and written by name, and columns of later PostgreSQL versions are in it by themselves.
SET search_path = '';
WITH member AS (
    SELECT d.classid, d.objid, d.objsubid, o.type, o.identity
    FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass,
         pg_catalog.pg_identify_object(d.classid, d.objid, d.objsubid) o
    WHERE e.extname = 'omni' AND d.deptype = 'e'
), line(what, identity, properties) AS (
    SELECT 'member ' || type, identity,
           pg_catalog.jsonb_build_object('comment', pg_catalog.obj_description(objid, (SELECT c.relname FROM pg_catalog.pg_class c WHERE c.oid = classid)))
    FROM member
    UNION ALL
    SELECT 'function', m.identity,
           pg_catalog.to_jsonb(p) - ARRAY['oid', 'pronamespace', 'proowner', 'prolang', 'provariadic', 'prorettype', 'proargtypes', 'proallargtypes', 'proargdefaults', 'prosqlbody']
           || pg_catalog.jsonb_build_object('language', l.lanname, 'arguments', pg_catalog.pg_get_function_arguments(p.oid), 'result', pg_catalog.pg_get_function_result(p.oid),
                                 'body', pg_catalog.pg_get_function_sqlbody(p.oid))
    FROM member m JOIN pg_catalog.pg_proc p ON m.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND p.oid = m.objid JOIN pg_catalog.pg_language l ON l.oid = p.prolang
    UNION ALL
    SELECT 'aggregate', m.identity, pg_catalog.to_jsonb(a) - ARRAY['aggfnoid', 'aggsortop', 'aggtranstype', 'aggmtranstype']
           || pg_catalog.jsonb_build_object('state', a.aggtranstype::pg_catalog.regtype, 'moving', a.aggmtranstype::pg_catalog.regtype, 'sort', a.aggsortop::pg_catalog.regoperator)
    FROM member m JOIN pg_catalog.pg_aggregate a ON m.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND a.aggfnoid = m.objid
    UNION ALL
    SELECT 'type', m.identity, pg_catalog.to_jsonb(t) - ARRAY['oid', 'typnamespace', 'typowner', 'typrelid', 'typelem', 'typarray', 'typbasetype', 'typcollation', 'typdefaultbin']
           || pg_catalog.jsonb_build_object('element', t.typelem::pg_catalog.regtype, 'array', t.typarray::pg_catalog.regtype, 'collation', t.typcollation::pg_catalog.regcollation)
    FROM member m JOIN pg_catalog.pg_type t ON m.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND t.oid = m.objid
    UNION ALL
    SELECT 'operator', m.identity, pg_catalog.to_jsonb(o) - ARRAY['oid', 'oprnamespace', 'oprowner', 'oprleft', 'oprright', 'oprresult', 'oprcom', 'oprnegate']
           || pg_catalog.jsonb_build_object('result', o.oprresult::pg_catalog.regtype, 'commutator', o.oprcom::pg_catalog.regoperator, 'negator', o.oprnegate::pg_catalog.regoperator)
    FROM member m JOIN pg_catalog.pg_operator o ON m.classid = 'pg_catalog.pg_operator'::pg_catalog.regclass AND o.oid = m.objid
    UNION ALL
    SELECT 'operator class', m.identity, pg_catalog.jsonb_build_object('family', (SELECT f.identity FROM pg_catalog.pg_identify_object('pg_catalog.pg_opfamily'::pg_catalog.regclass, c.opcfamily, 0) f),
           'input', c.opcintype::pg_catalog.regtype, 'key', c.opckeytype::pg_catalog.regtype, 'default', c.opcdefault)
    FROM member m JOIN pg_catalog.pg_opclass c ON m.classid = 'pg_catalog.pg_opclass'::pg_catalog.regclass AND c.oid = m.objid
    UNION ALL
    SELECT 'operator of family', m.identity, pg_catalog.jsonb_build_object('strategy', x.amopstrategy, 'purpose', x.amoppurpose, 'operator', x.amopopr::pg_catalog.regoperator, 'sort', x.amopsortfamily <> 0)
    FROM member m JOIN pg_catalog.pg_amop x ON m.classid = 'pg_catalog.pg_opfamily'::pg_catalog.regclass AND x.amopfamily = m.objid
    UNION ALL
    SELECT 'function of family', m.identity, pg_catalog.jsonb_build_object('left', x.amproclefttype::pg_catalog.regtype, 'right', x.amprocrighttype::pg_catalog.regtype, 'number', x.amprocnum,
           'function', x.amproc::pg_catalog.regprocedure)
    FROM member m JOIN pg_catalog.pg_amproc x ON m.classid = 'pg_catalog.pg_opfamily'::pg_catalog.regclass AND x.amprocfamily = m.objid
    UNION ALL
    SELECT 'cast', m.identity, pg_catalog.jsonb_build_object('function', c.castfunc::pg_catalog.regprocedure, 'context', c.castcontext, 'method', c.castmethod)
    FROM member m JOIN pg_catalog.pg_cast c ON m.classid = 'pg_catalog.pg_cast'::pg_catalog.regclass AND c.oid = m.objid
    UNION ALL
    SELECT 'extension', e.extname, pg_catalog.jsonb_build_object('version', e.extversion, 'schema', e.extnamespace::pg_catalog.regnamespace, 'relocatable', e.extrelocatable, 'config', e.extconfig IS NULL)
    FROM pg_catalog.pg_extension e WHERE e.extname = 'omni'
    UNION ALL
    SELECT 'schema', n.nspname, pg_catalog.jsonb_build_object('rights', n.nspacl) FROM pg_catalog.pg_namespace n WHERE n.nspname = 'omni'
)
SELECT l FROM (SELECT what || ' ' || identity || ' ' || properties::pg_catalog.text AS l FROM line) x ORDER BY l COLLATE "C";
