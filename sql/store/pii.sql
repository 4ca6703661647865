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
