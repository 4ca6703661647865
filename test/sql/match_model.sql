-- match_model: settings and models of Splink, and what a condition of theirs may say
SET search_path = public, omni;
\pset null '(null)'

-- settings with one comparison of one level beside ELSE
CREATE FUNCTION settings(condition text, rule text DEFAULT '1=1') RETURNS text LANGUAGE sql AS $$
    SELECT jsonb_build_object('link_type', 'dedupe_only', 'blocking_rules_to_generate_predictions', jsonb_build_array(rule),
        'comparisons', jsonb_build_array(jsonb_build_object('output_column_name', 'x', 'comparison_levels', jsonb_build_array(
            jsonb_build_object('sql_condition', condition), jsonb_build_object('sql_condition', 'ELSE')))))::text $$;
-- one valid model, with a value put at a path
CREATE FUNCTION changed(path text, value text) RETURNS text LANGUAGE sql AS $$
    SELECT jsonb_set('{"link_type": "dedupe_only", "probability_two_random_records_match": 0.01, "blocking_rules_to_generate_predictions": [{"blocking_rule": "l.a = r.a"}],
        "comparisons": [{"output_column_name": "a", "comparison_levels": [
            {"sql_condition": "\"a_l\" IS NULL OR \"a_r\" IS NULL", "label_for_charts": "a is NULL", "is_null_level": true},
            {"sql_condition": "\"a_l\" = \"a_r\"", "m_probability": 0.9, "u_probability": 0.1, "tf_adjustment_column": "a"},
            {"sql_condition": "ELSE", "m_probability": 0.1, "u_probability": 0.9}]}]}', path::text[], value::jsonb)::text $$;
-- the error itself: SQLSTATE, message, detail, hint
CREATE FUNCTION outcome(model text) RETURNS TABLE (state text, said text) LANGUAGE plpgsql AS $$
DECLARE m text; d text; h text;
BEGIN
    PERFORM match_model(model);
    RETURN QUERY SELECT NULL, NULL;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, m = MESSAGE_TEXT, d = PG_EXCEPTION_DETAIL, h = PG_EXCEPTION_HINT;
    said := concat_ws(' | ', m, nullif(d, ''), nullif(h, 'The documentation of match_model lists its settings and their values.'));
    RETURN NEXT;
END $$;

-- a model is what was given
SELECT jsonb_pretty(changed('{em_convergence}', '0.001')::match_model::jsonb);
SELECT match_model_problem(changed('{unknown_to_omni}', '{"kept": [1, null, "x"]}')), match_model_try(changed('{x}', '1'))::jsonb -> 'x' AS kept;
SELECT match_model(j)::jsonb = j AS same, match_model(j::text)::text::jsonb = j AS same_text FROM (SELECT changed('{x}', '1')::jsonb) s(j);
CREATE TABLE model (name text, m match_model);
INSERT INTO model VALUES ('jsonb', changed('{x}', '1')::jsonb), ('text', changed('{x}', '2'));
SELECT name, m::jsonb -> 'x' AS x, pg_typeof(m) FROM model;
DROP TABLE model;
SET search_path = '';
SELECT public.changed('{x}', '1')::omni.match_model::jsonb -> 'x' AS x, omni.match_model_problem('[]');
SET search_path = public, omni;

-- what is wrong, by its code, and as an error
SELECT what, match_model_problem(model) AS problem, match_model_try(model) IS NULL AS refused, o.* FROM (VALUES
    ('not JSON', '{"link_type": '),
    ('empty', ''),
    ('a scalar', '3'),
    ('an array', '[]'),
    ('nothing in it', '{}'),
    ('no comparisons', '{"link_type": "link_only"}'),
    ('link_type', changed('{link_type}', '"dedupe"')),
    ('link_type no string', changed('{link_type}', '1')),
    ('lambda above 1', changed('{probability_two_random_records_match}', '1.5')),
    ('lambda below 0', changed('{probability_two_random_records_match}', '-0.1')),
    ('lambda a string', changed('{probability_two_random_records_match}', '"0.5"')),
    ('lambda huge', changed('{probability_two_random_records_match}', '1e400')),
    ('m above 1', changed('{comparisons,0,comparison_levels,1,m_probability}', '1.0001')),
    ('u below 0', changed('{comparisons,0,comparison_levels,1,u_probability}', '-1e-9')),
    ('m a string', changed('{comparisons,0,comparison_levels,1,m_probability}', '"high"')),
    ('weight', changed('{comparisons,0,comparison_levels,1,tf_adjustment_weight}', '2')),
    ('iterations', changed('{max_iterations}', '2.5')),
    ('no iterations', changed('{max_iterations}', '0')),
    ('comparisons an object', changed('{comparisons}', '{}')),
    ('comparison a string', changed('{comparisons,0}', '"a"')),
    ('no levels', changed('{comparisons,0,comparison_levels}', '[]')),
    ('level a string', changed('{comparisons,0,comparison_levels,0}', '"ELSE"')),
    ('no condition', changed('{comparisons,0,comparison_levels,1}', '{"m_probability": 0.5}')),
    ('condition a number', changed('{comparisons,0,comparison_levels,1,sql_condition}', '1')),
    ('no ELSE', changed('{comparisons,0,comparison_levels,2,sql_condition}', '"1=1"')),
    ('two ELSE', changed('{comparisons,0,comparison_levels,1,sql_condition}', '" else "')),
    ('second NULL level', changed('{comparisons,0,comparison_levels,1,is_null_level}', 'true')),
    ('flag a string', changed('{comparisons,0,comparison_levels,1,fix_m_probability}', '"yes"')),
    ('tf of another column', changed('{comparisons,0,comparison_levels,1,tf_adjustment_column}', '"b"')),
    ('tf without exact level', changed('{comparisons,0,comparison_levels,1,sql_condition}', '"lower(\"a_l\") = lower(\"a_r\")"')),
    ('same name', changed('{comparisons,1}', (changed('{x}', '1')::jsonb #> '{comparisons,0}')::text)),
    ('rules no array', changed('{blocking_rules_to_generate_predictions}', '"l.a = r.a"')),
    ('rule a number', changed('{blocking_rules_to_generate_predictions,0}', '1')),
    ('rule without rule', changed('{blocking_rules_to_generate_predictions,0}', '{"sql_dialect": "duckdb"}')),
    ('rule', changed('{blocking_rules_to_generate_predictions,0}', '"l.a = pg_read_file(r.a)"')),
    ('explode', changed('{blocking_rules_to_generate_predictions,0}', '{"blocking_rule": "lower(l.a) = r.b", "arrays_to_explode": ["a"]}')),
    ('training', changed('{training}', '1')),
    ('training key', changed('{training}', '{"recal": 0.7}')),
    ('training recall', changed('{training}', '{"recall": 1.7}')),
    ('training recall 0', changed('{training}', '{"recall": 0}')),
    ('training rule', changed('{training}', '{"deterministic_rules": ["l.a = r.a", "l.a = now()"]}')),
    ('training seed', changed('{training}', '{"seed": 1.5}'))) t(what, model), outcome(model) o;

-- other forms of what is right
SELECT what, match_model_problem(model) FROM (VALUES
    ('m not observed', changed('{comparisons,0,comparison_levels,1,m_probability}', '"level not observed in training dataset"')),
    ('m null', changed('{comparisons,0,comparison_levels,1,m_probability}', 'null')),
    ('rules as strings', changed('{blocking_rules_to_generate_predictions}', '["l.a = r.a", "l.\"b\" = r.\"b\" and 1=1"]')),
    ('salting', changed('{blocking_rules_to_generate_predictions,0}', '{"blocking_rule": "l.a = r.a", "sql_dialect": "spark", "salting_partitions": 3}')),
    ('explode', changed('{blocking_rules_to_generate_predictions,0}', '{"blocking_rule": "l.a = r.a and l.b = r.b", "arrays_to_explode": ["a"]}')),
    ('no name', changed('{comparisons,0,output_column_name}', 'null')),
    ('Splink 4', changed('{bayes_factor_column_prefix}', '"bf_"')),
    ('Splink 5', changed('{match_weight_column_prefix}', '"mw_"')),
    ('tf of own u', changed('{comparisons,0,comparison_levels,1}', '{"sql_condition": "lower(a_l) = lower(a_r)", "tf_adjustment_column": "a", "disable_tf_exact_match_detection": true}')),
    ('training', changed('{training}', '{"deterministic_rules": ["l.a = r.a"], "recall": 0.7, "em_blocking_rules": ["l.b = r.b"], "max_pairs": 1e6, "seed": 42}'))) t(what, model);

-- what is run over a record
SELECT condition, match_model_expressions(settings(condition)::match_model) AS expressions FROM (VALUES
    ('"a_l" = "a_r"'),
    ('l."a" = r."b"'),
    ('"a_l" IS NULL OR b_r IS NULL'),
    ('"odd "" name_l" = "odd "" name_r"'),
    ('"first; DROP TABLE x; --_l" = ''x'''),
    ('jaro_winkler_similarity("a_l", "a_r") >= 0.9'),
    ('jaro_winkler("a_l", "a_r") >= 0.9 OR jaro_sim("a_l", "a_r") > 0.9'),
    ('levenshtein(lower("a_l"), lower("a_r")) <= 2'),
    ('NULLIF(regexp_extract("a_l", ''^[^@]+'', 0), '''') = NULLIF(regexp_extract("a_r", ''^[^@]+'', 0), '''')'),
    ('ABS(EPOCH(try_strptime("a_l", ''%Y-%m-%d'')) - EPOCH(try_strptime("a_r", ''%Y-%m-%d''))) <= 2629800'),
    ('ABS(EXTRACT(EPOCH FROM try_cast_date("a_l", ''YYYY-MM-DD'')) - EXTRACT(EPOCH FROM try_cast_date("a_r", ''YYYY-MM-DD''))) <= 1'),
    ('substring("a_l" from ''([A-Z]+)'') = substr("a_r", 1, 2)'),
    ('"a_l" IN (''it''''s'', E''a\\b'') AND "a_r" NOT BETWEEN 1 AND 2.5e3'),
    ('$tag$it''s$tag$ = a_l -- ; DROP TABLE x'),
    ('/* ''; */ a_l = U&''d\0061ta'''),
    ('CAST("a_l" AS varchar(3)) = "a_r"::text'),
    ('"a_l"[1] = "a_r"[-1]'),
    ('array_length(list_intersect("a_l", "a_r")) >= 2'),
    ('CARDINALITY(ARRAY_INTERSECT("a_l", "a_r")) >= 2'),
    ('list_has_any(["a_l", "b_l"], ["a_r", "b_r"])'),
    ('list_max(list_transform(flatten(list_transform("a_l", x -> list_transform("a_r", y -> [x, y]))), pair -> jaro_winkler_similarity(pair[1], pair[2]))) >= 0.9'),
    ('array_cosine_similarity("a_l", "a_r") > 0.9'),
    ('date_diff(''month'', "a_l", "a_r") = 0'),
    ('CASE WHEN "a_l" = ''x'' THEN 1 ELSE 2 END = 1 AND "a_l" / 2 > "a_r" % 3'),
    ('1=1'),
    ('TRUE AND NOT 1 > 2')) t(condition);

-- what a condition may not say
SELECT condition, o.state, replace(replace(o.said, 'invalid input for type match_model | Comparison "x", level 1: ', ''), ' | The documentation of match_model lists what a condition may use.', '') AS said FROM (VALUES
    ('1=1; DROP TABLE x'),
    ('1=1) OR (1=1'),
    ('1=1 FROM pg_class'),
    ('1=1 INTO y'),
    ('1=1 UNION SELECT 2'),
    ('1=1 LIMIT 1'),
    ('DISTINCT 1=1'),
    ('1=1 AS x'),
    ('a_l, a_r'),
    ('*'),
    ('l.*'),
    (''),
    ('(SELECT 1) = 1'),
    ('EXISTS (SELECT 1)'),
    ('a_l IN (SELECT 1)'),
    ('a_l = ANY (a_r)'),
    ('a_l = ANY (SELECT 1)'),
    ('ARRAY(SELECT 1) && a_r'),
    ('pg_sleep(10) IS NULL'),
    ('pg_catalog.pg_read_file(''/etc/passwd'') = a_l'),
    ('public.lower(a_l) = a_r'),
    ('"Lower"(a_l) = a_r'),
    ('lo_import(''/etc/passwd'') = 1'),
    ('query_to_xml(''select 1'', true, true, '''') IS NULL'),
    ('set_config(''a.b'', ''c'', false) = a_l'),
    ('nextval(''s'') = 1'),
    ('generate_series(1, 10) = a_l'),
    ('unnest(a_l) = a_r'),
    ('random() < 0.5'),
    ('now() > a_l'),
    ('current_user = a_l'),
    ('current_date = a_l'),
    ('a_l::regclass = a_r::regclass'),
    ('CAST(a_l AS public.evil) = a_r'),
    ('a_l::json IS NULL'),
    ('a_l::text[][] IS NULL'),
    ('a_l::varchar(n) = a_r'),
    ('interval ''1 day'' = a_l'),
    ('a_l OPERATOR(public.=) a_r'),
    ('a_l OPERATOR(pg_catalog.=) a_r'),
    ('a_l <-> a_r'),
    ('a_l @@ a_r'),
    ('a_l -> ''x'' = a_r'),
    ('a_l COLLATE "C" = a_r'),
    ('a_l SIMILAR TO ''x'''),
    ('a_l LIKE a_r'),
    ('a_l ~ b_l'),
    ('regexp_extract(a_l, b_l) = ''x'''),
    ('a_l LIKE ''x'' ESCAPE ''y'''),
    ('a_l = $1'),
    ('a_l = :x'),
    ('a = ''x'''),
    ('"_l" = 1'),
    ('s.t.a_l = 1'),
    ('x.a = 1'),
    ('(a_l).b = 1'),
    ('a_l[1:2] = a_r'),
    ('a_l[b_l] = a_r'),
    ('ROW(a_l) = ROW(a_r)'),
    ('(a_l, b_l) = (a_r, b_r)'),
    ('count(*) > 1'),
    ('lower(DISTINCT a_l) = ''x'''),
    ('lower(a_l) OVER () = ''x'''),
    ('lower(VARIADIC a_l) = ''x'''),
    ('lower(x => a_l) = ''x'''),
    ('lower(a_l, b_l) = ''x'''),
    ('xmlelement(name foo) IS NULL'),
    ('a_l AT TIME ZONE ''UTC'' = a_r'),
    ('B''101'' = a_l'),
    ('a_l || b_r = ''x'''),
    ('lower(coalesce(a_l, a_r)) = ''x'''),
    ('list_intersect(a_l, a_r) = b_l'),
    ('list_transform(a_l, x -> x) = a_r'),
    ('list_max(list_transform(a_l, x -> pg_sleep(1))) > 1'),
    ('list_max(list_transform(flatten(list_transform(a_l, x -> list_transform(a_r, y -> [x, y]))), pair -> pg_sleep(pair[1], pair[2]))) >= 0.9'),
    ('date_diff(''century'', a_l, a_r) = 1'),
    ('extract(timezone from a_l) = 1'),
    ('try_cast_date(a_l, ''J'') = b_l'),
    ('U&''\d800'' = a_l'),
    ('''unfinished'),
    ('"unfinished')) t(condition), outcome(settings(condition)) o;

-- limits
SELECT what, match_model_problem(model) AS problem, left(o.said, 150) AS said, o.state FROM (VALUES
    ('long condition', settings('a_l IN (' || repeat('''x'',', 20000) || '''y'')')),
    ('deep condition', settings(repeat('(', 300) || '1=1' || repeat(')', 300))),
    ('deeper condition', settings(repeat('NOT ', 500) || '1=1')),
    ('a long sum', settings('1' || repeat('+1', 30000) || ' = 2')),
    ('too deep for the parser', settings(repeat('(', 30000) || '1=1' || repeat(')', 30000))),
    ('doubled again and again', settings(repeat('nullif(', 100) || 'a_l' || repeat(',1)', 100) || '= b_l')),
    ('a constant used again and again', settings(repeat('(', 100) || '1' || repeat(' between 1 and 2)', 100))),
    ('large JSON', changed('{x}', to_jsonb(repeat('x', 1100000)::text)::text)),
    ('deep JSON', repeat('[', 100000)),
    ('201 comparisons', changed('{comparisons}', (SELECT jsonb_agg(jsonb_build_object('column', 'c' || n, 'kind', 'exact'))::text FROM generate_series(1, 201) n))),
    ('200 comparisons', changed('{comparisons}', (SELECT jsonb_agg(jsonb_build_object('column', 'c' || n, 'kind', 'exact'))::text FROM generate_series(1, 200) n))),
    ('101 levels', changed('{comparisons,0,comparison_levels}', (SELECT (jsonb_agg(jsonb_build_object('sql_condition', 'a_l = ' || n)) || '{"sql_condition": "ELSE"}'::jsonb)::text FROM generate_series(1, 100) n))),
    ('1001 rules', changed('{blocking_rules_to_generate_predictions}', (SELECT jsonb_agg('l.a = r.a'::text)::text FROM generate_series(1, 1001) n))),
    ('1000 rules', changed('{blocking_rules_to_generate_predictions}', (SELECT jsonb_agg('l.a = r.a'::text)::text FROM generate_series(1, 1000) n))),
    ('1001 expressions', changed('{blocking_rules_to_generate_predictions}', (SELECT jsonb_agg('l.a = r.a and l.c' || n || ' = r.d' || n)::text FROM generate_series(1, 501) n)))
    ) t(what, model), outcome(model) o;

-- settings of the session change nothing
SET standard_conforming_strings = off;
SELECT match_model_expressions(settings($$a_l = '\x' and a_r = E'\\x'$$)::match_model);
RESET standard_conforming_strings;
SELECT match_model_expressions(settings($$a_l = '\x' and a_r = E'\\x'$$)::match_model);

-- short forms
SELECT jsonb_pretty(match_model('{"link_type": "dedupe_only", "comparisons": [{"column": "first name", "kind": "jaro_winkler", "thresholds": [0.95, 0.8], "term_frequency": true}]}')::jsonb -> 'comparisons');
SELECT kind, l.level ->> 'sql_condition' AS condition, l.level ->> 'label_for_charts' AS label, l.level ->> 'tf_adjustment_column' AS tf
FROM unnest('{exact,levenshtein,damerau_levenshtein,jaro,jaro_winkler,jaccard,name,email,date_of_birth,postcode}'::text[]) WITH ORDINALITY k(kind, n),
    jsonb_array_elements(match_model(jsonb_build_object('link_type', 'link_only', 'comparisons', jsonb_build_array(jsonb_build_object('column', 'c', 'kind', kind))))::jsonb #> '{comparisons,0,comparison_levels}')
    WITH ORDINALITY l(level, n) ORDER BY k.n, l.n;
SELECT c AS comparison, o.state, o.said FROM (VALUES
    ('{"kind": "exact"}'), ('{"column": "a", "kind": "exactly"}'), ('{"column": "a", "kind": 1}'), ('{"column": "a", "kind": "exact", "thresholds": [1]}'),
    ('{"column": "a", "kind": "jaro", "thresholds": [1.5]}'), ('{"column": "a", "kind": "levenshtein", "thresholds": [0.9]}'), ('{"column": "a", "kind": "jaro", "thresholds": "0.9"}'),
    ('{"column": "a", "kind": "jaro", "tresholds": [0.9]}'), ('{"column": "a", "kind": "name", "term_frequency": 1}')) t(c), outcome(changed('{comparisons,0}', c)) o;

-- what Splink loads: no training, a weight where there are term frequencies
SELECT match_model_for_splink(changed('{training}', '{"recall": 0.7}')::match_model) ? 'training' AS training,
    match_model_for_splink(changed('{comparisons,0,comparison_levels,1,tf_adjustment_weight}', '0')::match_model) #> '{comparisons,0,comparison_levels,1}' AS weight_0,
    match_model_for_splink(changed('{comparisons,0,comparison_levels,1,m_probability}', '"level not observed in training dataset"')::match_model) #> '{comparisons,0,comparison_levels,1}' ? 'm_probability' AS m;

-- functions that conditions call
SELECT regexp_extract('jane@example.com', '^[^@]+'), regexp_extract('jane@example.com', '@(.+)\.(.+)$', 2), regexp_extract('jane', '@') = '' AS none, regexp_extract('b', '(a)|b', 1) = '' AS no_group;
SELECT regexp_extract('x', '(', 0);
SELECT regexp_extract('x', 'x', 1);
SELECT t, f, try_strptime(t, f) FROM (VALUES ('2024-02-29', '%Y-%m-%d'), ('2023-02-29', '%Y-%m-%d'), ('29/2/24', '%d/%m/%y'), ('31 december 1999 11:59:58 pm', '%d %B %Y %I:%M:%S %p'),
    ('1 Mar 2020', '%d %b %Y'), ('2020-01-02T03:04:05.25Z', '%Y-%m-%dT%H:%M:%S.%f%z'), ('2020-01-02 03:04+02:30', '%Y-%m-%d %H:%M%z'), ('2020-01-02 x', '%Y-%m-%d'), ('', '%Y'),
    ('100%', '%Y%%'), ('2020-13-01', '%Y-%m-%d'), ('0000-01-01', '%Y-%m-%d'), ('12:00', '%H:%M'), ('13:00', '%I:%M')) v(t, f);
SELECT try_strptime('2020', '%Q');
SELECT strptime('x', '%Y');
SELECT epoch(timestamp '1970-01-02'), epoch(date '1969-12-31'), log2(8), len('Zoë'), len(ARRAY[1, 2]), len('{}'::text[]);
SELECT log2(0);
SELECT strip_accents('Zoë Müller Ångström ÇA Việt'), strip_accents('abc'), strip_accents(''), strip_accents('가각') = '가각' AS hangul;
SELECT array_cosine_similarity('{1,2}', '{2,4}'), array_cosine_similarity('{1,0}', '{0,1}'), array_cosine_similarity('{0,0}', '{0,1}'), array_cosine_similarity('{}', '{}');
SELECT array_cosine_similarity('{1,2}', '{2}');
SELECT array_cosine_similarity('{1,NULL}', '{2,1}');
SELECT list_intersect('{b,a,a,NULL}', '{a,c,b,NULL}'), list_has_any('{a}', '{a,b}'), list_contains('{a,NULL}', 'b'), list_distinct('{b,a,NULL,b}');

DROP FUNCTION outcome, changed, settings;
