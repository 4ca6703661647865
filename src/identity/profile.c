/*
 * profile.c
 *	  customer_profile: a map from source record to what that record said, and when.
 *
 * The join takes each record of both sides; where both have one of the same (source, record_id),
 * the greater (observed_at, bytes) stays.  So it is commutative, associative and idempotent, and a
 * profile can be built in any order, in parts, and twice.
 *
 * The aggregate's state is a log: the records of each row are added at the end.  Only when its
 * memory is full, and large enough to matter, are the records sorted and what is superseded
 * dropped; that doubles the memory unless half of it became free.  So a row costs O(log n) on
 * average, and a group that sees the same records again does not grow.  A state is a flat varlena
 * of any size, changed in place: a profile's own limit keeps it below twice PROFILE_MAX, so that an
 * expanded object has nothing to add.
 *
 * The bytes are described in profile.h.
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "identity/memory.h"
#include "identity/profile.h"

/* first byte of a state; canonical bytes begin with PROFILE_VERSION */
#define STATE_FORM		0x81

/*
 * A group's first state, where its first row takes less than half of it: what SSPACE tells the
 * planner.  It is allocated when the executor makes the group, so it lies beside the group's entry
 * of the hash table, and the few records of most customers find it in the cache and never move.
 */
#define STATE_FIRST		1024

/* the memory of states is fetched in pieces of so many bytes */
#define CACHE_LINE		64

/* states of up to so many bytes just grow: sorting so little more often would cost more */
#define STATE_SORT_MIN	4096

/* version, count */
#define HEADER_MAX		(1 + 5)

/* sorted on the stack up to so many items */
#define SMALL_ITEMS		64

/* sorted by insertion up to so many: the records of most customers */
#define FEW_ITEMS		8

typedef struct ProfileState
{
	int32		vl_len_;
	uint8		form;			/* STATE_FORM */
	uint8		unused[3];
	uint32		used;			/* bytes of data in use */
	uint32		count;			/* records in them */
	char		data[FLEXIBLE_ARRAY_MEMBER];
} ProfileState;

#define STATE_HEADER	(offsetof(ProfileState, data) - VARHDRSZ)

/* ---- bytes ---- */

void
profile_damaged(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("customer_profile value is damaged")));
}

/* a varint of more than one byte */
uint32
profile_long_varint(const char **at, const char *end)
{
	uint32		v = 0;

	for (int shift = 0; *at < end && shift < 35; shift += 7)
	{
		uint8		byte = *(*at)++;

		v |= (uint32) (byte & 0x7F) << shift;
		if (byte < 0x80)
			return v;
	}
	profile_damaged();
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

void
profile_put_varint(StringInfo out, uint32 v)
{
	char		bytes[5];

	appendBinaryStringInfo(out, bytes, write_varint(bytes, v));
}

void
profile_put_span(StringInfo out, const char *data, uint32 len)
{
	profile_put_varint(out, len);
	appendBinaryStringInfo(out, data, len);
}

void
profile_put_time(StringInfo out, TimestampTz t)
{
	uint64		v = pg_hton64((uint64) t ^ (UINT64CONST(1) << 63));

	appendBinaryStringInfo(out, (char *) &v, sizeof(v));
}

void
profile_check_size(uint64 size)
{
	if (size > PROFILE_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("customer_profile is too large"),
				 errdetail("A profile has at most 64 MB."),
				 errhint("So many records are hardly of one customer: "
						 "look for an identifier that many share.")));
}

/* ---- reading ---- */

/* open the bytes of a detoasted value */
static inline void
open_varlena(struct varlena *v, ProfileView *view)
{
	const char *data = VARDATA_ANY(v);
	Size		size = VARSIZE_ANY_EXHDR(v);
	uint32		used;

	if (size < 2)
		profile_damaged();
	view->at = data + 1;
	view->end = data + size;
	if (data[0] == PROFILE_VERSION)
	{
		view->count = profile_varint(&view->at, view->end);
		view->canonical = true;
		/* each record takes bytes: no count can make anyone allocate for more than there are */
		if (view->count > view->end - view->at)
			profile_damaged();
		return;
	}
	if ((uint8) data[0] != STATE_FORM || size < STATE_HEADER)
		profile_damaged();
	memcpy(&used, data + offsetof(ProfileState, used) - VARHDRSZ, sizeof(used));
	memcpy(&view->count, data + offsetof(ProfileState, count) - VARHDRSZ, sizeof(uint32));
	if (used > size - STATE_HEADER || view->count > used)
		profile_damaged();
	view->at = data + STATE_HEADER;
	view->end = view->at + used;
	view->canonical = false;
}

/*
 * Open a value for reading and return it detoasted: canonical bytes, or a state, which a sharded or
 * parallel plan may hand from one aggregate to the next.
 */
struct varlena *
profile_open(Datum value, ProfileView *view)
{
	struct varlena *v = pg_detoast_datum_packed((struct varlena *) DatumGetPointer(value));

	open_varlena(v, view);
	return v;
}

/* the next record as an item: its key, and where it is */
static inline bool
next_item(ProfileView *view, ProfileItem *item)
{
	const char *at = view->at;
	TextSpan	body;
	TextSpan	key;

	if (at >= view->end)
		return false;
	body = profile_span(&view->at, view->end);
	item->at = at;
	item->size = view->at - at;
	at = body.data;
	key = profile_span(&at, view->at);
	if (unlikely(view->at - at < PROFILE_TIME_BYTES))
		profile_damaged();
	item->key = key.data;
	item->keylen = key.len;
	return true;
}

/* the next record; false at the end */
bool
profile_next(ProfileView *view, ProfileRecord *record)
{
	ProfileItem item;
	TextSpan	identifiers;
	const char *at;
	const char *nul;

	if (!next_item(view, &item))
		return false;
	nul = memchr(item.key, '\0', item.keylen);
	if (unlikely(nul == NULL))
		profile_damaged();
	record->source = (TextSpan) {item.key, nul - item.key};
	record->record_id = (TextSpan) {nul + 1, item.key + item.keylen - nul - 1};
	at = item.key + item.keylen;
	record->observed_at = profile_time(at);
	at += PROFILE_TIME_BYTES;
	record->end = view->at;
	identifiers = profile_span(&at, record->end);
	record->identifiers = identifiers.data;
	record->identifiers_end = record->attributes = at;
	return true;
}

/* all records of a view as items; there must be room for view->count of them */
static void
collect(ProfileView view, ProfileItem *items)
{
	uint32		n = 0;

	while (n < view.count && next_item(&view, &items[n]))
		n++;
	if (n != view.count || view.at != view.end)
		profile_damaged();
}

/* ---- sorting ---- */

static inline int
compare_items(const ProfileItem *a, const ProfileItem *b)
{
	return profile_compare_bytes(a->key, a->keylen, b->key, b->keylen);
}

static void
merge_items(const ProfileItem *a, const ProfileItem *a_end, const ProfileItem *b,
			const ProfileItem *b_end, ProfileItem *out)
{
	while (a < a_end && b < b_end)
		*out++ = compare_items(a, b) <= 0 ? *a++ : *b++;
	memcpy(out, a, (char *) a_end - (char *) a);
	memcpy(out + (a_end - a), b, (char *) b_end - (char *) b);
}

static void
insertion_sort(ProfileItem *items, uint32 n)
{
	for (uint32 i = 1; i < n; i++)
	{
		ProfileItem item = items[i];
		uint32		at = i;

		for (; at > 0 && compare_items(&items[at - 1], &item) > 0; at--)
			items[at] = items[at - 1];
		items[at] = item;
	}
}

/*
 * Sort items by key, keeping the order of equal ones: a merge sort of the ascending runs that are
 * already there, which are what the parts of a profile come in.  Two profiles are two runs, so
 * joining them is one linear merge.
 */
void
profile_sort(ProfileItem *items, uint32 n)
{
	ProfileItem spare_room[SMALL_ITEMS];
	uint32		ends_room[SMALL_ITEMS];
	ProfileItem *spare = spare_room;
	uint32	   *ends = ends_room;
	ProfileItem *from = items;
	ProfileItem *to;
	uint32		runs = 0;

	if (n <= FEW_ITEMS)
	{
		insertion_sort(items, n);
		return;
	}
	if (n > SMALL_ITEMS)
		ends = palloc(n * sizeof(uint32));
	for (uint32 i = 1; i < n; i++)
	{
		if (compare_items(&items[i - 1], &items[i]) > 0)
			ends[runs++] = i;
	}
	if (runs == 0)
	{
		if (ends != ends_room)
			pfree(ends);
		return;
	}
	ends[runs++] = n;
	if (n > SMALL_ITEMS)
		spare = palloc(n * sizeof(ProfileItem));
	to = spare;
	while (runs > 1)
	{
		uint32		begin = 0;
		uint32		merged = 0;
		ProfileItem *swap = from;

		CHECK_FOR_INTERRUPTS();
		for (uint32 r = 0; r < runs; r += 2)
		{
			uint32		middle = ends[r];
			uint32		end = r + 1 < runs ? ends[r + 1] : middle;

			merge_items(from + begin, from + middle, from + middle, from + end, to + begin);
			ends[merged++] = begin = end;
		}
		runs = merged;
		from = to;
		to = swap;
	}
	if (from != items)
		memcpy(items, from, n * sizeof(ProfileItem));
	if (n > SMALL_ITEMS)
	{
		pfree(spare);
		pfree(ends);
	}
}

/* keep the first of each run of equal keys in sorted items */
uint32
profile_distinct(ProfileItem *items, uint32 n)
{
	uint32		kept = 0;

	for (uint32 i = 0; i < n; i++)
	{
		if (kept == 0 || !profile_same_key(&items[kept - 1], &items[i]))
			items[kept++] = items[i];
	}
	return kept;
}

/* does record a supersede record b of the same key: by observed_at, then by all it says */
static bool
supersedes(const ProfileItem *a, const ProfileItem *b)
{
	const char *a_says = a->key + a->keylen;
	const char *b_says = b->key + b->keylen;

	return profile_compare_bytes(a_says, a->at + a->size - a_says,
								 b_says, b->at + b->size - b_says) > 0;
}

/* sort records and keep the one that counts of each key; *size = bytes of what is left */
static uint32
join_records(ProfileItem *items, uint32 n, uint64 *size)
{
	uint32		kept = 0;

	profile_sort(items, n);
	*size = 0;
	for (uint32 i = 0; i < n; i++)
	{
		if (kept > 0 && profile_same_key(&items[kept - 1], &items[i]))
		{
			if (!supersedes(&items[i], &items[kept - 1]))
				continue;
			*size -= items[--kept].size;
		}
		*size += items[i].size;
		items[kept++] = items[i];
	}
	return kept;
}

static char *
put_records(char *out, const ProfileItem *items, uint32 n)
{
	for (uint32 i = 0; i < n; i++)
	{
		memcpy(out, items[i].at, items[i].size);
		out += items[i].size;
	}
	return out;
}

/* the canonical profile of records in any order, of which some may have the same key; 54000 */
struct varlena *
profile_encode(ProfileItem *items, uint32 n)
{
	struct varlena *result;
	uint64		size;
	char	   *at;

	n = join_records(items, n, &size);
	profile_check_size(HEADER_MAX + size);
	result = palloc(VARHDRSZ + HEADER_MAX + size);
	at = VARDATA(result);
	*at++ = PROFILE_VERSION;
	at += write_varint(at, n);
	at = put_records(at, items, n);
	SET_VARSIZE(result, at - (char *) result);
	return result;
}

/* canonical bytes of a value of any form: the value itself if it has them, perhaps packed */
struct varlena *
profile_canonical(Datum value)
{
	ProfileView view;
	struct varlena *v = profile_open(value, &view);
	ProfileItem items_room[SMALL_ITEMS];
	ProfileItem *items = items_room;

	if (view.canonical)
		return v;
	if (view.count > SMALL_ITEMS)
		items = palloc(view.count * sizeof(ProfileItem));
	collect(view, items);
	v = profile_encode(items, view.count);
	if (items != items_room)
		pfree(items);
	return v;
}

/* distinct identifiers of a profile, ascending; the keys are the profile's bytes */
ProfileItem *
profile_identifiers_of(Datum value, uint32 *n)
{
	ProfileItem *items = palloc(16 * sizeof(ProfileItem));
	uint32		room = 16;
	ProfileView view;
	ProfileRecord record;

	*n = 0;
	profile_open(value, &view);
	while (profile_next(&view, &record))
	{
		const char *at = record.identifiers;

		while (at < record.identifiers_end)
		{
			TextSpan	span = profile_span(&at, record.identifiers_end);

			if (*n == room)
				items = repalloc_huge(items, (Size) (room *= 2) * sizeof(ProfileItem));
			items[(*n)++] = (ProfileItem) {.key = span.data, .keylen = span.len};
		}
	}
	profile_sort(items, *n);
	*n = profile_distinct(items, *n);
	return items;
}

/* ---- the join and the aggregate ---- */

PG_FUNCTION_INFO_V1(customer_profile_union);
PG_FUNCTION_INFO_V1(customer_profile_combine);
PG_FUNCTION_INFO_V1(customer_profile_final);

/* records of two views as items */
static ProfileItem *
collect_two(const ProfileView *a, const ProfileView *b, ProfileItem *room)
{
	Size		n = (Size) a->count + b->count;
	ProfileItem *items = n > SMALL_ITEMS ? palloc(n * sizeof(ProfileItem)) : room;

	collect(*a, items);
	collect(*b, items + a->count);
	return items;
}

/* customer_profile_union(customer_profile, customer_profile) -> customer_profile; 54000; linear */
Datum
customer_profile_union(PG_FUNCTION_ARGS)
{
	ProfileItem room[SMALL_ITEMS];
	ProfileView a,
				b;

	profile_open(PG_GETARG_DATUM(0), &a);
	profile_open(PG_GETARG_DATUM(1), &b);
	PG_RETURN_POINTER(profile_encode(collect_two(&a, &b, room), a.count + b.count));
}

/* an empty state with room for so many bytes and as many again */
static ProfileState *
new_state(Size size)
{
	Size		total = offsetof(ProfileState, data) + size * 2;
	ProfileState *state;

	/* what the allocator would round up to */
	if (total < ALLOCSET_SEPARATE_THRESHOLD)
		total = pg_nextpower2_32(Max(total, STATE_FIRST));
	state = palloc(total);
	SET_VARSIZE(state, total);
	memset(&state->form, 0, offsetof(ProfileState, data) - offsetof(ProfileState, form));
	state->form = STATE_FORM;
	return state;
}

/* the state that a datum is; NULL where it is canonical bytes */
static inline ProfileState *
state_of(Datum value)
{
	ProfileState *state = (ProfileState *) DatumGetPointer(value);

	return VARATT_IS_4B_U(state) && state->form == STATE_FORM ? state : NULL;
}

static Size
state_room(const ProfileState *state)
{
	return VARSIZE(state) - offsetof(ProfileState, data);
}

static void
append(ProfileState *state, const ProfileView *view)
{
	memcpy(state->data + state->used, view->at, view->end - view->at);
	state->used += view->end - view->at;
	state->count += view->count;
}

/*
 * A state of both; old, if it is given, is the state that a is in, which is full.  A new state is
 * made in the current memory context: the executor copies it into the aggregate's.
 */
static ProfileState *
larger_state(ProfileState *old, const ProfileView *a, const ProfileView *b)
{
	Size		size = (a->end - a->at) + (b->end - b->at);
	ProfileItem room[SMALL_ITEMS];
	ProfileItem *items;
	ProfileState *state;
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
	n = join_records(items, a->count + b->count, &joined);
	profile_check_size(HEADER_MAX + joined);
	state = new_state(joined);
	state->used = put_records(state->data, items, n) - state->data;
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
 * customer_profile_combine(customer_profile, customer_profile) -> customer_profile: transition and
 * combine function of customer_profile_agg; 54000.  A large first row stays what it is, so that a
 * group of one takes no more memory than its value.
 */
Datum
customer_profile_combine(PG_FUNCTION_ARGS)
{
	struct varlena *value;
	ProfileState *old = NULL;
	ProfileView a,
				b;

	if (!AggCheckCallContext(fcinfo, NULL))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("transition function of customer_profile called outside an aggregate"),
				 errhint("Use omni.customer_profile_agg() or the operator ||.")));
	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	value = profile_open(PG_GETARG_DATUM(1), &b);
	if (PG_ARGISNULL(0))
	{
		if (b.end - b.at > (STATE_FIRST - offsetof(ProfileState, data)) / 2)
			PG_RETURN_POINTER(value);
		old = new_state(b.end - b.at);
		append(old, &b);
		PG_RETURN_POINTER(old);
	}
	old = state_of(PG_GETARG_DATUM(0));
	if (old)
	{
		if (b.end - b.at <= state_room(old) - old->used)
		{
			append(old, &b);
			PG_RETURN_POINTER(old);
		}
	}
	profile_open(PG_GETARG_DATUM(0), &a);
	PG_RETURN_POINTER(larger_state(old, &a, &b));
}

/*
 * customer_profile_final(customer_profile) -> customer_profile: the state's canonical bytes.  Hash
 * aggregation comes to states in no order, and each record says where the next one is: what a first
 * state has is fetched at once.
 */
Datum
customer_profile_final(PG_FUNCTION_ARGS)
{
	ProfileState *state = state_of(PG_GETARG_DATUM(0));

	if (state)
	{
		for (uint32 at = CACHE_LINE; at < Min(state->used, STATE_FIRST); at += CACHE_LINE)
			PREFETCH(state->data + at);
	}
	PG_RETURN_POINTER(profile_canonical(PG_GETARG_DATUM(0)));
}

/* ---- removal ---- */

PG_FUNCTION_INFO_V1(without_records);

/* keys of the records that an array names: {source,record_id}, or one such row each */
static ProfileItem *
keys_of_array(ArrayType *array, uint32 *n)
{
	int			ndim = ARR_NDIM(array);
	StringInfoData bytes;
	ProfileItem *items;
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
						 "as omni.records() returns it.")));
	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &count);
	items = palloc(count / 2 * sizeof(ProfileItem));
	initStringInfo(&bytes);
	for (int i = 0; i < count; i++)
	{
		text	   *t = (text *) DatumGetPointer(elements[i]);
		Problem		problem;
		TextSpan	part;

		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("array names a record with NULL"),
					 errhint("Both source and record_id name a record.")));
		if (!problem_of_text(text_from_server(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &part),
							 &problem))
			problem_report(NULL, &problem, "customer_profile", NULL);
		if (i % 2 == 0)
			items[i / 2].size = bytes.len;
		else
			appendStringInfoChar(&bytes, '\0');
		appendBinaryStringInfo(&bytes, part.data, part.len);
		items[i / 2].keylen = bytes.len - items[i / 2].size;
	}
	*n = count / 2;
	for (uint32 i = 0; i < *n; i++)
		items[i].key = bytes.data + items[i].size;
	profile_sort(items, *n);
	return items;
}

/*
 * without_records(customer_profile, text[]) -> customer_profile: the profile without the records
 * that the array names, those it has not being no error; 22023; linear for a sorted array
 */
Datum
without_records(PG_FUNCTION_ARGS)
{
	ProfileView view;
	ProfileItem *records;
	ProfileItem *keys;
	uint32		n,
				k = 0,
				kept = 0;

	profile_open(PG_GETARG_DATUM(0), &view);
	keys = keys_of_array(PG_GETARG_ARRAYTYPE_P(1), &n);
	records = palloc(Max(view.count, 1) * sizeof(ProfileItem));
	collect(view, records);
	if (!view.canonical)
		profile_sort(records, view.count);
	for (uint32 i = 0; i < view.count; i++)
	{
		int			c = 1;

		while (k < n && (c = compare_items(&keys[k], &records[i])) < 0)
			k++;
		if (k == n || c != 0)
			records[kept++] = records[i];
	}
	PG_RETURN_POINTER(profile_encode(records, kept));
}
