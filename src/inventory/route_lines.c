/*
 * route_lines.c
 *	  The functions of a plan: who serves each line, and what the plan comes to; the functions that
 *	  make plans from candidates.
 */
#include "postgres.h"
#include "compat.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/numeric.h"
#include "utils/tuplestore.h"

#include "inventory/route.h"

/* ---- making plans ---- */

PG_FUNCTION_INFO_V1(route_candidates_final);
PG_FUNCTION_INFO_V1(route_order_final);
PG_FUNCTION_INFO_V1(route);

static void
read_state(Datum datum, RouteInput *input)
{
	Problem		problem;

	if (!route_state_read(route_state_get(datum), input, &problem))
		route_raise(&problem, "invalid route candidates");
}

/*
 * route_candidates_final(route_candidates) -> route_candidates: the state in order, each thing
 * once.  NULL, no row, gives NULL.  Errors: 22023 where the rows contradict each other.
 */
Datum
route_candidates_final(PG_FUNCTION_ARGS)
{
	RouteInput	input;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	read_state(PG_GETARG_DATUM(0), &input);
	PG_RETURN_POINTER(route_state_write(&input));
}

/*
 * route_order_final(route_candidates) -> route_plan: the plan, by the options that the rows told or
 * the defaults.  NULL, no row, gives NULL.  Errors: 22023, 22004 a fact is not known, 54000.
 */
Datum
route_order_final(PG_FUNCTION_ARGS)
{
	RouteInput	input;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	read_state(PG_GETARG_DATUM(0), &input);
	PG_RETURN_POINTER(route_plan_make(&input));
}

/*
 * route(route_candidates, options jsonb) -> route_plan: the plan by these options, instead of those
 * that the rows told; NULL options are those told, or the defaults.
 */
Datum
route(PG_FUNCTION_ARGS)
{
	RouteInput	input;
	Problem		problem;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	read_state(PG_GETARG_DATUM(0), &input);
	if (!PG_ARGISNULL(1))
	{
		if (!route_options_read(&PG_GETARG_JSONB_P(1)->root, &input.options, &problem))
			route_raise(&problem, "invalid route options");
		input.has_options = true;
	}
	PG_RETURN_POINTER(route_plan_make(&input));
}

/* ---- lines of a plan ---- */

PG_FUNCTION_INFO_V1(route_lines);
PG_FUNCTION_INFO_V1(route_lines_bigint);

typedef struct Output
{
	Tuplestorestate *store;
	TupleDesc	desc;
	bool		numbers;		/* ids are bigint */
	const RouteResult *r;
} Output;

static Datum
id_datum(const Output *out, const RouteId *id)
{
	if (!out->numbers)
		return CStringGetTextDatum(route_id_text(id));
	if (id->len >= 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("id \"%s\" of the route plan is not a bigint", route_id_text(id)),
				 errhint("Use route_lines(plan), which gives ids as text.")));
	return Int64GetDatum(id->u.number);
}

/* a piece of a line from an offer, or, of offer -1, what it does not get */
static void
put(const Output *out, const RouteLine *line, int offer, int64 qty, const char *reason)
{
	const RouteOffer *o = offer >= 0 ? &out->r->input.offers[offer] : NULL;
	Datum		values[6];
	bool		nulls[6] = {false, false, o == NULL, false, o == NULL, false};

	values[0] = id_datum(out, &line->id);
	values[1] = id_datum(out, &line->sku);
	values[2] = o ? id_datum(out, &o->node) : (Datum) 0;
	values[3] = Int64GetDatum(qty);
	values[4] = o ? CStringGetTextDatum(route_span_text(o->facts.method)) : (Datum) 0;
	values[5] = CStringGetTextDatum(reason);
	tuplestore_putvalues(out->store, out->desc, values, nulls);
}

static int
compare_by_sku(const void *a, const void *b, void *arg)
{
	const RouteResult *r = arg;
	const RoutePick *x = a;
	const RoutePick *y = b;
	int			c = r->input.offers[x->offer].sku_no - r->input.offers[y->offer].sku_no;

	return c != 0 ? c : x->offer - y->offer;
}

/* the units of each SKU go to its lines in the order of their ids */
static void
put_lines(const Output *out)
{
	const RouteResult *r = out->r;
	int			nskus = r->problem.nskus;
	RoutePick  *pick = palloc(Max(r->npicks, 1) * sizeof(RoutePick));
	int		   *next = palloc(Max(nskus, 1) * sizeof(int));	/* pick of each SKU */
	int64	   *left = palloc0(Max(nskus, 1) * sizeof(int64));	/* units that its lines still get */
	const char **reason = r->missing > 0 ? route_missing_reasons(r) : NULL;

	memcpy(pick, r->pick, r->npicks * sizeof(RoutePick));
	qsort_arg(pick, r->npicks, sizeof(RoutePick), compare_by_sku, (void *) r);
	for (int i = r->npicks - 1; i >= 0; i--)
	{
		int			k = r->input.offers[pick[i].offer].sku_no;

		next[k] = i;
		left[k] += pick[i].qty;
	}
	for (int i = 0; i < r->input.nlines; i++)
	{
		const RouteLine *line = &r->input.lines[i];
		int			k = line->sku_no;
		int64		need = line->qty;
		const char *served = left[k] >= need ? "allocated" : "partial";

		CHECK_FOR_INTERRUPTS();
		while (need > 0 && left[k] > 0)
		{
			RoutePick  *p = &pick[next[k]];
			int64		taken = Min(need, p->qty);

			put(out, line, p->offer, taken, served);
			need -= taken;
			left[k] -= taken;
			p->qty -= taken;
			if (p->qty == 0)
				next[k]++;
		}
		if (need > 0)
			put(out, line, -1, need, reason[k]);
	}
}

static void
lines(FunctionCallInfo fcinfo, bool numbers)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	RouteResult r;
	Output		out = {.numbers = numbers,.r = &r};

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (PG_ARGISNULL(0))
		return;
	out.store = rsinfo->setResult;
	out.desc = rsinfo->setDesc;
	route_plan_open(PG_GETARG_DATUM(0), &r);
	put_lines(&out);
}

/*
 * route_lines(plan route_plan)
 * -> setof (line text, sku text, node text, qty bigint, method text, reason text)
 *
 * A row for each piece of a line that a node serves, and one without a node for what the line does
 * not get: the rows of a line add up to its quantity.  A NULL plan has no line.
 */
Datum
route_lines(PG_FUNCTION_ARGS)
{
	lines(fcinfo, false);
	return (Datum) 0;
}

/* route_lines(plan, NULL::bigint) -> the same with ids as bigint; 22023 where one is none */
Datum
route_lines_bigint(PG_FUNCTION_ARGS)
{
	lines(fcinfo, true);
	return (Datum) 0;
}

/* ---- what a plan comes to ---- */

PG_FUNCTION_INFO_V1(route_status);
PG_FUNCTION_INFO_V1(route_shipments);
PG_FUNCTION_INFO_V1(route_cost);
PG_FUNCTION_INFO_V1(route_missing);
PG_FUNCTION_INFO_V1(route_is_optimal);

/* route_status(route_plan) -> text: routed, partial or refused */
Datum
route_status(PG_FUNCTION_ARGS)
{
	RouteResult r;

	route_plan_open(PG_GETARG_DATUM(0), &r);
	PG_RETURN_TEXT_P(cstring_to_text(route_status_of(&r)));
}

/* route_shipments(route_plan) -> integer */
Datum
route_shipments(PG_FUNCTION_ARGS)
{
	RouteResult r;

	route_plan_open(PG_GETARG_DATUM(0), &r);
	PG_RETURN_INT32((int32) r.amount[TERM_SHIPMENTS]);
}

/* route_cost(route_plan) -> numeric: fixed and unit costs, exactly */
Datum
route_cost(PG_FUNCTION_ARGS)
{
	RouteResult r;

	route_plan_open(PG_GETARG_DATUM(0), &r);
	PG_RETURN_DATUM(DirectFunctionCall3(numeric_in,
										CStringGetDatum(route_amount_text(r.amount[TERM_COST])),
										ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
}

/* route_missing(route_plan) -> bigint: units that no node serves */
Datum
route_missing(PG_FUNCTION_ARGS)
{
	RouteResult r;

	route_plan_open(PG_GETARG_DATUM(0), &r);
	PG_RETURN_INT64(r.missing);
}

/* route_is_optimal(route_plan) -> boolean: it is proven that no plan is better */
Datum
route_is_optimal(PG_FUNCTION_ARGS)
{
	RouteResult r;

	route_plan_open(PG_GETARG_DATUM(0), &r);
	PG_RETURN_BOOL(route_is_proven(&r));
}
