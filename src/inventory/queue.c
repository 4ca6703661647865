/*
 * queue.c
 *	  The state behind demand and supply: a growing list of entries that is sorted at the end.
 *
 * While it is aggregated a queue is a flat varlena with slack.  An entry is added in place; where
 * there is no room, a state of twice the size goes back to the executor, which copies it into the
 * aggregate context and frees the old one.  Sizes are powers of two, which is what the allocator
 * hands out.  Beyond QUEUE_FLAT_MAX the state is an expanded object, whose array grows by itself;
 * many groups never have one, since the executor walks every child context of a hash table.
 *
 * Entries mostly arrive in order.  "finished" stays true as long as they do; only otherwise does
 * finishing sort and add up, and the result is the same in any order and any split.
 */
#include "postgres.h"
#include "compat.h"

#include "common/int.h"
#include "miscadmin.h"
#include "utils/expandeddatum.h"
#include "utils/memutils.h"

#include "inventory/inventory.h"

#define QUEUE_FLAT_START	128
#define QUEUE_FLAT_MAX		(64 * 1024)

#define EXPANDED_QUEUE_MAGIC	0x6f71

typedef struct ExpandedQueue
{
	ExpandedObjectHeader hdr;
	int			magic;
	bool		finished;
	int			count;
	int			capacity;
	QueueEntry *entries;
} ExpandedQueue;

/* order of a finished queue */
static inline int
compare_fifo(const QueueEntry *a, const QueueEntry *b)
{
	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	return (a->priority > b->priority) - (a->priority < b->priority);
}

static inline int
compare_priority(const QueueEntry *a, const QueueEntry *b)
{
	if (a->priority != b->priority)
		return a->priority < b->priority ? -1 : 1;
	return compare_fifo(a, b);
}

#define ST_SORT sort_fifo
#define ST_ELEMENT_TYPE QueueEntry
#define ST_COMPARE(a, b) compare_fifo(a, b)
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

#define ST_SORT sort_priority
#define ST_ELEMENT_TYPE QueueEntry
#define ST_COMPARE(a, b) compare_priority(a, b)
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

static pg_noinline void
report_overflow(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("quantity out of range"),
			 errdetail("The units of one line or stock row add up to more than a bigint holds.")));
}

static pg_noinline void
report_too_many(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("too many lines or stock rows in one group"),
			 errdetail("A demand or supply holds at most %d.", QUEUE_MAX_ENTRIES),
			 errhint("Group by SKU, or by SKU and location.")));
}

/* ---- expanded form ---- */

static Size
expanded_flat_size(ExpandedObjectHeader *eohptr)
{
	return QUEUE_SIZE(((ExpandedQueue *) eohptr)->count);
}

static void
set_header(Queue *queue, Size size)
{
	memset(queue, 0, QUEUE_HEADER);
	SET_VARSIZE(queue, size);
	queue->version = QUEUE_VERSION;
	queue->finished = true;
}

static void
expanded_flatten_into(ExpandedObjectHeader *eohptr, void *result, Size allocated_size)
{
	ExpandedQueue *big = (ExpandedQueue *) eohptr;
	Queue	   *queue = result;

	Assert(big->magic == EXPANDED_QUEUE_MAGIC);
	Assert(allocated_size == QUEUE_SIZE(big->count));
	set_header(queue, allocated_size);
	queue->finished = big->finished;
	queue->count = big->count;
	memcpy(queue->entries, big->entries, big->count * sizeof(QueueEntry));
}

static const ExpandedObjectMethods queue_methods = {
	.get_flat_size = expanded_flat_size,
	.flatten_into = expanded_flatten_into,
};

static ExpandedQueue *
expand(const Queue *queue, int capacity, MemoryContext parent)
{
	MemoryContext context = AllocSetContextCreate(parent, "omni queue", ALLOCSET_START_SMALL_SIZES);
	ExpandedQueue *big = MemoryContextAlloc(context, sizeof(ExpandedQueue));

	EOH_init_header(&big->hdr, &queue_methods, context);
	big->magic = EXPANDED_QUEUE_MAGIC;
	big->finished = queue->finished;
	big->count = queue->count;
	big->capacity = capacity;
	big->entries = MemoryContextAlloc(context, capacity * sizeof(QueueEntry));
	memcpy(big->entries, queue->entries, queue->count * sizeof(QueueEntry));
	return big;
}

/* ---- adding entries ---- */

static inline int
flat_capacity(const Queue *queue)
{
	return (VARSIZE(queue) - QUEUE_HEADER) / sizeof(QueueEntry);
}

/* room for n entries; *count of them are used, the array is large enough */
static inline void
add_entries(QueueEntry *into, int32 *count, bool *finished,
			const QueueEntry *entries, int n, bool sorted)
{
	if (n == 0)
		return;
	if (*finished && *count > 0)
	{
		QueueEntry *last = &into[*count - 1];
		int			cmp = compare_fifo(last, &entries[0]);

		if (cmp == 0)
		{
			if (pg_add_s64_overflow(last->qty, entries[0].qty, &last->qty))
				report_overflow();
			entries++;
			n--;
		}
		else if (cmp > 0)
			*finished = false;
	}
	*finished = *finished && sorted;
	memcpy(&into[*count], entries, n * sizeof(QueueEntry));
	*count += n;
}

/* twice the entries of a full state, or more where n demands it */
static int
grown_capacity(int count, int n)
{
	int64		need = (int64) count + n;

	if (need > QUEUE_MAX_ENTRIES)
		report_too_many();
	return (int) Min(Max(need, (int64) count * 2), QUEUE_MAX_ENTRIES);
}

/* the least power of two that holds n entries */
static Size
grown_flat_size(int n)
{
	Size		size = QUEUE_FLAT_START;

	while (size < QUEUE_SIZE(n))
		size *= 2;
	return size;
}

static Datum
append_expanded(ExpandedQueue *big, const QueueEntry *entries, int n, bool sorted)
{
	if (big->capacity - big->count < n)
	{
		big->capacity = grown_capacity(big->count, n);
		big->entries = repalloc(big->entries, big->capacity * sizeof(QueueEntry));
	}
	add_entries(big->entries, &big->count, &big->finished, entries, n, sorted);
	return EOHPGetRWDatum(&big->hdr);
}

Datum
queue_append(Datum state, MemoryContext aggcontext, const QueueEntry *entries, int n, bool sorted)
{
	Queue	   *queue = (Queue *) DatumGetPointer(state);
	int			count = 0;

	if (queue != NULL)
	{
		if (VARATT_IS_EXTERNAL_EXPANDED_RW(queue))
			return append_expanded((ExpandedQueue *) DatumGetEOHP(state), entries, n, sorted);
		queue = (Queue *) PG_DETOAST_DATUM(state);
		count = queue->count;
	}

	if (queue == NULL || flat_capacity(queue) - count < n)
	{
		int			capacity = grown_capacity(count, n);
		Size		size = grown_flat_size(capacity);
		Queue	   *grown;

		if (size > QUEUE_FLAT_MAX && queue != NULL)
			return append_expanded(expand(queue, capacity, aggcontext), entries, n, sorted);

		/* left to the executor, which copies all of it into the aggregate context */
		if (size > QUEUE_FLAT_MAX)
			size = QUEUE_SIZE(capacity);
		grown = palloc0(size);
		if (queue != NULL)
			memcpy(grown, queue, QUEUE_SIZE(count));
		else
			set_header(grown, size);
		SET_VARSIZE(grown, size);
		queue = grown;
	}
	add_entries(queue->entries, &queue->count, &queue->finished, entries, n, sorted);
	return PointerGetDatum(queue);
}

/* ---- finished queues ---- */

Queue *
queue_create(int capacity)
{
	Queue	   *queue;

	if (capacity > QUEUE_MAX_ENTRIES)
		report_too_many();
	queue = palloc0(QUEUE_SIZE(capacity));
	set_header(queue, QUEUE_SIZE(capacity));
	return queue;
}

bool
queue_finish(Queue *queue)
{
	QueueEntry *entries = queue->entries;
	int			kept = 0;

	if (!queue->finished)
	{
		sort_fifo(entries, queue->count);
		for (int i = 0; i < queue->count; i++)
		{
			if (kept > 0 && compare_fifo(&entries[kept - 1], &entries[i]) == 0)
			{
				if (pg_add_s64_overflow(entries[kept - 1].qty, entries[i].qty,
										&entries[kept - 1].qty))
					return false;
			}
			else if (kept != i)
				entries[kept++] = entries[i];
			else
				kept++;
		}
		queue->count = kept;
		queue->finished = true;
	}
	SET_VARSIZE(queue, QUEUE_SIZE(queue->count));
	return true;
}

Queue *
queue_copy(Datum datum)
{
	Pointer		ptr = DatumGetPointer(datum);
	Queue	   *copy;

	if (VARATT_IS_EXTERNAL_EXPANDED(ptr))
	{
		ExpandedObjectHeader *eohptr = DatumGetEOHP(datum);
		Size		size = EOH_get_flat_size(eohptr);

		copy = palloc(size);
		EOH_flatten_into(eohptr, copy, size);
	}
	else
	{
		Queue	   *queue = (Queue *) PG_DETOAST_DATUM(datum);

		copy = palloc(QUEUE_SIZE(queue->count));
		memcpy(copy, queue, QUEUE_SIZE(queue->count));
		if ((Pointer) queue != ptr)
			pfree(queue);
	}
	if (!queue_finish(copy))
		report_overflow();
	return copy;
}

const Queue *
queue_read(Datum datum)
{
	Queue	   *queue;

	if (VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(datum)))
		return queue_copy(datum);
	queue = (Queue *) PG_DETOAST_DATUM(datum);
	if (queue->finished && VARSIZE(queue) == QUEUE_SIZE(queue->count))
		return queue;
	return queue_copy(PointerGetDatum(queue));
}

void
queue_sort_by_priority(QueueEntry *entries, int n)
{
	sort_priority(entries, n);
}
