/*
 * quantities.c
 *	  order_quantities: how many units of an order line are in which state.
 *
 * On disk: a varlena of a version byte and, for each state that has units, 10 bytes
 *
 *	  place, return place		1 byte each (Stage, ReturnStage)
 *	  count						8 bytes, most significant first, greater than 0
 *
 * ascending by place and return place; the sum of all counts fits an int64.  There is one such form
 * for each value, and bytes compare as values do, so that the operators are those of the canonical
 * text types (text/value.c).  The binary wire form is the same bytes.
 *
 * Text: {state:count,...} in the same order; {} has no units.
 */
#include "postgres.h"
#include "compat.h"

#include "common/int.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "orders/orders.h"

#define VERSION		1
#define ITEM_SIZE	10
#define RANGE_HINT	"Check the units: a line has at most 9223372036854775807 of them."

/*
 * Items must be ascending with positive counts.
 */
struct varlena *
order_quantities_make(const UnitCount *items, int n)
{
	Size		size = VARHDRSZ + 1 + (Size) n * ITEM_SIZE;
	struct varlena *value = palloc(size);
	char	   *p = VARDATA(value);

	SET_VARSIZE(value, size);
	*p++ = VERSION;
	for (int i = 0; i < n; i++)
	{
		uint64		count = pg_hton64((uint64) items[i].count);

		*p++ = (char) items[i].unit.place;
		*p++ = (char) items[i].unit.ret;
		memcpy(p, &count, sizeof(count));
		p += sizeof(count);
	}
	return value;
}

/* the items of a value; returns their number, which is below UNITS_MAX */
int
order_quantities_take(const struct varlena *value, UnitCount *items)
{
	const char *p = VARDATA_ANY(value) + 1;
	int			n = (VARSIZE_ANY_EXHDR(value) - 1) / ITEM_SIZE;

	for (int i = 0; i < n; i++)
	{
		uint64		count;

		items[i].unit.place = (uint8) *p++;
		items[i].unit.ret = (uint8) *p++;
		memcpy(&count, p, sizeof(count));
		items[i].count = (int64) pg_ntoh64(count);
		p += sizeof(count);
	}
	return n;
}

/*
 * Where the unit is in the ascending items, or would be put.
 */
static int
find_unit(const UnitCount *items, int n, Unit u, bool *found)
{
	int			i = 0;

	while (i < n && unit_compare(items[i].unit, u) < 0)
		i++;
	*found = i < n && unit_compare(items[i].unit, u) == 0;
	return i;
}

static void
insert_at(UnitCount *items, int *n, int i, Unit u, int64 count)
{
	memmove(&items[i + 1], &items[i], (*n - i) * sizeof(UnitCount));
	items[i].unit = u;
	items[i].count = count;
	++*n;
}

/* text */

static void
skip_space(const char **s, const char *end)
{
	while (*s < end && (**s == ' ' || (**s >= '\t' && **s <= '\r')))
		++*s;
}

static bool
syntax_problem(Problem *problem, const char *detail)
{
	PROBLEM(problem, "syntax", detail, "Write counts as in {open:3,shipped:2}.");
	return false;
}

/* digits as an int64 */
static bool
parse_count(const char **s, const char *end, int64 *count, Problem *problem)
{
	const char *start = *s;

	*count = 0;
	for (; *s < end && **s >= '0' && **s <= '9'; ++*s)
	{
		if (pg_mul_s64_overflow(*count, 10, count) || pg_add_s64_overflow(*count, **s - '0', count))
		{
			PROBLEM(problem, "range", "A count does not fit a bigint.", RANGE_HINT);
			problem->sqlerrcode = ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE;
			return false;
		}
	}
	if (*s == start)
		return syntax_problem(problem, "A count must be a whole number that is not negative.");
	return true;
}

/*
 * The one parser.  White space between the parts is ignored, counts of 0 are dropped, the states
 * may be in any order; a state given twice is refused.
 */
static bool
order_quantities_parse(const char *s, int len, UnitCount *items, int *n, Problem *problem)
{
	const char *end = s + len;
	int64		total = 0;
	int			all;

	*n = 0;
	skip_space(&s, end);
	if (s >= end || *s != '{')
		return syntax_problem(problem, "The value must begin with {.");
	s++;
	skip_space(&s, end);
	if (s < end && *s == '}')
		s++;
	else
	{
		for (;;)
		{
			const char *start = s;
			OrderState	state;
			Unit		u;
			int64		count;
			bool		found;
			int			i;

			while (s < end && *s != ':' && *s != ',' && *s != '}')
				s++;
			if (s >= end || *s != ':')
				return syntax_problem(problem, "A colon and a count must follow each state.");
			if (!order_state_parse(start, s - start, &state, problem))
				return false;
			if (!order_state_single(&state, &u))
			{
				PROBLEM(problem, "state", "Units are counted for single states only.",
						"Write counts as in {open:3,shipped:2}.");
				return false;
			}
			s++;
			skip_space(&s, end);
			if (!parse_count(&s, end, &count, problem))
				return false;
			if (pg_add_s64_overflow(total, count, &total))
			{
				PROBLEM(problem, "range",
						"The sum of the counts does not fit a bigint.", RANGE_HINT);
				problem->sqlerrcode = ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE;
				return false;
			}
			i = find_unit(items, *n, u, &found);
			if (found)
			{
				PROBLEM(problem, "duplicate", "A state is given twice.",
						"Add up its counts.");
				return false;
			}
			insert_at(items, n, i, u, count);
			skip_space(&s, end);
			if (s < end && *s == ',')
			{
				s++;
				continue;
			}
			if (s < end && *s == '}')
			{
				s++;
				break;
			}
			return syntax_problem(problem, "A comma or } must follow a count.");
		}
	}
	skip_space(&s, end);
	if (s != end)
		return syntax_problem(problem, "There is something after the closing }.");
	all = *n;
	*n = 0;
	for (int i = 0; i < all; i++)
	{
		if (items[i].count > 0)
			items[(*n)++] = items[i];
	}
	return true;
}

static char *
order_quantities_print(const struct varlena *value)
{
	UnitCount	items[UNITS_MAX];
	int			n = order_quantities_take(value, items);
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfoChar(&buf, '{');
	for (int i = 0; i < n; i++)
		appendStringInfo(&buf, "%s%s:" INT64_FORMAT, i ? "," : "",
						 unit_name(items[i].unit), items[i].count);
	appendStringInfoChar(&buf, '}');
	return buf.data;
}

PG_FUNCTION_INFO_V1(order_quantities_in);
PG_FUNCTION_INFO_V1(order_quantities_out);
PG_FUNCTION_INFO_V1(order_quantities_recv);
PG_FUNCTION_INFO_V1(order_quantities_send);
PG_FUNCTION_INFO_V1(order_quantities_from_text);
PG_FUNCTION_INFO_V1(order_quantities_to_text);
PG_FUNCTION_INFO_V1(order_quantities_try);
PG_FUNCTION_INFO_V1(order_quantities_problem);

/* order_quantities_in(cstring) -> order_quantities */
Datum
order_quantities_in(PG_FUNCTION_ARGS)
{
	char	   *s = PG_GETARG_CSTRING(0);
	UnitCount	items[UNITS_MAX];
	int			n;
	Problem		problem;

	if (!order_quantities_parse(s, strlen(s), items, &n, &problem))
	{
		problem_report(FC_ESCONTEXT(fcinfo), &problem, "order_quantities", s);
		PG_RETURN_NULL();
	}
	PG_RETURN_POINTER(order_quantities_make(items, n));
}

/* order_quantities_out(order_quantities) -> cstring */
Datum
order_quantities_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(order_quantities_print(PG_GETARG_VARLENA_PP(0)));
}

static void
binary_problem(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid binary value for type order_quantities"),
			 errdetail("%s", detail)));
}

/* order_quantities_recv(internal) -> order_quantities: every invariant checked */
Datum
order_quantities_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	UnitCount	items[UNITS_MAX];
	int			n;
	int64		total = 0;

	if (pq_getmsgbyte(buf) != VERSION)
		binary_problem("The version is unknown.");
	n = (buf->len - buf->cursor) / ITEM_SIZE;
	if ((buf->len - buf->cursor) % ITEM_SIZE != 0 || n > UNITS_MAX)
		binary_problem("The length is not right.");
	for (int i = 0; i < n; i++)
	{
		items[i].unit.place = pq_getmsgbyte(buf);
		items[i].unit.ret = pq_getmsgbyte(buf);
		items[i].count = pq_getmsgint64(buf);
		if (!unit_valid(items[i].unit))
			binary_problem("There is an unknown state.");
		if (i > 0 && unit_compare(items[i - 1].unit, items[i].unit) >= 0)
			binary_problem("The states are not ascending.");
		if (items[i].count <= 0 || pg_add_s64_overflow(total, items[i].count, &total))
			binary_problem("A count is out of range.");
	}
	PG_RETURN_POINTER(order_quantities_make(items, n));
}

/* order_quantities_send(order_quantities) -> bytea */
Datum
order_quantities_send(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbytes(&buf, VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* order_quantities(text) -> order_quantities: the cast */
Datum
order_quantities_from_text(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	UnitCount	items[UNITS_MAX];
	int			n;
	Problem		problem;

	if (!order_quantities_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), items, &n, &problem))
		problem_report(NULL, &problem, "order_quantities", text_to_cstring(t));
	PG_RETURN_POINTER(order_quantities_make(items, n));
}

/* text(order_quantities) -> text: the cast */
Datum
order_quantities_to_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(order_quantities_print(PG_GETARG_VARLENA_PP(0))));
}

/* order_quantities_try(text) -> order_quantities or NULL */
Datum
order_quantities_try(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	UnitCount	items[UNITS_MAX];
	int			n;
	Problem		problem;

	if (!order_quantities_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), items, &n, &problem))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(order_quantities_make(items, n));
}

/* order_quantities_problem(text) -> reason code, or NULL for a value that is right */
Datum
order_quantities_problem(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	UnitCount	items[UNITS_MAX];
	int			n;
	Problem		problem;

	if (order_quantities_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), items, &n, &problem))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(problem.code));
}

/* making and changing */

PG_FUNCTION_INFO_V1(order_quantities_of);
PG_FUNCTION_INFO_V1(order_quantities_move);
PG_FUNCTION_INFO_V1(order_quantities_plus);

/* order_quantities(ordered bigint, state order_state) -> order_quantities: all in one state */
Datum
order_quantities_of(PG_FUNCTION_ARGS)
{
	UnitCount	item = {.count = PG_GETARG_INT64(0)};

	item.unit = order_state_unit_arg(PG_GETARG_DATUM(1));
	if (item.count < 0)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("an ordered quantity must not be negative")));
	PG_RETURN_POINTER(order_quantities_make(&item, item.count > 0 ? 1 : 0));
}

/*
 * move(order_quantities, qty bigint, from_state order_state, to_state order_state, method text) ->
 * order_quantities: qty units from one state to another.  An illegal move or a quantity that is not
 * positive is 22023, more units than there are is 22003; their sum never changes.
 */
Datum
order_quantities_move(PG_FUNCTION_ARGS)
{
	struct varlena *value = PG_GETARG_VARLENA_PP(0);
	int64		qty = PG_GETARG_INT64(1);
	Unit		from = order_state_unit_arg(PG_GETARG_DATUM(2));
	Unit		to = order_state_unit_arg(PG_GETARG_DATUM(3));
	Method		method = method_from_text(PG_GETARG_TEXT_PP(4));
	const char *why = why_no_unit_move(from, to, method);
	UnitCount	items[UNITS_MAX + 1];
	int			n = order_quantities_take(value, items);
	bool		found;
	int			i = find_unit(items, n, from, &found);

	if (qty <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the quantity of a move must be positive")));
	if (why != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("illegal move from %s to %s by method %s",
						unit_name(from), unit_name(to), method_name(method)),
				 errdetail("Reason: %s.", why),
				 errhint("next_states(state, method) lists the legal moves.")));
	if (!found || items[i].count < qty)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("cannot move " INT64_FORMAT " units out of %s", qty, unit_name(from)),
				 errdetail("There are " INT64_FORMAT ".", found ? items[i].count : 0),
				 errhint("Record the move that brings the units there first, or move fewer.")));

	items[i].count -= qty;
	if (items[i].count == 0)
	{
		n--;
		memmove(&items[i], &items[i + 1], (n - i) * sizeof(UnitCount));
	}
	i = find_unit(items, n, to, &found);
	if (found)
		items[i].count += qty;
	else
		insert_at(items, &n, i, to, qty);
	PG_RETURN_POINTER(order_quantities_make(items, n));
}

/* order_quantities_add(a, b) -> order_quantities: operator +, the sum state by state; 22003 */
Datum
order_quantities_plus(PG_FUNCTION_ARGS)
{
	UnitCount	a[2 * UNITS_MAX];
	UnitCount	b[UNITS_MAX];
	int			n = order_quantities_take(PG_GETARG_VARLENA_PP(0), a);
	int			m = order_quantities_take(PG_GETARG_VARLENA_PP(1), b);
	int64		total = 0;
	bool		overflow = false;

	for (int i = 0; i < n; i++)
		overflow |= pg_add_s64_overflow(total, a[i].count, &total);
	for (int i = 0; i < m; i++)
		overflow |= pg_add_s64_overflow(total, b[i].count, &total);
	if (overflow)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("the sum of the quantities does not fit a bigint")));
	for (int i = 0; i < m; i++)
	{
		bool		found;
		int			k = find_unit(a, n, b[i].unit, &found);

		if (found)
			a[k].count += b[i].count;
		else
			insert_at(a, &n, k, b[i].unit, b[i].count);
	}
	PG_RETURN_POINTER(order_quantities_make(a, n));
}

/* what a value says */

PG_FUNCTION_INFO_V1(order_quantities_quantity);
PG_FUNCTION_INFO_V1(order_quantities_ordered);
PG_FUNCTION_INFO_V1(order_quantities_reached);
PG_FUNCTION_INFO_V1(order_quantities_state);
PG_FUNCTION_INFO_V1(order_quantities_units);

/* quantity(order_quantities, state order_state) -> bigint: units in one state */
Datum
order_quantities_quantity(PG_FUNCTION_ARGS)
{
	UnitCount	items[UNITS_MAX];
	int			n = order_quantities_take(PG_GETARG_VARLENA_PP(0), items);
	bool		found;
	int			i = find_unit(items, n, order_state_unit_arg(PG_GETARG_DATUM(1)), &found);

	PG_RETURN_INT64(found ? items[i].count : 0);
}

/* ordered(order_quantities) -> bigint: all units */
Datum
order_quantities_ordered(PG_FUNCTION_ARGS)
{
	UnitCount	items[UNITS_MAX];
	int			n = order_quantities_take(PG_GETARG_VARLENA_PP(0), items);
	int64		total = 0;

	for (int i = 0; i < n; i++)
		total += items[i].count;
	PG_RETURN_INT64(total);
}

/*
 * quantity_reached(order_quantities, milestone text) -> bigint: units that got at least as far as
 * the milestone, as reached() says of each; 22023 for an unknown one.
 */
Datum
order_quantities_reached(PG_FUNCTION_ARGS)
{
	UnitCount	items[UNITS_MAX];
	int			n = order_quantities_take(PG_GETARG_VARLENA_PP(0), items);
	text	   *milestone = PG_GETARG_TEXT_PP(1);
	int64		total = 0;

	/* without units, too, the milestone has to be one */
	if (n == 0)
		items[0] = (UnitCount) {.unit = {STAGE_OPEN, RETURN_NONE}, .count = 0};
	for (int i = 0; i < Max(n, 1); i++)
	{
		OrderState	s = order_state_of_unit(items[i].unit);

		if (order_state_has_reached(&s, milestone, false))
			total += items[i].count;
	}
	PG_RETURN_INT64(total);
}

/* order_state(order_quantities) -> order_state: the interval over all units; NULL without units */
Datum
order_quantities_state(PG_FUNCTION_ARGS)
{
	UnitCount	items[UNITS_MAX];
	int			n = order_quantities_take(PG_GETARG_VARLENA_PP(0), items);
	OrderState	state;

	if (n == 0)
		PG_RETURN_NULL();
	state = order_state_of_unit(items[0].unit);
	for (int i = 1; i < n; i++)
	{
		OrderState	next = order_state_of_unit(items[i].unit);

		state = order_state_join(&state, &next);
	}
	PG_RETURN_DATUM(order_state_pack(&state));
}

/* units(order_quantities) -> setof (state order_state, quantity bigint), by rank */
Datum
order_quantities_units(PG_FUNCTION_ARGS)
{
	UnitCount	items[UNITS_MAX];
	int			n = order_quantities_take(PG_GETARG_VARLENA_PP(0), items);
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	for (int i = 0; i < n; i++)
	{
		OrderState	state = order_state_of_unit(items[i].unit);
		Datum		values[2];
		bool		nulls[2] = {false, false};

		values[0] = order_state_pack(&state);
		values[1] = Int64GetDatum(items[i].count);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
