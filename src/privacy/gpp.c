/*
 * gpp.c
 *	  Strings of IAB Tech Lab's Global Privacy Platform: a header with the IDs of sections, and a
 *	  section for each jurisdiction that its site is in.
 *
 * The tables below are the fields of each section (Core/Consent String Specification.md and the
 * folder Sections of the platform's repository, December 2025): 2 TCF EU, 5 TCF Canada, 6 US
 * Privacy, 7 US National, 8 to 27 states of the US.  Their names are those of its JavaScript API.
 * Where IAB's library writes another form than its specification says, its form is read, since that
 * is what sites have: ranges of TCF Canada begin with the greatest ID, sections 24 to 27 have no
 * header, and US National of version 1 may have the length of version 2.
 *
 * A section that is not known, or of a newer version, is kept as its text.
 */
#include "postgres.h"
#include "compat.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "privacy/gpp.h"
#include "privacy/tcf.h"

#define HEADER_TYPE		3
#define HEADER_VERSION	1
#define PARTS_MAX		4

/* ---- the fields of sections ---- */

#define VERSION(name)	{name, FIELD_INT, 6}
#define CHOICE(name)	{name, FIELD_CHOICE}
#define CHOICES(name, n)	{name, FIELD_CHOICES, n}
#define SENSITIVE(n)	CHOICES("SensitiveDataProcessing", n)
#define CHILD			CHOICE("KnownChildSensitiveDataConsents")
#define CHILDREN(n)		CHOICES("KnownChildSensitiveDataConsents", n)
#define ADDITIONAL		CHOICE("AdditionalDataProcessingConsent")
#define SALE_NOTICE		CHOICE("SaleOptOutNotice")
#define ADS_NOTICE		CHOICE("TargetedAdvertisingOptOutNotice")
#define OPT_OUTS		CHOICE("SaleOptOut"), CHOICE("TargetedAdvertisingOptOut")
#define SIGNATORY \
	CHOICE("MspaCoveredTransaction"), CHOICE("MspaOptOutOptionMode"), \
	CHOICE("MspaServiceProviderMode")

/* what most states have before and after their lists of sensitive data and of children */
#define STATE_BEGINS(notice) \
	VERSION("Version"), CHOICE(notice), SALE_NOTICE, ADS_NOTICE, OPT_OUTS

/* the states of 2026 */
#define MSPA_BEGINS \
	VERSION("MspaVersion"), CHOICE("MspaCoveredTransaction"), CHOICE("MspaMode"), \
	CHOICE("ProcessingNotice"), SALE_NOTICE, ADS_NOTICE, OPT_OUTS

#define USNAT_BEGINS \
	VERSION("Version"), CHOICE("SharingNotice"), SALE_NOTICE, CHOICE("SharingOptOutNotice"), \
	ADS_NOTICE, CHOICE("SensitiveDataProcessingOptOutNotice"), \
	CHOICE("SensitiveDataLimitUseNotice"), CHOICE("SaleOptOut"), CHOICE("SharingOptOut"), \
	CHOICE("TargetedAdvertisingOptOut")
#define USNAT_ENDS	CHOICE("PersonalDataConsents"), SIGNATORY

static const Field usnat_v2[] = {USNAT_BEGINS, SENSITIVE(16), CHILDREN(3), USNAT_ENDS};
static const Field usnat_v1[] = {USNAT_BEGINS, SENSITIVE(12), CHILDREN(2), USNAT_ENDS};
static const Field usnat_v1_long[] = {
	USNAT_BEGINS, SENSITIVE(12), {NULL, FIELD_SKIP, 8}, CHILDREN(2), {NULL, FIELD_SKIP, 2},
	USNAT_ENDS
};
static const Field usca[] = {
	VERSION("Version"), SALE_NOTICE, CHOICE("SharingOptOutNotice"),
	CHOICE("SensitiveDataLimitUseNotice"), CHOICE("SaleOptOut"), CHOICE("SharingOptOut"),
	SENSITIVE(9), CHILDREN(2), CHOICE("PersonalDataConsents"), SIGNATORY
};
static const Field usva[] = {STATE_BEGINS("SharingNotice"), SENSITIVE(8), CHILD, SIGNATORY};
static const Field usco[] = {STATE_BEGINS("SharingNotice"), SENSITIVE(7), CHILD, SIGNATORY};
static const Field usut[] = {
	VERSION("Version"), CHOICE("SharingNotice"), SALE_NOTICE, ADS_NOTICE,
	CHOICE("SensitiveDataProcessingOptOutNotice"), OPT_OUTS, SENSITIVE(8), CHILD, SIGNATORY
};
static const Field usct[] = {
	STATE_BEGINS("SharingNotice"), SENSITIVE(8), CHILDREN(3), SIGNATORY
};
static const Field usmt[] = {
	STATE_BEGINS("SharingNotice"), SENSITIVE(8), CHILDREN(3), ADDITIONAL, SIGNATORY
};
static const Field usor[] = {
	STATE_BEGINS("ProcessingNotice"), SENSITIVE(11), CHILDREN(3), ADDITIONAL, SIGNATORY
};
static const Field usde[] = {
	STATE_BEGINS("ProcessingNotice"), SENSITIVE(9), CHILDREN(5), ADDITIONAL, SIGNATORY
};
static const Field usia[] = {
	VERSION("Version"), CHOICE("ProcessingNotice"), SALE_NOTICE, ADS_NOTICE,
	CHOICE("SensitiveDataOptOutNotice"), OPT_OUTS, SENSITIVE(8), CHILD, SIGNATORY
};
static const Field usnj[] = {
	STATE_BEGINS("ProcessingNotice"), SENSITIVE(10), CHILDREN(5), ADDITIONAL, SIGNATORY
};

/* Florida, New Hampshire; Texas, Nebraska, Tennessee, Minnesota */
static const Field three_ages[] = {
	STATE_BEGINS("ProcessingNotice"), SENSITIVE(8), CHILDREN(3), ADDITIONAL, SIGNATORY
};
static const Field one_age[] = {
	STATE_BEGINS("ProcessingNotice"), SENSITIVE(8), CHILD, ADDITIONAL, SIGNATORY
};

/* Maryland; Indiana, Kentucky, Rhode Island */
static const Field usmd[] = {MSPA_BEGINS, ADDITIONAL};
static const Field mspa_state[] = {MSPA_BEGINS, CHILD, ADDITIONAL};

static const Field gpc[] = {{"GpcSegmentType", FIELD_TYPE, 2, 1}, {"Gpc", FIELD_BOOL}};
static const Field sensitive[] = {SENSITIVE(8)};

static const Field tcf_eu[] = {
	{"Version", FIELD_FIXED, 2},
	{"Created", FIELD_TIME},
	{"LastUpdated", FIELD_TIME},
	{"CmpId", FIELD_INT, 12},
	{"CmpVersion", FIELD_INT, 12},
	{"ConsentScreen", FIELD_INT, 6},
	{"ConsentLanguage", FIELD_LETTERS},
	{"VendorListVersion", FIELD_INT, 12},
	{"PolicyVersion", FIELD_INT, 6},
	{"IsServiceSpecific", FIELD_BOOL},
	{"UseNonStandardStacks", FIELD_BOOL},
	{"SpecialFeatureOptins", FIELD_FLAGS, 12},
	{"PurposeConsents", FIELD_FLAGS, 24},
	{"PurposeLegitimateInterests", FIELD_FLAGS, 24},
	{"PurposeOneTreatment", FIELD_BOOL},
	{"PublisherCountryCode", FIELD_LETTERS},
	{"VendorConsents", FIELD_VENDORS},
	{"VendorLegitimateInterests", FIELD_VENDORS},
	{"PublisherRestrictions", FIELD_RANGES}
};
static const Field tcf_eu_disclosed[] = {
	{"VendorsDisclosedSegmentType", FIELD_TYPE, 3, 1},
	{"VendorsDisclosed", FIELD_VENDORS}
};
static const Field tcf_eu_allowed[] = {
	{"VendorsAllowedSegmentType", FIELD_TYPE, 3, 2},
	{"VendorsAllowed", FIELD_VENDORS}
};
static const Field tcf_eu_publisher[] = {
	{"PublisherPurposesSegmentType", FIELD_TYPE, 3, 3},
	{"PublisherConsents", FIELD_FLAGS, 24},
	{"PublisherLegitimateInterests", FIELD_FLAGS, 24},
	{"NumCustomPurposes", FIELD_COUNT, 6},
	{"PublisherCustomConsents", FIELD_CUSTOM_FLAGS},
	{"PublisherCustomLegitimateInterests", FIELD_CUSTOM_FLAGS}
};

#define TCF_CA_BEGINS \
	{"Version", FIELD_FIXED, 1}, \
	{"Created", FIELD_TIME}, \
	{"LastUpdated", FIELD_TIME}, \
	{"CmpId", FIELD_INT, 12}, \
	{"CmpVersion", FIELD_INT, 12}, \
	{"ConsentScreen", FIELD_INT, 6}, \
	{"ConsentLanguage", FIELD_LETTERS}, \
	{"VendorListVersion", FIELD_INT, 12}, \
	{"TcfPolicyVersion", FIELD_INT, 6}, \
	{"UseNonStandardStacks", FIELD_BOOL}, \
	{"SpecialFeatureExpressConsent", FIELD_FLAGS, 12}, \
	{"PurposesExpressConsent", FIELD_FLAGS, 24}, \
	{"PurposesImpliedConsent", FIELD_FLAGS, 24}

static const Field tcf_ca[] = {
	TCF_CA_BEGINS,
	{"VendorExpressConsent", FIELD_VENDORS_FIBONACCI},
	{"VendorImpliedConsent", FIELD_VENDORS_FIBONACCI},
	{"PubRestrictions", FIELD_RANGES_FIBONACCI}
};
static const Field tcf_ca_fixed[] = {
	TCF_CA_BEGINS,
	{"VendorExpressConsent", FIELD_VENDORS},
	{"VendorImpliedConsent", FIELD_VENDORS},
	{"PubRestrictions", FIELD_RANGES}
};
static const Field tcf_ca_disclosed[] = {
	{"DisclosedVendorsSegmentType", FIELD_TYPE, 3, 1},
	{"DisclosedVendors", FIELD_VENDORS_FIBONACCI}
};
static const Field tcf_ca_disclosed_fixed[] = {
	{"DisclosedVendorsSegmentType", FIELD_TYPE, 3, 1},
	{"DisclosedVendors", FIELD_VENDORS}
};
static const Field tcf_ca_publisher[] = {
	{"PubPurposesSegmentType", FIELD_TYPE, 3, 3},
	{"PubPurposesExpressConsent", FIELD_FLAGS, 24},
	{"PubPurposesImpliedConsent", FIELD_FLAGS, 24},
	{"NumCustomPurposes", FIELD_COUNT, 6},
	{"CustomPurposesExpressConsent", FIELD_CUSTOM_FLAGS},
	{"CustomPurposesImpliedConsent", FIELD_CUSTOM_FLAGS}
};

/*
 * The forms of each segment, the one that is written first.  A segment is read in the first form of
 * its version that fits: one that ends in zeros.
 */
typedef struct Form
{
	uint8		section;
	uint8		segment;		/* by type in TCF, by place in the others */
	uint8		version;		/* of the section; 0: whatever it is */
	uint8		least;			/* characters that it has to have */
	const Field *field;
	int			fields;
} Form;

#define FIELDS(table)	table, lengthof(table)

static const Form forms[] = {
	{GPP_TCF_EU, 0, 2, 0, FIELDS(tcf_eu)},
	{GPP_TCF_EU, 1, 2, 0, FIELDS(tcf_eu_disclosed)},
	{GPP_TCF_EU, 2, 2, 0, FIELDS(tcf_eu_allowed)},
	{GPP_TCF_EU, 3, 2, 0, FIELDS(tcf_eu_publisher)},
	{GPP_TCF_CA, 0, 1, 0, FIELDS(tcf_ca)},
	{GPP_TCF_CA, 0, 1, 0, FIELDS(tcf_ca_fixed)},
	{GPP_TCF_CA, 1, 1, 0, FIELDS(tcf_ca_disclosed)},
	{GPP_TCF_CA, 1, 1, 0, FIELDS(tcf_ca_disclosed_fixed)},
	{GPP_TCF_CA, 3, 1, 0, FIELDS(tcf_ca_publisher)},
	{GPP_USNAT, 0, 2, 0, FIELDS(usnat_v2)},
	{GPP_USNAT, 0, 1, 12, FIELDS(usnat_v1_long)},
	{GPP_USNAT, 0, 1, 0, FIELDS(usnat_v1)},
	{GPP_USNAT, 1, 0, 0, FIELDS(gpc)},
	{8, 0, 1, 0, FIELDS(usca)},
	{8, 1, 0, 0, FIELDS(gpc)},
	{9, 0, 1, 0, FIELDS(usva)},
	{10, 0, 1, 0, FIELDS(usco)},
	{10, 1, 0, 0, FIELDS(gpc)},
	{11, 0, 1, 0, FIELDS(usut)},
	{12, 0, 1, 0, FIELDS(usct)},
	{12, 1, 0, 0, FIELDS(gpc)},
	{13, 0, 1, 0, FIELDS(three_ages)},
	{14, 0, 1, 0, FIELDS(usmt)},
	{14, 1, 0, 0, FIELDS(gpc)},
	{15, 0, 1, 0, FIELDS(usor)},
	{15, 1, 0, 0, FIELDS(gpc)},
	{16, 0, 1, 0, FIELDS(one_age)},
	{16, 1, 0, 0, FIELDS(gpc)},
	{17, 0, 1, 0, FIELDS(usde)},
	{17, 1, 0, 0, FIELDS(gpc)},
	{18, 0, 1, 0, FIELDS(usia)},
	{18, 1, 0, 0, FIELDS(gpc)},
	{19, 0, 1, 0, FIELDS(one_age)},
	{19, 1, 0, 0, FIELDS(gpc)},
	{20, 0, 1, 0, FIELDS(three_ages)},
	{20, 1, 0, 0, FIELDS(gpc)},
	{21, 0, 1, 0, FIELDS(usnj)},
	{21, 1, 0, 0, FIELDS(gpc)},
	{22, 0, 1, 0, FIELDS(one_age)},
	{22, 1, 0, 0, FIELDS(gpc)},
	{23, 0, 1, 0, FIELDS(one_age)},
	{23, 1, 0, 0, FIELDS(gpc)},
	{24, 0, 1, 0, FIELDS(usmd)},
	{24, 1, 0, 0, FIELDS(gpc)},
	{25, 0, 1, 0, FIELDS(mspa_state)},
	{25, 1, 0, 0, FIELDS(sensitive)},
	{26, 0, 1, 0, FIELDS(mspa_state)},
	{26, 1, 0, 0, FIELDS(sensitive)},
	{27, 0, 1, 0, FIELDS(mspa_state)},
	{27, 1, 0, 0, FIELDS(sensitive)}
};

/* by ID; NULL where this version of omni knows no fields */
static const char *const section_name[] = {
	NULL, NULL, "tcfeuv2", NULL, NULL, "tcfcav1", "uspv1", "usnat", "usca", "usva", "usco", "usut",
	"usct", "usfl", "usmt", "usor", "ustx", "usde", "usia", "usne", "usnh", "usnj", "ustn", "usmn",
	"usmd", "usin", "usky", "usri"
};

static const char *const usp_name[] = {"Notice", "OptOutSale", "LspaCovered"};

/* ---- reading ---- */

static bool
refuse(Problem *problem, const char *code, const char *detail)
{
	PROBLEM(problem, code, detail, NULL);
	return false;
}

static bool
check_alphabet(TextSpan part, Problem *problem)
{
	if (part.len == 0)
		return refuse(problem, "empty", "Its header, a section or a segment is empty.");
	if (!bits_alphabet(part.data, part.len))
		return refuse(problem, "character",
					  "It has a character other than letters, digits, \"-\", \"_\", \".\" and "
					  "\"~\".");
	return true;
}

/* the header: IDs that rise, in Fibonacci coding */
static bool
read_header(TextSpan header, GppSection *section, int *sections, Problem *problem)
{
	Bits		in = bits_of(header.data, header.len);
	int			entries;
	int			id = 0;

	*sections = 0;
	if (!check_alphabet(header, problem))
		return false;
	if (bits_get(&in, 6) != HEADER_TYPE || bits_get(&in, 6) != HEADER_VERSION)
	{
		PROBLEM(problem, "version", "Its header is not that of a GPP string of version 1.",
				header.data[0] == 'C' ? "It looks like a TC string: tcf_decode() reads those." :
				"Such a string begins with the letters DB.");
		return false;
	}
	entries = bits_get(&in, 12);
	for (int i = 0; i < entries; i++)
	{
		bool		group = bits_get(&in, 1);
		int			start = bits_get_fibonacci(&in);
		int			more = group ? bits_get_fibonacci(&in) : 0;

		if (in.over)
			break;
		if (start == 0 || (group && more == 0))
			return refuse(problem, "range", "Its header has a damaged list of sections.");
		id += start;
		for (int n = 0; n <= more; n++)
		{
			if (*sections == GPP_SECTIONS_MAX)
			{
				PROBLEM(problem, "too_many",
						psprintf("Its header lists more than %d sections.", GPP_SECTIONS_MAX),
						"There are about 30: the string is damaged or made to harm.");
				problem->sqlerrcode = ERRCODE_PROGRAM_LIMIT_EXCEEDED;
				return false;
			}
			section[*sections].id = id + n;
			(*sections)++;
		}
		id += more;
	}
	if (in.over)
		return refuse(problem, "truncated", "Its header ends within its list of sections.");
	return true;
}

static bool
form_matches(const Form *f, int id, int segment, int version, TextSpan part)
{
	return f->section == id && f->segment == segment && part.len >= f->least &&
		(f->version == 0 || f->version == version);
}

/* the form in which a segment is to be read; NULL where its version is not known */
static const Form *
find_form(int id, int segment, int version, TextSpan part)
{
	const Form *first = NULL;
	const Form *end = forms + lengthof(forms);

	for (const Form *f = forms; f < end; f++)
	{
		Problem		problem = {0};
		FieldReading r = {.problem = &problem};
		Bits		in = bits_of(part.data, part.len);

		if (!form_matches(f, id, segment, version, part))
			continue;
		if (first == NULL)
			first = f;
		/* nothing to choose from */
		if (first == f && (f + 1 == end || !form_matches(f + 1, id, segment, version, part)))
			return f;
		if (fields_read(f->field, f->fields, &in, &r) && bits_rest_is_zero(&in))
			return f;
	}
	return first;
}

/* the strictest of the choices of a name in a segment of fixed fields */
static GppChoice
choice_of(const Form *form, TextSpan part, const char *name)
{
	GppChoice	choice = GPP_NOT_APPLICABLE;
	Bits		in = bits_of(part.data, part.len);

	for (int i = 0; i < form->fields; i++)
	{
		const Field *f = &form->field[i];
		int			n = f->kind == FIELD_CHOICE ? 1 : f->size;

		if (f->kind != FIELD_CHOICE && f->kind != FIELD_CHOICES)
		{
			bits_skip(&in, f->size);
			continue;
		}
		for (int j = 0; j < n; j++)
		{
			GppChoice	one = (GppChoice) bits_get(&in, 2);

			if (strcmp(f->name, name) == 0 && one != GPP_NOT_APPLICABLE &&
				(choice == GPP_NOT_APPLICABLE || one == GPP_REFUSED))
				choice = one;
		}
	}
	return choice;
}

static GppChoice
stricter(GppChoice a, GppChoice b)
{
	if (a == GPP_NOT_APPLICABLE || b == GPP_REFUSED)
		return b == GPP_NOT_APPLICABLE ? a : b;
	return a;
}

static void
put_raw(JsonbParseState **out, TextSpan text)
{
	json_put_text(out, WJB_VALUE, text.data, text.len);
}

/* US Privacy: a digit and three letters */
static bool
read_usp(GppSection *section, JsonbParseState **out, Problem *problem)
{
	const char *s = section->text.data;

	if (section->text.len != 4 || s[0] < '0' || s[0] > '9')
		return refuse(problem, "value", "Its section uspv1 is not of four characters.");
	section->version = s[0] - '0';
	section->known = section->version == 1;
	if (!section->known)
	{
		if (out)
			put_raw(out, section->text);
		return true;
	}
	for (int i = 1; i < 4; i++)
	{
		if (s[i] != 'Y' && s[i] != 'N' && s[i] != '-')
			return refuse(problem, "value",
						  "Its section uspv1 has another letter than Y, N and -.");
	}
	section->sale = s[2] == 'Y' ? GPP_REFUSED : s[2] == 'N' ? GPP_ALLOWED : GPP_NOT_APPLICABLE;
	if (out == NULL)
		return true;
	(void) pushJsonbValue(out, WJB_BEGIN_OBJECT, NULL);
	json_put_key(out, "Version");
	json_put_int(out, WJB_VALUE, 1);
	for (int i = 0; i < 3; i++)
	{
		json_put_key(out, usp_name[i]);
		json_put_text(out, WJB_VALUE, s + 1 + i, 1);
	}
	(void) pushJsonbValue(out, WJB_END_OBJECT, NULL);
	return true;
}

static void
take_signals(GppSection *section, const Form *form, TextSpan part)
{
	if (form->field == gpc)
		section->gpc = bits_test(&(Bits) {part.data, part.len * 6}, 2) ? GPP_REFUSED : GPP_ALLOWED;
	else if (section->id >= GPP_USNAT)
	{
		section->sale = stricter(section->sale, choice_of(form, part, "SaleOptOut"));
		section->sharing = stricter(section->sharing, choice_of(form, part, "SharingOptOut"));
		section->targeted_advertising = stricter(section->targeted_advertising,
												 choice_of(form, part,
														   "TargetedAdvertisingOptOut"));
		section->sensitive = stricter(section->sensitive,
									  choice_of(form, part, "SensitiveDataProcessing"));
		section->child = stricter(section->child,
								  choice_of(form, part, "KnownChildSensitiveDataConsents"));
	}
}

/* a section of segments, each of which there is once */
static bool
read_segments(GppSection *section, FieldReading *r)
{
	bool		by_type = section->id == GPP_TCF_EU || section->id == GPP_TCF_CA;
	bool		seen[8] = {false};
	TextSpan	part[PARTS_MAX];
	int			parts = text_parts(section->text.data, section->text.len, '.', part, PARTS_MAX);
	Bits		in;

	for (int i = 0; i < parts; i++)
	{
		if (!check_alphabet(part[i], r->problem))
			return false;
	}
	if (parts < 0)
		return refuse(r->problem, "segment", "A section has more segments than there are.");
	in = bits_of(part[0].data, part[0].len);
	section->version = bits_get(&in, 6);
	section->known = find_form(section->id, 0, section->version, part[0]) != NULL;
	if (!section->known)
	{
		if (r->out)
			put_raw(r->out, section->text);
		return true;
	}
	if (r->out)
		(void) pushJsonbValue(r->out, WJB_BEGIN_OBJECT, NULL);
	for (int i = 0; i < parts; i++)
	{
		int			segment = i;
		const Form *form;

		in = bits_of(part[i].data, part[i].len);
		if (by_type && i > 0)
			segment = bits_get(&in, 3);
		in.at = 0;
		form = segment > 0 || i == 0 ?
			find_form(section->id, segment, section->version, part[i]) : NULL;
		if (form == NULL || seen[segment])
			return refuse(r->problem, "segment",
						  "A section has a segment of unknown type, or two of one type.");
		seen[segment] = true;
		if (!fields_read(form->field, form->fields, &in, r))
			return false;
		take_signals(section, form, part[i]);
	}
	if (r->out)
		(void) pushJsonbValue(r->out, WJB_END_OBJECT, NULL);
	return true;
}

/* the sections, as members of the object that is open if r->out is not NULL */
static bool
read_sections(TextSpan string, GppSection *section, int *sections, FieldReading *r)
{
	TextSpan	part[GPP_SECTIONS_MAX + 1];
	int			parts = text_parts(string.data, string.len, '~', part, lengthof(part));

	memset(section, 0, GPP_SECTIONS_MAX * sizeof(GppSection));
	if (parts < 0)
		return refuse(r->problem, "section", "It has more sections than there can be.");
	if (!read_header(part[0], section, sections, r->problem))
		return false;
	if (parts != *sections + 1)
		return refuse(r->problem, "section",
					  "It has more or fewer sections than its header lists.");
	for (int i = 0; i < *sections; i++)
	{
		GppSection *one = &section[i];

		CHECK_FOR_INTERRUPTS();
		one->text = part[i + 1];
		one->name = one->id < lengthof(section_name) ? section_name[one->id] : NULL;
		one->version = -1;
		if (r->out)
			json_put_key(r->out, one->name ? one->name : psprintf("%d", one->id));
		if (one->name == NULL)
		{
			/* of a form of its own, perhaps, but of no other characters */
			for (int n = 0; n < one->text.len; n++)
			{
				if (one->text.data[n] <= ' ' || one->text.data[n] > '~')
					return refuse(r->problem, "character",
								  "A section has a character that is not printable ASCII.");
			}
			if (r->out)
				put_raw(r->out, one->text);
		}
		else if (!(one->id == GPP_USP ? read_usp(one, r->out, r->problem) : read_segments(one, r)))
			return false;
	}
	return true;
}

bool
gpp_read(TextSpan string, GppSection *section, int *sections, Problem *problem)
{
	FieldReading r = {.problem = problem};

	return read_sections(string, section, sections, &r);
}

/* ---- SQL ---- */

static bool
decode_jsonb(Datum argument, Jsonb **result, Problem *problem)
{
	JsonbParseState *out = NULL;
	GppSection	section[GPP_SECTIONS_MAX];
	int			sections;
	TextSpan	string;
	FieldReading r = {.out = &out, .problem = problem};

	if (!tcf_text(argument, &string, problem))
		return false;
	(void) pushJsonbValue(&out, WJB_BEGIN_OBJECT, NULL);
	json_put_key(&out, "sections");
	(void) pushJsonbValue(&out, WJB_BEGIN_OBJECT, NULL);
	if (!read_sections(string, section, &sections, &r))
		return false;
	(void) pushJsonbValue(&out, WJB_END_OBJECT, NULL);
	json_put_key(&out, "version");
	json_put_int(&out, WJB_VALUE, HEADER_VERSION);
	json_put_key(&out, "sectionIds");
	(void) pushJsonbValue(&out, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < sections; i++)
		json_put_int(&out, WJB_ELEM, section[i].id);
	(void) pushJsonbValue(&out, WJB_END_ARRAY, NULL);
	*result = JsonbValueToJsonb(pushJsonbValue(&out, WJB_END_OBJECT, NULL));
	return true;
}

PG_FUNCTION_INFO_V1(gpp_decode);
PG_FUNCTION_INFO_V1(gpp_try);
PG_FUNCTION_INFO_V1(gpp_problem);
PG_FUNCTION_INFO_V1(gpp_sections);
PG_FUNCTION_INFO_V1(gpp_opt_out);

/* gpp_decode(gpp_string text) -> jsonb; 22P02, 54000 */
Datum
gpp_decode(PG_FUNCTION_ARGS)
{
	Jsonb	   *result;
	Problem		problem = {0};

	if (!decode_jsonb(PG_GETARG_DATUM(0), &result, &problem))
		tcf_refuse("GPP", &problem);
	PG_RETURN_JSONB_P(result);
}

/* gpp_try(gpp_string text) -> jsonb, or NULL where gpp_decode would refuse */
Datum
gpp_try(PG_FUNCTION_ARGS)
{
	Jsonb	   *result;
	Problem		problem = {0};

	if (!decode_jsonb(PG_GETARG_DATUM(0), &result, &problem))
		PG_RETURN_NULL();
	PG_RETURN_JSONB_P(result);
}

/* gpp_problem(gpp_string text) -> text: why gpp_decode would refuse, or NULL */
Datum
gpp_problem(PG_FUNCTION_ARGS)
{
	GppSection	section[GPP_SECTIONS_MAX];
	int			sections;
	TextSpan	string;
	Problem		problem = {0};

	if (tcf_text(PG_GETARG_DATUM(0), &string, &problem) &&
		gpp_read(string, section, &sections, &problem))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(problem.code));
}

static void
sections_argument(Datum argument, GppSection *section, int *sections)
{
	TextSpan	string;
	Problem		problem = {0};

	if (!tcf_text(argument, &string, &problem) ||
		!gpp_read(string, section, sections, &problem))
		tcf_refuse("GPP", &problem);
}

static Datum
choice_datum(GppChoice choice, bool *null)
{
	*null = choice == GPP_NOT_APPLICABLE;
	return BoolGetDatum(choice == GPP_REFUSED);
}

/*
 * gpp_sections(gpp_string text) -> setof (section_id integer, name text, version integer,
 * sale_opt_out, sharing_opt_out, targeted_advertising_opt_out, gpc boolean), in their order; 22P02
 */
Datum
gpp_sections(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	GppSection	section[GPP_SECTIONS_MAX];
	int			sections;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	sections_argument(PG_GETARG_DATUM(0), section, &sections);
	for (int i = 0; i < sections; i++)
	{
		const GppSection *one = &section[i];
		Datum		values[7];
		bool		nulls[7] = {false};

		values[0] = Int32GetDatum(one->id);
		nulls[1] = one->name == NULL;
		values[1] = one->name ? CStringGetTextDatum(one->name) : (Datum) 0;
		nulls[2] = one->version < 0;
		values[2] = Int32GetDatum(one->version);
		values[3] = choice_datum(one->sale, &nulls[3]);
		values[4] = choice_datum(one->sharing, &nulls[4]);
		values[5] = choice_datum(one->targeted_advertising, &nulls[5]);
		values[6] = choice_datum(one->gpc, &nulls[6]);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/*
 * gpp_opt_out(gpp_string text, what text) -> boolean: true if a section says that the user opted
 * out, by its field or by Global Privacy Control; false if sections say only that the user did not;
 * NULL if none says anything.  22P02, 22023
 */
Datum
gpp_opt_out(PG_FUNCTION_ARGS)
{
	static const char *const known[] = {"sale", "sharing", "targeted_advertising", "gpc"};
	text	   *what = PG_GETARG_TEXT_PP(1);
	GppSection	section[GPP_SECTIONS_MAX];
	int			sections;
	GppChoice	all = GPP_NOT_APPLICABLE;
	int			which = 0;

	while (which < lengthof(known) && (strlen(known[which]) != VARSIZE_ANY_EXHDR(what) ||
									   memcmp(known[which], VARDATA_ANY(what),
											  strlen(known[which])) != 0))
		which++;
	if (which == lengthof(known))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown opt-out"),
				 errhint("It is sale, sharing, targeted_advertising or gpc.")));
	sections_argument(PG_GETARG_DATUM(0), section, &sections);
	for (int i = 0; i < sections; i++)
	{
		const GppSection *one = &section[i];
		GppChoice	choice[4];

		choice[0] = one->sale;
		choice[1] = one->sharing;
		choice[2] = one->targeted_advertising;
		choice[3] = one->gpc;
		all = stricter(all, choice[which]);
		/* the signal opts out; that it is off says nothing of what the user chose on the site */
		if (one->gpc == GPP_REFUSED)
			all = GPP_REFUSED;
	}
	if (all == GPP_NOT_APPLICABLE)
		PG_RETURN_NULL();
	PG_RETURN_BOOL(all == GPP_REFUSED);
}

/* ---- encoding ---- */

static const Form *
form_to_write(int id, int segment, int version)
{
	for (int i = 0; i < lengthof(forms); i++)
	{
		const Form *f = &forms[i];

		/* the long form of version 1 is one of another writer */
		if (f->section == id && f->segment == segment && f->field != usnat_v1_long &&
			(f->version == 0 || f->version == version))
			return f;
	}
	return NULL;
}

pg_noreturn static void refuse_section(const char *name, const char *detail);

static void
refuse_section(const char *name, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid section \"%s\"", name),
			 errdetail("%s", detail),
			 errhint("Sections are named and formed as gpp_decode() gives them.")));
}

static void
write_usp(StringInfo text, JsonbContainer *object)
{
	JsonbValue	v;
	int			members = 3;

	if (getKeyJsonValueFromContainer(object, "Version", 7, &v))
	{
		members++;
		if (v.type != jbvNumeric ||
			DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(v.val.numeric),
											  NumericGetDatum(int64_to_numeric(1)))) != 0)
			refuse_section("uspv1", "Its version is 1.");
	}
	appendStringInfoChar(text, '1');
	for (int i = 0; i < 3; i++)
	{
		if (!getKeyJsonValueFromContainer(object, usp_name[i], strlen(usp_name[i]), &v) ||
			v.type != jbvString || v.val.string.len != 1 ||
			strchr("YN-", *v.val.string.val) == NULL)
			refuse_section("uspv1", psprintf("Its member %s is Y, N or -.", usp_name[i]));
		appendStringInfoChar(text, *v.val.string.val);
	}
	if (JsonContainerSize(object) != members)
		refuse_section("uspv1", "It has another member than Version, Notice, OptOutSale and "
					   "LspaCovered.");
}

/* members that no form of the section has are misspelled ones */
static void
check_members(int id, JsonbContainer *object)
{
	JsonbIterator *it = JsonbIteratorInit(object);
	JsonbIteratorToken token;
	JsonbValue	v;

	while ((token = JsonbIteratorNext(&it, &v, true)) != WJB_DONE)
	{
		bool		known = token != WJB_KEY;

		for (int i = 0; i < lengthof(forms) && !known; i++)
		{
			for (int j = 0; forms[i].section == id && j < forms[i].fields && !known; j++)
			{
				const char *name = forms[i].field[j].name;

				known = name && strlen(name) == v.val.string.len &&
					memcmp(name, v.val.string.val, v.val.string.len) == 0;
			}
		}
		if (!known)
			refuse_section(section_name[id],
						   psprintf("It has a member \"%s\", which such a section does not have.",
									text_shown(cstring_to_text_with_len(v.val.string.val,
																		v.val.string.len))));
	}
}

static void
write_segments(StringInfo text, int id, JsonbContainer *object)
{
	JsonbValue	v;
	int			version = 0;

	check_members(id, object);
	if ((getKeyJsonValueFromContainer(object, "Version", 7, &v) ||
		 getKeyJsonValueFromContainer(object, "MspaVersion", 11, &v)) && v.type == jbvNumeric)
		for (int i = 1; i <= 2; i++)
		{
			if (DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(v.val.numeric),
												  NumericGetDatum(int64_to_numeric(i)))) == 0)
				version = i;
		}
	if (form_to_write(id, 0, version) == NULL)
		refuse_section(section_name[id], "It has no version that is known.");
	for (int i = 0; i < PARTS_MAX; i++)
	{
		/* IAB's library has the publisher's segment second in TCF Canada, and last in TCF EU */
		static const int canada[PARTS_MAX] = {0, 3, 1, 2};
		int			segment = id == GPP_TCF_CA ? canada[i] : i;
		const Form *f = form_to_write(id, segment, version);
		BitsOut		out = {.text = text};

		if (f == NULL || (segment > 0 && !fields_any(f->field, f->fields, object)))
			continue;
		if (segment > 0)
			appendStringInfoChar(text, '.');
		fields_write(f->field, f->fields, object, &out);
		bits_pad(&out, id == GPP_TCF_EU ? 24 : 8);
	}
}

/* the ID of a member of "sections": by its name, or the number of one that is not known */
static int
section_id(const JsonbValue *key)
{
	char	   *name = pnstrdup(key->val.string.val, key->val.string.len);
	int			id;

	for (id = 1; id < lengthof(section_name); id++)
	{
		if (section_name[id] && strcmp(section_name[id], name) == 0)
			return id;
	}
	if (strlen(name) > 5 || strspn(name, "0123456789") != strlen(name) || name[0] == '0' ||
		(id = atoi(name)) < 1 || id > ID_MAX ||
		(id < lengthof(section_name) && section_name[id] != NULL))
		refuse_section(text_shown(cstring_to_text(name)), "No section has this name.");
	return id;
}

typedef struct SectionOut
{
	int			id;
	JsonbValue	value;
} SectionOut;

static int
compare_sections(const void *a, const void *b)
{
	return ((const SectionOut *) a)->id - ((const SectionOut *) b)->id;
}

static void
write_header(StringInfo text, const SectionOut *section, int sections)
{
	BitsOut		out = {.text = text};
	int			before = 0;
	int			runs = 0;

	for (int i = 0; i < sections; i++)
		runs += i == 0 || section[i].id != section[i - 1].id + 1;
	bits_put(&out, HEADER_TYPE, 6);
	bits_put(&out, HEADER_VERSION, 6);
	bits_put(&out, runs, 12);
	for (int i = 0; i < sections; i++)
	{
		int			last = i;

		while (last + 1 < sections && section[last + 1].id == section[last].id + 1)
			last++;
		bits_put(&out, last > i, 1);
		bits_put_fibonacci(&out, section[i].id - before);
		if (last > i)
			bits_put_fibonacci(&out, last - i);
		before = section[last].id;
		i = last;
	}
	bits_pad(&out, 8);
}

PG_FUNCTION_INFO_V1(gpp_encode);

/* gpp_encode(jsonb) -> text: the string that gpp_decode decodes to these "sections"; 22023 */
Datum
gpp_encode(PG_FUNCTION_ARGS)
{
	Jsonb	   *json = PG_GETARG_JSONB_P(0);
	SectionOut	section[GPP_SECTIONS_MAX];
	int			sections = 0;
	JsonbIterator *it;
	JsonbIteratorToken token;
	JsonbValue	all;
	JsonbValue	v;
	StringInfoData text;
	TextSpan	whole;
	GppSection	read[GPP_SECTIONS_MAX];
	int			n;
	Problem		problem = {0};

	if (!JB_ROOT_IS_OBJECT(json) ||
		!getKeyJsonValueFromContainer(&json->root, "sections", 8, &all) ||
		all.type != jbvBinary || !JsonContainerIsObject(all.val.binary.data))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a GPP string is encoded from a JSON object with an object \"sections\""),
				 errhint("gpp_decode() shows its members.")));
	it = JsonbIteratorInit(all.val.binary.data);
	while ((token = JsonbIteratorNext(&it, &v, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
		{
			if (sections == GPP_SECTIONS_MAX)
				ereport(ERROR,
						(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						 errmsg("a GPP string has at most %d sections", GPP_SECTIONS_MAX),
						 errhint("Encode those of the jurisdictions that apply.")));
			section[sections].id = section_id(&v);
		}
		else if (token == WJB_VALUE)
			section[sections++].value = v;
	}
	qsort(section, sections, sizeof(SectionOut), compare_sections);
	initStringInfo(&text);
	write_header(&text, section, sections);
	for (int i = 0; i < sections; i++)
	{
		int			id = section[i].id;
		const char *name = id < lengthof(section_name) ? section_name[id] : NULL;
		JsonbValue *value = &section[i].value;

		appendStringInfoChar(&text, '~');
		if (value->type == jbvString)
			appendBinaryStringInfo(&text, value->val.string.val, value->val.string.len);
		else if (name == NULL || value->type != jbvBinary ||
				 !JsonContainerIsObject(value->val.binary.data))
			refuse_section(name ? name : psprintf("%d", id), "It is neither an object nor a text.");
		else if (id == GPP_USP)
			write_usp(&text, value->val.binary.data);
		else
			write_segments(&text, id, value->val.binary.data);
	}
	if (text.len > FIELD_TEXT_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the GPP string would have more than %d characters", FIELD_TEXT_MAX),
				 errhint("Have fewer publisher restrictions.")));
	/* sections that were given as text are checked in the whole */
	whole.data = text.data;
	whole.len = text.len;
	if (!gpp_read(whole, read, &n, &problem) || n != sections)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the text of a section is none of such a section"),
				 problem.detail ? errdetail("%s", problem.detail) : 0,
				 errhint("Give sections whose fields are known as objects.")));
	PG_RETURN_TEXT_P(cstring_to_text_with_len(text.data, text.len));
}
