/*
 * tcf.c
 *	  TC strings of IAB Europe's Transparency and Consent Framework: what a user was shown and
 *	  chose, as a consent management platform (CMP) wrote it.
 *
 * A string is up to four segments with dots between them: the core, then those of the vendors that
 * were disclosed, of the vendors that a publisher allows (until TCF 2.2) and of the publisher's own
 * purposes, in any order.  The tables below are their fields (IAB Tech Lab, Consent string and
 * vendor list formats, TCF 1.1 and 2.0 to 2.3); a policy version that is newer is read by the same
 * fields, since the version of the format would change with them.  Names are those of
 * the function consent_tcf_v2_decode of AWS Clean Rooms.
 *
 * What cannot be read is refused.  What can be read but is not valid, such as a string with consent
 * for all sites of the world, is decoded, and tcf_warnings() says what is wrong with it.  A TC
 * string is a personal datum: no message repeats any of it.
 */
#include "postgres.h"
#include "compat.h"

#include "access/detoast.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "privacy/tcf.h"

/* places in the core of version 2 */
#define CORE_LAST_UPDATED		42
#define CORE_CMP_ID				78
#define CORE_POLICY				132
#define CORE_SERVICE_SPECIFIC	138
#define CORE_SPECIAL_FEATURES	140
#define CORE_PURPOSE_CONSENT	152
#define CORE_PURPOSE_INTEREST	176
#define CORE_VENDORS			213

#define SEGMENTS_MAX	4
#define WARNINGS_MAX	8

/* IDs below are of no CMP; times are deciseconds of the days from which the rules hold */
#define CMP_ID_MIN				2
#define DECISECONDS(seconds)	(INT64CONST(10) * (seconds))
#define NO_GLOBAL_SCOPE_FROM	DECISECONDS(1630454400)	/* 2021-09-01 */
#define POLICY_4_FROM			DECISECONDS(1696032000)	/* 2023-09-30 */
#define DISCLOSED_FROM			DECISECONDS(1772323200)	/* 2026-03-01 */

/* the policy version that came with TCF 2.2 */
#define POLICY_2_2	4

typedef enum SegmentType
{
	SEGMENT_CORE,
	SEGMENT_DISCLOSED,
	SEGMENT_ALLOWED,
	SEGMENT_PUBLISHER
} SegmentType;

static const Field core_v1[] = {
	{"version", FIELD_FIXED, 1},
	{"created", FIELD_TIME},
	{"lastUpdated", FIELD_TIME},
	{"cmpId", FIELD_INT, 12},
	{"cmpVersion", FIELD_INT, 12},
	{"consentScreen", FIELD_INT, 6},
	{"consentLanguage", FIELD_LETTERS},
	{"vendorListVersion", FIELD_INT, 12},
	{"purposeConsent", FIELD_IDS, 24},
	{"vendorConsent", FIELD_VENDORS_V1}
};

static const Field core[] = {
	{"version", FIELD_FIXED, 2},
	{"created", FIELD_TIME},
	{"lastUpdated", FIELD_TIME},
	{"cmpId", FIELD_INT, 12},
	{"cmpVersion", FIELD_INT, 12},
	{"consentScreen", FIELD_INT, 6},
	{"consentLanguage", FIELD_LETTERS},
	{"vendorListVersion", FIELD_INT, 12},
	{"tcfPolicyVersion", FIELD_INT, 6},
	{"isServiceSpecific", FIELD_BOOL},
	{"useNonStandardStacks", FIELD_BOOL},
	{"specialFeatureOptIns", FIELD_IDS, TCF_SPECIAL_FEATURES},
	{"purposeConsent", FIELD_IDS, TCF_PURPOSES},
	{"purposesLITransparency", FIELD_IDS, TCF_PURPOSES},
	{"purposeOneTreatment", FIELD_BOOL},
	{"publisherCountryCode", FIELD_LETTERS},
	{"vendorConsent", FIELD_VENDORS},
	{"vendorLegitimateInterest", FIELD_VENDORS},
	{"pubRestrictionEntry", FIELD_RESTRICTIONS}
};

static const Field disclosed[] = {
	{NULL, FIELD_TYPE, 3, SEGMENT_DISCLOSED},
	{"disclosedVendors", FIELD_VENDORS}
};

static const Field allowed[] = {
	{NULL, FIELD_TYPE, 3, SEGMENT_ALLOWED},
	{"allowedVendors", FIELD_VENDORS}
};

static const Field publisher[] = {
	{NULL, FIELD_TYPE, 3, SEGMENT_PUBLISHER},
	{"pubPurposesConsent", FIELD_IDS, TCF_PURPOSES},
	{"pubPurposesLITransparency", FIELD_IDS, TCF_PURPOSES},
	{"numCustomPurposes", FIELD_COUNT, 6},
	{"customPurposesConsent", FIELD_CUSTOM_IDS},
	{"customPurposesLITransparency", FIELD_CUSTOM_IDS}
};

#define FIELDS(table)	{table, lengthof(table)}

/* by SegmentType */
static const struct
{
	const Field *field;
	int			fields;
}			segments[] = {FIELDS(core), FIELDS(disclosed), FIELDS(allowed), FIELDS(publisher)};

/* by TcfBasis */
static const char *const basis_name[] = {
	"consent", "legitimate_interest", "flexible_consent", "flexible_legitimate_interest"
};

/* by type */
static const char *const restriction_name[] = {
	"not_allowed", "require_consent", "require_legitimate_interest", "undefined"
};

/* ---- the text ---- */

bool
tcf_text(Datum argument, TextSpan *string, Problem *problem)
{
	Size		len = toast_raw_datum_size(argument) - VARHDRSZ;
	text	   *t;

	if (len > FIELD_TEXT_MAX)
	{
		PROBLEM(problem, "too_long",
				psprintf("It has %zu bytes instead of at most %d.", len, FIELD_TEXT_MAX),
				"The strings of consent management platforms have a few thousand characters.");
		problem->sqlerrcode = ERRCODE_PROGRAM_LIMIT_EXCEEDED;
		return false;
	}
	t = DatumGetTextPP(argument);
	string->data = VARDATA_ANY(t);
	string->len = VARSIZE_ANY_EXHDR(t);
	return true;
}

void
tcf_refuse(const char *kind, const Problem *problem)
{
	const char *prefix = kind[0] == 'T' ? "tcf" : "gpp";

	ereport(ERROR,
			(errcode(problem->sqlerrcode ? problem->sqlerrcode :
					 ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid %s string", kind),
			 problem->detail ? errdetail("%s", problem->detail) : 0,
			 problem->hint ? errhint("%s", problem->hint) :
			 errhint("%s_problem() names what is wrong with each string of a table, and "
					 "%s_try() is NULL for it.", prefix, prefix)));
}

static bool
refuse(Problem *problem, const char *code, const char *detail, const char *hint)
{
	PROBLEM(problem, code, detail, hint);
	return false;
}

static bool
check_alphabet(TextSpan part, Problem *problem)
{
	if (part.len == 0)
		return refuse(problem, "empty", "It, or one of its segments, is empty.", NULL);
	if (!bits_alphabet(part.data, part.len))
		return refuse(problem, "character",
					  "It has a character other than letters, digits, \"-\" and \"_\".",
					  "It is base64 with the web-safe alphabet, without padding and spaces.");
	return true;
}

/* the version: the first six bits of the core, whose characters have been checked */
static bool
check_version(TextSpan part, int *version, Problem *problem)
{
	Bits		in = bits_of(part.data, part.len);

	*version = bits_get(&in, 6);
	if (*version == 1 || *version == 2)
		return true;
	return refuse(problem, "version",
				  *version == 3 ? "It is a string of the Global Privacy Platform." :
				  "It is of another version than 1 and 2.",
				  *version == 3 ? "gpp_decode() reads it." :
				  "A TC string of version 2 begins with the letter C.");
}

/*
 * The parts of a string and the type of each; false where they do not make one.  index[type] is the
 * part of that type, or -1.
 */
static bool
split(TextSpan string, TextSpan part[SEGMENTS_MAX], int index[SEGMENTS_MAX], int *version,
	  Problem *problem)
{
	int			parts = text_parts(string.data, string.len, '.', part, SEGMENTS_MAX);

	if (parts < 0)
		return refuse(problem, "segment", "It has more than 4 segments.", NULL);
	for (int i = 0; i < SEGMENTS_MAX; i++)
		index[i] = -1;
	for (int i = 0; i < parts; i++)
	{
		Bits		in = bits_of(part[i].data, part[i].len);
		int			type = SEGMENT_CORE;

		if (!check_alphabet(part[i], problem))
			return false;
		if (i == 0 && !check_version(part[0], version, problem))
			return false;
		if (i > 0)
		{
			type = bits_get(&in, 3);
			if (type == SEGMENT_CORE || type >= SEGMENTS_MAX || index[type] >= 0 || *version == 1)
				return refuse(problem, "segment",
							  "It has a segment of unknown type, two of one type, or one that its "
							  "version does not have.", NULL);
		}
		index[type] = i;
	}
	return true;
}

/* ---- decoding ---- */

typedef struct Warnings
{
	int			count;
	const char *code[WARNINGS_MAX];
} Warnings;

static void
warn(Warnings *w, const char *code)
{
	Assert(w->count < WARNINGS_MAX);
	w->code[w->count++] = code;
}

static uint64
core_bits(TextSpan part, int at, int n)
{
	Bits		in = bits_of(part.data, part.len);

	in.at = at;
	return bits_get(&in, n);
}

/* what is not valid in a core that could be read */
static void
warn_of_core(Warnings *w, TextSpan part, int version, bool has_disclosed)
{
	int64		updated = core_bits(part, CORE_LAST_UPDATED, 36);
	int			policy;
	bool		service;

	if (core_bits(part, CORE_CMP_ID, 12) < CMP_ID_MIN)
		warn(w, "cmp_id");
	if (version == 1)
	{
		warn(w, "version");
		return;
	}
	policy = core_bits(part, CORE_POLICY, 6);
	service = core_bits(part, CORE_SERVICE_SPECIFIC, 1);
	if (!service && updated >= NO_GLOBAL_SCOPE_FROM)
		warn(w, "global_scope");
	if (policy < POLICY_2_2 && updated >= POLICY_4_FROM)
		warn(w, "policy_version");
	/* purposes 3 to 6, and 1, which was never one for legitimate interest */
	if (core_bits(part, CORE_PURPOSE_INTEREST, 1) ||
		(policy >= POLICY_2_2 && core_bits(part, CORE_PURPOSE_INTEREST + 2, 4) != 0))
		warn(w, "legitimate_interest");
	if (!has_disclosed && updated >= DISCLOSED_FROM)
		warn(w, "disclosed_vendors");
}

static bool
decode(TextSpan string, JsonbParseState **out, Warnings *warnings, Problem *problem)
{
	TextSpan	part[SEGMENTS_MAX];
	int			index[SEGMENTS_MAX];
	int			version;
	bool		padding = false;
	FieldReading r = {.out = out, .problem = problem};

	if (!split(string, part, index, &version, problem))
		return false;
	for (int type = 0; type < SEGMENTS_MAX; type++)
	{
		Bits		in;

		if (index[type] < 0)
			continue;
		in = bits_of(part[index[type]].data, part[index[type]].len);
		if (type == SEGMENT_CORE && version == 1 ?
			!fields_read(core_v1, lengthof(core_v1), &in, &r) :
			!fields_read(segments[type].field, segments[type].fields, &in, &r))
			return false;
		if (!bits_rest_is_zero(&in))
			padding = true;
	}
	warnings->count = 0;
	warn_of_core(warnings, part[0], version, index[SEGMENT_DISCLOSED] >= 0);
	if (padding)
		warn(warnings, "padding");
	return true;
}

/* jsonb of a string; false with the problem filled */
static bool
decode_jsonb(Datum argument, Jsonb **result, Problem *problem)
{
	JsonbParseState *out = NULL;
	Warnings	warnings;
	TextSpan	string;

	if (!tcf_text(argument, &string, problem))
		return false;
	(void) pushJsonbValue(&out, WJB_BEGIN_OBJECT, NULL);
	if (!decode(string, &out, &warnings, problem))
		return false;
	json_put_key(&out, "warnings");
	(void) pushJsonbValue(&out, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < warnings.count; i++)
		json_put_text(&out, WJB_ELEM, warnings.code[i], strlen(warnings.code[i]));
	(void) pushJsonbValue(&out, WJB_END_ARRAY, NULL);
	*result = JsonbValueToJsonb(pushJsonbValue(&out, WJB_END_OBJECT, NULL));
	return true;
}

PG_FUNCTION_INFO_V1(tcf_decode);
PG_FUNCTION_INFO_V1(tcf_try);
PG_FUNCTION_INFO_V1(tcf_problem);
PG_FUNCTION_INFO_V1(tcf_warnings);

/* tcf_decode(tc_string text) -> jsonb; 22P02, 54000 for what is longer than such strings are */
Datum
tcf_decode(PG_FUNCTION_ARGS)
{
	Jsonb	   *result;
	Problem		problem = {0};

	if (!decode_jsonb(PG_GETARG_DATUM(0), &result, &problem))
		tcf_refuse("TC", &problem);
	PG_RETURN_JSONB_P(result);
}

/* tcf_try(tc_string text) -> jsonb, or NULL where tcf_decode would refuse */
Datum
tcf_try(PG_FUNCTION_ARGS)
{
	Jsonb	   *result;
	Problem		problem = {0};

	if (!decode_jsonb(PG_GETARG_DATUM(0), &result, &problem))
		PG_RETURN_NULL();
	PG_RETURN_JSONB_P(result);
}

/* tcf_problem(tc_string text) -> text: why tcf_decode would refuse, or NULL */
Datum
tcf_problem(PG_FUNCTION_ARGS)
{
	TextSpan	string;
	Warnings	warnings;
	Problem		problem = {0};

	if (tcf_text(PG_GETARG_DATUM(0), &string, &problem) &&
		decode(string, NULL, &warnings, &problem))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(problem.code));
}

/* tcf_warnings(tc_string text) -> text[]: what is not valid in a string that can be read; 22P02 */
Datum
tcf_warnings(PG_FUNCTION_ARGS)
{
	TextSpan	string;
	Warnings	warnings;
	Datum		codes[WARNINGS_MAX];
	Problem		problem = {0};

	if (!tcf_text(PG_GETARG_DATUM(0), &string, &problem) ||
		!decode(string, NULL, &warnings, &problem))
		tcf_refuse("TC", &problem);
	for (int i = 0; i < warnings.count; i++)
		codes[i] = CStringGetTextDatum(warnings.code[i]);
	PG_RETURN_ARRAYTYPE_P(construct_array(codes, warnings.count, TEXTOID, -1, false, TYPALIGN_INT));
}

/* ---- one vendor, one purpose ---- */

static bool
read_restrictions_of(Bits *in, int vendor, int purpose, TcfAnswer *answer, Problem *problem)
{
	int			count = bits_get(in, 12);

	for (int i = 0; i < count && !in->over; i++)
	{
		bool		concerns = bits_get(in, 6) == purpose;
		int			type = bits_get(in, 2);
		int			ranges = bits_get(in, 12);

		for (int j = 0; j < ranges && !in->over; j++)
		{
			bool		group = bits_get(in, 1);
			int			first = bits_get(in, 16);
			int			last = group ? bits_get(in, 16) : first;

			if (!in->over && (first == 0 || last < first))
				return refuse(problem, "range",
							  "A range of IDs begins at 0, or ends before it begins.", NULL);
			if (concerns && vendor >= first && vendor <= last)
				answer->restricted[type] = true;
		}
	}
	if (in->over)
		return refuse(problem, "truncated", "A segment ends within a field.", NULL);
	return true;
}

/*
 * Read from the core where it says so: bitfields of vendors are passed by at once.  A core that is
 * cut is refused whatever is asked; other segments are not looked at.
 */
bool
tcf_answer(TextSpan string, int vendor, int purpose, TcfAnswer *answer, Problem *problem)
{
	const char *dot = memchr(string.data, '.', string.len);
	TextSpan	part = {string.data, dot ? dot - string.data : string.len};
	int			version;
	Bits		in;

	memset(answer, 0, sizeof(TcfAnswer));
	if (!check_alphabet(part, problem) || !check_version(part, &version, problem))
		return false;
	if (version != 2)
		return refuse(problem, "version", "It is of TCF 1, which ended in September 2020.",
					  "Its purposes mean something else; tcf_decode() shows it.");
	in = bits_of(part.data, part.len);
	if (in.len < CORE_VENDORS)
		return refuse(problem, "truncated", "A segment ends within a field.", NULL);
	in.at = CORE_POLICY;
	answer->policy = bits_get(&in, 6);
	if (purpose > 0)
	{
		answer->purpose_consent = bits_test(&in, CORE_PURPOSE_CONSENT + purpose - 1);
		answer->purpose_interest = bits_test(&in, CORE_PURPOSE_INTEREST + purpose - 1);
	}
	in.at = CORE_VENDORS;
	return vendors_test(&in, vendor, &answer->vendor_consent, problem) &&
		vendors_test(&in, vendor, &answer->vendor_interest, problem) &&
		read_restrictions_of(&in, vendor, purpose, answer, problem);
}

bool
tcf_may_be_interest(int purpose, int policy)
{
	return purpose != 1 && (policy < POLICY_2_2 || purpose < 3 || purpose > 6);
}

bool
tcf_answer_allows(const TcfAnswer *answer, int purpose, TcfBasis basis)
{
	bool		consent = answer->purpose_consent && answer->vendor_consent;
	bool		interest = answer->purpose_interest && answer->vendor_interest &&
		tcf_may_be_interest(purpose, answer->policy);
	bool		consent_only = answer->restricted[1];
	bool		interest_only = answer->restricted[2];

	/* what is not defined is not taken for a permission, nor is a contradiction */
	if (answer->restricted[0] || answer->restricted[3] || (consent_only && interest_only))
		return false;
	switch (basis)
	{
		case TCF_CONSENT:
			return consent && !interest_only;
		case TCF_LEGITIMATE_INTEREST:
			return interest && !consent_only;
		case TCF_FLEXIBLE_CONSENT:
			return interest_only ? interest : consent;
		case TCF_FLEXIBLE_LEGITIMATE_INTEREST:
			return consent_only ? consent : interest;
	}
	return false;
}

/* flags from the first on, as a mask whose lowest bit is the first one */
static uint32
flags_at(TextSpan part, int at, int n)
{
	Bits		in = bits_of(part.data, part.len);
	uint32		mask = 0;

	for (int i = 0; i < n; i++)
		mask |= (uint32) bits_test(&in, at + i) << i;
	return mask;
}

bool
tcf_summary(TextSpan string, TcfSummary *summary, Problem *problem)
{
	TextSpan	part[SEGMENTS_MAX];
	int			index[SEGMENTS_MAX];
	int			version;
	Warnings	warnings;
	TextSpan	own;

	if (!decode(string, NULL, &warnings, problem) ||
		!split(string, part, index, &version, problem))
		return false;
	memset(summary, 0, sizeof(TcfSummary));
	for (int i = 0; i < warnings.count && summary->warning == NULL; i++)
	{
		/* what stands after the last field, or in fields that are not read, does no harm */
		if (strcmp(warnings.code[i], "padding") != 0 &&
			strcmp(warnings.code[i], "legitimate_interest") != 0)
			summary->warning = warnings.code[i];
	}
	if (version != 2)
		return true;
	summary->updated = core_bits(part[0], CORE_LAST_UPDATED, 36) * INT64CONST(100000) -
		(POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY;
	summary->country[0] = 'A' + core_bits(part[0], CORE_VENDORS - 12, 6);
	summary->country[1] = 'A' + core_bits(part[0], CORE_VENDORS - 6, 6);
	summary->features = flags_at(part[0], CORE_SPECIAL_FEATURES, TCF_SPECIAL_FEATURES);
	summary->policy = core_bits(part[0], CORE_POLICY, 6);
	summary->has_own = index[SEGMENT_PUBLISHER] >= 0;
	own = part[summary->has_own ? index[SEGMENT_PUBLISHER] : 0];
	summary->own_consent = flags_at(own, summary->has_own ? 3 : CORE_PURPOSE_CONSENT,
									TCF_PURPOSES);
	summary->own_interest = flags_at(own, summary->has_own ? 27 : CORE_PURPOSE_INTEREST,
									 TCF_PURPOSES);
	return true;
}

static int
id_argument(int32 value, const char *what, int most)
{
	if (value < 1 || value > most)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid %s: %d", what, value),
				 errdetail("It is from 1 to %d.", most),
				 errhint("The global vendor list of the framework gives vendors and purposes "
						 "their numbers.")));
	return value;
}

/* vendor and purpose are 1 where the function has no such argument */
static TcfAnswer
answer_argument(FunctionCallInfo fcinfo, int vendor, int purpose)
{
	TextSpan	string;
	TcfAnswer	answer;
	Problem		problem = {0};

	if (!tcf_text(PG_GETARG_DATUM(0), &string, &problem) ||
		!tcf_answer(string, vendor, purpose, &answer, &problem))
		tcf_refuse("TC", &problem);
	return answer;
}

static TcfBasis
basis_argument(text *t)
{
	for (int i = 0; i < lengthof(basis_name); i++)
	{
		if (VARSIZE_ANY_EXHDR(t) == strlen(basis_name[i]) &&
			memcmp(VARDATA_ANY(t), basis_name[i], strlen(basis_name[i])) == 0)
			return (TcfBasis) i;
	}
	/* it may be the string, in the wrong place: the message does not repeat it */
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown basis"),
			 errhint("It is consent, legitimate_interest, flexible_consent or "
					 "flexible_legitimate_interest: as the vendor declared the purpose.")));
	return TCF_CONSENT;
}

PG_FUNCTION_INFO_V1(tcf_allows);
PG_FUNCTION_INFO_V1(tcf_allows_basis);
PG_FUNCTION_INFO_V1(tcf_restriction);
PG_FUNCTION_INFO_V1(tcf_vendor_consent);
PG_FUNCTION_INFO_V1(tcf_vendor_legitimate_interest);
PG_FUNCTION_INFO_V1(tcf_vendor_disclosed);
PG_FUNCTION_INFO_V1(tcf_purpose_consent);
PG_FUNCTION_INFO_V1(tcf_purpose_legitimate_interest);
PG_FUNCTION_INFO_V1(tcf_special_feature);

/*
 * tcf_allows(tc_string text, vendor integer, purpose integer) -> boolean: as for a vendor that
 * declared consent.  22P02, 22023, 54000.
 */
Datum
tcf_allows(PG_FUNCTION_ARGS)
{
	int			vendor = id_argument(PG_GETARG_INT32(1), "vendor", ID_MAX);
	int			purpose = id_argument(PG_GETARG_INT32(2), "purpose", TCF_PURPOSES);
	TcfAnswer	answer = answer_argument(fcinfo, vendor, purpose);

	PG_RETURN_BOOL(tcf_answer_allows(&answer, purpose, TCF_CONSENT));
}

/* tcf_allows(tc_string text, vendor integer, purpose integer, basis text) -> boolean */
Datum
tcf_allows_basis(PG_FUNCTION_ARGS)
{
	int			vendor = id_argument(PG_GETARG_INT32(1), "vendor", ID_MAX);
	int			purpose = id_argument(PG_GETARG_INT32(2), "purpose", TCF_PURPOSES);
	TcfBasis	basis = basis_argument(PG_GETARG_TEXT_PP(3));
	TcfAnswer	answer = answer_argument(fcinfo, vendor, purpose);

	PG_RETURN_BOOL(tcf_answer_allows(&answer, purpose, basis));
}

/*
 * tcf_restriction(tc_string text, vendor integer, purpose integer) -> text: what the publisher
 * restricts, the first of several types; NULL for nothing.
 */
Datum
tcf_restriction(PG_FUNCTION_ARGS)
{
	int			vendor = id_argument(PG_GETARG_INT32(1), "vendor", ID_MAX);
	int			purpose = id_argument(PG_GETARG_INT32(2), "purpose", TCF_PURPOSES);
	TcfAnswer	answer = answer_argument(fcinfo, vendor, purpose);

	for (int i = 0; i < lengthof(restriction_name); i++)
	{
		if (answer.restricted[i])
			PG_RETURN_TEXT_P(cstring_to_text(restriction_name[i]));
	}
	PG_RETURN_NULL();
}

/* tcf_vendor_consent(tc_string text, vendor integer) -> boolean */
Datum
tcf_vendor_consent(PG_FUNCTION_ARGS)
{
	int			vendor = id_argument(PG_GETARG_INT32(1), "vendor", ID_MAX);

	PG_RETURN_BOOL(answer_argument(fcinfo, vendor, 0).vendor_consent);
}

/* tcf_vendor_legitimate_interest(tc_string text, vendor integer) -> boolean */
Datum
tcf_vendor_legitimate_interest(PG_FUNCTION_ARGS)
{
	int			vendor = id_argument(PG_GETARG_INT32(1), "vendor", ID_MAX);

	PG_RETURN_BOOL(answer_argument(fcinfo, vendor, 0).vendor_interest);
}

/* tcf_purpose_consent(tc_string text, purpose integer) -> boolean */
Datum
tcf_purpose_consent(PG_FUNCTION_ARGS)
{
	int			purpose = id_argument(PG_GETARG_INT32(1), "purpose", TCF_PURPOSES);

	PG_RETURN_BOOL(answer_argument(fcinfo, 1, purpose).purpose_consent);
}

/* tcf_purpose_legitimate_interest(tc_string text, purpose integer) -> boolean */
Datum
tcf_purpose_legitimate_interest(PG_FUNCTION_ARGS)
{
	int			purpose = id_argument(PG_GETARG_INT32(1), "purpose", TCF_PURPOSES);

	PG_RETURN_BOOL(answer_argument(fcinfo, 1, purpose).purpose_interest);
}

/* tcf_special_feature(tc_string text, feature integer) -> boolean: whether the user opted in */
Datum
tcf_special_feature(PG_FUNCTION_ARGS)
{
	int			feature = id_argument(PG_GETARG_INT32(1), "special feature",
									  TCF_SPECIAL_FEATURES);
	TextSpan	string;

	(void) answer_argument(fcinfo, 1, 0);
	string.data = VARDATA_ANY(PG_GETARG_TEXT_PP(0));
	string.len = VARSIZE_ANY_EXHDR(PG_GETARG_TEXT_PP(0));
	PG_RETURN_BOOL(core_bits(string, CORE_SPECIAL_FEATURES + feature - 1, 1));
}

/*
 * tcf_vendor_disclosed(tc_string text, vendor integer) -> boolean: whether the user was shown the
 * vendor; NULL where the string does not say which were shown.
 */
Datum
tcf_vendor_disclosed(PG_FUNCTION_ARGS)
{
	int			vendor = id_argument(PG_GETARG_INT32(1), "vendor", ID_MAX);
	TextSpan	string;
	TextSpan	part[SEGMENTS_MAX];
	int			index[SEGMENTS_MAX];
	int			version;
	bool		found;
	Bits		in;
	Problem		problem = {0};

	if (!tcf_text(PG_GETARG_DATUM(0), &string, &problem) ||
		!split(string, part, index, &version, &problem))
		tcf_refuse("TC", &problem);
	if (index[SEGMENT_DISCLOSED] < 0)
		PG_RETURN_NULL();
	in = bits_of(part[index[SEGMENT_DISCLOSED]].data, part[index[SEGMENT_DISCLOSED]].len);
	bits_skip(&in, 3);
	if (!vendors_test(&in, vendor, &found, &problem))
		tcf_refuse("TC", &problem);
	PG_RETURN_BOOL(found);
}

/* ---- encoding ---- */

/* members that no segment has are misspelled ones, but for what tcf_decode adds */
static void
check_members(JsonbContainer *object)
{
	JsonbIterator *it = JsonbIteratorInit(object);
	JsonbIteratorToken token;
	JsonbValue	v;

	while ((token = JsonbIteratorNext(&it, &v, true)) != WJB_DONE)
	{
		bool		known = token != WJB_KEY;

		for (int type = 0; type < SEGMENTS_MAX && !known; type++)
		{
			for (int i = 0; i < segments[type].fields && !known; i++)
			{
				const char *name = segments[type].field[i].name;

				known = name && strlen(name) == v.val.string.len &&
					memcmp(name, v.val.string.val, v.val.string.len) == 0;
			}
		}
		if (!known && !(v.val.string.len == 8 && memcmp(v.val.string.val, "warnings", 8) == 0))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("unknown member \"%s\"",
							text_shown(cstring_to_text_with_len(v.val.string.val,
																v.val.string.len))),
					 errhint("Members are named as tcf_decode() gives them.")));
	}
}

PG_FUNCTION_INFO_V1(tcf_encode);

/*
 * tcf_encode(jsonb) -> text: the string of version 2 that tcf_decode decodes to this, in the one
 * form in which each list of vendors is as short as it can be.  22023.
 */
Datum
tcf_encode(PG_FUNCTION_ARGS)
{
	Jsonb	   *json = PG_GETARG_JSONB_P(0);
	StringInfoData text;

	if (!JB_ROOT_IS_OBJECT(json))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a TC string is encoded from a JSON object"),
				 errhint("tcf_decode() shows its members.")));
	check_members(&json->root);
	initStringInfo(&text);
	for (int type = 0; type < SEGMENTS_MAX; type++)
	{
		BitsOut		out = {.text = &text};

		if (type != SEGMENT_CORE &&
			!fields_any(segments[type].field, segments[type].fields, &json->root))
			continue;
		if (type != SEGMENT_CORE)
			appendStringInfoChar(&text, '.');
		fields_write(segments[type].field, segments[type].fields, &json->root, &out);
		/* whole bytes in whole characters, as IAB's library pads it */
		bits_pad(&out, 24);
	}
	if (text.len > FIELD_TEXT_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the TC string would have more than %d characters", FIELD_TEXT_MAX),
				 errhint("Have fewer publisher restrictions.")));
	PG_RETURN_TEXT_P(cstring_to_text_with_len(text.data, text.len));
}
