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

/* which value of an attribute survives in the views of golden records; '{}' is the most recent one */
CREATE OR REPLACE FUNCTION @store@.set_survivorship(survivorship jsonb)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    IF survivorship IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'no survivorship is given',
            HINT = 'Give {} for the most recent value of every attribute.';
    END IF;
    PERFORM omni.golden_record(omni.customer_profile('omni', '1', 'epoch'::timestamptz), survivorship);
    INSERT INTO @store@.identity_settings AS s (setting, value) VALUES ('survivorship', survivorship)
    ON CONFLICT (setting) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at WHERE s.value <> excluded.value;
END $$;
COMMENT ON FUNCTION @store@.set_survivorship(jsonb) IS 'which value of an attribute survives in customer_golden and customer_attribute: the policies of omni.golden_record()';

/* what of the golden records anybody who may read the BI views may see: nothing that is not named here */
CREATE OR REPLACE FUNCTION @store@.set_bi_attributes(attributes jsonb)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    IF attributes IS NULL OR jsonb_typeof(attributes) <> 'array' OR EXISTS (SELECT FROM jsonb_array_elements(attributes) a WHERE jsonb_typeof(a) <> 'string') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the attributes for BI have to be an array of names',
            HINT = 'For example ["country", "language"]; [] shows none.';
    END IF;
    IF attributes ?| '{identifiers,email,phone}' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'identifiers are not shown in the BI views',
            HINT = 'Those who may see them read customer_identifier in the schema of personal data.';
    END IF;
    INSERT INTO @store@.identity_settings AS s (setting, value) VALUES ('bi_attributes', (SELECT coalesce(jsonb_agg(DISTINCT a ORDER BY a), '[]') FROM jsonb_array_elements(attributes) a))
    ON CONFLICT (setting) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at WHERE s.value <> excluded.value;
END $$;
COMMENT ON FUNCTION @store@.set_bi_attributes(jsonb) IS 'attributes of golden records that customer_attribute shows to BI, e.g. ["country"]; none at first. Name none that tells who a customer is';
