/*
 * match_condition.h
 *	  Conditions of a matching model: what the files match_condition*.c and match_model.c share.
 *
 * A condition is read (match_condition.c) from the raw parse tree into a tree of nodes, each of
 * which is on the list of what a model may use.  That tree is planned (match_condition_plan.c):
 * what concerns one record becomes SQL text (match_condition_sql.c) of a column of the model, the
 * rest becomes nodes that are evaluated for a pair (match_condition_eval.c).  Planned nodes are
 * unique in a model: two conditions that compute the same have the same node.
 */
#ifndef OMNI_IDENTITY_MATCH_CONDITION_H
#define OMNI_IDENTITY_MATCH_CONDITION_H

#include "nodes/pg_list.h"

#include "identity/match.h"

/* limits of what is read, beyond which a model is refused (54000) */
#define CONDITION_MAX	65536	/* bytes of a condition, and of the SQL of a column */
#define CONDITION_DEPTH	400		/* nodes inside each other */
#define COLUMNS_MAX		1000	/* columns of a model: a query has at most 1,664 */

/* records that an expression is about */
#define SIDE_LEFT	1
#define SIDE_RIGHT	2
#define SIDE_BOTH	3

typedef enum MatchOp
{
	/* read from SQL */
	OP_NULL,
	OP_STRING,					/* name is it */
	OP_NUMBER,					/* name as written, number its value */
	OP_BOOLEAN,
	OP_FIELD,					/* column of the source, name */
	OP_AND,
	OP_OR,
	OP_NOT,
	OP_IS_NULL,
	OP_IS_TRUE,
	OP_IS_FALSE,
	OP_COMPARE,					/* detail is a Comparator */
	OP_DISTINCT,
	OP_CASE,					/* WHEN, THEN, WHEN, THEN, ..., ELSE */
	OP_COALESCE,
	OP_NULLIF,
	OP_GREATEST,
	OP_LEAST,
	OP_ADD,
	OP_SUBTRACT,
	OP_MULTIPLY,
	OP_DIVIDE,
	OP_MODULO,
	OP_NEGATE,
	OP_CONCAT,
	OP_LIKE,
	OP_ILIKE,
	OP_REGEX,
	OP_REGEX_ICASE,
	OP_CAST,					/* detail is a place in match_cast */
	OP_SUBSCRIPT,				/* detail is the constant subscript */
	OP_ARRAY,
	OP_OVERLAP,					/* detail 1: of columns to explode */
	OP_FUNCTION,				/* detail is a place in match_function */
	OP_PAIRWISE,				/* the most or least of a function over pairs of elements */
	/* only in a plan */
	OP_VALUE,					/* of column number detail of the model, for the record of sides */
	OP_SAME						/* column number detail is equal for both */
} MatchOp;

typedef enum Comparator
{
	COMPARATOR_EQ,
	COMPARATOR_NE,
	COMPARATOR_LT,
	COMPARATOR_LE,
	COMPARATOR_GT,
	COMPARATOR_GE
} Comparator;

/* what is known of the type of an expression before its columns are */
typedef enum MatchType
{
	TYPE_UNKNOWN,
	TYPE_TEXT,
	TYPE_NUMBER,
	TYPE_BOOLEAN,
	TYPE_TIME,
	TYPE_TEXTS,
	TYPE_NUMBERS
} MatchType;

/* what a context casts an expression to */
typedef enum MatchWant
{
	WANT_ANY,
	WANT_TEXT,
	WANT_FLOAT,
	WANT_NUMERIC,
	WANT_INTEGER,
	WANT_TEXTS,
	WANT_NUMBERS
} MatchWant;

/* functions that are evaluated for a pair */
typedef enum PairFunction
{
	PAIR_NONE,					/* only over one record */
	PAIR_ABS,
	PAIR_LN,
	PAIR_LOG10,
	PAIR_LOG2,
	PAIR_EXP,
	PAIR_POWER,
	PAIR_SQRT,
	PAIR_FLOOR,
	PAIR_CEIL,
	PAIR_ROUND,
	PAIR_SIGN,
	PAIR_SIN,
	PAIR_COS,
	PAIR_TAN,
	PAIR_ASIN,
	PAIR_ACOS,
	PAIR_ATAN,
	PAIR_ATAN2,
	PAIR_RADIANS,
	PAIR_DEGREES,
	PAIR_LEVENSHTEIN,			/* distances from here */
	PAIR_DAMERAU_LEVENSHTEIN,
	PAIR_JARO,
	PAIR_JARO_WINKLER,
	PAIR_JACCARD,				/* to here */
	PAIR_COSINE,
	PAIR_COMMON,				/* how many elements two arrays have in common */
	PAIR_CONTAINS
} PairFunction;

#define IS_DISTANCE(f)	((f) >= PAIR_LEVENSHTEIN && (f) <= PAIR_JACCARD)

typedef struct MatchFunction
{
	const char *name;
	int			min_args;
	const char *args;			/* a letter an argument: what it is cast to, see want_of */
	MatchType	type;
	PairFunction pair;
	const char *sql;			/* '*' stands for the arguments */
} MatchFunction;

typedef struct MatchCast
{
	const char *name;			/* as written */
	const char *sql;			/* name of the type in pg_catalog */
	MatchType	type;
	int			modifiers;		/* it may have so many */
} MatchCast;

extern const MatchFunction match_function[];
extern const MatchCast match_cast[];

/* distances remembered by the numbers of two values */
typedef struct DistanceCache
{
	uint64		mask;
	uint64	   *key;			/* (left + 1) << 32 | right + 1 */
	double	   *distance;
} DistanceCache;

struct MatchCondition
{
	MatchOp		op;
	int			detail;
	int			sides;
	MatchType	type;
	int			nargs;
	MatchCondition **args;
	const char *name;			/* NUL-terminated, in the server encoding */
	double		number;
	bool		most;			/* of OP_PAIRWISE: the most, not the least */
	int			modifiers;		/* of OP_CAST */
	int			modifier[2];
	int			location;
	/* while planning: nothing but constants (1) or not (-1), and what became of it in a context */
	int			constants;
	MatchCondition *planned;
	MatchWant	planned_as;
	/* of a planned node */
	bool		whole;			/* it is a condition */
	int			depth;
	int			kind;			/* MatchKind, or MATCH_NULL where it is always NULL */
	int			limit;			/* of PAIR_LEVENSHTEIN: no use asks for more; -1 before any use */
	const int32 *ids;			/* of its column */
	const MatchValue *values;
	DistanceCache cache;
	uint64		stamp;			/* pair that result is of */
	const MatchValue *result;	/* NULL: NULL */
	MatchValue	own;			/* where a computed value is */
};

/* planned nodes of a model */
typedef struct MatchNodes
{
	MemoryContext context;
	int			count;
	int			capacity;		/* a power of two */
	MatchCondition **node;		/* in the order of their making: arguments come first */
	int		   *slot;			/* hash table of twice the capacity: place in node + 1 */
	bool		prepared;
	uint64		stamp;
	int			l;
	int			r;
} MatchNodes;

/* what is read with one condition */
typedef struct MatchParse
{
	MatchModel *model;
	Problem    *problem;
	int			explode;		/* names of columns to explode */
	char	  **exploded;
	List	   *fields;			/* names of the source's columns that occur */
	int			depth;
} MatchParse;

/* fill the problem: the condition uses what, where %s stands for name; NULL, for "return" */
extern MatchCondition *condition_refuse(MatchParse *p, const char *what, const char *name);
extern bool condition_too_large(MatchParse *p, const char *detail);
extern bool condition_too_deep(MatchParse *p);

extern MatchCondition *condition_read(MatchParse *p, const char *sql);
extern MatchCondition *condition_node(MatchOp op, MatchType type, int nargs, ...);
extern bool condition_same_field(const MatchCondition *n);

extern int	condition_function(const char *name, int nargs);
extern int	condition_cast(const char *name);
extern MatchWant want_of(char letter);
extern bool condition_sql(MatchParse *p, StringInfo out, const MatchCondition *n, MatchWant want);
extern char *condition_quote(const char *name);

extern MatchNodes *match_nodes(void);
extern MatchCondition *condition_plan(MatchParse *p, MatchCondition *n, MatchWant want);
extern MatchCondition *condition_plan_whole(MatchParse *p, MatchCondition *n);
extern MatchCondition *condition_plan_and(MatchParse *p, MatchCondition **args, int n);
extern int	condition_column(MatchParse *p, const MatchCondition *n, MatchWant want);

#endif							/* OMNI_IDENTITY_MATCH_CONDITION_H */
