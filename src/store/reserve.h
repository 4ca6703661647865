/*
 * reserve.h
 *	  Private to reserve(): what a call wants, what it takes, and the statements that take it.
 *
 * A line asks for units of a SKU; a bundle's line needs units of its components.  What is needed
 * is taken from spots: a spot is a SKU at a place, which is one row of stock.  The demand on a spot
 * is summed over the whole call before anything is checked.
 *
 * SKUs and places are numbered in the order of their bytes, so that ascending numbers are the order
 * in which locks are taken.
 */
#ifndef OMNI_STORE_RESERVE_H
#define OMNI_STORE_RESERVE_H

#include "compat.h"
#include "datatype/timestamp.h"
#include "executor/spi.h"
#include "utils/jsonb.h"

#define RESERVE_LINES_MAX	10000
#define RESERVE_SLOTS_MAX	64
#define RESERVE_NO_PLACE	(-1)

/* parts of the statement that takes units, and so its number */
#define TAKE_SLOT		1		/* from a slot, not from the row of stock */
#define TAKE_LOCKED		2		/* what there is has been counted under locks */
#define TAKE_MANY		4		/* more than one reservation */
#define TAKE_REQUEST	8		/* the request, too: it is all that the call does */
#define TAKE_NEW_KEY	16		/* unless there is a request of that key */
#define TAKE_CHANNEL	32		/* and the channel's buffer stays */
#define TAKE_WATCH		64		/* tells what reserved was when the statement began */
#define TAKE_MASKS		128

/* the statements of a store, for the session */
typedef struct ReserveStore
{
	Oid			id;				/* its schema; hash key */
	NameData	name;			/* that of the schema when the statements were made */
	Oid			ours;			/* schema of the extension, if all of this is still so */
	Oid			sku_type;		/* that of the extension that was there then */
	Oid			sku_array_type;
	Oid			relations[5];	/* and the tables */
	Oid			sequence;		/* of the numbers of reservations; looked up anew after changes */
	bool		spread;			/* tables may be on many nodes: no statement is about two of them */
	SPIPlanPtr	take[TAKE_MASKS];
	SPIPlanPtr	look;
	SPIPlanPtr	lock;
	SPIPlanPtr	lock_slots;
	SPIPlanPtr	expire;
	SPIPlanPtr	settle;
	SPIPlanPtr	lend;
	SPIPlanPtr	fill_slots;
	SPIPlanPtr	request;
	SPIPlanPtr	answer;
	SPIPlanPtr	channel;
	SPIPlanPtr	bundles;
	SPIPlanPtr	candidates;
	SPIPlanPtr	known;
	struct Rows *rows[4];		/* what takes units without a statement, see reserve_rows.c */
} ReserveStore;

/* parameters of all statements */
enum
{
	R_SKU,						/* $1 */
	R_LOCATION,
	R_QTY,						/* $3: taken from stock.reserved, or from a slot */
	R_ORDER,
	R_EXPIRES,					/* $5 */
	R_CHANNEL,
	R_ID,
	R_LINE,
	R_KEY,						/* $9: movement_key */
	R_BUNDLE,
	R_IDS,
	R_LINES,
	R_QTYS,
	R_BUNDLES,
	R_REQUEST,
	R_HASH,
	R_ANSWER,					/* $17 */
	R_SLOT,						/* $18 */
	R_SLOTS,
	R_SKUS,
	R_FREE,						/* $21 */
	R_UNITS,					/* of a reservation */
	R_LOCATIONS,				/* $23 */
	R_SLOT_NUMBERS,
	R_COUNT
};

typedef struct ReserveLine
{
	int32		line_no;
	int64		qty;
	int64		got;			/* units of it that were found */
	text	   *sku;
	text	   *location;		/* NULL: it is chosen */
	int			place;
	int			need;			/* its first need, and how many it has */
	int			nneeds;
	bool		bundle;
} ReserveLine;

typedef struct ReserveNeed
{
	text	   *text;			/* the SKU */
	int			sku;			/* its number */
	int64		each;			/* units for a unit of the line */
} ReserveNeed;

/* units of a line from a spot: it becomes a reservation */
typedef struct ReserveTake
{
	int			line;
	int			sku;
	int			place;
	int64		qty;
	int64		id;
} ReserveTake;

/* a SKU at a place */
typedef struct ReserveSpot
{
	int			sku;
	int			place;
	bool		exists;			/* stock has a row of it */
	bool		active;
	bool		locked;
	bool		tried;			/* the statement that takes units did not find enough */
	int			slots;
	int64		on_hand;
	int64		reserved;
	int64		safety;
	int64		backorder;
	int64		buffer;			/* of the channel */
	int64		free;			/* in slots */
	int64		expired;		/* counted in reserved, and no longer held */
	int			good_slot;		/* one that has enough, or -1 */
	int			nrows;			/* the slots as they are under locks */
	int32	   *row_slots;
	int64	   *row_free;
	int64		left;			/* what choosing has not taken yet */
} ReserveSpot;

typedef struct ReserveCall
{
	ReserveStore *store;
	Datum		values[R_COUNT];
	char		nulls[R_COUNT];

	ReserveLine *lines;
	int			nlines;
	ReserveNeed *needs;
	int			nneeds;
	text	  **skus;
	int			nskus;
	text	  **places;
	int			nplaces;
	bool		partial;
	bool		split;
	bool		has_key;
	bool		has_channel;
	TimestampTz expires_at;

	ReserveTake *takes;			/* by SKU, place and line */
	int			ntakes;
	int			takes_room;
	bool		answered;		/* the request is written */
} ReserveCall;

/* reserve_lines.c: what is asked */
extern void reserve_read_lines(ReserveCall *call, Jsonb *lines);
extern void reserve_number(ReserveCall *call);
extern void reserve_number_places(ReserveCall *call, text **more, int nmore);
extern int	reserve_text_number(text **sorted, int n, text *t);
extern int	reserve_compare_texts(const void *a, const void *b);

/* reserve_stock.c: statements */
extern int	reserve_depth;
extern bool reserve_attempt(bool (*action) (void *), void *argument);
extern ReserveStore *reserve_store(Oid schema, Oid ours);
extern void reserve_set(ReserveCall *call, int parameter, Datum value);
extern void reserve_unset(ReserveCall *call, int parameter);
extern bool reserve_take(ReserveCall *call, ReserveSpot *spot, int first, int n, bool alone,
						 bool new_key);
extern void reserve_look(ReserveCall *call, ReserveSpot *spot);
extern void reserve_lock_slots(ReserveCall *call, const ReserveSpot *spot, int slots);
extern void reserve_lock(ReserveCall *call, ReserveSpot *spot, int64 wanted);
extern int64 reserve_available(const ReserveSpot *spot);
extern void reserve_take_locked(ReserveCall *call, ReserveSpot *spot, int first, int n,
								bool alone);
extern int64 reserve_settle(ReserveCall *call, ReserveSpot *spot, int slots);
extern void reserve_read_bundles(ReserveCall *call);
extern ReserveSpot *reserve_candidates(ReserveCall *call, int *n);
extern void reserve_check_known(ReserveCall *call, const ReserveSpot *spots, int n);
extern void reserve_request(ReserveCall *call);
extern Jsonb *reserve_first_answer(ReserveCall *call);
extern void reserve_read_channel(ReserveCall *call);
extern int64 reserve_next_id(ReserveCall *call);

/* reserve_rows.c: the same without statements */
typedef enum ReserveTaken
{
	RESERVE_TAKEN,
	RESERVE_TOO_FEW,			/* or not for this statement to say; nothing is written */
	RESERVE_UNKNOWN				/* it takes the statement to tell */
} ReserveTaken;

extern bool reserve_rows_open(ReserveCall *call, int mask);
extern ReserveTaken reserve_rows_take(ReserveCall *call, int first, int n, int mask,
									  bool *waited);

/* reserve_choose.c: where from */
extern bool reserve_choose(ReserveCall *call, ReserveSpot *spots, int n);
extern void reserve_add_take(ReserveCall *call, int line, int sku, int place, int64 qty);
extern void reserve_sort_takes(ReserveCall *call);

#endif							/* OMNI_STORE_RESERVE_H */
