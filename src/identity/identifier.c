/*
 * identifier.c
 *	  Type identifier: kind:value, one name under which a customer is known somewhere.
 *
 * On disk: a varlena of the canonical bytes, always UTF-8: a kind of 1 to 32 bytes
 * ([a-z][a-z0-9_]*), ':', a value of 1 to 512 bytes.  On the wire: a version byte (1), then the
 * same bytes.
 *
 * What always holds:
 * - the first ':' ends the kind; the value may hold more of them;
 * - the value of kind email is a canonical email, that of kind phone is E.164 with its '+';
 * - any other value is NFC without white space or invisibles at its ends, and without control,
 *   invisible, private-use or unassigned characters inside; letter case is kept, since most
 *   systems' keys have it;
 * - equal means identical bytes: every operator is text/value.c's.
 */
#include "postgres.h"
#include "compat.h"

#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"

#include "identity/identity.h"

#define IDENTIFIER_VERSION	1

/* NFC shrinks a string less than fourfold */
#define IDENTIFIER_RAW_MAX	(4 * IDENTIFIER_VALUE_MAX)

static bool
kind_is(TextSpan kind, const char *name)
{
	return kind.len == strlen(name) && memcmp(kind.data, name, kind.len) == 0;
}

static bool
check_kind(TextSpan kind, Problem *problem)
{
	bool		valid = kind.len > 0 && kind.data[0] >= 'a' && kind.data[0] <= 'z';

	for (int i = 1; valid && i < kind.len; i++)
	{
		char		c = kind.data[i];

		valid = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
	}
	if (!valid)
		PROBLEM(problem, "kind",
				"The kind is not a lower-case letter followed by such letters, digits and \"_\".",
				"Write an identifier as kind:value, for example email:name@example.com.");
	else if (kind.len > IDENTIFIER_KIND_MAX)
	{
		PROBLEM(problem, "kind_too_long", "The kind has more than 32 bytes.",
				"A kind is a short name of your own, such as user_id or loyalty_card.");
		problem->sqlerrcode = ERRCODE_PROGRAM_LIMIT_EXCEEDED;
		valid = false;
	}
	return valid;
}

static bool
too_long(Problem *problem)
{
	PROBLEM(problem, "too_long", "The value has more than 512 bytes.",
			"Store a hash of it if it is a token.");
	problem->sqlerrcode = ERRCODE_PROGRAM_LIMIT_EXCEEDED;
	return false;
}

/* the value of a kind that has no rules of its own */
static bool
canonical_value(TextSpan raw, TextSpan *out, Problem *problem)
{
	TextSpan	trimmed = text_trim(raw.data, raw.len);

	if (trimmed.len == 0)
	{
		PROBLEM(problem, "empty", "The value is empty.",
				"Store no identifier where there is none.");
		return false;
	}
	if (trimmed.len > IDENTIFIER_RAW_MAX)
		return too_long(problem);
	if (!identity_characters(trimmed.data, trimmed.len, problem) ||
		!problem_of_text(text_nfc(trimmed.data, trimmed.len, out), problem))
		return false;
	if (out->len > IDENTIFIER_VALUE_MAX)
		return too_long(problem);
	return identity_fits_server(out->data, out->len, problem);
}

/*
 * The canonical identifier of a kind and a value, both UTF-8.  region is for kind phone only: the
 * country of numbers without '+', or NULL.
 */
static bool
compose(TextSpan kind, TextSpan value, text *region, IdentifierValue *out, Problem *problem)
{
	char		number[PHONE_BUFSIZE];
	EmailValue	address;
	uint64		phone;

	if (!check_kind(kind, problem))
		return false;
	if (kind_is(kind, "email"))
	{
		if (!email_parse_utf8(value.data, value.len, &address, problem))
			return false;
		value = (TextSpan) {address.data, address.len};
	}
	else if (kind_is(kind, "phone"))
	{
		char	   *server = text_to_server(value.data, value.len);

		if (!phone_parse(server, strlen(server), region ? VARDATA_ANY(region) : NULL,
						 region ? VARSIZE_ANY_EXHDR(region) : 0, &phone, problem))
			return false;
		value = (TextSpan) {number, phone_format(phone, number)};
	}
	else if (!canonical_value(value, &value, problem))
		return false;

	memcpy(out->data, kind.data, kind.len);
	out->data[kind.len] = ':';
	memcpy(out->data + kind.len + 1, value.data, value.len);
	out->len = kind.len + 1 + value.len;
	return true;
}

bool
identifier_parse_utf8(const char *s, int len, IdentifierValue *out, Problem *problem)
{
	TextSpan	span = text_trim(s, len);
	const char *colon = memchr(span.data, ':', span.len);

	if (span.len == 0)
	{
		PROBLEM(problem, "empty", "The value is empty.",
				"Store no identifier where there is none.");
		return false;
	}
	if (colon == NULL)
	{
		PROBLEM(problem, "colon", "The value has no \":\" between kind and value.",
				"Write an identifier as kind:value, for example email:name@example.com.");
		return false;
	}
	return compose((TextSpan) {span.data, colon - span.data},
				   (TextSpan) {colon + 1, span.data + span.len - colon - 1}, NULL, out, problem);
}

bool
identifier_parse(const char *s, int len, IdentifierValue *out, Problem *problem)
{
	TextSpan	utf8;

	return problem_of_text(text_from_server(s, len, &utf8), problem) &&
		identifier_parse_utf8(utf8.data, utf8.len, out, problem);
}

bool
identifier_is_canonical(const char *s, int len)
{
	IdentifierValue value;
	Problem		problem;

	/* the encoding of the database may lack what a number that is not ASCII holds */
	return len <= IDENTIFIER_MAX && pg_verify_mbstr(PG_UTF8, s, len, true) &&
		(len <= 6 || memcmp(s, "phone:", 6) != 0 || text_is_ascii(s, len)) &&
		identifier_parse_utf8(s, len, &value, &problem) &&
		value.len == len && memcmp(value.data, s, len) == 0;
}

/* ---- SQL-callable functions ---- */

PG_FUNCTION_INFO_V1(identifier_in);
PG_FUNCTION_INFO_V1(identifier_out);
PG_FUNCTION_INFO_V1(identifier_recv);
PG_FUNCTION_INFO_V1(identifier_send);
PG_FUNCTION_INFO_V1(identifier_from_text);
PG_FUNCTION_INFO_V1(identifier_to_text);
PG_FUNCTION_INFO_V1(identifier_from_parts);
PG_FUNCTION_INFO_V1(identifier_from_email);
PG_FUNCTION_INFO_V1(identifier_from_phone);
PG_FUNCTION_INFO_V1(identifier_try);
PG_FUNCTION_INFO_V1(identifier_try_parts);
PG_FUNCTION_INFO_V1(identifier_problem);
PG_FUNCTION_INFO_V1(identifier_problem_parts);
PG_FUNCTION_INFO_V1(identifier_kind);
PG_FUNCTION_INFO_V1(identifier_value);

static Datum
identifier_datum(const IdentifierValue *value)
{
	return PointerGetDatum(cstring_to_text_with_len(value->data, value->len));
}

static bool
text_arg_utf8(FunctionCallInfo fcinfo, int n, TextSpan *span, Problem *problem)
{
	text	   *t = PG_GETARG_TEXT_PP(n);

	return problem_of_text(text_from_server(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), span), problem);
}

/* identifier of the arguments (kind, value, region); region may be NULL */
static bool
parse_parts(FunctionCallInfo fcinfo, IdentifierValue *out, Problem *problem)
{
	TextSpan	kind;
	TextSpan	value;

	return text_arg_utf8(fcinfo, 0, &kind, problem) && text_arg_utf8(fcinfo, 1, &value, problem) &&
		compose(kind, value, PG_ARGISNULL(2) ? NULL : PG_GETARG_TEXT_PP(2), out, problem);
}

/* identifier_in(cstring) -> identifier; 22P02, 22021 where the encoding is wrong, 54000 */
Datum
identifier_in(PG_FUNCTION_ARGS)
{
	char	   *s = PG_GETARG_CSTRING(0);
	IdentifierValue value;
	Problem		problem;

	if (!identifier_parse(s, strlen(s), &value, &problem))
	{
		problem_report(FC_ESCONTEXT(fcinfo), &problem, "identifier", NULL);
		PG_RETURN_NULL();
	}
	PG_RETURN_DATUM(identifier_datum(&value));
}

/* identifier_out(identifier) -> cstring */
Datum
identifier_out(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);

	PG_RETURN_CSTRING(text_to_server(VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v)));
}

/* identifier_recv(internal) -> identifier; 22P03 unless the bytes are canonical */
Datum
identifier_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgbyte(buf);
	int			len = buf->len - buf->cursor;
	const char *s = pq_getmsgbytes(buf, len);

	if (version != IDENTIFIER_VERSION || !identifier_is_canonical(s, len))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value of type identifier"),
				 errdetail("The bytes are not version %d and a canonical identifier.",
						   IDENTIFIER_VERSION)));
	PG_RETURN_DATUM(PointerGetDatum(cstring_to_text_with_len(s, len)));
}

/* identifier_send(identifier) -> bytea */
Datum
identifier_send(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbyte(&buf, IDENTIFIER_VERSION);
	pq_sendbytes(&buf, VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* identifier(text) -> identifier, the cast */
Datum
identifier_from_text(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	IdentifierValue value;
	Problem		problem;

	if (!identifier_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &value, &problem))
		problem_report(NULL, &problem, "identifier", NULL);
	PG_RETURN_DATUM(identifier_datum(&value));
}

/* text(identifier) -> text, the cast: in a UTF-8 database the value is its text */
Datum
identifier_to_text(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);

	if (GetDatabaseEncoding() == PG_UTF8)
		PG_RETURN_TEXT_P(v);
	PG_RETURN_TEXT_P(cstring_to_text(text_to_server(VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v))));
}

/*
 * identifier(kind text, value text, region text DEFAULT NULL) -> identifier; NULL if kind or value
 * is; errors as identifier_in's
 */
Datum
identifier_from_parts(PG_FUNCTION_ARGS)
{
	IdentifierValue value;
	Problem		problem;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	if (!parse_parts(fcinfo, &value, &problem))
		problem_report(NULL, &problem, "identifier", NULL);
	PG_RETURN_DATUM(identifier_datum(&value));
}

/* identifier(email) -> identifier of kind email, the cast */
Datum
identifier_from_email(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);
	int			len = VARSIZE_ANY_EXHDR(v);
	text	   *result = palloc(VARHDRSZ + 6 + len);

	SET_VARSIZE(result, VARHDRSZ + 6 + len);
	memcpy(VARDATA(result), "email:", 6);
	memcpy(VARDATA(result) + 6, VARDATA_ANY(v), len);
	PG_RETURN_TEXT_P(result);
}

/* identifier(phone) -> identifier of kind phone, the cast */
Datum
identifier_from_phone(PG_FUNCTION_ARGS)
{
	char		buf[6 + PHONE_BUFSIZE] = "phone:";
	int			len = phone_format((uint64) PG_GETARG_INT64(0), buf + 6);

	PG_RETURN_TEXT_P(cstring_to_text_with_len(buf, 6 + len));
}

/* identifier_try(text) -> identifier, NULL where it is none */
Datum
identifier_try(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	IdentifierValue value;
	Problem		problem;

	if (!identifier_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &value, &problem))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(identifier_datum(&value));
}

/* identifier_try(kind text, value text, region text DEFAULT NULL) -> identifier, or NULL */
Datum
identifier_try_parts(PG_FUNCTION_ARGS)
{
	IdentifierValue value;
	Problem		problem;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || !parse_parts(fcinfo, &value, &problem))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(identifier_datum(&value));
}

/* identifier_problem(text) -> text, why it is no identifier; NULL where it is one */
Datum
identifier_problem(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	IdentifierValue value;
	Problem		problem;

	if (identifier_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &value, &problem))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(problem.code));
}

/* identifier_problem(kind text, value text, region text DEFAULT NULL) -> text */
Datum
identifier_problem_parts(PG_FUNCTION_ARGS)
{
	IdentifierValue value;
	Problem		problem;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || parse_parts(fcinfo, &value, &problem))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(problem.code));
}

static int
kind_length(const struct varlena *v)
{
	return (const char *) memchr(VARDATA_ANY(v), ':', VARSIZE_ANY_EXHDR(v)) - VARDATA_ANY(v);
}

/* identifier_kind(identifier) -> text */
Datum
identifier_kind(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);

	PG_RETURN_TEXT_P(cstring_to_text_with_len(VARDATA_ANY(v), kind_length(v)));
}

/* identifier_value(identifier) -> text */
Datum
identifier_value(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);
	int			skip = kind_length(v) + 1;

	PG_RETURN_TEXT_P(cstring_to_text(text_to_server(VARDATA_ANY(v) + skip,
													VARSIZE_ANY_EXHDR(v) - skip)));
}
