/* ---- privacy: keyring ---- */

CREATE FUNCTION omni.domain_tag(name text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'domain_tag_text';
COMMENT ON FUNCTION omni.domain_tag(text) IS 'the tag that stands for a pseudonymization domain in stored values, as 8 hexadecimal digits: a function of the name alone';

/* ---- privacy: pseudonym ---- */

/* ---- privacy: consent ---- */

/* ---- privacy: permission ---- */

/* ---- privacy: TCF and GPP ---- */

/* ---- privacy: disclosure ---- */

/* ---- privacy: tokens ---- */

/* ---- privacy: anonymity ---- */
