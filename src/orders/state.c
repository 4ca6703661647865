/*
 * state.c
 *	  order_state: where the units of a line, an order or a day's orders are, as an interval.
 *
 * On disk: 8 bytes by value, an int64 that is never negative,
 *
 *	  bits 56..62  min    least place on the fulfillment axis (number of its Stage)
 *	  bits 49..55  max    greatest place
 *	  bits 42..48  rmin   least place on the return axis
 *	  bits 35..41  rmax   greatest place
 *	  bits  0..34  flags  on_hold; backordered, rejected, short; exits; exits of returns
 *
 * so that int8's comparison orders by the least advanced unit first, and orders whose units have
 * all left by an exit come last.  Units that left by an exit (canceled ...) are not counted in the
 * interval, they set their flag.  A unit whose return has ended without goods counts as not
 * returned, and sets a flag.  An empty interval is PLACE_EMPTY twice.
 *
 * The join of two states takes the least min, the greatest max and all flags: commutative,
 * associative and idempotent, hence order_state_agg.
 *
 * Text: place [+return] [{flag,...}], where place is a name, or label[least..greatest].  Flags that
 * the ends of an interval tell are not written.
 *
 * What must hold is in problem_of_state().
 */
#include "postgres.h"
#include "compat.h"

#include "access/stratnum.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "orders/orders.h"

#define FLAG_BITS	35

#define FORM_HINT \
	"Write a state as in shipped, partially_shipped[open..shipped] or " \
	"delivered+return_received{on_hold}; names are in lower case."

static const struct
{
	const char *name;
	uint64		flag;
}			flag_names[] = {
	{"on_hold", FLAG_ON_HOLD},
	{"backordered", FLAG_BACKORDERED},
	{"rejected", FLAG_REJECTED},
	{"short", FLAG_SHORT},
	{"canceled", FLAG_EXIT(EXIT_CANCELED)},
	{"declined", FLAG_EXIT(EXIT_DECLINED)},
	{"expired", FLAG_EXIT(EXIT_EXPIRED)},
	{"undeliverable", FLAG_EXIT(EXIT_UNDELIVERABLE)},
	{"expired_pickup", FLAG_EXIT(EXIT_EXPIRED_PICKUP)},
	{"lost", FLAG_EXIT(EXIT_LOST)},
	{"return_declined", FLAG_RETURN_EXIT(RETURN_DECLINED)},
	{"return_canceled", FLAG_RETURN_EXIT(RETURN_CANCELED)},
	{"return_expired", FLAG_RETURN_EXIT(RETURN_EXPIRED)},
	{"return_lost", FLAG_RETURN_EXIT(RETURN_LOST)},
	{"return_kept", FLAG_RETURN_EXIT(RETURN_KEPT)},
};

static bool
is_flag(uint64 flag, const char *name, int len)
{
	for (int i = 0; i < lengthof(flag_names); i++)
		if (flag_names[i].flag == flag)
			return strlen(flag_names[i].name) == len && memcmp(flag_names[i].name, name, len) == 0;
	return false;
}

/* the flag of this name, or 0 */
static uint64
flag_by_name(const char *name, int len)
{
	for (int i = 0; i < lengthof(flag_names); i++)
		if (is_flag(flag_names[i].flag, name, len))
			return flag_names[i].flag;
	return 0;
}

static const char *
flag_list(void)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < lengthof(flag_names); i++)
		appendStringInfo(&buf, "%s%s", i ? ", " : "", flag_names[i].name);
	return buf.data;
}

/* 8 bytes */

Datum
order_state_pack(const OrderState *s)
{
	return Int64GetDatum((int64) ((uint64) s->min << 56 | (uint64) s->max << 49 |
								  (uint64) s->rmin << 42 | (uint64) s->rmax << 35 | s->flags));
}

OrderState
order_state_unpack(Datum packed)
{
	uint64		v = (uint64) DatumGetInt64(packed);

	return (OrderState) {
		.min = v >> 56 & 0x7f, .max = v >> 49 & 0x7f,
		.rmin = v >> 42 & 0x7f, .rmax = v >> 35 & 0x7f,
		.flags = v & ((UINT64CONST(1) << FLAG_BITS) - 1)
	};
}

static bool
no_places(const OrderState *s)
{
	return s->min == PLACE_EMPTY;
}

static bool
no_returns(const OrderState *s)
{
	return s->rmin == PLACE_EMPTY;
}

/*
 * Least exit of those set in the flags; 0 if none.  It names a state whose units have all left.
 */
static int
first_exit(uint64 flags, bool of_return)
{
	for (int p = PLACE_EXIT; p <= (of_return ? RETURN_KEPT : EXIT_LOST); p++)
		if (flags & (of_return ? FLAG_RETURN_EXIT(p) : FLAG_EXIT(p)))
			return p;
	return 0;
}

/* flags that follow from a state's own ends */
static uint64
flags_of_ends(const OrderState *s)
{
	return no_places(s) ? 0 : stage_places[s->min].flag | stage_places[s->max].flag;
}

/* a flag that is set for a unit between the ends */
static bool
flag_inside(const OrderState *s, uint64 flag, int first, int last)
{
	return (s->flags & flag) == 0 || (s->min <= last && s->max >= first);
}

/*
 * What must hold for the parts of an order_state; NULL if all does, else a sentence.
 */
static const char *
problem_of_state(const OrderState *s)
{
	bool		empty = no_places(s);
	bool		could_return = (s->flags & FLAG_EXIT(EXIT_UNDELIVERABLE)) != 0 ||
		(!empty && s->max < PLACE_EXIT && returnable(s->max));
	uint64		known = FLAG_ON_HOLD | FLAG_BACKORDERED | FLAG_REJECTED | FLAG_SHORT |
		FLAGS_EXIT | FLAGS_RETURN_EXIT;

	if (s->flags & ~known)
		return "There is an unknown flag.";
	if (empty ? s->max != PLACE_EMPTY :
		(s->min >= PLACE_EXIT || s->max >= PLACE_EXIT || s->min > s->max ||
		 stage_places[s->min].name == NULL || stage_places[s->max].name == NULL))
		return "The first end of an interval must not be after its second.";
	if (no_returns(s) ? s->rmax != PLACE_EMPTY :
		(s->rmin >= PLACE_EXIT || s->rmax >= PLACE_EXIT || s->rmin > s->rmax ||
		 return_places[s->rmin].name == NULL || return_places[s->rmax].name == NULL))
		return "The first end of an interval of returns must not be after its second.";
	if (empty && (s->flags & FLAGS_EXIT) == 0)
		return "There are no units.";
	if (no_returns(s) && (!empty || (s->flags & FLAGS_RETURN_EXIT)))
		return "Returns are missing.";

	/* only units that were handed over or are undeliverable can come back */
	if (!could_return &&
		((s->flags & FLAGS_RETURN_EXIT) || (!no_returns(s) && s->rmax != RETURN_NONE)))
		return "Only units that were handed over (delivered, picked_up ...) or undeliverable "
			   "come back in a return.";
	if (!empty && s->rmin != RETURN_NONE && stage_places[s->min].level != LEVEL_HANDED_OVER)
		return "Units that were not handed over are not returned: the interval of returns must "
			   "begin with none.";
	if ((s->flags & FLAGS_RETURN_EXIT) && s->rmin != RETURN_NONE)
		return "A unit whose return has ended is not returned: the interval of returns must "
			   "begin with none.";
	if (empty && !no_returns(s) &&
		(!could_return || (s->rmin == RETURN_NONE && (s->flags & FLAGS_RETURN_EXIT) == 0)))
		return "Units that left by an exit, other than undeliverable ones, are in no return.";

	/* flags of places are set exactly for places inside */
	if (flags_of_ends(s) & ~s->flags)
		return "A flag is missing.";
	if (empty ? (s->flags & (FLAG_BACKORDERED | FLAG_REJECTED | FLAG_SHORT)) != 0 :
		(!flag_inside(s, FLAG_BACKORDERED, STAGE_BACKORDERED, STAGE_PREORDERED) ||
		 !flag_inside(s, FLAG_REJECTED, STAGE_REJECTED, STAGE_REJECTED) ||
		 !flag_inside(s, FLAG_SHORT, STAGE_SHORT, STAGE_SHORT)))
		return "A flag tells of a state outside the interval.";
	return NULL;
}

/* the join, and single states */

OrderState
order_state_join(const OrderState *a, const OrderState *b)
{
	OrderState	j = *a;

	if (no_places(a) || no_places(b))
	{
		if (no_places(a))
			j.min = b->min, j.max = b->max;
	}
	else
	{
		j.min = Min(a->min, b->min);
		j.max = Max(a->max, b->max);
	}
	if (no_returns(a) || no_returns(b))
	{
		if (no_returns(a))
			j.rmin = b->rmin, j.rmax = b->rmax;
	}
	else
	{
		j.rmin = Min(a->rmin, b->rmin);
		j.rmax = Max(a->rmax, b->rmax);
	}
	j.flags |= b->flags;
	return j;
}

OrderState
order_state_of_unit(Unit u)
{
	OrderState	s = {.min = u.place, .max = u.place, .flags = stage_places[u.place].flag};

	if (u.place >= PLACE_EXIT)
		s.min = s.max = s.rmin = s.rmax = PLACE_EMPTY;
	if (u.ret >= PLACE_EXIT)
	{
		s.rmin = s.rmax = RETURN_NONE;
		s.flags |= return_places[u.ret].flag;
	}
	else if (u.ret != RETURN_NONE || u.place < PLACE_EXIT)
		s.rmin = s.rmax = u.ret;
	return s;
}

/* if the state is that of units at one place, which */
bool
order_state_single(const OrderState *s, Unit *u)
{
	OrderState	check;

	u->place = no_places(s) ? first_exit(s->flags, false) : s->min;
	u->ret = s->flags & FLAGS_RETURN_EXIT ? first_exit(s->flags, true) :
		no_returns(s) ? RETURN_NONE : s->rmin;
	check = order_state_of_unit(*u);
	return order_state_pack(&check) == order_state_pack(s);
}

Unit
order_state_unit_arg(Datum packed)
{
	OrderState	s = order_state_unpack(packed);
	Unit		u;

	if (!order_state_single(&s, &u))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" is not the state of a single unit", order_state_print(&s)),
				 errhint("Name one state, such as open, shipped or delivered+return_requested.")));
	return u;
}

/* the name of an interval of places: its greatest place, if not all units are as far */
static const char *
place_label(int min, int max)
{
	int			level = stage_places[max].level;

	if (min == max)
		return stage_places[max].name;
	if (level >= 70 && stage_places[min].level == level)
		return stage_places[level].name;
	return psprintf("partially_%s", stage_places[max].name);
}

static const char *
return_label(int rmin, int rmax)
{
	if (rmin == rmax)
		return return_places[rmax].name;
	if (return_places[rmax].level >= LEVEL_RETURNED)
		return return_places[rmin].level >= LEVEL_RETURNED ? "returned" : "partially_returned";
	return psprintf("partially_%s", return_places[rmax].name);
}

/* text */

/* appends the flags but those in "told" */
static void
print_flags(StringInfo buf, uint64 flags)
{
	char		sep = '{';

	for (int i = 0; i < lengthof(flag_names); i++)
	{
		if (flags & flag_names[i].flag)
		{
			appendStringInfoChar(buf, sep);
			appendStringInfoString(buf, flag_names[i].name);
			sep = ',';
		}
	}
	if (sep == ',')
		appendStringInfoChar(buf, '}');
}

char *
order_state_print(const OrderState *s)
{
	StringInfoData buf;
	uint64		told = flags_of_ends(s);

	initStringInfo(&buf);
	if (no_places(s))
	{
		int			exit = first_exit(s->flags, false);

		appendStringInfoString(&buf, stage_places[exit].name);
		told |= stage_places[exit].flag;
	}
	else if (s->min == s->max)
		appendStringInfoString(&buf, stage_places[s->min].name);
	else
		appendStringInfo(&buf, "%s[%s..%s]", place_label(s->min, s->max),
						 stage_places[s->min].name, stage_places[s->max].name);

	if (!no_returns(s) && s->rmax != RETURN_NONE)
	{
		if (s->rmin == s->rmax)
			appendStringInfo(&buf, "+%s", return_places[s->rmin].name);
		else
			appendStringInfo(&buf, "+%s[%s..%s]", return_label(s->rmin, s->rmax),
							 return_places[s->rmin].name, return_places[s->rmax].name);
	}
	else if (s->flags & FLAGS_RETURN_EXIT)
	{
		int			exit = first_exit(s->flags, true);

		appendStringInfo(&buf, "+%s", return_places[exit].name);
		told |= return_places[exit].flag;
	}
	print_flags(&buf, s->flags & ~told);
	return buf.data;
}

/* a reader over the text of a state */
typedef struct Reader
{
	const char *s;
	const char *end;
	Problem    *problem;
} Reader;

static bool
read_char(Reader *r, char c)
{
	if (r->s >= r->end || *r->s != c)
		return false;
	r->s++;
	return true;
}

/* a word of letters and underscores, may be empty */
static TextSpan
read_word(Reader *r)
{
	const char *start = r->s;

	while (r->s < r->end && ((*r->s >= 'a' && *r->s <= 'z') || *r->s == '_'))
		r->s++;
	return (TextSpan) {start, (int) (r->s - start)};
}

static bool
unknown_name(Reader *r, TextSpan word)
{
	if (word.len == 0)
		PROBLEM(r->problem, "syntax", "A name of a state is missing.",
				FORM_HINT);
	else if (word.len >= 10 && memcmp(word.data, "partially_", 10) == 0)
		PROBLEM(r->problem, "interval", "A partial state needs its ends.",
				"Write both ends, as in partially_shipped[open..shipped], or compare "
				"label(state) with the name alone.");
	else
		PROBLEM(r->problem, "unknown_state", "There is no such state.",
				psprintf("The states are %s.", stage_names()));
	return false;
}

/*
 * "name" or "[a..b]" or "label[a..b]", over the places of one axis; a label must be the one that
 * printing would give.
 */
static bool
read_interval(Reader *r, bool of_return, uint8 *min, uint8 *max)
{
	TextSpan	word = read_word(r);
	int			place;

	if (read_char(r, '['))
	{
		TextSpan	ends[2];
		int			p[2];
		const char *label;

		ends[0] = read_word(r);
		if (!read_char(r, '.') || !read_char(r, '.'))
		{
			PROBLEM(r->problem, "syntax",
					"The ends of an interval are written [first..last].", FORM_HINT);
			return false;
		}
		ends[1] = read_word(r);
		if (!read_char(r, ']'))
		{
			PROBLEM(r->problem, "syntax",
					"The ends of an interval are written [first..last].", FORM_HINT);
			return false;
		}
		for (int i = 0; i < 2; i++)
		{
			p[i] = of_return ? return_by_name(ends[i].data, ends[i].len) :
				stage_by_name(ends[i].data, ends[i].len);
			if (p[i] < 0)
				return unknown_name(r, ends[i]);
			if (p[i] >= PLACE_EXIT)
			{
				PROBLEM(r->problem, "interval", "An exit is no end of an interval.",
						"Units that have left are told by flags: "
						"partially_shipped[open..shipped]{canceled}.");
				return false;
			}
		}
		if (p[0] > p[1])
		{
			PROBLEM(r->problem, "interval",
					"The first end of an interval must not be after its second.",
					"omni.order_transition(from, to) tells which state comes first.");
			return false;
		}
		label = of_return ? return_label(p[0], p[1]) : place_label(p[0], p[1]);
		if (word.len > 0 && (strlen(label) != word.len || memcmp(label, word.data, word.len) != 0))
		{
			PROBLEM(r->problem, "label", "The name does not fit the ends of the interval.",
					psprintf("These ends are called %s; the name may be left out.", label));
			return false;
		}
		*min = p[0];
		*max = p[1];
		return true;
	}
	place = of_return ? return_by_name(word.data, word.len) : stage_by_name(word.data, word.len);
	if (place < 0 || (of_return && place == RETURN_NONE))
		return unknown_name(r, word);
	*min = *max = place;
	return true;
}

static bool
read_flags(Reader *r, uint64 *flags)
{
	do
	{
		TextSpan	word = read_word(r);
		uint64		flag = flag_by_name(word.data, word.len);

		if (flag == 0)
		{
			PROBLEM(r->problem, "flag", "There is no such flag.",
					psprintf("The flags are %s.", flag_list()));
			return false;
		}
		*flags |= flag;
	} while (read_char(r, ','));
	if (read_char(r, '}'))
		return true;
	PROBLEM(r->problem, "syntax", "Flags are written {flag,flag}.", FORM_HINT);
	return false;
}

/*
 * The one parser of order_state.  White space around the value is ignored; a return alone
 * (return_requested) is that of delivered units.
 */
bool
order_state_parse(const char *s, int len, OrderState *out, Problem *problem)
{
	Reader		r = {.problem = problem};
	TextSpan	word;
	Unit		u = {0, 0};
	bool		is_return = false;
	const char *detail;

	while (len > 0 && (*s == ' ' || (*s >= '\t' && *s <= '\r')))
		s++, len--;
	while (len > 0 && (s[len - 1] == ' ' || (s[len - 1] >= '\t' && s[len - 1] <= '\r')))
		len--;
	r.s = s;
	r.end = s + len;

	word = read_word(&r);
	if ((r.s == r.end || *r.s == '{') && stage_by_name(word.data, word.len) < 0 &&
		return_by_name(word.data, word.len) > RETURN_NONE)
	{
		is_return = true;
		u.place = STAGE_DELIVERED;
		*out = order_state_of_unit(u);
		r.s = s;
	}
	else
	{
		uint8		min,
					max;

		r.s = s;
		if (!read_interval(&r, false, &min, &max))
			return false;
		u.place = min;
		*out = order_state_of_unit(u);
		if (max != min)
		{
			out->max = max;
			out->flags |= stage_places[max].flag;
		}
		is_return = read_char(&r, '+');
	}
	if (is_return)
	{
		uint8		rmin,
					rmax;

		if (!read_interval(&r, true, &rmin, &rmax))
			return false;
		if (rmin >= PLACE_EXIT)
		{
			out->flags |= return_places[rmin].flag;
			rmin = rmax = RETURN_NONE;
		}
		out->rmin = rmin;
		out->rmax = rmax;
	}
	if (read_char(&r, '{') && !read_flags(&r, &out->flags))
		return false;
	if (r.s != r.end)
	{
		PROBLEM(problem, "syntax", "There is something after the end of the state.",
				FORM_HINT);
		return false;
	}
	detail = problem_of_state(out);
	if (detail != NULL)
	{
		PROBLEM(problem, "contradiction", detail, FORM_HINT);
		return false;
	}
	return true;
}

/* I/O functions */

static OrderState
state_arg(FunctionCallInfo fcinfo, int n)
{
	return order_state_unpack(PG_GETARG_DATUM(n));
}

static bool
parse_text(text *t, OrderState *out, Problem *problem)
{
	return order_state_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), out, problem);
}

PG_FUNCTION_INFO_V1(order_state_in);
PG_FUNCTION_INFO_V1(order_state_out);
PG_FUNCTION_INFO_V1(order_state_recv);
PG_FUNCTION_INFO_V1(order_state_send);
PG_FUNCTION_INFO_V1(order_state_from_text);
PG_FUNCTION_INFO_V1(order_state_to_text);
PG_FUNCTION_INFO_V1(order_state_try);
PG_FUNCTION_INFO_V1(order_state_problem);

/* order_state_in(cstring) -> order_state */
Datum
order_state_in(PG_FUNCTION_ARGS)
{
	char	   *s = PG_GETARG_CSTRING(0);
	OrderState	state;
	Problem		problem;

	if (!order_state_parse(s, strlen(s), &state, &problem))
	{
		problem_report(FC_ESCONTEXT(fcinfo), &problem, "order_state", s);
		PG_RETURN_NULL();
	}
	PG_RETURN_DATUM(order_state_pack(&state));
}

/* order_state_out(order_state) -> cstring */
Datum
order_state_out(PG_FUNCTION_ARGS)
{
	OrderState	state = state_arg(fcinfo, 0);

	PG_RETURN_CSTRING(order_state_print(&state));
}

/* order_state_recv(internal) -> order_state: the 8 bytes, every invariant checked */
Datum
order_state_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int64		v = pq_getmsgint64(buf);
	OrderState	state = order_state_unpack(Int64GetDatum(v));
	const char *detail = v < 0 ? "The sign bit is set." : problem_of_state(&state);

	if (detail != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value for type order_state"),
				 errdetail("%s", detail)));
	PG_RETURN_INT64(v);
}

/* order_state_send(order_state) -> bytea */
Datum
order_state_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint64(&buf, PG_GETARG_INT64(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* order_state(text) -> order_state: the cast */
Datum
order_state_from_text(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	OrderState	state;
	Problem		problem;

	if (!parse_text(t, &state, &problem))
		problem_report(NULL, &problem, "order_state", text_to_cstring(t));
	PG_RETURN_DATUM(order_state_pack(&state));
}

/* text(order_state) -> text: the cast */
Datum
order_state_to_text(PG_FUNCTION_ARGS)
{
	OrderState	state = state_arg(fcinfo, 0);

	PG_RETURN_TEXT_P(cstring_to_text(order_state_print(&state)));
}

/* order_state_try(text) -> order_state or NULL */
Datum
order_state_try(PG_FUNCTION_ARGS)
{
	OrderState	state;
	Problem		problem;

	if (!parse_text(PG_GETARG_TEXT_PP(0), &state, &problem))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(order_state_pack(&state));
}

/* order_state_problem(text) -> reason code, or NULL for a value that is right */
Datum
order_state_problem(PG_FUNCTION_ARGS)
{
	OrderState	state;
	Problem		problem;

	if (parse_text(PG_GETARG_TEXT_PP(0), &state, &problem))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(problem.code));
}

/* what a state says */

PG_FUNCTION_INFO_V1(order_state_or);
PG_FUNCTION_INFO_V1(order_state_least);
PG_FUNCTION_INFO_V1(order_state_greatest);
PG_FUNCTION_INFO_V1(order_state_label);
PG_FUNCTION_INFO_V1(order_state_return_label);
PG_FUNCTION_INFO_V1(order_state_has_flag);
PG_FUNCTION_INFO_V1(order_state_reached);
PG_FUNCTION_INFO_V1(order_state_any_reached);
PG_FUNCTION_INFO_V1(order_state_is_single);
PG_FUNCTION_INFO_V1(order_state_reached_support);

/*
 * order_state_join(order_state, order_state) -> order_state: the interval over both; operator ||
 * and the transition and combine function of order_state_agg.
 */
Datum
order_state_or(PG_FUNCTION_ARGS)
{
	OrderState	a = state_arg(fcinfo, 0);
	OrderState	b = state_arg(fcinfo, 1);

	a = order_state_join(&a, &b);
	PG_RETURN_DATUM(order_state_pack(&a));
}

/* the least or greatest place of the interval, as a state; exits where all units have left */
static Datum
end_of(const OrderState *s, bool greatest)
{
	Unit		u = {0, RETURN_NONE};
	OrderState	end;

	if (no_places(s))
	{
		u.place = first_exit(s->flags, false);
		if (greatest)
			for (int p = PLACE_EXIT; p <= EXIT_LOST; p++)
				if (s->flags & FLAG_EXIT(p))
					u.place = p;
	}
	else
		u.place = greatest ? s->max : s->min;
	if (!no_returns(s) && returnable(u.place))
		u.ret = greatest ? s->rmax : s->rmin;
	end = order_state_of_unit(u);
	return order_state_pack(&end);
}

/* order_state_min(order_state) -> order_state: the least advanced unit's state */
Datum
order_state_least(PG_FUNCTION_ARGS)
{
	OrderState	s = state_arg(fcinfo, 0);

	PG_RETURN_DATUM(end_of(&s, false));
}

/* order_state_max(order_state) -> order_state: the most advanced unit's state */
Datum
order_state_greatest(PG_FUNCTION_ARGS)
{
	OrderState	s = state_arg(fcinfo, 0);

	PG_RETURN_DATUM(end_of(&s, true));
}

/*
 * label(order_state) -> text: one name for a header: the name of the place where all units are, or
 * partially_ and the name of the greatest; returned or partially_returned once everything has been
 * handed over and goods came back.
 */
Datum
order_state_label(PG_FUNCTION_ARGS)
{
	OrderState	s = state_arg(fcinfo, 0);
	const char *label;

	if (no_places(&s))
		label = stage_places[first_exit(s.flags, false)].name;
	else if (return_places[s.rmin].level >= LEVEL_RETURNED)
		label = "returned";
	else if (return_places[s.rmax].level >= LEVEL_RETURNED &&
			 stage_places[s.min].level == LEVEL_HANDED_OVER)
		label = "partially_returned";
	else
		label = place_label(s.min, s.max);
	PG_RETURN_TEXT_P(cstring_to_text(label));
}

/*
 * return_label(order_state) -> text: the return axis alone: none, return_requested ... returned,
 * partially_returned, or how a return ended.
 */
Datum
order_state_return_label(PG_FUNCTION_ARGS)
{
	OrderState	s = state_arg(fcinfo, 0);
	const char *label;

	if (no_returns(&s))
		label = "none";
	else if (s.rmax == RETURN_NONE && (s.flags & FLAGS_RETURN_EXIT))
		label = return_places[first_exit(s.flags, true)].name;
	else if (return_places[s.rmin].level >= LEVEL_RETURNED)
		label = "returned";
	else
		label = return_label(s.rmin, s.rmax);
	PG_RETURN_TEXT_P(cstring_to_text(label));
}

/* has_flag(order_state, flag text) -> boolean; an unknown flag is 22023 */
Datum
order_state_has_flag(PG_FUNCTION_ARGS)
{
	OrderState	s = state_arg(fcinfo, 0);
	text	   *name = PG_GETARG_TEXT_PP(1);
	uint64		flag = flag_by_name(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));

	if (flag == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown flag of an order state: \"%s\"", text_shown(name)),
				 errhint("The flags are %s.", flag_list())));
	PG_RETURN_BOOL((s.flags & flag) != 0);
}

/*
 * The level that units which left by an exit had reached: the least (or greatest) over the exits
 */
static int
exit_level(uint64 flags, bool greatest)
{
	int			level = -1;

	for (int p = PLACE_EXIT; p <= EXIT_LOST; p++)
		if ((flags & FLAG_EXIT(p)) &&
			(level < 0 || (stage_places[p].level > level) == greatest))
			level = stage_places[p].level;
	return level;
}

/* reached() and any_reached(): 22023 for an unknown milestone */
bool
order_state_has_reached(const OrderState *s, text *milestone, bool any)
{
	const char *name = VARDATA_ANY(milestone);
	int			len = VARSIZE_ANY_EXHDR(milestone);
	int			place = stage_by_name(name, len);
	int			ret;

	if (place >= PLACE_EXIT)
		return any ? (s->flags & FLAG_EXIT(place)) != 0 :
			no_places(s) && (s->flags & FLAGS_EXIT) == FLAG_EXIT(place);
	if (place > 0)
	{
		int			level = stage_places[place].level;

		if (any)
			return (!no_places(s) && stage_places[s->max].level >= level) ||
				exit_level(s->flags, true) >= level;
		return (no_places(s) ? exit_level(s->flags, false) : stage_places[s->min].level) >= level;
	}
	ret = return_by_name(name, len);
	if (ret > RETURN_NONE && ret < PLACE_EXIT)
		return !no_returns(s) &&
			return_places[any ? s->rmax : s->rmin].level >= return_places[ret].level;
	if (ret >= PLACE_EXIT && any)
		return (s->flags & FLAG_RETURN_EXIT(ret)) != 0;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown milestone: \"%s\"", text_shown(milestone)),
			 ret >= PLACE_EXIT ?
			 errhint("Whether some return has ended so is asked with any_reached().") :
			 errhint("The milestones are %s.", stage_names())));
}

/*
 * reached(order_state, milestone text) -> boolean: have all units got at least as far?  Places of
 * one level count as equally far.  Units that left by an exit are not asked, unless all have: then
 * lost, undeliverable and uncollected ones have been shipped.  For an exit: did all units leave by
 * it?  22023 for an unknown milestone.
 */
Datum
order_state_reached(PG_FUNCTION_ARGS)
{
	OrderState	s = state_arg(fcinfo, 0);

	PG_RETURN_BOOL(order_state_has_reached(&s, PG_GETARG_TEXT_PP(1), false));
}

/* any_reached(order_state, milestone text) -> boolean: has at least one unit got as far? */
Datum
order_state_any_reached(PG_FUNCTION_ARGS)
{
	OrderState	s = state_arg(fcinfo, 0);

	PG_RETURN_BOOL(order_state_has_reached(&s, PG_GETARG_TEXT_PP(1), true));
}

/*
 * single_state(order_state) -> boolean: is it the state of a single unit, as those that a move
 * names have to be, and not an interval or one that some units left by an exit?
 */
Datum
order_state_is_single(PG_FUNCTION_ARGS)
{
	OrderState	s = state_arg(fcinfo, 0);
	Unit		u;

	PG_RETURN_BOOL(order_state_single(&s, &u));
}

/*
 * The least order_state for which reached() can be true with this milestone: the least place is
 * in the top bits.  False where there is none to tell.
 */
static bool
least_reaching(text *milestone, OrderState *bound)
{
	int			place = stage_by_name(VARDATA_ANY(milestone), VARSIZE_ANY_EXHDR(milestone));

	Unit		u = {place, RETURN_NONE};

	if (place < 0)
	{
		int			ret = return_by_name(VARDATA_ANY(milestone), VARSIZE_ANY_EXHDR(milestone));

		if (ret <= RETURN_NONE || ret >= PLACE_EXIT)
			return false;
		u.place = LEVEL_HANDED_OVER;
	}
	else if (place == EXIT_UNDELIVERABLE)
		u.ret = RETURN_DECLINED;	/* whatever came of a return */
	else if (place < PLACE_EXIT)
		u.place = stage_places[place].level;
	*bound = order_state_of_unit(u);
	return true;
}

/*
 * Planner support: reached(column, 'milestone') can use a btree index on the column, as
 * column >= bound, with reached() checked again.
 */
Datum
order_state_reached_support(PG_FUNCTION_ARGS)
{
	SupportRequestIndexCondition *req;
	List	   *args;
	Const	   *milestone;
	Const	   *value;
	TypeCacheEntry *entry;
	OrderState	bound;
	Oid			type;
	Oid			op;

	if (!IsA((Node *) PG_GETARG_POINTER(0), SupportRequestIndexCondition))
		PG_RETURN_POINTER(NULL);
	req = (SupportRequestIndexCondition *) PG_GETARG_POINTER(0);
	if (!is_funcclause(req->node) || req->indexarg != 0)
		PG_RETURN_POINTER(NULL);
	args = ((FuncExpr *) req->node)->args;
	milestone = list_length(args) == 2 ? lsecond(args) : NULL;
	if (milestone == NULL || !IsA(milestone, Const) || milestone->constisnull ||
		milestone->consttype != TEXTOID)
		PG_RETURN_POINTER(NULL);
	type = exprType(linitial(args));
	entry = lookup_type_cache(type, TYPECACHE_BTREE_OPFAMILY);
	if (!OidIsValid(entry->btree_opf) || entry->btree_opf != req->opfamily ||
		!least_reaching(DatumGetTextPP(milestone->constvalue), &bound))
		PG_RETURN_POINTER(NULL);
	op = get_opfamily_member(req->opfamily, type, type, BTGreaterEqualStrategyNumber);
	if (!OidIsValid(op))
		PG_RETURN_POINTER(NULL);
	req->lossy = true;
	value = makeConst(type, -1, InvalidOid, sizeof(int64), order_state_pack(&bound), false,
					  FLOAT8PASSBYVAL);
	PG_RETURN_POINTER(list_make1(make_opclause(op, BOOLOID, false, linitial(args), (Expr *) value,
											   InvalidOid, InvalidOid)));
}
