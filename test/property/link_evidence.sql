-- Constrained clustering against a greedy oracle in plpgsql, and its laws, on 12,000 random sets of evidence.
SELECT plan(17);
SET search_path = public, omni;
SET client_min_messages = warning;
SELECT setseed(0.7);

\if :{?cases} \else \set cases 12000 \endif

-- evidence: (a) a record has an identifier, (b) a pair; few records, values and times, so that everything meets and ties
CREATE TABLE observed (c int, source text, record_id text, at timestamptz, identifier identifier);
INSERT INTO observed
SELECT c, (ARRAY['a', 'b'])[1 + floor(random() * 2)::int], floor(random() * 4)::int::text, '2026-01-01Z'::timestamptz + floor(random() * 9)::int * interval '1 day',
       CASE WHEN random() < .9 THEN (ARRAY['email:', 'user_id:', 'card:'])[1 + floor(random() * 3)::int] || (ARRAY['1@x.de', '2@x.de', '3@x.de', '4@x.de', 'n@x.de'])[1 + floor(random() * 5)::int] END::identifier
FROM generate_series(1, :cases) c, generate_series(1, c % 19 + 2) n;
CREATE TABLE paired (c int, source text, record_id text, other_source text, other_record_id text, weight float8, at timestamptz);
INSERT INTO paired
SELECT c, sa, ra, sb, rb, w, at FROM (
    SELECT c, (ARRAY['a', 'b'])[1 + floor(random() * 2)::int] AS sa, floor(random() * 4.3)::int::text AS ra, (ARRAY['a', 'b'])[1 + floor(random() * 2)::int] AS sb, floor(random() * 4.3)::int::text AS rb,
           (ARRAY['Infinity', '-Infinity', -1, 0.5, 2, 2, 3, 3, 4])[1 + floor(random() * 9)::int] AS w, '2026-01-01Z'::timestamptz + floor(random() * 4)::int * interval '1 day' AS at
    FROM generate_series(1, :cases) c, generate_series(1, c % 9) n) x
WHERE (sa, ra) <> (sb, rb);
CREATE TABLE limited AS
SELECT c, jsonb_strip_nulls(jsonb_build_object(
    'priority', CASE WHEN random() < .6 THEN (ARRAY['["user_id"]', '["match", "card"]', '["card", "match"]', '["nothing", "email"]'])[1 + floor(random() * 4)::int]::jsonb END,
    'limits', CASE WHEN random() < .8 THEN (ARRAY['{"user_id": 1}', '{"*": 1}', '{"email": 2, "*": 3}', '{"email": {"max": 1, "within": "2 days"}}', '{"email": {"max": 2, "within": "3 days"}, "user_id": {"max": 1, "within": "12 hours"}, "card": 1}'])[1 + floor(random() * 5)::int]::jsonb END,
    'blocked', CASE WHEN random() < .5 THEN (ARRAY['{"*": {"values": ["n@x.de"]}}', '{"email": {"patterns": ["^[n1]"]}}', '{"user_id": {"values": ["N@X.de", "n@x.de"]}, "*": {"patterns": ["^4"]}}'])[1 + floor(random() * 3)::int]::jsonb END,
    'shared', CASE WHEN random() < .3 THEN (ARRAY['{"card": {"email": 1}}', '{"card": {"email": 2, "user_id": 1}, "email": {"card": 2}}'])[1 + floor(random() * 2)::int]::jsonb END,
    'max_identifiers', CASE WHEN random() < .3 THEN 2 + floor(random() * 5)::int END,
    'max_records', CASE WHEN random() < .3 THEN 2 + floor(random() * 4)::int END,
    'weak_bridge', CASE WHEN random() < .4 THEN jsonb_build_object('weight', 2 + floor(random() * 3)::int, 'records', 1 + floor(random() * 3)::int) END)) AS limits
FROM generate_series(1, :cases) c;
ANALYZE observed;
ANALYZE paired;
CREATE INDEX ON observed (c);
CREATE INDEX ON paired (c);

CREATE FUNCTION evidence_of(wanted int) RETURNS link_evidence LANGUAGE sql AS $$
    SELECT link_evidence_rollup(e) FROM (SELECT link_evidence_agg(source, record_id, at, identifier) AS e FROM observed WHERE c = wanted
        UNION ALL SELECT link_evidence_agg(source, record_id, other_source, other_record_id, weight, at) FROM paired WHERE c = wanted) x $$;

-- the oracle: the text of the rules, one piece after the other, every check by looking at all members of both sides
CREATE TYPE oracle_row AS (piece text, record text, refused text);
CREATE FUNCTION times_of(first_seen timestamptz[], kinds text[], labels int[], wanted text, label int) RETURNS timestamptz[] LANGUAGE sql IMMUTABLE AS $$
    SELECT array_agg(t) FROM unnest(first_seen, kinds, labels) u(t, k, l) WHERE k = wanted AND l = label $$;
CREATE FUNCTION too_many(times timestamptz[], rule jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN jsonb_typeof(rule) = 'number' THEN cardinality(times) > rule::int
                ELSE (SELECT bool_or((SELECT count(*) FROM unnest(times) t WHERE t BETWEEN f AND f + (rule ->> 'within')::interval) > (rule ->> 'max')::int) FROM unnest(times) f) END $$;
-- which limit the clusters la and lb would break together; own: lb's only identifier of this kind is not counted
CREATE FUNCTION above(kinds text[], seen timestamptz[], labels int[], all_kinds text[], limits jsonb, la int, lb int, own text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    k text; rule jsonb; ta timestamptz[]; tb timestamptz[];
BEGIN
    IF la = lb THEN RETURN NULL; END IF;
    FOREACH k IN ARRAY coalesce(all_kinds, '{}') LOOP
        rule := coalesce(limits -> 'limits' -> k, limits -> 'limits' -> '*');
        CONTINUE WHEN k IS NULL OR rule IS NULL;
        ta := times_of(seen, kinds, labels, k, la); tb := times_of(seen, kinds, labels, k, lb);
        CONTINUE WHEN k = own AND cardinality(tb) = 1;
        IF ta IS NOT NULL AND tb IS NOT NULL AND too_many(ta || tb, rule) THEN RETURN 'limit:' || k; END IF;
    END LOOP;
    RETURN (SELECT CASE WHEN (ia > 0 AND ib > 0 AND ia + ib > (limits ->> 'max_identifiers')::int AND NOT (own IS NOT NULL AND ib = 1)) OR (ra > 0 AND rb > 0 AND ra + rb > (limits ->> 'max_records')::int) THEN 'size' END
            FROM (SELECT count(*) FILTER (WHERE l = la AND kd IS NOT NULL) AS ia, count(*) FILTER (WHERE l = lb AND kd IS NOT NULL) AS ib, count(*) FILTER (WHERE l = la AND kd IS NULL) AS ra, count(*) FILTER (WHERE l = lb AND kd IS NULL) AS rb
                  FROM unnest(labels, kinds) u(l, kd)) x);
END $$;
CREATE FUNCTION oracle(wanted int, limits jsonb, OUT survivors text[], OUT pieces oracle_row[]) LANGUAGE plpgsql AS $$
DECLARE
    names text[]; kinds text[]; seen timestamptz[]; labels int[]; parts int[]; decided int[]; own boolean; blocked boolean[]; shared boolean[];
    never_a int[] := '{}'; never_b int[] := '{}'; all_kinds text[];
    p record; why text; la int; lb int; pass int; changed boolean;
    known text[]; accepted int[] := '{}'; ends_a int[] := '{}'; ends_b int[] := '{}'; weak int[] := '{}'; part int[]; i int; j int;
BEGIN
    CREATE TEMP TABLE IF NOT EXISTS step (n int, piece text, record text, a int, b int, kind text, weight float8, reason text);
    TRUNCATE step;
    -- records in the order of survivors, then identifiers
    SELECT array_agg(source || '/' || record_id ORDER BY t, source COLLATE "C", record_id COLLATE "C") INTO known FROM (SELECT source, record_id, min(at) AS t FROM observed WHERE c = wanted GROUP BY 1, 2) x;
    SELECT known || array_agg(identifier::text ORDER BY identifier), array_fill(NULL::text, ARRAY[cardinality(known)]) || array_agg(split_part(identifier::text, ':', 1) ORDER BY identifier),
           array_fill(NULL::timestamptz, ARRAY[cardinality(known)]) || array_agg(t ORDER BY identifier)
    INTO names, kinds, seen FROM (SELECT identifier, min(at) AS t FROM observed WHERE c = wanted AND identifier IS NOT NULL GROUP BY 1) x;
    IF names IS NULL OR cardinality(names) < cardinality(known) THEN names := known; kinds := array_fill(NULL::text, ARRAY[cardinality(known)]); seen := array_fill(NULL::timestamptz, ARRAY[cardinality(known)]); END IF;
    SELECT array_agg(DISTINCT x ORDER BY x) INTO all_kinds FROM unnest(kinds) x;
    SELECT array_agg(EXISTS (SELECT FROM jsonb_each(limits -> 'blocked') b(bk, bv) WHERE bk IN ('*', kd) AND
        (EXISTS (SELECT FROM jsonb_array_elements_text(bv -> 'values') v WHERE substr(nm, length(kd) + 2) = CASE bk WHEN 'email' THEN lower(v) ELSE v END) OR
         EXISTS (SELECT FROM jsonb_array_elements_text(bv -> 'patterns') v WHERE substr(nm, length(kd) + 2) ~ v))) ORDER BY o)
    INTO blocked FROM unnest(names, kinds) WITH ORDINALITY u(nm, kd, o);
    SELECT array_agg(coalesce(bool, false) ORDER BY o) INTO shared FROM (
        SELECT o, (SELECT bool_or((SELECT count(DISTINCT y.identifier) FROM observed x JOIN observed y USING (c, source, record_id)
                    WHERE x.c = wanted AND x.identifier::text = nm AND y.identifier IS NOT NULL AND split_part(y.identifier::text, ':', 1) = ok AND NOT blocked[array_position(names, y.identifier::text)]) > ov::int)
                   FROM jsonb_each(limits -> 'shared' -> kd) s(ok, ov)) AS bool
        FROM unnest(names, kinds) WITH ORDINALITY u(nm, kd, o)) x;
    -- clusters, and parts of them that are joined without decisions
    labels := ARRAY(SELECT generate_subscripts(names, 1));
    parts := labels;
    decided := '{}';

    -- pieces: of those of one key the one that counts; their order
    INSERT INTO step
    SELECT row_number() OVER (ORDER BY place, -least(w, 1e300), t, s COLLATE "C", r COLLATE "C", o1 COLLATE "C", o2 COLLATE "C"), piece, record, a, b, kind, weight, known_reason
    FROM (SELECT 1 + coalesce(array_position(ARRAY(SELECT jsonb_array_elements_text(limits -> 'priority')), kd) * 2 - 1, 1000 + array_position(all_kinds, kd)) AS place, 0::float8 AS w, at AS t, source AS s, record_id AS r, identifier::text AS o1, '' AS o2,
                 concat_ws(' ', source, record_id, identifier::text) AS piece, source || '/' || record_id AS record, array_position(names, source || '/' || record_id) AS a, array_position(names, identifier::text) AS b, kd AS kind, NULL::float8 AS weight,
                 CASE WHEN blocked[array_position(names, identifier::text)] THEN 'blocked' WHEN shared[array_position(names, identifier::text)] THEN 'shared:' || kd END AS known_reason
          FROM (SELECT source, record_id, identifier, split_part(identifier::text, ':', 1) AS kd, min(at) AS at FROM observed WHERE c = wanted GROUP BY 1, 2, 3) x
          UNION ALL
          SELECT CASE WHEN weight = 'Infinity' THEN 0 ELSE 1 + coalesce(array_position(ARRAY(SELECT jsonb_array_elements_text(limits -> 'priority')), 'match') * 2 - 1, 2000) END, CASE WHEN weight = 'Infinity' THEN 0 ELSE weight END, at, s, r, os, "or",
                 concat_ws(' ', s, r, os, "or"), s || '/' || r, array_position(names, s || '/' || r), array_position(names, os || '/' || "or"), NULL, weight,
                 CASE WHEN NOT (ARRAY[s || '/' || r, os || '/' || "or"] <@ known) THEN 'unknown_record' END
          FROM (SELECT DISTINCT ON (s, r, os, "or") * FROM (
                    SELECT CASE WHEN f THEN source ELSE other_source END AS s, CASE WHEN f THEN record_id ELSE other_record_id END AS r, CASE WHEN f THEN other_source ELSE source END AS os, CASE WHEN f THEN other_record_id ELSE record_id END AS "or", weight, at
                    FROM (SELECT *, (source, record_id) < (other_source, other_record_id) AS f FROM paired WHERE c = wanted) x) y
                ORDER BY s, r, os, "or", at DESC, weight = '-Infinity' DESC, weight DESC) z) pieces_of;
    SELECT array_agg(a), array_agg(b) INTO never_a, never_b FROM step WHERE weight = '-Infinity' AND reason IS NULL;

    FOR pass IN 1..2 LOOP
        FOR p IN SELECT * FROM step WHERE reason IS NULL AND b IS NOT NULL AND weight IS DISTINCT FROM '-Infinity' ORDER BY n LOOP
            la := labels[p.a]; lb := labels[p.b]; why := NULL;
            own := p.weight IS NULL AND p.a = ANY (decided);
            IF la = lb THEN
                IF p.weight = 'Infinity' THEN decided := decided || ARRAY[p.a, p.b];
                ELSIF above(kinds, seen, parts, all_kinds, limits, parts[p.a], parts[p.b], NULL) IS NULL THEN parts := array_replace(parts, parts[p.b], parts[p.a]); END IF;
                CONTINUE;
            END IF;
            IF pass = 2 AND p.n = ANY (weak) AND (SELECT count(*) FILTER (WHERE l = la) >= (limits -> 'weak_bridge' ->> 'records')::int AND count(*) FILTER (WHERE l = lb) >= (limits -> 'weak_bridge' ->> 'records')::int
                                                  FROM unnest(labels, kinds) u(l, kd) WHERE kd IS NULL) THEN
                why := 'weak_bridge';
            ELSIF EXISTS (SELECT FROM unnest(never_a, never_b) u(x, y) WHERE (labels[x] = la AND labels[y] = lb) OR (labels[x] = lb AND labels[y] = la)) THEN
                why := 'cannot_link';
            ELSIF p.weight IS DISTINCT FROM 'Infinity' THEN
                -- what a record that was decided on says itself fits its part, and is not counted
                why := coalesce(CASE WHEN own AND pass = 1 THEN above(kinds, seen, parts, all_kinds, limits, parts[p.a], parts[p.b], NULL) END,
                                above(kinds, seen, labels, all_kinds, limits, la, lb, CASE WHEN own THEN p.kind END));
            END IF;
            IF why IS NULL THEN
                labels := array_replace(labels, lb, la);
                IF p.weight = 'Infinity' THEN decided := decided || ARRAY[p.a, p.b];
                ELSIF above(kinds, seen, parts, all_kinds, limits, parts[p.a], parts[p.b], NULL) IS NULL THEN parts := array_replace(parts, parts[p.b], parts[p.a]); END IF;
            ELSE UPDATE step s SET reason = why WHERE s.n = p.n; END IF;
        END LOOP;
        EXIT WHEN pass = 2 OR limits -> 'weak_bridge' IS NULL;
        -- a bridge: without it, nothing connects its ends
        FOR p IN SELECT * FROM step WHERE reason IS NULL AND weight < (limits -> 'weak_bridge' ->> 'weight')::float8 AND weight <> '-Infinity' LOOP
            part := ARRAY(SELECT generate_subscripts(names, 1));
            FOR i, j IN SELECT a, b FROM step WHERE reason IS NULL AND b IS NOT NULL AND weight IS DISTINCT FROM '-Infinity' AND n <> p.n LOOP
                part := array_replace(part, part[j], part[i]);
            END LOOP;
            IF part[p.a] <> part[p.b] THEN weak := weak || p.n; END IF;
        END LOOP;
        EXIT WHEN weak = '{}';
        labels := ARRAY(SELECT generate_subscripts(names, 1));
        parts := labels;
        decided := '{}';
    END LOOP;
    -- known stands in the order of survivors: the first of a label is its survivor
    survivors := ARRAY(SELECT known[array_position(labels, labels[o])] FROM generate_subscripts(known, 1) o ORDER BY o);
    pieces := ARRAY(SELECT (s.piece, s.record || ' ' || coalesce(survivors[array_position(known, s.record)], '-'), s.reason)::oracle_row FROM step s ORDER BY s.piece COLLATE "C");
    survivors := ARRAY(SELECT s FROM unnest(survivors) WITH ORDINALITY u(s, o) GROUP BY s ORDER BY min(o));
END $$;
-- the same of resolve_links
CREATE FUNCTION answer(e link_evidence, limits jsonb, OUT survivors text[], OUT pieces oracle_row[]) LANGUAGE sql AS $$
    WITH r AS MATERIALIZED (SELECT * FROM resolve_links(e, limits)), s AS (SELECT DISTINCT cluster, source || '/' || record_id AS record FROM r WHERE survivor),
         members AS (SELECT DISTINCT r.cluster, record FROM r LEFT JOIN s USING (cluster) WHERE cluster IS NOT NULL)
    SELECT (SELECT array_agg(record ORDER BY cluster) FROM members),
           (SELECT array_agg((piece, record || ' ' || coalesce((SELECT m.record FROM members m WHERE m.cluster = x.cluster), '-'), refused)::oracle_row ORDER BY piece COLLATE "C")
            FROM (SELECT cluster, source || '/' || record_id AS record, concat_ws(' ', source, record_id, identifier::text, other_source, other_record_id) AS piece, refused FROM r) x) $$;

CREATE TABLE answered AS
SELECT c, limits, evidence_of(c) AS e FROM limited;
CREATE TABLE compared AS
SELECT c, limits, (o).survivors AS oracle_survivors, (o).pieces AS oracle_pieces, (a).survivors, (a).pieces FROM (SELECT c, limits, oracle(c, limits) AS o, answer(e, limits) AS a FROM answered OFFSET 0) x;
SELECT is((SELECT count(*) FROM compared WHERE oracle_survivors = survivors AND oracle_pieces = pieces), :cases::bigint, format('clusters, survivors, their order and refusals are those of the oracle in %s cases', :cases));
SELECT is((SELECT string_agg(format('case %s, limits %s: oracle %s %s, resolve_links %s %s', c, limits, oracle_survivors, oracle_pieces, survivors, pieces), E'\n') FROM (SELECT * FROM compared WHERE oracle_survivors IS DISTINCT FROM survivors OR oracle_pieces IS DISTINCT FROM pieces LIMIT 2) x), NULL, 'no case differs');
SELECT cmp_ok((SELECT count(DISTINCT (p).refused) FROM compared, unnest(pieces) p), '>=', 10::bigint, 'every reason occurred');
SELECT diag('refusals by reason: ' || string_agg(r || ' ' || n, ', ')) FROM (SELECT coalesce((p).refused, 'accepted') AS r, count(*) AS n FROM compared, unnest(pieces) p GROUP BY 1 ORDER BY 1) x;

-- any order of arrival, any split, twice: the same bytes
CREATE TABLE split AS
SELECT c, part, link_evidence_agg(source, record_id, at, identifier ORDER BY random()) AS e FROM (SELECT *, floor(random() * 4)::int AS part FROM observed) x GROUP BY 1, 2
UNION ALL SELECT c, part, link_evidence_agg(source, record_id, other_source, other_record_id, weight, at ORDER BY random()) FROM (SELECT *, floor(random() * 4)::int AS part FROM paired UNION ALL SELECT c, other_source, other_record_id, source, record_id, weight, at, 5 FROM paired) x GROUP BY 1, 2;
SELECT is((SELECT count(*) FROM answered a JOIN (SELECT c, link_evidence_rollup(e ORDER BY random()) AS e FROM split GROUP BY 1) s USING (c) WHERE a.e = s.e), :cases::bigint, 'evidence of random parts in random order has the same bytes');
SELECT is((SELECT count(*) FROM split a JOIN split b USING (c) WHERE a.e || b.e IS DISTINCT FROM b.e || a.e OR (a.e || b.e) || a.e <> a.e || b.e), 0::bigint, 'the join is commutative and idempotent');
SELECT is((SELECT count(*) FROM split a JOIN split b USING (c) JOIN split d USING (c) WHERE c % 5 = 0 AND (a.e || b.e) || d.e <> a.e || (b.e || d.e)), 0::bigint, 'the join is associative');
SELECT is((SELECT count(*) FROM answered WHERE e::text::link_evidence = e AND e = ('[' || (SELECT string_agg(j::text, ',' ORDER BY random()) FROM jsonb_array_elements(e::text::jsonb) j) || ']')::link_evidence), :cases::bigint, 'text form and back, also with pieces in another order');

-- components are independent: two sets without a common record or identifier, resolved together, are what each is alone
CREATE FUNCTION renamed(e link_evidence) RETURNS link_evidence LANGUAGE sql AS $$
    SELECT regexp_replace(regexp_replace(e::text, '"((?:other_)?source)":"(.)"', '"\1":"\2\2"', 'g'), '"identifier":"(\w+):(.)', '"identifier":"\1:\2\2', 'g')::link_evidence $$;
SELECT is((SELECT count(*) FROM answered a JOIN answered b ON b.c = a.c + 1, renamed(b.e) other, answer(a.e, a.limits) alone, answer(other, a.limits) alone_too, answer(a.e || other, a.limits) both_of
           WHERE ARRAY(SELECT p FROM unnest(alone.pieces || alone_too.pieces) p ORDER BY (p).piece COLLATE "C") = both_of.pieces
           AND ARRAY(SELECT s FROM unnest(alone.survivors || alone_too.survivors) s ORDER BY 1) = ARRAY(SELECT s FROM unnest(both_of.survivors) s ORDER BY 1)), :cases::bigint - 1, 'components are independent');

-- the fast path: where all of an unconstrained component would fit, and nothing forbids, everything in it is accepted
CREATE TABLE unconstrained AS
SELECT a.c, a.limits, r.source, r.record_id, r.cluster, CASE WHEN r.refused IS NULL THEN r.identifier END AS identifier FROM answered a,
    resolve_links(a.e, CASE WHEN a.limits ? 'blocked' THEN jsonb_build_object('blocked', a.limits -> 'blocked') ELSE '{}' END) r
WHERE NOT a.limits ?| '{shared,weak_bridge}' AND r.other_source IS NULL;
CREATE TABLE fitting AS
SELECT c, limits, cluster, count(DISTINCT (source, record_id)) AS records,
       merge_problem((array_agg(u.identifier) FILTER (WHERE u.identifier IS NOT NULL)), (array_agg(first_seen) FILTER (WHERE u.identifier IS NOT NULL)), count(DISTINCT (source, record_id)), limits) AS problem
FROM unconstrained u LEFT JOIN (SELECT c, identifier, min(at) AS first_seen FROM observed GROUP BY 1, 2) f USING (c, identifier) GROUP BY c, limits, cluster;
CREATE TABLE inside AS
SELECT f.c, f.cluster, f.problem, bool_and(r.refused IS NULL OR r.refused IN ('blocked', 'unknown_record')) AS accepted FROM fitting f JOIN answered a USING (c) JOIN unconstrained u ON u.c = f.c AND u.cluster = f.cluster
JOIN LATERAL resolve_links(a.e, a.limits) r ON (r.source, r.record_id) = (u.source, u.record_id)
WHERE NOT EXISTS (SELECT FROM jsonb_array_elements(a.e::text::jsonb) j WHERE j ->> 'weight' = '-Infinity') GROUP BY 1, 2, 3;
SELECT is((SELECT count(*) FROM inside WHERE problem IS NULL AND NOT accepted), 0::bigint, 'what fits as a whole is accepted as a whole');
SELECT cmp_ok((SELECT count(*) FROM inside WHERE problem IS NULL), '>=', (:cases / 10)::bigint, 'such wholes occurred');
SELECT cmp_ok((SELECT count(*) FROM inside WHERE problem IS NOT NULL), '>=', (:cases / 10)::bigint, 'others too');

-- taking a record's evidence out gives what never having had it gives: bytes, clusters, refusals
SELECT is((SELECT count(*) FROM answered a, LATERAL (SELECT link_evidence(coalesce('[' || string_agg(j::text, ',') FILTER (WHERE NOT ((j ->> 'source', j ->> 'record_id') = ('a', '1') OR (j ->> 'other_source', j ->> 'other_record_id') IS NOT DISTINCT FROM ('a', '1'))) || ']', '[]')) AS e
              FROM jsonb_array_elements(a.e::text::jsonb) j) without,
              LATERAL (SELECT coalesce(link_evidence_rollup(e), '[]') AS e FROM (SELECT link_evidence_agg(source, record_id, at, identifier) AS e FROM observed o WHERE o.c = a.c AND (source, record_id) <> ('a', '1')
                UNION ALL SELECT link_evidence_agg(source, record_id, other_source, other_record_id, weight, at) FROM paired p WHERE p.c = a.c AND (source, record_id) <> ('a', '1') AND (other_source, other_record_id) <> ('a', '1')) x) never
           WHERE without.e = never.e AND answer(without.e, a.limits) IS NOT DISTINCT FROM answer(never.e, a.limits)), :cases::bigint, 'without a record it is as if it had never been');

-- large sets: states that are expanded, read before they are sorted, with many ties and repetitions
CREATE TABLE many AS
SELECT (ARRAY['crm', 'shop', 'till'])[1 + n % 3] AS source, (n * 7919 % 3001)::text AS record_id, '2026-01-01Z'::timestamptz + (n % 5) * interval '1 day' AS at,
       (CASE n % 3 WHEN 0 THEN 'email:' || n * 31 % 1009 || '@x.de' WHEN 1 THEN 'user_id:' || n * 17 % 1511 ELSE 'card:' || n * 13 % 2003 END)::identifier AS identifier
FROM generate_series(1, 20000) n UNION ALL SELECT 'crm', n::text, '2026-01-07Z', NULL FROM generate_series(3000, 3100) n;
CREATE TABLE big AS SELECT '{"limits": {"user_id": 2, "email": {"max": 3, "within": "1 day"}, "*": 9}, "priority": ["card"], "max_records": 40, "shared": {"card": {"email": 3}}}'::jsonb AS limits,
    (SELECT link_evidence_agg(source, record_id, at, identifier) FROM many) AS e;
CREATE TABLE big_answer AS SELECT r.* FROM big, resolve_links(e, limits) r;
SELECT is((SELECT link_evidence_agg(source, record_id, at, identifier ORDER BY random()) FROM (TABLE many UNION ALL TABLE many) m), (SELECT e FROM big), 'a large set in another order, twice, has the same bytes');
SELECT bag_eq('SELECT r.* FROM (SELECT link_evidence_agg(source, record_id, at, identifier ORDER BY random()) AS e FROM (TABLE many UNION ALL TABLE many) m) x, big, resolve_links(x.e, limits) r', 'TABLE big_answer', 'a large state is resolved like the value that it becomes');
SELECT is((SELECT link_evidence_rollup(e) FROM (SELECT link_evidence_agg(source, record_id, at, identifier) AS e FROM many GROUP BY random() < .5, source) p), (SELECT e FROM big), 'large parts roll up to the same bytes');
SELECT is((SELECT count(*) FROM (SELECT 1 FROM big_answer WHERE identifier IS NOT NULL AND refused IS NULL GROUP BY identifier HAVING count(DISTINCT cluster) > 1) x), 0::bigint, 'an accepted identifier is in one cluster');
SELECT is((SELECT count(*) FROM (SELECT 1 FROM big_answer WHERE identifier::text LIKE 'user\_id%' AND refused IS NULL GROUP BY cluster HAVING count(DISTINCT identifier) > 2
    UNION ALL SELECT 1 FROM big_answer GROUP BY cluster HAVING count(DISTINCT (source, record_id)) > 40) x), 0::bigint, 'no cluster of a large set breaks a limit');
SELECT * FROM finish();
