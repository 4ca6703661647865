/*
 * email.c
 *	  Type email: an address in its one canonical form.
 *
 * On disk: a varlena of the canonical bytes, always UTF-8, 6 to 254 of them: local part, '@',
 * domain.  On the wire: a version byte (1), then the same bytes.
 *
 * What always holds:
 * - the domain is lower-case A-labels (UTS46 non-transitional), two labels or more, the last one
 *   not all digits, no trailing dot: so it holds letters, digits, hyphens and dots only, and the
 *   last '@' of the value is the one that separates;
 * - the local part is 1 to 64 bytes, ASCII lower case, or NFC and full case folding where it is
 *   not ASCII; a dot-atom where it can be one, else a quoted string with only '"' and '\' escaped;
 * - no unassigned, invisible, private-use or control character;
 * - equal means identical bytes: every operator is text/value.c's.
 *
 * RFC 5321 lets a server tell upper from lower case in local parts; none that people use does.
 * Address literals (user@[192.0.2.1]) and one-label domains (user@localhost) are refused: nobody
 * can be mailed there, and in customer data they are typing errors.
 */
#include "postgres.h"
#include "compat.h"

#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"

#include "identity/identity.h"

/*
 * No canonical address comes from more bytes than this, white space around it aside: 63 bytes of
 * an A-label are at most 59 code points, normalisation and folding shrink a string less than
 * fourfold, and escapes double a local part.
 */
#define EMAIL_RAW_MAX	4096

#define EMAIL_VERSION	1

static bool
is_digits(const char *s, int len)
{
	for (int i = 0; i < len; i++)
	{
		if (s[i] < '0' || s[i] > '9')
			return false;
	}
	return true;
}

/* ---- the everyday address, eight bytes at a time ---- */

#define ONES	UINT64CONST(0x0101010101010101)
#define HIGHS	UINT64CONST(0x8080808080808080)

/* 0x80 in each byte of x that is at least c, all bytes of x being below 0x80 */
static inline uint64
bytes_from(uint64 x, unsigned char c)
{
	return ((x | HIGHS) - ONES * c) & HIGHS;
}

/* 0x80 in each byte of x that is c */
static inline uint64
bytes_equal(uint64 x, unsigned char c)
{
	return ~((x ^ ONES * c) + (HIGHS - ONES)) & HIGHS;
}

/* the eight 0x80 of x as eight bits, the first byte's lowest */
static inline uint64
byte_bits(uint64 x)
{
	return ((x >> 7) * UINT64CONST(0x0102040810204080)) >> 56;
}

/*
 * Up to eight bytes from s[at] on, the first one lowest, filled with 'a'.  The end of a longer text
 * is read as its last eight bytes, which takes no loop over bytes.
 */
static inline uint64
load_bytes(const char *s, int len, int at)
{
	uint64		w = ONES * 'a';
	int			missing = at + 8 - len;

	if (missing <= 0)
		memcpy(&w, s + at, 8);
	else if (len >= 8)
		memcpy(&w, s + len - 8, 8);
	else
		memcpy(&w, s, len);
#ifdef WORDS_BIGENDIAN
	w = pg_bswap64(w);
#endif
	if (missing > 0 && len >= 8)
		w = w >> 8 * missing | ONES * 'a' << 8 * (8 - missing);
	return w;
}

/*
 * An address of at most 64 bytes made of ASCII letters, digits, '.', '-', '_' and '+' only, its
 * domain without "--" and without a digit at its end: most are. The places of '@', dots, hyphens
 * and the two signs become bit masks, and the rules are told from these without a branch per byte.
 * False says nothing about why; email_parse_utf8 judges what does not fit here.
 */
static bool
parse_plain(const char *s, int len, EmailValue *out)
{
	uint64		at = 0;
	uint64		dot = 0;
	uint64		hyphen = 0;
	uint64		sign = 0;
	uint64		other = 0;
	uint64		separator;
	uint64		domain;
	uint64		last;

	if (len < 1 || len > 64)
		return false;
	for (int i = 0; i < len; i += 8)
	{
		uint64		w = load_bytes(s, len, i);
		uint64		lower = w | ONES * 0x20;
		uint64		letters = bytes_from(lower, 'a') & ~bytes_from(lower, 'z' + 1);
		uint64		digits = bytes_from(w, '0') & ~bytes_from(w, '9' + 1);
		uint64		ats = bytes_equal(w, '@');
		uint64		dots = bytes_equal(w, '.');
		uint64		rest = ~(letters | digits | ats | dots) & HIGHS;

		at |= byte_bits(ats) << i;
		dot |= byte_bits(dots) << i;
		other |= w & HIGHS;
		if (unlikely(rest != 0))
		{
			uint64		hyphens = bytes_equal(w, '-');
			uint64		signs = bytes_equal(w, '_') | bytes_equal(w, '+');

			hyphen |= byte_bits(hyphens) << i;
			sign |= byte_bits(signs) << i;
			other |= rest & ~(hyphens | signs);
		}
		w |= letters >> 2;		/* 0x20, which lower-case letters have already */
#ifdef WORDS_BIGENDIAN
		w = pg_bswap64(w);
#endif
		memcpy(out->data + i, &w, 8);
	}
	out->len = len;
	separator = at | dot;
	domain = ~(at | (at - 1));
	last = UINT64CONST(1) << (len - 1);
	return other == 0 &&
		at != 0 && (at & (at - 1)) == 0 &&
		(separator & ((separator << 1) | 1 | last)) == 0 &&
		(dot & domain) != 0 &&
		(domain & sign) == 0 &&
		(domain & hyphen & ((separator << 1) | (separator >> 1) | (hyphen << 1) | last)) == 0 &&
		!is_digits(s + len - 1, 1);
}

/* ---- every other address ---- */

/* RFC 5322 atext in lower case; 0 for every other byte */
static const unsigned char atext[256] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, '!', 0, '#', '$', '%', '&', '\'', 0, 0, '*', '+', 0, '-', 0, '/',
	'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 0, 0, 0, '=', 0, '?',
	0, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
	'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 0, 0, 0, '^', '_',
	'`', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
	'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', '{', '|', '}', '~', 0,
};

/*
 * Split at the '@' that separates: the one after a quoted string, else the last one.  The quotes
 * stay with the local part.
 */
static bool
split(const char *s, int len, TextSpan *local, TextSpan *domain, Problem *problem)
{
	int			at = len - 1;

	if (len > 0 && s[0] == '"')
	{
		for (at = 1; at < len && s[at] != '"'; at++)
		{
			if (s[at] == '\\')
				at++;
		}
		if (at + 1 >= len || s[at + 1] != '@')
		{
			PROBLEM(problem, "quote",
					"The quoted local part does not end in a quotation mark before the \"@\".",
					"Remove the quotation marks around the value.");
			return false;
		}
		at++;
	}
	else
	{
		while (at >= 0 && s[at] != '@')
			at--;
		if (at < 0)
		{
			PROBLEM(problem, "at_sign", "The value has no \"@\".",
					"Write an e-mail address as name@example.com.");
			return false;
		}
	}
	*local = (TextSpan) {s, at};
	*domain = (TextSpan) {s + at + 1, len - at - 1};
	if (memchr(domain->data, '@', domain->len) != NULL ||
		(s[0] != '"' && memchr(local->data, '@', local->len) != NULL))
	{
		PROBLEM(problem, "two_at", "The value has more than one \"@\".",
				"Keep one address a value; separate addresses that were joined.");
		return false;
	}
	return true;
}

/* content of a quoted string, its escapes undone */
static TextSpan
unquote(TextSpan local)
{
	char	   *buf = palloc(local.len);
	int			n = 0;

	for (int i = 1; i < local.len - 1; i++)
	{
		if (local.data[i] == '\\')
			i++;
		buf[n++] = local.data[i];
	}
	return (TextSpan) {buf, n};
}

/* content of a local part: NFC, full case folding, NFC, which for ASCII is lower case */
static bool
fold_local(TextSpan content, TextSpan *out, Problem *problem)
{
	return identity_characters(content.data, content.len, problem) &&
		problem_of_text(text_nfc(content.data, content.len, out), problem) &&
		problem_of_text(text_casefold(out->data, out->len, out), problem) &&
		problem_of_text(text_nfc(out->data, out->len, out), problem);
}

/* may the content stand without quotes?  Otherwise *problem says why not. */
static bool
is_dot_atom(TextSpan content, Problem *problem)
{
	bool		dot = true;
	int			size;

	for (int i = 0; i < content.len; i += size)
	{
		pg_wchar	c = text_next(content.data + i, content.len - i, &size);

		if (c == '.')
		{
			if (dot)
				break;
			dot = true;
		}
		else if (c < 0x80 ? atext[c] == 0 : text_is_space(c))
		{
			PROBLEM(problem, "local_character",
					"The part before the \"@\" has a character not allowed there, such as a space.",
					"Check for a display name, a \"mailto:\" or a second address in the value.");
			return false;
		}
		else
			dot = false;
	}
	if (dot)
	{
		PROBLEM(problem, "local_dots",
				"The part before the \"@\" begins or ends with a dot, or has two dots in a row.",
				"If it is so (old Japanese mobile mail), write it quoted: \"name.\"@example.jp.");
		return false;
	}
	return true;
}

/* the local part in its canonical spelling */
static bool
canonical_local(TextSpan local, TextSpan *out, Problem *problem)
{
	bool		quoted = local.len > 0 && local.data[0] == '"';
	TextSpan	content = quoted ? unquote(local) : local;
	char	   *buf;
	int			n = 0;

	if (content.len == 0)
	{
		PROBLEM(problem, "local_empty", "The value has nothing before the \"@\".",
				"Write an e-mail address as name@example.com.");
		return false;
	}
	if (!fold_local(content, &content, problem))
		return false;
	*out = content;
	if (!is_dot_atom(content, problem))
	{
		if (!quoted)
			return false;
		buf = palloc(content.len * 2 + 2);
		buf[n++] = '"';
		for (int i = 0; i < content.len; i++)
		{
			if (content.data[i] == '"' || content.data[i] == '\\')
				buf[n++] = '\\';
			buf[n++] = content.data[i];
		}
		buf[n++] = '"';
		*out = (TextSpan) {buf, n};
	}
	if (out->len > EMAIL_LOCAL_MAX)
	{
		PROBLEM(problem, "local_too_long",
				"The part before the \"@\" has more than 64 bytes.",
				"RFC 5321 allows no more; check whether other text was joined to it.");
		return false;
	}
	return true;
}

/* the domain as lower-case A-labels */
static bool
canonical_domain(TextSpan domain, TextSpan *out, Problem *problem)
{
	int			last;
	TextStatus	status;
	const char *why = NULL;

	if (domain.len == 0)
	{
		PROBLEM(problem, "domain_empty", "The value has nothing after the \"@\".",
				"Write an e-mail address as name@example.com.");
		return false;
	}
	if (domain.data[0] == '[')
	{
		PROBLEM(problem, "domain_literal", "The value has an IP address in place of a domain.",
				"Only addresses at a domain name are accepted.");
		return false;
	}
	status = text_domain_explain(domain.data, domain.len, out, &why);
	if (!problem_of_text(status, problem))
	{
		if (why != NULL)
			problem->detail = why;
		return false;
	}
	for (last = out->len; last > 0 && out->data[last - 1] != '.';)
		last--;
	if (last == 0)
	{
		PROBLEM(problem, "domain_dot", "The domain has no dot.",
				"Give the whole domain name, as in name@example.com.");
		return false;
	}
	if (is_digits(out->data + last, out->len - last))
	{
		PROBLEM(problem, "domain", "The last part of the domain is a number.",
				"Give a domain name, as in name@example.com.");
		return false;
	}
	return true;
}

bool
email_parse_utf8(const char *s, int len, EmailValue *out, Problem *problem)
{
	TextSpan	span;
	TextSpan	local;
	TextSpan	domain;

	if (parse_plain(s, len, out))
		return true;

	span = text_trim(s, len);
	if (span.len == 0)
	{
		PROBLEM(problem, "empty", "The value is empty.", "Store NULL where there is no address.");
		return false;
	}
	if (span.len <= EMAIL_RAW_MAX)
	{
		if (span.data[span.len - 1] == '>')
		{
			PROBLEM(problem, "display_name", "The value has the address in angle brackets.",
					"Keep only what is between \"<\" and \">\".");
			return false;
		}
		if (!split(span.data, span.len, &local, &domain, problem) ||
			!canonical_local(local, &local, problem) ||
			!canonical_domain(domain, &domain, problem))
			return false;
	}
	if (span.len > EMAIL_RAW_MAX || local.len + 1 + domain.len > EMAIL_MAX)
	{
		PROBLEM(problem, "too_long", "The value has more than 254 bytes.",
				"RFC 5321 allows no longer address.");
		return false;
	}
	memcpy(out->data, local.data, local.len);
	out->data[local.len] = '@';
	memcpy(out->data + local.len + 1, domain.data, domain.len);
	out->len = local.len + 1 + domain.len;
	return identity_fits_server(out->data, local.len, problem);
}

bool
email_parse(const char *s, int len, EmailValue *out, Problem *problem)
{
	TextSpan	utf8;

	while (len > 0 && (*s == ' ' || (*s >= '\t' && *s <= '\r')))
	{
		s++;
		len--;
	}
	while (len > 0 && (s[len - 1] == ' ' || (s[len - 1] >= '\t' && s[len - 1] <= '\r')))
		len--;
	if (parse_plain(s, len, out))
		return true;
	return problem_of_text(text_from_server(s, len, &utf8), problem) &&
		email_parse_utf8(utf8.data, utf8.len, out, problem);
}

int
email_local_length(const char *s, int len)
{
	while (len > 0 && s[len - 1] != '@')
		len--;
	return len - 1;
}

/* ---- SQL-callable functions ---- */

PG_FUNCTION_INFO_V1(email_in);
PG_FUNCTION_INFO_V1(email_out);
PG_FUNCTION_INFO_V1(email_recv);
PG_FUNCTION_INFO_V1(email_send);
PG_FUNCTION_INFO_V1(email_from_text);
PG_FUNCTION_INFO_V1(email_to_text);
PG_FUNCTION_INFO_V1(email_try);
PG_FUNCTION_INFO_V1(email_problem);
PG_FUNCTION_INFO_V1(email_local);
PG_FUNCTION_INFO_V1(email_domain);

/*
 * The parsed text as an email.  Where the text is canonical already, as most stored data is, its
 * bytes are the value's: the same datum serves.
 */
static Datum
email_datum(struct varlena *from, const EmailValue *value)
{
	if (VARSIZE_ANY_EXHDR(from) == value->len &&
		memcmp(VARDATA_ANY(from), value->data, value->len) == 0)
		return PointerGetDatum(from);
	return PointerGetDatum(cstring_to_text_with_len(value->data, value->len));
}

/* email_in(cstring) -> email; 22P02, or 22021 where the encoding is wrong */
Datum
email_in(PG_FUNCTION_ARGS)
{
	char	   *s = PG_GETARG_CSTRING(0);
	EmailValue	value;
	Problem		problem;

	if (!email_parse(s, strlen(s), &value, &problem))
	{
		problem_report(FC_ESCONTEXT(fcinfo), &problem, "email", NULL);
		PG_RETURN_NULL();
	}
	PG_RETURN_TEXT_P(cstring_to_text_with_len(value.data, value.len));
}

/* email_out(email) -> cstring */
Datum
email_out(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);

	PG_RETURN_CSTRING(text_to_server(VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v)));
}

/* email_recv(internal) -> email; 22P03 unless the bytes are canonical */
Datum
email_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgbyte(buf);
	int			len = buf->len - buf->cursor;
	const char *s = pq_getmsgbytes(buf, len);
	EmailValue	value;
	Problem		problem;

	if (version != EMAIL_VERSION || len > EMAIL_MAX || !pg_verify_mbstr(PG_UTF8, s, len, true) ||
		!email_parse_utf8(s, len, &value, &problem) ||
		value.len != len || memcmp(value.data, s, len) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value of type email"),
				 errdetail("The bytes are not version %d and a canonical address.",
						   EMAIL_VERSION)));
	PG_RETURN_TEXT_P(cstring_to_text_with_len(s, len));
}

/* email_send(email) -> bytea */
Datum
email_send(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbyte(&buf, EMAIL_VERSION);
	pq_sendbytes(&buf, VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* email(text) -> email, the cast */
Datum
email_from_text(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);
	EmailValue	value;
	Problem		problem;

	if (!email_parse(VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v), &value, &problem))
		problem_report(NULL, &problem, "email", NULL);
	PG_RETURN_DATUM(email_datum(v, &value));
}

/* text(email) -> text, the cast: in a UTF-8 database the value is its text */
Datum
email_to_text(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);

	if (GetDatabaseEncoding() == PG_UTF8)
		PG_RETURN_TEXT_P(v);
	PG_RETURN_TEXT_P(cstring_to_text(text_to_server(VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v))));
}

/* email_try(text) -> email, NULL where it is none */
Datum
email_try(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);
	EmailValue	value;
	Problem		problem;

	if (!email_parse(VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v), &value, &problem))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(email_datum(v, &value));
}

/* email_problem(text) -> text, why it is no email; NULL where it is one */
Datum
email_problem(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);
	EmailValue	value;
	Problem		problem;

	if (email_parse(VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v), &value, &problem))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(problem.code));
}

/* email_local(email) -> text, what stands before the '@' */
Datum
email_local(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);
	const char *s = VARDATA_ANY(v);
	int			at = email_local_length(s, VARSIZE_ANY_EXHDR(v));

	PG_RETURN_TEXT_P(cstring_to_text(text_to_server(s, at)));
}

/* email_domain(email) -> text, in lower-case A-labels */
Datum
email_domain(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);
	const char *s = VARDATA_ANY(v);
	int			len = VARSIZE_ANY_EXHDR(v);
	int			at = email_local_length(s, len);

	PG_RETURN_TEXT_P(cstring_to_text_with_len(s + at + 1, len - at - 1));
}
