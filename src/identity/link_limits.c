/*
 * link_limits.c
 *	  Limits of merging: what may be in one cluster, and what never links.
 *
 *	  {"priority": ["user_id", "email"],
 *	   "limits": {"user_id": 1, "email": {"max": 5, "within": "7 days"}, "*": 5},
 *	   "blocked": {"*": {"values": ["-1", "null"], "patterns": ["^[0-]*$"]}},
 *	   "shared": {"phone": {"email": 3}},
 *	   "max_identifiers": 1000, "max_records": 5000,
 *	   "weak_bridge": {"weight": 3, "records": 2}}
 *
 * limits: distinct values of a kind in one cluster; "*" stands for the kinds not named.  blocked:
 * "*" stands for all kinds, and is added to what a kind names itself; values are compared byte by
 * byte, for email, phone and every other kind also in their canonical form.  A span of time is a
 * list of numbers and units, such as "7 days" or "1 day 12:00:00"; months have no fixed length.
 *
 * The parser never raises: what is wrong is a sentence that begins with its place and repeats names
 * of the limits, never a blocked value.
 */
#include "postgres.h"
#include "compat.h"

#include <math.h>

#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "common/int.h"
#include "miscadmin.h"
#include "regex/regex.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "identity/byte_sort.h"
#include "identity/identity.h"
#include "identity/link_evidence.h"
#include "text/value.h"

#define REGEX_FLAGS		(REG_ADVANCED | REG_NOSUB)

#define PATTERN_HINT	"Patterns are PostgreSQL's regular expressions."

/* a name in a message has at most so many bytes */
#define NAME_SHOWN		64

typedef struct Parser
{
	LimitsProblem *problem;
} Parser;

static bool fail(Parser *p, const char *hint, const char *format,...)
			__attribute__((format(printf, 3, 4)));

static bool
fail(Parser *p, const char *hint, const char *format,...)
{
	va_list		args;

	va_start(args, format);
	p->problem->message = problem_text(format, args);
	va_end(args);
	p->problem->hint = hint;
	return false;
}

/* a name of the limits, as a message shows it */
static char *
shown(const JsonbValue *v)
{
	return text_shown(cstring_to_text_with_len(v->val.string.val, v->val.string.len));
}

/* UTF-8 of a string; what is in a jsonb is valid in the server encoding */
static TextSpan
utf8_of(const JsonbValue *v)
{
	TextSpan	s = {v->val.string.val, v->val.string.len};

	if (GetDatabaseEncoding() != PG_UTF8)
		(void) text_from_server(v->val.string.val, v->val.string.len, &s);
	return s;
}

/* ---- reading jsonb ---- */

typedef struct Members
{
	JsonbIterator *it;
	JsonbValue	key;
	JsonbValue	value;
} Members;

static bool
is_object(const JsonbValue *v)
{
	return v->type == jbvBinary && JsonContainerIsObject(v->val.binary.data);
}

static bool
is_array(const JsonbValue *v)
{
	return v->type == jbvBinary && JsonContainerIsArray(v->val.binary.data);
}

static void
begin_members(Members *m, JsonbContainer *container)
{
	m->it = JsonbIteratorInit(container);
	(void) JsonbIteratorNext(&m->it, &m->key, true);
}

/* the next member of an object */
static bool
next_member(Members *m)
{
	if (JsonbIteratorNext(&m->it, &m->key, true) != WJB_KEY)
		return false;
	(void) JsonbIteratorNext(&m->it, &m->value, true);
	return true;
}

/* the next element of an array */
static bool
next_element(Members *m)
{
	return JsonbIteratorNext(&m->it, &m->value, true) == WJB_ELEM;
}

static bool
named(const JsonbValue *key, const char *name)
{
	return key->val.string.len == strlen(name) &&
		memcmp(key->val.string.val, name, key->val.string.len) == 0;
}

/* a whole number from least on */
static bool
take_count(Parser *p, const JsonbValue *v, int64 least, int64 *n, const char *place)
{
	int64		sum = 0;

	if (v->type == jbvNumeric)
	{
		const char *at = numeric_normalize(v->val.numeric);
		bool		fits = *at != '\0';

		for (; fits && *at; at++)
			fits = *at >= '0' && *at <= '9' && !pg_mul_s64_overflow(sum, 10, &sum) &&
				!pg_add_s64_overflow(sum, *at - '0', &sum);
		if (fits && sum >= least && sum <= PG_INT32_MAX)
		{
			*n = sum;
			return true;
		}
	}
	return fail(p, "Leave out what has no limit.",
				"%s is not a whole number from %d to %d", place, (int) least, PG_INT32_MAX);
}

static bool
take_number(Parser *p, const JsonbValue *v, float8 *n, const char *place)
{
	if (v->type == jbvNumeric)
	{
		*n = strtod(numeric_normalize(v->val.numeric), NULL);
		if (isfinite(*n))
			return true;
	}
	return fail(p, "Give a match weight.", "%s is not a number of double precision", place);
}

/* ---- spans of time ---- */

static bool
take_unit(const char *unit, int len, int64 *usecs)
{
	static const struct
	{
		const char *name;
		int64		usecs;
	}			units[] = {
		{"second", USECS_PER_SEC}, {"sec", USECS_PER_SEC}, {"minute", USECS_PER_MINUTE},
		{"min", USECS_PER_MINUTE}, {"hour", USECS_PER_HOUR}, {"day", USECS_PER_DAY},
		{"week", 7 * USECS_PER_DAY}
	};

	if (len > 1 && (unit[len - 1] | 32) == 's')
		len--;
	for (int i = 0; i < lengthof(units); i++)
	{
		if (len == strlen(units[i].name) && pg_strncasecmp(unit, units[i].name, len) == 0)
		{
			*usecs = units[i].usecs;
			return true;
		}
	}
	return false;
}

static const char *
skip_spaces(const char *at)
{
	while (*at == ' ')
		at++;
	return at;
}

/* the number at *at, which is no longer than a time can be */
static bool
take_whole(const char **at, int64 *n)
{
	const char *from = *at;

	*n = 0;
	while (**at >= '0' && **at <= '9' && *at - from < 12)
		*n = *n * 10 + (*(*at)++ - '0');
	return *at > from && !(**at >= '0' && **at <= '9');
}

/* the rest of hh:mm:ss or hh:mm, behind its hours */
static bool
take_clock(const char **at, int64 hours, int64 *usecs)
{
	int64		minutes,
				seconds = 0;

	(*at)++;
	if (!take_whole(at, &minutes) || minutes > 59)
		return false;
	if (**at == ':')
	{
		(*at)++;
		if (!take_whole(at, &seconds) || seconds > 59)
			return false;
	}
	return !pg_mul_s64_overflow(hours, USECS_PER_HOUR, usecs) &&
		!pg_add_s64_overflow(*usecs, minutes * USECS_PER_MINUTE + seconds * USECS_PER_SEC, usecs);
}

static bool
parse_span(const char *at, int64 *span)
{
	*span = 0;
	for (at = skip_spaces(at); *at; at = skip_spaces(at))
	{
		int64		n,
					usecs;

		if (!take_whole(&at, &n))
			return false;
		if (*at == ':')
		{
			if (!take_clock(&at, n, &usecs))
				return false;
		}
		else
		{
			const char *unit = at = skip_spaces(at);

			while ((*at | 32) >= 'a' && (*at | 32) <= 'z')
				at++;
			if (!take_unit(unit, at - unit, &usecs) || pg_mul_s64_overflow(n, usecs, &usecs))
				return false;
		}
		if (pg_add_s64_overflow(*span, usecs, span))
			return false;
	}
	return *span > 0;
}

/* ---- the parts of limits ---- */

/* a kind of identifiers, or "*" where that is allowed */
static bool
take_kind(Parser *p, const JsonbValue *v, bool any, TextSpan *kind, const char *place)
{
	const char *s = v->val.string.val;
	int			len = v->type == jbvString ? v->val.string.len : 0;
	bool		valid = len > 0 && len <= IDENTIFIER_KIND_MAX && *s >= 'a' && *s <= 'z';

	for (int i = 1; valid && i < len; i++)
		valid = (s[i] >= 'a' && s[i] <= 'z') || (s[i] >= '0' && s[i] <= '9') || s[i] == '_';
	*kind = (TextSpan) {s, len};
	if (valid || (any && len == 1 && *s == '*'))
		return true;
	if (v->type != jbvString)
		return fail(p, "Name kinds as strings.", "%s is not the name of a kind", place);
	return fail(p, "Kinds are like email or user_id.", "%s names \"%s\", which is no kind%s",
				place, shown(v), any ? " and not \"*\"" : "");
}

static bool
parse_priority(Parser *p, const JsonbValue *list, LinkLimits *limits)
{
	Members		m;

	if (!is_array(list))
		return fail(p, "Write \"priority\": [\"user_id\", \"email\"].",
					"priority is not an array");
	if (JsonContainerSize(list->val.binary.data) > LINK_KINDS_MAX)
		return fail(p, "A kind is a name of the data model, such as email.",
					"priority names more than %d kinds", LINK_KINDS_MAX);
	limits->priority = palloc(Max(JsonContainerSize(list->val.binary.data), 1) *
							  sizeof(TextSpan));
	begin_members(&m, list->val.binary.data);
	while (next_element(&m))
	{
		TextSpan   *kind = &limits->priority[limits->npriority];

		if (!take_kind(p, &m.value, false, kind, "priority"))
			return false;
		for (int i = 0; i < limits->npriority; i++)
		{
			if (link_same(limits->priority[i], *kind))
				return fail(p, "Name each kind once.", "priority names \"%s\" twice",
							shown(&m.value));
		}
		limits->npriority++;
		CHECK_FOR_INTERRUPTS();
	}
	return true;
}

static bool
parse_kind_limit(Parser *p, const JsonbValue *v, KindLimit *limit)
{
	char	   *place = psprintf("limits.%.*s", limit->kind.len, limit->kind.data);
	bool		have_max = false;
	Members		m;

	if (!is_object(v))
		return take_count(p, v, 1, &limit->max, place);
	begin_members(&m, v->val.binary.data);
	while (next_member(&m))
	{
		if (named(&m.key, "max"))
		{
			have_max = true;
			if (!take_count(p, &m.value, 1, &limit->max, psprintf("%s.max", place)))
				return false;
		}
		else if (named(&m.key, "within"))
		{
			if (m.value.type != jbvString ||
				!parse_span(pnstrdup(m.value.val.string.val, m.value.val.string.len),
							&limit->within))
				return fail(p, "Write it in weeks, days, hours, minutes or seconds, for example "
							"\"30 days\": months have no fixed length.",
							"%s.within is not a span of time", place);
		}
		else
			return fail(p, "A limit has max and within.", "%s has an unknown member \"%s\"",
						place, shown(&m.key));
	}
	return have_max ||
		fail(p, "Write {\"max\": 5, \"within\": \"7 days\"}.", "%s has no max", place);
}

static bool
parse_kind_limits(Parser *p, const JsonbValue *list, LinkLimits *limits)
{
	Members		m;

	if (!is_object(list))
		return fail(p, "Write \"limits\": {\"email\": 5}.", "limits is not an object");
	limits->limits = palloc(Max(JsonContainerSize(list->val.binary.data), 1) * sizeof(KindLimit));
	begin_members(&m, list->val.binary.data);
	while (next_member(&m))
	{
		KindLimit  *limit = &limits->limits[limits->nlimits];

		memset(limit, 0, sizeof(KindLimit));
		if (!take_kind(p, &m.key, true, &limit->kind, "limits") ||
			!parse_kind_limit(p, &m.value, limit))
			return false;
		if (limit->kind.data[0] == '*')
		{
			limits->rest = palloc(sizeof(KindLimit));
			*limits->rest = *limit;
		}
		else
			limits->nlimits++;
	}
	return true;
}

/* the canonical form of a value of a kind; the value itself where it has none */
static TextSpan
canonical_value(TextSpan kind, TextSpan value)
{
	StringInfoData s;
	IdentifierValue identifier;
	Problem		problem;

	initStringInfo(&s);
	appendBinaryStringInfo(&s, kind.data, kind.len);
	appendStringInfoChar(&s, ':');
	appendBinaryStringInfo(&s, value.data, value.len);
	if (kind.data[0] == '*' || !identifier_parse_utf8(s.data, s.len, &identifier, &problem))
		return value;
	value.len = identifier.len - kind.len - 1;
	value.data = memcpy(palloc(value.len), identifier.data + kind.len + 1, value.len);
	return value;
}

static bool
parse_blocked_values(Parser *p, const JsonbValue *list, KindBlocked *blocked)
{
	ByteItem   *items;
	uint32		n = 0;
	Members		m;

	if (!is_array(list))
		return fail(p, "Write \"values\": [\"null\", \"anonymous\"].",
					"blocked.%.*s.values is not an array", blocked->kind.len, blocked->kind.data);
	/* each once as it is written, and once in its canonical form */
	items = palloc_extended((2 * (Size) JsonContainerSize(list->val.binary.data) + 1) *
							sizeof(ByteItem), MCXT_ALLOC_HUGE);
	begin_members(&m, list->val.binary.data);
	while (next_element(&m))
	{
		TextSpan	raw;
		TextSpan	value;

		CHECK_FOR_INTERRUPTS();
		if (m.value.type != jbvString)
			return fail(p, "Values are strings, also where they are numbers: \"-1\".",
						"blocked.%.*s.values has an element that is no string",
						blocked->kind.len, blocked->kind.data);
		raw = utf8_of(&m.value);
		value = canonical_value(blocked->kind, raw);
		items[n++] = (ByteItem) {.key = raw.data, .keylen = raw.len};
		items[n++] = (ByteItem) {.key = value.data, .keylen = value.len};
	}
	byte_sort(items, n);
	blocked->values = palloc_extended((Size) Max(n, 1) * sizeof(TextSpan), MCXT_ALLOC_HUGE);
	for (uint32 i = 0; i < n; i++)
	{
		TextSpan	value = {items[i].key, items[i].keylen};

		if (blocked->nvalues == 0 || !link_same(blocked->values[blocked->nvalues - 1], value))
			blocked->values[blocked->nvalues++] = value;
	}
	return true;
}

/* can the regular expression be compiled; it is kept in the cache of the server then */
static bool
pattern_valid(text *pattern)
{
	MemoryContext context = CurrentMemoryContext;
	volatile bool valid = true;

	PG_TRY();
	{
		(void) RE_compile_and_cache(pattern, REGEX_FLAGS, C_COLLATION_OID);
	}
	PG_CATCH();
	{
		/* nothing but the expression itself was looked at: no transaction has to end for it */
		MemoryContextSwitchTo(context);
		if (geterrcode() != ERRCODE_INVALID_REGULAR_EXPRESSION)
			PG_RE_THROW();
		FlushErrorState();
		valid = false;
	}
	PG_END_TRY();
	return valid;
}

static bool
parse_blocked_patterns(Parser *p, const JsonbValue *list, KindBlocked *blocked)
{
	Members		m;

	if (!is_array(list))
		return fail(p, "Write \"patterns\": [\"^[0-]*$\"].",
					"blocked.%.*s.patterns is not an array", blocked->kind.len,
					blocked->kind.data);
	blocked->patterns = palloc(Max(JsonContainerSize(list->val.binary.data), 1) * sizeof(text *));
	begin_members(&m, list->val.binary.data);
	while (next_element(&m))
	{
		text	   *pattern;

		if (m.value.type != jbvString)
			return fail(p, PATTERN_HINT, "blocked.%.*s.patterns has an element that is no string",
						blocked->kind.len, blocked->kind.data);
		pattern = cstring_to_text_with_len(m.value.val.string.val, m.value.val.string.len);
		if (!pattern_valid(pattern))
			return fail(p, PATTERN_HINT, "blocked.%.*s.patterns[%d] is no regular expression",
						blocked->kind.len, blocked->kind.data, blocked->npatterns);
		blocked->patterns[blocked->npatterns++] = pattern;
	}
	return true;
}

static bool
parse_blocked(Parser *p, const JsonbValue *list, LinkLimits *limits)
{
	Members		m;

	if (!is_object(list))
		return fail(p, "Write \"blocked\": {\"*\": {\"values\": [\"null\"]}}.",
					"blocked is not an object");
	limits->blocked = palloc0(Max(JsonContainerSize(list->val.binary.data), 1) *
							  sizeof(KindBlocked));
	begin_members(&m, list->val.binary.data);
	while (next_member(&m))
	{
		KindBlocked *blocked = &limits->blocked[limits->nblocked++];
		Members		parts;

		if (!take_kind(p, &m.key, true, &blocked->kind, "blocked"))
			return false;
		if (!is_object(&m.value))
			return fail(p, "Write {\"values\": [...], \"patterns\": [...]}.",
						"blocked.%s is not an object", shown(&m.key));
		begin_members(&parts, m.value.val.binary.data);
		while (next_member(&parts))
		{
			if (named(&parts.key, "values"))
			{
				if (!parse_blocked_values(p, &parts.value, blocked))
					return false;
			}
			else if (named(&parts.key, "patterns"))
			{
				if (!parse_blocked_patterns(p, &parts.value, blocked))
					return false;
			}
			else
				return fail(p, "What is blocked has values and patterns.",
							"blocked.%s has an unknown member \"%s\"", shown(&m.key),
							shown(&parts.key));
		}
	}
	return true;
}

static bool
parse_shared(Parser *p, const JsonbValue *list, LinkLimits *limits)
{
	Members		m;
	int			room = 0;

	if (!is_object(list))
		return fail(p, "Write \"shared\": {\"phone\": {\"email\": 3}}.", "shared is not an object");
	begin_members(&m, list->val.binary.data);
	while (next_member(&m))
	{
		Members		others;
		TextSpan	kind;

		if (!take_kind(p, &m.key, false, &kind, "shared"))
			return false;
		if (!is_object(&m.value))
			return fail(p, "Write {\"email\": 3}.", "shared.%s is not an object", shown(&m.key));
		begin_members(&others, m.value.val.binary.data);
		while (next_member(&others))
		{
			KindShared *shared;

			if (limits->nshared == room)
			{
				room = Max(4, room * 2);
				limits->shared = limits->shared == NULL ? palloc(room * sizeof(KindShared)) :
					repalloc(limits->shared, room * sizeof(KindShared));
			}
			shared = &limits->shared[limits->nshared++];
			shared->kind = kind;
			if (!take_kind(p, &others.key, false, &shared->other,
						   psprintf("shared.%s", shown(&m.key))))
				return false;
			if (link_same(shared->kind, shared->other))
				return fail(p, "A value is shared between values of another kind.",
							"shared.%s names itself", shown(&m.key));
			if (!take_count(p, &others.value, 1, &shared->max,
							psprintf("shared.%s.%s", shown(&m.key), shown(&others.key))))
				return false;
		}
	}
	return true;
}

static bool
parse_weak_bridge(Parser *p, const JsonbValue *v, float8 *weight, int64 *records)
{
	bool		have_weight = false;
	bool		have_records = false;
	Members		m;

	if (!is_object(v))
		return fail(p, "Write \"weak_bridge\": {\"weight\": 3, \"records\": 2}.",
					"weak_bridge is not an object");
	begin_members(&m, v->val.binary.data);
	while (next_member(&m))
	{
		if (named(&m.key, "weight"))
		{
			have_weight = true;
			if (!take_number(p, &m.value, weight, "weak_bridge.weight"))
				return false;
		}
		else if (named(&m.key, "records"))
		{
			have_records = true;
			if (!take_count(p, &m.value, 1, records, "weak_bridge.records"))
				return false;
		}
		else
			return fail(p, "A weak bridge has weight and records.",
						"weak_bridge has an unknown member \"%s\"", shown(&m.key));
	}
	return (have_weight && have_records) ||
		fail(p, "Write \"weak_bridge\": {\"weight\": 3, \"records\": 2}.",
			 "weak_bridge has no %s", have_weight ? "records" : "weight");
}

static bool
parse_member(Parser *p, const Members *m, LinkLimits *limits)
{
	if (named(&m->key, "priority"))
		return parse_priority(p, &m->value, limits);
	if (named(&m->key, "limits"))
		return parse_kind_limits(p, &m->value, limits);
	if (named(&m->key, "blocked"))
		return parse_blocked(p, &m->value, limits);
	if (named(&m->key, "shared"))
		return parse_shared(p, &m->value, limits);
	if (named(&m->key, "max_identifiers"))
		return take_count(p, &m->value, 1, &limits->max_identifiers, "max_identifiers");
	if (named(&m->key, "max_records"))
		return take_count(p, &m->value, 1, &limits->max_records, "max_records");
	if (named(&m->key, "weak_bridge"))
	{
		limits->weak_bridge = true;
		return parse_weak_bridge(p, &m->value, &limits->weak_weight, &limits->weak_records);
	}
	return fail(p, "There are priority, limits, blocked, shared, max_identifiers, max_records "
				"and weak_bridge.", "\"%s\" is no merge limit", shown(&m->key));
}

/* read limits; false with the problem filled if they are not valid, which never raises */
bool
link_limits_parse(Jsonb *json, LinkLimits *limits, LimitsProblem *problem)
{
	Parser		p = {.problem = problem};
	Members		m;

	memset(limits, 0, sizeof(*limits));
	limits->max_identifiers = -1;
	limits->max_records = -1;
	if (!JB_ROOT_IS_OBJECT(json))
		return fail(&p, "Write {} for no limits.", "merge limits are not a JSON object");
	begin_members(&m, &json->root);
	while (next_member(&m))
	{
		if (!parse_member(&p, &m, limits))
			return false;
	}
	return true;
}

/* the same; 22023 */
void
link_limits_read(Jsonb *json, LinkLimits *limits)
{
	LimitsProblem problem;

	if (!link_limits_parse(json, limits, &problem))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid merge limits"),
				 errdetail("%s.", problem.message),
				 errhint("%s", problem.hint)));
}

/* ---- limits of match_cluster ---- */

static bool
parse_column_limits(Parser *p, const JsonbValue *list, MatchLimits *limits)
{
	Members		m;

	if (!is_object(list))
		return fail(p, "Write \"limits\": {\"customer_number\": 1}.", "limits is not an object");
	limits->columns = palloc(Max(JsonContainerSize(list->val.binary.data), 1) *
							 sizeof(ColumnLimit));
	begin_members(&m, list->val.binary.data);
	while (next_member(&m))
	{
		ColumnLimit *column = &limits->columns[limits->ncolumns++];

		column->name = pnstrdup(m.key.val.string.val, m.key.val.string.len);
		if (!take_count(p, &m.value, 1, &column->max, psprintf("limits.%s", shown(&m.key))))
			return false;
	}
	return true;
}

/* pairs of ids */
static bool
parse_cannot_link(Parser *p, const JsonbValue *list, MatchLimits *limits)
{
	static const char hint[] = "Write \"cannot_link\": [[\"1\", \"7\"]], with ids as strings.";
	Members		m;

	if (!is_array(list))
		return fail(p, hint, "cannot_link is not an array");
	limits->cannot = palloc_extended(Max(JsonContainerSize(list->val.binary.data), 1) *
									 sizeof(*limits->cannot), MCXT_ALLOC_HUGE);
	begin_members(&m, list->val.binary.data);
	while (next_element(&m))
	{
		Members		ids;
		int			n = 0;

		CHECK_FOR_INTERRUPTS();
		if (!is_array(&m.value) || JsonContainerSize(m.value.val.binary.data) != 2)
			return fail(p, hint, "cannot_link[%d] is not a pair of ids", limits->ncannot);
		begin_members(&ids, m.value.val.binary.data);
		while (next_element(&ids))
		{
			if (ids.value.type != jbvString)
				return fail(p, hint, "cannot_link[%d] is not a pair of ids", limits->ncannot);
			limits->cannot[limits->ncannot][n++] = utf8_of(&ids.value);
		}
		if (link_same(limits->cannot[limits->ncannot][0], limits->cannot[limits->ncannot][1]))
			return fail(p, "A pair names two records.",
						"cannot_link[%d] names a record with itself", limits->ncannot);
		limits->ncannot++;
	}
	return true;
}

static bool
parse_match_member(Parser *p, const Members *m, MatchLimits *limits)
{
	limits->any = true;
	if (named(&m->key, "limits"))
		return parse_column_limits(p, &m->value, limits);
	if (named(&m->key, "max_records"))
		return take_count(p, &m->value, 1, &limits->max_records, "max_records");
	if (named(&m->key, "weak_bridge"))
	{
		limits->weak_bridge = true;
		return parse_weak_bridge(p, &m->value, &limits->weak_weight, &limits->weak_records);
	}
	if (named(&m->key, "cannot_link"))
		return parse_cannot_link(p, &m->value, limits);
	return fail(p, "There are limits, max_records, weak_bridge and cannot_link.",
				"\"%s\" is no limit of clusters", shown(&m->key));
}

/* read the limits of match_cluster; 22023 */
void
match_limits_read(Jsonb *json, MatchLimits *limits)
{
	LimitsProblem problem;
	Parser		p = {.problem = &problem};
	bool		valid = true;
	Members		m;

	memset(limits, 0, sizeof(*limits));
	limits->max_records = -1;
	if (!JB_ROOT_IS_OBJECT(json))
		valid = fail(&p, "Write {} for no limits.", "limits are not a JSON object");
	else
	{
		begin_members(&m, &json->root);
		while (valid && next_member(&m))
			valid = parse_match_member(&p, &m, limits);
	}
	if (!valid)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid limits of clusters"),
				 errdetail("%s.", problem.message),
				 errhint("%s", problem.hint)));
}

/* ---- what a limit is of ---- */

/* the limit of a kind, or NULL */
const KindLimit *
link_limit_of(const LinkLimits *limits, TextSpan kind)
{
	for (int i = 0; i < limits->nlimits; i++)
	{
		if (link_same(limits->limits[i].kind, kind))
			return &limits->limits[i];
	}
	return limits->rest;
}

/* ---- what is blocked ---- */

static bool
value_listed(const KindBlocked *blocked, TextSpan value)
{
	int			low = 0;
	int			high = blocked->nvalues;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;
		TextSpan	v = blocked->values[middle];
		int			c = text_value_compare(v.data, v.len, value.data, value.len);

		if (c == 0)
			return true;
		if (c < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* the value of an identifier, behind its kind, in wide characters of the server */
static int
wide_value(TextSpan value, pg_wchar *wide)
{
	if (text_is_ascii(value.data, value.len))
	{
		for (int i = 0; i < value.len; i++)
			wide[i] = (unsigned char) value.data[i];
		return value.len;
	}
	if (GetDatabaseEncoding() == PG_UTF8)
		return pg_mb2wchar_with_len(value.data, wide, value.len);
	else
	{
		char	   *s = text_to_server(value.data, value.len);
		int			n = pg_mb2wchar_with_len(s, wide, strlen(s));

		pfree(s);
		return n;
	}
}

static bool
pattern_matches(regex_t *re, TextSpan value)
{
	pg_wchar	wide[IDENTIFIER_VALUE_MAX + 1];
	int			result;

	if (value.len > IDENTIFIER_VALUE_MAX)
		link_damaged();
	result = pg_regexec(re, wide, wide_value(value, wide), 0, NULL, 0, NULL, 0);
	if (result != REG_OKAY && result != REG_NOMATCH)
	{
		char		message[100];

		CHECK_FOR_INTERRUPTS();
		pg_regerror(result, re, message, sizeof(message));
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_REGULAR_EXPRESSION),
				 errmsg("a pattern of blocked values failed: %s", message),
				 errhint("Make the pattern simpler.")));
	}
	return result == REG_OKAY;
}

/*
 * Patterns one after the other over all identifiers: however many there are, each is compiled once.
 */
void
link_find_blocked(const LinkLimits *limits, const TextSpan *identifiers, uint32 n, bool *blocked)
{
	memset(blocked, 0, n * sizeof(bool));
	for (int b = 0; b < limits->nblocked; b++)
	{
		const KindBlocked *rule = &limits->blocked[b];
		bool		any = rule->kind.data[0] == '*';

		for (int k = -1; k < rule->npatterns; k++)
		{
			regex_t    *re = NULL;

			if (k >= 0)
				re = RE_compile_and_cache(rule->patterns[k], REGEX_FLAGS, C_COLLATION_OID);
			else if (rule->nvalues == 0)
				continue;
			for (uint32 i = 0; i < n; i++)
			{
				TextSpan	kind,
							value;

				if ((i & 0xFFF) == 0)
					CHECK_FOR_INTERRUPTS();
				if (blocked[i])
					continue;
				kind = link_kind(identifiers[i]);
				if (!any && !link_same(kind, rule->kind))
					continue;
				value = (TextSpan) {identifiers[i].data + kind.len + 1,
				identifiers[i].len - kind.len - 1};
				blocked[i] = re ? pattern_matches(re, value) : value_listed(rule, value);
			}
		}
	}
}

/* ---- what is together ---- */

static int
compare_held(const void *a, const void *b)
{
	const LinkHeld *x = a;
	const LinkHeld *y = b;
	int			c = text_value_compare(x->identifier.data, x->identifier.len,
									   y->identifier.data, y->identifier.len);

	return c != 0 ? c : (x->first_seen > y->first_seen) - (x->first_seen < y->first_seen);
}

static int
compare_times(const void *a, const void *b)
{
	int64		x = *(const int64 *) a;
	int64		y = *(const int64 *) b;

	return (x > y) - (x < y);
}

bool
link_have_windows(const LinkLimits *limits)
{
	for (int i = 0; i < limits->nlimits; i++)
	{
		if (limits->limits[i].within > 0)
			return true;
	}
	return limits->rest && limits->rest->within > 0;
}

/* of an identifier that is there more than once the least time counts; puts them in order */
const char *
link_held_problem(const LinkLimits *limits, LinkHeld *held, int count, int64 records)
{
	TextSpan   *identifiers = palloc_extended(Max(count, 1) * sizeof(TextSpan), MCXT_ALLOC_HUGE);
	bool	   *blocked = palloc_extended(Max(count, 1), MCXT_ALLOC_HUGE);
	int64	   *times = palloc_extended(Max(count, 1) * sizeof(int64), MCXT_ALLOC_HUGE);
	int			n = 0;

	qsort(held, count, sizeof(LinkHeld), compare_held);
	for (int i = 0; i < count; i++)
	{
		if (n > 0 && link_same(identifiers[n - 1], held[i].identifier))
			continue;
		held[n] = held[i];
		identifiers[n++] = held[i].identifier;
	}
	link_find_blocked(limits, identifiers, n, blocked);
	for (int i = 0; i < n; i++)
	{
		if (blocked[i])
			return "blocked";
	}
	/* identifiers of a kind stand together */
	for (int i = 0, end; i < n; i = end)
	{
		TextSpan	kind = link_kind(identifiers[i]);
		const KindLimit *limit = link_limit_of(limits, kind);

		for (end = i; end < n && link_same(link_kind(identifiers[end]), kind); end++)
			times[end - i] = held[end].first_seen;
		if (limit == NULL)
			continue;
		if (limit->within > 0)
			qsort(times, end - i, sizeof(int64), compare_times);
		if (!cluster_rule_keeps(&(ClusterRule)
								{
									.max = limit->max, .within = limit->within
								}, times, end - i))
			return psprintf("limit:%.*s", kind.len, kind.data);
	}
	if ((limits->max_identifiers >= 0 && n > limits->max_identifiers) ||
		(limits->max_records >= 0 && records > limits->max_records))
		return "size";
	return NULL;
}

/* ---- SQL-callable functions ---- */

PG_FUNCTION_INFO_V1(merge_limits);
PG_FUNCTION_INFO_V1(merge_limits_problem);
PG_FUNCTION_INFO_V1(merge_problem);

/* merge_limits(preset text) -> jsonb: limits to begin with, omni or segment; 22023 */
Datum
merge_limits(PG_FUNCTION_ARGS)
{
	static const char blocked[] =
		"\"blocked\": {\"*\": {\"values\": [\"-1\", \"null\", \"anonymous\"], "
		"\"patterns\": [\"^[0-]*$\"]}}";
	text	   *preset = PG_GETARG_TEXT_PP(0);
	TextSpan	name = {VARDATA_ANY(preset), VARSIZE_ANY_EXHDR(preset)};
	char	   *json = NULL;

	if (link_same(name, (TextSpan) {"omni", 4}))
		json = psprintf("{%s}", blocked);
	else if (link_same(name, (TextSpan) {"segment", 7}))
		json = psprintf("{%s, \"limits\": {\"user_id\": 1, \"*\": 5}, "
						"\"priority\": [\"user_id\", \"email\"], \"max_identifiers\": 1000}",
						blocked);
	else
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there are no merge limits \"%s\"", text_shown(preset)),
				 errhint("There are \"omni\" and \"segment\".")));
	PG_RETURN_DATUM(DirectFunctionCall1(jsonb_in, CStringGetDatum(json)));
}

/* merge_limits_problem(limits jsonb) -> text: what is wrong with them, or NULL */
Datum
merge_limits_problem(PG_FUNCTION_ARGS)
{
	LinkLimits	limits;
	LimitsProblem problem;

	if (link_limits_parse(PG_GETARG_JSONB_P(0), &limits, &problem))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(problem.message));
}

static void
mismatch(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("first_seen does not fit identifiers"),
			 errhint("Give a time for each identifier, or NULL for all where no limit has a "
					 "window of time.")));
}

/* the identifiers of an array, each with its time */
static LinkHeld *
read_held(FunctionCallInfo fcinfo, bool need_times, int *count)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(0);
	Datum	   *elements;
	Datum	   *times = NULL;
	bool	   *nulls;
	bool	   *time_nulls = NULL;
	LinkHeld   *held;
	int			n,
				ntimes;

	deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_INT, &elements, &nulls, &n);
	if (!PG_ARGISNULL(1))
	{
		deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), TIMESTAMPTZOID, sizeof(TimestampTz),
						  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &times, &time_nulls, &ntimes);
		if (ntimes != n)
			mismatch();
	}
	else if (need_times && n > 0)
		mismatch();
	held = palloc_extended(Max(n, 1) * sizeof(LinkHeld), MCXT_ALLOC_HUGE);
	*count = 0;
	for (int i = 0; i < n; i++)
	{
		struct varlena *v;

		if (nulls[i])
			continue;
		if (need_times && time_nulls[i])
			mismatch();
		v = pg_detoast_datum_packed((struct varlena *) DatumGetPointer(elements[i]));
		held[*count].identifier = (TextSpan) {VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v)};
		held[(*count)++].first_seen = need_times ? DatumGetTimestampTz(times[i]) : 0;
	}
	return held;
}

/*
 * merge_problem(identifiers identifier[], first_seen timestamptz[], records bigint, limits jsonb)
 * -> text: the reason why these could not be one cluster, or NULL; 22023
 */
Datum
merge_problem(PG_FUNCTION_ARGS)
{
	LinkLimits	limits;
	const char *reason;
	LinkHeld   *held = NULL;
	int			n = 0;

	if (PG_ARGISNULL(3))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("merge limits are NULL"),
				 errhint("Write '{}' for no limits.")));
	link_limits_read(PG_GETARG_JSONB_P(3), &limits);
	if (!PG_ARGISNULL(0))
		held = read_held(fcinfo, link_have_windows(&limits), &n);
	reason = link_held_problem(&limits, held, n, PG_ARGISNULL(2) ? 0 : PG_GETARG_INT64(2));
	if (reason == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(reason));
}
