-- The ledger of consent: what an entry costs above the row that it is, and what is asked of it. The peer of a call is the plain INSERT of
-- the same row by one prepared statement, without state, chain, hash or check.
SET client_min_messages = warning;
SELECT omni.create_store('shop') \g /dev/null
CREATE TABLE public.plain (LIKE shop.consents INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
ALTER TABLE public.plain ADD PRIMARY KEY (source, record_id, ledger_no);
CREATE INDEX ON public.plain (chain_hash);
CREATE SEQUENCE public.turn;
CREATE TABLE public.batch (source text, record_id text, purpose text, decision text, at timestamptz, basis text, channel text, jurisdiction text);

CREATE FUNCTION public.calls(n integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE t bigint := nextval('public.turn');
BEGIN
    FOR i IN 1 .. n LOOP
        PERFORM shop.record_consent('web', t || '-' || i, 'email_marketing', 'given', '2026-01-01Z', '{"basis": "consent", "channel": "web", "jurisdiction": "DE"}');
    END LOOP;
END $$;
CREATE FUNCTION public.inserts(n integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE t bigint := nextval('public.turn');
BEGIN
    FOR i IN 1 .. n LOOP
        INSERT INTO public.plain (source, record_id, ledger_no, purpose, decision, event_at, basis, channel, jurisdiction, salt, commitment, chain_hash)
        VALUES ('web', t || '-' || i, 1, 'email_marketing', 'given', '2026-01-01Z', 'consent', 'web', 'DE', '\x00', '\x0000000000000000000000000000000000000000000000000000000000000000', int8send(t * 1000000 + i));
    END LOOP;
END $$;
CREATE FUNCTION public.ingest(n integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE t bigint := nextval('public.turn');
BEGIN
    TRUNCATE public.batch;
    INSERT INTO public.batch SELECT 'crm', t || '-' || i / 3, (ARRAY['email_marketing', 'analytics', 'sms_marketing'])[1 + i % 3], 'given', '2026-01-01Z', 'consent', 'web', 'DE' FROM generate_series(1, n) i;
    PERFORM shop.ingest_consents('public.batch', 'crm');
END $$;
CREATE FUNCTION public.insert_select(n integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE t bigint := nextval('public.turn');
BEGIN
    INSERT INTO public.plain (source, record_id, ledger_no, purpose, decision, event_at, basis, channel, jurisdiction, salt, commitment, chain_hash)
    SELECT 'crm', t || '-' || i / 3, 1 + i % 3, (ARRAY['email_marketing', 'analytics', 'sms_marketing'])[1 + i % 3], 'given', '2026-01-01Z', 'consent', 'web', 'DE', '\x00',
        '\x0000000000000000000000000000000000000000000000000000000000000000', int8send(t * 1000000 + i) FROM generate_series(1, n) i;
END $$;
SELECT bench.compare('1,000 decisions, a call each: ledger, chain, state and outbox', '', 'SELECT public.calls(1000)', 'plain INSERT', 'SELECT public.inserts(1000)', NULL, 3);
SELECT bench.compare('10,000 decisions in a batch', '', 'SELECT public.ingest(10000)', 'INSERT ... SELECT', 'SELECT public.insert_select(10000)', NULL, 3);
ANALYZE;
SELECT bench.compare('consent_as_of() of 1,000 records', '', 'SELECT count(*) FROM generate_series(1, 1000) i, shop.consent_as_of(''crm'', ''1-'' || i)',
    'DISTINCT ON over the ledger', 'SELECT count(*) FROM generate_series(1, 1000) i, LATERAL (SELECT DISTINCT ON (c.purpose) c.purpose, c.decision FROM shop.consents c WHERE c.source = ''crm'' AND c.record_id = ''1-'' || i AND c.event_at <= now() ORDER BY c.purpose, c.event_at DESC) x', NULL, 3);
SELECT '# ' || count(*) || ' entries in the ledger' FROM shop.consents;
SELECT bench.compare('verify_ledger() over all of it', '', 'SELECT count(*) FROM shop.verify_ledger()', 'sha256 of the rows as text', 'SELECT count(sha256(convert_to(c::text, ''UTF8''))) FROM shop.consents c', NULL, 3);
