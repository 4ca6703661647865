-- Training, scoring and clustering of 50,000 dirty records of about 20,000 people.
\ir people.psql

CREATE UNLOGGED TABLE model AS SELECT omni.match_train('customer', settings()) AS m;
CREATE UNLOGGED TABLE result AS SELECT p.* FROM model, omni.match_predict('customer', m, -20) p;
SELECT bench.compare('match_train, 50k dirty people', '<= 10 CPU s with match_predict', $$ SELECT omni.match_train('customer', settings()) $$, reps => 1);
SELECT bench.compare('match_predict, pairs of weight -20 or more', NULL, $$ SELECT count(*) FROM model, omni.match_predict('customer', m, -20) p $$, reps => 1);
SELECT bench.compare('match_cluster, weight 4', NULL, $$ SELECT count(*) FROM model, omni.match_cluster('customer', m, 4) p $$, reps => 1);
CREATE UNLOGGED TABLE neighbors AS SELECT to_jsonb(a) AS l, to_jsonb(b) AS r FROM customer a JOIN customer b ON b.unique_id = a.unique_id + 1;
SELECT bench.compare('match_score of 50k pairs of records as JSON', NULL, $$ SELECT sum(omni.match_score(m, l, r)) FROM model, neighbors $$, reps => 1);
SELECT format('# %s pairs of weight -20 or more', count(*)) FROM result;
SELECT format('# pairs, weight %s: %s found, precision %s, recall %s, F1 %s', min_weight, predicted, round("precision"::numeric, 4), round(recall::numeric, 4), round(f1::numeric, 4))
FROM model, omni.match_evaluate('customer', m, 'person', '{-4,-2,0,2,4,6,8,10,12}') e ORDER BY min_weight;
SELECT format('# clusters, weight %s: precision %s, recall %s, F1 %s, B-cubed F1 %s', w, round(("precision")::numeric, 4), round(recall::numeric, 4), round(f1::numeric, 4), round(bcubed_f1::numeric, 4))
FROM model, generate_series(-4, 12, 2) w,
     LATERAL (SELECT array_agg(k.cluster ORDER BY k.id) AS c, array_agg(c.person::text ORDER BY k.id) AS t
              FROM omni.match_cluster('customer', m, w) k JOIN customer c ON c.unique_id = k.id::int) x,
     LATERAL omni.cluster_evaluate(x.c, x.t) e ORDER BY w;
