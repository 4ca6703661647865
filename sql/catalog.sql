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
