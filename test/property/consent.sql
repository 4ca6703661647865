-- Laws of consent on random histories, and what it allows against a query that says the rules once more; equality is that of bytes.
\set cases 10400
SELECT plan(34);
SET search_path = public, omni;
SET timezone = 'UTC';
SELECT setseed(0.2031);
SET jit = off;
SET max_parallel_workers_per_gather = 0;

-- few sources, records, purposes and days, so that decisions meet and tie
CREATE TABLE raw AS
SELECT c, part, random() AS r, (ARRAY['crm', 'shop', 'é'])[1 + floor(random() * 3)] AS source, (ARRAY['1', '10', '1/1'])[1 + floor(random() * 3)] AS record_id, (ARRAY['tcf_1', 'email_marketing', 'local_16'])[1 + floor(random() * 3)] AS purpose,
    (ARRAY['given', 'given', 'given', 'given', 'refused', 'withdrawn', 'objected'])[1 + floor(random() * 7)] AS decision, floor(random() * 6)::int AS day, CASE WHEN random() < 0.5 THEN 1 + floor(random() * 4)::int END AS lasts, random() < 0.3 AS explicit,
    (ARRAY[NULL, 'consent', 'opt_out'])[1 + floor(random() * 3)] AS basis, (ARRAY[NULL, 'web', 'ä'])[1 + floor(random() * 3)] AS channel, (ARRAY[NULL, 'DE', 'US-CA'])[1 + floor(random() * 3)] AS jurisdiction, (ARRAY[NULL, 'x', repeat('y', 200)])[1 + floor(random() * 3)] AS proof
FROM (SELECT c, part, floor(random() * 3)::int AS n FROM generate_series(1, :cases) c, generate_series(1, 3) part) p, generate_series(0, n) e;
-- large ones, whose states are sorted on the way
INSERT INTO raw SELECT :cases + c, part, random(), 'crm', floor(random() * 40)::text, (ARRAY['tcf_1', 'email_marketing', 'local_16'])[1 + floor(random() * 3)], CASE WHEN random() < 0.99 THEN 'given' ELSE 'refused' END, floor(random() * 6)::int, 1 + floor(random() * 4)::int, random() < 0.3, NULL, NULL, NULL, repeat('z', 50)
FROM generate_series(1, 20) c, generate_series(1, 3) part, generate_series(1, 300) e;
UPDATE raw SET lasts = NULL, explicit = false WHERE decision <> 'given';
-- and what holds by default in some of them
INSERT INTO raw (c, part, r, source, record_id, purpose, decision, day, lasts, explicit)
SELECT c, 1 + c % 3, random(), '(default)', j, p, CASE WHEN random() < 0.6 THEN 'default_allowed' ELSE 'default_refused' END, floor(random() * 3)::int, CASE WHEN random() < 0.5 THEN 1 + floor(random() * 4)::int END, false
FROM generate_series(1, :cases) c, unnest('{DE,US}'::text[]) j, unnest('{tcf_1,email_marketing,local_16}'::text[]) p WHERE c % 3 = 0 AND random() < 0.7;
CREATE FUNCTION instant(day numeric) RETURNS timestamptz LANGUAGE sql IMMUTABLE RETURN timestamptz '2026-01-01Z' + day * interval '1 day';
CREATE TABLE said AS SELECT c, part, r, CASE WHEN source = '(default)' THEN jsonb_build_object('decisions', jsonb_build_array(jsonb_strip_nulls(jsonb_build_object('source', source, 'record_id', record_id, 'purpose', purpose, 'decision', decision, 'at', instant(day), 'expires_at', instant(day + lasts)))))::text::consent
    ELSE consent(source, record_id, purpose, decision, instant(day), basis, channel, jurisdiction, instant(day + lasts), proof, explicit) END AS p, source, record_id FROM raw;
CREATE TABLE piece AS SELECT c, part, consent_agg(p) AS p FROM said GROUP BY c, part;
CREATE TABLE case_of AS SELECT c, x.p AS x, y.p AS y, z.p AS z FROM piece x JOIN piece y USING (c) JOIN piece z USING (c) WHERE x.part = 1 AND y.part = 2 AND z.part = 3;
CREATE TABLE whole AS SELECT c, consent_agg(p) AS p FROM said GROUP BY c;
ANALYZE;
SELECT ok(count(*) >= 10000, count(*) || ' cases') FROM case_of;

-- the join
SELECT is_empty('SELECT c FROM case_of WHERE consent_send(x || y) <> consent_send(y || x)', 'commutative');
SELECT is_empty('SELECT c FROM case_of WHERE consent_send((x || y) || z) <> consent_send(x || (y || z))', 'associative');
SELECT is_empty('SELECT c FROM case_of WHERE consent_send(x || x) <> consent_send(x) OR consent_send((x || y) || x) <> consent_send(x || y)', 'idempotent');
SELECT is_empty($$SELECT c FROM case_of WHERE consent_send(x || '{"decisions":[]}') <> consent_send(x)$$, 'the empty consent adds nothing');
SELECT is_empty('SELECT c FROM case_of JOIN whole USING (c) WHERE consent_send(x || y || z) <> consent_send(p)', 'union of parts is the aggregate of all');
SELECT is_empty('SELECT c FROM whole w JOIN (SELECT c, consent_agg(p) AS t FROM piece GROUP BY c) q USING (c) WHERE consent_send(p) <> consent_send(t)', 'aggregate of parts is the aggregate of all');
SELECT is_empty('SELECT c FROM whole w JOIN (SELECT c, consent_agg(p ORDER BY r) AS t FROM said GROUP BY c) q USING (c) WHERE consent_send(p) <> consent_send(t)', 'independent of order');
SELECT is_empty('SELECT c FROM whole w JOIN (SELECT c, consent_agg(p ORDER BY r) AS t FROM (TABLE said UNION ALL TABLE said) e GROUP BY c) q USING (c) WHERE consent_send(p) <> consent_send(t)', 'repeats change nothing');
SELECT is_empty('SELECT c FROM whole w JOIN (SELECT c, consent_agg(t ORDER BY h) AS t FROM (SELECT c, hashint8((r * 1e9)::bigint) % 4 AS h, consent_agg(p ORDER BY r DESC) AS t FROM said GROUP BY 1, 2) e GROUP BY c) q USING (c) WHERE consent_send(p) <> consent_send(t)', 'independent of the split');
SELECT is_empty('SELECT c FROM (SELECT c, consent_agg(p) OVER (PARTITION BY c ORDER BY r) AS t, row_number() OVER (PARTITION BY c ORDER BY r DESC) AS n FROM said WHERE c <= 2000) q JOIN whole USING (c) WHERE n = 1 AND p <> t', 'as a window function');
SELECT is_empty('SELECT c FROM whole WHERE p <> p::text::consent OR consent_send(p) <> consent_send(p::text::consent)', 'text and back');
SELECT is_empty($$SELECT c FROM whole w JOIN (SELECT c, consent_agg(CASE WHEN source <> 'crm' OR record_id <> '1' THEN p END) AS t FROM said GROUP BY c) q USING (c) WHERE consent_send(p - ARRAY['crm', '1']) <> consent_send(coalesce(t, '{"decisions":[]}'))$$, 'a record taken out is a record never seen');
SELECT is_empty($$SELECT c FROM whole WHERE p - consent_records(p) <> '{"decisions":[]}'$$, 'all records taken out');

-- serial is parallel
CREATE FUNCTION plan_of(q text) RETURNS SETOF text LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY EXECUTE 'EXPLAIN (COSTS off) ' || q; END $$;
CREATE TABLE serial AS SELECT c % 50 AS g, consent_agg(p) AS p FROM said GROUP BY 1;
SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
CREATE TABLE parallel AS SELECT c % 50 AS g, consent_agg(p) AS p FROM said GROUP BY 1;
SELECT ok((SELECT string_agg(l, '') FROM (SELECT * FROM plan_of('SELECT c % 50 AS g, consent_agg(p) AS p FROM said GROUP BY 1') l) q) ~ 'Partial', 'a parallel plan');
SELECT is_empty('SELECT g FROM serial s JOIN parallel q USING (g) WHERE consent_send(s.p) <> consent_send(q.p)', 'parallel is serial');
SET max_parallel_workers_per_gather = 0;

-- the rules once more: the latest decision of each record, on a tie the more restrictive
CREATE TABLE latest AS SELECT DISTINCT ON (c, source, record_id, purpose) *, day + lasts AS until, decision IN ('refused', 'withdrawn', 'objected') AS refuses FROM raw
ORDER BY c, source, record_id, purpose, day DESC, array_position(ARRAY['default_allowed', 'default_refused', 'given', 'withdrawn', 'refused', 'objected'], decision) DESC, explicit, lasts;
SELECT is_empty($$SELECT c, source, record_id, purpose, decision, instant(day), explicit, instant(until) FROM latest EXCEPT ALL SELECT c, source, record_id, purpose, decision, at, explicit, expires_at FROM whole, consent_entries(p)$$, 'what is kept');
SELECT is((SELECT count(*) FROM latest), (SELECT count(*) FROM whole, consent_entries(p)), 'and no more');
-- what counts at each of all days and between them
CREATE TABLE day AS SELECT d / 2.0 AS d FROM generate_series(-1, 20) d;
CREATE TABLE verdict AS
SELECT c, d, purpose, CASE WHEN count(*) FILTER (WHERE source <> '(default)') = 0 THEN count(*) FILTER (WHERE decision = 'default_allowed' AND live) > 0 AND count(*) FILTER (WHERE decision = 'default_refused' AND live) = 0
        ELSE count(*) FILTER (WHERE decision = 'given' AND live AND (last_refusal IS NULL OR (explicit AND l.day > last_refusal))) > 0 END AS allowed, bool_or(refuses) AS refuses
FROM (SELECT *, max(day) FILTER (WHERE refuses) OVER (PARTITION BY c, purpose) AS last_refusal FROM latest) l, LATERAL (SELECT d, l.day <= d AND (until IS NULL OR d < until) AS live FROM day) t GROUP BY c, d, purpose;
CREATE TABLE masks AS SELECT c, d, coalesce(bit_or(1::bigint << b.bit) FILTER (WHERE allowed), 0) AS allowed, coalesce(bit_or(1::bigint << b.bit) FILTER (WHERE refuses AND NOT allowed), 0) AS refused
FROM verdict JOIN consent_purposes() b USING (purpose) GROUP BY c, d;
CREATE INDEX ON masks (c, d);
CREATE TABLE answer AS SELECT c, d, s.* FROM whole, day, consent_state(p, instant(d)) s;
CREATE INDEX ON answer (c, d);
ANALYZE;
SELECT ok(count(*) > 200000 AND count(*) FILTER (WHERE allowed <> 0) > 50000 AND count(*) FILTER (WHERE refused <> 0) > 50000, count(*) || ' states, of which enough allow and refuse') FROM masks;
SELECT is_empty('SELECT c, d FROM masks m JOIN answer a USING (c, d) WHERE m.allowed <> a.allowed OR m.refused <> a.refused', 'what is allowed and what is refused');
SELECT is_empty('SELECT c, d FROM answer WHERE allowed & refused <> 0', 'never both');
-- the first day of each run of equal masks, and of the run after it
CREATE TABLE run AS SELECT c, d AS first, lead(d) OVER (PARTITION BY c ORDER BY d) AS next FROM (SELECT c, d, (allowed, refused) IS DISTINCT FROM lag((allowed, refused)) OVER (PARTITION BY c ORDER BY d) AS new FROM masks) m WHERE new;
SELECT is_empty($$SELECT c, d, valid_until, next FROM answer JOIN run USING (c) WHERE d >= first AND (next IS NULL OR d < next) AND valid_until IS DISTINCT FROM coalesce(instant(next), 'infinity')$$, 'until when, against all instants after it');
SELECT is_empty($$SELECT c, d FROM answer a JOIN whole USING (c) WHERE c <= 1000 AND (consent_mask(p, instant(d)), consent_refused(p, instant(d)), consent_valid_until(p, instant(d))) IS DISTINCT FROM (allowed, refused, valid_until)$$, 'one by one as at once');
SELECT is_empty($$SELECT c, d, purpose FROM verdict v JOIN whole USING (c) WHERE c <= 1000 AND v.allowed <> allows(p, purpose, instant(d))$$, 'allows()');
SELECT is_empty($$SELECT c, d, purpose, e FROM verdict v JOIN whole USING (c), consent_explain(p, purpose, instant(d)) e WHERE c <= 1000 AND (v.allowed <> e.allowed OR (v.refuses AND NOT v.allowed) <> (e.rule = 'refused') OR e.allowed <> (e.rule IN ('given', 'explicit_grant', 'default_allowed')))$$, 'the explanation');
SELECT is_empty($$SELECT c, d, purpose, e FROM verdict v JOIN whole USING (c), consent_explain(p, purpose, instant(d)) e WHERE c <= 1000 AND e.rule <> 'undecided' AND NOT EXISTS (SELECT FROM latest l WHERE (l.c, l.source, l.record_id, l.purpose, l.decision, instant(l.day)) = (v.c, e.source, e.record_id, v.purpose, e.decision, e.decided_at))$$, 'names a decision that there is');
-- permissions, and the pair of masks that a table keeps
SELECT is_empty($$SELECT c, d, purpose FROM verdict v JOIN whole USING (c) WHERE c <= 1000 AND permission_level(permission(p, purpose, 'crm', instant(d))) <> CASE WHEN allowed THEN 'raw' WHEN refuses THEN 'none' ELSE 'pseudonym' END$$, 'permission in a domain');
SELECT is_empty($$SELECT c, d, purpose FROM verdict v JOIN whole USING (c) WHERE c <= 1000 AND permission_level(permission(p, purpose, NULL, instant(d))) <> CASE WHEN allowed THEN 'raw' ELSE 'none' END$$, 'permission without');
SELECT is_empty($$SELECT a.c, a.d, b.d FROM answer a JOIN whole USING (c) JOIN day b ON b.d >= a.d, unnest('{tcf_1,email_marketing,local_16}'::text[]) purpose WHERE c <= 100
    AND permission(allowed, refused, valid_until, purpose, 'crm', instant(b.d)) <> CASE WHEN instant(b.d) < valid_until THEN permission(p, purpose, 'crm', instant(b.d)) ELSE permission(0, purpose_mask(purpose), 'infinity', purpose, 'crm', 'epoch') END$$, 'a pair of masks says what the consent says while it holds, and then nothing');
SELECT is_empty($$SELECT a.c, a.d, b.d FROM answer a JOIN whole USING (c) JOIN day b ON b.d >= a.d, unnest('{tcf_1,email_marketing,local_16}'::text[]) purpose WHERE c <= 100
    AND allows(allowed, valid_until, purpose, instant(b.d)) <> (instant(b.d) < valid_until AND allows(p, purpose, instant(b.d)))$$, 'so does allows()');
-- a refusal more never allows more; a decision of somebody else's record that is taken out gives back what was
SELECT is_empty($$SELECT c, d FROM whole JOIN answer a USING (c), unnest('{refused,withdrawn,objected}'::text[]) r WHERE c <= 1000 AND consent_mask(p || consent('new', '1', 'tcf_1', r, instant(10)), instant(d)) <> allowed & ~purpose_mask('tcf_1')$$, 'a refusal takes its purpose away, and nothing else');
SELECT is_empty($$SELECT c FROM case_of WHERE c <= 5000 AND (x || consent('new', '1', 'tcf_1', 'refused', '2026-01-05Z')) - ARRAY['new', '1'] <> x$$, 'a merge that is taken apart');

-- what holds by default: every jurisdiction at the ends of all laws, and a day before
CREATE TABLE law AS SELECT * FROM consent_jurisdictions();
CREATE TABLE asked AS SELECT j, d + interval '0' - x * interval '1 microsecond' AS t FROM (SELECT DISTINCT jurisdiction AS j FROM law UNION VALUES ('ZA'), ('US-WY'), ('CA-ON')) a, (SELECT valid_from AS d FROM law UNION SELECT valid_to FROM law WHERE valid_to IS NOT NULL) b, generate_series(0, 1) x;
CREATE TABLE given AS SELECT j, t, s.*, consent_default(j, t AT TIME ZONE 'UTC') AS c FROM asked, consent_state(consent_default(j, t AT TIME ZONE 'UTC'), t AT TIME ZONE 'UTC') s;
CREATE TABLE ruled AS SELECT j, t, coalesce(bit_or(purpose_mask(opt_out)), 0) & ~coalesce(bit_or(purpose_mask(opt_in)), 0) AS allowed, coalesce(bit_or(purpose_mask(gpc)), 0) AS gpc FROM asked LEFT JOIN law ON jurisdiction = j AND valid_from <= t AND (valid_to IS NULL OR t < valid_to) GROUP BY j, t;
SELECT is_empty('SELECT j, t FROM given JOIN ruled r USING (j, t) WHERE given.allowed <> r.allowed OR refused <> 0', 'what holds by default is what the table of laws says: ' || count(*) || ' jurisdictions and times') FROM given;
SELECT is_empty($$SELECT j, t FROM ruled WHERE j <> 'US' AND consent_refused(consent_gpc('a', '1', t AT TIME ZONE 'UTC', j), t AT TIME ZONE 'UTC') <> gpc$$, 'so does Global Privacy Control');
SELECT * FROM finish();
