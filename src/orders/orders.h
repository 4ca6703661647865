/*
 * orders.h
 *	  The orders room: where the units of an order are, and where they may go.
 *
 * A unit is at one place of the fulfillment axis and at one place of the return axis.  An
 * order_state says that for many units at once: the least and the greatest place on each axis, and
 * flags for what an interval cannot tell.
 */
#ifndef OMNI_ORDERS_H
#define OMNI_ORDERS_H

#include "compat.h"
#include "text/text.h"

/*
 * Places are numbered by rank.  The numbers are on disk: they never change, and a new place takes
 * a free number between its neighbors.
 */
typedef enum Stage
{
	STAGE_CART = 1,
	STAGE_DRAFT = 2,
	STAGE_CHECKOUT = 3,
	STAGE_PLACED = 5,
	STAGE_OPEN = 10,
	STAGE_BACKORDERED = 12,
	STAGE_PREORDERED = 13,
	STAGE_SCHEDULED = 14,
	STAGE_REJECTED = 16,
	STAGE_SHORT = 17,
	STAGE_RESERVED = 20,
	STAGE_ALLOCATED = 30,
	STAGE_RELEASED = 40,
	STAGE_ACKNOWLEDGED = 45,
	STAGE_PICKED = 50,
	STAGE_PACKED = 60,
	STAGE_SHIPPED = 70,
	STAGE_READY_FOR_PICKUP = 71,
	STAGE_IN_TRANSIT = 75,
	STAGE_OUT_FOR_DELIVERY = 76,
	STAGE_DELIVERY_ATTEMPTED = 77,
	STAGE_CUSTOMER_ARRIVED = 78,
	STAGE_DELIVERED = 80,
	STAGE_PICKED_UP = 81,
	STAGE_DIGITAL_DELIVERED = 82,
	STAGE_COMPLETED = 83,

	/* exits: the unit has left the way to the customer */
	EXIT_CANCELED = 100,
	EXIT_DECLINED = 101,
	EXIT_EXPIRED = 102,
	EXIT_UNDELIVERABLE = 103,
	EXIT_EXPIRED_PICKUP = 104,
	EXIT_LOST = 105
} Stage;

typedef enum ReturnStage
{
	RETURN_NONE = 0,
	RETURN_REQUESTED = 10,
	RETURN_APPROVED = 20,
	RETURN_LABEL_SENT = 30,
	RETURN_IN_TRANSIT = 40,
	RETURN_RECEIVED = 50,
	RETURN_INSPECTED = 60,
	RETURN_QUARANTINED = 70,
	RETURN_REFURBISHED = 72,
	RETURN_RESTOCKED = 75,
	RETURN_WRITTEN_OFF = 78,

	/* exits: the return has ended, the unit is counted as not returned */
	RETURN_DECLINED = 100,
	RETURN_CANCELED = 101,
	RETURN_EXPIRED = 102,
	RETURN_LOST = 103,
	RETURN_KEPT = 104
} ReturnStage;

#define PLACE_EXIT		100		/* places from here on are exits */
#define PLACE_EMPTY		127		/* an interval that holds no unit */

/*
 * Levels: places of one level are equally far ("shipped" and "ready_for_pickup").  A level is
 * named by the number of its first place.
 */
#define LEVEL_HANDED_OVER	STAGE_DELIVERED
#define LEVEL_RETURNED		RETURN_RECEIVED

/* flags of an order_state; exits have one each */
#define FLAG_ON_HOLD		(UINT64CONST(1) << 0)
#define FLAG_BACKORDERED	(UINT64CONST(1) << 2)
#define FLAG_REJECTED		(UINT64CONST(1) << 3)
#define FLAG_SHORT			(UINT64CONST(1) << 4)
#define FLAG_EXIT(place)	(UINT64CONST(1) << (8 + (place) - PLACE_EXIT))
#define FLAG_RETURN_EXIT(r)	(UINT64CONST(1) << (16 + (r) - PLACE_EXIT))
#define FLAGS_EXIT			(UINT64CONST(0x3f) << 8)
#define FLAGS_RETURN_EXIT	(UINT64CONST(0x1f) << 16)

/* ways to bring a unit to the customer */
typedef enum Method
{
	METHOD_SHIP,
	METHOD_SHIP_FROM_STORE,
	METHOD_DROP_SHIP,
	METHOD_PICKUP,
	METHOD_SHIP_TO_STORE,
	METHOD_CURBSIDE,
	METHOD_LOCAL_DELIVERY,
	METHOD_DIGITAL,
	METHOD_POS
} Method;
#define METHODS		9

/* what is known of one place; name is NULL for a number that is no place */
typedef struct Place
{
	const char *name;
	uint8		level;			/* for an exit: the level that its units had reached */
	uint16		methods;		/* bit set of Method */
	uint64		flag;			/* set in an order_state that holds a unit here */
} Place;

/* where one unit is */
typedef struct Unit
{
	uint8		place;			/* Stage */
	uint8		ret;			/* ReturnStage; 0 unless handed over or undeliverable */
} Unit;

/* an order_state taken apart; state.c describes its 8 bytes */
typedef struct OrderState
{
	uint8		min;			/* both PLACE_EMPTY where all units have left by an exit */
	uint8		max;
	uint8		rmin;			/* both PLACE_EMPTY where no unit could be returned */
	uint8		rmax;
	uint64		flags;
} OrderState;

/* ladder.c: places, methods and the legal moves of a unit */
extern const Place stage_places[128];
extern const Place return_places[128];
extern int	stage_by_name(const char *name, int len);	/* -1: none */
extern int	return_by_name(const char *name, int len);
extern const char *stage_names(void);
extern bool unit_valid(Unit u);
extern const char *unit_name(Unit u);
extern const char *method_name(Method method);
extern Method method_from_text(text *name);
extern const char *why_no_stage_move(int from, int to, Method method);
extern const char *why_no_return_move(int from, int to);
extern const char *why_no_unit_move(Unit from, Unit to, Method method);

static inline bool
returnable(int place)
{
	return place == EXIT_UNDELIVERABLE ||
		(place < PLACE_EXIT && stage_places[place].level == LEVEL_HANDED_OVER);
}

static inline int
unit_compare(Unit a, Unit b)
{
	return (a.place << 8 | a.ret) - (b.place << 8 | b.ret);
}

/* state.c: order_state */
extern bool order_state_parse(const char *s, int len, OrderState *out, Problem *problem);
extern Datum order_state_pack(const OrderState *state);
extern OrderState order_state_unpack(Datum packed);
extern OrderState order_state_join(const OrderState *a, const OrderState *b);
extern OrderState order_state_of_unit(Unit u);
extern bool order_state_single(const OrderState *state, Unit *u);
extern char *order_state_print(const OrderState *state);
extern bool order_state_has_reached(const OrderState *s, text *milestone, bool any);

/* the one unit's place that a function's argument must name, else 22023 */
extern Unit order_state_unit_arg(Datum packed);

/* quantities.c: order_quantities as a list of units and counts, ascending, counts positive */
typedef struct UnitCount
{
	Unit		unit;
	int64		count;
} UnitCount;

/* more than the number of different units there can be */
#define UNITS_MAX	128

extern struct varlena *order_quantities_make(const UnitCount *items, int n);
extern int	order_quantities_take(const struct varlena *value, UnitCount *items);

#endif							/* OMNI_ORDERS_H */
