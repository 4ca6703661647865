/*
 * route_single.c
 *	  An order that may not be split: the best of the sources that can serve all of it, or, where a
 *	  part will do, the most of it.  Every source is tried, so the answer is exact for any size.
 */
#include "postgres.h"
#include "compat.h"

#include "miscadmin.h"

#include "inventory/route.h"

/* a unit of which offer is cheaper; by offer where they are alike */
static int
compare_picks(const void *a, const void *b, void *arg)
{
	const RouteProblem *p = arg;
	const RoutePick *x = a;
	const RoutePick *y = b;
	int			c = route_value_compare(&p->scale, p->choice[x->offer].value,
									   p->choice[y->offer].value);

	return c != 0 ? c : x->offer - y->offer;
}

static int
compare_offers(const void *a, const void *b)
{
	return ((const RoutePick *) a)->offer - ((const RoutePick *) b)->offer;
}

/* all that a source can give; false if that is not what is asked for */
static bool
take_source(const RouteProblem *p, const RouteSource *source, RouteSolution *s)
{
	int64		capacity = p->node[source->node].capacity;
	int64		units = 0;
	int			kept = 0;

	s->npicks = 0;
	for (int o = source->first; o < source->last; o++)
	{
		if (route_usable(p, o))
		{
			s->pick[s->npicks++] = (RoutePick) {o, p->choice[o].most};
			units += p->choice[o].most;
		}
	}
	if (!p->options->partial)
		return units == p->units && (capacity < 0 || units <= capacity);
	if (capacity < 0 || units <= capacity)
		return units > 0;

	/* the cheapest units, as many as it can handle */
	qsort_arg(s->pick, s->npicks, sizeof(RoutePick), compare_picks, (void *) p);
	for (int i = 0; i < s->npicks; i++)
	{
		s->pick[i].qty = Min(s->pick[i].qty, capacity);
		capacity -= s->pick[i].qty;
		if (s->pick[i].qty > 0)
			s->pick[kept++] = s->pick[i];
	}
	s->npicks = kept;
	qsort(s->pick, kept, sizeof(RoutePick), compare_offers);
	return kept > 0;
}

void
route_single(const RouteProblem *p, RouteSolution *solution)
{
	RouteSolution one = {.pick = palloc((p->nskus + 1) * sizeof(RoutePick))};

	solution->found = false;
	solution->npicks = 0;
	solution->pick = palloc((p->nskus + 1) * sizeof(RoutePick));
	if (p->options->partial)
	{
		solution->found = true;
		route_value_of(p, NULL, 0, solution->value);
	}
	for (int i = 0; i < p->nsources; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!take_source(p, &p->source[i], &one))
			continue;
		route_value_of(p, one.pick, one.npicks, one.value);
		if (!solution->found || route_value_compare(&p->scale, one.value, solution->value) < 0)
		{
			solution->found = true;
			solution->npicks = one.npicks;
			memcpy(solution->pick, one.pick, one.npicks * sizeof(RoutePick));
			memcpy(solution->value, one.value, sizeof(one.value));
		}
	}
	pfree(one.pick);
}
