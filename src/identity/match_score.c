/*
 * match_score.c
 *	  Weight of a pair by Fellegi and Sunter, as Splink computes it, and what SQL asks about it:
 *	  match_predict and match_explain.
 *
 * match_weight = log2(lambda / (1 - lambda)) + sum over comparisons of log2(m / u) of the pair's
 * level + adjustments for term frequencies.  A level with a term frequency column adds
 * tf_weight * (log2(u_exact) - log2(greatest(tf_l, tf_r, tf_minimum_u))): agreement on a rare value
 * says more than agreement on a common one.  All logarithms are taken before the pairs are met.
 */
#include "postgres.h"
#include "compat.h"

#include <math.h>

#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"

#include "identity/match.h"

/* probabilities below count as this; a level that training never saw counts as NEVER_SEEN */
#define LEAST_PROBABILITY	1e-300
#define NEVER_SEEN			1e-6

/* what a level adds */
typedef struct LevelWeight
{
	double		weight;
	double		tf_weight;		/* 0: no adjustment */
	double		log_u;			/* of agreement on the column */
	double		log_minimum;
	const int32 *ids;			/* values of the term frequency column, by record */
	const double *log_tf;		/* by value, or by record where ids is NULL; NaN: none */
} LevelWeight;

struct MatchScorer
{
	MatchModel *model;
	double		prior;
	LevelWeight **level;		/* by comparison */
	int		   *found;			/* by comparison: level of the last pair */
	double	   *tf;				/* and its adjustment */
};

/* ---- a model ready to score ---- */

/* m and u of a comparison without any, as Splink begins: its levels from ELSE to the exact one */
static void
default_probabilities(MatchComparison *comparison, bool for_u)
{
	int			n = 0;

	for (int i = 0; i < comparison->levels; i++)
		if (!comparison->level[i].is_null)
		{
			if (!isnan(for_u ? comparison->level[i].u : comparison->level[i].m))
				return;
			n++;
		}
	for (int i = 0; i < comparison->levels; i++)
	{
		MatchLevel *level = &comparison->level[i];
		bool		exact = level->gamma == n - 1;
		double		m = n == 1 ? 1 : exact ? 0.95 : 0.05 / (n - 1);
		double		weight = n == 1 ? 0 : exact ? 10 : n == 2 ? -5 :
			-5 + 8.0 * level->gamma / (n - 2);

		if (level->is_null)
			continue;
		if (for_u)
			level->u = m / exp2(weight);
		else
			level->m = m;
	}
}

void
match_model_defaults(MatchModel *model)
{
	for (int i = 0; i < model->comparisons; i++)
	{
		default_probabilities(&model->comparison[i], false);
		default_probabilities(&model->comparison[i], true);
	}
}

MatchModel *
match_model_of(Jsonb *json)
{
	MatchModel *model = palloc0(sizeof(MatchModel));
	Problem		problem = {0};

	if (!match_model_parse(json, model, &problem))
		problem_report(NULL, &problem, "match_model", NULL);
	match_model_defaults(model);
	return model;
}

/* ---- weights ---- */

static double
log2_of(double probability)
{
	if (isnan(probability))
		probability = NEVER_SEEN;
	return log2(Max(probability, LEAST_PROBABILITY));
}

/* u of agreement on the level's term frequency column */
static double
u_of_agreement(const MatchModel *model, const MatchComparison *comparison, const MatchLevel *level)
{
	if (!level->tf_own_u)
		for (int i = 0; i < comparison->levels; i++)
		{
			int			exact = comparison->level[i].exact_column;

			if (exact >= 0 && !comparison->level[i].is_null &&
				(exact == level->tf_column ||
				 model->column[exact].ids == model->column[level->tf_column].ids))
				return comparison->level[i].u;
		}
	return level->u;
}

static const double *
log_frequencies(const MatchColumn *column)
{
	double	   *log_tf = palloc_extended(Max(column->distinct, 1) * sizeof(double),
										 MCXT_ALLOC_HUGE);

	for (int i = 0; i < column->distinct; i++)
		log_tf[i] = log2((double) column->counts[i] / column->filled);
	return log_tf;
}

MatchScorer *
match_scorer(MatchModel *model, const MatchData *data)
{
	MatchScorer *scorer = palloc0(sizeof(MatchScorer));
	const double **log_tf = palloc0(Max(model->columns, 1) * sizeof(double *));

	scorer->model = model;
	scorer->prior = log2(model->lambda / (1 - model->lambda));
	scorer->level = palloc(Max(model->comparisons, 1) * sizeof(LevelWeight *));
	scorer->found = palloc0(Max(model->comparisons, 1) * sizeof(int));
	scorer->tf = palloc0(Max(model->comparisons, 1) * sizeof(double));
	for (int c = 0; c < model->comparisons; c++)
	{
		const MatchComparison *comparison = &model->comparison[c];

		scorer->level[c] = palloc0(comparison->levels * sizeof(LevelWeight));
		for (int i = 0; i < comparison->levels; i++)
		{
			const MatchLevel *level = &comparison->level[i];
			LevelWeight *w = &scorer->level[c][i];
			int			column = level->tf_column;

			if (level->is_null)
				continue;
			w->weight = log2_of(level->m) - log2_of(level->u);
			if (column < 0 || level->tf_weight == 0)
				continue;
			w->tf_weight = level->tf_weight;
			w->log_u = log2_of(u_of_agreement(model, comparison, level));
			w->log_minimum = level->tf_minimum_u > 0 ? log2(level->tf_minimum_u) :
				-get_float8_infinity();
			if (!log_tf[column])
				log_tf[column] = log_frequencies(&model->column[column]);
			w->ids = model->column[column].ids;
			w->log_tf = log_tf[column];
		}
	}
	return scorer;
}

void
match_scorer_frequencies(MatchScorer *scorer, int comparison, int level, const double *log_tf)
{
	scorer->level[comparison][level].ids = NULL;
	scorer->level[comparison][level].log_tf = log_tf;
}

static double
tf_adjustment(const LevelWeight *w, int l, int r)
{
	double		tf_l;
	double		tf_r;

	if (w->ids)
	{
		tf_l = w->ids[l] >= 0 ? w->log_tf[w->ids[l]] : get_float8_nan();
		tf_r = w->ids[r] >= 0 ? w->log_tf[w->ids[r]] : get_float8_nan();
	}
	else
	{
		tf_l = w->log_tf[l];
		tf_r = w->log_tf[r];
	}
	/* fmax takes the other one where one is missing */
	tf_l = fmax(tf_l, tf_r);
	if (isnan(tf_l))
		return 0;
	return w->tf_weight * (w->log_u - Max(tf_l, w->log_minimum));
}

double
match_weight(MatchScorer *scorer, int l, int r)
{
	MatchModel *model = scorer->model;
	double		weight = scorer->prior;

	match_begin_pair(model, l, r);
	for (int c = 0; c < model->comparisons; c++)
	{
		int			level = match_level_of(model, &model->comparison[c]);
		const LevelWeight *w = &scorer->level[c][level];

		scorer->found[c] = level;
		weight += w->weight;
		if (w->tf_weight != 0)
			weight += scorer->tf[c] = tf_adjustment(w, l, r);
	}
	return weight;
}

int
match_scored_level(const MatchScorer *scorer, int comparison, double *weight, double *tf)
{
	int			level = scorer->found[comparison];
	const LevelWeight *w = &scorer->level[comparison][level];

	*weight = w->weight;
	*tf = w->tf_weight != 0 ? scorer->tf[comparison] : 0;
	return level;
}

double
match_probability_of(double weight)
{
	double		odds;

	if (weight >= 0)
		return 1 / (1 + exp2(-weight));
	odds = exp2(weight);
	return odds / (1 + odds);
}

/* ---- predict ---- */

void
match_check_weight(double min_weight)
{
	if (isnan(min_weight))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("weight must be a number"),
				 errhint("Give the least match weight that a pair should have, such as 0.")));
}

Datum
match_text_datum(TextSpan span)
{
	if (GetDatabaseEncoding() == PG_UTF8 || text_is_ascii(span.data, span.len))
		return PointerGetDatum(cstring_to_text_with_len(span.data, span.len));
	return CStringGetTextDatum(text_to_server(span.data, span.len));
}

typedef struct Predict
{
	MatchScorer *scorer;
	const MatchData *data;
	double		min_weight;
	Datum	   *id;				/* by record, made when first wanted */
	ReturnSetInfo *rsinfo;
} Predict;

static Datum
id_datum(Predict *p, int record)
{
	if (p->id[record] == 0)
		p->id[record] = match_text_datum(p->data->id[record]);
	return p->id[record];
}

static void
predict_pair(void *arg, int l, int r, int rule)
{
	bool		nulls[4] = {false, false, false, false};
	Predict    *p = arg;
	double		weight = match_weight(p->scorer, l, r);
	Datum		values[4];

	if (!(weight >= p->min_weight))
		return;
	values[0] = id_datum(p, l);
	values[1] = id_datum(p, r);
	values[2] = Float8GetDatum(weight);
	values[3] = Float8GetDatum(match_probability_of(weight));
	tuplestore_putvalues(p->rsinfo->setResult, p->rsinfo->setDesc, values, nulls);
}

PG_FUNCTION_INFO_V1(match_predict);

/*
 * match_predict(source regclass, model match_model, min_weight float8, max_pairs bigint) ->
 * setof (id_l text, id_r text, match_weight float8, match_probability float8): pairs that the
 * blocking rules give, each once, and whose weight is min_weight or more.  54000 where the rules
 * would give more than max_pairs pairs.
 */
Datum
match_predict(PG_FUNCTION_ARGS)
{
	MemoryContext work;
	MemoryContext old;
	MatchModel *model;
	MatchData	data;
	Predict		p;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	match_check_weight(PG_GETARG_FLOAT8(2));
	work = AllocSetContextCreate(CurrentMemoryContext, "match", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(work);
	model = match_model_of(PG_GETARG_JSONB_P(1));
	match_data_read(PG_GETARG_OID(0), model, &data);
	p.scorer = match_scorer(model, &data);
	p.data = &data;
	p.min_weight = PG_GETARG_FLOAT8(2);
	p.id = palloc_extended(Max(data.records, 1) * sizeof(Datum), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	p.rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	match_pairs(model, &data, model->rule, model->rules, PG_GETARG_INT64(3), "max_pairs",
				predict_pair, &p);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(work);
	return (Datum) 0;
}

/* ---- explain ---- */

#define EXPLAIN_COLUMNS	8

static void
put_row(ReturnSetInfo *rsinfo, const char *comparison, const MatchLevel *level, double m, double u,
		double weight, double tf, double total)
{
	bool		nulls[EXPLAIN_COLUMNS] = {false};
	Datum		values[EXPLAIN_COLUMNS];

	values[0] = CStringGetTextDatum(comparison);
	values[1] = Int32GetDatum(level ? level->gamma : 0);
	nulls[1] = level == NULL;
	values[2] = CStringGetTextDatum(level ? level->label : "probability_two_random_records_match");
	values[3] = Float8GetDatum(m);
	nulls[3] = isnan(m);
	values[4] = Float8GetDatum(u);
	nulls[4] = isnan(u);
	values[5] = Float8GetDatum(weight);
	values[6] = Float8GetDatum(tf);
	values[7] = Float8GetDatum(total);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

void
match_waterfall(struct ReturnSetInfo *rsinfo, MatchScorer *scorer, int l, int r)
{
	MatchModel *model = scorer->model;
	double		total = scorer->prior;

	(void) match_weight(scorer, l, r);
	put_row(rsinfo, "prior", NULL, model->lambda, 1 - model->lambda, total, 0, total);
	for (int c = 0; c < model->comparisons; c++)
	{
		double		weight;
		double		tf;
		const MatchLevel *level = &model->comparison[c].level[match_scored_level(scorer, c, &weight,
																				 &tf)];

		total += weight + tf;
		put_row(rsinfo, model->comparison[c].name, level,
				level->is_null ? get_float8_nan() : level->m,
				level->is_null ? get_float8_nan() : level->u, weight, tf, total);
	}
}

static int
find_record(const MatchData *data, text *id)
{
	TextSpan	span;

	if (text_from_server(VARDATA_ANY(id), VARSIZE_ANY_EXHDR(id), &span) == TEXT_OK)
		for (int i = 0; i < data->records; i++)
			if (data->id[i].len == span.len && memcmp(data->id[i].data, span.data, span.len) == 0)
				return i;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the source has no record with that id"),
			 errhint("Ids are those that match_predict shows.")));
}

PG_FUNCTION_INFO_V1(match_explain);

/*
 * match_explain(source regclass, model match_model, id_l text, id_r text) -> setof (comparison
 * text, level int, label text, m float8, u float8, match_weight float8, tf_adjustment float8, total
 * float8): what each comparison adds to the weight, the prior first, with the running total.
 */
Datum
match_explain(PG_FUNCTION_ARGS)
{
	MemoryContext work;
	MemoryContext old;
	MatchModel *model;
	MatchData	data;
	int			l;
	int			r;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	work = AllocSetContextCreate(CurrentMemoryContext, "match", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(work);
	model = match_model_of(PG_GETARG_JSONB_P(1));
	match_data_read(PG_GETARG_OID(0), model, &data);
	l = find_record(&data, PG_GETARG_TEXT_PP(2));
	r = find_record(&data, PG_GETARG_TEXT_PP(3));
	if (l == r)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a record is not matched with itself"),
				 errhint("Give the ids of two records.")));
	match_waterfall((ReturnSetInfo *) fcinfo->resultinfo, match_scorer(model, &data), Min(l, r),
					Max(l, r));
	MemoryContextSwitchTo(old);
	MemoryContextDelete(work);
	return (Datum) 0;
}
