/* omni: full script of the version that META.json names, put together by make from sql/. */

-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION omni" to load this file. \quit

GRANT USAGE ON SCHEMA omni TO PUBLIC;

/* ---- text: canonical text, and the planner support that all types share ---- */

CREATE FUNCTION omni.library_version() RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'omni_library_version';
COMMENT ON FUNCTION omni.library_version() IS 'version of the loaded omni library';

CREATE FUNCTION omni.canon_version() RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'omni_canon_version';
COMMENT ON FUNCTION omni.canon_version() IS 'version of the canonicalisation rules: equal versions give equal bytes to equal input';

CREATE FUNCTION omni.icu_version() RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'omni_icu_version';
COMMENT ON FUNCTION omni.icu_version() IS 'version of the ICU library in use; canonical forms do not depend on it';

CREATE FUNCTION omni.text_operand_eq_support(internal) RETURNS internal
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'text_operand_eq_support';
COMMENT ON FUNCTION omni.text_operand_eq_support(internal) IS 'planner support: T = text becomes T = text::T';
CREATE FUNCTION omni.text_operand_ne_support(internal) RETURNS internal
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'text_operand_ne_support';
COMMENT ON FUNCTION omni.text_operand_ne_support(internal) IS 'planner support: T <> text becomes T <> text::T';
CREATE FUNCTION omni.text_operand_lt_support(internal) RETURNS internal
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'text_operand_lt_support';
COMMENT ON FUNCTION omni.text_operand_lt_support(internal) IS 'planner support: T < text becomes T < text::T';
CREATE FUNCTION omni.text_operand_le_support(internal) RETURNS internal
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'text_operand_le_support';
COMMENT ON FUNCTION omni.text_operand_le_support(internal) IS 'planner support: T <= text becomes T <= text::T';
CREATE FUNCTION omni.text_operand_gt_support(internal) RETURNS internal
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'text_operand_gt_support';
COMMENT ON FUNCTION omni.text_operand_gt_support(internal) IS 'planner support: T > text becomes T > text::T';
CREATE FUNCTION omni.text_operand_ge_support(internal) RETURNS internal
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'text_operand_ge_support';
COMMENT ON FUNCTION omni.text_operand_ge_support(internal) IS 'planner support: T >= text becomes T >= text::T';

CREATE FUNCTION omni.nfc(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'text_nfc_sql';
COMMENT ON FUNCTION omni.nfc(text) IS 'Normalization Form C of Unicode 15.0';
CREATE FUNCTION omni.nfkc(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'text_nfkc_sql';
COMMENT ON FUNCTION omni.nfkc(text) IS 'Normalization Form KC of Unicode 15.0: compatibility characters such as full-width letters unified';
CREATE FUNCTION omni.nfkc_casefold(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'text_nfkc_casefold_sql';
COMMENT ON FUNCTION omni.nfkc_casefold(text) IS 'NFKC with case folded and invisible characters removed (Unicode 15.0): equal results mean the same text whatever its case';
CREATE FUNCTION omni.name_key(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'text_name_key_sql';
COMMENT ON FUNCTION omni.name_key(text) IS 'match key of a person''s name: case folded, accents off, punctuation dropped, single spaces';
CREATE FUNCTION omni.domain_to_ascii(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'text_domain_to_ascii_sql';
COMMENT ON FUNCTION omni.domain_to_ascii(text) IS 'domain name as DNS knows it: UTS #46 of Unicode 15.0, lower case, A-labels, no trailing dot';
CREATE FUNCTION omni.text_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'text_problem_sql';
COMMENT ON FUNCTION omni.text_problem(text) IS 'why nfc, nfkc, nfkc_casefold and name_key refuse this text: encoding, unassigned, or NULL';
CREATE FUNCTION omni.domain_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'text_domain_problem_sql';
COMMENT ON FUNCTION omni.domain_problem(text) IS 'the rule by which domain_to_ascii refuses this name, as a code, or NULL';
CREATE FUNCTION omni.canon_digest() RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000000 AS 'MODULE_PATHNAME', 'text_canon_digest';
COMMENT ON FUNCTION omni.canon_digest() IS 'SHA-256 over the canonical forms of every code point: equal on every build with the same canon_version()';
/* ---- catalog: gtin ---- */

CREATE TYPE omni.gtin;
COMMENT ON TYPE omni.gtin IS 'GS1 Global Trade Item Number: 8, 12, 13 or 14 digits with their check digit';

CREATE FUNCTION omni.gtin_in(cstring) RETURNS omni.gtin
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'gtin_in';
COMMENT ON FUNCTION omni.gtin_in(cstring) IS 'input of gtin';

CREATE FUNCTION omni.gtin_out(omni.gtin) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'gtin_out';
COMMENT ON FUNCTION omni.gtin_out(omni.gtin) IS 'output of gtin: always 14 digits';

CREATE FUNCTION omni.gtin_recv(internal) RETURNS omni.gtin
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'gtin_recv';
COMMENT ON FUNCTION omni.gtin_recv(internal) IS 'binary input of gtin';

CREATE FUNCTION omni.gtin_send(omni.gtin) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'gtin_send';
COMMENT ON FUNCTION omni.gtin_send(omni.gtin) IS 'binary output of gtin';

CREATE TYPE omni.gtin (
    INPUT = omni.gtin_in,
    OUTPUT = omni.gtin_out,
    RECEIVE = omni.gtin_recv,
    SEND = omni.gtin_send,
    LIKE = pg_catalog.int8,
    CATEGORY = 'U'
);

-- casts

CREATE FUNCTION omni.gtin(text) RETURNS omni.gtin
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    AS 'MODULE_PATHNAME', 'gtin_from_text';
COMMENT ON FUNCTION omni.gtin(text) IS 'the GTIN that these 8, 12, 13 or 14 digits are';

CREATE FUNCTION omni.text(omni.gtin) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'gtin_to_text';
COMMENT ON FUNCTION omni.text(omni.gtin) IS 'the 14 digits of a GTIN';

CREATE FUNCTION omni.gtin(bigint) RETURNS omni.gtin
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    AS 'MODULE_PATHNAME', 'gtin_from_int8';
COMMENT ON FUNCTION omni.gtin(bigint) IS 'the GTIN whose digits are this number, leading zeros added';

CREATE FUNCTION omni.int8(omni.gtin) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'gtin_to_int8';
COMMENT ON FUNCTION omni.int8(omni.gtin) IS 'the 14 digits of a GTIN as a number';

CREATE CAST (text AS omni.gtin) WITH FUNCTION omni.gtin(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS omni.gtin) IS 'digits to GTIN';
CREATE CAST (varchar AS omni.gtin) WITH FUNCTION omni.gtin(text) AS ASSIGNMENT;
COMMENT ON CAST (varchar AS omni.gtin) IS 'digits to GTIN';
CREATE CAST (omni.gtin AS text) WITH FUNCTION omni.text(omni.gtin) AS ASSIGNMENT;
COMMENT ON CAST (omni.gtin AS text) IS 'GTIN to its 14 digits';
CREATE CAST (bigint AS omni.gtin) WITH FUNCTION omni.gtin(bigint) AS ASSIGNMENT;
COMMENT ON CAST (bigint AS omni.gtin) IS 'number to GTIN';
CREATE CAST (omni.gtin AS bigint) WITH FUNCTION omni.int8(omni.gtin) AS ASSIGNMENT;
COMMENT ON CAST (omni.gtin AS bigint) IS 'GTIN to the number of its 14 digits';

CREATE FUNCTION omni.gtin_try(text) RETURNS omni.gtin
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    AS 'MODULE_PATHNAME', 'gtin_try';
COMMENT ON FUNCTION omni.gtin_try(text) IS 'the GTIN that a text is, or NULL where it is none';

CREATE FUNCTION omni.gtin_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    AS 'MODULE_PATHNAME', 'gtin_problem';
COMMENT ON FUNCTION omni.gtin_problem(text) IS 'why a text is no GTIN: empty, characters, scientific, decimal, length, check_digit, upc_e; or NULL';

-- order and hash: a gtin is compared as the integer that it is stored as

CREATE FUNCTION omni.gtin_eq(omni.gtin, omni.gtin) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8eq';
COMMENT ON FUNCTION omni.gtin_eq(omni.gtin, omni.gtin) IS 'gtin = gtin';

CREATE FUNCTION omni.gtin_ne(omni.gtin, omni.gtin) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8ne';
COMMENT ON FUNCTION omni.gtin_ne(omni.gtin, omni.gtin) IS 'gtin <> gtin';

CREATE FUNCTION omni.gtin_lt(omni.gtin, omni.gtin) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8lt';
COMMENT ON FUNCTION omni.gtin_lt(omni.gtin, omni.gtin) IS 'gtin < gtin';

CREATE FUNCTION omni.gtin_le(omni.gtin, omni.gtin) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8le';
COMMENT ON FUNCTION omni.gtin_le(omni.gtin, omni.gtin) IS 'gtin <= gtin';

CREATE FUNCTION omni.gtin_gt(omni.gtin, omni.gtin) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8gt';
COMMENT ON FUNCTION omni.gtin_gt(omni.gtin, omni.gtin) IS 'gtin > gtin';

CREATE FUNCTION omni.gtin_ge(omni.gtin, omni.gtin) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8ge';
COMMENT ON FUNCTION omni.gtin_ge(omni.gtin, omni.gtin) IS 'gtin >= gtin';

CREATE FUNCTION omni.gtin_cmp(omni.gtin, omni.gtin) RETURNS integer
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'btint8cmp';
COMMENT ON FUNCTION omni.gtin_cmp(omni.gtin, omni.gtin) IS 'btree comparison of gtin';

CREATE FUNCTION omni.gtin_sortsupport(internal) RETURNS void
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'btint8sortsupport';
COMMENT ON FUNCTION omni.gtin_sortsupport(internal) IS 'sort support of gtin';

CREATE FUNCTION omni.gtin_skipsupport(internal) RETURNS void
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'gtin_skipsupport';
COMMENT ON FUNCTION omni.gtin_skipsupport(internal) IS 'skip support of gtin, used from PostgreSQL 18 on';

CREATE FUNCTION omni.gtin_hash(omni.gtin) RETURNS integer
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'hashint8';
COMMENT ON FUNCTION omni.gtin_hash(omni.gtin) IS 'hash of gtin';

CREATE FUNCTION omni.gtin_hash_extended(omni.gtin, bigint) RETURNS bigint
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'hashint8extended';
COMMENT ON FUNCTION omni.gtin_hash_extended(omni.gtin, bigint) IS '64-bit hash of gtin with a seed';

CREATE FUNCTION omni.gtin_larger(omni.gtin, omni.gtin) RETURNS omni.gtin
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8larger';
COMMENT ON FUNCTION omni.gtin_larger(omni.gtin, omni.gtin) IS 'the greater of two GTINs';

CREATE FUNCTION omni.gtin_smaller(omni.gtin, omni.gtin) RETURNS omni.gtin
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8smaller';
COMMENT ON FUNCTION omni.gtin_smaller(omni.gtin, omni.gtin) IS 'the lesser of two GTINs';

CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.gtin, RIGHTARG = omni.gtin, FUNCTION = omni.gtin_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel,
    HASHES, MERGES
);
COMMENT ON OPERATOR pg_catalog.= (omni.gtin, omni.gtin) IS 'equal';

CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.gtin, RIGHTARG = omni.gtin, FUNCTION = omni.gtin_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=),
    RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.gtin, omni.gtin) IS 'not equal';

CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.gtin, RIGHTARG = omni.gtin, FUNCTION = omni.gtin_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.gtin, omni.gtin) IS 'less';

CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.gtin, RIGHTARG = omni.gtin, FUNCTION = omni.gtin_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.gtin, omni.gtin) IS 'less or equal';

CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.gtin, RIGHTARG = omni.gtin, FUNCTION = omni.gtin_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.gtin, omni.gtin) IS 'greater';

CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.gtin, RIGHTARG = omni.gtin, FUNCTION = omni.gtin_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.gtin, omni.gtin) IS 'greater or equal';

CREATE OPERATOR FAMILY omni.gtin_ops USING btree;
COMMENT ON OPERATOR FAMILY omni.gtin_ops USING btree IS 'order of gtin: company prefix, item, pack level';
CREATE OPERATOR CLASS omni.gtin_ops DEFAULT FOR TYPE omni.gtin USING btree FAMILY omni.gtin_ops AS
    OPERATOR 1 pg_catalog.<, OPERATOR 2 pg_catalog.<=, OPERATOR 3 pg_catalog.=,
    OPERATOR 4 pg_catalog.>=, OPERATOR 5 pg_catalog.>,
    FUNCTION 1 omni.gtin_cmp(omni.gtin, omni.gtin),
    FUNCTION 2 omni.gtin_sortsupport(internal),
    FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS omni.gtin_ops USING btree IS 'order of gtin: company prefix, item, pack level';
DO $$
BEGIN
    IF pg_catalog.current_setting('server_version_num')::pg_catalog.int4 OPERATOR(pg_catalog.>=) 180000 THEN
        ALTER OPERATOR FAMILY omni.gtin_ops USING btree ADD FUNCTION 6 (omni.gtin) omni.gtin_skipsupport(internal);
    END IF;
END $$;

CREATE OPERATOR FAMILY omni.gtin_ops USING hash;
COMMENT ON OPERATOR FAMILY omni.gtin_ops USING hash IS 'equality of gtin';
CREATE OPERATOR CLASS omni.gtin_ops DEFAULT FOR TYPE omni.gtin USING hash FAMILY omni.gtin_ops AS
    OPERATOR 1 pg_catalog.=,
    FUNCTION 1 omni.gtin_hash(omni.gtin),
    FUNCTION 2 omni.gtin_hash_extended(omni.gtin, bigint);
COMMENT ON OPERATOR CLASS omni.gtin_ops USING hash IS 'equality of gtin';

CREATE OPERATOR FAMILY omni.gtin_minmax_ops USING brin;
COMMENT ON OPERATOR FAMILY omni.gtin_minmax_ops USING brin IS 'least and greatest gtin of a block range';
CREATE OPERATOR CLASS omni.gtin_minmax_ops DEFAULT FOR TYPE omni.gtin USING brin FAMILY omni.gtin_minmax_ops AS
    OPERATOR 1 pg_catalog.<, OPERATOR 2 pg_catalog.<=, OPERATOR 3 pg_catalog.=,
    OPERATOR 4 pg_catalog.>=, OPERATOR 5 pg_catalog.>,
    FUNCTION 1 pg_catalog.brin_minmax_opcinfo(internal),
    FUNCTION 2 pg_catalog.brin_minmax_add_value(internal, internal, internal, internal),
    FUNCTION 3 pg_catalog.brin_minmax_consistent(internal, internal, internal),
    FUNCTION 4 pg_catalog.brin_minmax_union(internal, internal, internal);
COMMENT ON OPERATOR CLASS omni.gtin_minmax_ops USING brin IS 'least and greatest gtin of a block range';

CREATE AGGREGATE omni.min(omni.gtin) (
    SFUNC = omni.gtin_smaller, STYPE = omni.gtin, COMBINEFUNC = omni.gtin_smaller,
    SORTOP = OPERATOR(pg_catalog.<), PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.min(omni.gtin) IS 'least GTIN';
CREATE AGGREGATE omni.max(omni.gtin) (
    SFUNC = omni.gtin_larger, STYPE = omni.gtin, COMBINEFUNC = omni.gtin_larger,
    SORTOP = OPERATOR(pg_catalog.>), PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.max(omni.gtin) IS 'greatest GTIN';

-- comparison with text, for drivers that bind strings

CREATE FUNCTION omni.gtin_eq(omni.gtin, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 SUPPORT omni.text_operand_eq_support
    AS 'MODULE_PATHNAME', 'text_operand_eq';
COMMENT ON FUNCTION omni.gtin_eq(omni.gtin, text) IS 'gtin = text::gtin';

CREATE FUNCTION omni.gtin_ne(omni.gtin, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 SUPPORT omni.text_operand_ne_support
    AS 'MODULE_PATHNAME', 'text_operand_ne';
COMMENT ON FUNCTION omni.gtin_ne(omni.gtin, text) IS 'gtin <> text::gtin';

CREATE FUNCTION omni.gtin_lt(omni.gtin, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 SUPPORT omni.text_operand_lt_support
    AS 'MODULE_PATHNAME', 'text_operand_lt';
COMMENT ON FUNCTION omni.gtin_lt(omni.gtin, text) IS 'gtin < text::gtin';

CREATE FUNCTION omni.gtin_le(omni.gtin, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 SUPPORT omni.text_operand_le_support
    AS 'MODULE_PATHNAME', 'text_operand_le';
COMMENT ON FUNCTION omni.gtin_le(omni.gtin, text) IS 'gtin <= text::gtin';

CREATE FUNCTION omni.gtin_gt(omni.gtin, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 SUPPORT omni.text_operand_gt_support
    AS 'MODULE_PATHNAME', 'text_operand_gt';
COMMENT ON FUNCTION omni.gtin_gt(omni.gtin, text) IS 'gtin > text::gtin';

CREATE FUNCTION omni.gtin_ge(omni.gtin, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 SUPPORT omni.text_operand_ge_support
    AS 'MODULE_PATHNAME', 'text_operand_ge';
COMMENT ON FUNCTION omni.gtin_ge(omni.gtin, text) IS 'gtin >= text::gtin';

CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.gtin, RIGHTARG = text, FUNCTION = omni.gtin_eq,
    NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel
);
COMMENT ON OPERATOR pg_catalog.= (omni.gtin, text) IS 'equal, the text taken as a gtin';

CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.gtin, RIGHTARG = text, FUNCTION = omni.gtin_ne,
    NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.gtin, text) IS 'not equal, the text taken as a gtin';

CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.gtin, RIGHTARG = text, FUNCTION = omni.gtin_lt,
    NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.gtin, text) IS 'less, the text taken as a gtin';

CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.gtin, RIGHTARG = text, FUNCTION = omni.gtin_le,
    NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.gtin, text) IS 'less or equal, the text taken as a gtin';

CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.gtin, RIGHTARG = text, FUNCTION = omni.gtin_gt,
    NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.gtin, text) IS 'greater, the text taken as a gtin';

CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.gtin, RIGHTARG = text, FUNCTION = omni.gtin_ge,
    NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.gtin, text) IS 'greater or equal, the text taken as a gtin';

-- prefix and item, planned as ranges

CREATE FUNCTION omni.gtin_range_support(internal) RETURNS internal
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'gtin_range_support';
COMMENT ON FUNCTION omni.gtin_range_support(internal) IS 'planner support: a prefix or an item is one range of an index';

CREATE FUNCTION omni.gtin_range_sel(internal, oid, internal, integer) RETURNS double precision
    LANGUAGE c STABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'gtin_range_sel';
COMMENT ON FUNCTION omni.gtin_range_sel(internal, oid, internal, integer) IS 'share of rows that a prefix or an item selects';

CREATE FUNCTION omni.gtin_starts_with(omni.gtin, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 SUPPORT omni.gtin_range_support
    AS 'MODULE_PATHNAME', 'gtin_starts_with';
COMMENT ON FUNCTION omni.gtin_starts_with(omni.gtin, text) IS 'do the digits after the indicator begin with these (at most 12)?';

CREATE FUNCTION omni.gtin_prefix_first(text) RETURNS omni.gtin
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    AS 'MODULE_PATHNAME', 'gtin_prefix_first';
COMMENT ON FUNCTION omni.gtin_prefix_first(text) IS 'the least GTIN with this prefix';

CREATE FUNCTION omni.gtin_prefix_last(text) RETURNS omni.gtin
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    AS 'MODULE_PATHNAME', 'gtin_prefix_last';
COMMENT ON FUNCTION omni.gtin_prefix_last(text) IS 'the greatest GTIN with this prefix';

CREATE FUNCTION omni.same_item(omni.gtin, omni.gtin) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF SUPPORT omni.gtin_range_support
    AS 'MODULE_PATHNAME', 'gtin_same_item';
COMMENT ON FUNCTION omni.same_item(omni.gtin, omni.gtin) IS 'are these packs of one item, that is equal but for indicator and check digit?';

CREATE OPERATOR omni.^@ (
    LEFTARG = omni.gtin, RIGHTARG = text, FUNCTION = omni.gtin_starts_with,
    RESTRICT = omni.gtin_range_sel, JOIN = contjoinsel
);
COMMENT ON OPERATOR omni.^@ (omni.gtin, text) IS 'begins with these digits, the indicator left out';
CREATE OPERATOR omni.=~ (
    LEFTARG = omni.gtin, RIGHTARG = omni.gtin, FUNCTION = omni.same_item,
    COMMUTATOR = OPERATOR(omni.=~), RESTRICT = omni.gtin_range_sel, JOIN = eqjoinsel
);
COMMENT ON OPERATOR omni.=~ (omni.gtin, omni.gtin) IS 'a pack of the same item';

-- parts, forms, repair

CREATE FUNCTION omni.gtin_format(omni.gtin, integer) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'gtin_format';
COMMENT ON FUNCTION omni.gtin_format(omni.gtin, integer) IS 'a GTIN in 8, 12, 13 or 14 digits; an error where it has more';

CREATE FUNCTION omni.gtin_indicator(omni.gtin) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'gtin_indicator';
COMMENT ON FUNCTION omni.gtin_indicator(omni.gtin) IS 'pack level: 0 the item, 1 to 8 its packs, 9 variable measure';

CREATE FUNCTION omni.gtin_base(omni.gtin) RETURNS omni.gtin
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'gtin_base';
COMMENT ON FUNCTION omni.gtin_base(omni.gtin) IS 'the same item with indicator 0';

CREATE FUNCTION omni.gtin_pack(omni.gtin, integer) RETURNS omni.gtin
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'gtin_pack';
COMMENT ON FUNCTION omni.gtin_pack(omni.gtin, integer) IS 'the same item with this indicator';

CREATE FUNCTION omni.gtin_class(omni.gtin) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'gtin_class';
COMMENT ON FUNCTION omni.gtin_class(omni.gtin) IS 'what the number is for by its GS1 prefix: trade_item, restricted, coupon, refund_receipt, isbn, issn, ismn, variable_measure, example';

CREATE FUNCTION omni.gtin_from_upce(text) RETURNS omni.gtin
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    AS 'MODULE_PATHNAME', 'gtin_from_upce';
COMMENT ON FUNCTION omni.gtin_from_upce(text) IS 'the GTIN of a UPC-E, 8 digits';

CREATE FUNCTION omni.gtin_repair(text) RETURNS SETOF omni.gtin
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5 ROWS 1
    AS 'MODULE_PATHNAME', 'gtin_repair';
COMMENT ON FUNCTION omni.gtin_repair(text) IS 'what a damaged value may have been: lost leading zeros, a number as spreadsheets write it, UPC-E, ISBN-10, ISSN, ISMN';

/* ---- catalog: GS1 element strings, Digital Link, SGTIN-96 ---- */

CREATE FUNCTION omni.gs1_elements(data text) RETURNS TABLE (ai text, value text)
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 4
    AS 'MODULE_PATHNAME', 'gs1_elements';
COMMENT ON FUNCTION omni.gs1_elements(text) IS 'the elements of bracketed, FNC1 or Digital Link data, each checked';

CREATE FUNCTION omni.gs1_value(data text, ai text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20
    AS 'MODULE_PATHNAME', 'gs1_value';
COMMENT ON FUNCTION omni.gs1_value(text, text) IS 'value of an AI in GS1 data, or NULL where it has none';

CREATE FUNCTION omni.gs1_gtin(data text) RETURNS omni.gtin
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20
    AS 'MODULE_PATHNAME', 'gs1_gtin';
COMMENT ON FUNCTION omni.gs1_gtin(text) IS 'the GTIN that GS1 data identifies, AI (01) or (8006), or NULL where it has none';

CREATE FUNCTION omni.gs1_problem(data text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20
    AS 'MODULE_PATHNAME', 'gs1_problem';
COMMENT ON FUNCTION omni.gs1_problem(text) IS 'why gs1_elements would refuse GS1 data, or NULL where it would not';

CREATE FUNCTION omni.gs1_check(data text) RETURNS TABLE (ai text, problem text, detail text)
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 1
    AS 'MODULE_PATHNAME', 'gs1_check';
COMMENT ON FUNCTION omni.gs1_check(text) IS 'what is wrong with GS1 data as a whole: unreadable, or AIs that do not belong together';

CREATE FUNCTION omni.gs1_lint(linter text, value text, OUT problem text, OUT at integer, OUT length integer) RETURNS record
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'gs1_lint';
COMMENT ON FUNCTION omni.gs1_lint(text, text) IS 'what one linter of the GS1 Barcode Syntax Dictionary finds in a value and where, or NULL where nothing is wrong';

CREATE FUNCTION omni.gs1_bracketed(data text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20
    AS 'MODULE_PATHNAME', 'gs1_bracketed';
COMMENT ON FUNCTION omni.gs1_bracketed(text) IS 'GS1 data in the form with brackets: (01)09506000134352(10)ABC';

CREATE FUNCTION omni.gs1_fnc1(data text, fnc1 text DEFAULT '^') RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20
    AS 'MODULE_PATHNAME', 'gs1_fnc1';
COMMENT ON FUNCTION omni.gs1_fnc1(text, text) IS 'GS1 data as a symbol carries it, FNC1 written as ^ or as chr(29)';

CREATE FUNCTION omni.gs1_digital_link(data text, stem text DEFAULT 'https://id.gs1.org') RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20
    AS 'MODULE_PATHNAME', 'gs1_digital_link';
COMMENT ON FUNCTION omni.gs1_digital_link(text, text) IS 'GS1 data as a GS1 Digital Link';

CREATE FUNCTION omni.gs1_title(ai text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'gs1_title';
COMMENT ON FUNCTION omni.gs1_title(text) IS 'data title of a GS1 Application Identifier, or NULL where it is not known';

CREATE FUNCTION omni.sgtin96_decode(tag bytea, OUT gtin omni.gtin, OUT prefix_length integer, OUT filter integer, OUT serial bigint) RETURNS record
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'sgtin96_decode';
COMMENT ON FUNCTION omni.sgtin96_decode(bytea) IS 'GTIN, length of its company prefix, filter and serial of an SGTIN-96';

CREATE FUNCTION omni.sgtin96_encode(gtin omni.gtin, prefix_length integer, filter integer, serial bigint) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'sgtin96_encode';
COMMENT ON FUNCTION omni.sgtin96_encode(omni.gtin, integer, integer, bigint) IS 'the SGTIN-96 of an item: GTIN, length of its company prefix (6 to 12), filter, serial';

/* ---- catalog: sku ---- */

CREATE TYPE omni.sku;
CREATE FUNCTION omni.sku_in(cstring, oid, integer) RETURNS omni.sku
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'sku_in';
COMMENT ON FUNCTION omni.sku_in(cstring, oid, integer) IS 'text to sku';
CREATE FUNCTION omni.sku_out(omni.sku) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'sku_out';
COMMENT ON FUNCTION omni.sku_out(omni.sku) IS 'sku to text';
CREATE FUNCTION omni.sku_recv(internal, oid, integer) RETURNS omni.sku
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'sku_recv';
COMMENT ON FUNCTION omni.sku_recv(internal, oid, integer) IS 'binary form to sku';
CREATE FUNCTION omni.sku_send(omni.sku) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'sku_send';
COMMENT ON FUNCTION omni.sku_send(omni.sku) IS 'sku to its binary form';
CREATE FUNCTION omni.sku_typmod_in(cstring[]) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'sku_typmod_in';
COMMENT ON FUNCTION omni.sku_typmod_in(cstring[]) IS 'the limit n of sku(n)';
CREATE FUNCTION omni.sku_typmod_out(integer) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'sku_typmod_out';
COMMENT ON FUNCTION omni.sku_typmod_out(integer) IS 'how the limit of sku(n) is shown';
CREATE TYPE omni.sku (
    INPUT = omni.sku_in, OUTPUT = omni.sku_out, RECEIVE = omni.sku_recv, SEND = omni.sku_send,
    TYPMOD_IN = omni.sku_typmod_in, TYPMOD_OUT = omni.sku_typmod_out,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = main, CATEGORY = 'U'
);
COMMENT ON TYPE omni.sku IS 'stock keeping unit: [channel|]CODE in canonical form, 1 to 255 ASCII bytes';

CREATE FUNCTION omni.sku_limit_support(internal) RETURNS internal
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'sku_limit_support';
COMMENT ON FUNCTION omni.sku_limit_support(internal) IS 'planner support: no call where the limit of sku(n) only grows';
CREATE FUNCTION omni.sku(omni.sku, integer, boolean) RETURNS omni.sku
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE SUPPORT omni.sku_limit_support AS 'MODULE_PATHNAME', 'sku_limit';
COMMENT ON FUNCTION omni.sku(omni.sku, integer, boolean) IS 'length cast to sku(n): an error if the SKU is longer, never a shorter SKU';
CREATE CAST (omni.sku AS omni.sku) WITH FUNCTION omni.sku(omni.sku, integer, boolean) AS IMPLICIT;
COMMENT ON CAST (omni.sku AS omni.sku) IS 'checks the limit of sku(n)';

CREATE FUNCTION omni.sku(text) RETURNS omni.sku
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'sku_from_text';
COMMENT ON FUNCTION omni.sku(text) IS 'the SKU of a text; an error with detail and hint if it is none';
CREATE CAST (text AS omni.sku) WITH FUNCTION omni.sku(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS omni.sku) IS 'canonical form, or an error';
CREATE CAST (varchar AS omni.sku) WITH FUNCTION omni.sku(text) AS ASSIGNMENT;
COMMENT ON CAST (varchar AS omni.sku) IS 'canonical form, or an error';
CREATE FUNCTION omni.sku(character) RETURNS omni.sku
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'sku_from_text';
COMMENT ON FUNCTION omni.sku(character) IS 'the SKU of a padded text; an error with detail and hint if it is none';
CREATE CAST (character AS omni.sku) WITH FUNCTION omni.sku(character) AS ASSIGNMENT;
COMMENT ON CAST (character AS omni.sku) IS 'canonical form, or an error';
CREATE FUNCTION omni.text(omni.sku) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'sku_to_text';
COMMENT ON FUNCTION omni.text(omni.sku) IS 'the canonical text of an SKU';
CREATE CAST (omni.sku AS text) WITH FUNCTION omni.text(omni.sku) AS ASSIGNMENT;
COMMENT ON CAST (omni.sku AS text) IS 'canonical text';
CREATE FUNCTION omni.sku(channel text, code text) RETURNS omni.sku
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3 AS 'MODULE_PATHNAME', 'sku_from_parts';
COMMENT ON FUNCTION omni.sku(channel text, code text) IS 'the SKU channel|CODE';

CREATE FUNCTION omni.sku_try(text) RETURNS omni.sku
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'sku_try';
COMMENT ON FUNCTION omni.sku_try(text) IS 'the SKU of a text, or NULL where sku(text) is an error';
CREATE FUNCTION omni.sku_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'sku_problem';
COMMENT ON FUNCTION omni.sku_problem(text) IS 'why a text is no SKU: a reason code; NULL exactly where sku_try has a value';
CREATE FUNCTION omni.sku_warning(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 4 AS 'MODULE_PATHNAME', 'sku_warning';
COMMENT ON FUNCTION omni.sku_warning(text) IS 'why a text that is an SKU may be damaged all the same: a reason code, or NULL';
CREATE FUNCTION omni.sku_check(value text, OUT sku omni.sku, OUT problem text, OUT warning text, OUT detail text, OUT hint text)
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'sku_check';
COMMENT ON FUNCTION omni.sku_check(text) IS 'all there is to say of a text in one row: its SKU, the problem or warning, detail and hint; never an error';
CREATE FUNCTION omni.sku_rule_version() RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'sku_rule_version';
COMMENT ON FUNCTION omni.sku_rule_version() IS 'version of the canonical form of sku';

CREATE FUNCTION omni.sku_eq(omni.sku, omni.sku) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_eq';
COMMENT ON FUNCTION omni.sku_eq(omni.sku, omni.sku) IS 'equal: identical canonical bytes';
CREATE FUNCTION omni.sku_ne(omni.sku, omni.sku) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_ne';
COMMENT ON FUNCTION omni.sku_ne(omni.sku, omni.sku) IS 'not equal';
CREATE FUNCTION omni.sku_lt(omni.sku, omni.sku) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_lt';
COMMENT ON FUNCTION omni.sku_lt(omni.sku, omni.sku) IS 'less, by canonical bytes';
CREATE FUNCTION omni.sku_le(omni.sku, omni.sku) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_le';
COMMENT ON FUNCTION omni.sku_le(omni.sku, omni.sku) IS 'less or equal, by canonical bytes';
CREATE FUNCTION omni.sku_gt(omni.sku, omni.sku) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_gt';
COMMENT ON FUNCTION omni.sku_gt(omni.sku, omni.sku) IS 'greater, by canonical bytes';
CREATE FUNCTION omni.sku_ge(omni.sku, omni.sku) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_ge';
COMMENT ON FUNCTION omni.sku_ge(omni.sku, omni.sku) IS 'greater or equal, by canonical bytes';
CREATE OPERATOR pg_catalog.= (LEFTARG = omni.sku, RIGHTARG = omni.sku, FUNCTION = omni.sku_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
COMMENT ON OPERATOR pg_catalog.= (omni.sku, omni.sku) IS 'equal: identical canonical bytes';
CREATE OPERATOR pg_catalog.<> (LEFTARG = omni.sku, RIGHTARG = omni.sku, FUNCTION = omni.sku_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR pg_catalog.<> (omni.sku, omni.sku) IS 'not equal';
CREATE OPERATOR pg_catalog.< (LEFTARG = omni.sku, RIGHTARG = omni.sku, FUNCTION = omni.sku_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR pg_catalog.< (omni.sku, omni.sku) IS 'less, by canonical bytes';
CREATE OPERATOR pg_catalog.<= (LEFTARG = omni.sku, RIGHTARG = omni.sku, FUNCTION = omni.sku_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR pg_catalog.<= (omni.sku, omni.sku) IS 'less or equal, by canonical bytes';
CREATE OPERATOR pg_catalog.> (LEFTARG = omni.sku, RIGHTARG = omni.sku, FUNCTION = omni.sku_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR pg_catalog.> (omni.sku, omni.sku) IS 'greater, by canonical bytes';
CREATE OPERATOR pg_catalog.>= (LEFTARG = omni.sku, RIGHTARG = omni.sku, FUNCTION = omni.sku_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR pg_catalog.>= (omni.sku, omni.sku) IS 'greater or equal, by canonical bytes';

CREATE FUNCTION omni.sku_eq(omni.sku, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3 SUPPORT omni.text_operand_eq_support AS 'MODULE_PATHNAME', 'text_operand_eq';
COMMENT ON FUNCTION omni.sku_eq(omni.sku, text) IS 'equal: identical canonical bytes; the text is read as an SKU';
CREATE FUNCTION omni.sku_ne(omni.sku, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3 SUPPORT omni.text_operand_ne_support AS 'MODULE_PATHNAME', 'text_operand_ne';
COMMENT ON FUNCTION omni.sku_ne(omni.sku, text) IS 'not equal; the text is read as an SKU';
CREATE FUNCTION omni.sku_lt(omni.sku, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3 SUPPORT omni.text_operand_lt_support AS 'MODULE_PATHNAME', 'text_operand_lt';
COMMENT ON FUNCTION omni.sku_lt(omni.sku, text) IS 'less, by canonical bytes; the text is read as an SKU';
CREATE FUNCTION omni.sku_le(omni.sku, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3 SUPPORT omni.text_operand_le_support AS 'MODULE_PATHNAME', 'text_operand_le';
COMMENT ON FUNCTION omni.sku_le(omni.sku, text) IS 'less or equal, by canonical bytes; the text is read as an SKU';
CREATE FUNCTION omni.sku_gt(omni.sku, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3 SUPPORT omni.text_operand_gt_support AS 'MODULE_PATHNAME', 'text_operand_gt';
COMMENT ON FUNCTION omni.sku_gt(omni.sku, text) IS 'greater, by canonical bytes; the text is read as an SKU';
CREATE FUNCTION omni.sku_ge(omni.sku, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3 SUPPORT omni.text_operand_ge_support AS 'MODULE_PATHNAME', 'text_operand_ge';
COMMENT ON FUNCTION omni.sku_ge(omni.sku, text) IS 'greater or equal, by canonical bytes; the text is read as an SKU';
CREATE OPERATOR pg_catalog.= (LEFTARG = omni.sku, RIGHTARG = text, FUNCTION = omni.sku_eq,
    NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel);
COMMENT ON OPERATOR pg_catalog.= (omni.sku, text) IS 'equal: identical canonical bytes; the text is read as an SKU';
CREATE OPERATOR pg_catalog.<> (LEFTARG = omni.sku, RIGHTARG = text, FUNCTION = omni.sku_ne,
    NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR pg_catalog.<> (omni.sku, text) IS 'not equal; the text is read as an SKU';
CREATE OPERATOR pg_catalog.< (LEFTARG = omni.sku, RIGHTARG = text, FUNCTION = omni.sku_lt,
    NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR pg_catalog.< (omni.sku, text) IS 'less, by canonical bytes; the text is read as an SKU';
CREATE OPERATOR pg_catalog.<= (LEFTARG = omni.sku, RIGHTARG = text, FUNCTION = omni.sku_le,
    NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR pg_catalog.<= (omni.sku, text) IS 'less or equal, by canonical bytes; the text is read as an SKU';
CREATE OPERATOR pg_catalog.> (LEFTARG = omni.sku, RIGHTARG = text, FUNCTION = omni.sku_gt,
    NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR pg_catalog.> (omni.sku, text) IS 'greater, by canonical bytes; the text is read as an SKU';
CREATE OPERATOR pg_catalog.>= (LEFTARG = omni.sku, RIGHTARG = text, FUNCTION = omni.sku_ge,
    NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR pg_catalog.>= (omni.sku, text) IS 'greater or equal, by canonical bytes; the text is read as an SKU';

CREATE FUNCTION omni.sku_cmp(omni.sku, omni.sku) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_cmp';
COMMENT ON FUNCTION omni.sku_cmp(omni.sku, omni.sku) IS 'btree comparison';
CREATE FUNCTION omni.sku_sortsupport(internal) RETURNS void
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'text_value_sortsupport';
COMMENT ON FUNCTION omni.sku_sortsupport(internal) IS 'btree sort support with abbreviated keys';
CREATE FUNCTION omni.sku_hash(omni.sku) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_hash';
COMMENT ON FUNCTION omni.sku_hash(omni.sku) IS 'hash';
CREATE FUNCTION omni.sku_hash_extended(omni.sku, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_hash_extended';
COMMENT ON FUNCTION omni.sku_hash_extended(omni.sku, bigint) IS 'hash with a seed';
CREATE OPERATOR FAMILY omni.sku_ops USING btree;
COMMENT ON OPERATOR FAMILY omni.sku_ops USING btree IS 'order of canonical bytes';
CREATE OPERATOR CLASS omni.sku_ops DEFAULT FOR TYPE omni.sku USING btree FAMILY omni.sku_ops AS
    OPERATOR 1 pg_catalog.<, OPERATOR 2 pg_catalog.<=, OPERATOR 3 pg_catalog.=, OPERATOR 4 pg_catalog.>=, OPERATOR 5 pg_catalog.>,
    FUNCTION 1 omni.sku_cmp(omni.sku, omni.sku), FUNCTION 2 omni.sku_sortsupport(internal), FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS omni.sku_ops USING btree IS 'order of canonical bytes';
CREATE OPERATOR FAMILY omni.sku_ops USING hash;
COMMENT ON OPERATOR FAMILY omni.sku_ops USING hash IS 'hash of canonical bytes';
CREATE OPERATOR CLASS omni.sku_ops DEFAULT FOR TYPE omni.sku USING hash FAMILY omni.sku_ops AS
    OPERATOR 1 pg_catalog.=, FUNCTION 1 omni.sku_hash(omni.sku), FUNCTION 2 omni.sku_hash_extended(omni.sku, bigint);
COMMENT ON OPERATOR CLASS omni.sku_ops USING hash IS 'hash of canonical bytes';

CREATE FUNCTION omni.sku_larger(omni.sku, omni.sku) RETURNS omni.sku
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_larger';
COMMENT ON FUNCTION omni.sku_larger(omni.sku, omni.sku) IS 'the greater of two SKUs';
CREATE AGGREGATE omni.max(omni.sku) (SFUNC = omni.sku_larger, STYPE = omni.sku, COMBINEFUNC = omni.sku_larger, SORTOP = OPERATOR(pg_catalog.>), PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.max(omni.sku) IS 'greatest SKU';
CREATE FUNCTION omni.sku_smaller(omni.sku, omni.sku) RETURNS omni.sku
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_smaller';
COMMENT ON FUNCTION omni.sku_smaller(omni.sku, omni.sku) IS 'the lesser of two SKUs';
CREATE AGGREGATE omni.min(omni.sku) (SFUNC = omni.sku_smaller, STYPE = omni.sku, COMBINEFUNC = omni.sku_smaller, SORTOP = OPERATOR(pg_catalog.<), PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.min(omni.sku) IS 'least SKU';

CREATE FUNCTION omni.sku_prefix_support(internal) RETURNS internal
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'sku_prefix_support';
COMMENT ON FUNCTION omni.sku_prefix_support(internal) IS 'planner support: a prefix is an index range';
CREATE FUNCTION omni.sku_is_variant_support(internal) RETURNS internal
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'sku_is_variant_support';
COMMENT ON FUNCTION omni.sku_is_variant_support(internal) IS 'planner support: the variants of a style are an index range';
CREATE FUNCTION omni.sku_has_variant_support(internal) RETURNS internal
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'sku_has_variant_support';
COMMENT ON FUNCTION omni.sku_has_variant_support(internal) IS 'planner support: the variants of a style are an index range';
CREATE FUNCTION omni.sku_prefix_sel(internal, oid, internal, integer) RETURNS float8
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'sku_prefix_sel';
COMMENT ON FUNCTION omni.sku_prefix_sel(internal, oid, internal, integer) IS 'selectivity of a prefix';
CREATE FUNCTION omni.sku_is_variant_sel(internal, oid, internal, integer) RETURNS float8
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'sku_is_variant_sel';
COMMENT ON FUNCTION omni.sku_is_variant_sel(internal, oid, internal, integer) IS 'selectivity of being a variant';
CREATE FUNCTION omni.sku_has_variant_sel(internal, oid, internal, integer) RETURNS float8
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'sku_has_variant_sel';
COMMENT ON FUNCTION omni.sku_has_variant_sel(internal, oid, internal, integer) IS 'selectivity of having a variant';
CREATE FUNCTION omni.sku_prefix_first(text) RETURNS omni.sku
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3 AS 'MODULE_PATHNAME', 'sku_prefix_first';
COMMENT ON FUNCTION omni.sku_prefix_first(text) IS 'a lower bound of all SKUs with a prefix; NULL if there is none';
CREATE FUNCTION omni.sku_prefix_last(text) RETURNS omni.sku
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3 AS 'MODULE_PATHNAME', 'sku_prefix_last';
COMMENT ON FUNCTION omni.sku_prefix_last(text) IS 'an upper bound of all SKUs with a prefix; NULL if there is none';
CREATE FUNCTION omni.sku_variant_last(omni.sku) RETURNS omni.sku
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'sku_variant_last';
COMMENT ON FUNCTION omni.sku_variant_last(omni.sku) IS 'an upper bound of all variants of a style';
CREATE FUNCTION omni.sku_ancestors(omni.sku) RETURNS omni.sku[]
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5 AS 'MODULE_PATHNAME', 'sku_ancestors';
COMMENT ON FUNCTION omni.sku_ancestors(omni.sku) IS 'every SKU that this one is a variant of, itself last';
CREATE FUNCTION omni.sku_starts_with(omni.sku, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3 SUPPORT omni.sku_prefix_support AS 'MODULE_PATHNAME', 'sku_starts_with';
COMMENT ON FUNCTION omni.sku_starts_with(omni.sku, text) IS 'does the SKU begin with this text, in canonical form?';
CREATE FUNCTION omni.sku_is_variant(sku omni.sku, style omni.sku) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF SUPPORT omni.sku_is_variant_support AS 'MODULE_PATHNAME', 'sku_is_variant';
COMMENT ON FUNCTION omni.sku_is_variant(sku omni.sku, style omni.sku) IS 'is the SKU the style itself, or the style, a separator and more?';
CREATE FUNCTION omni.sku_has_variant(style omni.sku, sku omni.sku) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF SUPPORT omni.sku_has_variant_support AS 'MODULE_PATHNAME', 'sku_has_variant';
COMMENT ON FUNCTION omni.sku_has_variant(style omni.sku, sku omni.sku) IS 'is the second SKU a variant of the first?';
CREATE OPERATOR omni.^@ (LEFTARG = omni.sku, RIGHTARG = text, FUNCTION = omni.sku_starts_with, RESTRICT = omni.sku_prefix_sel, JOIN = prefixjoinsel);
COMMENT ON OPERATOR omni.^@ (omni.sku, text) IS 'begins with';
CREATE OPERATOR omni.<@ (LEFTARG = omni.sku, RIGHTARG = omni.sku, FUNCTION = omni.sku_is_variant, COMMUTATOR = OPERATOR(omni.@>), RESTRICT = omni.sku_is_variant_sel, JOIN = contjoinsel);
COMMENT ON OPERATOR omni.<@ (omni.sku, omni.sku) IS 'is a variant of';
CREATE OPERATOR omni.@> (LEFTARG = omni.sku, RIGHTARG = omni.sku, FUNCTION = omni.sku_has_variant, COMMUTATOR = OPERATOR(omni.<@), RESTRICT = omni.sku_has_variant_sel, JOIN = contjoinsel);
COMMENT ON OPERATOR omni.@> (omni.sku, omni.sku) IS 'has as a variant';

CREATE FUNCTION omni.sku_channel(omni.sku) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'sku_channel';
COMMENT ON FUNCTION omni.sku_channel(omni.sku) IS 'the channel of an SKU, NULL for a house SKU';
CREATE FUNCTION omni.sku_code(omni.sku) RETURNS omni.sku
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'sku_code';
COMMENT ON FUNCTION omni.sku_code(omni.sku) IS 'an SKU without its channel';
CREATE FUNCTION omni.sku_segments(omni.sku) RETURNS text[]
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 5 AS 'MODULE_PATHNAME', 'sku_segments';
COMMENT ON FUNCTION omni.sku_segments(omni.sku) IS 'the segments of the code: STYLE, COLOR, SIZE';
CREATE FUNCTION omni.sku_style(omni.sku, segments integer DEFAULT 1) RETURNS omni.sku
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'sku_style';
COMMENT ON FUNCTION omni.sku_style(omni.sku, segments integer) IS 'the SKU up to its n-th segment; NULL where that is no SKU';
CREATE FUNCTION omni.sku_variant(style omni.sku, VARIADIC parts text[]) RETURNS omni.sku
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5 AS 'MODULE_PATHNAME', 'sku_variant';
COMMENT ON FUNCTION omni.sku_variant(style omni.sku, VARIADIC text[]) IS 'a style with more segments, joined by hyphens';
CREATE FUNCTION omni.sku_natural_key(omni.sku) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'sku_natural_key';
COMMENT ON FUNCTION omni.sku_natural_key(omni.sku) IS 'sort key with numbers in order: A2 before A10';
CREATE FUNCTION omni.sku_fits(omni.sku, platform text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'sku_fits';
COMMENT ON FUNCTION omni.sku_fits(omni.sku, platform text) IS 'would the platform take the code? by its length and characters';
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
COMMENT ON OPERATOR FAMILY omni.identifier_ops USING btree IS 'identifier by bytes';
CREATE OPERATOR CLASS omni.identifier_ops DEFAULT FOR TYPE omni.identifier USING btree FAMILY omni.identifier_ops AS
    OPERATOR 1 pg_catalog.<, OPERATOR 2 pg_catalog.<=, OPERATOR 3 pg_catalog.=,
    OPERATOR 4 pg_catalog.>=, OPERATOR 5 pg_catalog.>,
    FUNCTION 1 omni.identifier_cmp(omni.identifier, omni.identifier),
    FUNCTION 2 omni.identifier_sortsupport(internal),
    FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS omni.identifier_ops USING btree IS 'identifier by bytes';

CREATE OPERATOR FAMILY omni.identifier_ops USING hash;
COMMENT ON OPERATOR FAMILY omni.identifier_ops USING hash IS 'identifier';
CREATE OPERATOR CLASS omni.identifier_ops DEFAULT FOR TYPE omni.identifier USING hash FAMILY omni.identifier_ops AS
    OPERATOR 1 pg_catalog.=,
    FUNCTION 1 omni.identifier_hash(omni.identifier),
    FUNCTION 2 omni.identifier_hash_extended(omni.identifier, bigint);
COMMENT ON OPERATOR CLASS omni.identifier_ops USING hash IS 'identifier';

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
/*
 * ---- store: the ready-made model, made in the user's schema and owned by the user ----
 *
 * store_contract() is the one description of the store's tables: create_store() makes them from
 * it, check_store() compares with it, migrate_store() adds what is missing, adopted relations are
 * read through it. store_keys() has their keys. Functions and views of a store are the plain SQL files
 * of sql/store/, which make bundles into store_source(); in them @store@ stands for the
 * store's schema, @bi@ for <schema>_bi and @pii@ for <schema>_pii.
 *
 * Nothing that a user gives is ever executed: a schema name has to be a plain identifier, an adopted
 * relation and its columns are looked up in the catalog and quoted.
 */

CREATE FUNCTION omni.store_contract(OUT relation text, OUT ordinal integer, OUT column_name text, OUT type text,
                                    OUT modifier text, OUT required boolean, OUT description text)
    RETURNS SETOF record LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 120
BEGIN ATOMIC
SELECT v.relation, (row_number() OVER (PARTITION BY v.relation ORDER BY v.n))::integer, v.column_name, v.type, v.modifier, v.required, v.description
FROM (VALUES
    -- relation, n, column, type, modifier, required of an adopted relation, description
    ('markets', 1, 'market_code', 'text', 'NOT NULL', true, 'code of the market, e.g. DE'),
    ('markets', 2, 'name', 'text', 'NOT NULL', false, 'name of the market'),
    ('markets', 3, 'country', 'text', '', false, 'ISO 3166 alpha-2 code of the country'),
    ('markets', 4, 'currency', 'text', 'NOT NULL', true, 'ISO 4217 code of the currency in which the market is reported'),
    ('markets', 5, 'time_zone', 'text', 'NOT NULL DEFAULT ''UTC''', false, 'time zone in which the market''s days begin'),

    ('channels', 1, 'channel_code', 'text', 'NOT NULL', true, 'code of the channel: a-z, 0-9 and -, as in a qualified SKU'),
    ('channels', 2, 'name', 'text', 'NOT NULL', false, 'name of the channel'),
    ('channels', 3, 'kind', 'text', 'NOT NULL DEFAULT ''web''', false, 'web, app, pos, marketplace, call_center, social or b2b'),
    ('channels', 4, 'market_code', 'text', '', false, 'market that the channel sells in, where it is one'),

    ('locations', 1, 'location_code', 'text', 'NOT NULL', true, 'code of the place that holds stock'),
    ('locations', 2, 'name', 'text', 'NOT NULL', false, 'name of the location'),
    ('locations', 3, 'kind', 'text', 'NOT NULL DEFAULT ''warehouse''', false, 'warehouse, store, supplier, third_party or in_transit'),
    ('locations', 4, 'market_code', 'text', '', false, 'market that the location is in'),
    ('locations', 5, 'latitude', 'double precision', '', false, 'degrees north'),
    ('locations', 6, 'longitude', 'double precision', '', false, 'degrees east'),
    ('locations', 7, 'pickup', 'boolean', 'NOT NULL DEFAULT false', false, 'customers can pick up here'),
    ('locations', 8, 'active', 'boolean', 'NOT NULL DEFAULT true', false, 'stock here can be promised'),

    ('products', 1, 'sku', 'omni.sku', 'NOT NULL', true, 'stock keeping unit, the key'),
    ('products', 2, 'gtin', 'omni.gtin', '', false, 'trade item number on the package'),
    ('products', 3, 'title', 'text', 'NOT NULL DEFAULT ''''', false, 'name of the product'),
    ('products', 4, 'brand', 'text', '', false, 'brand'),
    ('products', 5, 'category', 'text', '', false, 'category'),
    ('products', 6, 'active', 'boolean', 'NOT NULL DEFAULT true', false, 'sold at present'),

    ('sku_aliases', 1, 'channel_code', 'text', 'NOT NULL', true, 'channel that uses the alias'),
    ('sku_aliases', 2, 'raw', 'text', 'NOT NULL', true, 'the code exactly as the channel writes it'),
    ('sku_aliases', 3, 'sku', 'omni.sku', '', true, 'what it means from valid_from on; NULL ends the alias'),
    ('sku_aliases', 4, 'valid_from', 'timestamp with time zone', 'NOT NULL DEFAULT ''-infinity''', false, 'since when; an alias means one SKU at any time'),

    ('customers', 1, 'customer_id', 'bigint', 'GENERATED BY DEFAULT AS IDENTITY', true, 'stable number of the customer, never reused'),
    ('customers', 2, 'source', 'text', 'NOT NULL', false, 'source of the record that the customer is known by first'),
    ('customers', 3, 'record_id', 'text', 'NOT NULL', false, 'number of that record in its source'),
    ('customers', 4, 'first_seen_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'time of the earliest record'),
    ('customers', 5, 'merged_into', 'bigint', '', false, 'customer that this one was found to be, NULL for a present customer'),

    ('identities', 1, 'identifier', 'omni.identifier', 'NOT NULL', true, 'e-mail, phone or other identifier'),
    ('identities', 2, 'customer_id', 'bigint', 'NOT NULL', true, 'whose it is'),
    ('identities', 3, 'first_seen_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'time of the earliest record with it'),
    ('identities', 4, 'last_seen_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'time of the latest record with it'),

    ('evidence', 1, 'identifier', 'omni.identifier', 'NOT NULL', true, 'an identifier that a record carried'),
    ('evidence', 2, 'source', 'text', 'NOT NULL', true, 'source of the record'),
    ('evidence', 3, 'record_id', 'text', 'NOT NULL', true, 'number of the record in its source'),
    ('evidence', 4, 'observed_at', 'timestamp with time zone', 'NOT NULL', true, 'when the record said so'),







    ('rejects', 1, 'feed', 'text', 'NOT NULL', true, 'feed that the row came with'),
    ('rejects', 2, 'record_id', 'text', 'NOT NULL', true, 'number of the row in its feed'),
    ('rejects', 3, 'column_name', 'text', 'NOT NULL', true, 'column that was refused'),
    ('rejects', 4, 'reason', 'text', 'NOT NULL', true, 'reason code, as T_problem() gives it'),
    ('rejects', 5, 'raw', 'jsonb', 'NOT NULL', true, 'the row as it came'),
    ('rejects', 6, 'rejected_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'when it was refused first'),
    ('rejects', 7, 'settled_at', 'timestamp with time zone', '', false, 'when a corrected row took its place')
) v(relation, n, column_name, type, modifier, required, description);
END;
COMMENT ON FUNCTION omni.store_contract() IS 'the columns of a store''s tables: what create_store() makes, what check_store() expects of an adopted relation';

CREATE FUNCTION omni.store_keys(OUT relation text, OUT key_columns text[], OUT description text)
    RETURNS SETOF record LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 20
BEGIN ATOMIC
SELECT * FROM (VALUES
    ('markets', '{market_code}'::text[], 'where the business sells: currency, time zone'),
    ('channels', '{channel_code}', 'ways in which customers buy'),
    ('locations', '{location_code}', 'places that hold stock'),
    ('products', '{sku}', 'what is sold'),
    ('sku_aliases', '{channel_code,raw,valid_from}', 'how each channel writes a SKU'),
    ('customers', '{customer_id}', 'customers; a merged one points to the one it was found to be'),
    ('identities', '{identifier}', 'whose an identifier is at present, made from evidence'),
    ('evidence', '{identifier,source,record_id}', 'which record carried which identifier; append-only'),
    ('rejects', '{feed,record_id,column_name}', 'rows that were refused, with the reason')
) v(relation, key_columns, description);
END;
COMMENT ON FUNCTION omni.store_keys() IS 'the tables of a store and their primary keys';

CREATE FUNCTION omni.store_names(store text, OUT store_schema text, OUT bi_schema text, OUT pii_schema text)
    RETURNS record LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF store !~ '^[a-z_][a-z0-9_]*$' OR length(store) > 59 OR store ~ '^pg_' OR store IN ('omni', 'information_schema') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('invalid name of a store: %L', store),
            DETAIL = 'A store''s name is the name of its schema; <name>_bi and <name>_pii are made beside it.',
            HINT = 'Use lower-case letters, digits and _, at most 59 of them, and no name that PostgreSQL or omni uses itself.';
    END IF;
    store_schema := store;
    bi_schema := store || '_bi';
    pii_schema := store || '_pii';
END $$;
COMMENT ON FUNCTION omni.store_names(text) IS 'the three schemas of a store, after checking its name';

CREATE FUNCTION omni.store_run(store text, part text)
    RETURNS void LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n record;
BEGIN
    SELECT * INTO n FROM omni.store_names(store);
    EXECUTE replace(replace(replace(omni.store_source(part),
        '@store@', quote_ident(n.store_schema)), '@bi@', quote_ident(n.bi_schema)), '@pii@', quote_ident(n.pii_schema));
END $$;
COMMENT ON FUNCTION omni.store_run(text, text) IS 'run one of omni''s own store files on a store';

CREATE FUNCTION omni.store_version(store text)
    RETURNS text LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n record;
    v text;
BEGIN
    SELECT * INTO n FROM omni.store_names(store);
    IF to_regclass(format('%I.store_info', n.store_schema)) IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('schema %I is not a store', store),
            HINT = format('SELECT omni.create_store(%L) makes one.', store);
    END IF;
    EXECUTE format('SELECT version FROM %I.store_info', n.store_schema) INTO v;
    RETURN v;
END $$;
COMMENT ON FUNCTION omni.store_version(text) IS 'version of omni that a store was made by or migrated to';

/*
 * The tables that are missing, and the columns that are missing in those that are there: the
 * same code makes a new store and migrates an old one, so that both end alike.
 */
CREATE FUNCTION omni.store_make_tables(store text, adopt jsonb)
    RETURNS void LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    k record;
    c record;
    target regclass;
    columns text;
BEGIN
    FOR k IN SELECT * FROM omni.store_keys() LOOP
        IF adopt ? k.relation THEN
            PERFORM omni.store_adopt(store, k.relation, (adopt ->> k.relation)::regclass);
            CONTINUE;
        END IF;
        target := to_regclass(format('%I.%I', store, k.relation));
        IF target IS NULL THEN
            SELECT string_agg(format('%I %s %s', s.column_name, s.type, s.modifier), ', ' ORDER BY s.ordinal) INTO columns
            FROM omni.store_contract() s WHERE s.relation = k.relation;
            EXECUTE format('CREATE TABLE %I.%I (%s, PRIMARY KEY (%s))', store, k.relation, columns,
                (SELECT string_agg(quote_ident(u.a), ', ' ORDER BY u.i) FROM unnest(k.key_columns) WITH ORDINALITY u(a, i)));
        ELSE
            FOR c IN SELECT s.* FROM omni.store_contract() s WHERE s.relation = k.relation AND NOT EXISTS
                (SELECT FROM pg_attribute a WHERE a.attrelid = target AND a.attname = s.column_name AND NOT a.attisdropped) ORDER BY s.ordinal LOOP
                EXECUTE format('ALTER TABLE %I.%I ADD COLUMN %I %s %s', store, k.relation, c.column_name, c.type, c.modifier);
            END LOOP;
        END IF;
        EXECUTE format('COMMENT ON TABLE %I.%I IS %L', store, k.relation, k.description);
        FOR c IN SELECT s.* FROM omni.store_contract() s WHERE s.relation = k.relation LOOP
            EXECUTE format('COMMENT ON COLUMN %I.%I.%I IS %L', store, k.relation, c.column_name, c.description);
        END LOOP;
    END LOOP;
END $$;
COMMENT ON FUNCTION omni.store_make_tables(text, jsonb) IS 'make what a store lacks of the tables and columns of store_contract()';

/*
 * An adopted relation is read through a view under the canonical name. A column that has the
 * contract's type is taken as it is; text that has to become a type of omni goes through its T_try(), so that a
 * damaged value is NULL in the views and is counted by check_store().
 */
CREATE FUNCTION omni.store_adopt(store text, relation text, adopted regclass)
    RETURNS void LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    columns text;
    missing text;
BEGIN
    IF (SELECT relkind FROM pg_class WHERE oid = adopted) NOT IN ('r', 'v', 'm', 'p', 'f') THEN
        RAISE EXCEPTION USING ERRCODE = 'wrong_object_type', MESSAGE = format('%s cannot be adopted as %s', adopted, relation),
            DETAIL = 'It is not a table or a view.';
    END IF;
    SELECT string_agg(
               CASE WHEN a.attname IS NULL THEN format('NULL::%s AS %I', s.type, s.column_name)
                    WHEN a.atttypid = s.type::regtype THEN format('%I', s.column_name)
                    WHEN s.type LIKE 'omni.%' THEN format('%s_try(%I::pg_catalog.text) AS %I', s.type, s.column_name, s.column_name)
                    ELSE format('%I::%s AS %I', s.column_name, s.type, s.column_name) END, ', ' ORDER BY s.ordinal),
           string_agg(s.column_name, ', ' ORDER BY s.ordinal) FILTER (WHERE s.required AND a.attname IS NULL)
    INTO columns, missing
    FROM omni.store_contract() s
    LEFT JOIN pg_attribute a ON a.attrelid = adopted AND a.attname = s.column_name AND a.attnum > 0 AND NOT a.attisdropped
    WHERE s.relation = store_adopt.relation;
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'undefined_column', MESSAGE = format('%s cannot be adopted as %s', adopted, relation),
            DETAIL = format('These columns are missing: %s.', missing),
            HINT = 'Make a view that has them under these names, and adopt the view. omni.store_contract() lists all columns.';
    END IF;
    EXECUTE format('CREATE OR REPLACE VIEW %I.%I AS SELECT %s FROM %s', store, relation, columns, adopted);
END $$;
COMMENT ON FUNCTION omni.store_adopt(text, text, regclass) IS 'show a relation of the user''s under a canonical name of the store';

CREATE FUNCTION omni.create_store(store text, options jsonb DEFAULT '{}')
    RETURNS text LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n record;
    s text;
    unknown text;
    adopt jsonb := coalesce(options -> 'adopt', '{}');
    named record;
BEGIN
    SELECT * INTO n FROM omni.store_names(store);
    SELECT string_agg(k, ', ') INTO unknown FROM jsonb_object_keys(options) k WHERE k <> 'adopt';
    IF unknown IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('unknown option of a store: %s', unknown),
            HINT = 'The option is "adopt": an object of canonical table names and your relations.';
    END IF;
    IF jsonb_typeof(adopt) <> 'object' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'option "adopt" has to be an object',
            HINT = '{"adopt": {"orders": "public.shop_orders"}}';
    END IF;
    FOR named IN SELECT key, value FROM jsonb_each(adopt) LOOP
        IF NOT EXISTS (SELECT FROM omni.store_keys() k WHERE k.relation = named.key) THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('a store has no table %I', named.key),
                HINT = 'omni.store_keys() lists the tables that can be adopted.';
        END IF;
        IF jsonb_typeof(named.value) <> 'string' THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('the relation to adopt as %I has to be a string', named.key),
                HINT = 'Name it with its schema: "public.shop_orders".';
        END IF;
        IF to_regclass(named.value #>> '{}') IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'undefined_table', MESSAGE = format('relation %L does not exist', named.value #>> '{}'),
                HINT = 'Name it with its schema: "public.shop_orders".';
        END IF;
        -- keep the name with its schema, whatever the caller's search_path was
        adopt := jsonb_set(adopt, ARRAY[named.key], to_jsonb((SELECT format('%I.%I', ns.nspname, c.relname)
            FROM pg_class c JOIN pg_namespace ns ON ns.oid = c.relnamespace WHERE c.oid = to_regclass(named.value #>> '{}'))));
    END LOOP;
    FOREACH s IN ARRAY ARRAY[n.store_schema, n.bi_schema, n.pii_schema] LOOP
        IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = s) THEN
            EXECUTE format('CREATE SCHEMA %I', s);
        ELSIF NOT (SELECT pg_has_role(nspowner, 'USAGE') FROM pg_namespace WHERE nspname = s) THEN
            RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = format('schema %I belongs to somebody else', s),
                HINT = 'Choose another name for the store, or have the schema''s owner create it.';
        ELSIF EXISTS (SELECT FROM pg_class c JOIN pg_namespace ns ON ns.oid = c.relnamespace WHERE ns.nspname = s AND c.relkind IN ('r', 'v', 'm', 'p', 'f')
                      AND (s <> n.store_schema OR c.relname IN (SELECT k.relation FROM omni.store_keys() k) OR c.relname = 'store_info')) THEN
            RAISE EXCEPTION USING ERRCODE = 'duplicate_table', MESSAGE = format('schema %I already has tables or views that a store makes', s),
                HINT = 'Choose another name for the store; your own tables can be adopted under it.';
        END IF;
    END LOOP;

    EXECUTE format('CREATE TABLE %I.store_info (version text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), '
        'adopted jsonb NOT NULL, detached jsonb, one boolean PRIMARY KEY DEFAULT true CHECK (one))', n.store_schema);
    EXECUTE format('COMMENT ON TABLE %I.store_info IS %L', n.store_schema, 'version and state of this omni store; kept by omni');
    PERFORM omni.store_make_tables(store, adopt);
    PERFORM omni.store_make_views(store);
    EXECUTE format('INSERT INTO %I.store_info (version, adopted) VALUES ($1, $2)', n.store_schema)
        USING (SELECT extversion FROM pg_extension WHERE extname = 'omni'), adopt;
    RETURN format('store %I: %s tables, %s adopted, %s views in %I', store, (SELECT count(*) FROM omni.store_keys()) - (SELECT count(*) FROM jsonb_object_keys(adopt)),
        (SELECT count(*) FROM jsonb_object_keys(adopt)), (SELECT count(*) FROM pg_class WHERE relkind = 'v' AND relnamespace = to_regnamespace(quote_ident(n.bi_schema))), n.bi_schema);
END $$;
COMMENT ON FUNCTION omni.create_store(text, jsonb) IS 'make a store in a schema of the caller''s: tables, functions, and views for BI in <schema>_bi; option adopt reads the caller''s own relations under the canonical names';

/* secondary indexes, functions and views: all that can be made again at any time */
CREATE FUNCTION omni.store_make_views(store text)
    RETURNS void LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    i record;
BEGIN
    FOR i IN SELECT * FROM (VALUES ('orders', 'customer_id'), ('orders', 'placed_at'), ('order_lines', 'sku'), ('identities', 'customer_id'),
                                   ('evidence', 'source, record_id'), ('customers', 'merged_into'), ('products', 'gtin'), ('stock', 'location_code')) v(relation, columns) LOOP
        IF (SELECT relkind FROM pg_class WHERE oid = to_regclass(format('%I.%I', store, i.relation))) IN ('r', 'p') THEN
            IF to_regclass(format('%I.%I', store, i.relation || '_' || replace(i.columns, ', ', '_'))) IS NULL THEN
                EXECUTE format('CREATE INDEX %I ON %I.%I (%s)', i.relation || '_' || replace(i.columns, ', ', '_'), store, i.relation, i.columns);
            END IF;
        END IF;
    END LOOP;
    PERFORM omni.store_run(store, 'functions');
    PERFORM omni.store_run(store, 'bi');
    PERFORM omni.store_run(store, 'pii');
END $$;
COMMENT ON FUNCTION omni.store_make_views(text) IS 'make the indexes, functions and views of a store, again if need be; grants stay';

CREATE FUNCTION omni.migrate_store(store text)
    RETURNS text LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n record;
    was text := omni.store_version(store);
    now_is text := (SELECT extversion FROM pg_extension WHERE extname = 'omni');
    info record;
BEGIN
    SELECT * INTO n FROM omni.store_names(store);
    EXECUTE format('SELECT adopted, detached FROM %I.store_info FOR UPDATE', n.store_schema) INTO info;
    IF info.detached IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('store %I is detached', store),
            HINT = format('SELECT omni.attach_store(%L) first.', store);
    END IF;
    IF string_to_array(was, '.')::int[] > string_to_array(now_is, '.')::int[] THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('store %I is of version %s, omni is %s', store, was, now_is),
            HINT = 'ALTER EXTENSION omni UPDATE first.';
    END IF;
    PERFORM omni.store_make_tables(store, info.adopted);
    PERFORM omni.store_make_views(store);
    EXECUTE format('UPDATE %I.store_info SET version = $1', n.store_schema) USING now_is;
    RETURN format('store %I: %s', store, CASE WHEN was = now_is THEN 'is at ' || now_is ELSE was || ' to ' || now_is END);
END $$;
COMMENT ON FUNCTION omni.migrate_store(text) IS 'bring a store to the version of the extension: new tables, columns, functions and views; data and grants stay';

CREATE FUNCTION omni.detach_store(store text)
    RETURNS text LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n record;
    v record;
    t record;
    done jsonb := '[]';
    grants jsonb;
    info record;
    blocker text;
BEGIN
    SELECT * INTO n FROM omni.store_names(store);
    PERFORM omni.store_version(store);
    EXECUTE format('SELECT adopted, detached FROM %I.store_info FOR UPDATE', n.store_schema) INTO info;
    IF info.detached IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('store %I is detached already', store),
            HINT = format('SELECT omni.attach_store(%L) puts its types back.', store);
    END IF;

    -- the store's own views go; who may read them is kept
    SELECT coalesce(jsonb_agg(jsonb_build_array(c.oid::regclass::text, CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, a.privilege_type, a.is_grantable)), '[]') INTO grants
    FROM pg_class c, aclexplode(c.relacl) a
    WHERE c.relnamespace IN (to_regnamespace(quote_ident(n.bi_schema)), to_regnamespace(quote_ident(n.pii_schema))) AND c.relkind = 'v' AND a.grantee <> c.relowner;
    FOR v IN SELECT c.oid, c.oid::regclass AS name FROM pg_class c
             WHERE c.relkind = 'v' AND (c.relnamespace IN (to_regnamespace(quote_ident(n.bi_schema)), to_regnamespace(quote_ident(n.pii_schema)))
                                        OR c.relnamespace = to_regnamespace(quote_ident(n.store_schema)) AND info.adopted ? c.relname)
             ORDER BY c.oid DESC LOOP
        BEGIN
            EXECUTE format('DROP VIEW %s', v.name);
        EXCEPTION WHEN dependent_objects_still_exist THEN
            GET STACKED DIAGNOSTICS blocker = PG_EXCEPTION_DETAIL;
            RAISE EXCEPTION USING ERRCODE = 'dependent_objects_still_exist', MESSAGE = format('store %I cannot be detached: other objects depend on %s', store, v.name),
                DETAIL = blocker, HINT = 'Drop these objects, or keep their definitions and make them again after attach_store().';
        END;
    END LOOP;

    FOR t IN
        SELECT c.oid::regclass AS name, c.relname, bool_or(a.attgenerated <> '') AS generated,
               jsonb_agg(jsonb_build_array(c.relname, a.attname, format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum) AS columns,
               string_agg(format('ALTER COLUMN %1$I TYPE text%2$s USING %1$I::text%2$s', a.attname, CASE WHEN y.typcategory = 'A' THEN '[]' ELSE '' END), ', ' ORDER BY a.attnum) AS changes
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attinhcount = 0
        JOIN pg_type y ON y.oid = a.atttypid
        WHERE c.relnamespace = to_regnamespace(quote_ident(n.store_schema)) AND c.relkind IN ('r', 'p') AND y.typnamespace = to_regnamespace('omni')
        GROUP BY c.oid ORDER BY c.relname LOOP
        IF t.generated THEN
            RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('store %I cannot be detached: %s has a generated column of a type of omni', store, t.name),
                HINT = 'Drop the generated column; it can be added again after attach_store().';
        END IF;
        EXECUTE format('ALTER TABLE %s %s', t.name, t.changes);
        done := done || t.columns;
    END LOOP;
    EXECUTE format('UPDATE %I.store_info SET detached = $1', n.store_schema) USING jsonb_build_object('columns', done, 'grants', grants);
    RETURN format('store %I: %s columns are text now, and no object of it needs omni', store, jsonb_array_length(done));
END $$;
COMMENT ON FUNCTION omni.detach_store(text) IS 'turn every column of a store that has a type of omni into text and drop its views, so that DROP EXTENSION loses nothing; attach_store() puts all back';

CREATE FUNCTION omni.attach_store(store text)
    RETURNS text LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n record;
    info record;
    t record;
    g jsonb;
BEGIN
    SELECT * INTO n FROM omni.store_names(store);
    PERFORM omni.store_version(store);
    EXECUTE format('SELECT adopted, detached FROM %I.store_info FOR UPDATE', n.store_schema) INTO info;
    IF info.detached IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('store %I is attached', store);
    END IF;
    FOR t IN
        SELECT x ->> 0 AS relation, string_agg(format('ALTER COLUMN %1$I TYPE %2$s USING %1$I::%2$s', x ->> 1, (x ->> 2)::regtype::text ||
                   coalesce(substring(x ->> 2 FROM '\(\d+\)'), '')), ', ') AS changes
        FROM jsonb_array_elements(info.detached -> 'columns') x
        WHERE EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = to_regclass(format('%I.%I', n.store_schema, x ->> 0)) AND a.attname = x ->> 1 AND NOT a.attisdropped)
        GROUP BY 1 ORDER BY 1 LOOP
        EXECUTE format('ALTER TABLE %I.%I %s', n.store_schema, t.relation, t.changes);
    END LOOP;
    EXECUTE format('UPDATE %I.store_info SET detached = NULL', n.store_schema);
    PERFORM omni.migrate_store(store);
    FOR g IN SELECT jsonb_array_elements(info.detached -> 'grants') LOOP
        IF to_regclass(g ->> 0) IS NOT NULL AND (g ->> 1 = 'PUBLIC' OR to_regrole(g ->> 1) IS NOT NULL) THEN
            EXECUTE format('GRANT %s ON %s TO %s%s', g ->> 2, to_regclass(g ->> 0), CASE WHEN g ->> 1 = 'PUBLIC' THEN 'PUBLIC' ELSE to_regrole(g ->> 1)::text END,
                CASE WHEN (g ->> 3)::boolean THEN ' WITH GRANT OPTION' ELSE '' END);
        END IF;
    END LOOP;
    RETURN format('store %I: %s columns have their types again', store, jsonb_array_length(info.detached -> 'columns'));
END $$;
COMMENT ON FUNCTION omni.attach_store(text) IS 'undo detach_store(): the columns get their types back, the views are made again with their grants';

CREATE FUNCTION omni.check_store(store text, OUT relation text, OUT column_name text, OUT problem text, OUT hint text)
    RETURNS SETOF record LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n record;
    c record;
    k record;
    info record;
    found bigint;
    reason text;
    is_version text := (SELECT extversion FROM pg_extension WHERE extname = 'omni');
BEGIN
    SELECT * INTO n FROM omni.store_names(store);
    PERFORM omni.store_version(store);
    EXECUTE format('SELECT version, adopted, detached FROM %I.store_info', n.store_schema) INTO info;
    IF info.version <> is_version THEN
        RETURN QUERY SELECT 'store_info', 'version', format('the store is of version %s, omni of %s', info.version, is_version), format('SELECT omni.migrate_store(%L)', store);
    END IF;
    IF info.detached IS NOT NULL THEN
        RETURN QUERY SELECT 'store_info', 'detached', 'the store is detached', format('SELECT omni.attach_store(%L)', store);
        RETURN;
    END IF;
    FOR c IN SELECT s.*, a.atttypid, cl.relkind, to_regclass(format('%I.%I', n.store_schema, s.relation)) AS rel
             FROM omni.store_contract() s
             LEFT JOIN pg_class cl ON cl.oid = to_regclass(format('%I.%I', n.store_schema, s.relation))
             LEFT JOIN pg_attribute a ON a.attrelid = cl.oid AND a.attname = s.column_name AND NOT a.attisdropped LOOP
        IF c.rel IS NULL THEN
            IF c.ordinal = 1 THEN
                RETURN QUERY SELECT c.relation, NULL::text, 'the table is missing', format('SELECT omni.migrate_store(%L)', store);
            END IF;
        ELSIF c.atttypid IS NULL THEN
            RETURN QUERY SELECT c.relation, c.column_name, 'the column is missing', format('SELECT omni.migrate_store(%L)', store);
        ELSIF c.atttypid <> c.type::regtype THEN
            RETURN QUERY SELECT c.relation, c.column_name, format('the type is %s, expected %s', c.atttypid::regtype, c.type), 'Change the column''s type.';
        ELSIF info.adopted ? c.relation THEN
            -- what the view shows as NULL although the source has a value, and required values that are missing
            IF c.type LIKE 'omni.%' AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = (info.adopted ->> c.relation)::regclass AND a.attname = c.column_name
                                                AND a.atttypid <> c.type::regtype AND NOT a.attisdropped) THEN
                FOR reason, found IN EXECUTE format('SELECT %s_problem(%I::text), count(*) FROM %s GROUP BY 1 HAVING %1$s_problem(%2$I::text) IS NOT NULL',
                                                    c.type, c.column_name, (info.adopted ->> c.relation)::regclass) LOOP
                    RETURN QUERY SELECT c.relation, c.column_name, format('%s values are no %s: %s', found, c.type, reason), format('The views show NULL for them. %s_problem() tells the reason of each.', c.type);
                END LOOP;
            END IF;
            IF c.required AND c.modifier LIKE 'NOT NULL%' THEN
                EXECUTE format('SELECT count(*) FROM %s WHERE %I IS NULL', c.rel, c.column_name) INTO found;
                IF found > 0 THEN
                    RETURN QUERY SELECT c.relation, c.column_name, format('%s rows have no value', found), 'The column is required.';
                END IF;
            END IF;
        END IF;
    END LOOP;
    FOR k IN SELECT * FROM omni.store_keys() s WHERE info.adopted ? s.relation LOOP
        EXECUTE format('SELECT count(*) FROM (SELECT FROM %I.%I GROUP BY %s HAVING count(*) > 1) d', n.store_schema, k.relation,
                       (SELECT string_agg(quote_ident(u), ', ') FROM unnest(k.key_columns) u)) INTO found;
        IF found > 0 THEN
            RETURN QUERY SELECT k.relation, array_to_string(k.key_columns, ', '), format('%s keys are there more than once', found), 'Adopt a view that has one row a key.';
        END IF;
    END LOOP;
    -- references: nothing forces them, feeds may arrive in any order
    FOR c IN SELECT * FROM (VALUES ('order_lines', 'order_ref', 'orders', 'order_ref'), ('order_line_events', 'order_ref', 'orders', 'order_ref'), ('payments', 'order_ref', 'orders', 'order_ref'),
                 ('orders', 'channel_code', 'channels', 'channel_code'), ('order_lines', 'sku', 'products', 'sku'), ('stock', 'sku', 'products', 'sku'),
                 ('stock', 'location_code', 'locations', 'location_code'), ('orders', 'customer_id', 'customers', 'customer_id')) v(relation, column_name, target, target_column)
             WHERE to_regclass(format('%I.%I', n.store_schema, v.relation)) IS NOT NULL AND to_regclass(format('%I.%I', n.store_schema, v.target)) IS NOT NULL LOOP
        EXECUTE format('SELECT count(*) FROM %1$I.%2$I a WHERE a.%3$I IS NOT NULL AND NOT EXISTS (SELECT FROM %1$I.%4$I b WHERE b.%5$I = a.%3$I)',
                       n.store_schema, c.relation, c.column_name, c.target, c.target_column) INTO found;
        IF found > 0 THEN
            RETURN QUERY SELECT c.relation, c.column_name, format('%s rows refer to nothing in %s', found, c.target), format('Load the missing rows of %s.', c.target);
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION omni.check_store(text) IS 'what is wrong with a store: missing tables and columns, values of adopted relations that do not parse, rows that refer to nothing; no row means that all is well';

CREATE FUNCTION omni.status(OUT item text, OUT value text, OUT hint text)
    RETURNS SETOF record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    sql_version text := (SELECT extversion FROM pg_extension WHERE extname = 'omni');
    offered text := (SELECT default_version FROM pg_available_extensions WHERE name = 'omni');
    s record;
    v text;
    gone jsonb;
BEGIN
    RETURN QUERY SELECT 'library', omni.library_version(),
        CASE WHEN omni.library_version() <> coalesce(offered, omni.library_version()) THEN format('The files on disk are of %s: start a new session, or restart the server if omni is preloaded.', offered) END;
    RETURN QUERY SELECT 'extension', sql_version, CASE WHEN sql_version <> omni.library_version() THEN 'ALTER EXTENSION omni UPDATE;' END;
    RETURN QUERY SELECT 'canonical rules', omni.canon_version(), NULL::text;
    RETURN QUERY SELECT 'ICU', omni.icu_version(), NULL::text;
    RETURN QUERY SELECT 'server', current_setting('server_version'),
        CASE WHEN current_setting('server_version_num')::int BETWEEN 150000 AND 150019 THEN 'Update to the latest minor release of PostgreSQL 15.' END;
    RETURN QUERY SELECT 'keyring', 'none', NULL::text;
    FOR s IN SELECT ns.nspname, has_table_privilege(c.oid, 'SELECT') AS readable FROM pg_class c JOIN pg_namespace ns ON ns.oid = c.relnamespace
             WHERE c.relname = 'store_info' AND c.relkind = 'r' AND to_regclass(format('%I.rejects', ns.nspname)) IS NOT NULL ORDER BY 1 LOOP
        IF s.readable THEN
            EXECUTE format('SELECT version, detached FROM %I.store_info', s.nspname) INTO v, gone;
            RETURN QUERY SELECT 'store ' || s.nspname, v || CASE WHEN gone IS NOT NULL THEN ', detached' ELSE '' END,
                CASE WHEN gone IS NOT NULL THEN format('SELECT omni.attach_store(%L);', s.nspname)
                     WHEN v <> sql_version THEN format('SELECT omni.migrate_store(%L);', s.nspname) END;
        ELSE
            RETURN QUERY SELECT 'store ' || s.nspname, NULL::text, 'You may not read this store.';
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION omni.status() IS 'versions of library, SQL, canonical rules, ICU and every store, with a hint on each mismatch';

CREATE FUNCTION omni.store_source(part text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE part
WHEN 'bi' THEN $omni_store$-- bi.sql: the views for BI tools, a public contract: core types only, columns are only ever appended,
-- no raw identifier, each ratio beside its numerator and denominator, currency and time zone explicit.

CREATE OR REPLACE VIEW @bi@.dim_market AS
SELECT m.market_code, m.name, m.country, m.currency, coalesce(m.time_zone, 'UTC') AS time_zone
FROM @store@.markets m;
COMMENT ON VIEW @bi@.dim_market IS 'markets';
COMMENT ON COLUMN @bi@.dim_market.market_code IS 'key';
COMMENT ON COLUMN @bi@.dim_market.name IS 'name of the market';
COMMENT ON COLUMN @bi@.dim_market.country IS 'ISO 3166 alpha-2 code';
COMMENT ON COLUMN @bi@.dim_market.currency IS 'ISO 4217 code of the reporting currency';
COMMENT ON COLUMN @bi@.dim_market.time_zone IS 'time zone in which the days of the market begin';

CREATE OR REPLACE VIEW @bi@.dim_channel AS
SELECT c.channel_code, c.name, c.kind, c.market_code
FROM @store@.channels c;
COMMENT ON VIEW @bi@.dim_channel IS 'sales channels';
COMMENT ON COLUMN @bi@.dim_channel.channel_code IS 'key';
COMMENT ON COLUMN @bi@.dim_channel.name IS 'name of the channel';
COMMENT ON COLUMN @bi@.dim_channel.kind IS 'web, app, pos, marketplace, call_center, social or b2b';
COMMENT ON COLUMN @bi@.dim_channel.market_code IS 'market that the channel sells in';

CREATE OR REPLACE VIEW @bi@.dim_location AS
SELECT l.location_code, l.name, l.kind, l.market_code, l.pickup, l.active
FROM @store@.locations l;
COMMENT ON VIEW @bi@.dim_location IS 'places that hold stock';
COMMENT ON COLUMN @bi@.dim_location.location_code IS 'key';
COMMENT ON COLUMN @bi@.dim_location.name IS 'name of the location';
COMMENT ON COLUMN @bi@.dim_location.kind IS 'warehouse, store, supplier, third_party or in_transit';
COMMENT ON COLUMN @bi@.dim_location.market_code IS 'market that it is in';
COMMENT ON COLUMN @bi@.dim_location.pickup IS 'customers can pick up here';
COMMENT ON COLUMN @bi@.dim_location.active IS 'stock here can be promised';

CREATE OR REPLACE VIEW @bi@.dim_product AS
SELECT p.sku::text AS sku, p.gtin::text AS gtin, p.title, p.brand, p.category, omni.sku_style(p.sku)::text AS style, p.active
FROM @store@.products p;
COMMENT ON VIEW @bi@.dim_product IS 'products, one row a SKU';
COMMENT ON COLUMN @bi@.dim_product.sku IS 'key';
COMMENT ON COLUMN @bi@.dim_product.gtin IS 'trade item number, 14 digits';
COMMENT ON COLUMN @bi@.dim_product.title IS 'name of the product';
COMMENT ON COLUMN @bi@.dim_product.brand IS 'brand';
COMMENT ON COLUMN @bi@.dim_product.category IS 'category';
COMMENT ON COLUMN @bi@.dim_product.style IS 'first segment of the SKU: what its variants share';
COMMENT ON COLUMN @bi@.dim_product.active IS 'sold at present';

CREATE OR REPLACE VIEW @bi@.dim_customer AS
SELECT c.customer_id::text AS customer_key, c.first_seen_at,
       coalesce(i.emails, 0) AS emails, coalesce(i.phones, 0) AS phones, coalesce(i.identifiers, 0) AS identifiers
FROM @store@.customers c
LEFT JOIN (SELECT coalesce(k.merged_into, k.customer_id) AS customer_id,
                  count(*) FILTER (WHERE omni.identifier_kind(x.identifier) = 'email') AS emails,
                  count(*) FILTER (WHERE omni.identifier_kind(x.identifier) = 'phone') AS phones,
                  count(*) AS identifiers
           FROM @store@.identities x JOIN @store@.customers k USING (customer_id) GROUP BY 1) i USING (customer_id)
WHERE c.merged_into IS NULL;
COMMENT ON VIEW @bi@.dim_customer IS 'customers after all merges, one row a person, no personal data';
COMMENT ON COLUMN @bi@.dim_customer.customer_key IS 'key: opaque and stable; it says nothing about the person';
COMMENT ON COLUMN @bi@.dim_customer.first_seen_at IS 'time of the earliest record of the customer';
COMMENT ON COLUMN @bi@.dim_customer.emails IS 'how many e-mail addresses are known';
COMMENT ON COLUMN @bi@.dim_customer.phones IS 'how many phone numbers are known';
COMMENT ON COLUMN @bi@.dim_customer.identifiers IS 'how many identifiers of any kind are known';

CREATE OR REPLACE VIEW @bi@.dim_date AS
SELECT d.date, extract(year FROM d.date)::bigint AS year, extract(quarter FROM d.date)::bigint AS quarter,
       date_trunc('month', d.date::timestamp)::date AS month, to_char(d.date, 'IYYY-"W"IW') AS iso_week,
       extract(isodow FROM d.date)::bigint AS iso_weekday, extract(isodow FROM d.date) IN (6, 7) AS weekend
FROM (SELECT '1990-01-01'::date + n AS date FROM generate_series(0, '2049-12-31'::date - '1990-01-01'::date) n) d;
COMMENT ON VIEW @bi@.dim_date IS 'days of 1990 to 2049';
COMMENT ON COLUMN @bi@.dim_date.date IS 'key';
COMMENT ON COLUMN @bi@.dim_date.year IS 'year';
COMMENT ON COLUMN @bi@.dim_date.quarter IS 'quarter, 1 to 4';
COMMENT ON COLUMN @bi@.dim_date.month IS 'first day of the month';
COMMENT ON COLUMN @bi@.dim_date.iso_week IS 'ISO 8601 week, e.g. 2026-W07';
COMMENT ON COLUMN @bi@.dim_date.iso_weekday IS '1 is Monday, 7 is Sunday';
COMMENT ON COLUMN @bi@.dim_date.weekend IS 'Saturday or Sunday';

$omni_store$
WHEN 'functions' THEN $omni_store$-- functions.sql: the functions of a store. They take and give text, bigint and jsonb, so that no driver
-- needs to know a type of omni.

CREATE OR REPLACE FUNCTION @store@.resolve_sku(raw text, channel text DEFAULT NULL, at timestamptz DEFAULT now())
    RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    alias record;
    code omni.sku := omni.sku_try(raw);
    item omni.gtin;
    found text;
BEGIN
    -- what the channel itself calls it
    SELECT a.sku INTO alias FROM @store@.sku_aliases a
    WHERE a.channel_code = resolve_sku.channel AND a.raw = resolve_sku.raw AND a.valid_from <= resolve_sku.at
    ORDER BY a.valid_from DESC LIMIT 1;
    IF FOUND THEN
        RETURN alias.sku::text;
    END IF;
    -- the house SKU, or the channel's qualified one
    SELECT p.sku::text INTO found FROM @store@.products p WHERE p.sku = code;
    IF FOUND THEN
        RETURN found;
    END IF;
    IF code IS NOT NULL AND channel ~ '^[a-z0-9-]{1,16}$' AND position('|' IN code::text) = 0 THEN
        SELECT p.sku::text INTO found FROM @store@.products p WHERE p.sku = omni.sku_try(channel || '|' || code::text);
        IF FOUND THEN
            RETURN found;
        END IF;
    END IF;
    -- a trade item number that one product has
    item := omni.gtin_try(raw);
    IF item IS NOT NULL THEN
        SELECT min(p.sku::text) INTO found FROM @store@.products p WHERE p.gtin = item HAVING count(*) = 1;
        RETURN found;
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION @store@.resolve_sku(text, text, timestamptz) IS 'the SKU that a channel''s code, a house SKU or a GTIN stands for; NULL if it stands for none or for more than one';

CREATE OR REPLACE FUNCTION @store@.rebuild_identities(OUT records bigint, OUT customers bigint, OUT merged bigint)
    RETURNS record LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    LOCK TABLE @store@.evidence IN SHARE ROW EXCLUSIVE MODE;

    -- who belongs together: identifiers and records are the nodes, evidence the edges
    CREATE TEMP TABLE omni_component ON COMMIT DROP AS
    SELECT e.identifier, e.source, e.record_id, e.observed_at, c.component
    FROM (SELECT n.* FROM (SELECT omni.disjoint_set_agg('i' || e.identifier::text, 'r' || e.source || E'\x1f' || e.record_id) AS sets FROM @store@.evidence e) s,
                 omni.connected_components(s.sets, NULL::text) n) c
    JOIN @store@.evidence e ON c.node = 'i' || e.identifier::text;

    -- a component is known by its least record, and keeps the customer that is known by the least
    CREATE TEMP TABLE omni_person ON COMMIT DROP AS
    SELECT a.component, a.observed_at, a.source, a.record_id,
           (SELECT k.customer_id FROM @store@.customers k WHERE k.merged_into IS NULL AND k.customer_id IN
                (SELECT i.customer_id FROM @store@.identities i JOIN pg_temp.omni_component x ON x.identifier = i.identifier WHERE x.component = a.component)
            ORDER BY k.first_seen_at, k.source COLLATE "C", k.record_id COLLATE "C", k.customer_id LIMIT 1) AS customer_id
    FROM (SELECT DISTINCT ON (o.component) o.* FROM pg_temp.omni_component o
          ORDER BY o.component, o.observed_at, o.source COLLATE "C", o.record_id COLLATE "C") a;

    UPDATE @store@.customers k SET first_seen_at = p.observed_at, source = p.source, record_id = p.record_id
    FROM pg_temp.omni_person p
    WHERE p.customer_id = k.customer_id AND (k.first_seen_at, k.source, k.record_id) IS DISTINCT FROM (p.observed_at, p.source, p.record_id);

    UPDATE pg_temp.omni_person p SET customer_id = nextval(pg_get_serial_sequence('@store@.customers', 'customer_id')) WHERE p.customer_id IS NULL;
    INSERT INTO @store@.customers (customer_id, source, record_id, first_seen_at)
    SELECT p.customer_id, p.source, p.record_id, p.observed_at FROM pg_temp.omni_person p
    WHERE NOT EXISTS (SELECT FROM @store@.customers k WHERE k.customer_id = p.customer_id);

    -- those that turned out to be somebody else
    UPDATE @store@.customers k SET merged_into = x.customer_id
    FROM (SELECT DISTINCT i.customer_id AS old, p.customer_id FROM @store@.identities i
          JOIN pg_temp.omni_component o ON o.identifier = i.identifier JOIN pg_temp.omni_person p USING (component)
          WHERE i.customer_id <> p.customer_id) x
    WHERE k.customer_id = x.old;
    GET DIAGNOSTICS merged = ROW_COUNT;
    UPDATE @store@.customers k SET merged_into = m.merged_into FROM @store@.customers m
    WHERE k.merged_into = m.customer_id AND m.merged_into IS NOT NULL;

    INSERT INTO @store@.identities AS i (identifier, customer_id, first_seen_at, last_seen_at)
    SELECT o.identifier, min(p.customer_id), min(o.observed_at), max(o.observed_at)
    FROM pg_temp.omni_component o JOIN pg_temp.omni_person p USING (component) GROUP BY o.identifier
    ON CONFLICT (identifier) DO UPDATE SET customer_id = excluded.customer_id, first_seen_at = excluded.first_seen_at, last_seen_at = excluded.last_seen_at
    WHERE (i.customer_id, i.first_seen_at, i.last_seen_at) IS DISTINCT FROM (excluded.customer_id, excluded.first_seen_at, excluded.last_seen_at);

    SELECT count(DISTINCT (o.source, o.record_id)), count(DISTINCT o.component) INTO records, customers FROM pg_temp.omni_component o;
    DROP TABLE pg_temp.omni_component, pg_temp.omni_person;
END $$;
COMMENT ON FUNCTION @store@.rebuild_identities() IS 'unify customers from all evidence: records that share an identifier, directly or through others, are one customer. The same for any order of arrival; ids stay, a merged customer points to the one it was found to be';
$omni_store$
WHEN 'pii' THEN $omni_store$-- pii.sql: views with raw identifiers, for the few who may; granted to nobody

CREATE OR REPLACE VIEW @pii@.customer_identifier AS
SELECT coalesce(c.merged_into, c.customer_id)::text AS customer_key, omni.identifier_kind(i.identifier) AS kind, omni.identifier_value(i.identifier) AS value, i.first_seen_at, i.last_seen_at
FROM @store@.identities i JOIN @store@.customers c USING (customer_id);
COMMENT ON VIEW @pii@.customer_identifier IS 'every identifier of every customer, as it is: personal data';
$omni_store$
END;
COMMENT ON FUNCTION omni.store_source(text) IS 'one of the SQL files that a store is made of; @store@, @bi@ and @pii@ stand for its schemas';
