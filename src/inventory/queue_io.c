/*
 * queue_io.c
 *	  Text and binary form of the types that are a Queue, and what their aggregates share.
 */
#include "postgres.h"
#include "compat.h"

#include "miscadmin.h"
#include "utils/datetime.h"

#include "inventory/terms.h"

/* of the binary form */
#define BINARY_PLAIN	1
#define BINARY_TERMS	2

PG_FUNCTION_INFO_V1(queue_combine);
PG_FUNCTION_INFO_V1(queue_final);
PG_FUNCTION_INFO_V1(queue_concat);

/* ---- text form ---- */

static inline bool
at_digit(const Scanner *s)
{
	return s->p < s->end && *s->p >= '0' && *s->p <= '9';
}

bool
scan_char(Scanner *s, char c)
{
	if (s->p == s->end || *s->p != c)
		return false;
	s->p++;
	return true;
}

bool
scan_word(Scanner *s, const char *word)
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

bool
scan_integer(Scanner *s, int64 min, int64 max, int64 *value, bool *out_of_range)
{
	bool		negative = scan_char(s, '-');
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
scan_digits(Scanner *s, int min, int max, int *value)
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

bool
scan_date(Scanner *s, struct pg_tm *tm)
{
	bool		negative = scan_char(s, '-');

	if (!scan_digits(s, 4, 7, &tm->tm_year) || !scan_char(s, '-') ||
		!scan_digits(s, 2, 2, &tm->tm_mon) || !scan_char(s, '-') ||
		!scan_digits(s, 2, 2, &tm->tm_mday))
		return false;
	if (negative)
		tm->tm_year = -tm->tm_year;
	return tm->tm_mon >= 1 && tm->tm_mon <= MONTHS_PER_YEAR &&
		tm->tm_mday >= 1 && tm->tm_mday <= day_tab[isleap(tm->tm_year)][tm->tm_mon - 1];
}

bool
scan_time(Scanner *s, TimestampTz *t)
{
	struct pg_tm tm = {0};
	fsec_t		fsec = 0;

	if (scan_word(s, "infinity"))
	{
		TIMESTAMP_NOEND(*t);
		return true;
	}
	if (scan_word(s, "-infinity"))
	{
		TIMESTAMP_NOBEGIN(*t);
		return true;
	}
	if (!scan_date(s, &tm) || !scan_char(s, 'T') ||
		!scan_digits(s, 2, 2, &tm.tm_hour) || !scan_char(s, ':') ||
		!scan_digits(s, 2, 2, &tm.tm_min) || !scan_char(s, ':') ||
		!scan_digits(s, 2, 2, &tm.tm_sec))
		return false;
	if (scan_char(s, '.'))
	{
		const char *start = s->p;

		if (!scan_digits(s, 1, 6, &fsec))
			return false;
		for (int n = s->p - start; n < 6; n++)
			fsec *= 10;
	}
	return scan_char(s, 'Z') &&
		tm.tm_hour < HOURS_PER_DAY && tm.tm_min < MINS_PER_HOUR && tm.tm_sec < SECS_PER_MINUTE &&
		tm2timestamp(&tm, fsec, NULL, t) == 0;
}

void
print_time(StringInfo buf, TimestampTz t)
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

/* the terms of an entry as bytes in a buffer, for queue_from_terms */
static uint32
keep_terms(StringInfo buf, const QueueTerms *terms)
{
	uint32		at;

	if (terms->channel.len == 0 && terms->min_qty == 0)
		return 0;
	if (buf->data == NULL)
	{
		/* place 0 stands for none */
		initStringInfo(buf);
		appendStringInfoChar(buf, '\0');
	}
	at = buf->len;
	enlargeStringInfo(buf, QUEUE_TERMS_SIZE(terms->channel.len));
	buf->len = queue_write_terms((uint8 *) buf->data + at, terms) - (uint8 *) buf->data;
	return at;
}

bool
queue_parse(const char *str, int len, const QueueType *type, Queue **result, Problem *problem)
{
	Scanner		s = {str, str + len};
	QueueEntry *entries = queue_allocate_entries(len / type->text_min + 1);
	int			n = 0;
	StringInfoData kept = {0};
	QueueFault	fault;
	int64		line;

	skip_spaces(&s);
	if (!scan_char(&s, '{'))
		goto syntax;
	skip_spaces(&s);
	if (!scan_char(&s, '}'))
	{
		do
		{
			QueueEntry	e;
			QueueTerms	terms = {0};

			CHECK_FOR_INTERRUPTS();
			skip_spaces(&s);
			if (!type->take(&s, &e, problem) ||
				(type->terms != 0 &&
				 !terms_take(&s, type->terms == QUEUE_DEMAND_TERMS, &e, &terms, problem)))
				return false;
			e.terms = keep_terms(&kept, &terms);
			if (e.qty > 0 || type->keeps_zero)
				entries[n++] = e;
			skip_spaces(&s);
		} while (scan_char(&s, ','));
		if (!scan_char(&s, '}'))
			goto syntax;
	}
	skip_spaces(&s);
	if (s.p != s.end)
		goto syntax;
	*result = queue_from_terms(entries, n, (uint8 *) kept.data,
							   kept.data ? type->terms : QUEUE_PLAIN, &fault, &line);
	pfree(entries);
	if (kept.data != NULL)
		pfree(kept.data);
	if (*result == NULL && fault == QUEUE_CONFLICT)
	{
		PROBLEM(problem, "conflict", "A line has more than one channel or minimum.",
				"Give the parts of a line that differ in these line_ids of their own.");
		return false;
	}
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

char *
queue_print(Datum datum, const QueueType *type)
{
	QueueReader r;
	StringInfoData buf;

	queue_begin(&r, queue_read(datum));
	initStringInfo(&buf);
	appendStringInfoChar(&buf, '{');
	while (queue_next(&r))
	{
		CHECK_FOR_INTERRUPTS();
		if (buf.len > 1)
			appendStringInfoChar(&buf, ',');
		type->print(&buf, &r.entry);
		if (r.entry.terms != 0)
		{
			QueueTerms	terms = queue_terms(&r.entry, r.terms);

			terms_print(&buf, &terms);
		}
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

bool
queue_time_is_valid(TimestampTz t)
{
	return TIMESTAMP_NOT_FINITE(t) || IS_VALID_TIMESTAMP(t);
}

static bool
ascending(const QueueEntry *a, const QueueEntry *b, const char *base)
{
	TextSpan	x;
	TextSpan	y;
	int			c;

	if (a->at != b->at)
		return a->at < b->at;
	if (a->id != b->id)
		return a->id < b->id;
	if (a->priority != b->priority)
		return a->priority < b->priority;
	if (b->terms == 0)
		return false;
	x = queue_terms(a, (const uint8 *) base).channel;
	y = queue_terms(b, (const uint8 *) base).channel;
	c = memcmp(x.data ? x.data : "", y.data ? y.data : "", Min(x.len, y.len));
	return c < 0 || (c == 0 && x.len < y.len);
}

Queue *
queue_receive(StringInfo buf, const QueueType *type)
{
	bool		with_min = type->terms == QUEUE_DEMAND_TERMS;
	int			version;
	int32		count;
	QueueEntry *entries;
	StringInfoData kept = {0};
	Queue	   *queue;
	QueueFault	fault;
	int64		line;

	if (buf->len - buf->cursor < 1 + (int) sizeof(int32))
		report_binary(type, "The value is too short.");
	version = pq_getmsgbyte(buf);
	if (version != BINARY_PLAIN && (version != BINARY_TERMS || type->terms == 0))
		report_binary(type, "The version is not known.");
	count = pq_getmsgint(buf, sizeof(int32));
	if (count < 0 || (int64) count * type->binary_size > buf->len - buf->cursor)
		report_binary(type, "The number of entries does not fit the size.");

	entries = queue_allocate_entries(count);
	for (int i = 0; i < count; i++)
	{
		QueueTerms	terms = {0};
		const char *problem = NULL;

		CHECK_FOR_INTERRUPTS();
		if (buf->len - buf->cursor < type->binary_size)
			problem = "The value is too short.";
		if (problem == NULL)
			problem = type->receive(buf, &entries[i]);
		if (problem == NULL && version == BINARY_TERMS)
			problem = terms_receive(buf, with_min, &entries[i], &terms);
		if (problem != NULL)
			report_binary(type, problem);
		entries[i].terms = keep_terms(&kept, &terms);
		if (i > 0 && !ascending(&entries[i - 1], &entries[i], kept.data))
			report_binary(type, "The entries are not in ascending order.");
	}
	if (buf->cursor != buf->len)
		report_binary(type, "The number of entries does not fit the size.");
	if (version == BINARY_TERMS && kept.data == NULL)
		report_binary(type, "The version is not the one of the entries.");
	queue = queue_from_terms(entries, count, (uint8 *) kept.data,
							 kept.data ? type->terms : QUEUE_PLAIN, &fault, &line);
	if (queue == NULL)
		report_binary(type, "A line has more than one channel or minimum.");
	return queue;
}

bytea *
queue_send(Datum datum, const QueueType *type)
{
	const Queue *queue = queue_read(datum);
	QueueReader r;
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbyte(&buf, queue->version == QUEUE_PLAIN ? BINARY_PLAIN : BINARY_TERMS);
	pq_sendint32(&buf, queue->count);
	queue_begin(&r, queue);
	while (queue_next(&r))
	{
		CHECK_FOR_INTERRUPTS();
		type->send(&buf, &r.entry);
		if (r.terms != NULL)
		{
			QueueTerms	terms = queue_terms(&r.entry, r.terms);

			terms_send(&buf, type->terms == QUEUE_DEMAND_TERMS, &terms);
		}
	}
	return pq_endtypsend(&buf);
}

/* ---- aggregates ---- */

MemoryContext
queue_aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("function is only for use in an aggregate"),
				 errhint("Use an aggregate, such as demand_agg or demand_rollup, or ||.")));
	return context;
}

Datum
queue_unchanged(FunctionCallInfo fcinfo, bool is_row)
{
	if (!PG_ARGISNULL(0))
		return PG_GETARG_DATUM(0);
	if (is_row)
		return PointerGetDatum(queue_empty());
	fcinfo->isnull = true;
	return (Datum) 0;
}

/*
 * T_combine(T, T) -> T: combine function of T_agg, transition and combine function of T_rollup.
 * NULL is no queue.
 */
Datum
queue_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context = queue_aggregate_context(fcinfo);
	const Queue *other;
	Datum		result;

	if (PG_ARGISNULL(1))
		return queue_unchanged(fcinfo, false);

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
