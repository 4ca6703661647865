/*
 * link_resolve.c
 *	  resolve_links(): clusters of records from a set of evidence, and what was refused.
 *
 * Evidence is taken in a fixed order:
 *
 *	  1. decisions that two records are of one customer (weight Infinity), by time and keys;
 *	  2. identifiers of records, by kind (those of "priority" first, the others by name), then by
 *		 observed_at, source, record_id and identifier;
 *	  3. pairs with a weight, the greatest first, then by time and keys ("match" in "priority"
 *		 moves them before kinds).
 *
 * Each piece joins the clusters of its two ends unless that breaks a limit; then it is refused with
 * a reason, and nothing else changes.  So clusters and refusals are a function of the set of
 * evidence alone.
 *
 * A decision unites records with what they say themselves: an identifier of a record that was
 * decided on is not counted where it comes to what a decision joined, as long as it fits the part
 * that the record is in without decisions.  So a decision refuses nothing of the two customers that
 * it joins, and what comes from others meets limits that count both.
 *
 * Records and identifiers are numbered by hash tables over the value's own bytes, and pieces become
 * edges between numbers.  Edges are sorted by the order of their step and their time or weight;
 * only where those are equal are keys compared, and where many are, all keys are numbered in their
 * order first.
 */
#include "postgres.h"
#include "compat.h"

#include <math.h>

#include "common/hashfn.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "identity/byte_sort.h"
#include "identity/identity.h"
#include "identity/link_evidence.h"
#include "identity/memory.h"
#include "text/value.h"

#define NONE	PG_UINT32_MAX

/* so many nodes and edges have numbers: of records and identifiers together */
#define NUMBER_MAX	(PG_UINT32_MAX / 2 - 1)

/* runs of equal times up to so long are sorted by comparing keys */
#define SMALL_RUN	32

/* a record without evidence of its own: no time is so late */
#define NEVER	PG_INT64_MAX

/* how many edges ahead of their use nodes are fetched */
#define AHEAD	16

/* so many pieces are read together */
#define BATCH	32

/* ---- names: runs of bytes and their numbers ---- */

typedef struct NamedBytes
{
	const char *data;
	uint32		len;
	uint32		hash;
} NamedBytes;

typedef struct Names
{
	NamedBytes	   *names;
	uint32		count;
	uint32		room;
	uint64	   *slots;			/* hash << 32 | number + 1; 0: free */
	uint64		size;			/* a power of two */
} Names;

static void *
allocate(Size count, Size width)
{
	return memory_allocate(CurrentMemoryContext, Max(count, 1) * width);
}

static void *
allocate_zero(Size count, Size width)
{
	return memset(allocate(count, width), 0, Max(count, 1) * width);
}

/* a table with room for so many names before it grows */
static void
names_create(Names *t, uint32 room)
{
	t->count = 0;
	t->room = 16;
	while (t->room < room && t->room < NUMBER_MAX / 4)
		t->room *= 2;
	t->size = (Size) t->room * 2;
	t->names = allocate(t->room, sizeof(NamedBytes));
	t->slots = allocate_zero(t->size, sizeof(uint64));
}

static void
names_grow(Names *t)
{
	uint64		size = t->size * 2;
	uint64	   *slots;

	CHECK_FOR_INTERRUPTS();
	if (t->count >= NUMBER_MAX / 2)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("link_evidence has too many records or identifiers"),
				 errhint("Resolve groups that share no identifier by themselves.")));
	slots = allocate_zero(size, sizeof(uint64));
	for (uint32 i = 0; i < t->count; i++)
	{
		uint64		slot = t->names[i].hash & (size - 1);

		while (slots[slot] != 0)
			slot = (slot + 1) & (size - 1);
		slots[slot] = (uint64) t->names[i].hash << 32 | (i + 1);
	}
	pfree(t->slots);
	t->slots = slots;
	t->size = size;
	t->room *= 2;
	t->names = repalloc_huge(t->names, (Size) t->room * sizeof(NamedBytes));
}

static inline uint32
name_hash(TextSpan name)
{
	return hash_bytes((const unsigned char *) name.data, name.len);
}

/* start fetching where the search for a hash begins */
static inline void
names_fetch_slot(const Names *t, uint32 hash)
{
	PREFETCH(&t->slots[hash & (t->size - 1)]);
}

/* the same for the name that is there */
static inline void
names_fetch_name(const Names *t, uint32 hash)
{
	uint64		slot = t->slots[hash & (t->size - 1)];

	if ((uint32) (slot >> 32) == hash && slot != 0)
		PREFETCH(&t->names[(uint32) slot - 1]);
}

/* number of a name of this hash, which is added if it is new */
static uint32
names_put(Names *t, TextSpan name, uint32 hash)
{
	uint64		slot = hash & (t->size - 1);

	for (; t->slots[slot] != 0; slot = (slot + 1) & (t->size - 1))
	{
		if ((uint32) (t->slots[slot] >> 32) == hash)
		{
			uint32		number = (uint32) t->slots[slot] - 1;
			const NamedBytes *n = &t->names[number];

			if (n->len == name.len && memcmp(n->data, name.data, name.len) == 0)
				return number;
		}
	}
	if (t->count == t->room)
	{
		names_grow(t);
		for (slot = hash & (t->size - 1); t->slots[slot] != 0; slot = (slot + 1) & (t->size - 1))
			;
	}
	t->names[t->count] = (NamedBytes) {name.data, name.len, hash};
	t->slots[slot] = (uint64) hash << 32 | (t->count + 1);
	return t->count++;
}

static inline TextSpan
name_span(const Names *t, uint32 number)
{
	return (TextSpan) {t->names[number].data, t->names[number].len};
}

/* order[number] = its place in the order of bytes */
static uint32 *
names_order(const Names *t)
{
	uint32	   *order = allocate(t->count, sizeof(uint32));
	ByteItem   *items = allocate(t->count, sizeof(ByteItem));

	for (uint32 i = 0; i < t->count; i++)
		items[i] = (ByteItem) {.key = t->names[i].data, .keylen = t->names[i].len, .number = i};
	byte_sort(items, t->count);
	for (uint32 i = 0; i < t->count; i++)
		order[items[i].number] = i;
	pfree(items);
	return order;
}

/* ---- evidence as a graph ---- */

typedef struct Edge
{
	int64		time;
	float8		weight;
	uint32		record;
	uint32		other;			/* record of a pair; else identifier, or NONE */
	uint8		type;			/* LinkType */
	uint8		refused;		/* LinkRefusal */
	uint32		kind;			/* of a refusal that names one */
} Edge;

typedef struct Kind
{
	TextSpan	name;
	uint32		rank;			/* of its identifiers in the order of evidence */
	const KindLimit *limit;		/* or NULL */
} Kind;

typedef struct Resolve
{
	LinkLimits	limits;
	Names		records;
	Names		identifiers;
	Edge	   *edges;
	uint32		nedges;
	int64	   *record_time;	/* least of its evidence; NEVER: it has none */
	/* by identifier */
	uint32	   *kind;
	int64	   *first_seen;
	bool	   *blocked;
	bool	   *shared;			/* or NULL */
	Kind	   *kinds;			/* by name */
	uint32		nkinds;
	/* steps of the order */
	uint32		match_rank;
	uint32		ranks;
	/* places in the order of bytes, made when they are needed */
	uint32	   *record_order;
	uint32	   *identifier_order;
	NumberItem *order;			/* edges to take, in order */
	uint32		norder;
	Clusters	clusters;
	ClusterLimits cluster_limits;
	/* where there are decisions */
	bool	   *decided;		/* by record: a decision joined it; or NULL */
	Clusters	parts;			/* what is joined without them */
	uint32	   *cluster;		/* by record */
	uint32	   *survivor;		/* by cluster: record */
} Resolve;

static void
note_time(int64 **times, uint32 *room, uint32 number, int64 none)
{
	uint32		wanted = *room;

	if (number < wanted)
		return;
	wanted = *room == 0 ? 1024 : *room * 2;
	*times = *room == 0 ? allocate(wanted, sizeof(int64)) :
		repalloc_huge(*times, (Size) wanted * sizeof(int64));
	for (uint32 i = *room; i < wanted; i++)
		(*times)[i] = none;
	*room = wanted;
}

static uint64
hash_ends(const Edge *e)
{
	uint64		h = ((uint64) e->record << 32 | e->other) ^ e->type;

	h ^= h >> 32;
	h *= UINT64CONST(0xd6e8feb86659fd93);
	h ^= h >> 32;
	h *= UINT64CONST(0xd6e8feb86659fd93);
	return h ^ (h >> 32);
}

/* of edges with the same ends keep the one that counts */
static void
drop_repeated(Resolve *r)
{
	uint64		size = 1024;
	uint32	   *slots;
	uint32		kept = 0;

	while (size < (uint64) r->nedges * 2)
		size *= 2;
	slots = allocate_zero(size, sizeof(uint32));
	for (uint32 i = 0; i < r->nedges; i++)
	{
		Edge	   *e = &r->edges[i];
		uint64		slot;

		if ((i & 0xFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		if (i + AHEAD < r->nedges)
			PREFETCH(&slots[hash_ends(&e[AHEAD]) & (size - 1)]);
		for (slot = hash_ends(e) & (size - 1); slots[slot] != 0; slot = (slot + 1) & (size - 1))
		{
			Edge	   *old = &r->edges[slots[slot] - 1];
			LinkPiece	a,
						b;

			if (old->record != e->record || old->other != e->other || old->type != e->type)
				continue;
			a = (LinkPiece) {.type = e->type, .at = e->time, .weight = e->weight};
			b = (LinkPiece) {.type = e->type, .at = old->time, .weight = old->weight};
			if (link_supersedes(&a, &b))
			{
				old->time = e->time;
				old->weight = e->weight;
			}
			break;
		}
		if (slots[slot] != 0)
			continue;
		r->edges[kept] = *e;
		slots[slot] = ++kept;
	}
	r->nedges = kept;
	pfree(slots);
}

/* pieces whose names are looked up together, so that memory answers while others are read */
typedef struct Batch
{
	LinkPiece	pieces[BATCH];
	uint32		record_hash[BATCH];
	uint32		other_hash[BATCH];
	int			count;
} Batch;

static bool
read_batch(Resolve *r, LinkView *view, uint64 most, Batch *b)
{
	Names	   *others;

	for (b->count = 0; b->count < Min(most, BATCH); b->count++)
	{
		LinkPiece  *piece = &b->pieces[b->count];

		if (!link_next(view, piece))
			link_damaged();
		b->record_hash[b->count] = name_hash(piece->record);
		b->other_hash[b->count] = name_hash(piece->other);
		others = piece->type == LINK_PAIR ? &r->records : &r->identifiers;
		names_fetch_slot(&r->records, b->record_hash[b->count]);
		names_fetch_slot(others, b->other_hash[b->count]);
	}
	for (int i = 0; i < b->count; i++)
	{
		others = b->pieces[i].type == LINK_PAIR ? &r->records : &r->identifiers;
		names_fetch_name(&r->records, b->record_hash[i]);
		names_fetch_name(others, b->other_hash[i]);
	}
	return b->count > 0;
}

/* number records and identifiers, and make edges of the pieces */
static void
read_evidence(Resolve *r, LinkView view)
{
	uint32		record_room = 0;
	uint32		identifier_room = 0;
	Batch	   *batch = palloc(sizeof(Batch));

	if (view.count > NUMBER_MAX)
		link_too_large();
	names_create(&r->records, view.count / 2);
	names_create(&r->identifiers, view.count / 2);
	r->edges = allocate(view.count, sizeof(Edge));
	while (read_batch(r, &view, view.count - r->nedges, batch))
	{
		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < batch->count; i++)
		{
			const LinkPiece *piece = &batch->pieces[i];
			Edge	   *e = &r->edges[r->nedges++];

			*e = (Edge) {.time = piece->at, .weight = piece->weight, .type = piece->type,
			.other = NONE};
			e->record = names_put(&r->records, piece->record, batch->record_hash[i]);
			note_time(&r->record_time, &record_room, e->record, NEVER);
			if (piece->type == LINK_PAIR)
			{
				e->other = names_put(&r->records, piece->other, batch->other_hash[i]);
				note_time(&r->record_time, &record_room, e->other, NEVER);
				continue;
			}
			r->record_time[e->record] = Min(r->record_time[e->record], piece->at);
			if (piece->other.len == 0)
				continue;
			e->other = names_put(&r->identifiers, piece->other, batch->other_hash[i]);
			note_time(&r->first_seen, &identifier_room, e->other, NEVER);
			r->first_seen[e->other] = Min(r->first_seen[e->other], piece->at);
		}
	}
	if (view.at != view.end)
		link_damaged();
	if (!view.canonical)
		drop_repeated(r);
	pfree(batch);
}

/* ---- kinds ---- */

/* place of a name in "priority", or -1 */
static int
priority_of(const LinkLimits *limits, TextSpan name)
{
	for (int i = 0; i < limits->npriority; i++)
	{
		if (link_same(limits->priority[i], name))
			return i;
	}
	return -1;
}

/* find the kinds of the identifiers, their limits, and their steps in the order of evidence */
static void
read_kinds(Resolve *r)
{
	const LinkLimits *limits = &r->limits;
	TextSpan	match = {"match", 5};
	int			match_place = priority_of(limits, match);
	Names		names;
	uint32	   *order;

	names_create(&names, 16);
	r->kind = allocate(r->identifiers.count, sizeof(uint32));
	for (uint32 i = 0; i < r->identifiers.count; i++)
	{
		TextSpan	kind = link_kind(name_span(&r->identifiers, i));

		if ((i & 0xFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		r->kind[i] = names_put(&names, kind, name_hash(kind));
		if (names.count > LINK_KINDS_MAX)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("link_evidence has more than %d kinds of identifiers", LINK_KINDS_MAX),
					 errhint("A kind is a name of the data model, such as email; what differs "
							 "from record to record is a value.")));
	}
	order = names_order(&names);
	r->nkinds = names.count;
	r->kinds = allocate(r->nkinds, sizeof(Kind));
	for (uint32 i = 0; i < r->nkinds; i++)
	{
		Kind	   *kind = &r->kinds[order[i]];
		int			place;

		kind->name = name_span(&names, i);
		kind->limit = link_limit_of(limits, kind->name);
		place = priority_of(limits, kind->name);
		/*
		 * Step 0 is for decisions; kinds that "priority" does not name come behind those that it
		 * names, in their own order.  A kind may be called match.
		 */
		kind->rank = 2 + 2 * (place >= 0 ? place : limits->npriority + order[i]);
	}
	r->match_rank = 1 + 2 * (match_place >= 0 ? match_place : limits->npriority + r->nkinds);
	r->ranks = 2 + 2 * (limits->npriority + r->nkinds);
	for (uint32 i = 0; i < r->identifiers.count; i++)
		r->kind[i] = order[r->kind[i]];
}

/* ---- identifiers that link nobody ---- */

static void
find_blocked(Resolve *r)
{
	uint32		n = r->identifiers.count;
	TextSpan   *spans;

	r->blocked = allocate_zero(n, sizeof(bool));
	if (r->limits.nblocked == 0)
		return;
	spans = allocate(n, sizeof(TextSpan));
	for (uint32 i = 0; i < n; i++)
		spans[i] = name_span(&r->identifiers, i);
	link_find_blocked(&r->limits, spans, n, r->blocked);
	pfree(spans);
}

/* lists of the other ends of edges that carry an identifier which is not blocked */
typedef struct Lists
{
	uint32	   *first;			/* by number; one more for the end */
	uint32	   *others;
} Lists;

static Lists
make_lists(const Resolve *r, bool by_record)
{
	uint32		n = by_record ? r->records.count : r->identifiers.count;
	Lists		lists;

	lists.first = allocate_zero((Size) n + 2, sizeof(uint32));
	lists.others = allocate(r->nedges, sizeof(uint32));
	for (int fill = 0; fill < 2; fill++)
	{
		for (uint32 i = 0; i < r->nedges; i++)
		{
			const Edge *e = &r->edges[i];
			uint32		from = by_record ? e->record : e->other;

			if (e->type != LINK_IDENTIFIER || e->other == NONE || r->blocked[e->other])
				continue;
			if (fill)
				lists.others[lists.first[from + 1]++] = by_record ? e->other : e->record;
			else
				lists.first[from + 2]++;
		}
		for (uint32 i = 2; !fill && i < n + 2; i++)
			lists.first[i] += lists.first[i - 1];
	}
	return lists;
}

static int
compare_kinds(const void *a, const void *b, void *arg)
{
	const uint32 *kind = arg;
	uint32		x = kind[*(const uint32 *) a];
	uint32		y = kind[*(const uint32 *) b];

	return (x > y) - (x < y);
}

/* put the identifiers of each record into the order of their kinds */
static void
order_by_kind(const Resolve *r, Lists *identifiers)
{
	for (uint32 i = 0; i < r->records.count; i++)
	{
		uint32		n = identifiers->first[i + 1] - identifiers->first[i];

		if ((i & 0xFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		if (n > 1)
			qsort_arg(&identifiers->others[identifiers->first[i]], n, sizeof(uint32),
					  compare_kinds, r->kind);
	}
}

/* the first identifier of a record, in that order, whose kind is this or a later one */
static uint32
first_of_kind(const Resolve *r, const Lists *identifiers, uint32 record, uint32 kind)
{
	uint32		low = identifiers->first[record];
	uint32		high = identifiers->first[record + 1];

	while (low < high)
	{
		uint32		middle = low + (high - low) / 2;

		if (r->kind[identifiers->others[middle]] < kind)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * Do the records of an identifier carry more than max values of another kind; stamps are a set.  A
 * record has no value twice: only where one record has not too many, and all together could, values
 * are looked at.
 */
static bool
carries_many(const Resolve *r, const Lists *records, const Lists *identifiers, uint32 identifier,
			 uint32 other_kind, int64 max, uint32 *stamps)
{
	int64		n = 0;

	CHECK_FOR_INTERRUPTS();
	for (uint32 i = records->first[identifier]; i < records->first[identifier + 1]; i++)
	{
		uint32		record = records->others[i];
		uint32		values = first_of_kind(r, identifiers, record, other_kind + 1) -
			first_of_kind(r, identifiers, record, other_kind);

		if (values > max)
			return true;
		n += values;
	}
	if (n <= max)
		return false;
	n = 0;
	for (uint32 i = records->first[identifier]; i < records->first[identifier + 1]; i++)
	{
		uint32		record = records->others[i];

		for (uint32 j = first_of_kind(r, identifiers, record, other_kind);
			 j < identifiers->first[record + 1]; j++)
		{
			uint32		other = identifiers->others[j];

			if (r->kind[other] != other_kind)
				break;
			if (stamps[other] == identifier + 1)
				continue;
			stamps[other] = identifier + 1;
			if (++n > max)
				return true;
		}
	}
	return false;
}

static uint32
kind_number(const Resolve *r, TextSpan name)
{
	for (uint32 i = 0; i < r->nkinds; i++)
	{
		if (link_same(r->kinds[i].name, name))
			return i;
	}
	return NONE;
}

static void
find_shared(Resolve *r)
{
	Lists		records,
				identifiers;

	if (r->limits.nshared == 0)
		return;
	r->shared = allocate_zero(r->identifiers.count, sizeof(bool));
	records = make_lists(r, false);
	identifiers = make_lists(r, true);
	order_by_kind(r, &identifiers);
	for (int s = 0; s < r->limits.nshared; s++)
	{
		const KindShared *rule = &r->limits.shared[s];
		uint32		kind = kind_number(r, rule->kind);
		uint32		other = kind_number(r, rule->other);
		uint32	   *stamps;

		if (kind == NONE || other == NONE)
			continue;
		stamps = allocate_zero(r->identifiers.count, sizeof(uint32));
		for (uint32 i = 0; i < r->identifiers.count; i++)
		{
			if ((i & 0xFFFF) == 0)
				CHECK_FOR_INTERRUPTS();
			if (r->kind[i] == kind && !r->blocked[i] && !r->shared[i])
				r->shared[i] = carries_many(r, &records, &identifiers, i, other, rule->max,
											stamps);
		}
		pfree(stamps);
	}
	pfree(records.first);
	pfree(records.others);
	pfree(identifiers.first);
	pfree(identifiers.others);
}

/* ---- the order of evidence ---- */

/* makes the unsigned order of times the signed one */
static inline uint64
time_key(int64 time)
{
	return (uint64) time ^ (UINT64CONST(1) << 63);
}

/* the greater the weight, the less the key */
static uint64
weight_key(float8 weight)
{
	uint64		bits;

	memcpy(&bits, &weight, sizeof(bits));
	return bits >> 63 ? bits : ~bits & ~(UINT64CONST(1) << 63);
}

static inline TextSpan
other_span(const Resolve *r, const Edge *e)
{
	return name_span(e->type == LINK_PAIR ? &r->records : &r->identifiers, e->other);
}

static int
compare_spans(TextSpan a, TextSpan b)
{
	return text_value_compare(a.data, a.len, b.data, b.len);
}

/* order of the keys of two edges of one step */
static int
compare_edges(const void *a, const void *b, void *arg)
{
	const Resolve *r = arg;
	const Edge *x = &r->edges[((const NumberItem *) a)->item];
	const Edge *y = &r->edges[((const NumberItem *) b)->item];
	int			c = 0;

	if (x->record != y->record)
		c = compare_spans(name_span(&r->records, x->record), name_span(&r->records, y->record));
	if (c == 0)
		c = compare_spans(other_span(r, x), other_span(r, y));
	return c;
}

/* sort items of one step whose keys are equal by the next key: that of time, then those of bytes */
static void
sort_equal(Resolve *r, NumberItem *items, NumberItem *spare, uint32 n, bool by_time)
{
	NumberItem *sorted;

	if (!by_time && n <= SMALL_RUN)
	{
		qsort_arg(items, n, sizeof(NumberItem), compare_edges, r);
		return;
	}
	if (!by_time && r->record_order == NULL)
	{
		r->record_order = names_order(&r->records);
		r->identifier_order = names_order(&r->identifiers);
	}
	for (uint32 i = 0; i < n; i++)
	{
		const Edge *e = &r->edges[items[i].item];

		items[i].key = by_time ? time_key(e->time) :
			(uint64) r->record_order[e->record] << 32 |
			(e->type == LINK_PAIR ? r->record_order : r->identifier_order)[e->other];
	}
	sorted = number_sort(items, spare, n);
	if (sorted != items)
		memcpy(items, sorted, n * sizeof(NumberItem));
	if (!by_time)
		return;
	for (uint32 i = 0, end; i < n; i = end)
	{
		for (end = i + 1; end < n && items[end].key == items[i].key; end++)
			;
		if (end - i > 1)
			sort_equal(r, items + i, spare, end - i, false);
	}
}

/* put the edges that may join in the order in which they do */
static void
order_edges(Resolve *r)
{
	uint32	   *starts = allocate_zero((Size) r->ranks + 1, sizeof(uint32));
	NumberItem *items = allocate(r->nedges, sizeof(NumberItem));
	NumberItem *spare = allocate(r->nedges, sizeof(NumberItem));
	NumberItem *sorted;
	uint32		n = 0;

	for (uint32 i = 0; i < r->nedges; i++)
	{
		const Edge *e = &r->edges[i];
		bool		match = e->type == LINK_PAIR && isfinite(e->weight);
		NumberItem *item = &items[n];

		if ((i & 0xFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		if (e->refused != LINK_ACCEPTED || e->other == NONE ||
			(e->type == LINK_PAIR && e->weight == -INFINITY))
			continue;
		item->item = i;
		item->group = match ? r->match_rank :
			e->type == LINK_PAIR ? 0 : r->kinds[r->kind[e->other]].rank;
		item->key = match ? weight_key(e->weight) : time_key(e->time);
		starts[item->group + 1]++;
		n++;
	}
	for (uint32 g = 0; g < r->ranks; g++)
		starts[g + 1] += starts[g];
	for (uint32 i = 0; i < n; i++)
		spare[starts[items[i].group]++] = items[i];
	sorted = items;
	items = spare;
	spare = sorted;
	for (uint32 i = 0, end; i < n; i = end)
	{
		bool		match = items[i].group == r->match_rank;

		for (end = i + 1; end < n && items[end].group == items[i].group; end++)
			;
		sorted = number_sort(items + i, spare, end - i);
		if (sorted != items + i)
			memcpy(items + i, sorted, (end - i) * sizeof(NumberItem));
		for (uint32 j = i, run; j < end; j = run)
		{
			for (run = j + 1; run < end && items[run].key == items[j].key; run++)
				;
			if (run - j > 1)
				sort_equal(r, items + j, spare, run - j, match);
		}
	}
	pfree(spare);
	pfree(starts);
	r->order = items;
	r->norder = n;
}

/* ---- joining ---- */

/* refuse what cannot join whatever the clusters are */
static void
refuse_inert(Resolve *r)
{
	for (uint32 i = 0; i < r->nedges; i++)
	{
		Edge	   *e = &r->edges[i];

		if (e->type == LINK_PAIR)
		{
			if (r->record_time[e->record] == NEVER || r->record_time[e->other] == NEVER)
				e->refused = LINK_UNKNOWN_RECORD;
		}
		else if (e->other != NONE && r->blocked[e->other])
			e->refused = LINK_BLOCKED;
		else if (e->other != NONE && r->shared && r->shared[e->other])
		{
			e->refused = LINK_SHARED;
			e->kind = r->kind[e->other];
		}
	}
}

static inline uint32
other_node(const Resolve *r, const Edge *e)
{
	return e->type == LINK_PAIR ? e->other : r->records.count + e->other;
}

/* single nodes: records, then identifiers, with their values of limited kinds if these matter */
static void
create_nodes(Resolve *r, Clusters *c, bool limited)
{
	uint32		records = r->records.count;

	clusters_create(c, records + r->identifiers.count, &r->cluster_limits);
	for (uint32 i = 0; i < records; i++)
		c->nodes[i].records = 1;
	for (uint32 i = 0; i < r->identifiers.count; i++)
	{
		c->nodes[records + i].identifiers = 1;
		if (limited && r->kinds[r->kind[i]].limit)
			clusters_put_value(c, records + i, r->kind[i], r->first_seen[i]);
	}
}

/* is it a decision that two records are of one customer, of records that are known */
static inline bool
is_decision(const Edge *e)
{
	return e->type == LINK_PAIR && e->weight == INFINITY && e->refused != LINK_UNKNOWN_RECORD;
}

static void
create_clusters(Resolve *r)
{
	Clusters   *c = &r->clusters;

	create_nodes(r, c, true);
	for (uint32 i = 0; i < r->nedges; i++)
	{
		const Edge *e = &r->edges[i];

		if (e->type == LINK_PAIR && e->weight == -INFINITY && e->refused == LINK_ACCEPTED)
			clusters_forbid(c, e->record, e->other);
		else if (is_decision(e) && r->decided == NULL)
		{
			r->decided = allocate_zero(r->records.count, sizeof(bool));
			create_nodes(r, &r->parts, true);
		}
	}
}

static void
read_cluster_limits(Resolve *r)
{
	ClusterLimits *limits = &r->cluster_limits;

	limits->kinds = r->nkinds;
	limits->rules = allocate_zero(r->nkinds, sizeof(ClusterRule));
	for (uint32 i = 0; i < r->nkinds; i++)
	{
		const KindLimit *limit = r->kinds[i].limit;

		limits->rules[i].max = limit ? limit->max : -1;
		limits->rules[i].within = limit ? limit->within : 0;
	}
	limits->max_identifiers = r->limits.max_identifiers;
	limits->max_records = r->limits.max_records;
}

/* start fetching what edges that come soon need */
static inline void
fetch_ahead(const Resolve *r, uint32 i)
{
	if (i + 2 * AHEAD < r->norder)
		PREFETCH(&r->edges[r->order[i + 2 * AHEAD].item]);
	if (i + AHEAD < r->norder)
	{
		const Edge *e = &r->edges[r->order[i + AHEAD].item];

		PREFETCH(&r->clusters.nodes[e->record]);
		PREFETCH(&r->clusters.nodes[other_node(r, e)]);
	}
}

/* join the ends of a piece of evidence where decisions joined some */
static LinkRefusal
join_beside_decisions(Resolve *r, Edge *e)
{
	uint32		node = other_node(r, e);
	LinkRefusal refusal;
	uint32		kind;

	if (e->type != LINK_PAIR && r->decided[e->record])
		refusal = clusters_join_own(&r->clusters, &r->parts, e->record, node, r->kind[e->other],
									&e->kind);
	else
		refusal = clusters_join(&r->clusters, e->record, node, is_decision(e), &e->kind);
	if (refusal != LINK_ACCEPTED)
		return refusal;
	if (is_decision(e))
		r->decided[e->record] = r->decided[e->other] = true;
	else
		clusters_join(&r->parts, e->record, node, false, &kind);
	return LINK_ACCEPTED;
}

static void
join_all(Resolve *r)
{
	for (uint32 i = 0; i < r->norder; i++)
	{
		Edge	   *e = &r->edges[r->order[i].item];

		if ((i & 0xFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		fetch_ahead(r, i);
		e->refused = r->decided ? join_beside_decisions(r, e) :
			clusters_join(&r->clusters, e->record, other_node(r, e), false, &e->kind);
	}
}

/* ---- weak bridges ---- */

/* weak[i] for edges of the order: accepted pairs of little weight that are bridges; false: none */
static bool
find_weak(const Resolve *r, bool *weak)
{
	uint32	  (*ends)[2] = allocate(r->norder, sizeof(*ends));
	uint32	   *place = allocate(r->norder, sizeof(uint32));
	bool	   *bridge = allocate(r->norder, sizeof(bool));
	bool		any = false;
	uint32		n = 0;

	for (uint32 i = 0; i < r->norder; i++)
	{
		const Edge *e = &r->edges[r->order[i].item];

		weak[i] = e->refused == LINK_ACCEPTED && e->type == LINK_PAIR && isfinite(e->weight) &&
			e->weight < r->limits.weak_weight;
		any |= weak[i];
		if (e->refused != LINK_ACCEPTED)
			continue;
		ends[n][0] = e->record;
		ends[n][1] = other_node(r, e);
		place[n++] = i;
	}
	if (any)
	{
		link_find_bridges(r->clusters.count, ends, n, bridge);
		any = false;
		for (uint32 i = 0; i < n; i++)
		{
			weak[place[i]] &= bridge[i];
			any |= weak[place[i]];
		}
	}
	pfree(ends);
	pfree(place);
	pfree(bridge);
	return any;
}

/*
 * Join the accepted edges once more, without weak bridges between parts that both have records
 * enough.  Clusters are parts of those of the first pass at each step, and only a bridge connects
 * what it connects: no other edge can break a limit now.
 */
static void
join_without_weak(Resolve *r)
{
	bool	   *weak = allocate(r->norder, sizeof(bool));
	Clusters   *c = &r->clusters;

	if (!find_weak(r, weak))
		return;
	pfree(c->nodes);
	create_nodes(r, c, false);
	for (uint32 i = 0; i < r->norder; i++)
	{
		Edge	   *e = &r->edges[r->order[i].item];
		uint32		a,
					b;

		if ((i & 0xFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		fetch_ahead(r, i);
		if (e->refused != LINK_ACCEPTED)
			continue;
		a = cluster_root(c, e->record);
		b = cluster_root(c, other_node(r, e));
		if (a == b)
			continue;
		if (weak[i] && c->nodes[a].records >= r->limits.weak_records &&
			c->nodes[b].records >= r->limits.weak_records)
			e->refused = LINK_WEAK_BRIDGE;
		else
			clusters_unite(c, a, b);
	}
	pfree(weak);
}

/* ---- clusters and their survivors ---- */

static bool
record_before(const Resolve *r, uint32 a, uint32 b)
{
	if (r->record_time[a] != r->record_time[b])
		return r->record_time[a] < r->record_time[b];
	if (r->record_order)
		return r->record_order[a] < r->record_order[b];
	return compare_spans(name_span(&r->records, a), name_span(&r->records, b)) < 0;
}

static int
compare_records(const void *a, const void *b, void *arg)
{
	const Resolve *r = arg;
	uint32		x = ((const NumberItem *) a)->item;
	uint32		y = ((const NumberItem *) b)->item;

	return record_before(r, x, y) ? -1 : x != y;
}

/* put many records into the order of their bytes */
static void
sort_by_record(Resolve *r, NumberItem *items, NumberItem *spare, uint32 n)
{
	NumberItem *sorted;

	if (r->record_order == NULL)
		r->record_order = names_order(&r->records);
	for (uint32 i = 0; i < n; i++)
		items[i].key = r->record_order[items[i].item];
	sorted = number_sort(items, spare, n);
	if (sorted != items)
		memcpy(items, sorted, n * sizeof(NumberItem));
}

/* number clusters in the order of their survivors; records that only pairs name have none */
static void
number_clusters(Resolve *r)
{
	uint32		n = r->records.count;
	uint32	   *least = allocate(r->clusters.count, sizeof(uint32));
	NumberItem *items;
	NumberItem *spare;
	NumberItem *sorted;
	uint32		clusters = 0;

	memset(least, 0xFF, (Size) r->clusters.count * sizeof(uint32));
	r->cluster = allocate(n, sizeof(uint32));
	for (uint32 i = 0; i < n; i++)
	{
		uint32		root = cluster_root(&r->clusters, i);

		if ((i & 0xFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		r->cluster[i] = root;
		if (r->record_time[i] == NEVER)
			continue;
		clusters += least[root] == NONE;
		if (least[root] == NONE || record_before(r, i, least[root]))
			least[root] = i;
	}
	items = allocate(clusters, sizeof(NumberItem));
	spare = allocate(clusters, sizeof(NumberItem));
	clusters = 0;
	for (uint32 i = 0; i < n; i++)
	{
		if (least[r->cluster[i]] == i)
		{
			items[clusters].key = time_key(r->record_time[i]);
			items[clusters++].item = i;
		}
	}
	sorted = number_sort(items, spare, clusters);
	for (uint32 i = 0, end; i < clusters; i = end)
	{
		for (end = i + 1; end < clusters && sorted[end].key == sorted[i].key; end++)
			;
		if (end - i > SMALL_RUN)
			sort_by_record(r, sorted + i, sorted == items ? spare : items, end - i);
		else if (end - i > 1)
			qsort_arg(sorted + i, end - i, sizeof(NumberItem), compare_records, r);
	}
	r->survivor = allocate(clusters, sizeof(uint32));
	for (uint32 i = 0; i < clusters; i++)
	{
		r->survivor[i] = sorted[i].item;
		/* from here on, the number of the root's cluster */
		least[r->cluster[sorted[i].item]] = i;
	}
	for (uint32 i = 0; i < n; i++)
		r->cluster[i] = r->record_time[i] == NEVER ? NONE : least[r->cluster[i]];
	pfree(least);
	pfree(items);
	pfree(spare);
}

/* ---- rows ---- */

/* each text of a row in a room of its own */
#define TEXT_ROOM	(VARHDRSZ + LINK_KEY_PART_MAX + IDENTIFIER_MAX)

typedef struct Row
{
	Datum		values[8];
	bool		nulls[8];
	union
	{
		int32		align;
		char		bytes[TEXT_ROOM];
	}			room[5];
} Row;

/* put UTF-8 into a column as a text of the server */
static void
put_text(Row *row, int column, int room, TextSpan s, bool convert)
{
	char	   *at = row->room[room].bytes;

	row->nulls[column] = false;
	if (convert)
	{
		row->values[column] = PointerGetDatum(cstring_to_text(text_to_server(s.data, s.len)));
		return;
	}
	if (s.len > TEXT_ROOM - VARHDRSZ)
		link_damaged();
	if (s.len + VARHDRSZ_SHORT <= VARATT_SHORT_MAX)
	{
		SET_VARSIZE_SHORT(at, s.len + VARHDRSZ_SHORT);
		memcpy(at + VARHDRSZ_SHORT, s.data, s.len);
	}
	else
	{
		SET_VARSIZE(at, s.len + VARHDRSZ);
		memcpy(at + VARHDRSZ, s.data, s.len);
	}
	row->values[column] = PointerGetDatum(at);
}

static void
put_reason(const Resolve *r, Row *row, const Edge *e)
{
	static const char *const names[] = {
		[LINK_BLOCKED] = "blocked",
		[LINK_SHARED] = "shared:",
		[LINK_LIMIT] = "limit:",
		[LINK_SIZE] = "size",
		[LINK_CANNOT] = "cannot_link",
		[LINK_WEAK_BRIDGE] = "weak_bridge",
		[LINK_UNKNOWN_RECORD] = "unknown_record"
	};
	char		reason[16 + IDENTIFIER_KIND_MAX];
	TextSpan	kind = {"", 0};
	int			len;

	row->nulls[7] = e->refused == LINK_ACCEPTED;
	if (row->nulls[7])
		return;
	if (e->refused == LINK_LIMIT || e->refused == LINK_SHARED)
		kind = r->kinds[e->kind].name;
	len = snprintf(reason, sizeof(reason), "%s%.*s", names[e->refused],
				   Min(kind.len, IDENTIFIER_KIND_MAX), kind.data);
	put_text(row, 7, 4, (TextSpan) {reason, len}, false);
}

static void
put_record(const Resolve *r, Row *row, int column, int room, uint32 record, bool convert)
{
	TextSpan	source,
				record_id;

	link_split(name_span(&r->records, record), &source, &record_id);
	put_text(row, column, room, source, convert);
	put_text(row, column + 1, room + 1, record_id, convert);
}

static void
put_row(const Resolve *r, Row *row, const Edge *e, bool convert)
{
	uint32		cluster = r->cluster[e->record];

	row->nulls[0] = cluster == NONE;
	row->values[0] = Int64GetDatum((int64) cluster + 1);
	put_record(r, row, 1, 0, e->record, convert);
	row->nulls[3] = row->nulls[4] = row->nulls[5] = true;
	if (e->type == LINK_PAIR)
		put_record(r, row, 4, 2, e->other, convert);
	else if (e->other != NONE)
	{
		TextSpan	identifier = name_span(&r->identifiers, e->other);

		/* an identifier is UTF-8 in any database */
		put_text(row, 3, 2, identifier, false);
	}
	row->nulls[6] = false;
	row->values[6] = BoolGetDatum(cluster != NONE && r->survivor[cluster] == e->record);
	put_reason(r, row, e);
}

static void
put_rows(const Resolve *r, ReturnSetInfo *rsinfo)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "resolve_links row",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(scratch);
	bool		convert = GetDatabaseEncoding() != PG_UTF8;
	Row		   *row = MemoryContextAlloc(old, sizeof(Row));

	for (uint32 i = 0; i < r->nedges; i++)
	{
		if ((i & 0xFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		put_row(r, row, &r->edges[i], convert);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, row->values, row->nulls);
		if (convert)
			MemoryContextReset(scratch);
	}
	MemoryContextSwitchTo(old);
}

/* ---- resolve_links ---- */

PG_FUNCTION_INFO_V1(resolve_links);

/*
 * resolve_links(evidence link_evidence, limits jsonb) -> setof (cluster bigint, source text,
 * record_id text, identifier identifier, other_source text, other_record_id text, survivor
 * boolean, refused text): a row for each piece of evidence; 22023 for limits that are not valid,
 * 54000 for more than can be numbered
 */
Datum
resolve_links(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext work;
	MemoryContext old;
	LinkView	view;
	Resolve    *r;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	work = AllocSetContextCreate(CurrentMemoryContext, "resolve_links", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(work);
	r = palloc0(sizeof(Resolve));
	link_limits_read(PG_GETARG_JSONB_P(1), &r->limits);
	link_open(PG_GETARG_DATUM(0), &view);
	read_evidence(r, view);
	read_kinds(r);
	find_blocked(r);
	find_shared(r);
	refuse_inert(r);
	order_edges(r);
	read_cluster_limits(r);
	create_clusters(r);
	join_all(r);
	if (r->limits.weak_bridge)
		join_without_weak(r);
	number_clusters(r);
	put_rows(r, rsinfo);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(work);
	return (Datum) 0;
}
