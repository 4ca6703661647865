/*
 * route_batch_solve.c
 *	  The best plan of one order of a batch, from what is left for it or from all stock: the same
 *	  problem, filters and solver that route_order has.
 *
 * The entries of the order's SKUs are walked together, node by node, which is the order that the
 * solver wants.  What is told of a node is merged from up to four lists: for any destination, for
 * the order's, for any destination and the SKU, for both; a later one has precedence.
 */
#include "postgres.h"
#include "compat.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "inventory/route_batch.h"

#define LISTS	4

/* facts of a destination and an SKU, by node and method, from "at" on */
typedef struct FactList
{
	const BatchFact *at;
	const BatchFact *end;
} FactList;

/* an order as the solver sees it */
typedef struct OrderProblem
{
	RouteInput	input;
	RouteProblem problem;
	BatchUse   *use;			/* what each offer stands for, without quantity */
	int			room;
} OrderProblem;

/* ---- facts ---- */

static int
compare_keys(const BatchFact *f, int32 destination, int32 sku)
{
	if (f->destination != destination)
		return f->destination < destination ? -1 : 1;
	return (f->sku > sku) - (f->sku < sku);
}

/* the first fact that is not below the keys, or not at or below them */
static const BatchFact *
find_fact(const Batch *b, int32 destination, int32 sku, bool beyond)
{
	int			low = 0;
	int			high = b->nfacts;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;
		int			c = compare_keys(&b->fact[middle], destination, sku);

		if (c < 0 || (c == 0 && beyond))
			low = middle + 1;
		else
			high = middle;
	}
	return b->fact + low;
}

static FactList
find_list(const Batch *b, int32 destination, int32 sku)
{
	return (FactList) {find_fact(b, destination, sku, false),
		find_fact(b, destination, sku, true)};
}

/* go on to the facts of a node, in steps that double */
static inline void
advance(FactList *list, int32 node)
{
	while (list->at < list->end && list->at->node < node)
	{
		for (int step = 1; step < list->end - list->at && list->at[step].node < node; step *= 2)
			list->at += step;
		list->at++;
	}
}

static void
merge_facts(RouteFacts *to, const RouteFacts *from)
{
	for (int i = 0; i < FACTS; i++)
	{
		if (FACT_KNOWN(from, i))
			to->value[i] = from->value[i];
	}
	to->known |= from->known;
	to->past_cutoff = to->past_cutoff || from->past_cutoff;
	if (from->ineligible.data)
		to->ineligible = from->ineligible;
}

/* ---- offers ---- */

static RouteOffer *
new_offer(OrderProblem *op)
{
	RouteInput *in = &op->input;

	if (in->noffers == op->room)
	{
		if (in->noffers >= ROUTE_OFFERS_MAX)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("too many candidates in one order"),
					 errdetail("An order has at most %d of them.", ROUTE_OFFERS_MAX),
					 errhint("Leave out nodes that cannot serve.")));
		op->room = Min(op->room * 2, ROUTE_OFFERS_MAX);
		in->offers = repalloc_huge(in->offers, (Size) op->room * sizeof(RouteOffer));
		op->use = repalloc_huge(op->use, (Size) op->room * sizeof(BatchUse));
	}
	return &in->offers[in->noffers++];
}

static void
add_offer(const Batch *b, OrderProblem *op, const BatchUse *use, int64 available,
		  const RouteFacts *facts, int64 capacity)
{
	RouteOffer *offer = new_offer(op);

	offer->sku = b->sku_id[use->sku];
	offer->node = b->node_id[use->node];
	offer->available = available;
	offer->facts = *facts;
	offer->facts.method = b->method[use->method];
	if (capacity >= 0)
	{
		offer->facts.known |= 1 << FACT_CAPACITY;
		offer->facts.value[FACT_CAPACITY] = capacity;
	}
	op->use[op->input.noffers - 1] = *use;
}

/* offers of an entry, one for each method that is told of its node */
static void
add_entry(const Batch *b, OrderProblem *op, FactList *const *list, int lists, BatchUse *use,
		  int64 available, int64 capacity)
{
	const BatchFact *at[LISTS];
	bool		any = false;

	for (int i = 0; i < lists; i++)
		at[i] = list[i]->at;
	for (;;)
	{
		int32		method = -1;
		RouteFacts	facts;

		for (int i = 0; i < lists; i++)
		{
			if (at[i] < list[i]->end && at[i]->node == use->node &&
				(method < 0 || at[i]->method < method))
				method = at[i]->method;
		}
		if (method < 0 && any)
			return;
		route_facts_default(&facts);
		for (int i = 0; i < lists && method >= 0; i++)
		{
			if (at[i] < list[i]->end && at[i]->node == use->node && at[i]->method == method)
				merge_facts(&facts, &(at[i]++)->facts);
		}
		use->method = method >= 0 ? method : b->ship;
		add_offer(b, op, use, available, &facts, capacity);
		if (method < 0)
			return;
		any = true;
	}
}

/* offers of a node come SKU by SKU; the solver wants them by method */
static void
sort_by_method(OrderProblem *op, int from)
{
	for (int i = from + 1; i < op->input.noffers; i++)
	{
		RouteOffer	offer;
		BatchUse	use = op->use[i];
		int			j = i;

		if (op->use[i - 1].method <= use.method)
			continue;
		offer = op->input.offers[i];
		for (; j > from && op->use[j - 1].method > use.method; j--)
		{
			op->use[j] = op->use[j - 1];
			op->input.offers[j] = op->input.offers[j - 1];
		}
		op->use[j] = use;
		op->input.offers[j] = offer;
	}
}

/* the offers of an order: what is left for it, or all; with those that have too little, or not */
static void
make_offers(const Batch *b, int order, bool alone, bool all, OrderProblem *op)
{
	const BatchOrder *o = &b->order[order];
	int			n = o->last - o->first;
	int32	   *next = palloc(n * sizeof(int32));
	FactList	base[2];
	FactList   *of_sku = b->sku_facts ? palloc(2 * n * sizeof(FactList)) : NULL;
	bool		some = b->options.split == SPLIT_UNITS || b->options.partial;

	base[0] = find_list(b, -1, -1);
	base[1] = o->destination < 0 ? (FactList) {NULL, NULL} : find_list(b, o->destination, -1);
	for (int k = 0; k < n; k++)
	{
		int32		sku = b->demand[o->first + k].sku;

		next[k] = b->sku[sku].first;
		if (!of_sku)
			continue;
		of_sku[2 * k] = find_list(b, -1, sku);
		of_sku[2 * k + 1] = o->destination < 0 ? (FactList) {NULL, NULL} :
			find_list(b, o->destination, sku);
	}
	for (;;)
	{
		int32		node = PG_INT32_MAX;
		int			from = op->input.noffers;
		int64		capacity;

		for (int k = 0; k < n; k++)
		{
			const BatchSku *sku = &b->sku[b->demand[o->first + k].sku];

			if (next[k] < sku->last)
				node = Min(node, b->entry[next[k]].node);
		}
		if (node == PG_INT32_MAX)
			break;
		CHECK_FOR_INTERRUPTS();
		capacity = alone ? b->node[node].capacity : b->node[node].left;
		if (b->node[node].capacity >= 0)
			capacity = Max(capacity, 0);
		advance(&base[0], node);
		advance(&base[1], node);
		for (int k = 0; k < n; k++)
		{
			const BatchDemand *d = &b->demand[o->first + k];
			const BatchEntry *entry = &b->entry[next[k]];
			BatchUse	use = {next[k], node, d->sku};
			FactList   *list[LISTS] = {&base[0], &base[1]};
			int64		available;

			if (next[k] >= b->sku[d->sku].last || entry->node != node)
				continue;
			next[k]++;
			available = Max(alone ? entry->available : entry->left, 0);
			if (!all && available < (some ? 1 : d->qty))
				continue;
			if (of_sku)
			{
				list[2] = &of_sku[2 * k];
				list[3] = &of_sku[2 * k + 1];
				advance(list[2], node);
				advance(list[3], node);
			}
			add_entry(b, op, list, of_sku ? LISTS : 2, &use, available, capacity);
		}
		sort_by_method(op, from);
	}
}

static void
make_problem(const Batch *b, int order, bool alone, bool all, OrderProblem *op)
{
	const BatchOrder *o = &b->order[order];
	int			n = o->last - o->first;
	Problem		problem;

	memset(op, 0, sizeof(OrderProblem));
	op->input.options = b->options;
	op->input.has_options = true;
	/* what has nothing to give need not be known */
	if (all)
		op->input.options.unknown_ineligible = true;
	op->input.nlines = n;
	op->input.lines = palloc0(n * sizeof(RouteLine));
	for (int k = 0; k < n; k++)
	{
		RouteLine  *line = &op->input.lines[k];

		line->id = line->sku = b->sku_id[b->demand[o->first + k].sku];
		line->qty = b->demand[o->first + k].qty;
	}
	op->room = Min(64, 16 * n);
	op->input.offers = palloc(op->room * sizeof(RouteOffer));
	op->use = palloc(op->room * sizeof(BatchUse));
	make_offers(b, order, alone, all, op);
	if (!route_problem_build(&op->input, &op->problem, &problem))
		route_raise(&problem, psprintf("order \"%s\" cannot be routed", route_id_text(&o->id)));
}

/* ---- plans ---- */

/* what picks come to, in the slots that orders are added up and compared by */
static void
count_up(const Batch *b, const OrderProblem *op, const RouteSolution *s, int128 *value)
{
	int128		amount[TERMS];
	int64		missing = op->problem.units;
	int			source = -1;

	memset(amount, 0, sizeof(amount));
	for (int i = 0; i < s->npicks; i++)
	{
		const RouteOffer *offer = &op->input.offers[s->pick[i].offer];
		const RouteChoice *choice = &op->problem.choice[s->pick[i].offer];

		missing -= s->pick[i].qty;
		for (int t = 0; t < b->options.terms; t++)
		{
			RouteTerm	term = b->options.term[t];

			if (offer->source_no != source)
				amount[term] += route_fixed(&offer->facts, term);
			amount[term] += (int128) route_unit(&offer->facts, choice, term) * s->pick[i].qty;
		}
		amount[TERM_DAYS] = Max(amount[TERM_DAYS], choice->days);
		source = offer->source_no;
	}
	memset(value, 0, b->slots * sizeof(int128));
	value[0] = missing;
	for (int t = 0; t < b->options.terms; t++)
	{
		RouteTerm	term = b->options.term[t];

		if (b->options.weighted)
			value[1] += amount[term] * b->options.weight[t] *
				(route_is_count(term) ? ROUTE_AMOUNT_SCALE : 1);
		else
			value[t + 1] = amount[term];
	}
}

/*
 * The best plan of an order, which holds nothing, in the work context, whose former content is
 * gone; from all stock if "alone", else from what is left.
 */
void
batch_solve(Batch *b, int order, bool alone, BatchPlan *plan)
{
	MemoryContext old;
	OrderProblem op;
	RouteSolution solution = {0};

	MemoryContextReset(b->work);
	old = MemoryContextSwitchTo(b->work);
	make_problem(b, order, alone, false, &op);
	plan->exact = route_is_exact(&op.problem);
	route_find_plan(&op.problem, plan->exact, &solution);
	if (!solution.found)
		solution.npicks = 0;
	plan->n = solution.npicks;
	plan->use = palloc(Max(plan->n, 1) * sizeof(BatchUse));
	for (int i = 0; i < plan->n; i++)
	{
		plan->use[i] = op.use[solution.pick[i].offer];
		plan->use[i].qty = solution.pick[i].qty;
	}
	count_up(b, &op, &solution, plan->value);
	MemoryContextSwitchTo(old);
}

/* ---- why units are missing ---- */

/* the reasons by the stock that there is for the order, and what of each SKU would be missing */
static const char **
reasons_of(Batch *b, int order, bool alone, int64 *missing)
{
	OrderProblem *op = palloc(sizeof(OrderProblem));
	RouteResult *r = palloc0(sizeof(RouteResult));
	RouteSolution solution = {0};
	int32		first = b->order[order].first;

	make_problem(b, order, alone, true, op);
	r->input = op->input;
	r->problem = op->problem;
	route_find_plan(&r->problem, route_is_exact(&r->problem), &solution);
	if (solution.found)
	{
		r->npicks = solution.npicks;
		r->pick = solution.pick;
	}
	for (int k = 0; k < r->problem.nskus; k++)
		missing[k] = b->demand[first + k].qty;
	for (int i = 0; i < r->npicks; i++)
		missing[r->input.offers[r->pick[i].offer].sku_no] -= r->pick[i].qty;
	return route_missing_reasons(r);
}

/*
 * For each SKU of an order that holds nothing, why units of it would be missing: what route_order
 * says where they would be missing if the order had all stock for itself, else "queue".  In the
 * work context.
 */
const char **
batch_missing_reasons(Batch *b, int order)
{
	int			n = b->order[order].last - b->order[order].first;
	MemoryContext old;
	int64	   *missing;
	const char **alone;
	const char **left;

	MemoryContextReset(b->work);
	old = MemoryContextSwitchTo(b->work);
	missing = palloc(n * sizeof(int64));
	left = reasons_of(b, order, false, missing);
	alone = reasons_of(b, order, true, missing);
	for (int k = 0; k < n; k++)
	{
		if (missing[k] == 0)
			alone[k] = strcmp(left[k], "order_refused") == 0 ? left[k] : "queue";
	}
	MemoryContextSwitchTo(old);
	return alone;
}
