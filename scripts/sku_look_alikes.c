/*
 * sku_look_alikes.c
 *	  Writes src/catalog/sku_look_alikes.h: the non-ASCII characters that look, or whose capital
 *	  looks, like one ASCII character, by the confusables of Unicode UTS #39 as ICU carries them,
 *	  and those that look like nothing, with their names.  It wants an ICU of Unicode 15.0 (72).
 *
 *	  cc scripts/sku_look_alikes.c $(pkg-config --cflags --libs icu-i18n icu-uc) -o gen &&
 *	  ./gen > src/catalog/sku_look_alikes.h
 *
 * Left out: what NFKC turns into ASCII anyway, dashes, white space, and the tags and variation
 * selectors of plane 14.  A skeleton does not tell capital I from l, nor O from 0; the case of the
 * character itself decides, as an SKU is upper case.
 */
#include <stdio.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>

/* the ASCII character that c looks like, or 0 */
static int
look_alike(USpoofChecker *spoof, const UNormalizer2 *nfkc, UChar32 c)
{
	UErrorCode	status = U_ZERO_ERROR;
	UChar		in[2];
	UChar		out[32];
	int32_t		inlen = 0;
	int32_t		n;

	if (c < 0x80 || !u_isdefined(c) || u_isUWhiteSpace(c) || u_hasBinaryProperty(c, UCHAR_DASH))
		return 0;
	U16_APPEND_UNSAFE(in, inlen, c);
	n = unorm2_normalize(nfkc, in, inlen, out, 32, &status);
	if (U_FAILURE(status) || n == 0 || out[0] < 0x80)
		return 0;
	n = uspoof_getSkeleton(spoof, 0, in, inlen, out, 32, &status);
	if (U_FAILURE(status) || n != 1 || out[0] <= ' ' || out[0] >= 0x7F)
		return 0;
	if (out[0] == 'l')
		return u_islower(c) ? 'l' : 'I';
	if (u_isUAlphabetic(c) && u_isupper(c) && out[0] >= 'a' && out[0] <= 'z')
		return out[0] - 'a' + 'A';
	return out[0];
}

static int
is_hidden(UChar32 c)
{
	return u_isdefined(c) && c < 0xE0000 &&
		(u_charType(c) == U_FORMAT_CHAR || u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT));
}

int
main(void)
{
	UErrorCode	status = U_ZERO_ERROR;
	USpoofChecker *spoof = uspoof_open(&status);
	const UNormalizer2 *nfkc = unorm2_getNFKCInstance(&status);
	UVersionInfo unicode;

	u_getUnicodeVersion(unicode);
	if (U_FAILURE(status) || unicode[0] != 15 || unicode[1] != 0)
		return 1;
	printf("/*\n"
		   " * sku_look_alikes.h\n"
		   " *\t  Characters that look like one ASCII character or, with 0, like nothing, in code point\n"
		   " *\t  order.\n"
		   " *\n"
		   " * Written by scripts/sku_look_alikes.c from the confusables of Unicode UTS #39; do not edit.\n"
		   " */\n"
		   "typedef struct LookAlike\n"
		   "{\n"
		   "\tpg_wchar\tc;\n"
		   "\tchar\t\tlooks_like;\n"
		   "\tconst char *name;\n"
		   "} LookAlike;\n"
		   "\n"
		   "static const LookAlike look_alikes[] =\n"
		   "{\n");
	for (UChar32 c = 0x80; c <= 0x10FFFF; c++)
	{
		int			a = look_alike(spoof, nfkc, c);
		char		name[128];

		if (a == 0)
			a = look_alike(spoof, nfkc, u_toupper(c));
		if (a == 0 && !is_hidden(c))
			continue;
		u_charName(c, U_UNICODE_CHAR_NAME, name, sizeof(name), &status);
		printf("\t{0x%04X, ", (unsigned) c);
		if (a == 0)
			printf("0");
		else
			printf("'%s%c'", a == '\'' || a == '\\' ? "\\" : "", a);
		printf(", \"%s\"},\n", name);
	}
	printf("};\n");
	return 0;
}
