/*
 * route_greedy.c
 *	  A good plan of an order that is too large for the exact one.
 *
 * Which sources are open decides the rest: SKUs are taken by quantity, the largest first, each from
 * the cheapest open source that has room.  The sources are chosen greedily, least value for each
 * unit that is served; then sources are closed, opened and exchanged one by one as long as the plan
 * becomes better, up to a fixed number of steps.  A second start has all sources open.
 *
 * Ratios are compared as double precision; the plans themselves by their exact values.
 */
#include "postgres.h"
#include "compat.h"

#include "miscadmin.h"

#include "inventory/route.h"

/* offers that are looked at, over all plans that are tried */
#define STEPS_MAX	INT64CONST(60000000)

typedef struct Search
{
	const RouteProblem *p;
	int		   *sku;			/* by quantity, the largest first */
	int		   *offer;			/* usable offers of each SKU, the cheapest first */
	int		   *first;			/* of each SKU, and one more */
	bool	   *usable;			/* sources that have a usable offer */
	bool	   *open;
	int64	   *room;			/* of each node */
	RoutePick  *pick;
	int			npicks;
	int128		value[ROUTE_SLOTS_MAX];
	int64		steps;
	RouteSolution best;
	bool	   *best_open;
} Search;

/* ---- what does not change ---- */

static int
compare_offers(const void *a, const void *b, void *arg)
{
	const RouteProblem *p = arg;
	int			x = *(const int *) a;
	int			y = *(const int *) b;
	int			c = p->input->offers[x].sku_no - p->input->offers[y].sku_no;

	CHECK_FOR_INTERRUPTS();
	if (c == 0)
		c = route_value_compare(&p->scale, p->choice[x].value, p->choice[y].value);
	return c != 0 ? c : x - y;
}

static int
compare_demand(const void *a, const void *b, void *arg)
{
	const RouteProblem *p = arg;
	int			x = *(const int *) a;
	int			y = *(const int *) b;

	if (p->demand[x] != p->demand[y])
		return p->demand[x] > p->demand[y] ? -1 : 1;
	return x - y;
}

static void
begin(Search *s, const RouteProblem *p)
{
	int			n = 0;

	memset(s, 0, sizeof(Search));
	s->p = p;
	s->sku = palloc(Max(p->nskus, 1) * sizeof(int));
	s->offer = palloc(Max(p->input->noffers, 1) * sizeof(int));
	s->first = palloc0((p->nskus + 1) * sizeof(int));
	s->usable = palloc0(Max(p->nsources, 1) * sizeof(bool));
	s->open = palloc0(Max(p->nsources, 1) * sizeof(bool));
	s->best_open = palloc0(Max(p->nsources, 1) * sizeof(bool));
	s->room = palloc(Max(p->nnodes, 1) * sizeof(int64));
	s->pick = palloc(Max(p->input->noffers, 1) * sizeof(RoutePick));
	s->best.pick = palloc(Max(p->input->noffers, 1) * sizeof(RoutePick));
	for (int k = 0; k < p->nskus; k++)
		s->sku[k] = k;
	qsort_arg(s->sku, p->nskus, sizeof(int), compare_demand, (void *) p);
	for (int o = 0; o < p->input->noffers; o++)
	{
		if (route_usable(p, o))
		{
			s->offer[n++] = o;
			s->first[p->input->offers[o].sku_no + 1]++;
			s->usable[p->input->offers[o].source_no] = true;
		}
	}
	for (int k = 0; k < p->nskus; k++)
		s->first[k + 1] += s->first[k];
	qsort_arg(s->offer, n, sizeof(int), compare_offers, (void *) p);
}

static void
clear_room(Search *s)
{
	for (int i = 0; i < s->p->nnodes; i++)
		s->room[i] = s->p->node[i].capacity < 0 ? PG_INT64_MAX : s->p->node[i].capacity;
}

/* ---- a plan from the open sources ---- */

static inline int64 *
room_of(Search *s, int offer)
{
	return &s->room[s->p->source[s->p->input->offers[offer].source_no].node];
}

static void
take(Search *s, int offer, int64 qty)
{
	*room_of(s, offer) -= qty;
	s->pick[s->npicks++] = (RoutePick) {offer, qty};
}

/* an SKU from one source: the cheapest that has most of it */
static void
serve_whole(Search *s, int k)
{
	int			best = -1;
	int64		most = 0;

	for (int i = s->first[k]; i < s->first[k + 1]; i++)
	{
		int			o = s->offer[i];
		int64		gives;

		s->steps++;
		if (!s->open[s->p->input->offers[o].source_no])
			continue;
		gives = Min(s->p->choice[o].most, *room_of(s, o));
		if (gives > most && (s->p->options->partial || gives == s->p->demand[k]))
		{
			best = o;
			most = gives;
			if (most == s->p->demand[k])
				break;
		}
	}
	if (best >= 0)
		take(s, best, most);
}

/* an SKU from as many sources as it needs; a node gives by one method only */
static void
serve_units(Search *s, int k)
{
	int			begun = s->npicks;
	int64		left = s->p->demand[k];

	for (int i = s->first[k]; i < s->first[k + 1] && left > 0; i++)
	{
		int			o = s->offer[i];
		int			node = s->p->source[s->p->input->offers[o].source_no].node;
		int64		gives = Min(left, Min(s->p->choice[o].most, s->room[node]));

		s->steps++;
		if (!s->open[s->p->input->offers[o].source_no] || gives == 0)
			continue;
		for (int j = begun; j < s->npicks && gives > 0; j++)
		{
			if (s->p->source[s->p->input->offers[s->pick[j].offer].source_no].node == node)
				gives = 0;
		}
		if (gives > 0)
		{
			take(s, o, gives);
			left -= gives;
		}
	}
}

static int
compare_picks(const void *a, const void *b)
{
	return ((const RoutePick *) a)->offer - ((const RoutePick *) b)->offer;
}

/* the plan of the open sources; true if it is better than the best so far, which it then is */
static bool
try_plan(Search *s)
{
	const RouteProblem *p = s->p;

	CHECK_FOR_INTERRUPTS();
	clear_room(s);
	s->npicks = 0;
	s->steps += p->nskus;
	for (int i = 0; i < p->nskus; i++)
	{
		if (p->options->split == SPLIT_UNITS)
			serve_units(s, s->sku[i]);
		else
			serve_whole(s, s->sku[i]);
	}
	qsort(s->pick, s->npicks, sizeof(RoutePick), compare_picks);
	route_value_of(p, s->pick, s->npicks, s->value);
	if (s->best.found && route_value_compare(&p->scale, s->value, s->best.value) >= 0)
		return false;
	s->best.found = true;
	s->best.npicks = s->npicks;
	memcpy(s->best.pick, s->pick, s->npicks * sizeof(RoutePick));
	memcpy(s->best.value, s->value, sizeof(s->value));
	/* what is open but not used is closed */
	memset(s->best_open, 0, p->nsources * sizeof(bool));
	for (int i = 0; i < s->npicks; i++)
		s->best_open[p->input->offers[s->pick[i].offer].source_no] = true;
	return true;
}

/* ---- which sources to open ---- */

static double
as_double(const RouteScale *scale, const int128 *value)
{
	double		d = 0;

	for (int i = 0; i < scale->slots; i++)
		d = d * ((double) ((int128) 1 << 126)) + (double) value[i];
	return d;
}

/* value for each unit that a source serves of what is open; -1 if it serves none */
static double
ratio_of(const Search *s, int source, const int64 *need)
{
	const RouteProblem *p = s->p;
	int64		room = s->room[p->source[source].node];
	int64		units = 0;
	int128		value[ROUTE_SLOTS_MAX];
	bool		whole = p->options->split != SPLIT_UNITS && !p->options->partial;

	memcpy(value, p->source[source].value, p->scale.slots * sizeof(int128));
	for (int o = p->source[source].first; o < p->source[source].last; o++)
	{
		int64		want = need[p->input->offers[o].sku_no];
		int64		gives = Min(Min(want, p->choice[o].most), room - units);

		if (!route_usable(p, o) || gives <= 0 || (whole && gives < want))
			continue;
		units += gives;
		for (int v = 0; v < p->scale.slots; v++)
			value[v] += p->choice[o].value[v] * gives;
	}
	return units > 0 ? as_double(&p->scale, value) / units : -1;
}

static void
serve_from(Search *s, int source, int64 *need)
{
	const RouteProblem *p = s->p;
	int64	   *room = &s->room[p->source[source].node];
	bool		units = p->options->split == SPLIT_UNITS;

	for (int o = p->source[source].first; o < p->source[source].last; o++)
	{
		int64	   *want = &need[p->input->offers[o].sku_no];
		int64		gives = Min(Min(*want, p->choice[o].most), *room);

		if (!route_usable(p, o) || gives <= 0 || (!units && !p->options->partial && gives < *want))
			continue;
		*room -= gives;
		/* one source serves an SKU that is not split, as far as it can */
		*want = units ? *want - gives : 0;
	}
}

static void
choose_greedily(Search *s)
{
	const RouteProblem *p = s->p;
	int64	   *need = palloc(Max(p->nskus, 1) * sizeof(int64));

	memcpy(need, p->demand, p->nskus * sizeof(int64));
	memset(s->open, 0, p->nsources * sizeof(bool));
	clear_room(s);
	for (;;)
	{
		int			best = -1;
		double		least = 0;

		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < p->nsources; i++)
		{
			double		ratio;

			if (s->open[i] || !s->usable[i])
				continue;
			ratio = ratio_of(s, i, need);
			s->steps += p->source[i].last - p->source[i].first;
			if (ratio >= 0 && (best < 0 || ratio < least))
			{
				best = i;
				least = ratio;
			}
		}
		if (best < 0)
			break;
		s->open[best] = true;
		serve_from(s, best, need);
	}
	pfree(need);
}

/* ---- making it better ---- */

/* try the best plan with one source closed and another opened, -1 for none */
static bool
try_change(Search *s, int close, int open)
{
	memcpy(s->open, s->best_open, s->p->nsources * sizeof(bool));
	if (close >= 0)
		s->open[close] = false;
	if (open >= 0)
		s->open[open] = true;
	return try_plan(s);
}

static bool
improve_once(Search *s)
{
	const RouteProblem *p = s->p;

	for (int i = 0; i < p->nsources && s->steps < STEPS_MAX; i++)
	{
		if (s->best_open[i] && try_change(s, i, -1))
			return true;
	}
	for (int i = 0; i < p->nsources && s->steps < STEPS_MAX; i++)
	{
		if (s->usable[i] && !s->best_open[i] && try_change(s, -1, i))
			return true;
	}
	for (int i = 0; i < p->nsources; i++)
	{
		for (int j = 0; s->best_open[i] && j < p->nsources && s->steps < STEPS_MAX; j++)
		{
			if (s->usable[j] && !s->best_open[j] && try_change(s, i, j))
				return true;
		}
	}
	return false;
}

void
route_greedy(const RouteProblem *p, RouteSolution *solution)
{
	Search		s;
	RouteSolution first = {0};
	int64		served = 0;

	begin(&s, p);
	choose_greedily(&s);
	(void) try_plan(&s);
	while (improve_once(&s) && s.steps < STEPS_MAX)
		;
	first = s.best;

	/* the other start, which keeps what it finds only if it is better in the end */
	s.best.found = false;
	s.best.pick = palloc(Max(p->input->noffers, 1) * sizeof(RoutePick));
	s.steps = 0;
	memcpy(s.open, s.usable, p->nsources * sizeof(bool));
	(void) try_plan(&s);
	while (improve_once(&s) && s.steps < STEPS_MAX)
		;
	*solution = route_value_compare(&p->scale, s.best.value, first.value) < 0 ? s.best : first;
	for (int i = 0; i < solution->npicks; i++)
		served += solution->pick[i].qty;
	solution->found = p->options->partial || served == p->units;
}
