-- privacy.sql: what customers allowed and refused. The ledger says it of each record of a source; what a customer allows is what the
-- records do that are the customer's now, so that merges and splits change nothing here.

CREATE OR REPLACE VIEW @bi@.consent_coverage AS
SELECT d.purpose, l.label AS purpose_label, d.records, d.records_given, d.records_refused, d.records_expired, round(d.records_given::numeric / nullif(d.records, 0), 4) AS given_share
FROM (SELECT x.purpose, count(*) AS records, count(*) FILTER (WHERE x.decision = 'given' AND coalesce(x.expires_at > now(), true)) AS records_given,
             count(*) FILTER (WHERE x.decision <> 'given') AS records_refused, count(*) FILTER (WHERE x.decision = 'given' AND x.expires_at <= now()) AS records_expired
      FROM (SELECT DISTINCT ON (c.source, c.record_id, c.purpose) c.purpose, c.decision, c.expires_at FROM @store@.consents c WHERE c.purpose IS NOT NULL
            ORDER BY c.source, c.record_id, c.purpose, c.event_at DESC, (c.decision = 'given')::integer, c.expires_at) x
      GROUP BY x.purpose) d
LEFT JOIN @store@.purpose_labels l USING (purpose);
COMMENT ON VIEW @bi@.consent_coverage IS 'by purpose, how many records decided, and how; no personal data';
COMMENT ON COLUMN @bi@.consent_coverage.purpose IS 'key';
COMMENT ON COLUMN @bi@.consent_coverage.purpose_label IS 'what the store calls a purpose of its own';
COMMENT ON COLUMN @bi@.consent_coverage.records IS 'records of sources that decided on it: denominator of given_share';
COMMENT ON COLUMN @bi@.consent_coverage.records_given IS 'of these, records that gave consent last, which has not expired: numerator of given_share';
COMMENT ON COLUMN @bi@.consent_coverage.records_refused IS 'of these, records that refused, withdrew or objected last';
COMMENT ON COLUMN @bi@.consent_coverage.records_expired IS 'of these, records whose consent has expired';
COMMENT ON COLUMN @bi@.consent_coverage.given_share IS 'records_given / records';
