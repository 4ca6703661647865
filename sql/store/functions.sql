-- functions.sql: the functions of a store. They take and give text, bigint and jsonb, so that no driver
-- needs to know a type of omni. A variable wins over a column of the same name that a user added.

CREATE OR REPLACE FUNCTION @store@.resolve_sku(raw text, channel text DEFAULT NULL, at timestamptz DEFAULT now())
    RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    code omni.sku := omni.sku_try(raw);
    item omni.gtin;
    sku text;
BEGIN
    -- what the channel itself calls it
    SELECT a.sku::text INTO sku FROM @store@.sku_aliases a
    WHERE a.channel_code = channel AND a.raw = resolve_sku.raw AND a.valid_from <= at
    ORDER BY a.valid_from DESC LIMIT 1;
    IF sku IS NOT NULL THEN
        RETURN sku;
    END IF;
    -- the house SKU, or the channel's qualified one
    SELECT p.sku::text INTO sku FROM @store@.products p WHERE p.sku = code;
    IF FOUND THEN
        RETURN sku;
    END IF;
    IF code IS NOT NULL AND channel ~ '^[a-z0-9-]{1,16}$' AND position('|' IN code::text) = 0 THEN
        SELECT p.sku::text INTO sku FROM @store@.products p WHERE p.sku = omni.sku_try(channel || '|' || code::text);
        IF FOUND THEN
            RETURN sku;
        END IF;
    END IF;
    -- a trade item number that one product has
    item := omni.gtin_try(raw);
    IF item IS NOT NULL THEN
        SELECT min(p.sku::text) INTO sku FROM @store@.products p WHERE p.gtin = item HAVING count(*) = 1;
        RETURN sku;
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION @store@.resolve_sku(text, text, timestamptz) IS 'the SKU that a channel''s code, a house SKU or a GTIN stands for; NULL if it stands for none or for more than one';
