-- Probabilistic matching: what it gives for a few records, and what it refuses.
SET search_path = public, omni;

CREATE TABLE customer (unique_id int, first_name text, surname text, dob date, city text, tags text[]);
INSERT INTO customer VALUES
    (1, 'Zoë', 'Müller', '1980-01-02', 'Köln', '{a,b}'), (2, 'Zoe', 'Müller', '1980-01-02', 'Köln', '{b,c}'), (10, 'Ann', 'Lee', '1975-05-05', 'Bonn', '{c}'),
    (3, 'Anne', 'Lee', '1975-05-05', NULL, '{}'), (4, 'Bob', 'Ray', '1990-12-31', 'Bonn', NULL), (5, 'Ray', 'Bob', '1990-12-31', 'Bonn', '{d}');
CREATE TABLE setting AS SELECT '{
  "link_type": "dedupe_only", "probability_two_random_records_match": 0.1,
  "blocking_rules_to_generate_predictions": ["l.dob = r.dob", "l.first_name = r.surname"],
  "comparisons": [
    {"output_column_name": "first_name", "comparison_levels": [
      {"sql_condition": "first_name_l IS NULL OR first_name_r IS NULL", "label_for_charts": "missing", "is_null_level": true},
      {"sql_condition": "first_name_l = first_name_r", "label_for_charts": "exact", "m_probability": 0.75, "u_probability": 0.0625},
      {"sql_condition": "levenshtein(first_name_l, first_name_r) <= 1", "label_for_charts": "one edit", "m_probability": 0.125, "u_probability": 0.0625},
      {"sql_condition": "ELSE", "label_for_charts": "other", "m_probability": 0.125, "u_probability": 0.875}]},
    {"output_column_name": "city", "comparison_levels": [
      {"sql_condition": "city_l IS NULL OR city_r IS NULL", "label_for_charts": "missing", "is_null_level": true},
      {"sql_condition": "city_l = city_r", "label_for_charts": "exact", "m_probability": 0.75, "u_probability": 0.25, "tf_adjustment_column": "city"},
      {"sql_condition": "ELSE", "label_for_charts": "other", "m_probability": 0.25, "u_probability": 0.75}]}]}'::jsonb AS j;
CREATE FUNCTION model(changes jsonb DEFAULT '{}') RETURNS match_model STABLE LANGUAGE sql RETURN (SELECT (j || changes)::match_model FROM setting);

-- pairs, the smaller id on the left; by number, since the ids are numbers
SELECT id_l, id_r, round(match_weight::numeric, 6) AS weight, round(match_probability::numeric, 6) AS probability FROM match_predict('customer', model(), '-infinity') ORDER BY id_l, id_r;
SELECT id_l, id_r FROM match_predict('customer', model(), -2) ORDER BY id_l;
SELECT id_l, id_r FROM match_predict('customer', model('{"blocking_rules_to_generate_predictions": [{"blocking_rule": "l.tags = r.tags", "arrays_to_explode": ["tags"]}]}'), '-infinity') ORDER BY id_l, id_r;
SELECT * FROM match_cluster('customer', model(), -2) ORDER BY id::int;
-- within limits pairs are taken greatest weight first
CREATE FUNCTION open_model() RETURNS match_model STABLE LANGUAGE sql RETURN model('{"blocking_rules_to_generate_predictions": ["l.unique_id <> r.unique_id"]}');
SELECT id_l, id_r, round(match_weight::numeric, 4) AS weight FROM match_predict('customer', open_model(), -6) ORDER BY match_weight DESC, id_l::int, id_r::int;
SELECT l AS limits, clusters FROM unnest(ARRAY['{}', '{"limits": {"city": 1}}', '{"limits": {"city": 2, "dob": 1}}', '{"max_records": 2}', '{"cannot_link": [["4", "10"], ["5", "9999"]]}', '{"weak_bridge": {"weight": 4, "records": 1}}', '{"weak_bridge": {"weight": -1, "records": 2}}']) l,
    LATERAL (SELECT string_agg(ids, ' ' ORDER BY cluster::int) AS clusters FROM (SELECT cluster, string_agg(id, ',' ORDER BY id::int) AS ids FROM match_cluster('customer', open_model(), -6, l::jsonb) GROUP BY cluster) x) c;
SELECT comparison, level, label, m, u, round(match_weight::numeric, 4) AS weight, round(tf_adjustment::numeric, 4) AS tf, round(total::numeric, 4) AS total FROM match_explain('customer', model(), '2', '1');
SELECT comparison, level, round(match_weight::numeric, 4) AS weight, round(tf_adjustment::numeric, 4) AS tf, round(total::numeric, 4) AS total
FROM match_explain(model(), '{"first_name": "Ann", "city": "Bonn", "tf_city": 0.5}', '{"first_name": "Ann", "city": "Bonn"}');
SELECT round(match_score(model(), '{"first_name": "Ann", "city": "Bonn", "tf_city": 0.5}', '{"first_name": "Ann", "city": "Bonn"}')::numeric, 4) AS score,
       round(match_score(model(), '{}', '{}')::numeric, 4) AS prior;
-- from call to call another model, and values of other types
SELECT i, round(match_score(m, l, r)::numeric, 4) AS score, (SELECT round(total::numeric, 4) FROM match_explain(m, l, r) WITH ORDINALITY e ORDER BY ordinality DESC LIMIT 1) AS explained
FROM (SELECT i, model(jsonb_build_object('probability_two_random_records_match', 0.5 / (1 + i % 2))) AS m, l::jsonb, r::jsonb FROM (VALUES
    (1, '{"first_name": "Ann"}', '{"first_name": "Ann"}'), (3, '{"first_name": 7}', '{"first_name": "7"}'),
    (4, '{"first_name": null}', '{"city": true}'), (5, '{"first_name": "Anne", "city": true}', '{"first_name": "Ann", "city": true}'), (6, '{}', '{}'),
    (7, '{"city": [1, 2]}', '{"city": [1, 2]}'), (8, '{"city": {"a": 1}}', '{"city": {"a": 2}}')) v(i, l, r) OFFSET 0) x;
SELECT match_score(model(), '{"first_name": 7}', '{"first_name": 8}');
\echo :LAST_ERROR_SQLSTATE
ALTER TABLE customer ADD truth text;
UPDATE customer SET truth = CASE WHEN unique_id < 3 THEN 'zoe' WHEN unique_id IN (3, 10) THEN 'ann' WHEN unique_id = 4 THEN 'bob' ELSE 'ray' END;
SELECT * FROM match_evaluate('customer', model(), 'truth', '{-10,-2,10}');
SELECT * FROM cluster_evaluate('{1,1,2,2,NULL}', '{a,a,a,b,b}');

-- several sources
CREATE VIEW two_sources AS SELECT unique_id / 2 AS unique_id, CASE WHEN unique_id IN (1, 3, 4) THEN 'shop' ELSE 'web' END AS source_dataset, first_name, surname, dob, city, tags FROM customer WHERE unique_id <> 10;
SELECT id_l, id_r FROM match_predict('two_sources', model('{"link_type": "link_only"}'), '-infinity') ORDER BY 1, 2;
SELECT count(*) FROM match_predict('two_sources', model('{"link_type": "link_and_dedupe", "blocking_rules_to_generate_predictions": ["1 = 1"]}'), '-infinity');

-- training
SELECT jsonb_pretty(jsonb_path_query_array(jsonb(match_train('customer', j - 'probability_two_random_records_match' || '{"training": {"deterministic_rules": ["l.dob = r.dob"], "recall": 1}}')), '$.comparisons[0].comparison_levels[*].u_probability')) AS u FROM setting;
SELECT round((jsonb(match_train('customer', j || '{"training": {"deterministic_rules": ["l.dob = r.dob"], "recall": 1}}'))->>'probability_two_random_records_match')::numeric, 4) AS lambda FROM setting;
SELECT match_train('customer', j || '{"training": {"em_blocking_rules": ["l.first_name = r.first_name"]}}') IS NOT NULL AS trained FROM setting;
SELECT match_train('customer', j || '{"training": {"deterministic_rules": ["l.unique_id <> r.unique_id"], "recall": 0.5}}') FROM setting;
\echo :LAST_ERROR_SQLSTATE
SELECT match_train('customer', j || '{"training": {"em_blocking_rules": ["l.unique_id <> r.unique_id"], "max_rule_pairs": 10}}') FROM setting;
\echo :LAST_ERROR_SQLSTATE
SELECT match_train('customer', j || '{"comparisons": []}') FROM setting;
\echo :LAST_ERROR_SQLSTATE

-- refused
SELECT count(*) FROM match_predict('customer', model('{"blocking_rules_to_generate_predictions": ["l.city = r.city", "l.unique_id < r.unique_id"]}'), 0, max_pairs => 10);
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM match_predict('customer', model('{"blocking_rules_to_generate_predictions": ["l.surname = r.dob"]}'));
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM match_predict('customer', model('{"blocking_rules_to_generate_predictions": ["l.phone = r.phone"]}'));
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM match_predict('customer', model('{"unique_id_column_name": "customer_id"}'));
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM match_predict('customer', model('{"unique_id_column_name": "dob"}'));
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM match_predict('customer', model('{"unique_id_column_name": "city"}'));
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM match_predict('customer', model(), 'NaN');
\echo :LAST_ERROR_SQLSTATE
CREATE SEQUENCE counter;
SELECT count(*) FROM match_predict('counter', model());
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM match_predict(0::regclass, model());
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM match_cluster('customer', model(), 0, '{"max_friends": 3}');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM match_cluster('customer', model(), 0, '[]');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM match_cluster('customer', model(), 0, '{"limits": {"ctid": 1}}');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM match_cluster('customer', model(), 0, '{"limits": {"city": {"max": 1}}}');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM match_cluster('customer', model(), 0, '{"cannot_link": [["1", "2"], ["3", 4]]}');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM match_cluster('customer', model(), 0, '{"cannot_link": [["1", "1"]]}');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM match_cluster('customer', model(), 0, '{"weak_bridge": {"weight": 3}}');
\echo :LAST_ERROR_SQLSTATE
-- limits where no pair weighs enough
SELECT count(*), count(DISTINCT cluster) FROM match_cluster('customer', model(), 'Infinity', '{"limits": {"city": 1}, "weak_bridge": {"weight": 3, "records": 2}}');
SELECT count(*) FROM match_cluster(0::regclass, model(), 0, '{"limits": {"city": 1}}');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM match_explain('customer', model(), '1', '77');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM match_explain('customer', model(), '1', '1');
\echo :LAST_ERROR_SQLSTATE
SELECT match_score(model(), '[]', '{}');
\echo :LAST_ERROR_SQLSTATE
SELECT match_score(model(), '{"city": "Bonn", "tf_city": 2}', '{"city": "Bonn"}');
\echo :LAST_ERROR_SQLSTATE
SELECT cluster_evaluate('{1,2}', '{1}');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM match_evaluate('customer', model(), 'nobody');
\echo :LAST_ERROR_SQLSTATE

-- with no more rights than the caller's, and no text of the model is more than an expression
CREATE ROLE regress_match_reader;
GRANT USAGE ON SCHEMA public TO regress_match_reader;
SET ROLE regress_match_reader;
SELECT count(*) FROM match_predict('customer', (SELECT j FROM (VALUES ('{"link_type": "dedupe_only", "blocking_rules_to_generate_predictions": ["l.dob = r.dob"],
    "comparisons": [{"output_column_name": "c", "comparison_levels": [{"sql_condition": "city_l = city_r"}, {"sql_condition": "ELSE"}]}]}'::jsonb)) v(j))::match_model);
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
REVOKE USAGE ON SCHEMA public FROM regress_match_reader;
DROP ROLE regress_match_reader;

-- a source without records

CREATE TABLE nobody (LIKE customer);
SELECT (SELECT count(*) FROM match_predict('nobody', model())) AS pairs, (SELECT count(*) FROM match_cluster('nobody', model())) AS records;
SELECT match_train('nobody', j) FROM setting;
\echo :LAST_ERROR_SQLSTATE
DROP VIEW two_sources;
DROP FUNCTION open_model(), model(jsonb);
DROP TABLE customer, nobody, setting;
DROP SEQUENCE counter;
