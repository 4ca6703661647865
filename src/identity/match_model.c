/*
 * match_model.c
 *	  match_model: the settings or the trained model of a probabilistic matching, in Splink's JSON.
 *
 * On disk a value is its jsonb, comparisons in short form written out.  Whatever is stored has been
 * read by match_model_parse: its conditions hold only what match_condition.c allows, its
 * probabilities are from 0 to 1, and the last level of each comparison is ELSE.  What omni does not
 * use is kept, so that Splink gets back what it gave.
 *
 * The text form is the JSON; the binary form is a version byte (1) and the text.
 */
#include "postgres.h"
#include "compat.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "common/shortest_dec.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

#include "identity/match_condition.h"
#include "identity/match_model.h"
#include "text/json.h"

#define MODEL_VERSION	1

/* limits beyond which a model is refused (54000) */
#define MODEL_MAX		(1024 * 1024)	/* bytes of its JSON */
#define COMPARISONS_MAX	200
#define LEVELS_MAX		100
#define RULES_MAX		1000

/* longest part of a name that a message repeats */
#define SHOWN_MAX		60

/* what Splink writes for a level that its training data never had */
#define NOT_OBSERVED	"level not observed in training dataset"

typedef struct Reader
{
	MatchModel *model;
	Problem    *problem;
	const char *where;			/* what a detail begins with */
} Reader;

/* ---- problems ---- */

/* fill the problem; always false */
static bool
refuse(Reader *r, const char *code, int sqlerrcode, const char *detail, const char *hint)
{
	PROBLEM(r->problem, code, r->where ? psprintf("%s: %s", r->where, detail) : detail, hint);
	r->problem->sqlerrcode = sqlerrcode;
	return false;
}

#define SETTINGS_HINT \
	"The documentation of match_model lists its settings and their values."

static bool
refuse_key(Reader *r, const char *code, const char *key, const char *must)
{
	return refuse(r, code,
				  strcmp(code, "range") == 0 ? ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE :
				  ERRCODE_INVALID_PARAMETER_VALUE,
				  psprintf("\"%s\" must be %s.", key, must), SETTINGS_HINT);
}

/* a problem that a condition has: say where */
static bool
refuse_condition(Reader *r)
{
	if (r->where != NULL)
		r->problem->detail = psprintf("%s: %s", r->where, r->problem->detail);
	return false;
}

static char *
shown(const char *s)
{
	int			len = strlen(s);
	int			clipped = pg_mbcliplen(s, len, SHOWN_MAX);

	return psprintf("%.*s%s", clipped, s, clipped < len ? "..." : "");
}

/* ---- JSON ---- */

static char *
string_of(const JsonbValue *v)
{
	return pnstrdup(v->val.string.val, v->val.string.len);
}

static double
number_of(const JsonbValue *v)
{
	return DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow,
											  NumericGetDatum(v->val.numeric)));
}

static bool
is_object(const JsonbValue *v)
{
	return v->type == jbvBinary && JsonContainerIsObject(v->val.binary.data);
}

static bool
is_array(const JsonbValue *v)
{
	return v->type == jbvBinary && JsonContainerIsArray(v->val.binary.data) &&
		!JsonContainerIsScalar(v->val.binary.data);
}

/* the value of a key; null is as good as no value */
static bool
get(JsonbContainer *object, const char *key, JsonbValue *v)
{
	return getKeyJsonValueFromContainer(object, key, strlen(key), v) != NULL && v->type != jbvNull;
}

/* what is there stays as it is where the key is not; false with a problem */
static bool
get_string(Reader *r, JsonbContainer *object, const char *key, char **out)
{
	JsonbValue	v;

	if (!get(object, key, &v))
		return true;
	if (v.type != jbvString)
		return refuse_key(r, "type", key, "a string");
	*out = string_of(&v);
	return true;
}

static bool
get_boolean(Reader *r, JsonbContainer *object, const char *key, bool *out)
{
	JsonbValue	v;

	if (!get(object, key, &v))
		return true;
	if (v.type != jbvBool)
		return refuse_key(r, "type", key, "true or false");
	*out = v.val.boolean;
	return true;
}

static bool
get_number(Reader *r, JsonbContainer *object, const char *key, double from, double to,
		   double *out)
{
	JsonbValue	v;
	double		d;

	if (!get(object, key, &v))
		return true;
	if (v.type != jbvNumeric)
		return refuse_key(r, "type", key, "a number");
	d = number_of(&v);
	if (!(d >= from && d <= to))
		return refuse_key(r, "range", key, isinf(to) ? psprintf("at least %g", from) :
						  psprintf("from %g to %g", from, to));
	*out = d;
	return true;
}

/* m and u: Splink 3 had a sentence for what was never observed */
static bool
get_probability(Reader *r, JsonbContainer *object, const char *key, double *out)
{
	JsonbValue	v;

	*out = NAN;
	if (get(object, key, &v) && v.type == jbvString && strcmp(string_of(&v), NOT_OBSERVED) == 0)
		return true;
	return get_number(r, object, key, 0, 1, out);
}

/* the elements of an array; *n stays as it is where the key is not */
static bool
get_array(Reader *r, JsonbContainer *object, const char *key, int most, int *n,
		  JsonbContainer **out)
{
	JsonbValue	v;

	if (!get(object, key, &v))
		return true;
	if (!is_array(&v))
		return refuse_key(r, "type", key, "an array");
	*out = v.val.binary.data;
	*n = JsonContainerSize(*out);
	if (*n > most)
		return refuse(r, "too_large", ERRCODE_PROGRAM_LIMIT_EXCEEDED,
					  psprintf("\"%s\" has %d elements, the limit is %d.", key, *n, most), NULL);
	return true;
}

static bool
get_strings(Reader *r, JsonbContainer *object, const char *key, int *n, char ***out)
{
	JsonbContainer *array = NULL;

	if (!get_array(r, object, key, COLUMNS_MAX, n, &array))
		return false;
	*out = palloc0(sizeof(char *) * Max(*n, 1));
	for (int i = 0; array != NULL && i < *n; i++)
	{
		JsonbValue *v = getIthJsonbValueFromContainer(array, i);

		if (v->type != jbvString)
			return refuse_key(r, "type", key, "an array of strings");
		(*out)[i] = string_of(v);
	}
	return true;
}

/* no other keys than these (NULL at the end) */
static bool
only_keys(Reader *r, JsonbContainer *object, const char *const *keys)
{
	JsonbIterator *it = JsonbIteratorInit(object);
	JsonbValue	v;
	JsonbIteratorToken token;

	while ((token = JsonbIteratorNext(&it, &v, true)) != WJB_DONE)
	{
		int			i = 0;

		if (token != WJB_KEY)
			continue;
		while (keys[i] != NULL && (strlen(keys[i]) != v.val.string.len ||
								   memcmp(keys[i], v.val.string.val, v.val.string.len) != 0))
			i++;
		if (keys[i] == NULL)
			return refuse(r, "key", ERRCODE_INVALID_PARAMETER_VALUE,
						  psprintf("There is no setting \"%s\" here.", shown(string_of(&v))), NULL);
	}
	return true;
}

/* ---- rules ---- */

typedef struct RuleText
{
	char	   *sql;
	int			explode;
	char	  **exploded;
} RuleText;

/* a rule is a string, or an object with one */
static bool
read_rule_text(Reader *r, const JsonbValue *v, RuleText *out)
{
	memset(out, 0, sizeof(RuleText));
	if (v->type == jbvString)
		out->sql = string_of(v);
	else if (!is_object(v))
		return refuse(r, "type", ERRCODE_INVALID_PARAMETER_VALUE,
					  "A rule must be a string or an object with \"blocking_rule\".", NULL);
	else if (!get_string(r, v->val.binary.data, "blocking_rule", &out->sql) ||
			 !get_strings(r, v->val.binary.data, "arrays_to_explode", &out->explode,
						  &out->exploded))
		return false;
	if (out->sql == NULL)
		return refuse(r, "missing", ERRCODE_INVALID_PARAMETER_VALUE,
					  "There is no \"blocking_rule\".", NULL);
	return true;
}

/* what is ANDed at the top */
static List *
conjuncts(List *list, MatchCondition *n)
{
	if (n->op != OP_AND)
		return lappend(list, n);
	for (int i = 0; i < n->nargs; i++)
		list = conjuncts(list, n->args[i]);
	return list;
}

static char **
names_of(List *list, int *n)
{
	char	  **names = palloc(sizeof(char *) * Max(list_length(list), 1));
	ListCell   *cell;

	*n = 0;
	foreach(cell, list)
		names[(*n)++] = lfirst(cell);
	return names;
}

/* an equality of the two sides becomes a key; false with a problem */
static bool
add_key(MatchParse *p, MatchRule *rule, MatchCondition *n, bool *is_key)
{
	MatchCondition *a = n->nargs == 2 ? n->args[0] : NULL;
	MatchCondition *b = n->nargs == 2 ? n->args[1] : NULL;
	bool		exploded = n->op == OP_OVERLAP && n->detail == 1;
	MatchWant	want = exploded ? WANT_TEXTS : WANT_ANY;
	int			column;

	*is_key = (exploded || (n->op == OP_COMPARE && n->detail == COMPARATOR_EQ)) &&
		(a->sides | b->sides) == SIDE_BOTH && a->sides != SIDE_BOTH && b->sides != SIDE_BOTH;
	if (!*is_key)
		return true;
	column = condition_column(p, a->sides == SIDE_LEFT ? a : b, want);
	if (column < 0)
		return false;
	rule->left[rule->keys] = column;
	if (exploded)
		rule->exploded[rule->explode++] = column;
	column = condition_column(p, a->sides == SIDE_LEFT ? b : a, want);
	if (column < 0)
		return false;
	rule->right[rule->keys++] = column;
	return true;
}

static bool
parse_rule(MatchModel *model, const RuleText *text, MatchRule *rule, Problem *problem)
{
	MatchParse	p = {.model = model, .problem = problem, .explode = text->explode,
	.exploded = text->exploded};
	MatchCondition *tree = condition_read(&p, text->sql);
	MatchCondition **rest;
	List	   *parts;
	ListCell   *cell;
	int			n = 0;

	memset(rule, 0, sizeof(MatchRule));
	if (tree == NULL)
		return false;
	rule->sql = pstrdup(text->sql);
	rule->condition = condition_plan_whole(&p, tree);
	if (rule->condition == NULL)
		return false;
	parts = conjuncts(NIL, tree);
	rest = palloc(sizeof(MatchCondition *) * list_length(parts));
	rule->left = palloc(sizeof(int) * list_length(parts));
	rule->right = palloc(sizeof(int) * list_length(parts));
	rule->exploded = palloc(sizeof(int) * list_length(parts));
	foreach(cell, parts)
	{
		bool		is_key;

		if (!add_key(&p, rule, lfirst(cell), &is_key))
			return false;
		if (!is_key)
			rest[n++] = lfirst(cell);
	}
	rule->rest = condition_plan_and(&p, rest, n);
	if (n > 0 && rule->rest == NULL)
		return false;
	rule->column = names_of(p.fields, &rule->columns);
	return true;
}

bool
match_rule_parse(const char *sql, MatchModel *model, MatchRule *rule, Problem *problem)
{
	RuleText	text = {.sql = unconstify(char *, sql)};

	memset(problem, 0, sizeof(Problem));
	return parse_rule(model, &text, rule, problem);
}

static bool
read_rules(Reader *r, JsonbContainer *settings)
{
	MatchModel *model = r->model;
	JsonbContainer *array = NULL;

	if (!get_array(r, settings, "blocking_rules_to_generate_predictions", RULES_MAX,
				   &model->rules, &array))
		return false;
	model->rule = palloc0(sizeof(MatchRule) * Max(model->rules, 1));
	for (int i = 0; i < model->rules; i++)
	{
		RuleText	text;

		r->where = psprintf("Blocking rule %d", i + 1);
		if (!read_rule_text(r, getIthJsonbValueFromContainer(array, i), &text))
			return false;
		if (!parse_rule(model, &text, &model->rule[i], r->problem))
			return refuse_condition(r);
	}
	r->where = NULL;
	return true;
}

/* ---- comparisons ---- */

static bool
is_else(const char *sql)
{
	const char *end = sql + strlen(sql);

	while (end > sql && isspace((unsigned char) end[-1]))
		end--;
	while (isspace((unsigned char) *sql))
		sql++;
	return end - sql == 4 && pg_strncasecmp(sql, "ELSE", 4) == 0;
}

static int
field_column(MatchParse *p, const char *name)
{
	MatchCondition field = {.op = OP_FIELD, .name = name};

	return condition_column(p, &field, WANT_ANY);
}

/* which columns the condition says are equal, if it says nothing else */
static bool
find_exact(MatchParse *p, MatchLevel *level, MatchCondition *tree)
{
	List	   *parts = conjuncts(NIL, tree);
	ListCell   *cell;

	level->exact_column = -1;
	foreach(cell, parts)
		if (!condition_same_field(lfirst(cell)))
			return true;
	level->exact = palloc(sizeof(int) * list_length(parts));
	foreach(cell, parts)
	{
		int			column = field_column(p, ((MatchCondition *) lfirst(cell))->args[0]->name);

		if (column < 0)
			return false;
		level->exact[level->exacts++] = column;
	}
	if (level->exacts == 1)
		level->exact_column = level->exact[0];
	return true;
}

static bool
read_condition(Reader *r, MatchParse *p, MatchLevel *level)
{
	MatchCondition *tree;

	level->exact_column = -1;
	level->same_column = -1;
	if (is_else(level->sql))
	{
		level->sql = pstrdup("ELSE");
		return true;
	}
	tree = condition_read(p, level->sql);
	if (tree != NULL)
		level->condition = condition_plan_whole(p, tree);
	if (level->condition == NULL || !find_exact(p, level, tree))
		return refuse_condition(r);
	if (level->condition->op == OP_SAME)
		level->same_column = level->condition->detail;
	return true;
}

static bool
read_level(Reader *r, MatchParse *p, const JsonbValue *v, MatchLevel *level, char **tf_name)
{
	JsonbContainer *o = v->val.binary.data;

	*tf_name = NULL;
	level->tf_column = -1;
	level->tf_weight = 1;
	if (!is_object(v))
		return refuse(r, "type", ERRCODE_INVALID_PARAMETER_VALUE, "A level must be an object.",
					  NULL);
	if (!get_string(r, o, "sql_condition", &level->sql))
		return false;
	if (level->sql == NULL)
		return refuse(r, "missing", ERRCODE_INVALID_PARAMETER_VALUE,
					  "There is no \"sql_condition\".", NULL);
	level->label = level->sql;
	return get_string(r, o, "label_for_charts", &level->label) &&
		get_boolean(r, o, "is_null_level", &level->is_null) &&
		get_probability(r, o, "m_probability", &level->m) &&
		get_probability(r, o, "u_probability", &level->u) &&
		get_boolean(r, o, "fix_m_probability", &level->fix_m) &&
		get_boolean(r, o, "fix_u_probability", &level->fix_u) &&
		get_string(r, o, "tf_adjustment_column", tf_name) &&
		get_number(r, o, "tf_adjustment_weight", 0, 1, &level->tf_weight) &&
		get_number(r, o, "tf_minimum_u_value", 0, 1, &level->tf_minimum_u) &&
		get_boolean(r, o, "disable_tf_exact_match_detection", &level->tf_own_u) &&
		read_condition(r, p, level);
}

/* levels in their order: NULL first, ELSE last; the first after NULL has the highest number */
static bool
order_levels(Reader *r, MatchComparison *c)
{
	for (int i = 0; i < c->levels; i++)
	{
		MatchLevel *level = &c->level[i];
		bool		last = i == c->levels - 1;

		if ((level->condition == NULL) != last)
			return refuse(r, "else", ERRCODE_INVALID_PARAMETER_VALUE,
						  last ? "The last level is not ELSE." :
						  "A level other than the last one is ELSE.",
						  "The levels of a comparison end with \"sql_condition\": \"ELSE\".");
		if (level->is_null && (i > 0 || last))
			return refuse(r, "null_level", ERRCODE_INVALID_PARAMETER_VALUE,
						  "Only the first level can be the one of missing values.", NULL);
		level->gamma = level->is_null ? -1 : c->levels - 1 - i;
	}
	return true;
}

/* a column whose term frequencies adjust a level is in the comparison, and has an exact level */
static bool
find_term_frequency(Reader *r, MatchParse *p, MatchComparison *c, MatchLevel *level, char *name)
{
	int			len = strlen(name);
	bool		occurs = false;
	bool		exact = level->tf_own_u;

	if (len > 2 && name[0] == '"' && name[len - 1] == '"')
		name = pnstrdup(name + 1, len - 2);
	for (int i = 0; i < c->columns; i++)
		occurs = occurs || strcmp(c->column[i], name) == 0;
	if (!occurs)
		return refuse(r, "term_frequency", ERRCODE_INVALID_PARAMETER_VALUE,
					  psprintf("The term frequencies are of column \"%s\", which the comparison"
							   " does not use.", shown(name)), NULL);
	level->tf_column = field_column(p, name);
	if (level->tf_column < 0)
		return refuse_condition(r);
	for (int i = 0; i < c->levels; i++)
		exact = exact || c->level[i].exact_column == level->tf_column;
	if (!exact)
		return refuse(r, "term_frequency", ERRCODE_INVALID_PARAMETER_VALUE,
					  psprintf("No level is an exact match on column \"%s\" alone, whose term"
							   " frequencies adjust a level.", shown(name)),
					  "Add such a level, or set disable_tf_exact_match_detection.");
	return true;
}

/* the columns' names, as Splink names a comparison that has no name */
static char *
joined_names(const MatchComparison *c)
{
	StringInfoData out;

	initStringInfo(&out);
	for (int i = 0; i < c->columns; i++)
		appendStringInfo(&out, "%s%s", i > 0 ? "_" : "", c->column[i]);
	return out.data;
}

static bool
read_comparison(Reader *r, const JsonbValue *v, int number, MatchComparison *c)
{
	MatchParse	p = {.model = r->model, .problem = r->problem};
	JsonbContainer *levels = NULL;
	char	  **tf_name;
	char	   *what;

	r->where = what = psprintf("Comparison %d", number);
	if (!is_object(v))
		return refuse(r, "type", ERRCODE_INVALID_PARAMETER_VALUE, "It must be an object.", NULL);
	if (!get_string(r, v->val.binary.data, "output_column_name", &c->name))
		return false;
	if (c->name != NULL)
		r->where = what = psprintf("Comparison \"%s\"", shown(c->name));
	if (!get_array(r, v->val.binary.data, "comparison_levels", LEVELS_MAX, &c->levels, &levels))
		return false;
	if (c->levels == 0)
		return refuse(r, "missing", ERRCODE_INVALID_PARAMETER_VALUE,
					  "There are no \"comparison_levels\".",
					  "A comparison in short form has \"column\" and \"kind\".");
	c->level = palloc0(sizeof(MatchLevel) * c->levels);
	tf_name = palloc(sizeof(char *) * c->levels);
	for (int i = 0; i < c->levels; i++)
	{
		r->where = psprintf("%s, level %d", what, i + 1);
		if (!read_level(r, &p, getIthJsonbValueFromContainer(levels, i), &c->level[i],
						&tf_name[i]))
			return false;
	}
	r->where = what;
	c->column = names_of(p.fields, &c->columns);
	if (c->name == NULL)
		c->name = joined_names(c);
	if (!order_levels(r, c))
		return false;
	for (int i = 0; i < c->levels; i++)
		if (tf_name[i] != NULL && !find_term_frequency(r, &p, c, &c->level[i], tf_name[i]))
			return false;
	return true;
}

static bool
read_comparisons(Reader *r, JsonbContainer *settings)
{
	MatchModel *model = r->model;
	JsonbContainer *array = NULL;

	if (!get_array(r, settings, "comparisons", COMPARISONS_MAX, &model->comparisons, &array))
		return false;
	if (model->comparisons == 0)
		return refuse(r, "missing", ERRCODE_INVALID_PARAMETER_VALUE,
					  "There are no \"comparisons\".", NULL);
	model->comparison = palloc0(sizeof(MatchComparison) * model->comparisons);
	for (int i = 0; i < model->comparisons; i++)
	{
		if (!read_comparison(r, getIthJsonbValueFromContainer(array, i), i + 1,
							 &model->comparison[i]))
			return false;
		for (int j = 0; j < i; j++)
			if (strcmp(model->comparison[i].name, model->comparison[j].name) == 0)
				return refuse(r, "name", ERRCODE_INVALID_PARAMETER_VALUE,
							  psprintf("Comparison %d has the same name.", j + 1),
							  "Set another \"output_column_name\".");
	}
	r->where = NULL;
	return true;
}

/* ---- training ---- */

static bool
read_training_rules(Reader *r, JsonbContainer *training, const char *key, int *n, char ***out)
{
	JsonbContainer *array = NULL;
	MatchModel	scratch = {.nodes = match_nodes()};

	*n = -1;
	if (!get_array(r, training, key, RULES_MAX, n, &array))
		return false;
	*out = palloc(sizeof(char *) * Max(*n, 1));
	for (int i = 0; i < *n; i++)
	{
		RuleText	text;
		MatchRule	rule;

		r->where = psprintf("Training, rule %d of \"%s\"", i + 1, key);
		if (!read_rule_text(r, getIthJsonbValueFromContainer(array, i), &text))
			return false;
		if (text.explode > 0)
			return refuse_key(r, "key", "arrays_to_explode", "absent in rules of the training");
		/* its columns are read when the model is trained, not whenever it is used */
		if (!parse_rule(&scratch, &text, &rule, r->problem))
			return refuse_condition(r);
		(*out)[i] = text.sql;
	}
	return true;
}

static bool
read_training(Reader *r, JsonbContainer *settings)
{
	static const char *const keys[] = {"deterministic_rules", "recall", "em_blocking_rules",
		"max_pairs", "max_rule_pairs", "seed", "estimate_u", "fix_u_probabilities",
		"estimate_without_term_frequencies",
	"populate_probability_two_random_records_match_from_trained_values", NULL};
	MatchTraining *t = &r->model->training;
	JsonbContainer *o;
	JsonbValue	v;
	double		seed = NAN;

	t->deterministic = t->em = -1;
	t->recall = t->max_pairs = t->max_rule_pairs = NAN;
	t->estimate_u = t->fix_u = true;
	if (!get(settings, "training", &v))
		return true;
	if (!is_object(&v))
		return refuse_key(r, "type", "training", "an object");
	o = v.val.binary.data;
	r->where = "Training";
	if (!only_keys(r, o, keys) ||
		!get_number(r, o, "recall", 0, 1, &t->recall) ||
		!get_number(r, o, "max_pairs", 1, INFINITY, &t->max_pairs) ||
		!get_number(r, o, "max_rule_pairs", 1, INFINITY, &t->max_rule_pairs) ||
		!get_number(r, o, "seed", -9007199254740992.0, 9007199254740992.0, &seed) ||
		!get_boolean(r, o, "estimate_u", &t->estimate_u) ||
		!get_boolean(r, o, "fix_u_probabilities", &t->fix_u) ||
		!get_boolean(r, o, "estimate_without_term_frequencies", &t->without_tf) ||
		!get_boolean(r, o, "populate_probability_two_random_records_match_from_trained_values",
					 &t->em_lambda))
		return false;
	if (t->recall == 0)
		return refuse_key(r, "range", "recall", "above 0");
	if (!isnan(seed) && seed != rint(seed))
		return refuse_key(r, "type", "seed", "a whole number");
	t->has_seed = !isnan(seed);
	t->seed = t->has_seed ? (int64) seed : 0;
	if (!read_training_rules(r, o, "deterministic_rules", &t->deterministic,
							 &t->deterministic_rule) ||
		!read_training_rules(r, o, "em_blocking_rules", &t->em, &t->em_rule))
		return false;
	r->where = NULL;
	return true;
}

/* ---- the whole ---- */

static bool
read_link_type(Reader *r, JsonbContainer *settings)
{
	static const struct
	{
		const char *name;
		MatchLink	link;
	}			links[] = {
		{"dedupe_only", LINK_DEDUPE_ONLY},
		{"link_only", LINK_LINK_ONLY},
		{"link_and_dedupe", LINK_LINK_AND_DEDUPE},
	};
	char	   *name = NULL;

	if (!get_string(r, settings, "link_type", &name))
		return false;
	for (int i = 0; name != NULL && i < lengthof(links); i++)
		if (strcmp(name, links[i].name) == 0)
		{
			r->model->link = links[i].link;
			return true;
		}
	return refuse_key(r, name ? "link_type" : "missing", "link_type",
					  "dedupe_only, link_only or link_and_dedupe");
}

/* settings that omni does not use but Splink does: of the right type, or Splink refuses them */
static bool
check_unused(Reader *r, JsonbContainer *settings)
{
	static const char *const strings[] = {"sql_dialect", "linker_uid",
		"match_weight_column_prefix", "bayes_factor_column_prefix",
		"term_frequency_adjustment_column_prefix", "comparison_vector_value_column_prefix",
	NULL};
	static const char *const booleans[] = {"retain_matching_columns",
	"retain_intermediate_calculation_columns", NULL};
	char	   *string;
	bool		boolean;
	char	  **names;
	int			n = 0;

	for (int i = 0; strings[i] != NULL; i++)
		if (!get_string(r, settings, strings[i], &string))
			return false;
	for (int i = 0; booleans[i] != NULL; i++)
		if (!get_boolean(r, settings, booleans[i], &boolean))
			return false;
	return get_strings(r, settings, "additional_columns_to_retain", &n, &names);
}

static bool
read_settings(Reader *r, JsonbContainer *settings)
{
	MatchModel *model = r->model;
	double		iterations = 25;

	model->lambda = 0.0001;
	model->em_convergence = 0.0001;
	model->unique_id = pstrdup("unique_id");
	model->source_dataset = pstrdup("source_dataset");
	if (!read_link_type(r, settings) ||
		!get_number(r, settings, "probability_two_random_records_match", 0, 1, &model->lambda) ||
		!get_number(r, settings, "em_convergence", 0, 1, &model->em_convergence) ||
		!get_number(r, settings, "max_iterations", 1, 10000, &iterations) ||
		!get_string(r, settings, "unique_id_column_name", &model->unique_id) ||
		!get_string(r, settings, "source_dataset_column_name", &model->source_dataset) ||
		!check_unused(r, settings))
		return false;
	if (iterations != rint(iterations))
		return refuse_key(r, "type", "max_iterations", "a whole number");
	model->max_iterations = (int) iterations;
	return read_rules(r, settings) && read_comparisons(r, settings) && read_training(r, settings);
}

bool
match_model_parse(Jsonb *json, MatchModel *model, Problem *problem)
{
	Reader		r = {.model = model, .problem = problem};

	memset(model, 0, sizeof(MatchModel));
	memset(problem, 0, sizeof(Problem));
	model->json = json;
	model->nodes = match_nodes();
	if (VARSIZE(json) > MODEL_MAX)
		return refuse(&r, "too_large", ERRCODE_PROGRAM_LIMIT_EXCEEDED,
					  psprintf("The JSON has more than %d bytes.", MODEL_MAX),
					  "Keep the settings and the levels, not the data that they came from.");
	if (!JB_ROOT_IS_OBJECT(json))
		return refuse(&r, "type", ERRCODE_INVALID_PARAMETER_VALUE, "A model must be an object.",
					  SETTINGS_HINT);
	return read_settings(&r, &json->root);
}

/* ---- export ---- */

static void
push_key(JsonbParseState **state, const char *key)
{
	JsonbValue	v = {.type = jbvString};

	v.val.string.val = unconstify(char *, key);
	v.val.string.len = strlen(key);
	(void) pushJsonbValue(state, WJB_KEY, &v);
}

static void
push_number(JsonbParseState **state, const char *key, double d)
{
	char		digits[DOUBLE_SHORTEST_DECIMAL_LEN];
	JsonbValue	v = {.type = jbvNumeric};

	if (isnan(d))
		return;
	double_to_shortest_decimal_buf(d, digits);
	v.val.numeric = DatumGetNumeric(DirectFunctionCall3(numeric_in, CStringGetDatum(digits),
														ObjectIdGetDatum(InvalidOid),
														Int32GetDatum(-1)));
	push_key(state, key);
	(void) pushJsonbValue(state, WJB_VALUE, &v);
}

/* copy the keys of an object but for those named (NULL at the end) */
static void
push_others(JsonbParseState **state, JsonbContainer *object, const char *const *but)
{
	JsonbIterator *it = JsonbIteratorInit(object);
	JsonbValue	v;
	JsonbIteratorToken token;
	bool		copy = false;

	while ((token = JsonbIteratorNext(&it, &v, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
		{
			int			i = 0;

			while (but[i] != NULL && (strlen(but[i]) != v.val.string.len ||
									  memcmp(but[i], v.val.string.val, v.val.string.len) != 0))
				i++;
			copy = but[i] == NULL;
		}
		if (copy && (token == WJB_KEY || token == WJB_VALUE))
			(void) pushJsonbValue(state, token, &v);
	}
}

static void
push_level(JsonbParseState **state, JsonbContainer *object, const MatchLevel *level)
{
	static const char *const own[] = {"m_probability", "u_probability", "tf_adjustment_weight",
	NULL};
	JsonbValue	v;

	(void) pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
	push_others(state, object, own);
	push_number(state, "m_probability", level->m);
	push_number(state, "u_probability", level->u);
	/* Splink takes 1 where it is absent, and leaves 0 out */
	if (level->tf_column >= 0 || get(object, "tf_adjustment_weight", &v))
		push_number(state, "tf_adjustment_weight", level->tf_weight);
	(void) pushJsonbValue(state, WJB_END_OBJECT, NULL);
}

static void
push_comparison(JsonbParseState **state, JsonbContainer *object, const MatchComparison *c)
{
	static const char *const own[] = {"comparison_levels", NULL};
	JsonbValue	levels;

	(void) pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
	push_others(state, object, own);
	push_key(state, "comparison_levels");
	(void) get(object, "comparison_levels", &levels);
	(void) pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < c->levels; i++)
		push_level(state,
				   getIthJsonbValueFromContainer(levels.val.binary.data, i)->val.binary.data,
				   &c->level[i]);
	(void) pushJsonbValue(state, WJB_END_ARRAY, NULL);
	(void) pushJsonbValue(state, WJB_END_OBJECT, NULL);
}

Jsonb *
match_model_export(const MatchModel *model)
{
	static const char *const own[] = {"probability_two_random_records_match", "comparisons",
	"training", NULL};
	JsonbParseState *state = NULL;
	JsonbValue	comparisons;

	(void) pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	push_others(&state, &model->json->root, own);
	push_number(&state, "probability_two_random_records_match", model->lambda);
	push_key(&state, "comparisons");
	(void) get(&model->json->root, "comparisons", &comparisons);
	(void) pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < model->comparisons; i++)
		push_comparison(&state,
						getIthJsonbValueFromContainer(comparisons.val.binary.data,
													  i)->val.binary.data,
						&model->comparison[i]);
	(void) pushJsonbValue(&state, WJB_END_ARRAY, NULL);
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}

/* ---- the type ---- */

static const char *
copied(const char *s)
{
	return s ? pstrdup(s) : NULL;
}

/* every refusal says what could help */
static void
add_hint(Problem *problem)
{
	if (problem->hint == NULL)
		problem->hint = SETTINGS_HINT;
}

/* what is stored for a JSON: short forms written out, all checked; NULL with the problem filled */
static Jsonb *
model_from_json(Jsonb *json, Problem *problem)
{
	MemoryContext context = CurrentMemoryContext;
	MemoryContext scratch = AllocSetContextCreate(context, "match_model", ALLOCSET_DEFAULT_SIZES);
	MatchModel	model;
	bool		good;

	memset(problem, 0, sizeof(Problem));
	json = match_model_expand(json, problem);
	if (json == NULL)
	{
		MemoryContextDelete(scratch);
		return NULL;
	}
	MemoryContextSwitchTo(scratch);
	good = match_model_parse(json, &model, problem);
	MemoryContextSwitchTo(context);
	if (!good)
	{
		problem->detail = copied(problem->detail);
		problem->hint = copied(problem->hint);
		add_hint(problem);
	}
	MemoryContextDelete(scratch);
	return good ? json : NULL;
}

static Jsonb *
model_from_text(const char *s, Problem *problem)
{
	Jsonb	   *json;

	memset(problem, 0, sizeof(Problem));
	json = json_from_text(s, MODEL_MAX, problem);
	if (json == NULL)
		add_hint(problem);
	return json ? model_from_json(json, problem) : NULL;
}

static char *
model_to_text(Jsonb *model)
{
	return JsonbToCString(NULL, &model->root, VARSIZE(model));
}

PG_FUNCTION_INFO_V1(match_model_in);
PG_FUNCTION_INFO_V1(match_model_out);
PG_FUNCTION_INFO_V1(match_model_recv);
PG_FUNCTION_INFO_V1(match_model_send);
PG_FUNCTION_INFO_V1(match_model_from_text);
PG_FUNCTION_INFO_V1(match_model_from_jsonb);
PG_FUNCTION_INFO_V1(match_model_to_text);
PG_FUNCTION_INFO_V1(match_model_to_jsonb);
PG_FUNCTION_INFO_V1(match_model_try);
PG_FUNCTION_INFO_V1(match_model_problem);

/*
 * match_model_in(cstring) -> match_model: JSON; 22P02 for other text, 22023 for other settings,
 * 22003 for a probability that is none, 54000 for too many of anything
 */
Datum
match_model_in(PG_FUNCTION_ARGS)
{
	Problem		problem;
	Jsonb	   *model = model_from_text(PG_GETARG_CSTRING(0), &problem);

	if (model == NULL)
	{
		problem_report(FC_ESCONTEXT(fcinfo), &problem, "match_model", NULL);
		PG_RETURN_NULL();
	}
	PG_RETURN_JSONB_P(model);
}

/* match_model_out(match_model) -> cstring */
Datum
match_model_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(model_to_text(PG_GETARG_JSONB_P(0)));
}

/* match_model_recv(internal) -> match_model: a version byte and the JSON; else 22P03 */
Datum
match_model_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	Problem		problem;
	Jsonb	   *model;
	char	   *s;
	int			len;

	if (pq_getmsgbyte(buf) != MODEL_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("unknown version of the binary form of type match_model")));
	s = pq_getmsgtext(buf, buf->len - buf->cursor, &len);
	model = model_from_text(s, &problem);
	if (model == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary form of type match_model"),
				 problem.detail ? errdetail("%s", problem.detail) : 0));
	PG_RETURN_JSONB_P(model);
}

/* match_model_send(match_model) -> bytea */
Datum
match_model_send(PG_FUNCTION_ARGS)
{
	char	   *s = model_to_text(PG_GETARG_JSONB_P(0));
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbyte(&buf, MODEL_VERSION);
	pq_sendtext(&buf, s, strlen(s));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* match_model(text) -> match_model; errors as of match_model_in */
Datum
match_model_from_text(PG_FUNCTION_ARGS)
{
	Problem		problem;
	Jsonb	   *model = model_from_text(text_to_cstring(PG_GETARG_TEXT_PP(0)), &problem);

	if (model == NULL)
		problem_report(NULL, &problem, "match_model", NULL);
	PG_RETURN_JSONB_P(model);
}

/* match_model(jsonb) -> match_model; errors as of match_model_in but 22P02 */
Datum
match_model_from_jsonb(PG_FUNCTION_ARGS)
{
	Problem		problem;
	Jsonb	   *model = model_from_json(PG_GETARG_JSONB_P(0), &problem);

	if (model == NULL)
		problem_report(NULL, &problem, "match_model", NULL);
	PG_RETURN_JSONB_P(model);
}

/* text(match_model) -> text */
Datum
match_model_to_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(model_to_text(PG_GETARG_JSONB_P(0))));
}

/* jsonb(match_model) -> jsonb: what is stored */
Datum
match_model_to_jsonb(PG_FUNCTION_ARGS)
{
	PG_RETURN_JSONB_P(PG_GETARG_JSONB_P_COPY(0));
}

/* match_model_try(text) -> match_model, NULL where match_model(text) is an error of the text */
Datum
match_model_try(PG_FUNCTION_ARGS)
{
	Problem		problem;
	Jsonb	   *model = model_from_text(text_to_cstring(PG_GETARG_TEXT_PP(0)), &problem);

	if (model == NULL)
		PG_RETURN_NULL();
	PG_RETURN_JSONB_P(model);
}

/* match_model_problem(text) -> text: code of what is wrong, NULL where nothing is */
Datum
match_model_problem(PG_FUNCTION_ARGS)
{
	Problem		problem;
	Jsonb	   *model = model_from_text(text_to_cstring(PG_GETARG_TEXT_PP(0)), &problem);

	if (model != NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(problem.code));
}

PG_FUNCTION_INFO_V1(match_model_expressions);

/*
 * match_model_expressions(match_model) -> text[]: the SQL that is run over each record of a source,
 * in the order in which the model needs it
 */
Datum
match_model_expressions(PG_FUNCTION_ARGS)
{
	MatchModel	model;
	Problem		problem;
	Datum	   *sql;

	if (!match_model_parse(PG_GETARG_JSONB_P(0), &model, &problem))
		problem_report(NULL, &problem, "match_model", NULL);
	sql = palloc(sizeof(Datum) * Max(model.columns, 1));
	for (int i = 0; i < model.columns; i++)
		sql[i] = CStringGetTextDatum(model.column[i].sql);
	PG_RETURN_ARRAYTYPE_P(construct_array(sql, model.columns, TEXTOID, -1, false, TYPALIGN_INT));
}

PG_FUNCTION_INFO_V1(match_model_for_splink);

/* match_model_for_splink(match_model) -> jsonb: what Splink loads, without what only omni knows */
Datum
match_model_for_splink(PG_FUNCTION_ARGS)
{
	MatchModel	model;
	Problem		problem;

	if (!match_model_parse(PG_GETARG_JSONB_P(0), &model, &problem))
		problem_report(NULL, &problem, "match_model", NULL);
	PG_RETURN_JSONB_P(match_model_export(&model));
}
