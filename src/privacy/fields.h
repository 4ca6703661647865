/*
 * fields.h
 *	  Segments of TCF and GPP strings, as tables of their fields: one reader and one writer for all.
 *
 * A segment is bits in web-safe base64 (bits.h).  Reading gives members of a jsonb object, or only
 * says whether they could be read; writing takes them from such an object.  The time that reading
 * takes is bounded by the length of the text, and what it gives by FIELD_IDS_MAX.
 */
#ifndef OMNI_PRIVACY_FIELDS_H
#define OMNI_PRIVACY_FIELDS_H

#include "postgres.h"

#include "privacy/bits.h"
#include "text/text.h"
#include "utils/jsonb.h"

/* IDs in the lists of one string, together: all vendors there can be, four times */
#define FIELD_IDS_MAX	(4 * 65536)

/* characters of a string; the longest that are known have less than a tenth of it */
#define FIELD_TEXT_MAX	(128 * 1024)

typedef enum FieldKind
{
	FIELD_INT,					/* "size" bits */
	FIELD_FIXED,				/* 6 bits that have to be "size" */
	FIELD_TYPE,					/* the type of a segment: "size" bits that are "count" */
	FIELD_SKIP,					/* "size" bits that say nothing */
	FIELD_BOOL,
	FIELD_TIME,					/* deciseconds since 1970: 36 bits */
	FIELD_LETTERS,				/* two letters of 6 bits */
	FIELD_IDS,					/* "size" bits as the IDs of those that are 1 */
	FIELD_FLAGS,				/* the same as booleans */
	FIELD_CHOICE,				/* 2 bits: 0 not applicable, 1, 2 */
	FIELD_CHOICES,				/* "size" of them */
	FIELD_COUNT,				/* 6 bits: the size of each FIELD_CUSTOM that follows */
	FIELD_CUSTOM_IDS,
	FIELD_CUSTOM_FLAGS,
	FIELD_VENDORS,				/* the greatest ID, then bits or ranges */
	FIELD_VENDORS_V1,			/* the same in TCF 1, whose ranges may be those without consent */
	FIELD_VENDORS_FIBONACCI,	/* the same with ranges in Fibonacci coding */
	FIELD_RESTRICTIONS,			/* of a publisher: purpose, type, ranges of vendors */
	FIELD_RANGES,				/* the same under the names of GPP */
	FIELD_RANGES_FIBONACCI
} FieldKind;

typedef struct Field
{
	const char *name;			/* NULL: not shown */
	FieldKind	kind;
	uint8		size;
	uint8		count;
} Field;

/* what reading remembers between the segments of a string */
typedef struct FieldReading
{
	JsonbParseState **out;		/* an object that is open, or NULL: read only */
	Problem    *problem;		/* why false was returned */
	int			custom;			/* value of the last FIELD_COUNT */
	int			ids;			/* IDs given so far */
} FieldReading;

/* a set of IDs: those of vendors have 16 bits */
#define ID_MAX		65535
typedef struct IdSet
{
	uint64		word[(ID_MAX + 1) / 64];
	int			greatest;
} IdSet;

extern bool fields_read(const Field *field, int fields, Bits *in, FieldReading *r);
extern void fields_write(const Field *field, int fields, JsonbContainer *object, BitsOut *out);

/* whether an object has a member that one of the fields shows */
extern bool fields_any(const Field *field, int fields, JsonbContainer *object);

/* whether one vendor is in a list that is passed by; false where it cannot be read */
extern bool vendors_test(Bits *in, int vendor, bool *found, Problem *problem);

/* pieces of jsonb */
extern void json_put_key(JsonbParseState **out, const char *key);
extern void json_put_int(JsonbParseState **out, JsonbIteratorToken token, int64 value);
extern void json_put_text(JsonbParseState **out, JsonbIteratorToken token, const char *s, int len);

/* parts of a text between separators; -1 where there are more than max */
extern int	text_parts(const char *s, int len, char separator, TextSpan *part, int max);

#endif							/* OMNI_PRIVACY_FIELDS_H */
