/*
 * sku_parts.c
 *	  The inside of an SKU: channel, code, segments, style and variants, natural order, and whether
 *	  it fits a platform.
 *
 * Segments are a convention of sellers (STYLE-COLOR-SIZE), never a property of the type.  A
 * separator is a run of - / _ and of single spaces beside them; a space alone separates nothing
 * (TEE-LIGHT BLUE-M has three segments), nor does a point (M1.5).
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "catalog/catalog.h"

/* an SKU argument, out of its varlena; no type invariant allows more than SKU_MAX bytes */
static Sku
get_sku(FunctionCallInfo fcinfo, int n)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(n);
	Sku			sku;

	sku.len = Min(VARSIZE_ANY_EXHDR(v), SKU_MAX);
	memcpy(sku.data, VARDATA_ANY(v), sku.len);
	sku.code = sku_code_start(sku.data, sku.len);
	return sku;
}

static Datum
code_text(const Sku *sku, int from, int to)
{
	return PointerGetDatum(cstring_to_text_with_len(sku->data + from, to - from));
}

/* length of the separator at data[at], 0 if there is none; a space at the end is none */
static int
separator_at(const char *data, int len, int at)
{
	bool		found = false;
	int			n = 0;

	for (; at + n < len; n++)
	{
		char		c = data[at + n];

		if (SKU_IS_SEPARATOR(c))
			found = true;
		else if (c != ' ')
			break;
	}
	return found ? n : 0;
}

/* the next segment at or after *from: its end, and its start in *from; false if there is none */
static bool
next_segment(const Sku *sku, int *from, int *end)
{
	*from += separator_at(sku->data, sku->len, *from);
	*end = *from;
	while (*end < sku->len && separator_at(sku->data, sku->len, *end) == 0)
		(*end)++;
	return *end > *from;
}

bool
sku_is_whole(const char *data, int len, int code)
{
	Problem		problem;

	return len > code && data[len - 1] != ' ' && !sku_damaged(data + code, len - code, &problem);
}

bool
sku_variant_of(const char *sku, int len, const char *style, int stylelen)
{
	if (len < stylelen || memcmp(sku, style, stylelen) != 0)
		return false;
	if (len == stylelen)
		return true;
	if (sku[stylelen] == ' ')
		stylelen++;
	return SKU_IS_SEPARATOR(sku[stylelen]);
}

int
sku_ancestor_lengths(const char *sku, int len, int *lengths)
{
	int			code = sku_code_start(sku, len);
	int			n = 0;

	for (int i = code + 1; i <= len; i++)
	{
		if (sku_variant_of(sku, len, sku, i) && sku_is_whole(sku, i, code))
			lengths[n++] = i;
	}
	return n;
}

PG_FUNCTION_INFO_V1(sku_channel);
PG_FUNCTION_INFO_V1(sku_code);
PG_FUNCTION_INFO_V1(sku_segments);
PG_FUNCTION_INFO_V1(sku_style);
PG_FUNCTION_INFO_V1(sku_variant);
PG_FUNCTION_INFO_V1(sku_ancestors);
PG_FUNCTION_INFO_V1(sku_starts_with);
PG_FUNCTION_INFO_V1(sku_is_variant);
PG_FUNCTION_INFO_V1(sku_has_variant);
PG_FUNCTION_INFO_V1(sku_natural_key);
PG_FUNCTION_INFO_V1(sku_fits);

/* sku_channel(sku) -> text, NULL for a house SKU */
Datum
sku_channel(PG_FUNCTION_ARGS)
{
	Sku			sku = get_sku(fcinfo, 0);

	if (sku.code == 0)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(code_text(&sku, 0, sku.code - 1));
}

/* sku_code(sku) -> sku: without the channel */
Datum
sku_code(PG_FUNCTION_ARGS)
{
	Sku			sku = get_sku(fcinfo, 0);

	PG_RETURN_DATUM(sku_datum(sku.data + sku.code, sku.len - sku.code));
}

/* sku_segments(sku) -> text[]: the code without its separators */
Datum
sku_segments(PG_FUNCTION_ARGS)
{
	Sku			sku = get_sku(fcinfo, 0);
	Datum		segments[SKU_MAX];
	int			n = 0;
	int			from = sku.code;
	int			end;

	for (; next_segment(&sku, &from, &end); from = end)
		segments[n++] = code_text(&sku, from, end);
	PG_RETURN_ARRAYTYPE_P(construct_array(segments, n, TEXTOID, -1, false, TYPALIGN_INT));
}

/*
 * sku_style(sku, integer) -> sku: the SKU up to the end of its n-th segment, channel included; the
 * whole SKU if it has fewer.  NULL where that beginning is no SKU (1.0 of 1.0-RED), 22023 for
 * n < 1.
 */
Datum
sku_style(PG_FUNCTION_ARGS)
{
	Sku			sku = get_sku(fcinfo, 0);
	int			n = PG_GETARG_INT32(1);
	int			from = sku.code;
	int			end;

	if (n < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of segments must be at least 1")));
	for (; n > 0 && next_segment(&sku, &from, &end); from = end)
		n--;
	if (n > 0)
		from = sku.len;
	if (!sku_is_whole(sku.data, from, sku.code))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(sku_datum(sku.data, from));
}

/* one part of a variant, canonical; 22023 if it is more or less than one segment */
static void
append_part(StringInfo s, text *part)
{
	Sku			sku;
	Problem		problem;

	if (!sku_parse_prefix(VARDATA_ANY(part), VARSIZE_ANY_EXHDR(part), &sku, &problem))
		sku_report(NULL, &problem, VARDATA_ANY(part), VARSIZE_ANY_EXHDR(part));
	if (sku.len > 0 && sku.data[sku.len - 1] == ' ')
		sku.len--;
	if (sku.len == 0 || sku.code > 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 sku.len == 0 ? errmsg("part of an SKU is empty") :
				 errmsg("part of an SKU is qualified by a channel")));
	for (int i = 0; i < sku.len; i++)
	{
		if (SKU_IS_SEPARATOR(sku.data[i]))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("part of an SKU has the separator \"%c\"", sku.data[i]),
					 errhint("Give each segment as a part of its own.")));
	}
	appendStringInfoChar(s, '-');
	appendBinaryStringInfo(s, sku.data, sku.len);
}

/*
 * sku_variant(sku, VARIADIC text[]) -> sku: the style with more segments, joined by hyphens.
 * 22023 for a part that is not one segment, 22004 for a NULL part, errors of sku(text).
 */
Datum
sku_variant(PG_FUNCTION_ARGS)
{
	struct varlena *style = PG_GETARG_VARLENA_PP(0);
	Datum	   *parts;
	bool	   *nulls;
	int			n;
	StringInfoData s;
	Sku			sku;
	Problem		problem;

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), TEXTOID, -1, false, TYPALIGN_INT,
					  &parts, &nulls, &n);
	initStringInfo(&s);
	appendBinaryStringInfo(&s, VARDATA_ANY(style), VARSIZE_ANY_EXHDR(style));
	for (int i = 0; i < n && s.len <= SKU_MAX; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("part %d of an SKU is null", i + 1),
					 errhint("Leave the part out, or give it a value.")));
		append_part(&s, DatumGetTextPP(parts[i]));
	}
	if (!sku_parse(s.data, s.len, &sku, &problem))
		sku_report(NULL, &problem, s.data, s.len);
	PG_RETURN_DATUM(sku_datum(sku.data, sku.len));
}

/* sku_ancestors(sku) -> sku[]: every SKU that this one is a variant of, itself last */
Datum
sku_ancestors(PG_FUNCTION_ARGS)
{
	Sku			sku = get_sku(fcinfo, 0);
	int			lengths[SKU_MAX];
	Datum		ancestors[SKU_MAX];
	int			n = sku_ancestor_lengths(sku.data, sku.len, lengths);
	ArrayType  *array;

	for (int i = 0; i < n; i++)
		ancestors[i] = sku_datum(sku.data, lengths[i]);
	/* the result type is sku[], whoever calls */
	array = construct_array(ancestors, n, sku_type(), -1, false, TYPALIGN_INT);
	PG_RETURN_ARRAYTYPE_P(array);
}

/*
 * sku_starts_with(sku, text) -> boolean, operator ^@: does the SKU begin with these bytes, after
 * they are made canonical?  Errors of sku(text) for a character that no SKU has.
 */
Datum
sku_starts_with(PG_FUNCTION_ARGS)
{
	struct varlena *sku = PG_GETARG_VARLENA_PP(0);
	text	   *t = PG_GETARG_TEXT_PP(1);
	Sku			prefix;
	Problem		problem;

	if (!sku_parse_prefix(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &prefix, &problem))
		sku_report(NULL, &problem, VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t));
	PG_RETURN_BOOL(VARSIZE_ANY_EXHDR(sku) >= prefix.len &&
				   memcmp(VARDATA_ANY(sku), prefix.data, prefix.len) == 0);
}

/* sku_is_variant(sku, style) -> boolean, operator <@: the style, or style, separator and more */
Datum
sku_is_variant(PG_FUNCTION_ARGS)
{
	struct varlena *sku = PG_GETARG_VARLENA_PP(0);
	struct varlena *style = PG_GETARG_VARLENA_PP(1);

	PG_RETURN_BOOL(sku_variant_of(VARDATA_ANY(sku), VARSIZE_ANY_EXHDR(sku),
								  VARDATA_ANY(style), VARSIZE_ANY_EXHDR(style)));
}

/* sku_has_variant(style, sku) -> boolean, operator @>, the commutator of <@ */
Datum
sku_has_variant(PG_FUNCTION_ARGS)
{
	struct varlena *style = PG_GETARG_VARLENA_PP(0);
	struct varlena *sku = PG_GETARG_VARLENA_PP(1);

	PG_RETURN_BOOL(sku_variant_of(VARDATA_ANY(sku), VARSIZE_ANY_EXHDR(sku),
								  VARDATA_ANY(style), VARSIZE_ANY_EXHDR(style)));
}

/*
 * sku_natural_key(sku) -> bytea: sorts runs of digits by their value (A2 before A10), everything
 * else by its bytes.  A run becomes '0', the number of its digits without leading zeros, and those
 * digits.  What differs in leading zeros only is told apart at the end, fewer zeros first: a zero
 * byte, then the number of zeros of each run.  So different SKUs have different keys.
 */
Datum
sku_natural_key(PG_FUNCTION_ARGS)
{
	Sku			sku = get_sku(fcinfo, 0);
	/* a run of one digit becomes three bytes, every second byte can be one; then a zero each */
	unsigned char *key;
	unsigned char zeros[SKU_MAX];
	int			runs = 0;
	int			n = 0;
	bytea	   *result = palloc(VARHDRSZ + SKU_MAX * 4 + 1);

	key = (unsigned char *) VARDATA(result);
	for (int i = 0; i < sku.len;)
	{
		int			start = i;
		int			digits;

		if (sku.data[i] < '0' || sku.data[i] > '9')
		{
			key[n++] = sku.data[i++];
			continue;
		}
		while (i < sku.len && sku.data[i] == '0')
			i++;
		zeros[runs++] = i - start;
		start = i;
		while (i < sku.len && sku.data[i] >= '0' && sku.data[i] <= '9')
			i++;
		digits = i - start;
		key[n++] = '0';
		key[n++] = digits;
		memcpy(key + n, sku.data + start, digits);
		n += digits;
	}
	key[n++] = 0;
	memcpy(key + n, zeros, runs);
	SET_VARSIZE(result, VARHDRSZ + n + runs);
	PG_RETURN_BYTEA_P(result);
}

/* what a platform takes as an SKU; its own spelling of the channel is not part of it */
typedef struct Platform
{
	const char *name;
	int			max;			/* bytes of the code */
	const char *allowed;		/* beside capital letters and digits; NULL: all that an SKU has */
	const char *refused;
} Platform;

/* GS1 General Specifications, character sets 82 and 39, without the lower-case letters */
#define GS1_CSET82	"!\"%&'()*+,-./:;<=>?_"
#define GS1_CSET39	"#-/"

/*
 * Sources: GS1 syntax dictionary (240, 241: X..30; 21, 10: X..20; 8010: Y..30); Amazon seller SKU
 * 40; Magento catalog_product_entity.sku varchar(64); eBay SKUType MaxLength 50; WooCommerce
 * wc_product_meta_lookup.sku varchar(100); Shopify 255; Akeneo identifiers without comma and
 * semicolon, 255.
 */
static const Platform platforms[] = {
	{"akeneo", 255, NULL, ",;"},
	{"amazon", 40, NULL, ""},
	{"ebay", 50, NULL, ""},
	{"gs1", 30, GS1_CSET82, ""},
	{"gs1_batch", 20, GS1_CSET82, ""},
	{"gs1_cpid", 30, GS1_CSET39, ""},
	{"gs1_serial", 20, GS1_CSET82, ""},
	{"magento", 64, NULL, ""},
	{"shopify", 255, NULL, ""},
	{"woocommerce", 100, NULL, ""},
};

static const Platform *
find_platform(const text *t)
{
	const char *name = VARDATA_ANY(t);
	int			len = VARSIZE_ANY_EXHDR(t);
	StringInfoData known;

	for (int i = 0; i < lengthof(platforms); i++)
	{
		if (strlen(platforms[i].name) == len &&
			pg_strncasecmp(platforms[i].name, name, len) == 0)
			return &platforms[i];
	}
	initStringInfo(&known);
	for (int i = 0; i < lengthof(platforms); i++)
		appendStringInfo(&known, "%s%s", i ? ", " : "", platforms[i].name);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown platform: \"%s\"", text_shown(t)),
			 errdetail("Known platforms are %s.", known.data)));
}

/* sku_fits(sku, text) -> boolean: would the platform take the code? 22023 for an unknown one */
Datum
sku_fits(PG_FUNCTION_ARGS)
{
	Sku			sku = get_sku(fcinfo, 0);
	const Platform *platform = find_platform(PG_GETARG_TEXT_PP(1));

	if (sku.len - sku.code > platform->max)
		PG_RETURN_BOOL(false);
	for (int i = sku.code; i < sku.len; i++)
	{
		char		c = sku.data[i];

		if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
			continue;
		if (strchr(platform->refused, c) != NULL ||
			(platform->allowed != NULL && strchr(platform->allowed, c) == NULL))
			PG_RETURN_BOOL(false);
	}
	PG_RETURN_BOOL(true);
}
