-- ingest() is identify() row by row: whatever the order, the split into batches, repetition, bad rows between, with limits on.
-- A case is a small world of its own, with its number in every identifier and record, so that one store holds all of them.
SELECT plan(15);
SET search_path = public, omni;
SET timezone = 'UTC';
SET jit = off;
SET client_min_messages = warning;
SELECT setseed(0.42);
\if :{?cases} \else \set cases 1000 \endif
\if :{?more} \else \set more 9000 \endif

CREATE FUNCTION pick(c bigint, n int, chance float8) RETURNS int LANGUAGE sql VOLATILE RETURN CASE WHEN random() < chance THEN floor(random() * n)::int END;
CREATE TABLE feed AS
SELECT c * 100 + k AS n, c, 's' || floor(random() * 2)::int AS source, c || '/' || floor(random() * 9)::int AS id,
    '2026-01-01Z'::timestamptz + floor(random() * 8)::int * interval '1 day' AS at,
    'e' || pick(c, 5, 0.6) || '_' || c || '@Example.com' AS mail, 'u' || pick(c, 4, 0.3) || '_' || c AS login,
    CASE WHEN random() < 0.05 THEN '000' ELSE pick(c, 4, 0.3) || 'x' || c END AS card, pick(c, 3, 0.15) || 'y' || c AS old_card,
    'n' || floor(random() * 3)::int AS name, floor(random() * 5)::int AS rank
FROM generate_series(1::bigint, :cases + :more) c, generate_series(1, 4 + (hashint8(c) & 7)) k;
UPDATE feed SET card = c || 'z' WHERE mail IS NULL AND login IS NULL AND card IS NULL AND old_card IS NULL;
-- repeated rows, and bad ones
INSERT INTO feed SELECT 10000000 + n, c, source, id, at, mail, login, card, old_card, name, rank FROM feed WHERE random() < 0.1;
INSERT INTO feed SELECT 20000000 + n, c, source, id, at, 'no@@address', login, card, old_card, name, rank FROM feed WHERE random() < 0.03;
INSERT INTO feed SELECT 30000000 + n, c, source, NULL, at, mail, login, card, old_card, name, rank FROM feed WHERE random() < 0.01;
-- identify() takes no record without identifiers, ingest() does
INSERT INTO feed SELECT -n, c, source, CASE WHEN n % 2 = 0 THEN id ELSE c || '/x' || n % 5 END, '2026-01-01Z'::timestamptz + floor(random() * 8)::int * interval '1 day', NULL, NULL, NULL, NULL, name, rank
FROM feed WHERE c > :cases AND n < 10000000 AND random() < 0.1;
ALTER TABLE feed ADD part int;
UPDATE feed SET part = floor(random() * 12)::int;
CREATE INDEX ON feed (part, source);
ANALYZE feed;
CREATE VIEW good AS SELECT * FROM feed WHERE n < 20000000;

\set limits '{"priority": ["user_id", "email"], "limits": {"user_id": 1, "email": {"max": 2, "within": "3 days"}, "*": 3}, "blocked": {"*": {"patterns": ["^[0-]*$"]}}}'
\set map '{"record_id": "id", "observed_at": "at", "identifiers": {"email": "mail", "user_id": "login", "loyalty": ["card", "old_card"]}, "attributes": ["name", "rank"]}'
SELECT count(create_store(s)) FROM unnest('{one,two,mix,big,free,free2,tied,tied2,mended}'::text[]) s;
CREATE FUNCTION set_limits(store text, limits jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT %I.set_merge_limits($1)', store) USING limits;
END $$;
SELECT count(*) FROM (SELECT set_limits(s, CASE WHEN s ~ 'free' THEN '{}' ELSE :'limits' END::jsonb) FROM unnest('{one,two,mix,big,free,free2,tied,tied2,mended}'::text[]) s) x;

CREATE PROCEDURE one_by_one(store text, rows text) LANGUAGE plpgsql AS $$
DECLARE
    r record;
BEGIN
    FOR r IN EXECUTE rows LOOP
        EXECUTE format('SELECT %I.identify($1, $2, $3, $4, $5)', store)
        USING array_remove(ARRAY['email:' || r.mail, 'user_id:' || r.login, 'loyalty:' || r.card, 'loyalty:' || r.old_card], NULL), r.source, r.id, r.at, jsonb_build_object('name', r.name, 'rank', r.rank);
        COMMIT;
    END LOOP;
END $$;
CREATE FUNCTION in_batches(store text, rows text, mapping jsonb, OUT read bigint, OUT new bigint, OUT repeated bigint, OUT rejected bigint) RETURNS record LANGUAGE plpgsql AS $$
DECLARE
    b record;
    t record;
BEGIN
    read := 0; new := 0; repeated := 0; rejected := 0;
    FOR b IN SELECT p AS part, 's' || s AS source FROM generate_series(0, 11) p, generate_series(0, 1) s ORDER BY random() LOOP
        EXECUTE format('CREATE TEMP TABLE batch AS SELECT * FROM (%s) r WHERE part = %L AND source = %L ORDER BY random()', rows, b.part, b.source);
        EXECUTE format('SELECT * FROM %I.ingest(''pg_temp.batch'', %L, %L)', store, b.source, mapping) INTO t;
        DROP TABLE pg_temp.batch;
        read := read + t.read; new := new + t.new; repeated := repeated + t.repeated; rejected := rejected + t.rejected;
    END LOOP;
END $$;
-- all that a store found, customers called by the record that they are known by
CREATE FUNCTION found(store text, upto bigint) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE replace($q$
    WITH k AS (SELECT c.customer_id, p.source || '/' || p.record_id AS known_by, p.first_seen_at FROM @.customers c JOIN @.customers p ON p.customer_id = coalesce(c.merged_into, c.customer_id))
    SELECT format('record %s/%s of %s since %s, %s to %s: %s', s.source, s.record_id, k.known_by, k.first_seen_at, s.first_seen_at, s.last_seen_at, s.profile) FROM @.source_records s LEFT JOIN k USING (customer_id)
        WHERE split_part(s.record_id, '/', 1)::bigint <= $1
    UNION ALL SELECT format('identifier %s of %s, %s to %s', i.identifier, k.known_by, i.first_seen_at, i.last_seen_at) FROM @.identities i LEFT JOIN k USING (customer_id) WHERE substring(k.known_by FROM '/(\d+)/')::bigint <= $1
    UNION ALL SELECT format('evidence %s %s/%s at %s', e.identifier, e.source, e.record_id, e.observed_at) FROM @.evidence e WHERE split_part(e.record_id, '/', 1)::bigint <= $1
    UNION ALL SELECT format('refused %s %s/%s: %s', f.identifier, f.source, f.record_id, f.reason) FROM @.refusals f WHERE split_part(f.record_id, '/', 1)::bigint <= $1$q$, '@', store) USING upto;
END $$;

CREATE FUNCTION differ(store text, other text, upto bigint) RETURNS SETOF text LANGUAGE sql AS $$
    (SELECT store || ': ' || f FROM found(store, upto) f EXCEPT ALL SELECT store || ': ' || f FROM found(other, upto) f) UNION ALL
    (SELECT other || ': ' || f FROM found(other, upto) f EXCEPT ALL SELECT other || ': ' || f FROM found(store, upto) f) $$;

-- one by one, in batches, and now this way and now that
CALL one_by_one('one', format('SELECT * FROM good WHERE c <= %s ORDER BY hashint8(n)', :cases));
SELECT * FROM in_batches('two', 'SELECT * FROM feed', :'map') \gset two_
SELECT ok((SELECT count(*) FROM found('one', :cases)) > 20 * :cases, format('%s cases: %s findings, %s refusals', :cases, (SELECT count(*) FROM found('one', :cases)), (SELECT count(*) FROM one.refusals)));
SELECT is_empty(format('SELECT differ(''one'', ''two'', %s)', :cases), 'batches find what single records find');
CALL one_by_one('mix', format('SELECT * FROM good WHERE c <= %s AND part %% 3 = 0 ORDER BY hashint8(n + 1)', :cases));
SELECT count(*) FROM in_batches('mix', format('SELECT * FROM good WHERE c <= %s AND part %% 3 = 1', :cases), :'map');
CALL one_by_one('mix', format('SELECT * FROM good WHERE c <= %s AND part %% 3 = 2 ORDER BY hashint8(n + 1)', :cases));
SELECT is_empty(format('SELECT differ(''one'', ''mix'', %s)', :cases), 'single records, batches and single records again find it, too');

-- what the calls say
SELECT is((:two_read, :two_rejected)::text, (SELECT (count(*), count(*) FILTER (WHERE n >= 20000000))::text FROM feed), 'each row is read, each bad one rejected');
SELECT is(:two_new::bigint, (SELECT count(DISTINCT (source, id)) FROM good), 'each record is new once');
CREATE TABLE before AS SELECT f FROM found('two', :cases + :more) f;
CREATE TABLE rejects_before AS SELECT feed, record_id, column_name, reason, raw, digest FROM two.rejects;
SELECT * FROM in_batches('two', 'SELECT * FROM feed', :'map') \gset again_
SELECT is((:again_read, :again_new, :again_repeated, :again_rejected)::text, (:two_read, 0, :two_read - :two_rejected, :two_rejected)::text, 'the same batches again: nothing is new');
SELECT is_empty(format('(SELECT f FROM found(''two'', %1$s) f EXCEPT ALL TABLE before) UNION ALL (TABLE before EXCEPT ALL SELECT f FROM found(''two'', %1$s) f)', :cases + :more), 'and nothing changes');

-- all at once, and made anew; without limits as well
CREATE FUNCTION at_once(store text, mapping jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    FOR j IN 0 .. 1 LOOP
        CREATE TEMP TABLE batch AS SELECT id, at, mail, login, card, old_card, name, rank FROM feed WHERE source = 's' || j ORDER BY random();
        EXECUTE format('SELECT %I.ingest(''pg_temp.batch'', ''s'' || %L, %L)', store, j, mapping);
        DROP TABLE batch;
    END LOOP;
END $$;
SELECT at_once('big', :'map');
SELECT is_empty(format('SELECT differ(''two'', ''big'', %s)', :cases + :more), format('%s cases: one batch finds what twelve find', :cases + :more));
SELECT count(*) FROM big.rebuild_identities();
SELECT is_empty(format('SELECT differ(''two'', ''big'', %s)', :cases + :more), 'and so does all evidence at once');
SELECT at_once('free', :'map');
SELECT count(*) FROM in_batches('free2', 'SELECT * FROM feed', :'map');
SELECT is_empty(format('SELECT differ(''free'', ''free2'', %s)', :cases + :more), 'without limits as well');
SELECT is_empty('TABLE free.refusals', 'where nothing is refused');

-- records that are linked, or told apart, before they are known
CREATE FUNCTION tie(store text, upto bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format($q$INSERT INTO %I.links (source, record_id, other_source, other_record_id, weight, decided_at)
        SELECT 's0', c || '/' || (hashint8(c) & 7), 's1', c || '/' || (hashint8(c + 77) & 7), ('{Infinity,-Infinity,3}'::float8[])[1 + c %% 3], '2026-01-01Z' FROM generate_series(1::bigint, $1) c$q$, store) USING upto;
END $$;
SELECT tie('tied', :cases), tie('tied2', :cases);
CALL one_by_one('tied', format('SELECT * FROM good WHERE c <= %s ORDER BY hashint8(n + 2)', :cases));
SELECT count(*) FROM in_batches('tied2', format('SELECT * FROM good WHERE c <= %s', :cases), :'map');
SELECT is_empty(format('SELECT differ(''tied'', ''tied2'', %s)', :cases), 'with links that wait for their records as well');
SELECT is_empty('SELECT source, record_id, other_record_id, refused FROM tied.links EXCEPT SELECT source, record_id, other_record_id, refused FROM tied2.links', 'and the links are refused alike');

-- corrected in rejects and driven again, they are what they would have been
DELETE FROM two.rejects WHERE settled_at IS NOT NULL;
UPDATE two.rejects SET raw = raw || jsonb_build_object('mail', 'mended@' || split_part(raw ->> 'id', '/', 1) || '.example.com') WHERE column_name = 'mail';
UPDATE two.rejects SET raw = raw || jsonb_build_object('id', substring(raw ->> 'mail' FROM '_(\d+)@') || '/99') WHERE column_name = 'id' AND raw ->> 'mail' IS NOT NULL;
SELECT count(*) FILTER (WHERE r.good) AS corrected, count(*) FILTER (WHERE NOT r.good) AS damaged
FROM (SELECT bool_and(column_name <> 'id' OR raw ->> 'id' IS NOT NULL) AS good FROM two.rejects GROUP BY feed, record_id, digest) r \gset
CREATE TABLE corrected AS SELECT r.feed AS source, 0 AS part, v.* FROM two.rejects r, jsonb_to_record(r.raw) v(id text, at timestamptz, mail text, login text, card text, old_card text, name text, rank int) WHERE v.id IS NOT NULL;
SELECT sum(d.settled) AS settled, sum(d.rejected) AS rejected FROM unnest('{s0,s1}'::text[]) s, two.redrive(s) d \gset again_
SELECT is((:again_settled, :again_rejected)::text, (:corrected, :damaged)::text, 'what was corrected is settled');
SELECT at_once('mended', :'map');
SELECT count(*) FROM in_batches('mended', 'SELECT * FROM corrected', :'map');
SELECT is_empty(format('SELECT differ(''mended'', ''two'', %s)', :cases + :more), 'and taken like any other row');
SELECT * FROM finish();
