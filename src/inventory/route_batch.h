/*
 * route_batch.h
 *	  Routing a queue of orders against the stock that they share.
 *
 * What is left of an entry (an SKU at a node) is what is available less the picks of all orders;
 * what is left of a node's capacity, likewise.  Both stay 0 or more but within a trial, which is
 * kept only if they are again.
 */
#ifndef OMNI_ROUTE_BATCH_H
#define OMNI_ROUTE_BATCH_H

#include "inventory/route.h"

#define BATCH_ORDERS_MAX	10000000
#define BATCH_LINES_MAX		50000000
#define BATCH_ENTRIES_MAX	50000000	/* SKUs at nodes, of SKUs that are asked for */
#define BATCH_FACTS_MAX		10000000
#define BATCH_ROUNDS_MAX	100

/* missing units, then the terms of the objective one by one, or weighted as one */
#define BATCH_SLOTS_MAX		(TERMS + 1)

/* units of an SKU that an order asks for; lines of one SKU are added up */
typedef struct BatchDemand
{
	int32		order;
	int32		sku;
	int64		qty;
} BatchDemand;

typedef struct BatchOrder
{
	RouteId		id;
	int32		number;			/* as it came, while it is read */
	int64		priority;
	int64		placed_at;
	int32		destination;	/* -1 for none */
	int32		first;			/* demands first .. last - 1, by SKU */
	int32		last;
	int32		pick;			/* the first of its picks, -1 for none */
	int32		tried;			/* when it was last tried to improve it */
	bool		exact;			/* the solver finds the best plan of it */
	int64		units;
} BatchOrder;

/* what a node has of an SKU */
typedef struct BatchEntry
{
	int32		node;
	int32		holders;		/* the first pick of it, -1 for none */
	int64		available;
	int64		left;
} BatchEntry;

typedef struct BatchSku
{
	int32		first;			/* entries first .. last - 1, by node */
	int32		last;
	int64		left;			/* of all entries */
	int32		changed;		/* when an order gave some of it back */
} BatchSku;

typedef struct BatchNode
{
	int64		capacity;		/* units; -1 if it has no limit */
	int64		left;
	int32		holders;		/* the first pick at it if it has a limit, -1 for none */
} BatchNode;

/* what is told of a node for a destination and an SKU, each -1 for any */
typedef struct BatchFact
{
	int32		destination;
	int32		sku;
	int32		node;
	int32		method;
	RouteFacts	facts;
} BatchFact;

/* units of an entry by a method */
typedef struct BatchUse
{
	int32		entry;
	int32		node;
	int32		sku;
	int32		method;
	int64		qty;
} BatchUse;

/* a use in the plan: in the lists of its order, of its entry and, with a limit, of its node */
typedef struct BatchPick
{
	BatchUse	use;
	int32		order;
	int32		of_order;		/* the next one of the order, or of those that are free */
	int32		of_entry[2];	/* the next one, the one before */
	int32		of_node[2];
} BatchPick;

typedef struct Batch
{
	RouteOptions options;
	int			slots;
	MemoryContext context;		/* what stays */
	MemoryContext work;			/* what one solution takes */
	MemoryContext trial;		/* what one trial takes */

	int			norders;
	BatchOrder *order;			/* in the order of the queue */
	int			ndemands;
	BatchDemand *demand;		/* by order and SKU */
	int			nskus;
	RouteId    *sku_id;			/* ascending */
	BatchSku   *sku;
	int			nnodes;
	RouteId    *node_id;		/* ascending */
	BatchNode  *node;
	int			nentries;
	BatchEntry *entry;			/* by SKU and node */
	int			nfacts;
	BatchFact  *fact;			/* by destination, SKU, node, method */
	int			nmethods;
	TextSpan   *method;			/* ascending */
	int32		ship;			/* number of that method */
	bool		sku_facts;		/* some facts are of an SKU */

	int128	   *value;			/* of each order's picks, slots at a time */
	int128	   *alone;			/* what it comes to if it has all stock for itself */
	int			picks_room;
	BatchPick  *pick;
	int32		free;			/* the first pick that is not in use */
	int32		clock;			/* ticks when a plan changes */
} Batch;

/* a plan of one order, in the work context */
typedef struct BatchPlan
{
	int			n;
	BatchUse   *use;			/* by node, method, SKU */
	bool		exact;			/* no plan of the order is better */
	int128		value[BATCH_SLOTS_MAX];
} BatchPlan;

static inline int128 *
batch_value(const Batch *b, int order)
{
	return &b->value[(Size) order * b->slots];
}

static inline int128 *
batch_alone(const Batch *b, int order)
{
	return &b->alone[(Size) order * b->slots];
}

static inline int
batch_compare(const Batch *b, const int128 *x, const int128 *y)
{
	for (int i = 0; i < b->slots; i++)
	{
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	}
	return 0;
}

/* route_batch_read.c */
extern void batch_read(Batch *b, Oid lines, Oid stock, Oid facts);

/* route_batch_solve.c */
extern void batch_solve(Batch *b, int order, bool alone, BatchPlan *plan);
extern const char **batch_missing_reasons(Batch *b, int order);

/* route_batch_plan.c */
extern void batch_plan(Batch *b, int rounds);

#endif							/* OMNI_ROUTE_BATCH_H */
