/*
 * allocate_fair.c
 *	  Policy fair_share: each line gets the same share of what it asks for.
 *
 * Let the lines of pool k ask for D(k) units, of which P(k) are there that are protected for them
 * (none in pool 0), and let C be the common units.  They lack R(k) = max(0, D(k) - P(k)), all
 * together R.  The common units are shared in proportion to what is lacking, so that a line of
 * pool k that asks for q has the share
 *
 *		q * (min(P(k), D(k)) + R(k) * min(1, C / R)) / D(k)
 *
 * which is q * C / D where there are only common units.
 *
 * 1. While there are lines whose share is less than their minimum, the one of them with the highest
 *	  min_qty / qty gives way (of equals, the last in fifo order), and the shares are worked out
 *	  without it.  Shares only grow by that.  So one pass over the lines in that order decides.
 * 2. Each line left gets its share, rounded down.  The units that this leaves go one each to the
 *	  lines with the largest remainder (of equals, the first in fifo order) that may take one.
 * 3. Units that nobody left can take are offered to the lines that gave way, in fifo order.
 *
 * Step 2 gives out every unit that can be: what is feasible for the remainders is a matroid, of
 * which the shares are a fractional base, and greedy finds a base.
 *
 * All fractions are exact: with at most 2^42 units asked for, no product below exceeds 2^126.
 * Cost: n log n.
 */
#include "postgres.h"
#include "compat.h"

#include "miscadmin.h"

#include "inventory/allocate.h"

#define UNITS_MAX	(INT64CONST(1) << 42)

/* units of one pool, as counted here; more than all lines ask for makes no difference */
typedef struct Part
{
	int64		own;			/* P(k); 0 in pool 0 */
	int64		asked;			/* D(k), by the lines that take part */
} Part;

typedef struct Shares
{
	Part	   *parts;
	int64		common;			/* C */
	int64		lacking;		/* R */
} Shares;

/* the share of a pool's lines as num / (scale * R) */
typedef struct Rate
{
	uint128		num;
	uint64		scale;
	bool		whole;			/* they get all */
} Rate;

static inline int64
lacks(const Part *part)
{
	return Max(part->asked - part->own, 0);
}

static Rate
rate_of(const Shares *s, int32 pool)
{
	const Part *part = &s->parts[pool];
	Rate		rate = {0, 1, false};

	if (lacks(part) == 0 || s->common >= s->lacking)
		rate.whole = true;
	else if (part->own == 0)
		rate.num = s->common;
	else
	{
		rate.num = (uint128) part->own * s->lacking + (uint128) lacks(part) * s->common;
		rate.scale = part->asked;
	}
	return rate;
}

/* ---- who gives way ---- */

typedef struct Candidate
{
	int64		qty;
	int64		min_qty;
	int			line;
} Candidate;

/* highest min_qty / qty first, of equals the last line first */
static inline int
compare_candidates(const Candidate *a, const Candidate *b)
{
	int128		x = (int128) a->min_qty * b->qty;
	int128		y = (int128) b->min_qty * a->qty;

	if (x != y)
		return x > y ? -1 : 1;
	return (a->line < b->line) - (a->line > b->line);
}

#define ST_SORT sort_candidates
#define ST_ELEMENT_TYPE Candidate
#define ST_COMPARE(a, b) compare_candidates(a, b)
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

static bool
share_is_below_minimum(const Shares *s, const Line *line)
{
	Rate		rate = rate_of(s, line->pool);

	return !rate.whole &&
		line->qty * rate.num < line->min_qty * ((uint128) rate.scale * s->lacking);
}

static void
leave_out(Shares *s, const Line *line)
{
	Part	   *part = &s->parts[line->pool];

	s->lacking -= lacks(part);
	part->asked -= line->qty;
	s->lacking += lacks(part);
}

static void
decide_who_gives_way(Allocation *a, Shares *s, int ncandidates)
{
	Candidate  *candidates = MemoryContextAllocHuge(CurrentMemoryContext,
													mul_size(ncandidates, sizeof(Candidate)));
	int			n = 0;

	for (int i = 0; i < a->nlines; i++)
		if (a->lines[i].min_qty > 0)
			candidates[n++] = (Candidate) {a->lines[i].qty, a->lines[i].min_qty, i};
	sort_candidates(candidates, n);
	for (int i = 0; i < n; i++)
	{
		Line	   *line = &a->lines[candidates[i].line];

		CHECK_FOR_INTERRUPTS();
		if (share_is_below_minimum(s, line))
		{
			line->below_minimum = true;
			leave_out(s, line);
		}
	}
	pfree(candidates);
}

/* ---- shares in whole units ---- */

typedef struct Remainder
{
	uint128		num;			/* of scale * R, as in Rate */
	uint64		scale;
	int			line;
} Remainder;

/* largest first, of equals the first line first */
static inline int
compare_remainders(const Remainder *a, const Remainder *b)
{
	uint128		x = a->num;
	uint128		y = b->num;

	if (a->scale != b->scale)
	{
		x *= b->scale;
		y *= a->scale;
	}
	if (x != y)
		return x > y ? -1 : 1;
	return (a->line > b->line) - (a->line < b->line);
}

#define ST_SORT sort_remainders
#define ST_ELEMENT_TYPE Remainder
#define ST_COMPARE(a, b) compare_remainders(a, b)
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

static void
give_shares(Allocation *a, const Shares *s)
{
	Remainder  *rest = MemoryContextAllocHuge(CurrentMemoryContext,
											  mul_size(a->nlines, sizeof(Remainder)));
	Rate	   *rates = palloc_extended(mul_size(a->npools, sizeof(Rate)), MCXT_ALLOC_HUGE);
	int			n = 0;

	for (int k = 0; k < a->npools; k++)
		rates[k] = rate_of(s, k);
	for (int i = 0; i < a->nlines; i++)
	{
		Line	   *line = &a->lines[i];
		const Rate *rate = &rates[line->pool];
		uint128		of = (uint128) rate->scale * s->lacking;
		uint128		left_over;
		int64		share;

		CHECK_FOR_INTERRUPTS();
		if (line->below_minimum)
			continue;
		if (rate->whole)
		{
			give(a, line, line->qty);
			continue;
		}
		if (of <= PG_UINT32_MAX && line->qty <= PG_UINT32_MAX)
		{
			uint64		product = (uint64) line->qty * (uint64) rate->num;

			share = product / (uint64) of;
			left_over = product % (uint64) of;
		}
		else
		{
			uint128		product = line->qty * rate->num;

			share = (int64) (product / of);
			left_over = product % of;
		}
		give(a, line, share);
		if (left_over > 0)
			rest[n++] = (Remainder) {left_over, rate->scale, i};
	}
	sort_remainders(rest, n);
	for (int i = 0; i < n; i++)
	{
		Line	   *line = &a->lines[rest[i].line];

		CHECK_FOR_INTERRUPTS();
		if (units_for(a, line->pool) > 0)
			give(a, line, 1);
	}
	pfree(rest);
	pfree(rates);
}

static pg_noinline void
report_too_many(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("too many units for policy fair_share"),
			 errdetail("The lines of one demand may ask for at most " INT64_FORMAT " units.",
					   UNITS_MAX)));
}

void
allocate_fair_share(Allocation *a)
{
	Shares		s = {0};
	int64		asked = 0;
	int			ncandidates = 0;

	s.parts = palloc_extended(mul_size(a->npools, sizeof(Part)), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (int i = 0; i < a->nlines; i++)
	{
		const Line *line = &a->lines[i];

		if (line->qty > UNITS_MAX - asked)
			report_too_many();
		asked += line->qty;
		s.parts[line->pool].asked += line->qty;
		ncandidates += line->min_qty > 0;
	}
	s.common = Min(a->pools[0].units, asked);
	for (int k = 0; k < a->npools; k++)
	{
		s.parts[k].own = k == 0 ? 0 : Min(a->pools[k].units, asked);
		s.lacking += lacks(&s.parts[k]);
	}

	if (ncandidates > 0 && s.lacking > s.common)
		decide_who_gives_way(a, &s, ncandidates);
	give_shares(a, &s);
	for (int i = 0; i < a->nlines && ncandidates > 0; i++)
	{
		Line	   *line = &a->lines[i];

		CHECK_FOR_INTERRUPTS();
		if (line->below_minimum)
		{
			give_what_is_left(a, line);
			line->below_minimum = line->gets == 0 &&
				a->pools[0].units + (line->pool > 0 ? a->pools[line->pool].units : 0) > 0;
		}
	}
	pfree(s.parts);
}
