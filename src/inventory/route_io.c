/*
 * route_io.c
 *	  The types route_candidates and route_plan: text and binary form.
 *
 * Text is JSON, without white space, in the order of the canonical bytes:
 *
 *	  {"lines":[{"line":"1","sku":"TEA","qty":2}],
 *	   "candidates":[{"sku":"TEA","node":"NYC","available":5,"fixed_cost":4.9}],
 *	   "options":{"partial":true}}
 *
 * and, in a plan, then
 *
 *	   "status":"routed","exact":true,"picks":[{"sku":"TEA","node":"NYC","qty":2}]}
 *
 * with "method" where it is another than ship, and "bounds" where the plan is not exact.  It is
 * read as any JSON, with lines and candidates in any order and more than once.
 *
 * Binary is a version byte and the data as it is stored; of a plan, a byte "exact", int32 bytes of
 * candidates, int32 picks and the data.  It has to be what is written: reading and writing it again
 * gives the same bytes.
 */
#include "postgres.h"
#include "compat.h"

#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

#include "inventory/route.h"
#include "text/json.h"

#define TEXT_MAX	(256 * 1024 * 1024)

#define FORM_HINT \
	"Write {\"lines\": [{\"line\", \"sku\", \"qty\"}], \"candidates\": [{\"sku\", \"node\", " \
	"\"available\", ...}], \"options\": {}}."

/* ---- JSON, written ---- */

static void
put_id(StringInfo out, const RouteId *id)
{
	escape_json(out, route_id_text(id));
}

static void
put_input(StringInfo out, const RouteInput *in)
{
	appendStringInfoString(out, "{\"lines\":[");
	for (int i = 0; i < in->nlines; i++)
	{
		appendStringInfoString(out, i > 0 ? ",{\"line\":" : "{\"line\":");
		put_id(out, &in->lines[i].id);
		appendStringInfoString(out, ",\"sku\":");
		put_id(out, &in->lines[i].sku);
		appendStringInfo(out, ",\"qty\":" INT64_FORMAT "}", in->lines[i].qty);
	}
	appendStringInfoString(out, "],\"candidates\":[");
	for (int i = 0; i < in->noffers; i++)
	{
		const RouteOffer *o = &in->offers[i];

		CHECK_FOR_INTERRUPTS();
		appendStringInfoString(out, i > 0 ? ",{\"sku\":" : "{\"sku\":");
		put_id(out, &o->sku);
		appendStringInfoString(out, ",\"node\":");
		put_id(out, &o->node);
		appendStringInfo(out, ",\"available\":" INT64_FORMAT, o->available);
		route_facts_json(out, &o->facts);
		appendStringInfoChar(out, '}');
	}
	appendStringInfoChar(out, ']');
	if (in->has_options)
	{
		appendStringInfoString(out, ",\"options\":");
		route_options_json(out, &in->options);
	}
}

static char *
term_text(RouteTerm term, int128 amount)
{
	return route_amount_text(route_is_count(term) ? amount * ROUTE_AMOUNT_SCALE : amount);
}

static void
put_plan(StringInfo out, const RouteResult *r)
{
	appendStringInfo(out, ",\"status\":\"%s\",\"exact\":%s,\"picks\":[", route_status_of(r),
					 r->exact ? "true" : "false");
	for (int i = 0; i < r->npicks; i++)
	{
		const RouteOffer *o = &r->input.offers[r->pick[i].offer];

		appendStringInfoString(out, i > 0 ? ",{\"sku\":" : "{\"sku\":");
		put_id(out, &o->sku);
		appendStringInfoString(out, ",\"node\":");
		put_id(out, &o->node);
		if (route_span_compare(o->facts.method, route_method_ship) != 0)
		{
			appendStringInfoString(out, ",\"method\":");
			escape_json(out, route_span_text(o->facts.method));
		}
		appendStringInfo(out, ",\"qty\":" INT64_FORMAT "}", r->pick[i].qty);
	}
	appendStringInfoChar(out, ']');
	if (!r->exact)
	{
		appendStringInfo(out, ",\"bounds\":{\"missing\":" INT64_FORMAT, r->bound_missing);
		for (int i = 0; i < r->input.options.terms; i++)
		{
			RouteTerm	t = r->input.options.term[i];

			appendStringInfo(out, ",\"%s\":%s", route_term_name[t], term_text(t, r->bound[t]));
		}
		appendStringInfoChar(out, '}');
	}
}

/* ---- JSON, read ---- */

static Jsonb *
route_from_text(const char *s, Problem *problem)
{
	Jsonb	   *json = json_from_text(s, TEXT_MAX, problem);

	if (json == NULL)
		problem->hint = FORM_HINT;
	return json;
}

/* members of an object that has these names and no other, all but the last "optional" required */
static bool
members(const JsonbValue *object, const char *what, const char *const *name, int n, int optional,
		JsonbValue *value, Problem *problem)
{
	JsonbIterator *it;
	JsonbValue	key;
	JsonbValue	v;

	if (object->type != jbvBinary || !JsonContainerIsObject(object->val.binary.data))
		return route_problem(problem, 0, "json", FORM_HINT, "%s is not an object.", what);
	for (int i = 0; i < n; i++)
		value[i].type = jbvNull;
	it = JsonbIteratorInit(object->val.binary.data);
	(void) JsonbIteratorNext(&it, &key, true);
	while (JsonbIteratorNext(&it, &key, true) == WJB_KEY)
	{
		int			i;

		(void) JsonbIteratorNext(&it, &v, true);
		for (i = 0; i < n; i++)
		{
			if (key.val.string.len == strlen(name[i]) &&
				memcmp(key.val.string.val, name[i], key.val.string.len) == 0)
				break;
		}
		if (i == n)
			return route_problem(problem, 0, "member", FORM_HINT, "%s has a member \"%s\".", what,
								 text_shown(cstring_to_text_with_len(key.val.string.val,
																	 key.val.string.len)));
		value[i] = v;
	}
	for (int i = 0; i < n - optional; i++)
	{
		if (value[i].type == jbvNull)
			return route_problem(problem, 0, "missing", FORM_HINT, "%s has no \"%s\".", what,
								 name[i]);
	}
	return true;
}

static bool
begin_list(const JsonbValue *list, const char *what, JsonbIterator **it, Problem *problem)
{
	JsonbValue	v;

	if (list->type != jbvBinary || !JsonContainerIsArray(list->val.binary.data))
		return route_problem(problem, 0, "json", FORM_HINT, "\"%s\" is not a list.", what);
	*it = JsonbIteratorInit(list->val.binary.data);
	(void) JsonbIteratorNext(it, &v, true);
	return true;
}

static bool
take_id(const JsonbValue *v, const char *what, RouteId *id, Problem *problem)
{
	if (v->type != jbvString)
		return route_problem(problem, 0, "id", NULL, "\"%s\" is not a string.", what);
	return route_id_from_text(v->val.string.val, v->val.string.len, id, problem);
}

static bool
take_quantity(const JsonbValue *v, const char *what, int64 least, int64 max, int64 *qty,
			  Problem *problem)
{
	if (v->type == jbvNumeric)
	{
		const char *s = numeric_normalize(v->val.numeric);
		char	   *end;

		errno = 0;
		*qty = strtoll(s, &end, 10);
		if (errno == 0 && *end == '\0' && *s != '\0' && *qty >= least && *qty <= max)
			return true;
	}
	return route_problem(problem, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, "range", NULL,
						 "\"%s\" is not a whole number from " INT64_FORMAT " to " INT64_FORMAT ".",
						 what, least, max);
}

static bool
take_lines(const JsonbValue *list, RouteInput *in, Problem *problem)
{
	static const char *const name[] = {"line", "sku", "qty"};
	JsonbIterator *it;
	JsonbValue	element;
	int			n;

	if (!begin_list(list, "lines", &it, problem))
		return false;
	n = JsonContainerSize(list->val.binary.data);
	in->lines = MemoryContextAllocHuge(CurrentMemoryContext, Max(n, 1) * sizeof(RouteLine));
	while (JsonbIteratorNext(&it, &element, true) == WJB_ELEM)
	{
		JsonbValue	v[3];
		RouteLine  *line = &in->lines[in->nlines++];

		CHECK_FOR_INTERRUPTS();
		if (!members(&element, "A line", name, 3, 0, v, problem) ||
			!take_id(&v[0], "line", &line->id, problem) ||
			!take_id(&v[1], "sku", &line->sku, problem) ||
			!take_quantity(&v[2], "qty", 1, ROUTE_UNITS_MAX, &line->qty, problem))
			return false;
	}
	return true;
}

static bool
take_offer(const JsonbValue *object, RouteOffer *offer, Problem *problem)
{
	JsonbIterator *it;
	JsonbValue	key;
	JsonbValue	v;
	int			told = 0;
	static const char *const name[] = {"sku", "node", "available"};

	route_facts_default(&offer->facts);
	if (object->type != jbvBinary || !JsonContainerIsObject(object->val.binary.data))
		return route_problem(problem, 0, "json", FORM_HINT, "A candidate is not an object.");
	it = JsonbIteratorInit(object->val.binary.data);
	(void) JsonbIteratorNext(&it, &key, true);
	while (JsonbIteratorNext(&it, &key, true) == WJB_KEY)
	{
		bool		is_fact = false;
		int			i;

		(void) JsonbIteratorNext(&it, &v, true);
		for (i = 0; i < lengthof(name); i++)
		{
			if (key.val.string.len == strlen(name[i]) &&
				memcmp(key.val.string.val, name[i], key.val.string.len) == 0)
				break;
		}
		told |= 1 << i;
		if (i == 0 && !take_id(&v, "sku", &offer->sku, problem))
			return false;
		if (i == 1 && !take_id(&v, "node", &offer->node, problem))
			return false;
		if (i == 2 && !take_quantity(&v, "available", 0, PG_INT64_MAX, &offer->available, problem))
			return false;
		if (i == 3 && !route_fact_set(&offer->facts, key.val.string.val, key.val.string.len, &v,
									  &is_fact, problem))
			return false;
		if (i == 3 && !is_fact)
			return route_problem(problem, 0, "member", FORM_HINT,
								 "A candidate has a member \"%s\".",
								 text_shown(cstring_to_text_with_len(key.val.string.val,
																	 key.val.string.len)));
	}
	if ((told & 7) != 7)
		return route_problem(problem, 0, "missing", FORM_HINT,
							 "A candidate has no \"%s\".",
							 name[told & 1 ? (told & 2 ? 2 : 1) : 0]);
	return true;
}

static bool
take_offers(const JsonbValue *list, RouteInput *in, Problem *problem)
{
	JsonbIterator *it;
	JsonbValue	element;
	int			n;

	if (!begin_list(list, "candidates", &it, problem))
		return false;
	n = JsonContainerSize(list->val.binary.data);
	if (n > ROUTE_OFFERS_MAX)
		return route_problem(problem, ERRCODE_PROGRAM_LIMIT_EXCEEDED, "limit", NULL,
							 "There are more than %d candidates.", ROUTE_OFFERS_MAX);
	in->offers = MemoryContextAllocHuge(CurrentMemoryContext, Max(n, 1) * sizeof(RouteOffer));
	while (JsonbIteratorNext(&it, &element, true) == WJB_ELEM)
	{
		CHECK_FOR_INTERRUPTS();
		if (!take_offer(&element, &in->offers[in->noffers++], problem))
			return false;
	}
	return true;
}

/* whether each candidate is of an SKU that a line has, as a problem that is built says */
static bool
check_skus(const RouteInput *in, Problem *problem)
{
	RouteId    *sku = palloc(Max(in->nlines, 1) * sizeof(RouteId));

	for (int i = 0; i < in->nlines; i++)
		sku[i] = in->lines[i].sku;
	route_sort_ids(sku, in->nlines);
	for (int i = 0; i < in->noffers; i++)
	{
		if (!route_find_id(sku, in->nlines, &in->offers[i].sku))
			return route_problem(problem, 0, "sku", NULL,
								 "Node \"%s\" is a candidate for SKU \"%s\", which no line has.",
								 route_id_text(&in->offers[i].node),
								 route_id_text(&in->offers[i].sku));
	}
	pfree(sku);
	return true;
}

/* lines, candidates and options, which are the first three of the members */
static bool
take_input(const JsonbValue *v, RouteInput *in, Problem *problem)
{
	memset(in, 0, sizeof(RouteInput));
	route_options_default(&in->options);
	if (v[2].type != jbvNull)
	{
		if (v[2].type != jbvBinary)
			return route_problem(problem, 0, "options", NULL, "\"options\" is not an object.");
		in->has_options = true;
		if (!route_options_read(v[2].val.binary.data, &in->options, problem))
			return false;
	}
	return take_lines(&v[0], in, problem) && take_offers(&v[1], in, problem) &&
		route_input_finish(in, problem) && check_skus(in, problem);
}

static void
root_of(Jsonb *json, JsonbValue *root)
{
	root->type = jbvBinary;
	root->val.binary.data = &json->root;
	root->val.binary.len = VARSIZE(json) - VARHDRSZ;
}

static bool
candidates_parse(const char *s, struct varlena **result, Problem *problem)
{
	static const char *const name[] = {"lines", "candidates", "options"};
	Jsonb	   *json = route_from_text(s, problem);
	JsonbValue	root;
	JsonbValue	v[3];
	RouteInput	in;

	if (json == NULL)
		return false;
	root_of(json, &root);
	if (!members(&root, "The value", name, 3, 1, v, problem) || !take_input(v, &in, problem))
		return false;
	*result = (struct varlena *) route_state_write(&in);
	return true;
}

/* ---- plans, read ---- */

static int
find_offer(const RouteInput *in, const RouteId *sku, const RouteId *node, TextSpan method)
{
	int			low = 0;
	int			high = in->noffers - 1;

	while (low <= high)
	{
		int			middle = low + (high - low) / 2;
		const RouteOffer *o = &in->offers[middle];
		int			c = route_id_compare(node, &o->node);

		if (c == 0)
			c = route_span_compare(method, o->facts.method);
		if (c == 0)
			c = route_id_compare(sku, &o->sku);
		if (c == 0)
			return middle;
		if (c < 0)
			high = middle - 1;
		else
			low = middle + 1;
	}
	return -1;
}

static int
compare_picks(const void *a, const void *b)
{
	return ((const RoutePick *) a)->offer - ((const RoutePick *) b)->offer;
}

static bool
take_picks(const JsonbValue *list, RouteResult *r, Problem *problem)
{
	static const char *const name[] = {"sku", "node", "qty", "method"};
	JsonbIterator *it;
	JsonbValue	element;

	if (!begin_list(list, "picks", &it, problem))
		return false;
	r->pick = palloc(Max(JsonContainerSize(list->val.binary.data), 1) * sizeof(RoutePick));
	while (JsonbIteratorNext(&it, &element, true) == WJB_ELEM)
	{
		JsonbValue	v[4];
		RouteId		sku;
		RouteId		node;
		TextSpan	method = route_method_ship;
		RoutePick  *pick = &r->pick[r->npicks++];

		CHECK_FOR_INTERRUPTS();
		if (!members(&element, "A pick", name, 4, 1, v, problem) ||
			!take_id(&v[0], "sku", &sku, problem) || !take_id(&v[1], "node", &node, problem) ||
			!take_quantity(&v[2], "qty", 1, ROUTE_UNITS_MAX, &pick->qty, problem) ||
			(v[3].type != jbvNull && !route_text(&v[3], &method, "method", problem)))
			return false;
		pick->offer = find_offer(&r->input, &sku, &node, method);
		if (pick->offer < 0)
			return route_problem(problem, 0, "picks", NULL, "A pick is of no candidate.");
	}
	qsort(r->pick, r->npicks, sizeof(RoutePick), compare_picks);
	for (int i = 1; i < r->npicks; i++)
	{
		if (r->pick[i - 1].offer == r->pick[i].offer)
			return route_problem(problem, 0, "picks", NULL, "Two picks are of one candidate.");
	}
	return true;
}

/* an amount of up to 38 digits before its decimals */
static bool
take_bound(const JsonbValue *v, RouteTerm term, int128 *bound)
{
	const char *s;
	int128		sum = 0;
	int			decimals = -1;

	if (v->type != jbvNumeric)
		return false;
	for (s = numeric_normalize(v->val.numeric); *s; s++)
	{
		if (*s == '.' && decimals < 0)
			decimals = 0;
		else if (*s < '0' || *s > '9' || sum > ((int128) 1 << 120) || decimals == 6)
			return false;
		else
		{
			sum = sum * 10 + (*s - '0');
			decimals += decimals >= 0;
		}
	}
	if (route_is_count(term))
	{
		*bound = sum;
		return decimals < 0;
	}
	for (decimals = Max(decimals, 0); decimals < 6; decimals++)
	{
		if (sum > ((int128) 1 << 120))
			return false;
		sum *= 10;
	}
	*bound = sum;
	return true;
}

static bool
take_bounds(const JsonbValue *object, RouteResult *r, Problem *problem)
{
	const char *name[TERMS + 1];
	JsonbValue	v[TERMS + 1];
	const RouteOptions *o = &r->input.options;

	name[0] = "missing";
	for (int i = 0; i < o->terms; i++)
		name[i + 1] = route_term_name[o->term[i]];
	if (!members(object, "\"bounds\"", name, o->terms + 1, 0, v, problem) ||
		!take_quantity(&v[0], "missing", 0, ROUTE_UNITS_MAX, &r->bound_missing, problem))
		return false;
	for (int i = 0; i < o->terms; i++)
	{
		if (!take_bound(&v[i + 1], o->term[i], &r->bound[o->term[i]]))
			return route_problem(problem, 0, "bounds", NULL, "The bound \"%s\" is not an amount.",
								 name[i + 1]);
	}
	return true;
}

static bool
plan_parse(const char *s, struct varlena **result, Problem *problem)
{
	static const char *const name[] = {
		"lines", "candidates", "options", "status", "exact", "picks", "bounds"
	};
	Jsonb	   *json = route_from_text(s, problem);
	JsonbValue	root;
	JsonbValue	v[7];
	RouteResult r;
	const char *status;

	if (json == NULL)
		return false;
	memset(&r, 0, sizeof(r));
	root_of(json, &root);
	if (!members(&root, "The value", name, 7, 5, v, problem) ||
		!take_input(v, &r.input, problem))
		return false;
	if (v[3].type != jbvString || v[4].type != jbvBool)
		return route_problem(problem, 0, "missing", NULL,
							 "The plan has no \"status\", or \"exact\" is not true or false.");
	r.exact = v[4].val.boolean;
	if (!take_picks(&v[5], &r, problem) ||
		(!r.exact && !take_bounds(&v[6], &r, problem)) || !route_result_check(&r, problem))
		return false;
	if (r.exact && v[6].type != jbvNull)
		return route_problem(problem, 0, "bounds", NULL, "A plan that is exact has no bounds.");
	if (r.exact && !route_result_is_best(&r))
		return route_problem(problem, 0, "exact", NULL, "There is a better plan than this one.");
	status = route_status_of(&r);
	if (v[3].val.string.len != strlen(status) ||
		memcmp(v[3].val.string.val, status, v[3].val.string.len) != 0)
		return route_problem(problem, 0, "status", NULL, "The status of the plan is %s.", status);
	*result = (struct varlena *) route_plan_write(route_state_write(&r.input), &r);
	return true;
}

/* ---- text of both types ---- */

static char *
candidates_print(Datum datum)
{
	StringInfoData out;
	RouteInput	in;
	Problem		problem;

	if (!route_state_read(route_state_get(datum), &in, &problem))
		route_raise(&problem, "invalid route candidates");
	initStringInfo(&out);
	put_input(&out, &in);
	appendStringInfoChar(&out, '}');
	return out.data;
}

static char *
plan_print(Datum datum)
{
	StringInfoData out;
	RouteResult r;

	route_plan_open(datum, &r);
	initStringInfo(&out);
	put_input(&out, &r.input);
	put_plan(&out, &r);
	appendStringInfoChar(&out, '}');
	return out.data;
}

/* ---- binary form ---- */

static pg_noinline void
report_binary(const char *type, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid binary value for type %s", type),
			 errdetail("%s", detail)));
}

/* texts of data that was received are UTF-8 that the server can show, and no numbers */
static bool
sound_span(TextSpan s)
{
	return memchr(s.data, 0, s.len) == NULL &&
		(text_is_ascii(s.data, s.len) ||
		 (pg_encoding_verifymbstr(PG_UTF8, s.data, s.len) == s.len &&
		  text_fits_server(s.data, s.len)));
}

static bool
sound_id(const RouteId *id)
{
	RouteId		again;
	Problem		problem;
	char	   *text;

	if (id->len < 0)
		return true;
	if (!sound_span((TextSpan) {id->u.text, id->len}))
		return false;
	text = text_to_server(id->u.text, id->len);
	return route_id_from_text(text, strlen(text), &again, &problem) &&
		route_id_compare(id, &again) == 0;
}

static bool
sound_input(const RouteInput *in)
{
	for (int i = 0; i < in->nlines; i++)
	{
		if (!sound_id(&in->lines[i].id) || !sound_id(&in->lines[i].sku))
			return false;
	}
	for (int i = 0; i < in->noffers; i++)
	{
		const RouteOffer *o = &in->offers[i];

		CHECK_FOR_INTERRUPTS();
		if (!sound_id(&o->sku) || !sound_id(&o->node) || !sound_span(o->facts.method) ||
			(o->facts.ineligible.data && !sound_span(o->facts.ineligible)))
			return false;
	}
	for (int i = 0; i < in->options.methods; i++)
	{
		if (!sound_span(in->options.method[i]))
			return false;
	}
	return true;
}

static RouteState *
receive_state(StringInfo buf, uint32 size, const char *type)
{
	RouteState *state;
	RouteState *again;
	RouteInput	in;
	Problem		problem;

	if (size > (uint32) (buf->len - buf->cursor) || size > MaxAllocSize / 2)
		report_binary(type, "The value is too short.");
	state = palloc0(ROUTE_HEADER + size);
	SET_VARSIZE(state, ROUTE_HEADER + size);
	state->version = ROUTE_VERSION;
	state->used = size;
	memcpy(state->data, pq_getmsgbytes(buf, size), size);
	if (!route_state_read(state, &in, &problem) || !sound_input(&in) || !check_skus(&in, &problem))
		report_binary(type, "The candidates are damaged or contradict each other.");
	again = route_state_write(&in);
	if (again->used != size || memcmp(again->data, state->data, size) != 0)
		report_binary(type, "The candidates are not in their canonical form.");
	return again;
}

PG_FUNCTION_INFO_V1(route_candidates_recv);
PG_FUNCTION_INFO_V1(route_candidates_send);
PG_FUNCTION_INFO_V1(route_plan_recv);
PG_FUNCTION_INFO_V1(route_plan_send);

/* route_candidates_recv(internal) -> route_candidates: 22P03 */
Datum
route_candidates_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);

	if (buf->len - buf->cursor < 1 || pq_getmsgbyte(buf) != ROUTE_VERSION)
		report_binary("route_candidates", "The version is not known.");
	PG_RETURN_POINTER(receive_state(buf, buf->len - buf->cursor, "route_candidates"));
}

/* route_candidates_send(route_candidates) -> bytea */
Datum
route_candidates_send(PG_FUNCTION_ARGS)
{
	RouteState *state = route_state_get(PG_GETARG_DATUM(0));
	StringInfoData buf;
	RouteInput	in;
	Problem		problem;

	/* a state that is still aggregated may come here from worker_partial_agg and its like */
	if (!state->finished)
	{
		if (!route_state_read(state, &in, &problem))
			route_raise(&problem, "invalid route candidates");
		state = route_state_write(&in);
	}
	pq_begintypsend(&buf);
	pq_sendbyte(&buf, ROUTE_VERSION);
	pq_sendbytes(&buf, (char *) state->data, state->used);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* route_plan_recv(internal) -> route_plan: 22P03 */
Datum
route_plan_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	const char *type = "route_plan";
	RouteState *candidates;
	RoutePlan  *plan;
	RoutePlan  *again;
	RouteResult r;
	Problem		problem;
	int			exact;
	uint32		size;
	uint32		picks;
	uint32		rest;

	if (buf->len - buf->cursor < 10 || pq_getmsgbyte(buf) != ROUTE_VERSION)
		report_binary(type, "The version is not known.");
	exact = pq_getmsgbyte(buf);
	size = pq_getmsgint(buf, sizeof(int32));
	picks = pq_getmsgint(buf, sizeof(int32));
	candidates = receive_state(buf, size, type);
	rest = buf->len - buf->cursor;
	if (exact > 1 || (Size) size + rest > MaxAllocSize / 2)
		report_binary(type, "The value is damaged.");
	plan = palloc0(PLAN_HEADER + size + rest);
	SET_VARSIZE(plan, PLAN_HEADER + size + rest);
	plan->version = ROUTE_VERSION;
	plan->exact = exact;
	plan->candidates = size;
	plan->picks = picks;
	memcpy(plan->data, candidates->data, size);
	memcpy(plan->data + size, pq_getmsgbytes(buf, rest), rest);
	if (!route_plan_read(plan, &r, &problem))
		report_binary(type, problem.detail);
	if (r.exact && !route_result_is_best(&r))
		report_binary(type, "There is a better plan than this one.");
	again = route_plan_write(candidates, &r);
	if (VARSIZE(again) != VARSIZE(plan) || memcmp(again, plan, VARSIZE(plan)) != 0)
		report_binary(type, "The plan is not in its canonical form.");
	PG_RETURN_POINTER(again);
}

/* route_plan_send(route_plan) -> bytea */
Datum
route_plan_send(PG_FUNCTION_ARGS)
{
	RoutePlan  *plan = (RoutePlan *) PG_DETOAST_DATUM(PG_GETARG_DATUM(0));
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbyte(&buf, ROUTE_VERSION);
	pq_sendbyte(&buf, plan->exact);
	pq_sendint32(&buf, plan->candidates);
	pq_sendint32(&buf, plan->picks);
	pq_sendbytes(&buf, (char *) plan->data, VARSIZE(plan) - PLAN_HEADER);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* ---- the functions of both types ---- */

/* what an argument would be refused for by 22023 or 22004 is, in a text, no valid text */
static bool
parse_text(bool (*parse) (const char *, struct varlena **, Problem *), const char *s,
		   struct varlena **value, Problem *problem)
{
	if (parse(s, value, problem))
		return true;
	if (problem->sqlerrcode == ERRCODE_INVALID_PARAMETER_VALUE ||
		problem->sqlerrcode == ERRCODE_NULL_VALUE_NOT_ALLOWED)
		problem->sqlerrcode = 0;
	if (problem->hint == NULL)
		problem->hint = "Such a text is what route_candidates_agg() or route_order() made, as it "
			"is.";
	return false;
}

#define ROUTE_FUNCTIONS(T, parse, print) \
PG_FUNCTION_INFO_V1(T##_in); \
PG_FUNCTION_INFO_V1(T##_out); \
PG_FUNCTION_INFO_V1(T##_from_text); \
PG_FUNCTION_INFO_V1(T##_to_text); \
PG_FUNCTION_INFO_V1(T##_try); \
PG_FUNCTION_INFO_V1(T##_problem); \
Datum \
T##_in(PG_FUNCTION_ARGS) \
{ \
	struct varlena *value; \
	Problem		problem; \
	if (parse_text(parse, PG_GETARG_CSTRING(0), &value, &problem)) \
		PG_RETURN_POINTER(value); \
	problem_report(FC_ESCONTEXT(fcinfo), &problem, #T, NULL); \
	PG_RETURN_NULL(); \
} \
Datum \
T##_out(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_CSTRING(print(PG_GETARG_DATUM(0))); \
} \
Datum \
T##_from_text(PG_FUNCTION_ARGS) \
{ \
	struct varlena *value; \
	Problem		problem; \
	if (parse_text(parse, text_to_cstring(PG_GETARG_TEXT_PP(0)), &value, &problem)) \
		PG_RETURN_POINTER(value); \
	problem_report(NULL, &problem, #T, NULL); \
	PG_RETURN_NULL(); \
} \
Datum \
T##_to_text(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_TEXT_P(cstring_to_text(print(PG_GETARG_DATUM(0)))); \
} \
Datum \
T##_try(PG_FUNCTION_ARGS) \
{ \
	struct varlena *value; \
	Problem		problem; \
	if (parse_text(parse, text_to_cstring(PG_GETARG_TEXT_PP(0)), &value, &problem)) \
		PG_RETURN_POINTER(value); \
	PG_RETURN_NULL(); \
} \
Datum \
T##_problem(PG_FUNCTION_ARGS) \
{ \
	struct varlena *value; \
	Problem		problem; \
	if (parse_text(parse, text_to_cstring(PG_GETARG_TEXT_PP(0)), &value, &problem)) \
		PG_RETURN_NULL(); \
	PG_RETURN_TEXT_P(cstring_to_text(problem.code)); \
}

/*
 * T_in(cstring) -> T, T_out(T) -> cstring; T(text) -> T and text(T) -> text, the casts;
 * T_try(text) -> T or NULL where the text is not one; T_problem(text) -> why it is not, or NULL.
 * Errors: 22P02 form or contradiction, 22003 range, 54000 limit.
 */
ROUTE_FUNCTIONS(route_candidates, candidates_parse, candidates_print)
ROUTE_FUNCTIONS(route_plan, plan_parse, plan_print)
