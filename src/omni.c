/*
 * omni.c
 *	  The module: magic block, settings, and the versions that omni.status() reports.
 *
 * ICU is linked for its version number alone: the server's ICU collations change with it, and a
 * DBA who compares two machines wants it beside ours.  No value of an omni type depends on it;
 * characters are what text/unicode.h says, and a test of the sources keeps ICU's headers out of
 * every other file.
 */
#include "postgres.h"
#include "compat.h"

#include <unicode/uversion.h>
#include <unicode/uchar.h>

#include "utils/builtins.h"
#include "utils/guc.h"

#include "omni.h"
#include "privacy/keyring.h"
#include "privacy/limits.h"

OMNI_MODULE_MAGIC;

extern PGDLLEXPORT void _PG_init(void);

void
_PG_init(void)
{
	keyring_settings();
	limits_settings();
	MarkGUCPrefixReserved("omni");
}

PG_FUNCTION_INFO_V1(omni_library_version);
PG_FUNCTION_INFO_V1(omni_canon_version);
PG_FUNCTION_INFO_V1(omni_icu_version);

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

/*
 * icu_version() -> text: version of the ICU library in use and of the Unicode data in it.  It may
 * change without changing any value of ours: those are pinned by canon_version().
 */
Datum
omni_icu_version(PG_FUNCTION_ARGS)
{
	UVersionInfo icu;
	UVersionInfo unicode;
	char		icu_text[U_MAX_VERSION_STRING_LENGTH];
	char		unicode_text[U_MAX_VERSION_STRING_LENGTH];

	u_getVersion(icu);
	u_versionToString(icu, icu_text);
	u_getUnicodeVersion(unicode);
	u_versionToString(unicode, unicode_text);
	PG_RETURN_TEXT_P(cstring_to_text(psprintf("%s (Unicode %s)", icu_text, unicode_text)));
}
