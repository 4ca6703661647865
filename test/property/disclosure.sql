-- What is disclosed, on 10,000 values each: mask() of a stored pseudonym is what the keyed operators give, and nothing raw is in what is no raw.
\set cases 10000
SELECT plan(17);
SET search_path = public, omni;
SET timezone = 'UTC';
SELECT setseed(0.2033);
SET jit = off;

CREATE TABLE permitted AS SELECT p, permission_level(p) AS level FROM unnest(ARRAY['none', permission(0, 1, 'infinity', 'tcf_1', 'crm', now()), permission(0, 0, 'infinity', 'tcf_1', 'crm', now()), permission(1, 0, 'infinity', 'tcf_1', 'crm', now())]::permission[]) p;
CREATE TABLE thing AS SELECT i, ('Zq7secret' || i || '@Example.com')::email AS email, phone('+4930' || 1000000 + i) AS phone, identifier(CASE i % 3 WHEN 0 THEN 'email:zq7secret' || i || '@example.com' WHEN 1 THEN 'phone:+4930' || 1000000 + i ELSE 'user_id:zq7secret' || i END) AS identifier,
    'zq7secret' || i AS name FROM generate_series(1, :cases) i;
ALTER TABLE thing ADD email_ps pseudonym, ADD phone_ps pseudonym, ADD identifier_ps pseudonym, ADD name_ps pseudonym, ADD other pseudonym;
UPDATE thing SET email_ps = pseudonym(email, 'crm'), phone_ps = pseudonym(phone, 'crm'), identifier_ps = pseudonym(identifier, 'crm'), name_ps = pseudonym(name, 'crm'), other = pseudonym(email, 'ads');
SELECT is_empty('SELECT i, p FROM thing, permitted WHERE email <~ p IS DISTINCT FROM mask(email, email_ps, p)', 'e-mail: <~ is mask()');
SELECT is_empty('SELECT i, p FROM thing, permitted WHERE phone <~ p IS DISTINCT FROM mask(phone, phone_ps, p)', 'phone');
SELECT is_empty('SELECT i, p FROM thing, permitted WHERE identifier <~ p IS DISTINCT FROM mask(identifier, identifier_ps, p)', 'identifier');
SELECT is_empty('SELECT i, p FROM thing, permitted WHERE name <~ p IS DISTINCT FROM mask(name, name_ps, p)', 'text');
SELECT is_empty($$SELECT i, p FROM thing, permitted WHERE email <~ p IS DISTINCT FROM CASE level WHEN 'raw' THEN email::text WHEN 'pseudonym' THEN email_ps::text END$$, 'which is the value, its pseudonym, or NULL');
SELECT is_empty($$SELECT i, p FROM thing, permitted WHERE p <> 'none' AND ARRAY[email <~# p, phone <~# p, identifier <~# p, name <~# p] IS DISTINCT FROM CASE WHEN level = 'none' THEN array_fill(NULL::text, '{4}') ELSE ARRAY[email_ps, phone_ps, identifier_ps, name_ps]::text[] END$$, '<~# is never the value');
SELECT is_empty($$SELECT i, p FROM thing, permitted WHERE level <> 'raw' AND concat(email <~ p, phone <~ p, identifier <~ p, name <~ p, email <~# p, name <~# p, mask(email, email_ps, p), mask(name, name_ps, p)) ~ 'zq7secret|[+]4930'$$, 'nothing raw without permission');
SELECT is_empty($$SELECT i, p FROM thing, permitted WHERE level <> 'raw' AND mask(email, other, p) IS NOT NULL$$, 'no pseudonym of another domain');
SELECT is((SELECT count(DISTINCT email <~# p) FROM thing, permitted WHERE level = 'raw'), :cases::bigint, 'a key to join by');
-- by a consent
SELECT is_empty($$SELECT i FROM thing, LATERAL (SELECT CASE i % 3 WHEN 0 THEN consent('a', '1', 'tcf_1', 'given', '2026-01-01Z') WHEN 1 THEN consent('a', '1', 'tcf_1', 'refused', '2026-01-01Z') ELSE '{"decisions":[]}' END AS c) x
    WHERE disclose(email, c, 'tcf_1', 'crm') IS DISTINCT FROM CASE i % 3 WHEN 0 THEN email::text WHEN 2 THEN email_ps::text END OR disclose(email, c, 'tcf_1', NULL) IS DISTINCT FROM CASE i % 3 WHEN 0 THEN email::text END$$, 'disclose()');

-- profiles, whose keys, identifiers and attributes all have something to hide
CREATE TABLE person AS SELECT i, customer_profile_agg(customer_profile('crm', CASE r WHEN 1 THEN 'zq7secret' || i ELSE i || '/' || r END, '2026-01-01Z'::timestamptz + (i * 7 + r) * interval '1 min', ARRAY['email:zq7secret' || i % 1000 || '@example.com', 'user_id:zq7secret' || r], jsonb_build_object('name', 'zq7secret', 'city', 'Bonn', 'n', r))) AS p
FROM generate_series(1, :cases) i, generate_series(1, 1 + i % 4) r GROUP BY i;
CREATE TABLE shown AS SELECT i, x.p, mask(x.p, q.p) AS masked, mask(x.p, q.p, '{city}') AS with_city, x.p <~ q.p AS keyed FROM person x, permitted q WHERE level = 'pseudonym';
SELECT is_empty($$SELECT i FROM shown WHERE concat(masked, with_city, keyed) ~ 'zq7secret'$$, 'nothing raw in a profile');
SELECT is_empty($$SELECT i FROM shown WHERE record_count(masked) <> record_count(p) OR record_count(keyed) <> record_count(p) OR first_seen(masked) <> first_seen(p) OR last_seen(keyed) <> last_seen(p)$$, 'records and their times stay');
SELECT is_empty($$SELECT i FROM shown WHERE identifiers(masked) <> '{}' OR cardinality(identifiers(keyed)) <> cardinality(identifiers(p)) OR NOT keyed @> ('pseudonym:' || pseudonym(identifier('email:zq7secret' || i % 1000 || '@example.com'), 'crm'))::identifier$$, 'pseudonyms in the place of identifiers');
SELECT is_empty($$SELECT i FROM shown WHERE golden_record(with_city) - 'identifiers' <> '{"city": "Bonn"}' OR golden_record(masked) - 'identifiers' <> '{}'$$, 'attributes that were named');
SELECT is_empty($$SELECT i FROM person x, permitted q WHERE (level = 'raw' AND (mask(x.p, q.p) <> x.p OR x.p <~ q.p <> x.p)) OR (level = 'none' AND (mask(x.p, q.p) IS NOT NULL OR x.p <~ q.p IS NOT NULL))$$, 'all of it, or nothing');
SELECT is_empty($$SELECT a.i FROM shown a JOIN shown b ON b.i = a.i + 1 JOIN permitted q ON level = 'pseudonym' WHERE (a.p || b.p) <~ q.p <> a.keyed || b.keyed$$, 'to disclose what was joined is to join what was disclosed');
SELECT is_empty($$SELECT a.i FROM shown a JOIN shown b ON b.i = a.i + 1000 WHERE NOT a.keyed && b.keyed OR NOT a.p && b.p$$, 'profiles that share an identifier share its pseudonym');
SELECT * FROM finish();
