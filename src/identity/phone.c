/*
 * phone.c
 *	  Type phone: a telephone number by E.164, without extension.
 *
 * On disk: 8 bytes by value.  Digit d of the number (country calling code first) is the nibble
 * d + 1; the first digit stands in bits 59..56, the fifteenth in bits 3..0, and what follows the
 * last digit is zero.  Bits 63..60 are zero.  So
 *	- order of the integers = memcmp order of the digit strings, a prefix before what it starts;
 *	- all numbers with a given prefix are one contiguous range;
 *	- equal numbers are equal bits, and the length needs no field of its own.
 * With digits from bit 63 down, a number that starts with 7, 8 or 9 would be negative and sort
 * before the others.  The free nibble is therefore at the top: the value is a positive bigint, and
 * comparison, hash, sort and skip support are core's own for int8 (which sql/identity.sql binds by
 * name), at their speed.
 *
 * Invariants, re-checked by phone_recv: 1. at least a known calling code and a length possible
 * under it, 15 digits at most; 2. phone_parse(phone_format(x)) = x.  The second is why a number
 * that would lose a trunk prefix twice is refused.
 *
 * Reading a number follows libphonenumber's rules (prefix for dialing abroad before national
 * reading, trunk prefix and carrier codes dropped or transformed where the result is a better
 * number), on the data of phone_metadata.c.  What libphonenumber cuts off silently (words, a second
 * number, an extension) is an error here.  Numbers that are possible but not (yet) assigned are
 * accepted: assignments change monthly, an index must not.
 */
#include "postgres.h"
#include "compat.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"

#include "identity/identity.h"
#include "identity/phone_plan.h"
#include "text/range_plan.h"

/* bytes of an input at most: libphonenumber reads 250 characters */
#define INPUT_MAX		1000

/* digits of an extension at most */
#define EXTENSION_MAX	20

/* what was dialed: digits without punctuation */
typedef struct Dialed
{
	bool		plus;
	int			n;
	char		digits[PHONE_DIALED_MAX];
} Dialed;

static bool
problem_characters(Problem *p)
{
	PROBLEM(p, "characters",
			"The number has a character other than digits, +, spaces and - . / ( ) [ ].",
			"Give one telephone number and nothing else.");
	return false;
}

/* ---- reading text ---- */

/* classes of characters: 0 for what is in no number */
#define CHAR_DIGIT			1
#define CHAR_PUNCTUATION	2

static const uint8 char_class[256] = {
	['0'] = CHAR_DIGIT, ['1'] = CHAR_DIGIT, ['2'] = CHAR_DIGIT, ['3'] = CHAR_DIGIT,
	['4'] = CHAR_DIGIT, ['5'] = CHAR_DIGIT, ['6'] = CHAR_DIGIT, ['7'] = CHAR_DIGIT,
	['8'] = CHAR_DIGIT, ['9'] = CHAR_DIGIT,
	[' '] = CHAR_PUNCTUATION, ['\t'] = CHAR_PUNCTUATION, ['-'] = CHAR_PUNCTUATION,
	['.'] = CHAR_PUNCTUATION, ['/'] = CHAR_PUNCTUATION, ['('] = CHAR_PUNCTUATION,
	[')'] = CHAR_PUNCTUATION, ['['] = CHAR_PUNCTUATION, [']'] = CHAR_PUNCTUATION
};

/*
 * Digits, a leading + and punctuation, after what d holds already; false where something else is in
 * the text, or too many digits.
 */
static bool
scan(const char *s, int len, Dialed *d)
{
	const unsigned char *p = (const unsigned char *) s;
	const unsigned char *end = p + len;
	int			n = d->n;
	bool		other = false;

	while (p < end && char_class[*p] == CHAR_PUNCTUATION)
		p++;
	if (p < end && *p == '+' && !d->plus && n == 0)
	{
		d->plus = true;
		p++;
	}
	for (; p < end; p++)
	{
		int			class = char_class[*p];

		if (n == PHONE_DIALED_MAX)
			break;
		d->digits[n] = *p;
		n += class & CHAR_DIGIT;
		other |= class == 0;
	}
	d->n = n;
	while (p < end && char_class[*p] == CHAR_PUNCTUATION)
		p++;
	return p == end && !other;
}

/* eight bytes of digits as eight nibbles, each digit + 1; false where one is no digit */
static inline bool
pack_eight(uint64 bytes, uint64 *nibbles)
{
	uint64		y = pg_ntoh64(bytes) - UINT64CONST(0x3030303030303030);

	if ((y | (y + UINT64CONST(0x7676767676767676))) & UINT64CONST(0x8080808080808080))
		return false;
	y += UINT64CONST(0x0101010101010101);
	y = (y | y >> 4) & UINT64CONST(0x00FF00FF00FF00FF);
	y = (y | y >> 8) & UINT64CONST(0x0000FFFF0000FFFF);
	*nibbles = (y | y >> 16) & UINT64CONST(0xFFFFFFFF);
	return true;
}

/*
 * Fast path for what phone_out writes: + and digits of a number that has no trunk prefix and a
 * possible length.  False says nothing about the text.
 */
static bool
parse_canonical(const char *s, int len, uint64 *out)
{
	uint64		bytes[2] = {UINT64CONST(0x3030303030303030), UINT64CONST(0x3030303030303030)};
	uint64		high;
	uint64		low;
	int			n = len - 1;

	if (n < 3 || n > PHONE_E164_MAX || s[0] != '+')
		return false;
	memcpy(bytes, s + 1, n);
	if (!pack_eight(bytes[0], &high) || !pack_eight(bytes[1], &low) ||
		!phone_is_settled(s + 1, n))
		return false;
	*out = (high << 28 | low >> 4) & (~UINT64CONST(0) << (60 - 4 * n));
	return true;
}

/* what a non-ASCII code point stands for in a telephone number; -1 to leave out, 0 for itself */
static int
plain_char(pg_wchar c)
{
	int			digit = text_digit_value(c);

	if (digit >= 0)
		return '0' + digit;
	if (c >= 0xFF01 && c <= 0xFF5E)
		return c - 0xFEE0;		/* full-width ASCII */
	if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0x30FC)
		return '-';
	if (text_is_invisible(c))
		return -1;				/* among them the direction marks that address books add */
	if (text_is_space(c))
		return ' ';
	return 0;
}

/*
 * The text in UTF-8 with all digits, spaces and dashes in ASCII, without invisible characters and
 * without white space around it.
 */
static bool
plain_text(const char *s, int len, TextSpan *out, Problem *problem)
{
	TextStatus	status;
	char	   *buf;
	int			n = 0;
	int			size;

	if (len > INPUT_MAX)
		return phone_problem_too_long(problem);
	status = text_from_server(s, len, out);
	if (status != TEXT_OK)
		return problem_of_text(status, problem);
	if (!text_is_ascii(out->data, out->len))
	{
		status = text_check_assigned(out->data, out->len);
		if (status != TEXT_OK)
			return problem_of_text(status, problem);
		buf = palloc(out->len);
		for (int i = 0; i < out->len; i += size)
		{
			pg_wchar	c = text_next(out->data + i, out->len - i, &size);
			int			plain = c < 0x80 ? (int) c : plain_char(c);

			if (plain > 0)
				buf[n++] = plain;
			else if (plain == 0)
			{
				memcpy(buf + n, out->data + i, size);
				n += size;
			}
		}
		out->data = buf;
		out->len = n;
	}
	*out = text_trim(out->data, out->len);
	return true;
}

static bool
starts_with(TextSpan t, const char *prefix)
{
	int			n = strlen(prefix);

	return t.len >= n && pg_strncasecmp(t.data, prefix, n) == 0;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/*
 * Is there an extension at the end, such as "ext. 12", "x12", "#12" or ",,12"?  Then *number is
 * what stands before it.
 */
static bool
find_extension(TextSpan t, TextSpan *number, TextSpan *extension)
{
	static const char *const markers[] = {
		"extension", "extn", "ext", "anexo", "int", "x", "#", ",", ";",
		"\xd0\xb4\xd0\xbe\xd0\xb1"	/* the Russian abbreviation */
	};
	const char *s = t.data;
	int			end = t.len;
	int			start;
	int			digits = 0;

	if (end > 0 && s[end - 1] == '#')
		end--;
	start = end;
	while (start > 0 && is_digit(s[start - 1]))
		start--;
	if (start == end || end - start > EXTENSION_MAX)
		return false;
	*extension = (TextSpan) {s + start, end - start};
	while (start > 0 && strchr(" .:=-", s[start - 1]) != NULL)
		start--;
	for (int m = 0; m < lengthof(markers); m++)
	{
		int			n = strlen(markers[m]);

		if (start < n || pg_strncasecmp(s + start - n, markers[m], n) != 0)
			continue;
		start -= n;
		if (start > 0 && is_letter(s[start]) && is_letter(s[start - 1]))
			return false;
		while (start > 0 && strchr(" ,;.-", s[start - 1]) != NULL)
			start--;
		for (int i = 0; i < start; i++)
			digits += is_digit(s[i]);
		*number = (TextSpan) {s, start};
		return digits > PHONE_NATIONAL_MIN;
	}
	return false;
}

/* a parameter of a tel: URI and the rest of the URI */
typedef struct Parameter
{
	TextSpan	name;
	TextSpan	value;
	TextSpan	whole;			/* from the semicolon on */
} Parameter;

/* the next ;name=value of rest */
static bool
next_parameter(TextSpan *rest, Parameter *p)
{
	const char *s = rest->data;
	const char *end = s + rest->len;
	const char *stop;
	const char *equal;

	if (rest->len == 0 || *s != ';')
		return false;
	stop = memchr(s + 1, ';', end - s - 1);
	if (stop == NULL)
		stop = end;
	equal = memchr(s, '=', stop - s);
	p->whole = (TextSpan) {s, stop - s};
	p->name = (TextSpan) {s + 1, (equal ? equal : stop) - s - 1};
	p->value = equal ? (TextSpan) {equal + 1, stop - equal - 1} : (TextSpan) {stop, 0};
	*rest = (TextSpan) {stop, end - stop};
	return true;
}

static bool
parameter_is(const Parameter *p, const char *name)
{
	return p->name.len == strlen(name) && pg_strncasecmp(p->name.data, name, p->name.len) == 0;
}

/* the number of a URI, before its parameters */
static TextSpan
before_parameters(TextSpan t, TextSpan *parameters)
{
	const char *semicolon = memchr(t.data, ';', t.len);
	int			n = semicolon ? semicolon - t.data : t.len;

	*parameters = (TextSpan) {t.data + n, t.len - n};
	return (TextSpan) {t.data, n};
}

/* does the text use the parameters of RFC 3966, with or without tel: before it? */
static bool
has_parameters(TextSpan t)
{
	TextSpan	rest;
	Parameter	p;

	before_parameters(t, &rest);
	return next_parameter(&rest, &p) && p.name.len > 0 && is_letter(p.name.data[0]) &&
		p.value.len > 0;
}

static bool
problem_extension(Problem *p)
{
	PROBLEM(p, "extension",
			"The number has an extension or a subaddress, which a phone cannot hold.",
			"Split it off with phone_split_extension() and keep it in a column of its own.");
	return false;
}

static bool
problem_context(Problem *p)
{
	PROBLEM(p, "phone_context", "The phone-context of the tel: URI is not valid.",
			"RFC 3966 wants + and digits or a domain name, and only with a number without +.");
	return false;
}

/* a phone-context: + and digits, which go before the number, or a domain name, ignored */
static bool
scan_context(TextSpan value, Dialed *d, Problem *problem)
{
	if (value.len == 0 || d->plus)
		return problem_context(problem);
	if (value.data[0] == '+')
		return (scan(value.data, value.len, d) && d->n > 0) || problem_context(problem);
	for (int i = 0; i < value.len; i++)
	{
		char		c = value.data[i];

		if (!is_letter(c) && !is_digit(c) && c != '-' && c != '.')
			return problem_context(problem);
	}
	return true;
}

/* 1.20256E+10: digits, a point or a comma, E and digits */
static bool
is_scientific(TextSpan t)
{
	int			i = 0;
	int			mantissa;

	while (i < t.len && (is_digit(t.data[i]) || t.data[i] == '.' || t.data[i] == ','))
		i++;
	mantissa = i;
	if (i < t.len && (t.data[i] == 'E' || t.data[i] == 'e'))
		i++;
	if (i < t.len && t.data[i] == '+')
		i++;
	return mantissa > 0 && i > mantissa && i < t.len && is_digit(t.data[t.len - 1]) &&
		t.len - i <= 2 && is_digit(t.data[i]);
}

/* keypad digit of a letter (ITU-T E.161) */
static char
keypad_digit(char letter)
{
	return "22233344455566677778889999"[pg_ascii_toupper((unsigned char) letter) - 'A'];
}

/* all that scan() does not read, and the reason where nobody can */
static bool
scan_text(const char *s, int len, bool vanity, Dialed *d, Problem *problem)
{
	TextSpan	t;
	TextSpan	rest = {NULL, 0};
	TextSpan	number;
	TextSpan	extension;
	Parameter	p;

	if (!plain_text(s, len, &t, problem))
		return false;
	if (starts_with(t, "tel:"))
	{
		t.data += 4;
		t.len -= 4;
	}
	if (has_parameters(t))
		t = before_parameters(t, &rest);
	d->plus = t.len > 0 && t.data[0] == '+';
	for (TextSpan r = rest; r.len > 0;)
	{
		if (!next_parameter(&r, &p) || parameter_is(&p, "ext") || parameter_is(&p, "isub"))
			return problem_extension(problem);
		if (!parameter_is(&p, "phone-context"))
		{
			PROBLEM(problem, "parameter", "The tel: URI has a parameter other than phone-context.",
					"Take the parameter off; it could change the meaning of the number.");
			return false;
		}
		if (d->n > 0 || !scan_context(p.value, d, problem))
			return d->n > 0 ? problem_context(problem) : false;
	}
	if (find_extension(t, &number, &extension))
		return problem_extension(problem);
	if (vanity)
	{
		char	   *keyed = palloc(t.len + 1);

		for (int i = 0; i < t.len; i++)
			keyed[i] = is_letter(t.data[i]) ? keypad_digit(t.data[i]) : t.data[i];
		t.data = keyed;
	}
	if (d->n == 0)
		d->plus = false;
	if (scan(t.data, t.len, d))
		return true;

	if (d->n == PHONE_DIALED_MAX)
		return phone_problem_too_long(problem);
	if (is_scientific(t))
	{
		PROBLEM(problem, "spreadsheet", "The number is in scientific notation.",
				"A spreadsheet has cut its digits; format the column as text and export it again.");
		return false;
	}
	for (int i = 0; i < t.len; i++)
	{
		if (is_letter(t.data[i]))
		{
			PROBLEM(problem, "letters", "The number has letters.",
					"Leave words out; phone_from_vanity() reads letters as keys of a keypad.");
			return false;
		}
	}
	return problem_characters(problem);
}

static bool
parse(const char *s, int len, const char *region, int regionlen, bool vanity, uint64 *out,
	  Problem *problem)
{
	const PhoneRegion *plan;
	Dialed		d;

	if (parse_canonical(s, len, out))
		return true;
	d.plus = false;
	d.n = 0;
	if (!scan(s, len, &d))
	{
		d.plus = false;
		d.n = 0;
		if (!scan_text(s, len, vanity, &d, problem))
			return false;
	}
	if (d.n == 0)
	{
		PROBLEM(problem, "empty", "There is no digit.", "Use NULL where there is no number.");
		return false;
	}
	if (d.plus)
		return phone_of_international(d.digits, d.n, out, problem);
	if (region == NULL)
	{
		PROBLEM(problem, "no_region", "A number without + is read by the rules of a region.",
				"Write the number with + and country calling code, or give the region: "
				"phone('030 123456', 'DE').");
		return false;
	}
	plan = phone_region_by_name(region, regionlen);
	if (plan == NULL)
	{
		PROBLEM(problem, "region", "The region is not known.",
				"A region is a two-letter code of ISO 3166, such as US, GB or DE.");
		problem->sqlerrcode = ERRCODE_INVALID_PARAMETER_VALUE;
		return false;
	}
	return phone_of_dialed(plan, d.digits, d.n, out, problem);
}

bool
phone_parse(const char *s, int len, const char *region, int regionlen, uint64 *out,
			Problem *problem)
{
	return parse(s, len, region, regionlen, false, out, problem);
}

/* ---- reading values ---- */

/* the digits of any value that starts with a digit in bits 59..56; gives their number */
static int
unpack(uint64 phone, char *digits)
{
	int			n = 0;

	for (phone <<= 4; phone != 0; phone <<= 4)
		digits[n++] = '0' + (int) (phone >> 60) - 1;
	return n;
}

int
phone_format(uint64 phone, char *buf)
{
	int			n;

	buf[0] = '+';
	n = unpack(phone, buf + 1) + 1;
	buf[n] = '\0';
	return n;
}

/* calling code of a stored number, whose digits go to digits[16], and how many they are */
static const PhoneCode *
code_of_phone(uint64 phone, char *digits, int *n)
{
	*n = unpack(phone, digits);
	return phone_code_of_digits(digits);
}

/* ---- SQL-callable functions ---- */

PG_FUNCTION_INFO_V1(phone_in);
PG_FUNCTION_INFO_V1(phone_out);
PG_FUNCTION_INFO_V1(phone_recv);
PG_FUNCTION_INFO_V1(phone_send);
PG_FUNCTION_INFO_V1(phone_from_text);
PG_FUNCTION_INFO_V1(phone_to_text);
PG_FUNCTION_INFO_V1(phone_from_text_region_nullable);
PG_FUNCTION_INFO_V1(phone_try);
PG_FUNCTION_INFO_V1(phone_try_region_nullable);
PG_FUNCTION_INFO_V1(phone_problem);
PG_FUNCTION_INFO_V1(phone_problem_region_nullable);
PG_FUNCTION_INFO_V1(phone_from_vanity);
PG_FUNCTION_INFO_V1(phone_split_extension);
PG_FUNCTION_INFO_V1(phone_country_code);
PG_FUNCTION_INFO_V1(phone_region);
PG_FUNCTION_INFO_V1(phone_national);
PG_FUNCTION_INFO_V1(phone_metadata);
PG_FUNCTION_INFO_V1(phone_starts_with);
PG_FUNCTION_INFO_V1(phone_starts_with_support);
PG_FUNCTION_INFO_V1(phone_prefix_sel);

#define PHONE_DATUM(value)		Int64GetDatum((int64) (value))
#define PG_GETARG_PHONE(n)		((uint64) PG_GETARG_INT64(n))

/* the text in argument 0, read by the region in argument 1 if there is one and it is not NULL */
static bool
parse_args(FunctionCallInfo fcinfo, bool vanity, uint64 *out, Problem *problem)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	text	   *region = PG_NARGS() > 1 && !PG_ARGISNULL(1) ? PG_GETARG_TEXT_PP(1) : NULL;

	return parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), region ? VARDATA_ANY(region) : NULL,
				 region ? VARSIZE_ANY_EXHDR(region) : 0, vanity, out, problem);
}

static Datum
phone_or_error(FunctionCallInfo fcinfo, bool vanity)
{
	uint64		value;
	Problem		problem;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (!parse_args(fcinfo, vanity, &value, &problem))
	{
		problem_report(NULL, &problem, "phone", NULL);
		PG_RETURN_NULL();
	}
	return PHONE_DATUM(value);
}

static Datum
phone_or_null(FunctionCallInfo fcinfo)
{
	uint64		value;
	Problem		problem;

	if (PG_ARGISNULL(0) || !parse_args(fcinfo, false, &value, &problem))
		PG_RETURN_NULL();
	return PHONE_DATUM(value);
}

static Datum
reason_or_null(FunctionCallInfo fcinfo)
{
	uint64		value;
	Problem		problem;

	if (PG_ARGISNULL(0) || parse_args(fcinfo, false, &value, &problem))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(problem.code));
}

/*
 * phone_in(cstring) -> phone.  22P02, the number is never in the message.
 */
Datum
phone_in(PG_FUNCTION_ARGS)
{
	const char *s = PG_GETARG_CSTRING(0);
	uint64		value;
	Problem		problem;

	if (!phone_parse(s, strlen(s), NULL, 0, &value, &problem))
	{
		problem_report(FC_ESCONTEXT(fcinfo), &problem, "phone", NULL);
		PG_RETURN_NULL();
	}
	return PHONE_DATUM(value);
}

/* phone_out(phone) -> cstring: + and digits */
Datum
phone_out(PG_FUNCTION_ARGS)
{
	char	   *buf = palloc(PHONE_BUFSIZE);

	phone_format(PG_GETARG_PHONE(0), buf);
	PG_RETURN_CSTRING(buf);
}

/*
 * phone_recv(internal) -> phone: the 8 bytes of the value, most significant first.  22P03 unless
 * they are what phone_in gives for their own text.
 */
Datum
phone_recv(PG_FUNCTION_ARGS)
{
	uint64		value = pq_getmsgint64((StringInfo) PG_GETARG_POINTER(0));
	uint64		parsed;
	char		buf[PHONE_BUFSIZE];
	Problem		problem;

	if (value >> 60 != 0 ||
		!phone_parse(buf, phone_format(value, buf), NULL, 0, &parsed, &problem) ||
		parsed != value)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value for type phone"),
				 errdetail("The 8 bytes are not those of a possible telephone number.")));
	return PHONE_DATUM(value);
}

/* phone_send(phone) -> bytea */
Datum
phone_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint64(&buf, PG_GETARG_PHONE(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* phone(text) -> phone: an international number.  22P02 */
Datum
phone_from_text(PG_FUNCTION_ARGS)
{
	return phone_or_error(fcinfo, false);
}

/*
 * phone(text, region text) -> phone: a number as dialed in the region, or an international one, for
 * which the region does not matter and may be NULL.  22P02; 22023 for an unknown region
 */
Datum
phone_from_text_region_nullable(PG_FUNCTION_ARGS)
{
	return phone_or_error(fcinfo, false);
}

/* phone_try(text) -> phone, NULL where phone(text) would raise */
Datum
phone_try(PG_FUNCTION_ARGS)
{
	return phone_or_null(fcinfo);
}

/* phone_try(text, region text) -> phone, NULL where phone(text, region) would raise */
Datum
phone_try_region_nullable(PG_FUNCTION_ARGS)
{
	return phone_or_null(fcinfo);
}

/* phone_problem(text) -> text: why phone(text) would raise, NULL if it would not */
Datum
phone_problem(PG_FUNCTION_ARGS)
{
	return reason_or_null(fcinfo);
}

/* phone_problem(text, region text) -> text: why phone(text, region) would raise, or NULL */
Datum
phone_problem_region_nullable(PG_FUNCTION_ARGS)
{
	return reason_or_null(fcinfo);
}

/* phone_from_vanity(text, region text) -> phone: letters are the digits of their keys.  22P02 */
Datum
phone_from_vanity(PG_FUNCTION_ARGS)
{
	return phone_or_error(fcinfo, true);
}

/* text(phone) -> text: + and digits */
Datum
phone_to_text(PG_FUNCTION_ARGS)
{
	char		buf[PHONE_BUFSIZE];
	int			n = phone_format(PG_GETARG_PHONE(0), buf);

	PG_RETURN_TEXT_P(cstring_to_text_with_len(buf, n));
}

/*
 * phone_split_extension(text, OUT number text, OUT extension text): the text before an extension,
 * and its digits or NULL.  Other parameters of a tel: URI stay with the number, digits and spaces
 * are given in ASCII.
 */
Datum
phone_split_extension(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	TextSpan	whole;
	TextSpan	number;
	TextSpan	extension = {NULL, 0};
	Problem		problem;
	TupleDesc	desc;
	Datum		values[2];
	bool		nulls[2] = {false, false};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("function returning record called in context "
						"that cannot accept type record")));
	if (!plain_text(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &whole, &problem))
	{
		problem_report(NULL, &problem, "phone", NULL);
		PG_RETURN_NULL();
	}
	if (has_parameters(whole))
	{
		StringInfoData kept;
		TextSpan	rest;
		Parameter	p;

		number = before_parameters(whole, &rest);
		initStringInfo(&kept);
		appendBinaryStringInfo(&kept, number.data, number.len);
		while (next_parameter(&rest, &p))
		{
			if (extension.data == NULL && parameter_is(&p, "ext"))
				extension = p.value;
			else
				appendBinaryStringInfo(&kept, p.whole.data, p.whole.len);
		}
		appendBinaryStringInfo(&kept, rest.data, rest.len);
		number = (TextSpan) {kept.data, kept.len};
	}
	else if (!find_extension(whole, &number, &extension))
	{
		number = whole;
		extension.data = NULL;
	}
	values[0] = PointerGetDatum(cstring_to_text(text_to_server(number.data, number.len)));
	nulls[1] = extension.data == NULL;
	if (!nulls[1])
		values[1] = PointerGetDatum(cstring_to_text(text_to_server(extension.data, extension.len)));
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}

/* phone_country_code(phone) -> integer: 1, 44, 49, ... */
Datum
phone_country_code(PG_FUNCTION_ARGS)
{
	char		digits[PHONE_E164_MAX + 1];
	int			n;

	PG_RETURN_INT32(code_of_phone(PG_GETARG_PHONE(0), digits, &n)->code);
}

/*
 * phone_region(phone) -> text: ISO 3166 code of the region that has the number, 001 for a number of
 * the whole world; NULL where several share the calling code and none has the number
 */
Datum
phone_region(PG_FUNCTION_ARGS)
{
	char		digits[PHONE_E164_MAX + 1];
	int			n;
	const PhoneCode *code = code_of_phone(PG_GETARG_PHONE(0), digits, &n);
	int			width = phone_code_width(code->code);
	const PhoneRegion *region = phone_region_of_number(code, digits + width, n - width);

	if (region == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(region->name));
}

/* phone_national(phone) -> text: the digits after the country calling code */
Datum
phone_national(PG_FUNCTION_ARGS)
{
	char		digits[PHONE_E164_MAX + 1];
	int			n;
	int			width = phone_code_width(code_of_phone(PG_GETARG_PHONE(0), digits, &n)->code);

	PG_RETURN_TEXT_P(cstring_to_text_with_len(digits + width, n - width));
}

/* phone_metadata_version() -> text: source and version of the numbering plans */
Datum
phone_metadata(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(phone_metadata_version));
}

/* ---- prefix ---- */

/* nibbles of fifteen digits 9 */
#define NINES	INT64CONST(0x0AAAAAAAAAAAAAAA)

/*
 * The least and the greatest value with a prefix, which is + and any digits, with punctuation;
 * false for any other text.
 */
static bool
prefix_bounds(Datum prefix, int64 *first, int64 *last)
{
	text	   *t = DatumGetTextPP(prefix);
	Dialed		d = {0};

	if (!scan(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &d) ||
		!(d.plus || VARSIZE_ANY_EXHDR(t) == 0) || d.n > PHONE_E164_MAX)
		return false;
	*first = (int64) phone_pack(0, 0, d.digits, d.n);
	*last = *first | NINES >> (4 * d.n);
	return true;
}

/* phone_starts_with(phone, prefix text) -> boolean: operator ^@.  22P02 for what is no prefix */
Datum
phone_starts_with(PG_FUNCTION_ARGS)
{
	int64		phone = PG_GETARG_INT64(0);
	int64		first;
	int64		last;

	if (!prefix_bounds(PG_GETARG_DATUM(1), &first, &last))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid prefix of a phone"),
				 errdetail("A prefix is + and up to 15 digits."),
				 errhint("Write the prefix with its country calling code, such as +4420.")));
	PG_RETURN_BOOL(phone >= first && phone <= last);
}

static const Int8Range ranges[] = {{phone_starts_with, false, prefix_bounds, NULL}};

/* phone_starts_with_support(internal) -> internal: planner support of phone_starts_with */
Datum
phone_starts_with_support(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(int8_range_support((Node *) PG_GETARG_POINTER(0), ranges,
										 lengthof(ranges)));
}

/* phone_prefix_sel(internal, oid, internal, integer) -> float8: RESTRICT of phone ^@ text */
Datum
phone_prefix_sel(PG_FUNCTION_ARGS)
{
	return int8_range_sel(fcinfo, ranges, lengthof(ranges));
}
