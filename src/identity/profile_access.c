/*
 * profile_access.c
 *	  customer_profile: accessors, rows, and the GIN operator class over identifiers.
 */
#include "postgres.h"
#include "compat.h"

#include "access/gin.h"
#include "access/stratnum.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "identity/profile.h"

/* ---- counts and times ---- */

PG_FUNCTION_INFO_V1(profile_record_count);
PG_FUNCTION_INFO_V1(profile_first_seen);
PG_FUNCTION_INFO_V1(profile_last_seen);

/* record_count(customer_profile) -> integer; reads the first bytes only, also out of line */
Datum
profile_record_count(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_DETOAST_DATUM_SLICE(PG_GETARG_DATUM(0), 0, 8);
	const char *at = VARDATA_ANY(v);
	const char *end = at + VARSIZE_ANY_EXHDR(v);
	ProfileView view;

	if (end - at > 1 && *at == PROFILE_VERSION)
	{
		at++;
		PG_RETURN_INT32((int32) profile_varint(&at, end));
	}
	profile_open(PointerGetDatum(profile_canonical(PG_GETARG_DATUM(0))), &view);
	PG_RETURN_INT32((int32) view.count);
}

/* the first or last time of a profile; NULL if it has no record */
static Datum
seen(FunctionCallInfo fcinfo, bool last)
{
	ProfileView view;
	ProfileRecord record;
	TimestampTz t = 0;
	bool		any = false;

	profile_open(PG_GETARG_DATUM(0), &view);
	while (profile_next(&view, &record))
	{
		if (!any || (last ? record.observed_at > t : record.observed_at < t))
			t = record.observed_at;
		any = true;
	}
	if (!any)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(t);
}

/* first_seen(customer_profile) -> timestamptz; NULL of an empty profile */
Datum
profile_first_seen(PG_FUNCTION_ARGS)
{
	return seen(fcinfo, false);
}

/* last_seen(customer_profile) -> timestamptz; NULL of an empty profile */
Datum
profile_last_seen(PG_FUNCTION_ARGS)
{
	return seen(fcinfo, true);
}

/* ---- identifiers ---- */

PG_FUNCTION_INFO_V1(profile_identifiers);
PG_FUNCTION_INFO_V1(profile_contains);
PG_FUNCTION_INFO_V1(profile_overlaps);

/* the element type of what a function returns, remembered from call to call */
static Oid
element_type(FunctionCallInfo fcinfo)
{
	Oid		   *kept = fcinfo->flinfo->fn_extra;

	if (kept == NULL)
	{
		kept = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(Oid));
		*kept = get_element_type(get_func_rettype(fcinfo->flinfo->fn_oid));
		fcinfo->flinfo->fn_extra = kept;
	}
	return *kept;
}

static Datum *
item_datums(const ProfileItem *items, uint32 n)
{
	Datum	   *datums = palloc(Max(n, 1) * sizeof(Datum));

	for (uint32 i = 0; i < n; i++)
		datums[i] = PointerGetDatum(cstring_to_text_with_len(items[i].key, items[i].keylen));
	return datums;
}

/* identifiers(customer_profile) -> identifier[]: distinct, ascending by bytes */
Datum
profile_identifiers(PG_FUNCTION_ARGS)
{
	uint32		n;
	ProfileItem *items = profile_identifiers_of(PG_GETARG_DATUM(0), &n);

	PG_RETURN_ARRAYTYPE_P(construct_array(item_datums(items, n), n, element_type(fcinfo), -1, false,
										  TYPALIGN_INT));
}

/* profile_contains(customer_profile, identifier) -> boolean: has any record the identifier */
Datum
profile_contains(PG_FUNCTION_ARGS)
{
	struct varlena *wanted = PG_GETARG_VARLENA_PP(1);
	int			len = VARSIZE_ANY_EXHDR(wanted);
	ProfileView view;
	ProfileRecord record;

	profile_open(PG_GETARG_DATUM(0), &view);
	while (profile_next(&view, &record))
	{
		const char *at = record.identifiers;

		while (at < record.identifiers_end)
		{
			TextSpan	span = profile_span(&at, record.identifiers_end);

			if (span.len == len && memcmp(span.data, VARDATA_ANY(wanted), len) == 0)
				PG_RETURN_BOOL(true);
		}
	}
	PG_RETURN_BOOL(false);
}

/* profile_overlaps(customer_profile, customer_profile) -> boolean: do they share an identifier */
Datum
profile_overlaps(PG_FUNCTION_ARGS)
{
	uint32		an,
				bn,
				i = 0,
				j = 0;
	ProfileItem *a = profile_identifiers_of(PG_GETARG_DATUM(0), &an);
	ProfileItem *b = profile_identifiers_of(PG_GETARG_DATUM(1), &bn);

	while (i < an && j < bn)
	{
		int			c = profile_compare_bytes(a[i].key, a[i].keylen, b[j].key, b[j].keylen);

		if (c == 0)
			PG_RETURN_BOOL(true);
		if (c < 0)
			i++;
		else
			j++;
	}
	PG_RETURN_BOOL(false);
}

/* ---- records ---- */

PG_FUNCTION_INFO_V1(profile_records);
PG_FUNCTION_INFO_V1(profile_record_rows);

/* a string of the profile as a text of the server's */
static Datum
server_text(TextSpan s)
{
	if (GetDatabaseEncoding() == PG_UTF8)
		return PointerGetDatum(cstring_to_text_with_len(s.data, s.len));
	return PointerGetDatum(cstring_to_text(text_to_server(s.data, s.len)));
}

/* records(customer_profile) -> text[]: a row {source, record_id} a record, as "-" takes them */
Datum
profile_records(PG_FUNCTION_ARGS)
{
	ProfileView view;
	ProfileRecord record;
	Datum	   *datums;
	int			dims[2];
	int			lower[2] = {1, 1};
	uint32		n = 0;

	profile_open(PointerGetDatum(profile_canonical(PG_GETARG_DATUM(0))), &view);
	if (view.count == 0)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(TEXTOID));
	datums = palloc(2 * (Size) view.count * sizeof(Datum));
	while (n < view.count && profile_next(&view, &record))
	{
		datums[2 * n] = server_text(record.source);
		datums[2 * n + 1] = server_text(record.record_id);
		n++;
	}
	dims[0] = n;
	dims[1] = 2;
	PG_RETURN_ARRAYTYPE_P(construct_md_array(datums, NULL, 2, dims, lower, TEXTOID, -1, false,
											 TYPALIGN_INT));
}

static Datum
record_identifiers(const ProfileRecord *record, Oid type)
{
	const char *at = record->identifiers;
	ArrayBuildState *array = initArrayResult(type, CurrentMemoryContext, false);

	while (at < record->identifiers_end)
	{
		TextSpan	span = profile_span(&at, record->identifiers_end);

		accumArrayResult(array, PointerGetDatum(cstring_to_text_with_len(span.data, span.len)),
						 false, type, CurrentMemoryContext);
	}
	return makeArrayResult(array, CurrentMemoryContext);
}

static Datum
record_attributes(const ProfileRecord *record)
{
	JsonbParseState *state = NULL;

	return JsonbPGetDatum(JsonbValueToJsonb(profile_push_pairs(&state, record->attributes,
															   record->end)));
}

/*
 * profile_records(customer_profile) -> setof (source text, record_id text, observed_at timestamptz,
 * identifiers identifier[], attributes jsonb), ascending by (source, record_id) in bytes
 */
Datum
profile_record_rows(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext scratch;
	ProfileView view;
	ProfileRecord record;
	Datum		values[5];
	bool		nulls[5] = {false};
	Oid			type;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	type = get_element_type(TupleDescAttr(rsinfo->setDesc, 3)->atttypid);
	profile_open(PointerGetDatum(profile_canonical(PG_GETARG_DATUM(0))), &view);
	scratch = AllocSetContextCreate(CurrentMemoryContext, "profile_records row",
									ALLOCSET_DEFAULT_SIZES);
	while (profile_next(&view, &record))
	{
		MemoryContext old = MemoryContextSwitchTo(scratch);

		CHECK_FOR_INTERRUPTS();
		values[0] = server_text(record.source);
		values[1] = server_text(record.record_id);
		values[2] = TimestampTzGetDatum(record.observed_at);
		values[3] = record_identifiers(&record, type);
		values[4] = record_attributes(&record);
		MemoryContextSwitchTo(old);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		MemoryContextReset(scratch);
	}
	MemoryContextDelete(scratch);
	return (Datum) 0;
}

/* ---- GIN: the keys are identifiers ---- */

#define STRATEGY_OVERLAPS	1
#define STRATEGY_CONTAINS	2

PG_FUNCTION_INFO_V1(profile_gin_extract_value);
PG_FUNCTION_INFO_V1(profile_gin_extract_query);
PG_FUNCTION_INFO_V1(profile_gin_consistent);
PG_FUNCTION_INFO_V1(profile_gin_triconsistent);

static Datum *
profile_keys(Datum profile, int32 *nkeys)
{
	uint32		n;
	ProfileItem *items = profile_identifiers_of(profile, &n);

	*nkeys = (int32) n;
	return item_datums(items, n);
}

/* profile_gin_extract_value(customer_profile, internal, internal) -> internal */
Datum
profile_gin_extract_value(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(profile_keys(PG_GETARG_DATUM(0), (int32 *) PG_GETARG_POINTER(1)));
}

/* profile_gin_extract_query(identifier or customer_profile, internal, smallint, ...) -> internal */
Datum
profile_gin_extract_query(PG_FUNCTION_ARGS)
{
	int32	   *nkeys = (int32 *) PG_GETARG_POINTER(1);
	Datum	   *keys;

	if (PG_GETARG_UINT16(2) == STRATEGY_OVERLAPS)
		PG_RETURN_POINTER(profile_keys(PG_GETARG_DATUM(0), nkeys));
	keys = palloc(sizeof(Datum));
	keys[0] = PG_GETARG_DATUM(0);
	*nkeys = 1;
	PG_RETURN_POINTER(keys);
}

/* profile_gin_consistent(...) -> boolean: both strategies want any of their keys, exactly */
Datum
profile_gin_consistent(PG_FUNCTION_ARGS)
{
	bool	   *check = (bool *) PG_GETARG_POINTER(0);
	int32		nkeys = PG_GETARG_INT32(3);

	*(bool *) PG_GETARG_POINTER(5) = false;
	for (int32 i = 0; i < nkeys; i++)
	{
		if (check[i])
			PG_RETURN_BOOL(true);
	}
	PG_RETURN_BOOL(false);
}

/* profile_gin_triconsistent(...) -> "char" */
Datum
profile_gin_triconsistent(PG_FUNCTION_ARGS)
{
	GinTernaryValue *check = (GinTernaryValue *) PG_GETARG_POINTER(0);
	int32		nkeys = PG_GETARG_INT32(3);
	GinTernaryValue result = GIN_FALSE;

	for (int32 i = 0; i < nkeys; i++)
	{
		if (check[i] == GIN_TRUE)
			PG_RETURN_GIN_TERNARY_VALUE(GIN_TRUE);
		if (check[i] == GIN_MAYBE)
			result = GIN_MAYBE;
	}
	PG_RETURN_GIN_TERNARY_VALUE(result);
}
