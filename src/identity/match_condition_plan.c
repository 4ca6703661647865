/*
 * match_condition_plan.c
 *	  Conditions of a matching model, planned: what concerns one record becomes a column of the
 *	  model, what concerns a pair becomes nodes, and what two conditions compute alike is one node.
 *
 * Whether a value is there, and AND, OR and NOT, cost less for a pair than another column would for
 * the source, so these are never part of a column unless something else is around them.
 *
 * Arguments are made before what uses them, so that the order of nodes is one in which their kinds
 * can be found once the columns are read.
 */
#include "postgres.h"
#include "compat.h"

#include "common/hashfn.h"
#include "utils/memutils.h"

#include "identity/match_condition.h"

/* entries that a cache of distances has at most: 4 MB */
#define CACHE_MAX		(1 << 18)

/* ---- unique nodes ---- */

MatchNodes *
match_nodes(void)
{
	MatchNodes *nodes = palloc0(sizeof(MatchNodes));

	nodes->context = CurrentMemoryContext;
	nodes->capacity = 64;
	nodes->node = palloc(sizeof(MatchCondition *) * nodes->capacity);
	nodes->slot = palloc0(sizeof(int) * nodes->capacity * 2);
	return nodes;
}

static uint32
hash_node(const MatchCondition *n)
{
	uint32		h = hash_combine(murmurhash32(n->op * 1024 + n->detail),
								 murmurhash32(n->sides * 2 + n->most));

	if (n->name != NULL)
		h = hash_combine(h, hash_bytes((const unsigned char *) n->name, strlen(n->name)));
	for (int i = 0; i < n->nargs; i++)
		h = hash_combine(h, hash_bytes((const unsigned char *) &n->args[i], sizeof(n->args[i])));
	return h;
}

static bool
same_node(const MatchCondition *a, const MatchCondition *b)
{
	return a->op == b->op && a->detail == b->detail && a->sides == b->sides &&
		a->most == b->most && a->nargs == b->nargs && a->number == b->number &&
		(a->name == NULL) == (b->name == NULL) &&
		(a->name == NULL || strcmp(a->name, b->name) == 0) &&
		(a->nargs == 0 || memcmp(a->args, b->args, sizeof(a->args[0]) * a->nargs) == 0);
}

static void
grow(MatchNodes *nodes)
{
	nodes->capacity *= 2;
	nodes->node = repalloc(nodes->node, sizeof(MatchCondition *) * nodes->capacity);
	pfree(nodes->slot);
	nodes->slot = MemoryContextAllocZero(nodes->context, sizeof(int) * nodes->capacity * 2);
	for (int i = 0; i < nodes->count; i++)
	{
		uint32		at = hash_node(nodes->node[i]);

		while (nodes->slot[at & (nodes->capacity * 2 - 1)] != 0)
			at++;
		nodes->slot[at & (nodes->capacity * 2 - 1)] = i + 1;
	}
}

static inline bool
is_levenshtein(const MatchCondition *n)
{
	return n->op == OP_FUNCTION && match_function[n->detail].pair == PAIR_LEVENSHTEIN;
}

/* a Levenshtein distance need not be exact above what all its uses ask for */
static void
note_limits(const MatchCondition *user)
{
	for (int i = 0; i < user->nargs; i++)
	{
		MatchCondition *a = user->args[i];
		MatchCondition *other = user->nargs == 2 ? user->args[1 - i] : NULL;
		int			limit = PG_INT32_MAX;

		if (!is_levenshtein(a))
			continue;
		if (user->op == OP_COMPARE && other->op == OP_NUMBER && other->number < 1000000)
			limit = other->number < 0 ? 0 : (int) other->number;
		a->limit = Max(a->limit, limit);
	}
}

/* the one node that is like n, whose arguments are such nodes */
static MatchCondition *
unique(MatchNodes *nodes, MatchCondition *n)
{
	uint32		mask = nodes->capacity * 2 - 1;
	uint32		at = hash_node(n);

	for (; nodes->slot[at & mask] != 0; at++)
		if (same_node(nodes->node[nodes->slot[at & mask] - 1], n))
			return nodes->node[nodes->slot[at & mask] - 1];
	nodes->node[nodes->count++] = n;
	nodes->slot[at & mask] = nodes->count;
	if (nodes->count == nodes->capacity)
		grow(nodes);
	n->limit = -1;
	n->stamp = 0;
	nodes->prepared = false;
	note_limits(n);
	return n;
}

/* ---- columns ---- */

static bool
is_text_cast(const MatchCondition *n)
{
	return n->op == OP_CAST && strcmp(match_cast[n->detail].sql, "text") == 0;
}

/*
 * Number of the column of an expression over one record, or over none, in a context; -1 with the
 * problem filled where there can be none.
 */
int
condition_column(MatchParse *p, const MatchCondition *n, MatchWant want)
{
	MatchModel *model = p->model;
	MatchColumn *column;
	StringInfoData sql;
	StringInfoData plain;

	initStringInfo(&sql);
	initStringInfo(&plain);
	if (!condition_sql(p, &sql, n, want) ||
		!condition_sql(p, &plain, is_text_cast(n) ? n->args[0] : n, WANT_ANY))
		return -1;
	for (int i = 0; i < model->columns; i++)
		if (strcmp(model->column[i].sql, sql.data) == 0)
			return i;
	if (model->columns >= COLUMNS_MAX)
	{
		condition_too_large(p, psprintf("A model has more than %d expressions over one record.",
										COLUMNS_MAX));
		return -1;
	}
	model->column = model->column == NULL ? palloc(sizeof(MatchColumn)) :
		repalloc(model->column, sizeof(MatchColumn) * (model->columns + 1));
	column = &model->column[model->columns];
	memset(column, 0, sizeof(MatchColumn));
	column->sql = sql.data;
	if ((want == WANT_TEXT || is_text_cast(n)) && strcmp(sql.data, plain.data) != 0)
		column->uncast = plain.data;
	return model->columns++;
}

/* ---- planning ---- */

static MatchCondition *
value_node(MatchParse *p, const MatchCondition *n, MatchWant want)
{
	MatchCondition *value;
	int			column = condition_column(p, n, want);

	if (column < 0)
		return NULL;
	value = condition_node(OP_VALUE, TYPE_UNKNOWN, 0);
	value->detail = column;
	value->sides = n->sides == SIDE_RIGHT ? SIDE_RIGHT : SIDE_LEFT;
	value->depth = 1;
	return unique(p->model->nodes, value);
}

static bool
is_connective(const MatchCondition *n)
{
	return n->op == OP_AND || n->op == OP_OR || n->op == OP_NOT || n->op == OP_IS_NULL ||
		n->op == OP_IS_TRUE || n->op == OP_IS_FALSE;
}

/* what is evaluated for a pair, were it not about one record; *refused names what is not */
static bool
is_of_pair(const MatchCondition *n, const char **what, const char **name)
{
	*what = "%s over both records";
	*name = NULL;
	switch (n->op)
	{
		case OP_CONCAT:
			*name = "||";
			return false;
		case OP_LIKE:
		case OP_ILIKE:
			*name = "LIKE";
			return false;
		case OP_REGEX:
		case OP_REGEX_ICASE:
			*name = "a regular expression";
			return false;
		case OP_SUBSCRIPT:
			*name = "a subscript";
			return false;
		case OP_ARRAY:
			*name = "an array";
			return false;
		case OP_CAST:
			*name = "a cast other than to a number";
			return match_cast[n->detail].type == TYPE_NUMBER && n->modifiers == 0;
		case OP_FUNCTION:
			*name = psprintf("%s()", match_function[n->detail].name);
			return match_function[n->detail].pair != PAIR_NONE &&
				match_function[n->detail].type != TYPE_TEXTS;
		default:
			return true;
	}
}

/*
 * Nothing but constants: what is evaluated at once for all pairs.  An argument may be that of many
 * (the x of x IN (a, b)), and is looked at once.
 */
static bool
is_of_constants(MatchCondition *n)
{
	const char *what;
	const char *name;

	if (n->constants == 0)
	{
		n->constants = n->sides == 0 && is_of_pair(n, &what, &name) ? 1 : -1;
		/* what a text is as a number is PostgreSQL's to say */
		if (n->op == OP_CAST && n->args[0]->op == OP_STRING)
			n->constants = -1;
		for (int i = 0; i < n->nargs && n->constants > 0; i++)
			if (!is_of_constants(n->args[i]))
				n->constants = -1;
	}
	return n->constants > 0;
}

static MatchWant
want_of_argument(const MatchCondition *n, int i)
{
	switch (n->op)
	{
		case OP_OVERLAP:
		case OP_PAIRWISE:
			return WANT_TEXTS;
		case OP_FUNCTION:
			/* numbers are compared as they are read: no column is needed for a cast */
			if (match_function[n->detail].pair < PAIR_LEVENSHTEIN)
				return WANT_ANY;
			return want_of(match_function[n->detail].args[i]);
		default:
			return WANT_ANY;
	}
}

/* f(a, b) and f(b, a) are one node where f makes no difference of them */
static void
order_arguments(MatchCondition *n)
{
	PairFunction f = n->op == OP_FUNCTION ? match_function[n->detail].pair : PAIR_NONE;

	/* two names of one function */
	if (n->op == OP_FUNCTION || n->op == OP_PAIRWISE)
		for (int i = 0; i < n->detail; i++)
			if (match_function[i].pair != PAIR_NONE &&
				match_function[i].pair == match_function[n->detail].pair &&
				match_function[i].type == match_function[n->detail].type)
			{
				n->detail = i;
				break;
			}
	if ((f == PAIR_LEVENSHTEIN || f == PAIR_DAMERAU_LEVENSHTEIN || f == PAIR_JACCARD ||
		 n->op == OP_OVERLAP || (n->op == OP_COMPARE && n->detail <= COMPARATOR_NE)) &&
		n->args[0]->op == OP_VALUE && n->args[1]->op == OP_VALUE &&
		(n->args[0]->sides == SIDE_RIGHT && n->args[1]->sides == SIDE_LEFT))
	{
		MatchCondition *swap = n->args[0];

		n->args[0] = n->args[1];
		n->args[1] = swap;
	}
}

static MatchCondition *
plan_pair(MatchParse *p, const MatchCondition *n)
{
	MatchCondition *planned = palloc(sizeof(MatchCondition));

	*planned = *n;
	planned->planned = NULL;
	planned->depth = 1;
	planned->modifiers = 0;
	if (n->nargs > 0)
		planned->args = palloc(sizeof(MatchCondition *) * n->nargs);
	for (int i = 0; i < n->nargs; i++)
	{
		planned->args[i] = condition_plan(p, n->args[i], want_of_argument(n, i));
		if (planned->args[i] == NULL)
			return NULL;
		planned->depth = Max(planned->depth, planned->args[i]->depth + 1);
	}
	if (planned->depth > CONDITION_DEPTH)
	{
		condition_too_deep(p);
		return NULL;
	}
	order_arguments(planned);
	if (n->op == OP_COMPARE && n->detail == COMPARATOR_EQ && planned->args[0]->op == OP_VALUE &&
		planned->args[1]->op == OP_VALUE && planned->args[0]->sides != planned->args[1]->sides &&
		planned->args[0]->detail == planned->args[1]->detail)
	{
		int			column = planned->args[0]->detail;

		planned = condition_node(OP_SAME, TYPE_BOOLEAN, 0);
		planned->detail = column;
		planned->sides = SIDE_BOTH;
		planned->depth = 1;
	}
	return unique(p->model->nodes, planned);
}

static MatchCondition *
plan_node(MatchParse *p, MatchCondition *n, MatchWant want)
{
	const char *what;
	const char *name;

	if (!is_of_constants(n) && n->sides != SIDE_BOTH && !is_connective(n))
		return value_node(p, n, want);
	if (!is_of_pair(n, &what, &name))
		return condition_refuse(p, what, name);
	return plan_pair(p, n);
}

MatchCondition *
condition_plan(MatchParse *p, MatchCondition *n, MatchWant want)
{
	if (n->planned != NULL && n->planned_as == want)
		return n->planned;
	n->planned_as = want;
	return n->planned = plan_node(p, n, want);
}

/* the whole of a condition, which has to be true or false */
MatchCondition *
condition_plan_whole(MatchParse *p, MatchCondition *n)
{
	n = condition_plan(p, n, WANT_ANY);
	if (n != NULL)
		n->whole = true;
	return n;
}

/* all of these, NULL where there are none or with the problem filled */
MatchCondition *
condition_plan_and(MatchParse *p, MatchCondition **args, int nargs)
{
	MatchCondition *n;

	if (nargs == 0)
		return NULL;
	if (nargs == 1)
		return condition_plan_whole(p, args[0]);
	n = condition_node(OP_AND, TYPE_BOOLEAN, 0);
	n->nargs = nargs;
	n->args = args;
	for (int i = 0; i < nargs; i++)
		n->sides |= args[i]->sides;
	return plan_pair(p, n);
}

/* ---- kinds ---- */

static const char *
kind_name(int kind)
{
	static const char *const names[] = {"text", "number", "boolean", "array of texts",
	"array of numbers"};

	return kind == MATCH_NULL ? "NULL" : names[kind];
}

/* what a message calls an expression: the SQL of its first column */
static const char *
shown(const MatchModel *model, const MatchCondition *n)
{
	while (n->nargs > 0)
		n = n->args[0];
	return n->op == OP_VALUE || n->op == OP_SAME ? model->column[n->detail].sql : "a constant";
}

static void
need_kind(const MatchModel *model, const MatchCondition *a, MatchKind kind)
{
	if (a->kind != MATCH_NULL && a->kind != kind)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("a condition of the model takes %s for %s", shown(model, a),
						kind_name(kind)),
				 errdetail("It is %s.", kind_name(a->kind)),
				 errhint("Cast it in the condition.")));
}

/* the one kind of arguments from one on, every so many */
static int
one_kind(const MatchModel *model, const MatchCondition *n, int from, int step)
{
	int			kind = MATCH_NULL;

	for (int i = from; i < n->nargs; i += step)
	{
		int			k = n->args[i]->kind;

		if (kind != MATCH_NULL && k != MATCH_NULL && k != kind)
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("a condition of the model takes %s and %s for the same kind of value",
							shown(model, n->args[from]), shown(model, n->args[i])),
					 errdetail("One is %s, the other is %s.", kind_name(kind), kind_name(k)),
					 errhint("Cast them in the condition.")));
		if (kind == MATCH_NULL)
			kind = k;
	}
	return kind;
}

static void
need_kinds(const MatchModel *model, const MatchCondition *n, MatchKind kind)
{
	for (int i = 0; i < n->nargs; i++)
		need_kind(model, n->args[i], kind);
}

static int
function_kind(const MatchModel *model, const MatchCondition *n)
{
	PairFunction f = match_function[n->detail].pair;

	if (IS_DISTANCE(f))
		need_kinds(model, n, MATCH_TEXT);
	else if (f == PAIR_COSINE)
		need_kinds(model, n, MATCH_NUMBERS);
	else if (f == PAIR_COMMON)
		need_kinds(model, n, MATCH_TEXTS);
	else if (f == PAIR_CONTAINS)
	{
		need_kind(model, n->args[0], MATCH_TEXTS);
		need_kind(model, n->args[1], MATCH_TEXT);
		return MATCH_BOOLEAN;
	}
	else
		need_kinds(model, n, MATCH_NUMBER);
	return MATCH_NUMBER;
}

static int
kind_of(const MatchModel *model, const MatchCondition *n)
{
	int			kind;

	switch (n->op)
	{
		case OP_NULL:
			return MATCH_NULL;
		case OP_STRING:
			return MATCH_TEXT;
		case OP_NUMBER:
			return MATCH_NUMBER;
		case OP_VALUE:
			return model->column[n->detail].kind;
		case OP_AND:
		case OP_OR:
		case OP_NOT:
		case OP_IS_TRUE:
		case OP_IS_FALSE:
			need_kinds(model, n, MATCH_BOOLEAN);
			return MATCH_BOOLEAN;
		case OP_COMPARE:
		case OP_DISTINCT:
			(void) one_kind(model, n, 0, 1);
			return MATCH_BOOLEAN;
		case OP_NULLIF:
			return one_kind(model, n, 0, 1);
		case OP_COALESCE:
		case OP_GREATEST:
		case OP_LEAST:
			return one_kind(model, n, 0, 1);
		case OP_CASE:
			for (int i = 0; i + 1 < n->nargs; i += 2)
				need_kind(model, n->args[i], MATCH_BOOLEAN);
			kind = one_kind(model, n, 1, 2);
			if (kind != MATCH_NULL)
				need_kind(model, n->args[n->nargs - 1], kind);
			return kind != MATCH_NULL ? kind : n->args[n->nargs - 1]->kind;
		case OP_ADD:
		case OP_SUBTRACT:
		case OP_MULTIPLY:
		case OP_DIVIDE:
		case OP_MODULO:
		case OP_NEGATE:
			need_kinds(model, n, MATCH_NUMBER);
			return MATCH_NUMBER;
		case OP_CAST:
			if (n->args[0]->kind != MATCH_BOOLEAN)
				need_kinds(model, n, MATCH_NUMBER);
			return MATCH_NUMBER;
		case OP_OVERLAP:
			need_kinds(model, n, MATCH_TEXTS);
			return MATCH_BOOLEAN;
		case OP_PAIRWISE:
			need_kinds(model, n, MATCH_TEXTS);
			return MATCH_NUMBER;
		case OP_FUNCTION:
			return function_kind(model, n);
		default:
			return MATCH_BOOLEAN;
	}
}

/* ---- ready to be evaluated ---- */

/* a distance of two columns is remembered by the numbers of its values */
static void
make_cache(MatchNodes *nodes, MatchCondition *n, const MatchModel *model)
{
	uint64		values;
	uint64		size = 1;
	int			a;
	int			b;

	if (n->op != OP_FUNCTION || !IS_DISTANCE(match_function[n->detail].pair) ||
		n->args[0]->op != OP_VALUE || n->args[1]->op != OP_VALUE)
		return;
	a = model->column[n->args[0]->detail].distinct;
	b = model->column[n->args[1]->detail].distinct;
	values = Min((uint64) a * b, 8 * (uint64) Max(a, b));
	while (size < values && size < CACHE_MAX)
		size *= 2;
	if (n->cache.key != NULL && n->cache.mask + 1 == size)
	{
		memset(n->cache.key, 0, sizeof(uint64) * size);
		return;
	}
	if (n->cache.key != NULL)
	{
		pfree(n->cache.key);
		pfree(n->cache.distance);
	}
	n->cache.mask = size - 1;
	n->cache.key = MemoryContextAllocZero(nodes->context, sizeof(uint64) * size);
	n->cache.distance = MemoryContextAlloc(nodes->context, sizeof(double) * size);
}

static void
prepare_constant(MatchNodes *nodes, MatchCondition *n)
{
	MemoryContext old;

	n->result = n->op == OP_NULL ? NULL : &n->own;
	n->own.number = n->number;
	if (n->op == OP_STRING && n->own.text.data == NULL)
	{
		old = MemoryContextSwitchTo(nodes->context);
		if (text_from_server(n->name, strlen(n->name), &n->own.text) != TEXT_OK)
			n->own.text = (TextSpan) {.data = n->name, .len = 0};
		MemoryContextSwitchTo(old);
	}
}

void
match_prepare(MatchModel *model)
{
	MatchNodes *nodes = model->nodes;

	for (int i = 0; i < nodes->count; i++)
	{
		MatchCondition *n = nodes->node[i];

		n->kind = kind_of(model, n);
		if (n->whole)
			need_kind(model, n, MATCH_BOOLEAN);
		n->stamp = 0;
		if (n->op == OP_VALUE || n->op == OP_SAME)
		{
			n->ids = model->column[n->detail].ids;
			n->values = model->column[n->detail].values;
		}
		else if (n->nargs == 0)
			prepare_constant(nodes, n);
		else
			make_cache(nodes, n, model);
	}
	nodes->stamp = 0;
	nodes->prepared = true;
}
