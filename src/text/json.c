/*
 * json.c
 *	  JSON text that the input function of a type reads: jsonb of it, or why it is none.
 */
#include "postgres.h"
#include "compat.h"

#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"

#include "text/json.h"

/*
 * jsonb of a text of at most max bytes, NULL with the problem filled, but for its hint.  Reading
 * JSON touches nothing but memory, so that its errors can be caught without a subtransaction;
 * those that do not say something of the text are passed on.
 */
Jsonb *
json_from_text(const char *s, int max, Problem *problem)
{
	MemoryContext context = CurrentMemoryContext;
	Jsonb	   *volatile json = NULL;

	if (strlen(s) > (Size) max)
	{
		PROBLEM(problem, "too_large", psprintf("The JSON has more than %d bytes.", max), NULL);
		problem->sqlerrcode = ERRCODE_PROGRAM_LIMIT_EXCEEDED;
		return NULL;
	}
	PG_TRY();
	{
		json = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(s)));
	}
	PG_CATCH();
	{
		ErrorData  *error;
		int			class;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		class = ERRCODE_TO_CATEGORY(error->sqlerrcode);
		if (class != ERRCODE_DATA_EXCEPTION && class != ERRCODE_PROGRAM_LIMIT_EXCEEDED)
			PG_RE_THROW();
		FlushErrorState();
		if (class == ERRCODE_DATA_EXCEPTION)
			PROBLEM(problem, "json",
					error->detail ? psprintf("It is not JSON: %s",
											 text_shown(cstring_to_text(error->detail))) :
					"It is not JSON.", NULL);
		else
		{
			PROBLEM(problem, "too_large", "The JSON has too much inside each other.", NULL);
			problem->sqlerrcode = ERRCODE_PROGRAM_LIMIT_EXCEEDED;
		}
	}
	PG_END_TRY();
	return json;
}
