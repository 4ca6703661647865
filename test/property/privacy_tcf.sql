-- TC and GPP strings, 20,000 random ones and 24,000 that are damaged: what is encoded decodes to what it was and is encoded the same
-- again; a bit flipped, a character changed, a string cut or two pasted together is read or refused, never a crash, and what
-- is read can be encoded and is answered for by its bits as by its lists; time and size stay bounded.
SET search_path = public, omni;
SELECT plan(13);
SELECT setseed(.42);
SET jit = off;

-- IDs alone and in runs, near and far
CREATE FUNCTION ids(most int, runs int) RETURNS jsonb LANGUAGE sql VOLATILE AS $$
    SELECT coalesce(jsonb_agg(id ORDER BY id), '[]') FROM (SELECT DISTINCT g.id FROM (SELECT 1 + floor(random() * most)::int AS first, CASE WHEN random() < .5 THEN 0 ELSE floor(random() * 40)::int END AS more FROM generate_series(1, runs)) r,
        generate_series(first, least(most, first + more)) g(id)) d
$$;
CREATE TABLE pool AS SELECT most, array_agg(list) AS lists FROM (SELECT most, ids(most, i % runs) AS list FROM (VALUES (5, 3), (12, 3), (24, 4), (63, 4), (200, 9), (2000, 9), (3000, 5), (65535, 9)) v(most, runs), generate_series(1, 300) i OFFSET 0) x GROUP BY most;
CREATE FUNCTION some_ids(up_to int) RETURNS jsonb LANGUAGE sql VOLATILE AS $$SELECT lists[1 + floor(random() * 300)::int] FROM pool WHERE most = up_to$$;
CREATE FUNCTION random_int(most int) RETURNS int LANGUAGE sql VOLATILE AS $$SELECT floor(random() * (most + 1))::int$$;
CREATE FUNCTION random_tcf(i int) RETURNS jsonb LANGUAGE sql VOLATILE AS $$
    SELECT jsonb_build_object('version', 2, 'created', t, 'lastUpdated', t, 'cmpId', random_int(4095), 'cmpVersion', random_int(4095), 'consentScreen', random_int(63), 'consentLanguage', chr(65 + random_int(25)) || chr(65 + random_int(25)),
        'vendorListVersion', random_int(4095), 'tcfPolicyVersion', random_int(63), 'isServiceSpecific', random() < .5, 'useNonStandardStacks', random() < .5, 'specialFeatureOptIns', some_ids(12), 'purposeConsent', some_ids(24),
        'purposesLITransparency', some_ids(24), 'purposeOneTreatment', random() < .5, 'publisherCountryCode', chr(65 + random_int(25)) || chr(65 + random_int(25)), 'vendorConsent', some_ids(most), 'vendorLegitimateInterest', some_ids(most),
        'pubRestrictionEntry', (SELECT coalesce(jsonb_agg(jsonb_build_object('purposeId', p / 4, 'restrictionType', p % 4, 'vendors', some_ids(most)) ORDER BY p), '[]') FROM (SELECT DISTINCT random_int(99) AS p FROM generate_series(1, i % 4)) d))
    || CASE WHEN i % 2 = 0 THEN jsonb_build_object('disclosedVendors', some_ids(most)) ELSE '{}' END || CASE WHEN i % 3 = 0 THEN jsonb_build_object('allowedVendors', some_ids(most)) ELSE '{}' END
    || CASE WHEN i % 5 < 2 THEN jsonb_build_object('pubPurposesConsent', some_ids(24), 'pubPurposesLITransparency', some_ids(24), 'numCustomPurposes', 63 * (i % 2),
        'customPurposesConsent', CASE WHEN i % 2 > 0 THEN some_ids(63) ELSE '[]' END, 'customPurposesLITransparency', '[]'::jsonb) ELSE '{}' END
    FROM (SELECT (ARRAY[5, 200, 2000, 65535])[1 + i % 4] AS most, to_char('epoch'::timestamp + random_int(200000000) * interval '30 s', 'YYYY-MM-DD"T"HH24:MI:SS".000Z"') AS t) x
$$;
CREATE TABLE tc AS SELECT i, j, tcf_encode(j) AS s FROM (SELECT i, random_tcf(i) AS j FROM generate_series(1, 10000) i OFFSET 0) x;
SELECT is_empty('SELECT i FROM tc WHERE tcf_decode(s) - ''warnings'' <> j', count(*) || ' random TC strings decode to what was encoded, up to ' || max(length(s)) || ' characters') FROM tc;
SELECT is_empty('SELECT i FROM tc WHERE tcf_encode(tcf_decode(s)) <> s OR tcf_problem(s) IS NOT NULL', 'and are encoded the same again');
SELECT is_empty($$SELECT i FROM tc, LATERAL (SELECT 1 + i * 7919 % 2000 AS v, 1 + i % 24 AS p) q, LATERAL (SELECT coalesce(bool_or((r->>'restrictionType')::int <> 1), false) AS refused FROM jsonb_array_elements(j->'pubRestrictionEntry') r
    WHERE r->'purposeId' = to_jsonb(p) AND r->'vendors' @> to_jsonb(v)) r WHERE tcf_allows(s, v, p) <> (j->'vendorConsent' @> to_jsonb(v) AND j->'purposeConsent' @> to_jsonb(p) AND NOT refused)
    OR tcf_vendor_disclosed(s, v) IS DISTINCT FROM j->'disclosedVendors' @> to_jsonb(v)$$, 'bits answer as the lists do');
-- no shorter form of a list: as bits, or each run as a range
CREATE FUNCTION shortest(list jsonb) RETURNS int LANGUAGE sql AS $$
    SELECT 17 + coalesce(least(max(id), 12 + sum(CASE WHEN n > 1 THEN 33 ELSE 17 END) FILTER (WHERE n > 0)), 0) FROM (SELECT max(id) AS id, count(*) AS n FROM (SELECT id::int AS id, id::int - row_number() OVER (ORDER BY id::int) AS run
        FROM jsonb_array_elements_text(list) t(id)) r GROUP BY run) x
$$;
SELECT is_empty($$SELECT i FROM tc WHERE NOT j ? 'pubPurposesConsent' AND NOT j ? 'allowedVendors' AND NOT j ? 'disclosedVendors' AND j->'pubRestrictionEntry' = '[]'
    AND length(s) <> 4 * ceil((213 + shortest(j->'vendorConsent') + shortest(j->'vendorLegitimateInterest') + 12) / 24.0)$$, 'lists are as short as they can be');

-- GPP: random choices in random sections
CREATE TABLE gpp_form AS SELECT key AS name, value AS j FROM jsonb_each(gpp_decode('DBACOcGA~CPSG_8APSG_8ANwAAAENAAFgAAAAAAAAAAAAAAAAAAAA.IAAA.YAAAAAAAAAAA~BPSG_8APSG_8AAAAAAENAACAAAAAAAAAAAAAAAAAAA.YAAAAAAAAAA~1---~BAAAAAAAAQA.QA~BAAAAABA.QA~BAAAABA~BAAAAEA.QA~BAAAAAQA~BAAAAAEA.QA~BAAAAABA~BAAAAABA.QA~BAAAAAABAA.QA~BAAAAAQA.QA~BAAAAAABAA.QA~BAAAAAQA.QA~BAAAAAQA.QA~BAAAAABA.QA~BAAAAAAAQA.QA~BAAAAAQA.QA~BAAAAAQA.QA~BQAA.QA~BQAA.AAA~BQAA.AAA~BQAA.AAA')->'sections');
CREATE FUNCTION random_section(name text, j jsonb) RETURNS jsonb LANGUAGE sql VOLATILE AS $$
    SELECT jsonb_object_agg(key, CASE
        WHEN key ~ '(Version|SegmentType|Created|LastUpdated|Language|Code|Restrictions)$' THEN value
        WHEN key IN ('VendorConsents', 'VendorLegitimateInterests', 'VendorsDisclosed', 'VendorExpressConsent', 'VendorImpliedConsent') THEN some_ids(3000)
        WHEN name LIKE 'tcf%' AND jsonb_typeof(value) = 'number' THEN CASE WHEN key = 'NumCustomPurposes' THEN value ELSE to_jsonb(random_int(63)) END
        WHEN jsonb_typeof(value) = 'boolean' THEN to_jsonb(random() < .5)
        WHEN jsonb_typeof(value) = 'string' THEN to_jsonb(substr('YN-', 1 + random_int(2), 1))
        WHEN jsonb_typeof(value) = 'array' THEN (SELECT coalesce(jsonb_agg(CASE jsonb_typeof(e) WHEN 'boolean' THEN to_jsonb(random() < .5) ELSE to_jsonb(random_int(2)) END), '[]') FROM jsonb_array_elements(value) e)
        ELSE to_jsonb(random_int(2)) END) FROM jsonb_each(j)
$$;
CREATE TABLE gpp_pool AS SELECT name, array_agg(j) AS forms FROM (SELECT name, random_section(name, j) AS j FROM gpp_form, generate_series(1, 60) OFFSET 0) x GROUP BY name;
CREATE TABLE gp AS SELECT i, j, gpp_encode(jsonb_build_object('sections', j)) AS s FROM (SELECT i, coalesce(jsonb_object_agg(name, forms[1 + floor(random() * 60)::int]) FILTER (WHERE random() < .2), '{}') AS j FROM generate_series(1, 10000) i, gpp_pool GROUP BY i OFFSET 0) x;
SELECT is_empty('SELECT i FROM gp WHERE gpp_decode(s)->''sections'' <> j OR gpp_encode(gpp_decode(s)) <> s', count(*) || ' random GPP strings decode to what was encoded and are encoded the same again, up to ' || max(length(s)) || ' characters') FROM gp;
SELECT is_empty($$SELECT i FROM gp WHERE gpp_opt_out(s, 'sale') IS DISTINCT FROM (SELECT CASE WHEN bool_or(value->>'SaleOptOut' = '1' OR value->>'OptOutSale' = 'Y' OR value->>'Gpc' = 'true') THEN true
    WHEN bool_or(value->>'SaleOptOut' = '2' OR value->>'OptOutSale' = 'N') THEN false END FROM jsonb_each(j))$$, 'they say of a sale what their fields say');

-- damage: a bit, a character, the end, the beginning, another's end
CREATE FUNCTION damaged(s text, how int, other text) RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT CASE how
        WHEN 0 THEN overlay(s PLACING substr(a, 1 + ((strpos(a, substr(s, at, 1)) - 1) # (1 << random_int(5))), 1) FROM at FOR 1)
        WHEN 1 THEN overlay(s PLACING substr(a || '.~=+/ %' || chr(233) || chr(1), 1 + random_int(72), 1) FROM at FOR 1)
        WHEN 2 THEN left(s, at - 1)
        WHEN 3 THEN substr(s, at)
        WHEN 4 THEN left(s, at) || substr(other, at)
        ELSE overlay(s PLACING repeat(substr('A_', 1 + random_int(1), 1), random_int(40)) FROM at FOR random_int(40)) END
    FROM (SELECT 1 + random_int(length(s) - 1) AS at, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_' AS a OFFSET 0) x
$$;
CREATE TABLE bad_tc AS SELECT a.i, damaged(a.s, k, b.s) AS s FROM tc a JOIN tc b ON b.i = 1 + a.i % 10000, generate_series(0, 5) k WHERE a.i % 5 = 0;
CREATE TABLE bad_gp AS SELECT a.i, damaged(a.s, k, b.s) AS s FROM gp a JOIN gp b ON b.i = 1 + a.i % 10000, generate_series(0, 5) k WHERE a.i % 5 = 0;
SELECT is_empty('SELECT i FROM bad_tc WHERE (tcf_problem(s) IS NULL) <> (tcf_try(s) IS NOT NULL)', format('%s damaged TC strings: %s are read, the others refused', count(*), count(*) FILTER (WHERE tcf_problem(s) IS NULL))) FROM bad_tc;
SELECT is_empty($$SELECT i FROM bad_tc, tcf_try(s) d WHERE d->>'version' = '2' AND tcf_decode(tcf_encode(d)) - 'warnings' - 'pubRestrictionEntry' <> d - 'warnings' - 'pubRestrictionEntry'$$, 'what is read is encoded to what decodes the same');
SELECT is_empty($$SELECT i FROM bad_tc, tcf_try(s) d, LATERAL (SELECT 1 + i % 2000 AS v) q WHERE d->>'version' = '2' AND tcf_vendor_consent(s, v) <> d->'vendorConsent' @> to_jsonb(v)$$, 'and its bits answer as its lists do');
SELECT is_empty('SELECT i FROM bad_gp WHERE (gpp_problem(s) IS NULL) <> (gpp_try(s) IS NOT NULL)', format('%s damaged GPP strings: %s are read, the others refused', count(*), count(*) FILTER (WHERE gpp_problem(s) IS NULL))) FROM bad_gp;
SELECT is_empty($$SELECT i FROM bad_gp, gpp_try(s) d WHERE d IS NOT NULL AND gpp_decode(gpp_encode(d)) <> d AND d::text !~ '"(PublisherRestrictions|PubRestrictions)": \[\{'$$, 'what is read is encoded to what decodes the same');

-- the worst that 128 kB can hold: time of one call, and what it gives
CREATE FUNCTION milliseconds(s text) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE t timestamptz := clock_timestamp(); n int;
BEGIN
    FOR i IN 1..3 LOOP n := coalesce(length(tcf_try(s)::text), 0) + coalesce(length(tcf_problem(s)), 0) + coalesce(length(gpp_try(s)::text), 0); END LOOP;
    RETURN extract(epoch FROM clock_timestamp() - t) * 1000 / 3;
END$$;
CREATE FUNCTION of_bits(bits text) RETURNS text LANGUAGE sql AS $$
    SELECT translate(encode(substring(varbit_send(rpad(bits, (ceil(length(bits) / 24.0) * 24)::int, '0')::varbit) FROM 5), 'base64'), E'+/\n', '-_')
$$;
CREATE TABLE worst AS WITH head AS (SELECT '000010' || repeat('0', 102) || repeat('0', 105) AS h), one AS (SELECT repeat('0', 15) || '1' AS one)
    SELECT 'four lists of all vendors' AS what, tcf_encode((SELECT j FROM tc WHERE i = 6) || jsonb_build_object('vendorConsent', a, 'vendorLegitimateInterest', a, 'disclosedVendors', a, 'allowedVendors', a, 'pubRestrictionEntry', '[]'::jsonb)) AS s
        FROM (SELECT jsonb_agg(i) AS a FROM generate_series(1, 65535) i) x
    UNION ALL SELECT 'every other vendor', tcf_encode((SELECT j FROM tc WHERE i = 6) || jsonb_build_object('vendorConsent', a, 'vendorLegitimateInterest', a, 'disclosedVendors', a, 'allowedVendors', a)) FROM (SELECT jsonb_agg(i) AS a FROM generate_series(1, 65535, 2) i) x
    UNION ALL SELECT '4,095 ranges of all vendors', of_bits(h || repeat('1', 16) || '1' || repeat('1', 12) || repeat('1' || one || repeat('1', 16), 4095) || repeat('0', 29)) FROM head, one
    UNION ALL SELECT '4,095 ranges of one vendor', of_bits(h || repeat('1', 16) || '1' || repeat('1', 12) || repeat('0' || repeat('1', 16), 4095) || repeat('0', 29)) FROM head
    UNION ALL SELECT '4,095 empty restrictions', of_bits(h || repeat('0', 34) || repeat('1', 12) || repeat('00000100' || repeat('0', 12), 4095)) FROM head
    UNION ALL SELECT '4,095 restrictions of the last vendor', of_bits(h || repeat('0', 34) || repeat('1', 12) || repeat('00000100' || repeat('0', 11) || '1' || '0' || repeat('1', 16), 4095)) FROM head
    UNION ALL SELECT 'only the letter ' || c, x || repeat(c, 131000) FROM unnest('{A,_,B,D,.,~}'::text[]) c, unnest('{C,DB,DBABM~C}'::text[]) x;
SELECT diag(format('%s: %s characters, %s ms, %s', what, length(s), round(milliseconds(s), 1), coalesce(tcf_problem(s), 'read'))) FROM worst WHERE what !~ '^only';
SELECT ok(max(milliseconds(s)) < 1000 AND max(length(s)) <= 131072, format('%s strings made to harm take less than a second each', count(*))) FROM worst;
SELECT ok(max(length(tcf_try(s)::text)) < 3000000, 'and give less than 3 MB') FROM worst;
SELECT * FROM finish();
