/* ---- identity: email ---- */

CREATE TYPE omni.email;
COMMENT ON TYPE omni.email IS 'e-mail address in canonical form';

CREATE FUNCTION omni.email_in(cstring) RETURNS omni.email
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'email_in';
COMMENT ON FUNCTION omni.email_in(cstring) IS 'input';
CREATE FUNCTION omni.email_out(omni.email) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'email_out';
COMMENT ON FUNCTION omni.email_out(omni.email) IS 'output';
CREATE FUNCTION omni.email_recv(internal) RETURNS omni.email
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'email_recv';
COMMENT ON FUNCTION omni.email_recv(internal) IS 'binary input';
CREATE FUNCTION omni.email_send(omni.email) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'email_send';
COMMENT ON FUNCTION omni.email_send(omni.email) IS 'binary output';

CREATE TYPE omni.email (
    INPUT = omni.email_in, OUTPUT = omni.email_out,
    RECEIVE = omni.email_recv, SEND = omni.email_send,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = extended, CATEGORY = 'U');

CREATE FUNCTION omni.email(text) RETURNS omni.email
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'email_from_text';
COMMENT ON FUNCTION omni.email(text) IS 'the address in canonical form; an error where the text is none';
CREATE FUNCTION omni.text(omni.email) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'email_to_text';
COMMENT ON FUNCTION omni.text(omni.email) IS 'the canonical form as text';
CREATE CAST (text AS omni.email) WITH FUNCTION omni.email(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS omni.email) IS 'parse and canonicalize';
CREATE CAST (omni.email AS text) WITH FUNCTION omni.text(omni.email) AS ASSIGNMENT;
COMMENT ON CAST (omni.email AS text) IS 'the canonical form';

CREATE FUNCTION omni.email_try(text) RETURNS omni.email
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'email_try';
COMMENT ON FUNCTION omni.email_try(text) IS 'the address in canonical form, or NULL where the text is none';
CREATE FUNCTION omni.email_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'email_problem';
COMMENT ON FUNCTION omni.email_problem(text) IS 'code of the reason why the text is no e-mail address, NULL where it is one';
CREATE FUNCTION omni.email_local(omni.email) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'email_local';
COMMENT ON FUNCTION omni.email_local(omni.email) IS 'what stands before the @';
CREATE FUNCTION omni.email_domain(omni.email) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'email_domain';
COMMENT ON FUNCTION omni.email_domain(omni.email) IS 'domain in lower-case A-labels';

CREATE FUNCTION omni.email_eq(omni.email, omni.email) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_eq';
COMMENT ON FUNCTION omni.email_eq(omni.email, omni.email) IS 'implementation of = operator';
CREATE FUNCTION omni.email_ne(omni.email, omni.email) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_ne';
COMMENT ON FUNCTION omni.email_ne(omni.email, omni.email) IS 'implementation of <> operator';
CREATE FUNCTION omni.email_lt(omni.email, omni.email) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_lt';
COMMENT ON FUNCTION omni.email_lt(omni.email, omni.email) IS 'implementation of < operator';
CREATE FUNCTION omni.email_le(omni.email, omni.email) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_le';
COMMENT ON FUNCTION omni.email_le(omni.email, omni.email) IS 'implementation of <= operator';
CREATE FUNCTION omni.email_gt(omni.email, omni.email) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_gt';
COMMENT ON FUNCTION omni.email_gt(omni.email, omni.email) IS 'implementation of > operator';
CREATE FUNCTION omni.email_ge(omni.email, omni.email) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_ge';
COMMENT ON FUNCTION omni.email_ge(omni.email, omni.email) IS 'implementation of >= operator';
CREATE FUNCTION omni.email_cmp(omni.email, omni.email) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_cmp';
COMMENT ON FUNCTION omni.email_cmp(omni.email, omni.email) IS 'less-equal-greater by bytes';
CREATE FUNCTION omni.email_sortsupport(internal) RETURNS void
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'text_value_sortsupport';
COMMENT ON FUNCTION omni.email_sortsupport(internal) IS 'sort support: abbreviated keys';
CREATE FUNCTION omni.email_hash(omni.email) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_hash';
COMMENT ON FUNCTION omni.email_hash(omni.email) IS 'hash';
CREATE FUNCTION omni.email_hash_extended(omni.email, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_hash_extended';
COMMENT ON FUNCTION omni.email_hash_extended(omni.email, bigint) IS 'hash with a seed';
CREATE FUNCTION omni.email_larger(omni.email, omni.email) RETURNS omni.email
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_larger';
COMMENT ON FUNCTION omni.email_larger(omni.email, omni.email) IS 'larger of two';
CREATE FUNCTION omni.email_smaller(omni.email, omni.email) RETURNS omni.email
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_smaller';
COMMENT ON FUNCTION omni.email_smaller(omni.email, omni.email) IS 'smaller of two';

CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.email, RIGHTARG = omni.email, FUNCTION = omni.email_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
COMMENT ON OPERATOR pg_catalog.= (omni.email, omni.email) IS 'equal';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.email, RIGHTARG = omni.email, FUNCTION = omni.email_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=),
    RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR pg_catalog.<> (omni.email, omni.email) IS 'not equal';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.email, RIGHTARG = omni.email, FUNCTION = omni.email_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR pg_catalog.< (omni.email, omni.email) IS 'less than';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.email, RIGHTARG = omni.email, FUNCTION = omni.email_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR pg_catalog.<= (omni.email, omni.email) IS 'less than or equal';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.email, RIGHTARG = omni.email, FUNCTION = omni.email_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR pg_catalog.> (omni.email, omni.email) IS 'greater than';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.email, RIGHTARG = omni.email, FUNCTION = omni.email_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR pg_catalog.>= (omni.email, omni.email) IS 'greater than or equal';

CREATE FUNCTION omni.email_eq(omni.email, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    SUPPORT omni.text_operand_eq_support AS 'MODULE_PATHNAME', 'text_operand_eq';
COMMENT ON FUNCTION omni.email_eq(omni.email, text) IS 'implementation of = operator with a string';
CREATE FUNCTION omni.email_ne(omni.email, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    SUPPORT omni.text_operand_ne_support AS 'MODULE_PATHNAME', 'text_operand_ne';
COMMENT ON FUNCTION omni.email_ne(omni.email, text) IS 'implementation of <> operator with a string';
CREATE FUNCTION omni.email_lt(omni.email, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    SUPPORT omni.text_operand_lt_support AS 'MODULE_PATHNAME', 'text_operand_lt';
COMMENT ON FUNCTION omni.email_lt(omni.email, text) IS 'implementation of < operator with a string';
CREATE FUNCTION omni.email_le(omni.email, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    SUPPORT omni.text_operand_le_support AS 'MODULE_PATHNAME', 'text_operand_le';
COMMENT ON FUNCTION omni.email_le(omni.email, text) IS 'implementation of <= operator with a string';
CREATE FUNCTION omni.email_gt(omni.email, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    SUPPORT omni.text_operand_gt_support AS 'MODULE_PATHNAME', 'text_operand_gt';
COMMENT ON FUNCTION omni.email_gt(omni.email, text) IS 'implementation of > operator with a string';
CREATE FUNCTION omni.email_ge(omni.email, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    SUPPORT omni.text_operand_ge_support AS 'MODULE_PATHNAME', 'text_operand_ge';
COMMENT ON FUNCTION omni.email_ge(omni.email, text) IS 'implementation of >= operator with a string';

CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.email, RIGHTARG = text, FUNCTION = omni.email_eq,
    NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel);
COMMENT ON OPERATOR pg_catalog.= (omni.email, text) IS 'equal address given as a string';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.email, RIGHTARG = text, FUNCTION = omni.email_ne,
    NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR pg_catalog.<> (omni.email, text) IS 'not equal address given as a string';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.email, RIGHTARG = text, FUNCTION = omni.email_lt,
    NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR pg_catalog.< (omni.email, text) IS 'less than address given as a string';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.email, RIGHTARG = text, FUNCTION = omni.email_le,
    NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR pg_catalog.<= (omni.email, text) IS 'less than or equal address given as a string';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.email, RIGHTARG = text, FUNCTION = omni.email_gt,
    NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR pg_catalog.> (omni.email, text) IS 'greater than address given as a string';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.email, RIGHTARG = text, FUNCTION = omni.email_ge,
    NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR pg_catalog.>= (omni.email, text) IS 'greater than or equal address given as a string';

CREATE OPERATOR FAMILY omni.email_ops USING btree;
COMMENT ON OPERATOR FAMILY omni.email_ops USING btree IS 'email by bytes';
CREATE OPERATOR CLASS omni.email_ops DEFAULT FOR TYPE omni.email USING btree FAMILY omni.email_ops AS
    OPERATOR 1 pg_catalog.<, OPERATOR 2 pg_catalog.<=, OPERATOR 3 pg_catalog.=,
    OPERATOR 4 pg_catalog.>=, OPERATOR 5 pg_catalog.>,
    FUNCTION 1 omni.email_cmp(omni.email, omni.email),
    FUNCTION 2 omni.email_sortsupport(internal),
    FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS omni.email_ops USING btree IS 'email by bytes';

CREATE OPERATOR FAMILY omni.email_ops USING hash;
COMMENT ON OPERATOR FAMILY omni.email_ops USING hash IS 'email';
CREATE OPERATOR CLASS omni.email_ops DEFAULT FOR TYPE omni.email USING hash FAMILY omni.email_ops AS
    OPERATOR 1 pg_catalog.=,
    FUNCTION 1 omni.email_hash(omni.email),
    FUNCTION 2 omni.email_hash_extended(omni.email, bigint);
COMMENT ON OPERATOR CLASS omni.email_ops USING hash IS 'email';

CREATE AGGREGATE omni.max(omni.email) (
    SFUNC = omni.email_larger, STYPE = omni.email, COMBINEFUNC = omni.email_larger,
    SORTOP = OPERATOR(pg_catalog.>), PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.max(omni.email) IS 'largest address by bytes';
CREATE AGGREGATE omni.min(omni.email) (
    SFUNC = omni.email_smaller, STYPE = omni.email, COMBINEFUNC = omni.email_smaller,
    SORTOP = OPERATOR(pg_catalog.<), PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.min(omni.email) IS 'smallest address by bytes';

/* ---- identity: phone ---- */

/* ---- identity: identifier, keys and hashes for partners ---- */

/* ---- identity: disjoint_set ---- */
