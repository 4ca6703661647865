/*
 * inventory.h
 *	  The inventory room: demand and supply as queues of units, and what is worked out from them.
 *
 * A demand is the order lines that wait for one SKU, a supply the stock rows that can serve them.
 * Both are the same thing, a Queue: so many units under an id, taken in the order of a time.
 */
#ifndef OMNI_INVENTORY_H
#define OMNI_INVENTORY_H

#include "compat.h"
#include "datatype/timestamp.h"

/* a place in a queue; two entries that differ only in qty are one, with the sum */
typedef struct QueueEntry
{
	TimestampTz at;				/* placed_at of a line, available_at of stock */
	int64		id;				/* line_id, stock_id */
	int64		qty;			/* > 0 */
	int32		priority;		/* 0 in a supply */
	int32		zero;
} QueueEntry;

/*
 * On disk and while it is aggregated.  Everything that leaves an aggregate is finished: entries
 * strictly ascending by (at, id, priority), no slack behind them, so that equal queues are
 * identical bytes.
 */
typedef struct Queue
{
	int32		vl_len_;
	uint8		version;		/* QUEUE_VERSION */
	bool		finished;
	uint16		zero;
	int32		count;			/* entries used; VARSIZE gives room for more while aggregated */
	int32		zero2;
	QueueEntry	entries[FLEXIBLE_ARRAY_MEMBER];
} Queue;

#define QUEUE_VERSION		1
#define QUEUE_HEADER		offsetof(Queue, entries)
#define QUEUE_SIZE(n)		(QUEUE_HEADER + (Size) (n) * sizeof(QueueEntry))

/* 33,554,431 entries: what fits into one datum */
#define QUEUE_MAX_ENTRIES	((int) ((MaxAllocSize - QUEUE_HEADER) / sizeof(QueueEntry)))

/*
 * The state "datum" (NULL pointer: none yet) with n entries behind it: changed in place where
 * there is room, else a new state for the executor to keep.  sorted: the n entries are ascending.
 */
extern Datum queue_append(Datum state, MemoryContext aggcontext,
						  const QueueEntry *entries, int n, bool sorted);

/* the queue of a datum, finished: the datum itself where it is, else a palloc'd copy */
extern const Queue *queue_read(Datum datum);

/* a finished copy */
extern Queue *queue_copy(Datum datum);

/* n entries in any order as a finished queue, in place; false if a sum leaves bigint */
extern Queue *queue_create(int capacity);
extern bool queue_finish(Queue *queue);

/* sort by (priority, at, id) */
extern void queue_sort_by_priority(QueueEntry *entries, int n);

#endif							/* OMNI_INVENTORY_H */
