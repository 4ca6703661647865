/*
 * latest.c
 *	  What has been written by now, for a transaction that sees an older state.
 *
 * In REPEATABLE READ and SERIALIZABLE a function of a store that has waited for another call still
 * sees the state from before it.  Where no row that it locks tells, it asks here.
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

#include "store/plan.h"

PG_FUNCTION_INFO_V1(store_movements_by_now);

/*
 * store_movements_by_now(store regnamespace, sku text, keys text[]) -> bigint: how many movements
 * of a SKU have one of these keys, at any location, whatever the transaction sees.  For functions
 * of the store, which let nobody else write such movements meanwhile; 3F000, 22P02.
 */
Datum
store_movements_by_now(PG_FUNCTION_ARGS)
{
	char	   *schema = get_namespace_name(PG_GETARG_OID(0));
	Oid			ours = get_func_namespace(fcinfo->flinfo->fn_oid);
	Oid			types[] = {TEXTOID, TEXTARRAYOID};
	Datum		values[] = {PG_GETARG_DATUM(1), PG_GETARG_DATUM(2)};
	StringInfoData s;
	SPIPlanPtr	plan;
	bool		isnull;
	int64		n;

	if (schema == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_SCHEMA),
				 errmsg("there is no schema with OID %u", PG_GETARG_OID(0))));
	initStringInfo(&s);
	appendStringInfo(&s, "SELECT pg_catalog.count(*) FROM %s.stock s, %s.stock_movements m "
					 "WHERE s.sku" EQ "$1::%s AND m.sku" EQ "s.sku "
					 "AND m.location_code" EQ "s.location_code "
					 "AND m.movement_key" EQ "ANY ($2)",
					 quote_identifier(schema), quote_identifier(schema),
					 format_type_extended(store_type("sku", ours), -1, FORMAT_TYPE_FORCE_QUALIFY));
	SPI_connect();
	plan = SPI_prepare(s.data, lengthof(types), types);
	if (plan == NULL || SPI_execute_snapshot(plan, values, NULL, GetLatestSnapshot(),
											 InvalidSnapshot, true, false, 1) != SPI_OK_SELECT)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg_internal("a statement on the store failed")));
	n = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	SPI_finish();
	PG_RETURN_INT64(n);
}
