/*
 * reserve_choose.c
 *	  Where units are taken that may come from anywhere.
 *
 * The rule, of which each step is deterministic: lines that name a location have theirs first.  Of
 * the others, one location that has all is best.  If they may be split, the location that has most
 * of the lines in full is taken, again and again; lines that no location has in full are split
 * over several, from that with most units on.  If they may not be split, one location gives what
 * it has.  Locations that the order takes from already come before others, then the least code.
 */
#include "postgres.h"
#include "compat.h"

#include "miscadmin.h"

#include "store/reserve.h"

typedef struct Choice
{
	ReserveCall *call;
	ReserveSpot *spots;			/* by SKU and place */
	int			n;
	int		   *first;			/* first spot of each SKU, and one more */
	bool	   *used;			/* of each place: the order takes from it */
	int		   *open;			/* lines that have nothing yet, ascending */
	int			nopen;
} Choice;

static ReserveSpot *
spot_at(Choice *choice, int sku, int place)
{
	int			low = choice->first[sku],
				high = choice->first[sku + 1];

	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (choice->spots[middle].place < place)
			low = middle + 1;
		else
			high = middle;
	}
	return low < choice->first[sku + 1] && choice->spots[low].place == place ?
		&choice->spots[low] : NULL;
}

/* units of a line that a place can give, all of them or fewer */
static int64
units_at(Choice *choice, const ReserveLine *line, int place)
{
	int64		units = line->qty;

	for (int i = line->need; i < line->need + line->nneeds; i++)
	{
		const ReserveNeed *need = &choice->call->needs[i];
		ReserveSpot *spot = spot_at(choice, need->sku, place);

		units = spot == NULL ? 0 : Min(units, spot->left / need->each);
	}
	return units;
}

/* units of a line leave a place, or come back */
static void
move_units(Choice *choice, const ReserveLine *line, int place, int64 units)
{
	for (int i = line->need; i < line->need + line->nneeds; i++)
	{
		const ReserveNeed *need = &choice->call->needs[i];

		spot_at(choice, need->sku, place)->left -= units * need->each;
	}
}

static void
give(Choice *choice, int number, int place, int64 units)
{
	ReserveLine *line = &choice->call->lines[number];

	if (units == 0)
		return;
	move_units(choice, line, place, units);
	for (int i = line->need; i < line->need + line->nneeds; i++)
	{
		const ReserveNeed *need = &choice->call->needs[i];

		reserve_add_take(choice->call, number, need->sku, place, units * need->each);
	}
	line->got = units;
	choice->used[place] = true;
}

/* whether one place is better than another, or than none, when they give the same */
static bool
comes_before(const Choice *choice, int place, int other)
{
	if (other == RESERVE_NO_PLACE || choice->used[place] != choice->used[other])
		return other == RESERVE_NO_PLACE || choice->used[place];
	return place < other;
}

/* a place that has all open lines */
static int
place_of_all(Choice *choice)
{
	ReserveCall *call = choice->call;
	int64	   *demand = palloc0(call->nskus * sizeof(int64));
	int		   *fits = palloc0((call->nplaces + 1) * sizeof(int));
	int			wanted = 0;
	int			best = RESERVE_NO_PLACE;

	for (int i = 0; i < choice->nopen; i++)
	{
		const ReserveLine *line = &call->lines[choice->open[i]];

		for (int j = line->need; j < line->need + line->nneeds; j++)
		{
			const ReserveNeed *need = &call->needs[j];

			wanted += demand[need->sku] == 0;
			/* no place has more than can be counted */
			demand[need->sku] = demand[need->sku] > PG_INT64_MAX - need->each * line->qty ?
				PG_INT64_MAX : demand[need->sku] + need->each * line->qty;
		}
	}
	for (int i = 0; i < choice->n; i++)
	{
		const ReserveSpot *spot = &choice->spots[i];

		if (demand[spot->sku] > 0 && spot->left >= demand[spot->sku])
			fits[spot->place]++;
	}
	for (int place = 0; place < call->nplaces; place++)
	{
		if (fits[place] == wanted && comes_before(choice, place, best))
			best = place;
	}
	pfree(demand);
	pfree(fits);
	return best;
}

/* give each open line what a place has of it, all or, if parts is so, fewer; others stay open */
static void
take_at(Choice *choice, int place, bool parts)
{
	int			left = 0;

	for (int i = 0; i < choice->nopen; i++)
	{
		int			number = choice->open[i];
		const ReserveLine *line = &choice->call->lines[number];
		int64		units = units_at(choice, line, place);

		if (units == line->qty || (parts && units > 0))
			give(choice, number, place, units);
		else
			choice->open[left++] = number;
	}
	choice->nopen = left;
}

/* how many open lines a place has in full, and how many units if parts count, too */
static int
lines_at(Choice *choice, int place, bool parts, double *sum)
{
	int			lines = 0;
	int64	   *taken = palloc((choice->nopen + 1) * sizeof(int64));

	*sum = 0;
	for (int i = 0; i < choice->nopen; i++)
	{
		const ReserveLine *line = &choice->call->lines[choice->open[i]];

		taken[i] = units_at(choice, line, place);
		lines += taken[i] == line->qty;
		if (taken[i] < line->qty && !parts)
			taken[i] = 0;
		if (taken[i] > 0)
			move_units(choice, line, place, taken[i]);
		*sum += taken[i];
	}
	for (int i = 0; i < choice->nopen; i++)
	{
		if (taken[i] > 0)
			move_units(choice, &choice->call->lines[choice->open[i]], place, -taken[i]);
	}
	pfree(taken);
	return lines;
}

/* the place with most lines, then units; none if no place has any */
static int
best_place(Choice *choice, bool parts)
{
	int			best = RESERVE_NO_PLACE;
	int			best_lines = 0;
	double		best_sum = 0;

	for (int place = 0; place < choice->call->nplaces; place++)
	{
		double		sum;
		int			lines = lines_at(choice, place, parts, &sum);

		CHECK_FOR_INTERRUPTS();
		if (lines == 0 && sum == 0)
			continue;
		if (lines > best_lines || (lines == best_lines && sum > best_sum && parts) ||
			(lines == best_lines && (sum == best_sum || !parts) &&
			 comes_before(choice, place, best)))
		{
			best = place;
			best_lines = lines;
			best_sum = sum;
		}
	}
	return best;
}

typedef struct Source
{
	ReserveSpot *spot;
	bool		used;
} Source;

static int
compare_sources(const void *a, const void *b)
{
	const Source *x = a;
	const Source *y = b;

	if (x->used != y->used)
		return x->used ? -1 : 1;
	if (x->spot->left != y->spot->left)
		return x->spot->left > y->spot->left ? -1 : 1;
	return x->spot->place - y->spot->place;
}

/* give a line what all places have together */
static void
split_line(Choice *choice, int number, bool parts)
{
	ReserveCall *call = choice->call;
	ReserveLine *line = &call->lines[number];
	int64		units = line->qty;

	for (int i = line->need; i < line->need + line->nneeds; i++)
	{
		const ReserveNeed *need = &call->needs[i];
		int64		sum = 0;

		for (int j = choice->first[need->sku]; j < choice->first[need->sku + 1]; j++)
			sum = sum > PG_INT64_MAX - choice->spots[j].left ? PG_INT64_MAX :
				sum + choice->spots[j].left;
		units = Min(units, sum / need->each);
	}
	if (units < line->qty && !parts)
		return;
	line->got = units;
	for (int i = line->need; i < line->need + line->nneeds; i++)
	{
		const ReserveNeed *need = &call->needs[i];
		int			n = choice->first[need->sku + 1] - choice->first[need->sku];
		Source	   *sources = palloc((n + 1) * sizeof(Source));
		int64		wanted = units * need->each;

		for (int j = 0; j < n; j++)
		{
			ReserveSpot *spot = &choice->spots[choice->first[need->sku] + j];

			sources[j] = (Source) {spot, choice->used[spot->place]};
		}
		qsort(sources, n, sizeof(Source), compare_sources);
		for (int j = 0; j < n && wanted > 0; j++)
		{
			ReserveSpot *spot = sources[j].spot;
			int64		taken = Min(wanted, spot->left);

			if (taken == 0)
				continue;
			reserve_add_take(call, number, need->sku, spot->place, taken);
			spot->left -= taken;
			wanted -= taken;
			choice->used[spot->place] = true;
		}
		pfree(sources);
	}
}

/*
 * Choose takes for all lines, from what these spots have: all of each line, or what there is of it
 * if the call takes parts.  False if there is not enough; the takes are then of no use.
 */
bool
reserve_choose(ReserveCall *call, ReserveSpot *spots, int n)
{
	Choice		choice = {.call = call, .spots = spots, .n = n};
	int			place;
	bool		all = true;

	call->ntakes = 0;
	choice.first = palloc((call->nskus + 1) * sizeof(int));
	choice.used = palloc0(call->nplaces + 1);
	choice.open = palloc((call->nlines + 1) * sizeof(int));
	for (int sku = 0, i = 0; sku <= call->nskus; sku++)
	{
		while (i < n && spots[i].sku < sku)
			i++;
		choice.first[sku] = i;
	}
	for (int i = 0; i < n; i++)
		spots[i].left = reserve_available(&spots[i]);
	for (int i = 0; i < call->nlines; i++)
	{
		ReserveLine *line = &call->lines[i];
		int64		units;

		CHECK_FOR_INTERRUPTS();
		line->got = 0;
		if (line->place == RESERVE_NO_PLACE)
		{
			choice.open[choice.nopen++] = i;
			continue;
		}
		units = units_at(&choice, line, line->place);
		if (units == line->qty || call->partial)
			give(&choice, i, line->place, units);
	}

	if (choice.nopen > 0 && (place = place_of_all(&choice)) != RESERVE_NO_PLACE)
		take_at(&choice, place, false);
	if (call->split)
	{
		while (choice.nopen > 0 &&
			   (place = best_place(&choice, false)) != RESERVE_NO_PLACE)
			take_at(&choice, place, false);
		for (int i = 0; i < choice.nopen; i++)
		{
			CHECK_FOR_INTERRUPTS();
			split_line(&choice, choice.open[i], call->partial);
		}
	}
	else if (call->partial && choice.nopen > 0 &&
			 (place = best_place(&choice, true)) != RESERVE_NO_PLACE)
		take_at(&choice, place, true);

	for (int i = 0; i < call->nlines; i++)
		all = all && call->lines[i].got == call->lines[i].qty;
	return all || call->partial;
}

void
reserve_add_take(ReserveCall *call, int line, int sku, int place, int64 qty)
{
	if (call->ntakes == call->takes_room)
	{
		call->takes_room = Max(2 * call->takes_room, 16);
		call->takes = call->takes ?
			repalloc_huge(call->takes, (Size) call->takes_room * sizeof(ReserveTake)) :
			palloc(call->takes_room * sizeof(ReserveTake));
	}
	call->takes[call->ntakes++] = (ReserveTake) {line, sku, place, qty, 0};
}

static int
compare_takes(const void *a, const void *b)
{
	const ReserveTake *x = a;
	const ReserveTake *y = b;

	if (x->sku != y->sku)
		return x->sku - y->sku;
	if (x->place != y->place)
		return x->place - y->place;
	return x->line - y->line;
}

/* in the order of locks */
void
reserve_sort_takes(ReserveCall *call)
{
	qsort(call->takes, call->ntakes, sizeof(ReserveTake), compare_takes);
}
