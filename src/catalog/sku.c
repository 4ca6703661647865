/*
 * sku.c
 *	  Type sku: a stock keeping unit, the seller's own code of an article.
 *
 * On disk: a varlena of the canonical bytes, nothing else, 1 to 255 of them, all ASCII:
 *
 *		[channel|]CODE
 *
 * - white space and invisible characters around the value are dropped;
 * - each character is brought to ASCII by NFKC (full-width forms, no-break space), all dashes are
 *	 '-', letters of the code upper case, of the channel lower case;
 * - a code is printable ASCII but '|', with single spaces only inside;
 * - a channel is [a-z0-9-]{1,16}; an SKU without one is a house SKU;
 * - what a spreadsheet beyond doubt made of a code (1.23457E+11) is not an SKU (sku_damage.c).
 *
 * Canonical bytes read back as themselves.  Equal means identical bytes and the order is memcmp's,
 * so operators, hashing and sorting are those of value.c.  As all bytes are ASCII, no version of
 * ICU and no server encoding can change a stored value or an index.
 *
 * Storage is MAIN: short values must be packable (PLAIN would forbid the one-byte header), and a
 * key of at most 255 bytes should be compared in place, never fetched from a TOAST table.
 */
#include "postgres.h"
#include "compat.h"

#include "funcapi.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "catalog/catalog.h"

/* version of the rules above; another number means some input gets another canonical form */
#define SKU_RULE_VERSION	1

/* first byte of the binary form */
#define SKU_WIRE_VERSION	1

/* values up to this length are repeated in error messages */
#define SKU_SHOWN_MAX	64

#define IS_VISIBLE(c)	((unsigned char) (c) > ' ' && (unsigned char) (c) < 0x7F)

static bool
is_dash(pg_wchar c)
{
	return (c >= 0x2010 && c <= 0x2015) || c == 0x2212;
}

int
sku_to_ascii(const char *s, int size, char *out, int room)
{
	TextSpan	norm;
	int			n;

	if (is_dash(text_next(s, size, &n)))
	{
		*out = '-';
		return 1;
	}
	if (text_nfkc(s, size, &norm) != TEXT_OK)
		return 0;
	if (norm.len > 1 && is_dash(text_next(norm.data, norm.len, &n)) && n == norm.len)
	{
		*out = '-';
		return 1;
	}
	for (int i = 0; i < norm.len; i++)
	{
		if (!IS_VISIBLE(norm.data[i]))
			return 0;
	}
	memcpy(out, norm.data, Min(norm.len, room));
	return norm.len;
}

/*
 * Step over white space and invisible characters at s[*at]; gives their number, and whether all
 * are spaces of some width.
 */
static int
skip_blanks(const char *s, int len, int *at, bool *plain)
{
	int			count = 0;
	int			size;

	*plain = true;
	while (*at < len)
	{
		pg_wchar	c = text_next(s + *at, len - *at, &size);

		if (!text_is_space(c) && !text_is_invisible(c))
			break;
		CHECK_FOR_INTERRUPTS();
		if (SKU_IS_BREAK(c) || text_is_invisible(c))
			*plain = false;
		count++;
		*at += size;
	}
	return count;
}

static bool
too_long(Problem *problem)
{
	PROBLEM(problem, "too_long",
			psprintf("An SKU has at most %d bytes.", SKU_MAX),
			"Check that the column holds a code, not a description.");
	problem->sqlerrcode = ERRCODE_PROGRAM_LIMIT_EXCEEDED;
	return false;
}

static bool
spaces(int count, Problem *problem)
{
	PROBLEM(problem, "spaces",
			psprintf("The value has %d spaces in a row; an SKU has single spaces only.", count),
			"Find out which spelling is right; "
			"regexp_replace(value, '\\s+', ' ', 'g') makes the spaces single.");
	return false;
}

/*
 * Bring s to ASCII, trimmed, with single spaces, but in its own case.  With keep_space, one space
 * at the end stays.
 */
static bool
to_plain(const char *s, int len, bool keep_space, Sku *out, Problem *problem)
{
	int			n = 0;
	int			at = 0;

	if (!text_is_ascii(s, len))
	{
		TextSpan	utf8;
		TextStatus	status = text_from_server(s, len, &utf8);

		if (status != TEXT_OK)
			return problem_of_text(status, problem);
		s = utf8.data;
		len = utf8.len;
	}

	for (;;)
	{
		int			size;
		pg_wchar	c;

		while (at < len && n < SKU_MAX && IS_VISIBLE(s[at]))
			out->data[n++] = s[at++];
		if (at == len)
			break;

		c = text_next(s + at, len - at, &size);
		if (text_is_space(c) || text_is_invisible(c))
		{
			int			start = at;
			bool		plain;
			int			count = skip_blanks(s, len, &at, &plain);

			if (n == 0)
				continue;
			if (at == len && !(keep_space && plain && count == 1))
				break;
			if (!plain)
			{
				sku_bad_character(s, len, start, problem);
				return false;
			}
			if (count > 1)
				return spaces(count, problem);
			if (n == SKU_MAX)
				return too_long(problem);
			out->data[n++] = ' ';
		}
		else
		{
			int			width;

			if (n == SKU_MAX)
				return too_long(problem);
			width = c < 0x80 ? 0 : sku_to_ascii(s + at, size, out->data + n, SKU_MAX - n);
			if (width == 0)
			{
				sku_bad_character(s, len, at, problem);
				return false;
			}
			n += width;
			if (n > SKU_MAX)
				return too_long(problem);
			at += size;
		}
	}
	out->len = n;
	return true;
}

#define BYTES(b)	(UINT64CONST(0x0101010101010101) * (b))

/*
 * Eight bytes at a time: if they all are visible ASCII but '|', put them upper case.  All
 * arithmetic stays within a byte, as the top bit is known to be clear.
 */
static inline bool
put_plain_word(uint64 w, char *out)
{
	uint64		bar = w ^ BYTES('|');
	uint64		low = w + BYTES(0x80 - '!');	/* top bit: at least '!' */
	uint64		high = w + BYTES(0x80 - 0x7F);	/* top bit: 0x7F */
	uint64		small;

	bar += BYTES(0x7F);			/* top bit: not '|' */
	if ((w & BYTES(0x80)) || (~(low & bar) & BYTES(0x80)) || (high & BYTES(0x80)))
		return false;
	small = (w + BYTES(0x80 - 'a')) & ~(w + BYTES(0x80 - 'z' - 1)) & BYTES(0x80);
	w -= small >> 2;
	memcpy(out, &w, sizeof(w));
	return true;
}

/*
 * The usual value, a code in plain ASCII without spaces: the whole of to_plain() and upper_code().
 * False leaves the decision to them.
 */
static bool
put_plain(const char *s, int len, Sku *out)
{
	uint64		w;
	int			i;

	if (len == 0 || len > SKU_MAX)
		return false;
	for (i = 0; i + (int) sizeof(w) <= len; i += sizeof(w))
	{
		memcpy(&w, s + i, sizeof(w));
		if (!put_plain_word(w, out->data + i))
			return false;
	}
	if (i < len && len > (int) sizeof(w))
	{
		/* the last eight bytes, some of them once more */
		i = len - sizeof(w);
		memcpy(&w, s + i, sizeof(w));
		if (!put_plain_word(w, out->data + i))
			return false;
	}
	else if (i < len)
	{
		w = BYTES('0');
		memcpy(&w, s, len);
		if (!put_plain_word(w, out->data))
			return false;
	}
	out->len = len;
	out->code = 0;
	return true;
}

/* split off the channel, lower case */
static bool
take_channel(Sku *sku, Problem *problem)
{
	char	   *bar = memchr(sku->data, '|', sku->len);
	int			n;

	sku->code = 0;
	if (bar == NULL)
		return true;
	n = bar - sku->data;
	sku->code = n + 1;
	if (memchr(bar + 1, '|', sku->len - sku->code) != NULL)
	{
		PROBLEM(problem, "separator",
				"The character | separates the channel from the code and may occur once.",
				"Write channel|CODE, or replace the | in the code.");
		return false;
	}
	if (n == 0 || n > SKU_CHANNEL_MAX)
	{
		PROBLEM(problem, "channel",
				psprintf("The channel before the | has %d bytes; it must have 1 to %d.",
						 n, SKU_CHANNEL_MAX),
				"Write channel|CODE, for example amazon|B00EXAMPLE, or only the code.");
		return false;
	}
	for (int i = 0; i < n; i++)
	{
		char		c = sku->data[i];

		if (c >= 'A' && c <= 'Z')
			sku->data[i] = c + ('a' - 'A');
		else if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
		{
			PROBLEM(problem, "channel",
					psprintf("The channel before the | has the character \"%c\".", c),
					"A channel has letters a to z, digits and hyphens.");
			return false;
		}
	}
	if (sku->len > sku->code && sku->data[sku->code] == ' ')
	{
		PROBLEM(problem, "spaces", "There is a space after the |.",
				"Write channel|CODE without spaces around the |.");
		return false;
	}
	return true;
}

static void
upper_code(Sku *sku)
{
	for (int i = sku->code; i < sku->len; i++)
	{
		char		c = sku->data[i];

		sku->data[i] = c - ((c >= 'a' && c <= 'z') ? 'a' - 'A' : 0);
	}
}

bool
sku_parse(const char *s, int len, Sku *out, Problem *problem)
{
	for (; len > 0 && *s == ' '; s++)
		len--;
	while (len > 0 && s[len - 1] == ' ')
		len--;
	if (put_plain(s, len, out))
		return !sku_damaged(s, len, problem);
	if (!to_plain(s, len, false, out, problem) || !take_channel(out, problem))
		return false;
	if (out->len == out->code)
	{
		PROBLEM(problem, "empty",
				out->code ? "There is no code after the |."
				: "The value is empty or has nothing but white space and invisible characters.",
				"Use NULL where there is no SKU.");
		return false;
	}
	if (sku_damaged(out->data + out->code, out->len - out->code, problem))
		return false;
	upper_code(out);
	return true;
}

bool
sku_parse_prefix(const char *s, int len, Sku *out, Problem *problem)
{
	if (!to_plain(s, len, true, out, problem) || !take_channel(out, problem))
		return false;
	upper_code(out);
	return true;
}

Datum
sku_datum(const char *data, int len)
{
	return PointerGetDatum(cstring_to_text_with_len(data, len));
}

int
sku_code_start(const char *data, int len)
{
	const char *bar = memchr(data, '|', Min(len, SKU_CHANNEL_MAX + 1));

	return bar ? bar + 1 - data : 0;
}

void
sku_report(Node *escontext, const Problem *problem, const char *s, int len)
{
	bool		show = len <= SKU_SHOWN_MAX &&
		problem->sqlerrcode != ERRCODE_CHARACTER_NOT_IN_REPERTOIRE;

	problem_report(escontext, problem, "sku", show ? pnstrdup(s, len) : NULL);
}

/* false, and an error, if a value of this length does not fit sku(typmod) */
static bool
check_limit(int len, int32 typmod, Node *escontext)
{
	if (typmod < 0 || len <= typmod)
		return true;
	errsave(escontext,
			(errcode(ERRCODE_STRING_DATA_RIGHT_TRUNCATION),
			 errmsg("value too long for type sku(%d)", typmod),
			 errdetail("The SKU has %d bytes.", len),
			 errhint("An SKU is never shortened, also not by an explicit cast.")));
	return false;
}

PG_FUNCTION_INFO_V1(sku_in);
PG_FUNCTION_INFO_V1(sku_out);
PG_FUNCTION_INFO_V1(sku_recv);
PG_FUNCTION_INFO_V1(sku_send);
PG_FUNCTION_INFO_V1(sku_typmod_in);
PG_FUNCTION_INFO_V1(sku_typmod_out);
PG_FUNCTION_INFO_V1(sku_limit);
PG_FUNCTION_INFO_V1(sku_limit_support);
PG_FUNCTION_INFO_V1(sku_from_text);
PG_FUNCTION_INFO_V1(sku_from_parts);
PG_FUNCTION_INFO_V1(sku_to_text);
PG_FUNCTION_INFO_V1(sku_try);
PG_FUNCTION_INFO_V1(sku_problem);
PG_FUNCTION_INFO_V1(sku_warning);
PG_FUNCTION_INFO_V1(sku_check);
PG_FUNCTION_INFO_V1(sku_rule_version);

/* sku_in(cstring, oid, integer) -> sku: 22P02 or 54000 as sku_problem() says, 22001 over sku(n) */
Datum
sku_in(PG_FUNCTION_ARGS)
{
	char	   *s = PG_GETARG_CSTRING(0);
	int			len = strlen(s);
	Sku			sku;
	Problem		problem;

	if (!sku_parse(s, len, &sku, &problem))
	{
		sku_report(FC_ESCONTEXT(fcinfo), &problem, s, len);
		PG_RETURN_NULL();
	}
	if (!check_limit(sku.len, PG_GETARG_INT32(2), FC_ESCONTEXT(fcinfo)))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(sku_datum(sku.data, sku.len));
}

/* sku_out(sku) -> cstring */
Datum
sku_out(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);

	PG_RETURN_CSTRING(pnstrdup(VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v)));
}

/* sku_recv(internal, oid, integer) -> sku: version byte, canonical bytes; 22P03 for any other */
Datum
sku_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgbyte(buf);
	int			len = buf->len - buf->cursor;
	const char *data;
	Sku			sku;
	Problem		problem;

	if (version != SKU_WIRE_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("unsupported version %d of the binary form of type sku", version)));
	data = pq_getmsgbytes(buf, len);
	if (!text_is_ascii(data, len) || !sku_parse(data, len, &sku, &problem) ||
		sku.len != len || memcmp(sku.data, data, len) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("binary value of type sku is not in canonical form"),
				 errhint("Send the value as text, which is brought to canonical form.")));
	check_limit(sku.len, PG_GETARG_INT32(2), NULL);
	PG_RETURN_DATUM(sku_datum(sku.data, sku.len));
}

/* sku_send(sku) -> bytea */
Datum
sku_send(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbyte(&buf, SKU_WIRE_VERSION);
	pq_sendbytes(&buf, VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* sku_typmod_in(cstring[]) -> integer: the n of sku(n), 22023 unless 1..255 */
Datum
sku_typmod_in(PG_FUNCTION_ARGS)
{
	int			n;
	int32	   *mods = ArrayGetIntegerTypmods(PG_GETARG_ARRAYTYPE_P(0), &n);

	if (n != 1 || mods[0] < 1 || mods[0] > SKU_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid length limit of type sku"),
				 errdetail("sku(n) takes one number from 1 to %d.", SKU_MAX)));
	PG_RETURN_INT32(mods[0]);
}

/* sku_typmod_out(integer) -> cstring */
Datum
sku_typmod_out(PG_FUNCTION_ARGS)
{
	int32		typmod = PG_GETARG_INT32(0);

	PG_RETURN_CSTRING(typmod < 0 ? pstrdup("") : psprintf("(%d)", typmod));
}

/* sku(sku, integer, boolean) -> sku: the length cast; 22001 if too long, also when explicit */
Datum
sku_limit(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);

	check_limit(VARSIZE_ANY_EXHDR(v), PG_GETARG_INT32(1), NULL);
	PG_RETURN_POINTER(v);
}

/* planner support of the length cast: no call, and no table rewrite, where the limit only grows */
Datum
sku_limit_support(PG_FUNCTION_ARGS)
{
	Node	   *req = (Node *) PG_GETARG_POINTER(0);
	Node	   *result = NULL;

	if (IsA(req, SupportRequestSimplify))
	{
		FuncExpr   *call = ((SupportRequestSimplify *) req)->fcall;
		Node	   *typmod = list_length(call->args) == 3 ? lsecond(call->args) : NULL;

		if (typmod != NULL && IsA(typmod, Const) && !((Const *) typmod)->constisnull)
		{
			Node	   *source = linitial(call->args);
			int32		old = exprTypmod(source);
			int32		new = DatumGetInt32(((Const *) typmod)->constvalue);

			if (new < 0 || (old >= 0 && old <= new))
				result = relabel_to_typmod(source, new);
		}
	}
	PG_RETURN_POINTER(result);
}

/* sku(text) -> sku: the cast; canonical input is given back without a copy */
Datum
sku_from_text(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	const char *s = VARDATA_ANY(t);
	int			len = VARSIZE_ANY_EXHDR(t);
	Sku			sku;
	Problem		problem;

	if (!sku_parse(s, len, &sku, &problem))
		sku_report(NULL, &problem, s, len);
	if (sku.len == len && memcmp(sku.data, s, len) == 0)
		PG_RETURN_TEXT_P(t);
	PG_RETURN_DATUM(sku_datum(sku.data, sku.len));
}

/* sku(channel text, code text) -> sku: channel|CODE; errors of sku(text) */
Datum
sku_from_parts(PG_FUNCTION_ARGS)
{
	text	   *channel = PG_GETARG_TEXT_PP(0);
	text	   *code = PG_GETARG_TEXT_PP(1);
	Sku			front;
	Sku			sku;
	Problem		problem;
	char	   *joined = NULL;

	if (to_plain(VARDATA_ANY(channel), VARSIZE_ANY_EXHDR(channel), false, &front, &problem) &&
		to_plain(VARDATA_ANY(code), VARSIZE_ANY_EXHDR(code), false, &sku, &problem))
		joined = psprintf("%.*s|%.*s", front.len, front.data, sku.len, sku.data);
	if (joined == NULL || !sku_parse(joined, strlen(joined), &sku, &problem))
		sku_report(NULL, &problem, VARDATA_ANY(code), VARSIZE_ANY_EXHDR(code));
	PG_RETURN_DATUM(sku_datum(sku.data, sku.len));
}

/* text(sku) -> text: the cast; the canonical bytes are the text in every server encoding */
Datum
sku_to_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/* sku_try(text) -> sku, or NULL where sku(text) would raise an error */
Datum
sku_try(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	Sku			sku;
	Problem		problem;

	if (!sku_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &sku, &problem))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(sku_datum(sku.data, sku.len));
}

/* sku_problem(text) -> reason code of sku(text)'s error, NULL where sku_try(text) has a value */
Datum
sku_problem(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	Sku			sku;
	Problem		problem;

	if (sku_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &sku, &problem))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(problem.code));
}

/* sku_warning(text) -> why a value that is an SKU may be damaged all the same, or NULL */
Datum
sku_warning(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	Sku			sku;
	Problem		problem;

	if (!sku_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &sku, &problem) ||
		!sku_suspicious(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &sku, &problem))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(problem.code));
}

/*
 * sku_check(text) -> (sku, problem, warning, detail, hint): all that is to be said of a value in
 * one row, for tables of rejected rows; never an error.
 */
Datum
sku_check(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	const char *s = VARDATA_ANY(t);
	int			len = VARSIZE_ANY_EXHDR(t);
	bool		nulls[5] = {true, true, true, true, true};
	Datum		values[5] = {0};
	TupleDesc	desc;
	Sku			sku;
	Problem		problem;
	bool		good;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("sku_check cannot be called here"),
				 errhint("Call it as a column, or in FROM.")));
	good = sku_parse(s, len, &sku, &problem);
	if (good)
	{
		values[0] = sku_datum(sku.data, sku.len);
		nulls[0] = false;
	}
	if (!good || sku_suspicious(s, len, &sku, &problem))
	{
		values[good ? 2 : 1] = CStringGetTextDatum(problem.code);
		nulls[good ? 2 : 1] = false;
		if (problem.detail != NULL)
		{
			values[3] = CStringGetTextDatum(problem.detail);
			nulls[3] = false;
		}
		if (problem.hint != NULL)
		{
			values[4] = CStringGetTextDatum(problem.hint);
			nulls[4] = false;
		}
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}

/* sku_rule_version() -> integer: version of the canonical form of this file */
Datum
sku_rule_version(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(SKU_RULE_VERSION);
}
