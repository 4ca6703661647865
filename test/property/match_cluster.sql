-- match_cluster within limits against a greedy oracle in plpgsql. Groups of records that no pair connects are independent, so
-- each of them is a case of its own.
\set ON_ERROR_STOP 1
SELECT plan(4);
SET search_path = public, omni;
SET client_min_messages = error;
SELECT setseed(0.3);
\if :{?groups} \else \set groups 1300 \endif

CREATE TABLE person AS
SELECT g * 10 + i AS unique_id, g, floor(random() * 3 + i * 0)::int AS a, floor(random() * 3 + i * 0)::int AS b, CASE WHEN random() < .9 THEN floor(random() * 5 + i * 0)::int END AS number,
       CASE WHEN random() < .6 THEN (ARRAY['x', 'y', 'Z z'])[1 + floor(random() * 3 + i * 0)::int] END AS "Store"
FROM generate_series(1, :groups) g, generate_series(1, 7) i;
CREATE TABLE model AS SELECT jsonb_build_object('link_type', 'dedupe_only', 'probability_two_random_records_match', 0.5, 'blocking_rules_to_generate_predictions', '["l.g = r.g"]'::jsonb, 'comparisons', '[
  {"output_column_name": "a", "comparison_levels": [{"sql_condition": "a_l = a_r", "m_probability": 0.8, "u_probability": 0.1}, {"sql_condition": "abs(a_l - a_r) <= 1", "m_probability": 0.4, "u_probability": 0.3}, {"sql_condition": "ELSE", "m_probability": 0.05, "u_probability": 0.7}]},
  {"output_column_name": "b", "comparison_levels": [{"sql_condition": "b_l = b_r", "m_probability": 0.7, "u_probability": 0.2}, {"sql_condition": "ELSE", "m_probability": 0.3, "u_probability": 0.8}]}]'::jsonb)::match_model AS m;
CREATE TABLE never AS SELECT g, jsonb_agg(jsonb_build_array((g * 10 + x)::text, (g * 10 + y)::text)) AS pairs FROM (
    SELECT g, 1 + floor(random() * 7 + n * 0)::int AS x, 1 + floor(random() * 7 + n * 0)::int AS y FROM generate_series(1, :groups) g, generate_series(1, 2) n) q WHERE x <> y GROUP BY g;
CREATE TABLE setting (n int GENERATED ALWAYS AS IDENTITY, min_weight float8, limits jsonb);
INSERT INTO setting (min_weight, limits) VALUES (1, '{}'), (-3, '{"limits": {"number": 1}}'), (-9, '{"limits": {"number": 2, "Store": 1}}'), (-9, '{"max_records": 3}'), (0, '{"weak_bridge": {"weight": 3, "records": 2}}'),
    (-1, '{"weak_bridge": {"weight": 4, "records": 1}, "limits": {"Store": 2}, "max_records": 5}'), (0, '{"limits": {"number": 3, "b": 1}, "weak_bridge": {"weight": 2.5, "records": 2}}'), (-9, '{"max_records": 6, "limits": {"a": 2}}');
UPDATE setting SET limits = limits || jsonb_build_object('cannot_link', (SELECT jsonb_agg(p) FROM never, jsonb_array_elements(pairs) p)) WHERE n % 2 = 0;
CREATE TABLE found AS SELECT s.n, c.id::bigint AS id, c.cluster::bigint AS cluster FROM setting s, model, match_cluster('person', m, min_weight, limits) c;
CREATE TABLE pair AS SELECT p.id_l::bigint AS l, p.id_r::bigint AS r, p.match_weight AS w, p.id_l::bigint / 10 AS g FROM model, match_predict('person', m, '-infinity') p;
CREATE INDEX ON pair (g);
CREATE INDEX ON person (g);
ANALYZE;

CREATE FUNCTION oracle(wanted int, min_weight float8, limits jsonb, never jsonb) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
    labels int[] := '{1,2,3,4,5,6,7}'; la int; lb int; p record; refused boolean; pass int; used int[] := '{}'; l int[] := '{}'; r int[] := '{}'; weak int[] := '{}'; part int[]; i int;
BEGIN
    FOR pass IN 1..2 LOOP
        FOR p IN SELECT row_number() OVER (ORDER BY w DESC, q.l, q.r) AS n, q.l % 10 AS a, q.r % 10 AS b, w FROM pair q WHERE g = wanted AND w >= min_weight ORDER BY w DESC, q.l, q.r LOOP
            CONTINUE WHEN pass = 2 AND p.n <> ALL (used);
            la := labels[p.a]; lb := labels[p.b];
            refused := false;
            IF la <> lb THEN refused := (
                EXISTS (SELECT FROM jsonb_array_elements(CASE WHEN limits ? 'cannot_link' THEN never ELSE '[]' END) x WHERE (labels[(x ->> 0)::int % 10], labels[(x ->> 1)::int % 10]) IN ((la, lb), (lb, la)))
                OR EXISTS (SELECT FROM jsonb_each(limits -> 'limits') c(k, max), LATERAL (SELECT count(DISTINCT v) AS n, count(DISTINCT v) FILTER (WHERE labels[u] = la) AS na, count(DISTINCT v) FILTER (WHERE labels[u] = lb) AS nb
                           FROM (SELECT unique_id % 10 AS u, to_jsonb(person) ->> k AS v FROM person WHERE g = wanted) x WHERE labels[u] IN (la, lb)) t WHERE na > 0 AND nb > 0 AND n > max::int)
                OR (SELECT count(*) FROM unnest(labels) x WHERE x IN (la, lb)) > (limits ->> 'max_records')::int
                OR (pass = 2 AND p.n = ANY (weak) AND (SELECT count(*) FILTER (WHERE x = la) >= (limits -> 'weak_bridge' ->> 'records')::int AND count(*) FILTER (WHERE x = lb) >= (limits -> 'weak_bridge' ->> 'records')::int FROM unnest(labels) x)) IS TRUE);
            END IF;
            CONTINUE WHEN refused IS TRUE;
            labels := array_replace(labels, greatest(la, lb), least(la, lb));
            IF pass = 1 THEN
                used := used || p.n::int; l := l || p.a::int; r := r || p.b::int;
                IF p.w < (limits -> 'weak_bridge' ->> 'weight')::float8 THEN weak := weak || p.n::int; END IF;
            END IF;
        END LOOP;
        EXIT WHEN pass = 2 OR weak = '{}';
        -- only those that alone connect their ends
        FOREACH i IN ARRAY weak LOOP
            part := '{1,2,3,4,5,6,7}';
            FOR k IN 1..cardinality(used) LOOP
                IF used[k] <> i THEN part := array_replace(part, part[r[k]], part[l[k]]); END IF;
            END LOOP;
            IF part[l[array_position(used, i)]] = part[r[array_position(used, i)]] THEN weak := array_remove(weak, i); END IF;
        END LOOP;
        labels := '{1,2,3,4,5,6,7}';
    END LOOP;
    RETURN labels;
END $$;
CREATE TABLE expected AS
SELECT s.n, g * 10 + i AS id, g * 10 + label AS cluster FROM setting s, generate_series(1, :groups) g LEFT JOIN never v USING (g), LATERAL (SELECT oracle(g, min_weight, limits, coalesce(pairs, '[]')) AS labels) o, unnest(labels) WITH ORDINALITY u(label, i);
SELECT is((SELECT count(*) FROM found), (SELECT count(*) FROM expected), 'every record is in a cluster');
SELECT is((SELECT count(*) FROM found f JOIN expected e USING (n, id) WHERE f.cluster = e.cluster), :groups * 8 * 7::bigint, format('clusters of %s cases are those of the oracle', :groups * 8));
SELECT cmp_ok((SELECT count(DISTINCT c) FROM (SELECT n, count(DISTINCT cluster) AS c FROM found GROUP BY n) x), '>=', 6::bigint, 'settings make a difference');
-- the order of the table is nothing to it
CREATE TABLE shuffled AS SELECT * FROM person ORDER BY random();
SELECT is((SELECT count(*) FROM setting s, model, match_cluster('shuffled', m, min_weight, limits) c JOIN found f ON f.id = c.id::bigint AND f.cluster = c.cluster::bigint WHERE f.n = s.n), :groups * 8 * 7::bigint, 'the order of the table does not matter');
SELECT * FROM finish();
