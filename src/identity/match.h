/*
 * match.h
 *	  Probabilistic matching (Fellegi-Sunter): what the files of the matcher share.
 *
 * A model (match_model.c) is Splink's settings or model JSON as a tree. Its conditions
 * (match_condition.c) are parsed by PostgreSQL's own parser and walked against a list of allowed
 * constructs. What concerns one record only is left to PostgreSQL: each such expression becomes a
 * column, read once for all records as the caller (match_data.c) and dictionary-coded. What
 * concerns a pair is evaluated here (match_condition.c), over the numbers and values of the
 * dictionaries.
 */
#ifndef OMNI_IDENTITY_MATCH_H
#define OMNI_IDENTITY_MATCH_H

#include "lib/stringinfo.h"
#include "nodes/pg_list.h"
#include "utils/jsonb.h"

#include "text/text.h"

struct ReturnSetInfo;

/* ---- values ---- */

typedef enum MatchKind
{
	MATCH_TEXT,
	MATCH_NUMBER,				/* numbers; a date is days, a timestamp seconds since 1970 */
	MATCH_BOOLEAN,
	MATCH_TEXTS,				/* text[]: elements sorted by text_value_compare, without NULLs and
								 * repetitions */
	MATCH_NUMBERS				/* array of numbers in its own order */
} MatchKind;

typedef struct MatchValue
{
	double		number;			/* also 0 or 1 of a boolean */
	TextSpan	text;
	int			count;			/* of an array's elements */
	union
	{
		const TextSpan *texts;
		const double *numbers;
	};
} MatchValue;

/* no value: NULL */
#define MATCH_NULL	(-1)

/*
 * An expression over one record, for all records.  Both sides of a pair use the same column, so
 * that equal numbers in ids mean equal values, of any kind.
 */
typedef struct MatchColumn
{
	char	   *sql;			/* over the source's columns, names quoted, functions qualified */
	char	   *uncast;			/* sql is (uncast)::pg_catalog.text, else NULL: where another
								 * column's sql is uncast and gives text already, the two are the
								 * same and are read once (they may share all that is below) */
	/* filled by match_data.c */
	MatchKind	kind;			/* from the type of the result */
	int32	   *ids;			/* by record: place in values, or MATCH_NULL */
	MatchValue *values;
	int64	   *counts;			/* by value: records that have it */
	int			distinct;
	int64		filled;			/* records that have a value */
} MatchColumn;

/* ---- a model ---- */

/* a condition over a pair, opaque outside match_condition.c */
typedef struct MatchCondition MatchCondition;

typedef enum MatchLink
{
	LINK_DEDUPE_ONLY,
	LINK_LINK_ONLY,
	LINK_LINK_AND_DEDUPE
} MatchLink;

/* pairs with equal keys that the rest of the rule is true of */
typedef struct MatchRule
{
	char	   *sql;
	MatchCondition *condition;	/* the whole rule */
	int			keys;			/* conjuncts of the form <left> = <right>: columns of each side */
	int		   *left;
	int		   *right;
	MatchCondition *rest;		/* other conjuncts, or NULL */
	int			explode;		/* columns of arrays_to_explode, and which columns they are: text
								 * arrays, which as keys (the same on both sides) have a value in
								 * common rather than being equal */
	int		   *exploded;
	int			columns;		/* source columns that occur in it, by name */
	char	  **column;
} MatchRule;

typedef struct MatchLevel
{
	char	   *sql;			/* "ELSE" for the last one */
	char	   *label;
	MatchCondition *condition;	/* NULL for ELSE */
	bool		is_null;
	double		m;				/* NaN where the JSON has none */
	double		u;
	bool		fix_m;
	bool		fix_u;
	int			tf_column;		/* column whose term frequencies adjust it, or -1 */
	double		tf_weight;
	double		tf_minimum_u;
	bool		tf_own_u;		/* disable_tf_exact_match_detection */
	int			exact_column;	/* the one column that the condition says is equal, or -1 */
	int			exacts;			/* the condition says that these columns are equal, nothing else */
	int		   *exact;			/* (Splink's exact match level); 0 for other conditions */
	int			same_column;	/* column, of whatever expression, that the condition says is equal,
								 * and nothing else; or -1 */
	int			gamma;			/* comparison vector value: -1 for NULL, 0 for ELSE */
} MatchLevel;

typedef struct MatchComparison
{
	char	   *name;			/* output_column_name */
	int			levels;
	MatchLevel *level;
	int			columns;		/* source columns that occur in it, by name */
	char	  **column;
} MatchComparison;

/* what the settings ask of the training; rules are SQL, for match_rule_parse */
typedef struct MatchTraining
{
	int			deterministic;	/* -1 where the settings have no such list */
	char	  **deterministic_rule;
	double		recall;			/* NaN where not given */
	int			em;				/* -1 where the settings have no such list */
	char	  **em_rule;
	double		max_pairs;		/* NaN where not given */
	double		max_rule_pairs;	/* NaN where not given */
	bool		has_seed;
	int64		seed;
	/* these are true where the settings do not have them */
	bool		estimate_u;		/* "estimate_u": by sampling */
	bool		fix_u;			/* "fix_u_probabilities": EM leaves u as it is */
	/* these are false where the settings do not have them */
	bool		without_tf;		/* "estimate_without_term_frequencies": EM looks at levels alone */
	/* "populate_probability_two_random_records_match_from_trained_values": by the EM sessions */
	bool		em_lambda;
} MatchTraining;

typedef struct MatchModel
{
	MatchLink	link;
	double		lambda;			/* probability_two_random_records_match */
	double		em_convergence;
	int			max_iterations;
	char	   *unique_id;		/* name of the source's column */
	char	   *source_dataset;
	int			columns;
	MatchColumn *column;
	int			rules;
	MatchRule  *rule;
	int			comparisons;
	MatchComparison *comparison;
	MatchTraining training;
	Jsonb	   *json;			/* all of it, as given: what omni does not use is kept for export */
	struct MatchNodes *nodes;	/* what the conditions have in common; match_condition.c's own */
} MatchModel;

/*
 * A datum of type match_model is a checked Jsonb (PG_GETARG_JSONB_P), short forms expanded; what
 * match_model_export gives is one, too.
 *
 * A model from JSON; on refusal false, with problem filled (the detail names the construct).
 * Raises only on lack of memory or stack.
 */
extern bool match_model_parse(Jsonb *json, MatchModel *model, Problem *problem);

/* an additional rule (training) over the columns of the model, which may get more of them */
extern bool match_rule_parse(const char *sql, MatchModel *model, MatchRule *rule, Problem *problem);

/*
 * JSON of the model with its present lambda, m and u, without "training", which Splink refuses; the
 * key is absent where m or u is NaN
 */
extern Jsonb *match_model_export(const MatchModel *model);

/*
 * Once the columns are read, and again after match_rule_parse: checks the kinds of the columns
 * against what the conditions do with them (42804) and makes room for what is remembered of pairs.
 */
extern void match_prepare(MatchModel *model);

/*
 * Whether a condition is true of records l and r; false where it is NULL.  begin_pair is called
 * once before the conditions of a pair, so that what several have in common is computed once.
 */
extern void match_begin_pair(MatchModel *model, int l, int r);
extern bool match_is_true(MatchModel *model, const MatchCondition *condition);

/* level of a comparison for the present pair */
extern int	match_level_of(MatchModel *model, const MatchComparison *comparison);

/* ---- records ---- */

typedef struct MatchData
{
	int			records;
	TextSpan   *id;				/* unique id, as text */
	int32	   *source;			/* number of the source dataset, all 0 where there is one */
	TextSpan   *source_name;
	int			sources;
} MatchData;

/*
 * Read the source as the caller: its ids, and every column of the model.  Records are numbered in
 * the order of their ids (numbers by value, texts by bytes): l < r is Splink's order of a pair.
 * An id is that of the source's dataset too, "dataset-__-id", where the model links datasets.
 */
extern void match_data_read(Oid source, MatchModel *model, MatchData *data);

/*
 * the same of records whose columns were computed elsewhere: types by column, values by record and
 * column; records have their own order and no ids
 */
extern void match_data_values(MatchModel *model, MatchData *data, int records, const Oid *type,
							  const Datum *value, const bool *null);

/* one more expression over a record, before the source is read; its number */
extern int	match_column_add(MatchModel *model, const char *sql);

/* bytes that two values of a kind have in common only where they are equal */
extern void match_value_key(MatchKind kind, const MatchValue *value, StringInfo key);

/* ---- pairs (match_pairs.c) ---- */

/* a pair, l < r, that the rule is the first to be true of */
typedef void (*MatchPair) (void *arg, int l, int r, int rule);

/* pairs that the rules give at most, from the counts of their keys */
extern double match_pairs_estimate(MatchModel *model, const MatchData *data, const MatchRule *rule,
								   int rules);

/*
 * each pair of the rules once; 54000 where the estimate is above max_pairs, which a setting of that
 * name allows
 */
extern void match_pairs(MatchModel *model, const MatchData *data, const MatchRule *rule, int rules,
						double max_pairs, const char *setting, MatchPair pair, void *arg);

/* all pairs that the model's link type allows */
extern double match_pairs_possible(const MatchModel *model, const MatchData *data);

/* ---- weights (match_score.c) ---- */

/* what the weights of a model with its data are computed from */
typedef struct MatchScorer MatchScorer;

extern MatchScorer *match_scorer(MatchModel *model, const MatchData *data);

/* weight of a pair: match_begin_pair is called here */
extern double match_weight(MatchScorer *scorer, int l, int r);

/* level of the pair that was weighed last, its weight, and its part for how rare the value is */
extern int	match_scored_level(const MatchScorer *scorer, int comparison, double *weight,
							   double *tf);

/*
 * the term frequencies that a level adjusts by are these logarithms, by record, NaN where there is
 * none, and not what the data has
 */
extern void match_scorer_frequencies(MatchScorer *scorer, int comparison, int level,
									 const double *log_tf);

/* rows of match_explain: the prior, then the comparisons */
extern void match_waterfall(struct ReturnSetInfo *rsinfo, MatchScorer *scorer, int l,
							int r);

extern double match_probability_of(double weight);

/* m and u where the model has none: what Splink begins with */
extern void match_model_defaults(MatchModel *model);

/* model of a value of omni.match_model, ready to be scored with */
extern MatchModel *match_model_of(Jsonb *json);

/* 22023 unless the threshold is a number */
extern void match_check_weight(double min_weight);

/* text of a span in the server's encoding */
extern Datum match_text_datum(TextSpan span);

#endif							/* OMNI_IDENTITY_MATCH_H */
