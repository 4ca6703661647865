/*
 * phone_plan.c
 *	  Numbering plans: which number a row of dialed digits is, and where a number belongs.
 *
 * The steps and their order are libphonenumber's, so that both read the same number from the same
 * digits: the prefix for dialing abroad, the country calling code with and without +, then the
 * trunk prefix with its carrier codes and transformations, which is only taken off if that leaves
 * a number of a possible length and does not spoil a number that the region could have.
 * Beyond that, a number is refused here if its length is not possible, if it has 16 digits, or if a
 * trunk prefix remains in it.
 */
#include "postgres.h"
#include "compat.h"

#include "identity/phone_plan.h"

/* a national number */
typedef struct National
{
	int			n;
	char		digits[PHONE_DIALED_MAX + 8];
} National;

static bool
problem_too_short(Problem *p)
{
	PROBLEM(p, "too_short", "The number has fewer digits than any number of its country.",
			"Write the whole number with its area code.");
	return false;
}

bool
phone_problem_too_long(Problem *p)
{
	PROBLEM(p, "too_long", "The number has more digits than any number of its country.",
			"Give one number; an extension is a value of its own: see phone_split_extension().");
	return false;
}

static bool
problem_code(Problem *p)
{
	PROBLEM(p, "country_code",
			"The digits after the international prefix are no country calling code.",
			"After + comes the calling code of a country, such as 1, 44 or 49.");
	return false;
}

/* ---- programs ---- */

/* positions in the number where a saved group starts and ends; -1 where it did not match */
typedef struct Groups
{
	int8		at[2 * PHONE_GROUPS];
} Groups;

/*
 * Run a program on the len digits at s from position pos.  Gives the end of the match or -1; with
 * whole, only a match up to the end counts.  Recursion is as deep as a program nests splits that
 * one match passes, about 20.
 */
static int
run(const uint16 *pc, const char *s, int pos, int len, bool whole, Groups *groups)
{
	for (;;)
	{
		uint16		word = *pc;

		switch (PHONE_OP(word))
		{
			case PHONE_DIGITS:
				if (pos >= len || !(PHONE_ARG(word) & (1 << (s[pos] - '0'))))
					return -1;
				pos++;
				pc++;
				break;
			case PHONE_SPLIT:
				{
					Groups		saved = *groups;
					int			end = run(pc + 1, s, pos, len, whole, groups);

					if (end >= 0)
						return end;
					*groups = saved;
					pc += PHONE_ARG(word);
					break;
				}
			case PHONE_JUMP:
				pc += PHONE_ARG(word);
				break;
			case PHONE_SAVE:
				groups->at[PHONE_ARG(word)] = pos;
				pc++;
				break;
			case PHONE_END:
				if (pos != len)
					return -1;
				pc++;
				break;
			default:
				return whole && pos != len ? -1 : pos;
		}
	}
}

/* end of the program's match at the start of s, or -1 */
static int
match_start(uint16 program, const char *s, int len, Groups *groups)
{
	memset(groups->at, -1, sizeof(groups->at));
	return run(phone_programs + program, s, 0, len, false, groups);
}

static bool
match_whole(uint16 program, const char *s, int len)
{
	Groups		groups;

	memset(groups.at, -1, sizeof(groups.at));
	return run(phone_programs + program, s, 0, len, true, &groups) >= 0;
}

/* ---- numbering plans ---- */

typedef enum LengthResult
{
	LENGTH_POSSIBLE,
	LENGTH_LOCAL_ONLY,
	LENGTH_TOO_SHORT,
	LENGTH_TOO_LONG,
	LENGTH_BETWEEN
} LengthResult;

/*
 * Could the national number be one, by its length?  A length that only an older plan has counts for
 * numbers of that plan.
 */
static LengthResult
check_length(const PhoneRegion *plan, const char *s, int len)
{
	uint32		bit = len < 32 ? (uint32) 1 << len : 0;

	if (plan->lengths & bit)
		return LENGTH_POSSIBLE;
	if ((plan->former_lengths & bit) && match_whole(plan->former, s, len))
		return LENGTH_POSSIBLE;
	if (plan->local_lengths & bit)
		return LENGTH_LOCAL_ONLY;
	if (bit == 0 || plan->lengths < bit)
		return LENGTH_TOO_LONG;
	if ((plan->lengths & (bit - 1)) == 0)
		return LENGTH_TOO_SHORT;
	return LENGTH_BETWEEN;
}

/* digits of a country calling code */
int
phone_code_width(int code)
{
	return code < 10 ? 1 : code < 100 ? 2 : 3;
}

/* the calling code that at least three digits start with, or NULL */
const PhoneCode *
phone_code_of_digits(const char *s)
{
	int			i = phone_code_of_prefix[(s[0] - '0') * 100 + (s[1] - '0') * 10 + (s[2] - '0')];

	return i ? &phone_codes[i - 1] : NULL;
}

const PhoneRegion *
phone_region_by_name(const char *name, int len)
{
	int			a;
	int			b;
	int			i;

	if (len != 2)
		return NULL;
	a = pg_ascii_toupper((unsigned char) name[0]) - 'A';
	b = pg_ascii_toupper((unsigned char) name[1]) - 'A';
	if (a < 0 || a > 25 || b < 0 || b > 25)
		return NULL;
	i = phone_region_of_name[a * 26 + b];
	return i ? &phone_regions[i - 1] : NULL;
}

/* end of the trunk prefix and carrier code of a national number; 0 or less where there is none */
static int
trunk_end(const PhoneRegion *plan, const char *s, int len, Groups *groups)
{
	if (len == 0 || !(plan->trunk_start & (1 << (s[0] - '0'))))
		return 0;
	return match_start(plan->trunk, s, len, groups);
}

/*
 * Take the trunk prefix and a carrier code off a national number, or transform it as the plan's
 * rule says.  False, with out not set, where there is no prefix or where taking it off would turn
 * a number that the region could have into one that it could not.
 */
static bool
strip_trunk(const PhoneRegion *plan, const char *s, int len, National *out)
{
	Groups		groups;
	int			end;
	int			last = plan->trunk_groups - 1;

	end = trunk_end(plan, s, len, &groups);
	if (end <= 0)
		return false;

	out->n = 0;
	if (plan->rule != NULL && groups.at[2 * last + 1] >= 0)
	{
		for (const char *r = plan->rule; *r; r++)
		{
			if (*r == '$')
			{
				int			g = *++r - '1';
				int			from = groups.at[2 * g];
				int			to = groups.at[2 * g + 1];

				if (to >= 0)
				{
					memcpy(out->digits + out->n, s + from, to - from);
					out->n += to - from;
				}
			}
			else
				out->digits[out->n++] = *r;
		}
	}
	memcpy(out->digits + out->n, s + end, len - end);
	out->n += len - end;

	return match_whole(plan->general, out->digits, out->n) ||
		!match_whole(plan->general, s, len);
}

typedef enum Trunk
{
	TRUNK_NONE,					/* no trunk prefix, or it belongs to the number */
	TRUNK_OFF,					/* out is the number without it */
	TRUNK_LEFT					/* what remains is no number, and with it neither: see result */
} Trunk;

/* take the trunk prefix off where that leaves a number of a possible length, or a longer one */
static Trunk
take_trunk_off(const PhoneRegion *plan, const char *s, int len, National *out,
			   LengthResult *result)
{
	if (!strip_trunk(plan, s, len, out) ||
		(out->n == len && memcmp(out->digits, s, len) == 0))
		return TRUNK_NONE;
	*result = check_length(plan, out->digits, out->n);
	if (*result == LENGTH_POSSIBLE || *result == LENGTH_TOO_LONG)
		return TRUNK_OFF;
	return match_whole(plan->general, s, len) ? TRUNK_NONE : TRUNK_LEFT;
}

static bool
problem_of_length(LengthResult result, Problem *problem)
{
	switch (result)
	{
		case LENGTH_POSSIBLE:
			return true;
		case LENGTH_LOCAL_ONLY:
			PROBLEM(problem, "local_only", "The number has no area code.",
					"Write the number with its area code.");
			break;
		case LENGTH_TOO_SHORT:
			return problem_too_short(problem);
		case LENGTH_TOO_LONG:
			return phone_problem_too_long(problem);
		case LENGTH_BETWEEN:
			PROBLEM(problem, "length", "No number of its country has as many digits.",
					"Check for a missing, a repeated or an extra digit.");
			break;
	}
	return false;
}

/*
 * Is the length possible under the calling code?  The lengths of its main region hold for all; of
 * another region's own lengths, only numbers that it could have.
 */
static LengthResult
check_length_of_code(const PhoneCode *code, const char *s, int len)
{
	const PhoneRegion *plan = &phone_regions[code->first];
	LengthResult result = check_length(plan, s, len);

	for (int i = 1; result != LENGTH_POSSIBLE && i < code->count; i++)
	{
		if (check_length(plan + i, s, len) == LENGTH_POSSIBLE &&
			match_whole(plan[i].general, s, len))
			return LENGTH_POSSIBLE;
	}
	return result;
}

/* the entry of a calling code; its digits, filled up to three with zeros */
static const PhoneCode *
code_of_number(int code, char *digits)
{
	for (int i = phone_code_width(code), c = code; i > 0; c /= 10)
		digits[--i] = '0' + c % 10;
	for (int i = phone_code_width(code); i < 3; i++)
		digits[i] = '0';
	return phone_code_of_digits(digits);
}

uint64
phone_pack(uint64 value, int at, const char *s, int len)
{
	for (int i = 0; i < len; i++)
		value |= (uint64) (s[i] - '0' + 1) << (56 - 4 * (at + i));
	return value;
}

/*
 * A calling code and what was dialed after it, of which plan may take off a trunk prefix, as a
 * phone.  Dialed without the code, what is a number without area code to the plan is not whole,
 * though another region of the code may have one like it.
 */
static bool
number_of_parts(const PhoneCode *code, const PhoneRegion *plan, bool dialed, const char *s, int len,
				uint64 *out, Problem *problem)
{
	const PhoneRegion *main_plan = &phone_regions[code->first];
	National	number;
	National	again;
	LengthResult result = LENGTH_POSSIBLE;
	Trunk		trunk;
	char		digits[3];
	int			width = phone_code_width(code->code);

	if (len < PHONE_NATIONAL_MIN)
		return problem_too_short(problem);
	trunk = take_trunk_off(plan, s, len, &number, &result);
	if (trunk == TRUNK_LEFT)
		return problem_of_length(result, problem);
	if (trunk == TRUNK_OFF)
	{
		s = number.digits;
		len = number.n;
	}
	result = check_length(plan, s, len);
	if (!dialed || result != LENGTH_LOCAL_ONLY)
		result = check_length_of_code(code, s, len);
	if (!problem_of_length(result, problem))
		return false;
	if (width + len > PHONE_E164_MAX)
		return phone_problem_too_long(problem);
	if ((trunk == TRUNK_OFF || plan != main_plan) &&
		take_trunk_off(main_plan, s, len, &again, &result) != TRUNK_NONE)
	{
		PROBLEM(problem, "trunk_prefix", "The number starts with more than one trunk prefix.",
				"After the country calling code comes the area code, without the leading 0 or 8.");
		return false;
	}

	code_of_number(code->code, digits);
	*out = phone_pack(phone_pack(0, 0, digits, width), width, s, len);
	return true;
}

/*
 * Is it plain that at least three digits after + are a number as they stand: a calling code, no
 * trunk prefix and a length of the main region?
 */
bool
phone_is_settled(const char *s, int len)
{
	const PhoneCode *code = phone_code_of_digits(s);
	const PhoneRegion *plan;
	Groups		groups;
	int			width;

	if (code == NULL)
		return false;
	plan = &phone_regions[code->first];
	width = phone_code_width(code->code);
	return len > width && (plan->lengths & ((uint32) 1 << (len - width))) &&
		trunk_end(plan, s + width, len - width, &groups) <= 0;
}

/* digits that start with a calling code, as after + */
bool
phone_of_international(const char *s, int len, uint64 *out, Problem *problem)
{
	const PhoneCode *code;

	if (len <= PHONE_NATIONAL_MIN)
		return problem_too_short(problem);
	code = phone_code_of_digits(s);
	if (code == NULL)
		return problem_code(problem);
	s += phone_code_width(code->code);
	len -= phone_code_width(code->code);
	return number_of_parts(code, &phone_regions[code->first], false, s, len, out, problem);
}

/* digits as dialed in the plan's region */
bool
phone_of_dialed(const PhoneRegion *plan, const char *s, int len, uint64 *out, Problem *problem)
{
	const PhoneCode *code;
	National	rest;
	Groups		groups;
	char		digits[3];
	int			width = phone_code_width(plan->code);
	int			end = plan->idd ? match_start(plan->idd, s, len, &groups) : -1;

	code = code_of_number(plan->code, digits);

	/* a prefix for dialing abroad; no calling code starts with 0 */
	if (end > 0 && (end == len || s[end] != '0'))
		return phone_of_international(s + end, len - end, out, problem);

	/* the calling code without +: if the number is better without, or too long with it */
	if (len > width && memcmp(s, digits, width) == 0)
	{
		if (!strip_trunk(plan, s + width, len - width, &rest))
		{
			rest.n = len - width;
			memcpy(rest.digits, s + width, rest.n);
		}
		if (check_length(plan, s, len) == LENGTH_TOO_LONG ||
			(match_whole(plan->general, rest.digits, rest.n) &&
			 !match_whole(plan->general, s, len)))
			return number_of_parts(code, &phone_regions[code->first], false, rest.digits,
								   rest.n, out, problem);
	}
	return number_of_parts(code, plan, true, s, len, out, problem);
}

/* the region among those that share a calling code, or NULL */
const PhoneRegion *
phone_region_of_number(const PhoneCode *code, const char *s, int len)
{
	const PhoneRegion *plan = &phone_regions[code->first];
	Groups		groups;

	if (code->count == 1)
		return plan;
	for (int i = 0; i < code->count; i++, plan++)
	{
		if (plan->leading ? match_start(plan->leading, s, len, &groups) >= 0 :
			match_whole(plan->general, s, len) && match_whole(plan->types, s, len))
			return plan;
	}
	return NULL;
}

