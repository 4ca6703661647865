-- link_evidence: forms, join, resolution within limits, what is refused and why, bad input
CREATE SCHEMA links;
SET search_path = links, public, omni;
SET timezone = 'Europe/Berlin';
\set VERBOSITY default

-- evidence: identifiers of records, and pairs of records; each piece once, in the order of its bytes
CREATE TABLE seen (source text, record_id text, observed_at timestamptz, identifier identifier);
INSERT INTO seen VALUES
    ('crm', '1', '2026-01-01Z', 'email:jane@example.com'), ('crm', '1', '2026-01-01Z', 'user_id:1'),
    ('shop', '9', '2026-01-02Z', 'email:Jane@Example.com'), ('shop', '9', '2026-01-02Z', 'user_id:2'),
    ('shop', '8', '2026-01-03Z', 'user_id:2'), ('shop', '8', '2026-01-04Z', 'user_id:2'),
    ('till', '5', '2026-01-03Z', NULL),
    ('till', '6', '2026-01-05Z', 'phone:+49 30 123456'), ('till', '6', '2026-01-05Z', 'user_id:anonymous'), ('till', '7', '2026-01-06Z', 'user_id:anonymous');
SELECT link_evidence_agg(source, record_id, observed_at, identifier) AS e FROM seen \gset
SELECT :'e' AS evidence;
SELECT link_evidence_pieces(:'e'), :'e'::link_evidence::text::link_evidence = :'e'::link_evidence AS text_and_back;
-- a pair has its lesser record first, and of two decisions the later counts; at equal times never, always, and then the greater weight
SELECT link_evidence_agg('b', '2', 'a', '10', 1.5, '2026-01-31 12:00:00.25Z');
SELECT link_evidence_agg(a, b, c, d, w, t) FROM (VALUES ('a', '1', 'b', '1', 9, '2026-01-01Z'::timestamptz), ('b', '1', 'a', '1', -0.0, '2026-01-02Z'),
    ('a', '1', 'b', '2', 'Infinity', '2026-01-01Z'), ('b', '2', 'a', '1', '-Infinity', '2026-01-01Z'), ('a', '1', 'b', '3', 1e300, '2026-01-01Z'), ('a', '1', 'b', '3', 'Infinity', '2026-01-01Z'),
    ('a', '1', 'b', '4', 1, '2026-01-01Z'), ('a', '1', 'b', '4', 2, '2026-01-01Z')) v(a, b, c, d, w, t);
-- the join; the same evidence has the same bytes in whatever order and split it came
SELECT link_evidence_agg(source, record_id, observed_at, identifier ORDER BY md5(observed_at::text || identifier)) = :'e' AS any_order,
    (SELECT link_evidence_rollup(p) FROM (SELECT link_evidence_agg(source, record_id, observed_at, identifier) AS p FROM seen GROUP BY identifier) q) = :'e' AS any_split,
    :'e'::link_evidence || :'e' = :'e' AS idempotent FROM seen;
SELECT '[]'::link_evidence || '[ {"observed_at" : "2026-01-01T01:00+01", "record_id":"2","source":"b"} , {"identifier":" email:A@b.de","source":"a","record_id":"2\u002f","observed_at":"2026-01-01T00:00Z"},{"decided_at":"0044-03-15T00:00Z BC","source":"b","other_record_id":"1","other_source":"a","record_id":"2","weight":-2.50e1} ]' AS joined;

-- clusters; '{}' is no limit
SELECT * FROM resolve_links(:'e') ORDER BY cluster, source, record_id, identifier;
SELECT * FROM resolve_links('[]') UNION ALL SELECT * FROM resolve_links(NULL);
SELECT count(*) FROM (SELECT link_evidence_agg('a', 'b', now(), NULL) AS e WHERE false) x, resolve_links(e);

-- a limit refuses what would break it, and nothing else; decisions come first, then kinds by priority
SELECT * FROM resolve_links(:'e', '{"limits": {"user_id": 1}}') ORDER BY cluster, source, record_id, identifier;
SELECT * FROM resolve_links(:'e', '{"limits": {"user_id": 1}, "priority": ["user_id"], "blocked": {"user_id": {"values": ["anonymous"]}}}') ORDER BY cluster, source, record_id, identifier;
-- pairs: a decision is above limits, never is above decisions, a weight comes last
CREATE TABLE decided (source text, record_id text, other_source text, other_record_id text, weight float8, decided_at timestamptz);
INSERT INTO decided VALUES ('crm', '1', 'shop', '8', 'Infinity', '2026-02-01Z'), ('crm', '1', 'till', '6', '-Infinity', '2026-02-01Z'), ('till', '5', 'crm', '1', 3, '2026-02-01Z'),
    ('till', '5', 'till', '6', 4, '2026-02-01Z'), ('till', '7', 'gone', '1', 8, '2026-02-01Z'), ('gone', '1', 'gone', '2', 'Infinity', '2026-02-01Z');
SELECT :'e'::link_evidence || link_evidence_agg(source, record_id, other_source, other_record_id, weight, decided_at) AS all_e FROM decided \gset
SELECT * FROM resolve_links(:'all_e', '{"limits": {"user_id": 1}, "blocked": {"*": {"values": ["anonymous"]}}}') ORDER BY cluster, source, record_id, identifier, other_source, other_record_id;
SELECT source, record_id, other_source, other_record_id, refused FROM resolve_links(:'all_e', '{"limits": {"user_id": 1}, "blocked": {"*": {"values": ["anonymous"]}}, "priority": ["match"]}') WHERE other_source IS NOT NULL ORDER BY 1, 2, 3, 4;

-- one piece a row: source, record_id, day, identifier
CREATE FUNCTION evidence(pieces text[]) RETURNS link_evidence LANGUAGE sql AS $$
    SELECT link_evidence_agg(p[1], p[2], '2026-01-01Z'::timestamptz + p[3]::int * interval '1 day', p[4]::identifier) FROM (SELECT string_to_array(p, ' ', 'NULL') AS p FROM unnest(pieces) p) x $$;
CREATE FUNCTION resolved(e link_evidence, limits jsonb) RETURNS TABLE (cluster bigint, piece text, refused text) LANGUAGE sql AS $$
    SELECT cluster, concat_ws(' ', source, record_id, coalesce(identifier::text, '-'), other_source, other_record_id) || CASE WHEN survivor THEN ' *' ELSE '' END, refused FROM resolve_links(e, limits) ORDER BY cluster, source COLLATE "C", record_id COLLATE "C", identifier, other_source, other_record_id $$;
-- a window: so many values first seen within any span; a value counts from when it was first seen
SELECT * FROM resolved(evidence('{s a 0 email:1@x.de,s a 0 user_id:1,s b 6 email:2@x.de,s b 6 user_id:1,s c 8 email:3@x.de,s c 8 user_id:1,s d 15 email:4@x.de,s d 15 user_id:1,s e 30 email:3@x.de}'),
    '{"limits": {"email": {"max": 1, "within": "7 days"}}, "priority": ["user_id"]}');
SELECT * FROM resolved(evidence('{s a 0 email:1@x.de,s a 0 user_id:1,s b 7 email:2@x.de,s b 7 user_id:1}'), '{"limits": {"email": {"max": 1, "within": "7 days"}}, "priority": ["user_id"]}');
SELECT * FROM resolved(evidence('{s a 0 email:1@x.de,s a 0 user_id:1,s b 7 email:2@x.de,s b 7 user_id:1}'), '{"limits": {"email": {"max": 1, "within": "6 days 23:59:59"}}, "priority": ["user_id"]}');
-- "*" is for the kinds that are not named
SELECT * FROM resolved(evidence('{s a 0 email:1@x.de,s a 0 card:1,s b 1 card:1,s b 1 card:2,s b 1 email:2@x.de}'), '{"limits": {"*": 1, "email": 2}}');
-- size of a cluster: identifiers, records
SELECT * FROM resolved(evidence('{s a 0 card:1,s a 0 card:2,s a 0 card:3,s b 1 card:3}'), '{"max_identifiers": 2}');
SELECT * FROM resolved(evidence('{s a 0 card:1,s b 1 card:1,s c 2 card:1}'), '{"max_records": 2}');
-- blocked: values by bytes, also as their kind writes them; patterns as PostgreSQL's
SELECT * FROM resolved(evidence('{s a 0 email:none@x.de,s b 0 email:none@x.de,s a 0 card:000-0,s b 0 card:000-0,s a 0 card:Null,s b 0 card:Null,s a 0 user_id:n/a,s b 0 user_id:n/a}'),
    '{"blocked": {"*": {"patterns": ["^[0-]*$"], "values": ["null"]}, "email": {"values": ["None@X.de"]}, "user_id": {"patterns": ["(?i)^N/?A$"]}}}');
-- shared: a phone of records with more e-mails than that
SELECT * FROM resolved(evidence('{s a 0 email:1@x.de,s a 0 phone:+4930111,s b 1 email:2@x.de,s b 1 phone:+4930111,s c 2 email:3@x.de,s c 2 phone:+4930111,s d 3 phone:+4930222,s d 3 email:3@x.de,s e 4 phone:+4930222}'), '{"shared": {"phone": {"email": 2}}}');
SELECT * FROM resolved(evidence('{s a 0 email:1@x.de,s a 0 phone:+4930111,s b 1 email:2@x.de,s b 1 phone:+4930111,s c 2 email:3@x.de,s c 2 phone:+4930111}'), '{"shared": {"phone": {"email": 2, "card": 1}}, "blocked": {"email": {"values": ["3@x.de"]}}}');
-- a weak bridge: the only pair between two parts that both have records enough
SELECT evidence('{s a 0 card:1,s b 1 card:1,s c 2 card:2,s d 3 card:2,s e 4 card:3}') || link_evidence_agg('s', a, 's', b, w, '2026-01-01Z') AS bridged FROM (VALUES ('b', 'c', 2.5), ('d', 'e', 2)) v(a, b, w) \gset
SELECT * FROM resolved(:'bridged', '{"weak_bridge": {"weight": 3, "records": 2}}');
SELECT * FROM resolved(:'bridged', '{"weak_bridge": {"weight": 2.5, "records": 1}}');
SELECT r.* FROM (SELECT :'bridged' || link_evidence_agg('s', 'a', 's', 'd', 1, '2026-01-01Z') AS e) x, resolved(e, '{"weak_bridge": {"weight": 3, "records": 2}}') r;

-- limits to begin with, and what is wrong with limits
SELECT preset, merge_limits(preset), merge_limits_problem(merge_limits(preset)) FROM unnest('{omni,segment}'::text[]) preset;
SELECT merge_limits() = merge_limits('omni') AS default_is_omni;
CREATE FUNCTION refused(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    d text; h text;
BEGIN
    EXECUTE query;
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS d = PG_EXCEPTION_DETAIL, h = PG_EXCEPTION_HINT;
    RETURN concat_ws(' | ', SQLSTATE || ' ' || SQLERRM, nullif(d, ''), nullif(h, ''));
END $$;
SELECT l AS limits, merge_limits_problem(l::jsonb), refused(format('SELECT * FROM resolve_links(''[]'', %L)', l)) FROM unnest(ARRAY['[]', '1', 'null', '"{}"', '{"limit": {}}', '{"limits": 5}', '{"limits": {"Email": 5}}', '{"limits": {"email": 0}}', '{"limits": {"email": 1.5}}', '{"limits": {"email": 5.0}}',
    '{"limits": {"email": -1}}', '{"limits": {"email": 1e10}}', '{"limits": {"email": "5"}}', '{"limits": {"email": null}}', '{"limits": {"email": {}}}', '{"limits": {"email": {"max": 5, "in": 3}}}', '{"limits": {"email": {"max": true}}}',
    '{"limits": {"email": {"max": 5, "within": 7}}}', '{"limits": {"email": {"max": 5, "within": "1 month"}}}', '{"limits": {"email": {"max": 5, "within": ""}}}', '{"limits": {"email": {"max": 5, "within": "0 days"}}}', '{"limits": {"email": {"max": 5, "within": "-1 day"}}}', '{"limits": {"email": {"max": 5, "within": "2 Weeks 1 day 1:30"}}}',
    '{"limits": {"email": {"max": 5, "within": "1 day 1:60"}}}', '{"limits": {"email": {"max": 5, "within": "99999999999999 weeks"}}}', '{"limits": {"email": {"max": 5, "within": "999999999999 weeks"}}}', '{"priority": "email"}', '{"priority": [1]}', '{"priority": ["*"]}', '{"priority": ["email", "email"]}', '{"priority": ["match", "email"]}',
    '{"blocked": ["secret"]}', '{"blocked": {"email": ["secret"]}}', '{"blocked": {"email": {"value": ["secret"]}}}', '{"blocked": {"email": {"values": "secret"}}}', '{"blocked": {"email": {"values": [0]}}}', '{"blocked": {"email": {"patterns": ["a", "(secret"]}}}', '{"blocked": {"email": {"patterns": {}}}}', '{"blocked": {"email": {"patterns": [1]}}}', '{"blocked": {"": {}}}',
    '{"shared": 1}', '{"shared": {"phone": 3}}', '{"shared": {"phone": {"email": 0}}}', '{"shared": {"phone": {"phone": 3}}}', '{"shared": {"*": {"email": 3}}}', '{"shared": {"phone": {"*": 3}}}', '{"max_identifiers": 0}', '{"max_identifiers": [1]}', '{"max_records": "many"}',
    '{"weak_bridge": 3}', '{"weak_bridge": {"weight": 3}}', '{"weak_bridge": {"records": 3}}', '{"weak_bridge": {"weight": 1e400, "records": 1}}', '{"weak_bridge": {"weight": "3", "records": 1}}', '{"weak_bridge": {"weight": 3, "records": 0}}', '{"weak_bridge": {"weight": 3, "records": 2, "size": 1}}']) l;

-- much of one kind in one place takes time in proportion: windows, whose values stand apart or together; what one record shares; many names
SET statement_timeout = '10s';
SELECT link_evidence_agg('s', 'hub', '2020-01-01Z'::timestamptz + i * interval '1 minute', ('card:' || i)::identifier) AS apart, link_evidence_agg('s', 'hub', '2020-01-01Z', ('card:' || i)::identifier) AS together INTO hub FROM generate_series(1, 100000) i;
SELECT count(*), count(refused) FROM hub, resolve_links(apart, '{"limits": {"card": {"max": 5, "within": "1 second"}}}');
SELECT count(*), count(refused) FROM hub, resolve_links(apart, '{"limits": {"card": {"max": 50000, "within": "365 days"}}}');
SELECT count(*), count(refused) FROM hub, resolve_links(together, '{"limits": {"card": {"max": 50000, "within": "1 second"}}}');
SELECT link_evidence_agg('s', 'hub', '2020-01-01Z', (k || ':' || i)::identifier) || link_evidence_agg('s', 'hub', '2020-01-01Z', 'email:a@x.de') AS shared INTO much FROM generate_series(1, 50000) i, unnest('{card,user_id}'::text[]) k;
SELECT count(*), count(refused) FROM much, resolve_links(shared, '{"shared": {"card": {"user_id": 100000, "email": 1}}}');
SELECT count(*), count(refused) FROM much, resolve_links(shared, '{"shared": {"card": {"user_id": 49999}}}');
SELECT merge_limits_problem(jsonb_build_object('priority', (SELECT jsonb_agg('kind' || i) FROM generate_series(1, 200000) i)));
RESET statement_timeout;
-- two clusters of many values, of which two, seen at the same time, keep them apart again and again
SELECT evidence(array_agg(format('s %s %s card:%s%s', r, CASE WHEN n = 60 THEN 300 WHEN r = 'b' THEN 150 + n ELSE n END, r, n))) || evidence('{s c 0 NULL}') AS both FROM unnest('{a,b}'::text[]) r, generate_series(1, 60) n \gset
SELECT refused, count(*) FROM (SELECT :'both' || link_evidence_agg('s', x, 's', y, w, '2026-01-01Z') AS e FROM (VALUES ('a', 'b', 2), ('a', 'c', 4), ('c', 'b', 1)) v(x, y, w)) x, resolve_links(e, '{"limits": {"card": {"max": 1, "within": "1 hour"}}}') GROUP BY 1 ORDER BY 1;
SELECT refused, count(*) FROM (SELECT :'both' || link_evidence_agg('s', x, 's', y, w, '2026-01-01Z') AS e FROM (VALUES ('a', 'b', 2), ('a', 'c', 4), ('c', 'b', 1)) v(x, y, w)) x, resolve_links(e, '{"limits": {"card": {"max": 2, "within": "1 hour"}}}') GROUP BY 1 ORDER BY 1;

-- would these be one cluster
SELECT n, merge_problem(i::identifier[], t::timestamptz[], r, l::jsonb) FROM (VALUES
    (1, '{user_id:1,email:a@x.de}', NULL, 3, '{}'), (2, '{user_id:1,user_id:2,user_id:1}', NULL, 3, '{"limits": {"user_id": 2}}'), (3, '{user_id:1,user_id:2,user_id:3}', NULL, 3, '{"limits": {"user_id": 2}}'), (4, '{user_id:1,card:1,card:2}', NULL, 3, '{"limits": {"user_id": 2, "*": 1}}'),
    (5, '{user_id:null,card:1}', NULL, 1, '{"blocked": {"*": {"values": ["null"]}}}'), (6, '{card:1,card:2}', NULL, 1, '{"max_identifiers": 1}'), (7, '{card:1,card:2}', NULL, 2, '{"max_identifiers": 2, "max_records": 2}'), (8, '{card:1,card:2}', NULL, 3, '{"max_records": 2}'),
    (9, '{card:1,card:2,card:3}', '{2026-01-01Z,2026-01-20Z,2026-01-08Z}', 3, '{"limits": {"card": {"max": 1, "within": "7 days"}}}'), (10, '{card:1,card:2,card:3}', '{2026-01-01Z,2026-01-20Z,2026-01-09Z}', 3, '{"limits": {"card": {"max": 1, "within": "7 days"}}}'),
    (11, NULL, NULL, NULL, '{"max_records": 1}'), (12, '{NULL,card:1}', '{NULL,2026-01-01Z}', 1, '{"limits": {"card": {"max": 1, "within": "7 days"}}}')) v(n, i, t, r, l);

-- bad input: nothing personal in a message
SELECT n, refused('SELECT ' || q) FROM (VALUES
    (1, $$link_evidence_agg(NULL, '1', '2026-01-01Z', NULL)$$), (2, $$link_evidence_agg('a', NULL, '2026-01-01Z', NULL)$$), (3, $$link_evidence_agg('a', '1', NULL, NULL)$$), (4, $$link_evidence_agg('', '1', '2026-01-01Z', NULL)$$), (5, $$link_evidence_agg('a', repeat('secret', 86), '2026-01-01Z', NULL)$$),
    (6, $$link_evidence_agg('a', '1', 'infinity', NULL)$$), (7, $$link_evidence_agg('a', '1', '2026-01-01Z', 'secret')$$), (8, $$link_evidence_agg('a', 'secret', 'a', 'secret', 1, '2026-01-01Z')$$), (9, $$link_evidence_agg('a', '1', 'a', '2', 'NaN', '2026-01-01Z')$$), (10, $$link_evidence_agg('a', '1', 'a', '2', NULL, '2026-01-01Z')$$),
    (11, $$link_evidence_agg('a', '1', NULL, '2', 1, '2026-01-01Z')$$), (12, $$link_evidence_agg('a', '1', 'a', '', 1, '2026-01-01Z')$$), (13, $$link_evidence_agg('a', '1', 'a', '2', 1, '-infinity')$$), (14, $$link_evidence_agg('a', '1', 'a', '2', 1, NULL)$$), (15, $$link_evidence_combine(NULL, '[]')$$),
    (16, $$merge_limits('secret')$$), (17, $$merge_problem('{card:1}', '{}', 1, '{}')$$), (18, $$merge_problem('{card:1}', NULL, 1, '{"limits": {"card": {"max": 1, "within": "7 days"}}}')$$), (19, $$merge_problem('{card:1}', NULL, 1, NULL)$$),
    (20, $$merge_problem('{card:1}', '{NULL}', 1, '{"limits": {"card": {"max": 1, "within": "7 days"}}}')$$), (21, $$merge_problem('{card:1}', NULL, 1, '{"limits": 1}')$$)) v(n, q);
SELECT t, link_evidence_problem(t), link_evidence_try(t) IS NULL AS refused, refused(format('SELECT %L::link_evidence', t)) FROM unnest(ARRAY['', '{}', '[', '[]]', '[1]', '[{}]', '[{"source":"a"}]', '[{"source":"a","record_id":"1","observed_at":"2026-01-01T00:00Z"},]', '[{"source":"a","source":"b"}]', '[{"secret":1}]', '[{"source":""}]',
    '[{"source":"a","record_id":1}]', '[{"observed_at":"2026-01-01"}]', '[{"decided_at":"infinity"}]', '[{"identifier":"secret"}]', '[{"identifier":null}]', '[{"weight":"NaN"}]', '[{"weight":1e400}]', '[{"weight":01}]', '[{"weight":1.}]', '[{"weight":1e}]', '[{"weight":-}]', '[{"weight":null}]',
    '[{"source":"a","record_id":"1","observed_at":"2026-01-01T00:00Z","weight":1}]', '[{"source":"a","record_id":"1","other_source":"a","other_record_id":"secret","weight":1,"decided_at":"2026-01-01T00:00Z","identifier":"card:1"}]',
    '[{"source":"a","record_id":"1","other_source":"a","other_record_id":"1","weight":1,"decided_at":"2026-01-01T00:00Z"}]', '[{"source":"\u0000"}]']) t;

-- comparison, also with a string and under an empty search_path
SET search_path = '';
SELECT '[]'::omni.link_evidence < '[{"source":"a","record_id":"1","observed_at":"2026-01-01T00:00Z"}]' AS less, '[{"record_id":"1","source":"a","observed_at":"2026-01-01T01:00+01"}]'::omni.link_evidence = '[{"source":"a","record_id":"1","observed_at":"2026-01-01T00:00Z"}]'::text AS equal;
SET client_min_messages = warning;
DROP SCHEMA links CASCADE;
