/*
 * profile_io.c
 *	  customer_profile: constructors, text and binary form.
 *
 * The text form is JSON (profile_json.c).  On the wire are the canonical bytes (profile.h), which
 * begin with their version; each invariant of them is checked on receipt.
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "identity/identity.h"
#include "identity/profile.h"

/* ---- constructors ---- */

PG_FUNCTION_INFO_V1(customer_profile_from_texts);
PG_FUNCTION_INFO_V1(customer_profile_from_identifiers);

static void
refuse_null(const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s of a customer_profile is NULL", what),
			 errhint("A profile says which record of which source said something, and when.")));
}

/* source or record_id in UTF-8; 22023, 22021 */
static TextSpan
key_part(FunctionCallInfo fcinfo, int n, const char *what)
{
	TextSpan	part;

	if (PG_ARGISNULL(n))
		refuse_null(what);
	part = profile_text_utf8(PG_GETARG_TEXT_PP(n));
	if (part.len == 0 || part.len > PROFILE_KEY_PART_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 part.len == 0 ? errmsg("%s of a customer_profile is empty", what) :
				 errmsg("%s of a customer_profile has more than %d bytes", what,
						PROFILE_KEY_PART_MAX),
				 errhint("Name the system that the record is from, and its key there.")));
	return part;
}

/* put the identifiers of an array, sorted; NULLs are left out */
static void
put_identifiers(StringInfo out, ArrayType *array, bool canonical)
{
	Datum	   *elements;
	bool	   *nulls;
	ProfileItem *items;
	int			count;
	uint32		n = 0;

	deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_INT, &elements, &nulls,
					  &count);
	items = palloc(Max(count, 1) * sizeof(ProfileItem));
	for (int i = 0; i < count; i++)
	{
		struct varlena *v = (struct varlena *) DatumGetPointer(elements[i]);
		IdentifierValue value;
		Problem		problem;
		char	   *kept;

		if (nulls[i])
			continue;
		if (canonical)
		{
			v = pg_detoast_datum_packed(v);
			items[n++] = (ProfileItem) {.key = VARDATA_ANY(v), .keylen = VARSIZE_ANY_EXHDR(v)};
			continue;
		}
		if (!identifier_parse(VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v), &value, &problem))
			problem_report(NULL, &problem, "identifier", NULL);
		kept = palloc(value.len);
		memcpy(kept, value.data, value.len);
		items[n++] = (ProfileItem) {.key = kept, .keylen = value.len};
	}
	profile_sort(items, n);
	n = profile_distinct(items, n);
	for (uint32 i = 0; i < n; i++)
		profile_put_span(out, items[i].key, items[i].keylen);
}

/* the profile of one record: (source, record_id, observed_at, identifiers, attributes) */
static Datum
construct(FunctionCallInfo fcinfo, bool canonical)
{
	TextSpan	source = key_part(fcinfo, 0, "source");
	TextSpan	record_id = key_part(fcinfo, 1, "record_id");
	StringInfoData part;
	StringInfoData body;
	StringInfoData record;
	ProfileItem item;
	TimestampTz t;

	if (PG_ARGISNULL(2))
		refuse_null("observed_at");
	t = PG_GETARG_TIMESTAMPTZ(2);
	if (TIMESTAMP_NOT_FINITE(t))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("observed_at of a customer_profile is infinite"),
				 errhint("Give the time when the record was changed, or when it was read.")));
	initStringInfo(&part);
	initStringInfo(&body);
	initStringInfo(&record);
	profile_put_varint(&body, source.len + 1 + record_id.len);
	appendBinaryStringInfo(&body, source.data, source.len);
	appendStringInfoCharMacro(&body, '\0');
	appendBinaryStringInfo(&body, record_id.data, record_id.len);
	profile_put_time(&body, t);
	if (!PG_ARGISNULL(3))
		put_identifiers(&part, PG_GETARG_ARRAYTYPE_P(3), canonical);
	profile_check_size(part.len);
	profile_put_span(&body, part.data, part.len);
	if (!PG_ARGISNULL(4))
		profile_put_attributes(&body, PG_GETARG_JSONB_P(4));
	profile_check_size(body.len);
	profile_put_span(&record, body.data, body.len);
	item.at = record.data;
	item.size = record.len;
	item.key = record.data + (record.len - body.len);
	item.keylen = profile_varint(&item.key, record.data + record.len);
	PG_RETURN_POINTER(profile_encode(&item, 1));
}

/*
 * customer_profile(source text, record_id text, observed_at timestamptz, identifiers text[],
 * attributes jsonb) -> customer_profile; 22023 where one of the first three is NULL, empty, too
 * long or infinite, or attributes is no object; 22P02 for a damaged identifier; 54000
 */
Datum
customer_profile_from_texts(PG_FUNCTION_ARGS)
{
	return construct(fcinfo, false);
}

/* customer_profile_from(..., identifiers identifier[], ...) -> customer_profile; the same */
Datum
customer_profile_from_identifiers(PG_FUNCTION_ARGS)
{
	return construct(fcinfo, true);
}

/* ---- text ---- */

PG_FUNCTION_INFO_V1(customer_profile_in);
PG_FUNCTION_INFO_V1(customer_profile_out);
PG_FUNCTION_INFO_V1(customer_profile_from_text);
PG_FUNCTION_INFO_V1(customer_profile_to_text);
PG_FUNCTION_INFO_V1(customer_profile_try);
PG_FUNCTION_INFO_V1(customer_profile_problem);

/* UTF-8 of a text argument; 22021 */
TextSpan
profile_text_utf8(text *t)
{
	TextSpan	utf8 = {VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t)};
	Problem		problem;

	if (GetDatabaseEncoding() != PG_UTF8 &&
		!problem_of_text(text_from_server(utf8.data, utf8.len, &utf8), &problem))
		problem_report(NULL, &problem, "customer_profile", NULL);
	return utf8;
}

/* customer_profile_in(cstring) -> customer_profile; 22P02, 22003, 54000 */
Datum
customer_profile_in(PG_FUNCTION_ARGS)
{
	char	   *s = PG_GETARG_CSTRING(0);
	Problem		problem;
	struct varlena *v = profile_parse(s, strlen(s), &problem);

	if (v == NULL)
	{
		problem_report(FC_ESCONTEXT(fcinfo), &problem, "customer_profile", NULL);
		PG_RETURN_NULL();
	}
	PG_RETURN_POINTER(v);
}

static char *
json_text(Datum value)
{
	StringInfoData json;
	ProfileView view;

	profile_open(PointerGetDatum(profile_canonical(value)), &view);
	initStringInfo(&json);
	profile_json(&json, &view);
	return text_to_server(json.data, json.len);
}

/* customer_profile_out(customer_profile) -> cstring */
Datum
customer_profile_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(json_text(PG_GETARG_DATUM(0)));
}

/* customer_profile(text) -> customer_profile, the cast; as customer_profile_in */
Datum
customer_profile_from_text(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	Problem		problem;
	struct varlena *v = profile_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &problem);

	if (v == NULL)
		problem_report(NULL, &problem, "customer_profile", NULL);
	PG_RETURN_POINTER(v);
}

/* text(customer_profile) -> text, the cast */
Datum
customer_profile_to_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(json_text(PG_GETARG_DATUM(0))));
}

/* customer_profile_try(text) -> customer_profile, NULL where it is none */
Datum
customer_profile_try(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	Problem		problem;
	struct varlena *v = profile_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &problem);

	if (v == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(v);
}

/* customer_profile_problem(text) -> text, why it is no customer_profile; NULL where it is one */
Datum
customer_profile_problem(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	Problem		problem;

	if (profile_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &problem) != NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(problem.code));
}

/* ---- binary ---- */

PG_FUNCTION_INFO_V1(customer_profile_recv);
PG_FUNCTION_INFO_V1(customer_profile_send);

static bool
get_received(const char **at, const char *end, TextSpan *span)
{
	uint32		len;

	if (!profile_get_varint(at, end, &len) || len > end - *at)
		return false;
	*span = (TextSpan) {*at, len};
	*at += len;
	return true;
}

static bool
key_part_valid(const char *s, int len)
{
	return len > 0 && len <= PROFILE_KEY_PART_MAX && pg_verify_mbstr(PG_UTF8, s, len, true) &&
		text_fits_server(s, len);
}

static bool
identifiers_valid(TextSpan list)
{
	const char *end = list.data + list.len;
	TextSpan	last = {NULL, -1};
	TextSpan	one;

	while (list.data < end)
	{
		if (!get_received(&list.data, end, &one) ||
			!identifier_is_canonical(one.data, one.len) ||
			(last.len >= 0 &&
			 profile_compare_bytes(last.data, last.len, one.data, one.len) >= 0))
			return false;
		last = one;
	}
	return true;
}

/* is this a record in canonical form, without its length */
static bool
record_valid(TextSpan body, TextSpan *key)
{
	const char *at = body.data;
	const char *end = body.data + body.len;
	const char *nul;
	TextSpan	identifiers;

	if (!get_received(&at, end, key) || end - at < PROFILE_TIME_BYTES ||
		(nul = memchr(key->data, '\0', key->len)) == NULL ||
		!key_part_valid(key->data, nul - key->data) ||
		!key_part_valid(nul + 1, key->data + key->len - nul - 1) ||
		!IS_VALID_TIMESTAMP(profile_time(at)))
		return false;
	at += PROFILE_TIME_BYTES;
	return get_received(&at, end, &identifiers) && identifiers_valid(identifiers) &&
		profile_pairs_valid(at, end, 1);
}

static bool
profile_valid(const char *at, int len)
{
	const char *end = at + len;
	TextSpan	last = {NULL, -1};
	TextSpan	body,
				key;
	uint32		count;

	if (len < 2 || *at++ != PROFILE_VERSION || !profile_get_varint(&at, end, &count))
		return false;
	for (; at < end; count--)
	{
		CHECK_FOR_INTERRUPTS();
		if (count == 0 || !get_received(&at, end, &body) || !record_valid(body, &key) ||
			(last.len >= 0 &&
			 profile_compare_bytes(last.data, last.len, key.data, key.len) >= 0))
			return false;
		last = key;
	}
	return count == 0;
}

/* customer_profile_recv(internal) -> customer_profile; 22P03 unless canonical, 54000 */
Datum
customer_profile_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			len = buf->len - buf->cursor;
	const char *s = pq_getmsgbytes(buf, len);

	profile_check_size(len);
	if (!profile_valid(s, len))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value of type customer_profile"),
				 errdetail("The bytes are not version %d of a profile in canonical form.",
						   PROFILE_VERSION)));
	PG_RETURN_DATUM(PointerGetDatum(cstring_to_text_with_len(s, len)));
}

/* customer_profile_send(customer_profile) -> bytea */
Datum
customer_profile_send(PG_FUNCTION_ARGS)
{
	struct varlena *v = profile_canonical(PG_GETARG_DATUM(0));
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbytes(&buf, VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}
