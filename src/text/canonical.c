/*
 * canonical.c
 *	  Normal forms, case folding and domain names over ICU, with ICU objects opened once a backend.
 */
#include "postgres.h"
#include "compat.h"

#include <unicode/uchar.h>
#include <unicode/uidna.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "text/text.h"

bool
text_is_ascii(const char *s, int len)
{
	for (; len >= 8; s += 8, len -= 8)
	{
		uint64		w;

		memcpy(&w, s, 8);
		if (w & UINT64CONST(0x8080808080808080))
			return false;
	}
	for (; len > 0; s++, len--)
	{
		if (*s & 0x80)
			return false;
	}
	return true;
}

TextStatus
text_from_server(const char *s, int len, TextSpan *utf8)
{
	utf8->data = s;
	utf8->len = len;
	if (text_is_ascii(s, len))
		return TEXT_OK;
	if (GetDatabaseEncoding() != PG_UTF8 && GetDatabaseEncoding() != PG_SQL_ASCII)
	{
		utf8->data = pg_server_to_any(s, len, PG_UTF8);
		utf8->len = strlen(utf8->data);
	}
	if (pg_verify_mbstr(PG_UTF8, utf8->data, utf8->len, true))
		return TEXT_OK;
	return TEXT_BAD_ENCODING;
}

char *
text_to_server(const char *s, int len)
{
	if (text_is_ascii(s, len))
		return pnstrdup(s, len);
	return pstrdup(pg_any_to_server(pnstrdup(s, len), len, PG_UTF8));
}

pg_wchar
text_next(const char *s, int len, int *size)
{
	*size = pg_utf_mblen((const unsigned char *) s);
	return utf8_to_unicode((const unsigned char *) s);
}

TextStatus
text_check_assigned(const char *s, int len)
{
	int			size;

	for (; len > 0; s += size, len -= size)
	{
		UVersionInfo age;

		u_charAge(text_next(s, len, &size), age);
		if (age[0] == 0 || age[0] > 15)
			return TEXT_UNASSIGNED;
	}
	return TEXT_OK;
}

static TextStatus
normalize(const UNormalizer2 *n, const char *s, int len, TextSpan *out)
{
	UErrorCode	status = U_ZERO_ERROR;
	UChar	   *in;
	UChar	   *norm;
	char	   *u8;
	int32_t		inlen;
	int32_t		outlen;

	out->data = s;
	out->len = len;
	if (text_check_assigned(s, len) != TEXT_OK)
		return TEXT_UNASSIGNED;
	in = palloc((len + 1) * sizeof(UChar));
	u_strFromUTF8(in, len + 1, &inlen, s, len, &status);
	outlen = unorm2_normalize(n, in, inlen, NULL, 0, &status);
	status = U_ZERO_ERROR;
	norm = palloc((outlen + 1) * sizeof(UChar));
	unorm2_normalize(n, in, inlen, norm, outlen + 1, &status);
	u8 = palloc(outlen * 3 + 1);
	u_strToUTF8(u8, outlen * 3 + 1, &inlen, norm, outlen, &status);
	if (U_FAILURE(status))
		return TEXT_BAD_ENCODING;
	out->data = u8;
	out->len = inlen;
	return TEXT_OK;
}

TextStatus
text_nfc(const char *s, int len, TextSpan *out)
{
	UErrorCode	status = U_ZERO_ERROR;

	return normalize(unorm2_getNFCInstance(&status), s, len, out);
}

TextStatus
text_nfkc(const char *s, int len, TextSpan *out)
{
	UErrorCode	status = U_ZERO_ERROR;

	return normalize(unorm2_getNFKCInstance(&status), s, len, out);
}

TextStatus
text_nfkc_casefold(const char *s, int len, TextSpan *out)
{
	UErrorCode	status = U_ZERO_ERROR;

	return normalize(unorm2_getNFKCCasefoldInstance(&status), s, len, out);
}

TextStatus
text_name_fold(const char *s, int len, TextSpan *out)
{
	return text_nfkc_casefold(s, len, out);
}

TextStatus
text_domain_to_ascii(const char *s, int len, TextSpan *out)
{
	static UIDNA *idna = NULL;
	UErrorCode	status = U_ZERO_ERROR;
	UIDNAInfo	info = UIDNA_INFO_INITIALIZER;
	char		buf[256];
	int32_t		n;

	if (idna == NULL)
		idna = uidna_openUTS46(UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ |
							   UIDNA_NONTRANSITIONAL_TO_ASCII, &status);
	n = uidna_nameToASCII_UTF8(idna, s, len, buf, sizeof(buf), &info, &status);
	if (U_FAILURE(status) || info.errors != 0)
		return TEXT_NOT_ALLOWED;
	if (n > 0 && buf[n - 1] == '.')
		n--;
	out->data = pnstrdup(buf, n);
	out->len = n;
	return TEXT_OK;
}

bool
text_is_space(pg_wchar c)
{
	if (c < 0x80)
		return c == ' ' || (c >= '\t' && c <= '\r');
	return u_hasBinaryProperty(c, UCHAR_WHITE_SPACE);
}

bool
text_is_invisible(pg_wchar c)
{
	return c == 0xAD || (c >= 0x200B && c <= 0x200F) || c == 0x2060 || c == 0xFEFF;
}

TextSpan
text_trim(const char *s, int len)
{
	const char *end = s;
	const char *p = s;
	int			size;

	for (; p < s + len; p += size)
	{
		pg_wchar	c = text_next(p, s + len - p, &size);
		bool		blank = text_is_space(c) || text_is_invisible(c);

		if (!blank)
			end = p + size;
		else if (p == s)
		{
			s += size;
			len -= size;
			end = s;
		}
	}
	return (TextSpan) {s, end - s};
}
