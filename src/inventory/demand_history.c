/*
 * demand_history.c
 *	  The type demand_history: units asked for per day, and simple exponential smoothing of them.
 *
 * Text form, days ascending: {day:qty, ...}, for example {2026-03-01:5,2026-03-02:0}.  Binary form
 * of an entry: int32 day, int64 qty.  A history is a Queue whose entries have a day for their time,
 * and neither id nor priority.  A day of no unit is kept, since it says that the day was looked at:
 * it may be the first or the last.
 *
 * A history is a commutative monoid under ||: quantities of a day are added up, as integers.  Only
 * demand_forecast() uses floating point, on the sums in the order of time; so every order, split
 * and plan gives the same bits.
 */
#include "postgres.h"
#include "compat.h"

#include <math.h>

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/date.h"
#include "utils/datetime.h"

#include "inventory/queue_io.h"

#define PERIODS_HINT	"Periods are day, week (from Monday) and month."
#define HISTORY_FORM	"Write {day:qty, ...}, for example {2026-03-01:5,2026-03-02:0}."

/* more than 270 years of days */
#define MAX_PERIODS		100000

#define DAYS_PER_WEEK	7

/* years before the year 0, or some more */
#define YEARS_BC		4800

/* alpha is chosen among i / ALPHA_STEPS */
#define ALPHA_STEPS		100

/* ---- an entry in text and binary ---- */

static bool
history_take(Scanner *s, QueueEntry *e, Problem *problem)
{
	struct pg_tm tm = {0};
	bool		out_of_range = false;

	if (!scan_date(s, &tm) || !IS_VALID_JULIAN(tm.tm_year, tm.tm_mon, tm.tm_mday) ||
		!IS_VALID_DATE(date2j(tm.tm_year, tm.tm_mon, tm.tm_mday) - POSTGRES_EPOCH_JDATE))
	{
		PROBLEM(problem, "time", "A day of the value is not valid.", "Write a day as 2026-03-01.");
		return false;
	}
	e->at = date2j(tm.tm_year, tm.tm_mon, tm.tm_mday) - POSTGRES_EPOCH_JDATE;
	e->id = 0;
	e->priority = 0;
	if (scan_char(s, ':') && scan_integer(s, 0, PG_INT64_MAX, &e->qty, &out_of_range))
		return true;
	if (out_of_range)
	{
		PROBLEM(problem, "range", "A quantity is out of range.",
				"A quantity is a bigint of 0 or more.");
		problem->sqlerrcode = ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE;
	}
	else
		PROBLEM(problem, "syntax", "The value does not have the form of an entry.", HISTORY_FORM);
	return false;
}

static void
history_print(StringInfo buf, const QueueEntry *e)
{
	int			year;
	int			month;
	int			day;

	j2date((int) e->at + POSTGRES_EPOCH_JDATE, &year, &month, &day);
	appendStringInfo(buf, "%s%04d-%02d-%02d:" INT64_FORMAT, year < 0 ? "-" : "", abs(year), month,
					 day, e->qty);
}

static const char *
history_receive(StringInfo buf, QueueEntry *e)
{
	e->at = (int32) pq_getmsgint(buf, sizeof(int32));
	e->qty = pq_getmsgint64(buf);
	e->id = 0;
	e->priority = 0;
	if (!IS_VALID_DATE(e->at))
		return "A day is out of range.";
	if (e->qty < 0)
		return "A quantity is negative.";
	return NULL;
}

static void
history_send(StringInfo buf, const QueueEntry *e)
{
	pq_sendint32(buf, (int32) e->at);
	pq_sendint64(buf, e->qty);
}

/* the shortest entry in text is 2026-03-01:0 */
static const QueueType demand_history_type = {
	.name = "demand_history",
	.form = HISTORY_FORM,
	.text_min = 12,
	.binary_size = sizeof(int32) + sizeof(int64),
	.keeps_zero = true,
	.take = history_take,
	.print = history_print,
	.receive = history_receive,
	.send = history_send,
};

QUEUE_FUNCTIONS(demand_history)

/* ---- rows ---- */

PG_FUNCTION_INFO_V1(demand_history_accum);
PG_FUNCTION_INFO_V1(demand_forecast);

/*
 * demand_history_accum(demand_history, day date, qty bigint) -> demand_history: transition of
 * demand_history_agg.  A row of two NULLs is no row.
 * Errors: 22004, 22003 negative, 22023 infinite day, 54000 beyond 1 GB.
 */
Datum
demand_history_accum(PG_FUNCTION_ARGS)
{
	MemoryContext context = queue_aggregate_context(fcinfo);
	QueueEntry	e = {0};

	if (PG_ARGISNULL(1) && PG_ARGISNULL(2))
		return queue_unchanged(fcinfo, false);
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s of a demand_history row must not be null",
						PG_ARGISNULL(1) ? "day" : "quantity"),
				 errhint("Leave the row out with FILTER, or say what it is with coalesce.")));
	if (DATE_NOT_FINITE(PG_GETARG_DATEADT(1)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("day of a demand_history row must be finite"),
				 errhint("Leave the row out with FILTER (WHERE isfinite(day)).")));
	e.at = PG_GETARG_DATEADT(1);
	e.qty = PG_GETARG_INT64(2);
	if (e.qty < 0)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("quantity of a demand_history row must not be negative: " INT64_FORMAT,
						e.qty),
				 errhint("Returns are no demand: leave them out with FILTER (WHERE qty >= 0).")));
	return queue_append(PG_ARGISNULL(0) ? PointerGetDatum(NULL) : PG_GETARG_DATUM(0), context, &e);
}

/* ---- periods ---- */

typedef enum Period
{
	PERIOD_DAY,
	PERIOD_WEEK,
	PERIOD_MONTH
} Period;

static Period
period_from_text(const text *t)
{
	const char *name = VARDATA_ANY(t);
	int			len = VARSIZE_ANY_EXHDR(t);

	if (len == 3 && memcmp(name, "day", 3) == 0)
		return PERIOD_DAY;
	if (len == 4 && memcmp(name, "week", 4) == 0)
		return PERIOD_WEEK;
	if (len == 5 && memcmp(name, "month", 5) == 0)
		return PERIOD_MONTH;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown period: \"%s\"", text_shown(t)),
			 errhint(PERIODS_HINT)));
	pg_unreachable();
}

/* the number of the period that a day is in */
static int64
period_of_day(Period period, DateADT day)
{
	/* the first day of Julian time was a Monday */
	int			julian = day + POSTGRES_EPOCH_JDATE;
	int			year;
	int			month;
	int			day_of_month;

	if (period == PERIOD_DAY)
		return julian;
	if (period == PERIOD_WEEK)
		return julian / DAYS_PER_WEEK;
	j2date(julian, &year, &month, &day_of_month);
	return (year + YEARS_BC) * MONTHS_PER_YEAR + month - 1;
}

/* the first day of a period, as a date */
static DateADT
first_day(Period period, int64 number)
{
	if (period == PERIOD_DAY)
		return number - POSTGRES_EPOCH_JDATE;
	if (period == PERIOD_WEEK)
		return number * DAYS_PER_WEEK - POSTGRES_EPOCH_JDATE;
	return date2j(number / MONTHS_PER_YEAR - YEARS_BC, number % MONTHS_PER_YEAR + 1, 1) -
		POSTGRES_EPOCH_JDATE;
}

/* ---- smoothing ---- */

/*
 * The level after the last of n > 0 periods, and the sum of the squared errors of the forecasts
 * one period ahead: level(1) = y(1), error(t) = y(t) - level(t - 1),
 * level(t) = level(t - 1) + alpha * error(t).
 */
static double
smooth(const double *y, int n, double alpha, double *squares)
{
	double		level = y[0];
	double		sum = 0;

	for (int t = 1; t < n; t++)
	{
		double		error = y[t] - level;

		sum += error * error;
		level += alpha * error;
	}
	*squares = sum;
	return level;
}

/* the alpha of the grid whose forecasts have the least squared error, the smallest of equal ones */
static double
choose_alpha(const double *y, int n)
{
	double		best = 0;
	double		least = 0;

	for (int i = 1; i <= ALPHA_STEPS; i++)
	{
		double		squares;

		CHECK_FOR_INTERRUPTS();
		(void) smooth(y, n, (double) i / ALPHA_STEPS, &squares);
		if (i == 1 || squares < least)
		{
			best = (double) i / ALPHA_STEPS;
			least = squares;
		}
	}
	return best;
}

/* the periods of a history that is not empty, up to one; those without a day are 0 */
static double *
sum_periods(const Queue *history, Period period, int64 first, int64 last)
{
	int			n = last - first + 1;
	int128	   *sums = palloc0(n * sizeof(int128));
	double	   *y = palloc(n * sizeof(double));
	QueueReader r;

	queue_begin(&r, history);
	while (queue_next(&r))
	{
		int64		number = period_of_day(period, (DateADT) r.entry.at);

		if (number > last)
			break;
		sums[number - first] += r.entry.qty;
	}
	for (int i = 0; i < n; i++)
		y[i] = (double) sums[i];
	pfree(sums);
	return y;
}

/*
 * demand_forecast(history demand_history, INOUT alpha float8, period text, until date,
 * OUT level float8, OUT error_sd float8, OUT periods bigint, OUT first_period date,
 * OUT last_period date)
 *
 * Simple exponential smoothing (Brown 1959; Hyndman and Athanasopoulos, Forecasting: Principles and
 * Practice, 3rd ed., 8.1) of the units per period, from the period of the first day to that of
 * "until", or of the last day where it is NULL; a period without a row counts as 0, and days after
 * the last period are left out.  level is the forecast of every later period; error_sd the root of
 * the mean squared error of the n - 1 forecasts one period ahead, NULL where n is 1.  A NULL alpha
 * is chosen.  Without a period, level is NULL and periods 0.
 * Errors: 22004 NULL period, 22023 alpha, period or until, 54000 more than MAX_PERIODS.
 */
Datum
demand_forecast(PG_FUNCTION_ARGS)
{
	TupleDesc	desc;
	Datum		values[6] = {0};
	bool		nulls[6] = {true, true, true, false, true, true};
	const Queue *history;
	QueueReader r;
	Period		period;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("function returns a row, which is not expected here")));
	if (PG_ARGISNULL(2))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("period must not be null"),
				 errhint(PERIODS_HINT)));
	period = period_from_text(PG_GETARG_TEXT_PP(2));
	if (!PG_ARGISNULL(1))
	{
		double		alpha = PG_GETARG_FLOAT8(1);

		if (!(alpha > 0 && alpha <= 1))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("alpha must be above 0 and at most 1: %g", alpha),
					 errhint("Leave it out to have the one with the least squared error.")));
		values[0] = Float8GetDatum(alpha);
		nulls[0] = false;
	}
	if (!PG_ARGISNULL(3) && DATE_NOT_FINITE(PG_GETARG_DATEADT(3)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("until must be finite"),
				 errhint("Leave it out to end with the last day of the history.")));
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();

	history = queue_read(PG_GETARG_DATUM(0));
	queue_begin(&r, history);
	values[3] = Int64GetDatum(0);
	if (queue_next(&r))
	{
		DateADT		until = PG_ARGISNULL(3) ? history->last_at : PG_GETARG_DATEADT(3);
		int64		first = period_of_day(period, (DateADT) r.entry.at);
		int64		last = period_of_day(period, until);

		if (last - first >= MAX_PERIODS)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("history is of " INT64_FORMAT " periods, more than %d",
							last - first + 1, MAX_PERIODS),
					 errhint("Look for days that are far from the others.")));
		if (last >= first)
		{
			int			n = last - first + 1;
			double	   *y = sum_periods(history, period, first, last);
			double		alpha = nulls[0] ? choose_alpha(y, n) : DatumGetFloat8(values[0]);
			double		squares;

			values[0] = Float8GetDatum(alpha);
			values[1] = Float8GetDatum(smooth(y, n, alpha, &squares));
			values[3] = Int64GetDatum(n);
			values[4] = DateADTGetDatum(first_day(period, first));
			values[5] = DateADTGetDatum(first_day(period, last));
			memset(nulls, false, sizeof(nulls));
			if (n > 1)
				values[2] = Float8GetDatum(sqrt(squares / (n - 1)));
			else
				nulls[2] = true;
		}
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}
