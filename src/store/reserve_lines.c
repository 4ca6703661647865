/*
 * reserve_lines.c
 *	  What a call of reserve() asks: its lines, checked, and the numbers of SKUs and places.
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "common/int.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "catalog/catalog.h"
#include "store/reserve.h"
#include "text/value.h"

#define LOCATION_BYTES_MAX	255

static int
expected_hint(void)
{
	return errhint("For example [{\"sku\": \"TS-RED\", \"qty\": 2, \"location\": \"BER\"}]; "
				   "\"location\" and \"line\" may be left out.");
}

static char *
numeric_text(const JsonbValue *v)
{
	return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(v->val.numeric)));
}

/* a value of an element, as a message shows it */
static char *
shown(const JsonbValue *v)
{
	switch (v->type)
	{
		case jbvString:
			return psprintf("\"%s\"", text_shown(cstring_to_text_with_len(v->val.string.val,
																		  v->val.string.len)));
		case jbvNumeric:
			return text_shown(cstring_to_text(numeric_text(v)));
		case jbvBool:
			return v->val.boolean ? "true" : "false";
		case jbvNull:
			return "null";
		default:
			return "an object or array";
	}
}

/*
 * A whole number of at least least and at most most, which has to be there.  Numbers of jsonb may
 * have any number of digits; 2.0 is 2.
 */
static int64
read_whole(const JsonbValue *v, int element, const char *key, int64 least, int64 most)
{
	char	   *s;
	char	   *point;
	bool		negative;
	int64		value = 0;

	if (v->type == jbvNull)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("line %d of the call: \"%s\" is null", element, key), expected_hint()));
	if (v->type != jbvNumeric)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("line %d of the call: \"%s\" is no number: %s", element, key,
						shown(v)), expected_hint()));
	s = numeric_text(v);
	point = strchr(s, '.');
	if (point)
	{
		if (strspn(point + 1, "0") != strlen(point + 1))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("line %d of the call: \"%s\" is no whole number: %s", element,
							key, shown(v)),
					 errhint("Stock is counted in whole units: sell 1.5 m as 150 units of 1 cm, "
							 "for example.")));
		*point = '\0';
	}
	negative = *s == '-';
	for (s += negative; *s; s++)
	{
		if (pg_mul_s64_overflow(value, 10, &value) || pg_add_s64_overflow(value, *s - '0', &value))
		{
			value = PG_INT64_MAX;
			break;
		}
	}
	if (negative)
		value = -value;
	if (value < least || value > most)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("line %d of the call: \"%s\" is out of range: %s", element, key,
						shown(v)),
				 errdetail("It has to be from " INT64_FORMAT " to " INT64_FORMAT ".", least,
						   most), expected_hint()));
	return value;
}

static text *
read_string(const JsonbValue *v, int element, const char *key)
{
	if (v->type == jbvNull)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("line %d of the call: \"%s\" is null", element, key), expected_hint()));
	if (v->type != jbvString)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("line %d of the call: \"%s\" is no string: %s", element, key,
						shown(v)),
				 errhint("Write it in quotes: codes are no numbers, even if all are digits.")));
	return cstring_to_text_with_len(v->val.string.val, v->val.string.len);
}

static text *
read_sku(const JsonbValue *v, int element)
{
	text	   *t = read_string(v, element, "sku");
	Sku			sku;
	Problem		problem;

	if (!sku_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &sku, &problem))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("line %d of the call: \"sku\" is no SKU: %s", element, shown(v)),
				 problem.detail ? errdetail("%s", problem.detail) : 0,
				 problem.hint ? errhint("%s", problem.hint) : 0));
	return cstring_to_text_with_len(sku.data, sku.len);
}

static text *
read_location(const JsonbValue *v, int element)
{
	text	   *t;

	if (v->type == jbvNull)
		return NULL;
	t = read_string(v, element, "location");
	if (VARSIZE_ANY_EXHDR(t) == 0 || VARSIZE_ANY_EXHDR(t) > LOCATION_BYTES_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("line %d of the call: \"location\" is no code of a location: %s",
						element, shown(v)),
				 errhint("Leave it out, and one is chosen.")));
	return t;
}

static bool
key_is(const JsonbValue *key, const char *name)
{
	return key->val.string.len == strlen(name) &&
		memcmp(key->val.string.val, name, key->val.string.len) == 0;
}

static void
read_line(JsonbContainer *object, int element, ReserveLine *line)
{
	JsonbIterator *it = JsonbIteratorInit(object);
	JsonbValue	key,
				v;
	bool		has_qty = false;

	*line = (ReserveLine) {.line_no = element, .place = RESERVE_NO_PLACE};
	(void) JsonbIteratorNext(&it, &v, true);
	while (JsonbIteratorNext(&it, &key, true) == WJB_KEY)
	{
		(void) JsonbIteratorNext(&it, &v, true);
		if (key_is(&key, "sku"))
			line->sku = read_sku(&v, element);
		else if (key_is(&key, "qty"))
		{
			line->qty = read_whole(&v, element, "qty", 1, PG_INT64_MAX / 2);
			has_qty = true;
		}
		else if (key_is(&key, "location"))
			line->location = read_location(&v, element);
		else if (key_is(&key, "line"))
			line->line_no = read_whole(&v, element, "line", 0, PG_INT32_MAX);
		else
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("line %d of the call has an unknown key: %s", element,
							shown(&key)), expected_hint()));
	}
	if (line->sku == NULL || !has_qty)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("line %d of the call has no \"%s\"", element,
						line->sku == NULL ? "sku" : "qty"), expected_hint()));
}

/* the lines of a call; 22023, 22003, 22004, 54000 */
void
reserve_read_lines(ReserveCall *call, Jsonb *lines)
{
	if (!JB_ROOT_IS_ARRAY(lines) || JB_ROOT_IS_SCALAR(lines))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the lines are no array"), expected_hint()));
	call->nlines = JB_ROOT_COUNT(lines);
	if (call->nlines == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there are no lines"), expected_hint()));
	if (call->nlines > RESERVE_LINES_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%d lines are too many for a call", call->nlines),
				 errdetail("A call takes %d lines at most.", RESERVE_LINES_MAX),
				 errhint("Reserve them in several calls of one transaction.")));
	call->lines = palloc(call->nlines * sizeof(ReserveLine));
	call->needs = palloc(call->nlines * sizeof(ReserveNeed));
	call->nneeds = call->nlines;
	for (int i = 0; i < call->nlines; i++)
	{
		JsonbValue *element = getIthJsonbValueFromContainer(&lines->root, i);
		ReserveLine *line = &call->lines[i];

		CHECK_FOR_INTERRUPTS();
		if (element->type != jbvBinary || !JsonContainerIsObject(element->val.binary.data))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("line %d of the call is no object: %s", i + 1, shown(element)),
					 expected_hint()));
		read_line(element->val.binary.data, i + 1, line);
		line->need = i;
		line->nneeds = 1;
		call->needs[i] = (ReserveNeed) {.text = line->sku, .each = 1};
	}
}

/* ---- numbers ---- */

int
reserve_compare_texts(const void *a, const void *b)
{
	const text *x = *(text *const *) a;
	const text *y = *(text *const *) b;

	return text_value_compare(VARDATA_ANY(x), VARSIZE_ANY_EXHDR(x),
							  VARDATA_ANY(y), VARSIZE_ANY_EXHDR(y));
}

static int
distinct(text **texts, int n)
{
	int			kept = 0;

	qsort(texts, n, sizeof(text *), reserve_compare_texts);
	for (int i = 0; i < n; i++)
	{
		if (kept == 0 || reserve_compare_texts(&texts[kept - 1], &texts[i]) != 0)
			texts[kept++] = texts[i];
	}
	return kept;
}

/* -1 if it is not among them */
int
reserve_text_number(text **sorted, int n, text *t)
{
	text	  **found = bsearch(&t, sorted, n, sizeof(text *), reserve_compare_texts);

	return found ? found - sorted : -1;
}

/* number the SKUs of what is needed */
void
reserve_number(ReserveCall *call)
{
	call->skus = palloc(call->nneeds * sizeof(text *));
	for (int i = 0; i < call->nneeds; i++)
		call->skus[i] = call->needs[i].text;
	call->nskus = distinct(call->skus, call->nneeds);
	for (int i = 0; i < call->nneeds; i++)
		call->needs[i].sku = reserve_text_number(call->skus, call->nskus, call->needs[i].text);
}

/* number the places that lines name, and more */
void
reserve_number_places(ReserveCall *call, text **more, int nmore)
{
	int			n = 0;

	call->places = palloc_extended((Size) (call->nlines + nmore) * sizeof(text *), MCXT_ALLOC_HUGE);
	for (int i = 0; i < call->nlines; i++)
	{
		if (call->lines[i].location)
			call->places[n++] = call->lines[i].location;
	}
	for (int i = 0; i < nmore; i++)
		call->places[n++] = more[i];
	call->nplaces = distinct(call->places, n);
	for (int i = 0; i < call->nlines; i++)
	{
		ReserveLine *line = &call->lines[i];

		if (line->location)
			line->place = reserve_text_number(call->places, call->nplaces, line->location);
	}
}
