/*
 * match_short_form.c
 *	  Comparisons in short form, {"column": "first_name", "kind": "jaro_winkler", "thresholds":
 *	  [0.9, 0.7], "term_frequency": true}, written out as the levels that Splink's comparison
 *	  library makes of them (comparison_library.py), in the SQL of DuckDB.
 */
#include "postgres.h"
#include "compat.h"

#include <math.h>

#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/numeric.h"

#include "identity/match_condition.h"
#include "identity/match_model.h"

#define THRESHOLDS_MAX	20

/* a comparison while its levels are written */
typedef struct ShortForm
{
	Problem    *problem;
	int			number;			/* of the comparison, for messages */
	char	   *column;
	char	   *left;			/* the column of either side, quoted */
	char	   *right;
	bool		has_frequency;
	bool		frequency;
	int			thresholds;		/* -1 where none are given */
	double		threshold[THRESHOLDS_MAX];
	StringInfoData json;
	int			levels;
} ShortForm;

static bool
refuse(ShortForm *f, const char *detail)
{
	PROBLEM(f->problem, "short_form", psprintf("Comparison %d: %s", f->number, detail),
			"A short form has \"column\", \"kind\", and perhaps \"thresholds\" and"
			" \"term_frequency\".");
	f->problem->sqlerrcode = ERRCODE_INVALID_PARAMETER_VALUE;
	return false;
}

/* ---- levels ---- */

static void
put_string(StringInfo out, const char *key, const char *value)
{
	escape_json(out, key);
	appendStringInfoString(out, ": ");
	escape_json(out, value);
}

static void
put_level(ShortForm *f, const char *condition, const char *label, const char *more)
{
	appendStringInfoString(&f->json, f->levels++ > 0 ? ", {" : "{");
	put_string(&f->json, "sql_condition", condition);
	appendStringInfoString(&f->json, ", ");
	put_string(&f->json, "label_for_charts", label);
	appendStringInfoString(&f->json, more);
	appendStringInfoString(&f->json, "}");
}

static void
put_null(ShortForm *f)
{
	put_level(f, psprintf("%s IS NULL OR %s IS NULL", f->left, f->right),
			  psprintf("%s is NULL", f->column), ", \"is_null_level\": true");
}

static void
put_exact(ShortForm *f, const char *label)
{
	StringInfoData more;

	initStringInfo(&more);
	if (f->frequency)
	{
		appendStringInfoString(&more, ", ");
		put_string(&more, "tf_adjustment_column", f->column);
		appendStringInfoString(&more, ", \"tf_adjustment_weight\": 1.0");
	}
	put_level(f, psprintf("%s = %s", f->left, f->right), label, more.data);
}

static void
put_else(ShortForm *f)
{
	put_level(f, "ELSE", "All other comparisons", "");
}

/* a number as JSON and SQL write it */
static char *
written(double d)
{
	return psprintf("%.15g", d);
}

/* what a regular expression finds in a side */
static char *
extract(const char *side, const char *regex)
{
	return psprintf("NULLIF(regexp_extract(%s, '%s', 0), '')", side, regex);
}

static void
put_extracted(ShortForm *f, const char *regex, const char *label)
{
	put_level(f, psprintf("%s = %s", extract(f->left, regex), extract(f->right, regex)), label, "");
}

/* ---- kinds ---- */

typedef struct Kind
{
	const char *name;
	const char *description;	/* Splink's creator */
	const char *function;		/* of a distance; "" has no thresholds */
	const char *label;
	bool		similarity;		/* 0 to 1, more is nearer */
	bool		frequency;		/* term frequencies unless told otherwise */
	int			thresholds;		/* unless given */
	double		threshold[3];
	void		(*put) (ShortForm *f);	/* of kinds with levels of their own */
} Kind;

static void
put_email(ShortForm *f)
{
	const char *user = "^[^@]+";

	put_null(f);
	put_exact(f, psprintf("Exact match on %s", f->column));
	put_extracted(f, user, "Exact match on username");
	put_level(f, psprintf("jaro_winkler_similarity(%s, %s) >= 0.88", f->left, f->right),
			  psprintf("Jaro-Winkler distance of %s >= 0.88", f->column), "");
	put_level(f, psprintf("jaro_winkler_similarity(%s, %s) >= 0.88",
						  extract(f->left, user), extract(f->right, user)),
			  "Jaro-Winkler >0.88 on username", "");
}

static void
put_date_of_birth(ShortForm *f)
{
	static const struct
	{
		const char *label;
		const char *seconds;
	}			spans[] = {
		{"1 month", "2629800"}, {"1 year", "31557600"}, {"10 year", "315576000"},
	};

	put_null(f);
	put_exact(f, "Exact match on date of birth");
	put_level(f, psprintf("damerau_levenshtein(%s, %s) <= 1", f->left, f->right),
			  "DamerauLevenshtein distance <= 1", "");
	for (int i = 0; i < lengthof(spans); i++)
		put_level(f, psprintf("ABS(EPOCH(try_strptime(%s, '%%Y-%%m-%%d'))"
							  " - EPOCH(try_strptime(%s, '%%Y-%%m-%%d'))) <= %s",
							  f->left, f->right, spans[i].seconds),
				  psprintf("Abs date difference <= %s", spans[i].label), "");
}

static void
put_postcode(ShortForm *f)
{
	put_null(f);
	put_exact(f, "Exact match on full postcode");
	put_extracted(f, "^[A-Za-z]{1,2}[0-9][A-Za-z0-9]? [0-9]", "Exact match on sector");
	put_extracted(f, "^[A-Za-z]{1,2}[0-9][A-Za-z0-9]?", "Exact match on district");
	put_extracted(f, "^[A-Za-z]{1,2}", "Exact match on area");
}

static const Kind kinds[] = {
	{"exact", "ExactMatch"},
	{"levenshtein", "LevenshteinAtThresholds", "levenshtein", "Levenshtein distance",
	false, false, 2, {1, 2}},
	{"damerau_levenshtein", "DamerauLevenshteinAtThresholds", "damerau_levenshtein",
	"Damerau-Levenshtein distance", false, false, 2, {1, 2}},
	{"jaro", "JaroAtThresholds", "jaro_similarity", "Jaro distance", true, false, 2, {0.9, 0.7}},
	{"jaro_winkler", "JaroWinklerAtThresholds", "jaro_winkler_similarity",
	"Jaro-Winkler distance", true, false, 2, {0.9, 0.7}},
	{"jaccard", "JaccardAtThresholds", "jaccard", "Jaccard distance", true, false, 2, {0.9, 0.7}},
	{"name", "NameComparison", "jaro_winkler_similarity", "Jaro-Winkler distance", true, true,
	3, {0.92, 0.88, 0.7}},
	{"email", "EmailComparison", .frequency = true, .put = put_email},
	{"date_of_birth", "DateOfBirthComparison", .put = put_date_of_birth},
	{"postcode", "PostcodeComparison", .put = put_postcode},
};

static void
put_thresholds(ShortForm *f, const Kind *kind)
{
	int			n = f->thresholds >= 0 ? f->thresholds : kind->thresholds;

	put_null(f);
	put_exact(f, psprintf("Exact match on %s", f->column));
	for (int i = 0; i < n; i++)
	{
		const char *comparison = psprintf("%s %s", kind->similarity ? ">=" : "<=",
										  written(f->thresholds >= 0 ? f->threshold[i] :
												  kind->threshold[i]));

		put_level(f, psprintf("%s(%s, %s) %s", kind->function, f->left, f->right, comparison),
				  psprintf("%s of %s %s", kind->label, f->column, comparison), "");
	}
}

/* ---- reading ---- */

static bool
read_thresholds(ShortForm *f, const JsonbValue *v)
{
	JsonbContainer *array = v->val.binary.data;

	if (v->type != jbvBinary || !JsonContainerIsArray(array) || JsonContainerIsScalar(array) ||
		JsonContainerSize(array) > THRESHOLDS_MAX)
		return refuse(f, psprintf("\"thresholds\" must be an array of at most %d numbers.",
								  THRESHOLDS_MAX));
	f->thresholds = JsonContainerSize(array);
	for (int i = 0; i < f->thresholds; i++)
	{
		JsonbValue *e = getIthJsonbValueFromContainer(array, i);

		if (e->type != jbvNumeric)
			return refuse(f, "\"thresholds\" must be numbers.");
		f->threshold[i] =
			DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow,
											   NumericGetDatum(e->val.numeric)));
	}
	return true;
}

static bool
is_key(const JsonbValue *v, const char *key)
{
	return v->val.string.len == strlen(key) &&
		memcmp(v->val.string.val, key, v->val.string.len) == 0;
}

/* the keys of a short form; kind and name are those given */
static bool
read_keys(ShortForm *f, JsonbContainer *object, char **kind, char **name)
{
	JsonbIterator *it = JsonbIteratorInit(object);
	JsonbValue	key;
	JsonbValue	v;
	JsonbIteratorToken token;

	while ((token = JsonbIteratorNext(&it, &key, true)) != WJB_DONE)
	{
		char	  **string;

		if (token != WJB_KEY)
			continue;
		(void) JsonbIteratorNext(&it, &v, true);
		string = is_key(&key, "column") ? &f->column : is_key(&key, "kind") ? kind :
			is_key(&key, "output_column_name") ? name : NULL;
		if (string != NULL)
		{
			if (v.type != jbvString)
				return refuse(f, "Its \"column\", \"kind\" and \"output_column_name\" must be"
							  " strings.");
			*string = pnstrdup(v.val.string.val, v.val.string.len);
		}
		else if (is_key(&key, "thresholds"))
		{
			if (!read_thresholds(f, &v))
				return false;
		}
		else if (is_key(&key, "term_frequency") && v.type == jbvBool)
		{
			f->has_frequency = true;
			f->frequency = v.val.boolean;
		}
		else if (is_key(&key, "term_frequency"))
			return refuse(f, "\"term_frequency\" must be true or false.");
		else
			return refuse(f, psprintf("A short form has no \"%.*s\".",
									  pg_mbcliplen(key.val.string.val, key.val.string.len, 60),
									  key.val.string.val));
	}
	return true;
}

static bool
thresholds_fit(ShortForm *f, const Kind *kind)
{
	if (f->thresholds >= 0 && kind->function == NULL)
		return refuse(f, psprintf("Kind %s has no thresholds.", kind->name));
	for (int i = 0; i < f->thresholds; i++)
	{
		double		t = f->threshold[i];

		if (kind->similarity ? !(t >= 0 && t <= 1) : !(t >= 0 && t <= 1000 && t == rint(t)))
		{
			refuse(f, kind->similarity ? "A threshold of a similarity is from 0 to 1." :
				   "A threshold of a distance is a whole number from 0 to 1000.");
			f->problem->code = "range";
			f->problem->sqlerrcode = ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE;
			return false;
		}
	}
	return true;
}

/* the comparison as Splink has it, as JSON */
static bool
expand_comparison(ShortForm *f, JsonbContainer *object)
{
	const Kind *kind = NULL;
	char	   *kind_name = NULL;
	char	   *name = NULL;

	f->thresholds = -1;
	if (!read_keys(f, object, &kind_name, &name))
		return false;
	for (int i = 0; i < lengthof(kinds); i++)
		if (kind_name != NULL && strcmp(kinds[i].name, kind_name) == 0)
			kind = &kinds[i];
	if (kind == NULL)
		return refuse(f, "\"kind\" must be exact, levenshtein, damerau_levenshtein, jaro,"
					  " jaro_winkler, jaccard, name, email, date_of_birth or postcode.");
	if (f->column == NULL || f->column[0] == '\0')
		return refuse(f, "There is no \"column\".");
	if (!thresholds_fit(f, kind))
		return false;
	if (!f->has_frequency)
		f->frequency = kind->frequency;
	f->left = condition_quote(psprintf("%s_l", f->column));
	f->right = condition_quote(psprintf("%s_r", f->column));

	initStringInfo(&f->json);
	appendStringInfoChar(&f->json, '{');
	put_string(&f->json, "output_column_name", name ? name : f->column);
	appendStringInfoString(&f->json, ", ");
	put_string(&f->json, "comparison_description", kind->description);
	appendStringInfoString(&f->json, ", \"comparison_levels\": [");
	if (kind->put != NULL)
		kind->put(f);
	else
		put_thresholds(f, kind);
	put_else(f);
	appendStringInfoString(&f->json, "]}");
	return true;
}

static bool
is_short(const JsonbValue *v)
{
	JsonbValue	kind;

	return v->type == jbvBinary && JsonContainerIsObject(v->val.binary.data) &&
		getKeyJsonValueFromContainer(v->val.binary.data, "kind", 4, &kind) != NULL;
}

/* push the comparisons, those in short form written out */
static bool
push_comparisons(JsonbParseState **state, JsonbContainer *array, Problem *problem)
{
	int			n = JsonContainerSize(array);

	(void) pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < n; i++)
	{
		JsonbValue *v = getIthJsonbValueFromContainer(array, i);

		if (is_short(v))
		{
			ShortForm	f = {.problem = problem, .number = i + 1};
			Jsonb	   *written_out;

			if (!expand_comparison(&f, v->val.binary.data))
				return false;
			written_out = DatumGetJsonbP(DirectFunctionCall1(jsonb_in,
															 CStringGetDatum(f.json.data)));
			v->type = jbvBinary;
			v->val.binary.data = &written_out->root;
			v->val.binary.len = VARSIZE(written_out) - VARHDRSZ;
		}
		(void) pushJsonbValue(state, WJB_ELEM, v);
	}
	(void) pushJsonbValue(state, WJB_END_ARRAY, NULL);
	return true;
}

Jsonb *
match_model_expand(Jsonb *json, Problem *problem)
{
	JsonbParseState *state = NULL;
	JsonbIterator *it;
	JsonbValue	comparisons;
	JsonbValue	v;
	JsonbIteratorToken token;
	bool		any = false;
	bool		here = false;

	if (!JB_ROOT_IS_OBJECT(json) ||
		getKeyJsonValueFromContainer(&json->root, "comparisons", 11, &comparisons) == NULL ||
		comparisons.type != jbvBinary || !JsonContainerIsArray(comparisons.val.binary.data))
		return json;
	for (int i = 0; i < JsonContainerSize(comparisons.val.binary.data) && !any; i++)
		any = is_short(getIthJsonbValueFromContainer(comparisons.val.binary.data, i));
	if (!any)
		return json;

	(void) pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	it = JsonbIteratorInit(&json->root);
	while ((token = JsonbIteratorNext(&it, &v, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
			here = is_key(&v, "comparisons");
		if (token == WJB_VALUE && here)
		{
			if (!push_comparisons(&state, comparisons.val.binary.data, problem))
				return NULL;
		}
		else if (token == WJB_KEY || token == WJB_VALUE)
			(void) pushJsonbValue(&state, token, &v);
	}
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}
