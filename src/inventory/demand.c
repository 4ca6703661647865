/*
 * demand.c
 *	  The types demand and supply: text and binary form, aggregates, union.
 *
 * Text form, entries in the order of the queue, times in UTC whatever the session's settings are:
 *
 *		demand	{line_id:qty:priority@placed_at, ...}	{7:2:0@2026-03-01T09:30:00Z}
 *		supply	{stock_id:qty@available_at, ...}		{11:3@-infinity,12:1@2026-03-04T00:00:00Z}
 *
 * Both are commutative monoids under ||: counting states, which know no retry.  An event that may
 * come twice is made one by its key before it is counted.
 */
#include "postgres.h"
#include "compat.h"

#include "inventory/queue_io.h"

/* ---- an entry in text and binary ---- */

#define DEMAND_FORM \
	"Write {line_id:qty:priority@placed_at, ...}, for example {7:2:0@2026-03-01T09:30:00Z}."
#define SUPPLY_FORM \
	"Write {stock_id:qty@available_at, ...}, for example {11:3@2026-03-01T09:30:00Z}."

static bool
take_entry(Scanner *s, QueueEntry *e, bool prioritized, const char *form, Problem *problem)
{
	bool		out_of_range = false;
	int64		priority = 0;

	if (!scan_integer(s, PG_INT64_MIN, PG_INT64_MAX, &e->id, &out_of_range) || !scan_char(s, ':') ||
		!scan_integer(s, 0, PG_INT64_MAX, &e->qty, &out_of_range) ||
		(prioritized &&
		 (!scan_char(s, ':') ||
		  !scan_integer(s, PG_INT32_MIN, PG_INT32_MAX, &priority, &out_of_range))))
	{
		if (out_of_range)
		{
			PROBLEM(problem, "range", "An id, a quantity or a priority is out of range.",
					"A quantity is a bigint of 0 or more, an id a bigint, a priority an integer.");
			problem->sqlerrcode = ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE;
		}
		else
			PROBLEM(problem, "syntax", "The value does not have the form of an entry.", form);
		return false;
	}
	e->priority = (int32) priority;
	if (!scan_char(s, '@'))
	{
		PROBLEM(problem, "syntax", "The value does not have the form of an entry.", form);
		return false;
	}
	if (!scan_time(s, &e->at))
	{
		PROBLEM(problem, "time", "A time of the value is not valid.",
				"Write a time in UTC as 2026-03-01T09:30:00Z, or infinity or -infinity.");
		return false;
	}
	return true;
}

static bool
demand_take(Scanner *s, QueueEntry *e, Problem *problem)
{
	return take_entry(s, e, true, DEMAND_FORM, problem);
}

static bool
supply_take(Scanner *s, QueueEntry *e, Problem *problem)
{
	return take_entry(s, e, false, SUPPLY_FORM, problem);
}

static void
demand_print(StringInfo buf, const QueueEntry *e)
{
	appendStringInfo(buf, INT64_FORMAT ":" INT64_FORMAT ":%d@", e->id, e->qty, e->priority);
	print_time(buf, e->at);
}

static void
supply_print(StringInfo buf, const QueueEntry *e)
{
	appendStringInfo(buf, INT64_FORMAT ":" INT64_FORMAT "@", e->id, e->qty);
	print_time(buf, e->at);
}

static const char *
supply_receive(StringInfo buf, QueueEntry *e)
{
	e->at = pq_getmsgint64(buf);
	e->id = pq_getmsgint64(buf);
	e->qty = pq_getmsgint64(buf);
	e->priority = 0;
	if (e->qty <= 0)
		return "A quantity is not positive.";
	if (!queue_time_is_valid(e->at))
		return "A time is out of range.";
	return NULL;
}

static const char *
demand_receive(StringInfo buf, QueueEntry *e)
{
	const char *problem = supply_receive(buf, e);

	e->priority = (int32) pq_getmsgint(buf, sizeof(int32));
	return problem;
}

static void
supply_send_entry(StringInfo buf, const QueueEntry *e)
{
	pq_sendint64(buf, e->at);
	pq_sendint64(buf, e->id);
	pq_sendint64(buf, e->qty);
}

static void
demand_send_entry(StringInfo buf, const QueueEntry *e)
{
	supply_send_entry(buf, e);
	pq_sendint32(buf, e->priority);
}

/* the shortest entry in text is 1:1@infinity, and 1:1:1@infinity */
static const QueueType demand_type = {
	.name = "demand",
	.form = DEMAND_FORM,
	.text_min = 14,
	.binary_size = 3 * sizeof(int64) + sizeof(int32),
	.take = demand_take,
	.print = demand_print,
	.receive = demand_receive,
	.send = demand_send_entry,
};
static const QueueType supply_type = {
	.name = "supply",
	.form = SUPPLY_FORM,
	.text_min = 12,
	.binary_size = 3 * sizeof(int64),
	.take = supply_take,
	.print = supply_print,
	.receive = supply_receive,
	.send = supply_send_entry,
};

QUEUE_FUNCTIONS(demand)
QUEUE_FUNCTIONS(supply)

/* ---- aggregates ---- */

PG_FUNCTION_INFO_V1(demand_accum);
PG_FUNCTION_INFO_V1(supply_accum);

static pg_noinline void
report_null(const char *type, const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("%s of a %s row must not be null", what, type),
			 errhint("Leave the row out with FILTER, or say what stands for it with coalesce.")));
}

static pg_noinline void
report_negative(const char *type, int64 qty)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("quantity of a %s row must not be negative: " INT64_FORMAT, type, qty),
			 errhint("Leave the row out with FILTER (WHERE qty > 0).")));
}

/*
 * accumulate one row: id and qty are arguments 1 and 2, the time is the last argument, before it
 * the priority where the type has one.  A row of NULL id and NULL qty is no row.
 */
static inline Datum
accumulate(FunctionCallInfo fcinfo, const QueueType *type, bool prioritized,
		   const char *id_name, const char *at_name)
{
	MemoryContext context = queue_aggregate_context(fcinfo);
	int			at = prioritized ? 4 : 3;
	QueueEntry	e;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
	{
		if (PG_ARGISNULL(1) && PG_ARGISNULL(2))
			return queue_unchanged(fcinfo, false);
		report_null(type->name, PG_ARGISNULL(1) ? id_name : "qty");
	}
	if (prioritized && PG_ARGISNULL(3))
		report_null(type->name, "priority");
	if (PG_ARGISNULL(at))
		report_null(type->name, at_name);

	e.at = PG_GETARG_TIMESTAMPTZ(at);
	e.id = PG_GETARG_INT64(1);
	e.qty = PG_GETARG_INT64(2);
	e.priority = prioritized ? PG_GETARG_INT32(3) : 0;
	if (e.qty < 0)
		report_negative(type->name, e.qty);
	if (e.qty == 0)
		return queue_unchanged(fcinfo, true);
	return queue_append(PG_ARGISNULL(0) ? PointerGetDatum(NULL) : PG_GETARG_DATUM(0), context,
						&e);
}

/*
 * demand_accum(demand, line_id bigint, qty bigint, priority integer, placed_at timestamptz)
 * -> demand: transition of demand_agg.  Errors: 22004, 22003, 54000 beyond 1 GB.
 */
Datum
demand_accum(PG_FUNCTION_ARGS)
{
	return accumulate(fcinfo, &demand_type, true, "line_id", "placed_at");
}

/*
 * supply_accum(supply, stock_id bigint, qty bigint, available_at timestamptz) -> supply:
 * transition of supply_agg.
 */
Datum
supply_accum(PG_FUNCTION_ARGS)
{
	return accumulate(fcinfo, &supply_type, false, "stock_id", "available_at");
}
