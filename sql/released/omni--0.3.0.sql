/* omni: full script of the version that META.json names, put together by make from sql/. */

-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION omni" to load this file. \quit

-- every name below is written with its schema; nothing that lies in omni already may stand for one of pg_catalog
SET LOCAL search_path = pg_catalog, pg_temp;

/*
 * A schema omni may be there before: a restored dump makes it, or somebody who means harm. Whoever may create
 * functions in it could catch the calls of others, so it has to be empty and to belong to someone
 * who is trusted here. A superuser who installs takes an empty one over, which lets dumps be restored.
 */
DO $$
DECLARE
    installer oid := (SELECT extowner FROM pg_extension WHERE extname = 'omni');
    foreigner name;
    found text;
    g record;
BEGIN
    SELECT r.rolname INTO foreigner FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner
    WHERE n.nspname = 'omni' AND NOT r.rolsuper AND n.nspowner <> installer AND r.rolname <> 'pg_database_owner'
    AND n.nspowner <> (SELECT datdba FROM pg_database WHERE datname = current_database());
    IF foreigner IS NOT NULL THEN
        IF NOT (SELECT rolsuper FROM pg_roles WHERE oid = installer) THEN
            RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = format('schema omni belongs to %I', foreigner),
                DETAIL = 'Its owner could put functions there that catch the calls of others.',
                HINT = 'Have that role drop or rename the schema; CREATE EXTENSION makes one.';
        END IF;
        EXECUTE format('ALTER SCHEMA omni OWNER TO %I', (SELECT rolname FROM pg_roles WHERE oid = installer));
        FOR g IN SELECT DISTINCT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee
                 FROM pg_namespace n, aclexplode(n.nspacl) a WHERE n.nspname = 'omni' AND a.privilege_type = 'CREATE' AND a.grantee <> n.nspowner LOOP
            EXECUTE format('REVOKE CREATE ON SCHEMA omni FROM %s CASCADE', g.grantee);
        END LOOP;
        RAISE NOTICE 'schema omni belonged to %, it belongs to you now', foreigner;
    END IF;
    SELECT min(pg_describe_object(classid, objid, objsubid) COLLATE "C") INTO found FROM pg_depend
    WHERE refclassid = 'pg_namespace'::regclass AND refobjid = 'omni'::regnamespace AND classid <> 'pg_extension'::regclass;
    IF found IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'duplicate_object', MESSAGE = 'schema omni holds objects already',
            DETAIL = format('One of them is %s.', found),
            HINT = 'Move them to another schema, or drop them: the schema is for the extension alone.';
    END IF;
END $$;

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
/* ---- orders: order_state, order_quantities, payment status, platform states ---- */

CREATE TYPE omni.order_state;

CREATE FUNCTION omni.order_state_in(cstring) RETURNS omni.order_state
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_state_in';
COMMENT ON FUNCTION omni.order_state_in(cstring) IS 'input of order_state';
CREATE FUNCTION omni.order_state_out(omni.order_state) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_state_out';
COMMENT ON FUNCTION omni.order_state_out(omni.order_state) IS 'output of order_state';
CREATE FUNCTION omni.order_state_recv(internal) RETURNS omni.order_state
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_state_recv';
COMMENT ON FUNCTION omni.order_state_recv(internal) IS 'binary input of order_state, every invariant checked';
CREATE FUNCTION omni.order_state_send(omni.order_state) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_state_send';
COMMENT ON FUNCTION omni.order_state_send(omni.order_state) IS 'binary output of order_state';
CREATE TYPE omni.order_state (
    INPUT = omni.order_state_in, OUTPUT = omni.order_state_out,
    RECEIVE = omni.order_state_recv, SEND = omni.order_state_send,
    LIKE = pg_catalog.int8, CATEGORY = 'U'
);
COMMENT ON TYPE omni.order_state IS 'where the units of a line or an order are: an interval of fulfillment and return states, with flags';

-- order_state: text, comparison

CREATE FUNCTION omni.order_state(text) RETURNS omni.order_state
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_state_from_text';
COMMENT ON FUNCTION omni.order_state(text) IS 'order_state of a text; an error says what is wrong';
CREATE FUNCTION omni.text(omni.order_state) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_state_to_text';
COMMENT ON FUNCTION omni.text(omni.order_state) IS 'text of an order_state';
CREATE CAST (text AS omni.order_state) WITH FUNCTION omni.order_state(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS omni.order_state) IS 'as the input of order_state';
CREATE CAST (varchar AS omni.order_state) WITH FUNCTION omni.order_state(text) AS ASSIGNMENT;
COMMENT ON CAST (varchar AS omni.order_state) IS 'as the input of order_state, for drivers that bind strings as varchar';
CREATE CAST (omni.order_state AS text) WITH FUNCTION omni.text(omni.order_state) AS ASSIGNMENT;
COMMENT ON CAST (omni.order_state AS text) IS 'as the output of order_state';
CREATE FUNCTION omni.order_state_try(text) RETURNS omni.order_state
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_state_try';
COMMENT ON FUNCTION omni.order_state_try(text) IS 'order_state of a text, or NULL if it is none';
CREATE FUNCTION omni.order_state_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_state_problem';
COMMENT ON FUNCTION omni.order_state_problem(text) IS 'reason code why a text is no order_state, or NULL if it is one';

CREATE FUNCTION omni.order_state_eq(omni.order_state, omni.order_state) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8eq';
COMMENT ON FUNCTION omni.order_state_eq(omni.order_state, omni.order_state) IS 'equal';
CREATE FUNCTION omni.order_state_ne(omni.order_state, omni.order_state) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8ne';
COMMENT ON FUNCTION omni.order_state_ne(omni.order_state, omni.order_state) IS 'not equal';
CREATE FUNCTION omni.order_state_lt(omni.order_state, omni.order_state) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8lt';
COMMENT ON FUNCTION omni.order_state_lt(omni.order_state, omni.order_state) IS 'less';
CREATE FUNCTION omni.order_state_le(omni.order_state, omni.order_state) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8le';
COMMENT ON FUNCTION omni.order_state_le(omni.order_state, omni.order_state) IS 'less or equal';
CREATE FUNCTION omni.order_state_gt(omni.order_state, omni.order_state) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8gt';
COMMENT ON FUNCTION omni.order_state_gt(omni.order_state, omni.order_state) IS 'greater';
CREATE FUNCTION omni.order_state_ge(omni.order_state, omni.order_state) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8ge';
COMMENT ON FUNCTION omni.order_state_ge(omni.order_state, omni.order_state) IS 'greater or equal';
CREATE FUNCTION omni.order_state_cmp(omni.order_state, omni.order_state) RETURNS integer
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'btint8cmp';
COMMENT ON FUNCTION omni.order_state_cmp(omni.order_state, omni.order_state) IS 'btree support 1: order';
CREATE FUNCTION omni.order_state_sortsupport(internal) RETURNS void
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'btint8sortsupport';
COMMENT ON FUNCTION omni.order_state_sortsupport(internal) IS 'btree support 2: sort support';
CREATE FUNCTION omni.order_state_hash(omni.order_state) RETURNS integer
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'hashint8';
COMMENT ON FUNCTION omni.order_state_hash(omni.order_state) IS 'hash support 1';
CREATE FUNCTION omni.order_state_hash_extended(omni.order_state, bigint) RETURNS bigint
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'hashint8extended';
COMMENT ON FUNCTION omni.order_state_hash_extended(omni.order_state, bigint) IS 'hash support 2';
CREATE FUNCTION omni.order_state_larger(omni.order_state, omni.order_state) RETURNS omni.order_state
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8larger';
COMMENT ON FUNCTION omni.order_state_larger(omni.order_state, omni.order_state) IS 'the greater of two';
CREATE FUNCTION omni.order_state_smaller(omni.order_state, omni.order_state) RETURNS omni.order_state
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8smaller';
COMMENT ON FUNCTION omni.order_state_smaller(omni.order_state, omni.order_state) IS 'the lesser of two';

CREATE OPERATOR pg_catalog.= (LEFTARG = omni.order_state, RIGHTARG = omni.order_state, FUNCTION = omni.order_state_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
COMMENT ON OPERATOR pg_catalog.= (omni.order_state, omni.order_state) IS 'equal';
CREATE OPERATOR pg_catalog.<> (LEFTARG = omni.order_state, RIGHTARG = omni.order_state, FUNCTION = omni.order_state_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR pg_catalog.<> (omni.order_state, omni.order_state) IS 'not equal';
CREATE OPERATOR pg_catalog.< (LEFTARG = omni.order_state, RIGHTARG = omni.order_state, FUNCTION = omni.order_state_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR pg_catalog.< (omni.order_state, omni.order_state) IS 'less';
CREATE OPERATOR pg_catalog.<= (LEFTARG = omni.order_state, RIGHTARG = omni.order_state, FUNCTION = omni.order_state_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR pg_catalog.<= (omni.order_state, omni.order_state) IS 'less or equal';
CREATE OPERATOR pg_catalog.> (LEFTARG = omni.order_state, RIGHTARG = omni.order_state, FUNCTION = omni.order_state_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR pg_catalog.> (omni.order_state, omni.order_state) IS 'greater';
CREATE OPERATOR pg_catalog.>= (LEFTARG = omni.order_state, RIGHTARG = omni.order_state, FUNCTION = omni.order_state_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR pg_catalog.>= (omni.order_state, omni.order_state) IS 'greater or equal';

CREATE FUNCTION omni.order_state_eq(omni.order_state, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    SUPPORT omni.text_operand_eq_support AS 'MODULE_PATHNAME', 'text_operand_eq';
COMMENT ON FUNCTION omni.order_state_eq(omni.order_state, text) IS 'equal, the text being read as order_state';
CREATE OPERATOR pg_catalog.= (LEFTARG = omni.order_state, RIGHTARG = text, FUNCTION = omni.order_state_eq,
    NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel);
COMMENT ON OPERATOR pg_catalog.= (omni.order_state, text) IS 'equal, the text being read as order_state';
CREATE FUNCTION omni.order_state_ne(omni.order_state, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    SUPPORT omni.text_operand_ne_support AS 'MODULE_PATHNAME', 'text_operand_ne';
COMMENT ON FUNCTION omni.order_state_ne(omni.order_state, text) IS 'not equal, the text being read as order_state';
CREATE OPERATOR pg_catalog.<> (LEFTARG = omni.order_state, RIGHTARG = text, FUNCTION = omni.order_state_ne,
    NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR pg_catalog.<> (omni.order_state, text) IS 'not equal, the text being read as order_state';
CREATE FUNCTION omni.order_state_lt(omni.order_state, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    SUPPORT omni.text_operand_lt_support AS 'MODULE_PATHNAME', 'text_operand_lt';
COMMENT ON FUNCTION omni.order_state_lt(omni.order_state, text) IS 'less, the text being read as order_state';
CREATE OPERATOR pg_catalog.< (LEFTARG = omni.order_state, RIGHTARG = text, FUNCTION = omni.order_state_lt,
    NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR pg_catalog.< (omni.order_state, text) IS 'less, the text being read as order_state';
CREATE FUNCTION omni.order_state_le(omni.order_state, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    SUPPORT omni.text_operand_le_support AS 'MODULE_PATHNAME', 'text_operand_le';
COMMENT ON FUNCTION omni.order_state_le(omni.order_state, text) IS 'less or equal, the text being read as order_state';
CREATE OPERATOR pg_catalog.<= (LEFTARG = omni.order_state, RIGHTARG = text, FUNCTION = omni.order_state_le,
    NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR pg_catalog.<= (omni.order_state, text) IS 'less or equal, the text being read as order_state';
CREATE FUNCTION omni.order_state_gt(omni.order_state, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    SUPPORT omni.text_operand_gt_support AS 'MODULE_PATHNAME', 'text_operand_gt';
COMMENT ON FUNCTION omni.order_state_gt(omni.order_state, text) IS 'greater, the text being read as order_state';
CREATE OPERATOR pg_catalog.> (LEFTARG = omni.order_state, RIGHTARG = text, FUNCTION = omni.order_state_gt,
    NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR pg_catalog.> (omni.order_state, text) IS 'greater, the text being read as order_state';
CREATE FUNCTION omni.order_state_ge(omni.order_state, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    SUPPORT omni.text_operand_ge_support AS 'MODULE_PATHNAME', 'text_operand_ge';
COMMENT ON FUNCTION omni.order_state_ge(omni.order_state, text) IS 'greater or equal, the text being read as order_state';
CREATE OPERATOR pg_catalog.>= (LEFTARG = omni.order_state, RIGHTARG = text, FUNCTION = omni.order_state_ge,
    NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR pg_catalog.>= (omni.order_state, text) IS 'greater or equal, the text being read as order_state';

CREATE OPERATOR FAMILY omni.order_state_ops USING btree;
COMMENT ON OPERATOR FAMILY omni.order_state_ops USING btree IS 'order of order_state';
CREATE OPERATOR CLASS omni.order_state_ops DEFAULT FOR TYPE omni.order_state USING btree FAMILY omni.order_state_ops AS
    OPERATOR 1 pg_catalog.< , OPERATOR 2 pg_catalog.<= , OPERATOR 3 pg_catalog.= , OPERATOR 4 pg_catalog.>= , OPERATOR 5 pg_catalog.> ,
    FUNCTION 1 omni.order_state_cmp(omni.order_state, omni.order_state),
    FUNCTION 2 omni.order_state_sortsupport(internal),
    FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS omni.order_state_ops USING btree IS 'order of order_state; equal means identical bits';
CREATE OPERATOR FAMILY omni.order_state_ops USING hash;
COMMENT ON OPERATOR FAMILY omni.order_state_ops USING hash IS 'equality of order_state';
CREATE OPERATOR CLASS omni.order_state_ops DEFAULT FOR TYPE omni.order_state USING hash FAMILY omni.order_state_ops AS
    OPERATOR 1 pg_catalog.= ,
    FUNCTION 1 omni.order_state_hash(omni.order_state),
    FUNCTION 2 omni.order_state_hash_extended(omni.order_state, bigint);
COMMENT ON OPERATOR CLASS omni.order_state_ops USING hash IS 'equality of order_state';

CREATE AGGREGATE omni.min(omni.order_state) (SFUNC = omni.order_state_smaller, STYPE = omni.order_state, COMBINEFUNC = omni.order_state_smaller,
    SORTOP = OPERATOR(pg_catalog.<), PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.min(omni.order_state) IS 'the least value, in the order of the type';
CREATE AGGREGATE omni.max(omni.order_state) (SFUNC = omni.order_state_larger, STYPE = omni.order_state, COMBINEFUNC = omni.order_state_larger,
    SORTOP = OPERATOR(pg_catalog.>), PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.max(omni.order_state) IS 'the greatest value, in the order of the type';

-- PostgreSQL 18 can skip over a leading column of an index
DO $$ BEGIN
    IF pg_catalog.current_setting('server_version_num')::pg_catalog.int4 OPERATOR(pg_catalog.>=) 180000 THEN
        ALTER OPERATOR FAMILY omni.order_state_ops USING btree ADD FUNCTION 6 (omni.order_state) pg_catalog.btint8skipsupport(internal);
    END IF;
END $$;

-- order_state: what it says

CREATE FUNCTION omni.order_state_join(omni.order_state, omni.order_state) RETURNS omni.order_state
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'order_state_or';
COMMENT ON FUNCTION omni.order_state_join(omni.order_state, omni.order_state) IS 'the interval over the units of both, with the flags of both';
CREATE OPERATOR omni.|| (LEFTARG = omni.order_state, RIGHTARG = omni.order_state, FUNCTION = omni.order_state_join, COMMUTATOR = OPERATOR(omni.||));
COMMENT ON OPERATOR omni.|| (omni.order_state, omni.order_state) IS 'the interval over the units of both, with the flags of both';
CREATE AGGREGATE omni.order_state_agg(omni.order_state) (SFUNC = omni.order_state_join, STYPE = omni.order_state, COMBINEFUNC = omni.order_state_join, PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.order_state_agg(omni.order_state) IS 'the state of a header: the interval over the states of its lines; also rolls up headers';
CREATE FUNCTION omni.order_state_min(omni.order_state) RETURNS omni.order_state
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_state_least';
COMMENT ON FUNCTION omni.order_state_min(omni.order_state) IS 'the state of the least advanced units';
CREATE FUNCTION omni.order_state_max(omni.order_state) RETURNS omni.order_state
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_state_greatest';
COMMENT ON FUNCTION omni.order_state_max(omni.order_state) IS 'the state of the most advanced units';
CREATE FUNCTION omni.label(omni.order_state) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_state_label';
COMMENT ON FUNCTION omni.label(omni.order_state) IS 'one name for the state: shipped, partially_shipped, canceled ...';
CREATE FUNCTION omni.return_label(omni.order_state) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_state_return_label';
COMMENT ON FUNCTION omni.return_label(omni.order_state) IS 'one name for the returns: none, return_requested, partially_returned, returned ...';
CREATE FUNCTION omni.has_flag(omni.order_state, flag text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_state_has_flag';
COMMENT ON FUNCTION omni.has_flag(omni.order_state, text) IS 'whether a flag is set: on_hold, backordered, rejected, short, or an exit that some units took';
CREATE FUNCTION omni.reached_support(internal) RETURNS internal
    LANGUAGE c STRICT PARALLEL SAFE IMMUTABLE AS 'MODULE_PATHNAME', 'order_state_reached_support';
COMMENT ON FUNCTION omni.reached_support(internal) IS 'planner support: reached(column, milestone) uses a btree index';
CREATE FUNCTION omni.reached(omni.order_state, milestone text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    SUPPORT omni.reached_support AS 'MODULE_PATHNAME', 'order_state_reached';
COMMENT ON FUNCTION omni.reached(omni.order_state, text) IS 'whether all units got at least as far as the milestone';
CREATE FUNCTION omni.any_reached(omni.order_state, milestone text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_state_any_reached';
COMMENT ON FUNCTION omni.any_reached(omni.order_state, text) IS 'whether at least one unit got as far as the milestone';
CREATE FUNCTION omni.single_state(omni.order_state) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_state_is_single';
COMMENT ON FUNCTION omni.single_state(omni.order_state) IS 'whether it is the state of a single unit, as a move has to name, and no interval';

-- transitions

CREATE FUNCTION omni.order_transition(from_state omni.order_state, to_state omni.order_state, method text DEFAULT 'ship', OUT legal boolean, OUT reason text)
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5 AS 'MODULE_PATHNAME', 'order_transition';
COMMENT ON FUNCTION omni.order_transition(omni.order_state, omni.order_state, text) IS 'whether units fulfilled by the method may go from one state to another; the reason if not';
CREATE FUNCTION omni.next_states(state omni.order_state, method text DEFAULT 'ship') RETURNS SETOF omni.order_state
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 12 AS 'MODULE_PATHNAME', 'order_next_states';
COMMENT ON FUNCTION omni.next_states(omni.order_state, text) IS 'the single states that units may move to next, by rank';

-- order_quantities

CREATE TYPE omni.order_quantities;

CREATE FUNCTION omni.order_quantities_in(cstring) RETURNS omni.order_quantities
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_quantities_in';
COMMENT ON FUNCTION omni.order_quantities_in(cstring) IS 'input of order_quantities';
CREATE FUNCTION omni.order_quantities_out(omni.order_quantities) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_quantities_out';
COMMENT ON FUNCTION omni.order_quantities_out(omni.order_quantities) IS 'output of order_quantities';
CREATE FUNCTION omni.order_quantities_recv(internal) RETURNS omni.order_quantities
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_quantities_recv';
COMMENT ON FUNCTION omni.order_quantities_recv(internal) IS 'binary input of order_quantities, every invariant checked';
CREATE FUNCTION omni.order_quantities_send(omni.order_quantities) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_quantities_send';
COMMENT ON FUNCTION omni.order_quantities_send(omni.order_quantities) IS 'binary output of order_quantities';
CREATE TYPE omni.order_quantities (
    INPUT = omni.order_quantities_in, OUTPUT = omni.order_quantities_out,
    RECEIVE = omni.order_quantities_recv, SEND = omni.order_quantities_send,
    INTERNALLENGTH = VARIABLE, STORAGE = extended, CATEGORY = 'U'
);
COMMENT ON TYPE omni.order_quantities IS 'how many units of an order line are in which state';

CREATE FUNCTION omni.order_quantities(text) RETURNS omni.order_quantities
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_quantities_from_text';
COMMENT ON FUNCTION omni.order_quantities(text) IS 'order_quantities of a text; an error says what is wrong';
CREATE FUNCTION omni.text(omni.order_quantities) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_quantities_to_text';
COMMENT ON FUNCTION omni.text(omni.order_quantities) IS 'text of an order_quantities';
CREATE CAST (text AS omni.order_quantities) WITH FUNCTION omni.order_quantities(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS omni.order_quantities) IS 'as the input of order_quantities';
CREATE CAST (varchar AS omni.order_quantities) WITH FUNCTION omni.order_quantities(text) AS ASSIGNMENT;
COMMENT ON CAST (varchar AS omni.order_quantities) IS 'as the input of order_quantities, for drivers that bind strings as varchar';
CREATE CAST (omni.order_quantities AS text) WITH FUNCTION omni.text(omni.order_quantities) AS ASSIGNMENT;
COMMENT ON CAST (omni.order_quantities AS text) IS 'as the output of order_quantities';
CREATE FUNCTION omni.order_quantities_try(text) RETURNS omni.order_quantities
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_quantities_try';
COMMENT ON FUNCTION omni.order_quantities_try(text) IS 'order_quantities of a text, or NULL if it is none';
CREATE FUNCTION omni.order_quantities_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_quantities_problem';
COMMENT ON FUNCTION omni.order_quantities_problem(text) IS 'reason code why a text is no order_quantities, or NULL if it is one';

CREATE FUNCTION omni.order_quantities_eq(omni.order_quantities, omni.order_quantities) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_eq';
COMMENT ON FUNCTION omni.order_quantities_eq(omni.order_quantities, omni.order_quantities) IS 'equal';
CREATE FUNCTION omni.order_quantities_ne(omni.order_quantities, omni.order_quantities) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_ne';
COMMENT ON FUNCTION omni.order_quantities_ne(omni.order_quantities, omni.order_quantities) IS 'not equal';
CREATE FUNCTION omni.order_quantities_lt(omni.order_quantities, omni.order_quantities) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_lt';
COMMENT ON FUNCTION omni.order_quantities_lt(omni.order_quantities, omni.order_quantities) IS 'less';
CREATE FUNCTION omni.order_quantities_le(omni.order_quantities, omni.order_quantities) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_le';
COMMENT ON FUNCTION omni.order_quantities_le(omni.order_quantities, omni.order_quantities) IS 'less or equal';
CREATE FUNCTION omni.order_quantities_gt(omni.order_quantities, omni.order_quantities) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_gt';
COMMENT ON FUNCTION omni.order_quantities_gt(omni.order_quantities, omni.order_quantities) IS 'greater';
CREATE FUNCTION omni.order_quantities_ge(omni.order_quantities, omni.order_quantities) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_ge';
COMMENT ON FUNCTION omni.order_quantities_ge(omni.order_quantities, omni.order_quantities) IS 'greater or equal';
CREATE FUNCTION omni.order_quantities_cmp(omni.order_quantities, omni.order_quantities) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_cmp';
COMMENT ON FUNCTION omni.order_quantities_cmp(omni.order_quantities, omni.order_quantities) IS 'btree support 1: order';
CREATE FUNCTION omni.order_quantities_sortsupport(internal) RETURNS void
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'text_value_sortsupport';
COMMENT ON FUNCTION omni.order_quantities_sortsupport(internal) IS 'btree support 2: sort support';
CREATE FUNCTION omni.order_quantities_hash(omni.order_quantities) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_hash';
COMMENT ON FUNCTION omni.order_quantities_hash(omni.order_quantities) IS 'hash support 1';
CREATE FUNCTION omni.order_quantities_hash_extended(omni.order_quantities, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_hash_extended';
COMMENT ON FUNCTION omni.order_quantities_hash_extended(omni.order_quantities, bigint) IS 'hash support 2';
CREATE FUNCTION omni.order_quantities_larger(omni.order_quantities, omni.order_quantities) RETURNS omni.order_quantities
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_larger';
COMMENT ON FUNCTION omni.order_quantities_larger(omni.order_quantities, omni.order_quantities) IS 'the greater of two';
CREATE FUNCTION omni.order_quantities_smaller(omni.order_quantities, omni.order_quantities) RETURNS omni.order_quantities
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_smaller';
COMMENT ON FUNCTION omni.order_quantities_smaller(omni.order_quantities, omni.order_quantities) IS 'the lesser of two';

CREATE OPERATOR pg_catalog.= (LEFTARG = omni.order_quantities, RIGHTARG = omni.order_quantities, FUNCTION = omni.order_quantities_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
COMMENT ON OPERATOR pg_catalog.= (omni.order_quantities, omni.order_quantities) IS 'equal';
CREATE OPERATOR pg_catalog.<> (LEFTARG = omni.order_quantities, RIGHTARG = omni.order_quantities, FUNCTION = omni.order_quantities_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR pg_catalog.<> (omni.order_quantities, omni.order_quantities) IS 'not equal';
CREATE OPERATOR pg_catalog.< (LEFTARG = omni.order_quantities, RIGHTARG = omni.order_quantities, FUNCTION = omni.order_quantities_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR pg_catalog.< (omni.order_quantities, omni.order_quantities) IS 'less';
CREATE OPERATOR pg_catalog.<= (LEFTARG = omni.order_quantities, RIGHTARG = omni.order_quantities, FUNCTION = omni.order_quantities_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR pg_catalog.<= (omni.order_quantities, omni.order_quantities) IS 'less or equal';
CREATE OPERATOR pg_catalog.> (LEFTARG = omni.order_quantities, RIGHTARG = omni.order_quantities, FUNCTION = omni.order_quantities_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR pg_catalog.> (omni.order_quantities, omni.order_quantities) IS 'greater';
CREATE OPERATOR pg_catalog.>= (LEFTARG = omni.order_quantities, RIGHTARG = omni.order_quantities, FUNCTION = omni.order_quantities_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR pg_catalog.>= (omni.order_quantities, omni.order_quantities) IS 'greater or equal';

CREATE FUNCTION omni.order_quantities_eq(omni.order_quantities, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    SUPPORT omni.text_operand_eq_support AS 'MODULE_PATHNAME', 'text_operand_eq';
COMMENT ON FUNCTION omni.order_quantities_eq(omni.order_quantities, text) IS 'equal, the text being read as order_quantities';
CREATE OPERATOR pg_catalog.= (LEFTARG = omni.order_quantities, RIGHTARG = text, FUNCTION = omni.order_quantities_eq,
    NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel);
COMMENT ON OPERATOR pg_catalog.= (omni.order_quantities, text) IS 'equal, the text being read as order_quantities';
CREATE FUNCTION omni.order_quantities_ne(omni.order_quantities, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    SUPPORT omni.text_operand_ne_support AS 'MODULE_PATHNAME', 'text_operand_ne';
COMMENT ON FUNCTION omni.order_quantities_ne(omni.order_quantities, text) IS 'not equal, the text being read as order_quantities';
CREATE OPERATOR pg_catalog.<> (LEFTARG = omni.order_quantities, RIGHTARG = text, FUNCTION = omni.order_quantities_ne,
    NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR pg_catalog.<> (omni.order_quantities, text) IS 'not equal, the text being read as order_quantities';
CREATE FUNCTION omni.order_quantities_lt(omni.order_quantities, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    SUPPORT omni.text_operand_lt_support AS 'MODULE_PATHNAME', 'text_operand_lt';
COMMENT ON FUNCTION omni.order_quantities_lt(omni.order_quantities, text) IS 'less, the text being read as order_quantities';
CREATE OPERATOR pg_catalog.< (LEFTARG = omni.order_quantities, RIGHTARG = text, FUNCTION = omni.order_quantities_lt,
    NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR pg_catalog.< (omni.order_quantities, text) IS 'less, the text being read as order_quantities';
CREATE FUNCTION omni.order_quantities_le(omni.order_quantities, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    SUPPORT omni.text_operand_le_support AS 'MODULE_PATHNAME', 'text_operand_le';
COMMENT ON FUNCTION omni.order_quantities_le(omni.order_quantities, text) IS 'less or equal, the text being read as order_quantities';
CREATE OPERATOR pg_catalog.<= (LEFTARG = omni.order_quantities, RIGHTARG = text, FUNCTION = omni.order_quantities_le,
    NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR pg_catalog.<= (omni.order_quantities, text) IS 'less or equal, the text being read as order_quantities';
CREATE FUNCTION omni.order_quantities_gt(omni.order_quantities, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    SUPPORT omni.text_operand_gt_support AS 'MODULE_PATHNAME', 'text_operand_gt';
COMMENT ON FUNCTION omni.order_quantities_gt(omni.order_quantities, text) IS 'greater, the text being read as order_quantities';
CREATE OPERATOR pg_catalog.> (LEFTARG = omni.order_quantities, RIGHTARG = text, FUNCTION = omni.order_quantities_gt,
    NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR pg_catalog.> (omni.order_quantities, text) IS 'greater, the text being read as order_quantities';
CREATE FUNCTION omni.order_quantities_ge(omni.order_quantities, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    SUPPORT omni.text_operand_ge_support AS 'MODULE_PATHNAME', 'text_operand_ge';
COMMENT ON FUNCTION omni.order_quantities_ge(omni.order_quantities, text) IS 'greater or equal, the text being read as order_quantities';
CREATE OPERATOR pg_catalog.>= (LEFTARG = omni.order_quantities, RIGHTARG = text, FUNCTION = omni.order_quantities_ge,
    NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR pg_catalog.>= (omni.order_quantities, text) IS 'greater or equal, the text being read as order_quantities';

CREATE OPERATOR FAMILY omni.order_quantities_ops USING btree;
COMMENT ON OPERATOR FAMILY omni.order_quantities_ops USING btree IS 'order of order_quantities';
CREATE OPERATOR CLASS omni.order_quantities_ops DEFAULT FOR TYPE omni.order_quantities USING btree FAMILY omni.order_quantities_ops AS
    OPERATOR 1 pg_catalog.< , OPERATOR 2 pg_catalog.<= , OPERATOR 3 pg_catalog.= , OPERATOR 4 pg_catalog.>= , OPERATOR 5 pg_catalog.> ,
    FUNCTION 1 omni.order_quantities_cmp(omni.order_quantities, omni.order_quantities),
    FUNCTION 2 omni.order_quantities_sortsupport(internal),
    FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS omni.order_quantities_ops USING btree IS 'order of order_quantities; equal means identical bits';
CREATE OPERATOR FAMILY omni.order_quantities_ops USING hash;
COMMENT ON OPERATOR FAMILY omni.order_quantities_ops USING hash IS 'equality of order_quantities';
CREATE OPERATOR CLASS omni.order_quantities_ops DEFAULT FOR TYPE omni.order_quantities USING hash FAMILY omni.order_quantities_ops AS
    OPERATOR 1 pg_catalog.= ,
    FUNCTION 1 omni.order_quantities_hash(omni.order_quantities),
    FUNCTION 2 omni.order_quantities_hash_extended(omni.order_quantities, bigint);
COMMENT ON OPERATOR CLASS omni.order_quantities_ops USING hash IS 'equality of order_quantities';

CREATE AGGREGATE omni.min(omni.order_quantities) (SFUNC = omni.order_quantities_smaller, STYPE = omni.order_quantities, COMBINEFUNC = omni.order_quantities_smaller,
    SORTOP = OPERATOR(pg_catalog.<), PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.min(omni.order_quantities) IS 'the least value, in the order of the type';
CREATE AGGREGATE omni.max(omni.order_quantities) (SFUNC = omni.order_quantities_larger, STYPE = omni.order_quantities, COMBINEFUNC = omni.order_quantities_larger,
    SORTOP = OPERATOR(pg_catalog.>), PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.max(omni.order_quantities) IS 'the greatest value, in the order of the type';

-- order_quantities: making and changing

CREATE FUNCTION omni.order_quantities(ordered bigint, state omni.order_state DEFAULT 'open') RETURNS omni.order_quantities
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_quantities_of';
COMMENT ON FUNCTION omni.order_quantities(bigint, omni.order_state) IS 'an ordered quantity, all of it in one state';
CREATE FUNCTION omni.move(omni.order_quantities, qty bigint, from_state omni.order_state, to_state omni.order_state, method text DEFAULT 'ship') RETURNS omni.order_quantities
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5 AS 'MODULE_PATHNAME', 'order_quantities_move';
COMMENT ON FUNCTION omni.move(omni.order_quantities, bigint, omni.order_state, omni.order_state, text) IS 'moves units from one state to another; an error if the move is illegal or there are not so many';
CREATE FUNCTION omni.order_quantities_add(omni.order_quantities, omni.order_quantities) RETURNS omni.order_quantities
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_quantities_plus';
COMMENT ON FUNCTION omni.order_quantities_add(omni.order_quantities, omni.order_quantities) IS 'the sum, state by state';
CREATE OPERATOR omni.+ (LEFTARG = omni.order_quantities, RIGHTARG = omni.order_quantities, FUNCTION = omni.order_quantities_add, COMMUTATOR = OPERATOR(omni.+));
COMMENT ON OPERATOR omni.+ (omni.order_quantities, omni.order_quantities) IS 'the sum, state by state';
CREATE FUNCTION omni.quantity(omni.order_quantities, state omni.order_state) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_quantities_quantity';
COMMENT ON FUNCTION omni.quantity(omni.order_quantities, omni.order_state) IS 'units in one state';
CREATE FUNCTION omni.ordered(omni.order_quantities) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_quantities_ordered';
COMMENT ON FUNCTION omni.ordered(omni.order_quantities) IS 'all units, in whatever state';
CREATE FUNCTION omni.quantity_reached(omni.order_quantities, milestone text) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_quantities_reached';
COMMENT ON FUNCTION omni.quantity_reached(omni.order_quantities, text) IS 'units that got at least as far as the milestone';
CREATE FUNCTION omni.order_state(omni.order_quantities) RETURNS omni.order_state
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_quantities_state';
COMMENT ON FUNCTION omni.order_state(omni.order_quantities) IS 'the interval over all units; NULL without units';
CREATE FUNCTION omni.units(omni.order_quantities) RETURNS TABLE (state omni.order_state, quantity bigint)
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 3 AS 'MODULE_PATHNAME', 'order_quantities_units';
COMMENT ON FUNCTION omni.units(omni.order_quantities) IS 'units by state, by rank';

-- order_moves: the state of the aggregates

CREATE TYPE omni.order_moves;

CREATE FUNCTION omni.order_moves_in(cstring) RETURNS omni.order_moves
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_moves_in';
COMMENT ON FUNCTION omni.order_moves_in(cstring) IS 'input of order_moves';
CREATE FUNCTION omni.order_moves_out(omni.order_moves) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_moves_out';
COMMENT ON FUNCTION omni.order_moves_out(omni.order_moves) IS 'output of order_moves';
CREATE FUNCTION omni.order_moves_recv(internal) RETURNS omni.order_moves
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_moves_recv';
COMMENT ON FUNCTION omni.order_moves_recv(internal) IS 'binary input of order_moves, every invariant checked';
CREATE FUNCTION omni.order_moves_send(omni.order_moves) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_moves_send';
COMMENT ON FUNCTION omni.order_moves_send(omni.order_moves) IS 'binary output of order_moves';
CREATE TYPE omni.order_moves (
    INPUT = omni.order_moves_in, OUTPUT = omni.order_moves_out,
    RECEIVE = omni.order_moves_recv, SEND = omni.order_moves_send,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = double, STORAGE = extended, CATEGORY = 'U'
);
COMMENT ON TYPE omni.order_moves IS 'the net of moves of units: a signed count for each state; a stored aggregate state';
CREATE FUNCTION omni.order_moves_add(omni.order_moves, bigint, omni.order_state, omni.order_state) RETURNS omni.order_moves
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_moves_add_nullable';
COMMENT ON FUNCTION omni.order_moves_add(omni.order_moves, bigint, omni.order_state, omni.order_state) IS 'adds a move; a NULL from state lets units enter, a row of NULLs is no move';
CREATE FUNCTION omni.order_moves_add(omni.order_moves, bigint, text, text) RETURNS omni.order_moves
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 4 AS 'MODULE_PATHNAME', 'order_moves_add_text_nullable';
COMMENT ON FUNCTION omni.order_moves_add(omni.order_moves, bigint, text, text) IS 'adds a move; a NULL from state lets units enter, a row of NULLs is no move';
CREATE FUNCTION omni.order_moves_add(omni.order_moves, omni.order_quantities) RETURNS omni.order_moves
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_moves_add_quantities_nullable';
COMMENT ON FUNCTION omni.order_moves_add(omni.order_moves, omni.order_quantities) IS 'adds quantities; NULL adds nothing';
CREATE FUNCTION omni.order_moves_combine(omni.order_moves, omni.order_moves) RETURNS omni.order_moves
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_moves_combine_nullable';
COMMENT ON FUNCTION omni.order_moves_combine(omni.order_moves, omni.order_moves) IS 'adds the moves of another state; NULL adds nothing';
CREATE FUNCTION omni.order_moves_trim(omni.order_moves) RETURNS omni.order_moves
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_moves_state';
COMMENT ON FUNCTION omni.order_moves_trim(omni.order_moves) IS 'the state in the form in which it is stored';
CREATE FUNCTION omni.order_quantities(omni.order_moves) RETURNS omni.order_quantities
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_quantities_from_moves';
COMMENT ON FUNCTION omni.order_quantities(omni.order_moves) IS 'the quantities that moves come to; an error if one would be negative';

CREATE FUNCTION omni.order_quantities_try(omni.order_moves) RETURNS omni.order_quantities
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_quantities_try_moves';
COMMENT ON FUNCTION omni.order_quantities_try(omni.order_moves) IS 'the quantities that moves come to, or NULL if one would be negative';

CREATE AGGREGATE omni.order_line_agg(qty bigint, from_state omni.order_state, to_state omni.order_state) (SFUNC = omni.order_moves_add, STYPE = omni.order_moves, SSPACE = 128, FINALFUNC = omni.order_quantities,
    COMBINEFUNC = omni.order_moves_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.order_line_agg(bigint, omni.order_state, omni.order_state) IS 'the quantities of a line from its log of moves, in any order; NULL from_state: units enter';
CREATE AGGREGATE omni.order_line_state(qty bigint, from_state omni.order_state, to_state omni.order_state) (SFUNC = omni.order_moves_add, STYPE = omni.order_moves, SSPACE = 128, FINALFUNC = omni.order_moves_trim,
    COMBINEFUNC = omni.order_moves_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.order_line_state(bigint, omni.order_state, omni.order_state) IS 'the net of a log of moves, to be stored and rolled up; NULL from_state: units enter';
CREATE AGGREGATE omni.order_line_agg(qty bigint, from_state text, to_state text) (SFUNC = omni.order_moves_add, STYPE = omni.order_moves, SSPACE = 128, FINALFUNC = omni.order_quantities,
    COMBINEFUNC = omni.order_moves_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.order_line_agg(bigint, text, text) IS 'the quantities of a line from its log of moves, in any order; NULL from_state: units enter';
CREATE AGGREGATE omni.order_line_state(qty bigint, from_state text, to_state text) (SFUNC = omni.order_moves_add, STYPE = omni.order_moves, SSPACE = 128, FINALFUNC = omni.order_moves_trim,
    COMBINEFUNC = omni.order_moves_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.order_line_state(bigint, text, text) IS 'the net of a log of moves, to be stored and rolled up; NULL from_state: units enter';
CREATE AGGREGATE omni.order_quantities_agg(omni.order_quantities) (SFUNC = omni.order_moves_add, STYPE = omni.order_moves, SSPACE = 128, FINALFUNC = omni.order_quantities,
    COMBINEFUNC = omni.order_moves_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.order_quantities_agg(omni.order_quantities) IS 'the sum, state by state';
CREATE AGGREGATE omni.order_quantities_state(omni.order_quantities) (SFUNC = omni.order_moves_add, STYPE = omni.order_moves, SSPACE = 128, FINALFUNC = omni.order_moves_trim,
    COMBINEFUNC = omni.order_moves_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.order_quantities_state(omni.order_quantities) IS 'the sum, to be stored and rolled up';
CREATE AGGREGATE omni.rollup(omni.order_moves) (SFUNC = omni.order_moves_combine, STYPE = omni.order_moves, SSPACE = 128, FINALFUNC = omni.order_moves_trim,
    COMBINEFUNC = omni.order_moves_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.rollup(omni.order_moves) IS 'the net of several stored states';

-- payment

CREATE FUNCTION omni.payment_status(due numeric, authorized numeric DEFAULT 0, captured numeric DEFAULT 0, refunded numeric DEFAULT 0,
                                    voided numeric DEFAULT 0, charged_back numeric DEFAULT 0) RETURNS text
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 5 AS 'MODULE_PATHNAME', 'payment_status_nullable';
COMMENT ON FUNCTION omni.payment_status(numeric, numeric, numeric, numeric, numeric, numeric) IS
    'name of a payment, derived from its sums; NULL if due is NULL, another NULL is 0';

-- platforms

CREATE FUNCTION omni.order_state_from(platform text, status text, detail text DEFAULT NULL) RETURNS omni.order_state
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'order_state_from_nullable';
COMMENT ON FUNCTION omni.order_state_from(text, text, text) IS 'order state of a status word of a commerce platform; NULL for NULL, no detail: the order''s own status';
CREATE FUNCTION omni.order_state_from_try(platform text, status text, detail text DEFAULT NULL) RETURNS omni.order_state
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'order_state_from_try_nullable';
COMMENT ON FUNCTION omni.order_state_from_try(text, text, text) IS 'the same, with NULL where order_state_from raises';
CREATE FUNCTION omni.payment_status_from(platform text, status text, detail text DEFAULT NULL) RETURNS text
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'payment_status_from_nullable';
COMMENT ON FUNCTION omni.payment_status_from(text, text, text) IS 'payment status of a status word of a commerce platform; NULL for NULL, no detail: the order''s own status';
CREATE FUNCTION omni.payment_status_from_try(platform text, status text, detail text DEFAULT NULL) RETURNS text
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'payment_status_from_try_nullable';
COMMENT ON FUNCTION omni.payment_status_from_try(text, text, text) IS 'the same, with NULL where payment_status_from raises';
CREATE FUNCTION omni.order_state_map() RETURNS TABLE (platform text, detail text, status text, state omni.order_state, payment text)
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 400 AS 'MODULE_PATHNAME', 'order_state_map';
COMMENT ON FUNCTION omni.order_state_map() IS 'every status word of every platform that is known, and what it says';
/* ---- inventory: demand, supply, allocation, available to promise ---- */

CREATE TYPE omni.demand;

CREATE FUNCTION omni.demand_in(cstring) RETURNS omni.demand
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_in';
COMMENT ON FUNCTION omni.demand_in(cstring) IS 'input';
CREATE FUNCTION omni.demand_out(omni.demand) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_out';
COMMENT ON FUNCTION omni.demand_out(omni.demand) IS 'output';
CREATE FUNCTION omni.demand_recv(internal) RETURNS omni.demand
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_recv';
COMMENT ON FUNCTION omni.demand_recv(internal) IS 'binary input';
CREATE FUNCTION omni.demand_send(omni.demand) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_send';
COMMENT ON FUNCTION omni.demand_send(omni.demand) IS 'binary output';

CREATE TYPE omni.demand (
    INPUT = omni.demand_in,
    OUTPUT = omni.demand_out,
    RECEIVE = omni.demand_recv,
    SEND = omni.demand_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended,
    CATEGORY = 'U'
);
COMMENT ON TYPE omni.demand IS 'the order lines that wait for one SKU: line_id, quantity, priority, placed_at; equal queues are identical bytes';

CREATE FUNCTION omni.demand(text) RETURNS omni.demand
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_from_text';
COMMENT ON FUNCTION omni.demand(text) IS 'the demand that a text stands for';
CREATE FUNCTION omni.text(omni.demand) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_to_text';
COMMENT ON FUNCTION omni.text(omni.demand) IS 'a demand as text';
CREATE FUNCTION omni.demand_try(text) RETURNS omni.demand
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_try';
COMMENT ON FUNCTION omni.demand_try(text) IS 'the demand that a text stands for, or NULL';
CREATE FUNCTION omni.demand_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_problem';
COMMENT ON FUNCTION omni.demand_problem(text) IS 'why a text is not a demand (syntax, range, time), or NULL';
CREATE CAST (text AS omni.demand) WITH FUNCTION omni.demand(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS omni.demand) IS 'the demand that a text stands for';
CREATE CAST (omni.demand AS text) WITH FUNCTION omni.text(omni.demand) AS ASSIGNMENT;
COMMENT ON CAST (omni.demand AS text) IS 'a demand as text';

CREATE FUNCTION omni.demand_eq(omni.demand, omni.demand) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_eq';
COMMENT ON FUNCTION omni.demand_eq(omni.demand, omni.demand) IS 'equal';
CREATE FUNCTION omni.demand_ne(omni.demand, omni.demand) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ne';
COMMENT ON FUNCTION omni.demand_ne(omni.demand, omni.demand) IS 'not equal';
CREATE FUNCTION omni.demand_lt(omni.demand, omni.demand) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_lt';
COMMENT ON FUNCTION omni.demand_lt(omni.demand, omni.demand) IS 'less, by bytes';
CREATE FUNCTION omni.demand_le(omni.demand, omni.demand) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_le';
COMMENT ON FUNCTION omni.demand_le(omni.demand, omni.demand) IS 'less or equal, by bytes';
CREATE FUNCTION omni.demand_gt(omni.demand, omni.demand) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_gt';
COMMENT ON FUNCTION omni.demand_gt(omni.demand, omni.demand) IS 'greater, by bytes';
CREATE FUNCTION omni.demand_ge(omni.demand, omni.demand) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ge';
COMMENT ON FUNCTION omni.demand_ge(omni.demand, omni.demand) IS 'greater or equal, by bytes';
CREATE FUNCTION omni.demand_eq(omni.demand, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_eq_support AS 'MODULE_PATHNAME', 'text_operand_eq';
COMMENT ON FUNCTION omni.demand_eq(omni.demand, text) IS 'equal, the text being a demand';
CREATE FUNCTION omni.demand_ne(omni.demand, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ne_support AS 'MODULE_PATHNAME', 'text_operand_ne';
COMMENT ON FUNCTION omni.demand_ne(omni.demand, text) IS 'not equal, the text being a demand';
CREATE FUNCTION omni.demand_lt(omni.demand, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_lt_support AS 'MODULE_PATHNAME', 'text_operand_lt';
COMMENT ON FUNCTION omni.demand_lt(omni.demand, text) IS 'less, by bytes, the text being a demand';
CREATE FUNCTION omni.demand_le(omni.demand, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_le_support AS 'MODULE_PATHNAME', 'text_operand_le';
COMMENT ON FUNCTION omni.demand_le(omni.demand, text) IS 'less or equal, by bytes, the text being a demand';
CREATE FUNCTION omni.demand_gt(omni.demand, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_gt_support AS 'MODULE_PATHNAME', 'text_operand_gt';
COMMENT ON FUNCTION omni.demand_gt(omni.demand, text) IS 'greater, by bytes, the text being a demand';
CREATE FUNCTION omni.demand_ge(omni.demand, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ge_support AS 'MODULE_PATHNAME', 'text_operand_ge';
COMMENT ON FUNCTION omni.demand_ge(omni.demand, text) IS 'greater or equal, by bytes, the text being a demand';
CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.demand, RIGHTARG = omni.demand, FUNCTION = omni.demand_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR pg_catalog.= (omni.demand, omni.demand) IS 'equal';
CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.demand, RIGHTARG = text, FUNCTION = omni.demand_eq,
    NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel
);
COMMENT ON OPERATOR pg_catalog.= (omni.demand, text) IS 'equal, the text being a demand';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.demand, RIGHTARG = omni.demand, FUNCTION = omni.demand_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=),
    RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.demand, omni.demand) IS 'not equal';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.demand, RIGHTARG = text, FUNCTION = omni.demand_ne,
    NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.demand, text) IS 'not equal, the text being a demand';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.demand, RIGHTARG = omni.demand, FUNCTION = omni.demand_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.demand, omni.demand) IS 'less, by bytes';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.demand, RIGHTARG = text, FUNCTION = omni.demand_lt,
    NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.demand, text) IS 'less, by bytes, the text being a demand';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.demand, RIGHTARG = omni.demand, FUNCTION = omni.demand_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.demand, omni.demand) IS 'less or equal, by bytes';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.demand, RIGHTARG = text, FUNCTION = omni.demand_le,
    NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.demand, text) IS 'less or equal, by bytes, the text being a demand';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.demand, RIGHTARG = omni.demand, FUNCTION = omni.demand_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.demand, omni.demand) IS 'greater, by bytes';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.demand, RIGHTARG = text, FUNCTION = omni.demand_gt,
    NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.demand, text) IS 'greater, by bytes, the text being a demand';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.demand, RIGHTARG = omni.demand, FUNCTION = omni.demand_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.demand, omni.demand) IS 'greater or equal, by bytes';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.demand, RIGHTARG = text, FUNCTION = omni.demand_ge,
    NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.demand, text) IS 'greater or equal, by bytes, the text being a demand';

CREATE FUNCTION omni.demand_cmp(omni.demand, omni.demand) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_cmp';
COMMENT ON FUNCTION omni.demand_cmp(omni.demand, omni.demand) IS 'btree comparison, by bytes';
CREATE FUNCTION omni.demand_sortsupport(internal) RETURNS void
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'text_value_sortsupport';
COMMENT ON FUNCTION omni.demand_sortsupport(internal) IS 'btree sort support';
CREATE FUNCTION omni.demand_hash(omni.demand) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash';
COMMENT ON FUNCTION omni.demand_hash(omni.demand) IS 'hash';
CREATE FUNCTION omni.demand_hash_extended(omni.demand, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash_extended';
COMMENT ON FUNCTION omni.demand_hash_extended(omni.demand, bigint) IS 'hash with a seed';

CREATE OPERATOR FAMILY omni.demand_ops USING btree;
COMMENT ON OPERATOR FAMILY omni.demand_ops USING btree IS 'order of demand by bytes';
CREATE OPERATOR CLASS omni.demand_ops DEFAULT FOR TYPE omni.demand USING btree FAMILY omni.demand_ops AS
    OPERATOR 1 pg_catalog.< (omni.demand, omni.demand),
    OPERATOR 2 pg_catalog.<= (omni.demand, omni.demand),
    OPERATOR 3 pg_catalog.= (omni.demand, omni.demand),
    OPERATOR 4 pg_catalog.>= (omni.demand, omni.demand),
    OPERATOR 5 pg_catalog.> (omni.demand, omni.demand),
    FUNCTION 1 omni.demand_cmp(omni.demand, omni.demand),
    FUNCTION 2 (omni.demand, omni.demand) omni.demand_sortsupport(internal),
    FUNCTION 4 (omni.demand, omni.demand) pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS omni.demand_ops USING btree IS 'order of demand by bytes';
CREATE OPERATOR FAMILY omni.demand_ops USING hash;
COMMENT ON OPERATOR FAMILY omni.demand_ops USING hash IS 'equality of demand';
CREATE OPERATOR CLASS omni.demand_ops DEFAULT FOR TYPE omni.demand USING hash FAMILY omni.demand_ops AS
    OPERATOR 1 pg_catalog.= (omni.demand, omni.demand),
    FUNCTION 1 omni.demand_hash(omni.demand),
    FUNCTION 2 (omni.demand, omni.demand) omni.demand_hash_extended(omni.demand, bigint);
COMMENT ON OPERATOR CLASS omni.demand_ops USING hash IS 'equality of demand';

CREATE FUNCTION omni.demand_accum(omni.demand, bigint, bigint, integer, timestamp with time zone) RETURNS omni.demand
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'demand_accum';
COMMENT ON FUNCTION omni.demand_accum(omni.demand, bigint, bigint, integer, timestamp with time zone) IS 'transition function of demand_agg';
CREATE FUNCTION omni.demand_combine(omni.demand, omni.demand) RETURNS omni.demand
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'queue_combine';
COMMENT ON FUNCTION omni.demand_combine(omni.demand, omni.demand) IS 'combine function of demand_agg and demand_rollup';
CREATE FUNCTION omni.demand_final(omni.demand) RETURNS omni.demand
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'queue_final';
COMMENT ON FUNCTION omni.demand_final(omni.demand) IS 'final function of demand_agg and demand_rollup';
CREATE FUNCTION omni.demand_concat(omni.demand, omni.demand) RETURNS omni.demand
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'queue_concat';
COMMENT ON FUNCTION omni.demand_concat(omni.demand, omni.demand) IS 'both together; entries that differ only in quantity are added up';

CREATE OPERATOR omni.|| (
    LEFTARG = omni.demand, RIGHTARG = omni.demand, FUNCTION = omni.demand_concat, COMMUTATOR = OPERATOR(omni.||)
);
COMMENT ON OPERATOR omni.|| (omni.demand, omni.demand) IS 'both together; entries that differ only in quantity are added up';

CREATE AGGREGATE omni.demand_agg(line_id bigint, qty bigint, priority integer, placed_at timestamp with time zone) (
    SFUNC = omni.demand_accum, STYPE = omni.demand, SSPACE = 256,
    FINALFUNC = omni.demand_final, COMBINEFUNC = omni.demand_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.demand_agg(bigint, bigint, integer, timestamp with time zone) IS 'the order lines that wait for one SKU, as one value; mergeable';

CREATE AGGREGATE omni.demand_rollup(omni.demand) (
    SFUNC = omni.demand_combine, STYPE = omni.demand, SSPACE = 256,
    FINALFUNC = omni.demand_final, COMBINEFUNC = omni.demand_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.demand_rollup(omni.demand) IS 'stored results of demand_agg as one';

CREATE TYPE omni.supply;

CREATE FUNCTION omni.supply_in(cstring) RETURNS omni.supply
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'supply_in';
COMMENT ON FUNCTION omni.supply_in(cstring) IS 'input';
CREATE FUNCTION omni.supply_out(omni.supply) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'supply_out';
COMMENT ON FUNCTION omni.supply_out(omni.supply) IS 'output';
CREATE FUNCTION omni.supply_recv(internal) RETURNS omni.supply
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'supply_recv';
COMMENT ON FUNCTION omni.supply_recv(internal) IS 'binary input';
CREATE FUNCTION omni.supply_send(omni.supply) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'supply_send';
COMMENT ON FUNCTION omni.supply_send(omni.supply) IS 'binary output';

CREATE TYPE omni.supply (
    INPUT = omni.supply_in,
    OUTPUT = omni.supply_out,
    RECEIVE = omni.supply_recv,
    SEND = omni.supply_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended,
    CATEGORY = 'U'
);
COMMENT ON TYPE omni.supply IS 'the stock that can serve one SKU: stock_id, quantity, available_at; equal queues are identical bytes';

CREATE FUNCTION omni.supply(text) RETURNS omni.supply
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'supply_from_text';
COMMENT ON FUNCTION omni.supply(text) IS 'the supply that a text stands for';
CREATE FUNCTION omni.text(omni.supply) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'supply_to_text';
COMMENT ON FUNCTION omni.text(omni.supply) IS 'a supply as text';
CREATE FUNCTION omni.supply_try(text) RETURNS omni.supply
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'supply_try';
COMMENT ON FUNCTION omni.supply_try(text) IS 'the supply that a text stands for, or NULL';
CREATE FUNCTION omni.supply_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'supply_problem';
COMMENT ON FUNCTION omni.supply_problem(text) IS 'why a text is not a supply (syntax, range, time), or NULL';
CREATE CAST (text AS omni.supply) WITH FUNCTION omni.supply(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS omni.supply) IS 'the supply that a text stands for';
CREATE CAST (omni.supply AS text) WITH FUNCTION omni.text(omni.supply) AS ASSIGNMENT;
COMMENT ON CAST (omni.supply AS text) IS 'a supply as text';

CREATE FUNCTION omni.supply_eq(omni.supply, omni.supply) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_eq';
COMMENT ON FUNCTION omni.supply_eq(omni.supply, omni.supply) IS 'equal';
CREATE FUNCTION omni.supply_ne(omni.supply, omni.supply) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ne';
COMMENT ON FUNCTION omni.supply_ne(omni.supply, omni.supply) IS 'not equal';
CREATE FUNCTION omni.supply_lt(omni.supply, omni.supply) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_lt';
COMMENT ON FUNCTION omni.supply_lt(omni.supply, omni.supply) IS 'less, by bytes';
CREATE FUNCTION omni.supply_le(omni.supply, omni.supply) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_le';
COMMENT ON FUNCTION omni.supply_le(omni.supply, omni.supply) IS 'less or equal, by bytes';
CREATE FUNCTION omni.supply_gt(omni.supply, omni.supply) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_gt';
COMMENT ON FUNCTION omni.supply_gt(omni.supply, omni.supply) IS 'greater, by bytes';
CREATE FUNCTION omni.supply_ge(omni.supply, omni.supply) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ge';
COMMENT ON FUNCTION omni.supply_ge(omni.supply, omni.supply) IS 'greater or equal, by bytes';
CREATE FUNCTION omni.supply_eq(omni.supply, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_eq_support AS 'MODULE_PATHNAME', 'text_operand_eq';
COMMENT ON FUNCTION omni.supply_eq(omni.supply, text) IS 'equal, the text being a supply';
CREATE FUNCTION omni.supply_ne(omni.supply, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ne_support AS 'MODULE_PATHNAME', 'text_operand_ne';
COMMENT ON FUNCTION omni.supply_ne(omni.supply, text) IS 'not equal, the text being a supply';
CREATE FUNCTION omni.supply_lt(omni.supply, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_lt_support AS 'MODULE_PATHNAME', 'text_operand_lt';
COMMENT ON FUNCTION omni.supply_lt(omni.supply, text) IS 'less, by bytes, the text being a supply';
CREATE FUNCTION omni.supply_le(omni.supply, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_le_support AS 'MODULE_PATHNAME', 'text_operand_le';
COMMENT ON FUNCTION omni.supply_le(omni.supply, text) IS 'less or equal, by bytes, the text being a supply';
CREATE FUNCTION omni.supply_gt(omni.supply, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_gt_support AS 'MODULE_PATHNAME', 'text_operand_gt';
COMMENT ON FUNCTION omni.supply_gt(omni.supply, text) IS 'greater, by bytes, the text being a supply';
CREATE FUNCTION omni.supply_ge(omni.supply, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ge_support AS 'MODULE_PATHNAME', 'text_operand_ge';
COMMENT ON FUNCTION omni.supply_ge(omni.supply, text) IS 'greater or equal, by bytes, the text being a supply';
CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.supply, RIGHTARG = omni.supply, FUNCTION = omni.supply_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR pg_catalog.= (omni.supply, omni.supply) IS 'equal';
CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.supply, RIGHTARG = text, FUNCTION = omni.supply_eq,
    NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel
);
COMMENT ON OPERATOR pg_catalog.= (omni.supply, text) IS 'equal, the text being a supply';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.supply, RIGHTARG = omni.supply, FUNCTION = omni.supply_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=),
    RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.supply, omni.supply) IS 'not equal';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.supply, RIGHTARG = text, FUNCTION = omni.supply_ne,
    NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.supply, text) IS 'not equal, the text being a supply';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.supply, RIGHTARG = omni.supply, FUNCTION = omni.supply_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.supply, omni.supply) IS 'less, by bytes';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.supply, RIGHTARG = text, FUNCTION = omni.supply_lt,
    NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.supply, text) IS 'less, by bytes, the text being a supply';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.supply, RIGHTARG = omni.supply, FUNCTION = omni.supply_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.supply, omni.supply) IS 'less or equal, by bytes';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.supply, RIGHTARG = text, FUNCTION = omni.supply_le,
    NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.supply, text) IS 'less or equal, by bytes, the text being a supply';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.supply, RIGHTARG = omni.supply, FUNCTION = omni.supply_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.supply, omni.supply) IS 'greater, by bytes';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.supply, RIGHTARG = text, FUNCTION = omni.supply_gt,
    NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.supply, text) IS 'greater, by bytes, the text being a supply';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.supply, RIGHTARG = omni.supply, FUNCTION = omni.supply_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.supply, omni.supply) IS 'greater or equal, by bytes';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.supply, RIGHTARG = text, FUNCTION = omni.supply_ge,
    NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.supply, text) IS 'greater or equal, by bytes, the text being a supply';

CREATE FUNCTION omni.supply_cmp(omni.supply, omni.supply) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_cmp';
COMMENT ON FUNCTION omni.supply_cmp(omni.supply, omni.supply) IS 'btree comparison, by bytes';
CREATE FUNCTION omni.supply_sortsupport(internal) RETURNS void
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'text_value_sortsupport';
COMMENT ON FUNCTION omni.supply_sortsupport(internal) IS 'btree sort support';
CREATE FUNCTION omni.supply_hash(omni.supply) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash';
COMMENT ON FUNCTION omni.supply_hash(omni.supply) IS 'hash';
CREATE FUNCTION omni.supply_hash_extended(omni.supply, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash_extended';
COMMENT ON FUNCTION omni.supply_hash_extended(omni.supply, bigint) IS 'hash with a seed';

CREATE OPERATOR FAMILY omni.supply_ops USING btree;
COMMENT ON OPERATOR FAMILY omni.supply_ops USING btree IS 'order of supply by bytes';
CREATE OPERATOR CLASS omni.supply_ops DEFAULT FOR TYPE omni.supply USING btree FAMILY omni.supply_ops AS
    OPERATOR 1 pg_catalog.< (omni.supply, omni.supply),
    OPERATOR 2 pg_catalog.<= (omni.supply, omni.supply),
    OPERATOR 3 pg_catalog.= (omni.supply, omni.supply),
    OPERATOR 4 pg_catalog.>= (omni.supply, omni.supply),
    OPERATOR 5 pg_catalog.> (omni.supply, omni.supply),
    FUNCTION 1 omni.supply_cmp(omni.supply, omni.supply),
    FUNCTION 2 (omni.supply, omni.supply) omni.supply_sortsupport(internal),
    FUNCTION 4 (omni.supply, omni.supply) pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS omni.supply_ops USING btree IS 'order of supply by bytes';
CREATE OPERATOR FAMILY omni.supply_ops USING hash;
COMMENT ON OPERATOR FAMILY omni.supply_ops USING hash IS 'equality of supply';
CREATE OPERATOR CLASS omni.supply_ops DEFAULT FOR TYPE omni.supply USING hash FAMILY omni.supply_ops AS
    OPERATOR 1 pg_catalog.= (omni.supply, omni.supply),
    FUNCTION 1 omni.supply_hash(omni.supply),
    FUNCTION 2 (omni.supply, omni.supply) omni.supply_hash_extended(omni.supply, bigint);
COMMENT ON OPERATOR CLASS omni.supply_ops USING hash IS 'equality of supply';

CREATE FUNCTION omni.supply_accum(omni.supply, bigint, bigint, timestamp with time zone) RETURNS omni.supply
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'supply_accum';
COMMENT ON FUNCTION omni.supply_accum(omni.supply, bigint, bigint, timestamp with time zone) IS 'transition function of supply_agg';
CREATE FUNCTION omni.supply_combine(omni.supply, omni.supply) RETURNS omni.supply
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'queue_combine';
COMMENT ON FUNCTION omni.supply_combine(omni.supply, omni.supply) IS 'combine function of supply_agg and supply_rollup';
CREATE FUNCTION omni.supply_final(omni.supply) RETURNS omni.supply
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'queue_final';
COMMENT ON FUNCTION omni.supply_final(omni.supply) IS 'final function of supply_agg and supply_rollup';
CREATE FUNCTION omni.supply_concat(omni.supply, omni.supply) RETURNS omni.supply
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'queue_concat';
COMMENT ON FUNCTION omni.supply_concat(omni.supply, omni.supply) IS 'both together; entries that differ only in quantity are added up';

CREATE OPERATOR omni.|| (
    LEFTARG = omni.supply, RIGHTARG = omni.supply, FUNCTION = omni.supply_concat, COMMUTATOR = OPERATOR(omni.||)
);
COMMENT ON OPERATOR omni.|| (omni.supply, omni.supply) IS 'both together; entries that differ only in quantity are added up';

CREATE AGGREGATE omni.supply_agg(stock_id bigint, qty bigint, available_at timestamp with time zone) (
    SFUNC = omni.supply_accum, STYPE = omni.supply, SSPACE = 256,
    FINALFUNC = omni.supply_final, COMBINEFUNC = omni.supply_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.supply_agg(bigint, bigint, timestamp with time zone) IS 'the stock that can serve one SKU, as one value; mergeable';

CREATE AGGREGATE omni.supply_rollup(omni.supply) (
    SFUNC = omni.supply_combine, STYPE = omni.supply, SSPACE = 256,
    FINALFUNC = omni.supply_final, COMBINEFUNC = omni.supply_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.supply_rollup(omni.supply) IS 'stored results of supply_agg as one';

CREATE FUNCTION omni.allocate(demand omni.demand, supply omni.supply, policy text DEFAULT 'fifo')
    RETURNS TABLE (line_id bigint, stock_id bigint, qty bigint, reason text)
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100 ROWS 100 AS 'MODULE_PATHNAME', 'allocate';
COMMENT ON FUNCTION omni.allocate(omni.demand, omni.supply, text) IS
    'which line gets how many units of which stock row, by policy fifo or priority; stock_id is NULL for what is short; a NULL supply has no unit';

CREATE FUNCTION omni.allocate_fifo(qty bigint, available bigint) RETURNS bigint
    LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'allocate_fifo';
COMMENT ON FUNCTION omni.allocate_fifo(bigint, bigint) IS
    'units that a waiting line gets of those available to its partition, in the order of the window; NULL if either is NULL';

CREATE FUNCTION omni.atp(on_hand bigint, reserved bigint, safety_stock bigint DEFAULT 0,
                         incoming bigint DEFAULT 0, channel_buffer bigint DEFAULT 0) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'atp';
COMMENT ON FUNCTION omni.atp(bigint, bigint, bigint, bigint, bigint) IS
    'available to promise: on hand + incoming - reserved - safety stock - channel buffer, at least 0';

CREATE FUNCTION omni.atp_signed(on_hand bigint, reserved bigint, safety_stock bigint DEFAULT 0,
                                incoming bigint DEFAULT 0, channel_buffer bigint DEFAULT 0) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'atp_signed';
COMMENT ON FUNCTION omni.atp_signed(bigint, bigint, bigint, bigint, bigint) IS
    'as atp, without the floor: below 0, units promised that there are not';
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
    RETURNS SETOF record LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 180
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
    ('customers', 6, 'bounds', 'integer', 'NOT NULL DEFAULT 0', false, 'what identify() has to look at: 1 refused evidence, 2 a refused link or a "never", 4 a link that holds it together'),

    ('identities', 1, 'identifier', 'omni.identifier', 'NOT NULL', true, 'e-mail, phone or other identifier'),
    ('identities', 2, 'customer_id', 'bigint', 'NOT NULL', true, 'whose it is'),
    ('identities', 3, 'first_seen_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'time of the earliest record with it'),
    ('identities', 4, 'last_seen_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'time of the latest record with it'),

    ('evidence', 1, 'identifier', 'omni.identifier', 'NOT NULL', true, 'an identifier that a record carried'),
    ('evidence', 2, 'source', 'text', 'NOT NULL', true, 'source of the record'),
    ('evidence', 3, 'record_id', 'text', 'NOT NULL', true, 'number of the record in its source'),
    ('evidence', 4, 'observed_at', 'timestamp with time zone', 'NOT NULL', true, 'when the record said so'),

    ('source_records', 1, 'source', 'text', 'NOT NULL', true, 'source of the record'),
    ('source_records', 2, 'record_id', 'text', 'NOT NULL', true, 'number of the record in its source'),
    ('source_records', 3, 'customer_id', 'bigint', 'NOT NULL', true, 'customer that the record was found to be of; merges are followed when read'),
    ('source_records', 4, 'first_seen_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'time of the earliest that the record said'),
    ('source_records', 5, 'last_seen_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'time of the latest that the record said'),
    ('source_records', 6, 'profile', 'omni.customer_profile', '', false, 'what the record said last: its part of the customer''s golden record'),

    ('links', 1, 'source', 'text', 'NOT NULL', true, 'source of the lesser of the two records'),
    ('links', 2, 'record_id', 'text', 'NOT NULL', true, 'its number'),
    ('links', 3, 'other_source', 'text', 'NOT NULL', true, 'source of the greater of the two records'),
    ('links', 4, 'other_record_id', 'text', 'NOT NULL CHECK ((source COLLATE "C", record_id COLLATE "C") < (other_source COLLATE "C", other_record_id COLLATE "C"))', true, 'its number'),
    ('links', 5, 'weight', 'double precision', 'CHECK (weight <> ''NaN'')', true, 'Infinity: the same person; -Infinity: never; else a match weight; NULL: a decision that was taken back'),
    ('links', 6, 'decision', 'bigint', '', false, 'row of merge_log in which a person decided so'),
    ('links', 7, 'reason', 'text', '', false, 'why, in the words of who decided'),
    ('links', 8, 'decided_by', 'text', 'NOT NULL DEFAULT current_user', false, 'who decided, or wrote the weight'),
    ('links', 9, 'decided_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'when; the latest word on a pair counts'),
    ('links', 10, 'refused', 'text', '', false, 'reason for which it does not link at present'),
    ('links', 11, 'earlier', 'jsonb', '', false, 'words on the pair that this one stands above: one of them counts once it is taken back'),

    ('refusals', 1, 'identifier', 'omni.identifier', 'NOT NULL', true, 'identifier that does not link its record'),
    ('refusals', 2, 'source', 'text', 'NOT NULL', true, 'source of the record'),
    ('refusals', 3, 'record_id', 'text', 'NOT NULL', true, 'number of the record in its source'),
    ('refusals', 4, 'reason', 'text', 'NOT NULL', true, 'limit that linking them would have broken'),
    ('refusals', 5, 'refused_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'since when'),

    ('merge_log', 1, 'log_id', 'bigint', 'GENERATED BY DEFAULT AS IDENTITY', true, 'number of the entry'),
    ('merge_log', 2, 'happened_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', true, 'when'),
    ('merge_log', 3, 'action', 'text', 'NOT NULL', true, 'merged, separated, or what was decided: same, never, split, undone, removed, limits'),
    ('merge_log', 4, 'customer_id', 'bigint', '', false, 'customer that stays'),
    ('merge_log', 5, 'other_customer_id', 'bigint', '', false, 'customer that was merged into it or separated from it'),
    ('merge_log', 6, 'cause', 'text', 'NOT NULL', true, 'function of the store that did it'),
    ('merge_log', 7, 'decision', 'bigint', '', false, 'entry of the decision that it follows from or takes back'),
    ('merge_log', 8, 'reason', 'text', '', false, 'why, in the words of who decided'),
    ('merge_log', 9, 'done_by', 'text', 'NOT NULL DEFAULT current_user', false, 'who'),

    ('identity_settings', 1, 'setting', 'text', 'NOT NULL', true, 'name of the setting: limits, survivorship or bi_attributes'),
    ('identity_settings', 2, 'value', 'jsonb', 'NOT NULL', true, 'its value, as the function that set it checked it'),
    ('identity_settings', 3, 'changed_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'since when'),

    ('touchpoints', 1, 'touchpoint_key', 'text', 'NOT NULL', true, 'key of the contact: a repeated one changes nothing'),
    ('touchpoints', 2, 'visitor', 'omni.identifier', 'NOT NULL', true, 'identifier that the visitor was known by then, e.g. anonymous_id:4f2c'),
    ('touchpoints', 3, 'occurred_at', 'timestamp with time zone', 'NOT NULL', true, 'when'),
    ('touchpoints', 4, 'kind', 'text', 'NOT NULL', true, 'visit, click, open, call, conversion, ...'),
    ('touchpoints', 5, 'channel_code', 'text', '', false, 'channel'),
    ('touchpoints', 6, 'medium', 'text', '', false, 'organic, paid_search, email, social, affiliate, direct, ...'),
    ('touchpoints', 7, 'campaign', 'text', '', false, 'campaign'),
    ('touchpoints', 8, 'conversion_key', 'text', '', false, 'what was converted, e.g. the order: however often it is reported, it counts once'),

    ('orders', 1, 'order_ref', 'text', 'NOT NULL', true, 'number of the order, unique over all channels'),
    ('orders', 2, 'channel_code', 'text', 'NOT NULL', true, 'channel that took the order'),
    ('orders', 3, 'market_code', 'text', '', false, 'market, where not the channel''s'),
    ('orders', 4, 'customer_id', 'bigint', '', false, 'customer as known when the order came in; merges are followed when read'),
    ('orders', 5, 'placed_at', 'timestamp with time zone', 'NOT NULL', true, 'when the customer placed it'),
    ('orders', 6, 'currency', 'text', 'NOT NULL', true, 'ISO 4217 code of all amounts of the order'),
    ('orders', 7, 'promised_at', 'timestamp with time zone', '', false, 'when delivery was promised'),
    ('orders', 8, 'method', 'text', '', false, 'fulfillment method: ship, pickup, pos, ...'),
    ('orders', 9, 'state', 'omni.order_state', '', false, 'state as the source says it, where lines have none'),

    ('order_lines', 1, 'order_ref', 'text', 'NOT NULL', true, 'the order'),
    ('order_lines', 2, 'line_no', 'integer', 'NOT NULL', true, 'number of the line in the order'),
    ('order_lines', 3, 'sku', 'omni.sku', 'NOT NULL', true, 'what was ordered'),
    ('order_lines', 4, 'qty', 'bigint', 'NOT NULL CHECK (qty > 0)', true, 'units ordered'),
    ('order_lines', 5, 'unit_price', 'numeric', 'NOT NULL', true, 'price of a unit before discount, in the order''s currency'),
    ('order_lines', 6, 'discount_amount', 'numeric', 'NOT NULL DEFAULT 0', false, 'discount on the whole line'),
    ('order_lines', 7, 'tax_amount', 'numeric', 'NOT NULL DEFAULT 0', false, 'tax on the whole line, where not in the price'),
    ('order_lines', 8, 'state', 'omni.order_state', '', false, 'state as the source says it, where there are no events'),

    ('order_line_events', 1, 'order_ref', 'text', 'NOT NULL', true, 'the order'),
    ('order_line_events', 2, 'line_no', 'integer', 'NOT NULL', true, 'the line'),
    ('order_line_events', 3, 'event_key', 'text', 'NOT NULL', true, 'key of the event: a repeated event changes nothing'),
    ('order_line_events', 4, 'qty', 'bigint', 'NOT NULL CHECK (qty > 0)', true, 'units that moved'),
    ('order_line_events', 5, 'from_state', 'omni.order_state', 'NOT NULL', true, 'state they were in'),
    ('order_line_events', 6, 'to_state', 'omni.order_state', 'NOT NULL', true, 'state they are in since'),
    ('order_line_events', 7, 'location_code', 'text', '', false, 'where it happened'),
    ('order_line_events', 8, 'occurred_at', 'timestamp with time zone', 'NOT NULL', true, 'when it happened'),
    ('order_line_events', 9, 'recorded_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'when it became known here'),

    ('payments', 1, 'order_ref', 'text', 'NOT NULL', true, 'the order'),
    ('payments', 2, 'payment_key', 'text', 'NOT NULL', true, 'key of the payment event: a repeated one changes nothing'),
    ('payments', 3, 'kind', 'text', 'NOT NULL CHECK (kind IN (''authorized'', ''captured'', ''refunded'', ''voided'', ''charged_back''))', true, 'authorized, captured, refunded, voided or charged_back'),
    ('payments', 4, 'amount', 'numeric', 'NOT NULL CHECK (amount >= 0)', true, 'amount in the order''s currency'),
    ('payments', 5, 'occurred_at', 'timestamp with time zone', 'NOT NULL', true, 'when it happened'),

    ('stock', 1, 'sku', 'omni.sku', 'NOT NULL', true, 'what'),
    ('stock', 2, 'location_code', 'text', 'NOT NULL', true, 'where'),
    ('stock', 3, 'on_hand', 'bigint', 'NOT NULL DEFAULT 0', true, 'units that are there'),
    ('stock', 4, 'reserved', 'bigint', 'NOT NULL DEFAULT 0 CHECK (reserved >= 0)', false, 'units promised and still there'),
    ('stock', 5, 'safety_stock', 'bigint', 'NOT NULL DEFAULT 0 CHECK (safety_stock >= 0)', false, 'units never promised'),
    ('stock', 6, 'incoming', 'bigint', 'NOT NULL DEFAULT 0 CHECK (incoming >= 0)', false, 'units on their way'),

    ('stock_movements', 1, 'sku', 'omni.sku', 'NOT NULL', true, 'what'),
    ('stock_movements', 2, 'location_code', 'text', 'NOT NULL', true, 'where'),
    ('stock_movements', 3, 'movement_key', 'text', 'NOT NULL', true, 'key of the movement: a repeated one changes nothing'),
    ('stock_movements', 4, 'qty', 'bigint', 'NOT NULL CHECK (qty <> 0)', true, 'units, negative when they leave'),
    ('stock_movements', 5, 'kind', 'text', 'NOT NULL', true, 'receive, ship, return, adjust, transfer or count'),
    ('stock_movements', 6, 'order_ref', 'text', '', false, 'order that caused it'),
    ('stock_movements', 7, 'occurred_at', 'timestamp with time zone', 'NOT NULL', true, 'when it happened'),
    ('stock_movements', 8, 'recorded_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'when it became known here'),

    ('rejects', 1, 'feed', 'text', 'NOT NULL', true, 'feed that the row came with'),
    ('rejects', 2, 'record_id', 'text', 'NOT NULL', true, 'number of the row in its feed'),
    ('rejects', 3, 'column_name', 'text', 'NOT NULL', true, 'column that was refused'),
    ('rejects', 4, 'reason', 'text', 'NOT NULL', true, 'reason code, as T_problem() gives it'),
    ('rejects', 5, 'raw', 'jsonb', 'NOT NULL', true, 'the row as it came'),
    ('rejects', 6, 'rejected_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'when it was refused first'),
    ('rejects', 7, 'settled_at', 'timestamp with time zone', '', false, 'when a corrected row took its place'),
    ('rejects', 8, 'mapping', 'jsonb', '', false, 'how ingest() read the row, to read it again'),
    ('rejects', 9, 'digest', 'text', '', false, 'hash of the row as it came: one that comes again as it was changes nothing here')
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
    ('source_records', '{source,record_id}', 'records of the sources: whose each is, and what it said last'),
    ('links', '{source,record_id,other_source,other_record_id}', 'pairs of records that are the same person, never are, or match with a weight'),
    ('refusals', '{identifier,source,record_id}', 'evidence that does not link at present, with the reason; made from evidence'),
    ('merge_log', '{log_id}', 'merges, separations and decisions; append-only, no personal data'),
    ('identity_settings', '{setting}', 'limits of merging, survivorship, attributes that BI may see'),
    ('touchpoints', '{touchpoint_key}', 'contacts with visitors, known or not yet; append-only'),
    ('orders', '{order_ref}', 'orders'),
    ('order_lines', '{order_ref,line_no}', 'lines of the orders'),
    ('order_line_events', '{order_ref,line_no,event_key}', 'moves of units from state to state; append-only'),
    ('payments', '{order_ref,payment_key}', 'what was authorized, captured, refunded, voided and charged back; append-only'),
    ('stock', '{sku,location_code}', 'stock by SKU and location'),
    ('stock_movements', '{sku,location_code,movement_key}', 'every change of stock; append-only'),
    ('rejects', '{feed,record_id,column_name}', 'rows that were refused, with the reason')
) v(relation, key_columns, description);
END;
COMMENT ON FUNCTION omni.store_keys() IS 'the tables of a store and their primary keys';

CREATE FUNCTION omni.store_names(store text, OUT store_schema text, OUT bi_schema text, OUT pii_schema text)
    RETURNS record LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF store IS NULL OR store !~ '^[a-z_][a-z0-9_]{0,58}$' OR store ~ '^pg_|_(bi|pii)$' OR store IN ('omni', 'information_schema') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('invalid name of a store: %L', left(store, 64)),
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
    IF omni.store_source(part) IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('a store has no part %L', part), HINT = 'Its parts are functions, identity, ingest, bi and pii.';
    END IF;
    EXECUTE replace(replace(replace(omni.store_source(part),
        '@store@', quote_ident(n.store_schema)), '@bi@', quote_ident(n.bi_schema)), '@pii@', quote_ident(n.pii_schema));
END $$;
COMMENT ON FUNCTION omni.store_run(text, text) IS 'run one of omni''s own store files on a store';

/*
 * Whether a schema holds a store: its store_info is a plain table of our columns. Anybody may make a schema
 * with a table of that name; reading it must never run code of theirs, as a view, a row
 * level policy, a generated column, a child that is a foreign table or a type with a cast of its own would. A schema
 * of a name that no store has is none either: it must not get in the way of those that are.
 */
CREATE FUNCTION omni.store_is(store text)
    RETURNS boolean LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
SELECT count(*) = 3 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE n.nspname = store AND store ~ '^[a-z_][a-z0-9_]{0,58}$' AND store !~ '^pg_|_(bi|pii)$' AND c.relname = 'store_info' AND c.relkind = 'r' AND NOT c.relrowsecurity
    AND (a.attname, a.atttypid) IN (('version', 'text'::regtype), ('adopted', 'jsonb'::regtype), ('detached', 'jsonb'::regtype)) AND a.attgenerated = '' AND NOT a.attisdropped;
END;
COMMENT ON FUNCTION omni.store_is(text) IS 'whether a schema is a store';

CREATE FUNCTION omni.store_info(store text, OUT version text, OUT adopted jsonb, OUT detached jsonb)
    RETURNS record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n record;
BEGIN
    SELECT * INTO n FROM omni.store_names(store);
    IF NOT omni.store_is(store) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('schema %I is not a store', store),
            HINT = format('SELECT omni.create_store(%L) makes one.', store);
    END IF;
    EXECUTE format('SELECT i.version, i.adopted, i.detached FROM ONLY %I.store_info i', n.store_schema) INTO version, adopted, detached;
END $$;
COMMENT ON FUNCTION omni.store_info(text) IS 'what a store knows of itself: the version of omni that it was made by or migrated to, what it adopted, what detach_store() has to be undone';

CREATE FUNCTION omni.store_version(store text)
    RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT i.version FROM omni.store_info(store) i);
END $$;
COMMENT ON FUNCTION omni.store_version(text) IS 'version of omni that a store was made by or migrated to';

/*
 * For what changes a store: one session at a time, and only its owner. What it makes
 * would otherwise belong to two roles, and a superuser would run what another role put in its store. For the same
 * reason nobody else may write store_info: a default that detach_store() took off is run again by attach_store().
 */
CREATE FUNCTION omni.store_lock(store text)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    owner name;
    others text;
BEGIN
    PERFORM omni.store_version(store);
    PERFORM pg_advisory_xact_lock(hashtextextended('omni.store ' || store, 0));
    owner := (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = to_regclass(format('%I.store_info', store)));
    IF owner <> current_user THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = format('store %I belongs to %I', store, owner),
            HINT = format('SET ROLE %I first.', owner);
    END IF;
    SELECT string_agg(DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, ', ') INTO others
    FROM pg_class c CROSS JOIN LATERAL (SELECT x.* FROM aclexplode(c.relacl) x
        UNION ALL SELECT x.* FROM pg_attribute t, aclexplode(t.attacl) x WHERE t.attrelid = c.oid) a
    WHERE c.oid = to_regclass(format('%I.store_info', store)) AND a.grantee <> c.relowner AND a.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRIGGER');
    IF others IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = format('others than its owner may write %I.store_info', store),
            DETAIL = format('What %s wrote there would run with the rights of the owner.', others),
            HINT = format('See that its row is as it should be, then REVOKE INSERT, UPDATE, DELETE, TRIGGER ON %I.store_info FROM %s.', store, others);
    END IF;
END $$;
COMMENT ON FUNCTION omni.store_lock(text) IS 'let one session at a time change a store, and only as the role that owns it';

CREATE FUNCTION omni.store_parts(store text, OUT part text, OUT kind text, OUT schema_name text, OUT name text, OUT view oid)
    RETURNS SETOF record LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n record;
BEGIN
    SELECT * INTO n FROM omni.store_names(store);
    RETURN QUERY
    SELECT p.part, lower(m[1]), s.name, m[3], (SELECT c.oid FROM pg_class c JOIN pg_namespace ns ON ns.oid = c.relnamespace WHERE ns.nspname = s.name AND c.relname = m[3] AND c.relkind = 'v')
    FROM unnest('{functions,identity,ingest,bi,pii}'::text[]) p(part), regexp_matches(omni.store_source(p.part), '^CREATE OR REPLACE (FUNCTION|VIEW) @(store|bi|pii)@\.(\w+)', 'gn') m
    CROSS JOIN LATERAL (SELECT CASE m[2] WHEN 'store' THEN n.store_schema WHEN 'bi' THEN n.bi_schema ELSE n.pii_schema END AS name) s;
END $$;
COMMENT ON FUNCTION omni.store_parts(text) IS 'the functions and views that omni makes in a store, and which of the views are there';

CREATE FUNCTION omni.store_views(store text)
    RETURNS SETOF regclass LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT p.view::regclass FROM omni.store_parts(store) p WHERE p.view IS NOT NULL;
    RETURN QUERY SELECT c.oid::regclass FROM omni.store_info(store) i, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE n.nspname = store AND c.relkind = 'v' AND c.relname IN (SELECT k.relation FROM omni.store_keys() k) AND i.adopted ? c.relname;
END $$;
COMMENT ON FUNCTION omni.store_views(text) IS 'the views of a store that omni made; those that others put beside them are not among them';

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
    PERFORM omni.store_names(store);
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
            IF (SELECT t.relkind NOT IN ('r', 'p') OR pg_get_userbyid(t.relowner) <> current_user FROM pg_class t WHERE t.oid = target)
                OR EXISTS (SELECT FROM unnest(k.key_columns) u WHERE NOT EXISTS
                    (SELECT FROM pg_attribute a JOIN omni.store_contract() s ON s.relation = k.relation AND s.column_name = u
                     WHERE a.attrelid = target AND a.attname = u AND a.atttypid = s.type::regtype)) THEN
                RAISE EXCEPTION USING ERRCODE = 'duplicate_table', MESSAGE = format('relation %s is in the way of the store''s table', target),
                    HINT = 'Rename it, then run migrate_store() again.';
            END IF;
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
 * How a column of an adopted relation becomes one of the contract's: as it is where the types agree, by
 * T_try() where text has to become a type of omni, by a cast where that loses nothing and depends on
 * no setting. A timestamp without time zone, a float for money, a bigint for an integer: NULL, not a guess.
 */
CREATE FUNCTION omni.store_column(source regtype, column_name text, target text)
    RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
SELECT CASE
    WHEN t.oid = target::regtype THEN format('%I', column_name)
    WHEN b.base = target::regtype THEN format('%I::%s', column_name, target)
    WHEN target LIKE 'omni.%' THEN
        CASE WHEN t.typcategory IN ('S', 'E') OR t.typnamespace = to_regnamespace('omni') OR b.base IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'uuid'::regtype)
            THEN format('%s_try(%I::pg_catalog.text)', target, column_name) END
    WHEN CASE target
        WHEN 'text' THEN t.typcategory IN ('S', 'E') OR t.typnamespace = to_regnamespace('omni')
            OR b.base IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype, 'uuid'::regtype)
        WHEN 'integer' THEN b.base = 'int2'::regtype
        WHEN 'bigint' THEN b.base IN ('int2'::regtype, 'int4'::regtype)
        WHEN 'numeric' THEN b.base IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
        WHEN 'double precision' THEN b.base IN ('int2'::regtype, 'int4'::regtype, 'float4'::regtype, 'numeric'::regtype)
        WHEN 'jsonb' THEN b.base = 'json'::regtype
        END THEN format('%I::%s', column_name, target)
    END
FROM pg_type t CROSS JOIN LATERAL (SELECT CASE t.typbasetype WHEN 0 THEN t.oid ELSE t.typbasetype END AS base) b
WHERE t.oid = source;
END;
COMMENT ON FUNCTION omni.store_column(regtype, text, text) IS 'the expression that shows a column of an adopted relation under the contract''s type; NULL if that would have to guess';

/* An adopted relation is read through a view under the canonical name. A damaged value is NULL there, and check_store() counts it. */
CREATE FUNCTION omni.store_adopt(store text, relation text, adopted regclass)
    RETURNS void LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    columns text;
    missing text;
    wrong text;
    source record;
BEGIN
    PERFORM omni.store_names(store);
    IF NOT EXISTS (SELECT FROM omni.store_keys() k WHERE k.relation = store_adopt.relation) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('a store has no table %I', relation),
            HINT = 'omni.store_keys() lists the tables that can be adopted.';
    END IF;
    SELECT c.relkind, c.relpersistence INTO source FROM pg_class c WHERE c.oid = adopted;
    IF source.relkind IS NULL OR source.relkind NOT IN ('r', 'v', 'm', 'p', 'f') OR source.relpersistence = 't' THEN
        RAISE EXCEPTION USING ERRCODE = 'wrong_object_type', MESSAGE = format('%s cannot be adopted as %s', adopted, relation),
            DETAIL = 'It is not a lasting table or view.';
    END IF;
    IF NOT has_table_privilege(adopted, 'SELECT') THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = format('%s cannot be adopted as %s', adopted, relation),
            DETAIL = format('%I may not read it.', current_user), HINT = 'GRANT SELECT on it to the owner of the store.';
    END IF;
    SELECT string_agg(
               CASE WHEN a.attname IS NULL THEN coalesce(nullif(substring(s.modifier FROM '\mDEFAULT ([^ ]+)'), 'now()'), 'NULL') || '::' || s.type
                    ELSE omni.store_column(a.atttypid, a.attname, s.type) END || format(' AS %I', s.column_name), ', ' ORDER BY s.ordinal),
           string_agg(s.column_name, ', ' ORDER BY s.ordinal) FILTER (WHERE s.required AND a.attname IS NULL),
           string_agg(format('%s is %s, expected %s', s.column_name, format_type(a.atttypid, NULL), s.type), ', ' ORDER BY s.ordinal)
               FILTER (WHERE a.attname IS NOT NULL AND omni.store_column(a.atttypid, a.attname, s.type) IS NULL)
    INTO columns, missing, wrong
    FROM omni.store_contract() s
    LEFT JOIN pg_attribute a ON a.attrelid = adopted AND a.attname = s.column_name AND a.attnum > 0 AND NOT a.attisdropped
    WHERE s.relation = store_adopt.relation;
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'undefined_column', MESSAGE = format('%s cannot be adopted as %s', adopted, relation),
            DETAIL = format('These columns are missing: %s.', missing),
            HINT = 'Make a view that has them under these names, and adopt the view. omni.store_contract() lists all columns.';
    END IF;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'datatype_mismatch', MESSAGE = format('%s cannot be adopted as %s', adopted, relation),
            DETAIL = format('These columns are of another type: %s.', wrong),
            HINT = 'Make a view that converts them (AT TIME ZONE for a timestamp), and adopt the view.';
    END IF;
    EXECUTE format('CREATE OR REPLACE VIEW %I.%I AS SELECT %s FROM %s', store, relation, columns, adopted);
    EXECUTE format('COMMENT ON VIEW %I.%I IS %L', store, relation, format('adopted from %s', adopted));
END $$;
COMMENT ON FUNCTION omni.store_adopt(text, text, regclass) IS 'show a relation of the user''s under a canonical name of the store';

/* what default privileges granted on a relation that has just been made is taken back */
CREATE FUNCTION omni.store_keep(relation regclass, privileges text[])
    RETURNS void LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    g record;
BEGIN
    FOR g IN SELECT a.privilege_type, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee
             FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = relation AND a.grantee <> c.relowner AND a.privilege_type = ANY (privileges) LOOP
        EXECUTE format('REVOKE %s ON %s FROM %s', g.privilege_type, relation, g.grantee);
    END LOOP;
END $$;
COMMENT ON FUNCTION omni.store_keep(regclass, text[]) IS 'take privileges on a relation from everybody but its owner';

/* a schema of a store: made if it is missing; what is made in one of somebody else's would be at its owner's mercy */
CREATE FUNCTION omni.store_make_schema(name text, private boolean)
    RETURNS void LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    g record;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_namespace ns WHERE ns.nspname = name) THEN
        EXECUTE format('CREATE SCHEMA %I', name);
    ELSIF (SELECT CASE pg_get_userbyid(ns.nspowner) WHEN 'pg_database_owner' THEN (SELECT d.datdba FROM pg_database d WHERE d.datname = current_database()) ELSE ns.nspowner END
           FROM pg_namespace ns WHERE ns.nspname = name) <> (SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user) THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = format('schema %I belongs to somebody else', name),
            HINT = 'Choose another name for the store, or SET ROLE to the schema''s owner first.';
    END IF;
    IF private THEN
        FOR g IN SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee
                 FROM pg_namespace ns, aclexplode(ns.nspacl) a WHERE ns.nspname = name AND a.grantee <> ns.nspowner LOOP
            EXECUTE format('REVOKE ALL ON SCHEMA %I FROM %s', name, g.grantee);
        END LOOP;
    END IF;
END $$;
COMMENT ON FUNCTION omni.store_make_schema(text, boolean) IS 'make a schema of a store; a private one is granted to nobody, not by default privileges either';

CREATE FUNCTION omni.create_store(store text, options jsonb DEFAULT '{}')
    RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n record;
    s text;
    unknown text;
    adopt jsonb;
    named record;
    target regclass;
    taken text;
BEGIN
    SELECT * INTO n FROM omni.store_names(store);
    options := coalesce(options, '{}');
    IF jsonb_typeof(options) <> 'object' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the options of a store have to be an object',
            HINT = '{"adopt": {"orders": "public.shop_orders"}}';
    END IF;
    SELECT string_agg(k, ', ') INTO unknown FROM jsonb_object_keys(options) k WHERE k <> 'adopt';
    IF unknown IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('unknown option of a store: %s', left(unknown, 64)),
            HINT = 'The option is "adopt": an object of canonical table names and your relations.';
    END IF;
    adopt := coalesce(options -> 'adopt', '{}');
    IF jsonb_typeof(adopt) <> 'object' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'option "adopt" has to be an object',
            HINT = '{"adopt": {"orders": "public.shop_orders"}}';
    END IF;
    FOR named IN SELECT key, value FROM jsonb_each(adopt) LOOP
        IF NOT EXISTS (SELECT FROM omni.store_keys() k WHERE k.relation = named.key) THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('a store has no table %I', left(named.key, 64)),
                HINT = 'omni.store_keys() lists the tables that can be adopted.';
        END IF;
        IF jsonb_typeof(named.value) <> 'string' THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('the relation to adopt as %I has to be a string', named.key),
                HINT = 'Name it with its schema: "public.shop_orders".';
        END IF;
        BEGIN
            target := to_regclass(named.value #>> '{}');
        EXCEPTION WHEN syntax_error OR invalid_name OR feature_not_supported THEN
            target := NULL;
        END;
        IF target IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'undefined_table', MESSAGE = format('relation %L does not exist', left(named.value #>> '{}', 64)),
                HINT = 'Name it with its schema: "public.shop_orders".';
        END IF;
        -- keep the name with its schema, whatever the caller's search_path was
        adopt := jsonb_set(adopt, ARRAY[named.key], to_jsonb((SELECT format('%I.%I', ns.nspname, c.relname)
            FROM pg_class c JOIN pg_namespace ns ON ns.oid = c.relnamespace WHERE c.oid = target)));
    END LOOP;

    PERFORM pg_advisory_xact_lock(hashtextextended('omni.store ' || store, 0));
    FOREACH s IN ARRAY ARRAY[n.store_schema, n.bi_schema, n.pii_schema] LOOP
        PERFORM omni.store_make_schema(s, s = n.pii_schema);
        IF EXISTS (SELECT FROM pg_class c JOIN pg_namespace ns ON ns.oid = c.relnamespace WHERE ns.nspname = s AND c.relkind IN ('r', 'v', 'm', 'p', 'f')
                      AND (s <> n.store_schema OR c.relname IN (SELECT k.relation FROM omni.store_keys() k) OR c.relname = 'store_info')) THEN
            RAISE EXCEPTION USING ERRCODE = 'duplicate_table', MESSAGE = format('schema %I already has tables or views that a store makes', s),
                HINT = 'Choose another name for the store; your own tables can be adopted under it.';
        END IF;
    END LOOP;
    SELECT string_agg(f.oid::regprocedure::text, ', ') INTO taken FROM pg_proc f
    WHERE f.pronamespace = to_regnamespace(quote_ident(n.store_schema)) AND f.proname IN (SELECT p.name FROM omni.store_parts(store) p WHERE p.kind = 'function');
    IF taken IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'duplicate_function', MESSAGE = format('schema %I already has functions that a store makes', store),
            DETAIL = taken, HINT = 'Choose another name for the store, or rename these functions.';
    END IF;

    EXECUTE format('CREATE TABLE %I.store_info (version text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), '
        'adopted jsonb NOT NULL, detached jsonb, one boolean PRIMARY KEY DEFAULT true CHECK (one))', n.store_schema);
    EXECUTE format('COMMENT ON TABLE %I.store_info IS %L', n.store_schema, 'version and state of this omni store; kept by omni');
    PERFORM omni.store_keep(format('%I.store_info', n.store_schema), '{INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}');
    EXECUTE format('INSERT INTO %I.store_info (version, adopted) VALUES ($1, $2)', n.store_schema)
        USING (SELECT extversion FROM pg_extension WHERE extname = 'omni'), adopt;
    PERFORM omni.store_make_tables(store, adopt);
    PERFORM omni.store_make_views(store);
    RETURN format('store %I: %s tables, %s adopted, %s views in %I', store, (SELECT count(*) FROM omni.store_keys()) - (SELECT count(*) FROM jsonb_object_keys(adopt)),
        (SELECT count(*) FROM jsonb_object_keys(adopt)), (SELECT count(*) FROM pg_class WHERE relkind = 'v' AND relnamespace = to_regnamespace(quote_ident(n.bi_schema))), n.bi_schema);
END $$;
COMMENT ON FUNCTION omni.create_store(text, jsonb) IS 'make a store in a schema of the caller''s: tables, functions, and views for BI in <schema>_bi; option adopt reads the caller''s own relations under the canonical names';

/* secondary indexes, settings, functions and views: all that can be made again at any time */
CREATE FUNCTION omni.store_make_views(store text)
    RETURNS void LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    i record;
    n record;
    before oid[];
BEGIN
    SELECT * INTO n FROM omni.store_names(store);
    FOR i IN SELECT * FROM (VALUES ('orders', 'customer_id'), ('orders', 'placed_at'), ('order_lines', 'sku'), ('identities', 'customer_id'),
                                   ('evidence', 'source, record_id'), ('customers', 'merged_into'),
                                   ('source_records', 'customer_id'), ('links', 'other_source, other_record_id'), ('refusals', 'source, record_id'),
                                   ('touchpoints', 'visitor'), ('touchpoints', 'occurred_at'), ('products', 'gtin'), ('stock', 'location_code')) v(relation, columns) LOOP
        IF (SELECT relkind FROM pg_class WHERE oid = to_regclass(format('%I.%I', store, i.relation))) IN ('r', 'p') THEN
            IF to_regclass(format('%I.%I', store, i.relation || '_' || replace(i.columns, ', ', '_'))) IS NULL THEN
                EXECUTE format('CREATE INDEX %I ON %I.%I (%s)', i.relation || '_' || replace(i.columns, ', ', '_'), store, i.relation, i.columns);
            END IF;
        END IF;
    END LOOP;
    -- customer_key of the views, so that one customer is found by it
    IF (SELECT relkind FROM pg_class WHERE oid = to_regclass(format('%I.customers', store))) IN ('r', 'p') AND to_regclass(format('%I.customers_customer_key', store)) IS NULL THEN
        EXECUTE format('CREATE INDEX customers_customer_key ON %I.customers ((coalesce(merged_into, customer_id)::text))', store);
    END IF;
    -- limits of merging to begin with; a store keeps those that it has
    IF (SELECT relkind FROM pg_class WHERE oid = to_regclass(format('%I.identity_settings', store))) IN ('r', 'p') THEN
        EXECUTE format('INSERT INTO %I.identity_settings (setting, value) VALUES (''limits'', omni.merge_limits()) ON CONFLICT DO NOTHING', store);
    END IF;
    PERFORM omni.store_make_schema(n.bi_schema, false);
    PERFORM omni.store_make_schema(n.pii_schema, NOT EXISTS (SELECT FROM pg_namespace ns WHERE ns.nspname = n.pii_schema));
    before := array(SELECT p.view FROM omni.store_parts(store) p WHERE p.view IS NOT NULL);
    PERFORM omni.store_run(store, 'functions');
    PERFORM omni.store_run(store, 'identity');
    PERFORM omni.store_run(store, 'ingest');
    PERFORM omni.store_run(store, 'bi');
    PERFORM omni.store_run(store, 'pii');
    -- personal data is granted to nobody, not by default privileges either
    PERFORM omni.store_keep(p.view, '{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER,MAINTAIN}') FROM omni.store_parts(store) p WHERE p.part = 'pii' AND p.view <> ALL (before);
END $$;
COMMENT ON FUNCTION omni.store_make_views(text) IS 'make the indexes, functions and views of a store, again if need be; grants stay';

CREATE FUNCTION omni.migrate_store(store text)
    RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    now_is text := (SELECT extversion FROM pg_extension WHERE extname = 'omni');
    info record;
BEGIN
    PERFORM omni.store_lock(store);
    SELECT * INTO info FROM omni.store_info(store);
    IF info.detached IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('store %I is detached', store),
            HINT = format('SELECT omni.attach_store(%L) first.', store);
    END IF;
    IF string_to_array(info.version, '.')::int[] > string_to_array(now_is, '.')::int[] THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('store %I is of version %s, omni is %s', store, info.version, now_is),
            HINT = 'ALTER EXTENSION omni UPDATE first.';
    END IF;
    PERFORM omni.store_make_tables(store, info.adopted);
    IF string_to_array(info.version, '.')::int[] < '{0,3,0}' AND NOT info.adopted ?| '{customers,identities}' THEN
        -- since then it is known of each record, too, whose it is
        EXECUTE format('INSERT INTO %1$I.source_records (source, record_id, customer_id, first_seen_at, last_seen_at) SELECT e.source, e.record_id, min(i.customer_id), min(e.observed_at), max(e.observed_at) '
            'FROM %1$I.evidence e JOIN %1$I.identities i ON i.identifier = e.identifier GROUP BY e.source, e.record_id ON CONFLICT DO NOTHING', store);
    END IF;
    PERFORM omni.store_make_views(store);
    EXECUTE format('UPDATE %I.store_info SET version = $1 WHERE version <> $1', store) USING now_is;
    RETURN format('store %I: %s', store, CASE WHEN info.version = now_is THEN 'is at ' || now_is ELSE info.version || ' to ' || now_is END);
END $$;
COMMENT ON FUNCTION omni.migrate_store(text) IS 'bring a store to the version of the extension: new tables, columns, functions and views; data and grants stay';

/*
 * Change types of columns, [{relation, column_name, type, modifier, default_expression}]; a default that is named gives way to
 * that, or to none where new_defaults is false. Foreign keys within the store that the user added are
 * taken off while the types of their two ends differ.
 */
CREATE FUNCTION omni.store_retype(store text, columns jsonb, new_defaults boolean)
    RETURNS void LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    a record;
    k record;
    keys jsonb;
    why text;
    whereabouts text;
BEGIN
    PERFORM omni.store_names(store);
    IF jsonb_typeof(columns) <> 'array' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the columns to change have to be an array', HINT = 'detach_store() and attach_store() change columns of a store.';
    END IF;
    SELECT coalesce(jsonb_agg(jsonb_build_array(c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid))), '[]') INTO keys
    FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid
    WHERE c.contype = 'f' AND c.conparentid = 0 AND r.relnamespace = to_regnamespace(quote_ident(store)) AND f.relnamespace = r.relnamespace
        AND (r.relname IN (SELECT x ->> 'relation' FROM jsonb_array_elements(columns) x) OR f.relname IN (SELECT x ->> 'relation' FROM jsonb_array_elements(columns) x));
    FOR k IN SELECT x ->> 0 AS relation, x ->> 1 AS name FROM jsonb_array_elements(keys) x LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', k.relation::regclass, k.name);
    END LOOP;
    FOR a IN SELECT c.relation, string_agg(CASE WHEN c.default_expression IS NOT NULL THEN format('ALTER COLUMN %I DROP DEFAULT, ', c.column_name) ELSE '' END ||
                        format('ALTER COLUMN %1$I TYPE %2$s USING %1$I::%2$s', c.column_name, format_type(c.type::regtype, c.modifier)) ||
                        CASE WHEN new_defaults AND c.default_expression IS NOT NULL THEN format(', ALTER COLUMN %I SET DEFAULT (%s)', c.column_name, c.default_expression) ELSE '' END, ', ') AS actions
             FROM jsonb_to_recordset(columns) c(relation text, column_name text, type text, modifier integer, default_expression text) GROUP BY c.relation ORDER BY c.relation LOOP
        BEGIN
            EXECUTE format('ALTER TABLE %I.%I %s', store, a.relation, a.actions);
        EXCEPTION WHEN feature_not_supported OR dependent_objects_still_exist OR datatype_mismatch OR undefined_function OR invalid_table_definition OR invalid_object_definition THEN
            GET STACKED DIAGNOSTICS why = MESSAGE_TEXT, whereabouts = PG_EXCEPTION_DETAIL;
            RAISE EXCEPTION USING ERRCODE = 'dependent_objects_still_exist', MESSAGE = format('the types of %I.%I cannot be changed', store, a.relation),
                DETAIL = concat_ws('. ', why, nullif(whereabouts, '')), HINT = 'Drop what depends on these columns, and make it again afterwards. Nothing has been changed.';
        WHEN data_exception THEN
            GET STACKED DIAGNOSTICS why = MESSAGE_TEXT;
            RAISE EXCEPTION USING ERRCODE = SQLSTATE, MESSAGE = format('%I.%I holds a value that does not fit its type: %s', store, a.relation, why),
                HINT = 'Find it with T_problem(column), mend it, and try again. Nothing has been changed.';
        END;
    END LOOP;
    FOR k IN SELECT x ->> 0 AS relation, x ->> 1 AS name, x ->> 2 AS definition FROM jsonb_array_elements(keys) x LOOP
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.relation::regclass, k.name, k.definition);
    END LOOP;
END $$;
COMMENT ON FUNCTION omni.store_retype(text, jsonb, boolean) IS 'change types of columns of a store, all or none';

/* objects in the schemas of a store that the extension could not be dropped without */
CREATE FUNCTION omni.store_dependents(store text)
    RETURNS SETOF text LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    schemas oid[];
BEGIN
    SELECT array_agg(ns.oid) INTO schemas FROM omni.store_names(store) n, pg_namespace ns WHERE ns.nspname IN (n.store_schema, n.bi_schema, n.pii_schema);
    RETURN QUERY
    -- each list is made once: the planner cannot know how long they are
    WITH RECURSIVE mine AS MATERIALIZED (SELECT c.oid FROM pg_class c WHERE c.relnamespace = ANY (schemas)),
    here(classid, objid) AS MATERIALIZED (
        SELECT 'pg_class'::regclass::oid, oid FROM mine
        UNION ALL SELECT 'pg_attrdef'::regclass, d.oid FROM pg_attrdef d JOIN mine ON mine.oid = d.adrelid
        UNION ALL SELECT 'pg_constraint'::regclass, c.oid FROM pg_constraint c JOIN mine ON mine.oid = c.conrelid
        UNION ALL SELECT 'pg_rewrite'::regclass, r.oid FROM pg_rewrite r JOIN mine ON mine.oid = r.ev_class
        UNION ALL SELECT 'pg_policy'::regclass, p.oid FROM pg_policy p JOIN mine ON mine.oid = p.polrelid
        UNION ALL SELECT 'pg_trigger'::regclass, t.oid FROM pg_trigger t JOIN mine ON mine.oid = t.tgrelid
        UNION ALL SELECT 'pg_statistic_ext'::regclass, x.oid FROM pg_statistic_ext x JOIN mine ON mine.oid = x.stxrelid
        UNION ALL SELECT 'pg_proc'::regclass, p.oid FROM pg_proc p
            WHERE p.pronamespace = ANY (schemas)
        UNION ALL SELECT 'pg_type'::regclass, t.oid FROM pg_type t WHERE t.typnamespace = ANY (schemas) AND t.typtype IN ('d', 'r')),
    member AS MATERIALIZED (SELECT d.classid, d.objid FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
               WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname = 'omni'),
    -- a domain over a type of ours, a range of it, a row type with a column of it need omni as well, and what is made of these
    needed AS (SELECT * FROM member UNION
               SELECT x.classid, x.objid FROM needed m CROSS JOIN LATERAL (
                   SELECT d.classid, d.objid FROM pg_depend d WHERE d.refclassid = m.classid AND d.refobjid = m.objid AND d.classid = 'pg_type'::regclass
                   UNION ALL SELECT 'pg_type'::regclass, c.reltype FROM pg_depend d JOIN pg_class c ON c.oid = d.objid
                   WHERE d.refclassid = m.classid AND d.refobjid = m.objid AND d.classid = 'pg_class'::regclass AND d.objsubid > 0 AND c.reltype <> 0) x)
    SELECT DISTINCT pg_describe_object(d.classid, d.objid, d.objsubid)
    FROM here h JOIN pg_depend d ON d.classid = h.classid AND d.objid = h.objid
    JOIN needed m ON m.classid = d.refclassid AND m.objid = d.refobjid WHERE d.deptype <> 'i' ORDER BY 1;
END $$;
COMMENT ON FUNCTION omni.store_dependents(text) IS 'what in a store could not stay if omni were dropped';

CREATE FUNCTION omni.detach_store(store text)
    RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    info record;
    views jsonb;
    columns jsonb;
    defaults jsonb;
    own record;
    blocker text;
BEGIN
    PERFORM omni.store_lock(store);
    SELECT * INTO info FROM omni.store_info(store);
    IF info.detached IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('store %I is detached already', store),
            HINT = format('SELECT omni.attach_store(%L) puts its types back.', store);
    END IF;

    -- omni's own views go; their options and who may read them are kept
    SELECT coalesce(jsonb_agg(jsonb_build_object('view', v::text, 'options', to_jsonb(c.reloptions), 'grants',
               (SELECT coalesce(jsonb_agg(jsonb_build_array(g.column_name, CASE g.grantee WHEN 0 THEN NULL ELSE pg_get_userbyid(g.grantee) END, g.privilege_type, g.is_grantable)), '[]')
                FROM (SELECT NULL::name AS column_name, a.* FROM aclexplode(c.relacl) a
                      UNION ALL SELECT t.attname, a.* FROM pg_attribute t, aclexplode(t.attacl) a WHERE t.attrelid = c.oid AND t.attnum > 0) g
                WHERE g.grantee <> c.relowner))), '[]') INTO views
    FROM omni.store_views(store) v JOIN pg_class c ON c.oid = v;
    BEGIN
        IF jsonb_array_length(views) > 0 THEN
            EXECUTE (SELECT 'DROP VIEW ' || string_agg(v::text, ', ') FROM omni.store_views(store) v);
        END IF;
    EXCEPTION WHEN dependent_objects_still_exist THEN
        GET STACKED DIAGNOSTICS blocker = PG_EXCEPTION_DETAIL;
        RAISE EXCEPTION USING ERRCODE = 'dependent_objects_still_exist', MESSAGE = format('store %I cannot be detached: other objects depend on its views', store),
            DETAIL = blocker, HINT = 'Drop these objects, or keep their definitions and make them again after attach_store().';
    END;

    SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.relation, t.attnum), '[]') INTO columns
    FROM (SELECT c.relname AS relation, a.attnum, a.attname AS column_name, a.atttypid::regtype::text AS type, a.atttypmod AS modifier, pg_get_expr(d.adbin, d.adrelid) AS default_expression
          FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attinhcount = 0 AND a.attgenerated = ''
          JOIN pg_type y ON y.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
          WHERE c.relnamespace = to_regnamespace(quote_ident(store)) AND c.relkind IN ('r', 'p') AND y.typnamespace = to_regnamespace('omni')) t;
    -- partitions and children change with their parents; a default that one has of its own would become the parent's
    WITH RECURSIVE tree AS (SELECT i.inhrelid, i.inhparent, 1 AS depth FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhparent WHERE c.relnamespace = to_regnamespace(quote_ident(store)) AND c.relkind IN ('r', 'p')
                            UNION SELECT i.inhrelid, i.inhparent, t.depth + 1 FROM tree t JOIN pg_inherits i ON i.inhparent = t.inhrelid)
    SELECT coalesce(jsonb_agg(jsonb_build_object('relation', format('%I.%I', ns.nspname, c.relname), 'column_name', a.attname, 'default_expression', e.is_now) ORDER BY t.depth, 1), '[]') INTO defaults
    FROM (SELECT inhrelid, inhparent, max(depth) AS depth FROM tree GROUP BY inhrelid, inhparent) t JOIN pg_class c ON c.oid = t.inhrelid JOIN pg_namespace ns ON ns.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = t.inhrelid AND a.attinhcount > 0 AND a.attgenerated = '' AND NOT a.attisdropped JOIN pg_type y ON y.oid = a.atttypid AND y.typnamespace = to_regnamespace('omni')
    JOIN pg_attribute p ON p.attrelid = t.inhparent AND p.attname = a.attname AND NOT p.attisdropped
    CROSS JOIN LATERAL (SELECT (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum) AS is_now,
                               (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d WHERE d.adrelid = p.attrelid AND d.adnum = p.attnum) AS of_parent) e
    WHERE e.is_now IS DISTINCT FROM e.of_parent;
    FOR own IN SELECT d.* FROM jsonb_to_recordset(defaults) d(relation text, column_name text) LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I DROP DEFAULT', own.relation::regclass, own.column_name);
    END LOOP;
    PERFORM omni.store_retype(store, (SELECT coalesce(jsonb_agg(x || jsonb_build_object('type', CASE WHEN x ->> 'type' LIKE '%[]' THEN 'text[]' ELSE 'text' END, 'modifier', NULL)), '[]')
                                      FROM jsonb_array_elements(columns) x), false);

    SELECT string_agg(d, E'\n') INTO blocker FROM omni.store_dependents(store) d;
    IF blocker IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'dependent_objects_still_exist', MESSAGE = format('store %I cannot be detached: objects in it need omni', store),
            DETAIL = blocker, HINT = 'Drop these objects, or keep their definitions and make them again after attach_store().';
    END IF;
    EXECUTE format('UPDATE %I.store_info SET detached = $1', store) USING
        jsonb_build_object('columns', (SELECT coalesce(jsonb_agg(x - 'attnum'), '[]') FROM jsonb_array_elements(columns) x), 'defaults', defaults, 'views', views);
    RETURN format('store %I: %s columns are text now, and no object of it needs omni', store, jsonb_array_length(columns));
END $$;
COMMENT ON FUNCTION omni.detach_store(text) IS 'turn every column of a store that has a type of omni into text and drop its views, so that DROP EXTENSION loses nothing; attach_store() puts all back';

CREATE FUNCTION omni.attach_store(store text)
    RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    info record;
    columns jsonb;
    gone text;
    v record;
    g record;
BEGIN
    PERFORM omni.store_lock(store);
    SELECT * INTO info FROM omni.store_info(store);
    IF info.detached IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('store %I is attached', store),
            HINT = format('SELECT omni.detach_store(%L) detaches it.', store);
    END IF;
    -- a store that omni 0.1.0 detached
    IF jsonb_typeof(info.detached -> 'columns' -> 0) = 'array' THEN
        info.detached := jsonb_build_object(
            'columns', (SELECT jsonb_agg(jsonb_build_object('relation', x ->> 0, 'column_name', x ->> 1, 'type', x ->> 2)) FROM jsonb_array_elements(info.detached -> 'columns') x),
            'views', (SELECT coalesce(jsonb_agg(jsonb_build_object('view', w.view, 'grants', w.grants)), '[]')
                      FROM (SELECT x ->> 0 AS view, jsonb_agg(jsonb_build_array(NULL, CASE WHEN x ->> 1 <> 'PUBLIC' THEN (parse_ident(x ->> 1))[1] END, x ->> 2, x -> 3)) AS grants
                            FROM jsonb_array_elements(info.detached -> 'grants') x GROUP BY 1) w));
    END IF;
    SELECT coalesce(jsonb_agg(to_jsonb(s) || jsonb_build_object('modifier', coalesce(s.modifier, substring(s.type FROM '\((\d+)\)$')::integer)) ORDER BY s.relation, s.column_name) FILTER (WHERE a.attname IS NOT NULL), '[]'),
           string_agg(format('%I.%I.%I', store, s.relation, s.column_name), ', ' ORDER BY s.relation, s.column_name) FILTER (WHERE a.attname IS NULL) INTO columns, gone
    FROM jsonb_to_recordset(info.detached -> 'columns') s(relation text, column_name text, type text, modifier integer, default_expression text)
    LEFT JOIN pg_attribute a ON a.attrelid = to_regclass(format('%I.%I', store, s.relation)) AND a.attname = s.column_name AND NOT a.attisdropped;
    IF gone IS NOT NULL THEN
        RAISE WARNING USING MESSAGE = format('columns that are no longer there stay as they are: %s', gone);
    END IF;
    PERFORM omni.store_retype(store, columns, true);
    FOR g IN SELECT a.attrelid::regclass AS relation, d.column_name, d.default_expression
             FROM jsonb_array_elements(info.detached -> 'defaults') WITH ORDINALITY x(value, n), jsonb_to_record(x.value) d(relation text, column_name text, default_expression text)
             JOIN pg_attribute a ON a.attrelid = to_regclass(d.relation) AND a.attname = d.column_name AND NOT a.attisdropped ORDER BY x.n LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I ', g.relation, g.column_name) || coalesce('SET DEFAULT (' || g.default_expression || ')', 'DROP DEFAULT');
    END LOOP;
    EXECUTE format('UPDATE %I.store_info SET detached = NULL', store);
    PERFORM omni.migrate_store(store);

    -- the views are granted as they were, to roles that are still there
    FOR v IN SELECT to_regclass(x ->> 'view') AS view, x -> 'options' AS options, x -> 'grants' AS grants FROM jsonb_array_elements(info.detached -> 'views') x
             WHERE to_regclass(x ->> 'view') IS NOT NULL LOOP
        FOR g IN SELECT DISTINCT a.grantee FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = v.view AND a.grantee <> c.relowner LOOP
            EXECUTE format('REVOKE ALL ON %s FROM %s', v.view, CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END);
        END LOOP;
        FOR g IN SELECT x ->> 0 AS column_name, x ->> 1 AS grantee, x ->> 2 AS privilege, (x ->> 3)::boolean AS grantable FROM jsonb_array_elements(v.grants) x
                 WHERE x ->> 2 ~ '^[A-Z]+$' AND (x ->> 1 IS NULL OR EXISTS (SELECT FROM pg_roles r WHERE r.rolname = x ->> 1)) LOOP
            EXECUTE format('GRANT %s%s ON %s TO %s%s', g.privilege, ' (' || quote_ident(g.column_name) || ')', v.view, coalesce(quote_ident(g.grantee), 'PUBLIC'),
                CASE WHEN g.grantable THEN ' WITH GRANT OPTION' ELSE '' END);
        END LOOP;
        IF jsonb_typeof(v.options) = 'array' THEN
            EXECUTE format('ALTER VIEW %s SET (%s)', v.view, (SELECT string_agg(format('%I = %L', split_part(o, '=', 1), substring(o FROM '=(.*)$')), ', ') FROM jsonb_array_elements_text(v.options) o));
        END IF;
    END LOOP;
    RETURN format('store %I: %s columns have their types again', store, jsonb_array_length(columns));
END $$;
COMMENT ON FUNCTION omni.attach_store(text) IS 'undo detach_store(): the columns get their types back, the views are made again with their grants';

CREATE FUNCTION omni.check_store(store text, OUT relation text, OUT column_name text, OUT problem text, OUT hint text)
    RETURNS SETOF record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c record;
    k record;
    info record;
    found bigint;
    reason text;
    unfit text[] := '{}';   -- relation.column that is missing or of another type: what needs it is not looked at
    is_version text := (SELECT extversion FROM pg_extension WHERE extname = 'omni');
BEGIN
    SELECT * INTO info FROM omni.store_info(store);
    IF info.version <> is_version THEN
        RETURN QUERY SELECT 'store_info', 'version', format('the store is of version %s, omni of %s', info.version, is_version), format('SELECT omni.migrate_store(%L)', store);
    END IF;
    IF info.detached IS NOT NULL THEN
        RETURN QUERY SELECT 'store_info', 'detached', 'the store is detached', format('SELECT omni.attach_store(%L)', store);
        RETURN;
    END IF;
    RETURN QUERY SELECT a.key, NULL::text, format('the adopted relation %s is not there', a.value), 'Give it its name back, or make a view of that name.'
                 FROM jsonb_each_text(info.adopted) a WHERE to_regclass(a.value) IS NULL ORDER BY 1;
    FOR c IN SELECT s.*, a.atttypid, to_regclass(format('%I.%I', store, s.relation)) AS rel, to_regclass(info.adopted ->> s.relation) AS source
             FROM omni.store_contract() s
             LEFT JOIN pg_attribute a ON a.attrelid = to_regclass(format('%I.%I', store, s.relation)) AND a.attname = s.column_name AND NOT a.attisdropped
             ORDER BY s.relation, s.ordinal LOOP
        IF c.rel IS NULL OR c.atttypid IS NULL OR c.atttypid <> c.type::regtype THEN
            unfit := unfit || (c.relation || '.' || c.column_name);
        END IF;
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
            IF c.type LIKE 'omni.%' AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.source AND a.attname = c.column_name
                                                AND a.atttypid <> c.type::regtype AND NOT a.attisdropped) THEN
                FOR reason, found IN EXECUTE format('SELECT %s_problem(%I::text), count(*) FROM %s GROUP BY 1 HAVING %1$s_problem(%2$I::text) IS NOT NULL ORDER BY 1',
                                                    c.type, c.column_name, c.source) LOOP
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
    RETURN QUERY SELECT format('%I.%I', p.schema_name, p.name), NULL::text, 'the view is missing', format('SELECT omni.migrate_store(%L)', store)
                 FROM omni.store_parts(store) p WHERE p.kind = 'view' AND p.view IS NULL ORDER BY 1;
    FOR k IN SELECT * FROM omni.store_keys() s WHERE info.adopted ? s.relation AND NOT unfit && array(SELECT s.relation || '.' || u FROM unnest(s.key_columns) u) LOOP
        EXECUTE format('SELECT count(*) FROM (SELECT FROM %I.%I GROUP BY %s HAVING count(*) > 1) d', store, k.relation,
                       (SELECT string_agg(quote_ident(u), ', ') FROM unnest(k.key_columns) u)) INTO found;
        IF found > 0 THEN
            RETURN QUERY SELECT k.relation, array_to_string(k.key_columns, ', '), format('%s keys are there more than once', found), 'Adopt a view that has one row a key.';
        END IF;
    END LOOP;
    -- references: nothing forces them, feeds may arrive in any order
    FOR c IN SELECT * FROM (VALUES ('channels', 'market_code', 'markets', 'market_code'), ('locations', 'market_code', 'markets', 'market_code'), ('orders', 'market_code', 'markets', 'market_code'),
                 ('orders', 'channel_code', 'channels', 'channel_code'), ('orders', 'customer_id', 'customers', 'customer_id'), ('source_records', 'customer_id', 'customers', 'customer_id'),
                 ('order_lines', 'order_ref', 'orders', 'order_ref'), ('order_lines', 'sku', 'products', 'sku'), ('order_line_events', 'order_ref', 'orders', 'order_ref'),
                 ('payments', 'order_ref', 'orders', 'order_ref'), ('sku_aliases', 'sku', 'products', 'sku'), ('stock', 'sku', 'products', 'sku'),
                 ('stock', 'location_code', 'locations', 'location_code')) v(relation, column_name, target, target_column)
             WHERE NOT unfit && ARRAY[v.relation || '.' || v.column_name, v.target || '.' || v.target_column] LOOP
        EXECUTE format('SELECT count(*) FROM %1$I.%2$I a WHERE a.%3$I IS NOT NULL AND NOT EXISTS (SELECT FROM %1$I.%4$I b WHERE b.%5$I = a.%3$I)',
                       store, c.relation, c.column_name, c.target, c.target_column) INTO found;
        IF found > 0 THEN
            RETURN QUERY SELECT c.relation, c.column_name, format('%s rows refer to nothing in %s', found, c.target), format('Load the missing rows of %s.', c.target);
        END IF;
    END LOOP;
    FOR c IN SELECT * FROM (VALUES
                 ('markets', 'time_zone', 'lower(time_zone) NOT IN (SELECT lower(z.name) FROM pg_timezone_names z)', 'time zones are unknown', 'Use a name of pg_timezone_names, such as Europe/Berlin: no view can show a day without.'),
                 ('markets', 'currency', 'currency !~ ''^[A-Z]{3}$''', 'values are unknown', 'Use ISO 4217 codes, such as EUR.'),
                 ('orders', 'currency', 'currency !~ ''^[A-Z]{3}$''', 'values are unknown', 'Use ISO 4217 codes, such as EUR.'),
                 ('order_lines', 'qty', 'qty <= 0', 'values are not positive', 'A line has one unit or more; what comes back is an event of its line.'),
                 ('order_lines', 'unit_price', 'unit_price IN (''NaN'', ''Infinity'', ''-Infinity'')', 'values are no amount', 'Every sum over them is none either.'),
                 ('order_lines', 'discount_amount', 'discount_amount IN (''NaN'', ''Infinity'', ''-Infinity'')', 'values are no amount', 'Every sum over them is none either.'),
                 ('order_lines', 'tax_amount', 'tax_amount IN (''NaN'', ''Infinity'', ''-Infinity'')', 'values are no amount', 'Every sum over them is none either.'),
                 ('payments', 'amount', 'amount IN (''NaN'', ''Infinity'')', 'values are no amount', 'Every sum over them is none either.'),
                 ('evidence', 'observed_at', 'NOT isfinite(observed_at)', 'times are infinite', 'Set the time when it was seen: customers cannot be made of them.'),
                 ('evidence', 'record_id', 'source = '''' OR record_id = '''' OR octet_length(source) > 512 OR octet_length(record_id) > 512', 'rows name no record, or one by more than 512 bytes', 'Both source and record_id have 1 to 512 bytes.'),
                 ('source_records', 'first_seen_at', 'NOT isfinite(first_seen_at)', 'times are infinite', 'Set the time when it was seen: customers cannot be made of them.'),
                 ('source_records', 'record_id', 'source = '''' OR record_id = '''' OR octet_length(source) > 512 OR octet_length(record_id) > 512', 'rows name no record, or one by more than 512 bytes', 'Both source and record_id have 1 to 512 bytes.'),
                 ('links', 'decided_at', 'NOT isfinite(decided_at)', 'times are infinite', 'Set the time when it was decided: customers cannot be made of them.'),
                 ('links', 'record_id', 'source = '''' OR record_id = '''' OR other_source = '''' OR other_record_id = '''' OR greatest(octet_length(source), octet_length(record_id), octet_length(other_source), octet_length(other_record_id)) > 512', 'rows name no record, or one by more than 512 bytes', 'Both source and record_id have 1 to 512 bytes.'),
                 ('stock', 'reserved', 'reserved < 0', 'values are negative', 'The views show no atp for them.'),
                 ('stock', 'safety_stock', 'safety_stock < 0', 'values are negative', 'The views show no atp for them.')) v(relation, column_name, test, what, advice)
             WHERE v.relation || '.' || v.column_name <> ALL (unfit) LOOP
        EXECUTE format('SELECT count(*) FROM %I.%I WHERE %s', store, c.relation, c.test) INTO found;
        IF found > 0 THEN
            RETURN QUERY SELECT c.relation, c.column_name, format('%s %s', found, c.what), c.advice;
        END IF;
    END LOOP;
    -- lines with an event that is no move, or whose events take more units out of a state than came into it
    IF NOT unfit && '{order_lines.order_ref,order_lines.line_no,order_lines.qty,order_line_events.order_ref,order_line_events.line_no,order_line_events.qty,order_line_events.from_state,order_line_events.to_state}' THEN
        EXECUTE replace('SELECT count(*) FROM (SELECT e.order_ref, e.line_no, bool_and(e.sound) AS sound, omni.order_line_state(e.qty, e.from_state, e.to_state) FILTER (WHERE e.sound) AS moves '
            'FROM (SELECT x.*, coalesce(x.qty > 0 AND omni.single_state(x.from_state) AND omni.single_state(x.to_state), false) AS sound FROM @.order_line_events x) e GROUP BY e.order_ref, e.line_no) g '
            'LEFT JOIN @.order_lines l ON l.order_ref = g.order_ref AND l.line_no = g.line_no '
            'WHERE NOT g.sound OR omni.order_quantities_try(omni.order_moves_add(g.moves, coalesce(l.qty, 0), NULL, ''open''::omni.order_state)) IS NULL', '@', quote_ident(store)) INTO found;
        IF found > 0 THEN
            RETURN QUERY SELECT 'order_line_events', 'qty', format('the events of %s lines do not add up', found), 'Events are missing or wrong; the views show these lines as the source says, or as open.';
        END IF;
    END IF;
END $$;
COMMENT ON FUNCTION omni.check_store(text) IS 'what is wrong with a store: missing tables and columns, values of adopted relations that do not parse, rows that refer to nothing, events that do not add up; no row means that all is well';

CREATE FUNCTION omni.status(OUT item text, OUT value text, OUT hint text)
    RETURNS SETOF record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    sql_version text := (SELECT extversion FROM pg_extension WHERE extname = 'omni');
    offered text := (SELECT default_version FROM pg_available_extensions WHERE name = 'omni');
    s record;
    info record;
BEGIN
    RETURN QUERY SELECT 'library', omni.library_version(),
        CASE WHEN omni.library_version() <> coalesce(offered, omni.library_version()) THEN format('The files on disk are of %s: start a new session, or restart the server if omni is preloaded.', offered) END;
    RETURN QUERY SELECT 'extension', sql_version, CASE WHEN sql_version <> omni.library_version() THEN 'ALTER EXTENSION omni UPDATE;' END;
    RETURN QUERY SELECT 'canonical rules', omni.canon_version(), NULL::text;
    RETURN QUERY SELECT 'ICU', omni.icu_version(), NULL::text;
    RETURN QUERY SELECT 'server', current_setting('server_version'),
        CASE WHEN current_setting('server_version_num')::int BETWEEN 150000 AND 150019 THEN 'Update to the latest minor release of PostgreSQL 15.' END;
    RETURN QUERY SELECT 'keyring', 'none', NULL::text;
    FOR s IN SELECT ns.nspname, has_schema_privilege(ns.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS readable FROM pg_class c JOIN pg_namespace ns ON ns.oid = c.relnamespace
             WHERE c.relname = 'store_info' AND omni.store_is(ns.nspname) ORDER BY 1 LOOP
        IF s.readable THEN
            SELECT * INTO info FROM omni.store_info(s.nspname);
            RETURN QUERY SELECT 'store ' || s.nspname, info.version || CASE WHEN info.detached IS NOT NULL THEN ', detached' ELSE '' END,
                CASE WHEN info.detached IS NOT NULL THEN format('SELECT omni.attach_store(%L);', s.nspname)
                     WHEN info.version <> sql_version THEN format('SELECT omni.migrate_store(%L);', s.nspname) END;
        ELSE
            RETURN QUERY SELECT 'store ' || s.nspname, NULL::text, 'You may not read this store.';
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION omni.status() IS 'versions of library, SQL, canonical rules, ICU and every store, with a hint on each mismatch';

/*
 * ---- store: how ingest() reads rows of the user's ----
 *
 * A mapping names columns: they are looked up in the catalog and quoted, never run as text. What
 * a value means must not depend on a setting: a time without zone, a float, an interval are refused.
 */

/* what these expressions let pass, timestamptz's input takes, under any setting */
CREATE FUNCTION omni.store_time(said text)
    RETURNS timestamptz LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 5
RETURN CASE WHEN said ~ ('^\s*(?!0000)(\d{4}-((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|1\d|2[0-8]))'
                         '|(\d\d(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)'
                         '[ T]([01]\d|2[0-3]):[0-5]\d(:([0-5]\d|60)(\.\d{1,9})?)?\s*(Z|z|UTC|GMT|[+-](0\d|1[0-4])(:?[0-5]\d)?)\s*$')
            THEN said::timestamptz END;
COMMENT ON FUNCTION omni.store_time(text) IS 'the time that a text of ISO 8601 with a zone says, under any setting; NULL where it is none';

CREATE FUNCTION omni.store_time_problem(said text)
    RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 5
RETURN CASE WHEN omni.store_time(said) IS NOT NULL THEN NULL
            WHEN said ~ '^\s*$' THEN 'empty'
            WHEN said ~* '^\s*[+-]?infinity\s*$' THEN 'infinite'
            WHEN said ~ '^\s*\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?\s*$' THEN 'no_zone'
            WHEN said ~ '^\s*\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?\s*(Z|z|UTC|GMT|[+-]\d\d(:?\d\d)?)\s*$' THEN 'out_of_range'
            ELSE 'syntax' END;
COMMENT ON FUNCTION omni.store_time_problem(text) IS 'why store_time() gives NULL: empty, infinite, no_zone, out_of_range or syntax; NULL where it gives a time';

CREATE FUNCTION omni.store_mapping(mapping jsonb, OUT n bigint, OUT role text, OUT name text, OUT column_name text, OUT region text, OUT region_column text)
    RETURNS SETOF record LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    example CONSTANT text := '{"record_id": "id", "observed_at": "updated_at", "identifiers": {"email": "mail", "phone": {"column": "tel", "region": "DE"}}, "attributes": ["first_name", "last_name"]}';
    wrong text;
    part record;
    said jsonb;
    attributes jsonb;
BEGIN
    IF mapping IS NULL OR jsonb_typeof(mapping) <> 'object' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the mapping of a batch has to be an object', HINT = example;
    END IF;
    SELECT string_agg(left(k, 64), ', ') INTO wrong FROM jsonb_object_keys(mapping) k WHERE k NOT IN ('record_id', 'observed_at', 'identifiers', 'attributes');
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('unknown key of a mapping: %s', wrong),
            HINT = 'Its keys are record_id, observed_at, identifiers and attributes.';
    END IF;
    n := 0;
    FOREACH role IN ARRAY '{record_id,observed_at}'::text[] LOOP
        CONTINUE WHEN role = 'observed_at' AND NOT mapping ? role;
        IF jsonb_typeof(mapping -> role) IS DISTINCT FROM 'string' THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('"%s" of a mapping has to be the name of a column', role), HINT = example;
        END IF;
        n := n + 1;
        column_name := mapping ->> role;
        RETURN NEXT;
    END LOOP;

    role := 'identifier';
    IF jsonb_typeof(coalesce(mapping -> 'identifiers', '{}')) <> 'object' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = '"identifiers" of a mapping has to be an object of kinds and columns', HINT = example;
    END IF;
    FOR part IN SELECT i.key, i.value FROM jsonb_each(coalesce(mapping -> 'identifiers', '{}')) i ORDER BY i.key COLLATE "C" LOOP
        name := part.key;
        IF name !~ '^[a-z][a-z0-9_]{0,31}$' THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('no kind of identifiers: %L', left(name, 64)),
                HINT = 'A kind is a lower-case letter followed by such letters, digits and _, at most 32 in all: email, phone, loyalty.';
        END IF;
        FOR said IN SELECT c.value FROM jsonb_array_elements(CASE jsonb_typeof(part.value) WHEN 'array' THEN part.value ELSE jsonb_build_array(part.value) END) c LOOP
            region := NULL;
            region_column := NULL;
            IF jsonb_typeof(said) = 'string' THEN
                column_name := said #>> '{}';
            ELSIF jsonb_typeof(said) <> 'object' OR jsonb_typeof(said -> 'column') IS DISTINCT FROM 'string' OR said ?& '{region,region_column}'
                OR EXISTS (SELECT FROM jsonb_each(said) o WHERE o.key NOT IN ('column', 'region', 'region_column') OR jsonb_typeof(o.value) <> 'string') THEN
                RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('identifiers of kind %s have to be columns', name),
                    HINT = '"mail", ["card", "old_card"], {"column": "tel", "region": "DE"} or {"column": "tel", "region_column": "country"}';
            ELSIF said ?| '{region,region_column}' AND name <> 'phone' THEN
                RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('identifiers of kind %s have no region', name),
                    HINT = 'A region is for phone numbers without +.';
            ELSIF omni.phone_problem('1', said ->> 'region') = 'region' THEN
                RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('unknown region: %L', left(said ->> 'region', 64)),
                    HINT = 'A region is a two-letter code of ISO 3166, such as US, GB or DE.';
            ELSE
                column_name := said ->> 'column';
                region := said ->> 'region';
                region_column := said ->> 'region_column';
            END IF;
            n := n + 1;
            RETURN NEXT;
        END LOOP;
    END LOOP;

    role := 'attribute';
    region := NULL;
    region_column := NULL;
    attributes := coalesce(mapping -> 'attributes', '{}');
    IF jsonb_typeof(attributes) = 'array' AND NOT EXISTS (SELECT FROM jsonb_array_elements(attributes) a WHERE jsonb_typeof(a.value) <> 'string') THEN
        attributes := (SELECT coalesce(jsonb_object_agg(a.value, a.value), '{}') FROM jsonb_array_elements_text(attributes) a);
    END IF;
    IF jsonb_typeof(attributes) <> 'object' OR EXISTS (SELECT FROM jsonb_each(CASE jsonb_typeof(attributes) WHEN 'object' THEN attributes ELSE '{}' END) a WHERE jsonb_typeof(a.value) <> 'string') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = '"attributes" of a mapping has to be an array of columns, or an object of names and columns',
            HINT = '["first_name", "last_name"] or {"first_name": "vorname"}';
    END IF;
    FOR name, column_name IN SELECT a.key, a.value FROM jsonb_each_text(attributes) a ORDER BY a.key COLLATE "C" LOOP
        n := n + 1;
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION omni.store_mapping(jsonb) IS 'what a mapping of ingest() says: which columns, and what each is for, after checking it';

/* jsonb_build_object() of names and expressions, in turn, any number of them: a function takes a hundred arguments */
CREATE FUNCTION omni.store_object(pairs text[])
    RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN coalesce((SELECT string_agg(o.part, ' || ' ORDER BY o.chunk) FROM
    (SELECT (u.i - 1) / 80 AS chunk, format('jsonb_build_object(%s)', string_agg(u.pair, ', ' ORDER BY u.i)) AS part FROM unnest(pairs) WITH ORDINALITY u(pair, i) GROUP BY 1) o), 'NULL::jsonb');
COMMENT ON FUNCTION omni.store_object(text[]) IS 'the expression that makes an object of names and expressions, in turn';

/*
 * The query that reads a batch: one row a row, with what was made of it, or with bad, the columns that
 * do not parse and why. Without a batch it reads pg_temp.omni_redrive, whose raw is such a row as rejects
 * keeps it. An attribute that may be too much for a profile makes its row large: such a row is tried by itself.
 */
CREATE FUNCTION omni.store_batch(batch regclass, mapping jsonb)
    RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    clip CONSTANT integer := 67108864;    -- bytes: no profile holds more
    begins CONSTANT text := 'too large, begins';
    relation record;
    c record;
    m record;
    k text;
    region text;
    reason text;
    is_time boolean;
    shown jsonb := '{}';      -- by column: how it is called in the query, and its expressions as text and as jsonb
    columns text[] := '{}';   -- lists of the query
    raws text[] := '{}';
    parsed text[] := '{}';
    identifiers text[] := '{}';
    attributes text[] := '{}';
    large text[] := '{false}';
    reasons text[] := '{}';
    names text[] := '{}';
    bad text[] := '{}';
BEGIN
    PERFORM FROM omni.store_mapping(mapping);
    SELECT r.relkind, format('%I.%I', ns.nspname, r.relname) AS name INTO relation FROM pg_class r JOIN pg_namespace ns ON ns.oid = r.relnamespace WHERE r.oid = batch;
    IF batch IS NOT NULL AND (relation.relkind IS NULL OR relation.relkind NOT IN ('r', 'v', 'm', 'p', 'f')) THEN
        RAISE EXCEPTION USING ERRCODE = 'wrong_object_type', MESSAGE = 'a batch has to be a table or a view', HINT = 'Land the feed in a table, and name that.';
    END IF;

    FOR c IN SELECT u.name, a.attnum, format_type(a.atttypid, NULL) AS type, CASE t.typbasetype WHEN 0 THEN t.oid ELSE t.typbasetype END::regtype AS base, a.atttypid,
                    t.typcategory IN ('S', 'E') OR t.typnamespace = to_regnamespace('omni') AS is_text, t.typcategory = 'A' AS is_array,
                    e.typcategory IN ('S', 'E') OR e.typnamespace = to_regnamespace('omni')
                        OR e.oid IN ('boolean'::regtype, 'int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype, 'uuid'::regtype, 'date'::regtype) AS has_plain_elements
             FROM (SELECT v.name, min(s.n) AS n FROM omni.store_mapping(mapping) s, LATERAL (VALUES (s.column_name), (s.region_column)) v(name) WHERE v.name IS NOT NULL GROUP BY v.name) u
             LEFT JOIN pg_attribute a ON a.attrelid = batch AND a.attname = u.name AND a.attnum > 0 AND NOT a.attisdropped
             LEFT JOIN pg_type t ON t.oid = a.atttypid
             LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A' ORDER BY u.n LOOP
        k := 'b' || cardinality(columns) + 1;
        IF batch IS NULL THEN
            columns := columns || format('b.raw -> %L AS %s', c.name, k);
            shown := shown || jsonb_build_object(c.name, jsonb_build_object('k', k, 'base', 'jsonb', 'text', format('(%s #>> ''{}'')', k), 'json', k));
            CONTINUE;
        END IF;
        IF c.attnum IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'undefined_column', MESSAGE = format('the batch has no column %I', left(c.name, 64)),
                DETAIL = format('%s has the columns %s.', batch, (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = batch AND a.attnum > 0 AND NOT a.attisdropped)),
                HINT = 'Name columns in the mapping as they are in the catalog: in lower case, where they were made without quotes.';
        END IF;
        IF NOT has_column_privilege(batch, c.attnum, 'SELECT') THEN
            RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = format('%I may not read column %I of the batch', current_user, c.name),
                HINT = format('GRANT SELECT ON %s TO %I.', batch, current_user);
        END IF;
        columns := columns || format('b.%I AS %s', c.name, k);
        shown := shown || jsonb_build_object(c.name, jsonb_build_object('k', k, 'base', c.base, 'type', c.type, 'is_array', c.is_array, 'text', omni.store_column(c.atttypid, k, 'text'), 'json', CASE
            WHEN c.is_text THEN format('to_jsonb(%s::text)', k)
            WHEN c.base = 'timestamptz'::regtype THEN format('CASE WHEN isfinite(%1$s) THEN to_jsonb((to_jsonb(%1$s AT TIME ZONE ''UTC'') #>> ''{}'') || ''+00:00'') ELSE to_jsonb(%1$s) END', k)
            WHEN c.base IN ('boolean'::regtype, 'int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype, 'uuid'::regtype, 'jsonb'::regtype, 'date'::regtype, 'timestamp'::regtype, 'time'::regtype)
                OR c.has_plain_elements THEN format('to_jsonb(%s)', k) END));
        -- of a text beyond all limits only the beginning is kept, in an object that no reader takes for the text
        raws := raws || format('%L', c.name) || CASE WHEN c.is_text THEN format('CASE WHEN octet_length(%1$s::text) > %2$s THEN jsonb_build_object(%3$L, left(%1$s::text, 1000)) ELSE to_jsonb(%1$s::text) END', k, clip, begins)
            ELSE coalesce(shown -> c.name ->> 'json', 'NULL::jsonb') END;
    END LOOP;

    FOR m IN SELECT s.*, x.k, x.base::regtype, x.type, x.is_array, x.text, x.json, r.text AS region_text, r.type AS region_type
             FROM omni.store_mapping(mapping) s, jsonb_to_record(shown -> s.column_name) x(k text, base text, type text, is_array boolean, text text, json text),
                  jsonb_to_record(coalesce(shown -> s.region_column, '{}')) r(type text, text text) ORDER BY s.n LOOP
        is_time := m.base = 'timestamptz'::regtype;
        IF (CASE m.role WHEN 'attribute' THEN m.json IS NULL
                       WHEN 'observed_at' THEN NOT is_time AND (m.text IS NULL OR m.base NOT IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype, 'jsonb'::regtype))
                       ELSE m.text IS NULL END) THEN
            RAISE EXCEPTION USING ERRCODE = 'datatype_mismatch', MESSAGE = format('column %I of the batch is %s, which is no %s', m.column_name, m.type, m.role),
                DETAIL = CASE m.role WHEN 'observed_at' THEN 'A time is a timestamptz, or a text of ISO 8601 with a zone.' ELSE 'What its values are depends on settings, or cannot be told.' END,
                HINT = CASE WHEN m.base IN ('timestamp'::regtype, 'date'::regtype) THEN 'Say whose time it is: make a view that has it AT TIME ZONE ''Europe/Berlin'', for example, and ingest the view.'
                            ELSE 'Make a view that casts it, to text or numeric for example, and ingest the view.' END;
        ELSIF m.region_column IS NOT NULL AND m.region_text IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'datatype_mismatch', MESSAGE = format('column %I of the batch is %s, which is no region', m.region_column, m.region_type),
                HINT = 'A region is a text of two letters, such as US, GB or DE.';
        END IF;
        reason := NULL;
        CASE m.role
        WHEN 'record_id' THEN
            parsed := parsed || format('%s AS record_id', m.text);
            reason := 'CASE WHEN record_id IS NULL THEN ''missing'' WHEN record_id = '''' THEN ''empty'' '
                'WHEN octet_length(record_id) > 128 AND octet_length(convert_to(record_id, ''UTF8'')) > 512 THEN ''too_long'' END';
        WHEN 'observed_at' THEN
            parsed := parsed || format('%s AS observed_at', CASE WHEN is_time THEN m.k || '::timestamptz' ELSE format('omni.store_time(%s)', m.text) END);
            reason := CASE WHEN is_time THEN 'CASE WHEN observed_at IS NULL THEN ''missing'' WHEN NOT isfinite(observed_at) THEN ''infinite'' END'
                ELSE format('CASE WHEN observed_at IS NULL THEN coalesce(omni.store_time_problem(%s), ''missing'') END', m.text) END;
        WHEN 'identifier' THEN
            -- an empty value is no identifier, and no damage either
            region := coalesce(m.region_text, quote_nullable(m.region) || '::text');
            parsed := parsed || format('omni.identifier_try(%L, %s, %s) AS i%s', m.name, m.text, region, m.n);
            identifiers := identifiers || format('i%s', m.n);
            reason := format('CASE WHEN i%4$s IS NULL AND %2$s <> '''' AND omni.identifier_problem(''x'', %2$s) IS DISTINCT FROM ''empty'' THEN omni.identifier_problem(%1$L, %2$s, %3$s) END', m.name, m.text, region, m.n);
        WHEN 'attribute' THEN
            attributes := attributes || format('%L', m.name) || m.json;
            IF m.base = 'jsonb'::regtype THEN
                large := large || format('pg_column_size(%1$s) > 100000 OR jsonb_path_exists(%1$s, ''$.**{90}'')', m.k);
            ELSIF m.is_array THEN
                large := large || format('pg_column_size(%s) > 100000', m.k);
            ELSIF m.text IS NOT NULL THEN
                large := large || format('octet_length(%s) > 100000', m.text);
                reason := format('CASE WHEN octet_length(%s) > %s THEN ''too_large'' END', m.text, clip);
            END IF;
        END CASE;
        IF batch IS NULL THEN
            reason := format('CASE WHEN %s ? %L THEN ''too_large''%s END', m.k, begins, coalesce(' ELSE ' || reason, ''));
        END IF;
        IF reason IS NOT NULL THEN
            reasons := reasons || format('%s AS r%s', reason, m.n);
            names := names || format('r%s', m.n);
            bad := bad || format('[%L, r%s]', m.column_name, m.n);
        END IF;
    END LOOP;
    IF NOT mapping ? 'observed_at' THEN
        parsed := parsed || CASE WHEN batch IS NULL THEN 'rejected_at AS observed_at' ELSE 'now() AS observed_at' END;
    END IF;

    RETURN format($q$
SELECT reject, record_id, observed_at, %1$s::omni.identifier[] AS identifiers, attributes, bad, coalesce(large, false) AS large, CASE WHEN bad IS NOT NULL OR large THEN %2$s END AS raw
FROM (SELECT *, CASE WHEN bad IS NULL THEN %3$s END AS attributes, CASE WHEN bad IS NULL THEN %4$s END AS large
    FROM (SELECT *, CASE WHEN coalesce(%5$s) IS NOT NULL THEN ARRAY[%6$s]::text[] END AS bad
        FROM (SELECT *, %7$s
            FROM (SELECT *, %8$s FROM (SELECT %9$s, %10$s) b OFFSET 0) b) b OFFSET 0) b OFFSET 0) b$q$,
        CASE identifiers WHEN '{}' THEN 'NULL' ELSE format('(CASE WHEN coalesce(%1$s) IS NOT NULL THEN ARRAY[%1$s] END)', array_to_string(identifiers, ', ')) END,
        CASE WHEN batch IS NULL THEN 'raw' ELSE omni.store_object(raws) END,
        omni.store_object(attributes), array_to_string(large, ' OR '), array_to_string(names || 'NULL'::text, ', '), array_to_string(bad, ', '),
        array_to_string(reasons, ', '), array_to_string(parsed, ', '), array_to_string(columns, ', '),
        CASE WHEN batch IS NULL THEN 'b.reject, b.rejected_at, b.raw FROM pg_temp.omni_redrive b' ELSE format('NULL::text AS reject FROM %s b', relation.name) END);
END $$;
COMMENT ON FUNCTION omni.store_batch(regclass, jsonb) IS 'the query by which ingest() reads a batch under a mapping, or redrive() rejects';

CREATE FUNCTION omni.store_identify(store regnamespace, identifiers text[], source text, record_id text, at timestamptz, attributes jsonb)
    RETURNS bigint LANGUAGE c VOLATILE COST 1000 AS 'MODULE_PATHNAME', 'store_identify';
COMMENT ON FUNCTION omni.store_identify(regnamespace, text[], text, text, timestamptz, jsonb) IS 'for identify() of a store: writes a record of somebody new or of one customer, and says whose it is. NULL where there is more to decide, and nothing was written';
CREATE FUNCTION omni.store_identify_let_go()
    RETURNS void LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'store_identify_let_go';
COMMENT ON FUNCTION omni.store_identify_let_go() IS 'for identify() of a store: lets go of the locks that store_identify() kept for it where there was more to decide';

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
SELECT c.customer_key, c.first_seen_at,
       coalesce(i.emails, 0) AS emails, coalesce(i.phones, 0) AS phones, coalesce(i.identifiers, 0) AS identifiers,
       coalesce(r.records, 0) AS records, coalesce(r.sources, 0) AS sources, r.source_names, r.last_seen_at
FROM (SELECT coalesce(x.merged_into, x.customer_id)::text AS customer_key, x.first_seen_at FROM @store@.customers x WHERE x.merged_into IS NULL) c
LEFT JOIN (SELECT coalesce(k.merged_into, k.customer_id)::text AS customer_key,
                  count(*) FILTER (WHERE omni.identifier_kind(x.identifier) = 'email') AS emails,
                  count(*) FILTER (WHERE omni.identifier_kind(x.identifier) = 'phone') AS phones,
                  count(*) AS identifiers
           FROM @store@.identities x JOIN @store@.customers k USING (customer_id) GROUP BY 1) i USING (customer_key)
LEFT JOIN (SELECT s.customer_key, sum(s.records)::bigint AS records, count(*) AS sources,
                  string_agg(s.source, ', ' ORDER BY s.source COLLATE "C") AS source_names, max(s.last_seen_at) AS last_seen_at
           FROM (SELECT coalesce(k.merged_into, k.customer_id)::text AS customer_key, x.source, count(*) AS records, max(x.last_seen_at) AS last_seen_at
                 FROM @store@.source_records x JOIN @store@.customers k USING (customer_id) GROUP BY 1, 2) s
           GROUP BY s.customer_key) r USING (customer_key);
COMMENT ON VIEW @bi@.dim_customer IS 'customers after all merges, one row a person, no personal data';
COMMENT ON COLUMN @bi@.dim_customer.customer_key IS 'key: opaque and stable; it says nothing about the person';
COMMENT ON COLUMN @bi@.dim_customer.first_seen_at IS 'time of the earliest record of the customer';
COMMENT ON COLUMN @bi@.dim_customer.emails IS 'how many e-mail addresses are known';
COMMENT ON COLUMN @bi@.dim_customer.phones IS 'how many phone numbers are known';
COMMENT ON COLUMN @bi@.dim_customer.identifiers IS 'how many identifiers of any kind are known';
COMMENT ON COLUMN @bi@.dim_customer.records IS 'how many records of the sources are known to be of this customer';
COMMENT ON COLUMN @bi@.dim_customer.sources IS 'how many sources these come from';
COMMENT ON COLUMN @bi@.dim_customer.source_names IS 'which, in the order of their bytes';
COMMENT ON COLUMN @bi@.dim_customer.last_seen_at IS 'time of the latest that a record said';

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

CREATE OR REPLACE VIEW @bi@.fact_order_line AS
SELECT l.order_ref AS order_key, l.line_no::bigint AS line_no,
       coalesce(k.merged_into, o.customer_id)::text AS customer_key,
       l.sku::text AS sku, o.channel_code, coalesce(o.market_code, c.market_code) AS market_code, o.placed_at,
       (o.placed_at AT TIME ZONE coalesce(m.time_zone, 'UTC'))::date AS order_date, coalesce(m.time_zone, 'UTC') AS time_zone,
       omni.label(coalesce(omni.order_state(e.units), e.said)) AS state, l.qty,
       coalesce(omni.quantity_reached(e.units, 'shipped'), CASE WHEN omni.reached(e.said, 'shipped') THEN l.qty WHEN NOT omni.any_reached(e.said, 'shipped') THEN 0 END) AS qty_shipped,
       coalesce(omni.quantity_reached(e.units, 'delivered'), CASE WHEN omni.reached(e.said, 'delivered') THEN l.qty WHEN NOT omni.any_reached(e.said, 'delivered') THEN 0 END) AS qty_delivered,
       coalesce(omni.quantity_reached(e.units, 'canceled'), CASE WHEN omni.reached(e.said, 'canceled') THEN l.qty WHEN NOT omni.any_reached(e.said, 'canceled') THEN 0 END) AS qty_canceled,
       coalesce(omni.quantity_reached(e.units, 'return_received'), CASE WHEN omni.reached(e.said, 'return_received') THEN l.qty WHEN NOT omni.any_reached(e.said, 'return_received') THEN 0 END) AS qty_returned,
       o.currency, l.unit_price, l.qty * l.unit_price AS gross_amount, coalesce(l.discount_amount, 0) AS discount_amount,
       l.qty * l.unit_price - coalesce(l.discount_amount, 0) AS net_amount, coalesce(l.tax_amount, 0) AS tax_amount,
       coalesce(omni.order_state(e.units), e.said)::text AS exact_state
FROM @store@.order_lines l
JOIN @store@.orders o USING (order_ref)
LEFT JOIN @store@.channels c ON c.channel_code = o.channel_code
LEFT JOIN @store@.markets m ON m.market_code = coalesce(o.market_code, c.market_code)
LEFT JOIN @store@.customers k ON k.customer_id = o.customer_id
LEFT JOIN (SELECT v.order_ref, v.line_no, omni.order_line_state(v.qty, v.from_state, v.to_state) FILTER (WHERE v.sound) AS moves
           FROM (SELECT x.*, coalesce(x.qty > 0 AND omni.single_state(x.from_state) AND omni.single_state(x.to_state), false) AS sound FROM @store@.order_line_events x) v
           GROUP BY v.order_ref, v.line_no HAVING bool_and(v.sound)) g
    ON g.order_ref = l.order_ref AND g.line_no = l.line_no
CROSS JOIN LATERAL (SELECT coalesce(l.state, o.state, 'open') AS said,
                           CASE WHEN g.moves IS NOT NULL AND l.qty > 0 THEN omni.order_quantities_try(omni.order_moves_add(g.moves, l.qty, NULL, 'open'::omni.order_state)) END AS units) e;
COMMENT ON VIEW @bi@.fact_order_line IS 'order lines, one row a line; amounts in the currency of the row';
COMMENT ON COLUMN @bi@.fact_order_line.order_key IS 'number of the order';
COMMENT ON COLUMN @bi@.fact_order_line.line_no IS 'number of the line in the order';
COMMENT ON COLUMN @bi@.fact_order_line.customer_key IS 'customer after all merges; NULL if unknown';
COMMENT ON COLUMN @bi@.fact_order_line.sku IS 'product';
COMMENT ON COLUMN @bi@.fact_order_line.channel_code IS 'channel that took the order';
COMMENT ON COLUMN @bi@.fact_order_line.market_code IS 'market';
COMMENT ON COLUMN @bi@.fact_order_line.placed_at IS 'when the order was placed';
COMMENT ON COLUMN @bi@.fact_order_line.order_date IS 'day of the order in the time zone of its market; in UTC where the market is unknown';
COMMENT ON COLUMN @bi@.fact_order_line.time_zone IS 'that time zone';
COMMENT ON COLUMN @bi@.fact_order_line.state IS 'state of the line: label of the states that its units are in, from its events, or as the source says it where events are missing';
COMMENT ON COLUMN @bi@.fact_order_line.qty IS 'units ordered';
COMMENT ON COLUMN @bi@.fact_order_line.qty_shipped IS 'units that have left, or were ready for pickup, or further; NULL where the source tells only that some have';
COMMENT ON COLUMN @bi@.fact_order_line.qty_delivered IS 'units that the customer has got';
COMMENT ON COLUMN @bi@.fact_order_line.qty_canceled IS 'units canceled before they left';
COMMENT ON COLUMN @bi@.fact_order_line.qty_returned IS 'units that came back';
COMMENT ON COLUMN @bi@.fact_order_line.currency IS 'ISO 4217 code of all amounts';
COMMENT ON COLUMN @bi@.fact_order_line.unit_price IS 'price of a unit before discount';
COMMENT ON COLUMN @bi@.fact_order_line.gross_amount IS 'qty * unit_price';
COMMENT ON COLUMN @bi@.fact_order_line.discount_amount IS 'discount on the line';
COMMENT ON COLUMN @bi@.fact_order_line.net_amount IS 'gross_amount - discount_amount';
COMMENT ON COLUMN @bi@.fact_order_line.tax_amount IS 'tax on the line, where not in the price';
COMMENT ON COLUMN @bi@.fact_order_line.exact_state IS 'the same state with its exact ends, as text of omni.order_state';

CREATE OR REPLACE VIEW @bi@.kpi_daily AS
SELECT d.order_date, d.channel_code, d.market_code, d.currency,
       count(*) AS orders, sum(d.order_lines)::bigint AS order_lines, sum(d.units)::bigint AS units,
       sum(d.gross_amount) AS gross_amount, sum(d.discount_amount) AS discount_amount, sum(d.net_amount) AS net_amount, sum(d.tax_amount) AS tax_amount,
       sum(d.canceled_units)::bigint AS canceled_units, sum(d.returned_units)::bigint AS returned_units,
       count(DISTINCT d.customer_key) AS customers,
       round(sum(d.net_amount) / count(*), 4) AS aov
FROM (SELECT f.order_key, f.order_date, f.channel_code, f.market_code, f.currency, f.customer_key, count(*) AS order_lines, sum(f.qty) AS units,
             sum(f.gross_amount) AS gross_amount, sum(f.discount_amount) AS discount_amount, sum(f.net_amount) AS net_amount, sum(f.tax_amount) AS tax_amount,
             sum(f.qty_canceled) AS canceled_units, sum(f.qty_returned) AS returned_units
      FROM @bi@.fact_order_line f GROUP BY f.order_key, f.order_date, f.channel_code, f.market_code, f.currency, f.customer_key) d
GROUP BY d.order_date, d.channel_code, d.market_code, d.currency;
COMMENT ON VIEW @bi@.kpi_daily IS 'key figures by day, channel, market and currency; every figure but customers and aov adds up over rows, so a month is a sum of its days';
COMMENT ON COLUMN @bi@.kpi_daily.order_date IS 'day in the time zone of the market';
COMMENT ON COLUMN @bi@.kpi_daily.channel_code IS 'channel';
COMMENT ON COLUMN @bi@.kpi_daily.market_code IS 'market';
COMMENT ON COLUMN @bi@.kpi_daily.currency IS 'ISO 4217 code of the amounts';
COMMENT ON COLUMN @bi@.kpi_daily.orders IS 'orders placed: denominator of aov';
COMMENT ON COLUMN @bi@.kpi_daily.order_lines IS 'their lines';
COMMENT ON COLUMN @bi@.kpi_daily.units IS 'units ordered';
COMMENT ON COLUMN @bi@.kpi_daily.gross_amount IS 'before discount';
COMMENT ON COLUMN @bi@.kpi_daily.discount_amount IS 'discount';
COMMENT ON COLUMN @bi@.kpi_daily.net_amount IS 'after discount, canceled lines included: numerator of aov';
COMMENT ON COLUMN @bi@.kpi_daily.tax_amount IS 'tax, where not in the price';
COMMENT ON COLUMN @bi@.kpi_daily.canceled_units IS 'units known to be canceled since';
COMMENT ON COLUMN @bi@.kpi_daily.returned_units IS 'units known to have come back since';
COMMENT ON COLUMN @bi@.kpi_daily.customers IS 'distinct customers of the day; does not add up over rows';
COMMENT ON COLUMN @bi@.kpi_daily.aov IS 'average order value: net_amount / orders. Over several rows: sum(net_amount) / sum(orders)';

-- lines and their events are those of fact_order_line, joined from the customer's side: one customer is found by the key, without reading all orders
CREATE OR REPLACE VIEW @bi@.customer_360 AS
SELECT c.customer_key, f.currency, coalesce(f.orders, 0) AS orders, coalesce(f.channels, 0) AS channels, f.channel_codes,
       coalesce(f.units, 0) AS units, f.net_amount, round(f.net_amount / nullif(f.orders, 0), 4) AS aov,
       f.first_order_at, f.last_order_at, coalesce(f.returned_units, 0) AS returned_units, c.emails, c.phones, c.first_seen_at,
       c.records, c.sources
FROM @bi@.dim_customer c
LEFT JOIN (SELECT l.customer_id::text AS customer_key, l.currency, count(DISTINCT l.order_ref) AS orders, count(DISTINCT l.channel_code) AS channels,
                  string_agg(DISTINCT l.channel_code, ', ' ORDER BY l.channel_code) AS channel_codes,
                  sum(l.qty)::bigint AS units, sum(l.net_amount) AS net_amount, min(l.placed_at) AS first_order_at, max(l.placed_at) AS last_order_at,
                  sum(coalesce(omni.quantity_reached(e.units, 'return_received'), CASE WHEN omni.reached(l.said, 'return_received') THEN l.qty WHEN NOT omni.any_reached(l.said, 'return_received') THEN 0 END))::bigint AS returned_units
           FROM (SELECT coalesce(k.merged_into, k.customer_id) AS customer_id, o.currency, o.channel_code, x.order_ref, o.placed_at, x.line_no, x.qty,
                        x.qty * x.unit_price - coalesce(x.discount_amount, 0) AS net_amount, coalesce(x.state, o.state, 'open') AS said,
                        CASE WHEN bool_and(v.sound) THEN omni.order_line_state(v.qty, v.from_state, v.to_state) FILTER (WHERE v.sound) END AS moves
                 FROM @store@.customers k
                 JOIN @store@.orders o USING (customer_id)
                 JOIN @store@.order_lines x ON x.order_ref = o.order_ref
                 LEFT JOIN (SELECT y.*, coalesce(y.qty > 0 AND omni.single_state(y.from_state) AND omni.single_state(y.to_state), false) AS sound FROM @store@.order_line_events y) v
                     ON v.order_ref = x.order_ref AND v.line_no = x.line_no
                 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9) l
           CROSS JOIN LATERAL (SELECT CASE WHEN l.moves IS NOT NULL AND l.qty > 0 THEN omni.order_quantities_try(omni.order_moves_add(l.moves, l.qty, NULL, 'open'::omni.order_state)) END AS units) e
           GROUP BY l.customer_id, l.currency) f USING (customer_key);
COMMENT ON VIEW @bi@.customer_360 IS 'what each customer bought, over all channels: one row a customer and currency; no personal data';
COMMENT ON COLUMN @bi@.customer_360.customer_key IS 'customer after all merges';
COMMENT ON COLUMN @bi@.customer_360.currency IS 'ISO 4217 code of the amounts; NULL without orders';
COMMENT ON COLUMN @bi@.customer_360.orders IS 'orders in all channels: denominator of aov';
COMMENT ON COLUMN @bi@.customer_360.channels IS 'how many channels the customer used';
COMMENT ON COLUMN @bi@.customer_360.channel_codes IS 'which, in alphabetical order';
COMMENT ON COLUMN @bi@.customer_360.units IS 'units ordered';
COMMENT ON COLUMN @bi@.customer_360.net_amount IS 'after discount: numerator of aov';
COMMENT ON COLUMN @bi@.customer_360.aov IS 'average order value: net_amount / orders';
COMMENT ON COLUMN @bi@.customer_360.first_order_at IS 'first order';
COMMENT ON COLUMN @bi@.customer_360.last_order_at IS 'last order';
COMMENT ON COLUMN @bi@.customer_360.returned_units IS 'units known to have come back';
COMMENT ON COLUMN @bi@.customer_360.emails IS 'how many e-mail addresses are known';
COMMENT ON COLUMN @bi@.customer_360.phones IS 'how many phone numbers are known';
COMMENT ON COLUMN @bi@.customer_360.first_seen_at IS 'time of the earliest record';
COMMENT ON COLUMN @bi@.customer_360.records IS 'how many records of the sources are known to be of this customer';
COMMENT ON COLUMN @bi@.customer_360.sources IS 'how many sources these come from';

CREATE OR REPLACE VIEW @bi@.orders_by_state AS
SELECT omni.label(o.state) AS state, o.channel_code, o.market_code, count(*) AS orders, sum(o.order_lines)::bigint AS order_lines, sum(o.units)::bigint AS units,
       min(o.placed_at) AS oldest_placed_at, max(o.placed_at) AS newest_placed_at
FROM (SELECT f.order_key, f.channel_code, f.market_code, omni.order_state_agg(f.exact_state::omni.order_state) AS state, count(*) AS order_lines, sum(f.qty) AS units, min(f.placed_at) AS placed_at
      FROM @bi@.fact_order_line f GROUP BY f.order_key, f.channel_code, f.market_code) o
GROUP BY omni.label(o.state), o.channel_code, o.market_code;
COMMENT ON VIEW @bi@.orders_by_state IS 'how many orders are in which state, by channel and market';
COMMENT ON COLUMN @bi@.orders_by_state.state IS 'state of the order, from the states of all its units';
COMMENT ON COLUMN @bi@.orders_by_state.channel_code IS 'channel';
COMMENT ON COLUMN @bi@.orders_by_state.market_code IS 'market';
COMMENT ON COLUMN @bi@.orders_by_state.orders IS 'orders';
COMMENT ON COLUMN @bi@.orders_by_state.order_lines IS 'their lines';
COMMENT ON COLUMN @bi@.orders_by_state.units IS 'their units';
COMMENT ON COLUMN @bi@.orders_by_state.oldest_placed_at IS 'when the oldest of them was placed';
COMMENT ON COLUMN @bi@.orders_by_state.newest_placed_at IS 'when the newest of them was placed';

CREATE OR REPLACE VIEW @bi@.atp AS
SELECT s.sku::text AS sku, s.location_code, s.on_hand, coalesce(s.reserved, 0) AS reserved, coalesce(s.safety_stock, 0) AS safety_stock, coalesce(s.incoming, 0) AS incoming,
       CASE WHEN NOT coalesce(l.active, true) THEN 0
            WHEN coalesce(s.reserved, 0) >= 0 AND coalesce(s.safety_stock, 0) >= 0 THEN omni.atp(s.on_hand, coalesce(s.reserved, 0), coalesce(s.safety_stock, 0)) END AS atp
FROM @store@.stock s LEFT JOIN @store@.locations l USING (location_code);
COMMENT ON VIEW @bi@.atp IS 'available to promise by SKU and location, as of now';
COMMENT ON COLUMN @bi@.atp.sku IS 'product';
COMMENT ON COLUMN @bi@.atp.location_code IS 'where';
COMMENT ON COLUMN @bi@.atp.on_hand IS 'units that are there';
COMMENT ON COLUMN @bi@.atp.reserved IS 'units promised and still there';
COMMENT ON COLUMN @bi@.atp.safety_stock IS 'units never promised';
COMMENT ON COLUMN @bi@.atp.incoming IS 'units on their way, not counted';
COMMENT ON COLUMN @bi@.atp.atp IS 'units that can be promised now; NULL where the figures of the stock make no sense';

-- identity: what was unified, what was refused, what was decided; counts alone, never a value

CREATE OR REPLACE VIEW @bi@.customer_attribute AS
SELECT p.customer_key, a.attribute, a.value
FROM (SELECT coalesce(k.merged_into, k.customer_id)::text AS customer_key,
             omni.golden_record(omni.customer_profile_agg(x.profile), coalesce((SELECT s.value FROM @store@.identity_settings s WHERE s.setting = 'survivorship'), '{}')) AS golden
      FROM @store@.source_records x JOIN @store@.customers k USING (customer_id)
      WHERE EXISTS (SELECT FROM @store@.identity_settings s WHERE s.setting = 'bi_attributes') GROUP BY 1) p
CROSS JOIN LATERAL (SELECT nullif(l.name, 'identifiers') AS attribute, p.golden ->> nullif(l.name, 'identifiers') AS value
                    FROM @store@.identity_settings s
                    CROSS JOIN LATERAL jsonb_array_elements_text(CASE jsonb_typeof(s.value) WHEN 'array' THEN s.value END) l(name)
                    WHERE s.setting = 'bi_attributes') a
WHERE a.value IS NOT NULL;
COMMENT ON VIEW @bi@.customer_attribute IS 'attributes of golden records that the owner released for BI by set_bi_attributes(), none at first; one row a customer and attribute';
COMMENT ON COLUMN @bi@.customer_attribute.customer_key IS 'customer after all merges';
COMMENT ON COLUMN @bi@.customer_attribute.attribute IS 'name of the attribute, as the sources call it';
COMMENT ON COLUMN @bi@.customer_attribute.value IS 'the value that survives, by the policy of set_survivorship()';

CREATE OR REPLACE VIEW @bi@.identity_quality AS
SELECT c.customers, c.merged_customers, r.records, r.sources, r.linked_records, round(r.linked_records::numeric / nullif(r.records, 0), 4) AS linked_share,
       r.cross_source_customers, round(r.cross_source_customers::numeric / nullif(c.customers, 0), 4) AS cross_source_share, coalesce(r.most_records, 0) AS most_records,
       i.identifiers, coalesce(i.most_identifiers, 0) AS most_identifiers, e.evidence, f.refused_evidence, round(f.refused_evidence::numeric / nullif(e.evidence, 0), 4) AS refused_share,
       l.match_links, l.refused_match_links, l.same_decisions, l.never_decisions, m.merges, m.separations
FROM (SELECT count(*) FILTER (WHERE x.merged_into IS NULL) AS customers, count(*) FILTER (WHERE x.merged_into IS NOT NULL) AS merged_customers FROM @store@.customers x) c
CROSS JOIN (SELECT coalesce(sum(p.records), 0)::bigint AS records, (SELECT count(DISTINCT x.source) FROM @store@.source_records x) AS sources,
                   coalesce(sum(p.records) FILTER (WHERE p.records > 1), 0)::bigint AS linked_records,
                   count(*) FILTER (WHERE p.sources > 1) AS cross_source_customers, max(p.records) AS most_records
            FROM (SELECT s.customer_id, sum(s.records)::bigint AS records, count(*) AS sources
                  FROM (SELECT coalesce(k.merged_into, k.customer_id) AS customer_id, x.source, count(*) AS records
                        FROM @store@.source_records x JOIN @store@.customers k USING (customer_id) GROUP BY 1, 2) s
                  GROUP BY s.customer_id) p) r
CROSS JOIN (SELECT coalesce(sum(p.identifiers), 0)::bigint AS identifiers, max(p.identifiers) AS most_identifiers
            FROM (SELECT coalesce(k.merged_into, k.customer_id) AS customer_id, count(*) AS identifiers
                  FROM @store@.identities x JOIN @store@.customers k USING (customer_id) GROUP BY 1) p) i
CROSS JOIN (SELECT count(*) AS evidence FROM @store@.evidence) e
CROSS JOIN (SELECT count(*) AS refused_evidence FROM @store@.refusals) f
CROSS JOIN (SELECT count(*) FILTER (WHERE x.weight NOT IN ('Infinity', '-Infinity')) AS match_links,
                   count(*) FILTER (WHERE x.weight NOT IN ('Infinity', '-Infinity') AND x.refused IS NOT NULL) AS refused_match_links,
                   count(*) FILTER (WHERE x.weight = 'Infinity') AS same_decisions, count(*) FILTER (WHERE x.weight = '-Infinity') AS never_decisions FROM @store@.links x) l
CROSS JOIN (SELECT count(*) FILTER (WHERE x.action = 'merged') AS merges, count(*) FILTER (WHERE x.action = 'separated') AS separations FROM @store@.merge_log x) m;
COMMENT ON VIEW @bi@.identity_quality IS 'how well customers are unified at present, in one row; each share beside its numerator and denominator';
COMMENT ON COLUMN @bi@.identity_quality.customers IS 'customers after all merges: denominator of cross_source_share';
COMMENT ON COLUMN @bi@.identity_quality.merged_customers IS 'numbers of customers that point to another one at present';
COMMENT ON COLUMN @bi@.identity_quality.records IS 'records of the sources: denominator of linked_share';
COMMENT ON COLUMN @bi@.identity_quality.sources IS 'sources that they come from';
COMMENT ON COLUMN @bi@.identity_quality.linked_records IS 'records of customers who have more than one: numerator of linked_share';
COMMENT ON COLUMN @bi@.identity_quality.linked_share IS 'linked_records / records';
COMMENT ON COLUMN @bi@.identity_quality.cross_source_customers IS 'customers who are known by more than one source: numerator of cross_source_share';
COMMENT ON COLUMN @bi@.identity_quality.cross_source_share IS 'cross_source_customers / customers';
COMMENT ON COLUMN @bi@.identity_quality.most_records IS 'records of the customer who has most';
COMMENT ON COLUMN @bi@.identity_quality.identifiers IS 'identifiers that belong to a customer';
COMMENT ON COLUMN @bi@.identity_quality.most_identifiers IS 'identifiers of the customer who has most';
COMMENT ON COLUMN @bi@.identity_quality.evidence IS 'how often a record carried an identifier: denominator of refused_share';
COMMENT ON COLUMN @bi@.identity_quality.refused_evidence IS 'of these, how many do not link, blocked or by a limit: numerator of refused_share';
COMMENT ON COLUMN @bi@.identity_quality.refused_share IS 'refused_evidence / evidence';
COMMENT ON COLUMN @bi@.identity_quality.match_links IS 'pairs of records with a match weight';
COMMENT ON COLUMN @bi@.identity_quality.refused_match_links IS 'of these, how many do not link';
COMMENT ON COLUMN @bi@.identity_quality.same_decisions IS 'pairs of records that somebody decided to be the same person';
COMMENT ON COLUMN @bi@.identity_quality.never_decisions IS 'pairs of records that somebody decided never to be the same person';
COMMENT ON COLUMN @bi@.identity_quality.merges IS 'merges since the store was made, those taken back included';
COMMENT ON COLUMN @bi@.identity_quality.separations IS 'separations since the store was made';

CREATE OR REPLACE VIEW @bi@.identity_clusters AS
SELECT rb.from_n AS records_from, rb.to_n AS records_to, ib.from_n AS identifiers_from, ib.to_n AS identifiers_to,
       sum(n.customers)::bigint AS customers, sum(n.customers * n.records)::bigint AS records, sum(n.customers * n.identifiers)::bigint AS identifiers
FROM (SELECT p.records, p.identifiers, count(*) AS customers
      FROM (SELECT c.customer_id, coalesce(r.records, 0) AS records, coalesce(i.identifiers, 0) AS identifiers
            FROM @store@.customers c
            LEFT JOIN (SELECT coalesce(k.merged_into, k.customer_id) AS customer_id, count(*) AS records
                       FROM @store@.source_records x JOIN @store@.customers k USING (customer_id) GROUP BY 1) r USING (customer_id)
            LEFT JOIN (SELECT coalesce(k.merged_into, k.customer_id) AS customer_id, count(*) AS identifiers
                       FROM @store@.identities x JOIN @store@.customers k USING (customer_id) GROUP BY 1) i USING (customer_id)
            WHERE c.merged_into IS NULL) p
      GROUP BY p.records, p.identifiers) n
JOIN (VALUES (0::bigint, 0::bigint), (1, 1), (2, 2), (3, 3), (4, 5), (6, 10), (11, 20), (21, 50), (51, 100), (101, 1000), (1001, NULL)) rb(from_n, to_n) ON n.records >= rb.from_n AND n.records <= coalesce(rb.to_n, n.records)
JOIN (VALUES (0::bigint, 0::bigint), (1, 1), (2, 2), (3, 3), (4, 5), (6, 10), (11, 20), (21, 50), (51, 100), (101, 1000), (1001, NULL)) ib(from_n, to_n) ON n.identifiers >= ib.from_n AND n.identifiers <= coalesce(ib.to_n, n.identifiers)
GROUP BY rb.from_n, rb.to_n, ib.from_n, ib.to_n;
COMMENT ON VIEW @bi@.identity_clusters IS 'customers by how many records and identifiers are unified in them; counts add up over rows';
COMMENT ON COLUMN @bi@.identity_clusters.records_from IS 'size class: least number of records of a customer';
COMMENT ON COLUMN @bi@.identity_clusters.records_to IS 'size class: greatest number of records, NULL for no end';
COMMENT ON COLUMN @bi@.identity_clusters.identifiers_from IS 'size class: least number of identifiers of a customer';
COMMENT ON COLUMN @bi@.identity_clusters.identifiers_to IS 'size class: greatest number of identifiers, NULL for no end';
COMMENT ON COLUMN @bi@.identity_clusters.customers IS 'customers of that size';
COMMENT ON COLUMN @bi@.identity_clusters.records IS 'their records';
COMMENT ON COLUMN @bi@.identity_clusters.identifiers IS 'their identifiers';

CREATE OR REPLACE VIEW @bi@.identity_shared AS
SELECT n.kind, rb.from_n AS records_from, rb.to_n AS records_to, cb.from_n AS customers_from, cb.to_n AS customers_to,
       sum(n.identifiers)::bigint AS identifiers, sum(n.evidence)::bigint AS evidence, sum(n.refused_evidence)::bigint AS refused_evidence
FROM (SELECT p.kind, p.records, p.customers, count(*) AS identifiers, sum(p.records) AS evidence, sum(p.refused) AS refused_evidence
      FROM (SELECT g.identifier, omni.identifier_kind(g.identifier) AS kind, sum(g.records)::bigint AS records, count(g.customer_id) AS customers, sum(g.refused)::bigint AS refused
            FROM (SELECT e.identifier, coalesce(k.merged_into, k.customer_id) AS customer_id, count(*) AS records, count(f.reason) AS refused
                  FROM @store@.evidence e
                  LEFT JOIN @store@.source_records s ON s.source = e.source AND s.record_id = e.record_id
                  LEFT JOIN @store@.customers k ON k.customer_id = s.customer_id
                  LEFT JOIN @store@.refusals f ON f.identifier = e.identifier AND f.source = e.source AND f.record_id = e.record_id
                  GROUP BY 1, 2) g
            GROUP BY g.identifier) p
      GROUP BY p.kind, p.records, p.customers) n
JOIN (VALUES (1::bigint, 1::bigint), (2, 2), (3, 3), (4, 5), (6, 10), (11, 20), (21, 50), (51, 100), (101, 1000), (1001, NULL)) rb(from_n, to_n) ON n.records >= rb.from_n AND n.records <= coalesce(rb.to_n, n.records)
JOIN (VALUES (0::bigint, 0::bigint), (1, 1), (2, 2), (3, 3), (4, 5), (6, 10), (11, 20), (21, 50), (51, 100), (101, 1000), (1001, NULL)) cb(from_n, to_n) ON n.customers >= cb.from_n AND n.customers <= coalesce(cb.to_n, n.customers)
GROUP BY n.kind, rb.from_n, rb.to_n, cb.from_n, cb.to_n;
COMMENT ON VIEW @bi@.identity_shared IS 'identifiers of each kind by how many records carry them, of how many customers; counts alone, which add up over rows';
COMMENT ON COLUMN @bi@.identity_shared.kind IS 'kind of the identifiers: email, phone, ...';
COMMENT ON COLUMN @bi@.identity_shared.records_from IS 'size class: least number of records that carry the identifier';
COMMENT ON COLUMN @bi@.identity_shared.records_to IS 'size class: greatest number of records, NULL for no end';
COMMENT ON COLUMN @bi@.identity_shared.customers_from IS 'size class: least number of customers whose records these are; 0 where identities were not made since the evidence came; above 1 only where evidence was refused';
COMMENT ON COLUMN @bi@.identity_shared.customers_to IS 'size class: greatest number of customers, NULL for no end';
COMMENT ON COLUMN @bi@.identity_shared.identifiers IS 'how many identifiers are shared so';
COMMENT ON COLUMN @bi@.identity_shared.evidence IS 'how often records carried them';
COMMENT ON COLUMN @bi@.identity_shared.refused_evidence IS 'of these, how many do not link';

CREATE OR REPLACE VIEW @bi@.identity_refusals AS
SELECT 'identifier' AS evidence_type, f.kind, f.reason, f.refused, f.records, e.evidence, round(f.refused::numeric / nullif(e.evidence, 0), 4) AS refused_share, f.first_refused_at, f.last_refused_at
FROM (SELECT g.kind, g.reason, sum(g.refused)::bigint AS refused, count(*) AS records, min(g.first_refused_at) AS first_refused_at, max(g.last_refused_at) AS last_refused_at
      FROM (SELECT omni.identifier_kind(x.identifier) AS kind, x.reason, x.source, x.record_id, count(*) AS refused, min(x.refused_at) AS first_refused_at, max(x.refused_at) AS last_refused_at
            FROM @store@.refusals x GROUP BY 1, 2, 3, 4) g
      GROUP BY g.kind, g.reason) f
LEFT JOIN (SELECT omni.identifier_kind(x.identifier) AS kind, count(*) AS evidence FROM @store@.evidence x GROUP BY 1) e USING (kind)
UNION ALL
SELECT 'link', f.kind, f.reason, f.refused, f.records, e.evidence, round(f.refused::numeric / nullif(e.evidence, 0), 4), NULL, NULL
FROM (SELECT g.kind, g.reason, sum(g.ends)::bigint / 2 AS refused, count(*) AS records
      FROM (SELECT CASE x.weight WHEN 'Infinity' THEN 'same' WHEN '-Infinity' THEN 'never' ELSE 'match' END AS kind, x.refused AS reason, r.source, r.record_id, count(*) AS ends
            FROM @store@.links x CROSS JOIN LATERAL (VALUES (x.source, x.record_id), (x.other_source, x.other_record_id)) r(source, record_id)
            WHERE x.weight IS NOT NULL AND x.refused IS NOT NULL GROUP BY 1, 2, 3, 4) g
      GROUP BY g.kind, g.reason) f
LEFT JOIN (SELECT CASE x.weight WHEN 'Infinity' THEN 'same' WHEN '-Infinity' THEN 'never' ELSE 'match' END AS kind, count(*) AS evidence
           FROM @store@.links x WHERE x.weight IS NOT NULL GROUP BY 1) e USING (kind);
COMMENT ON VIEW @bi@.identity_refusals IS 'what does not link at present, by kind and reason; no values';
COMMENT ON COLUMN @bi@.identity_refusals.evidence_type IS 'identifier: a record carried one; link: a pair of records';
COMMENT ON COLUMN @bi@.identity_refusals.kind IS 'kind of the identifier; of a link: same (decided), never (decided) or match (by weight)';
COMMENT ON COLUMN @bi@.identity_refusals.reason IS 'limit that linking them would have broken: blocked, limit:<kind>, shared:<kind>, size, cannot_link, weak_bridge, unknown_record';
COMMENT ON COLUMN @bi@.identity_refusals.refused IS 'how much evidence is refused: numerator of refused_share';
COMMENT ON COLUMN @bi@.identity_refusals.records IS 'records that it concerns, each once';
COMMENT ON COLUMN @bi@.identity_refusals.evidence IS 'how much evidence of that kind there is, accepted or refused: denominator of refused_share';
COMMENT ON COLUMN @bi@.identity_refusals.refused_share IS 'refused / evidence';
COMMENT ON COLUMN @bi@.identity_refusals.first_refused_at IS 'since when the oldest of them is refused; NULL for links';
COMMENT ON COLUMN @bi@.identity_refusals.last_refused_at IS 'since when the newest of them is refused; NULL for links';

CREATE OR REPLACE VIEW @bi@.identity_daily AS
SELECT (x.happened_at AT TIME ZONE 'UTC')::date AS date, 'UTC'::text AS time_zone, x.cause,
       count(*) FILTER (WHERE x.action = 'merged') AS merges, count(*) FILTER (WHERE x.action = 'separated') AS separations,
       count(*) FILTER (WHERE x.action IN ('same', 'never', 'split')) AS decisions, count(*) FILTER (WHERE x.action = 'undone') AS undone
FROM @store@.merge_log x GROUP BY 1, x.cause;
COMMENT ON VIEW @bi@.identity_daily IS 'merges, separations and decisions by day and cause; counts add up over rows';
COMMENT ON COLUMN @bi@.identity_daily.date IS 'day in UTC';
COMMENT ON COLUMN @bi@.identity_daily.time_zone IS 'that time zone';
COMMENT ON COLUMN @bi@.identity_daily.cause IS 'function of the store that did it';
COMMENT ON COLUMN @bi@.identity_daily.merges IS 'customers that were merged into another one';
COMMENT ON COLUMN @bi@.identity_daily.separations IS 'customers that were separated again';
COMMENT ON COLUMN @bi@.identity_daily.decisions IS 'decisions of people: same, never, split';
COMMENT ON COLUMN @bi@.identity_daily.undone IS 'decisions that were taken back on that day';

CREATE OR REPLACE VIEW @bi@.merge_history AS
SELECT m.log_id::text AS entry_key, m.happened_at, m.action, m.customer_id::text AS customer_key, m.other_customer_id::text AS other_customer_key, m.cause, m.decision::text AS decision_key,
       CASE WHEN m.action NOT IN ('merged', 'separated') THEN u.undone_at
            ELSE coalesce(m.reversed_at, CASE WHEN (p.present_id = p.present_other_id) = (m.action = 'separated') THEN greatest(km.moved_at, om.moved_at) END) END AS taken_back_at,
       p.present_id::text AS present_customer_key, p.present_other_id::text AS present_other_customer_key
FROM (SELECT x.log_id, x.happened_at, x.action, x.customer_id, x.other_customer_id, x.cause, x.decision,
             CASE x.action WHEN 'merged' THEN min(x.happened_at) FILTER (WHERE x.action = 'separated') OVER later
                           WHEN 'separated' THEN min(x.happened_at) FILTER (WHERE x.action = 'merged') OVER later_same END AS reversed_at
      FROM @store@.merge_log x
      WINDOW later AS (PARTITION BY x.action IN ('merged', 'separated'), x.other_customer_id ORDER BY x.log_id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING),
             later_same AS (PARTITION BY x.action IN ('merged', 'separated'), x.other_customer_id, x.customer_id ORDER BY x.log_id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)) m
LEFT JOIN (SELECT x.decision, min(x.happened_at) AS undone_at FROM @store@.merge_log x WHERE x.action = 'undone' GROUP BY x.decision) u ON u.decision = m.log_id
LEFT JOIN (SELECT x.other_customer_id, max(x.happened_at) AS moved_at FROM @store@.merge_log x WHERE x.action IN ('merged', 'separated') GROUP BY x.other_customer_id) km ON km.other_customer_id = m.customer_id
LEFT JOIN (SELECT x.other_customer_id, max(x.happened_at) AS moved_at FROM @store@.merge_log x WHERE x.action IN ('merged', 'separated') GROUP BY x.other_customer_id) om ON om.other_customer_id = m.other_customer_id
LEFT JOIN @store@.customers k ON k.customer_id = m.customer_id
LEFT JOIN @store@.customers o ON o.customer_id = m.other_customer_id
CROSS JOIN LATERAL (SELECT coalesce(k.merged_into, m.customer_id) AS present_id, coalesce(o.merged_into, m.other_customer_id) AS present_other_id) p;
COMMENT ON VIEW @bi@.merge_history IS 'merges, separations and decisions, and whether they were taken back since; without the words and names of who decided';
COMMENT ON COLUMN @bi@.merge_history.entry_key IS 'number of the entry: a later one has a greater number';
COMMENT ON COLUMN @bi@.merge_history.happened_at IS 'when';
COMMENT ON COLUMN @bi@.merge_history.action IS 'merged, separated, or what was decided: same, never, split, undone, removed, limits';
COMMENT ON COLUMN @bi@.merge_history.customer_key IS 'customer that stayed';
COMMENT ON COLUMN @bi@.merge_history.other_customer_key IS 'customer that was merged into it or separated from it';
COMMENT ON COLUMN @bi@.merge_history.cause IS 'function of the store that did it';
COMMENT ON COLUMN @bi@.merge_history.decision_key IS 'entry of the decision that it follows from or takes back';
COMMENT ON COLUMN @bi@.merge_history.taken_back_at IS 'when the two were separated or merged again, or the decision was undone; of two who parted by moves of others, when the last of them moved; NULL if it holds';
COMMENT ON COLUMN @bi@.merge_history.present_customer_key IS 'who customer_key is after all merges: joins to dim_customer';
COMMENT ON COLUMN @bi@.merge_history.present_other_customer_key IS 'who other_customer_key is after all merges';

CREATE OR REPLACE VIEW @bi@.fact_touchpoint AS
SELECT t.touchpoint_key, coalesce(c.merged_into, c.customer_id)::text AS customer_key, c.customer_id IS NOT NULL AS known,
       t.occurred_at, t.kind, t.channel_code, t.medium, t.campaign, t.conversion_key, (f.touchpoint_key IS NOT NULL)::integer::bigint AS conversions
FROM @store@.touchpoints t
LEFT JOIN @store@.identities i ON i.identifier = t.visitor
LEFT JOIN @store@.customers c ON c.customer_id = i.customer_id
-- the first report of each conversion, whoever reported it and whoever is known by now
LEFT JOIN (SELECT DISTINCT ON (x.conversion_key) x.touchpoint_key FROM @store@.touchpoints x WHERE x.conversion_key IS NOT NULL
           ORDER BY x.conversion_key, x.occurred_at, x.touchpoint_key COLLATE "C") f ON f.touchpoint_key = t.touchpoint_key;
COMMENT ON VIEW @bi@.fact_touchpoint IS 'contacts with visitors, one row a contact; those of an anonymous visitor are the customer''s as soon as it is known who it was';
COMMENT ON COLUMN @bi@.fact_touchpoint.touchpoint_key IS 'key';
COMMENT ON COLUMN @bi@.fact_touchpoint.customer_key IS 'customer after all merges, as it is known today; NULL for a visitor who is not known';
COMMENT ON COLUMN @bi@.fact_touchpoint.known IS 'whether it is known who it was';
COMMENT ON COLUMN @bi@.fact_touchpoint.occurred_at IS 'when';
COMMENT ON COLUMN @bi@.fact_touchpoint.kind IS 'visit, click, open, call, conversion, ...';
COMMENT ON COLUMN @bi@.fact_touchpoint.channel_code IS 'channel';
COMMENT ON COLUMN @bi@.fact_touchpoint.medium IS 'organic, paid_search, email, social, affiliate, direct, ...';
COMMENT ON COLUMN @bi@.fact_touchpoint.campaign IS 'campaign';
COMMENT ON COLUMN @bi@.fact_touchpoint.conversion_key IS 'what was converted, e.g. the order; NULL for any other contact';
COMMENT ON COLUMN @bi@.fact_touchpoint.conversions IS '1 for the first report of a conversion, 0 for later ones and for any other contact: the sum is the number of conversions';
$omni_store$
WHEN 'functions' THEN $omni_store$-- functions.sql: the functions of a store. They take and give text, bigint and jsonb, so that no driver
-- needs to know a type of omni. A variable wins over a column of the same name that a user added.

CREATE OR REPLACE FUNCTION @store@.resolve_sku(raw text, channel text DEFAULT NULL, at timestamptz DEFAULT now())
    RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    code omni.sku := omni.sku_try(raw);
    item omni.gtin;
    sku text;
BEGIN
    -- what the channel itself calls it
    SELECT a.sku::text INTO sku FROM @store@.sku_aliases a
    WHERE a.channel_code = channel AND a.raw = resolve_sku.raw AND a.valid_from <= at
    ORDER BY a.valid_from DESC LIMIT 1;
    IF sku IS NOT NULL THEN
        RETURN sku;
    END IF;
    -- the house SKU, or the channel's qualified one
    SELECT p.sku::text INTO sku FROM @store@.products p WHERE p.sku = code;
    IF FOUND THEN
        RETURN sku;
    END IF;
    IF code IS NOT NULL AND channel ~ '^[a-z0-9-]{1,16}$' AND position('|' IN code::text) = 0 THEN
        SELECT p.sku::text INTO sku FROM @store@.products p WHERE p.sku = omni.sku_try(channel || '|' || code::text);
        IF FOUND THEN
            RETURN sku;
        END IF;
    END IF;
    -- a trade item number that one product has
    item := omni.gtin_try(raw);
    IF item IS NOT NULL THEN
        SELECT min(p.sku::text) INTO sku FROM @store@.products p WHERE p.gtin = item HAVING count(*) = 1;
        RETURN sku;
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION @store@.resolve_sku(text, text, timestamptz) IS 'the SKU that a channel''s code, a house SKU or a GTIN stands for; NULL if it stands for none or for more than one';

/* which value of an attribute survives in the views of golden records; '{}' is the most recent one */
CREATE OR REPLACE FUNCTION @store@.set_survivorship(survivorship jsonb)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    IF survivorship IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'no survivorship is given',
            HINT = 'Give {} for the most recent value of every attribute.';
    END IF;
    PERFORM omni.golden_record(omni.customer_profile('omni', '1', 'epoch'::timestamptz), survivorship);
    INSERT INTO @store@.identity_settings AS s (setting, value) VALUES ('survivorship', survivorship)
    ON CONFLICT (setting) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at WHERE s.value <> excluded.value;
END $$;
COMMENT ON FUNCTION @store@.set_survivorship(jsonb) IS 'which value of an attribute survives in customer_golden and customer_attribute: the policies of omni.golden_record()';

/* what of the golden records anybody who may read the BI views may see: nothing that is not named here */
CREATE OR REPLACE FUNCTION @store@.set_bi_attributes(attributes jsonb)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    IF attributes IS NULL OR jsonb_typeof(attributes) <> 'array' OR EXISTS (SELECT FROM jsonb_array_elements(attributes) a WHERE jsonb_typeof(a) <> 'string') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the attributes for BI have to be an array of names',
            HINT = 'For example ["country", "language"]; [] shows none.';
    END IF;
    IF attributes ? 'identifiers' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'identifiers are not shown in the BI views',
            HINT = 'Those who may see them read customer_identifier in the schema of personal data.';
    END IF;
    INSERT INTO @store@.identity_settings AS s (setting, value) VALUES ('bi_attributes', (SELECT coalesce(jsonb_agg(DISTINCT a ORDER BY a), '[]') FROM jsonb_array_elements(attributes) a))
    ON CONFLICT (setting) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at WHERE s.value <> excluded.value;
END $$;
COMMENT ON FUNCTION @store@.set_bi_attributes(jsonb) IS 'attributes of golden records that customer_attribute shows to BI, e.g. ["country"]; none at first. Name none that tells who a customer is';
$omni_store$
WHEN 'identity' THEN $omni_store$-- identity.sql: who is one customer. Evidence is never changed by what is found in it: customers, identities,
-- refusals and source_records.customer_id are made from evidence and links, and can be made again at any time.

/*
 * Who writes identities takes this lock, shared for a single record whose customers are locked beside it, or exclusively. What is done
 * to the whole store is seen by transactions that look at an older state: they find the settings changed, and fail with 40001.
 */
CREATE OR REPLACE FUNCTION @store@.lock_identities()
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_class c WHERE c.relkind = 'v' AND c.oid IN ('@store@.customers'::regclass, '@store@.identities'::regclass, '@store@.evidence'::regclass,
                   '@store@.source_records'::regclass, '@store@.links'::regclass, '@store@.refusals'::regclass, '@store@.merge_log'::regclass, '@store@.identity_settings'::regclass)) THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = 'the store has adopted its customers or identities: it does not write them',
            HINT = 'Make a store that adopts neither, and load evidence into it.';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('omni.identities ' || (parse_ident('@store@'))[1], 0));
    UPDATE @store@.identity_settings s SET changed_at = s.changed_at WHERE s.setting = 'limits';
END $$;
COMMENT ON FUNCTION @store@.lock_identities() IS 'for functions of the store: let no other session write identities until this transaction ends';

/*
 * The one place where customers are made of evidence: for the whole store (rebuild_identities, set_merge_limits), for what
 * a batch touched (ingest), for what a call touched (identify's slow path, decisions). Evidence and links are written already.
 *
 *   scope 'store'  everything
 *   scope 'batch'  what pg_temp.omni_touched names, a temporary table of the caller's, who drops it:
 *                    source, record_id       a record with evidence that is new, changed or gone, or with a new or changed link; or
 *                    identifier              an identifier of which evidence was taken away (source and record_id NULL)
 *                    last_seen_at, profile   what a new version of the record says of itself, joined to what is known; may be NULL
 *                  one row a record
 *   scope 'rows'   the same rows as a jsonb array of objects, for few of them
 *
 * The caller holds the store-wide lock, exclusively, or for 'rows' locks on all customers of the components touched.
 * It writes customers, identities, refusals, source_records, links.refused, orders.customer_id (an order's own record: source =
 * its channel, record_id = its number) and merge_log, where cause and decision are noted. Evidence and links it only reads.
 *
 * A record that ingest() took without any identifier is a record all the same: a row of source_records that has a profile and no evidence.
 *
 * A component is what evidence that is not blocked, and links that are not "never", connect, refused ones included. Components do
 * not depend on each other, so those that were touched, resolved alone, give what resolving the whole store gives.
 *
 * Numbers: a customer is known by the record in (customers.source, record_id). Of the customers whose records are in one cluster
 * the one with the least record keeps its number and is known by the cluster's survivor from then on, the others point to it. A
 * cluster without any gets a new number. A customer whose record is gone is known by the least one that was its; one that has
 * none left is deleted, unless an order names it.
 *
 * customers.bounds is what identify() has to know of a cluster without reading it: 1, evidence that is refused touches it;
 * 2, a link that is refused or "never"; 4, a link holds it together.
 */
CREATE OR REPLACE FUNCTION @store@.resolve_identities(scope text, touched jsonb, cause text, decision bigint, OUT records bigint, OUT customers bigint, OUT merged bigint)
    RETURNS record LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    limits jsonb := coalesce((SELECT s.value FROM @store@.identity_settings s WHERE s.setting = 'limits'), omni.merge_limits());
    work jsonb := jsonb_build_object('touched', coalesce(touched, '[]'));
    shapes jsonb := '{"touched": "source text, record_id text, identifier omni.identifier, last_seen_at timestamptz, profile omni.customer_profile",
        "closure": "identifier omni.identifier, source text, record_id text",
        "resolved": "cluster bigint, source text, record_id text, identifier omni.identifier, other_source text, other_record_id text, survivor boolean, refused text, observed_at timestamptz",
        "record": "source text, record_id text, cluster bigint, survivor boolean, first_seen_at timestamptz, last_seen_at timestamptz, stored bigint, was bigint, stored_first_seen_at timestamptz, stored_last_seen_at timestamptz",
        "link": "source text, record_id text, other_source text, other_record_id text, weight double precision, refused text, now text",
        "number": "customer_id bigint, merged_into bigint, cluster bigint, first_seen_at timestamptz, source text, record_id text, gone boolean",
        "person": "cluster bigint, source text, record_id text, first_seen_at timestamptz, customer_id bigint, is_new boolean, was bigint, bounds integer"}';
    step record;
    query text;
    part text;
    made jsonb;
    planner jsonb;
    n bigint;
    memory text := current_setting('work_mem');
BEGIN
    IF scope <> 'rows' AND pg_size_bytes(memory) < pg_size_bytes('128MB') THEN
        PERFORM set_config('work_mem', '128MB', true);
    END IF;
    IF scope = 'batch' THEN
        -- a round adds the neighbors of what the round before added
        CREATE TEMP TABLE omni_closure ON COMMIT DROP AS SELECT DISTINCT t.identifier, t.source, t.record_id, 0 AS round FROM pg_temp.omni_touched t;
        CREATE INDEX ON pg_temp.omni_closure (identifier);
        CREATE INDEX ON pg_temp.omni_closure (source, record_id);
        FOR turn IN 0 .. 2147483646 LOOP
            ANALYZE pg_temp.omni_closure;
            INSERT INTO pg_temp.omni_closure (identifier, source, record_id, round)
            SELECT DISTINCT x.identifier, x.source, x.record_id, turn + 1 FROM (
                SELECT e.identifier, NULL::text AS source, NULL::text AS record_id FROM pg_temp.omni_closure c JOIN @store@.evidence e ON e.source = c.source AND e.record_id = c.record_id WHERE c.round = turn
                UNION ALL SELECT NULL, e.source, e.record_id FROM pg_temp.omni_closure c JOIN @store@.evidence e ON e.identifier = c.identifier
                    WHERE c.round = turn AND omni.merge_problem(ARRAY[c.identifier], NULL, 0, jsonb_build_object('blocked', coalesce(limits -> 'blocked', '{}'))) IS NULL
                UNION ALL SELECT NULL, l.other_source, l.other_record_id FROM pg_temp.omni_closure c JOIN @store@.links l ON l.source = c.source AND l.record_id = c.record_id
                    WHERE c.round = turn AND l.weight > '-Infinity'
                UNION ALL SELECT NULL, l.source, l.record_id FROM pg_temp.omni_closure c JOIN @store@.links l ON l.other_source = c.source AND l.other_record_id = c.record_id
                    WHERE c.round = turn AND l.weight > '-Infinity') x
            WHERE NOT EXISTS (SELECT FROM pg_temp.omni_closure o WHERE o.identifier = x.identifier) AND NOT EXISTS (SELECT FROM pg_temp.omni_closure o WHERE o.source = x.source AND o.record_id = x.record_id);
            EXIT WHEN NOT FOUND;
        END LOOP;
    END IF;
    FOR step IN SELECT * FROM (VALUES
        -- what belongs together: identifiers and records that evidence connects
        (1, 'closure', $q$
            SELECT c.identifier::omni.identifier AS identifier, c.source, c.record_id FROM (SELECT array_agg(t.identifier::text) FILTER (WHERE t.identifier IS NOT NULL) AS identifiers,
                array_agg(t.source) FILTER (WHERE t.source IS NOT NULL) AS sources, array_agg(t.record_id) FILTER (WHERE t.source IS NOT NULL) AS record_ids FROM {touched} t) t
            CROSS JOIN LATERAL @store@.component_of(t.identifiers, t.sources, t.record_ids, $2) c$q$),
        -- a piece of evidence: its cluster, or why it does not link
        (2, 'resolved', $q$
            SELECT r.cluster, r.source, r.record_id, r.identifier, r.other_source, r.other_record_id, r.survivor, r.refused, e.observed_at
            FROM (SELECT omni.link_evidence_rollup(x.part) AS evidence FROM (
                      SELECT omni.link_evidence_agg(e.source, e.record_id, e.observed_at, e.identifier) AS part FROM @store@.evidence e WHERE {within e.source, e.record_id}
                      UNION ALL SELECT omni.link_evidence_agg(s.source, s.record_id, s.first_seen_at, NULL::omni.identifier) FROM @store@.source_records s WHERE s.profile IS NOT NULL AND {within s.source, s.record_id}
                          AND NOT EXISTS (SELECT FROM @store@.evidence e WHERE e.source = s.source AND e.record_id = s.record_id)
                      UNION ALL SELECT omni.link_evidence_agg(l.source, l.record_id, l.other_source, l.other_record_id, l.weight, l.decided_at) FROM @store@.links l
                          WHERE l.weight IS NOT NULL AND {within l.source, l.record_id} AND {within l.other_source, l.other_record_id}) x) s
            CROSS JOIN LATERAL omni.resolve_links(s.evidence, $2) r
            LEFT JOIN @store@.evidence e ON e.identifier = r.identifier AND e.source = r.source AND e.record_id = r.record_id$q$),
        (3, 'record', $q$
            SELECT d.source, d.record_id, d.cluster, d.survivor, coalesce(d.first_seen_at, s.first_seen_at) AS first_seen_at, coalesce(d.last_seen_at, s.last_seen_at) AS last_seen_at, s.customer_id AS stored, coalesce(k.merged_into, k.customer_id) AS was,
                s.first_seen_at AS stored_first_seen_at, s.last_seen_at AS stored_last_seen_at
            FROM (SELECT r.source, r.record_id, min(r.cluster) AS cluster, bool_or(r.survivor) AS survivor, min(r.observed_at) AS first_seen_at, max(r.observed_at) AS last_seen_at
                  FROM {resolved} r WHERE r.other_source IS NULL GROUP BY r.source, r.record_id) d
            LEFT JOIN @store@.source_records s ON s.source = d.source AND s.record_id = d.record_id
            LEFT JOIN @store@.customers k ON k.customer_id = s.customer_id$q$),
        -- what links come to
        (4, 'link', $q$
            SELECT y.source, y.record_id, y.other_source, y.other_record_id, y.weight, y.refused, CASE WHEN y.weight IS NULL THEN NULL
                WHEN (EXISTS (SELECT FROM @store@.evidence e WHERE e.source = y.source AND e.record_id = y.record_id)
                        OR EXISTS (SELECT FROM @store@.source_records s WHERE s.source = y.source AND s.record_id = y.record_id AND s.profile IS NOT NULL))
                    AND (EXISTS (SELECT FROM @store@.evidence e WHERE e.source = y.other_source AND e.record_id = y.other_record_id)
                        OR EXISTS (SELECT FROM @store@.source_records s WHERE s.source = y.other_source AND s.record_id = y.other_record_id AND s.profile IS NOT NULL)) THEN r.refused ELSE 'unknown_record' END AS now
            FROM ({links}) y
            LEFT JOIN {resolved} r ON r.source = y.source AND r.record_id = y.record_id AND r.other_source = y.other_source AND r.other_record_id = y.other_record_id$q$),
        -- the customers that there are, and where the record is that each is known by
        (5, 'number', $q$
            WITH k AS MATERIALIZED ({customers}),
                at_home AS MATERIALIZED (SELECT k.customer_id, d.cluster, d.first_seen_at, d.source, d.record_id FROM k JOIN {record} d ON d.source = k.source AND d.record_id = k.record_id
                    -- a record that was removed and came again may be somebody else's by now
                    WHERE d.was IS NULL OR d.was = coalesce(k.merged_into, k.customer_id)),
                lost AS MATERIALIZED (SELECT k.customer_id FROM k WHERE k.merged_into IS NULL AND NOT EXISTS (SELECT FROM at_home h WHERE h.customer_id = k.customer_id)),
                again AS (SELECT DISTINCT ON (x.customer_id) x.* FROM (
                        SELECT o.customer_id, d.cluster, d.first_seen_at, d.source, d.record_id FROM lost o JOIN {record} d ON d.was = o.customer_id
                        UNION ALL SELECT o.customer_id, d.cluster, d.first_seen_at, d.source, d.record_id FROM lost o JOIN @store@.identities i ON i.customer_id = o.customer_id
                            JOIN {resolved} r ON r.identifier = i.identifier JOIN {record} d ON d.source = r.source AND d.record_id = r.record_id WHERE d.was IS NULL) x
                    ORDER BY x.customer_id, x.first_seen_at, x.source COLLATE "C", x.record_id COLLATE "C")
            SELECT k.customer_id, k.merged_into, coalesce(h.cluster, a.cluster) AS cluster, coalesce(h.first_seen_at, a.first_seen_at) AS first_seen_at,
                coalesce(h.source, a.source) AS source, coalesce(h.record_id, a.record_id) AS record_id,
                h.cluster IS NULL AND EXISTS (SELECT FROM @store@.source_records s WHERE s.source = k.source AND s.record_id = k.record_id) AS gone
            FROM k LEFT JOIN at_home h ON h.customer_id = k.customer_id LEFT JOIN again a ON a.customer_id = k.customer_id$q$),
        -- a transaction that sees an older state fails if any of these were written to since
        (6, 'watched', $q$
            SELECT (SELECT count(*) FROM (SELECT FROM @store@.customers c WHERE c.customer_id IN (SELECT n.customer_id FROM {number} n) FOR NO KEY UPDATE) x),
                (SELECT count(*) FROM (SELECT FROM @store@.identities i WHERE i.customer_id IN (SELECT n.customer_id FROM {number} n) FOR NO KEY UPDATE) x)$q$),
        (7, 'person', $q$
            SELECT s.cluster, s.source, s.record_id, s.first_seen_at, coalesce(s.customer_id, nextval(pg_get_serial_sequence('@store@.customers', 'customer_id'))) AS customer_id,
                s.customer_id IS NULL AS is_new, s.was, s.bounds
            FROM (SELECT d.cluster, d.source, d.record_id, d.first_seen_at, k.customer_id, d.was, coalesce(b.bounds, 0) AS bounds
                  FROM {record} d
                  LEFT JOIN (SELECT DISTINCT ON (n.cluster) n.cluster, n.customer_id FROM {number} n WHERE n.cluster IS NOT NULL
                             ORDER BY n.cluster, n.first_seen_at, n.source COLLATE "C", n.record_id COLLATE "C", n.customer_id) k ON k.cluster = d.cluster
                  LEFT JOIN (SELECT x.cluster, bit_or(x.bound) AS bounds FROM (
                                 SELECT r.cluster, 1 AS bound FROM {resolved} r WHERE r.identifier IS NOT NULL AND r.refused <> 'blocked'
                                 UNION SELECT a.cluster, 1 FROM {resolved} r JOIN {resolved} a ON a.identifier = r.identifier WHERE r.refused <> 'blocked' AND a.refused IS NULL
                                 UNION SELECT y.cluster, CASE WHEN l.weight = '-Infinity' THEN 2 WHEN l.now = 'unknown_record' THEN 0 WHEN l.now IS NOT NULL THEN 2 ELSE 4 END
                                     FROM {link} l CROSS JOIN LATERAL (VALUES (l.source, l.record_id), (l.other_source, l.other_record_id)) z(source, record_id)
                                     JOIN {record} y ON y.source = z.source AND y.record_id = z.record_id WHERE l.weight IS NOT NULL) x
                             GROUP BY x.cluster) b ON b.cluster = d.cluster
                  WHERE d.survivor ORDER BY d.cluster) s$q$),
        -- those that turn out to be somebody else, or not to be after all
        (8, 'merged', $q$
            WITH t AS (SELECT n.customer_id, n.merged_into AS before, nullif(p.customer_id, n.customer_id) AS target FROM {number} n JOIN {person} p ON p.cluster = n.cluster
                       WHERE n.merged_into IS DISTINCT FROM nullif(p.customer_id, n.customer_id)),
                w AS (INSERT INTO @store@.merge_log (action, customer_id, other_customer_id, cause, decision)
                      SELECT CASE WHEN t.target IS NULL THEN 'separated' ELSE 'merged' END, coalesce(t.target, t.before), t.customer_id, $3, $4 FROM t ORDER BY t.customer_id)
            UPDATE @store@.customers c SET merged_into = t.target FROM t WHERE c.customer_id = t.customer_id$q$),
        -- customers without a record that pointed to one of those; each round halves what is left of a chain
        (9, 'chains', $q$
            UPDATE @store@.customers c SET merged_into = m.merged_into FROM {number} n, @store@.customers m
            WHERE n.cluster IS NULL AND c.customer_id = n.customer_id AND c.merged_into = m.customer_id AND m.merged_into <> c.customer_id$q$),
        (10, 'new', $q$
            WITH w AS (INSERT INTO @store@.merge_log (action, customer_id, other_customer_id, cause, decision)
                       SELECT 'separated', p.was, p.customer_id, $3, $4 FROM {person} p WHERE p.is_new AND p.was IS NOT NULL ORDER BY p.customer_id)
            INSERT INTO @store@.customers (customer_id, source, record_id, first_seen_at, bounds)
            SELECT p.customer_id, p.source, p.record_id, p.first_seen_at, p.bounds FROM {person} p WHERE p.is_new$q$),
        -- every customer that was there is written to, for transactions that cannot see what is new here (store-wide: the settings are)
        (11, 'known', $q$
            UPDATE @store@.customers c SET first_seen_at = p.first_seen_at, source = p.source, record_id = p.record_id, bounds = p.bounds FROM {person} p
            WHERE p.customer_id = c.customer_id AND NOT p.is_new AND ({always} OR (c.first_seen_at, c.source, c.record_id, c.bounds) IS DISTINCT FROM (p.first_seen_at, p.source, p.record_id, p.bounds))$q$),
        (12, 'identities', $q$
            WITH x AS (SELECT r.identifier, min(r.cluster) FILTER (WHERE r.refused IS NULL) AS cluster, min(r.observed_at) AS first_seen_at, max(r.observed_at) AS last_seen_at
                       FROM {resolved} r WHERE r.identifier IS NOT NULL GROUP BY r.identifier),
                y AS (SELECT x.identifier, p.customer_id, x.first_seen_at, x.last_seen_at, i.identifier IS NULL AS is_new FROM x JOIN {person} p ON p.cluster = x.cluster LEFT JOIN @store@.identities i ON i.identifier = x.identifier
                      WHERE (i.customer_id, i.first_seen_at, i.last_seen_at) IS DISTINCT FROM (p.customer_id, x.first_seen_at, x.last_seen_at)),
                u AS (UPDATE @store@.identities i SET customer_id = y.customer_id, first_seen_at = y.first_seen_at, last_seen_at = y.last_seen_at FROM y WHERE i.identifier = y.identifier AND NOT y.is_new),
                n AS (INSERT INTO @store@.identities (identifier, customer_id, first_seen_at, last_seen_at) SELECT y.identifier, y.customer_id, y.first_seen_at, y.last_seen_at FROM y WHERE y.is_new
                      {unseen identities_pkey customer_id})
            DELETE FROM @store@.identities i WHERE {within i.identifier} AND NOT EXISTS (SELECT FROM x WHERE x.identifier = i.identifier AND x.cluster IS NOT NULL)$q$),
        (13, 'refusals', $q$
            WITH y AS (SELECT r.identifier, r.source, r.record_id, r.refused, f.reason FROM {resolved} r LEFT JOIN @store@.refusals f ON f.identifier = r.identifier AND f.source = r.source AND f.record_id = r.record_id
                       WHERE r.identifier IS NOT NULL AND r.refused IS NOT NULL AND f.reason IS DISTINCT FROM r.refused),
                u AS (UPDATE @store@.refusals f SET reason = y.refused, refused_at = now() FROM y WHERE f.identifier = y.identifier AND f.source = y.source AND f.record_id = y.record_id AND y.reason IS NOT NULL),
                n AS (INSERT INTO @store@.refusals (identifier, source, record_id, reason) SELECT y.identifier, y.source, y.record_id, y.refused FROM y WHERE y.reason IS NULL {unseen refusals_pkey reason})
            DELETE FROM @store@.refusals f WHERE {within f.source, f.record_id}
                AND NOT EXISTS (SELECT FROM {resolved} r WHERE r.identifier = f.identifier AND r.source = f.source AND r.record_id = f.record_id AND r.refused IS NOT NULL)$q$),
        (14, 'links', $q$
            UPDATE @store@.links l SET refused = x.now FROM {link} x
            WHERE x.refused IS DISTINCT FROM x.now AND l.source = x.source AND l.record_id = x.record_id AND l.other_source = x.other_source AND l.other_record_id = x.other_record_id$q$),
        (15, 'records', $q$
            WITH y AS (SELECT d.source, d.record_id, p.customer_id, d.first_seen_at, greatest(d.last_seen_at, t.last_seen_at) AS last_seen_at, t.profile, d.stored IS NULL AS is_new
                       FROM {record} d JOIN {person} p ON p.cluster = d.cluster LEFT JOIN {touched} t ON t.source = d.source AND t.record_id = d.record_id
                       WHERE d.stored IS DISTINCT FROM p.customer_id OR d.stored_first_seen_at <> d.first_seen_at OR d.stored_last_seen_at < d.last_seen_at OR t.source IS NOT NULL),
                u AS (UPDATE @store@.source_records s SET customer_id = y.customer_id, first_seen_at = y.first_seen_at, last_seen_at = greatest(s.last_seen_at, y.last_seen_at),
                          profile = coalesce(s.profile OPERATOR(omni.||) y.profile, s.profile, y.profile) FROM y WHERE s.source = y.source AND s.record_id = y.record_id AND NOT y.is_new),
                n AS (INSERT INTO @store@.source_records (source, record_id, customer_id, first_seen_at, last_seen_at, profile)
                      SELECT y.source, y.record_id, y.customer_id, y.first_seen_at, y.last_seen_at, y.profile FROM y WHERE y.is_new {unseen source_records_pkey customer_id})
            DELETE FROM @store@.source_records s WHERE {within s.source, s.record_id} AND NOT EXISTS (SELECT FROM {record} d WHERE d.source = s.source AND d.record_id = s.record_id)$q$),
        -- an order's own record; an order that was given to the record's customer goes with the record
        (16, 'orders', $q$
            UPDATE @store@.orders o SET customer_id = p.customer_id FROM {record} d JOIN {person} p ON p.cluster = d.cluster
            WHERE o.order_ref = d.record_id AND o.channel_code = d.source AND (o.customer_id IS NULL OR (d.was <> p.customer_id
                AND EXISTS (SELECT FROM {number} n WHERE n.customer_id = o.customer_id AND coalesce(n.merged_into, n.customer_id) = d.was)
                AND EXISTS (SELECT FROM @store@.customers k WHERE k.customer_id = o.customer_id AND coalesce(k.merged_into, k.customer_id) <> p.customer_id)))$q$),
        -- customers that have no record any more
        (17, 'gone', $q$
            WITH g AS (SELECT n.customer_id, n.merged_into FROM {number} n WHERE n.cluster IS NULL AND n.gone AND NOT EXISTS (SELECT FROM @store@.orders o WHERE o.customer_id = n.customer_id))
            DELETE FROM @store@.customers c USING g WHERE g.customer_id = c.customer_id AND CASE WHEN g.merged_into IS NULL
                THEN NOT EXISTS (SELECT FROM @store@.customers k WHERE k.merged_into = g.customer_id AND k.customer_id NOT IN (SELECT x.customer_id FROM g x))
                ELSE g.merged_into IN (SELECT x.customer_id FROM g x) END$q$)
        ) v(n, name, query) ORDER BY v.n LOOP
        CONTINUE WHEN step.name = 'closure' AND scope <> 'rows'
            OR step.name = 'watched' AND current_setting('transaction_isolation') = 'read committed' OR step.name = 'orders' AND (SELECT c.relkind = 'v' FROM pg_class c WHERE c.oid = '@store@.orders'::regclass);
        CONTINUE WHEN scope = 'rows' AND CASE step.name WHEN 'links' THEN work -> 'link' = '[]' WHEN 'merged' THEN work -> 'number' = '[]' WHEN 'known' THEN work -> 'number' = '[]'
            WHEN 'chains' THEN NOT work @? '$.number[*] ? (@.cluster == null)' WHEN 'gone' THEN NOT work @? '$.number[*] ? (@.gone == true)' WHEN 'new' THEN NOT work @? '$.person[*] ? (@.is_new == true)' END;
        -- all links, or those of these records, by either end
        query := replace(step.query, '{links}', CASE scope WHEN 'store' THEN 'SELECT v.* FROM @store@.links v' ELSE $q$
            SELECT v.* FROM {closure} d JOIN @store@.links v ON v.source = d.source AND v.record_id = d.record_id
            UNION ALL SELECT v.* FROM {closure} d JOIN @store@.links v ON v.other_source = d.source AND v.other_record_id = d.record_id
            WHERE NOT EXISTS (SELECT FROM {closure} x WHERE x.source = v.source AND x.record_id = v.record_id)$q$ END);
        query := replace(query, '{customers}', CASE scope WHEN 'store' THEN 'SELECT c.customer_id, c.source, c.record_id, c.merged_into FROM @store@.customers c' ELSE $q$
            SELECT c.customer_id, c.source, c.record_id, c.merged_into
            FROM (SELECT coalesce(k.merged_into, k.customer_id) AS customer_id FROM (
                      SELECT s.customer_id FROM {closure} w JOIN @store@.source_records s ON s.source = w.source AND s.record_id = w.record_id
                      UNION SELECT i.customer_id FROM {closure} w JOIN @store@.identities i ON i.identifier = w.identifier) x
                  JOIN @store@.customers k ON k.customer_id = x.customer_id GROUP BY 1) t
            CROSS JOIN LATERAL (SELECT a.* FROM @store@.customers a WHERE a.customer_id = t.customer_id UNION ALL SELECT b.* FROM @store@.customers b WHERE b.merged_into = t.customer_id) c$q$ END);
        query := regexp_replace(query, '\{within ([^,}]+), ([^}]+)\}', CASE scope WHEN 'store' THEN 'true' ELSE '(\1, \2) IN (SELECT w.source, w.record_id FROM {closure} w WHERE w.source IS NOT NULL)' END, 'g');
        query := regexp_replace(query, '\{within ([^,}]+)\}', CASE scope WHEN 'store' THEN 'true' ELSE '\1 IN (SELECT w.identifier FROM {closure} w WHERE w.identifier IS NOT NULL)' END, 'g');
        -- a row that this transaction cannot see: 40001
        query := regexp_replace(query, '\{unseen (\w+) (\w+)\}', CASE current_setting('transaction_isolation') WHEN 'read committed' THEN '' ELSE 'ON CONFLICT ON CONSTRAINT \1 DO UPDATE SET \2 = excluded.\2' END, 'g');
        query := replace(query, '{always}', CASE scope WHEN 'store' THEN 'false' ELSE 'true' END);
        FOR part IN SELECT k FROM jsonb_object_keys(shapes) k LOOP
            query := replace(query, '{' || part || '}', CASE WHEN scope = 'rows' OR (part = 'touched' AND (scope = 'store' OR touched IS NOT NULL))
                THEN format('(SELECT w.* FROM jsonb_to_recordset($1 -> %L) w(%s))', part, shapes ->> part) ELSE 'pg_temp.omni_' || part END);
        END LOOP;
        IF NOT shapes ? step.name THEN
            FOR turn IN 1 .. 32 LOOP
                EXECUTE query USING work, limits, cause, decision;
                GET DIAGNOSTICS n = ROW_COUNT;
                EXIT WHEN step.name <> 'chains' OR n = 0;
            END LOOP;
            IF step.name = 'merged' THEN
                merged := n;
            END IF;
        ELSIF scope = 'rows' THEN
            EXECUTE 'SELECT coalesce(jsonb_agg(to_jsonb(w)), ''[]'') FROM (' || query || ') w' INTO made USING work, limits;
            work := jsonb_set(work, ARRAY[step.name], made);
            IF step.name = 'closure' AND jsonb_array_length(made) > 10000 THEN
                -- too much to carry about
                EXECUTE format('CREATE TEMP TABLE omni_closure ON COMMIT DROP AS SELECT * FROM jsonb_to_recordset($1) w(%s)', shapes ->> 'closure') USING made;
                ANALYZE pg_temp.omni_closure;
                work := work - 'closure';
                scope := 'batch';
                -- nor for the plans of a few rows that callers ask for
                SELECT jsonb_object_agg(k, current_setting(k)) INTO planner FROM unnest('{enable_seqscan,enable_hashjoin,enable_mergejoin}'::text[]) k;
                PERFORM set_config(k, 'on', true) FROM jsonb_object_keys(planner) k;
            END IF;
        ELSE
            EXECUTE format('CREATE TEMP TABLE omni_%s ON COMMIT DROP AS %s', step.name, query) USING work, limits;
            EXECUTE format('ANALYZE pg_temp.omni_%s', step.name);
        END IF;
    END LOOP;
    IF scope = 'rows' THEN
        records := jsonb_array_length(work -> 'record');
        customers := jsonb_array_length(work -> 'person');
    ELSE
        PERFORM set_config('work_mem', memory, true);
        SELECT (SELECT count(*) FROM pg_temp.omni_record), (SELECT count(*) FROM pg_temp.omni_person) INTO records, customers;
        IF scope = 'batch' THEN
            DROP TABLE pg_temp.omni_closure;
        END IF;
        DROP TABLE pg_temp.omni_resolved, pg_temp.omni_record, pg_temp.omni_link, pg_temp.omni_number, pg_temp.omni_person;
        PERFORM set_config(k, v, true) FROM jsonb_each_text(planner) p(k, v);
    END IF;
END $$;
COMMENT ON FUNCTION @store@.resolve_identities(text, jsonb, text, bigint) IS 'for functions of the store: make customers of the evidence that was touched, within the limits of merging';

CREATE OR REPLACE FUNCTION @store@.rebuild_identities(OUT records bigint, OUT customers bigint, OUT merged bigint)
    RETURNS record LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM @store@.lock_identities();
    SELECT r.records, r.customers, r.merged INTO records, customers, merged FROM @store@.resolve_identities('store', NULL, 'rebuild_identities', NULL) r;
END $$;
COMMENT ON FUNCTION @store@.rebuild_identities() IS 'unify customers from all evidence: records that share an identifier, directly or through others, are one customer, within the limits of merging. The same for any order of arrival; ids stay, a merged customer points to the one it was found to be. records and customers are totals, merged is how many customers this run redirected';

/*
 * What evidence connects, directly or through others, to these identifiers and records: nodes, each an identifier or a record. Evidence
 * that is refused at present connects as well, blocked evidence and links that are "never" do not.
 */
CREATE OR REPLACE FUNCTION @store@.component_of(identifiers text[], sources text[], record_ids text[], limits jsonb, OUT identifier text, OUT source text, OUT record_id text)
    RETURNS SETOF record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
    blocked jsonb := jsonb_build_object('blocked', coalesce(limits -> 'blocked', '{}'));
BEGIN
    RETURN QUERY
    WITH RECURSIVE c(identifier, source, record_id) AS (
        SELECT i.identifier, NULL::text, NULL::text FROM unnest(identifiers::omni.identifier[]) i(identifier)
        UNION SELECT NULL, r.source, r.record_id FROM unnest(sources, record_ids) r(source, record_id)
        UNION
        SELECT x.identifier, x.source, x.record_id FROM c CROSS JOIN LATERAL (
            SELECT e.identifier, NULL::text AS source, NULL::text AS record_id FROM @store@.evidence e WHERE e.source = c.source AND e.record_id = c.record_id
            UNION ALL SELECT NULL, e.source, e.record_id FROM @store@.evidence e WHERE e.identifier = c.identifier AND omni.merge_problem(ARRAY[c.identifier], NULL, 0, blocked) IS NULL
            UNION ALL SELECT NULL, l.other_source, l.other_record_id FROM @store@.links l WHERE l.source = c.source AND l.record_id = c.record_id AND l.weight > '-Infinity'
            UNION ALL SELECT NULL, l.source, l.record_id FROM @store@.links l WHERE l.other_source = c.source AND l.other_record_id = c.record_id AND l.weight > '-Infinity') x)
    SELECT c.identifier::text, c.source, c.record_id FROM c;
END $$;
COMMENT ON FUNCTION @store@.component_of(text[], text[], text[], jsonb) IS 'for functions of the store: what evidence connects to these identifiers and records';

/*
 * One record, now. Nearly all are of somebody new or of one customer: omni.store_identify() writes those. For the others, if all that comes together fits the limits, and nothing refused touches it,
 * it is one customer, and nothing else changes (limits are monotone: what fits as a whole was never refused a part). If not, but the new
 * evidence stands behind all that made the clusters it touches, it is accepted or refused against these clusters as they are. Else the
 * components that it touches are resolved anew. All three give what resolving the whole store gives.
 *
 * Locks, so that two sessions in any interleaving give one customer and do not deadlock: the store-wide lock, shared; then, ascending, of the
 * identifiers and the record (negative keys), then of the customers touched (positive keys); then it looks again. If it now sees
 * customers with lesser keys than those that it has, it lets all locks go (the subtransaction ends) and starts over with them. A component
 * of many customers is resolved under the exclusive lock; a transaction that made some hundred calls takes it, too.
 *
 * A transaction that sees an older state (REPEATABLE READ, SERIALIZABLE) must not decide by it. Whoever changes a customer's cluster
 * updates its row or a row of its identities; here all of these are locked for update, which fails with 40001 if one was changed since.
 */
CREATE OR REPLACE FUNCTION @store@.identify_with_others(identifiers text[], source text, record_id text, at timestamptz, attributes jsonb)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_variable
DECLARE
    seed CONSTANT bigint := hashtextextended('omni.identities ' || (parse_ident('@store@'))[1], 0);
    ids omni.identifier[];
    blocked omni.identifier[] := '{}';
    linking omni.identifier[];
    profile omni.customer_profile;
    limits jsonb;
    bounded boolean;                -- there are limits beside what is blocked
    problem text;
    above text;
    keys bigint[];
    want bigint[] := '{}';
    locked bigint[];
    missing bigint[];
    alone boolean;
    looked boolean;
    isolated boolean;                 -- it may see an older state than there is
    has_orders boolean;
    way text;
    -- what is known
    home bigint;
    owners bigint[];
    owned bigint[];
    moved bigint[];
    settled boolean;
    foreign_refusal boolean;
    elsewhere boolean;
    said omni.identifier[];
    unowned omni.identifier[];
    lowered omni.identifier[];
    touched bigint[];               -- customers, that of the least record first
    bounds integer;
    first_at timestamptz;
    first_source text;
    first_record text;
    -- what is decided
    priority text[];
    edge record;
    together bigint[];
    fresh omni.identifier[];
    grown bigint[];
    refused omni.identifier[] := '{}';
    reasons text[] := '{}';
    against bigint[] := '{}';
    me bigint;
BEGIN
    SELECT bool_or(c.relkind = 'v') FILTER (WHERE c.oid <> '@store@.orders'::regclass), NOT bool_or(c.relkind = 'v' AND c.oid = '@store@.orders'::regclass) INTO elsewhere, has_orders FROM pg_class c
    WHERE c.oid IN ('@store@.customers'::regclass, '@store@.identities'::regclass, '@store@.evidence'::regclass, '@store@.source_records'::regclass, '@store@.orders'::regclass);
    IF elsewhere THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = 'the store has adopted its customers or identities: it does not write them',
            HINT = 'Make a store that adopts neither, and identify records in it.';
    END IF;
    SELECT array_agg(DISTINCT x.i) FILTER (WHERE x.i IS NOT NULL),
           array_agg(DISTINCT coalesce(omni.identifier_hash_extended(x.i, seed), hashtextextended(source || E'\n' || record_id, seed)) | (-9223372036854775808))
    INTO ids, keys FROM unnest(array(SELECT u FROM unnest(identifiers) u)::omni.identifier[] || NULL::omni.identifier) x(i);
    profile := omni.customer_profile_from(source, record_id, at, ids, attributes);
    -- a transaction of many calls has the whole store rather than fill the table of locks
    alone := coalesce(current_setting('omni_identify.alone', true), '') = 'on';
    LOOP
        BEGIN
            IF alone THEN
                PERFORM pg_advisory_xact_lock(seed);
            ELSE
                PERFORM pg_advisory_xact_lock_shared(seed);
                PERFORM pg_advisory_xact_lock(k) FROM unnest(keys) k;
                IF want <> '{}' THEN
                    PERFORM pg_advisory_xact_lock(k) FROM (SELECT DISTINCT hashint8extended(w, seed) & 9223372036854775807 AS k FROM unnest(want) w ORDER BY 1) x;
                END IF;
            END IF;
            -- they may have been set anew while it waited for the lock
            limits := coalesce((SELECT s.value FROM @store@.identity_settings s WHERE s.setting = 'limits'), omni.merge_limits());
            bounded := limits - '{blocked,priority}'::text[] <> '{}';
            problem := omni.merge_problem(ids, array_fill(at, ARRAY[cardinality(ids)]), 1, limits);
            blocked := '{}';
            linking := ids;
            IF problem = 'blocked' THEN
                SELECT coalesce(array_agg(i) FILTER (WHERE p = 'blocked'), '{}'), coalesce(array_agg(i) FILTER (WHERE p IS DISTINCT FROM 'blocked'), '{}') INTO blocked, linking
                FROM (SELECT i, omni.merge_problem(ARRAY[i], ARRAY[at], 1, limits) AS p FROM unnest(ids) i) x;
            END IF;
            locked := want;
            looked := false;
            LOOP
                IF NOT looked THEN
                    -- whose are the identifiers and the record
                    SELECT array_agg(DISTINCT i.customer_id) FILTER (WHERE i.customer_id IS NOT NULL),
                           array_agg(i.customer_id) FILTER (WHERE e.identifier IS NULL AND (i.first_seen_at > at OR i.last_seen_at < at)),
                           bool_and(coalesce(e.observed_at <= at AND (i.customer_id = h.customer_id OR EXISTS (SELECT FROM @store@.refusals f WHERE f.identifier = u.identifier AND f.source = source AND f.record_id = record_id)), false)),
                           bool_or(CASE WHEN i.identifier IS NULL THEN EXISTS (SELECT FROM @store@.refusals o WHERE o.identifier = u.identifier AND o.reason <> 'blocked') ELSE false END),
                           array_agg(u.identifier) FILTER (WHERE i.identifier IS NOT NULL AND e.observed_at <= at), array_agg(u.identifier) FILTER (WHERE e.observed_at > at),
                           array_agg(u.identifier) FILTER (WHERE i.identifier IS NULL), min(h.customer_id), bool_or(h.elsewhere)
                    INTO owners, moved, settled, foreign_refusal, said, lowered, unowned, home, elsewhere
                    -- elsewhere: a record that is known by rows that were loaded, or by a link that waits for it
                    FROM (SELECT k.customer_id, CASE WHEN k.customer_id IS NULL THEN EXISTS (SELECT FROM @store@.evidence e WHERE e.source = source AND e.record_id = record_id)
                                     OR EXISTS (SELECT FROM @store@.links l WHERE l.source = source AND l.record_id = record_id) OR EXISTS (SELECT FROM @store@.links l WHERE l.other_source = source AND l.other_record_id = record_id)
                                     ELSE false END AS elsewhere
                          FROM (SELECT (SELECT coalesce(c.merged_into, c.customer_id) FROM @store@.source_records s JOIN @store@.customers c ON c.customer_id = s.customer_id
                                        WHERE s.source = source AND s.record_id = record_id) AS customer_id OFFSET 0) k OFFSET 0) h
                    CROSS JOIN unnest(ids) u(identifier)
                    LEFT JOIN @store@.identities i ON i.identifier = u.identifier AND u.identifier <> ALL (blocked)
                    LEFT JOIN @store@.evidence e ON e.identifier = u.identifier AND e.source = source AND e.record_id = record_id;
                    owned := owners;
                    IF home IS NOT NULL THEN
                        owners := array_append(owners, home);
                    END IF;
                    looked := true;
                END IF;
                IF settled AND home IS NOT NULL THEN
                    way := 'settled';
                    EXIT;
                END IF;
                missing := CASE WHEN alone OR owners IS NULL OR owners <@ locked THEN '{}' ELSE owners END;
                IF missing = '{}' THEN
                    touched := '{}';
                    bounds := 0;
                    IF owners IS NOT NULL THEN
                        SELECT coalesce(array_agg(c.customer_id ORDER BY c.first_seen_at, c.source COLLATE "C", c.record_id COLLATE "C", c.customer_id), '{}'), coalesce(bit_or(c.bounds | CASE WHEN c.merged_into IS NULL THEN 0 ELSE 2 END), 2),
                               (array_agg(c.first_seen_at ORDER BY c.first_seen_at, c.source COLLATE "C", c.record_id COLLATE "C", c.customer_id))[1],
                               (array_agg(c.source ORDER BY c.first_seen_at, c.source COLLATE "C", c.record_id COLLATE "C", c.customer_id))[1],
                               (array_agg(c.record_id ORDER BY c.first_seen_at, c.source COLLATE "C", c.record_id COLLATE "C", c.customer_id))[1],
                               owned IS NOT DISTINCT FROM (SELECT array_agg(DISTINCT i.customer_id) FROM @store@.identities i WHERE i.identifier = ANY (linking)) AND home IS NOT DISTINCT FROM
                                   (SELECT coalesce(k.merged_into, k.customer_id) FROM @store@.source_records s JOIN @store@.customers k ON k.customer_id = s.customer_id WHERE s.source = source AND s.record_id = record_id)
                        INTO touched, bounds, first_at, first_source, first_record, looked
                        FROM @store@.customers c WHERE c.customer_id = ANY (owners);
                        -- what these locks protect may have changed while this waited for them; what is the record's and the identifiers' has not
                        CONTINUE WHEN NOT looked;
                    END IF;
                    -- which way it goes
                    together := touched;
                    refused := '{}';
                    reasons := '{}';
                    against := '{}';
                    way := 'fast';
                    IF elsewhere OR foreign_refusal OR limits ?| '{shared,weak_bridge}' OR bounds & 2 <> 0 THEN
                        way := 'slow';
                    ELSIF bounds & 1 <> 0 THEN
                        way := 'append';
                    ELSIF bounded AND (CASE WHEN touched = '{}' AND blocked = '{}' THEN problem IS NOT NULL ELSE
                            (SELECT omni.merge_problem(array_agg(x.identifier), array_agg(x.first_seen_at),
                                        CASE WHEN limits ? 'max_records' THEN (SELECT count(*) FROM @store@.source_records s WHERE s.customer_id IN (
                                            SELECT c.customer_id FROM @store@.customers c WHERE c.customer_id = ANY (touched) UNION ALL SELECT c.customer_id FROM @store@.customers c WHERE c.merged_into = ANY (touched))) ELSE 0 END
                                        + CASE WHEN home IS NULL THEN 1 ELSE 0 END, limits) IS NOT NULL
                             FROM (SELECT y.identifier, min(y.first_seen_at) AS first_seen_at FROM (
                                       SELECT i.identifier, i.first_seen_at FROM @store@.identities i WHERE i.customer_id = ANY (touched) UNION ALL SELECT u, at FROM unnest(linking) u) y GROUP BY y.identifier) x) END) THEN
                        way := 'append';
                    END IF;
                    IF way = 'append' AND (bounds & 4 <> 0 OR limits ? 'max_records') THEN
                        way := 'slow';
                    END IF;
                    IF way = 'append' THEN
                        together := CASE WHEN home IS NULL THEN '{}' ELSE ARRAY[home] END;
                        fresh := '{}';
                        priority := array(SELECT x FROM jsonb_array_elements_text(limits -> 'priority') x);
                        FOR edge IN
                            SELECT u.identifier, omni.identifier_kind(u.identifier) AS kind, coalesce(array_position(priority, omni.identifier_kind(u.identifier)), 2147483647) AS place,
                                   i.customer_id AS owner, i.first_seen_at, e.observed_at, f.reason
                            FROM unnest(linking) u(identifier)
                            LEFT JOIN @store@.identities i ON i.identifier = u.identifier
                            LEFT JOIN @store@.evidence e ON e.identifier = u.identifier AND e.source = source AND e.record_id = record_id
                            LEFT JOIN @store@.refusals f ON f.identifier = u.identifier AND f.source = source AND f.record_id = record_id
                            ORDER BY 3, omni.identifier_kind(u.identifier) COLLATE "C", u.identifier LOOP
                            IF edge.observed_at > at OR edge.observed_at IS NOT NULL AND edge.reason IS NULL AND edge.owner IS DISTINCT FROM home
                                OR edge.first_seen_at > at AND limits -> 'limits' @? '$.*.within' THEN
                                -- it moves evidence that stands already
                                way := 'slow';
                                EXIT;
                            END IF;
                            CONTINUE WHEN edge.observed_at IS NOT NULL OR edge.owner = ANY (together);
                            grown := together || edge.owner;
                            IF edge.owner IS NULL THEN
                                grown := together;
                            END IF;
                            SELECT omni.merge_problem(array_agg(x.identifier), array_agg(x.first_seen_at), 0, limits),
                                   coalesce(omni.merge_problem(array_agg(x.identifier) FILTER (WHERE x.here), array_agg(x.first_seen_at) FILTER (WHERE x.here), 0, limits),
                                            omni.merge_problem(array_agg(x.identifier) FILTER (WHERE NOT x.here), array_agg(x.first_seen_at) FILTER (WHERE NOT x.here), 0, limits))
                            INTO edge.reason, above
                            FROM (SELECT i.identifier, i.first_seen_at, i.customer_id = ANY (together) AS here FROM @store@.identities i WHERE i.customer_id = ANY (grown)
                                  UNION ALL SELECT u, at, true FROM unnest(fresh) u UNION ALL SELECT edge.identifier, at, false WHERE edge.owner IS NULL) x;
                            IF above IS NOT NULL THEN
                                -- a decision made a cluster that is above the limits
                                way := 'slow';
                                EXIT;
                            ELSIF edge.reason IS NULL THEN
                                -- what a cluster gains may change why something is refused that touches it; a record alone does not
                                IF NOT (together = '{}' AND fresh = '{}') AND EXISTS (SELECT FROM @store@.customers c WHERE c.customer_id = ANY (grown) AND c.bounds & 1 <> 0) THEN
                                    way := 'slow';
                                    EXIT;
                                END IF;
                                together := grown;
                                IF edge.owner IS NULL THEN
                                    fresh := fresh || edge.identifier;
                                END IF;
                            ELSE
                                -- refused, if all that made the two clusters stands before it
                                IF EXISTS (SELECT FROM @store@.identities i WHERE i.customer_id = ANY (grown)
                                               AND (coalesce(array_position(priority, omni.identifier_kind(i.identifier)), 2147483647), omni.identifier_kind(i.identifier) COLLATE "C", i.last_seen_at) >= (edge.place, edge.kind, at))
                                    AND ((SELECT count(*) FROM (SELECT FROM @store@.source_records s WHERE s.customer_id = ANY (grown) LIMIT 1001) x) > 1000
                                         OR EXISTS (SELECT FROM @store@.source_records s JOIN @store@.evidence e ON e.source = s.source AND e.record_id = s.record_id
                                                    JOIN @store@.identities i ON i.identifier = e.identifier
                                                    WHERE s.customer_id IN (SELECT c.customer_id FROM @store@.customers c WHERE c.customer_id = ANY (grown) UNION ALL SELECT c.customer_id FROM @store@.customers c WHERE c.merged_into = ANY (grown))
                                                        AND i.customer_id = ANY (grown)
                                                        AND (coalesce(array_position(priority, omni.identifier_kind(e.identifier)), 2147483647), omni.identifier_kind(e.identifier) COLLATE "C", e.observed_at,
                                                             e.source COLLATE "C", e.record_id COLLATE "C", e.identifier) > (edge.place, edge.kind, at, source, record_id, edge.identifier))) THEN
                                    way := 'slow';
                                    EXIT;
                                END IF;
                                refused := refused || edge.identifier;
                                reasons := reasons || edge.reason;
                                against := against || CASE WHEN edge.owner IS NULL THEN '{}' ELSE ARRAY[edge.owner] END;
                            END IF;
                        END LOOP;
                    END IF;
                    IF way = 'slow' AND NOT alone THEN
                        SELECT array_agg(DISTINCT coalesce(k.merged_into, k.customer_id)) INTO missing
                        FROM (WITH c AS MATERIALIZED (SELECT * FROM @store@.component_of(ids::text[], ARRAY[source], ARRAY[record_id], limits))
                              SELECT s.customer_id FROM c JOIN @store@.source_records s ON s.source = c.source AND s.record_id = c.record_id
                              UNION SELECT i.customer_id FROM c JOIN @store@.identities i ON i.identifier = c.identifier::omni.identifier) x JOIN @store@.customers k ON k.customer_id = x.customer_id;
                        IF cardinality(missing) > 50 THEN
                            alone := true;
                            RAISE EXCEPTION SQLSTATE 'OM001';
                        END IF;
                    END IF;
                    EXIT WHEN missing IS NULL OR missing <@ locked;
                END IF;
                -- more customers: their locks, if they come after those that it has
                missing := array(SELECT m FROM unnest(missing) m WHERE m <> ALL (locked));
                want := locked || missing;
                IF (SELECT max(hashint8extended(l, seed) & 9223372036854775807) FROM unnest(locked) l) > (SELECT min(hashint8extended(m, seed) & 9223372036854775807) FROM unnest(missing) m) THEN
                    RAISE EXCEPTION SQLSTATE 'OM001';
                END IF;
                PERFORM pg_advisory_xact_lock(k) FROM (SELECT DISTINCT hashint8extended(m, seed) & 9223372036854775807 AS k FROM unnest(missing) m ORDER BY 1) x;
                locked := want;
            END LOOP;
        EXCEPTION WHEN SQLSTATE 'OM001' THEN
            IF alone THEN
                PERFORM omni.store_identify_let_go();
            END IF;
            CONTINUE;
        END;
        EXIT;
    END LOOP;

    IF way = 'settled' THEN
        UPDATE @store@.source_records s SET last_seen_at = greatest(s.last_seen_at, at), profile = coalesce(s.profile OPERATOR(omni.||) profile, profile)
        WHERE s.source = source AND s.record_id = record_id AND (s.last_seen_at < at OR s.profile IS DISTINCT FROM coalesce(s.profile OPERATOR(omni.||) profile, profile));
        RETURN home;
    END IF;
    isolated := current_setting('transaction_isolation') <> 'read committed';
    IF isolated THEN
        PERFORM FROM @store@.identity_settings s WHERE s.setting = 'limits' FOR SHARE;
        PERFORM FROM @store@.customers c WHERE c.customer_id = ANY (touched || locked) FOR NO KEY UPDATE;
        PERFORM FROM @store@.identities i WHERE i.customer_id = ANY (touched || locked) FOR NO KEY UPDATE;
    END IF;
    INSERT INTO @store@.evidence AS e (identifier, source, record_id, observed_at) SELECT u, source, record_id, at FROM unnest(ids) u
    ON CONFLICT ON CONSTRAINT evidence_pkey DO UPDATE SET observed_at = excluded.observed_at WHERE e.observed_at > excluded.observed_at;
    IF way = 'slow' THEN
        PERFORM @store@.resolve_identities('rows', jsonb_build_array(jsonb_build_object('source', source, 'record_id', record_id, 'last_seen_at', at, 'profile', profile)), 'identify', NULL);
        RETURN (SELECT s.customer_id FROM @store@.source_records s WHERE s.source = source AND s.record_id = record_id);
    END IF;

    together := array(SELECT x.t FROM unnest(touched) WITH ORDINALITY x(t, n) WHERE x.t = ANY (together) ORDER BY x.n);
    IF together = '{}' THEN
        INSERT INTO @store@.customers AS c (source, record_id, first_seen_at, bounds) VALUES (source, record_id, at, CASE WHEN refused = '{}' THEN 0 ELSE 1 END) RETURNING c.customer_id INTO me;
    ELSE
        me := together[1];
        IF cardinality(together) > 1 THEN
            INSERT INTO @store@.merge_log (action, customer_id, other_customer_id, cause)
            SELECT 'merged', me, c.customer_id, 'identify' FROM @store@.customers c WHERE c.customer_id = ANY (together[2:]) OR c.merged_into = ANY (together[2:]) ORDER BY c.customer_id;
            UPDATE @store@.customers c SET merged_into = me WHERE c.merged_into = ANY (together[2:]);
            UPDATE @store@.customers c SET merged_into = me WHERE c.customer_id = ANY (together[2:]);
            UPDATE @store@.identities i SET customer_id = me WHERE i.customer_id = ANY (together[2:]);
        END IF;
        IF way = 'append' OR cardinality(together) > 1 OR moved IS NULL OR me <> ALL (moved) OR (at, source COLLATE "C", record_id COLLATE "C") < (first_at, first_source, first_record) THEN
            UPDATE @store@.customers c SET bounds = c.bounds | CASE way WHEN 'fast' THEN bounds ELSE 0 END | CASE WHEN refused = '{}' THEN 0 ELSE 1 END,
                first_seen_at = least(c.first_seen_at, at),
                source = CASE WHEN (at, source COLLATE "C", record_id COLLATE "C") < (c.first_seen_at, c.source, c.record_id) THEN source ELSE c.source END,
                record_id = CASE WHEN (at, source COLLATE "C", record_id COLLATE "C") < (c.first_seen_at, c.source, c.record_id) THEN record_id ELSE c.record_id END
            WHERE c.customer_id = me;
        END IF;
    END IF;
    INSERT INTO @store@.identities AS i (identifier, customer_id, first_seen_at, last_seen_at)
    SELECT u, me, at, at FROM unnest(linking) u WHERE u <> ALL (refused) AND (said IS NULL OR u <> ALL (said))
    ON CONFLICT (identifier) DO UPDATE SET first_seen_at = least(i.first_seen_at, at), last_seen_at = greatest(i.last_seen_at, at) WHERE i.first_seen_at > at OR i.last_seen_at < at;
    IF lowered IS NOT NULL THEN
        UPDATE @store@.identities i SET last_seen_at = (SELECT max(e.observed_at) FROM @store@.evidence e WHERE e.identifier = i.identifier) WHERE i.identifier = ANY (lowered);
    END IF;
    IF refused <> '{}' OR blocked <> '{}' THEN
        UPDATE @store@.identities i SET first_seen_at = least(i.first_seen_at, at), last_seen_at = greatest(i.last_seen_at, at) WHERE i.identifier = ANY (refused) AND (i.first_seen_at > at OR i.last_seen_at < at);
        UPDATE @store@.customers c SET bounds = c.bounds | 1 WHERE c.customer_id = ANY (against);
        INSERT INTO @store@.refusals AS f (identifier, source, record_id, reason)
        SELECT u.identifier, source, record_id, u.reason FROM (SELECT b AS identifier, 'blocked' AS reason FROM unnest(blocked) b UNION ALL SELECT * FROM unnest(refused, reasons)) u
        ON CONFLICT ON CONSTRAINT refusals_pkey DO UPDATE SET reason = excluded.reason, refused_at = excluded.refused_at WHERE f.reason <> excluded.reason;
    END IF;
    INSERT INTO @store@.source_records AS s (source, record_id, customer_id, first_seen_at, last_seen_at, profile) VALUES (source, record_id, me, at, at, profile)
    ON CONFLICT ON CONSTRAINT source_records_pkey DO UPDATE SET customer_id = me, first_seen_at = least(s.first_seen_at, at), last_seen_at = greatest(s.last_seen_at, at), profile = coalesce(s.profile OPERATOR(omni.||) profile, profile);
    -- an order's own record
    IF has_orders THEN
        UPDATE @store@.orders o SET customer_id = me WHERE o.order_ref = record_id AND o.channel_code = source AND o.customer_id IS NULL;
    END IF;
    RETURN me;
END $$;
COMMENT ON FUNCTION @store@.identify_with_others(text[], text, text, timestamptz, jsonb) IS 'for identify(): what omni.store_identify() leaves to it';

-- with no settings of its own, which every call would pay for: what it calls depends on none
CREATE OR REPLACE FUNCTION @store@.identify(identifiers text[], source text, record_id text, at timestamptz DEFAULT now(), attributes jsonb DEFAULT NULL)
    RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN coalesce(omni.store_identify('@store@'::pg_catalog.regnamespace, identifiers, source, record_id, at, attributes), @store@.identify_with_others(identifiers, source, record_id, at, attributes));
END $$;
COMMENT ON FUNCTION @store@.identify(text[], text, text, timestamptz, jsonb) IS 'whose a record is: takes its identifiers (''kind:value'') as evidence and says the customer. Repeated calls change nothing; the same for any order of calls as for all records at once';

CREATE OR REPLACE FUNCTION @store@.customer_of(identifier text)
    RETURNS bigint LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    RETURN (SELECT coalesce(c.merged_into, c.customer_id) FROM @store@.identities i JOIN @store@.customers c ON c.customer_id = i.customer_id WHERE i.identifier = omni.identifier(identifier));
END $$;
COMMENT ON FUNCTION @store@.customer_of(text) IS 'the customer that an identifier (''kind:value'') belongs to at present, NULL if nobody''s';

-- what people decide

/*
 * A word on a pair of records. A decision (log entry) stands above match weights, a later decision above an earlier one; what
 * it stands above is kept in links.earlier, and counts again once the decision is taken back. Weight NULL without a decision takes the
 * match weight back.
 */
CREATE OR REPLACE FUNCTION @store@.put_link(source text, record_id text, other_source text, other_record_id text, weight double precision, decision bigint, reason text)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    ends text[] := CASE WHEN (source COLLATE "C", record_id COLLATE "C") < (other_source, other_record_id) THEN ARRAY[source, record_id, other_source, other_record_id] ELSE ARRAY[other_source, other_record_id, source, record_id] END;
    word jsonb := jsonb_build_object('weight', weight, 'decision', decision, 'reason', reason, 'decided_by', current_user, 'decided_at', now());
    words jsonb := '[]';
BEGIN
    -- the words on the pair, the match weight (one at most) last
    SELECT coalesce(l.earlier, '[]') || CASE WHEN l.weight IS NULL THEN '[]' ELSE jsonb_build_array(jsonb_build_object('weight', l.weight, 'decision', l.decision, 'reason', l.reason, 'decided_by', l.decided_by, 'decided_at', l.decided_at)) END
    INTO words FROM @store@.links l WHERE l.source = ends[1] AND l.record_id = ends[2] AND l.other_source = ends[3] AND l.other_record_id = ends[4];
    IF decision IS NULL THEN
        SELECT coalesce(jsonb_agg(w), '[]') INTO words FROM jsonb_array_elements(words) w WHERE w ->> 'decision' IS NOT NULL;
    END IF;
    IF weight IS NOT NULL THEN
        words := coalesce(words, '[]') || word;
    END IF;
    PERFORM @store@.put_words(ends, words);
END $$;
COMMENT ON FUNCTION @store@.put_link(text, text, text, text, double precision, bigint, text) IS 'for functions of the store: write a word on a pair of records';

/* the latest decision counts, or else the match weight; the others wait */
CREATE OR REPLACE FUNCTION @store@.put_words(ends text[], words jsonb)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    word jsonb := (SELECT w FROM jsonb_array_elements(words) w ORDER BY (w ->> 'decision')::bigint DESC NULLS LAST LIMIT 1);
    earlier jsonb := (SELECT jsonb_agg(w ORDER BY (w ->> 'decision')::bigint NULLS FIRST) FROM jsonb_array_elements(words) w WHERE w <> word);
BEGIN
    IF word IS NULL THEN
        UPDATE @store@.links l SET weight = NULL, refused = NULL, earlier = NULL WHERE l.source = ends[1] AND l.record_id = ends[2] AND l.other_source = ends[3] AND l.other_record_id = ends[4];
    ELSE
        INSERT INTO @store@.links (source, record_id, other_source, other_record_id, weight, decision, reason, decided_by, decided_at, earlier)
        VALUES (ends[1], ends[2], ends[3], ends[4], (word ->> 'weight')::double precision, (word ->> 'decision')::bigint, word ->> 'reason', word ->> 'decided_by', (word ->> 'decided_at')::timestamptz, earlier)
        ON CONFLICT ON CONSTRAINT links_pkey DO UPDATE SET weight = excluded.weight, decision = excluded.decision, reason = excluded.reason, decided_by = excluded.decided_by, decided_at = excluded.decided_at, earlier = excluded.earlier;
    END IF;
END $$;
COMMENT ON FUNCTION @store@.put_words(text[], jsonb) IS 'for functions of the store: write the words on a pair of records';

/*
 * The customer that a number stands for, and the record that it is known by, or if that was removed the one that its customer is known
 * by; 22023 where there is no such customer, 55000 where it has no record.
 */
CREATE OR REPLACE FUNCTION @store@.known_customer(customer bigint, OUT customer_id bigint, OUT source text, OUT record_id text)
    RETURNS record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    SELECT coalesce(c.merged_into, c.customer_id), c.source, c.record_id INTO customer_id, source, record_id FROM @store@.customers c WHERE c.customer_id = customer;
    IF customer_id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('there is no customer %s', coalesce(customer::text, 'NULL')), HINT = 'customer_of() says whose an identifier is.';
    END IF;
    IF NOT EXISTS (SELECT FROM @store@.source_records s WHERE s.source = source AND s.record_id = record_id) THEN
        SELECT s.source, s.record_id INTO source, record_id FROM @store@.customers c JOIN @store@.source_records s ON s.source = c.source AND s.record_id = c.record_id WHERE c.customer_id = customer_id;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('customer %s has no record', customer),
                HINT = 'What is decided about customers is about their records: identify or ingest one of its, or rebuild_identities() if evidence was loaded.';
        END IF;
    END IF;
END $$;
COMMENT ON FUNCTION @store@.known_customer(bigint) IS 'for functions of the store: the customer that a number stands for, and the record that it is known by';

/* make customers anew of what these records are connected to */
CREATE OR REPLACE FUNCTION @store@.resolve_records(records jsonb, cause text, decision bigint)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    PERFORM @store@.resolve_identities('rows', (SELECT jsonb_agg(DISTINCT jsonb_build_object('source', r ->> 0, 'record_id', r ->> 1)) FROM jsonb_array_elements(records) r), cause, decision);
END $$;
COMMENT ON FUNCTION @store@.resolve_records(jsonb, text, bigint) IS 'for functions of the store: make customers anew of what [[source, record_id], ...] is connected to';

CREATE OR REPLACE FUNCTION @store@.check_pair(source text, record_id text, other_source text, other_record_id text)
    RETURNS void LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF coalesce(source, '') = '' OR coalesce(record_id, '') = '' OR coalesce(other_source, '') = '' OR coalesce(other_record_id, '') = '' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'a pair needs the source and the record_id of both records', HINT = 'A record is named by both, and neither is empty.';
    END IF;
    IF (source, record_id) = (other_source, other_record_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'a record cannot be paired with itself', HINT = 'Name two records.';
    END IF;
    IF greatest(octet_length(source), octet_length(record_id), octet_length(other_source), octet_length(other_record_id)) > 512 THEN
        RAISE EXCEPTION USING ERRCODE = 'program_limit_exceeded', MESSAGE = 'source or record_id is longer than 512 bytes', HINT = 'They are the key of a record, not the record.';
    END IF;
END $$;
COMMENT ON FUNCTION @store@.check_pair(text, text, text, text) IS 'for functions of the store: refuse what is no pair of records';

CREATE OR REPLACE FUNCTION @store@.link_records(source text, record_id text, other_source text, other_record_id text, weight double precision, reason text DEFAULT NULL)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    decision bigint;
BEGIN
    PERFORM @store@.check_pair(source, record_id, other_source, other_record_id);
    IF weight = 'NaN' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the weight of a pair is not a number', HINT = 'Give a match weight, Infinity for the same customer, -Infinity for never the same, or NULL to take a match weight back.';
    END IF;
    PERFORM @store@.lock_identities();
    IF weight IN ('Infinity', '-Infinity') THEN
        INSERT INTO @store@.merge_log AS m (action, cause, reason) VALUES (CASE WHEN weight > 0 THEN 'same' ELSE 'never' END, 'link_records', reason) RETURNING m.log_id INTO decision;
    END IF;
    PERFORM @store@.put_link(source, record_id, other_source, other_record_id, weight, decision, reason);
    PERFORM @store@.resolve_records(jsonb_build_array(ARRAY[source, record_id], ARRAY[other_source, other_record_id]), 'link_records', decision);
    RETURN decision;
END $$;
COMMENT ON FUNCTION @store@.link_records(text, text, text, text, double precision, text) IS 'say how well two records match: a match weight; Infinity, they are the same customer; -Infinity, they never are; NULL takes a match weight back. Returns the number of the decision, NULL for a match weight';

CREATE OR REPLACE FUNCTION @store@.cannot_link(source text, record_id text, other_source text, other_record_id text, reason text DEFAULT NULL)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    decision bigint;
BEGIN
    PERFORM @store@.check_pair(source, record_id, other_source, other_record_id);
    PERFORM @store@.lock_identities();
    INSERT INTO @store@.merge_log AS m (action, cause, reason) VALUES ('never', 'cannot_link', cannot_link.reason) RETURNING m.log_id INTO decision;
    PERFORM @store@.put_link(source, record_id, other_source, other_record_id, '-Infinity', decision, reason);
    PERFORM @store@.resolve_records(jsonb_build_array(ARRAY[source, record_id], ARRAY[other_source, other_record_id]), 'cannot_link', decision);
    RETURN decision;
END $$;
COMMENT ON FUNCTION @store@.cannot_link(text, text, text, text, text) IS 'decide that two records are never one customer. Returns the number of the decision';

CREATE OR REPLACE FUNCTION @store@.cannot_link(customer bigint, other bigint, reason text DEFAULT NULL)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    decision bigint;
    a record;
    b record;
BEGIN
    PERFORM @store@.lock_identities();
    SELECT * INTO a FROM @store@.known_customer(customer);
    SELECT * INTO b FROM @store@.known_customer(other);
    IF (a.source, a.record_id) = (b.source, b.record_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'a customer cannot be kept apart from itself', HINT = 'split_customer() takes records out of a customer.';
    END IF;
    INSERT INTO @store@.merge_log AS m (action, customer_id, other_customer_id, cause, reason) VALUES ('never', customer, other, 'cannot_link', cannot_link.reason) RETURNING m.log_id INTO decision;
    PERFORM @store@.put_link(a.source, a.record_id, b.source, b.record_id, '-Infinity', decision, reason);
    PERFORM @store@.resolve_records(jsonb_build_array(ARRAY[a.source, a.record_id], ARRAY[b.source, b.record_id]), 'cannot_link', decision);
    RETURN decision;
END $$;
COMMENT ON FUNCTION @store@.cannot_link(bigint, bigint, text) IS 'decide that two customers are never one: the records that they are known by stay apart, whatever identifiers they share. Returns the number of the decision';

CREATE OR REPLACE FUNCTION @store@.merge_customers(customer bigint, other bigint, reason text DEFAULT NULL)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    decision bigint;
    a record;
    b record;
    records jsonb;
    found bigint;
    whose bigint;
    apart text;
BEGIN
    PERFORM @store@.lock_identities();
    SELECT * INTO a FROM @store@.known_customer(customer);
    SELECT * INTO b FROM @store@.known_customer(other);
    IF (a.source, a.record_id) = (b.source, b.record_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'a customer cannot be merged with itself', HINT = 'Name two customers.';
    END IF;
    INSERT INTO @store@.merge_log AS m (action, customer_id, other_customer_id, cause, reason) VALUES ('same', customer, other, 'merge_customers', merge_customers.reason) RETURNING m.log_id INTO decision;
    -- the two, and each with all its records: what limits would part stays together
    records := (SELECT jsonb_agg(jsonb_build_array(s.source, s.record_id, c.customer_id = a.customer_id OR c.merged_into IS NOT DISTINCT FROM a.customer_id) ORDER BY s.source COLLATE "C", s.record_id COLLATE "C")
        FROM @store@.customers c JOIN @store@.source_records s ON s.customer_id = c.customer_id
        WHERE c.customer_id IN (a.customer_id, b.customer_id) OR c.merged_into IN (a.customer_id, b.customer_id));
    PERFORM @store@.put_link(a.source, a.record_id, b.source, b.record_id, 'Infinity', decision, reason);
    PERFORM @store@.put_link(k.source, k.record_id, r ->> 0, r ->> 1, 'Infinity', decision, reason)
    FROM jsonb_array_elements(records) WITH ORDINALITY x(r, n) CROSS JOIN LATERAL (SELECT CASE WHEN (r ->> 2)::boolean THEN a.source ELSE b.source END AS source, CASE WHEN (r ->> 2)::boolean THEN a.record_id ELSE b.record_id END AS record_id) k
    WHERE (r ->> 0, r ->> 1) NOT IN ((a.source, a.record_id), (b.source, b.record_id)) ORDER BY x.n;
    PERFORM @store@.resolve_records(records, 'merge_customers', decision);
    SELECT count(DISTINCT coalesce(c.merged_into, c.customer_id)), min(coalesce(c.merged_into, c.customer_id)) INTO found, whose
    FROM jsonb_array_elements(records) r JOIN @store@.source_records s ON s.source = r ->> 0 AND s.record_id = r ->> 1 JOIN @store@.customers c ON c.customer_id = s.customer_id;
    IF found > 1 THEN
        -- all of it is rolled back with the error
        SELECT string_agg(l.decision::text, ', ' ORDER BY l.decision) INTO apart
        FROM jsonb_array_elements(records) r JOIN @store@.links l ON l.source = r ->> 0 AND l.record_id = r ->> 1
        WHERE l.weight = '-Infinity' AND EXISTS (SELECT FROM jsonb_array_elements(records) o WHERE o ->> 0 = l.other_source AND o ->> 1 = l.other_record_id);
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('customers %s and %s are kept apart', customer, other),
            DETAIL = CASE WHEN apart IS NOT NULL THEN format('By these decisions: %s.', apart) ELSE 'By a decision on their records.' END, HINT = 'undo_decision() takes a decision back.';
    END IF;
    RETURN whose;
END $$;
COMMENT ON FUNCTION @store@.merge_customers(bigint, bigint, text) IS 'decide that two customers are one, with all their records and above all limits. Returns the number that stays; both numbers stay valid. merge_log has the decision, which undo_decision() takes back';

CREATE OR REPLACE FUNCTION @store@.split_customer(customer bigint, records jsonb, reason text DEFAULT NULL)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    decision bigint;
    whose bigint;
    known bigint;
    pair record;
BEGIN
    IF records IS NULL OR jsonb_typeof(records) <> 'array' OR records = '[]' OR records @? 'strict $[*] ? (@.type() != "array" || @.size() != 2 || @[*].type() != "string")' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the records to take out of a customer have to be pairs of source and record_id', HINT = 'For example [["pos", "P-1"], ["web", "W-7"]].';
    END IF;
    PERFORM @store@.lock_identities();
    SELECT k.customer_id INTO whose FROM @store@.known_customer(customer) k;
    known := whose;
    IF EXISTS (SELECT FROM jsonb_array_elements(records) r LEFT JOIN @store@.source_records s ON s.source = r ->> 0 AND s.record_id = r ->> 1
               LEFT JOIN @store@.customers c ON c.customer_id = s.customer_id WHERE coalesce(c.merged_into, c.customer_id) IS DISTINCT FROM whose) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('not all of these records are of customer %s', customer), HINT = 'source_records has the records of each customer.';
    END IF;
    INSERT INTO @store@.merge_log AS m (action, customer_id, cause, reason) VALUES ('split', customer, 'split_customer', reason) RETURNING m.log_id INTO decision;
    -- the least record of each side, with the others of its side, and never with the other's
    FOR pair IN
        WITH side AS MATERIALIZED (
            SELECT s.source, s.record_id, s.first_seen_at, EXISTS (SELECT FROM jsonb_array_elements(records) r WHERE s.source = r ->> 0 AND s.record_id = r ->> 1) AS out
            FROM @store@.source_records s WHERE s.customer_id IN (SELECT c.customer_id FROM @store@.customers c WHERE c.customer_id = whose UNION ALL SELECT c.customer_id FROM @store@.customers c WHERE c.merged_into = whose)),
            least AS MATERIALIZED (SELECT DISTINCT ON (d.out) d.* FROM side d ORDER BY d.out, d.first_seen_at, d.source COLLATE "C", d.record_id COLLATE "C")
        SELECT a.source, a.record_id, d.source AS other_source, d.record_id AS other_record_id, 'Infinity'::double precision AS weight, 0 AS step
        FROM least a JOIN side d ON d.out = a.out AND (d.source, d.record_id) <> (a.source, a.record_id)
        UNION ALL SELECT a.source, a.record_id, b.source, b.record_id, '-Infinity', 1 FROM least a JOIN least b ON a.out AND NOT b.out
        -- what somebody said is the same, across the two
        UNION ALL SELECT l.source, l.record_id, l.other_source, l.other_record_id, '-Infinity', 2 FROM @store@.links l JOIN side a ON a.source = l.source AND a.record_id = l.record_id
            JOIN side b ON b.source = l.other_source AND b.record_id = l.other_record_id
            WHERE l.weight = 'Infinity' AND a.out <> b.out AND NOT EXISTS (SELECT FROM least x JOIN least y ON x.out <> y.out WHERE (x.source, x.record_id) = (a.source, a.record_id) AND (y.source, y.record_id) = (b.source, b.record_id))
        ORDER BY 6, 1, 2, 3, 4 LOOP
        PERFORM @store@.put_link(pair.source, pair.record_id, pair.other_source, pair.other_record_id, pair.weight, decision, reason);
        whose := CASE WHEN pair.weight < 0 THEN NULL ELSE whose END;
    END LOOP;
    IF whose IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('these are all records of customer %s', customer), HINT = 'Name those that are somebody else''s.';
    END IF;
    -- both sides: nothing else may have held them together than what counts no more
    PERFORM @store@.resolve_records((SELECT jsonb_agg(ARRAY[s.source, s.record_id]) FROM @store@.source_records s
        WHERE s.customer_id IN (SELECT c.customer_id FROM @store@.customers c WHERE c.customer_id = known UNION ALL SELECT c.customer_id FROM @store@.customers c WHERE c.merged_into = known)), 'split_customer', decision);
    RETURN (SELECT coalesce(c.merged_into, c.customer_id) FROM @store@.source_records s JOIN @store@.customers c ON c.customer_id = s.customer_id WHERE s.source = records -> 0 ->> 0 AND s.record_id = records -> 0 ->> 1);
END $$;
COMMENT ON FUNCTION @store@.split_customer(bigint, jsonb, text) IS 'decide that some records of a customer, [["source", "record_id"], ...], are somebody else''s: they become one other customer, the rest stays one. Returns the customer of the records named. merge_log has the decision, which undo_decision() takes back';

CREATE OR REPLACE FUNCTION @store@.undo_decision(decision bigint, reason text DEFAULT NULL)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    entry record;
    pair record;
    records jsonb := '[]';
BEGIN
    PERFORM @store@.lock_identities();
    SELECT m.action, m.customer_id, m.other_customer_id INTO entry FROM @store@.merge_log m WHERE m.log_id = decision;
    IF entry.action IS NULL OR entry.action NOT IN ('same', 'never', 'split') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('%s is no decision that can be taken back', coalesce(decision::text, 'NULL')),
            HINT = 'Decisions are the entries of merge_log whose action is same, never or split. Limits are set anew, a record that was removed is identified again.';
    END IF;
    FOR pair IN SELECT ARRAY[l.source, l.record_id, l.other_source, l.other_record_id] AS ends,
                    (SELECT coalesce(jsonb_agg(w), '[]') FROM jsonb_array_elements(coalesce(l.earlier, '[]') || CASE WHEN l.weight IS NULL THEN '[]' ELSE jsonb_build_array(jsonb_build_object('weight', l.weight,
                         'decision', l.decision, 'reason', l.reason, 'decided_by', l.decided_by, 'decided_at', l.decided_at)) END) w WHERE (w ->> 'decision')::bigint IS DISTINCT FROM decision) AS words
                FROM @store@.links l WHERE l.decision = decision AND l.weight IS NOT NULL OR l.earlier @> jsonb_build_array(jsonb_build_object('decision', decision)) LOOP
        PERFORM @store@.put_words(pair.ends, pair.words);
        records := records || jsonb_build_array(pair.ends[1:2], pair.ends[3:4]);
    END LOOP;
    IF records = '[]' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('decision %s was taken back already', decision), HINT = 'merge_log tells when.';
    END IF;
    INSERT INTO @store@.merge_log (action, customer_id, other_customer_id, cause, decision, reason) VALUES ('undone', entry.customer_id, entry.other_customer_id, 'undo_decision', decision, reason);
    PERFORM @store@.resolve_records(records, 'undo_decision', decision);
END $$;
COMMENT ON FUNCTION @store@.undo_decision(bigint, text) IS 'take a decision back: all is as if it had never been made';

CREATE OR REPLACE FUNCTION @store@.remove_record(source text, record_id text, reason text DEFAULT NULL)
    RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
#variable_conflict use_variable
DECLARE
    touched jsonb;
    whose bigint;
    entry bigint;
BEGIN
    IF coalesce(source, '') = '' OR coalesce(record_id, '') = '' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the record to remove needs a source and a record_id', HINT = 'A record is named by both, and neither is empty.';
    END IF;
    PERFORM @store@.lock_identities();
    SELECT coalesce(c.merged_into, c.customer_id) INTO whose FROM @store@.source_records s JOIN @store@.customers c ON c.customer_id = s.customer_id WHERE s.source = source AND s.record_id = record_id;
    WITH d AS (DELETE FROM @store@.evidence e WHERE e.source = source AND e.record_id = record_id RETURNING e.identifier)
    SELECT jsonb_agg(jsonb_build_object('identifier', d.identifier)) INTO touched FROM d;
    IF touched IS NULL AND whose IS NULL THEN
        RETURN false;
    END IF;
    UPDATE @store@.source_records s SET profile = NULL WHERE s.source = source AND s.record_id = record_id;
    IF (SELECT c.relkind <> 'v' FROM pg_class c WHERE c.oid = '@store@.orders'::regclass) THEN
        UPDATE @store@.orders o SET customer_id = NULL WHERE o.order_ref = record_id AND o.channel_code = source
            AND EXISTS (SELECT FROM @store@.customers c WHERE c.customer_id = o.customer_id AND coalesce(c.merged_into, c.customer_id) = whose);
    END IF;
    -- the record may be known by its number: it says what was found, not who
    INSERT INTO @store@.merge_log AS m (action, customer_id, cause, reason) VALUES ('removed', whose, 'remove_record', reason) RETURNING m.log_id INTO entry;
    SELECT coalesce(touched, '[]') || jsonb_agg(DISTINCT jsonb_build_object('source', x.source, 'record_id', x.record_id)) INTO touched FROM (
        SELECT source, record_id
        UNION ALL SELECT l.other_source, l.other_record_id FROM @store@.links l WHERE l.source = source AND l.record_id = record_id
        UNION ALL SELECT l.source, l.record_id FROM @store@.links l WHERE l.other_source = source AND l.other_record_id = record_id) x;
    PERFORM @store@.resolve_identities('rows', touched, 'remove_record', entry);
    RETURN true;
END $$;
COMMENT ON FUNCTION @store@.remove_record(text, text, text) IS 'take a record out, with all that it said: what it held together comes apart, as if it had never been. False if there was none';

CREATE OR REPLACE FUNCTION @store@.set_merge_limits(limits jsonb, reason text DEFAULT NULL, OUT records bigint, OUT customers bigint, OUT merged bigint)
    RETURNS record LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    entry bigint;
BEGIN
    -- refuses what are no limits
    PERFORM omni.merge_problem(NULL, NULL, 0, limits);
    PERFORM @store@.lock_identities();
    INSERT INTO @store@.identity_settings AS s (setting, value) VALUES ('limits', limits) ON CONFLICT (setting) DO UPDATE SET value = excluded.value, changed_at = now();
    INSERT INTO @store@.merge_log AS m (action, cause, reason) VALUES ('limits', 'set_merge_limits', reason) RETURNING m.log_id INTO entry;
    SELECT r.records, r.customers, r.merged INTO records, customers, merged FROM @store@.resolve_identities('store', NULL, 'set_merge_limits', entry) r;
END $$;
COMMENT ON FUNCTION @store@.set_merge_limits(jsonb, text) IS 'set the limits of merging, as omni.merge_limits() gives them to begin with, and apply them to all that is known. Counts as rebuild_identities() has them';
$omni_store$
WHEN 'ingest' THEN $omni_store$-- ingest.sql: batches of records, and rejects driven again. A batch is read once, with the rights of who calls. A row is
-- taken as a whole, as identify() would take it, or kept in rejects with the reasons.

/*
 * Takes the rows of pg_temp.omni_batch, which ingest() or redrive() made by omni.store_batch(). The outcome does not depend
 * on the order of rows, nor on how they are split into batches.
 *
 * What is all new, is linked within the batch only and fits the limits as a whole is accepted as a whole: it is
 * written straight away. resolve_identities() is left with what touches evidence that is there already, and with what limits are for.
 *
 * What is there is looked up by its keys, a LATERAL with a LIMIT each: a small batch reads little of a large store, whatever
 * the statistics say.
 */
CREATE OR REPLACE FUNCTION @store@.ingest_rows(feed text, cause text, OUT read bigint, OUT new bigint, OUT repeated bigint, OUT rejected bigint)
    RETURNS record LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    many CONSTANT bigint := 500000;    -- evidence that is resolved at once: states of aggregates are limited
    numbers CONSTANT regclass := pg_get_serial_sequence('@store@.customers', 'customer_id')::regclass;
    limits jsonb;
    never jsonb;                       -- of the limits, what is blocked
    shared bigint;                     -- so few identifiers are never more than "shared" allows
    has_links boolean;
    has_evidence boolean;
    b record;
    chunk bigint;
    changed bigint;
BEGIN
    -- rows that may be too much for a profile, one by one
    FOR b IN SELECT x.ctid AS at, x.* FROM pg_temp.omni_batch x WHERE x.profile IS NULL AND x.bad IS NULL LOOP
        BEGIN
            UPDATE pg_temp.omni_batch x SET profile = omni.customer_profile_from(feed, b.record_id, b.observed_at, b.identifiers, b.attributes), raw = NULL, attributes = NULL WHERE x.ctid = b.at;
        EXCEPTION WHEN program_limit_exceeded THEN
            UPDATE pg_temp.omni_batch x SET attributes = NULL, bad = (SELECT ARRAY[ARRAY[s.column_name, CASE WHEN jsonb_path_exists(a.value, '$.**{99}') THEN 'nesting' ELSE 'too_large' END]]
                FROM jsonb_each(b.attributes) a JOIN omni.store_mapping(b.mapping) s ON s.role = 'attribute' AND s.name = a.key
                ORDER BY jsonb_path_exists(a.value, '$.**{99}') DESC, pg_column_size(a.value) DESC, s.n LIMIT 1)
            WHERE x.ctid = b.at;
        END;
    END LOOP;
    ANALYZE pg_temp.omni_batch (record_id, bad);
    SELECT count(*), count(*) FILTER (WHERE x.bad IS NOT NULL) INTO read, rejected FROM pg_temp.omni_batch x;

    PERFORM @store@.lock_identities();
    limits := coalesce((SELECT s.value FROM @store@.identity_settings s WHERE s.setting = 'limits'), omni.merge_limits());
    never := jsonb_build_object('blocked', coalesce(limits -> 'blocked', '{}'));
    shared := (SELECT min(o.value::bigint) FROM jsonb_each(coalesce(limits -> 'shared', '{}')) k, jsonb_each_text(k.value) o);
    has_links := EXISTS (SELECT FROM @store@.links);
    has_evidence := EXISTS (SELECT FROM @store@.evidence);

    -- records: what several rows say of one is joined. The time of a record is that of its first identifier, or if it has none, of its first row
    CREATE TEMP TABLE omni_arrival ON COMMIT DROP AS
    SELECT row_number() OVER () AS rec, a.*, s.customer_id, s.first_seen_at, s.last_seen_at, s.profile AS was,
        NOT a.is_named AND a.first_at < s.first_seen_at AND (SELECT true FROM @store@.evidence e WHERE e.source = feed AND e.record_id = a.record_id LIMIT 1) IS NULL AS is_earlier,
        a.rows > 1 OR cardinality(i.identifiers) > shared OR omni.merge_problem(i.identifiers, array_fill(a.first_at, ARRAY[cardinality(i.identifiers)]), 1, limits) IS NOT NULL AS doubtful
    FROM (SELECT x.record_id, coalesce(min(x.observed_at) FILTER (WHERE x.identifiers IS NOT NULL), min(x.observed_at)) AS first_at, max(x.observed_at) AS last_at,
                 bool_or(x.identifiers IS NOT NULL) AS is_named, count(*) AS rows, omni.customer_profile_agg(x.profile) AS profile
          FROM pg_temp.omni_batch x WHERE x.bad IS NULL GROUP BY x.record_id) a
    CROSS JOIN LATERAL (SELECT omni.identifiers(a.profile) AS identifiers OFFSET 0) i
    LEFT JOIN LATERAL (SELECT r.* FROM @store@.source_records r WHERE r.source = feed AND r.record_id = a.record_id LIMIT 1) s ON true;
    ANALYZE pg_temp.omni_arrival (rec, record_id, customer_id, rows);

    -- their identifiers, in the order of the indexes: blocked ones link nothing; known is anybody's, for a new record, or this record's
    CREATE TEMP TABLE omni_arrived ON COMMIT DROP AS
    SELECT l.rec, l.is_new, l.record_id, l.identifier, l.observed_at, l.blocked, min(l.rec) OVER (PARTITION BY l.identifier) AS least, coalesce(CASE
        WHEN l.is_new THEN NOT l.blocked AND has_evidence AND (SELECT true FROM @store@.evidence e WHERE e.identifier = l.identifier LIMIT 1)
        ELSE (SELECT true FROM @store@.evidence e WHERE e.identifier = l.identifier AND e.source = feed AND e.record_id = l.record_id AND e.observed_at <= l.observed_at LIMIT 1) END, false) AS known
    FROM (SELECT x.*, x.doubtful AND omni.merge_problem(ARRAY[x.identifier], NULL, 0, never) IS NOT NULL AS blocked
          FROM (SELECT a.rec, a.customer_id IS NULL AS is_new, a.record_id, i.identifier, a.first_at AS observed_at, a.doubtful FROM pg_temp.omni_arrival a, unnest(omni.identifiers(a.profile)) i(identifier) WHERE a.rows = 1
                UNION ALL SELECT a.rec, a.customer_id IS NULL, a.record_id, i.identifier, min(x.observed_at), true
                    FROM pg_temp.omni_arrival a JOIN pg_temp.omni_batch x ON x.record_id = a.record_id AND x.bad IS NULL, unnest(x.identifiers) i(identifier)
                    WHERE a.rows > 1 AND i.identifier IS NOT NULL GROUP BY a.rec, a.customer_id, a.record_id, i.identifier) x
          ORDER BY x.identifier) l;
    ANALYZE pg_temp.omni_arrived (rec, identifier, is_new, blocked, known);

    -- components within the batch, under their least record
    CREATE TEMP TABLE omni_group ON COMMIT DROP AS
    SELECT c.node AS rec, c.component, count(*) OVER (PARTITION BY c.component) AS records
    FROM (SELECT omni.disjoint_set_agg(l.rec, l.least) AS sets FROM pg_temp.omni_arrived l WHERE l.rec <> l.least AND NOT l.blocked) s, omni.connected_components(s.sets, NULL::bigint) c;
    ANALYZE pg_temp.omni_group;

    -- those that are not taken straight away: they touch what is there, or are above limits
    CREATE TEMP TABLE omni_open ON COMMIT DROP AS
    SELECT coalesce(g.component, x.rec) AS component
    FROM (SELECT l.rec FROM pg_temp.omni_arrived l WHERE l.known = l.is_new
          UNION SELECT a.rec FROM pg_temp.omni_arrival a WHERE a.is_earlier
          -- what a stale snapshot does not show must end in a conflict
          UNION SELECT a.rec FROM pg_temp.omni_arrival a WHERE a.customer_id IS NULL AND a.is_named AND current_setting('transaction_isolation') <> 'read committed'
          UNION SELECT a.rec FROM pg_temp.omni_arrival a WHERE a.customer_id IS NULL AND has_evidence AND (SELECT true FROM @store@.evidence e WHERE e.source = feed AND e.record_id = a.record_id LIMIT 1)
          UNION SELECT a.rec FROM pg_temp.omni_arrival a WHERE a.customer_id IS NULL AND has_links
              AND coalesce((SELECT true FROM @store@.links l WHERE l.source = feed AND l.record_id = a.record_id LIMIT 1), (SELECT true FROM @store@.links l WHERE l.other_source = feed AND l.other_record_id = a.record_id LIMIT 1))) x
    LEFT JOIN pg_temp.omni_group g USING (rec)
    UNION
    SELECT c.component
    FROM (SELECT coalesce(g.component, a.rec) AS component, l.identifier, min(l.observed_at) AS observed_at, min(coalesce(g.records, 1)) AS records
          FROM pg_temp.omni_arrival a LEFT JOIN pg_temp.omni_group g USING (rec) JOIN pg_temp.omni_arrived l USING (rec)
          WHERE NOT l.blocked AND (a.doubtful OR g.component IS NOT NULL) GROUP BY 1, 2) c
    GROUP BY c.component HAVING count(*) > shared OR omni.merge_problem(array_agg(c.identifier), array_agg(c.observed_at), min(c.records), limits) IS NOT NULL;
    ANALYZE pg_temp.omni_open;

    -- rows that say what is not known; of a new record, each that is not there twice
    new := (SELECT count(*) FROM pg_temp.omni_arrival a WHERE a.customer_id IS NULL);
    changed := (SELECT count(*) FROM pg_temp.omni_arrival a LEFT JOIN (SELECT DISTINCT l.rec FROM pg_temp.omni_arrived l WHERE NOT l.is_new AND NOT l.known) n USING (rec)
                WHERE a.rows = 1 AND (a.customer_id IS NULL OR n.rec IS NOT NULL OR a.is_earlier OR a.last_at > a.last_seen_at OR a.was IS NULL OR a.was OPERATOR(omni.||) a.profile <> a.was))
        + (SELECT count(*) FROM (SELECT DISTINCT a.rec, x.profile FROM pg_temp.omni_arrival a JOIN pg_temp.omni_batch x ON x.record_id = a.record_id AND x.bad IS NULL
            WHERE a.rows > 1 AND (a.customer_id IS NULL OR a.is_earlier AND x.observed_at < a.first_seen_at OR x.observed_at > a.last_seen_at OR a.was IS NULL OR a.was OPERATOR(omni.||) x.profile <> a.was
                OR EXISTS (SELECT FROM unnest(x.identifiers) i(identifier) LEFT JOIN LATERAL (SELECT e.observed_at FROM @store@.evidence e
                               WHERE e.identifier = i.identifier AND e.source = feed AND e.record_id = a.record_id LIMIT 1) e ON true
                           WHERE i.identifier IS NOT NULL AND (e.observed_at IS NULL OR e.observed_at > x.observed_at)))) d);
    repeated := read - rejected - changed;

    -- what is taken straight away; new customers are numbered by their first record
    CREATE TEMP TABLE omni_settled ON COMMIT DROP AS
    SELECT a.rec, coalesce(g.component, a.rec) AS component
    FROM pg_temp.omni_arrival a LEFT JOIN pg_temp.omni_group g USING (rec) LEFT JOIN pg_temp.omni_open o ON o.component = coalesce(g.component, a.rec)
    WHERE a.customer_id IS NULL AND o.component IS NULL;
    ANALYZE pg_temp.omni_settled;
    CREATE TEMP TABLE omni_newcomer ON COMMIT DROP AS
    SELECT f.rec, f.component, f.record_id, f.first_at, nextval(numbers) AS customer_id
    FROM (SELECT s.rec, s.component, a.record_id COLLATE "C" AS record_id, a.first_at FROM pg_temp.omni_settled s JOIN pg_temp.omni_arrival a USING (rec)
          WHERE NOT EXISTS (SELECT FROM pg_temp.omni_group g WHERE g.rec = s.rec)
          UNION ALL (SELECT DISTINCT ON (s.component) s.rec, s.component, a.record_id COLLATE "C", a.first_at FROM pg_temp.omni_settled s JOIN pg_temp.omni_group g USING (rec) JOIN pg_temp.omni_arrival a USING (rec)
                     ORDER BY s.component, a.first_at, a.record_id COLLATE "C")
          ORDER BY 4, 3) f;
    ANALYZE pg_temp.omni_newcomer;
    INSERT INTO @store@.customers (customer_id, source, record_id, first_seen_at)
    SELECT n.customer_id, feed, n.record_id, n.first_at FROM pg_temp.omni_newcomer n;
    -- a row that this transaction cannot see: 40001
    EXECUTE 'INSERT INTO @store@.source_records (source, record_id, customer_id, first_seen_at, last_seen_at, profile)
        SELECT $1, a.record_id, n.customer_id, a.first_at, a.last_at, a.profile
        FROM pg_temp.omni_newcomer n JOIN pg_temp.omni_settled s USING (component) JOIN pg_temp.omni_arrival a ON a.rec = s.rec'
        || CASE current_setting('transaction_isolation') WHEN 'read committed' THEN '' ELSE ' ON CONFLICT ON CONSTRAINT source_records_pkey DO UPDATE SET customer_id = excluded.customer_id' END USING feed;
    INSERT INTO @store@.evidence (identifier, source, record_id, observed_at)
    SELECT l.identifier, feed, l.record_id, l.observed_at FROM pg_temp.omni_arrived l JOIN pg_temp.omni_settled s USING (rec);
    INSERT INTO @store@.refusals (identifier, source, record_id, reason)
    SELECT l.identifier, feed, l.record_id, 'blocked' FROM pg_temp.omni_arrived l JOIN pg_temp.omni_settled s USING (rec) WHERE l.blocked;
    INSERT INTO @store@.identities (identifier, customer_id, first_seen_at, last_seen_at)
    SELECT l.identifier, n.customer_id, min(l.observed_at), max(l.observed_at)
    FROM pg_temp.omni_arrived l JOIN pg_temp.omni_settled s USING (rec) JOIN pg_temp.omni_newcomer n USING (component) WHERE NOT l.blocked GROUP BY l.identifier, n.customer_id;
    -- an order's own record: source = its channel, record_id = its number
    IF (SELECT c.relkind <> 'v' FROM pg_class c WHERE c.oid = '@store@.orders'::regclass) AND EXISTS (SELECT FROM @store@.orders) THEN
        UPDATE @store@.orders o SET customer_id = x.customer_id
        FROM (SELECT y.order_ref, n.customer_id FROM pg_temp.omni_newcomer n JOIN pg_temp.omni_settled s USING (component) JOIN pg_temp.omni_arrival a ON a.rec = s.rec
              CROSS JOIN LATERAL (SELECT z.order_ref FROM @store@.orders z WHERE z.order_ref = a.record_id AND z.channel_code = feed AND z.customer_id IS NULL LIMIT 1) y) x
        WHERE o.order_ref = x.order_ref;
    END IF;

    -- what is known already, and only said again, later or with other attributes
    UPDATE @store@.source_records r SET last_seen_at = greatest(r.last_seen_at, a.last_at), profile = coalesce(r.profile OPERATOR(omni.||) a.profile, a.profile)
    FROM pg_temp.omni_arrival a
    WHERE a.customer_id IS NOT NULL AND (a.last_at > a.last_seen_at OR a.was IS NULL OR a.was OPERATOR(omni.||) a.profile <> a.was) AND r.source = feed AND r.record_id = a.record_id
        AND NOT a.is_earlier AND NOT EXISTS (SELECT FROM pg_temp.omni_arrived l WHERE l.rec = a.rec AND NOT l.known);

    -- all others, in parts that no state is too small for
    INSERT INTO @store@.evidence AS e (identifier, source, record_id, observed_at)
    SELECT l.identifier, feed, l.record_id, l.observed_at FROM pg_temp.omni_arrived l WHERE (l.is_new OR NOT l.known) AND NOT EXISTS (SELECT FROM pg_temp.omni_settled s WHERE s.rec = l.rec)
    ON CONFLICT (identifier, source, record_id) DO UPDATE SET observed_at = excluded.observed_at WHERE e.observed_at > excluded.observed_at;
    UPDATE @store@.source_records r SET first_seen_at = a.first_at FROM pg_temp.omni_arrival a WHERE a.is_earlier AND r.source = feed AND r.record_id = a.record_id;
    CREATE TEMP TABLE omni_left ON COMMIT DROP AS
    SELECT a.rec, (sum(coalesce(l.links, 1)) OVER (ORDER BY coalesce(g.component, a.rec)))::bigint / many AS part
    FROM pg_temp.omni_arrival a LEFT JOIN (SELECT l.rec, count(*) AS links FROM pg_temp.omni_arrived l WHERE l.is_new OR NOT l.known GROUP BY l.rec) l USING (rec) LEFT JOIN pg_temp.omni_group g USING (rec)
    WHERE (l.rec IS NOT NULL OR a.is_earlier) AND NOT EXISTS (SELECT FROM pg_temp.omni_settled s WHERE s.rec = a.rec);
    FOR chunk IN SELECT DISTINCT l.part FROM pg_temp.omni_left l ORDER BY 1 LOOP
        CREATE TEMP TABLE omni_touched ON COMMIT DROP AS
        SELECT feed AS source, a.record_id, NULL::omni.identifier AS identifier, a.last_at AS last_seen_at, a.profile
        FROM pg_temp.omni_left l JOIN pg_temp.omni_arrival a USING (rec) WHERE l.part = chunk;
        PERFORM @store@.resolve_identities('batch', NULL, cause, NULL);
        DROP TABLE pg_temp.omni_touched;
    END LOOP;
    DROP TABLE pg_temp.omni_arrival, pg_temp.omni_arrived, pg_temp.omni_group, pg_temp.omni_open, pg_temp.omni_settled, pg_temp.omni_newcomer, pg_temp.omni_left;
END $$;
COMMENT ON FUNCTION @store@.ingest_rows(text, text) IS 'for functions of the store: take the rows that ingest() or redrive() read';

CREATE OR REPLACE FUNCTION @store@.ingest(batch regclass, source text, mapping jsonb, OUT read bigint, OUT new bigint, OUT repeated bigint, OUT rejected bigint)
    RETURNS record LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    IF batch IS NULL OR source IS NULL OR source = '' OR octet_length(source) > 512 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = CASE WHEN batch IS NULL THEN 'no batch is named' ELSE 'the source of a batch has to be a text of 1 to 512 bytes' END,
            HINT = 'Name the table or view that holds the batch, and the system that its records are from.';
    END IF;
    EXECUTE 'CREATE TEMP TABLE omni_batch ON COMMIT DROP AS SELECT b.reject, b.record_id, b.observed_at, b.identifiers, CASE WHEN b.large THEN b.attributes END AS attributes, b.bad, b.raw, '
        'CASE WHEN b.raw IS NOT NULL THEN $2 END AS mapping, CASE WHEN b.bad IS NULL AND NOT b.large THEN omni.customer_profile_from($1, b.record_id, b.observed_at, b.identifiers, b.attributes) END AS profile FROM ('
        || omni.store_batch(batch, mapping) || ') b' USING source, mapping;
    SELECT * INTO read, new, repeated, rejected FROM @store@.ingest_rows(source, 'ingest');

    -- rows that do not parse, one reject a column. The latest that came of a record stays; one that comes again as it was changes nothing
    IF rejected > 0 THEN
        INSERT INTO @store@.rejects AS r (feed, record_id, column_name, reason, raw, mapping, digest)
        SELECT DISTINCT ON (2, 3) source, CASE WHEN b.record_id <> '' AND octet_length(b.record_id) <= 512 THEN b.record_id ELSE '?' || d.digest END, b.bad[i][1], b.bad[i][2], b.raw, b.mapping, d.digest
        FROM pg_temp.omni_batch b CROSS JOIN LATERAL (SELECT left(encode(sha256(convert_to(b.raw::text, 'UTF8')), 'hex'), 32) AS digest OFFSET 0) d, generate_subscripts(b.bad, 1) i
        WHERE b.bad[i][2] IS NOT NULL
        ORDER BY 2, 3, b.observed_at DESC NULLS LAST, d.digest, 4
        ON CONFLICT (feed, record_id, column_name) DO UPDATE SET reason = excluded.reason, raw = excluded.raw, rejected_at = excluded.rejected_at, settled_at = NULL, mapping = excluded.mapping, digest = excluded.digest
        WHERE r.digest IS DISTINCT FROM excluded.digest;
    END IF;
    -- a row that parses takes the place of one that did not
    IF EXISTS (SELECT FROM @store@.rejects r WHERE r.feed = source AND r.settled_at IS NULL AND r.mapping IS NOT NULL) THEN
        UPDATE @store@.rejects r SET settled_at = now()
        WHERE r.feed = source AND r.settled_at IS NULL AND r.mapping IS NOT NULL AND r.record_id IN (SELECT b.record_id FROM pg_temp.omni_batch b WHERE b.bad IS NULL)
            AND NOT EXISTS (SELECT FROM pg_temp.omni_batch b WHERE b.bad IS NOT NULL AND b.record_id = r.record_id);
    END IF;
    DROP TABLE pg_temp.omni_batch;
END $$;
COMMENT ON FUNCTION @store@.ingest(regclass, text, jsonb) IS 'take the rows of a table or view as records of a source, all at once and as identify() would one by one. mapping names the columns: record_id, observed_at, identifiers by kind, attributes. A row that does not parse goes to rejects as a whole. The same batch again changes nothing';

/*
 * Rejects of one row are tried together: each column is read from the reject of that column, all others from the first. A column that
 * parses by now is settled; the others keep what was corrected.
 */
CREATE OR REPLACE FUNCTION @store@.redrive(feed text, OUT read bigint, OUT settled bigint, OUT rejected bigint)
    RETURNS record LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    m record;
BEGIN
    PERFORM @store@.lock_identities();
    CREATE TEMP TABLE omni_wait ON COMMIT DROP AS
    SELECT row_number() OVER ()::text AS reject, w.* FROM (
        SELECT r.record_id, r.mapping, r.digest, min(r.rejected_at) AS rejected_at, (array_agg(r.raw ORDER BY r.column_name COLLATE "C"))[1] || jsonb_object_agg(r.column_name, r.raw -> r.column_name) AS raw
        FROM @store@.rejects r WHERE r.feed = redrive.feed AND r.settled_at IS NULL AND r.mapping IS NOT NULL AND jsonb_typeof(r.raw) = 'object' GROUP BY r.record_id, r.mapping, r.digest) w;
    CREATE TEMP TABLE omni_batch (reject text, record_id text, observed_at timestamptz, identifiers omni.identifier[], attributes jsonb, bad text[], raw jsonb, mapping jsonb, profile omni.customer_profile) ON COMMIT DROP;
    FOR m IN SELECT DISTINCT w.mapping FROM pg_temp.omni_wait w LOOP
        CREATE TEMP TABLE omni_redrive ON COMMIT DROP AS SELECT w.reject, w.rejected_at, w.raw FROM pg_temp.omni_wait w WHERE w.mapping = m.mapping;
        EXECUTE 'INSERT INTO pg_temp.omni_batch SELECT b.reject, b.record_id, b.observed_at, b.identifiers, CASE WHEN b.large THEN b.attributes END, b.bad, b.raw, $2, '
            'CASE WHEN b.bad IS NULL AND NOT b.large THEN omni.customer_profile_from($1, b.record_id, b.observed_at, b.identifiers, b.attributes) END FROM (' || omni.store_batch(NULL, m.mapping) || ') b'
            USING feed, m.mapping;
        DROP TABLE pg_temp.omni_redrive;
    END LOOP;
    SELECT t.read, t.read - t.rejected, t.rejected INTO read, settled, rejected FROM @store@.ingest_rows(feed, 'redrive') t;

    UPDATE @store@.rejects r SET settled_at = CASE WHEN b.bad IS NULL OR x.reason IS NULL THEN now() END, reason = coalesce(x.reason, r.reason), raw = w.raw
    FROM pg_temp.omni_wait w JOIN pg_temp.omni_batch b USING (reject)
    CROSS JOIN LATERAL (SELECT c.column_name, (SELECT min(b.bad[i][2]) FROM generate_subscripts(b.bad, 1) i WHERE b.bad[i][1] = c.column_name) AS reason
                        FROM (SELECT j.column_name FROM @store@.rejects j WHERE j.feed = redrive.feed AND j.record_id = w.record_id) c) x
    WHERE r.feed = redrive.feed AND r.record_id = w.record_id AND r.column_name = x.column_name AND r.settled_at IS NULL AND r.mapping = w.mapping AND r.digest IS NOT DISTINCT FROM w.digest;
    INSERT INTO @store@.rejects AS r (feed, record_id, column_name, reason, raw, mapping, digest)
    SELECT DISTINCT ON (w.record_id, b.bad[i][1]) feed, w.record_id, b.bad[i][1], b.bad[i][2], w.raw, w.mapping, w.digest
    FROM pg_temp.omni_wait w JOIN pg_temp.omni_batch b USING (reject), generate_subscripts(b.bad, 1) i WHERE b.bad[i][2] IS NOT NULL
    ORDER BY w.record_id, b.bad[i][1], w.rejected_at DESC, w.digest, b.bad[i][2]
    ON CONFLICT (feed, record_id, column_name) DO UPDATE SET reason = excluded.reason, raw = excluded.raw, rejected_at = excluded.rejected_at, settled_at = NULL, mapping = excluded.mapping, digest = excluded.digest
    WHERE r.settled_at IS NOT NULL;
    DROP TABLE pg_temp.omni_wait, pg_temp.omni_batch;
END $$;
COMMENT ON FUNCTION @store@.redrive(text) IS 'try what ingest() rejected of a feed again, as it stands in rejects.raw by now: corrected rows are taken, and their rejects settled. read = settled + rejected, in rows';
$omni_store$
WHEN 'pii' THEN $omni_store$-- pii.sql: views with raw identifiers, for the few who may; granted to nobody

CREATE OR REPLACE VIEW @pii@.customer_identifier AS
SELECT coalesce(c.merged_into, c.customer_id)::text AS customer_key, omni.identifier_kind(i.identifier) AS kind, omni.identifier_value(i.identifier) AS value, i.first_seen_at, i.last_seen_at
FROM @store@.identities i JOIN @store@.customers c USING (customer_id);
COMMENT ON VIEW @pii@.customer_identifier IS 'every identifier of every customer, as it is: personal data';
COMMENT ON COLUMN @pii@.customer_identifier.customer_key IS 'customer after all merges, as in the BI views';
COMMENT ON COLUMN @pii@.customer_identifier.kind IS 'email, phone or another kind';
COMMENT ON COLUMN @pii@.customer_identifier.value IS 'the identifier, raw';
COMMENT ON COLUMN @pii@.customer_identifier.first_seen_at IS 'time of the earliest record with it';
COMMENT ON COLUMN @pii@.customer_identifier.last_seen_at IS 'time of the latest record with it';

CREATE OR REPLACE VIEW @pii@.customer_golden AS
SELECT c.customer_key, p.golden, p.golden ->> 'first_name' AS first_name, p.golden ->> 'last_name' AS last_name, i.email, i.phone,
       p.golden ->> 'city' AS city, p.golden ->> 'postal_code' AS postal_code, p.golden ->> 'country' AS country, p.golden ->> 'birth_date' AS birth_date
FROM (SELECT coalesce(x.merged_into, x.customer_id)::text AS customer_key FROM @store@.customers x WHERE x.merged_into IS NULL) c
LEFT JOIN (SELECT coalesce(k.merged_into, k.customer_id)::text AS customer_key,
                  omni.golden_record(omni.customer_profile_agg(x.profile), coalesce((SELECT s.value FROM @store@.identity_settings s WHERE s.setting = 'survivorship'), '{}')) AS golden
           FROM @store@.source_records x JOIN @store@.customers k USING (customer_id) GROUP BY 1) p USING (customer_key)
LEFT JOIN (SELECT g.customer_key, max(g.latest) FILTER (WHERE g.kind = 'email') AS email, max(g.latest) FILTER (WHERE g.kind = 'phone') AS phone
           FROM (SELECT coalesce(k.merged_into, k.customer_id)::text AS customer_key, omni.identifier_kind(x.identifier) AS kind,
                        (array_agg(omni.identifier_value(x.identifier) ORDER BY x.last_seen_at DESC, x.identifier))[1] AS latest
                 FROM @store@.identities x JOIN @store@.customers k USING (customer_id) WHERE omni.identifier_kind(x.identifier) IN ('email', 'phone') GROUP BY 1, 2) g
           GROUP BY g.customer_key) i USING (customer_key);
COMMENT ON VIEW @pii@.customer_golden IS 'golden record of every customer: what survives of all that the sources said, by the policy of set_survivorship(): personal data';
COMMENT ON COLUMN @pii@.customer_golden.customer_key IS 'customer after all merges, as in the BI views';
COMMENT ON COLUMN @pii@.customer_golden.golden IS 'every attribute with the value that survives, and identifiers by kind; NULL where no source said anything but identifiers to rebuild_identities()';
COMMENT ON COLUMN @pii@.customer_golden.first_name IS 'attribute first_name';
COMMENT ON COLUMN @pii@.customer_golden.last_name IS 'attribute last_name';
COMMENT ON COLUMN @pii@.customer_golden.email IS 'e-mail address that a record carried last';
COMMENT ON COLUMN @pii@.customer_golden.phone IS 'phone number that a record carried last, with country code';
COMMENT ON COLUMN @pii@.customer_golden.city IS 'attribute city';
COMMENT ON COLUMN @pii@.customer_golden.postal_code IS 'attribute postal_code';
COMMENT ON COLUMN @pii@.customer_golden.country IS 'attribute country';
COMMENT ON COLUMN @pii@.customer_golden.birth_date IS 'attribute birth_date';
$omni_store$
END;
COMMENT ON FUNCTION omni.store_source(text) IS 'one of the SQL files that a store is made of; @store@, @bi@ and @pii@ stand for its schemas';
