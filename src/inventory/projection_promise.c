/*
 * projection_promise.c
 *	  From an atp_projection: how many units can be promised from when.
 *
 * The projection runs through its times in order.  At each time, first lots expire that are good
 * until then, then supply arrives, then demand takes units.  Demand takes the lot that expires
 * first (FEFO); what it does not get it waits for, and takes as soon as supply arrives.  Let
 *
 *		N(u)	good units after all that happens at u, less units that demand waits for
 *		F(u)	units that promises have to leave at u: safety + buffer - backorder
 *
 * and N(u; t, q) be the same with q units of demand more at t.  Then q units can be promised at
 * t if
 *
 *		N(u; t, q) >= min(N(u), F(u))	for all u >= t
 *
 * that is, if the promise pulls no time below what has to stay there, nor one that is below
 * already any deeper.  So a promise makes no demand short that was accepted before it, be it
 * earlier or later; and units that would expire unused may be promised even if there is a
 * shortage after that.
 *
 * The run with the promise has at no time more of any lot than the one without: of lots in the
 * order of their expiry, with G units before a lot of r, demand d leaves max(0, min(r, G + r -
 * d)), which rises with G and r and falls with d.  So the greatest q is unique, and every smaller
 * one can be promised, too.  Where nothing expires unused after t, N(u; t, q) = N(u) - q, and the
 * answer is the least N(u) - F(u) of all u >= t, or 0: cumulative look-ahead, one pass for all
 * times.
 *
 * Else what the promise takes away, N(u) - N(u; t, q), gets less each time that units expire that
 * it took.  Call a unit that is there in the run without the promise, and not in the one with it,
 * a hole; let S(x, t) be the units that are there at t and expire by x, and Q(x, t) the holes at t
 * beyond these.  A new promise of q makes Q(x, t) = max(0, q - S(x, t)), since FEFO fills the
 * front first; demand that takes the front moves holes backward; and at x the holes that are left
 * are Q(x).  So at any time, all that will happen asks for is Q(x) <= A(x) for all x to come,
 * where A(x) is what can be promised at x:
 *
 *		A(t) = min(max(0, N(t) - F(t)), A(x) + S(x, t) of all x > t)
 *
 * A promise of more than there is waits, which is possible where F < 0, and is served before
 * anything else arrives into the shelf that it leaves empty.  If A(x) + S(x, t) is at least all
 * that is there at t, for all x > t, then an empty shelf breaks no Q(x) <= A(x), and only how many
 * units wait is of interest: what expires at the next place n is all taken, so
 *
 *		A(t) = min(max(0, N(t) - F(t)), A(n) + S(n, t))
 *
 * and times before t need not look beyond t.  The sweep goes through the times backward, with A(x)
 * + S(x, t) of all x in a tree whose leaves are places, so that it finds the least of them and
 * learns that units of a lot came or went in log n steps: n log n for all times together.
 *
 * All units of a projection together fit into a bigint, which is checked; so no sum here
 * overflows.  That holds for A(x) + S(x, t), too, whose units are different ones.
 */
#include "postgres.h"
#include "compat.h"

#include "common/int.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "storage/shmem.h"
#include "utils/tuplestore.h"

#include "inventory/projection.h"

PG_FUNCTION_INFO_V1(atp_at);
PG_FUNCTION_INFO_V1(atp_schedule);
PG_FUNCTION_INFO_V1(promise_at);
PG_FUNCTION_INFO_V1(atp_take);

/* units of one lot; places are indexes into the times of a timeline */
typedef struct Lot
{
	int			arrives;
	int			expires;
	int64		qty;
} Lot;

/* units of lots that expire at a place, which came or, below 0, went */
typedef struct Change
{
	int			expires;
	int64		qty;
} Change;

typedef struct Timeline
{
	int			n;				/* times */
	TimestampTz *at;
	int64	   *supply;			/* units that arrive */
	int64	   *demand;			/* units that are taken */
	int64	   *floor;			/* F */
	Lot		   *lots;			/* that expire, in the order of their arrival */
	int			n_lots;

	/* the run without a promise */
	int64	   *expired;		/* units that expire unused */
	int64	   *net;			/* N */
	int			last_expired;	/* the last place where units expire unused, or -1 */
	Change	   *changes;		/* of lots, in the order of places */
	int		   *changes_end;	/* behind those of each place */

	int64	   *atp;			/* A, from the place on that was asked for */
} Timeline;

/* what is there at some time of the run */
typedef struct Shelf
{
	Lot		   *heap;			/* lots with units, the one that expires first on top */
	int			n;
	int			next_lot;		/* the first that has not arrived */
	int			n_changes;
	int64		units;			/* all good units */
	int64		waiting;		/* units that demand waits for */
} Shelf;

static pg_noinline void
report_total(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("quantity out of range"),
			 errdetail("The units of a projection add up to more than a bigint holds.")));
}

static void *
allocate(int n, Size size)
{
	return MemoryContextAllocHuge(CurrentMemoryContext, mul_size(n, size));
}

static void *
allocate_zero(int n, Size size)
{
	void	   *p = allocate(n, size);

	memset(p, 0, n * size);
	return p;
}

/* ---- shelf ---- */

static void
sift_up(Lot *heap, int i)
{
	Lot			lot = heap[i];

	while (i > 0 && heap[(i - 1) / 2].expires > lot.expires)
	{
		heap[i] = heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	heap[i] = lot;
}

static void
remove_top(Shelf *shelf)
{
	Lot		   *heap = shelf->heap;
	int			n = --shelf->n;
	Lot			lot = heap[n];
	int			i = 0;

	for (;;)
	{
		int			child = 2 * i + 1;

		if (child >= n)
			break;
		if (child + 1 < n && heap[child + 1].expires < heap[child].expires)
			child++;
		if (heap[child].expires >= lot.expires)
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = lot;
}

static inline void
note_change(Timeline *line, Shelf *shelf, int expires, int64 qty)
{
	line->changes[shelf->n_changes++] = (Change) {expires, qty};
}

/* demand takes what there is, and waits for the rest */
static void
serve(Timeline *line, Shelf *shelf)
{
	int64		rest = Min(shelf->waiting, shelf->units);

	shelf->waiting -= rest;
	shelf->units -= rest;
	while (rest > 0 && shelf->n > 0)
	{
		Lot		   *lot = &shelf->heap[0];
		int64		taken = Min(rest, lot->qty);

		note_change(line, shelf, lot->expires, -taken);
		rest -= taken;
		lot->qty -= taken;
		if (lot->qty == 0)
			remove_top(shelf);
	}
}

/* all that happens at a place */
static void
step(Timeline *line, Shelf *shelf, int place)
{
	int64		expired = 0;

	while (shelf->n > 0 && shelf->heap[0].expires <= place)
	{
		note_change(line, shelf, place, -shelf->heap[0].qty);
		expired += shelf->heap[0].qty;
		remove_top(shelf);
	}
	shelf->units -= expired;
	for (; shelf->next_lot < line->n_lots && line->lots[shelf->next_lot].arrives == place;
		 shelf->next_lot++)
	{
		const Lot  *lot = &line->lots[shelf->next_lot];

		note_change(line, shelf, lot->expires, lot->qty);
		shelf->heap[shelf->n] = *lot;
		sift_up(shelf->heap, shelf->n++);
	}
	shelf->units += line->supply[place];
	shelf->waiting += line->demand[place];
	serve(line, shelf);
	line->expired[place] = expired;
	line->net[place] = shelf->units - shelf->waiting;
	line->changes_end[place] = shelf->n_changes;
}

/* ---- timeline ---- */

#define ST_SORT sort_times
#define ST_ELEMENT_TYPE TimestampTz
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

/* the place of the last time that is not after t, -1 if all are */
static int
find_place(const Timeline *line, TimestampTz t)
{
	int			low = 0;
	int			high = line->n;

	while (low < high)
	{
		int			mid = low + (high - low) / 2;

		if (line->at[mid] <= t)
			low = mid + 1;
		else
			high = mid;
	}
	return low - 1;
}

/* the times at which something changes, and *extra where there is one */
static void
collect_times(Timeline *line, const Queue *projection, const TimestampTz *extra)
{
	QueueReader r;
	int			n = 0;

	line->at = allocate(2 * projection->count + 1, sizeof(TimestampTz));
	queue_begin(&r, projection);
	while (queue_next(&r))
	{
		if (n == 0 || line->at[n - 1] != r.entry.at)
			line->at[n++] = r.entry.at;
		if (r.entry.id != 0)
			line->at[n++] = projection_expires_at(&r.entry);
	}
	if (extra != NULL)
		line->at[n++] = *extra;
	sort_times(line->at, n);
	line->n = 0;
	for (int i = 0; i < n; i++)
	{
		if (line->n == 0 || line->at[line->n - 1] != line->at[i])
			line->at[line->n++] = line->at[i];
	}
}

/* an entry into the sums of its place; floor holds differences so far */
static void
add_entry(Timeline *line, const QueueEntry *e, int place)
{
	int			expires = e->id != 0 ? find_place(line, projection_expires_at(e)) : line->n;

	if (projection_is_demand(e))
		line->demand[place] += e->qty;
	else if (!projection_is_supply(e))
	{
		int64		qty = e->priority == PROJECTION_BACKORDER ? -e->qty : e->qty;

		line->floor[place] += qty;
		if (expires < line->n)
			line->floor[expires] -= qty;
	}
	else
	{
		line->supply[place] += e->qty;
		if (expires < line->n)
			line->lots[line->n_lots++] = (Lot) {place, expires, e->qty};
	}
}

/* the run without a promise */
static void
run_timeline(Timeline *line)
{
	Shelf		shelf = {0};

	shelf.heap = allocate(line->n_lots, sizeof(Lot));
	line->last_expired = -1;
	for (int i = 0; i < line->n; i++)
	{
		if ((i & 0xFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		step(line, &shelf, i);
		if (line->expired[i] > 0)
			line->last_expired = i;
	}
	pfree(shelf.heap);
}

static void
open_timeline(Timeline *line, const Queue *projection, const TimestampTz *extra)
{
	QueueReader r;
	int			place = 0;
	int64		total = 0;

	collect_times(line, projection, extra);
	line->supply = allocate_zero(line->n, sizeof(int64));
	line->demand = allocate_zero(line->n, sizeof(int64));
	line->floor = allocate_zero(line->n, sizeof(int64));
	line->expired = allocate(line->n, sizeof(int64));
	line->net = allocate(line->n, sizeof(int64));
	line->atp = allocate(line->n, sizeof(int64));
	line->lots = allocate(projection->count, sizeof(Lot));
	line->n_lots = 0;

	queue_begin(&r, projection);
	while (queue_next(&r))
	{
		if (pg_add_s64_overflow(total, r.entry.qty, &total))
			report_total();
		while (line->at[place] < r.entry.at)
			place++;
		add_entry(line, &r.entry, place);
	}
	for (int i = 1; i < line->n; i++)
		line->floor[i] += line->floor[i - 1];

	/* a lot comes, goes, and is taken from in between at most once a place, or used up */
	line->changes = allocate(3 * line->n_lots + line->n, sizeof(Change));
	line->changes_end = allocate(line->n, sizeof(int));
	run_timeline(line);
}

/* ---- promises ---- */

#define NO_BOUND	PG_INT64_MAX

/* units of lots by the places where they expire, and A(x) + units up to x; leaves are places */
typedef struct Bound
{
	int64		units;
	int64		least;			/* A(x) + units of the node up to x, over its x */
} Bound;

typedef struct Bounds
{
	int			leaves;			/* a power of two */
	Bound	   *node;			/* the root is 1, the children of i are 2i and 2i + 1 */
} Bounds;

static inline int64
raised(int64 bound, int64 units)
{
	return bound == NO_BOUND ? NO_BOUND : bound + units;
}

static void
open_bounds(Bounds *bounds, int n)
{
	bounds->leaves = pg_nextpower2_32(n);
	bounds->node = allocate(2 * (Size) bounds->leaves, sizeof(Bound));
	for (Size i = 0; i < 2 * (Size) bounds->leaves; i++)
		bounds->node[i] = (Bound) {0, NO_BOUND};
}

/* a leaf has changed */
static void
update_bounds(Bounds *bounds, int leaf)
{
	Bound	   *node = bounds->node;

	for (int i = (bounds->leaves + leaf) / 2; i > 0; i /= 2)
	{
		const Bound *a = &node[2 * i];
		const Bound *b = &node[2 * i + 1];

		node[i].units = a->units + b->units;
		node[i].least = Min(a->least, raised(b->least, a->units));
	}
}

static void
set_bound(Bounds *bounds, int place, int64 bound)
{
	Bound	   *leaf = &bounds->node[bounds->leaves + place];

	leaf->least = raised(bound, leaf->units);
	update_bounds(bounds, place);
}

static void
add_units(Bounds *bounds, int place, int64 units)
{
	Bound	   *leaf = &bounds->node[bounds->leaves + place];

	leaf->units += units;
	leaf->least = raised(leaf->least, units);
	update_bounds(bounds, place);
}

/* A of the place "from" and all after it */
static void
sweep(Timeline *line, int from)
{
	int64		ahead = PG_INT64_MAX;
	int			last = Max(line->last_expired, from);
	int			farthest = last;	/* the last place that has a bound */
	Bounds		bounds;

	for (int i = line->n - 1; i >= last; i--)
	{
		ahead = Min(ahead, line->net[i] - line->floor[i]);
		line->atp[i] = Max(ahead, 0);
	}
	if (last == from)
		return;

	/* of the places from the last one on, that is the nearest, and A is the least there */
	open_bounds(&bounds, last + 1);
	for (int i = last - 1; i >= from; i--)
	{
		int64		margin = Max(line->net[i] - line->floor[i], 0);

		CHECK_FOR_INTERRUPTS();
		set_bound(&bounds, i + 1, line->atp[i + 1]);
		for (int c = line->changes_end[i]; c < line->changes_end[i + 1]; c++)
		{
			if (line->changes[c].expires <= last)
				add_units(&bounds, line->changes[c].expires, -line->changes[c].qty);
		}
		if (bounds.node[1].least < Max(line->net[i], 0))
			line->atp[i] = Min(margin, bounds.node[1].least);
		else
		{
			line->atp[i] = Min(margin, line->atp[i + 1] + line->expired[i + 1]);
			for (; farthest > i; farthest--)
				set_bound(&bounds, farthest, NO_BOUND);
			farthest = i;
		}
	}
	pfree(bounds.node);
}

/*
 * The answer for a projection in which nothing ends: the least margin at and after t, in one pass
 * over the entries as they are stored.  False where something ends.
 */
static bool
promisable_simply(const Queue *projection, TimestampTz t, int64 *result)
{
	QueueReader r;
	TimestampTz at = DT_NOBEGIN;
	int64		total = 0;
	int64		margin = 0;
	int64		least = PG_INT64_MAX;

	queue_begin(&r, projection);
	while (queue_next(&r))
	{
		const QueueEntry *e = &r.entry;

		if (e->id != 0)
			return false;
		if (pg_add_s64_overflow(total, e->qty, &total))
			report_total();
		if (e->at > at)
		{
			/* the margin so far holds from "at" until now */
			if (e->at > t)
				least = Min(least, margin);
			at = e->at;
		}
		if (projection_is_supply(e) || e->priority == PROJECTION_BACKORDER)
			margin += e->qty;
		else
			margin -= e->qty;
	}
	least = Min(least, margin);
	*result = Max(least, 0);
	return true;
}

static int64
promisable_at(const Queue *projection, TimestampTz t)
{
	Timeline	line;
	int64		result;
	int			place;

	if (promisable_simply(projection, t, &result))
		return result;
	open_timeline(&line, projection, &t);
	place = find_place(&line, t);
	sweep(&line, place);
	return line.atp[place];
}

/*
 * atp_at(atp_projection, at timestamptz) -> bigint: the most units that can be promised at that
 * time. Errors: 22003.  Linear where nothing ends; else n log n.
 */
Datum
atp_at(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(promisable_at(queue_read(PG_GETARG_DATUM(0)), PG_GETARG_TIMESTAMPTZ(1)));
}

/*
 * atp_schedule(atp_projection) -> setof (at timestamptz, supply, demand, expired, on_hand,
 * protected, atp, atp_change bigint): a row for each time at which something changes.  on_hand
 * is N, protected F, atp what atp_at() says from then until the next row.  Cost: n log n.
 */
Datum
atp_schedule(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Timeline	line;
	int64		before = 0;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	open_timeline(&line, queue_read(PG_GETARG_DATUM(0)), NULL);
	sweep(&line, 0);
	for (int i = 0; i < line.n; i++)
	{
		Datum		values[8];
		bool		nulls[8] = {false};

		CHECK_FOR_INTERRUPTS();
		values[0] = TimestampTzGetDatum(line.at[i]);
		values[1] = Int64GetDatum(line.supply[i]);
		values[2] = Int64GetDatum(line.demand[i]);
		values[3] = Int64GetDatum(line.expired[i]);
		values[4] = Int64GetDatum(line.net[i]);
		values[5] = Int64GetDatum(line.floor[i]);
		values[6] = Int64GetDatum(line.atp[i]);
		values[7] = Int64GetDatum(line.atp[i] - before);
		before = line.atp[i];
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}

static void
check_promise(int64 qty)
{
	if (qty <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("quantity of a promise must be positive: " INT64_FORMAT, qty),
				 errhint("Promise at least one unit.")));
}

/*
 * promise_at(atp_projection, qty bigint, not_before timestamptz) -> timestamptz: the earliest
 * time, not before the one given, at which so many units can be promised; NULL if there is none.
 * Errors: 22003.  Cost: n log n.
 */
Datum
promise_at(PG_FUNCTION_ARGS)
{
	const Queue *projection = queue_read(PG_GETARG_DATUM(0));
	int64		qty = PG_GETARG_INT64(1);
	TimestampTz not_before = PG_GETARG_TIMESTAMPTZ(2);
	Timeline	line;
	int			place;

	check_promise(qty);
	open_timeline(&line, projection, &not_before);
	place = find_place(&line, not_before);
	sweep(&line, place);
	for (; place < line.n; place++)
	{
		if (line.atp[place] >= qty)
			PG_RETURN_TIMESTAMPTZ(line.at[place]);
	}
	PG_RETURN_NULL();
}

/*
 * atp_take(atp_projection, qty bigint, at timestamptz) -> atp_projection: the projection with the
 * promise of so many units at that time as a demand more.
 * Errors: 22003 if they cannot be promised, 22023 at infinity.
 */
Datum
atp_take(PG_FUNCTION_ARGS)
{
	int64		qty = PG_GETARG_INT64(1);
	TimestampTz at = PG_GETARG_TIMESTAMPTZ(2);
	int64		most;

	check_promise(qty);
	most = promisable_at(queue_read(PG_GETARG_DATUM(0)), at);
	if (qty > most)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("only " INT64_FORMAT " of " INT64_FORMAT
						" units can be promised at that time", most, qty),
				 errhint("promise_at() says from when they can; a demand that was accepted all "
						 "the same is added with ||.")));
	PG_RETURN_POINTER(projection_with_demand(PG_GETARG_DATUM(0), qty, at));
}
