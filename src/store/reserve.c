/*
 * reserve.c
 *	  reserve() of a store: units are held for an order, for a time.
 *
 * No unit is held twice, whatever runs at the same time.  Nearly all calls take the units of each
 * SKU at each place by one statement, in ascending order, and write the answer by one more, or
 * with it where there is but one.  Only where that finds too few is stock looked at closely:
 *
 * - first without locks, in one snapshot.  "Not enough" is an answer then: at that moment there
 *   was not.
 * - then under locks, so that expired reservations and units in slots are counted, too.
 *
 * Lines that name no location have one chosen from a snapshot.  What was chosen is taken in a
 * subtransaction; if somebody was faster, it is undone and chosen anew, at last under locks of all
 * that could be chosen.
 */
#include "postgres.h"
#include "compat.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "common/int.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "catalog/catalog.h"
#include "store/plan.h"
#include "store/reserve.h"

#define ORDER_BYTES_MAX		512
#define KEY_BYTES_MAX		200
#define TTL_DAYS_MAX		36000000.0

/* choices that are tried before all that could be chosen is locked */
#define CHOICES_MAX			3

/* what an error tells of at most */
#define SHORT_MAX			10

/* a row of the answer */
typedef struct Row
{
	int32		line_no;
	text	   *sku;
	text	   *location;		/* or NULL */
	int64		qty;
	int64		id;				/* 0: nothing is reserved */
	int			line;
} Row;

/* ---- the answer ---- */

static int
compare_rows(const void *a, const void *b)
{
	const Row  *x = a;
	const Row  *y = b;
	int			c = (x->line > y->line) - (x->line < y->line);

	if (c == 0)
		c = reserve_compare_texts(&x->sku, &y->sku);
	return c || !x->location || !y->location ? c :
		reserve_compare_texts(&x->location, &y->location);
}

/* the call's rows, by line; a line that got nothing has one, too */
static Row *
rows_of(ReserveCall *call, int *n)
{
	Row		   *rows = palloc_extended((Size) (call->nlines + call->ntakes) * sizeof(Row),
									   MCXT_ALLOC_HUGE);
	bool	   *got = palloc0(call->nlines);

	*n = 0;
	for (int i = 0; i < call->ntakes; i++)
	{
		ReserveTake *take = &call->takes[i];

		rows[(*n)++] = (Row) {call->lines[take->line].line_no, call->skus[take->sku],
		call->places[take->place], take->qty, take->id, take->line};
		got[take->line] = true;
	}
	for (int i = 0; i < call->nlines; i++)
	{
		if (!got[i])
			rows[(*n)++] = (Row) {call->lines[i].line_no, call->lines[i].sku,
			call->lines[i].location, 0, 0, i};
	}
	qsort(rows, *n, sizeof(Row), compare_rows);
	return rows;
}

static void
push_key(JsonbParseState **state, const char *key)
{
	JsonbValue	v = {.type = jbvString};

	v.val.string.val = unconstify(char *, key);
	v.val.string.len = strlen(key);
	pushJsonbValue(state, WJB_KEY, &v);
}

static void
push_text(JsonbParseState **state, const char *key, const char *s, int len)
{
	JsonbValue	v = {.type = s ? jbvString : jbvNull};

	push_key(state, key);
	if (s)
	{
		v.val.string.val = unconstify(char *, s);
		v.val.string.len = len;
	}
	pushJsonbValue(state, WJB_VALUE, &v);
}

static void
push_number(JsonbParseState **state, const char *key, int64 value)
{
	JsonbValue	v = {.type = jbvNumeric};

	push_key(state, key);
	v.val.numeric = int64_to_numeric(value);
	pushJsonbValue(state, WJB_VALUE, &v);
}

/* the rows as outbox.answer has them */
static Jsonb *
answer_of(ReserveCall *call)
{
	JsonbParseState *state = NULL;
	JsonbValue *whole;
	char		expires[MAXDATELEN + 1];
	int			utc = 0;
	int			n;
	Row		   *rows = rows_of(call, &n);

	JsonEncodeDateTime(expires, TimestampTzGetDatum(call->expires_at), TIMESTAMPTZOID, &utc);
	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	push_key(&state, "lines");
	pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < n; i++)
	{
		Row		   *row = &rows[i];

		pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
		push_number(&state, "line", row->line_no);
		push_text(&state, "sku", VARDATA_ANY(row->sku), VARSIZE_ANY_EXHDR(row->sku));
		push_text(&state, "location", row->location ? VARDATA_ANY(row->location) : NULL,
				  row->location ? VARSIZE_ANY_EXHDR(row->location) : 0);
		push_number(&state, "qty", row->qty);
		if (row->id != 0)
		{
			push_number(&state, "reservation_id", row->id);
			push_text(&state, "expires_at", expires, strlen(expires));
		}
		pushJsonbValue(&state, WJB_END_OBJECT, NULL);
	}
	pushJsonbValue(&state, WJB_END_ARRAY, NULL);
	whole = pushJsonbValue(&state, WJB_END_OBJECT, NULL);
	return JsonbValueToJsonb(whole);
}

/*
 * The rows of the last call, which reserve() fetches one by one: to start a query over a function
 * that gives them would cost it a tenth of all its time.
 */
typedef struct LastRow
{
	int32		line_no;
	text	   *sku;
	text	   *location;
	int64		qty;
	int64		id;
	TimestampTz expires_at;
} LastRow;

static struct
{
	MemoryContext context;
	LastRow    *rows;
	int			n;
	int			room;
}			last;

static void
forget_rows(void)
{
	if (last.context == NULL)
		last.context = AllocSetContextCreate(TopMemoryContext, "rows of reserve()",
											 ALLOCSET_SMALL_SIZES);
	else
		MemoryContextReset(last.context);
	last.rows = NULL;
	last.n = last.room = 0;
}

static text *
kept_text(const text *t)
{
	return t ? cstring_to_text_with_len(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t)) : NULL;
}

static void
put_row(const Row *row, TimestampTz expires_at)
{
	MemoryContext before = MemoryContextSwitchTo(last.context);

	if (last.n == last.room)
	{
		last.room = Max(2 * last.room, 8);
		last.rows = last.rows ?
			repalloc_huge(last.rows, (Size) last.room * sizeof(LastRow)) :
			palloc(last.room * sizeof(LastRow));
	}
	last.rows[last.n++] = (LastRow) {row->line_no, kept_text(row->sku), kept_text(row->location),
	row->qty, row->id, expires_at};
	MemoryContextSwitchTo(before);
}

static void
put_rows(ReserveCall *call)
{
	int			n;
	Row		   *rows = rows_of(call, &n);

	forget_rows();
	for (int i = 0; i < n; i++)
		put_row(&rows[i], call->expires_at);
}

static JsonbValue *
member(JsonbContainer *object, const char *key, enum jbvType type)
{
	JsonbValue *v = getKeyJsonValueFromContainer(object, key, strlen(key), NULL);

	return v && v->type == type ? v : NULL;
}

static text *
text_member(JsonbContainer *object, const char *key)
{
	JsonbValue *v = member(object, key, jbvString);

	return v ? cstring_to_text_with_len(v->val.string.val, v->val.string.len) : NULL;
}

static int64
number_member(JsonbContainer *object, const char *key)
{
	JsonbValue *v = member(object, key, jbvNumeric);

	return v ? DatumGetInt64(DirectFunctionCall1(numeric_int8,
												 NumericGetDatum(v->val.numeric))) : 0;
}

static TimestampTz
read_time(const char *s)
{
	return DatumGetTimestampTz(DirectFunctionCall3(timestamptz_in, CStringGetDatum(s),
												   ObjectIdGetDatum(InvalidOid),
												   Int32GetDatum(-1)));
}

/* the rows of the first answer */
static void
put_answer(Jsonb *answer)
{
	JsonbValue *lines = JB_ROOT_IS_OBJECT(answer) ? member(&answer->root, "lines", jbvBinary) :
		NULL;
	int			n = lines && JsonContainerIsArray(lines->val.binary.data) ?
		JsonContainerSize(lines->val.binary.data) : 0;

	forget_rows();
	for (int i = 0; i < n; i++)
	{
		JsonbValue *element = getIthJsonbValueFromContainer(lines->val.binary.data, i);
		JsonbContainer *object = element->val.binary.data;
		text	   *expires;
		TimestampTz expires_at = 0;
		Row			row;

		CHECK_FOR_INTERRUPTS();
		if (element->type != jbvBinary || !JsonContainerIsObject(object))
			continue;
		row = (Row) {number_member(object, "line"), text_member(object, "sku"),
		text_member(object, "location"), number_member(object, "qty"),
		number_member(object, "reservation_id"), i};
		if (row.sku == NULL)
			continue;
		expires = text_member(object, "expires_at");
		if (expires)
			expires_at = read_time(text_to_cstring(expires));
		put_row(&row, expires_at);
	}
}

/* ---- not enough ---- */

static bool
is_same_demand(const ReserveCall *call, int line, int need, int sku, int place)
{
	return call->needs[need].sku == sku && call->lines[line].place == place;
}

/*
 * What was asked of a SKU, at one place or anywhere, and what there is of it.  -1 as place stands
 * for the lines that name none.
 */
static bool
tell_short(ReserveCall *call, const ReserveSpot *spots, int n, int sku, int place,
		   StringInfo detail)
{
	int64		asked = 0;
	int64		available = 0;

	for (int i = 0; i < call->nlines; i++)
	{
		const ReserveLine *line = &call->lines[i];

		for (int j = line->need; j < line->need + line->nneeds; j++)
		{
			if (is_same_demand(call, i, j, sku, place) &&
				pg_add_s64_overflow(asked, line->qty * call->needs[j].each, &asked))
				asked = PG_INT64_MAX;
		}
	}
	for (int i = 0; i < n; i++)
	{
		int64		there = reserve_available(&spots[i]);

		if (spots[i].sku != sku || (place != RESERVE_NO_PLACE && spots[i].place != place))
			continue;
		if (place == RESERVE_NO_PLACE && !call->split)
			available = Max(available, there);
		else if (pg_add_s64_overflow(available, there, &available))
			available = PG_INT64_MAX;
	}
	if (asked <= available)
		return false;
	appendStringInfo(detail, "%sSKU %s%s%s: asked " INT64_FORMAT ", available " INT64_FORMAT
					 "%s.", detail->len ? " " : "", text_to_cstring(call->skus[sku]),
					 place == RESERVE_NO_PLACE ? "" : " at ",
					 place == RESERVE_NO_PLACE ? "" : text_shown(call->places[place]),
					 asked, available,
					 place == RESERVE_NO_PLACE && !call->split ? " at one location" : "");
	return true;
}

pg_noreturn static void report_short(ReserveCall *call, const ReserveSpot *spots, int n);

static void
report_short(ReserveCall *call, const ReserveSpot *spots, int n)
{
	StringInfoData detail;
	int			told = 0;

	initStringInfo(&detail);
	for (int i = 0; i < call->nlines && told < SHORT_MAX; i++)
	{
		const ReserveLine *line = &call->lines[i];

		for (int j = line->need; j < line->need + line->nneeds && told < SHORT_MAX; j++)
		{
			int			sku = call->needs[j].sku;
			bool		seen = false;

			CHECK_FOR_INTERRUPTS();
			for (int k = 0; k <= i && !seen; k++)
			{
				const ReserveLine *other = &call->lines[k];

				for (int m = other->need; m < other->need + other->nneeds && m < j && !seen; m++)
					seen = is_same_demand(call, k, m, sku, line->place);
			}
			if (!seen)
				told += tell_short(call, spots, n, sku, line->place, &detail);
		}
	}
	if (told == 0)
		appendStringInfoString(&detail, call->split ? "Lines compete for the same units." :
							   "No single location has all of it.");
	ereport(ERROR,
			(errcode(ERRCODE_RAISE_EXCEPTION),
			 errmsg("not enough stock"),
			 errdetail("%s", detail.data),
			 call->split ? errhint("partial => true reserves what there is.") :
			 errhint("split => true takes from several locations, partial => true reserves what "
					 "there is.")));
}

/* ---- taking ---- */

/* numbers for the reservations, and what the call will have said */
static void
prepare_answer(ReserveCall *call)
{
	char		key[32];

	for (int i = 0; i < call->ntakes; i++)
		call->takes[i].id = reserve_next_id(call);
	reserve_set(call, R_ANSWER, JsonbPGetDatum(answer_of(call)));
	if (!call->has_key && call->ntakes > 0)
	{
		snprintf(key, sizeof(key), "~reserve " INT64_FORMAT, call->takes[0].id);
		reserve_set(call, R_REQUEST, CStringGetTextDatum(key));
	}
}

/* how many takes from the first on are of one spot, and their units */
static int
run_of(const ReserveCall *call, int first, int64 *units)
{
	int			n = 0;

	*units = 0;
	while (first + n < call->ntakes &&
		   call->takes[first + n].sku == call->takes[first].sku &&
		   call->takes[first + n].place == call->takes[first].place)
	{
		if (pg_add_s64_overflow(*units, call->takes[first + n].qty, units))
			*units = PG_INT64_MAX;
		n++;
	}
	return n;
}

/* take from a spot; false if it has too few */
static bool
take_at(ReserveCall *call, ReserveSpot *spot, int first, int n, int64 units)
{
	bool		alone = n == call->ntakes;

	if (!spot->tried && reserve_take(call, spot, first, n, alone, false))
		return true;
	reserve_set(call, R_QTY, Int64GetDatum(units));
	reserve_look(call, spot);
	if (reserve_available(spot) < units)
		return false;
	if (reserve_take(call, spot, first, n, alone, false))
		return true;
	reserve_lock(call, spot, units);
	if (reserve_available(spot) >= units)
	{
		reserve_take_locked(call, spot, first, n, alone);
		return true;
	}
	reserve_settle(call, spot, spot->slots);
	return false;
}

/* the spots of the takes, in the order of locks */
static ReserveSpot *
spots_of(ReserveCall *call, int *n)
{
	ReserveSpot *spots = palloc0((call->ntakes + 1) * sizeof(ReserveSpot));
	int64		units;

	*n = 0;
	for (int first = 0; first < call->ntakes; first += run_of(call, first, &units))
	{
		spots[*n].sku = call->takes[first].sku;
		spots[(*n)++].place = call->takes[first].place;
	}
	return spots;
}

/* take all that was chosen; false if a spot has too few, spots before it were taken from */
static bool
take_all(ReserveCall *call, ReserveSpot *spots, int *failed)
{
	int			spot = 0;

	for (int first = 0; first < call->ntakes;)
	{
		int64		units;
		int			n = run_of(call, first, &units);

		CHECK_FOR_INTERRUPTS();
		if (!take_at(call, &spots[spot], first, n, units))
		{
			*failed = spot;
			return false;
		}
		spot++;
		first += n;
	}
	return true;
}

static bool
attempt_all(void *argument)
{
	ReserveCall *call = argument;
	int			n;
	int			failed;
	ReserveSpot *spots = spots_of(call, &n);

	return take_all(call, spots, &failed);
}

/* the same, undone if that fails */
static bool
try_all(ReserveCall *call)
{
	if (reserve_attempt(attempt_all, call))
		return true;
	call->answered = false;
	return false;
}

/* takes of lines that all name their location */
static void
take_as_told(ReserveCall *call)
{
	call->ntakes = 0;
	for (int i = 0; i < call->nlines; i++)
	{
		ReserveLine *line = &call->lines[i];

		for (int j = line->need; j < line->need + line->nneeds; j++)
			reserve_add_take(call, i, call->needs[j].sku, line->place,
							 line->qty * call->needs[j].each);
		line->got = line->qty;
	}
	reserve_sort_takes(call);
}

/* all or nothing, and nothing is to be chosen */
static void
reserve_as_told(ReserveCall *call, bool tried)
{
	ReserveSpot *spots;
	int			n;
	int			failed;
	int64		units;

	take_as_told(call);
	prepare_answer(call);
	spots = spots_of(call, &n);
	spots[0].tried = tried;
	if (take_all(call, spots, &failed))
		return;
	/* what else there is too little of */
	for (int first = 0, i = 0; i < n; i++)
	{
		int			run = run_of(call, first, &units);

		CHECK_FOR_INTERRUPTS();
		if (i < failed)
			spots[i] = (ReserveSpot) {.sku = spots[i].sku, .place = spots[i].place,
			.exists = true, .active = true, .on_hand = units};
		else if (i > failed)
			reserve_look(call, &spots[i]);
		first += run;
	}
	reserve_check_known(call, spots, n);
	report_short(call, spots, n);
}

/* places that lines name and that have no row of stock: perhaps nobody knows them */
static void
check_chosen(ReserveCall *call, const ReserveSpot *spots, int n)
{
	bool	   *has_stock = palloc0(call->nskus + call->nplaces);
	bool		all = true;

	for (int i = 0; i < n; i++)
		has_stock[spots[i].sku] = has_stock[call->nskus + spots[i].place] = true;
	for (int i = 0; i < call->nskus + call->nplaces; i++)
		all = all && has_stock[i];
	if (!all)
		reserve_check_known(call, NULL, 0);
}

/* choose under locks of all that could be chosen: nobody is faster */
static void
reserve_under_locks(ReserveCall *call)
{
	int			n;
	ReserveSpot *spots = reserve_candidates(call, &n);
	int			first = 0;

	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		reserve_lock(call, &spots[i], PG_INT64_MAX);
	}
	if (!reserve_choose(call, spots, n))
		report_short(call, spots, n);
	reserve_sort_takes(call);
	prepare_answer(call);
	for (int i = 0; i < n; i++)
	{
		int64		units;
		int			run = 0;

		CHECK_FOR_INTERRUPTS();
		if (first < call->ntakes && call->takes[first].sku == spots[i].sku &&
			call->takes[first].place == spots[i].place)
			run = run_of(call, first, &units);
		if (run == 0)
			reserve_settle(call, &spots[i], spots[i].slots);
		else
			reserve_take_locked(call, &spots[i], first, run, run == call->ntakes);
		first += run;
	}
}

/* what is to be chosen, or may be less than was asked */
static void
reserve_as_chosen(ReserveCall *call)
{
	for (int i = 0; i < CHOICES_MAX; i++)
	{
		int			n;
		ReserveSpot *spots = reserve_candidates(call, &n);

		if (i == 0)
			check_chosen(call, spots, n);
		if (!reserve_choose(call, spots, n))
			report_short(call, spots, n);
		reserve_sort_takes(call);
		prepare_answer(call);
		if (call->ntakes == 0 || try_all(call))
			return;
	}
	reserve_under_locks(call);
}

/* ---- the call ---- */

/* one line that names its location, which is most of them: true if that is all */
static bool
reserve_one(ReserveCall *call)
{
	ReserveSpot spot = {0};

	take_as_told(call);
	prepare_answer(call);
	return reserve_take(call, &spot, 0, 1, true, true);
}

static void
reserve_now(ReserveCall *call)
{
	bool		told = !call->partial;
	bool		tried = false;

	reserve_number(call);
	reserve_number_places(call, NULL, 0);
	if (call->nlines == 1 && call->lines[0].location)
		tried = true;
	if (!tried || !reserve_one(call))
	{
		Jsonb	   *answer = call->has_key ? reserve_first_answer(call) : NULL;

		if (answer)
		{
			put_answer(answer);
			return;
		}
		reserve_read_channel(call);
		reserve_read_bundles(call);
		for (int i = 0; i < call->nlines; i++)
			told = told && call->lines[i].location;
		if (told)
			reserve_as_told(call, tried && !call->lines[0].bundle);
		else
			reserve_as_chosen(call);
	}
	if (!call->answered && (call->has_key || call->ntakes > 0))
		reserve_request(call);
	put_rows(call);
}

pg_noreturn static void missing(const char *what, const char *hint);

static void
missing(const char *what, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("%s is NULL", what),
			 errhint("%s", hint)));
}

static void
check_length(text *t, int most, const char *what)
{
	if (VARSIZE_ANY_EXHDR(t) == 0 || VARSIZE_ANY_EXHDR(t) > most)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s has to have 1 to %d bytes", what, most),
				 errhint("Name the order, the cart or the request as your system does.")));
}

/* when what is held for so long expires; NULL: never; 22003 */
static TimestampTz
expiry_of(FunctionCallInfo fcinfo, int argument)
{
	TimestampTz now = GetCurrentTransactionStartTimestamp();
	TimestampTz expires;
	Interval   *ttl;
	double		days;

	if (PG_ARGISNULL(argument))
		return DT_NOEND;
	ttl = PG_GETARG_INTERVAL_P(argument);
	days = ttl->month * 30.0 + ttl->day + (double) ttl->time / USECS_PER_DAY;
	if (!INTERVAL_NOT_FINITE(ttl) && days > TTL_DAYS_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("the time to hold units for is out of range"),
				 errdetail("It is 100000 years at most."),
				 errhint("NULL holds them until they are shipped or released.")));
	expires = now;
	if (days > -TTL_DAYS_MAX)
		expires = DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval,
														  TimestampTzGetDatum(now),
														  IntervalPGetDatum(ttl)));
	if (expires <= now)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("the time to hold units for is not positive"),
				 errhint("For example interval '15 min'; NULL holds them until they are shipped "
						 "or released.")));
	return expires;
}

static void
check_key(text *key)
{
	check_length(key, KEY_BYTES_MAX, "an idempotency key");
	if (*VARDATA_ANY(key) == '~')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("an idempotency key cannot begin with ~"),
				 errhint("Such keys are made for calls that have none.")));
}

/* calls with one key wait for each other */
static void
lock_key(ReserveCall *call, text *key)
{
	LOCKTAG		tag;
	StringInfoData s;
	uint64		hash;

	initStringInfo(&s);
	appendStringInfo(&s, "omni.request %s ", NameStr(call->store->name));
	appendBinaryStringInfo(&s, VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key));
	hash = hash_bytes_extended((unsigned char *) s.data, s.len, 0);
	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, (uint32) (hash >> 32), (uint32) hash, 1);
	(void) LockAcquire(&tag, ExclusiveLock, false, false);
}

static uint64
interval_hash_of(Datum interval)
{
	return DatumGetUInt64(DirectFunctionCall2(interval_hash_extended, interval,
											  Int64GetDatum(0)));
}

/* what tells this call from others */
static int64
hash_of_call(FunctionCallInfo fcinfo, Jsonb *lines)
{
	uint64		hash = hash_bytes_extended((unsigned char *) VARDATA(lines),
										   VARSIZE(lines) - VARHDRSZ, 0);

	for (int i = 1; i < PG_NARGS(); i++)
	{
		hash = hash_combine64(hash, i + PG_ARGISNULL(i));
		if (PG_ARGISNULL(i) || i == 2 || i == 4)
			continue;
		if (i == 3)
			hash = hash_combine64(hash, interval_hash_of(PG_GETARG_DATUM(i)));
		else if (i == 5 || i == 6)
			hash = hash_combine64(hash, PG_GETARG_BOOL(i) ? 2 : 3);
		else
		{
			text	   *t = PG_GETARG_TEXT_PP(i);

			hash = hash_combine64(hash, hash_bytes_extended((unsigned char *) VARDATA_ANY(t),
															VARSIZE_ANY_EXHDR(t), 0));
		}
	}
	return (int64) hash;
}

PG_FUNCTION_INFO_V1(store_reserve);
PG_FUNCTION_INFO_V1(store_reserved);
PG_FUNCTION_INFO_V1(store_slots);
PG_FUNCTION_INFO_V1(store_lock_slots);

/* statements of a store are about to be run, and for whom */
static void
begin_call(ReserveCall *call, FunctionCallInfo fcinfo)
{
	Oid			ours = get_func_namespace(fcinfo->flinfo->fn_oid);

	call->store = reserve_store(PG_GETARG_OID(0), ours);
	memset(call->nulls, 'n', sizeof(call->nulls));
}

/*
 * store_reserve(store regnamespace, order_ref text, lines jsonb, ttl interval,
 * idempotency_key text, partial boolean, split boolean, channel text) -> integer: holds units for
 * an order, and gives the number of rows of the answer, for store_reserved().  For the reserve()
 * of that store.  P0001 if there is not enough; 22023, 22003, 22004, 54000 for bad arguments;
 * 55000 if the store has adopted its stock; 40001 if the transaction sees an older state.
 */
Datum
store_reserve(PG_FUNCTION_ARGS)
{
	ReserveCall call = {0};
	MemoryContext context = CurrentMemoryContext;
	int			depth = reserve_depth;
	Jsonb	   *lines;
	text	   *order;

	if (PG_ARGISNULL(0))
		missing("the store", "Call the reserve() of a store.");
	if (PG_ARGISNULL(1))
		missing("order_ref", "It names the order, or the cart, that units are held for.");
	if (PG_ARGISNULL(2))
		missing("lines", "For example '[{\"sku\": \"TS-RED\", \"qty\": 2}]'.");
	if (PG_ARGISNULL(5) || PG_ARGISNULL(6))
		missing(PG_ARGISNULL(5) ? "partial" : "split", "It is true or false.");
	order = PG_GETARG_TEXT_PP(1);
	check_length(order, ORDER_BYTES_MAX, "order_ref");
	call.expires_at = expiry_of(fcinfo, 3);
	call.has_key = !PG_ARGISNULL(4);
	if (call.has_key)
		check_key(PG_GETARG_TEXT_PP(4));
	call.partial = PG_GETARG_BOOL(5);
	call.split = PG_GETARG_BOOL(6);
	call.has_channel = !PG_ARGISNULL(7);
	lines = PG_GETARG_JSONB_P(2);
	reserve_read_lines(&call, lines);

	begin_call(&call, fcinfo);
	reserve_set(&call, R_ORDER, PointerGetDatum(order));
	reserve_set(&call, R_EXPIRES, TimestampTzGetDatum(call.expires_at));
	reserve_set(&call, R_HASH, Int64GetDatum(hash_of_call(fcinfo, lines)));
	if (call.has_channel)
		reserve_set(&call, R_CHANNEL, PG_GETARG_DATUM(7));
	if (call.has_key)
	{
		reserve_set(&call, R_REQUEST, PG_GETARG_DATUM(4));
		lock_key(&call, PG_GETARG_TEXT_PP(4));
	}
	PG_TRY();
	{
		reserve_depth++;
		SPI_connect();
		reserve_now(&call);
		SPI_finish();
		reserve_depth = depth;
	}
	PG_CATCH();
	{
		ErrorData  *error;

		reserve_depth = depth;
		if (!IsolationUsesXactSnapshot() || geterrcode() != ERRCODE_UNIQUE_VIOLATION)
			PG_RE_THROW();
		/* a call with this key that is later than what this transaction sees */
		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		if (!call.has_key || !error->table_name || strcmp(error->table_name, "outbox") != 0)
			PG_RE_THROW();
		FlushErrorState();
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not serialize access due to a concurrent call with the same "
						"idempotency key"),
				 errhint("The transaction might succeed if retried.")));
	}
	PG_END_TRY();
	PG_RETURN_INT32(last.n);
}

/* what store_reserved() gives is asked of the catalog once: a call fetches each of its rows */
static TupleDesc
row_desc(FunctionCallInfo fcinfo)
{
	static Oid	function = InvalidOid;
	static TupleDesc kept = NULL;
	TupleDesc	desc;
	MemoryContext before;

	if (kept && function == fcinfo->flinfo->fn_oid)
		return kept;
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != 6)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("store_reserved() is not as omni makes it"),
				 errhint("It is for reserve() of a store.")));
	before = MemoryContextSwitchTo(TopMemoryContext);
	if (kept)
		FreeTupleDesc(kept);
	kept = BlessTupleDesc(CreateTupleDescCopy(desc));
	function = fcinfo->flinfo->fn_oid;
	MemoryContextSwitchTo(before);
	return kept;
}

/*
 * store_reserved(number integer) -> (line integer, sku text, location text, qty bigint,
 * reservation_id bigint, expires_at timestamptz): a row of what store_reserve() did last, from 1
 * to the number that it gave.  For the reserve() of a store; 22003.
 */
Datum
store_reserved(PG_FUNCTION_ARGS)
{
	int			number = PG_ARGISNULL(0) ? 0 : PG_GETARG_INT32(0);
	LastRow    *row;

	if (number < 1 || number > last.n)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("there is no row %d", number),
				 errdetail("The last call has %d rows.", last.n)));
	row = &last.rows[number - 1];
	{
		Datum		values[6] = {
			Int32GetDatum(row->line_no), PointerGetDatum(row->sku),
			PointerGetDatum(row->location), Int64GetDatum(row->qty), Int64GetDatum(row->id),
			TimestampTzGetDatum(row->expires_at)
		};
		bool		nulls[6] = {
			false, false, row->location == NULL, false, row->id == 0, row->id == 0
		};

		PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(row_desc(fcinfo), values, nulls)));
	}
}

/* the spot of a function whose arguments are a store, a SKU and a location; 22P02, 22003 */
static void
begin_spot(ReserveCall *call, FunctionCallInfo fcinfo)
{
	text	   *sku_text = PG_GETARG_TEXT_PP(1);
	text	  **texts = palloc(2 * sizeof(text *));
	Sku			sku;
	Problem		problem;

	if (!sku_parse(VARDATA_ANY(sku_text), VARSIZE_ANY_EXHDR(sku_text), &sku, &problem))
		sku_report(NULL, &problem, VARDATA_ANY(sku_text), VARSIZE_ANY_EXHDR(sku_text));
	if (!PG_ARGISNULL(3) && (PG_GETARG_INT32(3) < 0 || PG_GETARG_INT32(3) > RESERVE_SLOTS_MAX))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("slots are out of range: %d", PG_GETARG_INT32(3)),
				 errdetail("There are from 0 to %d.", RESERVE_SLOTS_MAX)));
	texts[0] = cstring_to_text_with_len(sku.data, sku.len);
	texts[1] = PG_GETARG_TEXT_PP(2);
	call->nskus = call->nplaces = 1;
	call->skus = &texts[0];
	call->places = &texts[1];
	begin_call(call, fcinfo);
}

/*
 * store_lock_slots(store regnamespace, sku text, location text, slots integer) -> void: nobody else
 * takes from these slots, from 0 on, until the transaction ends.  For functions of the store, which
 * hold the row of stock and lock the rows of the slots afterwards; 22P02, 22003.
 */
Datum
store_lock_slots(PG_FUNCTION_ARGS)
{
	ReserveCall call = {0};
	ReserveSpot spot = {0};

	begin_spot(&call, fcinfo);
	reserve_lock_slots(&call, &spot, PG_GETARG_INT32(3));
	PG_RETURN_VOID();
}

/*
 * store_slots(store regnamespace, sku text, location text, slots integer) -> bigint: the units of a
 * SKU at a place are held in so many slots from now on, evenly; NULL: in as many as before.  Gives
 * the units that are in slots then, NULL without a row of stock.  For functions of the store, which
 * have checked the arguments; 22P02, 22003.
 */
Datum
store_slots(PG_FUNCTION_ARGS)
{
	ReserveCall call = {0};
	ReserveSpot spot = {0};
	int			depth = reserve_depth;
	volatile int64 units = 0;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	begin_spot(&call, fcinfo);
	PG_TRY();
	{
		reserve_depth++;
		SPI_connect();
		reserve_lock(&call, &spot, PG_INT64_MAX);
		if (spot.exists)
			units = reserve_settle(&call, &spot,
								   PG_ARGISNULL(3) ? spot.slots : PG_GETARG_INT32(3));
		SPI_finish();
	}
	PG_FINALLY();
	{
		reserve_depth = depth;
	}
	PG_END_TRY();
	if (!spot.exists)
		PG_RETURN_NULL();
	PG_RETURN_INT64(units);
}
