/*
 * gtin_plan.c
 *	  Conditions on GTINs that are ranges of their order, and the planner support that says so:
 *
 *		gtin ^@ prefix		first GTIN of the prefix .. last GTIN of the prefix
 *		gtin =~ other		indicator 0 .. indicator 9 of the other's body
 *
 * Where the other side is not a constant when the query is planned, the bounds are calls of
 * functions that compute them, so a join on a table of company prefixes is an index scan too.
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "utils/builtins.h"

#include "catalog/catalog.h"
#include "text/range_plan.h"

static void
prefix_range(text *prefix, Gtin *first, Gtin *last)
{
	Problem		problem;

	if (!gtin_prefix_parse(VARDATA_ANY(prefix), VARSIZE_ANY_EXHDR(prefix), first, last, &problem))
		ereport(ERROR,
				(errcode(problem.sqlerrcode ? problem.sqlerrcode : ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid GTIN prefix: \"%s\"", text_shown(prefix)),
				 problem.detail ? errdetail("%s", problem.detail) : 0,
				 problem.hint ? errhint("%s", problem.hint) : 0));
}

PG_FUNCTION_INFO_V1(gtin_starts_with);
PG_FUNCTION_INFO_V1(gtin_same_item);
PG_FUNCTION_INFO_V1(gtin_prefix_first);
PG_FUNCTION_INFO_V1(gtin_prefix_last);
PG_FUNCTION_INFO_V1(gtin_range_support);
PG_FUNCTION_INFO_V1(gtin_range_sel);

/*
 * gtin_starts_with(gtin, text) -> boolean, operator ^@: do the digits after the indicator begin
 * with these?  22023 if they are not up to 12 digits.
 */
Datum
gtin_starts_with(PG_FUNCTION_ARGS)
{
	Gtin		gtin = PG_GETARG_GTIN(0);
	Gtin		first;
	Gtin		last;

	prefix_range(PG_GETARG_TEXT_PP(1), &first, &last);
	PG_RETURN_BOOL(gtin >= first && gtin <= last);
}

/* same_item(gtin, gtin) -> boolean, operator =~: are they packs of one item? */
Datum
gtin_same_item(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(GTIN_BODY(PG_GETARG_GTIN(0)) == GTIN_BODY(PG_GETARG_GTIN(1)));
}

/* gtin_prefix_first(text) -> gtin: the least GTIN with this prefix; 22023 */
Datum
gtin_prefix_first(PG_FUNCTION_ARGS)
{
	Gtin		first;
	Gtin		last;

	prefix_range(PG_GETARG_TEXT_PP(0), &first, &last);
	PG_RETURN_GTIN(first);
}

/* gtin_prefix_last(text) -> gtin: the greatest GTIN with this prefix; 22023 */
Datum
gtin_prefix_last(PG_FUNCTION_ARGS)
{
	Gtin		first;
	Gtin		last;

	prefix_range(PG_GETARG_TEXT_PP(0), &first, &last);
	PG_RETURN_GTIN(last);
}

/* ---- planner support ---- */

static bool
prefix_bounds(Datum prefix, Gtin *first, Gtin *last)
{
	text	   *t = DatumGetTextPP(prefix);
	Problem		problem;

	return gtin_prefix_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), first, last, &problem);
}

static void
prefix_calls(Oid type, Node *prefix, Node **first, Node **last)
{
	*first = range_call("gtin_prefix_first", type, list_make1(prefix));
	*last = range_call("gtin_prefix_last", type, list_make1(prefix));
}

static bool
item_bounds(Datum gtin, Gtin *first, Gtin *last)
{
	*first = GTIN_MAKE(GTIN_BODY(DatumGetGtin(gtin)), 0);
	*last = *first + 9;
	return true;
}

static void
item_calls(Oid type, Node *gtin, Node **first, Node **last)
{
	Const	   *nine = makeConst(INT4OID, -1, InvalidOid, sizeof(int32), Int32GetDatum(9),
								 false, true);

	*first = range_call("gtin_base", type, list_make1(gtin));
	*last = range_call("gtin_pack", type, list_make2(gtin, nine));
}

static const Int8Range ranges[] = {
	{gtin_starts_with, false, prefix_bounds, prefix_calls},
	{gtin_same_item, true, item_bounds, item_calls}
};

/* gtin_range_support(internal) -> internal: planner support of gtin_starts_with and same_item */
Datum
gtin_range_support(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(int8_range_support((Node *) PG_GETARG_POINTER(0), ranges,
										 lengthof(ranges)));
}

/* gtin_range_sel(internal, oid, internal, integer) -> float8: RESTRICT of ^@ and =~ */
Datum
gtin_range_sel(PG_FUNCTION_ARGS)
{
	return int8_range_sel(fcinfo, ranges, lengthof(ranges));
}
