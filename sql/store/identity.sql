-- identity.sql: who is one customer. Evidence is never changed by what is found in it: customers, identities,
-- refusals and source_records.customer_id are made from evidence and links, and can be made again at any time.

/*
 * Who writes identities takes this lock, shared for a single record whose customers are locked beside it, or exclusively. What is done
 * to the whole store is seen by transactions that look at an older state: they find the settings changed, and fail with 40001.
 */
CREATE OR REPLACE FUNCTION @store@.lock_identities()
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_class c WHERE c.relkind = 'v' AND c.oid IN ('@store@.customers'::regclass, '@store@.identities'::regclass, '@store@.evidence'::regclass,
                   '@store@.source_records'::regclass, '@store@.links'::regclass, '@store@.refusals'::regclass, '@store@.merge_log'::regclass, '@store@.identity_settings'::regclass)) THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = 'the store has adopted its customers or identities: it does not write them',
            HINT = 'Make a store that adopts neither, and load evidence into it.';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('omni.identities ' || (parse_ident('@store@'))[1], 0));
    UPDATE @store@.identity_settings s SET changed_at = s.changed_at WHERE s.setting = 'limits';
END $$;
COMMENT ON FUNCTION @store@.lock_identities() IS 'for functions of the store: let no other session write identities until this transaction ends';

/*
 * The one place where customers are made of evidence: for the whole store (rebuild_identities, set_merge_limits), for what
 * a batch touched (ingest), for what a call touched (identify's slow path, decisions). Evidence and links are written already.
 *
 *   scope 'store'  everything
 *   scope 'batch'  what pg_temp.omni_touched names, a temporary table of the caller's, who drops it:
 *                    source, record_id       a record with evidence that is new, changed or gone, or with a new or changed link; or
 *                    identifier              an identifier of which evidence was taken away (source and record_id NULL)
 *                    last_seen_at, profile   what a new version of the record says of itself, joined to what is known; may be NULL
 *                  one row a record
 *   scope 'rows'   the same rows as a jsonb array of objects, for few of them
 *
 * The caller holds the store-wide lock, exclusively, or for 'rows' locks on all customers of the components touched.
 * It writes customers, identities, refusals, source_records, links.refused, orders.customer_id (an order's own record: source =
 * its channel, record_id = its number) and merge_log, where cause and decision are noted. Evidence and links it only reads.
 *
 * A record that ingest() took without any identifier is a record all the same: a row of source_records that has a profile and no evidence.
 *
 * A component is what evidence that is not blocked, and links that are not "never", connect, refused ones included. Components do
 * not depend on each other, so those that were touched, resolved alone, give what resolving the whole store gives.
 *
 * Numbers: a customer is known by the record in (customers.source, record_id). Of the customers whose records are in one cluster
 * the one with the least record keeps its number and is known by the cluster's survivor from then on, the others point to it. A
 * cluster without any gets a new number. A customer whose record is gone is known by the least one that was its; one that has
 * none left is deleted, unless an order names it.
 *
 * customers.bounds is what identify() has to know of a cluster without reading it: 1, evidence that is refused touches it;
 * 2, a link that is refused or "never"; 4, a link holds it together.
 */
CREATE OR REPLACE FUNCTION @store@.resolve_identities(scope text, touched jsonb, cause text, decision bigint, OUT records bigint, OUT customers bigint, OUT merged bigint)
    RETURNS record LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    limits jsonb := coalesce((SELECT s.value FROM @store@.identity_settings s WHERE s.setting = 'limits'), omni.merge_limits());
    work jsonb := jsonb_build_object('touched', coalesce(touched, '[]'));
    shapes jsonb := '{"touched": "source text, record_id text, identifier omni.identifier, last_seen_at timestamptz, profile omni.customer_profile",
        "closure": "identifier omni.identifier, source text, record_id text",
        "resolved": "cluster bigint, source text, record_id text, identifier omni.identifier, other_source text, other_record_id text, survivor boolean, refused text, observed_at timestamptz",
        "record": "source text, record_id text, cluster bigint, survivor boolean, first_seen_at timestamptz, last_seen_at timestamptz, stored bigint, was bigint, stored_first_seen_at timestamptz, stored_last_seen_at timestamptz",
        "link": "source text, record_id text, other_source text, other_record_id text, weight double precision, refused text, now text",
        "number": "customer_id bigint, merged_into bigint, cluster bigint, first_seen_at timestamptz, source text, record_id text, gone boolean",
        "person": "cluster bigint, source text, record_id text, first_seen_at timestamptz, customer_id bigint, is_new boolean, was bigint, bounds integer"}';
    step record;
    query text;
    part text;
    made jsonb;
    planner jsonb;
    n bigint;
    memory text := current_setting('work_mem');
BEGIN
    IF scope <> 'rows' AND pg_size_bytes(memory) < pg_size_bytes('128MB') THEN
        PERFORM set_config('work_mem', '128MB', true);
    END IF;
    IF scope = 'batch' THEN
        -- a round adds the neighbors of what the round before added
        CREATE TEMP TABLE omni_closure ON COMMIT DROP AS SELECT DISTINCT t.identifier, t.source, t.record_id, 0 AS round FROM pg_temp.omni_touched t;
        CREATE INDEX ON pg_temp.omni_closure (identifier);
        CREATE INDEX ON pg_temp.omni_closure (source, record_id);
        FOR turn IN 0 .. 2147483646 LOOP
            ANALYZE pg_temp.omni_closure;
            INSERT INTO pg_temp.omni_closure (identifier, source, record_id, round)
            SELECT DISTINCT x.identifier, x.source, x.record_id, turn + 1 FROM (
                SELECT e.identifier, NULL::text AS source, NULL::text AS record_id FROM pg_temp.omni_closure c JOIN @store@.evidence e ON e.source = c.source AND e.record_id = c.record_id WHERE c.round = turn
                UNION ALL SELECT NULL, e.source, e.record_id FROM pg_temp.omni_closure c JOIN @store@.evidence e ON e.identifier = c.identifier
                    WHERE c.round = turn AND omni.merge_problem(ARRAY[c.identifier], NULL, 0, jsonb_build_object('blocked', coalesce(limits -> 'blocked', '{}'))) IS NULL
                UNION ALL SELECT NULL, l.other_source, l.other_record_id FROM pg_temp.omni_closure c JOIN @store@.links l ON l.source = c.source AND l.record_id = c.record_id
                    WHERE c.round = turn AND l.weight > '-Infinity'
                UNION ALL SELECT NULL, l.source, l.record_id FROM pg_temp.omni_closure c JOIN @store@.links l ON l.other_source = c.source AND l.other_record_id = c.record_id
                    WHERE c.round = turn AND l.weight > '-Infinity') x
            WHERE NOT EXISTS (SELECT FROM pg_temp.omni_closure o WHERE o.identifier = x.identifier) AND NOT EXISTS (SELECT FROM pg_temp.omni_closure o WHERE o.source = x.source AND o.record_id = x.record_id);
            EXIT WHEN NOT FOUND;
        END LOOP;
    END IF;
    FOR step IN SELECT * FROM (VALUES
        -- what belongs together: identifiers and records that evidence connects
        (1, 'closure', $q$
            SELECT c.identifier::omni.identifier AS identifier, c.source, c.record_id FROM (SELECT array_agg(t.identifier::text) FILTER (WHERE t.identifier IS NOT NULL) AS identifiers,
                array_agg(t.source) FILTER (WHERE t.source IS NOT NULL) AS sources, array_agg(t.record_id) FILTER (WHERE t.source IS NOT NULL) AS record_ids FROM {touched} t) t
            CROSS JOIN LATERAL @store@.component_of(t.identifiers, t.sources, t.record_ids, $2) c$q$),
        -- a piece of evidence: its cluster, or why it does not link
        (2, 'resolved', $q$
            SELECT r.cluster, r.source, r.record_id, r.identifier, r.other_source, r.other_record_id, r.survivor, r.refused, e.observed_at
            FROM (SELECT omni.link_evidence_rollup(x.part) AS evidence FROM (
                      SELECT omni.link_evidence_agg(e.source, e.record_id, e.observed_at, e.identifier) AS part FROM @store@.evidence e WHERE {within e.source, e.record_id}
                      UNION ALL SELECT omni.link_evidence_agg(s.source, s.record_id, s.first_seen_at, NULL::omni.identifier) FROM @store@.source_records s WHERE s.profile IS NOT NULL AND {within s.source, s.record_id}
                          AND NOT EXISTS (SELECT FROM @store@.evidence e WHERE e.source = s.source AND e.record_id = s.record_id)
                      UNION ALL SELECT omni.link_evidence_agg(l.source, l.record_id, l.other_source, l.other_record_id, l.weight, l.decided_at) FROM @store@.links l
                          WHERE l.weight IS NOT NULL AND {within l.source, l.record_id} AND {within l.other_source, l.other_record_id}) x) s
            CROSS JOIN LATERAL omni.resolve_links(s.evidence, $2) r
            LEFT JOIN @store@.evidence e ON e.identifier = r.identifier AND e.source = r.source AND e.record_id = r.record_id$q$),
        (3, 'record', $q$
            SELECT d.source, d.record_id, d.cluster, d.survivor, coalesce(d.first_seen_at, s.first_seen_at) AS first_seen_at, coalesce(d.last_seen_at, s.last_seen_at) AS last_seen_at, s.customer_id AS stored, coalesce(k.merged_into, k.customer_id) AS was,
                s.first_seen_at AS stored_first_seen_at, s.last_seen_at AS stored_last_seen_at
            FROM (SELECT r.source, r.record_id, min(r.cluster) AS cluster, bool_or(r.survivor) AS survivor, min(r.observed_at) AS first_seen_at, max(r.observed_at) AS last_seen_at
                  FROM {resolved} r WHERE r.other_source IS NULL GROUP BY r.source, r.record_id) d
            LEFT JOIN @store@.source_records s ON s.source = d.source AND s.record_id = d.record_id
            LEFT JOIN @store@.customers k ON k.customer_id = s.customer_id$q$),
        -- what links come to
        (4, 'link', $q$
            SELECT y.source, y.record_id, y.other_source, y.other_record_id, y.weight, y.refused, CASE WHEN y.weight IS NULL THEN NULL
                WHEN (EXISTS (SELECT FROM @store@.evidence e WHERE e.source = y.source AND e.record_id = y.record_id)
                        OR EXISTS (SELECT FROM @store@.source_records s WHERE s.source = y.source AND s.record_id = y.record_id AND s.profile IS NOT NULL))
                    AND (EXISTS (SELECT FROM @store@.evidence e WHERE e.source = y.other_source AND e.record_id = y.other_record_id)
                        OR EXISTS (SELECT FROM @store@.source_records s WHERE s.source = y.other_source AND s.record_id = y.other_record_id AND s.profile IS NOT NULL)) THEN r.refused ELSE 'unknown_record' END AS now
            FROM ({links}) y
            LEFT JOIN {resolved} r ON r.source = y.source AND r.record_id = y.record_id AND r.other_source = y.other_source AND r.other_record_id = y.other_record_id$q$),
        -- the customers that there are, and where the record is that each is known by
        (5, 'number', $q$
            WITH k AS MATERIALIZED ({customers}),
                at_home AS MATERIALIZED (SELECT k.customer_id, d.cluster, d.first_seen_at, d.source, d.record_id FROM k JOIN {record} d ON d.source = k.source AND d.record_id = k.record_id
                    -- a record that was removed and came again may be somebody else's by now
                    WHERE d.was IS NULL OR d.was = coalesce(k.merged_into, k.customer_id)),
                lost AS MATERIALIZED (SELECT k.customer_id FROM k WHERE k.merged_into IS NULL AND NOT EXISTS (SELECT FROM at_home h WHERE h.customer_id = k.customer_id)),
                again AS (SELECT DISTINCT ON (x.customer_id) x.* FROM (
                        SELECT o.customer_id, d.cluster, d.first_seen_at, d.source, d.record_id FROM lost o JOIN {record} d ON d.was = o.customer_id
                        UNION ALL SELECT o.customer_id, d.cluster, d.first_seen_at, d.source, d.record_id FROM lost o JOIN @store@.identities i ON i.customer_id = o.customer_id
                            JOIN {resolved} r ON r.identifier = i.identifier JOIN {record} d ON d.source = r.source AND d.record_id = r.record_id WHERE d.was IS NULL) x
                    ORDER BY x.customer_id, x.first_seen_at, x.source COLLATE "C", x.record_id COLLATE "C")
            SELECT k.customer_id, k.merged_into, coalesce(h.cluster, a.cluster) AS cluster, coalesce(h.first_seen_at, a.first_seen_at) AS first_seen_at,
                coalesce(h.source, a.source) AS source, coalesce(h.record_id, a.record_id) AS record_id,
                h.cluster IS NULL AND EXISTS (SELECT FROM @store@.source_records s WHERE s.source = k.source AND s.record_id = k.record_id) AS gone
            FROM k LEFT JOIN at_home h ON h.customer_id = k.customer_id LEFT JOIN again a ON a.customer_id = k.customer_id$q$),
        -- a transaction that sees an older state fails if any of these were written to since
        (6, 'watched', $q$
            SELECT (SELECT count(*) FROM (SELECT FROM @store@.customers c WHERE c.customer_id IN (SELECT n.customer_id FROM {number} n) FOR NO KEY UPDATE) x),
                (SELECT count(*) FROM (SELECT FROM @store@.identities i WHERE i.customer_id IN (SELECT n.customer_id FROM {number} n) FOR NO KEY UPDATE) x)$q$),
        (7, 'person', $q$
            SELECT s.cluster, s.source, s.record_id, s.first_seen_at, coalesce(s.customer_id, nextval(pg_get_serial_sequence('@store@.customers', 'customer_id'))) AS customer_id,
                s.customer_id IS NULL AS is_new, s.was, s.bounds
            FROM (SELECT d.cluster, d.source, d.record_id, d.first_seen_at, k.customer_id, d.was, coalesce(b.bounds, 0) AS bounds
                  FROM {record} d
                  LEFT JOIN (SELECT DISTINCT ON (n.cluster) n.cluster, n.customer_id FROM {number} n WHERE n.cluster IS NOT NULL
                             ORDER BY n.cluster, n.first_seen_at, n.source COLLATE "C", n.record_id COLLATE "C", n.customer_id) k ON k.cluster = d.cluster
                  LEFT JOIN (SELECT x.cluster, bit_or(x.bound) AS bounds FROM (
                                 SELECT r.cluster, 1 AS bound FROM {resolved} r WHERE r.identifier IS NOT NULL AND r.refused <> 'blocked'
                                 UNION SELECT a.cluster, 1 FROM {resolved} r JOIN {resolved} a ON a.identifier = r.identifier WHERE r.refused <> 'blocked' AND a.refused IS NULL
                                 UNION SELECT y.cluster, CASE WHEN l.weight = '-Infinity' THEN 2 WHEN l.now = 'unknown_record' THEN 0 WHEN l.now IS NOT NULL THEN 2 ELSE 4 END
                                     FROM {link} l CROSS JOIN LATERAL (VALUES (l.source, l.record_id), (l.other_source, l.other_record_id)) z(source, record_id)
                                     JOIN {record} y ON y.source = z.source AND y.record_id = z.record_id WHERE l.weight IS NOT NULL) x
                             GROUP BY x.cluster) b ON b.cluster = d.cluster
                  WHERE d.survivor ORDER BY d.cluster) s$q$),
        -- those that turn out to be somebody else, or not to be after all
        (8, 'merged', $q$
            WITH t AS (SELECT n.customer_id, n.merged_into AS before, nullif(p.customer_id, n.customer_id) AS target FROM {number} n JOIN {person} p ON p.cluster = n.cluster
                       WHERE n.merged_into IS DISTINCT FROM nullif(p.customer_id, n.customer_id)),
                w AS (INSERT INTO @store@.merge_log (action, customer_id, other_customer_id, cause, decision)
                      SELECT CASE WHEN t.target IS NULL THEN 'separated' ELSE 'merged' END, coalesce(t.target, t.before), t.customer_id, $3, $4 FROM t ORDER BY t.customer_id)
            UPDATE @store@.customers c SET merged_into = t.target FROM t WHERE c.customer_id = t.customer_id$q$),
        -- customers without a record that pointed to one of those; each round halves what is left of a chain
        (9, 'chains', $q$
            UPDATE @store@.customers c SET merged_into = m.merged_into FROM {number} n, @store@.customers m
            WHERE n.cluster IS NULL AND c.customer_id = n.customer_id AND c.merged_into = m.customer_id AND m.merged_into <> c.customer_id$q$),
        (10, 'new', $q$
            WITH w AS (INSERT INTO @store@.merge_log (action, customer_id, other_customer_id, cause, decision)
                       SELECT 'separated', p.was, p.customer_id, $3, $4 FROM {person} p WHERE p.is_new AND p.was IS NOT NULL ORDER BY p.customer_id)
            INSERT INTO @store@.customers (customer_id, source, record_id, first_seen_at, bounds)
            SELECT p.customer_id, p.source, p.record_id, p.first_seen_at, p.bounds FROM {person} p WHERE p.is_new$q$),
        -- every customer that was there is written to, for transactions that cannot see what is new here (store-wide: the settings are)
        (11, 'known', $q$
            UPDATE @store@.customers c SET first_seen_at = p.first_seen_at, source = p.source, record_id = p.record_id, bounds = p.bounds FROM {person} p
            WHERE p.customer_id = c.customer_id AND NOT p.is_new AND ({always} OR (c.first_seen_at, c.source, c.record_id, c.bounds) IS DISTINCT FROM (p.first_seen_at, p.source, p.record_id, p.bounds))$q$),
        (12, 'identities', $q$
            WITH x AS (SELECT r.identifier, min(r.cluster) FILTER (WHERE r.refused IS NULL) AS cluster, min(r.observed_at) AS first_seen_at, max(r.observed_at) AS last_seen_at
                       FROM {resolved} r WHERE r.identifier IS NOT NULL GROUP BY r.identifier),
                y AS (SELECT x.identifier, p.customer_id, x.first_seen_at, x.last_seen_at, i.identifier IS NULL AS is_new FROM x JOIN {person} p ON p.cluster = x.cluster LEFT JOIN @store@.identities i ON i.identifier = x.identifier
                      WHERE (i.customer_id, i.first_seen_at, i.last_seen_at) IS DISTINCT FROM (p.customer_id, x.first_seen_at, x.last_seen_at)),
                u AS (UPDATE @store@.identities i SET customer_id = y.customer_id, first_seen_at = y.first_seen_at, last_seen_at = y.last_seen_at FROM y WHERE i.identifier = y.identifier AND NOT y.is_new),
                n AS (INSERT INTO @store@.identities (identifier, customer_id, first_seen_at, last_seen_at) SELECT y.identifier, y.customer_id, y.first_seen_at, y.last_seen_at FROM y WHERE y.is_new
                      {unseen identities_pkey customer_id})
            DELETE FROM @store@.identities i WHERE {within i.identifier} AND NOT EXISTS (SELECT FROM x WHERE x.identifier = i.identifier AND x.cluster IS NOT NULL)$q$),
        (13, 'refusals', $q$
            WITH y AS (SELECT r.identifier, r.source, r.record_id, r.refused, f.reason FROM {resolved} r LEFT JOIN @store@.refusals f ON f.identifier = r.identifier AND f.source = r.source AND f.record_id = r.record_id
                       WHERE r.identifier IS NOT NULL AND r.refused IS NOT NULL AND f.reason IS DISTINCT FROM r.refused),
                u AS (UPDATE @store@.refusals f SET reason = y.refused, refused_at = now() FROM y WHERE f.identifier = y.identifier AND f.source = y.source AND f.record_id = y.record_id AND y.reason IS NOT NULL),
                n AS (INSERT INTO @store@.refusals (identifier, source, record_id, reason) SELECT y.identifier, y.source, y.record_id, y.refused FROM y WHERE y.reason IS NULL {unseen refusals_pkey reason})
            DELETE FROM @store@.refusals f WHERE {within f.source, f.record_id}
                AND NOT EXISTS (SELECT FROM {resolved} r WHERE r.identifier = f.identifier AND r.source = f.source AND r.record_id = f.record_id AND r.refused IS NOT NULL)$q$),
        (14, 'links', $q$
            UPDATE @store@.links l SET refused = x.now FROM {link} x
            WHERE x.refused IS DISTINCT FROM x.now AND l.source = x.source AND l.record_id = x.record_id AND l.other_source = x.other_source AND l.other_record_id = x.other_record_id$q$),
        (15, 'records', $q$
            WITH y AS (SELECT d.source, d.record_id, p.customer_id, d.first_seen_at, greatest(d.last_seen_at, t.last_seen_at) AS last_seen_at, t.profile, d.stored IS NULL AS is_new
                       FROM {record} d JOIN {person} p ON p.cluster = d.cluster LEFT JOIN {touched} t ON t.source = d.source AND t.record_id = d.record_id
                       WHERE d.stored IS DISTINCT FROM p.customer_id OR d.stored_first_seen_at <> d.first_seen_at OR d.stored_last_seen_at < d.last_seen_at OR t.source IS NOT NULL),
                u AS (UPDATE @store@.source_records s SET customer_id = y.customer_id, first_seen_at = y.first_seen_at, last_seen_at = greatest(s.last_seen_at, y.last_seen_at),
                          profile = coalesce(s.profile OPERATOR(omni.||) y.profile, s.profile, y.profile) FROM y WHERE s.source = y.source AND s.record_id = y.record_id AND NOT y.is_new),
                n AS (INSERT INTO @store@.source_records (source, record_id, customer_id, first_seen_at, last_seen_at, profile)
                      SELECT y.source, y.record_id, y.customer_id, y.first_seen_at, y.last_seen_at, y.profile FROM y WHERE y.is_new {unseen source_records_pkey customer_id})
            DELETE FROM @store@.source_records s WHERE {within s.source, s.record_id} AND NOT EXISTS (SELECT FROM {record} d WHERE d.source = s.source AND d.record_id = s.record_id)$q$),
        -- an order's own record; an order that was given to the record's customer goes with the record
        (16, 'orders', $q$
            UPDATE @store@.orders o SET customer_id = p.customer_id FROM {record} d JOIN {person} p ON p.cluster = d.cluster
            WHERE o.order_ref = d.record_id AND o.channel_code = d.source AND (o.customer_id IS NULL OR (d.was <> p.customer_id
                AND EXISTS (SELECT FROM {number} n WHERE n.customer_id = o.customer_id AND coalesce(n.merged_into, n.customer_id) = d.was)
                AND EXISTS (SELECT FROM @store@.customers k WHERE k.customer_id = o.customer_id AND coalesce(k.merged_into, k.customer_id) <> p.customer_id)))$q$),
        -- customers that have no record any more
        (17, 'gone', $q$
            WITH g AS (SELECT n.customer_id, n.merged_into FROM {number} n WHERE n.cluster IS NULL AND n.gone AND NOT EXISTS (SELECT FROM @store@.orders o WHERE o.customer_id = n.customer_id))
            DELETE FROM @store@.customers c USING g WHERE g.customer_id = c.customer_id AND CASE WHEN g.merged_into IS NULL
                THEN NOT EXISTS (SELECT FROM @store@.customers k WHERE k.merged_into = g.customer_id AND k.customer_id NOT IN (SELECT x.customer_id FROM g x))
                ELSE g.merged_into IN (SELECT x.customer_id FROM g x) END$q$)
        ) v(n, name, query) ORDER BY v.n LOOP
        CONTINUE WHEN step.name = 'closure' AND scope <> 'rows'
            OR step.name = 'watched' AND current_setting('transaction_isolation') = 'read committed' OR step.name = 'orders' AND (SELECT c.relkind = 'v' FROM pg_class c WHERE c.oid = '@store@.orders'::regclass);
        CONTINUE WHEN scope = 'rows' AND CASE step.name WHEN 'links' THEN work -> 'link' = '[]' WHEN 'merged' THEN work -> 'number' = '[]' WHEN 'known' THEN work -> 'number' = '[]'
            WHEN 'chains' THEN NOT work @? '$.number[*] ? (@.cluster == null)' WHEN 'gone' THEN NOT work @? '$.number[*] ? (@.gone == true)' WHEN 'new' THEN NOT work @? '$.person[*] ? (@.is_new == true)' END;
        -- all links, or those of these records, by either end
        query := replace(step.query, '{links}', CASE scope WHEN 'store' THEN 'SELECT v.* FROM @store@.links v' ELSE $q$
            SELECT v.* FROM {closure} d JOIN @store@.links v ON v.source = d.source AND v.record_id = d.record_id
            UNION ALL SELECT v.* FROM {closure} d JOIN @store@.links v ON v.other_source = d.source AND v.other_record_id = d.record_id
            WHERE NOT EXISTS (SELECT FROM {closure} x WHERE x.source = v.source AND x.record_id = v.record_id)$q$ END);
        query := replace(query, '{customers}', CASE scope WHEN 'store' THEN 'SELECT c.customer_id, c.source, c.record_id, c.merged_into FROM @store@.customers c' ELSE $q$
            SELECT c.customer_id, c.source, c.record_id, c.merged_into
            FROM (SELECT coalesce(k.merged_into, k.customer_id) AS customer_id FROM (
                      SELECT s.customer_id FROM {closure} w JOIN @store@.source_records s ON s.source = w.source AND s.record_id = w.record_id
                      UNION SELECT i.customer_id FROM {closure} w JOIN @store@.identities i ON i.identifier = w.identifier) x
                  JOIN @store@.customers k ON k.customer_id = x.customer_id GROUP BY 1) t
            CROSS JOIN LATERAL (SELECT a.* FROM @store@.customers a WHERE a.customer_id = t.customer_id UNION ALL SELECT b.* FROM @store@.customers b WHERE b.merged_into = t.customer_id) c$q$ END);
        query := regexp_replace(query, '\{within ([^,}]+), ([^}]+)\}', CASE scope WHEN 'store' THEN 'true' ELSE '(\1, \2) IN (SELECT w.source, w.record_id FROM {closure} w WHERE w.source IS NOT NULL)' END, 'g');
        query := regexp_replace(query, '\{within ([^,}]+)\}', CASE scope WHEN 'store' THEN 'true' ELSE '\1 IN (SELECT w.identifier FROM {closure} w WHERE w.identifier IS NOT NULL)' END, 'g');
        -- a row that this transaction cannot see: 40001
        query := regexp_replace(query, '\{unseen (\w+) (\w+)\}', CASE current_setting('transaction_isolation') WHEN 'read committed' THEN '' ELSE 'ON CONFLICT ON CONSTRAINT \1 DO UPDATE SET \2 = excluded.\2' END, 'g');
        query := replace(query, '{always}', CASE scope WHEN 'store' THEN 'false' ELSE 'true' END);
        FOR part IN SELECT k FROM jsonb_object_keys(shapes) k LOOP
            query := replace(query, '{' || part || '}', CASE WHEN scope = 'rows' OR (part = 'touched' AND (scope = 'store' OR touched IS NOT NULL))
                THEN format('(SELECT w.* FROM jsonb_to_recordset($1 -> %L) w(%s))', part, shapes ->> part) ELSE 'pg_temp.omni_' || part END);
        END LOOP;
        IF NOT shapes ? step.name THEN
            FOR turn IN 1 .. 32 LOOP
                EXECUTE query USING work, limits, cause, decision;
                GET DIAGNOSTICS n = ROW_COUNT;
                EXIT WHEN step.name <> 'chains' OR n = 0;
            END LOOP;
            IF step.name = 'merged' THEN
                merged := n;
            END IF;
        ELSIF scope = 'rows' THEN
            EXECUTE 'SELECT coalesce(jsonb_agg(to_jsonb(w)), ''[]'') FROM (' || query || ') w' INTO made USING work, limits;
            work := jsonb_set(work, ARRAY[step.name], made);
            IF step.name = 'closure' AND jsonb_array_length(made) > 10000 THEN
                -- too much to carry about
                EXECUTE format('CREATE TEMP TABLE omni_closure ON COMMIT DROP AS SELECT * FROM jsonb_to_recordset($1) w(%s)', shapes ->> 'closure') USING made;
                ANALYZE pg_temp.omni_closure;
                work := work - 'closure';
                scope := 'batch';
                -- nor for the plans of a few rows that callers ask for
                SELECT jsonb_object_agg(k, current_setting(k)) INTO planner FROM unnest('{enable_seqscan,enable_hashjoin,enable_mergejoin}'::text[]) k;
                PERFORM set_config(k, 'on', true) FROM jsonb_object_keys(planner) k;
            END IF;
        ELSE
            EXECUTE format('CREATE TEMP TABLE omni_%s ON COMMIT DROP AS %s', step.name, query) USING work, limits;
            EXECUTE format('ANALYZE pg_temp.omni_%s', step.name);
        END IF;
    END LOOP;
    IF scope = 'rows' THEN
        records := jsonb_array_length(work -> 'record');
        customers := jsonb_array_length(work -> 'person');
    ELSE
        PERFORM set_config('work_mem', memory, true);
        SELECT (SELECT count(*) FROM pg_temp.omni_record), (SELECT count(*) FROM pg_temp.omni_person) INTO records, customers;
        IF scope = 'batch' THEN
            DROP TABLE pg_temp.omni_closure;
        END IF;
        DROP TABLE pg_temp.omni_resolved, pg_temp.omni_record, pg_temp.omni_link, pg_temp.omni_number, pg_temp.omni_person;
        PERFORM set_config(k, v, true) FROM jsonb_each_text(planner) p(k, v);
    END IF;
END $$;
COMMENT ON FUNCTION @store@.resolve_identities(text, jsonb, text, bigint) IS 'for functions of the store: make customers of the evidence that was touched, within the limits of merging';

CREATE OR REPLACE FUNCTION @store@.rebuild_identities(OUT records bigint, OUT customers bigint, OUT merged bigint)
    RETURNS record LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM @store@.lock_identities();
    SELECT r.records, r.customers, r.merged INTO records, customers, merged FROM @store@.resolve_identities('store', NULL, 'rebuild_identities', NULL) r;
END $$;
COMMENT ON FUNCTION @store@.rebuild_identities() IS 'unify customers from all evidence: records that share an identifier, directly or through others, are one customer, within the limits of merging. The same for any order of arrival; ids stay, a merged customer points to the one it was found to be. records and customers are totals, merged is how many customers this run redirected';

/*
 * What evidence connects, directly or through others, to these identifiers and records: nodes, each an identifier or a record. Evidence
 * that is refused at present connects as well, blocked evidence and links that are "never" do not.
 */
CREATE OR REPLACE FUNCTION @store@.component_of(identifiers text[], sources text[], record_ids text[], limits jsonb, OUT identifier text, OUT source text, OUT record_id text)
    RETURNS SETOF record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
    blocked jsonb := jsonb_build_object('blocked', coalesce(limits -> 'blocked', '{}'));
BEGIN
    RETURN QUERY
    WITH RECURSIVE c(identifier, source, record_id) AS (
        SELECT i.identifier, NULL::text, NULL::text FROM unnest(identifiers::omni.identifier[]) i(identifier)
        UNION SELECT NULL, r.source, r.record_id FROM unnest(sources, record_ids) r(source, record_id)
        UNION
        SELECT x.identifier, x.source, x.record_id FROM c CROSS JOIN LATERAL (
            SELECT e.identifier, NULL::text AS source, NULL::text AS record_id FROM @store@.evidence e WHERE e.source = c.source AND e.record_id = c.record_id
            UNION ALL SELECT NULL, e.source, e.record_id FROM @store@.evidence e WHERE e.identifier = c.identifier AND omni.merge_problem(ARRAY[c.identifier], NULL, 0, blocked) IS NULL
            UNION ALL SELECT NULL, l.other_source, l.other_record_id FROM @store@.links l WHERE l.source = c.source AND l.record_id = c.record_id AND l.weight > '-Infinity'
            UNION ALL SELECT NULL, l.source, l.record_id FROM @store@.links l WHERE l.other_source = c.source AND l.other_record_id = c.record_id AND l.weight > '-Infinity') x)
    SELECT c.identifier::text, c.source, c.record_id FROM c;
END $$;
COMMENT ON FUNCTION @store@.component_of(text[], text[], text[], jsonb) IS 'for functions of the store: what evidence connects to these identifiers and records';

/*
 * One record, now. Nearly all are of somebody new or of one customer: omni.store_identify() writes those. For the others, if all that comes together fits the limits, and nothing refused touches it,
 * it is one customer, and nothing else changes (limits are monotone: what fits as a whole was never refused a part). If not, but the new
 * evidence stands behind all that made the clusters it touches, it is accepted or refused against these clusters as they are. Else the
 * components that it touches are resolved anew. All three give what resolving the whole store gives.
 *
 * Locks, so that two sessions in any interleaving give one customer and do not deadlock: the store-wide lock, shared; then, ascending, of the
 * identifiers and the record (negative keys), then of the customers touched (positive keys); then it looks again. If it now sees
 * customers with lesser keys than those that it has, it lets all locks go (the subtransaction ends) and starts over with them. A component
 * of many customers is resolved under the exclusive lock; a transaction that made some hundred calls takes it, too.
 *
 * A transaction that sees an older state (REPEATABLE READ, SERIALIZABLE) must not decide by it. Whoever changes a customer's cluster
 * updates its row or a row of its identities; here all of these are locked for update, which fails with 40001 if one was changed since.
 */
CREATE OR REPLACE FUNCTION @store@.identify_with_others(identifiers text[], source text, record_id text, at timestamptz, attributes jsonb)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_variable
DECLARE
    seed CONSTANT bigint := hashtextextended('omni.identities ' || (parse_ident('@store@'))[1], 0);
    ids omni.identifier[];
    blocked omni.identifier[] := '{}';
    linking omni.identifier[];
    profile omni.customer_profile;
    limits jsonb;
    bounded boolean;                -- there are limits beside what is blocked
    problem text;
    above text;
    keys bigint[];
    want bigint[] := '{}';
    locked bigint[];
    missing bigint[];
    alone boolean;
    looked boolean;
    isolated boolean;                 -- it may see an older state than there is
    has_orders boolean;
    way text;
    -- what is known
    home bigint;
    owners bigint[];
    owned bigint[];
    moved bigint[];
    settled boolean;
    foreign_refusal boolean;
    elsewhere boolean;
    said omni.identifier[];
    unowned omni.identifier[];
    lowered omni.identifier[];
    touched bigint[];               -- customers, that of the least record first
    bounds integer;
    first_at timestamptz;
    first_source text;
    first_record text;
    -- what is decided
    priority text[];
    edge record;
    together bigint[];
    fresh omni.identifier[];
    grown bigint[];
    refused omni.identifier[] := '{}';
    reasons text[] := '{}';
    against bigint[] := '{}';
    me bigint;
BEGIN
    SELECT bool_or(c.relkind = 'v') FILTER (WHERE c.oid <> '@store@.orders'::regclass), NOT bool_or(c.relkind = 'v' AND c.oid = '@store@.orders'::regclass) INTO elsewhere, has_orders FROM pg_class c
    WHERE c.oid IN ('@store@.customers'::regclass, '@store@.identities'::regclass, '@store@.evidence'::regclass, '@store@.source_records'::regclass, '@store@.orders'::regclass);
    IF elsewhere THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = 'the store has adopted its customers or identities: it does not write them',
            HINT = 'Make a store that adopts neither, and identify records in it.';
    END IF;
    SELECT array_agg(DISTINCT x.i) FILTER (WHERE x.i IS NOT NULL),
           array_agg(DISTINCT coalesce(omni.identifier_hash_extended(x.i, seed), hashtextextended(source || E'\n' || record_id, seed)) | (-9223372036854775808))
    INTO ids, keys FROM unnest(array(SELECT u FROM unnest(identifiers) u)::omni.identifier[] || NULL::omni.identifier) x(i);
    profile := omni.customer_profile_from(source, record_id, at, ids, attributes);
    -- a transaction of many calls has the whole store rather than fill the table of locks
    alone := coalesce(current_setting('omni_identify.alone', true), '') = 'on';
    LOOP
        BEGIN
            IF alone THEN
                PERFORM pg_advisory_xact_lock(seed);
            ELSE
                PERFORM pg_advisory_xact_lock_shared(seed);
                PERFORM pg_advisory_xact_lock(k) FROM unnest(keys) k;
                IF want <> '{}' THEN
                    PERFORM pg_advisory_xact_lock(k) FROM (SELECT DISTINCT hashint8extended(w, seed) & 9223372036854775807 AS k FROM unnest(want) w ORDER BY 1) x;
                END IF;
            END IF;
            -- they may have been set anew while it waited for the lock
            limits := coalesce((SELECT s.value FROM @store@.identity_settings s WHERE s.setting = 'limits'), omni.merge_limits());
            bounded := limits - '{blocked,priority}'::text[] <> '{}';
            problem := omni.merge_problem(ids, array_fill(at, ARRAY[cardinality(ids)]), 1, limits);
            blocked := '{}';
            linking := ids;
            IF problem = 'blocked' THEN
                SELECT coalesce(array_agg(i) FILTER (WHERE p = 'blocked'), '{}'), coalesce(array_agg(i) FILTER (WHERE p IS DISTINCT FROM 'blocked'), '{}') INTO blocked, linking
                FROM (SELECT i, omni.merge_problem(ARRAY[i], ARRAY[at], 1, limits) AS p FROM unnest(ids) i) x;
            END IF;
            locked := want;
            looked := false;
            LOOP
                IF NOT looked THEN
                    -- whose are the identifiers and the record
                    SELECT array_agg(DISTINCT i.customer_id) FILTER (WHERE i.customer_id IS NOT NULL),
                           array_agg(i.customer_id) FILTER (WHERE e.identifier IS NULL AND (i.first_seen_at > at OR i.last_seen_at < at)),
                           bool_and(coalesce(e.observed_at <= at AND (i.customer_id = h.customer_id OR EXISTS (SELECT FROM @store@.refusals f WHERE f.identifier = u.identifier AND f.source = source AND f.record_id = record_id)), false)),
                           bool_or(CASE WHEN i.identifier IS NULL THEN EXISTS (SELECT FROM @store@.refusals o WHERE o.identifier = u.identifier AND o.reason <> 'blocked') ELSE false END),
                           array_agg(u.identifier) FILTER (WHERE i.identifier IS NOT NULL AND e.observed_at <= at), array_agg(u.identifier) FILTER (WHERE e.observed_at > at),
                           array_agg(u.identifier) FILTER (WHERE i.identifier IS NULL), min(h.customer_id), bool_or(h.elsewhere)
                    INTO owners, moved, settled, foreign_refusal, said, lowered, unowned, home, elsewhere
                    -- elsewhere: a record that is known by rows that were loaded, or by a link that waits for it
                    FROM (SELECT k.customer_id, CASE WHEN k.customer_id IS NULL THEN EXISTS (SELECT FROM @store@.evidence e WHERE e.source = source AND e.record_id = record_id)
                                     OR EXISTS (SELECT FROM @store@.links l WHERE l.source = source AND l.record_id = record_id) OR EXISTS (SELECT FROM @store@.links l WHERE l.other_source = source AND l.other_record_id = record_id)
                                     ELSE false END AS elsewhere
                          FROM (SELECT (SELECT coalesce(c.merged_into, c.customer_id) FROM @store@.source_records s JOIN @store@.customers c ON c.customer_id = s.customer_id
                                        WHERE s.source = source AND s.record_id = record_id) AS customer_id OFFSET 0) k OFFSET 0) h
                    CROSS JOIN unnest(ids) u(identifier)
                    LEFT JOIN @store@.identities i ON i.identifier = u.identifier AND u.identifier <> ALL (blocked)
                    LEFT JOIN @store@.evidence e ON e.identifier = u.identifier AND e.source = source AND e.record_id = record_id;
                    owned := owners;
                    IF home IS NOT NULL THEN
                        owners := array_append(owners, home);
                    END IF;
                    looked := true;
                END IF;
                IF settled AND home IS NOT NULL THEN
                    way := 'settled';
                    EXIT;
                END IF;
                missing := CASE WHEN alone OR owners IS NULL OR owners <@ locked THEN '{}' ELSE owners END;
                IF missing = '{}' THEN
                    touched := '{}';
                    bounds := 0;
                    IF owners IS NOT NULL THEN
                        SELECT coalesce(array_agg(c.customer_id ORDER BY c.first_seen_at, c.source COLLATE "C", c.record_id COLLATE "C", c.customer_id), '{}'), coalesce(bit_or(c.bounds | CASE WHEN c.merged_into IS NULL THEN 0 ELSE 2 END), 2),
                               (array_agg(c.first_seen_at ORDER BY c.first_seen_at, c.source COLLATE "C", c.record_id COLLATE "C", c.customer_id))[1],
                               (array_agg(c.source ORDER BY c.first_seen_at, c.source COLLATE "C", c.record_id COLLATE "C", c.customer_id))[1],
                               (array_agg(c.record_id ORDER BY c.first_seen_at, c.source COLLATE "C", c.record_id COLLATE "C", c.customer_id))[1],
                               owned IS NOT DISTINCT FROM (SELECT array_agg(DISTINCT i.customer_id) FROM @store@.identities i WHERE i.identifier = ANY (linking)) AND home IS NOT DISTINCT FROM
                                   (SELECT coalesce(k.merged_into, k.customer_id) FROM @store@.source_records s JOIN @store@.customers k ON k.customer_id = s.customer_id WHERE s.source = source AND s.record_id = record_id)
                        INTO touched, bounds, first_at, first_source, first_record, looked
                        FROM @store@.customers c WHERE c.customer_id = ANY (owners);
                        -- what these locks protect may have changed while this waited for them; what is the record's and the identifiers' has not
                        CONTINUE WHEN NOT looked;
                    END IF;
                    -- which way it goes
                    together := touched;
                    refused := '{}';
                    reasons := '{}';
                    against := '{}';
                    way := 'fast';
                    IF elsewhere OR foreign_refusal OR limits ?| '{shared,weak_bridge}' OR bounds & 2 <> 0 THEN
                        way := 'slow';
                    ELSIF bounds & 1 <> 0 THEN
                        way := 'append';
                    ELSIF bounded AND (CASE WHEN touched = '{}' AND blocked = '{}' THEN problem IS NOT NULL ELSE
                            (SELECT omni.merge_problem(array_agg(x.identifier), array_agg(x.first_seen_at),
                                        CASE WHEN limits ? 'max_records' THEN (SELECT count(*) FROM @store@.source_records s WHERE s.customer_id IN (
                                            SELECT c.customer_id FROM @store@.customers c WHERE c.customer_id = ANY (touched) UNION ALL SELECT c.customer_id FROM @store@.customers c WHERE c.merged_into = ANY (touched))) ELSE 0 END
                                        + CASE WHEN home IS NULL THEN 1 ELSE 0 END, limits) IS NOT NULL
                             FROM (SELECT y.identifier, min(y.first_seen_at) AS first_seen_at FROM (
                                       SELECT i.identifier, i.first_seen_at FROM @store@.identities i WHERE i.customer_id = ANY (touched) UNION ALL SELECT u, at FROM unnest(linking) u) y GROUP BY y.identifier) x) END) THEN
                        way := 'append';
                    END IF;
                    IF way = 'append' AND (bounds & 4 <> 0 OR limits ? 'max_records') THEN
                        way := 'slow';
                    END IF;
                    IF way = 'append' THEN
                        together := CASE WHEN home IS NULL THEN '{}' ELSE ARRAY[home] END;
                        fresh := '{}';
                        priority := array(SELECT x FROM jsonb_array_elements_text(limits -> 'priority') x);
                        FOR edge IN
                            SELECT u.identifier, omni.identifier_kind(u.identifier) AS kind, coalesce(array_position(priority, omni.identifier_kind(u.identifier)), 2147483647) AS place,
                                   i.customer_id AS owner, i.first_seen_at, e.observed_at, f.reason
                            FROM unnest(linking) u(identifier)
                            LEFT JOIN @store@.identities i ON i.identifier = u.identifier
                            LEFT JOIN @store@.evidence e ON e.identifier = u.identifier AND e.source = source AND e.record_id = record_id
                            LEFT JOIN @store@.refusals f ON f.identifier = u.identifier AND f.source = source AND f.record_id = record_id
                            ORDER BY 3, omni.identifier_kind(u.identifier) COLLATE "C", u.identifier LOOP
                            IF edge.observed_at > at OR edge.observed_at IS NOT NULL AND edge.reason IS NULL AND edge.owner IS DISTINCT FROM home
                                OR edge.first_seen_at > at AND limits -> 'limits' @? '$.*.within' THEN
                                -- it moves evidence that stands already
                                way := 'slow';
                                EXIT;
                            END IF;
                            CONTINUE WHEN edge.observed_at IS NOT NULL OR edge.owner = ANY (together);
                            grown := together || edge.owner;
                            IF edge.owner IS NULL THEN
                                grown := together;
                            END IF;
                            SELECT omni.merge_problem(array_agg(x.identifier), array_agg(x.first_seen_at), 0, limits),
                                   coalesce(omni.merge_problem(array_agg(x.identifier) FILTER (WHERE x.here), array_agg(x.first_seen_at) FILTER (WHERE x.here), 0, limits),
                                            omni.merge_problem(array_agg(x.identifier) FILTER (WHERE NOT x.here), array_agg(x.first_seen_at) FILTER (WHERE NOT x.here), 0, limits))
                            INTO edge.reason, above
                            FROM (SELECT i.identifier, i.first_seen_at, i.customer_id = ANY (together) AS here FROM @store@.identities i WHERE i.customer_id = ANY (grown)
                                  UNION ALL SELECT u, at, true FROM unnest(fresh) u UNION ALL SELECT edge.identifier, at, false WHERE edge.owner IS NULL) x;
                            IF above IS NOT NULL THEN
                                -- a decision made a cluster that is above the limits
                                way := 'slow';
                                EXIT;
                            ELSIF edge.reason IS NULL THEN
                                -- what a cluster gains may change why something is refused that touches it; a record alone does not
                                IF NOT (together = '{}' AND fresh = '{}') AND EXISTS (SELECT FROM @store@.customers c WHERE c.customer_id = ANY (grown) AND c.bounds & 1 <> 0) THEN
                                    way := 'slow';
                                    EXIT;
                                END IF;
                                together := grown;
                                IF edge.owner IS NULL THEN
                                    fresh := fresh || edge.identifier;
                                END IF;
                            ELSE
                                -- refused, if all that made the two clusters stands before it
                                IF EXISTS (SELECT FROM @store@.identities i WHERE i.customer_id = ANY (grown)
                                               AND (coalesce(array_position(priority, omni.identifier_kind(i.identifier)), 2147483647), omni.identifier_kind(i.identifier) COLLATE "C", i.last_seen_at) >= (edge.place, edge.kind, at))
                                    AND ((SELECT count(*) FROM (SELECT FROM @store@.source_records s WHERE s.customer_id = ANY (grown) LIMIT 1001) x) > 1000
                                         OR EXISTS (SELECT FROM @store@.source_records s JOIN @store@.evidence e ON e.source = s.source AND e.record_id = s.record_id
                                                    JOIN @store@.identities i ON i.identifier = e.identifier
                                                    WHERE s.customer_id IN (SELECT c.customer_id FROM @store@.customers c WHERE c.customer_id = ANY (grown) UNION ALL SELECT c.customer_id FROM @store@.customers c WHERE c.merged_into = ANY (grown))
                                                        AND i.customer_id = ANY (grown)
                                                        AND (coalesce(array_position(priority, omni.identifier_kind(e.identifier)), 2147483647), omni.identifier_kind(e.identifier) COLLATE "C", e.observed_at,
                                                             e.source COLLATE "C", e.record_id COLLATE "C", e.identifier) > (edge.place, edge.kind, at, source, record_id, edge.identifier))) THEN
                                    way := 'slow';
                                    EXIT;
                                END IF;
                                refused := refused || edge.identifier;
                                reasons := reasons || edge.reason;
                                against := against || CASE WHEN edge.owner IS NULL THEN '{}' ELSE ARRAY[edge.owner] END;
                            END IF;
                        END LOOP;
                    END IF;
                    IF way = 'slow' AND NOT alone THEN
                        SELECT array_agg(DISTINCT coalesce(k.merged_into, k.customer_id)) INTO missing
                        FROM (WITH c AS MATERIALIZED (SELECT * FROM @store@.component_of(ids::text[], ARRAY[source], ARRAY[record_id], limits))
                              SELECT s.customer_id FROM c JOIN @store@.source_records s ON s.source = c.source AND s.record_id = c.record_id
                              UNION SELECT i.customer_id FROM c JOIN @store@.identities i ON i.identifier = c.identifier::omni.identifier) x JOIN @store@.customers k ON k.customer_id = x.customer_id;
                        IF cardinality(missing) > 50 THEN
                            alone := true;
                            RAISE EXCEPTION SQLSTATE 'OM001';
                        END IF;
                    END IF;
                    EXIT WHEN missing IS NULL OR missing <@ locked;
                END IF;
                -- more customers: their locks, if they come after those that it has
                missing := array(SELECT m FROM unnest(missing) m WHERE m <> ALL (locked));
                want := locked || missing;
                IF (SELECT max(hashint8extended(l, seed) & 9223372036854775807) FROM unnest(locked) l) > (SELECT min(hashint8extended(m, seed) & 9223372036854775807) FROM unnest(missing) m) THEN
                    RAISE EXCEPTION SQLSTATE 'OM001';
                END IF;
                PERFORM pg_advisory_xact_lock(k) FROM (SELECT DISTINCT hashint8extended(m, seed) & 9223372036854775807 AS k FROM unnest(missing) m ORDER BY 1) x;
                locked := want;
            END LOOP;
        EXCEPTION WHEN SQLSTATE 'OM001' THEN
            IF alone THEN
                PERFORM omni.store_identify_let_go();
            END IF;
            CONTINUE;
        END;
        EXIT;
    END LOOP;

    IF way = 'settled' THEN
        UPDATE @store@.source_records s SET last_seen_at = greatest(s.last_seen_at, at), profile = coalesce(s.profile OPERATOR(omni.||) profile, profile)
        WHERE s.source = source AND s.record_id = record_id AND (s.last_seen_at < at OR s.profile IS DISTINCT FROM coalesce(s.profile OPERATOR(omni.||) profile, profile));
        RETURN home;
    END IF;
    isolated := current_setting('transaction_isolation') <> 'read committed';
    IF isolated THEN
        PERFORM FROM @store@.identity_settings s WHERE s.setting = 'limits' FOR SHARE;
        PERFORM FROM @store@.customers c WHERE c.customer_id = ANY (touched || locked) FOR NO KEY UPDATE;
        PERFORM FROM @store@.identities i WHERE i.customer_id = ANY (touched || locked) FOR NO KEY UPDATE;
    END IF;
    INSERT INTO @store@.evidence AS e (identifier, source, record_id, observed_at) SELECT u, source, record_id, at FROM unnest(ids) u
    ON CONFLICT ON CONSTRAINT evidence_pkey DO UPDATE SET observed_at = excluded.observed_at WHERE e.observed_at > excluded.observed_at;
    IF way = 'slow' THEN
        PERFORM @store@.resolve_identities('rows', jsonb_build_array(jsonb_build_object('source', source, 'record_id', record_id, 'last_seen_at', at, 'profile', profile)), 'identify', NULL);
        RETURN (SELECT s.customer_id FROM @store@.source_records s WHERE s.source = source AND s.record_id = record_id);
    END IF;

    together := array(SELECT x.t FROM unnest(touched) WITH ORDINALITY x(t, n) WHERE x.t = ANY (together) ORDER BY x.n);
    IF together = '{}' THEN
        INSERT INTO @store@.customers AS c (source, record_id, first_seen_at, bounds) VALUES (source, record_id, at, CASE WHEN refused = '{}' THEN 0 ELSE 1 END) RETURNING c.customer_id INTO me;
    ELSE
        me := together[1];
        IF cardinality(together) > 1 THEN
            INSERT INTO @store@.merge_log (action, customer_id, other_customer_id, cause)
            SELECT 'merged', me, c.customer_id, 'identify' FROM @store@.customers c WHERE c.customer_id = ANY (together[2:]) OR c.merged_into = ANY (together[2:]) ORDER BY c.customer_id;
            UPDATE @store@.customers c SET merged_into = me WHERE c.merged_into = ANY (together[2:]);
            UPDATE @store@.customers c SET merged_into = me WHERE c.customer_id = ANY (together[2:]);
            UPDATE @store@.identities i SET customer_id = me WHERE i.customer_id = ANY (together[2:]);
        END IF;
        IF way = 'append' OR cardinality(together) > 1 OR moved IS NULL OR me <> ALL (moved) OR (at, source COLLATE "C", record_id COLLATE "C") < (first_at, first_source, first_record) THEN
            UPDATE @store@.customers c SET bounds = c.bounds | CASE way WHEN 'fast' THEN bounds ELSE 0 END | CASE WHEN refused = '{}' THEN 0 ELSE 1 END,
                first_seen_at = least(c.first_seen_at, at),
                source = CASE WHEN (at, source COLLATE "C", record_id COLLATE "C") < (c.first_seen_at, c.source, c.record_id) THEN source ELSE c.source END,
                record_id = CASE WHEN (at, source COLLATE "C", record_id COLLATE "C") < (c.first_seen_at, c.source, c.record_id) THEN record_id ELSE c.record_id END
            WHERE c.customer_id = me;
        END IF;
    END IF;
    INSERT INTO @store@.identities AS i (identifier, customer_id, first_seen_at, last_seen_at)
    SELECT u, me, at, at FROM unnest(linking) u WHERE u <> ALL (refused) AND (said IS NULL OR u <> ALL (said))
    ON CONFLICT (identifier) DO UPDATE SET first_seen_at = least(i.first_seen_at, at), last_seen_at = greatest(i.last_seen_at, at) WHERE i.first_seen_at > at OR i.last_seen_at < at;
    IF lowered IS NOT NULL THEN
        UPDATE @store@.identities i SET last_seen_at = (SELECT max(e.observed_at) FROM @store@.evidence e WHERE e.identifier = i.identifier) WHERE i.identifier = ANY (lowered);
    END IF;
    IF refused <> '{}' OR blocked <> '{}' THEN
        UPDATE @store@.identities i SET first_seen_at = least(i.first_seen_at, at), last_seen_at = greatest(i.last_seen_at, at) WHERE i.identifier = ANY (refused) AND (i.first_seen_at > at OR i.last_seen_at < at);
        UPDATE @store@.customers c SET bounds = c.bounds | 1 WHERE c.customer_id = ANY (against);
        INSERT INTO @store@.refusals AS f (identifier, source, record_id, reason)
        SELECT u.identifier, source, record_id, u.reason FROM (SELECT b AS identifier, 'blocked' AS reason FROM unnest(blocked) b UNION ALL SELECT * FROM unnest(refused, reasons)) u
        ON CONFLICT ON CONSTRAINT refusals_pkey DO UPDATE SET reason = excluded.reason, refused_at = excluded.refused_at WHERE f.reason <> excluded.reason;
    END IF;
    INSERT INTO @store@.source_records AS s (source, record_id, customer_id, first_seen_at, last_seen_at, profile) VALUES (source, record_id, me, at, at, profile)
    ON CONFLICT ON CONSTRAINT source_records_pkey DO UPDATE SET customer_id = me, first_seen_at = least(s.first_seen_at, at), last_seen_at = greatest(s.last_seen_at, at), profile = coalesce(s.profile OPERATOR(omni.||) profile, profile);
    -- an order's own record
    IF has_orders THEN
        UPDATE @store@.orders o SET customer_id = me WHERE o.order_ref = record_id AND o.channel_code = source AND o.customer_id IS NULL;
    END IF;
    RETURN me;
END $$;
COMMENT ON FUNCTION @store@.identify_with_others(text[], text, text, timestamptz, jsonb) IS 'for identify(): what omni.store_identify() leaves to it';

-- with no settings of its own, which every call would pay for: what it calls depends on none
CREATE OR REPLACE FUNCTION @store@.identify(identifiers text[], source text, record_id text, at timestamptz DEFAULT now(), attributes jsonb DEFAULT NULL)
    RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN coalesce(omni.store_identify('@store@'::pg_catalog.regnamespace, identifiers, source, record_id, at, attributes), @store@.identify_with_others(identifiers, source, record_id, at, attributes));
END $$;
COMMENT ON FUNCTION @store@.identify(text[], text, text, timestamptz, jsonb) IS 'whose a record is: takes its identifiers (''kind:value'') as evidence and says the customer. Repeated calls change nothing; the same for any order of calls as for all records at once';

CREATE OR REPLACE FUNCTION @store@.customer_of(identifier text)
    RETURNS bigint LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    RETURN (SELECT coalesce(c.merged_into, c.customer_id) FROM @store@.identities i JOIN @store@.customers c ON c.customer_id = i.customer_id WHERE i.identifier = omni.identifier(identifier));
END $$;
COMMENT ON FUNCTION @store@.customer_of(text) IS 'the customer that an identifier (''kind:value'') belongs to at present, NULL if nobody''s';

-- what people decide

/*
 * A word on a pair of records. A decision (log entry) stands above match weights, a later decision above an earlier one; what
 * it stands above is kept in links.earlier, and counts again once the decision is taken back. Weight NULL without a decision takes the
 * match weight back.
 */
CREATE OR REPLACE FUNCTION @store@.put_link(source text, record_id text, other_source text, other_record_id text, weight double precision, decision bigint, reason text)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    ends text[] := CASE WHEN (source COLLATE "C", record_id COLLATE "C") < (other_source, other_record_id) THEN ARRAY[source, record_id, other_source, other_record_id] ELSE ARRAY[other_source, other_record_id, source, record_id] END;
    word jsonb := jsonb_build_object('weight', weight, 'decision', decision, 'reason', reason, 'decided_by', current_user, 'decided_at', now());
    words jsonb := '[]';
BEGIN
    -- the words on the pair, the match weight (one at most) last
    SELECT coalesce(l.earlier, '[]') || CASE WHEN l.weight IS NULL THEN '[]' ELSE jsonb_build_array(jsonb_build_object('weight', l.weight, 'decision', l.decision, 'reason', l.reason, 'decided_by', l.decided_by, 'decided_at', l.decided_at)) END
    INTO words FROM @store@.links l WHERE l.source = ends[1] AND l.record_id = ends[2] AND l.other_source = ends[3] AND l.other_record_id = ends[4];
    IF decision IS NULL THEN
        SELECT coalesce(jsonb_agg(w), '[]') INTO words FROM jsonb_array_elements(words) w WHERE w ->> 'decision' IS NOT NULL;
    END IF;
    IF weight IS NOT NULL THEN
        words := coalesce(words, '[]') || word;
    END IF;
    PERFORM @store@.put_words(ends, words);
END $$;
COMMENT ON FUNCTION @store@.put_link(text, text, text, text, double precision, bigint, text) IS 'for functions of the store: write a word on a pair of records';

/* the latest decision counts, or else the match weight; the others wait */
CREATE OR REPLACE FUNCTION @store@.put_words(ends text[], words jsonb)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    word jsonb := (SELECT w FROM jsonb_array_elements(words) w ORDER BY (w ->> 'decision')::bigint DESC NULLS LAST LIMIT 1);
    earlier jsonb := (SELECT jsonb_agg(w ORDER BY (w ->> 'decision')::bigint NULLS FIRST) FROM jsonb_array_elements(words) w WHERE w <> word);
BEGIN
    IF word IS NULL THEN
        UPDATE @store@.links l SET weight = NULL, refused = NULL, earlier = NULL WHERE l.source = ends[1] AND l.record_id = ends[2] AND l.other_source = ends[3] AND l.other_record_id = ends[4];
    ELSE
        INSERT INTO @store@.links (source, record_id, other_source, other_record_id, weight, decision, reason, decided_by, decided_at, earlier)
        VALUES (ends[1], ends[2], ends[3], ends[4], (word ->> 'weight')::double precision, (word ->> 'decision')::bigint, word ->> 'reason', word ->> 'decided_by', (word ->> 'decided_at')::timestamptz, earlier)
        ON CONFLICT ON CONSTRAINT links_pkey DO UPDATE SET weight = excluded.weight, decision = excluded.decision, reason = excluded.reason, decided_by = excluded.decided_by, decided_at = excluded.decided_at, earlier = excluded.earlier;
    END IF;
END $$;
COMMENT ON FUNCTION @store@.put_words(text[], jsonb) IS 'for functions of the store: write the words on a pair of records';

/*
 * The customer that a number stands for, and the record that it is known by, or if that was removed the one that its customer is known
 * by; 22023 where there is no such customer, 55000 where it has no record.
 */
CREATE OR REPLACE FUNCTION @store@.known_customer(customer bigint, OUT customer_id bigint, OUT source text, OUT record_id text)
    RETURNS record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    SELECT coalesce(c.merged_into, c.customer_id), c.source, c.record_id INTO customer_id, source, record_id FROM @store@.customers c WHERE c.customer_id = customer;
    IF customer_id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('there is no customer %s', coalesce(customer::text, 'NULL')), HINT = 'customer_of() says whose an identifier is.';
    END IF;
    IF NOT EXISTS (SELECT FROM @store@.source_records s WHERE s.source = source AND s.record_id = record_id) THEN
        SELECT s.source, s.record_id INTO source, record_id FROM @store@.customers c JOIN @store@.source_records s ON s.source = c.source AND s.record_id = c.record_id WHERE c.customer_id = customer_id;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('customer %s has no record', customer),
                HINT = 'What is decided about customers is about their records: identify or ingest one of its, or rebuild_identities() if evidence was loaded.';
        END IF;
    END IF;
END $$;
COMMENT ON FUNCTION @store@.known_customer(bigint) IS 'for functions of the store: the customer that a number stands for, and the record that it is known by';

/* make customers anew of what these records are connected to */
CREATE OR REPLACE FUNCTION @store@.resolve_records(records jsonb, cause text, decision bigint)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    PERFORM @store@.resolve_identities('rows', (SELECT jsonb_agg(DISTINCT jsonb_build_object('source', r ->> 0, 'record_id', r ->> 1)) FROM jsonb_array_elements(records) r), cause, decision);
END $$;
COMMENT ON FUNCTION @store@.resolve_records(jsonb, text, bigint) IS 'for functions of the store: make customers anew of what [[source, record_id], ...] is connected to';

CREATE OR REPLACE FUNCTION @store@.check_pair(source text, record_id text, other_source text, other_record_id text)
    RETURNS void LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF coalesce(source, '') = '' OR coalesce(record_id, '') = '' OR coalesce(other_source, '') = '' OR coalesce(other_record_id, '') = '' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'a pair needs the source and the record_id of both records', HINT = 'A record is named by both, and neither is empty.';
    END IF;
    IF (source, record_id) = (other_source, other_record_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'a record cannot be paired with itself', HINT = 'Name two records.';
    END IF;
    IF greatest(octet_length(source), octet_length(record_id), octet_length(other_source), octet_length(other_record_id)) > 512 THEN
        RAISE EXCEPTION USING ERRCODE = 'program_limit_exceeded', MESSAGE = 'source or record_id is longer than 512 bytes', HINT = 'They are the key of a record, not the record.';
    END IF;
END $$;
COMMENT ON FUNCTION @store@.check_pair(text, text, text, text) IS 'for functions of the store: refuse what is no pair of records';

CREATE OR REPLACE FUNCTION @store@.link_records(source text, record_id text, other_source text, other_record_id text, weight double precision, reason text DEFAULT NULL)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    decision bigint;
BEGIN
    PERFORM @store@.check_pair(source, record_id, other_source, other_record_id);
    IF weight = 'NaN' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the weight of a pair is not a number', HINT = 'Give a match weight, Infinity for the same customer, -Infinity for never the same, or NULL to take a match weight back.';
    END IF;
    PERFORM @store@.lock_identities();
    IF weight IN ('Infinity', '-Infinity') THEN
        INSERT INTO @store@.merge_log AS m (action, cause, reason) VALUES (CASE WHEN weight > 0 THEN 'same' ELSE 'never' END, 'link_records', reason) RETURNING m.log_id INTO decision;
    END IF;
    PERFORM @store@.put_link(source, record_id, other_source, other_record_id, weight, decision, reason);
    PERFORM @store@.resolve_records(jsonb_build_array(ARRAY[source, record_id], ARRAY[other_source, other_record_id]), 'link_records', decision);
    RETURN decision;
END $$;
COMMENT ON FUNCTION @store@.link_records(text, text, text, text, double precision, text) IS 'say how well two records match: a match weight; Infinity, they are the same customer; -Infinity, they never are; NULL takes a match weight back. Returns the number of the decision, NULL for a match weight';

CREATE OR REPLACE FUNCTION @store@.cannot_link(source text, record_id text, other_source text, other_record_id text, reason text DEFAULT NULL)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    decision bigint;
BEGIN
    PERFORM @store@.check_pair(source, record_id, other_source, other_record_id);
    PERFORM @store@.lock_identities();
    INSERT INTO @store@.merge_log AS m (action, cause, reason) VALUES ('never', 'cannot_link', cannot_link.reason) RETURNING m.log_id INTO decision;
    PERFORM @store@.put_link(source, record_id, other_source, other_record_id, '-Infinity', decision, reason);
    PERFORM @store@.resolve_records(jsonb_build_array(ARRAY[source, record_id], ARRAY[other_source, other_record_id]), 'cannot_link', decision);
    RETURN decision;
END $$;
COMMENT ON FUNCTION @store@.cannot_link(text, text, text, text, text) IS 'decide that two records are never one customer. Returns the number of the decision';

CREATE OR REPLACE FUNCTION @store@.cannot_link(customer bigint, other bigint, reason text DEFAULT NULL)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    decision bigint;
    a record;
    b record;
BEGIN
    PERFORM @store@.lock_identities();
    SELECT * INTO a FROM @store@.known_customer(customer);
    SELECT * INTO b FROM @store@.known_customer(other);
    IF (a.source, a.record_id) = (b.source, b.record_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'a customer cannot be kept apart from itself', HINT = 'split_customer() takes records out of a customer.';
    END IF;
    INSERT INTO @store@.merge_log AS m (action, customer_id, other_customer_id, cause, reason) VALUES ('never', customer, other, 'cannot_link', cannot_link.reason) RETURNING m.log_id INTO decision;
    PERFORM @store@.put_link(a.source, a.record_id, b.source, b.record_id, '-Infinity', decision, reason);
    PERFORM @store@.resolve_records(jsonb_build_array(ARRAY[a.source, a.record_id], ARRAY[b.source, b.record_id]), 'cannot_link', decision);
    RETURN decision;
END $$;
COMMENT ON FUNCTION @store@.cannot_link(bigint, bigint, text) IS 'decide that two customers are never one: the records that they are known by stay apart, whatever identifiers they share. Returns the number of the decision';

CREATE OR REPLACE FUNCTION @store@.merge_customers(customer bigint, other bigint, reason text DEFAULT NULL)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    decision bigint;
    a record;
    b record;
    records jsonb;
    found bigint;
    whose bigint;
    apart text;
BEGIN
    PERFORM @store@.lock_identities();
    SELECT * INTO a FROM @store@.known_customer(customer);
    SELECT * INTO b FROM @store@.known_customer(other);
    IF (a.source, a.record_id) = (b.source, b.record_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'a customer cannot be merged with itself', HINT = 'Name two customers.';
    END IF;
    INSERT INTO @store@.merge_log AS m (action, customer_id, other_customer_id, cause, reason) VALUES ('same', customer, other, 'merge_customers', merge_customers.reason) RETURNING m.log_id INTO decision;
    -- the two, and each with all its records: what limits would part stays together
    records := (SELECT jsonb_agg(jsonb_build_array(s.source, s.record_id, c.customer_id = a.customer_id OR c.merged_into IS NOT DISTINCT FROM a.customer_id) ORDER BY s.source COLLATE "C", s.record_id COLLATE "C")
        FROM @store@.customers c JOIN @store@.source_records s ON s.customer_id = c.customer_id
        WHERE c.customer_id IN (a.customer_id, b.customer_id) OR c.merged_into IN (a.customer_id, b.customer_id));
    PERFORM @store@.put_link(a.source, a.record_id, b.source, b.record_id, 'Infinity', decision, reason);
    PERFORM @store@.put_link(k.source, k.record_id, r ->> 0, r ->> 1, 'Infinity', decision, reason)
    FROM jsonb_array_elements(records) WITH ORDINALITY x(r, n) CROSS JOIN LATERAL (SELECT CASE WHEN (r ->> 2)::boolean THEN a.source ELSE b.source END AS source, CASE WHEN (r ->> 2)::boolean THEN a.record_id ELSE b.record_id END AS record_id) k
    WHERE (r ->> 0, r ->> 1) NOT IN ((a.source, a.record_id), (b.source, b.record_id)) ORDER BY x.n;
    PERFORM @store@.resolve_records(records, 'merge_customers', decision);
    SELECT count(DISTINCT coalesce(c.merged_into, c.customer_id)), min(coalesce(c.merged_into, c.customer_id)) INTO found, whose
    FROM jsonb_array_elements(records) r JOIN @store@.source_records s ON s.source = r ->> 0 AND s.record_id = r ->> 1 JOIN @store@.customers c ON c.customer_id = s.customer_id;
    IF found > 1 THEN
        -- all of it is rolled back with the error
        SELECT string_agg(l.decision::text, ', ' ORDER BY l.decision) INTO apart
        FROM jsonb_array_elements(records) r JOIN @store@.links l ON l.source = r ->> 0 AND l.record_id = r ->> 1
        WHERE l.weight = '-Infinity' AND EXISTS (SELECT FROM jsonb_array_elements(records) o WHERE o ->> 0 = l.other_source AND o ->> 1 = l.other_record_id);
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('customers %s and %s are kept apart', customer, other),
            DETAIL = CASE WHEN apart IS NOT NULL THEN format('By these decisions: %s.', apart) ELSE 'By a decision on their records.' END, HINT = 'undo_decision() takes a decision back.';
    END IF;
    RETURN whose;
END $$;
COMMENT ON FUNCTION @store@.merge_customers(bigint, bigint, text) IS 'decide that two customers are one, with all their records and above all limits. Returns the number that stays; both numbers stay valid. merge_log has the decision, which undo_decision() takes back';

CREATE OR REPLACE FUNCTION @store@.split_customer(customer bigint, records jsonb, reason text DEFAULT NULL)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    decision bigint;
    whose bigint;
    known bigint;
    pair record;
BEGIN
    IF records IS NULL OR jsonb_typeof(records) <> 'array' OR records = '[]' OR records @? 'strict $[*] ? (@.type() != "array" || @.size() != 2 || @[*].type() != "string")' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the records to take out of a customer have to be pairs of source and record_id', HINT = 'For example [["pos", "P-1"], ["web", "W-7"]].';
    END IF;
    PERFORM @store@.lock_identities();
    SELECT k.customer_id INTO whose FROM @store@.known_customer(customer) k;
    known := whose;
    IF EXISTS (SELECT FROM jsonb_array_elements(records) r LEFT JOIN @store@.source_records s ON s.source = r ->> 0 AND s.record_id = r ->> 1
               LEFT JOIN @store@.customers c ON c.customer_id = s.customer_id WHERE coalesce(c.merged_into, c.customer_id) IS DISTINCT FROM whose) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('not all of these records are of customer %s', customer), HINT = 'source_records has the records of each customer.';
    END IF;
    INSERT INTO @store@.merge_log AS m (action, customer_id, cause, reason) VALUES ('split', customer, 'split_customer', reason) RETURNING m.log_id INTO decision;
    -- the least record of each side, with the others of its side, and never with the other's
    FOR pair IN
        WITH side AS MATERIALIZED (
            SELECT s.source, s.record_id, s.first_seen_at, EXISTS (SELECT FROM jsonb_array_elements(records) r WHERE s.source = r ->> 0 AND s.record_id = r ->> 1) AS out
            FROM @store@.source_records s WHERE s.customer_id IN (SELECT c.customer_id FROM @store@.customers c WHERE c.customer_id = whose UNION ALL SELECT c.customer_id FROM @store@.customers c WHERE c.merged_into = whose)),
            least AS MATERIALIZED (SELECT DISTINCT ON (d.out) d.* FROM side d ORDER BY d.out, d.first_seen_at, d.source COLLATE "C", d.record_id COLLATE "C")
        SELECT a.source, a.record_id, d.source AS other_source, d.record_id AS other_record_id, 'Infinity'::double precision AS weight, 0 AS step
        FROM least a JOIN side d ON d.out = a.out AND (d.source, d.record_id) <> (a.source, a.record_id)
        UNION ALL SELECT a.source, a.record_id, b.source, b.record_id, '-Infinity', 1 FROM least a JOIN least b ON a.out AND NOT b.out
        -- what somebody said is the same, across the two
        UNION ALL SELECT l.source, l.record_id, l.other_source, l.other_record_id, '-Infinity', 2 FROM @store@.links l JOIN side a ON a.source = l.source AND a.record_id = l.record_id
            JOIN side b ON b.source = l.other_source AND b.record_id = l.other_record_id
            WHERE l.weight = 'Infinity' AND a.out <> b.out AND NOT EXISTS (SELECT FROM least x JOIN least y ON x.out <> y.out WHERE (x.source, x.record_id) = (a.source, a.record_id) AND (y.source, y.record_id) = (b.source, b.record_id))
        ORDER BY 6, 1, 2, 3, 4 LOOP
        PERFORM @store@.put_link(pair.source, pair.record_id, pair.other_source, pair.other_record_id, pair.weight, decision, reason);
        whose := CASE WHEN pair.weight < 0 THEN NULL ELSE whose END;
    END LOOP;
    IF whose IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('these are all records of customer %s', customer), HINT = 'Name those that are somebody else''s.';
    END IF;
    -- both sides: nothing else may have held them together than what counts no more
    PERFORM @store@.resolve_records((SELECT jsonb_agg(ARRAY[s.source, s.record_id]) FROM @store@.source_records s
        WHERE s.customer_id IN (SELECT c.customer_id FROM @store@.customers c WHERE c.customer_id = known UNION ALL SELECT c.customer_id FROM @store@.customers c WHERE c.merged_into = known)), 'split_customer', decision);
    RETURN (SELECT coalesce(c.merged_into, c.customer_id) FROM @store@.source_records s JOIN @store@.customers c ON c.customer_id = s.customer_id WHERE s.source = records -> 0 ->> 0 AND s.record_id = records -> 0 ->> 1);
END $$;
COMMENT ON FUNCTION @store@.split_customer(bigint, jsonb, text) IS 'decide that some records of a customer, [["source", "record_id"], ...], are somebody else''s: they become one other customer, the rest stays one. Returns the customer of the records named. merge_log has the decision, which undo_decision() takes back';

CREATE OR REPLACE FUNCTION @store@.undo_decision(decision bigint, reason text DEFAULT NULL)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    entry record;
    pair record;
    records jsonb := '[]';
BEGIN
    PERFORM @store@.lock_identities();
    SELECT m.action, m.customer_id, m.other_customer_id INTO entry FROM @store@.merge_log m WHERE m.log_id = decision;
    IF entry.action IS NULL OR entry.action NOT IN ('same', 'never', 'split') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('%s is no decision that can be taken back', coalesce(decision::text, 'NULL')),
            HINT = 'Decisions are the entries of merge_log whose action is same, never or split. Limits are set anew, a record that was removed is identified again.';
    END IF;
    FOR pair IN SELECT ARRAY[l.source, l.record_id, l.other_source, l.other_record_id] AS ends,
                    (SELECT coalesce(jsonb_agg(w), '[]') FROM jsonb_array_elements(coalesce(l.earlier, '[]') || CASE WHEN l.weight IS NULL THEN '[]' ELSE jsonb_build_array(jsonb_build_object('weight', l.weight,
                         'decision', l.decision, 'reason', l.reason, 'decided_by', l.decided_by, 'decided_at', l.decided_at)) END) w WHERE (w ->> 'decision')::bigint IS DISTINCT FROM decision) AS words
                FROM @store@.links l WHERE l.decision = decision AND l.weight IS NOT NULL OR l.earlier @> jsonb_build_array(jsonb_build_object('decision', decision)) LOOP
        PERFORM @store@.put_words(pair.ends, pair.words);
        records := records || jsonb_build_array(pair.ends[1:2], pair.ends[3:4]);
    END LOOP;
    IF records = '[]' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('decision %s was taken back already', decision), HINT = 'merge_log tells when.';
    END IF;
    INSERT INTO @store@.merge_log (action, customer_id, other_customer_id, cause, decision, reason) VALUES ('undone', entry.customer_id, entry.other_customer_id, 'undo_decision', decision, reason);
    PERFORM @store@.resolve_records(records, 'undo_decision', decision);
END $$;
COMMENT ON FUNCTION @store@.undo_decision(bigint, text) IS 'take a decision back: all is as if it had never been made';

CREATE OR REPLACE FUNCTION @store@.remove_record(source text, record_id text, reason text DEFAULT NULL)
    RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
#variable_conflict use_variable
DECLARE
    touched jsonb;
    whose bigint;
    entry bigint;
BEGIN
    IF coalesce(source, '') = '' OR coalesce(record_id, '') = '' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the record to remove needs a source and a record_id', HINT = 'A record is named by both, and neither is empty.';
    END IF;
    PERFORM @store@.lock_identities();
    SELECT coalesce(c.merged_into, c.customer_id) INTO whose FROM @store@.source_records s JOIN @store@.customers c ON c.customer_id = s.customer_id WHERE s.source = source AND s.record_id = record_id;
    WITH d AS (DELETE FROM @store@.evidence e WHERE e.source = source AND e.record_id = record_id RETURNING e.identifier)
    SELECT jsonb_agg(jsonb_build_object('identifier', d.identifier)) INTO touched FROM d;
    IF touched IS NULL AND whose IS NULL THEN
        RETURN false;
    END IF;
    UPDATE @store@.source_records s SET profile = NULL WHERE s.source = source AND s.record_id = record_id;
    IF (SELECT c.relkind <> 'v' FROM pg_class c WHERE c.oid = '@store@.orders'::regclass) THEN
        UPDATE @store@.orders o SET customer_id = NULL WHERE o.order_ref = record_id AND o.channel_code = source
            AND EXISTS (SELECT FROM @store@.customers c WHERE c.customer_id = o.customer_id AND coalesce(c.merged_into, c.customer_id) = whose);
    END IF;
    -- the record may be known by its number: it says what was found, not who
    INSERT INTO @store@.merge_log AS m (action, customer_id, cause, reason) VALUES ('removed', whose, 'remove_record', reason) RETURNING m.log_id INTO entry;
    SELECT coalesce(touched, '[]') || jsonb_agg(DISTINCT jsonb_build_object('source', x.source, 'record_id', x.record_id)) INTO touched FROM (
        SELECT source, record_id
        UNION ALL SELECT l.other_source, l.other_record_id FROM @store@.links l WHERE l.source = source AND l.record_id = record_id
        UNION ALL SELECT l.source, l.record_id FROM @store@.links l WHERE l.other_source = source AND l.other_record_id = record_id) x;
    PERFORM @store@.resolve_identities('rows', touched, 'remove_record', entry);
    RETURN true;
END $$;
COMMENT ON FUNCTION @store@.remove_record(text, text, text) IS 'take a record out, with all that it said: what it held together comes apart, as if it had never been. False if there was none';

CREATE OR REPLACE FUNCTION @store@.set_merge_limits(limits jsonb, reason text DEFAULT NULL, OUT records bigint, OUT customers bigint, OUT merged bigint)
    RETURNS record LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    entry bigint;
BEGIN
    -- refuses what are no limits
    PERFORM omni.merge_problem(NULL, NULL, 0, limits);
    PERFORM @store@.lock_identities();
    INSERT INTO @store@.identity_settings AS s (setting, value) VALUES ('limits', limits) ON CONFLICT (setting) DO UPDATE SET value = excluded.value, changed_at = now();
    INSERT INTO @store@.merge_log AS m (action, cause, reason) VALUES ('limits', 'set_merge_limits', reason) RETURNING m.log_id INTO entry;
    SELECT r.records, r.customers, r.merged INTO records, customers, merged FROM @store@.resolve_identities('store', NULL, 'set_merge_limits', entry) r;
END $$;
COMMENT ON FUNCTION @store@.set_merge_limits(jsonb, text) IS 'set the limits of merging, as omni.merge_limits() gives them to begin with, and apply them to all that is known. Counts as rebuild_identities() has them';
