-- pii.sql: views with raw identifiers, for the few who may; granted to nobody

CREATE OR REPLACE VIEW @pii@.customer_identifier AS
SELECT coalesce(c.merged_into, c.customer_id)::text AS customer_key, omni.identifier_kind(i.identifier) AS kind, omni.identifier_value(i.identifier) AS value, i.first_seen_at, i.last_seen_at
FROM @store@.identities i JOIN @store@.customers c USING (customer_id);
COMMENT ON VIEW @pii@.customer_identifier IS 'every identifier of every customer, as it is: personal data';
COMMENT ON COLUMN @pii@.customer_identifier.customer_key IS 'customer after all merges, as in the BI views';
COMMENT ON COLUMN @pii@.customer_identifier.kind IS 'email, phone or another kind';
COMMENT ON COLUMN @pii@.customer_identifier.value IS 'the identifier, raw';
COMMENT ON COLUMN @pii@.customer_identifier.first_seen_at IS 'time of the earliest record with it';
COMMENT ON COLUMN @pii@.customer_identifier.last_seen_at IS 'time of the latest record with it';

CREATE OR REPLACE VIEW @pii@.customer_golden AS
SELECT c.customer_key, p.golden, p.golden ->> 'first_name' AS first_name, p.golden ->> 'last_name' AS last_name, i.email, i.phone,
       p.golden ->> 'city' AS city, p.golden ->> 'postal_code' AS postal_code, p.golden ->> 'country' AS country, p.golden ->> 'birth_date' AS birth_date
FROM (SELECT coalesce(x.merged_into, x.customer_id)::text AS customer_key FROM @store@.customers x WHERE x.merged_into IS NULL) c
LEFT JOIN (SELECT coalesce(k.merged_into, k.customer_id)::text AS customer_key,
                  omni.golden_record(omni.customer_profile_agg(x.profile), coalesce((SELECT s.value FROM @store@.identity_settings s WHERE s.setting = 'survivorship'), '{}')) AS golden
           FROM @store@.source_records x JOIN @store@.customers k USING (customer_id) GROUP BY 1) p USING (customer_key)
LEFT JOIN (SELECT g.customer_key, max(g.latest) FILTER (WHERE g.kind = 'email') AS email, max(g.latest) FILTER (WHERE g.kind = 'phone') AS phone
           FROM (SELECT coalesce(k.merged_into, k.customer_id)::text AS customer_key, omni.identifier_kind(x.identifier) AS kind,
                        (array_agg(omni.identifier_value(x.identifier) ORDER BY x.last_seen_at DESC, x.identifier))[1] AS latest
                 FROM @store@.identities x JOIN @store@.customers k USING (customer_id) WHERE omni.identifier_kind(x.identifier) IN ('email', 'phone') GROUP BY 1, 2) g
           GROUP BY g.customer_key) i USING (customer_key);
COMMENT ON VIEW @pii@.customer_golden IS 'golden record of every customer: what survives of all that the sources said, by the policy of set_survivorship(): personal data';
COMMENT ON COLUMN @pii@.customer_golden.customer_key IS 'customer after all merges, as in the BI views';
COMMENT ON COLUMN @pii@.customer_golden.golden IS 'every attribute with the value that survives, and identifiers by kind; NULL where no source said anything but identifiers to rebuild_identities()';
COMMENT ON COLUMN @pii@.customer_golden.first_name IS 'attribute first_name';
COMMENT ON COLUMN @pii@.customer_golden.last_name IS 'attribute last_name';
COMMENT ON COLUMN @pii@.customer_golden.email IS 'e-mail address that a record carried last';
COMMENT ON COLUMN @pii@.customer_golden.phone IS 'phone number that a record carried last, with country code';
COMMENT ON COLUMN @pii@.customer_golden.city IS 'attribute city';
COMMENT ON COLUMN @pii@.customer_golden.postal_code IS 'attribute postal_code';
COMMENT ON COLUMN @pii@.customer_golden.country IS 'attribute country';
COMMENT ON COLUMN @pii@.customer_golden.birth_date IS 'attribute birth_date';
