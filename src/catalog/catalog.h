/*
 * catalog.h
 *	  The catalog room: what its types offer to other files.
 */
#ifndef OMNI_CATALOG_H
#define OMNI_CATALOG_H

#include "compat.h"
#include "text/text.h"

/*
 * gtin: a GTIN is an int64, body * 16 + indicator; gtin.c argues the format.
 */
typedef int64 Gtin;

#define GTIN_BODIES			INT64CONST(1000000000000)	/* bodies are 0 .. GTIN_BODIES - 1 */
#define GTIN_MAX			((GTIN_BODIES - 1) * 16 + 9)

#define GTIN_BODY(g)		((g) >> 4)
#define GTIN_INDICATOR(g)	((int) ((g) & 15))
#define GTIN_MAKE(body, indicator)	((Gtin) ((body) * 16 + (indicator)))

#define DatumGetGtin(d)		DatumGetInt64(d)
#define GtinGetDatum(g)		Int64GetDatum(g)
#define PG_GETARG_GTIN(n)	PG_GETARG_INT64(n)
#define PG_RETURN_GTIN(g)	PG_RETURN_INT64(g)

/* gtin.c */
extern bool gtin_parse(const char *s, int len, Gtin *out, Problem *problem);
extern bool gtin_prefix_parse(const char *s, int len, Gtin *first, Gtin *last, Problem *problem);
extern void gtin_digits(Gtin gtin, char *digits);	/* 14 digits, not NUL-terminated */
extern int	gs1_check_digit(const char *digits, int len);	/* that belongs after these digits */

/* gtin_plan.c: the ranges that the planner derives, and the functions they come from */
extern PGDLLEXPORT Datum gtin_starts_with(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum gtin_same_item(PG_FUNCTION_ARGS);

#endif							/* OMNI_CATALOG_H */
