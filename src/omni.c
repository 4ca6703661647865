/*
 * omni.c
 *	  The module: magic block, settings, and the versions that omni.status() reports.
 */
#include "postgres.h"
#include "compat.h"

#include "utils/builtins.h"
#include "utils/guc.h"

#include "omni.h"

OMNI_MODULE_MAGIC;

extern PGDLLEXPORT void _PG_init(void);

void
_PG_init(void)
{
	MarkGUCPrefixReserved("omni");
}

PG_FUNCTION_INFO_V1(omni_library_version);
PG_FUNCTION_INFO_V1(omni_canon_version);

/*
 * library_version() -> text: version of the loaded shared library.
 */
Datum
omni_library_version(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(OMNI_VERSION));
}

/*
 * canon_version() -> text: version of the canonicalisation rules.  Two databases with the same
 * answer give the same canonical bytes to the same input.
 */
Datum
omni_canon_version(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(OMNI_CANON_VERSION));
}
