/*
 * plan.h
 *	  Statements on a store's tables that functions in C run, planned once a session.
 *
 * They are ordinary SQL, run with the rights of who calls.  Nothing in them depends on settings of
 * the session: operators are named with their schema, and plans are made for indexes.
 */
#ifndef OMNI_STORE_PLAN_H
#define OMNI_STORE_PLAN_H

#include "compat.h"
#include "executor/spi.h"

#include "text/text.h"

/* operators are named with their schema: who calls may have any search_path */
#define EQ " OPERATOR(pg_catalog.=) "
#define LT " OPERATOR(pg_catalog.<) "
#define LE " OPERATOR(pg_catalog.<=) "
#define GT " OPERATOR(pg_catalog.>) "
#define GE " OPERATOR(pg_catalog.>=) "
#define PLUS " OPERATOR(pg_catalog.+) "
#define MINUS " OPERATOR(pg_catalog.-) "

/* prepare a statement in which {} stands for the schema; it is kept for the session */
extern SPIPlanPtr store_prepare(const char *schema, const char *query, int n, Oid *types);
extern void store_forget(SPIPlanPtr *plan);

/* run it; store_query() also checks that it gives columns of these types */
extern void store_run_plan(SPIPlanPtr plan, Datum *values, const char *nulls);
extern void store_query(SPIPlanPtr plan, Datum *values, const char *nulls, const char *schema,
						const Oid *types, int ntypes);

/* what store_query() gave, until the next statement */
extern Datum store_value(uint64 row, int n, bool *isnull);
extern bool store_true(uint64 row, int n);
extern TextSpan store_text(uint64 row, int n);

/* a type of the extension, which is in this schema */
extern Oid	store_type(const char *name, Oid schema);

#endif							/* OMNI_STORE_PLAN_H */
