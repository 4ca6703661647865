-- customer_profile: forms, join, removal, accessors, survivorship, index, bad input
SET search_path = public, omni;
SET timezone = 'Europe/Berlin';
\set VERBOSITY default

-- a record: what it says, when; NULL identifiers and null attributes say nothing
SELECT customer_profile('crm', '7', '2026-01-31 12:00Z', '{email:Jane@Example.com,NULL,user_id:4,email:JANE@example.com}', '{"name": "Jane", "phone": null, "since": 2019, "limit": 1.500}');
SELECT customer_profile_from('crm', '7', '2026-01-31 12:00Z', ARRAY[identifier_try('email', 'jane@example.com'), identifier_try('phone', '12', 'DE')]);
SELECT customer_profile('crm', '7', '2026-01-31 12:00Z', NULL, NULL) = customer_profile('crm', '7', '2026-01-31 13:00+01', '{}', '{"x": null}') AS nothing_said;
-- the same value has the same bytes, however it was written
SELECT customer_profile('a', 'b', '2026-01-01Z', '{}', '{"n": 1.0, "a": {"y": 1e2, "x": [0.10, -0.0]}}') = customer_profile('a', 'b', '2026-01-01Z', '{}', '{"a": {"x": [0.1, 0], "y": 100.00}, "n": 1}') AS same;
-- numbers of all sizes, strings with what needs escapes, nulls inside, names in the order of their bytes
SELECT customer_profile('a', 'b', '0044-03-15 12:00:00.000001Z BC', '{}', E'{"n": [0, 1, -1, 10000, 12345678.0009, -0.00000001, 1e-9, 99999999999999999999.5, 1e30], "s": "\\"\\\\/\\b\\f\\n\\r\\t\\u0001 é 日本 \\ud83d\\ude00", "": [null, true, false, {}, [], {"b": null}], "é": 1, "z": 2, "aa": 3, "b": 4}');
SELECT t, bool_and(v::text::customer_profile = v) AS text_and_back FROM unnest('{294276-12-31 23:59:59.999999Z,4714-11-24 00:00:00Z BC,0001-12-31 23:59:59Z BC,2000-01-01Z}'::timestamptz[]) t,
    customer_profile('a', 'b', t, '{}', '{"tiny": 1e-16383, "huge": -1e131071, "deep": [[[[{"a": [[]]}]]]]}') v GROUP BY t ORDER BY t;

-- text in: members in any order, records in any order and twice, canonical form made
SELECT ' { "records" : [ {"attributes":{"n":1.50,"x":null},"record_id":"2","source":"b","observed_at":"2026-01-31t13:00+01:00"} ,
    {"source":"b","record_id":"10","observed_at":"2026-01-31 12:00:00.5Z","identifiers":["user_id: 7 ","email:A@b.de"]}, {"source":"b","record_id":"2","observed_at":"2026-01-30T00:00Z"} ] }'::customer_profile;
SELECT '{"records":[]}'::customer_profile, record_count('{"records":[]}'), first_seen('{"records":[]}'), identifiers('{"records":[]}'), records('{"records":[]}'), golden_record('{"records":[]}');

-- two sources of one customer
CREATE TABLE said AS SELECT * FROM (VALUES
    (1, customer_profile('crm', '7', '2026-01-31Z', '{email:jane@example.com,user_id:4}', '{"name": "Jane", "city": "Berlin", "tags": ["a", "b"], "spent": 10, "vip": true}')),
    (2, customer_profile('shop', 'x1', '2026-02-10Z', '{email:jane@example.com,phone:+4930123456}', '{"name": "Jane Doe", "tags": ["b", "c", null], "spent": 9.5}')),
    (3, customer_profile('till', '88', '2026-01-01Z', '{phone:+49 30 123456}', '{"name": "J. Doe", "city": "Potsdam", "spent": 100, "tags": "z", "vip": false}')),
    (4, customer_profile('till', '89', '2026-01-02Z', NULL, '{"city": "Potsdam"}'))) v(id, p);
CREATE TABLE whole AS SELECT customer_profile_agg(p) AS p FROM said;
SELECT record_count(p), first_seen(p), last_seen(p), identifiers(p), records(p) FROM whole;
SELECT r.* FROM whole, profile_records(p) r;
SELECT p -> 'name' AS name, p ->> 'name' AS name, p -> 'tags' AS tags, p ->> 'tags' AS tags, p ->> 'city' AS city, p ->> 'vip' AS vip, p -> 'spent' AS spent, p ->> 'none' AS none FROM whole;
-- the join: a later observation replaces an earlier one of the same record, whatever came first
SELECT p || customer_profile('crm', '7', '2025-01-01Z', '{}', '{"name": "old"}') = p AS old_is_known, (p || customer_profile('crm', '7', '2027-01-01Z', '{}', '{"name": "new"}')) ->> 'name' AS new,
    customer_profile('crm', '7', '2027-01-01Z', '{}', '{"name": "new"}') || p = p || customer_profile('crm', '7', '2027-01-01Z', '{}', '{"name": "new"}') AS commutes FROM whole;
-- out again
SELECT p - '{crm,7}' = (SELECT customer_profile_agg(s.p) FROM said s WHERE id <> 1) AS one, p - ARRAY[['crm', '7'], ['till', '89'], ['nobody', '1']] = (SELECT customer_profile_agg(s.p) FROM said s WHERE id IN (2, 3)) AS many,
    p - records(p) AS all_of_them, p - '{}' = p AS none, without_records(p, '{till,8}') = p AS not_there FROM whole;
SELECT (a.p || b.p) - records(b.p) = a.p AS law FROM said a, said b WHERE a.id < b.id;

-- survivorship
SELECT golden_record(p) FROM whole;
SELECT policy, golden_record(p, jsonb_build_object('default', policy, 'source_rank', '["till", "crm"]'::jsonb)) - 'identifiers' AS golden
FROM whole, unnest('{most_recent,first,most_trusted,longest,most_frequent,min,max,union}'::text[]) policy;
SELECT jsonb_pretty(golden_record(p, '{"default": "most_recent", "source_rank": ["crm"], "attributes": {"name": "longest", "city": {"policy": "most_trusted"}, "spent": {"policy": "most_trusted", "source_rank": ["till"]}, "tags": "union", "nobody": "min"}}')) FROM whole;
-- ties: of the same time the smaller (source, record_id) by bytes; of the same length or count the later
SELECT golden_record(customer_profile_agg(p)) ->> 'x' AS most_recent, golden_record(customer_profile_agg(p), '{"default": "longest"}') ->> 'x' AS longest, golden_record(customer_profile_agg(p), '{"default": "first"}') ->> 'x' AS first,
    golden_record(customer_profile_agg(p), '{"default": "most_frequent"}') ->> 'x' AS most_frequent, golden_record(customer_profile_agg(p), '{"default": "most_trusted", "source_rank": []}') ->> 'x' AS most_trusted, customer_profile_agg(p) ->> 'x' AS arrow
FROM (VALUES (customer_profile('b', '1', '2026-01-01Z', NULL, '{"x": "b1"}')), (customer_profile('a', '10', '2026-01-01Z', NULL, '{"x": "a10"}')), (customer_profile('a', '1', '2026-01-01Z', NULL, '{"x": "a1"}')),
    (customer_profile('B', '1', '2025-01-01Z', NULL, '{"x": "B11"}'))) v(p);
-- order of values: false, true, numbers by value, strings by bytes, arrays, objects
SELECT golden_record(customer_profile_agg(customer_profile('s', i::text, '2026-01-01Z', NULL, jsonb_build_object('x', x))), '{"default": "union"}') -> 'x' AS all_values FROM
    unnest(ARRAY['1.0', '1', '-5', '"b"', '"B"', '"é"', 'true', 'false', '{"a": 1}', '10000', '9999.9', '-5.1', '0', '1e-5', '0.5', '"10"', '["b", 2]']::jsonb[]) WITH ORDINALITY u(x, i);
-- an attribute of the name identifiers gives way
SELECT golden_record(p), p ->> 'identifiers' AS attribute FROM customer_profile('a', 'b', '2026-01-01Z', '{user_id:1}', '{"identifiers": "x"}') p;

-- operators on identifiers, and their index
SELECT id, p @> 'email:JANE@example.com' AS by_text, p @> 'phone:+4930123456'::identifier AS by_identifier, p && (SELECT p FROM said WHERE id = 1) AS shares FROM said ORDER BY id;
CREATE TABLE many AS SELECT i, customer_profile('s', i::text, '2026-01-01Z', ARRAY['user_id:' || i / 2, 'email:m' || i || '@example.com']) AS p FROM generate_series(1, 1000) i;
INSERT INTO many VALUES (0, '{"records":[]}');
CREATE INDEX ON many USING gin (p);
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT i FROM many WHERE p @> 'user_id:17';
EXPLAIN (COSTS OFF) SELECT i FROM many WHERE p @> 'user_id:17'::identifier AND p @> 'email:m34@example.com'::text;
PREPARE q(text) AS SELECT i FROM many WHERE p @> $1 ORDER BY i;
EXECUTE q('user_id:17');
SELECT i FROM many WHERE p @> 'user_id:17'::identifier AND p @> 'email:m34@example.com'::text;
SELECT i FROM many WHERE p && (SELECT customer_profile_agg(p) FROM many WHERE i IN (5, 9)) ORDER BY i;
SELECT count(*) FROM many WHERE p && '{"records":[]}';
RESET enable_seqscan;

-- comparison, also with a string and under an empty search_path
SELECT count(*), count(DISTINCT p), bool_and(p = p::text) AS with_text FROM said;
SET search_path = '';
SELECT count(*) FROM public.said a JOIN public.said b ON a.p = b.p;
SELECT id FROM public.said WHERE p = '{"records":[{"source":"till","record_id":"89","observed_at":"2026-01-02T00:00:00Z","attributes":{"city":"Potsdam"}}]}'::text;
SELECT count(*) FROM (SELECT p FROM public.said UNION SELECT p FROM public.said ORDER BY p) q;
SET search_path = public, omni;

-- bad input: nothing personal in a message
CREATE FUNCTION refused(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    d text; h text;
BEGIN
    EXECUTE query;
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS d = PG_EXCEPTION_DETAIL;
    RETURN SQLSTATE || ' ' || SQLERRM || coalesce(' | ' || nullif(d, ''), '');
END $$;
SELECT n, refused('SELECT ' || q) FROM (VALUES
    (1, $$customer_profile(NULL, '1', '2026-01-01Z')$$), (2, $$customer_profile('a', NULL, '2026-01-01Z')$$), (3, $$customer_profile('a', '1', NULL)$$),
    (4, $$customer_profile('', '1', '2026-01-01Z')$$), (5, $$customer_profile('a', '', '2026-01-01Z')$$), (6, $$customer_profile('a', repeat('secret', 86), '2026-01-01Z')$$), (7, $$customer_profile('a', '1', '-infinity')$$),
    (8, $$customer_profile('a', '1', '2026-01-01Z', '{email:secret}')$$), (9, $$customer_profile('a', '1', '2026-01-01Z', '{""}')$$), (10, $$customer_profile('a', '1', '2026-01-01Z', '{}', '["secret"]')$$), (11, $$customer_profile('a', '1', '2026-01-01Z', '{}', '"secret"')$$),
    (12, $$customer_profile('a', '1', '2026-01-01Z', '{}', (repeat('{"a":', 101) || '1' || repeat('}', 101))::jsonb)$$), (13, $$customer_profile('a', '1', '2026-01-01Z', '{}', (repeat('{"a":', 100) || '1' || repeat('}', 100))::jsonb)::text::customer_profile$$),
    (14, $$customer_profile('a', '1', '2026-01-01Z', '{}', jsonb_build_object('x', repeat('secret', 12000000)))$$), (15, $$customer_profile('a', '1', '2026-01-01Z') - '{a}'::text[]$$), (16, $$customer_profile('a', '1', '2026-01-01Z') - '{a,NULL}'::text[]$$),
    (17, $$customer_profile('a', '1', '2026-01-01Z') - '{{a,b,c}}'::text[]$$), (18, $$customer_profile('a', '1', '2026-01-01Z') - '{{{a,b}}}'::text[]$$), (19, $$customer_profile('a', '1', '2026-01-01Z') @> 'secret'$$), (20, $$customer_profile_combine(NULL, '{"records":[]}')$$)) v(n, q);
SELECT s, refused(format('SELECT golden_record(''{"records":[]}'', %L)', s)) FROM unnest(ARRAY['[]', '1', '{"default": "best"}', '{"default": 1}', '{"defualt": "first"}', '{"default": "most_trusted"}', '{"source_rank": "crm"}', '{"source_rank": [1]}',
    '{"attributes": []}', '{"attributes": {"x": "nope"}}', '{"attributes": {"x": {"policy": "min", "rank": []}}}', '{"attributes": {"x": {}}}', '{"attributes": {"x": {"policy": "most_trusted"}}}', '{"attributes": {"x": {"policy": "most_trusted", "source_rank": []}}}', '{"attributes": {"x": ["min"]}}', '{"attributes": {"x": null}}']) s;
SELECT t, customer_profile_problem(t), customer_profile_try(t) IS NULL AS refused, refused(format('SELECT %L::customer_profile', t)) FROM unnest(ARRAY['', '{', '[]', '{}', '{"records":[}', '{"records":[]', '{"records":[]} x', '{"record":[]}', '{"records":[],"x":1}', '{"records":[{}]}', '{"records":[{"source":"a","record_id":"b"}]}',
    '{"records":[{"source":"a","source":"b"}]}', '{"records":[{"name":"secret"}]}', '{"records":[{"source":""}]}', '{"records":[{"source":"a","record_id":7}]}', '{"records":[{"observed_at":"2026-01-01"}]}', '{"records":[{"observed_at":"2026-02-29T00:00Z"}]}', '{"records":[{"observed_at":"2026-01-01T24:00Z"}]}',
    '{"records":[{"observed_at":"infinity"}]}', '{"records":[{"observed_at":"999999-01-01T00:00Z"}]}', '{"records":[{"observed_at":"4714-11-23T00:00Z BC"}]}', '{"records":[{"observed_at":"0000-01-01T00:00Z"}]}', '{"records":[{"identifiers":["secret"]}]}', '{"records":[{"identifiers":[null]}]}', '{"records":[{"attributes":[]}]}', '{"records":[{"attributes":{"a":1,"a":2}}]}',
    '{"records":[{"attributes":{"a":01}}]}', '{"records":[{"attributes":{"a":1.}}]}', '{"records":[{"attributes":{"a":1e}}]}', '{"records":[{"attributes":{"a":1e999999}}]}', '{"records":[{"attributes":{"a":1e-99999999999999999999}}]}', '{"records":[{"attributes":{"a":nul}}]}', '{"records":[{"attributes":{"a":"\u0000"}}]}', '{"records":[{"attributes":{"a":"\ud800"}}]}',
    '{"records":[{"attributes":{"a":"\udc00"}}]}', '{"records":[{"attributes":{"a":"\x"}}]}', '{"records":[{"attributes":{"a":"x', '{"records":[{"attributes":{"a":"' || chr(9) || '"}}]}', '{"records":[{"attributes":{"a":[1,]}}]}', '{"records":[{"attributes":{a:1}}]}']) t;
SELECT customer_profile_problem('{"records":[{"attributes":{"a":' || repeat('[', 100000)), customer_profile_problem(NULL), customer_profile_problem('{"records":[]}');

-- binary form
SELECT encode(customer_profile_send(customer_profile('a', 'b', '2000-01-01Z', '{user_id:1}', '{"n": -10000.5}')), 'hex');
DROP TABLE said, whole, many;
