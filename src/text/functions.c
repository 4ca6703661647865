/*
 * functions.c
 *	  Canonical text for SQL: nfc, nfkc, nfkc_casefold, name_key, domain_to_ascii, what is wrong
 *	  with a text or a domain, and the digest by which two builds of omni prove that they agree.
 *
 * All are immutable in the strict sense: the same characters give the same characters in any
 * database encoding and locale, on any release of PostgreSQL and of the system's libraries.
 */
#include "postgres.h"
#include "compat.h"

#include "common/cryptohash.h"
#include "common/sha2.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "text/unicode.h"

static void
report_text(TextStatus status, const char *function, const DomainRule *why)
{
	Problem		p;

	(void) problem_of_text(status, &p);
	ereport(ERROR,
			(errcode(p.sqlerrcode ? p.sqlerrcode : ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input for function %s", function),
			 errdetail("%s", why ? why->detail : p.detail),
			 p.hint ? errhint("%s", p.hint) : 0));
}

/* UTF-8 to a text of the server's encoding */
static text *
server_text(const char *s, int len)
{
	char	   *server;

	if (GetDatabaseEncoding() == PG_UTF8 || text_is_ascii(s, len))
		return cstring_to_text_with_len(s, len);
	server = text_to_server(s, len);
	return cstring_to_text(server);
}

/* a result that may well be the argument, utf8 in UTF-8: then it is returned as it is */
static text *
sink_to_text(TextSink *sink, text *arg, TextSpan utf8)
{
	text	   *result = arg;

	if (utf8.data != VARDATA_ANY(arg) || sink->len != utf8.len ||
		memcmp(sink->data, utf8.data, utf8.len) != 0)
		result = server_text(sink->data, sink->len);
	sink_free(sink);
	return result;
}

/* one of the plain forms of the first argument, which is returned itself if it does not change */
static Datum
form_of_argument(FunctionCallInfo fcinfo, TextForm form, const char *function)
{
	text	   *arg = PG_GETARG_TEXT_PP(0);
	const char *s = VARDATA_ANY(arg);
	int			len = VARSIZE_ANY_EXHDR(arg);
	TextSpan	utf8;
	TextSink	sink;
	TextStatus	status;
	text	   *result = arg;

	if (text_is_ascii(s, len))
	{
		if (form == FORM_NFKC_CF && ascii_has_upper(s, len))
		{
			result = palloc(len + VARHDRSZ);
			SET_VARSIZE(result, len + VARHDRSZ);
			ascii_lower(VARDATA(result), s, len);
		}
		PG_RETURN_TEXT_P(result);
	}
	sink_init(&sink);
	status = text_from_server(s, len, &utf8);
	if (status == TEXT_OK)
		status = text_transform(form, utf8.data, utf8.len, &sink);
	if (status != TEXT_OK)
		report_text(status, function, NULL);
	if (sink.used)
		result = server_text(sink.data, sink.len);
	else if (utf8.data != s)
		result = server_text(utf8.data, utf8.len);
	sink_free(&sink);
	PG_RETURN_TEXT_P(result);
}

PG_FUNCTION_INFO_V1(text_nfc_sql);
PG_FUNCTION_INFO_V1(text_nfkc_sql);
PG_FUNCTION_INFO_V1(text_nfkc_casefold_sql);
PG_FUNCTION_INFO_V1(text_name_key_sql);
PG_FUNCTION_INFO_V1(text_domain_to_ascii_sql);
PG_FUNCTION_INFO_V1(text_problem_sql);
PG_FUNCTION_INFO_V1(text_domain_problem_sql);
PG_FUNCTION_INFO_V1(text_canon_digest);

/*
 * nfc(text) -> text: Normalization Form C (UAX #15).  Errors: 22P02 unassigned code point, 22021
 * invalid encoding, 54000 result over 1 GB; so for all of the following.  Linear; ASCII is
 * returned as it is.
 */
Datum
text_nfc_sql(PG_FUNCTION_ARGS)
{
	return form_of_argument(fcinfo, FORM_NFC, "omni.nfc");
}

/* nfkc(text) -> text: Normalization Form KC (UAX #15) */
Datum
text_nfkc_sql(PG_FUNCTION_ARGS)
{
	return form_of_argument(fcinfo, FORM_NFKC, "omni.nfkc");
}

/* nfkc_casefold(text) -> text: toNFKC_Casefold of The Unicode Standard 3.13, R5 */
Datum
text_nfkc_casefold_sql(PG_FUNCTION_ARGS)
{
	return form_of_argument(fcinfo, FORM_NFKC_CF, "omni.nfkc_casefold");
}

/*
 * name_key(text) -> text: the match key of a person's name: case folded, accents off, punctuation
 * dropped, single spaces.
 */
Datum
text_name_key_sql(PG_FUNCTION_ARGS)
{
	text	   *arg = PG_GETARG_TEXT_PP(0);
	TextSpan	utf8;
	TextSink	sink;
	TextStatus	status;

	sink_init(&sink);
	status = text_from_server(VARDATA_ANY(arg), VARSIZE_ANY_EXHDR(arg), &utf8);
	if (status == TEXT_OK)
		status = name_fold(utf8.data, utf8.len, &sink);
	if (status != TEXT_OK)
		report_text(status, "omni.name_key", NULL);
	PG_RETURN_TEXT_P(sink_to_text(&sink, arg, utf8));
}

/*
 * domain_to_ascii(text) -> text: the domain name as DNS knows it (UTS #46 ToASCII, see domain.c).
 * Errors: 22P02 not a valid name, its lengths included.
 */
Datum
text_domain_to_ascii_sql(PG_FUNCTION_ARGS)
{
	text	   *arg = PG_GETARG_TEXT_PP(0);
	const DomainRule *why = NULL;
	TextSpan	utf8;
	TextSink	sink;
	TextStatus	status;

	sink_init(&sink);
	status = text_from_server(VARDATA_ANY(arg), VARSIZE_ANY_EXHDR(arg), &utf8);
	if (status == TEXT_OK)
		status = domain_to_ascii(utf8.data, utf8.len, &sink, &why);
	if (status != TEXT_OK)
		report_text(status, "omni.domain_to_ascii", why);
	PG_RETURN_TEXT_P(sink_to_text(&sink, arg, utf8));
}

/*
 * text_problem(text) -> text: why the functions of canonical text refuse this text: "encoding",
 * "unassigned", or NULL if they do not.  Never raises.
 */
Datum
text_problem_sql(PG_FUNCTION_ARGS)
{
	text	   *arg = PG_GETARG_TEXT_PP(0);
	Problem		p;
	TextSpan	utf8;
	TextStatus	status = text_from_server(VARDATA_ANY(arg), VARSIZE_ANY_EXHDR(arg), &utf8);

	if (status == TEXT_OK)
		status = text_check_assigned(utf8.data, utf8.len);
	if (problem_of_text(status, &p))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(p.code));
}

/*
 * domain_problem(text) -> text: the rule by which domain_to_ascii refuses this name ("empty_label",
 * "character", "hyphen", "a_label", "mark", "joiner", "bidi", "label_length", "domain_length",
 * "encoding", "unassigned"), or NULL if it does not.  Never raises.
 */
Datum
text_domain_problem_sql(PG_FUNCTION_ARGS)
{
	text	   *arg = PG_GETARG_TEXT_PP(0);
	const DomainRule *why = NULL;
	Problem		p;
	TextSpan	utf8;
	TextSink	sink;
	TextStatus	status;

	sink_init(&sink);
	status = text_from_server(VARDATA_ANY(arg), VARSIZE_ANY_EXHDR(arg), &utf8);
	if (status == TEXT_OK)
		status = domain_to_ascii(utf8.data, utf8.len, &sink, &why);
	sink_free(&sink);
	if (problem_of_text(status, &p))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(why ? why->code : p.code));
}

/* ---- the digest ---- */

static void
check_hash(pg_cryptohash_ctx *ctx, int rc)
{
	if (rc < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not compute SHA-256: %s", pg_cryptohash_error(ctx))));
}

/* a result, in a form that is the same on every machine */
static void
digest_result(pg_cryptohash_ctx *ctx, TextStatus status, TextSpan span)
{
	unsigned char head[3];

	if (status != TEXT_OK)
		span.len = 0;
	head[0] = status;
	head[1] = span.len >> 8;
	head[2] = span.len;
	check_hash(ctx, pg_cryptohash_update(ctx, head, sizeof(head)));
	check_hash(ctx, pg_cryptohash_update(ctx, (const uint8 *) span.data, span.len));
}

static void
digest_text(pg_cryptohash_ctx *ctx, MemoryContext context, const char *s, int len)
{
	TextStatus	(*const form[]) (const char *, int, TextSpan *) = {
		text_nfc, text_nfkc, text_nfkc_casefold, text_name_fold, text_domain_to_ascii
	};
	TextSpan	span = {s, 0};

	digest_result(ctx, text_check_assigned(s, len), span);
	for (int i = 0; i < lengthof(form); i++)
		digest_result(ctx, form[i] (s, len, &span), span);
	digest_result(ctx, TEXT_OK, text_trim(s, len));
	MemoryContextReset(context);
}

/*
 * canon_digest() -> text: SHA-256, in hex, over what every function of canonical text makes of
 * every code point, alone, twice, and between letters and marks that it may join with.  Equal
 * canon versions have equal digests on every build.
 */
Datum
text_canon_digest(PG_FUNCTION_ARGS)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "omni canon digest",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	pg_cryptohash_ctx *ctx = pg_cryptohash_create(PG_SHA256);
	uint8		hash[PG_SHA256_DIGEST_LENGTH];
	char		hex[PG_SHA256_DIGEST_LENGTH * 2 + 1];

	check_hash(ctx, ctx == NULL ? -1 : pg_cryptohash_init(ctx));
	for (pg_wchar c = 1; c <= 0x10FFFF; c++)
	{
		char		s[32];
		int			size;

		if (c >= 0xD800 && c <= 0xDFFF)
			continue;
		if (c % 0x400 == 0)
			CHECK_FOR_INTERRUPTS();
		size = utf8_put(c, s);
		digest_text(ctx, context, s, size);
		/* twice */
		memcpy(s + size, s, size);
		digest_text(ctx, context, s, 2 * size);
		/* E, c, acute, dot below, c: reordering and composition on both sides */
		memmove(s + 1, s, size);
		s[0] = 'E';
		memcpy(s + 1 + size, "\xCC\x81\xCC\xA3", 4);
		memcpy(s + 5 + size, s + 1, size);
		digest_text(ctx, context, s, 5 + 2 * size);
	}
	check_hash(ctx, pg_cryptohash_final(ctx, hash, sizeof(hash)));
	pg_cryptohash_free(ctx);
	hex_encode((char *) hash, sizeof(hash), hex);
	hex[sizeof(hex) - 1] = '\0';
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
	PG_RETURN_TEXT_P(cstring_to_text(hex));
}
