/*
 * allocate.h
 *	  How lines with terms share what is protected and what is common: lines, pools of stock, and
 *	  the policies, which say how many units each line gets.
 *
 * A pool is stock that the same lines may take.  Pool 0 is common; each channel that stock is
 * protected for has its own.  A line takes from the pool of its channel first, and only then from
 * the common one: so it leaves to others what they can use.
 */
#ifndef OMNI_ALLOCATE_H
#define OMNI_ALLOCATE_H

#include "inventory/inventory.h"

typedef struct Pool
{
	int128		units;			/* all that it has */
	int128		left;			/* what the policy gave to no line */
	QueueEntry *row;			/* its stock rows that are not handed out yet */
	int			nrows;
} Pool;

typedef struct Line
{
	int64		id;
	int64		qty;			/* > 0 */
	int64		min_qty;		/* 0: none */
	int64		gets;			/* what the policy gives: 0, or min_qty to qty */
	int32		pool;			/* of its channel, 0 where nothing is protected for that */
	bool		below_minimum;	/* it gets nothing since its minimum is more than it could get */
} Line;

typedef struct Allocation
{
	Line	   *lines;			/* in the order of the policy */
	int			nlines;
	Pool	   *pools;
	int			npools;
} Allocation;

/* units that a line of this pool may still get */
static inline int128
units_for(const Allocation *a, int32 pool)
{
	return a->pools[0].left + (pool > 0 ? a->pools[pool].left : 0);
}

/* a line gets so many units more, which are left for it */
static inline void
give(Allocation *a, Line *line, int64 units)
{
	int64		from_own = 0;

	if (line->pool > 0)
	{
		from_own = Min(units, a->pools[line->pool].left);
		a->pools[line->pool].left -= from_own;
	}
	a->pools[0].left -= units - from_own;
	line->gets += units;
}

/* the line gets what is left for it, if that is not less than its minimum */
extern void give_what_is_left(Allocation *a, Line *line);

/* policy fair_share: the lines are in fifo order */
extern void allocate_fair_share(Allocation *a);

#endif							/* OMNI_ALLOCATE_H */
