-- Probabilistic matching against Splink: pairs that it scored, parameters that it recovers, histories
-- of its EM; and how well models that match_train makes without labels find the truth.
\set ON_ERROR_STOP 1
SELECT length(:'shared') > 0 AS have_vectors \gset
\if :have_vectors
SELECT plan(17);
SET search_path = public, omni;
SET client_min_messages = error;
\set dir :shared '/vectors/identity/'

-- CSV of the folder as a table of texts
CREATE FUNCTION load_csv(name text, path text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE %I (%s)', name, (SELECT string_agg(format('%I text', c), ', ')
        FROM string_to_table(rtrim(split_part(pg_read_file(path), E'\n', 1), E'\r'), ',') c));
    EXECUTE format('COPY %I FROM %L (FORMAT csv, HEADER)', name, path);
END $$;
SELECT load_csv(f, :'dir' || 'splink_' || f || '.csv') FROM unnest('{fake_1000,fake_1000_from_splink_demos,splink2_479_vs_481,known_params_comparison_vectors,splink2_m_u_history_fixed_u,splink2_m_u_history_no_fix,splink2_proportion_of_matches_history_fixed_u,splink2_proportion_of_matches_history_no_fix}'::text[]) f;
SELECT load_csv('golden', :'dir' || 'golden_fake_1000_pairs.csv');
SELECT load_csv('febrl3', :'dir' || 'febrl3.csv');
ALTER TABLE fake_1000 ALTER unique_id TYPE int USING unique_id::int;
ALTER TABLE fake_1000_from_splink_demos ALTER unique_id TYPE int USING unique_id::int;
CREATE TABLE golden_model AS SELECT pg_read_file(:'dir' || 'splink_models/trained_model_fake_1000_duckdb.json')::match_model AS m;

-- the pairs that Splink 4.0.16 scored
CREATE TABLE predicted AS SELECT p.* FROM golden_model, match_predict('fake_1000', m, '-infinity') p;
SELECT is(count(*), 0::bigint, 'match_predict gives exactly the ' || (SELECT count(*) FROM golden) || ' pairs that Splink gives')
FROM predicted p FULL JOIN golden g ON p.id_l = g.unique_id_l AND p.id_r = g.unique_id_r WHERE p.id_l IS NULL OR g.unique_id_l IS NULL;
SELECT cmp_ok(max(abs(p.match_weight - g.match_weight::float8)), '<', 1e-9::float8, 'match_predict: weights are Splink''s within 1e-9')
FROM predicted p JOIN golden g ON p.id_l = g.unique_id_l AND p.id_r = g.unique_id_r;
SELECT cmp_ok(max(abs(p.match_probability - g.match_probability::float8)), '<', 1e-9::float8, 'match_predict: probabilities are Splink''s within 1e-9')
FROM predicted p JOIN golden g ON p.id_l = g.unique_id_l AND p.id_r = g.unique_id_r;
CREATE TABLE as_records AS
SELECT g.*, (SELECT jsonb_object_agg(left(k, -2), CASE WHEN k LIKE 'tf%' THEN to_jsonb(v::numeric) ELSE to_jsonb(v) END) FROM jsonb_each_text(to_jsonb(g)) e(k, v) WHERE k LIKE '%\_l' AND k <> 'unique_id_l') AS l,
       (SELECT jsonb_object_agg(left(k, -2), CASE WHEN k LIKE 'tf%' THEN to_jsonb(v::numeric) ELSE to_jsonb(v) END) FROM jsonb_each_text(to_jsonb(g)) e(k, v) WHERE k LIKE '%\_r' AND k <> 'unique_id_r') AS r
FROM golden g;
SELECT cmp_ok(max(abs(match_score(m, l, r) - match_weight::float8)), '<', 1e-9::float8, format('match_score: weights of %s pairs of records are Splink''s within 1e-9', count(*)))
FROM as_records, golden_model;
CREATE TABLE explained AS
SELECT g.*, (SELECT jsonb_object_agg(comparison, level) FROM match_explain(m, l, r)) AS gamma,
       (SELECT total FROM match_explain(m, l, r) WITH ORDINALITY e ORDER BY ordinality DESC LIMIT 1) AS total,
       (SELECT sum(e.match_weight + e.tf_adjustment) FROM match_explain(m, l, r) e) AS summed
FROM as_records g, golden_model WHERE g.unique_id_l::int < 200;
SELECT ok(count(*) > 100 AND bool_and((gamma->>'first_name', gamma->>'surname', gamma->>'dob', gamma->>'city', gamma->>'email') = (gamma_first_name, gamma_surname, gamma_dob, gamma_city, gamma_email)
                      AND abs(total - match_weight::float8) < 1e-9 AND abs(summed - match_weight::float8) < 1e-9),
          format('match_explain: %s waterfalls have Splink''s levels and end at its weight', count(*))) FROM explained;
SELECT results_eq($$SELECT comparison, level, match_weight, tf_adjustment, total FROM golden_model, LATERAL match_explain('fake_1000', m, '666', '665')$$,
                  $$SELECT e.comparison, e.level, e.match_weight, e.tf_adjustment, e.total FROM golden_model, as_records g, LATERAL match_explain(m, l, r) e WHERE g.unique_id_l = '665' AND g.unique_id_r = '666'$$,
                  'match_explain of a source is that of its records');

-- settings
CREATE FUNCTION level(cond text, m float8 DEFAULT NULL, u float8 DEFAULT NULL, tf text DEFAULT NULL, tf_weight float8 DEFAULT NULL) RETURNS jsonb LANGUAGE sql AS
$$ SELECT jsonb_strip_nulls(jsonb_build_object('sql_condition', cond, 'm_probability', m, 'u_probability', u, 'tf_adjustment_column', tf, 'tf_adjustment_weight', tf_weight,
                                               'is_null_level', CASE WHEN cond LIKE '%IS NULL%' THEN true END)) $$;
CREATE FUNCTION comparison(c text, VARIADIC levels jsonb[]) RETURNS jsonb LANGUAGE sql AS
$$ SELECT jsonb_build_object('output_column_name', c, 'comparison_levels',
                             jsonb_build_array(level(c || '_l IS NULL OR ' || c || '_r IS NULL')) || to_jsonb(levels)) $$;
-- exact, then other conditions over "$", then ELSE
CREATE FUNCTION compare_by(c text, tf boolean, VARIADIC conds text[]) RETURNS jsonb LANGUAGE sql AS
$$ SELECT comparison(c, VARIADIC level(c || '_l = ' || c || '_r', tf => CASE WHEN tf THEN c END)
                     || (SELECT array_agg(level(replace(x, '$', c)) ORDER BY n) FROM unnest(conds || 'ELSE'::text) WITH ORDINALITY u(x, n))) $$;

-- known parameters (Splink's test: m and u within .01, lambda within 1 %, probabilities within 1 %)
CREATE TABLE known AS
SELECT n * 2 + side AS unique_id, n AS pair, gamma_col_1::int AS col_1, gamma_col_2::int AS col_2, gamma_col_3::int AS col_3, true_match_probability_l::float8 AS truth
FROM (SELECT row_number() OVER () AS n, * FROM known_params_comparison_vectors) v, generate_series(0, 1) side;
CREATE TABLE known_model AS
SELECT match_train('known', jsonb_build_object('link_type', 'dedupe_only', 'max_iterations', 200, 'em_convergence', 0.00001,
    'blocking_rules_to_generate_predictions', jsonb_build_array('l.pair = r.pair'),
    'comparisons', (SELECT jsonb_agg(comparison(c, level(c || '_l = 1'), level('ELSE'))) FROM unnest('{col_1,col_2,col_3}'::text[]) c),
    'training', jsonb_build_object('deterministic_rules', '[]'::jsonb, 'estimate_u', false, 'fix_u_probabilities', false,
                                   'populate_probability_two_random_records_match_from_trained_values', true))) AS m;
CREATE FUNCTION probability(m match_model, comparison int, level int, name text) RETURNS float8 LANGUAGE sql
    RETURN (jsonb(m)->'comparisons'->comparison->'comparison_levels'->level->>(name || '_probability'))::float8;
SELECT ok(abs((jsonb(m)->>'probability_two_random_records_match')::float8 - 0.5) < 0.005, 'known parameters: lambda') FROM known_model;
SELECT ok(bool_and(abs(probability(m, c - 1, 1, 'm') - (ARRAY[.7, .9, .95])[c]) < .01 AND abs(probability(m, c - 1, 1, 'u') - (ARRAY[.1, .025, .2])[c]) < .01
                   AND abs(probability(m, c - 1, 2, 'm') - (ARRAY[.3, .1, .05])[c]) < .01 AND abs(probability(m, c - 1, 2, 'u') - (ARRAY[.9, .975, .8])[c]) < .01),
          'known parameters: m and u of all levels') FROM known_model, generate_series(1, 3) c;
SELECT ok(count(*) = 4000 AND bool_and(abs(p.match_probability - k.truth) <= 0.01 * k.truth), 'known parameters: probabilities of 4000 pairs')
FROM known_model, match_predict('known', m, '-infinity') p JOIN known k ON k.unique_id = p.id_l::int;

-- Splink 2: a weight, and histories of EM
CREATE FUNCTION splink2(training jsonb DEFAULT NULL, iterations int DEFAULT 25) RETURNS jsonb LANGUAGE sql AS $$
SELECT jsonb_strip_nulls(jsonb_build_object('link_type', 'dedupe_only', 'max_iterations', iterations, 'em_convergence', 1e-12,
    'probability_two_random_records_match', (0.3 / 0.7 / 9) / (1 + 0.3 / 0.7 / 9),
    'blocking_rules_to_generate_predictions', jsonb_build_array('l.surname = r.surname'),
    'comparisons', comparison('first_name', level('first_name_l = first_name_r', .7, .1, 'first_name', .6), level('levenshtein(first_name_l, first_name_r) <= 2', .2, .1), level('ELSE', .1, .8))
        || (SELECT jsonb_agg(comparison(c, level(c || '_l = ' || c || '_r', .9, .1), level('ELSE', .1, .9))) FROM unnest('{surname,dob,email,city}'::text[]) c),
    'training', '{"deterministic_rules": [], "estimate_u": false, "em_blocking_rules": ["l.surname = r.surname"],
                  "populate_probability_two_random_records_match_from_trained_values": true}'::jsonb || training)) $$;
SELECT ok(abs(p.match_weight - s.match_weight::float8) < 1e-9, 'Splink 2: weight of records 479 and 481')
FROM splink2_479_vs_481 s, match_predict('fake_1000_from_splink_demos', splink2()::match_model, '-infinity') p WHERE p.id_l = s.unique_id_l AND p.id_r = s.unique_id_r;
CREATE TABLE history AS
SELECT fix, i, jsonb(match_train('fake_1000_from_splink_demos', splink2(jsonb_build_object('fix_u_probabilities', fix), i))) AS j FROM unnest('{t,f}'::boolean[]) fix, generate_series(1, 2) i;
CREATE TABLE expected_history AS SELECT true AS fix, * FROM splink2_m_u_history_fixed_u UNION ALL SELECT false, * FROM splink2_m_u_history_no_fix;
SELECT ok(count(*) = 36 AND max(greatest(abs(e.m_probability::float8 - (l->>'m_probability')::float8), abs(e.u_probability::float8 - (l->>'u_probability')::float8))) < 1e-9,
          format('Splink 2: %s values of m and u over two iterations, u fixed and free', count(*)))
FROM history h, jsonb_array_elements(j->'comparisons') c, jsonb_array_elements(c->'comparison_levels') WITH ORDINALITY AS a(l, n), expected_history e
WHERE e.fix = h.fix AND e.iteration::int = h.i AND e.gamma_column_name = 'gamma_' || (c->>'output_column_name')
  AND e.comparison_vector_value::int = jsonb_array_length(c->'comparison_levels') - n;
CREATE TABLE expected_share AS SELECT true AS fix, * FROM splink2_proportion_of_matches_history_fixed_u UNION ALL SELECT false, * FROM splink2_proportion_of_matches_history_no_fix;
SELECT ok(count(*) = 4 AND max(abs(odds / (1 + odds) - "λ"::float8)) < 1e-9, 'Splink 2: share of matches over two iterations')
FROM (SELECT fix, i, l / (1 - l) * 9 AS odds FROM history, LATERAL (SELECT (j->>'probability_two_random_records_match')::float8 AS l) x) h
JOIN expected_share e ON e.fix = h.fix AND e.iteration::int = h.i;

-- accuracy without labels
CREATE TABLE febrl3_model AS
SELECT match_train('febrl3', jsonb_build_object('link_type', 'dedupe_only', 'unique_id_column_name', 'rec_id',
    'blocking_rules_to_generate_predictions', '["l.soc_sec_id = r.soc_sec_id", "l.given_name = r.given_name AND l.surname = r.surname", "l.date_of_birth = r.date_of_birth",
        "l.postcode = r.postcode AND l.street_number = r.street_number", "l.surname = r.surname AND l.postcode = r.postcode", "l.given_name = r.given_name AND l.suburb = r.suburb",
        "l.address_1 = r.address_1", "l.given_name = r.surname AND l.surname = r.given_name"]'::jsonb,
    'comparisons', jsonb_build_array(
        compare_by('given_name', true, 'jaro_winkler_similarity($_l, $_r) >= 0.92', 'jaro_winkler_similarity($_l, $_r) >= 0.8'),
        compare_by('surname', true, 'jaro_winkler_similarity($_l, $_r) >= 0.92', 'jaro_winkler_similarity($_l, $_r) >= 0.8'),
        compare_by('date_of_birth', false, 'damerau_levenshtein($_l, $_r) <= 1', 'damerau_levenshtein($_l, $_r) <= 2'),
        compare_by('soc_sec_id', false, 'damerau_levenshtein($_l, $_r) <= 1', 'damerau_levenshtein($_l, $_r) <= 2'),
        compare_by('street_number', true, 'levenshtein($_l, $_r) <= 1'),
        compare_by('address_1', true, 'jaro_winkler_similarity($_l, $_r) >= 0.9', 'jaro_winkler_similarity($_l, $_r) >= 0.8'),
        compare_by('suburb', true, 'jaro_winkler_similarity($_l, $_r) >= 0.9', 'jaro_winkler_similarity($_l, $_r) >= 0.8'),
        compare_by('postcode', true, 'levenshtein($_l, $_r) <= 1', 'levenshtein($_l, $_r) <= 2')))) AS m;
CREATE FUNCTION cluster_f1(source text, id text, truth text, m match_model, w float8) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE f float8;
BEGIN
    EXECUTE format('SELECT (cluster_evaluate(array_agg(c.cluster), array_agg(s.%I))).f1 FROM match_cluster(%L, $1, $2) c JOIN %I s ON s.%I::text = c.id', truth, source, source, id) INTO f USING m, w;
    RETURN f;
END $$;
SELECT cmp_ok(f1, '>=', 0.992::float8, format('FEBRL3: pairs, F1 %s at weight 0', round(f1::numeric, 4))) FROM febrl3_model, match_evaluate('febrl3', m, 'entity_id', '{0}');
SELECT cmp_ok(f1, '>=', 0.9975::float8, format('FEBRL3: clusters, F1 %s at weight 0', round(f1::numeric, 4))) FROM febrl3_model, cluster_f1('febrl3', 'rec_id', 'entity_id', m, 0) f1;
CREATE TABLE fake_settings AS
SELECT jsonb_build_object('link_type', 'dedupe_only',
    'blocking_rules_to_generate_predictions', '["l.first_name = r.first_name AND l.surname = r.surname", "l.dob = r.dob", "l.email = r.email", "l.surname = r.surname",
        "l.first_name = r.first_name", "l.first_name = r.surname"]'::jsonb,
    'comparisons', jsonb_build_array(
        compare_by('first_name', true, 'jaro_winkler_similarity($_l, $_r) >= 0.92', 'jaro_winkler_similarity($_l, $_r) >= 0.7'),
        compare_by('surname', true, 'jaro_winkler_similarity($_l, $_r) >= 0.92', 'jaro_winkler_similarity($_l, $_r) >= 0.7'),
        compare_by('dob', false, 'damerau_levenshtein($_l, $_r) <= 1', 'damerau_levenshtein($_l, $_r) <= 2'),
        compare_by('city', true, VARIADIC '{}'::text[]),
        compare_by('email', false, 'split_part($_l, ''@'', 1) = split_part($_r, ''@'', 1)', 'jaro_winkler_similarity($_l, $_r) >= 0.88'))) AS j;
SELECT cmp_ok(f1, '>=', 0.90::float8, format('fake_1000: clusters, F1 %s at weight 0', round(f1::numeric, 4)))
FROM fake_settings, match_train('fake_1000', j) m, cluster_f1('fake_1000', 'unique_id', 'cluster', m, 0) f1;

-- the same records in another order, in parts and twice
CREATE TABLE shuffled AS SELECT * FROM fake_1000 ORDER BY md5(unique_id::text);
SELECT is(match_train('shuffled', j)::text, match_train('fake_1000', j)::text, 'training does not depend on the order of the table') FROM fake_settings;
SELECT isnt(match_train('febrl3', jsonb(m) || '{"training": {"seed": 1}}')::text, m::text, 'another seed draws other pairs') FROM febrl3_model;
SELECT * FROM finish();
\else
SELECT plan(1);
SELECT skip('the vectors are not here', 1);
SELECT * FROM finish();
\endif
