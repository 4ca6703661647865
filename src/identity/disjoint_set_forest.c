/*
 * disjoint_set_forest.c
 *	  The union-find table behind disjoint_set.
 *
 * One open-addressing hash table holds the nodes and their links: the slot of a node is also its
 * union-find element, so that a lookup costs one cache miss for key and link together.  Slots are
 * addressed by the high bits of the hash, which keeps the slots in hash order: growth reads the
 * old table and writes the new one from front to back.
 *
 * Invariants:
 *	- at most three quarters of the slots are taken;
 *	- following parent ends at a root, which is its own parent;
 *	- a parent is never greater than its child, so the root is the smallest node of its component;
 *	- nodes counts the taken slots, components the roots.
 *
 * Linking by key order with path halving is O(log n) amortized a union or a look at a root.
 */
#include "postgres.h"
#include "compat.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "identity/disjoint_set.h"
#include "text/value.h"

/* tables below so many slots grow fourfold, larger ones twofold */
#define FAST_GROWTH_BITS	21

/* how many slots ahead of their use links are fetched */
#define AHEAD	16

static const char *const kind_names[] = {
	[NODE_BIGINT] = "bigint",
	[NODE_UUID] = "uuid",
	[NODE_TEXT] = "text",
	[NODE_IDENTIFIER] = "identifier",
};

const char *
node_kind_name(NodeKind kind)
{
	return kind_names[kind];
}

int
node_compare(NodeKind kind, const SetNode *a, const SetNode *b)
{
	if (kind == NODE_BIGINT)
		return (a->number > b->number) - (a->number < b->number);
	return text_value_compare(a->data, a->len, b->data, b->len);
}

/*
 * Bytes are hashed once more: rows of one shard or partition by the type's own hash function are of
 * one range of its values.
 */
static inline uint32
node_hash(NodeKind kind, const SetNode *node)
{
	if (kind == NODE_BIGINT)
		return hash_number(node->number);
	return murmurhash32(hash_bytes((const unsigned char *) node->data, node->len));
}

static inline uint32
next_slot(const Forest *f, uint32 slot)
{
	return (slot + 1) & (forest_slots(f->bits) - 1);
}

/* smallest table that takes so many nodes */
int
forest_bits_for(uint64 nodes)
{
	int			bits = FOREST_BITS_MIN;

	while (bits < FOREST_BITS_MAX && forest_limit(bits) < nodes)
		bits++;
	if (forest_limit(bits) < nodes)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("disjoint_set has too many nodes"),
				 errdetail("The limit is %u nodes.", forest_limit(FOREST_BITS_MAX)),
				 errhint("Aggregate parts that cannot touch, such as tenants, by themselves.")));
	return bits;
}

static Slot *
allocate_slots(int bits, MemoryContext context)
{
	return memory_allocate(context, forest_slots(bits) * sizeof(Slot));
}

/* set all slots free */
void
forest_clear(Forest *f)
{
	memset(f->slots, 0xFF, forest_slots(f->bits) * sizeof(Slot));
	f->nodes = 0;
	f->components = 0;
	f->arena_used = 0;
}

/* an empty forest of 2^bits slots and so many bytes of arena, which grows in context */
void
forest_create(Forest *f, NodeKind kind, int bits, Size arena, MemoryContext context)
{
	f->kind = kind;
	f->bits = bits;
	f->context = context;
	f->slots = allocate_slots(bits, context);
	f->arena = arena > 0 ? MemoryContextAllocHuge(context, arena) : NULL;
	f->arena_size = arena;
	forest_clear(f);
}

/*
 * Rehash from's nodes into to's slots, which are free and enough.  from's hashes are overwritten
 * with the new slot numbers: it is of no use afterwards.
 */
static void
move_slots(Forest *from, Forest *to)
{
	uint32		n = forest_slots(from->bits);
	uint32		i;

	for (i = 0; i < n; i++)
	{
		Slot	   *s = &from->slots[i];
		uint32		at;

		if (s->parent == SLOT_FREE)
			continue;
		at = first_slot(to, s->hash);
		while (to->slots[at].parent != SLOT_FREE)
			at = next_slot(to, at);
		to->slots[at] = *s;
		s->hash = at;
	}
	n = forest_slots(to->bits);
	for (i = 0; i < n; i++)
	{
		Slot	   *s = &to->slots[i];

		if (i + AHEAD < n && s[AHEAD].parent != SLOT_FREE)
			PREFETCH(&from->slots[s[AHEAD].parent]);
		if (s->parent != SLOT_FREE)
			s->parent = from->slots[s->parent].hash;
	}
	to->nodes = from->nodes;
	to->components = from->components;
}

/* move everything into to, which is empty and has the room; from is of no use afterwards */
void
forest_move(Forest *from, Forest *to)
{
	move_slots(from, to);
	if (from->arena_used > 0)
		memcpy(to->arena, from->arena, from->arena_used);
	to->arena_used = from->arena_used;
}

/* make room for so many further nodes, and so many bytes of theirs */
void
forest_reserve(Forest *f, uint64 nodes, Size bytes)
{
	uint64		wanted = f->nodes + nodes;

	if (wanted > forest_limit(f->bits))
	{
		Forest		larger = *f;

		CHECK_FOR_INTERRUPTS();
		larger.bits = forest_bits_for(wanted);
		if (larger.bits < FAST_GROWTH_BITS)
			larger.bits++;
		larger.slots = allocate_slots(larger.bits, f->context);
		memset(larger.slots, 0xFF, forest_slots(larger.bits) * sizeof(Slot));
		move_slots(f, &larger);
		pfree(f->slots);
		*f = larger;
	}
	if (bytes > f->arena_size - f->arena_used)
	{
		Size		size;

		if (bytes > MaxAllocHugeSize / 2 - f->arena_used)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("disjoint_set has too many bytes of nodes")));
		size = Max(f->arena_used + bytes, f->arena_size * 2);
		if (f->arena == NULL)
			f->arena = MemoryContextAllocHuge(f->context, size);
		else
			f->arena = repalloc_huge(f->arena, size);
		f->arena_size = size;
	}
}

static inline bool
slot_holds(const Forest *f, const Slot *s, const SetNode *node)
{
	const char *bytes;
	uint32		len;

	if (f->kind == NODE_BIGINT)
		return s->key == (uint64) node->number;
	bytes = f->arena + s->key;
	if (f->kind == NODE_UUID)
		return memcmp(bytes, node->data, 16) == 0;
	memcpy(&len, bytes, sizeof(len));
	return len == node->len && memcmp(bytes + sizeof(len), node->data, len) == 0;
}

/* make a free slot the root of a component of one */
static inline void
take_slot(Forest *f, uint32 slot, uint32 hash, uint64 key)
{
	f->slots[slot].key = key;
	f->slots[slot].parent = slot;
	f->slots[slot].hash = hash;
	f->nodes++;
	f->components++;
}

/* find or add a node; false, with nothing changed, if it is new and there is no room */
bool
forest_put(Forest *f, const SetNode *node, uint32 *slot)
{
	uint32		hash = node_hash(f->kind, node);
	uint32		at = first_slot(f, hash);
	Size		bytes;
	uint64		key;

	for (; f->slots[at].parent != SLOT_FREE; at = next_slot(f, at))
	{
		if (f->slots[at].hash == hash && slot_holds(f, &f->slots[at], node))
		{
			*slot = at;
			return true;
		}
	}
	bytes = forest_node_bytes(f->kind, node->len);
	if (f->nodes >= forest_limit(f->bits) || bytes > f->arena_size - f->arena_used)
		return false;
	if (f->kind == NODE_BIGINT)
		key = (uint64) node->number;
	else
	{
		char	   *to = f->arena + f->arena_used;

		if (f->kind != NODE_UUID)
		{
			memcpy(to, &node->len, sizeof(node->len));
			to += sizeof(node->len);
		}
		memcpy(to, node->data, node->len);
		key = f->arena_used;
		f->arena_used += bytes;
	}
	take_slot(f, at, hash, key);
	*slot = at;
	return true;
}

static inline bool
slot_less(const Forest *f, uint32 a, uint32 b)
{
	SetNode		na,
				nb;

	if (f->kind == NODE_BIGINT)
		return (int64) f->slots[a].key < (int64) f->slots[b].key;
	forest_node(f, a, &na);
	forest_node(f, b, &nb);
	return node_compare(f->kind, &na, &nb) < 0;
}

/* join the components of two slots; the smaller root stays */
void
forest_unite(Forest *f, uint32 a, uint32 b)
{
	a = forest_root(f, a);
	b = forest_root(f, b);
	if (a == b)
		return;
	if (slot_less(f, a, b))
		f->slots[b].parent = a;
	else
		f->slots[a].parent = b;
	f->components--;
}

/*
 * Add edges of numbers, two numbers each with their hashes, to a forest of bigint that owns its
 * memory.
 */
void
forest_put_edges(Forest *f, const int64 *numbers, const uint32 *hashes, int count)
{
	uint32		at[2 * EDGE_BATCH];
	int			k;

	Assert(count <= lengthof(at));
	forest_reserve(f, count, 0);
	for (k = 0; k < count; k++)
	{
		uint32		slot = first_slot(f, hashes[k]);

		while (f->slots[slot].parent != SLOT_FREE &&
			   f->slots[slot].key != (uint64) numbers[k])
			slot = next_slot(f, slot);
		if (f->slots[slot].parent == SLOT_FREE)
			take_slot(f, slot, hashes[k], (uint64) numbers[k]);
		else
			PREFETCH(&f->slots[f->slots[slot].parent]);
		at[k] = slot;
	}
	for (k = 0; k < count; k += 2)
		forest_unite(f, at[k], at[k + 1]);
}
