-- functions.sql: the functions of a store. They take and give text, bigint and jsonb, so that no driver
-- needs to know a type of omni.

CREATE OR REPLACE FUNCTION @store@.resolve_sku(raw text, channel text DEFAULT NULL, at timestamptz DEFAULT now())
    RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    alias record;
    code omni.sku := omni.sku_try(raw);
    item omni.gtin;
    found text;
BEGIN
    -- what the channel itself calls it
    SELECT a.sku INTO alias FROM @store@.sku_aliases a
    WHERE a.channel_code = resolve_sku.channel AND a.raw = resolve_sku.raw AND a.valid_from <= resolve_sku.at
    ORDER BY a.valid_from DESC LIMIT 1;
    IF FOUND THEN
        RETURN alias.sku::text;
    END IF;
    -- the house SKU, or the channel's qualified one
    SELECT p.sku::text INTO found FROM @store@.products p WHERE p.sku = code;
    IF FOUND THEN
        RETURN found;
    END IF;
    IF code IS NOT NULL AND channel ~ '^[a-z0-9-]{1,16}$' AND position('|' IN code::text) = 0 THEN
        SELECT p.sku::text INTO found FROM @store@.products p WHERE p.sku = omni.sku_try(channel || '|' || code::text);
        IF FOUND THEN
            RETURN found;
        END IF;
    END IF;
    -- a trade item number that one product has
    item := omni.gtin_try(raw);
    IF item IS NOT NULL THEN
        SELECT min(p.sku::text) INTO found FROM @store@.products p WHERE p.gtin = item HAVING count(*) = 1;
        RETURN found;
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION @store@.resolve_sku(text, text, timestamptz) IS 'the SKU that a channel''s code, a house SKU or a GTIN stands for; NULL if it stands for none or for more than one';

CREATE OR REPLACE FUNCTION @store@.rebuild_identities(OUT records bigint, OUT customers bigint, OUT merged bigint)
    RETURNS record LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    LOCK TABLE @store@.evidence IN SHARE ROW EXCLUSIVE MODE;

    -- who belongs together: identifiers and records are the nodes, evidence the edges
    CREATE TEMP TABLE omni_component ON COMMIT DROP AS
    SELECT e.identifier, e.source, e.record_id, e.observed_at, c.component
    FROM (SELECT n.* FROM (SELECT omni.disjoint_set_agg('i' || e.identifier::text, 'r' || e.source || E'\x1f' || e.record_id) AS sets FROM @store@.evidence e) s,
                 omni.connected_components(s.sets, NULL::text) n) c
    JOIN @store@.evidence e ON c.node = 'i' || e.identifier::text;

    -- a component is known by its least record, and keeps the customer that is known by the least
    CREATE TEMP TABLE omni_person ON COMMIT DROP AS
    SELECT a.component, a.observed_at, a.source, a.record_id,
           (SELECT k.customer_id FROM @store@.customers k WHERE k.merged_into IS NULL AND k.customer_id IN
                (SELECT i.customer_id FROM @store@.identities i JOIN pg_temp.omni_component x ON x.identifier = i.identifier WHERE x.component = a.component)
            ORDER BY k.first_seen_at, k.source COLLATE "C", k.record_id COLLATE "C", k.customer_id LIMIT 1) AS customer_id
    FROM (SELECT DISTINCT ON (o.component) o.* FROM pg_temp.omni_component o
          ORDER BY o.component, o.observed_at, o.source COLLATE "C", o.record_id COLLATE "C") a;

    UPDATE @store@.customers k SET first_seen_at = p.observed_at, source = p.source, record_id = p.record_id
    FROM pg_temp.omni_person p
    WHERE p.customer_id = k.customer_id AND (k.first_seen_at, k.source, k.record_id) IS DISTINCT FROM (p.observed_at, p.source, p.record_id);

    UPDATE pg_temp.omni_person p SET customer_id = nextval(pg_get_serial_sequence('@store@.customers', 'customer_id')) WHERE p.customer_id IS NULL;
    INSERT INTO @store@.customers (customer_id, source, record_id, first_seen_at)
    SELECT p.customer_id, p.source, p.record_id, p.observed_at FROM pg_temp.omni_person p
    WHERE NOT EXISTS (SELECT FROM @store@.customers k WHERE k.customer_id = p.customer_id);

    -- those that turned out to be somebody else
    UPDATE @store@.customers k SET merged_into = x.customer_id
    FROM (SELECT DISTINCT i.customer_id AS old, p.customer_id FROM @store@.identities i
          JOIN pg_temp.omni_component o ON o.identifier = i.identifier JOIN pg_temp.omni_person p USING (component)
          WHERE i.customer_id <> p.customer_id) x
    WHERE k.customer_id = x.old;
    GET DIAGNOSTICS merged = ROW_COUNT;
    UPDATE @store@.customers k SET merged_into = m.merged_into FROM @store@.customers m
    WHERE k.merged_into = m.customer_id AND m.merged_into IS NOT NULL;

    INSERT INTO @store@.identities AS i (identifier, customer_id, first_seen_at, last_seen_at)
    SELECT o.identifier, min(p.customer_id), min(o.observed_at), max(o.observed_at)
    FROM pg_temp.omni_component o JOIN pg_temp.omni_person p USING (component) GROUP BY o.identifier
    ON CONFLICT (identifier) DO UPDATE SET customer_id = excluded.customer_id, first_seen_at = excluded.first_seen_at, last_seen_at = excluded.last_seen_at
    WHERE (i.customer_id, i.first_seen_at, i.last_seen_at) IS DISTINCT FROM (excluded.customer_id, excluded.first_seen_at, excluded.last_seen_at);

    -- an order's own record: source = its channel, record = its number
    UPDATE @store@.orders o SET customer_id = p.customer_id
    FROM (SELECT DISTINCT c.source, c.record_id, c.component FROM pg_temp.omni_component c) r JOIN pg_temp.omni_person p USING (component)
    WHERE o.customer_id IS NULL AND r.source = o.channel_code AND r.record_id = o.order_ref;

    SELECT count(DISTINCT (o.source, o.record_id)), count(DISTINCT o.component) INTO records, customers FROM pg_temp.omni_component o;
    DROP TABLE pg_temp.omni_component, pg_temp.omni_person;
END $$;
COMMENT ON FUNCTION @store@.rebuild_identities() IS 'unify customers from all evidence: records that share an identifier, directly or through others, are one customer. The same for any order of arrival; ids stay, a merged customer points to the one it was found to be';
