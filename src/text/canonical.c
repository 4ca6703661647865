/*
 * canonical.c
 *	  Canonical text as the other rooms see it: the border to the server's encoding, the forms and
 *	  case mappings with their ASCII fast paths, domain names, name keys, trimming, and what a
 *	  character is.
 *
 * ASCII is its own NFC and NFKC, and folds by adding 32 to a letter: text without a byte above 7F,
 * which is nearly all of it, is answered without a look at the tables.
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_conversion.h"
#include "catalog/pg_namespace.h"
#include "utils/memutils.h"

#include "text/unicode.h"

#define HIGH_BITS		UINT64CONST(0x8080808080808080)
#define EACH_BYTE(b)	(UINT64CONST(0x0101010101010101) * (b))

/* Greek sigma, whose small form at the end of a word takes as many bytes as the capital */
#define CAPITAL_SIGMA	0x3A3
#define FINAL_SIGMA		"\xCF\x82"

/* bit 7 of each byte that is an upper-case letter, for eight ASCII bytes */
static inline uint64
upper_letters(uint64 w)
{
	return ((w + EACH_BYTE(0x80 - 'A')) ^ (w + EACH_BYTE(0x7F - 'Z'))) & HIGH_BITS;
}

bool
text_is_ascii(const char *s, int len)
{
	uint64		w;

	for (; len >= 8; s += 8, len -= 8)
	{
		memcpy(&w, s, 8);
		if (w & HIGH_BITS)
			return false;
	}
	for (; len > 0; s++, len--)
	{
		if (*s & 0x80)
			return false;
	}
	return true;
}

bool
ascii_has_upper(const char *s, int len)
{
	uint64		w;

	for (; len >= 8; s += 8, len -= 8)
	{
		memcpy(&w, s, 8);
		if (upper_letters(w) != 0)
			return true;
	}
	for (; len > 0; s++, len--)
	{
		if (*s >= 'A' && *s <= 'Z')
			return true;
	}
	return false;
}

void
ascii_lower(char *out, const char *s, int len)
{
	uint64		w;

	for (; len >= 8; s += 8, out += 8, len -= 8)
	{
		memcpy(&w, s, 8);
		w |= upper_letters(w) >> 2;
		memcpy(out, &w, 8);
	}
	for (; len > 0; s++, out++, len--)
		*out = *s >= 'A' && *s <= 'Z' ? *s + ('a' - 'A') : *s;
}

/* ---- the server's encoding ---- */

static bool
server_is_utf8(void)
{
	return GetDatabaseEncoding() == PG_UTF8 || GetDatabaseEncoding() == PG_SQL_ASCII;
}

/*
 * Convert between the server's encoding and UTF-8; false if something has no counterpart, and if
 * the result would not fit into 1 GB, which *too_long tells.  The conversion is the one of
 * pg_catalog, whatever the search path offers, and reports what it cannot convert by stopping
 * there.
 */
static bool
convert(const char *s, int len, bool to_utf8, TextSpan *out, bool *too_long)
{
	static Oid	conversions[2] = {InvalidOid, InvalidOid};
	int			from = to_utf8 ? GetDatabaseEncoding() : PG_UTF8;
	int			to = to_utf8 ? PG_UTF8 : GetDatabaseEncoding();
	Size		size = (Size) len * MAX_CONVERSION_GROWTH + 1;
	char	   *buf;
	Size		n;

	*too_long = false;
	if (!OidIsValid(conversions[to_utf8]))
		conversions[to_utf8] = FindDefaultConversion(PG_CATALOG_NAMESPACE, from, to);
	if (!OidIsValid(conversions[to_utf8]))
		return false;
	*too_long = size > PG_INT32_MAX;
	if (*too_long)
		return false;
	buf = palloc_extended(size, MCXT_ALLOC_HUGE);
	if (pg_do_encoding_conversion_buf(conversions[to_utf8], from, to,
									  (unsigned char *) unconstify(char *, s), len,
									  (unsigned char *) buf, size, true) != len)
		return false;
	n = strlen(buf);
	*too_long = n > MaxAllocSize - VARHDRSZ;
	*out = (TextSpan) {buf, n};
	return !*too_long;
}

TextStatus
text_from_server(const char *s, int len, TextSpan *utf8)
{
	bool		too_long;

	utf8->data = s;
	utf8->len = len;
	if (text_is_ascii(s, len))
		return TEXT_OK;
	if (!server_is_utf8())
		return convert(s, len, true, utf8, &too_long) ? TEXT_OK :
			too_long ? TEXT_TOO_LONG : TEXT_BAD_ENCODING;
	return pg_verify_mbstr(PG_UTF8, s, len, true) ? TEXT_OK : TEXT_BAD_ENCODING;
}

bool
text_fits_server(const char *s, int len)
{
	TextSpan	server;
	bool		too_long;

	return server_is_utf8() || text_is_ascii(s, len) ||
		convert(s, len, false, &server, &too_long);
}

char *
text_to_server(const char *s, int len)
{
	char	   *copy = pnstrdup(s, len);

	if (server_is_utf8() || text_is_ascii(s, len))
		return copy;
	return pg_any_to_server(copy, len, PG_UTF8);
}

/* ---- code points ---- */

pg_wchar
text_next(const char *s, int len, int *size)
{
	return utf8_next((const unsigned char *) s, size);
}

TextStatus
text_check_assigned(const char *s, int len)
{
	const unsigned char *p = (const unsigned char *) s;
	const unsigned char *end = p + len;
	int			size;

	if (text_is_ascii(s, len))
		return TEXT_OK;
	for (; p < end; p += size)
	{
		if (!(unicode_record(utf8_next(p, &size))->flags & UNICODE_ASSIGNED))
			return TEXT_UNASSIGNED;
	}
	return TEXT_OK;
}

bool
text_is_space(pg_wchar c)
{
	if (c < 0x80)
		return c == ' ' || (c >= '\t' && c <= '\r');
	return (unicode_record(c)->flags & UNICODE_SPACE) != 0;
}

bool
text_is_invisible(pg_wchar c)
{
	return c >= 0x80 && (unicode_record(c)->flags & UNICODE_INVISIBLE) != 0;
}

static int
traits_of(pg_wchar c)
{
	return unicode_traits[unicode_index(c)].flags;
}

bool
text_is_ignorable(pg_wchar c)
{
	return c >= 0x80 && (traits_of(c) & TRAIT_IGNORABLE) != 0;
}

bool
text_is_hidden(pg_wchar c)
{
	return c >= 0x80 && (traits_of(c) & (TRAIT_IGNORABLE | TRAIT_FORMAT)) != 0;
}

bool
text_is_control(pg_wchar c)
{
	return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029;
}

bool
text_is_punctuation(pg_wchar c)
{
	return (traits_of(c) & TRAIT_PUNCTUATION) != 0;
}

bool
text_is_emoji(pg_wchar c)
{
	return (traits_of(c) & TRAIT_EMOJI) != 0;
}

bool
text_is_mark(pg_wchar c)
{
	return (unicode_record(c)->flags & UNICODE_MARK) != 0;
}

int
text_digit_value(pg_wchar c)
{
	return (traits_of(c) & TRAIT_DIGIT) - 1;
}

static bool
is_blank(pg_wchar c)
{
	return text_is_space(c) || text_is_invisible(c);
}

TextSpan
text_trim(const char *s, int len)
{
	int			size;

	while (len > 0 && is_blank(text_next(s, len, &size)))
	{
		s += size;
		len -= size;
	}
	while (len > 0)
	{
		int			start = len - 1;

		while (start > 0 && (s[start] & 0xC0) == 0x80)
			start--;
		if (!is_blank(text_next(s + start, len - start, &size)))
			break;
		len = start;
	}
	return (TextSpan) {s, len};
}

/* ---- forms ---- */

/* the sink's content as a span of its own, or the input where that is the same; frees the sink */
static void
sink_to_span(TextSink *sink, const char *s, int len, TextSpan *out)
{
	out->data = s;
	out->len = len;
	if (sink->used && (sink->len != len || memcmp(sink->data, s, len) != 0))
	{
		out->len = sink->len;
		if (sink->data != sink->local)
		{
			out->data = sink->data;
			return;
		}
		out->data = memcpy(palloc(Max(sink->len, 1)), sink->data, sink->len);
	}
	sink_free(sink);
}

static TextStatus
form_span(TextForm form, const char *s, int len, TextSpan *out)
{
	TextSink	sink;
	TextStatus	status;

	sink_init(&sink);
	status = text_transform(form, s, len, &sink);
	if (status == TEXT_OK)
		sink_to_span(&sink, s, len, out);
	else
		sink_free(&sink);
	return status;
}

TextStatus
text_nfc(const char *s, int len, TextSpan *out)
{
	*out = (TextSpan) {s, len};
	return text_is_ascii(s, len) ? TEXT_OK : form_span(FORM_NFC, s, len, out);
}

TextStatus
text_nfkc(const char *s, int len, TextSpan *out)
{
	*out = (TextSpan) {s, len};
	return text_is_ascii(s, len) ? TEXT_OK : form_span(FORM_NFKC, s, len, out);
}

/* lower case, or folding, of ASCII */
static TextStatus
ascii_lower_span(const char *s, int len, TextSpan *out)
{
	*out = (TextSpan) {s, len};
	if (ascii_has_upper(s, len))
	{
		char	   *lower = palloc(len);

		ascii_lower(lower, s, len);
		out->data = lower;
	}
	return TEXT_OK;
}

TextStatus
text_nfkc_casefold(const char *s, int len, TextSpan *out)
{
	return text_is_ascii(s, len) ? ascii_lower_span(s, len, out) :
		form_span(FORM_NFKC_CF, s, len, out);
}

/* ---- case mappings ---- */

/* a cased letter at s or, going backward, before it, case-ignorable code points passed over? */
static bool
cased_from(const char *s, const char *limit, bool backward)
{
	int			size;

	while (s != limit)
	{
		int			flags;

		if (backward)
		{
			do
				s--;
			while ((*s & 0xC0) == 0x80);
		}
		flags = traits_of(utf8_next((const unsigned char *) s, &size));
		if (!(flags & TRAIT_CASE_IGNORABLE))
			return (flags & TRAIT_CASED) != 0;
		if (!backward)
			s += size;
	}
	return false;
}

static TextStatus
case_span(bool lower, const char *str, int len, TextSpan *out)
{
	const char *end = str + len;
	TextSink	sink;
	int			size;

	if (text_is_ascii(str, len))
		return ascii_lower_span(str, len, out);
	sink_init(&sink);
	for (const char *s = str; s < end; s += size)
	{
		pg_wchar	c = utf8_next((const unsigned char *) s, &size);
		const UnicodeTraits *traits = &unicode_traits[unicode_index(c)];
		uint16		map = lower ? traits->lower : traits->fold;
		const char *m = s;
		int			n = size;

		if (lower && c == CAPITAL_SIGMA && cased_from(s, str, true) &&
			!cased_from(s + size, end, false))
			m = FINAL_SIGMA;
		else if (map != 0)
		{
			m = (const char *) unicode_pool + map + 1;
			n = unicode_pool[map];
		}
		if (!sink_append(&sink, m, n))
		{
			sink_free(&sink);
			return TEXT_TOO_LONG;
		}
	}
	sink_to_span(&sink, str, len, out);
	return TEXT_OK;
}

TextStatus
text_casefold(const char *s, int len, TextSpan *out)
{
	return case_span(false, s, len, out);
}

TextStatus
text_lower(const char *s, int len, TextSpan *out)
{
	return case_span(true, s, len, out);
}

TextStatus
text_strip_marks(const char *s, int len, TextSpan *out)
{
	const char *end = s + len;
	TextSpan	bare;
	TextSink	sink;
	int			size;

	if (text_is_ascii(s, len))
	{
		*out = (TextSpan) {.data = s, .len = len};
		return TEXT_OK;
	}
	sink_init(&sink);
	for (const char *at = s; at < end; at += size)
	{
		const UnicodeRecord *rec = unicode_record(text_next(at, end - at, &size));
		const char *m = rec->nfd ? (const char *) unicode_pool + rec->nfd + 1 : at;
		const char *mend = m + (rec->nfd ? unicode_pool[rec->nfd] : size);
		int			msize;

		for (; m < mend; m += msize)
			if (!text_is_mark(text_next(m, mend - m, &msize)) && !sink_append(&sink, m, msize))
			{
				sink_free(&sink);
				return TEXT_TOO_LONG;
			}
	}
	sink.used = true;
	sink_to_span(&sink, s, len, &bare);
	return text_nfc(bare.data, bare.len, out);
}

/* ---- names ---- */

/*
 * Fold the ASCII bytes of a name, drop leading and trailing spaces and all but one of a run, in
 * place.  What is folded already stays as it is.
 */
static int
fold_ascii_name(char *s, int len)
{
	int			n = 0;

	for (int i = 0; i < len; i++)
	{
		unsigned char c = s[i];

		if (c < 0x80)
			c = unicode_name_ascii[c];
		if (c != 0 && (c != ' ' || (n > 0 && s[n - 1] != ' ')))
			s[n++] = c;
	}
	return n > 0 && s[n - 1] == ' ' ? n - 1 : n;
}

/* text_name_fold into an initialised sink; on success it is used */
TextStatus
name_fold(const char *s, int len, TextSink *sink)
{
	TextStatus	status = TEXT_OK;

	if (!text_is_ascii(s, len))
		status = text_transform(FORM_NAME, s, len, sink);
	if (status == TEXT_OK && !sink->used && !sink_append(sink, s, len))
		status = TEXT_TOO_LONG;
	if (status == TEXT_OK)
		sink->len = fold_ascii_name(sink->data, sink->len);
	return status;
}

TextStatus
text_name_fold(const char *s, int len, TextSpan *out)
{
	TextSink	sink;
	TextStatus	status;

	sink_init(&sink);
	status = name_fold(s, len, &sink);
	if (status == TEXT_OK)
		sink_to_span(&sink, s, len, out);
	else
		sink_free(&sink);
	return status;
}

TextStatus
text_domain_explain(const char *s, int len, TextSpan *out, const char **why)
{
	const DomainRule *rule;
	TextSink	sink;
	TextStatus	status;

	sink_init(&sink);
	status = domain_to_ascii(s, len, &sink, &rule);
	if (status == TEXT_OK)
		sink_to_span(&sink, s, len, out);
	else
		sink_free(&sink);
	*why = rule == NULL ? NULL : rule->detail;
	return status;
}

TextStatus
text_domain_to_ascii(const char *s, int len, TextSpan *out)
{
	const char *why;

	return text_domain_explain(s, len, out, &why);
}
