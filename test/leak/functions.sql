-- Memory of one statement that calls a function millions of times: what every function, aggregate, receive function and sort of
-- the extension keeps between 10 % and 100 % of its calls has to be less than 1 MB. Not a part of "make test"; "make test KIND=leak"
-- takes about an hour. The functions are those of the catalog, so that new ones are covered without a change here.
--
--   LEAK_CALLS=n   calls of a function that takes less than 1 us; slower ones are called a tenth as often (default 10,000,000),
--                  but for no longer than 20 s
--   LEAK_ONLY=re   only the functions whose signature matches
\if :{?calls} \else
\set calls 10000000
\set only .
\getenv calls LEAK_CALLS
\getenv only LEAK_ONLY
\endif
SELECT * FROM no_plan();
\ir ../pgtap/environment_values.psql
SELECT set_config('leak.calls', :'calls', false) || set_config('leak.only', :'only', false) \g /dev/null
SET client_min_messages = error;
SET max_parallel_workers_per_gather = 0;
SET work_mem = '4MB';
SET jit = off;

-- what is called with: values of the extension's types, and texts good and bad
CREATE TABLE value (type oid, n int, v text);
INSERT INTO value SELECT t.oid, s.n, s.value FROM omni_type t JOIN sample s USING (type) WHERE length(s.value) < 500;
INSERT INTO value SELECT 'text'::regtype, 0, s.value FROM sample s WHERE s.n IN (1, 17, 29) AND length(s.value) < 500;
INSERT INTO value SELECT 'text'::regtype, 1, v FROM unnest(ARRAY['', ' ', 'x', '0', '-1', '99999999999999999999999', '4006381333932', ' 4006381333931 ', '04252614', '(01)04006381333931(10)A', 'https://id.gs1.org/01/04006381333931?17=271231',
	']C101040063813339311710', '01', '10', '+493012345678', '030 12345678', '1-800-FLOWERS', '+1 202 555 0123 ext. 7', 'DE', 'US', 'ship', 'fifo', 'shipped', 'open', 'return_received', 'on_hold',
	'{open:1}', '{open:9223372036854775807,open:1}', '{1:1:1@2026-01-01}', 'bigint:{1,2}', 'text:{a}', 'bigint:{1,', '{', '[open..shipped]', 'a|b|c', '1.2E+11', E'\x01', 'a@b', 'a.b+c@gmail.com',
	convert_from('\x4ac3bc7267656e204de2809973c3bc6c6c6572', 'UTF8'), convert_from('\x6ac3bc7267656e406dc3bc6c6c65722e6465', 'UTF8'), convert_from('\xd985d8abd8a7d984', 'UTF8'), convert_from('\xf09f91a9e2808df09f9a80', 'UTF8'),
	convert_from('\x4a75cc88cca3', 'UTF8'), 'xn--mller-kva.de', 'xn--a.de', 'email', 'user_id', 'uid2', 'vendure', 'Shipped', 'shopify', 'barcode', 'excel', 'amazon', repeat('x', 300), repeat('1', 300)]) v;
INSERT INTO value SELECT t::regtype, 2, v.v FROM (VALUES ('bigint', '{0,1,2,-1,3,9223372036854775807,4006381}'::text[]), ('integer', '{0,1,2,-1,7,8,12,13,14}'), ('numeric', '{0,1,2.5,-1,100,NaN}'), ('boolean', '{true,false}'),
	('timestamptz', '{2026-01-01 00:00+00,2026-01-02 00:00+00,infinity}'), ('oid', '{0,25}'), ('uuid', '{00000000-0000-0000-0000-000000000000,ffffffff-ffff-ffff-ffff-ffffffffffff}'),
	('bytea', '{"","\\x3074257bf7194e4000001a85","\\xff"}'), ('text[]', '{"{}","{a,b}","{X,NULL}"}')) x(t, vs), unnest(vs) v(v);
INSERT INTO value SELECT 'character'::regtype, n, v FROM value WHERE type = 'text'::regtype;
INSERT INTO value SELECT 'cstring'::regtype, n, v FROM value WHERE type = 'text'::regtype;
INSERT INTO value SELECT 'anyelement'::regtype, n, v FROM value WHERE type = 'bigint'::regtype;
-- words that go together, for functions where chance finds none
CREATE TABLE words (name text, args text[]);
INSERT INTO words SELECT f, ARRAY[m.platform, m.status, m.detail] FROM unnest('{order_state_from,order_state_from_try,payment_status_from,payment_status_from_try}'::text[]) f, omni.order_state_map() m;
INSERT INTO words VALUES ('gs1_lint', '{csum,4006381333931}'), ('gs1_lint', '{csum,4006381333932}'), ('gs1_lint', '{cset82,x y}'), ('gs1_fnc1', '{(01)09506000134352(10)A(17)261231,^}'), ('gs1_digital_link', '{(01)09506000134352(10)A(17)261231,https://example.com/p}'),
	('move', '{"{open:3}",2,open,shipped,ship}'), ('move', '{"{open:3}",2,open,canceled,ship}'),
	('route_batch', '{queue_line,queue_stock,queue_fact,"{}",8}'), ('route_batch', '{queue_line,queue_stock,queue_fact,NULL,0}'), ('route_batch', '{queue_stock,queue_line,NULL,NULL,1}');
-- domains of the keyring of the tests, a key of a subject that was made with it
INSERT INTO words SELECT 'pseudonym', ARRAY[v, d] FROM unnest('{jane@example.com,email:jane@example.com,+493012345678}'::text[]) v, unnest('{crm,ads,none}'::text[]) d;
INSERT INTO words SELECT 'pseudonym', ARRAY[v, 'crm', '2'] FROM unnest('{jane@example.com,email:jane@example.com,+493012345678}'::text[]) v;
INSERT INTO words SELECT 'pseudonym', ARRAY[v, 'research', '\x010003bcecf39d3dbd8803a4257d67a9c983d2ef141eb781d792a7855034d205035f21078861443c09ee9c5d5fed0ce99b478f'] FROM unnest('{jane@example.com,email:jane@example.com,+493012345678}'::text[]) v;
INSERT INTO words SELECT 'pseudonym', ARRAY[v, 'research', '\x010003bcecf39d3dbd8803a4257d67a9c983d2ef141eb781d792a7855034d205035f21078861443c09ee9c5d5fed0ce99b478f', '2'] FROM unnest('{jane@example.com,email:jane@example.com,+493012345678}'::text[]) v;
-- a key of a subject and a token of the keyring of the tests
\set subject '\\x010003dbaa9e70ed2feb1459edbb9bb5b47fc5c9032ac122f480fc6e4869289dab331b3d14169f7b96bfef7685a373ca96581a'
\set token 'tk1:Rvz3XQADAAAAAb8tJoKnw-PfStHozzBRRB3d5mtiisjr_vxjrRCd51-lEWcecv6_ObJ99pohcIlN09DoE_zMC_Sl6fQZSkc'
INSERT INTO words VALUES ('tokenize', ARRAY['jane@example.com', 'crm', '1', :'subject']), ('token_rotate', ARRAY[:'token', :'subject']), ('store_reidentify', ARRAY['leak_store', :'token', 'leak']),
	('crypto_test', '{sha256,portable,"",abc,"{}",0}'), ('crypto_test', '{siv,portable,0123456789abcdef0123456789abcdef,abc,"{a,b}",0}'), ('crypto_test', '{hkdf,portable,abc,salt,"{a}",42}');
INSERT INTO value VALUES ('text'::regtype, 1, :'token'), ('bytea'::regtype, 2, :'subject');
SELECT omni.create_store('leak_store') \g /dev/null
INSERT INTO leak_store.subject_secrets (customer_id, subject_key) VALUES (1, :'subject');
-- decisions, purposes and jurisdictions that there are
INSERT INTO words SELECT 'consent', ARRAY['shop', '7', p, d, '2026-01-31Z', 'consent', 'web', 'US-CA', NULL, 'form 12', 'false'] FROM unnest('{tcf_1,analytics,local_16}'::text[]) p, unnest('{given,refused}'::text[]) d;
INSERT INTO words SELECT 'purpose_mask', ARRAY[p] FROM unnest('{tcf_1,analytics,local_16}'::text[]) p;
INSERT INTO words SELECT 'purpose_mask', ARRAY['{tcf_1,analytics}'];
INSERT INTO words SELECT 'permission_request', ARRAY[p, d] FROM unnest('{tcf_1,analytics}'::text[]) p, unnest('{crm,NULL}'::text[]) d;
INSERT INTO words SELECT 'consent_default', ARRAY[j, '2026-01-31Z'] FROM unnest('{DE,US-CA,ZA}'::text[]) j;
INSERT INTO words SELECT 'consent_gpc', ARRAY['web', '1', '2026-01-31Z', j] FROM unnest('{DE,US-CA}'::text[]) j;
INSERT INTO words SELECT 'allows', ARRAY[m, 'tcf_1'] FROM unnest('{0,-1}'::text[]) m;
INSERT INTO words SELECT 'allows', ARRAY[m, 'infinity', 'tcf_1', '2026-01-31Z'] FROM unnest('{0,-1}'::text[]) m;
INSERT INTO words SELECT 'permission', ARRAY[m, '0', 'infinity', 'tcf_1', 'crm', '2026-01-31Z'] FROM unnest('{0,-1}'::text[]) m;
INSERT INTO words SELECT f, ARRAY[c, p, '2026-06-01Z'] FROM unnest('{allows,consent_explain}'::text[]) f, (SELECT value FROM sample WHERE type = 'consent' ORDER BY n LIMIT 3) s(c), unnest('{tcf_1,email_marketing}'::text[]) p;
INSERT INTO words SELECT f, ARRAY[c, p] FROM unnest('{consent_allows_now,permission_now}'::text[]) f, (SELECT value FROM sample WHERE type = 'consent' ORDER BY n LIMIT 3) s(c), unnest('{tcf_1,email_marketing}'::text[]) p;
INSERT INTO words SELECT 'permission', ARRAY[c, 'tcf_1', 'crm', '2026-06-01Z'] FROM (SELECT value FROM sample WHERE type = 'consent' ORDER BY n LIMIT 3) s(c);
INSERT INTO words SELECT f, ARRAY[v, p] FROM unnest('{disclose,disclose_pseudonym}'::text[]) f, unnest('{email:jane@example.com,+493012345678}'::text[]) v, unnest('{none,raw:tcf_1@46fcf75d,pseudonym:tcf_1@46fcf75d}'::text[]) p;
INSERT INTO words SELECT 'disclose', ARRAY[v, c, 'tcf_1', 'crm', NULL] FROM unnest('{email:jane@example.com,+493012345678}'::text[]) v, (SELECT value FROM sample WHERE type = 'consent' ORDER BY n LIMIT 3) s(c);
CREATE TABLE queue_line AS SELECT 'O' || i % 4 AS order_ref, 'S' || i % 3 AS sku, 1 + i % 2 AS qty, 'DE' AS destination FROM generate_series(1, 10) i;
CREATE TABLE queue_stock AS SELECT 'S' || i % 3 AS sku, 'N' || i % 5 AS node, 1 + i % 4 AS available FROM generate_series(1, 15) i;
CREATE TABLE queue_fact AS SELECT 'N' || i AS node, NULL AS destination, i AS fixed_cost FROM generate_series(0, 4) i;
INSERT INTO words SELECT f, ARRAY['CQSbk4AQSbk4ANwAAAENBkFgAOIAAEIAAAYgAHAB8AFAA-CAAAAA.IAKAB8EA.YAAAAAAAAAAA'] FROM unnest('{tcf_decode,tcf_try,tcf_problem,tcf_warnings}'::text[]) f;
INSERT INTO words SELECT f, ARRAY['CQSbk4AQSbk4ANwAAAENBkFgAOIAAEIAAAYgAHAB8AFAA-CAAAAA.IAKAB8EA.YAAAAAAAAAAA', '7'] FROM unnest('{tcf_vendor_consent,tcf_vendor_legitimate_interest,tcf_vendor_disclosed,tcf_purpose_consent,tcf_purpose_legitimate_interest,tcf_special_feature}'::text[]) f;
INSERT INTO words SELECT f, ARRAY['DBABrw~CVVpoAAAAACA.QA~BVaQAACA.QA'] FROM unnest('{gpp_decode,gpp_try,gpp_problem,gpp_sections}'::text[]) f;
INSERT INTO words VALUES ('tcf_allows', '{CQSbk4AQSbk4ANwAAAENBkFgAOIAAEIAAAYgAHAB8AFAA-CAAAAA.IAKAB8EA.YAAAAAAAAAAA,10,3}'), ('tcf_allows', '{CQSbk4AQSbk4ANwAAAENBkFgAOIAAEIAAAYgAHAB8AFAA-CAAAAA.IAKAB8EA.YAAAAAAAAAAA,10,3,flexible_consent}'), ('tcf_restriction', '{CQSbk4AQSbk4ANwAAAENBkFgAOIAAEIAAAYgAHAB8AFAA-CAAAAA.IAKAB8EA.YAAAAAAAAAAA,10,3}'), ('gpp_opt_out', '{DBABrw~CVVpoAAAAACA.QA~BVaQAACA.QA,sale}'),
	('consent_from_tcf', '{web,7,CQSbk4AQSbk4ANwAAAENBkFgAOIAAEIAAAYgAHAB8AFAA-CAAAAA.IAKAB8EA.YAAAAAAAAAAA,10,DE,"{7,8}",2027-01-01 00:00+00}'), ('consent_from_gpp', '{web,7,DBABrw~CVVpoAAAAACA.QA~BVaQAACA.QA,2026-03-01 00:00+00,US-CA,2027-01-01 00:00+00}');
INSERT INTO words SELECT 'tcf_encode', ARRAY[omni.tcf_decode('CQSbk4AQSbk4ANwAAAENBkFgAOIAAEIAAAYgAHAB8AFAA-CAAAAA.IAKAB8EA.YAAAAAAAAAAA')::text];
INSERT INTO words SELECT 'tcf_from_consent', ARRAY[omni.consent('web', '7', 'tcf_1', 'given', '2026-01-01 00:00+00')::text, '2026-03-01 00:00+00', omni.tcf_decode('CQSbk4AQSbk4ANwAAAENBkFgAOIAAEIAAAYgAHAB8AFAA-CAAAAA.IAKAB8EA.YAAAAAAAAAAA')::text];
INSERT INTO words SELECT 'gpp_encode', ARRAY[omni.gpp_decode('DBABrw~CVVpoAAAAACA.QA~BVaQAACA.QA')::text];
INSERT INTO words VALUES ('k_anonymity', '{queue_line,"{sku,qty}"}'), ('k_anonymity_groups', '{queue_line,"{sku,qty}",5}'), ('l_diversity', '{queue_line,"{sku}",qty}'), ('t_closeness', '{queue_line,"{sku}",qty}'), ('suppress', '{7,5}'), ('suppress', '{"{7,3,9}",5}');

-- aggregates whose running state has every row, until its end adds up those that are alike
CREATE TABLE keeps_rows (name text);
INSERT INTO keeps_rows VALUES ('demand_agg'), ('demand_rollup'), ('supply_agg'), ('supply_rollup'), ('atp_projection_agg'), ('atp_projection_rollup'), ('demand_history_agg'), ('demand_history_rollup');

-- kB of this backend: of all its memory that it does not share, and of its memory contexts, whose growth shows at once,
-- while the former may still have room from what was freed before
CREATE FUNCTION memory() RETURNS bigint[] LANGUAGE sql VOLATILE AS $$
SELECT ARRAY[substring(pg_read_file('/proc/self/status') from 'RssAnon:\s+(\d+)')::bigint, (SELECT sum(total_bytes)::bigint / 1024 FROM pg_backend_memory_contexts)]
$$;
CREATE FUNCTION growth(early bigint[], late bigint[]) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$SELECT greatest(late[1] - early[1], late[2] - early[2])$$;
-- ns of CPU of this backend, in steps of 10 ms
CREATE FUNCTION cpu() RETURNS numeric LANGUAGE sql VOLATILE AS $$SELECT split_part(pg_read_file('/proc/self/stat'), ' ', 14)::numeric * 1e7$$;
CREATE TABLE result (what text, calls bigint, ns numeric, grown bigint, size bigint DEFAULT 0, note text);

-- runs a statement with a place for its number of turns, and notes by how many kB the backend grew after the first tenth
CREATE PROCEDURE measure(what text, statement text, each int, most bigint DEFAULT NULL) LANGUAGE plpgsql AS $$
DECLARE
	turns bigint := 1;
	calls bigint := current_setting('leak.calls')::bigint;
	started numeric;
	ns numeric;
	r record;
BEGIN
	LOOP
		started := cpu();
		EXECUTE replace(replace(statement, '@early', '1'), '@turns', turns::text) INTO r;
		ns := cpu() - started;
		EXIT WHEN ns > 3e7;
		turns := turns * 4;
	END LOOP;
	ns := ns / (turns * each);
	calls := least(CASE WHEN ns < 1000 THEN calls ELSE least(calls / 10, 20e9 / ns) END, most);
	turns := greatest(10, calls / each);
	started := cpu();
	EXECUTE replace(replace(statement, '@early', (turns / 10)::text), '@turns', turns::text) INTO r;
	INSERT INTO result VALUES (what, turns * each, (cpu() - started) / (turns * each), growth(r.early, r.late), r.size);
EXCEPTION WHEN OTHERS THEN
	INSERT INTO result (what, note) VALUES (what, SQLSTATE || ' ' || SQLERRM);
END $$;

CREATE TABLE callable AS
SELECT p.oid, p.oid::regprocedure::text AS signature, format('omni.%I', p.proname) AS name, p.proname, p.prokind, p.proretset, p.proisstrict, p.pronargs::int AS nargs, p.proargtypes::oid[] AS types, p.provariadic <> 0 AS is_variadic,
	EXISTS (SELECT FROM pg_aggregate a WHERE p.oid IN (a.aggtransfn, a.aggcombinefn, a.aggfinalfn)) AS is_part,
	p.proname IN (SELECT name FROM keeps_rows) AS keeps_rows
FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
JOIN pg_extension e ON e.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass AND e.extname = 'omni' JOIN pg_language l ON l.oid = p.prolang
WHERE (l.lanname = 'c' OR p.prokind <> 'f') AND NOT p.proargtypes::oid[] && ARRAY['internal', 'cstring[]']::regtype[]::oid[] AND p.oid::regprocedure::text ~ current_setting('leak.only');

DO $$
DECLARE
	f callable;
	columns text;	-- of the table of arguments
	args text;		-- of the call
	params text;
	call text;
	test text;
	vals text;
	good int;
	bad int;
	tries int;
BEGIN
	PERFORM setseed(0.5);
	FOR f IN SELECT * FROM callable ORDER BY signature LOOP
		SELECT string_agg(format(', a%s %s', i, CASE t::regtype::text WHEN 'cstring' THEN 'text' WHEN 'anyelement' THEN 'bigint' ELSE t::regtype::text END), '' ORDER BY i),
			string_agg(format(CASE WHEN t = 'cstring'::regtype THEN 'textout(a%s)' WHEN f.is_variadic AND i = f.nargs THEN 'VARIADIC a%s' ELSE 'a%s' END, i), ', ' ORDER BY i)
			, string_agg('a' || i, ', ' ORDER BY i) INTO columns, args, params FROM unnest(f.types) WITH ORDINALITY u(t, i);
		call := format('%s(%s)%s', f.name, args, CASE f.prokind WHEN 'w' THEN ' OVER ()' ELSE '' END);
		EXECUTE format('CREATE TEMP TABLE good (id int%s)', columns);
		CREATE TEMP TABLE bad (LIKE good);
		-- without arguments it would be computed once, by the planner
		IF f.nargs = 0 AND NOT f.proretset THEN EXECUTE format('ALTER FUNCTION %s VOLATILE', f.signature); END IF;
		test := format(CASE f.prokind WHEN 'f' THEN 'SELECT %s FROM good WHERE id = $1' WHEN 'w' THEN 'SELECT %s FROM good' ELSE 'SELECT %s FROM good, generate_series(1, 50)' END, call);
		good := 0; bad := 0; tries := 0;
		FOR vals IN
			SELECT string_agg(CASE WHEN v IS NULL THEN ', NULL' ELSE format(', %L', v) END, '' ORDER BY i) FROM (
				SELECT 1::bigint AS n, i, (SELECT v FROM value WHERE type = t ORDER BY n LIMIT 1) AS v FROM unnest(f.types) WITH ORDINALITY u(t, i)
				UNION ALL
				SELECT n, i, CASE WHEN NOT f.proisstrict AND random() < 0.1 THEN NULL WHEN f.nargs = 1 THEN vs[1 + (n - 2) % cardinality(vs)] ELSE vs[1 + floor(random() * cardinality(vs))::int] END
				FROM generate_series(2::bigint, CASE f.nargs WHEN 0 THEN 0 WHEN 1 THEN 120 ELSE 1000 END) n, unnest(f.types) WITH ORDINALITY u(t, i), LATERAL (SELECT array_agg(v ORDER BY value.n, v) AS vs FROM value WHERE type = t) x
				UNION ALL
				SELECT 2000 + dense_rank() OVER (ORDER BY w.args), i, a FROM words w, unnest(w.args) WITH ORDINALITY u(a, i) WHERE w.name = f.proname AND cardinality(w.args) = f.nargs) c
			GROUP BY n ORDER BY n
		LOOP
			CONTINUE WHEN good >= 40 AND bad >= 20;
			tries := tries + 1;
			BEGIN
				EXECUTE format('INSERT INTO good VALUES (%s%s)', good + 1, vals);
				EXECUTE test USING good + 1;
				good := good + 1;
				IF good > 40 THEN RAISE data_exception; END IF;
			EXCEPTION WHEN OTHERS THEN
				IF good > 40 THEN
					good := 40;
				ELSIF bad < 20 THEN
					BEGIN
						EXECUTE format('INSERT INTO bad VALUES (%s%s)', bad + 1, vals);
						bad := bad + 1;
					EXCEPTION WHEN OTHERS THEN NULL;
					END;
				END IF;
			END;
		END LOOP;
		IF f.nargs = 0 THEN
			INSERT INTO good VALUES (1);
			good := 1;
		END IF;
		IF good > 0 THEN
			CALL measure(f.signature, format('SELECT max(CASE WHEN g.i = @early THEN memory() END) AS early, max(CASE WHEN g.i = @turns THEN memory() END) AS late, 0::bigint AS size, sum(c.n) FROM (SELECT generate_series(1::bigint, @turns) AS i OFFSET 0) g, LATERAL (%s) c',
				format(CASE WHEN f.prokind = 'a' THEN 'SELECT CASE WHEN %s IS NOT NULL THEN 1 END AS n FROM good WHERE g.i > 0'
					WHEN f.prokind = 'w' OR f.proretset THEN 'SELECT count(x) AS n FROM (SELECT %s AS x FROM good WHERE g.i > 0 OFFSET 0) x'
					ELSE 'SELECT count(%s) AS n FROM good WHERE g.i > 0' END, call)), good);
		ELSIF NOT f.is_part THEN
			INSERT INTO result (what, note) VALUES (f.signature, 'no arguments found that it takes');
		END IF;
		IF good > 0 AND f.proretset AND f.nargs > 0 THEN
			CALL measure(f.signature || ', in FROM', format('SELECT max(CASE WHEN g.i = @early THEN memory() END) AS early, max(CASE WHEN g.i = @turns THEN memory() END) AS late, 0::bigint AS size, sum(c.n) FROM (SELECT generate_series(1::bigint, @turns) AS i OFFSET 0) g, LATERAL (SELECT count(*) AS n FROM good, LATERAL %s x WHERE g.i > 0) c', call), good);
		END IF;
		-- the state of one group may grow only as far as its value does
		IF good > 0 AND f.prokind = 'a' THEN
			CALL measure(f.signature || ', one group', format('SELECT max(CASE WHEN id = 1 AND g.i = @early THEN memory() END) AS early, max(CASE WHEN id = 1 AND g.i = @turns THEN memory() END) AS late, (%s)::bigint / 1024 AS size, %s FROM (SELECT generate_series(1::bigint, @turns) AS i OFFSET 0) g, LATERAL (SELECT * FROM good OFFSET g.i * 0) good',
				CASE WHEN f.keeps_rows THEN 'sum(pg_column_size(good))' ELSE format('pg_column_size(%s)', call) END, call), good, 1000000);
		ELSIF good > 0 AND f.prokind = 'w' THEN
			CALL measure(f.signature || ', one partition', format('SELECT max(CASE WHEN id = 1 AND i = @early THEN memory() END) AS early, max(CASE WHEN id = 1 AND i = @turns THEN memory() END) AS late, 0::bigint AS size, count(x) FROM (SELECT id, i, %s AS x FROM (SELECT generate_series(1::bigint, @turns) AS i OFFSET 0) g, LATERAL (SELECT * FROM good OFFSET g.i * 0) good) x', call), good, 1000000);
		END IF;
		IF bad > 0 AND f.prokind = 'f' THEN
			EXECUTE format('CREATE FUNCTION pg_temp.refuses(%s) RETURNS int LANGUAGE plpgsql AS $f$BEGIN PERFORM %s; RETURN 0; EXCEPTION WHEN OTHERS THEN RETURN 1; END$f$', substr(columns, 3), call);
			CALL measure(f.signature || ', refused', format('SELECT max(CASE WHEN g.i = @early THEN memory() END) AS early, max(CASE WHEN g.i = @turns THEN memory() END) AS late, 0::bigint AS size, sum(c.n) FROM (SELECT generate_series(1::bigint, @turns) AS i OFFSET 0) g, LATERAL (SELECT sum(pg_temp.refuses(%s)) AS n FROM bad WHERE g.i > 0) c', params), bad, 100000);
			DROP FUNCTION pg_temp.refuses;
		END IF;
		DROP TABLE good, bad;
		COMMIT;
	END LOOP;
END $$;

-- binary input by COPY, and a sort that does not fit into work_mem, of each type
CREATE FUNCTION at(i bigint, n bigint) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	IF i IN (n / 10, n) THEN PERFORM set_config('leak.' || CASE i WHEN n THEN 'late' ELSE 'early' END, memory()::text, false); END IF;
	RETURN false;
END $$;
DO $$
DECLARE
	t record;
	n bigint := least(1000000, current_setting('leak.calls')::bigint);
	file text := current_setting('data_directory') || '/leak.copy';
	started timestamptz;
BEGIN
	FOR t IN SELECT * FROM omni_type WHERE 'omni.' || type ~ current_setting('leak.only') ORDER BY type LOOP
		EXECUTE format('CREATE TEMP TABLE target (i bigint, v omni.%I)', t.type);
		EXECUTE format('COPY (SELECT g.i, s.vs[1 + g.i %% cardinality(s.vs)] FROM generate_series(1::bigint, %s) g(i), (SELECT array_agg(value::omni.%I) AS vs FROM sample WHERE type = %L AND length(value) < 500) s) TO %L (FORMAT binary)', n, t.type, t.type, file);
		started := clock_timestamp();
		EXECUTE format('COPY target FROM %L (FORMAT binary) WHERE at(i, %s)', file, n);
		INSERT INTO result VALUES (format('COPY BINARY of omni.%s', t.type), n, extract(epoch FROM clock_timestamp() - started) * 1e9 / n, growth(current_setting('leak.early')::bigint[], current_setting('leak.late')::bigint[]));
		EXECUTE format('COPY (SELECT) TO %L', file);
		IF t.ordered THEN
			CALL measure(format('ORDER BY of omni.%s', t.type), format('SELECT max(CASE WHEN i = @early THEN memory() END) AS early, max(CASE WHEN i = @turns THEN memory() END) AS late, 0::bigint AS size FROM (SELECT v, row_number() OVER () AS i FROM (SELECT s.vs[1 + g.i %% cardinality(s.vs)] AS v FROM (SELECT generate_series(1::bigint, @turns) AS i OFFSET 0) g, (SELECT array_agg(value::omni.%I) AS vs FROM sample WHERE type = %L AND length(value) < 500 OFFSET 0) s ORDER BY 1 OFFSET 0) x OFFSET 0) x', t.type, t.type), 1, 1000000);
		END IF;
		DROP TABLE target;
		COMMIT;
	END LOOP;
END $$;

SELECT ok(coalesce(grown < 1024 + 4 * size, false), format('%s: %s', what, coalesce(note, format('%s calls of %s ns, grew by %s kB', calls, round(ns), grown) || CASE WHEN size > 256 THEN format(', a value of %s kB', size) ELSE '' END)))
FROM result ORDER BY what;
SELECT diag(format('note: %s statements, %s calls, at most %s kB', count(*), sum(calls), max(grown) FILTER (WHERE size <= 256))) FROM result;
SELECT * FROM finish();
