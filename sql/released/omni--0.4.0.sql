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
COMMENT ON TYPE omni.demand IS 'the order lines that wait for one SKU: line_id, quantity, priority, placed_at, minimum and channel if they have them; equal queues are identical bytes';

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
COMMENT ON FUNCTION omni.demand_problem(text) IS 'why a text is not a demand (syntax, range, time, channel, minimum, conflict and others), or NULL';
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
COMMENT ON TYPE omni.supply IS 'the stock that can serve one SKU: stock_id, quantity, available_at, and the channel that it is protected for, if any; equal queues are identical bytes';

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
COMMENT ON FUNCTION omni.supply_problem(text) IS 'why a text is not a supply (syntax, range, time, channel and others), or NULL';
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
    'which line gets how many units of which stock row and why, by policy fifo, priority or fair_share; stock_id is NULL for what a line does not get; a NULL supply has no unit';

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

/* ---- inventory: projection ---- */

CREATE TYPE omni.atp_projection;

CREATE FUNCTION omni.atp_projection_in(cstring) RETURNS omni.atp_projection
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'atp_projection_in';
COMMENT ON FUNCTION omni.atp_projection_in(cstring) IS 'input';
CREATE FUNCTION omni.atp_projection_out(omni.atp_projection) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'atp_projection_out';
COMMENT ON FUNCTION omni.atp_projection_out(omni.atp_projection) IS 'output';
CREATE FUNCTION omni.atp_projection_recv(internal) RETURNS omni.atp_projection
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'atp_projection_recv';
COMMENT ON FUNCTION omni.atp_projection_recv(internal) IS 'binary input';
CREATE FUNCTION omni.atp_projection_send(omni.atp_projection) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'atp_projection_send';
COMMENT ON FUNCTION omni.atp_projection_send(omni.atp_projection) IS 'binary output';

CREATE TYPE omni.atp_projection (
    INPUT = omni.atp_projection_in,
    OUTPUT = omni.atp_projection_out,
    RECEIVE = omni.atp_projection_recv,
    SEND = omni.atp_projection_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended,
    CATEGORY = 'U'
);
COMMENT ON TYPE omni.atp_projection IS 'dated supply and demand of one SKU: kind, quantity, since when, until when; equal projections are identical bytes';

CREATE FUNCTION omni.atp_projection(text) RETURNS omni.atp_projection
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'atp_projection_from_text';
COMMENT ON FUNCTION omni.atp_projection(text) IS 'the projection that a text stands for';
CREATE FUNCTION omni.text(omni.atp_projection) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'atp_projection_to_text';
COMMENT ON FUNCTION omni.text(omni.atp_projection) IS 'a projection as text';
CREATE FUNCTION omni.atp_projection_try(text) RETURNS omni.atp_projection
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'atp_projection_try';
COMMENT ON FUNCTION omni.atp_projection_try(text) IS 'the projection that a text stands for, or NULL';
CREATE FUNCTION omni.atp_projection_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'atp_projection_problem';
COMMENT ON FUNCTION omni.atp_projection_problem(text) IS 'why a text is not a projection (syntax, kind, range, time), or NULL';
CREATE CAST (text AS omni.atp_projection) WITH FUNCTION omni.atp_projection(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS omni.atp_projection) IS 'the projection that a text stands for';
CREATE CAST (omni.atp_projection AS text) WITH FUNCTION omni.text(omni.atp_projection) AS ASSIGNMENT;
COMMENT ON CAST (omni.atp_projection AS text) IS 'a projection as text';

CREATE FUNCTION omni.atp_projection_eq(omni.atp_projection, omni.atp_projection) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_eq';
COMMENT ON FUNCTION omni.atp_projection_eq(omni.atp_projection, omni.atp_projection) IS 'equal';
CREATE FUNCTION omni.atp_projection_ne(omni.atp_projection, omni.atp_projection) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ne';
COMMENT ON FUNCTION omni.atp_projection_ne(omni.atp_projection, omni.atp_projection) IS 'not equal';
CREATE FUNCTION omni.atp_projection_lt(omni.atp_projection, omni.atp_projection) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_lt';
COMMENT ON FUNCTION omni.atp_projection_lt(omni.atp_projection, omni.atp_projection) IS 'less, by bytes';
CREATE FUNCTION omni.atp_projection_le(omni.atp_projection, omni.atp_projection) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_le';
COMMENT ON FUNCTION omni.atp_projection_le(omni.atp_projection, omni.atp_projection) IS 'less or equal, by bytes';
CREATE FUNCTION omni.atp_projection_gt(omni.atp_projection, omni.atp_projection) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_gt';
COMMENT ON FUNCTION omni.atp_projection_gt(omni.atp_projection, omni.atp_projection) IS 'greater, by bytes';
CREATE FUNCTION omni.atp_projection_ge(omni.atp_projection, omni.atp_projection) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ge';
COMMENT ON FUNCTION omni.atp_projection_ge(omni.atp_projection, omni.atp_projection) IS 'greater or equal, by bytes';
CREATE FUNCTION omni.atp_projection_eq(omni.atp_projection, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_eq_support AS 'MODULE_PATHNAME', 'text_operand_eq';
COMMENT ON FUNCTION omni.atp_projection_eq(omni.atp_projection, text) IS 'equal, the text being a projection';
CREATE FUNCTION omni.atp_projection_ne(omni.atp_projection, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ne_support AS 'MODULE_PATHNAME', 'text_operand_ne';
COMMENT ON FUNCTION omni.atp_projection_ne(omni.atp_projection, text) IS 'not equal, the text being a projection';
CREATE FUNCTION omni.atp_projection_lt(omni.atp_projection, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_lt_support AS 'MODULE_PATHNAME', 'text_operand_lt';
COMMENT ON FUNCTION omni.atp_projection_lt(omni.atp_projection, text) IS 'less, by bytes, the text being a projection';
CREATE FUNCTION omni.atp_projection_le(omni.atp_projection, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_le_support AS 'MODULE_PATHNAME', 'text_operand_le';
COMMENT ON FUNCTION omni.atp_projection_le(omni.atp_projection, text) IS 'less or equal, by bytes, the text being a projection';
CREATE FUNCTION omni.atp_projection_gt(omni.atp_projection, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_gt_support AS 'MODULE_PATHNAME', 'text_operand_gt';
COMMENT ON FUNCTION omni.atp_projection_gt(omni.atp_projection, text) IS 'greater, by bytes, the text being a projection';
CREATE FUNCTION omni.atp_projection_ge(omni.atp_projection, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ge_support AS 'MODULE_PATHNAME', 'text_operand_ge';
COMMENT ON FUNCTION omni.atp_projection_ge(omni.atp_projection, text) IS 'greater or equal, by bytes, the text being a projection';
CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.atp_projection, RIGHTARG = omni.atp_projection, FUNCTION = omni.atp_projection_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR pg_catalog.= (omni.atp_projection, omni.atp_projection) IS 'equal';
CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.atp_projection, RIGHTARG = text, FUNCTION = omni.atp_projection_eq,
    NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel
);
COMMENT ON OPERATOR pg_catalog.= (omni.atp_projection, text) IS 'equal, the text being a projection';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.atp_projection, RIGHTARG = omni.atp_projection, FUNCTION = omni.atp_projection_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=),
    RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.atp_projection, omni.atp_projection) IS 'not equal';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.atp_projection, RIGHTARG = text, FUNCTION = omni.atp_projection_ne,
    NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.atp_projection, text) IS 'not equal, the text being a projection';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.atp_projection, RIGHTARG = omni.atp_projection, FUNCTION = omni.atp_projection_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.atp_projection, omni.atp_projection) IS 'less, by bytes';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.atp_projection, RIGHTARG = text, FUNCTION = omni.atp_projection_lt,
    NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.atp_projection, text) IS 'less, by bytes, the text being a projection';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.atp_projection, RIGHTARG = omni.atp_projection, FUNCTION = omni.atp_projection_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.atp_projection, omni.atp_projection) IS 'less or equal, by bytes';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.atp_projection, RIGHTARG = text, FUNCTION = omni.atp_projection_le,
    NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.atp_projection, text) IS 'less or equal, by bytes, the text being a projection';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.atp_projection, RIGHTARG = omni.atp_projection, FUNCTION = omni.atp_projection_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.atp_projection, omni.atp_projection) IS 'greater, by bytes';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.atp_projection, RIGHTARG = text, FUNCTION = omni.atp_projection_gt,
    NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.atp_projection, text) IS 'greater, by bytes, the text being a projection';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.atp_projection, RIGHTARG = omni.atp_projection, FUNCTION = omni.atp_projection_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.atp_projection, omni.atp_projection) IS 'greater or equal, by bytes';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.atp_projection, RIGHTARG = text, FUNCTION = omni.atp_projection_ge,
    NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.atp_projection, text) IS 'greater or equal, by bytes, the text being a projection';

CREATE FUNCTION omni.atp_projection_cmp(omni.atp_projection, omni.atp_projection) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_cmp';
COMMENT ON FUNCTION omni.atp_projection_cmp(omni.atp_projection, omni.atp_projection) IS 'btree comparison, by bytes';
CREATE FUNCTION omni.atp_projection_sortsupport(internal) RETURNS void
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'text_value_sortsupport';
COMMENT ON FUNCTION omni.atp_projection_sortsupport(internal) IS 'btree sort support';
CREATE FUNCTION omni.atp_projection_hash(omni.atp_projection) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash';
COMMENT ON FUNCTION omni.atp_projection_hash(omni.atp_projection) IS 'hash';
CREATE FUNCTION omni.atp_projection_hash_extended(omni.atp_projection, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash_extended';
COMMENT ON FUNCTION omni.atp_projection_hash_extended(omni.atp_projection, bigint) IS 'hash with a seed';

CREATE OPERATOR FAMILY omni.atp_projection_ops USING btree;
COMMENT ON OPERATOR FAMILY omni.atp_projection_ops USING btree IS 'order of atp_projection by bytes';
CREATE OPERATOR CLASS omni.atp_projection_ops DEFAULT FOR TYPE omni.atp_projection USING btree FAMILY omni.atp_projection_ops AS
    OPERATOR 1 pg_catalog.< (omni.atp_projection, omni.atp_projection),
    OPERATOR 2 pg_catalog.<= (omni.atp_projection, omni.atp_projection),
    OPERATOR 3 pg_catalog.= (omni.atp_projection, omni.atp_projection),
    OPERATOR 4 pg_catalog.>= (omni.atp_projection, omni.atp_projection),
    OPERATOR 5 pg_catalog.> (omni.atp_projection, omni.atp_projection),
    FUNCTION 1 omni.atp_projection_cmp(omni.atp_projection, omni.atp_projection),
    FUNCTION 2 (omni.atp_projection, omni.atp_projection) omni.atp_projection_sortsupport(internal),
    FUNCTION 4 (omni.atp_projection, omni.atp_projection) pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS omni.atp_projection_ops USING btree IS 'order of atp_projection by bytes';
CREATE OPERATOR FAMILY omni.atp_projection_ops USING hash;
COMMENT ON OPERATOR FAMILY omni.atp_projection_ops USING hash IS 'equality of atp_projection';
CREATE OPERATOR CLASS omni.atp_projection_ops DEFAULT FOR TYPE omni.atp_projection USING hash FAMILY omni.atp_projection_ops AS
    OPERATOR 1 pg_catalog.= (omni.atp_projection, omni.atp_projection),
    FUNCTION 1 omni.atp_projection_hash(omni.atp_projection),
    FUNCTION 2 (omni.atp_projection, omni.atp_projection) omni.atp_projection_hash_extended(omni.atp_projection, bigint);
COMMENT ON OPERATOR CLASS omni.atp_projection_ops USING hash IS 'equality of atp_projection';

CREATE FUNCTION omni.atp_projection(kind text, qty bigint, at timestamp with time zone DEFAULT NULL, expires_at timestamp with time zone DEFAULT NULL)
    RETURNS omni.atp_projection
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'projection_from_row';
COMMENT ON FUNCTION omni.atp_projection(text, bigint, timestamp with time zone, timestamp with time zone) IS
    'one row as a projection; kinds: on_hand, incoming, reserved, demand, safety, buffer, backorder; a NULL at is the begin of time, a NULL expires_at never';

CREATE FUNCTION omni.atp_projection_accum(omni.atp_projection, text, bigint, timestamp with time zone) RETURNS omni.atp_projection
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'projection_accum';
COMMENT ON FUNCTION omni.atp_projection_accum(omni.atp_projection, text, bigint, timestamp with time zone) IS 'transition function of atp_projection_agg';
CREATE FUNCTION omni.atp_projection_accum(omni.atp_projection, text, bigint, timestamp with time zone, timestamp with time zone) RETURNS omni.atp_projection
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'projection_accum_expiry';
COMMENT ON FUNCTION omni.atp_projection_accum(omni.atp_projection, text, bigint, timestamp with time zone, timestamp with time zone) IS
    'transition function of atp_projection_agg';
CREATE FUNCTION omni.atp_projection_combine(omni.atp_projection, omni.atp_projection) RETURNS omni.atp_projection
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'queue_combine';
COMMENT ON FUNCTION omni.atp_projection_combine(omni.atp_projection, omni.atp_projection) IS
    'combine function of atp_projection_agg and atp_projection_rollup';
CREATE FUNCTION omni.atp_projection_final(omni.atp_projection) RETURNS omni.atp_projection
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'queue_final';
COMMENT ON FUNCTION omni.atp_projection_final(omni.atp_projection) IS 'final function of atp_projection_agg and atp_projection_rollup';
CREATE FUNCTION omni.atp_projection_concat(omni.atp_projection, omni.atp_projection) RETURNS omni.atp_projection
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'queue_concat';
COMMENT ON FUNCTION omni.atp_projection_concat(omni.atp_projection, omni.atp_projection) IS 'both together; entries that differ only in quantity are added up';

CREATE OPERATOR omni.|| (
    LEFTARG = omni.atp_projection, RIGHTARG = omni.atp_projection, FUNCTION = omni.atp_projection_concat, COMMUTATOR = OPERATOR(omni.||)
);
COMMENT ON OPERATOR omni.|| (omni.atp_projection, omni.atp_projection) IS 'both together; entries that differ only in quantity are added up';

CREATE AGGREGATE omni.atp_projection_agg(kind text, qty bigint, at timestamp with time zone) (
    SFUNC = omni.atp_projection_accum, STYPE = omni.atp_projection, SSPACE = 256,
    FINALFUNC = omni.atp_projection_final, COMBINEFUNC = omni.atp_projection_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.atp_projection_agg(text, bigint, timestamp with time zone) IS
    'dated supply and demand of one SKU, as one value; mergeable; kinds: on_hand, incoming, reserved, demand, safety, buffer, backorder';

CREATE AGGREGATE omni.atp_projection_agg(kind text, qty bigint, at timestamp with time zone, expires_at timestamp with time zone) (
    SFUNC = omni.atp_projection_accum, STYPE = omni.atp_projection, SSPACE = 256,
    FINALFUNC = omni.atp_projection_final, COMBINEFUNC = omni.atp_projection_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.atp_projection_agg(text, bigint, timestamp with time zone, timestamp with time zone) IS
    'the same, of lots that expire and safety stock, buffers and allowances that end';

CREATE AGGREGATE omni.atp_projection_rollup(omni.atp_projection) (
    SFUNC = omni.atp_projection_combine, STYPE = omni.atp_projection, SSPACE = 256,
    FINALFUNC = omni.atp_projection_final, COMBINEFUNC = omni.atp_projection_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.atp_projection_rollup(omni.atp_projection) IS 'stored results of atp_projection_agg as one';

CREATE FUNCTION omni.atp_at(projection omni.atp_projection, at timestamp with time zone) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'atp_at';
COMMENT ON FUNCTION omni.atp_at(omni.atp_projection, timestamp with time zone) IS
    'available to promise at a time: the most units whose promise makes no accepted demand short, be it earlier or later';

CREATE FUNCTION omni.atp_schedule(projection omni.atp_projection)
    RETURNS TABLE (at timestamp with time zone, supply bigint, demand bigint, expired bigint, on_hand bigint, protected bigint, atp bigint, atp_change bigint)
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 10 AS 'MODULE_PATHNAME', 'atp_schedule';
COMMENT ON FUNCTION omni.atp_schedule(omni.atp_projection) IS
    'a row for each time at which something changes: units that arrive, are taken and expire unused; what is left, what promises have to leave, and what can be promised from then until the next row';

CREATE FUNCTION omni.promise_at(projection omni.atp_projection, qty bigint, not_before timestamp with time zone DEFAULT '-infinity') RETURNS timestamp with time zone
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'promise_at';
COMMENT ON FUNCTION omni.promise_at(omni.atp_projection, bigint, timestamp with time zone) IS
    'the earliest time, not before the one given, at which so many units can be promised; NULL if there is none';

CREATE FUNCTION omni.atp_take(projection omni.atp_projection, qty bigint, at timestamp with time zone) RETURNS omni.atp_projection
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'atp_take';
COMMENT ON FUNCTION omni.atp_take(omni.atp_projection, bigint, timestamp with time zone) IS
    'the projection after a promise of so many units at that time; an error if they cannot be promised';

CREATE FUNCTION omni.bundle_atp_accum(bigint, bigint, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'bundle_atp_accum';
COMMENT ON FUNCTION omni.bundle_atp_accum(bigint, bigint, bigint) IS 'transition function of bundle_atp';

CREATE AGGREGATE omni.bundle_atp(atp bigint, units_per_bundle bigint) (
    SFUNC = omni.bundle_atp_accum, STYPE = bigint, COMBINEFUNC = pg_catalog.int8smaller, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.bundle_atp(bigint, bigint) IS
    'how many bundles can be promised: the least of atp / units_per_bundle over the components, rounded down; results of parts are put together by min()';

/* ---- inventory: planning ---- */

CREATE TYPE omni.demand_history;

CREATE FUNCTION omni.demand_history_in(cstring) RETURNS omni.demand_history
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_history_in';
COMMENT ON FUNCTION omni.demand_history_in(cstring) IS 'input';
CREATE FUNCTION omni.demand_history_out(omni.demand_history) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_history_out';
COMMENT ON FUNCTION omni.demand_history_out(omni.demand_history) IS 'output';
CREATE FUNCTION omni.demand_history_recv(internal) RETURNS omni.demand_history
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_history_recv';
COMMENT ON FUNCTION omni.demand_history_recv(internal) IS 'binary input';
CREATE FUNCTION omni.demand_history_send(omni.demand_history) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_history_send';
COMMENT ON FUNCTION omni.demand_history_send(omni.demand_history) IS 'binary output';

CREATE TYPE omni.demand_history (
    INPUT = omni.demand_history_in,
    OUTPUT = omni.demand_history_out,
    RECEIVE = omni.demand_history_recv,
    SEND = omni.demand_history_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended,
    CATEGORY = 'U'
);
COMMENT ON TYPE omni.demand_history IS 'units asked for per day; equal histories are identical bytes';

CREATE FUNCTION omni.demand_history(text) RETURNS omni.demand_history
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_history_from_text';
COMMENT ON FUNCTION omni.demand_history(text) IS 'the history that a text stands for';
CREATE FUNCTION omni.text(omni.demand_history) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_history_to_text';
COMMENT ON FUNCTION omni.text(omni.demand_history) IS 'a history as text';
CREATE FUNCTION omni.demand_history_try(text) RETURNS omni.demand_history
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_history_try';
COMMENT ON FUNCTION omni.demand_history_try(text) IS 'the history that a text stands for, or NULL';
CREATE FUNCTION omni.demand_history_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_history_problem';
COMMENT ON FUNCTION omni.demand_history_problem(text) IS 'why a text is not a history (syntax, range, time), or NULL';
CREATE CAST (text AS omni.demand_history) WITH FUNCTION omni.demand_history(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS omni.demand_history) IS 'the history that a text stands for';
CREATE CAST (omni.demand_history AS text) WITH FUNCTION omni.text(omni.demand_history) AS ASSIGNMENT;
COMMENT ON CAST (omni.demand_history AS text) IS 'a history as text';

CREATE FUNCTION omni.demand_history_eq(omni.demand_history, omni.demand_history) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_eq';
COMMENT ON FUNCTION omni.demand_history_eq(omni.demand_history, omni.demand_history) IS 'equal';
CREATE FUNCTION omni.demand_history_ne(omni.demand_history, omni.demand_history) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ne';
COMMENT ON FUNCTION omni.demand_history_ne(omni.demand_history, omni.demand_history) IS 'not equal';
CREATE FUNCTION omni.demand_history_lt(omni.demand_history, omni.demand_history) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_lt';
COMMENT ON FUNCTION omni.demand_history_lt(omni.demand_history, omni.demand_history) IS 'less, by bytes';
CREATE FUNCTION omni.demand_history_le(omni.demand_history, omni.demand_history) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_le';
COMMENT ON FUNCTION omni.demand_history_le(omni.demand_history, omni.demand_history) IS 'less or equal, by bytes';
CREATE FUNCTION omni.demand_history_gt(omni.demand_history, omni.demand_history) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_gt';
COMMENT ON FUNCTION omni.demand_history_gt(omni.demand_history, omni.demand_history) IS 'greater, by bytes';
CREATE FUNCTION omni.demand_history_ge(omni.demand_history, omni.demand_history) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ge';
COMMENT ON FUNCTION omni.demand_history_ge(omni.demand_history, omni.demand_history) IS 'greater or equal, by bytes';
CREATE FUNCTION omni.demand_history_eq(omni.demand_history, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_eq_support AS 'MODULE_PATHNAME', 'text_operand_eq';
COMMENT ON FUNCTION omni.demand_history_eq(omni.demand_history, text) IS 'equal, the text being a history';
CREATE FUNCTION omni.demand_history_ne(omni.demand_history, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ne_support AS 'MODULE_PATHNAME', 'text_operand_ne';
COMMENT ON FUNCTION omni.demand_history_ne(omni.demand_history, text) IS 'not equal, the text being a history';
CREATE FUNCTION omni.demand_history_lt(omni.demand_history, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_lt_support AS 'MODULE_PATHNAME', 'text_operand_lt';
COMMENT ON FUNCTION omni.demand_history_lt(omni.demand_history, text) IS 'less, by bytes, the text being a history';
CREATE FUNCTION omni.demand_history_le(omni.demand_history, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_le_support AS 'MODULE_PATHNAME', 'text_operand_le';
COMMENT ON FUNCTION omni.demand_history_le(omni.demand_history, text) IS 'less or equal, by bytes, the text being a history';
CREATE FUNCTION omni.demand_history_gt(omni.demand_history, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_gt_support AS 'MODULE_PATHNAME', 'text_operand_gt';
COMMENT ON FUNCTION omni.demand_history_gt(omni.demand_history, text) IS 'greater, by bytes, the text being a history';
CREATE FUNCTION omni.demand_history_ge(omni.demand_history, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ge_support AS 'MODULE_PATHNAME', 'text_operand_ge';
COMMENT ON FUNCTION omni.demand_history_ge(omni.demand_history, text) IS 'greater or equal, by bytes, the text being a history';
CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.demand_history, RIGHTARG = omni.demand_history, FUNCTION = omni.demand_history_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR pg_catalog.= (omni.demand_history, omni.demand_history) IS 'equal';
CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.demand_history, RIGHTARG = text, FUNCTION = omni.demand_history_eq,
    NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel
);
COMMENT ON OPERATOR pg_catalog.= (omni.demand_history, text) IS 'equal, the text being a history';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.demand_history, RIGHTARG = omni.demand_history, FUNCTION = omni.demand_history_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=),
    RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.demand_history, omni.demand_history) IS 'not equal';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.demand_history, RIGHTARG = text, FUNCTION = omni.demand_history_ne,
    NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.demand_history, text) IS 'not equal, the text being a history';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.demand_history, RIGHTARG = omni.demand_history, FUNCTION = omni.demand_history_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.demand_history, omni.demand_history) IS 'less, by bytes';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.demand_history, RIGHTARG = text, FUNCTION = omni.demand_history_lt,
    NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.demand_history, text) IS 'less, by bytes, the text being a history';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.demand_history, RIGHTARG = omni.demand_history, FUNCTION = omni.demand_history_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.demand_history, omni.demand_history) IS 'less or equal, by bytes';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.demand_history, RIGHTARG = text, FUNCTION = omni.demand_history_le,
    NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.demand_history, text) IS 'less or equal, by bytes, the text being a history';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.demand_history, RIGHTARG = omni.demand_history, FUNCTION = omni.demand_history_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.demand_history, omni.demand_history) IS 'greater, by bytes';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.demand_history, RIGHTARG = text, FUNCTION = omni.demand_history_gt,
    NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.demand_history, text) IS 'greater, by bytes, the text being a history';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.demand_history, RIGHTARG = omni.demand_history, FUNCTION = omni.demand_history_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.demand_history, omni.demand_history) IS 'greater or equal, by bytes';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.demand_history, RIGHTARG = text, FUNCTION = omni.demand_history_ge,
    NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.demand_history, text) IS 'greater or equal, by bytes, the text being a history';

CREATE FUNCTION omni.demand_history_cmp(omni.demand_history, omni.demand_history) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_cmp';
COMMENT ON FUNCTION omni.demand_history_cmp(omni.demand_history, omni.demand_history) IS 'btree comparison, by bytes';
CREATE FUNCTION omni.demand_history_sortsupport(internal) RETURNS void
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'text_value_sortsupport';
COMMENT ON FUNCTION omni.demand_history_sortsupport(internal) IS 'btree sort support';
CREATE FUNCTION omni.demand_history_hash(omni.demand_history) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash';
COMMENT ON FUNCTION omni.demand_history_hash(omni.demand_history) IS 'hash';
CREATE FUNCTION omni.demand_history_hash_extended(omni.demand_history, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash_extended';
COMMENT ON FUNCTION omni.demand_history_hash_extended(omni.demand_history, bigint) IS 'hash with a seed';

CREATE OPERATOR FAMILY omni.demand_history_ops USING btree;
COMMENT ON OPERATOR FAMILY omni.demand_history_ops USING btree IS 'order of demand_history by bytes';
CREATE OPERATOR CLASS omni.demand_history_ops DEFAULT FOR TYPE omni.demand_history USING btree FAMILY omni.demand_history_ops AS
    OPERATOR 1 pg_catalog.< (omni.demand_history, omni.demand_history),
    OPERATOR 2 pg_catalog.<= (omni.demand_history, omni.demand_history),
    OPERATOR 3 pg_catalog.= (omni.demand_history, omni.demand_history),
    OPERATOR 4 pg_catalog.>= (omni.demand_history, omni.demand_history),
    OPERATOR 5 pg_catalog.> (omni.demand_history, omni.demand_history),
    FUNCTION 1 omni.demand_history_cmp(omni.demand_history, omni.demand_history),
    FUNCTION 2 (omni.demand_history, omni.demand_history) omni.demand_history_sortsupport(internal),
    FUNCTION 4 (omni.demand_history, omni.demand_history) pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS omni.demand_history_ops USING btree IS 'order of demand_history by bytes';
CREATE OPERATOR FAMILY omni.demand_history_ops USING hash;
COMMENT ON OPERATOR FAMILY omni.demand_history_ops USING hash IS 'equality of demand_history';
CREATE OPERATOR CLASS omni.demand_history_ops DEFAULT FOR TYPE omni.demand_history USING hash FAMILY omni.demand_history_ops AS
    OPERATOR 1 pg_catalog.= (omni.demand_history, omni.demand_history),
    FUNCTION 1 omni.demand_history_hash(omni.demand_history),
    FUNCTION 2 (omni.demand_history, omni.demand_history) omni.demand_history_hash_extended(omni.demand_history, bigint);
COMMENT ON OPERATOR CLASS omni.demand_history_ops USING hash IS 'equality of demand_history';

CREATE FUNCTION omni.demand_history_accum(omni.demand_history, date, bigint) RETURNS omni.demand_history
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'demand_history_accum';
COMMENT ON FUNCTION omni.demand_history_accum(omni.demand_history, date, bigint) IS 'transition function of demand_history_agg';
CREATE FUNCTION omni.demand_history_combine(omni.demand_history, omni.demand_history) RETURNS omni.demand_history
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'queue_combine';
COMMENT ON FUNCTION omni.demand_history_combine(omni.demand_history, omni.demand_history) IS 'combine function of demand_history_agg and demand_history_rollup';
CREATE FUNCTION omni.demand_history_final(omni.demand_history) RETURNS omni.demand_history
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'queue_final';
COMMENT ON FUNCTION omni.demand_history_final(omni.demand_history) IS 'final function of demand_history_agg and demand_history_rollup';
CREATE FUNCTION omni.demand_history_concat(omni.demand_history, omni.demand_history) RETURNS omni.demand_history
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'queue_concat';
COMMENT ON FUNCTION omni.demand_history_concat(omni.demand_history, omni.demand_history) IS 'both together; units of the same day are added up';

CREATE OPERATOR omni.|| (
    LEFTARG = omni.demand_history, RIGHTARG = omni.demand_history, FUNCTION = omni.demand_history_concat, COMMUTATOR = OPERATOR(omni.||)
);
COMMENT ON OPERATOR omni.|| (omni.demand_history, omni.demand_history) IS 'both together; units of the same day are added up';

CREATE AGGREGATE omni.demand_history_agg(day date, qty bigint) (
    SFUNC = omni.demand_history_accum, STYPE = omni.demand_history, SSPACE = 256,
    FINALFUNC = omni.demand_history_final, COMBINEFUNC = omni.demand_history_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.demand_history_agg(date, bigint) IS 'units asked for per day, as one value; mergeable';

CREATE AGGREGATE omni.demand_history_rollup(omni.demand_history) (
    SFUNC = omni.demand_history_combine, STYPE = omni.demand_history, SSPACE = 256,
    FINALFUNC = omni.demand_history_final, COMBINEFUNC = omni.demand_history_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.demand_history_rollup(omni.demand_history) IS 'stored results of demand_history_agg as one';

CREATE FUNCTION omni.demand_forecast(IN history omni.demand_history, INOUT alpha double precision DEFAULT NULL, IN period text DEFAULT 'day', IN until date DEFAULT NULL,
                                     OUT level double precision, OUT error_sd double precision, OUT periods bigint, OUT first_period date, OUT last_period date)
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 200 AS 'MODULE_PATHNAME', 'demand_forecast';
COMMENT ON FUNCTION omni.demand_forecast(omni.demand_history, double precision, text, date) IS
    'simple exponential smoothing of the units per day, week or month: the level that is forecast and the standard deviation of the errors one period ahead; a NULL alpha is chosen, a NULL until is the last day';

CREATE FUNCTION omni.service_factor(service_level double precision) RETURNS double precision
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'service_factor';
COMMENT ON FUNCTION omni.service_factor(double precision) IS 'z of a service level: the quantile of the standard normal distribution';

CREATE FUNCTION omni.safety_stock(service_level double precision, demand_sd double precision, lead_time double precision,
                                  demand_mean double precision DEFAULT 0, lead_time_sd double precision DEFAULT 0) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'safety_stock';
COMMENT ON FUNCTION omni.safety_stock(double precision, double precision, double precision, double precision, double precision) IS
    'units to keep for a service level: z * sqrt(lead_time * demand_sd^2 + demand_mean^2 * lead_time_sd^2), rounded up';

CREATE FUNCTION omni.reorder_point(demand_mean double precision, lead_time double precision, safety_stock bigint DEFAULT 0) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'reorder_point';
COMMENT ON FUNCTION omni.reorder_point(double precision, double precision, bigint) IS
    'order when no more than this is left or on order: demand_mean * lead_time, rounded up, + safety_stock';

CREATE FUNCTION omni.order_up_to_level(demand_mean double precision, lead_time double precision, review_period double precision, safety_stock bigint DEFAULT 0) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_up_to_level';
COMMENT ON FUNCTION omni.order_up_to_level(double precision, double precision, double precision, bigint) IS
    'what is to be left and on order after an order once a review period: demand_mean * (lead_time + review_period), rounded up, + safety_stock';

CREATE FUNCTION omni.economic_order_quantity(demand double precision, order_cost double precision, holding_cost double precision) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'economic_order_quantity';
COMMENT ON FUNCTION omni.economic_order_quantity(double precision, double precision, double precision) IS
    'the units of an order that make the cost of ordering and of holding least: sqrt(2 * demand * order_cost / holding_cost) as whole units';

/* ---- inventory: allocation policies ---- */

CREATE FUNCTION omni.demand_accum(omni.demand, bigint, bigint, integer, timestamp with time zone, text, bigint) RETURNS omni.demand
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'demand_accum_terms';
COMMENT ON FUNCTION omni.demand_accum(omni.demand, bigint, bigint, integer, timestamp with time zone, text, bigint) IS
    'transition function of demand_agg with channel and minimum';
CREATE AGGREGATE omni.demand_agg(line_id bigint, qty bigint, priority integer, placed_at timestamp with time zone, channel text, min_qty bigint) (
    SFUNC = omni.demand_accum, STYPE = omni.demand, SSPACE = 256,
    FINALFUNC = omni.demand_final, COMBINEFUNC = omni.demand_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.demand_agg(bigint, bigint, integer, timestamp with time zone, text, bigint) IS
    'the order lines that wait for one SKU, each with its channel (NULL: none) and the fewest units that it takes (NULL: any), as one value; mergeable';

CREATE FUNCTION omni.supply_accum(omni.supply, bigint, bigint, timestamp with time zone, text) RETURNS omni.supply
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'supply_accum_terms';
COMMENT ON FUNCTION omni.supply_accum(omni.supply, bigint, bigint, timestamp with time zone, text) IS
    'transition function of supply_agg with a channel';
CREATE AGGREGATE omni.supply_agg(stock_id bigint, qty bigint, available_at timestamp with time zone, channel text) (
    SFUNC = omni.supply_accum, STYPE = omni.supply, SSPACE = 256,
    FINALFUNC = omni.supply_final, COMBINEFUNC = omni.supply_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.supply_agg(bigint, bigint, timestamp with time zone, text) IS
    'the stock that can serve one SKU, each row with the channel that it is protected for (NULL: common stock), as one value; mergeable';

/* ---- inventory: routing ---- */

CREATE TYPE omni.route_candidates;

CREATE FUNCTION omni.route_candidates_in(cstring) RETURNS omni.route_candidates
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_candidates_in';
COMMENT ON FUNCTION omni.route_candidates_in(cstring) IS 'input';
CREATE FUNCTION omni.route_candidates_out(omni.route_candidates) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_candidates_out';
COMMENT ON FUNCTION omni.route_candidates_out(omni.route_candidates) IS 'output';
CREATE FUNCTION omni.route_candidates_recv(internal) RETURNS omni.route_candidates
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_candidates_recv';
COMMENT ON FUNCTION omni.route_candidates_recv(internal) IS 'binary input';
CREATE FUNCTION omni.route_candidates_send(omni.route_candidates) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_candidates_send';
COMMENT ON FUNCTION omni.route_candidates_send(omni.route_candidates) IS 'binary output';

CREATE TYPE omni.route_candidates (
    INPUT = omni.route_candidates_in,
    OUTPUT = omni.route_candidates_out,
    RECEIVE = omni.route_candidates_recv,
    SEND = omni.route_candidates_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended,
    CATEGORY = 'U'
);
COMMENT ON TYPE omni.route_candidates IS 'what is known of an order that is routed: its lines, and what each node can do for them; equal ones are identical bytes';

CREATE FUNCTION omni.route_candidates(text) RETURNS omni.route_candidates
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_candidates_from_text';
COMMENT ON FUNCTION omni.route_candidates(text) IS 'the candidates that a text stands for';
CREATE FUNCTION omni.text(omni.route_candidates) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_candidates_to_text';
COMMENT ON FUNCTION omni.text(omni.route_candidates) IS 'candidates as text';
CREATE FUNCTION omni.route_candidates_try(text) RETURNS omni.route_candidates
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_candidates_try';
COMMENT ON FUNCTION omni.route_candidates_try(text) IS 'the candidates that a text stands for, or NULL';
CREATE FUNCTION omni.route_candidates_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_candidates_problem';
COMMENT ON FUNCTION omni.route_candidates_problem(text) IS 'why a text is not such candidates (json, member, missing, id, range, contradiction, sku, options, objective, limit), or NULL';
CREATE CAST (text AS omni.route_candidates) WITH FUNCTION omni.route_candidates(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS omni.route_candidates) IS 'the candidates that a text stands for';
CREATE CAST (omni.route_candidates AS text) WITH FUNCTION omni.text(omni.route_candidates) AS ASSIGNMENT;
COMMENT ON CAST (omni.route_candidates AS text) IS 'candidates as text';

CREATE FUNCTION omni.route_candidates_eq(omni.route_candidates, omni.route_candidates) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_eq';
COMMENT ON FUNCTION omni.route_candidates_eq(omni.route_candidates, omni.route_candidates) IS 'equal';
CREATE FUNCTION omni.route_candidates_ne(omni.route_candidates, omni.route_candidates) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ne';
COMMENT ON FUNCTION omni.route_candidates_ne(omni.route_candidates, omni.route_candidates) IS 'not equal';
CREATE FUNCTION omni.route_candidates_lt(omni.route_candidates, omni.route_candidates) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_lt';
COMMENT ON FUNCTION omni.route_candidates_lt(omni.route_candidates, omni.route_candidates) IS 'less, by bytes';
CREATE FUNCTION omni.route_candidates_le(omni.route_candidates, omni.route_candidates) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_le';
COMMENT ON FUNCTION omni.route_candidates_le(omni.route_candidates, omni.route_candidates) IS 'less or equal, by bytes';
CREATE FUNCTION omni.route_candidates_gt(omni.route_candidates, omni.route_candidates) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_gt';
COMMENT ON FUNCTION omni.route_candidates_gt(omni.route_candidates, omni.route_candidates) IS 'greater, by bytes';
CREATE FUNCTION omni.route_candidates_ge(omni.route_candidates, omni.route_candidates) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ge';
COMMENT ON FUNCTION omni.route_candidates_ge(omni.route_candidates, omni.route_candidates) IS 'greater or equal, by bytes';
CREATE FUNCTION omni.route_candidates_eq(omni.route_candidates, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_eq_support AS 'MODULE_PATHNAME', 'text_operand_eq';
COMMENT ON FUNCTION omni.route_candidates_eq(omni.route_candidates, text) IS 'equal, the text being candidates';
CREATE FUNCTION omni.route_candidates_ne(omni.route_candidates, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ne_support AS 'MODULE_PATHNAME', 'text_operand_ne';
COMMENT ON FUNCTION omni.route_candidates_ne(omni.route_candidates, text) IS 'not equal, the text being candidates';
CREATE FUNCTION omni.route_candidates_lt(omni.route_candidates, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_lt_support AS 'MODULE_PATHNAME', 'text_operand_lt';
COMMENT ON FUNCTION omni.route_candidates_lt(omni.route_candidates, text) IS 'less, by bytes, the text being candidates';
CREATE FUNCTION omni.route_candidates_le(omni.route_candidates, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_le_support AS 'MODULE_PATHNAME', 'text_operand_le';
COMMENT ON FUNCTION omni.route_candidates_le(omni.route_candidates, text) IS 'less or equal, by bytes, the text being candidates';
CREATE FUNCTION omni.route_candidates_gt(omni.route_candidates, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_gt_support AS 'MODULE_PATHNAME', 'text_operand_gt';
COMMENT ON FUNCTION omni.route_candidates_gt(omni.route_candidates, text) IS 'greater, by bytes, the text being candidates';
CREATE FUNCTION omni.route_candidates_ge(omni.route_candidates, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ge_support AS 'MODULE_PATHNAME', 'text_operand_ge';
COMMENT ON FUNCTION omni.route_candidates_ge(omni.route_candidates, text) IS 'greater or equal, by bytes, the text being candidates';
CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.route_candidates, RIGHTARG = omni.route_candidates, FUNCTION = omni.route_candidates_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR pg_catalog.= (omni.route_candidates, omni.route_candidates) IS 'equal';
CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.route_candidates, RIGHTARG = text, FUNCTION = omni.route_candidates_eq,
    NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel
);
COMMENT ON OPERATOR pg_catalog.= (omni.route_candidates, text) IS 'equal, the text being candidates';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.route_candidates, RIGHTARG = omni.route_candidates, FUNCTION = omni.route_candidates_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=),
    RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.route_candidates, omni.route_candidates) IS 'not equal';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.route_candidates, RIGHTARG = text, FUNCTION = omni.route_candidates_ne,
    NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.route_candidates, text) IS 'not equal, the text being candidates';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.route_candidates, RIGHTARG = omni.route_candidates, FUNCTION = omni.route_candidates_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.route_candidates, omni.route_candidates) IS 'less, by bytes';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.route_candidates, RIGHTARG = text, FUNCTION = omni.route_candidates_lt,
    NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.route_candidates, text) IS 'less, by bytes, the text being candidates';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.route_candidates, RIGHTARG = omni.route_candidates, FUNCTION = omni.route_candidates_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.route_candidates, omni.route_candidates) IS 'less or equal, by bytes';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.route_candidates, RIGHTARG = text, FUNCTION = omni.route_candidates_le,
    NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.route_candidates, text) IS 'less or equal, by bytes, the text being candidates';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.route_candidates, RIGHTARG = omni.route_candidates, FUNCTION = omni.route_candidates_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.route_candidates, omni.route_candidates) IS 'greater, by bytes';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.route_candidates, RIGHTARG = text, FUNCTION = omni.route_candidates_gt,
    NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.route_candidates, text) IS 'greater, by bytes, the text being candidates';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.route_candidates, RIGHTARG = omni.route_candidates, FUNCTION = omni.route_candidates_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.route_candidates, omni.route_candidates) IS 'greater or equal, by bytes';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.route_candidates, RIGHTARG = text, FUNCTION = omni.route_candidates_ge,
    NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.route_candidates, text) IS 'greater or equal, by bytes, the text being candidates';

CREATE FUNCTION omni.route_candidates_cmp(omni.route_candidates, omni.route_candidates) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_cmp';
COMMENT ON FUNCTION omni.route_candidates_cmp(omni.route_candidates, omni.route_candidates) IS 'btree comparison, by bytes';
CREATE FUNCTION omni.route_candidates_sortsupport(internal) RETURNS void
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'text_value_sortsupport';
COMMENT ON FUNCTION omni.route_candidates_sortsupport(internal) IS 'btree sort support';
CREATE FUNCTION omni.route_candidates_hash(omni.route_candidates) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash';
COMMENT ON FUNCTION omni.route_candidates_hash(omni.route_candidates) IS 'hash';
CREATE FUNCTION omni.route_candidates_hash_extended(omni.route_candidates, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash_extended';
COMMENT ON FUNCTION omni.route_candidates_hash_extended(omni.route_candidates, bigint) IS 'hash with a seed';

CREATE OPERATOR FAMILY omni.route_candidates_ops USING btree;
COMMENT ON OPERATOR FAMILY omni.route_candidates_ops USING btree IS 'order of route_candidates by bytes';
CREATE OPERATOR CLASS omni.route_candidates_ops DEFAULT FOR TYPE omni.route_candidates USING btree FAMILY omni.route_candidates_ops AS
    OPERATOR 1 pg_catalog.< (omni.route_candidates, omni.route_candidates),
    OPERATOR 2 pg_catalog.<= (omni.route_candidates, omni.route_candidates),
    OPERATOR 3 pg_catalog.= (omni.route_candidates, omni.route_candidates),
    OPERATOR 4 pg_catalog.>= (omni.route_candidates, omni.route_candidates),
    OPERATOR 5 pg_catalog.> (omni.route_candidates, omni.route_candidates),
    FUNCTION 1 omni.route_candidates_cmp(omni.route_candidates, omni.route_candidates),
    FUNCTION 2 (omni.route_candidates, omni.route_candidates) omni.route_candidates_sortsupport(internal),
    FUNCTION 4 (omni.route_candidates, omni.route_candidates) pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS omni.route_candidates_ops USING btree IS 'order of route_candidates by bytes';
CREATE OPERATOR FAMILY omni.route_candidates_ops USING hash;
COMMENT ON OPERATOR FAMILY omni.route_candidates_ops USING hash IS 'equality of route_candidates';
CREATE OPERATOR CLASS omni.route_candidates_ops DEFAULT FOR TYPE omni.route_candidates USING hash FAMILY omni.route_candidates_ops AS
    OPERATOR 1 pg_catalog.= (omni.route_candidates, omni.route_candidates),
    FUNCTION 1 omni.route_candidates_hash(omni.route_candidates),
    FUNCTION 2 (omni.route_candidates, omni.route_candidates) omni.route_candidates_hash_extended(omni.route_candidates, bigint);
COMMENT ON OPERATOR CLASS omni.route_candidates_ops USING hash IS 'equality of route_candidates';

CREATE TYPE omni.route_plan;

CREATE FUNCTION omni.route_plan_in(cstring) RETURNS omni.route_plan
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_plan_in';
COMMENT ON FUNCTION omni.route_plan_in(cstring) IS 'input';
CREATE FUNCTION omni.route_plan_out(omni.route_plan) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_plan_out';
COMMENT ON FUNCTION omni.route_plan_out(omni.route_plan) IS 'output';
CREATE FUNCTION omni.route_plan_recv(internal) RETURNS omni.route_plan
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_plan_recv';
COMMENT ON FUNCTION omni.route_plan_recv(internal) IS 'binary input';
CREATE FUNCTION omni.route_plan_send(omni.route_plan) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_plan_send';
COMMENT ON FUNCTION omni.route_plan_send(omni.route_plan) IS 'binary output';

CREATE TYPE omni.route_plan (
    INPUT = omni.route_plan_in,
    OUTPUT = omni.route_plan_out,
    RECEIVE = omni.route_plan_recv,
    SEND = omni.route_plan_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended,
    CATEGORY = 'U'
);
COMMENT ON TYPE omni.route_plan IS 'from which nodes an order is filled, with all that it was decided from; equal plans are identical bytes';

CREATE FUNCTION omni.route_plan(text) RETURNS omni.route_plan
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_plan_from_text';
COMMENT ON FUNCTION omni.route_plan(text) IS 'the plan that a text stands for';
CREATE FUNCTION omni.text(omni.route_plan) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_plan_to_text';
COMMENT ON FUNCTION omni.text(omni.route_plan) IS 'a plan as text';
CREATE FUNCTION omni.route_plan_try(text) RETURNS omni.route_plan
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_plan_try';
COMMENT ON FUNCTION omni.route_plan_try(text) IS 'the plan that a text stands for, or NULL';
CREATE FUNCTION omni.route_plan_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_plan_problem';
COMMENT ON FUNCTION omni.route_plan_problem(text) IS 'why a text is not a plan (json, member, missing, id, range, contradiction, sku, options, picks, bounds, status, exact), or NULL';
CREATE CAST (text AS omni.route_plan) WITH FUNCTION omni.route_plan(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS omni.route_plan) IS 'the plan that a text stands for';
CREATE CAST (omni.route_plan AS text) WITH FUNCTION omni.text(omni.route_plan) AS ASSIGNMENT;
COMMENT ON CAST (omni.route_plan AS text) IS 'a plan as text';

CREATE FUNCTION omni.route_plan_eq(omni.route_plan, omni.route_plan) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_eq';
COMMENT ON FUNCTION omni.route_plan_eq(omni.route_plan, omni.route_plan) IS 'equal';
CREATE FUNCTION omni.route_plan_ne(omni.route_plan, omni.route_plan) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ne';
COMMENT ON FUNCTION omni.route_plan_ne(omni.route_plan, omni.route_plan) IS 'not equal';
CREATE FUNCTION omni.route_plan_lt(omni.route_plan, omni.route_plan) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_lt';
COMMENT ON FUNCTION omni.route_plan_lt(omni.route_plan, omni.route_plan) IS 'less, by bytes';
CREATE FUNCTION omni.route_plan_le(omni.route_plan, omni.route_plan) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_le';
COMMENT ON FUNCTION omni.route_plan_le(omni.route_plan, omni.route_plan) IS 'less or equal, by bytes';
CREATE FUNCTION omni.route_plan_gt(omni.route_plan, omni.route_plan) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_gt';
COMMENT ON FUNCTION omni.route_plan_gt(omni.route_plan, omni.route_plan) IS 'greater, by bytes';
CREATE FUNCTION omni.route_plan_ge(omni.route_plan, omni.route_plan) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ge';
COMMENT ON FUNCTION omni.route_plan_ge(omni.route_plan, omni.route_plan) IS 'greater or equal, by bytes';
CREATE FUNCTION omni.route_plan_eq(omni.route_plan, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_eq_support AS 'MODULE_PATHNAME', 'text_operand_eq';
COMMENT ON FUNCTION omni.route_plan_eq(omni.route_plan, text) IS 'equal, the text being a plan';
CREATE FUNCTION omni.route_plan_ne(omni.route_plan, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ne_support AS 'MODULE_PATHNAME', 'text_operand_ne';
COMMENT ON FUNCTION omni.route_plan_ne(omni.route_plan, text) IS 'not equal, the text being a plan';
CREATE FUNCTION omni.route_plan_lt(omni.route_plan, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_lt_support AS 'MODULE_PATHNAME', 'text_operand_lt';
COMMENT ON FUNCTION omni.route_plan_lt(omni.route_plan, text) IS 'less, by bytes, the text being a plan';
CREATE FUNCTION omni.route_plan_le(omni.route_plan, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_le_support AS 'MODULE_PATHNAME', 'text_operand_le';
COMMENT ON FUNCTION omni.route_plan_le(omni.route_plan, text) IS 'less or equal, by bytes, the text being a plan';
CREATE FUNCTION omni.route_plan_gt(omni.route_plan, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_gt_support AS 'MODULE_PATHNAME', 'text_operand_gt';
COMMENT ON FUNCTION omni.route_plan_gt(omni.route_plan, text) IS 'greater, by bytes, the text being a plan';
CREATE FUNCTION omni.route_plan_ge(omni.route_plan, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ge_support AS 'MODULE_PATHNAME', 'text_operand_ge';
COMMENT ON FUNCTION omni.route_plan_ge(omni.route_plan, text) IS 'greater or equal, by bytes, the text being a plan';
CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.route_plan, RIGHTARG = omni.route_plan, FUNCTION = omni.route_plan_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR pg_catalog.= (omni.route_plan, omni.route_plan) IS 'equal';
CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.route_plan, RIGHTARG = text, FUNCTION = omni.route_plan_eq,
    NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel
);
COMMENT ON OPERATOR pg_catalog.= (omni.route_plan, text) IS 'equal, the text being a plan';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.route_plan, RIGHTARG = omni.route_plan, FUNCTION = omni.route_plan_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=),
    RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.route_plan, omni.route_plan) IS 'not equal';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.route_plan, RIGHTARG = text, FUNCTION = omni.route_plan_ne,
    NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.route_plan, text) IS 'not equal, the text being a plan';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.route_plan, RIGHTARG = omni.route_plan, FUNCTION = omni.route_plan_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.route_plan, omni.route_plan) IS 'less, by bytes';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.route_plan, RIGHTARG = text, FUNCTION = omni.route_plan_lt,
    NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.route_plan, text) IS 'less, by bytes, the text being a plan';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.route_plan, RIGHTARG = omni.route_plan, FUNCTION = omni.route_plan_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.route_plan, omni.route_plan) IS 'less or equal, by bytes';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.route_plan, RIGHTARG = text, FUNCTION = omni.route_plan_le,
    NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.route_plan, text) IS 'less or equal, by bytes, the text being a plan';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.route_plan, RIGHTARG = omni.route_plan, FUNCTION = omni.route_plan_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.route_plan, omni.route_plan) IS 'greater, by bytes';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.route_plan, RIGHTARG = text, FUNCTION = omni.route_plan_gt,
    NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.route_plan, text) IS 'greater, by bytes, the text being a plan';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.route_plan, RIGHTARG = omni.route_plan, FUNCTION = omni.route_plan_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.route_plan, omni.route_plan) IS 'greater or equal, by bytes';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.route_plan, RIGHTARG = text, FUNCTION = omni.route_plan_ge,
    NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.route_plan, text) IS 'greater or equal, by bytes, the text being a plan';

CREATE FUNCTION omni.route_plan_cmp(omni.route_plan, omni.route_plan) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_cmp';
COMMENT ON FUNCTION omni.route_plan_cmp(omni.route_plan, omni.route_plan) IS 'btree comparison, by bytes';
CREATE FUNCTION omni.route_plan_sortsupport(internal) RETURNS void
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'text_value_sortsupport';
COMMENT ON FUNCTION omni.route_plan_sortsupport(internal) IS 'btree sort support';
CREATE FUNCTION omni.route_plan_hash(omni.route_plan) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash';
COMMENT ON FUNCTION omni.route_plan_hash(omni.route_plan) IS 'hash';
CREATE FUNCTION omni.route_plan_hash_extended(omni.route_plan, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash_extended';
COMMENT ON FUNCTION omni.route_plan_hash_extended(omni.route_plan, bigint) IS 'hash with a seed';

CREATE OPERATOR FAMILY omni.route_plan_ops USING btree;
COMMENT ON OPERATOR FAMILY omni.route_plan_ops USING btree IS 'order of route_plan by bytes';
CREATE OPERATOR CLASS omni.route_plan_ops DEFAULT FOR TYPE omni.route_plan USING btree FAMILY omni.route_plan_ops AS
    OPERATOR 1 pg_catalog.< (omni.route_plan, omni.route_plan),
    OPERATOR 2 pg_catalog.<= (omni.route_plan, omni.route_plan),
    OPERATOR 3 pg_catalog.= (omni.route_plan, omni.route_plan),
    OPERATOR 4 pg_catalog.>= (omni.route_plan, omni.route_plan),
    OPERATOR 5 pg_catalog.> (omni.route_plan, omni.route_plan),
    FUNCTION 1 omni.route_plan_cmp(omni.route_plan, omni.route_plan),
    FUNCTION 2 (omni.route_plan, omni.route_plan) omni.route_plan_sortsupport(internal),
    FUNCTION 4 (omni.route_plan, omni.route_plan) pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS omni.route_plan_ops USING btree IS 'order of route_plan by bytes';
CREATE OPERATOR FAMILY omni.route_plan_ops USING hash;
COMMENT ON OPERATOR FAMILY omni.route_plan_ops USING hash IS 'equality of route_plan';
CREATE OPERATOR CLASS omni.route_plan_ops DEFAULT FOR TYPE omni.route_plan USING hash FAMILY omni.route_plan_ops AS
    OPERATOR 1 pg_catalog.= (omni.route_plan, omni.route_plan),
    FUNCTION 1 omni.route_plan_hash(omni.route_plan),
    FUNCTION 2 (omni.route_plan, omni.route_plan) omni.route_plan_hash_extended(omni.route_plan, bigint);
COMMENT ON OPERATOR CLASS omni.route_plan_ops USING hash IS 'equality of route_plan';

CREATE FUNCTION omni.route_accum(omni.route_candidates, bigint, bigint, bigint, bigint, bigint, numeric) RETURNS omni.route_candidates
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'route_accum_numbers';
COMMENT ON FUNCTION omni.route_accum(omni.route_candidates, bigint, bigint, bigint, bigint, bigint, numeric) IS 'transition function of route_order and route_candidates_agg';
CREATE FUNCTION omni.route_accum(omni.route_candidates, text, text, bigint, text, bigint, numeric) RETURNS omni.route_candidates
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'route_accum_texts';
COMMENT ON FUNCTION omni.route_accum(omni.route_candidates, text, text, bigint, text, bigint, numeric) IS 'transition function of route_order and route_candidates_agg';
CREATE FUNCTION omni.route_accum(omni.route_candidates, bigint, text, bigint, text, bigint, numeric) RETURNS omni.route_candidates
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'route_accum_codes';
COMMENT ON FUNCTION omni.route_accum(omni.route_candidates, bigint, text, bigint, text, bigint, numeric) IS 'transition function of route_order and route_candidates_agg';
CREATE FUNCTION omni.route_accum(omni.route_candidates, bigint, bigint, bigint, bigint, bigint, jsonb, jsonb) RETURNS omni.route_candidates
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'route_accum_number_facts';
COMMENT ON FUNCTION omni.route_accum(omni.route_candidates, bigint, bigint, bigint, bigint, bigint, jsonb, jsonb) IS 'transition function of route_order and route_candidates_agg';
CREATE FUNCTION omni.route_accum(omni.route_candidates, text, text, bigint, text, bigint, jsonb, jsonb) RETURNS omni.route_candidates
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'route_accum_text_facts';
COMMENT ON FUNCTION omni.route_accum(omni.route_candidates, text, text, bigint, text, bigint, jsonb, jsonb) IS 'transition function of route_order and route_candidates_agg';
CREATE FUNCTION omni.route_accum(omni.route_candidates, bigint, text, bigint, text, bigint, jsonb, jsonb) RETURNS omni.route_candidates
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'route_accum_code_facts';
COMMENT ON FUNCTION omni.route_accum(omni.route_candidates, bigint, text, bigint, text, bigint, jsonb, jsonb) IS 'transition function of route_order and route_candidates_agg';
CREATE FUNCTION omni.route_accum(omni.route_candidates, omni.route_plan) RETURNS omni.route_candidates
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'route_accum_plan';
COMMENT ON FUNCTION omni.route_accum(omni.route_candidates, omni.route_plan) IS 'transition function of route_order_rollup over plans';
CREATE FUNCTION omni.route_combine(omni.route_candidates, omni.route_candidates) RETURNS omni.route_candidates
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'route_combine';
COMMENT ON FUNCTION omni.route_combine(omni.route_candidates, omni.route_candidates) IS 'combine function of the aggregates of routing';
CREATE FUNCTION omni.route_candidates_final(omni.route_candidates) RETURNS omni.route_candidates
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'route_candidates_final';
COMMENT ON FUNCTION omni.route_candidates_final(omni.route_candidates) IS 'final function of route_candidates_agg and route_candidates_rollup';
CREATE FUNCTION omni.route_order_final(omni.route_candidates) RETURNS omni.route_plan
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'route_order_final';
COMMENT ON FUNCTION omni.route_order_final(omni.route_candidates) IS 'final function of route_order and route_order_rollup';

CREATE AGGREGATE omni.route_candidates_agg(line bigint, sku bigint, qty bigint, node bigint, available bigint, cost numeric) (
    SFUNC = omni.route_accum, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_candidates_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_candidates_agg(bigint, bigint, bigint, bigint, bigint, numeric) IS 'what is known of an order, as one value; mergeable; route() makes the plan of it';
CREATE AGGREGATE omni.route_candidates_agg(line bigint, sku bigint, qty bigint, node bigint, available bigint, facts jsonb, options jsonb) (
    SFUNC = omni.route_accum, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_candidates_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_candidates_agg(bigint, bigint, bigint, bigint, bigint, jsonb, jsonb) IS 'what is known of an order, as one value; mergeable; route() makes the plan of it';
CREATE AGGREGATE omni.route_candidates_agg(line text, sku text, qty bigint, node text, available bigint, cost numeric) (
    SFUNC = omni.route_accum, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_candidates_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_candidates_agg(text, text, bigint, text, bigint, numeric) IS 'what is known of an order, as one value; mergeable; route() makes the plan of it';
CREATE AGGREGATE omni.route_candidates_agg(line bigint, sku text, qty bigint, node text, available bigint, cost numeric) (
    SFUNC = omni.route_accum, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_candidates_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_candidates_agg(bigint, text, bigint, text, bigint, numeric) IS 'what is known of an order, as one value; mergeable; route() makes the plan of it';
CREATE AGGREGATE omni.route_candidates_agg(line text, sku text, qty bigint, node text, available bigint, facts jsonb, options jsonb) (
    SFUNC = omni.route_accum, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_candidates_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_candidates_agg(text, text, bigint, text, bigint, jsonb, jsonb) IS 'what is known of an order, as one value; mergeable; route() makes the plan of it';
CREATE AGGREGATE omni.route_candidates_agg(line bigint, sku text, qty bigint, node text, available bigint, facts jsonb, options jsonb) (
    SFUNC = omni.route_accum, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_candidates_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_candidates_agg(bigint, text, bigint, text, bigint, jsonb, jsonb) IS 'what is known of an order, as one value; mergeable; route() makes the plan of it';
CREATE AGGREGATE omni.route_order(line bigint, sku bigint, qty bigint, node bigint, available bigint, cost numeric) (
    SFUNC = omni.route_accum, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_order_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_order(bigint, bigint, bigint, bigint, bigint, numeric) IS 'from which nodes an order is filled: a row for each line and node, with the cost of a shipment';
CREATE AGGREGATE omni.route_order(line bigint, sku bigint, qty bigint, node bigint, available bigint, facts jsonb, options jsonb) (
    SFUNC = omni.route_accum, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_order_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_order(bigint, bigint, bigint, bigint, bigint, jsonb, jsonb) IS 'from which nodes an order is filled, by all facts of each node and by options; mergeable';
CREATE AGGREGATE omni.route_order(line text, sku text, qty bigint, node text, available bigint, cost numeric) (
    SFUNC = omni.route_accum, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_order_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_order(text, text, bigint, text, bigint, numeric) IS 'from which nodes an order is filled: a row for each line and node, with the cost of a shipment';
CREATE AGGREGATE omni.route_order(line bigint, sku text, qty bigint, node text, available bigint, cost numeric) (
    SFUNC = omni.route_accum, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_order_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_order(bigint, text, bigint, text, bigint, numeric) IS 'from which nodes an order is filled: a row for each line and node, with the cost of a shipment';
CREATE AGGREGATE omni.route_order(line text, sku text, qty bigint, node text, available bigint, facts jsonb, options jsonb) (
    SFUNC = omni.route_accum, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_order_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_order(text, text, bigint, text, bigint, jsonb, jsonb) IS 'from which nodes an order is filled, by all facts of each node and by options; mergeable';
CREATE AGGREGATE omni.route_order(line bigint, sku text, qty bigint, node text, available bigint, facts jsonb, options jsonb) (
    SFUNC = omni.route_accum, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_order_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_order(bigint, text, bigint, text, bigint, jsonb, jsonb) IS 'from which nodes an order is filled, by all facts of each node and by options; mergeable';
CREATE AGGREGATE omni.route_candidates_rollup(omni.route_candidates) (
    SFUNC = omni.route_combine, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_candidates_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_candidates_rollup(omni.route_candidates) IS 'stored results of route_candidates_agg as one';
CREATE AGGREGATE omni.route_order_rollup(omni.route_candidates) (
    SFUNC = omni.route_combine, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_order_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_order_rollup(omni.route_candidates) IS 'the plan of stored results of route_candidates_agg as one';
CREATE AGGREGATE omni.route_order_rollup(omni.route_plan) (
    SFUNC = omni.route_accum, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_order_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_order_rollup(omni.route_plan) IS 'the orders of several plans as one order, routed anew';

CREATE FUNCTION omni.route(candidates omni.route_candidates, options jsonb DEFAULT NULL) RETURNS omni.route_plan
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'route';
COMMENT ON FUNCTION omni.route(omni.route_candidates, jsonb) IS 'the plan of an order by options; NULL options are those that its rows told, or the defaults; NULL candidates have no plan';
CREATE FUNCTION omni.route_lines(plan omni.route_plan, OUT line text, OUT sku text, OUT node text, OUT qty bigint, OUT method text, OUT reason text) RETURNS SETOF record
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 4 AS 'MODULE_PATHNAME', 'route_lines';
COMMENT ON FUNCTION omni.route_lines(omni.route_plan) IS 'who serves each line of a plan, and what each does not get';
CREATE FUNCTION omni.route_lines(plan omni.route_plan, bigint, OUT line bigint, OUT sku bigint, OUT node bigint, OUT qty bigint, OUT method text, OUT reason text) RETURNS SETOF record
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 20 ROWS 4 AS 'MODULE_PATHNAME', 'route_lines_bigint';
COMMENT ON FUNCTION omni.route_lines(omni.route_plan, bigint) IS 'route_lines with ids as bigint: route_lines(plan, NULL::bigint); a NULL plan has no line';
CREATE FUNCTION omni.route_status(omni.route_plan) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_status';
COMMENT ON FUNCTION omni.route_status(omni.route_plan) IS 'whether a plan serves all units (routed), some (partial) or none (refused)';
CREATE FUNCTION omni.route_shipments(omni.route_plan) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_shipments';
COMMENT ON FUNCTION omni.route_shipments(omni.route_plan) IS 'how many shipments a plan has';
CREATE FUNCTION omni.route_cost(omni.route_plan) RETURNS numeric
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_cost';
COMMENT ON FUNCTION omni.route_cost(omni.route_plan) IS 'what the shipments and units of a plan cost, exactly';
CREATE FUNCTION omni.route_missing(omni.route_plan) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_missing';
COMMENT ON FUNCTION omni.route_missing(omni.route_plan) IS 'units that a plan does not serve';
CREATE FUNCTION omni.route_is_optimal(omni.route_plan) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_is_optimal';
COMMENT ON FUNCTION omni.route_is_optimal(omni.route_plan) IS 'whether it is proven that no plan is better';
CREATE FUNCTION omni.route_explain(plan omni.route_plan, OUT aspect text, OUT name text, OUT sku text, OUT node text, OUT method text, OUT value numeric, OUT at_least numeric, OUT note text) RETURNS SETOF record
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 20 AS 'MODULE_PATHNAME', 'route_explain';
COMMENT ON FUNCTION omni.route_explain(omni.route_plan) IS 'why a plan is as it is: its terms beside what no plan can go below, and for each candidate whether it is used or which filter removed it';

/* ---- inventory: route_batch ---- */

CREATE FUNCTION omni.route_batch(lines regclass, stock regclass, facts regclass DEFAULT NULL, options jsonb DEFAULT '{}', rounds integer DEFAULT 3,
    OUT order_ref text, OUT sku text, OUT node text, OUT qty bigint, OUT method text, OUT reason text) RETURNS SETOF record
    LANGUAGE c STABLE PARALLEL RESTRICTED COST 1000000 ROWS 10000 AS 'MODULE_PATHNAME', 'route_batch';
COMMENT ON FUNCTION omni.route_batch(regclass, regclass, regclass, jsonb, integer) IS 'from which nodes the orders of a queue are filled that share the stock: one after the other, then better in rounds, so that no order gets fewer units and all together need fewer shipments; NULL facts: nothing is told of the nodes, NULL options: the defaults';
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
    RETURNS SETOF record LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 280
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
    ('channels', 5, 'stock_buffer', 'bigint', 'NOT NULL DEFAULT 0 CHECK (stock_buffer >= 0)', false, 'units of each SKU at each location that the channel does not promise, so that it never sells the last ones'),

    ('locations', 1, 'location_code', 'text', 'NOT NULL', true, 'code of the place that holds stock'),
    ('locations', 2, 'name', 'text', 'NOT NULL', false, 'name of the location'),
    ('locations', 3, 'kind', 'text', 'NOT NULL DEFAULT ''warehouse''', false, 'warehouse, store, supplier, third_party or in_transit'),
    ('locations', 4, 'market_code', 'text', '', false, 'market that the location is in'),
    ('locations', 5, 'latitude', 'double precision', '', false, 'degrees north'),
    ('locations', 6, 'longitude', 'double precision', '', false, 'degrees east'),
    ('locations', 7, 'pickup', 'boolean', 'NOT NULL DEFAULT false', false, 'customers can pick up here'),
    ('locations', 8, 'active', 'boolean', 'NOT NULL DEFAULT true', false, 'stock here can be promised'),
    ('locations', 9, 'ships', 'boolean', 'NOT NULL DEFAULT true', false, 'orders can be shipped from here'),
    ('locations', 10, 'ready_minutes', 'integer', 'NOT NULL DEFAULT 0 CHECK (ready_minutes >= 0)', false, 'minutes of opening time from a reservation until its units are ready'),
    ('locations', 11, 'opens_at', 'time without time zone', '', false, 'when a day''s work begins; NULL: around the clock'),
    ('locations', 12, 'closes_at', 'time without time zone', 'CHECK (opens_at < closes_at AND (opens_at IS NULL) = (closes_at IS NULL))', false, 'when it ends'),
    ('locations', 13, 'time_zone', 'text', 'NOT NULL DEFAULT ''UTC''', false, 'time zone of these times'),

    ('products', 1, 'sku', 'omni.sku', 'NOT NULL', true, 'stock keeping unit, the key'),
    ('products', 2, 'gtin', 'omni.gtin', '', false, 'trade item number on the package'),
    ('products', 3, 'title', 'text', 'NOT NULL DEFAULT ''''', false, 'name of the product'),
    ('products', 4, 'brand', 'text', '', false, 'brand'),
    ('products', 5, 'category', 'text', '', false, 'category'),
    ('products', 6, 'active', 'boolean', 'NOT NULL DEFAULT true', false, 'sold at present'),

    ('bundle_components', 1, 'sku', 'omni.sku', 'NOT NULL', true, 'SKU of the bundle, which has no stock of its own'),
    ('bundle_components', 2, 'component_sku', 'omni.sku', 'NOT NULL CHECK (component_sku <> sku)', true, 'what is in it'),
    ('bundle_components', 3, 'qty', 'bigint', 'NOT NULL CHECK (qty > 0)', true, 'how many units of it'),

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
    ('order_line_events', 10, 'shipment_key', 'text', '', false, 'shipment that the units are in'),
    ('order_line_events', 11, 'reason', 'text', '', false, 'why, in a word or a code'),

    ('payments', 1, 'order_ref', 'text', 'NOT NULL', true, 'the order'),
    ('payments', 2, 'payment_key', 'text', 'NOT NULL', true, 'key of the payment event: a repeated one changes nothing'),
    ('payments', 3, 'kind', 'text', 'NOT NULL CHECK (kind IN (''authorized'', ''captured'', ''refunded'', ''voided'', ''charged_back''))', true, 'authorized, captured, refunded, voided or charged_back'),
    ('payments', 4, 'amount', 'numeric', 'NOT NULL CHECK (amount >= 0)', true, 'amount in the order''s currency'),
    ('payments', 5, 'occurred_at', 'timestamp with time zone', 'NOT NULL', true, 'when it happened'),

    ('shipments', 1, 'order_ref', 'text', 'NOT NULL', true, 'the order'),
    ('shipments', 2, 'shipment_key', 'text', 'NOT NULL', true, 'key of the shipment, or of the pickup: a repeated one changes nothing'),
    ('shipments', 3, 'location_code', 'text', '', false, 'where it leaves'),
    ('shipments', 4, 'method', 'text', '', false, 'fulfillment method: ship, pickup, ship_to_store, ...'),
    ('shipments', 5, 'carrier', 'text', '', false, 'who carries it'),
    ('shipments', 6, 'tracking_code', 'text', '', false, 'its number there'),
    ('shipments', 7, 'shipped_at', 'timestamp with time zone', '', false, 'when it left, or was ready for pickup'),
    ('shipments', 8, 'delivered_at', 'timestamp with time zone', '', false, 'when the customer had it'),

    ('returns', 1, 'order_ref', 'text', 'NOT NULL', true, 'the order'),
    ('returns', 2, 'line_no', 'integer', 'NOT NULL', true, 'the line'),
    ('returns', 3, 'return_key', 'text', 'NOT NULL', true, 'key of the return: a repeated one changes nothing'),
    ('returns', 4, 'qty', 'bigint', 'NOT NULL CHECK (qty > 0)', true, 'units that the customer wants to give back'),
    ('returns', 5, 'reason', 'text', '', false, 'why, in a word or a code'),
    ('returns', 6, 'channel_code', 'text', '', false, 'channel that takes it, which need not be the order''s'),
    ('returns', 7, 'location_code', 'text', '', false, 'where the units come back to'),
    ('returns', 8, 'requested_at', 'timestamp with time zone', 'NOT NULL', true, 'when the customer asked'),
    ('returns', 9, 'received_at', 'timestamp with time zone', '', false, 'when the units came'),
    ('returns', 10, 'disposition', 'text', '', false, 'what became of them: restocked, quarantined, refurbished, written_off, kept or declined'),
    ('returns', 11, 'exchange_order_ref', 'text', '', false, 'order of the line that replaces them'),
    ('returns', 12, 'exchange_line_no', 'integer', '', false, 'that line'),

    ('carts', 1, 'cart_key', 'text', 'NOT NULL', true, 'key of the cart: of a device, a visitor or a customer'),
    ('carts', 2, 'customer_id', 'bigint', '', false, 'whose it is, where it is known'),
    ('carts', 3, 'channel_code', 'text', '', false, 'channel'),
    ('carts', 4, 'created_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'since when'),
    ('carts', 5, 'merged_into', 'text', 'CHECK (merged_into <> cart_key)', false, 'cart that it became part of'),

    ('cart_events', 1, 'cart_key', 'text', 'NOT NULL', true, 'the cart that it happened in'),
    ('cart_events', 2, 'event_key', 'text', 'NOT NULL', true, 'key of the event: a repeated one changes nothing'),
    ('cart_events', 3, 'sku', 'omni.sku', 'NOT NULL', true, 'what'),
    ('cart_events', 4, 'qty', 'bigint', 'NOT NULL CHECK (qty <> 0)', true, 'units added, negative where they are taken out'),
    ('cart_events', 5, 'occurred_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'when'),

    ('stock', 1, 'sku', 'omni.sku', 'NOT NULL', true, 'what'),
    ('stock', 2, 'location_code', 'text', 'NOT NULL', true, 'where'),
    ('stock', 3, 'on_hand', 'bigint', 'NOT NULL DEFAULT 0', true, 'units that are there'),
    ('stock', 4, 'reserved', 'bigint', 'NOT NULL DEFAULT 0 CHECK (reserved >= 0)', false, 'units promised and still there'),
    ('stock', 5, 'safety_stock', 'bigint', 'NOT NULL DEFAULT 0 CHECK (safety_stock >= 0)', false, 'units never promised'),
    ('stock', 6, 'incoming', 'bigint', 'NOT NULL DEFAULT 0 CHECK (incoming >= 0)', false, 'units on their way'),
    ('stock', 7, 'backorder_limit', 'bigint', 'NOT NULL DEFAULT 0 CHECK (backorder_limit >= 0)', false, 'units that may be promised beyond those that are there'),
    ('stock', 8, 'slots', 'integer', 'NOT NULL DEFAULT 0 CHECK (slots BETWEEN 0 AND 64)', false, 'in how many slots its units are held, so that many can reserve at once; 0: none'),
    ('stock', 9, 'reorder_point', 'bigint', '', false, 'order when no more than these are there or on their way'),
    ('stock', 10, 'order_up_to', 'bigint', '', false, 'and so many then that there are these'),
    ('stock', 11, 'slots_until', 'timestamp with time zone', '', false, 'when expire() gives up slots that sessions made; NULL: never'),

    ('stock_slots', 1, 'sku', 'omni.sku', 'NOT NULL', true, 'what'),
    ('stock_slots', 2, 'location_code', 'text', 'NOT NULL', true, 'where'),
    ('stock_slots', 3, 'slot', 'integer', 'NOT NULL', true, 'number of the slot'),
    ('stock_slots', 4, 'free', 'bigint', 'NOT NULL DEFAULT 0 CHECK (free >= 0)', true, 'units set aside in it that nobody has reserved; stock.reserved counts them'),

    ('channel_buffers', 1, 'sku', 'omni.sku', 'NOT NULL', true, 'what'),
    ('channel_buffers', 2, 'location_code', 'text', 'NOT NULL', true, 'where'),
    ('channel_buffers', 3, 'channel_code', 'text', 'NOT NULL', true, 'the channel'),
    ('channel_buffers', 4, 'qty', 'bigint', 'NOT NULL CHECK (qty >= 0)', true, 'units that it does not promise, instead of its stock_buffer'),

    ('supplies', 1, 'sku', 'omni.sku', 'NOT NULL', true, 'what'),
    ('supplies', 2, 'location_code', 'text', 'NOT NULL', true, 'where it will come to'),
    ('supplies', 3, 'supply_key', 'text', 'NOT NULL', true, 'key of the expected supply, e.g. purchase order and line'),
    ('supplies', 4, 'qty', 'bigint', 'NOT NULL CHECK (qty > 0)', true, 'units that are expected'),
    ('supplies', 5, 'received_qty', 'bigint', 'NOT NULL DEFAULT 0 CHECK (received_qty >= 0)', false, 'units of it that came'),
    ('supplies', 6, 'expected_at', 'timestamp with time zone', 'NOT NULL', true, 'when the rest is expected'),
    ('supplies', 7, 'closed_at', 'timestamp with time zone', '', false, 'since when no more of it is expected'),

    ('reservations', 1, 'sku', 'omni.sku', 'NOT NULL', true, 'what'),
    ('reservations', 2, 'reservation_id', 'bigint', 'GENERATED BY DEFAULT AS IDENTITY', true, 'number of the reservation'),
    ('reservations', 3, 'order_ref', 'text', 'NOT NULL', true, 'order, or cart, that the units are held for'),
    ('reservations', 4, 'line_no', 'integer', 'NOT NULL', true, 'its line'),
    ('reservations', 5, 'location_code', 'text', 'NOT NULL', true, 'where the units are'),
    ('reservations', 6, 'qty', 'bigint', 'NOT NULL CHECK (qty > 0)', true, 'units that were reserved'),
    ('reservations', 7, 'open_qty', 'bigint', 'NOT NULL CHECK (open_qty BETWEEN 0 AND qty)', true, 'of these, units that are neither shipped nor given back'),
    ('reservations', 8, 'expires_at', 'timestamp with time zone', 'NOT NULL', true, 'from then on they are not held any longer; infinity: until they are shipped or released'),
    ('reservations', 9, 'reserved_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'since when'),
    ('reservations', 10, 'channel_code', 'text', '', false, 'channel that sells them'),
    ('reservations', 11, 'bundle_sku', 'omni.sku', '', false, 'bundle that they are a part of'),

    ('stock_movements', 1, 'sku', 'omni.sku', 'NOT NULL', true, 'what'),
    ('stock_movements', 2, 'location_code', 'text', 'NOT NULL', true, 'where'),
    ('stock_movements', 3, 'movement_key', 'text', 'NOT NULL', true, 'key of the movement: a repeated one changes nothing'),
    ('stock_movements', 4, 'qty', 'bigint', 'NOT NULL', true, 'units, negative when they leave; 0 where only their reservation changes'),
    ('stock_movements', 5, 'kind', 'text', 'NOT NULL', true, 'opening, receive, ship, return, adjust, transfer, count, reserve, release or expire'),
    ('stock_movements', 6, 'order_ref', 'text', '', false, 'order that caused it'),
    ('stock_movements', 7, 'occurred_at', 'timestamp with time zone', 'NOT NULL', true, 'when it happened'),
    ('stock_movements', 8, 'recorded_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'when it became known here'),
    ('stock_movements', 9, 'reserved_qty', 'bigint', 'NOT NULL DEFAULT 0 CHECK (qty <> 0 OR reserved_qty <> 0)', false, 'units that are reserved by it, negative when they are shipped or given back'),
    ('stock_movements', 10, 'reservation_id', 'bigint', '', false, 'reservation that it changes'),
    ('stock_movements', 11, 'reason', 'text', '', false, 'why, in a word or a code'),

    ('outbox', 1, 'request_key', 'text', 'NOT NULL', true, 'idempotency key of the call, or one made for it: a repeated call gets the answer'),
    ('outbox', 2, 'outbox_id', 'bigint', 'GENERATED BY DEFAULT AS IDENTITY', true, 'number of the entry'),
    ('outbox', 3, 'call', 'text', 'NOT NULL', true, 'function of the store'),
    ('outbox', 4, 'order_ref', 'text', '', false, 'order that it was about'),
    ('outbox', 5, 'request_hash', 'bigint', 'NOT NULL', true, 'hash of the arguments: a key is good for one call'),
    ('outbox', 6, 'answer', 'jsonb', 'NOT NULL', true, 'what it returned and changed'),
    ('outbox', 7, 'happened_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'when'),
    ('outbox', 8, 'sent_at', 'timestamp with time zone', '', false, 'when a relay passed it on'),

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
    ('bundle_components', '{sku,component_sku}', 'what bundles are made of'),
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
    ('shipments', '{order_ref,shipment_key}', 'what left together'),
    ('returns', '{order_ref,line_no,return_key}', 'units that customers give back, and what became of them'),
    ('carts', '{cart_key}', 'carts; one that was merged points to the other'),
    ('cart_events', '{cart_key,event_key}', 'what was put into carts and taken out; append-only'),
    ('stock', '{sku,location_code}', 'stock by SKU and location'),
    ('stock_slots', '{sku,location_code,slot}', 'units of much wanted SKUs, set aside in slots that do not wait for each other'),
    ('channel_buffers', '{sku,location_code,channel_code}', 'units that a channel does not promise'),
    ('supplies', '{sku,location_code,supply_key}', 'units that are expected'),
    ('reservations', '{order_ref,sku,reservation_id}', 'units that are held for orders'),
    ('stock_movements', '{sku,location_code,movement_key}', 'every change of stock and of what is reserved; append-only'),
    ('outbox', '{request_key}', 'calls that changed stock, a row each: answers for retries, events for others'),
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
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('a store has no part %L', part), HINT = 'Its parts are functions, identity, ingest, stock, reserve, order_flow, bi, bi_inventory and pii.';
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
    FROM unnest('{functions,identity,ingest,stock,reserve,order_flow,bi,bi_inventory,pii}'::text[]) p(part), regexp_matches(omni.store_source(p.part), '^CREATE OR REPLACE (FUNCTION|VIEW) @(store|bi|pii)@\.(\w+)', 'gn') m
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
    FOR i IN SELECT * FROM (VALUES ('orders', 'customer_id', NULL), ('orders', 'placed_at', NULL), ('order_lines', 'sku', NULL), ('identities', 'customer_id', NULL),
                                   ('evidence', 'source, record_id', NULL), ('customers', 'merged_into', NULL),
                                   ('source_records', 'customer_id', NULL), ('links', 'other_source, other_record_id', NULL), ('refusals', 'source, record_id', NULL),
                                   ('touchpoints', 'visitor', NULL), ('touchpoints', 'occurred_at', NULL), ('products', 'gtin', NULL), ('stock', 'location_code', NULL),
                                   ('bundle_components', 'component_sku', NULL), ('reservations', 'sku, location_code, expires_at', 'open_qty > 0'),
                                   ('outbox', 'outbox_id', 'sent_at IS NULL'), ('carts', 'customer_id', NULL)) v(relation, columns, predicate) LOOP
        IF (SELECT relkind FROM pg_class WHERE oid = to_regclass(format('%I.%I', store, i.relation))) IN ('r', 'p') THEN
            IF to_regclass(format('%I.%I', store, i.relation || '_' || replace(i.columns, ', ', '_'))) IS NULL THEN
                EXECUTE format('CREATE INDEX %I ON %I.%I (%s)%s', i.relation || '_' || replace(i.columns, ', ', '_'), store, i.relation, i.columns, ' WHERE ' || i.predicate);
            END IF;
        END IF;
    END LOOP;
    -- customer_key of the views, so that one customer is found by it
    IF (SELECT relkind FROM pg_class WHERE oid = to_regclass(format('%I.customers', store))) IN ('r', 'p') AND to_regclass(format('%I.customers_customer_key', store)) IS NULL THEN
        EXECUTE format('CREATE INDEX customers_customer_key ON %I.customers ((coalesce(merged_into, customer_id)::text))', store);
    END IF;
    -- the cart that stands, for any cart that was merged into it
    IF (SELECT relkind FROM pg_class WHERE oid = to_regclass(format('%I.carts', store))) IN ('r', 'p') AND to_regclass(format('%I.carts_standing', store)) IS NULL THEN
        EXECUTE format('CREATE INDEX carts_standing ON %I.carts ((coalesce(merged_into, cart_key)))', store);
    END IF;
    -- rows that every reservation changes: room for their next versions beside them, so that no index is written to
    FOR i IN SELECT c.oid::regclass AS relation FROM pg_class c WHERE c.oid IN (to_regclass(format('%I.stock', store)), to_regclass(format('%I.stock_slots', store)))
                 AND c.relkind = 'r' AND c.reloptions IS NULL LOOP
        EXECUTE format('ALTER TABLE %s SET (fillfactor = 50)', i.relation);
    END LOOP;
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
    PERFORM omni.store_run(store, 'stock');
    PERFORM omni.store_run(store, 'reserve');
    PERFORM omni.store_run(store, 'order_flow');
    PERFORM omni.store_run(store, 'bi');
    PERFORM omni.store_run(store, 'bi_inventory');
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
    IF string_to_array(info.version, '.')::int[] < '{0,4,0}' AND NOT info.adopted ?| '{stock,stock_movements}' THEN
        -- since then stock is the sum of its movements, and what is reserved is held for somebody
        IF EXISTS (SELECT FROM pg_constraint c WHERE c.conrelid = to_regclass(format('%I.stock_movements', store)) AND c.conname = 'stock_movements_qty_check') THEN
            EXECUTE format('ALTER TABLE %I.stock_movements DROP CONSTRAINT stock_movements_qty_check', store);
        END IF;
        EXECUTE format('INSERT INTO %1$I.stock (sku, location_code, on_hand) SELECT m.sku, m.location_code, sum(m.qty) FROM %1$I.stock_movements m '
            'WHERE NOT EXISTS (SELECT FROM %1$I.stock s WHERE s.sku = m.sku AND s.location_code = m.location_code) GROUP BY m.sku, m.location_code', store);
        EXECUTE format('INSERT INTO %1$I.stock_movements (sku, location_code, movement_key, qty, kind, occurred_at, reserved_qty, reason) '
            'SELECT s.sku, s.location_code, ''omni:opening'', s.on_hand - coalesce(m.qty, 0), ''opening'', now(), s.reserved, ''migrate_store'' FROM %1$I.stock s '
            'LEFT JOIN (SELECT x.sku, x.location_code, sum(x.qty)::bigint AS qty FROM %1$I.stock_movements x GROUP BY x.sku, x.location_code) m ON m.sku = s.sku AND m.location_code = s.location_code '
            'WHERE s.on_hand <> coalesce(m.qty, 0) OR s.reserved <> 0', store);
        IF NOT info.adopted ? 'reservations' THEN
            EXECUTE format('INSERT INTO %1$I.reservations (sku, order_ref, line_no, location_code, qty, open_qty, expires_at) '
                'SELECT s.sku, ''omni:opening'', 0, s.location_code, s.reserved, s.reserved, ''infinity'' FROM %1$I.stock s WHERE s.reserved > 0', store);
        END IF;
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
                 ('stock', 'location_code', 'locations', 'location_code'), ('bundle_components', 'sku', 'products', 'sku'), ('bundle_components', 'component_sku', 'products', 'sku'),
                 ('channel_buffers', 'sku', 'products', 'sku'), ('channel_buffers', 'location_code', 'locations', 'location_code'), ('channel_buffers', 'channel_code', 'channels', 'channel_code'),
                 ('supplies', 'sku', 'products', 'sku'), ('supplies', 'location_code', 'locations', 'location_code'), ('shipments', 'order_ref', 'orders', 'order_ref'), ('returns', 'order_ref', 'orders', 'order_ref')) v(relation, column_name, target, target_column)
             WHERE NOT unfit && ARRAY[v.relation || '.' || v.column_name, v.target || '.' || v.target_column] LOOP
        EXECUTE format('SELECT count(*) FROM %1$I.%2$I a WHERE a.%3$I IS NOT NULL AND NOT EXISTS (SELECT FROM %1$I.%4$I b WHERE b.%5$I = a.%3$I)',
                       store, c.relation, c.column_name, c.target, c.target_column) INTO found;
        IF found > 0 THEN
            RETURN QUERY SELECT c.relation, c.column_name, format('%s rows refer to nothing in %s', found, c.target), format('Load the missing rows of %s.', c.target);
        END IF;
    END LOOP;
    FOR c IN SELECT * FROM (VALUES
                 ('markets', 'time_zone', 'lower(time_zone) NOT IN (SELECT lower(z.name) FROM pg_timezone_names z)', 'time zones are unknown', 'Use a name of pg_timezone_names, such as Europe/Berlin: no view can show a day without.'),
                 ('locations', 'time_zone', 'lower(time_zone) NOT IN (SELECT lower(z.name) FROM pg_timezone_names z)', 'time zones are unknown', 'Use a name of pg_timezone_names, such as Europe/Berlin: availability() and views of stock fail without.'),
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
                 ('stock', 'safety_stock', 'safety_stock < 0', 'values are negative', 'The views show no atp for them.'),
                 ('stock', 'backorder_limit', 'backorder_limit < 0', 'values are negative', 'The views show no atp for them.')) v(relation, column_name, test, what, advice)
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

CREATE FUNCTION omni.store_reserve(store regnamespace, order_ref text, lines jsonb, ttl interval, idempotency_key text, partial boolean, split boolean, channel text)
    RETURNS integer LANGUAGE c VOLATILE COST 1000 AS 'MODULE_PATHNAME', 'store_reserve';
COMMENT ON FUNCTION omni.store_reserve(regnamespace, text, jsonb, interval, text, boolean, boolean, text) IS 'for reserve() of a store: holds units for an order, all that it says or, if partial is true, what there is; ttl NULL: until they are shipped or released; the key and the channel may be NULL. Gives the number of rows of the answer';
CREATE FUNCTION omni.store_reserved(number integer, OUT line integer, OUT sku text, OUT location text, OUT qty bigint, OUT reservation_id bigint, OUT expires_at timestamptz)
    RETURNS record LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'store_reserved';
COMMENT ON FUNCTION omni.store_reserved(integer) IS 'for reserve() of a store: a row of the answer of the last store_reserve() of this session';
CREATE FUNCTION omni.store_movements_by_now(store regnamespace, sku text, keys text[])
    RETURNS bigint LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'store_movements_by_now';
COMMENT ON FUNCTION omni.store_movements_by_now(regnamespace, text, text[]) IS 'for functions of a store: how many movements of a SKU have one of these keys by now, whatever an older snapshot of the transaction shows';
CREATE FUNCTION omni.store_lock_slots(store regnamespace, sku text, location text, slots integer)
    RETURNS void LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'store_lock_slots';
COMMENT ON FUNCTION omni.store_lock_slots(regnamespace, text, text, integer) IS 'for functions of a store, which hold the row of stock: let nobody else take from these slots of a SKU at a location, from 0 on, until the transaction ends';
CREATE FUNCTION omni.store_slots(store regnamespace, sku text, location text, slots integer)
    RETURNS bigint LANGUAGE c VOLATILE COST 1000 AS 'MODULE_PATHNAME', 'store_slots';
COMMENT ON FUNCTION omni.store_slots(regnamespace, text, text, integer) IS 'for functions of a store: hold the units of a SKU at a location in so many slots, evenly, after tidying expired reservations; NULL slots: in as many as before. Gives the units in slots, NULL without stock';

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

CREATE OR REPLACE VIEW @bi@.fact_return AS
SELECT r.order_ref AS order_key, r.line_no::bigint AS line_no, r.return_key, coalesce(k.merged_into, o.customer_id)::text AS customer_key, l.sku::text AS sku,
       o.channel_code, r.channel_code AS return_channel_code, r.location_code, coalesce(o.market_code, c.market_code) AS market_code, o.placed_at, r.requested_at,
       (r.requested_at AT TIME ZONE coalesce(m.time_zone, 'UTC'))::date AS request_date, coalesce(m.time_zone, 'UTC') AS time_zone, r.received_at,
       extract(epoch FROM r.received_at - r.requested_at)::bigint AS transit_seconds,
       coalesce(r.disposition, CASE WHEN r.received_at IS NULL THEN 'requested' ELSE 'received' END) AS state, r.reason, r.qty, l.qty AS line_qty,
       o.currency, round(r.qty * (l.qty * l.unit_price - coalesce(l.discount_amount, 0)) / nullif(l.qty, 0), 4) AS net_amount,
       r.exchange_order_ref IS NOT NULL AS exchanged, r.exchange_order_ref AS exchange_order_key, r.exchange_line_no::bigint AS exchange_line_no
FROM @store@.returns r
LEFT JOIN @store@.orders o ON o.order_ref = r.order_ref
LEFT JOIN @store@.order_lines l ON l.order_ref = r.order_ref AND l.line_no = r.line_no
LEFT JOIN @store@.channels c ON c.channel_code = o.channel_code
LEFT JOIN @store@.markets m ON m.market_code = coalesce(o.market_code, c.market_code)
LEFT JOIN @store@.customers k ON k.customer_id = o.customer_id;
COMMENT ON VIEW @bi@.fact_return IS 'units that customers give back, one row a line, return and what became of the units';
COMMENT ON COLUMN @bi@.fact_return.order_key IS 'number of the order';
COMMENT ON COLUMN @bi@.fact_return.line_no IS 'number of the line in the order';
COMMENT ON COLUMN @bi@.fact_return.return_key IS 'key of the return';
COMMENT ON COLUMN @bi@.fact_return.customer_key IS 'customer after all merges; NULL if unknown';
COMMENT ON COLUMN @bi@.fact_return.sku IS 'product';
COMMENT ON COLUMN @bi@.fact_return.channel_code IS 'channel that took the order';
COMMENT ON COLUMN @bi@.fact_return.return_channel_code IS 'channel that took the return, which need not be the order''s';
COMMENT ON COLUMN @bi@.fact_return.location_code IS 'where the units came to';
COMMENT ON COLUMN @bi@.fact_return.market_code IS 'market of the order';
COMMENT ON COLUMN @bi@.fact_return.placed_at IS 'when the order was placed';
COMMENT ON COLUMN @bi@.fact_return.requested_at IS 'when the customer asked';
COMMENT ON COLUMN @bi@.fact_return.request_date IS 'that day in the time zone of the market; in UTC where the market is unknown';
COMMENT ON COLUMN @bi@.fact_return.time_zone IS 'that time zone';
COMMENT ON COLUMN @bi@.fact_return.received_at IS 'when the units came; NULL until then';
COMMENT ON COLUMN @bi@.fact_return.transit_seconds IS 'from requested_at to received_at, in seconds';
COMMENT ON COLUMN @bi@.fact_return.state IS 'requested, received, or what became of the units: restocked, quarantined, refurbished, written_off, kept or declined';
COMMENT ON COLUMN @bi@.fact_return.reason IS 'why, in a word or a code';
COMMENT ON COLUMN @bi@.fact_return.qty IS 'units: numerator of the share of the line that comes back';
COMMENT ON COLUMN @bi@.fact_return.line_qty IS 'units of the line: its denominator, the same in each row of a line';
COMMENT ON COLUMN @bi@.fact_return.currency IS 'ISO 4217 code of net_amount';
COMMENT ON COLUMN @bi@.fact_return.net_amount IS 'what the units cost after discount';
COMMENT ON COLUMN @bi@.fact_return.exchanged IS 'the customer wanted others instead';
COMMENT ON COLUMN @bi@.fact_return.exchange_order_key IS 'order of the line that replaces them';
COMMENT ON COLUMN @bi@.fact_return.exchange_line_no IS 'that line';

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
WHEN 'bi_inventory' THEN $omni_store$-- bi_inventory.sql: views of stock and of fulfillment for BI tools, by the rules of bi.sql.
-- Each starts at stock and goes to movements, slots, reservations and supplies of a SKU and location by their keys, so
-- that a dashboard which shows one SKU or one location reads no more than these.

CREATE OR REPLACE VIEW @store@.stock_now AS
SELECT s.sku, s.location_code, l.market_code, coalesce(l.active, true) AS active, s.on_hand, coalesce(s.reserved, 0) AS reserved, f.units AS slot_free, x.units AS expired,
       coalesce(s.safety_stock, 0) AS safety_stock, coalesce(s.backorder_limit, 0) AS backorder_limit, coalesce(s.incoming, 0) AS incoming, s.reorder_point, s.order_up_to,
       CASE WHEN coalesce(s.reserved, 0) >= 0 AND coalesce(s.safety_stock, 0) >= 0 AND coalesce(s.backorder_limit, 0) >= 0
            THEN s.on_hand - greatest(coalesce(s.reserved, 0) - f.units::numeric - x.units, 0) - coalesce(s.safety_stock, 0) + coalesce(s.backorder_limit, 0) END AS available
FROM @store@.stock s
LEFT JOIN @store@.locations l ON l.location_code = s.location_code
CROSS JOIN LATERAL (SELECT coalesce(sum(t.free), 0)::bigint AS units FROM @store@.stock_slots t WHERE t.sku = s.sku AND t.location_code = s.location_code) f
CROSS JOIN LATERAL (SELECT coalesce(sum(r.open_qty), 0)::bigint AS units FROM @store@.reservations r
                    WHERE r.sku = s.sku AND r.location_code = s.location_code AND r.open_qty > 0 AND r.expires_at <= now()) x;
COMMENT ON VIEW @store@.stock_now IS 'what can be promised of stock now, by SKU and location; below 0 where more is promised than there is. The views of stock for BI are made of it';
COMMENT ON COLUMN @store@.stock_now.sku IS 'what';
COMMENT ON COLUMN @store@.stock_now.location_code IS 'where';
COMMENT ON COLUMN @store@.stock_now.market_code IS 'market of the location';
COMMENT ON COLUMN @store@.stock_now.active IS 'stock here can be promised';
COMMENT ON COLUMN @store@.stock_now.on_hand IS 'units that are there';
COMMENT ON COLUMN @store@.stock_now.reserved IS 'units promised and still there, with those set aside in slots';
COMMENT ON COLUMN @store@.stock_now.slot_free IS 'of these, units in slots that nobody has reserved';
COMMENT ON COLUMN @store@.stock_now.expired IS 'of these, units of reservations that expired and were not tidied up yet';
COMMENT ON COLUMN @store@.stock_now.safety_stock IS 'units never promised';
COMMENT ON COLUMN @store@.stock_now.backorder_limit IS 'units that may be promised beyond those that are there';
COMMENT ON COLUMN @store@.stock_now.incoming IS 'units on their way, as stock says; not counted';
COMMENT ON COLUMN @store@.stock_now.reorder_point IS 'order when no more than these are there or on their way';
COMMENT ON COLUMN @store@.stock_now.order_up_to IS 'and so many then that there are these';
COMMENT ON COLUMN @store@.stock_now.available IS 'on_hand - what is held (reserved - slot_free - expired) - safety_stock + backorder_limit, of an inactive location too; NULL where the figures of the stock make no sense';

CREATE OR REPLACE VIEW @store@.stock_periods AS
SELECT s.sku, s.location_code, l.market_code, z.time_zone, p.from_day, p.to_day, z.today, p.on_hand::bigint AS on_hand, p.reserved::bigint AS reserved,
       p.opening::bigint AS opening, p.received::bigint AS received, p.shipped::bigint AS shipped, p.returned::bigint AS returned, p.transferred::bigint AS transferred, p.adjusted::bigint AS adjusted
FROM @store@.stock s
LEFT JOIN @store@.locations l ON l.location_code = s.location_code
LEFT JOIN @store@.markets m ON m.market_code = l.market_code
CROSS JOIN LATERAL (SELECT coalesce(m.time_zone, l.time_zone, 'UTC') AS time_zone, (now() AT TIME ZONE coalesce(m.time_zone, l.time_zone, 'UTC'))::date AS today) z
-- a day with movements begins a period, which ends before the next such day
CROSS JOIN LATERAL (SELECT d.day AS from_day, coalesce(lead(d.day) OVER days - 1, z.today) AS to_day, sum(d.qty) OVER days AS on_hand, sum(d.reserved_qty) OVER days AS reserved,
                           d.opening, d.received, d.shipped, d.returned, d.transferred, d.qty - d.opening - d.received + d.shipped - d.returned - d.transferred AS adjusted
                    FROM (SELECT greatest(least((v.occurred_at AT TIME ZONE z.time_zone)::date, z.today), '1990-01-01'::date) AS day, coalesce(sum(v.qty), 0) AS qty, coalesce(sum(v.reserved_qty), 0) AS reserved_qty,
                                 coalesce(sum(v.qty) FILTER (WHERE v.kind = 'opening'), 0) AS opening, coalesce(sum(v.qty) FILTER (WHERE v.kind = 'receive'), 0) AS received,
                                 coalesce(-sum(v.qty) FILTER (WHERE v.kind = 'ship'), 0) AS shipped, coalesce(sum(v.qty) FILTER (WHERE v.kind = 'return'), 0) AS returned,
                                 coalesce(sum(v.qty) FILTER (WHERE v.kind = 'transfer'), 0) AS transferred
                          FROM @store@.stock_movements v WHERE v.sku = s.sku AND v.location_code = s.location_code GROUP BY 1) d
                    WINDOW days AS (ORDER BY d.day)) p;
COMMENT ON VIEW @store@.stock_periods IS 'stock by SKU, location and period of days in which it stayed as it was, from its movements; fact_stock_day and turnover are made of it';
COMMENT ON COLUMN @store@.stock_periods.sku IS 'what';
COMMENT ON COLUMN @store@.stock_periods.location_code IS 'where';
COMMENT ON COLUMN @store@.stock_periods.market_code IS 'market of the location';
COMMENT ON COLUMN @store@.stock_periods.time_zone IS 'time zone of the market; of the location, where it is in no market';
COMMENT ON COLUMN @store@.stock_periods.from_day IS 'first day, the one with the movements. What is dated later than today counts today, what is dated before 1990 on the first day of that year';
COMMENT ON COLUMN @store@.stock_periods.to_day IS 'last day: the one before the next movement, or today';
COMMENT ON COLUMN @store@.stock_periods.today IS 'today in that time zone';
COMMENT ON COLUMN @store@.stock_periods.on_hand IS 'units that were there at the end of each of these days';
COMMENT ON COLUMN @store@.stock_periods.reserved IS 'units that reservations held then';
COMMENT ON COLUMN @store@.stock_periods.opening IS 'units that were there when the record began on the first day';
COMMENT ON COLUMN @store@.stock_periods.received IS 'units received on the first day';
COMMENT ON COLUMN @store@.stock_periods.shipped IS 'units shipped on the first day';
COMMENT ON COLUMN @store@.stock_periods.returned IS 'units that came back on the first day';
COMMENT ON COLUMN @store@.stock_periods.transferred IS 'units that came from other locations on the first day, less those that went there';
COMMENT ON COLUMN @store@.stock_periods.adjusted IS 'adjustments, counts and movements of any other kind on the first day';

CREATE OR REPLACE VIEW @bi@.atp AS
SELECT a.sku::text AS sku, a.location_code, a.on_hand, a.reserved, a.safety_stock, a.incoming,
       CASE WHEN NOT a.active THEN 0 WHEN a.available IS NOT NULL THEN least(greatest(a.available, 0), 9223372036854775807)::bigint END AS atp,
       a.slot_free, a.expired, a.backorder_limit
FROM @store@.stock_now a;
COMMENT ON VIEW @bi@.atp IS 'available to promise by SKU and location, as of now';
COMMENT ON COLUMN @bi@.atp.sku IS 'product';
COMMENT ON COLUMN @bi@.atp.location_code IS 'where';
COMMENT ON COLUMN @bi@.atp.on_hand IS 'units that are there';
COMMENT ON COLUMN @bi@.atp.reserved IS 'units promised and still there, with those set aside in slots';
COMMENT ON COLUMN @bi@.atp.safety_stock IS 'units never promised';
COMMENT ON COLUMN @bi@.atp.incoming IS 'units on their way, not counted';
COMMENT ON COLUMN @bi@.atp.atp IS 'units that can be promised now: on_hand - (reserved - slot_free - expired) - safety_stock + backorder_limit, at least 0; 0 at an inactive location; NULL where the figures of the stock make no sense';
COMMENT ON COLUMN @bi@.atp.slot_free IS 'of reserved, units in slots that nobody has reserved yet';
COMMENT ON COLUMN @bi@.atp.expired IS 'of reserved, units whose reservation expired: they can be promised again';
COMMENT ON COLUMN @bi@.atp.backorder_limit IS 'units that may be promised beyond those that are there';

CREATE OR REPLACE VIEW @bi@.atp_by_channel AS
SELECT a.sku, a.location_code, c.channel_code, a.atp AS available, coalesce(b.qty, c.stock_buffer, 0) AS buffer,
       CASE WHEN a.atp IS NOT NULL AND coalesce(b.qty, c.stock_buffer, 0) >= 0 THEN greatest(a.atp - coalesce(b.qty, c.stock_buffer, 0), 0) END AS atp
FROM (SELECT x.sku::text AS sku, x.sku AS code, x.location_code,
             CASE WHEN NOT x.active THEN 0 WHEN x.available IS NOT NULL THEN least(greatest(x.available, 0), 9223372036854775807)::bigint END AS atp
      FROM @store@.stock_now x) a
CROSS JOIN @store@.channels c
LEFT JOIN @store@.channel_buffers b ON b.sku = a.code AND b.location_code = a.location_code AND b.channel_code = c.channel_code;
COMMENT ON VIEW @bi@.atp_by_channel IS 'available to promise by SKU, location and channel, as of now. Channels share the units: atp does not add up over channels';
COMMENT ON COLUMN @bi@.atp_by_channel.sku IS 'product';
COMMENT ON COLUMN @bi@.atp_by_channel.location_code IS 'where';
COMMENT ON COLUMN @bi@.atp_by_channel.channel_code IS 'channel';
COMMENT ON COLUMN @bi@.atp_by_channel.available IS 'units that can be promised now, as atp in the view atp';
COMMENT ON COLUMN @bi@.atp_by_channel.buffer IS 'units that the channel leaves to others: those of channel_buffers, or else of the channel';
COMMENT ON COLUMN @bi@.atp_by_channel.atp IS 'units that the channel can promise: available - buffer, at least 0; NULL where the figures make no sense';

CREATE OR REPLACE VIEW @bi@.fact_stock_day AS
SELECT p.from_day + d.n AS stock_date, p.time_zone, p.sku::text AS sku, p.location_code, p.market_code, p.on_hand, p.reserved,
       CASE d.n WHEN 0 THEN p.opening ELSE 0 END AS opening, CASE d.n WHEN 0 THEN p.received ELSE 0 END AS received, CASE d.n WHEN 0 THEN p.shipped ELSE 0 END AS shipped,
       CASE d.n WHEN 0 THEN p.returned ELSE 0 END AS returned, CASE d.n WHEN 0 THEN p.transferred ELSE 0 END AS transferred, CASE d.n WHEN 0 THEN p.adjusted ELSE 0 END AS adjusted
FROM @store@.stock_periods p CROSS JOIN LATERAL generate_series(0, p.to_day - p.from_day) d(n);
COMMENT ON VIEW @bi@.fact_stock_day IS 'stock at the end of each day, a row a SKU, location and day from the first movement to today; on_hand and reserved add up over SKUs and locations, not over days';
COMMENT ON COLUMN @bi@.fact_stock_day.stock_date IS 'day in the time zone of the market of the location';
COMMENT ON COLUMN @bi@.fact_stock_day.time_zone IS 'that time zone; of the location, where it is in no market';
COMMENT ON COLUMN @bi@.fact_stock_day.sku IS 'product';
COMMENT ON COLUMN @bi@.fact_stock_day.location_code IS 'where';
COMMENT ON COLUMN @bi@.fact_stock_day.market_code IS 'market of the location';
COMMENT ON COLUMN @bi@.fact_stock_day.on_hand IS 'units that were there at the end of the day: those of the day before + opening + received - shipped + returned + transferred + adjusted. Of today: as of now';
COMMENT ON COLUMN @bi@.fact_stock_day.reserved IS 'units that reservations held at the end of the day; those of an expired one until it was tidied up';
COMMENT ON COLUMN @bi@.fact_stock_day.opening IS 'units that were there when the record began';
COMMENT ON COLUMN @bi@.fact_stock_day.received IS 'units received';
COMMENT ON COLUMN @bi@.fact_stock_day.shipped IS 'units shipped';
COMMENT ON COLUMN @bi@.fact_stock_day.returned IS 'units that came back';
COMMENT ON COLUMN @bi@.fact_stock_day.transferred IS 'units that came from other locations less those that went there';
COMMENT ON COLUMN @bi@.fact_stock_day.adjusted IS 'adjustments, differences of counts and movements of any other kind; negative where units were lost';

CREATE OR REPLACE VIEW @bi@.turnover AS
SELECT s.sku::text AS sku, s.location_code, z.market_code, z.time_zone, w.window_days, z.today - w.window_days::integer AS window_from, z.today - 1 AS window_to, d.days, w.shipped_units, w.on_hand_days,
       round(w.on_hand_days / nullif(d.days, 0), 4) AS average_on_hand, round(w.shipped_units::numeric * d.days / nullif(w.on_hand_days, 0), 4) AS turnover,
       t.on_hand, round(greatest(t.on_hand, 0)::numeric * d.days / nullif(greatest(w.shipped_units, 0), 0), 1) AS days_of_supply,
       w.stockout_days, round(w.stockout_days::numeric / nullif(d.days, 0), 4) AS stockout_share
FROM @store@.stock s
LEFT JOIN @store@.locations l ON l.location_code = s.location_code
LEFT JOIN @store@.markets m ON m.market_code = l.market_code
CROSS JOIN LATERAL (SELECT l.market_code, coalesce(m.time_zone, l.time_zone, 'UTC') AS time_zone, (now() AT TIME ZONE coalesce(m.time_zone, l.time_zone, 'UTC'))::date AS today OFFSET 0) z
-- a movement leaves so many units from its day, "age" days ago, until the day of the next one, "next_age" days ago: all windows in one pass
CROSS JOIN LATERAL (SELECT max(o.age) AS age, coalesce(sum(o.qty), 0)::bigint AS on_hand,
                           coalesce(-sum(o.qty) FILTER (WHERE o.ships AND o.age BETWEEN 1 AND 7), 0)::bigint AS shipped_7, coalesce(-sum(o.qty) FILTER (WHERE o.ships AND o.age BETWEEN 1 AND 30), 0)::bigint AS shipped_30,
                           coalesce(-sum(o.qty) FILTER (WHERE o.ships AND o.age BETWEEN 1 AND 90), 0)::bigint AS shipped_90, coalesce(-sum(o.qty) FILTER (WHERE o.ships AND o.age BETWEEN 1 AND 365), 0)::bigint AS shipped_365,
                           coalesce(sum(o.on_hand * (least(o.age, 7) - o.next_age)) FILTER (WHERE o.on_hand > 0 AND o.next_age < least(o.age, 7)), 0) AS stocked_7, coalesce(sum(o.on_hand * (least(o.age, 30) - o.next_age)) FILTER (WHERE o.on_hand > 0 AND o.next_age < least(o.age, 30)), 0) AS stocked_30,
                           coalesce(sum(o.on_hand * (least(o.age, 90) - o.next_age)) FILTER (WHERE o.on_hand > 0 AND o.next_age < least(o.age, 90)), 0) AS stocked_90, coalesce(sum(o.on_hand * (least(o.age, 365) - o.next_age)) FILTER (WHERE o.on_hand > 0 AND o.next_age < least(o.age, 365)), 0) AS stocked_365,
                           coalesce(sum(least(o.age, 7) - o.next_age) FILTER (WHERE o.on_hand <= 0 AND o.next_age < least(o.age, 7)), 0) AS out_7, coalesce(sum(least(o.age, 30) - o.next_age) FILTER (WHERE o.on_hand <= 0 AND o.next_age < least(o.age, 30)), 0) AS out_30,
                           coalesce(sum(least(o.age, 90) - o.next_age) FILTER (WHERE o.on_hand <= 0 AND o.next_age < least(o.age, 90)), 0) AS out_90, coalesce(sum(least(o.age, 365) - o.next_age) FILTER (WHERE o.on_hand <= 0 AND o.next_age < least(o.age, 365)), 0) AS out_365
                    FROM (SELECT z.today - d.day AS age, z.today - lead(d.day, 1, z.today) OVER days AS next_age, coalesce(sum(d.qty) OVER days, 0) AS on_hand, d.qty, d.kind = 'ship' AS ships
                          FROM (SELECT greatest(least((v.occurred_at AT TIME ZONE z.time_zone)::date, z.today), '1990-01-01'::date) AS day, v.qty, v.kind
                                FROM @store@.stock_movements v WHERE v.sku = s.sku AND v.location_code = s.location_code) d
                          WINDOW days AS (ORDER BY d.day ROWS UNBOUNDED PRECEDING)) o) t
CROSS JOIN LATERAL (VALUES (7::bigint, t.shipped_7, t.stocked_7, t.out_7),
                           (30, t.shipped_30, t.stocked_30, t.out_30),
                           (90, t.shipped_90, t.stocked_90, t.out_90),
                           (365, t.shipped_365, t.stocked_365, t.out_365)) w(window_days, shipped_units, on_hand_days, stockout_days)
CROSS JOIN LATERAL (SELECT least(w.window_days, t.age) AS days) d
WHERE t.age IS NOT NULL;
COMMENT ON VIEW @bi@.turnover IS 'how fast stock turns, by SKU, location and window of the last 7, 30, 90 and 365 whole days; today is not in them';
COMMENT ON COLUMN @bi@.turnover.sku IS 'product';
COMMENT ON COLUMN @bi@.turnover.location_code IS 'where';
COMMENT ON COLUMN @bi@.turnover.market_code IS 'market of the location';
COMMENT ON COLUMN @bi@.turnover.time_zone IS 'time zone of the days';
COMMENT ON COLUMN @bi@.turnover.window_days IS 'length of the window: 7, 30, 90 or 365 days. Choose one: windows overlap';
COMMENT ON COLUMN @bi@.turnover.window_from IS 'its first day';
COMMENT ON COLUMN @bi@.turnover.window_to IS 'its last day: yesterday';
COMMENT ON COLUMN @bi@.turnover.days IS 'days of it since the first movement of the SKU at the location';
COMMENT ON COLUMN @bi@.turnover.shipped_units IS 'units shipped in the window: numerator of turnover';
COMMENT ON COLUMN @bi@.turnover.on_hand_days IS 'units on hand at the end of each day, added up over the days; a negative stock counts as 0';
COMMENT ON COLUMN @bi@.turnover.average_on_hand IS 'on_hand_days / days: denominator of turnover';
COMMENT ON COLUMN @bi@.turnover.turnover IS 'shipped_units / average_on_hand: how often the stock was sold in these days. Over several rows of a window: sum(shipped_units) / sum(on_hand_days / days)';
COMMENT ON COLUMN @bi@.turnover.on_hand IS 'units on hand now';
COMMENT ON COLUMN @bi@.turnover.days_of_supply IS 'on_hand / (shipped_units / days): how long the stock lasts at the rate of the window; NULL where nothing was shipped';
COMMENT ON COLUMN @bi@.turnover.stockout_days IS 'days at whose end nothing was on hand: numerator of stockout_share';
COMMENT ON COLUMN @bi@.turnover.stockout_share IS 'stockout_days / days';

CREATE OR REPLACE VIEW @bi@.stockouts AS
SELECT a.sku::text AS sku, a.location_code, a.market_code, t.out_since, trim_scale(extract(epoch FROM now() - t.out_since)) AS out_seconds,
       a.on_hand, greatest(a.reserved - a.slot_free - a.expired, 0) AS held, a.safety_stock, a.backorder_limit,
       CASE WHEN t.out_since IS NOT NULL THEN q.lines END AS lines_asked, CASE WHEN t.out_since IS NOT NULL THEN q.units END AS units_asked,
       greatest(a.incoming, y.units) AS incoming, y.expected_at AS next_expected_at
FROM @store@.stock_now a
LEFT JOIN @store@.products p ON p.sku = a.sku
-- the first movement after the last one that left something to promise; what happened at one time happened at once
CROSS JOIN LATERAL (SELECT min(o.occurred_at) AS out_since
                    FROM (SELECT n.occurred_at, count(*) FILTER (WHERE n.available > 0) OVER (ORDER BY n.occurred_at DESC) AS left_later
                          FROM (SELECT v.occurred_at, sum(sum(coalesce(v.qty, 0)) - sum(coalesce(v.reserved_qty, 0))) OVER (ORDER BY v.occurred_at) - a.safety_stock + a.backorder_limit AS available
                                FROM @store@.stock_movements v WHERE v.sku = a.sku AND v.location_code = a.location_code AND isfinite(v.occurred_at) GROUP BY v.occurred_at) n) o
                    WHERE o.left_later = 0) t
CROSS JOIN LATERAL (SELECT count(*) AS lines, coalesce(sum(l.qty * w.qty), 0)::bigint AS units
                    FROM (WITH RECURSIVE whole AS (SELECT a.sku::text::omni.sku AS sku, 1::numeric AS qty, 0 AS depth
                                                  UNION ALL SELECT b.sku, t.qty * b.qty, t.depth + 1 FROM whole t JOIN @store@.bundle_components b ON b.component_sku = t.sku WHERE t.depth < 8)
                          SELECT t.sku, sum(t.qty) AS qty FROM whole t GROUP BY t.sku) w
                    JOIN @store@.order_lines l ON l.sku = w.sku JOIN @store@.orders o ON o.order_ref = l.order_ref WHERE o.placed_at >= t.out_since) q
CROSS JOIN LATERAL (SELECT coalesce(sum(greatest(u.qty - coalesce(u.received_qty, 0), 0)), 0)::bigint AS units, min(u.expected_at) FILTER (WHERE u.qty > coalesce(u.received_qty, 0)) AS expected_at
                    FROM @store@.supplies u WHERE u.sku = a.sku AND u.location_code = a.location_code AND u.closed_at IS NULL) y
WHERE a.available <= 0 AND a.active AND coalesce(p.active, true);
COMMENT ON VIEW @bi@.stockouts IS 'SKUs that can promise nothing at a location now, though both are active, and what was asked for since';
COMMENT ON COLUMN @bi@.stockouts.sku IS 'product';
COMMENT ON COLUMN @bi@.stockouts.location_code IS 'where';
COMMENT ON COLUMN @bi@.stockouts.market_code IS 'market of the location';
COMMENT ON COLUMN @bi@.stockouts.out_since IS 'since when, by its movements, the safety stock and the backorder limit of today; NULL where these do not tell';
COMMENT ON COLUMN @bi@.stockouts.out_seconds IS 'how long that is, in seconds';
COMMENT ON COLUMN @bi@.stockouts.on_hand IS 'units that are there';
COMMENT ON COLUMN @bi@.stockouts.held IS 'units that reservations hold';
COMMENT ON COLUMN @bi@.stockouts.safety_stock IS 'units never promised';
COMMENT ON COLUMN @bi@.stockouts.backorder_limit IS 'units that may be promised beyond those that are there';
COMMENT ON COLUMN @bi@.stockouts.lines_asked IS 'lines of orders of the SKU, or of a bundle that it is in, placed since then, wherever they were filled from; does not add up over locations';
COMMENT ON COLUMN @bi@.stockouts.units_asked IS 'units of the SKU that they take; does not add up over locations';
COMMENT ON COLUMN @bi@.stockouts.incoming IS 'units on their way: those of open supplies, or what stock says, whichever is more';
COMMENT ON COLUMN @bi@.stockouts.next_expected_at IS 'when the next of the open supplies is expected';

CREATE OR REPLACE VIEW @bi@.aging_reservations AS
SELECT g.status, g.location_code, g.channel_code, b.label AS age, b.from_seconds AS age_from_seconds, b.to_seconds AS age_to_seconds,
       count(*) AS reservations, count(DISTINCT g.order_ref) AS orders, sum(g.open_qty)::bigint AS units, min(g.reserved_at) AS oldest_reserved_at, min(g.expires_at) FILTER (WHERE isfinite(g.expires_at)) AS first_expires_at
FROM (SELECT r.location_code, r.channel_code, r.order_ref, r.open_qty, r.reserved_at, r.expires_at,
             CASE WHEN r.expires_at <= now() THEN 'expired' WHEN r.expires_at = 'infinity' THEN 'lasting' ELSE 'held' END AS status,
             greatest(extract(epoch FROM now() - CASE WHEN isfinite(r.reserved_at) THEN r.reserved_at END), 0) AS age
      FROM @store@.reservations r WHERE r.open_qty > 0) g
JOIN (VALUES ('1: to 15 min', 0::numeric, 900::numeric), ('2: to 1 h', 900, 3600), ('3: to 4 h', 3600, 14400), ('4: to 1 d', 14400, 86400),
             ('5: to 7 d', 86400, 604800), ('6: to 30 d', 604800, 2592000), ('7: over 30 d', 2592000, NULL)) b(label, from_seconds, to_seconds)
    ON g.age >= b.from_seconds AND (g.age < b.to_seconds OR b.to_seconds IS NULL)
GROUP BY g.status, g.location_code, g.channel_code, b.label, b.from_seconds, b.to_seconds;
COMMENT ON VIEW @bi@.aging_reservations IS 'open reservations by their age, as of now; every count but orders adds up over rows';
COMMENT ON COLUMN @bi@.aging_reservations.status IS 'held: until they expire; lasting: until they are shipped or released; expired: held no longer, but not tidied up yet';
COMMENT ON COLUMN @bi@.aging_reservations.location_code IS 'where the units are';
COMMENT ON COLUMN @bi@.aging_reservations.channel_code IS 'channel that sells them; NULL where none was named';
COMMENT ON COLUMN @bi@.aging_reservations.age IS 'time since the units were reserved, as a class whose names sort';
COMMENT ON COLUMN @bi@.aging_reservations.age_from_seconds IS 'least age of the class in seconds';
COMMENT ON COLUMN @bi@.aging_reservations.age_to_seconds IS 'age in seconds at which the next class begins; NULL for none';
COMMENT ON COLUMN @bi@.aging_reservations.reservations IS 'reservations';
COMMENT ON COLUMN @bi@.aging_reservations.orders IS 'orders or carts that they are for; does not add up over rows';
COMMENT ON COLUMN @bi@.aging_reservations.units IS 'units that they hold, or held until they expired';
COMMENT ON COLUMN @bi@.aging_reservations.oldest_reserved_at IS 'when the oldest of them was made';
COMMENT ON COLUMN @bi@.aging_reservations.first_expires_at IS 'when the first of them expires or expired; NULL where they last';

CREATE OR REPLACE VIEW @bi@.fact_fulfillment AS
SELECT f.order_ref AS order_key, f.line_no::bigint AS line_no, f.sku, f.channel_code, f.market_code, coalesce(f.method, 'ship') AS method, coalesce(f.left_from, r.location_code) AS location_code, f.placed_at, f.order_date, f.time_zone,
       f.qty, q.qty_canceled, q.qty_shipped, q.qty_delivered, coalesce(r.units, 0)::bigint AS qty_reserved,
       CASE WHEN f.qty IS NOT NULL THEN least(f.qty, coalesce(q.qty_shipped, 0) + coalesce(r.units, 0)) END::bigint AS qty_filled,
       t.shipped_at, trim_scale(extract(epoch FROM t.shipped_at - a.asked_at)) AS seconds_to_ship,
       t.delivered_at, trim_scale(extract(epoch FROM t.delivered_at - a.asked_at)) AS seconds_to_deliver,
       a.promised_at, t.fulfilled_at,
       CASE WHEN a.promised_at IS NULL OR q.qty_canceled = f.qty THEN NULL WHEN t.fulfilled_at IS NOT NULL THEN t.fulfilled_at <= a.promised_at
            WHEN a.promised_at < now() AND NOT t.fulfilled THEN false END AS on_time
-- lines and their events are those of fact_order_line, joined before they are grouped: a few lines are found without reading all events. Beside the moves,
-- when units left, were ready for pickup, arrived: the moves that brought them so far; and where most of them left. Grouped by whole columns, of which
-- PostgreSQL needs the primary keys alone; few lines have reservations or exchanges, which are looked for line by line or all at once, whatever is less
FROM (SELECT l.order_ref, l.line_no, l.sku::text AS sku, l.qty, coalesce(l.state, o.state, 'open') AS said, o.channel_code, coalesce(o.market_code, c.market_code) AS market_code, coalesce(m.time_zone, 'UTC') AS time_zone,
             (o.placed_at AT TIME ZONE coalesce(m.time_zone, 'UTC'))::date AS order_date, o.placed_at, o.method, o.promised_at,
             CASE WHEN bool_and(v.sound) THEN omni.order_line_state(v.qty, v.from_state, v.to_state) FILTER (WHERE v.sound) END AS moves,
             substr(min(lpad((9223372036854775807 - greatest(v.qty, 0))::text, 19, '0') || v.location_code COLLATE "C") FILTER (WHERE v.ships), 20) COLLATE "default" AS left_from,
             max(v.occurred_at) FILTER (WHERE v.ships) AS shipped_at, max(v.occurred_at) FILTER (WHERE v.readies) AS ready_at, sum(v.qty) FILTER (WHERE v.readies) AS ready,
             max(v.occurred_at) FILTER (WHERE v.delivers) AS delivered_at,
             CASE WHEN bool_and(v.arrived_at IS NOT NULL) FILTER (WHERE v.ships) THEN max(v.arrived_at) FILTER (WHERE v.ships) END AS arrived_at,
             EXISTS (SELECT FROM @store@.reservations x WHERE x.order_ref = l.order_ref AND x.line_no = l.line_no) AS held,
             EXISTS (SELECT FROM @store@.returns x WHERE x.order_ref = l.order_ref AND x.exchange_order_ref = l.order_ref AND x.exchange_line_no = l.line_no) AS exchanged
      FROM @store@.order_lines l
      JOIN @store@.orders o ON o.order_ref = l.order_ref
      LEFT JOIN @store@.channels c ON c.channel_code = o.channel_code
      LEFT JOIN @store@.markets m ON m.market_code = coalesce(o.market_code, c.market_code)
      LEFT JOIN (SELECT x.order_ref, x.line_no, x.qty, x.from_state, x.to_state, x.occurred_at, coalesce(x.location_code, s.location_code) AS location_code, s.delivered_at AS arrived_at,
                        coalesce(x.qty > 0 AND omni.single_state(x.from_state) AND omni.single_state(x.to_state), false) AS sound,
                        isfinite(x.occurred_at) AND omni.any_reached(x.to_state, 'shipped') AND NOT omni.any_reached(x.from_state, 'shipped') AS ships,
                        isfinite(x.occurred_at) AND omni.any_reached(x.to_state, 'delivered') AND NOT omni.any_reached(x.from_state, 'delivered') AS delivers,
                        isfinite(x.occurred_at) AND (omni.any_reached(x.to_state, 'delivered') OR x.to_state = ANY ('{ready_for_pickup,customer_arrived}'::omni.order_state[]))
                            AND NOT (omni.any_reached(x.from_state, 'delivered') OR x.from_state = ANY ('{ready_for_pickup,customer_arrived}'::omni.order_state[])) AS readies
                 FROM @store@.order_line_events x LEFT JOIN @store@.shipments s ON s.order_ref = x.order_ref AND s.shipment_key = x.shipment_key) v
          ON v.order_ref = l.order_ref AND v.line_no = l.line_no
      GROUP BY l.order_ref, l.line_no, l.sku, l.qty, l.state, o.order_ref, o.state, o.channel_code, o.market_code, o.placed_at, o.method, o.promised_at, c.channel_code, c.market_code, m.market_code, m.time_zone) f
CROSS JOIN LATERAL (SELECT CASE WHEN f.moves IS NOT NULL AND f.qty > 0 THEN omni.order_quantities_try(omni.order_moves_add(f.moves, f.qty, NULL, 'open'::omni.order_state)) END AS units OFFSET 0) e
CROSS JOIN LATERAL (SELECT coalesce(omni.quantity_reached(e.units, 'shipped'), CASE WHEN omni.reached(f.said, 'shipped') THEN f.qty WHEN NOT omni.any_reached(f.said, 'shipped') THEN 0 END) AS qty_shipped,
                           coalesce(omni.quantity_reached(e.units, 'delivered'), CASE WHEN omni.reached(f.said, 'delivered') THEN f.qty WHEN NOT omni.any_reached(f.said, 'delivered') THEN 0 END) AS qty_delivered,
                           coalesce(omni.quantity_reached(e.units, 'canceled'), CASE WHEN omni.reached(f.said, 'canceled') THEN f.qty WHEN NOT omni.any_reached(f.said, 'canceled') THEN 0 END) AS qty_canceled OFFSET 0) q
-- what is held for it; of a bundle, as many as there are of each component
CROSS JOIN LATERAL (SELECT CASE WHEN f.held THEN (SELECT min(div(h.units, CASE WHEN h.bundle IS NULL THEN 1 ELSE coalesce((WITH RECURSIVE part AS (SELECT h.bundle::omni.sku AS sku, 1::numeric AS qty, 0 AS depth
                                                                            UNION ALL SELECT c.component_sku, t.qty * c.qty, t.depth + 1 FROM part t JOIN @store@.bundle_components c ON c.sku = t.sku WHERE t.depth < 8)
                                                                            SELECT sum(t.qty) FROM part t WHERE t.sku = h.sku), 1) END))
                                                                            FROM (SELECT x.sku, min(x.bundle_sku::text) AS bundle, coalesce(sum(x.open_qty) FILTER (WHERE (x.expires_at <= now()) IS NOT TRUE), 0) AS units FROM @store@.reservations x
                                                                                  WHERE x.order_ref = f.order_ref AND x.line_no = f.line_no GROUP BY x.sku) h) END AS units,
                           CASE WHEN f.held THEN (SELECT h.location_code FROM (SELECT DISTINCT ON (x.sku) x.location_code, x.open_qty FROM @store@.reservations x WHERE x.order_ref = f.order_ref AND x.line_no = f.line_no
                                                                               ORDER BY x.sku, x.open_qty DESC, x.qty DESC, x.location_code COLLATE "C") h
                                                  ORDER BY h.open_qty DESC, h.location_code COLLATE "C" LIMIT 1) END AS location_code OFFSET 0) r
-- what is given in exchange was asked for later, and not promised with the order
CROSS JOIN LATERAL (SELECT coalesce(CASE WHEN f.exchanged THEN (SELECT min(x.requested_at) FROM @store@.returns x WHERE x.order_ref = f.order_ref AND x.exchange_order_ref = f.order_ref AND x.exchange_line_no = f.line_no) END, f.placed_at) AS asked_at,
                           CASE WHEN NOT f.exchanged THEN f.promised_at END AS promised_at) a
CROSS JOIN LATERAL (SELECT q.qty_shipped > 0 AND q.qty_shipped + q.qty_canceled >= f.qty AS shipped, q.qty_delivered > 0 AND q.qty_delivered + q.qty_canceled >= f.qty AS delivered,
                           coalesce(f.method IN ('pickup', 'curbside', 'ship_to_store'), false) AS collected) d
-- where there are no events: when the last of the shipments left and arrived, if all did
CROSS JOIN LATERAL (SELECT CASE WHEN d.shipped THEN coalesce(f.shipped_at, (SELECT CASE WHEN bool_and(x.shipped_at IS NOT NULL) THEN max(x.shipped_at) END FROM @store@.shipments x WHERE x.order_ref = f.order_ref)) END AS shipped_at,
                           CASE WHEN d.shipped OR d.delivered THEN coalesce(CASE WHEN d.delivered THEN f.delivered_at END, f.arrived_at,
                               CASE WHEN d.delivered OR f.shipped_at IS NULL THEN (SELECT CASE WHEN bool_and(x.delivered_at IS NOT NULL) THEN max(x.delivered_at) END FROM @store@.shipments x WHERE x.order_ref = f.order_ref) END) END AS delivered_at) w
CROSS JOIN LATERAL (SELECT w.shipped_at, w.delivered_at, CASE WHEN NOT d.collected THEN w.delivered_at WHEN f.ready + q.qty_canceled >= f.qty THEN f.ready_at WHEN f.ready_at IS NULL AND f.method <> 'ship_to_store' THEN w.shipped_at ELSE w.delivered_at END AS fulfilled_at,
                           coalesce(d.delivered, false) AS fulfilled) t;
COMMENT ON VIEW @bi@.fact_fulfillment IS 'how each order line was filled and how long that took, a row a line; times are of the line as a whole, when the last of its units had come so far';
COMMENT ON COLUMN @bi@.fact_fulfillment.order_key IS 'number of the order';
COMMENT ON COLUMN @bi@.fact_fulfillment.line_no IS 'number of the line in the order';
COMMENT ON COLUMN @bi@.fact_fulfillment.sku IS 'product';
COMMENT ON COLUMN @bi@.fact_fulfillment.channel_code IS 'channel that took the order';
COMMENT ON COLUMN @bi@.fact_fulfillment.market_code IS 'market';
COMMENT ON COLUMN @bi@.fact_fulfillment.method IS 'fulfillment method of the order; ship where none is named';
COMMENT ON COLUMN @bi@.fact_fulfillment.location_code IS 'where most of the line left, or else is held; NULL where neither is known';
COMMENT ON COLUMN @bi@.fact_fulfillment.placed_at IS 'when the order was placed';
COMMENT ON COLUMN @bi@.fact_fulfillment.order_date IS 'day of the order in the time zone of its market; in UTC where the market is unknown';
COMMENT ON COLUMN @bi@.fact_fulfillment.time_zone IS 'that time zone';
COMMENT ON COLUMN @bi@.fact_fulfillment.qty IS 'units ordered';
COMMENT ON COLUMN @bi@.fact_fulfillment.qty_canceled IS 'units canceled before they left';
COMMENT ON COLUMN @bi@.fact_fulfillment.qty_shipped IS 'units that have left, or were ready for pickup, or further; NULL where the source tells only that some have';
COMMENT ON COLUMN @bi@.fact_fulfillment.qty_delivered IS 'units that the customer has got';
COMMENT ON COLUMN @bi@.fact_fulfillment.qty_reserved IS 'units that are held for the line now, not those of expired reservations';
COMMENT ON COLUMN @bi@.fact_fulfillment.qty_filled IS 'qty_shipped + qty_reserved, at most qty';
COMMENT ON COLUMN @bi@.fact_fulfillment.shipped_at IS 'when the last unit left or was ready for pickup; NULL until all that were not canceled have';
COMMENT ON COLUMN @bi@.fact_fulfillment.seconds_to_ship IS 'seconds from placed_at, or from the request where the line is given in exchange, to shipped_at';
COMMENT ON COLUMN @bi@.fact_fulfillment.delivered_at IS 'when the customer had the last unit; NULL until all that were not canceled are there';
COMMENT ON COLUMN @bi@.fact_fulfillment.seconds_to_deliver IS 'seconds from there to delivered_at';
COMMENT ON COLUMN @bi@.fact_fulfillment.promised_at IS 'when delivery, or that a pickup is ready, was promised; NULL also where the line is given in exchange';
COMMENT ON COLUMN @bi@.fact_fulfillment.fulfilled_at IS 'when that was done for the last unit: delivered_at, or when it was ready where customers come for it';
COMMENT ON COLUMN @bi@.fact_fulfillment.on_time IS 'whether fulfilled_at is not after promised_at: false as soon as it is over; NULL where nothing was promised, all is canceled, it is not over yet, or the time is not known';

CREATE OR REPLACE VIEW @bi@.fill_rate AS
SELECT f.order_date, f.time_zone, f.channel_code, f.market_code, f.location_code, count(*) AS lines, count(*) FILTER (WHERE f.qty_filled >= f.qty) AS lines_filled,
       sum(f.qty)::bigint AS units, sum(f.qty_filled)::bigint AS units_filled, sum(coalesce(f.qty_shipped, 0))::bigint AS units_shipped, sum(f.qty_reserved)::bigint AS units_reserved, sum(coalesce(f.qty_canceled, 0))::bigint AS units_canceled,
       round(count(*) FILTER (WHERE f.qty_filled >= f.qty)::numeric / count(*), 4) AS line_fill_rate, round(sum(f.qty_filled) / nullif(sum(f.qty), 0), 4) AS unit_fill_rate
FROM @bi@.fact_fulfillment f
GROUP BY f.order_date, f.time_zone, f.channel_code, f.market_code, f.location_code;
COMMENT ON VIEW @bi@.fill_rate IS 'how much of what was ordered was shipped or is held for its order, by day of the order, channel and location; counts add up over rows';
COMMENT ON COLUMN @bi@.fill_rate.order_date IS 'day of the order in the time zone of its market; in UTC where the market is unknown';
COMMENT ON COLUMN @bi@.fill_rate.time_zone IS 'that time zone';
COMMENT ON COLUMN @bi@.fill_rate.channel_code IS 'channel that took the order';
COMMENT ON COLUMN @bi@.fill_rate.market_code IS 'market';
COMMENT ON COLUMN @bi@.fill_rate.location_code IS 'where most of the line left, or else is held; NULL for lines that no location has filled yet, or that it is not known of';
COMMENT ON COLUMN @bi@.fill_rate.lines IS 'order lines: denominator of line_fill_rate';
COMMENT ON COLUMN @bi@.fill_rate.lines_filled IS 'lines of which all units were shipped or are held: numerator of line_fill_rate';
COMMENT ON COLUMN @bi@.fill_rate.units IS 'units ordered, canceled ones too: denominator of unit_fill_rate';
COMMENT ON COLUMN @bi@.fill_rate.units_filled IS 'units shipped or held for their order, from whatever location: numerator of unit_fill_rate';
COMMENT ON COLUMN @bi@.fill_rate.units_shipped IS 'units that have left, or were ready for pickup, or further, as far as that is known';
COMMENT ON COLUMN @bi@.fill_rate.units_reserved IS 'units held by reservations that have not expired';
COMMENT ON COLUMN @bi@.fill_rate.units_canceled IS 'units canceled before they left: units - units_canceled leaves them out of the denominator';
COMMENT ON COLUMN @bi@.fill_rate.line_fill_rate IS 'lines_filled / lines';
COMMENT ON COLUMN @bi@.fill_rate.unit_fill_rate IS 'units_filled / units';

CREATE OR REPLACE VIEW @bi@.split_rate AS
SELECT g.order_date, g.time_zone, g.channel_code, g.market_code, count(*) AS orders, count(*) FILTER (WHERE g.shipments >= 1) AS shipped_orders, sum(g.shipments)::bigint AS shipments,
       count(*) FILTER (WHERE g.shipments = 1) AS orders_with_1, count(*) FILTER (WHERE g.shipments = 2) AS orders_with_2, count(*) FILTER (WHERE g.shipments = 3) AS orders_with_3, count(*) FILTER (WHERE g.shipments > 3) AS orders_with_more,
       count(*) FILTER (WHERE g.shipments > 1) AS split_orders, round(count(*) FILTER (WHERE g.shipments > 1)::numeric / nullif(count(*) FILTER (WHERE g.shipments >= 1), 0), 4) AS split_rate,
       round(sum(g.shipments) / nullif(count(*) FILTER (WHERE g.shipments >= 1), 0), 4) AS shipments_per_order
FROM (SELECT (o.placed_at AT TIME ZONE coalesce(m.time_zone, 'UTC'))::date AS order_date, coalesce(m.time_zone, 'UTC') AS time_zone, o.channel_code, coalesce(o.market_code, c.market_code) AS market_code, coalesce(s.shipments, 0) AS shipments
      FROM @store@.orders o
      LEFT JOIN @store@.channels c ON c.channel_code = o.channel_code
      LEFT JOIN @store@.markets m ON m.market_code = coalesce(o.market_code, c.market_code)
      -- a shipment of nothing but what is given in exchange is no part of how the order left
      LEFT JOIN (SELECT k.order_ref, count(*) FILTER (WHERE k.exchanged IS NOT TRUE) AS shipments
                 FROM (SELECT u.order_ref, u.shipment_key, bool_and(u.exchanged) AS exchanged
                       FROM (SELECT x.order_ref, x.shipment_key, NULL::boolean AS exchanged FROM @store@.shipments x WHERE x.shipped_at IS NOT NULL OR x.delivered_at IS NOT NULL
                             UNION ALL SELECT x.order_ref, x.shipment_key, EXISTS (SELECT FROM @store@.returns r WHERE r.order_ref = x.order_ref AND r.exchange_order_ref = x.order_ref AND r.exchange_line_no = x.line_no)
                                       FROM @store@.order_line_events x WHERE x.shipment_key IS NOT NULL AND omni.any_reached(x.to_state, 'shipped') AND NOT omni.any_reached(x.from_state, 'shipped')) u
                       GROUP BY u.order_ref, u.shipment_key) k
                 GROUP BY k.order_ref) s ON s.order_ref = o.order_ref) g
GROUP BY g.order_date, g.time_zone, g.channel_code, g.market_code;
COMMENT ON VIEW @bi@.split_rate IS 'orders by the number of shipments and pickups that they left in, without those of exchanges, by day of the order and channel; counts add up over rows';
COMMENT ON COLUMN @bi@.split_rate.order_date IS 'day of the order in the time zone of its market; in UTC where the market is unknown';
COMMENT ON COLUMN @bi@.split_rate.time_zone IS 'that time zone';
COMMENT ON COLUMN @bi@.split_rate.channel_code IS 'channel that took the order';
COMMENT ON COLUMN @bi@.split_rate.market_code IS 'market';
COMMENT ON COLUMN @bi@.split_rate.orders IS 'orders placed';
COMMENT ON COLUMN @bi@.split_rate.shipped_orders IS 'orders of which a shipment has left: denominator of split_rate and of shipments_per_order';
COMMENT ON COLUMN @bi@.split_rate.shipments IS 'shipments that have left: numerator of shipments_per_order';
COMMENT ON COLUMN @bi@.split_rate.orders_with_1 IS 'orders that left in one shipment';
COMMENT ON COLUMN @bi@.split_rate.orders_with_2 IS 'orders that left in two';
COMMENT ON COLUMN @bi@.split_rate.orders_with_3 IS 'orders that left in three';
COMMENT ON COLUMN @bi@.split_rate.orders_with_more IS 'orders that left in more';
COMMENT ON COLUMN @bi@.split_rate.split_orders IS 'orders that left in more than one: numerator of split_rate';
COMMENT ON COLUMN @bi@.split_rate.split_rate IS 'split_orders / shipped_orders';
COMMENT ON COLUMN @bi@.split_rate.shipments_per_order IS 'shipments / shipped_orders';

CREATE OR REPLACE VIEW @bi@.fulfillment_sla AS
SELECT date_trunc('month', f.order_date::timestamp)::date AS order_month, f.time_zone, f.method, f.location_code, f.channel_code, f.market_code, count(*) AS lines, count(*) FILTER (WHERE f.qty_canceled = f.qty) AS canceled_lines,
       count(f.shipped_at) AS shipped_lines, percentile_disc(0.5) WITHIN GROUP (ORDER BY f.seconds_to_ship) AS p50_seconds_to_ship, percentile_disc(0.9) WITHIN GROUP (ORDER BY f.seconds_to_ship) AS p90_seconds_to_ship,
       count(f.delivered_at) AS delivered_lines, percentile_disc(0.5) WITHIN GROUP (ORDER BY f.seconds_to_deliver) AS p50_seconds_to_deliver, percentile_disc(0.9) WITHIN GROUP (ORDER BY f.seconds_to_deliver) AS p90_seconds_to_deliver,
       count(f.on_time) AS due_lines, count(*) FILTER (WHERE f.on_time) AS on_time_lines, round(count(*) FILTER (WHERE f.on_time)::numeric / nullif(count(f.on_time), 0), 4) AS on_time_share
FROM @bi@.fact_fulfillment f
GROUP BY date_trunc('month', f.order_date::timestamp)::date, f.time_zone, f.method, f.location_code, f.channel_code, f.market_code;
COMMENT ON VIEW @bi@.fulfillment_sla IS 'how long order lines took and whether promises were kept, by month of the order, method, location and channel; counts add up over rows, percentiles do not: take those of other groups from fact_fulfillment';
COMMENT ON COLUMN @bi@.fulfillment_sla.order_month IS 'first day of the month of the order, in the time zone of its market';
COMMENT ON COLUMN @bi@.fulfillment_sla.time_zone IS 'that time zone';
COMMENT ON COLUMN @bi@.fulfillment_sla.method IS 'fulfillment method of the order; ship where none is named';
COMMENT ON COLUMN @bi@.fulfillment_sla.location_code IS 'where most of the line left, or else is held; NULL where neither is known';
COMMENT ON COLUMN @bi@.fulfillment_sla.channel_code IS 'channel that took the order';
COMMENT ON COLUMN @bi@.fulfillment_sla.market_code IS 'market';
COMMENT ON COLUMN @bi@.fulfillment_sla.lines IS 'order lines';
COMMENT ON COLUMN @bi@.fulfillment_sla.canceled_lines IS 'lines that were canceled as a whole';
COMMENT ON COLUMN @bi@.fulfillment_sla.shipped_lines IS 'lines that have left as a whole, by a known time: what the percentiles to ship are of. The others are open, and not in them';
COMMENT ON COLUMN @bi@.fulfillment_sla.p50_seconds_to_ship IS 'seconds from order to shipment within which half of these lines left: a time that occurred (percentile_disc)';
COMMENT ON COLUMN @bi@.fulfillment_sla.p90_seconds_to_ship IS 'seconds within which nine of ten of them left';
COMMENT ON COLUMN @bi@.fulfillment_sla.delivered_lines IS 'lines that the customer has as a whole, by a known time: what the percentiles to deliver are of';
COMMENT ON COLUMN @bi@.fulfillment_sla.p50_seconds_to_deliver IS 'seconds from order to delivery within which half of these lines arrived';
COMMENT ON COLUMN @bi@.fulfillment_sla.p90_seconds_to_deliver IS 'seconds within which nine of ten of them arrived';
COMMENT ON COLUMN @bi@.fulfillment_sla.due_lines IS 'lines whose promise was kept or broken, those that are late and still open too: denominator of on_time_share';
COMMENT ON COLUMN @bi@.fulfillment_sla.on_time_lines IS 'lines that were there, or ready for pickup, when it was promised: numerator of on_time_share';
COMMENT ON COLUMN @bi@.fulfillment_sla.on_time_share IS 'on_time_lines / due_lines';

CREATE OR REPLACE VIEW @bi@.replenishment AS
SELECT p.sku, p.location_code, p.market_code, p.on_hand::bigint AS on_hand, p.held, p.incoming, p.next_expected_at, n.open_demand::bigint AS open_demand, n.position::bigint AS position,
       p.reorder_point, p.order_up_to, (greatest(p.order_up_to, p.reorder_point) - n.position)::bigint AS proposed_qty
FROM (SELECT a.sku::text AS sku, a.location_code, a.market_code, a.on_hand::numeric AS on_hand, greatest(a.reserved - a.slot_free - a.expired, 0) AS held, greatest(a.incoming, y.units) AS incoming, y.expected_at AS next_expected_at, a.reorder_point, a.order_up_to,
             -- demand of no location is the most stocked location's; what somebody else reserved is taken to be for it
             row_number() OVER (PARTITION BY a.sku::text ORDER BY a.order_up_to DESC NULLS LAST, a.location_code COLLATE "C") = 1 AS most_stocked, sum(greatest(a.reserved - a.slot_free - h.units, 0)) OVER (PARTITION BY a.sku::text) AS held_elsewhere
      FROM @store@.stock_now a
      LEFT JOIN @store@.products i ON i.sku = a.sku
      CROSS JOIN LATERAL (SELECT coalesce(sum(r.open_qty), 0) AS units FROM @store@.reservations r WHERE r.sku = a.sku AND r.location_code = a.location_code AND r.open_qty > 0) h
      CROSS JOIN LATERAL (SELECT coalesce(sum(greatest(u.qty - coalesce(u.received_qty, 0), 0)), 0)::bigint AS units, min(u.expected_at) FILTER (WHERE u.qty > coalesce(u.received_qty, 0)) AS expected_at
                          FROM @store@.supplies u WHERE u.sku = a.sku AND u.location_code = a.location_code AND u.closed_at IS NULL) y
      WHERE a.reorder_point IS NOT NULL AND a.active AND coalesce(i.active, true)) p
-- units that are neither shipped, canceled nor held, as fact_fulfillment tells them, of lines of the SKU and of the bundles that it is a part of: all SKUs in one
-- pass, one SKU by its lines
LEFT JOIN (SELECT g.sku, sum(u.units) FILTER (WHERE g.each IS NULL) AS own, sum(u.units::numeric * g.each) AS bundled
           FROM (SELECT k.sku, k.each, k.order_ref, k.line_no, k.qty, coalesce(k.state, o.state, 'open') AS said,
                        CASE WHEN bool_and(v.sound) THEN omni.order_line_state(v.qty, v.from_state, v.to_state) FILTER (WHERE v.sound) END AS moves,
                        EXISTS (SELECT FROM @store@.reservations x WHERE x.order_ref = k.order_ref AND x.line_no = k.line_no) AS held
                 FROM (SELECT l.sku::text AS sku, NULL::bigint AS each, l.order_ref, l.line_no, l.qty, l.state FROM @store@.order_lines l
                       UNION ALL SELECT b.component_sku::text, b.qty, l.order_ref, l.line_no, l.qty, l.state FROM @store@.bundle_components b JOIN @store@.order_lines l ON l.sku = b.sku) k
                 JOIN @store@.orders o ON o.order_ref = k.order_ref
                 LEFT JOIN (SELECT x.*, coalesce(x.qty > 0 AND omni.single_state(x.from_state) AND omni.single_state(x.to_state), false) AS sound FROM @store@.order_line_events x) v ON v.order_ref = k.order_ref AND v.line_no = k.line_no
                 GROUP BY k.order_ref, k.line_no, k.sku, k.each, k.qty, k.state, o.order_ref, o.state) g
           CROSS JOIN LATERAL (SELECT CASE WHEN g.moves IS NOT NULL AND g.qty > 0 THEN omni.order_quantities_try(omni.order_moves_add(g.moves, g.qty, NULL, 'open'::omni.order_state)) END AS units OFFSET 0) e
           CROSS JOIN LATERAL (SELECT greatest(g.qty - coalesce(omni.quantity_reached(e.units, 'shipped'), CASE WHEN omni.reached(g.said, 'shipped') THEN g.qty END, 0)
                                                     - coalesce(omni.quantity_reached(e.units, 'canceled'), CASE WHEN omni.reached(g.said, 'canceled') THEN g.qty END, 0)
                                                     - CASE WHEN g.held THEN (SELECT min(div(h.units, CASE WHEN h.bundle IS NULL THEN 1 ELSE coalesce((WITH RECURSIVE part AS (SELECT h.bundle::omni.sku AS sku, 1::numeric AS qty, 0 AS depth
                                                                                                        UNION ALL SELECT c.component_sku, t.qty * c.qty, t.depth + 1 FROM part t JOIN @store@.bundle_components c ON c.sku = t.sku WHERE t.depth < 8)
                                                                                                        SELECT sum(t.qty) FROM part t WHERE t.sku = h.sku), 1) END))
                                                                                                        FROM (SELECT x.sku, min(x.bundle_sku::text) AS bundle, coalesce(sum(x.open_qty) FILTER (WHERE (x.expires_at <= now()) IS NOT TRUE), 0) AS units FROM @store@.reservations x
                                                                                                              WHERE x.order_ref = g.order_ref AND x.line_no = g.line_no GROUP BY x.sku) h)::bigint ELSE 0 END, 0) AS units OFFSET 0) u
           GROUP BY g.sku) d ON d.sku = p.sku
CROSS JOIN LATERAL (SELECT CASE WHEN p.most_stocked THEN greatest(CASE WHEN NOT EXISTS (SELECT FROM @store@.bundle_components b WHERE b.sku = p.sku) THEN coalesce(d.own, 0) ELSE 0 END + coalesce(d.bundled, 0) - p.held_elsewhere, 0) ELSE 0 END AS open_demand OFFSET 0) o
CROSS JOIN LATERAL (SELECT o.open_demand, p.on_hand - p.held + p.incoming - o.open_demand AS position) n
WHERE n.position <= p.reorder_point AND n.position < greatest(p.order_up_to, p.reorder_point);
COMMENT ON VIEW @bi@.replenishment IS 'what to order now: SKUs of active locations whose position is not above reorder_point, and how many units bring it up to order_up_to';
COMMENT ON COLUMN @bi@.replenishment.sku IS 'product';
COMMENT ON COLUMN @bi@.replenishment.location_code IS 'location to order for';
COMMENT ON COLUMN @bi@.replenishment.market_code IS 'market of the location';
COMMENT ON COLUMN @bi@.replenishment.on_hand IS 'units that are there';
COMMENT ON COLUMN @bi@.replenishment.held IS 'units that reservations hold';
COMMENT ON COLUMN @bi@.replenishment.incoming IS 'units on their way: those of open supplies, or what stock says, whichever is more';
COMMENT ON COLUMN @bi@.replenishment.next_expected_at IS 'when the next of the open supplies is expected';
COMMENT ON COLUMN @bi@.replenishment.open_demand IS 'units that were ordered, have not left and are held nowhere. They are of no location yet, and count at the one of the SKU with the greatest order_up_to';
COMMENT ON COLUMN @bi@.replenishment.position IS 'on_hand - held + incoming - open_demand';
COMMENT ON COLUMN @bi@.replenishment.reorder_point IS 'order when the position is not above this';
COMMENT ON COLUMN @bi@.replenishment.order_up_to IS 'and so many then that it is this; reorder_point where it is not given';
COMMENT ON COLUMN @bi@.replenishment.proposed_qty IS 'units to order: order_up_to - position';

/*
 * Reorder points from what was shipped day by day: exponential smoothing tells the demand of a day and how far it is off. The
 * levels are worked out first, and then written in the order in which functions of the store lock stock.
 */
CREATE OR REPLACE FUNCTION @store@.plan_stock(service_level numeric DEFAULT 0.95, lead_days numeric DEFAULT 7, review_days numeric DEFAULT 7, only_sku text DEFAULT NULL, only_location text DEFAULT NULL,
                                              history_days integer DEFAULT 180, lead_days_sd numeric DEFAULT 0, apply boolean DEFAULT true)
    RETURNS TABLE (sku text, location text, days bigint, demand_per_day numeric, demand_sd numeric, safety_stock bigint, reorder_point bigint, order_up_to bigint, changed boolean)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    code omni.sku := only_sku;
    plan record;
BEGIN
    IF service_level IS NULL OR lead_days IS NULL OR review_days IS NULL OR history_days IS NULL OR lead_days_sd IS NULL OR apply IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'a plan needs a service level, lead and review days, and days of history',
            HINT = 'Leave an argument out for its default.';
    ELSIF history_days NOT BETWEEN 2 AND 3660 THEN
        RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = format('%s days of history are not between 2 and 3660', history_days),
            HINT = 'Leave it out for half a year.';
    END IF;
    PERFORM omni.safety_stock(service_level::double precision, 0, lead_days::double precision, 0, lead_days_sd::double precision);
    PERFORM omni.order_up_to_level(0, lead_days::double precision, review_days::double precision);
    IF apply AND (SELECT c.relkind = 'v' FROM pg_class c WHERE c.oid = '@store@.stock'::regclass) THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = 'this store reads stock from a relation that it adopted',
            HINT = 'Ask with apply => false, and write the levels where that stock is kept.';
    END IF;
    IF (code IS NOT NULL OR only_location IS NOT NULL) AND NOT EXISTS (SELECT FROM @store@.stock s WHERE s.sku = coalesce(code, s.sku) AND s.location_code = coalesce(only_location, s.location_code)) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('no stock of %s at %s', coalesce(left(code::text, 64), 'any SKU'), coalesce(to_jsonb(left(only_location, 64))::text, 'any location')),
            HINT = 'A plan is of what is in the table stock, by SKU and location.';
    END IF;

    FOR plan IN
        SELECT h.sku, h.location_code, f.periods, f.level, f.error_sd, coalesce(s.safety_stock, 0) AS kept, s.reorder_point AS point_was, s.order_up_to AS level_was
        -- a day without a movement is one on which nothing was asked for
        FROM (SELECT p.sku, p.location_code, p.today, omni.demand_history_agg(greatest(p.from_day, p.today - history_days), CASE WHEN p.from_day >= p.today - history_days THEN greatest(p.shipped, 0) ELSE 0 END) AS history
              FROM @store@.stock_periods p
              WHERE p.to_day >= p.today - history_days AND p.from_day < p.today AND p.sku = coalesce(code, p.sku) AND p.location_code = coalesce(only_location, p.location_code)
              GROUP BY p.sku, p.location_code, p.today) h
        JOIN @store@.stock s ON s.sku = h.sku AND s.location_code = h.location_code
        CROSS JOIN LATERAL omni.demand_forecast(h.history, NULL, 'day', h.today - 1) f
        WHERE f.periods > 1
        ORDER BY h.sku::text COLLATE "C", h.location_code COLLATE "C"
    LOOP
        sku := plan.sku::text;
        location := plan.location_code;
        days := plan.periods;
        demand_per_day := round(plan.level::numeric, 4);
        demand_sd := round(plan.error_sd::numeric, 4);
        safety_stock := omni.safety_stock(service_level::double precision, plan.error_sd, lead_days::double precision, plan.level, lead_days_sd::double precision);
        -- units that are never promised lie below
        reorder_point := omni.reorder_point(plan.level, lead_days::double precision, safety_stock) + plan.kept;
        order_up_to := omni.order_up_to_level(plan.level, lead_days::double precision, review_days::double precision, safety_stock) + plan.kept;
        changed := (plan.point_was, plan.level_was) IS DISTINCT FROM (reorder_point, order_up_to);
        IF apply AND changed THEN
            UPDATE @store@.stock s SET reorder_point = plan_stock.reorder_point, order_up_to = plan_stock.order_up_to WHERE s.sku = plan.sku AND s.location_code = plan.location_code;
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION @store@.plan_stock(numeric, numeric, numeric, text, text, integer, numeric, boolean) IS
    'work out reorder_point and order_up_to of stock from what was shipped day by day, for a chance of no stockout, days of lead time and days that an order lasts beyond it (review_days); writes them, or with apply => false only tells. replenishment proposes by them, to who looks every day: who orders once a week adds seven days to lead_days';
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
WHEN 'order_flow' THEN $omni_store$-- order_flow.sql: what happens to orders: units of their lines move from state to state, leave in shipments, come back in
-- returns; and what carts hold before there is an order.

/*
 * One session at a time moves units of a line. It makes a new version of the line's row, so that one with an older snapshot
 * ends in 40001 rather than moving a unit twice; an adopted line has no row to write to, and is locked by its name.
 */
CREATE OR REPLACE FUNCTION @store@.lock_line(order_ref text, line_no integer)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    adopted text[];
BEGIN
    SELECT array_agg(c.relname::text) INTO adopted FROM pg_class c WHERE c.oid IN ('@store@.order_lines'::regclass, '@store@.order_line_events'::regclass) AND c.relkind = 'v';
    IF adopted IS NULL THEN
        UPDATE @store@.order_lines l SET qty = l.qty WHERE l.order_ref = order_ref AND l.line_no = line_no;
    ELSIF 'order_line_events' = ANY (adopted) THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = 'this store reads order_line_events from a relation that it adopted',
            HINT = 'Units are moved where those events are written; what the store adopted it only reads.';
    ELSIF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = 'units of adopted order lines are moved in transactions that are READ COMMITTED',
            DETAIL = 'In an older snapshot another session''s move would not be seen, and the units would move twice.';
    ELSE
        PERFORM pg_advisory_xact_lock(hashtextextended(format('omni.line @store@ %s %s', line_no, order_ref), 0));
    END IF;
END $$;
COMMENT ON FUNCTION @store@.lock_line(text, integer) IS 'for functions of the store: let nobody else move units of an order line until this transaction ends';

/* moves units of a line: the one way in which functions of the store write order_line_events */
CREATE OR REPLACE FUNCTION @store@.move_units(order_ref text, line_no integer, qty bigint, to_state text, event_key text, location text DEFAULT NULL, shipment_key text DEFAULT NULL,
                                              reason text DEFAULT NULL, at timestamptz DEFAULT now(), from_state text DEFAULT NULL)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    before_orders CONSTANT omni.order_state[] := '{open,backordered,preordered,scheduled,rejected,short,canceled,declined,expired}';
    exits CONSTANT omni.order_state[] := '{canceled,declined,expired,undeliverable,expired_pickup,lost}';
    line_name CONSTANT text := format('line %s of order %s', line_no, left(order_ref, 64));
    o record;
    u record;
    line record;
    target omni.order_state;
    origin omni.order_state;
    lowest omni.order_state;
    units omni.order_quantities;
    is_return boolean;
    held boolean;
    known record;
    method text;
    why text;
    movable bigint := 0;
    n integer := 0;
    part bigint;
BEGIN
    IF order_ref IS NULL OR line_no IS NULL OR qty IS NULL OR event_key IS NULL OR at IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'a move of units needs an order, a line, a quantity, an event key and a time',
            HINT = 'move_units(''W-1'', 1, 2, ''packed'', ''event-4711'')';
    ELSIF qty <= 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = format('%s: cannot move %s units', line_name, qty), HINT = 'A quantity is 1 or more.';
    ELSIF octet_length(event_key) NOT BETWEEN 1 AND 512 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'an event key has to be a text of 1 to 512 bytes',
            HINT = 'Name the event as your source does: a repeated key changes nothing.';
    ELSIF NOT isfinite(at) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('%s: a move has to happen at some time', line_name), HINT = 'Leave the time out for now.';
    END IF;
    -- a state of the return axis alone: the units stay where they were handed over
    is_return := to_state ~ '^(return_.*|quarantined|refurbished|restocked|written_off)$';
    target := to_state::omni.order_state;
    origin := from_state::omni.order_state;
    IF NOT coalesce(omni.single_state(target), true) OR NOT coalesce(omni.single_state(origin), true) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('%L is not the state of a single unit', left(CASE WHEN omni.single_state(target) THEN from_state ELSE to_state END, 64)),
            HINT = 'Name one state, such as open, shipped or return_requested.';
    END IF;

    PERFORM @store@.lock_line(order_ref, line_no);
    SELECT l.qty, l.state INTO line FROM @store@.order_lines l WHERE l.order_ref = order_ref AND l.line_no = line_no;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('order %s has no line %s', left(order_ref, 64), line_no),
            HINT = 'Write the order and its lines first: place_order() does.';
    END IF;
    SELECT x.method, x.state, x.placed_at INTO o FROM @store@.orders x WHERE x.order_ref = order_ref;
    method := coalesce((SELECT s.method FROM @store@.shipments s WHERE s.order_ref = order_ref AND s.shipment_key = shipment_key), o.method, 'ship');
    IF target IS NULL THEN
        target := CASE WHEN method IN ('pickup', 'curbside', 'pos') THEN 'picked_up' WHEN method = 'digital' THEN 'digital_delivered' ELSE 'shipped' END;
    END IF;

    -- the same event again: its first row has its key, any others of that time a number behind it
    SELECT min(v.to_state::text) AS to_state, max(v.to_state::text) AS other, sum(v.qty)::bigint AS qty INTO known
    FROM @store@.order_line_events e JOIN @store@.order_line_events v ON v.order_ref = e.order_ref AND v.line_no = e.line_no AND v.occurred_at = e.occurred_at
        AND v.event_key = ANY (event_key || array(SELECT event_key || '#' || i FROM generate_series(2, 40) i))
    WHERE e.order_ref = order_ref AND e.line_no = line_no AND e.event_key = event_key;
    IF known.qty IS NOT NULL THEN
        IF known.qty <> qty OR NOT is_return AND (known.to_state <> target::text OR known.other <> target::text) THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('%s: the event key was used for another move', line_name),
                DETAIL = format('It moved %s units to %s.', known.qty, known.to_state), HINT = 'Each event has a key of its own.';
        END IF;
        RETURN 0;
    END IF;

    held := coalesce(omni.has_flag(line.state, 'on_hold'), false) OR coalesce(omni.has_flag(o.state, 'on_hold'), false);
    SELECT omni.order_line_state(v.qty, v.from_state, v.to_state) FILTER (WHERE v.sound) AS moves, coalesce(bool_and(v.sound), true) AS sound INTO known
    FROM (SELECT x.*, coalesce(x.qty > 0 AND omni.single_state(x.from_state) AND omni.single_state(x.to_state), false) AS sound
          FROM @store@.order_line_events x WHERE x.order_ref = order_ref AND x.line_no = line_no) v;
    IF known.sound AND line.qty > 0 THEN
        units := omni.order_quantities_try(omni.order_moves_add(known.moves, line.qty, NULL, 'open'::omni.order_state));
    END IF;
    IF units IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('%s: its events do not tell where its units are', line_name),
            DETAIL = 'They take more units out of a state than came into it, or one of them is no move of single units.', HINT = 'Add the events that are missing; omni.check_store() counts such lines.';
    END IF;
    IF known.moves IS NULL AND coalesce(line.state, o.state) IS NOT NULL THEN
        -- no event yet: all units are where the source says
        lowest := omni.order_state_min(coalesce(line.state, o.state));
        IF lowest <> omni.order_state_max(coalesce(line.state, o.state)) OR lowest <> coalesce(line.state, o.state) AND NOT held THEN
            RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('%s: it is not known how many of its units are where', line_name),
                DETAIL = format('Its source says %s, and there are no events.', coalesce(line.state, o.state)), HINT = 'Write the events that brought the units there.';
        END IF;
        IF lowest <> 'open'::omni.order_state THEN
            INSERT INTO @store@.order_line_events (order_ref, line_no, event_key, qty, from_state, to_state, occurred_at, reason)
            VALUES (order_ref, line_no, 'omni:said', line.qty, 'open', lowest, least(coalesce(o.placed_at, at), at), 'source');
            units := omni.order_quantities(line.qty, lowest);
        END IF;
    END IF;

    -- for a move up, units that are the nearest; else the least advanced ones. Units whose return came to nothing, and those that never arrived, are the last
    FOR u IN SELECT x.state, x.quantity, t.target, t.reason FROM (
                SELECT s.*, row_number() OVER () AS rank FROM omni.units(units) s) x
             CROSS JOIN LATERAL (SELECT CASE WHEN is_return THEN omni.order_state_try(split_part(x.state::text, '+', 1) || '+' || to_state) ELSE target END AS target) g
             CROSS JOIN LATERAL (SELECT g.target, CASE WHEN g.target IS NULL THEN format('%s units have not been handed over: nothing of them comes back', x.state)
                                                       WHEN held AND target <> ALL (exits) THEN 'on hold: release the hold first'
                                                       ELSE (SELECT r.reason FROM omni.order_transition(x.state, g.target, method) r) END AS reason) t
             WHERE t.target IS DISTINCT FROM x.state AND (origin IS NULL OR x.state = origin OR split_part(x.state::text, '+', 2) = from_state)
             ORDER BY x.state::text ~ '[+]return_(declined|canceled|expired|lost|kept)$|^(undeliverable|lost)',
                      CASE WHEN target = ANY (before_orders) THEN x.rank ELSE -x.rank END LOOP
        IF u.reason IS NOT NULL THEN
            why := coalesce(why, u.reason);
            CONTINUE;
        END IF;
        part := least(qty - movable, u.quantity);
        movable := movable + u.quantity;
        IF part > 0 THEN
            n := n + 1;
            INSERT INTO @store@.order_line_events (order_ref, line_no, event_key, qty, from_state, to_state, location_code, occurred_at, shipment_key, reason)
            VALUES (order_ref, line_no, event_key || CASE WHEN n > 1 THEN '#' || n ELSE '' END, part, u.state, u.target, location, at, shipment_key, reason);
        END IF;
    END LOOP;
    IF movable = 0 AND why IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('%s: its units cannot become %s', line_name, coalesce(to_state, target::text)),
            DETAIL = format('%s. The line is %s.', upper(left(why, 1)) || substr(why, 2), units), HINT = format('omni.next_states(state, %L) tells where units may go.', method);
    ELSIF movable < qty THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('%s: %s units cannot become %s: those that can are %s', line_name, qty, coalesce(to_state, target::text), movable),
            DETAIL = format('The line is %s.', units), HINT = 'Move fewer, or record first what brings the units there.';
    END IF;
    IF shipment_key IS NOT NULL AND (omni.any_reached(target, 'delivered') OR target = ANY (exits)) AND (SELECT c.relkind <> 'v' FROM pg_class c WHERE c.oid = '@store@.shipments'::regclass) THEN
        -- a shipment has arrived when nothing of it is on its way: a line that is found first is the last to arrive, mostly
        PERFORM FROM @store@.order_lines l WHERE l.order_ref = order_ref AND EXISTS (
            SELECT FROM (SELECT v.to_state AS state, v.qty FROM @store@.order_line_events v WHERE v.order_ref = order_ref AND v.line_no = l.line_no AND v.shipment_key = shipment_key
                         UNION ALL SELECT v.from_state, -v.qty FROM @store@.order_line_events v WHERE v.order_ref = order_ref AND v.line_no = l.line_no AND v.shipment_key = shipment_key) e
            WHERE e.state = ANY ('{shipped,ready_for_pickup,in_transit,out_for_delivery,delivery_attempted,customer_arrived}'::omni.order_state[]) GROUP BY e.state HAVING sum(e.qty) > 0)
        ORDER BY l.line_no DESC LIMIT 1;
        IF NOT FOUND THEN
            UPDATE @store@.shipments s SET delivered_at = d.at
            FROM (SELECT max(v.occurred_at) AS at FROM @store@.order_line_events v WHERE v.order_ref = order_ref AND v.shipment_key = shipment_key AND omni.any_reached(v.to_state, 'delivered')) d
            WHERE s.order_ref = order_ref AND s.shipment_key = shipment_key AND s.delivered_at IS DISTINCT FROM d.at;
        END IF;
    END IF;
    RETURN qty;
END $$;
COMMENT ON FUNCTION @store@.move_units(text, integer, bigint, text, text, text, text, text, timestamptz, text) IS
    'move units of a line to a state, from the nearest states or the given one; NULL: handed out, as the method has it. Gives the units moved, 0 if the event is known';

-- where units are, and what an order has come to

CREATE OR REPLACE VIEW @store@.order_units AS
SELECT l.order_ref, l.line_no, l.sku::text AS sku, u.state::text AS state, u.quantity AS qty
FROM @store@.order_lines l
LEFT JOIN @store@.orders o USING (order_ref)
CROSS JOIN LATERAL (SELECT omni.order_line_state(v.qty, v.from_state, v.to_state) FILTER (WHERE v.sound) AS moves, bool_and(v.sound) AS sound
                    FROM (SELECT x.*, coalesce(x.qty > 0 AND omni.single_state(x.from_state) AND omni.single_state(x.to_state), false) AS sound
                          FROM @store@.order_line_events x WHERE x.order_ref = l.order_ref AND x.line_no = l.line_no) v) g
CROSS JOIN LATERAL (SELECT CASE WHEN g.sound AND l.qty > 0 THEN omni.order_quantities_try(omni.order_moves_add(g.moves, l.qty, NULL, 'open'::omni.order_state)) END AS units) q
CROSS JOIN LATERAL (SELECT s.state, s.quantity FROM omni.units(q.units) s
                    UNION ALL SELECT coalesce(l.state, o.state, 'open'), l.qty WHERE q.units IS NULL) u;
COMMENT ON VIEW @store@.order_units IS 'where the units of each order line are, one row a line and state, from its events';
COMMENT ON COLUMN @store@.order_units.order_ref IS 'the order';
COMMENT ON COLUMN @store@.order_units.line_no IS 'the line';
COMMENT ON COLUMN @store@.order_units.sku IS 'what was ordered';
COMMENT ON COLUMN @store@.order_units.state IS 'state, as text of omni.order_state; as the source says it where there are no events, or they do not tell';
COMMENT ON COLUMN @store@.order_units.qty IS 'units in it';

CREATE OR REPLACE VIEW @store@.order_status AS
SELECT o.order_ref, o.channel_code, o.placed_at, o.method, omni.label(coalesce(u.state, o.state, 'open')) AS state, coalesce(u.state, o.state, 'open')::text AS exact_state,
       coalesce(u.qty, 0)::bigint AS qty, (u.expected - u.shipped)::bigint AS qty_open, u.shipped::bigint AS qty_shipped, u.delivered::bigint AS qty_delivered, u.returned::bigint AS qty_returned, (u.qty - u.expected)::bigint AS qty_canceled,
       (SELECT count(*) FROM @store@.shipments s WHERE s.order_ref = o.order_ref) AS shipments,
       o.promised_at, CASE WHEN u.kept = u.promised AND u.promised > 0 THEN t.fulfilled_at END AS fulfilled_at,
       CASE WHEN o.promised_at IS NULL OR u.promised = 0 THEN NULL WHEN u.kept = u.promised THEN t.fulfilled_at <= o.promised_at WHEN o.promised_at < now() THEN false END AS promise_met,
       o.currency, coalesce(m.due, 0) AS due_amount, coalesce(p.authorized, 0) AS authorized_amount, coalesce(p.captured, 0) AS captured_amount, coalesce(p.refunded, 0) AS refunded_amount,
       coalesce(p.voided, 0) AS voided_amount, coalesce(p.charged_back, 0) AS charged_back_amount,
       omni.payment_status(coalesce(m.due, 0), p.authorized, p.captured, p.refunded, p.voided, p.charged_back) AS payment_status
FROM @store@.orders o
CROSS JOIN LATERAL (SELECT coalesce(o.method IN ('pickup', 'curbside', 'ship_to_store'), false) AS collected) c
-- a count is NULL where a source tells only that some units are there
LEFT JOIN LATERAL (
    SELECT omni.order_state_agg(s.state) AS state, sum(s.qty) AS qty,
           CASE WHEN bool_and(s.known) THEN coalesce(sum(s.qty) FILTER (WHERE NOT s.ended), 0) END AS expected,
           CASE WHEN bool_and(s.known) THEN coalesce(sum(s.qty) FILTER (WHERE omni.reached(s.state, 'shipped') AND NOT s.ended), 0) END AS shipped,
           CASE WHEN bool_and(s.known) THEN coalesce(sum(s.qty) FILTER (WHERE omni.reached(s.state, 'delivered')), 0) END AS delivered,
           CASE WHEN bool_and(s.known) THEN coalesce(sum(s.qty) FILTER (WHERE omni.reached(s.state, 'return_received')), 0) END AS returned,
           CASE WHEN bool_and(s.known) THEN coalesce(sum(s.qty) FILTER (WHERE NOT s.ended AND NOT s.replaces), 0) END AS promised,
           CASE WHEN bool_and(s.known) THEN coalesce(sum(s.qty) FILTER (WHERE NOT s.replaces AND (omni.reached(s.state, 'delivered') OR c.collected AND s.state = ANY ('{ready_for_pickup,customer_arrived,expired_pickup}'::omni.order_state[]))), 0) END AS kept
    FROM (SELECT x.state::omni.order_state AS state, x.qty, omni.single_state(x.state::omni.order_state) AS known, x.state::omni.order_state = ANY ('{canceled,declined,expired}'::omni.order_state[]) AS ended,
                 -- what a customer gets in exchange was not promised then
                 EXISTS (SELECT FROM @store@.returns r WHERE r.order_ref = o.order_ref AND r.exchange_order_ref = o.order_ref AND r.exchange_line_no = x.line_no) AS replaces
          FROM @store@.order_units x WHERE x.order_ref = o.order_ref) s) u ON true
LEFT JOIN LATERAL (
    SELECT coalesce(max(v.occurred_at) FILTER (WHERE (omni.any_reached(v.to_state, 'delivered') OR c.collected AND v.to_state = ANY ('{ready_for_pickup,customer_arrived}'::omni.order_state[]))
                                                 AND NOT (omni.any_reached(v.from_state, 'delivered') OR c.collected AND v.from_state = ANY ('{ready_for_pickup,customer_arrived}'::omni.order_state[]))),
                    (SELECT CASE WHEN c.collected THEN max(s.shipped_at) ELSE max(s.delivered_at) END FROM @store@.shipments s WHERE s.order_ref = o.order_ref)) AS fulfilled_at
    FROM @store@.order_line_events v WHERE v.order_ref = o.order_ref
        AND NOT EXISTS (SELECT FROM @store@.returns r WHERE r.order_ref = o.order_ref AND r.exchange_order_ref = o.order_ref AND r.exchange_line_no = v.line_no)) t ON true
-- what the customer has to pay: units that were not canceled, not left lying, not lost, and did not come back
LEFT JOIN LATERAL (
    SELECT sum(l.amount - CASE WHEN g.gone > 0 THEN round(l.amount * g.gone / l.qty, 4) ELSE 0 END) AS due
    FROM (SELECT x.line_no, x.qty, x.qty * x.unit_price - coalesce(x.discount_amount, 0) + coalesce(x.tax_amount, 0) AS amount FROM @store@.order_lines x WHERE x.order_ref = o.order_ref) l
    LEFT JOIN LATERAL (SELECT sum(x.qty) AS gone FROM @store@.order_units x WHERE x.order_ref = o.order_ref AND x.line_no = l.line_no
                       AND (x.state::omni.order_state = ANY ('{canceled,declined,expired,expired_pickup,lost}'::omni.order_state[]) OR omni.reached(x.state::omni.order_state, 'return_received'))) g ON true) m ON true
LEFT JOIN LATERAL (
    SELECT sum(x.amount) FILTER (WHERE x.kind = 'authorized') AS authorized, sum(x.amount) FILTER (WHERE x.kind = 'captured') AS captured, sum(x.amount) FILTER (WHERE x.kind = 'refunded') AS refunded,
           sum(x.amount) FILTER (WHERE x.kind = 'voided') AS voided, sum(x.amount) FILTER (WHERE x.kind = 'charged_back') AS charged_back
    FROM @store@.payments x WHERE x.order_ref = o.order_ref) p ON true;
COMMENT ON VIEW @store@.order_status IS 'what each order has come to: state, units, payment, promise';
COMMENT ON COLUMN @store@.order_status.order_ref IS 'the order';
COMMENT ON COLUMN @store@.order_status.channel_code IS 'channel that took it';
COMMENT ON COLUMN @store@.order_status.placed_at IS 'when it was placed';
COMMENT ON COLUMN @store@.order_status.method IS 'fulfillment method; NULL: ship';
COMMENT ON COLUMN @store@.order_status.state IS 'one word for the states of all units: shipped, partially_shipped, returned, ...';
COMMENT ON COLUMN @store@.order_status.exact_state IS 'the same state with its exact ends, as text of omni.order_state';
COMMENT ON COLUMN @store@.order_status.qty IS 'units ordered';
COMMENT ON COLUMN @store@.order_status.qty_open IS 'units that have still to leave; NULL, as the others, where the source tells only that some have left';
COMMENT ON COLUMN @store@.order_status.qty_shipped IS 'units that have left, or are ready for pickup, or further';
COMMENT ON COLUMN @store@.order_status.qty_delivered IS 'units that the customer has got';
COMMENT ON COLUMN @store@.order_status.qty_returned IS 'units that came back';
COMMENT ON COLUMN @store@.order_status.qty_canceled IS 'units that were canceled, declined or expired';
COMMENT ON COLUMN @store@.order_status.shipments IS 'shipments and pickups';
COMMENT ON COLUMN @store@.order_status.promised_at IS 'when delivery was promised, or that a pickup is ready';
COMMENT ON COLUMN @store@.order_status.fulfilled_at IS 'when the last unit that was promised was delivered, or ready for pickup; NULL until all are';
COMMENT ON COLUMN @store@.order_status.promise_met IS 'whether that was in time; NULL while it is undecided';
COMMENT ON COLUMN @store@.order_status.currency IS 'ISO 4217 code of the amounts';
COMMENT ON COLUMN @store@.order_status.due_amount IS 'what the lines come to, without units that were canceled, that nobody came for, that were lost or came back';
COMMENT ON COLUMN @store@.order_status.authorized_amount IS 'authorized';
COMMENT ON COLUMN @store@.order_status.captured_amount IS 'captured';
COMMENT ON COLUMN @store@.order_status.refunded_amount IS 'refunded';
COMMENT ON COLUMN @store@.order_status.voided_amount IS 'authorized, and given up';
COMMENT ON COLUMN @store@.order_status.charged_back_amount IS 'charged back';
COMMENT ON COLUMN @store@.order_status.payment_status IS 'name of the payment, derived from these amounts: paid, partially_refunded, ...';

CREATE OR REPLACE VIEW @store@.cart_lines AS
SELECT k.cart_key, coalesce(k.merged_into, k.cart_key) AS standing_cart_key, l.sku::text AS sku, l.qty
FROM @store@.carts k
CROSS JOIN LATERAL (SELECT e.sku, sum(e.qty)::bigint AS qty FROM @store@.carts c JOIN @store@.cart_events e ON e.cart_key = c.cart_key
                    WHERE coalesce(c.merged_into, c.cart_key) = coalesce(k.merged_into, k.cart_key) GROUP BY e.sku HAVING sum(e.qty) > 0) l;
COMMENT ON VIEW @store@.cart_lines IS 'what is in each cart; a cart that was merged holds what the other does';
COMMENT ON COLUMN @store@.cart_lines.cart_key IS 'key of a cart, merged or not';
COMMENT ON COLUMN @store@.cart_lines.standing_cart_key IS 'the cart that stands for it; cart_key = standing_cart_key shows each unit once';
COMMENT ON COLUMN @store@.cart_lines.sku IS 'what';
COMMENT ON COLUMN @store@.cart_lines.qty IS 'units: what was put in less what was taken out, where that is more than none';

-- calls: what they are given

CREATE OR REPLACE FUNCTION @store@.need_own(VARIADIC relations text[])
    RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    adopted text;
BEGIN
    adopted := (SELECT min(c.relname) FROM pg_class c WHERE c.relnamespace = to_regnamespace('@store@') AND c.relname = ANY (relations) AND c.relkind = 'v');
    IF adopted IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('this store reads %s from a relation that it adopted', adopted),
            HINT = 'Write where the data is kept: what the store adopted it only reads.';
    END IF;
END $$;
COMMENT ON FUNCTION @store@.need_own(text[]) IS 'for functions of the store: refuse to work where it only reads these relations';

CREATE OR REPLACE FUNCTION @store@.quantity_of(said jsonb, what text)
    RETURNS bigint LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    number numeric;
BEGIN
    IF coalesce(jsonb_typeof(said), 'null') = 'null' THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = format('%s has no quantity', what), HINT = 'A quantity is a whole number from 1 to 1000000000000, e.g. "qty": 2.';
    ELSIF jsonb_typeof(said) <> 'number' OR (said #>> '{}')::numeric <> trunc((said #>> '{}')::numeric) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('%s: %s is no quantity', what, left(said::text, 64)), HINT = 'A quantity is a whole number from 1 to 1000000000000, e.g. "qty": 2.';
    END IF;
    number := (said #>> '{}')::numeric;
    IF number NOT BETWEEN 1 AND 1000000000000 THEN
        RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = format('%s: the quantity %s is out of range', what, left(number::text, 64)), HINT = 'A quantity is a whole number from 1 to 1000000000000, e.g. "qty": 2.';
    END IF;
    RETURN number;
END $$;
COMMENT ON FUNCTION @store@.quantity_of(jsonb, text) IS 'for functions of the store: a quantity, after checking it';

CREATE OR REPLACE FUNCTION @store@.order_call(order_ref text, lines jsonb, names text[], OUT n integer, OUT line_no integer, OUT qty bigint, OUT said jsonb)
    RETURNS SETOF record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    example CONSTANT text := '[{"line": 1, "qty": 2}]';
    odd text;
BEGIN
    IF order_ref IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'no order is named', HINT = 'Name its order_ref.';
    ELSIF NOT EXISTS (SELECT FROM @store@.order_lines l WHERE l.order_ref = order_ref) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('there is no order %s with lines', left(order_ref, 64)), HINT = 'Write the order and its lines first: place_order() does.';
    ELSIF lines IS NULL THEN
        RETURN;
    ELSIF jsonb_typeof(lines) <> 'array' OR lines = '[]' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'lines have to be an array of objects, at least one', HINT = example;
    ELSIF jsonb_array_length(lines) > 10000 THEN
        RAISE EXCEPTION USING ERRCODE = 'program_limit_exceeded', MESSAGE = format('%s lines are too many for one call', jsonb_array_length(lines)), HINT = 'At most 10000 lines can be given at once.';
    END IF;
    FOR n, said IN SELECT x.i, x.said FROM jsonb_array_elements(lines) WITH ORDINALITY x(said, i) LOOP
        IF jsonb_typeof(said) <> 'object' THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the call is no object', n), HINT = example;
        END IF;
        odd := (SELECT min(k COLLATE "C") FROM jsonb_object_keys(said) k WHERE k <> ALL ('{line,qty}' || names));
        IF odd IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the call has a key %L', n, left(odd, 64)),
                HINT = format('A line of this call has the keys %s.', array_to_string('{line,qty}' || names, ', '));
        END IF;
        odd := (SELECT min(k.key COLLATE "C") FROM jsonb_each(said) k WHERE k.key = ANY (names) AND jsonb_typeof(k.value) NOT IN ('string', 'null'));
        IF odd IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the call: %L has to be a text', n, odd), HINT = example;
        END IF;
        IF jsonb_typeof(said -> 'line') IS DISTINCT FROM 'number' OR (said ->> 'line')::numeric NOT BETWEEN -2147483648 AND 2147483647 OR (said ->> 'line')::numeric <> trunc((said ->> 'line')::numeric) THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the call does not name a line of the order', n), HINT = example;
        END IF;
        line_no := (said ->> 'line')::numeric::integer;
        qty := @store@.quantity_of(said -> 'qty', format('line %s of the call', n));
        IF NOT EXISTS (SELECT FROM @store@.order_lines l WHERE l.order_ref = order_ref AND l.line_no = line_no) THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('order %s has no line %s', left(order_ref, 64), line_no), HINT = 'Write the order and its lines first: place_order() does.';
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION @store@.order_call(text, jsonb, text[]) IS 'for functions of the store: the lines that a call names, after checking them';

CREATE OR REPLACE FUNCTION @store@.known_location(location text, what text)
    RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    IF location IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = format('%s names no location', what), HINT = 'For example "location": "BER".';
    ELSIF NOT EXISTS (SELECT FROM @store@.locations l WHERE l.location_code = location) AND NOT EXISTS (SELECT FROM @store@.stock s WHERE s.location_code = location) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('%s: unknown location %s', what, to_jsonb(left(location, 64))),
            HINT = coalesce((SELECT format('Codes are compared letter by letter: there is %s.', to_jsonb(min(l.location_code))) FROM @store@.locations l WHERE lower(l.location_code) = lower(location) HAVING count(*) > 0), 'Insert it into locations first.');
    END IF;
    RETURN location;
END $$;
COMMENT ON FUNCTION @store@.known_location(text, text) IS 'for functions of the store: a location, after checking it';

-- placing orders

CREATE OR REPLACE FUNCTION @store@.place_order(new_order jsonb, idempotency_key text DEFAULT NULL)
    RETURNS TABLE (line integer, sku text, qty bigint) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    example CONSTANT text := '{"order_ref": "W-1", "channel": "web", "lines": [{"sku": "TS-RED", "qty": 2, "unit_price": 19.90}]}';
    hash CONSTANT bigint := hashtextextended(coalesce(new_order::text, ''), 0);
    order_ref CONSTANT text := new_order ->> 'order_ref';
    answer jsonb := '[]';
    earlier jsonb;
    channel record;
    at timestamptz;
    promised timestamptz;
    method text;
    currency text;
    odd text;
    x record;
    code text;
    amounts numeric[];
    name text;
    lines jsonb;
    collected jsonb[] := '{}';
BEGIN
    IF new_order IS NULL OR jsonb_typeof(new_order) <> 'object' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'an order has to be an object', HINT = example;
    END IF;
    odd := (SELECT min(k COLLATE "C") FROM jsonb_object_keys(new_order) k WHERE k <> ALL ('{order_ref,channel,market,customer,placed_at,currency,promised_at,method,cart,lines}'));
    IF odd IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('an order has no %L', left(odd, 64)),
            HINT = 'Its keys are order_ref, channel, market, customer, placed_at, currency, promised_at, method, cart and lines.';
    END IF;
    odd := (SELECT min(k.key COLLATE "C") FROM jsonb_each(new_order) k WHERE k.key NOT IN ('lines', 'customer') AND jsonb_typeof(k.value) NOT IN ('string', 'null'));
    IF odd IS NOT NULL OR jsonb_typeof(new_order -> 'customer') NOT IN ('number', 'null') OR (new_order ->> 'customer')::numeric % 1 <> 0 OR (new_order ->> 'customer')::numeric NOT BETWEEN 1 AND 9223372036854775807 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('%L of an order has to be %s', coalesce(odd, 'customer'), CASE WHEN odd IS NULL THEN 'the number of a customer' ELSE 'a text' END), HINT = example;
    ELSIF coalesce(order_ref, '') = '' OR octet_length(order_ref) > 512 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the number of an order has to be a text of 1 to 512 bytes', HINT = example;
    END IF;
    SELECT c.channel_code, c.kind, coalesce(new_order ->> 'market', c.market_code) AS market_code INTO channel FROM @store@.channels c WHERE c.channel_code = new_order ->> 'channel';
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('unknown channel: %s', coalesce(to_jsonb(left(new_order ->> 'channel', 64)), 'null')), HINT = 'Insert it into channels first.';
    END IF;
    IF new_order ->> 'market' IS NOT NULL AND NOT EXISTS (SELECT FROM @store@.markets m WHERE m.market_code = new_order ->> 'market') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('unknown market: %s', to_jsonb(left(new_order ->> 'market', 64))), HINT = 'Insert it into markets first, or leave it out: then it is that of the channel.';
    END IF;
    currency := coalesce(new_order ->> 'currency', (SELECT m.currency FROM @store@.markets m WHERE m.market_code = channel.market_code));
    IF currency IS NULL OR currency !~ '^[A-Z]{3}$' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = CASE WHEN currency IS NULL THEN 'the currency of the order is not known' ELSE format('%L is no currency', left(currency, 64)) END,
            HINT = 'Name it by its ISO 4217 code, e.g. "currency": "EUR", or give the channel a market that has one.';
    END IF;
    FOREACH name IN ARRAY '{placed_at,promised_at}'::text[] LOOP
        IF omni.store_time_problem(new_order ->> name) IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('%L of the order is no time: %s', name, omni.store_time_problem(new_order ->> name)), HINT = 'A time has its zone, e.g. 2026-03-01T09:00:00Z.';
        END IF;
    END LOOP;
    at := coalesce(omni.store_time(new_order ->> 'placed_at'), now());
    promised := omni.store_time(new_order ->> 'promised_at');
    method := coalesce(new_order ->> 'method', CASE WHEN channel.kind = 'pos' THEN 'pos' ELSE 'ship' END);
    PERFORM omni.order_transition('open', 'open', method);
    IF jsonb_typeof(new_order -> 'lines') IS DISTINCT FROM 'array' OR new_order -> 'lines' = '[]' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the lines of an order have to be an array of objects, at least one', HINT = example;
    ELSIF jsonb_array_length(new_order -> 'lines') > 10000 THEN
        RAISE EXCEPTION USING ERRCODE = 'program_limit_exceeded', MESSAGE = format('%s lines are too many for one call', jsonb_array_length(new_order -> 'lines')), HINT = 'At most 10000 lines can be given at once.';
    END IF;
    FOR x IN SELECT y.i::integer AS n, y.said FROM jsonb_array_elements(new_order -> 'lines') WITH ORDINALITY y(said, i) LOOP
        IF jsonb_typeof(x.said) <> 'object' THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the order is no object', x.n), HINT = example;
        END IF;
        odd := (SELECT min(k COLLATE "C") FROM jsonb_object_keys(x.said) k WHERE k <> ALL ('{line,sku,qty,unit_price,discount_amount,tax_amount}'));
        IF odd IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the order has a key %L', x.n, left(odd, 64)), HINT = 'The keys of a line are line, sku, qty, unit_price, discount_amount and tax_amount.';
        ELSIF x.said ? 'line' AND (jsonb_typeof(x.said -> 'line') <> 'number' OR (x.said ->> 'line')::numeric NOT BETWEEN 0 AND 2147483647 OR (x.said ->> 'line')::numeric <> trunc((x.said ->> 'line')::numeric)) THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the order: its number has to be a whole number', x.n), HINT = example;
        END IF;
        code := coalesce(@store@.resolve_sku(x.said ->> 'sku', channel.channel_code, at), (SELECT s.sku::text FROM @store@.stock s WHERE s.sku = omni.sku_try(x.said ->> 'sku') LIMIT 1));
        IF code IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the order: unknown SKU %L', x.n, left(x.said ->> 'sku', 64)), HINT = 'SKUs are rows of products, or have stock; sku_aliases has what channels call them.';
        END IF;
        amounts := '{}';
        FOREACH name IN ARRAY '{unit_price,discount_amount,tax_amount}'::text[] LOOP
            IF jsonb_typeof(x.said -> name) IS DISTINCT FROM 'number' AND (name = 'unit_price' OR jsonb_typeof(x.said -> name) <> 'null') THEN
                RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the order: %L has to be a number', x.n, name), HINT = example;
            END IF;
            amounts := amounts || coalesce((x.said ->> name)::numeric, 0);
        END LOOP;
        collected := collected || jsonb_build_object('line', coalesce((x.said ->> 'line')::numeric::integer, x.n), 'sku', code, 'qty', @store@.quantity_of(x.said -> 'qty', format('line %s of the order', x.n)),
            'unit_price', amounts[1], 'discount_amount', amounts[2], 'tax_amount', amounts[3]);
    END LOOP;
    lines := to_jsonb(collected);
    odd := (SELECT min(l.line) FROM jsonb_to_recordset(lines) l(line integer) GROUP BY l.line HAVING count(*) > 1 LIMIT 1);
    IF odd IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('two lines of the order have the number %s', odd), HINT = 'Without numbers, lines are numbered by their place.';
    END IF;
    PERFORM @store@.need_own('orders', 'order_lines');

    answer := @store@.request_answer(idempotency_key, 'place_order', hash) -> 'rows';
    IF answer IS NULL THEN
        INSERT INTO @store@.orders (order_ref, channel_code, market_code, customer_id, placed_at, currency, promised_at, method)
        VALUES (order_ref, channel.channel_code, new_order ->> 'market', (new_order ->> 'customer')::bigint, at, currency, promised, method) ON CONFLICT DO NOTHING;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'unique_violation', MESSAGE = format('there is an order %s already', left(order_ref, 64)), HINT = 'Give an idempotency key: a retry with it gets the first answer.';
        END IF;
        INSERT INTO @store@.order_lines (order_ref, line_no, sku, qty, unit_price, discount_amount, tax_amount)
        SELECT order_ref, l.line, l.sku::omni.sku, l.qty, l.unit_price, l.discount_amount, l.tax_amount
        FROM jsonb_to_recordset(lines) l(line integer, sku text, qty bigint, unit_price numeric, discount_amount numeric, tax_amount numeric);
        IF new_order ->> 'cart' IS NOT NULL THEN
            -- what was bought is no longer in the cart; what was put there meanwhile stays
            INSERT INTO @store@.cart_events (cart_key, event_key, sku, qty, occurred_at)
            SELECT new_order ->> 'cart', 'order:' || order_ref || ':' || c.sku, c.sku::omni.sku, -least(c.qty, b.qty), at
            FROM @store@.cart_lines c JOIN (SELECT l.sku, sum(l.qty) AS qty FROM jsonb_to_recordset(lines) l(sku text, qty bigint) GROUP BY l.sku) b ON b.sku = c.sku
            WHERE c.cart_key = new_order ->> 'cart' ON CONFLICT DO NOTHING;
        END IF;
        answer := (SELECT jsonb_agg(l - '{unit_price,discount_amount,tax_amount}'::text[]) FROM jsonb_array_elements(lines) l);
        PERFORM @store@.request_done(idempotency_key, 'place_order', order_ref, hash, jsonb_build_object('rows', answer));
    END IF;
    RETURN QUERY SELECT l.line, l.sku, l.qty FROM jsonb_to_recordset(answer) l(line integer, sku text, qty bigint);
END $$;
COMMENT ON FUNCTION @store@.place_order(jsonb, text) IS 'write an order with its lines, in one call; a retry with the same idempotency key gets the first answer';

-- what is held for an order

/*
 * Locks what is held for lines of an order, stock before reservations, each in its order, and gives the reservations by
 * line: what follows finds them as they are. With places, those rows of stock are locked with them. What is reserved for the order
 * while this waits comes after the call: its stock may come before that which is locked, and is left alone.
 */
CREATE OR REPLACE FUNCTION @store@.hold_still(order_ref text, line_nos integer[], skus text[] DEFAULT '{}', locations text[] DEFAULT '{}')
    RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    place record;
    held jsonb[] := '{}';
BEGIN
    FOR place IN SELECT x.sku, x.location_code, array_agg(x.id) AS ids FROM (SELECT r.sku, r.location_code, r.reservation_id AS id FROM @store@.reservations r WHERE r.order_ref = order_ref AND r.line_no = ANY (line_nos) AND r.open_qty > 0
                 UNION SELECT u.sku::omni.sku, u.location, NULL FROM unnest(skus, locations) u(sku, location)) x GROUP BY x.sku, x.location_code ORDER BY x.sku, x.location_code COLLATE "C" LOOP
        PERFORM @store@.stock_writable();
        PERFORM @store@.lock_stock(place.sku::text, place.location_code);
        held := held || ARRAY(SELECT jsonb_build_object('line_no', r.line_no, 'sku', r.sku, 'id', r.reservation_id) FROM @store@.reservations r WHERE r.order_ref = order_ref AND r.line_no = ANY (line_nos) AND r.sku = place.sku AND r.location_code = place.location_code AND r.open_qty > 0 AND r.reservation_id = ANY (place.ids)
                              ORDER BY r.reservation_id FOR NO KEY UPDATE);
    END LOOP;
    RETURN (SELECT jsonb_object_agg(x.line_no, x.held) FROM (SELECT h ->> 'line_no' AS line_no, jsonb_agg(h) AS held FROM unnest(held) h GROUP BY 1) x);
END $$;
COMMENT ON FUNCTION @store@.hold_still(text, integer[], text[], text[]) IS 'for functions of the store: lock what is held for lines of an order; gives the reservations by line';

/*
 * Gives up units that are held for a line: units of it, or, where keep is given, all but those. A unit of a
 * bundle is so many of each component. Of the reservations that hold_still() gave.
 */
CREATE OR REPLACE FUNCTION @store@.give_up(order_ref text, line_no integer, units bigint, keep bigint, location text, key text, reason text, at timestamptz, held jsonb)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    r record;
    part bigint;
    given bigint := 0;
    gone jsonb := '{}';
    now_is CONSTANT timestamptz := clock_timestamp();    -- what has expired is given up already, of a bundle all components at one moment
BEGIN
    FOR r IN SELECT x.sku, x.location_code, x.reservation_id, x.open_qty, x.per_unit, sum(x.open_qty) OVER (PARTITION BY x.sku) AS all_held
             FROM (SELECT v.sku, v.location_code, v.reservation_id, v.open_qty, CASE WHEN v.bundle_sku IS NULL THEN 1 ELSE coalesce((SELECT p.qty::bigint FROM @store@.stock_parts(v.bundle_sku::text) p WHERE p.part = v.sku::text), 1) END AS per_unit
                   FROM jsonb_to_recordset(held -> line_no::text) h(sku text, id bigint) JOIN @store@.reservations v ON v.order_ref = order_ref AND v.sku = h.sku::omni.sku AND v.reservation_id = h.id
                   WHERE v.line_no = line_no AND v.open_qty > 0 AND v.expires_at > now_is AND (location IS NULL OR v.location_code = location)) x
             ORDER BY x.sku, x.location_code COLLATE "C", x.reservation_id DESC LOOP
        part := least(r.open_qty, CASE WHEN keep IS NULL THEN units * r.per_unit ELSE r.all_held - keep * r.per_unit END - coalesce((gone ->> r.sku::text)::bigint, 0));
        CONTINUE WHEN part <= 0;
        UPDATE @store@.reservations v SET open_qty = v.open_qty - part WHERE v.order_ref = order_ref AND v.sku = r.sku AND v.reservation_id = r.reservation_id;
        PERFORM @store@.move_stock(r.sku::text, r.location_code, 0, 'release', key || ':' || r.reservation_id, order_ref, reason, at, -part, r.reservation_id);
        gone := gone || jsonb_build_object(r.sku::text, coalesce((gone ->> r.sku::text)::bigint, 0) + part);
        given := given + part;
    END LOOP;
    RETURN given;
END $$;
COMMENT ON FUNCTION @store@.give_up(text, integer, bigint, bigint, text, text, text, timestamptz, jsonb) IS 'for functions of the store: release units that are held for a line of an order; gives how many';

CREATE OR REPLACE FUNCTION @store@.is_held(state text, method text)
    RETURNS boolean LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    RETURN state NOT IN ('canceled', 'declined', 'expired', 'expired_pickup') AND (NOT omni.reached(state::omni.order_state, 'shipped') OR method IN ('pickup', 'curbside') AND state IN ('ready_for_pickup', 'customer_arrived'));
END $$;
COMMENT ON FUNCTION @store@.is_held(text, text) IS 'for functions of the store: whether units in a state are in stock still: a pickup leaves it when it is handed over';

-- units that do not leave after all

CREATE OR REPLACE FUNCTION @store@.cancel_lines(order_ref text, lines jsonb DEFAULT NULL, reason text DEFAULT NULL, idempotency_key text DEFAULT NULL)
    RETURNS TABLE (line integer, qty bigint, released bigint) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    hash CONSTANT bigint := hashtextextended(jsonb_build_array(order_ref, lines, reason)::text, 0);
    key CONSTANT text := coalesce(idempotency_key, '~' || gen_random_uuid());
    answer jsonb;
    given_rows jsonb[] := '{}';
    x record;
    wanted jsonb;
    held jsonb;
BEGIN
    wanted := (SELECT jsonb_agg(c) FROM @store@.order_call(order_ref, lines, '{}') c);
    answer := @store@.request_answer(idempotency_key, 'cancel_lines', hash) -> 'rows';
    IF answer IS NULL THEN
        IF lines IS NULL THEN
            wanted := (SELECT jsonb_agg(jsonb_build_object('n', u.line_no, 'line_no', u.line_no, 'qty', u.qty)) FROM (
                SELECT v.line_no, sum(v.qty) AS qty FROM @store@.order_units v LEFT JOIN @store@.orders o USING (order_ref)
                WHERE v.order_ref = order_ref AND v.state <> 'canceled' AND (SELECT t.legal FROM omni.order_transition(v.state::omni.order_state, 'canceled', coalesce(o.method, 'ship')) t) GROUP BY v.line_no) u);
            IF wanted IS NULL THEN
                RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('nothing of order %s can be canceled', left(order_ref, 64)),
                    DETAIL = (SELECT format('Its units are %s.', string_agg(DISTINCT v.state, ', ')) FROM @store@.order_units v WHERE v.order_ref = order_ref), HINT = 'Units that have left come back through a return.';
            END IF;
        END IF;
        held := @store@.hold_still(order_ref, (SELECT array_agg(w.line_no) FROM jsonb_to_recordset(wanted) w(line_no integer)));
        FOR x IN SELECT w.* FROM jsonb_to_recordset(wanted) w(n integer, line_no integer, qty bigint) ORDER BY w.line_no, w.n LOOP
            PERFORM @store@.move_units(order_ref, x.line_no, x.qty, 'canceled', key || ':' || x.n, reason => reason);
            -- what is left to ship stays reserved
            given_rows := given_rows || jsonb_build_object('line', x.line_no, 'qty', x.qty, 'released', @store@.give_up(order_ref, x.line_no, NULL,
                (SELECT coalesce(sum(v.qty), 0)::bigint FROM @store@.order_units v WHERE v.order_ref = order_ref AND v.line_no = x.line_no AND @store@.is_held(v.state, (SELECT o.method FROM @store@.orders o WHERE o.order_ref = order_ref))),
                NULL, key || ':' || x.n, reason, now(), held));
        END LOOP;
        answer := to_jsonb(given_rows);
        PERFORM @store@.request_done(key, 'cancel_lines', order_ref, hash, jsonb_build_object('rows', answer));
    END IF;
    RETURN QUERY SELECT a.line, a.qty, a.released FROM jsonb_to_recordset(answer) a(line integer, qty bigint, released bigint);
END $$;
COMMENT ON FUNCTION @store@.cancel_lines(text, jsonb, text, text) IS 'cancel units that have not left, all of them if no lines are given; what was reserved for them is released';

CREATE OR REPLACE FUNCTION @store@.short_pick(order_ref text, lines jsonb, adjust boolean DEFAULT false, reason text DEFAULT NULL, idempotency_key text DEFAULT NULL)
    RETURNS TABLE (line integer, qty bigint, location text, released bigint) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    hash CONSTANT bigint := hashtextextended(jsonb_build_array(order_ref, lines, adjust, reason)::text, 0);
    key CONSTANT text := coalesce(idempotency_key, '~' || gen_random_uuid());
    answer jsonb;
    given_rows jsonb[] := '{}';
    wanted jsonb;
    x record;
    u record;
    g record;
    rest bigint;
    part bigint;
    given bigint;
    held jsonb;
    i integer;
BEGIN
    wanted := (SELECT jsonb_agg(c) FROM @store@.order_call(order_ref, lines, '{location}') c);
    IF wanted IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'no lines are given', HINT = '[{"line": 1, "qty": 1, "location": "BER"}]';
    END IF;
    PERFORM @store@.known_location(w.said ->> 'location', format('line %s of the call', w.n)) FROM jsonb_to_recordset(wanted) w(n integer, said jsonb);
    answer := @store@.request_answer(idempotency_key, 'short_pick', hash) -> 'rows';
    IF answer IS NULL THEN
        SELECT @store@.hold_still(order_ref, array_agg(w.line_no), array_agg(p.part) FILTER (WHERE adjust), array_agg(w.said ->> 'location') FILTER (WHERE adjust)) INTO held
        FROM jsonb_to_recordset(wanted) w(line_no integer, said jsonb) JOIN @store@.order_lines l ON l.order_ref = order_ref AND l.line_no = w.line_no CROSS JOIN @store@.stock_parts(l.sku::text) p;
        FOR x IN SELECT w.*, l.sku::text AS sku FROM jsonb_to_recordset(wanted) w(n integer, line_no integer, qty bigint, said jsonb) JOIN @store@.order_lines l ON l.order_ref = order_ref AND l.line_no = w.line_no ORDER BY w.line_no, w.n LOOP
            -- a node that reports it has been asked: units of which no event tells that are released first
            PERFORM @store@.lock_line(order_ref, x.line_no);
            SELECT sum(v.qty)::bigint AS movable, string_agg(v.state || ':' || v.qty, ',') AS units INTO u FROM @store@.order_units v
            WHERE v.order_ref = order_ref AND v.line_no = x.line_no AND v.state IN ('released', 'acknowledged', 'picked', 'packed', 'allocated', 'reserved', 'open');
            IF u.movable < x.qty THEN
                RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('line %s of order %s: %s units cannot be short: not yet shipped are %s', x.line_no, left(order_ref, 64), x.qty, u.movable),
                    DETAIL = format('They are {%s}.', u.units), HINT = 'What was shipped is not short: it may be lost, or undeliverable.';
            END IF;
            rest := x.qty;
            i := 0;
            FOR u IN SELECT v.state, v.qty FROM @store@.order_units v WHERE v.order_ref = order_ref AND v.line_no = x.line_no AND v.state IN ('released', 'acknowledged', 'picked', 'packed', 'allocated', 'reserved', 'open')
                     ORDER BY array_position('{released,acknowledged,picked,packed,allocated,reserved,open}', v.state) LOOP
                part := least(rest, u.qty);
                EXIT WHEN part = 0;
                i := i + 1;
                IF u.state IN ('allocated', 'reserved', 'open') THEN
                    PERFORM @store@.move_units(order_ref, x.line_no, part, 'released', format('%s:%s:asked%s', key, x.n, i), x.said ->> 'location', from_state => u.state);
                END IF;
                PERFORM @store@.move_units(order_ref, x.line_no, part, 'short', format('%s:%s:short%s', key, x.n, i), x.said ->> 'location', reason => reason, from_state => CASE WHEN u.state IN ('allocated', 'reserved', 'open') THEN 'released' ELSE u.state END);
                rest := rest - part;
            END LOOP;
            IF rest > 0 THEN
                -- says what is there instead
                PERFORM @store@.move_units(order_ref, x.line_no, rest, 'short', format('%s:%s:short', key, x.n), x.said ->> 'location', reason => reason);
            END IF;
            PERFORM @store@.move_units(order_ref, x.line_no, x.qty, 'open', format('%s:%s:open', key, x.n), x.said ->> 'location', reason => reason, from_state => 'short');
            given := @store@.give_up(order_ref, x.line_no, x.qty, NULL, x.said ->> 'location', key || ':' || x.n, reason, now(), held);
            IF adjust THEN
                FOR g IN SELECT y.part, least(y.qty * x.qty, s.on_hand)::bigint AS missing FROM @store@.stock_parts(x.sku) y JOIN @store@.stock s ON s.sku = y.part::omni.sku AND s.location_code = x.said ->> 'location' ORDER BY s.sku LOOP
                    CONTINUE WHEN g.missing <= 0;
                    PERFORM @store@.move_stock(g.part, x.said ->> 'location', -g.missing, 'adjust', format('%s:%s:adjust', key, x.n), order_ref, coalesce(reason, 'short'), now());
                    PERFORM @store@.fit_slots(g.part, x.said ->> 'location');
                END LOOP;
            END IF;
            given_rows := given_rows || jsonb_build_object('line', x.line_no, 'qty', x.qty, 'location', x.said ->> 'location', 'released', given);
        END LOOP;
        answer := to_jsonb(given_rows);
        PERFORM @store@.request_done(key, 'short_pick', order_ref, hash, jsonb_build_object('rows', answer));
    END IF;
    RETURN QUERY SELECT a.line, a.qty, a.location, a.released FROM jsonb_to_recordset(answer) a(line integer, qty bigint, location text, released bigint);
END $$;
COMMENT ON FUNCTION @store@.short_pick(text, jsonb, boolean, text, text) IS 'units that a location could not find: they are open again, what was reserved for them there is released, and, if asked for, the stock there is corrected';

-- units that have left, or wait for their customer

CREATE OR REPLACE FUNCTION @store@.on_the_way(order_ref text, line_no integer, OUT shipment_key text, OUT state text, OUT qty bigint)
    RETURNS SETOF record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    carried CONSTANT text[] := '{shipped,ready_for_pickup,in_transit,out_for_delivery,delivery_attempted,customer_arrived}';
BEGIN
    -- what the events of each shipment come to; a line whose units are where its source says has none
    RETURN QUERY SELECT s.shipment_key, s.state, least(s.qty, v.qty - coalesce(sum(s.qty) OVER (PARTITION BY s.state ORDER BY s.shipment_key COLLATE "C" NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))::bigint
    FROM @store@.order_units v
    JOIN (SELECT e.shipment_key, e.state, sum(e.qty) AS qty
          FROM (SELECT y.shipment_key, y.to_state::text AS state, y.qty FROM @store@.order_line_events y WHERE y.order_ref = on_the_way.order_ref AND y.line_no = on_the_way.line_no
                UNION ALL SELECT y.shipment_key, y.from_state::text, -y.qty FROM @store@.order_line_events y WHERE y.order_ref = on_the_way.order_ref AND y.line_no = on_the_way.line_no
                UNION ALL SELECT NULL, x.state, x.qty FROM @store@.order_units x WHERE x.order_ref = on_the_way.order_ref AND x.line_no = on_the_way.line_no
                    AND NOT EXISTS (SELECT FROM @store@.order_line_events y WHERE y.order_ref = on_the_way.order_ref AND y.line_no = on_the_way.line_no)) e
          WHERE e.state = ANY (carried) GROUP BY e.shipment_key, e.state HAVING sum(e.qty) > 0) s ON s.state = v.state
    WHERE v.order_ref = on_the_way.order_ref AND v.line_no = on_the_way.line_no
    ORDER BY array_position(carried, s.state) DESC, s.shipment_key COLLATE "C" NULLS LAST;
END $$;
COMMENT ON FUNCTION @store@.on_the_way(text, integer) IS 'for functions of the store: units of a line that have left or are ready for pickup, and not arrived, by shipment';

-- pickups

CREATE OR REPLACE FUNCTION @store@.ready_for_pickup(order_ref text, lines jsonb DEFAULT NULL, shipment_key text DEFAULT NULL, location text DEFAULT NULL, at timestamptz DEFAULT NULL, idempotency_key text DEFAULT NULL)
    RETURNS TABLE (line integer, qty bigint) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    hash CONSTANT bigint := hashtextextended(jsonb_build_array(order_ref, lines, shipment_key, location, at AT TIME ZONE 'UTC')::text, 0);
    key CONSTANT text := coalesce(idempotency_key, '~' || gen_random_uuid());
    answer jsonb;
    wanted jsonb;
    x record;
    parcel record;
    way text;
    rest bigint;
    late record;
    held jsonb;
    ids bigint[];
BEGIN
    wanted := (SELECT jsonb_agg(c) FROM @store@.order_call(order_ref, lines, '{}') c);
    IF location IS NOT NULL THEN
        PERFORM @store@.known_location(location, 'a pickup');
    END IF;
    answer := @store@.request_answer(idempotency_key, 'ready_for_pickup', hash) -> 'rows';
    IF answer IS NULL THEN
        PERFORM @store@.need_own('shipments');
        way := coalesce((SELECT s.method FROM @store@.shipments s WHERE s.order_ref = order_ref AND s.shipment_key = shipment_key), (SELECT o.method FROM @store@.orders o WHERE o.order_ref = order_ref), 'ship');
        IF lines IS NULL THEN
            wanted := (SELECT jsonb_agg(jsonb_build_object('n', u.line_no, 'line_no', u.line_no, 'qty', u.qty)) FROM (
                SELECT m.line_no, least(m.qty, h.units - m.ready) AS qty
                FROM (SELECT v.line_no, coalesce(sum(v.qty) FILTER (WHERE v.state = 'ready_for_pickup'), 0) AS ready,
                             sum(v.qty) FILTER (WHERE v.state <> 'ready_for_pickup' AND (way <> 'ship_to_store' OR v.state IN ('shipped', 'in_transit'))
                                                AND (SELECT t.legal FROM omni.order_transition(v.state::omni.order_state, 'ready_for_pickup', way) t)) AS qty
                      FROM @store@.order_units v WHERE v.order_ref = order_ref GROUP BY v.line_no) m
                -- where the order holds units, those that it holds: whole ones of bundles
                LEFT JOIN LATERAL (SELECT floor(min(coalesce(k.qty, 0) / p.qty)) AS units FROM @store@.order_lines l CROSS JOIN LATERAL @store@.stock_parts(l.sku::text) p
                                   LEFT JOIN LATERAL (SELECT sum(r.open_qty) AS qty FROM @store@.reservations r WHERE r.order_ref = order_ref AND r.line_no = m.line_no AND r.sku = p.part::omni.sku AND r.open_qty > 0
                                                          AND (location IS NULL OR r.location_code = location)) k ON true
                                   WHERE l.order_ref = order_ref AND l.line_no = m.line_no) h ON way <> 'ship_to_store' AND EXISTS (SELECT FROM @store@.reservations r WHERE r.order_ref = order_ref AND r.open_qty > 0)
                WHERE least(m.qty, h.units - m.ready) > 0) u);
            IF wanted IS NULL THEN
                RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('nothing of order %s can be made ready for pickup', left(order_ref, 64)),
                    DETAIL = (SELECT format('Its method is %s, its units are %s.', way, string_agg(DISTINCT v.state, ', ')) FROM @store@.order_units v WHERE v.order_ref = order_ref), HINT = 'Without lines, those units are made ready that the order holds: reserve() them first, or name the lines.';
            END IF;
        END IF;
        -- locking what is held tidies what has expired
        SELECT coalesce(sum(r.open_qty), 0) AS qty, min(r.location_code) FILTER (WHERE r.expires_at <= clock_timestamp()) AS location_code INTO late
        FROM @store@.reservations r WHERE r.order_ref = order_ref AND r.line_no IN (SELECT w.line_no FROM jsonb_to_recordset(wanted) w(line_no integer)) AND r.open_qty > 0 AND (location IS NULL OR r.location_code = location OR r.bundle_sku IS NOT NULL);
        held := @store@.hold_still(order_ref, (SELECT array_agg(w.line_no) FROM jsonb_to_recordset(wanted) w(line_no integer)));
        ids := ARRAY(SELECT (h ->> 'id')::bigint FROM jsonb_each(held) e, jsonb_array_elements(e.value) h);
        IF late.qty > (SELECT coalesce(sum(r.open_qty), 0) FROM @store@.reservations r WHERE r.order_ref = order_ref AND r.reservation_id = ANY (ids) AND r.open_qty > 0 AND r.expires_at > clock_timestamp() AND (location IS NULL OR r.location_code = location OR r.bundle_sku IS NOT NULL)) THEN
            RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('what order %s had reserved has expired%s', left(order_ref, 64), ' at ' || late.location_code),
                HINT = 'reserve() again: the units may have been promised to somebody else.';
        END IF;
        -- what waits for its customer is held until it is handed over, or nobody has come for it: of a bundle all components, wherever they are
        UPDATE @store@.reservations r SET expires_at = 'infinity'
        WHERE r.order_ref = order_ref AND r.reservation_id = ANY (ids) AND r.open_qty > 0 AND r.expires_at < 'infinity' AND (location IS NULL OR r.location_code = location OR r.bundle_sku IS NOT NULL);
        IF way <> 'ship_to_store' THEN
            INSERT INTO @store@.shipments AS s (order_ref, shipment_key, location_code, method, shipped_at)
            VALUES (order_ref, coalesce(shipment_key, key), coalesce(location, (SELECT min(r.location_code) FROM @store@.reservations r JOIN jsonb_to_recordset(wanted) w(line_no integer) ON w.line_no = r.line_no
                                                                               WHERE r.order_ref = order_ref AND r.open_qty > 0 HAVING count(DISTINCT r.location_code) = 1)), way, coalesce(at, now()))
            ON CONFLICT ON CONSTRAINT shipments_pkey DO UPDATE SET shipped_at = coalesce(s.shipped_at, excluded.shipped_at) WHERE s.shipped_at IS NULL;
        END IF;
        FOR x IN SELECT w.* FROM jsonb_to_recordset(wanted) w(n integer, line_no integer, qty bigint) ORDER BY w.line_no, w.n LOOP
            rest := x.qty;
            IF way = 'ship_to_store' THEN
                -- they come in a shipment; without one they are stock of somewhere else
                FOR parcel IN SELECT w.* FROM @store@.on_the_way(order_ref, x.line_no) w WHERE w.state IN ('shipped', 'in_transit') AND w.qty > 0 AND (shipment_key IS NULL OR w.shipment_key = shipment_key) LOOP
                    EXIT WHEN rest = 0;
                    PERFORM @store@.move_units(order_ref, x.line_no, least(rest, parcel.qty), 'ready_for_pickup', format('%s:%s:%s:%s', key, x.n, parcel.state, parcel.shipment_key), location, parcel.shipment_key, NULL, coalesce(at, now()), parcel.state);
                    rest := rest - least(rest, parcel.qty);
                END LOOP;
                IF rest > 0 THEN
                    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('line %s of order %s: %s units cannot be ready for pickup: on their way are %s', x.line_no, left(order_ref, 64), x.qty, x.qty - rest),
                        DETAIL = (SELECT format('The line is {%s}.', string_agg(v.state || ':' || v.qty, ',')) FROM @store@.order_units v WHERE v.order_ref = order_ref AND v.line_no = x.line_no), HINT = 'What is shipped to a store leaves by ship() first.';
                END IF;
            ELSE
                PERFORM @store@.move_units(order_ref, x.line_no, x.qty, 'ready_for_pickup', key || ':' || x.n, location, coalesce(shipment_key, key), NULL, coalesce(at, now()));
            END IF;
        END LOOP;
        answer := (SELECT jsonb_agg(jsonb_build_object('line', w.line_no, 'qty', w.qty) ORDER BY w.line_no, w.n) FROM jsonb_to_recordset(wanted) w(n integer, line_no integer, qty bigint));
        PERFORM @store@.request_done(key, 'ready_for_pickup', order_ref, hash, jsonb_build_object('rows', answer));
    END IF;
    RETURN QUERY SELECT a.line, a.qty FROM jsonb_to_recordset(answer) a(line integer, qty bigint);
END $$;
COMMENT ON FUNCTION @store@.ready_for_pickup(text, jsonb, text, text, timestamptz, text) IS 'units wait for their customer: they stay in stock, and their reservation does not expire any longer';

CREATE OR REPLACE FUNCTION @store@.no_show(order_ref text, lines jsonb DEFAULT NULL, idempotency_key text DEFAULT NULL)
    RETURNS TABLE (line integer, qty bigint, released bigint) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    hash CONSTANT bigint := hashtextextended(jsonb_build_array(order_ref, lines)::text, 0);
    key CONSTANT text := coalesce(idempotency_key, '~' || gen_random_uuid());
    answer jsonb;
    given_rows jsonb[] := '{}';
    wanted jsonb;
    back jsonb;
    x record;
    parcel record;
    way text;
    rest bigint;
    held jsonb;
BEGIN
    wanted := (SELECT jsonb_agg(c) FROM @store@.order_call(order_ref, lines, '{location}') c);
    PERFORM @store@.known_location(w.said ->> 'location', format('line %s of the call', w.n)) FROM jsonb_to_recordset(wanted) w(n integer, said jsonb) WHERE w.said ->> 'location' IS NOT NULL;
    answer := @store@.request_answer(idempotency_key, 'no_show', hash) -> 'rows';
    IF answer IS NULL THEN
        way := coalesce((SELECT o.method FROM @store@.orders o WHERE o.order_ref = order_ref), 'ship');
        IF lines IS NULL THEN
            wanted := (SELECT jsonb_agg(jsonb_build_object('n', v.line_no, 'line_no', v.line_no, 'qty', v.qty, 'said', '{}'::jsonb)) FROM @store@.order_units v WHERE v.order_ref = order_ref AND v.state = 'ready_for_pickup');
            IF wanted IS NULL THEN
                RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('nothing of order %s waits for pickup', left(order_ref, 64)),
                    DETAIL = (SELECT format('Its units are %s.', string_agg(DISTINCT v.state, ', ')) FROM @store@.order_units v WHERE v.order_ref = order_ref);
            END IF;
        END IF;
        FOR x IN SELECT w.line_no, sum(w.qty) AS qty, coalesce((SELECT v.qty FROM @store@.order_units v WHERE v.order_ref = order_ref AND v.line_no = w.line_no AND v.state = 'ready_for_pickup'), 0) AS ready
                 FROM jsonb_to_recordset(wanted) w(line_no integer, qty bigint) GROUP BY w.line_no ORDER BY w.line_no LOOP
            IF x.ready < x.qty THEN
                RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('line %s of order %s: %s units cannot be left uncollected: waiting for pickup are %s', x.line_no, left(order_ref, 64), x.qty, x.ready),
                    DETAIL = (SELECT format('The line is {%s}.', string_agg(v.state || ':' || v.qty, ',')) FROM @store@.order_units v WHERE v.order_ref = order_ref AND v.line_no = x.line_no), HINT = 'ready_for_pickup() tells which do.';
            END IF;
        END LOOP;
        IF way = 'ship_to_store' THEN
            -- they had left the stock that they came from: now they are in that of the store where they are
            back := (SELECT jsonb_agg(jsonb_build_object('n', w.n, 'line_no', w.line_no, 'sku', p.part, 'qty', p.qty * w.qty, 'location', coalesce(w.said ->> 'location',
                        (SELECT v.location_code FROM @store@.order_line_events v WHERE v.order_ref = order_ref AND v.line_no = w.line_no AND v.to_state = 'ready_for_pickup'::omni.order_state AND v.location_code IS NOT NULL
                         ORDER BY v.occurred_at DESC LIMIT 1))))
                     FROM jsonb_to_recordset(wanted) w(n integer, line_no integer, qty bigint, said jsonb) JOIN @store@.order_lines l ON l.order_ref = order_ref AND l.line_no = w.line_no CROSS JOIN @store@.stock_parts(l.sku::text) p);
            FOR x IN SELECT b.* FROM jsonb_to_recordset(back) b(n integer, line_no integer, sku text, qty bigint, location text) ORDER BY b.sku::omni.sku, b.location COLLATE "C", b.n LOOP
                PERFORM @store@.move_stock(x.sku, @store@.known_location(x.location, format('line %s of the order', x.line_no)), x.qty, 'return', format('%s:%s', key, x.n), order_ref, 'no_show', now());
            END LOOP;
        ELSE
            held := @store@.hold_still(order_ref, (SELECT array_agg(w.line_no) FROM jsonb_to_recordset(wanted) w(line_no integer)));
        END IF;
        FOR x IN SELECT w.* FROM jsonb_to_recordset(wanted) w(n integer, line_no integer, qty bigint, said jsonb) ORDER BY w.line_no, w.n LOOP
            rest := x.qty;
            FOR parcel IN SELECT w.* FROM @store@.on_the_way(order_ref, x.line_no) w WHERE w.state = 'ready_for_pickup' AND w.qty > 0 LOOP
                EXIT WHEN rest = 0;
                PERFORM @store@.move_units(order_ref, x.line_no, least(rest, parcel.qty), 'expired_pickup', format('%s:%s:%s', key, x.n, parcel.shipment_key), x.said ->> 'location', parcel.shipment_key, 'no_show', now(), parcel.state);
                rest := rest - least(rest, parcel.qty);
            END LOOP;
            IF rest > 0 THEN
                PERFORM @store@.move_units(order_ref, x.line_no, rest, 'expired_pickup', key || ':' || x.n, x.said ->> 'location', NULL, 'no_show');
            END IF;
            given_rows := given_rows || jsonb_build_object('line', x.line_no, 'qty', x.qty, 'released', CASE WHEN way = 'ship_to_store' THEN 0
                ELSE @store@.give_up(order_ref, x.line_no, x.qty, NULL, x.said ->> 'location', key || ':' || x.n, 'no_show', now(), held) END);
        END LOOP;
        answer := to_jsonb(given_rows);
        PERFORM @store@.request_done(key, 'no_show', order_ref, hash, jsonb_build_object('rows', answer));
    END IF;
    RETURN QUERY SELECT a.line, a.qty, a.released FROM jsonb_to_recordset(answer) a(line integer, qty bigint, released bigint);
END $$;
COMMENT ON FUNCTION @store@.no_show(text, jsonb, text) IS 'nobody came for units that are ready for pickup: they can be sold again where they are';

-- handing over

CREATE OR REPLACE FUNCTION @store@.deliver(order_ref text, shipment_key text DEFAULT NULL, lines jsonb DEFAULT NULL, at timestamptz DEFAULT NULL, idempotency_key text DEFAULT NULL)
    RETURNS TABLE (line integer, qty bigint, shipment text) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    hash CONSTANT bigint := hashtextextended(jsonb_build_array(order_ref, shipment_key, lines, at AT TIME ZONE 'UTC')::text, 0);
    key CONSTANT text := coalesce(idempotency_key, '~' || gen_random_uuid());
    answer jsonb;
    given_rows jsonb[] := '{}';
    wanted jsonb;
    x record;
    u record;
    way text;
    rest bigint;
    part bigint;
    i integer := 0;
BEGIN
    wanted := (SELECT jsonb_agg(c) FROM @store@.order_call(order_ref, lines, '{}') c);
    answer := @store@.request_answer(idempotency_key, 'deliver', hash) -> 'rows';
    IF answer IS NULL THEN
        way := coalesce((SELECT s.method FROM @store@.shipments s WHERE s.order_ref = order_ref AND s.shipment_key = shipment_key), (SELECT o.method FROM @store@.orders o WHERE o.order_ref = order_ref), 'ship');
        IF way IN ('pickup', 'curbside', 'pos') THEN
            RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('units of method %s leave stock when they are handed over', way), HINT = 'ship() does both.';
        END IF;
        -- units that are on their way, by shipment; those of no shipment come last
        FOR x IN SELECT l.line_no, w.qty, w.n FROM @store@.order_lines l LEFT JOIN jsonb_to_recordset(wanted) w(n integer, line_no integer, qty bigint) ON w.line_no = l.line_no
                 WHERE l.order_ref = order_ref AND (lines IS NULL OR w.n IS NOT NULL) ORDER BY l.line_no, w.n LOOP
            rest := coalesce(x.qty, 9223372036854775807);
            FOR u IN SELECT w.* FROM @store@.on_the_way(order_ref, x.line_no) w WHERE shipment_key IS NULL OR w.shipment_key = shipment_key LOOP
                part := least(rest, u.qty);
                CONTINUE WHEN part <= 0;
                i := i + 1;
                PERFORM @store@.move_units(order_ref, x.line_no, part, CASE WHEN way = 'ship_to_store' THEN 'picked_up' WHEN way = 'digital' THEN 'digital_delivered' ELSE 'delivered' END,
                    key || ':' || i, NULL, u.shipment_key, NULL, coalesce(at, now()), u.state);
                rest := rest - part;
                given_rows := given_rows || jsonb_build_object('line', x.line_no, 'qty', part, 'shipment', u.shipment_key);
            END LOOP;
            IF x.qty IS NOT NULL AND rest > 0 THEN
                RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('line %s of order %s: %s units cannot be delivered: on their way are %s', x.line_no, left(order_ref, 64), x.qty, x.qty - rest),
                    DETAIL = (SELECT format('The line is {%s}.', string_agg(v.state || ':' || v.qty, ',')) FROM @store@.order_units v WHERE v.order_ref = order_ref AND v.line_no = x.line_no), HINT = 'ship() them first.';
            END IF;
        END LOOP;
        IF given_rows = '{}' THEN
            RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('nothing of %sorder %s is on its way', 'shipment ' || left(shipment_key, 64) || ' of ', left(order_ref, 64)),
                DETAIL = (SELECT format('Its units are %s.', string_agg(DISTINCT v.state, ', ')) FROM @store@.order_units v WHERE v.order_ref = order_ref), HINT = 'ship() first.';
        END IF;
        answer := to_jsonb(given_rows);
        PERFORM @store@.request_done(key, 'deliver', order_ref, hash, jsonb_build_object('rows', answer));
    END IF;
    RETURN QUERY SELECT a.line, a.qty, a.shipment FROM jsonb_to_recordset(answer) a(line integer, qty bigint, shipment text);
END $$;
COMMENT ON FUNCTION @store@.deliver(text, text, jsonb, timestamptz, text) IS 'the customer has got units that were on their way: of a shipment, of lines, or all';

-- returns

CREATE OR REPLACE FUNCTION @store@.request_return(order_ref text, lines jsonb, channel text DEFAULT NULL, reason text DEFAULT NULL, idempotency_key text DEFAULT NULL, rma text DEFAULT NULL)
    RETURNS TABLE (line integer, qty bigint, return_key text) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    hash CONSTANT bigint := hashtextextended(jsonb_build_array(order_ref, lines, channel, reason, rma)::text, 0);
    key CONSTANT text := coalesce(idempotency_key, '~' || gen_random_uuid());
    named CONSTANT text := coalesce(rma, ltrim(key, '~'));
    answer jsonb;
    given_rows jsonb[] := '{}';
    wanted jsonb;
    x record;
BEGIN
    wanted := (SELECT jsonb_agg(c) FROM @store@.order_call(order_ref, lines, '{reason}') c);
    IF wanted IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'no lines are given', HINT = '[{"line": 1, "qty": 1}]';
    ELSIF octet_length(named) NOT BETWEEN 1 AND 200 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the key of a return has to be a text of 1 to 200 bytes', HINT = 'Leave rma out, and one is made.';
    ELSIF channel IS NOT NULL AND NOT EXISTS (SELECT FROM @store@.channels c WHERE c.channel_code = channel) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('unknown channel: %s', to_jsonb(left(channel, 64))), HINT = 'Insert it into channels first, or leave it out.';
    END IF;
    answer := @store@.request_answer(idempotency_key, 'request_return', hash) -> 'rows';
    IF answer IS NULL THEN
        PERFORM @store@.need_own('returns');
        FOR x IN SELECT w.line_no, w.n, w.qty, w.said ->> 'reason' AS reason FROM jsonb_to_recordset(wanted) w(n integer, line_no integer, qty bigint, said jsonb) ORDER BY w.line_no, w.n LOOP
            PERFORM @store@.move_units(order_ref, x.line_no, x.qty, 'return_requested', key || ':' || x.n, reason => coalesce(x.reason, reason));
            given_rows := given_rows || jsonb_build_object('line', x.line_no, 'qty', x.qty, 'return_key',
                @store@.add_return(order_ref, x.line_no, named, x.qty, coalesce(x.reason, reason), coalesce(channel, (SELECT o.channel_code FROM @store@.orders o WHERE o.order_ref = order_ref)), now()));
        END LOOP;
        answer := to_jsonb(given_rows);
        PERFORM @store@.request_done(key, 'request_return', order_ref, hash, jsonb_build_object('rows', answer));
    END IF;
    RETURN QUERY SELECT a.line, a.qty, a.return_key FROM jsonb_to_recordset(answer) a(line integer, qty bigint, return_key text);
END $$;
COMMENT ON FUNCTION @store@.request_return(text, jsonb, text, text, text, text) IS 'a customer wants to give units back, through any channel, under a number of yours (rma) or one that is made; gives the key of each return';

/* the first key of a return that is free for the line: its name, or that with a number */
CREATE OR REPLACE FUNCTION @store@.add_return(order_ref text, line_no integer, named text, qty bigint, reason text, channel text, at timestamptz)
    RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    i integer := 1;
    free text := named;
BEGIN
    LOOP
        INSERT INTO @store@.returns (order_ref, line_no, return_key, qty, reason, channel_code, requested_at) VALUES (order_ref, line_no, free, qty, reason, channel, at) ON CONFLICT DO NOTHING;
        IF FOUND THEN
            RETURN free;
        END IF;
        i := i + 1;
        free := named || '#' || i;
    END LOOP;
END $$;
COMMENT ON FUNCTION @store@.add_return(text, integer, text, bigint, text, text, timestamptz) IS 'for functions of the store: write a return, under its key or the first free one that begins with it';

/* moves units of a return from where its row says they are: nowhere yet, announced, here, or put aside */
CREATE OR REPLACE FUNCTION @store@.move_return(order_ref text, line_no integer, qty bigint, states text[], disposition text, event_key text, location text, reason text, at timestamptz)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    goal CONSTANT text := CASE WHEN disposition IN ('kept', 'declined') THEN 'return_' || disposition ELSE coalesce(disposition, 'return_received') END;
    rest bigint := qty;
    u record;
BEGIN
    FOR u IN SELECT v.state, v.qty FROM @store@.order_units v WHERE v.order_ref = order_ref AND v.line_no = line_no AND split_part(v.state, '+', 2) = ANY (states)
             AND (omni.reached(v.state::omni.order_state, 'delivered') OR split_part(v.state, '+', 1) = 'undeliverable') ORDER BY array_position(states, split_part(v.state, '+', 2)), v.state = 'undeliverable' LOOP
        EXIT WHEN rest = 0;
        PERFORM @store@.move_units(order_ref, line_no, least(rest, u.qty), goal, event_key || ':' || u.state, location, NULL, reason, at, u.state);
        rest := rest - least(rest, u.qty);
    END LOOP;
    IF rest > 0 THEN
        PERFORM @store@.move_units(order_ref, line_no, rest, goal, event_key, location, NULL, reason, at);
    END IF;
END $$;
COMMENT ON FUNCTION @store@.move_return(text, integer, bigint, text[], text, text, text, text, timestamptz) IS 'for functions of the store: move units of a return, from these states of it first';

CREATE OR REPLACE FUNCTION @store@.receive_return(order_ref text, lines jsonb, idempotency_key text DEFAULT NULL, at timestamptz DEFAULT NULL)
    RETURNS TABLE (line integer, qty bigint, return_key text, location text, disposition text) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    hash CONSTANT bigint := hashtextextended(jsonb_build_array(order_ref, lines, at AT TIME ZONE 'UTC')::text, 0);
    key CONSTANT text := coalesce(idempotency_key, '~' || gen_random_uuid());
    happened CONSTANT timestamptz := coalesce(at, now());
    answer jsonb;
    given_rows jsonb[] := '{}';
    wanted jsonb;
    x record;
    r record;
    rest bigint;
    part bigint;
    written text;
BEGIN
    wanted := (SELECT jsonb_agg(c) FROM @store@.order_call(order_ref, lines, '{location,disposition,return_key,reason}') c);
    IF wanted IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'no lines are given', HINT = '[{"line": 1, "qty": 1, "location": "BER", "disposition": "restocked"}]';
    END IF;
    FOR x IN SELECT w.n, w.said ->> 'disposition' AS disposition, w.said ->> 'location' AS location FROM jsonb_to_recordset(wanted) w(n integer, said jsonb) LOOP
        IF x.disposition NOT IN ('restocked', 'quarantined', 'refurbished', 'written_off', 'kept', 'declined') THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the call: unknown disposition %L', x.n, left(x.disposition, 64)),
                HINT = 'It is restocked, quarantined, refurbished, written_off, kept or declined; none while they only have come in.';
        ELSIF x.location IS NOT NULL OR coalesce(x.disposition, '') NOT IN ('kept', 'declined') THEN
            PERFORM @store@.known_location(x.location, format('line %s of the call', x.n));
        END IF;
    END LOOP;
    answer := @store@.request_answer(idempotency_key, 'receive_return', hash) -> 'rows';
    IF answer IS NULL THEN
        PERFORM @store@.need_own('returns');
        -- units that can be sold again: stock first
        PERFORM @store@.stock_writable() FROM jsonb_to_recordset(wanted) w(said jsonb) WHERE w.said ->> 'disposition' = 'restocked' LIMIT 1;
        FOR x IN SELECT w.n, w.said ->> 'location' AS location, p.part, p.qty * w.qty AS qty, coalesce(w.said ->> 'reason', w.said ->> 'disposition') AS reason
                 FROM jsonb_to_recordset(wanted) w(n integer, line_no integer, qty bigint, said jsonb) JOIN @store@.order_lines l ON l.order_ref = order_ref AND l.line_no = w.line_no CROSS JOIN @store@.stock_parts(l.sku::text) p
                 WHERE w.said ->> 'disposition' = 'restocked' ORDER BY p.part::omni.sku, w.said ->> 'location' COLLATE "C", w.n LOOP
            PERFORM @store@.move_stock(x.part, x.location, @store@.stock_sum(x.qty, x.part, x.location), 'return', key || ':' || x.n, order_ref, x.reason, happened);
        END LOOP;
        FOR x IN SELECT w.n, w.line_no, w.qty, y.* FROM jsonb_to_recordset(wanted) w(n integer, line_no integer, qty bigint, said jsonb), jsonb_to_record(w.said) y(location text, disposition text, return_key text, reason text) ORDER BY w.line_no, w.n LOOP
            PERFORM @store@.lock_line(order_ref, x.line_no);
            SELECT sum(v.qty)::bigint AS movable, string_agg(v.state || ':' || v.qty, ',') FILTER (WHERE v.qty > 0) AS units INTO r FROM @store@.order_units v
            WHERE v.order_ref = order_ref AND v.line_no = x.line_no AND split_part(v.state, '+', 2) NOT IN ('restocked', 'written_off') AND (omni.reached(v.state::omni.order_state, 'delivered') OR v.state ~ '^undeliverable');
            IF r.movable < x.qty THEN
                RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('line %s of order %s: %s units cannot come back: the customer has %s', x.line_no, left(order_ref, 64), x.qty, r.movable),
                    DETAIL = format('They are {%s}.', r.units), HINT = 'deliver() tells what the customer has got.';
            END IF;
            -- the requests that they were announced by, the earliest first; part of one becomes a row of its own
            rest := x.qty;
            FOR r IN SELECT v.* FROM @store@.returns v WHERE v.order_ref = order_ref AND v.line_no = x.line_no AND (v.disposition IS NULL OR v.disposition IN ('quarantined', 'refurbished') AND v.disposition <> x.disposition)
                         AND (v.received_at IS NULL OR x.disposition IS NOT NULL)
                         AND (x.return_key IS NULL OR v.return_key = x.return_key OR starts_with(v.return_key, x.return_key || '#'))
                     ORDER BY v.disposition IS NOT NULL, v.received_at IS NULL, v.requested_at, v.return_key COLLATE "C" FOR NO KEY UPDATE LOOP
                part := least(rest, r.qty);
                EXIT WHEN part = 0;
                IF part = r.qty THEN
                    written := r.return_key;
                ELSE
                    UPDATE @store@.returns v SET qty = v.qty - part WHERE v.order_ref = order_ref AND v.line_no = x.line_no AND v.return_key = r.return_key;
                    written := @store@.add_return(order_ref, x.line_no, split_part(r.return_key, '#', 1), part, r.reason, r.channel_code, r.requested_at);
                END IF;
                PERFORM @store@.move_return(order_ref, x.line_no, part, CASE WHEN r.disposition IS NOT NULL THEN ARRAY[r.disposition] WHEN r.received_at IS NOT NULL THEN '{return_inspected,return_received}'::text[]
                    ELSE '{return_in_transit,return_label_sent,return_approved,return_requested}' END, x.disposition, format('%s:%s:%s', key, x.n, written), x.location, x.reason, happened);
                UPDATE @store@.returns v SET location_code = coalesce(x.location, r.location_code), disposition = x.disposition, reason = coalesce(x.reason, r.reason),
                    received_at = coalesce(r.received_at, CASE WHEN x.disposition NOT IN ('kept', 'declined') OR x.disposition IS NULL THEN happened END), exchange_order_ref = r.exchange_order_ref, exchange_line_no = r.exchange_line_no
                WHERE v.order_ref = order_ref AND v.line_no = x.line_no AND v.return_key = written;
                given_rows := given_rows || jsonb_build_object('line', x.line_no, 'qty', part, 'return_key', written, 'location', x.location, 'disposition', x.disposition);
                rest := rest - part;
            END LOOP;
            IF rest > 0 THEN
                IF x.return_key IS NOT NULL THEN
                    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('line %s of order %s: return %s waits for %s units, not %s', x.line_no, left(order_ref, 64), left(x.return_key, 64), x.qty - rest, x.qty),
                        HINT = 'Without return_key, units are taken that nobody announced.';
                END IF;
                PERFORM @store@.move_return(order_ref, x.line_no, rest, '{""}', x.disposition, format('%s:%s', key, x.n), x.location, x.reason, happened);
                written := @store@.add_return(order_ref, x.line_no, ltrim(key, '~'), rest, x.reason, (SELECT o.channel_code FROM @store@.orders o WHERE o.order_ref = order_ref), happened);
                UPDATE @store@.returns v SET location_code = x.location, disposition = x.disposition, received_at = CASE WHEN x.disposition NOT IN ('kept', 'declined') OR x.disposition IS NULL THEN happened END
                WHERE v.order_ref = order_ref AND v.line_no = x.line_no AND v.return_key = written;
                given_rows := given_rows || jsonb_build_object('line', x.line_no, 'qty', rest, 'return_key', written, 'location', x.location, 'disposition', x.disposition);
            END IF;
        END LOOP;
        answer := to_jsonb(given_rows);
        PERFORM @store@.request_done(key, 'receive_return', order_ref, hash, jsonb_build_object('rows', answer));
    END IF;
    RETURN QUERY SELECT a.line, a.qty, a.return_key, a.location, a.disposition FROM jsonb_to_recordset(answer) a(line integer, qty bigint, return_key text, location text, disposition text);
END $$;
COMMENT ON FUNCTION @store@.receive_return(text, jsonb, text, timestamptz) IS 'units come back, wherever they were bought: what is restocked is stock of that location; asked for or not, in parts, and once more when it is decided what becomes of them';

CREATE OR REPLACE FUNCTION @store@.exchange(order_ref text, lines jsonb, channel text DEFAULT NULL, reason text DEFAULT NULL, idempotency_key text DEFAULT NULL, exchange_order_ref text DEFAULT NULL)
    RETURNS TABLE (line integer, qty bigint, return_key text, new_order_ref text, new_line integer) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    hash CONSTANT bigint := hashtextextended(jsonb_build_array(order_ref, lines, channel, reason, exchange_order_ref)::text, 0);
    key CONSTANT text := coalesce(idempotency_key, '~' || gen_random_uuid());
    into_order CONSTANT text := coalesce(exchange_order_ref, order_ref);
    answer jsonb;
    given_rows jsonb[] := '{}';
    wanted jsonb;
    x record;
    code text;
    fresh integer;
    kept text;
BEGIN
    -- prices are numbers: they are looked at here
    IF jsonb_typeof(lines) = 'array' THEN
        wanted := (SELECT jsonb_agg(c) FROM @store@.order_call(order_ref, (SELECT jsonb_agg(CASE jsonb_typeof(l) WHEN 'object' THEN l - 'unit_price' ELSE l END) FROM jsonb_array_elements(lines) l), '{sku,reason}') c);
    ELSE
        PERFORM FROM @store@.order_call(order_ref, lines, '{sku,reason}');
    END IF;
    IF wanted IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'no lines are given', HINT = '[{"line": 1, "qty": 1, "sku": "TS-RED-M"}]';
    END IF;
    FOR x IN SELECT w.n, w.said ->> 'sku' AS sku, lines -> (w.n - 1) -> 'unit_price' AS price FROM jsonb_to_recordset(wanted) w(n integer, said jsonb) LOOP
        IF NOT EXISTS (SELECT FROM @store@.products p WHERE p.sku = omni.sku_try(x.sku)) AND NOT EXISTS (SELECT FROM @store@.stock s WHERE s.sku = omni.sku_try(x.sku)) THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the call: unknown SKU %L', x.n, left(x.sku, 64)), HINT = 'Name the SKU that the customer gets instead: a row of products, or one that has stock.';
        ELSIF jsonb_typeof(x.price) NOT IN ('number', 'null') THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the call: "unit_price" has to be a number', x.n), HINT = 'Without it, the new line costs what the old one did.';
        END IF;
    END LOOP;
    IF channel IS NOT NULL AND NOT EXISTS (SELECT FROM @store@.channels c WHERE c.channel_code = channel) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('unknown channel: %s', to_jsonb(left(channel, 64))), HINT = 'Insert it into channels first, or leave it out.';
    ELSIF NOT EXISTS (SELECT FROM @store@.orders o WHERE o.order_ref = into_order) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('there is no order %s', left(into_order, 64)), HINT = 'place_order() first, or leave it out: the new lines go into the same order.';
    END IF;
    answer := @store@.request_answer(idempotency_key, 'exchange', hash) -> 'rows';
    IF answer IS NULL THEN
        PERFORM @store@.need_own('returns', 'orders', 'order_lines');
        -- all lines before the order: others that exchange these lines wait for the first of them
        FOR x IN SELECT DISTINCT w.line_no FROM jsonb_to_recordset(wanted) w(line_no integer) ORDER BY 1 LOOP
            PERFORM @store@.lock_line(order_ref, x.line_no);
        END LOOP;
        FOR x IN SELECT w.line_no, w.n, w.qty, omni.sku(w.said ->> 'sku') AS sku, w.said ->> 'reason' AS reason, (lines -> (w.n - 1) ->> 'unit_price')::numeric AS price, l.unit_price, l.discount_amount, l.tax_amount, l.qty AS ordered
                 FROM jsonb_to_recordset(wanted) w(n integer, line_no integer, qty bigint, said jsonb) JOIN @store@.order_lines l ON l.order_ref = order_ref AND l.line_no = w.line_no ORDER BY w.line_no, w.n LOOP
            PERFORM @store@.move_units(order_ref, x.line_no, x.qty, 'return_requested', key || ':' || x.n, reason => coalesce(x.reason, reason));
            kept := @store@.add_return(order_ref, x.line_no, ltrim(key, '~'), x.qty, coalesce(x.reason, reason), coalesce(channel, (SELECT o.channel_code FROM @store@.orders o WHERE o.order_ref = order_ref)), now());
            -- one call at a time adds lines to an order; without a price the new line costs what the old one did
            UPDATE @store@.orders o SET channel_code = o.channel_code WHERE o.order_ref = into_order;
            fresh := (SELECT max(l.line_no) + 1 FROM @store@.order_lines l WHERE l.order_ref = into_order);
            INSERT INTO @store@.order_lines (order_ref, line_no, sku, qty, unit_price, discount_amount, tax_amount)
            VALUES (into_order, coalesce(fresh, 1), x.sku, x.qty, coalesce(x.price, x.unit_price), CASE WHEN x.price IS NULL THEN round(coalesce(x.discount_amount, 0) * x.qty / x.ordered, 2) ELSE 0 END,
                CASE WHEN x.price IS NULL THEN round(coalesce(x.tax_amount, 0) * x.qty / x.ordered, 2) ELSE 0 END);
            UPDATE @store@.returns v SET exchange_order_ref = into_order, exchange_line_no = coalesce(fresh, 1) WHERE v.order_ref = order_ref AND v.line_no = x.line_no AND v.return_key = kept;
            given_rows := given_rows || jsonb_build_object('line', x.line_no, 'qty', x.qty, 'return_key', kept, 'new_order_ref', into_order, 'new_line', coalesce(fresh, 1));
        END LOOP;
        answer := to_jsonb(given_rows);
        PERFORM @store@.request_done(key, 'exchange', order_ref, hash, jsonb_build_object('rows', answer));
    END IF;
    RETURN QUERY SELECT a.line, a.qty, a.return_key, a.new_order_ref, a.new_line FROM jsonb_to_recordset(answer) a(line integer, qty bigint, return_key text, new_order_ref text, new_line integer);
END $$;
COMMENT ON FUNCTION @store@.exchange(text, jsonb, text, text, text, text) IS 'a customer wants other units instead: a return for the old ones, and a new line for the others, in the same order or another one';

-- carts: a sum of what was put in and taken out, so that no order of arrival and no repeat makes a difference

CREATE OR REPLACE FUNCTION @store@.cart_event(cart text, sku text, qty bigint, event_key text)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    code omni.sku;
    said record;
BEGIN
    IF cart IS NULL OR sku IS NULL OR qty IS NULL OR event_key IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'a change of a cart needs the cart, a SKU, a quantity and an event key', HINT = 'A key that the device makes for the tap of a finger, and repeats when it tries again.';
    ELSIF octet_length(cart) NOT BETWEEN 1 AND 512 OR octet_length(event_key) NOT BETWEEN 1 AND 512 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'keys of carts and their events have to be texts of 1 to 512 bytes', HINT = 'A random UUID that the device keeps will do.';
    END IF;
    code := omni.sku_try(sku);
    IF NOT EXISTS (SELECT FROM @store@.products p WHERE p.sku = code) AND NOT EXISTS (SELECT FROM @store@.stock s WHERE s.sku = code) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('unknown SKU: %L', left(sku, 64)), HINT = 'SKUs are rows of products, or have stock.';
    END IF;
    PERFORM @store@.need_own('carts', 'cart_events');
    INSERT INTO @store@.carts (cart_key) VALUES (cart) ON CONFLICT DO NOTHING;
    INSERT INTO @store@.cart_events (cart_key, event_key, sku, qty) VALUES (cart, event_key, code, qty) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        SELECT e.sku, e.qty INTO said FROM @store@.cart_events e WHERE e.cart_key = cart AND e.event_key = event_key;
        IF said.sku <> code OR said.qty <> qty THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the event key was used for another change of the cart', DETAIL = format('It was %s of %s.', said.qty, said.sku), HINT = 'Each change has a key of its own.';
        END IF;
    END IF;
    RETURN coalesce((SELECT c.qty FROM @store@.cart_lines c WHERE c.cart_key = cart AND c.sku = code::text), 0);
END $$;
COMMENT ON FUNCTION @store@.cart_event(text, text, bigint, text) IS 'for functions of the store: write one change of a cart; gives how many of the SKU are in it then';

CREATE OR REPLACE FUNCTION @store@.cart_add(cart text, sku text, qty bigint, event_key text)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    IF qty NOT BETWEEN 1 AND 1000000000000 THEN
        RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = format('cannot put %s units into a cart', qty), HINT = 'A quantity is from 1 to 1000000000000; cart_remove() takes units out.';
    END IF;
    RETURN @store@.cart_event(cart, sku, qty, event_key);
END $$;
COMMENT ON FUNCTION @store@.cart_add(text, text, bigint, text) IS 'put units into a cart; a repeated event key changes nothing. Gives how many are in it';

CREATE OR REPLACE FUNCTION @store@.cart_remove(cart text, sku text, qty bigint, event_key text)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    IF qty NOT BETWEEN 1 AND 1000000000000 THEN
        RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = format('cannot take %s units out of a cart', qty), HINT = 'A quantity is from 1 to 1000000000000; cart_add() puts units in.';
    END IF;
    RETURN @store@.cart_event(cart, sku, -qty, event_key);
END $$;
COMMENT ON FUNCTION @store@.cart_remove(text, text, bigint, text) IS 'take units out of a cart; a repeated event key changes nothing. Gives how many are in it';

/* the difference to what is there is written, so that what others add at the same time stays; two that set it wait for each other */
CREATE OR REPLACE FUNCTION @store@.cart_set(cart text, sku text, qty bigint, event_key text)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    root text;
    now_there bigint;
BEGIN
    IF qty NOT BETWEEN 0 AND 1000000000000 THEN
        RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = format('a cart cannot hold %s units', qty), HINT = 'A quantity is from 0 to 1000000000000.';
    ELSIF cart IS NULL OR sku IS NULL OR qty IS NULL OR event_key IS NULL THEN
        RETURN @store@.cart_event(cart, sku, qty, event_key);
    END IF;
    PERFORM @store@.need_own('carts', 'cart_events');
    INSERT INTO @store@.carts (cart_key) VALUES (cart) ON CONFLICT DO NOTHING;
    LOOP
        root := (SELECT coalesce(c.merged_into, c.cart_key) FROM @store@.carts c WHERE c.cart_key = cart);
        BEGIN
            PERFORM FROM @store@.carts c WHERE c.cart_key = root FOR NO KEY UPDATE;
            EXIT WHEN root = (SELECT coalesce(c.merged_into, c.cart_key) FROM @store@.carts c WHERE c.cart_key = cart);
            -- the lock is let go before another one is waited for
            RAISE EXCEPTION USING ERRCODE = 'OM001', MESSAGE = 'a cart was merged meanwhile';
        EXCEPTION WHEN SQLSTATE 'OM001' THEN
            NULL;
        END;
    END LOOP;
    IF NOT EXISTS (SELECT FROM @store@.cart_events e WHERE e.cart_key = cart AND e.event_key IN (event_key, event_key || '#up')) THEN
        now_there := (SELECT coalesce(sum(e.qty), 0) FROM @store@.carts c JOIN @store@.cart_events e ON e.cart_key = c.cart_key WHERE coalesce(c.merged_into, c.cart_key) = root AND e.sku = omni.sku_try(sku));
        IF now_there <> qty THEN
            RETURN @store@.cart_event(cart, sku, qty - now_there, event_key);
        END IF;
        -- it was so already: that it was said has to be known when it comes again
        PERFORM @store@.cart_event(cart, sku, 1, event_key || '#up');
        RETURN @store@.cart_event(cart, sku, -1, event_key || '#down');
    END IF;
    RETURN coalesce((SELECT c.qty FROM @store@.cart_lines c WHERE c.cart_key = cart AND c.sku = omni.sku_try(sku)::text), 0);
END $$;
COMMENT ON FUNCTION @store@.cart_set(text, text, bigint, text) IS 'have so many units in a cart as are asked for now; what is added at the same time comes on top. A repeated event key changes nothing';

/*
 * Redirects are one step deep and never form a ring: both carts that stand are locked, in the order of their keys, before one
 * is redirected, with all that were redirected to it. When another merge came between, the locks are let go first.
 */
CREATE OR REPLACE FUNCTION @store@.cart_merge(cart text, "into" text)
    RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    from_root text;
    into_root text;
    standing integer;
BEGIN
    IF cart IS NULL OR "into" IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'a merge needs two carts', HINT = 'cart_merge(cart of the device, cart of the account)';
    ELSIF octet_length(cart) NOT BETWEEN 1 AND 512 OR octet_length("into") NOT BETWEEN 1 AND 512 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'keys of carts have to be texts of 1 to 512 bytes', HINT = 'A random UUID that the device keeps will do.';
    END IF;
    PERFORM @store@.need_own('carts', 'cart_events');
    INSERT INTO @store@.carts (cart_key) SELECT k FROM unnest(ARRAY[cart, "into"]) k GROUP BY k ORDER BY k COLLATE "C" ON CONFLICT DO NOTHING;
    LOOP
        from_root := (SELECT coalesce(c.merged_into, c.cart_key) FROM @store@.carts c WHERE c.cart_key = cart);
        into_root := (SELECT coalesce(c.merged_into, c.cart_key) FROM @store@.carts c WHERE c.cart_key = "into");
        IF from_root = into_root THEN
            RETURN into_root;
        END IF;
        BEGIN
            standing := 0;
            PERFORM FROM @store@.carts c WHERE c.cart_key = least(from_root COLLATE "C", into_root) FOR UPDATE;
            -- one that stands no longer belongs to another merge, which may wait for it
            IF (SELECT c.merged_into IS NULL FROM @store@.carts c WHERE c.cart_key = least(from_root COLLATE "C", into_root)) THEN
                PERFORM FROM @store@.carts c WHERE c.cart_key = greatest(from_root COLLATE "C", into_root) FOR UPDATE;
                standing := (SELECT count(*) FROM @store@.carts c WHERE c.cart_key IN (from_root, into_root) AND c.merged_into IS NULL);
            END IF;
            IF standing = 2 THEN
                -- a new version of the cart that stays: a merge with an older snapshot, which does not see this one, ends in 40001
                UPDATE @store@.carts c SET cart_key = c.cart_key WHERE c.cart_key = into_root;
                UPDATE @store@.carts c SET merged_into = into_root WHERE coalesce(c.merged_into, c.cart_key) = from_root;
                UPDATE @store@.carts c SET customer_id = coalesce(c.customer_id, f.customer_id), channel_code = coalesce(c.channel_code, f.channel_code) FROM @store@.carts f
                WHERE c.cart_key = into_root AND f.cart_key = from_root AND (c.customer_id IS NULL AND f.customer_id IS NOT NULL OR c.channel_code IS NULL AND f.channel_code IS NOT NULL);
                RETURN into_root;
            END IF;
            RAISE EXCEPTION USING ERRCODE = 'OM001', MESSAGE = 'a cart was merged meanwhile';
        EXCEPTION WHEN SQLSTATE 'OM001' THEN
            NULL;
        END;
    END LOOP;
END $$;
COMMENT ON FUNCTION @store@.cart_merge(text, text) IS 'two carts become one, at login: nothing is lost, in whatever order and however often. Gives the cart that stands';
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
WHEN 'reserve' THEN $omni_store$-- reserve.sql: units of stock that are held for an order, for a time. No unit is held twice, whatever runs at the same
-- time; what is held too long counts as free again at once.

-- what reserve() gives, as a type of its own: columns of a record would be assigned one by one, in every call
DO $$
BEGIN
    IF to_regtype('@store@.reserved_line') IS NULL THEN
        CREATE TYPE @store@.reserved_line AS (line integer, sku text, location text, qty bigint, reservation_id bigint, expires_at timestamptz);
    END IF;
END $$;
COMMENT ON TYPE @store@.reserved_line IS 'a row of the answer of reserve(): units of a line that are held at a location; without a reservation: none';

-- with no settings of its own, which every call would pay for: what it calls depends on none
CREATE OR REPLACE FUNCTION @store@.reserve(order_ref text, lines jsonb, ttl interval DEFAULT '15 min', idempotency_key text DEFAULT NULL, partial boolean DEFAULT false,
                                           split boolean DEFAULT true, channel text DEFAULT NULL)
    RETURNS SETOF @store@.reserved_line LANGUAGE plpgsql VOLATILE ROWS 5 AS $$
BEGIN
    FOR n IN 1 .. omni.store_reserve('@store@'::pg_catalog.regnamespace, order_ref, lines, ttl, idempotency_key, partial, split, channel) LOOP
        RETURN NEXT omni.store_reserved(n);
    END LOOP;
END $$;
COMMENT ON FUNCTION @store@.reserve(text, jsonb, interval, text, boolean, boolean, text) IS 'hold units for an order: lines like [{"sku": "TS-RED", "qty": 2, "location": "BER"}], all or nothing, or what there is if partial is true; without a location one is chosen, or several if split is true. A repeated call with the same key gives the first answer';

/*
 * The open reservations of an order that lines name, or all: in the order of locks, (sku, location, reservation). A line names
 * its reservations by any of "reservation_id", "line", "sku" and "location", and how many units are meant by "qty": of those that have not expired first, and of the latest ones.
 * Units of a bundle, by its SKU or by a line that holds nothing else, are so many of each component.
 */
CREATE OR REPLACE FUNCTION @store@.held_by(order_ref text, lines jsonb, OUT sku text, OUT location text, OUT reservation_id bigint, OUT line integer, OUT qty bigint, OUT expired boolean)
    RETURNS SETOF record LANGUAGE plpgsql VOLATILE ROWS 5 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    spot record;
    n bigint;
    wanted jsonb;
    code omni.sku;
    left_over numeric;
    part bigint;
    component record;
    product text;               -- the bundle that a line is about
    locked bigint[] := '{}';
    example CONSTANT text := 'For example {"line": 1}, {"sku": "TS-RED", "qty": 2} or {"reservation_id": 17}.';
    -- the reservations, each at one position, in the order of locks: what is open, and what lines name
    ids bigint[];
    skus text[];
    bundles text[];
    places text[];
    line_nos integer[];
    opens bigint[];
    overs boolean[];
    takes bigint[];
    by_name jsonb;              -- positions, what has not expired and the latest first, by what a line may say
    i integer;
    now_is timestamptz;
    named integer[];            -- positions that a line may take from
BEGIN
    IF held_by.order_ref IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'order_ref is NULL', HINT = 'It names the order, or the cart, that units are held for.';
    END IF;
    -- the rows of stock, then the reservations: nobody changes them meanwhile. What is reserved for the order from now on is not looked at
    FOR spot IN SELECT r.sku, r.location_code COLLATE "C" AS location_code, array_agg(r.reservation_id) AS ids FROM @store@.reservations r WHERE r.order_ref = held_by.order_ref AND r.open_qty > 0 GROUP BY 1, 2 ORDER BY 1, 2 LOOP
        PERFORM FROM @store@.stock s WHERE s.sku = spot.sku AND s.location_code = spot.location_code FOR NO KEY UPDATE;
        locked := locked || ARRAY(SELECT r.reservation_id FROM @store@.reservations r WHERE r.order_ref = held_by.order_ref AND r.sku = spot.sku AND r.location_code = spot.location_code AND r.open_qty > 0 AND r.reservation_id = ANY (spot.ids)
                                  ORDER BY r.reservation_id FOR NO KEY UPDATE);
    END LOOP;
    -- one moment for all: others may have tidied some of what has expired, of a bundle one component
    now_is := clock_timestamp();
    IF held_by.lines IS NULL THEN
        RETURN QUERY SELECT r.sku::text, r.location_code, r.reservation_id, r.line_no, r.open_qty, r.expires_at <= now_is FROM @store@.reservations r
        WHERE r.order_ref = held_by.order_ref AND r.reservation_id = ANY (locked) AND r.open_qty > 0 ORDER BY r.sku, r.location_code COLLATE "C", r.reservation_id;
        RETURN;
    END IF;
    IF jsonb_typeof(held_by.lines) <> 'array' OR jsonb_array_length(held_by.lines) = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'lines have to be an array of objects, at least one', HINT = 'For example [{"line": 1}], [{"sku": "TS-RED", "qty": 2}] or [{"reservation_id": 17}]; leave them out for all.';
    ELSIF jsonb_array_length(held_by.lines) > 10000 THEN
        RAISE EXCEPTION USING ERRCODE = 'program_limit_exceeded', MESSAGE = format('%s lines are too many for a call', jsonb_array_length(held_by.lines)), DETAIL = 'A call takes 10000 lines at most.', HINT = 'Make several calls, or leave the lines out for all.';
    END IF;
    SELECT coalesce(array_agg(x.reservation_id), '{}'), array_agg(x.sku::text), array_agg(x.bundle_sku::text), array_agg(x.location_code), array_agg(x.line_no), array_agg(x.open_qty), array_agg(x.is_over), array_agg(0::bigint)
    INTO ids, skus, bundles, places, line_nos, opens, overs, takes
    FROM (SELECT r.*, r.expires_at <= now_is AS is_over FROM @store@.reservations r
          WHERE r.order_ref = held_by.order_ref AND r.reservation_id = ANY (locked) AND r.open_qty > 0 ORDER BY r.sku, r.location_code COLLATE "C", r.reservation_id) x;
    SELECT jsonb_object_agg(x.name, x.positions) INTO by_name
    FROM (SELECT k.name, jsonb_agg(u.i ORDER BY u.is_over, u.id DESC) AS positions
          FROM unnest(ids, skus, bundles, places, line_nos, overs) WITH ORDINALITY u(id, sku, bundle, place, line_no, is_over, i), unnest(ARRAY['', 'id ' || u.id, 'line ' || u.line_no, 'sku ' || u.sku, 'sku ' || u.bundle, 'location ' || u.place]) k(name) WHERE k.name IS NOT NULL GROUP BY k.name) x;
    FOR wanted, n IN SELECT w.value, w.ordinality FROM jsonb_array_elements(held_by.lines) WITH ORDINALITY w LOOP
        IF jsonb_typeof(wanted) <> 'object' OR wanted = '{}' OR EXISTS (SELECT FROM jsonb_object_keys(wanted) k WHERE k NOT IN ('reservation_id', 'line', 'sku', 'location', 'qty')) THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the call does not tell what to release: %s', n, left(wanted::text, 64)), HINT = example;
        ELSIF coalesce(jsonb_typeof(wanted -> 'sku'), 'string') <> 'string' OR coalesce(jsonb_typeof(wanted -> 'location'), 'string') <> 'string' OR omni.sku_problem(wanted ->> 'sku') IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the call: "sku" and "location" are strings, a SKU a valid one: %s', n, left(wanted::text, 64)), HINT = example;
        ELSIF EXISTS (SELECT FROM jsonb_each(wanted) e WHERE e.value = 'null') THEN
            RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = format('line %s of the call: "%s" is null', n, (SELECT min(e.key) FROM jsonb_each(wanted) e WHERE e.value = 'null')), HINT = 'Leave out what does not matter. ' || example;
        END IF;
        IF EXISTS (SELECT FROM jsonb_each(wanted) e WHERE e.key IN ('reservation_id', 'line', 'qty') AND (jsonb_typeof(e.value) <> 'number' OR (e.value #>> '{}')::numeric % 1 <> 0)) THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the call: "reservation_id", "line" and "qty" are whole numbers: %s', n, left(wanted::text, 64)), HINT = example;
        ELSIF EXISTS (SELECT FROM jsonb_each(wanted) e WHERE e.key IN ('reservation_id', 'line', 'qty') AND NOT (e.value #>> '{}')::numeric BETWEEN CASE e.key WHEN 'line' THEN 0 ELSE 1 END AND 9223372036854775807) THEN
            RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = format('line %s of the call: a number is out of range: %s', n, left(wanted::text, 64)), HINT = 'A quantity is 1 or more, a line 0 or more. ' || example;
        END IF;
        code := (wanted ->> 'sku')::omni.sku;
        named := ARRAY(SELECT p::integer FROM jsonb_array_elements_text(by_name -> CASE WHEN wanted ? 'reservation_id' THEN 'id ' || trunc((wanted ->> 'reservation_id')::numeric) WHEN wanted ? 'line' THEN 'line ' || trunc((wanted ->> 'line')::numeric)
                                                                             WHEN code IS NOT NULL THEN 'sku ' || code WHEN wanted ? 'location' THEN 'location ' || (wanted ->> 'location') ELSE '' END) WITH ORDINALITY x(p, n)
                       WHERE opens[p::integer] > takes[p::integer] AND (code IS NULL OR code::text IN (skus[p::integer], bundles[p::integer])) AND (NOT wanted ? 'location' OR places[p::integer] = wanted ->> 'location')
                             AND (NOT wanted ? 'line' OR line_nos[p::integer] = (wanted ->> 'line')::numeric) ORDER BY x.n);
        SELECT CASE WHEN wanted ? 'qty' AND NOT wanted ? 'reservation_id' AND count(DISTINCT coalesce(bundles[c], '')) = 1 AND (code IS NOT NULL OR wanted ? 'line') AND bool_and(skus[c] IS DISTINCT FROM code::text) THEN min(bundles[c]) END
        INTO product FROM unnest(named) c;
        FOR component IN SELECT p.part AS sku, p.qty * (wanted ->> 'qty')::numeric AS units FROM @store@.stock_parts(product) p WHERE product IS NOT NULL
                         UNION ALL SELECT NULL, coalesce((wanted ->> 'qty')::numeric, 'Infinity') WHERE product IS NULL LOOP
            left_over := component.units;
            FOREACH i IN ARRAY named LOOP
                EXIT WHEN left_over = 0;
                CONTINUE WHEN opens[i] = takes[i] OR skus[i] <> component.sku;
                part := least(left_over, opens[i] - takes[i]);
                takes[i] := takes[i] + part;
                left_over := left_over - part;
            END LOOP;
            EXIT WHEN left_over > 0;
        END LOOP;
        IF wanted ? 'qty' AND left_over > 0 OR named = '{}' THEN
            RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('line %s of the call is about more units than are held: %s', n, left(wanted::text, 64)),
                DETAIL = CASE WHEN wanted ? 'qty' THEN format('%s of %s are not held for this order.', left_over, coalesce(component.sku, 'them')) ELSE 'No open reservation of this order is like that.' END,
                HINT = 'reservations tells what is open. Leave the lines out to release all.';
        END IF;
    END LOOP;
    RETURN QUERY SELECT u.sku, u.place, u.id, u.line_no, u.units, u.is_over FROM unnest(ids, skus, places, line_nos, takes, overs) WITH ORDINALITY u(id, sku, place, line_no, units, is_over, position)
    WHERE u.units > 0 ORDER BY u.position;
END $$;
COMMENT ON FUNCTION @store@.held_by(text, jsonb) IS 'for functions of the store: the open reservations of an order that lines name, or all, locked with their stock, in the order of locks';

CREATE OR REPLACE FUNCTION @store@.release(order_ref text, lines jsonb DEFAULT NULL, idempotency_key text DEFAULT NULL,
                                           OUT line integer, OUT sku text, OUT location text, OUT qty bigint, OUT reservation_id bigint)
    RETURNS SETOF record LANGUAGE plpgsql VOLATILE ROWS 5 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    hash CONSTANT bigint := hashtextextended(jsonb_build_array(release.order_ref, release.lines)::text, 0);
    answer jsonb;
    held record;
    moved text;
BEGIN
    PERFORM @store@.stock_writable();
    answer := @store@.request_answer(release.idempotency_key, 'release', hash);
    IF answer IS NULL THEN
        SELECT jsonb_agg(jsonb_build_object('line', h.line, 'sku', h.sku, 'location', h.location, 'qty', h.qty, 'reservation_id', h.reservation_id) ORDER BY h.line, h.sku, h.location COLLATE "C", h.reservation_id) AS rows,
               array_agg(h.reservation_id) AS ids, array_agg(h.sku) AS skus, array_agg(h.location) AS locations, array_agg(h.qty) AS units INTO held
        FROM @store@.held_by(release.order_ref, release.lines) h;
        IF held.rows IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = 'nothing is held for this order', DETAIL = format('Order %s has no open reservation.', left(release.order_ref, 64)),
                HINT = 'It was released or shipped already, or never reserved. A retry gets the first answer if both calls have the same idempotency key.';
        END IF;
        moved := 'release ' || coalesce(release.idempotency_key, '~' || gen_random_uuid());
        UPDATE @store@.reservations r SET open_qty = r.open_qty - u.units FROM unnest(held.ids, held.skus::omni.sku[], held.units) u(reservation_id, sku, units)
        WHERE r.order_ref = release.order_ref AND r.sku = u.sku AND r.reservation_id = u.reservation_id;
        INSERT INTO @store@.stock_movements (sku, location_code, movement_key, qty, kind, order_ref, occurred_at, reserved_qty, reservation_id)
        SELECT u.sku, u.location, moved || ' ' || u.reservation_id, 0, 'release', release.order_ref, now(), -u.units, u.reservation_id
        FROM unnest(held.ids, held.skus::omni.sku[], held.locations, held.units) u(reservation_id, sku, location, units);
        UPDATE @store@.stock s SET reserved = s.reserved - u.units FROM (SELECT w.sku, w.location, sum(w.units)::bigint AS units FROM unnest(held.skus::omni.sku[], held.locations, held.units) w(sku, location, units) GROUP BY 1, 2) u
        WHERE s.sku = u.sku AND s.location_code = u.location;
        answer := jsonb_build_object('lines', held.rows);
        PERFORM @store@.request_done(release.idempotency_key, 'release', release.order_ref, hash, answer);
    END IF;
    RETURN QUERY SELECT a.* FROM jsonb_to_recordset(answer -> 'lines') a(line integer, sku text, location text, qty bigint, reservation_id bigint);
END $$;
COMMENT ON FUNCTION @store@.release(text, jsonb, text) IS 'give back what is held for an order, all of it or what lines name, e.g. [{"line": 1, "qty": 2}]';

CREATE OR REPLACE FUNCTION @store@.extend(order_ref text, ttl interval DEFAULT '15 min', idempotency_key text DEFAULT NULL,
                                          OUT line integer, OUT sku text, OUT location text, OUT qty bigint, OUT reservation_id bigint, OUT expires_at timestamptz)
    RETURNS SETOF record LANGUAGE plpgsql VOLATILE ROWS 5 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    hash CONSTANT bigint := hashtextextended(jsonb_build_array(extend.order_ref, extract(epoch FROM extend.ttl))::text, 0);
    until timestamptz := 'infinity';
    most CONSTANT interval := '100000 years';
    answer jsonb;
    held record;
    ids bigint[];               -- what is locked
BEGIN
    IF extend.ttl > most AND isfinite(extend.ttl) THEN
        RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = 'the time to hold units for is out of range', DETAIL = 'It is 100000 years at most.', HINT = 'NULL holds them until they are shipped or released.';
    ELSIF extend.ttl < -most THEN
        until := now();
    ELSIF extend.ttl IS NOT NULL THEN
        until := now() + extend.ttl;
    END IF;
    IF until <= now() THEN
        RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = 'the time to hold units for is not positive',
            HINT = 'For example interval ''15 min''; NULL holds them until they are shipped or released.';
    ELSIF extend.order_ref IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'order_ref is NULL', HINT = 'It names the order, or the cart, that units are held for.';
    END IF;
    PERFORM @store@.stock_writable();
    answer := @store@.request_answer(extend.idempotency_key, 'extend', hash);
    IF answer IS NULL THEN
        ids := ARRAY(SELECT r.reservation_id FROM @store@.reservations r WHERE r.order_ref = extend.order_ref AND r.open_qty > 0 ORDER BY r.sku, r.location_code COLLATE "C", r.reservation_id FOR NO KEY UPDATE);
        SELECT count(*) AS n, string_agg(DISTINCT r.sku::text, ', ' ORDER BY r.sku::text) FILTER (WHERE r.expires_at <= now()) AS expired INTO held
        FROM @store@.reservations r WHERE r.order_ref = extend.order_ref AND r.reservation_id = ANY (ids) AND r.open_qty > 0;
        IF held.n = 0 OR held.expired IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = CASE held.n WHEN 0 THEN 'nothing is held for this order' ELSE 'what was held for this order has expired' END,
                DETAIL = CASE held.n WHEN 0 THEN format('Order %s has no open reservation.', left(extend.order_ref, 64)) ELSE format('Expired: %s.', left(held.expired, 200)) END,
                HINT = 'Reserve again: others may have the units meanwhile.';
        END IF;
        WITH u AS (UPDATE @store@.reservations r SET expires_at = until WHERE r.order_ref = extend.order_ref AND r.reservation_id = ANY (ids) AND r.open_qty > 0
                   RETURNING r.line_no, r.sku, r.location_code, r.open_qty, r.reservation_id)
        SELECT jsonb_build_object('lines', jsonb_agg(jsonb_build_object('line', u.line_no, 'sku', u.sku::text, 'location', u.location_code, 'qty', u.open_qty, 'reservation_id', u.reservation_id, 'expires_at', until)
                                                     ORDER BY u.line_no, u.sku, u.location_code COLLATE "C", u.reservation_id)) INTO answer FROM u;
        PERFORM @store@.request_done(extend.idempotency_key, 'extend', extend.order_ref, hash, answer);
    END IF;
    RETURN QUERY SELECT a.* FROM jsonb_to_recordset(answer -> 'lines') a(line integer, sku text, location text, qty bigint, reservation_id bigint, expires_at timestamptz);
END $$;
COMMENT ON FUNCTION @store@.extend(text, interval, text) IS 'hold what is held for an order for so long from now; NULL: until it is shipped or released. Not if any of it has expired';

/*
 * Tidying: what has expired counts no longer anyway. Stock that somebody works on is left for the next time.
 */
CREATE OR REPLACE FUNCTION @store@.expire(max integer DEFAULT 1000)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    spot record;
    tidied jsonb[] := '{}';
    n bigint := 0;
    held record;
    past record;                -- spots whose slots are given up
BEGIN
    IF expire.max IS NULL OR expire.max < 1 THEN
        RAISE EXCEPTION USING ERRCODE = CASE WHEN expire.max IS NULL THEN 'null_value_not_allowed' ELSE 'numeric_value_out_of_range' END, MESSAGE = 'max has to be 1 or more', HINT = 'It is how many reservations are tidied at most.';
    END IF;
    PERFORM @store@.stock_writable();
    -- of those who may: what sessions made slots for a while ago goes without, until they make some again
    SELECT NULL::text[] AS skus, NULL::text[] AS locations INTO past;
    IF has_table_privilege('@store@.stock_slots', 'SELECT') AND has_table_privilege('@store@.stock_slots', 'INSERT') AND has_table_privilege('@store@.stock_slots', 'UPDATE') THEN
        SELECT array_agg(s.sku::text) AS skus, array_agg(s.location_code) AS locations INTO past
        FROM @store@.stock_slots l JOIN @store@.stock s ON s.sku = l.sku AND s.location_code = l.location_code WHERE l.slot = 0 AND s.slots > 0 AND s.slots_until <= now();
    END IF;
    FOR spot IN SELECT r.sku, r.location_code COLLATE "C" AS location_code, bool_or(r.is_over) AS is_over FROM
                    (SELECT x.sku, x.location_code, x.is_over FROM (SELECT y.sku, y.location_code, false AS is_over FROM @store@.reservations y WHERE y.open_qty > 0 AND y.expires_at <= now() LIMIT expire.max) x
                     UNION ALL SELECT u.sku::omni.sku, u.location, true FROM unnest(past.skus, past.locations) u(sku, location)) r GROUP BY 1, 2 ORDER BY 1, 2 LOOP
        EXIT WHEN n >= expire.max;
        PERFORM FROM @store@.stock s WHERE s.sku = spot.sku AND s.location_code = spot.location_code AND (NOT spot.is_over OR s.slots_until <= now()) FOR NO KEY UPDATE SKIP LOCKED;
        CONTINUE WHEN NOT FOUND;
        IF spot.is_over THEN
            -- which tidies its reservations, too, after the slots
            SELECT count(*) AS n, coalesce(sum(r.open_qty), 0)::bigint AS units INTO held FROM @store@.reservations r WHERE r.sku = spot.sku AND r.location_code = spot.location_code AND r.open_qty > 0 AND r.expires_at <= now();
            PERFORM omni.store_slots('@store@'::regnamespace, spot.sku::text, spot.location_code, 0);
            UPDATE @store@.stock s SET slots_until = NULL WHERE s.sku = spot.sku AND s.location_code = spot.location_code;
            CONTINUE WHEN held.n = 0;
            tidied := tidied || jsonb_build_object('sku', spot.sku::text, 'location', spot.location_code, 'qty', held.units, 'reservations', held.n);
            n := n + held.n;
            CONTINUE;
        END IF;
        WITH e AS MATERIALIZED (SELECT r.order_ref, r.reservation_id, r.open_qty FROM @store@.reservations r WHERE r.sku = spot.sku AND r.location_code = spot.location_code AND r.open_qty > 0 AND r.expires_at <= now()
                                ORDER BY r.reservation_id LIMIT expire.max - n FOR NO KEY UPDATE SKIP LOCKED),
             u AS (UPDATE @store@.reservations r SET open_qty = 0 FROM e WHERE r.order_ref = e.order_ref AND r.sku = spot.sku AND r.reservation_id = e.reservation_id),
             m AS (INSERT INTO @store@.stock_movements (sku, location_code, movement_key, qty, kind, order_ref, occurred_at, reserved_qty, reservation_id)
                   SELECT spot.sku, spot.location_code, 'expire ' || e.reservation_id, 0, 'expire', e.order_ref, now(), -e.open_qty, e.reservation_id FROM e)
        SELECT count(*) AS n, sum(e.open_qty)::bigint AS units INTO held FROM e;
        CONTINUE WHEN held.n = 0;
        UPDATE @store@.stock s SET reserved = s.reserved - held.units WHERE s.sku = spot.sku AND s.location_code = spot.location_code;
        tidied := tidied || jsonb_build_object('sku', spot.sku::text, 'location', spot.location_code, 'qty', held.units, 'reservations', held.n);
        n := n + held.n;
    END LOOP;
    IF n > 0 THEN
        PERFORM @store@.request_done(NULL, 'expire', NULL, 0, jsonb_build_object('lines', to_jsonb(tidied)));
    END IF;
    RETURN n;
END $$;
COMMENT ON FUNCTION @store@.expire(integer) IS 'tidy reservations that have expired, so many at most: they count no longer anyway. Gives how many; run it every minute or so. Gives up slots that sessions made longer than 15 minutes ago, too';

CREATE OR REPLACE FUNCTION @store@.set_high_contention(sku text, slots integer DEFAULT 16)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    code CONSTANT omni.sku := set_high_contention.sku;
    spot record;
    n bigint := 0;
BEGIN
    IF code IS NULL OR set_high_contention.slots IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = CASE WHEN code IS NULL THEN 'sku' ELSE 'slots' END || ' is NULL', HINT = 'set_high_contention(''TS-RED'', 16) holds the units of a SKU in 16 slots, 0 in none.';
    ELSIF set_high_contention.slots NOT BETWEEN 0 AND 64 THEN
        RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = format('slots are out of range: %s', set_high_contention.slots), DETAIL = 'There are from 0 to 64.', HINT = '0 holds its units in none; as many as sessions reserve it at once are enough.';
    END IF;
    FOR spot IN SELECT s.location_code FROM @store@.stock s WHERE s.sku = code ORDER BY s.location_code COLLATE "C" LOOP
        PERFORM omni.store_slots('@store@'::regnamespace, code::text, spot.location_code, set_high_contention.slots);
        UPDATE @store@.stock s SET slots_until = NULL WHERE s.sku = code AND s.location_code = spot.location_code AND s.slots_until IS NOT NULL;
        n := n + 1;
    END LOOP;
    IF n = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('no location has stock of %s', code), HINT = 'Receive units of it first.';
    END IF;
    RETURN n;
END $$;
COMMENT ON FUNCTION @store@.set_high_contention(text, integer) IS 'hold the units of a much wanted SKU in so many slots at each location, so that many sessions reserve it at once; 0: no longer. Gives the number of locations';

CREATE OR REPLACE FUNCTION @store@.rebalance(sku text)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    code CONSTANT omni.sku := rebalance.sku;
    spot record;
    units bigint := 0;
BEGIN
    IF code IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'sku is NULL', HINT = 'Name the SKU whose units are in slots.';
    ELSIF NOT EXISTS (SELECT FROM @store@.stock s WHERE s.sku = code) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('no location has stock of %s', code), HINT = 'Receive units of it first.';
    END IF;
    FOR spot IN SELECT s.location_code FROM @store@.stock s WHERE s.sku = code ORDER BY s.location_code COLLATE "C" LOOP
        units := units + coalesce(omni.store_slots('@store@'::regnamespace, code::text, spot.location_code, NULL), 0);
    END LOOP;
    RETURN units;
END $$;
COMMENT ON FUNCTION @store@.rebalance(text) IS 'spread the free units of a SKU evenly over its slots, at each location; gives how many there are in slots. reserve() does so by itself when a slot runs out';
$omni_store$
WHEN 'stock' THEN $omni_store$-- stock.sql: units of stock. What is there is the sum of its movements, and what is reserved is held by reservations:
-- the functions that change one change the other in the same transaction.
--
-- The order of locks of all functions that write, so that no two of them wait for each other in a circle:
--   1. the idempotency key; for ship() the order, for rfid_read() the SKU before its stock
--   2. stock, ascending by SKU and location by bytes: the row of stock, its slots, its reservations ascending, its supplies.
--      Who takes from a slot alone goes without the row of stock, and lets go of the slot before it turns to the row
--   3. lines of the order ascending, with their returns
--   4. the order that new lines go into; a shipment that has arrived (who makes one writes it before the lines)
--   5. carts that stand, ascending by key
-- What comes to light only under locks and stands before them is left alone, or all is let go and begun again.

CREATE OR REPLACE VIEW @store@.stock_problems AS
SELECT x.sku::text AS sku, x.location_code, sum(x.on_hand)::bigint AS on_hand, sum(x.moved)::bigint AS moved, sum(x.reserved)::bigint AS reserved,
       sum(x.held)::bigint AS held, sum(x.reserved_moved)::bigint AS reserved_moved
FROM (SELECT s.sku, s.location_code, s.on_hand, 0 AS moved, s.reserved, 0 AS held, 0 AS reserved_moved FROM @store@.stock s
      UNION ALL SELECT l.sku, l.location_code, 0, 0, -l.free, 0, 0 FROM @store@.stock_slots l
      UNION ALL SELECT m.sku, m.location_code, 0, m.qty, 0, 0, m.reserved_qty FROM @store@.stock_movements m
      UNION ALL SELECT r.sku, r.location_code, 0, 0, 0, r.open_qty, 0 FROM @store@.reservations r WHERE r.open_qty > 0) x
GROUP BY x.sku, x.location_code
HAVING sum(x.on_hand) <> sum(x.moved) OR sum(x.reserved) <> sum(x.held) OR sum(x.held) <> sum(x.reserved_moved);
COMMENT ON VIEW @store@.stock_problems IS 'stock that is not the sum of its movements, or whose reserved units are not those that reservations hold; no row: all is right';
COMMENT ON COLUMN @store@.stock_problems.sku IS 'what';
COMMENT ON COLUMN @store@.stock_problems.location_code IS 'where';
COMMENT ON COLUMN @store@.stock_problems.on_hand IS 'units that stock says are there';
COMMENT ON COLUMN @store@.stock_problems.moved IS 'the sum of the movements';
COMMENT ON COLUMN @store@.stock_problems.reserved IS 'units that stock says are reserved, without those that are free in slots';
COMMENT ON COLUMN @store@.stock_problems.held IS 'units that open reservations hold';
COMMENT ON COLUMN @store@.stock_problems.reserved_moved IS 'the sum of what movements say is reserved';

/*
 * Calls that change stock are asked again when their answer was lost. What each returned stands in outbox under its idempotency
 * key, and two calls under one key wait for each other: nothing is done twice.
 */
CREATE OR REPLACE FUNCTION @store@.request_answer(key text, call text, request_hash bigint)
    RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    earlier record;
BEGIN
    IF key IS NULL THEN
        RETURN NULL;
    END IF;
    IF key = '' OR octet_length(key) > 200 OR starts_with(key, '~') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'an idempotency key is 1 to 200 bytes and does not begin with ~',
            HINT = 'Take what names the request in your system, e.g. the number of the message, or a random UUID that retries repeat.';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('omni.request ' || (parse_ident('@store@'))[1] || ' ' || key, 0));
    SELECT o.call, o.request_hash, o.answer INTO earlier FROM @store@.outbox o WHERE o.request_key = key;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF earlier.call <> call OR earlier.request_hash <> request_hash THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the idempotency key was used for another call',
            DETAIL = CASE WHEN earlier.call <> call THEN format('It was a call of %s(), this one is of %s().', earlier.call, call) ELSE format('That call of %s() had other arguments.', call) END,
            HINT = 'A retry repeats all arguments; a new request takes a new key.';
    END IF;
    RETURN earlier.answer;
END $$;
COMMENT ON FUNCTION @store@.request_answer(text, text, bigint) IS 'for functions of the store: what a call under this idempotency key returned; NULL if there was none, and none will be until this transaction ends';

CREATE OR REPLACE FUNCTION @store@.request_done(key text, call text, order_ref text, request_hash bigint, answer jsonb)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    made text := coalesce(request_done.key, '~' || gen_random_uuid());
BEGIN
    INSERT INTO @store@.outbox (request_key, call, order_ref, request_hash, answer)
    VALUES (made, request_done.call, request_done.order_ref, request_done.request_hash, request_done.answer) ON CONFLICT (request_key) DO NOTHING;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'serialization_failure', MESSAGE = 'a call under the same idempotency key was made at the same time', HINT = 'Try again: the retry gets its answer.';
    END IF;
END $$;
COMMENT ON FUNCTION @store@.request_done(text, text, text, bigint, jsonb) IS 'for functions of the store: write down what a call returned, under its idempotency key or one made for it';

/*
 * One movement: the row of stock and the movement change together. The caller has checked it, and goes from stock to stock in
 * the order of SKU and location by bytes, so that no two wait for each other. The sum of what it does to one
 * SKU at one location comes as one movement, unless each names its own thing.
 */
CREATE OR REPLACE FUNCTION @store@.move_stock(sku text, location text, qty bigint, kind text, movement_key text, order_ref text, reason text, at timestamptz,
                                              reserved_qty bigint DEFAULT 0, reservation_id bigint DEFAULT NULL)
    RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    code omni.sku := move_stock.sku;
    there bigint;
BEGIN
    UPDATE @store@.stock AS s SET on_hand = s.on_hand + move_stock.qty, reserved = s.reserved + move_stock.reserved_qty
    WHERE s.sku = code AND s.location_code = move_stock.location RETURNING s.on_hand INTO there;
    IF NOT FOUND THEN
        INSERT INTO @store@.stock AS s (sku, location_code, on_hand, reserved) VALUES (code, move_stock.location, move_stock.qty, move_stock.reserved_qty)
        ON CONFLICT (sku, location_code) DO UPDATE SET on_hand = s.on_hand + excluded.on_hand, reserved = s.reserved + excluded.reserved RETURNING s.on_hand INTO there;
    END IF;
    INSERT INTO @store@.stock_movements (sku, location_code, movement_key, qty, kind, order_ref, occurred_at, reserved_qty, reservation_id, reason)
    VALUES (code, move_stock.location, move_stock.movement_key, move_stock.qty, move_stock.kind, move_stock.order_ref, move_stock.at, move_stock.reserved_qty, move_stock.reservation_id, move_stock.reason);
    RETURN there;
END $$;
COMMENT ON FUNCTION @store@.move_stock(text, text, bigint, text, text, text, text, timestamptz, bigint, bigint) IS 'for functions of the store: change what is there, or reserved, of a SKU at a location, and write the movement; gives what is there then';

/* a store that adopted its stock reads it: its own system writes it */
CREATE OR REPLACE FUNCTION @store@.stock_writable()
    RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    adopted text;
BEGIN
    SELECT string_agg(c.relname, ', ' ORDER BY c.relname) INTO adopted FROM pg_class c
    WHERE c.relkind = 'v' AND c.oid IN ('@store@.stock'::regclass, '@store@.stock_slots'::regclass, '@store@.stock_movements'::regclass, '@store@.reservations'::regclass,
        '@store@.supplies'::regclass, '@store@.outbox'::regclass);
    IF adopted IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = 'the store has adopted its stock: it does not write it', DETAIL = format('Adopted: %s.', adopted),
            HINT = 'Make a store that does not adopt them, and load the stock by receive() or reconcile().';
    END IF;
END $$;
COMMENT ON FUNCTION @store@.stock_writable() IS 'for functions of the store: refuse to write stock that is adopted';

/*
 * Lines of a call as they were meant: an array of objects, each with its position n, a line number, a canonical SKU. keys names what
 * a line may have, with ! what it must have. minimum is the least quantity; without it, any but 0.
 */
CREATE OR REPLACE FUNCTION @store@.stock_lines(lines jsonb, keys text[], minimum bigint, example text)
    RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    known text[] := array(SELECT rtrim(k, '!') FROM unnest(keys) k);
    needed text[] := array(SELECT rtrim(k, '!') FROM unnest(keys) k WHERE k LIKE '%!');
    bad record;
BEGIN
    IF lines IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'no lines are given', HINT = 'For example ' || example;
    ELSIF jsonb_typeof(lines) <> 'array' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('lines have to be an array of objects, not %s', jsonb_typeof(lines)), HINT = 'For example ' || example;
    ELSIF jsonb_array_length(lines) = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'there are no lines', HINT = 'For example ' || example;
    ELSIF jsonb_array_length(lines) > 10000 THEN
        RAISE EXCEPTION USING ERRCODE = 'program_limit_exceeded', MESSAGE = format('%s lines are more than a call takes', jsonb_array_length(lines)),
            DETAIL = 'A call takes 10000 lines.', HINT = 'Make several calls, each with its own idempotency key.';
    END IF;
    SELECT p.n, p.problem[1] AS code, p.problem[2] AS problem INTO bad FROM (
        SELECT e.n, CASE
            WHEN jsonb_typeof(e.item) <> 'object' THEN ARRAY['22023', 'is not an object']
            WHEN NOT known @> array(SELECT jsonb_object_keys(e.item)) THEN ARRAY['22023', format('has %s, which means nothing here', (SELECT to_jsonb(left(min(k), 64)) FROM jsonb_object_keys(e.item) k WHERE k <> ALL (known)))]
            WHEN EXISTS (SELECT FROM unnest(needed) k WHERE coalesce(e.item -> k, 'null') = 'null') THEN ARRAY['22004', format('has no "%s"', (SELECT k FROM unnest(needed) WITH ORDINALITY u(k, i) WHERE coalesce(e.item -> k, 'null') = 'null' ORDER BY u.i LIMIT 1))]
            WHEN EXISTS (SELECT FROM unnest('{sku,location,from,to,supply_key,expected_at}'::text[]) k WHERE coalesce(e.item -> k, 'null') <> 'null' AND (jsonb_typeof(e.item -> k) <> 'string' OR e.item ->> k = ''))
                THEN ARRAY['22023', format('has a "%s" that is not a text', (SELECT k FROM unnest('{sku,location,from,to,supply_key,expected_at}'::text[]) k WHERE coalesce(e.item -> k, 'null') <> 'null' AND (jsonb_typeof(e.item -> k) <> 'string' OR e.item ->> k = '') LIMIT 1))]
            WHEN e.item ->> 'sku' IS NOT NULL AND omni.sku_try(e.item ->> 'sku') IS NULL THEN ARRAY['22023', format('has a "sku" that is none: %s (%s)', to_jsonb(left(e.item ->> 'sku', 64)), omni.sku_problem(e.item ->> 'sku'))]
            WHEN octet_length(e.item ->> 'supply_key') > 200 THEN ARRAY['22023', 'has a "supply_key" of more than 200 bytes']
            WHEN e.item ->> 'expected_at' IS NOT NULL AND omni.store_time(e.item ->> 'expected_at') IS NULL THEN ARRAY['22023', format('has an "expected_at" that is no time of ISO 8601 with a zone: %s', to_jsonb(left(e.item ->> 'expected_at', 64)))]
            WHEN jsonb_typeof(e.item -> 'closed') NOT IN ('boolean', 'null') THEN ARRAY['22023', 'has a "closed" that is neither true nor false']
            WHEN EXISTS (SELECT FROM unnest('{qty,line}'::text[]) k WHERE jsonb_typeof(e.item -> k) NOT IN ('number', 'null')) THEN ARRAY['22023', format('has a "%s" that is not a number', CASE WHEN jsonb_typeof(e.item -> 'qty') NOT IN ('number', 'null') THEN 'qty' ELSE 'line' END)]
            WHEN (e.item ->> 'qty')::numeric % 1 <> 0 THEN ARRAY['22023', format('has a "qty" that is not whole: %s', left(e.item ->> 'qty', 64))]
            WHEN abs((e.item ->> 'qty')::numeric) > 9223372036854775807 THEN ARRAY['22003', format('has a "qty" out of range: %s', left(e.item ->> 'qty', 64))]
            WHEN (e.item ->> 'qty')::numeric < minimum THEN ARRAY['22003', format('has a "qty" below %s: %s', minimum, e.item ->> 'qty')]
            WHEN minimum IS NULL AND (e.item ->> 'qty')::numeric = 0 THEN ARRAY['22003', 'has a "qty" of 0, which changes nothing']
            WHEN (e.item ->> 'line')::numeric % 1 <> 0 THEN ARRAY['22023', format('has a "line" that is not whole: %s', left(e.item ->> 'line', 64))]
            WHEN (e.item ->> 'line')::numeric NOT BETWEEN 0 AND 2147483647 THEN ARRAY['22003', format('has a "line" out of range: %s', left(e.item ->> 'line', 64))]
            END AS problem
        FROM jsonb_array_elements(lines) WITH ORDINALITY e(item, n) OFFSET 0) p
    WHERE p.problem IS NOT NULL ORDER BY p.n LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = bad.code, MESSAGE = format('line %s of the call %s', bad.n, bad.problem), HINT = 'For example ' || example;
    END IF;
    RETURN (SELECT jsonb_agg(e.item || jsonb_build_object('n', e.n, 'sku', omni.sku_try(e.item ->> 'sku')::text, 'qty', trunc((e.item ->> 'qty')::numeric), 'expected_at', omni.store_time(e.item ->> 'expected_at')) ORDER BY e.n)
            FROM jsonb_array_elements(lines) WITH ORDINALITY e(item, n));
END $$;
COMMENT ON FUNCTION @store@.stock_lines(jsonb, text[], bigint, text) IS 'for functions of the store: the lines of a call, after checking them';

/* a SKU or a location that nobody has heard of is a mistake in a call, not a new one; a bundle has no stock */
CREATE OR REPLACE FUNCTION @store@.stock_known(sku text, location text)
    RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    code omni.sku := sku;
BEGIN
    IF location IS NOT NULL THEN
        PERFORM 1 FROM @store@.locations l WHERE l.location_code = location;
        IF NOT FOUND THEN
            PERFORM 1 FROM @store@.stock s WHERE s.location_code = location LIMIT 1;
        END IF;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('unknown location: %s', to_jsonb(left(location, 64))),
                HINT = coalesce((SELECT format('Codes are compared letter by letter: there is %s.', to_jsonb(min(l.location_code))) FROM @store@.locations l WHERE lower(l.location_code) = lower(location) HAVING count(*) > 0), 'Insert it into locations first.');
        END IF;
    END IF;
    IF sku IS NOT NULL THEN
        PERFORM 1 FROM @store@.bundle_components b WHERE b.sku = code LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('SKU %s is a bundle, which has no stock of its own', sku), HINT = 'Name its components, as bundle_components has them.';
        END IF;
        PERFORM 1 FROM @store@.products p WHERE p.sku = code;
        IF NOT FOUND THEN
            PERFORM 1 FROM @store@.stock s WHERE s.sku = code LIMIT 1;
        END IF;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('unknown SKU: %s', sku), HINT = 'Insert it into products first. resolve_sku() tells what a channel''s own code or a GTIN stands for.';
        END IF;
    END IF;
END $$;
COMMENT ON FUNCTION @store@.stock_known(text, text) IS 'for functions of the store: refuse a SKU or a location that is not known, and a bundle';

/*
 * Locks what there is of a SKU at a location, for a call that takes units away, and tells what it found. Reservations that are over are
 * tidied, so that nobody can extend them any more: what is available can go without breaking a promise.
 */
CREATE OR REPLACE FUNCTION @store@.lock_stock(sku text, location text, OUT on_hand bigint, OUT held bigint, OUT available bigint)
    RETURNS record LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    code omni.sku := lock_stock.sku;
    s record;
    r record;
    free bigint;
BEGIN
    LOOP
        SELECT x.on_hand, x.reserved, x.safety_stock, x.slots INTO s FROM @store@.stock x WHERE x.sku = code AND x.location_code = lock_stock.location FOR NO KEY UPDATE;
        EXIT WHEN FOUND;
        INSERT INTO @store@.stock (sku, location_code) VALUES (code, lock_stock.location) ON CONFLICT (sku, location_code) DO NOTHING;
    END LOOP;
    IF s.slots > 0 THEN
        PERFORM omni.store_lock_slots('@store@'::regnamespace, code::text, lock_stock.location, s.slots);
    END IF;
    SELECT coalesce(sum(x.free), 0) INTO free FROM (SELECT l.free FROM @store@.stock_slots l WHERE l.sku = code AND l.location_code = lock_stock.location ORDER BY l.slot FOR NO KEY UPDATE) x;
    on_hand := s.on_hand;
    held := s.reserved - free;
    FOR r IN SELECT v.order_ref, v.reservation_id, v.open_qty FROM @store@.reservations v
             WHERE v.sku = code AND v.location_code = lock_stock.location AND v.open_qty > 0 AND v.expires_at <= clock_timestamp() ORDER BY v.reservation_id FOR NO KEY UPDATE LOOP
        UPDATE @store@.reservations v SET open_qty = 0 WHERE v.order_ref = r.order_ref AND v.sku = code AND v.reservation_id = r.reservation_id;
        PERFORM @store@.move_stock(lock_stock.sku, lock_stock.location, 0, 'expire', 'expire ' || r.reservation_id, r.order_ref, NULL, now(), -r.open_qty, r.reservation_id);
        held := held - r.open_qty;
    END LOOP;
    available := on_hand - held - s.safety_stock;
END $$;
COMMENT ON FUNCTION @store@.lock_stock(text, text) IS 'for functions of the store: let nobody else change what there is of a SKU at a location until this transaction ends; held are units that somebody was promised';

/* slots promise units without looking at the stock: when units went away, they must not have more than there are to promise */
CREATE OR REPLACE FUNCTION @store@.fit_slots(sku text, location text)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    code omni.sku := fit_slots.sku;
    too_many bigint;
    taken bigint := 0;
    l record;
BEGIN
    SELECT s.reserved - s.on_hand + s.safety_stock - s.backorder_limit INTO too_many
    FROM @store@.stock s WHERE s.sku = code AND s.location_code = fit_slots.location;
    FOR l IN SELECT x.slot, x.free FROM @store@.stock_slots x WHERE x.sku = code AND x.location_code = fit_slots.location AND x.free > 0 ORDER BY x.slot LOOP
        EXIT WHEN taken >= too_many;
        UPDATE @store@.stock_slots x SET free = x.free - least(l.free, too_many - taken) WHERE x.sku = code AND x.location_code = fit_slots.location AND x.slot = l.slot;
        taken := taken + least(l.free, too_many - taken);
    END LOOP;
    IF taken > 0 THEN
        UPDATE @store@.stock s SET reserved = s.reserved - taken WHERE s.sku = code AND s.location_code = fit_slots.location;
    END IF;
END $$;
COMMENT ON FUNCTION @store@.fit_slots(text, text) IS 'for functions of the store: take units out of slots that are no longer there; the caller holds the lock of lock_stock()';

/* more than a bigint in the sum of lines */
CREATE OR REPLACE FUNCTION @store@.stock_sum(qty numeric, sku text, location text)
    RETURNS bigint LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF abs(qty) > 4611686018427387904 THEN
        RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = format('units of %s at %s out of range: %s', sku, location, qty), DETAIL = 'A location holds at most 2^62 units of a SKU.', HINT = 'Correct the quantity, or count in a larger unit.';
    END IF;
    RETURN qty;
END $$;
COMMENT ON FUNCTION @store@.stock_sum(numeric, text, text) IS 'for functions of the store: a quantity after summing, in range';

CREATE OR REPLACE FUNCTION @store@.receive(lines jsonb, idempotency_key text DEFAULT NULL)
    RETURNS TABLE (line integer, sku text, location text, qty bigint, on_hand bigint) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    wanted jsonb := @store@.stock_lines(lines, '{sku!,location!,qty!,line,supply_key}', 1, '[{"sku": "TS-RED", "qty": 20, "location": "BER"}]');
    hash bigint := hashtextextended(lines::text, 0);
    request text := coalesce(idempotency_key, '~' || gen_random_uuid());
    at timestamptz := now();
    answer jsonb;
    totals bigint[] := array_fill(0::bigint, ARRAY[jsonb_array_length(wanted)]);
    total bigint;
    n integer;
    g record;
    s record;
BEGIN
    PERFORM @store@.stock_writable();
    answer := @store@.request_answer(idempotency_key, 'receive', hash);
    IF answer IS NULL THEN
        FOR g IN SELECT x.sku, x.location, sum(x.qty) AS qty, array_agg(x.n) AS positions,
                     jsonb_object_agg(x.supply_key, x.supply_qty) FILTER (WHERE x.supply_key IS NOT NULL) AS supplies
                 FROM (SELECT l.*, sum(l.qty) OVER (PARTITION BY l.sku, l.location, l.supply_key) AS supply_qty FROM jsonb_to_recordset(wanted) l(n integer, sku text, location text, supply_key text, qty bigint)) x
                 GROUP BY x.sku, x.location ORDER BY x.sku::omni.sku, x.location COLLATE "C" LOOP
            PERFORM @store@.stock_known(g.sku, g.location);
            total := @store@.stock_sum(@store@.move_stock(g.sku, g.location, @store@.stock_sum(g.qty, g.sku, g.location), 'receive', 'receive ' || request, NULL, NULL, at), g.sku, g.location);
            FOREACH n IN ARRAY g.positions LOOP
                totals[n] := total;
            END LOOP;
            FOR s IN SELECT k.key, @store@.stock_sum(k.value::numeric, g.sku, g.location) AS qty FROM jsonb_each_text(g.supplies) k ORDER BY k.key COLLATE "C" LOOP
                UPDATE @store@.supplies u SET received_qty = u.received_qty + s.qty, closed_at = CASE WHEN u.received_qty + s.qty >= u.qty THEN at END
                WHERE u.sku = g.sku::omni.sku AND u.location_code = g.location AND u.supply_key = s.key AND u.closed_at IS NULL;
                IF NOT FOUND THEN
                    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('no open supply %s of %s is expected at %s', to_jsonb(s.key), g.sku, g.location),
                        HINT = 'Announce it by expect(), or receive the units without "supply_key".';
                END IF;
            END LOOP;
        END LOOP;
        SELECT jsonb_build_object('lines', jsonb_agg(jsonb_build_object('line', coalesce(l.line, l.n), 'sku', l.sku, 'location', l.location, 'qty', l.qty, 'on_hand', totals[l.n]) ORDER BY l.n)) INTO answer
        FROM jsonb_to_recordset(wanted) l(n integer, line integer, sku text, location text, qty bigint);
        PERFORM @store@.request_done(request, 'receive', NULL, hash, answer);
    END IF;
    RETURN QUERY SELECT r.* FROM jsonb_to_recordset(answer -> 'lines') r(line integer, sku text, location text, qty bigint, on_hand bigint);
END $$;
COMMENT ON FUNCTION @store@.receive(jsonb, text) IS 'units arrive: lines of sku, qty and location, with a supply_key those that were expected. on_hand is what is there after the whole call';

CREATE OR REPLACE FUNCTION @store@.expect(lines jsonb, idempotency_key text DEFAULT NULL)
    RETURNS TABLE (line integer, sku text, location text, supply_key text, qty bigint, received_qty bigint, expected_at timestamptz, closed boolean) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    wanted jsonb := @store@.stock_lines(lines, '{sku!,location!,supply_key!,qty,expected_at,closed,line}', 1, '[{"sku": "TS-RED", "location": "BER", "supply_key": "PO-17/1", "qty": 200, "expected_at": "2027-03-01T08:00:00Z"}]');
    hash bigint := hashtextextended(lines::text, 0);
    now_is timestamptz := now();
    answer jsonb;
    l record;
    s record;
    rows jsonb[] := array_fill(NULL::jsonb, ARRAY[jsonb_array_length(wanted)]);
BEGIN
    PERFORM @store@.stock_writable();
    SELECT x.sku, x.location, x.supply_key, min(x.n) AS first, max(x.n) AS last INTO l FROM jsonb_to_recordset(wanted) x(n integer, sku text, location text, supply_key text) GROUP BY 1, 2, 3 HAVING count(*) > 1 ORDER BY 4 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('lines %s and %s of the call announce the same supply', l.first, l.last), HINT = 'Give each line of a purchase order its own "supply_key".';
    END IF;
    answer := @store@.request_answer(idempotency_key, 'expect', hash);
    IF answer IS NULL THEN
        FOR l IN SELECT x.* FROM jsonb_to_recordset(wanted) x(n integer, line integer, sku text, location text, supply_key text, qty bigint, expected_at timestamptz, closed boolean)
                 ORDER BY x.sku::omni.sku, x.location COLLATE "C", x.supply_key COLLATE "C" LOOP
            PERFORM @store@.stock_known(l.sku, l.location);
            IF l.qty > 1000000000000 THEN
                RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = format('line %s of the call: the quantity %s is out of range', l.n, l.qty), HINT = 'A supply is of 1 to 1000000000000 units.';
            END IF;
            LOOP
                UPDATE @store@.supplies u SET qty = coalesce(l.qty, u.qty), expected_at = coalesce(l.expected_at, u.expected_at),
                    closed_at = CASE WHEN coalesce(l.closed, u.closed_at IS NOT NULL AND l.qty IS NULL) OR coalesce(l.qty, u.qty) <= u.received_qty THEN coalesce(u.closed_at, now_is) END
                WHERE u.sku = l.sku::omni.sku AND u.location_code = l.location AND u.supply_key = l.supply_key
                RETURNING u.qty, u.received_qty, u.expected_at, u.closed_at INTO s;
                IF NOT FOUND THEN
                    IF l.qty IS NULL OR l.expected_at IS NULL THEN
                        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = format('line %s of the call announces a supply without %s', l.n, CASE WHEN l.qty IS NULL THEN '"qty"' ELSE '"expected_at"' END),
                            DETAIL = format('No supply %s of %s is known at %s.', to_jsonb(l.supply_key), l.sku, l.location), HINT = 'A new supply needs both; a known one needs what changes.';
                    END IF;
                    INSERT INTO @store@.supplies (sku, location_code, supply_key, qty, expected_at, closed_at)
                    VALUES (l.sku::omni.sku, l.location, l.supply_key, l.qty, l.expected_at, CASE WHEN l.closed THEN now_is END) ON CONFLICT (sku, location_code, supply_key) DO NOTHING
                    RETURNING supplies.qty, supplies.received_qty, supplies.expected_at, supplies.closed_at INTO s;
                    -- somebody else announced it meanwhile
                    CONTINUE WHEN NOT FOUND;
                END IF;
                EXIT;
            END LOOP;
            rows[l.n] := jsonb_build_object('line', coalesce(l.line, l.n), 'sku', l.sku, 'location', l.location, 'supply_key', l.supply_key, 'qty', s.qty, 'received_qty', s.received_qty, 'expected_at', s.expected_at, 'closed', s.closed_at IS NOT NULL);
        END LOOP;
        answer := jsonb_build_object('lines', to_jsonb(rows));
        PERFORM @store@.request_done(idempotency_key, 'expect', NULL, hash, answer);
    END IF;
    RETURN QUERY SELECT r.* FROM jsonb_to_recordset(answer -> 'lines') r(line integer, sku text, location text, supply_key text, qty bigint, received_qty bigint, expected_at timestamptz, closed boolean);
END $$;
COMMENT ON FUNCTION @store@.expect(jsonb, text) IS 'supply is announced, or changed: lines of sku, location, supply_key, qty and expected_at; "closed": true where no more of it comes. atp() counts what is open of it';

CREATE OR REPLACE FUNCTION @store@.adjust(lines jsonb, reason text, idempotency_key text DEFAULT NULL)
    RETURNS TABLE (line integer, sku text, location text, qty bigint, on_hand bigint, over_reserved bigint) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    wanted jsonb := @store@.stock_lines(lines, '{sku!,location!,qty!,line}', NULL, '[{"sku": "TS-RED", "qty": -1, "location": "BER"}]');
    hash bigint := hashtextextended(jsonb_build_array(lines, reason)::text, 0);
    request text := coalesce(idempotency_key, '~' || gen_random_uuid());
    at timestamptz := now();
    answer jsonb;
    totals bigint[] := array_fill(0::bigint, ARRAY[jsonb_array_length(wanted)]);
    over bigint[] := totals;
    n integer;
    there record;
    g record;
BEGIN
    IF reason IS NULL OR btrim(reason) = '' OR octet_length(reason) > 200 THEN
        RAISE EXCEPTION USING ERRCODE = CASE WHEN reason IS NULL THEN '22004' ELSE '22023' END, MESSAGE = 'an adjustment needs a reason of 1 to 200 bytes', HINT = 'For example damaged, lost, found, sample or sale.';
    END IF;
    PERFORM @store@.stock_writable();
    answer := @store@.request_answer(idempotency_key, 'adjust', hash);
    IF answer IS NULL THEN
        FOR g IN SELECT l.sku, l.location, sum(l.qty) AS qty, array_agg(l.n) AS positions FROM jsonb_to_recordset(wanted) l(n integer, sku text, location text, qty bigint)
                 GROUP BY l.sku, l.location ORDER BY l.sku::omni.sku, l.location COLLATE "C" LOOP
            PERFORM @store@.stock_known(g.sku, g.location);
            there := @store@.lock_stock(g.sku, g.location);
            IF there.on_hand + g.qty < least(there.on_hand, 0) THEN
                RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('%s units of %s cannot go from %s: there are %s', -g.qty, g.sku, g.location, there.on_hand),
                    HINT = 'Count what is there, and tell it by cycle_count().';
            END IF;
            PERFORM @store@.stock_sum(there.on_hand + g.qty, g.sku, g.location);
            IF g.qty <> 0 THEN
                PERFORM @store@.move_stock(g.sku, g.location, g.qty::bigint, 'adjust', 'adjust ' || request, NULL, reason, at);
            END IF;
            IF g.qty < 0 THEN
                PERFORM @store@.fit_slots(g.sku, g.location);
            END IF;
            FOREACH n IN ARRAY g.positions LOOP
                totals[n] := there.on_hand + g.qty;
                over[n] := greatest(there.held - there.on_hand - g.qty, 0);
            END LOOP;
        END LOOP;
        SELECT jsonb_build_object('lines', jsonb_agg(jsonb_build_object('line', coalesce(l.line, l.n), 'sku', l.sku, 'location', l.location, 'qty', l.qty, 'on_hand', totals[l.n], 'over_reserved', over[l.n]) ORDER BY l.n), 'reason', reason) INTO answer
        FROM jsonb_to_recordset(wanted) l(n integer, line integer, sku text, location text, qty bigint);
        PERFORM @store@.request_done(request, 'adjust', NULL, hash, answer);
    END IF;
    RETURN QUERY SELECT r.* FROM jsonb_to_recordset(answer -> 'lines') r(line integer, sku text, location text, qty bigint, on_hand bigint, over_reserved bigint);
END $$;
COMMENT ON FUNCTION @store@.adjust(jsonb, text, text) IS 'units appear or vanish for a reason: lines of sku, location and a qty that is negative where they vanish. over_reserved are units that are promised and not there, after the whole call';

CREATE OR REPLACE FUNCTION @store@.transfer(lines jsonb, idempotency_key text DEFAULT NULL, force boolean DEFAULT false)
    RETURNS TABLE (line integer, sku text, from_location text, to_location text, qty bigint) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    wanted jsonb := @store@.stock_lines(lines, '{sku!,from!,to!,qty!,line}', 1, '[{"sku": "TS-RED", "qty": 5, "from": "BER", "to": "HAM"}]');
    hash bigint := hashtextextended(jsonb_build_array(lines, force)::text, 0);
    request text := coalesce(idempotency_key, '~' || gen_random_uuid());
    at timestamptz := now();
    answer jsonb;
    there record;
    g record;
    p record;
BEGIN
    IF force IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'force is NULL', HINT = 'Leave it out, or say true to move units that are reserved or safety stock, too.';
    END IF;
    SELECT l.n, l."from" INTO p FROM jsonb_to_recordset(wanted) l(n integer, "from" text, "to" text) WHERE l."from" = l."to" ORDER BY l.n LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of the call transfers from %s to itself', p.n, to_jsonb(left(p."from", 64))), HINT = 'Name another location.';
    END IF;
    PERFORM @store@.stock_writable();
    answer := @store@.request_answer(idempotency_key, 'transfer', hash);
    IF answer IS NULL THEN
        -- what leaves has to be there before anything arrives
        FOR g IN SELECT x.sku, x.location, coalesce(sum(x.leaves), 0) AS leaves, coalesce(sum(x.comes), 0) AS comes
                 FROM (SELECT l.sku, l."from" AS location, l.qty AS leaves, 0 AS comes FROM jsonb_to_recordset(wanted) l(sku text, "from" text, qty bigint)
                       UNION ALL SELECT l.sku, l."to", 0, l.qty FROM jsonb_to_recordset(wanted) l(sku text, "to" text, qty bigint)) x
                 GROUP BY x.sku, x.location ORDER BY x.sku::omni.sku, x.location COLLATE "C" LOOP
            PERFORM @store@.stock_known(g.sku, g.location);
            there := @store@.lock_stock(g.sku, g.location);
            IF g.leaves > 0 AND g.leaves > there.on_hand THEN
                RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('%s units of %s cannot go from %s: there are %s', g.leaves, g.sku, g.location, there.on_hand),
                    HINT = 'Count what is there, and tell it by cycle_count().';
            ELSIF g.leaves > 0 AND g.leaves > there.available AND NOT force THEN
                RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('%s units of %s cannot go from %s: %s are available', g.leaves, g.sku, g.location, greatest(there.available, 0)),
                    DETAIL = format('There are %s; %s are promised, %s are safety stock.', there.on_hand, there.held, there.on_hand - there.held - there.available), HINT = 'force => true moves them all the same: what was promised has to be filled from elsewhere then.';
            END IF;
            PERFORM @store@.stock_sum(there.on_hand + g.comes, g.sku, g.location);
        END LOOP;
        FOR p IN SELECT l.sku, l."from", l."to", sum(l.qty)::bigint AS qty FROM jsonb_to_recordset(wanted) l(sku text, "from" text, "to" text, qty bigint) GROUP BY 1, 2, 3 ORDER BY l.sku COLLATE "C", l."from" COLLATE "C", l."to" COLLATE "C" LOOP
            PERFORM @store@.move_stock(p.sku, p."from", -p.qty, 'transfer', 'transfer ' || request || ' to ' || p."to", NULL, 'to ' || p."to", at);
            PERFORM @store@.move_stock(p.sku, p."to", p.qty, 'transfer', 'transfer ' || request || ' from ' || p."from", NULL, 'from ' || p."from", at);
        END LOOP;
        FOR p IN SELECT DISTINCT l.sku, l."from" FROM jsonb_to_recordset(wanted) l(sku text, "from" text) ORDER BY 1, 2 LOOP
            PERFORM @store@.fit_slots(p.sku, p."from");
        END LOOP;
        SELECT jsonb_build_object('lines', jsonb_agg(jsonb_build_object('line', coalesce(l.line, l.n), 'sku', l.sku, 'from_location', l."from", 'to_location', l."to", 'qty', l.qty) ORDER BY l.n)) INTO answer
        FROM jsonb_to_recordset(wanted) l(n integer, line integer, sku text, "from" text, "to" text, qty bigint);
        PERFORM @store@.request_done(request, 'transfer', NULL, hash, answer);
    END IF;
    RETURN QUERY SELECT r.* FROM jsonb_to_recordset(answer -> 'lines') r(line integer, sku text, from_location text, to_location text, qty bigint);
END $$;
COMMENT ON FUNCTION @store@.transfer(jsonb, text, boolean) IS 'units go from one location to another: lines of sku, qty, from and to. Units that are promised, and safety stock, stay unless force is true';

/* for cycle_count() and rfid_read(): what was counted at a location, [{sku, qty}]; the difference is the movement. Gives the SKUs and what was found of each */
CREATE OR REPLACE FUNCTION @store@.count_units(location text, counted jsonb, request text, reason text)
    RETURNS TABLE (sku text, qty bigint, was bigint, over_reserved bigint) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    at timestamptz := now();
    there record;
    g record;
BEGIN
    FOR g IN SELECT l.sku, sum(l.qty) AS qty FROM jsonb_to_recordset(counted) l(sku text, qty bigint) GROUP BY l.sku ORDER BY l.sku::omni.sku LOOP
        PERFORM @store@.stock_known(g.sku, location);
        there := @store@.lock_stock(g.sku, location);
        sku := g.sku;
        qty := @store@.stock_sum(g.qty, g.sku, location);
        was := there.on_hand;
        over_reserved := greatest(there.held - qty, 0);
        IF qty <> was THEN
            PERFORM @store@.move_stock(sku, location, qty - was, 'count', 'count ' || request, NULL, reason, at);
            PERFORM @store@.fit_slots(sku, location);
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION @store@.count_units(text, jsonb, text, text) IS 'for functions of the store: set what is there to what was counted';

CREATE OR REPLACE FUNCTION @store@.cycle_count(location text, lines jsonb, idempotency_key text DEFAULT NULL)
    RETURNS TABLE (sku text, counted bigint, was bigint, difference bigint, over_reserved bigint) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    wanted jsonb := @store@.stock_lines(lines, '{sku!,qty!,line}', 0, '[{"sku": "TS-RED", "qty": 17}]');
    hash bigint := hashtextextended(jsonb_build_array(location, lines)::text, 0);
    request text := coalesce(idempotency_key, '~' || gen_random_uuid());
    answer jsonb;
BEGIN
    IF location IS NULL OR location = '' THEN
        RAISE EXCEPTION USING ERRCODE = CASE WHEN location IS NULL THEN '22004' ELSE '22023' END, MESSAGE = 'no location is named', HINT = 'A cycle count is of one location.';
    END IF;
    PERFORM @store@.stock_writable();
    answer := @store@.request_answer(idempotency_key, 'cycle_count', hash);
    IF answer IS NULL THEN
        SELECT jsonb_build_object('location', location, 'lines', jsonb_agg(jsonb_build_object('sku', c.sku, 'counted', c.qty, 'was', c.was, 'difference', c.qty - c.was, 'over_reserved', c.over_reserved))) INTO answer
        FROM @store@.count_units(location, wanted, request, 'cycle_count') c;
        PERFORM @store@.request_done(request, 'cycle_count', NULL, hash, answer);
    END IF;
    RETURN QUERY SELECT r.* FROM jsonb_to_recordset(answer -> 'lines') r(sku text, counted bigint, was bigint, difference bigint, over_reserved bigint);
END $$;
COMMENT ON FUNCTION @store@.cycle_count(text, jsonb, text) IS 'units of a location were counted: lines of sku and qty; those of one SKU are summed, a SKU that is not named was not counted. The difference is the movement; over_reserved are units that are promised and were not found';

/* what a SKU is made of: itself, or of a bundle its components, those of bundles in it taken apart as well */
CREATE OR REPLACE FUNCTION @store@.stock_parts(sku text, OUT part text, OUT qty numeric)
    RETURNS SETOF record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    names text[] := ARRAY[sku];
    times numeric[] := ARRAY[1];
    depths integer[] := ARRAY[0];
    i integer := 0;
    found_any boolean;
    c record;
BEGIN
    WHILE i < cardinality(names) LOOP
        i := i + 1;
        found_any := false;
        FOR c IN SELECT b.component_sku::text AS name, b.qty FROM @store@.bundle_components b WHERE b.sku = names[i]::omni.sku LOOP
            IF depths[i] >= 8 OR cardinality(names) > 10000 THEN
                RAISE EXCEPTION USING ERRCODE = 'program_limit_exceeded', MESSAGE = format('bundle %s has bundles in it more than 8 deep, or itself', sku), HINT = 'See bundle_components.';
            END IF;
            found_any := true;
            names := names || c.name;
            times := times || times[i] * c.qty;
            depths := depths || depths[i] + 1;
        END LOOP;
        IF found_any THEN
            times[i] := 0;
        END IF;
    END LOOP;
    RETURN QUERY SELECT u.name, sum(u.n) FROM unnest(names, times) u(name, n) WHERE u.n > 0 GROUP BY u.name ORDER BY u.name COLLATE "C";
END $$;
COMMENT ON FUNCTION @store@.stock_parts(text) IS 'the units that are taken from stock for one unit of a SKU: the components of a bundle, else itself';

CREATE OR REPLACE FUNCTION @store@.ship_parcel(order_ref text, shipment_key text, location text, shipment jsonb, at timestamptz)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO @store@.shipments (order_ref, shipment_key, location_code, method, carrier, tracking_code, shipped_at)
    VALUES (ship_parcel.order_ref, ship_parcel.shipment_key, ship_parcel.location, shipment ->> 'method', shipment ->> 'carrier', shipment ->> 'tracking_code', ship_parcel.at)
    ON CONFLICT (order_ref, shipment_key) DO NOTHING;
END $$;
COMMENT ON FUNCTION @store@.ship_parcel(text, text, text, jsonb, timestamptz) IS 'for ship(): write a shipment, unless it is there';

/*
 * Takes units that reservations of the order hold. First everything that the lines may take from is locked, in the one order of
 * stock, then it is settled which reservation gives how many, then written.
 */
CREATE OR REPLACE FUNCTION @store@.ship(order_ref text, lines jsonb DEFAULT NULL, idempotency_key text DEFAULT NULL, shipment jsonb DEFAULT NULL)
    RETURNS TABLE (line integer, sku text, location text, qty bigint, reservation_id bigint) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    example CONSTANT text := '[{"line": 1, "qty": 2, "location": "BER"}], or {"sku": "TS-RED", ...} for whatever line has it';
    order_name CONSTANT text := left(order_ref, 64);
    wanted jsonb := CASE WHEN lines IS NOT NULL THEN @store@.stock_lines(lines, '{line,sku,qty!,location}', 1, example) END;
    hash bigint := hashtextextended(jsonb_build_array(order_ref, lines, shipment)::text, 0);
    request text := coalesce(idempotency_key, '~' || gen_random_uuid());
    parcel text := shipment ->> 'shipment_key';
    at timestamptz := now();
    answer jsonb;
    g record;
    r record;
    w record;
    -- reservations of the order, each at one position: what is open, and what is taken
    ids bigint[] := '{}';
    id_lines integer[] := '{}';
    id_skus text[] := '{}';
    id_bundles text[] := '{}';
    id_places text[] := '{}';
    open bigint[] := '{}';
    take bigint[] := '{}';
    ends timestamptz[] := '{}';
    now_is timestamptz;
    by_name jsonb;             -- positions by line, by SKU and by both
    candidates integer[];
    product text;
    is_bundle boolean;
    part record;
    need numeric;
    late bigint;
    there bigint;
BEGIN
    IF order_ref IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'no order is named', HINT = 'Name the order_ref that the units are reserved for.';
    END IF;
    FOR w IN SELECT l.* FROM jsonb_to_recordset(wanted) l(n integer, line integer, sku text) WHERE l.line IS NULL AND l.sku IS NULL ORDER BY l.n LIMIT 1 LOOP
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = format('line %s of the call has neither "line" nor "sku"', w.n), HINT = 'For example ' || example;
    END LOOP;
    IF shipment IS NOT NULL AND (jsonb_typeof(shipment) <> 'object' OR coalesce(parcel, '') = '' OR octet_length(parcel) > 200
            OR EXISTS (SELECT FROM jsonb_each(CASE jsonb_typeof(shipment) WHEN 'object' THEN shipment ELSE '{}' END) k WHERE k.key NOT IN ('shipment_key', 'carrier', 'tracking_code', 'method') OR jsonb_typeof(k.value) NOT IN ('string', 'null'))) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'a shipment has to be an object with a shipment_key of 1 to 200 bytes, and carrier, tracking_code and method as texts',
            HINT = 'For example {"shipment_key": "S-1", "carrier": "DHL", "tracking_code": "0034", "method": "ship"}';
    END IF;
    PERFORM @store@.stock_writable();
    answer := @store@.request_answer(idempotency_key, 'ship', hash);
    IF answer IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('omni.ship ' || (parse_ident('@store@'))[1] || ' ' || order_ref, 0));
        -- of what is reserved meanwhile, another component may have been passed already
        FOR g IN SELECT x.code::text AS sku, x.location, x.ids FROM (SELECT v.sku AS code, v.location_code COLLATE "C" AS location, array_agg(v.reservation_id) AS ids FROM @store@.reservations v
                 WHERE v.order_ref = order_ref AND v.open_qty > 0 AND (wanted IS NULL OR jsonb_array_length(wanted) > 100 OR EXISTS (SELECT FROM jsonb_to_recordset(wanted) l(line integer, sku text, location text)
                     WHERE (l.line IS NULL OR l.line = v.line_no) AND (l.sku IS NULL OR l.sku IN (v.sku::text, v.bundle_sku::text)) AND (l.location IS NULL OR l.location = v.location_code))) GROUP BY v.sku, v.location_code COLLATE "C") x
                 ORDER BY x.code, x.location LOOP
            PERFORM 1 FROM @store@.stock s WHERE s.sku = g.sku::omni.sku AND s.location_code = g.location FOR NO KEY UPDATE;
            FOR r IN SELECT v.* FROM @store@.reservations v WHERE v.order_ref = order_ref AND v.sku = g.sku::omni.sku AND v.location_code = g.location AND v.open_qty > 0 AND v.reservation_id = ANY (g.ids)
                     ORDER BY v.reservation_id FOR NO KEY UPDATE LOOP
                ids := ids || r.reservation_id;
                id_lines := id_lines || r.line_no;
                id_skus := id_skus || g.sku;
                id_bundles := id_bundles || r.bundle_sku::text;
                id_places := id_places || g.location;
                open := open || r.open_qty;
                take := take || 0::bigint;
                ends := ends || coalesce(r.expires_at, 'infinity');
            END LOOP;
        END LOOP;
        -- one moment for all of them, when nobody else can tidy them any more: what a bundle is made of has expired together
        now_is := clock_timestamp();
        IF now_is >= ANY (ends) THEN
            SELECT min(u.id) FILTER (WHERE u.over), coalesce(array_agg(u.id ORDER BY u.i) FILTER (WHERE NOT u.over), '{}'), coalesce(array_agg(u.line_no ORDER BY u.i) FILTER (WHERE NOT u.over), '{}'),
                   coalesce(array_agg(u.sku ORDER BY u.i) FILTER (WHERE NOT u.over), '{}'), coalesce(array_agg(u.bundle ORDER BY u.i) FILTER (WHERE NOT u.over), '{}'), coalesce(array_agg(u.place ORDER BY u.i) FILTER (WHERE NOT u.over), '{}'),
                   coalesce(array_agg(u.units ORDER BY u.i) FILTER (WHERE NOT u.over), '{}'), coalesce(array_agg(0::bigint) FILTER (WHERE NOT u.over), '{}')
            INTO late, ids, id_lines, id_skus, id_bundles, id_places, open, take
            FROM (SELECT x.*, x.until <= now_is AS over FROM unnest(ids, id_lines, id_skus, id_bundles, id_places, open, ends) WITH ORDINALITY x(id, line_no, sku, bundle, place, units, until, i)) u;
        END IF;
        IF ids = '{}' THEN
            RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format(CASE WHEN late IS NULL THEN 'order %s has nothing%s reserved' ELSE 'what order %s had reserved%s has expired' END, order_name, CASE WHEN lines IS NULL THEN '' ELSE ' of that' END),
                HINT = 'Reserve it first: reserve() says whether it is still there.';
        END IF;
        IF wanted IS NULL THEN
            take := open;
        ELSE
            SELECT jsonb_object_agg(x.name, x.positions) INTO by_name
            FROM (SELECT k.name, jsonb_agg(u.i ORDER BY u.i) AS positions
                  FROM unnest(id_lines, id_skus, id_bundles) WITH ORDINALITY u(line_no, sku, bundle, i),
                       unnest(ARRAY[u.line_no::text, u.line_no || ' ' || u.sku, u.line_no || ' ' || u.bundle, ' ' || u.sku, ' ' || u.bundle]) k(name) WHERE k.name IS NOT NULL GROUP BY k.name) x;
            -- those that say from where come first, so that the others do not take it from them
            FOR w IN SELECT l.* FROM jsonb_to_recordset(wanted) l(n integer, line integer, sku text, qty bigint, location text) ORDER BY l.location IS NULL, l.line IS NULL, l.sku IS NULL, l.n LOOP
                candidates := array(SELECT p::integer FROM jsonb_array_elements_text(by_name -> (coalesce(w.line::text, '') || coalesce(' ' || w.sku, ''))) p);
                SELECT min(x.product) AS product, count(DISTINCT x.product) > 1 AS ambiguous, coalesce(bool_or(x.is_bundle), false) AS is_bundle INTO part
                FROM (SELECT coalesce(w.sku, id_bundles[c], id_skus[c]) AS product, id_bundles[c] = coalesce(w.sku, id_bundles[c]) AS is_bundle FROM unnest(candidates) c) x;
                IF part.ambiguous THEN
                    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('line %s of order %s holds more than one SKU', w.line, order_name), HINT = 'Say which one by "sku".';
                END IF;
                IF candidates = '{}' THEN
                    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('line %s of the call: order %s has nothing reserved of %s', w.n, order_name, concat_ws(', ', 'line ' || w.line, w.sku)),
                        HINT = CASE WHEN late IS NULL THEN '' ELSE 'A reservation of the order has expired. ' END || 'Reserve it first: reserve() says whether it is there.';
                END IF;
                product := part.product;
                is_bundle := part.is_bundle;
                -- a bundle goes as what it is made of
                FOR part IN SELECT p.part AS sku, p.qty * w.qty AS qty FROM @store@.stock_parts(product) p WHERE is_bundle UNION ALL SELECT product, w.qty WHERE NOT is_bundle LOOP
                    need := part.qty;
                    FOR g IN SELECT c AS i FROM unnest(candidates) c WHERE id_skus[c] = part.sku AND (NOT is_bundle OR id_bundles[c] = product) AND (w.location IS NULL OR id_places[c] = w.location) ORDER BY NOT is_bundle AND id_bundles[c] IS NOT NULL, c LOOP
                        EXIT WHEN need = 0;
                        there := least(need, open[g.i] - take[g.i]);
                        take[g.i] := take[g.i] + there;
                        need := need - there;
                    END LOOP;
                    IF need > 0 THEN
                        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('line %s of the call: %s units of %s cannot be shipped for order %s, %s are reserved%s', w.n, part.qty, part.sku, order_name, part.qty - need, ' at ' || w.location),
                            HINT = CASE WHEN late IS NULL THEN '' ELSE 'A reservation of the order has expired. ' END || 'Reserve what is missing first: reserve() says whether it is there.';
                    END IF;
                END LOOP;
            END LOOP;
        END IF;

        FOR i IN 1 .. cardinality(ids) LOOP
            CONTINUE WHEN take[i] = 0;
            UPDATE @store@.reservations v SET open_qty = v.open_qty - take[i] WHERE v.order_ref = order_ref AND v.sku = id_skus[i]::omni.sku AND v.reservation_id = ids[i];
            there := @store@.move_stock(id_skus[i], id_places[i], -take[i], 'ship', 'ship ' || request || ' ' || ids[i], order_ref, NULL, at, -take[i], ids[i]);
            IF there < 0 THEN
                RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('%s units of %s cannot be shipped from %s: there are %s', take[i], id_skus[i], id_places[i], there + take[i]),
                    HINT = 'What is promised on backorder is shipped when it was received. If the units are there, tell it by cycle_count().';
            END IF;
        END LOOP;

        IF shipment IS NOT NULL THEN
            IF (SELECT c.relkind = 'v' FROM pg_class c WHERE c.oid = '@store@.shipments'::regclass) THEN
                RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = 'the store has adopted its shipments: it does not write them', HINT = 'Leave the shipment out, and write it where shipments are kept.';
            END IF;
            PERFORM @store@.ship_parcel(order_ref, parcel, (SELECT CASE WHEN count(DISTINCT u.place) = 1 THEN min(u.place) END FROM unnest(id_places, take) u(place, n) WHERE u.n > 0), shipment, at);
        END IF;
        -- the lines of the order that went. Of a bundle, as many as wait for no component any longer
        IF (SELECT c.relkind <> 'v' FROM pg_class c WHERE c.oid = '@store@.order_line_events'::regclass) THEN
            FOR g IN SELECT u.line_no, u.place, u.bundle, sum(u.n)::bigint AS qty
                     FROM (SELECT x.line_no, x.bundle, CASE WHEN x.bundle IS NULL OR min(x.place) OVER (PARTITION BY x.line_no, x.bundle) = max(x.place) OVER (PARTITION BY x.line_no, x.bundle) THEN x.place END AS place, x.n
                           FROM unnest(id_lines, id_bundles, id_places, take) x(line_no, bundle, place, n) WHERE x.n > 0) u
                     GROUP BY u.line_no, u.bundle, u.place ORDER BY u.line_no, u.place COLLATE "C" LOOP
                PERFORM 1 FROM @store@.order_lines o WHERE o.order_ref = order_ref AND o.line_no = g.line_no;
                CONTINUE WHEN NOT FOUND;
                IF g.bundle IS NOT NULL THEN
                    SELECT max(ceil((x.rest + x.gone) / p.qty)) - max(ceil(x.rest / p.qty)) INTO g.qty
                    FROM (SELECT y.sku, sum(y.rest) AS rest, sum(y.gone) AS gone
                          FROM (SELECT v.sku::text AS sku, v.open_qty AS rest, 0 AS gone FROM @store@.reservations v
                                WHERE v.order_ref = order_ref AND v.line_no = g.line_no AND v.bundle_sku = g.bundle::omni.sku AND v.open_qty > 0 AND v.expires_at > now_is
                                UNION ALL SELECT u.sku, 0, u.n FROM unnest(id_lines, id_skus, id_bundles, take) u(line_no, sku, bundle, n) WHERE u.line_no = g.line_no AND u.bundle = g.bundle) y GROUP BY y.sku) x
                    JOIN @store@.stock_parts(g.bundle) p ON p.part = x.sku;
                END IF;
                IF g.qty > 0 THEN
                    PERFORM @store@.move_units(order_ref, g.line_no, g.qty, NULL, concat_ws(' ', 'ship', request, g.place), g.place, parcel, NULL, at);
                END IF;
            END LOOP;
        END IF;

        SELECT jsonb_build_object('lines', jsonb_agg(jsonb_build_object('line', u.line_no, 'sku', u.sku, 'location', u.place, 'qty', u.n, 'reservation_id', u.id) ORDER BY u.line_no, u.i)) INTO answer
        FROM unnest(id_lines, id_skus, id_places, take, ids) WITH ORDINALITY u(line_no, sku, place, n, id, i) WHERE u.n > 0;
        answer := answer || CASE WHEN parcel IS NULL THEN '{}' ELSE jsonb_build_object('shipment_key', parcel) END;
        PERFORM @store@.request_done(request, 'ship', order_ref, hash, answer);
    END IF;
    RETURN QUERY SELECT a.* FROM jsonb_to_recordset(answer -> 'lines') a(line integer, sku text, location text, qty bigint, reservation_id bigint);
END $$;
COMMENT ON FUNCTION @store@.ship(text, jsonb, text, jsonb) IS 'units that an order has reserved leave: by line, by SKU or both, or without lines all of them. A shipment is written with {"shipment_key", "carrier", "tracking_code", "method"}; lines of the order move on';

/*
 * What can be promised of a SKU, by location, below 0 where more is promised already than there will be:
 *   on_hand - reserved + free units of slots + units of reservations that are over - safety_stock + backorder_limit - buffer of the channel
 * and, for a time to come, what is open of supplies that are expected until then. Reservations that hold now are taken to be kept. A
 * location that is not active promises nothing.
 */
CREATE OR REPLACE FUNCTION @store@.stock_available(sku text, channel text, at timestamptz, OUT location text, OUT available numeric)
    RETURNS SETOF record LANGUAGE plpgsql STABLE ROWS 100 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    code omni.sku := sku;
    now_is timestamptz := clock_timestamp();
    buffer bigint := 0;
BEGIN
    IF channel IS NOT NULL THEN
        SELECT coalesce(c.stock_buffer, 0) INTO buffer FROM @store@.channels c WHERE c.channel_code = channel;
    END IF;
    RETURN QUERY
    SELECT x.location_code, sum(x.units) - CASE WHEN channel IS NULL THEN 0 ELSE coalesce(max(x.buffer), buffer) END
    FROM (SELECT s.location_code, coalesce(s.on_hand, 0) - coalesce(s.reserved, 0)::numeric - coalesce(s.safety_stock, 0) + coalesce(s.backorder_limit, 0) AS units, NULL::bigint AS buffer FROM @store@.stock s WHERE s.sku = code
          UNION ALL SELECT l.location_code, l.free, NULL FROM @store@.stock_slots l WHERE l.sku = code
          UNION ALL SELECT r.location_code, r.open_qty, NULL FROM @store@.reservations r WHERE r.sku = code AND r.open_qty > 0 AND r.expires_at <= now_is
          UNION ALL SELECT u.location_code, greatest(u.qty - u.received_qty, 0), NULL FROM @store@.supplies u WHERE u.sku = code AND u.closed_at IS NULL AND u.expected_at <= at AND at > now_is
          UNION ALL SELECT b.location_code, 0, b.qty FROM @store@.channel_buffers b WHERE b.sku = code AND b.channel_code = channel) x
    LEFT JOIN @store@.locations p ON p.location_code = x.location_code
    WHERE coalesce(p.active, true)
    GROUP BY x.location_code;
END $$;
COMMENT ON FUNCTION @store@.stock_available(text, text, timestamptz) IS 'for functions of the store: what can be promised of a SKU that is no bundle, by location; negative where too much is promised';

/* of a SKU or a bundle, by location: a bundle is promised where all its components are */
CREATE OR REPLACE FUNCTION @store@.stock_promise(sku text, channel text, at timestamptz, OUT location text, OUT atp bigint)
    RETURNS SETOF record LANGUAGE plpgsql STABLE ROWS 100 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    parts bigint;
    only_part text;
    times numeric;
BEGIN
    SELECT count(*), min(p.part), min(p.qty) INTO parts, only_part, times FROM @store@.stock_parts(sku) p;
    IF parts = 1 THEN
        RETURN QUERY SELECT a.location, least(floor(a.available / times), 9223372036854775807)::bigint FROM @store@.stock_available(only_part, channel, at) a WHERE a.available >= times;
    ELSE
        RETURN QUERY SELECT a.location, least(min(floor(a.available / p.qty)), 9223372036854775807)::bigint
        FROM @store@.stock_parts(sku) p CROSS JOIN LATERAL @store@.stock_available(p.part, channel, at) a
        WHERE a.available >= p.qty GROUP BY a.location HAVING count(*) = parts;
    END IF;
END $$;
COMMENT ON FUNCTION @store@.stock_promise(text, text, timestamptz) IS 'for functions of the store: how many units of a SKU or a bundle each location can promise, where it can';

/* arguments of atp() and availability() */
CREATE OR REPLACE FUNCTION @store@.stock_asked(sku text, channel text, location text)
    RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    code omni.sku;
BEGIN
    IF sku IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'no SKU is named', HINT = 'Name a row of products, or an SKU that has stock.';
    END IF;
    code := sku;
    PERFORM 1 FROM @store@.bundle_components b WHERE b.sku = code LIMIT 1;
    IF NOT FOUND THEN
        PERFORM @store@.stock_known(code::text, NULL);
    END IF;
    PERFORM @store@.stock_known(NULL, location);
    IF channel IS NOT NULL THEN
        PERFORM 1 FROM @store@.channels c WHERE c.channel_code = channel;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('unknown channel: %s', to_jsonb(left(channel, 64))), HINT = 'Insert it into channels first, or leave it out.';
        END IF;
    END IF;
    RETURN code::text;
END $$;
COMMENT ON FUNCTION @store@.stock_asked(text, text, text) IS 'for functions of the store: the canonical SKU of a question, whose SKU, channel and location are known';

CREATE OR REPLACE FUNCTION @store@.atp(sku text, channel text DEFAULT NULL, location text DEFAULT NULL, at timestamptz DEFAULT NULL)
    RETURNS bigint LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    sku := @store@.stock_asked(sku, channel, location);
    RETURN (SELECT least(coalesce(sum(p.atp), 0), 9223372036854775807)::bigint FROM @store@.stock_promise(sku, channel, at) p WHERE location IS NULL OR p.location = location);
END $$;
COMMENT ON FUNCTION @store@.atp(text, text, text, timestamptz) IS 'available to promise: how many units of a SKU or a bundle can be promised by a channel, from a location or from all that are active together, now or at a time to come';

/*
 * When units are ready that need so many minutes of work from then on: work is done from opens to closes of every day, in seconds since
 * midnight by the clock of the location; without these, around the clock.
 */
CREATE OR REPLACE FUNCTION @store@.ready_at(since timestamptz, minutes integer, opens integer, closes integer, time_zone text)
    RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    midnight timestamp := date_trunc('day', since AT TIME ZONE time_zone);
    first bigint := extract(epoch FROM since AT TIME ZONE time_zone - midnight);
    work bigint := minutes * 60::bigint;
    days bigint;
BEGIN
    IF opens IS NULL OR closes IS NULL OR closes <= opens THEN
        RETURN since + make_interval(mins => minutes);
    END IF;
    IF first >= closes THEN
        midnight := midnight + interval '1 day';
        first := opens;
    END IF;
    first := greatest(first, opens);
    IF first + work > closes THEN
        -- the rest of that day, whole days, and what is left after opening
        work := work - (closes - first);
        days := (work - 1) / (closes - opens);
        midnight := midnight + make_interval(days => days::integer + 1);
        work := work - days * (closes - opens);
        first := opens;
    END IF;
    RETURN (midnight + make_interval(secs => first + work)) AT TIME ZONE time_zone;
END $$;
COMMENT ON FUNCTION @store@.ready_at(timestamptz, integer, integer, integer, text) IS 'for functions of the store: when so many minutes of opening time have passed';

/*
 * Distances are those of the haversine formula on a sphere of 6371.0088 km (the mean radius of the earth, IUGG), which
 * is at most .6 % off.
 */
CREATE OR REPLACE FUNCTION @store@.availability(sku text, qty bigint DEFAULT 1, method text DEFAULT NULL, latitude double precision DEFAULT NULL, longitude double precision DEFAULT NULL, within_km double precision DEFAULT NULL)
    RETURNS TABLE (location text, distance_km numeric, atp bigint, ready_at timestamptz) LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    now_is timestamptz := clock_timestamp();
BEGIN
    sku := @store@.stock_asked(sku, NULL, NULL);
    IF qty IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'no quantity is given', HINT = 'Leave it out for 1.';
    ELSIF qty <= 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = format('cannot look for %s units', qty), HINT = 'A quantity is 1 or more.';
    ELSIF method NOT IN ('ship', 'ship_from_store', 'drop_ship', 'pickup', 'ship_to_store', 'curbside', 'local_delivery', 'pos') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('unknown method: %s', to_jsonb(left(method, 64))), HINT = 'Methods are ship, ship_from_store, drop_ship, pickup, ship_to_store, curbside, local_delivery and pos.';
    ELSIF (latitude IS NULL) <> (longitude IS NULL) OR within_km IS NOT NULL AND latitude IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'a place needs both latitude and longitude', HINT = 'Without a place there is no distance either.';
    ELSIF latitude NOT BETWEEN -90 AND 90 OR longitude NOT BETWEEN -180 AND 180 OR within_km < 0 OR within_km = 'NaN' THEN
        RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = format('no such place or distance: %s, %s, %s km', latitude, longitude, coalesce(within_km::text, 'any')),
            HINT = 'Latitude is -90 to 90 degrees north, longitude -180 to 180 degrees east, a distance 0 km or more.';
    END IF;
    -- many locations keep the same hours: when units are ready is worked out once for these
    RETURN QUERY
    SELECT c.location, round(c.km::numeric, 3), c.atp, h.ready_at
    FROM (SELECT @store@.ready_at(now_is, n.ready_minutes, extract(epoch FROM n.opens_at)::integer, extract(epoch FROM n.closes_at)::integer, n.time_zone) AS ready_at,
              array_agg(n.location) AS locations, array_agg(n.km) AS kms, array_agg(n.atp) AS atps
          FROM (SELECT p.location, p.atp, l.ready_minutes, l.opens_at, l.closes_at, l.time_zone,
                    CASE WHEN latitude IS NOT NULL AND l.latitude IS NOT NULL AND l.longitude IS NOT NULL THEN 2 * 6371.0088 * asin(sqrt(least(1, sind((l.latitude - latitude) / 2) ^ 2 + cosd(latitude) * cosd(l.latitude) * sind((l.longitude - longitude) / 2) ^ 2))) END AS km
                FROM (SELECT x.* FROM @store@.stock_promise(sku, NULL, NULL) x WHERE x.atp >= qty OFFSET 0) p
                JOIN @store@.locations l ON l.location_code = p.location
                WHERE CASE WHEN method IN ('pickup', 'curbside') THEN coalesce(l.pickup, false) WHEN method IN ('ship', 'ship_from_store', 'drop_ship', 'ship_to_store', 'local_delivery') THEN coalesce(l.ships, true) ELSE true END OFFSET 0) n
          WHERE within_km IS NULL OR n.km <= within_km
          GROUP BY n.ready_minutes, n.opens_at, n.closes_at, n.time_zone) h
    CROSS JOIN LATERAL unnest(h.locations, h.kms, h.atps) c(location, km, atp)
    ORDER BY c.km, c.atp DESC, c.location COLLATE "C";
END $$;
COMMENT ON FUNCTION @store@.availability(text, bigint, text, double precision, double precision, double precision) IS 'where so many units of a SKU or a bundle are, nearest first, for pickup or for shipping, how many each location can promise and when they are ready there';

/*
 * Compares stock with what another system says of it. The feed is read as the caller, once; columns are looked up in the catalog. Each
 * row is compared with what was there at its as_of: what moved since then is no difference, and a count since then is better than
 * the feed. Counts and corrections are no movements of goods.
 */
CREATE OR REPLACE FUNCTION @store@.reconcile(feed regclass, apply boolean DEFAULT false, idempotency_key text DEFAULT NULL)
    RETURNS TABLE (sku text, location text, reported text, on_hand bigint, moved_since bigint, over_reserved bigint, explanation text, correction bigint) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    relation record;
    c record;
    says jsonb := '{}';
    parse text;
    compare text;
    hash bigint;
    request text := coalesce(idempotency_key, '~' || gen_random_uuid());
    at timestamptz := now();
    answer jsonb;
    rows jsonb[] := '{}';
    there record;
    d record;
BEGIN
    IF feed IS NULL OR apply IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = CASE WHEN feed IS NULL THEN 'no feed is named' ELSE 'apply is NULL' END,
            HINT = 'Name the table or view that holds sku, location_code and on_hand; apply is true where corrections are to be written.';
    END IF;
    SELECT r.relkind, format('%I.%I', n.nspname, r.relname) AS name INTO relation FROM pg_class r JOIN pg_namespace n ON n.oid = r.relnamespace WHERE r.oid = feed;
    IF relation.relkind IS NULL OR relation.relkind NOT IN ('r', 'v', 'm', 'p', 'f') THEN
        RAISE EXCEPTION USING ERRCODE = 'wrong_object_type', MESSAGE = 'a feed has to be a table or a view', HINT = 'Land the feed in a table, and name that.';
    END IF;
    FOR c IN SELECT k.name, k.needed, a.attnum, a.atttypid, format_type(a.atttypid, NULL) AS type,
                    CASE WHEN k.name = 'as_of' AND a.atttypid = 'timestamptz'::regtype THEN format('f.%I', k.name)
                         WHEN k.name = 'as_of' THEN CASE WHEN t.typcategory = 'S' THEN format('omni.store_time(f.%I::text)', k.name) END
                         ELSE replace(omni.store_column(a.atttypid, k.name, 'text'), quote_ident(k.name), 'f.' || quote_ident(k.name)) || '::text' END AS expression
             FROM (VALUES ('sku', true), ('location_code', true), ('on_hand', true), ('as_of', false)) k(name, needed)
             LEFT JOIN pg_attribute a ON a.attrelid = feed AND a.attname = k.name AND a.attnum > 0 AND NOT a.attisdropped
             LEFT JOIN pg_type t ON t.oid = a.atttypid LOOP
        IF c.attnum IS NULL THEN
            CONTINUE WHEN NOT c.needed;
            RAISE EXCEPTION USING ERRCODE = 'undefined_column', MESSAGE = format('the feed has no column %I', c.name),
                DETAIL = format('%s has the columns %s.', feed, (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = feed AND a.attnum > 0 AND NOT a.attisdropped)),
                HINT = 'Make a view that has sku, location_code, on_hand and, if it is known, as_of under these names.';
        ELSIF NOT has_column_privilege(feed, c.attnum, 'SELECT') THEN
            RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = format('%I may not read column %I of the feed', current_user, c.name), HINT = format('GRANT SELECT ON %s TO %I.', feed, current_user);
        ELSIF c.expression IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'datatype_mismatch', MESSAGE = format('column %I of the feed is %s', c.name, c.type),
                HINT = CASE c.name WHEN 'as_of' THEN 'A time is a timestamptz, or a text of ISO 8601 with a zone: make a view that has it AT TIME ZONE ''Europe/Berlin'', for example.' ELSE 'Make a view that casts it to text or numeric.' END;
        END IF;
        says := says || jsonb_build_object(c.name, c.expression);
    END LOOP;
    parse := format($q$
        SELECT true AS present, f.raw_sku, omni.sku_try(f.raw_sku) AS sku, f.location_code, f.raw_qty, CASE WHEN f.raw_qty ~ '^\s*[-+]?[0-9]{1,18}(\.0*)?\s*$' THEN trunc(f.raw_qty::numeric)::bigint END AS qty, f.as_of, f.bad_time,
               count(*) OVER (PARTITION BY omni.sku_try(f.raw_sku), f.location_code) > 1 AS twice
        FROM (SELECT %s AS raw_sku, %s AS location_code, %s AS raw_qty, %s AS as_of, %s AS bad_time FROM %s f) f$q$,
        says ->> 'sku', says ->> 'location_code', says ->> 'on_hand', coalesce(says ->> 'as_of', 'NULL::timestamptz'),
        CASE WHEN says ? 'as_of' THEN format('f.as_of IS NOT NULL AND %s IS NULL', says ->> 'as_of') ELSE 'false' END, relation.name);
    compare := format($q$
        WITH f AS MATERIALIZED (%s),
             moved AS (SELECT m.sku, m.location_code, coalesce(sum(m.qty) FILTER (WHERE m.kind NOT IN ('opening', 'count') AND m.reason IS DISTINCT FROM 'reconcile'), 0) AS qty, bool_or(m.kind IN ('opening', 'count')) AS counted
                       FROM (SELECT DISTINCT ON (f.sku, f.location_code) f.* FROM f WHERE f.as_of IS NOT NULL AND f.sku IS NOT NULL ORDER BY f.sku, f.location_code, f.as_of) f
                       JOIN @store@.stock_movements m ON m.sku = f.sku AND m.location_code = f.location_code AND m.occurred_at > f.as_of GROUP BY m.sku, m.location_code),
             free AS (SELECT l.sku, l.location_code, sum(l.free) AS qty FROM @store@.stock_slots l GROUP BY l.sku, l.location_code),
             late AS (SELECT r.sku, r.location_code, sum(r.open_qty) AS qty FROM @store@.reservations r WHERE r.open_qty > 0 AND r.expires_at <= clock_timestamp() GROUP BY r.sku, r.location_code)
        SELECT coalesce(f.sku, s.sku)::text AS sku, f.raw_sku, coalesce(f.location_code, s.location_code) AS location, f.raw_qty, f.qty, f.as_of, s.on_hand, coalesce(m.qty, 0) AS moved,
               CASE WHEN f.qty IS NOT NULL THEN greatest(s.reserved - coalesce(e.qty, 0) - coalesce(o.qty, 0) - (f.qty + coalesce(m.qty, 0)), 0) END AS over,
               CASE WHEN f.present IS NULL THEN 'missing_in_feed' WHEN f.sku IS NULL THEN 'damaged_sku' WHEN coalesce(f.location_code, '') = '' THEN 'damaged_location' WHEN f.bad_time THEN 'damaged_as_of'
                    WHEN f.qty IS NULL THEN 'damaged_on_hand' WHEN f.twice THEN 'twice_in_feed' WHEN f.qty < 0 THEN 'negative_in_feed'
                    WHEN EXISTS (SELECT FROM @store@.bundle_components b WHERE b.sku = f.sku) THEN 'bundle'
                    WHEN s.sku IS NULL AND NOT EXISTS (SELECT FROM @store@.products p WHERE p.sku = f.sku) AND NOT EXISTS (SELECT FROM @store@.stock x WHERE x.sku = f.sku) THEN 'unknown_sku'
                    WHEN s.sku IS NULL AND NOT EXISTS (SELECT FROM @store@.locations l WHERE l.location_code = f.location_code) AND NOT EXISTS (SELECT FROM @store@.stock x WHERE x.location_code = f.location_code) THEN 'unknown_location'
                    WHEN m.counted AND f.qty + m.qty <> s.on_hand THEN 'counted_since' WHEN s.sku IS NULL THEN 'missing_here' WHEN f.qty + coalesce(m.qty, 0) = s.on_hand THEN 'moved_since'
                    WHEN s.reserved - coalesce(e.qty, 0) - coalesce(o.qty, 0) > f.qty + coalesce(m.qty, 0) THEN 'over_reserved' ELSE 'difference' END AS explanation
        FROM f FULL JOIN (SELECT x.* FROM @store@.stock x WHERE x.location_code IN (SELECT f.location_code FROM f)) s ON s.sku = f.sku AND s.location_code = f.location_code
        LEFT JOIN moved m ON m.sku = f.sku AND m.location_code = f.location_code
        LEFT JOIN free e ON e.sku = f.sku AND e.location_code = f.location_code LEFT JOIN late o ON o.sku = f.sku AND o.location_code = f.location_code
        WHERE CASE WHEN f.present THEN s.on_hand IS DISTINCT FROM f.qty OR f.qty IS NULL OR f.twice OR f.bad_time OR m.qty <> 0 ELSE s.on_hand <> 0 END
        ORDER BY coalesce(f.sku, s.sku), coalesce(f.location_code, s.location_code) COLLATE "C", f.raw_sku COLLATE "C", f.raw_qty COLLATE "C"$q$, parse);
    IF apply THEN
        PERFORM @store@.stock_writable();
        hash := hashtextextended(relation.name, 0);
        answer := @store@.request_answer(idempotency_key, 'reconcile', hash);
    END IF;
    IF answer IS NULL THEN
        FOR d IN EXECUTE compare LOOP
            CONTINUE WHEN d.explanation = 'missing_here' AND d.qty = 0;
            sku := coalesce(d.sku, left(d.raw_sku, 64));
            location := left(d.location, 64);
            reported := left(d.raw_qty, 64);
            on_hand := d.on_hand;
            moved_since := d.moved;
            over_reserved := d.over;
            explanation := d.explanation;
            correction := CASE WHEN explanation IN ('difference', 'over_reserved', 'missing_here') THEN d.qty + d.moved - coalesce(d.on_hand, 0) WHEN explanation = 'moved_since' THEN 0 END;
            IF apply AND correction <> 0 THEN
                -- as it is by now
                there := @store@.lock_stock(sku, location);
                SELECT coalesce(sum(m.qty), 0) INTO moved_since FROM @store@.stock_movements m
                WHERE m.sku = sku::omni.sku AND m.location_code = location AND m.occurred_at > d.as_of AND m.kind NOT IN ('opening', 'count') AND m.reason IS DISTINCT FROM 'reconcile';
                on_hand := there.on_hand;
                correction := @store@.stock_sum(d.qty + moved_since - on_hand, sku, location);
                over_reserved := greatest(there.held - on_hand - correction, 0);
                IF on_hand + correction < 0 THEN
                    explanation := 'moved_since';
                    correction := NULL;
                ELSIF correction <> 0 THEN
                    PERFORM @store@.move_stock(sku, location, correction, 'adjust', 'reconcile ' || request, NULL, 'reconcile', at);
                    PERFORM @store@.fit_slots(sku, location);
                END IF;
            END IF;
            IF apply THEN
                rows := rows || jsonb_build_object('sku', sku, 'location', location, 'reported', reported, 'on_hand', on_hand, 'moved_since', moved_since, 'over_reserved', over_reserved, 'explanation', explanation, 'correction', correction);
            ELSE
                RETURN NEXT;
            END IF;
        END LOOP;
        IF NOT apply THEN
            RETURN;
        END IF;
        answer := jsonb_build_object('feed', relation.name, 'lines', to_jsonb(rows));
        IF idempotency_key IS NOT NULL OR EXISTS (SELECT FROM unnest(rows) r WHERE r ->> 'correction' <> '0') THEN
            PERFORM @store@.request_done(request, 'reconcile', NULL, hash, answer);
        END IF;
    END IF;
    RETURN QUERY SELECT r.* FROM jsonb_to_recordset(answer -> 'lines') r(sku text, location text, reported text, on_hand bigint, moved_since bigint, over_reserved bigint, explanation text, correction bigint);
END $$;
COMMENT ON FUNCTION @store@.reconcile(regclass, boolean, text) IS 'compare stock with a feed of sku, location_code, on_hand and as_of (may be missing): each difference with its explanation and the correcting movement, NULL where that would be a guess. apply writes these movements';

/*
 * Tags that a reader saw. A tag is a unit: it counts once in a call, and is received once ever. What is no SGTIN-96 of a product of
 * the store is refused by itself.
 */
CREATE OR REPLACE FUNCTION @store@.rfid_read(location text, epcs text[], purpose text, idempotency_key text DEFAULT NULL)
    RETURNS TABLE (epc text, sku text, serial bigint, result text, reason text) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    hash bigint := hashtextextended(jsonb_build_array(location, epcs, purpose)::text, 0);
    request text := coalesce(idempotency_key, '~' || gen_random_uuid());
    at timestamptz := now();
    answer jsonb;
    rows jsonb[] := '{}';
    changed boolean := false;
    t record;
    g record;
    there record;
    item omni.gtin;
    items omni.gtin[] := '{}';
    tags text[] := '{}';
    serials bigint[] := '{}';
    known text[];
    fresh text[];
BEGIN
    IF location IS NULL OR epcs IS NULL OR purpose IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = format('no %s is given', CASE WHEN location IS NULL THEN 'location' WHEN epcs IS NULL THEN 'tag' ELSE 'purpose' END),
            HINT = 'Name the location, the tags in hexadecimal and the purpose: receive or count.';
    ELSIF purpose NOT IN ('receive', 'count') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('unknown purpose: %s', to_jsonb(left(purpose, 64))), HINT = 'It is receive or count.';
    ELSIF cardinality(epcs) > 10000 THEN
        RAISE EXCEPTION USING ERRCODE = 'program_limit_exceeded', MESSAGE = format('%s tags are more than a call takes', cardinality(epcs)), DETAIL = 'A call takes 10000 tags.',
            HINT = CASE purpose WHEN 'count' THEN 'Sum the tags by SKU, and tell them by cycle_count().' ELSE 'Make several calls, each with its own idempotency key.' END;
    END IF;
    PERFORM @store@.stock_writable();
    answer := @store@.request_answer(idempotency_key, 'rfid_read', hash);
    IF answer IS NULL THEN
        PERFORM @store@.stock_known(NULL, location);
        FOR t IN SELECT x.tag, min(x.n) AS n FROM (SELECT regexp_replace(lower(btrim(u.e)), '^(0x|\\x)', '') AS tag, u.n FROM unnest(epcs) WITH ORDINALITY u(e, n)) x GROUP BY x.tag ORDER BY x.tag COLLATE "C" LOOP
            IF t.tag IS NULL OR t.tag !~ '^([0-9a-f]{2})+$' THEN
                rows := rows || jsonb_build_object('epc', left(t.tag, 64), 'result', 'refused', 'reason', 'not_hexadecimal');
                CONTINUE;
            END IF;
            BEGIN
                SELECT s.gtin, s.serial INTO item, serial FROM omni.sgtin96_decode(decode(t.tag, 'hex')) s;
                items := items || item;
                tags := tags || t.tag;
                serials := serials || serial;
            EXCEPTION WHEN invalid_binary_representation THEN
                rows := rows || jsonb_build_object('epc', left(t.tag, 64), 'result', 'refused', 'reason', 'not_sgtin96');
            END;
        END LOOP;
        FOR g IN SELECT p.sku, p.reason, array_agg(u.tag ORDER BY u.tag COLLATE "C") AS tags, array_agg(u.serial ORDER BY u.tag COLLATE "C") AS serials
                 FROM unnest(items, tags, serials) u(item, tag, serial)
                 JOIN LATERAL (SELECT CASE WHEN count(*) = 1 AND NOT bool_or(x.is_bundle) THEN min(x.sku::text) END AS sku,
                                   CASE WHEN count(*) = 0 THEN 'unknown_gtin' WHEN count(*) > 1 THEN 'ambiguous_gtin' WHEN bool_or(x.is_bundle) THEN 'bundle' END AS reason
                               FROM (SELECT q.sku, EXISTS (SELECT FROM @store@.bundle_components b WHERE b.sku = q.sku) AS is_bundle FROM @store@.products q WHERE q.gtin = u.item LIMIT 2) x) p ON true
                 GROUP BY p.sku, p.reason ORDER BY p.sku::omni.sku, p.reason LOOP
            IF g.sku IS NULL THEN
                rows := rows || array(SELECT jsonb_build_object('epc', u.tag, 'serial', u.serial, 'result', 'refused', 'reason', g.reason) FROM unnest(g.tags, g.serials) u(tag, serial));
            ELSIF purpose = 'count' THEN
                PERFORM FROM @store@.count_units(location, jsonb_build_array(jsonb_build_object('sku', g.sku, 'qty', cardinality(g.tags))), request, 'rfid_read') c WHERE c.qty <> c.was;
                changed := changed OR FOUND;
                rows := rows || array(SELECT jsonb_build_object('epc', u.tag, 'sku', g.sku, 'serial', u.serial, 'result', 'counted') FROM unnest(g.tags, g.serials) u(tag, serial));
            ELSE
                PERFORM @store@.stock_known(g.sku, location);
                -- a tag that two docks see at the same time
                PERFORM pg_advisory_xact_lock(hashtextextended('omni.rfid ' || (parse_ident('@store@'))[1] || ' ' || g.sku, 0));
                there := @store@.lock_stock(g.sku, location);
                known := array(SELECT m.movement_key FROM @store@.stock s JOIN @store@.stock_movements m ON m.sku = s.sku AND m.location_code = s.location_code
                               WHERE s.sku = g.sku::omni.sku AND m.movement_key = ANY (array(SELECT 'epc:' || u FROM unnest(g.tags) u)));
                -- or saw since this transaction began to look
                IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable')
                        AND omni.store_movements_by_now('@store@'::regnamespace, g.sku, array(SELECT 'epc:' || u FROM unnest(g.tags) u)) <> cardinality(known) THEN
                    RAISE EXCEPTION USING ERRCODE = 'serialization_failure', MESSAGE = 'could not serialize access due to tags that were read at the same time', HINT = 'The transaction might succeed if retried.';
                END IF;
                fresh := array(SELECT u FROM unnest(g.tags) u WHERE 'epc:' || u <> ALL (known));
                PERFORM @store@.stock_sum(there.on_hand + cardinality(fresh), g.sku, location);
                IF fresh <> '{}' THEN
                    changed := true;
                    UPDATE @store@.stock s SET on_hand = s.on_hand + cardinality(fresh) WHERE s.sku = g.sku::omni.sku AND s.location_code = location;
                    INSERT INTO @store@.stock_movements (sku, location_code, movement_key, qty, kind, occurred_at, reason)
                    SELECT g.sku::omni.sku, location, 'epc:' || u, 1, 'receive', at, 'rfid_read' FROM unnest(fresh) u;
                END IF;
                rows := rows || array(SELECT jsonb_build_object('epc', u.tag, 'sku', g.sku, 'serial', u.serial, 'result', CASE WHEN 'epc:' || u.tag = ANY (known) THEN 'repeated' ELSE 'received' END) FROM unnest(g.tags, g.serials) u(tag, serial));
            END IF;
        END LOOP;
        answer := jsonb_build_object('location', location, 'purpose', purpose, 'lines', to_jsonb(rows));
        IF changed OR idempotency_key IS NOT NULL THEN
            PERFORM @store@.request_done(request, 'rfid_read', NULL, hash, answer);
        END IF;
    END IF;
    RETURN QUERY SELECT r.* FROM jsonb_to_recordset(answer -> 'lines') r(epc text, sku text, serial bigint, result text, reason text);
END $$;
COMMENT ON FUNCTION @store@.rfid_read(text, text[], text, text) IS 'tags (SGTIN-96 in hexadecimal) were read at a location, to receive or to count: units of the products that have their GTIN. One row a tag, refused ones with the reason; of a count, SKUs without a tag were not counted';

/* calls that others have not heard of. They are marked as sent in the same transaction: who reads them commits when he has passed them on */
CREATE OR REPLACE FUNCTION @store@.relay(max integer DEFAULT 1000, channel text DEFAULT NULL)
    RETURNS TABLE (outbox_id bigint, request_key text, call text, order_ref text, answer jsonb, happened_at timestamptz) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    at timestamptz := now();
    o record;
BEGIN
    IF max IS NULL OR max NOT BETWEEN 1 AND 100000 THEN
        RAISE EXCEPTION USING ERRCODE = CASE WHEN max IS NULL THEN '22004' ELSE '22003' END, MESSAGE = format('a relay takes 1 to 100000 calls at once, not %s', coalesce(max::text, 'NULL')), HINT = 'Leave max out for 1000.';
    ELSIF channel = '' OR octet_length(channel) > 63 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'a channel has a name of 1 to 63 bytes', HINT = 'It is the name that LISTEN takes.';
    END IF;
    -- one relay at a time, so that the order of calls is kept
    IF NOT pg_try_advisory_xact_lock(hashtextextended('omni.relay ' || (parse_ident('@store@'))[1], 0)) THEN
        RETURN;
    END IF;
    FOR o IN SELECT x.outbox_id, x.request_key, x.call, x.order_ref, x.answer, x.happened_at FROM @store@.outbox x WHERE x.sent_at IS NULL ORDER BY x.outbox_id LIMIT max LOOP
        UPDATE @store@.outbox x SET sent_at = at WHERE x.request_key = o.request_key AND x.sent_at IS NULL;
        CONTINUE WHEN NOT FOUND;
        outbox_id := o.outbox_id;
        request_key := o.request_key;
        call := o.call;
        order_ref := o.order_ref;
        answer := o.answer;
        happened_at := o.happened_at;
        IF channel IS NOT NULL THEN
            PERFORM pg_notify(channel, jsonb_build_object('outbox_id', outbox_id, 'call', call, 'order_ref', left(order_ref, 1000))::text);
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION @store@.relay(integer, text) IS 'calls in outbox that were not passed on yet, in their order, and marks them; with a channel each is notified when the transaction commits. One relay works at a time, another gets nothing meanwhile';
$omni_store$
END;
COMMENT ON FUNCTION omni.store_source(text) IS 'one of the SQL files that a store is made of; @store@, @bi@ and @pii@ stand for its schemas';
