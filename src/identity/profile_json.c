/*
 * profile_json.c
 *	  The JSON text form of a customer_profile:
 *
 *	  {"records":[{"source":"crm","record_id":"7","observed_at":"2026-01-31T12:00:00Z",
 *				   "identifiers":["email:jane@example.com"],"attributes":{"name":"Jane"}}]}
 *
 * It is written without white space, in the order of the canonical bytes, observed_at in UTC with
 * as many decimals as it needs, and " BC" behind a year before 1.  It is read as any JSON
 * (RFC 8259), with members in any order; identifiers and attributes may be left out, records may
 * come in any order and twice.  What is no such text is refused: unknown, missing and repeated
 * members, a time without a zone, and \u0000, which no text can hold.
 *
 * The reader never raises; it writes canonical bytes as it goes.
 */
#include "postgres.h"
#include "compat.h"

#include "miscadmin.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "identity/identity.h"
#include "identity/profile.h"

typedef struct Parser
{
	const char *start;
	const char *at;
	const char *end;
	Problem    *problem;
} Parser;

/* ---- problems ---- */

static bool
fail(Parser *p, const char *code, const char *detail, const char *hint)
{
	PROBLEM(p->problem, code, detail, hint);
	return false;
}

static bool
syntax(Parser *p, const char *expected)
{
	return fail(p, "syntax", psprintf("Expected %s at byte %d.", expected,
									  (int) (p->at - p->start) + 1),
				"Write a profile as {\"records\":[{\"source\":..., \"record_id\":..., "
				"\"observed_at\":..., \"identifiers\":[...], \"attributes\":{...}}]}.");
}

static bool
too_large(Parser *p)
{
	fail(p, "too_large", "A profile has at most 64 MB.",
		 "Keep large documents beside the profile, and their keys in its attributes.");
	p->problem->sqlerrcode = ERRCODE_PROGRAM_LIMIT_EXCEEDED;
	return false;
}

/* ---- JSON ---- */

static void
skip_space(Parser *p)
{
	while (p->at < p->end && (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r'))
		p->at++;
}

/* the next character that is no white space; 0 at the end */
static char
peek(Parser *p)
{
	skip_space(p);
	return p->at < p->end ? *p->at : '\0';
}

static bool
take(Parser *p, char c)
{
	if (peek(p) != c || p->at == p->end)
		return false;
	p->at++;
	return true;
}

/* after an element: true if another one follows, with *failed false, or at the end of the list */
static bool
another(Parser *p, char close, bool *failed)
{
	*failed = false;
	if (take(p, ','))
		return true;
	if (!take(p, close))
		*failed = !syntax(p, close == '}' ? "\",\" or \"}\"" : "\",\" or \"]\"");
	return false;
}

static bool
take_hex4(Parser *p, uint32 *v)
{
	*v = 0;
	for (int i = 0; i < 4; i++)
	{
		char		c = p->at < p->end ? *p->at : '\0';

		if (c >= '0' && c <= '9')
			*v = *v * 16 + (c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			*v = *v * 16 + ((c | 32) - 'a' + 10);
		else
			return syntax(p, "four hexadecimal digits");
		p->at++;
	}
	return true;
}

/* the code point of an escape; p->at is behind "\u" */
static bool
take_unicode(Parser *p, StringInfo out)
{
	unsigned char utf8[4];
	uint32		c,
				low;

	if (!take_hex4(p, &c))
		return false;
	if (c >= 0xD800 && c < 0xDC00)
	{
		if (p->end - p->at < 6 || p->at[0] != '\\' || p->at[1] != 'u')
			return syntax(p, "the low half of a surrogate pair");
		p->at += 2;
		if (!take_hex4(p, &low))
			return false;
		if (low < 0xDC00 || low > 0xDFFF)
			return syntax(p, "the low half of a surrogate pair");
		c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
	}
	else if (c >= 0xDC00 && c <= 0xDFFF)
		return syntax(p, "the high half of a surrogate pair");
	if (c == 0)
		return fail(p, "nul", "A string has the character \\u0000.",
					"Remove it: no text can hold it.");
	unicode_to_utf8(c, utf8);
	appendBinaryStringInfo(out, (char *) utf8, pg_utf_mblen(utf8));
	return true;
}

/* a string's bytes: those of the text where it has no escape, else made anew */
static bool
take_string(Parser *p, TextSpan *s)
{
	StringInfoData made = {0};
	const char *from;

	if (!take(p, '"'))
		return syntax(p, "a string");
	from = p->at;
	for (;;)
	{
		static const char plain[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
		char		c;
		int			i;

		while (p->at < p->end && *p->at != '"' && *p->at != '\\' && (uint8) *p->at >= ' ')
			p->at++;
		if (p->at == p->end)
			return syntax(p, "the end of a string");
		c = *p->at;
		if ((uint8) c < ' ')
			return syntax(p, "an escape of a control character");
		if (c == '\\' && made.data == NULL)
			initStringInfo(&made);
		if (made.data)
			appendBinaryStringInfo(&made, from, p->at - from);
		if (c == '"')
			break;
		p->at++;
		c = p->at < p->end ? *p->at : '\0';
		for (i = 0; plain[i] && plain[i] != c; i += 2)
			;
		if (c != 'u' && (c == '\0' || plain[i] == '\0'))
			return syntax(p, "an escape");
		p->at++;
		if (c != 'u')
			appendStringInfoChar(&made, plain[i + 1]);
		else if (!take_unicode(p, &made))
			return false;
		from = p->at;
	}
	*s = made.data ? (TextSpan) {made.data, made.len} : (TextSpan) {from, p->at - from};
	p->at++;
	if (s->len > PROFILE_MAX)
		return too_large(p);
	/* only an escape can name what the database's encoding lacks */
	if (made.data && !text_fits_server(made.data, made.len))
	{
		fail(p, "encoding", "An escape names a character that the encoding of the database lacks.",
			 "Use a database in UTF-8.");
		p->problem->sqlerrcode = ERRCODE_UNTRANSLATABLE_CHARACTER;
		return false;
	}
	return true;
}

static int
take_digits(Parser *p)
{
	const char *from = p->at;

	while (p->at < p->end && *p->at >= '0' && *p->at <= '9')
		p->at++;
	return p->at - from;
}

static bool
take_number(Parser *p, StringInfo out)
{
	bool		negative = *p->at == '-';
	int64		exponent = 0;
	int			whole,
				decimals = 0;
	const char *from;
	char	   *digits;
	bool		fits;

	p->at += negative;
	from = p->at;
	whole = take_digits(p);
	if (whole == 0 || (whole > 1 && *from == '0'))
		return syntax(p, "a number");
	if (p->at < p->end && *p->at == '.')
	{
		p->at++;
		decimals = take_digits(p);
		if (decimals == 0)
			return syntax(p, "a digit");
	}
	digits = palloc(whole + decimals);
	memcpy(digits, from, whole);
	memcpy(digits + whole, from + whole + 1, decimals);
	if (p->at < p->end && (*p->at == 'e' || *p->at == 'E'))
	{
		bool		minus;
		int			n;

		p->at++;
		minus = p->at < p->end && *p->at == '-';
		if (p->at < p->end && (*p->at == '-' || *p->at == '+'))
			p->at++;
		from = p->at;
		n = take_digits(p);
		if (n == 0)
			return syntax(p, "a digit");
		for (int i = 0; i < n; i++)
		{
			/* far beyond what any digits could bring back into range */
			if (exponent < PG_INT32_MAX)
				exponent = exponent * 10 + (from[i] - '0');
		}
		if (minus)
			exponent = -exponent;
	}
	fits = profile_put_decimal(out, negative, digits, whole + decimals, exponent - decimals);
	pfree(digits);
	if (!fits)
	{
		fail(p, "number", "A number is beyond what numeric holds.",
			 "Write it as a string, or leave it out.");
		p->problem->sqlerrcode = ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE;
	}
	return fits;
}

static bool
take_word(Parser *p, const char *word)
{
	int			len = strlen(word);

	if (p->end - p->at < len || memcmp(p->at, word, len) != 0)
		return syntax(p, "a value");
	p->at += len;
	return true;
}

static bool take_pairs(Parser *p, StringInfo out, int depth);
static bool take_elements(Parser *p, StringInfo out, int depth);

static bool
take_value(Parser *p, StringInfo out, int depth)
{
	StringInfoData payload;
	TextSpan	s;
	char		c = peek(p);
	bool		ok;

	switch (c)
	{
		case '"':
			if (!take_string(p, &s))
				return false;
			profile_put_value(out, PROFILE_STRING, s.data, s.len);
			return true;
		case '{':
		case '[':
			if (depth >= PROFILE_DEPTH_MAX)
			{
				fail(p, "nesting", "Attributes are nested in more than 100 levels.",
					 "Make them flatter: an attribute is a fact of a customer.");
				p->problem->sqlerrcode = ERRCODE_PROGRAM_LIMIT_EXCEEDED;
				return false;
			}
			initStringInfo(&payload);
			ok = c == '{' ? take_pairs(p, &payload, depth + 1) :
				take_elements(p, &payload, depth + 1);
			if (ok)
				profile_put_value(out, c == '{' ? PROFILE_OBJECT : PROFILE_ARRAY,
								  payload.data, payload.len);
			pfree(payload.data);
			return ok;
		case 't':
			profile_put_value(out, PROFILE_TRUE, NULL, 0);
			return take_word(p, "true");
		case 'f':
			profile_put_value(out, PROFILE_FALSE, NULL, 0);
			return take_word(p, "false");
		case 'n':
			profile_put_value(out, PROFILE_NULL, NULL, 0);
			return take_word(p, "null");
	}
	if (c == '-' || (c >= '0' && c <= '9'))
		return take_number(p, out);
	return syntax(p, "a value");
}

static bool
take_elements(Parser *p, StringInfo out, int depth)
{
	bool		failed;

	p->at++;
	if (take(p, ']'))
		return true;
	do
	{
		if (!take_value(p, out, depth))
			return false;
		if (out->len > PROFILE_MAX)
			return too_large(p);
	} while (another(p, ']', &failed));
	return !failed;
}

/* members of an object, sorted; of depth 1, the attributes themselves, nulls are left out */
static bool
take_pairs(Parser *p, StringInfo out, int depth)
{
	StringInfoData values;
	ProfileItem *names = NULL;
	uint32		n = 0,
				room = 0;
	bool		failed;

	if (!take(p, '{'))
		return syntax(p, "\"{\"");
	if (take(p, '}'))
		return true;
	initStringInfo(&values);
	do
	{
		TextSpan	name;
		int			from = values.len;

		if (!take_string(p, &name))
			return false;
		if (!take(p, ':'))
			return syntax(p, "\":\"");
		if (!take_value(p, &values, depth))
			return false;
		if (n == room)
		{
			room = Max(8, room * 2);
			names = names ? repalloc_huge(names, room * sizeof(ProfileItem)) :
				palloc(room * sizeof(ProfileItem));
		}
		/* where values are is known when all of them are there */
		names[n++] = (ProfileItem) {.key = name.data, .keylen = name.len, .size = from};
		if (values.len > PROFILE_MAX)
			return too_large(p);
	} while (another(p, '}', &failed));
	if (failed)
		return false;
	profile_sort(names, n);
	for (uint32 i = 0; i < n; i++)
	{
		const char *at = values.data + names[i].size;
		ProfileValue value = profile_value(&at, values.data + values.len);

		if (i > 0 && profile_same_key(&names[i - 1], &names[i]))
			return fail(p, "duplicate", "An object has two members of one name.",
						"Keep one of them.");
		if (depth == 1 && value.tag == PROFILE_NULL)
			continue;
		profile_put_span(out, names[i].key, names[i].keylen);
		appendBinaryStringInfo(out, value.bytes.data, value.bytes.len);
	}
	pfree(names);
	pfree(values.data);
	return true;
}

/* ---- times ---- */

/* read so many digits; -1 if they are none */
static int
fixed_digits(const char **at, const char *end, int n)
{
	int			v = 0;

	for (; n > 0; n--, (*at)++)
	{
		if (*at == end || **at < '0' || **at > '9')
			return -1;
		v = v * 10 + (**at - '0');
	}
	return v;
}

static bool
literal(const char **at, const char *end, const char *any)
{
	if (*at == end || **at == '\0' || strchr(any, **at) == NULL)
		return false;
	(*at)++;
	return true;
}

/* an ISO 8601 time of a day, with its zone */
static bool
parse_time(TextSpan s, TimestampTz *t)
{
	const char *at = s.data;
	const char *end = s.data + s.len;
	int			year = 0,
				month,
				day,
				hour,
				minute,
				second = 0,
				fraction = 0,
				zone = 0;
	int			n;
	int64		days;
	bool		west;

	if (s.len > 3 && memcmp(end - 3, " BC", 3) == 0)
		end -= 3;
	for (n = 0; at < end && *at >= '0' && *at <= '9' && n < 6; n++)
		year = year * 10 + (*at++ - '0');
	if (n < 4 || year == 0 || !literal(&at, end, "-") ||
		(month = fixed_digits(&at, end, 2)) < 1 || month > 12 || !literal(&at, end, "-") ||
		(day = fixed_digits(&at, end, 2)) < 1 || !literal(&at, end, "Tt ") ||
		(hour = fixed_digits(&at, end, 2)) < 0 || hour > 23 || !literal(&at, end, ":") ||
		(minute = fixed_digits(&at, end, 2)) < 0 || minute > 59)
		return false;
	if (literal(&at, end, ":") && ((second = fixed_digits(&at, end, 2)) < 0 || second > 59))
		return false;
	if (literal(&at, end, "."))
	{
		for (n = 0; n < 6 && at < end && *at >= '0' && *at <= '9'; n++)
			fraction = fraction * 10 + (*at++ - '0');
		if (n == 0)
			return false;
		for (; n < 6; n++)
			fraction *= 10;
	}
	if (!literal(&at, end, "Zz"))
	{
		int			zone_hour,
					zone_minute = 0;

		west = at < end && *at == '-';
		if (!literal(&at, end, "+-") || (zone_hour = fixed_digits(&at, end, 2)) < 0 ||
			zone_hour > 15)
			return false;
		if (at < end && (literal(&at, end, ":"), true) &&
			((zone_minute = fixed_digits(&at, end, 2)) < 0 || zone_minute > 59))
			return false;
		zone = (zone_hour * MINS_PER_HOUR + zone_minute) * SECS_PER_MINUTE * (west ? -1 : 1);
	}
	if (end != s.data + s.len)
		year = 1 - year;
	if (at != end || !IS_VALID_JULIAN(year, month, day) || day > day_tab[isleap(year)][month - 1])
		return false;
	days = date2j(year, month, day) - POSTGRES_EPOCH_JDATE;
	if (days < -(POSTGRES_EPOCH_JDATE + 1) || days > TIMESTAMP_END_JULIAN - POSTGRES_EPOCH_JDATE)
		return false;
	*t = days * USECS_PER_DAY - zone * USECS_PER_SEC + fraction +
		(((int64) hour * MINS_PER_HOUR + minute) * SECS_PER_MINUTE + second) * USECS_PER_SEC;
	return IS_VALID_TIMESTAMP(*t);
}

static void
time_text(StringInfo out, TimestampTz t)
{
	struct pg_tm tm;
	fsec_t		fraction;

	if (timestamp2tm(t, NULL, &tm, &fraction, NULL, NULL) != 0)
		profile_damaged();
	appendStringInfo(out, "\"%04d-%02d-%02dT%02d:%02d:%02d",
					 tm.tm_year > 0 ? tm.tm_year : 1 - tm.tm_year, tm.tm_mon, tm.tm_mday,
					 tm.tm_hour, tm.tm_min, tm.tm_sec);
	if (fraction != 0)
	{
		appendStringInfo(out, ".%06d", (int) fraction);
		while (out->data[out->len - 1] == '0')
			out->data[--out->len] = '\0';
	}
	appendStringInfoString(out, tm.tm_year > 0 ? "Z\"" : "Z BC\"");
}

/* ---- records ---- */

/* what a record's members are, as far as they have come */
typedef struct Draft
{
	TextSpan	source;
	TextSpan	record_id;
	TimestampTz observed_at;
	StringInfoData identifiers;
	StringInfoData attributes;
	bool		seen[5];
} Draft;

static const char *const members[] =
{"source", "record_id", "observed_at", "identifiers", "attributes"};

static bool
take_key_part(Parser *p, TextSpan *part, const char *code)
{
	if (!take_string(p, part))
		return false;
	if (part->len == 0 || part->len > PROFILE_KEY_PART_MAX)
		return fail(p, code, psprintf("A %s is empty or has more than %d bytes.", code,
									  PROFILE_KEY_PART_MAX),
							 "Use the key of the record, not its content.");
	return true;
}

static bool
take_identifiers(Parser *p, StringInfo out)
{
	ProfileItem *items = NULL;
	uint32		n = 0,
				room = 0;
	bool		failed = false;

	if (!take(p, '['))
		return syntax(p, "\"[\"");
	if (take(p, ']'))
		return true;
	do
	{
		IdentifierValue value;
		TextSpan	s;
		char	   *kept;

		if (!take_string(p, &s) || !identifier_parse_utf8(s.data, s.len, &value, p->problem))
			return false;
		if (n == room)
		{
			room = Max(8, room * 2);
			items = items ? repalloc_huge(items, room * sizeof(ProfileItem)) :
				palloc(room * sizeof(ProfileItem));
		}
		kept = palloc(value.len);
		memcpy(kept, value.data, value.len);
		items[n++] = (ProfileItem) {.key = kept, .keylen = value.len};
	} while (another(p, ']', &failed));
	if (failed)
		return false;
	profile_sort(items, n);
	n = profile_distinct(items, n);
	for (uint32 i = 0; i < n; i++)
		profile_put_span(out, items[i].key, items[i].keylen);
	return out->len <= PROFILE_MAX || too_large(p);
}

static bool
take_member(Parser *p, Draft *draft, int member)
{
	TextSpan	s;

	switch (member)
	{
		case 0:
			return take_key_part(p, &draft->source, "source");
		case 1:
			return take_key_part(p, &draft->record_id, "record_id");
		case 2:
			if (!take_string(p, &s))
				return false;
			return parse_time(s, &draft->observed_at) ||
				fail(p, "observed_at", "observed_at is not a time in ISO 8601 with a zone.",
					 "Write it as 2026-01-31T12:00:00Z.");
		case 3:
			return take_identifiers(p, &draft->identifiers);
		default:
			return take_pairs(p, &draft->attributes, 1);
	}
}

static bool
take_record(Parser *p, StringInfo out)
{
	Draft		draft = {0};
	StringInfoData body;
	bool		failed;

	initStringInfo(&draft.identifiers);
	initStringInfo(&draft.attributes);
	if (!take(p, '{'))
		return syntax(p, "\"{\"");
	if (!take(p, '}'))
	{
		do
		{
			TextSpan	name;
			int			m;

			if (!take_string(p, &name))
				return false;
			for (m = 0; m < lengthof(members); m++)
			{
				if (name.len == strlen(members[m]) &&
					memcmp(name.data, members[m], name.len) == 0)
					break;
			}
			if (m == lengthof(members))
				return fail(p, "member", "A record has a member of another name than source, "
							"record_id, observed_at, identifiers and attributes.",
							"What a record says stands in its attributes.");
			if (draft.seen[m])
				return fail(p, "duplicate", "A record has two members of one name.",
							"Keep one of them.");
			draft.seen[m] = true;
			if (!take(p, ':'))
				return syntax(p, "\":\"");
			if (!take_member(p, &draft, m))
				return false;
		} while (another(p, '}', &failed));
		if (failed)
			return false;
	}
	for (int m = 0; m < 3; m++)
	{
		if (!draft.seen[m])
			return fail(p, "missing", psprintf("A record has no %s.", members[m]),
						"A record has source, record_id, observed_at, identifiers and attributes.");
	}
	initStringInfo(&body);
	profile_put_varint(&body, draft.source.len + 1 + draft.record_id.len);
	appendBinaryStringInfo(&body, draft.source.data, draft.source.len);
	appendStringInfoChar(&body, '\0');
	appendBinaryStringInfo(&body, draft.record_id.data, draft.record_id.len);
	profile_put_time(&body, draft.observed_at);
	profile_put_span(&body, draft.identifiers.data, draft.identifiers.len);
	appendBinaryStringInfo(&body, draft.attributes.data, draft.attributes.len);
	profile_put_span(out, body.data, body.len);
	pfree(body.data);
	pfree(draft.identifiers.data);
	pfree(draft.attributes.data);
	return out->len <= PROFILE_MAX || too_large(p);
}

static bool
take_records(Parser *p, StringInfo out, uint32 *count)
{
	TextSpan	name;
	bool		failed;

	*count = 0;
	if (!take(p, '{'))
		return syntax(p, "\"{\"");
	if (!take_string(p, &name))
		return false;
	if (name.len != 7 || memcmp(name.data, "records", 7) != 0)
		return fail(p, "member", "The only member of a profile is records.",
					"Write {\"records\": [...]}.");
	if (!take(p, ':'))
		return syntax(p, "\":\"");
	if (!take(p, '['))
		return syntax(p, "\"[\"");
	if (!take(p, ']'))
	{
		do
		{
			CHECK_FOR_INTERRUPTS();
			if (!take_record(p, out))
				return false;
			(*count)++;
		} while (another(p, ']', &failed));
		if (failed)
			return false;
	}
	if (!take(p, '}'))
		return syntax(p, "\"}\"");
	skip_space(p);
	return p->at == p->end || syntax(p, "the end");
}

/*
 * The profile of a JSON text in the server encoding; NULL with the problem filled if it is none.
 * Never raises.
 */
struct varlena *
profile_parse(const char *s, int len, Problem *problem)
{
	Parser		p = {.problem = problem};
	StringInfoData bytes;
	ProfileItem *items;
	TextSpan	utf8;
	const char *at;
	uint32		count;

	if (!problem_of_text(text_from_server(s, len, &utf8), problem))
		return NULL;
	p.start = p.at = utf8.data;
	p.end = utf8.data + utf8.len;
	initStringInfo(&bytes);
	if (!take_records(&p, &bytes, &count))
		return NULL;
	if (bytes.len > PROFILE_MAX - 16)
	{
		too_large(&p);
		return NULL;
	}
	items = palloc(Max(count, 1) * sizeof(ProfileItem));
	at = bytes.data;
	for (uint32 i = 0; i < count; i++)
	{
		const char *start = at;
		TextSpan	body = profile_span(&at, bytes.data + bytes.len);
		TextSpan	key = profile_span(&body.data, at);

		items[i] = (ProfileItem) {.key = key.data, .keylen = key.len, .at = start,
		.size = at - start};
	}
	return profile_encode(items, count);
}

/* write the records of a view, which is canonical, as JSON in UTF-8 */
void
profile_json(StringInfo out, ProfileView *view)
{
	ProfileRecord record;
	bool		first = true;

	appendStringInfoString(out, "{\"records\":[");
	while (profile_next(view, &record))
	{
		const char *at = record.identifiers;

		CHECK_FOR_INTERRUPTS();
		appendStringInfoString(out, first ? "{\"source\":" : ",{\"source\":");
		first = false;
		profile_string_text(out, record.source);
		appendStringInfoString(out, ",\"record_id\":");
		profile_string_text(out, record.record_id);
		appendStringInfoString(out, ",\"observed_at\":");
		time_text(out, record.observed_at);
		appendStringInfoString(out, ",\"identifiers\":[");
		while (at < record.identifiers_end)
		{
			profile_string_text(out, profile_span(&at, record.identifiers_end));
			if (at < record.identifiers_end)
				appendStringInfoChar(out, ',');
		}
		appendStringInfoString(out, "],\"attributes\":");
		profile_pairs_text(out, record.attributes, record.end);
		appendStringInfoChar(out, '}');
	}
	appendStringInfoString(out, "]}");
}
