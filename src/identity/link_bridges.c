/*
 * link_bridges.c
 *	  Bridges of a graph: edges whose loss parts their component (Tarjan 1974).
 *
 * A depth-first walk numbers the nodes.  The edge by which a node was reached is a bridge unless
 * another edge leads from the node, or from what was reached through it, back to a node before it.
 * Linear in nodes and edges; the walk keeps its own stack.
 */
#include "postgres.h"
#include "compat.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "identity/link_evidence.h"

#define NO_EDGE		PG_UINT32_MAX

typedef struct Walk
{
	uint32		order;			/* when the node was reached; 0: not yet */
	uint32		low;			/* the least order that it or what is below it leads to */
	uint32		entered;		/* edge by which it was reached */
	uint32		next;			/* place in its list of edges to go on from */
} Walk;

static void *
allocate(Size count, Size width)
{
	return MemoryContextAllocExtended(CurrentMemoryContext, Max(count, 1) * width,
									  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

/* walk the component of a node */
static void
walk_from(uint32 start, Walk *walk, const uint32 *first, const uint32 *lists,
		  const uint32 (*edges)[2], uint32 *stack, uint32 *time, bool *bridge)
{
	uint32		depth = 0;

	walk[start] = (Walk) {++*time, *time, NO_EDGE, first[start]};
	stack[0] = start;
	for (;;)
	{
		uint32		node = stack[depth];
		Walk	   *w = &walk[node];

		if (w->next < first[node + 1])
		{
			uint32		edge = lists[w->next++];
			uint32		other = edges[edge][0] == node ? edges[edge][1] : edges[edge][0];

			if (edge == w->entered)
				continue;
			if (walk[other].order != 0)
				w->low = Min(w->low, walk[other].order);
			else
			{
				if ((++*time & 0xFFF) == 0)
					CHECK_FOR_INTERRUPTS();
				walk[other] = (Walk) {*time, *time, edge, first[other]};
				stack[++depth] = other;
			}
			continue;
		}
		if (depth == 0)
			return;
		depth--;
		if (w->low > walk[stack[depth]].order)
			bridge[w->entered] = true;
		walk[stack[depth]].low = Min(walk[stack[depth]].low, w->low);
	}
}

void
link_find_bridges(uint32 nodes, const uint32 (*edges)[2], uint32 n, bool *bridge)
{
	uint32	   *first = allocate((Size) nodes + 2, sizeof(uint32));
	uint32	   *lists = allocate((Size) n * 2, sizeof(uint32));
	Walk	   *walk = allocate(nodes, sizeof(Walk));
	uint32	   *stack = allocate(nodes, sizeof(uint32));
	uint32		time = 0;

	if (n > PG_UINT32_MAX / 2)
		link_too_large();
	/* lists of edges by node: counted, summed, filled */
	for (uint32 e = 0; e < n; e++)
	{
		first[edges[e][0] + 2]++;
		first[edges[e][1] + 2]++;
	}
	for (uint32 i = 2; i < nodes + 2; i++)
		first[i] += first[i - 1];
	for (uint32 e = 0; e < n; e++)
	{
		lists[first[edges[e][0] + 1]++] = e;
		lists[first[edges[e][1] + 1]++] = e;
	}
	memset(bridge, 0, n * sizeof(bool));
	for (uint32 i = 0; i < nodes; i++)
	{
		if (walk[i].order == 0 && first[i] < first[i + 1])
			walk_from(i, walk, first, lists, edges, stack, &time, bridge);
	}
	pfree(first);
	pfree(lists);
	pfree(walk);
	pfree(stack);
}
