/*
 * allocate.c
 *	  Who gets the units: allocate(demand, supply) and the window function allocate_fifo.
 *
 * One pass over two queues: the first waiting line takes from the first supply until either is used
 * up.  Nothing is lost: the rows of a line add up to what it asked for, those without a stock_id
 * being what it does not get; the rows of a stock row never exceed it.  Cost: linear in lines and
 * stock rows; the priority policy sorts the lines first.
 */
#include "postgres.h"
#include "compat.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"
#include "windowapi.h"

#include "inventory/inventory.h"
#include "text/text.h"

PG_FUNCTION_INFO_V1(allocate);
PG_FUNCTION_INFO_V1(allocate_fifo);

typedef enum Policy
{
	POLICY_FIFO,
	POLICY_PRIORITY,
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
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 name ? errmsg("unknown allocation policy: \"%s\"", text_shown(name)) :
			 errmsg("allocation policy must not be null"),
			 errhint("The policies are fifo and priority.")));
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

/*
 * allocate(demand, supply, policy text DEFAULT 'fifo')
 * -> setof (line_id bigint, stock_id bigint, qty bigint, reason text)
 *
 * fifo takes the lines by placed_at, then line_id; priority by priority (least first), then as
 * fifo.  Supply is taken by available_at, then stock_id.  A NULL demand asks for nothing, a NULL
 * supply has nothing.  Errors: 22023 unknown policy.
 */
Datum
allocate(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Policy		policy = policy_from_text(fcinfo, 2);
	const Queue *demand;
	Output		out;
	Stock		stock;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	demand = queue_read(PG_GETARG_DATUM(0));
	open_stock(&stock, PG_ARGISNULL(1) ? NULL : queue_read(PG_GETARG_DATUM(1)));

	out.store = rsinfo->setResult;
	out.desc = rsinfo->setDesc;
	out.allocated = CStringGetTextDatum("allocated");
	out.partial = CStringGetTextDatum("partial");
	out.short_ = CStringGetTextDatum("short");
	if (policy == POLICY_FIFO)
	{
		QueueReader r;

		queue_begin(&r, demand);
		while (queue_next(&r))
			serve(&out, &stock, &r.entry);
	}
	else
	{
		QueueEntry *lines = queue_entries(demand);

		queue_sort_by_priority(lines, demand->count);
		for (int i = 0; i < demand->count; i++)
			serve(&out, &stock, &lines[i]);
		pfree(lines);
	}
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
