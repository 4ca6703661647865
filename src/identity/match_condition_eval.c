/*
 * match_condition_eval.c
 *	  Conditions of a matching model, evaluated for a pair of records.
 *
 * Each node has a value of its kind, or NULL; the logic is that of SQL, with three values.  A node
 * is computed at most once for a pair, and a distance of two values usually once for all pairs that
 * have them.  Nothing is allocated for a pair but what a distance takes and gives back.
 *
 * Texts are compared by their bytes.  What has no result (a logarithm of zero, a division by zero)
 * is NULL, so that one odd pair does not end a run over millions.
 */
#include "postgres.h"
#include "compat.h"

#include <math.h>

#include "identity/distance.h"
#include "identity/match_condition.h"
#include "text/value.h"

static const MatchValue truth[2] = {{.number = 0}, {.number = 1}};

#define TRUTH(b)	(&truth[(b) ? 1 : 0])

static const MatchValue *compute(MatchNodes *e, MatchCondition *n);

static inline const MatchValue *
value_of(MatchNodes *e, MatchCondition *n)
{
	if (n->op == OP_VALUE)
	{
		int32		id = n->ids[n->sides == SIDE_LEFT ? e->l : e->r];

		return id < 0 ? NULL : &n->values[id];
	}
	if (n->op == OP_SAME)
	{
		int32		l = n->ids[e->l];
		int32		r = n->ids[e->r];

		return l < 0 || r < 0 ? NULL : TRUTH(l == r);
	}
	/* a constant is never computed: it has no arguments */
	if (n->nargs > 0 && n->stamp != e->stamp)
	{
		n->result = compute(e, n);
		n->stamp = e->stamp;
	}
	return n->result;
}

/* 1 true, 0 false, -1 NULL */
static inline int
truth_of(MatchNodes *e, MatchCondition *n)
{
	const MatchValue *v = value_of(e, n);

	return v == NULL ? -1 : v->number != 0;
}

static inline const MatchValue *
own_number(MatchCondition *n, double number)
{
	if (isnan(number))
		return NULL;
	n->own.number = number;
	return &n->own;
}

/* ---- comparison ---- */

static int
compare_numbers(double a, double b)
{
	return (a > b) - (a < b);
}

static int
compare_values(int kind, const MatchValue *a, const MatchValue *b)
{
	int			c = 0;

	if (a == b)
		return 0;
	switch (kind)
	{
		case MATCH_TEXT:
			return text_value_compare(a->text.data, a->text.len, b->text.data, b->text.len);
		case MATCH_TEXTS:
			for (int i = 0; i < a->count && i < b->count && c == 0; i++)
				c = text_value_compare(a->texts[i].data, a->texts[i].len,
									   b->texts[i].data, b->texts[i].len);
			return c != 0 ? c : a->count - b->count;
		case MATCH_NUMBERS:
			for (int i = 0; i < a->count && i < b->count && c == 0; i++)
				c = compare_numbers(a->numbers[i], b->numbers[i]);
			return c != 0 ? c : a->count - b->count;
		default:
			return compare_numbers(a->number, b->number);
	}
}

static bool
holds(Comparator comparator, int c)
{
	switch (comparator)
	{
		case COMPARATOR_EQ:
			return c == 0;
		case COMPARATOR_NE:
			return c != 0;
		case COMPARATOR_LT:
			return c < 0;
		case COMPARATOR_LE:
			return c <= 0;
		case COMPARATOR_GT:
			return c > 0;
		case COMPARATOR_GE:
			return c >= 0;
	}
	return false;
}

/* greatest or least of the arguments that there are */
static const MatchValue *
extreme(MatchNodes *e, MatchCondition *n, bool greatest)
{
	const MatchValue *result = NULL;

	for (int i = 0; i < n->nargs; i++)
	{
		const MatchValue *v = value_of(e, n->args[i]);
		int			c = v && result ? compare_values(n->kind, v, result) : 0;

		if (v != NULL && (result == NULL || (greatest ? c > 0 : c < 0)))
			result = v;
	}
	return result;
}

/* ---- texts and arrays ---- */

static double
distance(PairFunction f, TextSpan a, TextSpan b, int limit)
{
	switch (f)
	{
		case PAIR_LEVENSHTEIN:
			return distance_levenshtein(a, b, limit);
		case PAIR_DAMERAU_LEVENSHTEIN:
			return distance_damerau_levenshtein(a, b);
		case PAIR_JARO:
			return distance_jaro(a, b);
		case PAIR_JARO_WINKLER:
			return distance_jaro_winkler(a, b);
		default:
			return distance_jaccard(a, b);
	}
}

static const MatchValue *
distance_of(MatchNodes *e, MatchCondition *n, PairFunction f)
{
	const MatchValue *a = value_of(e, n->args[0]);
	const MatchValue *b = value_of(e, n->args[1]);
	DistanceCache *cache = &n->cache;
	uint64		key;
	uint64		at;
	int			limit = n->limit == PG_INT32_MAX ? -1 : n->limit;

	if (a == NULL || b == NULL)
		return NULL;
	if (cache->key == NULL)
		return own_number(n, distance(f, a->text, b->text, limit));
	key = (uint64) (n->args[0]->ids[n->args[0]->sides == SIDE_LEFT ? e->l : e->r] + 1) << 32 |
		(uint64) (n->args[1]->ids[n->args[1]->sides == SIDE_LEFT ? e->l : e->r] + 1);
	at = (key * UINT64CONST(0x9E3779B97F4A7C15)) >> 40 & cache->mask;
	if (cache->key[at] != key)
	{
		cache->distance[at] = distance(f, a->text, b->text, limit);
		cache->key[at] = key;
	}
	n->own.number = cache->distance[at];
	return &n->own;
}

/* over all pairs of elements */
static const MatchValue *
pairwise(MatchNodes *e, MatchCondition *n)
{
	const MatchValue *a = value_of(e, n->args[0]);
	const MatchValue *b = value_of(e, n->args[1]);
	PairFunction f = match_function[n->detail].pair;
	double		best = NAN;

	if (a == NULL || b == NULL)
		return NULL;
	for (int i = 0; i < a->count; i++)
		for (int j = 0; j < b->count; j++)
		{
			double		d = distance(f, a->texts[i], b->texts[j], -1);

			if (isnan(best) || (n->most ? d > best : d < best))
				best = d;
		}
	return own_number(n, best);
}

/* elements that two arrays have in common; no more than most are counted */
static int
common(const MatchValue *a, const MatchValue *b, int most)
{
	int			found = 0;

	for (int i = 0, j = 0; i < a->count && j < b->count && found < most;)
	{
		int			c = text_value_compare(a->texts[i].data, a->texts[i].len,
										   b->texts[j].data, b->texts[j].len);

		found += c == 0;
		i += c <= 0;
		j += c >= 0;
	}
	return found;
}

static const MatchValue *
overlap(MatchNodes *e, MatchCondition *n)
{
	const MatchValue *a = value_of(e, n->args[0]);
	const MatchValue *b = value_of(e, n->args[1]);

	return a == NULL || b == NULL ? NULL : TRUTH(common(a, b, 1) > 0);
}

static const MatchValue *
contains(const MatchValue *array, const MatchValue *element)
{
	int			from = 0;
	int			to = array->count;

	while (from < to)
	{
		int			mid = from + (to - from) / 2;
		int			c = text_value_compare(array->texts[mid].data, array->texts[mid].len,
										   element->text.data, element->text.len);

		if (c == 0)
			return TRUTH(true);
		if (c < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return TRUTH(false);
}

static double
cosine(const MatchValue *a, const MatchValue *b)
{
	double		dot = 0;
	double		aa = 0;
	double		bb = 0;

	if (a->count != b->count)
		return NAN;
	for (int i = 0; i < a->count; i++)
	{
		dot += a->numbers[i] * b->numbers[i];
		aa += a->numbers[i] * a->numbers[i];
		bb += b->numbers[i] * b->numbers[i];
	}
	return aa == 0 || bb == 0 ? NAN : dot / (sqrt(aa) * sqrt(bb));
}

/* ---- numbers ---- */

/* half away from zero, as DuckDB and numeric do */
static double
round_to(double x, double digits)
{
	double		scale = pow(10, digits);

	return isfinite(x * scale) ? round(x * scale) / scale : x;
}

static double
function_of(PairFunction f, double x, double y)
{
	switch (f)
	{
		case PAIR_ABS:
			return fabs(x);
		case PAIR_SIGN:
			return (x > 0) - (x < 0);
		case PAIR_LN:
			return x > 0 ? log(x) : NAN;
		case PAIR_LOG10:
			return x > 0 ? log10(x) : NAN;
		case PAIR_LOG2:
			return x > 0 ? log2(x) : NAN;
		case PAIR_EXP:
			return exp(x);
		case PAIR_POWER:
			return pow(x, y);
		case PAIR_SQRT:
			return sqrt(x);
		case PAIR_FLOOR:
			return floor(x);
		case PAIR_CEIL:
			return ceil(x);
		case PAIR_ROUND:
			return round_to(x, y);
		case PAIR_SIN:
			return sin(x);
		case PAIR_COS:
			return cos(x);
		case PAIR_TAN:
			return tan(x);
		case PAIR_ASIN:
			return asin(x);
		case PAIR_ACOS:
			return acos(x);
		case PAIR_ATAN:
			return atan(x);
		case PAIR_ATAN2:
			return atan2(x, y);
		case PAIR_RADIANS:
			return x * (M_PI / 180);
		case PAIR_DEGREES:
			return x * (180 / M_PI);
		default:
			return NAN;
	}
}

static double
arithmetic(MatchOp op, double a, double b)
{
	switch (op)
	{
		case OP_ADD:
			return a + b;
		case OP_SUBTRACT:
			return a - b;
		case OP_MULTIPLY:
			return a * b;
		case OP_DIVIDE:
			return b == 0 ? NAN : a / b;
		case OP_MODULO:
			return b == 0 ? NAN : fmod(a, b);
		default:
			return -a;
	}
}

static const MatchValue *
compute_function(MatchNodes *e, MatchCondition *n)
{
	PairFunction f = match_function[n->detail].pair;
	const MatchValue *a;
	const MatchValue *b = NULL;

	if (IS_DISTANCE(f))
		return distance_of(e, n, f);
	a = value_of(e, n->args[0]);
	if (a == NULL || (n->nargs > 1 && (b = value_of(e, n->args[1])) == NULL))
		return NULL;
	switch (f)
	{
		case PAIR_COSINE:
			return own_number(n, cosine(a, b));
		case PAIR_COMMON:
			return own_number(n, common(a, b, PG_INT32_MAX));
		case PAIR_CONTAINS:
			return contains(a, b);
		default:
			return own_number(n, function_of(f, a->number, b ? b->number : 0));
	}
}

static const MatchValue *
compute_cast(MatchNodes *e, MatchCondition *n)
{
	const MatchValue *a = value_of(e, n->args[0]);
	const char *type = match_cast[n->detail].sql;

	if (a == NULL)
		return NULL;
	return own_number(n, strncmp(type, "int", 3) == 0 ? rint(a->number) : a->number);
}

/* ---- logic ---- */

static const MatchValue *
compute_and(MatchNodes *e, MatchCondition *n)
{
	bool		known = true;

	for (int i = 0; i < n->nargs; i++)
	{
		int			t = truth_of(e, n->args[i]);

		if (t == 0)
			return TRUTH(false);
		known = known && t > 0;
	}
	return known ? TRUTH(true) : NULL;
}

static const MatchValue *
compute_or(MatchNodes *e, MatchCondition *n)
{
	bool		known = true;

	for (int i = 0; i < n->nargs; i++)
	{
		int			t = truth_of(e, n->args[i]);

		if (t > 0)
			return TRUTH(true);
		known = known && t == 0;
	}
	return known ? TRUTH(false) : NULL;
}

static const MatchValue *
compute_case(MatchNodes *e, MatchCondition *n)
{
	for (int i = 0; i + 1 < n->nargs; i += 2)
		if (truth_of(e, n->args[i]) > 0)
			return value_of(e, n->args[i + 1]);
	return value_of(e, n->args[n->nargs - 1]);
}

static const MatchValue *
compute_coalesce(MatchNodes *e, MatchCondition *n)
{
	const MatchValue *v = NULL;

	for (int i = 0; i < n->nargs && v == NULL; i++)
		v = value_of(e, n->args[i]);
	return v;
}

static const MatchValue *
compute(MatchNodes *e, MatchCondition *n)
{
	const MatchValue *a;
	const MatchValue *b;
	int			kind;

	switch (n->op)
	{
		case OP_AND:
			return compute_and(e, n);
		case OP_OR:
			return compute_or(e, n);
		case OP_CASE:
			return compute_case(e, n);
		case OP_COALESCE:
			return compute_coalesce(e, n);
		case OP_GREATEST:
		case OP_LEAST:
			return extreme(e, n, n->op == OP_GREATEST);
		case OP_FUNCTION:
			return compute_function(e, n);
		case OP_PAIRWISE:
			return pairwise(e, n);
		case OP_OVERLAP:
			return overlap(e, n);
		case OP_CAST:
			return compute_cast(e, n);
		default:
			break;
	}
	a = value_of(e, n->args[0]);
	switch (n->op)
	{
		case OP_NOT:
			return a == NULL ? NULL : TRUTH(a->number == 0);
		case OP_IS_NULL:
			return TRUTH(a == NULL);
		case OP_IS_TRUE:
			return TRUTH(a != NULL && a->number != 0);
		case OP_IS_FALSE:
			return TRUTH(a != NULL && a->number == 0);
		case OP_NEGATE:
			return a == NULL ? NULL : own_number(n, -a->number);
		default:
			break;
	}
	b = value_of(e, n->args[1]);
	kind = n->args[0]->kind != MATCH_NULL ? n->args[0]->kind : n->args[1]->kind;
	if (n->op == OP_DISTINCT)
		return TRUTH((a == NULL) != (b == NULL) ||
					 (a != NULL && compare_values(kind, a, b) != 0));
	if (n->op == OP_NULLIF)
		return a != NULL && b != NULL && compare_values(kind, a, b) == 0 ? NULL : a;
	if (a == NULL || b == NULL)
		return NULL;
	if (n->op == OP_COMPARE)
		return TRUTH(holds(n->detail, compare_values(kind, a, b)));
	return own_number(n, arithmetic(n->op, a->number, b->number));
}

/* ---- for the other files ---- */

void
match_begin_pair(MatchModel *model, int l, int r)
{
	MatchNodes *e = model->nodes;

	if (!e->prepared)
		match_prepare(model);
	e->stamp++;
	e->l = l;
	e->r = r;
}

bool
match_is_true(MatchModel *model, const MatchCondition *condition)
{
	return truth_of(model->nodes, unconstify(MatchCondition *, condition)) > 0;
}

int
match_level_of(MatchModel *model, const MatchComparison *comparison)
{
	int			i = 0;

	while (i < comparison->levels - 1 && comparison->level[i].condition != NULL &&
		   !match_is_true(model, comparison->level[i].condition))
		i++;
	return i;
}
