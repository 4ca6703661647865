/*
 * route_batch.c
 *	  The function route_batch: a queue of orders is read, routed together, and written down.
 */
#include "postgres.h"
#include "compat.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "inventory/route_batch.h"

PG_FUNCTION_INFO_V1(route_batch);

/* what a solution and a trial take is kept for the next one up to this */
#define WORK_KEPT	(256 * 1024)

#define COLUMNS		6

typedef struct Output
{
	Batch	   *b;
	Tuplestorestate *store;
	TupleDesc	desc;
	Datum	   *sku;			/* 0 until it is needed */
	Datum	   *node;
	Datum	   *method;
	Datum		allocated;
	Datum		partial;
	BatchUse   *use;			/* of the present order, by SKU and node */
	int			room;
} Output;

/* ---- options ---- */

static bool
names_objective(Jsonb *options)
{
	JsonbValue	v;

	return JB_ROOT_IS_OBJECT(options) &&
		getKeyJsonValueFromContainer(&options->root, "objective", 9, &v) != NULL;
}

/* where nothing is told of the nodes, there is no cost to weigh */
static void
read_options(FunctionCallInfo fcinfo, RouteOptions *options)
{
	Jsonb	   *told = PG_ARGISNULL(3) ? NULL : PG_GETARG_JSONB_P(3);
	Problem		problem;

	route_options_default(options);
	if (told && !route_options_read(&told->root, options, &problem))
		route_raise(&problem, "invalid route options");
	if (PG_ARGISNULL(2) && !(told && names_objective(told)))
		options->terms = 1;
}

/* ---- rows ---- */

static Datum
kept_text(Output *out, Datum *place, char *text)
{
	MemoryContext old;

	if (*place == (Datum) 0)
	{
		old = MemoryContextSwitchTo(out->b->context);
		*place = CStringGetTextDatum(text);
		MemoryContextSwitchTo(old);
	}
	return *place;
}

static Datum
id_text(Output *out, Datum *cache, const RouteId *ids, int i)
{
	return cache[i] ? cache[i] : kept_text(out, &cache[i], route_id_text(&ids[i]));
}

static void
put(Output *out, Datum order, int32 sku, const BatchUse *use, int64 qty, Datum reason)
{
	const Batch *b = out->b;
	Datum		value[COLUMNS] = {order};
	bool		null[COLUMNS] = {false, false, use == NULL, false, use == NULL, false};

	value[1] = id_text(out, out->sku, b->sku_id, sku);
	if (use)
	{
		value[2] = id_text(out, out->node, b->node_id, use->node);
		value[4] = out->method[use->method] ? out->method[use->method] :
			kept_text(out, &out->method[use->method],
					  route_span_text(b->method[use->method]));
	}
	value[3] = Int64GetDatum(qty);
	value[5] = reason;
	tuplestore_putvalues(out->store, out->desc, value, null);
}

static int
compare_uses(const void *a, const void *b)
{
	const BatchUse *x = a;
	const BatchUse *y = b;

	if (x->sku != y->sku)
		return x->sku < y->sku ? -1 : 1;
	return (x->node > y->node) - (x->node < y->node);
}

/* the uses of an order by SKU and node; their number */
static int
list_uses(Output *out, int order)
{
	const Batch *b = out->b;
	int			n = 0;

	for (int32 p = b->order[order].pick; p >= 0; p = b->pick[p].of_order)
	{
		if (n == out->room)
		{
			out->room *= 2;
			out->use = repalloc_huge(out->use, (Size) out->room * sizeof(BatchUse));
		}
		out->use[n++] = b->pick[p].use;
	}
	if (n > 1)
		qsort(out->use, n, sizeof(BatchUse), compare_uses);
	return n;
}

static void
put_order(Output *out, int order)
{
	Batch	   *b = out->b;
	const BatchOrder *o = &b->order[order];
	int			n = list_uses(out, order);
	int			at = 0;
	const char **reason = NULL;
	Datum		id = CStringGetTextDatum(route_id_text(&o->id));

	if (batch_value(b, order)[0] > 0)
		reason = batch_missing_reasons(b, order);
	for (int32 d = o->first; d < o->last; d++)
	{
		const BatchDemand *demand = &b->demand[d];
		int64		missing = demand->qty;

		for (int i = at; i < n && out->use[i].sku == demand->sku; i++)
			missing -= out->use[i].qty;
		for (; at < n && out->use[at].sku == demand->sku; at++)
			put(out, id, demand->sku, &out->use[at], out->use[at].qty,
				missing == 0 ? out->allocated : out->partial);
		if (missing > 0)
			put(out, id, demand->sku, NULL, missing, CStringGetTextDatum(reason[d - o->first]));
	}
}

static void
put_orders(Output *out)
{
	Batch	   *b = out->b;
	MemoryContext row = AllocSetContextCreate(CurrentMemoryContext, "route batch row",
											  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = CurrentMemoryContext;

	out->sku = MemoryContextAllocExtended(b->context, Max((Size) b->nskus, 1) * sizeof(Datum),
										  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	out->node = palloc0(Max(b->nnodes, 1) * sizeof(Datum));
	out->method = palloc0(b->nmethods * sizeof(Datum));
	out->allocated = CStringGetTextDatum("allocated");
	out->partial = CStringGetTextDatum("partial");
	out->room = 16;
	out->use = palloc(out->room * sizeof(BatchUse));
	for (int o = 0; o < b->norders; o++)
	{
		CHECK_FOR_INTERRUPTS();
		MemoryContextSwitchTo(row);
		put_order(out, o);
		MemoryContextSwitchTo(old);
		MemoryContextReset(row);
	}
	MemoryContextDelete(row);
}

static MemoryContext
work_context(const char *name)
{
	/* the first block stays when the context is reset */
	return AllocSetContextCreateInternal(CurrentMemoryContext, name, WORK_KEPT, WORK_KEPT,
										 ALLOCSET_DEFAULT_MAXSIZE);
}

/*
 * route_batch(lines regclass, stock regclass, facts regclass, options jsonb, rounds integer)
 * -> setof (order_ref text, sku text, node text, qty bigint, method text, reason text)
 *
 * Who serves what of a queue of orders that share the stock; rows without a node say what is not
 * served.  NULL facts: nothing is told of the nodes, and shipments alone are counted unless the
 * options say otherwise.  NULL options are the defaults.
 *
 * Time: one by one, as the exact solver takes for each order, twice where others have taken what
 * the order wants; each round up to about 40 times that for the orders that fare worse than alone.
 * Memory: about 300 bytes an order, 100 a pick, 32 a line, 56 an SKU at a node and 300 a fact.
 *
 * Errors: 22004, 22003, 22023, 2202E arrays, 42703 columns, 42804 types, 42809 not a table, 54000.
 */
Datum
route_batch(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Batch		b = {0};
	Output		out = {.b = &b};

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s of route_batch must not be null", PG_ARGISNULL(0) ? "lines" : "stock"),
				 errhint("Name a table or a view.")));
	if (PG_ARGISNULL(4) || PG_GETARG_INT32(4) < 0 || PG_GETARG_INT32(4) > BATCH_ROUNDS_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("rounds of route_batch are out of range"),
				 errhint("Rounds are from 0, one order after the other, to %d.",
						 BATCH_ROUNDS_MAX)));
	read_options(fcinfo, &b.options);
	b.slots = 1 + (b.options.weighted ? 1 : b.options.terms);
	b.context = CurrentMemoryContext;
	b.work = work_context("route batch order");
	b.trial = work_context("route batch trial");
	batch_read(&b, PG_GETARG_OID(0), PG_GETARG_OID(1),
			   PG_ARGISNULL(2) ? InvalidOid : PG_GETARG_OID(2));
	b.value = MemoryContextAllocExtended(CurrentMemoryContext,
										 Max((Size) b.norders, 1) * b.slots * sizeof(int128),
										 MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	b.alone = MemoryContextAllocExtended(CurrentMemoryContext,
										 Max((Size) b.norders, 1) * b.slots * sizeof(int128),
										 MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	batch_plan(&b, PG_GETARG_INT32(4));
	out.store = rsinfo->setResult;
	out.desc = rsinfo->setDesc;
	put_orders(&out);
	return (Datum) 0;
}
