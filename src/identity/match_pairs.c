/*
 * match_pairs.c
 *	  Pairs of records that blocking rules are true of, each pair once: a hash join of our own over
 *	  the numbers of the key columns' values.
 *
 * The equalities of a rule become one key a record and side (several where arrays are exploded);
 * records are put into buckets by the key of their right side, and every record on the left meets
 * those after it in the bucket of its key.  A pair belongs to the first rule that is true of it.
 */
#include "postgres.h"
#include "compat.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "identity/match.h"

/* pairs between two looks for interrupts */
#define PAIRS_A_LOOK	0xFFF

/* keys of one record in a rule that explodes arrays */
#define KEYS_MAX	10000

/* keys of one side: one a record, or several where start is there, sorted and each once */
typedef struct Side
{
	int32	   *key;			/* by record, or by start */
	int64	   *start;			/* by record and one more, or NULL */
} Side;

/* a rule made ready; the right side is the left one where all keys compare a column with itself */
typedef struct Join
{
	const MatchRule *rule;
	bool		keyed;
	bool		symmetric;
	Side		left;
	Side		right;
	int			keys;			/* numbers that keys have */
} Join;

/* records by the key of their right side, ascending */
typedef struct Buckets
{
	int64	   *start;			/* by key and one more */
	int32	   *record;
	int64	   *next;			/* by key: first record after the left one */
} Buckets;

typedef struct Run
{
	MatchModel *model;
	const MatchData *data;
	Join	   *join;
	int			joins;
	MatchPair	pair;
	void	   *arg;
	uint32		seen;
} Run;

/* numbers 0, 1, ... of what was met, by 64-bit codes or by bytes */
typedef struct Numbers
{
	int32	   *slot;
	uint32		slots;
	int			count;
	int			room;
	uint64	   *code;			/* or */
	TextSpan   *bytes;
} Numbers;

/* ---- numbering ---- */

/* finalizer of MurmurHash3 */
static uint32
mix(uint64 code)
{
	code ^= code >> 33;
	code *= UINT64CONST(0xff51afd7ed558ccd);
	code ^= code >> 33;
	code *= UINT64CONST(0xc4ceb9fe1a85ec53);
	return (uint32) (code ^ (code >> 33));
}

static void
numbers_begin(Numbers *n, bool bytes)
{
	n->slots = 256;
	n->slot = palloc(n->slots * sizeof(int32));
	memset(n->slot, -1, n->slots * sizeof(int32));
	n->count = 0;
	n->room = 128;
	n->code = bytes ? NULL : palloc(n->room * sizeof(uint64));
	n->bytes = bytes ? palloc(n->room * sizeof(TextSpan)) : NULL;
}

static uint32
numbers_hash(const Numbers *n, int i)
{
	if (n->code)
		return mix(n->code[i]);
	return hash_bytes((const unsigned char *) n->bytes[i].data, n->bytes[i].len);
}

static void
numbers_grow(Numbers *n)
{
	n->room *= 2;
	if (n->code)
		n->code = repalloc_huge(n->code, (Size) n->room * sizeof(uint64));
	else
		n->bytes = repalloc_huge(n->bytes, (Size) n->room * sizeof(TextSpan));
	n->slots *= 2;
	n->slot = repalloc_huge(n->slot, (Size) n->slots * sizeof(int32));
	memset(n->slot, -1, (Size) n->slots * sizeof(int32));
	for (int i = 0; i < n->count; i++)
	{
		uint32		s = numbers_hash(n, i) & (n->slots - 1);

		while (n->slot[s] >= 0)
			s = (s + 1) & (n->slots - 1);
		n->slot[s] = i;
	}
}

static int32
number_of_code(Numbers *n, uint64 code)
{
	uint32		s = mix(code) & (n->slots - 1);
	int32		i;

	for (; (i = n->slot[s]) >= 0; s = (s + 1) & (n->slots - 1))
		if (n->code[i] == code)
			return i;
	n->slot[s] = n->count;
	n->code[n->count] = code;
	if (++n->count == n->room)
		numbers_grow(n);
	return n->count - 1;
}

static int32
number_of_bytes(Numbers *n, TextSpan bytes)
{
	uint32		s = hash_bytes((const unsigned char *) bytes.data, bytes.len) & (n->slots - 1);
	int32		i;

	for (; (i = n->slot[s]) >= 0; s = (s + 1) & (n->slots - 1))
		if (n->bytes[i].len == bytes.len && memcmp(n->bytes[i].data, bytes.data, bytes.len) == 0)
			return i;
	n->slot[s] = n->count;
	n->bytes[n->count] = bytes;
	if (++n->count == n->room)
		numbers_grow(n);
	return n->count - 1;
}

/* ---- keys of a rule ---- */

static void *
big_array(int64 n, Size size)
{
	return MemoryContextAllocHuge(CurrentMemoryContext, Max(n, 1) * size);
}

static bool
is_exploded(const MatchRule *rule, int column)
{
	for (int i = 0; i < rule->explode; i++)
		if (rule->exploded[i] == column)
			return true;
	return false;
}

static MatchKind
key_kind(const MatchColumn *column, bool exploded)
{
	if (exploded && column->kind == MATCH_TEXTS)
		return MATCH_TEXT;
	if (exploded && column->kind == MATCH_NUMBERS)
		return MATCH_NUMBER;
	return column->kind;
}

/* numbers that a column's values have among the values of both sides: lists of one or more each */
typedef struct Translation
{
	int64	   *start;			/* by value and one more */
	int32	   *number;
} Translation;

static TextSpan
element(MatchKind kind, const MatchValue *value, int e)
{
	if (kind == MATCH_TEXTS)
		return value->texts[e];
	return (TextSpan) {(const char *) &value->numbers[e], sizeof(double)};
}

static TextSpan
key_of(MatchKind kind, const MatchValue *value)
{
	StringInfoData key;
	TextSpan	span;

	if (kind == MATCH_TEXT)
		return value->text;
	if (kind == MATCH_NUMBER || kind == MATCH_BOOLEAN)
		return (TextSpan) {(const char *) &value->number, sizeof(double)};
	initStringInfo(&key);
	match_value_key(kind, value, &key);
	span.len = key.len;
	span.data = memcpy(palloc(Max(key.len, 1)), key.data, key.len);
	pfree(key.data);
	return span;
}

static void
translate(Translation *t, Numbers *numbers, const MatchColumn *column, bool exploded)
{
	int64		total = 0;

	for (int v = 0; v < column->distinct; v++)
		total += exploded ? column->values[v].count : 1;
	t->start = big_array(column->distinct + 1, sizeof(int64));
	t->number = big_array(total, sizeof(int32));
	total = 0;
	for (int v = 0; v < column->distinct; v++)
	{
		const MatchValue *value = &column->values[v];

		t->start[v] = total;
		if (!exploded)
			t->number[total++] = number_of_bytes(numbers, key_of(column->kind, value));
		else
			for (int e = 0; e < value->count; e++)
				t->number[total++] = number_of_bytes(numbers, element(column->kind, value, e));
	}
	t->start[column->distinct] = total;
}

static int
compare_keys(const void *a, const void *b)
{
	int32		x = *(const int32 *) a;
	int32		y = *(const int32 *) b;

	return (x > y) - (x < y);
}

/* one more equality of a rule, on a side whose records have one key each; or the first one */
static void
add_single(Side *side, const int32 *ids, const Translation *t, Numbers *pairs, bool first, int n)
{
	for (int i = 0; i < n; i++)
	{
		int32		id = ids[i];

		if (id >= 0 && t)
			id = t->number[t->start[id]];
		if (first)
			side->key[i] = id;
		else if (side->key[i] >= 0)
			side->key[i] = id < 0 ? MATCH_NULL :
				number_of_code(pairs, (uint64) side->key[i] << 32 | (uint32) id);
	}
}

/* the same where they may have several: each key so far with each number of the value */
static void
add_several(Side *side, const int32 *ids, const Translation *t, Numbers *pairs, bool first, int n)
{
	int64		room = n + 64;
	int64	   *start = big_array((int64) n + 1, sizeof(int64));
	int32	   *key = big_array(room, sizeof(int32));
	int64		total = 0;

	for (int i = 0; i < n; i++)
	{
		int64		before = first ? 1 : side->start[i + 1] - side->start[i];
		int64		values;
		int			kept = 0;

		start[i] = total;
		if (ids[i] < 0 || before == 0)
			continue;
		values = t->start[ids[i] + 1] - t->start[ids[i]];
		if (before * values > KEYS_MAX)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("record has more than %d keys in a blocking rule", KEYS_MAX),
					 errdetail("The elements of its exploded arrays are combined."),
					 errhint("Explode fewer arrays, or clean what long ones have.")));
		if (total + before * values > room)
		{
			room = (total + before * values) * 2;
			key = repalloc_huge(key, room * sizeof(int32));
		}
		for (int64 b = 0; b < before; b++)
			for (int64 v = 0; v < values; v++)
			{
				int32		number = t->number[t->start[ids[i]] + v];

				key[total + b * values + v] = first ? number :
					number_of_code(pairs, (uint64) side->key[side->start[i] + b] << 32 |
								   (uint32) number);
			}
		qsort(&key[total], before * values, sizeof(int32), compare_keys);
		for (int64 k = 0; k < before * values; k++)
			if (kept == 0 || key[total + k] != key[total + kept - 1])
				key[total + kept++] = key[total + k];
		total += kept;
	}
	start[n] = total;
	side->start = start;
	side->key = key;
}

static void
add_equality(Join *join, const MatchModel *model, int n, int k, bool several)
{
	const MatchRule *rule = join->rule;
	const MatchColumn *left = &model->column[rule->left[k]];
	const MatchColumn *right = &model->column[rule->right[k]];
	bool		left_exploded = is_exploded(rule, rule->left[k]);
	bool		right_exploded = is_exploded(rule, rule->right[k]);
	bool		same = rule->left[k] == rule->right[k];
	Translation tl;
	Translation tr;
	Translation *ptl = NULL;
	Translation *ptr = NULL;
	Numbers		values;
	Numbers		pairs;

	if (key_kind(left, left_exploded) != key_kind(right, right_exploded))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("blocking rule compares values of different types"),
				 errdetail("The rule is: %s", rule->sql),
				 errhint("Cast one of them.")));
	join->keys = left->distinct;
	if (!same || several)
	{
		numbers_begin(&values, true);
		translate(ptl = &tl, &values, left, left_exploded);
		if (!same)
			translate(ptr = &tr, &values, right, right_exploded);
		else
			ptr = ptl;
		join->keys = values.count;
	}
	numbers_begin(&pairs, false);
	if (several)
		add_several(&join->left, left->ids, ptl, &pairs, k == 0, n);
	else
		add_single(&join->left, left->ids, ptl, &pairs, k == 0, n);
	if (!join->symmetric)
	{
		if (several)
			add_several(&join->right, right->ids, ptr, &pairs, k == 0, n);
		else
			add_single(&join->right, right->ids, ptr, &pairs, k == 0, n);
	}
	if (k > 0)
		join->keys = pairs.count;
}

static void
prepare(Join *join, const MatchRule *rule, const MatchModel *model, int n)
{
	bool		several = false;

	memset(join, 0, sizeof(Join));
	join->rule = rule;
	join->keyed = rule->keys > 0;
	join->symmetric = true;
	for (int k = 0; k < rule->keys; k++)
	{
		join->symmetric &= rule->left[k] == rule->right[k];
		several |= is_exploded(rule, rule->left[k]) || is_exploded(rule, rule->right[k]);
	}
	if (!join->keyed)
		return;
	if (!several)
	{
		join->left.key = big_array(n, sizeof(int32));
		if (!join->symmetric)
			join->right.key = big_array(n, sizeof(int32));
	}
	for (int k = 0; k < rule->keys; k++)
		add_equality(join, model, n, k, several);
	if (join->symmetric)
		join->right = join->left;
}

static Join *
prepare_all(MatchModel *model, const MatchData *data, const MatchRule *rule, int rules)
{
	Join	   *join = palloc(Max(rules, 1) * sizeof(Join));

	for (int i = 0; i < rules; i++)
		prepare(&join[i], &rule[i], model, data->records);
	return join;
}

/* ---- how many ---- */

double
match_pairs_possible(const MatchModel *model, const MatchData *data)
{
	double		n = data->records;
	double		pairs = n * (n - 1) / 2;

	if (model->link == LINK_LINK_ONLY)
	{
		int64	   *of = palloc0(data->sources * sizeof(int64));

		for (int i = 0; i < data->records; i++)
			of[data->source[i]]++;
		for (int s = 0; s < data->sources; s++)
			pairs -= (double) of[s] * (of[s] - 1) / 2;
	}
	return pairs;
}

/* records with each key */
static int64 *
count_keys(const Side *side, int keys, int n)
{
	int64	   *count = palloc_extended(Max(keys, 1) * sizeof(int64),
										MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	int64		entries = side->start ? side->start[n] : n;

	for (int64 e = 0; e < entries; e++)
		if (side->key[e] >= 0)
			count[side->key[e]]++;
	return count;
}

/* pairs of one key within one dataset, which a link of datasets leaves out */
static double
pairs_within_sources(const Join *join, const MatchData *data)
{
	Numbers		numbers;
	double		pairs = 0;
	int64	   *count;
	int			n = data->records;

	numbers_begin(&numbers, false);
	for (int pass = 0; pass < 2; pass++)
	{
		count = pass ? palloc_extended(Max(numbers.count, 1) * sizeof(int64),
									   MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO) : NULL;
		for (int i = 0; i < n; i++)
		{
			int64		from = join->left.start ? join->left.start[i] : i;
			int64		to = join->left.start ? join->left.start[i + 1] : i + 1;

			for (int64 e = from; e < to; e++)
				if (join->left.key[e] >= 0)
				{
					int32		number = number_of_code(&numbers, (uint64) join->left.key[e] << 32 |
														(uint32) data->source[i]);

					if (pass)
						count[number]++;
				}
		}
	}
	for (int i = 0; i < numbers.count; i++)
		pairs += (double) count[i] * (count[i] - 1) / 2;
	return pairs;
}

static double
estimate(const Join *join, const MatchModel *model, const MatchData *data)
{
	double		pairs = 0;
	int64	   *left;
	int64	   *right;

	if (!join->keyed)
		return match_pairs_possible(model, data);
	left = count_keys(&join->left, join->keys, data->records);
	if (join->symmetric)
	{
		for (int k = 0; k < join->keys; k++)
			pairs += (double) left[k] * (left[k] - 1) / 2;
		if (model->link == LINK_LINK_ONLY)
			pairs -= pairs_within_sources(join, data);
		return pairs;
	}
	right = count_keys(&join->right, join->keys, data->records);
	for (int k = 0; k < join->keys; k++)
		pairs += (double) left[k] * right[k] / 2;
	return pairs;
}

static double
estimate_all(const Join *join, int joins, const MatchModel *model, const MatchData *data,
			 int *largest)
{
	double		pairs = 0;
	double		most = -1;

	for (int i = 0; i < joins; i++)
	{
		double		of_rule = estimate(&join[i], model, data);

		pairs += of_rule;
		if (of_rule > most)
		{
			most = of_rule;
			*largest = i;
		}
	}
	return pairs;
}

double
match_pairs_estimate(MatchModel *model, const MatchData *data, const MatchRule *rule, int rules)
{
	MemoryContext work = AllocSetContextCreate(CurrentMemoryContext, "match estimate",
											   ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(work);
	int			largest;
	double		pairs = estimate_all(prepare_all(model, data, rule, rules), rules, model, data,
									 &largest);

	MemoryContextSwitchTo(old);
	MemoryContextDelete(work);
	return pairs;
}

/* ---- the join ---- */

static void
fill_buckets(Buckets *b, const Side *side, int keys, int n)
{
	int64		total = 0;

	b->next = count_keys(side, keys, n);
	b->start = big_array((int64) keys + 1, sizeof(int64));
	for (int k = 0; k < keys; k++)
	{
		b->start[k] = total;
		total += b->next[k];
		b->next[k] = b->start[k];
	}
	b->start[keys] = total;
	b->record = big_array(total, sizeof(int32));
	for (int i = 0; i < n; i++)
	{
		int64		from = side->start ? side->start[i] : i;
		int64		to = side->start ? side->start[i + 1] : i + 1;

		for (int64 e = from; e < to; e++)
			if (side->key[e] >= 0)
				b->record[b->next[side->key[e]]++] = i;
	}
	for (int k = 0; k < keys; k++)
		b->next[k] = b->start[k];
}

static void
free_buckets(Buckets *b)
{
	pfree(b->start);
	pfree(b->record);
	pfree(b->next);
}

/* first key that both records have, or -1 */
static int32
common_key(const Join *join, int l, int r)
{
	int64		a;
	int64		b;

	if (!join->left.start)
		return join->left.key[l] == join->right.key[r] ? join->left.key[l] : -1;
	a = join->left.start[l];
	b = join->right.start[r];
	while (a < join->left.start[l + 1] && b < join->right.start[r + 1])
	{
		int32		x = join->left.key[a];
		int32		y = join->right.key[b];

		if (x == y)
			return x;
		if (x < y)
			a++;
		else
			b++;
	}
	return -1;
}

/*
 * Hand a pair with a common key on, unless an earlier rule is true of it or the rest of its own is
 * not.
 */
static void
meet(Run *run, int rule, int l, int r)
{
	bool		begun = false;

	if ((++run->seen & PAIRS_A_LOOK) == 0)
		CHECK_FOR_INTERRUPTS();
	if (run->model->link == LINK_LINK_ONLY && run->data->source[l] == run->data->source[r])
		return;
	for (int i = 0; i <= rule; i++)
	{
		const Join *join = &run->join[i];
		const MatchCondition *rest = join->keyed ? join->rule->rest : join->rule->condition;
		bool		own = i == rule;
		bool		holds = own || !join->keyed || common_key(join, l, r) >= 0;

		if (holds && rest)
		{
			if (!begun)
				match_begin_pair(run->model, l, r);
			begun = true;
			holds = match_is_true(run->model, rest);
		}
		if (holds != own)
			return;
	}
	run->pair(run->arg, l, r, rule);
}

static void
join_keyed(Run *run, int rule, Buckets *b)
{
	const Join *join = &run->join[rule];

	for (int l = 0; l < run->data->records; l++)
	{
		int64		from = join->left.start ? join->left.start[l] : l;
		int64		to = join->left.start ? join->left.start[l + 1] : l + 1;

		for (int64 e = from; e < to; e++)
		{
			int32		key = join->left.key[e];

			if (key < 0)
				continue;
			while (b->next[key] < b->start[key + 1] && b->record[b->next[key]] <= l)
				b->next[key]++;
			for (int64 at = b->next[key]; at < b->start[key + 1]; at++)
				if (!join->left.start || common_key(join, l, b->record[at]) == key)
					meet(run, rule, l, b->record[at]);
				else if ((++run->seen & PAIRS_A_LOOK) == 0)
					CHECK_FOR_INTERRUPTS();
		}
	}
}

static void
join_all(Run *run, int rule)
{
	for (int l = 0; l < run->data->records; l++)
		for (int r = l + 1; r < run->data->records; r++)
			meet(run, rule, l, r);
}

void
match_pairs(MatchModel *model, const MatchData *data, const MatchRule *rule, int rules,
			double max_pairs, const char *setting, MatchPair pair, void *arg)
{
	MemoryContext work = AllocSetContextCreate(CurrentMemoryContext, "match pairs",
											   ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(work);
	Run			run = {.model = model,.data = data,.joins = rules,.pair = pair,.arg = arg};
	int			largest = 0;
	double		pairs;

	run.join = prepare_all(model, data, rule, rules);
	pairs = estimate_all(run.join, rules, model, data, &largest);
	if (pairs > max_pairs)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("blocking rules give about %.0f pairs, more than %.0f", pairs, max_pairs),
				 errdetail("Most are of the rule: %s", rule[largest].sql),
				 errhint("Add an equality to the rule, or allow more with %s.", setting)));
	MemoryContextSwitchTo(old);
	for (int i = 0; i < rules; i++)
	{
		Buckets		b;

		if (!run.join[i].keyed)
		{
			join_all(&run, i);
			continue;
		}
		MemoryContextSwitchTo(work);
		fill_buckets(&b, &run.join[i].right, run.join[i].keys, data->records);
		MemoryContextSwitchTo(old);
		join_keyed(&run, i, &b);
		free_buckets(&b);
	}
	MemoryContextDelete(work);
}
