-- Pseudonyms as values: tags, text form, order, casts, refusals. Nothing here needs a keyring.
\set VERBOSITY default
SET search_path = public, omni;

-- tags are functions of the name: the first four bytes of SHA-256, as core computes it
SELECT domain_tag('ads'), domain_tag('crm'), domain_tag('a' || repeat('z', 62));
SELECT name, domain_tag(name) = left(encode(sha256('omni domain 1'::bytea || '\x00'::bytea || name::bytea), 'hex'), 8) AS same
FROM (VALUES ('a'), ('ads'), ('partner_42'), ('a' || repeat('9', 62))) v(name);
-- what is no name is refused without being repeated: it may be a value in the wrong place
SELECT domain_tag('');
SELECT domain_tag('jane@example.com');
\echo :LAST_ERROR_SQLSTATE
SELECT domain_tag('a' || repeat('z', 63));
SELECT domain_tag('Ads');
SELECT domain_tag('4ads');

-- the text form
CREATE TEMP TABLE p (n int, v pseudonym);
INSERT INTO p VALUES (1, 'ps1:8vyfeq800c0g2tg6yn58dhe7d1h637qp16g6155v64'), (2, 'ps1:pzr1g8000c0g65w53dczvakjghv88jzwvgssba4864'), (3, NULL);
INSERT INTO p SELECT 4, v::text::pseudonym FROM p WHERE n = 1;
INSERT INTO p SELECT 5, upper(' ' || v::text || E'\n')::pseudonym FROM p WHERE n = 1;
SELECT * FROM p ORDER BY n;
SELECT n, pseudonym_domain(v), pseudonym_domain(v) = domain_tag('crm') AS crm, pseudonym_version(v), pseudonym_kind(v), uuid(v), v::uuid = uuid(v) AS cast, length(v::text), pg_column_size(v) FROM p WHERE n < 3 ORDER BY n;
SELECT encode(pseudonym_send(v), 'hex') FROM p WHERE n = 1;

-- what is none
SELECT t, pseudonym_problem(t), pseudonym_try(t) FROM (VALUES ('ps1:8vyfeq800c0g2tg6yn58dhe7d1h637qp16g6155v64'), (''), ('ps1'), ('ps1:'), ('ps2:8vyfeq800c0g2tg6yn58dhe7d1h637qp16g6155v64'), ('jane@example.com'),
	('ps1:8vyfeq800c0g2tg6yn58dhe7d1h637qp16g6155v6'), ('ps1:8vyfeq800c0g2tg6yn58dhe7d1h637qp16g6155v640'), ('ps1:8vyfeq800c0g2tg6yn58dhe7d1h637qp16g6155v65'), ('ps1:8vyfeq800c0g2tg6yn58dhe7d1h637qp16g6155v46'),
	('ps1:8vyfeq800c0g2tg6yn58dhe7d1h637qp16g6155v6l'), ('ps1:8vyfeq800c0g2tg6yn58dhe7d1h637qp16g6155v6' || chr(228)), (NULL)) x(t);
SELECT 'jane@example.com'::pseudonym;
\echo :LAST_ERROR_SQLSTATE
SELECT pseudonym('ps1:8vyfeq800c0g2tg6yn58dhe7d1h637qp16g6155v65');
INSERT INTO p VALUES (6, 'ps1:8vyfeq800c0g2tg6yn58dhe7d1h637qp16g6155v66');

-- order, with each other and with strings, under any search_path
SET search_path = '';
SELECT a.n, b.n, a.v = b.v AS eq, a.v <> b.v AS ne, a.v < b.v AS lt, a.v <= b.v AS le, a.v > b.v AS gt, a.v >= b.v AS ge, a.v IS DISTINCT FROM b.v AS distinct FROM pg_temp.p a, pg_temp.p b WHERE a.n <= 4 AND b.n <= 2 ORDER BY 1, 2;
SELECT n, v = b AS eq, v <> b AS ne, v < b AS lt, v <= b AS le, v > b AS gt, v >= b AS ge FROM pg_temp.p, pg_catalog.upper('ps1:8vyfeq800c0g2tg6yn58dhe7d1h637qp16g6155v64') b WHERE n <= 2 ORDER BY n;
SELECT n FROM pg_temp.p WHERE v = 'ps1:pzr1g8000c0g65w53dczvakjghv88jzwvgssba4864' OR v = ANY ('{ps1:8vyfeq800c0g2tg6yn58dhe7d1h637qp16g6155v64}'::text[]) ORDER BY n;
SELECT omni.min(v), omni.max(v), pg_catalog.count(DISTINCT v) FROM pg_temp.p;
RESET search_path;
SET search_path = public, omni;
CREATE TEMP TABLE many AS SELECT ('ps1:' || t)::pseudonym AS v FROM (VALUES ('8vyfeq800c0g2tg6yn58dhe7d1h637qp16g6155v64')) x(t), generate_series(1, 1000);
INSERT INTO many SELECT v FROM p WHERE n = 2;
CREATE INDEX many_btree ON many (v);
CREATE INDEX many_hash ON many USING hash (v);
ANALYZE many;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
EXPLAIN (COSTS off) SELECT * FROM many WHERE v > 'ps1:8vyfeq800c0g2tg6yn58dhe7d1h637qp16g6155v64'::text;
SELECT v FROM many WHERE v > 'ps1:8vyfeq800c0g2tg6yn58dhe7d1h637qp16g6155v64'::text;
RESET enable_seqscan;
RESET enable_bitmapscan;
SELECT count(*), count(DISTINCT a.v) FROM many a JOIN many b USING (v) WHERE a.v > 'ps1:8vyfeq800c0g2tg6yn58dhe7d1h637qp16g6155v64'::text;

-- nobody but who installed it may execute a keyed function, and no keyed function is hidden in an operator or a cast
SELECT p.oid::regprocedure AS keyed FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = 'omni' AND (p.proname IN ('subject_key_new', 'keyring_domains') OR p.proname = 'pseudonym' AND p.pronargs > 1) AND NOT EXISTS (SELECT FROM aclexplode(p.proacl) a WHERE a.grantee = 0) ORDER BY p.oid::regprocedure::text COLLATE "C";
CREATE ROLE regress_pseudonym_reader;
SET ROLE regress_pseudonym_reader;
SELECT pseudonym('x', 'crm');
\echo :LAST_ERROR_SQLSTATE
SELECT subject_key_new();
SELECT pseudonym_domain('ps1:8vyfeq800c0g2tg6yn58dhe7d1h637qp16g6155v64');
\set VERBOSITY sqlstate
SHOW omni.keyring_file;
\set VERBOSITY default
SET omni.keyring_file = '/tmp/keyring';
\echo :LAST_ERROR_SQLSTATE
SET omni.keyring_command = 'cat /tmp/keyring';
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
DROP ROLE regress_pseudonym_reader;
SET omni.keyring_file = '/tmp/keyring';
\echo :LAST_ERROR_SQLSTATE
