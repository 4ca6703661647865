-- privacy.sql: what customers allowed and refused. The ledger says it of each record of a source; what a customer allows is what the
-- records do that are the customer's now, so that merges and splits change nothing here.

/*
 * One entry a decision. Entries of a record are numbered without a gap, and each is bound to the one before it; who writes holds the
 * record's row of consent_states, and takes these rows ascending by source and record_id by bytes, so that no two wait for each other
 * in a circle. What is there already, word for word, is not written again.
 */
CREATE OR REPLACE FUNCTION @store@.write_consents(decisions jsonb, OUT written bigint, OUT repeated bigint, OUT last_no bigint)
    RETURNS record LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    known_at timestamptz;
    d record;
    head @store@.consent_states;
    salt bytea;
    commitment bytea;
BEGIN
    INSERT INTO @store@.consent_states (source, record_id)
    SELECT d.source, d.record_id FROM jsonb_to_recordset(decisions) d(source text, record_id text) GROUP BY d.source, d.record_id ORDER BY d.source COLLATE "C", d.record_id COLLATE "C"
    ON CONFLICT DO NOTHING;
    -- no record has an entry that is known later, whatever the clock does
    known_at := '-infinity';
    FOR d IN SELECT d.source, d.record_id FROM jsonb_to_recordset(decisions) d(source text, record_id text) GROUP BY d.source, d.record_id ORDER BY d.source COLLATE "C", d.record_id COLLATE "C" LOOP
        SELECT greatest(known_at, s.recorded_at) INTO known_at FROM @store@.consent_states s WHERE s.source = d.source AND s.record_id = d.record_id FOR NO KEY UPDATE;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'serialization_failure', MESSAGE = 'a record was erased at the same time', HINT = 'Try again.';
        END IF;
    END LOOP;
    known_at := greatest(clock_timestamp(), known_at);
    written := 0;
    FOR d IN
        SELECT x.* FROM (SELECT DISTINCT ON (d.source, d.record_id, s.said) d.*, s.said
            FROM jsonb_to_recordset(decisions) d(source text, record_id text, purpose text, decision text, event_at timestamptz, expires_at timestamptz, basis text, channel text, jurisdiction text, explicit boolean,
                source_kind text, collection_method text, controller text, notice_id text, notice_version text, notice_language text, notice_hash text, proof text, actor text, details jsonb)
            CROSS JOIN LATERAL (SELECT omni.store_consent_said(d.source, d.record_id, d.purpose, d.decision, d.event_at, d.expires_at, d.basis, d.channel, d.jurisdiction, d.explicit, d.source_kind,
                d.collection_method, d.controller, d.notice_id, d.notice_version, d.notice_language, d.notice_hash, d.proof, d.details) AS said OFFSET 0) s
            ORDER BY d.source, d.record_id, s.said) x
        WHERE (SELECT true FROM @store@.consents c WHERE c.source = x.source AND c.record_id = x.record_id AND c.purpose = x.purpose AND c.decision = x.decision AND c.event_at = x.event_at
            AND omni.store_consent_said(c.source, c.record_id, c.purpose, c.decision, c.event_at, c.expires_at, c.basis, c.channel, c.jurisdiction, c.explicit, c.source_kind,
                c.collection_method, c.controller, c.notice_id, c.notice_version, c.notice_language, c.notice_hash, c.proof, c.details) = x.said LIMIT 1) IS NULL
        ORDER BY x.source, x.record_id, x.event_at, x.said LOOP
        IF (d.source, d.record_id) IS DISTINCT FROM (head.source, head.record_id) THEN
            UPDATE @store@.consent_states s SET consent = head.consent, allowed = e.allowed, refused = e.refused, valid_until = e.valid_until, ledger_no = head.ledger_no, chain_hash = head.chain_hash, recorded_at = known_at
            FROM omni.consent_state(head.consent, known_at) e WHERE s.source = head.source AND s.record_id = head.record_id;
            SELECT s.* INTO head FROM @store@.consent_states s WHERE s.source = d.source AND s.record_id = d.record_id;
        END IF;
        salt := decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex');
        commitment := omni.store_commitment(salt, concat_ws(E'\n', d.said, d.actor));
        head.ledger_no := head.ledger_no + 1;
        head.chain_hash := omni.store_chain_hash(head.chain_hash, head.ledger_no, known_at, commitment);
        head.consent := coalesce(head.consent OPERATOR(omni.||) omni.consent(d.source, d.record_id, d.purpose, d.decision, d.event_at, d.basis, d.channel, d.jurisdiction, d.expires_at, d.proof, d.explicit),
            omni.consent(d.source, d.record_id, d.purpose, d.decision, d.event_at, d.basis, d.channel, d.jurisdiction, d.expires_at, d.proof, d.explicit));
        INSERT INTO @store@.consents (source, record_id, ledger_no, purpose, decision, event_at, recorded_at, expires_at, basis, channel, jurisdiction, explicit, source_kind, collection_method, controller,
            notice_id, notice_version, notice_language, notice_hash, proof, actor, details, salt, commitment, chain_hash)
        VALUES (d.source, d.record_id, head.ledger_no, d.purpose, d.decision, d.event_at, known_at, d.expires_at, d.basis, d.channel, d.jurisdiction, d.explicit, d.source_kind, d.collection_method, d.controller,
            d.notice_id, d.notice_version, d.notice_language, d.notice_hash, d.proof, d.actor, d.details, salt, commitment, head.chain_hash);
        written := written + 1;
    END LOOP;
    UPDATE @store@.consent_states s SET consent = head.consent, allowed = e.allowed, refused = e.refused, valid_until = e.valid_until, ledger_no = head.ledger_no, chain_hash = head.chain_hash, recorded_at = known_at
    FROM omni.consent_state(head.consent, known_at) e WHERE s.source = head.source AND s.record_id = head.record_id;
    last_no := head.ledger_no;
    repeated := jsonb_array_length(decisions) - written;
END $$;
COMMENT ON FUNCTION @store@.write_consents(jsonb) IS 'for functions of the store: write decisions, each an object of columns of consents, into the ledger';

/* name of a purpose: of the vocabulary, or what the store calls one of its own */
CREATE OR REPLACE FUNCTION @store@.purpose_of(purpose text)
    RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    slot text := (SELECT min(l.purpose) FROM @store@.purpose_labels l WHERE l.label = purpose);
BEGIN
    IF slot IS NULL AND (purpose IS NULL OR NOT EXISTS (SELECT FROM omni.consent_purposes() p WHERE p.purpose = purpose)) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'unknown purpose',
            HINT = 'omni.consent_purposes() lists the purposes; set_purpose_label() names one of your own.';
    END IF;
    RETURN coalesce(slot, purpose);
END $$;
COMMENT ON FUNCTION @store@.purpose_of(text) IS 'the purpose of the vocabulary that a name or a label of the store''s own stands for';

CREATE OR REPLACE FUNCTION @store@.set_purpose_label(purpose text, label text, description text DEFAULT NULL)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    IF purpose IS NULL OR purpose !~ '^local_([1-9]|1[0-6])$' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'only purposes of your own have a label', HINT = 'These are local_1 to local_16.';
    ELSIF coalesce(label, '') !~ '^[a-z][a-z0-9_]{0,62}$' OR EXISTS (SELECT FROM omni.consent_purposes() p WHERE p.purpose = label)
            OR EXISTS (SELECT FROM @store@.purpose_labels l WHERE l.label = label AND l.purpose <> purpose) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the label cannot be a purpose of your own',
            HINT = 'Take a-z, 0-9 and _, at most 63 of them, and no name that a purpose has.';
    END IF;
    INSERT INTO @store@.purpose_labels AS l (purpose, label, description) VALUES (purpose, label, description)
    ON CONFLICT ON CONSTRAINT purpose_labels_pkey DO UPDATE SET label = excluded.label, description = excluded.description, changed_at = now();
END $$;
COMMENT ON FUNCTION @store@.set_purpose_label(text, text, text) IS 'name a purpose of the store''s own, local_1 to local_16; what was decided on it stays';

CREATE OR REPLACE FUNCTION @store@.record_consent(source text, record_id text, purposes text[], decision text, at timestamptz DEFAULT now(), options jsonb DEFAULT NULL, idempotency_key text DEFAULT NULL)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    names CONSTANT text[] := '{basis,channel,jurisdiction,expires_at,explicit,source_kind,collection_method,controller,notice_id,notice_version,notice_language,notice_hash,proof,actor,details}';
    -- a retry of what was decided now is decided now, too
    hash bigint := hashtextextended(jsonb_build_array(source, record_id, purposes, decision, extract(epoch FROM nullif(at, now())), options)::text, 0);
    answer jsonb;
    wrong text;
    decisions jsonb;
    number bigint;
BEGIN
    IF options IS NOT NULL AND jsonb_typeof(options) <> 'object' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the options of a decision have to be an object', HINT = '{"basis": "consent", "channel": "web", "jurisdiction": "DE", "notice_version": "7"}';
    END IF;
    SELECT string_agg(left(k, 64), ', ') INTO wrong FROM jsonb_object_keys(options) k WHERE k <> ALL (names);
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('unknown option of a decision: %s', wrong), HINT = format('Options are %s; whatever else a receipt says goes into details.', array_to_string(names, ', '));
    ELSIF coalesce(cardinality(purposes), 0) = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'no purpose is named', HINT = 'omni.consent_purposes() lists the purposes.';
    ELSIF coalesce(source, '') = '' OR coalesce(record_id, '') = '' OR greatest(octet_length(source), octet_length(record_id)) > 512 OR starts_with(record_id, '~erased/') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'a decision needs the source and the record_id of who decided', HINT = 'Both have 1 to 512 bytes, as in identify().';
    ELSIF at IS NULL OR decision IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'a decision, or its time, is NULL', HINT = 'A decision is given, refused, withdrawn or objected, at a time.';
    ELSIF options ? 'expires_at' AND options -> 'expires_at' <> 'null' AND omni.store_time(options ->> 'expires_at') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'option expires_at is no time', HINT = 'A time is a text of ISO 8601 with a zone, such as 2027-01-31T00:00:00Z.';
    ELSIF coalesce(jsonb_typeof(options -> 'explicit'), 'null') NOT IN ('boolean', 'null') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'option explicit is true or false', HINT = 'An explicit grant stands above what other records of the customer refused before.';
    ELSIF coalesce(options ->> 'source_kind', 'ui') NOT IN ('ui', 'tcf', 'gpp', 'gpc', 'agent', 'import') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'unknown source_kind of a decision', HINT = 'It is ui, tcf, gpp, gpc, agent or import.';
    END IF;
    IF EXISTS (SELECT FROM pg_class c WHERE c.relkind = 'v' AND c.oid IN ('@store@.consents'::regclass, '@store@.consent_states'::regclass, '@store@.outbox'::regclass)) THEN
        PERFORM @store@.need_own('consents', 'consent_states', 'outbox');
    END IF;
    answer := @store@.request_answer(idempotency_key, 'record_consent', hash);
    IF answer IS NULL THEN
        SELECT jsonb_agg(DISTINCT coalesce(jsonb_strip_nulls(options), '{}') || jsonb_build_object('source', source, 'record_id', record_id, 'purpose', @store@.purpose_of(p), 'decision', decision, 'event_at', at,
            'explicit', coalesce((options -> 'explicit')::boolean, false), 'source_kind', coalesce(options ->> 'source_kind', 'ui'), 'actor', concat_ws('/', current_user, options ->> 'actor'))) INTO decisions
        FROM unnest(purposes) p;
        PERFORM @store@.check_residency(source, record_id);
        SELECT w.last_no INTO number FROM @store@.write_consents(decisions) w;
        IF number IS NULL THEN
            number := (SELECT max(c.ledger_no) FROM jsonb_to_recordset(decisions) d(purpose text) JOIN @store@.consents c ON c.source = source AND c.record_id = record_id AND c.purpose = d.purpose
                       WHERE c.decision = decision AND c.event_at = at);
        END IF;
        answer := jsonb_build_object('source', source, 'record_id', record_id, 'purposes', (SELECT jsonb_agg(d ->> 'purpose') FROM jsonb_array_elements(decisions) d), 'decision', decision, 'ledger_no', number);
        PERFORM @store@.request_done(idempotency_key, 'record_consent', NULL, hash, answer);
    END IF;
    RETURN (answer ->> 'ledger_no')::bigint;
END $$;
COMMENT ON FUNCTION @store@.record_consent(text, text, text[], text, timestamptz, jsonb, text) IS 'write what a record of a source decided (given, refused, withdrawn, objected) on purposes into the ledger. Returns the number of the last entry; what is there already is not written again';

CREATE OR REPLACE FUNCTION @store@.record_consent(source text, record_id text, purpose text, decision text, at timestamptz DEFAULT now(), options jsonb DEFAULT NULL, idempotency_key text DEFAULT NULL)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN @store@.record_consent(source, record_id, ARRAY[purpose], decision, at, options, idempotency_key);
END $$;
COMMENT ON FUNCTION @store@.record_consent(text, text, text, text, timestamptz, jsonb, text) IS 'write what a record of a source decided on a purpose into the ledger';

/* rows of the user's, in parts of a few thousand; what is refused is tried by itself, and goes to rejects with the reason */
CREATE OR REPLACE FUNCTION @store@.ingest_consents(batch regclass, feed text, OUT read bigint, OUT new bigint, OUT repeated bigint, OUT rejected bigint)
    RETURNS record LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    names CONSTANT text[] := '{source,record_id,purpose,decision,at,basis,channel,jurisdiction,expires_at,explicit,source_kind,collection_method,controller,notice_id,notice_version,notice_language,notice_hash,proof,actor,details}';
    relation record;
    columns text;
    wrong text;
    part record;
    d jsonb;
    w record;
    why text;
    purposes jsonb := (SELECT jsonb_object_agg(p.name, p.purpose) FROM (SELECT c.purpose AS name, c.purpose FROM omni.consent_purposes() c UNION ALL SELECT l.label, l.purpose FROM @store@.purpose_labels l) p);
    tagged boolean := EXISTS (SELECT FROM @store@.residency_tags);
BEGIN
    IF coalesce(feed, '') = '' OR octet_length(feed) > 512 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the feed of a batch has to be a text of 1 to 512 bytes', HINT = 'Name where the rows are from; rejects are kept under it.';
    END IF;
    SELECT r.relkind, format('%I.%I', ns.nspname, r.relname) AS name INTO relation FROM pg_class r JOIN pg_namespace ns ON ns.oid = r.relnamespace WHERE r.oid = batch;
    IF relation.relkind IS NULL OR relation.relkind NOT IN ('r', 'v', 'm', 'p', 'f') THEN
        RAISE EXCEPTION USING ERRCODE = 'wrong_object_type', MESSAGE = 'a batch has to be a table or a view', HINT = 'Land the feed in a table, and name that.';
    END IF;
    SELECT string_agg(n, ', ') INTO wrong FROM unnest(names[1:5]) n WHERE NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = batch AND a.attname = n AND a.attnum > 0 AND NOT a.attisdropped);
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'undefined_column', MESSAGE = format('the batch has no column %s', wrong), HINT = format('Columns of a batch are %s; the first five are needed.', array_to_string(names, ', '));
    END IF;
    SELECT string_agg(format('%s is %s', a.attname, format_type(a.atttypid, NULL)), ', ') INTO wrong FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = batch AND a.attname = ANY (names) AND a.attnum > 0 AND NOT a.attisdropped
        AND CASE a.attname WHEN 'at' THEN t.oid <> 'timestamptz'::regtype AND omni.store_column(t.oid, 'x', 'text') IS NULL WHEN 'expires_at' THEN t.oid <> 'timestamptz'::regtype AND omni.store_column(t.oid, 'x', 'text') IS NULL
                WHEN 'explicit' THEN t.oid <> 'boolean'::regtype WHEN 'details' THEN t.oid <> 'jsonb'::regtype ELSE omni.store_column(t.oid, 'x', 'text') IS NULL END;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'datatype_mismatch', MESSAGE = format('columns of the batch are of another type: %s', wrong),
            HINT = 'Make a view that casts them: times are timestamptz or text with a zone, explicit is boolean, details jsonb, the rest text.';
    END IF;
    PERFORM @store@.need_own('consents', 'consent_states', 'rejects');
    SELECT string_agg(format('%L, %s', a.attname, CASE WHEN a.atttypid IN ('boolean'::regtype, 'jsonb'::regtype, 'timestamptz'::regtype) THEN format('b.%I', a.attname) ELSE omni.store_column(a.atttypid, a.attname, 'text') END), ', ') INTO columns
    FROM pg_attribute a WHERE a.attrelid = batch AND a.attname = ANY (names) AND a.attnum > 0 AND NOT a.attisdropped;
    read := 0;
    new := 0;
    repeated := 0;
    rejected := 0;
    FOR part IN EXECUTE format('SELECT jsonb_agg(x.d ORDER BY x.n) AS rows FROM (SELECT d, row_number() OVER (ORDER BY d ->> ''source'' COLLATE "C", d ->> ''record_id'' COLLATE "C", d) AS n '
            'FROM (SELECT jsonb_strip_nulls(jsonb_build_object(%s)) AS d FROM %s b) b) x GROUP BY (x.n - 1) / 2000 ORDER BY (x.n - 1) / 2000', columns, relation.name) LOOP
        read := read + jsonb_array_length(part.rows);
        BEGIN
            SELECT * INTO w FROM @store@.write_consents((SELECT jsonb_agg(@store@.batch_decision(x, purposes, tagged)) FROM jsonb_array_elements(part.rows) x));
            new := new + w.written;
            repeated := repeated + w.repeated;
        EXCEPTION WHEN data_exception OR program_limit_exceeded OR integrity_constraint_violation THEN
            FOR d IN SELECT x FROM jsonb_array_elements(part.rows) x LOOP
                BEGIN
                    SELECT * INTO w FROM @store@.write_consents(jsonb_build_array(@store@.batch_decision(d, purposes, tagged)));
                    new := new + w.written;
                    repeated := repeated + w.repeated;
                EXCEPTION WHEN data_exception OR program_limit_exceeded OR integrity_constraint_violation THEN
                    GET STACKED DIAGNOSTICS why = MESSAGE_TEXT;
                    rejected := rejected + 1;
                    INSERT INTO @store@.rejects AS r (feed, record_id, column_name, reason, raw, digest)
                    VALUES (feed, coalesce(nullif(left(d ->> 'record_id', 128), ''), '?' || md5(d::text)), 'consent:' || coalesce(left(d ->> 'purpose', 64), ''), why, d, md5(d::text))
                    ON CONFLICT ON CONSTRAINT rejects_pkey DO UPDATE SET reason = excluded.reason, raw = excluded.raw, rejected_at = excluded.rejected_at, settled_at = NULL, digest = excluded.digest
                    WHERE r.digest IS DISTINCT FROM excluded.digest;
                END;
            END LOOP;
        END;
    END LOOP;
END $$;
COMMENT ON FUNCTION @store@.ingest_consents(regclass, text) IS 'take the rows of a table or view (source, record_id, purpose, decision, at and any other column of consents) as decisions, all at once; what is there already is repeated, what is none goes to rejects';

CREATE OR REPLACE FUNCTION @store@.batch_decision(d jsonb, purposes jsonb, tagged boolean)
    RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    at timestamptz := omni.store_time(d ->> 'at');
    expires_at timestamptz := omni.store_time(nullif(d ->> 'expires_at', 'infinity'));
BEGIN
    IF at IS NULL OR expires_at IS NULL AND coalesce(d ->> 'expires_at', 'infinity') <> 'infinity' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('%s of a decision is %s', CASE WHEN at IS NULL THEN 'the time' ELSE 'the expiry' END,
            coalesce(omni.store_time_problem(CASE WHEN at IS NULL THEN d ->> 'at' ELSE d ->> 'expires_at' END), 'missing')), HINT = 'A time is a timestamptz, or a text of ISO 8601 with a zone.';
    ELSIF coalesce(d ->> 'source', '') = '' OR coalesce(d ->> 'record_id', '') = '' OR greatest(octet_length(d ->> 'source'), octet_length(d ->> 'record_id')) > 512 OR starts_with(d ->> 'record_id', '~erased/') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'a decision needs the source and the record_id of who decided', HINT = 'Both have 1 to 512 bytes, as in identify().';
    END IF;
    IF tagged THEN
        PERFORM @store@.check_residency(d ->> 'source', d ->> 'record_id');
    END IF;
    IF purposes -> (d ->> 'purpose') IS NULL THEN
        PERFORM @store@.purpose_of(d ->> 'purpose');
    END IF;
    RETURN d - '{at,expires_at}'::text[] || jsonb_strip_nulls(jsonb_build_object('event_at', at, 'expires_at', expires_at, 'purpose', purposes -> (d ->> 'purpose'),
        'explicit', coalesce((d -> 'explicit')::boolean, false), 'source_kind', coalesce(d ->> 'source_kind', 'import'), 'actor', concat_ws('/', current_user, d ->> 'actor')));
END $$;
COMMENT ON FUNCTION @store@.batch_decision(jsonb, jsonb, boolean) IS 'for ingest_consents(): a row of a batch as a decision, after checking it';

/* what was known then of what holds then: entries of that time or before, known at that time or before */
CREATE OR REPLACE FUNCTION @store@.consent_as_of(source text, record_id text, event_time timestamptz DEFAULT now(), knowledge_time timestamptz DEFAULT 'infinity',
                                                 OUT purpose text, OUT allowed boolean, OUT refused boolean, OUT decided_at timestamptz, OUT decisions bigint)
    RETURNS SETOF record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT a.* FROM @store@.consents_as_of(jsonb_build_array(jsonb_build_array(consent_as_of.source, consent_as_of.record_id)), event_time, knowledge_time) a;
END $$;
COMMENT ON FUNCTION @store@.consent_as_of(text, text, timestamptz, timestamptz) IS 'what a record allowed and refused at a time, by what was known at another; a row for each purpose that it had decided on';

CREATE OR REPLACE FUNCTION @store@.consent_as_of(customer bigint, event_time timestamptz DEFAULT now(), knowledge_time timestamptz DEFAULT 'infinity',
                                                 OUT purpose text, OUT allowed boolean, OUT refused boolean, OUT decided_at timestamptz, OUT decisions bigint)
    RETURNS SETOF record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT a.* FROM @store@.consents_as_of(coalesce((SELECT jsonb_agg(jsonb_build_array(r.source, r.record_id)) FROM @store@.records_of(customer) r), '[]'), event_time, knowledge_time) a;
END $$;
COMMENT ON FUNCTION @store@.consent_as_of(bigint, timestamptz, timestamptz) IS 'what a customer allowed and refused at a time, by what was known at another: of the records that are the customer''s now';

CREATE OR REPLACE FUNCTION @store@.consents_as_of(records jsonb, event_time timestamptz, knowledge_time timestamptz, OUT purpose text, OUT allowed boolean, OUT refused boolean, OUT decided_at timestamptz, OUT decisions bigint)
    RETURNS SETOF record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH known AS MATERIALIZED (
        SELECT c.* FROM (SELECT DISTINCT x ->> 0 AS source, x ->> 1 AS record_id FROM jsonb_array_elements(records) x) r
        CROSS JOIN LATERAL (SELECT c.* FROM @store@.consents c WHERE c.source = r.source AND c.record_id = r.record_id AND c.purpose IS NOT NULL AND c.event_at <= event_time AND c.recorded_at <= knowledge_time OFFSET 0) c),
    effect AS MATERIALIZED (
        SELECT e.* FROM (SELECT omni.consent_agg(omni.consent(k.source, k.record_id, k.purpose, k.decision, k.event_at, k.basis, k.channel, k.jurisdiction, k.expires_at, k.proof, k.explicit)) AS consent FROM known k) v
        CROSS JOIN LATERAL omni.consent_state(v.consent, event_time) e)
    SELECT p.purpose, e.allowed & p.mask <> 0, e.refused & p.mask <> 0, p.decided_at, p.decisions
    FROM (SELECT k.purpose, omni.purpose_mask(k.purpose) AS mask, max(k.event_at) AS decided_at, count(*) AS decisions FROM known k GROUP BY k.purpose) p CROSS JOIN effect e ORDER BY p.purpose COLLATE "C";
END $$;
COMMENT ON FUNCTION @store@.consents_as_of(jsonb, timestamptz, timestamptz) IS 'for functions of the store: what [[source, record_id], ...] together allowed and refused at a time, by what was known at another';

CREATE OR REPLACE FUNCTION @store@.records_of(customer bigint, OUT source text, OUT record_id text)
    RETURNS SETOF record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    whose bigint := (SELECT coalesce(c.merged_into, c.customer_id) FROM @store@.customers c WHERE c.customer_id = customer);
BEGIN
    IF whose IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('there is no customer %s', coalesce(customer::text, 'NULL')), HINT = 'customer_of() says whose an identifier is.';
    END IF;
    RETURN QUERY SELECT s.source, s.record_id FROM @store@.customers c JOIN @store@.source_records s ON s.customer_id = c.customer_id WHERE c.customer_id = whose OR c.merged_into = whose
                 ORDER BY s.source COLLATE "C", s.record_id COLLATE "C";
END $$;
COMMENT ON FUNCTION @store@.records_of(bigint) IS 'the records that are a customer''s at present';

/* data that must not leave a region: who writes and who hands out asks here */
CREATE OR REPLACE FUNCTION @store@.check_residency(source text, record_id text, region text DEFAULT NULL)
    RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    bound text := (SELECT t.region FROM @store@.residency_tags t WHERE t.source = source AND t.record_id = record_id);
    here jsonb := (SELECT s.value FROM @store@.identity_settings s WHERE s.setting = 'residency');
BEGIN
    IF bound IS NOT NULL AND (region IS NOT NULL AND region <> bound OR region IS NULL AND NOT coalesce(here ? bound, true)) THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = format('a record of the customer must not leave region %s', bound),
            DETAIL = CASE WHEN region IS NULL THEN 'The store is not in that region.' ELSE format('The data would go to region %s.', left(region, 16)) END,
            HINT = 'Write it into a store that is there; tag_residency() changes the region of a record.';
    END IF;
END $$;
COMMENT ON FUNCTION @store@.check_residency(text, text, text) IS 'for functions of the store: refuse to write a record''s data into a store that is not in its region, or to hand it out to another one';

CREATE OR REPLACE FUNCTION @store@.set_residency(regions text[])
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    IF regions IS NULL OR EXISTS (SELECT FROM unnest(regions) r WHERE r IS NULL OR r !~ '^[A-Z][A-Z0-9-]{1,15}$') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the regions of a store have to be codes', HINT = 'A code is 2 to 16 of A-Z, 0-9 and -, such as EU or US-CA.';
    ELSIF EXISTS (SELECT FROM @store@.residency_tags t WHERE t.region <> ALL (regions)) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'records in the store must not leave another region', HINT = 'residency_tags has them: move them to a store that is there first.';
    END IF;
    INSERT INTO @store@.identity_settings AS s (setting, value) VALUES ('residency', to_jsonb(regions)) ON CONFLICT (setting) DO UPDATE SET value = excluded.value, changed_at = now();
END $$;
COMMENT ON FUNCTION @store@.set_residency(text[]) IS 'regions that this database is in, e.g. {EU}: records that must not leave another one are refused';

CREATE OR REPLACE FUNCTION @store@.tag_residency(source text, record_id text, region text)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    IF coalesce(source, '') = '' OR coalesce(record_id, '') = '' OR coalesce(region, '') !~ '^[A-Z][A-Z0-9-]{1,15}$' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'a residency tag needs a source, a record_id and the code of a region', HINT = 'A code is 2 to 16 of A-Z, 0-9 and -, such as EU or US-CA.';
    END IF;
    INSERT INTO @store@.residency_tags AS t (source, record_id, region) VALUES (source, record_id, region)
    ON CONFLICT ON CONSTRAINT residency_tags_pkey DO UPDATE SET region = excluded.region, tagged_by = current_user, tagged_at = now() WHERE t.region <> excluded.region;
    PERFORM @store@.check_residency(source, record_id);
END $$;
COMMENT ON FUNCTION @store@.tag_residency(text, text, text) IS 'say that data of a record must not leave a region; refused where the store is in none of that name';

/* how far the ledger of each record has come: whoever keeps the digest elsewhere finds out that entries were taken off the end */
CREATE OR REPLACE FUNCTION @store@.checkpoint_ledger(OUT checkpoint_no bigint, OUT records bigint, OUT digest text)
    RETURNS record LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM @store@.need_own('consent_checkpoints', 'consent_states');
    PERFORM pg_advisory_xact_lock(hashtextextended('omni.checkpoint ' || (parse_ident('@store@'))[1], 0));
    checkpoint_no := 1 + coalesce((SELECT max(k.checkpoint_no) FROM @store@.consent_checkpoints k), 0);
    INSERT INTO @store@.consent_checkpoints AS k (source, record_id, checkpoint_no, ledger_no, chain_hash)
    SELECT s.source, s.record_id, checkpoint_ledger.checkpoint_no, s.ledger_no, s.chain_hash FROM @store@.consent_states s
    WHERE s.ledger_no > 0 AND NOT EXISTS (SELECT FROM @store@.consent_checkpoints k WHERE k.source = s.source AND k.record_id = s.record_id AND k.ledger_no = s.ledger_no);
    GET DIAGNOSTICS records = ROW_COUNT;
    SELECT d.digest INTO digest FROM @store@.checkpoint_digests() d ORDER BY d.checkpoint_no DESC LIMIT 1;
    IF records = 0 THEN
        checkpoint_no := checkpoint_no - 1;
    END IF;
    -- a rollback or who changes the tables later does not reach the server's log
    RAISE LOG 'omni: checkpoint % of the ledger of consent of store %: %', checkpoint_no, (parse_ident('@store@'))[1], digest;
END $$;
COMMENT ON FUNCTION @store@.checkpoint_ledger() IS 'note how far the ledger of each record has come. The digest, which the server''s log has, too, is for verify_ledger(): keep it where nobody who writes the store can';

CREATE OR REPLACE FUNCTION @store@.checkpoint_digests(OUT checkpoint_no bigint, OUT digest text)
    RETURNS SETOF record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    k record;
    d bytea := sha256('omni checkpoints of consent 1'::bytea);
BEGIN
    FOR k IN SELECT c.checkpoint_no, string_agg(c.chain_hash || int8send(c.ledger_no), '' ORDER BY c.chain_hash) AS heads FROM @store@.consent_checkpoints c GROUP BY c.checkpoint_no ORDER BY c.checkpoint_no LOOP
        checkpoint_no := k.checkpoint_no;
        d := sha256(d || int8send(k.checkpoint_no) || k.heads);
        digest := encode(d, 'hex');
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION @store@.checkpoint_digests() IS 'for functions of the store: the digest of each checkpoint and all before it';

CREATE OR REPLACE FUNCTION @store@.verify_ledger(digest text DEFAULT NULL, OUT source text, OUT record_id text, OUT ledger_no bigint, OUT problem text)
    RETURNS SETOF record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH entry AS (
        SELECT c.*, lag(c.chain_hash) OVER w AS previous, lag(c.ledger_no, 1, 0::bigint) OVER w AS previous_no, lag(c.recorded_at) OVER w AS previous_at
        FROM @store@.consents c WINDOW w AS (PARTITION BY c.source, c.record_id ORDER BY c.ledger_no)),
    found AS MATERIALIZED (
        SELECT e.source, e.record_id, e.ledger_no, CASE
            WHEN e.ledger_no <> e.previous_no + 1 THEN 'an entry before it is missing'
            WHEN e.chain_hash <> omni.store_chain_hash(e.previous, e.ledger_no, e.recorded_at, e.commitment) THEN 'it is not the entry that was written after the one before it'
            WHEN e.recorded_at < e.previous_at THEN 'it was recorded before the entry before it'
            WHEN e.erased_at IS NULL AND e.commitment <> omni.store_commitment(e.salt, concat_ws(E'\n', omni.store_consent_said(e.source, e.record_id, e.purpose, e.decision, e.event_at, e.expires_at, e.basis, e.channel, e.jurisdiction,
                e.explicit, e.source_kind, e.collection_method, e.controller, e.notice_id, e.notice_version, e.notice_language, e.notice_hash, e.proof, e.details), e.actor)) THEN 'it does not say what was written'
            WHEN e.erased_at IS NOT NULL AND NOT EXISTS (SELECT FROM @store@.erasures x WHERE e.source = '~erased' AND e.record_id LIKE '~erased/' || x.erasure_id || '/%') THEN 'it was erased without subject_erase()'
            END AS problem
        FROM entry e),
    -- what a record's ledger should end with; what it says is read only where each entry is what was written, since others may say nothing that can be read
    ends AS (
        SELECT coalesce(s.source, l.source) AS source, coalesce(s.record_id, l.record_id) AS record_id, coalesce(s.ledger_no, l.ledger_no) AS ledger_no, CASE
            WHEN s.source IS NULL THEN 'the record has entries, and no row of consent_states'
            WHEN coalesce(l.ledger_no, 0) < s.ledger_no THEN 'entries are missing at the end'
            WHEN l.ledger_no > s.ledger_no OR l.chain_hash IS DISTINCT FROM s.chain_hash THEN 'consent_states does not know the last entry'
            WHEN said.consent IS DISTINCT FROM s.consent OR (s.allowed, s.refused, s.valid_until) IS DISTINCT FROM (coalesce(e.allowed, 0), coalesce(e.refused, 0), coalesce(e.valid_until, 'infinity'))
                THEN 'consent_states says something else than the entries' END AS problem
        FROM @store@.consent_states s
        LEFT JOIN (SELECT c.source, c.record_id, omni.consent_agg(omni.consent(c.source, c.record_id, c.purpose, c.decision, c.event_at, c.basis, c.channel, c.jurisdiction, c.expires_at, c.proof, c.explicit)) AS consent
                   FROM @store@.consents c WHERE c.erased_at IS NULL AND NOT EXISTS (SELECT FROM found f WHERE f.source = c.source AND f.record_id = c.record_id AND f.problem IS NOT NULL)
                   GROUP BY c.source, c.record_id) said ON said.source = s.source AND said.record_id = s.record_id
        LEFT JOIN LATERAL omni.consent_state(said.consent, s.recorded_at) e ON said.consent IS NOT NULL
        FULL JOIN (SELECT DISTINCT ON (c.source, c.record_id) c.source, c.record_id, c.ledger_no, c.chain_hash FROM @store@.consents c
                                                  ORDER BY c.source, c.record_id, c.ledger_no DESC) l ON l.source = s.source AND l.record_id = s.record_id),
    marks AS (
        SELECT k.source, k.record_id, k.ledger_no, format('checkpoint %s knows another entry', k.checkpoint_no) AS problem FROM @store@.consent_checkpoints k
        WHERE NOT EXISTS (SELECT FROM @store@.consents c WHERE c.source = k.source AND c.record_id = k.record_id AND c.ledger_no = k.ledger_no AND c.chain_hash = k.chain_hash))
    SELECT DISTINCT ON (p.source, p.record_id) p.source, p.record_id, p.ledger_no, p.problem
    FROM (SELECT f.*, 1 AS n FROM found f UNION ALL SELECT e.*, 2 FROM ends e UNION ALL SELECT m.*, 3 FROM marks m) p WHERE p.problem IS NOT NULL ORDER BY p.source, p.record_id, p.ledger_no, p.n;
    IF digest IS NOT NULL AND NOT EXISTS (SELECT FROM @store@.checkpoint_digests() d WHERE d.digest = lower(verify_ledger.digest)) THEN
        RETURN QUERY SELECT NULL::text, NULL::text, NULL::bigint, 'no checkpoint has this digest';
    END IF;
END $$;
COMMENT ON FUNCTION @store@.verify_ledger(text) IS 'the first entry of each record that is not what was written, where entries are missing, and whether the checkpoint of a digest that was kept is still there; no row: the ledger is whole';

/* what proves a decision to somebody who does not trust the database: the words and the salt, from which the commitment follows */
CREATE OR REPLACE FUNCTION @store@.consent_receipt(source text, record_id text, ledger_no bigint)
    RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    receipt jsonb;
BEGIN
    SELECT jsonb_build_object('receipt', 'omni consent 1', 'ledger_no', c.ledger_no, 'recorded_at', c.recorded_at, 'said', concat_ws(E'\n', omni.store_consent_said(c.source, c.record_id, c.purpose, c.decision, c.event_at, c.expires_at, c.basis, c.channel,
            c.jurisdiction, c.explicit, c.source_kind, c.collection_method, c.controller, c.notice_id, c.notice_version, c.notice_language, c.notice_hash, c.proof, c.details), c.actor),
        'salt', encode(c.salt, 'hex'), 'commitment', encode(c.commitment, 'hex'), 'chain_hash', encode(c.chain_hash, 'hex')) INTO receipt
    FROM @store@.consents c WHERE c.source = source AND c.record_id = record_id AND c.ledger_no = ledger_no AND c.erased_at IS NULL;
    IF receipt IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the ledger has no such entry', HINT = 'record_consent() returns the number of its entry; what was erased has no receipt any more.';
    END IF;
    RETURN receipt;
END $$;
COMMENT ON FUNCTION @store@.consent_receipt(text, text, bigint) IS 'the receipt of an entry of the ledger: what it says, and the salt, which prove it by verify_receipt() even after the entry was erased';

CREATE OR REPLACE FUNCTION @store@.verify_receipt(receipt jsonb)
    RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF receipt IS NULL OR receipt ->> 'receipt' IS DISTINCT FROM 'omni consent 1' OR coalesce(receipt ->> 'salt', '') !~ '^([0-9a-f]{2}){16,64}$' OR coalesce(receipt ->> 'chain_hash', '') !~ '^[0-9a-f]{64}$' OR receipt ->> 'said' IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'this is no receipt of a decision', HINT = 'consent_receipt() gives one.';
    END IF;
    RETURN EXISTS (SELECT FROM @store@.consents c WHERE c.chain_hash = decode(receipt ->> 'chain_hash', 'hex') AND c.commitment = omni.store_commitment(decode(receipt ->> 'salt', 'hex'), receipt ->> 'said'));
END $$;
COMMENT ON FUNCTION @store@.verify_receipt(jsonb) IS 'whether the ledger has the entry that a receipt is of, with these words: true after the entry was erased, too';

CREATE OR REPLACE VIEW @store@.customer_consents AS
SELECT c.customer_id, c.consent, e.allowed, e.refused, e.valid_until
FROM (SELECT coalesce(k.merged_into, k.customer_id) AS customer_id, omni.consent_agg(s.consent) AS consent
      FROM @store@.consent_states s JOIN @store@.source_records r ON r.source = s.source AND r.record_id = s.record_id JOIN @store@.customers k ON k.customer_id = r.customer_id
      WHERE s.consent IS NOT NULL GROUP BY 1) c
CROSS JOIN LATERAL omni.consent_state(c.consent, statement_timestamp()) e;
COMMENT ON VIEW @store@.customer_consents IS 'what each customer allows and refuses now: of the records that are the customer''s now, the most restrictive where they differ';
COMMENT ON COLUMN @store@.customer_consents.customer_id IS 'customer after all merges';
COMMENT ON COLUMN @store@.customer_consents.consent IS 'decisions of all its records';
COMMENT ON COLUMN @store@.customer_consents.allowed IS 'purposes that are allowed, a bit each';
COMMENT ON COLUMN @store@.customer_consents.refused IS 'purposes that are refused, a bit each';
COMMENT ON COLUMN @store@.customer_consents.valid_until IS 'when either changes by itself';

-- a customer's own rights: what is known of somebody, and that it goes

/* relations of the user's that belong to the owner of the store, so that no code of anybody else runs where its functions touch them */
CREATE OR REPLACE FUNCTION @store@.own_relation(relation regclass)
    RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r record;
BEGIN
    SELECT c.relkind, c.relpersistence, c.relowner, c.relhasrules, c.relforcerowsecurity, format('%I.%I', ns.nspname, c.relname) AS name, c.relname INTO r FROM pg_class c JOIN pg_namespace ns ON ns.oid = c.relnamespace WHERE c.oid = relation;
    IF r.relkind IS NULL OR r.relkind NOT IN ('r', 'p') OR r.relpersistence = 't' THEN
        RAISE EXCEPTION USING ERRCODE = 'wrong_object_type', MESSAGE = format('%I is not a lasting table', coalesce(r.relname, 'this')), HINT = 'Name a table: what is behind a view is a table, too.';
    ELSIF r.relowner <> (SELECT c.relowner FROM pg_class c WHERE c.oid = '@store@.store_info'::regclass) THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = format('%s does not belong to the owner of the store', r.name), DETAIL = 'Triggers and rules of its owner would run with other rights than theirs.',
            HINT = format('ALTER TABLE %s OWNER TO the store''s owner first.', r.name);
    ELSIF r.relhasrules OR r.relforcerowsecurity THEN
        RAISE EXCEPTION USING ERRCODE = 'wrong_object_type', MESSAGE = format('%s has %s', r.name, CASE WHEN r.relhasrules THEN 'rules' ELSE 'row level security that is forced on its owner' END),
            DETAIL = 'They could keep rows from what is done to all of them.', HINT = 'Use triggers rather than rules, and no FORCE ROW LEVEL SECURITY on tables that only their owner handles.';
    ELSIF EXISTS (WITH RECURSIVE below AS (SELECT i.inhrelid FROM pg_inherits i WHERE i.inhparent = relation UNION SELECT i.inhrelid FROM below b JOIN pg_inherits i ON i.inhparent = b.inhrelid)
            SELECT FROM below b JOIN pg_class k ON k.oid = b.inhrelid WHERE k.relowner <> r.relowner) THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = format('a partition or child of %s does not belong to the owner of the store', r.name), DETAIL = 'Its triggers would run with other rights than theirs.',
            HINT = 'ALTER TABLE it OWNER TO the store''s owner first.';
    END IF;
    RETURN r.name;
END $$;
COMMENT ON FUNCTION @store@.own_relation(regclass) IS 'for functions of the store: the name of a table of the user''s that belongs to the owner of the store; refuses any other';

CREATE OR REPLACE FUNCTION @store@.register_relation(relation regclass, key_column text, key_kind text, action text, columns text[] DEFAULT NULL, source text DEFAULT NULL, reason text DEFAULT NULL)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    name text;
    k record;
    wrong text;
BEGIN
    PERFORM omni.store_lock((parse_ident('@store@'))[1]);
    name := @store@.own_relation(relation);
    IF EXISTS (SELECT FROM pg_class c, pg_class i WHERE c.oid = relation AND i.oid = '@store@.store_info'::regclass AND c.relnamespace = i.relnamespace
            AND (c.relname = 'store_info' OR c.relname IN (SELECT s.relation FROM omni.store_keys() s))) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('%s is a table of the store', name), HINT = 'Those are known; register your own.';
    ELSIF key_kind IS NULL OR key_kind NOT IN ('customer_id', 'record_id', 'identifier') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'unknown kind of a key', HINT = 'A key is a customer_id, the record_id of a source, or an identifier such as email:jane@example.com.';
    ELSIF action IS NULL OR action NOT IN ('delete', 'nullify', 'keep') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'unknown action of an erasure', HINT = 'Rows are deleted (delete), have columns set NULL (nullify), or are kept (keep).';
    ELSIF (key_kind = 'record_id') <> (coalesce(source, '') <> '') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'a source goes with a key that is a record_id, and with no other', HINT = 'A record_id is a number in a source: name that.';
    ELSIF (action = 'nullify') <> (coalesce(cardinality(columns), 0) > 0) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'columns go with the action nullify, and with no other', HINT = 'Name the columns that are set NULL.';
    ELSIF action = 'keep' AND coalesce(reason, '') = '' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'nothing is kept without a reason', HINT = 'Name the law, for example Art. 17(3)(b) GDPR: invoices are kept for ten years.';
    END IF;
    SELECT a.atttypid, a.attname, omni.store_column(a.atttypid, 'x', 'text') AS shown INTO k FROM pg_attribute a WHERE a.attrelid = relation AND a.attname = key_column AND a.attnum > 0 AND NOT a.attisdropped;
    IF k.attname IS NULL OR key_kind = 'customer_id' AND k.atttypid NOT IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) OR k.shown IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = CASE WHEN k.attname IS NULL THEN '42703' ELSE '42804' END, MESSAGE = format('%s has no column %I that is a %s', name, left(key_column, 64), key_kind), HINT = 'A customer_id is a bigint, any other key a text or a type of omni.';
    END IF;
    SELECT string_agg(quote_ident(left(u, 64)), ', ') INTO wrong FROM unnest(columns) u WHERE u = key_column AND key_kind = 'customer_id' OR NOT EXISTS
        (SELECT FROM pg_attribute a WHERE a.attrelid = relation AND a.attname = u AND a.attnum > 0 AND NOT a.attisdropped AND NOT a.attnotnull AND a.attgenerated = '');
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('these columns cannot be set NULL: %s', wrong), HINT = 'Name columns of the table that are not NOT NULL.';
    END IF;
    INSERT INTO @store@.registered_relations AS r (relation, key_column, key_kind, source, action, columns, reason) VALUES (relation, key_column, key_kind, source, action, columns, reason)
    ON CONFLICT ON CONSTRAINT registered_relations_pkey DO UPDATE SET key_column = excluded.key_column, key_kind = excluded.key_kind, source = excluded.source, action = excluded.action,
        columns = excluded.columns, reason = excluded.reason, registered_by = current_user, registered_at = now();
END $$;
COMMENT ON FUNCTION @store@.register_relation(regclass, text, text, text, text[], text, text) IS 'have subject_export() and subject_erase() handle a table of yours, too: which column says whose a row is, and what becomes of rows when their customer is erased';

/* whether a text is one of a subject's identifiers, in any spelling: with its kind or, of an e-mail address or phone number, without; a phone number also as it is dialed in its country */
CREATE OR REPLACE FUNCTION @store@.names_subject(said text, identifiers text[])
    RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT EXISTS (SELECT FROM unnest(identifiers::omni.identifier[]) i CROSS JOIN LATERAL (SELECT omni.identifier_kind(i) AS kind, omni.identifier_value(i) AS value) v
    WHERE i OPERATOR(pg_catalog.=) CASE v.kind WHEN 'email' THEN omni.identifier_try('email', said) WHEN 'phone' THEN omni.identifier_try('phone', said, nullif(omni.phone_region(omni.phone_try(v.value)), '001')) END
        OR i OPERATOR(pg_catalog.=) omni.identifier_try(said))
$$;
COMMENT ON FUNCTION @store@.names_subject(text, text[]) IS 'for functions of the store: whether a text is one of these identifiers, in any spelling';

/* whose rows are, in a registered relation: a condition over columns of the catalog and the parameters $1 (customers), $2 (record_ids of the source) and $3 (identifiers) */
CREATE OR REPLACE FUNCTION @store@.registered_condition(relation regclass)
    RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    r record;
BEGIN
    SELECT x.*, a.atttypid, omni.store_column(a.atttypid, a.attname, 'text') AS shown INTO r FROM @store@.registered_relations x
    LEFT JOIN pg_attribute a ON a.attrelid = x.relation AND a.attname = x.key_column AND a.attnum > 0 AND NOT a.attisdropped WHERE x.relation = relation;
    IF r.shown IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'undefined_column', MESSAGE = format('registered relation %s has no column %I any more', relation, r.key_column), HINT = 'register_relation() again, or delete its row of registered_relations.';
    END IF;
    RETURN CASE r.key_kind WHEN 'customer_id' THEN format('%I = ANY ($1)', r.key_column)
        WHEN 'record_id' THEN format('%s = ANY ($2)', r.shown)
        ELSE format('@store@.names_subject(%s, $3)', r.shown) END;
END $$;
COMMENT ON FUNCTION @store@.registered_condition(regclass) IS 'for functions of the store: the condition under which a row of a registered relation is a customer''s';

/* where data of a customer is: of each table of the store, the condition under which a row is theirs. $1: numbers of the customer, merged or not; $2: its records [[source, record_id], ...]; $3: its identifiers; $4: its orders and carts */
CREATE OR REPLACE FUNCTION @store@.subject_conditions(OUT relation text, OUT condition text)
    RETURNS SETOF record LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT * FROM (VALUES
    ('customers', 'x.customer_id = ANY ($1)'),
    ('source_records', 'x.customer_id = ANY ($1)'),
    ('evidence', 'EXISTS (SELECT FROM jsonb_array_elements($2) r WHERE x.source = r ->> 0 AND x.record_id = r ->> 1)'),
    ('identities', 'x.customer_id = ANY ($1)'),
    ('links', 'EXISTS (SELECT FROM jsonb_array_elements($2) r WHERE x.source = r ->> 0 AND x.record_id = r ->> 1 OR x.other_source = r ->> 0 AND x.other_record_id = r ->> 1)'),
    ('refusals', 'EXISTS (SELECT FROM jsonb_array_elements($2) r WHERE x.source = r ->> 0 AND x.record_id = r ->> 1)'),
    -- a decision on two records names no customer
    ('merge_log', 'x.customer_id = ANY ($1) OR x.other_customer_id = ANY ($1) OR coalesce(x.decision, x.log_id) IN (SELECT d.decision FROM jsonb_array_elements($2) r '
        'JOIN @store@.links l ON l.source = r ->> 0 AND l.record_id = r ->> 1 OR l.other_source = r ->> 0 AND l.other_record_id = r ->> 1 '
        'CROSS JOIN LATERAL (SELECT l.decision UNION ALL SELECT (w ->> ''decision'')::bigint FROM jsonb_array_elements(coalesce(l.earlier, ''[]'')) w) d WHERE d.decision IS NOT NULL)'),
    ('touchpoints', 'x.visitor = ANY ($3::omni.identifier[])'),
    ('orders', 'x.customer_id = ANY ($1)'),
    ('order_lines', 'x.order_ref = ANY ($4)'),
    ('order_line_events', 'x.order_ref = ANY ($4)'),
    ('payments', 'x.order_ref = ANY ($4)'),
    ('shipments', 'x.order_ref = ANY ($4)'),
    ('returns', 'x.order_ref = ANY ($4)'),
    ('reservations', 'x.order_ref = ANY ($4)'),
    ('stock_movements', 'x.order_ref = ANY ($4)'),
    ('carts', 'x.cart_key = ANY ($4)'),
    ('cart_events', 'x.cart_key = ANY ($4)'),
    ('consents', 'EXISTS (SELECT FROM jsonb_array_elements($2) r WHERE x.source = r ->> 0 AND x.record_id = r ->> 1)'),
    ('consent_states', 'EXISTS (SELECT FROM jsonb_array_elements($2) r WHERE x.source = r ->> 0 AND x.record_id = r ->> 1)'),
    ('consent_checkpoints', 'EXISTS (SELECT FROM jsonb_array_elements($2) r WHERE x.source = r ->> 0 AND x.record_id = r ->> 1)'),
    ('residency_tags', 'EXISTS (SELECT FROM jsonb_array_elements($2) r WHERE x.source = r ->> 0 AND x.record_id = r ->> 1)'),
    ('subject_secrets', 'x.customer_id = ANY ($1)'),
    -- those of a customer who was split off are theirs, whatever stands here until the next refresh
    ('pseudonyms', 'x.identifier = ANY ($3::omni.identifier[]) OR x.customer_id = ANY ($1) AND NOT EXISTS (SELECT FROM @store@.identities i WHERE i.identifier = x.identifier AND i.customer_id <> ALL ($1))'),
    ('reidentifications', 'x.customer_id = ANY ($1)'),
    ('erasures', 'x.customer_id = ANY ($1)'),
    ('outbox', 'x.order_ref = ANY ($4) OR x.call = ''record_consent'' AND EXISTS (SELECT FROM jsonb_array_elements($2) r WHERE x.answer ->> ''source'' = r ->> 0 AND x.answer ->> ''record_id'' = r ->> 1)'),
    -- in rows that nobody could read whose they are: e-mail addresses in the middle of words, and phone numbers by their digits
    ('rejects', 'EXISTS (SELECT FROM jsonb_array_elements($2) r WHERE CASE WHEN starts_with(x.column_name, ''consent:'') THEN x.raw ->> ''source'' ELSE x.feed END = r ->> 0 AND x.record_id IN (r ->> 1, left(r ->> 1, 128))) '
        'OR EXISTS (SELECT FROM (SELECT v #>> ''{}'', jsonb_typeof(v) = ''string'' FROM jsonb_path_query(x.raw, ''strict $.** ? (@.type() == "string" || @.type() == "number")'') v '
        'UNION ALL SELECT v #>> ''{}'', false FROM jsonb_path_query(x.raw, ''strict $.** ? (@.type() == "object").keyvalue().key'') v UNION ALL SELECT w, false FROM unnest(ARRAY[x.record_id, x.reason]) w) t(said, is_value) '
        'WHERE @store@.names_subject(t.said, $3) OR EXISTS (SELECT FROM regexp_matches(t.said, ''[^][[:space:]<>(){}"'''',;:|=]+@[^][[:space:]<>(){}"'''',;:|=]+'', ''g'') w '
        'WHERE @store@.names_subject(w[1], $3) OR @store@.names_subject(rtrim(w[1], ''.!?''), $3)) '
        'OR EXISTS (SELECT FROM unnest($3::omni.identifier[]) i WHERE t.is_value AND omni.identifier_value(i) = btrim(t.said) OR omni.identifier_kind(i) = ''phone'' '
        'AND length(ltrim(regexp_replace(t.said, ''[^0-9]'', '''', ''g''), ''0'')) >= 7 AND t.said ~ ''^[-+0-9 ().\\/]+$'' AND omni.identifier_value(i) LIKE ''%'' || ltrim(regexp_replace(t.said, ''[^0-9]'', '''', ''g''), ''0'')))')) v(relation, condition)
$$;
COMMENT ON FUNCTION @store@.subject_conditions() IS 'for functions of the store: of each of its tables with data of customers, the condition under which a row is one''s';

CREATE OR REPLACE FUNCTION @store@.subject_keys(customer bigint, OUT whose bigint, OUT customers bigint[], OUT records jsonb, OUT identifiers text[], OUT order_refs text[])
    RETURNS record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    records := (SELECT coalesce(jsonb_agg(jsonb_build_array(r.source, r.record_id)), '[]') FROM @store@.records_of(customer) r);
    whose := (SELECT coalesce(c.merged_into, c.customer_id) FROM @store@.customers c WHERE c.customer_id = customer);
    customers := array(SELECT c.customer_id FROM @store@.customers c WHERE c.customer_id = whose OR c.merged_into = whose ORDER BY 1);
    -- one that a record of somebody else has, too, such as the phone of a family, says nothing of whose a row is
    identifiers := array(SELECT x.identifier::text FROM (SELECT i.identifier FROM @store@.identities i WHERE i.customer_id = ANY (customers)
            UNION SELECT e.identifier FROM jsonb_array_elements(records) r JOIN @store@.evidence e ON e.source = r ->> 0 AND e.record_id = r ->> 1) x
        WHERE NOT EXISTS (SELECT FROM @store@.evidence o WHERE o.identifier = x.identifier AND NOT records @> jsonb_build_array(jsonb_build_array(o.source, o.record_id))) ORDER BY 1);
    order_refs := array(SELECT o.order_ref FROM @store@.orders o WHERE o.customer_id = ANY (customers)
        UNION SELECT k.cart_key FROM @store@.carts k LEFT JOIN @store@.carts m ON m.cart_key = k.merged_into WHERE k.customer_id = ANY (customers) OR k.customer_id IS NULL AND m.customer_id = ANY (customers) ORDER BY 1);
END $$;
COMMENT ON FUNCTION @store@.subject_keys(bigint) IS 'for functions of the store: all keys under which data of a customer is';

-- what row security would hide is an error, and not left out
CREATE OR REPLACE FUNCTION @store@.subject_export(customer bigint, region text DEFAULT NULL)
    RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET row_security = off AS $$
#variable_conflict use_variable
DECLARE
    k record;
    c record;
    part jsonb;
    data jsonb := '{}';
    others jsonb := '{}';
BEGIN
    SELECT * INTO k FROM @store@.subject_keys(customer);
    IF region IS NOT NULL THEN
        PERFORM @store@.check_residency(r ->> 0, r ->> 1, region) FROM jsonb_array_elements(k.records) r;
    END IF;
    FOR c IN SELECT s.* FROM @store@.subject_conditions() s LOOP
        EXECUTE format('SELECT coalesce(jsonb_agg(to_jsonb(x)), ''[]'') FROM @store@.%I x WHERE %s', c.relation, c.condition) INTO part USING k.customers, k.records, k.identifiers, k.order_refs;
        -- a wrapped key says nothing to anybody
        IF c.relation = 'subject_secrets' THEN
            part := (SELECT coalesce(jsonb_agg(p - 'subject_key'), '[]') FROM jsonb_array_elements(part) p);
        END IF;
        data := data || jsonb_build_object(c.relation, part);
    END LOOP;
    FOR c IN SELECT r.relation, r.source, @store@.own_relation(r.relation) AS name, @store@.registered_condition(r.relation) AS condition FROM @store@.registered_relations r
        WHERE EXISTS (SELECT FROM pg_class p WHERE p.oid = r.relation) ORDER BY r.relation::text LOOP
        EXECUTE format('SELECT coalesce(jsonb_agg(to_jsonb(x)), ''[]'') FROM %s x WHERE %s', c.name, c.condition) INTO part
        USING k.customers, array(SELECT r ->> 1 FROM jsonb_array_elements(k.records) r WHERE r ->> 0 = c.source), k.identifiers;
        others := others || jsonb_build_object(c.name, part);
    END LOOP;
    RETURN jsonb_build_object('export', 'omni subject 1', 'customer', k.whose, 'exported_at', now(), 'identifiers', to_jsonb(k.identifiers),
        'golden_record', (SELECT omni.golden_record(omni.customer_profile_agg(s.profile), coalesce((SELECT i.value FROM @store@.identity_settings i WHERE i.setting = 'survivorship'), '{}'))
                          FROM @store@.source_records s WHERE s.customer_id = ANY (k.customers) AND s.profile IS NOT NULL),
        'store', data, 'registered', others);
END $$;
COMMENT ON FUNCTION @store@.subject_export(bigint, text) IS 'all that the store and registered relations know of a customer, for a copy to the customer; with a region, for a transfer there, which residency tags may forbid';

/*
 * The person goes, what happened stays: orders, payments and stock are kept as the law of accounts has it, under the customer's bare number;
 * the ledger keeps that somebody decided, bound by hashes that tell nothing. All in one transaction, as the owner of the store.
 */
CREATE OR REPLACE FUNCTION @store@.subject_erase(customer bigint, reason text, OUT relation text, OUT action text, OUT rows bigint, OUT legal_reason text)
    RETURNS SETOF record LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET row_security = off AS $$
#variable_conflict use_variable
DECLARE
    k record;
    c record;
    registered record;
    number bigint;
    touched jsonb;
    step record;
    stay bigint;
    done jsonb := '[]';
    kept CONSTANT text := 'Art. 17(3)(b) GDPR: accounts have to be kept; only the customer''s number is left, which stands for nobody';
BEGIN
    IF coalesce(btrim(reason), '') = '' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'an erasure needs a reason', HINT = 'For example the number of the request. It is kept: name nobody in it.';
    END IF;
    PERFORM omni.store_lock((parse_ident('@store@'))[1]);
    PERFORM @store@.need_own(VARIADIC array(SELECT s.relation FROM @store@.subject_conditions() s WHERE s.relation NOT IN ('orders', 'order_lines', 'order_line_events', 'payments', 'shipments', 'returns', 'reservations', 'stock_movements')));
    PERFORM @store@.lock_identities();
    -- no refresh_pseudonyms() that read identities before writes them after
    PERFORM pg_advisory_xact_lock(hashtextextended('omni.erasure ' || (parse_ident('@store@'))[1], 0));
    SELECT * INTO k FROM @store@.subject_keys(customer);
    INSERT INTO @store@.erasures AS e (customer_id, reason, report) VALUES (k.whose, reason, '[]') RETURNING e.erasure_id INTO number;

    -- relations of the user's, before what they are found by goes; what refers to another one first
    FOR c IN WITH RECURSIVE below AS (
            SELECT r.relation, 0 AS depth FROM @store@.registered_relations r
            UNION SELECT f.confrelid::regclass, b.depth + 1 FROM below b JOIN pg_constraint f ON f.conrelid = b.relation AND f.contype = 'f' AND f.confrelid <> f.conrelid
                WHERE b.depth < (SELECT count(*) FROM @store@.registered_relations r))
        SELECT r.*, p.oid IS NULL AS dropped FROM @store@.registered_relations r LEFT JOIN pg_class p ON p.oid = r.relation
        ORDER BY (SELECT max(b.depth) FROM below b WHERE b.relation = r.relation), r.relation::text LOOP
        IF c.dropped THEN
            done := done || jsonb_build_array(jsonb_build_object('relation', c.relation, 'action', 'gone', 'rows', 0, 'reason', 'the table was dropped'));
            CONTINUE;
        END IF;
        SELECT @store@.own_relation(c.relation) AS name, @store@.registered_condition(c.relation) AS condition INTO registered;
        EXECUTE format(CASE c.action WHEN 'delete' THEN 'WITH d AS (DELETE FROM %s x WHERE %s RETURNING 1) SELECT count(*) FROM d'
                WHEN 'nullify' THEN 'WITH d AS (UPDATE %s x SET ' || replace((SELECT string_agg(format('%I = NULL', u), ', ') FROM unnest(c.columns) u), '%', '%%') || ' WHERE %s RETURNING 1) SELECT count(*) FROM d'
                ELSE 'SELECT count(*) FROM %s x WHERE %s' END, registered.name, registered.condition) INTO rows
        USING k.customers, array(SELECT r ->> 1 FROM jsonb_array_elements(k.records) r WHERE r ->> 0 = c.source), k.identifiers;
        IF c.action = 'delete' THEN
            EXECUTE format('SELECT count(*) FROM %s x WHERE %s', registered.name, registered.condition) INTO stay
            USING k.customers, array(SELECT r ->> 1 FROM jsonb_array_elements(k.records) r WHERE r ->> 0 = c.source), k.identifiers;
            IF stay > 0 THEN
                RAISE EXCEPTION USING ERRCODE = 'triggered_action_exception', MESSAGE = format('%s rows of %s could not be deleted', stay, registered.name), DETAIL = 'A trigger keeps them. Nothing has been erased.',
                    HINT = 'Have the trigger let them go, or register the table with another action.';
            END IF;
        END IF;
        done := done || jsonb_build_array(jsonb_build_object('relation', registered.name, 'action', CASE c.action WHEN 'delete' THEN 'deleted' WHEN 'nullify' THEN 'set NULL' ELSE 'kept' END, 'rows', rows, 'reason', c.reason));
    END LOOP;

    -- who was meant: what links and evidence held together with others comes apart
    SELECT coalesce(jsonb_agg(x.t), '[]') INTO touched FROM (
        SELECT jsonb_build_object('source', r ->> 0, 'record_id', r ->> 1) AS t FROM jsonb_array_elements(k.records) r
        UNION SELECT jsonb_build_object('identifier', e.identifier) FROM jsonb_array_elements(k.records) r JOIN @store@.evidence e ON e.source = r ->> 0 AND e.record_id = r ->> 1
        UNION SELECT jsonb_build_object('source', l.other_source, 'record_id', l.other_record_id) FROM jsonb_array_elements(k.records) r JOIN @store@.links l ON l.source = r ->> 0 AND l.record_id = r ->> 1
        UNION SELECT jsonb_build_object('source', l.source, 'record_id', l.record_id) FROM jsonb_array_elements(k.records) r JOIN @store@.links l ON l.other_source = r ->> 0 AND l.other_record_id = r ->> 1) x;
    FOR step IN SELECT s.relation, v.n, v.action, v.statement, v.reason, s.condition
        FROM (VALUES (1, 'touchpoints', 'pseudonymized', 'UPDATE @store@.touchpoints x SET visitor = omni.identifier(''erased'', $5) WHERE {}', 'the visitor is nobody now: counts of contacts stay'),
            (2, 'cart_events', 'deleted', 'DELETE FROM @store@.cart_events x WHERE x.cart_key IN (SELECT c.cart_key FROM @store@.carts c WHERE c.cart_key = ANY ($4))', NULL),
            (3, 'carts', 'deleted', 'DELETE FROM @store@.carts x WHERE {}', NULL),
            (4, 'rejects', 'deleted', 'DELETE FROM @store@.rejects x WHERE {}', NULL),
            (5, 'outbox', 'pseudonymized', 'UPDATE @store@.outbox x SET answer = jsonb_build_object(''erased'', true) WHERE x.call = ''record_consent'' AND ({})', 'that a call was made is kept, so that a retry is known'),
            (6, 'pseudonyms', 'deleted', 'DELETE FROM @store@.pseudonyms x WHERE {}', NULL),
            (7, 'subject_secrets', 'deleted', 'DELETE FROM @store@.subject_secrets x WHERE {}', 'without it no token and no erasable pseudonym of the customer tells anything'),
            (8, 'residency_tags', 'deleted', 'DELETE FROM @store@.residency_tags x WHERE {}', NULL),
            (9, 'consents', 'pseudonymized', 'UPDATE @store@.consents x SET source = ''~erased'', record_id = ''~erased/'' || $5 || ''/'' || r.n, purpose = NULL, decision = NULL, event_at = NULL, expires_at = NULL, basis = NULL, channel = NULL, '
                'jurisdiction = NULL, explicit = false, source_kind = NULL, collection_method = NULL, controller = NULL, notice_id = NULL, notice_version = NULL, notice_language = NULL, notice_hash = NULL, proof = NULL, actor = NULL, '
                'details = NULL, salt = NULL, erased_at = now() FROM jsonb_array_elements($2) WITH ORDINALITY r(r, n) WHERE x.source = r.r ->> 0 AND x.record_id = r.r ->> 1',
                'Art. 17(3)(e) GDPR: hashes without salt and words, which whoever has a receipt can prove it by'),
            (10, 'consent_checkpoints', 'pseudonymized', 'UPDATE @store@.consent_checkpoints x SET source = ''~erased'', record_id = ''~erased/'' || $5 || ''/'' || r.n FROM jsonb_array_elements($2) WITH ORDINALITY r(r, n) '
                'WHERE x.source = r.r ->> 0 AND x.record_id = r.r ->> 1', 'Art. 17(3)(e) GDPR: hashes'),
            (11, 'consent_states', 'pseudonymized', 'UPDATE @store@.consent_states x SET source = ''~erased'', record_id = ''~erased/'' || $5 || ''/'' || r.n, consent = NULL, allowed = 0, refused = 0, valid_until = ''infinity'' '
                'FROM jsonb_array_elements($2) WITH ORDINALITY r(r, n) WHERE x.source = r.r ->> 0 AND x.record_id = r.r ->> 1', 'Art. 17(3)(e) GDPR: hashes'),
            (12, 'evidence', 'deleted', 'DELETE FROM @store@.evidence x WHERE {}', NULL),
            (13, 'refusals', 'deleted', 'DELETE FROM @store@.refusals x WHERE {}', NULL),
            (14, 'links', 'deleted', 'DELETE FROM @store@.links x WHERE {}', NULL),
            (15, 'identities', 'deleted', 'DELETE FROM @store@.identities x WHERE {}', NULL),
            (16, 'source_records', 'deleted', 'DELETE FROM @store@.source_records x WHERE {}', NULL),
            (17, 'customers', 'pseudonymized', 'UPDATE @store@.customers x SET source = ''~erased'', record_id = ''~erased/'' || $5 || ''/'' || x.customer_id, bounds = 0 WHERE {}', 'a number that orders name, and nothing else'),
            (0, 'merge_log', 'pseudonymized', 'UPDATE @store@.merge_log x SET reason = NULL WHERE {}', 'numbers of customers, without the words of who decided'),
            (19, 'orders', 'kept', NULL, kept), (20, 'order_lines', 'kept', NULL, kept), (21, 'order_line_events', 'kept', NULL, kept), (22, 'payments', 'kept', NULL, kept), (23, 'shipments', 'kept', NULL, kept),
            (24, 'returns', 'kept', NULL, kept), (25, 'reservations', 'kept', NULL, 'units of stock and the order that they are for'), (26, 'stock_movements', 'kept', NULL, 'units of stock and the order that they are for'),
            (27, 'reidentifications', 'kept', NULL, 'Art. 5(2) GDPR: who opened tokens has to answer for it; digests and the customer''s number')) v(n, relation, action, statement, reason)
        JOIN @store@.subject_conditions() s ON s.relation = v.relation ORDER BY v.n LOOP
        IF step.statement IS NULL THEN
            EXECUTE format('SELECT count(*) FROM @store@.%I x WHERE %s', step.relation, step.condition) INTO rows USING k.customers, k.records, k.identifiers, k.order_refs;
        ELSE
            EXECUTE replace(step.statement, '{}', step.condition) USING k.customers, k.records, k.identifiers, k.order_refs, number::text;
            GET DIAGNOSTICS rows = ROW_COUNT;
        END IF;
        done := done || jsonb_build_array(jsonb_build_object('relation', step.relation, 'action', step.action, 'rows', rows, 'reason', step.reason));
    END LOOP;
    PERFORM @store@.resolve_identities('rows', touched, 'subject_erase', NULL);
    -- what is left of its numbers, once others have theirs
    UPDATE @store@.erasures e SET report = done WHERE e.erasure_id = number;
    RETURN QUERY SELECT d.relation, d.action, d.rows, d.reason FROM jsonb_to_recordset(done) d(relation text, action text, rows bigint, reason text);
END $$;
COMMENT ON FUNCTION @store@.subject_erase(bigint, text) IS 'erase a customer from the store and from registered relations: what was deleted, made nobody''s or kept, and why. erasures has the report';

CREATE OR REPLACE FUNCTION @store@.retention_columns(OUT relation text, OUT time_column text, OUT condition text)
    RETURNS SETOF record LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT * FROM (VALUES ('touchpoints', 'occurred_at', 'true'), ('cart_events', 'occurred_at', 'true'), ('rejects', 'rejected_at', 'true'), ('outbox', 'happened_at', 'sent_at IS NOT NULL'),
    ('reidentifications', 'done_at', 'true')) v(relation, time_column, condition)
$$;
COMMENT ON FUNCTION @store@.retention_columns() IS 'tables of the store that set_retention() knows, the time that counts, and which rows may go';

CREATE OR REPLACE FUNCTION @store@.set_retention(relation text, keep interval, reason text)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    IF NOT EXISTS (SELECT FROM @store@.retention_columns() c WHERE c.relation = relation) OR relation IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the rows of this table are not deleted by age',
            HINT = format('Those of %s are.', (SELECT string_agg(c.relation, ', ') FROM @store@.retention_columns() c));
    ELSIF keep IS NOT NULL AND (keep <= '0' OR coalesce(btrim(reason), '') = '') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'a retention rule needs a time above 0 and a reason', HINT = 'For example 13 months, and the law or the purpose that asks for so long.';
    ELSIF least(extract(year FROM keep), extract(month FROM keep), extract(day FROM keep), extract(hour FROM keep), extract(minute FROM keep), extract(second FROM keep)) < 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the time of a retention rule is a difference', DETAIL = 'A month less some days would delete, after a short month, what is not a day old.',
            HINT = 'Name years, months, days and hours of which none is below 0.';
    END IF;
    DELETE FROM @store@.retention_rules r WHERE r.relation = relation;
    INSERT INTO @store@.retention_rules (relation, keep, reason) SELECT relation, keep, reason WHERE keep IS NOT NULL;
END $$;
COMMENT ON FUNCTION @store@.set_retention(text, interval, text) IS 'how long rows of a table are kept, and why; NULL: for ever. apply_retention() deletes what is older';

-- in UTC: what goes does not depend on the time zone of the session, nor on its summer time
CREATE OR REPLACE FUNCTION @store@.apply_retention(at timestamptz DEFAULT now(), OUT relation text, OUT older_than timestamptz, OUT rows bigint)
    RETURNS SETOF record LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
#variable_conflict use_column
DECLARE
    c record;
BEGIN
    IF at IS NULL OR at > now() THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'rules of retention are applied as of now or before', HINT = 'A later time would delete what has to be kept still.';
    END IF;
    PERFORM omni.store_lock((parse_ident('@store@'))[1]);
    FOR c IN SELECT r.relation, r.keep, k.time_column, k.condition FROM @store@.retention_rules r JOIN @store@.retention_columns() k ON k.relation = r.relation ORDER BY r.relation LOOP
        relation := c.relation;
        older_than := at - c.keep;
        EXECUTE format('DELETE FROM @store@.%I x WHERE x.%I < $1 AND %s', c.relation, c.time_column, c.condition) USING older_than;
        GET DIAGNOSTICS rows = ROW_COUNT;
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION @store@.apply_retention(timestamptz) IS 'delete what rules of retention say is older than it may be: a row a rule, with how many rows went';

/*
 * Pseudonyms that views show are stored here by a role that holds the verb in the domain: views call no keyed function. A customer's
 * own pseudonym is that of identifier omni_customer:<number>.
 */
CREATE OR REPLACE FUNCTION @store@.refresh_pseudonyms(domain text, OUT made bigint, OUT renewed bigint, OUT removed bigint)
    RETURNS record LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    d record;
BEGIN
    SELECT k.key_version, k.erasable INTO d FROM omni.keyring_domains() k WHERE k.domain = domain;
    IF d.key_version IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = format('%I has no right in this domain of pseudonyms, or the keyring has none of that name', current_user), HINT = 'omni.keyring_domains() lists the domains in which you have a verb.';
    END IF;
    PERFORM @store@.need_own('pseudonyms', 'subject_secrets');
    PERFORM pg_advisory_xact_lock(hashtextextended('omni.pseudonyms ' || (parse_ident('@store@'))[1] || ' ' || domain, 0));
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('omni.erasure ' || (parse_ident('@store@'))[1], 0));
    CREATE TEMP TABLE omni_wanted ON COMMIT DROP AS
    SELECT i.identifier, coalesce(k.merged_into, k.customer_id) AS customer_id FROM @store@.identities i JOIN @store@.customers k ON k.customer_id = i.customer_id
    UNION ALL SELECT omni.identifier('omni_customer', k.customer_id::text), k.customer_id FROM @store@.customers k WHERE k.merged_into IS NULL AND k.source <> '~erased';
    WITH gone AS (DELETE FROM @store@.pseudonyms p WHERE p.domain = domain AND NOT EXISTS (SELECT FROM pg_temp.omni_wanted w WHERE w.identifier = p.identifier) RETURNING 1)
    SELECT count(*) INTO removed FROM gone;
    DELETE FROM pg_temp.omni_wanted w USING @store@.pseudonyms p WHERE p.identifier = w.identifier AND p.domain = domain AND omni.pseudonym_version(p.pseudonym) = d.key_version AND p.customer_id = w.customer_id;
    IF d.erasable THEN
        INSERT INTO @store@.subject_secrets (customer_id, subject_key) SELECT x.customer_id, omni.subject_key_new()
        FROM (SELECT DISTINCT w.customer_id FROM pg_temp.omni_wanted w WHERE NOT EXISTS (SELECT FROM @store@.subject_secrets s WHERE s.customer_id = w.customer_id)) x
        ON CONFLICT DO NOTHING;
    END IF;
    WITH new AS (
        INSERT INTO @store@.pseudonyms AS p (identifier, domain, customer_id, pseudonym)
        SELECT w.identifier, domain, w.customer_id, CASE WHEN d.erasable THEN omni.pseudonym(w.identifier, domain, s.subject_key) ELSE omni.pseudonym(w.identifier, domain) END
        FROM pg_temp.omni_wanted w LEFT JOIN @store@.subject_secrets s ON s.customer_id = w.customer_id
        ON CONFLICT ON CONSTRAINT pseudonyms_pkey DO UPDATE SET customer_id = excluded.customer_id, pseudonym = excluded.pseudonym, made_at = now()
        RETURNING p.xmax = 0 AS made)
    SELECT count(*) FILTER (WHERE n.made), count(*) FILTER (WHERE NOT n.made) INTO made, renewed FROM new n;
    DROP TABLE pg_temp.omni_wanted;
END $$;
COMMENT ON FUNCTION @store@.refresh_pseudonyms(text) IS 'store the pseudonyms of all identifiers and customers in a domain: those that are missing, those of an older key, and whose customer is another by now; what stands for nobody goes. Needs the verb pseudonymize';

CREATE OR REPLACE FUNCTION @store@.pseudonym_mapping(domain text, old_version integer, OUT old_pseudonym text, OUT pseudonym text)
    RETURNS SETOF record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    erasable boolean := (SELECT k.erasable FROM omni.keyring_domains() k WHERE k.domain = pseudonym_mapping.domain);
BEGIN
    RETURN QUERY SELECT CASE WHEN erasable THEN omni.pseudonym(p.identifier, p.domain, s.subject_key, old_version) ELSE omni.pseudonym(p.identifier, p.domain, old_version) END::text, p.pseudonym::text
    FROM @store@.pseudonyms p LEFT JOIN @store@.subject_secrets s ON s.customer_id = p.customer_id
    WHERE p.domain = pseudonym_mapping.domain AND omni.pseudonym_version(p.pseudonym) <> old_version;
END $$;
COMMENT ON FUNCTION @store@.pseudonym_mapping(text, integer) IS 'after a key was rotated and refresh_pseudonyms() ran: what each stored pseudonym was under an older version of the key, for who has to join older data. Needs the verb map';

CREATE OR REPLACE FUNCTION @store@.set_bi_privacy(purpose text, domain text DEFAULT NULL)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    IF domain IS NOT NULL AND domain !~ '^[a-z][a-z0-9_]{0,62}$' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'invalid name of a domain', HINT = 'A domain of pseudonyms is named by a-z, 0-9 and _, at most 63 of them.';
    END IF;
    INSERT INTO @store@.identity_settings AS s (setting, value) VALUES ('bi_privacy', jsonb_build_object('purpose', @store@.purpose_of(purpose), 'domain', domain))
    ON CONFLICT (setting) DO UPDATE SET value = excluded.value, changed_at = now();
END $$;
COMMENT ON FUNCTION @store@.set_bi_privacy(text, text) IS 'the purpose that BI is for (analytics to begin with), and the domain whose pseudonyms its views show as customer_pseudonym, none to begin with';

CREATE OR REPLACE VIEW @store@.bi_refused AS
SELECT c.customer_key
FROM (SELECT coalesce(k.merged_into, k.customer_id)::text AS customer_key, omni.consent_agg(s.consent) AS consent
      FROM @store@.consent_states s JOIN @store@.source_records r ON r.source = s.source AND r.record_id = s.record_id JOIN @store@.customers k ON k.customer_id = r.customer_id
      WHERE s.consent IS NOT NULL GROUP BY 1) c
WHERE omni.consent_refused(c.consent, statement_timestamp()) & omni.purpose_mask(coalesce((SELECT s.value ->> 'purpose' FROM @store@.identity_settings s WHERE s.setting = 'bi_privacy'), 'analytics')) <> 0;
COMMENT ON VIEW @store@.bi_refused IS 'customers who refuse the purpose of BI';
COMMENT ON COLUMN @store@.bi_refused.customer_key IS 'customer after all merges, as in the BI views';

CREATE OR REPLACE VIEW @store@.bi_pseudonyms AS
SELECT p.identifier, p.pseudonym::text AS customer_pseudonym
FROM @store@.pseudonyms p
WHERE p.domain = (SELECT s.value ->> 'domain' FROM @store@.identity_settings s WHERE s.setting = 'bi_privacy')
    AND coalesce((SELECT omni.consent_refused(omni.consent_agg(x.consent), statement_timestamp()) FROM @store@.customers k JOIN @store@.source_records r ON r.customer_id = k.customer_id
                  JOIN @store@.consent_states x ON x.source = r.source AND x.record_id = r.record_id WHERE coalesce(k.merged_into, k.customer_id)::text = p.customer_id::text), 0)
        & omni.purpose_mask(coalesce((SELECT s.value ->> 'purpose' FROM @store@.identity_settings s WHERE s.setting = 'bi_privacy'), 'analytics')) = 0;
COMMENT ON VIEW @store@.bi_pseudonyms IS 'pseudonyms that the BI views show: of the domain of set_bi_privacy(), of customers who do not refuse its purpose';
COMMENT ON COLUMN @store@.bi_pseudonyms.identifier IS 'what it stands for';
COMMENT ON COLUMN @store@.bi_pseudonyms.customer_pseudonym IS 'the pseudonym';

/*
 * A view of a table under one purpose, made of names of the catalog alone. It has the rows of those who allow the purpose with their
 * values, and those of the others without: the two are apart, so that a search by a value is one in an index. It calls no keyed function.
 */
CREATE OR REPLACE FUNCTION @store@.create_masked_view(relation regclass, purpose text, owner text, key_column text, key_kind text, masked text[], plain text[] DEFAULT '{}',
                                                      domain text DEFAULT NULL, source text DEFAULT NULL, view_name text DEFAULT NULL)
    RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    slot text;
    bit bigint;
    name text;
    o record;
    wrong text;
    key record;
    key_text text;
    customer text;
    raw text[] := '{}';
    hidden text[] := '{}';
    parts text[] := '{}';
    shown text;
    c record;
    state text;
    made text;
    own text;
BEGIN
    PERFORM omni.store_lock((parse_ident('@store@'))[1]);
    PERFORM @store@.need_own('customers', 'source_records', 'identities', 'consent_states', 'pseudonyms');
    slot := @store@.purpose_of(purpose);
    bit := omni.purpose_mask(slot);
    name := @store@.own_relation(relation);
    SELECT r.* INTO o FROM pg_roles r WHERE r.rolname = owner;
    IF o.rolname IS NULL OR o.rolsuper OR o.rolcanlogin OR o.rolbypassrls OR o.rolcreaterole OR o.rolreplication THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the owner of a masked view has to be a role that nobody can log in as, with no other rights',
            HINT = 'CREATE ROLE omni_views NOLOGIN; and GRANT it to the owner of the store.';
    ELSIF NOT pg_has_role(current_user, o.oid, 'MEMBER') THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = format('%I is no member of %I', current_user, owner), HINT = format('GRANT %I TO %I;', owner, current_user);
    ELSIF domain IS NOT NULL AND domain !~ '^[a-z][a-z0-9_]{0,62}$' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'invalid name of a domain', HINT = 'A domain of pseudonyms is named by a-z, 0-9 and _, at most 63 of them.';
    ELSIF key_kind IS NULL OR key_kind NOT IN ('customer_id', 'record_id', 'identifier') OR (key_kind = 'record_id') <> (coalesce(source, '') <> '') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the kind of the key is unknown, or a source is missing or too much',
            HINT = 'A key is a customer_id, the record_id of a source, which is named then, or an identifier such as email:jane@example.com.';
    ELSIF coalesce(cardinality(masked), 0) = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'no column is masked', HINT = 'Name the columns that tell who somebody is; plain are those that do not. Others are not in the view.';
    END IF;
    SELECT string_agg(quote_ident(left(u, 64)), ', ') INTO wrong FROM unnest(masked || coalesce(plain, '{}') || key_column) u
    WHERE NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = relation AND a.attname = u AND a.attnum > 0 AND NOT a.attisdropped);
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'undefined_column', MESSAGE = format('%s has no column %s', name, wrong), HINT = 'Name columns as they are in the catalog: in lower case, where they were made without quotes.';
    ELSIF EXISTS (SELECT FROM unnest(masked || coalesce(plain, '{}')) u GROUP BY u HAVING count(*) > 1) THEN
        RAISE EXCEPTION USING ERRCODE = 'duplicate_column', MESSAGE = 'a column is named twice', HINT = 'A column is masked or plain.';
    END IF;
    SELECT a.atttypid, format('r.%I', a.attname) AS name, replace(omni.store_column(a.atttypid, 'x', 'text'), 'x', 'r.' || replace(quote_ident(a.attname), '%', '%%')) AS shown INTO key
    FROM pg_attribute a WHERE a.attrelid = relation AND a.attname = key_column;
    key_text := format('r.%I::pg_catalog.text', key_column);
    IF key_kind = 'customer_id' AND key.atttypid NOT IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) OR key.shown IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'datatype_mismatch', MESSAGE = format('column %I of %s is no %s', key_column, name, key_kind), HINT = 'A customer_id is a bigint, any other key a text or a type of omni.';
    END IF;
    customer := CASE key_kind WHEN 'customer_id' THEN key.name
        WHEN 'record_id' THEN format('(SELECT q.customer_id FROM @store@.source_records q WHERE q.source = %L AND q.record_id = %s)', source, key_text)
        ELSE format('(SELECT i.customer_id FROM @store@.identities i WHERE i.identifier = %s)', CASE WHEN key.atttypid = 'omni.identifier'::regtype THEN key.name
            WHEN key.atttypid = 'omni.phone'::regtype THEN format('omni.identifier_try(''phone'', %s)', key_text)
            WHEN key.atttypid = 'omni.email'::regtype THEN format('omni.identifier_try(''email'', %s)', key_text)
            ELSE format('coalesce(omni.identifier_try(%1$s), omni.identifier_try(''email'', %1$s))', key_text) END) END;
    state := format('(SELECT omni.consent_agg(s.consent) AS consent FROM @store@.consent_states s JOIN (SELECT q.source, q.record_id FROM @store@.customers m '
        'JOIN @store@.customers k ON coalesce(k.merged_into, k.customer_id)::text = coalesce(m.merged_into, m.customer_id)::text JOIN @store@.source_records q ON q.customer_id = k.customer_id WHERE m.customer_id = %s%s) q '
        'ON s.source = q.source AND s.record_id = q.record_id)', customer, CASE WHEN key_kind = 'record_id' THEN format(' UNION ALL SELECT %L, %s', source, key_text) ELSE '' END);
    FOR c IN SELECT u.n, u.name AS column_name, u.is_masked, a.atttypid, a.attnum, format_type(a.atttypid, a.atttypmod) AS type, format('r.%I', a.attname) AS value FROM (SELECT n, x AS name, false AS is_masked FROM unnest(plain) WITH ORDINALITY p(x, n)
             UNION ALL SELECT n + 10000, x, true FROM unnest(masked) WITH ORDINALITY p(x, n)) u JOIN pg_attribute a ON a.attrelid = relation AND a.attname = u.name ORDER BY u.n LOOP
        IF NOT c.is_masked THEN
            raw := raw || format('%s AS %I', c.value, c.column_name);
            hidden := hidden || format('%s AS %I', c.value, c.column_name);
            CONTINUE;
        END IF;
        -- a stored pseudonym there is of what is an identifier
        shown := CASE WHEN domain IS NULL THEN 'NULL::pg_catalog.text'
            WHEN c.atttypid IN ('omni.email'::regtype, 'omni.phone'::regtype, 'omni.identifier'::regtype) THEN format('(SELECT p.pseudonym::pg_catalog.text FROM @store@.pseudonyms p WHERE p.domain = %L AND p.identifier = %s)', domain,
                CASE WHEN c.atttypid = 'omni.identifier'::regtype THEN c.value ELSE format('omni.identifier_try(%L, %s::pg_catalog.text)', CASE WHEN c.atttypid = 'omni.email'::regtype THEN 'email' ELSE 'phone' END, c.value) END)
            WHEN key_kind = 'customer_id' AND c.column_name = key_column THEN format('(SELECT p.pseudonym::pg_catalog.text FROM @store@.pseudonyms p WHERE p.domain = %L AND p.identifier = '
                'omni.identifier(''omni_customer'', (SELECT coalesce(m.merged_into, m.customer_id)::pg_catalog.text FROM @store@.customers m WHERE m.customer_id = %s)))', domain, c.value)
            ELSE 'NULL::pg_catalog.text' END;
        raw := raw || format('%s AS %I', c.value, c.column_name) || format('%s AS %I', shown, left(c.column_name, 52) || '_pseudonym') || format('%s::pg_catalog.text AS %I', c.value, left(c.column_name, 57) || '_shown');
        shown := CASE shown WHEN 'NULL::pg_catalog.text' THEN shown ELSE format('CASE WHEN coalesce(omni.consent_refused(g.consent, statement_timestamp()), 0) & %s = 0 THEN %s END', bit, shown) END;
        hidden := hidden || format('NULL::%s AS %I', c.type, c.column_name) || format('%s AS %I', shown, left(c.column_name, 52) || '_pseudonym') || format('%s AS %I', shown, left(c.column_name, 57) || '_shown');
    END LOOP;
    made := coalesce(view_name, left((SELECT k.relname FROM pg_class k WHERE k.oid = relation) || '_' || purpose, 63));
    IF to_regclass(format('@bi@.%I', made)) IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'duplicate_table', MESSAGE = format('%s.%I is there already', '@bi@', made), HINT = 'DROP VIEW it first, or name another one.';
    END IF;
    -- PostgreSQL takes a UNION ALL apart before it looks for a barrier, so each part is a barrier view of its own
    FOR c IN SELECT p.n, format('@store@.%I', left(made, 54) || p.suffix) AS part FROM unnest('{_allowed,_hidden}'::text[]) WITH ORDINALITY p(suffix, n) LOOP
        IF to_regclass(c.part) IS NOT NULL THEN
            -- of a view that was dropped
            IF NOT EXISTS (SELECT FROM pg_class k WHERE k.oid = to_regclass(c.part) AND k.relkind = 'v' AND k.relowner = (SELECT r.oid FROM pg_roles r WHERE r.rolname = owner)) THEN
                RAISE EXCEPTION USING ERRCODE = 'duplicate_table', MESSAGE = format('%s is there already', c.part), HINT = 'Name another view.';
            END IF;
            EXECUTE format('DROP VIEW %s', c.part);
        END IF;
        EXECUTE format('CREATE VIEW %s WITH (security_barrier) AS SELECT %s FROM %s r CROSS JOIN LATERAL %s g WHERE (coalesce(omni.consent_mask(g.consent, statement_timestamp()), 0) & %s <> 0) = %L', c.part,
            CASE c.n WHEN 1 THEN array_to_string(raw, ', ') ELSE array_to_string(hidden, ', ') END, name, state, bit, c.n = 1);
        EXECUTE format('COMMENT ON VIEW %s IS %L', c.part, format('part of the view %I', made));
        PERFORM omni.store_keep(c.part::regclass, '{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER,MAINTAIN}');
        parts := parts || c.part;
    END LOOP;
    EXECUTE format('CREATE VIEW @bi@.%I WITH (security_barrier) AS SELECT * FROM %s UNION ALL SELECT * FROM %s', made, parts[1], parts[2]);
    EXECUTE format('COMMENT ON VIEW @bi@.%I IS %L', made, format('%s for the purpose %s: values of those who allow it, stored pseudonyms of those who do not refuse it, else nothing', name, slot));
    FOR c IN SELECT a.attname FROM pg_attribute a WHERE a.attrelid = to_regclass(format('@bi@.%I', made)) AND a.attnum > 0 LOOP
        EXECUTE format('COMMENT ON COLUMN @bi@.%I.%I IS %L', made, c.attname, CASE WHEN c.attname = ANY (masked) THEN 'the value, where the purpose is allowed; search by this one'
            WHEN c.attname = ANY (coalesce(plain, '{}')) THEN 'as it is' WHEN c.attname LIKE '%\_pseudonym' THEN 'its stored pseudonym, where the purpose is not refused' ELSE 'the value, its pseudonym or nothing, as the purpose is allowed' END);
    END LOOP;
    -- what default privileges gave away is taken back; the owner reads what the view is made of, and nothing else
    PERFORM omni.store_keep(format('@bi@.%I', made)::regclass, '{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER,MAINTAIN}');
    EXECUTE format('GRANT SELECT (%s) ON %s TO %I', (SELECT string_agg(DISTINCT quote_ident(u), ', ') FROM unnest(masked || coalesce(plain, '{}') || key_column) u), name, owner);
    EXECUTE format('GRANT SELECT (source, record_id, consent) ON @store@.consent_states TO %I', owner);
    EXECUTE format('GRANT SELECT (source, record_id, customer_id) ON @store@.source_records TO %I', owner);
    EXECUTE format('GRANT SELECT (customer_id, merged_into) ON @store@.customers TO %I', owner);
    IF key_kind = 'identifier' THEN
        EXECUTE format('GRANT SELECT (identifier, customer_id) ON @store@.identities TO %I', owner);
    END IF;
    IF domain IS NOT NULL THEN
        EXECUTE format('GRANT SELECT (identifier, domain, pseudonym) ON @store@.pseudonyms TO %I', owner);
    END IF;
    EXECUTE format('GRANT CREATE ON SCHEMA @store@, @bi@ TO %I', owner);
    EXECUTE format('ALTER VIEW %s OWNER TO %I', parts[1], owner);
    EXECUTE format('ALTER VIEW %s OWNER TO %I', parts[2], owner);
    EXECUTE format('ALTER VIEW @bi@.%I OWNER TO %I', made, owner);
    EXECUTE format('REVOKE CREATE ON SCHEMA @store@, @bi@ FROM %I', owner);
    RETURN format('@bi@.%I', made);
END $$;
COMMENT ON FUNCTION @store@.create_masked_view(regclass, text, text, text, text, text[], text[], text, text, text) IS 'make a view of a table of yours for one purpose: whoever may read it sees values of customers who allow the purpose, stored pseudonyms of a domain of those who do not refuse it, and nothing of the rest, at each moment';

CREATE OR REPLACE FUNCTION @store@.drop_masked_view(view_name text)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made regclass := to_regclass(format('@bi@.%I', view_name));
    parts regclass[] := array(SELECT to_regclass(format('@store@.%I', left(view_name, 54) || s)) FROM unnest('{_allowed,_hidden}'::text[]) s);
BEGIN
    IF made IS NULL OR (SELECT count(DISTINCT d.refobjid) FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
                        WHERE r.ev_class = made AND d.refobjid = ANY (parts)) <> 2 THEN
        RAISE EXCEPTION USING ERRCODE = 'undefined_table', MESSAGE = format('%s.%I is no view that create_masked_view() made', '@bi@', left(view_name, 64)), HINT = 'Name the view without its schema.';
    END IF;
    EXECUTE format('DROP VIEW %s, %s, %s', made, parts[1], parts[2]);
END $$;
COMMENT ON FUNCTION @store@.drop_masked_view(text) IS 'drop a view that create_masked_view() made, with the two parts that it is made of';

CREATE OR REPLACE VIEW @bi@.consent_coverage AS
SELECT d.purpose, l.label AS purpose_label, d.records, d.records_given, d.records_refused, d.records_expired, round(d.records_given::numeric / nullif(d.records, 0), 4) AS given_share,
       k.customers, coalesce(a.customers_allowed, 0) AS customers_allowed, coalesce(a.customers_refused, 0) AS customers_refused, round(coalesce(a.customers_allowed, 0)::numeric / nullif(k.customers, 0), 4) AS allowed_share
FROM (SELECT x.purpose, count(*) AS records, count(*) FILTER (WHERE x.decision = 'given' AND coalesce(x.expires_at > now(), true)) AS records_given,
             count(*) FILTER (WHERE x.decision <> 'given') AS records_refused, count(*) FILTER (WHERE x.decision = 'given' AND x.expires_at <= now()) AS records_expired
      FROM (SELECT DISTINCT ON (c.source, c.record_id, c.purpose) c.purpose, c.decision, c.expires_at FROM @store@.consents c WHERE c.purpose IS NOT NULL
            ORDER BY c.source, c.record_id, c.purpose, c.event_at DESC, (c.decision = 'given')::integer, c.expires_at) x
      GROUP BY x.purpose) d
LEFT JOIN @store@.purpose_labels l USING (purpose)
LEFT JOIN (SELECT u.purpose, count(*) FILTER (WHERE omni.allows_all(x.allowed, omni.purpose_mask(u.purpose))) AS customers_allowed, count(*) FILTER (WHERE omni.allows_all(x.refused, omni.purpose_mask(u.purpose))) AS customers_refused
           FROM @store@.customer_consents x CROSS JOIN LATERAL unnest(omni.purpose_names(x.allowed | x.refused)) u(purpose) GROUP BY u.purpose) a USING (purpose)
CROSS JOIN (SELECT count(*) AS customers FROM @store@.customers x WHERE x.merged_into IS NULL AND x.source <> '~erased') k;
COMMENT ON VIEW @bi@.consent_coverage IS 'by purpose that somebody decided on, how many records and customers allow and refuse it; no personal data';
COMMENT ON COLUMN @bi@.consent_coverage.purpose IS 'key';
COMMENT ON COLUMN @bi@.consent_coverage.purpose_label IS 'what the store calls a purpose of its own';
COMMENT ON COLUMN @bi@.consent_coverage.records IS 'records of sources that decided on it: denominator of given_share';
COMMENT ON COLUMN @bi@.consent_coverage.records_given IS 'of these, records that gave consent last, which has not expired: numerator of given_share';
COMMENT ON COLUMN @bi@.consent_coverage.records_refused IS 'of these, records that refused, withdrew or objected last';
COMMENT ON COLUMN @bi@.consent_coverage.records_expired IS 'of these, records whose consent has expired';
COMMENT ON COLUMN @bi@.consent_coverage.given_share IS 'records_given / records';
COMMENT ON COLUMN @bi@.consent_coverage.customers IS 'present customers, whether they decided or not: denominator of allowed_share';
COMMENT ON COLUMN @bi@.consent_coverage.customers_allowed IS 'of these, customers who allow the purpose now: numerator of allowed_share';
COMMENT ON COLUMN @bi@.consent_coverage.customers_refused IS 'of these, customers who refuse it';
COMMENT ON COLUMN @bi@.consent_coverage.allowed_share IS 'customers_allowed / customers';
