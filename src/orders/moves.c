/*
 * moves.c
 *	  order_moves: the net of many moves of units, the state of order_line_agg and
 *	  order_quantities_agg.
 *
 * A move takes q units from one state and puts them into another; the net of a log of moves is a
 * signed count for each state.  Sums are 128 bits wide, so that neither the order of the moves
 * nor the way they are split over workers changes the result: a commutative group.  Only the
 * final function asks that no count is negative and all fit a bigint.
 *
 * In memory and on disk: a varlena aligned to 8 bytes,
 *
 *	  header	version, number of items in use
 *	  items		ascending by unit: the unit, the count as two 64-bit halves, zero padding
 *
 * While an aggregate runs there is room for more items than are in use, and counts of 0 stay; it
 * is changed in place.  A grown state is made in the current context: the executor copies it into
 * the aggregate's and frees the one it replaces.  A value that leaves the aggregate is trimmed to
 * the items that are not 0.
 *
 * Binary wire form: version, number of items (int16), and for each place, return place, high half,
 * low half.  Text: {state:count,...}, counts with their sign.
 */
#include "postgres.h"
#include "compat.h"

#include "common/int.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"

#include "orders/orders.h"

#define VERSION		1
#define FIRST_ROOM	4

typedef struct Item
{
	int64		high;
	uint64		low;
	Unit		unit;
	uint8		zero[6];
} Item;

typedef struct OrderMoves
{
	int32		vl_len_;
	uint8		version;
	uint8		zero;
	uint16		n;
	Item		items[FLEXIBLE_ARRAY_MEMBER];
} OrderMoves;

#define MOVES_SIZE(room)	(offsetof(OrderMoves, items) + (Size) (room) * sizeof(Item))
#define MOVES_ROOM(m)		((int) ((VARSIZE(m) - offsetof(OrderMoves, items)) / sizeof(Item)))

static OrderMoves *
make_moves(int room)
{
	OrderMoves *m = palloc0(MOVES_SIZE(room));

	SET_VARSIZE(m, MOVES_SIZE(room));
	m->version = VERSION;
	return m;
}

/* the sums */

static void
count_overflow(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("a count of moved units is out of range"),
			 errdetail("It takes numbers below 2^127 in magnitude.")));
}

/* -2^127, whose magnitude has no positive counterpart, is no count */
static bool
is_count(int64 high, uint64 low)
{
	return high != PG_INT64_MIN || low != 0;
}

static void
add_to(Item *item, int64 high, uint64 low)
{
	uint64		sum_low = item->low + low;
	int64		sum_high = (int64) ((uint64) item->high + (uint64) high + (sum_low < low));

	/* the sum of two of one sign has that sign */
	if (((item->high ^ sum_high) & (high ^ sum_high)) < 0 || !is_count(sum_high, sum_low))
		count_overflow();
	item->high = sum_high;
	item->low = sum_low;
}

/*
 * Add to the count of one unit, in place where there is room; returns the state, which is another
 * one if it had to grow.
 */
static OrderMoves *
add_count(OrderMoves *m, Unit u, int64 high, uint64 low)
{
	int			i = 0;

	while (i < m->n && unit_compare(m->items[i].unit, u) < 0)
		i++;
	if (i == m->n || unit_compare(m->items[i].unit, u) != 0)
	{
		if (m->n == MOVES_ROOM(m))
		{
			OrderMoves *grown = make_moves(2 * m->n);

			memcpy(grown->items, m->items, m->n * sizeof(Item));
			grown->n = m->n;
			m = grown;
		}
		memmove(&m->items[i + 1], &m->items[i], (m->n - i) * sizeof(Item));
		memset(&m->items[i], 0, sizeof(Item));
		m->items[i].unit = u;
		m->n++;
	}
	add_to(&m->items[i], high, low);
	return m;
}

static OrderMoves *
add_small(OrderMoves *m, Unit u, int64 count)
{
	return add_count(m, u, count < 0 ? -1 : 0, (uint64) count);
}

/* negation of the least int64 does not fit, so it is added in two halves of 128 bits */
static OrderMoves *
subtract_small(OrderMoves *m, Unit u, int64 count)
{
	uint64		low = ~(uint64) count + 1;

	return add_count(m, u, count > 0 ? -1 : 0, low);
}

static OrderMoves *
add_moves(OrderMoves *m, const OrderMoves *other)
{
	for (int i = 0; i < other->n; i++)
		m = add_count(m, other->items[i].unit, other->items[i].high, other->items[i].low);
	return m;
}

/* a copy without counts of 0 and without room */
static OrderMoves *
trimmed(const OrderMoves *m)
{
	int			n = 0;
	OrderMoves *t;

	for (int i = 0; i < m->n; i++)
		n += m->items[i].high != 0 || m->items[i].low != 0;
	t = make_moves(n);
	for (int i = 0; i < m->n; i++)
		if (m->items[i].high != 0 || m->items[i].low != 0)
			t->items[t->n++] = m->items[i];
	return t;
}

/* 128-bit decimal text */

static void
print_count(StringInfo buf, int64 high, uint64 low)
{
	char		digits[48];
	char	   *p = digits + sizeof(digits);
	uint32		limb[4];
	bool		negative = high < 0;

	if (negative)
	{
		low = ~low + 1;
		high = (int64) (~(uint64) high + (low == 0));
	}
	limb[0] = (uint64) high >> 32;
	limb[1] = (uint32) high;
	limb[2] = low >> 32;
	limb[3] = (uint32) low;
	*--p = '\0';
	do
	{
		uint64		rest = 0;

		for (int i = 0; i < 4; i++)
		{
			rest = rest << 32 | limb[i];
			limb[i] = rest / 10;
			rest %= 10;
		}
		*--p = '0' + (char) rest;
	} while (limb[0] | limb[1] | limb[2] | limb[3]);
	if (negative)
		*--p = '-';
	appendStringInfoString(buf, p);
}

/* an optional minus and digits, at most 2^127 - 1 in magnitude */
static bool
parse_count(const char **s, const char *end, int64 *high, uint64 *low)
{
	uint32		limb[4] = {0};
	bool		negative = *s < end && **s == '-';
	const char *start;

	if (negative)
		++*s;
	start = *s;
	for (; *s < end && **s >= '0' && **s <= '9'; ++*s)
	{
		uint64		carry = **s - '0';

		for (int i = 3; i >= 0; i--)
		{
			carry += (uint64) limb[i] * 10;
			limb[i] = (uint32) carry;
			carry >>= 32;
		}
		if (carry || limb[0] > PG_INT32_MAX)
			return false;
	}
	*high = (int64) ((uint64) limb[0] << 32 | limb[1]);
	*low = (uint64) limb[2] << 32 | limb[3];
	if (negative)
	{
		*low = ~*low + 1;
		*high = (int64) (~(uint64) *high + (*low == 0));
	}
	return *s > start;
}

/*
 * The parser: only what printing gives is read, as a state is not written by hand.
 */
static bool
order_moves_parse(const char *s, int len, OrderMoves **out, Problem *problem)
{
	const char *end = s + len;
	OrderMoves *m = make_moves(FIRST_ROOM);
	Unit		last = {0, 0};

	PROBLEM(problem, "syntax", "The value is not as order_moves are printed.",
			"Moves are written as in {open:-2,shipped:2}, by rank of the states.");
	if (len < 2 || *s != '{' || end[-1] != '}')
		return false;
	s++;
	end--;
	while (s < end)
	{
		const char *start = s;
		OrderState	state;
		Unit		u;
		int64		high;
		uint64		low;

		while (s < end && *s != ':')
			s++;
		if (s >= end || !order_state_parse(start, s - start, &state, problem))
			return false;
		PROBLEM(problem, "syntax", "The value is not as order_moves are printed.",
				"Moves are written as in {open:-2,shipped:2}, by rank of the states.");
		s++;
		if (!order_state_single(&state, &u) || unit_compare(last, u) >= 0 ||
			!parse_count(&s, end, &high, &low) || (high == 0 && low == 0))
			return false;
		last = u;
		m = add_count(m, u, high, low);
		if (s < end && (*s++ != ',' || s == end))
			return false;
	}
	*out = trimmed(m);
	return true;
}

PG_FUNCTION_INFO_V1(order_moves_in);
PG_FUNCTION_INFO_V1(order_moves_out);
PG_FUNCTION_INFO_V1(order_moves_recv);
PG_FUNCTION_INFO_V1(order_moves_send);

static OrderMoves *
moves_arg(FunctionCallInfo fcinfo, int n)
{
	return (OrderMoves *) PG_GETARG_VARLENA_P(n);
}

/* order_moves_in(cstring) -> order_moves */
Datum
order_moves_in(PG_FUNCTION_ARGS)
{
	char	   *s = PG_GETARG_CSTRING(0);
	OrderMoves *m;
	Problem		problem;

	if (!order_moves_parse(s, strlen(s), &m, &problem))
	{
		problem_report(FC_ESCONTEXT(fcinfo), &problem, "order_moves", s);
		PG_RETURN_NULL();
	}
	PG_RETURN_POINTER(m);
}

/* order_moves_out(order_moves) -> cstring */
Datum
order_moves_out(PG_FUNCTION_ARGS)
{
	OrderMoves *m = trimmed(moves_arg(fcinfo, 0));
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfoChar(&buf, '{');
	for (int i = 0; i < m->n; i++)
	{
		appendStringInfo(&buf, "%s%s:", i ? "," : "", unit_name(m->items[i].unit));
		print_count(&buf, m->items[i].high, m->items[i].low);
	}
	appendStringInfoChar(&buf, '}');
	PG_RETURN_CSTRING(buf.data);
}

static void
binary_problem(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid binary value for type order_moves"),
			 errdetail("%s", detail)));
}

/* order_moves_recv(internal) -> order_moves: every invariant checked */
Datum
order_moves_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	OrderMoves *m;
	int			n;

	if (pq_getmsgbyte(buf) != VERSION)
		binary_problem("The version is unknown.");
	n = pq_getmsgint(buf, 2);
	if (n > UNITS_MAX)
		binary_problem("There are more states than exist.");
	m = make_moves(n);
	for (int i = 0; i < n; i++)
	{
		Item	   *item = &m->items[i];

		item->unit.place = pq_getmsgbyte(buf);
		item->unit.ret = pq_getmsgbyte(buf);
		item->high = pq_getmsgint64(buf);
		item->low = (uint64) pq_getmsgint64(buf);
		if (!unit_valid(item->unit))
			binary_problem("There is an unknown state.");
		if (i > 0 && unit_compare(m->items[i - 1].unit, item->unit) >= 0)
			binary_problem("The states are not ascending.");
		if ((item->high == 0 && item->low == 0) || !is_count(item->high, item->low))
			binary_problem("A count is out of range.");
	}
	m->n = n;
	PG_RETURN_POINTER(m);
}

/* order_moves_send(order_moves) -> bytea */
Datum
order_moves_send(PG_FUNCTION_ARGS)
{
	OrderMoves *m = trimmed(moves_arg(fcinfo, 0));
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbyte(&buf, VERSION);
	pq_sendint16(&buf, m->n);
	for (int i = 0; i < m->n; i++)
	{
		pq_sendbyte(&buf, m->items[i].unit.place);
		pq_sendbyte(&buf, m->items[i].unit.ret);
		pq_sendint64(&buf, m->items[i].high);
		pq_sendint64(&buf, m->items[i].low);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* aggregates */

/* a stored state has no room: doubling 0 gives none */
static OrderMoves *
with_room(OrderMoves *m)
{
	OrderMoves *grown;

	if (MOVES_ROOM(m) >= FIRST_ROOM)
		return m;
	grown = make_moves(FIRST_ROOM);
	memcpy(grown->items, m->items, m->n * sizeof(Item));
	grown->n = m->n;
	return grown;
}

/*
 * The state to change: that of the running aggregate itself, or a copy outside of one; a new one
 * for NULL.
 */
static OrderMoves *
running_state(FunctionCallInfo fcinfo)
{
	OrderMoves *m;

	if (PG_ARGISNULL(0))
		return make_moves(FIRST_ROOM);
	m = moves_arg(fcinfo, 0);
	return with_room(AggCheckCallContext(fcinfo, NULL) ? m : trimmed(m));
}

static OrderMoves *
add_move(OrderMoves *m, int64 qty, bool has_from, Unit from, Unit to)
{
	if (has_from)
		m = subtract_small(m, from, qty);
	return add_small(m, to, qty);
}

/* true if the row tells of no move at all, as an outer join's does */
static bool
no_move(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(1) && PG_ARGISNULL(2) && PG_ARGISNULL(3))
		return true;
	if (PG_ARGISNULL(1) || PG_ARGISNULL(3))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("a move needs a quantity and a state to move to"),
				 errhint("Only from_state may be null: such units enter the line.")));
	return false;
}

PG_FUNCTION_INFO_V1(order_moves_add_nullable);
PG_FUNCTION_INFO_V1(order_moves_add_text_nullable);
PG_FUNCTION_INFO_V1(order_moves_add_quantities_nullable);
PG_FUNCTION_INFO_V1(order_moves_combine_nullable);
PG_FUNCTION_INFO_V1(order_moves_state);

/*
 * order_moves_add(order_moves, qty bigint, from_state order_state, to_state order_state): the
 * transition function of order_line_agg.  A NULL from_state lets units enter; a row of NULLs is
 * no move.
 */
Datum
order_moves_add_nullable(PG_FUNCTION_ARGS)
{
	OrderMoves *m;
	Unit		from = {0, 0};

	if (no_move(fcinfo))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	m = running_state(fcinfo);
	if (!PG_ARGISNULL(2))
		from = order_state_unit_arg(PG_GETARG_DATUM(2));
	m = add_move(m, PG_GETARG_INT64(1), !PG_ARGISNULL(2), from,
				 order_state_unit_arg(PG_GETARG_DATUM(3)));
	PG_RETURN_POINTER(m);
}

static Unit
unit_of_text(text *t)
{
	OrderState	state;
	Problem		problem;

	if (!order_state_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &state, &problem))
		problem_report(NULL, &problem, "order_state", text_to_cstring(t));
	return order_state_unit_arg(order_state_pack(&state));
}

/*
 * order_moves_add(order_moves, qty bigint, from_state text, to_state text): the same for states in
 * text columns
 */
Datum
order_moves_add_text_nullable(PG_FUNCTION_ARGS)
{
	OrderMoves *m;
	Unit		from = {0, 0};

	if (no_move(fcinfo))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	m = running_state(fcinfo);
	if (!PG_ARGISNULL(2))
		from = unit_of_text(PG_GETARG_TEXT_PP(2));
	m = add_move(m, PG_GETARG_INT64(1), !PG_ARGISNULL(2), from, unit_of_text(PG_GETARG_TEXT_PP(3)));
	PG_RETURN_POINTER(m);
}

/*
 * order_moves_add(order_moves, order_quantities): transition function of order_quantities_agg; NULL
 * is no value
 */
Datum
order_moves_add_quantities_nullable(PG_FUNCTION_ARGS)
{
	UnitCount	items[UNITS_MAX];
	OrderMoves *m;
	int			n;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	n = order_quantities_take(PG_GETARG_VARLENA_PP(1), items);
	m = running_state(fcinfo);
	for (int i = 0; i < n; i++)
		m = add_small(m, items[i].unit, items[i].count);
	PG_RETURN_POINTER(m);
}

/*
 * order_moves_combine(order_moves, order_moves): combine function, and rollup's transition; NULL
 * is no value
 */
Datum
order_moves_combine_nullable(PG_FUNCTION_ARGS)
{
	OrderMoves *m;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	m = running_state(fcinfo);
	PG_RETURN_POINTER(add_moves(m, moves_arg(fcinfo, 1)));
}

/* order_moves_trim(order_moves) -> order_moves: final function of the state-returning twins */
Datum
order_moves_state(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(trimmed(moves_arg(fcinfo, 0)));
}

/*
 * The items of quantities, if no count is negative and their sum fits a bigint; else false, and
 * *negative is the first item below 0, if that is the reason.
 */
static bool
settled(const OrderMoves *m, UnitCount *items, int *n, const Item **negative)
{
	int64		total = 0;

	*n = 0;
	*negative = NULL;
	for (int i = 0; i < m->n; i++)
	{
		const Item *item = &m->items[i];

		if (item->high < 0)
		{
			*negative = item;
			return false;
		}
		if (item->high > 0 || item->low > PG_INT64_MAX ||
			pg_add_s64_overflow(total, (int64) item->low, &total))
			return false;
		if (item->low > 0)
			items[(*n)++] = (UnitCount) {item->unit, (int64) item->low};
	}
	return true;
}

PG_FUNCTION_INFO_V1(order_quantities_from_moves);
PG_FUNCTION_INFO_V1(order_quantities_try_moves);

/*
 * order_quantities(order_moves) -> order_quantities: final function.  A negative count, or a sum
 * that does not fit a bigint, is 22003.
 */
Datum
order_quantities_from_moves(PG_FUNCTION_ARGS)
{
	UnitCount	items[UNITS_MAX];
	const Item *negative;
	int			n;

	if (!settled(moves_arg(fcinfo, 0), items, &n, &negative))
	{
		StringInfoData count;

		if (negative == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("the sum of the quantities does not fit a bigint")));
		initStringInfo(&count);
		print_count(&count, negative->high, negative->low);
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("the moves take more units out of %s than there are",
						unit_name(negative->unit)),
				 errdetail("The count would be %s.", count.data),
				 errhint("The move that put the units there is missing, or a move is given twice; "
						 "order_line_state() shows the counts.")));
	}
	PG_RETURN_POINTER(order_quantities_make(items, n));
}

/* order_quantities_try(order_moves) -> order_quantities, or NULL where order_quantities() raises */
Datum
order_quantities_try_moves(PG_FUNCTION_ARGS)
{
	UnitCount	items[UNITS_MAX];
	const Item *negative;
	int			n;

	if (!settled(moves_arg(fcinfo, 0), items, &n, &negative))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(order_quantities_make(items, n));
}
