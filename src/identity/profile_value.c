/*
 * profile_value.c
 *	  Values of a customer_profile's attributes: canonical bytes, jsonb, JSON text, order.
 *
 * A value is a tag byte; null, false and true are nothing more.  After any other tag stand a varint
 * length and so many bytes:
 *
 *	  number	nothing for 0, else a sign byte (1 where negative), the exponent of the first digit
 *				(int16, big-endian) and the digits, base 10,000 (uint16 each, big-endian), the first
 *				and the last not 0
 *	  string	UTF-8
 *	  array		values
 *	  object	pairs of a name (varint length, UTF-8) and a value, ascending by name, each once
 *
 * So 1.0 and 1.00 are the same bytes, and so are objects whose names came in another order.
 */
#include "postgres.h"
#include "compat.h"

#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "identity/json_text.h"
#include "identity/profile.h"

/* a numeric has at most so many digits after the point */
#define SCALE_MAX	16383

#define DIGIT_DECIMALS	4		/* decimals in a digit */

/* sign and exponent before the digits */
#define NUMBER_HEADER	3

/* ---- bytes ---- */

/* open the value at *at, and move on past it */
ProfileValue
profile_value(const char **at, const char *end)
{
	const char *start = *at;
	ProfileValue value;

	if (unlikely(start >= end || (uint8) *start > PROFILE_OBJECT))
		profile_damaged();
	value.tag = (uint8) *(*at)++;
	value.payload = (TextSpan) {*at, 0};
	if (value.tag >= PROFILE_NUMBER)
		value.payload = profile_span(at, end);
	value.bytes = (TextSpan) {start, *at - start};
	return value;
}

void
profile_put_value(StringInfo out, ProfileTag tag, const char *payload, uint32 len)
{
	appendStringInfoCharMacro(out, (char) tag);
	if (tag >= PROFILE_NUMBER)
		profile_put_span(out, payload, len);
}

static void
put_uint16(char *out, uint16 v)
{
	out[0] = (char) (v >> 8);
	out[1] = (char) v;
}

static uint16
get_uint16(const char *at)
{
	return (uint16) ((uint8) at[0] << 8 | (uint8) at[1]);
}

/* decimals after the point of a number, from its digits */
static int
number_scale(TextSpan payload)
{
	int			ndigits = (payload.len - NUMBER_HEADER) / 2;
	int			weight = (int16) get_uint16(payload.data + 1);
	int			last = get_uint16(payload.data + payload.len - 2);
	int			scale = (ndigits - 1 - weight) * DIGIT_DECIMALS;

	for (; last % 10 == 0; last /= 10)
		scale--;
	return Max(scale, 0);
}

/*
 * Put the number (-1)^negative * digits * 10^exponent, digits being ASCII; false if it is beyond
 * what a numeric holds.
 */
bool
profile_put_decimal(StringInfo out, bool negative, const char *digits, int ndigits, int64 exponent)
{
	StringInfoData payload;
	int64		point;			/* value = 0.digits * 10^point */
	int64		weight;
	int			lead;
	int			digit = 0;
	char		bytes[NUMBER_HEADER];

	while (ndigits > 0 && digits[0] == '0')
	{
		digits++;
		ndigits--;
	}
	while (ndigits > 0 && digits[ndigits - 1] == '0')
	{
		ndigits--;
		exponent++;
	}
	if (ndigits == 0)
	{
		profile_put_value(out, PROFILE_NUMBER, NULL, 0);
		return true;
	}
	point = ndigits + exponent;
	weight = (point > 0 ? (point - 1) / DIGIT_DECIMALS
			  : -((DIGIT_DECIMALS - point) / DIGIT_DECIMALS));
	if (weight > PG_INT16_MAX || ndigits - point > SCALE_MAX)
		return false;
	initStringInfo(&payload);
	bytes[0] = negative;
	put_uint16(bytes + 1, (uint16) weight);
	appendBinaryStringInfo(&payload, bytes, NUMBER_HEADER);
	lead = (int) (DIGIT_DECIMALS * (weight + 1) - point);
	for (int i = lead; i < lead + ndigits || i % DIGIT_DECIMALS != 0; i++)
	{
		digit = digit * 10 + (i < lead + ndigits ? digits[i - lead] - '0' : 0);
		if (i % DIGIT_DECIMALS == DIGIT_DECIMALS - 1)
		{
			put_uint16(bytes, digit);
			appendBinaryStringInfo(&payload, bytes, 2);
			digit = 0;
		}
	}
	profile_put_value(out, PROFILE_NUMBER, payload.data, payload.len);
	pfree(payload.data);
	return true;
}

/* ---- from jsonb ---- */

static void put_jsonb_container(StringInfo out, JsonbContainer *container, int depth);

static void
check_depth(int depth)
{
	if (depth > PROFILE_DEPTH_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("attributes of a customer_profile are nested too deeply"),
				 errdetail("There are more than %d levels.", PROFILE_DEPTH_MAX),
				 errhint("Attributes are what is said of a customer; keep documents elsewhere.")));
}

/* UTF-8 of a string of the server's own */
static TextSpan
server_string(const char *s, int len)
{
	TextSpan	utf8 = {s, len};
	Problem		problem;

	if (GetDatabaseEncoding() != PG_UTF8 &&
		!problem_of_text(text_from_server(s, len, &utf8), &problem))
		problem_report(NULL, &problem, "customer_profile", NULL);
	return utf8;
}

static void
put_numeric(StringInfo out, Numeric number)
{
	bytea	   *sent = DatumGetByteaPP(DirectFunctionCall1(numeric_send,
														   NumericGetDatum(number)));
	const char *at = VARDATA_ANY(sent);
	int			ndigits = get_uint16(at);
	int			weight = (int16) get_uint16(at + 2);
	bool		negative = get_uint16(at + 4) != 0;
	char		bytes[NUMBER_HEADER];

	/* ndigits, weight, sign, dscale, and then digits as ours */
	at += 4 * 2;
	for (; ndigits > 0 && get_uint16(at) == 0; at += 2, ndigits--)
		weight--;
	while (ndigits > 0 && get_uint16(at + 2 * (ndigits - 1)) == 0)
		ndigits--;
	if (ndigits == 0)
	{
		profile_put_value(out, PROFILE_NUMBER, NULL, 0);
		return;
	}
	bytes[0] = negative;
	put_uint16(bytes + 1, (uint16) weight);
	appendStringInfoCharMacro(out, (char) PROFILE_NUMBER);
	profile_put_varint(out, NUMBER_HEADER + 2 * ndigits);
	appendBinaryStringInfo(out, bytes, NUMBER_HEADER);
	appendBinaryStringInfo(out, at, 2 * ndigits);
	pfree(sent);
}

static void
put_jsonb_value(StringInfo out, JsonbValue *v, int depth)
{
	StringInfoData payload;
	TextSpan	s;

	switch (v->type)
	{
		case jbvNull:
			profile_put_value(out, PROFILE_NULL, NULL, 0);
			break;
		case jbvBool:
			profile_put_value(out, v->val.boolean ? PROFILE_TRUE : PROFILE_FALSE, NULL, 0);
			break;
		case jbvNumeric:
			put_numeric(out, v->val.numeric);
			break;
		case jbvString:
			s = server_string(v->val.string.val, v->val.string.len);
			profile_put_value(out, PROFILE_STRING, s.data, s.len);
			break;
		case jbvBinary:
			check_depth(depth + 1);
			initStringInfo(&payload);
			put_jsonb_container(&payload, v->val.binary.data, depth + 1);
			profile_put_value(out, JsonContainerIsObject(v->val.binary.data) ?
							  PROFILE_OBJECT : PROFILE_ARRAY, payload.data, payload.len);
			pfree(payload.data);
			break;
		default:
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("unexpected type of a jsonb value")));
	}
}

/* what is in an array or object; of depth 1, the attributes themselves, nulls are left out */
static void
put_jsonb_container(StringInfo out, JsonbContainer *container, int depth)
{
	JsonbIterator *it = JsonbIteratorInit(container);
	uint32		n = JsonContainerSize(container);
	ProfileItem *names = palloc(Max(n, 1) * sizeof(ProfileItem));
	JsonbValue *values = palloc(Max(n, 1) * sizeof(JsonbValue));
	JsonbIteratorToken token;
	JsonbValue	v;
	uint32		kept = 0;

	(void) JsonbIteratorNext(&it, &v, true);
	while ((token = JsonbIteratorNext(&it, &v, true)) != WJB_DONE)
	{
		TextSpan	name;

		if (token == WJB_ELEM)
			put_jsonb_value(out, &v, depth);
		if (token != WJB_KEY)
			continue;
		name = server_string(v.val.string.val, v.val.string.len);
		(void) JsonbIteratorNext(&it, &values[kept], true);
		if (depth == 1 && values[kept].type == jbvNull)
			continue;
		names[kept] = (ProfileItem) {.key = name.data, .keylen = name.len,
		.at = (const char *) &values[kept]};
		kept++;
	}
	profile_sort(names, kept);
	for (uint32 i = 0; i < kept; i++)
	{
		profile_put_span(out, names[i].key, names[i].keylen);
		put_jsonb_value(out, (JsonbValue *) names[i].at, depth);
	}
	pfree(names);
	pfree(values);
}

/* put the attributes of a record; 22023 unless it is an object, 54000 */
void
profile_put_attributes(StringInfo out, Jsonb *attributes)
{
	if (!JB_ROOT_IS_OBJECT(attributes))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("attributes of a customer_profile are not a JSON object"),
				 errhint("Give an object of names and values, for example {\"name\": \"Jane\"}.")));
	put_jsonb_container(out, &attributes->root, 1);
}

/* ---- are received bytes canonical ---- */

/* read a varint that may be anything; false if it does not end, fit, or is longer than needed */
bool
profile_get_varint(const char **at, const char *end, uint32 *v)
{
	uint64		read = 0;

	for (int shift = 0; *at < end && shift < 35; shift += 7)
	{
		uint8		byte = *(*at)++;

		read |= (uint64) (byte & 0x7F) << shift;
		if (byte < 0x80)
		{
			*v = (uint32) read;
			return read <= PG_UINT32_MAX && (byte != 0 || shift == 0);
		}
	}
	return false;
}

static bool
get_span(const char **at, const char *end, TextSpan *span)
{
	uint32		len;

	if (!profile_get_varint(at, end, &len) || len > end - *at)
		return false;
	*span = (TextSpan) {*at, len};
	*at += len;
	return true;
}

static bool
number_valid(TextSpan payload)
{
	if (payload.len == 0)
		return true;
	if (payload.len < NUMBER_HEADER + 2 || (payload.len - NUMBER_HEADER) % 2 != 0 ||
		(uint8) payload.data[0] > 1 || get_uint16(payload.data + NUMBER_HEADER) == 0 ||
		get_uint16(payload.data + payload.len - 2) == 0)
		return false;
	for (int i = NUMBER_HEADER; i < payload.len; i += 2)
	{
		if (get_uint16(payload.data + i) > 9999)
			return false;
	}
	return number_scale(payload) <= SCALE_MAX;
}

static bool
string_valid(TextSpan s)
{
	return pg_verify_mbstr(PG_UTF8, s.data, s.len, true) && text_fits_server(s.data, s.len);
}

static bool
value_valid(const char **at, const char *end, int depth)
{
	TextSpan	payload;
	uint8		tag;

	if (*at >= end)
		return false;
	tag = *(*at)++;
	if (tag < PROFILE_NUMBER)
		return true;
	if (tag > PROFILE_OBJECT || !get_span(at, end, &payload))
		return false;
	switch (tag)
	{
		case PROFILE_NUMBER:
			return number_valid(payload);
		case PROFILE_STRING:
			return string_valid(payload);
		case PROFILE_OBJECT:
			return profile_pairs_valid(payload.data, payload.data + payload.len, depth + 1);
	}
	end = payload.data + payload.len;
	while (payload.data < end)
	{
		if (depth >= PROFILE_DEPTH_MAX || !value_valid(&payload.data, end, depth + 1))
			return false;
	}
	return true;
}

/* are these bytes pairs of names and values in canonical form; those of depth 1 have no nulls */
bool
profile_pairs_valid(const char *at, const char *end, int depth)
{
	TextSpan	last = {NULL, -1};
	TextSpan	name;

	if (depth > PROFILE_DEPTH_MAX)
		return false;
	while (at < end)
	{
		if (!get_span(&at, end, &name) || !string_valid(name) ||
			(last.len >= 0 &&
			 profile_compare_bytes(last.data, last.len, name.data, name.len) >= 0) ||
			(depth == 1 && at < end && *at == PROFILE_NULL) ||
			!value_valid(&at, end, depth))
			return false;
		last = name;
	}
	return true;
}

/* ---- order ---- */

static int
compare_numbers(TextSpan a, TextSpan b)
{
	int			a_sign = a.len == 0 ? 0 : a.data[0] ? -1 : 1;
	int			b_sign = b.len == 0 ? 0 : b.data[0] ? -1 : 1;
	int			a_weight,
				b_weight;

	if (a_sign != b_sign || a_sign == 0)
		return a_sign - b_sign;
	a_weight = (int16) get_uint16(a.data + 1);
	b_weight = (int16) get_uint16(b.data + 1);
	if (a_weight != b_weight)
		return a_weight > b_weight ? a_sign : -a_sign;
	return a_sign * profile_compare_bytes(a.data + NUMBER_HEADER, a.len - NUMBER_HEADER,
										  b.data + NUMBER_HEADER, b.len - NUMBER_HEADER);
}

/*
 * Order of values: null, false, true, numbers by value, strings by their bytes, arrays, objects,
 * both by their bytes.  0 means the same bytes.
 */
int
profile_value_compare(const ProfileValue *a, const ProfileValue *b)
{
	if (a->tag != b->tag)
		return (int) a->tag - (int) b->tag;
	if (a->tag == PROFILE_NUMBER)
		return compare_numbers(a->payload, b->payload);
	return profile_compare_bytes(a->payload.data, a->payload.len, b->payload.data, b->payload.len);
}

/* ---- JSON text ---- */

/* a number as numeric writes it, without needless zeros */
static void
number_text(StringInfo out, TextSpan payload)
{
	const char *digits = payload.data + NUMBER_HEADER;
	int			ndigits = (payload.len - NUMBER_HEADER) / 2;
	int			weight,
				scale;

	if (payload.len == 0)
	{
		appendStringInfoCharMacro(out, '0');
		return;
	}
	weight = (int16) get_uint16(payload.data + 1);
	scale = number_scale(payload);
	if (payload.data[0])
		appendStringInfoCharMacro(out, '-');
	if (weight < 0)
		appendStringInfoCharMacro(out, '0');
	for (int i = 0; i <= weight; i++)
		appendStringInfo(out, i == 0 ? "%d" : "%04d", i < ndigits ? get_uint16(digits + 2 * i) : 0);
	if (scale > 0)
	{
		int			whole = out->len + 1;

		appendStringInfoCharMacro(out, '.');
		for (int i = weight + 1; i < ndigits; i++)
			appendStringInfo(out, "%04d", i < 0 ? 0 : get_uint16(digits + 2 * i));
		out->len = whole + scale;
		out->data[out->len] = '\0';
	}
}

void
profile_value_text(StringInfo out, const ProfileValue *value)
{
	const char *at = value->payload.data;
	const char *end = at + value->payload.len;

	switch (value->tag)
	{
		case PROFILE_NULL:
			appendStringInfoString(out, "null");
			break;
		case PROFILE_FALSE:
			appendStringInfoString(out, "false");
			break;
		case PROFILE_TRUE:
			appendStringInfoString(out, "true");
			break;
		case PROFILE_NUMBER:
			number_text(out, value->payload);
			break;
		case PROFILE_STRING:
			json_put_string(out, value->payload);
			break;
		case PROFILE_ARRAY:
			appendStringInfoCharMacro(out, '[');
			while (at < end)
			{
				ProfileValue element = profile_value(&at, end);

				profile_value_text(out, &element);
				if (at < end)
					appendStringInfoCharMacro(out, ',');
			}
			appendStringInfoCharMacro(out, ']');
			break;
		case PROFILE_OBJECT:
			profile_pairs_text(out, at, end);
			break;
	}
}

/* pairs of names and values as a JSON object */
void
profile_pairs_text(StringInfo out, const char *at, const char *end)
{
	appendStringInfoCharMacro(out, '{');
	while (at < end)
	{
		TextSpan	name = profile_span(&at, end);
		ProfileValue value = profile_value(&at, end);

		json_put_string(out, name);
		appendStringInfoCharMacro(out, ':');
		profile_value_text(out, &value);
		if (at < end)
			appendStringInfoCharMacro(out, ',');
	}
	appendStringInfoCharMacro(out, '}');
}

static int64
characters(const char *s, int len)
{
	int64		n = 0;

	for (int i = 0; i < len; i++)
		n += ((uint8) s[i] & 0xC0) != 0x80;
	return n;
}

/* length of a value in characters: of a string itself, of any other value its JSON text */
int64
profile_value_length(const ProfileValue *value)
{
	StringInfoData text;
	int64		length;

	if (value->tag == PROFILE_STRING)
		return characters(value->payload.data, value->payload.len);
	initStringInfo(&text);
	profile_value_text(&text, value);
	length = characters(text.data, text.len);
	pfree(text.data);
	return length;
}

/* ---- to jsonb ---- */

void
profile_jsonb_string(JsonbValue *to, TextSpan s)
{
	to->type = jbvString;
	to->val.string.val = unconstify(char *, s.data);
	to->val.string.len = s.len;
	if (GetDatabaseEncoding() != PG_UTF8)
	{
		to->val.string.val = text_to_server(s.data, s.len);
		to->val.string.len = strlen(to->val.string.val);
	}
}

static Numeric
numeric_of(TextSpan payload)
{
	StringInfoData buf;
	Numeric		result;
	int			ndigits = (payload.len - NUMBER_HEADER) / 2;

	if (payload.len == 0)
		return int64_to_numeric(0);
	/* the last digit of a whole number is at exponent 0, or before it */
	if (ndigits == 1 && get_uint16(payload.data + 1) == 0)
	{
		int			n = get_uint16(payload.data + NUMBER_HEADER);

		return int64_to_numeric(payload.data[0] ? -n : n);
	}
	initStringInfo(&buf);
	pq_sendint16(&buf, ndigits);
	appendBinaryStringInfo(&buf, payload.data + 1, 2);
	pq_sendint16(&buf, payload.data[0] ? 0x4000 : 0);
	pq_sendint16(&buf, number_scale(payload));
	appendBinaryStringInfo(&buf, payload.data + NUMBER_HEADER, 2 * ndigits);
	result = DatumGetNumeric(DirectFunctionCall3(numeric_recv, PointerGetDatum(&buf),
												 ObjectIdGetDatum(InvalidOid),
												 Int32GetDatum(-1)));
	pfree(buf.data);
	return result;
}

/* a value that is neither array nor object */
static void
scalar_of(JsonbValue *to, const ProfileValue *value)
{
	switch (value->tag)
	{
		case PROFILE_FALSE:
		case PROFILE_TRUE:
			to->type = jbvBool;
			to->val.boolean = value->tag == PROFILE_TRUE;
			break;
		case PROFILE_NUMBER:
			to->type = jbvNumeric;
			to->val.numeric = numeric_of(value->payload);
			break;
		case PROFILE_STRING:
			profile_jsonb_string(to, value->payload);
			break;
		default:
			to->type = jbvNull;
			break;
	}
}

static JsonbValue *
push_elements(JsonbParseState **state, TextSpan payload)
{
	const char *at = payload.data;
	const char *end = at + payload.len;

	pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
	while (at < end)
	{
		ProfileValue element = profile_value(&at, end);

		profile_push_value(state, WJB_ELEM, &element);
	}
	return pushJsonbValue(state, WJB_END_ARRAY, NULL);
}

/* add a value to the jsonb that is being built: token is WJB_VALUE or WJB_ELEM */
void
profile_push_value(JsonbParseState **state, JsonbIteratorToken token, const ProfileValue *value)
{
	JsonbValue	v;

	if (value->tag == PROFILE_ARRAY)
		push_elements(state, value->payload);
	else if (value->tag == PROFILE_OBJECT)
		profile_push_pairs(state, value->payload.data, value->payload.data + value->payload.len);
	else
	{
		scalar_of(&v, value);
		pushJsonbValue(state, token, &v);
	}
}

/* add an object of pairs of names and values */
JsonbValue *
profile_push_pairs(JsonbParseState **state, const char *at, const char *end)
{
	pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
	while (at < end)
	{
		TextSpan	name = profile_span(&at, end);
		ProfileValue value = profile_value(&at, end);
		JsonbValue	key;

		profile_jsonb_string(&key, name);
		pushJsonbValue(state, WJB_KEY, &key);
		profile_push_value(state, WJB_VALUE, &value);
	}
	return pushJsonbValue(state, WJB_END_OBJECT, NULL);
}

/* a single value as jsonb */
Jsonb *
profile_value_jsonb(const ProfileValue *value)
{
	JsonbParseState *state = NULL;
	JsonbValue	v;

	if (value->tag == PROFILE_ARRAY)
		return JsonbValueToJsonb(push_elements(&state, value->payload));
	if (value->tag == PROFILE_OBJECT)
		return JsonbValueToJsonb(profile_push_pairs(&state, value->payload.data,
													value->payload.data + value->payload.len));
	scalar_of(&v, value);
	return JsonbValueToJsonb(&v);
}
