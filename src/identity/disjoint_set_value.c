/*
 * disjoint_set_value.c
 *	  The three forms of a disjoint_set.
 *
 * Canonical bytes, the only form that is stored or sent:
 *
 *	  byte 0	version, 1
 *	  byte 1	kind of node: 1 bigint, 2 uuid, 3 text, 4 identifier
 *	  varint	number of nodes, at least 1
 *	  varint	number of components
 *	  then each component, in the order of their smallest nodes:
 *	  varint	its number of nodes
 *	  nodes		ascending
 *
 * A node of uuid is its 16 bytes; one of text or identifier is its length (varint) and its UTF-8
 * bytes.  A number is a varint: the very first one as zigzag, the first of a later component as
 * distance - 1 to the first of the component before, any other as distance - 1 to the number
 * before it.  Varints are little-endian base 128 of the shortest length.  So a partition has
 * exactly one form: equal means identical bytes.
 *
 * Flat state, private to a running aggregate: struct FlatState, a varlena whose table and arena
 * have slack and are changed in place.  Its first byte tells it from canonical bytes.
 *
 * Expanded state, beyond FLAT_STATE_MAX: struct ExpandedForest, an expanded object that owns its
 * memory context below the aggregate's.  Flattened, it gives canonical bytes.  Edges of bigint
 * wait in a small batch; whoever opens the object puts them in first.
 */
#include "postgres.h"
#include "compat.h"

#include "access/detoast.h"
#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "utils/memutils.h"

#include "identity/disjoint_set.h"

#define CANONICAL_VERSION	1
#define FLAT_STATE_FORM		0x81

/* version, kind, and two varints */
#define HEADER_MAX			(2 + 2 * 10)

#define EXPANDED_MAGIC		0x6473666f

/*
 * Expanded states have a memory context each, and hash aggregation looks at all of them to know
 * its memory: only large states, of which there are few, may be expanded.
 */
#define FLAT_STATE_MAX		65536

/* how many slots ahead of their use links are fetched */
#define AHEAD	24

/* a reader takes so many bits of slots together */
#define READ_BLOCK_BITS	5

/* 2^32 divided by it */
#define GOLDEN_RATIO	0x9E3779B9U

/* slack of the arena in a first flat state */
#define FLAT_ARENA_MIN		64

typedef struct FlatState
{
	int32		vl_len_;
	uint8		form;			/* FLAT_STATE_FORM */
	uint8		kind;
	uint8		bits;
	uint8		unused;
	uint32		nodes;
	uint32		components;
	uint32		arena_used;
	uint32		arena_size;
	Slot		slots[FLEXIBLE_ARRAY_MEMBER];	/* and then the arena */
} FlatState;

/* ---- sorting ---- */

typedef struct SortItem
{
	uint64		prefix;			/* order of the node, or of the first bytes that differ */
	uint32		slot;
	uint32		root;
} SortItem;

/* makes the unsigned order of numbers the signed one */
#define SIGN_BIT	(UINT64CONST(1) << 63)

/* below this, comparing is cheaper than counting bytes */
#define RADIX_MIN	256

/* forests of so many slots are sorted on the stack */
#define SMALL_SLOTS	64
#define SMALL_NODES	(SMALL_SLOTS / 4 * 3)

static int
compare_items(const void *a, const void *b, void *arg)
{
	const SortItem *x = a;
	const SortItem *y = b;
	const Forest *f = arg;
	SetNode		nx,
				ny;

	if (x->prefix != y->prefix)
		return x->prefix < y->prefix ? -1 : 1;
	if (f->kind == NODE_BIGINT)
		return 0;
	CHECK_FOR_INTERRUPTS();
	forest_node(f, x->slot, &nx);
	forest_node(f, y->slot, &ny);
	return node_compare(f->kind, &nx, &ny);
}

/* first 8 bytes after skip, as a number of the same order */
static uint64
prefix_of(const SetNode *node, uint32 skip)
{
	uint64		p = 0;

	if (node->len > skip)
		memcpy(&p, node->data + skip, Min(node->len - skip, sizeof(p)));
	return pg_ntoh64(p);
}

/* number of bytes with which all nodes begin */
static uint32
shared_prefix(const Forest *f)
{
	uint32		n = forest_slots(f->bits);
	uint32		shared = 0;
	bool		first = true;
	SetNode		model,
				node;
	uint32		i;

	for (i = 0; i < n; i++)
	{
		uint32		len = 0;

		if ((i & 0xFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		if (f->slots[i].parent == SLOT_FREE)
			continue;
		if (first)
		{
			forest_node(f, i, &model);
			shared = model.len;
			first = false;
			continue;
		}
		forest_node(f, i, &node);
		while (len < Min(shared, node.len) && model.data[len] == node.data[len])
			len++;
		shared = len;
		if (shared == 0)
			break;
	}
	return shared;
}

/*
 * Start fetching the links of slots that are read soon: the parent of one, the grandparent of one
 * that comes before it.  A call that were not inlined early, gcc would take for one without effect.
 */
static pg_attribute_always_inline void
fetch_links(const Forest *f, uint32 slot, uint32 before)
{
	uint32		parent = f->slots[slot].parent;

	if (parent != SLOT_FREE)
		PREFETCH(&f->slots[parent]);
	parent = f->slots[before].parent;
	if (parent != SLOT_FREE)
		PREFETCH(&f->slots[f->slots[parent].parent]);
}

static void
collect_items(const Forest *f, SortItem *items)
{
	uint32		n = forest_slots(f->bits);
	uint32		skip = f->kind == NODE_BIGINT ? 0 : shared_prefix(f);
	uint32		i;

	for (i = 0; i < n; i++)
	{
		if ((i & 0xFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		if (i + 2 * AHEAD < n)
			fetch_links(f, i + 2 * AHEAD, i + AHEAD);
		if (f->slots[i].parent == SLOT_FREE)
			continue;
		items->slot = i;
		items->root = forest_root(f, i);
		if (f->kind == NODE_BIGINT)
			items->prefix = f->slots[i].key ^ SIGN_BIT;
		else
		{
			SetNode		node;

			forest_node(f, i, &node);
			items->prefix = prefix_of(&node, skip);
		}
		items++;
	}
}

/*
 * Sort items by prefix, least significant byte first, leaving out bytes in which all agree.  The
 * result is in items or in spare.
 */
static SortItem *
radix_sort(SortItem *items, SortItem *spare, uint32 n)
{
	uint32		counts[8][256];
	uint32		i;
	int			b;

	memset(counts, 0, sizeof(counts));
	for (i = 0; i < n; i++)
	{
		for (b = 0; b < 8; b++)
			counts[b][(items[i].prefix >> (8 * b)) & 0xFF]++;
	}
	for (b = 0; b < 8; b++)
	{
		uint32	   *count = counts[b];
		SortItem   *swap = items;
		uint32		at = 0;
		int			v;

		if (count[(items[0].prefix >> (8 * b)) & 0xFF] == n)
			continue;
		CHECK_FOR_INTERRUPTS();
		for (v = 0; v < 256; v++)
		{
			uint32		c = count[v];

			count[v] = at;
			at += c;
		}
		for (i = 0; i < n; i++)
			spare[count[(items[i].prefix >> (8 * b)) & 0xFF]++] = items[i];
		items = spare;
		spare = swap;
	}
	return items;
}

/* items in the order of their nodes, in one of the two arrays */
static SortItem *
sort_items(const Forest *f, SortItem *items, SortItem *spare, uint32 n)
{
	uint32		i,
				end;

	if (n < RADIX_MIN)
	{
		qsort_arg(items, n, sizeof(SortItem), compare_items, unconstify(Forest *, f));
		return items;
	}
	items = radix_sort(items, spare, n);
	if (f->kind == NODE_BIGINT)
		return items;
	for (i = 0; i < n; i = end)
	{
		for (end = i + 1; end < n && items[end].prefix == items[i].prefix; end++)
			;
		if (end - i > 1)
			qsort_arg(items + i, end - i, sizeof(SortItem), compare_items,
					  unconstify(Forest *, f));
	}
	return items;
}

/* ---- canonical bytes ---- */

/* add a varint at out, or only count its bytes if out is NULL */
static inline Size
put_varint(unsigned char *out, uint64 v)
{
	Size		n = 0;

	for (; v >= 0x80; v >>= 7, n++)
	{
		if (out)
			out[n] = (unsigned char) (v | 0x80);
	}
	if (out)
		out[n] = (unsigned char) v;
	return n + 1;
}

/*
 * Write the body: grouped holds each node's key by component, ends where each component ends.
 * With out NULL, only count.
 */
static Size
put_body(const Forest *f, const uint64 *grouped, const uint32 *ends, unsigned char *out)
{
	Size		size = 0;
	uint32		c,
				i = 0;

#define AT	(out ? out + size : NULL)
	size += put_varint(AT, f->nodes);
	size += put_varint(AT, f->components);
	for (c = 0; c < f->components; c++)
	{
		uint32		first = i;

		if ((c & 0xFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		size += put_varint(AT, ends[c] - first);
		for (; i < ends[c]; i++)
		{
			if (f->kind == NODE_BIGINT)
			{
				if (i == 0)
					size += put_varint(AT, (grouped[0] << 1) ^ (0 - (grouped[0] >> 63)));
				else if (i > first)
					size += put_varint(AT, grouped[i] - grouped[i - 1] - 1);
				else
					size += put_varint(AT, grouped[i] -
									   grouped[c > 1 ? ends[c - 2] : 0] - 1);
			}
			else
			{
				const char *bytes = f->arena + grouped[i];
				uint32		len = 16;

				if (f->kind != NODE_UUID)
				{
					memcpy(&len, bytes, sizeof(len));
					bytes += sizeof(len);
					size += put_varint(AT, len);
				}
				if (out)
					memcpy(out + size, bytes, len);
				size += len;
			}
		}
	}
#undef AT
	return size;
}

static void *
allocate(Size count, Size width)
{
	return MemoryContextAllocHuge(CurrentMemoryContext, count * width);
}

/* canonical bytes of a forest, as a varlena in the current memory context */
struct varlena *
forest_encode(const Forest *f)
{
	SortItem	small_items[2][SMALL_NODES];
	uint32		small_number[SMALL_SLOTS];
	uint32		small_ends[SMALL_NODES];
	bool		small = forest_slots(f->bits) <= SMALL_SLOTS;
	uint32		n = f->nodes;
	SortItem   *first = small ? small_items[0] : allocate(n, sizeof(SortItem));
	SortItem   *second = small ? small_items[1] : allocate(n, sizeof(SortItem));
	uint32	   *number = small ? small_number : allocate(forest_slots(f->bits), sizeof(uint32));
	uint32	   *ends = small ? small_ends : allocate(f->components, sizeof(uint32));
	SortItem   *sorted;
	uint64	   *grouped;
	struct varlena *result;
	unsigned char *out;
	Size		size;
	uint32		i,
				c;

	collect_items(f, first);
	sorted = sort_items(f, first, second, n);
	grouped = (uint64 *) (sorted == first ? second : first);

	/* the root is the smallest of its component: it comes first, and numbers the component */
	for (i = 0, c = 0; i < n; i++)
	{
		if (sorted[i].slot == sorted[i].root)
		{
			number[sorted[i].root] = c;
			ends[c++] = 0;
		}
		sorted[i].root = number[sorted[i].root];
		ends[sorted[i].root]++;
	}
	Assert(c == f->components);
	for (i = 0, c = 0; c < f->components; c++)
	{
		uint32		members = ends[c];

		ends[c] = i;
		i += members;
	}
	for (i = 0; i < n; i++)
		grouped[ends[sorted[i].root]++] = f->kind == NODE_BIGINT ?
			sorted[i].prefix ^ SIGN_BIT : f->slots[sorted[i].slot].key;

	size = VARHDRSZ + 2 + put_body(f, grouped, ends, NULL);
	if (size > MaxAllocSize)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("disjoint_set is too large to be stored or sent"),
				 errdetail("It has %u nodes and would take more than 1 GB.", n),
				 errhint("Use connected_components() over the aggregate in a FROM item of the "
						 "same query without parallel workers, which needs no such form, "
						 "or aggregate parts that cannot touch by themselves.")));
	result = palloc(size);
	SET_VARSIZE(result, size);
	out = (unsigned char *) VARDATA(result);
	out[0] = CANONICAL_VERSION;
	out[1] = f->kind;
	put_body(f, grouped, ends, out + 2);
	if (!small)
	{
		pfree(first);
		pfree(second);
		pfree(number);
		pfree(ends);
	}
	return result;
}

/* ---- reading ---- */

static Forest *
view_of_flat(FlatState *flat, Forest *view)
{
	view->kind = flat->kind;
	view->bits = flat->bits;
	view->nodes = flat->nodes;
	view->components = flat->components;
	view->slots = flat->slots;
	view->arena = (char *) (flat->slots + forest_slots(flat->bits));
	view->arena_used = flat->arena_used;
	view->arena_size = flat->arena_size;
	view->context = NULL;
	return view;
}

static void
put_pending(ExpandedForest *big)
{
	/* an error on the way leaves them pending: adding an edge twice does no harm */
	if (big->pending > 0)
		forest_put_edges(&big->forest, big->edges, big->hashes, big->pending);
	big->pending = 0;
}

/* the object of an expanded datum, which can only be ours */
ExpandedForest *
expanded_of(Datum value)
{
	ExpandedForest *big = (ExpandedForest *) DatumGetEOHP(value);

	if (big->magic != EXPANDED_MAGIC)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("expanded object is not a disjoint_set")));
	return big;
}

static void
damaged_value(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("disjoint_set value is damaged")));
}

/* open a value of any form for reading; what it points to may be the value's own memory */
void
disjoint_set_open(Datum value, DisjointSet *set)
{
	struct varlena *v = (struct varlena *) DatumGetPointer(value);

	set->forest = NULL;
	if (VARATT_IS_EXTERNAL_EXPANDED(v))
	{
		ExpandedForest *big = expanded_of(value);

		put_pending(big);
		set->forest = &big->forest;
		set->kind = big->forest.kind;
		return;
	}
	v = pg_detoast_datum_packed(v);
	set->data = (const unsigned char *) VARDATA_ANY(v);
	set->size = VARSIZE_ANY_EXHDR(v);
	if (set->size < 4)
		damaged_value();
	if (set->data[0] == FLAT_STATE_FORM)
	{
		/* reading shortens links, in memory of our own */
		v = pg_detoast_datum_copy(v);
		set->forest = view_of_flat((FlatState *) v, &set->view);
		set->kind = set->forest->kind;
		return;
	}
	if (set->data[0] != CANONICAL_VERSION ||
		set->data[1] < NODE_BIGINT || set->data[1] > NODE_KIND_LAST)
		damaged_value();
	set->kind = set->data[1];
}

/* read a varint; false if it does not end or does not fit */
static inline bool
get_varint(const unsigned char **at, const unsigned char *end, uint64 *v)
{
	int			shift;

	*v = 0;
	for (shift = 0; *at < end && shift < 64; shift += 7)
	{
		unsigned char byte = *(*at)++;

		if (shift == 63 && byte > 1)
			return false;
		*v |= (uint64) (byte & 0x7F) << shift;
		if (byte < 0x80)
			return true;
	}
	return false;
}

/* start reading canonical bytes; false if they cannot be canonical */
static bool
begin_canonical(NodeReader *r)
{
	r->at = r->set.data + 2;
	r->end = r->set.data + r->set.size;
	r->members = 0;
	memset(&r->last, 0, sizeof(SetNode));
	memset(&r->component, 0, sizeof(SetNode));
	if (!get_varint(&r->at, r->end, &r->nodes) ||
		!get_varint(&r->at, r->end, &r->components))
		return false;
	r->total_nodes = r->nodes;
	r->total_components = r->components;
	/* each node takes a byte: no count can make anyone allocate more than the value's size */
	return r->components >= 1 && r->components <= r->nodes && r->nodes <= r->end - r->at;
}

/* the next node of canonical bytes; at the end, *end; false if the bytes are damaged */
static bool
next_canonical(NodeReader *r, bool *end)
{
	bool		first = r->members == 0;
	uint64		v;

	*end = false;
	if (first)
	{
		if (r->nodes == 0)
		{
			*end = true;
			return r->components == 0 && r->at == r->end;
		}
		if (r->components == 0 || !get_varint(&r->at, r->end, &r->members) ||
			r->members == 0 || r->members > r->nodes)
			return false;
		r->components--;
	}
	if (r->set.kind == NODE_BIGINT)
	{
		int64		from = first ? r->component.number : r->last.number;

		if (!get_varint(&r->at, r->end, &v))
			return false;
		if (r->nodes == r->total_nodes)
			r->last.number = (int64) ((v >> 1) ^ (0 - (v & 1)));
		else
		{
			/* room above from, as an unsigned number */
			if (v >= (uint64) PG_INT64_MAX - (uint64) from)
				return false;
			r->last.number = (int64) ((uint64) from + v + 1);
		}
	}
	else
	{
		v = 16;
		if (r->set.kind != NODE_UUID && !get_varint(&r->at, r->end, &v))
			return false;
		if (v > r->end - r->at)
			return false;
		r->last.data = (const char *) r->at;
		r->last.len = (uint32) v;
		r->at += v;
	}
	if (first)
		r->component = r->last;
	r->members--;
	r->nodes--;
	return true;
}

/* start reading a value */
void
reader_begin(NodeReader *r, const DisjointSet *set)
{
	r->set = *set;
	if (set->forest == &set->view)
		r->set.forest = &r->set.view;
	r->read = 0;
	if (r->set.forest == NULL && !begin_canonical(r))
		damaged_value();
	if (r->set.forest)
	{
		r->total_nodes = r->set.forest->nodes;
		r->total_components = r->set.forest->components;
	}
}

/*
 * The i-th slot that a reader looks at: blocks of slots in steps of the golden ratio.  Rows in the
 * order of their hashes, stored and aggregated again, would all fall into the first slots of a
 * table that is still small, and be searched for one after the other.
 */
static inline uint32
slot_to_read(const Forest *f, uint32 i)
{
	int			bits = f->bits - READ_BLOCK_BITS;
	uint32		step;

	if (bits <= 0)
		return i;
	step = (GOLDEN_RATIO >> (32 - bits)) | 1;
	return ((i >> READ_BLOCK_BITS) * step & (forest_slots(bits) - 1)) << READ_BLOCK_BITS |
		(i & (forest_slots(READ_BLOCK_BITS) - 1));
}

/* the next node and its component's smallest node; false at the end */
bool
reader_next(NodeReader *r, SetNode *node, SetNode *component)
{
	Forest	   *f = r->set.forest;
	uint32		n;
	bool		end;

	if (f == NULL)
	{
		if (!next_canonical(r, &end))
			damaged_value();
		if (end)
			return false;
		*node = r->last;
		*component = r->component;
		return true;
	}
	n = forest_slots(f->bits);
	while (r->read < n)
	{
		uint32		slot = slot_to_read(f, r->read);

		if (r->read + 3 * AHEAD < n)
		{
			PREFETCH(&f->slots[slot_to_read(f, r->read + 3 * AHEAD)]);
			fetch_links(f, slot_to_read(f, r->read + 2 * AHEAD),
						slot_to_read(f, r->read + AHEAD));
		}
		r->read++;
		if (f->slots[slot].parent == SLOT_FREE)
			continue;
		forest_node(f, slot, node);
		forest_node(f, forest_root(f, slot), component);
		return true;
	}
	return false;
}

/* numbers of nodes and components; of a value out of line, only the first bytes are fetched */
void
disjoint_set_counts(Datum value, uint64 *nodes, uint64 *components)
{
	struct varlena *v = (struct varlena *) DatumGetPointer(value);
	const unsigned char *at;
	const unsigned char *end;
	DisjointSet set;
	NodeReader	r;

	if (!VARATT_IS_EXTERNAL_EXPANDED(v))
	{
		v = pg_detoast_datum_slice(v, 0, HEADER_MAX);
		at = (const unsigned char *) VARDATA_ANY(v);
		end = at + VARSIZE_ANY_EXHDR(v);
		if (end - at > 2 && at[0] == CANONICAL_VERSION)
		{
			at += 2;
			if (!get_varint(&at, end, nodes) || !get_varint(&at, end, components))
				damaged_value();
			return;
		}
	}
	disjoint_set_open(value, &set);
	reader_begin(&r, &set);
	*nodes = r.total_nodes;
	*components = r.total_components;
}

/* canonical bytes of a value of any form: the value itself if it has them, perhaps packed */
struct varlena *
disjoint_set_canonical(Datum value)
{
	DisjointSet set;

	disjoint_set_open(value, &set);
	if (set.forest)
		return forest_encode(set.forest);
	return pg_detoast_datum_packed((struct varlena *) DatumGetPointer(value));
}

/*
 * Copy received bytes into a varlena if they are the canonical form of some partition, which is
 * decided by making that form again; NULL if not.
 */
struct varlena *
disjoint_set_from_bytes(const char *data, Size size)
{
	NodeReader	r = {0};
	Forest		f;
	struct varlena *made;
	uint32		slot,
				root = SLOT_FREE;
	bool		end;

	if (size < 4 || data[0] != CANONICAL_VERSION || data[1] < NODE_BIGINT ||
		data[1] > NODE_KIND_LAST)
		return NULL;
	r.set.kind = data[1];
	r.set.data = (const unsigned char *) data;
	r.set.size = size;
	if (!begin_canonical(&r))
		return NULL;
	forest_create(&f, r.set.kind, forest_bits_for(r.total_nodes), reader_key_bytes(&r),
				  CurrentMemoryContext);
	for (;;)
	{
		uint32		before = f.nodes;

		if ((before & 0xFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		if (r.members == 0)
			root = SLOT_FREE;
		if (!next_canonical(&r, &end))
			return NULL;
		if (end)
			break;
		if (!node_valid(r.set.kind, &r.last) || !forest_put(&f, &r.last, &slot) ||
			f.nodes == before)
			return NULL;
		if (root == SLOT_FREE)
			root = slot;
		forest_unite(&f, slot, root);
	}
	made = forest_encode(&f);
	if (VARSIZE(made) != size + VARHDRSZ || memcmp(VARDATA(made), data, size) != 0)
		return NULL;
	pfree(f.slots);
	if (f.arena)
		pfree(f.arena);
	return made;
}

/* bytes that the nodes of a value may take in an arena */
Size
reader_key_bytes(const NodeReader *r)
{
	if (r->set.kind == NODE_BIGINT)
		return 0;
	if (r->set.forest)
		return r->set.forest->arena_used;
	return r->set.size + r->total_nodes * sizeof(uint32);
}

/*
 * Add all that a reader has to a forest of its kind, which has the room for all: rows in hash
 * order must not meet a table that is still growing.
 */
void
forest_add(Forest *f, NodeReader *r)
{
	SetNode		node,
				component,
				last = {0};
	uint32		root = SLOT_FREE;
	uint32		slot;
	uint32		n = 0;

	while (reader_next(r, &node, &component))
	{
		if ((++n & 0xFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		if (root == SLOT_FREE || component.number != last.number || component.data != last.data)
		{
			if (!forest_put(f, &component, &root))
				damaged_value();
			last = component;
		}
		if (!forest_put(f, &node, &slot))
			damaged_value();
		forest_unite(f, slot, root);
	}
}

/* ---- transition states ---- */

static Size
expanded_flat_size(ExpandedObjectHeader *header)
{
	ExpandedForest *big = (ExpandedForest *) header;

	put_pending(big);
	if (big->canonical == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(header->eoh_context);

		big->canonical = forest_encode(&big->forest);
		MemoryContextSwitchTo(old);
	}
	return VARSIZE(big->canonical);
}

static void
expanded_flatten(ExpandedObjectHeader *header, void *result, Size size)
{
	memcpy(result, ((ExpandedForest *) header)->canonical, size);
}

static const ExpandedObjectMethods expanded_methods = {expanded_flat_size, expanded_flatten};

static Size
flat_size(int bits, Size arena)
{
	return offsetof(FlatState, slots) + ((Size) forest_slots(bits)) * sizeof(Slot) + arena;
}

static bool
fits_flat(int bits, Size arena)
{
	return arena <= FLAT_STATE_MAX && flat_size(bits, arena) <= FLAT_STATE_MAX;
}

/* an empty state of a known size: flat in the current memory context, else below aggcontext */
static void
make_state(State *state, NodeKind kind, int bits, Size arena, MemoryContext aggcontext)
{
	state->aggcontext = aggcontext;
	state->flat = NULL;
	state->big = NULL;
	if (fits_flat(bits, arena))
	{
		Size		size = flat_size(bits, arena);
		FlatState  *flat = palloc(size);

		SET_VARSIZE(flat, size);
		flat->form = FLAT_STATE_FORM;
		flat->kind = kind;
		flat->bits = bits;
		flat->unused = 0;
		flat->arena_size = arena;
		state->flat = flat;
		state->forest = view_of_flat(flat, &state->view);
		forest_clear(state->forest);
	}
	else
	{
		MemoryContext context = AllocSetContextCreate(aggcontext, "disjoint_set",
													  ALLOCSET_START_SMALL_SIZES);
		ExpandedForest *big = MemoryContextAlloc(context, sizeof(ExpandedForest));

		EOH_init_header(&big->header, &expanded_methods, context);
		big->magic = EXPANDED_MAGIC;
		big->pending = 0;
		big->canonical = NULL;
		forest_create(&big->forest, kind, bits, arena, context);
		state->big = big;
		state->forest = &big->forest;
	}
}

/*
 * A new state with room for so many nodes and bytes of theirs.  A flat one is made in the current
 * memory context: the aggregate copies it into its own.
 */
void
state_create(State *state, NodeKind kind, uint64 nodes, Size bytes, MemoryContext aggcontext)
{
	if (kind == NODE_TEXT || kind == NODE_IDENTIFIER)
		bytes = Max(bytes, FLAT_ARENA_MIN);
	make_state(state, kind, forest_bits_for(nodes), bytes, aggcontext);
}

/* open the transition value of a running aggregate for change */
void
state_open(State *state, Datum value, MemoryContext aggcontext)
{
	struct varlena *v = (struct varlena *) DatumGetPointer(value);
	NodeReader	r;
	DisjointSet set;

	state->aggcontext = aggcontext;
	if (VARATT_IS_EXTERNAL_EXPANDED_RW(v))
	{
		state->flat = NULL;
		state->big = expanded_of(value);
		state->forest = &state->big->forest;
		put_pending(state->big);
		if (state->big->canonical)
		{
			pfree(state->big->canonical);
			state->big->canonical = NULL;
		}
	}
	else if (VARATT_IS_4B_U(v) && ((FlatState *) v)->form == FLAT_STATE_FORM)
	{
		state->big = NULL;
		state->flat = (FlatState *) v;
		state->forest = view_of_flat(state->flat, &state->view);
	}
	else
	{
		/* not a state of ours to change: an initial value, or a stored one */
		disjoint_set_open(value, &set);
		reader_begin(&r, &set);
		state_create(state, set.kind, r.total_nodes, reader_key_bytes(&r), aggcontext);
		forest_add(state->forest, &r);
	}
}

/* make room for so many further nodes and bytes of theirs; slot numbers change */
void
state_reserve(State *state, uint64 nodes, Size bytes)
{
	Forest	   *f = state->forest;
	State		larger;
	uint64		wanted = f->nodes + nodes;
	int			bits = f->bits;
	Size		arena = f->arena_size;

	if (state->big)
	{
		forest_reserve(f, nodes, bytes);
		return;
	}
	if (wanted > forest_limit(bits))
		bits = forest_bits_for(wanted);
	if (bytes > arena - f->arena_used)
		arena = Max(f->arena_used + bytes, arena * 2);
	if (bits == f->bits && arena == f->arena_size)
		return;
	make_state(&larger, f->kind, bits, arena, state->aggcontext);
	forest_move(f, larger.forest);
	*state = larger;
	if (state->flat)
		state->forest = &state->view;
}

/* the transition value to return: the same pointer as before unless the state was moved */
Datum
state_close(State *state)
{
	if (state->big)
		return EOHPGetRWDatum(&state->big->header);
	state->flat->nodes = state->forest->nodes;
	state->flat->components = state->forest->components;
	state->flat->arena_used = state->forest->arena_used;
	return PointerGetDatum(state->flat);
}

/* put a number in the batch; its slot is fetched while the executor makes the next rows */
static inline void
take_number(ExpandedForest *big, int64 number)
{
	uint32		hash = hash_number(number);
	Slot	   *slot = &big->forest.slots[first_slot(&big->forest, hash)];

	/* a search often goes on into the next line; past the end of the table this does no harm */
	PREFETCH(slot);
	PREFETCH(slot + 4);
	big->edges[big->pending] = number;
	big->hashes[big->pending++] = hash;
}

/*
 * Add an edge to the transition value if it is an expanded one of bigint, without opening it;
 * false if it is not.
 */
bool
state_take_edge(Datum value, int64 a, int64 b)
{
	ExpandedForest *big;

	if (!VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(value)))
		return false;
	big = expanded_of(value);
	if (big->forest.kind != NODE_BIGINT)
		return false;
	if (big->canonical)
	{
		pfree(big->canonical);
		big->canonical = NULL;
	}
	take_number(big, a);
	take_number(big, b);
	if (big->pending == lengthof(big->edges))
		put_pending(big);
	return true;
}
