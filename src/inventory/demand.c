/*
 * demand.c
 *	  The types demand and supply: text and binary form, aggregates, union.
 *
 * Text form, entries in the order of the queue, times in UTC whatever the session's settings are:
 *
 *		demand	{line_id:qty:priority@placed_at, ...}	{7:2:0@2026-03-01T09:30:00Z}
 *		supply	{stock_id:qty@available_at, ...}		{11:3@-infinity,12:1@2026-03-04T00:00:00Z}
 *
 * An entry may have terms behind it: a line the least number of units that it takes and the channel
 * that it was ordered in, stock the channel that it is protected for:
 *
 *		{7:5:0@2026-03-01T09:30:00Z min 3 for web}	{11:3@-infinity for web}
 *
 * Both are commutative monoids under ||: counting states, which know no retry.  An event that may
 * come twice is made one by its key before it is counted.
 */
#include "postgres.h"
#include "compat.h"

#include "inventory/terms.h"

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
	.terms = QUEUE_DEMAND_TERMS,
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
	.terms = QUEUE_SUPPLY_TERMS,
};

QUEUE_FUNCTIONS(demand)
QUEUE_FUNCTIONS(supply)

/* ---- aggregates ---- */

PG_FUNCTION_INFO_V1(demand_accum);
PG_FUNCTION_INFO_V1(demand_accum_terms);
PG_FUNCTION_INFO_V1(supply_accum);
PG_FUNCTION_INFO_V1(supply_accum_terms);

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

static pg_noinline void
report_channel(const char *type, const Problem *problem)
{
	ereport(ERROR,
			(errcode(problem->sqlerrcode ? problem->sqlerrcode : ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid channel of a %s row", type),
			 problem->detail ? errdetail("%s", problem->detail) : 0,
			 problem->hint ? errhint("%s", problem->hint) : 0));
}

static pg_noinline void
report_minimum(int64 min_qty, int64 qty)
{
	if (min_qty < 0)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("minimum of a demand row must not be negative: " INT64_FORMAT, min_qty),
				 errhint("NULL or 0 stands for no minimum.")));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("minimum of a demand row is more than its quantity: " INT64_FORMAT " of "
					INT64_FORMAT, min_qty, qty),
			 errdetail("Such a line could never get anything."),
			 errhint("Lower it with least(min_qty, qty).")));
}

/* the channel and the minimum (argno_min 0: no such argument) of a row of so many units */
static void
read_terms(FunctionCallInfo fcinfo, const char *type, int argno_channel, int argno_min, int64 qty,
		   QueueTerms *terms)
{
	memset(terms, 0, sizeof(QueueTerms));
	if (!PG_ARGISNULL(argno_channel))
	{
		text	   *name = PG_GETARG_TEXT_PP(argno_channel);
		Problem		problem;

		if (!channel_parse(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), &terms->channel, &problem))
			report_channel(type, &problem);
	}
	if (argno_min > 0 && !PG_ARGISNULL(argno_min))
	{
		int64		min_qty = PG_GETARG_INT64(argno_min);

		if (min_qty < 0 || (min_qty > qty && qty > 0))
			report_minimum(min_qty, qty);
		terms->min_qty = min_qty > 1 ? min_qty : 0;
	}
}

/*
 * accumulate one row: id and qty are arguments 1 and 2, then come the priority where the type has
 * one, the time and, with terms, the channel and a demand's minimum.  A row of NULL id and NULL qty
 * is no row.
 */
static inline Datum
accumulate(FunctionCallInfo fcinfo, const QueueType *type, bool prioritized, bool with_terms,
		   const char *id_name, const char *at_name)
{
	MemoryContext context = queue_aggregate_context(fcinfo);
	int			at = prioritized ? 4 : 3;
	QueueEntry	e;
	QueueTerms	terms;
	Datum		state;

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
	e.terms = 0;
	if (e.qty < 0)
		report_negative(type->name, e.qty);
	if (with_terms)
		read_terms(fcinfo, type->name, at + 1, prioritized ? at + 2 : 0, e.qty, &terms);
	if (e.qty == 0)
		return queue_unchanged(fcinfo, true);
	state = PG_ARGISNULL(0) ? PointerGetDatum(NULL) : PG_GETARG_DATUM(0);
	if (with_terms)
		return queue_append_terms(state, context, &e, &terms, type->terms);
	return queue_append(state, context, &e);
}

/*
 * demand_accum(demand, line_id bigint, qty bigint, priority integer, placed_at timestamptz)
 * -> demand: transition of demand_agg.  Errors: 22004, 22003, 54000 beyond 1 GB.
 */
Datum
demand_accum(PG_FUNCTION_ARGS)
{
	return accumulate(fcinfo, &demand_type, true, false, "line_id", "placed_at");
}

/*
 * demand_accum(demand, line_id bigint, qty bigint, priority integer, placed_at timestamptz,
 * channel text, min_qty bigint) -> demand: a NULL channel is none; NULL, 0 and 1 are no minimum.
 * Errors: also 22023 for what is not the name of a channel and a minimum above the quantity.
 */
Datum
demand_accum_terms(PG_FUNCTION_ARGS)
{
	return accumulate(fcinfo, &demand_type, true, true, "line_id", "placed_at");
}

/*
 * supply_accum(supply, stock_id bigint, qty bigint, available_at timestamptz) -> supply:
 * transition of supply_agg.
 */
Datum
supply_accum(PG_FUNCTION_ARGS)
{
	return accumulate(fcinfo, &supply_type, false, false, "stock_id", "available_at");
}

/*
 * supply_accum(supply, stock_id bigint, qty bigint, available_at timestamptz, channel text)
 * -> supply: units that are protected for a channel, NULL: common ones.
 */
Datum
supply_accum_terms(PG_FUNCTION_ARGS)
{
	return accumulate(fcinfo, &supply_type, false, true, "stock_id", "available_at");
}
