-- Accuracy of a model trained without labels on people of many scripts: Latin with diacritics, Cyrillic, Greek, Arabic,
-- kanji and katakana. Their records have typing errors, accents left off or spelled out, names swapped, nicknames, wrong and missing
-- dates; cities are few, and telephone numbers mostly missing, so that the names have to tell. The same records with
-- their bytes for characters, as distances by bytes see them, are matched beside them by the same settings.
\set ON_ERROR_STOP 1
SELECT plan(8);
SET search_path = public, omni;
SET client_min_messages = error;
-- a number from 0 to 1 that depends on the key alone, on any server
CREATE FUNCTION draw(key text) RETURNS float8 IMMUTABLE LANGUAGE sql RETURN ('x' || left(md5('people ' || key), 8))::bit(32)::bigint / 4294967296.0::float8;
CREATE FUNCTION one_of(a text[], key text) RETURNS text IMMUTABLE LANGUAGE sql RETURN a[1 + floor(draw(key) * cardinality(a))];
-- one character wrong, missing, doubled or changed with the next one
CREATE FUNCTION typo(t text, alphabet text, key text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$
DECLARE
    p int := 1 + floor(draw(key || 'place') * length(t));
BEGIN
    RETURN CASE floor(draw(key || 'kind') * CASE WHEN length(t) > 2 THEN 4 ELSE 1 END)
        WHEN 0 THEN overlay(t PLACING substr(alphabet, 1 + floor(draw(key || 'letter') * length(alphabet))::int, 1) FROM p FOR 1)
        WHEN 1 THEN overlay(t PLACING '' FROM p FOR 1)
        WHEN 2 THEN overlay(t PLACING substr(t, p, 1) || substr(t, p, 1) FROM p FOR 1)
        ELSE overlay(t PLACING reverse(substr(t, p, 2)) FROM p FOR 2) END;
END $$;

-- families and given names are put together of parts; a nickname stands beside its name
CREATE TABLE script (script text, share float8, alphabet text, given text[], nickname text[], given_end text[], family text[], family_end text[]);
INSERT INTO script VALUES
('latin', .35, 'aäbcçdeéfghiıklmnñoöprsşßtuüvyzž', '{Jürgen,Zoë,François,José,Søren,Małgorzata,Øyvind,Željko,Çağla,Björn,Renée,Álvaro,Ismaël,Ondřej,Łukasz,Gülşen,Håkon,Noémie,Ștefan,Lučka}',
 '{Jürg,Zoé,Franz,Pepe,Sør,Gosia,Øyv,Žele,Çağ,Bjarne,Nené,Alvi,Isma,Ondra,Łuki,Gül,Hauk,Mimi,Fane,Lulu}', '{""}',
 '{Mül,Schrö,Grün,Béren,Gonzá,Wój,Jør,Đor,Kılı,Kováč,Nuñ,Häm,Lörin,Sjö,Žiž,Peñ,Çel,Ås,Öz,Núñ,Bräu,Fröh}', '{ler,der,wald,ger,lez,cik,gensen,đević,çdar,ik,ez,älä,cz,berg,ková,alba,türk,ling,ström}'),
('cyrillic', .2, 'абвгдежзиклмнопрстуфхчшыьюя', '{Александр,Мария,Дмитрий,Екатерина,Сергей,Татьяна,Владимир,Наталья,Николай,Светлана,Михаил,Ольга,Юрий,Людмила,Павел,Анна}',
 '{Саша,Маша,Дима,Катя,Серёжа,Таня,Володя,Наташа,Коля,Света,Миша,Оля,Юра,Люда,Паша,Аня}', '{""}',
 '{Иван,Петр,Смирн,Кузнец,Попов,Василь,Соколов,Михайл,Новик,Фёдор,Морозов,Волк,Алексе,Лебед,Семён,Егор,Козл,Степан,Никит,Орл}', '{ов,енко,ский,ев,ин,чук,ышев,ян}'),
('greek', .1, 'αβγδεζηθικλμνξοπρστυφχψω', '{Γεώργιος,Μαρία,Δημήτριος,Ελένη,Ιωάννης,Αικατερίνη,Νικόλαος,Βασιλική,Κωνσταντίνος,Σοφία,Παναγιώτης,Ευαγγελία}',
 '{Γιώργος,Μαίρη,Δημήτρης,Λένα,Γιάννης,Κατερίνα,Νίκος,Βάσω,Κώστας,Σόφη,Πάνος,Βαγγελιώ}', '{""}',
 '{Παπαδ,Γεωργ,Δημητρ,Νικολ,Βασιλ,Αντων,Μιχαλ,Χριστ,Κωνσταντιν,Οικον,Αλεξ,Λαμπρ}', '{όπουλος,ίδης,άκης,ίου,άτος,έλλης}'),
('arabic', .1, 'ابتثجحخدذرزسشصضطعغفقكلمنهوي', '{محمد,فاطمة,أحمد,عائشة,يوسف,خديجة,إبراهيم,مريم,عبدالله,زينب,خالد,سارة,مصطفى,نورا}',
 '{حمودي,فطوم,حمادة,عيوش,جو,خدوج,برهوم,ميمي,عبود,زوزو,خلودي,سوسو,درش,نونو}', '{""}',
 '{الحسن,المصري,الخطيب,العلي,النجار,الشامي,الحداد,السعيد,البغدادي,القاسم,الزهراني,المالكي,الفارسي,الدوسري,العتيبي}', '{"",ي,ين,اوي}'),
('kanji', .15, '木田山川村中大小高橋本林野原島池石井和明子美太郎', '{太,健,美,直,由,恵,和,裕,真,千,大,陽,優,智,久}', '{タロ,ケン,ミ,ナオ,ユウ,メグ,カズ,ヒロ,マ,チ,ダイ,ハル,ユ,トモ,ヒサ}', '{郎,子,一,美,樹,人,代,介,香,也}',
 '{田,山,佐,高,伊,渡,中,小,加,吉,松,井,木,林,清,斎,橋,森,池,石}', '{中,本,藤,橋,東,辺,村,林,田,上,口,水,川,野,原}'),
('katakana', .1, 'アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン', '{タロ,ケン,ミカ,ナオ,ユミ,メグ,カズ,ヒロ,マリ,チエ}', '{タア,ケケ,ミイ,ナナ,ユユ,メエ,カア,ヒイ,マア,チイ}', '{ウ,ジ,コ,ト,エ,ヤ,キ}',
 '{タナ,ヤマ,サト,スズ,タカ,イト,ワタ,コバ,カト,ヨシ,マツ,イノ,キム,ハヤ,シミ,サイ}', '{カ,モト,ウ,キ,ハシ,ナベ,ヤシ,オ,ダ,ウエ,ズ,ムラ}');

CREATE TABLE person AS
SELECT p AS person, script, alphabet, given[g] || one_of(given_end, p || 'given') AS given, nickname[g] AS nickname, one_of(family, p || 'family') || one_of(family_end, p || 'family_end') AS family,
       date '1940-01-01' + floor(draw(p || 'dob') * 24000)::int AS dob,
       one_of('{München,Łódź,Åarhus,Αθήνα,Москва,القاهرة,東京,大阪,Zürich,Málaga,Київ,Θεσσαλονίκη,دمشق,札幌,Ankara,Kraków}', p || 'city') AS city, lpad(floor(draw(p || 'phone') * 1e9)::int::text, 9, '0') AS phone
FROM (SELECT p, s.*, 1 + floor(draw(p || 'g') * cardinality(given))::int AS g
      FROM generate_series(1, 1500) p JOIN (SELECT *, sum(share) OVER (ORDER BY script) AS upto FROM script) s ON draw(p || 'script') >= upto - share AND draw(p || 'script') < upto) x;

-- accents spelled out, left off, or as they are
CREATE FUNCTION spelled(t text, key text) RETURNS text IMMUTABLE LANGUAGE sql
    RETURN CASE floor(draw(key) * 10) WHEN 0 THEN replace(replace(replace(replace(t, 'ü', 'ue'), 'ö', 'oe'), 'ä', 'ae'), 'ø', 'oe') WHEN 1 THEN strip_accents(t) WHEN 2 THEN strip_accents(t) ELSE t END;
CREATE TABLE people AS
SELECT (row_number() OVER (ORDER BY md5(k)))::int AS unique_id, person, script,
       CASE WHEN draw(k || 1) < .04 THEN NULL WHEN swap THEN family WHEN draw(k || 1) < .10 THEN nickname
            WHEN draw(k || 2) < .25 THEN typo(spelled(given, k || 3), alphabet, k || 4) ELSE spelled(given, k || 3) END AS given,
       CASE WHEN draw(k || 5) < .03 THEN NULL WHEN swap THEN given
            WHEN draw(k || 6) < .25 THEN typo(spelled(family, k || 7), alphabet, k || 8) ELSE spelled(family, k || 7) END AS family,
       CASE WHEN draw(k || 9) < .15 THEN NULL WHEN draw(k || 10) < .15 THEN overlay(dob::text PLACING floor(draw(k || 11) * 10)::text FROM (ARRAY[4, 7, 10])[1 + floor(draw(k || 12) * 3)] FOR 1) ELSE dob::text END AS dob,
       CASE WHEN draw(k || 13) < .10 THEN NULL WHEN draw(k || 14) < .05 THEN one_of('{Bern,Paris,京都,Лондон}', k || 15) ELSE city END AS city,
       CASE WHEN draw(k || 16) < .50 THEN NULL WHEN draw(k || 17) < .10 THEN overlay(phone PLACING floor(draw(k || 18) * 10)::text FROM 5 FOR 1) ELSE phone END AS phone
FROM (SELECT p.*, person || '-' || copy || '-' AS k, draw(person || '-' || copy || 'swap') < .04 AS swap FROM person p, generate_series(1, 3) copy WHERE copy = 1 OR draw(person || 'copy' || copy) < .6) r;
CREATE FUNCTION bytes(t text) RETURNS text IMMUTABLE LANGUAGE sql RETURN convert_from(convert_to(t, 'UTF8'), 'LATIN1');
CREATE VIEW people_by_bytes AS SELECT unique_id, person, script, bytes(given) AS given, bytes(family) AS family, dob, city, phone FROM people;

CREATE TABLE setting AS SELECT '{
  "link_type": "dedupe_only",
  "blocking_rules_to_generate_predictions": ["l.family = r.family", "l.given = r.given", "l.dob = r.dob", "l.phone = r.phone", 
      "l.given = r.family AND l.family = r.given", "substr(l.dob, 1, 4) = substr(r.dob, 1, 4) AND l.city = r.city", "substr(l.dob, 6) = substr(r.dob, 6) AND l.city = r.city"],
  "comparisons": [
    {"output_column_name": "given", "comparison_levels": [
      {"sql_condition": "given_l IS NULL OR given_r IS NULL", "is_null_level": true}, {"sql_condition": "given_l = given_r", "tf_adjustment_column": "given"},
      {"sql_condition": "given_l = family_r AND family_l = given_r"},
      {"sql_condition": "levenshtein(given_l, given_r) <= 1"}, {"sql_condition": "jaro_winkler_similarity(given_l, given_r) >= 0.8"}, {"sql_condition": "ELSE"}]},
    {"output_column_name": "family", "comparison_levels": [
      {"sql_condition": "family_l IS NULL OR family_r IS NULL", "is_null_level": true}, {"sql_condition": "family_l = family_r", "tf_adjustment_column": "family"},
      {"sql_condition": "levenshtein(family_l, family_r) <= 1"}, {"sql_condition": "jaro_winkler_similarity(family_l, family_r) >= 0.8"}, {"sql_condition": "ELSE"}]},
    {"column": "dob", "kind": "damerau_levenshtein", "thresholds": [1]},
    {"column": "city", "kind": "exact", "term_frequency": true},
    {"column": "phone", "kind": "levenshtein", "thresholds": [1]}]}'::jsonb AS j;

CREATE TABLE model AS SELECT source, match_train(source::regclass, j) AS m FROM setting, unnest('{people,people_by_bytes}'::text[]) source;
CREATE TABLE pairs AS SELECT source, e.* FROM model, match_evaluate(source::regclass, m, 'person', '{-4,-2,0,2,4,6,8}') e;
CREATE TABLE clusters AS
SELECT source, w, e.* FROM model, unnest('{-2,0,2,4,6}'::float8[]) w,
     LATERAL (SELECT array_agg(k.cluster) AS c, array_agg(p.person::text) AS t FROM match_cluster(source::regclass, m, w) k JOIN people p ON p.unique_id = k.id::int) x, LATERAL cluster_evaluate(x.c, x.t) e;

-- what bytes do to distances
SELECT results_eq($$SELECT levenshtein(a, b), levenshtein(bytes(a), bytes(b)) FROM (VALUES ('Müller', 'Muller'), ('Νίκος', 'Νίκως'), ('田中', '田口'), ('タナカ', 'タナ')) v(a, b)$$,
                  $$VALUES (1, 2), (1, 2), (1, 3), (1, 3)$$, 'one character is several bytes');
SELECT ok(jaro_winkler_similarity('タナカ', 'コバシ') = 0 AND jaro_winkler_similarity(bytes('タナカ'), bytes('コバシ')) > 0.8, 'by bytes all of a script is alike');

-- the bars
SELECT ok(count(*) = 6 AND min(n) > 200, format('%s records of %s people in %s scripts', sum(n), (SELECT count(DISTINCT person) FROM people), count(*))) FROM (SELECT count(*) AS n FROM people GROUP BY script) x;
CREATE FUNCTION shown(f1 float8) RETURNS numeric LANGUAGE sql RETURN round(f1::numeric, 4);
SELECT cmp_ok(f1, '>=', 0.905::float8, format('pairs: F1 %s at weight 0', shown(f1))) FROM pairs WHERE source = 'people' AND min_weight = 0;
SELECT cmp_ok(f1, '<', 0.905::float8, format('by bytes it is %s', shown(f1))) FROM pairs WHERE source = 'people_by_bytes' AND min_weight = 0;
SELECT cmp_ok(f1, '>=', 0.91::float8, format('clusters: F1 %s at weight 0', shown(f1))) FROM clusters WHERE source = 'people' AND w = 0;
SELECT cmp_ok(f1, '<', 0.91::float8, format('by bytes it is %s', shown(f1))) FROM clusters WHERE source = 'people_by_bytes' AND w = 0;
SELECT ok(bool_and(p.f1 > b.f1), format('pairs: F1 by characters is above that by bytes at %s weights of %s', count(*) FILTER (WHERE p.f1 > b.f1), count(*)))
FROM pairs p JOIN pairs b USING (min_weight) WHERE p.source = 'people' AND b.source = 'people_by_bytes';
SELECT * FROM finish();
