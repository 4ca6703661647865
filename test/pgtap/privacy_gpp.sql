-- GPP strings of the tests of IAB's own library, whole: field by field as that library decodes them.
SELECT (:'shared' = '' OR pg_stat_file(:'shared' || '/vectors/privacy/gpp/gpp_decoded.jsonl', true) IS NULL) AS absent \gset
\if :absent
SELECT '1..0 # SKIP no ../shared/vectors';
\quit
\endif
SET search_path = public, omni;
SELECT plan(6);

CREATE TABLE vector AS SELECT n, l::jsonb AS j, l::jsonb->>'gpp' AS s, gpp_try(l::jsonb->>'gpp') AS d
FROM string_to_table(pg_read_file(:'shared' || '/vectors/privacy/gpp/gpp_decoded.jsonl'), chr(10)) WITH ORDINALITY t(l, n) WHERE l <> '';
CREATE TABLE field AS SELECT n, s.key AS section, f.key AS field, f.value AS theirs, d->'sections'->s.key->f.key AS ours FROM vector, jsonb_each(j->'sections') s, jsonb_each(s.value) f;

SELECT is_empty($$SELECT n FROM vector WHERE (j->'sectionIds') IS DISTINCT FROM (d->'sectionIds')$$, count(*) || ' strings have the sections that IAB''s library finds') FROM vector;
-- that library shows segments that a string does not have as empty ones
SELECT is_empty($$SELECT * FROM field WHERE theirs IS DISTINCT FROM ours AND NOT (ours IS NULL AND section IN ('tcfeuv2', 'tcfcav1') AND field ~ '^(VendorsAllowed|DisclosedVendors)(SegmentType)?$' AND (theirs = '[]' OR field ~ 'Type$'))$$,
    format('%s fields of %s sections in %s strings are equal, %s of segments that are not there are absent', count(*) FILTER (WHERE ours = theirs), count(DISTINCT (n, section)), count(DISTINCT n), count(*) FILTER (WHERE ours IS NULL))) FROM field;
SELECT is_empty($$SELECT n, s.key, f.key FROM vector, jsonb_each(d->'sections') s, jsonb_each(s.value) f WHERE NOT j->'sections'->s.key ? f.key$$, 'and there are no others');
SELECT is_empty($$SELECT n FROM vector WHERE gpp_decode(gpp_encode(d)) <> d OR gpp_encode(gpp_decode(gpp_encode(d))) <> gpp_encode(d)$$, format('encoded again, they decode to the same; %s of %s to the same text', count(*) FILTER (WHERE gpp_encode(d) = s), count(*))) FROM vector;
-- TCF strings in them are those of tcf_decode under other names
SELECT is_empty($$SELECT n FROM vector, tcf_decode(split_part(s, '~', 2)) t WHERE j->'sections' ? 'tcfeuv2' AND (t->'vendorConsent' <> d->'sections'->'tcfeuv2'->'VendorConsents' OR t->'created' <> d->'sections'->'tcfeuv2'->'Created'
    OR t->'disclosedVendors' <> d->'sections'->'tcfeuv2'->'VendorsDisclosed')$$, 'section 2 is what tcf_decode() reads');
-- each of the strings cut anywhere is refused, or is a whole string still
SELECT is_empty($$SELECT n, k FROM vector, generate_series(0, length(s) - 1) k, LATERAL (SELECT left(s, k) AS t) c WHERE (gpp_problem(t) IS NULL) <> (gpp_try(t) IS NOT NULL) OR (gpp_problem(t) IS NULL AND gpp_encode(gpp_try(t)) IS NULL)$$,
    sum(length(s)) || ' strings that are cut are refused, or read') FROM vector;
SELECT * FROM finish();
