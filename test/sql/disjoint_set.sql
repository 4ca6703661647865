-- disjoint_set: forms, aggregate, union, connected components
SET search_path = public, omni;
\set VERBOSITY default

-- edges in, partition out; a NULL partner keeps a single node, both NULL is nothing
SELECT disjoint_set_agg(a, b) FROM (VALUES (1, 2), (2, 3), (9, NULL), (NULL, -5), (NULL::bigint, NULL::bigint)) e(a, b);
SELECT disjoint_set_agg(a, b) FROM (VALUES ('x', 'y'), ('y', 'z'), ('q"\', NULL), ('', NULL), ('ü', 'u')) e(a, b);
SELECT disjoint_set_agg(a, b) FROM (VALUES ('0188d0c2-5a0e-7bd4-9a6e-0c1d2e3f4a5b'::uuid, NULL::uuid),
    ('00000000-0000-0000-0000-000000000001', '0188d0c2-5a0e-7bd4-9a6e-0c1d2e3f4a5b')) e(a, b);
SELECT disjoint_set_agg(a, b) FROM (VALUES (NULL::bigint, NULL::bigint)) e(a, b);
SELECT disjoint_set_agg(a, b) FROM (SELECT 1::bigint, 2::bigint WHERE false) e(a, b);
SELECT disjoint_set_agg(a, a) FROM generate_series(1::bigint, 3) a;
SELECT disjoint_set_agg(a, b) FROM (VALUES (9223372036854775807, -9223372036854775808), (0, -1)) e(a, b);

-- one edge, one node, nothing
SELECT disjoint_set(2, 1), disjoint_set('b', NULL), disjoint_set(NULL::bigint, NULL), disjoint_set('a', 'a');

-- identifiers are canonical, as nodes are in any form
SELECT disjoint_set_agg(a, b) FROM (VALUES ('email:B@Example.com'::identifier, 'user_id:7'::identifier), ('user_id:7', 'phone:+49 30 123456'), ('email:a@example.com', NULL)) e(a, b);
SELECT * FROM connected_components('identifier:{"user_id:7"," email:B@EXAMPLE.com "},{"user_id:8"}', NULL::identifier) ORDER BY 1;
SELECT same_component('identifier:{"user_id:7","email:b@example.com"}', 'user_id:7'::identifier, 'email:B@Example.com'), disjoint_set('user_id:7'::identifier, NULL);
SELECT disjoint_set_problem('identifier:{"nobody"}'), disjoint_set_problem('identifier:{"user_id:7"," user_id:7"}');

-- rows out: the component is the smallest node
SELECT * FROM connected_components('bigint:{10,9},{-3,7},{0}', NULL::bigint) ORDER BY 1;
SELECT * FROM connected_components('text:{"b","B","ä"},{"z"}', NULL::text) ORDER BY node COLLATE "C";
SELECT * FROM connected_components('uuid:{2188d0c2-5a0e-7bd4-9a6e-0c1d2e3f4a5b,0188d0c2-5a0e-7bd4-9a6e-0c1d2e3f4a5b}', NULL::uuid) ORDER BY 1;
SELECT connected_components('bigint:{10,9},{0}', NULL::bigint);
SELECT * FROM connected_components(NULL, NULL::bigint);
SELECT connected_components(NULL, NULL::bigint);
SELECT c.* FROM (SELECT g, disjoint_set_agg(a, b) AS s FROM (VALUES (1, 1, 2), (1, 2, 3), (2, 7, 8), (2, 5, NULL)) e(g, a, b) GROUP BY g) x,
    connected_components(s, NULL::bigint) c ORDER BY g, node;

-- accessors
SELECT disjoint_set_nodes(s), disjoint_set_components(s) FROM (VALUES ('bigint:{1,2,3},{4}'::disjoint_set), ('text:{"a"}')) v(s);
SELECT same_component('bigint:{1,2,3},{4}', 1, 3), same_component('bigint:{1,2,3},{4}', 1, 4), same_component('bigint:{1,2,3},{4}', 5, 5),
    same_component('text:{"a","b"}', 'b', 'a'), same_component('uuid:{0188d0c2-5a0e-7bd4-9a6e-0c1d2e3f4a5b}', '0188d0c2-5a0e-7bd4-9a6e-0c1d2e3f4a5b'::uuid, '0188d0c25a0e7bd49a6e0c1d2e3f4a5b');

-- union and rollup
SELECT 'bigint:{1,2},{3,4},{9}'::disjoint_set || 'bigint:{2,3},{8}', disjoint_set_union('text:{"a"}', 'text:{"a","b"}'), NULL || 'text:{"a"}'::disjoint_set;
SELECT disjoint_set_rollup(s) FROM (VALUES ('bigint:{1,2}'::disjoint_set), (NULL), ('bigint:{3,4}'), ('bigint:{2,3},{0}')) v(s);
SELECT disjoint_set_rollup(s) FROM (VALUES (NULL::disjoint_set)) v(s);

-- text form: any order and white space in, one form out
SELECT E' bigint: { 3 , 2 } ,\n{-1}'::disjoint_set, 'uuid:{0188D0C25A0E7BD49A6E0C1D2E3F4A5B}'::disjoint_set, 'text:{"b","a"},{"A b","{,}"}'::disjoint_set;
SELECT disjoint_set_send('bigint:{-1,300},{5}'), disjoint_set_send('text:{"ab","c"}'), disjoint_set_send('uuid:{0188d0c2-5a0e-7bd4-9a6e-0c1d2e3f4a5b}');
SELECT t, disjoint_set_problem(t), disjoint_set_try(t) FROM (VALUES ('bigint:{1}'), (''), ('int:{1}'), ('bigint:'), ('bigint:{}'), ('bigint:{1'), ('bigint:{1},'), ('bigint:{1} x'),
    ('bigint:{1,,2}'), ('bigint:{a}'), ('bigint:{-}'), ('bigint:{9223372036854775807}'), ('bigint:{9223372036854775808}'), ('bigint:{-9223372036854775808}'), ('bigint:{-9223372036854775809}'),
    ('bigint:{99999999999999999999}'), ('bigint:{1,1}'), ('bigint:{1},{2,1}'), ('text:{a}'), ('text:{"a}'), ('text:{"a\n"}'), ('text:{"a\'), ('text:{"a","a"}'), ('text:{""}'),
    ('uuid:{0188d0c2}'), ('uuid:{0188d0c2-5a0e-7bd4-9a6e-0c1d2e3f4a5g}'), ('uuid:{}'), (NULL)) v(t);
SELECT 'bigint:{1},{2,1}'::disjoint_set;
\echo :LAST_ERROR_SQLSTATE
SELECT 'bigint:{9223372036854775808}'::disjoint_set;
\echo :LAST_ERROR_SQLSTATE
SELECT ''::disjoint_set;
\echo :LAST_ERROR_SQLSTATE
SELECT 'text:{secret@example.com}'::disjoint_set;
\echo :LAST_ERROR_SQLSTATE

-- wrong types
SELECT * FROM connected_components('bigint:{1}', NULL::text);
\echo :LAST_ERROR_SQLSTATE
SELECT connected_components('text:{"a"}', NULL::uuid);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM connected_components('bigint:{1}', NULL::int);
\echo :LAST_ERROR_SQLSTATE
SELECT same_component('bigint:{1}', 'a', 'b');
\echo :LAST_ERROR_SQLSTATE
SELECT 'bigint:{1}'::disjoint_set || 'text:{"1"}';
\echo :LAST_ERROR_SQLSTATE
SELECT disjoint_set_rollup(s) FROM (VALUES ('bigint:{1}'::disjoint_set), ('text:{"1"}')) v(s);
\echo :LAST_ERROR_SQLSTATE
SELECT disjoint_set_accum(NULL, 1, 2);
\echo :LAST_ERROR_SQLSTATE

-- order, equality, hash: on canonical bytes, whatever built the value
SELECT disjoint_set_agg(a, b) = 'bigint:{1,2,3}', disjoint_set_agg(a, b) = 'bigint:{3,1,2}'::disjoint_set, disjoint_set_agg(a, b) <> 'bigint:{1,2}' FROM (VALUES (3, 2), (1, 2)) e(a, b);
SELECT count(DISTINCT s), min(disjoint_set_hash(s)) = max(disjoint_set_hash(s)) AS one_hash, min(disjoint_set_hash_extended(s, 7)) = max(disjoint_set_hash_extended(s, 7)) AS one_seeded
FROM (VALUES (disjoint_set(1, 2)), (disjoint_set(2, 1)), ('bigint:{2,1}'), (disjoint_set(1, NULL) || disjoint_set(1, 2))) v(s);
CREATE TABLE kept (s disjoint_set PRIMARY KEY);
INSERT INTO kept SELECT disjoint_set_agg(a, a + g) FROM generate_series(1::bigint, 5) g, generate_series(1::bigint, 4) a GROUP BY g;
INSERT INTO kept SELECT disjoint_set_agg(a, a / 2) FROM generate_series(1::bigint, 30000) a;
INSERT INTO kept SELECT disjoint_set_agg((30001 - a) / 2, 30001 - a) FROM generate_series(1::bigint, 30000) a ON CONFLICT DO NOTHING;
SELECT disjoint_set_nodes(s), disjoint_set_components(s), s = s::text::disjoint_set AS round_trip FROM kept ORDER BY s;
SET search_path = '';
SELECT count(*) FROM public.kept WHERE s = 'bigint:{1,2,3,4,5}' OR s < ' bigint:{1}';
SELECT c.node, c.component FROM public.kept, omni.connected_components(s, NULL::bigint) c WHERE s > 'bigint:{1,6},{2,7},{3,8}' ORDER BY s, 1 LIMIT 3;
SET search_path = public, omni;
DROP TABLE kept;

-- a growing state in a window, and states that are looked at more than once
SELECT a, disjoint_set_agg(a, a / 3 * 3) OVER (ORDER BY a) FROM generate_series(1::bigint, 7) a;
SELECT max(n), max(c) FROM (SELECT disjoint_set_nodes(s) n, disjoint_set_components(s) c FROM
    (SELECT disjoint_set_agg(a, a / 7) OVER (ORDER BY a / 1000) s FROM generate_series(1::bigint, 6000) a) x) y;
SELECT disjoint_set_agg(a, a - 1) = disjoint_set_agg(a - 1, a), disjoint_set_nodes(disjoint_set_agg(a, a - 1)), disjoint_set_components(disjoint_set_agg(a, a - 1))
FROM generate_series(1::bigint, 50000) a;
