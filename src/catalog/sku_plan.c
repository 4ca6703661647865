/*
 * sku_plan.c
 *	  Planner support of sku ^@ text, sku <@ sku and sku @> sku.
 *
 * A prefix and the variants of a style are contiguous in the order of SKUs, so both become a range
 * of a btree index:
 *
 *		s ^@ 'AB'		s >= 'AB' and s < 'AC'		exact
 *		s ^@ prefix		s >= sku_prefix_first(prefix) and s <= sku_prefix_last(prefix)
 *		s <@ style		s >= style and s <= sku_variant_last(style)
 *		style <@ s		s = ANY (ancestors of style)	exact
 *
 * All types and constants that the planner hands over are looked at before they are used: nothing
 * keeps a user from attaching these functions to operators of other types.
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/selfuncs.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#include "catalog/catalog.h"
#include "text/range_plan.h"

/* histogram size from which it is trusted alone, and least size to look at it, as in core */
#define HISTOGRAM_ENOUGH	100
#define HISTOGRAM_LEAST		10

/* which side of "sku op other" a clause is about */
typedef enum Clause
{
	STARTS_WITH,				/* sku ^@ text */
	IS_VARIANT,					/* sku <@ style: the column is the variant */
	HAS_VARIANT					/* style @> sku: the column is the style */
} Clause;

Oid
sku_type(void)
{
	Oid			schema = get_namespace_oid("omni", true);

	return OidIsValid(schema) ?
		GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum("sku"),
						ObjectIdGetDatum(schema)) : InvalidOid;
}

/* ---- bounds ---- */

/* the first SKU in order that begins with prefix; false if none does */
static bool
prefix_first(const Sku *prefix, Sku *first)
{
	static const char *const tails[] = {"", " !", "!"};

	*first = *prefix;
	for (int i = 0; i < lengthof(tails); i++)
	{
		int			n = strlen(tails[i]);

		/* a space may follow neither another space nor the channel, nor be the first byte */
		if (prefix->len + n > SKU_MAX ||
			(n == 2 && (prefix->len == prefix->code || prefix->data[prefix->len - 1] == ' ')))
			continue;
		memcpy(first->data + prefix->len, tails[i], n);
		first->len = prefix->len + n;
		if (sku_is_whole(first->data, first->len, first->code))
			return true;
	}
	return false;
}

/* the last SKU in order that begins with prefix; false if none does */
static bool
prefix_last(const Sku *prefix, Sku *last)
{
	*last = *prefix;
	memset(last->data + prefix->len, '~', SKU_MAX - prefix->len);
	last->len = SKU_MAX;
	return sku_is_whole(last->data, last->len, last->code);
}

/*
 * The byte after all separators, appended to a style, comes after all its variants; a style of
 * the greatest length has no variant but itself.
 */
static Datum
variant_last(const char *style, int len)
{
	char		bound[SKU_MAX + 1];

	memcpy(bound, style, len);
	bound[len] = '`';
	return sku_datum(bound, Min(len + 1, SKU_MAX));
}

PG_FUNCTION_INFO_V1(sku_prefix_first);
PG_FUNCTION_INFO_V1(sku_prefix_last);
PG_FUNCTION_INFO_V1(sku_variant_last);
PG_FUNCTION_INFO_V1(sku_prefix_support);
PG_FUNCTION_INFO_V1(sku_is_variant_support);
PG_FUNCTION_INFO_V1(sku_has_variant_support);
PG_FUNCTION_INFO_V1(sku_prefix_sel);
PG_FUNCTION_INFO_V1(sku_is_variant_sel);
PG_FUNCTION_INFO_V1(sku_has_variant_sel);

static Datum
prefix_bound(FunctionCallInfo fcinfo, bool (*bound) (const Sku *, Sku *))
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	Sku			prefix;
	Sku			result;
	Problem		problem;

	if (!sku_parse_prefix(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &prefix, &problem))
		sku_report(NULL, &problem, VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t));
	if (!bound(&prefix, &result))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(sku_datum(result.data, result.len));
}

/* sku_prefix_first(text) -> sku: no SKU with this prefix sorts before it; NULL if there is none */
Datum
sku_prefix_first(PG_FUNCTION_ARGS)
{
	return prefix_bound(fcinfo, prefix_first);
}

/* sku_prefix_last(text) -> sku: no SKU with this prefix sorts after it; NULL if there is none */
Datum
sku_prefix_last(PG_FUNCTION_ARGS)
{
	return prefix_bound(fcinfo, prefix_last);
}

/* sku_variant_last(sku) -> sku: no variant of the style sorts after it */
Datum
sku_variant_last(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);

	PG_RETURN_DATUM(variant_last(VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v)));
}

/* ---- index conditions ---- */

static Const *
sku_const(Oid type, Datum value)
{
	return makeConst(type, -1, InvalidOid, -1, value, false, false);
}

static List *
prefix_condition(SupportRequestIndexCondition *req, Oid type, Node *column, Node *other)
{
	Const	   *c = (Const *) other;
	text	   *t;
	Sku			prefix;
	Problem		problem;
	Datum		low;

	if (exprType(other) != TEXTOID)
		return NIL;
	if (!IsA(other, Const))
		return range_conditions(req->opfamily, type, column,
								range_call("sku_prefix_first", type, list_make1(other)),
								range_call("sku_prefix_last", type, list_make1(other)),
								BTLessEqualStrategyNumber);
	if (c->constisnull)
		return NIL;
	/* a bad prefix is an error when the operator runs, not when it is planned */
	t = DatumGetTextPP(c->constvalue);
	if (!sku_parse_prefix(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &prefix, &problem) ||
		prefix.len == 0)
		return NIL;
	/* all bytes are below 0x7F, so the last can be raised; the bound need not be an SKU */
	low = sku_datum(prefix.data, prefix.len);
	prefix.data[prefix.len - 1]++;
	req->lossy = false;
	return range_conditions(req->opfamily, type, column, (Node *) sku_const(type, low),
							(Node *) sku_const(type, sku_datum(prefix.data, prefix.len)),
							BTLessStrategyNumber);
}

static List *
variant_condition(SupportRequestIndexCondition *req, Oid type, Node *column, Node *style)
{
	Node	   *last;

	if (exprType(style) != type)
		return NIL;
	last = range_call("sku_variant_last", type, list_make1(style));
	if (last == NULL)
		return NIL;
	return range_conditions(req->opfamily, type, column, style,
							eval_const_expressions(req->root, last), BTLessEqualStrategyNumber);
}

static List *
style_condition(SupportRequestIndexCondition *req, Oid type, Node *column, Node *variant)
{
	Oid			eq = get_opfamily_member(req->opfamily, type, type, BTEqualStrategyNumber);
	Oid			array = get_array_type(type);
	Node	   *ancestors;
	ScalarArrayOpExpr *any;

	if (exprType(variant) != type || !OidIsValid(eq) || !OidIsValid(array))
		return NIL;
	ancestors = range_call("sku_ancestors", array, list_make1(variant));
	if (ancestors == NULL)
		return NIL;
	any = makeNode(ScalarArrayOpExpr);
	any->opno = eq;
	any->opfuncid = get_opcode(eq);
	any->useOr = true;
	any->inputcollid = InvalidOid;
	any->args = list_make2(column, eval_const_expressions(req->root, ancestors));
	any->location = -1;
	req->lossy = false;
	return list_make1(any);
}

static List *
index_condition(SupportRequestIndexCondition *req, Clause clause)
{
	List	   *args = range_call_args(req->node);
	Oid			type = sku_type();
	TypeCacheEntry *entry;
	Node	   *column;
	Node	   *other;

	if (list_length(args) != 2 || !OidIsValid(type) || req->index->relam != BTREE_AM_OID)
		return NIL;
	column = list_nth(args, req->indexarg);
	other = list_nth(args, 1 - req->indexarg);
	entry = lookup_type_cache(type, TYPECACHE_BTREE_OPFAMILY);
	if (exprType(column) != type || req->opfamily != entry->btree_opf ||
		!is_pseudo_constant_for_index(req->root, other, req->index))
		return NIL;
	if (clause == STARTS_WITH)
		return req->indexarg == 0 ? prefix_condition(req, type, column, other) : NIL;
	if ((clause == IS_VARIANT) == (req->indexarg == 0))
		return variant_condition(req, type, column, other);
	return style_condition(req, type, column, other);
}

/* ---- selectivity ---- */

/* share of the histogram's values from low to high; negative if there is no histogram */
static double
range_selectivity(PlannerInfo *root, VariableStatData *var, Oid type, Datum low, Datum high)
{
	Oid			family = lookup_type_cache(type, TYPECACHE_BTREE_OPFAMILY)->btree_opf;
	Oid			ge = get_opfamily_member(family, type, type, BTGreaterEqualStrategyNumber);
	Oid			le = get_opfamily_member(family, type, type, BTLessEqualStrategyNumber);
	FmgrInfo	proc;
	double		above;
	double		below;

	if (!OidIsValid(ge) || !OidIsValid(le))
		return -1;
	fmgr_info(get_opcode(ge), &proc);
	above = ineq_histogram_selectivity(root, var, ge, &proc, true, true, InvalidOid, low, type);
	if (above < 0)
		return -1;
	fmgr_info(get_opcode(le), &proc);
	below = ineq_histogram_selectivity(root, var, le, &proc, false, true, InvalidOid, high, type);
	if (below < 0)
		return -1;
	return Max(above + below - 1.0, 0.0);
}

/*
 * Share of the rows whose SKU, the left argument of test, satisfies test(sku, value) and so lies
 * from low to high: the most common values one by one, the rest by the histogram.
 */
static double
match_selectivity(PlannerInfo *root, VariableStatData *var, Oid type, Oid test, Datum value,
				  Datum low, Datum high)
{
	FmgrInfo	proc;
	double		common;
	double		sumcommon;
	double		nulls;
	double		range;
	double		matched;
	double		rest;
	int			size;

	if (!HeapTupleIsValid(var->statsTuple) || !OidIsValid(test))
		return DEFAULT_MATCH_SEL;
	nulls = ((Form_pg_statistic) GETSTRUCT(var->statsTuple))->stanullfrac;
	fmgr_info(test, &proc);
	common = mcv_selectivity(var, &proc, InvalidOid, value, true, &sumcommon);
	matched = histogram_selectivity(var, &proc, InvalidOid, value, true, HISTOGRAM_LEAST, 1, &size);
	rest = matched;
	if (size < HISTOGRAM_ENOUGH)
	{
		range = range_selectivity(root, var, type, low, high);
		if (range < 0)
			range = DEFAULT_MATCH_SEL;
		rest = matched < 0 ? range :
			(matched * size + range * (HISTOGRAM_ENOUGH - size)) / HISTOGRAM_ENOUGH;
	}
	/* neither nothing nor everything is ever sure */
	rest = Min(Max(rest, 0.0001), 0.9999);
	rest = rest * Max(1.0 - nulls - sumcommon, 0.0) + common;
	CLAMP_PROBABILITY(rest);
	return rest;
}

/* share of the rows that are one of the ancestors of an SKU */
static double
ancestors_selectivity(VariableStatData *var, Oid type, const char *sku, int len)
{
	Oid			family = lookup_type_cache(type, TYPECACHE_BTREE_OPFAMILY)->btree_opf;
	Oid			eq = get_opfamily_member(family, type, type, BTEqualStrategyNumber);
	int			lengths[SKU_MAX];
	int			n = sku_ancestor_lengths(sku, len, lengths);
	double		sum = 0;

	for (int i = 0; i < n && OidIsValid(eq); i++)
		sum += var_eq_const(var, eq, InvalidOid, sku_datum(sku, lengths[i]), false, true, false);
	CLAMP_PROBABILITY(sum);
	return sum;
}

static double
const_selectivity(PlannerInfo *root, VariableStatData *var, Oid type, const Const *other,
				  bool varonleft, Clause clause)
{
	struct varlena *v;
	const char *s;
	int			len;

	if (other->consttype != (clause == STARTS_WITH ? TEXTOID : type))
		return DEFAULT_MATCH_SEL;
	v = PG_DETOAST_DATUM_PACKED(other->constvalue);
	s = VARDATA_ANY(v);
	len = VARSIZE_ANY_EXHDR(v);
	if (clause == STARTS_WITH)
	{
		Sku			prefix;
		Sku			low;
		Sku			high;
		Problem		problem;

		if (!varonleft || !sku_parse_prefix(s, len, &prefix, &problem))
			return DEFAULT_MATCH_SEL;
		if (!prefix_first(&prefix, &low) || !prefix_last(&prefix, &high))
			return 0.0;
		return match_selectivity(root, var, type,
								 range_function("sku_starts_with", 2, (Oid[]) {type, TEXTOID}),
								 other->constvalue, sku_datum(low.data, low.len),
								 sku_datum(high.data, high.len));
	}
	if (len > SKU_MAX)
		return DEFAULT_MATCH_SEL;
	if ((clause == IS_VARIANT) == varonleft)
		return match_selectivity(root, var, type,
								 range_function("sku_is_variant", 2, (Oid[]) {type, type}),
								 other->constvalue, other->constvalue, variant_last(s, len));
	return ancestors_selectivity(var, type, s, len);
}

static double
clause_share(PlannerInfo *root, List *args, int varrelid, Clause clause)
{
	VariableStatData var;
	Node	   *other;
	bool		varonleft;
	Oid			type = sku_type();
	double		result = DEFAULT_MATCH_SEL;

	if (!OidIsValid(type) ||
		!get_restriction_variable(root, args, varrelid, &var, &other, &varonleft))
		return DEFAULT_MATCH_SEL;
	if (var.vartype == type && IsA(other, Const))
	{
		if (((Const *) other)->constisnull)
			result = 0.0;
		else
			result = const_selectivity(root, &var, type, (Const *) other, varonleft, clause);
	}
	ReleaseVariableStats(var);
	return result;
}

static Datum
support(FunctionCallInfo fcinfo, Clause clause)
{
	Node	   *node = (Node *) PG_GETARG_POINTER(0);

	if (IsA(node, SupportRequestIndexCondition))
		PG_RETURN_POINTER(index_condition((SupportRequestIndexCondition *) node, clause));
	if (IsA(node, SupportRequestSelectivity))
	{
		SupportRequestSelectivity *req = (SupportRequestSelectivity *) node;

		req->selectivity = req->is_join || list_length(req->args) != 2 ? DEFAULT_MATCH_SEL :
			clause_share(req->root, req->args, req->varRelid, clause);
		PG_RETURN_POINTER(req);
	}
	PG_RETURN_POINTER(NULL);
}

/* planner support of sku_starts_with */
Datum
sku_prefix_support(PG_FUNCTION_ARGS)
{
	return support(fcinfo, STARTS_WITH);
}

/* planner support of sku_is_variant */
Datum
sku_is_variant_support(PG_FUNCTION_ARGS)
{
	return support(fcinfo, IS_VARIANT);
}

/* planner support of sku_has_variant */
Datum
sku_has_variant_support(PG_FUNCTION_ARGS)
{
	return support(fcinfo, HAS_VARIANT);
}

static Datum
estimate(FunctionCallInfo fcinfo, Clause clause)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	List	   *args = (List *) PG_GETARG_POINTER(2);

	if (list_length(args) != 2)
		PG_RETURN_FLOAT8(DEFAULT_MATCH_SEL);
	PG_RETURN_FLOAT8(clause_share(root, args, PG_GETARG_INT32(3), clause));
}

/* restriction estimator of ^@ */
Datum
sku_prefix_sel(PG_FUNCTION_ARGS)
{
	return estimate(fcinfo, STARTS_WITH);
}

/* restriction estimator of <@ */
Datum
sku_is_variant_sel(PG_FUNCTION_ARGS)
{
	return estimate(fcinfo, IS_VARIANT);
}

/* restriction estimator of @> */
Datum
sku_has_variant_sel(PG_FUNCTION_ARGS)
{
	return estimate(fcinfo, HAS_VARIANT);
}
