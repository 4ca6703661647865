/*
 * route_bound.c
 *	  What no plan can go below: for each term of the objective, over all plans that serve as many
 *	  units as the lower bound of missing units allows.
 *
 * The bounds hold whatever the search finds.  Capacities are left out but where they limit what one
 * node gives, which can only make a bound lower.  For a sum of shipments' and units' parts the
 * bound is that of linear-programming duality for facility location (after Erlenkotter 1978): for
 * prices v of a unit of each SKU, if for every source
 *
 *		sum over SKUs of units it can give * max(0, price - its part for a unit) <= its part for a
 *		shipment
 *
 * then no plan costs less than the sum of price * units.  Prices are whole numbers of 2^-16, and
 * the condition is kept exactly, so that no rounding can break it.  Two sets of prices are tried:
 * from the cheapest offers, and from shipments' parts spread evenly over all units; both are raised
 * SKU by SKU as long as the condition holds, those with the fewest offers first.
 */
#include "postgres.h"
#include "compat.h"

#include "miscadmin.h"

#include "inventory/route.h"

#define SCALE	((int128) 1 << 16)

typedef struct Dual
{
	const RouteProblem *p;
	int		   *offer;			/* usable offers, by SKU */
	int		   *first;			/* of each SKU, and one more */
	int		   *order;			/* SKUs by the number of their offers */
	int64	   *served;			/* units of each SKU that a plan serves */
	int128	   *price;
	int128	   *slack;			/* of each source */
} Dual;

/* the most units of an SKU that any plan can serve */
static int64
most_of(const Dual *d, int k)
{
	const RouteProblem *p = d->p;
	int64		most = 0;
	int			node = -1;
	bool		units = p->options->split == SPLIT_UNITS;

	for (int i = d->first[k]; i < d->first[k + 1]; i++)
	{
		int			o = d->offer[i];
		int			at = p->source[p->input->offers[o].source_no].node;

		if (!units)
			most = Max(most, p->choice[o].most);
		else if (at != node)
			most += p->choice[o].most;
		node = at;
	}
	return Min(most, p->demand[k]);
}

static int
compare_counts(const void *a, const void *b, void *arg)
{
	const Dual *d = arg;
	int			x = *(const int *) a;
	int			y = *(const int *) b;
	int			c = (d->first[x + 1] - d->first[x]) - (d->first[y + 1] - d->first[y]);

	return c != 0 ? c : x - y;
}

/* usable offers by SKU, each SKU's by node */
static void
begin(Dual *d, const RouteProblem *p)
{
	int		   *at = palloc(Max(p->nskus, 1) * sizeof(int));

	d->p = p;
	d->offer = palloc(Max(p->input->noffers, 1) * sizeof(int));
	d->first = palloc0((p->nskus + 1) * sizeof(int));
	d->order = palloc(Max(p->nskus, 1) * sizeof(int));
	d->served = palloc(Max(p->nskus, 1) * sizeof(int64));
	d->price = palloc(Max(p->nskus, 1) * sizeof(int128));
	d->slack = palloc(Max(p->nsources, 1) * sizeof(int128));
	for (int o = 0; o < p->input->noffers; o++)
	{
		if (p->choice[o].filter == FILTER_NONE)
			d->first[p->input->offers[o].sku_no + 1]++;
	}
	for (int k = 0; k < p->nskus; k++)
	{
		d->first[k + 1] += d->first[k];
		at[k] = d->first[k];
		d->order[k] = k;
	}
	for (int o = 0; o < p->input->noffers; o++)
	{
		if (p->choice[o].filter == FILTER_NONE)
			d->offer[at[p->input->offers[o].sku_no]++] = o;
	}
	for (int k = 0; k < p->nskus; k++)
		d->served[k] = most_of(d, k);
	qsort_arg(d->order, p->nskus, sizeof(int), compare_counts, d);
	pfree(at);
}

int64 *
route_most(const RouteProblem *p)
{
	Dual		d;

	begin(&d, p);
	return d.served;
}

int64
route_bound_missing(const RouteProblem *p)
{
	const int64 *most = route_most(p);
	int64		missing = 0;

	for (int k = 0; k < p->nskus; k++)
		missing += p->demand[k] - most[k];
	return missing;
}

/* ---- prices ---- */

/* the units that an offer can give in a plan that serves the most; 0 if it is of no use there */
static inline int64
gives(const Dual *d, int o)
{
	int			k = d->p->input->offers[o].sku_no;

	if (d->p->options->split != SPLIT_UNITS && d->p->choice[o].most < d->served[k])
		return 0;
	return Min(d->p->choice[o].most, d->served[k]);
}

static inline int128
part_of_unit(const Dual *d, int o, RouteTerm term)
{
	return SCALE * route_unit(&d->p->input->offers[o].facts, &d->p->choice[o], term);
}

/* the part of a source's shipment that falls on a unit if it gives all it can */
static int128
even_share(const Dual *d, int source, RouteTerm term)
{
	const RouteSource *s = &d->p->source[source];
	int128		fixed = SCALE * route_fixed(&d->p->input->offers[s->first].facts, term);
	int128		units = 0;

	for (int o = s->first; o < s->last; o++)
	{
		if (d->p->choice[o].filter == FILTER_NONE)
			units += gives(d, o);
	}
	return units > 0 ? fixed / units : 0;
}

static void
begin_prices(Dual *d, RouteTerm term, bool even)
{
	const RouteProblem *p = d->p;
	int128	   *share = palloc0(Max(p->nsources, 1) * sizeof(int128));

	for (int s = 0; s < p->nsources; s++)
	{
		d->slack[s] = SCALE * route_fixed(&p->input->offers[p->source[s].first].facts, term);
		if (even)
			share[s] = even_share(d, s, term);
	}
	for (int k = 0; k < p->nskus; k++)
	{
		bool		any = false;

		d->price[k] = 0;
		for (int i = d->first[k]; i < d->first[k + 1]; i++)
		{
			int			o = d->offer[i];
			int128		price = part_of_unit(d, o, term) + share[p->input->offers[o].source_no];

			if (gives(d, o) > 0 && (!any || price < d->price[k]))
			{
				d->price[k] = price;
				any = true;
			}
		}
		for (int i = d->first[k]; i < d->first[k + 1]; i++)
		{
			int			o = d->offer[i];
			int128		over = d->price[k] - part_of_unit(d, o, term);

			if (over > 0)
				d->slack[p->input->offers[o].source_no] -= over * gives(d, o);
		}
	}
	pfree(share);
}

/* raise the price of an SKU as far as every source that has it allows */
static void
raise_price(Dual *d, int k, RouteTerm term)
{
	const RouteProblem *p = d->p;
	int128		by = -1;

	for (int i = d->first[k]; i < d->first[k + 1]; i++)
	{
		int			o = d->offer[i];
		int64		units = gives(d, o);
		int128		room;

		if (units == 0)
			continue;
		room = Max(part_of_unit(d, o, term) - d->price[k], 0) +
			d->slack[p->input->offers[o].source_no] / units;
		if (by < 0 || room < by)
			by = room;
	}
	if (by <= 0)
		return;
	for (int i = d->first[k]; i < d->first[k + 1]; i++)
	{
		int			o = d->offer[i];
		int128		over = d->price[k] + by - Max(part_of_unit(d, o, term), d->price[k]);

		if (over > 0)
			d->slack[p->input->offers[o].source_no] -= over * gives(d, o);
	}
	d->price[k] += by;
}

static int128
bound_of_sum(Dual *d, RouteTerm term, bool even)
{
	int128		sum = 0;

	begin_prices(d, term, even);
	for (int i = 0; i < d->p->nskus; i++)
	{
		CHECK_FOR_INTERRUPTS();
		raise_price(d, d->order[i], term);
	}
	for (int k = 0; k < d->p->nskus; k++)
		sum += d->price[k] * d->served[k];
	return (sum + SCALE - 1) / SCALE;
}

/* ---- shipments by what a source gives, and days ---- */

static int
compare_descending(const void *a, const void *b)
{
	int64		x = *(const int64 *) a;
	int64		y = *(const int64 *) b;

	return (x < y) - (x > y);
}

/* how many of the sources that give most it takes to have all units */
static int128
bound_by_units(const Dual *d)
{
	const RouteProblem *p = d->p;
	int64	   *most = palloc0(Max(p->nsources, 1) * sizeof(int64));
	int64		left = 0;
	int			n = 0;

	for (int s = 0; s < p->nsources; s++)
	{
		int64		capacity = p->node[p->source[s].node].capacity;

		for (int o = p->source[s].first; o < p->source[s].last; o++)
		{
			if (p->choice[o].filter == FILTER_NONE)
				most[s] += gives(d, o);
		}
		if (capacity >= 0)
			most[s] = Min(most[s], capacity);
	}
	for (int k = 0; k < p->nskus; k++)
		left += d->served[k];
	qsort(most, p->nsources, sizeof(int64), compare_descending);
	while (n < p->nsources && left > 0)
		left -= most[n++];
	pfree(most);
	return n;
}

static int
compare_days(const void *a, const void *b, void *arg)
{
	const RouteProblem *p = arg;

	return p->choice[*(const int *) a].days - p->choice[*(const int *) b].days;
}

/* the days until there can be all units of each SKU */
static int128
bound_of_days(Dual *d)
{
	const RouteProblem *p = d->p;
	int32		days = 0;

	for (int k = 0; k < p->nskus; k++)
	{
		int64		units = 0;
		int			n = d->first[k + 1] - d->first[k];
		int		   *offer = palloc(Max(n, 1) * sizeof(int));

		CHECK_FOR_INTERRUPTS();
		memcpy(offer, d->offer + d->first[k], n * sizeof(int));
		qsort_arg(offer, n, sizeof(int), compare_days, (void *) p);
		for (int i = 0; i < n && units < d->served[k]; i++)
		{
			units += gives(d, offer[i]);
			if (units >= d->served[k])
				days = Max(days, p->choice[offer[i]].days);
		}
		pfree(offer);
	}
	return days;
}

void
route_bound(const RouteProblem *p, int128 *bound)
{
	Dual		d;

	begin(&d, p);
	memset(bound, 0, TERMS * sizeof(int128));
	for (int i = 0; i < p->options->terms; i++)
	{
		RouteTerm	t = p->options->term[i];

		if (t == TERM_DAYS)
			bound[t] = bound_of_days(&d);
		else
		{
			int128		cheapest = bound_of_sum(&d, t, false);
			int128		even = bound_of_sum(&d, t, true);

			bound[t] = Max(cheapest, even);
		}
		if (t == TERM_SHIPMENTS)
			bound[t] = Max(bound[t], bound_by_units(&d));
	}
}
