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

CREATE FUNCTION omni.tcf_decode(tc_string text) RETURNS jsonb
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
    AS 'MODULE_PATHNAME', 'tcf_decode';
COMMENT ON FUNCTION omni.tcf_decode(text) IS 'what a TC string of the Transparency and Consent Framework says: all fields of all its segments, and warnings of what is not valid in it';

CREATE FUNCTION omni.tcf_try(tc_string text) RETURNS jsonb
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
    AS 'MODULE_PATHNAME', 'tcf_try';
COMMENT ON FUNCTION omni.tcf_try(text) IS 'what a TC string says, or NULL where it cannot be read';

CREATE FUNCTION omni.tcf_problem(tc_string text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
    AS 'MODULE_PATHNAME', 'tcf_problem';
COMMENT ON FUNCTION omni.tcf_problem(text) IS 'why a text cannot be read as a TC string, or NULL';

CREATE FUNCTION omni.tcf_warnings(tc_string text) RETURNS text[]
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
    AS 'MODULE_PATHNAME', 'tcf_warnings';
COMMENT ON FUNCTION omni.tcf_warnings(text) IS 'what is not valid in a TC string that can be read: cmp_id, version, global_scope, policy_version, legitimate_interest, disclosed_vendors, padding';

CREATE FUNCTION omni.tcf_encode(fields jsonb) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
    AS 'MODULE_PATHNAME', 'tcf_encode';
COMMENT ON FUNCTION omni.tcf_encode(jsonb) IS 'TC string of fields as tcf_decode gives them, in its one shortest form';

CREATE FUNCTION omni.tcf_allows(tc_string text, vendor integer, purpose integer) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'tcf_allows';
COMMENT ON FUNCTION omni.tcf_allows(text, integer, integer) IS 'whether a TC string lets a vendor process for a purpose on the basis of consent, publisher restrictions respected';

CREATE FUNCTION omni.tcf_allows(tc_string text, vendor integer, purpose integer, basis text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'tcf_allows_basis';
COMMENT ON FUNCTION omni.tcf_allows(text, integer, integer, text) IS 'whether a TC string lets a vendor process for a purpose that it declared as consent, legitimate_interest, flexible_consent or flexible_legitimate_interest';

CREATE FUNCTION omni.tcf_restriction(tc_string text, vendor integer, purpose integer) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'tcf_restriction';
COMMENT ON FUNCTION omni.tcf_restriction(text, integer, integer) IS 'what the publisher restricts for a vendor and a purpose: not_allowed, require_consent, require_legitimate_interest, undefined, or NULL';

CREATE FUNCTION omni.tcf_vendor_consent(tc_string text, vendor integer) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'tcf_vendor_consent';
COMMENT ON FUNCTION omni.tcf_vendor_consent(text, integer) IS 'whether the user consented to a vendor, purposes aside';

CREATE FUNCTION omni.tcf_vendor_legitimate_interest(tc_string text, vendor integer) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'tcf_vendor_legitimate_interest';
COMMENT ON FUNCTION omni.tcf_vendor_legitimate_interest(text, integer) IS 'whether a vendor may rely on legitimate interest, purposes aside: the user was told and did not object';

CREATE FUNCTION omni.tcf_vendor_disclosed(tc_string text, vendor integer) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'tcf_vendor_disclosed';
COMMENT ON FUNCTION omni.tcf_vendor_disclosed(text, integer) IS 'whether the user was shown a vendor; NULL where the string does not say which were shown';

CREATE FUNCTION omni.tcf_purpose_consent(tc_string text, purpose integer) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'tcf_purpose_consent';
COMMENT ON FUNCTION omni.tcf_purpose_consent(text, integer) IS 'whether the user consented to a purpose, vendors aside';

CREATE FUNCTION omni.tcf_purpose_legitimate_interest(tc_string text, purpose integer) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'tcf_purpose_legitimate_interest';
COMMENT ON FUNCTION omni.tcf_purpose_legitimate_interest(text, integer) IS 'whether legitimate interest was disclosed for a purpose and not objected to, vendors aside';

CREATE FUNCTION omni.tcf_special_feature(tc_string text, feature integer) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'tcf_special_feature';
COMMENT ON FUNCTION omni.tcf_special_feature(text, integer) IS 'whether the user opted in to a special feature: 1 precise geolocation, 2 scanning the device';

/* ---- privacy: disclosure ---- */

/* ---- privacy: tokens ---- */

/* ---- privacy: anonymity ---- */
