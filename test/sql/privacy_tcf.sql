SET search_path = public, omni;

-- a string of all four segments, from the tests of IAB's Java library
SELECT 'COrEAV4OrXx94ACABBENAHCIAD-AAAAAAACAAxAAAAgAIAwgAgAAAAEAgQAAAAAEAYQAQAAAACAAAABAAA.IBAgAAAgAIAwgAgAAAAEAAAACA.QAagAQAgAIAwgA' AS java,
    -- of service-specific scope, TCF 2.3, from the specification
    'CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.IDKQA4AAgAKAGQAygAAA.YAAAAAAAAAAA' AS spec,
    'BOOzQoAOOzQoAAPAFSENCW-AIBACCACgACADIAHg' AS v1 \gset
SELECT key, value FROM jsonb_each(tcf_decode(:'java'));
SELECT key, value FROM jsonb_each(tcf_decode(:'spec'));
SELECT tcf_decode(:'v1');

-- the same as text again: the segments in the order of their types, padded to whole bytes
SELECT tcf_encode(tcf_decode(:'spec')) = :'spec', tcf_encode(tcf_decode(:'java'));

-- one vendor, one purpose
SELECT v, tcf_vendor_consent(:'spec', v), tcf_vendor_legitimate_interest(:'java', v), tcf_vendor_disclosed(:'spec', v),
    tcf_vendor_disclosed(split_part(:'spec', '.', 1), v) FROM unnest('{1,5,37,404,405,65535}'::int[]) v;
SELECT tcf_purpose_consent(:'java', 3), tcf_purpose_consent(:'java', 10), tcf_purpose_legitimate_interest(:'java', 2), tcf_special_feature(:'java', 1),
    tcf_special_feature(:'java', 2), tcf_allows(:'java', 23, 3), tcf_allows(:'java', 24, 3), tcf_allows(:'java', 23, 10);

-- legal bases and what publishers restrict: vendors 10 to 14 with consent and legitimate interest for purposes 2 and 7
CREATE TEMP TABLE base AS SELECT tcf_decode(:'spec') - 'warnings' || '{"tcfPolicyVersion": 5, "vendorListVersion": 100, "purposeConsent": [1, 2, 3, 7], "purposesLITransparency": [2, 7],
    "vendorConsent": [10, 11, 12, 13, 14], "vendorLegitimateInterest": [10, 11, 12, 13, 14, 20], "disclosedVendors": [10, 11, 12, 13, 14, 20]}' AS j;
CREATE TEMP TABLE restricted AS SELECT tcf_encode(j || '{"pubRestrictionEntry": [{"purposeId": 2, "restrictionType": 0, "vendors": [11]},
    {"purposeId": 2, "restrictionType": 1, "vendors": [12, 20]}, {"purposeId": 2, "restrictionType": 2, "vendors": [13]},
    {"purposeId": 2, "restrictionType": 3, "vendors": [14]}]}') AS s FROM base;
SELECT v AS vendor, tcf_restriction(s, v, 2), tcf_allows(s, v, 2), tcf_allows(s, v, 2, 'consent') AS consent, tcf_allows(s, v, 2, 'legitimate_interest') AS interest,
    tcf_allows(s, v, 2, 'flexible_consent') AS flexible_consent, tcf_allows(s, v, 2, 'flexible_legitimate_interest') AS flexible_interest, tcf_allows(s, v, 7) AS seven
FROM restricted, generate_series(10, 15) v ORDER BY v;
SELECT tcf_allows(s, 20, 7), tcf_allows(s, 20, 7, 'legitimate_interest'), tcf_allows(s, 20, 2, 'legitimate_interest'), tcf_allows(s, 20, 2, 'flexible_legitimate_interest') FROM restricted;
-- no legitimate interest for purpose 1, and since TCF 2.2 none for 3 to 6, whatever the string says
SELECT policy, p, tcf_allows(s, 10, p, 'legitimate_interest'), tcf_warnings(s) FROM base, unnest('{2,4}'::int[]) policy, unnest('{1,2,3,6,7}'::int[]) p,
    tcf_encode(j || jsonb_build_object('purposesLITransparency', jsonb_build_array(1, 2, 3, 6, 7), 'tcfPolicyVersion', policy, 'created', '2023-01-01T00:00:00Z', 'lastUpdated', '2023-01-01T00:00:00Z')) s
ORDER BY policy, p;

-- what is not valid, though it can be read
SELECT change, tcf_warnings(tcf_encode(j || change)) FROM base, unnest(ARRAY['{}', '{"cmpId": 1}', '{"isServiceSpecific": false}', '{"isServiceSpecific": false, "lastUpdated": "2021-08-31T23:59:59.9Z"}',
    '{"tcfPolicyVersion": 3}', '{"purposesLITransparency": [4]}', '{"tcfPolicyVersion": 2, "lastUpdated": "2023-09-29T23:59:59.9Z", "purposesLITransparency": [4]}']::jsonb[]) change;
SELECT t, tcf_warnings(tcf_encode(j || jsonb_build_object('lastUpdated', t))), tcf_warnings(tcf_encode(j - 'disclosedVendors' || jsonb_build_object('lastUpdated', t))) AS without
FROM base, unnest('{2026-02-28T23:59:59.9Z,2026-03-01T00:00:00Z}'::text[]) t;
SELECT tcf_warnings(:'v1'), tcf_warnings('CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAB.IDKQA4AAgAKAGQAygAAA');

-- times: tenths of a second from 1970 to 2187
SELECT tcf_decode(s)->>'created', tcf_encode(tcf_decode(s)) = s FROM base, unnest('{1970-01-01T00:00:00Z,2187-10-06T10:21:13.5Z,2026-01-31 01:00:00.1+01}'::text[]) t,
    tcf_encode(j || jsonb_build_object('created', t)) s;

-- what is refused, and why; no message repeats any of it
SELECT left(s, 40), tcf_problem(s), tcf_try(s) IS NULL FROM unnest(ARRAY['', '.', 'C', 'CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACP', :'spec' || '.', :'spec' || '.YAAAAAAAAAAA', :'spec' || '.gAAA', :'spec' || '.AAAA',
    :'spec' || '.QAAA.QAAA', :'spec' || '=', :'spec' || ' ', :'spec' || '+', 'DBABMA~' || :'spec', 'DBABMA', 'AQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA', '______', 'é', chr(1), :'v1' || '.YAAAAAAAAAAA',
    'BOOzQoAOOzQoAAPAFSENCW-AIBACDACAADABkAHg',
    -- the language is AE and a character that is no letter
    'CQSbk4AQSbk4ANwAAAE_AwCgAAAAAAAAAAYgACPAAAAA']) s;
SELECT tcf_decode('CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACP');
\echo :LAST_ERROR_SQLSTATE
SELECT tcf_decode('DBABMA');
SELECT tcf_decode(repeat('C', 10000000));
\echo :LAST_ERROR_SQLSTATE
SELECT tcf_problem(repeat('C', 131072)), tcf_problem(repeat('C', 131073)), tcf_problem('C' || repeat('_', 131071));
SELECT tcf_allows(:'v1', 1, 1);
\echo :LAST_ERROR_SQLSTATE
SELECT tcf_allows('x', 1, 1);
SELECT tcf_allows('CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACP', 1, 1);
SELECT tcf_allows(:'spec', 0, 1);
\echo :LAST_ERROR_SQLSTATE
SELECT tcf_allows(:'spec', 65536, 1);
SELECT tcf_allows(:'spec', 1, 25);
SELECT tcf_allows(:'spec', -1, 1);
SELECT tcf_allows(:'spec', 1, -2147483648);
SELECT tcf_special_feature(:'spec', 13);
SELECT tcf_allows(:'spec', 1, 1, 'interest');
\echo :LAST_ERROR_SQLSTATE
SELECT tcf_encode('[]');
\echo :LAST_ERROR_SQLSTATE
SELECT tcf_encode('{}');
SELECT tcf_encode(j || '{"vendorConsents": [1]}') FROM base;
SELECT tcf_encode(j || '{"version": 1}') FROM base;
SELECT tcf_encode(j || '{"cmpId": 4096}') FROM base;
SELECT tcf_encode(j || '{"cmpId": 1.5}') FROM base;
SELECT tcf_encode(j || '{"cmpId": "7"}') FROM base;
SELECT tcf_encode(j || '{"vendorConsent": 7}') FROM base;
SELECT tcf_encode(j || '{"vendorConsent": [0]}') FROM base;
SELECT tcf_encode(j || '{"vendorConsent": [65536]}') FROM base;
SELECT tcf_encode(j || '{"vendorConsent": ["x"]}') FROM base;
SELECT tcf_encode(j || '{"purposeConsent": [25]}') FROM base;
SELECT tcf_encode(j || '{"consentLanguage": "de"}') FROM base;
SELECT tcf_encode(j || '{"created": "1969-12-31T23:59:59Z"}') FROM base;
SELECT tcf_encode(j || '{"created": "2187-10-06T10:21:13.6Z"}') FROM base;
SELECT tcf_encode(j || '{"created": "yesterday"}') FROM base;
SELECT tcf_encode(j || '{"created": "infinity"}') FROM base;
SELECT tcf_encode(j || '{"isServiceSpecific": 1}') FROM base;
SELECT tcf_encode(j || '{"pubRestrictionEntry": [7]}') FROM base;
SELECT tcf_encode(j || '{"pubRestrictionEntry": [{"purposeId": 2, "restrictionType": 4, "vendors": [11]}]}') FROM base;
SELECT tcf_decode(tcf_encode(j || '{"pubRestrictionEntry": [{"purposeId": 2, "restrictionType": 1, "vendors": [7, 3]}, {"purposeId": 1, "restrictionType": 0}, {"purposeId": 2, "restrictionType": 1, "vendors": [4]}]}'))->'pubRestrictionEntry' FROM base;
SELECT tcf_encode(j || '{"numCustomPurposes": 2, "customPurposesConsent": [3]}') FROM base;

-- bits or ranges, whichever is shorter; all vendors there can be; the greatest one alone
SELECT n, length(s), jsonb_array_length(tcf_decode(s)->'vendorConsent'), tcf_vendor_consent(s, 65535), tcf_vendor_consent(s, 2), tcf_encode(tcf_decode(s)) = s
FROM base, (VALUES ('all', (SELECT jsonb_agg(i) FROM generate_series(1, 65535) i)), ('odd', (SELECT jsonb_agg(i) FROM generate_series(1, 65535, 2) i)), ('last', '[65535]'), ('none', '[]')) v(n, ids),
    tcf_encode(j || jsonb_build_object('vendorConsent', ids)) s;

-- ranges that overlap are one set; those that say more than there can be are refused
CREATE FUNCTION pg_temp.base64url(bits text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(substr('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_', (rpad(substr(bits, i, 6), 6, '0')::bit(6))::int + 1, 1), '' ORDER BY i)
    FROM generate_series(1, length(bits), 6) i
$$;
CREATE FUNCTION pg_temp.bits(value int, n int) RETURNS text LANGUAGE sql AS $$SELECT right(value::bit(32)::text, n)$$;
-- the fixed fields of the core, as bits
CREATE TEMP TABLE head AS SELECT left(string_agg(pg_temp.bits(strpos('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_', c) - 1, 6), '' ORDER BY n), 213) AS bits
FROM string_to_table(split_part(:'spec', '.', 1), NULL) WITH ORDINALITY c(c, n);
SELECT tcf_problem(s), length(s), jsonb_array_length(tcf_try(s)->'vendorConsent'), tcf_vendor_consent(s, 64) FROM head, unnest('{66,67}'::int[]) n,
    pg_temp.base64url(bits || pg_temp.bits(65535, 16) || '1' || pg_temp.bits(n, 12) || repeat('1' || pg_temp.bits(1, 16) || pg_temp.bits(3968, 16), n) || repeat('0', 17 + 12)) s;
SELECT tcf_problem(s), length(s), tcf_restriction(s, 65535, 1) FROM head, unnest('{4,5}'::int[]) n,
    pg_temp.base64url(bits || repeat('0', 34) || pg_temp.bits(n, 12) || repeat(pg_temp.bits(1, 6) || '00' || pg_temp.bits(1, 12) || '1' || pg_temp.bits(1, 16) || pg_temp.bits(65535, 16), n)) s;
-- vendor 0; a range that ends before it begins; one that ends beyond the greatest ID; the same of publisher restrictions
SELECT tcf_problem(s), tcf_try(s) IS NULL FROM head, unnest(ARRAY[pg_temp.bits(9, 16) || '1' || pg_temp.bits(1, 12) || '0' || repeat('0', 16), pg_temp.bits(9, 16) || '1' || pg_temp.bits(1, 12) || '1' || pg_temp.bits(5, 16) || pg_temp.bits(4, 16),
    pg_temp.bits(9, 16) || '1' || pg_temp.bits(1, 12) || '1' || pg_temp.bits(5, 16) || pg_temp.bits(10, 16), repeat('0', 34) || pg_temp.bits(1, 12) || pg_temp.bits(4, 8) || pg_temp.bits(1, 12) || '0' || repeat('0', 16)]) rest,
    pg_temp.base64url(bits || rest || repeat('0', 60)) s;
SELECT tcf_allows(pg_temp.base64url(bits || repeat('0', 34) || pg_temp.bits(1, 12) || pg_temp.bits(4, 8) || pg_temp.bits(1, 12) || '0' || repeat('0', 16)), 1, 1) FROM head;
-- numbers of entries that are not there
SELECT tcf_problem(s), tcf_try(s) IS NULL FROM head, unnest(ARRAY[pg_temp.bits(65535, 16) || '0', pg_temp.bits(65535, 16) || '1' || pg_temp.bits(4095, 12),
    repeat('0', 34) || pg_temp.bits(4095, 12), repeat('0', 34) || pg_temp.bits(1, 12) || pg_temp.bits(1, 8) || pg_temp.bits(4095, 12)]) rest, pg_temp.base64url(bits || rest) s;

-- arguments in the wrong order: no message has the string
SELECT omni.tcf_allows('consent', 1, 1, 'CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA');
SELECT omni.gpp_opt_out('sale', 'DBABLA~BVQqAAAAAAJY.QA');
