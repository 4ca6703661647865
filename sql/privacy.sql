/* ---- privacy: keyring ---- */

CREATE FUNCTION omni.domain_tag(name text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'domain_tag_text';
COMMENT ON FUNCTION omni.domain_tag(text) IS 'the tag that stands for a pseudonymization domain in stored values, as 8 hexadecimal digits: a function of the name alone';

/* ---- privacy: pseudonym ---- */

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

/* ---- privacy: permission ---- */

/* ---- privacy: TCF and GPP ---- */

/* ---- privacy: disclosure ---- */

/* ---- privacy: tokens ---- */

/* ---- privacy: anonymity ---- */
