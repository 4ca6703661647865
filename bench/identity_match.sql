-- Training, scoring and clustering of 50,000 dirty records of about 20,000 people: names with typing
-- errors, swapped names, dates with a wrong digit, cities, e-mail addresses, and much that is missing.
\if :{?people} \else \set people 20000 \endif
SELECT setseed(0.42);

-- one of n with the common ones first, as names are
CREATE FUNCTION public.zipf(n int) RETURNS int LANGUAGE sql VOLATILE
    RETURN least(floor(exp(random() * ln(n + 1))), n)::int;
CREATE FUNCTION public.one_of(a text[], i int) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN a[1 + (i - 1) % cardinality(a)];

-- one wrong, missing, doubled or swapped letter
CREATE FUNCTION public.typo(t text) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    p int := 1 + floor(random() * length(t));
BEGIN
    RETURN CASE floor(random() * 4)
        WHEN 0 THEN overlay(t PLACING chr(97 + floor(random() * 26)::int) FROM p FOR 1)
        WHEN 1 THEN overlay(t PLACING '' FROM p FOR 1)
        WHEN 2 THEN overlay(t PLACING substr(t, p, 1) || substr(t, p, 1) FROM p FOR 1)
        ELSE overlay(t PLACING reverse(substr(t, p, 2)) FROM p FOR 2) END;
END $$;

CREATE UNLOGGED TABLE person AS
SELECT p AS person,
       one_of('{anna,james,maria,john,emma,david,laura,peter,sofia,thomas,julia,paul,clara,martin,elena,simon,nina,oscar,lea,hugo}', zipf(20))
           || CASE WHEN f > 20 THEN one_of('{lina,ton,bert,mira,dan,rik,sha,vin,tta,la}', f) || one_of('{"",e,o,a,us,ette}', f / 7) ELSE '' END AS first_name,
       one_of('{smi,mül,jon,bro,wil,tay,dav,eva,tho,rob,joh,wal,wri,whi,edw,hug,gre,hal,lew,har,cla,pat,jac,woo,tur,mar,coo,hil,war,mor}', s)
           || one_of('{th,ler,es,wn,son,lor,is,ns,mas,erts,ker,ght,te,ards,hes,en,l,ris,rke,el,kson,d,ner,tin,per,ield,man,berg,ova,escu}', s / 30 + s)
           || one_of('{"","","",er,s,mann,ley,ton}', s / 11) AS surname,
       date '1935-01-01' + floor(random() * 25000)::int AS dob,
       one_of('{ber,lon,par,mad,rom,wie,pra,osl,hel,dub,lis,ath,kra,bri,lyo}', c) || one_of('{lin,don,is,rid,a,n,gue,o,sinki,kow,stol,ford,burg,ville}', c / 3) AS city,
       floor(random() * 100)::int AS digits, one_of('{mail.com,post.net,web.org,box.eu,home.de}', zipf(5)) AS domain
FROM (SELECT p, zipf(300) AS f, zipf(4000) AS s, zipf(180) AS c FROM generate_series(1, :people) p) x;

CREATE UNLOGGED TABLE customer AS
SELECT row_number() OVER (ORDER BY md5(person || '-' || copy))::int AS unique_id, person,
       CASE WHEN random() < .06 THEN NULL WHEN swap THEN surname WHEN random() < .15 THEN typo(first_name) ELSE first_name END AS first_name,
       CASE WHEN random() < .05 THEN NULL WHEN swap THEN first_name WHEN random() < .15 THEN typo(surname) ELSE surname END AS surname,
       CASE WHEN random() < .08 THEN NULL WHEN random() < .12 THEN overlay(dob::text PLACING floor(random() * 10)::text FROM (ARRAY[4, 7, 10])[1 + floor(random() * 3)] FOR 1)
            ELSE dob::text END AS dob,
       CASE WHEN random() < .15 THEN NULL WHEN random() < .10 THEN typo(city) ELSE city END AS city,
       CASE WHEN random() < .25 THEN NULL WHEN random() < .10 THEN typo(email) WHEN random() < .15 THEN split_part(email, '@', 1) || '@work.biz' ELSE email END AS email
FROM (SELECT p.*, copy, first_name || '.' || surname || digits || '@' || domain AS email, random() < .03 AS swap
      FROM person p, generate_series(1, 1 + least(9, floor(-ln(random() + 0 * p.person) * 2))::int) copy) r;
ANALYZE customer;

CREATE FUNCTION public.settings() RETURNS jsonb LANGUAGE sql IMMUTABLE RETURN '{
  "link_type": "dedupe_only",
  "blocking_rules_to_generate_predictions": [
    "l.first_name = r.first_name AND l.surname = r.surname",
    "l.surname = r.surname AND l.dob = r.dob",
    "l.first_name = r.first_name AND l.dob = r.dob",
    "l.dob = r.dob",
    "l.surname = r.surname AND l.city = r.city",
    "l.first_name = r.first_name AND l.city = r.city",
    "l.first_name = r.first_name AND substr(l.dob, 1, 4) = substr(r.dob, 1, 4)",
    "l.surname = r.surname AND substr(l.dob, 1, 4) = substr(r.dob, 1, 4)",
    "l.email = r.email"],
  "comparisons": [
    {"output_column_name": "first_name", "comparison_levels": [
      {"sql_condition": "first_name_l IS NULL OR first_name_r IS NULL", "label_for_charts": "missing", "is_null_level": true},
      {"sql_condition": "first_name_l = first_name_r", "label_for_charts": "exact", "tf_adjustment_column": "first_name"},
      {"sql_condition": "jaro_winkler_similarity(first_name_l, first_name_r) >= 0.92", "label_for_charts": "Jaro-Winkler 0.92"},
      {"sql_condition": "jaro_winkler_similarity(first_name_l, first_name_r) >= 0.8", "label_for_charts": "Jaro-Winkler 0.8"},
      {"sql_condition": "ELSE", "label_for_charts": "other"}]},
    {"output_column_name": "surname", "comparison_levels": [
      {"sql_condition": "surname_l IS NULL OR surname_r IS NULL", "label_for_charts": "missing", "is_null_level": true},
      {"sql_condition": "surname_l = surname_r", "label_for_charts": "exact", "tf_adjustment_column": "surname"},
      {"sql_condition": "jaro_winkler_similarity(surname_l, surname_r) >= 0.92", "label_for_charts": "Jaro-Winkler 0.92"},
      {"sql_condition": "jaro_winkler_similarity(surname_l, surname_r) >= 0.8", "label_for_charts": "Jaro-Winkler 0.8"},
      {"sql_condition": "ELSE", "label_for_charts": "other"}]},
    {"output_column_name": "dob", "comparison_levels": [
      {"sql_condition": "dob_l IS NULL OR dob_r IS NULL", "label_for_charts": "missing", "is_null_level": true},
      {"sql_condition": "dob_l = dob_r", "label_for_charts": "exact"},
      {"sql_condition": "damerau_levenshtein(dob_l, dob_r) <= 1", "label_for_charts": "one edit"},
      {"sql_condition": "damerau_levenshtein(dob_l, dob_r) <= 2", "label_for_charts": "two edits"},
      {"sql_condition": "ELSE", "label_for_charts": "other"}]},
    {"output_column_name": "city", "comparison_levels": [
      {"sql_condition": "city_l IS NULL OR city_r IS NULL", "label_for_charts": "missing", "is_null_level": true},
      {"sql_condition": "city_l = city_r", "label_for_charts": "exact", "tf_adjustment_column": "city"},
      {"sql_condition": "levenshtein(city_l, city_r) <= 1", "label_for_charts": "one edit"},
      {"sql_condition": "ELSE", "label_for_charts": "other"}]},
    {"output_column_name": "email", "comparison_levels": [
      {"sql_condition": "email_l IS NULL OR email_r IS NULL", "label_for_charts": "missing", "is_null_level": true},
      {"sql_condition": "email_l = email_r", "label_for_charts": "exact"},
      {"sql_condition": "split_part(email_l, ''@'', 1) = split_part(email_r, ''@'', 1)", "label_for_charts": "name"},
      {"sql_condition": "jaro_winkler_similarity(email_l, email_r) >= 0.88", "label_for_charts": "Jaro-Winkler 0.88"},
      {"sql_condition": "ELSE", "label_for_charts": "other"}]}],
  "training": {"deterministic_rules": ["l.first_name = r.first_name AND l.surname = r.surname AND l.dob = r.dob", "l.email = r.email"], "recall": 0.8}
}'::jsonb;

SELECT format('# %s records of %s people, %s true pairs', count(*), count(DISTINCT person),
              (SELECT sum(n * (n - 1) / 2) FROM (SELECT count(*) n FROM customer GROUP BY person) c)) FROM customer;

CREATE UNLOGGED TABLE model AS SELECT omni.match_train('customer', settings()) AS m;
CREATE UNLOGGED TABLE result AS SELECT p.* FROM model, omni.match_predict('customer', m, -20) p;
SELECT bench.compare('match_train, 50k dirty people', '<= 10 CPU s with match_predict', $$ SELECT omni.match_train('customer', settings()) $$, reps => 1);
SELECT bench.compare('match_predict, pairs of weight -20 or more', NULL, $$ SELECT count(*) FROM model, omni.match_predict('customer', m, -20) p $$, reps => 1);
SELECT bench.compare('match_cluster, weight 4', NULL, $$ SELECT count(*) FROM model, omni.match_cluster('customer', m, 4) p $$, reps => 1);
SELECT format('# %s pairs of weight -20 or more', count(*)) FROM result;
SELECT format('# pairs, weight %s: %s found, precision %s, recall %s, F1 %s', min_weight, predicted, round("precision"::numeric, 4), round(recall::numeric, 4), round(f1::numeric, 4))
FROM model, omni.match_evaluate('customer', m, 'person', '{-4,-2,0,2,4,6,8,10,12}') e ORDER BY min_weight;
SELECT format('# clusters, weight %s: precision %s, recall %s, F1 %s, B-cubed F1 %s', w, round(("precision")::numeric, 4), round(recall::numeric, 4), round(f1::numeric, 4), round(bcubed_f1::numeric, 4))
FROM model, generate_series(-4, 12, 2) w,
     LATERAL (SELECT array_agg(k.cluster ORDER BY k.id) AS c, array_agg(c.person::text ORDER BY k.id) AS t
              FROM omni.match_cluster('customer', m, w) k JOIN customer c ON c.unique_id = k.id::int) x,
     LATERAL omni.cluster_evaluate(x.c, x.t) e ORDER BY w;
