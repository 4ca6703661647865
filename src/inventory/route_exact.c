/*
 * route_exact.c
 *	  The best plan of an order with few SKUs, by dynamic programming over what has been served.
 *
 * An order is served in chunks: an SKU is one chunk where it comes from one source, else each unit
 * is a chunk.  A state says how many chunks of each SKU are served, as digits of a number; there
 * are at most ROUTE_EXACT_STATES of them, which is 12 SKUs that are not split.  Nodes are taken one
 * by one; the best value of a state after a node is that before it, or the best of a state with
 * fewer chunks and what the node gives.
 *
 * A node is used by one set of its methods, all of which are tried; within a set each SKU goes by
 * the method that is cheapest for it, since stock and capacity are those of the node.  Where the
 * capacity of a node cannot matter, SKUs are added one after the other: states * chunks steps a
 * node.  Where it can, every combination of chunks within it is put on every state that has room:
 * 3^n steps for n SKUs that are not split.  An SKU of which a node has a part only, where a part
 * will do, is one chunk of that part; a node whose capacity is less than its chunks gives the
 * cheapest units first, which is best because all terms but that of days are linear in them, and
 * the caller fixes the days.
 *
 * Ties go to the node that comes first.  After Held and Karp's and the set-cover recurrences; the
 * proof of exactness is the sentence on the best value of a state.
 */
#include "postgres.h"
#include "compat.h"

#include "miscadmin.h"

#include "inventory/route.h"

#define SKUS_MAX	ROUTE_EXACT_SKUS

/* how a node is used: an offer for each SKU, -1 for none */
typedef struct NodeUse
{
	int			offer[SKUS_MAX];
	int			chunks[SKUS_MAX];	/* that it can give */
	int128		open[ROUTE_SLOTS_MAX];
	int128		chunk[SKUS_MAX][ROUTE_SLOTS_MAX];	/* value of a chunk */
	int64		capacity;		/* -1 where it cannot matter */
	int			n;				/* number of the mode at its node, from 1 */
} NodeUse;

typedef struct Solver
{
	const RouteProblem *p;
	int			slots;
	int			skus;
	int			states;
	int			radix[SKUS_MAX];
	int			stride[SKUS_MAX];
	int128	   *best;			/* of each state; below 0 if it cannot be had */
	int128	   *after;			/* the same, with the present node */
	int128	   *work;
	int16	   *origin;			/* of each state in work */
	int16	   *from;			/* [node][state]: the state before the node */
	uint8	   *mode;			/* [node][state]: 0 if the node is not used */
	int16	   *node_from;		/* those of the present node */
	uint8	   *node_mode;
} Solver;

bool
route_is_exact(const RouteProblem *p)
{
	int64		states = 1;

	if (p->options->split == SPLIT_NONE)
		return true;
	if (p->nskus > p->options->exact_skus)
		return false;
	for (int k = 0; k < p->nskus; k++)
	{
		states *= p->options->split == SPLIT_UNITS ? Min(p->demand[k], ROUTE_EXACT_STATES) + 1 : 2;
		if (states > ROUTE_EXACT_STATES)
			return false;
	}
	return true;
}

/* ---- values ---- */

static inline bool
is_less(const int128 *a, const int128 *b, int slots)
{
	if (b[0] < 0)
		return true;
	for (int i = 0; i < slots; i++)
	{
		if (a[i] != b[i])
			return a[i] < b[i];
	}
	return false;
}

/* ---- modes of a node ---- */

/* the sources of a node that can be used */
static int
usable_sources(const RouteProblem *p, const RouteNode *node, int *source)
{
	int			n = 0;

	for (int i = node->first; i < node->last; i++)
	{
		int			o = p->source[i].first;

		while (o < p->source[i].last && !route_usable(p, o))
			o++;
		if (o < p->source[i].last)
			source[n++] = i;
	}
	return n;
}

/* the n-th set of some sources of a node; false if one of them is of no use in it */
static bool
make_mode(const Solver *s, const RouteNode *node, const int *sources, int n, NodeUse *mode)
{
	const RouteProblem *p = s->p;
	bool		units = p->options->split == SPLIT_UNITS;
	int			by[SKUS_MAX];
	int			used = 0;
	int64		all = 0;

	for (int k = 0; k < s->skus; k++)
		mode->offer[k] = -1;
	memset(mode->open, 0, sizeof(mode->open));
	mode->n = n;
	for (int i = 0; n >> i > 0; i++)
	{
		const RouteSource *source = &p->source[sources[i]];

		if ((n & (1 << i)) == 0)
			continue;
		for (int v = 0; v < s->slots; v++)
			mode->open[v] += source->value[v];
		for (int o = source->first; o < source->last; o++)
		{
			int			k = p->input->offers[o].sku_no;

			if (route_usable(p, o) &&
				(mode->offer[k] < 0 ||
				 route_value_compare(&p->scale, p->choice[o].value,
									 p->choice[mode->offer[k]].value) < 0))
			{
				mode->offer[k] = o;
				by[k] = i;
			}
		}
	}
	for (int k = 0; k < s->skus; k++)
	{
		const RouteChoice *choice;

		mode->chunks[k] = 0;
		if (mode->offer[k] < 0)
			continue;
		used |= 1 << by[k];
		choice = &p->choice[mode->offer[k]];
		mode->chunks[k] = units ? (int) choice->most : 1;
		all += choice->most;
		for (int v = 0; v < s->slots; v++)
			mode->chunk[k][v] = choice->value[v] * (units ? 1 : choice->most);
		if (!units)
			mode->chunk[k][p->scale.missing_slot] +=
				p->scale.missing_factor * (p->demand[k] - choice->most);
	}
	mode->capacity = node->capacity >= 0 && node->capacity < all ? node->capacity : -1;
	return used == n;
}

/* ---- a node whose capacity cannot matter ---- */

static pg_attribute_always_inline void
add_chunks(Solver *s, const NodeUse *mode, int k, int slots)
{
	int			stride = s->stride[k];
	int			block = stride * s->radix[k];
	const int128 *chunk = mode->chunk[k];

	for (int base = 0; base < s->states; base += block)
		for (int low = base; low < base + stride; low++)
			for (int x = s->radix[k] - 1; x > 0; x--)
			{
				int			t = low + x * stride;
				int128	   *to = &s->work[t * slots];

				for (int a = Min(x, mode->chunks[k]); a > 0; a--)
				{
					int			u = t - a * stride;
					int128		sum[ROUTE_SLOTS_MAX];

					if (s->work[u * slots] < 0)
						continue;
					for (int v = 0; v < slots; v++)
						sum[v] = s->work[u * slots + v] + chunk[v] * a;
					if (is_less(sum, to, slots))
					{
						for (int v = 0; v < slots; v++)
							to[v] = sum[v];
						s->origin[t] = s->origin[u];
					}
				}
			}
}

static pg_attribute_always_inline void
use_node(Solver *s, const NodeUse *mode, int slots)
{
	for (int t = 0; t < s->states; t++)
	{
		s->origin[t] = t;
		s->work[t * slots] = s->best[t * slots];
		if (s->best[t * slots] < 0)
			continue;
		for (int v = 0; v < slots; v++)
			s->work[t * slots + v] = s->best[t * slots + v] + mode->open[v];
	}
	for (int k = 0; k < s->skus; k++)
	{
		if (mode->chunks[k] > 0)
			add_chunks(s, mode, k, slots);
	}
	for (int t = 0; t < s->states; t++)
	{
		const int128 *sum = &s->work[t * slots];

		if (s->origin[t] == t || sum[0] < 0 || !is_less(sum, &s->after[t * slots], slots))
			continue;
		for (int v = 0; v < slots; v++)
			s->after[t * slots + v] = sum[v];
		s->node_from[t] = s->origin[t];
		s->node_mode[t] = mode->n;
	}
}

/* ---- a node with a capacity ---- */

typedef struct Filling
{
	Solver	   *s;
	const NodeUse *mode;
	int			taken[SKUS_MAX];	/* chunks */
	int64		units[SKUS_MAX];
	int128		value[ROUTE_SLOTS_MAX];
} Filling;

/* the units that each chunk gives, the cheapest first where there is no room for all */
static void
fill(Filling *f)
{
	const RouteProblem *p = f->s->p;
	bool		units = p->options->split == SPLIT_UNITS;
	int64		room = f->mode->capacity < 0 ? PG_INT64_MAX : f->mode->capacity;
	int			order[SKUS_MAX];
	int			n = 0;

	for (int k = 0; k < f->s->skus; k++)
	{
		int			i;

		f->units[k] = 0;
		if (f->taken[k] == 0)
			continue;
		for (i = n++; i > 0 &&
			 route_value_compare(&p->scale, p->choice[f->mode->offer[k]].value,
								 p->choice[f->mode->offer[order[i - 1]]].value) < 0; i--)
			order[i] = order[i - 1];
		order[i] = k;
	}
	memcpy(f->value, f->mode->open, sizeof(f->value));
	for (int i = 0; i < n; i++)
	{
		int			k = order[i];
		const RouteChoice *choice = &p->choice[f->mode->offer[k]];

		f->units[k] = Min(room, units ? f->taken[k] : choice->most);
		room -= f->units[k];
		for (int v = 0; v < f->s->slots; v++)
			f->value[v] += choice->value[v] * f->units[k];
		if (!units)
			f->value[p->scale.missing_slot] +=
				p->scale.missing_factor * (p->demand[k] - f->units[k]);
	}
}

/* put what is taken on all states that have room for it, SKU by SKU */
static void
spread(Filling *f, int k, int state, int offset)
{
	Solver	   *s = f->s;
	int			slots = s->slots;

	if (k < s->skus)
	{
		for (int x = 0; x < s->radix[k] - f->taken[k]; x++)
			spread(f, k + 1, state + x * s->stride[k], offset);
	}
	else if (s->best[state * slots] >= 0)
	{
		int			t = state + offset;
		int128		sum[ROUTE_SLOTS_MAX];

		for (int v = 0; v < slots; v++)
			sum[v] = s->best[state * slots + v] + f->value[v];
		if (is_less(sum, &s->after[t * slots], slots))
		{
			memcpy(&s->after[t * slots], sum, slots * sizeof(int128));
			s->node_from[t] = state;
			s->node_mode[t] = f->mode->n;
		}
	}
}

/* all combinations of chunks within the capacity; an SKU's part may be cut further */
static void
combine(Filling *f, int k, int64 room, int offset)
{
	const RouteProblem *p = f->s->p;
	bool		units = p->options->split == SPLIT_UNITS;
	bool		cut = p->options->partial && !units;

	if (k == f->s->skus)
	{
		CHECK_FOR_INTERRUPTS();
		if (offset > 0)
		{
			fill(f);
			spread(f, 0, 0, offset);
		}
		return;
	}
	for (int a = 0; a <= f->mode->chunks[k]; a++)
	{
		int64		left = room - (a == 0 ? 0 : units ? a : p->choice[f->mode->offer[k]].most);

		if (left < 0 && !cut)
			break;
		f->taken[k] = a;
		combine(f, k + 1, left, offset + a * f->s->stride[k]);
	}
	f->taken[k] = 0;
}

/* ---- the plan ---- */

static void
begin(Solver *s, const RouteProblem *p)
{
	Size		values;

	s->p = p;
	s->slots = p->scale.slots;
	s->skus = p->nskus;
	s->states = 1;
	for (int k = 0; k < s->skus; k++)
	{
		s->stride[k] = s->states;
		s->radix[k] = p->options->split == SPLIT_UNITS ? (int) p->demand[k] + 1 : 2;
		s->states *= s->radix[k];
	}
	values = (Size) s->states * s->slots * sizeof(int128);
	s->best = palloc(values);
	s->after = palloc(values);
	s->work = palloc(values);
	s->origin = palloc(s->states * sizeof(int16));
	s->from = MemoryContextAllocHuge(CurrentMemoryContext,
									 Max((Size) p->nnodes, 1) * s->states * sizeof(int16));
	s->mode = MemoryContextAllocExtended(CurrentMemoryContext,
										 Max((Size) p->nnodes, 1) * s->states,
										 MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (int t = 0; t < s->states; t++)
		s->best[t * s->slots] = -1;
	memset(s->best, 0, s->slots * sizeof(int128));
}

static void
take_node(Solver *s, int j)
{
	const RouteNode *node = &s->p->node[j];
	int			sources[ROUTE_METHODS_MAX];
	int			modes = 1 << usable_sources(s->p, node, sources);

	s->node_from = s->from + (Size) j * s->states;
	s->node_mode = s->mode + (Size) j * s->states;
	memcpy(s->after, s->best, (Size) s->states * s->slots * sizeof(int128));
	for (int n = 1; n < modes; n++)
	{
		NodeUse		mode;

		if (!make_mode(s, node, sources, n, &mode))
			continue;
		if (mode.capacity >= 0)
		{
			Filling		f = {.s = s,.mode = &mode};

			combine(&f, 0, mode.capacity, 0);
		}
		else if (s->slots == 1)
			use_node(s, &mode, 1);
		else
			use_node(s, &mode, s->slots);
	}
	{
		int128	   *swap = s->best;

		s->best = s->after;
		s->after = swap;
	}
}

/* the state that the plan ends in, and its value with what is missing; -1 if there is none */
static int
last_state(const Solver *s, int128 *value)
{
	const RouteProblem *p = s->p;
	int			last = -1;

	for (int t = p->options->partial ? 0 : s->states - 1; t < s->states; t++)
	{
		int128		sum[ROUTE_SLOTS_MAX];
		int64		missing = 0;

		if (s->best[t * s->slots] < 0)
			continue;
		for (int k = 0; k < s->skus; k++)
		{
			int			left = s->radix[k] - 1 - t / s->stride[k] % s->radix[k];

			missing += p->options->split == SPLIT_UNITS ? left : left * p->demand[k];
		}
		memcpy(sum, &s->best[t * s->slots], s->slots * sizeof(int128));
		sum[p->scale.missing_slot] += p->scale.missing_factor * missing;
		if (last < 0 || is_less(sum, value, s->slots))
		{
			memcpy(value, sum, s->slots * sizeof(int128));
			last = t;
		}
	}
	return last;
}

static int
compare_picks(const void *a, const void *b)
{
	return ((const RoutePick *) a)->offer - ((const RoutePick *) b)->offer;
}

/* what each node gave on the way to a state */
static void
read_plan(const Solver *s, int state, RouteSolution *solution)
{
	for (int j = s->p->nnodes - 1; j >= 0; j--)
	{
		int			n = s->mode[(Size) j * s->states + state];
		int			before = s->from[(Size) j * s->states + state];
		int			sources[ROUTE_METHODS_MAX];
		NodeUse		mode;
		Filling		f = {.s = (Solver *) s,.mode = &mode};

		if (n == 0)
			continue;
		(void) usable_sources(s->p, &s->p->node[j], sources);
		(void) make_mode(s, &s->p->node[j], sources, n, &mode);
		for (int k = 0; k < s->skus; k++)
			f.taken[k] = (state / s->stride[k]) % s->radix[k] -
				(before / s->stride[k]) % s->radix[k];
		fill(&f);
		for (int k = 0; k < s->skus; k++)
		{
			if (f.units[k] > 0)
				solution->pick[solution->npicks++] = (RoutePick) {mode.offer[k], f.units[k]};
		}
		state = before;
	}
	qsort(solution->pick, solution->npicks, sizeof(RoutePick), compare_picks);
}

void
route_exact(const RouteProblem *p, RouteSolution *solution)
{
	Solver		s;
	int			last;
	int128		value[ROUTE_SLOTS_MAX];

	begin(&s, p);
	for (int j = 0; j < p->nnodes; j++)
	{
		CHECK_FOR_INTERRUPTS();
		take_node(&s, j);
	}
	last = last_state(&s, value);
	solution->found = last >= 0;
	solution->npicks = 0;
	if (solution->found)
	{
		solution->pick = palloc((Min((Size) p->input->noffers,
									 (Size) p->nnodes * s.skus) + 1) * sizeof(RoutePick));
		read_plan(&s, last, solution);
		route_value_of(p, solution->pick, solution->npicks, solution->value);
	}
	pfree(s.best);
	pfree(s.after);
	pfree(s.work);
	pfree(s.origin);
	pfree(s.from);
	pfree(s.mode);
}
