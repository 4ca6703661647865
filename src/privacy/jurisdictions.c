/*
 * jurisdictions.c
 *	  What holds where nobody decided, by jurisdiction and date; opt-out signals of browsers.
 *
 * The table says of each purpose that a law names whether personal data may be used for it until
 * the person objects (opt-out), or only when the person has agreed (opt-in).  Of several laws that
 * hold at once, as those of a country and of a group of countries, the stricter one counts; a
 * purpose that none of them leaves to opt-out is opt-in.  So a country without a row has opt-in for
 * all.
 *
 * The table is a starting point, and no legal advice: laws have exceptions (thresholds, existing
 * customers, registers of telephone numbers) that no table of purposes can hold.  Where a law
 * depends on what is not known here, its stricter reading stands.  A law that changes gets a row
 * more; the date of a row's end is the first day on which it no longer holds.  Days begin in UTC.
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "privacy/consent.h"

/* ---- codes ---- */

/* ISO 3166-1 alpha-2, and from ISO 3166-2 the states of the US and the provinces of Canada */
static const char countries[] =
	"AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO "
	"BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ "
	"DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP "
	"GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG "
	"KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML "
	"MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE "
	"PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL "
	"SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM "
	"US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

static const char us_states[] =
	"AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV "
	"NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY";

static const char ca_provinces[] = "AB BC MB NB NL NS NT NU ON PE QC SK YT";

/* is this one of the codes of two letters that a list has */
static bool
listed(const char *list, const char *code)
{
	for (; *list != '\0'; list += list[2] == ' ' ? 3 : 2)
	{
		if (list[0] == code[0] && list[1] == code[1])
			return true;
	}
	return false;
}

bool
jurisdiction_known(const char *s, int len)
{
	if (len == 2)
		return memcmp(s, "EU", 2) == 0 || listed(countries, s);
	if (len != 5 || s[2] != '-')
		return false;
	return (memcmp(s, "US", 2) == 0 && listed(us_states, s + 3)) ||
		(memcmp(s, "CA", 2) == 0 && listed(ca_provinces, s + 3));
}

/* ---- laws ---- */

#define ONE(name)		PURPOSE_MASK(PURPOSE_##name)
#define TCF				((PURPOSE_MASK(PURPOSE_TCF_LAST + 1) - 1))
#define SIGNALS			(ONE(AD_STORAGE) | ONE(AD_USER_DATA) | ONE(AD_PERSONALIZATION) | \
						 ONE(ANALYTICS_STORAGE))
#define MESSAGES		(ONE(EMAIL_MARKETING) | ONE(SMS_MARKETING) | ONE(MESSAGING_MARKETING))
#define STORAGE			(ONE(TCF_1) | ONE(AD_STORAGE) | ONE(ANALYTICS_STORAGE))
#define OWN_USE			(ONE(ANALYTICS) | ONE(PERSONALIZATION) | ONE(POSTAL_MARKETING) | \
						 ONE(SERVICE_MESSAGES) | ONE(SURVEYS) | ONE(RESEARCH) | ONE(LOYALTY))
#define OPT_OUT_SIGNAL	(ONE(SALE) | ONE(SHARING) | ONE(TARGETED_ADVERTISING))
#define STATE_OPT_OUT	(ONE(SALE) | ONE(SHARING) | ONE(TARGETED_ADVERTISING) | ONE(PROFILING))
#define STATE_OPT_IN	(ONE(SENSITIVE_DATA) | ONE(CHILD_DATA))
#define AGREED			(~(ONE(POSTAL_MARKETING) | ONE(SERVICE_MESSAGES)))

#define ON(y, m, d)	((y) * 10000 + (m) * 100 + (d))

typedef struct Law
{
	const char *jurisdiction;
	const char *name;			/* with the place where it can be read */
	int			from;
	int			to;				/* 0: still holds */
	uint64		opt_in;
	uint64		opt_out;
	uint64		signal;			/* purposes to which Global Privacy Control objects */
} Law;

static const Law laws[] = {
	{"EU", "Directive 95/46/EC, Art. 7, 14", ON(1998, 10, 24), ON(2018, 5, 25), 0,
		ONE(POSTAL_MARKETING) | ONE(SERVICE_MESSAGES)},
	{"EU", "Directive 2002/58/EC (ePrivacy), Art. 5(3), 9, 13", ON(2003, 10, 31), 0,
		MESSAGES | ONE(PHONE_MARKETING) | ONE(PUSH_MARKETING) | STORAGE | ONE(LOCATION), 0},
	{"EU", "Regulation (EU) 2016/679 (GDPR), Art. 6, 7, 9, 21, 22", ON(2018, 5, 25), 0, AGREED,
		ONE(POSTAL_MARKETING) | ONE(SERVICE_MESSAGES)},
	{"EEA", "Regulation (EU) 2016/679 (GDPR) by EEA Joint Committee Decision 154/2018",
		ON(2018, 7, 20), 0, AGREED, ONE(POSTAL_MARKETING) | ONE(SERVICE_MESSAGES)},
	{"GB", "Privacy and Electronic Communications Regulations 2003 (PECR), reg. 6, 19 to 22",
		ON(2003, 12, 11), 0,
		MESSAGES | ONE(PHONE_MARKETING) | ONE(PUSH_MARKETING) | STORAGE | ONE(LOCATION), 0},
	{"GB", "UK GDPR, Data Protection Act 2018", ON(2021, 1, 1), 0, AGREED,
		ONE(POSTAL_MARKETING) | ONE(SERVICE_MESSAGES)},
	{"CH", "Unfair Competition Act (UCA), Art. 3(1)(o), (u)", ON(2007, 4, 1), 0,
		MESSAGES | ONE(PUSH_MARKETING) | ONE(PHONE_MARKETING), 0},
	{"CH", "Federal Act on Data Protection (FADP) of 25 September 2020; Telecommunications Act, "
		"Art. 45c", ON(2023, 9, 1), 0,
		ONE(SENSITIVE_DATA) | ONE(BIOMETRIC_DATA) | ONE(PROFILING) | ONE(CROSS_BORDER_TRANSFER),
		OWN_USE | ONE(ANALYTICS_STORAGE)},
	{"BR", "Lei 13.709/2018 (LGPD), Art. 7, 11, 14", ON(2020, 9, 18), 0, AGREED,
		ONE(POSTAL_MARKETING) | ONE(SERVICE_MESSAGES)},
	{"CA", "Personal Information Protection and Electronic Documents Act (PIPEDA), Schedule 1, "
		"4.3", ON(2004, 1, 1), 0,
		ONE(SENSITIVE_DATA) | ONE(CHILD_DATA) | ONE(BIOMETRIC_DATA) | ONE(LOCATION), OWN_USE},
	{"CA", "Canada's Anti-Spam Legislation (CASL), S.C. 2010, c. 23, s. 6", ON(2014, 7, 1), 0,
		MESSAGES | ONE(PUSH_MARKETING), 0},
	{"CA-QC", "Act respecting the protection of personal information in the private sector "
		"(Law 25), s. 8.1, 9.1, 12", ON(2023, 9, 22), 0,
		AGREED, ONE(POSTAL_MARKETING) | ONE(SERVICE_MESSAGES)},
	{"AU", "Spam Act 2003, s. 16; Do Not Call Register Act 2006", ON(2004, 4, 10), 0,
		MESSAGES | ONE(PHONE_MARKETING), 0},
	{"AU", "Privacy Act 1988, Australian Privacy Principles 3, 6, 7, 8", ON(2014, 3, 12), 0,
		ONE(SENSITIVE_DATA) | ONE(BIOMETRIC_DATA) | ONE(CROSS_BORDER_TRANSFER), OWN_USE},
	{"JP", "Act on Regulation of Transmission of Specified Electronic Mail, Art. 3",
		ON(2008, 12, 1), 0, MESSAGES, 0},
	{"JP", "Act on the Protection of Personal Information (APPI), Art. 20, 27, 28, 31",
		ON(2022, 4, 1), 0,
		ONE(SENSITIVE_DATA) | ONE(THIRD_PARTY_SHARING) | ONE(SALE) | ONE(SHARING) |
		ONE(AUDIENCE_MATCHING) | ONE(CROSS_BORDER_TRANSFER), OWN_USE},
	{"KR", "Personal Information Protection Act (PIPA), Art. 15, 17, 22, 23", ON(2011, 9, 30), 0,
		~ONE(SERVICE_MESSAGES), ONE(SERVICE_MESSAGES)},
	{"KR", "Network Act, Art. 50", ON(2014, 11, 29), 0,
		MESSAGES | ONE(PHONE_MARKETING) | ONE(PUSH_MARKETING), 0},

	{"US", "FTC Act, 15 U.S.C. 45: notice, and no rule that asks for consent", ON(2000, 1, 1), 0,
		0, OWN_USE | TCF | SIGNALS | STATE_OPT_OUT | ONE(THIRD_PARTY_SHARING) |
		ONE(AUDIENCE_MATCHING) | ONE(CROSS_BORDER_TRANSFER)},
	{"US", "Children's Online Privacy Protection Act (COPPA), 15 U.S.C. 6502", ON(2000, 4, 21), 0,
		ONE(CHILD_DATA), 0},
	{"US", "CAN-SPAM Act, 15 U.S.C. 7704", ON(2004, 1, 1), 0, 0, ONE(EMAIL_MARKETING)},
	{"US", "Telephone Consumer Protection Act (TCPA), 47 U.S.C. 227, 47 CFR 64.1200",
		ON(2013, 10, 16), 0,
		ONE(SMS_MARKETING) | ONE(MESSAGING_MARKETING) | ONE(PHONE_MARKETING), 0},
	{"US-IL", "Biometric Information Privacy Act (BIPA), 740 ILCS 14", ON(2008, 10, 3), 0,
		ONE(BIOMETRIC_DATA), 0},
	{"US-NV", "NRS 603A.300 to 603A.360", ON(2019, 10, 1), 0, 0, ONE(SALE)},
	{"US-CA", "California Consumer Privacy Act (CCPA), Cal. Civ. Code 1798.100 to 1798.199",
		ON(2020, 1, 1), 0, ONE(CHILD_DATA), ONE(SALE)},
	{"US-CA", "CCPA regulations, 11 CCR 7025 (999.315): opt-out preference signals",
		ON(2020, 8, 14), 0, 0, 0, OPT_OUT_SIGNAL},
	{"US-CA", "California Privacy Rights Act (CPRA), Cal. Civ. Code 1798.120, 1798.121, 1798.135",
		ON(2023, 1, 1), 0, 0, ONE(SHARING) | ONE(SENSITIVE_DATA)},
	{"US-VA", "Consumer Data Protection Act, Va. Code 59.1-575 to 59.1-585", ON(2023, 1, 1), 0,
		STATE_OPT_IN, STATE_OPT_OUT},
	{"US-CO", "Colorado Privacy Act, C.R.S. 6-1-1301 to 6-1-1313", ON(2023, 7, 1), 0,
		STATE_OPT_IN, STATE_OPT_OUT},
	{"US-CO", "C.R.S. 6-1-1306(1)(a)(IV): universal opt-out mechanism", ON(2024, 7, 1), 0, 0, 0,
		OPT_OUT_SIGNAL},
	{"US-CT", "Connecticut Data Privacy Act, Conn. Gen. Stat. 42-515 to 42-525", ON(2023, 7, 1),
		0, STATE_OPT_IN, STATE_OPT_OUT},
	{"US-CT", "Conn. Gen. Stat. 42-520(e): opt-out preference signal", ON(2025, 1, 1), 0, 0, 0,
		OPT_OUT_SIGNAL},
	{"US-UT", "Utah Consumer Privacy Act, Utah Code 13-61-101 to 13-61-404", ON(2023, 12, 31), 0,
		ONE(CHILD_DATA), ONE(SALE) | ONE(TARGETED_ADVERTISING) | ONE(SENSITIVE_DATA)},
	{"US-TX", "Texas Data Privacy and Security Act, Tex. Bus. & Com. Code ch. 541",
		ON(2024, 7, 1), 0, STATE_OPT_IN, STATE_OPT_OUT},
	{"US-TX", "Tex. Bus. & Com. Code 541.055(e): technology that opts out", ON(2025, 1, 1), 0,
		0, 0, OPT_OUT_SIGNAL},
	{"US-OR", "Oregon Consumer Privacy Act, ORS 646A.570 to 646A.589", ON(2024, 7, 1), 0,
		STATE_OPT_IN, STATE_OPT_OUT},
	{"US-OR", "ORS 646A.578: opt-out preference signal", ON(2026, 1, 1), 0, 0, 0,
		OPT_OUT_SIGNAL},
	{"US-FL", "Florida Digital Bill of Rights, Fla. Stat. 501.701 to 501.721", ON(2024, 7, 1), 0,
		STATE_OPT_IN, STATE_OPT_OUT},
	{"US-MT", "Montana Consumer Data Privacy Act, Mont. Code 30-14-2801 to 30-14-2817",
		ON(2024, 10, 1), 0, STATE_OPT_IN, STATE_OPT_OUT},
	{"US-MT", "Mont. Code 30-14-2812: opt-out preference signal", ON(2025, 1, 1), 0, 0, 0,
		OPT_OUT_SIGNAL},
	{"US-DE", "Delaware Personal Data Privacy Act, 6 Del. C. ch. 12D", ON(2025, 1, 1), 0,
		STATE_OPT_IN, STATE_OPT_OUT},
	{"US-DE", "6 Del. C. 12D-106(e): opt-out preference signal", ON(2026, 1, 1), 0, 0, 0,
		OPT_OUT_SIGNAL},
	{"US-IA", "Iowa Consumer Data Protection Act, Iowa Code ch. 715D", ON(2025, 1, 1), 0,
		ONE(CHILD_DATA), ONE(SALE) | ONE(TARGETED_ADVERTISING) | ONE(SENSITIVE_DATA)},
	{"US-NE", "Nebraska Data Privacy Act, Neb. Rev. Stat. 87-1101 to 87-1130", ON(2025, 1, 1), 0,
		STATE_OPT_IN, STATE_OPT_OUT, OPT_OUT_SIGNAL},
	{"US-NH", "New Hampshire RSA 507-H", ON(2025, 1, 1), 0, STATE_OPT_IN, STATE_OPT_OUT,
		OPT_OUT_SIGNAL},
	{"US-NJ", "New Jersey Data Privacy Act, N.J.S.A. 56:8-166.4 to 56:8-166.19",
		ON(2025, 1, 15), 0, STATE_OPT_IN, STATE_OPT_OUT},
	{"US-NJ", "N.J.S.A. 56:8-166.11: universal opt-out mechanism", ON(2025, 7, 15), 0, 0, 0,
		OPT_OUT_SIGNAL},
	{"US-TN", "Tennessee Information Protection Act, Tenn. Code 47-18-3301 to 47-18-3315",
		ON(2025, 7, 1), 0, STATE_OPT_IN, STATE_OPT_OUT},
	{"US-MN", "Minnesota Consumer Data Privacy Act, Minn. Stat. ch. 325M", ON(2025, 7, 31), 0,
		STATE_OPT_IN, STATE_OPT_OUT, OPT_OUT_SIGNAL},
	{"US-MD", "Maryland Online Data Privacy Act, Md. Code, Com. Law 14-4701 to 14-4714",
		ON(2025, 10, 1), 0, STATE_OPT_IN, STATE_OPT_OUT, OPT_OUT_SIGNAL},
	{"US-IN", "Indiana Consumer Data Protection Act, Ind. Code 24-15", ON(2026, 1, 1), 0,
		STATE_OPT_IN, STATE_OPT_OUT},
	{"US-KY", "Kentucky Consumer Data Protection Act, KRS 367.3611 to 367.3629", ON(2026, 1, 1),
		0, STATE_OPT_IN, STATE_OPT_OUT},
	{"US-RI", "Rhode Island Data Transparency and Privacy Protection Act, R.I. Gen. Laws 6-48.1",
		ON(2026, 1, 1), 0, STATE_OPT_IN, STATE_OPT_OUT},
};

/*
 * Which countries a group has had, and when: the Treaties of Accession; for GB, the end of the
 * transition period of the Withdrawal Agreement, Art. 126.  Regions of a member that have a code of
 * their own and where Union law applies (Art. 355 TFEU) stand beside it.
 */
typedef struct Member
{
	const char *group;
	const char *members;
	int			from;
	int			to;
} Member;

static const Member groups[] = {
	{"EU", "AT BE DE DK ES FI FR GR IE IT LU NL PT SE AX GF GP MQ RE", ON(1995, 1, 1), 0},
	{"EU", "GB", ON(1995, 1, 1), ON(2021, 1, 1)},
	{"EU", "CY CZ EE HU LT LV MT PL SI SK", ON(2004, 5, 1), 0},
	{"EU", "BG RO", ON(2007, 1, 1), 0},
	{"EU", "MF", ON(2009, 12, 1), 0},
	{"EU", "HR", ON(2013, 7, 1), 0},
	{"EU", "YT", ON(2014, 1, 1), 0},
	{"EEA", "IS LI NO", ON(1995, 5, 1), 0},
};

/* ---- which laws hold ---- */

static DateADT
day_of(int day)
{
	return date2j(day / 10000, day / 100 % 100, day % 100) - POSTGRES_EPOCH_JDATE;
}

static TimestampTz
time_of(int day)
{
	return (TimestampTz) day_of(day) * USECS_PER_DAY;
}

/* from when to when a law is one of a jurisdiction's; false if it never is */
static bool
law_applies(const Law *law, const char *code, int len, int *from, int *to)
{
	int			law_len = strlen(law->jurisdiction);

	*from = law->from;
	*to = law->to;
	/* its own, or that of the country it is a part of */
	if (law_len <= len && memcmp(law->jurisdiction, code, law_len) == 0 &&
		(law_len == len || code[law_len] == '-'))
		return true;
	for (int i = 0; i < lengthof(groups) && len == 2; i++)
	{
		const Member *m = &groups[i];

		if (strcmp(m->group, law->jurisdiction) != 0 || !listed(m->members, code))
			continue;
		*from = Max(law->from, m->from);
		*to = m->to == 0 ? law->to : law->to == 0 ? m->to : Min(law->to, m->to);
		return *to == 0 || *from < *to;
	}
	return false;
}

/* what holds in a jurisdiction at a time, and from when to when it does */
typedef struct Rules
{
	uint64		opt_out;
	uint64		signal;
	TimestampTz since;			/* DT_NOBEGIN: no law is known before, either */
	TimestampTz until;
} Rules;

static void
find_rules(const char *code, int len, TimestampTz at, Rules *rules)
{
	uint64		opt_in = 0;

	*rules = (Rules) {.since = DT_NOBEGIN, .until = DT_NOEND};
	for (int i = 0; i < lengthof(laws); i++)
	{
		int			days[2];

		if (!law_applies(&laws[i], code, len, &days[0], &days[1]))
			continue;
		for (int d = 0; d < 2 && days[d] != 0; d++)
		{
			TimestampTz t = time_of(days[d]);

			if (t <= at)
				rules->since = Max(rules->since, t);
			else
				rules->until = Min(rules->until, t);
		}
		if (time_of(days[0]) > at || (days[1] != 0 && time_of(days[1]) <= at))
			continue;
		opt_in |= laws[i].opt_in;
		rules->opt_out |= laws[i].opt_out;
		rules->signal |= laws[i].signal;
	}
	rules->opt_out &= ~opt_in;
}

/* ---- SQL ---- */

PG_FUNCTION_INFO_V1(consent_default);
PG_FUNCTION_INFO_V1(consent_gpc);
PG_FUNCTION_INFO_V1(consent_jurisdictions);

TextSpan
jurisdiction_argument(text *t)
{
	TextSpan	code = {VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t)};

	if (!jurisdiction_known(code.data, code.len))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown jurisdiction"),
				 errhint("It is a code of ISO 3166 as DE, US-CA or CA-QC, or EU.")));
	return code;
}

/*
 * consent_default(jurisdiction text, at timestamptz) -> consent: what holds there at that time for
 * every purpose but the local ones where nobody decided, until the law changes as far as is known;
 * 22023 for an unknown jurisdiction
 */
Datum
consent_default(PG_FUNCTION_ARGS)
{
	TextSpan	code = jurisdiction_argument(PG_GETARG_TEXT_PP(0));
	TimestampTz at = PG_GETARG_TIMESTAMPTZ(1);
	TextSpan	source = {CONSENT_DEFAULT_SOURCE, strlen(CONSENT_DEFAULT_SOURCE)};
	StringInfoData entries;
	Rules		rules;

	consent_check_instant(at);
	find_rules(code.data, code.len, at, &rules);
	if (rules.since == DT_NOBEGIN)
		rules.since = Min(at, 0);
	initStringInfo(&entries);
	for (int bit = 0; bit < PURPOSE_LOCAL_1; bit++)
	{
		bool		allowed = (rules.opt_out & PURPOSE_MASK(bit)) != 0;
		ConsentEntry e = {
			.source = source, .record_id = code, .purpose = bit,
			.decision = allowed ? CONSENT_DEFAULT_ALLOWED : CONSENT_DEFAULT_REFUSED,
			.at = rules.since, .expires = rules.until,
			.basis = !allowed ? CONSENT_BASIS_NONE : bit == PURPOSE_SERVICE_MESSAGES ?
			CONSENT_BASIS_CONTRACT : CONSENT_BASIS_OPT_OUT,
			.jurisdiction = code
		};

		if (purpose_name(bit) != NULL)
			consent_put(&entries, &e);
	}
	PG_RETURN_POINTER(consent_make(&entries));
}

/*
 * consent_gpc(source text, record_id text, at timestamptz, jurisdiction text) -> consent: what a
 * browser's signal Global Privacy Control says at that time: the person objects to what the laws
 * there let it object to, perhaps nothing; 22023
 */
Datum
consent_gpc(PG_FUNCTION_ARGS)
{
	TimestampTz at = PG_GETARG_TIMESTAMPTZ(2);
	TextSpan	code = jurisdiction_argument(PG_GETARG_TEXT_PP(3));
	StringInfoData entries;
	Rules		rules;

	consent_check_instant(at);
	find_rules(code.data, code.len, at, &rules);
	/* somewhere in the US: perhaps where the signal has effect */
	if (code.len == 2 && memcmp(code.data, "US", 2) == 0)
	{
		Rules		strictest;

		find_rules("US-CA", 5, at, &strictest);
		rules.signal = strictest.signal;
	}
	initStringInfo(&entries);
	for (int bit = 0; bit < PURPOSE_LOCAL_1; bit++)
	{
		ConsentEntry e = {
			.purpose = bit, .decision = CONSENT_OBJECTED, .at = at, .expires = DT_NOEND,
			.basis = CONSENT_BASIS_OPT_OUT, .jurisdiction = code, .channel = {"gpc", 3}
		};

		if (rules.signal & PURPOSE_MASK(bit))
			consent_put_record(&entries, PG_GETARG_TEXT_PP(0), PG_GETARG_TEXT_PP(1), &e);
	}
	PG_RETURN_POINTER(consent_make(&entries));
}

static Datum
purpose_array(uint64 mask)
{
	Datum		names[PURPOSE_COUNT];
	int			n = 0;

	for (int bit = 0; bit < PURPOSE_LOCAL_1; bit++)
	{
		if ((mask & PURPOSE_MASK(bit)) && purpose_name(bit) != NULL)
			names[n++] = CStringGetTextDatum(purpose_name(bit));
	}
	return PointerGetDatum(construct_array(names, n, TEXTOID, -1, false, TYPALIGN_INT));
}

/* a row for a law, if it applies to the jurisdiction */
static void
put_law(ReturnSetInfo *rsinfo, const Law *law, const char *code)
{
	Datum		values[8];
	bool		nulls[8] = {false};
	int			from,
				to;

	if (!law_applies(law, code, strlen(code), &from, &to))
		return;
	values[0] = CStringGetTextDatum(code);
	values[1] = CStringGetTextDatum(law->jurisdiction);
	values[2] = CStringGetTextDatum(law->name);
	values[3] = DateADTGetDatum(day_of(from));
	nulls[4] = to == 0;
	values[4] = to == 0 ? (Datum) 0 : DateADTGetDatum(day_of(to));
	values[5] = purpose_array(law->opt_in);
	values[6] = purpose_array(law->opt_out & ~law->opt_in);
	values[7] = purpose_array(law->signal);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* the rows of each jurisdiction that a list of codes of two letters names, behind a prefix */
static void
put_laws(ReturnSetInfo *rsinfo, const char *prefix, const char *list)
{
	for (; *list != '\0'; list += list[2] == ' ' ? 3 : 2)
	{
		char		code[8];

		snprintf(code, sizeof(code), "%s%.2s", prefix, list);
		for (int i = 0; i < lengthof(laws); i++)
			put_law(rsinfo, &laws[i], code);
	}
}

/*
 * consent_jurisdictions() -> setof (jurisdiction text, law_of text, law text, valid_from date,
 * valid_to date, opt_in text[], opt_out text[], gpc text[]): the table of laws that
 * consent_default() and consent_gpc() apply, a row for each jurisdiction and law
 */
Datum
consent_jurisdictions(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	put_laws(rsinfo, "", "EU");
	put_laws(rsinfo, "", countries);
	put_laws(rsinfo, "US-", us_states);
	put_laws(rsinfo, "CA-", ca_provinces);
	return (Datum) 0;
}
