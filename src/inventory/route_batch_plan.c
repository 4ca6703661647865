/*
 * route_batch_plan.c
 *	  The plan of a queue: one order after the other, then better.
 *
 * First each order takes what is best for it of what the orders before have left.  Then, in
 * rounds through the queue, orders that fare worse than they would alone are tried again:
 *
 *	  - by itself: it gives back what it holds and takes what is best now;
 *	  - by what it would take alone: those that hold too much of that are moved, each to what is
 *	    best for it of what is left, the one that loses least first;
 *	  - in pairs: it and another order that holds some of its SKUs give back what they hold, it
 *	    chooses first, the other one then.
 *
 * A trial is kept if no order in it has fewer units than before and their values add up to less;
 * else all is put back.  So every order keeps the units that routing one by one gave it, and the
 * sum only falls.  Values are sums of exact terms, compared as a whole: missing units, then the
 * objective.  What an order comes to alone bounds it from below, where it is solved exactly: an
 * order that reaches it is never tried again.
 *
 * Orders that are too large to be solved exactly take thousands of times as long: they are tried,
 * but neither moved out of the way nor in pairs.
 */
#include "postgres.h"
#include "compat.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "inventory/route_batch.h"

/* orders that are asked to give something up, of an entry and of an order */
#define HOLDERS_OF_ENTRY	8
#define HOLDERS_OF_ORDER	16

/* an order before a trial */
typedef struct Saved
{
	int			order;
	int			n;
	BatchUse   *use;
	int128		value[BATCH_SLOTS_MAX];
} Saved;

/* what a trial has changed, in the trial context */
typedef struct Trial
{
	Batch	   *b;
	int			n;
	int			room;
	Saved	   *saved;
	int128		change[BATCH_SLOTS_MAX];	/* of the sum of values */
} Trial;

/* ---- picks ---- */

static inline void
link_pick(Batch *b, int32 pick, int32 *head, bool of_node)
{
	int32	   *link = of_node ? b->pick[pick].of_node : b->pick[pick].of_entry;

	link[0] = *head;
	link[1] = -1;
	if (*head >= 0)
		(of_node ? b->pick[*head].of_node : b->pick[*head].of_entry)[1] = pick;
	*head = pick;
}

static inline void
unlink_pick(Batch *b, int32 pick, int32 *head, bool of_node)
{
	int32	   *link = of_node ? b->pick[pick].of_node : b->pick[pick].of_entry;

	if (link[1] >= 0)
		(of_node ? b->pick[link[1]].of_node : b->pick[link[1]].of_entry)[0] = link[0];
	else
		*head = link[0];
	if (link[0] >= 0)
		(of_node ? b->pick[link[0]].of_node : b->pick[link[0]].of_entry)[1] = link[1];
}

static void
add_picks(Batch *b)
{
	int			room = Max(1024, b->picks_room);

	if (b->picks_room > PG_INT32_MAX / 2)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("plan of the queue is too large"),
				 errhint("Route parts of the queue, by country for example, through views.")));
	b->pick = b->pick ? repalloc_huge(b->pick, (Size) 2 * room * sizeof(BatchPick)) :
		MemoryContextAllocHuge(b->context, (Size) 2 * room * sizeof(BatchPick));
	for (int i = 2 * room - 1; i >= b->picks_room; i--)
	{
		b->pick[i].of_order = b->free;
		b->free = i;
	}
	b->picks_room = 2 * room;
}

static void
take(Batch *b, int order, const BatchUse *use)
{
	BatchPick  *p;
	int32		pick;

	if (b->free < 0)
		add_picks(b);
	pick = b->free;
	p = &b->pick[pick];
	b->free = p->of_order;
	p->use = *use;
	p->order = order;
	p->of_order = b->order[order].pick;
	b->order[order].pick = pick;
	b->entry[use->entry].left -= use->qty;
	b->sku[use->sku].left -= use->qty;
	link_pick(b, pick, &b->entry[use->entry].holders, false);
	if (b->node[use->node].capacity >= 0)
	{
		b->node[use->node].left -= use->qty;
		link_pick(b, pick, &b->node[use->node].holders, true);
	}
}

/* an order takes what a plan says */
static void
place(Batch *b, int order, const BatchUse *use, int n, const int128 *value)
{
	/* the list of an order begins with what is taken last */
	for (int i = n - 1; i >= 0; i--)
		take(b, order, &use[i]);
	memcpy(batch_value(b, order), value, b->slots * sizeof(int128));
}

/* an order gives back what it holds */
static void
give_back(Batch *b, int order)
{
	int32		pick = b->order[order].pick;

	while (pick >= 0)
	{
		BatchPick  *p = &b->pick[pick];
		int32		next = p->of_order;

		b->entry[p->use.entry].left += p->use.qty;
		b->sku[p->use.sku].left += p->use.qty;
		unlink_pick(b, pick, &b->entry[p->use.entry].holders, false);
		if (b->node[p->use.node].capacity >= 0)
		{
			b->node[p->use.node].left += p->use.qty;
			unlink_pick(b, pick, &b->node[p->use.node].holders, true);
		}
		p->of_order = b->free;
		b->free = pick;
		pick = next;
	}
	b->order[order].pick = -1;
}

/* ---- one after the other ---- */

/* whether a plan that is made for all stock can be had of what is left */
static bool
can_be_had(const Batch *b, const BatchPlan *plan)
{
	for (int i = 0; i < plan->n; i++)
	{
		const BatchUse *use = &plan->use[i];
		int64		units = 0;

		if (b->entry[use->entry].left < use->qty)
			return false;
		if (b->node[use->node].capacity < 0)
			continue;
		for (int j = 0; j < plan->n; j++)
			units += plan->use[j].node == use->node ? plan->use[j].qty : 0;
		if (b->node[use->node].left < units)
			return false;
	}
	return true;
}

/*
 * What is best of all stock is best of what is left, if it is there.  A heuristic may find
 * something else in what is left, so orders that are not solved exactly are always solved again.
 */
static void
route_one_by_one(Batch *b)
{
	for (int o = 0; o < b->norders; o++)
	{
		BatchPlan	plan;

		CHECK_FOR_INTERRUPTS();
		batch_solve(b, o, true, &plan);
		memcpy(batch_alone(b, o), plan.value, b->slots * sizeof(int128));
		b->order[o].exact = plan.exact;
		if (!plan.exact || !can_be_had(b, &plan))
			batch_solve(b, o, false, &plan);
		place(b, o, plan.use, plan.n, plan.value);
	}
}

/* ---- trials ---- */

static void
begin(Trial *t, Batch *b)
{
	MemoryContextReset(b->trial);
	t->b = b;
	t->n = 0;
	t->room = 2 + HOLDERS_OF_ORDER;
	t->saved = MemoryContextAlloc(b->trial, t->room * sizeof(Saved));
	memset(t->change, 0, sizeof(t->change));
}

static bool
is_saved(const Trial *t, int order)
{
	for (int i = 0; i < t->n; i++)
	{
		if (t->saved[i].order == order)
			return true;
	}
	return false;
}

static int
count_picks(const Batch *b, int order)
{
	int			n = 0;

	for (int32 p = b->order[order].pick; p >= 0; p = b->pick[p].of_order)
		n++;
	return n;
}

/* an order gives back what it holds, which is remembered */
static Saved
set_aside(Trial *t, int order)
{
	Batch	   *b = t->b;
	Saved		s = {order, count_picks(b, order)};
	int			n = 0;

	s.use = MemoryContextAllocHuge(b->trial, Max((Size) s.n, 1) * sizeof(BatchUse));
	for (int32 p = b->order[order].pick; p >= 0; p = b->pick[p].of_order)
		s.use[n++] = b->pick[p].use;
	memcpy(s.value, batch_value(b, order), b->slots * sizeof(int128));
	give_back(b, order);
	return s;
}

static void
save(Trial *t, const Saved *s)
{
	if (t->n == t->room)
	{
		t->room *= 2;
		t->saved = repalloc_huge(t->saved, (Size) t->room * sizeof(Saved));
	}
	t->saved[t->n++] = *s;
}

/* an order that is saved takes what a plan says */
static void
try_plan(Trial *t, const Saved *s, const BatchUse *use, int n, const int128 *value)
{
	for (int i = 0; i < t->b->slots; i++)
		t->change[i] += value[i] - s->value[i];
	place(t->b, s->order, use, n, value);
}

/* what an order holds may be wanted by others, and what it held is theirs to take */
static void
mark(Batch *b, int order)
{
	for (int32 i = b->order[order].first; i < b->order[order].last; i++)
		b->sku[b->demand[i].sku].changed = b->clock;
}

/* keep what the trial has done if it is better than before, else put all back */
static bool
end(Trial *t, bool good)
{
	Batch	   *b = t->b;
	int128		zero[BATCH_SLOTS_MAX] = {0};

	if (good && batch_compare(b, t->change, zero) < 0)
	{
		b->clock++;
		for (int i = 0; i < t->n; i++)
			mark(b, t->saved[i].order);
		return true;
	}
	for (int i = 0; i < t->n; i++)
		give_back(b, t->saved[i].order);
	for (int i = t->n - 1; i >= 0; i--)
		place(b, t->saved[i].order, t->saved[i].use, t->saved[i].n, t->saved[i].value);
	return false;
}

/* ---- by itself ---- */

static bool
try_alone(Batch *b, int order)
{
	Trial		t;
	Saved		s;
	BatchPlan	plan;

	begin(&t, b);
	s = set_aside(&t, order);
	save(&t, &s);
	batch_solve(b, order, false, &plan);
	try_plan(&t, &s, plan.use, plan.n, plan.value);
	return end(&t, true);
}

/* ---- by what it would take alone ---- */

static int
list_holders(const Trial *t, int32 head, bool of_node, int *holder)
{
	const Batch *b = t->b;
	int			n = 0;

	for (int32 p = head; p >= 0 && n < HOLDERS_OF_ENTRY;
		 p = (of_node ? b->pick[p].of_node : b->pick[p].of_entry)[0])
	{
		bool		seen = !b->order[b->pick[p].order].exact || is_saved(t, b->pick[p].order);

		for (int i = 0; i < n && !seen; i++)
			seen = holder[i] == b->pick[p].order;
		if (!seen)
			holder[n++] = b->pick[p].order;
	}
	return n;
}

/* move the order that loses least away from an entry or a node; false if none can be moved */
static bool
move_one(Trial *t, int32 head, bool of_node)
{
	Batch	   *b = t->b;
	int			holder[HOLDERS_OF_ENTRY];
	int			n = list_holders(t, head, of_node, holder);
	Saved		best = {-1};
	BatchUse   *use = NULL;
	int			uses = 0;
	int128		value[BATCH_SLOTS_MAX];
	int128		least[BATCH_SLOTS_MAX];

	for (int i = 0; i < n; i++)
	{
		Saved		s = set_aside(t, holder[i]);
		BatchPlan	plan;
		int128		loss[BATCH_SLOTS_MAX] = {0};

		batch_solve(b, holder[i], false, &plan);
		for (int v = 0; v < b->slots; v++)
			loss[v] = plan.value[v] - s.value[v];
		if (loss[0] <= 0 && (best.order < 0 || batch_compare(b, loss, least) < 0))
		{
			best = s;
			uses = plan.n;
			use = MemoryContextAllocHuge(b->trial, Max((Size) uses, 1) * sizeof(BatchUse));
			memcpy(use, plan.use, uses * sizeof(BatchUse));
			memcpy(value, plan.value, sizeof(value));
			memcpy(least, loss, sizeof(least));
		}
		place(b, holder[i], s.use, s.n, s.value);
	}
	if (best.order < 0)
		return false;
	give_back(b, best.order);
	save(t, &best);
	try_plan(t, &best, use, uses, value);
	return true;
}

static bool
try_wanted(Batch *b, int order)
{
	Trial		t;
	Saved		s;
	BatchPlan	plan;
	BatchUse   *use;
	int			n;
	int128		zero[BATCH_SLOTS_MAX] = {0};

	begin(&t, b);
	s = set_aside(&t, order);
	save(&t, &s);
	batch_solve(b, order, true, &plan);
	n = plan.n;
	use = MemoryContextAllocHuge(b->trial, Max((Size) n, 1) * sizeof(BatchUse));
	memcpy(use, plan.use, n * sizeof(BatchUse));
	try_plan(&t, &s, use, n, plan.value);
	for (int i = 0; i < n; i++)
	{
		while (b->entry[use[i].entry].left < 0)
		{
			CHECK_FOR_INTERRUPTS();
			if (!move_one(&t, b->entry[use[i].entry].holders, false) ||
				batch_compare(b, t.change, zero) >= 0)
				return end(&t, false);
		}
		while (b->node[use[i].node].capacity >= 0 && b->node[use[i].node].left < 0)
		{
			CHECK_FOR_INTERRUPTS();
			if (!move_one(&t, b->node[use[i].node].holders, true) ||
				batch_compare(b, t.change, zero) >= 0)
				return end(&t, false);
		}
	}
	return end(&t, true);
}

/* ---- in pairs ---- */

static bool
try_pair(Batch *b, int order, int other)
{
	Trial		t;
	Saved		s;
	Saved		o;
	BatchPlan	plan;

	begin(&t, b);
	s = set_aside(&t, order);
	save(&t, &s);
	o = set_aside(&t, other);
	save(&t, &o);
	batch_solve(b, order, false, &plan);
	if (batch_compare(b, plan.value, s.value) >= 0)
		return end(&t, false);
	try_plan(&t, &s, plan.use, plan.n, plan.value);
	batch_solve(b, other, false, &plan);
	try_plan(&t, &o, plan.use, plan.n, plan.value);
	return end(&t, plan.value[0] <= o.value[0]);
}

/* orders that hold what an order might use, if it has not all that it could use of it */
static int
list_rivals(const Batch *b, int order, int *rival)
{
	const BatchOrder *o = &b->order[order];
	int			n = 0;

	for (int32 d = o->first; d < o->last; d++)
	{
		const BatchSku *sku = &b->sku[b->demand[d].sku];

		for (int32 e = sku->first; e < sku->last; e++)
		{
			const BatchEntry *entry = &b->entry[e];
			const BatchNode *node = &b->node[entry->node];
			int			of_entry = 0;

			if (entry->left >= Min(entry->available, b->demand[d].qty) &&
				(node->capacity < 0 || node->left >= o->units))
				continue;
			for (int32 p = entry->holders; p >= 0 && of_entry < HOLDERS_OF_ENTRY;
				 p = b->pick[p].of_entry[0])
			{
				bool		seen = b->pick[p].order == order ||
					!b->order[b->pick[p].order].exact;

				for (int i = 0; i < n && !seen; i++)
					seen = rival[i] == b->pick[p].order;
				if (seen)
					continue;
				if (n == HOLDERS_OF_ORDER)
					return n;
				rival[n++] = b->pick[p].order;
				of_entry++;
			}
		}
	}
	return n;
}

static bool
try_pairs(Batch *b, int order)
{
	int			rival[HOLDERS_OF_ORDER];
	int			n = list_rivals(b, order, rival);

	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (try_pair(b, order, rival[i]))
			return true;
	}
	return false;
}

/* ---- rounds ---- */

/* whether there is no use in trying an order again */
static bool
is_settled(const Batch *b, int order)
{
	const BatchOrder *o = &b->order[order];
	bool		changed = false;

	if (batch_compare(b, batch_value(b, order), batch_alone(b, order)) <= 0)
		return true;
	for (int32 d = o->first; d < o->last; d++)
	{
		const BatchSku *sku = &b->sku[b->demand[d].sku];

		changed = changed || sku->changed > o->tried;
		/* all or nothing, and there are not as many units of an SKU, whoever moves */
		if (!b->options.partial && o->pick < 0 && sku->left < b->demand[d].qty)
			return true;
	}
	return !changed;
}

static bool
improve(Batch *b, int order)
{
	b->order[order].tried = b->clock;
	return try_alone(b, order) || try_wanted(b, order) ||
		(b->order[order].exact && try_pairs(b, order));
}

/* the picks of all orders, by so many rounds of improvement at most */
void
batch_plan(Batch *b, int rounds)
{
	b->free = -1;
	route_one_by_one(b);
	for (int round = 0; round < rounds; round++)
	{
		bool		better = false;

		for (int o = 0; o < b->norders; o++)
		{
			CHECK_FOR_INTERRUPTS();
			while (!is_settled(b, o) && improve(b, o))
				better = true;
		}
		if (!better)
			break;
	}
}
