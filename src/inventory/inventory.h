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
} QueueEntry;

/*
 * On disk and while it is aggregated.  Everything that leaves an aggregate is finished: entries
 * strictly ascending by (at, id, priority), no slack behind them, so that equal queues are
 * identical bytes.
 *
 * An entry is four variable-length numbers (7 bits a byte, the lowest first, the high bit says that
 * more follow): what its time, id and priority add to those of the entry before it (the first: to
 * 0), modulo 2^64, zigzag; and its quantity.  A line of a busy SKU takes some eight bytes.
 */
typedef struct Queue
{
	int32		vl_len_;
	uint8		version;		/* QUEUE_VERSION */
	bool		finished;
	uint16		zero;
	int32		count;			/* entries */
	uint32		used;			/* bytes of data in use; there may be more while aggregated */
	int64		last_at;		/* the last entry, 0 where there is none */
	int64		last_id;
	int32		last_priority;
	uint8		data[FLEXIBLE_ARRAY_MEMBER];
} Queue;

#define QUEUE_VERSION		1
#define QUEUE_HEADER		offsetof(Queue, data)
#define QUEUE_SIZE(q)		(QUEUE_HEADER + (Size) (q)->used)

/* reading a queue from its begin */
typedef struct QueueReader
{
	const uint8 *p;
	const uint8 *end;
	QueueEntry	entry;			/* what queue_next() found */
} QueueReader;

static inline uint64
queue_read_number(QueueReader *r)
{
	uint64		n = 0;
	int			shift = 0;

	while (r->p < r->end && shift < 64)
	{
		uint8		b = *r->p++;

		n |= (uint64) (b & 0x7f) << shift;
		if (b < 0x80)
			break;
		shift += 7;
	}
	return n;
}

static inline uint64
queue_unzigzag(uint64 n)
{
	return (n >> 1) ^ (0 - (n & 1));
}

static inline void
queue_begin(QueueReader *r, const Queue *queue)
{
	memset(r, 0, sizeof(QueueReader));
	if (queue != NULL)
	{
		r->p = queue->data;
		r->end = queue->data + queue->used;
	}
}

static inline bool
queue_next(QueueReader *r)
{
	if (r->p >= r->end)
		return false;
	r->entry.at = (int64) ((uint64) r->entry.at + queue_unzigzag(queue_read_number(r)));
	r->entry.id = (int64) ((uint64) r->entry.id + queue_unzigzag(queue_read_number(r)));
	r->entry.priority = (int32) ((uint32) r->entry.priority +
								 (uint32) queue_unzigzag(queue_read_number(r)));
	r->entry.qty = (int64) queue_read_number(r);
	return true;
}

/*
 * The aggregate state "datum" (NULL pointer: none yet) with one entry, or another queue, behind
 * it: changed in place where there is room, else a new state for the executor to keep.
 */
extern Datum queue_append(Datum state, MemoryContext aggcontext, const QueueEntry *entry);
extern Datum queue_append_queue(Datum state, MemoryContext aggcontext, const Queue *other);

/* a new empty queue */
extern Queue *queue_empty(void);

/* the n entries, sorted by the function if need be, as a finished queue; NULL if a sum overflows */
extern Queue *queue_from_entries(QueueEntry *entries, int n);

/* the entries of a queue, palloc'd, for queue->count of them */
extern QueueEntry *queue_entries(const Queue *queue);

/* room for n entries */
extern QueueEntry *queue_allocate_entries(int n);

/* the queue of a datum as it is, and finished: the datum itself or a palloc'd copy */
extern const Queue *queue_open(Datum datum);
extern const Queue *queue_read(Datum datum);

/* a finished copy */
extern Queue *queue_copy(Datum datum);

extern void queue_sort_by_priority(QueueEntry *entries, int n);

#endif							/* OMNI_INVENTORY_H */
