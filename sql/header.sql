/* omni: full script of the version that META.json names, put together by make from sql/. */

-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION omni" to load this file. \quit

-- every name below is written with its schema; nothing that lies in omni already may stand for one of pg_catalog
SET LOCAL search_path = pg_catalog, pg_temp;

/*
 * A schema omni may be there before: a restored dump makes it, or somebody who means harm. Whoever may create
 * functions in it could catch the calls of others, so it has to be empty and to belong to someone
 * who is trusted here. A superuser who installs takes an empty one over, which lets dumps be restored.
 */
DO $$
DECLARE
    installer oid := (SELECT extowner FROM pg_extension WHERE extname = 'omni');
    foreigner name;
    found text;
    g record;
BEGIN
    SELECT r.rolname INTO foreigner FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner
    WHERE n.nspname = 'omni' AND NOT r.rolsuper AND n.nspowner <> installer AND r.rolname <> 'pg_database_owner'
    AND n.nspowner <> (SELECT datdba FROM pg_database WHERE datname = current_database());
    IF foreigner IS NOT NULL THEN
        IF NOT (SELECT rolsuper FROM pg_roles WHERE oid = installer) THEN
            RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = format('schema omni belongs to %I', foreigner),
                DETAIL = 'Its owner could put functions there that catch the calls of others.',
                HINT = 'Have that role drop or rename the schema; CREATE EXTENSION makes one.';
        END IF;
        EXECUTE format('ALTER SCHEMA omni OWNER TO %I', (SELECT rolname FROM pg_roles WHERE oid = installer));
        FOR g IN SELECT DISTINCT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee
                 FROM pg_namespace n, aclexplode(n.nspacl) a WHERE n.nspname = 'omni' AND a.privilege_type = 'CREATE' AND a.grantee <> n.nspowner LOOP
            EXECUTE format('REVOKE CREATE ON SCHEMA omni FROM %s CASCADE', g.grantee);
        END LOOP;
        RAISE NOTICE 'schema omni belonged to %, it belongs to you now', foreigner;
    END IF;
    SELECT min(pg_describe_object(classid, objid, objsubid) COLLATE "C") INTO found FROM pg_depend
    WHERE refclassid = 'pg_namespace'::regclass AND refobjid = 'omni'::regnamespace AND classid <> 'pg_extension'::regclass;
    IF found IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'duplicate_object', MESSAGE = 'schema omni holds objects already',
            DETAIL = format('One of them is %s.', found),
            HINT = 'Move them to another schema, or drop them: the schema is for the extension alone.';
    END IF;
END $$;

GRANT USAGE ON SCHEMA omni TO PUBLIC;

