/*
 * gtin.c
 *	  The GTIN, GS1's Global Trade Item Number: the digits under the bar code of a product.
 *
 * A GTIN is 14 digits: an indicator (pack level, 0 to 9), twelve digits of company prefix and item,
 * and a check digit.  GTIN-8, GTIN-12 (UPC) and GTIN-13 (EAN) are the same numbers with leading
 * zeros left out, so '012345678905' and '00012345678905' are one value.
 *
 * On disk a gtin is 8 bytes by value: body * 16 + indicator, where body is the number that digits
 * 2 to 13 make.  The check digit follows from the others and is not stored.  These always hold:
 * 0 <= body < 10^12 and indicator <= 9; all other bits are zero.  Hence
 *
 *	 - equal means identical bits, and order, hash and sort are those of int8 (whose functions the
 *	   SQL names of this type call);
 *	 - the order is company prefix, item, pack level: all that begins with one company prefix is
 *	   one range for UPC, EAN and case codes alike, and the packs of one item are adjacent.
 *
 * The binary form is the stored number in network order.
 */
#include "postgres.h"
#include "compat.h"

#include <ctype.h>

#include "funcapi.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"

#include "catalog/catalog.h"

#define GTIN_DIGITS		14

/* digits of an input that are looked at; the others are only counted */
#define GTIN_INPUT_MAX	64

/* bytes beyond which an input is not looked at */
#define GTIN_BYTES_MAX	1024

const int64 power_of_ten[] = {
	INT64CONST(1), INT64CONST(10), INT64CONST(100), INT64CONST(1000), INT64CONST(10000),
	INT64CONST(100000), INT64CONST(1000000), INT64CONST(10000000), INT64CONST(100000000),
	INT64CONST(1000000000), INT64CONST(10000000000), INT64CONST(100000000000),
	INT64CONST(1000000000000)
};

/* "00" "01" ... "99" */
static const char digit_pairs[] =
"0001020304050607080910111213141516171819"
"2021222324252627282930313233343536373839"
"4041424344454647484950515253545556575859"
"6061626364656667686970717273747576777879"
"8081828384858687888990919293949596979899";

/*
 * Parsing
 */

/*
 * Read len digits (at most 18).  sum is their mod-10 sum with weights 1, 3, 1, ... from the right:
 * a multiple of 10 where the last one is the right check digit.  False if not all are digits.
 */
static inline bool
read_digits(const char *s, int len, int64 *number, unsigned int *sum)
{
	uint64		n = 0;
	unsigned int ones = 0;
	unsigned int threes = 0;
	unsigned int wrong = 0;

	if (len & 1)
	{
		n = ones = (unsigned char) *s++ - '0';
		wrong = ones > 9;
	}
	for (int i = len / 2; i > 0; i--, s += 2)
	{
		unsigned int a = (unsigned char) s[0] - '0';
		unsigned int b = (unsigned char) s[1] - '0';

		wrong |= (a > 9) | (b > 9);
		n = n * 100 + a * 10 + b;
		threes += a;
		ones += b;
	}
	*number = n;
	*sum = ones + 3 * threes;
	return !wrong;
}

int
gs1_check_digit(const char *digits, int len)
{
	unsigned int sum = 0;

	for (int i = 0; i < len; i++)
		sum += (digits[i] - '0') * (((len - i) & 1) ? 3 : 1);
	return (10 - sum % 10) % 10;
}

/* a 14-digit number, whose check digit is right */
static inline Gtin
gtin_from_number(int64 number)
{
	int64		rest = number / 10;

	return GTIN_MAKE(rest % GTIN_BODIES, rest / GTIN_BODIES);
}

static inline bool
is_gtin_length(int len)
{
	return len == 8 || len == 12 || len == 13 || len == 14;
}

/*
 * UPC-E is a UPC with zeros squeezed out: number system, six digits, check digit.  The last of the
 * six tells where the zeros were.  Gives the twelve digits; false if their check digit is wrong.
 */
static bool
expand_upce(const char *s, char *upca)
{
	int			kept;			/* leading digits, the number system included */
	int64		number;
	unsigned int sum;

	memset(upca, '0', 12);
	upca[0] = s[0];
	switch (s[6])
	{
		case '0':
		case '1':
		case '2':
			memcpy(upca + 1, s + 1, 2);
			upca[3] = s[6];
			memcpy(upca + 8, s + 3, 3);
			break;
		case '3':
		case '4':
			kept = 1 + (s[6] - '0');
			memcpy(upca, s, kept);
			memcpy(upca + 11 - (6 - kept), s + kept, 6 - kept);
			break;
		default:
			memcpy(upca, s, 6);
			upca[10] = s[6];
	}
	upca[11] = s[7];
	return (s[0] == '0' || s[0] == '1') && read_digits(upca, 12, &number, &sum) && sum % 10 == 0;
}

/* [digits][.digits]E[+]digits, as spreadsheets write a long number */
static bool
is_scientific(const char *s, int len)
{
	int			i = 0;
	int			mantissa = 0;

	for (; i < len && (isdigit((unsigned char) s[i]) || s[i] == '.' || s[i] == ','); i++)
		mantissa += isdigit((unsigned char) s[i]) ? 1 : 0;
	if (mantissa == 0 || i == len || (s[i] != 'E' && s[i] != 'e'))
		return false;
	i++;
	if (i < len && (s[i] == '+' || s[i] == '-'))
		i++;
	if (i == len)
		return false;
	while (i < len && isdigit((unsigned char) s[i]))
		i++;
	return i == len;
}

/* digits, a point or comma, and nothing but zeros */
static bool
has_decimal_tail(const char *s, int len)
{
	int			i = len;

	while (i > 0 && s[i - 1] == '0')
		i--;
	if (i < 2 || (s[i - 1] != '.' && s[i - 1] != ','))
		return false;
	for (i--; i > 0; i--)
	{
		if (!isdigit((unsigned char) s[i - 1]))
			return false;
	}
	return true;
}

#define NOT_DIGITS_HINT \
	"Give the number alone; a code that is no GTIN belongs in a column of type omni.sku."
#define MISREAD_HINT	"A digit is wrong or two are swapped: compare it with the package."

static bool
refuse_length(const char *digits, int len, Problem *problem)
{
	const char *hint = NULL;
	int64		number;
	unsigned int sum;

	if (len < GTIN_DIGITS && read_digits(digits, len, &number, &sum) && sum % 10 == 0)
		hint = "Its check digit is right, so leading zeros may be lost: "
			"see omni.gtin_repair(text).";
	else if (len == 16 && digits[0] == '0' && (digits[1] == '1' || digits[1] == '2'))
		hint = "This looks like a GS1 element string; see omni.gs1_gtin(text).";
	else if (len == 18)
		hint = "18 digits is the length of an SSCC or GSRN, which is no GTIN.";
	else if (len == 10)
		hint = "An ISBN-10 is turned into its GTIN by omni.gtin_repair(text).";
	else
		hint = "Compare it with the number under the barcode, "
			"leading zeros and check digit included.";
	PROBLEM(problem, "length",
			psprintf("It has %d digits; a GTIN has 8, 12, 13 or 14.", len), hint);
	return false;
}

static bool
refuse_check_digit(const char *digits, int len, Problem *problem)
{
	char		upca[12];
	int			expected = gs1_check_digit(digits, len - 1);

	if (len == 8 && expand_upce(digits, upca))
		PROBLEM(problem, "upc_e",
				psprintf("The check digit is %c, expected %d.", digits[7], expected),
				psprintf("As UPC-E it is right and stands for %.12s: "
						 "see omni.gtin_from_upce(text).",
						 upca));
	else
		PROBLEM(problem, "check_digit",
				psprintf("The check digit is %c, expected %d.", digits[len - 1], expected),
				MISREAD_HINT);
	return false;
}

/* why s, which is neither digits nor separated digits, is no GTIN */
static bool
refuse_characters(const char *s, int len, Problem *problem)
{
	pg_wchar	c;
	int			size;
	int			at = 0;

	if (is_scientific(s, len))
		PROBLEM(problem, "scientific",
				"It is a number in scientific notation, as spreadsheets write it: "
				"digits may be lost.",
				"Format the column as text in the spreadsheet and export it again.");
	else if (has_decimal_tail(s, len))
		PROBLEM(problem, "decimal",
				"It ends like a decimal number.",
				"Export the column as text, or use omni.gtin_repair(text).");
	else if (s[0] == '-' || s[len - 1] == '-')
		PROBLEM(problem, "characters",
				"A hyphen may only stand between digits.", NOT_DIGITS_HINT);
	else
	{
		while (at < len && (isdigit((unsigned char) s[at]) || s[at] == ' ' || s[at] == '-'))
			at++;
		c = text_next(s + at, len - at, &size);
		if (c < ' ')
			PROBLEM(problem, "characters",
					psprintf("It has the control character %u; a GTIN has digits only.", c),
					NOT_DIGITS_HINT);
		else if (text_fits_server(s + at, size))
			PROBLEM(problem, "characters",
					psprintf("It has the character \"%s\"; a GTIN has digits only.",
							 text_to_server(s + at, size)),
					NOT_DIGITS_HINT);
		else
			PROBLEM(problem, "characters",
					psprintf("It has the character U+%04X; a GTIN has digits only.", c),
					NOT_DIGITS_HINT);
	}
	return false;
}

/*
 * Bring s to bare digits: NFKC if it is not ASCII, spaces around it off, single spaces and hyphens
 * between digits dropped.  digits has room for GTIN_INPUT_MAX; *ndigits counts them all.
 */
static bool
bare_digits(const char *s, int len, char *digits, int *ndigits, Problem *problem)
{
	TextSpan	span = {s, len};
	TextStatus	status = TEXT_OK;
	bool		other = false;
	int			n = 0;

	if (len > GTIN_BYTES_MAX)
	{
		PROBLEM(problem, "length",
				psprintf("It has %d bytes; a GTIN has 8, 12, 13 or 14 digits.", len),
				NOT_DIGITS_HINT);
		return false;
	}
	if (!text_is_ascii(s, len))
	{
		status = text_from_server(s, len, &span);
		if (status == TEXT_OK)
			status = text_nfkc(span.data, span.len, &span);
		if (status != TEXT_OK)
			return problem_of_text(status, problem);
	}
	s = span.data;
	len = span.len;
	while (len > 0 && s[0] == ' ')
		s++, len--;
	while (len > 0 && s[len - 1] == ' ')
		len--;
	if (len == 0)
	{
		PROBLEM(problem, "empty", "It is empty.", "Where there is no number, store NULL.");
		return false;
	}
	for (int i = 0; i < len && !other; i++)
	{
		if (isdigit((unsigned char) s[i]))
		{
			if (n < GTIN_INPUT_MAX)
				digits[n] = s[i];
			n++;
		}
		else
			other = s[i] != ' ' && s[i] != '-';
	}
	if (other || s[0] == '-' || s[len - 1] == '-')
		return refuse_characters(s, len, problem);
	*ndigits = n;
	return true;
}

/*
 * The parser of the type: 8, 12, 13 or 14 digits with the right check digit.  Never raises.
 */
bool
gtin_parse(const char *s, int len, Gtin *out, Problem *problem)
{
	char		digits[GTIN_INPUT_MAX];
	int64		number;
	unsigned int sum;

	if (!is_gtin_length(len) || !read_digits(s, len, &number, &sum))
	{
		if (!bare_digits(s, len, digits, &len, problem))
			return false;
		s = digits;
		if (!is_gtin_length(len))
			return refuse_length(s, len, problem);
		read_digits(s, len, &number, &sum);
	}
	if (sum % 10 != 0)
		return refuse_check_digit(s, len, problem);
	*out = gtin_from_number(number);
	return true;
}

/*
 * The first and the last GTIN whose digits after the indicator begin with the digits in s, of which
 * there may be none.  Never raises.
 */
bool
gtin_prefix_parse(const char *s, int len, Gtin *first, Gtin *last, Problem *problem)
{
	char		digits[GTIN_INPUT_MAX];
	int64		number;
	int64		width;
	unsigned int sum;

	if (len > 12 || !read_digits(s, len, &number, &sum))
	{
		if (!bare_digits(s, len, digits, &len, problem))
			return false;
		if (len > 12)
		{
			PROBLEM(problem, "length",
					psprintf("It has %d digits; a prefix has at most 12.", len),
					"A prefix begins after the indicator and ends before the check digit.");
			return false;
		}
		read_digits(digits, len, &number, &sum);
	}
	width = power_of_ten[12 - len];
	*first = GTIN_MAKE(number * width, 0);
	*last = GTIN_MAKE(number * width + width - 1, 9);
	return true;
}

/*
 * Output
 */

void
gtin_digits(Gtin gtin, char *digits)
{
	uint64		body = GTIN_BODY(gtin);
	unsigned int sum = 3 * GTIN_INDICATOR(gtin);
	uint32		half[2];

	half[0] = body / 1000000;
	half[1] = body % 1000000;
	digits[0] = '0' + GTIN_INDICATOR(gtin);
	for (int h = 0; h < 2; h++)
	{
		char	   *p = digits + 1 + h * 6;
		uint32		pair[3];

		pair[0] = half[h] / 10000;
		pair[1] = half[h] / 100 % 100;
		pair[2] = half[h] % 100;
		for (int i = 0; i < 3; i++, p += 2)
		{
			memcpy(p, digit_pairs + 2 * pair[i], 2);
			sum += (p[0] - '0') + 3 * (p[1] - '0');
		}
	}
	digits[13] = '0' + (10 - sum % 10) % 10;
}

static text *
digits_to_text(const char *digits, int len)
{
	text	   *t = palloc(VARHDRSZ + len);

	SET_VARSIZE(t, VARHDRSZ + len);
	memcpy(VARDATA(t), digits, len);
	return t;
}

/* raise what stopped the parsing of a text argument, softly where escontext asks for it */
static void
report_text(Node *escontext, const Problem *problem, text *value)
{
	problem_report(escontext, problem, "gtin", text_to_cstring(value));
}

/*
 * Type functions
 */
PG_FUNCTION_INFO_V1(gtin_in);
PG_FUNCTION_INFO_V1(gtin_out);
PG_FUNCTION_INFO_V1(gtin_recv);
PG_FUNCTION_INFO_V1(gtin_send);
PG_FUNCTION_INFO_V1(gtin_from_text);
PG_FUNCTION_INFO_V1(gtin_to_text);
PG_FUNCTION_INFO_V1(gtin_from_int8);
PG_FUNCTION_INFO_V1(gtin_to_int8);
PG_FUNCTION_INFO_V1(gtin_try);
PG_FUNCTION_INFO_V1(gtin_problem);
PG_FUNCTION_INFO_V1(gtin_skipsupport);
PG_FUNCTION_INFO_V1(gtin_format);
PG_FUNCTION_INFO_V1(gtin_indicator);
PG_FUNCTION_INFO_V1(gtin_base);
PG_FUNCTION_INFO_V1(gtin_pack);
PG_FUNCTION_INFO_V1(gtin_class);
PG_FUNCTION_INFO_V1(gtin_from_upce);
PG_FUNCTION_INFO_V1(gtin_repair);

/* gtin_in(cstring) -> gtin; 22P02 */
Datum
gtin_in(PG_FUNCTION_ARGS)
{
	char	   *s = PG_GETARG_CSTRING(0);
	Gtin		gtin;
	Problem		problem;

	if (!gtin_parse(s, strlen(s), &gtin, &problem))
	{
		problem_report(FC_ESCONTEXT(fcinfo), &problem, "gtin", s);
		PG_RETURN_NULL();
	}
	PG_RETURN_GTIN(gtin);
}

/* gtin_out(gtin) -> cstring: always 14 digits */
Datum
gtin_out(PG_FUNCTION_ARGS)
{
	char	   *s = palloc(GTIN_DIGITS + 1);

	gtin_digits(PG_GETARG_GTIN(0), s);
	s[GTIN_DIGITS] = '\0';
	PG_RETURN_CSTRING(s);
}

/* gtin_recv(internal) -> gtin: the stored number, every invariant checked; 22P03 */
Datum
gtin_recv(PG_FUNCTION_ARGS)
{
	Gtin		gtin = pq_getmsgint64((StringInfo) PG_GETARG_POINTER(0));

	if (gtin < 0 || gtin > GTIN_MAX || GTIN_INDICATOR(gtin) > 9)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value for type gtin")));
	PG_RETURN_GTIN(gtin);
}

/* gtin_send(gtin) -> bytea */
Datum
gtin_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint64(&buf, PG_GETARG_GTIN(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* gtin(text) -> gtin: the cast; 22P02 */
Datum
gtin_from_text(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	Gtin		gtin;
	Problem		problem;

	if (!gtin_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &gtin, &problem))
	{
		report_text(FC_ESCONTEXT(fcinfo), &problem, t);
		PG_RETURN_NULL();
	}
	PG_RETURN_GTIN(gtin);
}

/* text(gtin) -> text: the cast, always 14 digits */
Datum
gtin_to_text(PG_FUNCTION_ARGS)
{
	char		digits[GTIN_DIGITS];

	gtin_digits(PG_GETARG_GTIN(0), digits);
	PG_RETURN_TEXT_P(digits_to_text(digits, GTIN_DIGITS));
}

/*
 * gtin(bigint) -> gtin: the number that the digits make, check digit included; any number of
 * leading zeros.  22003 outside 0 .. 10^14 - 1, 22P02 for a wrong check digit.
 */
Datum
gtin_from_int8(PG_FUNCTION_ARGS)
{
	int64		number = PG_GETARG_INT64(0);
	char		digits[32];
	Gtin		gtin;
	Problem		problem;

	if (number < 0 || number >= GTIN_BODIES * 100)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("bigint out of range for type gtin"),
				 errdetail("A GTIN is a number of at most 14 digits.")));
	snprintf(digits, sizeof(digits), "%014lld", (long long) number);
	if (!gtin_parse(digits, GTIN_DIGITS, &gtin, &problem))
	{
		problem_report(FC_ESCONTEXT(fcinfo), &problem, "gtin", digits);
		PG_RETURN_NULL();
	}
	PG_RETURN_GTIN(gtin);
}

/* int8(gtin) -> bigint: the 14 digits as a number */
Datum
gtin_to_int8(PG_FUNCTION_ARGS)
{
	Gtin		gtin = PG_GETARG_GTIN(0);
	char		digits[GTIN_DIGITS];

	gtin_digits(gtin, digits);
	PG_RETURN_INT64((GTIN_INDICATOR(gtin) * GTIN_BODIES + GTIN_BODY(gtin)) * 10 +
					(digits[GTIN_DIGITS - 1] - '0'));
}

/* gtin_try(text) -> gtin, or NULL where the cast would raise */
Datum
gtin_try(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	Gtin		gtin;
	Problem		problem;

	if (!gtin_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &gtin, &problem))
		PG_RETURN_NULL();
	PG_RETURN_GTIN(gtin);
}

/* gtin_problem(text) -> text: the reason why the cast would raise, or NULL */
Datum
gtin_problem(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	Gtin		gtin;
	Problem		problem;

	if (gtin_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &gtin, &problem))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(problem.code));
}

/* the GTIN before, of those that exist */
static Datum
skip_decrement(Relation rel, Datum existing, bool *underflow)
{
	Gtin		gtin = DatumGetGtin(existing);

	*underflow = gtin == 0;
	if (gtin == 0)
		return (Datum) 0;
	return GtinGetDatum(GTIN_INDICATOR(gtin) == 0 ? gtin - 7 : gtin - 1);
}

static Datum
skip_increment(Relation rel, Datum existing, bool *overflow)
{
	Gtin		gtin = DatumGetGtin(existing);

	*overflow = gtin == GTIN_MAX;
	if (gtin == GTIN_MAX)
		return (Datum) 0;
	return GtinGetDatum(GTIN_INDICATOR(gtin) == 9 ? gtin + 7 : gtin + 1);
}

/* gtin_skipsupport(internal): btree support function 6, from PostgreSQL 18 on */
Datum
gtin_skipsupport(PG_FUNCTION_ARGS)
{
	SkipSupport skip = (SkipSupport) PG_GETARG_POINTER(0);

	skip->low_elem = GtinGetDatum(0);
	skip->high_elem = GtinGetDatum(GTIN_MAX);
	skip->decrement = skip_decrement;
	skip->increment = skip_increment;
	PG_RETURN_VOID();
}

/*
 * Functions on GTINs
 */

/*
 * gtin_format(gtin, integer) -> text: as GTIN-8, 12, 13 or 14.  22023 for another length, 22003
 * where the number has more digits.
 */
Datum
gtin_format(PG_FUNCTION_ARGS)
{
	int			len = PG_GETARG_INT32(1);
	char		digits[GTIN_DIGITS];

	if (!is_gtin_length(len))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid GTIN length: %d", len),
				 errdetail("A GTIN has 8, 12, 13 or 14 digits.")));
	gtin_digits(PG_GETARG_GTIN(0), digits);
	for (int i = 0; i < GTIN_DIGITS - len; i++)
	{
		if (digits[i] != '0')
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("GTIN %.14s does not fit into %d digits", digits, len)));
	}
	PG_RETURN_TEXT_P(digits_to_text(digits + GTIN_DIGITS - len, len));
}

/* gtin_indicator(gtin) -> integer: pack level; 0 the item itself, 1 to 8 its packs, 9 by measure */
Datum
gtin_indicator(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(GTIN_INDICATOR(PG_GETARG_GTIN(0)));
}

/* gtin_base(gtin) -> gtin: the same item with indicator 0 */
Datum
gtin_base(PG_FUNCTION_ARGS)
{
	PG_RETURN_GTIN(PG_GETARG_GTIN(0) & ~INT64CONST(15));
}

/* gtin_pack(gtin, integer) -> gtin: the same item with another indicator; 22023 outside 0 .. 9 */
Datum
gtin_pack(PG_FUNCTION_ARGS)
{
	int			indicator = PG_GETARG_INT32(1);

	if (indicator < 0 || indicator > 9)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid GTIN indicator: %d", indicator),
				 errdetail("An indicator is one digit, 0 to 9.")));
	PG_RETURN_GTIN((PG_GETARG_GTIN(0) & ~INT64CONST(15)) | indicator);
}

/*
 * What a number is for, by GS1 prefix (GS1 General Specifications, section 1.4).  A GTIN-8 has a
 * body below 10^7 and its own prefixes.
 */
static const char *
class_of(Gtin gtin)
{
	int64		body = GTIN_BODY(gtin);
	int			prefix = body / 1000000000; /* first three digits */

	if (GTIN_INDICATOR(gtin) == 9)
		return "variable_measure";
	if (body < 10000000)
		return body / 1000000 == 0 || body / 1000000 == 2 ? "restricted" : "trade_item";
	if ((prefix >= 20 && prefix <= 29) || (prefix >= 40 && prefix <= 49) ||
		(prefix >= 200 && prefix <= 299))
		return "restricted";
	if ((prefix >= 50 && prefix <= 59) || (prefix >= 981 && prefix <= 984) || prefix >= 990)
		return "coupon";
	if (prefix == 980)
		return "refund_receipt";
	if (prefix == 952)
		return "example";
	if (prefix == 977)
		return "issn";
	if (prefix == 978 || prefix == 979)
		return body / 100000000 == 9790 ? "ismn" : "isbn";
	return "trade_item";
}

/*
 * gtin_class(gtin) -> text: trade_item, restricted, coupon, refund_receipt, isbn, issn, ismn,
 * variable_measure or example.
 */
Datum
gtin_class(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(class_of(PG_GETARG_GTIN(0))));
}

/* gtin_from_upce(text) -> gtin: of eight digits that are known to be UPC-E; 22P02 */
Datum
gtin_from_upce(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	char		digits[GTIN_INPUT_MAX];
	char		upca[12];
	int			len;
	Gtin		gtin;
	Problem		problem;

	if (bare_digits(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), digits, &len, &problem))
	{
		if (len != 8)
			PROBLEM(&problem, "length",
					psprintf("It has %d digits; UPC-E has 8, its check digit included.", len),
					"A number of 8, 12, 13 or 14 digits that is not UPC-E "
					"is read by omni.gtin(text).");
		else if (digits[0] > '1')
			PROBLEM(&problem, "number_system",
					psprintf("The number system is %c; UPC-E has 0 or 1.", digits[0]),
					"A GTIN-8 is read by omni.gtin(text).");
		else if (expand_upce(digits, upca))
		{
			gtin_parse(upca, 12, &gtin, &problem);
			PG_RETURN_GTIN(gtin);
		}
		else
			PROBLEM(&problem, "check_digit",
					psprintf("The check digit is %c, expected %d.", digits[7],
							 gs1_check_digit(upca, 11)), MISREAD_HINT);
	}
	problem_report(NULL, &problem, "UPC-E", text_to_cstring(t));
	PG_RETURN_NULL();
}

/*
 * Repair: what a damaged value may have been.  Every candidate has a right check digit of its own
 * kind; no digit is ever invented, except the check digit of an ISBN-10, ISMN or ISSN.
 */
#define REPAIR_MAX	4

typedef struct Candidates
{
	int			count;
	Gtin		gtins[REPAIR_MAX];
} Candidates;

static void
add_candidate(Candidates *c, const char *digits, int len)
{
	Gtin		gtin;
	Problem		problem;

	if (!gtin_parse(digits, len, &gtin, &problem))
		return;
	for (int i = 0; i < c->count; i++)
	{
		if (c->gtins[i] == gtin)
			return;
	}
	Assert(c->count < REPAIR_MAX);
	c->gtins[c->count++] = gtin;
}

/* twelve digits whose check digit is to be computed */
static void
add_completed(Candidates *c, const char *format, const char *digits, int len)
{
	char		full[16];

	snprintf(full, sizeof(full), format, len, digits);
	full[12] = '0' + gs1_check_digit(full, 12);
	add_candidate(c, full, 13);
}

/*
 * ISBN-10 and ISSN: weights n, n-1, ..., 2 and a check character of weight 1, mod 11, X for ten.
 */
static bool
is_mod11(const char *s, int len)
{
	int			sum = 0;

	for (int i = 0; i < len; i++)
	{
		int			d = s[i] - '0';

		if (i == len - 1 && (s[i] == 'X' || s[i] == 'x'))
			d = 10;
		else if (d < 0 || d > 9)
			return false;
		sum += d * (len - i);
	}
	return sum % 11 == 0;
}

/*
 * The value of a number that a spreadsheet wrote, if no digit of it is lost: 4.006381333931E+12 or
 * 4006381333931.0.
 */
static int
undo_spreadsheet(char *s, int len)
{
	char	   *e;
	char	   *point;

	s[len] = '\0';
	if (has_decimal_tail(s, len))
		return strcspn(s, ".,");
	if (!is_scientific(s, len))
		return len;
	e = strpbrk(s, "Ee");
	point = strpbrk(s, ".,");
	if (point != s + 1 || e - point - 1 != atoi(e + 1))
		return len;
	memmove(point, point + 1, e - point - 1);
	return e - s - 1;
}

static void
find_candidates(text *t, Candidates *c)
{
	TextSpan	span;
	char		s[GTIN_INPUT_MAX + 1];
	char		upca[12];
	int			len = 0;
	bool		all_digits = true;

	c->count = 0;
	if (VARSIZE_ANY_EXHDR(t) > GTIN_BYTES_MAX)
		return;
	if (text_from_server(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &span) != TEXT_OK)
		return;
	if (!text_is_ascii(span.data, span.len) &&
		text_nfkc(span.data, span.len, &span) != TEXT_OK)
		return;
	span = text_trim(span.data, span.len);
	if (span.len > 0 && span.data[0] == '\'')
		span.data++, span.len--;
	for (int i = 0; i < span.len; i++)
	{
		if (span.data[i] == ' ' || (span.data[i] == '-' && i > 0 && i < span.len - 1))
			continue;
		if (len == GTIN_INPUT_MAX)
			return;
		s[len++] = span.data[i];
	}
	len = undo_spreadsheet(s, len);
	for (int i = 0; i < len; i++)
		all_digits &= isdigit((unsigned char) s[i]) != 0;

	if (all_digits)
	{
		if (is_gtin_length(len))
			add_candidate(c, s, len);
		else if (len >= 7 && len < GTIN_DIGITS)
		{
			char		padded[GTIN_DIGITS];

			memset(padded, '0', GTIN_DIGITS);
			memcpy(padded + GTIN_DIGITS - len, s, len);
			add_candidate(c, padded, GTIN_DIGITS);
		}
		if (len == 7)
		{
			memmove(s + 1, s, 7);
			s[0] = '0';
			if (expand_upce(s, upca))
				add_candidate(c, upca, 12);
			memmove(s, s + 1, 7);
		}
		else if (len == 8 && expand_upce(s, upca))
			add_candidate(c, upca, 12);
		else if (len == 16 && s[0] == '0' && (s[1] == '1' || s[1] == '2'))
			add_candidate(c, s + 2, GTIN_DIGITS);
	}
	if (len == 10 && is_mod11(s, 10))
		add_completed(c, "978%.*s", s, 9);
	if (len == 8 && is_mod11(s, 8))
		add_completed(c, "977%.*s00", s, 7);
	if (len == 10 && (s[0] == 'M' || s[0] == 'm'))
	{
		char		ismn[14];

		snprintf(ismn, sizeof(ismn), "9790%.9s", s + 1);
		add_candidate(c, ismn, 13);
	}
}

/* gtin_repair(text) -> setof gtin: see Candidates; no row where nothing fits */
Datum
gtin_repair(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Candidates	c;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	find_candidates(PG_GETARG_TEXT_PP(0), &c);
	for (int i = 0; i < c.count; i++)
	{
		Datum		value = GtinGetDatum(c.gtins[i]);
		bool		null = false;

		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, &value, &null);
	}
	return (Datum) 0;
}
