/*
 * route_state.c
 *	  The state behind routing: a growing list of entries, which is sorted and checked at the end.
 *
 * An entry is a tag and
 *
 *		ROW			line id, SKU id, quantity, node id, available, facts
 *		LINE		line id, SKU id, quantity
 *		OFFER		SKU id, node id, available, facts
 *		OPTIONS		their size, the options
 *		TOLD		the same, then the size and the bytes of the jsonb that told them
 *
 * The rows of an aggregate are added as they come; finished is what has LINE and OFFER entries
 * only, in the order of RouteInput, and OPTIONS last.  Two states are joined by putting the entries
 * of one behind those of the other: the same line or offer told twice is one, so the join is
 * commutative, associative and idempotent.  What contradicts itself is refused when the entries
 * are put in order.
 */
#include "postgres.h"
#include "compat.h"

#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "inventory/route.h"

#define STATE_START		256

#define TAG_ROW			1
#define TAG_LINE		2
#define TAG_OFFER		3
#define TAG_OPTIONS		4
#define TAG_TOLD		5

/* above the facts that are known: past the cut-off, ineligible, another method than ship */
#define BIT_CUTOFF		(1 << FACTS)
#define BIT_INELIGIBLE	(1 << (FACTS + 1))
#define BIT_METHOD		(1 << (FACTS + 2))

/* ---- entries ---- */

static inline uint8 *
put_line(uint8 *p, const RouteId *line, const RouteId *sku, int64 qty)
{
	p = route_put_id(p, line);
	p = route_put_id(p, sku);
	return route_put_number(p, qty);
}

static inline uint8 *
put_offer(uint8 *p, const RouteId *node, int64 available, const RouteFacts *f)
{
	uint32		bits = f->known;

	if (f->past_cutoff)
		bits |= BIT_CUTOFF;
	if (f->ineligible.data)
		bits |= BIT_INELIGIBLE;
	if (route_span_compare(f->method, route_method_ship) != 0)
		bits |= BIT_METHOD;
	p = route_put_id(p, node);
	p = route_put_number(p, available);
	p = route_put_number(p, bits);
	for (int i = 0; i < FACTS; i++)
	{
		if (bits & (1 << i))
			p = route_put_number(p, f->value[i]);
	}
	if (bits & BIT_INELIGIBLE)
		p = route_put_span(p, f->ineligible);
	if (bits & BIT_METHOD)
		p = route_put_span(p, f->method);
	return p;
}

static int64
get_quantity(RouteReader *r, int64 least, int64 max)
{
	uint64		n = route_get_number(r);

	if (n > (uint64) max || n < (uint64) least)
		r->failed = true;
	return r->failed ? least : (int64) n;
}

static void
get_line(RouteReader *r, RouteLine *line)
{
	line->id = route_get_id(r);
	line->sku = route_get_id(r);
	line->qty = get_quantity(r, 1, ROUTE_UNITS_MAX);
}

/* the most that a fact can be */
static int64
fact_max(int fact)
{
	if (fact == FACT_CAPACITY)
		return ROUTE_UNITS_MAX;
	return fact == FACT_DAYS || fact == FACT_PROMISED_DAYS ? ROUTE_DAYS_MAX : ROUTE_AMOUNT_MAX;
}

static void
get_offer(RouteReader *r, RouteOffer *offer)
{
	RouteFacts *f = &offer->facts;
	uint64		bits;

	route_facts_default(f);
	offer->node = route_get_id(r);
	offer->available = get_quantity(r, 0, PG_INT64_MAX);
	bits = route_get_number(r);
	if (bits >= BIT_METHOD << 1)
		r->failed = true;
	if (r->failed)
		return;
	f->known = bits & ((1 << FACTS) - 1);
	f->past_cutoff = (bits & BIT_CUTOFF) != 0;
	for (int i = 0; i < FACTS; i++)
	{
		if (bits & (1 << i))
			f->value[i] = get_quantity(r, 0, fact_max(i));
	}
	if (bits & BIT_INELIGIBLE)
		f->ineligible = route_get_span(r);
	if (bits & BIT_METHOD)
		f->method = route_get_span(r);
}

/* ---- the aggregate ---- */

static pg_noinline void
report_too_large(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("too many candidates in one order"),
			 errdetail("What is known of an order takes at most 1 GB."),
			 errhint("Group by order; leave out nodes that cannot serve.")));
}

static RouteState *
create_state(Size size)
{
	RouteState *state = palloc0(size);

	SET_VARSIZE(state, size);
	state->version = ROUTE_VERSION;
	return state;
}

/* the state with room for so many bytes: itself, or a copy for the executor to keep */
static RouteState *
make_room(RouteState *state, Size bytes)
{
	Size		need = (state ? ROUTE_HEADER + state->used : ROUTE_HEADER) + bytes;
	Size		size = STATE_START;
	RouteState *grown;

	if (state && VARSIZE(state) >= need)
		return state;
	if (need > MaxAllocSize)
		report_too_large();
	while (size < need)
		size *= 2;
	size = Min(size, MaxAllocSize);
	grown = create_state(size);
	if (state)
	{
		memcpy((char *) grown + VARHDRSZ, (char *) state + VARHDRSZ,
			   ROUTE_HEADER + state->used - VARHDRSZ);
		grown->finished = false;
	}
	return grown;
}

RouteState *
route_state_get(Datum datum)
{
	return (RouteState *) PG_DETOAST_DATUM(datum);
}

static pg_noinline void
report_options_differ(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("route options differ within an order"),
			 errhint("Give the same options in all rows of an order.")));
}

/* the state with the options of a row, which are those of the rows before */
static RouteState *
add_options(RouteState *state, Jsonb *told)
{
	Size		size = VARSIZE_ANY_EXHDR(told);
	RouteOptions options;
	Problem		problem;
	uint8	   *bytes;
	uint8	   *p;

	if (state && state->told)
	{
		RouteReader r = {state->data + state->told - 1, state->data + state->used};

		if (route_get_number(&r) != size || memcmp(r.p, VARDATA_ANY(told), size) != 0)
			report_options_differ();
		return state;
	}
	if (!route_options_read(&told->root, &options, &problem))
		route_raise(&problem, "invalid route options");
	bytes = palloc(route_options_size(&options));
	p = route_options_put(bytes, &options);
	state = make_room(state, (p - bytes) + size + 32);
	state->finished = false;
	{
		uint8	   *at = state->data + state->used;

		*at++ = TAG_TOLD;
		at = route_put_span(at, (TextSpan) {(char *) bytes, p - bytes});
		state->told = at - state->data + 1;
		at = route_put_span(at, (TextSpan) {VARDATA_ANY(told), size});
		state->used = at - state->data;
	}
	pfree(bytes);
	return state;
}

/* both together; "other" is not changed */
static RouteState *
join_states(RouteState *state, const RouteState *other)
{
	uint32		before;

	state = make_room(state, other->used);
	before = state->used;
	memcpy(state->data + before, other->data, other->used);
	state->used += other->used;
	if (state->told == 0 && other->told != 0)
		state->told = before + other->told;
	state->finished = false;
	return state;
}

PG_FUNCTION_INFO_V1(route_accum_numbers);
PG_FUNCTION_INFO_V1(route_accum_texts);
PG_FUNCTION_INFO_V1(route_accum_codes);
PG_FUNCTION_INFO_V1(route_accum_number_facts);
PG_FUNCTION_INFO_V1(route_accum_text_facts);
PG_FUNCTION_INFO_V1(route_accum_code_facts);
PG_FUNCTION_INFO_V1(route_combine);
PG_FUNCTION_INFO_V1(route_accum_plan);

static void
check_aggregate(FunctionCallInfo fcinfo)
{
	if (!AggCheckCallContext(fcinfo, NULL))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("function is only for use in an aggregate"),
				 errhint("Use route_order, route_candidates_agg or their rollups.")));
}

static pg_noinline void
report_null(const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("%s of a route candidate must not be null", what),
			 errhint("Leave the row out with FILTER, or say what stands for it with coalesce.")));
}

static pg_noinline void
report_quantity(const char *what, int64 qty, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("%s of a route candidate is out of range: " INT64_FORMAT, what, qty),
			 errhint("%s", hint)));
}

static inline RouteId
get_id(FunctionCallInfo fcinfo, int arg, bool text_ids)
{
	RouteId		id;
	Problem		problem;
	text	   *t;

	if (!text_ids)
	{
		id.u.number = PG_GETARG_INT64(arg);
		id.len = -1;
		return id;
	}
	t = PG_GETARG_TEXT_PP(arg);
	if (!route_id_from_text(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &id, &problem))
		route_raise(&problem, "invalid id in a route candidate");
	return id;
}

static void
get_cost(FunctionCallInfo fcinfo, int arg, RouteFacts *facts)
{
	Problem		problem;

	route_facts_default(facts);
	if (PG_ARGISNULL(arg))
		return;
	if (!route_amount(PG_GETARG_NUMERIC(arg), &facts->value[FACT_FIXED_COST], &problem))
		route_raise(&problem, "cost of a route candidate is out of range");
	facts->known = 1 << FACT_FIXED_COST;
}

static void
get_facts(FunctionCallInfo fcinfo, int arg, RouteFacts *facts)
{
	Problem		problem;

	if (PG_ARGISNULL(arg))
		route_facts_default(facts);
	else if (!route_facts_read(&PG_GETARG_JSONB_P(arg)->root, facts, &problem))
		route_raise(&problem, "invalid facts of a route candidate");
}

/* what a transition gives back when a row adds nothing */
static Datum
unchanged(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/*
 * Accumulate a row (state, line, sku, qty, node, available, cost | facts [, options]).  A row of
 * NULL line, SKU and quantity is no row; one of NULL node is a line that no node offers.
 */
static inline Datum
accumulate(FunctionCallInfo fcinfo, bool text_lines, bool text_ids, bool has_facts)
{
	RouteState *state;
	RouteId		line;
	RouteId		sku;
	RouteId		node;
	RouteFacts	facts;
	int64		qty;
	int64		available = 0;
	uint8	   *p;

	check_aggregate(fcinfo);
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
	{
		if (PG_ARGISNULL(1) && PG_ARGISNULL(2) && PG_ARGISNULL(3))
			return unchanged(fcinfo);
		report_null(PG_ARGISNULL(1) ? "line" : PG_ARGISNULL(2) ? "sku" : "qty");
	}
	qty = PG_GETARG_INT64(3);
	if (qty < 1 || qty > ROUTE_UNITS_MAX)
		report_quantity("qty", qty, "The quantity of a line is from 1 to 1000000000.");
	line = get_id(fcinfo, 1, text_lines);
	sku = get_id(fcinfo, 2, text_ids);
	if (!PG_ARGISNULL(4))
	{
		if (PG_ARGISNULL(5))
			report_null("available");
		node = get_id(fcinfo, 4, text_ids);
		available = PG_GETARG_INT64(5);
		if (available < 0)
			report_quantity("available", available,
							"Where more is promised than there is, give greatest(available, 0).");
		if (has_facts)
			get_facts(fcinfo, 6, &facts);
		else
			get_cost(fcinfo, 6, &facts);
	}

	state = PG_ARGISNULL(0) ? NULL : route_state_get(PG_GETARG_DATUM(0));
	if (PG_NARGS() > 7 && !PG_ARGISNULL(7))
		state = add_options(state, PG_GETARG_JSONB_P(7));
	state = make_room(state, ROUTE_ENTRY_MAX);
	p = state->data + state->used;
	*p++ = PG_ARGISNULL(4) ? TAG_LINE : TAG_ROW;
	p = put_line(p, &line, &sku, qty);
	if (!PG_ARGISNULL(4))
		p = put_offer(p, &node, available, &facts);
	state->used = p - state->data;
	state->finished = false;
	PG_RETURN_POINTER(state);
}

/*
 * Transitions of route_order and route_candidates_agg:
 * (state, line, sku, qty bigint, node, available bigint, cost numeric) and
 * (state, line, sku, qty bigint, node, available bigint, facts jsonb [, options jsonb]), the ids
 * bigint, or text, or the line bigint and the others text.  Errors: 22004, 22003, 22023, 54000
 * beyond 1 GB.
 */
Datum
route_accum_numbers(PG_FUNCTION_ARGS)
{
	return accumulate(fcinfo, false, false, false);
}

Datum
route_accum_texts(PG_FUNCTION_ARGS)
{
	return accumulate(fcinfo, true, true, false);
}

Datum
route_accum_codes(PG_FUNCTION_ARGS)
{
	return accumulate(fcinfo, false, true, false);
}

Datum
route_accum_number_facts(PG_FUNCTION_ARGS)
{
	return accumulate(fcinfo, false, false, true);
}

Datum
route_accum_text_facts(PG_FUNCTION_ARGS)
{
	return accumulate(fcinfo, true, true, true);
}

Datum
route_accum_code_facts(PG_FUNCTION_ARGS)
{
	return accumulate(fcinfo, false, true, true);
}

/* route_combine(route_candidates, route_candidates) -> route_candidates: NULL is no candidate */
Datum
route_combine(PG_FUNCTION_ARGS)
{
	RouteState *state;

	check_aggregate(fcinfo);
	if (PG_ARGISNULL(1))
		return unchanged(fcinfo);
	state = PG_ARGISNULL(0) ? NULL : route_state_get(PG_GETARG_DATUM(0));
	PG_RETURN_POINTER(join_states(state, route_state_get(PG_GETARG_DATUM(1))));
}

/*
 * route_accum_plan(route_candidates, route_plan) -> route_candidates: transition of the rollup of
 * plans, which joins what they were made from.
 */
Datum
route_accum_plan(PG_FUNCTION_ARGS)
{
	RouteState *state;

	check_aggregate(fcinfo);
	if (PG_ARGISNULL(1))
		return unchanged(fcinfo);
	state = PG_ARGISNULL(0) ? NULL : route_state_get(PG_GETARG_DATUM(0));
	PG_RETURN_POINTER(join_states(state, route_plan_candidates((RoutePlan *)
										 PG_DETOAST_DATUM(PG_GETARG_DATUM(1)))));
}

/* ---- what a state says ---- */

/* lines and offers of the entries, as they come; the texts stay in the state */
typedef struct Collector
{
	RouteInput *input;
	int			lines_room;
	int			offers_room;
} Collector;

static void *
grow(void *array, int n, int *room, Size size, int max, const char *what)
{
	if (n < *room)
		return array;
	if (n >= max)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many %s in one order", what),
				 errdetail("An order has at most %d of them.", max),
				 errhint("Group by order; leave out nodes that cannot serve.")));
	*room = Min(max, Max(16, *room * 2));
	return array ? repalloc_huge(array, *room * size) :
		MemoryContextAllocHuge(CurrentMemoryContext, *room * size);
}

static RouteLine *
new_line(Collector *c)
{
	RouteInput *in = c->input;

	in->lines = grow(in->lines, in->nlines, &c->lines_room, sizeof(RouteLine),
					 ROUTE_OFFERS_MAX, "candidates");
	return &in->lines[in->nlines++];
}

static RouteOffer *
new_offer(Collector *c)
{
	RouteInput *in = c->input;

	in->offers = grow(in->offers, in->noffers, &c->offers_room, sizeof(RouteOffer),
					  ROUTE_OFFERS_MAX, "candidates");
	return &in->offers[in->noffers++];
}

/* false if the options contradict those before */
static bool
take_options(RouteInput *in, RouteReader *r, bool told)
{
	uint64		size = route_get_number(r);
	RouteReader inner = {r->p, r->p + size};
	RouteOptions options;
	uint8	   *a;
	uint8	   *b;
	Size		alen;

	if (r->failed || size > (uint64) (r->end - r->p))
	{
		r->failed = true;
		return true;
	}
	r->p = inner.end;
	route_options_get(&inner, &options);
	if (inner.failed || inner.p != inner.end)
		r->failed = true;
	if (told)
	{
		size = route_get_number(r);
		if (r->failed || size > (uint64) (r->end - r->p))
			r->failed = true;
		else
			r->p += size;
	}
	if (r->failed || !in->has_options)
	{
		in->has_options = true;
		in->options = options;
		return true;
	}
	a = palloc(route_options_size(&options));
	b = palloc(route_options_size(&in->options));
	alen = route_options_put(a, &options) - a;
	return alen == route_options_put(b, &in->options) - b && memcmp(a, b, alen) == 0;
}

/*
 * The lines and offers of a state.  One from an aggregate is sorted, made one and checked; false
 * fills the problem where it contradicts itself.  One that is finished is in order by itself.
 */
bool
route_state_read(const RouteState *state, RouteInput *input, Problem *problem)
{
	RouteReader r = {state->data, state->data + state->used};
	Collector	c = {.input = input};
	uint64		n = 0;
	bool		same_options = true;

	memset(input, 0, sizeof(RouteInput));
	route_options_default(&input->options);
	while (r.p < r.end && !r.failed)
	{
		uint8		tag = *r.p++;

		if ((++n & 0xFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		if (tag == TAG_ROW || tag == TAG_LINE)
		{
			RouteLine  *line = new_line(&c);

			get_line(&r, line);
			/* the next candidate of a line tells it again */
			if (input->nlines > 1 && line[-1].qty == line->qty &&
				route_id_compare(&line[-1].id, &line->id) == 0 &&
				route_id_compare(&line[-1].sku, &line->sku) == 0)
				line = &input->lines[--input->nlines - 1];
			if (tag == TAG_ROW)
			{
				RouteOffer *offer = new_offer(&c);

				offer->sku = line->sku;
				get_offer(&r, offer);
			}
		}
		else if (tag == TAG_OFFER)
		{
			RouteOffer *offer = new_offer(&c);

			offer->sku = route_get_id(&r);
			get_offer(&r, offer);
		}
		else if (tag == TAG_OPTIONS || tag == TAG_TOLD)
			same_options = take_options(input, &r, tag == TAG_TOLD) && same_options;
		else
			r.failed = true;
	}
	if (r.failed)
		return route_problem(problem, ERRCODE_DATA_CORRUPTED, "binary", NULL,
							 "The value is damaged.");
	if (!same_options)
		return route_problem(problem, 0, "options", "Give the same options in all rows.",
							 "The options differ.");
	return state->finished || route_input_finish(input, problem);
}

/* ---- in order ---- */

static inline int
compare_lines(const RouteLine *a, const RouteLine *b)
{
	int			c = route_id_compare(&a->id, &b->id);

	if (c == 0)
		c = route_id_compare(&a->sku, &b->sku);
	return c != 0 ? c : (a->qty > b->qty) - (a->qty < b->qty);
}

static inline int
compare_offers(const RouteOffer *a, const RouteOffer *b)
{
	int			c = route_id_compare(&a->node, &b->node);

	if (c == 0)
		c = route_span_compare(a->facts.method, b->facts.method);
	return c != 0 ? c : route_id_compare(&a->sku, &b->sku);
}

#define ST_SORT sort_lines
#define ST_ELEMENT_TYPE RouteLine
#define ST_COMPARE(a, b) compare_lines(a, b)
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

/* offers are large: their places are sorted */
typedef RouteOffer *OfferPlace;

#define ST_SORT sort_offers
#define ST_ELEMENT_TYPE OfferPlace
#define ST_COMPARE(a, b) compare_offers(*(a), *(b))
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

static bool
same_span(TextSpan a, TextSpan b)
{
	return (a.data == NULL) == (b.data == NULL) &&
		(a.data == NULL || route_span_compare(a, b) == 0);
}

static bool
same_fact(const RouteFacts *a, const RouteFacts *b, RouteFact fact)
{
	return FACT_KNOWN(a, fact) == FACT_KNOWN(b, fact) && a->value[fact] == b->value[fact];
}

static bool
same_facts(const RouteFacts *a, const RouteFacts *b)
{
	return a->known == b->known && memcmp(a->value, b->value, sizeof(a->value)) == 0 &&
		a->past_cutoff == b->past_cutoff && same_span(a->ineligible, b->ineligible);
}

#define TOLD_TWICE_HINT \
	"Each fact has one value in an order: of a line its SKU and quantity, of a node its " \
	"capacity, of a node and a method the fixed facts, of a node and an SKU what is available."

static bool
differs(const RouteOffer *offer, const char *what, bool of_sku, Problem *problem)
{
	return route_problem(problem, 0, "contradiction", TOLD_TWICE_HINT,
						 "Node \"%s\" is told with two values of %s%s%s%s.",
						 route_id_text(&offer->node), what, of_sku ? " for SKU \"" : "",
						 of_sku ? route_id_text(&offer->sku) : "", of_sku ? "\"" : "");
}

static bool
finish_lines(RouteInput *in, Problem *problem)
{
	int64		units = 0;
	int			n = 0;

	if (in->nlines > 1)
		sort_lines(in->lines, in->nlines);
	for (int i = 0; i < in->nlines; i++)
	{
		if (n > 0 && route_id_compare(&in->lines[n - 1].id, &in->lines[i].id) == 0)
		{
			if (compare_lines(&in->lines[n - 1], &in->lines[i]) == 0)
				continue;
			return route_problem(problem, 0, "contradiction", TOLD_TWICE_HINT,
								 "Line \"%s\" is told with two SKUs or quantities.",
								 route_id_text(&in->lines[i].id));
		}
		in->lines[n++] = in->lines[i];
		units += in->lines[i].qty;
		if (units > ROUTE_UNITS_MAX)
			return route_problem(problem, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, "range",
								 "Group by order.", "The lines of the order add up to more than "
								 INT64_FORMAT " units.", ROUTE_UNITS_MAX);
	}
	in->nlines = n;
	if (n > ROUTE_LINES_MAX)
		return route_problem(problem, ERRCODE_PROGRAM_LIMIT_EXCEEDED, "limit", "Group by order.",
							 "The order has more than %d lines.", ROUTE_LINES_MAX);
	return true;
}

static int
compare_by_sku(const void *a, const void *b)
{
	return route_id_compare(&(*(RouteOffer *const *) a)->sku, &(*(RouteOffer *const *) b)->sku);
}

/* what a node with several methods has of an SKU is the same for all of them */
static bool
check_methods(RouteOffer **offer, int n, Problem *problem)
{
	RouteOffer **by_sku = palloc(n * sizeof(RouteOffer *));

	memcpy(by_sku, offer, n * sizeof(RouteOffer *));
	qsort(by_sku, n, sizeof(RouteOffer *), compare_by_sku);
	for (int i = 1; i < n; i++)
	{
		if (compare_by_sku(&by_sku[i - 1], &by_sku[i]) == 0 &&
			by_sku[i - 1]->available != by_sku[i]->available)
			return differs(by_sku[i], "available", true, problem);
	}
	pfree(by_sku);
	return true;
}

/* two offers of one node, one behind the other */
static bool
check_node(const RouteOffer *a, const RouteOffer *b, Problem *problem)
{
	if (!same_fact(&a->facts, &b->facts, FACT_CAPACITY))
		return differs(b, "capacity", false, problem);
	if (route_span_compare(a->facts.method, b->facts.method) != 0)
		return true;
	if (!same_fact(&a->facts, &b->facts, FACT_FIXED_COST))
		return differs(b, "fixed_cost", false, problem);
	if (!same_fact(&a->facts, &b->facts, FACT_FIXED_EMISSIONS))
		return differs(b, "fixed_emissions", false, problem);
	return true;
}

static bool
finish_offers(RouteInput *in, Problem *problem)
{
	RouteOffer **place;
	RouteOffer *sorted;
	int			n = 0;
	int			node = 0;		/* where the present node begins */

	if (in->noffers == 0)
		return true;
	place = MemoryContextAllocHuge(CurrentMemoryContext, in->noffers * sizeof(RouteOffer *));
	for (int i = 0; i < in->noffers; i++)
		place[i] = &in->offers[i];
	sort_offers(place, in->noffers);
	for (int i = 0; i < in->noffers; i++)
	{
		if ((i & 0xFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		if (n > 0 && compare_offers(place[n - 1], place[i]) == 0)
		{
			if (place[n - 1]->available != place[i]->available)
				return differs(place[i], "available", true, problem);
			if (!same_facts(&place[n - 1]->facts, &place[i]->facts))
				return differs(place[i], "a fact", true, problem);
			continue;
		}
		if (n > 0 && route_id_compare(&place[n - 1]->node, &place[i]->node) == 0)
		{
			if (!check_node(place[n - 1], place[i], problem))
				return false;
		}
		else
		{
			if (n - node > 1 && route_span_compare(place[node]->facts.method,
												   place[n - 1]->facts.method) != 0 &&
				!check_methods(place + node, n - node, problem))
				return false;
			node = n;
		}
		place[n++] = place[i];
	}
	if (n - node > 1 && route_span_compare(place[node]->facts.method,
										   place[n - 1]->facts.method) != 0 &&
		!check_methods(place + node, n - node, problem))
		return false;
	sorted = MemoryContextAllocHuge(CurrentMemoryContext, n * sizeof(RouteOffer));
	for (int i = 0; i < n; i++)
		sorted[i] = *place[i];
	pfree(in->offers);
	pfree(place);
	in->offers = sorted;
	in->noffers = n;
	return true;
}

/* put lines and offers in order, each once; false where they contradict each other */
bool
route_input_finish(RouteInput *input, Problem *problem)
{
	return finish_lines(input, problem) && finish_offers(input, problem);
}

/* the finished state of an input that is in order */
RouteState *
route_state_write(const RouteInput *input)
{
	Size		room = ROUTE_HEADER + route_options_size(&input->options) + 16;
	RouteState *state;
	uint8	   *p;

	for (int i = 0; i < input->nlines; i++)
		room += Max(input->lines[i].id.len, 11) + Max(input->lines[i].sku.len, 11) + 16;
	for (int i = 0; i < input->noffers; i++)
	{
		const RouteOffer *o = &input->offers[i];

		room += Max(o->sku.len, 11) + Max(o->node.len, 11) + o->facts.method.len +
			o->facts.ineligible.len + 24 + pg_popcount32(o->facts.known) * 10;
	}
	if (room > MaxAllocSize)
		report_too_large();
	state = create_state(room);
	state->finished = true;
	p = state->data;
	for (int i = 0; i < input->nlines; i++)
	{
		const RouteLine *line = &input->lines[i];

		*p++ = TAG_LINE;
		p = put_line(p, &line->id, &line->sku, line->qty);
	}
	for (int i = 0; i < input->noffers; i++)
	{
		const RouteOffer *offer = &input->offers[i];

		if ((i & 0xFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		*p++ = TAG_OFFER;
		p = route_put_id(p, &offer->sku);
		p = put_offer(p, &offer->node, offer->available, &offer->facts);
	}
	if (input->has_options)
	{
		uint8	   *bytes = palloc(route_options_size(&input->options));
		uint8	   *end = route_options_put(bytes, &input->options);

		*p++ = TAG_OPTIONS;
		p = route_put_span(p, (TextSpan) {(char *) bytes, end - bytes});
	}
	state->used = p - state->data;
	SET_VARSIZE(state, ROUTE_HEADER + state->used);
	return state;
}
