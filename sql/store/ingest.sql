-- ingest.sql: batches of records, and rejects driven again. A batch is read once, with the rights of who calls. A row is
-- taken as a whole, as identify() would take it, or kept in rejects with the reasons.

/*
 * Takes the rows of pg_temp.omni_batch, which ingest() or redrive() made by omni.store_batch(). The outcome does not depend
 * on the order of rows, nor on how they are split into batches.
 *
 * What is all new, is linked within the batch only and fits the limits as a whole is accepted as a whole: it is
 * written straight away. resolve_identities() is left with what touches evidence that is there already, and with what limits are for.
 *
 * What is there is looked up by its keys, a LATERAL with a LIMIT each: a small batch reads little of a large store, whatever
 * the statistics say.
 */
CREATE OR REPLACE FUNCTION @store@.ingest_rows(feed text, cause text, OUT read bigint, OUT new bigint, OUT repeated bigint, OUT rejected bigint)
    RETURNS record LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    many CONSTANT bigint := 500000;    -- evidence that is resolved at once: states of aggregates are limited
    numbers CONSTANT regclass := pg_get_serial_sequence('@store@.customers', 'customer_id')::regclass;
    limits jsonb;
    never jsonb;                       -- of the limits, what is blocked
    shared bigint;                     -- so few identifiers are never more than "shared" allows
    has_links boolean;
    has_evidence boolean;
    b record;
    chunk bigint;
    changed bigint;
BEGIN
    -- rows that may be too much for a profile, one by one
    FOR b IN SELECT x.ctid AS at, x.* FROM pg_temp.omni_batch x WHERE x.profile IS NULL AND x.bad IS NULL LOOP
        BEGIN
            UPDATE pg_temp.omni_batch x SET profile = omni.customer_profile_from(feed, b.record_id, b.observed_at, b.identifiers, b.attributes), raw = NULL, attributes = NULL WHERE x.ctid = b.at;
        EXCEPTION WHEN program_limit_exceeded THEN
            UPDATE pg_temp.omni_batch x SET attributes = NULL, bad = (SELECT ARRAY[ARRAY[s.column_name, CASE WHEN jsonb_path_exists(a.value, '$.**{99}') THEN 'nesting' ELSE 'too_large' END]]
                FROM jsonb_each(b.attributes) a JOIN omni.store_mapping(b.mapping) s ON s.role = 'attribute' AND s.name = a.key
                ORDER BY jsonb_path_exists(a.value, '$.**{99}') DESC, pg_column_size(a.value) DESC, s.n LIMIT 1)
            WHERE x.ctid = b.at;
        END;
    END LOOP;
    ANALYZE pg_temp.omni_batch (record_id, bad);
    SELECT count(*), count(*) FILTER (WHERE x.bad IS NOT NULL) INTO read, rejected FROM pg_temp.omni_batch x;

    PERFORM @store@.lock_identities();
    limits := coalesce((SELECT s.value FROM @store@.identity_settings s WHERE s.setting = 'limits'), omni.merge_limits());
    never := jsonb_build_object('blocked', coalesce(limits -> 'blocked', '{}'));
    shared := (SELECT min(o.value::bigint) FROM jsonb_each(coalesce(limits -> 'shared', '{}')) k, jsonb_each_text(k.value) o);
    has_links := EXISTS (SELECT FROM @store@.links);
    has_evidence := EXISTS (SELECT FROM @store@.evidence);

    -- records: what several rows say of one is joined. The time of a record is that of its first identifier, or if it has none, of its first row
    CREATE TEMP TABLE omni_arrival ON COMMIT DROP AS
    SELECT row_number() OVER () AS rec, a.*, s.customer_id, s.first_seen_at, s.last_seen_at, s.profile AS was,
        NOT a.is_named AND a.first_at < s.first_seen_at AND (SELECT true FROM @store@.evidence e WHERE e.source = feed AND e.record_id = a.record_id LIMIT 1) IS NULL AS is_earlier,
        a.rows > 1 OR cardinality(i.identifiers) > shared OR omni.merge_problem(i.identifiers, array_fill(a.first_at, ARRAY[cardinality(i.identifiers)]), 1, limits) IS NOT NULL AS doubtful
    FROM (SELECT x.record_id, coalesce(min(x.observed_at) FILTER (WHERE x.identifiers IS NOT NULL), min(x.observed_at)) AS first_at, max(x.observed_at) AS last_at,
                 bool_or(x.identifiers IS NOT NULL) AS is_named, count(*) AS rows, omni.customer_profile_agg(x.profile) AS profile
          FROM pg_temp.omni_batch x WHERE x.bad IS NULL GROUP BY x.record_id) a
    CROSS JOIN LATERAL (SELECT omni.identifiers(a.profile) AS identifiers OFFSET 0) i
    LEFT JOIN LATERAL (SELECT r.* FROM @store@.source_records r WHERE r.source = feed AND r.record_id = a.record_id LIMIT 1) s ON true;
    ANALYZE pg_temp.omni_arrival (rec, record_id, customer_id, rows);

    -- their identifiers, in the order of the indexes: blocked ones link nothing; known is anybody's, for a new record, or this record's
    CREATE TEMP TABLE omni_arrived ON COMMIT DROP AS
    SELECT l.rec, l.is_new, l.record_id, l.identifier, l.observed_at, l.blocked, min(l.rec) OVER (PARTITION BY l.identifier) AS least, coalesce(CASE
        WHEN l.is_new THEN NOT l.blocked AND has_evidence AND (SELECT true FROM @store@.evidence e WHERE e.identifier = l.identifier LIMIT 1)
        ELSE (SELECT true FROM @store@.evidence e WHERE e.identifier = l.identifier AND e.source = feed AND e.record_id = l.record_id AND e.observed_at <= l.observed_at LIMIT 1) END, false) AS known
    FROM (SELECT x.*, x.doubtful AND omni.merge_problem(ARRAY[x.identifier], NULL, 0, never) IS NOT NULL AS blocked
          FROM (SELECT a.rec, a.customer_id IS NULL AS is_new, a.record_id, i.identifier, a.first_at AS observed_at, a.doubtful FROM pg_temp.omni_arrival a, unnest(omni.identifiers(a.profile)) i(identifier) WHERE a.rows = 1
                UNION ALL SELECT a.rec, a.customer_id IS NULL, a.record_id, i.identifier, min(x.observed_at), true
                    FROM pg_temp.omni_arrival a JOIN pg_temp.omni_batch x ON x.record_id = a.record_id AND x.bad IS NULL, unnest(x.identifiers) i(identifier)
                    WHERE a.rows > 1 AND i.identifier IS NOT NULL GROUP BY a.rec, a.customer_id, a.record_id, i.identifier) x
          ORDER BY x.identifier) l;
    ANALYZE pg_temp.omni_arrived (rec, identifier, is_new, blocked, known);

    -- components within the batch, under their least record
    CREATE TEMP TABLE omni_group ON COMMIT DROP AS
    SELECT c.node AS rec, c.component, count(*) OVER (PARTITION BY c.component) AS records
    FROM (SELECT omni.disjoint_set_agg(l.rec, l.least) AS sets FROM pg_temp.omni_arrived l WHERE l.rec <> l.least AND NOT l.blocked) s, omni.connected_components(s.sets, NULL::bigint) c;
    ANALYZE pg_temp.omni_group;

    -- those that are not taken straight away: they touch what is there, or are above limits
    CREATE TEMP TABLE omni_open ON COMMIT DROP AS
    SELECT coalesce(g.component, x.rec) AS component
    FROM (SELECT l.rec FROM pg_temp.omni_arrived l WHERE l.known = l.is_new
          UNION SELECT a.rec FROM pg_temp.omni_arrival a WHERE a.is_earlier
          -- what a stale snapshot does not show must end in a conflict
          UNION SELECT a.rec FROM pg_temp.omni_arrival a WHERE a.customer_id IS NULL AND a.is_named AND current_setting('transaction_isolation') <> 'read committed'
          UNION SELECT a.rec FROM pg_temp.omni_arrival a WHERE a.customer_id IS NULL AND has_evidence AND (SELECT true FROM @store@.evidence e WHERE e.source = feed AND e.record_id = a.record_id LIMIT 1)
          UNION SELECT a.rec FROM pg_temp.omni_arrival a WHERE a.customer_id IS NULL AND has_links
              AND coalesce((SELECT true FROM @store@.links l WHERE l.source = feed AND l.record_id = a.record_id LIMIT 1), (SELECT true FROM @store@.links l WHERE l.other_source = feed AND l.other_record_id = a.record_id LIMIT 1))) x
    LEFT JOIN pg_temp.omni_group g USING (rec)
    UNION
    SELECT c.component
    FROM (SELECT coalesce(g.component, a.rec) AS component, l.identifier, min(l.observed_at) AS observed_at, min(coalesce(g.records, 1)) AS records
          FROM pg_temp.omni_arrival a LEFT JOIN pg_temp.omni_group g USING (rec) JOIN pg_temp.omni_arrived l USING (rec)
          WHERE NOT l.blocked AND (a.doubtful OR g.component IS NOT NULL) GROUP BY 1, 2) c
    GROUP BY c.component HAVING count(*) > shared OR omni.merge_problem(array_agg(c.identifier), array_agg(c.observed_at), min(c.records), limits) IS NOT NULL;
    ANALYZE pg_temp.omni_open;

    -- rows that say what is not known; of a new record, each that is not there twice
    new := (SELECT count(*) FROM pg_temp.omni_arrival a WHERE a.customer_id IS NULL);
    changed := (SELECT count(*) FROM pg_temp.omni_arrival a LEFT JOIN (SELECT DISTINCT l.rec FROM pg_temp.omni_arrived l WHERE NOT l.is_new AND NOT l.known) n USING (rec)
                WHERE a.rows = 1 AND (a.customer_id IS NULL OR n.rec IS NOT NULL OR a.is_earlier OR a.last_at > a.last_seen_at OR a.was IS NULL OR a.was OPERATOR(omni.||) a.profile <> a.was))
        + (SELECT count(*) FROM (SELECT DISTINCT a.rec, x.profile FROM pg_temp.omni_arrival a JOIN pg_temp.omni_batch x ON x.record_id = a.record_id AND x.bad IS NULL
            WHERE a.rows > 1 AND (a.customer_id IS NULL OR a.is_earlier AND x.observed_at < a.first_seen_at OR x.observed_at > a.last_seen_at OR a.was IS NULL OR a.was OPERATOR(omni.||) x.profile <> a.was
                OR EXISTS (SELECT FROM unnest(x.identifiers) i(identifier) LEFT JOIN LATERAL (SELECT e.observed_at FROM @store@.evidence e
                               WHERE e.identifier = i.identifier AND e.source = feed AND e.record_id = a.record_id LIMIT 1) e ON true
                           WHERE i.identifier IS NOT NULL AND (e.observed_at IS NULL OR e.observed_at > x.observed_at)))) d);
    repeated := read - rejected - changed;

    -- what is taken straight away; new customers are numbered by their first record
    CREATE TEMP TABLE omni_settled ON COMMIT DROP AS
    SELECT a.rec, coalesce(g.component, a.rec) AS component
    FROM pg_temp.omni_arrival a LEFT JOIN pg_temp.omni_group g USING (rec) LEFT JOIN pg_temp.omni_open o ON o.component = coalesce(g.component, a.rec)
    WHERE a.customer_id IS NULL AND o.component IS NULL;
    ANALYZE pg_temp.omni_settled;
    CREATE TEMP TABLE omni_newcomer ON COMMIT DROP AS
    SELECT f.rec, f.component, f.record_id, f.first_at, nextval(numbers) AS customer_id
    FROM (SELECT s.rec, s.component, a.record_id COLLATE "C" AS record_id, a.first_at FROM pg_temp.omni_settled s JOIN pg_temp.omni_arrival a USING (rec)
          WHERE NOT EXISTS (SELECT FROM pg_temp.omni_group g WHERE g.rec = s.rec)
          UNION ALL (SELECT DISTINCT ON (s.component) s.rec, s.component, a.record_id COLLATE "C", a.first_at FROM pg_temp.omni_settled s JOIN pg_temp.omni_group g USING (rec) JOIN pg_temp.omni_arrival a USING (rec)
                     ORDER BY s.component, a.first_at, a.record_id COLLATE "C")
          ORDER BY 4, 3) f;
    ANALYZE pg_temp.omni_newcomer;
    INSERT INTO @store@.customers (customer_id, source, record_id, first_seen_at)
    SELECT n.customer_id, feed, n.record_id, n.first_at FROM pg_temp.omni_newcomer n;
    -- a row that this transaction cannot see: 40001
    EXECUTE 'INSERT INTO @store@.source_records (source, record_id, customer_id, first_seen_at, last_seen_at, profile)
        SELECT $1, a.record_id, n.customer_id, a.first_at, a.last_at, a.profile
        FROM pg_temp.omni_newcomer n JOIN pg_temp.omni_settled s USING (component) JOIN pg_temp.omni_arrival a ON a.rec = s.rec'
        || CASE current_setting('transaction_isolation') WHEN 'read committed' THEN '' ELSE ' ON CONFLICT ON CONSTRAINT source_records_pkey DO UPDATE SET customer_id = excluded.customer_id' END USING feed;
    INSERT INTO @store@.evidence (identifier, source, record_id, observed_at)
    SELECT l.identifier, feed, l.record_id, l.observed_at FROM pg_temp.omni_arrived l JOIN pg_temp.omni_settled s USING (rec);
    INSERT INTO @store@.refusals (identifier, source, record_id, reason)
    SELECT l.identifier, feed, l.record_id, 'blocked' FROM pg_temp.omni_arrived l JOIN pg_temp.omni_settled s USING (rec) WHERE l.blocked;
    INSERT INTO @store@.identities (identifier, customer_id, first_seen_at, last_seen_at)
    SELECT l.identifier, n.customer_id, min(l.observed_at), max(l.observed_at)
    FROM pg_temp.omni_arrived l JOIN pg_temp.omni_settled s USING (rec) JOIN pg_temp.omni_newcomer n USING (component) WHERE NOT l.blocked GROUP BY l.identifier, n.customer_id;
    -- an order's own record: source = its channel, record_id = its number
    IF (SELECT c.relkind <> 'v' FROM pg_class c WHERE c.oid = '@store@.orders'::regclass) AND EXISTS (SELECT FROM @store@.orders) THEN
        UPDATE @store@.orders o SET customer_id = x.customer_id
        FROM (SELECT y.order_ref, n.customer_id FROM pg_temp.omni_newcomer n JOIN pg_temp.omni_settled s USING (component) JOIN pg_temp.omni_arrival a ON a.rec = s.rec
              CROSS JOIN LATERAL (SELECT z.order_ref FROM @store@.orders z WHERE z.order_ref = a.record_id AND z.channel_code = feed AND z.customer_id IS NULL LIMIT 1) y) x
        WHERE o.order_ref = x.order_ref;
    END IF;

    -- what is known already, and only said again, later or with other attributes
    UPDATE @store@.source_records r SET last_seen_at = greatest(r.last_seen_at, a.last_at), profile = coalesce(r.profile OPERATOR(omni.||) a.profile, a.profile)
    FROM pg_temp.omni_arrival a
    WHERE a.customer_id IS NOT NULL AND (a.last_at > a.last_seen_at OR a.was IS NULL OR a.was OPERATOR(omni.||) a.profile <> a.was) AND r.source = feed AND r.record_id = a.record_id
        AND NOT a.is_earlier AND NOT EXISTS (SELECT FROM pg_temp.omni_arrived l WHERE l.rec = a.rec AND NOT l.known);

    -- all others, in parts that no state is too small for
    INSERT INTO @store@.evidence AS e (identifier, source, record_id, observed_at)
    SELECT l.identifier, feed, l.record_id, l.observed_at FROM pg_temp.omni_arrived l WHERE (l.is_new OR NOT l.known) AND NOT EXISTS (SELECT FROM pg_temp.omni_settled s WHERE s.rec = l.rec)
    ON CONFLICT (identifier, source, record_id) DO UPDATE SET observed_at = excluded.observed_at WHERE e.observed_at > excluded.observed_at;
    UPDATE @store@.source_records r SET first_seen_at = a.first_at FROM pg_temp.omni_arrival a WHERE a.is_earlier AND r.source = feed AND r.record_id = a.record_id;
    CREATE TEMP TABLE omni_left ON COMMIT DROP AS
    SELECT a.rec, (sum(coalesce(l.links, 1)) OVER (ORDER BY coalesce(g.component, a.rec)))::bigint / many AS part
    FROM pg_temp.omni_arrival a LEFT JOIN (SELECT l.rec, count(*) AS links FROM pg_temp.omni_arrived l WHERE l.is_new OR NOT l.known GROUP BY l.rec) l USING (rec) LEFT JOIN pg_temp.omni_group g USING (rec)
    WHERE (l.rec IS NOT NULL OR a.is_earlier) AND NOT EXISTS (SELECT FROM pg_temp.omni_settled s WHERE s.rec = a.rec);
    FOR chunk IN SELECT DISTINCT l.part FROM pg_temp.omni_left l ORDER BY 1 LOOP
        CREATE TEMP TABLE omni_touched ON COMMIT DROP AS
        SELECT feed AS source, a.record_id, NULL::omni.identifier AS identifier, a.last_at AS last_seen_at, a.profile
        FROM pg_temp.omni_left l JOIN pg_temp.omni_arrival a USING (rec) WHERE l.part = chunk;
        PERFORM @store@.resolve_identities('batch', NULL, cause, NULL);
        DROP TABLE pg_temp.omni_touched;
    END LOOP;
    DROP TABLE pg_temp.omni_arrival, pg_temp.omni_arrived, pg_temp.omni_group, pg_temp.omni_open, pg_temp.omni_settled, pg_temp.omni_newcomer, pg_temp.omni_left;
END $$;
COMMENT ON FUNCTION @store@.ingest_rows(text, text) IS 'for functions of the store: take the rows that ingest() or redrive() read';

CREATE OR REPLACE FUNCTION @store@.ingest(batch regclass, source text, mapping jsonb, OUT read bigint, OUT new bigint, OUT repeated bigint, OUT rejected bigint)
    RETURNS record LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    IF batch IS NULL OR source IS NULL OR source = '' OR octet_length(source) > 512 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = CASE WHEN batch IS NULL THEN 'no batch is named' ELSE 'the source of a batch has to be a text of 1 to 512 bytes' END,
            HINT = 'Name the table or view that holds the batch, and the system that its records are from.';
    END IF;
    EXECUTE 'CREATE TEMP TABLE omni_batch ON COMMIT DROP AS SELECT b.reject, b.record_id, b.observed_at, b.identifiers, CASE WHEN b.large THEN b.attributes END AS attributes, b.bad, b.raw, '
        'CASE WHEN b.raw IS NOT NULL THEN $2 END AS mapping, CASE WHEN b.bad IS NULL AND NOT b.large THEN omni.customer_profile_from($1, b.record_id, b.observed_at, b.identifiers, b.attributes) END AS profile FROM ('
        || omni.store_batch(batch, mapping) || ') b' USING source, mapping;
    SELECT * INTO read, new, repeated, rejected FROM @store@.ingest_rows(source, 'ingest');

    -- rows that do not parse, one reject a column. The latest that came of a record stays; one that comes again as it was changes nothing
    IF rejected > 0 THEN
        INSERT INTO @store@.rejects AS r (feed, record_id, column_name, reason, raw, mapping, digest)
        SELECT DISTINCT ON (2, 3) source, CASE WHEN b.record_id <> '' AND octet_length(b.record_id) <= 512 THEN b.record_id ELSE '?' || d.digest END, b.bad[i][1], b.bad[i][2], b.raw, b.mapping, d.digest
        FROM pg_temp.omni_batch b CROSS JOIN LATERAL (SELECT left(encode(sha256(convert_to(b.raw::text, 'UTF8')), 'hex'), 32) AS digest OFFSET 0) d, generate_subscripts(b.bad, 1) i
        WHERE b.bad[i][2] IS NOT NULL
        ORDER BY 2, 3, b.observed_at DESC NULLS LAST, d.digest, 4
        ON CONFLICT (feed, record_id, column_name) DO UPDATE SET reason = excluded.reason, raw = excluded.raw, rejected_at = excluded.rejected_at, settled_at = NULL, mapping = excluded.mapping, digest = excluded.digest
        WHERE r.digest IS DISTINCT FROM excluded.digest;
    END IF;
    -- a row that parses takes the place of one that did not
    IF EXISTS (SELECT FROM @store@.rejects r WHERE r.feed = source AND r.settled_at IS NULL AND r.mapping IS NOT NULL) THEN
        UPDATE @store@.rejects r SET settled_at = now()
        WHERE r.feed = source AND r.settled_at IS NULL AND r.mapping IS NOT NULL AND r.record_id IN (SELECT b.record_id FROM pg_temp.omni_batch b WHERE b.bad IS NULL)
            AND NOT EXISTS (SELECT FROM pg_temp.omni_batch b WHERE b.bad IS NOT NULL AND b.record_id = r.record_id);
    END IF;
    DROP TABLE pg_temp.omni_batch;
END $$;
COMMENT ON FUNCTION @store@.ingest(regclass, text, jsonb) IS 'take the rows of a table or view as records of a source, all at once and as identify() would one by one. mapping names the columns: record_id, observed_at, identifiers by kind, attributes. A row that does not parse goes to rejects as a whole. The same batch again changes nothing';

/*
 * Rejects of one row are tried together: each column is read from the reject of that column, all others from the first. A column that
 * parses by now is settled; the others keep what was corrected.
 */
CREATE OR REPLACE FUNCTION @store@.redrive(feed text, OUT read bigint, OUT settled bigint, OUT rejected bigint)
    RETURNS record LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    m record;
BEGIN
    PERFORM @store@.lock_identities();
    CREATE TEMP TABLE omni_wait ON COMMIT DROP AS
    SELECT row_number() OVER ()::text AS reject, w.* FROM (
        SELECT r.record_id, r.mapping, r.digest, min(r.rejected_at) AS rejected_at, (array_agg(r.raw ORDER BY r.column_name COLLATE "C"))[1] || jsonb_object_agg(r.column_name, r.raw -> r.column_name) AS raw
        FROM @store@.rejects r WHERE r.feed = redrive.feed AND r.settled_at IS NULL AND r.mapping IS NOT NULL AND jsonb_typeof(r.raw) = 'object' GROUP BY r.record_id, r.mapping, r.digest) w;
    CREATE TEMP TABLE omni_batch (reject text, record_id text, observed_at timestamptz, identifiers omni.identifier[], attributes jsonb, bad text[], raw jsonb, mapping jsonb, profile omni.customer_profile) ON COMMIT DROP;
    FOR m IN SELECT DISTINCT w.mapping FROM pg_temp.omni_wait w LOOP
        CREATE TEMP TABLE omni_redrive ON COMMIT DROP AS SELECT w.reject, w.rejected_at, w.raw FROM pg_temp.omni_wait w WHERE w.mapping = m.mapping;
        EXECUTE 'INSERT INTO pg_temp.omni_batch SELECT b.reject, b.record_id, b.observed_at, b.identifiers, CASE WHEN b.large THEN b.attributes END, b.bad, b.raw, $2, '
            'CASE WHEN b.bad IS NULL AND NOT b.large THEN omni.customer_profile_from($1, b.record_id, b.observed_at, b.identifiers, b.attributes) END FROM (' || omni.store_batch(NULL, m.mapping) || ') b'
            USING feed, m.mapping;
        DROP TABLE pg_temp.omni_redrive;
    END LOOP;
    SELECT t.read, t.read - t.rejected, t.rejected INTO read, settled, rejected FROM @store@.ingest_rows(feed, 'redrive') t;

    UPDATE @store@.rejects r SET settled_at = CASE WHEN b.bad IS NULL OR x.reason IS NULL THEN now() END, reason = coalesce(x.reason, r.reason), raw = w.raw
    FROM pg_temp.omni_wait w JOIN pg_temp.omni_batch b USING (reject)
    CROSS JOIN LATERAL (SELECT c.column_name, (SELECT min(b.bad[i][2]) FROM generate_subscripts(b.bad, 1) i WHERE b.bad[i][1] = c.column_name) AS reason
                        FROM (SELECT j.column_name FROM @store@.rejects j WHERE j.feed = redrive.feed AND j.record_id = w.record_id) c) x
    WHERE r.feed = redrive.feed AND r.record_id = w.record_id AND r.column_name = x.column_name AND r.settled_at IS NULL AND r.mapping = w.mapping AND r.digest IS NOT DISTINCT FROM w.digest;
    INSERT INTO @store@.rejects AS r (feed, record_id, column_name, reason, raw, mapping, digest)
    SELECT DISTINCT ON (w.record_id, b.bad[i][1]) feed, w.record_id, b.bad[i][1], b.bad[i][2], w.raw, w.mapping, w.digest
    FROM pg_temp.omni_wait w JOIN pg_temp.omni_batch b USING (reject), generate_subscripts(b.bad, 1) i WHERE b.bad[i][2] IS NOT NULL
    ORDER BY w.record_id, b.bad[i][1], w.rejected_at DESC, w.digest, b.bad[i][2]
    ON CONFLICT (feed, record_id, column_name) DO UPDATE SET reason = excluded.reason, raw = excluded.raw, rejected_at = excluded.rejected_at, settled_at = NULL, mapping = excluded.mapping, digest = excluded.digest
    WHERE r.settled_at IS NOT NULL;
    DROP TABLE pg_temp.omni_wait, pg_temp.omni_batch;
END $$;
COMMENT ON FUNCTION @store@.redrive(text) IS 'try what ingest() rejected of a feed again, as it stands in rejects.raw by now: corrected rows are taken, and their rejects settled. read = settled + rejected, in rows';
