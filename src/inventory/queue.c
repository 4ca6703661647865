/*
 * queue.c
 *	  The state behind demand and supply: a growing list of entries that is sorted at the end.
 *
 * While it is aggregated a queue is a flat varlena with slack.  An entry is added in place; where
 * there is no room, a state of twice the size goes back to the executor, which copies it into the
 * aggregate context and frees the old one.  Sizes are powers of two, which is what the allocator
 * hands out.  Beyond QUEUE_FLAT_MAX the state is an expanded object, whose buffer grows by itself;
 * many groups never have one, since the executor walks every child context of a hash table.
 *
 * Entries mostly arrive in order.  "finished" stays true as long as they do; only otherwise does
 * finishing sort and add up, and the result is the same in any order and any split.  A queue is
 * kept as differences (inventory.h), so that the states of many groups stay in the caches.
 *
 * A state gets room for terms when the first entry that has some arrives.  It is always finished by
 * sorting, which also finds lines that have two channels or two minimums.
 */
#include "postgres.h"
#include "compat.h"

#include "common/int.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "storage/shmem.h"
#include "utils/expandeddatum.h"
#include "utils/memutils.h"

#include "inventory/inventory.h"

#define QUEUE_FLAT_START	128
#define QUEUE_FLAT_MAX		(64 * 1024)

/* the longest entry: three numbers of 64 bits and one of 33 */
#define QUEUE_ENTRY_MAX		(3 * 10 + 5)

#define EXPANDED_QUEUE_MAGIC	0x6f71

typedef struct ExpandedQueue
{
	ExpandedObjectHeader hdr;
	int			magic;
	Queue	   *queue;			/* its VARSIZE says how large the buffer is */
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

static int
compare_channels(const QueueEntry *a, const QueueEntry *b, const uint8 *base)
{
	TextSpan	x = queue_terms(a, base).channel;
	TextSpan	y = queue_terms(b, base).channel;
	int			c = x.len == 0 || y.len == 0 ? 0 : memcmp(x.data, y.data, Min(x.len, y.len));

	return c != 0 ? c : (x.len > y.len) - (x.len < y.len);
}

/* order of a finished queue with terms */
static inline int
compare_terms_fifo(const QueueEntry *a, const QueueEntry *b, const uint8 *base)
{
	int			c = compare_fifo(a, b);

	return c != 0 || a->terms == b->terms ? c : compare_channels(a, b, base);
}

static inline int
compare_id(const QueueEntry *a, const QueueEntry *b)
{
	return (a->id > b->id) - (a->id < b->id);
}

#define ST_SORT sort_fifo
#define ST_ELEMENT_TYPE QueueEntry
#define ST_COMPARE(a, b) compare_fifo(a, b)
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

#define ST_SORT sort_terms_fifo
#define ST_ELEMENT_TYPE QueueEntry
#define ST_COMPARE_ARG_TYPE const uint8
#define ST_COMPARE(a, b, base) compare_terms_fifo(a, b, base)
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

#define ST_SORT sort_id
#define ST_ELEMENT_TYPE QueueEntry
#define ST_COMPARE(a, b) compare_id(a, b)
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
			 errdetail("The units of one entry add up to more than a bigint holds.")));
}

static pg_noinline void
report_conflict(int64 line)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("line " INT64_FORMAT " has more than one channel or minimum", line),
			 errdetail("All rows of a line must have the same channel and the same minimum."),
			 errhint("Give the parts of a line that differ in these line_ids of their own.")));
}

static pg_noinline void
report_too_large(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("too many rows in one group"),
			 errdetail("One value takes at most 1 GB."),
			 errhint("Group by SKU, or by SKU and location.")));
}

/* ---- entries as bytes ---- */

static inline uint64
zigzag(uint64 n)
{
	return (n << 1) ^ (0 - (n >> 63));
}

static inline uint8 *
write_number(uint8 *p, uint64 n)
{
	while (n >= 0x80)
	{
		*p++ = (uint8) n | 0x80;
		n >>= 7;
	}
	*p++ = (uint8) n;
	return p;
}

static inline int
number_size(uint64 n)
{
	return 1 + pg_leftmost_one_pos64(n | 1) / 7;
}

/* the four numbers of entry b behind an entry a */
typedef struct Difference
{
	uint64		at;
	uint64		id;
	uint64		priority;
	uint64		qty;
} Difference;

static inline Difference
difference(int64 at, int64 id, int32 priority, const QueueEntry *b)
{
	Difference	d;

	d.at = zigzag((uint64) b->at - (uint64) at);
	d.id = zigzag((uint64) b->id - (uint64) id);
	d.priority = zigzag((uint64) ((int64) b->priority - priority));
	d.qty = (uint64) b->qty;
	return d;
}

QueueTerms
queue_terms(const QueueEntry *entry, const uint8 *base)
{
	QueueTerms	terms = {0};

	if (entry->terms != 0)
	{
		const uint8 *p = base + entry->terms;
		QueueReader r = {.p = p, .end = p + QUEUE_TERMS_SIZE(QUEUE_CHANNEL_MAX)};
		uint64		head = queue_read_number(&r);

		terms.channel = (TextSpan) {(const char *) r.p, (int) (head >> 1)};
		r.p += terms.channel.len;
		if (head & 1)
			terms.min_qty = (int64) queue_read_number(&r);
	}
	return terms;
}

uint8 *
queue_write_terms(uint8 *p, const QueueTerms *terms)
{
	p = write_number(p, (uint64) terms->channel.len << 1 | (terms->min_qty > 0));
	if (terms->channel.len > 0)
		memcpy(p, terms->channel.data, terms->channel.len);
	p += terms->channel.len;
	return terms->min_qty > 0 ? write_number(p, (uint64) terms->min_qty) : p;
}

static bool
same_terms(const QueueEntry *a, const QueueEntry *b, const uint8 *base)
{
	QueueTerms	x;
	QueueTerms	y;

	if (a->terms == 0 || b->terms == 0)
		return a->terms == b->terms;
	x = queue_terms(a, base);
	y = queue_terms(b, base);
	return x.min_qty == y.min_qty && x.channel.len == y.channel.len &&
		memcmp(x.channel.data, y.channel.data, x.channel.len) == 0;
}

/* add an entry to a queue that has room for QUEUE_ENTRY_MAX bytes and for the terms */
static inline void
add_entry(Queue *queue, const QueueEntry *e, const QueueTerms *terms)
{
	Difference	d = difference(queue->last_at, queue->last_id, queue->last_priority, e);
	uint8	   *p = queue->data + queue->used;

	if (queue->finished && queue->count > 0)
	{
		QueueEntry	last = {queue->last_at, queue->last_id, 0, queue->last_priority};

		queue->finished = compare_fifo(&last, e) < 0;
	}
	p = write_number(p, d.at);
	p = write_number(p, d.id);
	p = write_number(p, d.priority);
	p = write_number(p, d.qty);
	if (queue->version != QUEUE_PLAIN)
	{
		static const QueueTerms none = {0};

		p = queue_write_terms(p, terms ? terms : &none);
		queue->finished = false;
	}
	queue->used = p - queue->data;
	queue->count++;
	queue->last_at = e->at;
	queue->last_id = e->id;
	queue->last_priority = e->priority;
}

/* add another queue to one that has room for it */
static void
add_queue(Queue *queue, const Queue *other)
{
	QueueReader r;
	QueueTerms	terms;
	Size		rest;

	queue_begin(&r, other);
	if (queue->version != other->version)
	{
		/* only this one has terms */
		for (int n = 0; queue_next(&r); n++)
		{
			if ((n & 0xFFFF) == 0)
				CHECK_FOR_INTERRUPTS();
			add_entry(queue, &r.entry, NULL);
		}
		return;
	}
	if (!queue_next(&r))
		return;
	terms = queue_terms(&r.entry, r.terms);
	add_entry(queue, &r.entry, &terms);

	/* all entries but the first follow the same entry as before */
	rest = r.end - r.p;
	memcpy(queue->data + queue->used, r.p, rest);
	queue->used += rest;
	queue->count += other->count - 1;
	queue->finished = queue->finished && other->finished;
	queue->last_at = other->last_at;
	queue->last_id = other->last_id;
	queue->last_priority = other->last_priority;
}

/* ---- room ---- */

static Queue *
create_queue(MemoryContext context, Size size)
{
	Queue	   *queue = MemoryContextAlloc(context, size);

	memset(queue, 0, QUEUE_HEADER);
	SET_VARSIZE(queue, size);
	queue->version = QUEUE_PLAIN;
	queue->finished = true;
	return queue;
}

Queue *
queue_empty(void)
{
	return create_queue(CurrentMemoryContext, QUEUE_HEADER);
}

static inline bool
has_room(const Queue *queue, Size bytes)
{
	return VARSIZE(queue) - QUEUE_SIZE(queue) >= bytes;
}

/* the size of a queue that holds so many bytes more */
static Size
grown_size(const Queue *queue, Size bytes)
{
	Size		need = (queue ? QUEUE_SIZE(queue) : QUEUE_HEADER) + bytes;
	Size		size = QUEUE_FLAT_START;

	if (need > MaxAllocSize)
		report_too_large();
	while (size < need)
		size *= 2;
	return Min(size, MaxAllocSize);
}

/* a copy with more room; what is not used yet is zero, so that no old memory reaches a page */
static Queue *
grow_queue(const Queue *queue, MemoryContext context, Size size)
{
	Queue	   *grown = create_queue(context, size);
	Size		used = QUEUE_HEADER;

	if (queue != NULL)
	{
		used = QUEUE_SIZE(queue);
		memcpy(grown, queue, used);
		SET_VARSIZE(grown, size);
	}
	memset((char *) grown + used, 0, size - used);
	return grown;
}

/* ---- expanded form ---- */

static Size
expanded_flat_size(ExpandedObjectHeader *eohptr)
{
	return QUEUE_SIZE(((ExpandedQueue *) eohptr)->queue);
}

static void
expanded_flatten_into(ExpandedObjectHeader *eohptr, void *result, Size allocated_size)
{
	ExpandedQueue *big = (ExpandedQueue *) eohptr;

	Assert(big->magic == EXPANDED_QUEUE_MAGIC);
	Assert(allocated_size == QUEUE_SIZE(big->queue));
	memcpy(result, big->queue, allocated_size);
	SET_VARSIZE(result, allocated_size);
}

static const ExpandedObjectMethods queue_methods = {
	.get_flat_size = expanded_flat_size,
	.flatten_into = expanded_flatten_into,
};

static ExpandedQueue *
expand_queue(const Queue *queue, MemoryContext parent, Size size)
{
	MemoryContext context = AllocSetContextCreate(parent, "omni queue", ALLOCSET_START_SMALL_SIZES);
	ExpandedQueue *big = MemoryContextAlloc(context, sizeof(ExpandedQueue));

	EOH_init_header(&big->hdr, &queue_methods, context);
	big->magic = EXPANDED_QUEUE_MAGIC;
	big->queue = grow_queue(queue, context, size);
	return big;
}

static bool
is_expanded_rw(Datum datum)
{
	return VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(datum));
}

static ExpandedQueue *
get_expanded(Datum datum)
{
	ExpandedQueue *big = (ExpandedQueue *) DatumGetEOHP(datum);

	Assert(big->magic == EXPANDED_QUEUE_MAGIC);
	return big;
}

/* ---- adding to a state ---- */

/*
 * The queue of a state, with room for so many bytes; *state becomes the datum to give back.  A new
 * flat state is made in the current context: the executor copies it into its own.
 */
static Queue *
make_room(Datum *state, MemoryContext aggcontext, Size bytes)
{
	Queue	   *queue = NULL;
	Size		size;

	if (DatumGetPointer(*state) != NULL)
	{
		if (is_expanded_rw(*state))
		{
			ExpandedQueue *big = get_expanded(*state);

			if (!has_room(big->queue, bytes))
			{
				Size		used = QUEUE_SIZE(big->queue);

				size = grown_size(big->queue, bytes);
				big->queue = repalloc(big->queue, size);
				memset((char *) big->queue + used, 0, size - used);
				SET_VARSIZE(big->queue, size);
			}
			return big->queue;
		}
		queue = (Queue *) PG_DETOAST_DATUM(*state);
		*state = PointerGetDatum(queue);
		if (has_room(queue, bytes))
			return queue;
	}

	size = grown_size(queue, bytes);
	if (size > QUEUE_FLAT_MAX)
	{
		ExpandedQueue *big = expand_queue(queue, aggcontext, size);

		*state = EOHPGetRWDatum(&big->hdr);
		return big->queue;
	}
	queue = grow_queue(queue, CurrentMemoryContext, size);
	*state = PointerGetDatum(queue);
	return queue;
}

/*
 * Give each entry of a plain queue terms, which are none: a byte 0 behind it.  From the end on, in
 * place: a byte below 0x80 ends a number, every fourth number an entry.
 */
static void
widen_queue(Queue *queue, uint8 version)
{
	const uint8 *from = queue->data + queue->used;
	uint8	   *to = queue->data + queue->used + queue->count;
	uint32		numbers = 0;

	queue->used += queue->count;
	while (from > queue->data)
	{
		uint8		b = *--from;

		if (b < 0x80 && numbers++ % 4 == 0)
			*--to = 0;
		*--to = b;
	}
	queue->version = version;
	queue->finished = false;
}

/* the same for a state, whose entries are to have terms of this version */
static Queue *
make_room_for_terms(Datum *state, MemoryContext aggcontext, Size bytes, uint8 version)
{
	Queue	   *queue = make_room(state, aggcontext, bytes);

	if (queue->version == QUEUE_PLAIN)
	{
		queue = make_room(state, aggcontext, bytes + queue->count);
		widen_queue(queue, version);
	}
	return queue;
}

Datum
queue_append(Datum state, MemoryContext aggcontext, const QueueEntry *entry)
{
	/* a byte for no terms, where others have some */
	Queue	   *queue = make_room(&state, aggcontext, QUEUE_ENTRY_MAX + 1);

	add_entry(queue, entry, NULL);
	return state;
}

Datum
queue_append_terms(Datum state, MemoryContext aggcontext, const QueueEntry *entry,
				   const QueueTerms *terms, uint8 version)
{
	Size		bytes = QUEUE_ENTRY_MAX + QUEUE_TERMS_SIZE(terms->channel.len);
	Queue	   *queue;

	if (terms->channel.len == 0 && terms->min_qty == 0)
		return queue_append(state, aggcontext, entry);
	queue = make_room_for_terms(&state, aggcontext, bytes, version);
	add_entry(queue, entry, terms);
	return state;
}

Datum
queue_append_queue(Datum state, MemoryContext aggcontext, const Queue *other)
{
	Size		bytes = (Size) other->used + QUEUE_ENTRY_MAX;
	Queue	   *queue;

	if (other->version != QUEUE_PLAIN)
		queue = make_room_for_terms(&state, aggcontext, bytes, other->version);
	else
	{
		queue = make_room(&state, aggcontext, bytes);
		if (queue->version != QUEUE_PLAIN)
			queue = make_room(&state, aggcontext, bytes + other->count);
	}
	add_queue(queue, other);
	return state;
}

/* ---- finished queues ---- */

QueueEntry *
queue_allocate_entries(int n)
{
	return MemoryContextAllocHuge(CurrentMemoryContext, mul_size(n, sizeof(QueueEntry)));
}

QueueEntry *
queue_entries(const Queue *queue)
{
	QueueEntry *entries = queue_allocate_entries(queue->count);
	QueueReader r;
	int			n = 0;

	queue_begin(&r, queue);
	while (n < queue->count && queue_next(&r))
	{
		if ((n & 0xFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		entries[n++] = r.entry;
	}
	return entries;
}

/*
 * Add up sorted entries of one place; the number of entries that are left, -1 if a sum leaves
 * bigint.  base is NULL where none has terms.
 */
static int
merge_entries(QueueEntry *entries, int n, const uint8 *base)
{
	int			kept = 0;

	for (int i = 0; i < n; i++)
	{
		if ((i & 0xFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		if (kept > 0 &&
			(base ? compare_terms_fifo(&entries[kept - 1], &entries[i], base) :
			 compare_fifo(&entries[kept - 1], &entries[i])) == 0)
		{
			if (pg_add_s64_overflow(entries[kept - 1].qty, entries[i].qty, &entries[kept - 1].qty))
				return -1;
		}
		else
			entries[kept++] = entries[i];
	}
	return kept;
}

/*
 * The least line that has entries of different terms: true, and its id.  Ids mostly ascend, as
 * lines are numbered when they are placed; else a copy is sorted by them.
 */
static bool
find_conflict(const QueueEntry *entries, int n, const uint8 *base, int64 *line)
{
	QueueEntry *by_id = NULL;
	bool		found = false;

	for (int i = 1; i < n && by_id == NULL; i++)
		if (entries[i - 1].id > entries[i].id)
		{
			by_id = queue_allocate_entries(n);
			memcpy(by_id, entries, mul_size(n, sizeof(QueueEntry)));
			sort_id(by_id, n);
			entries = by_id;
		}
	for (int i = 1; i < n && !found; i++)
	{
		if ((i & 0xFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		found = entries[i - 1].id == entries[i].id &&
			!same_terms(&entries[i - 1], &entries[i], base);
		if (found)
			*line = entries[i].id;
	}
	if (by_id != NULL)
		pfree(by_id);
	return found;
}

/* sorted and merged entries as a queue */
static Queue *
write_entries(const QueueEntry *entries, int n, const uint8 *base, uint8 version)
{
	Size		size = QUEUE_HEADER;
	QueueEntry	last = {0};
	Queue	   *queue;
	QueueTerms	terms = {0};
	uint8		buf[QUEUE_TERMS_SIZE(QUEUE_CHANNEL_MAX)];

	for (int i = 0; i < n; i++)
	{
		Difference	d = difference(last.at, last.id, last.priority, &entries[i]);

		if ((i & 0xFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		size += number_size(d.at) + number_size(d.id) + number_size(d.priority) +
			number_size(d.qty);
		if (version != QUEUE_PLAIN)
		{
			terms = queue_terms(&entries[i], base);
			size += queue_write_terms(buf, &terms) - buf;
		}
		last = entries[i];
	}
	if (size > MaxAllocSize)
		report_too_large();
	queue = create_queue(CurrentMemoryContext, size);
	queue->version = version;
	for (int i = 0; i < n; i++)
	{
		if ((i & 0xFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		if (version != QUEUE_PLAIN)
			terms = queue_terms(&entries[i], base);
		add_entry(queue, &entries[i], &terms);
	}
	queue->finished = true;
	Assert(QUEUE_SIZE(queue) == size);
	return queue;
}

Queue *
queue_from_terms(QueueEntry *entries, int n, const uint8 *base, uint8 version,
				 QueueFault *fault, int64 *line)
{
	bool		plain = version == QUEUE_PLAIN;

	if (!plain)
	{
		plain = true;
		for (int i = 0; i < n && plain; i++)
			plain = entries[i].terms == 0;
	}
	if (plain)
	{
		version = QUEUE_PLAIN;
		base = NULL;
		sort_fifo(entries, n);
	}
	else
	{
		sort_terms_fifo(entries, n, base);
		if (version == QUEUE_DEMAND_TERMS && find_conflict(entries, n, base, line))
		{
			*fault = QUEUE_CONFLICT;
			return NULL;
		}
	}
	n = merge_entries(entries, n, base);
	if (n < 0)
	{
		*fault = QUEUE_OVERFLOW;
		return NULL;
	}
	return write_entries(entries, n, base, version);
}

Queue *
queue_from_entries(QueueEntry *entries, int n)
{
	QueueFault	fault;
	int64		line;

	return queue_from_terms(entries, n, NULL, QUEUE_PLAIN, &fault, &line);
}

const Queue *
queue_open(Datum datum)
{
	if (is_expanded_rw(datum) || VARATT_IS_EXTERNAL_EXPANDED_RO(DatumGetPointer(datum)))
		return get_expanded(datum)->queue;
	return (const Queue *) PG_DETOAST_DATUM(datum);
}

Queue *
queue_copy(Datum datum)
{
	const Queue *queue = queue_open(datum);
	Queue	   *copy;

	if (queue->finished)
	{
		copy = palloc(QUEUE_SIZE(queue));
		memcpy(copy, queue, QUEUE_SIZE(queue));
		SET_VARSIZE(copy, QUEUE_SIZE(queue));
	}
	else
	{
		QueueEntry *entries = queue_entries(queue);
		QueueFault	fault;
		int64		line;

		copy = queue_from_terms(entries, queue->count, queue->data, queue->version, &fault, &line);
		if (copy == NULL && fault == QUEUE_CONFLICT)
			report_conflict(line);
		if (copy == NULL)
			report_overflow();
		pfree(entries);
	}
	return copy;
}

const Queue *
queue_read(Datum datum)
{
	const Queue *queue = queue_open(datum);

	return queue->finished ? queue : queue_copy(PointerGetDatum(queue));
}

void
queue_sort_by_priority(QueueEntry *entries, int n)
{
	sort_priority(entries, n);
}
