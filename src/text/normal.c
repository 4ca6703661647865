/*
 * normal.c
 *	  The normaliser: any form of unicode.h, from UTF-8 to UTF-8, in linear time.
 *
 * Text is cut into segments at boundaries, the code points that neither change nor are changed by
 * what stands before them.  A segment of one code point that the form leaves alone, by far the
 * most frequent, is only skipped; a segment of one changed code point is its mapping; any other is
 * decomposed, put into canonical order and composed (UAX #15).
 */
#include "postgres.h"
#include "compat.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "text/unicode.h"

/* a result has to fit into a varlena */
#define SINK_MAX		((int) (MaxAllocSize - VARHDRSZ))

/* code points of a segment before it needs memory of its own */
#define SEGMENT_LOCAL	64

/* marks in a row before they are sorted by counting */
#define INSERTION_MAX	24

/* Hangul syllables are composed by arithmetic: The Unicode Standard 3.12 */
#define HANGUL_S		0xAC00
#define HANGUL_L		0x1100
#define HANGUL_V		0x1161
#define HANGUL_T		0x11A7
#define HANGUL_LCOUNT	19
#define HANGUL_VCOUNT	21
#define HANGUL_TCOUNT	28
#define HANGUL_SCOUNT	(HANGUL_LCOUNT * HANGUL_VCOUNT * HANGUL_TCOUNT)

typedef struct Mark
{
	pg_wchar	c;
	uint8		ccc;
} Mark;

typedef struct Segment
{
	Mark	   *marks;
	int			len;
	int			size;
	Mark		local[SEGMENT_LOCAL];
} Segment;

void
sink_init(TextSink *sink)
{
	sink->data = sink->local;
	sink->len = 0;
	sink->size = SINK_LOCAL;
	sink->used = false;
}

void
sink_free(TextSink *sink)
{
	if (sink->data != sink->local)
		pfree(sink->data);
}

/* make room for len bytes more, or false if they would not fit into 1 GB */
bool
sink_grow(TextSink *sink, int len)
{
	int64		need = (int64) sink->len + len;
	int64		size = Min(Max((int64) sink->size * 2, need), SINK_MAX);

	if (need > SINK_MAX)
		return false;
	if (sink->data == sink->local)
		sink->data = memcpy(palloc(size), sink->local, sink->len);
	else
		sink->data = repalloc(sink->data, size);
	sink->size = size;
	return true;
}

/* false if the segment would need more than 1 GB */
static inline bool
push(Segment *seg, pg_wchar c, uint8 ccc)
{
	if (seg->len == seg->size)
	{
		Size		bytes = (Size) seg->size * 2 * sizeof(Mark);

		if (bytes > MaxAllocSize)
			return false;
		if (seg->marks == seg->local)
			seg->marks = memcpy(palloc(bytes), seg->local, sizeof(seg->local));
		else
			seg->marks = repalloc(seg->marks, bytes);
		seg->size *= 2;
	}
	seg->marks[seg->len++] = (Mark) {.c = c, .ccc = ccc};
	return true;
}

/* append the canonical decomposition of c, which is of the pool or Hangul */
static bool
push_decomposed(Segment *seg, pg_wchar c)
{
	const UnicodeRecord *rec = unicode_record(c);
	const unsigned char *s;
	const unsigned char *end;
	int			size;

	if (c - HANGUL_S < HANGUL_SCOUNT)
	{
		int			i = c - HANGUL_S;

		return push(seg, HANGUL_L + i / (HANGUL_VCOUNT * HANGUL_TCOUNT), 0) &&
			push(seg, HANGUL_V + i % (HANGUL_VCOUNT * HANGUL_TCOUNT) / HANGUL_TCOUNT, 0) &&
			(i % HANGUL_TCOUNT == 0 || push(seg, HANGUL_T + i % HANGUL_TCOUNT, 0));
	}
	if (rec->nfd == 0)
		return push(seg, c, rec->ccc);
	s = unicode_pool + rec->nfd;
	end = s + 1 + s[0];
	for (s++; s < end; s += size)
	{
		pg_wchar	d = utf8_next(s, &size);

		if (!push(seg, d, unicode_record(d)->ccc))
			return false;
	}
	return true;
}

/* stable sort of n marks by combining class */
static void
sort_marks(Mark *m, int n)
{
	int			start[257] = {0};
	Mark	   *sorted;

	if (n <= INSERTION_MAX)
	{
		for (int i = 1; i < n; i++)
		{
			Mark		mark = m[i];
			int			j = i;

			for (; j > 0 && m[j - 1].ccc > mark.ccc; j--)
				m[j] = m[j - 1];
			m[j] = mark;
		}
		return;
	}
	sorted = palloc((Size) n * sizeof(Mark));
	for (int i = 0; i < n; i++)
		start[m[i].ccc + 1]++;
	for (int i = 1; i < 257; i++)
		start[i] += start[i - 1];
	for (int i = 0; i < n; i++)
		sorted[start[m[i].ccc]++] = m[i];
	memcpy(m, sorted, (Size) n * sizeof(Mark));
	pfree(sorted);
}

static void
order_segment(Segment *seg)
{
	for (int i = 0; i < seg->len; i++)
	{
		int			first = i;

		while (i < seg->len && seg->marks[i].ccc != 0)
			i++;
		if (i - first > 1)
			sort_marks(seg->marks + first, i - first);
	}
}

/* the primary composite of two code points, or 0 */
static pg_wchar
compose_pair(pg_wchar a, pg_wchar b)
{
	uint32		h;

	if (a - HANGUL_L < HANGUL_LCOUNT && b - HANGUL_V < HANGUL_VCOUNT)
		return HANGUL_S + ((a - HANGUL_L) * HANGUL_VCOUNT + (b - HANGUL_V)) * HANGUL_TCOUNT;
	if (a - HANGUL_S < HANGUL_SCOUNT)
	{
		if ((a - HANGUL_S) % HANGUL_TCOUNT == 0 && b - HANGUL_T - 1 < HANGUL_TCOUNT - 1)
			return a + (b - HANGUL_T);
		return 0;
	}
	if (!(unicode_record(a)->flags & UNICODE_PAIR_FIRST) ||
		!(unicode_record(b)->flags & UNICODE_PAIR_SECOND))
		return 0;
	h = (a * 0x9E3779B1U ^ b * 0x85EBCA6BU) >> (32 - UNICODE_PAIR_BITS);
	for (; unicode_pairs[h].first != 0; h = (h + 1) % lengthof(unicode_pairs))
	{
		if (unicode_pairs[h].first == a && unicode_pairs[h].second == b)
			return unicode_pairs[h].composite;
	}
	return 0;
}

/* canonical composition, in place */
static void
compose_segment(Segment *seg)
{
	int			starter = -1;
	int			out = 0;
	int			last = 0;		/* class of the code point last kept */

	for (int i = 0; i < seg->len; i++)
	{
		Mark		mark = seg->marks[i];

		if (starter >= 0 && (out - 1 == starter || last < mark.ccc))
		{
			pg_wchar	c = compose_pair(seg->marks[starter].c, mark.c);

			if (c != 0)
			{
				seg->marks[starter].c = c;
				continue;
			}
		}
		if (mark.ccc == 0)
			starter = out;
		last = mark.ccc;
		seg->marks[out++] = mark;
	}
	seg->len = out;
}

/* append the form of the code points from s to end, one segment */
static TextStatus
transform_segment(TextForm form, const unsigned char *s, const unsigned char *end, TextSink *sink)
{
	TextStatus	status = TEXT_OK;
	Segment		seg;
	int			size;

	sink->used = true;			/* also if nothing is left of the segment */
	seg.marks = seg.local;
	seg.len = 0;
	seg.size = SEGMENT_LOCAL;
	for (; s < end && status == TEXT_OK; s += size)
	{
		pg_wchar	c = utf8_next(s, &size);
		uint16		map = unicode_record(c)->map[form];

		if (map == 0)
		{
			if (!push_decomposed(&seg, c))
				status = TEXT_TOO_LONG;
		}
		else
		{
			const unsigned char *m = unicode_pool + map + 1;
			const unsigned char *mend = m + m[-1];
			int			msize;

			for (; m < mend && status == TEXT_OK; m += msize)
			{
				if (!push_decomposed(&seg, utf8_next(m, &msize)))
					status = TEXT_TOO_LONG;
			}
		}
	}
	if (status == TEXT_OK)
	{
		order_segment(&seg);
		compose_segment(&seg);
	}
	for (int i = 0; i < seg.len && status == TEXT_OK; i++)
	{
		char		utf8[4];

		if (!sink_append(sink, utf8, utf8_put(seg.marks[i].c, utf8)))
			status = TEXT_TOO_LONG;
	}
	if (seg.marks != seg.local)
		pfree(seg.marks);
	return status;
}

static inline TextStatus
check_record(TextForm form, const UnicodeRecord *rec)
{
	if (!(rec->flags & UNICODE_ASSIGNED))
		return TEXT_UNASSIGNED;
	if (form == FORM_IDNA && (rec->flags & UNICODE_IDNA_REFUSED))
		return TEXT_NOT_ALLOWED;
	return TEXT_OK;
}

/*
 * The form of valid UTF-8 into an initialised sink, which stays unused if nothing changes.  On
 * failure the sink's content is undefined; sink_free it in any case.
 */
TextStatus
text_transform(TextForm form, const char *str, int len, TextSink *sink)
{
	const unsigned char *s = (const unsigned char *) str;
	const unsigned char *end = s + len;
	const unsigned char *kept = s;	/* unchanged and not yet written */
	const unsigned char *last = s;	/* start of the code point before s, if after kept */
	const uint16 boundary = UNICODE_BOUNDARY(form);

	const UnicodeRecord *rec = NULL;	/* of the code point at s, size bytes long */
	int			size = 0;

	if (s < end)
		rec = unicode_record(utf8_next(s, &size));
	while (s < end)
	{
		const UnicodeRecord *first_rec = rec;
		const unsigned char *first;
		const unsigned char *next = s + size;
		TextStatus	status;
		bool		alone;

		if ((rec->flags & boundary) && rec->map[form] == 0)
		{
			last = s;
			s = next;
			if (s < end)
				rec = unicode_record(utf8_next(s, &size));
			continue;
		}

		CHECK_FOR_INTERRUPTS();
		status = check_record(form, rec);
		if (status != TEXT_OK)
			return status;
		first = (rec->flags & boundary) || kept == s ? s : last;
		alone = first == s && first_rec->map[form] != 0;
		while (next < end)
		{
			rec = unicode_record(utf8_next(next, &size));
			if (rec->flags & boundary)
				break;
			status = check_record(form, rec);
			if (status != TEXT_OK)
				return status;
			next += size;
			alone = false;
		}
		if (first > kept && !sink_append(sink, (const char *) kept, first - kept))
			return TEXT_TOO_LONG;
		if (alone)
		{
			const unsigned char *m = unicode_pool + first_rec->map[form];

			if (!sink_append(sink, (const char *) m + 1, m[0]))
				return TEXT_TOO_LONG;
		}
		else
		{
			status = transform_segment(form, first, next, sink);
			if (status != TEXT_OK)
				return status;
		}
		kept = last = s = next;
	}
	if (sink->used && end > kept && !sink_append(sink, (const char *) kept, end - kept))
		return TEXT_TOO_LONG;
	return TEXT_OK;
}
