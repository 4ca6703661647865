/*
 * route_options.c
 *	  How an order is to be routed, as jsonb, read strictly:
 *
 *	  {"objective": ["shipments", "cost", "days"], "split": "skus", "partial": false,
 *	   "promise": "hard", "cutoff": "hard", "max_days": 5, "methods": ["ship", "pickup"],
 *	   "unknown": "error", "exact_skus": 12}
 *
 * An objective is a list, whose first term decides before the second, or an object of weights.
 * Options that say the same are the same: what is the default is not kept.
 */
#include "postgres.h"
#include "compat.h"

#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/numeric.h"

#include "inventory/route.h"

const char *const route_term_name[TERMS] = {
	"shipments", "cost", "days", "late", "duties", "emissions", "protection"
};

#define OPTIONS_HINT \
	"The options are objective, split, partial, promise, cutoff, max_days, methods, unknown " \
	"and exact_skus."
#define TERMS_HINT \
	"The terms are shipments, cost, days, late, duties, emissions and protection."

#define BAD ERRCODE_INVALID_PARAMETER_VALUE

void
route_options_default(RouteOptions *options)
{
	memset(options, 0, sizeof(RouteOptions));
	options->split = SPLIT_SKUS;
	options->exact_skus = ROUTE_EXACT_SKUS;
	options->max_days = -1;
	options->terms = 2;
	options->term[0] = TERM_SHIPMENTS;
	options->term[1] = TERM_COST;
}

static char *
shown(const JsonbValue *v)
{
	return text_shown(cstring_to_text_with_len(v->val.string.val, v->val.string.len));
}

static bool
is_word(const JsonbValue *v, const char *word)
{
	return v->type == jbvString && v->val.string.len == strlen(word) &&
		memcmp(v->val.string.val, word, v->val.string.len) == 0;
}

/* one of some words, as its number */
static bool
take_word(const JsonbValue *v, const char *key, const char *const *words, int n, int *which,
		  Problem *problem)
{
	StringInfoData list;

	for (*which = 0; *which < n; (*which)++)
	{
		if (is_word(v, words[*which]))
			return true;
	}
	initStringInfo(&list);
	for (int i = 0; i < n; i++)
		appendStringInfo(&list, "%s\"%s\"", i == 0 ? "" : i == n - 1 ? " or " : ", ", words[i]);
	return route_problem(problem, BAD, "options", NULL, "\"%s\" is not %s.", key, list.data);
}

static bool
take_boolean(const JsonbValue *v, const char *key, bool *value, Problem *problem)
{
	if (v->type != jbvBool)
		return route_problem(problem, BAD, "options", NULL, "\"%s\" is not true or false.", key);
	*value = v->val.boolean;
	return true;
}

static bool
take_count(const JsonbValue *v, const char *key, int64 max, int64 *value, Problem *problem)
{
	if (v->type != jbvNumeric || !route_whole_number(v->val.numeric, max, value))
		return route_problem(problem, BAD, "options", NULL,
							 "\"%s\" is not a whole number from 0 to " INT64_FORMAT ".",
							 key, max);
	return true;
}

/* ---- the objective ---- */

static bool
add_term(RouteOptions *options, const JsonbValue *name, int64 weight, Problem *problem)
{
	int			t;

	for (t = 0; t < TERMS; t++)
	{
		if (is_word(name, route_term_name[t]))
			break;
	}
	if (t == TERMS)
		return route_problem(problem, BAD, "objective", TERMS_HINT,
							 "\"objective\" has no term \"%s\".",
							 name->type == jbvString ? shown(name) : "");
	for (int i = 0; i < options->terms; i++)
	{
		if (options->term[i] == t)
			return route_problem(problem, BAD, "objective", NULL,
								 "\"objective\" names \"%s\" twice.", route_term_name[t]);
	}
	options->term[options->terms] = t;
	options->weight[options->terms++] = weight;
	return true;
}

/* thousandths of a weight of more than 0 */
static bool
take_weight(const JsonbValue *v, int64 *weight)
{
	Problem		ignored;
	int64		amount;

	if (v->type != jbvNumeric || !route_amount(v->val.numeric, &amount, &ignored) ||
		amount % (ROUTE_AMOUNT_SCALE / ROUTE_WEIGHT_SCALE) != 0)
		return false;
	*weight = amount / (ROUTE_AMOUNT_SCALE / ROUTE_WEIGHT_SCALE);
	return *weight <= ROUTE_WEIGHT_MAX;
}

static void
sort_weights(RouteOptions *options)
{
	for (int i = 1; i < options->terms; i++)
	{
		uint8		term = options->term[i];
		int64		weight = options->weight[i];
		int			j;

		for (j = i; j > 0 && options->term[j - 1] > term; j--)
		{
			options->term[j] = options->term[j - 1];
			options->weight[j] = options->weight[j - 1];
		}
		options->term[j] = term;
		options->weight[j] = weight;
	}
}

static bool
take_objective(const JsonbValue *v, RouteOptions *options, Problem *problem)
{
	JsonbIterator *it;
	JsonbValue	key;
	JsonbValue	value;
	JsonbIteratorToken token;

	options->terms = 0;
	if (v->type != jbvBinary)
		return route_problem(problem, BAD, "objective", TERMS_HINT,
							 "\"objective\" is neither a list of terms nor an object of weights.");
	options->weighted = JsonContainerIsObject(v->val.binary.data);
	it = JsonbIteratorInit(v->val.binary.data);
	(void) JsonbIteratorNext(&it, &key, true);
	while ((token = JsonbIteratorNext(&it, &key, true)) == WJB_KEY || token == WJB_ELEM)
	{
		int64		weight = 0;

		if (token == WJB_KEY)
		{
			(void) JsonbIteratorNext(&it, &value, true);
			if (!take_weight(&value, &weight))
				return route_problem(problem, BAD, "objective", NULL,
									 "The weight of \"%s\" in \"objective\" is not a number from 0 "
									 "to 1000000 with at most three decimals.", shown(&key));
		}
		if (!add_term(options, &key, weight, problem))
			return false;
		/* what weighs nothing is no term, but its name has been checked */
		if (token == WJB_KEY && weight == 0)
			options->terms--;
	}
	if (options->weighted)
		sort_weights(options);
	if (options->terms == 0)
		return route_problem(problem, BAD, "objective", TERMS_HINT,
							 "\"objective\" has no term.");
	return true;
}

/* ---- methods ---- */

static int
compare_spans(const void *a, const void *b)
{
	return route_span_compare(*(const TextSpan *) a, *(const TextSpan *) b);
}

static bool
take_methods(const JsonbValue *v, RouteOptions *options, Problem *problem)
{
	JsonbIterator *it;
	JsonbValue	element;
	int			n = 0;

	if (v->type != jbvBinary || !JsonContainerIsArray(v->val.binary.data) ||
		JsonContainerSize(v->val.binary.data) == 0)
		return route_problem(problem, BAD, "options", "Leave \"methods\" out to allow any.",
							 "\"methods\" is not a list of methods.");
	options->method = palloc(JsonContainerSize(v->val.binary.data) * sizeof(TextSpan));
	it = JsonbIteratorInit(v->val.binary.data);
	(void) JsonbIteratorNext(&it, &element, true);
	while (JsonbIteratorNext(&it, &element, true) == WJB_ELEM)
	{
		if (!route_text(&element, &options->method[n++], "A method in \"methods\"", problem))
			return false;
	}
	qsort(options->method, n, sizeof(TextSpan), compare_spans);
	options->methods = 0;
	for (int i = 0; i < n; i++)
	{
		if (i == 0 || route_span_compare(options->method[i - 1], options->method[i]) != 0)
			options->method[options->methods++] = options->method[i];
	}
	return true;
}

/* ---- all ---- */

static bool
take_option(RouteOptions *o, const JsonbValue *key, const JsonbValue *v, Problem *problem)
{
	static const char *const splits[] = {"none", "skus", "units"};
	static const char *const promises[] = {"hard", "soft"};
	static const char *const cutoffs[] = {"hard", "next_day"};
	static const char *const unknowns[] = {"error", "ineligible"};
	int			which = 0;
	int64		n = 0;
	bool		ok;

	if (is_word(key, "objective"))
		return take_objective(v, o, problem);
	if (is_word(key, "partial"))
		return take_boolean(v, "partial", &o->partial, problem);
	if (is_word(key, "methods"))
		return take_methods(v, o, problem);
	if (is_word(key, "split"))
	{
		ok = take_word(v, "split", splits, lengthof(splits), &which, problem);
		o->split = which;
	}
	else if (is_word(key, "promise"))
	{
		ok = take_word(v, "promise", promises, lengthof(promises), &which, problem);
		o->promise_soft = which == 1;
	}
	else if (is_word(key, "cutoff"))
	{
		ok = take_word(v, "cutoff", cutoffs, lengthof(cutoffs), &which, problem);
		o->cutoff_next_day = which == 1;
	}
	else if (is_word(key, "unknown"))
	{
		ok = take_word(v, "unknown", unknowns, lengthof(unknowns), &which, problem);
		o->unknown_ineligible = which == 1;
	}
	else if (is_word(key, "max_days"))
	{
		ok = take_count(v, "max_days", ROUTE_DAYS_MAX, &n, problem);
		o->max_days = (int32) n;
	}
	else if (is_word(key, "exact_skus"))
	{
		ok = take_count(v, "exact_skus", ROUTE_EXACT_SKUS, &n, problem);
		o->exact_skus = (uint8) n;
	}
	else
		return route_problem(problem, BAD, "options", OPTIONS_HINT, "There is no option \"%s\".",
							 shown(key));
	return ok;
}

bool
route_options_read(JsonbContainer *object, RouteOptions *options, Problem *problem)
{
	JsonbIterator *it;
	JsonbValue	key;
	JsonbValue	value;

	route_options_default(options);
	if (!JsonContainerIsObject(object))
		return route_problem(problem, BAD, "options", OPTIONS_HINT,
							 "The options are not a JSON object.");
	it = JsonbIteratorInit(object);
	(void) JsonbIteratorNext(&it, &key, true);
	while (JsonbIteratorNext(&it, &key, true) == WJB_KEY)
	{
		(void) JsonbIteratorNext(&it, &value, true);
		if (!take_option(options, &key, &value, problem))
			return false;
	}
	return true;
}

/* ---- as bytes, and as JSON again ---- */

Size
route_options_size(const RouteOptions *options)
{
	Size		size = 32 + TERMS * 11;

	for (int i = 0; i < options->methods; i++)
		size += options->method[i].len + 2;
	return size;
}

uint8 *
route_options_put(uint8 *p, const RouteOptions *o)
{
	*p++ = o->split;
	*p++ = o->partial | o->promise_soft << 1 | o->cutoff_next_day << 2 |
		o->unknown_ineligible << 3 | o->weighted << 4;
	*p++ = o->exact_skus;
	p = route_put_number(p, o->max_days + 1);
	*p++ = o->terms;
	for (int i = 0; i < o->terms; i++)
	{
		*p++ = o->term[i];
		if (o->weighted)
			p = route_put_number(p, o->weight[i]);
	}
	p = route_put_number(p, o->methods);
	for (int i = 0; i < o->methods; i++)
		p = route_put_span(p, o->method[i]);
	return p;
}

static uint8
get_byte(RouteReader *r, uint8 max)
{
	if (r->failed || r->p >= r->end || *r->p > max)
	{
		r->failed = true;
		return 0;
	}
	return *r->p++;
}

static uint64
get_count(RouteReader *r, uint64 max)
{
	uint64		n = route_get_number(r);

	if (n > max)
		r->failed = true;
	return r->failed ? 0 : n;
}

void
route_options_get(RouteReader *r, RouteOptions *o)
{
	uint8		flags;
	int			seen = 0;

	memset(o, 0, sizeof(RouteOptions));
	o->split = get_byte(r, SPLIT_UNITS);
	flags = get_byte(r, 31);
	o->partial = (flags & 1) != 0;
	o->promise_soft = (flags & 2) != 0;
	o->cutoff_next_day = (flags & 4) != 0;
	o->unknown_ineligible = (flags & 8) != 0;
	o->weighted = (flags & 16) != 0;
	o->exact_skus = get_byte(r, ROUTE_EXACT_SKUS);
	o->max_days = (int32) get_count(r, ROUTE_DAYS_MAX + 1) - 1;
	o->terms = get_byte(r, TERMS);
	for (int i = 0; i < o->terms; i++)
	{
		o->term[i] = get_byte(r, TERMS - 1);
		if (o->weighted)
			o->weight[i] = (int64) get_count(r, ROUTE_WEIGHT_MAX);
		if ((seen & (1 << o->term[i])) != 0 ||
			(o->weighted && (o->weight[i] == 0 || (i > 0 && o->term[i] < o->term[i - 1]))))
			r->failed = true;
		seen |= 1 << o->term[i];
	}
	o->methods = (int) get_count(r, r->end - r->p);
	o->method = palloc(Max(o->methods, 1) * sizeof(TextSpan));
	for (int i = 0; i < o->methods; i++)
	{
		o->method[i] = route_get_span(r);
		if (i > 0 && route_span_compare(o->method[i - 1], o->method[i]) >= 0)
			r->failed = true;
	}
	if (o->terms == 0)
		r->failed = true;
}

static void
begin_member(StringInfo out, const char *key)
{
	if (out->data[out->len - 1] != '{')
		appendStringInfoChar(out, ',');
	appendStringInfo(out, "\"%s\":", key);
}

/* what is not the default, as a JSON object */
void
route_options_json(StringInfo out, const RouteOptions *o)
{
	RouteOptions d;

	route_options_default(&d);
	appendStringInfoChar(out, '{');
	if (o->weighted || o->terms != d.terms || memcmp(o->term, d.term, o->terms) != 0)
	{
		begin_member(out, "objective");
		appendStringInfoChar(out, o->weighted ? '{' : '[');
		for (int i = 0; i < o->terms; i++)
		{
			appendStringInfo(out, "%s\"%s\"", i > 0 ? "," : "", route_term_name[o->term[i]]);
			if (o->weighted)
				appendStringInfo(out, ":%s",
								 route_amount_text((int128) o->weight[i] *
												   (ROUTE_AMOUNT_SCALE / ROUTE_WEIGHT_SCALE)));
		}
		appendStringInfoChar(out, o->weighted ? '}' : ']');
	}
	if (o->split != d.split)
	{
		begin_member(out, "split");
		appendStringInfoString(out, o->split == SPLIT_NONE ? "\"none\"" : "\"units\"");
	}
	if (o->partial)
	{
		begin_member(out, "partial");
		appendStringInfoString(out, "true");
	}
	if (o->promise_soft)
	{
		begin_member(out, "promise");
		appendStringInfoString(out, "\"soft\"");
	}
	if (o->cutoff_next_day)
	{
		begin_member(out, "cutoff");
		appendStringInfoString(out, "\"next_day\"");
	}
	if (o->max_days >= 0)
	{
		begin_member(out, "max_days");
		appendStringInfo(out, "%d", o->max_days);
	}
	if (o->methods > 0)
	{
		begin_member(out, "methods");
		for (int i = 0; i < o->methods; i++)
		{
			appendStringInfoChar(out, i == 0 ? '[' : ',');
			escape_json(out, route_span_text(o->method[i]));
		}
		appendStringInfoChar(out, ']');
	}
	if (o->unknown_ineligible)
	{
		begin_member(out, "unknown");
		appendStringInfoString(out, "\"ineligible\"");
	}
	if (o->exact_skus != d.exact_skus)
	{
		begin_member(out, "exact_skus");
		appendStringInfo(out, "%d", o->exact_skus);
	}
	appendStringInfoChar(out, '}');
}
