/*
 * gtin_plan.c
 *	  Conditions on GTINs that are ranges of their order, and the planner support that says so:
 *
 *		gtin ^@ prefix		first GTIN of the prefix .. last GTIN of the prefix
 *		gtin =~ other		indicator 0 .. indicator 9 of the other's body
 *
 * Either becomes two index conditions, >= and <=, that are exact, so that nothing is rechecked,
 * and is estimated as that range.  Where the other side is not a constant when the query is
 * planned, the bounds are calls of functions that compute them, so a join on a table of company
 * prefixes is an index scan too.
 */
#include "postgres.h"
#include "compat.h"

#include "access/stratnum.h"
#include "catalog/pg_am.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/pathnodes.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "parser/parse_func.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/selfuncs.h"

#include "catalog/catalog.h"

/* part of a table that a prefix or an item is taken to have, where it is not known */
#define DEFAULT_PREFIX_SEL	0.005

typedef enum RangeKind
{
	RANGE_NONE,
	RANGE_PREFIX,				/* gtin_starts_with(gtin, text) */
	RANGE_ITEM					/* same_item(gtin, gtin) */
} RangeKind;

static void
prefix_range(text *prefix, Gtin *first, Gtin *last)
{
	Problem		problem;

	if (!gtin_prefix_parse(VARDATA_ANY(prefix), VARSIZE_ANY_EXHDR(prefix), first, last, &problem))
		ereport(ERROR,
				(errcode(problem.sqlerrcode ? problem.sqlerrcode : ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid GTIN prefix: \"%s\"", text_to_cstring(prefix)),
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

/*
 * Planner support
 */

/*
 * What func computes, told by its C function: its arguments are then known to be what that takes,
 * whoever attached this support or estimator to it.
 */
static RangeKind
range_kind(Oid func)
{
	FmgrInfo	finfo;

	if (!OidIsValid(func))
		return RANGE_NONE;
	fmgr_info(func, &finfo);
	if (finfo.fn_addr == gtin_starts_with)
		return RANGE_PREFIX;
	if (finfo.fn_addr == gtin_same_item)
		return RANGE_ITEM;
	return RANGE_NONE;
}

static Expr *
gtin_const(Oid type, Gtin gtin)
{
	return (Expr *) makeConst(type, -1, InvalidOid, sizeof(Gtin), GtinGetDatum(gtin), false,
							  get_typbyval(type));
}

/* a call of the function name(args) in the schema that func is in, or NULL if there is none */
static Expr *
call_beside(Oid func, const char *name, Oid result, List *args)
{
	List	   *full = list_make2(makeString(get_namespace_name(get_func_namespace(func))),
								  makeString(pstrdup(name)));
	Oid			types[2];
	Oid			callee;
	int			n = 0;
	ListCell   *lc;

	foreach(lc, args)
		types[n++] = exprType(lfirst(lc));
	callee = LookupFuncName(full, n, types, true);
	if (!OidIsValid(callee))
		return NULL;
	return (Expr *) makeFuncExpr(callee, result, args, InvalidOid, InvalidOid,
								 COERCE_EXPLICIT_CALL);
}

/* the range that a constant other side, not NULL, selects */
static void
constant_range(RangeKind kind, const Const *c, Gtin *first, Gtin *last)
{
	if (kind == RANGE_PREFIX)
		prefix_range(DatumGetTextPP(c->constvalue), first, last);
	else
	{
		*first = DatumGetGtin(c->constvalue) & ~INT64CONST(15);
		*last = *first + 9;
	}
}

/*
 * The conditions "left >= first, left <= last" with the operators of opfamily, or NIL where they
 * cannot be had.
 */
static List *
range_conditions(RangeKind kind, Oid func, Node *left, Node *other, Oid opfamily)
{
	Oid			type = exprType(left);
	Oid			ge = get_opfamily_member(opfamily, type, type, BTGreaterEqualStrategyNumber);
	Oid			le = get_opfamily_member(opfamily, type, type, BTLessEqualStrategyNumber);
	Expr	   *first;
	Expr	   *last;

	if (!OidIsValid(ge) || !OidIsValid(le))
		return NIL;
	if (IsA(other, Const))
	{
		Const	   *c = (Const *) other;
		Gtin		lo;
		Gtin		hi;

		if (c->constisnull)
			return NIL;
		constant_range(kind, c, &lo, &hi);
		first = gtin_const(type, lo);
		last = gtin_const(type, hi);
	}
	else if (kind == RANGE_PREFIX)
	{
		first = call_beside(func, "gtin_prefix_first", type, list_make1(other));
		last = call_beside(func, "gtin_prefix_last", type, list_make1(other));
	}
	else
	{
		Const	   *nine = makeConst(INT4OID, -1, InvalidOid, sizeof(int32), Int32GetDatum(9),
									 false, true);

		first = call_beside(func, "gtin_base", type, list_make1(other));
		last = call_beside(func, "gtin_pack", type, list_make2(other, nine));
	}
	if (first == NULL || last == NULL)
		return NIL;
	return list_make2(make_opclause(ge, BOOLOID, false, (Expr *) left, first,
									InvalidOid, InvalidOid),
					  make_opclause(le, BOOLOID, false, (Expr *) left, last,
									InvalidOid, InvalidOid));
}

/*
 * Share of the values below x in a histogram of equally filled bins, taken as spread evenly over
 * each bin.  Core's own estimate of < cannot do that for a type it does not know.
 */
static double
histogram_share_below(const AttStatsSlot *hist, Gtin x)
{
	int			lo = 0;			/* values[lo] < x <= values[hi] */
	int			hi = hist->nvalues - 1;
	double		width;

	if (x <= DatumGetGtin(hist->values[lo]))
		return 0.0;
	if (x > DatumGetGtin(hist->values[hi]))
		return 1.0;
	while (hi - lo > 1)
	{
		int			mid = (lo + hi) / 2;

		if (DatumGetGtin(hist->values[mid]) < x)
			lo = mid;
		else
			hi = mid;
	}
	width = DatumGetGtin(hist->values[hi]) - DatumGetGtin(hist->values[lo]);
	return (lo + (x - DatumGetGtin(hist->values[lo])) / width) / (hist->nvalues - 1);
}

/* share of a column's rows that lie in first .. last, by its statistics */
static Selectivity
column_share(VariableStatData *vardata, RangeKind kind, Gtin first, Gtin last)
{
	Form_pg_statistic stats = (Form_pg_statistic) GETSTRUCT(vardata->statsTuple);
	AttStatsSlot slot;
	double		common = 0.0;	/* rows that hold a most common value */
	double		share = 0.0;	/* of these and all others, what is in the range */
	double		rest;

	if (get_attstatsslot(&slot, vardata->statsTuple, STATISTIC_KIND_MCV, InvalidOid,
						 ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS))
	{
		for (int i = 0; i < slot.nvalues; i++)
		{
			Gtin		g = DatumGetGtin(slot.values[i]);

			common += slot.numbers[i];
			if (g >= first && g <= last)
				share += slot.numbers[i];
		}
		free_attstatsslot(&slot);
	}
	rest = Max(1.0 - stats->stanullfrac - common, 0.0);
	if (get_attstatsslot(&slot, vardata->statsTuple, STATISTIC_KIND_HISTOGRAM, InvalidOid,
						 ATTSTATSSLOT_VALUES))
	{
		double		part = 0.0;

		if (slot.nvalues > 1)
			part = histogram_share_below(&slot, last + 1) - histogram_share_below(&slot, first);
		free_attstatsslot(&slot);
		if (kind == RANGE_ITEM)
		{
			bool		isdefault;
			double		ndistinct = get_variable_numdistinct(vardata, &isdefault);

			part = Max(part, 1.0 / Max(ndistinct, 1.0));
		}
		share += rest * part;
	}
	else if (common == 0.0)
		share = DEFAULT_PREFIX_SEL;
	CLAMP_PROBABILITY(share);
	return share;
}

/* share of rows that a call of func with these arguments selects */
static Selectivity
range_selectivity(PlannerInfo *root, Oid func, List *args, int varRelid)
{
	RangeKind	kind = range_kind(func);
	VariableStatData vardata;
	Node	   *other;
	bool		varonleft;
	Selectivity result = DEFAULT_PREFIX_SEL;

	if (kind == RANGE_NONE ||
		!get_restriction_variable(root, args, varRelid, &vardata, &other, &varonleft))
		return DEFAULT_PREFIX_SEL;
	if (IsA(other, Const) && ((Const *) other)->constisnull)
		result = 0.0;
	else if (IsA(other, Const) && (varonleft || kind == RANGE_ITEM) &&
			 HeapTupleIsValid(vardata.statsTuple) &&
			 statistic_proc_security_check(&vardata, F_INT8LT))
	{
		Gtin		first;
		Gtin		last;

		constant_range(kind, (Const *) other, &first, &last);
		result = column_share(&vardata, kind, first, last);
	}
	ReleaseVariableStats(vardata);
	return result;
}

static List *
index_condition(SupportRequestIndexCondition *req)
{
	RangeKind	kind = range_kind(req->funcid);
	List	   *args;
	Node	   *left;
	Node	   *other;
	List	   *conditions;

	if (is_opclause(req->node))
		args = ((OpExpr *) req->node)->args;
	else if (is_funcclause(req->node))
		args = ((FuncExpr *) req->node)->args;
	else
		return NIL;
	if (kind == RANGE_NONE || list_length(args) != 2)
		return NIL;
	if (kind == RANGE_PREFIX && req->indexarg != 0)
		return NIL;
	if (req->index->relam != BTREE_AM_OID && req->index->relam != BRIN_AM_OID)
		return NIL;
	left = list_nth(args, req->indexarg);
	other = list_nth(args, 1 - req->indexarg);
	if (!is_pseudo_constant_for_index(req->root, other, req->index))
		return NIL;
	conditions = range_conditions(kind, req->funcid, left, other, req->opfamily);
	if (conditions != NIL)
		req->lossy = false;
	return conditions;
}

/* gtin_range_support(internal) -> internal: planner support of gtin_starts_with and same_item */
Datum
gtin_range_support(PG_FUNCTION_ARGS)
{
	Node	   *rawreq = (Node *) PG_GETARG_POINTER(0);

	if (IsA(rawreq, SupportRequestIndexCondition))
		PG_RETURN_POINTER(index_condition((SupportRequestIndexCondition *) rawreq));
	if (IsA(rawreq, SupportRequestSelectivity))
	{
		SupportRequestSelectivity *req = (SupportRequestSelectivity *) rawreq;

		if (req->is_join)
			req->selectivity = DEFAULT_PREFIX_SEL;
		else
			req->selectivity = range_selectivity(req->root, req->funcid, req->args, req->varRelid);
		PG_RETURN_POINTER(req);
	}
	PG_RETURN_POINTER(NULL);
}

/* gtin_range_sel(internal, oid, internal, integer) -> float8: RESTRICT of ^@ and =~ */
Datum
gtin_range_sel(PG_FUNCTION_ARGS)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	Oid			operator = PG_GETARG_OID(1);
	List	   *args = (List *) PG_GETARG_POINTER(2);
	int			varRelid = PG_GETARG_INT32(3);

	PG_RETURN_FLOAT8(range_selectivity(root, get_opcode(operator), args, varRelid));
}
