/*
 * consent_signals.c
 *	  Decisions that TC and GPP strings say, as a consent: each purpose of theirs that the
 *	  vocabulary has, with the digest of the string as its proof.
 *
 * A TC string says when it was made, a GPP string does not.  A vendor processes for a purpose on
 * the basis that it declared for it in the global vendor list, which no string repeats: so the
 * caller says for which purposes this is legitimate interest.
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "privacy/consent.h"
#include "privacy/crypto.h"
#include "privacy/gpp.h"
#include "privacy/tcf.h"

#define TCF_PURPOSES_KNOWN	(PURPOSE_TCF_LAST - PURPOSE_TCF_1 + 1)
#define PROOF_BYTES			(7 + 2 * SHA256_BYTES)

typedef struct Signals
{
	StringInfoData entries;
	text	   *source;
	text	   *record_id;
	char		proof[PROOF_BYTES + 1];
	ConsentEntry entry;			/* what all have */
} Signals;

static void
begin(Signals *s, text *source, text *record_id, TextSpan string, const char *channel)
{
	static const char hex[] = "0123456789abcdef";
	CryptoPart	part = {string.data, string.len};
	uint8		digest[SHA256_BYTES];

	initStringInfo(&s->entries);
	s->source = source;
	s->record_id = record_id;
	sha256(&part, 1, digest);
	memcpy(s->proof, "sha256:", 7);
	for (int i = 0; i < SHA256_BYTES; i++)
	{
		s->proof[7 + 2 * i] = hex[digest[i] >> 4];
		s->proof[8 + 2 * i] = hex[digest[i] & 15];
	}
	memset(&s->entry, 0, sizeof(ConsentEntry));
	s->entry.expires = DT_NOEND;
	s->entry.channel = (TextSpan) {channel, strlen(channel)};
	s->entry.proof = (TextSpan) {s->proof, PROOF_BYTES};
}

/* only a grant can end: a refusal stays */
static void
put(Signals *s, int purpose, ConsentDecision decision, ConsentBasis basis, TimestampTz expires)
{
	ConsentEntry e = s->entry;

	e.purpose = purpose;
	e.decision = decision;
	e.basis = basis;
	if (CONSENT_IS_GRANT(decision))
		e.expires = expires;
	consent_put_record(&s->entries, s->source, s->record_id, &e);
}

static int
vendor_argument(int32 vendor)
{
	if (vendor < 1 || vendor > ID_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid vendor: %d", vendor),
				 errdetail("It is from 1 to %d.", ID_MAX),
				 errhint("NULL stands for the site itself.")));
	return vendor;
}

/* purposes that the vendor declared as legitimate interest, as a mask: bit p - 1 */
static uint32
interest_argument(ArrayType *array)
{
	ArrayIterator it = array_create_iterator(array, 0, NULL);
	uint32		mask = 0;
	Datum		value;
	bool		null;

	while (array_iterate(it, &value, &null))
	{
		int32		purpose = null ? 0 : DatumGetInt32(value);

		if (purpose < 1 || purpose > TCF_PURPOSES)
			ereport(ERROR,
					(errcode(null ? ERRCODE_NULL_VALUE_NOT_ALLOWED :
							 ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("invalid purpose"),
					 errhint("Purposes of the framework are from 1 to %d.", TCF_PURPOSES)));
		mask |= 1U << (purpose - 1);
	}
	return mask;
}

pg_noreturn static void refuse_invalid(const char *warning);

static void
refuse_invalid(const char *warning)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("TC string is not valid"),
			 errdetail("It can be read, but proves no consent: %s.", warning),
			 errhint("tcf_warnings() names what is wrong with each string of a table.")));
}

/*
 * consent_from_tcf(source text, record_id text, tc_string text, vendor integer, jurisdiction text,
 * legitimate_interest integer[], expires_at timestamptz) -> consent: the purposes and special
 * features of a TC string for a vendor, or for the site itself.  NULL where one of the first three
 * is NULL; 22P02, 22023, 54000.
 */
PG_FUNCTION_INFO_V1(consent_from_tcf);

Datum
consent_from_tcf(PG_FUNCTION_ARGS)
{
	int			vendor = PG_ARGISNULL(3) ? 0 : vendor_argument(PG_GETARG_INT32(3));
	uint32		interest = PG_ARGISNULL(5) ? 0 : interest_argument(PG_GETARG_ARRAYTYPE_P(5));
	TimestampTz expires = PG_ARGISNULL(6) ? DT_NOEND : PG_GETARG_TIMESTAMPTZ(6);
	TextSpan	string;
	TcfSummary	summary;
	Problem		problem = {0};
	Signals		s;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	if (!tcf_text(PG_GETARG_DATUM(2), &string, &problem) ||
		!tcf_summary(string, &summary, &problem))
		tcf_refuse("TC", &problem);
	if (summary.warning)
		refuse_invalid(summary.warning);

	begin(&s, PG_GETARG_TEXT_PP(0), PG_GETARG_TEXT_PP(1), string, "tcf");
	s.entry.at = summary.updated;
	if (!PG_ARGISNULL(4))
		s.entry.jurisdiction = jurisdiction_argument(PG_GETARG_TEXT_PP(4));
	else if (jurisdiction_known(summary.country, 2))
		s.entry.jurisdiction = (TextSpan) {summary.country, 2};

	for (int purpose = 1; purpose <= TCF_PURPOSES_KNOWN; purpose++)
	{
		uint32		bit = 1U << (purpose - 1);
		bool		by_interest = (interest & bit) != 0;
		bool		allowed;

		if (vendor != 0)
		{
			TcfAnswer	answer;

			if (!tcf_answer(string, vendor, purpose, &answer, &problem))
				tcf_refuse("TC", &problem);
			allowed = tcf_answer_allows(&answer, purpose,
										by_interest ? TCF_LEGITIMATE_INTEREST : TCF_CONSENT);
		}
		else if (by_interest)
			allowed = (summary.own_interest & bit) != 0 &&
				tcf_may_be_interest(purpose, summary.policy);
		else
			allowed = (summary.own_consent & bit) != 0;
		put(&s, PURPOSE_TCF_1 + purpose - 1,
			allowed ? CONSENT_GIVEN : by_interest ? CONSENT_OBJECTED : CONSENT_REFUSED,
			by_interest ? CONSENT_BASIS_LEGITIMATE_INTEREST : CONSENT_BASIS_CONSENT, expires);
	}
	for (int feature = 0; feature < 2; feature++)
		put(&s, PURPOSE_TCF_FEATURE_1 + feature,
			(summary.features >> feature) & 1 ? CONSENT_GIVEN : CONSENT_REFUSED,
			CONSENT_BASIS_CONSENT, expires);
	PG_RETURN_POINTER(consent_make(&s.entries));
}

/* the sections that apply to a jurisdiction: its own, else the one of the whole country */
static bool
applies(const GppSection *section, const GppSection *all, int sections, TextSpan jurisdiction)
{
	bool		has_own = false;
	bool		is_own;
	bool		state = jurisdiction.len == 5 && memcmp(jurisdiction.data, "US-", 3) == 0;

	if (!section->known || section->id < GPP_USP)
		return false;
	if (jurisdiction.len == 0)
		return true;
	for (int i = 0; state && i < sections; i++)
		has_own |= all[i].id > GPP_USNAT && all[i].known &&
			pg_strncasecmp(all[i].name + 2, jurisdiction.data + 3, 2) == 0;
	is_own = state && section->id > GPP_USNAT &&
		pg_strncasecmp(section->name + 2, jurisdiction.data + 3, 2) == 0;
	if (is_own)
		return true;
	return !has_own && section->id <= GPP_USNAT && jurisdiction.len >= 2 &&
		memcmp(jurisdiction.data, "US", 2) == 0;
}

static void
put_choice(Signals *s, int purpose, GppChoice choice, ConsentDecision refusal, ConsentBasis basis,
		   TimestampTz expires)
{
	if (choice != GPP_NOT_APPLICABLE)
		put(s, purpose, choice == GPP_REFUSED ? refusal : CONSENT_GIVEN, basis, expires);
}

/*
 * consent_from_gpp(source text, record_id text, gpp_string text, at timestamptz, jurisdiction text,
 * expires_at timestamptz) -> consent: what the US sections of a GPP string say of sale, sharing,
 * targeted advertising, sensitive data and children, and Global Privacy Control.  NULL where one of
 * the first four is NULL; 22P02, 22023, 54000.
 */
PG_FUNCTION_INFO_V1(consent_from_gpp);

Datum
consent_from_gpp(PG_FUNCTION_ARGS)
{
	static const int advertising[] = {
		PURPOSE_SALE, PURPOSE_SHARING, PURPOSE_TARGETED_ADVERTISING
	};
	TextSpan	jurisdiction = {NULL, 0};
	TimestampTz expires = PG_ARGISNULL(5) ? DT_NOEND : PG_GETARG_TIMESTAMPTZ(5);
	GppSection	section[GPP_SECTIONS_MAX];
	int			sections;
	TextSpan	string;
	Problem		problem = {0};
	Signals		s;

	for (int i = 0; i < 4; i++)
	{
		if (PG_ARGISNULL(i))
			PG_RETURN_NULL();
	}
	if (!PG_ARGISNULL(4))
		jurisdiction = jurisdiction_argument(PG_GETARG_TEXT_PP(4));
	consent_check_instant(PG_GETARG_TIMESTAMPTZ(3));
	if (!tcf_text(PG_GETARG_DATUM(2), &string, &problem) ||
		!gpp_read(string, section, &sections, &problem))
		tcf_refuse("GPP", &problem);

	begin(&s, PG_GETARG_TEXT_PP(0), PG_GETARG_TEXT_PP(1), string, "gpp");
	s.entry.at = PG_GETARG_TIMESTAMPTZ(3);
	for (int i = 0; i < sections; i++)
	{
		const GppSection *one = &section[i];
		char		code[6] = "US";

		if (!applies(one, section, sections, jurisdiction))
			continue;
		if (one->id > GPP_USNAT)
			snprintf(code, sizeof(code), "US-%c%c", pg_toupper(one->name[2]),
					 pg_toupper(one->name[3]));
		s.entry.jurisdiction = jurisdiction.len ? jurisdiction : (TextSpan) {code, strlen(code)};
		put_choice(&s, PURPOSE_SALE, one->sale, CONSENT_OBJECTED, CONSENT_BASIS_OPT_OUT, expires);
		put_choice(&s, PURPOSE_SHARING, one->sharing, CONSENT_OBJECTED, CONSENT_BASIS_OPT_OUT,
				   expires);
		put_choice(&s, PURPOSE_TARGETED_ADVERTISING, one->targeted_advertising, CONSENT_OBJECTED,
				   CONSENT_BASIS_OPT_OUT, expires);
		put_choice(&s, PURPOSE_SENSITIVE_DATA, one->sensitive, CONSENT_REFUSED,
				   CONSENT_BASIS_CONSENT, expires);
		put_choice(&s, PURPOSE_CHILD_DATA, one->child, CONSENT_REFUSED, CONSENT_BASIS_CONSENT,
				   expires);
		for (int j = 0; j < lengthof(advertising) && one->gpc == GPP_REFUSED; j++)
			put(&s, advertising[j], CONSENT_OBJECTED, CONSENT_BASIS_OPT_OUT, expires);
	}
	PG_RETURN_POINTER(consent_make(&s.entries));
}
