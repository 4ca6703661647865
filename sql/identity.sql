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
CREATE CAST (varchar AS omni.email) WITH FUNCTION omni.email(text) AS ASSIGNMENT;
COMMENT ON CAST (varchar AS omni.email) IS 'parse and canonicalize, for drivers that bind strings as varchar';
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
COMMENT ON OPERATOR FAMILY omni.email_ops USING btree IS 'order of email by canonical bytes';
CREATE OPERATOR CLASS omni.email_ops DEFAULT FOR TYPE omni.email USING btree FAMILY omni.email_ops AS
    OPERATOR 1 pg_catalog.<, OPERATOR 2 pg_catalog.<=, OPERATOR 3 pg_catalog.=,
    OPERATOR 4 pg_catalog.>=, OPERATOR 5 pg_catalog.>,
    FUNCTION 1 omni.email_cmp(omni.email, omni.email),
    FUNCTION 2 omni.email_sortsupport(internal),
    FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS omni.email_ops USING btree IS 'order of email by canonical bytes';

CREATE OPERATOR FAMILY omni.email_ops USING hash;
COMMENT ON OPERATOR FAMILY omni.email_ops USING hash IS 'equality of email';
CREATE OPERATOR CLASS omni.email_ops DEFAULT FOR TYPE omni.email USING hash FAMILY omni.email_ops AS
    OPERATOR 1 pg_catalog.=,
    FUNCTION 1 omni.email_hash(omni.email),
    FUNCTION 2 omni.email_hash_extended(omni.email, bigint);
COMMENT ON OPERATOR CLASS omni.email_ops USING hash IS 'equality of email';

CREATE AGGREGATE omni.max(omni.email) (
    SFUNC = omni.email_larger, STYPE = omni.email, COMBINEFUNC = omni.email_larger,
    SORTOP = OPERATOR(pg_catalog.>), PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.max(omni.email) IS 'largest address by bytes';
CREATE AGGREGATE omni.min(omni.email) (
    SFUNC = omni.email_smaller, STYPE = omni.email, COMBINEFUNC = omni.email_smaller,
    SORTOP = OPERATOR(pg_catalog.<), PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.min(omni.email) IS 'smallest address by bytes';

/* ---- identity: phone ---- */

CREATE TYPE omni.phone;
COMMENT ON TYPE omni.phone IS 'telephone number by E.164, without extension';
CREATE FUNCTION omni.phone_in(cstring) RETURNS omni.phone
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'phone_in';
COMMENT ON FUNCTION omni.phone_in(cstring) IS 'input of phone: + and country calling code required';
CREATE FUNCTION omni.phone_out(omni.phone) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'phone_out';
COMMENT ON FUNCTION omni.phone_out(omni.phone) IS 'output of phone: + and digits';
CREATE FUNCTION omni.phone_recv(internal) RETURNS omni.phone
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'phone_recv';
COMMENT ON FUNCTION omni.phone_recv(internal) IS 'binary input of phone, fully checked';
CREATE FUNCTION omni.phone_send(omni.phone) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'phone_send';
COMMENT ON FUNCTION omni.phone_send(omni.phone) IS 'binary output of phone';
CREATE TYPE omni.phone (
    INPUT = omni.phone_in, OUTPUT = omni.phone_out, RECEIVE = omni.phone_recv, SEND = omni.phone_send,
    LIKE = pg_catalog.int8, CATEGORY = 'U'
);

CREATE FUNCTION omni.phone(text) RETURNS omni.phone
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'phone_from_text';
COMMENT ON FUNCTION omni.phone(text) IS 'international number (+...) as phone';
CREATE FUNCTION omni.phone(number text, region text) RETURNS omni.phone
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 3 AS 'MODULE_PATHNAME', 'phone_from_text_region_nullable';
COMMENT ON FUNCTION omni.phone(text, text) IS 'number as dialed in a region (ISO 3166: DE, US, ...); the region does not matter to a number with +, and may be NULL for it';
CREATE FUNCTION omni.phone_try(text) RETURNS omni.phone
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'phone_try';
COMMENT ON FUNCTION omni.phone_try(text) IS 'phone(text), or NULL where that would raise';
CREATE FUNCTION omni.phone_try(number text, region text) RETURNS omni.phone
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 3 AS 'MODULE_PATHNAME', 'phone_try_region_nullable';
COMMENT ON FUNCTION omni.phone_try(text, text) IS 'phone(text, region), or NULL where that would raise';
CREATE FUNCTION omni.phone_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'phone_problem';
COMMENT ON FUNCTION omni.phone_problem(text) IS 'why phone(text) would raise (a reason code), or NULL';
CREATE FUNCTION omni.phone_problem(number text, region text) RETURNS text
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 3 AS 'MODULE_PATHNAME', 'phone_problem_region_nullable';
COMMENT ON FUNCTION omni.phone_problem(text, text) IS 'why phone(text, region) would raise (a reason code), or NULL';
CREATE FUNCTION omni.phone_from_vanity(number text, region text) RETURNS omni.phone
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3 AS 'MODULE_PATHNAME', 'phone_from_vanity';
COMMENT ON FUNCTION omni.phone_from_vanity(text, text) IS 'phone(text, region) with letters read as the digits of a keypad (E.161)';
CREATE FUNCTION omni.phone_split_extension(text, OUT number text, OUT extension text)
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3 AS 'MODULE_PATHNAME', 'phone_split_extension';
COMMENT ON FUNCTION omni.phone_split_extension(text) IS 'a written number and its extension (ext. 12, x12, #12, ;ext=12, ...) apart; extension is NULL where there is none';
CREATE FUNCTION omni.text(omni.phone) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'phone_to_text';
COMMENT ON FUNCTION omni.text(omni.phone) IS '+ and digits';
CREATE CAST (text AS omni.phone) WITH FUNCTION omni.phone(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS omni.phone) IS 'international number as phone';
CREATE CAST (varchar AS omni.phone) WITH FUNCTION omni.phone(text) AS ASSIGNMENT;
COMMENT ON CAST (varchar AS omni.phone) IS 'international number as phone, for drivers that bind strings as varchar';
CREATE CAST (omni.phone AS text) WITH FUNCTION omni.text(omni.phone) AS ASSIGNMENT;
COMMENT ON CAST (omni.phone AS text) IS '+ and digits';

CREATE FUNCTION omni.phone_country_code(omni.phone) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'MODULE_PATHNAME', 'phone_country_code';
COMMENT ON FUNCTION omni.phone_country_code(omni.phone) IS 'country calling code';
CREATE FUNCTION omni.phone_national(omni.phone) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'phone_national';
COMMENT ON FUNCTION omni.phone_national(omni.phone) IS 'digits after the country calling code';
CREATE FUNCTION omni.phone_region(omni.phone) RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 5 AS 'MODULE_PATHNAME', 'phone_region';
COMMENT ON FUNCTION omni.phone_region(omni.phone) IS 'region (ISO 3166) that has the number, 001 for the whole world, NULL where none of those that share the calling code has it; stable because numbering plans change with releases';
CREATE FUNCTION omni.phone_metadata_version() RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'MODULE_PATHNAME', 'phone_metadata';
COMMENT ON FUNCTION omni.phone_metadata_version() IS 'source and version of the numbering plans';

-- 8 bytes that compare and hash as the bigint that they are
CREATE FUNCTION omni.phone_eq(omni.phone, omni.phone) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'int8eq';
COMMENT ON FUNCTION omni.phone_eq(omni.phone, omni.phone) IS 'equal';
CREATE FUNCTION omni.phone_ne(omni.phone, omni.phone) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'int8ne';
COMMENT ON FUNCTION omni.phone_ne(omni.phone, omni.phone) IS 'not equal';
CREATE FUNCTION omni.phone_lt(omni.phone, omni.phone) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'int8lt';
COMMENT ON FUNCTION omni.phone_lt(omni.phone, omni.phone) IS 'less';
CREATE FUNCTION omni.phone_le(omni.phone, omni.phone) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'int8le';
COMMENT ON FUNCTION omni.phone_le(omni.phone, omni.phone) IS 'less or equal';
CREATE FUNCTION omni.phone_gt(omni.phone, omni.phone) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'int8gt';
COMMENT ON FUNCTION omni.phone_gt(omni.phone, omni.phone) IS 'greater';
CREATE FUNCTION omni.phone_ge(omni.phone, omni.phone) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'int8ge';
COMMENT ON FUNCTION omni.phone_ge(omni.phone, omni.phone) IS 'greater or equal';
CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.phone, RIGHTARG = omni.phone, FUNCTION = omni.phone_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel,
    HASHES, MERGES
);
COMMENT ON OPERATOR pg_catalog.= (omni.phone, omni.phone) IS 'equal';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.phone, RIGHTARG = omni.phone, FUNCTION = omni.phone_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=),
    RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.phone, omni.phone) IS 'not equal';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.phone, RIGHTARG = omni.phone, FUNCTION = omni.phone_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.phone, omni.phone) IS 'less';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.phone, RIGHTARG = omni.phone, FUNCTION = omni.phone_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.phone, omni.phone) IS 'greater';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.phone, RIGHTARG = omni.phone, FUNCTION = omni.phone_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.phone, omni.phone) IS 'less or equal';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.phone, RIGHTARG = omni.phone, FUNCTION = omni.phone_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.phone, omni.phone) IS 'greater or equal';

CREATE FUNCTION omni.phone_eq(omni.phone, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 SUPPORT omni.text_operand_eq_support AS 'MODULE_PATHNAME', 'text_operand_eq';
COMMENT ON FUNCTION omni.phone_eq(omni.phone, text) IS 'equal: the text is read as phone';
CREATE FUNCTION omni.phone_ne(omni.phone, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 SUPPORT omni.text_operand_ne_support AS 'MODULE_PATHNAME', 'text_operand_ne';
COMMENT ON FUNCTION omni.phone_ne(omni.phone, text) IS 'not equal: the text is read as phone';
CREATE FUNCTION omni.phone_lt(omni.phone, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 SUPPORT omni.text_operand_lt_support AS 'MODULE_PATHNAME', 'text_operand_lt';
COMMENT ON FUNCTION omni.phone_lt(omni.phone, text) IS 'less: the text is read as phone';
CREATE FUNCTION omni.phone_le(omni.phone, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 SUPPORT omni.text_operand_le_support AS 'MODULE_PATHNAME', 'text_operand_le';
COMMENT ON FUNCTION omni.phone_le(omni.phone, text) IS 'less or equal: the text is read as phone';
CREATE FUNCTION omni.phone_gt(omni.phone, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 SUPPORT omni.text_operand_gt_support AS 'MODULE_PATHNAME', 'text_operand_gt';
COMMENT ON FUNCTION omni.phone_gt(omni.phone, text) IS 'greater: the text is read as phone';
CREATE FUNCTION omni.phone_ge(omni.phone, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 SUPPORT omni.text_operand_ge_support AS 'MODULE_PATHNAME', 'text_operand_ge';
COMMENT ON FUNCTION omni.phone_ge(omni.phone, text) IS 'greater or equal: the text is read as phone';
CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.phone, RIGHTARG = text, FUNCTION = omni.phone_eq,
    NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel
);
COMMENT ON OPERATOR pg_catalog.= (omni.phone, text) IS 'equal: the text is read as phone';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.phone, RIGHTARG = text, FUNCTION = omni.phone_ne,
    NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.phone, text) IS 'not equal: the text is read as phone';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.phone, RIGHTARG = text, FUNCTION = omni.phone_lt,
    NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.phone, text) IS 'less: the text is read as phone';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.phone, RIGHTARG = text, FUNCTION = omni.phone_gt,
    NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.phone, text) IS 'greater: the text is read as phone';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.phone, RIGHTARG = text, FUNCTION = omni.phone_le,
    NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.phone, text) IS 'less or equal: the text is read as phone';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.phone, RIGHTARG = text, FUNCTION = omni.phone_ge,
    NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.phone, text) IS 'greater or equal: the text is read as phone';

CREATE FUNCTION omni.phone_cmp(omni.phone, omni.phone) RETURNS integer
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'btint8cmp';
COMMENT ON FUNCTION omni.phone_cmp(omni.phone, omni.phone) IS 'btree comparison: order of the digits';
CREATE FUNCTION omni.phone_hash(omni.phone) RETURNS integer
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'hashint8';
COMMENT ON FUNCTION omni.phone_hash(omni.phone) IS 'hash';
CREATE FUNCTION omni.phone_hash_extended(omni.phone, bigint) RETURNS bigint
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'hashint8extended';
COMMENT ON FUNCTION omni.phone_hash_extended(omni.phone, bigint) IS 'hash with seed';

CREATE OPERATOR FAMILY omni.phone_ops USING btree;
COMMENT ON OPERATOR FAMILY omni.phone_ops USING btree IS 'order of phones';
CREATE OPERATOR CLASS omni.phone_ops DEFAULT FOR TYPE omni.phone USING btree FAMILY omni.phone_ops AS
    OPERATOR 1 pg_catalog.<, OPERATOR 2 pg_catalog.<=, OPERATOR 3 pg_catalog.=, OPERATOR 4 pg_catalog.>=, OPERATOR 5 pg_catalog.>,
    FUNCTION 1 omni.phone_cmp(omni.phone, omni.phone),
    FUNCTION 2 (omni.phone, omni.phone) pg_catalog.btint8sortsupport(internal),
    FUNCTION 4 (omni.phone, omni.phone) pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS omni.phone_ops USING btree IS 'order of phones';
DO $$
BEGIN
    IF pg_catalog.current_setting('server_version_num')::integer OPERATOR(pg_catalog.>=) 180000 THEN
        ALTER OPERATOR FAMILY omni.phone_ops USING btree
            ADD FUNCTION 6 (omni.phone, omni.phone) pg_catalog.btint8skipsupport(internal);
    END IF;
END $$;
CREATE OPERATOR FAMILY omni.phone_ops USING hash;
COMMENT ON OPERATOR FAMILY omni.phone_ops USING hash IS 'hash of phones';
CREATE OPERATOR CLASS omni.phone_ops DEFAULT FOR TYPE omni.phone USING hash FAMILY omni.phone_ops AS
    OPERATOR 1 pg_catalog.=,
    FUNCTION 1 omni.phone_hash(omni.phone),
    FUNCTION 2 omni.phone_hash_extended(omni.phone, bigint);
COMMENT ON OPERATOR CLASS omni.phone_ops USING hash IS 'hash of phones';

CREATE FUNCTION omni.phone_larger(omni.phone, omni.phone) RETURNS omni.phone
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'int8larger';
COMMENT ON FUNCTION omni.phone_larger(omni.phone, omni.phone) IS 'the greater one';
CREATE FUNCTION omni.phone_smaller(omni.phone, omni.phone) RETURNS omni.phone
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'int8smaller';
COMMENT ON FUNCTION omni.phone_smaller(omni.phone, omni.phone) IS 'the lesser one';
CREATE AGGREGATE omni.max(omni.phone) (
    SFUNC = omni.phone_larger, STYPE = omni.phone, COMBINEFUNC = omni.phone_larger, SORTOP = OPERATOR(pg_catalog.>), PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.max(omni.phone) IS 'greatest phone';
CREATE AGGREGATE omni.min(omni.phone) (
    SFUNC = omni.phone_smaller, STYPE = omni.phone, COMBINEFUNC = omni.phone_smaller, SORTOP = OPERATOR(pg_catalog.<), PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.min(omni.phone) IS 'least phone';

CREATE FUNCTION omni.phone_starts_with_support(internal) RETURNS internal
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'phone_starts_with_support';
COMMENT ON FUNCTION omni.phone_starts_with_support(internal) IS 'planner support: a prefix is one range of a btree index';
CREATE FUNCTION omni.phone_prefix_sel(internal, oid, internal, integer) RETURNS float8
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'phone_prefix_sel';
COMMENT ON FUNCTION omni.phone_prefix_sel(internal, oid, internal, integer) IS 'selectivity of phone ^@ text';
CREATE FUNCTION omni.phone_starts_with(omni.phone, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 SUPPORT omni.phone_starts_with_support AS 'MODULE_PATHNAME', 'phone_starts_with';
COMMENT ON FUNCTION omni.phone_starts_with(omni.phone, text) IS 'does the number start with the prefix, + and digits?';
CREATE OPERATOR omni.^@ (
    LEFTARG = omni.phone, RIGHTARG = text, FUNCTION = omni.phone_starts_with, RESTRICT = omni.phone_prefix_sel, JOIN = prefixjoinsel
);
COMMENT ON OPERATOR omni.^@ (omni.phone, text) IS 'starts with the prefix, + and digits';

/* ---- identity: identifier, keys and hashes for partners ---- */

CREATE TYPE omni.identifier;
COMMENT ON TYPE omni.identifier IS 'kind:value, one name under which a customer is known';

CREATE FUNCTION omni.identifier_in(cstring) RETURNS omni.identifier
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'identifier_in';
COMMENT ON FUNCTION omni.identifier_in(cstring) IS 'input';
CREATE FUNCTION omni.identifier_out(omni.identifier) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'identifier_out';
COMMENT ON FUNCTION omni.identifier_out(omni.identifier) IS 'output';
CREATE FUNCTION omni.identifier_recv(internal) RETURNS omni.identifier
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'identifier_recv';
COMMENT ON FUNCTION omni.identifier_recv(internal) IS 'binary input';
CREATE FUNCTION omni.identifier_send(omni.identifier) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'identifier_send';
COMMENT ON FUNCTION omni.identifier_send(omni.identifier) IS 'binary output';

CREATE TYPE omni.identifier (
    INPUT = omni.identifier_in, OUTPUT = omni.identifier_out,
    RECEIVE = omni.identifier_recv, SEND = omni.identifier_send,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = extended, CATEGORY = 'U');

CREATE FUNCTION omni.identifier(text) RETURNS omni.identifier
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'identifier_from_text';
COMMENT ON FUNCTION omni.identifier(text) IS 'the identifier kind:value in canonical form; an error where the text is none';
CREATE FUNCTION omni.text(omni.identifier) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'identifier_to_text';
COMMENT ON FUNCTION omni.text(omni.identifier) IS 'the canonical form as text';
CREATE FUNCTION omni.identifier(omni.email) RETURNS omni.identifier
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'identifier_from_email';
COMMENT ON FUNCTION omni.identifier(omni.email) IS 'identifier of kind email';
CREATE FUNCTION omni.identifier(omni.phone) RETURNS omni.identifier
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'identifier_from_phone';
COMMENT ON FUNCTION omni.identifier(omni.phone) IS 'identifier of kind phone';
CREATE CAST (text AS omni.identifier) WITH FUNCTION omni.identifier(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS omni.identifier) IS 'parse and canonicalize';
CREATE CAST (varchar AS omni.identifier) WITH FUNCTION omni.identifier(text) AS ASSIGNMENT;
COMMENT ON CAST (varchar AS omni.identifier) IS 'parse and canonicalize, for drivers that bind strings as varchar';
CREATE CAST (omni.identifier AS text) WITH FUNCTION omni.text(omni.identifier) AS ASSIGNMENT;
COMMENT ON CAST (omni.identifier AS text) IS 'the canonical form';
CREATE CAST (omni.email AS omni.identifier) WITH FUNCTION omni.identifier(omni.email) AS ASSIGNMENT;
COMMENT ON CAST (omni.email AS omni.identifier) IS 'identifier of kind email';
CREATE CAST (omni.phone AS omni.identifier) WITH FUNCTION omni.identifier(omni.phone) AS ASSIGNMENT;
COMMENT ON CAST (omni.phone AS omni.identifier) IS 'identifier of kind phone';

CREATE FUNCTION omni.identifier(kind text, value text, region text DEFAULT NULL) RETURNS omni.identifier
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'identifier_from_parts';
COMMENT ON FUNCTION omni.identifier(text, text, text) IS 'the identifier of a kind and a value, NULL where either is NULL; region is the country of phone numbers without +, NULL for none';
CREATE FUNCTION omni.identifier_try(text) RETURNS omni.identifier
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'identifier_try';
COMMENT ON FUNCTION omni.identifier_try(text) IS 'the identifier in canonical form, or NULL where the text is none';
CREATE FUNCTION omni.identifier_try(kind text, value text, region text DEFAULT NULL) RETURNS omni.identifier
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'identifier_try_parts';
COMMENT ON FUNCTION omni.identifier_try(text, text, text) IS 'the identifier of a kind and a value, or NULL where they make none or either is NULL';
CREATE FUNCTION omni.identifier_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'identifier_problem';
COMMENT ON FUNCTION omni.identifier_problem(text) IS 'code of the reason why the text is no identifier, NULL where it is one';
CREATE FUNCTION omni.identifier_problem(kind text, value text, region text DEFAULT NULL) RETURNS text
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'identifier_problem_parts';
COMMENT ON FUNCTION omni.identifier_problem(text, text, text) IS 'code of the reason why a kind and a value make no identifier, NULL where they make one or either is NULL';
CREATE FUNCTION omni.identifier_kind(omni.identifier) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'identifier_kind';
COMMENT ON FUNCTION omni.identifier_kind(omni.identifier) IS 'what stands before the first :';
CREATE FUNCTION omni.identifier_value(omni.identifier) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'identifier_value';
COMMENT ON FUNCTION omni.identifier_value(omni.identifier) IS 'what stands after the first :';

CREATE FUNCTION omni.email_key(omni.email, profile text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'email_key';
COMMENT ON FUNCTION omni.email_key(omni.email, text) IS 'the spelling under which a profile compares addresses: provider (or omni), uid2 (or euid), google, meta, tiktok';
CREATE FUNCTION omni.hashed_identifier(omni.identifier, platform text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'hashed_identifier';
COMMENT ON FUNCTION omni.hashed_identifier(omni.identifier, text) IS 'SHA-256 as the platform wants it: uid2 and euid in base64, google, meta and tiktok in hex';
CREATE FUNCTION omni.hashed_identifier_problem(omni.identifier, platform text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'hashed_identifier_problem';
COMMENT ON FUNCTION omni.hashed_identifier_problem(omni.identifier, text) IS 'code of the reason why the platform takes no such identifier, NULL where it does';
CREATE FUNCTION omni.uid2_eligible(omni.identifier) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'uid2_eligible';
COMMENT ON FUNCTION omni.uid2_eligible(omni.identifier) IS 'whether UID2 takes the identifier: an address, or a phone number of 10 to 15 digits';

CREATE FUNCTION omni.identifier_eq(omni.identifier, omni.identifier) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_eq';
COMMENT ON FUNCTION omni.identifier_eq(omni.identifier, omni.identifier) IS 'implementation of = operator';
CREATE FUNCTION omni.identifier_ne(omni.identifier, omni.identifier) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_ne';
COMMENT ON FUNCTION omni.identifier_ne(omni.identifier, omni.identifier) IS 'implementation of <> operator';
CREATE FUNCTION omni.identifier_lt(omni.identifier, omni.identifier) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_lt';
COMMENT ON FUNCTION omni.identifier_lt(omni.identifier, omni.identifier) IS 'implementation of < operator';
CREATE FUNCTION omni.identifier_le(omni.identifier, omni.identifier) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_le';
COMMENT ON FUNCTION omni.identifier_le(omni.identifier, omni.identifier) IS 'implementation of <= operator';
CREATE FUNCTION omni.identifier_gt(omni.identifier, omni.identifier) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_gt';
COMMENT ON FUNCTION omni.identifier_gt(omni.identifier, omni.identifier) IS 'implementation of > operator';
CREATE FUNCTION omni.identifier_ge(omni.identifier, omni.identifier) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_ge';
COMMENT ON FUNCTION omni.identifier_ge(omni.identifier, omni.identifier) IS 'implementation of >= operator';
CREATE FUNCTION omni.identifier_cmp(omni.identifier, omni.identifier) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_cmp';
COMMENT ON FUNCTION omni.identifier_cmp(omni.identifier, omni.identifier) IS 'less-equal-greater by bytes';
CREATE FUNCTION omni.identifier_sortsupport(internal) RETURNS void
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'text_value_sortsupport';
COMMENT ON FUNCTION omni.identifier_sortsupport(internal) IS 'sort support: abbreviated keys';
CREATE FUNCTION omni.identifier_hash(omni.identifier) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_hash';
COMMENT ON FUNCTION omni.identifier_hash(omni.identifier) IS 'hash';
CREATE FUNCTION omni.identifier_hash_extended(omni.identifier, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_hash_extended';
COMMENT ON FUNCTION omni.identifier_hash_extended(omni.identifier, bigint) IS 'hash with a seed';
CREATE FUNCTION omni.identifier_larger(omni.identifier, omni.identifier) RETURNS omni.identifier
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_larger';
COMMENT ON FUNCTION omni.identifier_larger(omni.identifier, omni.identifier) IS 'larger of two';
CREATE FUNCTION omni.identifier_smaller(omni.identifier, omni.identifier) RETURNS omni.identifier
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_smaller';
COMMENT ON FUNCTION omni.identifier_smaller(omni.identifier, omni.identifier) IS 'smaller of two';

CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.identifier, RIGHTARG = omni.identifier, FUNCTION = omni.identifier_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
COMMENT ON OPERATOR pg_catalog.= (omni.identifier, omni.identifier) IS 'equal';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.identifier, RIGHTARG = omni.identifier, FUNCTION = omni.identifier_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=),
    RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR pg_catalog.<> (omni.identifier, omni.identifier) IS 'not equal';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.identifier, RIGHTARG = omni.identifier, FUNCTION = omni.identifier_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR pg_catalog.< (omni.identifier, omni.identifier) IS 'less than';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.identifier, RIGHTARG = omni.identifier, FUNCTION = omni.identifier_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR pg_catalog.<= (omni.identifier, omni.identifier) IS 'less than or equal';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.identifier, RIGHTARG = omni.identifier, FUNCTION = omni.identifier_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR pg_catalog.> (omni.identifier, omni.identifier) IS 'greater than';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.identifier, RIGHTARG = omni.identifier, FUNCTION = omni.identifier_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR pg_catalog.>= (omni.identifier, omni.identifier) IS 'greater than or equal';

CREATE FUNCTION omni.identifier_eq(omni.identifier, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    SUPPORT omni.text_operand_eq_support AS 'MODULE_PATHNAME', 'text_operand_eq';
COMMENT ON FUNCTION omni.identifier_eq(omni.identifier, text) IS 'implementation of = operator with a string';
CREATE FUNCTION omni.identifier_ne(omni.identifier, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    SUPPORT omni.text_operand_ne_support AS 'MODULE_PATHNAME', 'text_operand_ne';
COMMENT ON FUNCTION omni.identifier_ne(omni.identifier, text) IS 'implementation of <> operator with a string';
CREATE FUNCTION omni.identifier_lt(omni.identifier, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    SUPPORT omni.text_operand_lt_support AS 'MODULE_PATHNAME', 'text_operand_lt';
COMMENT ON FUNCTION omni.identifier_lt(omni.identifier, text) IS 'implementation of < operator with a string';
CREATE FUNCTION omni.identifier_le(omni.identifier, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    SUPPORT omni.text_operand_le_support AS 'MODULE_PATHNAME', 'text_operand_le';
COMMENT ON FUNCTION omni.identifier_le(omni.identifier, text) IS 'implementation of <= operator with a string';
CREATE FUNCTION omni.identifier_gt(omni.identifier, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    SUPPORT omni.text_operand_gt_support AS 'MODULE_PATHNAME', 'text_operand_gt';
COMMENT ON FUNCTION omni.identifier_gt(omni.identifier, text) IS 'implementation of > operator with a string';
CREATE FUNCTION omni.identifier_ge(omni.identifier, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    SUPPORT omni.text_operand_ge_support AS 'MODULE_PATHNAME', 'text_operand_ge';
COMMENT ON FUNCTION omni.identifier_ge(omni.identifier, text) IS 'implementation of >= operator with a string';

CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.identifier, RIGHTARG = text, FUNCTION = omni.identifier_eq,
    NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel);
COMMENT ON OPERATOR pg_catalog.= (omni.identifier, text) IS 'equal identifier given as a string';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.identifier, RIGHTARG = text, FUNCTION = omni.identifier_ne,
    NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR pg_catalog.<> (omni.identifier, text) IS 'not equal identifier given as a string';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.identifier, RIGHTARG = text, FUNCTION = omni.identifier_lt,
    NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR pg_catalog.< (omni.identifier, text) IS 'less than identifier given as a string';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.identifier, RIGHTARG = text, FUNCTION = omni.identifier_le,
    NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR pg_catalog.<= (omni.identifier, text) IS 'less than or equal identifier given as a string';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.identifier, RIGHTARG = text, FUNCTION = omni.identifier_gt,
    NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR pg_catalog.> (omni.identifier, text) IS 'greater than identifier given as a string';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.identifier, RIGHTARG = text, FUNCTION = omni.identifier_ge,
    NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR pg_catalog.>= (omni.identifier, text) IS 'greater than or equal identifier given as a string';

CREATE OPERATOR FAMILY omni.identifier_ops USING btree;
COMMENT ON OPERATOR FAMILY omni.identifier_ops USING btree IS 'order of identifier by canonical bytes';
CREATE OPERATOR CLASS omni.identifier_ops DEFAULT FOR TYPE omni.identifier USING btree FAMILY omni.identifier_ops AS
    OPERATOR 1 pg_catalog.<, OPERATOR 2 pg_catalog.<=, OPERATOR 3 pg_catalog.=,
    OPERATOR 4 pg_catalog.>=, OPERATOR 5 pg_catalog.>,
    FUNCTION 1 omni.identifier_cmp(omni.identifier, omni.identifier),
    FUNCTION 2 omni.identifier_sortsupport(internal),
    FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS omni.identifier_ops USING btree IS 'order of identifier by canonical bytes';

CREATE OPERATOR FAMILY omni.identifier_ops USING hash;
COMMENT ON OPERATOR FAMILY omni.identifier_ops USING hash IS 'equality of identifier';
CREATE OPERATOR CLASS omni.identifier_ops DEFAULT FOR TYPE omni.identifier USING hash FAMILY omni.identifier_ops AS
    OPERATOR 1 pg_catalog.=,
    FUNCTION 1 omni.identifier_hash(omni.identifier),
    FUNCTION 2 omni.identifier_hash_extended(omni.identifier, bigint);
COMMENT ON OPERATOR CLASS omni.identifier_ops USING hash IS 'equality of identifier';

CREATE AGGREGATE omni.max(omni.identifier) (
    SFUNC = omni.identifier_larger, STYPE = omni.identifier, COMBINEFUNC = omni.identifier_larger,
    SORTOP = OPERATOR(pg_catalog.>), PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.max(omni.identifier) IS 'largest identifier by bytes';
CREATE AGGREGATE omni.min(omni.identifier) (
    SFUNC = omni.identifier_smaller, STYPE = omni.identifier, COMBINEFUNC = omni.identifier_smaller,
    SORTOP = OPERATOR(pg_catalog.<), PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.min(omni.identifier) IS 'smallest identifier by bytes';

/* ---- identity: disjoint_set ---- */

CREATE TYPE omni.disjoint_set;
COMMENT ON TYPE omni.disjoint_set IS 'partition of nodes into components: union-find as a value';

CREATE FUNCTION omni.disjoint_set_in(cstring) RETURNS omni.disjoint_set
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME', 'disjoint_set_in';
COMMENT ON FUNCTION omni.disjoint_set_in(cstring) IS 'input function of disjoint_set';
CREATE FUNCTION omni.disjoint_set_out(omni.disjoint_set) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME', 'disjoint_set_out';
COMMENT ON FUNCTION omni.disjoint_set_out(omni.disjoint_set) IS 'output function of disjoint_set';
CREATE FUNCTION omni.disjoint_set_recv(internal) RETURNS omni.disjoint_set
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME', 'disjoint_set_recv';
COMMENT ON FUNCTION omni.disjoint_set_recv(internal) IS 'binary input function of disjoint_set';
CREATE FUNCTION omni.disjoint_set_send(omni.disjoint_set) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'disjoint_set_send';
COMMENT ON FUNCTION omni.disjoint_set_send(omni.disjoint_set) IS 'binary output function of disjoint_set';

CREATE TYPE omni.disjoint_set (
    INPUT = omni.disjoint_set_in, OUTPUT = omni.disjoint_set_out,
    RECEIVE = omni.disjoint_set_recv, SEND = omni.disjoint_set_send,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = double, STORAGE = extended, CATEGORY = 'U'
);

CREATE FUNCTION omni.disjoint_set(text) RETURNS omni.disjoint_set
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME', 'disjoint_set_from_text';
COMMENT ON FUNCTION omni.disjoint_set(text) IS 'disjoint_set of a text form such as bigint:{1,5},{2,3,7}';
CREATE CAST (text AS omni.disjoint_set) WITH FUNCTION omni.disjoint_set(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS omni.disjoint_set) IS 'disjoint_set of a text form';
CREATE FUNCTION omni.text(omni.disjoint_set) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME', 'disjoint_set_to_text';
COMMENT ON FUNCTION omni.text(omni.disjoint_set) IS 'text form of a disjoint_set';
CREATE CAST (omni.disjoint_set AS text) WITH FUNCTION omni.text(omni.disjoint_set) AS ASSIGNMENT;
COMMENT ON CAST (omni.disjoint_set AS text) IS 'text form of a disjoint_set';

CREATE FUNCTION omni.disjoint_set_try(text) RETURNS omni.disjoint_set
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME', 'disjoint_set_try';
COMMENT ON FUNCTION omni.disjoint_set_try(text) IS 'disjoint_set of a text form, NULL where it is not one';
CREATE FUNCTION omni.disjoint_set_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME', 'disjoint_set_problem';
COMMENT ON FUNCTION omni.disjoint_set_problem(text) IS 'why a text is not a disjoint_set: kind, syntax, node, range, duplicate, encoding; NULL where it is one';

CREATE FUNCTION omni.disjoint_set_eq(omni.disjoint_set, omni.disjoint_set) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_eq';
COMMENT ON FUNCTION omni.disjoint_set_eq(omni.disjoint_set, omni.disjoint_set) IS 'equal';
CREATE OPERATOR pg_catalog.= (LEFTARG = omni.disjoint_set, RIGHTARG = omni.disjoint_set, FUNCTION = omni.disjoint_set_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
COMMENT ON OPERATOR pg_catalog.= (omni.disjoint_set, omni.disjoint_set) IS 'equal';
CREATE FUNCTION omni.disjoint_set_ne(omni.disjoint_set, omni.disjoint_set) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ne';
COMMENT ON FUNCTION omni.disjoint_set_ne(omni.disjoint_set, omni.disjoint_set) IS 'not equal';
CREATE OPERATOR pg_catalog.<> (LEFTARG = omni.disjoint_set, RIGHTARG = omni.disjoint_set, FUNCTION = omni.disjoint_set_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR pg_catalog.<> (omni.disjoint_set, omni.disjoint_set) IS 'not equal';
CREATE FUNCTION omni.disjoint_set_lt(omni.disjoint_set, omni.disjoint_set) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_lt';
COMMENT ON FUNCTION omni.disjoint_set_lt(omni.disjoint_set, omni.disjoint_set) IS 'less by canonical bytes';
CREATE OPERATOR pg_catalog.< (LEFTARG = omni.disjoint_set, RIGHTARG = omni.disjoint_set, FUNCTION = omni.disjoint_set_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR pg_catalog.< (omni.disjoint_set, omni.disjoint_set) IS 'less by canonical bytes';
CREATE FUNCTION omni.disjoint_set_le(omni.disjoint_set, omni.disjoint_set) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_le';
COMMENT ON FUNCTION omni.disjoint_set_le(omni.disjoint_set, omni.disjoint_set) IS 'less or equal by canonical bytes';
CREATE OPERATOR pg_catalog.<= (LEFTARG = omni.disjoint_set, RIGHTARG = omni.disjoint_set, FUNCTION = omni.disjoint_set_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR pg_catalog.<= (omni.disjoint_set, omni.disjoint_set) IS 'less or equal by canonical bytes';
CREATE FUNCTION omni.disjoint_set_gt(omni.disjoint_set, omni.disjoint_set) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_gt';
COMMENT ON FUNCTION omni.disjoint_set_gt(omni.disjoint_set, omni.disjoint_set) IS 'greater by canonical bytes';
CREATE OPERATOR pg_catalog.> (LEFTARG = omni.disjoint_set, RIGHTARG = omni.disjoint_set, FUNCTION = omni.disjoint_set_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR pg_catalog.> (omni.disjoint_set, omni.disjoint_set) IS 'greater by canonical bytes';
CREATE FUNCTION omni.disjoint_set_ge(omni.disjoint_set, omni.disjoint_set) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ge';
COMMENT ON FUNCTION omni.disjoint_set_ge(omni.disjoint_set, omni.disjoint_set) IS 'greater or equal by canonical bytes';
CREATE OPERATOR pg_catalog.>= (LEFTARG = omni.disjoint_set, RIGHTARG = omni.disjoint_set, FUNCTION = omni.disjoint_set_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR pg_catalog.>= (omni.disjoint_set, omni.disjoint_set) IS 'greater or equal by canonical bytes';

CREATE FUNCTION omni.disjoint_set_eq(omni.disjoint_set, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 SUPPORT omni.text_operand_eq_support AS 'MODULE_PATHNAME', 'text_operand_eq';
COMMENT ON FUNCTION omni.disjoint_set_eq(omni.disjoint_set, text) IS 'equal, with a text form';
CREATE OPERATOR pg_catalog.= (LEFTARG = omni.disjoint_set, RIGHTARG = text, FUNCTION = omni.disjoint_set_eq,
    NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel);
COMMENT ON OPERATOR pg_catalog.= (omni.disjoint_set, text) IS 'equal, with a text form';
CREATE FUNCTION omni.disjoint_set_ne(omni.disjoint_set, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 SUPPORT omni.text_operand_ne_support AS 'MODULE_PATHNAME', 'text_operand_ne';
COMMENT ON FUNCTION omni.disjoint_set_ne(omni.disjoint_set, text) IS 'not equal, with a text form';
CREATE OPERATOR pg_catalog.<> (LEFTARG = omni.disjoint_set, RIGHTARG = text, FUNCTION = omni.disjoint_set_ne,
    NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR pg_catalog.<> (omni.disjoint_set, text) IS 'not equal, with a text form';
CREATE FUNCTION omni.disjoint_set_lt(omni.disjoint_set, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 SUPPORT omni.text_operand_lt_support AS 'MODULE_PATHNAME', 'text_operand_lt';
COMMENT ON FUNCTION omni.disjoint_set_lt(omni.disjoint_set, text) IS 'less by canonical bytes, with a text form';
CREATE OPERATOR pg_catalog.< (LEFTARG = omni.disjoint_set, RIGHTARG = text, FUNCTION = omni.disjoint_set_lt,
    NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR pg_catalog.< (omni.disjoint_set, text) IS 'less by canonical bytes, with a text form';
CREATE FUNCTION omni.disjoint_set_le(omni.disjoint_set, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 SUPPORT omni.text_operand_le_support AS 'MODULE_PATHNAME', 'text_operand_le';
COMMENT ON FUNCTION omni.disjoint_set_le(omni.disjoint_set, text) IS 'less or equal by canonical bytes, with a text form';
CREATE OPERATOR pg_catalog.<= (LEFTARG = omni.disjoint_set, RIGHTARG = text, FUNCTION = omni.disjoint_set_le,
    NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR pg_catalog.<= (omni.disjoint_set, text) IS 'less or equal by canonical bytes, with a text form';
CREATE FUNCTION omni.disjoint_set_gt(omni.disjoint_set, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 SUPPORT omni.text_operand_gt_support AS 'MODULE_PATHNAME', 'text_operand_gt';
COMMENT ON FUNCTION omni.disjoint_set_gt(omni.disjoint_set, text) IS 'greater by canonical bytes, with a text form';
CREATE OPERATOR pg_catalog.> (LEFTARG = omni.disjoint_set, RIGHTARG = text, FUNCTION = omni.disjoint_set_gt,
    NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR pg_catalog.> (omni.disjoint_set, text) IS 'greater by canonical bytes, with a text form';
CREATE FUNCTION omni.disjoint_set_ge(omni.disjoint_set, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 SUPPORT omni.text_operand_ge_support AS 'MODULE_PATHNAME', 'text_operand_ge';
COMMENT ON FUNCTION omni.disjoint_set_ge(omni.disjoint_set, text) IS 'greater or equal by canonical bytes, with a text form';
CREATE OPERATOR pg_catalog.>= (LEFTARG = omni.disjoint_set, RIGHTARG = text, FUNCTION = omni.disjoint_set_ge,
    NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR pg_catalog.>= (omni.disjoint_set, text) IS 'greater or equal by canonical bytes, with a text form';

CREATE FUNCTION omni.disjoint_set_cmp(omni.disjoint_set, omni.disjoint_set) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_cmp';
COMMENT ON FUNCTION omni.disjoint_set_cmp(omni.disjoint_set, omni.disjoint_set) IS 'btree comparison by canonical bytes';
CREATE FUNCTION omni.disjoint_set_sortsupport(internal) RETURNS void
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'text_value_sortsupport';
COMMENT ON FUNCTION omni.disjoint_set_sortsupport(internal) IS 'btree sort support';
CREATE FUNCTION omni.disjoint_set_hash(omni.disjoint_set) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash';
COMMENT ON FUNCTION omni.disjoint_set_hash(omni.disjoint_set) IS 'hash of the canonical bytes';
CREATE FUNCTION omni.disjoint_set_hash_extended(omni.disjoint_set, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash_extended';
COMMENT ON FUNCTION omni.disjoint_set_hash_extended(omni.disjoint_set, bigint) IS 'seeded hash of the canonical bytes';

CREATE OPERATOR FAMILY omni.disjoint_set_ops USING btree;
COMMENT ON OPERATOR FAMILY omni.disjoint_set_ops USING btree IS 'order of disjoint_set by canonical bytes';
CREATE OPERATOR CLASS omni.disjoint_set_ops DEFAULT FOR TYPE omni.disjoint_set USING btree FAMILY omni.disjoint_set_ops AS
    OPERATOR 1 pg_catalog.< , OPERATOR 2 pg_catalog.<= , OPERATOR 3 pg_catalog.= , OPERATOR 4 pg_catalog.>= , OPERATOR 5 pg_catalog.> ,
    FUNCTION 1 omni.disjoint_set_cmp(omni.disjoint_set, omni.disjoint_set),
    FUNCTION 2 omni.disjoint_set_sortsupport(internal),
    FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS omni.disjoint_set_ops USING btree IS 'order of disjoint_set by canonical bytes';
CREATE OPERATOR FAMILY omni.disjoint_set_ops USING hash;
COMMENT ON OPERATOR FAMILY omni.disjoint_set_ops USING hash IS 'hash of disjoint_set';
CREATE OPERATOR CLASS omni.disjoint_set_ops DEFAULT FOR TYPE omni.disjoint_set USING hash FAMILY omni.disjoint_set_ops AS
    OPERATOR 1 pg_catalog.= ,
    FUNCTION 1 omni.disjoint_set_hash(omni.disjoint_set),
    FUNCTION 2 omni.disjoint_set_hash_extended(omni.disjoint_set, bigint);
COMMENT ON OPERATOR CLASS omni.disjoint_set_ops USING hash IS 'hash of disjoint_set';

CREATE FUNCTION omni.disjoint_set_union(omni.disjoint_set, omni.disjoint_set) RETURNS omni.disjoint_set
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME', 'disjoint_set_union';
COMMENT ON FUNCTION omni.disjoint_set_union(omni.disjoint_set, omni.disjoint_set) IS 'join of two partitions: what either connects is connected';
CREATE OPERATOR omni.|| (LEFTARG = omni.disjoint_set, RIGHTARG = omni.disjoint_set, FUNCTION = omni.disjoint_set_union,
    COMMUTATOR = OPERATOR(omni.||));
COMMENT ON OPERATOR omni.|| (omni.disjoint_set, omni.disjoint_set) IS 'join of two partitions';

CREATE FUNCTION omni.disjoint_set_combine(omni.disjoint_set, omni.disjoint_set) RETURNS omni.disjoint_set
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'disjoint_set_combine';
COMMENT ON FUNCTION omni.disjoint_set_combine(omni.disjoint_set, omni.disjoint_set) IS 'combine function of disjoint_set_agg; NULL is nothing seen';
CREATE FUNCTION omni.disjoint_set_final(omni.disjoint_set) RETURNS omni.disjoint_set
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'disjoint_set_final';
COMMENT ON FUNCTION omni.disjoint_set_final(omni.disjoint_set) IS 'final function of disjoint_set_agg: the state in canonical form';
CREATE AGGREGATE omni.disjoint_set_rollup(omni.disjoint_set) (
    SFUNC = omni.disjoint_set_combine, STYPE = omni.disjoint_set, FINALFUNC = omni.disjoint_set_final,
    COMBINEFUNC = omni.disjoint_set_combine, SSPACE = 256, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.disjoint_set_rollup(omni.disjoint_set) IS 'join of stored partitions';

CREATE FUNCTION omni.disjoint_set_nodes(omni.disjoint_set) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'disjoint_set_nodes';
COMMENT ON FUNCTION omni.disjoint_set_nodes(omni.disjoint_set) IS 'number of nodes';
CREATE FUNCTION omni.disjoint_set_components(omni.disjoint_set) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'disjoint_set_components';
COMMENT ON FUNCTION omni.disjoint_set_components(omni.disjoint_set) IS 'number of components';
CREATE FUNCTION omni.connected_components(omni.disjoint_set, anyelement, OUT node anyelement, OUT component anyelement) RETURNS SETOF record
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100 ROWS 1000 AS 'MODULE_PATHNAME', 'connected_components';
COMMENT ON FUNCTION omni.connected_components(omni.disjoint_set, anyelement) IS 'each node with the smallest node of its component; the type of the second argument, a NULL, is the type of the nodes';

CREATE FUNCTION omni.disjoint_set(bigint, bigint) RETURNS omni.disjoint_set
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'disjoint_set_from_bigint';
COMMENT ON FUNCTION omni.disjoint_set(bigint, bigint) IS 'disjoint_set of one edge, or of one node where the other is NULL; NULL where both are';
CREATE FUNCTION omni.disjoint_set_accum(omni.disjoint_set, bigint, bigint) RETURNS omni.disjoint_set
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'disjoint_set_accum_bigint';
COMMENT ON FUNCTION omni.disjoint_set_accum(omni.disjoint_set, bigint, bigint) IS 'transition function of disjoint_set_agg';
CREATE AGGREGATE omni.disjoint_set_agg(bigint, bigint) (
    SFUNC = omni.disjoint_set_accum, STYPE = omni.disjoint_set, FINALFUNC = omni.disjoint_set_final,
    COMBINEFUNC = omni.disjoint_set_combine, SSPACE = 256, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.disjoint_set_agg(bigint, bigint) IS 'partition that edges make: nodes are connected where a path of edges joins them; a NULL partner adds a single node';
CREATE FUNCTION omni.same_component(omni.disjoint_set, bigint, bigint) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME', 'same_component_bigint';
COMMENT ON FUNCTION omni.same_component(omni.disjoint_set, bigint, bigint) IS 'whether two nodes are connected; NULL unless both are in the set';

CREATE FUNCTION omni.disjoint_set(uuid, uuid) RETURNS omni.disjoint_set
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'disjoint_set_from_uuid';
COMMENT ON FUNCTION omni.disjoint_set(uuid, uuid) IS 'disjoint_set of one edge, or of one node where the other is NULL; NULL where both are';
CREATE FUNCTION omni.disjoint_set_accum(omni.disjoint_set, uuid, uuid) RETURNS omni.disjoint_set
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'disjoint_set_accum_uuid';
COMMENT ON FUNCTION omni.disjoint_set_accum(omni.disjoint_set, uuid, uuid) IS 'transition function of disjoint_set_agg';
CREATE AGGREGATE omni.disjoint_set_agg(uuid, uuid) (
    SFUNC = omni.disjoint_set_accum, STYPE = omni.disjoint_set, FINALFUNC = omni.disjoint_set_final,
    COMBINEFUNC = omni.disjoint_set_combine, SSPACE = 256, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.disjoint_set_agg(uuid, uuid) IS 'partition that edges make: nodes are connected where a path of edges joins them; a NULL partner adds a single node';
CREATE FUNCTION omni.same_component(omni.disjoint_set, uuid, uuid) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME', 'same_component_uuid';
COMMENT ON FUNCTION omni.same_component(omni.disjoint_set, uuid, uuid) IS 'whether two nodes are connected; NULL unless both are in the set';

CREATE FUNCTION omni.disjoint_set(text, text) RETURNS omni.disjoint_set
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'disjoint_set_from_text_nodes';
COMMENT ON FUNCTION omni.disjoint_set(text, text) IS 'disjoint_set of one edge, or of one node where the other is NULL; NULL where both are';
CREATE FUNCTION omni.disjoint_set_accum(omni.disjoint_set, text, text) RETURNS omni.disjoint_set
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'disjoint_set_accum_text';
COMMENT ON FUNCTION omni.disjoint_set_accum(omni.disjoint_set, text, text) IS 'transition function of disjoint_set_agg';
CREATE AGGREGATE omni.disjoint_set_agg(text, text) (
    SFUNC = omni.disjoint_set_accum, STYPE = omni.disjoint_set, FINALFUNC = omni.disjoint_set_final,
    COMBINEFUNC = omni.disjoint_set_combine, SSPACE = 256, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.disjoint_set_agg(text, text) IS 'partition that edges make: nodes are connected where a path of edges joins them; a NULL partner adds a single node';
CREATE FUNCTION omni.same_component(omni.disjoint_set, text, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME', 'same_component_text';
COMMENT ON FUNCTION omni.same_component(omni.disjoint_set, text, text) IS 'whether two nodes are connected; NULL unless both are in the set';
CREATE FUNCTION omni.disjoint_set(omni.identifier, omni.identifier) RETURNS omni.disjoint_set
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'disjoint_set_from_identifier';
COMMENT ON FUNCTION omni.disjoint_set(omni.identifier, omni.identifier) IS 'disjoint_set of one edge, or of one node where the other is NULL; NULL where both are';
CREATE FUNCTION omni.disjoint_set_accum(omni.disjoint_set, omni.identifier, omni.identifier) RETURNS omni.disjoint_set
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'disjoint_set_accum_identifier';
COMMENT ON FUNCTION omni.disjoint_set_accum(omni.disjoint_set, omni.identifier, omni.identifier) IS 'transition function of disjoint_set_agg';
CREATE AGGREGATE omni.disjoint_set_agg(omni.identifier, omni.identifier) (
    SFUNC = omni.disjoint_set_accum, STYPE = omni.disjoint_set, FINALFUNC = omni.disjoint_set_final,
    COMBINEFUNC = omni.disjoint_set_combine, SSPACE = 256, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.disjoint_set_agg(omni.identifier, omni.identifier) IS 'partition that edges make: nodes are connected where a path of edges joins them; a NULL partner adds a single node';
CREATE FUNCTION omni.same_component(omni.disjoint_set, omni.identifier, omni.identifier) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME', 'same_component_identifier';
COMMENT ON FUNCTION omni.same_component(omni.disjoint_set, omni.identifier, omni.identifier) IS 'whether two nodes are connected; NULL unless both are in the set';

/* ---- identity: how alike texts are ---- */

CREATE FUNCTION omni.jaro_similarity(text, text) RETURNS double precision
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'jaro_similarity';
COMMENT ON FUNCTION omni.jaro_similarity(text, text) IS 'Jaro similarity by characters, 0 to 1; 0 where a text is empty';
CREATE FUNCTION omni.jaro_winkler_similarity(text, text) RETURNS double precision
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'jaro_winkler_similarity';
COMMENT ON FUNCTION omni.jaro_winkler_similarity(text, text) IS 'Jaro similarity, and where that is above 0.7, a tenth of what is missing to 1 for each of up to four first characters in common';
CREATE FUNCTION omni.jaccard(text, text) RETURNS double precision
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'jaccard';
COMMENT ON FUNCTION omni.jaccard(text, text) IS 'characters that both texts have over characters that either has; 0 where a text is empty';
CREATE FUNCTION omni.levenshtein(text, text) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'levenshtein';
COMMENT ON FUNCTION omni.levenshtein(text, text) IS 'least number of characters put in, taken out or changed that makes one text of the other; of any lengths';
CREATE FUNCTION omni.levenshtein_less_equal(text, text, max_d integer) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'levenshtein_less_equal';
COMMENT ON FUNCTION omni.levenshtein_less_equal(text, text, integer) IS 'levenshtein() where it is at most max_d, else max_d + 1, found sooner';
CREATE FUNCTION omni.damerau_levenshtein(text, text) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'damerau_levenshtein';
COMMENT ON FUNCTION omni.damerau_levenshtein(text, text) IS 'levenshtein() where two neighbors that change places are one edit; unrestricted, so that it is a metric';

/* ---- identity: functions that Splink's models call ---- */

CREATE FUNCTION omni.regexp_extract(text, pattern text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'regexp_extract';
COMMENT ON FUNCTION omni.regexp_extract(text, text) IS 'what the first match of a regular expression has; empty where there is none';
CREATE FUNCTION omni.regexp_extract(text, pattern text, "group" integer) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'regexp_extract';
COMMENT ON FUNCTION omni.regexp_extract(text, text, integer) IS 'what a group of the first match of a regular expression has, 0 the whole match; empty where there is none';
CREATE FUNCTION omni.strip_accents(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'strip_accents';
COMMENT ON FUNCTION omni.strip_accents(text) IS 'text without its accents and other marks';
CREATE FUNCTION omni.len(text) RETURNS integer
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.length($1);
COMMENT ON FUNCTION omni.len(text) IS 'number of characters';
CREATE FUNCTION omni.len(anyarray) RETURNS integer
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'array_cardinality';
COMMENT ON FUNCTION omni.len(anyarray) IS 'number of elements';
CREATE FUNCTION omni.try_strptime(text, form text) RETURNS timestamp without time zone
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'try_strptime';
COMMENT ON FUNCTION omni.try_strptime(text, text) IS 'date and time of a text of a form such as %Y-%m-%d; NULL where it is not of that form';
CREATE FUNCTION omni.strptime(text, form text) RETURNS timestamp without time zone
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'match_strptime';
COMMENT ON FUNCTION omni.strptime(text, text) IS 'date and time of a text of a form such as %Y-%m-%d';
CREATE FUNCTION omni.epoch(timestamp without time zone) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.date_part('epoch', $1);
COMMENT ON FUNCTION omni.epoch(timestamp without time zone) IS 'seconds since 1970-01-01 00:00';
CREATE FUNCTION omni.log2(double precision) RETURNS double precision
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'match_log2';
COMMENT ON FUNCTION omni.log2(double precision) IS 'logarithm to the base 2';
CREATE FUNCTION omni.array_cosine_similarity(double precision[], double precision[]) RETURNS double precision
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'array_cosine_similarity';
COMMENT ON FUNCTION omni.array_cosine_similarity(double precision[], double precision[]) IS 'cosine of the angle between two vectors; NULL where one is all zeros';
CREATE FUNCTION omni.list_intersect(text[], text[]) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100
    RETURN ARRAY(SELECT DISTINCT e COLLATE "C" FROM pg_catalog.unnest($1) e WHERE e = ANY ($2) ORDER BY 1);
COMMENT ON FUNCTION omni.list_intersect(text[], text[]) IS 'elements that both arrays have, each once';
CREATE FUNCTION omni.list_has_any(text[], text[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1 && $2;
COMMENT ON FUNCTION omni.list_has_any(text[], text[]) IS 'whether two arrays have an element in common';
CREATE FUNCTION omni.list_contains(text[], text) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN coalesce($2 = ANY ($1), false);
COMMENT ON FUNCTION omni.list_contains(text[], text) IS 'whether an array has an element';
CREATE FUNCTION omni.list_distinct(text[]) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100
    RETURN ARRAY(SELECT DISTINCT e COLLATE "C" FROM pg_catalog.unnest($1) e WHERE e IS NOT NULL ORDER BY 1);
COMMENT ON FUNCTION omni.list_distinct(text[]) IS 'elements of an array, each once, without NULL';

/* ---- identity: match_model ---- */

CREATE TYPE omni.match_model;
CREATE FUNCTION omni.match_model_in(cstring) RETURNS omni.match_model
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'match_model_in';
COMMENT ON FUNCTION omni.match_model_in(cstring) IS 'I/O';
CREATE FUNCTION omni.match_model_out(omni.match_model) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME', 'match_model_out';
COMMENT ON FUNCTION omni.match_model_out(omni.match_model) IS 'I/O';
CREATE FUNCTION omni.match_model_recv(internal) RETURNS omni.match_model
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'match_model_recv';
COMMENT ON FUNCTION omni.match_model_recv(internal) IS 'I/O';
CREATE FUNCTION omni.match_model_send(omni.match_model) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME', 'match_model_send';
COMMENT ON FUNCTION omni.match_model_send(omni.match_model) IS 'I/O';
CREATE TYPE omni.match_model (
    INPUT = omni.match_model_in, OUTPUT = omni.match_model_out,
    RECEIVE = omni.match_model_recv, SEND = omni.match_model_send,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = extended, CATEGORY = 'U');
COMMENT ON TYPE omni.match_model IS 'settings or trained model of a probabilistic matching: JSON of Splink 4 and 5, its conditions checked';

CREATE FUNCTION omni.match_model(text) RETURNS omni.match_model
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'match_model_from_text';
COMMENT ON FUNCTION omni.match_model(text) IS 'match_model of JSON; comparisons in short form are written out';
CREATE FUNCTION omni.match_model(jsonb) RETURNS omni.match_model
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'match_model_from_jsonb';
COMMENT ON FUNCTION omni.match_model(jsonb) IS 'match_model of JSON; comparisons in short form are written out';
CREATE FUNCTION omni.text(omni.match_model) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME', 'match_model_to_text';
COMMENT ON FUNCTION omni.text(omni.match_model) IS 'JSON of a match_model';
CREATE FUNCTION omni.jsonb(omni.match_model) RETURNS jsonb
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'match_model_to_jsonb';
COMMENT ON FUNCTION omni.jsonb(omni.match_model) IS 'JSON of a match_model';
CREATE FUNCTION omni.match_model_try(text) RETURNS omni.match_model
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'match_model_try';
COMMENT ON FUNCTION omni.match_model_try(text) IS 'match_model of JSON, NULL where it is none';
CREATE FUNCTION omni.match_model_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'match_model_problem';
COMMENT ON FUNCTION omni.match_model_problem(text) IS 'why a text is no match_model: json, construct, syntax, else, null_level, range, missing, type, key, name, link_type, term_frequency, short_form, too_large; NULL where it is one';
CREATE FUNCTION omni.match_model_expressions(omni.match_model) RETURNS text[]
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'match_model_expressions';
COMMENT ON FUNCTION omni.match_model_expressions(omni.match_model) IS 'SQL that a model runs over each record of a source, as the caller';
CREATE FUNCTION omni.match_model_for_splink(omni.match_model) RETURNS jsonb
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'match_model_for_splink';
COMMENT ON FUNCTION omni.match_model_for_splink(omni.match_model) IS 'JSON that Splink 4 and 5 load: without what only omni knows, such as training';

CREATE CAST (text AS omni.match_model) WITH FUNCTION omni.match_model(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS omni.match_model) IS 'checked';
CREATE CAST (jsonb AS omni.match_model) WITH FUNCTION omni.match_model(jsonb) AS ASSIGNMENT;
COMMENT ON CAST (jsonb AS omni.match_model) IS 'checked';
CREATE CAST (omni.match_model AS text) WITH FUNCTION omni.text(omni.match_model) AS ASSIGNMENT;
COMMENT ON CAST (omni.match_model AS text) IS 'its JSON';
CREATE CAST (omni.match_model AS jsonb) WITH FUNCTION omni.jsonb(omni.match_model) AS ASSIGNMENT;
COMMENT ON CAST (omni.match_model AS jsonb) IS 'its JSON';

/* ---- identity: matching ---- */

CREATE FUNCTION omni.match_train(source regclass, settings jsonb) RETURNS omni.match_model
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED COST 1000000 AS 'MODULE_PATHNAME', 'match_train';
COMMENT ON FUNCTION omni.match_train(regclass, jsonb) IS 'model whose probabilities are estimated from the records of a table or view, without labels: lambda by deterministic rules, u by random pairs, m by expectation maximization';
CREATE FUNCTION omni.match_predict(source regclass, model omni.match_model, min_weight double precision DEFAULT 0, max_pairs bigint DEFAULT 1000000000,
    OUT id_l text, OUT id_r text, OUT match_weight double precision, OUT match_probability double precision) RETURNS SETOF record
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED COST 1000000 ROWS 100000 AS 'MODULE_PATHNAME', 'match_predict';
COMMENT ON FUNCTION omni.match_predict(regclass, omni.match_model, double precision, bigint) IS 'pairs of records that the blocking rules give and that weigh min_weight or more; an error where the rules would give more than max_pairs';
CREATE FUNCTION omni.match_cluster(source regclass, model omni.match_model, min_weight double precision DEFAULT 0, limits jsonb DEFAULT '{}', max_pairs bigint DEFAULT 1000000000,
    OUT id text, OUT cluster text) RETURNS SETOF record
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED COST 1000000 ROWS 100000 AS 'MODULE_PATHNAME', 'match_cluster';
COMMENT ON FUNCTION omni.match_cluster(regclass, omni.match_model, double precision, jsonb, bigint) IS 'every record with its cluster: the smallest id of the records that pairs of min_weight or more connect, the greatest weight first, within limits: values of columns in a cluster, max_records, weak_bridge, cannot_link';
CREATE FUNCTION omni.match_score(model omni.match_model, l jsonb, r jsonb) RETURNS double precision
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 10000 AS 'MODULE_PATHNAME', 'match_score';
COMMENT ON FUNCTION omni.match_score(omni.match_model, jsonb, jsonb) IS 'match weight of two records; the frequency of a term is key tf_<column>, where given';
CREATE FUNCTION omni.match_explain(source regclass, model omni.match_model, id_l text, id_r text,
    OUT comparison text, OUT level integer, OUT label text, OUT m double precision, OUT u double precision, OUT match_weight double precision,
    OUT tf_adjustment double precision, OUT total double precision) RETURNS SETOF record
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED COST 1000000 ROWS 10 AS 'MODULE_PATHNAME', 'match_explain';
COMMENT ON FUNCTION omni.match_explain(regclass, omni.match_model, text, text) IS 'how the weight of a pair comes about: the prior, then each comparison with its level, weight, term frequency adjustment and the running total';
CREATE FUNCTION omni.match_explain(model omni.match_model, l jsonb, r jsonb,
    OUT comparison text, OUT level integer, OUT label text, OUT m double precision, OUT u double precision, OUT match_weight double precision,
    OUT tf_adjustment double precision, OUT total double precision) RETURNS SETOF record
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 10000 ROWS 10 AS 'MODULE_PATHNAME', 'match_explain_records';
COMMENT ON FUNCTION omni.match_explain(omni.match_model, jsonb, jsonb) IS 'how match_score of two records comes about';
CREATE FUNCTION omni.match_evaluate(source regclass, model omni.match_model, truth text,
    thresholds double precision[] DEFAULT '{-4,-3,-2,-1,0,1,2,3,4,5,6,7,8,9,10,11,12}', max_pairs bigint DEFAULT 1000000000,
    OUT min_weight double precision, OUT predicted bigint, OUT true_positives bigint, OUT false_positives bigint, OUT false_negatives bigint,
    OUT "precision" double precision, OUT recall double precision, OUT f1 double precision) RETURNS SETOF record
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED COST 1000000 ROWS 17 AS 'MODULE_PATHNAME', 'match_evaluate';
COMMENT ON FUNCTION omni.match_evaluate(regclass, omni.match_model, text, double precision[], bigint) IS 'by threshold, how pairs of match_predict agree with the column truth, which says whose a record is';
CREATE FUNCTION omni.cluster_evaluate(predicted text[], truth text[],
    OUT records bigint, OUT predicted_pairs bigint, OUT true_pairs bigint, OUT common_pairs bigint, OUT "precision" double precision, OUT recall double precision,
    OUT f1 double precision, OUT bcubed_precision double precision, OUT bcubed_recall double precision, OUT bcubed_f1 double precision) RETURNS record
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS 'MODULE_PATHNAME', 'cluster_evaluate';
COMMENT ON FUNCTION omni.cluster_evaluate(text[], text[]) IS 'how two labelings of the same records agree: pairs, and B-cubed; a record without predicted label is alone, one without truth is left out';

/* ---- identity: customer_profile ---- */

CREATE TYPE omni.customer_profile;
COMMENT ON TYPE omni.customer_profile IS 'what each source record says of a customer, and when: a golden record that forgets nothing';

CREATE FUNCTION omni.customer_profile_in(cstring) RETURNS omni.customer_profile
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'customer_profile_in';
COMMENT ON FUNCTION omni.customer_profile_in(cstring) IS 'input function of customer_profile';
CREATE FUNCTION omni.customer_profile_out(omni.customer_profile) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'customer_profile_out';
COMMENT ON FUNCTION omni.customer_profile_out(omni.customer_profile) IS 'output function of customer_profile';
CREATE FUNCTION omni.customer_profile_recv(internal) RETURNS omni.customer_profile
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'customer_profile_recv';
COMMENT ON FUNCTION omni.customer_profile_recv(internal) IS 'binary input function of customer_profile';
CREATE FUNCTION omni.customer_profile_send(omni.customer_profile) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'customer_profile_send';
COMMENT ON FUNCTION omni.customer_profile_send(omni.customer_profile) IS 'binary output function of customer_profile';

CREATE TYPE omni.customer_profile (
    INPUT = omni.customer_profile_in, OUTPUT = omni.customer_profile_out,
    RECEIVE = omni.customer_profile_recv, SEND = omni.customer_profile_send,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = extended, CATEGORY = 'U'
);

CREATE FUNCTION omni.customer_profile(text) RETURNS omni.customer_profile
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'customer_profile_from_text';
COMMENT ON FUNCTION omni.customer_profile(text) IS 'customer_profile of its JSON text form';
CREATE CAST (text AS omni.customer_profile) WITH FUNCTION omni.customer_profile(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS omni.customer_profile) IS 'customer_profile of its JSON text form';
CREATE FUNCTION omni.text(omni.customer_profile) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'customer_profile_to_text';
COMMENT ON FUNCTION omni.text(omni.customer_profile) IS 'JSON text form of a customer_profile';
CREATE CAST (omni.customer_profile AS text) WITH FUNCTION omni.text(omni.customer_profile) AS ASSIGNMENT;
COMMENT ON CAST (omni.customer_profile AS text) IS 'JSON text form of a customer_profile';
CREATE FUNCTION omni.customer_profile_try(text) RETURNS omni.customer_profile
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'customer_profile_try';
COMMENT ON FUNCTION omni.customer_profile_try(text) IS 'customer_profile of its JSON text form, NULL where the text is none';
CREATE FUNCTION omni.customer_profile_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'customer_profile_problem';
COMMENT ON FUNCTION omni.customer_profile_problem(text) IS 'why a text is no customer_profile: syntax, member, missing, duplicate, source, record_id, observed_at, number, nul, nesting, too_large, encoding, or a code of identifier_problem(); NULL where it is one';

CREATE FUNCTION omni.customer_profile(source text, record_id text, observed_at timestamptz, identifiers text[] DEFAULT NULL, attributes jsonb DEFAULT NULL) RETURNS omni.customer_profile
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'customer_profile_from_texts';
COMMENT ON FUNCTION omni.customer_profile(text, text, timestamptz, text[], jsonb) IS 'profile of one record: what it says, as identifiers kind:value and as a JSON object of attributes; NULL identifiers and null attributes say nothing and are left out';
CREATE FUNCTION omni.customer_profile_from(source text, record_id text, observed_at timestamptz, identifiers omni.identifier[], attributes jsonb DEFAULT NULL) RETURNS omni.customer_profile
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 5 AS 'MODULE_PATHNAME', 'customer_profile_from_identifiers';
COMMENT ON FUNCTION omni.customer_profile_from(text, text, timestamptz, omni.identifier[], jsonb) IS 'customer_profile() of identifiers that are parsed already, for example by identifier_try(); NULL identifiers and null attributes say nothing and are left out';

CREATE FUNCTION omni.customer_profile_eq(omni.customer_profile, omni.customer_profile) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_eq';
COMMENT ON FUNCTION omni.customer_profile_eq(omni.customer_profile, omni.customer_profile) IS 'equal';
CREATE FUNCTION omni.customer_profile_ne(omni.customer_profile, omni.customer_profile) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ne';
COMMENT ON FUNCTION omni.customer_profile_ne(omni.customer_profile, omni.customer_profile) IS 'not equal';
CREATE FUNCTION omni.customer_profile_lt(omni.customer_profile, omni.customer_profile) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_lt';
COMMENT ON FUNCTION omni.customer_profile_lt(omni.customer_profile, omni.customer_profile) IS 'less by canonical bytes';
CREATE FUNCTION omni.customer_profile_le(omni.customer_profile, omni.customer_profile) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_le';
COMMENT ON FUNCTION omni.customer_profile_le(omni.customer_profile, omni.customer_profile) IS 'less or equal by canonical bytes';
CREATE FUNCTION omni.customer_profile_gt(omni.customer_profile, omni.customer_profile) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_gt';
COMMENT ON FUNCTION omni.customer_profile_gt(omni.customer_profile, omni.customer_profile) IS 'greater by canonical bytes';
CREATE FUNCTION omni.customer_profile_ge(omni.customer_profile, omni.customer_profile) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ge';
COMMENT ON FUNCTION omni.customer_profile_ge(omni.customer_profile, omni.customer_profile) IS 'greater or equal by canonical bytes';
CREATE OPERATOR pg_catalog.= (LEFTARG = omni.customer_profile, RIGHTARG = omni.customer_profile, FUNCTION = omni.customer_profile_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
COMMENT ON OPERATOR pg_catalog.= (omni.customer_profile, omni.customer_profile) IS 'equal';
CREATE OPERATOR pg_catalog.<> (LEFTARG = omni.customer_profile, RIGHTARG = omni.customer_profile, FUNCTION = omni.customer_profile_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR pg_catalog.<> (omni.customer_profile, omni.customer_profile) IS 'not equal';
CREATE OPERATOR pg_catalog.< (LEFTARG = omni.customer_profile, RIGHTARG = omni.customer_profile, FUNCTION = omni.customer_profile_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR pg_catalog.< (omni.customer_profile, omni.customer_profile) IS 'less by canonical bytes';
CREATE OPERATOR pg_catalog.<= (LEFTARG = omni.customer_profile, RIGHTARG = omni.customer_profile, FUNCTION = omni.customer_profile_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR pg_catalog.<= (omni.customer_profile, omni.customer_profile) IS 'less or equal by canonical bytes';
CREATE OPERATOR pg_catalog.> (LEFTARG = omni.customer_profile, RIGHTARG = omni.customer_profile, FUNCTION = omni.customer_profile_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR pg_catalog.> (omni.customer_profile, omni.customer_profile) IS 'greater by canonical bytes';
CREATE OPERATOR pg_catalog.>= (LEFTARG = omni.customer_profile, RIGHTARG = omni.customer_profile, FUNCTION = omni.customer_profile_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR pg_catalog.>= (omni.customer_profile, omni.customer_profile) IS 'greater or equal by canonical bytes';
CREATE FUNCTION omni.customer_profile_eq(omni.customer_profile, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_eq_support AS 'MODULE_PATHNAME', 'text_operand_eq';
COMMENT ON FUNCTION omni.customer_profile_eq(omni.customer_profile, text) IS 'equal, with a text form';
CREATE OPERATOR pg_catalog.= (LEFTARG = omni.customer_profile, RIGHTARG = text, FUNCTION = omni.customer_profile_eq,
    NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel);
COMMENT ON OPERATOR pg_catalog.= (omni.customer_profile, text) IS 'equal, with a text form';
CREATE FUNCTION omni.customer_profile_ne(omni.customer_profile, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ne_support AS 'MODULE_PATHNAME', 'text_operand_ne';
COMMENT ON FUNCTION omni.customer_profile_ne(omni.customer_profile, text) IS 'not equal, with a text form';
CREATE OPERATOR pg_catalog.<> (LEFTARG = omni.customer_profile, RIGHTARG = text, FUNCTION = omni.customer_profile_ne,
    NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR pg_catalog.<> (omni.customer_profile, text) IS 'not equal, with a text form';
CREATE FUNCTION omni.customer_profile_lt(omni.customer_profile, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_lt_support AS 'MODULE_PATHNAME', 'text_operand_lt';
COMMENT ON FUNCTION omni.customer_profile_lt(omni.customer_profile, text) IS 'less by canonical bytes, with a text form';
CREATE OPERATOR pg_catalog.< (LEFTARG = omni.customer_profile, RIGHTARG = text, FUNCTION = omni.customer_profile_lt,
    NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR pg_catalog.< (omni.customer_profile, text) IS 'less by canonical bytes, with a text form';
CREATE FUNCTION omni.customer_profile_le(omni.customer_profile, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_le_support AS 'MODULE_PATHNAME', 'text_operand_le';
COMMENT ON FUNCTION omni.customer_profile_le(omni.customer_profile, text) IS 'less or equal by canonical bytes, with a text form';
CREATE OPERATOR pg_catalog.<= (LEFTARG = omni.customer_profile, RIGHTARG = text, FUNCTION = omni.customer_profile_le,
    NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR pg_catalog.<= (omni.customer_profile, text) IS 'less or equal by canonical bytes, with a text form';
CREATE FUNCTION omni.customer_profile_gt(omni.customer_profile, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_gt_support AS 'MODULE_PATHNAME', 'text_operand_gt';
COMMENT ON FUNCTION omni.customer_profile_gt(omni.customer_profile, text) IS 'greater by canonical bytes, with a text form';
CREATE OPERATOR pg_catalog.> (LEFTARG = omni.customer_profile, RIGHTARG = text, FUNCTION = omni.customer_profile_gt,
    NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR pg_catalog.> (omni.customer_profile, text) IS 'greater by canonical bytes, with a text form';
CREATE FUNCTION omni.customer_profile_ge(omni.customer_profile, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ge_support AS 'MODULE_PATHNAME', 'text_operand_ge';
COMMENT ON FUNCTION omni.customer_profile_ge(omni.customer_profile, text) IS 'greater or equal by canonical bytes, with a text form';
CREATE OPERATOR pg_catalog.>= (LEFTARG = omni.customer_profile, RIGHTARG = text, FUNCTION = omni.customer_profile_ge,
    NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR pg_catalog.>= (omni.customer_profile, text) IS 'greater or equal by canonical bytes, with a text form';

CREATE FUNCTION omni.customer_profile_cmp(omni.customer_profile, omni.customer_profile) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_cmp';
COMMENT ON FUNCTION omni.customer_profile_cmp(omni.customer_profile, omni.customer_profile) IS 'btree comparison by canonical bytes';
CREATE FUNCTION omni.customer_profile_sortsupport(internal) RETURNS void
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'text_value_sortsupport';
COMMENT ON FUNCTION omni.customer_profile_sortsupport(internal) IS 'btree sort support';
CREATE FUNCTION omni.customer_profile_hash(omni.customer_profile) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash';
COMMENT ON FUNCTION omni.customer_profile_hash(omni.customer_profile) IS 'hash of the canonical bytes';
CREATE FUNCTION omni.customer_profile_hash_extended(omni.customer_profile, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash_extended';
COMMENT ON FUNCTION omni.customer_profile_hash_extended(omni.customer_profile, bigint) IS 'seeded hash of the canonical bytes';

CREATE OPERATOR FAMILY omni.customer_profile_ops USING btree;
COMMENT ON OPERATOR FAMILY omni.customer_profile_ops USING btree IS 'order of customer_profile by canonical bytes';
CREATE OPERATOR CLASS omni.customer_profile_ops DEFAULT FOR TYPE omni.customer_profile USING btree FAMILY omni.customer_profile_ops AS
    OPERATOR 1 pg_catalog.< , OPERATOR 2 pg_catalog.<= , OPERATOR 3 pg_catalog.= , OPERATOR 4 pg_catalog.>= , OPERATOR 5 pg_catalog.> ,
    FUNCTION 1 omni.customer_profile_cmp(omni.customer_profile, omni.customer_profile),
    FUNCTION 2 omni.customer_profile_sortsupport(internal),
    FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS omni.customer_profile_ops USING btree IS 'order of customer_profile by canonical bytes';
CREATE OPERATOR FAMILY omni.customer_profile_ops USING hash;
COMMENT ON OPERATOR FAMILY omni.customer_profile_ops USING hash IS 'hash of customer_profile';
CREATE OPERATOR CLASS omni.customer_profile_ops DEFAULT FOR TYPE omni.customer_profile USING hash FAMILY omni.customer_profile_ops AS
    OPERATOR 1 pg_catalog.= ,
    FUNCTION 1 omni.customer_profile_hash(omni.customer_profile),
    FUNCTION 2 omni.customer_profile_hash_extended(omni.customer_profile, bigint);
COMMENT ON OPERATOR CLASS omni.customer_profile_ops USING hash IS 'hash of customer_profile';

CREATE FUNCTION omni.customer_profile_union(omni.customer_profile, omni.customer_profile) RETURNS omni.customer_profile
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'customer_profile_union';
COMMENT ON FUNCTION omni.customer_profile_union(omni.customer_profile, omni.customer_profile) IS 'join of two profiles: all records of both; where both have one of the same source and record_id, the one that was observed later';
CREATE OPERATOR omni.|| (LEFTARG = omni.customer_profile, RIGHTARG = omni.customer_profile, FUNCTION = omni.customer_profile_union,
    COMMUTATOR = OPERATOR(omni.||));
COMMENT ON OPERATOR omni.|| (omni.customer_profile, omni.customer_profile) IS 'join of two profiles';
CREATE FUNCTION omni.customer_profile_combine(omni.customer_profile, omni.customer_profile) RETURNS omni.customer_profile
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'customer_profile_combine';
COMMENT ON FUNCTION omni.customer_profile_combine(omni.customer_profile, omni.customer_profile) IS 'transition and combine function of customer_profile_agg; NULL is nothing seen';
CREATE FUNCTION omni.customer_profile_final(omni.customer_profile) RETURNS omni.customer_profile
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'customer_profile_final';
COMMENT ON FUNCTION omni.customer_profile_final(omni.customer_profile) IS 'final function of customer_profile_agg: the state in canonical form';
CREATE AGGREGATE omni.customer_profile_agg(omni.customer_profile) (
    SFUNC = omni.customer_profile_combine, STYPE = omni.customer_profile, FINALFUNC = omni.customer_profile_final,
    COMBINEFUNC = omni.customer_profile_combine, SSPACE = 1024, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.customer_profile_agg(omni.customer_profile) IS 'join of many profiles, of single records or of parts';

CREATE FUNCTION omni.records(omni.customer_profile) RETURNS text[]
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5 AS 'MODULE_PATHNAME', 'profile_records';
COMMENT ON FUNCTION omni.records(omni.customer_profile) IS 'a row {source,record_id} for each record, by bytes';
CREATE FUNCTION omni.without_records(omni.customer_profile, text[]) RETURNS omni.customer_profile
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5 AS 'MODULE_PATHNAME', 'without_records';
COMMENT ON FUNCTION omni.without_records(omni.customer_profile, text[]) IS 'the profile without the record {source,record_id}, or without each of an array of such rows; what it does not have is left out silently';
CREATE OPERATOR omni.- (LEFTARG = omni.customer_profile, RIGHTARG = text[], FUNCTION = omni.without_records);
COMMENT ON OPERATOR omni.- (omni.customer_profile, text[]) IS 'take records out again';
CREATE FUNCTION omni.profile_records(omni.customer_profile, OUT source text, OUT record_id text, OUT observed_at timestamptz, OUT identifiers omni.identifier[], OUT attributes jsonb) RETURNS SETOF record
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 4 AS 'MODULE_PATHNAME', 'profile_record_rows';
COMMENT ON FUNCTION omni.profile_records(omni.customer_profile) IS 'the records as rows, by the bytes of source and record_id';

CREATE FUNCTION omni.record_count(omni.customer_profile) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_record_count';
COMMENT ON FUNCTION omni.record_count(omni.customer_profile) IS 'number of records';
CREATE FUNCTION omni.first_seen(omni.customer_profile) RETURNS timestamptz
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_first_seen';
COMMENT ON FUNCTION omni.first_seen(omni.customer_profile) IS 'earliest observed_at; NULL where there is no record';
CREATE FUNCTION omni.last_seen(omni.customer_profile) RETURNS timestamptz
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_last_seen';
COMMENT ON FUNCTION omni.last_seen(omni.customer_profile) IS 'latest observed_at; NULL where there is no record';
CREATE FUNCTION omni.identifiers(omni.customer_profile) RETURNS omni.identifier[]
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5 AS 'MODULE_PATHNAME', 'profile_identifiers';
COMMENT ON FUNCTION omni.identifiers(omni.customer_profile) IS 'all identifiers of all records, each once, by bytes';

CREATE FUNCTION omni.profile_attribute(omni.customer_profile, name text) RETURNS jsonb
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'profile_attribute';
COMMENT ON FUNCTION omni.profile_attribute(omni.customer_profile, text) IS 'the most recent value of an attribute, NULL where no record has it';
CREATE OPERATOR omni.-> (LEFTARG = omni.customer_profile, RIGHTARG = text, FUNCTION = omni.profile_attribute);
COMMENT ON OPERATOR omni.-> (omni.customer_profile, text) IS 'the most recent value of an attribute';
CREATE FUNCTION omni.profile_attribute_text(omni.customer_profile, name text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'profile_attribute_text';
COMMENT ON FUNCTION omni.profile_attribute_text(omni.customer_profile, text) IS 'the most recent value of an attribute as text, NULL where no record has it';
CREATE OPERATOR omni.->> (LEFTARG = omni.customer_profile, RIGHTARG = text, FUNCTION = omni.profile_attribute_text);
COMMENT ON OPERATOR omni.->> (omni.customer_profile, text) IS 'the most recent value of an attribute as text';

CREATE FUNCTION omni.profile_contains(omni.customer_profile, omni.identifier) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'profile_contains';
COMMENT ON FUNCTION omni.profile_contains(omni.customer_profile, omni.identifier) IS 'has any record the identifier';
CREATE OPERATOR omni.@> (LEFTARG = omni.customer_profile, RIGHTARG = omni.identifier, FUNCTION = omni.profile_contains,
    RESTRICT = contsel, JOIN = contjoinsel);
COMMENT ON OPERATOR omni.@> (omni.customer_profile, omni.identifier) IS 'has any record the identifier';
CREATE FUNCTION omni.profile_contains(omni.customer_profile, text) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 4
    RETURN $1 OPERATOR(omni.@>) CAST($2 AS omni.identifier);
COMMENT ON FUNCTION omni.profile_contains(omni.customer_profile, text) IS 'has any record the identifier that the text is';
CREATE OPERATOR omni.@> (LEFTARG = omni.customer_profile, RIGHTARG = text, FUNCTION = omni.profile_contains,
    RESTRICT = contsel, JOIN = contjoinsel);
COMMENT ON OPERATOR omni.@> (omni.customer_profile, text) IS 'has any record the identifier that the text is';
CREATE FUNCTION omni.profile_overlaps(omni.customer_profile, omni.customer_profile) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5 AS 'MODULE_PATHNAME', 'profile_overlaps';
COMMENT ON FUNCTION omni.profile_overlaps(omni.customer_profile, omni.customer_profile) IS 'do two profiles share an identifier';
CREATE OPERATOR omni.&& (LEFTARG = omni.customer_profile, RIGHTARG = omni.customer_profile, FUNCTION = omni.profile_overlaps,
    COMMUTATOR = OPERATOR(omni.&&), RESTRICT = contsel, JOIN = contjoinsel);
COMMENT ON OPERATOR omni.&& (omni.customer_profile, omni.customer_profile) IS 'do two profiles share an identifier';

CREATE FUNCTION omni.profile_gin_extract_value(omni.customer_profile, internal, internal) RETURNS internal
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_gin_extract_value';
COMMENT ON FUNCTION omni.profile_gin_extract_value(omni.customer_profile, internal, internal) IS 'GIN support: keys of a profile';
CREATE FUNCTION omni.profile_gin_extract_query(omni.customer_profile, internal, smallint, internal, internal, internal, internal) RETURNS internal
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_gin_extract_query';
COMMENT ON FUNCTION omni.profile_gin_extract_query(omni.customer_profile, internal, smallint, internal, internal, internal, internal) IS 'GIN support: keys of a query';
CREATE FUNCTION omni.profile_gin_consistent(internal, smallint, omni.customer_profile, integer, internal, internal, internal, internal) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_gin_consistent';
COMMENT ON FUNCTION omni.profile_gin_consistent(internal, smallint, omni.customer_profile, integer, internal, internal, internal, internal) IS 'GIN support: does an item match';
CREATE FUNCTION omni.profile_gin_triconsistent(internal, smallint, omni.customer_profile, integer, internal, internal, internal) RETURNS "char"
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'profile_gin_triconsistent';
COMMENT ON FUNCTION omni.profile_gin_triconsistent(internal, smallint, omni.customer_profile, integer, internal, internal, internal) IS 'GIN support: may an item match';
CREATE OPERATOR FAMILY omni.customer_profile_ops USING gin;
COMMENT ON OPERATOR FAMILY omni.customer_profile_ops USING gin IS 'identifiers of customer_profile';
CREATE OPERATOR CLASS omni.customer_profile_ops DEFAULT FOR TYPE omni.customer_profile USING gin FAMILY omni.customer_profile_ops AS
    OPERATOR 1 omni.&& ,
    OPERATOR 2 omni.@> (omni.customer_profile, omni.identifier),
    FUNCTION 1 omni.identifier_cmp(omni.identifier, omni.identifier),
    FUNCTION 2 omni.profile_gin_extract_value(omni.customer_profile, internal, internal),
    FUNCTION 3 omni.profile_gin_extract_query(omni.customer_profile, internal, smallint, internal, internal, internal, internal),
    FUNCTION 4 omni.profile_gin_consistent(internal, smallint, omni.customer_profile, integer, internal, internal, internal, internal),
    FUNCTION 6 omni.profile_gin_triconsistent(internal, smallint, omni.customer_profile, integer, internal, internal, internal),
    STORAGE omni.identifier;
COMMENT ON OPERATOR CLASS omni.customer_profile_ops USING gin IS 'identifiers of customer_profile: profile @> identifier, profile && profile';

CREATE FUNCTION omni.golden_record(omni.customer_profile, survivorship jsonb DEFAULT '{}') RETURNS jsonb
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 40 AS 'MODULE_PATHNAME', 'golden_record';
COMMENT ON FUNCTION omni.golden_record(omni.customer_profile, jsonb) IS 'each attribute with the value that survives, and identifiers by kind; survivorship names a policy by attribute: most_recent (the default), most_trusted, first, longest, most_frequent, min, max, union';

/* ---- identity: constrained clustering ---- */

CREATE TYPE omni.link_evidence;
COMMENT ON TYPE omni.link_evidence IS 'a set of evidence that records are of one customer: identifiers of records, and pairs of records with a weight';

CREATE FUNCTION omni.link_evidence_in(cstring) RETURNS omni.link_evidence
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'link_evidence_in';
COMMENT ON FUNCTION omni.link_evidence_in(cstring) IS 'input function of link_evidence';
CREATE FUNCTION omni.link_evidence_out(omni.link_evidence) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'link_evidence_out';
COMMENT ON FUNCTION omni.link_evidence_out(omni.link_evidence) IS 'output function of link_evidence';
CREATE FUNCTION omni.link_evidence_recv(internal) RETURNS omni.link_evidence
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'link_evidence_recv';
COMMENT ON FUNCTION omni.link_evidence_recv(internal) IS 'binary input function of link_evidence';
CREATE FUNCTION omni.link_evidence_send(omni.link_evidence) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'link_evidence_send';
COMMENT ON FUNCTION omni.link_evidence_send(omni.link_evidence) IS 'binary output function of link_evidence';

CREATE TYPE omni.link_evidence (
    INPUT = omni.link_evidence_in, OUTPUT = omni.link_evidence_out,
    RECEIVE = omni.link_evidence_recv, SEND = omni.link_evidence_send,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = extended, CATEGORY = 'U'
);

CREATE FUNCTION omni.link_evidence(text) RETURNS omni.link_evidence
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'link_evidence_from_text';
COMMENT ON FUNCTION omni.link_evidence(text) IS 'link_evidence of its JSON text form';
CREATE CAST (text AS omni.link_evidence) WITH FUNCTION omni.link_evidence(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS omni.link_evidence) IS 'link_evidence of its JSON text form';
CREATE FUNCTION omni.text(omni.link_evidence) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'link_evidence_to_text';
COMMENT ON FUNCTION omni.text(omni.link_evidence) IS 'JSON text form of a link_evidence';
CREATE CAST (omni.link_evidence AS text) WITH FUNCTION omni.text(omni.link_evidence) AS ASSIGNMENT;
COMMENT ON CAST (omni.link_evidence AS text) IS 'JSON text form of a link_evidence';
CREATE FUNCTION omni.link_evidence_try(text) RETURNS omni.link_evidence
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'link_evidence_try';
COMMENT ON FUNCTION omni.link_evidence_try(text) IS 'link_evidence of its JSON text form, NULL where the text is none';
CREATE FUNCTION omni.link_evidence_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'link_evidence_problem';
COMMENT ON FUNCTION omni.link_evidence_problem(text) IS 'why a text is no link_evidence: syntax, member, missing, duplicate, source, record_id, other_source, other_record_id, observed_at, decided_at, weight, self, nul, too_large, encoding, or a code of identifier_problem(); NULL where it is one';

CREATE FUNCTION omni.link_evidence_eq(omni.link_evidence, omni.link_evidence) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_eq';
COMMENT ON FUNCTION omni.link_evidence_eq(omni.link_evidence, omni.link_evidence) IS 'equal';
CREATE FUNCTION omni.link_evidence_ne(omni.link_evidence, omni.link_evidence) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ne';
COMMENT ON FUNCTION omni.link_evidence_ne(omni.link_evidence, omni.link_evidence) IS 'not equal';
CREATE FUNCTION omni.link_evidence_lt(omni.link_evidence, omni.link_evidence) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_lt';
COMMENT ON FUNCTION omni.link_evidence_lt(omni.link_evidence, omni.link_evidence) IS 'less by canonical bytes';
CREATE FUNCTION omni.link_evidence_le(omni.link_evidence, omni.link_evidence) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_le';
COMMENT ON FUNCTION omni.link_evidence_le(omni.link_evidence, omni.link_evidence) IS 'less or equal by canonical bytes';
CREATE FUNCTION omni.link_evidence_gt(omni.link_evidence, omni.link_evidence) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_gt';
COMMENT ON FUNCTION omni.link_evidence_gt(omni.link_evidence, omni.link_evidence) IS 'greater by canonical bytes';
CREATE FUNCTION omni.link_evidence_ge(omni.link_evidence, omni.link_evidence) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ge';
COMMENT ON FUNCTION omni.link_evidence_ge(omni.link_evidence, omni.link_evidence) IS 'greater or equal by canonical bytes';
CREATE OPERATOR pg_catalog.= (LEFTARG = omni.link_evidence, RIGHTARG = omni.link_evidence, FUNCTION = omni.link_evidence_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
COMMENT ON OPERATOR pg_catalog.= (omni.link_evidence, omni.link_evidence) IS 'equal';
CREATE OPERATOR pg_catalog.<> (LEFTARG = omni.link_evidence, RIGHTARG = omni.link_evidence, FUNCTION = omni.link_evidence_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR pg_catalog.<> (omni.link_evidence, omni.link_evidence) IS 'not equal';
CREATE OPERATOR pg_catalog.< (LEFTARG = omni.link_evidence, RIGHTARG = omni.link_evidence, FUNCTION = omni.link_evidence_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR pg_catalog.< (omni.link_evidence, omni.link_evidence) IS 'less by canonical bytes';
CREATE OPERATOR pg_catalog.<= (LEFTARG = omni.link_evidence, RIGHTARG = omni.link_evidence, FUNCTION = omni.link_evidence_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR pg_catalog.<= (omni.link_evidence, omni.link_evidence) IS 'less or equal by canonical bytes';
CREATE OPERATOR pg_catalog.> (LEFTARG = omni.link_evidence, RIGHTARG = omni.link_evidence, FUNCTION = omni.link_evidence_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR pg_catalog.> (omni.link_evidence, omni.link_evidence) IS 'greater by canonical bytes';
CREATE OPERATOR pg_catalog.>= (LEFTARG = omni.link_evidence, RIGHTARG = omni.link_evidence, FUNCTION = omni.link_evidence_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR pg_catalog.>= (omni.link_evidence, omni.link_evidence) IS 'greater or equal by canonical bytes';
CREATE FUNCTION omni.link_evidence_eq(omni.link_evidence, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_eq_support AS 'MODULE_PATHNAME', 'text_operand_eq';
COMMENT ON FUNCTION omni.link_evidence_eq(omni.link_evidence, text) IS 'equal, with a text form';
CREATE OPERATOR pg_catalog.= (LEFTARG = omni.link_evidence, RIGHTARG = text, FUNCTION = omni.link_evidence_eq,
    NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel);
COMMENT ON OPERATOR pg_catalog.= (omni.link_evidence, text) IS 'equal, with a text form';
CREATE FUNCTION omni.link_evidence_ne(omni.link_evidence, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ne_support AS 'MODULE_PATHNAME', 'text_operand_ne';
COMMENT ON FUNCTION omni.link_evidence_ne(omni.link_evidence, text) IS 'not equal, with a text form';
CREATE OPERATOR pg_catalog.<> (LEFTARG = omni.link_evidence, RIGHTARG = text, FUNCTION = omni.link_evidence_ne,
    NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR pg_catalog.<> (omni.link_evidence, text) IS 'not equal, with a text form';
CREATE FUNCTION omni.link_evidence_lt(omni.link_evidence, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_lt_support AS 'MODULE_PATHNAME', 'text_operand_lt';
COMMENT ON FUNCTION omni.link_evidence_lt(omni.link_evidence, text) IS 'less by canonical bytes, with a text form';
CREATE OPERATOR pg_catalog.< (LEFTARG = omni.link_evidence, RIGHTARG = text, FUNCTION = omni.link_evidence_lt,
    NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR pg_catalog.< (omni.link_evidence, text) IS 'less by canonical bytes, with a text form';
CREATE FUNCTION omni.link_evidence_le(omni.link_evidence, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_le_support AS 'MODULE_PATHNAME', 'text_operand_le';
COMMENT ON FUNCTION omni.link_evidence_le(omni.link_evidence, text) IS 'less or equal by canonical bytes, with a text form';
CREATE OPERATOR pg_catalog.<= (LEFTARG = omni.link_evidence, RIGHTARG = text, FUNCTION = omni.link_evidence_le,
    NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR pg_catalog.<= (omni.link_evidence, text) IS 'less or equal by canonical bytes, with a text form';
CREATE FUNCTION omni.link_evidence_gt(omni.link_evidence, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_gt_support AS 'MODULE_PATHNAME', 'text_operand_gt';
COMMENT ON FUNCTION omni.link_evidence_gt(omni.link_evidence, text) IS 'greater by canonical bytes, with a text form';
CREATE OPERATOR pg_catalog.> (LEFTARG = omni.link_evidence, RIGHTARG = text, FUNCTION = omni.link_evidence_gt,
    NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR pg_catalog.> (omni.link_evidence, text) IS 'greater by canonical bytes, with a text form';
CREATE FUNCTION omni.link_evidence_ge(omni.link_evidence, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ge_support AS 'MODULE_PATHNAME', 'text_operand_ge';
COMMENT ON FUNCTION omni.link_evidence_ge(omni.link_evidence, text) IS 'greater or equal by canonical bytes, with a text form';
CREATE OPERATOR pg_catalog.>= (LEFTARG = omni.link_evidence, RIGHTARG = text, FUNCTION = omni.link_evidence_ge,
    NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR pg_catalog.>= (omni.link_evidence, text) IS 'greater or equal by canonical bytes, with a text form';

CREATE FUNCTION omni.link_evidence_cmp(omni.link_evidence, omni.link_evidence) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_cmp';
COMMENT ON FUNCTION omni.link_evidence_cmp(omni.link_evidence, omni.link_evidence) IS 'btree comparison by canonical bytes';
CREATE FUNCTION omni.link_evidence_sortsupport(internal) RETURNS void
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'text_value_sortsupport';
COMMENT ON FUNCTION omni.link_evidence_sortsupport(internal) IS 'btree sort support';
CREATE FUNCTION omni.link_evidence_hash(omni.link_evidence) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash';
COMMENT ON FUNCTION omni.link_evidence_hash(omni.link_evidence) IS 'hash of the canonical bytes';
CREATE FUNCTION omni.link_evidence_hash_extended(omni.link_evidence, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash_extended';
COMMENT ON FUNCTION omni.link_evidence_hash_extended(omni.link_evidence, bigint) IS 'seeded hash of the canonical bytes';

CREATE OPERATOR FAMILY omni.link_evidence_ops USING btree;
COMMENT ON OPERATOR FAMILY omni.link_evidence_ops USING btree IS 'order of link_evidence by canonical bytes';
CREATE OPERATOR CLASS omni.link_evidence_ops DEFAULT FOR TYPE omni.link_evidence USING btree FAMILY omni.link_evidence_ops AS
    OPERATOR 1 pg_catalog.< , OPERATOR 2 pg_catalog.<= , OPERATOR 3 pg_catalog.= , OPERATOR 4 pg_catalog.>= , OPERATOR 5 pg_catalog.> ,
    FUNCTION 1 omni.link_evidence_cmp(omni.link_evidence, omni.link_evidence),
    FUNCTION 2 omni.link_evidence_sortsupport(internal),
    FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS omni.link_evidence_ops USING btree IS 'order of link_evidence by canonical bytes';
CREATE OPERATOR FAMILY omni.link_evidence_ops USING hash;
COMMENT ON OPERATOR FAMILY omni.link_evidence_ops USING hash IS 'hash of link_evidence';
CREATE OPERATOR CLASS omni.link_evidence_ops DEFAULT FOR TYPE omni.link_evidence USING hash FAMILY omni.link_evidence_ops AS
    OPERATOR 1 pg_catalog.= ,
    FUNCTION 1 omni.link_evidence_hash(omni.link_evidence),
    FUNCTION 2 omni.link_evidence_hash_extended(omni.link_evidence, bigint);
COMMENT ON OPERATOR CLASS omni.link_evidence_ops USING hash IS 'hash of link_evidence';


CREATE FUNCTION omni.link_evidence_union(omni.link_evidence, omni.link_evidence) RETURNS omni.link_evidence
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'link_evidence_union';
COMMENT ON FUNCTION omni.link_evidence_union(omni.link_evidence, omni.link_evidence) IS 'join of two sets of evidence: of the same identifier of a record the one that was observed first, of the same pair the one that was decided last';
CREATE OPERATOR omni.|| (LEFTARG = omni.link_evidence, RIGHTARG = omni.link_evidence, FUNCTION = omni.link_evidence_union,
    COMMUTATOR = OPERATOR(omni.||));
COMMENT ON OPERATOR omni.|| (omni.link_evidence, omni.link_evidence) IS 'join of two sets of evidence';
CREATE FUNCTION omni.link_evidence_accum(omni.link_evidence, text, text, timestamptz, omni.identifier) RETURNS omni.link_evidence
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'link_evidence_accum_identifier';
COMMENT ON FUNCTION omni.link_evidence_accum(omni.link_evidence, text, text, timestamptz, omni.identifier) IS 'transition function of link_evidence_agg';
CREATE FUNCTION omni.link_evidence_accum(omni.link_evidence, text, text, text, text, float8, timestamptz) RETURNS omni.link_evidence
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'link_evidence_accum_pair';
COMMENT ON FUNCTION omni.link_evidence_accum(omni.link_evidence, text, text, text, text, float8, timestamptz) IS 'transition function of link_evidence_agg';
CREATE FUNCTION omni.link_evidence_combine(omni.link_evidence, omni.link_evidence) RETURNS omni.link_evidence
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'link_evidence_combine';
COMMENT ON FUNCTION omni.link_evidence_combine(omni.link_evidence, omni.link_evidence) IS 'combine function of link_evidence_agg; NULL is nothing seen';
CREATE FUNCTION omni.link_evidence_final(omni.link_evidence) RETURNS omni.link_evidence
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'link_evidence_final';
COMMENT ON FUNCTION omni.link_evidence_final(omni.link_evidence) IS 'final function of link_evidence_agg: the state in canonical form';
CREATE AGGREGATE omni.link_evidence_agg(source text, record_id text, observed_at timestamptz, identifier omni.identifier) (
    SFUNC = omni.link_evidence_accum, STYPE = omni.link_evidence, FINALFUNC = omni.link_evidence_final,
    COMBINEFUNC = omni.link_evidence_combine, SSPACE = 1024, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.link_evidence_agg(text, text, timestamptz, omni.identifier) IS 'set of evidence that a record of a source had an identifier at a time; a NULL identifier keeps the record where it has none';
CREATE AGGREGATE omni.link_evidence_agg(source text, record_id text, other_source text, other_record_id text, weight float8, decided_at timestamptz) (
    SFUNC = omni.link_evidence_accum, STYPE = omni.link_evidence, FINALFUNC = omni.link_evidence_final,
    COMBINEFUNC = omni.link_evidence_combine, SSPACE = 1024, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.link_evidence_agg(text, text, text, text, float8, timestamptz) IS 'set of evidence that two records match with a weight; Infinity: they are of one customer, -Infinity: they never are';
CREATE AGGREGATE omni.link_evidence_rollup(omni.link_evidence) (
    SFUNC = omni.link_evidence_combine, STYPE = omni.link_evidence, FINALFUNC = omni.link_evidence_final,
    COMBINEFUNC = omni.link_evidence_combine, SSPACE = 1024, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.link_evidence_rollup(omni.link_evidence) IS 'join of stored sets of evidence';
CREATE FUNCTION omni.link_evidence_pieces(omni.link_evidence) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'link_evidence_pieces';
COMMENT ON FUNCTION omni.link_evidence_pieces(omni.link_evidence) IS 'number of pieces of evidence';

CREATE FUNCTION omni.resolve_links(evidence omni.link_evidence, limits jsonb DEFAULT '{}', OUT cluster bigint, OUT source text, OUT record_id text,
    OUT identifier omni.identifier, OUT other_source text, OUT other_record_id text, OUT survivor boolean, OUT refused text) RETURNS SETOF record
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 1000 AS 'MODULE_PATHNAME', 'resolve_links';
COMMENT ON FUNCTION omni.resolve_links(omni.link_evidence, jsonb) IS 'clusters of records that evidence makes within limits: a row for each piece, with the cluster of its record, numbered in the order of their survivors, whether the record is the survivor, and why the piece was refused, NULL where it was not: blocked, shared:KIND, limit:KIND, size, cannot_link, weak_bridge, unknown_record';
CREATE FUNCTION omni.merge_limits(preset text DEFAULT 'omni') RETURNS jsonb
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'merge_limits';
COMMENT ON FUNCTION omni.merge_limits(text) IS 'merge limits to begin with: omni blocks values that stand for no value, segment adds the limits that Segment documents as its defaults';
CREATE FUNCTION omni.merge_limits_problem(limits jsonb) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'merge_limits_problem';
COMMENT ON FUNCTION omni.merge_limits_problem(jsonb) IS 'what is wrong with merge limits, NULL where they are valid';
CREATE FUNCTION omni.merge_problem(identifiers omni.identifier[], first_seen timestamptz[], records bigint, limits jsonb) RETURNS text
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'merge_problem';
COMMENT ON FUNCTION omni.merge_problem(omni.identifier[], timestamptz[], bigint, jsonb) IS 'why identifiers, first seen at these times, and so many records could not be one cluster: blocked, limit:KIND or size; NULL where they could. What is shared and weak bridges are not looked at';
