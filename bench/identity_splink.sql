-- Training, predicting and clustering of 50,000 dirty people beside Splink itself, on DuckDB and on PostgreSQL, in the
-- same run, with the same records and the same settings: CPU time, pairs, and how well they find the truth. On PostgreSQL
-- Splink has no other distance than Levenshtein's, so there both have settings with that.
\getenv python SPLINK_PYTHON
SELECT length(:'python') > 0 AS have_splink \gset
\if :have_splink
CREATE EXTENSION fuzzystrmatch;
\ir people.psql

-- the sessions of EM, pairs for u, and thresholds that both have
CREATE TABLE training AS
SELECT settings()->'training' || '{"max_pairs": 1000000,
    "em_blocking_rules": ["l.first_name = r.first_name AND l.surname = r.surname", "l.dob = r.dob"]}' AS of_omni,
    '{"least_weight": -20, "cluster_weight": 0}'::jsonb AS more;
CREATE TABLE run AS
SELECT who, settings || jsonb_build_object('retain_matching_columns', false, 'retain_intermediate_calculation_columns', false,
                                           'training', of_omni) AS settings
FROM training, (VALUES
    ('duckdb', settings()),
    ('postgres', (SELECT regexp_replace(regexp_replace(regexp_replace(settings()::text,
            'jaro_winkler_similarity(\([^)]*\)) >= 0.92', 'levenshtein\1 <= 1', 'g'),
            'jaro_winkler_similarity(\([^)]*\)) >= 0.8+', 'levenshtein\1 <= 2', 'g'),
            'damerau_levenshtein', 'levenshtein', 'g')::jsonb))) v(who, settings);
CREATE TABLE model (who text, m omni.match_model);
CREATE UNLOGGED TABLE scored (who text, tool text, id_l int, id_r int, match_weight float8);
CREATE UNLOGGED TABLE clustered (who text, tool text, id int, cluster text);
CREATE TABLE step (who text, tool text, step text, cpu_ms numeric);

-- omni; what runs in seconds runs again, and the least time of each step counts, on both sides
CREATE PROCEDURE public.run_omni(of_who text) LANGUAGE plpgsql AS $$
DECLARE
    least float8 := (SELECT more->'least_weight' FROM training);
    threshold float8 := (SELECT more->'cluster_weight' FROM training);
BEGIN
    DELETE FROM model WHERE who = of_who;
    DELETE FROM scored WHERE who = of_who AND tool = 'omni';
    DELETE FROM clustered WHERE who = of_who AND tool = 'omni';
    INSERT INTO step
    SELECT of_who, 'omni', s, bench.once(format(q, of_who, least, threshold)) FROM (VALUES
        ('train', 'INSERT INTO model SELECT who, omni.match_train(''customer'', settings) FROM run WHERE who = %1$L'),
        ('predict', 'INSERT INTO scored SELECT who, ''omni'', id_l::int, id_r::int, match_weight FROM model, omni.match_predict(''customer'', m, %2$s) WHERE who = %1$L'),
        ('cluster', 'INSERT INTO clustered SELECT who, ''omni'', id::int, cluster FROM model, omni.match_cluster(''customer'', m, %3$s) WHERE who = %1$L')) v(s, q);
END $$;
CALL run_omni('duckdb');
CALL run_omni('duckdb');
CALL run_omni('postgres');
CALL run_omni('postgres');

-- Splink
\getenv dir TMPDIR
\setenv PGDATABASE :DBNAME
\set file :dir '/people.csv'
COPY (SELECT unique_id, first_name, surname, dob, city, email FROM customer) TO STDOUT (FORMAT csv, HEADER) \g :file
\set file :dir '/training.json'
SELECT of_omni || more FROM training \g :file
\set file :dir '/duckdb.json'
SELECT omni.match_model_for_splink(settings::omni.match_model) FROM run WHERE who = 'duckdb' \g :file
\set file :dir '/postgres.json'
SELECT omni.match_model_for_splink(settings::omni.match_model) FROM run WHERE who = 'postgres' \g :file
CREATE PROCEDURE public.read_splink(of_who text, path text) LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM scored WHERE who = of_who AND tool = 'Splink';
    DELETE FROM clustered WHERE who = of_who AND tool = 'Splink';
    CREATE TEMP TABLE s (step text, ms numeric);
    CREATE TEMP TABLE p (id_l int, id_r int, match_weight float8);
    CREATE TEMP TABLE c (id int, cluster text);
    EXECUTE format('COPY s FROM %L (FORMAT csv)', path || '.steps');
    EXECUTE format('COPY p FROM %L (FORMAT csv)', path || '.pairs');
    EXECUTE format('COPY c FROM %L (FORMAT csv)', path || '.clusters');
    INSERT INTO step SELECT of_who, 'Splink', * FROM s;
    INSERT INTO scored SELECT of_who, 'Splink', * FROM p;
    INSERT INTO clustered SELECT of_who, 'Splink', * FROM c;
    DROP TABLE s, p, c;
END $$;
\set file :dir '/duckdb'
\echo `"$SPLINK_PYTHON" identity_splink.py duckdb "$TMPDIR" 2>&1 | tail -n 20`
CALL read_splink('duckdb', :'file');
\echo `"$SPLINK_PYTHON" identity_splink.py duckdb "$TMPDIR" 2>&1 | tail -n 20`
CALL read_splink('duckdb', :'file');
\set file :dir '/postgres'
\echo `"$SPLINK_PYTHON" identity_splink.py postgres "$TMPDIR" 2>&1 | tail -n 20`
CALL read_splink('postgres', :'file');

-- the table of CPU time
INSERT INTO bench.figure (work, omni_ms, peer, peer_ms, bar)
SELECT coalesce(s.step, 'train, predict and cluster'), sum(cpu_ms) FILTER (WHERE tool = 'omni')::numeric(12,1), 'Splink on ' || CASE who WHEN 'duckdb' THEN 'DuckDB' ELSE 'PostgreSQL' END, sum(cpu_ms) FILTER (WHERE tool = 'Splink')::numeric(12,1),
    CASE WHEN s.step IS NULL THEN CASE who WHEN 'duckdb' THEN '<= 0.29' ELSE '<= 0.05' END END
FROM (SELECT who, tool, step, min(cpu_ms) AS cpu_ms FROM step GROUP BY who, tool, step) s GROUP BY who, ROLLUP (s.step) ORDER BY who, array_position('{train,predict,cluster}', s.step);

-- how well they find the truth: by threshold, pairs, and clusters that pairs of the threshold make
CREATE VIEW truth AS SELECT sum(n * (n - 1) / 2) AS pairs FROM (SELECT count(*) AS n FROM customer GROUP BY person) x;
CREATE FUNCTION public.f1(found bigint, good bigint) RETURNS numeric STABLE LANGUAGE sql RETURN (SELECT round(2.0 * good / (found + pairs), 4) FROM truth);
CREATE FUNCTION public.cluster_f1(of_who text, of_tool text, threshold float8) RETURNS numeric STABLE LANGUAGE sql AS $$
    SELECT round(f1::numeric, 4)
    FROM (SELECT array_agg(k.component) AS c, array_agg(r.person::text) AS t
          FROM (SELECT omni.disjoint_set_agg(a, b) AS d FROM (SELECT id_l::bigint AS a, id_r::bigint AS b FROM scored WHERE who = of_who AND tool = of_tool AND match_weight >= threshold
                UNION ALL SELECT unique_id, NULL FROM customer) e) s, omni.connected_components(s.d, NULL::bigint) k JOIN customer r ON r.unique_id = k.node) x, omni.cluster_evaluate(c::text[], t) $$;
SELECT format('# Splink on %s: weight %s: pairs %s, Splink %s; F1 of pairs %s, Splink %s; of clusters %s, Splink %s', who, w, o_found, s_found, f1(o_found, o_good), f1(s_found, s_good),
              cluster_f1(who, 'omni', w), cluster_f1(who, 'Splink', w))
FROM (SELECT who, w, count(*) FILTER (WHERE tool = 'omni') AS o_found, count(*) FILTER (WHERE tool = 'omni' AND l.person = r.person) AS o_good,
             count(*) FILTER (WHERE tool = 'Splink') AS s_found, count(*) FILTER (WHERE tool = 'Splink' AND l.person = r.person) AS s_good
      FROM generate_series(-4, 12, 2) w, scored p JOIN customer l ON l.unique_id = id_l JOIN customer r ON r.unique_id = id_r WHERE match_weight >= w GROUP BY who, w) x
ORDER BY who, w;
SELECT format('# %s: %s clusters at weight 0, F1 %s', CASE tool WHEN 'omni' THEN 'omni beside it' ELSE 'Splink on ' || who END, count(DISTINCT k.cluster),
              (SELECT round(f1::numeric, 4) FROM omni.cluster_evaluate(array_agg(k.cluster), array_agg(c.person::text))))
FROM clustered k JOIN customer c ON c.unique_id = k.id GROUP BY who, tool ORDER BY who, tool DESC;
\else
SELECT '# Splink is not here (Python 3 with pip is needed, and the network the first time): not compared';
\endif
