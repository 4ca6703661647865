-- The vocabulary of purposes, the type consent, and what is allowed.
SET search_path = public, omni;
SET timezone = 'UTC';

-- bits are for ever: a line of this output never changes
SELECT * FROM consent_purposes();
SELECT purpose_mask('tcf_1') AS tcf_1, purpose_mask('email_marketing') AS email_marketing, purpose_mask('local_16') AS local_16, purpose_mask('{tcf_1,tcf_2,local_1}'::text[]) AS three, purpose_mask('{}'::text[]) AS none;
SELECT purpose_names(purpose_mask(array_agg(purpose))) = array_agg(purpose ORDER BY bit) AS all_back, purpose_names(0) AS none FROM consent_purposes();
SELECT purpose_mask('emial_marketing');
\echo :LAST_ERROR_SQLSTATE
SELECT purpose_mask('local_17');
\echo :LAST_ERROR_SQLSTATE
SELECT purpose_mask(ARRAY['tcf_1', NULL]);
\echo :LAST_ERROR_SQLSTATE
SELECT purpose_names(1::bigint << 47);
\echo :LAST_ERROR_SQLSTATE
