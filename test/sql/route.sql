SET search_path = public, omni;
-- two lines, three nodes: one node has both SKUs, but two together are cheaper; fewer shipments come first
CREATE TEMP TABLE cand (line bigint, sku text, qty bigint, node text, available bigint, cost numeric);
INSERT INTO cand VALUES (1, 'TEA', 2, 'BER', 5, 6.9), (1, 'TEA', 2, 'HAM', 9, 3), (1, 'TEA', 2, 'MUC', 1, 2.5),
    (2, 'CUP', 1, 'BER', 3, 6.9), (2, 'CUP', 1, 'MUC', 4, 2.5);
SELECT route_order(line::text, sku, qty, node, available, cost) AS plan FROM cand \gset
SELECT route_order(line, sku, qty, node, available, cost) = :'plan'::route_plan AS same_of_numbered_lines FROM cand;
SELECT :'plan'::route_plan;
SELECT * FROM route_lines(:'plan');
SELECT route_status(:'plan'), route_shipments(:'plan'), route_cost(:'plan'), route_missing(:'plan'), route_is_optimal(:'plan');
-- with options the cheaper two shipments
CREATE TEMP VIEW fact AS SELECT line::text, sku, qty, node, available, jsonb_build_object('fixed_cost', cost) AS facts FROM cand;
SELECT r.* FROM (SELECT route_order(line, sku, qty, node, available, facts, '{"objective": ["cost", "shipments"]}') AS p FROM fact) x, route_lines(p) r;
SELECT route_cost(p), route_shipments(p) FROM (SELECT route_order(line, sku, qty, node, available, facts, '{"objective": {"cost": 1, "shipments": 0.5}}') AS p FROM fact) x;

-- ids that are written as a bigint are numbers; other texts are not
SELECT route_candidates_agg(7, 8, 1, 9, 1, 1) = route_candidates_agg('7', '8', 1, '9', 1, 1) AS same, route_candidates_agg('07', '-0', 1, '9223372036854775808', 1, 1) AS texts;
SELECT r.* FROM (SELECT route_order(7, 8, 1, 9, 1, 1) AS p) x, route_lines(p, NULL::bigint) r;
SELECT r.* FROM (SELECT route_order('7a', '8', 1, '9', 1, 1) AS p) x, route_lines(p, NULL::bigint) r;
\echo :LAST_ERROR_SQLSTATE

-- demand is summed per SKU: two lines of one SKU never both pass on the same unit
SELECT r.* FROM (SELECT route_order(l, 1, 1, n, a, 4) AS p FROM (VALUES (1, 1, 1), (2, 1, 1), (1, 2, 2), (2, 2, 2)) v(l, n, a)) x, route_lines(p, NULL::bigint) r;
-- the sum is enough but no single node is: refused, in part, or split, as asked
CREATE FUNCTION asked(options jsonb) RETURNS TABLE (status text, line bigint, sku bigint, node bigint, qty bigint, method text, reason text) LANGUAGE sql AS $$
    SELECT route_status(p), r.* FROM (SELECT route_order(1, 1, 5, n, a, '{"fixed_cost": 4}', options) AS p FROM (VALUES (1, 3), (2, 2)) v(n, a)) x, route_lines(p, NULL::bigint) r $$;
SELECT * FROM asked(NULL);
SELECT * FROM asked('{"partial": true}');
SELECT * FROM asked('{"split": "units"}');
SELECT * FROM asked('{"split": "none"}');
-- all lines from one node, or none
SELECT r.* FROM (SELECT route_order(line, sku, qty, node, available, facts, '{"split": "none"}') AS p FROM fact WHERE node <> 'BER') x, route_lines(p) r;
SELECT r.* FROM (SELECT route_order(line, sku, qty, node, available, facts, '{"split": "none", "partial": true}') AS p FROM fact WHERE node <> 'BER') x, route_lines(p) r;

-- why a line is not served: each filter, in the order in which they are asked
CREATE FUNCTION why(facts jsonb, options jsonb DEFAULT NULL, available bigint DEFAULT 9) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', node, qty, reason), '; ') FROM (SELECT route_order('1', 'TEA', 2, 'BER', why.available, '{"fixed_cost": 1}' || facts, options) AS p) x, route_lines(p) $$;
SELECT why('{}'), why('{"ineligible": "closed"}'), why('{"ineligible": true}'), why('{"ineligible": false}'), why('{"method": "pickup"}', '{"methods": ["ship"]}'), why('{"past_cutoff": true}');
SELECT why('{"days": 4}', '{"max_days": 3}'), why('{"days": 4, "promised_days": 3}'), why('{"days": 4, "promised_days": 3}', '{"promise": "soft"}'), why('{"days": 3, "promised_days": 3, "past_cutoff": true}', '{"cutoff": "next_day"}');
SELECT why('{}', NULL, 0), why('{}', NULL, 1), why('{}', '{"partial": true}', 1), why('{"capacity": 1}'), why('{"capacity": 1}', '{"partial": true}'), why('{"unit_duty": null}', '{"objective": ["duties"], "unknown": "ineligible"}');
SELECT r.* FROM (SELECT route_order('1', 'TEA', 2, NULL, NULL, NULL) AS p) x, route_lines(p) r;
SELECT r.* FROM (SELECT route_order(l, s, 1, n, a, 1) AS p FROM (VALUES (1, 1, 1, 1), (2, 2, 2, 0)) v(l, s, n, a)) x, route_lines(p, NULL::bigint) r;
-- and where nothing is tried but the heuristic: no plan serves one of them alone
SELECT route_is_optimal(p), e.aspect, e.name, e.value, e.at_least, e.note
FROM (SELECT route_order(l, s, 1, n, a, '{"fixed_cost": 1}', '{"exact_skus": 0}') AS p FROM (VALUES (1, 1, 1, 1), (2, 2, 2, 0)) v(l, s, n, a)) x, route_explain(p) e WHERE e.aspect IN ('plan', 'objective');
-- a capacity that all SKUs share
SELECT r.* FROM (SELECT route_order(l, l, 2, 1, 9, '{"fixed_cost": 1, "capacity": 3}', '{}') AS p FROM generate_series(1, 2) l) x, route_lines(p, NULL::bigint) r;
SELECT r.* FROM (SELECT route_order(l, l, 2, 1, 9, jsonb_build_object('unit_cost', 3 - l, 'capacity', 3), '{"partial": true}') AS p FROM generate_series(1, 2) l) x, route_lines(p, NULL::bigint) r;
-- methods of one node share its stock; each is a shipment
SELECT r.* FROM (SELECT route_order(l, l, 1, 1, 1, jsonb_build_object('fixed_cost', CASE m WHEN 'ship' THEN 4 ELSE 0 END, 'unit_cost', l, 'method', m), '{"objective": ["cost"]}') AS p FROM generate_series(1, 2) l, unnest('{ship,pickup}'::text[]) m) x, route_lines(p, NULL::bigint) r;
-- duties decide
SELECT r.* FROM (SELECT route_order(1, 1, 2, n, 9, jsonb_build_object('fixed_cost', n, 'unit_duty', 9 - n * 4), '{"objective": ["duties", "cost"]}') AS p FROM generate_series(1, 2) n) x, route_lines(p, NULL::bigint) r;

-- states
SELECT route_candidates_agg(line::text, sku, qty, node, available, cost) AS c FROM cand WHERE node <> 'BER' \gset
SELECT :'c'::route_candidates;
SELECT r.* FROM route_lines(route(:'c')) r;
SELECT r.* FROM route_lines(route(:'c', '{"split": "none", "partial": true}')) r;
SELECT route_candidates_agg(line::text, sku, qty, node, available, cost) IS NULL AS no_row FROM cand WHERE false;
SELECT route_order(NULL, NULL, NULL, NULL, NULL, cost) IS NULL AS no_row FROM cand;
SELECT route(NULL) IS NULL AS none, (SELECT count(*) FROM route_lines(NULL)) AS lines;
SELECT route_candidates_send('{"lines":[{"line":"1","sku":"A","qty":2}],"candidates":[{"sku":"A","node":"B","available":3,"fixed_cost":0.5,"method":"pickup"}],"options":{"partial":true}}');

-- refused: what and how it could be right
\set VERBOSITY default
SELECT route_order(NULL, 'A', 1, 'N', 1, 1);
\echo :LAST_ERROR_SQLSTATE
SELECT route_order('1', 'A', 1, 'N', NULL, 1);
\echo :LAST_ERROR_SQLSTATE
SELECT route_order('1', 'A', 0, 'N', 1, 1);
\echo :LAST_ERROR_SQLSTATE
SELECT route_order('1', 'A', -1, 'N', 1, 1);
SELECT route_order('1', 'A', 1, 'N', -1, 1);
SELECT route_order('1', 'A', 9223372036854775807, 'N', 1, 1);
SELECT route_order(l, 1, 1000000000, 1, 1, 1) FROM generate_series(1, 2) l;
\echo :LAST_ERROR_SQLSTATE
SELECT route_order('1', 'A', 1, 'N', 1, -1);
\echo :LAST_ERROR_SQLSTATE
SELECT route_order('1', 'A', 1, 'N', 1, 'NaN');
SELECT route_order('1', 'A', 1, 'N', 1, 1e30);
SELECT route_order('1', 'A', 1, 'N', 1, 0.0000001);
SELECT route_cost(route_order('1', 'A', 1, 'N', 1, 1e12)), route_cost(route_order('1', 'A', 1, 'N', 1, 0.000001)) FROM cand LIMIT 1;
SELECT route_order('', 'A', 1, 'N', 1, 1);
\echo :LAST_ERROR_SQLSTATE
SELECT route_order('1', 'A', 1, 'N', 1, NULL::numeric);
\echo :LAST_ERROR_SQLSTATE
-- told twice
SELECT route_order(1, 1, q, 1, 9, 1) FROM generate_series(1, 2) q;
\echo :LAST_ERROR_SQLSTATE
SELECT route_order(1, s, 1, 1, 9, 1) FROM generate_series(1, 2) s;
SELECT route_order(1, 1, 1, 1, a, 1) FROM generate_series(1, 2) a;
SELECT route_order(l, l, 1, 1, 1, l) FROM generate_series(1, 2) l;
SELECT route_order(l, l, 1, 1, 1, jsonb_build_object('capacity', l), NULL) FROM generate_series(1, 2) l;
SELECT route_order(1, 1, 1, 1, a, jsonb_build_object('method', 'm' || a, 'fixed_cost', 1), NULL) FROM generate_series(1, 2) a;
SELECT route_order(l, 1, 1, 1, 1, jsonb_build_object('unit_duty', l), NULL) FROM generate_series(1, 2) l;
SELECT route_order(l, 1, 1, 1, 1, '{"fixed_cost": 1}', jsonb_build_object('partial', l = 1)) FROM generate_series(1, 2) l;
\echo :LAST_ERROR_SQLSTATE
-- facts and options
CREATE FUNCTION refused(facts jsonb, options jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text; message text; detail text; hint text;
BEGIN
    RETURN route_status(route_order('1', 'A', 1, 'N', 1, facts, options));
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' | ', state, message, detail, nullif(hint, ''));
END $$;
SELECT refused(f::jsonb, NULL) FROM unnest('{"[]","{\"cost\": 1}","{\"fixed_cost\": \"1\"}","{\"fixed_cost\": -1}","{\"days\": 1.5}","{\"capacity\": 1e10}","{\"past_cutoff\": 1}","{\"ineligible\": 1}","{\"method\": \"\"}","{\"unit_cost\": 0.1234567}"}'::text[]) f;
SELECT refused('{"fixed_cost": 1}', o::jsonb) FROM unnest('{"[]","{\"splits\": 1}","{\"split\": \"sku\"}","{\"partial\": 1}","{\"promise\": true}","{\"cutoff\": \"soft\"}","{\"max_days\": -1}","{\"methods\": []}","{\"methods\": [1]}","{\"unknown\": null}","{\"exact_skus\": 13}",
 "{\"objective\": \"cost\"}","{\"objective\": []}","{\"objective\": [\"price\"]}","{\"objective\": [\"cost\", \"cost\"]}","{\"objective\": {\"cost\": -1}}","{\"objective\": {\"cost\": 0}}","{\"objective\": {\"cost\": 0.0001}}","{\"objective\": [1]}"}'::text[]) o;
-- what is not known and is needed
SELECT refused('{"fixed_cost": 1}', o::jsonb) FROM unnest('{"{\"objective\": [\"duties\"]}","{\"objective\": [\"days\"]}","{\"objective\": [\"late\"]}","{\"objective\": [\"emissions\"]}","{\"max_days\": 2}","{\"objective\": [\"protection\"]}"}'::text[]) o;
SELECT refused('{}', NULL), refused('{"unit_cost": 1, "promised_days": 2}', NULL);
SELECT route_order(1, 1, 1, 1, 1, jsonb_build_object('method', 'm' || m, 'fixed_cost', 1), NULL) FROM generate_series(1, 7) m;
\echo :LAST_ERROR_SQLSTATE
SELECT route_accum(NULL, 1, 1, 1, 1, 1, 1);
\echo :LAST_ERROR_SQLSTATE

-- text forms
SELECT v, route_candidates_problem(v) FROM unnest('{"","{}","[]","{\"lines\": 1, \"candidates\": []}","{\"lines\": [], \"candidates\": [], \"x\": 1}","{\"lines\": [{\"line\": \"1\"}], \"candidates\": []}","{\"lines\": [{\"line\": 1, \"sku\": \"A\", \"qty\": 1}], \"candidates\": []}",
 "{\"lines\": [{\"line\": \"1\", \"sku\": \"A\", \"qty\": 0}], \"candidates\": []}","{\"lines\": [], \"candidates\": [{\"sku\": \"A\", \"node\": \"N\", \"available\": 1}]}","{\"lines\": [], \"candidates\": [{\"sku\": \"A\", \"available\": 1}]}","{\"lines\": [], \"candidates\": [{\"y\": 1}]}",
 "{\"lines\": [], \"candidates\": [], \"options\": {\"split\": 1}}","{\"lines\": [], \"candidates\": []}"}'::text[]) v;
SELECT route_plan_problem(replace(:'plan', a, b)), a, b FROM (VALUES ('"qty":2}]', '"qty":1}]'), ('"routed"', '"refused"'), ('"exact":true', '"exact":false'), ('"node":"BER","qty":1', '"node":"HAM","qty":1'), ('"node":"BER","qty":1', '"node":"MUC","qty":1'), ('"picks":[', '"picks":[1,'), ('"available":5', '"available":1'), ('x', 'y')) v(a, b);
SELECT route_plan_try('{}'), '{"lines":[]}'::route_plan;
\echo :LAST_ERROR_SQLSTATE
SELECT '{"lines":[],"candidates":[]}'::route_candidates = '{"candidates": [], "lines": []}' AS eq;

-- nothing depends on the search path
SET search_path = '';
SELECT r.* FROM (SELECT omni.route_order(line::text, sku, qty, node, available, cost) AS p FROM pg_temp.cand) x, omni.route_lines(p) r;
SELECT count(*) FROM (SELECT DISTINCT p FROM (SELECT omni.route_order(line::text, sku, qty, node, available, cost) AS p FROM pg_temp.cand GROUP BY sku) x) y;

-- why a plan is as it is
SET search_path = public, omni;
SELECT * FROM route_explain(:'plan');
SELECT x.* FROM (SELECT route_order('1', 'TEA', 3, n, a, f::jsonb || '{"unit_cost": 1}', '{"objective": ["cost"], "max_days": 3, "methods": ["ship"], "partial": true}') AS p FROM (VALUES
    ('a', 9, '{"ineligible": "holiday"}'), ('b', 9, '{"method": "pickup"}'), ('c', 9, '{"past_cutoff": true}'), ('d', 9, '{"days": 4}'), ('e', 9, '{"days": 2, "promised_days": 1}'), ('f', 0, '{"days": 1}'), ('g', 9, '{"days": 1, "capacity": 0}')) v(n, a, f)) y, route_explain(p) x;
SELECT x.* FROM (SELECT route_order(s, s, 1, n, 1, jsonb_build_object('fixed_cost', n, 'unit_cost', 0.5), '{"objective": {"cost": 1, "shipments": 2.5}, "exact_skus": 0}') AS p FROM generate_series(1, 2) s, generate_series(1, 2) n) y, route_explain(p) x;
