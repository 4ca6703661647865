/*
 * value.c
 *	  Operators of the types whose value is canonical UTF-8 text: sku, email, identifier.
 *
 * On disk such a value is a varlena of its canonical bytes, nothing else.  Equal means identical
 * bytes, the order is memcmp's with the shorter first, which is also what text COLLATE "C" has:
 * sorting is therefore left to core's varstr_sortsupport with its abbreviated keys.
 *
 * None of these functions can raise an error, so all are LEAKPROOF.
 */
#include "postgres.h"
#include "compat.h"

#include "access/detoast.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "utils/builtins.h"
#include "utils/sortsupport.h"
#include "utils/varlena.h"

#include "text/value.h"

int
text_value_compare(const char *a, int alen, const char *b, int blen)
{
	int			c = memcmp(a, b, Min(alen, blen));

	if (c != 0)
		return c;
	return (alen > blen) - (alen < blen);
}

/* neither compressed nor out of line: the bytes can be read where they are */
static inline bool
is_inline(Datum d)
{
	char	   *p = DatumGetPointer(d);

	return VARATT_IS_4B_U(p) || (VARATT_IS_1B(p) && !VARATT_IS_1B_E(p));
}

static int
compare_toasted(FunctionCallInfo fcinfo)
{
	struct varlena *a = PG_GETARG_VARLENA_PP(0);
	struct varlena *b = PG_GETARG_VARLENA_PP(1);
	int			c = text_value_compare(VARDATA_ANY(a), VARSIZE_ANY_EXHDR(a),
									   VARDATA_ANY(b), VARSIZE_ANY_EXHDR(b));

	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return c;
}

static inline int
compare_args(FunctionCallInfo fcinfo)
{
	char	   *a = DatumGetPointer(PG_GETARG_DATUM(0));
	char	   *b = DatumGetPointer(PG_GETARG_DATUM(1));

	if (!is_inline(PG_GETARG_DATUM(0)) || !is_inline(PG_GETARG_DATUM(1)))
		return compare_toasted(fcinfo);
	return text_value_compare(VARDATA_ANY(a), VARSIZE_ANY_EXHDR(a),
							  VARDATA_ANY(b), VARSIZE_ANY_EXHDR(b));
}

/* equality looks at the sizes first, which needs no detoasting */
static inline bool
equal_args(FunctionCallInfo fcinfo)
{
	Datum		da = PG_GETARG_DATUM(0);
	Datum		db = PG_GETARG_DATUM(1);
	char	   *a = DatumGetPointer(da);
	char	   *b = DatumGetPointer(db);

	if (is_inline(da) && is_inline(db))
		return VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
			memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0;
	return toast_raw_datum_size(da) == toast_raw_datum_size(db) && compare_toasted(fcinfo) == 0;
}

PG_FUNCTION_INFO_V1(text_value_eq);
PG_FUNCTION_INFO_V1(text_value_ne);
PG_FUNCTION_INFO_V1(text_value_lt);
PG_FUNCTION_INFO_V1(text_value_le);
PG_FUNCTION_INFO_V1(text_value_gt);
PG_FUNCTION_INFO_V1(text_value_ge);
PG_FUNCTION_INFO_V1(text_value_cmp);
PG_FUNCTION_INFO_V1(text_value_larger);
PG_FUNCTION_INFO_V1(text_value_smaller);
PG_FUNCTION_INFO_V1(text_value_sortsupport);
PG_FUNCTION_INFO_V1(text_value_hash);
PG_FUNCTION_INFO_V1(text_value_hash_extended);

/* T_eq(T, T) -> boolean */
Datum
text_value_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(equal_args(fcinfo));
}

/* T_ne(T, T) -> boolean */
Datum
text_value_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!equal_args(fcinfo));
}

/* T_lt(T, T) -> boolean */
Datum
text_value_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) < 0);
}

/* T_le(T, T) -> boolean */
Datum
text_value_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) <= 0);
}

/* T_gt(T, T) -> boolean */
Datum
text_value_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) > 0);
}

/* T_ge(T, T) -> boolean */
Datum
text_value_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) >= 0);
}

/* T_cmp(T, T) -> integer: btree support function 1 */
Datum
text_value_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_args(fcinfo));
}

/* T_larger(T, T) -> T: for max(T) */
Datum
text_value_larger(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(compare_args(fcinfo) >= 0 ? PG_GETARG_DATUM(0) : PG_GETARG_DATUM(1));
}

/* T_smaller(T, T) -> T: for min(T) */
Datum
text_value_smaller(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(compare_args(fcinfo) <= 0 ? PG_GETARG_DATUM(0) : PG_GETARG_DATUM(1));
}

/* T_sortsupport(internal): btree support function 2, core's text machinery under C rules */
Datum
text_value_sortsupport(PG_FUNCTION_ARGS)
{
	SortSupport ssup = (SortSupport) PG_GETARG_POINTER(0);
	MemoryContext old = MemoryContextSwitchTo(ssup->ssup_cxt);

	varstr_sortsupport(ssup, TEXTOID, C_COLLATION_OID);
	MemoryContextSwitchTo(old);
	PG_RETURN_VOID();
}

/* T_hash(T) -> integer: hash support function 1; stable for ever, it routes shards */
Datum
text_value_hash(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);
	Datum		h = hash_any((unsigned char *) VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v));

	PG_FREE_IF_COPY(v, 0);
	PG_RETURN_DATUM(h);
}

/* T_hash_extended(T, bigint) -> bigint: hash support function 2 */
Datum
text_value_hash_extended(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);
	Datum		h = hash_any_extended((unsigned char *) VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v),
									  PG_GETARG_INT64(1));

	PG_FREE_IF_COPY(v, 0);
	PG_RETURN_DATUM(h);
}
