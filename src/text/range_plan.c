/*
 * range_plan.c
 *	  Conditions that are ranges of a type's order, such as gtin ^@ prefix, for the planner.
 *
 * Each becomes two index conditions, >= and <=, and is estimated as that range.  Bounds are exact,
 * so that nothing is rechecked.
 *
 * What a function computes is told by its C function: its arguments are then known to be what that
 * takes, whoever attached a support function or an estimator to an operator of his own.
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_am.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/pathnodes.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "parser/parse_func.h"
#include "utils/lsyscache.h"
#include "utils/selfuncs.h"

#include "text/range_plan.h"

/* ---- index conditions ---- */

List *
range_call_args(Node *clause)
{
	if (is_opclause(clause))
		return ((OpExpr *) clause)->args;
	if (is_funcclause(clause))
		return ((FuncExpr *) clause)->args;
	return NIL;
}

Oid
range_function(const char *name, int nargs, const Oid *types)
{
	return LookupFuncName(list_make2(makeString("omni"), makeString(pstrdup(name))),
						  nargs, types, true);
}

Node *
range_call(const char *name, Oid result, List *args)
{
	Oid			types[2];
	int			n = 0;
	ListCell   *lc;
	Oid			func;

	foreach(lc, args)
		types[n++] = exprType(lfirst(lc));
	func = range_function(name, n, types);
	if (!OidIsValid(func))
		return NULL;
	return (Node *) makeFuncExpr(func, result, args, InvalidOid, InvalidOid,
								 COERCE_EXPLICIT_CALL);
}

List *
range_conditions(Oid opfamily, Oid type, Node *column, Node *low, Node *high,
				 StrategyNumber strategy)
{
	Oid			ge = get_opfamily_member(opfamily, type, type, BTGreaterEqualStrategyNumber);
	Oid			upper = get_opfamily_member(opfamily, type, type, strategy);

	if (!OidIsValid(ge) || !OidIsValid(upper) || low == NULL || high == NULL)
		return NIL;
	return list_make2(make_opclause(ge, BOOLOID, false, (Expr *) column, (Expr *) low,
									InvalidOid, InvalidOid),
					  make_opclause(upper, BOOLOID, false, (Expr *) column, (Expr *) high,
									InvalidOid, InvalidOid));
}

static const Int8Range *
find_range(Oid func, const Int8Range *ranges, int n)
{
	FmgrInfo	finfo;

	if (!OidIsValid(func))
		return NULL;
	fmgr_info(func, &finfo);
	for (int i = 0; i < n; i++)
	{
		if (finfo.fn_addr == ranges[i].function)
			return &ranges[i];
	}
	return NULL;
}

static Node *
int8_const(Oid type, int64 value)
{
	return (Node *) makeConst(type, -1, InvalidOid, sizeof(int64), Int64GetDatum(value), false,
							  get_typbyval(type));
}

static List *
index_condition(SupportRequestIndexCondition *req, const Int8Range *range)
{
	List	   *args = range_call_args(req->node);
	Node	   *column;
	Node	   *other;
	Node	   *first = NULL;
	Node	   *last = NULL;
	Oid			type;
	List	   *conditions;

	if (range == NULL || list_length(args) != 2 || (req->indexarg != 0 && !range->commutes) ||
		(req->index->relam != BTREE_AM_OID && req->index->relam != BRIN_AM_OID))
		return NIL;
	column = list_nth(args, req->indexarg);
	other = list_nth(args, 1 - req->indexarg);
	type = exprType(column);
	if (!is_pseudo_constant_for_index(req->root, other, req->index))
		return NIL;
	if (IsA(other, Const))
	{
		Const	   *c = (Const *) other;
		int64		lo;
		int64		hi;

		/* what f does not take is an error when f runs, not when it is planned */
		if (c->constisnull || !range->range(c->constvalue, &lo, &hi))
			return NIL;
		first = int8_const(type, lo);
		last = int8_const(type, hi);
	}
	else if (range->calls != NULL)
		range->calls(type, other, &first, &last);
	conditions = range_conditions(req->opfamily, type, column, first, last,
								  BTLessEqualStrategyNumber);
	if (conditions != NIL)
		req->lossy = false;
	return conditions;
}

/* ---- selectivity ---- */

/* how many of a histogram's bounds are less than x */
static int
bounds_below(const AttStatsSlot *hist, int64 x)
{
	int			low = 0;
	int			high = hist->nvalues;

	while (low < high)
	{
		int			mid = (low + high) / 2;

		if (DatumGetInt64(hist->values[mid]) < x)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/*
 * Part of a histogram's values that lie in the range.  Codes and numbers stand in clusters, so that
 * a bound in the range says more than linear interpolation: each counts for half a bucket on both
 * sides.  A range inside one bucket has its share of it.
 */
static double
histogram_part(const AttStatsSlot *hist, int64 first, int64 last)
{
	int			from = bounds_below(hist, first);
	int			to = bounds_below(hist, last + 1);
	double		buckets = to - from;

	if (from == to && from > 0 && from < hist->nvalues)
		buckets = ((double) (last - first) + 1) /
			(double) (DatumGetInt64(hist->values[from]) - DatumGetInt64(hist->values[from - 1]));
	return Min(buckets / (hist->nvalues - 1), 1.0);
}

/* part of a column's rows that lie in the range, by its statistics */
static double
column_part(VariableStatData *vardata, int64 first, int64 last)
{
	double		nulls = ((Form_pg_statistic) GETSTRUCT(vardata->statsTuple))->stanullfrac;
	AttStatsSlot slot;
	double		common = 0.0;	/* rows that hold a most common value */
	double		chosen = 0.0;	/* of these, what is in the range */
	double		rest = DEFAULT_MATCH_SEL;
	bool		isdefault;

	if (get_attstatsslot(&slot, vardata->statsTuple, STATISTIC_KIND_MCV, InvalidOid,
						 ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS))
	{
		for (int i = 0; i < slot.nvalues; i++)
		{
			int64		value = DatumGetInt64(slot.values[i]);

			common += slot.numbers[i];
			if (value >= first && value <= last)
				chosen += slot.numbers[i];
		}
		free_attstatsslot(&slot);
	}
	if (get_attstatsslot(&slot, vardata->statsTuple, STATISTIC_KIND_HISTOGRAM, InvalidOid,
						 ATTSTATSSLOT_VALUES))
	{
		if (slot.nvalues > 1)
			rest = Max(histogram_part(&slot, first, last),
					   1.0 / get_variable_numdistinct(vardata, &isdefault));
		free_attstatsslot(&slot);
	}
	return chosen + rest * Max(1.0 - nulls - common, 0.0);
}

/* share of rows that a call of f with these arguments selects */
static double
selectivity(PlannerInfo *root, const Int8Range *range, List *args, int varrelid)
{
	VariableStatData vardata;
	Node	   *other;
	bool		varonleft;
	int64		first;
	int64		last;
	double		result = DEFAULT_MATCH_SEL;

	if (range == NULL ||
		!get_restriction_variable(root, args, varrelid, &vardata, &other, &varonleft))
		return result;
	if (IsA(other, Const) && ((Const *) other)->constisnull)
		result = 0.0;
	else if (IsA(other, Const) && (varonleft || range->commutes) &&
			 HeapTupleIsValid(vardata.statsTuple) &&
			 range->range(((Const *) other)->constvalue, &first, &last))
		result = column_part(&vardata, first, last);
	ReleaseVariableStats(vardata);
	CLAMP_PROBABILITY(result);
	return result;
}

Node *
int8_range_support(Node *request, const Int8Range *ranges, int n)
{
	if (IsA(request, SupportRequestIndexCondition))
	{
		SupportRequestIndexCondition *req = (SupportRequestIndexCondition *) request;

		return (Node *) index_condition(req, find_range(req->funcid, ranges, n));
	}
	if (IsA(request, SupportRequestSelectivity))
	{
		SupportRequestSelectivity *req = (SupportRequestSelectivity *) request;

		req->selectivity = req->is_join ? DEFAULT_MATCH_SEL :
			selectivity(req->root, find_range(req->funcid, ranges, n), req->args, req->varRelid);
		return request;
	}
	return NULL;
}

Datum
int8_range_sel(FunctionCallInfo fcinfo, const Int8Range *ranges, int n)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	Oid			func = get_opcode(PG_GETARG_OID(1));
	List	   *args = (List *) PG_GETARG_POINTER(2);

	PG_RETURN_FLOAT8(selectivity(root, find_range(func, ranges, n), args, PG_GETARG_INT32(3)));
}
