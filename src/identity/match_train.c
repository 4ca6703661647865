/*
 * match_train.c
 *	  match_train: a model's probabilities estimated from the records, without labels.
 *
 * Three steps, after Splink: lambda from the pairs of rules that hardly err, divided by the share
 * of the matches that they are thought to find; u from pairs drawn at random, all of them taken for
 * non-matches, until lambda and m tell how many of them are none; m by expectation maximization
 * (EM) over the pairs of a blocking rule, one session a rule, and of the sessions' values the
 * median.
 *
 * EM looks at a pair through its agreement pattern only: its levels, and how often the values occur
 * that term frequencies adjust.  Pairs are met once and counted by pattern; what iterates is the
 * table of patterns, in a fixed order, so that the same records and seed give the same result,
 * whatever the order of the table and the plan.
 */
#include "postgres.h"
#include "compat.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "identity/match.h"
#include "identity/match_model.h"

#define DEFAULT_MAX_PAIRS	1e6
#define DEFAULT_RECALL		0.7

/* pairs that rules may give, of which a session looks at some, and the setting that allows more */
#define MAX_RULE_PAIRS		1e10
#define MAX_RULE_PAIRS_KEY	"\"max_rule_pairs\" of \"training\""

/*
 * u of a comparison is sampled no longer when each of its levels was seen so often: its standard
 * error is then 5 %, 0.07 bits of a weight
 */
#define ENOUGH_SEEN			400

/* random pairs drawn, as a multiple of max_pairs, for comparisons that seldom have both values */
#define MOST_DRAWN			5

/* pairs a record that a session should have: matches are among them only if there are any */
#define ENOUGH_PAIRS		0.05

/* share of a sampled u that stays u at least, whatever the matches among the random pairs */
#define LEAST_OF_U			0.1

/* shares of the sample after which that is looked at */
#define PROBE				0.01
#define CHUNK				0.1

/* lambda that Splink writes where nobody estimated one */
#define LAMBDA_UNKNOWN		0.0001

#define LAMBDA_ITERATIONS	100
#define LAMBDA_PRECISION	1e-6

#define NOTICE_SECONDS		10

/* values that sessions gave for one level; NaN where the level was not seen */
typedef struct Trained
{
	int			count;
	double	   *m;
	double	   *u;
} Trained;

/* a session of EM */
typedef struct Session
{
	const MatchRule *rule;
	bool		asked;			/* by the settings */
	int			serves;			/* comparison that it might train, or -1 */
	bool		active;
	bool		done;
	double		lambda;			/* share of matches among the rule's pairs */
	double		pairs;			/* of the rule that were looked at */
} Session;

typedef struct Training
{
	MatchModel *model;
	MatchData	data;
	uint64		seed;
	double		max_pairs;
	double		max_rule_pairs;
	double		possible;
	Trained   **trained;		/* by comparison and level */
	double	  **given_m;		/* NaN where the settings have none */
	double	  **given_u;
	double	   *sampled;		/* by comparison: random pairs that have a level */
	double	  **sampled_u;	/* 0 where the level was not met, NaN where it is not sampled */
	Session    *session;
	int			sessions;
	bool		refine;			/* lambda is not given in any way */
	uint64		met;
	TimestampTz told;
} Training;

/* pairs of a session by agreement pattern */
typedef struct Patterns
{
	Training   *training;
	int			active;			/* comparisons that the session trains */
	int		   *comparison;
	bool	   *tf;				/* of each: some level has a term frequency */
	int			width;			/* words of a pattern: a level each, a count for each with tf */
	int			count;
	int			room;
	int32	   *word;
	int64	   *pairs;			/* of each pattern */
	int32	   *slot;
	uint32		slots;
	int32	   *key;			/* of the present pair */
	double		share;			/* of the pairs that are looked at */
} Patterns;

/* ---- helpers ---- */

/* SplitMix64: a random number that depends on a seed and a place only */
static uint64
random_at(uint64 seed, uint64 place)
{
	uint64		z = seed + (place + 1) * UINT64CONST(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64CONST(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64CONST(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* say where long work is, seldom */
static void
tell(Training *t, const char *what, double done)
{
	TimestampTz now = GetCurrentTimestamp();

	if (now - t->told < (int64) NOTICE_SECONDS * USECS_PER_SEC)
		return;
	t->told = now;
	ereport(NOTICE,
			(errmsg("match_train: %s, %.0f pairs so far", what, done)));
}

/* whether a pair is in a random share of all */
static bool
in_share(const Training *t, double share, int l, int r)
{
	return share >= 1 ||
		(random_at(t->seed, (uint64) l << 32 | (uint32) r) >> 11) * 0x1p-53 < share;
}

static MatchRule *
parse_rule(MatchModel *model, const char *sql)
{
	MatchRule  *rule = palloc0(sizeof(MatchRule));
	Problem		problem = {0};

	if (!match_rule_parse(sql, model, rule, &problem))
		problem_report(NULL, &problem, "match_model", NULL);
	return rule;
}

/* m or u as the weights have it */
static double
present(double probability)
{
	return isnan(probability) ? 1e-6 : Max(probability, 1e-300);
}

static bool
has_tf(const MatchLevel *level)
{
	return level->tf_column >= 0 && level->tf_weight != 0 && !level->is_null;
}

static bool
same_values(const MatchModel *model, int a, int b)
{
	return a == b || model->column[a].ids == model->column[b].ids;
}

/* ---- lambda ---- */

static void
count_pair(void *arg, int l, int r, int rule)
{
	(*(double *) arg)++;
}

/* rules for lambda where the settings have none: of two equalities or more, else the rarest */
static int
choose_deterministic(Training *t, MatchRule *chosen)
{
	MatchModel *model = t->model;
	double		fewest = get_float8_infinity();
	int			n = 0;

	for (int i = 0; i < model->rules; i++)
		if (model->rule[i].keys > 1)
			chosen[n++] = model->rule[i];
	if (n > 0)
		return n;
	for (int i = 0; i < model->rules; i++)
	{
		double		pairs = match_pairs_estimate(model, &t->data, &model->rule[i], 1);

		if (pairs < fewest)
		{
			fewest = pairs;
			chosen[0] = model->rule[i];
			n = 1;
		}
	}
	return n;
}

static bool
has_lambda(const MatchModel *model)
{
	JsonbValue	value;

	return getKeyJsonValueFromContainer(&model->json->root, "probability_two_random_records_match",
										strlen("probability_two_random_records_match"), &value) &&
		model->lambda != LAMBDA_UNKNOWN;
}

static void
estimate_lambda(Training *t, MatchRule *deterministic)
{
	MatchModel *model = t->model;
	int			rules = model->training.deterministic;
	double		recall = isnan(model->training.recall) ? DEFAULT_RECALL : model->training.recall;
	double		found = 0;

	if (rules < 0)
	{
		if (has_lambda(model))
			return;
		t->refine = !model->training.em_lambda;
		deterministic = palloc0(Max(model->rules, 1) * sizeof(MatchRule));
		rules = choose_deterministic(t, deterministic);
	}
	if (rules == 0)
		return;
	match_pairs(model, &t->data, deterministic, rules, t->max_rule_pairs, MAX_RULE_PAIRS_KEY,
				count_pair, &found);
	/* rules that nobody chose for this may give any number of pairs: it is where lambda starts */
	if (t->refine)
		found = Min(found, recall * Min(t->data.records, t->possible / 2));
	if (found > t->possible * recall)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("deterministic rules give %.0f pairs, more than recall %g of all %.0f",
						found, recall, t->possible),
				 errhint("Give rules that only matches fulfil, or a higher recall.")));
	if (found == 0)
		ereport(WARNING,
				(errmsg("deterministic rules give no pairs: probability_two_random_records_match "
						"stays %g", model->lambda)));
	else
		model->lambda = found / recall / t->possible;
}

/* weights of the blocking rules' pairs, without the prior */
typedef struct Weights
{
	Training   *training;
	MatchScorer *scorer;
	double		prior;
	double		share;			/* of the pairs that are looked at */
	double	   *weight;
	int64		count;
	int64		room;
} Weights;

static void
weigh_pair(void *arg, int l, int r, int rule)
{
	Weights    *w = arg;

	if ((++w->training->met & 0xFFFF) == 0)
		tell(w->training, "lambda by all blocking rules", w->training->met);
	if (!in_share(w->training, w->share, l, r))
		return;
	if (w->count == w->room)
	{
		w->room *= 2;
		w->weight = repalloc_huge(w->weight, w->room * sizeof(double));
	}
	w->weight[w->count++] = match_weight(w->scorer, l, r) - w->prior;
}

/*
 * Lambda where the settings say nothing of it, with the other parameters trained: the matches that
 * the model expects among the pairs of all blocking rules, over all pairs.  It depends on lambda
 * itself; EM of this one parameter.
 */
static void
refine_lambda(Training *t)
{
	MatchModel *model = t->model;
	Weights		w = {.training = t};
	double		start = model->lambda;
	double		most = 0;
	double		estimate = match_pairs_estimate(model, &t->data, model->rule, model->rules);

	w.share = Min(1, t->max_pairs / Max(estimate, 1));
	w.scorer = match_scorer(model, &t->data);
	w.prior = log2(model->lambda / (1 - model->lambda));
	w.room = 1024;
	w.weight = palloc(w.room * sizeof(double));
	match_pairs(model, &t->data, model->rule, model->rules, t->max_rule_pairs, MAX_RULE_PAIRS_KEY,
				weigh_pair, &w);
	for (int i = 0; i < LAMBDA_ITERATIONS && w.count > 0; i++)
	{
		double		prior = log2(model->lambda / (1 - model->lambda));
		double		before = model->lambda;
		double		matches = 0;

		for (int64 p = 0; p < w.count; p++)
			matches += match_probability_of(prior + w.weight[p]);
		model->lambda = Min(Max(matches / w.share, 1) / t->possible, 0.5);
		if (fabs(model->lambda - before) <= LAMBDA_PRECISION * before)
			break;
	}
	pfree(w.weight);
	/* where the comparisons say too little, it falls to nothing, and what EM saw says more */
	if (model->lambda * t->possible > 1)
		return;
	for (int s = 0; s < t->sessions; s++)
		if (t->session[s].done)
			most = Max(most, t->session[s].pairs * t->session[s].lambda);
	model->lambda = most > 0 ? Max(most, 1) / t->possible : start;
}

/* ---- u ---- */

/* counts of levels while u is sampled */
typedef struct Sample
{
	bool		active;
	int64	   *seen;			/* by level */
	double	   *counted;		/* by level: u that counts of values tell, or NaN */
} Sample;

static void
sample_pair(Training *t, Sample *sample, int l, int r)
{
	MatchModel *model = t->model;

	match_begin_pair(model, l, r);
	for (int c = 0; c < model->comparisons; c++)
		if (sample[c].active)
			sample[c].seen[match_level_of(model, &model->comparison[c])]++;
}

/* ordered pairs of records with equal ids, of those that have "given" too */
static double
equal_pairs(const Training *t, const MatchColumn *column, const MatchColumn *given)
{
	int64	   *count = MemoryContextAllocExtended(CurrentMemoryContext,
												   Max(column->distinct, 1) * sizeof(int64),
												   MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	double		pairs = 0;

	for (int i = 0; i < t->data.records; i++)
		if (column->ids[i] >= 0 && given->ids[i] >= 0)
			count[column->ids[i]]++;
	for (int v = 0; v < column->distinct; v++)
		pairs += (double) count[v] * (count[v] - 1);
	pfree(count);
	return pairs;
}

/* whether records that agree on "from" agree on "column" too, as a part of an address does */
static bool
follows(const Training *t, const MatchColumn *column, const MatchColumn *from)
{
	int32	   *value = MemoryContextAllocHuge(CurrentMemoryContext,
											   Max(from->distinct, 1) * sizeof(int32));
	bool		result = true;

	memset(value, 0x7f, Max(from->distinct, 1) * sizeof(int32));
	for (int i = 0; i < t->data.records && result; i++)
	{
		int32		id = from->ids[i];

		if (id < 0 || column->ids[i] < 0)
			result = column->ids[i] < 0 && id < 0;
		else if (value[id] == 0x7f7f7f7f)
			value[id] = column->ids[i];
		else
			result = value[id] == column->ids[i];
	}
	pfree(value);
	return result;
}

/*
 * Chance that two records agree on the column of a comparison's first level, from the counts of its
 * values: what sampling tends to, without its error.  So too of the levels after it while each has
 * a column that follows from the one before, as in coarser and coarser places: of them those that
 * agree on the one before are not.
 */
static void
count_agreements(const Training *t, const MatchComparison *comparison, double *counted)
{
	const MatchColumn *first = NULL;
	const MatchColumn *last = NULL;
	double		before = 0;

	for (int i = 0; i < comparison->levels; i++)
		counted[i] = get_float8_nan();
	for (int i = 0; i < comparison->levels && t->model->link != LINK_LINK_ONLY; i++)
	{
		const MatchLevel *level = &comparison->level[i];
		const MatchColumn *column;
		double		pairs;

		if (level->is_null)
			continue;
		if (last ? level->same_column < 0 : level->exacts != 1)
			return;
		column = &t->model->column[last ? level->same_column : level->exact[0]];
		if (last == NULL)
			first = column;
		else if (!follows(t, column, last))
			return;
		if (first->filled < 2)
			return;
		pairs = equal_pairs(t, column, first);
		counted[i] = (pairs - before) / ((double) first->filled * (first->filled - 1));
		before = pairs;
		last = column;
	}
}

/*
 * Take comparisons out whose levels were all seen often, or are counted, and those that had a level
 * in max_pairs pairs: a pair without values tells nothing of u.  Whether any is left.
 */
static bool
still_wanted(const Training *t, Sample *sample)
{
	const MatchModel *model = t->model;
	bool		wanted = false;

	for (int c = 0; c < model->comparisons; c++)
	{
		bool		enough = true;
		double		told = 0;

		for (int i = 0; i < model->comparison[c].levels; i++)
		{
			const MatchLevel *level = &model->comparison[c].level[i];

			if (level->is_null)
				continue;
			told += sample[c].seen[i];
			enough &= sample[c].seen[i] >= ENOUGH_SEEN || !isnan(sample[c].counted[i]);
		}
		sample[c].active &= !enough && told < t->max_pairs;
		wanted |= sample[c].active;
	}
	return wanted;
}

static void
sample_all(Training *t, Sample *sample)
{
	int			n = t->data.records;
	uint64		met = 0;

	for (int l = 0; l < n; l++)
		for (int r = l + 1; r < n; r++)
		{
			if ((++met & 0xFFF) == 0)
			{
				CHECK_FOR_INTERRUPTS();
				if ((met & 0xFFFF) == 0)
					tell(t, "u by all pairs", met);
			}
			if (t->model->link != LINK_LINK_ONLY || t->data.source[l] != t->data.source[r])
				sample_pair(t, sample, l, r);
		}
}

static void
sample_random(Training *t, Sample *sample)
{
	uint64		n = t->data.records;
	uint64		wanted = (uint64) t->max_pairs;
	uint64		check = Max((uint64) (wanted * PROBE), 1);
	uint64		chunk = Max((uint64) (wanted * CHUNK), 1);
	uint64		taken = 0;

	for (uint64 place = 0; taken < MOST_DRAWN * wanted && place < 20 * wanted; place++)
	{
		uint64		x = random_at(t->seed, place);
		int			l = (int) (((x >> 32) * n) >> 32);
		int			r = (int) (((x & 0xFFFFFFFF) * n) >> 32);

		if ((place & 0xFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		if (l == r || (t->model->link == LINK_LINK_ONLY && t->data.source[l] == t->data.source[r]))
			continue;
		sample_pair(t, sample, Min(l, r), Max(l, r));
		taken++;
		if (taken == check)
		{
			if (!still_wanted(t, sample))
				break;
			tell(t, "u by random pairs", taken);
			check = taken < chunk ? chunk : taken + chunk;
			if (taken < wanted)
				check = Min(check, wanted);
		}
	}
}

static void
set_u(Training *t, int c, const Sample *sample, bool all)
{
	MatchComparison *comparison = &t->model->comparison[c];
	double		seen = 0;
	double		rest = 1;

	for (int i = 0; i < comparison->levels; i++)
		if (comparison->level[i].is_null)
			continue;
		else if (!all && sample->counted[i] > 0 && sample->counted[i] < rest)
			rest -= sample->counted[i];
		else
		{
			sample->counted[i] = get_float8_nan();
			seen += sample->seen[i];
		}
	t->sampled[c] = seen;
	for (int i = 0; i < comparison->levels; i++)
	{
		MatchLevel *level = &comparison->level[i];

		if (level->is_null || level->fix_u)
			continue;
		if (!isnan(sample->counted[i]))
			level->u = sample->counted[i];
		else
			level->u = sample->seen[i] == 0 ? get_float8_nan() : rest * sample->seen[i] / seen;
		t->sampled_u[c][i] = isnan(level->u) ? 0 : level->u;
	}
}

static void
estimate_u(Training *t)
{
	MatchModel *model = t->model;
	Sample	   *sample = palloc(Max(model->comparisons, 1) * sizeof(Sample));
	bool		all = t->possible <= t->max_pairs;

	for (int c = 0; c < model->comparisons; c++)
	{
		sample[c].active = true;
		sample[c].seen = palloc0(model->comparison[c].levels * sizeof(int64));
		sample[c].counted = palloc(model->comparison[c].levels * sizeof(double));
		count_agreements(t, &model->comparison[c], sample[c].counted);
	}
	if (all)
		sample_all(t, sample);
	else
		sample_random(t, sample);
	for (int c = 0; c < model->comparisons; c++)
		set_u(t, c, &sample[c], all);
}

/*
 * Random pairs are matches now and then, and agreement on a rare value is mostly theirs: what
 * lambda and m expect of them is no part of u.  A part of what was sampled stays in any case, since
 * lambda and m are estimates themselves.
 */
static void
take_matches_out(Training *t)
{
	MatchModel *model = t->model;

	for (int c = 0; c < model->comparisons; c++)
	{
		MatchComparison *comparison = &model->comparison[c];
		double		before = 0;
		double		after = 0;

		for (int i = 0; i < comparison->levels; i++)
		{
			MatchLevel *level = &comparison->level[i];
			double		sampled = t->sampled_u[c][i];

			if (!(sampled > 0))
				continue;
			level->u = isnan(level->m) ? sampled :
				Max(sampled - model->lambda * level->m, LEAST_OF_U * sampled);
			before += sampled;
			after += level->u;
		}
		for (int i = 0; i < comparison->levels; i++)
			if (t->sampled_u[c][i] > 0)
				comparison->level[i].u *= before / after;
	}
}

/* ---- agreement patterns ---- */

static bool
uses_column(const MatchRule *rule, const MatchComparison *comparison)
{
	for (int i = 0; i < rule->columns; i++)
		for (int j = 0; j < comparison->columns; j++)
			if (strcmp(rule->column[i], comparison->column[j]) == 0)
				return true;
	return false;
}

static void
patterns_begin(Patterns *p, Training *t, const MatchRule *rule)
{
	MatchModel *model = t->model;

	memset(p, 0, sizeof(Patterns));
	p->training = t;
	p->comparison = palloc(Max(model->comparisons, 1) * sizeof(int));
	p->tf = palloc0(Max(model->comparisons, 1) * sizeof(bool));
	for (int c = 0; c < model->comparisons; c++)
		if (!uses_column(rule, &model->comparison[c]))
		{
			if (!model->training.without_tf)
				for (int i = 0; i < model->comparison[c].levels; i++)
					p->tf[p->active] |= has_tf(&model->comparison[c].level[i]);
			p->width += p->tf[p->active] ? 2 : 1;
			p->comparison[p->active++] = c;
		}
	p->room = 1024;
	p->slots = 2048;
	p->word = palloc((Size) p->room * Max(p->width, 1) * sizeof(int32));
	p->pairs = palloc(p->room * sizeof(int64));
	p->slot = palloc(p->slots * sizeof(int32));
	memset(p->slot, -1, p->slots * sizeof(int32));
	p->key = palloc(Max(p->width, 1) * sizeof(int32));
}

static uint32
hash_words(const int32 *word, int n)
{
	uint64		h = 0;

	for (int i = 0; i < n; i++)
	{
		h = (h ^ (uint32) word[i]) * UINT64CONST(0x9e3779b97f4a7c15);
		h ^= h >> 32;
	}
	return (uint32) h;
}

static void
patterns_grow(Patterns *p)
{
	p->room *= 2;
	p->word = repalloc_huge(p->word, (Size) p->room * p->width * sizeof(int32));
	p->pairs = repalloc_huge(p->pairs, (Size) p->room * sizeof(int64));
	p->slots *= 2;
	p->slot = repalloc_huge(p->slot, (Size) p->slots * sizeof(int32));
	memset(p->slot, -1, (Size) p->slots * sizeof(int32));
	for (int i = 0; i < p->count; i++)
	{
		uint32		s = hash_words(&p->word[(Size) i * p->width], p->width) & (p->slots - 1);

		while (p->slot[s] >= 0)
			s = (s + 1) & (p->slots - 1);
		p->slot[s] = i;
	}
}

static void
count_pattern(Patterns *p)
{
	uint32		s = hash_words(p->key, p->width) & (p->slots - 1);
	int32		i;

	for (; (i = p->slot[s]) >= 0; s = (s + 1) & (p->slots - 1))
		if (memcmp(&p->word[(Size) i * p->width], p->key, p->width * sizeof(int32)) == 0)
		{
			p->pairs[i]++;
			return;
		}
	p->slot[s] = p->count;
	memcpy(&p->word[(Size) p->count * p->width], p->key, p->width * sizeof(int32));
	p->pairs[p->count] = 1;
	if (++p->count == p->room)
		patterns_grow(p);
}

/* how often the more common of two values occurs; 0 where there is neither */
static int32
greater_count(const MatchColumn *column, int l, int r)
{
	int64		a = column->ids[l] >= 0 ? column->counts[column->ids[l]] : 0;
	int64		b = column->ids[r] >= 0 ? column->counts[column->ids[r]] : 0;

	return (int32) Max(a, b);
}

static void
pattern_pair(void *arg, int l, int r, int rule)
{
	Patterns   *p = arg;
	MatchModel *model = p->training->model;
	int			tf = p->active;

	if ((++p->training->met & 0xFFFF) == 0)
		tell(p->training, "m by EM", p->training->met);
	if (!in_share(p->training, p->share, l, r))
		return;
	match_begin_pair(model, l, r);
	for (int a = 0; a < p->active; a++)
	{
		const MatchComparison *comparison = &model->comparison[p->comparison[a]];
		int			level = match_level_of(model, comparison);

		p->key[a] = level;
		if (p->tf[a])
			p->key[tf++] = has_tf(&comparison->level[level]) ?
				greater_count(&model->column[comparison->level[level].tf_column], l, r) : 0;
	}
	count_pattern(p);
}

static int
compare_patterns(const void *a, const void *b, void *arg)
{
	const Patterns *p = arg;
	const int32 *x = &p->word[(Size) *(const int32 *) a * p->width];
	const int32 *y = &p->word[(Size) *(const int32 *) b * p->width];

	for (int i = 0; i < p->width; i++)
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	return 0;
}

/* ---- EM ---- */

/* u that a level's term frequencies are set against */
static double
tf_base(const MatchModel *model, const MatchComparison *comparison, const MatchLevel *level)
{
	if (!level->tf_own_u)
		for (int i = 0; i < comparison->levels; i++)
			if (comparison->level[i].exact_column >= 0 && !comparison->level[i].is_null &&
				same_values(model, comparison->level[i].exact_column, level->tf_column))
				return comparison->level[i].u;
	return level->u;
}

/*
 * Weight that the rule adds to lambda's: that of exact levels that its equalities imply, levels of
 * many columns first, each column once.
 */
static double
implied_weight(const MatchModel *model, const MatchRule *rule)
{
	bool	   *used = palloc0(Max(rule->keys, 1) * sizeof(bool));
	double		weight = 0;
	int			most = 0;

	for (int c = 0; c < model->comparisons; c++)
		for (int i = 0; i < model->comparison[c].levels; i++)
			most = Max(most, model->comparison[c].level[i].exacts);
	for (int exacts = most; exacts > 0; exacts--)
		for (int c = 0; c < model->comparisons; c++)
			for (int i = 0; i < model->comparison[c].levels; i++)
			{
				const MatchLevel *level = &model->comparison[c].level[i];
				int			implied = 0;
				int			key[64];

				if (level->is_null || level->exacts != exacts || exacts > lengthof(key))
					continue;
				for (int e = 0; e < exacts; e++)
					for (int k = 0; k < rule->keys; k++)
						if (!used[k] && rule->left[k] == rule->right[k] &&
							same_values(model, rule->left[k], level->exact[e]))
						{
							key[implied++] = k;
							break;
						}
				if (implied < exacts)
					continue;
				for (int e = 0; e < exacts; e++)
					used[key[e]] = true;
				weight += log2(present(level->m)) - log2(present(level->u));
			}
	return weight;
}

/* what an iteration computes from the parameters, and sums over the patterns */
typedef struct LevelSums
{
	double		weight;			/* log2(m / u), and log2(u) of agreement with term frequencies */
	double		weight_alone;	/* without term frequencies */
	double		m;				/* sum of the probabilities */
	double		u;				/* and of their complements */
	int64		pairs;
} LevelSums;

/* the part of a pattern's weight that no iteration changes */
static double
constant_weight(const Patterns *p, int pattern)
{
	const MatchModel *model = p->training->model;
	const int32 *word = &p->word[(Size) pattern * p->width];
	int			tf = p->active;
	double		weight = 0;

	for (int a = 0; a < p->active; a++)
	{
		const MatchLevel *level = &model->comparison[p->comparison[a]].level[word[a]];
		int32		count;

		if (!p->tf[a])
			continue;
		count = word[tf++];
		if (count > 0)
			weight -= level->tf_weight *
				log2(Max((double) count / model->column[level->tf_column].filled,
						 level->tf_minimum_u));
	}
	return weight;
}

static void
refresh_weights(const Patterns *p, LevelSums **sums)
{
	const MatchModel *model = p->training->model;

	for (int a = 0; a < p->active; a++)
	{
		const MatchComparison *comparison = &model->comparison[p->comparison[a]];

		for (int i = 0; i < comparison->levels; i++)
		{
			const MatchLevel *level = &comparison->level[i];
			LevelSums  *s = &sums[a][i];

			memset(s, 0, sizeof(LevelSums));
			if (level->is_null)
				continue;
			s->weight_alone = log2(present(level->m)) - log2(present(level->u));
			s->weight = s->weight_alone;
			if (p->tf[a] && has_tf(level))
				s->weight += level->tf_weight * log2(present(tf_base(model, comparison, level)));
		}
	}
}

/* expectation: the sums of all patterns; the sum of the probabilities is given */
static double
expect(const Patterns *p, const double *constant, double prior, LevelSums **sums)
{
	double		matches = 0;

	for (int i = 0; i < p->count; i++)
	{
		const int32 *word = &p->word[(Size) i * p->width];
		int			tf = p->active;
		double		weight = prior + constant[i];
		double		match;

		for (int a = 0; a < p->active; a++)
			weight += p->tf[a] && word[tf++] > 0 ? sums[a][word[a]].weight :
				sums[a][word[a]].weight_alone;
		match = match_probability_of(weight);
		matches += match * p->pairs[i];
		for (int a = 0; a < p->active; a++)
		{
			LevelSums  *s = &sums[a][word[a]];

			s->m += match * p->pairs[i];
			s->u += (1 - match) * p->pairs[i];
			s->pairs += p->pairs[i];
		}
	}
	return matches;
}

static double
changed(double *probability, double sum, double total, bool seen, double most)
{
	double		before = present(*probability);

	*probability = !seen || total <= 0 ? get_float8_nan() : sum / total;
	return Max(most, fabs(present(*probability) - before));
}

/* maximization: new parameters; the largest change of any */
static double
maximize(const Patterns *p, LevelSums **sums)
{
	MatchModel *model = p->training->model;
	double		most = 0;

	for (int a = 0; a < p->active; a++)
	{
		MatchComparison *comparison = &model->comparison[p->comparison[a]];
		double		m = 0;
		double		u = 0;

		for (int i = 0; i < comparison->levels; i++)
			if (!comparison->level[i].is_null)
			{
				m += sums[a][i].m;
				u += sums[a][i].u;
			}
		for (int i = 0; i < comparison->levels; i++)
		{
			MatchLevel *level = &comparison->level[i];

			if (level->is_null)
				continue;
			if (!level->fix_m)
				most = changed(&level->m, sums[a][i].m, m, sums[a][i].pairs > 0, most);
			if (!level->fix_u && !model->training.fix_u)
				most = changed(&level->u, sums[a][i].u, u, sums[a][i].pairs > 0, most);
		}
	}
	return most;
}

static void
iterate(Patterns *p, Session *session)
{
	MatchModel *model = p->training->model;
	int32	   *order = MemoryContextAllocHuge(CurrentMemoryContext, p->count * sizeof(int32));
	int32	   *word = MemoryContextAllocHuge(CurrentMemoryContext,
											  (Size) p->count * Max(p->width, 1) * sizeof(int32));
	int64	   *pairs = MemoryContextAllocHuge(CurrentMemoryContext, p->count * sizeof(int64));
	double	   *constant = MemoryContextAllocHuge(CurrentMemoryContext, p->count * sizeof(double));
	LevelSums **sums = palloc(Max(p->active, 1) * sizeof(LevelSums *));
	double		total = 0;
	double		prior = log2(model->lambda / (1 - model->lambda)) +
		implied_weight(model, session->rule);

	for (int i = 0; i < p->count; i++)
		order[i] = i;
	qsort_arg(order, p->count, sizeof(int32), compare_patterns, p);
	for (int i = 0; i < p->count; i++)
	{
		memcpy(&word[(Size) i * p->width], &p->word[(Size) order[i] * p->width],
			   p->width * sizeof(int32));
		pairs[i] = p->pairs[order[i]];
		total += pairs[i];
	}
	p->word = word;
	p->pairs = pairs;
	for (int i = 0; i < p->count; i++)
		constant[i] = constant_weight(p, i);
	for (int a = 0; a < p->active; a++)
		sums[a] = palloc(model->comparison[p->comparison[a]].levels * sizeof(LevelSums));
	session->lambda = match_probability_of(prior);
	for (int i = 0; i < model->max_iterations; i++)
	{
		double		before = session->lambda;
		double		most;

		CHECK_FOR_INTERRUPTS();
		refresh_weights(p, sums);
		session->lambda = expect(p, constant, prior, sums) / total;
		prior = log2(session->lambda / (1 - session->lambda));
		most = maximize(p, sums);
		most = Max(most, fabs(session->lambda - before));
		ereport(DEBUG1,
				(errmsg("EM over %s, iteration %d: largest change %g", session->rule->sql, i + 1,
						most)));
		if (most < model->em_convergence)
			break;
	}
	session->pairs = total;
	session->done = true;
}

static int
compare_doubles(const void *a, const void *b)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return (x > y) - (x < y);
}

/* median of the values that are there */
static double
median(const double *value, int n)
{
	double	   *there = palloc(Max(n, 1) * sizeof(double));
	int			k = 0;

	for (int i = 0; i < n; i++)
		if (!isnan(value[i]))
			there[k++] = value[i];
	if (k == 0)
		return get_float8_nan();
	qsort(there, k, sizeof(double), compare_doubles);
	return k % 2 ? there[k / 2] : (there[k / 2 - 1] + there[k / 2]) / 2;
}

/*
 * A level that few pairs could have shown is not impossible: of what n pairs tell, none is rarer
 * than half a pair among them.
 */
static void
soften(double *probability, double n)
{
	double		least = 0.5 / (n + 1);

	if (!isnan(*probability) && *probability < least)
		*probability = least;
}

/* keep what a session gave, and set the model to the median of the sessions */
static void
keep_session(Training *t, const Patterns *p, const Session *session)
{
	MatchModel *model = t->model;

	for (int a = 0; a < p->active; a++)
	{
		int			c = p->comparison[a];

		for (int i = 0; i < model->comparison[c].levels; i++)
		{
			MatchLevel *level = &model->comparison[c].level[i];
			Trained    *trained = &t->trained[c][i];

			if (!level->fix_m)
				soften(&level->m, session->pairs * session->lambda);
			if (!level->fix_u && !model->training.fix_u)
				soften(&level->u, t->possible);
			trained->m[trained->count] = level->m;
			trained->u[trained->count++] = level->u;
			if (!level->fix_m)
				level->m = median(trained->m, trained->count);
			if (!level->fix_u && !model->training.fix_u)
				level->u = median(trained->u, trained->count);
		}
	}
}

static void
run_session(Training *t, Session *session)
{
	MemoryContext work;
	MemoryContext old;
	Patterns	p;
	double		estimate;

	work = AllocSetContextCreate(CurrentMemoryContext, "match session", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(work);
	patterns_begin(&p, t, session->rule);
	if (p.active > 0)
	{
		estimate = match_pairs_estimate(t->model, &t->data, session->rule, 1);
		p.share = Min(1, t->max_pairs / Max(estimate, 1));
		match_pairs(t->model, &t->data, session->rule, 1, t->max_rule_pairs, MAX_RULE_PAIRS_KEY,
					pattern_pair, &p);
		if (p.count > 0)
		{
			iterate(&p, session);
			keep_session(t, &p, session);
		}
		else if (session->asked)
			ereport(WARNING,
					(errmsg("blocking rule for training gives no pairs"),
					 errdetail("The rule is: %s", session->rule->sql)));
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(work);
}

/* ---- sessions ---- */

static void
add_session(Training *t, const MatchRule *rule, bool asked, int serves)
{
	Session    *session = &t->session[t->sessions++];

	session->rule = rule;
	session->asked = asked;
	session->serves = serves;
	session->active = serves < 0;
	session->done = false;
}

/* whether a session of another comparison than c leaves c in: one trains it */
static bool
is_trained(const Training *t, int c)
{
	for (int s = 0; s < t->sessions; s++)
		if (t->session[s].active && !uses_column(t->session[s].rule, &t->model->comparison[c]))
			return true;
	return false;
}

/* sessions that might train comparison c: agreement on the one column of another comparison */
static void
propose_sessions(Training *t, int c)
{
	MatchModel *model = t->model;

	for (int o = 0; o < model->comparisons; o++)
		for (int i = 0; i < model->comparison[o].levels; i++)
		{
			const MatchLevel *level = &model->comparison[o].level[i];
			MatchRule  *rule;
			const char *column;

			if (o == c || level->is_null || level->exacts != 1 ||
				model->comparison[o].columns != 1)
				continue;
			column = quote_identifier(model->comparison[o].column[0]);
			rule = parse_rule(model, psprintf("l.%s = r.%s", column, column));
			if (!uses_column(rule, &model->comparison[c]))
				add_session(t, rule, false, c);
			break;
		}
}

/*
 * Rules of the sessions: those of the settings, or the blocking rules, and for a comparison that
 * none of them leaves in, one of those that are proposed here and chosen when the records are read.
 */
static void
plan_sessions(Training *t)
{
	MatchModel *model = t->model;
	int			asked = model->training.em;

	t->session = palloc0((Max(asked, model->rules) +
						  (Size) model->comparisons * model->comparisons) * sizeof(Session));
	for (int i = 0; i < asked; i++)
		add_session(t, parse_rule(model, model->training.em_rule[i]), true, -1);
	if (asked >= 0)
		return;
	for (int i = 0; i < model->rules; i++)
		if (model->rule[i].keys > 0)
			add_session(t, &model->rule[i], false, -1);
	for (int c = 0; c < model->comparisons; c++)
		if (!is_trained(t, c))
			propose_sessions(t, c);
}

/* of the sessions that are proposed for a comparison, that with the fewest pairs that are enough */
static void
choose_sessions(Training *t)
{
	double		enough = t->data.records * ENOUGH_PAIRS;

	for (int c = 0; c < t->model->comparisons; c++)
	{
		Session    *best = NULL;
		double		best_pairs = 0;

		for (int s = 0; s < t->sessions && !is_trained(t, c); s++)
		{
			double		pairs;

			if (t->session[s].serves != c)
				continue;
			pairs = match_pairs_estimate(t->model, &t->data, t->session[s].rule, 1);
			if (best == NULL || (best_pairs >= enough && pairs >= enough ? pairs < best_pairs :
								 pairs > best_pairs))
			{
				best = &t->session[s];
				best_pairs = pairs;
			}
		}
		if (best)
			best->active = true;
	}
}

/* ---- the whole ---- */

static void
training_begin(Training *t)
{
	MatchModel *model = t->model;

	t->trained = palloc(Max(model->comparisons, 1) * sizeof(Trained *));
	t->given_m = palloc(Max(model->comparisons, 1) * sizeof(double *));
	t->given_u = palloc(Max(model->comparisons, 1) * sizeof(double *));
	t->sampled = palloc0(Max(model->comparisons, 1) * sizeof(double));
	t->sampled_u = palloc(Max(model->comparisons, 1) * sizeof(double *));
	for (int c = 0; c < model->comparisons; c++)
	{
		const MatchComparison *comparison = &model->comparison[c];

		t->trained[c] = palloc0(comparison->levels * sizeof(Trained));
		t->given_m[c] = palloc(comparison->levels * sizeof(double));
		t->given_u[c] = palloc(comparison->levels * sizeof(double));
		t->sampled_u[c] = palloc(comparison->levels * sizeof(double));
		for (int i = 0; i < comparison->levels; i++)
		{
			t->given_m[c][i] = comparison->level[i].m;
			t->given_u[c][i] = comparison->level[i].u;
			t->sampled_u[c][i] = get_float8_nan();
		}
	}
}

static void
sessions_begin(Training *t)
{
	for (int c = 0; c < t->model->comparisons; c++)
		for (int i = 0; i < t->model->comparison[c].levels; i++)
		{
			t->trained[c][i].m = palloc(Max(t->sessions, 1) * sizeof(double));
			t->trained[c][i].u = palloc(Max(t->sessions, 1) * sizeof(double));
		}
}

/* lambda that the sessions imply: each takes back what its rule adds; the harmonic mean */
static void
lambda_of_sessions(Training *t)
{
	double		sum = 0;
	int			n = 0;

	for (int s = 0; s < t->sessions; s++)
		if (t->session[s].done)
		{
			double		share = t->session[s].lambda;

			sum += 1 / match_probability_of(log2(share / (1 - share)) -
											implied_weight(t->model, t->session[s].rule));
			n++;
		}
	if (n > 0)
		t->model->lambda = n / sum;
}

/* expected matches of the sessions that trained a comparison */
static double
matches_of_sessions(const Training *t, int c)
{
	double		matches = 0;

	for (int s = 0; s < t->sessions; s++)
		if (t->session[s].done && !uses_column(t->session[s].rule, &t->model->comparison[c]))
			matches += t->session[s].pairs * t->session[s].lambda;
	return matches;
}

/*
 * A level that was met, but not among matches, or not among random pairs: what so many tell of it
 * is that it is rarer than one in them.
 */
static void
fill_unseen(Training *t)
{
	for (int c = 0; c < t->model->comparisons; c++)
	{
		MatchComparison *comparison = &t->model->comparison[c];
		double		matches = matches_of_sessions(t, c);

		for (int i = 0; i < comparison->levels; i++)
		{
			MatchLevel *level = &comparison->level[i];
			bool		sampled = t->sampled_u[c][i] == 0;

			if (level->is_null || isnan(level->m) == isnan(level->u))
				continue;
			if (isnan(level->m) && t->trained[c][i].count > 0 && !level->fix_m)
				level->m = 0.5 / (matches + 1);
			else if (isnan(level->u) && sampled)
				level->u = 0.5 / (t->sampled[c] + 1);
		}
	}
}

/* neither no match nor nothing but matches, however few the records are */
static void
bound_lambda(Training *t)
{
	double		least = 0.5 / (t->possible + 1);

	t->model->lambda = Min(Max(t->model->lambda, least), 1 - least);
}

/* what nobody estimated is as it was given: defaults are no result */
static void
take_defaults_back(Training *t)
{
	MatchModel *model = t->model;

	for (int c = 0; c < model->comparisons; c++)
	{
		MatchComparison *comparison = &model->comparison[c];
		bool		trained = false;

		for (int i = 0; i < comparison->levels; i++)
		{
			bool		sessions = t->trained[c][i].count > 0;

			trained |= sessions;
			if (!sessions || comparison->level[i].fix_m)
				comparison->level[i].m = t->given_m[c][i];
			if (isnan(t->sampled_u[c][i]) && (!sessions || model->training.fix_u))
				comparison->level[i].u = t->given_u[c][i];
		}
		if (!trained)
			ereport(WARNING,
					(errmsg("no m probability was trained for comparison \"%s\"",
							comparison->name),
					 errdetail("Every rule for training uses its columns or gives no pairs."),
					 errhint("Name one that does not in \"em_blocking_rules\" of \"training\".")));
	}
}

PG_FUNCTION_INFO_V1(match_train);

/*
 * match_train(source regclass, settings jsonb) -> match_model: lambda, u and m estimated from the
 * records; what is asked in settings -> 'training' is described in doc/identity.md.
 */
Datum
match_train(PG_FUNCTION_ARGS)
{
	MemoryContext work = AllocSetContextCreate(CurrentMemoryContext, "match",
											   ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(work);
	MatchModel *model = palloc0(sizeof(MatchModel));
	Training	t = {.model = model,.told = GetCurrentTimestamp()};
	Problem		problem = {0};
	MatchRule  *deterministic;
	Jsonb	   *json;

	json = match_model_expand(PG_GETARG_JSONB_P(1), &problem);
	if (json == NULL || !match_model_parse(json, model, &problem))
		problem_report(NULL, &problem, "match_model", NULL);
	training_begin(&t);
	match_model_defaults(model);
	t.seed = model->training.has_seed ? (uint64) model->training.seed : 0;
	t.max_pairs = isnan(model->training.max_pairs) ? DEFAULT_MAX_PAIRS : model->training.max_pairs;
	t.max_rule_pairs = isnan(model->training.max_rule_pairs) ? MAX_RULE_PAIRS :
		model->training.max_rule_pairs;
	deterministic = palloc0(Max(model->training.deterministic, 1) * sizeof(MatchRule));
	for (int i = 0; i < model->training.deterministic; i++)
		deterministic[i] = *parse_rule(model, model->training.deterministic_rule[i]);
	plan_sessions(&t);
	sessions_begin(&t);

	match_data_read(PG_GETARG_OID(0), model, &t.data);
	t.possible = match_pairs_possible(model, &t.data);
	if (t.possible == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("source has no two records to compare"),
				 errhint("Train on a table or view of more records.")));
	estimate_lambda(&t, deterministic);
	bound_lambda(&t);
	if (model->training.estimate_u)
		estimate_u(&t);
	choose_sessions(&t);
	for (int s = 0; s < t.sessions; s++)
		if (t.session[s].active)
			run_session(&t, &t.session[s]);
	if (model->training.em_lambda)
		lambda_of_sessions(&t);
	bound_lambda(&t);
	if (model->training.fix_u)
		take_matches_out(&t);
	fill_unseen(&t);
	if (t.refine)
	{
		refine_lambda(&t);
		bound_lambda(&t);
		if (model->training.fix_u)
			take_matches_out(&t);
	}
	take_defaults_back(&t);
	MemoryContextSwitchTo(old);
	json = match_model_export(model);
	MemoryContextDelete(work);
	PG_RETURN_JSONB_P(json);
}
