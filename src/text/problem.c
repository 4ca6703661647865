/*
 * problem.c
 *	  One way to refuse a value: every type's parser fills a Problem, and its input function, its
 *	  T_try() and its T_problem() read it.
 */
#include "postgres.h"
#include "compat.h"

#include "lib/stringinfo.h"

#include "text/text.h"

char *
problem_text(const char *format, va_list args)
{
	StringInfoData s;
	int			needed;

	initStringInfo(&s);
	do
	{
		va_list		again;

		va_copy(again, args);
		needed = appendStringInfoVA(&s, format, again);
		va_end(again);
		if (needed > 0)
			enlargeStringInfo(&s, needed);
	} while (needed > 0);
	return s.data;
}

bool
problem_of_text(TextStatus status, Problem *p)
{
	switch (status)
	{
		case TEXT_OK:
			return true;
		case TEXT_BAD_ENCODING:
			PROBLEM(p, "encoding",
					"The value is not valid in the encoding of the database.",
					"Convert the data to the database's encoding before loading it.");
			p->sqlerrcode = ERRCODE_CHARACTER_NOT_IN_REPERTOIRE;
			break;
		case TEXT_UNASSIGNED:
			PROBLEM(p, "unassigned",
					"The value has a code point that is not assigned in Unicode 15.0.",
					"Remove it: only characters whose form can never change are accepted.");
			break;
		case TEXT_NOT_ALLOWED:
			PROBLEM(p, "domain",
					"The domain name is not valid under UTS 46.",
					"Check the domain's spelling, its hyphens and its non-ASCII characters.");
			break;
		case TEXT_TOO_LONG:
			PROBLEM(p, "too_long", "The value is too long.", NULL);
			p->sqlerrcode = ERRCODE_PROGRAM_LIMIT_EXCEEDED;
			break;
	}
	return false;
}

void
problem_report(Node *escontext, const Problem *p, const char *type_name, const char *shown)
{
	int			code = p->sqlerrcode ? p->sqlerrcode : ERRCODE_INVALID_TEXT_REPRESENTATION;

	if (shown != NULL && strlen(shown) <= TEXT_SHOWN_MAX)
		errsave(escontext,
				(errcode(code),
				 errmsg("invalid input for type %s: \"%s\"", type_name, shown),
				 p->detail ? errdetail("%s", p->detail) : 0,
				 p->hint ? errhint("%s", p->hint) : 0));
	else
		errsave(escontext,
				(errcode(code),
				 errmsg("invalid input for type %s", type_name),
				 p->detail ? errdetail("%s", p->detail) : 0,
				 p->hint ? errhint("%s", p->hint) : 0));
}

char *
text_shown(const text *t)
{
	const char *s = VARDATA_ANY(t);
	int			len = VARSIZE_ANY_EXHDR(t);

	if (len <= TEXT_SHOWN_MAX)
		return pnstrdup(s, len);
	return psprintf("%.*s...", pg_mbcliplen(s, len, TEXT_SHOWN_MAX), s);
}
