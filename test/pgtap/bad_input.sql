-- The list of bad input: each is refused with the SQLSTATE and the reason that the type promises and with a hint, nothing is half written, and
-- what could be personal is in no message.
SELECT plan(82);

CREATE TABLE refused (what text, statement text, state text, code text);
INSERT INTO refused VALUES
    -- what it is, statement, SQLSTATE, reason code of T_problem(), where the type has one
    ('wrong check digit', $$SELECT '4006381333932'::omni.gtin$$, '22P02', $$omni.gtin_problem('4006381333932') = 'check_digit'$$),
    ('9-digit GTIN', $$SELECT '400638133'::omni.gtin$$, '22P02', $$omni.gtin_problem('400638133') = 'length'$$),
    ('15-digit GTIN', $$SELECT '004006381333931'::omni.gtin$$, '22P02', $$omni.gtin_problem('004006381333931') = 'length'$$),
    ('UPC-E given as GTIN-8', $$SELECT '04252614'::omni.gtin$$, '22P02', $$omni.gtin_problem('04252614') = 'upc_e'$$),
    ('letters in a GTIN', $$SELECT '40063813339AB'::omni.gtin$$, '22P02', $$omni.gtin_problem('40063813339AB') = 'characters'$$),
    ('empty GTIN', $$SELECT ''::omni.gtin$$, '22P02', $$omni.gtin_problem('') = 'empty'$$),
    ('GTIN in scientific notation', $$SELECT '1.23457E+11'::omni.gtin$$, '22P02', $$omni.gtin_problem('1.23457E+11') = 'scientific'$$),
    ('SKU of 256 bytes', $$SELECT repeat('A', 256)::omni.sku$$, '54000', $$omni.sku_problem(repeat('A', 256)) IS NOT NULL$$),
    ('65 bytes into sku(64)', $$SELECT repeat('A', 65)::omni.sku(64)$$, '22001', NULL),
    ('two inner spaces', $$SELECT 'TS  RED'::omni.sku$$, '22P02', $$omni.sku_problem('TS  RED') IS NOT NULL$$),
    ('emoji', $$SELECT E'TS-\U0001F600'::omni.sku$$, '22P02', $$omni.sku_problem(E'TS-\U0001F600') IS NOT NULL$$),
    ('Cyrillic look-alike', $$SELECT E'TS-\u0410'::omni.sku$$, '22P02', $$omni.sku_problem(E'TS-\u0410') ~ 'look_alike'$$),
    ('SKU in scientific notation', $$SELECT '1.23457E+11'::omni.sku$$, '22P02', $$omni.sku_problem('1.23457E+11') ~ 'scientific'$$),
    ('empty SKU', $$SELECT ''::omni.sku$$, '22P02', $$omni.sku_problem('') IS NOT NULL$$),
    ('SKU with an unassigned code point', $$SELECT E'A\u0378'::omni.sku$$, '22P02', $$omni.sku_problem(E'A\u0378') = 'unassigned'$$),
    ('e-mail with two @', $$SELECT 'zq7secret@zq7secret@example.com'::omni.email$$, '22P02', $$omni.email_problem('a@b@example.com') IS NOT NULL$$),
    ('e-mail with a 65-byte local part', $$SELECT ('zq7secret' || repeat('a', 56) || '@example.com')::omni.email$$, '22P02', $$omni.email_problem(repeat('a', 65) || '@example.com') IS NOT NULL$$),
    ('e-mail with an invalid IDN', $$SELECT 'zq7secret@xn--a.de'::omni.email$$, '22P02', $$omni.email_problem('a@xn--a.de') ~ 'domain'$$),
    ('empty e-mail', $$SELECT ''::omni.email$$, '22P02', $$omni.email_problem('') IS NOT NULL$$),
    ('phone without region', $$SELECT '030 83719204'::omni.phone$$, '22P02', $$omni.phone_problem('030 1234567') IS NOT NULL$$),
    ('phone of no country', $$SELECT '+99983719204'::omni.phone$$, '22P02', $$omni.phone_problem('+9991234567') IS NOT NULL$$),
    ('phone of an unknown region', $$SELECT omni.phone('030 83719204', 'XX')$$, '22023', NULL),
    ('empty phone', $$SELECT ''::omni.phone$$, '22P02', $$omni.phone_problem('') IS NOT NULL$$),
    ('identifier without a kind', $$SELECT 'zq7secret'::omni.identifier$$, '22P02', $$omni.identifier_problem('x') IS NOT NULL$$),
    ('identifier with a bad e-mail', $$SELECT 'email:zq7secret@'::omni.identifier$$, '22P02', $$omni.identifier_problem('email:x@') IS NOT NULL$$),
    ('identifier with a bad phone', $$SELECT 'phone:+99983719204'::omni.identifier$$, '22P02', $$omni.identifier_problem('phone:+9991') IS NOT NULL$$),
    ('identifier with an unassigned code point', $$SELECT E'name:zq7secret\u0378'::omni.identifier$$, '22P02', $$omni.identifier_problem(E'name:\u0378') IS NOT NULL$$),
    ('unknown platform', $$SELECT omni.order_state_from('acme', 'Shipped')$$, '22023', NULL),
    ('unknown status', $$SELECT omni.order_state_from('vendure', 'Zerbrochen')$$, '22023', NULL),
    ('unknown order state', $$SELECT 'cancelled'::omni.order_state$$, '22P02', $$omni.order_state_problem('cancelled') IS NOT NULL$$),
    ('illegal transition', $$SELECT omni.move(omni.order_quantities(3), 1, 'delivered', 'open')$$, '22023', NULL),
    ('move of more units than there are', $$SELECT omni.move(omni.order_quantities(3), 4, 'open', 'shipped')$$, '22003', NULL),
    ('unknown policy', $$SELECT * FROM omni.allocate('{1:1:1@2026-01-01T00:00:00Z}', '{1:1@2026-01-01T00:00:00Z}', 'luck')$$, '22023', NULL),
    ('negative stock', $$SELECT omni.supply_agg(1, -1, '2026-01-01 00:00+00')$$, '22003', NULL),
    ('broken GS1 element string', $$SELECT * FROM omni.gs1_elements('(01)04006381333932')$$, '22P02', $$omni.gs1_problem('(01)04006381333932') IS NOT NULL$$),
    ('partition of a disjoint_set in disorder', $$SELECT 'bigint:{1,2},{2}'::omni.disjoint_set$$, '22P02', $$omni.disjoint_set_problem('bigint:{1,2},{2}') IS NOT NULL$$);

CREATE TABLE outcome (what text, state text, message text, detail text, hint text, code boolean);
CREATE TABLE target (id int PRIMARY KEY, v text);
DO $$
DECLARE
    r record;
    o outcome;
BEGIN
    FOR r IN SELECT * FROM refused LOOP
        o := ROW(r.what, 'accepted', '', '', '', NULL);
        BEGIN
            EXECUTE format('WITH x AS (INSERT INTO target VALUES (1, %L) RETURNING id) SELECT (%s), id FROM x', 'before', r.statement);
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS o.state = RETURNED_SQLSTATE, o.message = MESSAGE_TEXT, o.detail = PG_EXCEPTION_DETAIL, o.hint = PG_EXCEPTION_HINT;
        END;
        IF r.statement ~ '^SELECT \* ' THEN
            BEGIN
                EXECUTE r.statement;
            EXCEPTION WHEN OTHERS THEN
                GET STACKED DIAGNOSTICS o.state = RETURNED_SQLSTATE, o.message = MESSAGE_TEXT, o.detail = PG_EXCEPTION_DETAIL, o.hint = PG_EXCEPTION_HINT;
            END;
        END IF;
        IF r.code IS NOT NULL THEN EXECUTE 'SELECT ' || r.code INTO o.code; END IF;
        INSERT INTO outcome VALUES (o.*);
    END LOOP;
END $$;
SELECT is(o.state || CASE WHEN o.hint = '' THEN ', no hint' ELSE '' END || CASE WHEN o.code IS FALSE THEN ', other code' ELSE '' END, r.state, r.what || ' is refused with a hint')
FROM refused r JOIN outcome o USING (what);
SELECT ok(concat_ws(' ', message, detail, hint) !~ 'zq7secret|83719204', what || ': nothing personal in the message') FROM outcome;
SELECT is_empty('SELECT * FROM target', 'nothing was half written');
SELECT matches(detail, 'expected 1', 'a wrong check digit: which was expected') FROM outcome WHERE what = 'wrong check digit';
SELECT matches(concat_ws(' ', message, detail, hint), '042100005264', 'UPC-E: what it stands for') FROM outcome WHERE what = 'UPC-E given as GTIN-8';

-- whatever T_problem() finds, T_try() refuses, and the cast raises; for every type and every sample of damage
\ir environment_values.psql
CREATE TABLE damage AS
SELECT s.type, d.v FROM sample s, LATERAL (VALUES (s.value || 'x'), ('x' || s.value), (left(s.value, -1)), (reverse(s.value)), (s.value || ' '), (upper(s.value)), (replace(s.value, '1', '7')), (s.value || E'\u0378'),
    (overlay(s.value PLACING '' FROM 2 FOR 1)), ('{' || s.value || '}'), (repeat(s.value, 3))) d(v);
CREATE TABLE agreement (type text, v text, try_null boolean, problem text, raised boolean, hint text);
DO $$
DECLARE
    d record; a agreement;
BEGIN
    FOR d IN SELECT DISTINCT type, v FROM damage JOIN omni_type USING (type) WHERE to_regprocedure(format('omni.%I(text)', type || '_try')) IS NOT NULL LOOP
        a := ROW(d.type, d.v, NULL, NULL, false, NULL);
        EXECUTE format('SELECT omni.%1$I($1) IS NULL, omni.%2$I($1)', d.type || '_try', d.type || '_problem') INTO a.try_null, a.problem USING d.v;
        BEGIN
            EXECUTE format('SELECT %L::omni.%I', d.v, d.type);
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS a.hint = PG_EXCEPTION_HINT;
            a.raised := true;
        END;
        INSERT INTO agreement VALUES (a.*);
    END LOOP;
END $$;
SELECT is_empty('SELECT type, v, try_null, problem, raised FROM agreement WHERE try_null <> raised OR (problem IS NOT NULL) <> raised', 'T_try, T_problem and the cast agree on ' || count(*) || ' damaged values')
FROM agreement;
SELECT is_empty($$SELECT DISTINCT ON (type, problem) type, v, problem FROM agreement WHERE raised AND hint = ''$$, 'and every refusal comes with a hint');

-- NULL in, NULL out or a clear word; one value of 100 MB
CREATE TABLE huge (f text, state text, took interval);
DO $$
DECLARE
    f record; s text; started timestamptz; letter text; size int;
BEGIN
    FOR f IN SELECT p.oid::regprocedure::text AS signature, p.proname FROM pg_proc p JOIN omni_type t ON p.proname IN (t.type, t.type || '_try', t.type || '_problem')
             WHERE p.pronamespace = 'omni'::regnamespace AND p.proargtypes::oid[] = '[0:0]={25}'::oid[] ORDER BY 1 LOOP
        FOREACH letter IN ARRAY ARRAY['1', 'x'] LOOP
            started := clock_timestamp();
            s := 'accepted';
            BEGIN
                EXECUTE format('SELECT length((omni.%I(repeat(%L, 100000)))::text)', f.proname, repeat(letter, 1000)) INTO size;
            EXCEPTION WHEN OTHERS THEN GET STACKED DIAGNOSTICS s = RETURNED_SQLSTATE;
            END;
            INSERT INTO huge VALUES (f.signature || ' ' || letter, s, clock_timestamp() - started);
        END LOOP;
    END LOOP;
END $$;
SELECT is_empty($$SELECT * FROM huge WHERE f !~ '_(try|problem)\(' AND state NOT IN ('22P02', '54000', '22003') OR f ~ '_(try|problem)\(' AND state <> 'accepted'$$,
    '100 MB: each of ' || count(*) || ' calls ends with a clear word, the longest after ' || round(extract(epoch FROM max(took))::numeric, 2) || ' s') FROM huge;

-- soft errors, where the server has them (16 and later): the types never raise when asked not to
SELECT current_setting('server_version_num')::int >= 160000 AS soft, current_setting('server_version_num')::int >= 170000 AS on_error \gset
\if :soft
    SELECT is_empty($$SELECT a.type, a.v FROM agreement a WHERE pg_input_is_valid(a.v, 'omni.' || a.type) = a.raised$$, 'pg_input_is_valid agrees with the cast');
    SELECT is_empty($$SELECT a.type, a.v, e.* FROM agreement a, pg_input_error_info(a.v, 'omni.' || a.type) e WHERE a.raised AND (e.message IS NULL OR e.hint IS NULL OR e.sql_error_code !~ '^(22|54)')$$,
        'pg_input_error_info has message, code and hint');
    SELECT is(array_agg(pg_input_is_valid(v, 'omni.sku(4)') ORDER BY v), '{t,f}', 'also with a length') FROM unnest('{ABCD,ABCDE}'::text[]) v;
\else
    SELECT ok(true, 'soft errors: not before PostgreSQL 16') FROM generate_series(1, 3);
\endif
\if :on_error
    CREATE TABLE feed (id int, s omni.sku, e omni.email, p omni.phone, g omni.gtin, many omni.sku[]);
    COPY feed FROM PROGRAM 'printf "1\tA-1\ta@b.de\t+493012345678\t4006381333931\t{A,B}\n2\tA  1\ta@b.de\t+493012345678\t4006381333931\t{}\n3\tA-1\ta@@b.de\t+493012345678\t4006381333931\t{}\n4\tA-1\ta@b.de\t+999\t4006381333931\t{}\n5\tA-1\ta@b.de\t+493012345678\t4006381333932\t{}\n6\tA-1\ta@b.de\t+493012345678\t4006381333931\t{A,\\"B  C\\"}\n"' (ON_ERROR ignore);
    SELECT results_eq('SELECT id FROM feed', 'VALUES (1)', 'COPY ON_ERROR ignore leaves out the bad rows');
\else
    SELECT ok(true, 'COPY ON_ERROR: not before PostgreSQL 17');
\endif
SELECT * FROM finish();
