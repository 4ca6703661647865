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
 * order of their expiry, with G units before a lot of r, demand d leaves max(0, min(r, G + r - d)),
 * which rises with G and r and falls with d.  So no more of its units expire, and what the promise
 * takes away, N(u) - N(u; t, q), never grows after t; a unit more of q takes away 0 or 1 more.
 * Hence:
 *
 *	- the greatest q is unique, and every smaller one can be promised, too;
 *	- where nothing expires unused after t, N(u; t, q) = N(u) - q, and the answer is the least
 *	  N(u) - F(u) of all u >= t, or 0: cumulative look-ahead, one pass for all times;
 *	- else that is a lower bound, N(t) - F(t) an upper one, and where a run with the upper bound
 *	  falls short by v units somewhere, the answer is at least v below it: few runs find it.
 *
 * All units of a projection together fit into a bigint, which is checked; so no sum here
 * overflows.
 */
#include "postgres.h"
#include "compat.h"

#include "common/int.h"
#include "funcapi.h"
#include "miscadmin.h"
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

typedef struct Timeline
{
	int			n;				/* times */
	TimestampTz *at;
	int64	   *supply;			/* units that arrive */
	int64	   *lasting;		/* those of them that never expire */
	int64	   *demand;			/* units that are taken */
	int64	   *floor;			/* F */
	Lot		   *lots;			/* that expire, in the order of their arrival */
	int			n_lots;

	/* the run without a promise */
	int64	   *expired;		/* units that expire unused */
	int64	   *net;			/* N */
	int64	   *ahead;			/* least N - F from here on */
	int			last_expired;	/* the last place where units expire unused, or -1 */
} Timeline;

/* what is there at some time of a run */
typedef struct Shelf
{
	Lot		   *heap;			/* lots with units, the one that expires first on top */
	int			n;
	int			next_lot;		/* the first that has not arrived */
	int64		lasting;		/* units that never expire */
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

/* demand takes what there is, and waits for the rest */
static void
serve(Shelf *shelf)
{
	int64		rest = Min(shelf->waiting, shelf->units);

	shelf->waiting -= rest;
	shelf->units -= rest;
	while (rest > 0 && shelf->n > 0)
	{
		int64		taken = Min(rest, shelf->heap[0].qty);

		rest -= taken;
		shelf->heap[0].qty -= taken;
		if (shelf->heap[0].qty == 0)
			remove_top(shelf);
	}
	shelf->lasting -= rest;
}

/* all that happens at a place; the units that expire unused */
static int64
step(const Timeline *line, Shelf *shelf, int place)
{
	int64		expired = 0;

	if ((place & 0xFFFF) == 0)
		CHECK_FOR_INTERRUPTS();
	while (shelf->n > 0 && shelf->heap[0].expires <= place)
	{
		expired += shelf->heap[0].qty;
		remove_top(shelf);
	}
	shelf->units -= expired;
	for (; shelf->next_lot < line->n_lots && line->lots[shelf->next_lot].arrives == place;
		 shelf->next_lot++)
	{
		shelf->heap[shelf->n] = line->lots[shelf->next_lot];
		sift_up(shelf->heap, shelf->n++);
	}
	shelf->lasting += line->lasting[place];
	shelf->units += line->supply[place];
	shelf->waiting += line->demand[place];
	serve(shelf);
	return expired;
}

static void
open_shelf(Shelf *shelf, const Timeline *line)
{
	memset(shelf, 0, sizeof(Shelf));
	shelf->heap = allocate(line->n_lots, sizeof(Lot));
}

static void
copy_shelf(Shelf *to, const Shelf *from)
{
	Lot		   *heap = to->heap;

	*to = *from;
	to->heap = heap;
	if (from->n > 0)
		memcpy(to->heap, from->heap, from->n * sizeof(Lot));
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
		else
			line->lasting[place] += e->qty;
	}
}

/* the run without a promise, forward, and the least margins, backward */
static void
run_timeline(Timeline *line)
{
	Shelf		shelf;
	int64		ahead = PG_INT64_MAX;

	open_shelf(&shelf, line);
	line->last_expired = -1;
	for (int i = 0; i < line->n; i++)
	{
		line->expired[i] = step(line, &shelf, i);
		line->net[i] = shelf.units - shelf.waiting;
		if (line->expired[i] > 0)
			line->last_expired = i;
	}
	for (int i = line->n - 1; i >= 0; i--)
	{
		ahead = Min(ahead, line->net[i] - line->floor[i]);
		line->ahead[i] = ahead;
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
	line->lasting = allocate_zero(line->n, sizeof(int64));
	line->demand = allocate_zero(line->n, sizeof(int64));
	line->floor = allocate_zero(line->n, sizeof(int64));
	line->expired = allocate(line->n, sizeof(int64));
	line->net = allocate(line->n, sizeof(int64));
	line->ahead = allocate(line->n, sizeof(int64));
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
	run_timeline(line);
}

/* ---- promises ---- */

/*
 * The most units by which a promise of qty at a place pulls a time below what the rule leaves; 0 if
 * it may be made.  "shelf" is as it is at the place without the promise, "scratch" another one.
 */
static int64
shortfall(const Timeline *line, int place, const Shelf *shelf, Shelf *scratch, int64 qty)
{
	int64		worst = 0;

	copy_shelf(scratch, shelf);
	scratch->waiting += qty;
	serve(scratch);
	for (int i = place;; step(line, scratch, ++i))
	{
		int64		taken = line->net[i] - (scratch->units - scratch->waiting);

		/* where nothing expires any more, it stays what it is */
		if (taken == 0 || i >= line->last_expired)
			return Max(worst, taken - Max(line->ahead[i], 0));
		worst = Max(worst, taken - Max(line->net[i] - line->floor[i], 0));
	}
}

/* the most units that can be promised at a place, with the shelf as it is there */
static int64
promisable(const Timeline *line, int place, const Shelf *shelf, Shelf *scratch)
{
	int64		low = Max(line->ahead[place], 0);
	int64		high = line->net[place] - line->floor[place];

	if (high <= 0)
		return 0;
	if (line->last_expired <= place)
		return low;

	/* low can be promised, and no more than high */
	for (int runs = 0; low < high; runs++)
	{
		int64		missing = shortfall(line, place, shelf, scratch, high);

		if (missing == 0)
			return high;
		high -= missing;
		if (runs >= 4 && low < high)
		{
			int64		middle = low + (high - low) / 2;

			missing = shortfall(line, place, shelf, scratch, middle);
			if (missing == 0)
				low = middle;
			else
				high = middle - missing;
		}
	}
	return low;
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
	Shelf		shelf;
	Shelf		scratch;
	int64		result;
	int			place;

	if (promisable_simply(projection, t, &result))
		return result;
	open_timeline(&line, projection, &t);
	open_shelf(&shelf, &line);
	open_shelf(&scratch, &line);
	place = find_place(&line, t);
	for (int i = 0; i <= place; i++)
		step(&line, &shelf, i);
	return promisable(&line, place, &shelf, &scratch);
}

/*
 * atp_at(atp_projection, at timestamptz) -> bigint: the most units that can be promised at that
 * time. Errors: 22003.  Linear where nothing ends; else a few runs over the times.
 */
Datum
atp_at(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(promisable_at(queue_read(PG_GETARG_DATUM(0)), PG_GETARG_TIMESTAMPTZ(1)));
}

/*
 * atp_schedule(atp_projection) -> setof (at timestamptz, supply, demand, expired, on_hand,
 * protected, atp, atp_change bigint): a row for each time at which something changes.  on_hand
 * is N, protected F, atp what atp_at() says from then until the next row.  Linear, but a few
 * runs over the later times for each time after which units expire unused.
 */
Datum
atp_schedule(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Timeline	line;
	Shelf		shelf;
	Shelf		scratch;
	int64		before = 0;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	open_timeline(&line, queue_read(PG_GETARG_DATUM(0)), NULL);
	open_shelf(&shelf, &line);
	open_shelf(&scratch, &line);
	for (int i = 0; i < line.n; i++)
	{
		Datum		values[8];
		bool		nulls[8] = {false};
		int64		atp;

		CHECK_FOR_INTERRUPTS();
		step(&line, &shelf, i);
		atp = promisable(&line, i, &shelf, &scratch);
		values[0] = TimestampTzGetDatum(line.at[i]);
		values[1] = Int64GetDatum(line.supply[i]);
		values[2] = Int64GetDatum(line.demand[i]);
		values[3] = Int64GetDatum(line.expired[i]);
		values[4] = Int64GetDatum(line.net[i]);
		values[5] = Int64GetDatum(line.floor[i]);
		values[6] = Int64GetDatum(atp);
		values[7] = Int64GetDatum(atp - before);
		before = atp;
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
 * Errors: 22003.
 */
Datum
promise_at(PG_FUNCTION_ARGS)
{
	const Queue *projection = queue_read(PG_GETARG_DATUM(0));
	int64		qty = PG_GETARG_INT64(1);
	TimestampTz not_before = PG_GETARG_TIMESTAMPTZ(2);
	Timeline	line;
	Shelf		shelf;
	Shelf		scratch;

	check_promise(qty);
	open_timeline(&line, projection, &not_before);
	open_shelf(&shelf, &line);
	open_shelf(&scratch, &line);
	for (int i = 0; i < line.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		step(&line, &shelf, i);
		if (line.at[i] < not_before || line.net[i] - line.floor[i] < qty)
			continue;
		if (line.ahead[i] >= qty ||
			(line.last_expired > i && shortfall(&line, i, &shelf, &scratch, qty) == 0))
			PG_RETURN_TIMESTAMPTZ(line.at[i]);
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
