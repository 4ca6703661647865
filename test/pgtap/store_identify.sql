-- What store_identify() does in a session where things are not as they usually are: hostile tables, triggers and policies that call
-- it again, settings, plans made anew.
SELECT plan(21);
SET client_min_messages = warning;
SELECT omni.create_store('shop') IS NOT NULL AS made, omni.create_store('other') IS NOT NULL AS made_too \gset
CREATE FUNCTION pg_temp.refused(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE query;
    RETURN 'nothing';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;

-- tables of anybody's making, of other types
CREATE SCHEMA evil;
CREATE TABLE evil.customers (customer_id bigint, merged_into bigint, bounds int, first_seen_at timestamptz, source text, record_id text);
CREATE TABLE evil.identities (identifier omni.identifier, customer_id bigint, first_seen_at timestamptz, last_seen_at timestamptz);
CREATE TABLE evil.evidence (identifier omni.identifier, source text, record_id text, observed_at timestamptz);
CREATE TABLE evil.source_records (source text, record_id text, customer_id bigint, first_seen_at timestamptz, last_seen_at timestamptz, profile omni.customer_profile);
CREATE TABLE evil.links (source text, record_id text, other_source text, other_record_id text);
CREATE TABLE evil.refusals (identifier omni.identifier, source text, record_id text, reason text);
CREATE TABLE evil.identity_settings (setting text, value bigint);
INSERT INTO evil.identity_settings VALUES ('limits', 1311768467463790320);
SELECT is(pg_temp.refused($$SELECT omni.store_identify('evil', '{x:1}', 's', 'r', now(), NULL)$$), '42804 the tables of store "evil" are not as omni makes them', 'limits that are no jsonb');
ALTER TABLE evil.identity_settings ALTER value TYPE jsonb USING '{}';
ALTER TABLE evil.customers ALTER customer_id TYPE numeric, ALTER merged_into TYPE numeric;
ALTER TABLE evil.source_records ALTER customer_id TYPE numeric;
SELECT is(pg_temp.refused($$SELECT omni.store_identify('evil', '{x:1}', 's', 'r', now(), NULL)$$), '42804 the tables of store "evil" are not as omni makes them', 'numbers of customers that are none');

-- one lock for one identifier, whatever names are quoted
CREATE FUNCTION pg_temp.locks(name text) RETURNS text LANGUAGE sql AS $$
    SELECT shop.identify(ARRAY['a:' || name], 's', name);
    SELECT string_agg(DISTINCT format('%s %s %s', l.classid, l.objid, l.mode), ', ' ORDER BY format('%s %s %s', l.classid, l.objid, l.mode)) FROM pg_locks l WHERE l.locktype = 'advisory' AND l.pid = pg_backend_pid() $$;
BEGIN;
SELECT pg_temp.locks('one') AS plain \gset
ROLLBACK;
BEGIN;
SET LOCAL quote_all_identifiers = on;
SELECT pg_temp.locks('one') AS quoted \gset
ROLLBACK;
BEGIN;
SELECT shop.identify_with_others('{a:one}', 's', 'one', now(), NULL) IS NOT NULL AS done \gset
SELECT string_agg(DISTINCT format('%s %s %s', l.classid, l.objid, l.mode), ', ' ORDER BY format('%s %s %s', l.classid, l.objid, l.mode)) AS others FROM pg_locks l WHERE l.locktype = 'advisory' AND l.pid = pg_backend_pid() \gset
ROLLBACK;
SELECT is(:'quoted'::text, :'plain', 'locks do not depend on how names are quoted');
SELECT is(:'others'::text, :'plain', 'both ways take the same locks');

-- a trigger that calls it again, when its statements have to be made anew
CREATE FUNCTION pg_temp.again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.record_id = 'outer' THEN
        ALTER TABLE shop.orders RENAME TO orders_kept;
        CREATE VIEW shop.orders AS TABLE shop.orders_kept;
        PERFORM shop.identify('{x:inner}', 's', 'inner');
    END IF;
    RETURN NEW;
END $$;
BEGIN;
SELECT shop.identify('{x:before}', 's', 'before') IS NOT NULL AS done \gset
CREATE TRIGGER again BEFORE INSERT ON shop.customers FOR EACH ROW EXECUTE FUNCTION pg_temp.again();
SELECT ok(shop.customer_of('x:before') < shop.identify('{x:1}', 's', 'outer'), 'a trigger changes the store and calls again');
SELECT is((SELECT count(*) FROM shop.customers), 3::bigint, 'both are customers');
ROLLBACK;

-- a policy that identifies in a store of other limits, while limits are looked at
CREATE ROLE regress_omni_policy;
GRANT USAGE ON SCHEMA shop, other, omni TO regress_omni_policy;
GRANT ALL ON ALL TABLES IN SCHEMA shop, other TO regress_omni_policy;
GRANT ALL ON ALL SEQUENCES IN SCHEMA shop, other TO regress_omni_policy;
SELECT count(*) AS done FROM shop.set_merge_limits('{"limits": {"a": 9, "b": 9}, "blocked": {"a": {"values": ["none"]}}}') \gset
SELECT count(*) AS done FROM other.set_merge_limits('{"limits": {"c": 1}, "blocked": {"*": {"patterns": ["^0*$"]}}}') \gset
CREATE FUNCTION public.look(name text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RETURN other.identify(ARRAY['c:' || md5(name), 'd:' || md5(name)], 'policy', name) IS NOT NULL;
END $$;
BEGIN;
ALTER TABLE shop.identities ENABLE ROW LEVEL SECURITY;
CREATE POLICY looked ON shop.identities USING (public.look(identifier::text)) WITH CHECK (true);
SET LOCAL ROLE regress_omni_policy;
SELECT shop.identify('{a:1,b:1}', 's', '1') IS NOT NULL AS done \gset
SELECT shop.identify('{a:1,b:2}', 's', '2') IS NOT NULL AS done \gset
SELECT ok(shop.identify('{a:1,b:3}', 's', '3') = shop.customer_of('b:2'), 'a policy identifies in another store');
RESET ROLE;
ROLLBACK;

-- plans are made for indexes whatever search_path there is
SELECT count(*) AS done FROM generate_series(1, 400) i, LATERAL shop.identify(ARRAY['p:' || i], 'plan', i::text) \gset
CREATE FUNCTION pg_temp.scans() RETURNS bigint LANGUAGE sql AS $$ SELECT sum(pg_stat_get_xact_numscans(c.oid))::bigint FROM pg_class c WHERE c.relnamespace = 'shop'::regnamespace AND c.relname IN ('customers', 'identities', 'evidence', 'source_records') $$;
BEGIN;
SET LOCAL search_path = public;
SELECT shop.identify('{p:1,q:1}', 'plan', 'q1') IS NOT NULL AS done \gset
SET LOCAL search_path = pg_catalog;
SELECT shop.identify('{p:1,q:2}', 'plan', 'q2') IS NOT NULL AS done, shop.identify('{p:3,q:2}', 'plan', 'q3') IS NOT NULL AS merged \gset
SELECT shop.identify('{p:9}', 'plan', '9') IS NOT NULL AS done \gset
SELECT pg_temp.scans() AS before \gset
SELECT shop.identify('{p:9}', 'plan', 'again') IS NOT NULL AS done, shop.identify('{p:new}', 'plan', 'new') IS NOT NULL AS done_too \gset
SELECT pg_temp.scans() - :before AS scans \gset
RESET search_path;
SELECT is(:scans::bigint, 0::bigint, 'no table is read as a whole');
SELECT is(current_setting('enable_seqscan'), 'on', 'settings of the session stay');
ROLLBACK;

-- what a trigger sets and sees
CREATE FUNCTION pg_temp.seen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('app.last_customer', NEW.record_id || ' ' || current_setting('enable_seqscan') || ' ' || current_setting('enable_hashjoin'), false);
    RETURN NEW;
END $$;
CREATE TRIGGER seen AFTER INSERT ON shop.customers FOR EACH ROW EXECUTE FUNCTION pg_temp.seen();
SELECT shop.identify('{t:1}', 'trigger', '1') IS NOT NULL AS done \gset
SELECT is(current_setting('app.last_customer'), '1 on on', 'a trigger has the settings of the session, and what it sets stays');
DROP TRIGGER seen ON shop.customers;

-- a trigger that takes no row of source_records
CREATE FUNCTION pg_temp.nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
BEGIN;
CREATE TRIGGER nothing BEFORE INSERT ON shop.source_records FOR EACH ROW EXECUTE FUNCTION pg_temp.nothing();
SELECT shop.identify('{n:1}', 'nothing', '1') AS answer \gset
SELECT is(shop.customer_of('n:1'), :'answer'::bigint, 'a row that a trigger takes away changes no answer');
ROLLBACK;

-- a customer may have any number
INSERT INTO shop.customers (customer_id, source, record_id, first_seen_at) VALUES (0, 'old', 'zero', '2020-01-01Z'), (-7, 'old', 'seven', '2020-01-01Z');
INSERT INTO shop.source_records (source, record_id, customer_id, first_seen_at, last_seen_at) VALUES ('old', 'zero', 0, '2020-01-01Z', '2020-01-01Z'), ('old', 'seven', -7, '2020-01-01Z', '2020-01-01Z');
INSERT INTO shop.evidence VALUES ('x:zero', 'old', 'zero', '2020-01-01Z'), ('x:seven', 'old', 'seven', '2020-01-01Z');
SELECT records AS done FROM shop.rebuild_identities() \gset
SELECT is(shop.identify('{x:zero,y:zero}', 'web', 'zero'), 0::bigint, 'customer 0');
SELECT is(shop.identify('{x:seven,y:seven}', 'web', 'seven'), -7::bigint, 'customer -7');
SELECT is(shop.customer_of('y:zero'), 0::bigint, 'and what is found to be theirs');

-- a component of many customers: what is held is let go before the whole store is taken
SELECT count(*) AS done FROM shop.set_merge_limits('{"limits": {"u": 1}, "priority": ["u"]}') \gset
SELECT count(*) AS done FROM generate_series(1, 60) i, LATERAL shop.identify(ARRAY['u:' || i, 'hub:1'], 'hub', i::text, '2026-01-01Z'::timestamptz + i * interval '1 day') \gset
BEGIN;
SELECT shop.identify('{hub:1,u:new}', 'hub', 'new', '2025-01-01Z') IS NOT NULL AS done \gset
SELECT is((SELECT string_agg(l.mode, ', ') FROM pg_locks l WHERE l.locktype = 'advisory' AND l.pid = pg_backend_pid()), 'ExclusiveLock', 'one lock, of the whole store');
COMMIT;
SELECT is((SELECT count(*) FROM pg_locks l WHERE l.locktype = 'advisory' AND l.pid = pg_backend_pid()), 0::bigint, 'none afterwards');
BEGIN;
SELECT is(omni.store_identify('shop', '{x:zero,x:seven}', 'both', '1', now(), NULL), NULL, 'two customers are for identify_with_others()');
SELECT lives_ok('SELECT omni.store_identify_let_go()', 'in another statement there is nothing to let go of');
ROLLBACK;
-- a record that was removed comes again as somebody else: numbers stay, those that a rebuild finds, too
SELECT count(*) AS done FROM shop.set_merge_limits('{}') \gset
SELECT shop.identify('{r:a}', 'r', '1', '2026-01-01Z') AS one, shop.identify('{r:b}', 'r', '2', '2026-01-02Z') AS two \gset
SELECT shop.identify('{r:a,r:b}', 'r', '3', '2026-01-03Z') = :one AS merged \gset
SELECT shop.remove_record('r', '2') AS removed \gset
SELECT shop.identify('{r:c}', 'r', '2', '2026-01-04Z') AS again \gset
SELECT ok(:again NOT IN (:one, :two), 'a new number');
CREATE TEMP TABLE numbers AS SELECT customer_id, merged_into FROM shop.customers;
SELECT merged FROM shop.rebuild_identities() \gset
SELECT is(:merged::bigint, 0::bigint, 'a rebuild merges nobody');
SELECT set_eq('SELECT customer_id, merged_into FROM shop.customers', 'TABLE numbers', 'and changes no number');
DROP OWNED BY regress_omni_policy;
DROP ROLE regress_omni_policy;
SELECT * FROM finish();
