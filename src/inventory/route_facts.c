/*
 * route_facts.c
 *	  What is told of an offer as jsonb: facts, read strictly.
 *
 *	  {"fixed_cost": 4.90, "unit_cost": 0.3, "unit_duty": 1.2, "fixed_emissions": 300,
 *	   "unit_emissions": 40, "unit_protection": 0.5, "days": 2, "promised_days": 3,
 *	   "capacity": 40, "past_cutoff": false, "ineligible": "closed", "method": "ship"}
 *
 * What is absent or null is not known.  An amount is 0 or more, at most 10^12, and has no more
 * than six decimals.  The reader never raises: it fills a Problem, which names the fact.
 */
#include "postgres.h"
#include "compat.h"

#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/numeric.h"

#include "inventory/route.h"

const char *const route_fact_name[FACTS] = {
	"fixed_cost", "unit_cost", "unit_duty", "fixed_emissions", "unit_emissions",
	"unit_protection", "days", "promised_days", "capacity"
};

const TextSpan route_method_ship = {"ship", 4};

#define FACTS_HINT \
	"The facts are fixed_cost, unit_cost, unit_duty, fixed_emissions, unit_emissions, " \
	"unit_protection, days, promised_days, capacity, past_cutoff, ineligible and method."

bool
route_problem(Problem *problem, int sqlerrcode, const char *code, const char *hint,
			  const char *format,...)
{
	va_list		args;

	va_start(args, format);
	PROBLEM(problem, code, problem_text(format, args), hint);
	va_end(args);
	problem->sqlerrcode = sqlerrcode;
	return false;
}

void
route_raise(const Problem *problem, const char *message)
{
	ereport(ERROR,
			(errcode(problem->sqlerrcode ? problem->sqlerrcode : ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s", message),
			 errdetail("%s", problem->detail),
			 problem->hint ? errhint("%s", problem->hint) : 0));
}

/* ---- numbers ---- */

/* millionths of a number of 0 or more; false fills the problem's detail */
bool
route_amount(Numeric n, int64 *amount, Problem *problem)
{
	const char *s = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(n)));
	int64		whole = 0;
	int64		fraction = 0;
	int64		unit = ROUTE_AMOUNT_SCALE;

	if (*s == '-' || *s == 'N')
		return route_problem(problem, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, "range", NULL,
							 "An amount is a number of 0 or more.");
	for (; *s >= '0' && *s <= '9'; s++)
	{
		whole = whole * 10 + (*s - '0');
		if (whole > ROUTE_AMOUNT_MAX / ROUTE_AMOUNT_SCALE)
			break;
	}
	if (whole <= ROUTE_AMOUNT_MAX / ROUTE_AMOUNT_SCALE && *s == '.')
	{
		for (s++; *s >= '0' && *s <= '9'; s++)
		{
			unit /= 10;
			if (unit == 0 && *s != '0')
				return route_problem(problem, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, "range",
									 "Round it to six decimals.",
									 "An amount has at most six decimals.");
			fraction += unit * (*s - '0');
		}
	}
	if (*s != '\0' || whole > ROUTE_AMOUNT_MAX / ROUTE_AMOUNT_SCALE ||
		whole * ROUTE_AMOUNT_SCALE + fraction > ROUTE_AMOUNT_MAX)
		return route_problem(problem, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, "range", NULL,
							 "An amount is at most 10^12.");
	*amount = whole * ROUTE_AMOUNT_SCALE + fraction;
	return true;
}

/* a whole number of 0 to max, which is below 10^18 */
bool
route_whole_number(Numeric n, int64 max, int64 *value)
{
	const char *s = numeric_normalize(n);
	int64		sum = 0;

	for (; *s >= '0' && *s <= '9' && sum <= max; s++)
		sum = sum * 10 + (*s - '0');
	*value = sum;
	return *s == '\0' && sum <= max;
}

/* an amount as numeric writes it, without zeros at the end */
char *
route_amount_text(int128 amount)
{
	char		digits[64];
	char	   *p = digits + sizeof(digits) - 1;
	bool		significant = false;

	*p = '\0';
	for (int i = 0; i < 6; i++)
	{
		int			d = (int) (amount % 10);

		significant = significant || d != 0;
		if (significant)
			*--p = '0' + d;
		amount /= 10;
	}
	if (significant)
		*--p = '.';
	do
	{
		*--p = '0' + (int) (amount % 10);
		amount /= 10;
	} while (amount > 0);
	return pstrdup(p);
}

/* ---- texts ---- */

/* a string of 1 to ROUTE_ID_MAX bytes, as UTF-8 */
bool
route_text(const JsonbValue *v, TextSpan *s, const char *what, Problem *problem)
{
	if (v->type != jbvString)
		return route_problem(problem, ERRCODE_INVALID_PARAMETER_VALUE, "type", NULL,
							 "%s is not a string.", what);
	*s = (TextSpan) {v->val.string.val, v->val.string.len};
	if (!text_is_ascii(s->data, s->len) &&
		!problem_of_text(text_from_server(v->val.string.val, v->val.string.len, s), problem))
		return false;
	if (s->len < 1 || s->len > ROUTE_ID_MAX)
		return route_problem(problem, ERRCODE_INVALID_PARAMETER_VALUE, "length", NULL,
							 "%s has not 1 to %d bytes.", what, ROUTE_ID_MAX);
	return true;
}

/* ---- facts ---- */

void
route_facts_default(RouteFacts *facts)
{
	memset(facts, 0, sizeof(RouteFacts));
	facts->method = route_method_ship;
}

static bool
named(const char *key, int keylen, const char *name)
{
	return keylen == strlen(name) && memcmp(key, name, keylen) == 0;
}

static bool
take_fact(RouteFacts *facts, RouteFact fact, const JsonbValue *v, Problem *problem)
{
	const char *name = route_fact_name[fact];

	if (v->type == jbvNull)
		return true;
	if (v->type != jbvNumeric)
		return route_problem(problem, ERRCODE_INVALID_PARAMETER_VALUE, "type", NULL,
							 "%s is not a number.", name);
	if (fact == FACT_DAYS || fact == FACT_PROMISED_DAYS || fact == FACT_CAPACITY)
	{
		int64		max = fact == FACT_CAPACITY ? ROUTE_UNITS_MAX : ROUTE_DAYS_MAX;

		if (!route_whole_number(v->val.numeric, max, &facts->value[fact]))
			return route_problem(problem, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, "range", NULL,
								 "%s is not a whole number from 0 to " INT64_FORMAT ".",
								 name, max);
	}
	else if (!route_amount(v->val.numeric, &facts->value[fact], problem))
	{
		problem->detail = psprintf("%s: %s", name, problem->detail);
		return false;
	}
	facts->known |= 1 << fact;
	return true;
}

/* set the fact of a key; *is_fact says whether the key is one */
bool
route_fact_set(RouteFacts *facts, const char *key, int keylen, const JsonbValue *v,
			   bool *is_fact, Problem *problem)
{
	*is_fact = true;
	for (int i = 0; i < FACTS; i++)
	{
		if (named(key, keylen, route_fact_name[i]))
			return take_fact(facts, i, v, problem);
	}
	if (named(key, keylen, "past_cutoff"))
	{
		if (v->type != jbvBool && v->type != jbvNull)
			return route_problem(problem, ERRCODE_INVALID_PARAMETER_VALUE, "type", NULL,
								 "past_cutoff is not true or false.");
		facts->past_cutoff = v->type == jbvBool && v->val.boolean;
		return true;
	}
	if (named(key, keylen, "ineligible"))
	{
		if (v->type == jbvString)
			return route_text(v, &facts->ineligible, "ineligible", problem);
		if (v->type != jbvBool && v->type != jbvNull)
			return route_problem(problem, ERRCODE_INVALID_PARAMETER_VALUE, "type",
								 "Say why the node may not be used, or true or false.",
								 "ineligible is neither a string nor true or false.");
		if (v->type == jbvBool && v->val.boolean)
			facts->ineligible = (TextSpan) {"ineligible", 10};
		return true;
	}
	if (named(key, keylen, "method"))
		return v->type == jbvNull || route_text(v, &facts->method, "method", problem);
	*is_fact = false;
	return true;
}

bool
route_facts_read(JsonbContainer *object, RouteFacts *facts, Problem *problem)
{
	JsonbIterator *it;
	JsonbValue	key;
	JsonbValue	value;

	route_facts_default(facts);
	if (!JsonContainerIsObject(object))
		return route_problem(problem, ERRCODE_INVALID_PARAMETER_VALUE, "type", FACTS_HINT,
							 "The facts are not a JSON object.");
	it = JsonbIteratorInit(object);
	(void) JsonbIteratorNext(&it, &key, true);
	while (JsonbIteratorNext(&it, &key, true) == WJB_KEY)
	{
		bool		is_fact;

		(void) JsonbIteratorNext(&it, &value, true);
		if (!route_fact_set(facts, key.val.string.val, key.val.string.len, &value, &is_fact,
							problem))
			return false;
		if (!is_fact)
			return route_problem(problem, ERRCODE_INVALID_PARAMETER_VALUE, "fact", FACTS_HINT,
								 "There is no fact \"%s\".",
								 text_shown(cstring_to_text_with_len(key.val.string.val,
																	 key.val.string.len)));
	}
	return true;
}

static void
put_text(StringInfo out, const char *name, TextSpan s)
{
	appendStringInfo(out, ",\"%s\":", name);
	escape_json(out, route_span_text(s));
}

/* the facts as members of a JSON object that has others before */
void
route_facts_json(StringInfo out, const RouteFacts *facts)
{
	for (int i = 0; i < FACTS; i++)
	{
		if (!FACT_KNOWN(facts, i))
			continue;
		appendStringInfo(out, ",\"%s\":", route_fact_name[i]);
		if (i == FACT_DAYS || i == FACT_PROMISED_DAYS || i == FACT_CAPACITY)
			appendStringInfo(out, INT64_FORMAT, facts->value[i]);
		else
			appendStringInfoString(out, route_amount_text(facts->value[i]));
	}
	if (facts->past_cutoff)
		appendStringInfoString(out, ",\"past_cutoff\":true");
	if (facts->ineligible.data)
		put_text(out, "ineligible", facts->ineligible);
	if (route_span_compare(facts->method, route_method_ship) != 0)
		put_text(out, "method", facts->method);
}
