/*
 * characters.c
 *	  Code points that no identifying value may hold: what cannot be seen cannot be compared by
 *	  the people who own the value, and what is not assigned has no canonical form yet.
 */
#include "postgres.h"
#include "compat.h"

#include "identity/identity.h"

/* U+nFFFE, U+nFFFF and U+FDD0 to U+FDEF, and the three private-use areas */
static bool
is_noncharacter_or_private(pg_wchar c)
{
	return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF) ||
		(c >= 0xE000 && c <= 0xF8FF) || c >= 0xF0000;
}

bool
identity_characters(const char *s, int len, Problem *problem)
{
	const char *p = s;
	int			left = len;
	int			size;

	for (; left > 0; p += size, left -= size)
	{
		pg_wchar	c = text_next(p, left, &size);

		if (text_is_control(c))
		{
			PROBLEM(problem, "control",
					"The value has a control character or a line break inside.",
					"Remove it; often two fields or two lines were joined.");
			return false;
		}
		if (c < 0x80)
			continue;
		if (text_is_ignorable(c))
		{
			PROBLEM(problem, "invisible",
					"The value has an invisible character inside.",
					"Remove zero-width characters, soft hyphens, joiners and variation selectors.");
			return false;
		}
		if (is_noncharacter_or_private(c))
		{
			PROBLEM(problem, "private_use",
					"The value has a private-use code point or a noncharacter.",
					"Check the encoding that the data was read with.");
			return false;
		}
	}
	return problem_of_text(text_check_assigned(s, len), problem);
}

/*
 * A canonical form can leave the encoding that the value came in: MICRO SIGN, which LATIN1 has,
 * folds to GREEK SMALL LETTER MU, which it has not.  What could not be written out again, and not
 * dumped, must not be stored.
 */
bool
identity_fits_server(const char *s, int len, Problem *problem)
{
	if (text_fits_server(s, len))
		return true;
	PROBLEM(problem, "encoding",
			"The canonical form has a character that the encoding of the database lacks.",
			"Use a database in UTF-8.");
	problem->sqlerrcode = ERRCODE_UNTRANSLATABLE_CHARACTER;
	return false;
}
