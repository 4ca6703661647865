SET search_path = public, omni;
\set SHOW_CONTEXT never

CREATE TEMP TABLE patient (zip text, born int, sex text, disease text, note json, "group" text);
INSERT INTO patient VALUES ('10115', 1980, 'f', 'flu'), ('10115', 1980, 'f', 'flu'), ('10115', 1980, 'f', 'asthma'), ('10115', 1980, 'm', 'flu'), ('10115', 1980, 'm', 'flu'),
    ('20095', 1975, 'f', 'cancer'), ('20095', NULL, 'f', 'flu'), ('20095', NULL, 'f', NULL);
SELECT k_anonymity('patient', '{zip}'), k_anonymity('patient', '{zip,born}'), k_anonymity('patient', '{zip,born,sex}'), k_anonymity('patient', '{sex}');
SELECT * FROM k_anonymity_groups('patient', '{zip,born,sex}', 3) ORDER BY size, column_values;
SELECT * FROM k_anonymity_groups('patient', '{born}', 1);
SELECT count(*) FROM k_anonymity_groups('patient', '{sex}');
-- two values in one group, one in the other, and NULL is a value
SELECT l_diversity('patient', '{zip,born,sex}', 'disease'), l_diversity('patient', '{zip}', 'disease'), l_diversity('patient', '{sex}', 'disease'), l_diversity('patient', '{zip,born}', 'sex');
-- the one with cancer is alone in her group, where one in eight has it
SELECT t_closeness('patient', '{zip}', 'disease'), t_closeness('patient', '{zip,born,sex}', 'disease');
CREATE TEMP TABLE nobody (zip text, disease text);
SELECT k_anonymity('nobody', '{zip}'), l_diversity('nobody', '{zip}', 'disease'), t_closeness('nobody', '{zip}', 'disease'), (SELECT count(*) FROM k_anonymity_groups('nobody', '{zip}'));
-- what the definitions say, by hand, on random rows
CREATE TEMP TABLE random_rows AS SELECT i % 7 AS a, i * i % 5 AS b, CASE WHEN i % 11 > 0 THEN i * 7 % 13 END AS s FROM generate_series(1, 500) i;
SELECT k_anonymity('random_rows', '{a,b}') = (SELECT min(n) FROM (SELECT count(*) AS n FROM random_rows GROUP BY a, b) g) AS k,
    l_diversity('random_rows', '{a,b}', 's') = (SELECT min(n) FROM (SELECT count(DISTINCT coalesce(s, -1)) AS n FROM random_rows GROUP BY a, b) g) AS l,
    round(t_closeness('random_rows', '{a,b}', 's')::numeric, 12) = (SELECT round(max(d), 12) FROM (SELECT sum(abs(coalesce(u.n, 0) / g.n - t.n / 500.0)) / 2 AS d
        FROM (SELECT a, b, count(*)::numeric AS n FROM random_rows GROUP BY a, b) g CROSS JOIN (SELECT coalesce(s, -1) AS s, count(*) AS n FROM random_rows GROUP BY 1) t
        LEFT JOIN (SELECT a, b, coalesce(s, -1) AS s, count(*) AS n FROM random_rows GROUP BY 1, 2, 3) u USING (a, b, s) GROUP BY a, b) x) AS t;

-- names of columns are names, whatever is in them
CREATE SCHEMA "sch""ema; DROP TABLE public.kept";
CREATE TABLE public.kept (x int);
CREATE TABLE "sch""ema; DROP TABLE public.kept"."t""able" ("a""b" int, "c, (SELECT 1/0)" int, "$$; DROP TABLE public.kept; $$" int, "line
break" int, "t" int, "c1" int, "n" int, "s" int, "%s" int, """ """ int);
ALTER TABLE "sch""ema; DROP TABLE public.kept"."t""able" RENAME "%s" TO "%s%n";
INSERT INTO "sch""ema; DROP TABLE public.kept"."t""able" SELECT 1, 2, 3, 4, i % 2, i % 3, 5, i, 6 FROM generate_series(1, 12) i;
SELECT k_anonymity(c, ARRAY(SELECT attname FROM pg_attribute WHERE attrelid = c AND attnum > 0 AND attname <> 's')), l_diversity(c, '{t,c1,n}', 's'), t_closeness(c, '{t}', 'c1'), k_anonymity(c, ARRAY[E'line\nbreak', 'a"b', '%s%n', 'c, (SELECT 1/0)'])
FROM (SELECT oid::regclass AS c FROM pg_class WHERE relname = 't"able') x;
SELECT column_values, size FROM (SELECT oid::regclass AS c FROM pg_class WHERE relname = 't"able') x, k_anonymity_groups(c, '{t,n}', 100) ORDER BY 1;
SELECT count(*) AS still_there FROM kept;
SELECT k_anonymity('patient', ARRAY['zip", (SELECT 1/0), "zip']);
\echo :LAST_ERROR_SQLSTATE
SELECT k_anonymity('patient', ARRAY['zip FROM patient; DROP TABLE patient; --']);
SELECT l_diversity('patient', '{zip}', 'disease) AS v; DROP TABLE patient');
SELECT k_anonymity('patient', '{ZIP}');
SELECT k_anonymity('patient', '{ctid}');
\echo :LAST_ERROR_SQLSTATE
SELECT k_anonymity('patient', '{note}');
SELECT k_anonymity('patient', '{}');
SELECT k_anonymity('patient', '{zip,zip}');
SELECT k_anonymity('patient', '{zip,NULL}');
\echo :LAST_ERROR_SQLSTATE
SELECT k_anonymity('patient', array_fill('zip'::text, ARRAY[2000]));
SELECT l_diversity('patient', '{zip}', 'zip');
SELECT * FROM k_anonymity_groups('patient', '{zip}', 0);
SELECT * FROM k_anonymity_groups('patient', '{zip}', -2147483648);
SELECT k_anonymity(4000000000::oid::regclass, '{zip}');
\echo :LAST_ERROR_SQLSTATE
ALTER TABLE patient DROP COLUMN sex;
SELECT k_anonymity('patient', '{sex}');
SELECT k_anonymity('patient', '{........pg.dropped.3........}');

-- no code of another runs: views are refused, and so are rules, operators, casts and search_path of no effect
CREATE FUNCTION pg_temp.evil(text) RETURNS text LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'code of another ran as %', current_user; END$$;
CREATE TEMP VIEW patients AS SELECT pg_temp.evil(zip) AS zip FROM patient;
SELECT k_anonymity('patients', '{zip}');
\echo :LAST_ERROR_SQLSTATE
CREATE SEQUENCE pg_temp.numbers;
SELECT k_anonymity('numbers', '{last_value}');
CREATE SCHEMA hostile;
CREATE FUNCTION hostile.evil(bigint) RETURNS bigint LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'aggregate of another'; END$$;
CREATE AGGREGATE hostile.min(bigint) (SFUNC = int8pl, STYPE = bigint, FINALFUNC = hostile.evil);
CREATE AGGREGATE hostile.count(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '0', FINALFUNC = hostile.evil);
CREATE TYPE hostile.mood AS ENUM ('good', 'bad');
CREATE FUNCTION hostile.mood_text(hostile.mood) RETURNS text LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'cast of another'; END$$;
CREATE CAST (hostile.mood AS text) WITH FUNCTION hostile.mood_text(hostile.mood) AS IMPLICIT;
CREATE FUNCTION hostile.mood_eq(hostile.mood, hostile.mood) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'operator of another'; END$$;
CREATE OPERATOR hostile.= (LEFTARG = hostile.mood, RIGHTARG = hostile.mood, FUNCTION = hostile.mood_eq);
CREATE FUNCTION hostile.less(bigint, integer) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'operator of another'; END$$;
CREATE OPERATOR hostile.< (LEFTARG = bigint, RIGHTARG = integer, FUNCTION = hostile.less);
CREATE TABLE hostile.moods AS SELECT 'good'::hostile.mood AS m, i % 3 AS s FROM generate_series(1, 9) i;
SET search_path = hostile, pg_catalog, omni;
SELECT k_anonymity('moods', '{m}'), l_diversity('moods', '{m}', 's'), t_closeness('moods', '{m}', 's'), (SELECT column_values FROM k_anonymity_groups('moods', '{m}', 10));
SET search_path = public, omni;

-- only what the caller may read
CREATE ROLE anonymity_analyst;
GRANT USAGE ON SCHEMA hostile, omni TO anonymity_analyst;
CREATE TABLE hostile.secret AS SELECT i % 3 AS a, i % 2 AS b FROM generate_series(1, 9) i;
SET ROLE anonymity_analyst;
SELECT omni.k_anonymity('hostile.secret', '{a}');
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
GRANT SELECT (a) ON hostile.secret TO anonymity_analyst;
SET ROLE anonymity_analyst;
SELECT omni.k_anonymity('hostile.secret', '{a}');
SELECT omni.k_anonymity('hostile.secret', '{a,b}');
SELECT omni.l_diversity('hostile.secret', '{a}', 'b');
RESET ROLE;
GRANT SELECT ON hostile.secret TO anonymity_analyst;
ALTER TABLE hostile.secret ENABLE ROW LEVEL SECURITY;
CREATE POLICY ones ON hostile.secret USING (a = 1);
SET ROLE anonymity_analyst;
SELECT * FROM omni.k_anonymity_groups('hostile.secret', '{a}', 100);
RESET ROLE;
-- rows of partitions and children count
CREATE TABLE hostile.parted (a int, b int) PARTITION BY LIST (a);
CREATE TABLE hostile.parted_1 PARTITION OF hostile.parted FOR VALUES IN (1);
CREATE TABLE hostile.parted_2 PARTITION OF hostile.parted FOR VALUES IN (2);
INSERT INTO hostile.parted VALUES (1, 1), (1, 1), (2, 1);
SELECT k_anonymity('hostile.parted', '{b}'), k_anonymity('hostile.parted', '{a}'), k_anonymity('hostile.parted_1', '{a}');
CREATE MATERIALIZED VIEW hostile.made AS SELECT * FROM hostile.parted;
SELECT k_anonymity('hostile.made', '{b}');

-- counts as they may be shown
SELECT n, suppress(n, 5), suppress(n, 1) FROM unnest('{0,1,4,5,9223372036854775807,NULL}'::bigint[]) n;
SELECT c, k, suppress(c, k) FROM (VALUES ('{10,3,20,8}'::bigint[], 5), ('{10,1,1,20}', 5), ('{10,4,4,20}', 5), ('{3,0,0}', 5), ('{3,0,7}', 5), ('{3,NULL,7,6}', 5), ('{5,6,7}', 5), ('{}', 5), ('{1}', 1), ('{2}', 3),
    ('[0:2]={9,2,8}', 5), ('{4,9223372036854775807,9223372036854775807}', 5)) v(c, k);
SELECT suppress(-1, 5);
\echo :LAST_ERROR_SQLSTATE
SELECT suppress(7, 0);
SELECT suppress('{1,-7}'::bigint[], 5);
SELECT suppress('{{1,2},{3,4}}'::bigint[], 5);
SELECT suppress(array_fill(1::bigint, ARRAY[10001]), 5);
DROP OWNED BY anonymity_analyst;
DROP ROLE anonymity_analyst;
SET client_min_messages = warning;
DROP SCHEMA hostile, "sch""ema; DROP TABLE public.kept" CASCADE;
DROP TABLE kept;
