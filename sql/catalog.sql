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

/* ---- catalog: sku ---- */
