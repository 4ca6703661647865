-- Domain tags need no keyring: they are functions of the name.
\set VERBOSITY default
SET search_path = public, omni;
SELECT domain_tag('ads'), domain_tag('crm'), domain_tag('a' || repeat('z', 62));
-- the first four bytes of SHA-256, as core computes it
SELECT name, domain_tag(name) = left(encode(sha256('omni domain 1'::bytea || '\x00'::bytea || name::bytea), 'hex'), 8) AS same
FROM (VALUES ('a'), ('ads'), ('partner_42'), ('a' || repeat('9', 62))) v(name);
-- what is no name is refused without being repeated: it may be a value in the wrong place
SELECT domain_tag('');
SELECT domain_tag('jane@example.com');
\echo :LAST_ERROR_SQLSTATE
SELECT domain_tag('a' || repeat('z', 63));
SELECT domain_tag('Ads');
SELECT domain_tag('4ads');
