/*
 * ladder.c
 *	  The places where a unit of an order can be, their rank, and which moves are legal.
 *
 * Two axes.  Fulfillment: cart ... open ... shipped ... delivered, each place with a level; exits
 * (canceled, lost ...) are ranked after all of them.  Return: none, requested ... restocked, only
 * for units that were handed over or could not be delivered.  Rank is the number of a place.
 *
 * Legal moves of one unit, for the method it is fulfilled by:
 *	 - up by rank, also past several places, between places that the method has; in ship_to_store
 *	   the goods are ready for pickup after their transit, elsewhere after packing;
 *	 - freely among cart, draft and checkout, and among open, backordered, preordered and scheduled;
 *	   an attempted delivery goes out or into transit again;
 *	 - reserved and allocated units can be given back (to open and its neighbors);
 *	 - a node that has the unit (released to packed) can reject it or be short of it, after which it
 *	   waits like an open unit;
 *	 - to canceled before it ships; declined before it is allocated; expired before it is
 *	   confirmed; undeliverable and lost while it is with the carrier; expired_pickup while it waits
 *	   for the customer;
 *	 - units handed over stay handed over: they come back through the return axis, up by rank,
 *	   until the return ends in a disposition or an exit; what comes in after all is received.
 */
#include "postgres.h"
#include "compat.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"

#include "orders/orders.h"

#define M(method)	(1 << METHOD_##method)
#define ALL			((1 << METHODS) - 1)
#define CARRIED		(M(SHIP) | M(SHIP_FROM_STORE) | M(DROP_SHIP) | M(LOCAL_DELIVERY))
#define COLLECTED	(M(PICKUP) | M(SHIP_TO_STORE) | M(CURBSIDE))

const Place stage_places[128] = {
	[STAGE_CART] = {"cart", 1, ALL},
	[STAGE_DRAFT] = {"draft", 1, ALL},
	[STAGE_CHECKOUT] = {"checkout", 1, ALL},
	[STAGE_PLACED] = {"placed", 5, ALL},
	[STAGE_OPEN] = {"open", 10, ALL},
	[STAGE_BACKORDERED] = {"backordered", 10, ALL, FLAG_BACKORDERED},
	[STAGE_PREORDERED] = {"preordered", 10, ALL, FLAG_BACKORDERED},
	[STAGE_SCHEDULED] = {"scheduled", 10, ALL},
	[STAGE_REJECTED] = {"rejected", 10, CARRIED | COLLECTED, FLAG_REJECTED},
	[STAGE_SHORT] = {"short", 10, CARRIED | COLLECTED, FLAG_SHORT},
	[STAGE_RESERVED] = {"reserved", 20, ALL},
	[STAGE_ALLOCATED] = {"allocated", 30, ALL},
	[STAGE_RELEASED] = {"released", 40, ALL & ~M(POS)},
	[STAGE_ACKNOWLEDGED] = {"acknowledged", 45, CARRIED | COLLECTED},
	[STAGE_PICKED] = {"picked", 50, CARRIED | COLLECTED},
	[STAGE_PACKED] = {"packed", 60, CARRIED | COLLECTED},
	[STAGE_SHIPPED] = {"shipped", 70, CARRIED | M(SHIP_TO_STORE)},
	[STAGE_READY_FOR_PICKUP] = {"ready_for_pickup", 70, COLLECTED},
	[STAGE_IN_TRANSIT] = {"in_transit", 75, CARRIED | M(SHIP_TO_STORE)},
	[STAGE_OUT_FOR_DELIVERY] = {"out_for_delivery", 75, CARRIED},
	[STAGE_DELIVERY_ATTEMPTED] = {"delivery_attempted", 75, CARRIED},
	[STAGE_CUSTOMER_ARRIVED] = {"customer_arrived", 75, M(CURBSIDE)},
	[STAGE_DELIVERED] = {"delivered", 80, CARRIED},
	[STAGE_PICKED_UP] = {"picked_up", 80, COLLECTED | M(POS)},
	[STAGE_DIGITAL_DELIVERED] = {"digital_delivered", 80, M(DIGITAL)},
	[STAGE_COMPLETED] = {"completed", 80, ALL},
	[EXIT_CANCELED] = {"canceled", 0, ALL, FLAG_EXIT(EXIT_CANCELED)},
	[EXIT_DECLINED] = {"declined", 0, ALL, FLAG_EXIT(EXIT_DECLINED)},
	[EXIT_EXPIRED] = {"expired", 0, ALL, FLAG_EXIT(EXIT_EXPIRED)},
	[EXIT_UNDELIVERABLE] = {"undeliverable", 70, CARRIED | M(SHIP_TO_STORE),
	FLAG_EXIT(EXIT_UNDELIVERABLE)},
	[EXIT_EXPIRED_PICKUP] = {"expired_pickup", 70, COLLECTED, FLAG_EXIT(EXIT_EXPIRED_PICKUP)},
	[EXIT_LOST] = {"lost", 70, CARRIED | M(SHIP_TO_STORE), FLAG_EXIT(EXIT_LOST)},
};

const Place return_places[128] = {
	[RETURN_NONE] = {"none", 0, ALL},
	[RETURN_REQUESTED] = {"return_requested", 10, ALL},
	[RETURN_APPROVED] = {"return_approved", 20, ALL},
	[RETURN_LABEL_SENT] = {"return_label_sent", 30, ALL},
	[RETURN_IN_TRANSIT] = {"return_in_transit", 40, ALL},
	[RETURN_RECEIVED] = {"return_received", 50, ALL},
	[RETURN_INSPECTED] = {"return_inspected", 60, ALL},
	[RETURN_QUARANTINED] = {"quarantined", 70, ALL},
	[RETURN_REFURBISHED] = {"refurbished", 70, ALL},
	[RETURN_RESTOCKED] = {"restocked", 70, ALL},
	[RETURN_WRITTEN_OFF] = {"written_off", 70, ALL},
	[RETURN_DECLINED] = {"return_declined", 0, ALL, FLAG_RETURN_EXIT(RETURN_DECLINED)},
	[RETURN_CANCELED] = {"return_canceled", 0, ALL, FLAG_RETURN_EXIT(RETURN_CANCELED)},
	[RETURN_EXPIRED] = {"return_expired", 0, ALL, FLAG_RETURN_EXIT(RETURN_EXPIRED)},
	[RETURN_LOST] = {"return_lost", 0, ALL, FLAG_RETURN_EXIT(RETURN_LOST)},
	[RETURN_KEPT] = {"return_kept", 0, ALL, FLAG_RETURN_EXIT(RETURN_KEPT)},
};

static const char *const methods[METHODS] = {
	[METHOD_SHIP] = "ship",
	[METHOD_SHIP_FROM_STORE] = "ship_from_store",
	[METHOD_DROP_SHIP] = "drop_ship",
	[METHOD_PICKUP] = "pickup",
	[METHOD_SHIP_TO_STORE] = "ship_to_store",
	[METHOD_CURBSIDE] = "curbside",
	[METHOD_LOCAL_DELIVERY] = "local_delivery",
	[METHOD_DIGITAL] = "digital",
	[METHOD_POS] = "pos",
};

/* the numbers of an axis that are places, listed at the first look-up */
typedef struct PlaceList
{
	int			n;
	uint8		places[128];
} PlaceList;

static int
place_by_name(const Place *places, PlaceList *list, const char *name, int len)
{
	if (list->n == 0)
	{
		for (int i = 0; i < 128; i++)
			if (places[i].name != NULL)
				list->places[list->n++] = i;
	}
	for (int i = 0; len > 0 && i < list->n; i++)
	{
		const char *known = places[list->places[i]].name;

		if (known[0] == name[0] && strncmp(known, name, len) == 0 && known[len] == '\0')
			return list->places[i];
	}
	return -1;
}

int
stage_by_name(const char *name, int len)
{
	static PlaceList stages;

	return place_by_name(stage_places, &stages, name, len);
}

int
return_by_name(const char *name, int len)
{
	static PlaceList returns;

	return place_by_name(return_places, &returns, name, len);
}

/* all names of both axes, for hints */
const char *
stage_names(void)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < 128; i++)
		if (stage_places[i].name != NULL)
			appendStringInfo(&buf, "%s%s", buf.len ? ", " : "", stage_places[i].name);
	for (int i = 1; i < 128; i++)
		if (return_places[i].name != NULL)
			appendStringInfo(&buf, ", %s", return_places[i].name);
	return buf.data;
}

bool
unit_valid(Unit u)
{
	return u.place < 128 && stage_places[u.place].name != NULL &&
		u.ret < 128 && return_places[u.ret].name != NULL &&
		(u.ret == RETURN_NONE || returnable(u.place));
}

const char *
unit_name(Unit u)
{
	if (u.ret == RETURN_NONE)
		return stage_places[u.place].name;
	return psprintf("%s+%s", stage_places[u.place].name, return_places[u.ret].name);
}

const char *
method_name(Method method)
{
	return methods[method];
}

Method
method_from_text(text *name)
{
	StringInfoData known;

	for (int i = 0; i < METHODS; i++)
		if (VARSIZE_ANY_EXHDR(name) == strlen(methods[i]) &&
			memcmp(VARDATA_ANY(name), methods[i], strlen(methods[i])) == 0)
			return (Method) i;

	initStringInfo(&known);
	for (int i = 0; i < METHODS; i++)
		appendStringInfo(&known, "%s%s", i ? ", " : "", methods[i]);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown fulfillment method: \"%s\"", text_shown(name)),
			 errhint("The methods are %s.", known.data)));
}

/* rank within a method */
static int
rank_in(int place, Method method)
{
	if (place == STAGE_READY_FOR_PICKUP && method == METHOD_SHIP_TO_STORE)
		return STAGE_DELIVERED - 1;
	return place;
}

/* why a unit at stage "from" may not leave by the exit "to"; NULL if it may */
static const char *
why_no_exit(int from, int to)
{
	int			level = stage_places[from].level;

	switch (to)
	{
		case EXIT_CANCELED:
			if (level < 70)
				return NULL;
			return psprintf("%s units cannot be canceled; they come back through a return or as "
							"undeliverable",
							stage_places[from].name);
		case EXIT_DECLINED:
			if (level >= 5 && level < 30)
				return NULL;
			return "an order can be declined from placed until it is allocated";
		case EXIT_EXPIRED:
			if (level < 10)
				return NULL;
			return "only what is not yet confirmed expires";
		case EXIT_EXPIRED_PICKUP:
			if (from == STAGE_READY_FOR_PICKUP)
				return NULL;
			return "only units that are ready_for_pickup can be left uncollected";
		default:
			if (from == STAGE_SHIPPED ||
				(from >= STAGE_IN_TRANSIT && from <= STAGE_DELIVERY_ATTEMPTED))
				return NULL;
			return psprintf("only units that are with the carrier can become %s",
							stage_places[to].name);
	}
}

/*
 * Why a unit may not move on the fulfillment axis; NULL if it may.  Staying is legal, so that
 * an update may be repeated.
 */
const char *
why_no_stage_move(int from, int to, Method method)
{
	const Place *f = &stage_places[from];
	const Place *t = &stage_places[to];

	if (from == to)
		return NULL;
	if (from == EXIT_UNDELIVERABLE)
		return "undeliverable is final: the units come back through a return";
	if (from >= PLACE_EXIT)
		return psprintf("%s is final", f->name);
	if ((f->methods & (1 << method)) == 0 || (t->methods & (1 << method)) == 0)
		return psprintf("%s is not a state of method %s",
						(f->methods & (1 << method)) == 0 ? f->name : t->name, methods[method]);
	if (f->level == LEVEL_HANDED_OVER)
		return psprintf("%s units stay handed over: they come back through a return", f->name);
	if (to >= PLACE_EXIT)
		return why_no_exit(from, to);
	if (to == STAGE_REJECTED || to == STAGE_SHORT)
	{
		if (f->level >= 40 && f->level <= 60)
			return NULL;
		return psprintf("only a node that has the units (released to packed) can make them %s",
						t->name);
	}
	if (rank_in(to, method) > rank_in(from, method))
		return NULL;

	/* the few ways back */
	if (t->level == f->level && (t->level == 1 || t->level == 10))
		return NULL;
	if (t->level == 10 && (f->level == 20 || f->level == 30))
		return NULL;
	if (t->level == 75 && f->level == 75 && from <= STAGE_DELIVERY_ATTEMPTED)
		return NULL;
	return psprintf("%s units cannot go back to %s", f->name, t->name);
}

/* why a unit may not move on the return axis; NULL if it may */
const char *
why_no_return_move(int from, int to)
{
	const char *f = return_places[from].name;
	const char *t = return_places[to].name;

	if (from == to)
		return NULL;
	if (to == RETURN_NONE)
		return "a return is not undone: it ends as return_canceled, return_declined or "
			   "return_expired";
	if (from >= PLACE_EXIT)
	{
		if (to == RETURN_RECEIVED)
			return NULL;
		if (to == RETURN_REQUESTED && from != RETURN_LOST && from != RETURN_KEPT)
			return NULL;
		return psprintf("%s has ended: the goods can only be received after all, or be asked for "
						"again", f);
	}
	if (from == RETURN_RESTOCKED || from == RETURN_WRITTEN_OFF)
		return psprintf("%s is final", f);
	if (to < PLACE_EXIT)
		return to > from ? NULL : psprintf("%s units cannot go back to %s", f, t);
	if (from == RETURN_NONE)
		return "no return was asked for";
	if (from > RETURN_INSPECTED)
		return psprintf("%s units have been accepted", f);

	switch (to)
	{
		case RETURN_CANCELED:
		case RETURN_EXPIRED:
			if (from <= RETURN_LABEL_SENT)
				return NULL;
			return psprintf("the goods are already on their way or here (%s)", f);
		case RETURN_LOST:
			if (from >= RETURN_APPROVED && from <= RETURN_IN_TRANSIT)
				return NULL;
			return psprintf("%s goods are not on their way", f);
		default:
			return NULL;		/* declined or kept: until the disposition */
	}
}

/*
 * Why a unit may not move; NULL if it may.  A move on both axes at once is legal when it is legal
 * one after the other, as for platforms whose shipped units are returned with no word of delivery.
 */
const char *
why_no_unit_move(Unit from, Unit to, Method method)
{
	if (from.place != to.place)
	{
		if (from.ret != RETURN_NONE)
			return "units in a return stay where they were handed over";
		if (why_no_stage_move(from.place, to.place, method) != NULL)
			return why_no_stage_move(from.place, to.place, method);
	}
	return why_no_return_move(from.ret, to.ret);
}
