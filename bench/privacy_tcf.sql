-- TC strings of a warehouse: 1,000 different ones of 900 vendors, 20 times each; GPP strings of two sections. The peer is IAB's own
-- library of JavaScript, where node and the packages that "make test-clients" installs are there; its loop is in privacy_tcf.js.
-- Groups of rows: k-anonymity and l-diversity beside the plain queries.
SELECT setseed(.5);
CREATE FUNCTION public.vendors(share float8) RETURNS jsonb LANGUAGE sql VOLATILE AS $$SELECT jsonb_agg(i) FROM generate_series(1, 900) i WHERE random() < share OR i = 900$$;
CREATE TABLE different AS SELECT i, omni.tcf_encode(omni.tcf_decode('CQSbk4AQSbk4ANwAAAENBkFgAOIAAEIAAAYgAHAB8AFAA-CAAAAA.IAKAB8EA.YAAAAAAAAAAA') || jsonb_build_object('vendorConsent', public.vendors(.6), 'vendorLegitimateInterest', public.vendors(.3),
    'disclosedVendors', public.vendors(.9), 'purposeConsent', '[1, 2, 3, 4, 7, 9, 10]'::jsonb)) AS s FROM generate_series(1, 1000) i;
CREATE TABLE tc AS SELECT s FROM different, generate_series(1, 20);
CREATE TABLE ranges AS SELECT omni.tcf_encode(omni.tcf_decode(s) || '{"vendorConsent": [1, 2, 3, 700, 800], "vendorLegitimateInterest": []}') AS s FROM tc;
CREATE TABLE gpp AS SELECT 'DBABrw~CVVpoAAAAACA.QA~BVaQAACA.QA'::text AS s FROM generate_series(1, 20000);
VACUUM ANALYZE tc; VACUUM ANALYZE ranges; VACUUM ANALYZE gpp;
SELECT format('# 20,000 TC strings of %s characters, with %s vendors in three lists; as ranges of %s', round(avg(length(s))), round(avg(jsonb_array_length(omni.tcf_decode(s)->'vendorConsent') + jsonb_array_length(omni.tcf_decode(s)->'vendorLegitimateInterest')
    + jsonb_array_length(omni.tcf_decode(s)->'disclosedVendors'))), (SELECT round(avg(length(s))) FROM ranges)) FROM different;

-- the peer's loops, in milliseconds of CPU for 20,000 strings
\getenv tmp OMNI_TMP
\set file :tmp/tc_strings.txt
\o :file
SELECT s FROM different ORDER BY i;
\o
\set peer `node privacy_tcf.js "$OMNI_TMP/tc_strings.txt" 2>/dev/null || echo absent`
SELECT :'peer' ~ '^[0-9.]+ [0-9.]+$' AS have_peer \gset
\if :have_peer
SELECT split_part(:'peer', ' ', 1)::numeric AS js_decode, split_part(:'peer', ' ', 2)::numeric AS js_allows \gset
\else
SELECT '# node or @iabtcf/core is not there (make test-clients installs it): not compared with it';
\set js_decode NULL
\set js_allows NULL
\endif

SELECT bench.compare('tcf_decode', NULL, 'SELECT count(omni.tcf_decode(s)) FROM tc', NULL, NULL, 'SELECT count(octet_length(s)) FROM tc', 5);
SELECT bench.compare('tcf_allows, bits', NULL, 'SELECT count(*) FROM tc WHERE omni.tcf_allows(s, 755, 3)', NULL, NULL, 'SELECT count(*) FROM tc WHERE octet_length(s) > 0', 5);
UPDATE bench.figure SET peer = '@iabtcf/core, decode', peer_ms = :js_decode WHERE work = 'tcf_decode';
UPDATE bench.figure SET peer = '@iabtcf/core, decode and ask', peer_ms = :js_allows WHERE work = 'tcf_allows, bits';
SELECT bench.compare('tcf_allows, ranges', NULL, 'SELECT count(*) FROM ranges WHERE omni.tcf_allows(s, 755, 3)', 'its tcf_decode and a list', 'SELECT count(*) FROM ranges WHERE omni.tcf_decode(s)->''vendorConsent'' @> ''755''', 'SELECT count(*) FROM ranges WHERE octet_length(s) > 0', 5);
SELECT bench.compare('tcf_problem', NULL, 'SELECT count(omni.tcf_problem(s)) FROM tc', 'tcf_decode', 'SELECT count(omni.tcf_decode(s)) FROM tc', 'SELECT count(octet_length(s)) FROM tc', 5);
SELECT bench.compare('consent_from_tcf', NULL, 'SELECT count(omni.consent_from_tcf(''web'', ''7'', s, 755)) FROM tc', 'tcf_decode', 'SELECT count(omni.tcf_decode(s)) FROM tc', 'SELECT count(octet_length(s)) FROM tc', 5);
SELECT bench.compare('gpp_decode, two sections', NULL, 'SELECT count(omni.gpp_decode(s)) FROM gpp', NULL, NULL, 'SELECT count(octet_length(s)) FROM gpp', 5);
SELECT bench.compare('gpp_opt_out', NULL, 'SELECT count(*) FROM gpp WHERE omni.gpp_opt_out(s, ''sale'')', 'gpp_decode and a field', 'SELECT count(*) FROM gpp WHERE omni.gpp_decode(s)->''sections''->''usca''->>''SaleOptOut'' = ''1''', 'SELECT count(*) FROM gpp WHERE octet_length(s) > 0', 5);
SELECT format('# of one call, us: tcf_decode %s, tcf_allows %s, gpp_decode %s, gpp_opt_out %s', (SELECT round(omni_ms / 20, 2) FROM bench.figure WHERE work = 'tcf_decode'), (SELECT round(omni_ms / 20, 3) FROM bench.figure WHERE work = 'tcf_allows, bits'),
    (SELECT round(omni_ms / 20, 2) FROM bench.figure WHERE work LIKE 'gpp_decode%'), (SELECT round(omni_ms / 20, 3) FROM bench.figure WHERE work = 'gpp_opt_out'));

CREATE TABLE person AS SELECT 10000 + (random() * 100)::int AS zip, 1940 + (random() * 70)::int AS born, (random() < .5) AS sex, (random() * 20)::int AS disease FROM generate_series(1, 1000000);
VACUUM ANALYZE person;
SELECT bench.compare('k_anonymity, 1M rows', NULL, 'SELECT omni.k_anonymity(''person'', ''{zip,born,sex}'')', 'the same query', 'SELECT min(n) FROM (SELECT count(*) AS n FROM person GROUP BY zip, born, sex) g', NULL, 3);
SELECT bench.compare('l_diversity, 1M rows', NULL, 'SELECT omni.l_diversity(''person'', ''{zip,born,sex}'', ''disease'')', 'count(DISTINCT)', 'SELECT min(n) FROM (SELECT count(DISTINCT disease) AS n FROM person GROUP BY zip, born, sex) g', NULL, 3);
