/*
 * link_clusters.c
 *	  Union-find that keeps limits: what may be in one cluster.
 *
 * A node is a record or an identifier; its cluster's root knows how many of either the cluster has,
 * and what it has of each kind that is limited.  Two clusters join unless that breaks a limit; then
 * nothing changes.
 *
 * What a cluster has of a kind is one entry: the number of its values and, where the limit needs
 * them, the values themselves, ascending.  A limit within a span of time needs the times when each
 * value was first seen; a limit on values that more than one cluster can have needs to know equal
 * ones.  The entries of a cluster are a list ascending by kind, so that joining two lists makes no
 * new entries.  Whether two lists of values may be one is found by looking up the values of the
 * shorter one in the longer one: a cluster of many values costs no more for each that comes or is
 * refused.  Where much had to be looked at for a refusal, it is remembered until one of the two
 * clusters grows.
 *
 * That two clusters may never meet is an edge between them.  Clusters have labels: when two join,
 * the edges of the one with fewer move to the label of the other, so that all moves together cost
 * O(n log n), and asking about two clusters one look into a hash table.
 */
#include "postgres.h"
#include "compat.h"

#include "common/int.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "identity/link_evidence.h"
#include "identity/memory.h"

/* what a cluster has of a kind */
typedef struct ClusterValues
{
	uint32		next;
	uint32		kind;
	uint32		count;
	uint32		above:1,		/* more than the limit within a span, by a decision */
				room:31;		/* of many; 0: the value is one */
	union
	{
		int64		one;
		int64	   *many;
	}			values;
} ClusterValues;

/* refusals that are remembered, and from how many values on they are */
#define REFUSED_ROOM	4096
#define REFUSED_MIN		64

/* of two clusters, named by their roots: their sizes tell whether they are the same still */
typedef struct RefusedJoin
{
	uint32		a;
	uint32		b;
	uint64		size_a;
	uint64		size_b;			/* 0: nothing is remembered here */
	uint32		kind;
} RefusedJoin;

#define FORBIDDEN_FREE	UINT64CONST(0)

/* edges of a label: labels that they lead to, some of them moved since */
typedef struct ForbiddenList
{
	uint32	   *labels;
	uint32		count;
	uint32		room;
} ForbiddenList;

typedef struct ClusterForbidden
{
	uint32	   *label;			/* of a root's cluster, 0: it has no edge */
	ForbiddenList *lists;		/* by label */
	uint32		labels;
	uint32		labels_room;
	uint64	   *pairs;			/* hash table of (lesser label, greater label) */
	uint64		used;
	uint64		size;			/* a power of two */
} ClusterForbidden;

static void *
allocate(MemoryContext context, Size count, Size width)
{
	return memory_allocate(context, Max(count, 1) * width);
}

/* count single nodes, which are neither a record nor an identifier yet */
void
clusters_create(Clusters *c, uint32 count, const ClusterLimits *limits)
{
	memset(c, 0, sizeof(*c));
	c->context = CurrentMemoryContext;
	c->count = count;
	c->limits = limits;
	c->nodes = allocate(c->context, count, sizeof(ClusterNode));
	for (uint32 i = 0; i < count; i++)
		c->nodes[i] = (ClusterNode) {.parent = i};
}

/* ---- values of limited kinds ---- */

static uint32
new_entry(Clusters *c)
{
	uint32		entry = c->entries_free;

	if (entry != 0)
	{
		c->entries_free = c->entries[entry].next;
		return entry;
	}
	if (c->entries_used == c->entries_room)
	{
		/* an entry a node and kind at most, so that a number of 32 bits is enough for memory */
		Size		room = c->entries_room == 0 ? 1024 : (Size) c->entries_room * 2;

		if (room > PG_UINT32_MAX)
			room = PG_UINT32_MAX;
		if (c->entries_used == room)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("too many identifiers of limited kinds"),
					 errhint("Resolve groups that share no identifier by themselves.")));
		c->entries = c->entries == NULL ? allocate(c->context, room, sizeof(ClusterValues)) :
			repalloc_huge(c->entries, room * sizeof(ClusterValues));
		c->entries_room = room;
		/* number 0 stands for none */
		if (c->entries_used == 0)
			c->entries_used = 1;
	}
	return c->entries_used++;
}

static inline int64 *
values_of(ClusterValues *v)
{
	return v->room > 0 ? v->values.many : &v->values.one;
}

/* do the values themselves matter, beside their number */
static inline bool
keeps_values(const ClusterRule *rule)
{
	return rule->within > 0 || rule->shared;
}

/* give a single node a value of a kind: its time where the kind has a window */
void
clusters_put_value(Clusters *c, uint32 node, uint32 kind, int64 value)
{
	uint32		entry = new_entry(c);
	uint32	   *link = &c->nodes[node].values;

	c->entries[entry] = (ClusterValues) {.kind = kind, .count = 1, .values.one = value};
	while (*link != 0 && c->entries[*link].kind < kind)
		link = &c->entries[*link].next;
	c->entries[entry].next = *link;
	*link = entry;
}

/* how many of ascending values are less than, or at most, a bound */
static uint32
count_below(const int64 *values, uint32 n, int64 bound)
{
	uint32		low = 0;

	if (n > 0 && values[n - 1] < bound)
		return n;
	while (low < n)
	{
		uint32		middle = low + (n - low) / 2;

		if (values[middle] < bound)
			low = middle + 1;
		else
			n = middle;
	}
	return low;
}

static uint32
count_until(const int64 *values, uint32 n, int64 bound)
{
	return bound == PG_INT64_MAX ? n : count_below(values, n, bound + 1);
}

static inline bool
is_within(const ClusterRule *rule, int64 first, int64 last)
{
	return (uint64) last - (uint64) first <= (uint64) rule->within;
}

/*
 * Are there more than max of the times of a and b, both ascending, within a span.  Two cursors go
 * through the merged times, the second one max places behind the first.
 */
static bool
too_many_within(const ClusterRule *rule, const int64 *a, uint32 na, const int64 *b, uint32 nb)
{
	uint32		ia = 0,
				ib = 0,
				ja = 0,
				jb = 0;

	for (int64 n = 0; n < (int64) na + nb; n++)
	{
		int64		last = ib == nb || (ia < na && a[ia] <= b[ib]) ? a[ia++] : b[ib++];
		int64		first;

		if (n < rule->max)
			continue;
		first = jb == nb || (ja < na && a[ja] <= b[jb]) ? a[ja++] : b[jb++];
		if (is_within(rule, first, last))
			return true;
	}
	return false;
}

/*
 * The same of times of which neither a nor b has too many by itself: only a span that has a time of
 * b can.  So around each run of b's times that are close to each other the times of a are looked
 * at.
 */
static bool
too_many_together(const ClusterRule *rule, const int64 *a, uint32 na, const int64 *b, uint32 nb)
{
	uint32		end;

	if ((int64) na + nb <= rule->max)
		return false;
	if (na < nb)
		return too_many_together(rule, b, nb, a, na);
	for (uint32 j = 0; j < nb; j = end)
	{
		int64		least,
					greatest;
		uint32		from,
					to;

		for (end = j + 1; end < nb && is_within(rule, b[end - 1], b[end]); end++)
			;
		if (pg_sub_s64_overflow(b[j], rule->within, &least))
			least = PG_INT64_MIN;
		if (pg_add_s64_overflow(b[end - 1], rule->within, &greatest))
			greatest = PG_INT64_MAX;
		from = count_below(a, na, least);
		to = count_until(a, na, greatest);
		if ((int64) to - from + (end - j) <= rule->max)
			continue;
		/* mostly all of them stand before the first or behind the last of b's */
		if ((int64) count_until(a, na, b[j]) - from >= rule->max ||
			(int64) to - count_below(a, na, b[end - 1]) >= rule->max ||
			too_many_within(rule, a + from, to - from, b + j, end - j))
			return true;
	}
	return false;
}

bool
cluster_rule_keeps(const ClusterRule *rule, const int64 *times, int64 n)
{
	if (rule->within == 0)
		return n <= rule->max;
	for (int64 i = rule->max; i < n; i++)
	{
		if (is_within(rule, times[i - rule->max], times[i]))
			return false;
	}
	return true;
}

/* is a value among ascending ones */
static inline bool
has_value(const int64 *values, uint32 n, int64 value)
{
	uint32		at = count_below(values, n, value);

	return at < n && values[at] == value;
}

/* do two ascending lists of distinct values have more than max distinct ones */
static bool
too_many_distinct(const ClusterRule *rule, const int64 *a, uint32 na, const int64 *b, uint32 nb)
{
	int64		n = (int64) na + nb;

	if (na < nb)
		return too_many_distinct(rule, b, nb, a, na);
	for (uint32 i = 0; i < nb && n > rule->max && na <= rule->max; i++)
		n -= has_value(a, na, b[i]);
	return n > rule->max;
}

static bool
breaks_rule(const ClusterRule *rule, ClusterValues *a, ClusterValues *b)
{
	if (rule->max < 0)
		return false;
	if (keeps_values(rule))
		CHECK_FOR_INTERRUPTS();
	if (rule->within > 0)
		return a->above || b->above ||
			too_many_together(rule, values_of(a), a->count, values_of(b), b->count);
	if (rule->shared)
		return too_many_distinct(rule, values_of(a), a->count, values_of(b), b->count);
	return (int64) a->count + b->count > rule->max;
}

/*
 * Add b's values to a's: from the end, so that values which are greater than all that are there,
 * as those of later times mostly are, move nothing.
 */
static void
merge_values(Clusters *c, const ClusterRule *rule, ClusterValues *a, ClusterValues *b)
{
	int64	   *from;
	int64	   *into;
	uint32		left,
				more;

	if (!keeps_values(rule))
	{
		a->count += b->count;
		return;
	}
	CHECK_FOR_INTERRUPTS();
	a->above |= b->above;
	if (a->count < b->count)
	{
		ClusterValues swap = *a;

		/* the links stay where they are */
		a->count = b->count;
		a->room = b->room;
		a->values = b->values;
		b->count = swap.count;
		b->room = swap.room;
		b->values = swap.values;
	}
	from = values_of(b);
	more = b->count;
	if (rule->within == 0)
	{
		/* of values that both have, one */
		more = 0;
		for (uint32 i = 0; i < b->count; i++)
		{
			if (!has_value(values_of(a), a->count, from[i]))
				from[more++] = from[i];
		}
	}
	if (a->count + more > a->room)
	{
		uint32		room = Max(4, (a->count + more) * 2);
		int64	   *many = allocate(c->context, room, sizeof(int64));

		memcpy(many, values_of(a), a->count * sizeof(int64));
		if (a->room > 0)
			pfree(a->values.many);
		a->values.many = many;
		a->room = room;
	}
	into = a->values.many;
	left = a->count;
	a->count += more;
	for (; more > 0; more--)
	{
		uint32		at = count_until(into, left, from[more - 1]);

		memmove(into + at + more, into + at, (left - at) * sizeof(int64));
		into[at + more - 1] = from[more - 1];
		left = at;
	}
	if (b->room > 0)
		pfree(b->values.many);
}

/* join the lists of two clusters, that of from into that of into */
static void
merge_entries(Clusters *c, uint32 into, uint32 from)
{
	uint32	   *link = &c->nodes[into].values;
	uint32		b = c->nodes[from].values;

	while (b != 0)
	{
		uint32		next = c->entries[b].next;

		while (*link != 0 && c->entries[*link].kind < c->entries[b].kind)
			link = &c->entries[*link].next;
		if (*link != 0 && c->entries[*link].kind == c->entries[b].kind)
		{
			merge_values(c, &c->limits->rules[c->entries[b].kind], &c->entries[*link],
						 &c->entries[b]);
			c->entries[b].next = c->entries_free;
			c->entries_free = b;
		}
		else
		{
			c->entries[b].next = *link;
			*link = b;
		}
		b = next;
	}
	c->nodes[from].values = 0;
}

/* ---- what must never meet ---- */

static uint64
label_pair(uint32 a, uint32 b)
{
	return a < b ? (uint64) a << 32 | b : (uint64) b << 32 | a;
}

static inline uint64
hash_pair(uint64 pair)
{
	pair ^= pair >> 32;
	pair *= UINT64CONST(0xd6e8feb86659fd93);
	pair ^= pair >> 32;
	pair *= UINT64CONST(0xd6e8feb86659fd93);
	return pair ^ (pair >> 32);
}

/* where a pair is in the table, or the free slot where it would be */
static uint64
pair_slot(const ClusterForbidden *f, uint64 pair)
{
	uint64		slot = hash_pair(pair) & (f->size - 1);

	while (f->pairs[slot] != FORBIDDEN_FREE && f->pairs[slot] != pair)
		slot = (slot + 1) & (f->size - 1);
	return slot;
}

/* add an edge between two labels; one that is there already stays */
static void
put_edge(Clusters *c, uint32 a, uint32 b)
{
	ClusterForbidden *f = c->forbidden;
	uint64		pair = label_pair(a, b);
	uint64		slot;
	uint32		ends[2] = {a, b};

	if (f->used >= f->size / 4 * 3)
	{
		uint64	   *old = f->pairs;
		uint64		size = f->size;

		CHECK_FOR_INTERRUPTS();
		f->size *= 2;
		f->pairs = MemoryContextAllocExtended(c->context, f->size * sizeof(uint64),
											  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
		for (uint64 i = 0; i < size; i++)
		{
			if (old[i] != FORBIDDEN_FREE)
				f->pairs[pair_slot(f, old[i])] = old[i];
		}
		pfree(old);
	}
	slot = pair_slot(f, pair);
	if (f->pairs[slot] == pair)
		return;
	f->pairs[slot] = pair;
	f->used++;
	for (int i = 0; i < 2; i++)
	{
		ForbiddenList *list = &f->lists[ends[i]];

		if (list->count == list->room)
		{
			list->room = Max(2, list->room * 2);
			list->labels = list->labels == NULL ?
				allocate(c->context, list->room, sizeof(uint32)) :
				repalloc_huge(list->labels, (Size) list->room * sizeof(uint32));
		}
		list->labels[list->count++] = ends[1 - i];
	}
}

static uint32
label_of(Clusters *c, uint32 root)
{
	ClusterForbidden *f = c->forbidden;

	if (f->label[root] == 0)
	{
		if (f->labels == f->labels_room)
		{
			f->labels_room *= 2;
			f->lists = repalloc_huge(f->lists, (Size) f->labels_room * sizeof(ForbiddenList));
		}
		memset(&f->lists[f->labels], 0, sizeof(ForbiddenList));
		f->label[root] = f->labels++;
	}
	return f->label[root];
}

/* two nodes may never come into one cluster; nothing has joined yet */
void
clusters_forbid(Clusters *c, uint32 a, uint32 b)
{
	if (c->forbidden == NULL)
	{
		ClusterForbidden *f = MemoryContextAllocZero(c->context, sizeof(ClusterForbidden));

		f->label = MemoryContextAllocExtended(c->context, Max(c->count, 1) * sizeof(uint32),
											  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
		f->labels_room = 64;
		f->labels = 1;			/* 0 stands for none */
		f->lists = allocate(c->context, f->labels_room, sizeof(ForbiddenList));
		f->size = 64;
		f->pairs = MemoryContextAllocZero(c->context, f->size * sizeof(uint64));
		c->forbidden = f;
	}
	put_edge(c, label_of(c, a), label_of(c, b));
}

static bool
may_not_meet(Clusters *c, uint32 a, uint32 b)
{
	ClusterForbidden *f = c->forbidden;

	return f && f->label[a] != 0 && f->label[b] != 0 &&
		f->pairs[pair_slot(f, label_pair(f->label[a], f->label[b]))] != FORBIDDEN_FREE;
}

/* the cluster of root into takes over the edges of that of root from */
static void
merge_forbidden(Clusters *c, uint32 into, uint32 from)
{
	ClusterForbidden *f = c->forbidden;
	uint32		keep = f->label[into];
	uint32		drop = f->label[from];
	ForbiddenList list;

	if (drop == 0)
		return;
	if (keep == 0 || f->lists[keep].count < f->lists[drop].count)
	{
		f->label[into] = drop;
		drop = keep;
		keep = f->label[into];
	}
	if (drop == 0)
		return;
	list = f->lists[drop];
	memset(&f->lists[drop], 0, sizeof(ForbiddenList));
	/* pairs of the dropped label stay in the table: nobody asks for it any more */
	for (uint32 i = 0; i < list.count; i++)
	{
		if (f->lists[list.labels[i]].count > 0)
			put_edge(c, keep, list.labels[i]);
	}
	if (list.labels)
		pfree(list.labels);
}

/* ---- joining ---- */

static inline uint64
size_of(const ClusterNode *node)
{
	return (uint64) node->records + node->identifiers;
}

static RefusedJoin *
refused_slot(Clusters *c, uint32 a, uint32 b)
{
	return &c->refused[hash_pair((uint64) a << 32 | b) % REFUSED_ROOM];
}

/* was it found before that these two break the limit of a kind */
static bool
refused_before(Clusters *c, uint32 a, uint32 b, uint32 *kind)
{
	const RefusedJoin *r;

	if (c->refused == NULL)
		return false;
	r = refused_slot(c, a, b);
	if (r->size_b == 0 || r->a != a || r->b != b || r->size_a != size_of(&c->nodes[a]) ||
		r->size_b != size_of(&c->nodes[b]))
		return false;
	*kind = r->kind;
	return true;
}

static void
remember_refused(Clusters *c, uint32 a, uint32 b, uint32 kind)
{
	if (c->refused == NULL)
		c->refused = MemoryContextAllocZero(c->context, REFUSED_ROOM * sizeof(RefusedJoin));
	*refused_slot(c, a, b) = (RefusedJoin) {.a = a, .b = b, .size_a = size_of(&c->nodes[a]),
	.size_b = size_of(&c->nodes[b]), .kind = kind};
}

/*
 * May two clusters join by their limits; *kind = which one, where it is that of a kind.  Where b is
 * that of an identifier of the kind own, alone of its kind there, that one is not counted.
 */
static LinkRefusal
limit_broken(Clusters *c, uint32 root_a, uint32 root_b, uint32 own, uint32 *kind)
{
	const ClusterLimits *limits = c->limits;
	const ClusterNode *a = &c->nodes[root_a];
	const ClusterNode *b = &c->nodes[root_b];
	ClusterValues *above = NULL;
	uint32		i = a->values;
	uint32		j = b->values;

	if (own == CLUSTER_NO_KIND && i != 0 && j != 0 && refused_before(c, root_a, root_b, kind))
		return LINK_LIMIT;
	while (i != 0 && j != 0)
	{
		ClusterValues *x = &c->entries[i];
		ClusterValues *y = &c->entries[j];

		if (x->kind == y->kind && breaks_rule(&limits->rules[x->kind], x, y))
		{
			if (x->kind == own && y->count == 1)
			{
				above = x;
				i = x->next;
				j = y->next;
				continue;
			}
			*kind = x->kind;
			if (own == CLUSTER_NO_KIND && keeps_values(&limits->rules[x->kind]) &&
				(uint64) x->count + y->count >= REFUSED_MIN)
				remember_refused(c, root_a, root_b, *kind);
			return LINK_LIMIT;
		}
		if (x->kind <= y->kind)
			i = x->next;
		if (y->kind <= x->kind)
			j = y->next;
	}
	if (limits->max_identifiers >= 0 && a->identifiers > 0 && b->identifiers > 0 &&
		!(own != CLUSTER_NO_KIND && b->identifiers == 1) &&
		(int64) a->identifiers + b->identifiers > limits->max_identifiers)
		return LINK_SIZE;
	if (limits->max_records >= 0 && a->records > 0 && b->records > 0 &&
		(int64) a->records + b->records > limits->max_records)
		return LINK_SIZE;
	if (above)
		above->above = true;
	return LINK_ACCEPTED;
}

/* join two clusters, named by their roots */
void
clusters_unite(Clusters *c, uint32 a, uint32 b)
{
	ClusterNode *nodes = c->nodes;

	if (size_of(&nodes[a]) < size_of(&nodes[b]))
	{
		uint32		swap = a;

		a = b;
		b = swap;
	}
	if (c->forbidden)
		merge_forbidden(c, a, b);
	if (nodes[b].values != 0)
		merge_entries(c, a, b);
	nodes[b].parent = a;
	nodes[a].records += nodes[b].records;
	nodes[a].identifiers += nodes[b].identifiers;
}

/*
 * Join the clusters of two nodes, or say why not.  A decision is above limits: only that the two
 * must never meet refuses it.
 */
LinkRefusal
clusters_join(Clusters *c, uint32 a, uint32 b, bool decision, uint32 *kind)
{
	LinkRefusal refusal;

	a = cluster_root(c, a);
	b = cluster_root(c, b);
	if (a == b)
		return LINK_ACCEPTED;
	if (may_not_meet(c, a, b))
		return LINK_CANNOT;
	if (!decision)
	{
		refusal = limit_broken(c, a, b, CLUSTER_NO_KIND, kind);
		if (refusal != LINK_ACCEPTED)
			return refusal;
	}
	clusters_unite(c, a, b);
	return LINK_ACCEPTED;
}

/*
 * Join a record that was decided on and its identifier b of the kind own, or say why not: whether
 * they fit the parts of clusters that they are in without decisions counts, not what decisions
 * joined them with.
 */
LinkRefusal
clusters_join_own(Clusters *c, Clusters *parts, uint32 a, uint32 b, uint32 own, uint32 *kind)
{
	uint32		root_a = cluster_root(c, a);
	uint32		root_b = cluster_root(c, b);
	LinkRefusal refusal;

	if (root_a == root_b)
		return LINK_ACCEPTED;
	if (may_not_meet(c, root_a, root_b))
		return LINK_CANNOT;
	refusal = limit_broken(parts, cluster_root(parts, a), cluster_root(parts, b), CLUSTER_NO_KIND,
						   kind);
	if (refusal == LINK_ACCEPTED)
		refusal = limit_broken(c, root_a, root_b, own, kind);
	if (refusal == LINK_ACCEPTED)
		clusters_unite(c, root_a, root_b);
	return refusal;
}
