/*
 * disjoint_set.h
 *	  Private to disjoint_set*.c: the union-find table, and the three forms of a disjoint_set.
 *
 *	  disjoint_set_forest.c	  the table: nodes, union, growth
 *	  disjoint_set_value.c	  canonical bytes, the working forms of the aggregate, reading either
 *	  disjoint_set_io.c		  text and binary form
 *	  disjoint_set.c		  aggregate, union, connected components, accessors
 */
#ifndef OMNI_IDENTITY_DISJOINT_SET_H
#define OMNI_IDENTITY_DISJOINT_SET_H

#include "compat.h"
#include "utils/expandeddatum.h"

#include "identity/memory.h"

/* what a node is; stored in every value, never renumbered */
typedef enum NodeKind
{
	NODE_BIGINT = 1,
	NODE_UUID = 2,
	NODE_TEXT = 3,				/* UTF-8 */
	NODE_IDENTIFIER = 4			/* canonical bytes of omni.identifier */
} NodeKind;

#define NODE_KIND_LAST	NODE_IDENTIFIER

/* a node: its number (bigint) or its bytes (all other kinds) */
typedef struct SetNode
{
	int64		number;
	const char *data;
	uint32		len;
} SetNode;

/* name of a kind, as in the text form and in messages */
extern const char *node_kind_name(NodeKind kind);

/* may these received bytes be a node: UTF-8 for text, a canonical identifier */
extern bool node_valid(NodeKind kind, const SetNode *node);

/* order of nodes: numeric for bigint, memcmp with the shorter first for the others */
extern int	node_compare(NodeKind kind, const SetNode *a, const SetNode *b);

/* disjoint_set_forest.c */

#define SLOT_FREE	PG_UINT32_MAX

/* a node and its link; a root is its own parent */
typedef struct Slot
{
	uint64		key;			/* bigint: the number; others: where the bytes are in the arena */
	uint32		parent;			/* slot number, or SLOT_FREE */
	uint32		hash;
} Slot;

/*
 * Open-addressing hash table whose slots are the union-find nodes themselves.  The root of a
 * component is its smallest node.
 */
typedef struct Forest
{
	NodeKind	kind;
	int			bits;			/* 2^bits slots */
	uint32		nodes;
	uint32		components;
	Slot	   *slots;
	char	   *arena;			/* uuid: 16 bytes a node; text, identifier: uint32 length, bytes */
	Size		arena_used;
	Size		arena_size;
	MemoryContext context;		/* owns slots and arena; NULL for a view of a flat state */
} Forest;

#define FOREST_BITS_MIN		2
#define FOREST_BITS_MAX		(SIZEOF_SIZE_T == 4 ? 26 : 31)

static inline uint32
forest_slots(int bits)
{
	return (uint32) 1 << bits;
}

/* nodes that 2^bits slots take before the table grows */
static inline uint32
forest_limit(int bits)
{
	return forest_slots(bits) - (forest_slots(bits) >> 2);
}

/* bytes of the arena that a node of len bytes takes */
static inline Size
forest_node_bytes(NodeKind kind, uint32 len)
{
	return kind == NODE_BIGINT ? 0 : kind == NODE_UUID ? 16 : sizeof(uint32) + (Size) len;
}

/* both halves of the number must reach the high bits, which are the slot number */
static inline uint32
hash_number(int64 number)
{
	uint64		h = (uint64) number;

	h ^= h >> 32;
	h *= UINT64CONST(0xd6e8feb86659fd93);
	h ^= h >> 32;
	h *= UINT64CONST(0xd6e8feb86659fd93);
	return (uint32) (h >> 32);
}

/* where the search for a hash begins */
static inline uint32
first_slot(const Forest *f, uint32 hash)
{
	return hash >> (32 - f->bits);
}

/*
 * Root of a slot's component, halving the path to it.  Reading shortens links too: edges that came
 * in falling order leave a path as long as the component.
 */
static inline uint32
forest_root(const Forest *f, uint32 slot)
{
	Slot	   *slots = f->slots;

	for (;;)
	{
		uint32		parent = slots[slot].parent;
		uint32		next = slots[parent].parent;

		if (next == parent)
			return parent;
		slots[slot].parent = next;
		slot = next;
	}
}

/* the node of a slot; its bytes are the forest's */
static inline void
forest_node(const Forest *f, uint32 slot, SetNode *node)
{
	const Slot *s = &f->slots[slot];

	node->number = 0;
	node->data = NULL;
	node->len = 0;
	if (f->kind == NODE_BIGINT)
	{
		node->number = (int64) s->key;
		return;
	}
	node->data = f->arena + s->key;
	node->len = 16;
	if (f->kind != NODE_UUID)
	{
		memcpy(&node->len, node->data, sizeof(node->len));
		node->data += sizeof(node->len);
	}
}

extern int	forest_bits_for(uint64 nodes);
extern void forest_create(Forest *f, NodeKind kind, int bits, Size arena, MemoryContext context);
extern void forest_clear(Forest *f);
extern void forest_move(Forest *from, Forest *to);
extern void forest_reserve(Forest *f, uint64 nodes, Size bytes);
extern bool forest_put(Forest *f, const SetNode *node, uint32 *slot);
extern void forest_unite(Forest *f, uint32 a, uint32 b);
extern void forest_put_edges(Forest *f, const int64 *numbers, const uint32 *hashes, int count);

/* disjoint_set_value.c */

/* an aggregate state beyond FLAT_STATE_MAX */
#define EDGE_BATCH	32

typedef struct ExpandedForest
{
	ExpandedObjectHeader header;
	int			magic;
	int			pending;		/* numbers in edges[] and hashes[], two an edge */
	Forest		forest;
	struct varlena *canonical;	/* made when the object is flattened, dropped when it changes */
	int64		edges[2 * EDGE_BATCH];
	uint32		hashes[2 * EDGE_BATCH];
} ExpandedForest;

/* a value opened for reading: a table or canonical bytes */
typedef struct DisjointSet
{
	NodeKind	kind;
	Forest	   *forest;			/* or NULL */
	Forest		view;
	const unsigned char *data;	/* canonical bytes, where forest is NULL */
	Size		size;
} DisjointSet;

/* reads (node, component) pairs; canonical bytes give them sorted by component, then by node */
typedef struct NodeReader
{
	DisjointSet set;
	/* table */
	uint32		read;			/* slots looked at */
	/* canonical bytes */
	const unsigned char *at;
	const unsigned char *end;
	uint64		total_nodes;
	uint64		total_components;
	uint64		nodes;			/* still to come */
	uint64		components;
	uint64		members;		/* still to come in this component */
	SetNode		component;
	SetNode		last;
} NodeReader;

/* a transition state opened for change */
typedef struct State
{
	Forest	   *forest;
	Forest		view;
	struct FlatState *flat;		/* one of these two */
	ExpandedForest *big;
	MemoryContext aggcontext;
} State;

extern struct varlena *forest_encode(const Forest *f);
extern struct varlena *disjoint_set_canonical(Datum value);

extern void disjoint_set_open(Datum value, DisjointSet *set);
extern struct varlena *disjoint_set_from_bytes(const char *data, Size size);
extern void disjoint_set_counts(Datum value, uint64 *nodes, uint64 *components);
extern void reader_begin(NodeReader *r, const DisjointSet *set);
extern bool reader_next(NodeReader *r, SetNode *node, SetNode *component);
extern Size reader_key_bytes(const NodeReader *r);
extern void forest_add(Forest *f, NodeReader *r);

extern ExpandedForest *expanded_of(Datum value);
extern void state_create(State *state, NodeKind kind, uint64 nodes, Size bytes,
						 MemoryContext aggcontext);
extern void state_open(State *state, Datum value, MemoryContext aggcontext);
extern void state_reserve(State *state, uint64 nodes, Size bytes);
extern Datum state_close(State *state);
extern bool state_take_edge(Datum value, int64 a, int64 b);

#endif							/* OMNI_IDENTITY_DISJOINT_SET_H */
