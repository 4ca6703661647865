-- Laws of pseudonyms: a million values without a collision; nothing equal across domains, versions, kinds and recipients; one
-- pseudonym for all spellings of one identifier; the same bytes as HMAC and HKDF by pgcrypto. The keyring is that of the tests.
SELECT plan(29);
SET search_path = public, omni;
SET max_parallel_workers_per_gather = 0;
CREATE EXTENSION pgcrypto;

CREATE TABLE made AS SELECT i, pseudonym('customer ' || i, 'crm') AS p FROM generate_series(1, 1000000) i;
SELECT is((SELECT count(DISTINCT p) FROM made), 1000000::bigint, 'a million values have a million pseudonyms');
SELECT is((SELECT count(DISTINCT p::uuid) FROM made), 1000000::bigint, 'and a million UUIDs');
SELECT is((SELECT count(*) FROM made WHERE uuid_send(p::uuid)::text !~ '^\\x.{12}8.{3}[89ab]'), 0::bigint, 'of version 8 and the variant of RFC 9562');
SELECT ok((SELECT max(n) < 4400 AND min(n) > 3500 FROM (SELECT count(*) AS n FROM made GROUP BY get_byte(pseudonym_send(p), 8)) x), 'the first byte of the body is spread evenly');
SELECT is((SELECT count(*) FROM made WHERE i <= 100000 AND (p::text::pseudonym <> p OR pseudonym_problem(p::text) IS NOT NULL OR pseudonym_domain(p) <> domain_tag('crm') OR pseudonym_version(p) <> 3 OR pseudonym_kind(p) <> 'text')), 0::bigint,
	'text is read as what was written');

-- the same identifiers in every domain and under every version
CREATE TABLE domain AS SELECT domain, erasable FROM keyring_domains() WHERE limit_uses IS NULL;
CREATE TABLE spread AS
SELECT i, d.domain, v.version, k.kind, CASE k.kind WHEN 'text' THEN pseudonym('user_id:' || i, d.domain, v.version) WHEN 'identifier' THEN pseudonym(identifier('user_id:' || i), d.domain, v.version)
	WHEN 'email' THEN pseudonym(email('u' || i || '@example.com'), d.domain, v.version) ELSE pseudonym(phone('+4930' || 100000 + i), d.domain, v.version) END AS p
FROM generate_series(1, 2500) i, domain d, (VALUES (2), (3)) v(version), unnest('{text,identifier,email,phone}'::text[]) k(kind) WHERE NOT d.erasable;
SELECT cmp_ok((SELECT count(*) FROM spread), '>=', 50000::bigint, (SELECT count(*) FROM spread) || ' pseudonyms of domains, versions and kinds');
SELECT is((SELECT count(DISTINCT p) FROM spread), (SELECT count(*) FROM spread), 'no two are equal');
SELECT is((SELECT count(DISTINCT substr(pseudonym_send(p), 9)) FROM spread), (SELECT count(*) FROM spread), 'nor are two bodies: nobody can join what differs by its tag alone');
SELECT is((SELECT count(*) FROM spread WHERE pseudonym_version(p) <> version OR pseudonym_kind(p) <> kind OR pseudonym_domain(p) <> domain_tag(domain)), 0::bigint, 'each says where it comes from');
SELECT is((SELECT count(*) FROM spread WHERE version = 3 AND kind = 'email' AND p <> pseudonym(email('u' || i || '@example.com'), domain)), 0::bigint, 'the active version is the one without a number');

-- one identifier, one pseudonym
CREATE TABLE address AS SELECT i, ('Jane.Doe' || i || '@Example.COM') AS typed FROM generate_series(1, 10000) i;
SELECT is((SELECT count(*) FROM address WHERE pseudonym(email(typed), 'crm') <> pseudonym(email(' ' || lower(typed) || ' '), 'crm') OR pseudonym(email(typed), 'crm') <> pseudonym(identifier('email:' || upper(typed)), 'crm')
	OR pseudonym(email(typed), 'crm') <> pseudonym(identifier('email', typed), 'crm')), 0::bigint, 'the spellings of an e-mail address agree, as email and as identifier');
SELECT is((SELECT count(*) FROM address WHERE pseudonym(email(replace(typed, 'Example.COM', 'gmail.com')), 'ads') <> pseudonym(email('janedoe' || i || '+tag@gmail.com'), 'ads')), 0::bigint, 'profile uid2: gmail.com without dots and tag');
SELECT is((SELECT count(*) FROM address WHERE pseudonym(email(replace(typed, 'Example.COM', 'gmail.com')), 'crm') = pseudonym(email('janedoe' || i || '+tag@gmail.com'), 'crm')), 0::bigint, 'profile plain: they are two');
SELECT is((SELECT count(*) FROM address WHERE pseudonym(email(replace(typed, 'Example.COM', 'googlemail.com')), 'loyalty') <> pseudonym(email('janedoe' || i || '@gmail.com'), 'loyalty')), 0::bigint, 'profile provider: googlemail.com is gmail.com');
SELECT is((SELECT count(*) FROM generate_series(1, 10000) i WHERE pseudonym(phone('030 ' || 1000000 + i, 'DE'), 'crm') <> pseudonym(identifier('phone', '+49 (30) ' || 1000000 + i), 'crm')), 0::bigint, 'the spellings of a phone number agree, as phone and as identifier');
SELECT is((SELECT count(*) FROM generate_series(1, 10000) i WHERE pseudonym(identifier('a' || i || ':b' || i), 'crm') = pseudonym(identifier('a:' || i || 'b' || i), 'crm') OR pseudonym(identifier('ab:' || i), 'crm') = pseudonym(identifier('a:b' || i), 'crm')), 0::bigint,
	'(ab, c) is not (a, bc)');
SELECT is(pseudonym(convert_from('\xc3a9', 'UTF8'), 'crm') = pseudonym(convert_from('\x65cc81', 'UTF8'), 'crm'), false, 'a text is taken as it is, in no normal form');

-- by pgcrypto: HKDF (RFC 5869) with no salt and one block, then HMAC
CREATE FUNCTION field(t text) RETURNS bytea LANGUAGE sql AS $$SELECT substr(int4send(octet_length(t)), 3) || convert_to(t, 'UTF8')$$;
CREATE FUNCTION derived(master bytea, label text, tenant text, purpose text, recipient text, kind text, epoch text) RETURNS bytea LANGUAGE sql AS
$$SELECT hmac(field(label) || field(tenant) || field(purpose) || field(recipient) || field(kind) || field(epoch) || '\x01'::bytea, hmac(master, ''::bytea, 'sha256'), 'sha256')$$;
CREATE TABLE master (version int, key bytea);
INSERT INTO master VALUES (2, '\x4e87c3318406ab47c427909c5929ea564ac145ecfccd61f9d8ab89a644d327db'), (3, '\x5553a2fccbc689ab013b23482cf0ed4dc7b3bb7e02140d176ad2ccd9fda32186');
CREATE TABLE state AS SELECT version, d.domain, k.kind, derived(key, 'omni pseudonym v1', 'omni', d.purpose, d.recipient, k.kind, '1') AS key
FROM master, (VALUES ('ads', 'advertising', 'partner'), ('crm', 'service', 'own'), ('loyalty', 'loyalty', 'own')) d(domain, purpose, recipient), unnest('{text,identifier,email,phone}'::text[]) k(kind);
SELECT is((SELECT count(*) FROM spread s JOIN state t USING (domain, version, kind) WHERE pseudonym_send(s.p) <> decode(domain_tag(domain), 'hex') || substr(int4send(version), 3) || '\x01'::bytea
		|| set_byte('\x00', 0, array_position('{text,email,phone,identifier}'::text[], kind) - 1)
		|| substr(hmac('\x00000000'::bytea || convert_to(CASE kind WHEN 'text' THEN 'user_id:' || i WHEN 'identifier' THEN 'user_id:' || i WHEN 'email' THEN 'u' || i || '@example.com' ELSE '+4930' || 100000 + i END, 'UTF8'), t.key, 'sha256'), 1, 16)),
	0::bigint, 'every byte is what HKDF and HMAC of pgcrypto make');
SELECT is((SELECT count(*) FROM spread JOIN state USING (domain, version, kind)), (SELECT count(*) FROM spread), 'of ' || count(*) || ' pseudonyms') FROM spread;

-- subjects
CREATE TABLE subject AS SELECT i, subject_key_new() AS key FROM generate_series(1, 10000) i;
SELECT is((SELECT count(DISTINCT key) FROM subject), 10000::bigint, '10,000 subject keys differ');
SELECT is((SELECT count(DISTINCT pseudonym('the same', 'research', key)) FROM subject), 10000::bigint, 'the same value of 10,000 subjects has as many pseudonyms in an erasable domain');
SELECT is((SELECT count(*) FROM subject WHERE pseudonym('the same', 'research', key) <> pseudonym('the same', 'research', key, 3) OR pseudonym('the same', 'research', key, 2) = pseudonym('the same', 'research', key)), 0::bigint, 'each always the same, another under another version');
SELECT is((SELECT count(*) FROM subject WHERE pseudonym('the same', 'research', NULL::bytea) IS NOT NULL), 0::bigint, 'without a key there is none');
CREATE FUNCTION outcome(sql text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN EXECUTE sql; RETURN 'ok'; EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE; END $$;
SELECT is((SELECT string_agg(DISTINCT outcome(format('SELECT omni.pseudonym(%L, %L, %L::bytea)', 'x', 'research', set_byte(key, i % 51, (get_byte(key, i % 51) + 1 + i % 255) % 256))), ',') FROM subject WHERE i <= 2550 AND i % 51 NOT IN (1, 2)), '22023', 'a subject key with any byte changed is refused');
SELECT is((SELECT string_agg(DISTINCT outcome(format('SELECT omni.pseudonym(%L, %L, %L::bytea)', 'x', 'research', substr(key, 1, i - 1))), ',') FROM subject WHERE i <= 51), '22023', 'a subject key that is cut off is refused');
SELECT is(outcome('SELECT omni.pseudonym(''x'', ''research'')') || outcome('SELECT omni.pseudonym(''x'', ''crm'', omni.subject_key_new())'), '5500055000', 'an erasable domain wants a subject key, no other takes one');

-- damaged text
SELECT is((SELECT count(*) FROM made, generate_series(5, 46) at, LATERAL (SELECT overlay(p::text PLACING substr('0123456789abcdefghjkmnpqrstvwxyz', 1 + (i * 7 + at) % 32, 1) FROM at FOR 1) AS t) x WHERE i <= 1000 AND t <> p::text AND pseudonym_try(t) IS NOT NULL), 0::bigint,
	'a text with any character changed is refused');
SELECT is((SELECT count(*) FROM made, generate_series(5, 45) at, LATERAL (SELECT overlay(p::text PLACING reverse(substr(p::text, at, 2)) FROM at FOR 2) AS t) x WHERE i <= 1000 AND t <> p::text AND pseudonym_try(t) IS NOT NULL), 0::bigint,
	'a text with any two neighbors exchanged is refused');
-- order and hash
SELECT is((SELECT count(*) FROM (SELECT p, lag(p) OVER (ORDER BY p) AS before FROM spread) x WHERE pseudonym_send(before) >= pseudonym_send(p)), 0::bigint, 'the order is that of the bytes');
SELECT * FROM finish();
