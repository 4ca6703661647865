/*
 * terms.c
 *	  Text and binary form of the terms of an entry (terms.h).
 *
 * A channel of letters, digits, '_', '-' and '.' stands as it is in text, any other between double
 * quotes, a double quote in it doubled: for web, for "pop-up store".
 */
#include "postgres.h"
#include "compat.h"

#include "identity/identity.h"
#include "inventory/terms.h"

static bool
is_plain(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		c == '_' || c == '-' || c == '.';
}

static bool
is_plain_name(const char *s, int len)
{
	for (int i = 0; i < len; i++)
		if (!is_plain(s[i]))
			return false;
	return len > 0;
}

static bool
bad_channel(Problem *problem, const char *detail)
{
	PROBLEM(problem, "channel", detail,
			"Lines and stock name a channel alike; a NULL in the aggregates is no channel.");
	return false;
}

static bool
channel_parse_utf8(const char *s, int len, TextSpan *out, Problem *problem)
{
	TextSpan	trimmed = text_trim(s, len);

	if (trimmed.len == 0)
		return bad_channel(problem, "The name of the channel is empty.");
	if (trimmed.len != len)
		return bad_channel(problem, "The name of the channel begins or ends with a space.");
	if (!identity_characters(s, len, problem) ||
		!problem_of_text(text_nfc(s, len, out), problem) ||
		!identity_fits_server(out->data, out->len, problem))
		return false;
	if (out->len > QUEUE_CHANNEL_MAX)
		return bad_channel(problem, "The name of the channel has more than 255 bytes.");
	return true;
}

bool
channel_parse(const char *s, int len, TextSpan *out, Problem *problem)
{
	*out = (TextSpan) {s, len};
	if (len <= QUEUE_CHANNEL_MAX && is_plain_name(s, len))
		return true;
	return problem_of_text(text_from_server(s, len, out), problem) &&
		channel_parse_utf8(out->data, out->len, out, problem);
}

/* ---- text form ---- */

/* a word between spaces */
static bool
take_keyword(Scanner *s, const char *word)
{
	Scanner		ahead = *s;

	if (!scan_char(&ahead, ' ') || !scan_word(&ahead, word) || !scan_char(&ahead, ' '))
		return false;
	*s = ahead;
	return true;
}

static bool
take_channel(Scanner *s, TextSpan *channel, Problem *problem)
{
	const char *start = s->p;
	StringInfoData buf;

	if (!scan_char(s, '"'))
	{
		while (s->p < s->end && is_plain(*s->p))
			s->p++;
		return channel_parse(start, s->p - start, channel, problem);
	}
	initStringInfo(&buf);
	for (;;)
	{
		start = s->p;
		while (s->p < s->end && *s->p != '"')
			s->p++;
		appendBinaryStringInfo(&buf, start, s->p - start);
		if (!scan_char(s, '"'))
		{
			PROBLEM(problem, "syntax", "The quotes of a channel are not closed.",
					"Write for web, or for \"pop-up store\".");
			return false;
		}
		if (!scan_char(s, '"'))
			return channel_parse(buf.data, buf.len, channel, problem);
		appendStringInfoChar(&buf, '"');
	}
}

bool
terms_take(Scanner *s, bool with_min, const QueueEntry *e, QueueTerms *terms, Problem *problem)
{
	bool		out_of_range = false;

	memset(terms, 0, sizeof(QueueTerms));
	if (with_min && take_keyword(s, "min"))
	{
		if (!scan_integer(s, 0, PG_INT64_MAX, &terms->min_qty, &out_of_range))
		{
			PROBLEM(problem, out_of_range ? "range" : "syntax",
					"A minimum is not a bigint of 0 or more.", "Write it as min 3.");
			if (out_of_range)
				problem->sqlerrcode = ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE;
			return false;
		}
		if (terms->min_qty > e->qty && e->qty > 0)
		{
			PROBLEM(problem, "minimum", "A minimum is more than the quantity.",
					"Lower it to the quantity of the line.");
			return false;
		}
		if (terms->min_qty == 1)
			terms->min_qty = 0;
	}
	return !take_keyword(s, "for") || take_channel(s, &terms->channel, problem);
}

void
terms_print(StringInfo buf, const QueueTerms *terms)
{
	if (terms->min_qty > 0)
		appendStringInfo(buf, " min " INT64_FORMAT, terms->min_qty);
	if (terms->channel.len == 0)
		return;
	appendStringInfoString(buf, " for ");
	if (is_plain_name(terms->channel.data, terms->channel.len))
		appendBinaryStringInfo(buf, terms->channel.data, terms->channel.len);
	else
	{
		const char *name = text_to_server(terms->channel.data, terms->channel.len);

		appendStringInfoChar(buf, '"');
		for (; *name != '\0'; name++)
		{
			if (*name == '"')
				appendStringInfoChar(buf, '"');
			appendStringInfoChar(buf, *name);
		}
		appendStringInfoChar(buf, '"');
	}
}

/* ---- binary form ---- */

const char *
terms_receive(StringInfo buf, bool with_min, const QueueEntry *e, QueueTerms *terms)
{
	int			left = buf->len - buf->cursor;
	int			len;
	TextSpan	channel;
	Problem		problem;

	memset(terms, 0, sizeof(QueueTerms));
	if (left < (with_min ? (int) sizeof(int64) : 0) + 1)
		return "The value is too short.";
	if (with_min)
	{
		terms->min_qty = pq_getmsgint64(buf);
		if (terms->min_qty < 0 || terms->min_qty == 1 || terms->min_qty > e->qty)
			return "A minimum is out of range.";
	}
	len = pq_getmsgbyte(buf);
	if (len > buf->len - buf->cursor)
		return "The value is too short.";
	if (len == 0)
		return NULL;
	terms->channel = (TextSpan) {pq_getmsgbytes(buf, len), len};

	if (!pg_verify_mbstr(PG_UTF8, terms->channel.data, len, true) ||
		!channel_parse_utf8(terms->channel.data, len, &channel, &problem) ||
		channel.len != len || memcmp(channel.data, terms->channel.data, len) != 0)
		return "The name of a channel is not valid.";
	return NULL;
}

void
terms_send(StringInfo buf, bool with_min, const QueueTerms *terms)
{
	if (with_min)
		pq_sendint64(buf, terms->min_qty);
	pq_sendbyte(buf, terms->channel.len);
	pq_sendbytes(buf, terms->channel.data, terms->channel.len);
}
