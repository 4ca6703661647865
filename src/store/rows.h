/*
 * rows.h
 *	  Rows of plain tables, found by their key and written, without statements.
 *
 * A statement that was planned long ago still has to be started: locks of all its tables, a tree
 * of nodes, their slots and expressions, the CHECKs of tables read from the catalog.  Where a call
 * writes five rows that is most of what it costs.  Rows are what the executor does with a row,
 * with all of that kept for the session.
 *
 * They are for tables about which nothing is special.  Whatever else there is to be done about a
 * row, such as triggers, row security or partitions, rows_open() says no, and the caller runs its
 * statement instead; so it does where the caller's rights do not suffice, and where nothing may be
 * written: the statement says why.  What is written is the same either way, and so are locks,
 * conflicts and errors.
 *
 * A caller opens a set of tables, then begins, which takes a snapshot; it finds, changes and
 * inserts rows, as one command, and ends.  After an error nothing has to be done.
 */
#ifndef OMNI_STORE_ROWS_H
#define OMNI_STORE_ROWS_H

#include "compat.h"
#include "nodes/nodes.h"

#define ROWS_COLUMNS_MAX	12
#define ROWS_TABLES_MAX		10

typedef struct RowsColumn
{
	const char *name;
	Oid			type;			/* InvalidOid: that of SKUs */
} RowsColumn;

/*
 * What is done with a table.  The first columns are the key that rows are found by, which has to
 * be a unique index, or begin an index where any row of several will do.  CMD_INSERT gives all the
 * columns, CMD_UPDATE changes the one after the key, CMD_SELECT only reads.
 */
typedef struct RowsTable
{
	const char *name;
	CmdType		command;
	int			nkey;			/* 0: rows are not looked for */
	bool		any;			/* the key is not unique */
	int			ncolumns;
	RowsColumn	columns[ROWS_COLUMNS_MAX];
} RowsTable;

typedef struct Rows Rows;

extern Rows *rows_of(const RowsTable *const *tables, int n);
extern bool rows_open(Rows *rows, Oid schema, Oid sku_type);
extern void rows_begin(Rows *rows);
extern bool rows_find(Rows *rows, int table, const Datum *key);
extern Datum rows_value(Rows *rows, int table, int column, bool *isnull);
extern bool rows_update(Rows *rows, int table, Datum value);
extern bool rows_lock(Rows *rows, int table);
extern void rows_insert(Rows *rows, int table, const Datum *values, const bool *nulls);
extern void rows_end(Rows *rows);
extern void rows_close(Rows *rows);

#endif							/* OMNI_STORE_ROWS_H */
