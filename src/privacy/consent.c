/*
 * consent.c
 *	  consent: a map from (source record, purpose) to the latest decision.
 *
 * The join takes each entry of both sides; of two of one key the greater stays (consent.h): the
 * later decision, on a tie the more restrictive.  The aggregate's state is a log, to which the
 * entries of each row are added at the end.  Only when its memory is full, and large enough to
 * matter, are the entries sorted and what is superseded dropped; that doubles the memory unless
 * half of it became free.  So a row costs O(log n) on average, and a group that sees the same
 * entries again does not grow.
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "privacy/consent.h"

/* first byte of a state; canonical bytes begin with CONSENT_VERSION */
#define STATE_FORM		0x81

/* a group's first state, where its first row takes less than half of it: what SSPACE says */
#define STATE_FIRST		1024

/* states of up to so many bytes just grow: sorting so little more often would cost more */
#define STATE_SORT_MIN	4096

/* version, count */
#define HEADER_MAX		(1 + 5)

/* what stands between key and texts: default or decision, time, decision, expiry, basis */
#define FIXED_BYTES		(1 + 8 + 1 + 8 + 1)

/* sorted on the stack up to so many items, and by insertion up to so many */
#define SMALL_ITEMS		64
#define FEW_ITEMS		12

typedef struct ConsentState
{
	int32		vl_len_;
	uint8		form;			/* STATE_FORM */
	uint8		unused[3];
	uint32		used;			/* bytes of data in use */
	uint32		count;			/* entries in them */
	char		data[FLEXIBLE_ARRAY_MEMBER];
} ConsentState;

#define STATE_HEADER	(offsetof(ConsentState, data) - VARHDRSZ)

/* an entry as a run of bytes */
typedef struct Item
{
	const char *at;
	const char *key;
	uint32		size;
	uint32		keylen;
} Item;

/* ---- bytes ---- */

pg_noreturn static void damaged(void);

static void
damaged(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("consent value is damaged")));
}

/* read a varint that may be anything; false if it does not end, fit, or is longer than needed */
bool
consent_get_varint(const char **at, const char *end, uint32 *v)
{
	uint64		read = 0;

	for (int shift = 0; *at < end && shift < 35; shift += 7)
	{
		uint8		byte = *(*at)++;

		read |= (uint64) (byte & 0x7F) << shift;
		if (byte < 0x80)
		{
			*v = (uint32) read;
			return read <= PG_UINT32_MAX && (byte != 0 || shift == 0);
		}
	}
	return false;
}

/* read a run of our own bytes with its length before it */
static inline TextSpan
get_span(const char **at, const char *end)
{
	TextSpan	span;
	uint32		len;

	if (likely(*at < end && (**at & 0x80) == 0))
		len = (uint8) *(*at)++;
	else if (!consent_get_varint(at, end, &len))
		damaged();
	if (unlikely(len > end - *at))
		damaged();
	span = (TextSpan) {*at, (int) len};
	*at += len;
	return span;
}

static inline uint32
write_varint(char *out, uint32 v)
{
	uint32		n = 0;

	for (; v >= 0x80; v >>= 7)
		out[n++] = (char) (v | 0x80);
	out[n++] = (char) v;
	return n;
}

static uint32
varint_size(uint32 v)
{
	char		bytes[5];

	return write_varint(bytes, v);
}

static void
put_varint(StringInfo out, uint32 v)
{
	char		bytes[5];

	appendBinaryStringInfo(out, bytes, write_varint(bytes, v));
}

static void
put_span(StringInfo out, TextSpan s)
{
	put_varint(out, s.len);
	appendBinaryStringInfo(out, s.data, s.len);
}

static inline TimestampTz
get_time(const char *bytes)
{
	uint64		v;

	memcpy(&v, bytes, sizeof(v));
	return (TimestampTz) (pg_ntoh64(v) ^ (UINT64CONST(1) << 63));
}

static void
put_time(StringInfo out, TimestampTz t, bool inverted)
{
	uint64		v = pg_hton64((uint64) t ^ (UINT64CONST(1) << 63));

	if (inverted)
		v = ~v;
	appendBinaryStringInfo(out, (char *) &v, sizeof(v));
}

/* an entry at the end of others */
void
consent_put(StringInfo out, const ConsentEntry *e)
{
	uint32		keylen = e->source.len + 1 + e->record_id.len + 2;
	uint32		size = varint_size(keylen) + keylen + FIXED_BYTES +
		varint_size(e->jurisdiction.len) + e->jurisdiction.len +
		varint_size(e->channel.len) + e->channel.len + varint_size(e->proof.len) + e->proof.len;

	put_varint(out, size);
	put_varint(out, keylen);
	appendBinaryStringInfo(out, e->source.data, e->source.len);
	appendStringInfoCharMacro(out, '\0');
	appendBinaryStringInfo(out, e->record_id.data, e->record_id.len);
	appendStringInfoCharMacro(out, '\0');
	appendStringInfoCharMacro(out, (char) e->purpose);
	appendStringInfoCharMacro(out, !CONSENT_IS_DEFAULT(e->decision));
	put_time(out, e->at, false);
	appendStringInfoCharMacro(out, (char) e->decision);
	put_time(out, e->expires, true);
	appendStringInfoCharMacro(out, (char) e->basis);
	put_span(out, e->jurisdiction);
	put_span(out, e->channel);
	put_span(out, e->proof);
}

static void
check_size(uint64 size, uint32 entries)
{
	if (size > CONSENT_MAX || entries > CONSENT_ENTRIES_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("consent is too large"),
				 errdetail("A consent has at most %d entries of 16 MB.", CONSENT_ENTRIES_MAX),
				 errhint("So many records are hardly of one customer: "
						 "look for what the join groups by.")));
}

/* ---- reading ---- */

/*
 * Open a value for reading and return it detoasted: canonical bytes, or a state, which a parallel
 * or sharded plan may hand from one aggregate to the next.
 */
struct varlena *
consent_open(Datum value, ConsentView *view)
{
	struct varlena *v = pg_detoast_datum_packed((struct varlena *) DatumGetPointer(value));
	const char *data = VARDATA_ANY(v);
	Size		size = VARSIZE_ANY_EXHDR(v);
	uint32		used;

	if (size < 2)
		damaged();
	view->at = data + 1;
	view->end = data + size;
	if (data[0] == CONSENT_VERSION)
	{
		view->canonical = true;
		/* each entry takes bytes: no count can make anyone allocate for more than there are */
		if (!consent_get_varint(&view->at, view->end, &view->count) ||
			view->count > view->end - view->at)
			damaged();
		return v;
	}
	if ((uint8) data[0] != STATE_FORM || size < STATE_HEADER)
		damaged();
	memcpy(&used, data + offsetof(ConsentState, used) - VARHDRSZ, sizeof(used));
	memcpy(&view->count, data + offsetof(ConsentState, count) - VARHDRSZ, sizeof(uint32));
	if (used > size - STATE_HEADER || view->count > used)
		damaged();
	view->at = data + STATE_HEADER;
	view->end = view->at + used;
	view->canonical = false;
	return v;
}

static inline bool
next_item(ConsentView *view, Item *item)
{
	const char *at = view->at;
	TextSpan	body;
	TextSpan	key;

	if (at >= view->end)
		return false;
	body = get_span(&view->at, view->end);
	key = get_span(&body.data, view->at);
	if (unlikely(view->at - body.data < FIXED_BYTES + 3 || key.len < 5))
		damaged();
	*item = (Item) {.at = at, .key = key.data, .size = view->at - at, .keylen = key.len};
	return true;
}

/* the next entry; false at the end */
bool
consent_next(ConsentView *view, ConsentEntry *entry)
{
	Item		item;
	const char *at;
	const char *nul;
	uint64		expiry;

	if (!next_item(view, &item))
		return false;
	at = item.key + item.keylen;
	nul = memchr(item.key, '\0', item.keylen - 2);
	if (unlikely(nul == NULL))
		damaged();
	entry->source = (TextSpan) {item.key, nul - item.key};
	entry->record_id = (TextSpan) {nul + 1, at - 2 - (nul + 1)};
	entry->purpose = (uint8) at[-1];
	entry->at = get_time(at + 1);
	entry->decision = (uint8) at[9];
	memcpy(&expiry, at + 10, sizeof(expiry));
	expiry = ~expiry;
	entry->expires = get_time((const char *) &expiry);
	entry->basis = (uint8) at[18];
	at += FIXED_BYTES;
	entry->jurisdiction = get_span(&at, view->at);
	entry->channel = get_span(&at, view->at);
	entry->proof = get_span(&at, view->at);
	if (unlikely(at != view->at || entry->purpose >= PURPOSE_COUNT ||
				 entry->decision > CONSENT_OBJECTED || entry->basis >= CONSENT_BASES))
		damaged();
	return true;
}

/* all entries of a view as items; there must be room for view->count of them */
static void
collect(ConsentView view, Item *items)
{
	uint32		n = 0;

	while (n < view.count && next_item(&view, &items[n]))
		n++;
	if (n != view.count || view.at != view.end)
		damaged();
}

/* ---- the join ---- */

static inline int
compare_bytes(const char *a, uint32 alen, const char *b, uint32 blen)
{
	int			c = memcmp(a, b, Min(alen, blen));

	return c != 0 ? c : (alen > blen) - (alen < blen);
}

/* by key, and of one key first the entry that counts */
static int
compare_items(const void *pa, const void *pb)
{
	const Item *a = pa;
	const Item *b = pb;
	const char *a_says = a->key + a->keylen;
	const char *b_says = b->key + b->keylen;
	int			c = compare_bytes(a->key, a->keylen, b->key, b->keylen);

	if (c != 0)
		return c;
	return compare_bytes(b_says, b->at + b->size - b_says, a_says, a->at + a->size - a_says);
}

static void
sort_items(Item *items, uint32 n)
{
	if (n > FEW_ITEMS)
	{
		qsort(items, n, sizeof(Item), compare_items);
		return;
	}
	for (uint32 i = 1; i < n; i++)
	{
		Item		item = items[i];
		uint32		at = i;

		for (; at > 0 && compare_items(&items[at - 1], &item) > 0; at--)
			items[at] = items[at - 1];
		items[at] = item;
	}
}

/* sort entries and keep the one that counts of each key; *size = bytes of what is left */
static uint32
join_items(Item *items, uint32 n, uint64 *size)
{
	uint32		kept = 0;

	CHECK_FOR_INTERRUPTS();
	sort_items(items, n);
	*size = 0;
	for (uint32 i = 0; i < n; i++)
	{
		if (kept > 0 && items[kept - 1].keylen == items[i].keylen &&
			memcmp(items[kept - 1].key, items[i].key, items[i].keylen) == 0)
			continue;
		*size += items[i].size;
		items[kept++] = items[i];
	}
	return kept;
}

static char *
put_items(char *out, const Item *items, uint32 n)
{
	for (uint32 i = 0; i < n; i++)
	{
		memcpy(out, items[i].at, items[i].size);
		out += items[i].size;
	}
	return out;
}

/* the canonical consent of entries in any order, of which some may have the same key; 54000 */
static struct varlena *
encode(Item *items, uint32 n)
{
	struct varlena *result;
	uint64		size;
	char	   *at;

	n = join_items(items, n, &size);
	check_size(HEADER_MAX + size, n);
	result = palloc(VARHDRSZ + HEADER_MAX + size);
	at = VARDATA(result);
	*at++ = CONSENT_VERSION;
	at += write_varint(at, n);
	at = put_items(at, items, n);
	SET_VARSIZE(result, at - (char *) result);
	return result;
}

/* entries of two views as items, the second of which may be NULL */
static Item *
collect_two(const ConsentView *a, const ConsentView *b, Item *room)
{
	Size		n = (Size) a->count + (b ? b->count : 0);
	Item	   *items = n > SMALL_ITEMS ? palloc(n * sizeof(Item)) : room;

	collect(*a, items);
	if (b)
		collect(*b, items + a->count);
	return items;
}

/* the value of entries that consent_put() wrote */
struct varlena *
consent_make(const StringInfo entries)
{
	ConsentView view = {entries->data, entries->data + entries->len, 0, false};
	ConsentView rest = view;
	Item		room[SMALL_ITEMS];
	Item		item;

	while (next_item(&rest, &item))
		view.count++;
	return encode(collect_two(&view, NULL, room), view.count);
}

/* canonical bytes of a value of any form: the value itself if it has them, perhaps packed */
struct varlena *
consent_canonical(Datum value)
{
	ConsentView view;
	struct varlena *v = consent_open(value, &view);
	Item		room[SMALL_ITEMS];

	if (view.canonical)
		return v;
	return encode(collect_two(&view, NULL, room), view.count);
}

/* ---- union and aggregate ---- */

PG_FUNCTION_INFO_V1(consent_union);
PG_FUNCTION_INFO_V1(consent_combine);
PG_FUNCTION_INFO_V1(consent_final);

/* consent_union(consent, consent) -> consent; 54000; O(n log n) */
Datum
consent_union(PG_FUNCTION_ARGS)
{
	Item		room[SMALL_ITEMS];
	ConsentView a,
				b;

	consent_open(PG_GETARG_DATUM(0), &a);
	consent_open(PG_GETARG_DATUM(1), &b);
	PG_RETURN_POINTER(encode(collect_two(&a, &b, room), a.count + b.count));
}

/* an empty state with room for so many bytes and as many again */
static ConsentState *
new_state(Size size)
{
	Size		total = offsetof(ConsentState, data) + size * 2;
	ConsentState *state;

	if (total < ALLOCSET_SEPARATE_THRESHOLD)
		total = pg_nextpower2_32(Max(total, STATE_FIRST));
	state = palloc(total);
	SET_VARSIZE(state, total);
	memset(&state->form, 0, offsetof(ConsentState, data) - offsetof(ConsentState, form));
	state->form = STATE_FORM;
	return state;
}

/* the state that a datum is; NULL where it is canonical bytes */
static inline ConsentState *
state_of(Datum value)
{
	ConsentState *state = (ConsentState *) DatumGetPointer(value);

	return VARATT_IS_4B_U(state) && state->form == STATE_FORM ? state : NULL;
}

static Size
state_room(const ConsentState *state)
{
	return VARSIZE(state) - offsetof(ConsentState, data);
}

static void
append(ConsentState *state, const ConsentView *view)
{
	memcpy(state->data + state->used, view->at, view->end - view->at);
	state->used += view->end - view->at;
	state->count += view->count;
}

/*
 * A state of both; old, if it is given, is the state that a is in, which is full.  A new state is
 * made in the current memory context: the executor copies it into the aggregate's.
 */
static ConsentState *
larger_state(ConsentState *old, const ConsentView *a, const ConsentView *b)
{
	Size		size = (a->end - a->at) + (b->end - b->at);
	Item		room[SMALL_ITEMS];
	Item	   *items;
	ConsentState *state;
	uint64		joined;
	uint32		n;

	if (size <= STATE_SORT_MIN)
	{
		state = new_state(size);
		append(state, a);
		append(state, b);
		return state;
	}
	items = collect_two(a, b, room);
	n = join_items(items, a->count + b->count, &joined);
	check_size(HEADER_MAX + joined, n);
	state = new_state(joined);
	state->used = put_items(state->data, items, n) - state->data;
	state->count = n;
	if (items != room)
		pfree(items);
	if (old && joined <= state_room(old) / 2)
	{
		memcpy(old->data, state->data, state->used);
		old->used = state->used;
		old->count = state->count;
		pfree(state);
		return old;
	}
	return state;
}

/*
 * consent_combine(consent, consent) -> consent: transition and combine function of consent_agg;
 * 54000.  A large first row stays what it is, so that a group of one takes no more memory than its
 * value.
 */
Datum
consent_combine(PG_FUNCTION_ARGS)
{
	struct varlena *value;
	ConsentState *old = NULL;
	ConsentView a,
				b;

	if (!AggCheckCallContext(fcinfo, NULL))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("transition function of consent called outside an aggregate"),
				 errhint("Use omni.consent_agg() or the operator ||.")));
	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	value = consent_open(PG_GETARG_DATUM(1), &b);
	if (PG_ARGISNULL(0))
	{
		if (b.end - b.at > (STATE_FIRST - offsetof(ConsentState, data)) / 2)
			PG_RETURN_POINTER(value);
		old = new_state(b.end - b.at);
		append(old, &b);
		PG_RETURN_POINTER(old);
	}
	old = state_of(PG_GETARG_DATUM(0));
	if (old && b.end - b.at <= state_room(old) - old->used)
	{
		append(old, &b);
		PG_RETURN_POINTER(old);
	}
	consent_open(PG_GETARG_DATUM(0), &a);
	PG_RETURN_POINTER(larger_state(old, &a, &b));
}

/* consent_final(consent) -> consent: the state's canonical bytes */
Datum
consent_final(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(consent_canonical(PG_GETARG_DATUM(0)));
}

/* ---- removal ---- */

PG_FUNCTION_INFO_V1(consent_without_records);

/* the keys that an array names, each as the beginning that the keys of its entries have */
static Item *
keys_of_array(ArrayType *array, uint32 *n)
{
	int			ndim = ARR_NDIM(array);
	StringInfoData bytes;
	Item	   *keys;
	Datum	   *elements;
	bool	   *nulls;
	int			count;

	*n = 0;
	if (ndim == 0)
		return NULL;
	if (ndim > 2 || ARR_DIMS(array)[ndim - 1] != 2)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("array does not name records"),
				 errhint("Give ARRAY[source, record_id], or an array of such rows "
						 "as omni.consent_records() returns it.")));
	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &count);
	keys = palloc(count / 2 * sizeof(Item));
	initStringInfo(&bytes);
	for (int i = 0; i < count; i++)
	{
		text	   *t;
		Problem		problem;
		TextSpan	part;

		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("array names a record with NULL"),
					 errhint("Both source and record_id name a record.")));
		t = DatumGetTextPP(elements[i]);
		if (!problem_of_text(text_from_server(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &part),
							 &problem))
			problem_report(NULL, &problem, "consent", NULL);
		if (i % 2 == 0)
			keys[i / 2].size = bytes.len;
		appendBinaryStringInfo(&bytes, part.data, part.len);
		appendStringInfoChar(&bytes, '\0');
		keys[i / 2].keylen = bytes.len - keys[i / 2].size;
	}
	*n = count / 2;
	for (uint32 i = 0; i < *n; i++)
	{
		keys[i].key = keys[i].at = bytes.data + keys[i].size;
		keys[i].size = keys[i].keylen;
	}
	sort_items(keys, *n);
	return keys;
}

/*
 * consent_without_records(consent, text[]) -> consent: the consent without the entries of the
 * records that the array names, those it has not being no error; 22023; linear for a sorted array
 */
Datum
consent_without_records(PG_FUNCTION_ARGS)
{
	ConsentView view;
	Item		room[SMALL_ITEMS];
	Item	   *items;
	Item	   *keys;
	uint32		n,
				k = 0,
				kept = 0;

	consent_open(PointerGetDatum(consent_canonical(PG_GETARG_DATUM(0))), &view);
	keys = keys_of_array(PG_GETARG_ARRAYTYPE_P(1), &n);
	items = collect_two(&view, NULL, room);
	for (uint32 i = 0; i < view.count; i++)
	{
		/* an entry's key is that of its record and one byte, the purpose */
		int			c = 1;

		while (k < n && (c = compare_bytes(keys[k].key, keys[k].keylen,
										   items[i].key, items[i].keylen - 1)) < 0)
			k++;
		if (k == n || c != 0)
			items[kept++] = items[i];
	}
	PG_RETURN_POINTER(encode(items, kept));
}
