/*
 * route.h
 *	  Routing: from which nodes an order is filled.
 *
 * What is known of an order is a list of lines (line, SKU, quantity) and a list of offers: what a
 * node can do for an SKU by a method.  An order is routed by its SKUs, whose lines are added up,
 * so that no unit serves twice.  A source is a node by one method: what leaves it is a shipment.
 *
 * Amounts (costs, duties, emissions, protection) are exact: millionths, as int64 where they are
 * told and as int128 where they are added up.  The limits below make every sum fit.
 */
#ifndef OMNI_ROUTE_H
#define OMNI_ROUTE_H

#include "compat.h"
#include "lib/stringinfo.h"
#include "text/text.h"
#include "utils/jsonb.h"

/* limits: a sum is at most 10^9 units * 10^18 millionths, times a weight of 10^9: below 2^126 */
#define ROUTE_UNITS_MAX		INT64CONST(1000000000)	/* of an order */
#define ROUTE_AMOUNT_SCALE	INT64CONST(1000000)
#define ROUTE_AMOUNT_MAX	(INT64CONST(1000000000000) * ROUTE_AMOUNT_SCALE)
#define ROUTE_DAYS_MAX		36500
#define ROUTE_WEIGHT_SCALE	1000
#define ROUTE_WEIGHT_MAX	(INT64CONST(1000000) * ROUTE_WEIGHT_SCALE)
#define ROUTE_ID_MAX		255		/* bytes of a text id, of a method, of a reason */
#define ROUTE_LINES_MAX		100000
#define ROUTE_OFFERS_MAX	1000000
#define ROUTE_METHODS_MAX	6		/* of a node, that can be used */

/* the id of a line, an SKU or a node; one that is written as a bigint is that number */
typedef struct RouteId
{
	union
	{
		int64		number;
		const char *text;		/* UTF-8 */
	}			u;
	int			len;			/* of the text, -1 for a number */
} RouteId;

/* what is told of an offer */
typedef enum RouteFact
{
	FACT_FIXED_COST,			/* of a shipment from the source */
	FACT_UNIT_COST,
	FACT_UNIT_DUTY,
	FACT_FIXED_EMISSIONS,
	FACT_UNIT_EMISSIONS,
	FACT_UNIT_PROTECTION,
	FACT_DAYS,
	FACT_PROMISED_DAYS,
	FACT_CAPACITY,				/* units that the node can handle of this order */
	FACTS
} RouteFact;

typedef struct RouteFacts
{
	int64		value[FACTS];
	uint16		known;			/* 1 << RouteFact */
	bool		past_cutoff;
	TextSpan	ineligible;		/* why the node may not be used; data NULL if it may */
	TextSpan	method;
} RouteFacts;

#define FACT_KNOWN(f, fact)	(((f)->known & (1 << (fact))) != 0)

typedef struct RouteLine
{
	RouteId		id;
	RouteId		sku;
	int64		qty;			/* > 0 */
	int			sku_no;
} RouteLine;

typedef struct RouteOffer
{
	RouteId		sku;
	RouteId		node;
	int64		available;
	RouteFacts	facts;
	int			sku_no;
	int			source_no;
} RouteOffer;

/* ---- what is asked for ---- */

typedef enum RouteTerm
{
	TERM_SHIPMENTS,
	TERM_COST,
	TERM_DAYS,					/* until the last unit is there */
	TERM_LATE,					/* days behind the promise, of all units */
	TERM_DUTIES,
	TERM_EMISSIONS,
	TERM_PROTECTION,
	TERMS
} RouteTerm;

typedef enum RouteSplit
{
	SPLIT_NONE,					/* all from one source */
	SPLIT_SKUS,					/* each SKU from one source */
	SPLIT_UNITS
} RouteSplit;

#define ROUTE_EXACT_SKUS	12
#define ROUTE_EXACT_STATES	(1 << ROUTE_EXACT_SKUS)

typedef struct RouteOptions
{
	uint8		split;
	bool		partial;
	bool		promise_soft;
	bool		cutoff_next_day;
	bool		unknown_ineligible;
	bool		weighted;
	uint8		exact_skus;
	int32		max_days;		/* -1: no limit */
	int			terms;
	uint8		term[TERMS];	/* ascending if weighted */
	int64		weight[TERMS];	/* thousandths; 0 if not weighted */
	int			methods;		/* 0: any */
	TextSpan   *method;			/* ascending */
} RouteOptions;

/* an order as it is told: sorted, without repetition, without contradiction */
typedef struct RouteInput
{
	RouteLine  *lines;			/* by id */
	int			nlines;
	RouteOffer *offers;			/* by node, method, SKU */
	int			noffers;
	bool		has_options;
	RouteOptions options;		/* the defaults if there are none */
} RouteInput;

/*
 * The value of type route_candidates, and of the aggregate state.  Data is a list of entries; a
 * finished one has its lines and offers in the order of RouteInput, then the options, and no
 * slack, so that equal inputs are identical bytes.
 */
typedef struct RouteState
{
	int32		vl_len_;
	uint8		version;		/* ROUTE_VERSION */
	bool		finished;
	uint16		zero;
	uint32		used;			/* bytes of data in use; there may be more while aggregated */
	uint32		told;			/* 1 + where the options are as they were told, 0 if finished */
	uint8		data[FLEXIBLE_ARRAY_MEMBER];
} RouteState;

#define ROUTE_VERSION		1
#define ROUTE_HEADER		offsetof(RouteState, data)

/* ---- route_bytes.c: numbers, ids and texts as bytes ---- */
typedef struct RouteReader
{
	const uint8 *p;
	const uint8 *end;
	bool		failed;			/* the bytes are not what they should be */
} RouteReader;

extern uint8 *route_put_number(uint8 *p, uint64 n);
extern uint64 route_get_number(RouteReader *r);
extern uint8 *route_put_span(uint8 *p, TextSpan s);
extern TextSpan route_get_span(RouteReader *r);
extern uint8 *route_put_id(uint8 *p, const RouteId *id);
extern RouteId route_get_id(RouteReader *r);
extern bool route_id_from_text(const char *s, int len, RouteId *id, Problem *problem);
extern char *route_id_text(const RouteId *id);	/* in the server encoding */
extern char *route_span_text(TextSpan s);
extern int	route_span_compare(TextSpan a, TextSpan b);
extern void route_sort_ids(RouteId *ids, int n);
extern const RouteId *route_find_id(const RouteId *ids, int n, const RouteId *id);

static inline int
route_id_compare(const RouteId *a, const RouteId *b)
{
	if (a->len < 0 && b->len < 0)
		return (a->u.number > b->u.number) - (a->u.number < b->u.number);
	if (a->len < 0 || b->len < 0)
		return a->len < 0 ? -1 : 1;
	return route_span_compare((TextSpan) {a->u.text, a->len}, (TextSpan) {b->u.text, b->len});
}

/* room for any entry of a state: three ids, a method, a reason, and numbers */
#define ROUTE_ENTRY_MAX		(5 * (ROUTE_ID_MAX + 2) + (FACTS + 4) * 10 + 8)

/* ---- route_facts.c, route_options.c: what jsonb says, strictly ---- */
extern const char *const route_fact_name[];
extern const char *const route_term_name[];
extern const TextSpan route_method_ship;
extern bool route_amount(Numeric n, int64 *amount, Problem *problem);
extern bool route_whole_number(Numeric n, int64 max, int64 *value);
extern bool route_facts_read(JsonbContainer *object, RouteFacts *facts, Problem *problem);
extern void route_facts_default(RouteFacts *facts);
extern bool route_fact_set(RouteFacts *facts, const char *key, int keylen, const JsonbValue *v,
						   bool *is_fact, Problem *problem);
extern void route_facts_json(StringInfo out, const RouteFacts *facts);
extern char *route_amount_text(int128 amount);
extern bool route_problem(Problem *problem, int sqlerrcode, const char *code, const char *hint,
						  const char *format,...) __attribute__((format(printf, 5, 6)));
extern bool route_text(const JsonbValue *v, TextSpan *s, const char *what, Problem *problem);

extern void route_options_default(RouteOptions *options);
extern bool route_options_read(JsonbContainer *object, RouteOptions *options, Problem *problem);
extern void route_options_json(StringInfo out, const RouteOptions *options);
extern uint8 *route_options_put(uint8 *p, const RouteOptions *options);
extern void route_options_get(RouteReader *r, RouteOptions *options);
extern Size route_options_size(const RouteOptions *options);

/* raise what the problem says */
extern void route_raise(const Problem *problem, const char *message);

/* ---- route_state.c: the state, and what it says ---- */
extern bool route_state_read(const RouteState *state, RouteInput *input, Problem *problem);
extern bool route_input_finish(RouteInput *input, Problem *problem);
extern RouteState *route_state_write(const RouteInput *input);
extern RouteState *route_state_get(Datum datum);

/* ---- route_problem.c: what is left of an order when the filters are through ---- */
typedef enum RouteFilter
{
	FILTER_NONE,
	FILTER_INELIGIBLE,
	FILTER_METHOD,
	FILTER_CUTOFF,
	FILTER_DAYS,
	FILTER_PROMISE,
	FILTER_UNKNOWN,				/* a fact that is needed is not known */
	FILTER_STOCK,
	FILTER_CAPACITY,
	FILTERS
} RouteFilter;

extern const char *const route_filter_name[];

/* a value of the objective: slots compared from the first on, each a sum of scaled terms */
#define ROUTE_SLOTS_MAX		(TERMS + 1)

typedef struct RouteScale
{
	int			slots;
	int			slot[TERMS];	/* of a term, -1 if it does not count */
	int128		factor[TERMS];
	int			missing_slot;
	int128		missing_factor;
} RouteScale;

typedef struct RouteSource
{
	int			node;
	int			first;			/* offers first .. last - 1 */
	int			last;
	int128	   *value;			/* of a shipment from it */
} RouteSource;

typedef struct RouteNode
{
	int			first;			/* sources first .. last - 1 */
	int			last;
	int64		capacity;		/* units; -1 if it has no limit */
} RouteNode;

/* an offer for the solver */
typedef struct RouteChoice
{
	RouteFilter filter;			/* FILTER_NONE if it can be used */
	int32		days;
	int64		most;			/* units that it can give: all that are asked for, or fewer */
	int64		late;			/* days behind the promise */
	int128	   *value;			/* of a unit from it */
} RouteChoice;

typedef struct RouteProblem
{
	const RouteInput *input;
	const RouteOptions *options;
	int			nskus;
	RouteId    *sku;			/* ascending */
	int64	   *demand;
	int			nnodes;
	RouteNode  *node;
	int			nsources;
	RouteSource *source;
	RouteChoice *choice;		/* of each offer */
	int64		units;			/* of all SKUs */
	RouteScale	scale;
	int32		days_limit;		/* offers that take longer are not used now */
} RouteProblem;

extern bool route_problem_build(const RouteInput *input, RouteProblem *p, Problem *problem);
extern int64 route_fixed(const RouteFacts *facts, RouteTerm term);
extern int64 route_unit(const RouteFacts *facts, const RouteChoice *choice, RouteTerm term);

static inline bool
route_usable(const RouteProblem *p, int offer)
{
	return p->choice[offer].filter == FILTER_NONE && p->choice[offer].days <= p->days_limit;
}

/* ---- solutions ---- */

/* so many units of an offer */
typedef struct RoutePick
{
	int			offer;
	int64		qty;
} RoutePick;

typedef struct RouteSolution
{
	bool		found;
	int			npicks;
	RoutePick  *pick;			/* by offer */
	int128		value[ROUTE_SLOTS_MAX];
} RouteSolution;

extern void route_value_of(const RouteProblem *p, const RoutePick *pick, int n, int128 *value);
extern void route_value_add(const RouteScale *scale, RouteTerm term, int128 amount, int128 *value);

static inline int
route_value_compare(const RouteScale *s, const int128 *a, const int128 *b)
{
	for (int i = 0; i < s->slots; i++)
	{
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	}
	return 0;
}

/* route_single.c, route_exact.c, route_greedy.c */
extern void route_single(const RouteProblem *p, RouteSolution *solution);
extern bool route_is_exact(const RouteProblem *p);
extern void route_exact(const RouteProblem *p, RouteSolution *solution);
extern void route_greedy(const RouteProblem *p, RouteSolution *solution);

/* route_bound.c: what no plan can go below, term by term, if it serves as many units */
extern int64 *route_most(const RouteProblem *p);	/* units of each SKU, at best */
extern int64 route_bound_missing(const RouteProblem *p);
extern void route_bound(const RouteProblem *p, int128 *bound);

/* ---- route_plan.c: the value of type route_plan ---- */

/*
 * On disk: the entries of the candidates as in a finished RouteState, then the picks: what the
 * number of an offer adds to that of the one before, and the quantity; then, unless the plan is
 * exact, the bounds of missing units and of the terms of the objective, each as two numbers.
 */
typedef struct RoutePlan
{
	int32		vl_len_;
	uint8		version;		/* ROUTE_VERSION */
	bool		exact;			/* no plan is better */
	uint16		zero;
	uint32		candidates;		/* bytes of them */
	uint32		picks;
	uint8		data[FLEXIBLE_ARRAY_MEMBER];
} RoutePlan;

#define PLAN_HEADER		offsetof(RoutePlan, data)

/* a plan that is read */
typedef struct RouteResult
{
	RouteInput	input;
	RouteProblem problem;
	bool		exact;
	int			npicks;
	RoutePick  *pick;
	int64		missing;
	int128		amount[TERMS];	/* what the plan comes to, in millionths or counted */
	int64		bound_missing;	/* what no plan can go below */
	int128		bound[TERMS];
} RouteResult;

extern bool route_plan_read(const RoutePlan *plan, RouteResult *result, Problem *problem);
extern void route_plan_open(Datum datum, RouteResult *result);
extern RoutePlan *route_plan_write(const RouteState *candidates, const RouteResult *result);
extern RoutePlan *route_plan_make(RouteInput *input);
extern void route_find_plan(RouteProblem *p, bool exact, RouteSolution *solution);
extern RouteState *route_plan_candidates(const RoutePlan *plan);
extern bool route_result_check(RouteResult *result, Problem *problem);
extern bool route_result_is_best(RouteResult *result);
extern const char *route_status_of(const RouteResult *result);
extern bool route_is_proven(const RouteResult *result);
extern bool route_is_count(RouteTerm term);
extern const char **route_missing_reasons(const RouteResult *result);

#endif							/* OMNI_ROUTE_H */
