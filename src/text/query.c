/*
 * query.c
 *	  All rows of a query, by a cursor: what is in memory at once does not depend on their number.
 */
#include "postgres.h"
#include "compat.h"

#include "access/htup_details.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "text/query.h"

void
query_read(const char *sql, QueryBegin begin, QueryTake take, void *argument)
{
	MemoryContext batch;
	Portal		portal;
	Datum	   *value;
	bool	   *null;

	SPI_connect();
	portal = SPI_cursor_open_with_args(NULL, sql, 0, NULL, NULL, NULL, true,
									   CURSOR_OPT_NO_SCROLL);
	value = palloc(portal->tupDesc->natts * sizeof(Datum));
	null = palloc(portal->tupDesc->natts * sizeof(bool));
	begin(argument, portal->tupDesc);
	batch = AllocSetContextCreate(CurrentMemoryContext, "rows of a query",
								  ALLOCSET_DEFAULT_SIZES);
	for (;;)
	{
		MemoryContext old;
		uint64		rows;

		CHECK_FOR_INTERRUPTS();
		SPI_cursor_fetch(portal, true, QUERY_ROWS);
		rows = SPI_processed;
		if (rows == 0)
			break;
		old = MemoryContextSwitchTo(batch);
		for (uint64 i = 0; i < rows; i++)
		{
			heap_deform_tuple(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, value, null);
			take(argument, value, null);
		}
		MemoryContextSwitchTo(old);
		MemoryContextReset(batch);
		SPI_freetuptable(SPI_tuptable);
	}
	SPI_cursor_close(portal);
	SPI_finish();
}
