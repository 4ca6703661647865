-- The ledger of consent against a replay of all that was ever said, entry by entry: 10,000 histories of records, told out of order,
-- repeated, one by one and in batches. What holds at a time by what was known at another is what the replay says, for records and for
-- customers that were merged; the pair of masks is that of the ledger, the chain is whole, and any single change in it is found.
SELECT plan(11);
\set histories 10000
SET client_min_messages = warning;
SET timezone = 'UTC';
SELECT setseed(.42);
SELECT omni.create_store('shop') IS NOT NULL AS made \gset

-- what is said of 10,000 records: 1 to 4 decisions each, of few purposes and days, so that many meet
CREATE TABLE public.said AS
SELECT row_number() OVER (ORDER BY random()) AS told, 's' || r % 3 AS source, 'r' || r AS record_id, (ARRAY['email_marketing', 'analytics', 'local_2'])[1 + floor(random() * 3)::int] AS purpose, d.decision,
    timestamptz '2026-01-01Z' + floor(random() * 6) * interval '1 day' AS at, CASE WHEN d.decision = 'given' AND random() < .4 THEN timestamptz '2026-01-01Z' + (6 + floor(random() * 4)) * interval '1 day' END AS expires_at,
    d.decision = 'given' AND random() < .2 AS explicit, CASE WHEN random() < .5 THEN 'DE' END AS jurisdiction
FROM generate_series(1, :histories) r CROSS JOIN LATERAL generate_series(1, 1 + floor(random() * 4 + r * 0)::int) n
CROSS JOIN LATERAL (SELECT (ARRAY['given', 'given', 'given', 'refused', 'withdrawn', 'objected'])[1 + floor(random() * 6 + n * 0)::int] AS decision) d;
-- some are said again later
INSERT INTO public.said SELECT told + 1000000, source, record_id, purpose, decision, at, expires_at, explicit, jurisdiction FROM public.said WHERE random() < .2;
-- told in four batches, and a few hundred one by one between them
CREATE TABLE public.batch AS SELECT source, record_id, purpose, decision, at, expires_at, explicit, jurisdiction FROM public.said WHERE false;
CREATE TABLE public.known (step integer, recorded_at timestamptz);
CREATE TABLE public.counts (new bigint, repeated bigint, rejected bigint);
DO $$
DECLARE s public.said; low bigint := 0; high bigint;
BEGIN
    FOR step IN 1 .. 4 LOOP
        high := CASE step WHEN 4 THEN 10000000 ELSE (SELECT max(told) FROM public.said WHERE told < 1000000) * step / 4 END;
        TRUNCATE public.batch;
        INSERT INTO public.batch SELECT source, record_id, purpose, decision, at, expires_at, explicit, jurisdiction FROM public.said WHERE told > low AND told <= high AND told % 100 <> 0;
        INSERT INTO public.counts SELECT i.new, i.repeated, i.rejected FROM shop.ingest_consents('public.batch', 'f') i;
        FOR s IN SELECT * FROM public.said WHERE told > low AND told <= high AND told % 100 = 0 ORDER BY told LOOP
            PERFORM shop.record_consent(s.source, s.record_id, s.purpose, s.decision, s.at, jsonb_strip_nulls(jsonb_build_object('expires_at', to_char(s.expires_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'explicit', s.explicit, 'jurisdiction', s.jurisdiction, 'source_kind', 'import')));
        END LOOP;
        INSERT INTO public.known VALUES (step, (SELECT max(recorded_at) FROM shop.consents));
        low := high;
    END LOOP;
END $$;
SELECT is(sum(rejected), 0::numeric, format('%s decisions of %s records were taken', (SELECT count(*) FROM public.said), :histories)) FROM public.counts;
SELECT is((SELECT count(*) FROM shop.consents), (SELECT count(*) FROM (SELECT DISTINCT source, record_id, purpose, decision, at, expires_at, explicit, jurisdiction FROM public.said) d), 'what is said again is one entry');
SELECT is_empty('SELECT * FROM shop.verify_ledger()', 'the chain of every record is whole');

-- the replay, in plain SQL: of each record and purpose the latest decision, on a tie the most restrictive, then the earlier expiry
CREATE FUNCTION public.replay(event_time timestamptz, knowledge_time timestamptz) RETURNS TABLE (source text, record_id text, purpose text, allowed boolean, refused boolean) LANGUAGE sql AS $$
    SELECT DISTINCT ON (c.source, c.record_id, c.purpose) c.source, c.record_id, c.purpose, c.decision = 'given' AND coalesce(c.expires_at > $1, true), c.decision <> 'given'
    FROM shop.consents c WHERE c.event_at <= $1 AND c.recorded_at <= $2
    ORDER BY c.source, c.record_id, c.purpose, c.event_at DESC, array_position('{objected,refused,withdrawn,given}'::text[], c.decision), c.explicit, c.expires_at
$$;
CREATE TABLE public.moments AS SELECT step, recorded_at, timestamptz '2026-01-01Z' + e * interval '36 hours' AS event_time FROM public.known, generate_series(0, 6) e;
CREATE TABLE public.differences AS
WITH sample AS (SELECT DISTINCT source, record_id FROM public.said)
SELECT m.step, m.event_time, s.source, s.record_id FROM (SELECT s.*, row_number() OVER (ORDER BY source, record_id) AS n FROM sample s) s
JOIN (SELECT m.*, row_number() OVER (ORDER BY step, event_time) AS n, count(*) OVER () AS many FROM public.moments m) m ON m.n - 1 = s.n % m.many
WHERE (SELECT string_agg(concat_ws(' ', a.purpose, a.allowed, a.refused), ',' ORDER BY a.purpose COLLATE "C") FROM shop.consent_as_of(s.source, s.record_id, m.event_time, m.recorded_at) a)
    IS DISTINCT FROM (SELECT string_agg(concat_ws(' ', x.purpose, x.allowed, x.refused), ',' ORDER BY x.purpose COLLATE "C") FROM
        (SELECT DISTINCT ON (c.purpose) c.purpose, c.decision = 'given' AND coalesce(c.expires_at > m.event_time, true) AS allowed, c.decision <> 'given' AS refused FROM shop.consents c
         WHERE c.source = s.source AND c.record_id = s.record_id AND c.event_at <= m.event_time AND c.recorded_at <= m.recorded_at
         ORDER BY c.purpose, c.event_at DESC, array_position('{objected,refused,withdrawn,given}'::text[], c.decision), c.explicit, c.expires_at) x);
SELECT is(count(*), 0::bigint, format('as of %s pairs of times, each of %s histories is what the replay says', (SELECT count(*) FROM public.moments), :histories)) FROM public.differences;

-- the pair of the present
SELECT is_empty($$SELECT s.source, s.record_id FROM shop.consent_states s JOIN (SELECT r.source, r.record_id, coalesce(bit_or(CASE WHEN r.allowed THEN omni.purpose_mask(r.purpose) END), 0) AS allowed,
        coalesce(bit_or(CASE WHEN r.refused THEN omni.purpose_mask(r.purpose) END), 0) AS refused FROM public.replay(now(), 'infinity') r GROUP BY 1, 2) r USING (source, record_id)
    WHERE (CASE WHEN s.valid_until > now() THEN s.allowed ELSE omni.consent_mask(s.consent, now()) END, s.refused) IS DISTINCT FROM (r.allowed, r.refused)$$, 'the masks of every record are those of the replay');
SELECT is_empty($$SELECT s.source, s.record_id FROM shop.consent_states s WHERE s.consent <> (SELECT omni.consent_agg(omni.consent(c.source, c.record_id, c.purpose, c.decision, c.event_at, c.basis, c.channel, c.jurisdiction, c.expires_at, c.proof, c.explicit))
    FROM shop.consents c WHERE c.source = s.source AND c.record_id = s.record_id)$$, 'the consent of every record is that of its ledger');

-- customers: of three records each, of three sources
INSERT INTO shop.evidence SELECT ('person:' || substr(s.record_id, 2)::int / 3)::omni.identifier, s.source, s.record_id, '2026-01-01Z' FROM (SELECT DISTINCT source, record_id FROM public.said) s;
SELECT records FROM shop.rebuild_identities() \gset
SELECT is_empty($$WITH want AS (
        SELECT r.customer_id, x.purpose, bool_or(x.allowed) AS granted, bool_or(x.refused) AS refusal, max(l.event_at) FILTER (WHERE x.refused) AS refused_at, max(l.event_at) FILTER (WHERE x.allowed AND l.explicit) AS explicit_at
        FROM public.replay(now(), 'infinity') x JOIN shop.source_records r USING (source, record_id)
        CROSS JOIN LATERAL (SELECT c.event_at, c.explicit FROM shop.consents c WHERE c.source = x.source AND c.record_id = x.record_id AND c.purpose = x.purpose
            ORDER BY c.event_at DESC, array_position('{objected,refused,withdrawn,given}'::text[], c.decision), c.explicit, c.expires_at LIMIT 1) l GROUP BY 1, 2)
    SELECT w.customer_id, w.purpose FROM want w JOIN shop.customer_consents c USING (customer_id)
    WHERE omni.allows(c.allowed, w.purpose) <> (w.granted AND (NOT w.refusal OR coalesce(w.explicit_at > w.refused_at, false)))
        OR omni.allows(c.refused, w.purpose) <> (w.refusal AND NOT coalesce(w.explicit_at > w.refused_at, false))$$, 'a customer allows what one record grants and none refuses, but for explicit grants that came later');
SELECT is((SELECT count(*) FROM shop.customer_consents), (SELECT count(DISTINCT customer_id) FROM shop.source_records), 'every customer has a consent');

-- any change in the chain is found, at the record where it was made
CREATE FUNCTION public.found(change text, source text, record_id text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE hit boolean;
BEGIN
    BEGIN
        EXECUTE change USING source, record_id;
        hit := EXISTS (SELECT FROM shop.verify_ledger() v WHERE v.source = $2 AND v.record_id = $3) AND NOT EXISTS (SELECT FROM shop.verify_ledger() v WHERE v.source <> $2 OR v.record_id <> $3);
        RAISE EXCEPTION USING ERRCODE = 'P0001', MESSAGE = hit::text;
    EXCEPTION WHEN raise_exception THEN
        RETURN SQLERRM::boolean;
    END;
END $$;
DELETE FROM shop.consents WHERE substr(record_id, 2)::int > 100;
DELETE FROM shop.consent_states WHERE substr(record_id, 2)::int > 100;
SELECT is_empty('SELECT * FROM shop.verify_ledger()', 'what is left is whole');
SELECT is((SELECT count(*) FROM (SELECT DISTINCT source, record_id FROM shop.consents WHERE substr(record_id, 2)::int <= 6) c CROSS JOIN unnest(ARRAY[
    'UPDATE shop.consents c SET decision = CASE c.decision WHEN ''given'' THEN ''refused'' ELSE ''given'' END, expires_at = NULL WHERE c.source = $1 AND c.record_id = $2 AND c.ledger_no = 1',
    'UPDATE shop.consents c SET event_at = c.event_at - interval ''1 us'' WHERE c.source = $1 AND c.record_id = $2 AND c.ledger_no = 1',
    'UPDATE shop.consents c SET recorded_at = c.recorded_at - interval ''1 us'' WHERE c.source = $1 AND c.record_id = $2 AND c.ledger_no = 1',
    'UPDATE shop.consents c SET proof = ''x'' WHERE c.source = $1 AND c.record_id = $2 AND c.ledger_no = 1',
    'UPDATE shop.consents c SET salt = ''\x00'' WHERE c.source = $1 AND c.record_id = $2 AND c.ledger_no = 1',
    'UPDATE shop.consents c SET commitment = ''\x00'' WHERE c.source = $1 AND c.record_id = $2 AND c.ledger_no = 1',
    'DELETE FROM shop.consents c WHERE c.source = $1 AND c.record_id = $2 AND c.ledger_no = 1',
    'DELETE FROM shop.consents c WHERE c.source = $1 AND c.record_id = $2 AND c.ledger_no = (SELECT max(x.ledger_no) FROM shop.consents x WHERE x.source = $1 AND x.record_id = $2)',
    'INSERT INTO shop.consents (source, record_id, ledger_no, purpose, decision, event_at, salt, commitment, chain_hash) SELECT c.source, c.record_id, c.ledger_no + 1, c.purpose, c.decision, c.event_at, c.salt, c.commitment, c.chain_hash FROM shop.consents c WHERE c.source = $1 AND c.record_id = $2 ORDER BY c.ledger_no DESC LIMIT 1'
    ]) change WHERE NOT public.found(change, c.source, c.record_id)), 0::bigint, '9 kinds of changes to each of 6 records are found, and nothing else');
SELECT is((SELECT count(*) FROM shop.consents c WHERE NOT shop.verify_receipt(shop.consent_receipt(c.source, c.record_id, c.ledger_no))), 0::bigint, 'every entry has a receipt that proves it');
SELECT * FROM finish();
