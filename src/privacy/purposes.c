/*
 * purposes.c
 *	  The vocabulary of purposes (purposes.h): a name, a family and a description for each bit.
 *
 * A bit once assigned keeps its meaning for ever: masks are stored.  Purposes and special features
 * of the TCF are those of IAB Europe's Transparency and Consent Framework Policies, Appendix A
 * (version 5.0, for TCF v2.2 and later; purpose 11 came with it); the US ones follow IAB Tech Lab's
 * Global Privacy Platform, "US National" section (section 7); the signals are those of Google's
 * Consent Mode v2.
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "privacy/purposes.h"
#include "text/text.h"

/* no name is longer, so that nothing longer is looked up */
#define NAME_MAX_BYTES	32

typedef struct Purpose
{
	const char *name;
	const char *family;
	const char *description;
} Purpose;

static const Purpose purposes[PURPOSE_LOCAL_1] = {
	{"tcf_1", "tcf", "store and/or access information on a device"},
	{"tcf_2", "tcf", "use limited data to select advertising"},
	{"tcf_3", "tcf", "create profiles for personalized advertising"},
	{"tcf_4", "tcf", "use profiles to select personalized advertising"},
	{"tcf_5", "tcf", "create profiles to personalize content"},
	{"tcf_6", "tcf", "use profiles to select personalized content"},
	{"tcf_7", "tcf", "measure advertising performance"},
	{"tcf_8", "tcf", "measure content performance"},
	{"tcf_9", "tcf", "understand audiences through statistics or combinations of data from "
	"different sources"},
	{"tcf_10", "tcf", "develop and improve services"},
	{"tcf_11", "tcf", "use limited data to select content"},
	{"tcf_feature_1", "tcf", "special feature: use precise geolocation data"},
	{"tcf_feature_2", "tcf", "special feature: actively scan device characteristics for "
	"identification"},
	{"sale", "us", "sell personal data"},
	{"sharing", "us", "share personal data for advertising across contexts"},
	{"targeted_advertising", "us", "target advertising by what is known from other sites and apps"},
	{"sensitive_data", "us", "process sensitive personal data"},
	{"child_data", "us", "process personal data of a known child"},
	{"ad_storage", "consent_mode", "storage, such as cookies, for advertising"},
	{"ad_user_data", "consent_mode", "send data of the user to Google for advertising"},
	{"ad_personalization", "consent_mode", "personalized advertising by Google"},
	{"analytics_storage", "consent_mode", "storage, such as cookies, for analytics"},
	{"email_marketing", "commerce", "marketing by e-mail"},
	{"sms_marketing", "commerce", "marketing by SMS and MMS"},
	{"phone_marketing", "commerce", "marketing by telephone"},
	{"postal_marketing", "commerce", "marketing by post"},
	{"push_marketing", "commerce", "marketing by push notification, of an app or a browser"},
	{"messaging_marketing", "commerce", "marketing by a messenger, such as WhatsApp"},
	{"personalization", "commerce", "adapt shop, offers and content to the customer"},
	{"analytics", "commerce", "analyze how shop, app and stores are used"},
	{"profiling", "commerce", "evaluate the customer's preferences and behavior"},
	{"automated_decisions", "commerce", "decide by automated means alone, with legal or similar "
	"effect"},
	{"third_party_sharing", "commerce", "disclose personal data to other controllers"},
	{"audience_matching", "commerce", "upload hashed identifiers to advertising platforms"},
	{"cross_border_transfer", "commerce", "transfer personal data to a country without adequate "
	"protection"},
	{"location", "commerce", "use where the customer or the device is"},
	{"loyalty", "commerce", "run a loyalty program"},
	{"service_messages", "commerce", "messages about orders and service, without marketing"},
	{"surveys", "commerce", "ask for feedback and reviews"},
	{"research", "commerce", "market and scientific research"},
	{"model_training", "commerce", "train models of machine learning on personal data"},
	{"biometric_data", "commerce", "process biometric data, such as of a virtual fitting"},
};

static const char *const local_names[PURPOSE_COUNT - PURPOSE_LOCAL_1] = {
	"local_1", "local_2", "local_3", "local_4", "local_5", "local_6", "local_7", "local_8",
	"local_9", "local_10", "local_11", "local_12", "local_13", "local_14", "local_15", "local_16"
};

const char *
purpose_name(int bit)
{
	if (bit < 0 || bit >= PURPOSE_COUNT)
		return NULL;
	return bit < PURPOSE_LOCAL_1 ? purposes[bit].name : local_names[bit - PURPOSE_LOCAL_1];
}

uint64
purpose_all(void)
{
	uint64		all = 0;

	for (int bit = 0; bit < PURPOSE_COUNT; bit++)
	{
		if (purpose_name(bit) != NULL)
			all |= PURPOSE_MASK(bit);
	}
	return all;
}

/* names by length and first character: few are left to compare */
int
purpose_bit(const char *s, int len)
{
	static uint8 lengths[PURPOSE_COUNT];
	static bool ready = false;

	if (!ready)
	{
		for (int bit = 0; bit < PURPOSE_COUNT; bit++)
			lengths[bit] = purpose_name(bit) ? strlen(purpose_name(bit)) : 0;
		ready = true;
	}
	if (len == 0 || len > NAME_MAX_BYTES)
		return -1;
	for (int bit = 0; bit < PURPOSE_COUNT; bit++)
	{
		if (lengths[bit] == len && memcmp(purpose_name(bit), s, len) == 0)
			return bit;
	}
	return -1;
}

/* the refused text may be a value in the wrong place: the message does not repeat it */
void
purpose_unknown(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown purpose"),
			 errhint("omni.consent_purposes() lists the purposes; "
					 "one of your own is local_1 to local_16.")));
}

int
purpose_of(const text *name)
{
	int			bit = purpose_bit(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));

	if (bit < 0)
		purpose_unknown();
	return bit;
}

/* ---- SQL ---- */

PG_FUNCTION_INFO_V1(consent_purposes);
PG_FUNCTION_INFO_V1(purpose_mask);
PG_FUNCTION_INFO_V1(purpose_mask_array);
PG_FUNCTION_INFO_V1(purpose_names);

/*
 * consent_purposes() -> setof (purpose text, bit integer, family text, description text): the
 * vocabulary, ascending by bit
 */
Datum
consent_purposes(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	for (int bit = 0; bit < PURPOSE_COUNT; bit++)
	{
		const char *name = purpose_name(bit);
		bool		local = bit >= PURPOSE_LOCAL_1;
		Datum		values[4];
		bool		nulls[4] = {false};

		if (name == NULL)
			continue;
		values[0] = CStringGetTextDatum(name);
		values[1] = Int32GetDatum(bit);
		values[2] = CStringGetTextDatum(local ? "local" : purposes[bit].family);
		values[3] = CStringGetTextDatum(local ? "a purpose of your own" :
										purposes[bit].description);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* purpose_mask(purpose text) -> bigint: the mask that has the purpose's bit alone; 22023 */
Datum
purpose_mask(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64((int64) PURPOSE_MASK(purpose_of(PG_GETARG_TEXT_PP(0))));
}

/* purpose_mask(purposes text[]) -> bigint: the mask of all of them; 22004 for a NULL, 22023 */
Datum
purpose_mask_array(PG_FUNCTION_ARGS)
{
	ArrayIterator it = array_create_iterator(PG_GETARG_ARRAYTYPE_P(0), 0, NULL);
	uint64		mask = 0;
	Datum		value;
	bool		null;

	while (array_iterate(it, &value, &null))
	{
		if (null)
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("purpose is NULL"),
					 errhint("omni.consent_purposes() lists the purposes.")));
		mask |= PURPOSE_MASK(purpose_of(DatumGetTextPP(value)));
	}
	PG_RETURN_INT64((int64) mask);
}

/* purpose_names(mask bigint) -> text[]: the purposes of a mask, by bit; 22023 for another bit */
Datum
purpose_names(PG_FUNCTION_ARGS)
{
	uint64		mask = (uint64) PG_GETARG_INT64(0);
	Datum		names[PURPOSE_COUNT];
	int			n = 0;

	if (mask & ~purpose_all())
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("mask has a bit that is no purpose"),
				 errhint("omni.consent_purposes() lists the bits.")));
	for (int bit = 0; bit < PURPOSE_COUNT; bit++)
	{
		if (mask & PURPOSE_MASK(bit))
			names[n++] = CStringGetTextDatum(purpose_name(bit));
	}
	PG_RETURN_ARRAYTYPE_P(construct_array(names, n, TEXTOID, -1, false, TYPALIGN_INT));
}
