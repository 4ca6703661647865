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
