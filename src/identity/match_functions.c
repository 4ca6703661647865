/*
 * match_functions.c
 *	  Functions of DuckDB that the conditions of Splink's models call and PostgreSQL has not, so
 *	  that a condition can also be run as SQL.  Those that are an expression of others are in SQL.
 */
#include "postgres.h"
#include "compat.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "regex/regex.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "text/text.h"

/* ---- regular expressions ---- */

PG_FUNCTION_INFO_V1(regexp_extract);

/*
 * regexp_extract(text, pattern text, group integer = 0) -> text: what the first match of the
 * pattern has, or a group of it; '' where there is none, as in DuckDB.  Patterns are PostgreSQL's.
 * 2201B for a wrong pattern, 22023 for a group that it does not have.
 */
Datum
regexp_extract(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	int			group = PG_NARGS() > 2 ? PG_GETARG_INT32(2) : 0;
	regex_t    *re = RE_compile_and_cache(PG_GETARG_TEXT_PP(1), REG_ADVANCED, PG_GET_COLLATION());
	int			len = VARSIZE_ANY_EXHDR(t);
	pg_wchar   *wide;
	regmatch_t *match;
	char	   *result;
	int			status;

	if (group < 0 || group > re->re_nsub)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("group %d of a regular expression that has %d", group,
						(int) re->re_nsub),
				 errhint("Groups are counted from 1; 0 is the whole match.")));
	wide = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(pg_wchar) * ((Size) len + 1));
	len = pg_mb2wchar_with_len(VARDATA_ANY(t), wide, len);
	match = palloc(sizeof(regmatch_t) * (group + 1));
	status = pg_regexec(re, wide, len, 0, NULL, group + 1, match, 0);
	if (status != REG_OKAY && status != REG_NOMATCH)
	{
		char		message[100];

		(void) pg_regerror(status, re, message, sizeof(message));
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_REGULAR_EXPRESSION),
				 errmsg("regular expression failed: %s", message),
				 errhint("Make the regular expression simpler.")));
	}
	if (status == REG_NOMATCH || match[group].rm_so < 0)
		PG_RETURN_TEXT_P(cstring_to_text(""));
	wide += match[group].rm_so;
	len = match[group].rm_eo - match[group].rm_so;
	result = palloc((Size) len * pg_database_encoding_max_length() + 1);
	len = pg_wchar2mb_with_len(wide, result, len);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(result, len));
}

/* ---- accents ---- */

PG_FUNCTION_INFO_V1(strip_accents);

/* strip_accents(text) -> text: decomposed, without marks, composed; 22021 as of nfc() */
Datum
strip_accents(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	TextSpan	s;
	Problem		problem;

	if (!problem_of_text(text_from_server(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &s), &problem) ||
		!problem_of_text(text_strip_marks(s.data, s.len, &s), &problem))
		problem_report(NULL, &problem, "text", NULL);
	PG_RETURN_TEXT_P(cstring_to_text(text_to_server(s.data, s.len)));
}

/* ---- dates and times ---- */

typedef struct DateParts
{
	int			year;
	int			month;
	int			day;
	int			hour;
	int			minute;
	int			second;
	int			microsecond;
	int			offset;			/* minutes east of UTC */
	bool		half;			/* %I */
	int			afternoon;		/* %p: 0 or 1, -1 where not said */
} DateParts;

/* up to so many digits; false if there is none */
static bool
take_digits(const char **s, int most, int *out)
{
	const char *from = *s;

	*out = 0;
	while (*s - from < most && **s >= '0' && **s <= '9')
		*out = *out * 10 + *(*s)++ - '0';
	return *s > from;
}

/* the name of a month, or its first three letters */
static bool
take_month(const char **s, bool whole, int *out)
{
	static const char *const names[] = {"january", "february", "march", "april", "may", "june",
	"july", "august", "september", "october", "november", "december"};

	for (int i = 0; i < lengthof(names); i++)
	{
		int			len = whole ? strlen(names[i]) : 3;

		if (pg_strncasecmp(*s, names[i], len) == 0)
		{
			*s += len;
			*out = i + 1;
			return true;
		}
	}
	return false;
}

/* digits after the point: microseconds, what follows is cut off */
static bool
take_fraction(const char **s, int *out)
{
	const char *from = *s;
	int			rest;

	if (!take_digits(s, 6, out))
		return false;
	for (int n = *s - from; n < 6; n++)
		*out *= 10;
	(void) take_digits(s, 3, &rest);
	return true;
}

/* Z, or hours and perhaps minutes east of UTC */
static bool
take_offset(const char **s, int *out)
{
	int			sign = **s == '-' ? -1 : 1;
	int			hours;
	int			minutes = 0;

	if (**s == 'Z')
	{
		(*s)++;
		return true;
	}
	if (**s != '+' && **s != '-')
		return false;
	(*s)++;
	if (!take_digits(s, 2, &hours))
		return false;
	if (**s == ':')
		(*s)++;
	(void) take_digits(s, 2, &minutes);
	*out = sign * (hours * 60 + minutes);
	return hours < 24 && minutes < 60;
}

/* what one code of a form says; *known is false if there is no such code */
static bool
take_code(const char **s, char code, DateParts *p, bool *known)
{
	*known = true;
	switch (code)
	{
		case 'Y':
			return take_digits(s, 4, &p->year);
		case 'y':
			if (!take_digits(s, 2, &p->year))
				return false;
			p->year += p->year < 69 ? 2000 : 1900;
			return true;
		case 'm':
			return take_digits(s, 2, &p->month);
		case 'd':
			return take_digits(s, 2, &p->day);
		case 'b':
			return take_month(s, false, &p->month);
		case 'B':
			return take_month(s, true, &p->month);
		case 'I':
			p->half = true;
			return take_digits(s, 2, &p->hour) && p->hour >= 1 && p->hour <= 12;
		case 'H':
			return take_digits(s, 2, &p->hour);
		case 'M':
			return take_digits(s, 2, &p->minute);
		case 'S':
			return take_digits(s, 2, &p->second);
		case 'f':
			return take_fraction(s, &p->microsecond);
		case 'p':
			if (pg_strncasecmp(*s, "am", 2) != 0 && pg_strncasecmp(*s, "pm", 2) != 0)
				return false;
			p->afternoon = pg_tolower((unsigned char) **s) == 'p';
			*s += 2;
			return true;
		case 'z':
			return take_offset(s, &p->offset);
		case '%':
			return *(*s)++ == '%';
		default:
			*known = false;
			return false;
	}
}

/*
 * Read s by a form of strptime(); false where it is not of that form, or no date.  22023 for a form
 * with an unknown code.
 */
static bool
parse_time(const char *s, const char *form, Timestamp *out)
{
	DateParts	p = {.year = 1900, .month = 1, .day = 1, .afternoon = -1};
	bool		good = true;
	bool		known = true;

	for (; *form != '\0'; form++)
	{
		if (*form != '%')
		{
			good = good && *s == *form;
			s += good;
			continue;
		}
		form++;
		/* '-' asks for no leading zeros, which nothing here does */
		if (*form == '-')
			form++;
		if (good)
			good = take_code(&s, *form, &p, &known);
		else
		{
			DateParts	unused;
			const char *empty = "";

			(void) take_code(&empty, *form, &unused, &known);
		}
		if (!known)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("form of a date has an unknown code"),
					 errhint("Codes are %%Y %%y %%m %%d %%b %%B %%H %%I %%p %%M %%S %%f %%z and"
							 " %%%%.")));
	}
	if (!good || *s != '\0')
		return false;
	if (p.afternoon >= 0 && p.half)
		p.hour = p.hour % 12 + 12 * p.afternoon;
	if (p.year < 1 || p.month < 1 || p.month > 12 || p.day < 1 ||
		p.day > day_tab[isleap(p.year)][p.month - 1] ||
		p.hour > 23 || p.minute > 59 || p.second > 59)
		return false;
	*out = (date2j(p.year, p.month, p.day) - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY +
		(((p.hour * INT64CONST(60)) + p.minute - p.offset) * 60 + p.second) * USECS_PER_SEC +
		p.microsecond;
	return true;
}

PG_FUNCTION_INFO_V1(try_strptime);
PG_FUNCTION_INFO_V1(match_strptime);

/* try_strptime(text, form text) -> timestamp: NULL where the text is not of the form */
Datum
try_strptime(PG_FUNCTION_ARGS)
{
	Timestamp	t;

	if (!parse_time(text_to_cstring(PG_GETARG_TEXT_PP(0)), text_to_cstring(PG_GETARG_TEXT_PP(1)),
					&t))
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMP(t);
}

/* strptime(text, form text) -> timestamp: 22007 where the text is not of the form */
Datum
match_strptime(PG_FUNCTION_ARGS)
{
	Timestamp	t;

	if (!parse_time(text_to_cstring(PG_GETARG_TEXT_PP(0)), text_to_cstring(PG_GETARG_TEXT_PP(1)),
					&t))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_DATETIME_FORMAT),
				 errmsg("text is not a date and time of the given form"),
				 errhint("try_strptime() gives NULL instead.")));
	PG_RETURN_TIMESTAMP(t);
}

/* ---- numbers ---- */

PG_FUNCTION_INFO_V1(match_log2);
PG_FUNCTION_INFO_V1(array_cosine_similarity);

/* log2(double precision) -> double precision; 2201E for what has no logarithm */
Datum
match_log2(PG_FUNCTION_ARGS)
{
	double		x = PG_GETARG_FLOAT8(0);

	if (x <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_ARGUMENT_FOR_LOG),
				 errmsg("cannot take logarithm of a number that is not above zero"),
				 errhint("Leave such numbers out: CASE WHEN x > 0 THEN log2(x) END.")));
	PG_RETURN_FLOAT8(log2(x));
}

/* the numbers of an array; 22023 unless it has one dimension and no NULL */
static const double *
numbers_of(ArrayType *a, int *n)
{
	if (ARR_NDIM(a) > 1 || ARR_HASNULL(a) || ARR_ELEMTYPE(a) != FLOAT8OID)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("vector must be an array of one dimension without NULL"),
				 errhint("Write a vector as ARRAY[0.5, 1].")));
	*n = ArrayGetNItems(ARR_NDIM(a), ARR_DIMS(a));
	return (const double *) ARR_DATA_PTR(a);
}

/*
 * array_cosine_similarity(double precision[], double precision[]) -> double precision: -1 to 1;
 * NULL where a vector is all zeros; 22023 for different lengths.
 */
Datum
array_cosine_similarity(PG_FUNCTION_ARGS)
{
	int			n;
	int			m;
	const double *a = numbers_of(PG_GETARG_ARRAYTYPE_P(0), &n);
	const double *b = numbers_of(PG_GETARG_ARRAYTYPE_P(1), &m);
	double		dot = 0;
	double		aa = 0;
	double		bb = 0;

	if (n != m)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("vectors have different lengths: %d and %d", n, m),
				 errhint("Compare vectors of the same model.")));
	for (int i = 0; i < n; i++)
	{
		dot += a[i] * b[i];
		aa += a[i] * a[i];
		bb += b[i] * b[i];
	}
	if (aa == 0 || bb == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(dot / (sqrt(aa) * sqrt(bb)));
}
