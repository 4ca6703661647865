/*
 * distance.c
 *	  How alike two texts are, by code points: Jaro, Jaro-Winkler, Levenshtein, Damerau-Levenshtein
 *	  and Jaccard, under the names and with the corner cases of DuckDB, which Splink's models call.
 *
 * Every algorithm works on letters: small numbers below some bound that index its tables.  Of ASCII
 * the bytes serve as they are; other texts are numbered by the letters of the second one, all
 * letters that it has not being letter 0 (unless a caller needs them all).
 *
 * No text is too long: memory is linear in the lengths, and whatever takes longer than linear time
 * can be interrupted.
 *
 * Sources: Jaro by its definition, in linear time, and of short texts with a bit for each letter;
 * Levenshtein by Myers (1999) as Hyyrö (2003) put it, 64 rows at a time; Damerau-Levenshtein by
 * Zhao and Sahni (2019).
 */
#include "postgres.h"
#include "compat.h"

#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "utils/builtins.h"

#include "identity/distance.h"

/* letters that need no memory of their own */
#define LETTERS_INLINE	256

#define ASCII_LETTERS	128

/* letters of a text that fit into one word, a bit each */
#define WORD_LETTERS	64

/* places of a hash of letters that need no memory of their own */
#define SLOTS_INLINE	256

/*
 * By letter: the places where a text has it, as bits.  All 0 but while a distance is computed, so
 * that a call clears what it has set and not the whole; for few letters, which is the rule.
 */
static uint64 few_masks[ASCII_LETTERS];

/* two texts as letters, in ASCII as bytes */
typedef struct Letters
{
	bool		ascii;
	const unsigned char *bytes_a;
	const unsigned char *bytes_b;
	uint32	   *wide_a;
	uint32	   *wide_b;
	int			len_a;
	int			len_b;
	int			bound;			/* letters are below this */
	uint32		space[2 * LETTERS_INLINE];
} Letters;

/* what is palloc'd here is freed by the caller's memory context */
static inline void *
room(Size size, void *given, Size given_size)
{
	return size <= given_size ? given : MemoryContextAllocHuge(CurrentMemoryContext, size);
}

/* decode; the number of code points */
static int
decode(TextSpan s, uint32 *out)
{
	int			n = 0;
	int			size;

	for (int i = 0; i < s.len; i += size)
		out[n++] = text_next(s.data + i, s.len - i, &size);
	return n;
}

/*
 * Number the letters of b from 1 on in order of their first occurrence, and those of a alike; with
 * all, also those that only a has.
 */
static void
number_letters(Letters *l, bool all)
{
	uint64		slots = 16;
	uint64		mask;
	uint32		code_space[SLOTS_INLINE];
	uint32		number_space[SLOTS_INLINE];
	uint32	   *codes;
	uint32	   *numbers;

	while (slots < 2 * ((uint64) l->len_b + (all ? l->len_a : 0)))
		slots *= 2;
	mask = slots - 1;
	codes = room(sizeof(uint32) * slots, code_space, sizeof(code_space));
	numbers = room(sizeof(uint32) * slots, number_space, sizeof(number_space));
	memset(numbers, 0, sizeof(uint32) * slots);
	l->bound = 1;
	for (int pass = 0; pass < 2; pass++)
	{
		uint32	   *text = pass == 0 ? l->wide_b : l->wide_a;
		int			len = pass == 0 ? l->len_b : l->len_a;

		for (int i = 0; i < len; i++)
		{
			uint64		at = (text[i] * UINT64CONST(0x9E3779B97F4A7C15)) >> 20 & mask;

			while (numbers[at] != 0 && codes[at] != text[i])
				at = (at + 1) & mask;
			if (numbers[at] == 0 && (pass == 0 || all))
			{
				codes[at] = text[i];
				numbers[at] = l->bound++;
			}
			text[i] = numbers[at];
		}
	}
	if (codes != code_space)
		pfree(codes);
	if (numbers != number_space)
		pfree(numbers);
}

static void
letters_open(Letters *l, TextSpan a, TextSpan b, bool all)
{
	l->ascii = text_is_ascii(a.data, a.len) && text_is_ascii(b.data, b.len);
	l->len_a = a.len;
	l->len_b = b.len;
	l->bytes_a = (const unsigned char *) a.data;
	l->bytes_b = (const unsigned char *) b.data;
	l->bound = ASCII_LETTERS;
	l->wide_a = l->wide_b = NULL;
	if (l->ascii)
		return;
	l->wide_a = room(sizeof(uint32) * a.len, l->space, sizeof(l->space) / 2);
	l->wide_b = room(sizeof(uint32) * b.len, l->space + LETTERS_INLINE, sizeof(l->space) / 2);
	l->len_a = decode(a, l->wide_a);
	l->len_b = decode(b, l->wide_b);
	number_letters(l, all);
}

static void
letters_close(Letters *l)
{
	if (l->wide_a != NULL && l->wide_a != l->space)
		pfree(l->wide_a);
	if (l->wide_b != NULL && l->wide_b != l->space + LETTERS_INLINE)
		pfree(l->wide_b);
}

/* a mask of 0 for each letter */
static uint64 *
masks_open(const Letters *l)
{
	if (l->bound <= ASCII_LETTERS)
		return few_masks;
	return MemoryContextAllocExtended(CurrentMemoryContext, sizeof(uint64) * l->bound,
									  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

static void
masks_close(uint64 *mask)
{
	if (mask != few_masks)
		pfree(mask);
}

static inline bool
same_bytes(TextSpan a, TextSpan b)
{
	return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

/*
 * The letter at a place of a text: one of the two pointers is NULL.  All callers are inlined with a
 * constant NULL, so that there is a loop for bytes and one for wide letters.
 */
static pg_attribute_always_inline uint32
letter(const unsigned char *bytes, const uint32 *wide, int at)
{
	return bytes ? bytes[at] : wide[at];
}

/* ---- Jaro and Jaro-Winkler ---- */

static inline double
jaro_of_counts(int matches, int differ, int alen, int blen)
{
	if (matches == 0)
		return 0;
	return ((double) matches / alen + (double) matches / blen +
			(double) (matches - differ / 2) / matches) / 3;
}

/*
 * Both of WORD_LETTERS at most: the places of b that a letter of a may take are a word, of which it
 * takes the lowest bit.  mask is all 0 before and after.
 */
static pg_attribute_always_inline double
jaro_short(const unsigned char *abytes, const uint32 *awide, int alen,
		   const unsigned char *bbytes, const uint32 *bwide, int blen, uint64 *mask)
{
	int			window = Max(Max(alen, blen) / 2 - 1, 0);
	uint64		reach = (UINT64CONST(2) << window) - 1;
	uint64		free_b = ~UINT64CONST(0);
	uint64		taken_a = 0;
	uint64		taken_b;
	int			matches;
	int			differ = 0;

	for (int j = 0; j < blen; j++)
		mask[letter(bbytes, bwide, j)] |= UINT64CONST(1) << j;
	for (int i = 0; i < alen; i++)
	{
		uint64		places = mask[letter(abytes, awide, i)] & reach & free_b;

		free_b ^= places & -places;
		taken_a |= (uint64) (places != 0) << i;
		reach = reach << 1 | (i < window);
	}
	taken_b = ~free_b;
	matches = pg_popcount64(taken_b);
	for (; taken_a != 0; taken_a &= taken_a - 1)
	{
		uint64		place = taken_b & -taken_b;

		differ += (mask[letter(abytes, awide, pg_rightmost_one_pos64(taken_a))] & place) == 0;
		taken_b ^= place;
	}
	for (int j = 0; j < blen; j++)
		mask[letter(bbytes, bwide, j)] = 0;
	return jaro_of_counts(matches, differ, alen, blen);
}

/*
 * Each letter of a takes the first place in b that has the same letter, is free, and is not further
 * away than half the longer text.  As that window only moves on, the places of a letter in b are a
 * queue: whatever is left of the window is never looked at again.  head[letter] and next[place] are
 * places + 1, 0 ends a queue; head is all 0 before and after.
 */
static pg_attribute_always_inline double
jaro_long(const unsigned char *abytes, const uint32 *awide, int alen,
		  const unsigned char *bbytes, const uint32 *bwide, int blen,
		  int32 *head, int32 *next, uint32 *taken)
{
	int			window = Max(alen, blen) / 2 - 1;
	int			matches = 0;
	int			differ = 0;

	window = Max(window, 0);
	for (int j = blen - 1; j >= 0; j--)
	{
		uint32		c = letter(bbytes, bwide, j);

		next[j] = head[c];
		head[c] = j + 1;
	}
	for (int i = 0; i < alen; i++)
	{
		uint32		c = letter(abytes, awide, i);
		int32		place = head[c];

		while (place != 0 && place - 1 < i - window)
			place = next[place - 1];
		if (place != 0 && place - 1 <= i + window)
		{
			taken[matches++] = c;
			head[c] = next[place - 1];
			next[place - 1] = -1;	/* matched */
		}
		else
			head[c] = place;
	}
	for (int j = 0, k = 0; j < blen; j++)
	{
		uint32		c = letter(bbytes, bwide, j);

		head[c] = 0;
		if (next[j] == -1)
			differ += taken[k++] != c;
	}
	return jaro_of_counts(matches, differ, alen, blen);
}

static double
jaro_of_long(const Letters *l)
{
	int32	   *head = MemoryContextAllocExtended(CurrentMemoryContext, sizeof(int32) * l->bound,
												  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	int32	   *next = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int32) * l->len_b);
	uint32	   *taken = MemoryContextAllocHuge(CurrentMemoryContext,
											   sizeof(uint32) * Min(l->len_a, l->len_b));
	double		result;

	if (l->ascii)
		result = jaro_long(l->bytes_a, NULL, l->len_a, l->bytes_b, NULL, l->len_b,
						   head, next, taken);
	else
		result = jaro_long(NULL, l->wide_a, l->len_a, NULL, l->wide_b, l->len_b,
						   head, next, taken);
	pfree(head);
	pfree(next);
	pfree(taken);
	return result;
}

double
distance_jaro(TextSpan a, TextSpan b)
{
	double		result;
	Letters		l;

	if (a.len == 0 || b.len == 0)
		return 0;
	if (same_bytes(a, b))
		return 1;
	letters_open(&l, a, b, false);
	if (l.len_a > WORD_LETTERS || l.len_b > WORD_LETTERS)
		result = jaro_of_long(&l);
	else if (l.ascii)
		result = jaro_short(l.bytes_a, NULL, l.len_a, l.bytes_b, NULL, l.len_b, few_masks);
	else
		result = jaro_short(NULL, l.wide_a, l.len_a, NULL, l.wide_b, l.len_b, few_masks);
	letters_close(&l);
	return result;
}

double
distance_jaro_winkler(TextSpan a, TextSpan b)
{
	double		jaro = distance_jaro(a, b);
	int			prefix = 0;
	int			at = 0;
	int			size;

	if (jaro <= 0.7)
		return jaro;
	/* the same bytes up to a point are the same characters up to the last whole one */
	while (prefix < 4 && at < a.len && at < b.len)
	{
		(void) text_next(a.data + at, a.len - at, &size);
		if (at + size > b.len || memcmp(a.data + at, b.data + at, size) != 0)
			break;
		at += size;
		prefix++;
	}
	return jaro + prefix * 0.1 * (1 - jaro);
}

/* ---- Levenshtein ---- */

/* leave off what both begin with and what both end with, which costs no edit */
static void
trim_common(TextSpan *a, TextSpan *b)
{
	int			n = Min(a->len, b->len);
	int			i = 0;

	while (i < n && a->data[i] == b->data[i])
		i++;
	/* not within a character */
	while (i > 0 && i < Max(a->len, b->len) &&
		   ((i < a->len && ((unsigned char) a->data[i] & 0xC0) == 0x80) ||
			(i < b->len && ((unsigned char) b->data[i] & 0xC0) == 0x80)))
		i--;
	a->data += i;
	a->len -= i;
	b->data += i;
	b->len -= i;
	n = Min(a->len, b->len);
	i = 0;
	while (i < n && a->data[a->len - 1 - i] == b->data[b->len - 1 - i])
		i++;
	while (i > 0 && ((unsigned char) a->data[a->len - i] & 0xC0) == 0x80)
		i--;
	a->len -= i;
	b->len -= i;
}

/*
 * 64 rows of the matrix, one for each letter of a from row on, through all columns.  carry[j] is
 * the horizontal difference above the rows at column j on entry (1, 0 or -1), and that of the last
 * row on return.  mask is all 0 before and after.
 *
 * With a limit the columns further away from the diagonal than that are left out: a path through
 * them costs more.  What stands there counts as growing by one a step, which is never too little.
 */
static pg_attribute_always_inline void
levenshtein_rows(const unsigned char *abytes, const uint32 *awide, int row, int rows,
				 const unsigned char *bbytes, const uint32 *bwide, int from, int to,
				 int8 *carry, uint64 *mask)
{
	uint64		vp = ~UINT64CONST(0);
	uint64		vn = 0;
	int			last = rows - 1;

	for (int i = 0; i < rows; i++)
		mask[letter(abytes, awide, row + i)] |= UINT64CONST(1) << i;
	for (int j = from; j < to; j++)
	{
		uint64		eq = mask[letter(bbytes, bwide, j)];
		uint64		xv = eq | vn;
		uint64		xh;
		uint64		hp;
		uint64		hn;
		uint64		down = carry[j] < 0;
		uint64		up = carry[j] > 0;

		eq |= down;
		xh = (((eq & vp) + vp) ^ vp) | eq;
		hp = vn | ~(xh | vp);
		hn = vp & xh;
		carry[j] = (int8) ((hp >> last & 1) - (hn >> last & 1));
		hp = hp << 1 | up;
		hn = hn << 1 | down;
		vp = hn | ~(xv | hp);
		vn = hp & xv;
	}
	for (int i = 0; i < rows; i++)
		mask[letter(abytes, awide, row + i)] = 0;
}

/* up to 64 letters of a: one word, and the distance is kept along the last row */
static pg_attribute_always_inline int
levenshtein_short(const unsigned char *abytes, const uint32 *awide, int alen,
				  const unsigned char *bbytes, const uint32 *bwide, int blen,
				  int limit, uint64 *mask)
{
	uint64		vp = ~UINT64CONST(0);
	uint64		vn = 0;
	int			last = alen - 1;
	int			distance = alen;

	for (int i = 0; i < alen; i++)
		mask[letter(abytes, awide, i)] |= UINT64CONST(1) << i;
	for (int j = 0; j < blen; j++)
	{
		uint64		eq = mask[letter(bbytes, bwide, j)];
		uint64		xv = eq | vn;
		uint64		xh = (((eq & vp) + vp) ^ vp) | eq;
		uint64		hp = vn | ~(xh | vp);
		uint64		hn = vp & xh;

		distance += (int) (hp >> last & 1) - (int) (hn >> last & 1);
		/* each column that is left takes off one at most */
		if (limit >= 0 && distance - (blen - 1 - j) > limit)
		{
			distance = limit + 1;
			break;
		}
		hp = hp << 1 | 1;
		hn <<= 1;
		vp = hn | ~(xv | hp);
		vn = hp & xv;
	}
	for (int i = 0; i < alen; i++)
		mask[letter(abytes, awide, i)] = 0;
	return distance;
}

/* a is longer than 64 letters and no longer than b */
static int
levenshtein_long(const Letters *l, int limit, uint64 *mask)
{
	int8	   *carry = MemoryContextAllocHuge(CurrentMemoryContext, l->len_b);
	int			distance;
	int			from = 0;
	int64		top = 0;		/* value at the left end of the row above, at column from */

	if (limit < 0)
		limit = l->len_b;
	memset(carry, 1, l->len_b);
	for (int row = 0; row < l->len_a; row += 64)
	{
		int			rows = Min(64, l->len_a - row);
		int			first = Max(0, row - limit);
		int			to = (int) Min((int64) l->len_b, (int64) row + rows + limit);

		CHECK_FOR_INTERRUPTS();
		/* the row above this block, up to the column before its first */
		for (; from < first; from++)
			top += carry[from];
		if (l->ascii)
			levenshtein_rows(l->bytes_a, NULL, row, rows, l->bytes_b, NULL, from, to, carry, mask);
		else
			levenshtein_rows(NULL, l->wide_a, row, rows, NULL, l->wide_b, from, to, carry, mask);
		/* down the left edge of the block */
		top += rows;
	}
	distance = (int) top;
	for (int j = from; j < l->len_b; j++)
		distance += carry[j];
	pfree(carry);
	return distance;
}

int
distance_levenshtein(TextSpan a, TextSpan b, int limit)
{
	Letters		l;
	int			distance;

	trim_common(&a, &b);
	if (a.len <= b.len)
		letters_open(&l, a, b, false);
	else
		letters_open(&l, b, a, false);
	if (limit >= 0 && abs(l.len_b - l.len_a) > limit)
		distance = limit + 1;
	else if (l.len_a == 0 || l.len_b == 0)
		distance = l.len_a + l.len_b;
	else
	{
		uint64	   *mask = masks_open(&l);

		if (l.len_a > WORD_LETTERS)
			distance = levenshtein_long(&l, limit, mask);
		else if (l.ascii)
			distance = levenshtein_short(l.bytes_a, NULL, l.len_a, l.bytes_b, NULL, l.len_b,
										 limit, mask);
		else
			distance = levenshtein_short(NULL, l.wide_a, l.len_a, NULL, l.wide_b, l.len_b,
										 limit, mask);
		masks_close(mask);
	}
	letters_close(&l);
	return distance;
}

/* ---- Damerau-Levenshtein ---- */

/*
 * Row by row, as for Levenshtein.  A transposition that ends at row i and column j begins at the
 * last row before i with b's letter j, and the last column before j with a's letter i, and one of
 * the two has to be next to where it ends.  here[j] is the present row, above[j] the one before,
 * and from[j] what stood above the row and before the column that a transposition to column j
 * begins at.  All three have one more place at the left, for the column before the first.
 *
 * Only the columns no further than band from the diagonal are looked at: an edit script of so many
 * edits leads through no others, as a transposition costs what it leaves out.  Whatever stands
 * elsewhere is far.
 */
static pg_attribute_always_inline int
damerau_of(const unsigned char *abytes, const uint32 *awide, int alen,
		   const unsigned char *bbytes, const uint32 *bwide, int blen,
		   int band, int32 *above, int32 *here, int32 *from, int32 *last_row)
{
	const int32 far = Max(alen, blen) + 1;

	above[0] = from[0] = far;
	for (int j = 0; j <= blen; j++)
	{
		here[j + 1] = j;
		above[j + 1] = from[j + 1] = far;
	}
	here[0] = far;
	for (int i = 1; i <= alen; i++)
	{
		uint32		c = letter(abytes, awide, i - 1);
		int32	   *t = above;
		int32		last_column = -1;
		int32		corner = far;	/* two rows up, before the column of the last match */
		int32		before;		/* two rows up, in the column before */
		int			first = Max(1, i - band);
		int			last = (int) Min((int64) blen, (int64) i + band);

		CHECK_FOR_INTERRUPTS();
		above = here;
		here = t;
		before = here[first];
		here[first] = first == 1 ? i : far;
		/* the row above ends one column before */
		if ((int64) i - 1 + band < blen)
			above[last + 1] = far;
		for (int j = first; j <= last; j++)
		{
			uint32		d = letter(bbytes, bwide, j - 1);
			int32		best = above[j] + (c != d);

			best = Min(best, here[j] + 1);
			best = Min(best, above[j + 1] + 1);
			if (c == d)
			{
				last_column = j;
				from[j + 1] = above[j - 1];
				corner = before;
			}
			else
			{
				int32		k = last_row[d];

				if (j - last_column == 1 && abs(j - k) <= band)
					best = Min(best, from[j + 1] + (i - k));
				else if (i - k == 1)
					best = Min(best, corner + (j - last_column));
			}
			before = here[j + 1];
			here[j + 1] = best;
		}
		last_row[c] = i;
	}
	return here[blen + 1];
}

/*
 * Whoever does not transpose needs no fewer edits, so that the Levenshtein distance is a band; of
 * texts too short for that to pay, all columns.
 */
static int
damerau_band(const Letters *l, TextSpan a, TextSpan b)
{
	if (Min(l->len_a, l->len_b) <= WORD_LETTERS)
		return Max(l->len_a, l->len_b);
	return distance_levenshtein(a, b, -1) + 1;
}

int
distance_damerau_levenshtein(TextSpan a, TextSpan b)
{
	int32		row_space[3 * LETTERS_INLINE];
	int32		last_space[LETTERS_INLINE];
	int32	   *rows;
	int32	   *last_row;
	Size		width;
	Letters		l;
	int			band;
	int			distance;

	trim_common(&a, &b);
	letters_open(&l, a, b, false);
	if (l.len_a == 0 || l.len_b == 0)
		distance = l.len_a + l.len_b;
	else
	{
		width = (Size) l.len_b + 2;
		rows = room(sizeof(int32) * 3 * width, row_space, sizeof(row_space));
		last_row = room(sizeof(int32) * l.bound, last_space, sizeof(last_space));
		for (int i = 0; i < l.bound; i++)
			last_row[i] = -1;
		band = damerau_band(&l, a, b);
		if (l.ascii)
			distance = damerau_of(l.bytes_a, NULL, l.len_a, l.bytes_b, NULL, l.len_b, band,
								  rows, rows + width, rows + 2 * width, last_row);
		else
			distance = damerau_of(NULL, l.wide_a, l.len_a, NULL, l.wide_b, l.len_b, band,
								  rows, rows + width, rows + 2 * width, last_row);
		if (rows != row_space)
			pfree(rows);
		if (last_row != last_space)
			pfree(last_row);
	}
	letters_close(&l);
	return distance;
}

/* ---- Jaccard ---- */

/* letters that both have over letters that either has */
double
distance_jaccard(TextSpan a, TextSpan b)
{
	Letters		l;
	int			common = 0;
	int			all = 0;

	if (a.len == 0 || b.len == 0)
		return 0;
	letters_open(&l, a, b, true);
	if (l.ascii)
	{
		uint64		seen[2][2] = {0};

		for (int i = 0; i < l.len_a; i++)
			seen[0][l.bytes_a[i] >> 6] |= UINT64CONST(1) << (l.bytes_a[i] & 63);
		for (int i = 0; i < l.len_b; i++)
			seen[1][l.bytes_b[i] >> 6] |= UINT64CONST(1) << (l.bytes_b[i] & 63);
		for (int i = 0; i < 2; i++)
		{
			common += pg_popcount64(seen[0][i] & seen[1][i]);
			all += pg_popcount64(seen[0][i] | seen[1][i]);
		}
	}
	else
	{
		char	   *seen = MemoryContextAllocExtended(CurrentMemoryContext, l.bound,
													  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);

		for (int i = 0; i < l.len_a; i++)
			seen[l.wide_a[i]] |= 1;
		for (int i = 0; i < l.len_b; i++)
			seen[l.wide_b[i]] |= 2;
		for (int i = 1; i < l.bound; i++)
			common += seen[i] == 3;
		all = l.bound - 1;
		pfree(seen);
	}
	letters_close(&l);
	return (double) common / all;
}

/* ---- SQL-callable functions ---- */

PG_FUNCTION_INFO_V1(jaro_similarity);
PG_FUNCTION_INFO_V1(jaro_winkler_similarity);
PG_FUNCTION_INFO_V1(jaccard);
PG_FUNCTION_INFO_V1(levenshtein);
PG_FUNCTION_INFO_V1(levenshtein_less_equal);
PG_FUNCTION_INFO_V1(damerau_levenshtein);

/* the text of argument n in UTF-8 */
static TextSpan
text_arg(FunctionCallInfo fcinfo, int n)
{
	text	   *t = PG_GETARG_TEXT_PP(n);
	TextSpan	utf8;
	Problem		problem;

	if (!problem_of_text(text_from_server(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &utf8), &problem))
		problem_report(NULL, &problem, "text", NULL);
	return utf8;
}

/*
 * jaro_similarity(text, text) -> double precision, from 0 to 1.  Linear time.
 */
Datum
jaro_similarity(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(distance_jaro(text_arg(fcinfo, 0), text_arg(fcinfo, 1)));
}

/*
 * jaro_winkler_similarity(text, text) -> double precision: Jaro's similarity, and where that is
 * above 0.7, a tenth of what is missing to 1 for each of up to four first characters in common.
 */
Datum
jaro_winkler_similarity(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(distance_jaro_winkler(text_arg(fcinfo, 0), text_arg(fcinfo, 1)));
}

/* jaccard(text, text) -> double precision: characters that both have over those of either */
Datum
jaccard(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(distance_jaccard(text_arg(fcinfo, 0), text_arg(fcinfo, 1)));
}

/*
 * levenshtein(text, text) -> integer: least number of characters put in, taken out or changed.
 * Time is that of the product of the lengths over 64.
 */
Datum
levenshtein(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(distance_levenshtein(text_arg(fcinfo, 0), text_arg(fcinfo, 1), -1));
}

/*
 * levenshtein_less_equal(text, text, integer) -> integer: the same where it is at most the limit,
 * else limit + 1, found without looking at the rest; 22023 for a negative limit
 */
Datum
levenshtein_less_equal(PG_FUNCTION_ARGS)
{
	int32		limit = PG_GETARG_INT32(2);
	int			distance;

	if (limit < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("limit of a distance is negative: %d", limit),
				 errhint("Give the largest distance that matters, 0 or more.")));
	distance = distance_levenshtein(text_arg(fcinfo, 0), text_arg(fcinfo, 1), limit);
	PG_RETURN_INT32(distance > limit ? limit + (limit < PG_INT32_MAX) : distance);
}

/*
 * damerau_levenshtein(text, text) -> integer: the same, two neighbors changing places being one
 * edit.  Unrestricted: the distance is a metric, and 'ca' is 2 from 'abc'.  Time is that of the
 * product of the lengths.
 */
Datum
damerau_levenshtein(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(distance_damerau_levenshtein(text_arg(fcinfo, 0), text_arg(fcinfo, 1)));
}
