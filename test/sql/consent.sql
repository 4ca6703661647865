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

-- a decision
SELECT consent('shop', '7', 'email_marketing', 'given', '2026-01-31 12:00Z') AS short,
    consent('shop', '7', 'email_marketing', 'given', '2026-01-31 12:00:00.25Z', 'consent', 'web', 'US-CA', '2028-01-31Z', 'form 12', true) AS long;
SELECT consent('shop', '7', 'tcf_1', 'refused', '2026-01-31 12:00Z', jurisdiction => 'DE') = '{"decisions": [{"at": "2026-01-31T13:00:00+01:00", "jurisdiction": "DE", "decision": "refused", "explicit": false, "purpose": "tcf_1", "record_id": "7", "source": "shop"}]}' AS same;
SELECT consent('shop', '7', 'tcf_1', 'given', '2026-01-31Z', expires_at => 'infinity') = consent('shop', '7', 'tcf_1', 'given', '2026-01-31Z') AS never_is_infinity;
SELECT '{"decisions":[]}'::consent AS empty;

-- the join: the latest of each record and purpose, on a tie the more restrictive
CREATE TEMP TABLE said (n int, c consent);
INSERT INTO said VALUES (1, consent('shop', '7', 'email_marketing', 'given', '2026-01-01Z')), (2, consent('shop', '7', 'email_marketing', 'withdrawn', '2026-02-01Z')), (3, consent('shop', '7', 'sms_marketing', 'given', '2026-01-01Z')),
    (4, consent('till', '7', 'email_marketing', 'given', '2026-03-01Z')), (5, consent('till', '7', 'sms_marketing', 'refused', '2026-01-01Z')), (6, consent('till', '7', 'sms_marketing', 'given', '2026-01-01Z', basis => 'consent'));
SELECT e.* FROM (SELECT consent_agg(c) AS c FROM said) a, consent_entries(c) e;
SELECT consent_agg(c ORDER BY n) = consent_agg(c ORDER BY n DESC) AS any_order, consent_records(consent_agg(c)) AS records FROM said;
SELECT purpose_names(consent_mask(consent_agg(c), '2026-04-01Z')) AS merged, purpose_names(consent_refused(consent_agg(c), '2026-04-01Z')) AS refused,
    purpose_names(consent_mask(consent_agg(c) - ARRAY['shop', '7'], '2026-04-01Z')) AS till, purpose_names(consent_mask(consent_agg(c) - ARRAY['till', '7'], '2026-04-01Z')) AS shop FROM said;
SELECT consent_agg(c) - consent_records(consent_agg(c)) AS nothing_left, consent_agg(c) - ARRAY['till', '70'] = consent_agg(c) AS unknown_record, consent_agg(c) - '{}'::text[] = consent_agg(c) AS no_record FROM said;
SELECT consent_agg(c) AS nothing_seen FROM said WHERE n > 99;

-- what counts: a grant while it lasts, against refusals only an explicit one that is later than all of them
\set t '''2026-06-01Z'''
CREATE TEMP TABLE history (n int, what text, c consent);
INSERT INTO history VALUES
    (1, 'nobody decided', '{"decisions":[]}'),
    (2, 'given', consent('a', '1', 'analytics', 'given', '2026-01-01Z')),
    (3, 'expires', consent('a', '1', 'analytics', 'given', '2026-01-01Z', expires_at => '2026-09-01Z')),
    (4, 'expired', consent('a', '1', 'analytics', 'given', '2026-01-01Z', expires_at => '2026-05-01Z')),
    (5, 'not yet given', consent('a', '1', 'analytics', 'given', '2026-07-01Z', expires_at => '2026-09-01Z')),
    (6, 'refused', consent('a', '1', 'analytics', 'refused', '2026-01-01Z')),
    (7, 'another record refuses', consent('a', '1', 'analytics', 'given', '2026-03-01Z') || consent('b', '1', 'analytics', 'objected', '2026-01-01Z')),
    (8, 'an explicit grant after it', consent('a', '1', 'analytics', 'given', '2026-03-01Z', expires_at => '2026-09-01Z', explicit => true) || consent('b', '1', 'analytics', 'objected', '2026-01-01Z')),
    (9, 'an explicit grant before it', consent('a', '1', 'analytics', 'given', '2026-03-01Z', explicit => true) || consent('b', '1', 'analytics', 'withdrawn', '2026-03-01Z')),
    (10, 'refuses tomorrow', consent('a', '1', 'analytics', 'given', '2026-03-01Z') || consent('b', '1', 'analytics', 'refused', '2026-08-01Z')),
    (11, 'one grant after the other', consent('a', '1', 'analytics', 'given', '2026-03-01Z', expires_at => '2026-07-01Z') || consent('b', '1', 'analytics', 'given', '2026-07-01Z', expires_at => '2026-08-01Z')),
    (12, 'two purposes', consent('a', '1', 'analytics', 'given', '2026-03-01Z', expires_at => '2026-10-01Z') || consent('a', '1', 'tcf_1', 'given', '2026-03-01Z', expires_at => '2026-08-01Z')),
    (13, 'by default', consent_default('US-VA', :t)),
    (14, 'by default, and refused', consent_default('US-VA', :t) || consent('a', '1', 'analytics', 'refused', '2026-01-01Z')),
    (15, 'by default, and expired', consent_default('US-VA', :t) || consent('a', '1', 'analytics', 'given', '2026-01-01Z', expires_at => '2026-05-01Z')),
    (16, 'by default, two places', consent_default('US-VA', :t) || consent_default('DE', :t)),
    (17, 'by default, opt-in', consent_default('DE', :t)),
    (18, 'by default, opt-in, and given', consent_default('DE', :t) || consent('a', '1', 'analytics', 'given', '2026-01-01Z'));
SELECT what, c @> 'analytics' = allows(c, 'analytics', statement_timestamp()) AS now, s.allowed & purpose_mask('analytics') <> 0 AS allowed, s.refused & purpose_mask('analytics') <> 0 AS refused, valid_until, e.*
FROM history, consent_state(c, :t) s, consent_explain(c, 'analytics', :t) e ORDER BY n;
SELECT bool_and((s.allowed, s.refused, s.valid_until) = (consent_mask(c, :t), consent_refused(c, :t), consent_valid_until(c, :t))) AS three_are_one, bool_and(allows(c, 'analytics', :t) = (s.allowed & purpose_mask('analytics') <> 0)) AS allows FROM history, consent_state(c, :t) s;

-- permissions
SELECT what, permission(c, 'analytics', 'ads', :t) AS in_domain, permission(c, 'analytics', NULL, :t) AS without, permission_level(permission(s.allowed, s.refused, s.valid_until, 'analytics', 'ads', :t)) AS by_masks,
    permission(s.allowed, s.refused, s.valid_until, 'analytics', 'ads', s.valid_until) AS later, c -> 'analytics' = permission(c, 'analytics', NULL, statement_timestamp()) AS now
FROM history, consent_state(c, :t) s ORDER BY n;
SELECT permission_request('analytics', 'ads') AS request, permission_request('analytics') AS without_domain, permission_at(0, 0, 'infinity', permission_request('analytics', 'ads'), :t) AS undecided;
SELECT 'none'::permission < 'none:analytics' AND 'none:analytics' < 'pseudonym:analytics@00000001' AND 'pseudonym:local_16@ffffffff'::permission < 'raw:tcf_1' AND 'raw:tcf_1'::permission = 'raw:tcf_1' AS ordered;
SELECT t, permission_problem(t), permission_try(t) FROM unnest('{none,raw,raw:analytics,raw:nothing,pseudonym,pseudonym:analytics,pseudonym:analytics@1a2b3c4d,pseudonym:analytics@1A2B3C4D,pseudonym:analytics@00000000,raw@1a2b3c4d,none@1a2b3c4d,none:analytics@1a2b3c4d,raw:analytics@1a2b3c4d@,RAW:analytics,"","raw:","raw:analytics@"}'::text[]) t;

-- masks that hold until a time
SELECT allows(purpose_mask('analytics'), 'analytics') AS yes, allows(0, 'analytics') AS no, allows(purpose_mask('local_16'), 'local_16') AS the_sign, allows_all(purpose_mask('{tcf_1,tcf_2}'::text[]), purpose_mask('{tcf_1,tcf_3}'::text[])) AS some, allows_all(-1, purpose_mask('{}'::text[])) OR allows_all(-1, 'infinity', 0, '2026-05-31Z') AS nothing_asked,
    allows(purpose_mask('analytics'), '2026-06-01Z', 'analytics', '2026-05-31Z') AS before, allows(purpose_mask('analytics'), '2026-06-01Z', 'analytics', '2026-06-01Z') AS at, allows(purpose_mask('analytics'), 'infinity', 'analytics', '9999-06-01Z') AS forever;
-- names that are constants are looked up by the planner: what is left is leakproof, and a wrong one fails where there is no row
CREATE TEMP TABLE state (id int, allowed bigint, refused bigint, valid_until timestamptz, consent consent);
EXPLAIN (COSTS off, VERBOSE) SELECT permission(allowed, refused, valid_until, 'analytics', 'ads', now()), permission(allowed, refused, valid_until, 'analytics', NULL, now()) FROM state WHERE allows(allowed, 'analytics') AND allows(allowed, valid_until, 'analytics', now());
SELECT FROM state WHERE allows(allowed, 'analitics');
\echo :LAST_ERROR_SQLSTATE
SELECT FROM state WHERE allows(allowed, valid_until, 'analitics', now());
\echo :LAST_ERROR_SQLSTATE
SELECT FROM state WHERE consent @> 'analitics';
\echo :LAST_ERROR_SQLSTATE
SELECT consent -> 'analitics' FROM state;
\echo :LAST_ERROR_SQLSTATE
SELECT FROM state WHERE allows(consent, 'analitics', now());
\echo :LAST_ERROR_SQLSTATE
SELECT permission(allowed, refused, valid_until, 'analitics', 'ads', now()) FROM state;
\echo :LAST_ERROR_SQLSTATE
SELECT permission(allowed, refused, valid_until, 'analytics', 'Not A Domain', now()) FROM state;
\echo :LAST_ERROR_SQLSTATE
SELECT permission(consent, 'analitics', 'ads', now()) FROM state;
\echo :LAST_ERROR_SQLSTATE
-- not a constant: looked up for each row
SELECT p, allows(purpose_mask('tcf_1'), p) FROM unnest('{tcf_1,tcf_2,NULL}'::text[]) p;
SELECT allows(1, p) FROM unnest('{jane@example.com}'::text[]) p;
\echo :LAST_ERROR_SQLSTATE

-- by jurisdiction
SELECT j, purpose_names(consent_mask(consent_default(j, t), t)) AS allowed, consent_valid_until(consent_default(j, t), t) AS until FROM unnest('{DE,GB,CH,US,US-CA,CA,CA-QC,JP,KR,VA}'::text[]) j, (VALUES (:t::timestamptz)) v(t);
SELECT j, bool_or(allows(consent_default(j, t), 'sale', t)) AS sale, bool_or(allows(consent_default(j, t), 'email_marketing', t)) AS email, bool_or(allows(consent_default(j, t), 'sensitive_data', t)) AS sensitive, consent_valid_until(consent_default(j, t), t) AS until
FROM (VALUES ('US-CA', '2019-06-01Z'::timestamptz), ('US-CA', '2021-06-01Z'), ('US-UT', '2023-12-30Z'), ('US-UT', '2023-12-31Z'), ('DE', '2018-05-24Z'), ('DE', '2018-05-25Z'), ('GB', '2020-12-31Z'), ('GB', '2021-01-01Z')) v(j, t) GROUP BY j, t ORDER BY j, t;
SELECT consent_default('US-CA', '2026-06-01Z') = consent_default('US-CA', '2026-06-02Z') AS same_while_the_law_is;
SELECT count(*) AS rows, count(DISTINCT jurisdiction) AS jurisdictions, count(*) FILTER (WHERE gpc <> '{}') AS with_gpc, count(*) FILTER (WHERE valid_to <= valid_from) AS empty, count(*) FILTER (WHERE law = '') AS unnamed FROM consent_jurisdictions();
SELECT jurisdiction, law_of, law, valid_from, valid_to, gpc FROM consent_jurisdictions() WHERE jurisdiction IN ('GB', 'HR', 'US-CO', 'NO') ORDER BY 1, 4, 3;
SELECT DISTINCT ON (jurisdiction) jurisdiction, valid_from AS gpc_from FROM consent_jurisdictions() WHERE gpc <> '{}' ORDER BY 1, 2;
-- Global Privacy Control
SELECT j, t, consent_records(consent_gpc('web', 'cookie 1', t, j)) AS record, purpose_names(consent_refused(consent_gpc('web', 'cookie 1', t, j), t)) AS refused FROM (VALUES ('US-CA', '2026-01-01Z'::timestamptz), ('US-OR', '2025-12-31Z'), ('US-OR', '2026-01-01Z'), ('US-VA', '2026-01-01Z'), ('US', '2026-01-01Z'), ('DE', '2026-01-01Z')) v(j, t);
SELECT consent_gpc('web', 'cookie 1', '2026-01-01Z', 'US-CA') - ARRAY['web', 'cookie 1'] AS taken_out, (SELECT count(*) FROM consent_entries(consent_gpc('web', 'cookie 1', '2026-01-01Z', 'US-CA')) WHERE decision = 'objected' AND channel = 'gpc') AS objections;
SELECT consent_default('XX', :t);
\echo :LAST_ERROR_SQLSTATE
SELECT consent_default('US-XX', :t);
\echo :LAST_ERROR_SQLSTATE
SELECT consent_default('de', :t);
\echo :LAST_ERROR_SQLSTATE
SELECT consent_gpc('web', '1', :t, 'California');
\echo :LAST_ERROR_SQLSTATE
SELECT consent_default('DE', 'infinity');
\echo :LAST_ERROR_SQLSTATE

-- Google Consent Mode
SELECT what, consent_mode(c, :t) FROM (VALUES (1, 'nobody decided', '{"decisions":[]}'::consent), (2, 'signals as such', consent('web', '1', 'ad_storage', 'given', '2026-01-01Z') || consent('web', '1', 'ad_user_data', 'refused', '2026-01-01Z')),
    (3, 'TCF', (SELECT consent_agg(consent('web', '1', 'tcf_' || p, 'given', '2026-01-01Z')) FROM generate_series(1, 11) p)), (4, 'TCF, purpose 4 refused', (SELECT consent_agg(consent('web', '1', 'tcf_' || p, CASE p WHEN 4 THEN 'refused' ELSE 'given' END, '2026-01-01Z')) FROM generate_series(1, 11) p)),
    (5, 'by default in Texas', consent_default('US-TX', :t)), (6, 'with GPC', consent_default('US-TX', :t) || consent_gpc('web', '1', '2026-01-01Z', 'US-TX')), (7, 'commerce', consent('shop', '1', 'analytics', 'given', '2026-01-01Z') || consent('shop', '1', 'targeted_advertising', 'given', '2026-01-01Z'))) v(n, what, c) ORDER BY n;

-- what is refused
SELECT consent('shop', '7', 'nothing', 'given', '2026-01-01Z');
\echo :LAST_ERROR_SQLSTATE
SELECT consent('shop', '7', 'tcf_1', 'granted', '2026-01-01Z');
\echo :LAST_ERROR_SQLSTATE
SELECT consent('shop', '7', 'tcf_1', 'default_allowed', '2026-01-01Z');
\echo :LAST_ERROR_SQLSTATE
SELECT consent('shop', '7', 'tcf_1', 'given', '2026-01-01Z', 'gdpr');
\echo :LAST_ERROR_SQLSTATE
SELECT consent('shop', '7', 'tcf_1', 'given', '2026-01-01Z', jurisdiction => 'Germany');
\echo :LAST_ERROR_SQLSTATE
SELECT consent('shop', '7', 'tcf_1', 'given', '2026-01-01Z', expires_at => '2026-01-01Z');
\echo :LAST_ERROR_SQLSTATE
SELECT consent('shop', '7', 'tcf_1', 'refused', '2026-01-01Z', expires_at => '2027-01-01Z');
\echo :LAST_ERROR_SQLSTATE
SELECT consent('shop', '7', 'tcf_1', 'refused', '2026-01-01Z', explicit => true);
\echo :LAST_ERROR_SQLSTATE
SELECT consent('shop', '7', 'tcf_1', 'given', '-infinity');
\echo :LAST_ERROR_SQLSTATE
SELECT consent('shop', NULL, 'tcf_1', 'given', '2026-01-01Z');
\echo :LAST_ERROR_SQLSTATE
SELECT consent('shop', '', 'tcf_1', 'given', '2026-01-01Z');
\echo :LAST_ERROR_SQLSTATE
SELECT consent('(default)', 'DE', 'tcf_1', 'given', '2026-01-01Z');
\echo :LAST_ERROR_SQLSTATE
SELECT consent(repeat('x', 513), '7', 'tcf_1', 'given', '2026-01-01Z');
\echo :LAST_ERROR_SQLSTATE
SELECT consent('shop', '7', 'tcf_1', 'given', '2026-01-01Z', channel => repeat('x', 65));
\echo :LAST_ERROR_SQLSTATE
SELECT consent('shop', '7', 'tcf_1', 'given', '2026-01-01Z', proof => repeat('x', 4097));
\echo :LAST_ERROR_SQLSTATE
SELECT consent_mask('{"decisions":[]}'::consent, 'infinity');
\echo :LAST_ERROR_SQLSTATE
SELECT '{"decisions":[]}'::consent - ARRAY['a'];
\echo :LAST_ERROR_SQLSTATE
SELECT '{"decisions":[]}'::consent - ARRAY['a', NULL];
\echo :LAST_ERROR_SQLSTATE
SELECT '{"decisions":[{"source":"jane@example.com"}]}'::consent;
\echo :LAST_ERROR_SQLSTATE
\set entry '"source":"a","record_id":"1","purpose":"tcf_1","decision":"given","at":"2026-01-01T00:00Z"'
SELECT n, consent_problem(t) AS problem, consent_try(t) IS NULL AS null FROM (VALUES (1, ''), (2, '{}'), (3, '{"decisions":{}}'), (4, '{"decisions":[{}]}'), (5, '{"decisions":[],"x":1}'), (6, '{"records":[]}'),
    (7, '{"decisions":[{' || :'entry' || '}]}'), (8, '{"decisions":[{' || :'entry' || ',"expiry":"x"}]}'), (9, '{"decisions":[{' || :'entry' || ',"at":"2026-01-01T00:00Z"}]}'), (10, '{"decisions":[{' || :'entry' || ',"expires_at":"2025-01-01T00:00Z"}]}'),
    (11, '{"decisions":[{' || :'entry' || ',"expires_at":"infinity"}]}'), (12, '{"decisions":[{' || :'entry' || ',"basis":"yes"}]}'), (13, '{"decisions":[{' || :'entry' || ',"explicit":"true"}]}'), (14, '{"decisions":[{' || :'entry' || ',"explicit":true}]}'),
    (15, '{"decisions":[{' || replace(:'entry', 'given', 'default_allowed') || '}]}'), (16, '{"decisions":[{' || replace(:'entry', 'tcf_1', 'tcf_12') || '}]}'), (17, '{"decisions":[{' || replace(:'entry', 'given', 'allowed') || '}]}'),
    (18, '{"decisions":[{' || replace(:'entry', '"1"', '"a\u0000b"') || '}]}'), (19, '{"decisions":[{' || replace(:'entry', 'T00:00Z', '') || '}]}'), (20, '{"decisions":[{' || replace(:'entry', '"a"', '""') || '}]}'),
    (21, '{"decisions":[{' || :'entry' || ',"jurisdiction":"ZZ"}]}'), (22, '{"decisions":[{' || :'entry' || ',"proof":"' || repeat('x', 5000) || '"}]}'), (23, '{"decisions":[{' || :'entry' || ',"channel":"' || repeat('x', 65) || '"}]}'),
    (24, '{"decisions":[{' || replace(:'entry', 'given', 'refused') || ',"explicit":true}]}')) v(n, t) ORDER BY n;

-- under any search_path
SET search_path = '';
SELECT omni.consent('shop', '7', 'tcf_1', 'given', '2026-01-31Z') = '{"decisions":[{"source":"shop","record_id":"7","purpose":"tcf_1","decision":"given","at":"2026-01-31T00:00:00Z"}]}' AS eq,
    'raw:tcf_1'::omni.permission IN ('none', 'raw:tcf_1') AS perm, (omni.consent('shop', '7', 'tcf_1', 'given', '2026-01-31Z') OPERATOR(omni.->) 'tcf_1')::pg_catalog.text AS now;
