/*
 * json_text.c
 *	  JSON text forms: strings, times, and the marks between them, read and written.
 *
 * Text is UTF-8.  A time is written in UTC with as many decimals as it needs, and " BC" behind a
 * year before 1; it is read in ISO 8601 with its zone.  The reader never raises: what it refuses
 * is named by a Problem.  It takes no \u0000, which no text can hold, and no escape that names a
 * character which the encoding of the database lacks.
 */
#include "postgres.h"
#include "compat.h"

#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "identity/json_text.h"

/* ---- problems ---- */

bool
json_fail(JsonReader *p, const char *code, const char *detail, const char *hint)
{
	PROBLEM(p->problem, code, detail, hint);
	return false;
}

bool
json_syntax(JsonReader *p, const char *expected)
{
	return json_fail(p, "syntax", psprintf("Expected %s at byte %d.", expected,
										   (int) (p->at - p->start) + 1), p->form);
}

bool
json_too_large(JsonReader *p)
{
	json_fail(p, "too_large", p->limit, p->limit_hint);
	p->problem->sqlerrcode = ERRCODE_PROGRAM_LIMIT_EXCEEDED;
	return false;
}

/* ---- JSON ---- */

void
json_skip_space(JsonReader *p)
{
	while (p->at < p->end && (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r'))
		p->at++;
}

/* the next character that is no white space; 0 at the end */
char
json_peek(JsonReader *p)
{
	json_skip_space(p);
	return p->at < p->end ? *p->at : '\0';
}

bool
json_take(JsonReader *p, char c)
{
	if (json_peek(p) != c || p->at == p->end)
		return false;
	p->at++;
	return true;
}

/* after an element: true if another one follows, with *failed false, or at the end of the list */
bool
json_another(JsonReader *p, char close, bool *failed)
{
	*failed = false;
	if (json_take(p, ','))
		return true;
	if (!json_take(p, close))
		*failed = !json_syntax(p, close == '}' ? "\",\" or \"}\"" : "\",\" or \"]\"");
	return false;
}

static bool
take_hex4(JsonReader *p, uint32 *v)
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
			return json_syntax(p, "four hexadecimal digits");
		p->at++;
	}
	return true;
}

/* the code point of an escape; p->at is behind "\u" */
static bool
take_unicode(JsonReader *p, StringInfo out)
{
	unsigned char utf8[4];
	uint32		c,
				low;

	if (!take_hex4(p, &c))
		return false;
	if (c >= 0xD800 && c < 0xDC00)
	{
		if (p->end - p->at < 6 || p->at[0] != '\\' || p->at[1] != 'u')
			return json_syntax(p, "the low half of a surrogate pair");
		p->at += 2;
		if (!take_hex4(p, &low))
			return false;
		if (low < 0xDC00 || low > 0xDFFF)
			return json_syntax(p, "the low half of a surrogate pair");
		c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
	}
	else if (c >= 0xDC00 && c <= 0xDFFF)
		return json_syntax(p, "the high half of a surrogate pair");
	if (c == 0)
		return json_fail(p, "nul", "A string has the character \\u0000.",
					"Remove it: no text can hold it.");
	unicode_to_utf8(c, utf8);
	appendBinaryStringInfo(out, (char *) utf8, pg_utf_mblen(utf8));
	return true;
}

/* a string's bytes: those of the text where it has no escape, else made anew */
bool
json_string(JsonReader *p, TextSpan *s)
{
	StringInfoData made = {0};
	const char *from;

	if (!json_take(p, '"'))
		return json_syntax(p, "a string");
	from = p->at;
	for (;;)
	{
		static const char plain[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
		char		c;
		int			i;

		while (p->at < p->end && *p->at != '"' && *p->at != '\\' && (uint8) *p->at >= ' ')
			p->at++;
		if (p->at == p->end)
			return json_syntax(p, "the end of a string");
		c = *p->at;
		if ((uint8) c < ' ')
			return json_syntax(p, "an escape of a control character");
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
			return json_syntax(p, "an escape");
		p->at++;
		if (c != 'u')
			appendStringInfoChar(&made, plain[i + 1]);
		else if (!take_unicode(p, &made))
			return false;
		from = p->at;
	}
	*s = made.data ? (TextSpan) {made.data, made.len} : (TextSpan) {from, p->at - from};
	p->at++;
	if (s->len > p->string_max)
		return json_too_large(p);
	/* only an escape can name what the database's encoding lacks */
	if (made.data && !text_fits_server(made.data, made.len))
	{
		json_fail(p, "encoding",
				  "An escape names a character that the encoding of the database lacks.",
				  "Use a database in UTF-8.");
		p->problem->sqlerrcode = ERRCODE_UNTRANSLATABLE_CHARACTER;
		return false;
	}
	return true;
}

int
json_digits(JsonReader *p)
{
	const char *from = p->at;

	while (p->at < p->end && *p->at >= '0' && *p->at <= '9')
		p->at++;
	return p->at - from;
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
bool
json_time(TextSpan s, TimestampTz *t)
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

/* write a time; false if it is none that a timestamp can be */
bool
json_put_time(StringInfo out, TimestampTz t)
{
	struct pg_tm tm;
	fsec_t		fraction;

	if (timestamp2tm(t, NULL, &tm, &fraction, NULL, NULL) != 0)
		return false;
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
	return true;
}

/* ---- strings ---- */

void
json_put_string(StringInfo out, TextSpan s)
{
	static const char hex[] = "0123456789abcdef";
	const char *from = s.data;
	const char *end = s.data + s.len;

	appendStringInfoCharMacro(out, '"');
	for (const char *at = from; at < end; at++)
	{
		uint8		c = *at;
		char		escape[6] = "\\u00";
		int			len = 2;

		if (likely(c >= ' ' && c != '"' && c != '\\'))
			continue;
		appendBinaryStringInfo(out, from, at - from);
		from = at + 1;
		switch (c)
		{
			case '"':
			case '\\':
				escape[1] = c;
				break;
			case '\b':
				escape[1] = 'b';
				break;
			case '\f':
				escape[1] = 'f';
				break;
			case '\n':
				escape[1] = 'n';
				break;
			case '\r':
				escape[1] = 'r';
				break;
			case '\t':
				escape[1] = 't';
				break;
			default:
				escape[4] = hex[c >> 4];
				escape[5] = hex[c & 15];
				len = 6;
		}
		appendBinaryStringInfo(out, escape, len);
	}
	appendBinaryStringInfo(out, from, end - from);
	appendStringInfoCharMacro(out, '"');
}
