/*
 * unicode.h
 *	  Private to the text room: the pinned tables of Unicode 15.0, and the normaliser on them.
 *
 * No room asks ICU, the C library or the server for a property of a character: their Unicode
 * version changes with an upgrade of the system, ours only with OMNI_CANON_VERSION.
 *
 * A form is a context-free mapping of code points followed by NFC.  NFC, NFKC, NFKC_Casefold, the
 * mapping step of UTS #46 and the folding of names are all forms; they differ only in their map.
 */
#ifndef OMNI_TEXT_UNICODE_H
#define OMNI_TEXT_UNICODE_H

#include "text/text.h"

typedef enum TextForm
{
	FORM_NFC,
	FORM_NFKC,
	FORM_NFKC_CF,
	FORM_IDNA,
	FORM_NAME
} TextForm;

#define FORM_COUNT		5

/* UnicodeRecord.flags; BOUNDARY_x: under form x, nothing before the code point changes with it */
#define UNICODE_ASSIGNED			0x0001
#define UNICODE_SPACE				0x0002
#define UNICODE_INVISIBLE			0x0004
#define UNICODE_MARK				0x0008
#define UNICODE_PAIR_FIRST			0x0010
#define UNICODE_PAIR_SECOND			0x0020
#define UNICODE_IDNA_VALID			0x0040
#define UNICODE_IDNA_REFUSED		0x0080
#define UNICODE_BOUNDARY_NFC		0x0100
#define UNICODE_BOUNDARY_NFKC		0x0200
#define UNICODE_BOUNDARY_NFKC_CF	0x0400
#define UNICODE_BOUNDARY_IDNA		0x0800
#define UNICODE_BOUNDARY_NAME		0x1000
#define UNICODE_BOUNDARY(form)		(UNICODE_BOUNDARY_NFC << (form))

/* Bidi_Class and Joining_Type, as far as RFC 5893 and RFC 5892 tell them apart */
typedef enum UnicodeBidi
{
	BIDI_L, BIDI_R, BIDI_AL, BIDI_AN, BIDI_EN, BIDI_ES, BIDI_CS, BIDI_ET, BIDI_ON, BIDI_BN,
	BIDI_NSM,
	BIDI_OTHER = 15
} UnicodeBidi;

typedef enum UnicodeJoining
{
	JOINING_U, JOINING_C, JOINING_D, JOINING_L, JOINING_R, JOINING_T
} UnicodeJoining;

#define UNICODE_CCC_VIRAMA	9

/* what code points have in common; all zeros for an unassigned one */
typedef struct UnicodeRecord
{
	uint8		ccc;			/* Canonical_Combining_Class */
	uint8		joining_bidi;
	uint16		flags;
	uint16		map[FORM_COUNT];	/* into unicode_pool; 0: itself, 1: nothing */
	uint16		nfd;			/* full canonical decomposition, 0: itself (or Hangul) */
} UnicodeRecord;

/* UnicodeTraits.flags; the four bits below them are the value of a decimal digit, plus one */
#define TRAIT_PUNCTUATION		0x0010
#define TRAIT_CASED				0x0020
#define TRAIT_CASE_IGNORABLE	0x0040
#define TRAIT_IGNORABLE			0x0080	/* Default_Ignorable_Code_Point, assigned or not */
#define TRAIT_FORMAT			0x0100	/* General_Category Cf */
#define TRAIT_EMOJI				0x0200	/* Extended_Pictographic or Regional_Indicator */
#define TRAIT_DIGIT				0x000F

/* the rest of what they have in common, apart because normalising does not need it */
typedef struct UnicodeTraits
{
	uint16		fold;			/* full case folding and lower case, as map */
	uint16		lower;
	uint16		flags;
} UnicodeTraits;

typedef struct UnicodePair
{
	pg_wchar	first;
	pg_wchar	second;
	pg_wchar	composite;
} UnicodePair;

#define UNICODE_SHIFT		7
#define UNICODE_PAIR_BITS	11

extern const uint16 unicode_stage1[0x110000 >> UNICODE_SHIFT];
extern const uint16 unicode_stage2[];
extern const UnicodeRecord unicode_records[];
extern const UnicodeTraits unicode_traits[];	/* parallel to unicode_records */
extern const unsigned char unicode_pool[];
extern const UnicodePair unicode_pairs[1 << UNICODE_PAIR_BITS];
extern const unsigned char unicode_name_ascii[128];
extern const unsigned char unicode_domain_ascii[128];

/* c is at most 10FFFF, which valid UTF-8 guarantees */
static inline int
unicode_index(pg_wchar c)
{
	const uint16 *block = unicode_stage2 + (unicode_stage1[c >> UNICODE_SHIFT] << UNICODE_SHIFT);

	return block[c & ((1 << UNICODE_SHIFT) - 1)];
}

static inline const UnicodeRecord *
unicode_record(pg_wchar c)
{
	return &unicode_records[unicode_index(c)];
}

#define unicode_bidi(rec)		((UnicodeBidi) ((rec)->joining_bidi & 0x0F))
#define unicode_joining(rec)	((UnicodeJoining) ((rec)->joining_bidi >> 4))

/* first code point of valid UTF-8 */
static inline pg_wchar
utf8_next(const unsigned char *s, int *size)
{
	if (s[0] < 0x80)
	{
		*size = 1;
		return s[0];
	}
	if (s[0] < 0xE0)
	{
		*size = 2;
		return (s[0] & 0x1F) << 6 | (s[1] & 0x3F);
	}
	if (s[0] < 0xF0)
	{
		*size = 3;
		return (s[0] & 0x0F) << 12 | (s[1] & 0x3F) << 6 | (s[2] & 0x3F);
	}
	*size = 4;
	return (s[0] & 0x07) << 18 | (s[1] & 0x3F) << 12 | (s[2] & 0x3F) << 6 | (s[3] & 0x3F);
}

/* write c, at most 10FFFF, to s, which has room for four bytes; returns how many it took */
static inline int
utf8_put(pg_wchar c, char *s)
{
	if (c < 0x80)
	{
		s[0] = c;
		return 1;
	}
	if (c < 0x800)
	{
		s[0] = 0xC0 | c >> 6;
		s[1] = 0x80 | (c & 0x3F);
		return 2;
	}
	if (c < 0x10000)
	{
		s[0] = 0xE0 | c >> 12;
		s[1] = 0x80 | (c >> 6 & 0x3F);
		s[2] = 0x80 | (c & 0x3F);
		return 3;
	}
	s[0] = 0xF0 | c >> 18;
	s[1] = 0x80 | (c >> 12 & 0x3F);
	s[2] = 0x80 | (c >> 6 & 0x3F);
	s[3] = 0x80 | (c & 0x3F);
	return 4;
}

/*
 * Where a result is written: short ones need no memory but the sink's own.  used says whether
 * anything was written at all; if not, the result is the input.
 */
#define SINK_LOCAL	512

typedef struct TextSink
{
	char	   *data;
	int			len;
	int			size;
	bool		used;
	char		local[SINK_LOCAL];
} TextSink;

/* normal.c */
extern void sink_init(TextSink *sink);
extern void sink_free(TextSink *sink);
extern bool sink_grow(TextSink *sink, int len);
extern TextStatus text_transform(TextForm form, const char *s, int len, TextSink *sink);

/* false if the result would not fit into 1 GB */
static inline bool
sink_append(TextSink *sink, const char *s, int len)
{
	sink->used = true;
	if (len > sink->size - sink->len && !sink_grow(sink, len))
		return false;
	memcpy(sink->data + sink->len, s, len);
	sink->len += len;
	return true;
}

/* canonical.c: lower case of ASCII, and text_name_fold without a copy of the result */
extern bool ascii_has_upper(const char *s, int len);
extern void ascii_lower(char *out, const char *s, int len);
extern TextStatus name_fold(const char *s, int len, TextSink *sink);

/* domain.c: a rule that a refused domain name breaks */
typedef struct DomainRule
{
	const char *code;
	const char *detail;
} DomainRule;

extern TextStatus domain_to_ascii(const char *s, int len, TextSink *sink, const DomainRule **why);

#endif							/* OMNI_TEXT_UNICODE_H */
