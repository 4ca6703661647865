-- Laws of matching, on random records, rules and models: pairs and weights against joins in plain SQL.
\set ON_ERROR_STOP 1
SELECT plan(9);
SET search_path = public, omni;
SET client_min_messages = error;
SELECT setseed(0.7);

-- few values, so that there are blocks, and much that is missing
CREATE TABLE customer AS
SELECT i AS unique_id, 'k' || i AS key, (ARRAY['x', 'x2', 'y'])[1 + floor(random() * 3)] AS source_dataset,
       (ARRAY['ann', 'anne', 'bob', 'rob', 'Zoë', 'zoe', '', NULL])[1 + floor(random() * 8)] AS a,
       (ARRAY['ann', 'bob', 'carl', 'zoe', 'dora', NULL])[1 + floor(random() * 6)] AS b,
       CASE WHEN random() < .9 THEN floor(random() * 20)::int END AS n,
       CASE WHEN random() < .9 THEN date '2000-01-01' + floor(random() * 15)::int END AS d,
       CASE WHEN random() < .9 THEN ARRAY(SELECT 't' || floor(random() * 12 + 0 * i) FROM generate_series(1, floor(random() * 4 + 0 * i)::int)) END AS tags
FROM generate_series(1, 320) i;

-- rules as a model has them, and what they are in SQL
CREATE TABLE rule (n int GENERATED ALWAYS AS IDENTITY, model jsonb, sql text);
INSERT INTO rule (model, sql) SELECT to_jsonb(r), r FROM unnest(ARRAY[
    'l.a = r.a', 'l.b = r.b AND l.n = r.n', 'l.a = r.b', 'l.a = r.b AND l.b = r.a', 'l.n = r.n AND levenshtein(l.a, r.a) <= 1', 'l.d = r.d', 'l.a = r.a AND l.n < r.n',
    'lower(l.a) = r.b', 'substr(l.a, 1, 2) = substr(r.a, 1, 2) AND l.n = r.n', 'abs(l.n - r.n) <= 1 AND l.b = r.b', 'levenshtein(l.b, r.b) <= 1', 'l.d = r.d OR l.n = r.n']) r;
INSERT INTO rule (model, sql) VALUES
    ('{"blocking_rule": "l.tags = r.tags", "arrays_to_explode": ["tags"]}', 'l.tags && r.tags'),
    ('{"blocking_rule": "l.tags = r.tags AND l.a = r.a", "arrays_to_explode": ["tags"]}', 'l.tags && r.tags AND l.a = r.a');

CREATE FUNCTION model_of(rules jsonb, link text) RETURNS jsonb LANGUAGE sql AS $$
SELECT jsonb_build_object('link_type', link, 'probability_two_random_records_match', 0.01, 'blocking_rules_to_generate_predictions', rules, 'comparisons', '[
  {"output_column_name": "a", "comparison_levels": [{"sql_condition": "a_l IS NULL OR a_r IS NULL", "is_null_level": true},
    {"sql_condition": "a_l = a_r", "m_probability": 0.8, "u_probability": 0.1, "tf_adjustment_column": "a", "tf_adjustment_weight": 0.7, "tf_minimum_u_value": 0.12},
    {"sql_condition": "levenshtein(a_l, a_r) <= 1", "m_probability": 0.15, "u_probability": 0.2, "tf_adjustment_column": "a"},
    {"sql_condition": "ELSE", "m_probability": 0.05, "u_probability": 0.7}]},
  {"output_column_name": "n", "comparison_levels": [{"sql_condition": "n_l IS NULL OR n_r IS NULL", "is_null_level": true},
    {"sql_condition": "n_l = n_r", "m_probability": 0.7, "u_probability": 0.05},
    {"sql_condition": "ELSE", "m_probability": 0.3, "u_probability": 0.95}]}]'::jsonb) $$;

-- the pairs of some rules by joins
CREATE FUNCTION joined(rules int[], link text) RETURNS TABLE (id_l text, id_r text) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format($q$SELECT CASE %1$L WHEN 'dedupe_only' THEN l.unique_id::text ELSE l.source_dataset || '-__-' || l.unique_id END,
               CASE %1$L WHEN 'dedupe_only' THEN r.unique_id::text ELSE r.source_dataset || '-__-' || r.unique_id END FROM customer l, customer r
        WHERE CASE %1$L WHEN 'dedupe_only' THEN l.unique_id < r.unique_id
              ELSE (l.source_dataset || '-__-' || l.unique_id) COLLATE "C" < (r.source_dataset || '-__-' || r.unique_id) COLLATE "C" END
          AND (%1$L <> 'link_only' OR l.source_dataset <> r.source_dataset) AND (%2$s)$q$,
        link, (SELECT string_agg(format('coalesce((%s), false)', sql), ' OR ') FROM rule WHERE n = ANY (rules)));
END $$;

-- random sets of rules, in random order
CREATE TABLE trial AS
SELECT t, (ARRAY['dedupe_only', 'dedupe_only', 'link_only', 'link_and_dedupe'])[1 + t % 4] AS link,
       ARRAY(SELECT n FROM rule ORDER BY md5(n || '-' || t) LIMIT 1 + t % 4) AS rules
FROM generate_series(1, 60) t;
CREATE TABLE outcome AS
SELECT t, (SELECT count(*) FROM joined(rules, link)) AS expected,
       (SELECT count(*) FROM match_predict('customer', j::match_model, '-infinity')) AS found,
       (SELECT count(*) FROM match_predict('customer', j::match_model, '-infinity') p JOIN joined(rules, link) e USING (id_l, id_r)) AS common
FROM trial, LATERAL (SELECT model_of((SELECT jsonb_agg(model ORDER BY array_position(rules, n)) FROM rule WHERE n = ANY (rules)), link) AS j) x;
SELECT ok(sum(expected) > 100000 AND bool_and(expected = found AND found = common),
          format('blocking: %s pairs of 60 random sets of rules, each once, as joins give them', sum(expected))) FROM outcome;

-- weights by the formula
CREATE FUNCTION tf_a(text) RETURNS float8 LANGUAGE sql RETURN (SELECT nullif(count(*), 0)::float8 FROM customer WHERE a = $1) / (SELECT count(a) FROM customer);
CREATE TABLE frequency AS SELECT unique_id, tf_a(a) AS fa FROM customer;
CREATE FUNCTION log2(float8) RETURNS float8 LANGUAGE sql IMMUTABLE RETURN ln($1) / ln(2::float8);
CREATE TABLE all_pairs AS SELECT p.id_l, p.id_r, p.match_weight, p.match_probability FROM match_predict('customer', model_of('["l.unique_id <> r.unique_id"]', 'dedupe_only')::match_model, '-infinity') p;
CREATE TABLE formula AS
SELECT p.*, public.log2(0.01 / 0.99) +
       CASE WHEN l.a IS NULL OR r.a IS NULL THEN 0
            WHEN l.a = r.a THEN public.log2(0.8 / 0.1) + 0.7 * (public.log2(0.1) - public.log2(greatest(fl.fa, 0.12)))
            WHEN omni.levenshtein(l.a, r.a) <= 1 THEN public.log2(0.15 / 0.2) + public.log2(0.1) - public.log2(greatest(fl.fa, fr.fa))
            ELSE public.log2(0.05 / 0.7) END +
       CASE WHEN l.n IS NULL OR r.n IS NULL THEN 0 WHEN l.n = r.n THEN public.log2(0.7 / 0.05) ELSE public.log2(0.3 / 0.95) END AS expected,
       to_jsonb(l) || jsonb_build_object('tf_a', fl.fa) AS jl, to_jsonb(r) || jsonb_build_object('tf_a', fr.fa) AS jr
FROM all_pairs p JOIN customer l ON l.unique_id = id_l::int JOIN customer r ON r.unique_id = id_r::int
JOIN frequency fl ON fl.unique_id = l.unique_id JOIN frequency fr ON fr.unique_id = r.unique_id;
SELECT is(count(*), 320::bigint * 319 / 2, 'a rule without equalities meets all pairs') FROM formula;
SELECT ok(max(abs(match_weight - expected)) < 1e-9, format('match_predict: %s weights by the formula', count(*))) FROM formula;
SELECT ok(bool_and(abs(match_probability - CASE WHEN match_weight >= 0 THEN 1 / (1 + 2 ^ -match_weight) ELSE 2 ^ match_weight / (1 + 2 ^ match_weight) END) < 1e-12),
          'match_probability is that of the weight') FROM formula;
SELECT ok(count(*) > 10000 AND bool_and(abs(match_score(m, jl, jr) - match_weight) < 1e-9), format('match_score of %s pairs of records is the weight of match_predict', count(*)))
FROM formula, LATERAL (SELECT model_of('["l.a = r.a"]', 'dedupe_only')::match_model AS m) x WHERE id_l::int % 5 = 0;

-- order of the records
CREATE TABLE shuffled AS SELECT * FROM customer ORDER BY random();
SELECT ok(count(*) = 51040 AND bool_and(s.match_weight = p.match_weight AND s.match_probability = p.match_probability), 'weights and sides do not depend on the order of the table, bit by bit')
FROM all_pairs p JOIN match_predict('shuffled', model_of('["l.unique_id <> r.unique_id"]', 'dedupe_only')::match_model, '-infinity') s USING (id_l, id_r);

-- clusters are the components of the pairs
CREATE TABLE threshold AS SELECT w FROM generate_series(-9, 9, 0.5) w;
CREATE FUNCTION same_clusters(w float8) RETURNS bigint LANGUAGE sql AS $$
    WITH m AS (SELECT model_of('["l.n = r.n", "l.a = r.a AND l.b = r.b"]', 'dedupe_only')::match_model AS m),
    component AS (SELECT node, min(node) OVER (PARTITION BY component) AS cluster FROM (SELECT c.node, c.component FROM connected_components((SELECT disjoint_set_agg(a, b) FROM (
        SELECT p.id_l::bigint AS a, p.id_r::bigint AS b FROM m, match_predict('customer', m, w) p UNION ALL SELECT unique_id, NULL FROM customer) e), NULL::bigint) c) x)
    SELECT count(*) FROM m, match_cluster('customer', m, w) k JOIN component c ON c.node = k.id::bigint AND c.cluster = k.cluster::bigint $$;
SELECT ok(bool_and(same_clusters(w) = 320) AND count(*) * 320 > 10000, format('match_cluster: %s records in the components of the pairs, each with its smallest id', count(*) * 320)) FROM threshold;

-- two labelings
CREATE TABLE labeled AS
SELECT t, i, CASE WHEN random() < .95 THEN floor(random() * (1 + t % 9) + 0 * i)::text END AS predicted, CASE WHEN random() < .95 THEN floor(random() * (1 + t % 7) + 0 * i)::text END AS truth
FROM generate_series(1, 500) t, generate_series(1, 25) i;
CREATE VIEW lab AS SELECT *, coalesce(predicted, 'alone ' || i) AS p FROM labeled WHERE truth IS NOT NULL;
CREATE TABLE brute AS
SELECT t, count(*) FILTER (WHERE x.p = y.p AND x.i < y.i) AS predicted, count(*) FILTER (WHERE x.truth = y.truth AND x.i < y.i) AS true, count(*) FILTER (WHERE x.p = y.p AND x.truth = y.truth AND x.i < y.i) AS common,
       (SELECT avg(q.c::float8 / q.n) FROM (SELECT count(*) FILTER (WHERE v.truth = u.truth) AS c, count(*) AS n FROM lab u JOIN lab v ON u.t = v.t AND u.p = v.p WHERE u.t = x.t GROUP BY u.i) q) AS bp,
       (SELECT avg(q.c::float8 / q.n) FROM (SELECT count(*) FILTER (WHERE v.p = u.p) AS c, count(*) AS n FROM lab u JOIN lab v ON u.t = v.t AND u.truth = v.truth WHERE u.t = x.t GROUP BY u.i) q) AS br
FROM lab x JOIN lab y USING (t) GROUP BY t;
SELECT ok(count(*) = 500 AND bool_and(e.predicted_pairs = b.predicted AND e.true_pairs = b.true AND e.common_pairs = b.common AND abs(e.bcubed_precision - b.bp) < 1e-12 AND abs(e.bcubed_recall - b.br) < 1e-12),
          format('cluster_evaluate: %s records in 500 pairs of labelings as counted pair by pair', (SELECT count(*) FROM labeled)))
FROM brute b, LATERAL (SELECT cluster_evaluate(array_agg(predicted), array_agg(truth)) AS e FROM labeled WHERE labeled.t = b.t) x, LATERAL (SELECT (x.e).*) e;
SELECT ok(bool_and(a = b), 'cluster_evaluate does not depend on the order, bit by bit')
FROM (SELECT cluster_evaluate(array_agg(predicted ORDER BY i), array_agg(truth ORDER BY i)) AS a, cluster_evaluate(array_agg(predicted ORDER BY md5(i::text)), array_agg(truth ORDER BY md5(i::text))) AS b
      FROM labeled GROUP BY t) x;
SELECT * FROM finish();
