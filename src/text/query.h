/*
 * query.h
 *	  All rows of a query, for functions that read relations that their caller names.
 */
#ifndef OMNI_TEXT_QUERY_H
#define OMNI_TEXT_QUERY_H

#include "access/tupdesc.h"

/* rows fetched at once */
#define QUERY_ROWS	1000

typedef void (*QueryBegin) (void *argument, TupleDesc desc);
typedef void (*QueryTake) (void *argument, const Datum *value, const bool *null);

/*
 * Run a query that only reads: "begin" hears of its columns, then "take" gets its rows one by one,
 * in a memory context that is emptied every now and then.  Both run connected to SPI.
 */
extern void query_read(const char *sql, QueryBegin begin, QueryTake take, void *argument);

#endif							/* OMNI_TEXT_QUERY_H */
