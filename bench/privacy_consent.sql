-- Consent asked for each of 1,000,000 rows: by masks that hold until a time, beside the bare scan, joins, row-level security and a function in PL/pgSQL.
SET search_path = public, omni;
CREATE TABLE cust (id int PRIMARY KEY, tenant int NOT NULL, mask bigint NOT NULL, refused bigint NOT NULL, valid_until timestamptz NOT NULL, email email, spend numeric(10, 2));
INSERT INTO cust SELECT i, i % 20, coalesce((SELECT bit_or(purpose_mask((ARRAY['email_marketing', 'sms_marketing', 'analytics', 'profiling'])[p])) FILTER (WHERE (i * 31 + p * 17) % 10 < 7) FROM generate_series(1, 4) p), 0), 0, '2999-01-01Z',
    ('user' || i || '.' || left(md5(i::text), 8) || '@example' || i % 50 || '.com')::email, random() * 1000 FROM generate_series(1, 1000000) i;
CREATE TABLE consent_current (person int, purpose smallint, granted bool, PRIMARY KEY (person, purpose));
INSERT INTO consent_current SELECT i, p, (i * 31 + p * 17) % 10 < 7 FROM generate_series(1, 1000000) i, generate_series(1, 4) p;
CREATE TABLE cust_rls (LIKE cust INCLUDING ALL);
INSERT INTO cust_rls SELECT * FROM cust;
ALTER TABLE cust_rls ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON cust_rls USING (EXISTS (SELECT FROM consent_current x WHERE x.person = id AND x.purpose = 3 AND x.granted));
CREATE VIEW v_barrier WITH (security_barrier) AS SELECT id, tenant, spend FROM cust WHERE allows(mask, valid_until, 'analytics', statement_timestamp());
CREATE VIEW v_nothing WITH (security_barrier) AS SELECT id, tenant, spend FROM cust;
CREATE VIEW v_join WITH (security_barrier) AS SELECT c.id, tenant, spend FROM cust c JOIN consent_current x ON x.person = c.id AND x.purpose = 3 AND x.granted;
CREATE VIEW v_masked WITH (security_barrier) AS SELECT id, mask(email, NULL, permission(mask, refused, valid_until, 'analytics', 'crm', statement_timestamp())) AS email, tenant, spend FROM cust;
CREATE FUNCTION consent_ok(int, smallint) RETURNS bool LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE g bool; BEGIN SELECT granted INTO g FROM public.consent_current WHERE person = $1 AND purpose = $2; RETURN coalesce(g, false); END $$;
-- consents themselves, of a record with two decisions
CREATE TABLE full_consent AS SELECT i AS id, consent('shop', i::text, 'analytics', CASE WHEN i % 10 < 7 THEN 'given' ELSE 'refused' END, '2026-01-01Z') || consent('shop', i::text, 'email_marketing', 'given', '2026-01-01Z', expires_at => '2999-01-01Z') AS c FROM generate_series(1, 200000) i;
VACUUM (FREEZE, ANALYZE);

\set bare 'SELECT count(*), sum(tenant) FROM cust'
SELECT bench.compare('mask and valid_until, one call', '<= 1.35', 'SELECT count(*), sum(tenant) FROM cust WHERE allows(mask, valid_until, ''analytics'', statement_timestamp())', 'bare scan', :'bare');
SELECT bench.compare('mask and valid_until, two conditions', '<= 1.35', 'SELECT count(*), sum(tenant) FROM cust WHERE allows(mask, ''analytics'') AND valid_until > statement_timestamp()', 'bare scan', :'bare');
SELECT bench.compare('the same in a barrier view', '<= 1.35', 'SELECT count(*), sum(tenant) FROM v_barrier', 'barrier view, nothing tested', 'SELECT count(*), sum(tenant) FROM v_nothing');
SELECT bench.compare('permission of the masks is raw', 'information', 'SELECT count(*), sum(tenant) FROM cust WHERE permission(mask, refused, valid_until, ''analytics'', ''crm'', statement_timestamp()) >= ''raw:tcf_1''', 'bare scan', :'bare');
SELECT bench.compare('masked e-mail of all rows', 'information', 'SELECT count(email), sum(tenant) FROM v_masked', 'the e-mail itself', 'SELECT count(email::text), sum(tenant) FROM cust');
SELECT bench.compare('mask and valid_until', 'information', 'SELECT count(*), sum(tenant) FROM v_barrier', 'barrier view with a join', 'SELECT count(*), sum(tenant) FROM v_join', reps => 3);
CREATE ROLE bench_bi;
GRANT SELECT ON cust, cust_rls, consent_current, v_barrier TO bench_bi;
CREATE FUNCTION as_bi(query text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n bigint; BEGIN SET LOCAL ROLE bench_bi; EXECUTE query INTO n; RESET ROLE; RETURN n; END $$;
SELECT bench.compare('mask and valid_until', 'information', 'SELECT as_bi(''SELECT count(*) FROM v_barrier'')', 'row-level security, EXISTS', 'SELECT as_bi(''SELECT count(*) FROM cust_rls'')', reps => 3);
SELECT bench.compare('mask and valid_until, 100k rows', 'information', 'SELECT count(*) FROM v_barrier WHERE id <= 100000', 'PL/pgSQL function', 'SELECT count(*) FROM cust WHERE consent_ok(id, 3::smallint) AND id <= 100000', reps => 2);
SELECT bench.compare('allows(consent, ...), 200k values', 'information', 'SELECT count(*) FROM full_consent WHERE allows(c, ''analytics'', statement_timestamp())', 'jsonb of the same', 'SELECT count(*) FROM (SELECT c::text::jsonb AS j FROM full_consent OFFSET 0) x WHERE j -> ''decisions'' @> ''[{"purpose":"analytics","decision":"given"}]''', 'SELECT count(c) FROM full_consent', reps => 2);
SELECT bench.compare('consent_agg, 200k values into 20k', 'information', 'SELECT count(*) FROM (SELECT consent_agg(c) FROM full_consent GROUP BY id % 20000 OFFSET 0) x', 'array_agg', 'SELECT count(*) FROM (SELECT array_agg(c) FROM full_consent GROUP BY id % 20000 OFFSET 0) x', reps => 3);
