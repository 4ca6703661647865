/*
 * catalog.h
 *	  The catalog room: what its types offer to other files.
 */
#ifndef OMNI_CATALOG_H
#define OMNI_CATALOG_H

#include "compat.h"
#include "text/text.h"

/*
 * gtin: a GTIN is an int64, body * 16 + indicator; gtin.c argues the format.
 */
typedef int64 Gtin;

#define GTIN_BODIES			INT64CONST(1000000000000)	/* bodies are 0 .. GTIN_BODIES - 1 */
#define GTIN_MAX			((GTIN_BODIES - 1) * 16 + 9)

#define GTIN_BODY(g)		((g) >> 4)
#define GTIN_INDICATOR(g)	((int) ((g) & 15))
#define GTIN_MAKE(body, indicator)	((Gtin) ((body) * 16 + (indicator)))

#define DatumGetGtin(d)		DatumGetInt64(d)
#define GtinGetDatum(g)		Int64GetDatum(g)
#define PG_GETARG_GTIN(n)	PG_GETARG_INT64(n)
#define PG_RETURN_GTIN(g)	PG_RETURN_INT64(g)

/* gtin.c */
extern const int64 power_of_ten[];	/* 10^0 .. 10^12 */
extern bool gtin_parse(const char *s, int len, Gtin *out, Problem *problem);
extern bool gtin_prefix_parse(const char *s, int len, Gtin *first, Gtin *last, Problem *problem);
extern void gtin_digits(Gtin gtin, char *digits);	/* 14 digits, not NUL-terminated */
extern int	gs1_check_digit(const char *digits, int len);	/* that belongs after these digits */

/* gtin_plan.c: the ranges that the planner derives, and the functions they come from */
extern PGDLLEXPORT Datum gtin_starts_with(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum gtin_same_item(PG_FUNCTION_ARGS);

/*
 * gs1: element strings.  A linter checks one part of a value; its fault is told by a code, a
 * message that continues "AI (nn): ", and the place in the part, in bytes.
 */
typedef struct Gs1Fault
{
	const char *code;
	const char *message;
	int			at;
	int			len;
} Gs1Fault;

typedef bool (*Gs1Linter) (const char *s, int len, Gs1Fault *fault);

/* gs1_lint.c */
#define GS1_BYTES_MAX	32768	/* of data or a value: far above what any carrier holds */
#define GS1_ROW_MAX		4
extern int	gs1_characters(const char *s, int len);
extern Datum gs1_row(FunctionCallInfo fcinfo, Datum *values);
extern bool lint_couponcode(const char *s, int len, Gs1Fault *fault);
extern bool lint_couponposoffer(const char *s, int len, Gs1Fault *fault);
extern bool lint_cset39(const char *s, int len, Gs1Fault *fault);
extern bool lint_cset64(const char *s, int len, Gs1Fault *fault);
extern bool lint_cset82(const char *s, int len, Gs1Fault *fault);
extern bool lint_csetnumeric(const char *s, int len, Gs1Fault *fault);
extern bool lint_csum(const char *s, int len, Gs1Fault *fault);
extern bool lint_csumalpha(const char *s, int len, Gs1Fault *fault);
extern bool lint_gcppos1(const char *s, int len, Gs1Fault *fault);
extern bool lint_gcppos2(const char *s, int len, Gs1Fault *fault);
extern bool lint_hasnondigit(const char *s, int len, Gs1Fault *fault);
extern bool lint_hh(const char *s, int len, Gs1Fault *fault);
extern bool lint_hhmi(const char *s, int len, Gs1Fault *fault);
extern bool lint_hyphen(const char *s, int len, Gs1Fault *fault);
extern bool lint_iban(const char *s, int len, Gs1Fault *fault);
extern bool lint_importeridx(const char *s, int len, Gs1Fault *fault);
extern bool lint_iso3166(const char *s, int len, Gs1Fault *fault);
extern bool lint_iso3166999(const char *s, int len, Gs1Fault *fault);
extern bool lint_iso3166alpha2(const char *s, int len, Gs1Fault *fault);
extern bool lint_iso4217(const char *s, int len, Gs1Fault *fault);
extern bool lint_iso5218(const char *s, int len, Gs1Fault *fault);
extern bool lint_latitude(const char *s, int len, Gs1Fault *fault);
extern bool lint_longitude(const char *s, int len, Gs1Fault *fault);
extern bool lint_mediatype(const char *s, int len, Gs1Fault *fault);
extern bool lint_mi(const char *s, int len, Gs1Fault *fault);
extern bool lint_nonzero(const char *s, int len, Gs1Fault *fault);
extern bool lint_nozeroprefix(const char *s, int len, Gs1Fault *fault);
extern bool lint_packagetype(const char *s, int len, Gs1Fault *fault);
extern bool lint_pcenc(const char *s, int len, Gs1Fault *fault);
extern bool lint_pieceoftotal(const char *s, int len, Gs1Fault *fault);
extern bool lint_posinseqslash(const char *s, int len, Gs1Fault *fault);
extern bool lint_ss(const char *s, int len, Gs1Fault *fault);
extern bool lint_winding(const char *s, int len, Gs1Fault *fault);
extern bool lint_yesno(const char *s, int len, Gs1Fault *fault);
extern bool lint_yymmd0(const char *s, int len, Gs1Fault *fault);
extern bool lint_yymmdd(const char *s, int len, Gs1Fault *fault);
extern bool lint_yyyymmd0(const char *s, int len, Gs1Fault *fault);
extern bool lint_yyyymmdd(const char *s, int len, Gs1Fault *fault);
extern bool lint_zero(const char *s, int len, Gs1Fault *fault);

/* ---- sku ---- */

/* longest SKU, and longest channel before its '|', in bytes; all are ASCII */
#define SKU_MAX			255
#define SKU_CHANNEL_MAX	16

/* the bytes that separate the segments of a code, as in STYLE-COLOR/SIZE */
#define SKU_IS_SEPARATOR(c)	((c) == '-' || (c) == '/' || (c) == '_')

/* white space that NFKC does not make a space: tabs, line breaks, the Ogham mark */
#define SKU_IS_BREAK(c) \
	(((c) >= '\t' && (c) <= '\r') || (c) == 0x85 || (c) == 0x2028 || (c) == 0x2029 || \
	 (c) == 0x1680)

/* canonical bytes; the code begins at data[code], after "channel|" if there is one */
typedef struct Sku
{
	int			len;
	int			code;
	char		data[SKU_MAX];
} Sku;

/* sku.c: s is in the server encoding; false fills problem and leaves *out undefined */
extern bool sku_parse(const char *s, int len, Sku *out, Problem *problem);

/* the same for the beginning of an SKU, which may be empty or end in a space or '|' */
extern bool sku_parse_prefix(const char *s, int len, Sku *out, Problem *problem);

/* the ASCII form of one character of UTF-8, by dashes and NFKC; its length, 0 if it has none */
extern int	sku_to_ascii(const char *s, int size, char *out, int room);

/* canonical bytes as a datum of type sku, which the caller has made sure they are */
extern Datum sku_datum(const char *data, int len);

/* where the code of canonical bytes begins */
extern int	sku_code_start(const char *data, int len);

/* raise the problem of s as an error of type sku */
extern void sku_report(Node *escontext, const Problem *problem, const char *s, int len);

/* sku_damage.c: what the path to the database did to a code */

/* true if the code (canonical but for its case) shows damage that cannot be undone */
extern bool sku_damaged(const char *code, int len, Problem *problem);

/* true if the value, which is an SKU, may be the result of damage */
extern bool sku_suspicious(const char *s, int len, const Sku *sku, Problem *problem);

/* name the first character that keeps UTF-8 text from being an SKU; at is where parsing stopped */
extern void sku_bad_character(const char *s, int len, int at, Problem *problem);

/* sku_parts.c: is data[0..len) of a canonical SKU an SKU of its own? */
extern bool sku_is_whole(const char *data, int len, int code);

/* is the SKU the style itself, or the style, a separator and more? */
extern bool sku_variant_of(const char *sku, int len, const char *style, int stylelen);

/* fill at most SKU_MAX lengths of the beginnings of an SKU whose variant it is, ascending */
extern int	sku_ancestor_lengths(const char *sku, int len, int *lengths);

/* sku_plan.c: the OID of type omni.sku, or InvalidOid */
extern Oid	sku_type(void);

#endif							/* OMNI_CATALOG_H */
