/*
 * allocate.c
 *	  Who gets the units: allocate(demand, supply) and the window function allocate_fifo.
 *
 * In order and without terms, one pass over two queues: the first waiting line takes from the first
 * supply until either is used up.  In general the policy first says how many units each line gets;
 * then the lines, in the order of the policy, take them from the stock rows of their channel and
 * after these from the common ones.
 *
 * Nothing is lost: the rows of a line add up to what it asked for, those without a stock_id being
 * what it does not get; the rows of a stock row never exceed it.  Cost: linear in lines and stock
 * rows; the priority policy sorts the lines first, fair_share by remainders.
 */
#include "postgres.h"
#include "compat.h"

#include "common/hashfn.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "storage/shmem.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"
#include "windowapi.h"

#include "inventory/allocate.h"
#include "text/text.h"

PG_FUNCTION_INFO_V1(allocate);
PG_FUNCTION_INFO_V1(allocate_fifo);

typedef enum Policy
{
	POLICY_FIFO,
	POLICY_PRIORITY,
	POLICY_FAIR_SHARE,
} Policy;

static Policy
policy_from_text(FunctionCallInfo fcinfo, int argno)
{
	text	   *name = PG_ARGISNULL(argno) ? NULL : PG_GETARG_TEXT_PP(argno);
	int			len = name ? VARSIZE_ANY_EXHDR(name) : 0;

	if (len == 4 && memcmp(VARDATA_ANY(name), "fifo", 4) == 0)
		return POLICY_FIFO;
	if (len == 8 && memcmp(VARDATA_ANY(name), "priority", 8) == 0)
		return POLICY_PRIORITY;
	if (len == 10 && memcmp(VARDATA_ANY(name), "fair_share", 10) == 0)
		return POLICY_FAIR_SHARE;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 name ? errmsg("unknown allocation policy: \"%s\"", text_shown(name)) :
			 errmsg("allocation policy must not be null"),
			 errhint("The policies are fifo, priority and fair_share.")));
	return POLICY_FIFO;			/* not reached */
}

/* where the rows go: (line_id, stock_id, qty, reason) */
typedef struct Output
{
	Tuplestorestate *store;
	TupleDesc	desc;
	Datum		allocated;
	Datum		partial;
	Datum		short_;
	Datum		protected_;
	Datum		below_minimum;
} Output;

static inline void
put(Output *out, int64 line, const QueueEntry *stock, int64 qty, Datum reason)
{
	Datum		values[4];
	bool		nulls[4] = {false, stock == NULL, false, false};

	values[0] = Int64GetDatum(line);
	values[1] = stock ? Int64GetDatum(stock->id) : (Datum) 0;
	values[2] = Int64GetDatum(qty);
	values[3] = reason;
	tuplestore_putvalues(out->store, out->desc, values, nulls);
}

/* what is still to be given out */
typedef struct Stock
{
	QueueReader reader;
	int64		in_row;			/* units of the present row; 0 only behind the last one */
	int128		in_all;
} Stock;

static void
next_row(Stock *stock)
{
	stock->in_row = queue_next(&stock->reader) ? stock->reader.entry.qty : 0;
}

static void
open_stock(Stock *stock, const Queue *supply)
{
	stock->in_all = 0;
	queue_begin(&stock->reader, supply);
	while (queue_next(&stock->reader))
		stock->in_all += stock->reader.entry.qty;
	queue_begin(&stock->reader, supply);
	next_row(stock);
}

/* serve one line */
static inline void
serve(Output *out, Stock *stock, const QueueEntry *line)
{
	int64		need = line->qty;
	Datum		reason = need <= stock->in_all ? out->allocated : out->partial;

	CHECK_FOR_INTERRUPTS();
	stock->in_all -= Min(need, stock->in_all);
	while (need > 0 && stock->in_row > 0)
	{
		int64		taken = Min(need, stock->in_row);

		put(out, line->id, &stock->reader.entry, taken, reason);
		need -= taken;
		stock->in_row -= taken;
		if (stock->in_row == 0)
			next_row(stock);
	}
	if (need > 0)
		put(out, line->id, NULL, need, out->short_);
}

static void
allocate_plain(Output *out, const Queue *demand, const Queue *supply, Policy policy)
{
	Stock		stock;

	open_stock(&stock, supply);
	if (policy == POLICY_FIFO)
	{
		QueueReader r;

		queue_begin(&r, demand);
		while (queue_next(&r))
			serve(out, &stock, &r.entry);
	}
	else
	{
		QueueEntry *lines = queue_entries(demand);

		queue_sort_by_priority(lines, demand->count);
		for (int i = 0; i < demand->count; i++)
			serve(out, &stock, &lines[i]);
		pfree(lines);
	}
}

/* ---- in general ---- */

typedef struct ChannelPool
{
	TextSpan	channel;
	int32		pool;
	char		status;
} ChannelPool;

static inline bool
same_channel(TextSpan a, TextSpan b)
{
	return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

#define SH_PREFIX channels
#define SH_ELEMENT_TYPE ChannelPool
#define SH_KEY_TYPE TextSpan
#define SH_KEY channel
#define SH_HASH_KEY(tb, key) hash_bytes((const unsigned char *) (key).data, (key).len)
#define SH_EQUAL(tb, a, b) same_channel(a, b)
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/*
 * The stock rows of a supply by pools, each in the order of the supply; channels then says which
 * channel has which pool.
 */
static void
open_pools(Allocation *a, const Queue *supply, channels_hash *channels)
{
	int			n = supply ? supply->count : 0;
	int32	   *pool_of = MemoryContextAllocHuge(CurrentMemoryContext, mul_size(n, sizeof(int32)));
	QueueEntry *rows = queue_allocate_entries(n);
	QueueReader r;

	a->npools = 1;
	queue_begin(&r, supply);
	for (int i = 0; queue_next(&r); i++)
	{
		if ((i & 0xFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		pool_of[i] = 0;
		if (r.entry.terms != 0)
		{
			bool		found;
			ChannelPool *c = channels_insert(channels, queue_terms(&r.entry, r.terms).channel,
											 &found);

			if (!found)
				c->pool = a->npools++;
			pool_of[i] = c->pool;
		}
	}

	a->pools = palloc_extended(mul_size(a->npools, sizeof(Pool)),
							   MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (int i = 0; i < n; i++)
		a->pools[pool_of[i]].nrows++;
	for (int k = 0; k < a->npools; k++)
	{
		a->pools[k].row = rows;
		rows += a->pools[k].nrows;
		a->pools[k].nrows = 0;
	}
	queue_begin(&r, supply);
	for (int i = 0; queue_next(&r); i++)
	{
		Pool	   *pool = &a->pools[pool_of[i]];

		if ((i & 0xFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		pool->units += r.entry.qty;
		pool->left = pool->units;
		pool->row[pool->nrows++] = r.entry;
	}
	pfree(pool_of);
}

/* the lines of a demand in the order of the policy */
static void
open_lines(Allocation *a, const Queue *demand, channels_hash *channels, Policy policy)
{
	QueueEntry *entries = queue_entries(demand);
	TextSpan	last_channel = {0};
	int32		last_pool = 0;

	if (policy == POLICY_PRIORITY)
		queue_sort_by_priority(entries, demand->count);
	a->nlines = demand->count;
	a->lines = palloc_extended(mul_size(a->nlines, sizeof(Line)),
							   MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (int i = 0; i < a->nlines; i++)
	{
		QueueTerms	terms = queue_terms(&entries[i], demand->data);
		Line	   *line = &a->lines[i];

		if ((i & 0xFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		line->id = entries[i].id;
		line->qty = entries[i].qty;
		line->min_qty = terms.min_qty;
		if (terms.channel.len > 0 && !same_channel(terms.channel, last_channel))
		{
			ChannelPool *c = channels_lookup(channels, terms.channel);

			last_channel = terms.channel;
			last_pool = c ? c->pool : 0;
		}
		line->pool = terms.channel.len > 0 ? last_pool : 0;
	}
	pfree(entries);
}

void
give_what_is_left(Allocation *a, Line *line)
{
	int128		left = units_for(a, line->pool);

	if (left >= line->min_qty)
		give(a, line, Min(left, line->qty));
}

static void
allocate_in_order(Allocation *a)
{
	for (int i = 0; i < a->nlines; i++)
	{
		Line	   *line = &a->lines[i];

		CHECK_FOR_INTERRUPTS();
		line->below_minimum = units_for(a, line->pool) > 0;
		give_what_is_left(a, line);
		if (line->gets > 0)
			line->below_minimum = false;
	}
}

/* rows for so many units of a pool, or for as many as it has; returns what the line still needs */
static int64
hand_out(Output *out, const Line *line, Pool *pool, int64 need, Datum reason)
{
	while (need > 0 && pool->nrows > 0)
	{
		int64		taken = Min(need, pool->row->qty);

		CHECK_FOR_INTERRUPTS();
		put(out, line->id, pool->row, taken, reason);
		need -= taken;
		pool->row->qty -= taken;
		if (pool->row->qty == 0)
		{
			pool->row++;
			pool->nrows--;
		}
	}
	return need;
}

static void
allocate_in_general(Output *out, const Queue *demand, const Queue *supply, Policy policy)
{
	channels_hash *channels = channels_create(CurrentMemoryContext, 16, NULL);
	Allocation	a;
	Datum		short_ = out->short_;

	open_pools(&a, supply, channels);
	open_lines(&a, demand, channels, policy);
	if (policy == POLICY_FAIR_SHARE)
		allocate_fair_share(&a);
	else
		allocate_in_order(&a);

	/* who is short has nothing left that it may take: what is left is protected for others */
	for (int k = 1; k < a.npools; k++)
		if (a.pools[k].left > 0)
			short_ = out->protected_;
	for (int i = 0; i < a.nlines; i++)
	{
		const Line *line = &a.lines[i];
		int64		need = line->gets;
		Datum		reason = need == line->qty ? out->allocated : out->partial;

		CHECK_FOR_INTERRUPTS();
		if (line->pool > 0)
			need = hand_out(out, line, &a.pools[line->pool], need, reason);
		need = hand_out(out, line, &a.pools[0], need, reason);
		Assert(need == 0);
		if (line->gets < line->qty)
			put(out, line->id, NULL, line->qty - line->gets,
				line->below_minimum ? out->below_minimum : short_);
	}
}

/*
 * allocate(demand, supply, policy text DEFAULT 'fifo')
 * -> setof (line_id bigint, stock_id bigint, qty bigint, reason text)
 *
 * fifo takes the lines by placed_at, then line_id; priority by priority (least first), then as
 * fifo; fair_share gives each the same share (allocate_fair.c).  Supply is taken by available_at,
 * then stock_id, what is protected for the line's channel before what is common.  A NULL demand
 * asks for nothing, a NULL supply has nothing.  Errors: 22023 unknown policy, 22003 more than 2^42
 * units asked for under fair_share.
 */
Datum
allocate(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Policy		policy = policy_from_text(fcinfo, 2);
	const Queue *demand;
	const Queue *supply;
	Output		out;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	demand = queue_read(PG_GETARG_DATUM(0));
	supply = PG_ARGISNULL(1) ? NULL : queue_read(PG_GETARG_DATUM(1));

	out.store = rsinfo->setResult;
	out.desc = rsinfo->setDesc;
	out.allocated = CStringGetTextDatum("allocated");
	out.partial = CStringGetTextDatum("partial");
	out.short_ = CStringGetTextDatum("short");
	out.protected_ = CStringGetTextDatum("protected");
	out.below_minimum = CStringGetTextDatum("below_minimum");
	if (policy != POLICY_FAIR_SHARE && demand->version == QUEUE_PLAIN &&
		(supply == NULL || supply->version == QUEUE_PLAIN))
		allocate_plain(&out, demand, supply, policy);
	else
		allocate_in_general(&out, demand, supply, policy);
	return (Datum) 0;
}

/* what a partition of allocate_fifo remembers */
typedef struct Waiting
{
	bool		started;
	bool		unknown;		/* available is NULL */
	int64		available;
	int64		left;
} Waiting;

/*
 * allocate_fifo(qty bigint, available bigint) OVER (PARTITION BY sku ORDER BY ...) -> bigint
 *
 * What the line of the present row gets when the lines of its partition take from the available
 * units in the order of the window.  A window function proper: it goes by rows, whatever the frame
 * is and however many peers a row has, and costs the same for each.  NULL qty gets NULL and takes
 * nothing; NULL available gives NULL.  Errors: 22003 negative qty, 22023 if available is not the
 * same in all rows of a partition.
 */
Datum
allocate_fifo(PG_FUNCTION_ARGS)
{
	WindowObject win = PG_WINDOW_OBJECT();
	Waiting    *w = WinGetPartitionLocalMemory(win, sizeof(Waiting));
	bool		no_qty;
	bool		no_available;
	int64		qty = DatumGetInt64(WinGetFuncArgCurrent(win, 0, &no_qty));
	int64		available = DatumGetInt64(WinGetFuncArgCurrent(win, 1, &no_available));
	int64		gets;

	/* rows before are not looked at again: the executor need not keep them */
	WinSetMarkPosition(win, WinGetCurrentPosition(win));
	if (no_available)
		available = 0;
	if (!w->started)
	{
		w->started = true;
		w->unknown = no_available;
		w->available = available;
		w->left = Max(available, 0);
	}
	else if (w->unknown != no_available || w->available != available)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("available units differ within a partition"),
				 errdetail("All rows of a partition share the units that are available."),
				 errhint("Partition by what the units belong to, such as the SKU.")));
	if (no_qty || no_available)
		PG_RETURN_NULL();
	if (qty < 0)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("quantity of a line must not be negative: " INT64_FORMAT, qty)));
	gets = Min(qty, w->left);
	w->left -= gets;
	PG_RETURN_INT64(gets);
}
