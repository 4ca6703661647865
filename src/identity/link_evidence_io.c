/*
 * link_evidence_io.c
 *	  link_evidence: text and binary form.
 *
 * The text form is a JSON array of pieces, in the order of the canonical bytes:
 *
 *	  [{"source":"crm","record_id":"7","observed_at":"2026-01-31T12:00:00Z",
 *		"identifier":"email:jane@example.com"},
 *	   {"source":"crm","record_id":"7","other_source":"shop","other_record_id":"x1",
 *		"weight":4.5,"decided_at":"2026-02-01T00:00:00Z"}]
 *
 * identifier is left out where there is none; a weight that is no finite number is "Infinity" or
 * "-Infinity".  It is read as any JSON (RFC 8259), with members and pieces in any order and pieces
 * more than once; unknown, missing and repeated members are refused.
 *
 * On the wire are the canonical bytes (link_evidence.h), which begin with their version; each
 * invariant of them is checked on receipt.
 */
#include "postgres.h"
#include "compat.h"

#include <math.h>

#include "common/shortest_dec.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "identity/identity.h"
#include "identity/json_text.h"
#include "identity/link_evidence.h"

/* a number in a text form has at most so many characters */
#define NUMBER_MAX	400

/* ---- reading JSON ---- */

/* the members of a piece, as far as they have come */
enum
{
	SOURCE, RECORD_ID, OBSERVED_AT, IDENTIFIER, OTHER_SOURCE, OTHER_RECORD_ID, WEIGHT, DECIDED_AT,
	MEMBERS
};

static const char *const members[MEMBERS] =
{
	"source", "record_id", "observed_at", "identifier", "other_source", "other_record_id", "weight",
	"decided_at"
};

typedef struct Draft
{
	TextSpan	parts[MEMBERS];
	IdentifierValue identifier;
	TimestampTz at;
	float8		weight;
	bool		seen[MEMBERS];
} Draft;

static bool
take_key_part(JsonReader *p, Draft *draft, int member)
{
	TextSpan   *part = &draft->parts[member];

	if (!json_string(p, part))
		return false;
	if (part->len > LINK_KEY_PART_MAX)
		return json_fail(p, members[member],
						 psprintf("A %s has more than %d bytes.", members[member],
								  LINK_KEY_PART_MAX),
						 "Use the key of the record, not its content.");
	return true;
}

static bool
take_time(JsonReader *p, Draft *draft, int member)
{
	TextSpan	s;

	if (!json_string(p, &s))
		return false;
	return json_time(s, &draft->at) ||
		json_fail(p, members[member],
				  psprintf("%s is not a time in ISO 8601 with a zone.", members[member]),
				  "Write it as 2026-01-31T12:00:00Z.");
}

static bool
weight_problem(JsonReader *p)
{
	return json_fail(p, "weight", "A weight is no number of double precision.",
					 "Write a number, \"Infinity\" or \"-Infinity\".");
}

static bool
take_weight(JsonReader *p, float8 *weight)
{
	char		digits[NUMBER_MAX + 1];
	const char *from;
	char	   *end;
	TextSpan	s;
	int			whole;

	if (json_peek(p) == '"')
	{
		if (!json_string(p, &s))
			return false;
		if (s.len == 8 && memcmp(s.data, "Infinity", 8) == 0)
			*weight = INFINITY;
		else if (s.len == 9 && memcmp(s.data, "-Infinity", 9) == 0)
			*weight = -INFINITY;
		else
			return weight_problem(p);
		return true;
	}
	from = p->at;
	if (p->at < p->end && *p->at == '-')
		p->at++;
	whole = json_digits(p);
	if (whole == 0 || (whole > 1 && p->at[-whole] == '0'))
		return json_syntax(p, "a number");
	if (p->at < p->end && *p->at == '.')
	{
		p->at++;
		if (json_digits(p) == 0)
			return json_syntax(p, "a digit");
	}
	if (p->at < p->end && (*p->at == 'e' || *p->at == 'E'))
	{
		p->at++;
		if (p->at < p->end && (*p->at == '-' || *p->at == '+'))
			p->at++;
		if (json_digits(p) == 0)
			return json_syntax(p, "a digit");
	}
	if (p->at - from > NUMBER_MAX)
		return weight_problem(p);
	memcpy(digits, from, p->at - from);
	digits[p->at - from] = '\0';
	*weight = strtod(digits, &end);
	return isfinite(*weight) || weight_problem(p);
}

static bool
take_member(JsonReader *p, Draft *draft, int member)
{
	TextSpan	s;

	switch (member)
	{
		case OBSERVED_AT:
		case DECIDED_AT:
			return take_time(p, draft, member);
		case IDENTIFIER:
			return json_string(p, &s) &&
				identifier_parse_utf8(s.data, s.len, &draft->identifier, p->problem);
		case WEIGHT:
			return take_weight(p, &draft->weight);
		default:
			return take_key_part(p, draft, member);
	}
}

static bool
take_members(JsonReader *p, Draft *draft)
{
	bool		failed;

	if (!json_take(p, '{'))
		return json_syntax(p, "\"{\"");
	if (json_take(p, '}'))
		return true;
	do
	{
		TextSpan	name;
		int			m;

		if (!json_string(p, &name))
			return false;
		for (m = 0; m < MEMBERS; m++)
		{
			if (name.len == strlen(members[m]) && memcmp(name.data, members[m], name.len) == 0)
				break;
		}
		if (m == MEMBERS)
			return json_fail(p, "member", "A piece of evidence has a member of an unknown name.",
							 p->form);
		if (draft->seen[m])
			return json_fail(p, "duplicate", "A piece of evidence has two members of one name.",
							 "Keep one of them.");
		draft->seen[m] = true;
		if (!json_take(p, ':'))
			return json_syntax(p, "\":\"");
		if (!take_member(p, draft, m))
			return false;
	} while (json_another(p, '}', &failed));
	return !failed;
}

static TextSpan
record_key(const Draft *draft, int source, char *room)
{
	TextSpan	a = draft->parts[source];
	TextSpan	b = draft->parts[source + 1];

	memcpy(room, a.data, a.len);
	room[a.len] = '\0';
	memcpy(room + a.len + 1, b.data, b.len);
	return (TextSpan) {room, a.len + 1 + b.len};
}

static bool
take_piece(JsonReader *p, StringInfo out)
{
	static const int needed[2][7] = {
		{SOURCE, RECORD_ID, OBSERVED_AT, -1},
		{SOURCE, RECORD_ID, OTHER_SOURCE, OTHER_RECORD_ID, WEIGHT, DECIDED_AT, -1}
	};
	char		room[2][2 * LINK_KEY_PART_MAX + 1];
	Draft		draft;
	LinkPiece	piece;
	bool		pair;

	memset(&draft, 0, offsetof(Draft, identifier));
	memset(draft.seen, 0, sizeof(draft.seen));
	if (!take_members(p, &draft))
		return false;
	pair = draft.seen[OTHER_SOURCE] || draft.seen[OTHER_RECORD_ID] || draft.seen[WEIGHT] ||
		draft.seen[DECIDED_AT];
	for (const int *m = needed[pair]; *m >= 0; m++)
	{
		if (!draft.seen[*m])
			return json_fail(p, "missing",
							 psprintf("A piece of evidence has no %s.", members[*m]), p->form);
	}
	if (pair && (draft.seen[OBSERVED_AT] || draft.seen[IDENTIFIER]))
		return json_fail(p, "member", "A pair has a member of an observation.", p->form);
	piece.type = pair ? LINK_PAIR : LINK_IDENTIFIER;
	piece.at = draft.at;
	piece.record = record_key(&draft, SOURCE, room[0]);
	piece.other = (TextSpan) {"", 0};
	if (pair)
	{
		piece.weight = draft.weight;
		piece.other = record_key(&draft, OTHER_SOURCE, room[1]);
		if (!link_order_pair(&piece))
			return json_fail(p, "self", "A pair names a record with itself.",
							 "A pair names two records.");
	}
	else if (draft.seen[IDENTIFIER])
		piece.other = (TextSpan) {draft.identifier.data, draft.identifier.len};
	if (out->len > MaxAllocSize - 8192)
		return json_too_large(p);
	link_put(out, &piece);
	return true;
}

/*
 * The value of a JSON text in the server encoding; NULL with the problem filled if it is none.
 * Never raises for what the text says.
 */
static struct varlena *
link_parse(const char *s, int len, Problem *problem)
{
	JsonReader	p = {
		.problem = problem,
		.form = "Write evidence as [{\"source\":..., \"record_id\":..., \"observed_at\":..., "
		"\"identifier\":...}, {\"source\":..., \"record_id\":..., \"other_source\":..., "
		"\"other_record_id\":..., \"weight\":..., \"decided_at\":...}].",
		.limit = "Evidence of one value has at most 1 GB.",
		.limit_hint = "Aggregate groups that share no identifier by themselves.",
		.string_max = MaxAllocSize,
	};
	StringInfoData log;
	TextSpan	utf8;
	LinkView	view = {.canonical = false};
	bool		failed = false;

	if (!problem_of_text(text_from_server(s, len, &utf8), problem))
		return NULL;
	p.start = p.at = utf8.data;
	p.end = utf8.data + utf8.len;
	initStringInfo(&log);
	if (!json_take(&p, '['))
	{
		json_syntax(&p, "\"[\"");
		return NULL;
	}
	if (!json_take(&p, ']'))
	{
		do
		{
			CHECK_FOR_INTERRUPTS();
			if (!take_piece(&p, &log))
				return NULL;
			view.count++;
		} while (json_another(&p, ']', &failed));
		if (failed)
			return NULL;
	}
	json_skip_space(&p);
	if (p.at < p.end)
	{
		json_syntax(&p, "the end");
		return NULL;
	}
	view.at = log.data;
	view.end = log.data + log.len;
	return link_encode(view);
}

/* ---- writing JSON ---- */

static void
put_record(StringInfo out, TextSpan record, const char *source_name, const char *id_name)
{
	TextSpan	source,
				record_id;

	link_split(record, &source, &record_id);
	appendStringInfoString(out, source_name);
	json_put_string(out, source);
	appendStringInfoString(out, id_name);
	json_put_string(out, record_id);
}

static void
put_time(StringInfo out, const char *name, TimestampTz t)
{
	appendStringInfoString(out, name);
	if (!json_put_time(out, t))
		link_damaged();
}

static void
put_piece(StringInfo out, const LinkPiece *piece)
{
	char		number[DOUBLE_SHORTEST_DECIMAL_LEN];

	put_record(out, piece->record, "{\"source\":", ",\"record_id\":");
	if (piece->type == LINK_IDENTIFIER)
	{
		put_time(out, ",\"observed_at\":", piece->at);
		if (piece->other.len > 0)
		{
			appendStringInfoString(out, ",\"identifier\":");
			json_put_string(out, piece->other);
		}
	}
	else
	{
		put_record(out, piece->other, ",\"other_source\":", ",\"other_record_id\":");
		appendStringInfoString(out, ",\"weight\":");
		if (isinf(piece->weight))
			appendStringInfoString(out, piece->weight < 0 ? "\"-Infinity\"" : "\"Infinity\"");
		else
		{
			double_to_shortest_decimal_buf(piece->weight, number);
			appendStringInfoString(out, number);
		}
		put_time(out, ",\"decided_at\":", piece->at);
	}
	appendStringInfoChar(out, '}');
}

/* the text form in the server encoding */
static char *
link_text(Datum value)
{
	StringInfoData out;
	LinkView	view;
	LinkPiece	piece;
	bool		first = true;

	link_open(PointerGetDatum(link_canonical(value)), &view);
	initStringInfo(&out);
	appendStringInfoChar(&out, '[');
	while (link_next(&view, &piece))
	{
		CHECK_FOR_INTERRUPTS();
		if (out.len > MaxAllocSize - 32768)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("link_evidence is too large for a text form"),
					 errhint("Read it with resolve_links(), or use the binary form.")));
		if (!first)
			appendStringInfoChar(&out, ',');
		first = false;
		put_piece(&out, &piece);
	}
	appendStringInfoChar(&out, ']');
	return text_to_server(out.data, out.len);
}

/* ---- text ---- */

PG_FUNCTION_INFO_V1(link_evidence_in);
PG_FUNCTION_INFO_V1(link_evidence_out);
PG_FUNCTION_INFO_V1(link_evidence_from_text);
PG_FUNCTION_INFO_V1(link_evidence_to_text);
PG_FUNCTION_INFO_V1(link_evidence_try);
PG_FUNCTION_INFO_V1(link_evidence_problem);

/* link_evidence_in(cstring) -> link_evidence; 22P02, 54000 */
Datum
link_evidence_in(PG_FUNCTION_ARGS)
{
	char	   *s = PG_GETARG_CSTRING(0);
	Problem		problem;
	struct varlena *v = link_parse(s, strlen(s), &problem);

	if (v == NULL)
	{
		problem_report(FC_ESCONTEXT(fcinfo), &problem, "link_evidence", NULL);
		PG_RETURN_NULL();
	}
	PG_RETURN_POINTER(v);
}

/* link_evidence_out(link_evidence) -> cstring; 54000 */
Datum
link_evidence_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(link_text(PG_GETARG_DATUM(0)));
}

/* link_evidence(text) -> link_evidence, the cast; as link_evidence_in */
Datum
link_evidence_from_text(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	Problem		problem;
	struct varlena *v = link_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &problem);

	if (v == NULL)
		problem_report(NULL, &problem, "link_evidence", NULL);
	PG_RETURN_POINTER(v);
}

/* text(link_evidence) -> text, the cast */
Datum
link_evidence_to_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(link_text(PG_GETARG_DATUM(0))));
}

/* link_evidence_try(text) -> link_evidence, NULL where it is none */
Datum
link_evidence_try(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	Problem		problem;
	struct varlena *v = link_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &problem);

	if (v == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(v);
}

/* link_evidence_problem(text) -> text, why it is no link_evidence; NULL where it is one */
Datum
link_evidence_problem(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	Problem		problem;

	if (link_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &problem) != NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(problem.code));
}

/* ---- binary ---- */

PG_FUNCTION_INFO_V1(link_evidence_recv);
PG_FUNCTION_INFO_V1(link_evidence_send);

/* read a varint of the shortest length; false if it is none */
static bool
get_varint(const char **at, const char *end, uint64 *v)
{
	*v = 0;
	for (int shift = 0; *at < end && shift < 35; shift += 7)
	{
		uint8		byte = *(*at)++;

		*v |= (uint64) (byte & 0x7F) << shift;
		if (byte < 0x80)
			return byte != 0 || shift == 0;
	}
	return false;
}

static bool
key_part_valid(const char *s, int len)
{
	return len <= LINK_KEY_PART_MAX && pg_verify_mbstr(PG_UTF8, s, len, true) &&
		text_fits_server(s, len);
}

/* is this source, NUL, record_id */
static bool
record_valid(TextSpan record)
{
	const char *nul = memchr(record.data, '\0', record.len);

	return nul && key_part_valid(record.data, nul - record.data) &&
		key_part_valid(nul + 1, record.data + record.len - nul - 1);
}

/* is this a piece in canonical form, without its size; *keylen = bytes of type and key */
static bool
piece_valid(const char *body, uint64 size, uint32 *keylen)
{
	LinkPiece	piece;
	TextSpan	first;

	if (!link_read(body, size, &piece) || !record_valid(piece.record) ||
		!IS_VALID_TIMESTAMP(piece.at))
		return false;
	*keylen = 1 + piece.record.len + 1 + piece.other.len;
	if (piece.type == LINK_IDENTIFIER)
		return piece.other.len == 0 ||
			identifier_is_canonical(piece.other.data, piece.other.len);
	first = piece.record;
	return record_valid(piece.other) && !isnan(piece.weight) &&
		!(piece.weight == 0 && signbit(piece.weight)) &&
		link_order_pair(&piece) && piece.record.data == first.data;
}

static bool
link_valid(const char *at, int len)
{
	const char *end = at + len;
	const char *last = NULL;
	uint32		last_len = 0,
				keylen;
	uint64		count,
				size;

	if (len < 2 || *at++ != LINK_VERSION || !get_varint(&at, end, &count))
		return false;
	for (; at < end; count--)
	{
		int			c;

		CHECK_FOR_INTERRUPTS();
		if (count == 0 || !get_varint(&at, end, &size) || size > end - at ||
			!piece_valid(at, size, &keylen))
			return false;
		c = last ? memcmp(last, at, Min(last_len, keylen)) : -1;
		if (c > 0 || (c == 0 && last_len >= keylen))
			return false;
		last = at;
		last_len = keylen;
		at += size;
	}
	return count == 0;
}

/* link_evidence_recv(internal) -> link_evidence; 22P03 unless canonical */
Datum
link_evidence_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			len = buf->len - buf->cursor;
	const char *s = pq_getmsgbytes(buf, len);

	if (!link_valid(s, len))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value of type link_evidence"),
				 errdetail("The bytes are not version %d of evidence in canonical form.",
						   LINK_VERSION)));
	PG_RETURN_DATUM(PointerGetDatum(cstring_to_text_with_len(s, len)));
}

/* link_evidence_send(link_evidence) -> bytea: the canonical bytes */
Datum
link_evidence_send(PG_FUNCTION_ARGS)
{
	struct varlena *v = link_canonical(PG_GETARG_DATUM(0));

	PG_RETURN_BYTEA_P(cstring_to_text_with_len(VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v)));
}
