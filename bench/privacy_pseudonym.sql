-- Pseudonyms of a million e-mail addresses beside pgcrypto's HMAC-SHA-256 with a constant key, and core's SHA-256 without one.
-- The floor is the scan. Rights are checked in every call; the domain limited counts uses too, for which the server is started
-- again with omni in shared_preload_libraries.
CREATE EXTENSION pgcrypto;
CREATE TABLE address AS SELECT omni.email(mail) AS email, mail, mail::bytea AS bytes, omni.phone('+4930' || 1000000 + i) AS phone
FROM (SELECT i, 'customer.' || i::bigint * 7919 || '@mail' || i % 50 || '.example.com' AS mail FROM generate_series(1, 1000000) i) x;
VACUUM ANALYZE address;
CREATE TABLE made AS SELECT omni.pseudonym(email, 'crm') AS p, omni.pseudonym(email, 'crm')::uuid AS u, omni.pseudonym(email, 'crm')::text AS t FROM address;
VACUUM ANALYZE made;
\set hmac 'SELECT count(public.hmac(bytes, ''\\x5553a2fccbc689ab013b23482cf0ed4dc7b3bb7e02140d176ad2ccd9fda32186''::bytea, ''sha256'')) FROM address'
\set floor 'SELECT count(bytes) FROM address'
\o /dev/null
SELECT bench.compare('pseudonym of an e-mail', '<= .55 (.22 with SHA extensions)', $$SELECT count(omni.pseudonym(email, 'crm')) FROM address$$, 'pgcrypto hmac', :'hmac', :'floor', 5);
SELECT bench.compare('pseudonym of an e-mail', NULL, $$SELECT count(omni.pseudonym(email, 'crm')) FROM address$$, 'sha256(), no key', 'SELECT count(sha256(bytes)) FROM address', :'floor', 5);
SELECT bench.compare('profile uid2', NULL, $$SELECT count(omni.pseudonym(email, 'ads')) FROM address$$, 'pgcrypto hmac', :'hmac', :'floor', 5);
SELECT bench.compare('pseudonym of a phone', NULL, $$SELECT count(omni.pseudonym(phone, 'crm')) FROM address$$, 'pgcrypto hmac', :'hmac', :'floor', 5);
SELECT bench.compare('sort a million', NULL, 'SELECT count(*) FROM (SELECT p FROM made ORDER BY p OFFSET 0) s', 'uuid', 'SELECT count(*) FROM (SELECT u FROM made ORDER BY u OFFSET 0) s', NULL, 3);
SELECT bench.compare('join a million with itself', NULL, 'SELECT count(*) FROM made a JOIN made b USING (p)', 'uuid', 'SELECT count(*) FROM made a JOIN made b USING (u)', NULL, 3);
\o
CREATE INDEX made_p ON made (p);
CREATE INDEX made_u ON made (u);
CREATE INDEX made_t ON made (t);
SELECT '# index of a million: pseudonym ' || pg_size_pretty(pg_relation_size('made_p')) || ', uuid ' || pg_size_pretty(pg_relation_size('made_u')) || ', text ' || pg_size_pretty(pg_relation_size('made_t'));
-- a library in another place is preloaded by its path
SELECT 'ALTER SYSTEM SET shared_preload_libraries = ' || quote_literal(coalesce((SELECT setting || (SELECT setting FROM pg_config WHERE name = 'PKGLIBDIR') || '/' FROM pg_settings WHERE name = 'extension_destdir' AND setting <> ''), '') || 'omni') \gexec
\! bash restart_server.sh 0
\c
SET max_parallel_workers_per_gather = 0;
\o /dev/null
SELECT bench.compare('pseudonym of an e-mail in a domain with a limit', '<= .55 (.22 with SHA extensions)', $$SELECT count(omni.pseudonym(email, 'limited')) FROM address$$, 'pgcrypto hmac', :'hmac', :'floor', 5);
\o
