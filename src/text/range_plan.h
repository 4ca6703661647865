/*
 * range_plan.h
 *	  Planner support of boolean functions f(T, other) that hold for one range of T's order, such
 *	  as gtin ^@ prefix: index conditions for any T, and for a T of 8 bytes by value that orders as
 *	  bigint all of index conditions and selectivity.
 */
#ifndef OMNI_TEXT_RANGE_PLAN_H
#define OMNI_TEXT_RANGE_PLAN_H

#include "compat.h"
#include "access/stratnum.h"
#include "nodes/primnodes.h"

/* the arguments of an operator's or a function's call, NIL for any other node */
extern List *range_call_args(Node *clause);

/* the function omni.name of these argument types; a call of it.  InvalidOid, NULL: there is none */
extern Oid	range_function(const char *name, int nargs, const Oid *types);
extern Node *range_call(const char *name, Oid result, List *args);

/*
 * "column >= low and column <= high" (or <, by strategy) with the operators of opfamily, or NIL
 * where these cannot be had or a bound is NULL
 */
extern List *range_conditions(Oid opfamily, Oid type, Node *column, Node *low, Node *high,
							  StrategyNumber strategy);

typedef struct Int8Range
{
	PGFunction	function;		/* the C function of f */
	bool		commutes;		/* other is a T too, and f(a, b) = f(b, a) */

	/* first and last T for which f holds; false where other is none that f takes */
	bool		(*range) (Datum other, int64 *first, int64 *last);

	/* calls that compute both where other is no constant; NULL: none */
	void		(*calls) (Oid type, Node *other, Node **first, Node **last);
} Int8Range;

/* a SupportRequest's answer, and a restriction estimator's, for the n functions of a type */
extern Node *int8_range_support(Node *request, const Int8Range *ranges, int n);
extern Datum int8_range_sel(FunctionCallInfo fcinfo, const Int8Range *ranges, int n);

#endif							/* OMNI_TEXT_RANGE_PLAN_H */
