/* ---- privacy: crypto ---- */

CREATE FUNCTION omni.crypto_check(OUT primitive text, OUT method text, OUT available boolean, OUT passed boolean) RETURNS SETOF record
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100 ROWS 21 AS 'MODULE_PATHNAME', 'crypto_check';
COMMENT ON FUNCTION omni.crypto_check() IS 'whether the cryptographic primitives give the known answers of their standards here, by each method that this processor has; passed is NULL for the others';
CREATE FUNCTION omni.crypto_test(primitive text, method text, key bytea, data bytea, aad bytea[] DEFAULT '{}', length integer DEFAULT 0) RETURNS bytea
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'crypto_test';
COMMENT ON FUNCTION omni.crypto_test(text, text, bytea, bytea, bytea[], integer) IS 'for published test vectors only: what a primitive makes of one by the method that is named. What is written into a statement is no secret, so no key belongs here';
REVOKE EXECUTE ON FUNCTION omni.crypto_test(text, text, bytea, bytea, bytea[], integer) FROM PUBLIC;

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
-- it loads the keyring, which is not for sessions that have no use for it
REVOKE EXECUTE ON FUNCTION omni.keyring_domains() FROM PUBLIC;

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

CREATE TYPE omni.consent;
COMMENT ON TYPE omni.consent IS 'who decided what about which purpose, and when: the latest decision of each source record and purpose';

CREATE FUNCTION omni.consent_in(cstring) RETURNS omni.consent
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'consent_in';
COMMENT ON FUNCTION omni.consent_in(cstring) IS 'input function of consent';
CREATE FUNCTION omni.consent_out(omni.consent) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'consent_out';
COMMENT ON FUNCTION omni.consent_out(omni.consent) IS 'output function of consent';
CREATE FUNCTION omni.consent_recv(internal) RETURNS omni.consent
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'consent_recv';
COMMENT ON FUNCTION omni.consent_recv(internal) IS 'binary input function of consent';
CREATE FUNCTION omni.consent_send(omni.consent) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'consent_send';
COMMENT ON FUNCTION omni.consent_send(omni.consent) IS 'binary output function of consent';

CREATE TYPE omni.consent (
    INPUT = omni.consent_in, OUTPUT = omni.consent_out,
    RECEIVE = omni.consent_recv, SEND = omni.consent_send,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = extended, CATEGORY = 'U'
);

CREATE FUNCTION omni.consent(text) RETURNS omni.consent
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'consent_from_text';
COMMENT ON FUNCTION omni.consent(text) IS 'consent of its JSON text form';
CREATE CAST (text AS omni.consent) WITH FUNCTION omni.consent(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS omni.consent) IS 'consent of its JSON text form';
CREATE FUNCTION omni.text(omni.consent) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'consent_to_text';
COMMENT ON FUNCTION omni.text(omni.consent) IS 'JSON text form of a consent';
CREATE CAST (omni.consent AS text) WITH FUNCTION omni.text(omni.consent) AS ASSIGNMENT;
COMMENT ON CAST (omni.consent AS text) IS 'JSON text form of a consent';
CREATE FUNCTION omni.consent_try(text) RETURNS omni.consent
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'consent_try';
COMMENT ON FUNCTION omni.consent_try(text) IS 'consent of its JSON text form, NULL where the text is none';
CREATE FUNCTION omni.consent_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'consent_problem';
COMMENT ON FUNCTION omni.consent_problem(text) IS 'why a text is no consent: syntax, member, missing, duplicate, source, record_id, purpose, decision, at, basis, channel, jurisdiction, expires_at, proof, explicit, nul, too_large, encoding; NULL where it is one';

CREATE FUNCTION omni.consent(source text, record_id text, purpose text, decision text, at timestamptz, basis text DEFAULT NULL, channel text DEFAULT NULL, jurisdiction text DEFAULT NULL, expires_at timestamptz DEFAULT NULL, proof text DEFAULT NULL, explicit boolean DEFAULT false) RETURNS omni.consent
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 5 AS 'MODULE_PATHNAME', 'consent_from_decision';
COMMENT ON FUNCTION omni.consent(text, text, text, text, timestamptz, text, text, text, timestamptz, text, boolean) IS 'consent of one decision: given, refused, withdrawn or objected, by the person whom a source knows as record_id; what is given may expire, and may be explicit, which counts against what other records of the same customer refused before; NULL in the arguments behind the time says nothing';

CREATE FUNCTION omni.consent_eq(omni.consent, omni.consent) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_eq';
COMMENT ON FUNCTION omni.consent_eq(omni.consent, omni.consent) IS 'equal';
CREATE FUNCTION omni.consent_ne(omni.consent, omni.consent) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ne';
COMMENT ON FUNCTION omni.consent_ne(omni.consent, omni.consent) IS 'not equal';
CREATE FUNCTION omni.consent_lt(omni.consent, omni.consent) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_lt';
COMMENT ON FUNCTION omni.consent_lt(omni.consent, omni.consent) IS 'less by canonical bytes';
CREATE FUNCTION omni.consent_le(omni.consent, omni.consent) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_le';
COMMENT ON FUNCTION omni.consent_le(omni.consent, omni.consent) IS 'less or equal by canonical bytes';
CREATE FUNCTION omni.consent_gt(omni.consent, omni.consent) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_gt';
COMMENT ON FUNCTION omni.consent_gt(omni.consent, omni.consent) IS 'greater by canonical bytes';
CREATE FUNCTION omni.consent_ge(omni.consent, omni.consent) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ge';
COMMENT ON FUNCTION omni.consent_ge(omni.consent, omni.consent) IS 'greater or equal by canonical bytes';
CREATE OPERATOR pg_catalog.= (LEFTARG = omni.consent, RIGHTARG = omni.consent, FUNCTION = omni.consent_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
COMMENT ON OPERATOR pg_catalog.= (omni.consent, omni.consent) IS 'equal';
CREATE OPERATOR pg_catalog.<> (LEFTARG = omni.consent, RIGHTARG = omni.consent, FUNCTION = omni.consent_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR pg_catalog.<> (omni.consent, omni.consent) IS 'not equal';
CREATE OPERATOR pg_catalog.< (LEFTARG = omni.consent, RIGHTARG = omni.consent, FUNCTION = omni.consent_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR pg_catalog.< (omni.consent, omni.consent) IS 'less by canonical bytes';
CREATE OPERATOR pg_catalog.<= (LEFTARG = omni.consent, RIGHTARG = omni.consent, FUNCTION = omni.consent_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR pg_catalog.<= (omni.consent, omni.consent) IS 'less or equal by canonical bytes';
CREATE OPERATOR pg_catalog.> (LEFTARG = omni.consent, RIGHTARG = omni.consent, FUNCTION = omni.consent_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR pg_catalog.> (omni.consent, omni.consent) IS 'greater by canonical bytes';
CREATE OPERATOR pg_catalog.>= (LEFTARG = omni.consent, RIGHTARG = omni.consent, FUNCTION = omni.consent_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR pg_catalog.>= (omni.consent, omni.consent) IS 'greater or equal by canonical bytes';
CREATE FUNCTION omni.consent_eq(omni.consent, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_eq_support AS 'MODULE_PATHNAME', 'text_operand_eq';
COMMENT ON FUNCTION omni.consent_eq(omni.consent, text) IS 'equal, with a text form';
CREATE OPERATOR pg_catalog.= (LEFTARG = omni.consent, RIGHTARG = text, FUNCTION = omni.consent_eq,
    NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel);
COMMENT ON OPERATOR pg_catalog.= (omni.consent, text) IS 'equal, with a text form';
CREATE FUNCTION omni.consent_ne(omni.consent, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ne_support AS 'MODULE_PATHNAME', 'text_operand_ne';
COMMENT ON FUNCTION omni.consent_ne(omni.consent, text) IS 'not equal, with a text form';
CREATE OPERATOR pg_catalog.<> (LEFTARG = omni.consent, RIGHTARG = text, FUNCTION = omni.consent_ne,
    NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR pg_catalog.<> (omni.consent, text) IS 'not equal, with a text form';
CREATE FUNCTION omni.consent_lt(omni.consent, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_lt_support AS 'MODULE_PATHNAME', 'text_operand_lt';
COMMENT ON FUNCTION omni.consent_lt(omni.consent, text) IS 'less by canonical bytes, with a text form';
CREATE OPERATOR pg_catalog.< (LEFTARG = omni.consent, RIGHTARG = text, FUNCTION = omni.consent_lt,
    NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR pg_catalog.< (omni.consent, text) IS 'less by canonical bytes, with a text form';
CREATE FUNCTION omni.consent_le(omni.consent, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_le_support AS 'MODULE_PATHNAME', 'text_operand_le';
COMMENT ON FUNCTION omni.consent_le(omni.consent, text) IS 'less or equal by canonical bytes, with a text form';
CREATE OPERATOR pg_catalog.<= (LEFTARG = omni.consent, RIGHTARG = text, FUNCTION = omni.consent_le,
    NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR pg_catalog.<= (omni.consent, text) IS 'less or equal by canonical bytes, with a text form';
CREATE FUNCTION omni.consent_gt(omni.consent, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_gt_support AS 'MODULE_PATHNAME', 'text_operand_gt';
COMMENT ON FUNCTION omni.consent_gt(omni.consent, text) IS 'greater by canonical bytes, with a text form';
CREATE OPERATOR pg_catalog.> (LEFTARG = omni.consent, RIGHTARG = text, FUNCTION = omni.consent_gt,
    NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR pg_catalog.> (omni.consent, text) IS 'greater by canonical bytes, with a text form';
CREATE FUNCTION omni.consent_ge(omni.consent, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ge_support AS 'MODULE_PATHNAME', 'text_operand_ge';
COMMENT ON FUNCTION omni.consent_ge(omni.consent, text) IS 'greater or equal by canonical bytes, with a text form';
CREATE OPERATOR pg_catalog.>= (LEFTARG = omni.consent, RIGHTARG = text, FUNCTION = omni.consent_ge,
    NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR pg_catalog.>= (omni.consent, text) IS 'greater or equal by canonical bytes, with a text form';

CREATE FUNCTION omni.consent_cmp(omni.consent, omni.consent) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_cmp';
COMMENT ON FUNCTION omni.consent_cmp(omni.consent, omni.consent) IS 'btree comparison by canonical bytes';
CREATE FUNCTION omni.consent_sortsupport(internal) RETURNS void
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'text_value_sortsupport';
COMMENT ON FUNCTION omni.consent_sortsupport(internal) IS 'btree sort support';
CREATE FUNCTION omni.consent_hash(omni.consent) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash';
COMMENT ON FUNCTION omni.consent_hash(omni.consent) IS 'hash of the canonical bytes';
CREATE FUNCTION omni.consent_hash_extended(omni.consent, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash_extended';
COMMENT ON FUNCTION omni.consent_hash_extended(omni.consent, bigint) IS 'seeded hash of the canonical bytes';

CREATE OPERATOR FAMILY omni.consent_ops USING btree;
COMMENT ON OPERATOR FAMILY omni.consent_ops USING btree IS 'order of consent by canonical bytes';
CREATE OPERATOR CLASS omni.consent_ops DEFAULT FOR TYPE omni.consent USING btree FAMILY omni.consent_ops AS
    OPERATOR 1 pg_catalog.< , OPERATOR 2 pg_catalog.<= , OPERATOR 3 pg_catalog.= , OPERATOR 4 pg_catalog.>= , OPERATOR 5 pg_catalog.> ,
    FUNCTION 1 omni.consent_cmp(omni.consent, omni.consent),
    FUNCTION 2 omni.consent_sortsupport(internal),
    FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS omni.consent_ops USING btree IS 'order of consent by canonical bytes';
CREATE OPERATOR FAMILY omni.consent_ops USING hash;
COMMENT ON OPERATOR FAMILY omni.consent_ops USING hash IS 'hash of consent';
CREATE OPERATOR CLASS omni.consent_ops DEFAULT FOR TYPE omni.consent USING hash FAMILY omni.consent_ops AS
    OPERATOR 1 pg_catalog.= ,
    FUNCTION 1 omni.consent_hash(omni.consent),
    FUNCTION 2 omni.consent_hash_extended(omni.consent, bigint);
COMMENT ON OPERATOR CLASS omni.consent_ops USING hash IS 'hash of consent';

CREATE FUNCTION omni.consent_union(omni.consent, omni.consent) RETURNS omni.consent
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'consent_union';
COMMENT ON FUNCTION omni.consent_union(omni.consent, omni.consent) IS 'join of two consents: of each record and purpose the latest decision, on a tie the more restrictive';
CREATE OPERATOR omni.|| (LEFTARG = omni.consent, RIGHTARG = omni.consent, FUNCTION = omni.consent_union,
    COMMUTATOR = OPERATOR(omni.||));
COMMENT ON OPERATOR omni.|| (omni.consent, omni.consent) IS 'join of two consents';
CREATE FUNCTION omni.consent_combine(omni.consent, omni.consent) RETURNS omni.consent
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'consent_combine';
COMMENT ON FUNCTION omni.consent_combine(omni.consent, omni.consent) IS 'transition and combine function of consent_agg; NULL is nothing seen';
CREATE FUNCTION omni.consent_final(omni.consent) RETURNS omni.consent
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'consent_final';
COMMENT ON FUNCTION omni.consent_final(omni.consent) IS 'final function of consent_agg: the state in canonical form';
CREATE AGGREGATE omni.consent_agg(omni.consent) (
    SFUNC = omni.consent_combine, STYPE = omni.consent, FINALFUNC = omni.consent_final,
    COMBINEFUNC = omni.consent_combine, SSPACE = 1024, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.consent_agg(omni.consent) IS 'join of many consents, of single decisions or of parts';

CREATE FUNCTION omni.consent_entries(omni.consent, OUT source text, OUT record_id text, OUT purpose text, OUT decision text, OUT at timestamptz, OUT basis text, OUT channel text, OUT jurisdiction text, OUT expires_at timestamptz, OUT proof text, OUT explicit boolean) RETURNS SETOF record
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 10 AS 'MODULE_PATHNAME', 'consent_entries';
COMMENT ON FUNCTION omni.consent_entries(omni.consent) IS 'the decisions as rows, by the bytes of source and record_id, and the bit of the purpose';
CREATE FUNCTION omni.consent_records(omni.consent) RETURNS text[]
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5 AS 'MODULE_PATHNAME', 'consent_records';
COMMENT ON FUNCTION omni.consent_records(omni.consent) IS 'a row {source,record_id} for each record, by bytes';
CREATE FUNCTION omni.consent_without_records(omni.consent, text[]) RETURNS omni.consent
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5 AS 'MODULE_PATHNAME', 'consent_without_records';
COMMENT ON FUNCTION omni.consent_without_records(omni.consent, text[]) IS 'the consent without the decisions of the record {source,record_id}, or without those of each of an array of such rows; what it does not have is left out silently';
CREATE OPERATOR omni.- (LEFTARG = omni.consent, RIGHTARG = text[], FUNCTION = omni.consent_without_records);
COMMENT ON OPERATOR omni.- (omni.consent, text[]) IS 'take records out again';

CREATE FUNCTION omni.consent_mask(omni.consent, at timestamptz) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'consent_mask';
COMMENT ON FUNCTION omni.consent_mask(omni.consent, timestamptz) IS 'mask of the purposes that are allowed at an instant';
CREATE FUNCTION omni.consent_refused(omni.consent, at timestamptz) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'consent_refused';
COMMENT ON FUNCTION omni.consent_refused(omni.consent, timestamptz) IS 'mask of the purposes that a record refuses, with no explicit grant after it in force at an instant';
CREATE FUNCTION omni.consent_valid_until(omni.consent, at timestamptz) RETURNS timestamptz
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 12 AS 'MODULE_PATHNAME', 'consent_valid_until';
COMMENT ON FUNCTION omni.consent_valid_until(omni.consent, timestamptz) IS 'the first instant after another at which consent_mask() or consent_refused() changes without a new decision; infinity if there is none';
CREATE FUNCTION omni.consent_state(omni.consent, at timestamptz, OUT allowed bigint, OUT refused bigint, OUT valid_until timestamptz) RETURNS record
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 15 AS 'MODULE_PATHNAME', 'consent_state';
COMMENT ON FUNCTION omni.consent_state(omni.consent, timestamptz) IS 'consent_mask(), consent_refused() and consent_valid_until() at once, as a table keeps them: they hold from the instant until valid_until';
CREATE FUNCTION omni.consent_explain(omni.consent, purpose text, at timestamptz, OUT allowed boolean, OUT rule text, OUT source text, OUT record_id text, OUT decision text, OUT decided_at timestamptz, OUT expires_at timestamptz) RETURNS record
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 15 AS 'MODULE_PATHNAME', 'consent_explain';
COMMENT ON FUNCTION omni.consent_explain(omni.consent, text, timestamptz) IS 'why a purpose is allowed or not: by the rule given, explicit_grant, refused, expired, not_yet_given, default_allowed, default_refused or undecided, and by which decision';

CREATE FUNCTION omni.purpose_support(internal) RETURNS internal
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'purpose_support';
COMMENT ON FUNCTION omni.purpose_support(internal) IS 'planner support: a purpose that is a constant is looked up once, and is an error of the query if there is none of that name';
CREATE FUNCTION omni.allows(omni.consent, purpose text, at timestamptz) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 SUPPORT omni.purpose_support AS 'MODULE_PATHNAME', 'consent_allows';
COMMENT ON FUNCTION omni.allows(omni.consent, text, timestamptz) IS 'is a purpose allowed at an instant';
CREATE FUNCTION omni.consent_allows_now(omni.consent, purpose text) RETURNS boolean
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 10 SUPPORT omni.purpose_support AS 'MODULE_PATHNAME', 'consent_allows_now';
COMMENT ON FUNCTION omni.consent_allows_now(omni.consent, text) IS 'is a purpose allowed when the statement began';
CREATE OPERATOR omni.@> (LEFTARG = omni.consent, RIGHTARG = text, FUNCTION = omni.consent_allows_now,
    RESTRICT = contsel, JOIN = contjoinsel);
COMMENT ON OPERATOR omni.@> (omni.consent, text) IS 'is a purpose allowed when the statement began';
CREATE FUNCTION omni.allows_all(mask bigint, purposes bigint) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'mask_allows_all';
COMMENT ON FUNCTION omni.allows_all(bigint, bigint) IS 'has a mask all bits of another, which are some: allows() with purpose_mask() for the names; false where none is asked for';
CREATE FUNCTION omni.allows(mask bigint, purpose text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE SUPPORT omni.purpose_support AS 'MODULE_PATHNAME', 'mask_allows';
COMMENT ON FUNCTION omni.allows(bigint, text) IS 'has a mask the bit of a purpose; that the mask still holds is for the caller to test';
CREATE FUNCTION omni.allows_all(mask bigint, valid_until timestamptz, purposes bigint, at timestamptz) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'state_allows_all';
COMMENT ON FUNCTION omni.allows_all(bigint, timestamptz, bigint, timestamptz) IS 'has a mask that holds until valid_until all bits of another, which are some, at an instant before it';
CREATE FUNCTION omni.allows(mask bigint, valid_until timestamptz, purpose text, at timestamptz) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE SUPPORT omni.purpose_support AS 'MODULE_PATHNAME', 'state_allows';
COMMENT ON FUNCTION omni.allows(bigint, timestamptz, text, timestamptz) IS 'is a purpose allowed at an instant, by a mask that holds until valid_until: false from then on';

CREATE FUNCTION omni.consent_default(jurisdiction text, at timestamptz) RETURNS omni.consent
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME', 'consent_default';
COMMENT ON FUNCTION omni.consent_default(text, timestamptz) IS 'what holds in a jurisdiction at a time where nobody decided, by consent_jurisdictions(): default_allowed where the laws leave a purpose to opt-out, else default_refused. No legal advice.';
CREATE FUNCTION omni.consent_gpc(source text, record_id text, at timestamptz, jurisdiction text) RETURNS omni.consent
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'consent_gpc';
COMMENT ON FUNCTION omni.consent_gpc(text, text, timestamptz, text) IS 'what the signal Global Privacy Control of a browser says: an objection to sale, sharing and targeted_advertising where a law gives it that effect, elsewhere nothing';
CREATE FUNCTION omni.consent_jurisdictions(OUT jurisdiction text, OUT law_of text, OUT law text, OUT valid_from date, OUT valid_to date, OUT opt_in text[], OUT opt_out text[], OUT gpc text[]) RETURNS SETOF record
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 300 AS 'MODULE_PATHNAME', 'consent_jurisdictions';
COMMENT ON FUNCTION omni.consent_jurisdictions() IS 'the laws that consent_default() and consent_gpc() apply, each with its jurisdiction and its days; valid_to is the first day on which it no longer holds. No legal advice.';
CREATE FUNCTION omni.consent_mode(omni.consent, at timestamptz) RETURNS jsonb
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'consent_mode';
COMMENT ON FUNCTION omni.consent_mode(omni.consent, timestamptz) IS 'the four signals of Google Consent Mode v2, each granted or denied';

/* ---- privacy: permission ---- */

CREATE TYPE omni.permission;
COMMENT ON TYPE omni.permission IS 'what may be seen for a purpose: the value, a pseudonym of a domain, or nothing';

CREATE FUNCTION omni.permission_in(cstring) RETURNS omni.permission
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'permission_in';
COMMENT ON FUNCTION omni.permission_in(cstring) IS 'input function of permission';
CREATE FUNCTION omni.permission_out(omni.permission) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'permission_out';
COMMENT ON FUNCTION omni.permission_out(omni.permission) IS 'output function of permission';
CREATE FUNCTION omni.permission_recv(internal) RETURNS omni.permission
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'permission_recv';
COMMENT ON FUNCTION omni.permission_recv(internal) IS 'binary input function of permission';
CREATE FUNCTION omni.permission_send(omni.permission) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'permission_send';
COMMENT ON FUNCTION omni.permission_send(omni.permission) IS 'binary output function of permission';

CREATE TYPE omni.permission (
    INPUT = omni.permission_in, OUTPUT = omni.permission_out,
    RECEIVE = omni.permission_recv, SEND = omni.permission_send,
    LIKE = pg_catalog.int8, CATEGORY = 'U'
);

CREATE FUNCTION omni.permission(text) RETURNS omni.permission
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'permission_from_text';
COMMENT ON FUNCTION omni.permission(text) IS 'permission of its text form';
CREATE CAST (text AS omni.permission) WITH FUNCTION omni.permission(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS omni.permission) IS 'permission of its text form';
CREATE FUNCTION omni.text(omni.permission) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'permission_to_text';
COMMENT ON FUNCTION omni.text(omni.permission) IS 'text form of a permission: none, raw:purpose or pseudonym:purpose@domain';
CREATE CAST (omni.permission AS text) WITH FUNCTION omni.text(omni.permission) AS ASSIGNMENT;
COMMENT ON CAST (omni.permission AS text) IS 'text form of a permission';
CREATE FUNCTION omni.permission_try(text) RETURNS omni.permission
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'permission_try';
COMMENT ON FUNCTION omni.permission_try(text) IS 'permission of its text form, NULL where the text is none';
CREATE FUNCTION omni.permission_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'permission_problem';
COMMENT ON FUNCTION omni.permission_problem(text) IS 'why a text is no permission: level, purpose, domain, missing; NULL where it is one';
CREATE FUNCTION omni.permission_level(omni.permission) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'permission_level_text';
COMMENT ON FUNCTION omni.permission_level(omni.permission) IS 'none, pseudonym or raw';

CREATE FUNCTION omni.permission_request(purpose text, domain text DEFAULT NULL) RETURNS omni.permission
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'permission_request';
COMMENT ON FUNCTION omni.permission_request(text, text) IS 'what is asked for: a purpose, and the domain of pseudonyms that serve where nobody refused; for permission_at(); a NULL domain is none, NULL for a NULL purpose';
CREATE FUNCTION omni.permission(omni.consent, purpose text, domain text, at timestamptz) RETURNS omni.permission
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10 SUPPORT omni.purpose_support AS 'MODULE_PATHNAME', 'permission_of_consent';
COMMENT ON FUNCTION omni.permission(omni.consent, text, text, timestamptz) IS 'what a consent permits for a purpose at an instant: the value where it is allowed, nothing where it is refused, else a pseudonym of the domain, or nothing where that is NULL; NULL where another argument is';
CREATE FUNCTION omni.permission_now(omni.consent, purpose text) RETURNS omni.permission
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 10 SUPPORT omni.purpose_support AS 'MODULE_PATHNAME', 'permission_of_consent_now';
COMMENT ON FUNCTION omni.permission_now(omni.consent, text) IS 'what a consent permits for a purpose when the statement began: the value or nothing';
CREATE OPERATOR omni.-> (LEFTARG = omni.consent, RIGHTARG = text, FUNCTION = omni.permission_now);
COMMENT ON OPERATOR omni.-> (omni.consent, text) IS 'what a consent permits for a purpose when the statement began: the value or nothing';
CREATE FUNCTION omni.permission_at(allowed bigint, refused bigint, valid_until timestamptz, request omni.permission, at timestamptz) RETURNS omni.permission
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'permission_at';
COMMENT ON FUNCTION omni.permission_at(bigint, bigint, timestamptz, omni.permission, timestamptz) IS 'what the masks of consent_state() permit at an instant of what permission_request() asks for: nothing from valid_until on';
CREATE FUNCTION omni.permission(allowed bigint, refused bigint, valid_until timestamptz, purpose text, domain text, at timestamptz) RETURNS omni.permission
    LANGUAGE c IMMUTABLE PARALLEL SAFE SUPPORT omni.purpose_support AS 'MODULE_PATHNAME', 'permission_of_masks';
COMMENT ON FUNCTION omni.permission(bigint, bigint, timestamptz, text, text, timestamptz) IS 'what the masks of consent_state() permit for a purpose at an instant: nothing from valid_until on; a NULL domain is none, NULL where another argument is';

CREATE FUNCTION omni.permission_eq(omni.permission, omni.permission) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8eq';
COMMENT ON FUNCTION omni.permission_eq(omni.permission, omni.permission) IS 'permission = permission';

CREATE FUNCTION omni.permission_ne(omni.permission, omni.permission) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8ne';
COMMENT ON FUNCTION omni.permission_ne(omni.permission, omni.permission) IS 'permission <> permission';

CREATE FUNCTION omni.permission_lt(omni.permission, omni.permission) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8lt';
COMMENT ON FUNCTION omni.permission_lt(omni.permission, omni.permission) IS 'permission < permission';

CREATE FUNCTION omni.permission_le(omni.permission, omni.permission) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8le';
COMMENT ON FUNCTION omni.permission_le(omni.permission, omni.permission) IS 'permission <= permission';

CREATE FUNCTION omni.permission_gt(omni.permission, omni.permission) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8gt';
COMMENT ON FUNCTION omni.permission_gt(omni.permission, omni.permission) IS 'permission > permission';

CREATE FUNCTION omni.permission_ge(omni.permission, omni.permission) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8ge';
COMMENT ON FUNCTION omni.permission_ge(omni.permission, omni.permission) IS 'permission >= permission';

CREATE FUNCTION omni.permission_cmp(omni.permission, omni.permission) RETURNS integer
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'btint8cmp';
COMMENT ON FUNCTION omni.permission_cmp(omni.permission, omni.permission) IS 'btree comparison of permission';

CREATE FUNCTION omni.permission_sortsupport(internal) RETURNS void
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'btint8sortsupport';
COMMENT ON FUNCTION omni.permission_sortsupport(internal) IS 'sort support of permission';

CREATE FUNCTION omni.permission_hash(omni.permission) RETURNS integer
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'hashint8';
COMMENT ON FUNCTION omni.permission_hash(omni.permission) IS 'hash of permission';

CREATE FUNCTION omni.permission_hash_extended(omni.permission, bigint) RETURNS bigint
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'hashint8extended';
COMMENT ON FUNCTION omni.permission_hash_extended(omni.permission, bigint) IS '64-bit hash of permission with a seed';

CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.permission, RIGHTARG = omni.permission, FUNCTION = omni.permission_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel,
    HASHES, MERGES
);
COMMENT ON OPERATOR pg_catalog.= (omni.permission, omni.permission) IS 'equal';

CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.permission, RIGHTARG = omni.permission, FUNCTION = omni.permission_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=),
    RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.permission, omni.permission) IS 'not equal';

CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.permission, RIGHTARG = omni.permission, FUNCTION = omni.permission_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.permission, omni.permission) IS 'less';

CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.permission, RIGHTARG = omni.permission, FUNCTION = omni.permission_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.permission, omni.permission) IS 'less or equal';

CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.permission, RIGHTARG = omni.permission, FUNCTION = omni.permission_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.permission, omni.permission) IS 'greater';

CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.permission, RIGHTARG = omni.permission, FUNCTION = omni.permission_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.permission, omni.permission) IS 'greater or equal';

CREATE OPERATOR FAMILY omni.permission_ops USING btree;
COMMENT ON OPERATOR FAMILY omni.permission_ops USING btree IS 'order of permission: level, purpose, domain';
CREATE OPERATOR CLASS omni.permission_ops DEFAULT FOR TYPE omni.permission USING btree FAMILY omni.permission_ops AS
    OPERATOR 1 pg_catalog.<, OPERATOR 2 pg_catalog.<=, OPERATOR 3 pg_catalog.=,
    OPERATOR 4 pg_catalog.>=, OPERATOR 5 pg_catalog.>,
    FUNCTION 1 omni.permission_cmp(omni.permission, omni.permission),
    FUNCTION 2 omni.permission_sortsupport(internal),
    FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS omni.permission_ops USING btree IS 'order of permission: level, purpose, domain';

CREATE OPERATOR FAMILY omni.permission_ops USING hash;
COMMENT ON OPERATOR FAMILY omni.permission_ops USING hash IS 'equality of permission';
CREATE OPERATOR CLASS omni.permission_ops DEFAULT FOR TYPE omni.permission USING hash FAMILY omni.permission_ops AS
    OPERATOR 1 pg_catalog.=,
    FUNCTION 1 omni.permission_hash(omni.permission),
    FUNCTION 2 omni.permission_hash_extended(omni.permission, bigint);
COMMENT ON OPERATOR CLASS omni.permission_ops USING hash IS 'equality of permission';

CREATE FUNCTION omni.permission_eq(omni.permission, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 SUPPORT omni.text_operand_eq_support
    AS 'MODULE_PATHNAME', 'text_operand_eq';
COMMENT ON FUNCTION omni.permission_eq(omni.permission, text) IS 'permission = text::permission';

CREATE FUNCTION omni.permission_ne(omni.permission, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 SUPPORT omni.text_operand_ne_support
    AS 'MODULE_PATHNAME', 'text_operand_ne';
COMMENT ON FUNCTION omni.permission_ne(omni.permission, text) IS 'permission <> text::permission';

CREATE FUNCTION omni.permission_lt(omni.permission, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 SUPPORT omni.text_operand_lt_support
    AS 'MODULE_PATHNAME', 'text_operand_lt';
COMMENT ON FUNCTION omni.permission_lt(omni.permission, text) IS 'permission < text::permission';

CREATE FUNCTION omni.permission_le(omni.permission, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 SUPPORT omni.text_operand_le_support
    AS 'MODULE_PATHNAME', 'text_operand_le';
COMMENT ON FUNCTION omni.permission_le(omni.permission, text) IS 'permission <= text::permission';

CREATE FUNCTION omni.permission_gt(omni.permission, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 SUPPORT omni.text_operand_gt_support
    AS 'MODULE_PATHNAME', 'text_operand_gt';
COMMENT ON FUNCTION omni.permission_gt(omni.permission, text) IS 'permission > text::permission';

CREATE FUNCTION omni.permission_ge(omni.permission, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 SUPPORT omni.text_operand_ge_support
    AS 'MODULE_PATHNAME', 'text_operand_ge';
COMMENT ON FUNCTION omni.permission_ge(omni.permission, text) IS 'permission >= text::permission';

CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.permission, RIGHTARG = text, FUNCTION = omni.permission_eq,
    NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel
);
COMMENT ON OPERATOR pg_catalog.= (omni.permission, text) IS 'equal, the text taken as a permission';

CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.permission, RIGHTARG = text, FUNCTION = omni.permission_ne,
    NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.permission, text) IS 'not equal, the text taken as a permission';

CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.permission, RIGHTARG = text, FUNCTION = omni.permission_lt,
    NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.permission, text) IS 'less, the text taken as a permission';

CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.permission, RIGHTARG = text, FUNCTION = omni.permission_le,
    NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.permission, text) IS 'less or equal, the text taken as a permission';

CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.permission, RIGHTARG = text, FUNCTION = omni.permission_gt,
    NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.permission, text) IS 'greater, the text taken as a permission';

CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.permission, RIGHTARG = text, FUNCTION = omni.permission_ge,
    NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.permission, text) IS 'greater or equal, the text taken as a permission';

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

CREATE FUNCTION omni.gpp_decode(gpp_string text) RETURNS jsonb
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
    AS 'MODULE_PATHNAME', 'gpp_decode';
COMMENT ON FUNCTION omni.gpp_decode(text) IS 'what a string of the Global Privacy Platform says: all fields of its sections; a section that is not known is its text';

CREATE FUNCTION omni.gpp_try(gpp_string text) RETURNS jsonb
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
    AS 'MODULE_PATHNAME', 'gpp_try';
COMMENT ON FUNCTION omni.gpp_try(text) IS 'what a GPP string says, or NULL where it cannot be read';

CREATE FUNCTION omni.gpp_problem(gpp_string text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
    AS 'MODULE_PATHNAME', 'gpp_problem';
COMMENT ON FUNCTION omni.gpp_problem(text) IS 'why a text cannot be read as a GPP string, or NULL';

CREATE FUNCTION omni.gpp_sections(gpp_string text, OUT section_id integer, OUT name text, OUT version integer, OUT sale_opt_out boolean,
    OUT sharing_opt_out boolean, OUT targeted_advertising_opt_out boolean, OUT gpc boolean) RETURNS SETOF record
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50 ROWS 2
    AS 'MODULE_PATHNAME', 'gpp_sections';
COMMENT ON FUNCTION omni.gpp_sections(text) IS 'sections of a GPP string and what each says of opting out: true, false, or NULL where it does not apply';

CREATE FUNCTION omni.gpp_opt_out(gpp_string text, what text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
    AS 'MODULE_PATHNAME', 'gpp_opt_out';
COMMENT ON FUNCTION omni.gpp_opt_out(text, text) IS 'whether a section of a GPP string says that the user opted out of sale, sharing or targeted_advertising, or sends gpc, which opts out of all three; NULL where none says anything';

CREATE FUNCTION omni.gpp_encode(fields jsonb) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
    AS 'MODULE_PATHNAME', 'gpp_encode';
COMMENT ON FUNCTION omni.gpp_encode(jsonb) IS 'GPP string of sections as gpp_decode gives them';

CREATE FUNCTION omni.consent_from_tcf(source text, record_id text, tc_string text, vendor integer DEFAULT NULL, jurisdiction text DEFAULT NULL,
    legitimate_interest integer[] DEFAULT '{}', expires_at timestamptz DEFAULT NULL) RETURNS omni.consent
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100
    AS 'MODULE_PATHNAME', 'consent_from_tcf';
COMMENT ON FUNCTION omni.consent_from_tcf(text, text, text, integer, text, integer[], timestamptz) IS 'decisions of a TC string on the purposes and special features of the framework: for a vendor, which declared some of them as legitimate interest, or where the vendor is NULL for the site itself; made when the string was last updated; NULL for a NULL string or record, and a NULL jurisdiction is the one of the publisher';

CREATE FUNCTION omni.consent_from_gpp(source text, record_id text, gpp_string text, at timestamptz, jurisdiction text DEFAULT NULL, expires_at timestamptz DEFAULT NULL) RETURNS omni.consent
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100
    AS 'MODULE_PATHNAME', 'consent_from_gpp';
COMMENT ON FUNCTION omni.consent_from_gpp(text, text, text, timestamptz, text, timestamptz) IS 'decisions of the US sections of a GPP string on sale, sharing, targeted advertising, sensitive data and children: of those that apply to a jurisdiction, or where it is NULL of all; NULL for a NULL string, record or time';

CREATE FUNCTION omni.tcf_from_consent(decisions omni.consent, at timestamptz, fields jsonb) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 200
    RETURN omni.tcf_encode(fields OPERATOR(pg_catalog.||) (
        SELECT jsonb_build_object('created', d, 'lastUpdated', d,
            'purposeConsent', coalesce(jsonb_agg(n ORDER BY n) FILTER (WHERE kind OPERATOR(pg_catalog.=) 'tcf_'), '[]'),
            'specialFeatureOptIns', coalesce(jsonb_agg(n ORDER BY n) FILTER (WHERE kind OPERATOR(pg_catalog.=) 'tcf_feature_'), '[]'))
        FROM to_char(date_trunc('day', at, 'UTC') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"00:00:00"Z"') d
        LEFT JOIN (SELECT DISTINCT substring(e.purpose FROM '^(?:tcf_feature_|tcf_)') AS kind, substring(e.purpose FROM '[0-9]+$')::integer AS n
            FROM omni.consent_entries(decisions) e
            WHERE e.purpose OPERATOR(pg_catalog.~) '^tcf_' AND e.decision OPERATOR(pg_catalog.=) 'given' AND omni.allows(decisions, e.purpose, tcf_from_consent.at)) given ON true
        GROUP BY d));
COMMENT ON FUNCTION omni.tcf_from_consent(omni.consent, timestamptz, jsonb) IS 'TC string for export: purposes and special features that are given at an instant, all other fields as tcf_encode takes them';

/* ---- privacy: disclosure ---- */

-- keyed: whoever may execute these still needs a verb in the domain, which the keyring gives to roles

CREATE FUNCTION omni.disclose(value omni.email, omni.permission) RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'disclose_email';
COMMENT ON FUNCTION omni.disclose(omni.email, omni.permission) IS 'what a permission lets be seen of an e-mail address: the value, its pseudonym, or NULL';
CREATE FUNCTION omni.disclose_pseudonym(value omni.email, omni.permission) RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'disclose_email_pseudonym';
COMMENT ON FUNCTION omni.disclose_pseudonym(omni.email, omni.permission) IS 'the pseudonym of an e-mail address, also where the value may be seen, or NULL: a key to join by';
CREATE FUNCTION omni.disclose(value omni.email, omni.consent, purpose text, domain text, subject_key bytea DEFAULT NULL) RETURNS text
    LANGUAGE c STABLE PARALLEL SAFE COST 30 SUPPORT omni.purpose_support AS 'MODULE_PATHNAME', 'disclose_email_by_consent';
COMMENT ON FUNCTION omni.disclose(omni.email, omni.consent, text, text, bytea) IS 'what a consent lets be seen of an e-mail address for a purpose when the statement began: the value, its pseudonym in the domain, or NULL; a NULL domain is none, subject_key is for erasable domains, and NULL of another argument gives NULL';
CREATE OPERATOR omni.<~ (LEFTARG = omni.email, RIGHTARG = omni.permission, FUNCTION = omni.disclose);
COMMENT ON OPERATOR omni.<~ (omni.email, omni.permission) IS 'what a permission lets be seen: the value, its pseudonym, or NULL';
CREATE OPERATOR omni.<~# (LEFTARG = omni.email, RIGHTARG = omni.permission, FUNCTION = omni.disclose_pseudonym);
COMMENT ON OPERATOR omni.<~# (omni.email, omni.permission) IS 'the pseudonym, also where the value may be seen, or NULL';

CREATE FUNCTION omni.disclose(value omni.phone, omni.permission) RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'disclose_phone';
COMMENT ON FUNCTION omni.disclose(omni.phone, omni.permission) IS 'what a permission lets be seen of a phone number: the value, its pseudonym, or NULL';
CREATE FUNCTION omni.disclose_pseudonym(value omni.phone, omni.permission) RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'disclose_phone_pseudonym';
COMMENT ON FUNCTION omni.disclose_pseudonym(omni.phone, omni.permission) IS 'the pseudonym of a phone number, also where the value may be seen, or NULL: a key to join by';
CREATE FUNCTION omni.disclose(value omni.phone, omni.consent, purpose text, domain text, subject_key bytea DEFAULT NULL) RETURNS text
    LANGUAGE c STABLE PARALLEL SAFE COST 30 SUPPORT omni.purpose_support AS 'MODULE_PATHNAME', 'disclose_phone_by_consent';
COMMENT ON FUNCTION omni.disclose(omni.phone, omni.consent, text, text, bytea) IS 'what a consent lets be seen of a phone number for a purpose when the statement began: the value, its pseudonym in the domain, or NULL; a NULL domain is none, subject_key is for erasable domains, and NULL of another argument gives NULL';
CREATE OPERATOR omni.<~ (LEFTARG = omni.phone, RIGHTARG = omni.permission, FUNCTION = omni.disclose);
COMMENT ON OPERATOR omni.<~ (omni.phone, omni.permission) IS 'what a permission lets be seen: the value, its pseudonym, or NULL';
CREATE OPERATOR omni.<~# (LEFTARG = omni.phone, RIGHTARG = omni.permission, FUNCTION = omni.disclose_pseudonym);
COMMENT ON OPERATOR omni.<~# (omni.phone, omni.permission) IS 'the pseudonym, also where the value may be seen, or NULL';

CREATE FUNCTION omni.disclose(value omni.identifier, omni.permission) RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'disclose_identifier';
COMMENT ON FUNCTION omni.disclose(omni.identifier, omni.permission) IS 'what a permission lets be seen of an identifier: the value, its pseudonym, or NULL';
CREATE FUNCTION omni.disclose_pseudonym(value omni.identifier, omni.permission) RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'disclose_identifier_pseudonym';
COMMENT ON FUNCTION omni.disclose_pseudonym(omni.identifier, omni.permission) IS 'the pseudonym of an identifier, also where the value may be seen, or NULL: a key to join by';
CREATE FUNCTION omni.disclose(value omni.identifier, omni.consent, purpose text, domain text, subject_key bytea DEFAULT NULL) RETURNS text
    LANGUAGE c STABLE PARALLEL SAFE COST 30 SUPPORT omni.purpose_support AS 'MODULE_PATHNAME', 'disclose_identifier_by_consent';
COMMENT ON FUNCTION omni.disclose(omni.identifier, omni.consent, text, text, bytea) IS 'what a consent lets be seen of an identifier for a purpose when the statement began: the value, its pseudonym in the domain, or NULL; a NULL domain is none, subject_key is for erasable domains, and NULL of another argument gives NULL';
CREATE OPERATOR omni.<~ (LEFTARG = omni.identifier, RIGHTARG = omni.permission, FUNCTION = omni.disclose);
COMMENT ON OPERATOR omni.<~ (omni.identifier, omni.permission) IS 'what a permission lets be seen: the value, its pseudonym, or NULL';
CREATE OPERATOR omni.<~# (LEFTARG = omni.identifier, RIGHTARG = omni.permission, FUNCTION = omni.disclose_pseudonym);
COMMENT ON OPERATOR omni.<~# (omni.identifier, omni.permission) IS 'the pseudonym, also where the value may be seen, or NULL';

CREATE FUNCTION omni.disclose(value text, omni.permission) RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'disclose_text';
COMMENT ON FUNCTION omni.disclose(text, omni.permission) IS 'what a permission lets be seen of a text: the value, its pseudonym, or NULL';
CREATE FUNCTION omni.disclose_pseudonym(value text, omni.permission) RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'disclose_text_pseudonym';
COMMENT ON FUNCTION omni.disclose_pseudonym(text, omni.permission) IS 'the pseudonym of a text, also where the value may be seen, or NULL: a key to join by';
CREATE FUNCTION omni.disclose(value text, omni.consent, purpose text, domain text, subject_key bytea DEFAULT NULL) RETURNS text
    LANGUAGE c STABLE PARALLEL SAFE COST 30 SUPPORT omni.purpose_support AS 'MODULE_PATHNAME', 'disclose_text_by_consent';
COMMENT ON FUNCTION omni.disclose(text, omni.consent, text, text, bytea) IS 'what a consent lets be seen of a text for a purpose when the statement began: the value, its pseudonym in the domain, or NULL; a NULL domain is none, subject_key is for erasable domains, and NULL of another argument gives NULL';
CREATE OPERATOR omni.<~ (LEFTARG = text, RIGHTARG = omni.permission, FUNCTION = omni.disclose);
COMMENT ON OPERATOR omni.<~ (text, omni.permission) IS 'what a permission lets be seen: the value, its pseudonym, or NULL';
CREATE OPERATOR omni.<~# (LEFTARG = text, RIGHTARG = omni.permission, FUNCTION = omni.disclose_pseudonym);
COMMENT ON OPERATOR omni.<~# (text, omni.permission) IS 'the pseudonym, also where the value may be seen, or NULL';

CREATE FUNCTION omni.disclose(omni.customer_profile, omni.permission) RETURNS omni.customer_profile
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME', 'disclose_profile';
COMMENT ON FUNCTION omni.disclose(omni.customer_profile, omni.permission) IS 'what a permission lets be seen of a profile: all of it, its records with pseudonyms in the place of keys and identifiers and without attributes, or NULL';
CREATE FUNCTION omni.disclose(omni.customer_profile, omni.permission, attributes text[]) RETURNS omni.customer_profile
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME', 'disclose_profile';
COMMENT ON FUNCTION omni.disclose(omni.customer_profile, omni.permission, text[]) IS 'disclose() of a profile whose records keep these attributes, too, where they are shown with pseudonyms';
CREATE OPERATOR omni.<~ (LEFTARG = omni.customer_profile, RIGHTARG = omni.permission, FUNCTION = omni.disclose);
COMMENT ON OPERATOR omni.<~ (omni.customer_profile, omni.permission) IS 'what a permission lets be seen of a profile';
REVOKE EXECUTE ON FUNCTION omni.disclose(omni.email, omni.permission),
    omni.disclose_pseudonym(omni.email, omni.permission),
    omni.disclose(omni.email, omni.consent, text, text, bytea),
    omni.disclose(omni.phone, omni.permission),
    omni.disclose_pseudonym(omni.phone, omni.permission),
    omni.disclose(omni.phone, omni.consent, text, text, bytea),
    omni.disclose(omni.identifier, omni.permission),
    omni.disclose_pseudonym(omni.identifier, omni.permission),
    omni.disclose(omni.identifier, omni.consent, text, text, bytea),
    omni.disclose(text, omni.permission),
    omni.disclose_pseudonym(text, omni.permission),
    omni.disclose(text, omni.consent, text, text, bytea),
    omni.disclose(omni.customer_profile, omni.permission),
    omni.disclose(omni.customer_profile, omni.permission, text[])
    FROM PUBLIC;

-- keyless: for views, whose functions run as whoever reads them

CREATE FUNCTION omni.mask(value omni.email, omni.pseudonym, omni.permission) RETURNS text
    LANGUAGE c IMMUTABLE PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'mask_email';
COMMENT ON FUNCTION omni.mask(omni.email, omni.pseudonym, omni.permission) IS 'what a permission lets be seen of an e-mail address with its stored pseudonym: one of them, or NULL; a pseudonym of another domain than the permission''s is not shown, and NULL is nothing';

CREATE FUNCTION omni.mask(value omni.phone, omni.pseudonym, omni.permission) RETURNS text
    LANGUAGE c IMMUTABLE PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'mask_phone';
COMMENT ON FUNCTION omni.mask(omni.phone, omni.pseudonym, omni.permission) IS 'what a permission lets be seen of a phone number with its stored pseudonym: one of them, or NULL; a pseudonym of another domain than the permission''s is not shown, and NULL is nothing';

CREATE FUNCTION omni.mask(value omni.identifier, omni.pseudonym, omni.permission) RETURNS text
    LANGUAGE c IMMUTABLE PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'mask_identifier';
COMMENT ON FUNCTION omni.mask(omni.identifier, omni.pseudonym, omni.permission) IS 'what a permission lets be seen of an identifier with its stored pseudonym: one of them, or NULL; a pseudonym of another domain than the permission''s is not shown, and NULL is nothing';

CREATE FUNCTION omni.mask(value text, omni.pseudonym, omni.permission) RETURNS text
    LANGUAGE c IMMUTABLE PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'mask_text';
COMMENT ON FUNCTION omni.mask(text, omni.pseudonym, omni.permission) IS 'what a permission lets be seen of a text with its stored pseudonym: one of them, or NULL; a pseudonym of another domain than the permission''s is not shown, and NULL is nothing';

CREATE FUNCTION omni.mask(omni.customer_profile, omni.permission, attributes text[] DEFAULT '{}') RETURNS omni.customer_profile
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'mask_profile';
COMMENT ON FUNCTION omni.mask(omni.customer_profile, omni.permission, text[]) IS 'what a permission lets be seen of a profile: all of it; sources, times and the named attributes of its records, numbered, where a pseudonym is permitted; or NULL';

/* ---- privacy: tokens ---- */

CREATE FUNCTION omni.tokenize(value text, domain text, subject_id bigint, subject_key bytea) RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 60 AS 'MODULE_PATHNAME', 'tokenize';
COMMENT ON FUNCTION omni.tokenize(text, text, bigint, bytea) IS 'a token for a value of a subject in a domain: store_reidentify() reads it, as long as the subject has its key; needs the verb tokenize';
CREATE FUNCTION omni.token_rotate(token text, subject_key bytea) RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 120 AS 'MODULE_PATHNAME', 'token_rotate';
COMMENT ON FUNCTION omni.token_rotate(text, bytea) IS 'the token of the same value under the active key, without disclosing it; needs the verb map';
CREATE FUNCTION omni.token_key_version(token text) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'token_key_version';
COMMENT ON FUNCTION omni.token_key_version(text) IS 'the version of the key that made a token';
CREATE FUNCTION omni.subject_key_rewrap(subject_key bytea) RETURNS bytea
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 60 AS 'MODULE_PATHNAME', 'subject_key_rewrap';
COMMENT ON FUNCTION omni.subject_key_rewrap(bytea) IS 'the same secret of a subject, wrapped by the active key, so that an older version can be destroyed; needs the verb map';
CREATE FUNCTION omni.store_reidentify(store name, token text, reason text) RETURNS text
    LANGUAGE c VOLATILE COST 1000 AS 'MODULE_PATHNAME', 'store_reidentify';
COMMENT ON FUNCTION omni.store_reidentify(name, text, text) IS 'the value of a token, for a reason: writes an entry into reidentifications of the store and a line into the log of the server, which no rollback takes away; needs the verb reidentify. A NULL token is NULL, and a NULL reason is refused';
REVOKE EXECUTE ON FUNCTION
    omni.tokenize(text, text, bigint, bytea),
    omni.token_rotate(text, bytea),
    omni.subject_key_rewrap(bytea),
    omni.store_reidentify(name, text, text)
    FROM PUBLIC;

/* ---- privacy: anonymity ---- */

CREATE FUNCTION omni.k_anonymity(relation regclass, columns text[]) RETURNS bigint
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED COST 1000000
    AS 'MODULE_PATHNAME', 'k_anonymity';
COMMENT ON FUNCTION omni.k_anonymity(regclass, text[]) IS 'size of the smallest group of rows of a table that are alike in these columns: each row hides among so many; NULL for no rows';

CREATE FUNCTION omni.k_anonymity_groups(relation regclass, columns text[], k integer DEFAULT 5, OUT column_values text[], OUT size bigint) RETURNS SETOF record
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED COST 1000000 ROWS 100
    AS 'MODULE_PATHNAME', 'k_anonymity_groups';
COMMENT ON FUNCTION omni.k_anonymity_groups(regclass, text[], integer) IS 'the groups of less than k rows of a table that are alike in these columns';

CREATE FUNCTION omni.l_diversity(relation regclass, quasi_identifiers text[], sensitive text) RETURNS bigint
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED COST 1000000
    AS 'MODULE_PATHNAME', 'l_diversity';
COMMENT ON FUNCTION omni.l_diversity(regclass, text[], text) IS 'least number of different values of a sensitive column among rows of a table that are alike in their quasi-identifiers; NULL for no rows';

CREATE FUNCTION omni.t_closeness(relation regclass, quasi_identifiers text[], sensitive text) RETURNS double precision
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED COST 1000000
    AS 'MODULE_PATHNAME', 't_closeness';
COMMENT ON FUNCTION omni.t_closeness(regclass, text[], text) IS 'how far the values of a sensitive column in a group of rows that are alike in their quasi-identifiers are at most from those of all rows: 0 alike, 1 nothing in common; NULL for no rows';

CREATE FUNCTION omni.suppress(count bigint, k integer) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'suppress';
COMMENT ON FUNCTION omni.suppress(bigint, integer) IS 'a count of people as it may be shown: NULL for 1 to k - 1';

CREATE FUNCTION omni.suppress(counts bigint[], k integer) RETURNS bigint[]
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'suppress_line';
COMMENT ON FUNCTION omni.suppress(bigint[], integer) IS 'counts of people whose total is shown, too: NULL for those of 1 to k - 1 and for as many of the next smallest that the total does not give them away';
