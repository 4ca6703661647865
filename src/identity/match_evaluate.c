/*
 * match_evaluate.c
 *	  How well pairs and clusters agree with a known truth.
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/hsearch.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"

#include "identity/match.h"

/* NaN where there is nothing to divide by */
static double
ratio(double part, double whole)
{
	return whole > 0 ? part / whole : get_float8_nan();
}

/* NaN as NULL */
static void
set_ratio(Datum *value, bool *null, double x)
{
	*null = isnan(x);
	*value = Float8GetDatum(x);
}

/* ---- pairs against the truth ---- */

typedef struct Evaluate
{
	MatchScorer *scorer;
	const MatchData *data;
	const int32 *truth;			/* by record */
	int			thresholds;
	double	   *threshold;		/* ascending */
	int64	   *pairs;			/* with so many thresholds at or below their weight */
	int64	   *matches;		/* those that are true */
} Evaluate;

static int
compare_doubles(const void *a, const void *b)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return (x > y) - (x < y);
}

static void
evaluate_pair(void *arg, int l, int r, int rule)
{
	Evaluate   *e = arg;
	double		weight;
	int			low = 0;
	int			high = e->thresholds;

	if (e->truth[l] < 0 || e->truth[r] < 0)
		return;
	weight = match_weight(e->scorer, l, r);
	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (e->threshold[middle] <= weight)
			low = middle + 1;
		else
			high = middle;
	}
	e->pairs[low]++;
	if (e->truth[l] == e->truth[r])
		e->matches[low]++;
}

/* pairs of records that have the same truth */
static int64
true_pairs(const MatchModel *model, const MatchData *data, const MatchColumn *truth)
{
	int64		pairs = 0;

	for (int v = 0; v < truth->distinct; v++)
		pairs += truth->counts[v] * (truth->counts[v] - 1) / 2;
	if (model->link == LINK_LINK_ONLY)
	{
		int64	   *of = palloc_extended((Size) Max(truth->distinct, 1) * sizeof(int64),
										 MCXT_ALLOC_HUGE);

		for (int s = 0; s < data->sources; s++)
		{
			memset(of, 0, (Size) truth->distinct * sizeof(int64));
			for (int i = 0; i < data->records; i++)
				if (data->source[i] == s && truth->ids[i] >= 0)
					of[truth->ids[i]]++;
			for (int v = 0; v < truth->distinct; v++)
				pairs -= of[v] * (of[v] - 1) / 2;
		}
	}
	return pairs;
}

static void
read_thresholds(Evaluate *e, ArrayType *array)
{
	Datum	   *value;
	bool	   *null;

	deconstruct_array(array, FLOAT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &value, &null,
					  &e->thresholds);
	e->threshold = palloc(Max(e->thresholds, 1) * sizeof(double));
	for (int i = 0; i < e->thresholds; i++)
	{
		match_check_weight(null[i] ? get_float8_nan() : DatumGetFloat8(value[i]));
		e->threshold[i] = DatumGetFloat8(value[i]);
	}
	qsort(e->threshold, e->thresholds, sizeof(double), compare_doubles);
	e->pairs = palloc0((e->thresholds + 1) * sizeof(int64));
	e->matches = palloc0((e->thresholds + 1) * sizeof(int64));
}

PG_FUNCTION_INFO_V1(match_evaluate);

/*
 * match_evaluate(source regclass, model match_model, truth text, thresholds float8[], max_pairs
 * bigint) -> setof (min_weight float8, predicted bigint, true_positives bigint, false_positives
 * bigint, false_negatives bigint, precision float8, recall float8, f1 float8): by threshold, how
 * the pairs of match_predict agree with a column of the source that says which entity a record is
 * of.  Records without it are left out.
 */
Datum
match_evaluate(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Evaluate	e = {0};
	MemoryContext work;
	MemoryContext old;
	MatchModel *model;
	MatchData	data;
	int			column;
	int64		all;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	work = AllocSetContextCreate(CurrentMemoryContext, "match", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(work);
	read_thresholds(&e, PG_GETARG_ARRAYTYPE_P(3));
	model = match_model_of(PG_GETARG_JSONB_P(1));
	column = match_column_add(model, quote_identifier(text_to_cstring(PG_GETARG_TEXT_PP(2))));
	match_data_read(PG_GETARG_OID(0), model, &data);
	e.scorer = match_scorer(model, &data);
	e.data = &data;
	e.truth = model->column[column].ids;
	match_pairs(model, &data, model->rule, model->rules, PG_GETARG_INT64(4), "max_pairs",
				evaluate_pair, &e);
	all = true_pairs(model, &data, &model->column[column]);
	for (int i = e.thresholds - 1; i > 0; i--)
	{
		e.pairs[i] += e.pairs[i + 1];
		e.matches[i] += e.matches[i + 1];
	}
	for (int i = 1; i <= e.thresholds; i++)
	{
		bool		nulls[8] = {false};
		Datum		values[8];

		values[0] = Float8GetDatum(e.threshold[i - 1]);
		values[1] = Int64GetDatum(e.pairs[i]);
		values[2] = Int64GetDatum(e.matches[i]);
		values[3] = Int64GetDatum(e.pairs[i] - e.matches[i]);
		values[4] = Int64GetDatum(all - e.matches[i]);
		set_ratio(&values[5], &nulls[5], ratio(e.matches[i], e.pairs[i]));
		set_ratio(&values[6], &nulls[6], ratio(e.matches[i], all));
		set_ratio(&values[7], &nulls[7], ratio(2.0 * e.matches[i], (double) e.pairs[i] + all));
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(work);
	return (Datum) 0;
}

/* ---- clusters against the truth ---- */

/* records of a cluster that have a truth, both as numbers */
typedef struct Cell
{
	uint64		key;			/* cluster << 32 | truth */
	int64		count;
} Cell;

typedef struct NameEntry
{
	const char *name;			/* key, NUL-terminated */
	int32		number;
} NameEntry;

static uint32
name_hash(const void *key, Size size)
{
	const char *name = *(const char *const *) key;

	return hash_bytes((const unsigned char *) name, strlen(name));
}

static int
name_match(const void *a, const void *b, Size size)
{
	return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* a number for each element's label; one of its own where own, else -1, for a NULL */
static int32 *
number_labels(ArrayType *array, bool own, int *n, int *labels)
{
	HASHCTL		ctl = {.keysize = sizeof(char *),.entrysize = sizeof(NameEntry),
	.hash = name_hash,.match = name_match,.hcxt = CurrentMemoryContext};
	HTAB	   *names = hash_create("cluster labels", 1024, &ctl,
									HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
	Datum	   *value;
	bool	   *null;
	int32	   *number;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &value, &null, n);
	number = palloc_extended(Max(*n, 1) * sizeof(int32), MCXT_ALLOC_HUGE);
	*labels = 0;
	for (int i = 0; i < *n; i++)
	{
		NameEntry  *entry;
		char	   *name;
		bool		found;

		if (null[i])
		{
			number[i] = own ? (*labels)++ : -1;
			continue;
		}
		name = TextDatumGetCString(value[i]);
		entry = hash_search(names, &name, HASH_ENTER, &found);
		if (!found)
			entry->number = (*labels)++;
		number[i] = entry->number;
	}
	return number;
}

static double
pairs_of(const int64 *count, int n)
{
	double		pairs = 0;

	for (int i = 0; i < n; i++)
		pairs += (double) count[i] * (count[i] - 1) / 2;
	return pairs;
}

/* the same sum whatever the order of the terms */
static double
sum_of(double *term, int n)
{
	double		sum = 0;

	qsort(term, n, sizeof(double), compare_doubles);
	for (int i = 0; i < n; i++)
		sum += term[i];
	return sum;
}

PG_FUNCTION_INFO_V1(cluster_evaluate);

/*
 * cluster_evaluate(predicted text[], truth text[]) -> (records bigint, predicted_pairs bigint,
 * true_pairs bigint, common_pairs bigint, precision, recall, f1, bcubed_precision, bcubed_recall,
 * bcubed_f1 float8): two labelings of the same records, element by element.  A record without a
 * predicted cluster is one alone; a record without truth is left out.
 */
Datum
cluster_evaluate(PG_FUNCTION_ARGS)
{
	HASHCTL		ctl = {.keysize = sizeof(uint64),.entrysize = sizeof(Cell),
	.hcxt = CurrentMemoryContext};
	bool		nulls[10] = {false};
	Datum		values[10];
	TupleDesc	desc;
	HTAB	   *cells;
	HASH_SEQ_STATUS scan;
	Cell	   *cell;
	int			n;
	int			truths;
	int			clusters;
	int			labels;
	int			found = 0;
	int64		records = 0;
	int32	   *cluster = number_labels(PG_GETARG_ARRAYTYPE_P(0), true, &n, &clusters);
	int32	   *truth = number_labels(PG_GETARG_ARRAYTYPE_P(1), false, &truths, &labels);
	int64	   *of_cluster = palloc_extended(Max(clusters, 1) * sizeof(int64),
											 MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	int64	   *of_truth = palloc_extended(Max(labels, 1) * sizeof(int64),
										   MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	double	   *precision;
	double	   *recall;
	double		common = 0;
	double		p;
	double		r;

	get_call_result_type(fcinfo, NULL, &desc);
	if (n != truths)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("labelings have %d and %d records", n, truths),
				 errhint("Aggregate both over the same rows.")));
	ctl.hcxt = CurrentMemoryContext;
	cells = hash_create("cluster cells", 1024, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	for (int i = 0; i < n; i++)
	{
		uint64		key = (uint64) (uint32) cluster[i] << 32 | (uint32) truth[i];
		bool		old;

		if (truth[i] < 0)
			continue;
		records++;
		of_cluster[cluster[i]]++;
		of_truth[truth[i]]++;
		cell = hash_search(cells, &key, HASH_ENTER, &old);
		cell->count = old ? cell->count + 1 : 1;
	}
	precision = palloc_extended(Max(records, 1) * sizeof(double), MCXT_ALLOC_HUGE);
	recall = palloc_extended(Max(records, 1) * sizeof(double), MCXT_ALLOC_HUGE);
	hash_seq_init(&scan, cells);
	while ((cell = hash_seq_search(&scan)) != NULL)
	{
		double		count = cell->count;

		common += count * (count - 1) / 2;
		precision[found] = count * count / of_cluster[cell->key >> 32];
		recall[found++] = count * count / of_truth[(uint32) cell->key];
	}
	values[0] = Int64GetDatum(records);
	p = pairs_of(of_cluster, clusters);
	r = pairs_of(of_truth, labels);
	values[1] = Int64GetDatum((int64) p);
	values[2] = Int64GetDatum((int64) r);
	values[3] = Int64GetDatum((int64) common);
	set_ratio(&values[4], &nulls[4], ratio(common, p));
	set_ratio(&values[5], &nulls[5], ratio(common, r));
	set_ratio(&values[6], &nulls[6], ratio(2 * common, p + r));
	p = ratio(sum_of(precision, found), records);
	r = ratio(sum_of(recall, found), records);
	set_ratio(&values[7], &nulls[7], p);
	set_ratio(&values[8], &nulls[8], r);
	set_ratio(&values[9], &nulls[9], ratio(2 * p * r, p + r));
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}
