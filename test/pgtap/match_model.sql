-- Conditions of a model mean what PostgreSQL makes of them: each is a blocking rule, and the pairs that match_predict finds
-- are those of the same SQL over a self-join. Models that Splink wrote come back with the same values.
\set ON_ERROR_STOP 1
SELECT * FROM no_plan();
SET search_path = public, omni;
SET client_min_messages = error;

-- models of Splink
SELECT length(:'shared') > 0 AS have_vectors \gset
\if :have_vectors
SELECT is(match_model(j)::jsonb, j, f || ' is stored as it is') FROM
    (SELECT f, pg_read_file(:'shared' || '/vectors/identity/splink_models/' || f)::jsonb AS j
     FROM unnest('{saved_model_from_demo.json,trained_model_fake_1000_duckdb.json,trained_model_fake_1000_postgres.json}'::text[]) f) m;
SELECT is(match_model_for_splink(match_model(j)), j, f || ' is exported as it is') FROM
    (SELECT f, pg_read_file(:'shared' || '/vectors/identity/splink_models/' || f)::jsonb AS j
     FROM unnest('{saved_model_from_demo.json,trained_model_fake_1000_duckdb.json,trained_model_fake_1000_postgres.json}'::text[]) f) m;
\endif

-- 60 records with missing values of every kind
SELECT setseed(0.42);
CREATE TABLE record AS
SELECT n AS unique_id, (ARRAY['anna', 'anne', 'hanna', 'Müller', 'Mueller', '', NULL, 'jo', 'john', 'jon', 'smith, john'])[1 + (random() * 10)::int] AS a,
       (ARRAY['anna', 'anne', 'hanna', 'Müller', 'x', NULL])[1 + (random() * 5)::int] AS b,
       (ARRAY[1, 2, 3.5, -4, NULL, 0])[1 + (random() * 5)::int]::float8 AS x, (random() * 3)::int AS y,
       CASE WHEN random() < .9 THEN random() < .5 END AS f,
       CASE WHEN random() < .9 THEN date '2000-01-01' + (random() * 40)::int END AS d,
       CASE WHEN random() < .9 THEN timestamp '2000-01-01' + (random() * 40)::int * interval '7 hour' END AS ts,
       CASE WHEN random() < .9 THEN to_char(date '2000-01-01' + (random() * 40)::int, 'YYYY-MM-DD') ELSE 'bad' END AS ds,
       CASE WHEN random() < .9 THEN ARRAY[(ARRAY['a', 'b', 'c', 'd'])[1 + (random() * 3)::int], (ARRAY['a', 'b', 'c', 'd'])[1 + (random() * 3)::int]] END AS arr,
       CASE WHEN random() < .9 THEN ARRAY[random(), random(), random()] END AS v
FROM generate_series(1, 60) n;

CREATE FUNCTION by_rule(rule text) RETURNS match_model LANGUAGE sql AS $$
    SELECT jsonb_build_object('link_type', 'dedupe_only', 'blocking_rules_to_generate_predictions', jsonb_build_array(rule),
        'comparisons', '[{"column": "a", "kind": "exact"}]'::jsonb)::match_model $$;
-- pairs that one finds and the other does not; oracle is the same condition for PostgreSQL, if it has to be another
CREATE FUNCTION differ(rule text, oracle text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE n bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM (SELECT id_l::int, id_r::int FROM match_predict(''record'', by_rule(%L), ''-infinity'')) p
        FULL JOIN (SELECT l.unique_id AS id_l, r.unique_id AS id_r FROM record l, record r WHERE l.unique_id < r.unique_id AND (%s)) o USING (id_l, id_r)
        WHERE p.* IS NULL OR o.* IS NULL', rule, oracle) INTO n;
    RETURN n;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLERRM;
END $$;

SELECT is(differ(rule, rule), '0', rule) FROM (VALUES
    ('l.a = r.a'),
    ('l.a = r.b'),
    ('l.a = r.a and l.b = r.b'),
    ('l.a = r.b and l.b = r.a'),
    ('jaro_winkler_similarity(l.a, r.a) >= 0.8'),
    ('jaro_winkler_similarity(l.a, r.a) >= 0.8 and levenshtein(l.a, r.a) <= 1'),
    ('levenshtein(l.a, r.a) <= 1 or levenshtein(l.a, r.a) > 4'),
    ('levenshtein(l.a, r.a) = 2'),
    ('levenshtein(l.a, r.b) between 1 and 2'),
    ('levenshtein(l.a, r.a) + levenshtein(l.b, r.b) <= 2'),
    ('damerau_levenshtein(l.a, r.a) <= 2 and l.x = r.x'),
    ('jaro_similarity(l.a, r.a) > 0.6 and not (l.a = r.a)'),
    ('jaccard(l.a, r.a) > 0.5'),
    ('l.a is null or r.a is null'),
    ('l.a is null and r.b is not null'),
    ('not (l.a = r.a)'),
    ('not (l.a = r.a and l.b = r.b)'),
    ('l.a is distinct from r.a'),
    ('l.a is not distinct from r.a'),
    ('l.a <> r.a or l.b = r.b'),
    ('l.x < r.x'),
    ('l.x <= r.x and l.y > r.y'),
    ('l.x = r.y'),
    ('l.x + l.y = r.x + r.y'),
    ('abs(l.x - r.x) <= 1'),
    ('abs(l.x - r.x) <= 1 is true'),
    ('(abs(l.x - r.x) <= 1) is not true'),
    ('(abs(l.x - r.x) <= 1) is false'),
    ('(abs(l.x - r.x) <= 1) is unknown'),
    ('l.f = r.f'),
    ('l.f and r.f'),
    ('l.f or not r.f'),
    ('l.f and l.x > r.x'),
    ('l.f is true and r.f is not true'),
    ('coalesce(l.a, r.b) = coalesce(r.a, l.b)'),
    ('coalesce(l.x, r.x, 3) > 2'),
    ('nullif(l.a, r.a) is null'),
    ('nullif(l.x, r.x) = r.x'),
    ('case when l.x > r.x then l.y else r.y end = 2'),
    ('case l.y when r.y then l.a else r.a end = ''anna'''),
    ('case l.y when 1 then ''p'' when 2 then ''q'' end = case r.y when 1 then ''p'' when 3 then ''q'' end'),
    ('greatest(l.x, r.x) > 2'),
    ('least(l.x, r.x, 1) = 1'),
    ('l.y in (r.y, r.x)'),
    ('l.y not in (r.y, 1)'),
    ('l.y in (1, 2) and r.y in (1,3)'),
    ('l.x between r.x - 1 and r.x + 1'),
    ('l.x not between r.x - 1 and r.x + 1'),
    ('l.d = r.d'),
    ('l.d - r.d between -2 and 2'),
    ('abs(l.d - r.d) <= 5 and l.a = r.a'),
    ('l.ts = r.ts'),
    ('abs(epoch(l.ts) - epoch(r.ts)) <= 100000'),
    ('abs(extract(epoch from l.ts) - extract(epoch from r.ts)) <= 100000'),
    ('abs(epoch(try_strptime(l.ds, ''%Y-%m-%d'')) - epoch(try_strptime(r.ds, ''%Y-%m-%d''))) <= 86400'),
    ('extract(month from l.d) = extract(month from r.d)'),
    ('l.arr && r.arr'),
    ('list_has_any(l.arr, r.arr)'),
    ('list_contains(l.arr, r.b)'),
    ('list_contains(l.arr, ''a'') and l.y = r.y'),
    ('cardinality(list_intersect(l.arr, r.arr)) >= 2'),
    ('cardinality(list_intersect(l.arr, r.arr)) = least(cardinality(list_distinct(l.arr)), cardinality(list_distinct(r.arr)))'),
    ('array_cosine_similarity(l.v, r.v) > 0.9'),
    ('substr(l.a, 1, 2) = substr(r.a, 1, 2)'),
    ('lower(l.a) = lower(r.a) and left(l.b, 1) = left(r.b, 1)'),
    ('nullif(regexp_extract(l.a, ''^[a-z]+'', 0), '''') = nullif(regexp_extract(r.a, ''^[a-z]+'', 0), '''')'),
    ('l.a || l.b = r.a || r.b'),
    ('concat(l.a, '' '', l.b) = concat(r.a, '' '', r.b)'),
    ('l.a like ''a%'' and r.a like ''%n%'''),
    ('l.a ~ ''^[aj]'' and r.a !~ ''n'''),
    ('l.arr[1] = r.arr[2]'),
    ('ln(l.y + 1) < ln(r.y + 1)'),
    ('sqrt(abs(l.x)) > sqrt(abs(r.x))'),
    ('round((l.x * 1.3 + r.x)::numeric) = 2'),
    ('floor(l.x / 2.0) = ceil(r.x / 2.0)'),
    ('sin(l.x) * cos(r.x) > 0.1'),
    ('power(l.y, 2) = r.y'),
    ('exp(l.x - r.x) > 3'),
    ('atan2(l.x, r.x) > 0'),
    ('sign(l.x - r.x) = 1'),
    ('(l.a = r.a)::int + (l.b = r.b)::int + (l.y = r.y)::int >= 2'),
    ('l.y % 2 = r.y % 2'),
    ('l.y + r.y = 3'),
    ('-l.x = r.x'),
    ('strip_accents(l.a) = strip_accents(r.a)'),
    ('1=1'),
    ('1=0'),
    ('null'),
    ('not null'),
    ('l.y = 1'),
    ('r.y = 1 and l.y = 2'),
    ('levenshtein(coalesce(l.a, ''none''), coalesce(r.a, ''none'')) <= 2'),
    ('(l.a = r.a) = (l.b = r.b)'),
    ('(l.a = r.a) is distinct from (l.b = r.b)'),
    ('(l.a = ''anna'') = (r.a = ''anne'')'),
    ('array[l.a, l.b] && array[r.a, r.b]'),
    ('replace(l.a, ''n'', ''m'') = replace(r.a, ''n'', ''m'')'),
    ('trim(l.a) = trim(r.a) and trim(both ''h'' from l.a) = r.b'),
    ('cast(l.d as text) = cast(r.d as text)'),
    ('l.ds = cast(r.d as text)'),
    ('levenshtein(cast(l.d as text), cast(r.d as text)) <= 1'),
    ('acos(case when l.x > 1 then 1 when l.x < -1 then -1 else l.x end) = acos(case when r.x > 1 then 1 when r.x < -1 then -1 else r.x end)'),
    ('degrees(radians(l.y)) = degrees(radians(r.y))'),
    ('log2(abs(l.x) + 1) < log2(abs(r.x) + 1)'),
    ('l.b = r.b and (l.a = r.a or jaro_winkler_similarity(l.a, r.a) > 0.9 and l.y <> r.y)')
) r(rule);

-- what PostgreSQL writes in other words, or has not
SELECT is(differ(rule, oracle), '0', rule) FROM (VALUES
    ('"a_l" = "a_r" AND "y_l" > "y_r"', 'l.a = r.a AND l.y > r.y'),
    ('l.a < r.a', 'l.a COLLATE "C" < r.a'),
    ('greatest(l.a, r.a) = ''jo''', 'greatest(l.a COLLATE "C", r.a) = ''jo'''),
    ('l.x / r.x > 1', 'l.x / nullif(r.x, 0) > 1'),
    ('l.y / 2 = 0.5', 'l.y / 2.0 = 0.5'),
    ('levenshtein(l.a, r.a) / greatest(length(l.a), length(r.a)) < 0.5', 'levenshtein(l.a, r.a)::float8 / nullif(greatest(length(l.a), length(r.a)), 0) < 0.5'),
    ('ln(l.x - r.x) > 0', 'CASE WHEN l.x > r.x THEN ln(l.x - r.x) > 0 END'),
    ('array_length(list_intersect(l.arr, r.arr)) = 1', 'cardinality(list_intersect(l.arr, r.arr)) = 1'),
    ('list_has_any([l.a, l.b], [r.a, r.b])', 'ARRAY[l.a, l.b] && ARRAY[r.a, r.b]'),
    ('date_diff(''day'', l.d, r.d) = 3', 'r.d - l.d = 3'),
    ('date_diff(''month'', l.d, r.d) = 1', 'extract(month FROM r.d) - extract(month FROM l.d) = 1'),
    ('date_diff(''hour'', l.ts, r.ts) BETWEEN 0 AND 14', 'floor(extract(epoch FROM r.ts) / 3600) - floor(extract(epoch FROM l.ts) / 3600) BETWEEN 0 AND 14'),
    ('try_cast_date(l.ds, ''YYYY-MM-DD'') = r.d', 'CASE WHEN l.ds <> ''bad'' THEN l.ds::date = r.d END'),
    ('list_max(list_transform(flatten(list_transform(l.arr, x -> list_transform(r.arr, y -> [x, y]))), pair -> levenshtein(pair[1], pair[2]))) = 0',
        '(SELECT max(levenshtein(p, q)) FROM unnest(l.arr) p, unnest(r.arr) q) = 0'),
    ('list_min(list_transform(flatten(list_transform(l.arr, x -> list_transform(r.arr, y -> [x, y]))), pair -> levenshtein(pair[1], pair[2]))) = 1',
        '(SELECT min(levenshtein(p, q)) FROM unnest(l.arr) p, unnest(r.arr) q) = 1'),
    ('l.arr[-1] = r.arr[1]', 'l.arr[2] = r.arr[1]'),
    ('jaro_winkler(l.a, r.a) > 0.9', 'jaro_winkler_similarity(l.a, r.a) > 0.9'),
    ('regexp_matches(l.a, ''^[aj]'') and l.y = r.y', 'l.a ~ ''^[aj]'' AND l.y = r.y'),
    ('cosine_similarity(l.v, r.v) < 0.5', 'array_cosine_similarity(l.v, r.v) < 0.5')) r(rule, oracle);

-- arrays of which any element may be equal
SELECT is(count(*), (SELECT count(*) FROM record l, record r WHERE l.unique_id < r.unique_id AND l.arr && r.arr AND l.y = r.y), 'arrays_to_explode')
FROM match_predict('record', (jsonb_set(by_rule('1=1')::jsonb, '{blocking_rules_to_generate_predictions,0}', '{"blocking_rule": "l.arr = r.arr and l.y = r.y", "arrays_to_explode": ["arr"]}'))::match_model, '-infinity');

-- what is of the wrong kind is said before any pair is looked at
SELECT throws_ok(format('SELECT match_predict(''record'', by_rule(%L), 0)', rule), '42804', NULL, rule) FROM (VALUES
    ('l.a = r.x'), ('l.a - r.a > 1'), ('l.a'), ('l.x and r.f'), ('l.a > 1 + r.y'), ('abs(l.a - r.b) < 1'), ('coalesce(l.a, r.x) = l.b'),
    ('case when l.x = r.x then l.a else r.y end = l.b'), ('l.y = r.y or 3'), ('r.x + l.x = ''1''')) r(rule);
SELECT throws_ok($$SELECT match_predict('record', by_rule('l.missing = r.missing'), 0)$$, '42703', NULL, 'a column that the source has not');

-- operators and functions of the user's own schemas are never called
CREATE SCHEMA trap;
CREATE FUNCTION trap.spring(integer, integer) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'sprung'; END $$;
CREATE FUNCTION trap.spring(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'sprung'; END $$;
CREATE OPERATOR trap.= (LEFTARG = text, RIGHTARG = text, FUNCTION = trap.spring);
CREATE OPERATOR trap.>= (LEFTARG = integer, RIGHTARG = integer, FUNCTION = trap.spring);
CREATE OPERATOR trap.= (LEFTARG = integer, RIGHTARG = integer, FUNCTION = trap.spring);
CREATE FUNCTION trap.lower(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE 'sprung'; END $$;
CREATE FUNCTION trap.regexp_extract(text, text, integer) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE 'sprung'; END $$;
CREATE DOMAIN trap.text AS integer;
CREATE FUNCTION trapped(query text) RETURNS text LANGUAGE plpgsql SET search_path = trap, pg_catalog, public, omni AS $$
BEGIN
    EXECUTE query;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLERRM;
END $$;
SELECT is(trapped(q), 'sprung', 'the trap works: ' || q) FROM unnest(ARRAY['SELECT 1 = 1', 'SELECT lower(''x''::pg_catalog.text)']) q;
SELECT is(trapped(format('SELECT match_predict(''public.record'', %L, 0)', by_rule(rule))), NULL, 'no trap: ' || rule) FROM (VALUES
    ('lower(l.a) = lower(r.a)'), ('nullif(l.a, ''x'') = nullif(r.a, ''y'')'), ('l.a in (''a'', ''b'')'), ('l.y between 1 and 2'), ('case l.y when 1 then true end'),
    ('l.a is distinct from ''x'''), ('regexp_extract(l.a, ''x'', 0) = r.a'), ('cast(l.y as text) = r.a'), ('greatest(l.y, 2) = r.y')) r(rule);
SELECT * FROM finish();
