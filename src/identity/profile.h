/*
 * profile.h
 *	  Private to profile*.c, and to what discloses a profile in part (privacy/disclosure.c): the
 *	  bytes of a customer_profile, and what is made of them.
 *
 *	  profile.c				records, canonical bytes, join, aggregate, removal
 *	  profile_value.c		attribute values: from and to jsonb, order, JSON text of one
 *	  profile_io.c			constructors, text and binary form
 *	  profile_json.c		the JSON text form, read and written
 *	  profile_access.c		accessors, rows, GIN
 *	  profile_golden.c		survivorship: golden_record() and the attribute operators
 *
 * Canonical bytes, the only form that is stored or sent (all in UTF-8):
 *
 *	  byte 0	version, 1
 *	  varint	number of records
 *	  then each record, ascending by key, each key once:
 *	  varint	bytes of the record that follow
 *	  varint	bytes of the key
 *	  key		source, a NUL, record_id: the order of these bytes is that of (source, record_id)
 *	  8 bytes	observed_at in microseconds since 2000, sign flipped, big-endian
 *	  varint	bytes of the identifiers that follow
 *	  each		varint length, canonical bytes of omni.identifier, ascending, each once
 *	  to the end of the record, each attribute, ascending by name, each name once:
 *	  varint	bytes of the name
 *	  name
 *	  value		see profile_value.c; never null
 *
 * Varints are little-endian base 128 of the shortest length.  So a profile has exactly one form:
 * equal means identical bytes.  What a record says after its key compares as bytes by (observed_at,
 * rest): the join keeps the greater of two records of one key.
 */
#ifndef OMNI_IDENTITY_PROFILE_H
#define OMNI_IDENTITY_PROFILE_H

#include "compat.h"
#include "datatype/timestamp.h"
#include "lib/stringinfo.h"
#include "port/pg_bswap.h"
#include "text/text.h"
#include "utils/jsonb.h"

#define PROFILE_VERSION		1

/*
 * A customer has dozens of records, a till that scans one card for everybody has thousands.  64 MB
 * hold a quarter of a million records of usual size; what is larger is no customer, and is refused
 * before it makes rows that no tool can read.
 */
#define PROFILE_MAX			(64 * 1024 * 1024)

/* source and record_id are keys, not documents: as long as the value of an identifier */
#define PROFILE_KEY_PART_MAX	512

/* attributes may be nested so deeply: far beyond any use, and safe for every stack */
#define PROFILE_DEPTH_MAX	100

#define PROFILE_TIME_BYTES	8

/* ---- profile.c: records ---- */

/* a part of a profile under the bytes that order it */
typedef struct ProfileItem
{
	const char *key;
	const char *at;				/* record: its start; attribute: its value */
	uint32		keylen;
	uint32		size;			/* record: all its bytes; attribute: number of its record */
} ProfileItem;

/* a value opened for reading: records one after the other */
typedef struct ProfileView
{
	const char *at;
	const char *end;
	uint32		count;
	bool		canonical;		/* else a state: records in any order, keys more than once */
} ProfileView;

typedef struct ProfileRecord
{
	TextSpan	source;
	TextSpan	record_id;
	TimestampTz observed_at;
	const char *identifiers;	/* each a varint and bytes */
	const char *identifiers_end;
	const char *attributes;		/* pairs of name and value */
	const char *end;
} ProfileRecord;

pg_noreturn extern void profile_damaged(void);
extern uint32 profile_long_varint(const char **at, const char *end);

/* read a varint of our own bytes */
static inline uint32
profile_varint(const char **at, const char *end)
{
	if (likely(*at < end && (**at & 0x80) == 0))
		return (uint8) *(*at)++;
	return profile_long_varint(at, end);
}

/* read a run of bytes with its length before it */
static inline TextSpan
profile_span(const char **at, const char *end)
{
	TextSpan	span;

	span.len = profile_varint(at, end);
	span.data = *at;
	if (unlikely(span.len > end - *at))
		profile_damaged();
	*at += span.len;
	return span;
}

static inline int
profile_compare_bytes(const char *a, uint32 alen, const char *b, uint32 blen)
{
	int			c;

	/* most differ in the first word, which spares them a call */
	if (alen >= sizeof(uint64) && blen >= sizeof(uint64))
	{
		uint64		a_word,
					b_word;

		memcpy(&a_word, a, sizeof(a_word));
		memcpy(&b_word, b, sizeof(b_word));
		if (a_word != b_word)
			return pg_ntoh64(a_word) < pg_ntoh64(b_word) ? -1 : 1;
	}
	c = memcmp(a, b, Min(alen, blen));
	return c != 0 ? c : (alen > blen) - (alen < blen);
}

static inline bool
profile_same_key(const ProfileItem *a, const ProfileItem *b)
{
	return a->keylen == b->keylen && memcmp(a->key, b->key, a->keylen) == 0;
}

static inline TimestampTz
profile_time(const char *bytes)
{
	uint64		v;

	memcpy(&v, bytes, sizeof(v));
	return (TimestampTz) (pg_ntoh64(v) ^ (UINT64CONST(1) << 63));
}

extern void profile_put_varint(StringInfo out, uint32 v);
extern void profile_put_span(StringInfo out, const char *data, uint32 len);
extern void profile_put_time(StringInfo out, TimestampTz t);

extern struct varlena *profile_open(Datum value, ProfileView *view);
extern bool profile_next(ProfileView *view, ProfileRecord *record);
extern void profile_sort(ProfileItem *items, uint32 n);
extern uint32 profile_distinct(ProfileItem *items, uint32 n);
extern struct varlena *profile_encode(ProfileItem *items, uint32 n);
extern struct varlena *profile_canonical(Datum value);
extern void profile_check_size(uint64 size);
extern ProfileItem *profile_identifiers_of(Datum value, uint32 *n);

/* ---- profile_value.c ---- */

typedef enum ProfileTag
{
	PROFILE_NULL = 0,			/* only inside arrays and objects */
	PROFILE_FALSE = 1,
	PROFILE_TRUE = 2,
	PROFILE_NUMBER = 3,
	PROFILE_STRING = 4,
	PROFILE_ARRAY = 5,
	PROFILE_OBJECT = 6
} ProfileTag;

/* a value opened: its bytes as a whole, and what they hold */
typedef struct ProfileValue
{
	ProfileTag	tag;
	TextSpan	bytes;			/* with tag and length */
	TextSpan	payload;		/* without */
} ProfileValue;

extern ProfileValue profile_value(const char **at, const char *end);
extern void profile_put_value(StringInfo out, ProfileTag tag, const char *payload, uint32 len);
extern bool profile_put_decimal(StringInfo out, bool negative, const char *digits, int ndigits,
								int64 exponent);
extern void profile_put_attributes(StringInfo out, Jsonb *attributes);
extern bool profile_pairs_valid(const char *at, const char *end, int depth);
extern bool profile_get_varint(const char **at, const char *end, uint32 *v);

extern int	profile_value_compare(const ProfileValue *a, const ProfileValue *b);
extern int64 profile_value_length(const ProfileValue *value);
extern void profile_value_text(StringInfo out, const ProfileValue *value);
extern void profile_pairs_text(StringInfo out, const char *at, const char *end);

extern void profile_jsonb_string(JsonbValue *to, TextSpan s);
extern void profile_push_value(JsonbParseState **state, JsonbIteratorToken token,
							   const ProfileValue *value);
extern JsonbValue *profile_push_pairs(JsonbParseState **state, const char *at, const char *end);
extern Jsonb *profile_value_jsonb(const ProfileValue *value);

/* ---- profile_json.c ---- */

extern struct varlena *profile_parse(const char *s, int len, Problem *problem);
extern void profile_json(StringInfo out, ProfileView *view);

/* ---- profile_io.c ---- */

extern TextSpan profile_text_utf8(text *t);

#endif							/* OMNI_IDENTITY_PROFILE_H */
