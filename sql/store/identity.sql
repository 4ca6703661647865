-- identity.sql: who is one customer. Evidence is never changed by what is found in it: customers, identities,
-- refusals and source_records.customer_id are made from evidence and links, and can be made again at any time.

/*
 * A pure function of evidence, up to the numbers: records that share an identifier, directly or through
 * others, are a component; a customer belongs to the component of the record that it is known by. The customer
 * whose record is the least keeps its number and is known by the least record of the component from
 * then on, the others point to it. So the result does not depend on the order of arrival or on how often this ran.
 */
CREATE OR REPLACE FUNCTION @store@.rebuild_identities(OUT records bigint, OUT customers bigint, OUT merged bigint)
    RETURNS record LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF EXISTS (SELECT FROM pg_class c WHERE c.oid IN ('@store@.customers'::regclass, '@store@.identities'::regclass) AND c.relkind = 'v') THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = 'the store has adopted its customers or identities: it does not write them',
            HINT = 'Make a store that adopts neither, and load evidence into it.';
    END IF;
    -- one session at a time; writers of evidence go on, the next run sees what they add
    PERFORM pg_advisory_xact_lock(hashtextextended('omni.rebuild_identities @store@', 0));

    -- who belongs together: identifiers and records are the nodes, evidence the edges
    CREATE TEMP TABLE omni_component ON COMMIT DROP AS
    WITH edge AS MATERIALIZED (
        SELECT e.identifier, e.source, e.record_id, e.observed_at, 'i' || e.identifier::text AS a, 'r' || length(e.source) || ':' || e.source || e.record_id AS b FROM @store@.evidence e)
    SELECT e.identifier, e.source, e.record_id, e.observed_at, n.component
    FROM edge e JOIN (SELECT c.node, c.component FROM (SELECT omni.disjoint_set_agg(x.a, x.b) AS sets FROM edge x) s,
                             omni.connected_components(s.sets, NULL::text) c) n ON n.node = e.a;
    CREATE TEMP TABLE omni_record ON COMMIT DROP AS
    SELECT source, record_id, component, min(observed_at) AS observed_at FROM pg_temp.omni_component GROUP BY source, record_id, component;
    ANALYZE pg_temp.omni_component;
    ANALYZE pg_temp.omni_record;

    -- a customer whose record was taken out is known by the least one that is left of its identifiers
    UPDATE @store@.customers c SET source = l.source, record_id = l.record_id
    FROM (SELECT DISTINCT ON (i.customer_id) i.customer_id, o.source, o.record_id FROM @store@.identities i
          JOIN pg_temp.omni_component o ON o.identifier = i.identifier
          WHERE EXISTS (SELECT FROM @store@.customers g WHERE g.customer_id = i.customer_id
                        AND NOT EXISTS (SELECT FROM pg_temp.omni_record r WHERE r.source = g.source AND r.record_id = g.record_id))
          ORDER BY i.customer_id, o.observed_at, o.source COLLATE "C", o.record_id COLLATE "C") l
    WHERE l.customer_id = c.customer_id;

    CREATE TEMP TABLE omni_person ON COMMIT DROP AS
    SELECT a.component, a.observed_at, a.source, a.record_id, k.customer_id, k.customer_id IS NULL AS is_new
    FROM (SELECT DISTINCT ON (r.component) r.* FROM pg_temp.omni_record r
          ORDER BY r.component, r.observed_at, r.source COLLATE "C", r.record_id COLLATE "C") a
    LEFT JOIN (SELECT DISTINCT ON (r.component) r.component, c.customer_id
               FROM pg_temp.omni_record r JOIN @store@.customers c ON c.source = r.source AND c.record_id = r.record_id
               ORDER BY r.component, r.observed_at, r.source COLLATE "C", r.record_id COLLATE "C", c.customer_id) k ON k.component = a.component;
    ANALYZE pg_temp.omni_person;

    -- those that turn out to be somebody else, or not to be after all
    UPDATE @store@.customers c SET merged_into = nullif(p.customer_id, c.customer_id)
    FROM pg_temp.omni_record r JOIN pg_temp.omni_person p ON p.component = r.component
    WHERE r.source = c.source AND r.record_id = c.record_id AND c.merged_into IS DISTINCT FROM nullif(p.customer_id, c.customer_id);
    GET DIAGNOSTICS merged = ROW_COUNT;

    UPDATE @store@.customers c SET first_seen_at = p.observed_at, source = p.source, record_id = p.record_id
    FROM pg_temp.omni_person p
    WHERE p.customer_id = c.customer_id AND (c.first_seen_at, c.source, c.record_id) IS DISTINCT FROM (p.observed_at, p.source, p.record_id);

    -- new customers are numbered by their first record
    UPDATE pg_temp.omni_person p SET customer_id = n.customer_id
    FROM (SELECT f.component, nextval(pg_get_serial_sequence('@store@.customers', 'customer_id')) AS customer_id
          FROM (SELECT x.component FROM pg_temp.omni_person x WHERE x.is_new ORDER BY x.observed_at, x.source COLLATE "C", x.record_id COLLATE "C") f) n
    WHERE n.component = p.component;
    INSERT INTO @store@.customers (customer_id, source, record_id, first_seen_at)
    SELECT p.customer_id, p.source, p.record_id, p.observed_at FROM pg_temp.omni_person p WHERE p.is_new;

    -- customers without evidence that pointed to one of those; each round halves what is left of a chain
    FOR round IN 1 .. 32 LOOP
        UPDATE @store@.customers c SET merged_into = m.merged_into FROM @store@.customers m
        WHERE c.merged_into = m.customer_id AND m.merged_into IS NOT NULL AND m.merged_into <> c.customer_id;
        EXIT WHEN NOT FOUND;
    END LOOP;

    INSERT INTO @store@.identities AS i (identifier, customer_id, first_seen_at, last_seen_at)
    SELECT o.identifier, min(p.customer_id), min(o.observed_at), max(o.observed_at)
    FROM pg_temp.omni_component o JOIN pg_temp.omni_person p ON p.component = o.component GROUP BY o.identifier
    ON CONFLICT (identifier) DO UPDATE SET customer_id = excluded.customer_id, first_seen_at = excluded.first_seen_at, last_seen_at = excluded.last_seen_at
    WHERE (i.customer_id, i.first_seen_at, i.last_seen_at) IS DISTINCT FROM (excluded.customer_id, excluded.first_seen_at, excluded.last_seen_at);
    DELETE FROM @store@.identities i WHERE NOT EXISTS (SELECT FROM pg_temp.omni_component o WHERE o.identifier = i.identifier);

    -- an order's own record: source = its channel, record = its number
    IF (SELECT c.relkind <> 'v' FROM pg_class c WHERE c.oid = '@store@.orders'::regclass) THEN
        UPDATE @store@.orders o SET customer_id = p.customer_id
        FROM pg_temp.omni_record r JOIN pg_temp.omni_person p ON p.component = r.component
        WHERE o.customer_id IS NULL AND r.source = o.channel_code AND r.record_id = o.order_ref;
    END IF;

    SELECT count(*), count(DISTINCT o.component) INTO records, customers FROM pg_temp.omni_record o;
    DROP TABLE pg_temp.omni_component, pg_temp.omni_record, pg_temp.omni_person;
END $$;
COMMENT ON FUNCTION @store@.rebuild_identities() IS 'unify customers from all evidence: records that share an identifier, directly or through others, are one customer. The same for any order of arrival; ids stay, a merged customer points to the one it was found to be. records and customers are totals, merged is how many customers this run redirected';
