SET search_path = public, omni;
\set SHOW_CONTEXT never

-- US National of version 2, California, and the US Privacy string; some text that only a later version knows
SELECT 'DBABLA~CAAAVVVVAFBA.QA' AS national, 'DBABTA~1YNN' AS usp,
    'DBACOcGA~CPSG_8APSG_8ANwAAAENAAFgAAAAAAAAAAAAAAAAAAAA.IAAA.YAAAAAAAAAAA~BPSG_8APSG_8AAAAAAENAACAAAAAAAAAAAAAAAAAAA.YAAAAAAAAAA~1---~BAAAAAAAAQA.QA~BAAAAABA.QA~BAAAABA~BAAAAEA.QA~BAAAAAQA~BAAAAAEA.QA~BAAAAABA~BAAAAABA.QA~BAAAAAABAA.QA~BAAAAAQA.QA~BAAAAAABAA.QA~BAAAAAQA.QA~BAAAAAQA.QA~BAAAAABA.QA~BAAAAAAAQA.QA~BAAAAAQA.QA~BAAAAAQA.QA~BQAA.QA~BQAA.AAA~BQAA.AAA~BQAA.AAA' AS all_sections \gset
SELECT gpp_decode(:'national')->'sectionIds' AS ids, s.key, f.key, f.value FROM jsonb_each(gpp_decode(:'national')->'sections') s, jsonb_each(s.value) f;
SELECT gpp_decode(:'usp');
SELECT section_id, name, version, (SELECT count(*) FROM jsonb_object_keys(gpp_decode(:'all_sections')->'sections'->name)) AS fields, gpc FROM gpp_sections(:'all_sections');
SELECT gpp_encode(gpp_decode(s)) = s FROM unnest(ARRAY[:'national', :'usp', :'all_sections']) s;

-- what a user opted out of: a field of any section says so, or the signal of Global Privacy Control
CREATE TEMP TABLE us AS SELECT gpp_decode(:'all_sections')->'sections' AS j;
CREATE FUNCTION pg_temp.of(VARIADIC change jsonb[]) RETURNS text LANGUAGE sql AS $$
    SELECT gpp_encode(jsonb_build_object('sections', jsonb_object_agg(c.key, coalesce(j->c.key, '{}') || c.value))) FROM us, unnest(change) x, jsonb_each(x) c
$$;
SELECT section_id, name, sale_opt_out, sharing_opt_out, targeted_advertising_opt_out, gpc
FROM gpp_sections(pg_temp.of('{"usca": {"SaleOptOut": 2, "SharingOptOut": 1}}', '{"usva": {"SaleOptOut": 1, "TargetedAdvertisingOptOut": 2}}', '{"usmd": {"Gpc": true}}', '{"uspv1": {"Notice": "Y", "OptOutSale": "Y", "LspaCovered": "N"}}'));
SELECT s.n, w, gpp_opt_out(s.t, w) FROM (VALUES ('ca', pg_temp.of('{"usca": {"SaleOptOut": 2, "SharingOptOut": 1}}')), ('ca, va', pg_temp.of('{"usca": {"SaleOptOut": 2, "SharingOptOut": 2}}', '{"usva": {"SaleOptOut": 1, "TargetedAdvertisingOptOut": 2}}')),
    ('gpc', pg_temp.of('{"usca": {"SaleOptOut": 2, "SharingOptOut": 2, "Gpc": true}}')), ('usp', pg_temp.of('{"uspv1": {"OptOutSale": "N"}}')), ('nothing', pg_temp.of('{"usnat": {}}')), ('eu', pg_temp.of('{"tcfeuv2": {}}'))) s(n, t),
    unnest('{sale,sharing,targeted_advertising,gpc}'::text[]) w;

-- a section that is not known, and one of a later version, stay as they are
SELECT gpp_encode('{"sections": {"28": "BAAAAABA.QA", "usca": "CAAAAABA.QA", "uspv1": "2YYY", "65535": "x-y!"}}') AS later \gset
SELECT :'later', gpp_decode(:'later'), gpp_encode(gpp_decode(:'later')) = :'later';
SELECT * FROM gpp_sections(:'later');

-- headers: single sections, runs of them, and both
SELECT h, gpp_decode(h)->'sectionIds' FROM unnest(ARRAY['DBAA', gpp_encode('{"sections": {}}'), 'DBABM~' || split_part(:'all_sections', '~', 2), 'DBABjw~' || split_part(:'all_sections', '~', 3) || '~1YNN']) h;

-- what is refused, and why
SELECT left(s, 50), gpp_problem(s), gpp_try(s) IS NULL FROM unnest(ARRAY['', '~', 'D', 'DB', 'DBA', 'DBAB', 'DBABTA', 'DBABTA~', 'DBABTA~1YNN~', 'DBABTA~1YNN~1YNN', 'DBABTA~1YN', 'DBABTA~1YNNN', 'DBABTA~1yNN', 'DBABTA~aYNN', 'DBABTA~1Y~N',
    'DBABLA~C', 'DBABLA~CAAAVVVVAFBA.', 'DBABLA~CAAAVVVVAFBA.QA.QA', 'DBABLA~CAAAVVVVAFBA.AA', 'DBABLA~CAAA=', 'DBABLA~CAAA VVVAFBA', 'DBABLA~CDAAVVVVAFBA', 'CBABLA~CAAA', 'DCABTA~1YNN', 'DBD_TA~1YNN', 'DBAB', 'DBABAA~x', '1YNN', 'é',
    'CPSG_8APSG_8ANwAAAENAAFgAAAAAAAAAAAAAAAAAAAA', 'DBABM~CPSG_8APSG_8ANwAAAENAAFgAAAAAAAAAAAAAAAAAAA', 'DBABM~CPSG_8APSG_8ANwAAAENAAFgAAAAAAAAAAAAAAAAAAAA.IAAA.IAAA', 'DBABM~CPSG_8APSG_8ANwAAAENAAFgAAAAAAAAAAAAAAAAAAAA.gAAA',
    'DBABM~CPSG_8APSG_8ANwAAAENAAFgAAAAAAAAAAAAAAAAAAAA.IAAA.QAAA.YAAAAAAAAAAA.QAAA']) s;
SELECT gpp_problem('DBABgA' || repeat('A', n)) FROM unnest('{0,4,100}'::int[]) n;
SELECT gpp_problem(repeat('~', 131072)), gpp_problem(repeat('D', 131073)), gpp_problem('DB__' || repeat('_', 10000));
SELECT gpp_decode('DBABTA~1YN');
\echo :LAST_ERROR_SQLSTATE
SELECT gpp_decode('CPSG_8APSG_8ANwAAAENAAFgAAAAAAAAAAAAAAAAAAAA');
SELECT gpp_decode(repeat('D', 10000000));
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM gpp_sections('x');
SELECT gpp_opt_out('x', 'sale');
SELECT gpp_opt_out(:'usp', 'everything');
\echo :LAST_ERROR_SQLSTATE
SELECT gpp_encode('{}');
\echo :LAST_ERROR_SQLSTATE
SELECT gpp_encode('{"sections": {"uszz": {}}}');
SELECT gpp_encode('{"sections": {"8": "BAAAAABA.QA"}}');
SELECT gpp_encode('{"sections": {"usca": 1}}');
SELECT gpp_encode('{"sections": {"usca": {}}}');
SELECT gpp_encode('{"sections": {"usca": {"Version": 1, "SaleOptOut": 1}}}');
SELECT pg_temp.of('{"usca": {"SaleOptOut": 3}}');
SELECT pg_temp.of('{"usca": {"SaleOptOuts": 1}}');
SELECT pg_temp.of('{"usca": {"Version": 9}}');
SELECT pg_temp.of('{"usca": {"SensitiveDataProcessing": [0,0,0,0,0,0,0,0,0,0]}}');
SELECT pg_temp.of('{"uspv1": {"Notice": "maybe"}}');
SELECT pg_temp.of('{"uspv1": {"Sale": "Y"}}');
SELECT pg_temp.of('{"uspv1": {"Version": 2}}');
SELECT pg_temp.of('{"tcfeuv2": {"VendorConsents": [0]}}');
SELECT pg_temp.of('{"tcfeuv2": {"PurposeConsents": [1]}}');
SELECT gpp_encode('{"sections": {"28": "a~b"}}');
SELECT gpp_encode('{"sections": {"28": ""}}');
SELECT gpp_encode(jsonb_build_object('sections', jsonb_object_agg((100 + i)::text, 'x'))) FROM generate_series(1, 65) i;
\echo :LAST_ERROR_SQLSTATE
