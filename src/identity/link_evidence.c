/*
 * link_evidence.c
 *	  link_evidence: a set of pieces of evidence that records are of one customer, or are not.
 *
 * The join takes the pieces of both sides; of two with the same key one stays, chosen by what they
 * say alone.  So it is commutative, associative and idempotent, and evidence can be collected in
 * any order, in parts, and twice.
 *
 * The aggregate's state is a log: pieces are added at its end.  Only when its memory is full, and
 * large enough to matter, is it sorted and what is superseded dropped; that doubles the memory
 * unless half of it became free.  Up to FLAT_STATE_MAX a state is a flat varlena, changed in place;
 * a larger one is an expanded object that owns its memory context below the aggregate's, and may
 * outgrow what a value can hold: resolve_links() reads it as it is.  Flattened, it gives canonical
 * bytes.
 *
 * The bytes are described in link_evidence.h.
 */
#include "postgres.h"
#include "compat.h"

#include <math.h>

#include "access/detoast.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"
#include "utils/expandeddatum.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "identity/byte_sort.h"
#include "identity/identity.h"
#include "identity/link_evidence.h"

/* first byte of a flat state; canonical bytes begin with LINK_VERSION */
#define STATE_FORM		0x81

#define EXPANDED_MAGIC	0x6c6e6b65

/*
 * Expanded states have a memory context each, and hash aggregation looks at all of them to know
 * its memory: only large states, of which there are few, may be expanded.
 */
#define FLAT_STATE_MAX	65536

/* flat states of up to so many bytes just grow: sorting so little more often would cost more */
#define FLAT_SORT_MIN	4096

/* the same for expanded ones: a night's feed is rarely repeated within itself */
#define EXPANDED_SORT_MIN	((Size) 256 * 1024 * 1024)

/* version, count */
#define HEADER_MAX		(1 + 10)

/* type, and what stands behind the key */
#define TAIL_BYTES(type)	((type) == LINK_PAIR ? 16 : 8)

/* type, four parts of keys, three NULs, tail */
#define PIECE_MAX		(1 + 4 * LINK_KEY_PART_MAX + 3 + 16)

/* sorted on the stack up to so many pieces */
#define SMALL_PIECES	64

typedef struct FlatEvidence
{
	int32		vl_len_;
	uint8		form;			/* STATE_FORM */
	uint8		unused[3];
	uint32		used;			/* bytes of data in use */
	uint32		count;			/* pieces in them */
	char		data[FLEXIBLE_ARRAY_MEMBER];
} FlatEvidence;

#define FLAT_HEADER		(offsetof(FlatEvidence, data) - VARHDRSZ)

typedef struct ExpandedEvidence
{
	ExpandedObjectHeader header;
	int			magic;
	char	   *data;
	Size		used;
	Size		room;
	Size		sort_at;		/* sort when so many bytes are used */
	uint64		count;
	struct varlena *canonical;	/* made when the object is flattened, dropped when it changes */
} ExpandedEvidence;

/* ---- errors ---- */

void
link_damaged(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("link_evidence value is damaged")));
}

void
link_too_large(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("link_evidence is too large to be stored or sent"),
			 errdetail("It would take more than 1 GB."),
			 errhint("Components of records that share no identifier are independent: group the "
					 "evidence by omni.connected_components() of it, or by tenant, and resolve "
					 "each group by itself; or use resolve_links() over the aggregate in the "
					 "same query without parallel workers, which needs no stored form.")));
}

/* ---- bytes ---- */

static uint64
read_long_varint(const char **at, const char *end)
{
	uint64		v = 0;

	for (int shift = 0; *at < end && shift < 63; shift += 7)
	{
		uint8		byte = *(*at)++;

		v |= (uint64) (byte & 0x7F) << shift;
		if (byte < 0x80)
			return v;
	}
	link_damaged();
}

static inline uint64
read_varint(const char **at, const char *end)
{
	if (likely(*at < end && (**at & 0x80) == 0))
		return (uint8) *(*at)++;
	return read_long_varint(at, end);
}

static inline uint32
write_varint(char *out, uint64 v)
{
	uint32		n = 0;

	for (; v >= 0x80; v >>= 7)
		out[n++] = (char) (v | 0x80);
	out[n++] = (char) v;
	return n;
}

static inline uint64
read_uint64(const char *at)
{
	uint64		v;

	memcpy(&v, at, sizeof(v));
	return pg_ntoh64(v);
}

static inline char *
write_uint64(char *out, uint64 v)
{
	v = pg_hton64(v);
	memcpy(out, &v, sizeof(v));
	return out + sizeof(v);
}

/* makes the unsigned order of times the signed one */
#define SIGN_BIT	(UINT64CONST(1) << 63)

static inline float8
weight_of_bits(uint64 bits)
{
	float8		weight;

	memcpy(&weight, &bits, sizeof(weight));
	return weight;
}

/* write a piece with its size before it; returns its end */
static char *
write_piece(char *out, const LinkPiece *piece)
{
	uint32		size = 1 + piece->record.len + 1 + piece->other.len + TAIL_BYTES(piece->type);

	out += write_varint(out, size);
	*out++ = (char) piece->type;
	memcpy(out, piece->record.data, piece->record.len);
	out += piece->record.len;
	*out++ = '\0';
	memcpy(out, piece->other.data, piece->other.len);
	out += piece->other.len;
	out = write_uint64(out, (uint64) piece->at ^ SIGN_BIT);
	if (piece->type == LINK_PAIR)
	{
		float8		weight = piece->weight == 0 ? 0 : piece->weight;
		uint64		bits;

		memcpy(&bits, &weight, sizeof(bits));
		out = write_uint64(out, bits);
	}
	return out;
}

void
link_put(StringInfo out, const LinkPiece *piece)
{
	char		bytes[PIECE_MAX + 5];

	appendBinaryStringInfo(out, bytes, write_piece(bytes, piece) - bytes);
}

bool
link_order_pair(LinkPiece *piece)
{
	TextSpan	swap = piece->record;
	int			c = memcmp(piece->record.data, piece->other.data,
						   Min(piece->record.len, piece->other.len));

	if (c == 0)
		c = piece->record.len - piece->other.len;
	if (c > 0)
	{
		piece->record = piece->other;
		piece->other = swap;
	}
	return c != 0;
}

/* ---- reading ---- */

static void
open_varlena(struct varlena *v, LinkView *view)
{
	const char *data = VARDATA_ANY(v);
	Size		size = VARSIZE_ANY_EXHDR(v);
	uint32		used,
				count;

	if (size < 2)
		link_damaged();
	view->at = data + 1;
	view->end = data + size;
	if (data[0] == LINK_VERSION)
	{
		view->count = read_varint(&view->at, view->end);
		view->canonical = true;
		/* each piece takes bytes: no count can make anyone allocate for more than there are */
		if (view->count > view->end - view->at)
			link_damaged();
		return;
	}
	if ((uint8) data[0] != STATE_FORM || size < FLAT_HEADER)
		link_damaged();
	memcpy(&used, data + offsetof(FlatEvidence, used) - VARHDRSZ, sizeof(used));
	memcpy(&count, data + offsetof(FlatEvidence, count) - VARHDRSZ, sizeof(count));
	if (used > size - FLAT_HEADER || count > used)
		link_damaged();
	view->at = data + FLAT_HEADER;
	view->end = view->at + used;
	view->count = count;
	view->canonical = false;
}

/* the object of an expanded datum, which can only be ours */
static ExpandedEvidence *
expanded_of(Datum value)
{
	ExpandedEvidence *big = (ExpandedEvidence *) DatumGetEOHP(value);

	if (big->magic != EXPANDED_MAGIC)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("expanded object is not a link_evidence")));
	return big;
}

static void
open_expanded(const ExpandedEvidence *big, LinkView *view)
{
	view->at = big->data;
	view->end = big->data + big->used;
	view->count = big->count;
	view->canonical = false;
}

/* open a value of any form for reading; what the view points to may be the value's own memory */
void
link_open(Datum value, LinkView *view)
{
	if (VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(value)))
		open_expanded(expanded_of(value), view);
	else
		open_varlena(pg_detoast_datum_packed((struct varlena *) DatumGetPointer(value)), view);
}

/* open the bytes of a piece, which may be any; false if they are none */
bool
link_read(const char *at, uint64 size, LinkPiece *piece)
{
	const char *end = at + size;
	const char *nul;

	if (size < 1 + TAIL_BYTES(LINK_IDENTIFIER))
		return false;
	piece->type = (uint8) *at++;
	if ((piece->type != LINK_IDENTIFIER && piece->type != LINK_PAIR) ||
		size < 1 + TAIL_BYTES(piece->type))
		return false;
	end -= TAIL_BYTES(piece->type);
	piece->at = (TimestampTz) (read_uint64(end) ^ SIGN_BIT);
	piece->weight = piece->type == LINK_PAIR ? weight_of_bits(read_uint64(end + 8)) : 0;
	nul = memchr(at, '\0', end - at);
	if (nul)
		nul = memchr(nul + 1, '\0', end - nul - 1);
	if (nul == NULL)
		return false;
	piece->record = (TextSpan) {at, nul - at};
	piece->other = (TextSpan) {nul + 1, end - nul - 1};
	return true;
}

/* the next piece; false at the end */
bool
link_next(LinkView *view, LinkPiece *piece)
{
	const char *at;
	uint64		size;

	if (view->at >= view->end)
		return false;
	size = read_varint(&view->at, view->end);
	at = view->at;
	if (unlikely(size > view->end - at || !link_read(at, size, piece)))
		link_damaged();
	view->at += size;
	return true;
}

/* order of weights of one time: never, always, and then the greater */
static int
weight_rank(float8 weight)
{
	return isinf(weight) ? (weight < 0 ? 2 : 1) : 0;
}

/* does piece a replace piece b of the same key */
bool
link_supersedes(const LinkPiece *a, const LinkPiece *b)
{
	if (a->type == LINK_IDENTIFIER)
		return a->at < b->at;
	if (a->at != b->at)
		return a->at > b->at;
	if (weight_rank(a->weight) != weight_rank(b->weight))
		return weight_rank(a->weight) > weight_rank(b->weight);
	return a->weight > b->weight;
}

/* ---- sorting ---- */

/* the key of a piece, with its type before it, is one run of bytes; behind it stands its tail */
static void
collect(LinkView view, ByteItem *items)
{
	LinkPiece	piece;
	uint64		n = 0;

	while (n < view.count && link_next(&view, &piece))
	{
		if ((n & 0xFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		items[n++] = (ByteItem) {.key = piece.record.data - 1,
		.keylen = 1 + piece.record.len + 1 + piece.other.len};
	}
	if (n != view.count || view.at != view.end)
		link_damaged();
}

static inline uint32
item_size(const ByteItem *item)
{
	return item->keylen + TAIL_BYTES(item->key[0]);
}

static bool
item_supersedes(const ByteItem *a, const ByteItem *b)
{
	const char *tail_a = a->key + a->keylen;
	const char *tail_b = b->key + b->keylen;
	LinkPiece	x = {.type = (uint8) a->key[0], .at = read_uint64(tail_a) ^ SIGN_BIT};
	LinkPiece	y = {.type = x.type, .at = read_uint64(tail_b) ^ SIGN_BIT};

	if (x.type == LINK_PAIR)
	{
		x.weight = weight_of_bits(read_uint64(tail_a + 8));
		y.weight = weight_of_bits(read_uint64(tail_b + 8));
	}
	return link_supersedes(&x, &y);
}

/* sort pieces and keep the one that counts of each key; *size = bytes of what is left */
static uint64
join_pieces(ByteItem *items, uint64 n, Size *size)
{
	uint64		kept = 0;
	char		varint[10];

	byte_sort(items, n);
	for (uint64 i = 0; i < n; i++)
	{
		if (kept > 0 && items[kept - 1].keylen == items[i].keylen &&
			memcmp(items[kept - 1].key, items[i].key, items[i].keylen) == 0)
		{
			if (item_supersedes(&items[i], &items[kept - 1]))
				items[kept - 1] = items[i];
			continue;
		}
		items[kept++] = items[i];
	}
	*size = 0;
	for (uint64 i = 0; i < kept; i++)
		*size += write_varint(varint, item_size(&items[i])) + item_size(&items[i]);
	return kept;
}

static char *
put_pieces(char *out, const ByteItem *items, uint64 n)
{
	for (uint64 i = 0; i < n; i++)
	{
		uint32		size = item_size(&items[i]);

		out += write_varint(out, size);
		memcpy(out, items[i].key, size);
		out += size;
	}
	return out;
}

static ByteItem *
allocate_items(uint64 n, ByteItem *room)
{
	if (n <= SMALL_PIECES)
		return room;
	return MemoryContextAllocHuge(CurrentMemoryContext, n * sizeof(ByteItem));
}

/* the canonical form of pieces in any order, of which some may have the same key; 54000 */
static struct varlena *
encode_items(ByteItem *items, uint64 n)
{
	struct varlena *result;
	Size		size;
	char	   *at;

	n = join_pieces(items, n, &size);
	if (size > MaxAllocSize - VARHDRSZ - HEADER_MAX)
		link_too_large();
	result = palloc(VARHDRSZ + HEADER_MAX + size);
	at = VARDATA(result);
	*at++ = LINK_VERSION;
	at += write_varint(at, n);
	at = put_pieces(at, items, n);
	SET_VARSIZE(result, at - (char *) result);
	return result;
}

struct varlena *
link_encode(LinkView view)
{
	ByteItem	room[SMALL_PIECES];
	ByteItem   *items = allocate_items(view.count, room);
	struct varlena *result;

	collect(view, items);
	result = encode_items(items, view.count);
	if (items != room)
		pfree(items);
	return result;
}

/* canonical bytes of a value of any form: the value itself if it has them, perhaps packed */
struct varlena *
link_canonical(Datum value)
{
	struct varlena *v = (struct varlena *) DatumGetPointer(value);
	LinkView	view;

	if (VARATT_IS_EXTERNAL_EXPANDED(v))
		open_expanded(expanded_of(value), &view);
	else
	{
		v = pg_detoast_datum_packed(v);
		open_varlena(v, &view);
		if (view.canonical)
			return v;
	}
	return link_encode(view);
}

/* ---- states ---- */

static Size
expanded_flat_size(ExpandedObjectHeader *header)
{
	ExpandedEvidence *big = (ExpandedEvidence *) header;

	if (big->canonical == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(header->eoh_context);
		LinkView	view;

		open_expanded(big, &view);
		big->canonical = link_encode(view);
		MemoryContextSwitchTo(old);
	}
	return VARSIZE(big->canonical);
}

static void
expanded_flatten(ExpandedObjectHeader *header, void *result, Size size)
{
	memcpy(result, ((ExpandedEvidence *) header)->canonical, size);
}

static const ExpandedObjectMethods expanded_methods = {expanded_flat_size, expanded_flatten};

/* an empty flat state with room for so many bytes and as many again */
static FlatEvidence *
new_flat(Size size)
{
	Size		total = offsetof(FlatEvidence, data) + size * 2;
	FlatEvidence *flat;

	/* what the allocator would round up to */
	if (total < ALLOCSET_SEPARATE_THRESHOLD)
		total = pg_nextpower2_32(Max(total, 256));
	flat = palloc(total);
	SET_VARSIZE(flat, total);
	memset(&flat->form, 0, offsetof(FlatEvidence, data) - offsetof(FlatEvidence, form));
	flat->form = STATE_FORM;
	return flat;
}

static inline Size
flat_room(const FlatEvidence *flat)
{
	return VARSIZE(flat) - offsetof(FlatEvidence, data);
}

static ExpandedEvidence *
new_expanded(Size room, MemoryContext aggcontext)
{
	MemoryContext context = AllocSetContextCreate(aggcontext, "link_evidence",
												  ALLOCSET_START_SMALL_SIZES);
	ExpandedEvidence *big = MemoryContextAllocZero(context, sizeof(ExpandedEvidence));

	EOH_init_header(&big->header, &expanded_methods, context);
	big->magic = EXPANDED_MAGIC;
	big->room = room;
	big->sort_at = EXPANDED_SORT_MIN;
	big->data = MemoryContextAllocHuge(context, room);
	return big;
}

/* sort what an expanded state has and drop what is superseded */
static void
settle(ExpandedEvidence *big)
{
	MemoryContext old = MemoryContextSwitchTo(big->header.eoh_context);
	ByteItem   *items = MemoryContextAllocHuge(CurrentMemoryContext,
											   Max(big->count, 1) * sizeof(ByteItem));
	LinkView	view;
	Size		size;
	uint64		n;

	open_expanded(big, &view);
	collect(view, items);
	n = join_pieces(items, big->count, &size);
	if (n < big->count)
	{
		char	   *data = MemoryContextAllocHuge(CurrentMemoryContext, big->room);

		put_pieces(data, items, n);
		pfree(big->data);
		big->data = data;
		big->used = size;
		big->count = n;
	}
	pfree(items);
	big->sort_at = Max(EXPANDED_SORT_MIN, big->used * 2);
	MemoryContextSwitchTo(old);
}

static void
expanded_reserve(ExpandedEvidence *big, Size bytes)
{
	if (big->canonical)
	{
		pfree(big->canonical);
		big->canonical = NULL;
	}
	if (bytes <= big->room - big->used)
		return;
	CHECK_FOR_INTERRUPTS();
	if (big->used >= big->sort_at)
		settle(big);
	if (bytes <= big->room - big->used)
		return;
	if (bytes > MaxAllocHugeSize / 4 - big->used)
		link_too_large();
	big->room = Max(big->room * 2, big->used + bytes);
	big->data = repalloc_huge(big->data, big->room);
}

/* room for bytes more in a state, of any form; the state to write into is one of the two */
typedef struct State
{
	FlatEvidence *flat;
	ExpandedEvidence *big;
} State;

/*
 * Make room for so many bytes more.  A new flat state is made in the current memory context: the
 * executor copies it into the aggregate's.
 */
static void
state_open(FunctionCallInfo fcinfo, State *state, Size bytes)
{
	ByteItem	room[SMALL_PIECES];
	ByteItem   *items;
	MemoryContext aggcontext;
	LinkView	view;
	Size		size;
	uint64		n;

	state->flat = NULL;
	state->big = NULL;
	if (!AggCheckCallContext(fcinfo, &aggcontext))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("transition function of link_evidence called outside an aggregate"),
				 errhint("Use omni.link_evidence_agg(), omni.link_evidence_rollup() or the "
						 "operator ||.")));
	if (PG_ARGISNULL(0))
	{
		if (bytes <= FLAT_STATE_MAX / 2)
			state->flat = new_flat(bytes);
		else
			state->big = new_expanded(bytes * 2, aggcontext);
		return;
	}
	if (VARATT_IS_EXTERNAL_EXPANDED_RW(PG_GETARG_POINTER(0)))
	{
		state->big = expanded_of(PG_GETARG_DATUM(0));
		expanded_reserve(state->big, bytes);
		return;
	}
	if (VARATT_IS_4B_U(PG_GETARG_POINTER(0)) &&
		((FlatEvidence *) PG_GETARG_POINTER(0))->form == STATE_FORM)
	{
		state->flat = (FlatEvidence *) PG_GETARG_POINTER(0);
		if (bytes <= flat_room(state->flat) - state->flat->used)
			return;
	}
	/* full, or not a state of ours to change: an initial value, or a stored one */
	link_open(PG_GETARG_DATUM(0), &view);
	size = view.end - view.at;
	if (size + bytes <= FLAT_SORT_MIN)
	{
		state->flat = new_flat(size + bytes);
		memcpy(state->flat->data, view.at, size);
		state->flat->used = size;
		state->flat->count = view.count;
		return;
	}
	items = allocate_items(view.count, room);
	collect(view, items);
	n = join_pieces(items, view.count, &size);
	if (size + bytes <= FLAT_STATE_MAX / 2)
	{
		FlatEvidence *flat = new_flat(size + bytes);

		put_pieces(flat->data, items, n);
		if (state->flat && size + bytes <= flat_room(state->flat) / 2)
			memcpy(state->flat->data, flat->data, size);
		else
			state->flat = flat;
		state->flat->used = size;
		state->flat->count = n;
	}
	else
	{
		state->flat = NULL;
		state->big = new_expanded((size + bytes) * 2, aggcontext);
		put_pieces(state->big->data, items, n);
		state->big->used = size;
		state->big->count = n;
	}
	if (items != room)
		pfree(items);
}

/* where to write into an open state */
static inline char *
state_end(const State *state)
{
	return state->big ? state->big->data + state->big->used :
		state->flat->data + state->flat->used;
}

/* the transition value after so many pieces of so many bytes were written at its end */
static Datum
state_close(State *state, Size bytes, uint64 pieces)
{
	if (state->big)
	{
		state->big->used += bytes;
		state->big->count += pieces;
		return EOHPGetRWDatum(&state->big->header);
	}
	state->flat->used += bytes;
	state->flat->count += pieces;
	return PointerGetDatum(state->flat);
}

/* ---- the aggregate ---- */

PG_FUNCTION_INFO_V1(link_evidence_accum_identifier);
PG_FUNCTION_INFO_V1(link_evidence_accum_pair);
PG_FUNCTION_INFO_V1(link_evidence_combine);
PG_FUNCTION_INFO_V1(link_evidence_final);
PG_FUNCTION_INFO_V1(link_evidence_union);

static void
refuse_null(const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s of a piece of evidence is NULL", what),
			 errhint("Evidence says which record of which source it is about, and when.")));
}

/* UTF-8 of source or record_id; 22023, 22021 */
static TextSpan
key_part(FunctionCallInfo fcinfo, int n, const char *what)
{
	TextSpan	part;
	Problem		problem;
	text	   *t;

	if (PG_ARGISNULL(n))
		refuse_null(what);
	t = PG_GETARG_TEXT_PP(n);
	part = (TextSpan) {VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t)};
	if (GetDatabaseEncoding() != PG_UTF8 &&
		!problem_of_text(text_from_server(part.data, part.len, &part), &problem))
		problem_report(NULL, &problem, "link_evidence", NULL);
	if (part.len > LINK_KEY_PART_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s of a piece of evidence has more than %d bytes", what,
						LINK_KEY_PART_MAX),
				 errhint("Name the system that the record is from, and its key there. "
						 "check_store() counts such rows of a store.")));
	return part;
}

/* the key of the record of arguments n and n + 1, in room for it */
static TextSpan
record_key(FunctionCallInfo fcinfo, int n, char *room)
{
	TextSpan	source = key_part(fcinfo, n, n == 1 ? "source" : "other_source");
	TextSpan	record_id = key_part(fcinfo, n + 1, n == 1 ? "record_id" : "other_record_id");

	memcpy(room, source.data, source.len);
	room[source.len] = '\0';
	memcpy(room + source.len + 1, record_id.data, record_id.len);
	return (TextSpan) {room, source.len + 1 + record_id.len};
}

static TimestampTz
time_arg(FunctionCallInfo fcinfo, int n, const char *what)
{
	TimestampTz t;

	if (PG_ARGISNULL(n))
		refuse_null(what);
	t = PG_GETARG_TIMESTAMPTZ(n);
	if (TIMESTAMP_NOT_FINITE(t))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s of a piece of evidence is infinite", what),
				 errhint("Give the time when it was seen or decided. check_store() counts such "
						 "rows of a store.")));
	return t;
}

static Datum
add_piece(FunctionCallInfo fcinfo, const LinkPiece *piece)
{
	State		state;
	char	   *at;

	/* what its size may take before it */
	state_open(fcinfo, &state, 2 + 1 + piece->record.len + 1 + piece->other.len +
			   TAIL_BYTES(piece->type));
	at = state_end(&state);
	return state_close(&state, write_piece(at, piece) - at, 1);
}

/*
 * link_evidence_accum(link_evidence, source text, record_id text, observed_at timestamptz,
 * identifier identifier) -> link_evidence: transition function; 22023, 22021
 */
Datum
link_evidence_accum_identifier(PG_FUNCTION_ARGS)
{
	char		room[2 * LINK_KEY_PART_MAX + 1];
	LinkPiece	piece = {.type = LINK_IDENTIFIER};

	piece.record = record_key(fcinfo, 1, room);
	piece.at = time_arg(fcinfo, 3, "observed_at");
	piece.other = (TextSpan) {"", 0};
	if (!PG_ARGISNULL(4))
	{
		struct varlena *v = PG_GETARG_VARLENA_PP(4);

		piece.other = (TextSpan) {VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v)};
		if (piece.other.len > IDENTIFIER_MAX)
			link_damaged();
	}
	return add_piece(fcinfo, &piece);
}

/*
 * link_evidence_accum(link_evidence, source text, record_id text, other_source text,
 * other_record_id text, weight float8, decided_at timestamptz) -> link_evidence: transition
 * function; 22023, 22021
 */
Datum
link_evidence_accum_pair(PG_FUNCTION_ARGS)
{
	char		room[2][2 * LINK_KEY_PART_MAX + 1];
	LinkPiece	piece = {.type = LINK_PAIR};

	piece.record = record_key(fcinfo, 1, room[0]);
	piece.other = record_key(fcinfo, 3, room[1]);
	if (PG_ARGISNULL(5))
		refuse_null("weight");
	piece.weight = PG_GETARG_FLOAT8(5);
	piece.at = time_arg(fcinfo, 6, "decided_at");
	if (isnan(piece.weight))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("weight of a pair is not a number"),
				 errhint("Give a match weight, Infinity for the same customer, or -Infinity for "
						 "never the same.")));
	if (!link_order_pair(&piece))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("pair of a record with itself"),
				 errhint("A pair names two records.")));
	return add_piece(fcinfo, &piece);
}

/*
 * link_evidence_combine(link_evidence, link_evidence) -> link_evidence: combine function, and
 * transition function of link_evidence_rollup
 */
Datum
link_evidence_combine(PG_FUNCTION_ARGS)
{
	LinkView	view;
	State		state;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	link_open(PG_GETARG_DATUM(1), &view);
	state_open(fcinfo, &state, view.end - view.at);
	memcpy(state_end(&state), view.at, view.end - view.at);
	PG_RETURN_DATUM(state_close(&state, view.end - view.at, view.count));
}

/*
 * link_evidence_final(link_evidence) -> link_evidence: the state's canonical bytes.  A large state
 * of a plain aggregate is handed on as it is, read-only: sorting it is left to whoever stores it,
 * and resolve_links() does not need it sorted.  The pointer is made here because nodeAgg copies a
 * result that lies outside its own context, and copying would flatten it.
 */
Datum
link_evidence_final(PG_FUNCTION_ARGS)
{
	Datum		state = PG_GETARG_DATUM(0);

	if (VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(state)) &&
		AggCheckCallContext(fcinfo, NULL) == AGG_CONTEXT_AGGREGATE)
	{
		char	   *pointer = palloc(EXPANDED_POINTER_SIZE);

		memcpy(pointer, expanded_of(state)->header.eoh_ro_ptr, EXPANDED_POINTER_SIZE);
		PG_RETURN_POINTER(pointer);
	}
	PG_RETURN_POINTER(link_canonical(state));
}

/* link_evidence_union(link_evidence, link_evidence) -> link_evidence; 54000; linear */
Datum
link_evidence_union(PG_FUNCTION_ARGS)
{
	ByteItem	room[SMALL_PIECES];
	ByteItem   *items;
	struct varlena *result;
	LinkView	a,
				b;

	link_open(PG_GETARG_DATUM(0), &a);
	link_open(PG_GETARG_DATUM(1), &b);
	items = allocate_items(a.count + b.count, room);
	collect(a, items);
	collect(b, items + a.count);
	result = encode_items(items, a.count + b.count);
	if (items != room)
		pfree(items);
	PG_RETURN_POINTER(result);
}

PG_FUNCTION_INFO_V1(link_evidence_pieces);

/* link_evidence_pieces(link_evidence) -> bigint: number of pieces */
Datum
link_evidence_pieces(PG_FUNCTION_ARGS)
{
	LinkView	view;

	link_open(PG_GETARG_DATUM(0), &view);
	if (!view.canonical)
		link_open(PointerGetDatum(link_canonical(PG_GETARG_DATUM(0))), &view);
	PG_RETURN_INT64(view.count);
}
