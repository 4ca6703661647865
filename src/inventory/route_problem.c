/*
 * route_problem.c
 *	  From what is told of an order to what is to be solved: demand by SKU, sources, hard filters,
 *	  and the values that are added up and compared.
 *
 * A value is a list of int128 slots, compared from the first on.  Terms of the objective share a
 * slot as digits of a number: the factor of a term is one more than the most that all terms behind
 * it can come to, so that sums compare as the terms do one after the other, exactly.  A term gets
 * a slot of its own where a number would be too large.  Units that are missing come before all
 * terms.
 */
#include "postgres.h"
#include "compat.h"

#include "miscadmin.h"

#include "inventory/route.h"

/* sums stay below twice this */
#define SLOT_MAX		((int128) 1 << 125)

const char *const route_filter_name[FILTERS] = {
	NULL, "ineligible", "method", "cutoff", "max_days", "promise", "unknown", "stock", "capacity"
};

/* ---- SKUs ---- */

/* -1 if no line asks for it */
static int
find_sku(const RouteProblem *p, const RouteId *sku)
{
	const RouteId *found = route_find_id(p->sku, p->nskus, sku);

	return found ? found - p->sku : -1;
}

static void
number_skus(RouteProblem *p)
{
	const RouteInput *in = p->input;
	int			n = 0;

	p->sku = palloc(Max(in->nlines, 1) * sizeof(RouteId));
	for (int i = 0; i < in->nlines; i++)
		p->sku[i] = in->lines[i].sku;
	route_sort_ids(p->sku, in->nlines);
	for (int i = 0; i < in->nlines; i++)
	{
		if (n == 0 || route_id_compare(&p->sku[n - 1], &p->sku[i]) != 0)
			p->sku[n++] = p->sku[i];
	}
	p->nskus = n;
	p->demand = palloc0(Max(n, 1) * sizeof(int64));
	for (int i = 0; i < in->nlines; i++)
	{
		in->lines[i].sku_no = find_sku(p, &in->lines[i].sku);
		p->demand[in->lines[i].sku_no] += in->lines[i].qty;
		p->units += in->lines[i].qty;
	}
}

/* ---- nodes and sources ---- */

static bool
number_sources(RouteProblem *p, Problem *problem)
{
	const RouteInput *in = p->input;
	const RouteOffer *before = NULL;

	p->node = palloc(Max(in->noffers, 1) * sizeof(RouteNode));
	p->source = palloc(Max(in->noffers, 1) * sizeof(RouteSource));
	for (int i = 0; i < in->noffers; i++)
	{
		RouteOffer *o = &in->offers[i];
		bool		same_node = before && route_id_compare(&before->node, &o->node) == 0;

		if (!same_node)
		{
			RouteNode  *node = &p->node[p->nnodes++];

			node->first = node->last = p->nsources;
			node->capacity = FACT_KNOWN(&o->facts, FACT_CAPACITY) ?
				o->facts.value[FACT_CAPACITY] : -1;
		}
		if (!same_node || route_span_compare(before->facts.method, o->facts.method) != 0)
		{
			RouteSource *s = &p->source[p->nsources++];

			s->node = p->nnodes - 1;
			s->first = s->last = i;
			p->node[s->node].last = p->nsources;
		}
		o->source_no = p->nsources - 1;
		o->sku_no = find_sku(p, &o->sku);
		if (o->sku_no < 0)
			return route_problem(problem, 0, "sku", NULL,
								 "Node \"%s\" is a candidate for SKU \"%s\", which no line has.",
								 route_id_text(&o->node), route_id_text(&o->sku));
		p->source[o->source_no].last = i + 1;
		before = o;
	}
	return true;
}

/* ---- filters ---- */

static bool
allowed_method(const RouteOptions *options, TextSpan method)
{
	for (int i = 0; i < options->methods; i++)
	{
		if (route_span_compare(options->method[i], method) == 0)
			return true;
	}
	return options->methods == 0;
}

/* the fact that a term needs and an offer lacks; NULL if there is none */
static const char *
unknown_fact(const RouteFacts *f, RouteTerm term)
{
	switch (term)
	{
		case TERM_COST:
			return f->known & (1 << FACT_FIXED_COST | 1 << FACT_UNIT_COST) ? NULL : "cost";
		case TERM_DAYS:
		case TERM_LATE:
			return FACT_KNOWN(f, FACT_DAYS) ? NULL : "days";
		case TERM_DUTIES:
			return FACT_KNOWN(f, FACT_UNIT_DUTY) ? NULL : "unit_duty";
		case TERM_EMISSIONS:
			return f->known & (1 << FACT_FIXED_EMISSIONS | 1 << FACT_UNIT_EMISSIONS) ? NULL :
				"emissions";
		default:
			return NULL;
	}
}

/* what becomes of an offer that lacks a fact; FILTERS, with the problem filled, for an error */
static RouteFilter
unknown(const RouteProblem *p, const RouteOffer *o, const char *fact, Problem *problem)
{
	if (p->options->unknown_ineligible)
		return FILTER_UNKNOWN;
	route_problem(problem, ERRCODE_NULL_VALUE_NOT_ALLOWED, "unknown",
				  "Tell it, or give the option \"unknown\": \"ineligible\" to do without such "
				  "nodes.",
				  "The objective or a filter needs %s of node \"%s\" for SKU \"%s\", which is not "
				  "known.", fact, route_id_text(&o->node), route_id_text(&o->sku));
	return FILTERS;
}

static RouteFilter
filter_days(const RouteProblem *p, const RouteOffer *o, RouteChoice *choice, Problem *problem)
{
	const RouteOptions *options = p->options;
	const RouteFacts *f = &o->facts;
	bool		promised = FACT_KNOWN(f, FACT_PROMISED_DAYS);

	if (f->past_cutoff && !options->cutoff_next_day)
		return FILTER_CUTOFF;
	if (!FACT_KNOWN(f, FACT_DAYS))
	{
		if (options->max_days >= 0 || (promised && !options->promise_soft))
			return unknown(p, o, "days", problem);
		return FILTER_NONE;
	}
	choice->days = (int32) f->value[FACT_DAYS] + (f->past_cutoff ? 1 : 0);
	if (options->max_days >= 0 && choice->days > options->max_days)
		return FILTER_DAYS;
	if (promised && choice->days > f->value[FACT_PROMISED_DAYS])
	{
		if (!options->promise_soft)
			return FILTER_PROMISE;
		choice->late = choice->days - f->value[FACT_PROMISED_DAYS];
	}
	return FILTER_NONE;
}

static RouteFilter
filter_units(const RouteProblem *p, const RouteOffer *o, RouteChoice *choice)
{
	int64		capacity = p->node[p->source[o->source_no].node].capacity;
	int64		demand = p->demand[o->sku_no];
	int64		least = p->options->split == SPLIT_UNITS || p->options->partial ? 1 : demand;

	if (o->available < least)
		return FILTER_STOCK;
	if (capacity >= 0 && capacity < least)
		return FILTER_CAPACITY;
	choice->most = Min(o->available, demand);
	if (capacity >= 0)
		choice->most = Min(choice->most, capacity);
	return FILTER_NONE;
}

static RouteFilter
filter(const RouteProblem *p, const RouteOffer *o, RouteChoice *choice, Problem *problem)
{
	RouteFilter f;

	if (o->facts.ineligible.data)
		return FILTER_INELIGIBLE;
	if (!allowed_method(p->options, o->facts.method))
		return FILTER_METHOD;
	f = filter_days(p, o, choice, problem);
	if (f == FILTER_NONE)
		f = filter_units(p, o, choice);
	for (int i = 0; i < p->options->terms && f == FILTER_NONE; i++)
	{
		const char *fact = unknown_fact(&o->facts, p->options->term[i]);

		if (fact)
			f = unknown(p, o, fact, problem);
	}
	return f;
}

static bool
check_methods(const RouteProblem *p, Problem *problem)
{
	for (int i = 0; i < p->nnodes; i++)
	{
		const RouteOffer *first = &p->input->offers[p->source[p->node[i].first].first];
		int			used = 0;

		for (int s = p->node[i].first; s < p->node[i].last; s++)
		{
			bool		any = false;

			for (int o = p->source[s].first; o < p->source[s].last; o++)
				any = any || p->choice[o].filter == FILTER_NONE;
			used += any;
		}
		if (used > ROUTE_METHODS_MAX)
			return route_problem(problem, ERRCODE_PROGRAM_LIMIT_EXCEEDED, "methods",
								 "Allow fewer by the option \"methods\".",
								 "Node \"%s\" can be used by more than %d methods.",
								 route_id_text(&first->node), ROUTE_METHODS_MAX);
	}
	return true;
}

/* ---- values ---- */

/* what a shipment adds to a term */
int64
route_fixed(const RouteFacts *f, RouteTerm term)
{
	switch (term)
	{
		case TERM_SHIPMENTS:
			return 1;
		case TERM_COST:
			return f->value[FACT_FIXED_COST];
		case TERM_EMISSIONS:
			return f->value[FACT_FIXED_EMISSIONS];
		default:
			return 0;
	}
}

/* what a unit adds to a term */
int64
route_unit(const RouteFacts *f, const RouteChoice *choice, RouteTerm term)
{
	switch (term)
	{
		case TERM_COST:
			return f->value[FACT_UNIT_COST];
		case TERM_LATE:
			return choice->late;
		case TERM_DUTIES:
			return f->value[FACT_UNIT_DUTY];
		case TERM_EMISSIONS:
			return f->value[FACT_UNIT_EMISSIONS];
		case TERM_PROTECTION:
			return f->value[FACT_UNIT_PROTECTION];
		default:
			return 0;
	}
}

/* the most that a term can come to */
static int128
term_most(const RouteProblem *p, RouteTerm term, int64 *unit)
{
	int128		most = 0;

	memset(unit, 0, p->nskus * sizeof(int64));
	for (int s = 0; s < p->nsources; s++)
		most += route_fixed(&p->input->offers[p->source[s].first].facts, term);
	for (int i = 0; i < p->input->noffers; i++)
	{
		const RouteOffer *o = &p->input->offers[i];

		if (p->choice[i].filter == FILTER_NONE)
		{
			int64		of_unit = route_unit(&o->facts, &p->choice[i], term);

			unit[o->sku_no] = Max(unit[o->sku_no], of_unit);
			if (term == TERM_DAYS)
				most = Max(most, p->choice[i].days);
		}
	}
	for (int k = 0; k < p->nskus; k++)
		most += (int128) unit[k] * p->demand[k];
	return most;
}

/* whether a term is counted, not an amount in millionths */
bool
route_is_count(RouteTerm term)
{
	return term == TERM_SHIPMENTS || term == TERM_DAYS || term == TERM_LATE;
}

/* put a term whose most is known before those that are placed already */
static void
place(RouteScale *scale, int128 most, int *slot, int128 *factor, int128 *next)
{
	/* one more than all behind it, or a new slot */
	if (scale->slots == 0 || *next > SLOT_MAX / (most + 1))
	{
		scale->slots++;
		*next = 1;
	}
	*slot = scale->slots - 1;	/* counted from the end for now */
	*factor = *next;
	*next *= most + 1;
}

static void
make_scale(RouteProblem *p)
{
	RouteScale *scale = &p->scale;
	const RouteOptions *options = p->options;
	int64	   *unit = palloc(Max(p->nskus, 1) * sizeof(int64));
	int128		next = 1;
	int128		sum = 0;

	for (int t = 0; t < TERMS; t++)
		scale->slot[t] = -1;
	scale->slots = 0;
	if (options->weighted)
	{
		for (int i = 0; i < options->terms; i++)
		{
			RouteTerm	t = options->term[i];

			scale->factor[t] = (int128) options->weight[i] *
				(route_is_count(t) ? ROUTE_AMOUNT_SCALE : 1);
			scale->slot[t] = 0;
			sum += scale->factor[t] * term_most(p, t, unit);
		}
		scale->slots = 1;
		next = sum + 1;
	}
	else
	{
		for (int i = options->terms - 1; i >= 0; i--)
		{
			RouteTerm	t = options->term[i];

			place(scale, term_most(p, t, unit), &scale->slot[t], &scale->factor[t], &next);
		}
	}
	place(scale, p->units, &scale->missing_slot, &scale->missing_factor, &next);
	for (int t = 0; t < TERMS; t++)
	{
		if (scale->slot[t] >= 0)
			scale->slot[t] = scale->slots - 1 - scale->slot[t];
	}
	scale->missing_slot = scale->slots - 1 - scale->missing_slot;
	pfree(unit);
}

void
route_value_add(const RouteScale *scale, RouteTerm term, int128 amount, int128 *value)
{
	if (scale->slot[term] >= 0)
		value[scale->slot[term]] += scale->factor[term] * amount;
}

static void
make_values(RouteProblem *p)
{
	const RouteScale *scale = &p->scale;
	const RouteOptions *options = p->options;
	int			slots = scale->slots;
	int128	   *values = MemoryContextAllocHuge(CurrentMemoryContext,
												Max(p->input->noffers + p->nsources, 1) *
												slots * sizeof(int128));

	memset(values, 0, (Size) (p->input->noffers + p->nsources) * slots * sizeof(int128));
	for (int s = 0; s < p->nsources; s++, values += slots)
	{
		RouteSource *source = &p->source[s];
		const RouteFacts *f = &p->input->offers[source->first].facts;

		source->value = values;
		for (int i = 0; i < options->terms; i++)
			route_value_add(scale, options->term[i], route_fixed(f, options->term[i]), values);
	}
	for (int o = 0; o < p->input->noffers; o++, values += slots)
	{
		RouteChoice *choice = &p->choice[o];

		choice->value = values;
		if (choice->filter != FILTER_NONE)
			continue;
		for (int i = 0; i < options->terms; i++)
		{
			RouteTerm	t = options->term[i];

			route_value_add(scale, t, route_unit(&p->input->offers[o].facts, choice, t), values);
		}
	}
}

/* false, with the problem filled, where a fact is needed that is not known */
bool
route_problem_build(const RouteInput *input, RouteProblem *p, Problem *problem)
{
	memset(p, 0, sizeof(RouteProblem));
	p->input = input;
	p->options = &input->options;
	number_skus(p);
	if (!number_sources(p, problem))
		return false;
	p->choice = MemoryContextAllocExtended(CurrentMemoryContext,
										   Max(input->noffers, 1) * sizeof(RouteChoice),
										   MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (int i = 0; i < input->noffers; i++)
	{
		if ((i & 0xFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		p->choice[i].filter = filter(p, &input->offers[i], &p->choice[i], problem);
		if (p->choice[i].filter == FILTERS)
			return false;
	}
	if (!check_methods(p, problem))
		return false;
	make_scale(p);
	make_values(p);
	p->days_limit = PG_INT32_MAX;
	return true;
}

/* the value of picks, sorted by offer */
void
route_value_of(const RouteProblem *p, const RoutePick *pick, int n, int128 *value)
{
	int			source = -1;
	int64		served = 0;
	int32		days = 0;

	memset(value, 0, p->scale.slots * sizeof(int128));
	for (int i = 0; i < n; i++)
	{
		const RouteChoice *choice = &p->choice[pick[i].offer];

		for (int s = 0; s < p->scale.slots; s++)
			value[s] += choice->value[s] * pick[i].qty;
		if (p->input->offers[pick[i].offer].source_no != source)
		{
			source = p->input->offers[pick[i].offer].source_no;
			for (int s = 0; s < p->scale.slots; s++)
				value[s] += p->source[source].value[s];
		}
		served += pick[i].qty;
		days = Max(days, choice->days);
	}
	route_value_add(&p->scale, TERM_DAYS, days, value);
	value[p->scale.missing_slot] += p->scale.missing_factor * (p->units - served);
}
