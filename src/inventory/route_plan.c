/*
 * route_plan.c
 *	  The type route_plan: a plan that was made, with all that it was made from.
 *
 * A plan is stored as it was decided, and is never solved again; what it comes to, and why a line
 * is short, is worked out from its candidates when it is asked for.  Invariants, which every plan
 * that is read is checked for: its candidates are finished; each pick is of an offer that can be
 * used, within what the node has of the SKU and what it can handle; an SKU is split only where the
 * options allow it; all units are there unless a part will do, or none is; and no bound is above
 * what the plan comes to.
 */
#include "postgres.h"
#include "compat.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "inventory/route.h"

/* ---- what a plan comes to ---- */

static void
count_up(RouteResult *r)
{
	const RouteProblem *p = &r->problem;
	int			source = -1;

	r->missing = p->units;
	memset(r->amount, 0, sizeof(r->amount));
	for (int i = 0; i < r->npicks; i++)
	{
		const RouteOffer *o = &r->input.offers[r->pick[i].offer];
		const RouteChoice *choice = &p->choice[r->pick[i].offer];

		r->missing -= r->pick[i].qty;
		for (int t = 0; t < TERMS; t++)
		{
			if (o->source_no != source)
				r->amount[t] += route_fixed(&o->facts, t);
			r->amount[t] += (int128) route_unit(&o->facts, choice, t) * r->pick[i].qty;
		}
		r->amount[TERM_DAYS] = Max(r->amount[TERM_DAYS], choice->days);
		source = o->source_no;
	}
}

const char *
route_status_of(const RouteResult *r)
{
	if (r->missing == 0)
		return "routed";
	return r->npicks > 0 ? "partial" : "refused";
}

/* whether it is known that no plan is better */
bool
route_is_proven(const RouteResult *r)
{
	if (r->exact)
		return true;
	/* refused, and no plan could serve all */
	if (r->npicks == 0 && r->missing > 0 && !r->input.options.partial)
		return r->bound_missing > 0;
	if (r->missing != r->bound_missing)
		return false;
	for (int i = 0; i < r->input.options.terms; i++)
	{
		RouteTerm	t = r->input.options.term[i];

		if (r->amount[t] != r->bound[t])
			return false;
	}
	return true;
}

/* ---- why units are missing ---- */

static const char *
names_of(uint32 filters)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int f = FILTER_NONE + 1; f < FILTERS; f++)
	{
		if (filters & (1 << f))
			appendStringInfo(&list, "%s%s", list.len > 0 ? "," : "", route_filter_name[f]);
	}
	return list.len > 0 ? list.data : "no_candidate";
}

/* for each SKU, why not all of its units would be served */
const char **
route_missing_reasons(const RouteResult *r)
{
	const RouteProblem *p = &r->problem;
	int64	   *most = route_most(p);
	int64	   *all = palloc0(Max(p->nskus, 1) * sizeof(int64));	/* of all nodes */
	bool	   *limited = palloc0(Max(p->nskus, 1) * sizeof(bool));	/* by a capacity */
	int		   *node = palloc(Max(p->nskus, 1) * sizeof(int));
	uint32	   *filters = palloc0(Max(p->nskus, 1) * sizeof(uint32));
	const char **reason = palloc(Max(p->nskus, 1) * sizeof(char *));
	bool		some_cannot = false;

	for (int k = 0; k < p->nskus; k++)
	{
		node[k] = -1;
		some_cannot = some_cannot || most[k] < p->demand[k];
	}
	for (int o = 0; o < p->input->noffers; o++)
	{
		const RouteOffer *offer = &p->input->offers[o];
		int			k = offer->sku_no;
		int			at = p->source[offer->source_no].node;
		RouteFilter filter = p->choice[o].filter;

		filters[k] |= 1 << filter;
		/* what there is, were it not that one node has to have it all */
		if (at != node[k] && (filter == FILTER_NONE || filter >= FILTER_STOCK))
		{
			int64		capacity = p->node[at].capacity;
			int64		gives = Min(offer->available, p->demand[k]);

			limited[k] = limited[k] || (capacity >= 0 && capacity < gives);
			if (capacity >= 0)
				gives = Min(gives, capacity);
			all[k] = Min(all[k] + gives, p->demand[k]);
			node[k] = at;
		}
	}
	for (int k = 0; k < p->nskus; k++)
	{
		if (most[k] == p->demand[k])
		{
			if (r->npicks == 0 && !p->options->partial && some_cannot)
				reason[k] = "order_refused";
			else
				reason[k] = p->options->split == SPLIT_NONE ? "no_single_node" : "capacity";
		}
		else if (p->options->split != SPLIT_UNITS && all[k] == p->demand[k])
			reason[k] = "needs_split";
		else if (most[k] == 0)
			reason[k] = names_of(filters[k]);
		else
			reason[k] = limited[k] ? "capacity" : "stock";
	}
	return reason;
}

/* ---- a plan is what it says ---- */

static int
compare_sku_node(const void *a, const void *b, void *arg)
{
	const RouteResult *r = arg;
	const RouteOffer *x = &r->input.offers[((const RoutePick *) a)->offer];
	const RouteOffer *y = &r->input.offers[((const RoutePick *) b)->offer];
	int			c = x->sku_no - y->sku_no;

	return c != 0 ? c : r->problem.source[x->source_no].node - r->problem.source[y->source_no].node;
}

static bool
check_units(const RouteResult *r, Problem *problem)
{
	const RouteProblem *p = &r->problem;
	RoutePick  *by_sku = palloc(Max(r->npicks, 1) * sizeof(RoutePick));
	int64	   *room = palloc(Max(p->nnodes, 1) * sizeof(int64));
	int64	   *need = palloc(Max(p->nskus, 1) * sizeof(int64));
	bool		one_source = true;
	bool		one_node = true;
	bool		fits = true;

	memcpy(need, p->demand, p->nskus * sizeof(int64));
	for (int i = 0; i < p->nnodes; i++)
		room[i] = p->node[i].capacity < 0 ? PG_INT64_MAX : p->node[i].capacity;
	memcpy(by_sku, r->pick, r->npicks * sizeof(RoutePick));
	qsort_arg(by_sku, r->npicks, sizeof(RoutePick), compare_sku_node, (void *) r);
	for (int i = 0; i < r->npicks; i++)
	{
		const RouteOffer *o = &r->input.offers[by_sku[i].offer];
		int			node = p->source[o->source_no].node;

		fits = fits && p->choice[by_sku[i].offer].filter == FILTER_NONE &&
			by_sku[i].qty <= p->choice[by_sku[i].offer].most;
		room[node] -= by_sku[i].qty;
		need[o->sku_no] -= by_sku[i].qty;
		fits = fits && room[node] >= 0 && need[o->sku_no] >= 0;
		if (i > 0)
		{
			const RouteOffer *before = &r->input.offers[by_sku[i - 1].offer];

			one_source = one_source && before->source_no == o->source_no;
			one_node = one_node && before->sku_no != o->sku_no;
			/* a node gives an SKU by one method */
			fits = fits && compare_sku_node(&by_sku[i - 1], &by_sku[i], (void *) r) != 0;
		}
	}
	if (!fits)
		return route_problem(problem, 0, "picks", NULL,
							 "The plan takes what a node does not have or may not give.");
	if ((p->options->split == SPLIT_NONE && !one_source) ||
		(p->options->split == SPLIT_SKUS && !one_node))
		return route_problem(problem, 0, "picks", NULL,
							 "The plan splits what may not be split.");
	if (r->missing > 0 && r->npicks > 0 && !p->options->partial)
		return route_problem(problem, 0, "picks", NULL,
							 "The plan serves a part where a part will not do.");
	return true;
}

static bool
check_bounds(const RouteResult *r, Problem *problem)
{
	bool		none = r->missing > 0 && r->npicks == 0 && !r->input.options.partial;

	if (r->bound_missing < 0 || r->bound_missing > r->missing)
		return route_problem(problem, 0, "bounds", NULL, "A bound is above what the plan has.");
	for (int t = 0; t < TERMS; t++)
	{
		if (r->bound[t] < 0 || (!none && r->bound[t] > r->amount[t]))
			return route_problem(problem, 0, "bounds", NULL,
								 "A bound is above what the plan comes to.");
	}
	return true;
}

/* count up the picks of a result whose input and bounds are there, and check all */
bool
route_result_check(RouteResult *r, Problem *problem)
{
	if (!route_problem_build(&r->input, &r->problem, problem))
		return false;
	count_up(r);
	if (r->exact && !route_is_exact(&r->problem))
		return route_problem(problem, 0, "exact", NULL,
							 "The order is too large for an exact plan.");
	if (r->exact)
	{
		r->bound_missing = r->missing;
		memcpy(r->bound, r->amount, sizeof(r->bound));
	}
	return check_units(r, problem) && check_bounds(r, problem);
}

/* ---- as bytes ---- */

RoutePlan *
route_plan_write(const RouteState *candidates, const RouteResult *r)
{
	Size		room = PLAN_HEADER + candidates->used + (Size) r->npicks * 20 + (TERMS + 1) * 20;
	RoutePlan  *plan;
	uint8	   *p;
	int			before = -1;

	if (room > MaxAllocSize)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("route plan is too large"),
				 errhint("Leave out nodes that cannot serve.")));
	plan = palloc0(room);
	plan->version = ROUTE_VERSION;
	plan->exact = r->exact;
	plan->candidates = candidates->used;
	plan->picks = r->npicks;
	memcpy(plan->data, candidates->data, candidates->used);
	p = plan->data + candidates->used;
	for (int i = 0; i < r->npicks; i++)
	{
		p = route_put_number(p, r->pick[i].offer - before);
		p = route_put_number(p, r->pick[i].qty);
		before = r->pick[i].offer;
	}
	if (!r->exact)
	{
		p = route_put_number(p, r->bound_missing);
		for (int i = 0; i < r->input.options.terms; i++)
		{
			int128		bound = r->bound[r->input.options.term[i]];

			p = route_put_number(p, (uint64) (bound >> 63));
			p = route_put_number(p, (uint64) bound & PG_INT64_MAX);
		}
	}
	SET_VARSIZE(plan, p - (uint8 *) plan);
	return plan;
}

/* the candidates of a plan as a state of their own */
RouteState *
route_plan_candidates(const RoutePlan *plan)
{
	RouteState *state = palloc0(ROUTE_HEADER + plan->candidates);

	SET_VARSIZE(state, ROUTE_HEADER + plan->candidates);
	state->version = ROUTE_VERSION;
	state->finished = true;
	state->used = plan->candidates;
	memcpy(state->data, plan->data, plan->candidates);
	return state;
}

bool
route_plan_read(const RoutePlan *plan, RouteResult *r, Problem *problem)
{
	RouteReader reader;
	uint64		offer = 0;

	memset(r, 0, sizeof(RouteResult));
	if (!route_state_read(route_plan_candidates(plan), &r->input, problem))
		return false;
	reader = (RouteReader) {plan->data + plan->candidates,
		(const uint8 *) plan + VARSIZE(plan)};
	r->exact = plan->exact;
	r->npicks = Min(plan->picks, r->input.noffers);
	r->pick = palloc(Max(r->npicks, 1) * sizeof(RoutePick));
	for (int i = 0; i < r->npicks && !reader.failed; i++)
	{
		uint64		step = route_get_number(&reader);
		uint64		qty = route_get_number(&reader);

		offer += step;
		if (step == 0 || offer > r->input.noffers || qty == 0 || qty > ROUTE_UNITS_MAX)
			reader.failed = true;
		else
			r->pick[i] = (RoutePick) {(int) offer - 1, (int64) qty};
	}
	if (!r->exact)
	{
		uint64		missing = route_get_number(&reader);

		r->bound_missing = (int64) Min(missing, (uint64) ROUTE_UNITS_MAX + 1);
		for (int i = 0; i < r->input.options.terms; i++)
		{
			uint64		high = route_get_number(&reader);
			uint64		low = route_get_number(&reader);

			if (high >= (uint64) 1 << 62 || low > PG_INT64_MAX)
				reader.failed = true;
			else
				r->bound[r->input.options.term[i]] = (int128) high << 63 | low;
		}
	}
	if (reader.failed || reader.p != reader.end || plan->picks != r->npicks)
		return route_problem(problem, ERRCODE_DATA_CORRUPTED, "binary", NULL,
							 "The value is damaged.");
	return route_result_check(r, problem);
}

void
route_plan_open(Datum datum, RouteResult *result)
{
	Problem		problem;

	if (!route_plan_read((RoutePlan *) PG_DETOAST_DATUM(datum), result, &problem))
		route_raise(&problem, "invalid route plan");
}

/* ---- making a plan ---- */

static void
solve(const RouteProblem *p, bool exact, RouteSolution *solution)
{
	if (p->options->split == SPLIT_NONE)
		route_single(p, solution);
	else if (exact)
		route_exact(p, solution);
	else
		route_greedy(p, solution);
}

static int
compare_days(const void *a, const void *b)
{
	return *(const int32 *) a - *(const int32 *) b;
}

/*
 * The best plan by days: the latest day is fixed, for each that there is, and decides which offers
 * can be used.  A plan whose days are fewer than the limit has been found under a lower one.
 */
static void
solve_by_days(RouteProblem *p, bool exact, RouteSolution *solution)
{
	int32	   *days = palloc((p->input->noffers + 1) * sizeof(int32));
	int			n = 0;
	int			kept = 0;

	for (int o = 0; o < p->input->noffers; o++)
	{
		if (p->choice[o].filter == FILTER_NONE)
			days[n++] = p->choice[o].days;
	}
	qsort(days, n, sizeof(int32), compare_days);
	for (int i = 0; i < n; i++)
	{
		if (kept == 0 || days[kept - 1] != days[i])
			days[kept++] = days[i];
	}
	if (kept == 0)
		days[kept++] = 0;
	solution->found = false;
	for (int i = 0; i < kept; i++)
	{
		RouteSolution one = {0};

		p->days_limit = days[i];
		solve(p, exact, &one);
		if (one.found && (!solution->found ||
						  route_value_compare(&p->scale, one.value, solution->value) < 0))
			*solution = one;
	}
	p->days_limit = PG_INT32_MAX;
	pfree(days);
}

/* the best plan that is found; exact where the order is small enough */
void
route_find_plan(RouteProblem *p, bool exact, RouteSolution *solution)
{
	if (p->scale.slot[TERM_DAYS] >= 0)
		solve_by_days(p, exact, solution);
	else
		solve(p, exact, solution);
}

/* whether a plan from elsewhere that says it is exact is: that takes solving it again */
bool
route_result_is_best(RouteResult *r)
{
	RouteProblem *p = &r->problem;
	RouteSolution solution = {0};
	int128		value[ROUTE_SLOTS_MAX];

	route_find_plan(p, true, &solution);
	if (!solution.found)
		return r->npicks == 0;
	if (r->missing > 0 && !p->options->partial)
		return false;
	route_value_of(p, r->pick, r->npicks, value);
	return route_value_compare(&p->scale, value, solution.value) == 0;
}

/* the plan of an input that is in order; raises where it cannot be solved as it is told */
RoutePlan *
route_plan_make(RouteInput *input)
{
	RouteResult r = {.input = *input};
	RouteSolution solution = {0};
	Problem		problem;

	if (!route_problem_build(&r.input, &r.problem, &problem))
		route_raise(&problem, "order cannot be routed");
	r.exact = route_is_exact(&r.problem);
	route_find_plan(&r.problem, r.exact, &solution);
	if (solution.found)
	{
		r.npicks = solution.npicks;
		r.pick = solution.pick;
	}
	if (!r.exact)
	{
		count_up(&r);
		r.bound_missing = route_bound_missing(&r.problem);
		/* the bounds are of plans that serve as much as that */
		if (r.missing == r.bound_missing)
			route_bound(&r.problem, r.bound);
		/* where not all can be served, and a part will not do, none can be */
		if (r.npicks == 0 && r.bound_missing > 0 && !r.input.options.partial)
			r.bound_missing = r.missing;
	}
	return route_plan_write(route_state_write(&r.input), &r);
}
