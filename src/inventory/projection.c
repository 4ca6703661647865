/*
 * projection.c
 *	  The type atp_projection: text and binary form, aggregate, constructor.
 *
 * Text form, entries in the order of the queue, times in UTC whatever the session's settings are:
 *
 *		{kind:qty@at/expires_at, ...}
 *		{on_hand:10,reserved:4,incoming:20@2026-03-04T00:00:00Z/2026-04-01T00:00:00Z}
 *
 * Without @at the entry holds from the begin of time, without /expires_at for ever.  The binary
 * form of an entry is int64 at, int64 expires_at, int64 qty, int32 kind; -infinity and infinity
 * stand for what the text leaves out.
 *
 * What an entry may be is checked in one place, entry_problem(), for rows, text and binary alike:
 *
 *		on_hand			is there since "at"; a lot that expires needs the time of its count, so
 *						that nothing eats it after it has expired
 *		incoming		arrives at "at", which is finite
 *		reserved		is taken at "at"; does not expire
 *		demand			is taken at "at"; does not expire
 *		safety, buffer, backorder
 *						hold from "at" until "expires_at"
 *
 * A projection is a commutative monoid under ||, as demand and supply are.
 */
#include "postgres.h"
#include "compat.h"

#include "inventory/projection.h"

#define PROJECTION_FORM \
	"Write {kind:qty@at/expires_at, ...}, for example " \
	"{on_hand:10,incoming:20@2026-03-04T00:00:00Z}."
#define PROJECTION_KINDS_HINT \
	"Kinds are on_hand, incoming, reserved, demand, safety, buffer and backorder."

static const char *const kind_names[PROJECTION_KINDS + 1] = {
	[PROJECTION_ON_HAND] = "on_hand",
	[PROJECTION_INCOMING] = "incoming",
	[PROJECTION_RESERVED] = "reserved",
	[PROJECTION_DEMAND] = "demand",
	[PROJECTION_SAFETY] = "safety",
	[PROJECTION_BUFFER] = "buffer",
	[PROJECTION_BACKORDER] = "backorder",
};

/* 0 where there is no such kind */
static ProjectionKind
kind_from_name(const char *name, int len)
{
	for (int kind = 1; kind <= PROJECTION_KINDS; kind++)
	{
		if (strlen(kind_names[kind]) == len && memcmp(kind_names[kind], name, len) == 0)
			return kind;
	}
	return 0;
}

/* ---- what an entry may be ---- */

static bool
entry_problem(ProjectionKind kind, TimestampTz at, TimestampTz expires_at, Problem *problem)
{
	if (TIMESTAMP_IS_NOEND(at))
		PROBLEM(problem, "time", "A row at infinity never comes to be.",
				"Leave the row out, or give it the date that is expected.");
	else if (kind == PROJECTION_INCOMING && TIMESTAMP_IS_NOBEGIN(at))
		PROBLEM(problem, "time", "Incoming units need the finite time at which they are expected.",
				"Units that are there already are on_hand.");
	else if (TIMESTAMP_IS_NOEND(expires_at))
		return false;
	else if (kind == PROJECTION_RESERVED || kind == PROJECTION_DEMAND)
		PROBLEM(problem, "time", "Reserved units and demand do not expire.",
				"Leave holds that have expired out, with WHERE expires_at > now().");
	else if (kind == PROJECTION_ON_HAND && TIMESTAMP_IS_NOBEGIN(at))
		PROBLEM(problem, "time",
				"Units on hand that expire need the time since when they are there.",
				"Give them the time of the stock count, such as now(), as at.");
	else if (expires_at <= at)
		PROBLEM(problem, "time", "A row expires at or before its begin.",
				"Leave lots that have expired out, with WHERE expires_at > now().");
	else
		return false;
	return true;
}

static void
set_entry(QueueEntry *e, ProjectionKind kind, int64 qty, TimestampTz at, TimestampTz expires_at)
{
	e->at = at;
	e->id = TIMESTAMP_IS_NOEND(expires_at) ? 0 : (int64) ((uint64) expires_at - (uint64) at);
	e->qty = qty;
	e->priority = kind;
}

/* ---- an entry in text and binary ---- */

static bool
projection_take(Scanner *s, QueueEntry *e, Problem *problem)
{
	const char *name = s->p;
	ProjectionKind kind;
	int64		qty;
	bool		out_of_range = false;
	TimestampTz at = DT_NOBEGIN;
	TimestampTz expires_at = DT_NOEND;

	while (s->p < s->end && ((*s->p >= 'a' && *s->p <= 'z') || *s->p == '_'))
		s->p++;
	kind = kind_from_name(name, s->p - name);
	if (s->p == name || s->p == s->end || *s->p != ':')
		goto syntax;
	if (kind == 0)
	{
		PROBLEM(problem, "kind", "An entry has a kind that is not known.", PROJECTION_KINDS_HINT);
		return false;
	}
	s->p++;
	if (!scan_integer(s, 0, PG_INT64_MAX, &qty, &out_of_range))
	{
		if (!out_of_range)
			goto syntax;
		PROBLEM(problem, "range", "A quantity is out of range.",
				"A quantity is a bigint of 0 or more.");
		problem->sqlerrcode = ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE;
		return false;
	}
	if ((scan_char(s, '@') && !scan_time(s, &at)) ||
		(scan_char(s, '/') && !scan_time(s, &expires_at)))
	{
		PROBLEM(problem, "time", "A time of the value is not valid.",
				"Write a time in UTC as 2026-03-01T09:30:00Z, or leave it out.");
		return false;
	}
	if (entry_problem(kind, at, expires_at, problem))
		return false;
	set_entry(e, kind, qty, at, expires_at);
	return true;

syntax:
	PROBLEM(problem, "syntax", "The value does not have the form of an entry.", PROJECTION_FORM);
	return false;
}

static void
projection_print(StringInfo buf, const QueueEntry *e)
{
	appendStringInfo(buf, "%s:" INT64_FORMAT, kind_names[e->priority], e->qty);
	if (!TIMESTAMP_IS_NOBEGIN(e->at))
	{
		appendStringInfoChar(buf, '@');
		print_time(buf, e->at);
	}
	if (e->id != 0)
	{
		appendStringInfoChar(buf, '/');
		print_time(buf, projection_expires_at(e));
	}
}

static const char *
projection_receive(StringInfo buf, QueueEntry *e)
{
	TimestampTz at = pq_getmsgint64(buf);
	TimestampTz expires_at = pq_getmsgint64(buf);
	int64		qty = pq_getmsgint64(buf);
	int32		kind = (int32) pq_getmsgint(buf, sizeof(int32));
	Problem		problem;

	if (kind < 1 || kind > PROJECTION_KINDS)
		return "A kind is not known.";
	if (qty <= 0)
		return "A quantity is not positive.";
	if (!queue_time_is_valid(at) || !queue_time_is_valid(expires_at))
		return "A time is out of range.";
	if (entry_problem(kind, at, expires_at, &problem))
		return problem.detail;
	set_entry(e, kind, qty, at, expires_at);
	return NULL;
}

static void
projection_send(StringInfo buf, const QueueEntry *e)
{
	pq_sendint64(buf, e->at);
	pq_sendint64(buf, projection_expires_at(e));
	pq_sendint64(buf, e->qty);
	pq_sendint32(buf, e->priority);
}

/* the shortest entry in text is demand:1 */
static const QueueType atp_projection_type = {
	.name = "atp_projection",
	.form = PROJECTION_FORM,
	.text_min = 8,
	.binary_size = 3 * sizeof(int64) + sizeof(int32),
	.take = projection_take,
	.print = projection_print,
	.receive = projection_receive,
	.send = projection_send,
};

QUEUE_FUNCTIONS(atp_projection)

/* ---- rows ---- */

static pg_noinline void
report_null(const char *what, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("%s of a projection row must not be null", what),
			 errhint("%s", hint)));
}

static pg_noinline void
report_kind(const text *name)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown kind of a projection row: \"%s\"", text_shown(name)),
			 errhint(PROJECTION_KINDS_HINT)));
}

static pg_noinline void
report_negative(ProjectionKind kind, int64 qty)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("quantity of %s must not be negative: " INT64_FORMAT, kind_names[kind], qty),
			 kind == PROJECTION_SAFETY ?
			 errhint("What may be promised beyond the stock is of kind backorder.") :
			 kind == PROJECTION_ON_HAND && qty != PG_INT64_MIN ?
			 errhint("Units that left before they were booked in belong to no lot that expires.") :
			 0));
}

static pg_noinline void
report_entry(ProjectionKind kind, const Problem *problem)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid projection row of kind %s", kind_names[kind]),
			 errdetail("%s", problem->detail),
			 errhint("%s", problem->hint)));
}

/*
 * The row of kind, qty, at and, where there is one, expires_at, which are the arguments from "arg"
 * on; neither kind nor qty is NULL.
 */
static void
entry_from_row(FunctionCallInfo fcinfo, int arg, bool has_expiry, QueueEntry *e)
{
	text	   *name = PG_GETARG_TEXT_PP(arg);
	ProjectionKind kind = kind_from_name(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
	int64		qty = PG_GETARG_INT64(arg + 1);
	TimestampTz at = DT_NOBEGIN;
	TimestampTz expires_at = DT_NOEND;
	Problem		problem;

	if (kind == 0)
		report_kind(name);
	if (!PG_ARGISNULL(arg + 2))
		at = PG_GETARG_TIMESTAMPTZ(arg + 2);
	else if (kind == PROJECTION_INCOMING)
		report_null("time",
					"Leave out what has no date, or say with coalesce when it is expected.");
	else if (kind == PROJECTION_DEMAND)
		report_null("time",
					"An order without a date is of kind reserved; or say with coalesce when.");
	if (has_expiry && !PG_ARGISNULL(arg + 3))
		expires_at = PG_GETARG_TIMESTAMPTZ(arg + 3);

	if (qty < 0)
	{
		/* units that left before they were booked in: what comes next makes good for them */
		if (kind != PROJECTION_ON_HAND || !TIMESTAMP_IS_NOEND(expires_at) || qty == PG_INT64_MIN)
			report_negative(kind, qty);
		kind = PROJECTION_RESERVED;
		qty = -qty;
	}
	if (entry_problem(kind, at, expires_at, &problem))
		report_entry(kind, &problem);
	set_entry(e, kind, qty, at, expires_at);
}

static inline Datum
accumulate(FunctionCallInfo fcinfo, bool has_expiry)
{
	MemoryContext context = queue_aggregate_context(fcinfo);
	QueueEntry	e;

	if (PG_ARGISNULL(1) && PG_ARGISNULL(2))
		return queue_unchanged(fcinfo, false);
	if (PG_ARGISNULL(1))
		report_null("kind", PROJECTION_KINDS_HINT);
	if (PG_ARGISNULL(2))
		report_null("quantity", "Leave the row out with FILTER, or say what it is with coalesce.");
	entry_from_row(fcinfo, 1, has_expiry, &e);
	if (e.qty == 0)
		return queue_unchanged(fcinfo, true);
	return queue_append(PG_ARGISNULL(0) ? PointerGetDatum(NULL) : PG_GETARG_DATUM(0), context, &e);
}

PG_FUNCTION_INFO_V1(projection_accum);
PG_FUNCTION_INFO_V1(projection_accum_expiry);
PG_FUNCTION_INFO_V1(projection_from_row);

/*
 * atp_projection_accum(atp_projection, kind text, qty bigint, at timestamptz) -> atp_projection:
 * transition of atp_projection_agg.  A row whose kind and quantity are NULL is no row.  A NULL
 * "at" is the begin of time, but for incoming and demand. Errors: 22004, 22003 negative, 22023
 * unknown kind or times that cannot be, 54000 beyond 1 GB.
 */
Datum
projection_accum(PG_FUNCTION_ARGS)
{
	return accumulate(fcinfo, false);
}

/* the same with expires_at timestamptz behind at; NULL is never */
Datum
projection_accum_expiry(PG_FUNCTION_ARGS)
{
	return accumulate(fcinfo, true);
}

static Queue *
projection_of_entry(const QueueEntry *e)
{
	QueueEntry	entry = *e;

	return queue_from_entries(&entry, entry.qty > 0 ? 1 : 0);
}

/*
 * atp_projection(kind text, qty bigint, at timestamptz, expires_at timestamptz) -> atp_projection:
 * one row as a projection.  Errors: as the aggregate; a NULL kind or quantity is 22004.
 */
Datum
projection_from_row(PG_FUNCTION_ARGS)
{
	QueueEntry	e;

	if (PG_ARGISNULL(0))
		report_null("kind", PROJECTION_KINDS_HINT);
	if (PG_ARGISNULL(1))
		report_null("quantity", "Say with coalesce what it is.");
	entry_from_row(fcinfo, 0, true, &e);
	PG_RETURN_POINTER(projection_of_entry(&e));
}

Queue *
projection_with_demand(Datum projection, int64 qty, TimestampTz at)
{
	QueueEntry	e;
	Problem		problem;
	Datum		sum;

	if (entry_problem(PROJECTION_DEMAND, at, DT_NOEND, &problem))
		report_entry(PROJECTION_DEMAND, &problem);
	set_entry(&e, PROJECTION_DEMAND, qty, at, DT_NOEND);
	sum = queue_append_queue(PointerGetDatum(NULL), CurrentMemoryContext, queue_read(projection));
	sum = queue_append(sum, CurrentMemoryContext, &e);
	return queue_copy(sum);
}
