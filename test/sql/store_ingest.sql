-- Batches: mappings, types of columns, bad rows, rejects driven again, what calls say; touchpoints of visitors who become known.
-- The names of omni are written out: a store has to work under any search_path.
SET search_path = '';
SET timezone = 'UTC';
SET client_min_messages = warning;
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT omni.create_store('batches') IS NOT NULL AS made;
CREATE SCHEMA land;
CREATE FUNCTION land.who() RETURNS TABLE (source text, record_id text, known_by text, first_seen_at timestamptz, last_seen_at timestamptz, identifiers omni.identifier[], attributes jsonb) LANGUAGE sql STABLE AS $$
SELECT s.source, s.record_id, k.source || '/' || k.record_id, s.first_seen_at, s.last_seen_at, r.identifiers, r.attributes
FROM batches.source_records s JOIN batches.customers c USING (customer_id) JOIN batches.customers k ON k.customer_id = coalesce(c.merged_into, c.customer_id) CROSS JOIN LATERAL omni.profile_records(s.profile) r ORDER BY 1, 2 $$;

-- a batch, and the same again: a record comes twice, two share a card, one says nothing of who it is
CREATE TABLE land.crm (id text, changed timestamptz, mail text, tel text, land text, card int, old_card uuid, first_name varchar(20), tags text[], more jsonb, day date, since timestamptz);
INSERT INTO land.crm VALUES
    ('1', '2026-01-01Z', ' Jane@Example.COM', '030 901820', 'DE', 7, NULL, 'Jane', '{a,b}', '{"x": 1.0}', '2026-01-01', '2026-01-01 12:00+03'),
    ('1', '2026-01-05Z', 'jane2@example.com', NULL, NULL, NULL, NULL, 'Jane M.', NULL, NULL, NULL, NULL),
    ('2', '2026-01-02Z', NULL, NULL, NULL, 7, '7d793037-a076-4d9a-8f2d-9f0d1c3d5b6a', 'J.', NULL, NULL, NULL, 'infinity'),
    ('3', '2026-01-03Z', '', ' ', 'US', NULL, NULL, 'nobody', NULL, 'null', NULL, NULL),
    ('4', '2026-01-04Z', 'sam@@example.org', '123', 'DE', 9, NULL, 'Sam', NULL, NULL, NULL, NULL),
    ('5', '2026-01-04Z', 'kim@example.org', '030 901821', NULL, NULL, NULL, 'Kim', NULL, NULL, NULL, NULL),
    ('6', NULL, 'lee@example.org', NULL, NULL, NULL, NULL, 'Lee', NULL, NULL, NULL, NULL),
    (NULL, '2026-01-04Z', 'max@example.org', NULL, NULL, NULL, NULL, 'Max', NULL, NULL, NULL, NULL),
    ('', 'infinity', 'max@example.org', NULL, NULL, NULL, NULL, 'Max', NULL, NULL, NULL, NULL),
    (repeat('x', 513), '2026-01-04Z', 'max@example.org', NULL, NULL, NULL, NULL, 'Max', NULL, NULL, NULL, NULL);
\set map '{"record_id": "id", "observed_at": "changed", "identifiers": {"email": "mail", "phone": {"column": "tel", "region_column": "land"}, "loyalty": ["card", "old_card"]}, "attributes": {"name": "first_name", "tags": "tags", "more": "more", "day": "day", "since": "since", "card": "card"}}'
SELECT * FROM batches.ingest('land.crm', 'crm', :'map');
SELECT * FROM batches.ingest('land.crm', 'crm', :'map');
SELECT * FROM land.who();
SELECT record_id, column_name, reason FROM batches.rejects ORDER BY 1, 2;
SELECT raw, mapping = :'map' AS same_mapping, settled_at FROM batches.rejects WHERE record_id = '4' AND column_name = 'mail';
SELECT identifier, customer_id FROM batches.identities ORDER BY 1;

-- what comes later: an earlier row, other attributes, a new identifier, what is known
TRUNCATE land.crm;
INSERT INTO land.crm (id, changed, mail, card, first_name) VALUES ('2', '2025-12-31Z', NULL, 7, 'Jay'), ('1', '2026-01-06Z', 'jane2@example.com', NULL, 'Jane Miller'), ('7', '2026-01-07Z', 'jane@example.com', NULL, 'JM'), ('8', '2026-01-07Z', 'new@example.com', NULL, 'New'),
    ('1', '2026-01-05Z', 'jane2@example.com', NULL, 'Jane M.');
SELECT * FROM batches.ingest('land.crm', 'crm', :'map');
SELECT record_id, known_by, first_seen_at, last_seen_at, attributes ->> 'name' AS name FROM land.who();

-- rejects: one that comes again as it was changes nothing, not even what a person corrected; another one takes its place
UPDATE batches.rejects SET raw = raw || '{"mail": "sam@example.org"}' WHERE record_id = '4' AND column_name = 'mail';
TRUNCATE land.crm;
INSERT INTO land.crm (id, changed, mail, tel, land, card, first_name) VALUES ('4', '2026-01-04Z', 'sam@@example.org', '123', 'DE', 9, 'Sam'), ('5', '2026-01-04Z', 'kim@example.org', 'call me', NULL, NULL, 'Kim');
SELECT * FROM batches.ingest('land.crm', 'crm', :'map');
SELECT record_id, column_name, reason, raw ->> column_name AS said FROM batches.rejects WHERE record_id IN ('4', '5') ORDER BY 1, 2;
-- one column is still damaged: the row waits
SELECT * FROM batches.redrive('crm');
SELECT record_id, column_name, reason, raw ->> 'mail' AS mail, raw ->> 'tel' AS tel, settled_at IS NOT NULL AS settled FROM batches.rejects WHERE record_id IN ('4', '5') ORDER BY 1, 2;
UPDATE batches.rejects SET raw = raw || '{"tel": "030 901825"}' WHERE record_id = '4' AND column_name = 'tel';
UPDATE batches.rejects SET raw = raw || '{"id": "20"}' WHERE column_name = 'id' AND raw ->> 'id' IS NULL;
SELECT * FROM batches.redrive('crm');
SELECT record_id, known_by, identifiers FROM land.who() WHERE record_id IN ('4', '20');
-- a row of the feed that parses settles as well
TRUNCATE land.crm;
INSERT INTO land.crm (id, changed, mail, tel, land, card, first_name) VALUES ('5', '2026-01-04Z', 'kim@example.org', '030 901821', 'DE', NULL, 'Kim');
SELECT * FROM batches.ingest('land.crm', 'crm', :'map');
SELECT left(record_id, 8) AS record_id, column_name, reason, settled_at IS NOT NULL AS settled FROM batches.rejects ORDER BY record_id COLLATE "C", 2;
SELECT * FROM batches.redrive('nothing of that name');
-- rejects of the user's own are left alone
INSERT INTO batches.rejects (feed, record_id, column_name, reason, raw) VALUES ('own', '1', 'sku', 'unknown', '{}');
SELECT * FROM batches.redrive('own');

-- text of staging tables: a time needs its zone, whatever the session's is
CREATE TABLE land.staged (n text, said text, mail text, constraint_ text);
INSERT INTO land.staged SELECT row_number() OVER (), v, 'm' || row_number() OVER () || '@example.com' FROM unnest('{2026-03-01 09:00+01,2026-03-01T09:00:00Z,2026-03-01T09:00:00.123456-0530,2024-02-29 23:59:60 UTC,2026-02-29T09:00:00Z,2026-03-01,2026-03-01 09:00,2026-13-01 00:00Z,01.02.2026 09:00+01,now,NULL,"",2026-03-01 09:00 CET,2026-03-01 24:00Z}'::text[]) v;
SET timezone = 'Asia/Tokyo';
SET datestyle = 'German, DMY';
SELECT * FROM batches.ingest('land.staged', 'staged', '{"record_id": "n", "observed_at": "said", "identifiers": {"email": "mail"}}');
RESET datestyle;
SET timezone = 'UTC';
SELECT s.record_id, t.said, s.first_seen_at FROM batches.source_records s JOIN land.staged t ON t.n = s.record_id WHERE s.source = 'staged' ORDER BY s.record_id::int;
SELECT r.record_id, r.reason, r.raw ->> 'said' AS said FROM batches.rejects r WHERE r.feed = 'staged' ORDER BY r.record_id::int;
UPDATE batches.rejects SET raw = raw || '{"said": "2026-03-01T09:00:00+01:00"}' WHERE feed = 'staged' AND reason = 'no_zone';
SELECT * FROM batches.redrive('staged');
SELECT v, omni.store_time(v), omni.store_time_problem(v) FROM (VALUES ('0000-01-01 00:00Z'), ('1900-02-29 00:00Z'), ('2000-02-29 00:00Z'), ('2026-04-31 00:00Z'), ('2026-01-01 00:00+15'), (NULL)) t(v);

-- without a time it is now; names that need quotes, a view, a temporary table, a column of a type of omni
CREATE TEMP TABLE "odd ""name" ("select" bigint, "E-Mail" omni.email, "a'b" text, mail text COLLATE "C");
INSERT INTO pg_temp."odd ""name" VALUES (1, 'o@example.com', 'x', 'p@example.com'), (2, NULL, 'y', NULL);
SELECT * FROM batches.ingest('pg_temp."odd ""name"', 'o''dd', '{"record_id": "select", "identifiers": {"email": ["E-Mail", "mail"], "x1": "a''b"}, "attributes": ["a''b", "E-Mail"]}');
SELECT record_id, now() - first_seen_at < interval '1 hour' AS now, identifiers, attributes FROM land.who() WHERE source = 'o''dd';
CREATE VIEW land.broken AS SELECT '1' AS id, 1 / (n - 2) AS x FROM generate_series(1, 3) n;
SELECT * FROM batches.ingest('land.broken', 'broken', '{"record_id": "id", "attributes": ["x"]}');
SELECT count(*) FROM batches.source_records WHERE source = 'broken';
CREATE TABLE land.none (id text);
SELECT * FROM batches.ingest('land.none', 'none', '{"record_id": "id"}');

-- mappings that are none: 22023, 42703, 42804, each with a hint
CREATE TABLE land.types (id text, naive timestamp, day date, f float8, i interval, b bytea, j json, x xid, a float4[], t text, n numeric, tz timestamptz);
CREATE FUNCTION land.refused(mapping jsonb, batch regclass DEFAULT 'land.types', source text DEFAULT 's') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text; message text; hint text;
BEGIN
    PERFORM batches.ingest(batch, source, mapping);
    RETURN 'taken';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
    RETURN format('%s %s%s', state, message, CASE WHEN hint = '' THEN ' WITHOUT A HINT' ELSE '' END);
END $$;
\pset format unaligned
\pset tuples_only on
SELECT m, land.refused(m::jsonb) FROM unnest(ARRAY[NULL, '[]', 'null', '{}', '{"record_id": 1}', '{"record_id": "id", "observed": "tz"}', '{"record_id": "id", "observed_at": null}', '{"record_id": "id", "identifiers": []}', '{"record_id": "id", "identifiers": {"E-Mail": "t"}}',
    '{"record_id": "id", "identifiers": {"email": 1}}', '{"record_id": "id", "identifiers": {"email": {"columns": "t"}}}', '{"record_id": "id", "identifiers": {"email": {"column": "t", "region": "DE"}}}', '{"record_id": "id", "identifiers": {"phone": {"column": "t", "region": "XX"}}}',
    '{"record_id": "id", "identifiers": {"phone": {"column": "t", "region": "DE", "region_column": "t"}}}', '{"record_id": "id", "identifiers": {"phone": {"column": "t", "region_column": "tz"}}}', '{"record_id": "id", "identifiers": {"phone": [["t"]]}}',
    '{"record_id": "id", "attributes": "t"}', '{"record_id": "id", "attributes": [1]}', '{"record_id": "id", "attributes": {"a": ["t"]}}', '{"record_id": "nowhere"}', '{"record_id": "ID"}', '{"record_id": "id", "attributes": ["ctid"]}', '{"record_id": "id; DROP TABLE land.types"}',
    '{"record_id": "naive"}', '{"record_id": "id", "observed_at": "naive"}', '{"record_id": "id", "observed_at": "day"}', '{"record_id": "id", "observed_at": "n"}', '{"record_id": "id", "identifiers": {"k": "f"}}', '{"record_id": "id", "identifiers": {"k": "tz"}}',
    '{"record_id": "id", "attributes": ["f"]}', '{"record_id": "id", "attributes": ["i"]}', '{"record_id": "id", "attributes": ["b"]}', '{"record_id": "id", "attributes": ["j"]}', '{"record_id": "id", "attributes": ["a"]}', '{"record_id": "x"}',
    '{"record_id": "id", "observed_at": "t", "identifiers": {"k": ["n", "t"]}, "attributes": ["naive", "day", "n", "tz", "t"]}']) m;
SELECT land.refused('{"record_id": "id"}', NULL), land.refused('{"record_id": "id"}', 'land.types', NULL), land.refused('{"record_id": "id"}', 'land.types', ''), land.refused('{"record_id": "id"}', 'land.types', repeat('x', 513));
CREATE INDEX types_id ON land.types (id);
SELECT land.refused('{"record_id": "id"}', 'land.types_id');
\pset tuples_only off
\pset format aligned

-- who may not read a column may not ingest it
CREATE ROLE regress_omni_reader;
GRANT USAGE ON SCHEMA land, batches TO regress_omni_reader;
GRANT SELECT (id, t) ON land.types TO regress_omni_reader;
SET ROLE regress_omni_reader;
SELECT * FROM batches.ingest('land.types', 's', '{"record_id": "id", "attributes": ["n"]}');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM batches.ingest('land.types', 's', '{"record_id": "id", "attributes": ["t"]}');
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
DROP OWNED BY regress_omni_reader;
DROP ROLE regress_omni_reader;

-- more columns than a function takes arguments
DO $$ BEGIN EXECUTE (SELECT format('CREATE TABLE land.wide AS SELECT 1 AS id, %s', string_agg(format('%s AS c%s', i, i), ', ')) FROM generate_series(1, 130) i); END $$;
SELECT * FROM batches.ingest('land.wide', 'wide', (SELECT jsonb_build_object('record_id', 'id', 'attributes', jsonb_agg('c' || i)) FROM generate_series(1, 130) i));
SELECT (SELECT count(*) FROM jsonb_object_keys(attributes)) FROM land.who() WHERE source = 'wide';

-- what is too much for a profile is a reject of its row
CREATE TABLE land.large (id int, t text, j jsonb, e text);
INSERT INTO land.large VALUES (1, repeat('x', 200000), NULL, 'one@example.com'), (2, repeat('x', 40000000), to_jsonb(repeat('y', 40000000)), 'two@example.com'), (3, repeat('x', 70000000), NULL, 'three@example.com'),
    (4, NULL, (repeat('[', 99) || repeat(']', 99))::jsonb, 'four@example.com'), (5, NULL, (repeat('[', 100) || repeat(']', 100))::jsonb, 'five@example.com'), (6, NULL, '[]', repeat('x', 600) || '@example.com'), (7, NULL, '[]', 'seven@example.com');
SELECT * FROM batches.ingest('land.large', 'large', '{"record_id": "id", "identifiers": {"email": "e"}, "attributes": ["t", "j"]}');
SELECT record_id, column_name, reason, jsonb_typeof(raw -> 't') AS t, length(raw ->> 't') AS kept FROM batches.rejects WHERE feed = 'large' ORDER BY 1;
SELECT record_id, known_by FROM land.who() WHERE source = 'large';
SELECT * FROM batches.redrive('large');
DROP TABLE land.large;

-- limits: what is above them is refused, and so is what is blocked; two batches or one
SELECT omni.create_store('bounded') IS NOT NULL AS made;
SELECT bounded.set_merge_limits('{"limits": {"user_id": 1, "*": 5}, "blocked": {"loyalty": {"values": ["0"]}}, "priority": ["user_id"]}') IS NULL AS unset;
CREATE TABLE land.visits (id int, at timestamptz, login text, mail text, card text);
INSERT INTO land.visits VALUES (1, '2026-01-01Z', 'anna', 'shared@example.com', '0'), (2, '2026-01-02Z', 'ben', 'shared@example.com', '0'), (3, '2026-01-03Z', NULL, 'shared@example.com', '5');
\set map '{"record_id": "id", "observed_at": "at", "identifiers": {"user_id": "login", "email": "mail", "loyalty": "card"}}'
SELECT * FROM bounded.ingest('land.visits', 'web', :'map');
SELECT source, record_id, identifier, reason FROM bounded.refusals ORDER BY 1, 2, 3;
TRUNCATE land.visits;
INSERT INTO land.visits VALUES (4, '2026-01-04Z', NULL, NULL, '5'), (5, '2026-01-05Z', 'ben', NULL, '6'), (6, '2025-12-01Z', 'carl', NULL, '5');
SELECT * FROM bounded.ingest('land.visits', 'web', :'map');
SELECT source, record_id, identifier, reason FROM bounded.refusals ORDER BY 1, 2, 3;
SELECT s.record_id, coalesce(c.merged_into, c.customer_id) AS customer_id FROM bounded.source_records s JOIN bounded.customers c USING (customer_id) ORDER BY 1;
CREATE TEMP TABLE was AS SELECT record_id, customer_id FROM bounded.source_records;
SELECT * FROM bounded.rebuild_identities();
TABLE pg_temp.was EXCEPT SELECT record_id, customer_id FROM bounded.source_records;

-- an order's own record makes the order its customer's
INSERT INTO bounded.orders (order_ref, channel_code, placed_at, currency) VALUES ('7', 'web', '2026-01-01Z', 'EUR'), ('8', 'web', '2026-01-01Z', 'EUR'), ('8x', 'web', '2026-01-01Z', 'EUR');
TRUNCATE land.visits;
INSERT INTO land.visits VALUES (7, '2026-01-07Z', 'dora', NULL, NULL), (8, '2026-01-08Z', 'ben', NULL, NULL);
SELECT * FROM bounded.ingest('land.visits', 'web', :'map');
SELECT o.order_ref, s.record_id AS with_record FROM bounded.orders o LEFT JOIN bounded.source_records s ON s.customer_id = o.customer_id AND s.record_id IN ('5', '7') ORDER BY 1;

-- a store that reads its customers from elsewhere does not write them
CREATE TABLE land.people (customer_id bigint, source text, record_id text);
SELECT omni.create_store('reading', '{"adopt": {"customers": "land.people"}}') IS NOT NULL AS made;
SELECT * FROM reading.ingest('land.visits', 'web', :'map');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM reading.redrive('web');
\echo :LAST_ERROR_SQLSTATE

-- touchpoints: an anonymous visitor's follow when they become known; a conversion counts once, before and after, whoever reports it
INSERT INTO bounded.touchpoints (touchpoint_key, visitor, occurred_at, kind, channel_code, medium, campaign, conversion_key) VALUES
    ('t1', 'anonymous_id:4f2c', '2026-02-01 10:00Z', 'visit', 'web', 'paid_search', 'spring', NULL), ('t2', 'anonymous_id:4f2c', '2026-02-01 10:20Z', 'conversion', 'web', NULL, NULL, 'W-1'),
    ('o1', 'user_id:dora', '2026-02-01 10:21Z', 'conversion', 'web', NULL, NULL, 'W-1'), ('t3', 'anonymous_id:9', '2026-02-02 10:00Z', 'visit', 'web', 'direct', NULL, NULL),
    ('t0', 'user_id:dora', '2026-02-01 10:20Z', 'conversion', 'web', NULL, NULL, 'W-2'), ('t00', 'anonymous_id:9', '2026-02-01 10:20Z', 'conversion', 'web', NULL, NULL, 'W-2')
ON CONFLICT DO NOTHING;
INSERT INTO bounded.touchpoints (touchpoint_key, visitor, occurred_at, kind) VALUES ('t1', 'anonymous_id:4f2c', '2026-02-01 10:00Z', 'visit') ON CONFLICT DO NOTHING;
SELECT touchpoint_key, customer_key = bounded.customer_of('user_id:dora')::text AS is_dora, known, kind, medium, campaign, conversion_key, conversions FROM bounded_bi.fact_touchpoint ORDER BY 1;
SELECT bounded.identify('{anonymous_id:4f2c,user_id:dora}', 'login', '1', '2026-02-01 10:21Z') = bounded.customer_of('user_id:dora') AS same;
SELECT touchpoint_key, customer_key = bounded.customer_of('user_id:dora')::text AS is_dora, known, conversions FROM bounded_bi.fact_touchpoint ORDER BY 1;
SELECT sum(conversions) FROM bounded_bi.fact_touchpoint;
-- and after a merge
SELECT bounded.identify('{email:dora@example.com,anonymous_id:9}', 'login', '2', '2026-01-01Z') IS NOT NULL AS known;
SELECT bounded.identify('{email:dora@example.com,user_id:dora}', 'login', '3', '2026-02-03Z') IS NOT NULL AS known;
SELECT count(DISTINCT customer_key) AS customers, bool_and(known) AS known, sum(conversions) FROM bounded_bi.fact_touchpoint;

SET client_min_messages = error;
DROP SCHEMA batches, batches_bi, batches_pii, bounded, bounded_bi, bounded_pii, reading, reading_bi, reading_pii, land CASCADE;
