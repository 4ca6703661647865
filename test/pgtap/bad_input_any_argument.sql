-- Every function of the extension that SQL can call is called with odd arguments of each of its types: NULL, empty, extreme,
-- huge, and valid values in any combination. It may refuse them, with a code of its own and without repeating
-- personal data; it never ends in an internal error (XX...) or a crash. New functions are covered without a change here.
SELECT plan(8);
\ir environment_values.psql

-- what each argument type is called with: SQL expressions
CREATE TABLE arg (type oid, n bigint GENERATED ALWAYS AS IDENTITY, expr text);
INSERT INTO arg (type, expr) SELECT 'text'::regtype, e FROM unnest(ARRAY[
    'NULL::text', '''''', ''' ''', '''x''', '''0''', '''-1''', '''zq7secret@@example.com''', '''zq7secret@example.com''', '''email:zq7secret''', '''+49 zq7secret''', '''+99983719204''',
    '''99999999999999999999999999''', '''04006381333931''', '''4006381333932''', '''(01)04006381333931(10)A''', '''https://id.gs1.org/01/04006381333931''', ''']C10104006381333931''',
    '''+493012345678''', '''DE''', '''ship''', '''fifo''', '''vendure''', '''crm''', '''research''', '''tcf_1''', '''given''', '''US-CA''', '''consent''', '''{"decisions":[]}''', '''raw:tcf_1@46fcf75d''', '''Shipped''', '''shipped''', '''open''', '''{open:1}''', '''{open:9223372036854775807,open:1}''', '''{1:1:1@2026-01-01}''', '''bigint:{1,2}''', '''text:{a}''',
    '''{''', '''{}''', '''[open..shipped]''', '''a|b|c''', '''1.2E+11''', 'chr(1)', 'chr(127)', 'chr(8238) || ''x''', 'chr(1114109)', 'chr(55296 - 1)', 'chr(233) || ''@'' || chr(252) || ''.de''', 'repeat(chr(233), 3000)',
    'repeat(''x'', 1000000)', 'repeat(''1'', 1000000)', 'repeat(''('', 100000)', 'repeat(''{'', 100000)', 'repeat('' '', 1000000)', 'repeat(''a.'', 1000) || ''@'' || repeat(''b.'', 1000) || ''de''', '''xn--a.de''', '''omni_fuzz''', '''CQSbk4AQSbk4ANwAAAENBkFgAOIAAEIAAAYgAHAB8AFAA-CAAAAA.IAKAB8EA.YAAAAAAAAAAA''', '''DBABrw~CVVpoAAAAACA.QA~BVaQAACA.QA''']) e;
INSERT INTO arg (type, expr) SELECT 'cstring'::regtype, format('(%s)::cstring', expr) FROM arg WHERE type = 'text'::regtype;
INSERT INTO arg (type, expr) SELECT 'character'::regtype, format('(%s)::char(100)', expr) FROM arg WHERE type = 'text'::regtype;
INSERT INTO arg (type, expr) SELECT 'bigint'::regtype, format('%s::bigint', e) FROM unnest('{"NULL",0,1,(-1),2,9223372036854775807,(-9223372036854775808),4006381333931,99999999999999}'::text[]) e;
INSERT INTO arg (type, expr) SELECT 'integer'::regtype, format('%s::integer', e) FROM unnest('{"NULL",0,1,(-1),7,12,13,14,2147483647,(-2147483648)}'::text[]) e;
INSERT INTO arg (type, expr) SELECT 'numeric'::regtype, format('%L::numeric', e) FROM unnest('{NULL,0,1,-1,0.001,NaN,Infinity,-Infinity,1e131071,-1e-16383}'::text[]) e;
INSERT INTO arg (type, expr) SELECT 'timestamptz'::regtype, format('%L::timestamptz', e) FROM unnest('{NULL,2026-01-01,infinity,-infinity,294276-12-31 23:59:59.999999+00,4713-01-01 00:00:00+00 BC}'::text[]) e;
INSERT INTO arg (type, expr) SELECT 'date'::regtype, format('%L::date', e) FROM unnest('{NULL,2026-01-01,infinity,-infinity,5874897-12-31,4713-11-24 BC}'::text[]) e;
INSERT INTO arg (type, expr) SELECT 'interval'::regtype, format('%L::interval', e) FROM unnest('{NULL,15 min,0,-1 day,178000000 years,-178000000 years,1 mon -30 days}'::text[]) e;
INSERT INTO arg (type, expr) SELECT 'boolean'::regtype, format('%s::boolean', e) FROM unnest('{"NULL",true,false}'::text[]) e;
INSERT INTO arg (type, expr) SELECT 'oid'::regtype, format('%s::oid', e) FROM unnest('{"NULL",0,25,4294967295}'::text[]) e;
INSERT INTO arg (type, expr) SELECT 'uuid'::regtype, format('%L::uuid', e) FROM unnest('{NULL,00000000-0000-0000-0000-000000000000,ffffffff-ffff-ffff-ffff-ffffffffffff}'::text[]) e;
INSERT INTO arg (type, expr) SELECT 'bytea'::regtype, e FROM unnest(ARRAY['NULL::bytea', '''\x''::bytea', '''\x3074257bf7194e4000001a85''::bytea', '''\xff''::bytea', '''\x300000000000000000000000''::bytea',
    '''\x3fffffffffffffffffffffff''::bytea', 'decode(repeat(''ff'', 100000), ''hex'')', 'omni.subject_key_new()']) e;
INSERT INTO arg (type, expr) SELECT 'bytea[]'::regtype, format('%s::bytea[]', e) FROM unnest(ARRAY['NULL', '''{}''', '''{a,NULL}''', '''{{a,b},{c,d}}''', 'array_fill(''x''::bytea, ARRAY[1000])']) e;
INSERT INTO arg (type, expr) SELECT 'name'::regtype, format('%s::name', e) FROM unnest(ARRAY['NULL', '''''', '''zq7secret@example.com''', '''pg_catalog''', '''omni_fuzz''', 'repeat(''x'', 63)']) e;
-- a key of a subject and a token of the keyring of the tests
INSERT INTO arg (type, expr) VALUES ('bytea'::regtype, '''\x010003dbaa9e70ed2feb1459edbb9bb5b47fc5c9032ac122f480fc6e4869289dab331b3d14169f7b96bfef7685a373ca96581a''::bytea'), ('text'::regtype, '''tk1:Rvz3XQADAAAAAb8tJoKnw-PfStHozzBRRB3d5mtiisjr_vxjrRCd51-lEWcecv6_ObJ99pohcIlN09DoE_zMC_Sl6fQZSkc'''), ('text'::regtype, '''crm''');
INSERT INTO arg (type, expr) SELECT 'jsonb'::regtype, format('%L::jsonb', e) FROM unnest(ARRAY[NULL, '{}', '[]', 'null', '1', '{"adopt": 1}', '{"adopt": {"orders": "pg_class"}}', '{"adopt": {"x": null}}', '{"limits": {"*": 1}}', '{"limits": {"email": {"max": 1, "within": "1 day"}}, "max_identifiers": 0}']) e;
INSERT INTO arg (type, expr) SELECT 'regnamespace'::regtype, format('%s::regnamespace', e) FROM unnest(ARRAY['NULL', '0', '''pg_catalog''', '''omni''']) e;
INSERT INTO arg (type, expr) SELECT 'regclass'::regtype, format('%s::regclass', e) FROM unnest(ARRAY['NULL', '0', '''pg_class''', '(4294967295::oid)']) e;
INSERT INTO arg (type, expr) SELECT 'regtype'::regtype, format('%s::regtype', e) FROM unnest(ARRAY['NULL', '0', '''text''', '''omni.sku''', '(4294967295::oid)']) e;
INSERT INTO arg (type, expr) SELECT 'text[]'::regtype, format('%s::text[]', e) FROM unnest(ARRAY['NULL', '''{}''', '''{a,NULL}''', '''{{a,b},{c,d}}''', '''[5:6]={x,y}''', '''{tcf_1,analytics}''', 'array_fill(''x''::text, ARRAY[100000])']) e;
INSERT INTO arg (type, expr) SELECT 'integer[]'::regtype, format('%s::integer[]', e) FROM unnest(ARRAY['NULL', '''{}''', '''{1,NULL}''', '''{{1,2},{3,4}}''', '''{2147483647,-1}''']) e;
INSERT INTO arg (type, expr) SELECT 'cstring[]'::regtype, format('%s::cstring[]', e) FROM unnest(ARRAY['''{}''', '''{1}''', '''{a}''', '''{1,2}''', '''{-1}''', '''{999999999999}''', '''{NULL}''', '''{{1},{2}}''']) e;
INSERT INTO arg (type, expr) SELECT 'double precision'::regtype, e FROM unnest(ARRAY['NULL::double precision', '0::double precision', '-1::double precision', '''NaN''::double precision', '''Infinity''::double precision', '1e300::double precision']) e;
INSERT INTO arg (type, expr) SELECT 'double precision[]'::regtype, e FROM unnest(ARRAY['NULL::double precision[]', '''{}''::double precision[]', '''{1,NULL}''::double precision[]', '''{{1},{2}}''::double precision[]', '''{NaN,1}''::double precision[]']) e;
INSERT INTO arg (type, expr) SELECT 'bigint[]'::regtype, format('%s::bigint[]', e) FROM unnest(ARRAY['NULL', '''{}''', '''{7,NULL}''', '''{{1},{2}}''', '''{-1}''', '''{9223372036854775807,9223372036854775807,1}''', 'array_fill(1, ARRAY[10000])']) e;
INSERT INTO arg (type, expr) SELECT 'timestamp'::regtype, e FROM unnest(ARRAY['NULL::timestamp', '''infinity''::timestamp', '''4713-01-01 BC''::timestamp', '''2026-01-01''::timestamp']) e;
INSERT INTO arg (type, expr) SELECT 'timestamptz[]'::regtype, format('%s::timestamptz[]', e) FROM unnest(ARRAY['NULL', '''{}''', '''{2026-01-01}''', '''{infinity,NULL}''', '''{{2026-01-01},{-infinity}}''']) e;
INSERT INTO arg (type, expr) SELECT 'anyarray'::regtype, e FROM unnest(ARRAY['NULL::int[]', '''{}''::text[]', '''{{1,2},{3,4}}''::int[]']) e;
INSERT INTO arg (type, expr) SELECT 'anyelement'::regtype, e FROM unnest(ARRAY['NULL::text', 'NULL::bigint', 'NULL::integer', 'NULL::uuid', 'NULL::omni.identifier', 'NULL::point', 'NULL::omni.sku', 'NULL::text[]', '''x''::text', '1::bigint']) e;
-- own types: NULL, the shortest, the longest, one more
INSERT INTO arg (type, expr) SELECT oid, format('NULL::omni.%I', type) FROM omni_type;
INSERT INTO arg (type, expr) SELECT DISTINCT t.oid, format('%L::omni.%I', s.value, t.type) FROM omni_type t, LATERAL (
    (SELECT value FROM sample WHERE type = t.type ORDER BY length(value), n LIMIT 1) UNION (SELECT value FROM sample WHERE type = t.type ORDER BY length(value) DESC, n LIMIT 1)
    UNION (SELECT value FROM sample WHERE type = t.type AND n = 20)) s;
INSERT INTO arg (type, expr) SELECT t.typarray, format('%s::omni.%I[]', e, t.typname) FROM pg_type t JOIN omni_type o USING (oid), unnest(ARRAY['NULL', '''{}''', '''{NULL}''']) e;

CREATE TABLE callable AS
SELECT p.oid, p.oid::regprocedure::text AS signature, p.provariadic <> 0 AS is_variadic, p.proname, p.prokind, p.proretset, p.pronargs::int AS nargs, p.proargtypes::oid[] AS types
FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
JOIN pg_extension e ON e.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass AND e.extname = 'omni'
WHERE NOT 'internal'::regtype = ANY (p.proargtypes) AND p.prorettype <> 'internal'::regtype AND p.proname <> 'canon_digest'
-- steps of create_store() and its kin, which take what those have checked
AND p.proname !~ '^store_(adopt|column|make_schema|make_tables|make_views|retype|run)$';

SELECT is_empty($$SELECT type FROM omni_type WHERE (SELECT count(*) FROM sample s WHERE s.type = omni_type.type) < 30$$, 'every type has sample values');
SELECT is_empty($$SELECT signature, t::regtype FROM callable, unnest(types) t WHERE t NOT IN (SELECT type FROM arg)$$, 'every type of an argument has odd values');

CREATE TABLE outcome (signature text, call text, state text, message text, detail text, hint text, took interval);

-- arguments of the n-th call of a function: all combinations where they are few, else some of them, always the same
CREATE TABLE choice AS SELECT type, array_agg(expr ORDER BY n) AS exprs, count(*)::int AS k FROM arg GROUP BY type;
CREATE FUNCTION pick(types oid[], is_variadic boolean, n bigint) RETURNS text LANGUAGE sql STABLE AS $$
SELECT coalesce(string_agg(CASE WHEN is_variadic AND i = array_length(types, 1) THEN 'VARIADIC ' ELSE '' END || exprs[1 + CASE WHEN array_length(types, 1) = 1 THEN n - 1 ELSE abs(hashint8extended(n * 31 + i, 7) % k) END % k], ', ' ORDER BY i), '')
FROM unnest(types) WITH ORDINALITY u(type, i) JOIN choice USING (type)
$$;

SET client_min_messages = error;
DO $$
DECLARE
    f callable;
    call text;
    combos bigint;
    taken bigint;
    size bigint;
    m text; d text; h text; s text;
    started timestamptz;
BEGIN
    FOR f IN SELECT * FROM callable ORDER BY signature LOOP
        SELECT least(coalesce(round(exp(sum(ln(k)))), 1), 1e15) INTO combos FROM unnest(f.types) t, LATERAL (SELECT k FROM choice WHERE type = t) c;
        taken := CASE WHEN f.nargs <= 1 THEN combos ELSE least(2 * combos, CASE WHEN f.proname ~ '_(eq|ne|lt|le|gt|ge|cmp)$' THEN 24 ELSE 90 END) END;
        FOR n IN 1 .. taken LOOP
            call := CASE f.prokind
                WHEN 'a' THEN format('SELECT sum(length(r::text)) FROM (SELECT omni.%I(%s) FROM (VALUES (%s), (%s), (%s)) v(%s)) x(r)', f.proname,
                    (SELECT string_agg('a' || i, ', ' ORDER BY i) FROM generate_series(1, f.nargs) i), pick(f.types, f.is_variadic, n), pick(f.types, f.is_variadic, n + 1), pick(f.types, f.is_variadic, n + 2),
                    (SELECT string_agg('a' || i, ', ' ORDER BY i) FROM generate_series(1, f.nargs) i))
                WHEN 'w' THEN format('SELECT sum(length(r::text)) FROM (SELECT omni.%I(%s) OVER () FROM generate_series(1, 3)) x(r)', f.proname, pick(f.types, f.is_variadic, n))
                ELSE format('SELECT sum(length(x::text)) FROM omni.%I(%s) x', f.proname, pick(f.types, f.is_variadic, n)) END;
            -- the time of these is that of the product of the lengths, and can be interrupted
            IF f.proname ~ 'levenshtein' THEN
                call := regexp_replace(call, '100000+', '5000', 'g');
            END IF;
            started := clock_timestamp();
            BEGIN
                EXECUTE call INTO size;
                RAISE EXCEPTION USING ERRCODE = 'OMNI0', MESSAGE = 'done';	-- nothing that was made stays
            EXCEPTION WHEN OTHERS THEN
                GET STACKED DIAGNOSTICS s = RETURNED_SQLSTATE, m = MESSAGE_TEXT, d = PG_EXCEPTION_DETAIL, h = PG_EXCEPTION_HINT;
            END;
            INSERT INTO outcome VALUES (f.signature, call, s, m, d, h, clock_timestamp() - started);
        END LOOP;
    END LOOP;
END $$;

-- each text argument huge in turn, the others such as functions take, so that it is the huge one that is refused
CREATE TABLE repeated (signature text, call text, state text, size int);
DO $$
DECLARE
    f record;
    calls text[];
    call text;
    m text; d text; h text; s text;
BEGIN
    FOR f IN SELECT c.*, k FROM callable c, generate_series(0, c.nargs - 1) k WHERE c.prokind = 'f' AND c.types[k] IN ('text'::regtype, 'text[]'::regtype, 'cstring'::regtype) LOOP
        calls := '{""}';
        FOR i IN 0 .. f.nargs - 1 LOOP
            -- of many texts there are too many combinations
            SELECT array_agg(made) INTO calls FROM (SELECT c || CASE WHEN i > 0 THEN ', ' ELSE '' END || CASE WHEN f.is_variadic AND i = f.nargs - 1 THEN 'VARIADIC ' ELSE '' END || v AS made
            FROM unnest(calls) c, LATERAL (
                SELECT CASE f.types[i] WHEN 'text[]'::regtype THEN format('ARRAY[%s]', e) WHEN 'cstring'::regtype THEN format('(%s)::cstring', e) ELSE e END AS v
                FROM unnest(ARRAY['repeat(chr(228), 50000)', '''email:'' || repeat(''zq7'', 30000)', '''https://example.com/'' || repeat(''zq7?'', 30000)', 'repeat(''9'', 100000)']) e WHERE i = f.k
                UNION ALL SELECT quote_literal(e) FROM unnest('{04006381333931,(01)04006381333931,DE,ship,vendure,email:a@example.com,uid2,csum,https://id.gs1.org}'::text[]) e WHERE i <> f.k AND f.types[i] = 'text'::regtype
                UNION ALL (SELECT expr FROM arg WHERE i <> f.k AND f.types[i] <> 'text'::regtype AND type = f.types[i] AND expr !~ '^(NULL|''\{?''::)' ORDER BY n LIMIT 2)) x ORDER BY hashtextextended(c || v, 7) LIMIT 5000) y;
        END LOOP;
        FOR call IN SELECT format('SELECT sum(length(x::text)) FROM omni.%I(%s) x', f.proname, c) FROM unnest(calls) c ORDER BY hashtextextended(c, 7) LIMIT 40 LOOP
            BEGIN
                EXECUTE call;
                RAISE EXCEPTION USING ERRCODE = 'OMNI0', MESSAGE = 'done';
            EXCEPTION WHEN OTHERS THEN
                GET STACKED DIAGNOSTICS s = RETURNED_SQLSTATE, m = MESSAGE_TEXT, d = PG_EXCEPTION_DETAIL, h = PG_EXCEPTION_HINT;
            END;
            INSERT INTO repeated VALUES (f.signature, call, s, length(m) + length(d) + length(h));
        END LOOP;
    END LOOP;
END $$;

SELECT is_empty($$SELECT DISTINCT ON (signature, state) signature, state, message, left(call, 300) FROM outcome WHERE state ~ '^(XX|53|57|P0|58|0Z)' OR state = '42P17' OR state IN ('42601', '42883')$$, 'no call ends in an internal error: ' || count(*) || ' calls of ' || count(DISTINCT signature) || ' functions')
FROM outcome;
SELECT is_empty($$SELECT DISTINCT ON (signature) signature, message, detail, hint FROM outcome WHERE signature ~ 'omni\.(email|phone|identifier|hashed_identifier|uid2|email_key|disjoint_set|pseudonym|consent|permission|purpose|allows|disclose|mask)'
    AND concat_ws(' ', message, detail, hint) ~ 'zq7secret|83719204'$$, 'no message of a type that holds personal data repeats any');
-- PostgreSQL's own reader of JSON repeats a word that it does not know
SELECT is_empty($$SELECT DISTINCT ON (signature) signature, state, size, left(call, 200) FROM repeated WHERE size > 1500 AND signature !~ '^omni\.match_model(_in)?\(' ORDER BY signature, size DESC$$,
    'no message repeats a huge argument: ' || count(*) || ' calls of ' || count(DISTINCT signature) || ' functions') FROM repeated;
-- PostgreSQL's own functions inside have no hints
SELECT is_empty($$SELECT DISTINCT ON (signature, state) signature, state, left(message, 100), detail FROM outcome WHERE (state IN ('22P02', '22021') OR message ~ '^invalid input') AND coalesce(hint, '') = ''
    AND message !~ '^invalid input syntax for type integer'$$, 'whatever cannot be read comes with a hint');
SELECT is_empty($$SELECT DISTINCT ON (signature, state) signature, state, left(message, 100) FROM outcome WHERE state ~ '^(22|54)' AND concat(detail, hint) = ''
    AND message !~ '^(cannot call jsonb_|invalid regular expression|typmod array|value .* is out of range for type integer|invalid input syntax for type integer)' AND message !~ 'must (not be negative|be at least 1)|out of range$|does not fit'$$,
    'whatever else is refused says why, or how it could be right');
SELECT is_empty($$SELECT signature, left(call, 300), took FROM outcome WHERE took > '10 s'$$, 'no call takes long');
SELECT diag('note: ' || string_agg(state || ' ' || n, ', ' ORDER BY state)) FROM (SELECT state, count(*) AS n FROM outcome GROUP BY 1) x;
SELECT * FROM finish();
