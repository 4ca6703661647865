/*
 * demand.c
 *	  The types demand and supply: text and binary form, aggregates, union.
 *
 * Text form, entries in the order of the queue, times in UTC whatever the session's settings are:
 *
 *		demand	{line_id:qty:priority@placed_at, ...}	{7:2:0@2026-03-01T09:30:00Z}
 *		supply	{stock_id:qty@available_at, ...}		{11:3@-infinity,12:1@2026-03-04T00:00:00Z}
 *
 * Input takes the entries in any order, adds up those that differ only in quantity and drops those
 * of no unit, as the aggregates do.  Binary form: version byte, int32 number of entries, then for
 * each int64 time, int64 id, int64 quantity and, in a demand, int32 priority; it must be what send
 * writes: strictly ascending, no entry without a unit.
 *
 * Both are commutative monoids under ||: counting states, which know no retry.  An event that may
 * come twice is made one by its key before it is counted.
 */
#include "postgres.h"
#include "compat.h"

#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "inventory/inventory.h"
#include "text/text.h"

/* where the two types differ */
typedef struct QueueType
{
	const char *name;
	bool		prioritized;
	const char *form;			/* how an entry is written, for a hint */
} QueueType;

static const QueueType demand_type = {
	"demand", true,
	"Write {line_id:qty:priority@placed_at, ...}, for example {7:2:0@2026-03-01T09:30:00Z}."
};
static const QueueType supply_type = {
	"supply", false,
	"Write {stock_id:qty@available_at, ...}, for example {11:3@2026-03-01T09:30:00Z}."
};

/* bytes of the shortest entry in text, 1:1@infinity */
#define ENTRY_TEXT_MIN	12

/* ---- text form ---- */

typedef struct Scanner
{
	const char *p;
	const char *end;
} Scanner;

static inline bool
at_digit(const Scanner *s)
{
	return s->p < s->end && *s->p >= '0' && *s->p <= '9';
}

static bool
take(Scanner *s, char c)
{
	if (s->p == s->end || *s->p != c)
		return false;
	s->p++;
	return true;
}

static bool
take_word(Scanner *s, const char *word)
{
	int			len = strlen(word);

	if (s->end - s->p < len || memcmp(s->p, word, len) != 0)
		return false;
	s->p += len;
	return true;
}

static void
skip_spaces(Scanner *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' || *s->p == '\n' || *s->p == '\r'))
		s->p++;
}

/* an integer within min and max; *out_of_range tells a number that is not from no number */
static bool
take_integer(Scanner *s, int64 min, int64 max, int64 *value, bool *out_of_range)
{
	bool		negative = take(s, '-');
	int128		n = 0;

	if (!at_digit(s))
		return false;
	while (at_digit(s))
	{
		if (n <= PG_INT64_MAX)
			n = n * 10 + (*s->p - '0');
		s->p++;
	}
	if (negative)
		n = -n;
	if (n < min || n > max)
	{
		*out_of_range = true;
		return false;
	}
	*value = (int64) n;
	return true;
}

/* exactly between min and max digits */
static bool
take_digits(Scanner *s, int min, int max, int *value)
{
	int			n = 0;

	*value = 0;
	while (n < max && at_digit(s))
	{
		*value = *value * 10 + (*s->p++ - '0');
		n++;
	}
	return n >= min && !at_digit(s);
}

/* [-]YYYY-MM-DDTHH:MM:SS[.ffffff]Z, infinity or -infinity; years as ISO 8601 counts them */
static bool
take_time(Scanner *s, TimestampTz *t)
{
	struct pg_tm tm = {0};
	fsec_t		fsec = 0;
	bool		negative;

	if (take_word(s, "infinity"))
	{
		TIMESTAMP_NOEND(*t);
		return true;
	}
	if (take_word(s, "-infinity"))
	{
		TIMESTAMP_NOBEGIN(*t);
		return true;
	}
	negative = take(s, '-');
	if (!take_digits(s, 4, 6, &tm.tm_year) || !take(s, '-') ||
		!take_digits(s, 2, 2, &tm.tm_mon) || !take(s, '-') ||
		!take_digits(s, 2, 2, &tm.tm_mday) || !take(s, 'T') ||
		!take_digits(s, 2, 2, &tm.tm_hour) || !take(s, ':') ||
		!take_digits(s, 2, 2, &tm.tm_min) || !take(s, ':') ||
		!take_digits(s, 2, 2, &tm.tm_sec))
		return false;
	if (take(s, '.'))
	{
		const char *start = s->p;

		if (!take_digits(s, 1, 6, &fsec))
			return false;
		for (int n = s->p - start; n < 6; n++)
			fsec *= 10;
	}
	if (negative)
		tm.tm_year = -tm.tm_year;
	return take(s, 'Z') &&
		tm.tm_mon >= 1 && tm.tm_mon <= MONTHS_PER_YEAR &&
		tm.tm_mday >= 1 && tm.tm_mday <= day_tab[isleap(tm.tm_year)][tm.tm_mon - 1] &&
		tm.tm_hour < HOURS_PER_DAY && tm.tm_min < MINS_PER_HOUR && tm.tm_sec < SECS_PER_MINUTE &&
		tm2timestamp(&tm, fsec, NULL, t) == 0;
}

static void
append_time(StringInfo buf, TimestampTz t)
{
	struct pg_tm tm;
	fsec_t		fsec;

	if (TIMESTAMP_IS_NOEND(t))
		appendStringInfoString(buf, "infinity");
	else if (TIMESTAMP_IS_NOBEGIN(t))
		appendStringInfoString(buf, "-infinity");
	else if (timestamp2tm(t, NULL, &tm, &fsec, NULL, NULL) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("timestamp out of range")));
	else
	{
		appendStringInfo(buf, "%s%04d-%02d-%02dT%02d:%02d:%02d", tm.tm_year < 0 ? "-" : "",
						 abs(tm.tm_year), tm.tm_mon, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
		if (fsec != 0)
		{
			appendStringInfo(buf, ".%06d", fsec);
			while (buf->data[buf->len - 1] == '0')
				buf->data[--buf->len] = '\0';
		}
		appendStringInfoChar(buf, 'Z');
	}
}

static bool
take_entry(Scanner *s, const QueueType *type, QueueEntry *e, Problem *problem)
{
	bool		out_of_range = false;
	int64		priority = 0;

	if (!take_integer(s, PG_INT64_MIN, PG_INT64_MAX, &e->id, &out_of_range) || !take(s, ':') ||
		!take_integer(s, 0, PG_INT64_MAX, &e->qty, &out_of_range) ||
		(type->prioritized &&
		 (!take(s, ':') ||
		  !take_integer(s, PG_INT32_MIN, PG_INT32_MAX, &priority, &out_of_range))))
	{
		if (out_of_range)
		{
			PROBLEM(problem, "range", "An id, a quantity or a priority is out of range.",
					"A quantity is a bigint of 0 or more, an id a bigint, a priority an integer.");
			problem->sqlerrcode = ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE;
		}
		else
			PROBLEM(problem, "syntax", "The value does not have the form of an entry.", type->form);
		return false;
	}
	e->priority = (int32) priority;
	if (!take(s, '@'))
	{
		PROBLEM(problem, "syntax", "The value does not have the form of an entry.", type->form);
		return false;
	}
	if (!take_time(s, &e->at))
	{
		PROBLEM(problem, "time", "A time of the value is not valid.",
				"Write a time in UTC as 2026-03-01T09:30:00Z, or infinity or -infinity.");
		return false;
	}
	return true;
}

static bool
queue_parse(const char *str, int len, const QueueType *type, Queue **result, Problem *problem)
{
	Scanner		s = {str, str + len};
	QueueEntry *entries = queue_allocate_entries(len / ENTRY_TEXT_MIN + 1);
	int			n = 0;

	skip_spaces(&s);
	if (!take(&s, '{'))
		goto syntax;
	skip_spaces(&s);
	if (!take(&s, '}'))
	{
		do
		{
			QueueEntry	e;

			CHECK_FOR_INTERRUPTS();
			skip_spaces(&s);
			if (!take_entry(&s, type, &e, problem))
				return false;
			if (e.qty > 0)
				entries[n++] = e;
			skip_spaces(&s);
		} while (take(&s, ','));
		if (!take(&s, '}'))
			goto syntax;
	}
	skip_spaces(&s);
	if (s.p != s.end)
		goto syntax;
	*result = queue_from_entries(entries, n);
	pfree(entries);
	if (*result == NULL)
	{
		PROBLEM(problem, "range",
				"The units of one entry add up to more than a bigint holds.", NULL);
		problem->sqlerrcode = ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE;
		return false;
	}
	return true;

syntax:
	PROBLEM(problem, "syntax", "The entries must stand between braces, separated by commas.",
			type->form);
	return false;
}

static char *
queue_print(Datum datum, const QueueType *type)
{
	QueueReader r;
	StringInfoData buf;

	queue_begin(&r, queue_read(datum));
	initStringInfo(&buf);
	appendStringInfoChar(&buf, '{');
	while (queue_next(&r))
	{
		const QueueEntry *e = &r.entry;

		CHECK_FOR_INTERRUPTS();
		if (buf.len > 1)
			appendStringInfoChar(&buf, ',');
		appendStringInfo(&buf, INT64_FORMAT ":" INT64_FORMAT, e->id, e->qty);
		if (type->prioritized)
			appendStringInfo(&buf, ":%d", e->priority);
		appendStringInfoChar(&buf, '@');
		append_time(&buf, e->at);
	}
	appendStringInfoChar(&buf, '}');
	return buf.data;
}

/* ---- binary form ---- */

static pg_noinline void
report_binary(const QueueType *type, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid binary value for type %s", type->name),
			 errdetail("%s", detail)));
}

static bool
ascending(const QueueEntry *a, const QueueEntry *b)
{
	if (a->at != b->at)
		return a->at < b->at;
	if (a->id != b->id)
		return a->id < b->id;
	return a->priority < b->priority;
}

static Queue *
queue_receive(StringInfo buf, const QueueType *type)
{
	int			size = 3 * sizeof(int64) + (type->prioritized ? sizeof(int32) : 0);
	int32		count;
	QueueEntry *entries;

	if (buf->len - buf->cursor < 1 + (int) sizeof(int32))
		report_binary(type, "The value is too short.");
	if (pq_getmsgbyte(buf) != QUEUE_VERSION)
		report_binary(type, "The version is not known.");
	count = pq_getmsgint(buf, sizeof(int32));
	if (count < 0 || (int64) count * size != buf->len - buf->cursor)
		report_binary(type, "The number of entries does not fit the size.");

	entries = queue_allocate_entries(count);
	for (int i = 0; i < count; i++)
	{
		QueueEntry *e = &entries[i];

		CHECK_FOR_INTERRUPTS();
		e->at = pq_getmsgint64(buf);
		e->id = pq_getmsgint64(buf);
		e->qty = pq_getmsgint64(buf);
		e->priority = type->prioritized ? (int32) pq_getmsgint(buf, sizeof(int32)) : 0;
		if (e->qty <= 0)
			report_binary(type, "A quantity is not positive.");
		if (!TIMESTAMP_NOT_FINITE(e->at) && !IS_VALID_TIMESTAMP(e->at))
			report_binary(type, "A time is out of range.");
		if (i > 0 && !ascending(&entries[i - 1], e))
			report_binary(type, "The entries are not in ascending order.");
	}
	return queue_from_entries(entries, count);
}

static bytea *
queue_send(Datum datum, const QueueType *type)
{
	const Queue *queue = queue_read(datum);
	QueueReader r;
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbyte(&buf, QUEUE_VERSION);
	pq_sendint32(&buf, queue->count);
	queue_begin(&r, queue);
	while (queue_next(&r))
	{
		const QueueEntry *e = &r.entry;

		CHECK_FOR_INTERRUPTS();
		pq_sendint64(&buf, e->at);
		pq_sendint64(&buf, e->id);
		pq_sendint64(&buf, e->qty);
		if (type->prioritized)
			pq_sendint32(&buf, e->priority);
	}
	return pq_endtypsend(&buf);
}

/* ---- the functions of both types ---- */

#define QUEUE_FUNCTIONS(T) \
PG_FUNCTION_INFO_V1(T##_in); \
PG_FUNCTION_INFO_V1(T##_out); \
PG_FUNCTION_INFO_V1(T##_recv); \
PG_FUNCTION_INFO_V1(T##_send); \
PG_FUNCTION_INFO_V1(T##_from_text); \
PG_FUNCTION_INFO_V1(T##_to_text); \
PG_FUNCTION_INFO_V1(T##_try); \
PG_FUNCTION_INFO_V1(T##_problem); \
Datum \
T##_in(PG_FUNCTION_ARGS) \
{ \
	char	   *str = PG_GETARG_CSTRING(0); \
	Queue	   *queue; \
	Problem		problem; \
	if (queue_parse(str, strlen(str), &T##_type, &queue, &problem)) \
		PG_RETURN_POINTER(queue); \
	problem_report(FC_ESCONTEXT(fcinfo), &problem, T##_type.name, str); \
	PG_RETURN_NULL(); \
} \
Datum \
T##_out(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_CSTRING(queue_print(PG_GETARG_DATUM(0), &T##_type)); \
} \
Datum \
T##_recv(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_POINTER(queue_receive((StringInfo) PG_GETARG_POINTER(0), &T##_type)); \
} \
Datum \
T##_send(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_BYTEA_P(queue_send(PG_GETARG_DATUM(0), &T##_type)); \
} \
Datum \
T##_from_text(PG_FUNCTION_ARGS) \
{ \
	text	   *t = PG_GETARG_TEXT_PP(0); \
	Queue	   *queue; \
	Problem		problem; \
	if (queue_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &T##_type, &queue, &problem)) \
		PG_RETURN_POINTER(queue); \
	problem_report(NULL, &problem, T##_type.name, text_to_cstring(t)); \
	PG_RETURN_NULL(); \
} \
Datum \
T##_to_text(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_TEXT_P(cstring_to_text(queue_print(PG_GETARG_DATUM(0), &T##_type))); \
} \
Datum \
T##_try(PG_FUNCTION_ARGS) \
{ \
	text	   *t = PG_GETARG_TEXT_PP(0); \
	Queue	   *queue; \
	Problem		problem; \
	if (queue_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &T##_type, &queue, &problem)) \
		PG_RETURN_POINTER(queue); \
	PG_RETURN_NULL(); \
} \
Datum \
T##_problem(PG_FUNCTION_ARGS) \
{ \
	text	   *t = PG_GETARG_TEXT_PP(0); \
	Queue	   *queue; \
	Problem		problem; \
	if (queue_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &T##_type, &queue, &problem)) \
		PG_RETURN_NULL(); \
	PG_RETURN_TEXT_P(cstring_to_text(problem.code)); \
}

/*
 * T_in(cstring) -> T, T_out(T) -> cstring, T_recv(internal) -> T, T_send(T) -> bytea;
 * T(text) -> T and text(T) -> text, the casts; T_try(text) -> T or NULL where the text is not one;
 * T_problem(text) -> why it is not: syntax, range, time, or NULL where it is one.
 * Errors: 22P02 form or time, 22003 range, 22P03 binary.
 */
QUEUE_FUNCTIONS(demand)
QUEUE_FUNCTIONS(supply)

/* ---- aggregates ---- */

PG_FUNCTION_INFO_V1(demand_accum);
PG_FUNCTION_INFO_V1(supply_accum);
PG_FUNCTION_INFO_V1(queue_combine);
PG_FUNCTION_INFO_V1(queue_final);
PG_FUNCTION_INFO_V1(queue_concat);

static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("function is only for use in an aggregate"),
				 errhint("Use demand_agg, supply_agg, demand_rollup, supply_rollup or ||.")));
	return context;
}

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

/* what a transition returns when a row adds nothing */
static Datum
unchanged(FunctionCallInfo fcinfo, bool is_row)
{
	if (!PG_ARGISNULL(0))
		return PG_GETARG_DATUM(0);
	if (is_row)
		return PointerGetDatum(queue_empty());
	fcinfo->isnull = true;
	return (Datum) 0;
}

/*
 * accumulate one row: id and qty are arguments 1 and 2, the time is the last argument, before it
 * the priority where the type has one.  A row of NULL id and NULL qty is no row.
 */
static inline Datum
accumulate(FunctionCallInfo fcinfo, const QueueType *type, const char *id_name, const char *at_name)
{
	MemoryContext context = aggregate_context(fcinfo);
	int			at = type->prioritized ? 4 : 3;
	QueueEntry	e;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
	{
		if (PG_ARGISNULL(1) && PG_ARGISNULL(2))
			return unchanged(fcinfo, false);
		report_null(type->name, PG_ARGISNULL(1) ? id_name : "qty");
	}
	if (type->prioritized && PG_ARGISNULL(3))
		report_null(type->name, "priority");
	if (PG_ARGISNULL(at))
		report_null(type->name, at_name);

	e.at = PG_GETARG_TIMESTAMPTZ(at);
	e.id = PG_GETARG_INT64(1);
	e.qty = PG_GETARG_INT64(2);
	e.priority = type->prioritized ? PG_GETARG_INT32(3) : 0;
	if (e.qty < 0)
		report_negative(type->name, e.qty);
	if (e.qty == 0)
		return unchanged(fcinfo, true);
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
	return accumulate(fcinfo, &demand_type, "line_id", "placed_at");
}

/*
 * supply_accum(supply, stock_id bigint, qty bigint, available_at timestamptz) -> supply:
 * transition of supply_agg.
 */
Datum
supply_accum(PG_FUNCTION_ARGS)
{
	return accumulate(fcinfo, &supply_type, "stock_id", "available_at");
}

/*
 * T_combine(T, T) -> T: combine function of T_agg, transition and combine function of T_rollup.
 * NULL is no queue.
 */
Datum
queue_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	const Queue *other;
	Datum		result;

	if (PG_ARGISNULL(1))
		return unchanged(fcinfo, false);

	other = queue_open(PG_GETARG_DATUM(1));
	result = queue_append_queue(PG_ARGISNULL(0) ? PointerGetDatum(NULL) : PG_GETARG_DATUM(0),
								context, other);
	PG_RETURN_DATUM(result);
}

/* T_final(T) -> T: the state sorted, added up and trimmed.  NULL, no row, gives NULL. */
Datum
queue_final(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(queue_copy(PG_GETARG_DATUM(0)));
}

/* T_concat(T, T) -> T: both together, || */
Datum
queue_concat(PG_FUNCTION_ARGS)
{
	const Queue *a = queue_read(PG_GETARG_DATUM(0));
	const Queue *b = queue_read(PG_GETARG_DATUM(1));
	Datum		sum = PointerGetDatum(NULL);

	sum = queue_append_queue(sum, CurrentMemoryContext, a);
	sum = queue_append_queue(sum, CurrentMemoryContext, b);
	PG_RETURN_POINTER(queue_copy(sum));
}
