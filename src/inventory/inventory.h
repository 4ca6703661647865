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
#include "text/text.h"

/* a place in a queue; two entries that differ only in qty are one, with the sum */
typedef struct QueueEntry
{
	TimestampTz at;				/* placed_at of a line, available_at of stock */
	int64		id;				/* line_id, stock_id */
	int64		qty;			/* > 0 */
	int32		priority;		/* 0 in a supply */
	uint32		terms;			/* where its terms are kept, 0: it has none */
} QueueEntry;

/* what an entry may say beyond that */
typedef struct QueueTerms
{
	TextSpan	channel;		/* of a line, or whom stock is protected for; empty: none */
	int64		min_qty;		/* of a line: less than this it does not take; 0: any, else > 1 */
} QueueTerms;

/*
 * On disk and while it is aggregated.  Everything that leaves an aggregate is finished: entries
 * strictly ascending by (at, id, priority, channel), no slack behind them, so that equal queues are
 * identical bytes.
 *
 * An entry is four variable-length numbers (7 bits a byte, the lowest first, the high bit says that
 * more follow): what its time, id and priority add to those of the entry before it (the first: to
 * 0), modulo 2^64, zigzag; and its quantity.  A line of a busy SKU takes some eight bytes.
 *
 * Where any entry has terms, the version says so, and of which type the queue is; then each entry
 * has its terms behind it: the number of bytes of the channel, doubled, plus 1 if there is a
 * minimum; the channel, UTF-8; the minimum.  In a finished demand all entries of one id have the
 * same terms.
 */
typedef struct Queue
{
	int32		vl_len_;
	uint8		version;		/* QUEUE_PLAIN or with terms */
	bool		finished;
	uint16		zero;
	int32		count;			/* entries */
	uint32		used;			/* bytes of data in use; there may be more while aggregated */
	int64		last_at;		/* the last entry, 0 where there is none */
	int64		last_id;
	int32		last_priority;
	uint8		data[FLEXIBLE_ARRAY_MEMBER];
} Queue;

#define QUEUE_PLAIN			1
#define QUEUE_DEMAND_TERMS	2
#define QUEUE_SUPPLY_TERMS	3

#define QUEUE_HEADER		offsetof(Queue, data)
#define QUEUE_SIZE(q)		(QUEUE_HEADER + (Size) (q)->used)

/* reading a queue from its begin */
typedef struct QueueReader
{
	const uint8 *p;
	const uint8 *end;
	const uint8 *terms;			/* what QueueEntry.terms count from, NULL: no entry has terms */
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
		r->terms = queue->version == QUEUE_PLAIN ? NULL : queue->data;
	}
}

/* note where the entry's terms are, and go on to the next entry */
static inline void
queue_skip_terms(QueueReader *r)
{
	uint32		terms = r->p - r->terms;
	uint64		head = queue_read_number(r);

	r->entry.terms = head == 0 ? 0 : terms;
	r->p += Min(head >> 1, r->end - r->p);
	if (head & 1)
		(void) queue_read_number(r);
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
	if (r->terms != NULL)
		queue_skip_terms(r);
	return true;
}

/* the terms of an entry, base being what QueueEntry.terms counts from */
extern QueueTerms queue_terms(const QueueEntry *entry, const uint8 *base);

/* terms as bytes at p, at most QUEUE_TERMS_SIZE; returns what is behind them */
extern uint8 *queue_write_terms(uint8 *p, const QueueTerms *terms);

/* the longest channel in bytes; what terms take at most */
#define QUEUE_CHANNEL_MAX	255
#define QUEUE_TERMS_SIZE(channel_len)	(2 + (channel_len) + 10)

/*
 * The aggregate state "datum" (NULL pointer: none yet) with one entry, or another queue, behind
 * it: changed in place where there is room, else a new state for the executor to keep.  With terms,
 * version says of which type the queue is.
 */
extern Datum queue_append(Datum state, MemoryContext aggcontext, const QueueEntry *entry);
extern Datum queue_append_terms(Datum state, MemoryContext aggcontext, const QueueEntry *entry,
								const QueueTerms *terms, uint8 version);
extern Datum queue_append_queue(Datum state, MemoryContext aggcontext, const Queue *other);

/* a new empty queue */
extern Queue *queue_empty(void);

/* why entries are not a queue */
typedef enum QueueFault
{
	QUEUE_OVERFLOW,				/* the units of an entry add up beyond bigint */
	QUEUE_CONFLICT,				/* a line has two channels or minimums */
} QueueFault;

/* the n entries, sorted by the function if need be, as a finished queue; NULL if a sum overflows */
extern Queue *queue_from_entries(QueueEntry *entries, int n);

/*
 * The same for entries that may have terms, which count from base; version is the one of the type
 * with terms.  NULL if they are not a queue; in a conflict *line is the line.
 */
extern Queue *queue_from_terms(QueueEntry *entries, int n, const uint8 *base, uint8 version,
							   QueueFault *fault, int64 *line);

/* the entries of a queue, palloc'd, for queue->count of them; terms count from queue->data */
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
