-- TC strings of the tests and documents of IAB's own libraries, whole: what IAB's JavaScript library decodes, decodes equal here;
-- what it refuses is refused here, or named by a warning.
SELECT (:'shared' = '' OR pg_stat_file(:'shared' || '/vectors/privacy/tcf/tcf_v2_decoded.jsonl', true) IS NULL) AS absent \gset
\if :absent
SELECT '1..0 # SKIP no ../shared/vectors';
\quit
\endif
SET search_path = public, omni;
SELECT plan(7);

CREATE TABLE vector AS SELECT n, l::jsonb AS j, l::jsonb->>'tcstring' AS s
FROM string_to_table(pg_read_file(:'shared' || '/vectors/privacy/tcf/tcf_v2_decoded.jsonl'), chr(10)) WITH ORDINALITY t(l, n) WHERE l <> '';
-- the names of IAB's library and ours
CREATE TABLE name (iab text, ours text);
INSERT INTO name SELECT x, x FROM unnest('{version,created,lastUpdated,cmpId,cmpVersion,consentScreen,consentLanguage,vendorListVersion,isServiceSpecific,purposeOneTreatment,publisherCountryCode,numCustomPurposes}'::text[]) x;
INSERT INTO name VALUES ('policyVersion', 'tcfPolicyVersion'), ('useNonStandardTexts', 'useNonStandardStacks'), ('specialFeatureOptins', 'specialFeatureOptIns'), ('purposeConsents', 'purposeConsent'),
    ('purposeLegitimateInterests', 'purposesLITransparency'), ('vendorConsents', 'vendorConsent'), ('vendorLegitimateInterests', 'vendorLegitimateInterest'), ('vendorsDisclosed', 'disclosedVendors'),
    ('vendorsAllowed', 'allowedVendors'), ('publisherConsents', 'pubPurposesConsent'), ('publisherLegitimateInterests', 'pubPurposesLITransparency'),
    ('publisherCustomConsents', 'customPurposesConsent'), ('publisherCustomLegitimateInterests', 'customPurposesLITransparency'), ('publisherRestrictions', 'pubRestrictionEntry');

SELECT is(count(*), 26 * 26::bigint, count(*) || ' fields of ' || count(DISTINCT s) || ' strings have a name of ours') FROM vector, name WHERE j ? iab;
-- fields of segments that are not there are absent here and empty there; so are fields that version 1 does not have
SELECT is_empty($$SELECT n, iab, j->iab, d->ours FROM vector, tcf_try(s) d, name WHERE NOT j ? 'error' AND (d IS NULL OR (j->iab) IS DISTINCT FROM (d->ours)
    AND NOT (NOT d ? ours AND (d->>'version' = '1' OR j->iab IN ('[]', '0'))))$$,
    (SELECT count(*) FROM vector WHERE NOT j ? 'error') || ' strings decode equal to IAB''s library, field by field');
SELECT is_empty($$SELECT n, j->'error' FROM vector WHERE j ? 'error' AND tcf_problem(s) IS NULL AND tcf_warnings(s) = '{}'$$,
    format('%s strings that IAB''s library refuses: %s are refused, %s have a warning', count(*), count(tcf_problem(s)), count(*) - count(tcf_problem(s))))
    FROM vector WHERE j ? 'error';
SELECT is_empty($$SELECT n FROM vector WHERE tcf_try(s)->>'version' = '2' AND (tcf_decode(tcf_encode(tcf_decode(s))) - 'warnings' <> tcf_decode(s) - 'warnings'
    OR tcf_encode(tcf_decode(tcf_encode(tcf_decode(s)))) <> tcf_encode(tcf_decode(s)))$$, 'what is encoded again decodes to the same, and again to the same text');
SELECT is_empty($$SELECT n FROM vector WHERE tcf_try(s)->>'version' = '2' AND length(tcf_encode(tcf_decode(s))) > length(s) + 12$$, 'and is not longer, but for its padding');

-- a bit test is what the decoded lists say, for vendors in and out of them
CREATE FUNCTION listed(d jsonb, list text, id int) RETURNS boolean LANGUAGE sql AS $$SELECT coalesce(d->list @> to_jsonb(id), false)$$;
CREATE TABLE asked AS SELECT n, s, d, v FROM vector, tcf_try(s) d, unnest(ARRAY[1, 2, 3, 12, 23, 37, 98, 127, 128, 129, 653, 702, 703, 730, 744, 745, 1000, 65535]) v WHERE d->>'version' = '2';
SELECT is_empty($$SELECT n, v FROM asked WHERE tcf_vendor_consent(s, v) <> listed(d, 'vendorConsent', v) OR tcf_vendor_legitimate_interest(s, v) <> listed(d, 'vendorLegitimateInterest', v)
    OR tcf_vendor_disclosed(s, v) IS DISTINCT FROM CASE WHEN d ? 'disclosedVendors' THEN listed(d, 'disclosedVendors', v) END$$, count(*) || ' tests of a vendor by its bit say what the lists say') FROM asked;
SELECT is_empty($$SELECT n, v, p FROM asked, generate_series(1, 24) p,
    LATERAL (SELECT coalesce(bool_or((r->>'restrictionType')::int IN (0, 2, 3)), false) AS refused FROM jsonb_array_elements(d->'pubRestrictionEntry') r WHERE (r->>'purposeId')::int = p AND listed(r, 'vendors', v)) r
    WHERE tcf_allows(s, v, p) <> (listed(d, 'vendorConsent', v) AND listed(d, 'purposeConsent', p) AND NOT refused)$$,
    count(*) * 24 || ' tests of a vendor and a purpose say what lists and restrictions say') FROM asked;
SELECT * FROM finish();
