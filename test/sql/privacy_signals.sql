-- decisions out of TC and GPP strings, and a TC string out of decisions
SET search_path = public, omni;
SET timezone = 'UTC';
\set SHOW_CONTEXT never
CREATE TEMP TABLE base AS SELECT '{"version": 2, "created": "2026-03-01T00:00:00Z", "lastUpdated": "2026-03-01T00:00:00Z", "cmpId": 10, "cmpVersion": 1, "consentScreen": 1, "consentLanguage": "DE",
    "vendorListVersion": 100, "tcfPolicyVersion": 5, "isServiceSpecific": true, "useNonStandardStacks": false, "specialFeatureOptIns": [2], "purposeConsent": [1, 2, 3, 4], "purposesLITransparency": [7, 9],
    "purposeOneTreatment": false, "publisherCountryCode": "DE", "vendorConsent": [10], "vendorLegitimateInterest": [10], "disclosedVendors": [10, 11],
    "pubRestrictionEntry": [{"purposeId": 2, "restrictionType": 0, "vendors": [10]}]}'::jsonb AS j;
SELECT purpose, decision, at, basis, channel, jurisdiction, expires_at, left(proof, 15) AS proof FROM base,
    consent_entries(consent_from_tcf('web', '7', tcf_encode(j), 10, legitimate_interest => '{7,8}', expires_at => '2027-04-01Z'));
SELECT purpose_names(consent_mask(consent_from_tcf('web', '7', tcf_encode(j), 10), '2026-04-01Z')) AS vendor, purpose_names(consent_mask(consent_from_tcf('web', '7', tcf_encode(j), 11), '2026-04-01Z')) AS another,
    purpose_names(consent_mask(consent_from_tcf('web', '7', tcf_encode(j)), '2026-04-01Z')) AS site,
    purpose_names(consent_mask(consent_from_tcf('web', '7', tcf_encode(j || '{"numCustomPurposes": 0, "pubPurposesConsent": [1, 8]}'), jurisdiction => 'FR'), '2026-04-01Z')) AS site_by_its_segment,
    purpose_names(consent_mask(consent_from_tcf('web', '7', tcf_encode(j), 10), '2026-02-28Z')) AS before FROM base;
-- the later string of the same record counts, whatever the order
SELECT purpose_names(consent_mask(consent_agg(consent_from_tcf('web', '7', s, 10)), '2026-06-01Z')) FROM base, LATERAL (VALUES (tcf_encode(j)), (tcf_encode(j || '{"lastUpdated": "2026-05-01T00:00:00Z", "purposeConsent": [1]}'))) v(s);
-- a string that is not valid proves nothing
SELECT consent_from_tcf('web', '7', tcf_encode(j || '{"isServiceSpecific": false}'), 10) FROM base;
\echo :LAST_ERROR_SQLSTATE
SELECT consent_from_tcf('web', '7', tcf_encode(j - 'disclosedVendors'), 10) FROM base;
SELECT consent_from_tcf('web', '7', 'BOOzQoAOOzQoAAPAFSENCW-AIBACCACgACADIAHg', 10);
SELECT consent_from_tcf('web', '7', 'x', 10);
\echo :LAST_ERROR_SQLSTATE
SELECT consent_from_tcf('web', '7', tcf_encode(j), 0) FROM base;
\echo :LAST_ERROR_SQLSTATE
SELECT consent_from_tcf('web', '7', tcf_encode(j), 1, 'Germany') FROM base;
SELECT consent_from_tcf('web', '7', tcf_encode(j), 1, legitimate_interest => '{0}') FROM base;
SELECT consent_from_tcf('web', '7', tcf_encode(j), 1, legitimate_interest => '{NULL}') FROM base;
\echo :LAST_ERROR_SQLSTATE
SELECT consent_from_tcf('', '7', tcf_encode(j)) FROM base;
SELECT consent_from_tcf('web', NULL, tcf_encode(j)) IS NULL, consent_from_tcf('web', '7', NULL) IS NULL FROM base;

-- GPP: sections of the US, for where the customer is, or all
CREATE TEMP TABLE us AS SELECT gpp_encode('{"sections": {"uspv1": {"Notice": "Y", "OptOutSale": "N", "LspaCovered": "N"},
    "usnat": {"Version": 2, "SharingNotice": 1, "SaleOptOutNotice": 1, "SharingOptOutNotice": 1, "TargetedAdvertisingOptOutNotice": 1, "SensitiveDataProcessingOptOutNotice": 1, "SensitiveDataLimitUseNotice": 1, "SaleOptOut": 2, "SharingOptOut": 2,
        "TargetedAdvertisingOptOut": 1, "SensitiveDataProcessing": [2, 2], "KnownChildSensitiveDataConsents": [], "PersonalDataConsents": 0, "MspaCoveredTransaction": 2, "MspaOptOutOptionMode": 0, "MspaServiceProviderMode": 0, "Gpc": false},
    "usca": {"Version": 1, "SaleOptOutNotice": 1, "SharingOptOutNotice": 1, "SensitiveDataLimitUseNotice": 1, "SaleOptOut": 2, "SharingOptOut": 2, "SensitiveDataProcessing": [2, 1], "KnownChildSensitiveDataConsents": [1],
        "PersonalDataConsents": 0, "MspaCoveredTransaction": 2, "MspaOptOutOptionMode": 0, "MspaServiceProviderMode": 0, "Gpc": true}}}') AS s;
SELECT purpose, decision, basis, channel, jurisdiction, left(proof, 15) AS proof FROM us, consent_entries(consent_from_gpp('web', '7', s, '2026-03-01Z'));
SELECT j, purpose, decision, jurisdiction FROM us, unnest('{US-CA,US-VA,US,DE}'::text[]) WITH ORDINALITY j(j, n), consent_entries(consent_from_gpp('web', '7', s, '2026-03-01Z', j)) ORDER BY n, purpose;
SELECT consent_from_gpp('web', '7', 'x', '2026-03-01Z');
SELECT consent_from_gpp('web', '7', s, 'infinity') FROM us;
SELECT consent_from_gpp('web', '7', s, '2026-03-01Z', 'California') FROM us;
SELECT consent_from_gpp('web', '7', s, NULL) IS NULL FROM us;

-- out again: what is given then, by decision and not by default
SELECT e, d->'purposeConsent' AS purposes, d->'specialFeatureOptIns' AS features, d->'created' AS created, d->'warnings' AS warnings FROM base,
    LATERAL (VALUES (1, consent_from_tcf('web', '7', tcf_encode(j))), (2, consent_from_tcf('web', '7', tcf_encode(j)) || consent('till', '9', 'tcf_1', 'refused', '2026-01-01Z')),
        (3, consent_default('US-VA', '2026-06-01Z')), (4, consent('till', '9', 'tcf_1', 'given', '2026-01-01Z', expires_at => '2026-06-15Z'))) c(n, c),
    tcf_from_consent(c, '2026-06-15 23:30Z', j) e, tcf_decode(e) d ORDER BY n;
SET timezone = 'Pacific/Auckland';
SET datestyle = 'SQL, DMY';
SELECT tcf_decode(tcf_from_consent('{"decisions":[]}', '2026-06-15 23:30Z', j))->'created' FROM base;
