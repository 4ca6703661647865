/*
 * plan.c
 *	  Statements on a store's tables, planned once a session.
 *
 * Plans are made for indexes, since a store that nobody has analyzed would be read as a whole, and
 * they are generic: what a call costs is the start of the statements that it runs.
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/plancache.h"
#include "utils/resowner.h"
#include "utils/syscache.h"

#include "store/plan.h"

static void
failed(int code)
{
	ereport(ERROR,
			(errcode(ERRCODE_INTERNAL_ERROR),
			 errmsg_internal("a statement on the store failed: %s", SPI_result_code_string(code))));
}

SPIPlanPtr
store_prepare(const char *schema, const char *query, int n, Oid *types)
{
	const char *quoted = quote_identifier(schema);
	SPIPlanPtr	made;
	StringInfoData s;

	initStringInfo(&s);
	for (const char *at = query; *at; at++)
	{
		if (at[0] == '{' && at[1] == '}')
		{
			appendStringInfoString(&s, quoted);
			at++;
		}
		else
			appendStringInfoCharMacro(&s, *at);
	}
	made = SPI_prepare_cursor(s.data, n, types, CURSOR_OPT_GENERIC_PLAN);
	if (made == NULL || SPI_keepplan(made) != 0)
		failed(SPI_result);
	return made;
}

void
store_forget(SPIPlanPtr *plan)
{
	if (*plan)
		SPI_freeplan(*plan);
	*plan = NULL;
}

/* whether a statement may be planned anew when it is run */
static bool
unplanned(SPIPlanPtr plan)
{
	CachedPlanSource *source = linitial(SPI_plan_get_plan_sources(plan));

	return !source->is_valid || !SEARCH_PATH_IS(source->search_path) || source->dependsOnRLS ||
		source->gplan == NULL || !source->gplan->is_valid || source->gplan->dependsOnRole ||
		TransactionIdIsValid(source->gplan->saved_xmin);
}

/*
 * Plan a statement for indexes, of small tables, too: they grow, and nobody plans again.  What it
 * runs, such as a trigger, has the settings of the session.
 */
static void
plan_for_indexes(SPIPlanPtr plan)
{
	static const char *const off[] = {
		"enable_seqscan", "enable_bitmapscan", "enable_hashjoin", "enable_mergejoin"
	};
	int			level = NewGUCNestLevel();
	CachedPlan *made;

	for (int i = 0; i < lengthof(off); i++)
		(void) set_config_option(off[i], "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true,
								 0, false);
	made = SPI_plan_get_cached_plan(plan);
	if (made)
		ReleaseCachedPlan(made, CurrentResourceOwner);
	AtEOXact_GUC(false, level);
}

void
store_run_plan(SPIPlanPtr plan, Datum *values, const char *nulls)
{
	int			code;

	if (unplanned(plan))
		plan_for_indexes(plan);
	code = SPI_execute_plan(plan, values, nulls, false, 0);
	if (code < 0)
		failed(code);
}

/* whoever owns the schema may have made its tables of other types */
void
store_query(SPIPlanPtr plan, Datum *values, const char *nulls, const char *schema,
			const Oid *types, int ntypes)
{
	store_run_plan(plan, values, nulls);
	for (int i = 0; i < ntypes; i++)
	{
		if (SPI_tuptable == NULL || SPI_tuptable->tupdesc->natts != ntypes ||
			SPI_gettypeid(SPI_tuptable->tupdesc, i + 1) != types[i])
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("the tables of store \"%s\" are not as omni makes them", schema),
					 errhint("check_store() tells what differs.")));
	}
}

Datum
store_value(uint64 row, int n, bool *isnull)
{
	return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, n, isnull);
}

bool
store_true(uint64 row, int n)
{
	bool		isnull;
	Datum		value = store_value(row, n, &isnull);

	return !isnull && DatumGetBool(value);
}

TextSpan
store_text(uint64 row, int n)
{
	bool		isnull;
	Datum		value = store_value(row, n, &isnull);
	struct varlena *v;

	if (isnull)
		return (TextSpan) {NULL, 0};
	v = pg_detoast_datum_packed((struct varlena *) DatumGetPointer(value));
	return (TextSpan) {VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v)};
}

Oid
store_type(const char *name, Oid schema)
{
	return GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(name),
						   ObjectIdGetDatum(schema));
}
