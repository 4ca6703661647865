-- omni.status() for a role without any right: it is told which stores there are, and reads nobody's tables
SELECT omni.create_store('status_shop');
CREATE ROLE regress_status_reader;
SET client_min_messages = warning;
-- tables that only look like a store: a policy or a cast of theirs must not run
CREATE FUNCTION public.status_trap() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'run as %', current_user; END $$;
CREATE SCHEMA status_policy;
CREATE TABLE status_policy.store_info (version text, detached jsonb);
CREATE TABLE status_policy.rejects ();
INSERT INTO status_policy.store_info VALUES ('1.0.0');
ALTER TABLE status_policy.store_info ENABLE ROW LEVEL SECURITY;
CREATE POLICY trap ON status_policy.store_info USING (public.status_trap());
CREATE SCHEMA status_cast;
CREATE TYPE status_cast.version AS (v text);
CREATE FUNCTION status_cast.text(status_cast.version) RETURNS text LANGUAGE plpgsql AS $$ BEGIN PERFORM public.status_trap(); RETURN 'x'; END $$;
CREATE CAST (status_cast.version AS text) WITH FUNCTION status_cast.text(status_cast.version) AS ASSIGNMENT;
CREATE TABLE status_cast.store_info (version status_cast.version, detached jsonb);
CREATE TABLE status_cast.rejects ();
INSERT INTO status_cast.store_info VALUES (ROW('1.0.0'));
GRANT USAGE ON SCHEMA status_policy, status_cast TO regress_status_reader;
GRANT SELECT ON status_policy.store_info, status_cast.store_info TO regress_status_reader;

SELECT item, hint IS NULL AS good FROM omni.status() WHERE item LIKE 'store%' ORDER BY 1;
SET ROLE regress_status_reader;
SELECT item, value, hint FROM omni.status() WHERE item LIKE 'store%' ORDER BY 1;
RESET ROLE;
GRANT SELECT ON status_shop.store_info TO regress_status_reader;
SET ROLE regress_status_reader;
SELECT item, value, hint FROM omni.status() WHERE item LIKE 'store%' ORDER BY 1;
RESET ROLE;
GRANT USAGE ON SCHEMA status_shop TO regress_status_reader;
SET ROLE regress_status_reader;
SELECT item, value = omni.library_version() AS present, hint FROM omni.status() WHERE item LIKE 'store%' ORDER BY 1;
RESET ROLE;
SELECT omni.detach_store('status_shop');
SELECT item, value LIKE '%, detached' AS detached, hint FROM omni.status() WHERE item LIKE 'store%' ORDER BY 1;

DROP SCHEMA status_shop, status_shop_bi, status_shop_pii, status_policy, status_cast CASCADE;
DROP FUNCTION public.status_trap();
DROP ROLE regress_status_reader;
