/*
 * profile_golden.c
 *	  Survivorship: which of the values that a profile's records give for an attribute counts.
 *
 * Nothing is decided before it is asked: golden_record(profile, survivorship) reads all records and
 * applies a policy to each attribute.  Candidates of an attribute are the values of the records
 * that have it, in the order of their records; the policies are
 *
 *	  most_recent		the latest observed_at (the default)
 *	  first				the earliest observed_at
 *	  most_trusted		the source that stands first in source_rank, sources not in it last
 *	  longest			the most characters: of a string itself, of other values their JSON
 *	  most_frequent		the value that most records have
 *	  min, max			by profile_value_compare()
 *	  union				an array of all distinct values, in that order; arrays give their elements
 *
 * A tie goes to the later observed_at (of first, there is none left), and then to the smaller
 * (source, record_id) by bytes.  So the result depends on the set of records alone.
 */
#include "postgres.h"
#include "compat.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "identity/profile.h"

typedef enum Policy
{
	MOST_RECENT,
	FIRST,
	MOST_TRUSTED,
	LONGEST,
	MOST_FREQUENT,
	MIN_VALUE,
	MAX_VALUE,
	UNION_OF_VALUES
} Policy;

static const char *const policy_names[] = {"most_recent", "first", "most_trusted", "longest",
	"most_frequent", "min", "max", "union"};

/* sources by rank: sorted by name, size being the rank */
typedef struct Ranking
{
	ProfileItem *sources;
	uint32		n;
} Ranking;

typedef struct Rule
{
	Policy		policy;
	const Ranking *ranking;		/* of most_trusted */
} Rule;

/* a parsed survivorship, kept from call to call */
typedef struct Survivorship
{
	MemoryContext context;
	Jsonb	   *spec;			/* what it was parsed of */
	Rule		rule;			/* of all attributes but these */
	ProfileItem *attributes;	/* sorted by name, size being the place in rules */
	Rule	   *rules;
	uint32		n;
} Survivorship;

/* ---- reading a survivorship ---- */

static void
refuse(const char *message, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s", message),
			 errhint("%s", hint)));
}

#define POLICIES_HINT \
	"Policies are most_recent, most_trusted, first, longest, most_frequent, min, max and union."
#define RANK_HINT \
	"Give the names of the sources, the most trusted first: \"source_rank\": [\"crm\", \"shop\"]."

/* part of a name for a message, NUL-terminated, in the server encoding */
static char *
shown(const JsonbValue *v)
{
	return pnstrdup(v->val.string.val,
					pg_mbcliplen(v->val.string.val, v->val.string.len, NAMEDATALEN - 1));
}

static bool
string_is(const JsonbValue *v, const char *s)
{
	return v->type == jbvString && v->val.string.len == strlen(s) &&
		memcmp(v->val.string.val, s, v->val.string.len) == 0;
}

static Policy
policy_of(const JsonbValue *v)
{
	if (v->type != jbvString)
		refuse("policy of a survivorship is not a string", POLICIES_HINT);
	for (int i = 0; i < lengthof(policy_names); i++)
	{
		if (string_is(v, policy_names[i]))
			return i;
	}
	refuse(psprintf("unknown survivorship policy \"%s\"", shown(v)), POLICIES_HINT);
	return MOST_RECENT;
}

/* a copy of a string in UTF-8 */
static TextSpan
kept_string(const JsonbValue *v)
{
	TextSpan	utf8;
	Problem		problem;
	char	   *kept;

	if (!problem_of_text(text_from_server(v->val.string.val, v->val.string.len, &utf8), &problem))
		problem_report(NULL, &problem, "survivorship", NULL);
	kept = palloc(Max(utf8.len, 1));
	memcpy(kept, utf8.data, utf8.len);
	return (TextSpan) {kept, utf8.len};
}

static const Ranking *
ranking_of(const JsonbValue *v)
{
	Ranking    *ranking = palloc0(sizeof(Ranking));
	JsonbIterator *it;
	JsonbIteratorToken token;
	JsonbValue	element;

	if (v->type != jbvBinary || !JsonContainerIsArray(v->val.binary.data))
		refuse("source_rank of a survivorship is not an array", RANK_HINT);
	ranking->sources = palloc(Max(JsonContainerSize(v->val.binary.data), 1) * sizeof(ProfileItem));
	it = JsonbIteratorInit(v->val.binary.data);
	while ((token = JsonbIteratorNext(&it, &element, true)) != WJB_DONE)
	{
		TextSpan	name;

		if (token != WJB_ELEM)
			continue;
		if (element.type != jbvString)
			refuse("source_rank of a survivorship has an element that is not a string", RANK_HINT);
		name = kept_string(&element);
		ranking->sources[ranking->n] = (ProfileItem) {.key = name.data, .keylen = name.len,
		.size = ranking->n};
		ranking->n++;
	}
	/* of a source named twice the better rank, which stays first, is the one that is found */
	profile_sort(ranking->sources, ranking->n);
	ranking->n = profile_distinct(ranking->sources, ranking->n);
	return ranking;
}

/* the rule of one attribute: a policy, or an object with one and perhaps a ranking of its own */
static Rule
rule_of(const JsonbValue *v)
{
	Rule		rule = {MOST_RECENT, NULL};
	JsonbIterator *it;
	JsonbIteratorToken token;
	JsonbValue	name,
				member;
	bool		has_policy = false;

	if (v->type != jbvBinary || !JsonContainerIsObject(v->val.binary.data))
	{
		rule.policy = policy_of(v);
		return rule;
	}
	it = JsonbIteratorInit(v->val.binary.data);
	while ((token = JsonbIteratorNext(&it, &name, true)) != WJB_DONE)
	{
		if (token != WJB_KEY)
			continue;
		(void) JsonbIteratorNext(&it, &member, true);
		if (string_is(&name, "policy"))
		{
			rule.policy = policy_of(&member);
			has_policy = true;
		}
		else if (string_is(&name, "source_rank"))
			rule.ranking = ranking_of(&member);
		else
			refuse(psprintf("unknown key \"%s\" in the survivorship of an attribute",
							shown(&name)), "Keys are policy and source_rank.");
	}
	if (!has_policy)
		refuse("survivorship of an attribute names no policy", POLICIES_HINT);
	return rule;
}

static void
read_attributes(Survivorship *s, const JsonbValue *v)
{
	JsonbIterator *it;
	JsonbIteratorToken token;
	JsonbValue	name,
				member;
	uint32		n;

	if (v->type != jbvBinary || !JsonContainerIsObject(v->val.binary.data))
		refuse("attributes of a survivorship are not an object",
			   "Give a policy by the name of each attribute: "
			   "\"attributes\": {\"name\": \"longest\"}.");
	n = Max(JsonContainerSize(v->val.binary.data), 1);
	s->attributes = palloc(n * sizeof(ProfileItem));
	s->rules = palloc(n * sizeof(Rule));
	it = JsonbIteratorInit(v->val.binary.data);
	while ((token = JsonbIteratorNext(&it, &name, true)) != WJB_DONE)
	{
		TextSpan	kept;

		if (token != WJB_KEY)
			continue;
		(void) JsonbIteratorNext(&it, &member, true);
		kept = kept_string(&name);
		s->rules[s->n] = rule_of(&member);
		s->attributes[s->n] = (ProfileItem) {.key = kept.data, .keylen = kept.len, .size = s->n};
		s->n++;
	}
	profile_sort(s->attributes, s->n);
}

/* give a rule that needs a ranking the common one */
static void
settle_rule(Rule *rule, const Ranking *common)
{
	if (rule->policy != MOST_TRUSTED)
		return;
	if (rule->ranking == NULL)
		rule->ranking = common;
	if (rule->ranking == NULL)
		refuse("survivorship policy most_trusted needs source_rank",
			   RANK_HINT);
}

/* parse a survivorship in the current memory context; 22023 */
static void
read_survivorship(Survivorship *s, Jsonb *spec)
{
	const Ranking *common = NULL;
	JsonbIterator *it;
	JsonbIteratorToken token;
	JsonbValue	name,
				member;

	if (!JB_ROOT_IS_OBJECT(spec))
		refuse("survivorship is not a JSON object",
			   "Give {} for most_recent, or for example "
			   "{\"default\": \"most_recent\", \"attributes\": {\"name\": \"longest\"}}.");
	it = JsonbIteratorInit(&spec->root);
	while ((token = JsonbIteratorNext(&it, &name, true)) != WJB_DONE)
	{
		if (token != WJB_KEY)
			continue;
		(void) JsonbIteratorNext(&it, &member, true);
		if (string_is(&name, "default"))
			s->rule.policy = policy_of(&member);
		else if (string_is(&name, "source_rank"))
			common = ranking_of(&member);
		else if (string_is(&name, "attributes"))
			read_attributes(s, &member);
		else
			refuse(psprintf("unknown key \"%s\" in a survivorship", shown(&name)),
				   "Keys are default, source_rank and attributes.");
	}
	settle_rule(&s->rule, common);
	for (uint32 i = 0; i < s->n; i++)
		settle_rule(&s->rules[i], common);
}

/* the survivorship of an argument, parsed only where it is not that of the last call */
static const Survivorship *
survivorship_of(FunctionCallInfo fcinfo, int n)
{
	Jsonb	   *spec = PG_GETARG_JSONB_P(n);
	Survivorship *kept = fcinfo->flinfo->fn_extra;
	MemoryContext context,
				old;

	if (kept && VARSIZE(kept->spec) == VARSIZE(spec) &&
		memcmp(kept->spec, spec, VARSIZE(spec)) == 0)
		return kept;
	context = AllocSetContextCreate(CurrentMemoryContext, "omni survivorship",
									ALLOCSET_SMALL_SIZES);
	old = MemoryContextSwitchTo(context);
	kept = palloc0(sizeof(Survivorship));
	kept->context = context;
	kept->spec = palloc(VARSIZE(spec));
	memcpy(kept->spec, spec, VARSIZE(spec));
	read_survivorship(kept, kept->spec);
	MemoryContextSwitchTo(old);

	/* an error on the way leaves the old one, and the new one to its memory context */
	if (fcinfo->flinfo->fn_extra)
		MemoryContextDelete(((Survivorship *) fcinfo->flinfo->fn_extra)->context);
	MemoryContextSetParent(context, fcinfo->flinfo->fn_mcxt);
	fcinfo->flinfo->fn_extra = kept;
	return kept;
}

/* ---- candidates ---- */

/* what is asked of a record when values compete */
typedef struct Speaker
{
	TextSpan	source;
	TimestampTz observed_at;
} Speaker;

typedef struct Contest
{
	const ProfileItem *candidates;	/* at: the value; size: its record */
	uint32		n;
	const Speaker *speakers;
} Contest;

static ProfileValue
candidate_value(const ProfileItem *candidate)
{
	const char *at = candidate->at;

	/* its end was checked when it was found */
	return profile_value(&at, at + PROFILE_MAX);
}

static uint32
rank_of(const Ranking *ranking, TextSpan source)
{
	uint32		low = 0,
				high = ranking->n;

	while (low < high)
	{
		uint32		middle = low + (high - low) / 2;
		const ProfileItem *item = &ranking->sources[middle];
		int			c = profile_compare_bytes(source.data, source.len, item->key, item->keylen);

		if (c == 0)
			return item->size;
		if (c < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return PG_UINT32_MAX;
}

/* how much speaks for a candidate: the greater wins, of equal ones the later observed_at */
static int64
merit(const Rule *rule, const Contest *c, const ProfileItem *candidate)
{
	const Speaker *speaker = &c->speakers[candidate->size];
	ProfileValue value;

	switch (rule->policy)
	{
		case FIRST:
			return -speaker->observed_at;
		case MOST_TRUSTED:
			return -(int64) rank_of(rule->ranking, speaker->source);
		case LONGEST:
			value = candidate_value(candidate);
			return profile_value_length(&value);
		default:
			return 0;
	}
}

/* the candidate of most merit; candidates are in the order of (source, record_id) */
static const ProfileItem *
best_by_merit(const Rule *rule, const Contest *c)
{
	const ProfileItem *best = &c->candidates[0];
	int64		best_merit = merit(rule, c, best);

	for (uint32 i = 1; i < c->n; i++)
	{
		const ProfileItem *one = &c->candidates[i];
		int64		m = merit(rule, c, one);

		if (m > best_merit ||
			(m == best_merit &&
			 c->speakers[one->size].observed_at > c->speakers[best->size].observed_at))
		{
			best = one;
			best_merit = m;
		}
	}
	return best;
}

/* the least value, or the greatest; equal ones are the same bytes */
static const ProfileItem *
best_by_order(const Contest *c, int sign)
{
	const ProfileItem *best = &c->candidates[0];
	ProfileValue best_value = candidate_value(best);

	for (uint32 i = 1; i < c->n; i++)
	{
		ProfileValue value = candidate_value(&c->candidates[i]);

		if (sign * profile_value_compare(&value, &best_value) > 0)
		{
			best = &c->candidates[i];
			best_value = value;
		}
	}
	return best;
}

/* the value that most candidates have; of several, the one that was seen last */
static const ProfileItem *
most_frequent(const Contest *c)
{
	ProfileItem *values = palloc(c->n * sizeof(ProfileItem));
	const ProfileItem *best = NULL;
	uint32		best_count = 0;
	uint32		end;

	for (uint32 i = 0; i < c->n; i++)
	{
		ProfileValue value = candidate_value(&c->candidates[i]);

		values[i] = (ProfileItem) {.key = value.bytes.data, .keylen = value.bytes.len,
		.at = (const char *) &c->candidates[i]};
	}
	profile_sort(values, c->n);
	for (uint32 i = 0; i < c->n; i = end)
	{
		const ProfileItem *latest = (const ProfileItem *) values[i].at;

		for (end = i + 1; end < c->n && profile_same_key(&values[i], &values[end]); end++)
		{
			const ProfileItem *one = (const ProfileItem *) values[end].at;

			if (c->speakers[one->size].observed_at > c->speakers[latest->size].observed_at)
				latest = one;
		}
		/* equal counts: the later; equal times: the smaller record, which has the smaller number */
		if (end - i > best_count ||
			(end - i == best_count &&
			 (c->speakers[latest->size].observed_at > c->speakers[best->size].observed_at ||
			  (c->speakers[latest->size].observed_at == c->speakers[best->size].observed_at &&
			   latest->size < best->size))))
		{
			best = latest;
			best_count = end - i;
		}
	}
	pfree(values);
	return best;
}

static int
compare_values(const void *a, const void *b)
{
	return profile_value_compare(a, b);
}

/* push the array of all distinct values; elements of arrays count as values */
static void
push_union(JsonbParseState **state, const Contest *c)
{
	uint32		n = 0,
				room = 16;
	ProfileValue *values = palloc(room * sizeof(ProfileValue));

	for (uint32 i = 0; i < c->n; i++)
	{
		ProfileValue value = candidate_value(&c->candidates[i]);
		bool		is_array = value.tag == PROFILE_ARRAY;
		const char *at = is_array ? value.payload.data : value.bytes.data;
		const char *end = value.bytes.data + value.bytes.len;

		while (at < end)
		{
			ProfileValue element = profile_value(&at, end);

			if (element.tag == PROFILE_NULL)
				continue;
			if (n == room)
				values = repalloc_huge(values, (Size) (room *= 2) * sizeof(ProfileValue));
			values[n++] = element;
		}
	}
	qsort(values, n, sizeof(ProfileValue), compare_values);
	pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
	for (uint32 i = 0; i < n; i++)
	{
		if (i == 0 || profile_value_compare(&values[i - 1], &values[i]) != 0)
			profile_push_value(state, WJB_ELEM, &values[i]);
	}
	pushJsonbValue(state, WJB_END_ARRAY, NULL);
	pfree(values);
}

static void
push_survivor(JsonbParseState **state, const Rule *rule, const Contest *c)
{
	const ProfileItem *best;
	ProfileValue value;

	switch (rule->policy)
	{
		case UNION_OF_VALUES:
			push_union(state, c);
			return;
		case MIN_VALUE:
			best = best_by_order(c, -1);
			break;
		case MAX_VALUE:
			best = best_by_order(c, 1);
			break;
		case MOST_FREQUENT:
			best = most_frequent(c);
			break;
		default:
			best = best_by_merit(rule, c);
	}
	value = candidate_value(best);
	profile_push_value(state, WJB_VALUE, &value);
}

/* ---- golden_record ---- */

PG_FUNCTION_INFO_V1(golden_record);
PG_FUNCTION_INFO_V1(profile_attribute);
PG_FUNCTION_INFO_V1(profile_attribute_text);

/* all attributes of all records, by name and then by record; *speakers = the records */
static ProfileItem *
collect_attributes(ProfileView *view, Speaker **speakers, uint32 *n)
{
	uint32		room = Max(64, view->count);
	ProfileItem *items = palloc(room * sizeof(ProfileItem));
	ProfileRecord record;
	uint32		r = 0;

	*speakers = palloc(Max(view->count, 1) * sizeof(Speaker));
	*n = 0;
	while (r < view->count && profile_next(view, &record))
	{
		const char *at = record.attributes;

		(*speakers)[r] = (Speaker) {record.source, record.observed_at};
		while (at < record.end)
		{
			TextSpan	name = profile_span(&at, record.end);

			if (*n == room)
				items = repalloc_huge(items, (Size) (room *= 2) * sizeof(ProfileItem));
			items[(*n)++] = (ProfileItem) {.key = name.data, .keylen = name.len, .at = at,
			.size = r};
			(void) profile_value(&at, record.end);
		}
		r++;
	}
	profile_sort(items, *n);
	return items;
}

/* the rule of an attribute; names come in ascending order, and *next goes with them */
static const Rule *
rule_for(const Survivorship *s, const ProfileItem *name, uint32 *next)
{
	while (*next < s->n)
	{
		const ProfileItem *one = &s->attributes[*next];
		int			c = profile_compare_bytes(one->key, one->keylen, name->key, name->keylen);

		if (c == 0)
			return &s->rules[one->size];
		if (c > 0)
			break;
		(*next)++;
	}
	return &s->rule;
}

/* "identifiers": an array of values for each kind */
static void
push_identifiers(JsonbParseState **state, Datum profile)
{
	uint32		n;
	ProfileItem *items = profile_identifiers_of(profile, &n);
	JsonbValue	v;
	TextSpan	kind = {NULL, -1};

	pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
	for (uint32 i = 0; i < n; i++)
	{
		const char *colon = memchr(items[i].key, ':', items[i].keylen);
		const char *value;

		if (colon == NULL)
			profile_damaged();
		if (kind.len != colon - items[i].key || memcmp(kind.data, items[i].key, kind.len) != 0)
		{
			if (i > 0)
				pushJsonbValue(state, WJB_END_ARRAY, NULL);
			kind = (TextSpan) {items[i].key, colon - items[i].key};
			profile_jsonb_string(&v, kind);
			pushJsonbValue(state, WJB_KEY, &v);
			pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
		}
		value = colon + 1;
		profile_jsonb_string(&v, (TextSpan) {value, items[i].key + items[i].keylen - value});
		pushJsonbValue(state, WJB_ELEM, &v);
	}
	if (n > 0)
		pushJsonbValue(state, WJB_END_ARRAY, NULL);
	pushJsonbValue(state, WJB_END_OBJECT, NULL);
	pfree(items);
}

static bool
named_identifiers(const ProfileItem *item)
{
	return item->keylen == 11 && memcmp(item->key, "identifiers", 11) == 0;
}

/*
 * golden_record(customer_profile, survivorship jsonb DEFAULT '{}') -> jsonb: each attribute with
 * its survivor, and "identifiers" with the values of each kind; 22023 for a bad survivorship.  An
 * attribute of the name identifiers has no place there.
 */
Datum
golden_record(PG_FUNCTION_ARGS)
{
	Datum		profile = PointerGetDatum(profile_canonical(PG_GETARG_DATUM(0)));
	const Survivorship *survivorship = survivorship_of(fcinfo, 1);
	JsonbParseState *state = NULL;
	Speaker    *speakers;
	ProfileItem *items;
	ProfileView view;
	JsonbValue	name;
	uint32		n,
				end,
				next = 0;

	profile_open(profile, &view);
	items = collect_attributes(&view, &speakers, &n);
	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	for (uint32 i = 0; i < n; i = end)
	{
		Contest		contest = {&items[i], 0, speakers};

		CHECK_FOR_INTERRUPTS();
		for (end = i + 1; end < n && profile_same_key(&items[i], &items[end]); end++)
			;
		contest.n = end - i;
		if (named_identifiers(&items[i]))
			continue;
		profile_jsonb_string(&name, (TextSpan) {items[i].key, items[i].keylen});
		pushJsonbValue(&state, WJB_KEY, &name);
		push_survivor(&state, rule_for(survivorship, &items[i], &next), &contest);
	}
	profile_jsonb_string(&name, (TextSpan) {"identifiers", 11});
	pushJsonbValue(&state, WJB_KEY, &name);
	push_identifiers(&state, profile);
	PG_RETURN_JSONB_P(JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL)));
}

/* the most recent value of an attribute, as golden_record() has it; false if no record has it */
static bool
most_recent(FunctionCallInfo fcinfo, ProfileValue *value)
{
	TextSpan	wanted = profile_text_utf8(PG_GETARG_TEXT_PP(1));
	ProfileView view;
	ProfileRecord record;
	TimestampTz best = 0;
	bool		found = false;

	profile_open(PointerGetDatum(profile_canonical(PG_GETARG_DATUM(0))), &view);
	while (profile_next(&view, &record))
	{
		const char *at = record.attributes;

		if (found && record.observed_at <= best)
			continue;
		while (at < record.end)
		{
			TextSpan	name = profile_span(&at, record.end);
			ProfileValue one = profile_value(&at, record.end);

			if (name.len != wanted.len || memcmp(name.data, wanted.data, name.len) != 0)
				continue;
			*value = one;
			best = record.observed_at;
			found = true;
			break;
		}
	}
	return found;
}

/* profile_attribute(customer_profile, text) -> jsonb; NULL if no record has the attribute */
Datum
profile_attribute(PG_FUNCTION_ARGS)
{
	ProfileValue value;

	if (!most_recent(fcinfo, &value))
		PG_RETURN_NULL();
	PG_RETURN_JSONB_P(profile_value_jsonb(&value));
}

/* profile_attribute_text(customer_profile, text) -> text: as jsonb's ->> */
Datum
profile_attribute_text(PG_FUNCTION_ARGS)
{
	ProfileValue value;
	StringInfoData text;

	if (!most_recent(fcinfo, &value))
		PG_RETURN_NULL();
	initStringInfo(&text);
	if (value.tag == PROFILE_ARRAY || value.tag == PROFILE_OBJECT)
	{
		Jsonb	   *jsonb = profile_value_jsonb(&value);

		PG_RETURN_TEXT_P(cstring_to_text(JsonbToCString(NULL, &jsonb->root, VARSIZE(jsonb))));
	}
	if (value.tag == PROFILE_STRING)
		appendBinaryStringInfo(&text, value.payload.data, value.payload.len);
	else
		profile_value_text(&text, &value);
	PG_RETURN_TEXT_P(cstring_to_text(text_to_server(text.data, text.len)));
}
