/* ---- privacy: keyring ---- */

CREATE FUNCTION omni.domain_tag(name text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'domain_tag_text';
COMMENT ON FUNCTION omni.domain_tag(text) IS 'the tag that stands for a pseudonymization domain in stored values, as 8 hexadecimal digits: a function of the name alone';
CREATE FUNCTION omni.keyring_status(OUT value text, OUT hint text)
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME', 'keyring_status';
COMMENT ON FUNCTION omni.keyring_status() IS 'whether there is a keyring; to those who may read all settings also its key versions, how many domains it has, and what is wrong with it';
CREATE FUNCTION omni.keyring_domains(OUT domain text, OUT tag text, OUT key_version integer, OUT profile text, OUT erasable boolean, OUT reversible boolean,
                                     OUT limit_uses bigint, OUT limit_seconds integer, OUT verbs text[]) RETURNS SETOF record
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100 ROWS 10 AS 'MODULE_PATHNAME', 'keyring_domains';
COMMENT ON FUNCTION omni.keyring_domains() IS 'the pseudonymization domains in which the current role has a verb, and its verbs; all domains for those who may read all settings';

/* ---- privacy: pseudonym ---- */

CREATE TYPE omni.pseudonym;
COMMENT ON TYPE omni.pseudonym IS 'what stands for an identifier in a domain: 128 bits of a keyed hash, with the tag of the domain and the version of the key';

CREATE FUNCTION omni.pseudonym_in(cstring) RETURNS omni.pseudonym
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pseudonym_in';
COMMENT ON FUNCTION omni.pseudonym_in(cstring) IS 'input of pseudonym';
CREATE FUNCTION omni.pseudonym_out(omni.pseudonym) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pseudonym_out';
COMMENT ON FUNCTION omni.pseudonym_out(omni.pseudonym) IS 'output of pseudonym: ps1: and 42 characters';
CREATE FUNCTION omni.pseudonym_recv(internal) RETURNS omni.pseudonym
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pseudonym_recv';
COMMENT ON FUNCTION omni.pseudonym_recv(internal) IS 'binary input of pseudonym';
CREATE FUNCTION omni.pseudonym_send(omni.pseudonym) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pseudonym_send';
COMMENT ON FUNCTION omni.pseudonym_send(omni.pseudonym) IS 'binary output of pseudonym';

CREATE TYPE omni.pseudonym (
    INPUT = omni.pseudonym_in, OUTPUT = omni.pseudonym_out,
    RECEIVE = omni.pseudonym_recv, SEND = omni.pseudonym_send,
    INTERNALLENGTH = 24, ALIGNMENT = char, STORAGE = plain, CATEGORY = 'U');

CREATE FUNCTION omni.pseudonym(text) RETURNS omni.pseudonym
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pseudonym_from_text';
COMMENT ON FUNCTION omni.pseudonym(text) IS 'the pseudonym that is written so; pseudonym(value, domain) makes one';
CREATE FUNCTION omni.text(omni.pseudonym) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pseudonym_to_text';
COMMENT ON FUNCTION omni.text(omni.pseudonym) IS 'the pseudonym as text';
CREATE FUNCTION omni.uuid(omni.pseudonym) RETURNS uuid
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pseudonym_to_uuid';
COMMENT ON FUNCTION omni.uuid(omni.pseudonym) IS '122 bits of the pseudonym as a UUID of version 8, for tools that have no longer key';
CREATE CAST (text AS omni.pseudonym) WITH FUNCTION omni.pseudonym(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS omni.pseudonym) IS 'the pseudonym that is written so';
CREATE CAST (varchar AS omni.pseudonym) WITH FUNCTION omni.pseudonym(text) AS ASSIGNMENT;
COMMENT ON CAST (varchar AS omni.pseudonym) IS 'the pseudonym that is written so, for drivers that bind strings as varchar';
CREATE CAST (omni.pseudonym AS text) WITH FUNCTION omni.text(omni.pseudonym) AS ASSIGNMENT;
COMMENT ON CAST (omni.pseudonym AS text) IS 'the pseudonym as text';
CREATE CAST (omni.pseudonym AS uuid) WITH FUNCTION omni.uuid(omni.pseudonym);
COMMENT ON CAST (omni.pseudonym AS uuid) IS '122 bits of the pseudonym as a UUID of version 8';

CREATE FUNCTION omni.pseudonym_try(text) RETURNS omni.pseudonym
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pseudonym_try';
COMMENT ON FUNCTION omni.pseudonym_try(text) IS 'the pseudonym that is written so, or NULL where the text is none';
CREATE FUNCTION omni.pseudonym_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pseudonym_problem';
COMMENT ON FUNCTION omni.pseudonym_problem(text) IS 'why the text is no pseudonym (prefix, length, character, check, format), NULL where it is one';
CREATE FUNCTION omni.pseudonym_domain(omni.pseudonym) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pseudonym_domain';
COMMENT ON FUNCTION omni.pseudonym_domain(omni.pseudonym) IS 'tag of the domain, as domain_tag(name) gives it';
CREATE FUNCTION omni.pseudonym_version(omni.pseudonym) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pseudonym_version';
COMMENT ON FUNCTION omni.pseudonym_version(omni.pseudonym) IS 'version of the key that the pseudonym was made with';
CREATE FUNCTION omni.pseudonym_kind(omni.pseudonym) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pseudonym_kind';
COMMENT ON FUNCTION omni.pseudonym_kind(omni.pseudonym) IS 'what the pseudonym stands for: text, email, phone, or identifier for one of another kind';

-- keyed: whoever may execute these still needs a verb in the domain, which the keyring gives to roles
CREATE FUNCTION omni.pseudonym(value omni.email, domain text) RETURNS omni.pseudonym
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'pseudonym_email';
COMMENT ON FUNCTION omni.pseudonym(omni.email, text) IS 'pseudonym of an address, as the profile of the domain spells it';
CREATE FUNCTION omni.pseudonym(value omni.email, domain text, key_version integer) RETURNS omni.pseudonym
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'pseudonym_email_version';
COMMENT ON FUNCTION omni.pseudonym(omni.email, text, integer) IS 'pseudonym of an address, as the profile of the domain spells it, under a version of the key; needs the verb map';
CREATE FUNCTION omni.pseudonym(value omni.email, domain text, subject_key bytea) RETURNS omni.pseudonym
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 60 AS 'MODULE_PATHNAME', 'pseudonym_email_subject';
COMMENT ON FUNCTION omni.pseudonym(omni.email, text, bytea) IS 'pseudonym of an address, as the profile of the domain spells it, in an erasable domain, with the key of the subject';
CREATE FUNCTION omni.pseudonym(value omni.email, domain text, subject_key bytea, key_version integer) RETURNS omni.pseudonym
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 60 AS 'MODULE_PATHNAME', 'pseudonym_email_subject_version';
COMMENT ON FUNCTION omni.pseudonym(omni.email, text, bytea, integer) IS 'pseudonym of an address, as the profile of the domain spells it, in an erasable domain, under a version of the key; needs the verb map';
CREATE FUNCTION omni.pseudonym(value omni.phone, domain text) RETURNS omni.pseudonym
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'pseudonym_phone';
COMMENT ON FUNCTION omni.pseudonym(omni.phone, text) IS 'pseudonym of a phone number';
CREATE FUNCTION omni.pseudonym(value omni.phone, domain text, key_version integer) RETURNS omni.pseudonym
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'pseudonym_phone_version';
COMMENT ON FUNCTION omni.pseudonym(omni.phone, text, integer) IS 'pseudonym of a phone number, under a version of the key; needs the verb map';
CREATE FUNCTION omni.pseudonym(value omni.phone, domain text, subject_key bytea) RETURNS omni.pseudonym
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 60 AS 'MODULE_PATHNAME', 'pseudonym_phone_subject';
COMMENT ON FUNCTION omni.pseudonym(omni.phone, text, bytea) IS 'pseudonym of a phone number, in an erasable domain, with the key of the subject';
CREATE FUNCTION omni.pseudonym(value omni.phone, domain text, subject_key bytea, key_version integer) RETURNS omni.pseudonym
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 60 AS 'MODULE_PATHNAME', 'pseudonym_phone_subject_version';
COMMENT ON FUNCTION omni.pseudonym(omni.phone, text, bytea, integer) IS 'pseudonym of a phone number, in an erasable domain, under a version of the key; needs the verb map';
CREATE FUNCTION omni.pseudonym(value omni.identifier, domain text) RETURNS omni.pseudonym
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'pseudonym_identifier';
COMMENT ON FUNCTION omni.pseudonym(omni.identifier, text) IS 'pseudonym of an identifier; that of an e-mail or a phone is the pseudonym of its value';
CREATE FUNCTION omni.pseudonym(value omni.identifier, domain text, key_version integer) RETURNS omni.pseudonym
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'pseudonym_identifier_version';
COMMENT ON FUNCTION omni.pseudonym(omni.identifier, text, integer) IS 'pseudonym of an identifier; that of an e-mail or a phone is the pseudonym of its value, under a version of the key; needs the verb map';
CREATE FUNCTION omni.pseudonym(value omni.identifier, domain text, subject_key bytea) RETURNS omni.pseudonym
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 60 AS 'MODULE_PATHNAME', 'pseudonym_identifier_subject';
COMMENT ON FUNCTION omni.pseudonym(omni.identifier, text, bytea) IS 'pseudonym of an identifier; that of an e-mail or a phone is the pseudonym of its value, in an erasable domain, with the key of the subject';
CREATE FUNCTION omni.pseudonym(value omni.identifier, domain text, subject_key bytea, key_version integer) RETURNS omni.pseudonym
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 60 AS 'MODULE_PATHNAME', 'pseudonym_identifier_subject_version';
COMMENT ON FUNCTION omni.pseudonym(omni.identifier, text, bytea, integer) IS 'pseudonym of an identifier; that of an e-mail or a phone is the pseudonym of its value, in an erasable domain, under a version of the key; needs the verb map';
CREATE FUNCTION omni.pseudonym(value text, domain text) RETURNS omni.pseudonym
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'pseudonym_text';
COMMENT ON FUNCTION omni.pseudonym(text, text) IS 'pseudonym of a text, as it is';
CREATE FUNCTION omni.pseudonym(value text, domain text, key_version integer) RETURNS omni.pseudonym
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'pseudonym_text_version';
COMMENT ON FUNCTION omni.pseudonym(text, text, integer) IS 'pseudonym of a text, as it is, under a version of the key; needs the verb map';
CREATE FUNCTION omni.pseudonym(value text, domain text, subject_key bytea) RETURNS omni.pseudonym
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 60 AS 'MODULE_PATHNAME', 'pseudonym_text_subject';
COMMENT ON FUNCTION omni.pseudonym(text, text, bytea) IS 'pseudonym of a text, as it is, in an erasable domain, with the key of the subject';
CREATE FUNCTION omni.pseudonym(value text, domain text, subject_key bytea, key_version integer) RETURNS omni.pseudonym
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 60 AS 'MODULE_PATHNAME', 'pseudonym_text_subject_version';
COMMENT ON FUNCTION omni.pseudonym(text, text, bytea, integer) IS 'pseudonym of a text, as it is, in an erasable domain, under a version of the key; needs the verb map';
CREATE FUNCTION omni.subject_key_new() RETURNS bytea
    LANGUAGE c VOLATILE STRICT PARALLEL SAFE COST 60 AS 'MODULE_PATHNAME', 'subject_key_new';
COMMENT ON FUNCTION omni.subject_key_new() IS 'a new secret of a subject, wrapped by the active key: for a column from which deleting it forgets the subject';
REVOKE EXECUTE ON FUNCTION omni.pseudonym(omni.email, text),
    omni.pseudonym(omni.email, text, integer),
    omni.pseudonym(omni.email, text, bytea),
    omni.pseudonym(omni.email, text, bytea, integer),
    omni.pseudonym(omni.phone, text),
    omni.pseudonym(omni.phone, text, integer),
    omni.pseudonym(omni.phone, text, bytea),
    omni.pseudonym(omni.phone, text, bytea, integer),
    omni.pseudonym(omni.identifier, text),
    omni.pseudonym(omni.identifier, text, integer),
    omni.pseudonym(omni.identifier, text, bytea),
    omni.pseudonym(omni.identifier, text, bytea, integer),
    omni.pseudonym(text, text),
    omni.pseudonym(text, text, integer),
    omni.pseudonym(text, text, bytea),
    omni.pseudonym(text, text, bytea, integer),
    omni.subject_key_new()
    FROM PUBLIC;

CREATE FUNCTION omni.pseudonym_eq(omni.pseudonym, omni.pseudonym) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'pseudonym_eq';
COMMENT ON FUNCTION omni.pseudonym_eq(omni.pseudonym, omni.pseudonym) IS 'implementation of = operator';
CREATE FUNCTION omni.pseudonym_ne(omni.pseudonym, omni.pseudonym) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'pseudonym_ne';
COMMENT ON FUNCTION omni.pseudonym_ne(omni.pseudonym, omni.pseudonym) IS 'implementation of <> operator';
CREATE FUNCTION omni.pseudonym_lt(omni.pseudonym, omni.pseudonym) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'pseudonym_lt';
COMMENT ON FUNCTION omni.pseudonym_lt(omni.pseudonym, omni.pseudonym) IS 'implementation of < operator';
CREATE FUNCTION omni.pseudonym_le(omni.pseudonym, omni.pseudonym) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'pseudonym_le';
COMMENT ON FUNCTION omni.pseudonym_le(omni.pseudonym, omni.pseudonym) IS 'implementation of <= operator';
CREATE FUNCTION omni.pseudonym_gt(omni.pseudonym, omni.pseudonym) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'pseudonym_gt';
COMMENT ON FUNCTION omni.pseudonym_gt(omni.pseudonym, omni.pseudonym) IS 'implementation of > operator';
CREATE FUNCTION omni.pseudonym_ge(omni.pseudonym, omni.pseudonym) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'pseudonym_ge';
COMMENT ON FUNCTION omni.pseudonym_ge(omni.pseudonym, omni.pseudonym) IS 'implementation of >= operator';
CREATE FUNCTION omni.pseudonym_cmp(omni.pseudonym, omni.pseudonym) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'pseudonym_cmp';
COMMENT ON FUNCTION omni.pseudonym_cmp(omni.pseudonym, omni.pseudonym) IS 'less-equal-greater by bytes';
CREATE FUNCTION omni.pseudonym_sortsupport(internal) RETURNS void
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pseudonym_sortsupport';
COMMENT ON FUNCTION omni.pseudonym_sortsupport(internal) IS 'sort support';
CREATE FUNCTION omni.pseudonym_hash(omni.pseudonym) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'pseudonym_hash';
COMMENT ON FUNCTION omni.pseudonym_hash(omni.pseudonym) IS 'hash';
CREATE FUNCTION omni.pseudonym_hash_extended(omni.pseudonym, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'pseudonym_hash_extended';
COMMENT ON FUNCTION omni.pseudonym_hash_extended(omni.pseudonym, bigint) IS 'hash with a seed';
CREATE FUNCTION omni.pseudonym_larger(omni.pseudonym, omni.pseudonym) RETURNS omni.pseudonym
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'pseudonym_larger';
COMMENT ON FUNCTION omni.pseudonym_larger(omni.pseudonym, omni.pseudonym) IS 'larger of two';
CREATE FUNCTION omni.pseudonym_smaller(omni.pseudonym, omni.pseudonym) RETURNS omni.pseudonym
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'pseudonym_smaller';
COMMENT ON FUNCTION omni.pseudonym_smaller(omni.pseudonym, omni.pseudonym) IS 'smaller of two';

CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.pseudonym, RIGHTARG = omni.pseudonym, FUNCTION = omni.pseudonym_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
COMMENT ON OPERATOR pg_catalog.= (omni.pseudonym, omni.pseudonym) IS 'equal';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.pseudonym, RIGHTARG = omni.pseudonym, FUNCTION = omni.pseudonym_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=),
    RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR pg_catalog.<> (omni.pseudonym, omni.pseudonym) IS 'not equal';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.pseudonym, RIGHTARG = omni.pseudonym, FUNCTION = omni.pseudonym_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR pg_catalog.< (omni.pseudonym, omni.pseudonym) IS 'less than';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.pseudonym, RIGHTARG = omni.pseudonym, FUNCTION = omni.pseudonym_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR pg_catalog.<= (omni.pseudonym, omni.pseudonym) IS 'less than or equal';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.pseudonym, RIGHTARG = omni.pseudonym, FUNCTION = omni.pseudonym_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR pg_catalog.> (omni.pseudonym, omni.pseudonym) IS 'greater than';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.pseudonym, RIGHTARG = omni.pseudonym, FUNCTION = omni.pseudonym_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR pg_catalog.>= (omni.pseudonym, omni.pseudonym) IS 'greater than or equal';

CREATE FUNCTION omni.pseudonym_eq(omni.pseudonym, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    SUPPORT omni.text_operand_eq_support AS 'MODULE_PATHNAME', 'text_operand_eq';
COMMENT ON FUNCTION omni.pseudonym_eq(omni.pseudonym, text) IS 'implementation of = operator with a string';
CREATE FUNCTION omni.pseudonym_ne(omni.pseudonym, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    SUPPORT omni.text_operand_ne_support AS 'MODULE_PATHNAME', 'text_operand_ne';
COMMENT ON FUNCTION omni.pseudonym_ne(omni.pseudonym, text) IS 'implementation of <> operator with a string';
CREATE FUNCTION omni.pseudonym_lt(omni.pseudonym, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    SUPPORT omni.text_operand_lt_support AS 'MODULE_PATHNAME', 'text_operand_lt';
COMMENT ON FUNCTION omni.pseudonym_lt(omni.pseudonym, text) IS 'implementation of < operator with a string';
CREATE FUNCTION omni.pseudonym_le(omni.pseudonym, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    SUPPORT omni.text_operand_le_support AS 'MODULE_PATHNAME', 'text_operand_le';
COMMENT ON FUNCTION omni.pseudonym_le(omni.pseudonym, text) IS 'implementation of <= operator with a string';
CREATE FUNCTION omni.pseudonym_gt(omni.pseudonym, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    SUPPORT omni.text_operand_gt_support AS 'MODULE_PATHNAME', 'text_operand_gt';
COMMENT ON FUNCTION omni.pseudonym_gt(omni.pseudonym, text) IS 'implementation of > operator with a string';
CREATE FUNCTION omni.pseudonym_ge(omni.pseudonym, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    SUPPORT omni.text_operand_ge_support AS 'MODULE_PATHNAME', 'text_operand_ge';
COMMENT ON FUNCTION omni.pseudonym_ge(omni.pseudonym, text) IS 'implementation of >= operator with a string';

CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.pseudonym, RIGHTARG = text, FUNCTION = omni.pseudonym_eq,
    NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel);
COMMENT ON OPERATOR pg_catalog.= (omni.pseudonym, text) IS 'equal pseudonym given as a string';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.pseudonym, RIGHTARG = text, FUNCTION = omni.pseudonym_ne,
    NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR pg_catalog.<> (omni.pseudonym, text) IS 'not equal pseudonym given as a string';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.pseudonym, RIGHTARG = text, FUNCTION = omni.pseudonym_lt,
    NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR pg_catalog.< (omni.pseudonym, text) IS 'less than pseudonym given as a string';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.pseudonym, RIGHTARG = text, FUNCTION = omni.pseudonym_le,
    NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR pg_catalog.<= (omni.pseudonym, text) IS 'less than or equal pseudonym given as a string';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.pseudonym, RIGHTARG = text, FUNCTION = omni.pseudonym_gt,
    NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR pg_catalog.> (omni.pseudonym, text) IS 'greater than pseudonym given as a string';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.pseudonym, RIGHTARG = text, FUNCTION = omni.pseudonym_ge,
    NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR pg_catalog.>= (omni.pseudonym, text) IS 'greater than or equal pseudonym given as a string';

CREATE OPERATOR FAMILY omni.pseudonym_ops USING btree;
COMMENT ON OPERATOR FAMILY omni.pseudonym_ops USING btree IS 'order of pseudonym by its bytes: domain, key version, kind, body';
CREATE OPERATOR CLASS omni.pseudonym_ops DEFAULT FOR TYPE omni.pseudonym USING btree FAMILY omni.pseudonym_ops AS
    OPERATOR 1 pg_catalog.<, OPERATOR 2 pg_catalog.<=, OPERATOR 3 pg_catalog.=,
    OPERATOR 4 pg_catalog.>=, OPERATOR 5 pg_catalog.>,
    FUNCTION 1 omni.pseudonym_cmp(omni.pseudonym, omni.pseudonym),
    FUNCTION 2 omni.pseudonym_sortsupport(internal),
    FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS omni.pseudonym_ops USING btree IS 'order of pseudonym by its bytes: domain, key version, kind, body';

CREATE OPERATOR FAMILY omni.pseudonym_ops USING hash;
COMMENT ON OPERATOR FAMILY omni.pseudonym_ops USING hash IS 'equality of pseudonym';
CREATE OPERATOR CLASS omni.pseudonym_ops DEFAULT FOR TYPE omni.pseudonym USING hash FAMILY omni.pseudonym_ops AS
    OPERATOR 1 pg_catalog.=,
    FUNCTION 1 omni.pseudonym_hash(omni.pseudonym),
    FUNCTION 2 omni.pseudonym_hash_extended(omni.pseudonym, bigint);
COMMENT ON OPERATOR CLASS omni.pseudonym_ops USING hash IS 'equality of pseudonym';

CREATE AGGREGATE omni.max(omni.pseudonym) (
    SFUNC = omni.pseudonym_larger, STYPE = omni.pseudonym, COMBINEFUNC = omni.pseudonym_larger,
    SORTOP = OPERATOR(pg_catalog.>), PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.max(omni.pseudonym) IS 'largest pseudonym by bytes';
CREATE AGGREGATE omni.min(omni.pseudonym) (
    SFUNC = omni.pseudonym_smaller, STYPE = omni.pseudonym, COMBINEFUNC = omni.pseudonym_smaller,
    SORTOP = OPERATOR(pg_catalog.<), PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.min(omni.pseudonym) IS 'smallest pseudonym by bytes';

/* ---- privacy: consent ---- */

CREATE FUNCTION omni.consent_purposes(OUT purpose text, OUT "bit" integer, OUT family text, OUT description text) RETURNS SETOF record
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 58 AS 'MODULE_PATHNAME', 'consent_purposes';
COMMENT ON FUNCTION omni.consent_purposes() IS 'the vocabulary of purposes: each with its bit in masks, which never changes';
CREATE FUNCTION omni.purpose_mask(purpose text) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'purpose_mask';
COMMENT ON FUNCTION omni.purpose_mask(text) IS 'mask of one purpose: for mask & purpose_mask(...) <> 0';
CREATE FUNCTION omni.purpose_mask(purposes text[]) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5 AS 'MODULE_PATHNAME', 'purpose_mask_array';
COMMENT ON FUNCTION omni.purpose_mask(text[]) IS 'mask of several purposes';
CREATE FUNCTION omni.purpose_names(mask bigint) RETURNS text[]
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5 AS 'MODULE_PATHNAME', 'purpose_names';
COMMENT ON FUNCTION omni.purpose_names(bigint) IS 'the purposes of a mask, by bit';

/* ---- privacy: permission ---- */

/* ---- privacy: TCF and GPP ---- */

CREATE FUNCTION omni.tcf_decode(tc_string text) RETURNS jsonb
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
    AS 'MODULE_PATHNAME', 'tcf_decode';
COMMENT ON FUNCTION omni.tcf_decode(text) IS 'what a TC string of the Transparency and Consent Framework says: all fields of all its segments, and warnings of what is not valid in it';

CREATE FUNCTION omni.tcf_try(tc_string text) RETURNS jsonb
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
    AS 'MODULE_PATHNAME', 'tcf_try';
COMMENT ON FUNCTION omni.tcf_try(text) IS 'what a TC string says, or NULL where it cannot be read';

CREATE FUNCTION omni.tcf_problem(tc_string text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
    AS 'MODULE_PATHNAME', 'tcf_problem';
COMMENT ON FUNCTION omni.tcf_problem(text) IS 'why a text cannot be read as a TC string, or NULL';

CREATE FUNCTION omni.tcf_warnings(tc_string text) RETURNS text[]
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
    AS 'MODULE_PATHNAME', 'tcf_warnings';
COMMENT ON FUNCTION omni.tcf_warnings(text) IS 'what is not valid in a TC string that can be read: cmp_id, version, global_scope, policy_version, legitimate_interest, disclosed_vendors, padding';

CREATE FUNCTION omni.tcf_encode(fields jsonb) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
    AS 'MODULE_PATHNAME', 'tcf_encode';
COMMENT ON FUNCTION omni.tcf_encode(jsonb) IS 'TC string of fields as tcf_decode gives them, in its one shortest form';

CREATE FUNCTION omni.tcf_allows(tc_string text, vendor integer, purpose integer) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'tcf_allows';
COMMENT ON FUNCTION omni.tcf_allows(text, integer, integer) IS 'whether a TC string lets a vendor process for a purpose on the basis of consent, publisher restrictions respected';

CREATE FUNCTION omni.tcf_allows(tc_string text, vendor integer, purpose integer, basis text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'tcf_allows_basis';
COMMENT ON FUNCTION omni.tcf_allows(text, integer, integer, text) IS 'whether a TC string lets a vendor process for a purpose that it declared as consent, legitimate_interest, flexible_consent or flexible_legitimate_interest';

CREATE FUNCTION omni.tcf_restriction(tc_string text, vendor integer, purpose integer) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'tcf_restriction';
COMMENT ON FUNCTION omni.tcf_restriction(text, integer, integer) IS 'what the publisher restricts for a vendor and a purpose: not_allowed, require_consent, require_legitimate_interest, undefined, or NULL';

CREATE FUNCTION omni.tcf_vendor_consent(tc_string text, vendor integer) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'tcf_vendor_consent';
COMMENT ON FUNCTION omni.tcf_vendor_consent(text, integer) IS 'whether the user consented to a vendor, purposes aside';

CREATE FUNCTION omni.tcf_vendor_legitimate_interest(tc_string text, vendor integer) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'tcf_vendor_legitimate_interest';
COMMENT ON FUNCTION omni.tcf_vendor_legitimate_interest(text, integer) IS 'whether a vendor may rely on legitimate interest, purposes aside: the user was told and did not object';

CREATE FUNCTION omni.tcf_vendor_disclosed(tc_string text, vendor integer) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'tcf_vendor_disclosed';
COMMENT ON FUNCTION omni.tcf_vendor_disclosed(text, integer) IS 'whether the user was shown a vendor; NULL where the string does not say which were shown';

CREATE FUNCTION omni.tcf_purpose_consent(tc_string text, purpose integer) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'tcf_purpose_consent';
COMMENT ON FUNCTION omni.tcf_purpose_consent(text, integer) IS 'whether the user consented to a purpose, vendors aside';

CREATE FUNCTION omni.tcf_purpose_legitimate_interest(tc_string text, purpose integer) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'tcf_purpose_legitimate_interest';
COMMENT ON FUNCTION omni.tcf_purpose_legitimate_interest(text, integer) IS 'whether legitimate interest was disclosed for a purpose and not objected to, vendors aside';

CREATE FUNCTION omni.tcf_special_feature(tc_string text, feature integer) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'tcf_special_feature';
COMMENT ON FUNCTION omni.tcf_special_feature(text, integer) IS 'whether the user opted in to a special feature: 1 precise geolocation, 2 scanning the device';

/* ---- privacy: disclosure ---- */

/* ---- privacy: tokens ---- */

/* ---- privacy: anonymity ---- */
