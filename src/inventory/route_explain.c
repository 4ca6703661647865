/*
 * route_explain.c
 *	  Why a plan is as it is: its status, each term of its objective beside what no plan can go
 *	  below, and for each candidate whether it is used or what speaks against it.
 */
#include "postgres.h"
#include "compat.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/numeric.h"
#include "utils/tuplestore.h"

#include "inventory/route.h"

PG_FUNCTION_INFO_V1(route_explain);

#define COLUMNS	8

typedef struct Output
{
	Tuplestorestate *store;
	TupleDesc	desc;
	Datum		values[COLUMNS];
	bool		nulls[COLUMNS];
} Output;

static void
begin_row(Output *out, const char *aspect, const char *name)
{
	memset(out->nulls, true, sizeof(out->nulls));
	out->values[0] = CStringGetTextDatum(aspect);
	out->nulls[0] = false;
	if (name)
	{
		out->values[1] = CStringGetTextDatum(name);
		out->nulls[1] = false;
	}
}

static void
set_text(Output *out, int column, const char *text)
{
	out->values[column] = CStringGetTextDatum(text);
	out->nulls[column] = false;
}

static void
set_number(Output *out, int column, int128 millionths)
{
	out->values[column] = DirectFunctionCall3(numeric_in,
											  CStringGetDatum(route_amount_text(millionths)),
											  ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
	out->nulls[column] = false;
}

static void
end_row(Output *out)
{
	CHECK_FOR_INTERRUPTS();
	tuplestore_putvalues(out->store, out->desc, out->values, out->nulls);
}

static void
put_plan(Output *out, const RouteResult *r)
{
	begin_row(out, "plan", route_status_of(r));
	set_text(out, 7, r->exact ? "exact: no plan is better" :
			 route_is_proven(r) ? "heuristic: equal to its bounds, no plan is better" :
			 "heuristic: not proven to be the best");
	end_row(out);
	begin_row(out, "objective", "missing");
	set_number(out, 5, (int128) r->missing * ROUTE_AMOUNT_SCALE);
	set_number(out, 6, (int128) r->bound_missing * ROUTE_AMOUNT_SCALE);
	set_text(out, 7, "units, before all terms");
	end_row(out);
	for (int i = 0; i < r->input.options.terms; i++)
	{
		RouteTerm	t = r->input.options.term[i];
		int128		unit = route_is_count(t) ? ROUTE_AMOUNT_SCALE : 1;

		begin_row(out, "objective", route_term_name[t]);
		set_number(out, 5, r->amount[t] * unit);
		set_number(out, 6, r->bound[t] * unit);
		set_text(out, 7, r->input.options.weighted ?
				 psprintf("weight %s", route_amount_text((int128) r->input.options.weight[i] *
											 (ROUTE_AMOUNT_SCALE / ROUTE_WEIGHT_SCALE))) :
				 psprintf("term %d", i + 1));
		end_row(out);
	}
}

static void
put_candidates(Output *out, const RouteResult *r)
{
	int			pick = 0;

	for (int o = 0; o < r->input.noffers; o++)
	{
		const RouteOffer *offer = &r->input.offers[o];
		RouteFilter filter = r->problem.choice[o].filter;
		int64		qty = 0;

		if (pick < r->npicks && r->pick[pick].offer == o)
			qty = r->pick[pick++].qty;
		begin_row(out, "candidate", qty > 0 ? "used" :
				  filter == FILTER_NONE ? "not_needed" : route_filter_name[filter]);
		set_text(out, 2, route_id_text(&offer->sku));
		set_text(out, 3, route_id_text(&offer->node));
		set_text(out, 4, route_span_text(offer->facts.method));
		set_number(out, 5, (int128) qty * ROUTE_AMOUNT_SCALE);
		switch (filter)
		{
			case FILTER_INELIGIBLE:
				set_text(out, 7, route_span_text(offer->facts.ineligible));
				break;
			case FILTER_DAYS:
			case FILTER_PROMISE:
				set_text(out, 7, psprintf("%d days", r->problem.choice[o].days));
				break;
			case FILTER_STOCK:
			case FILTER_CAPACITY:
				set_text(out, 7, psprintf(INT64_FORMAT " of " INT64_FORMAT " units",
										  filter == FILTER_STOCK ? offer->available :
										  offer->facts.value[FACT_CAPACITY],
										  r->problem.demand[offer->sku_no]));
				break;
			default:
				break;
		}
		end_row(out);
	}
}

static void
put_missing(Output *out, const RouteResult *r)
{
	const char **reason;
	int64	   *served = palloc0(Max(r->problem.nskus, 1) * sizeof(int64));

	if (r->missing == 0)
		return;
	reason = route_missing_reasons(r);
	for (int i = 0; i < r->npicks; i++)
		served[r->input.offers[r->pick[i].offer].sku_no] += r->pick[i].qty;
	for (int k = 0; k < r->problem.nskus; k++)
	{
		if (served[k] == r->problem.demand[k])
			continue;
		begin_row(out, "missing", reason[k]);
		set_text(out, 2, route_id_text(&r->problem.sku[k]));
		set_number(out, 5, (int128) (r->problem.demand[k] - served[k]) * ROUTE_AMOUNT_SCALE);
		end_row(out);
	}
}

/*
 * route_explain(plan route_plan)
 * -> setof (aspect text, name text, sku text, node text, method text, value numeric,
 *			 at_least numeric, note text)
 */
Datum
route_explain(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	RouteResult r;
	Output		out;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	out.store = rsinfo->setResult;
	out.desc = rsinfo->setDesc;
	route_plan_open(PG_GETARG_DATUM(0), &r);
	put_plan(&out, &r);
	put_missing(&out, &r);
	put_candidates(&out, &r);
	return (Datum) 0;
}
