/*
 * profile_json.c
 *	  The JSON text form of a customer_profile:
 *
 *	  {"records":[{"source":"crm","record_id":"7","observed_at":"2026-01-31T12:00:00Z",
 *				   "identifiers":["email:jane@example.com"],"attributes":{"name":"Jane"}}]}
 *
 * It is written without white space, in the order of the canonical bytes.  It is read as any JSON
 * (RFC 8259), with members in any order; identifiers and attributes may be left out, records may
 * come in any order and twice.  What is no such text is refused: unknown, missing and repeated
 * members, a time without a zone, and \u0000, which no text can hold.
 *
 * The reader never raises; it writes canonical bytes as it goes.
 */
#include "postgres.h"
#include "compat.h"

#include "miscadmin.h"

#include "identity/identity.h"
#include "identity/json_text.h"
#include "identity/profile.h"

/* ---- values ---- */

static bool
take_number(JsonReader *p, StringInfo out)
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
	whole = json_digits(p);
	if (whole == 0 || (whole > 1 && *from == '0'))
		return json_syntax(p, "a number");
	if (p->at < p->end && *p->at == '.')
	{
		p->at++;
		decimals = json_digits(p);
		if (decimals == 0)
			return json_syntax(p, "a digit");
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
		n = json_digits(p);
		if (n == 0)
			return json_syntax(p, "a digit");
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
		json_fail(p, "number", "A number is beyond what numeric holds.",
			 "Write it as a string, or leave it out.");
		p->problem->sqlerrcode = ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE;
	}
	return fits;
}

static bool
take_word(JsonReader *p, const char *word)
{
	int			len = strlen(word);

	if (p->end - p->at < len || memcmp(p->at, word, len) != 0)
		return json_syntax(p, "a value");
	p->at += len;
	return true;
}

static bool take_pairs(JsonReader *p, StringInfo out, int depth);
static bool take_elements(JsonReader *p, StringInfo out, int depth);

static bool
take_value(JsonReader *p, StringInfo out, int depth)
{
	StringInfoData payload;
	TextSpan	s;
	char		c = json_peek(p);
	bool		ok;

	switch (c)
	{
		case '"':
			if (!json_string(p, &s))
				return false;
			profile_put_value(out, PROFILE_STRING, s.data, s.len);
			return true;
		case '{':
		case '[':
			if (depth >= PROFILE_DEPTH_MAX)
			{
				json_fail(p, "nesting", "Attributes are nested in more than 100 levels.",
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
	return json_syntax(p, "a value");
}

static bool
take_elements(JsonReader *p, StringInfo out, int depth)
{
	bool		failed;

	p->at++;
	if (json_take(p, ']'))
		return true;
	do
	{
		if (!take_value(p, out, depth))
			return false;
		if (out->len > PROFILE_MAX)
			return json_too_large(p);
	} while (json_another(p, ']', &failed));
	return !failed;
}

/* members of an object, sorted; of depth 1, the attributes themselves, nulls are left out */
static bool
take_pairs(JsonReader *p, StringInfo out, int depth)
{
	StringInfoData values;
	ProfileItem *names = NULL;
	uint32		n = 0,
				room = 0;
	bool		failed;

	if (!json_take(p, '{'))
		return json_syntax(p, "\"{\"");
	if (json_take(p, '}'))
		return true;
	initStringInfo(&values);
	do
	{
		TextSpan	name;
		int			from = values.len;

		if (!json_string(p, &name))
			return false;
		if (!json_take(p, ':'))
			return json_syntax(p, "\":\"");
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
			return json_too_large(p);
	} while (json_another(p, '}', &failed));
	if (failed)
		return false;
	profile_sort(names, n);
	for (uint32 i = 0; i < n; i++)
	{
		const char *at = values.data + names[i].size;
		ProfileValue value = profile_value(&at, values.data + values.len);

		if (i > 0 && profile_same_key(&names[i - 1], &names[i]))
			return json_fail(p, "duplicate", "An object has two members of one name.",
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
take_key_part(JsonReader *p, TextSpan *part, const char *code)
{
	if (!json_string(p, part))
		return false;
	if (part->len == 0 || part->len > PROFILE_KEY_PART_MAX)
		return json_fail(p, code, psprintf("A %s is empty or has more than %d bytes.", code,
									  PROFILE_KEY_PART_MAX),
							 "Use the key of the record, not its content.");
	return true;
}

static bool
take_identifiers(JsonReader *p, StringInfo out)
{
	ProfileItem *items = NULL;
	uint32		n = 0,
				room = 0;
	bool		failed = false;

	if (!json_take(p, '['))
		return json_syntax(p, "\"[\"");
	if (json_take(p, ']'))
		return true;
	do
	{
		IdentifierValue value;
		TextSpan	s;
		char	   *kept;

		if (!json_string(p, &s) || !identifier_parse_utf8(s.data, s.len, &value, p->problem))
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
	} while (json_another(p, ']', &failed));
	if (failed)
		return false;
	profile_sort(items, n);
	n = profile_distinct(items, n);
	for (uint32 i = 0; i < n; i++)
		profile_put_span(out, items[i].key, items[i].keylen);
	return out->len <= PROFILE_MAX || json_too_large(p);
}

static bool
take_member(JsonReader *p, Draft *draft, int member)
{
	TextSpan	s;

	switch (member)
	{
		case 0:
			return take_key_part(p, &draft->source, "source");
		case 1:
			return take_key_part(p, &draft->record_id, "record_id");
		case 2:
			if (!json_string(p, &s))
				return false;
			return json_time(s, &draft->observed_at) ||
				json_fail(p, "observed_at", "observed_at is not a time in ISO 8601 with a zone.",
					 "Write it as 2026-01-31T12:00:00Z.");
		case 3:
			return take_identifiers(p, &draft->identifiers);
		default:
			return take_pairs(p, &draft->attributes, 1);
	}
}

static bool
take_record(JsonReader *p, StringInfo out)
{
	Draft		draft = {0};
	StringInfoData body;
	bool		failed;

	initStringInfo(&draft.identifiers);
	initStringInfo(&draft.attributes);
	if (!json_take(p, '{'))
		return json_syntax(p, "\"{\"");
	if (!json_take(p, '}'))
	{
		do
		{
			TextSpan	name;
			int			m;

			if (!json_string(p, &name))
				return false;
			for (m = 0; m < lengthof(members); m++)
			{
				if (name.len == strlen(members[m]) &&
					memcmp(name.data, members[m], name.len) == 0)
					break;
			}
			if (m == lengthof(members))
				return json_fail(p, "member", "A record has a member of another name than source, "
							"record_id, observed_at, identifiers and attributes.",
							"What a record says stands in its attributes.");
			if (draft.seen[m])
				return json_fail(p, "duplicate", "A record has two members of one name.",
							"Keep one of them.");
			draft.seen[m] = true;
			if (!json_take(p, ':'))
				return json_syntax(p, "\":\"");
			if (!take_member(p, &draft, m))
				return false;
		} while (json_another(p, '}', &failed));
		if (failed)
			return false;
	}
	for (int m = 0; m < 3; m++)
	{
		if (!draft.seen[m])
			return json_fail(p, "missing", psprintf("A record has no %s.", members[m]),
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
	return out->len <= PROFILE_MAX || json_too_large(p);
}

static bool
take_records(JsonReader *p, StringInfo out, uint32 *count)
{
	TextSpan	name;
	bool		failed;

	*count = 0;
	if (!json_take(p, '{'))
		return json_syntax(p, "\"{\"");
	if (!json_string(p, &name))
		return false;
	if (name.len != 7 || memcmp(name.data, "records", 7) != 0)
		return json_fail(p, "member", "The only member of a profile is records.",
					"Write {\"records\": [...]}.");
	if (!json_take(p, ':'))
		return json_syntax(p, "\":\"");
	if (!json_take(p, '['))
		return json_syntax(p, "\"[\"");
	if (!json_take(p, ']'))
	{
		do
		{
			CHECK_FOR_INTERRUPTS();
			if (!take_record(p, out))
				return false;
			(*count)++;
		} while (json_another(p, ']', &failed));
		if (failed)
			return false;
	}
	if (!json_take(p, '}'))
		return json_syntax(p, "\"}\"");
	json_skip_space(p);
	return p->at == p->end || json_syntax(p, "the end");
}

/*
 * The profile of a JSON text in the server encoding; NULL with the problem filled if it is none.
 * Never raises.
 */
struct varlena *
profile_parse(const char *s, int len, Problem *problem)
{
	JsonReader	p = {
		.problem = problem,
		.form = "Write a profile as {\"records\":[{\"source\":..., \"record_id\":..., "
		"\"observed_at\":..., \"identifiers\":[...], \"attributes\":{...}}]}.",
		.limit = "A profile has at most 64 MB.",
		.limit_hint = "Keep large documents beside the profile, and their keys in its attributes.",
		.string_max = PROFILE_MAX,
	};
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
		json_too_large(&p);
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
		json_put_string(out, record.source);
		appendStringInfoString(out, ",\"record_id\":");
		json_put_string(out, record.record_id);
		appendStringInfoString(out, ",\"observed_at\":");
		if (!json_put_time(out, record.observed_at))
			profile_damaged();
		appendStringInfoString(out, ",\"identifiers\":[");
		while (at < record.identifiers_end)
		{
			json_put_string(out, profile_span(&at, record.identifiers_end));
			if (at < record.identifiers_end)
				appendStringInfoChar(out, ',');
		}
		appendStringInfoString(out, "],\"attributes\":");
		profile_pairs_text(out, record.attributes, record.end);
		appendStringInfoChar(out, '}');
	}
	appendStringInfoString(out, "]}");
}
