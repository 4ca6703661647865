/* ---- text: canonical text, and the planner support that all types share ---- */

CREATE FUNCTION omni.library_version() RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'omni_library_version';
COMMENT ON FUNCTION omni.library_version() IS 'version of the loaded omni library';

CREATE FUNCTION omni.canon_version() RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'omni_canon_version';
COMMENT ON FUNCTION omni.canon_version() IS 'version of the canonicalisation rules: equal versions give equal bytes to equal input';

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
