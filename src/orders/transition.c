/*
 * transition.c
 *	  Whether a line or an order may go from one order_state to another, and where it may go next.
 *
 * The rules of one unit are in ladder.c.  A header is an interval: it may change when the units
 * that it is known to hold (the ends, the exits) can all go into the new state or stay there,
 * and those that the new state is known to hold can come from the old one.
 */
#include "postgres.h"
#include "compat.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "orders/orders.h"

/* the places of one axis that a state may hold, and those it must hold */
typedef struct Occupied
{
	bool		may[128];
	bool		must[128];
	bool		none;			/* nothing on this axis */
} Occupied;

static void
occupied(Occupied *o, const Place *places, int min, int max, uint64 flags)
{
	memset(o, 0, sizeof(Occupied));
	if (min != PLACE_EMPTY)
	{
		for (int p = min; p <= max; p++)
			o->may[p] = places[p].name != NULL;
		o->must[min] = o->must[max] = true;
	}
	for (int p = PLACE_EXIT; p < PLACE_EMPTY; p++)
		if (places[p].name != NULL && (places[p].flag & flags))
			o->may[p] = o->must[p] = true;
	o->none = min == PLACE_EMPTY;
}

/* why units on one axis cannot go from one set of places to another; NULL if they can */
static const char *
why_not_between(const Occupied *from, const Occupied *to, bool of_return, Method method)
{
	for (int backward = 0; backward < 2; backward++)
	{
		const Occupied *known = backward ? to : from;
		const Occupied *other = backward ? from : to;

		for (int p = 0; p < PLACE_EMPTY; p++)
		{
			const char *why = "";

			if (!known->must[p])
				continue;
			for (int q = 0; q < PLACE_EMPTY && why != NULL; q++)
			{
				const char *w;

				if (!other->may[q])
					continue;
				w = backward ?
					(of_return ? why_no_return_move(q, p) : why_no_stage_move(q, p, method)) :
					(of_return ? why_no_return_move(p, q) : why_no_stage_move(p, q, method));
				if (w == NULL || other->must[q] || *why == '\0')
					why = w;
			}
			if (why != NULL)
				return why;
		}
	}
	return NULL;
}

static const char *
why_no_transition(const OrderState *from, const OrderState *to, Method method)
{
	Occupied	f,
				t;
	Unit		u,
				v;
	const char *why;

	if ((from->flags & FLAG_ON_HOLD) && to->min != PLACE_EMPTY &&
		(from->min != to->min || from->max != to->max ||
		 from->rmin != to->rmin || from->rmax != to->rmax))
		return "on hold: release the hold first";

	if (order_state_single(from, &u) && order_state_single(to, &v))
		return why_no_unit_move(u, v, method);

	occupied(&f, stage_places, from->min, from->max, from->flags);
	occupied(&t, stage_places, to->min, to->max, to->flags);
	why = why_not_between(&f, &t, false, method);
	if (why != NULL)
		return why;

	/* units that left by an exit are on no return axis until they come back */
	occupied(&f, return_places, from->rmin, from->rmax, from->flags);
	occupied(&t, return_places, to->rmin, to->rmax, to->flags);
	if (f.none)
		f.may[RETURN_NONE] = f.must[RETURN_NONE] = true;
	if (t.none)
		return NULL;
	return why_not_between(&f, &t, true, method);
}

PG_FUNCTION_INFO_V1(order_transition);
PG_FUNCTION_INFO_V1(order_next_states);

/*
 * order_transition(from_state order_state, to_state order_state, method text, OUT legal boolean,
 * OUT reason text): whether, and if not why not; 22023 for an unknown method.
 */
Datum
order_transition(PG_FUNCTION_ARGS)
{
	OrderState	from = order_state_unpack(PG_GETARG_DATUM(0));
	OrderState	to = order_state_unpack(PG_GETARG_DATUM(1));
	const char *why = why_no_transition(&from, &to, method_from_text(PG_GETARG_TEXT_PP(2)));
	TupleDesc	desc;
	Datum		values[2];
	bool		nulls[2] = {false, why == NULL};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("function returning record called in context "
						"that cannot accept type record")));
	values[0] = BoolGetDatum(why == NULL);
	values[1] = why ? CStringGetTextDatum(why) : (Datum) 0;
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}

/* may the unit make this move next: on one axis, the other staying */
static bool
moves_next(Unit from, Unit to, Method method)
{
	return unit_compare(from, to) != 0 && (from.place == to.place || to.ret == RETURN_NONE) &&
		why_no_unit_move(from, to, method) == NULL;
}

/* can some unit that the state is known to hold move there? */
static bool
some_unit_moves(const OrderState *s, Unit to, Method method)
{
	Occupied	places,
				returns;
	Unit		single;

	if ((s->flags & FLAG_ON_HOLD) && to.place < PLACE_EXIT)
		return false;
	if (order_state_single(s, &single))
		return moves_next(single, to, method);
	occupied(&places, stage_places, s->min, s->max, s->flags);
	occupied(&returns, return_places, s->rmin, s->rmax, s->flags);
	returns.must[RETURN_NONE] |= returns.none;
	for (int p = 0; p < PLACE_EMPTY; p++)
	{
		for (int r = 0; places.must[p] && r < PLACE_EMPTY; r++)
		{
			Unit		from = {p, r};

			if (returns.must[r] && unit_valid(from) && moves_next(from, to, method))
				return true;
		}
	}
	return false;
}

/*
 * next_states(state order_state, method text) -> setof order_state: every single state that a unit
 * at an end of the interval may move to, by rank.
 */
Datum
order_next_states(PG_FUNCTION_ARGS)
{
	OrderState	s = order_state_unpack(PG_GETARG_DATUM(0));
	Method		method = method_from_text(PG_GETARG_TEXT_PP(1));
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	for (int p = 0; p < PLACE_EMPTY; p++)
	{
		if (stage_places[p].name == NULL)
			continue;
		for (int r = 0; r < (returnable(p) ? PLACE_EMPTY : 1); r++)
		{
			Unit		to = {p, r};

			if (unit_valid(to) && some_unit_moves(&s, to, method))
			{
				OrderState	next = order_state_of_unit(to);
				Datum		value = order_state_pack(&next);
				bool		isnull = false;

				tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, &value, &isnull);
			}
		}
	}
	return (Datum) 0;
}
