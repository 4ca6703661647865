/*
 * compat.h
 *	  Every difference between the PostgreSQL versions that omni builds on (15 to 18), and nothing
 *	  else.  Include it after postgres.h and before any other header.
 */
#ifndef OMNI_COMPAT_H
#define OMNI_COMPAT_H

#include "fmgr.h"
#include "nodes/nodes.h"

#if PG_VERSION_NUM < 150000
#error "omni needs PostgreSQL 15 or later"
#endif

#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#include "nodes/miscnodes.h"
#endif

/*
 * From 16 on, PGXS hides symbols by default and PGDLLEXPORT shows them; we build with
 * -fvisibility=hidden everywhere, so 15 needs the same definition.
 */
#if PG_VERSION_NUM < 160000
#undef PGDLLEXPORT
#define PGDLLEXPORT __attribute__((visibility("default")))
#undef PG_FUNCTION_INFO_V1
#define PG_FUNCTION_INFO_V1(funcname) \
extern PGDLLEXPORT Datum funcname(PG_FUNCTION_ARGS); \
extern PGDLLEXPORT const Pg_finfo_record * CppConcat(pg_finfo_,funcname)(void); \
const Pg_finfo_record * \
CppConcat(pg_finfo_,funcname) (void) \
{ \
	static const Pg_finfo_record my_finfo = { 1 }; \
	return &my_finfo; \
} \
extern int no_such_variable
#endif

/*
 * Soft errors are 16's: before, an error context is never given, and errsave is a plain error.
 */
#if PG_VERSION_NUM >= 160000
#define FC_ESCONTEXT(fcinfo)	((fcinfo)->context)
#else
#define FC_ESCONTEXT(fcinfo)	((Node *) NULL)
#define errsave(context, ...)	ereport(ERROR, __VA_ARGS__)
#endif

/* from 17 on, the sequence of an identity column is asked of an open relation */
#include "access/relation.h"
#include "catalog/dependency.h"
static inline Oid
identity_sequence(Oid relid, AttrNumber column)
{
#if PG_VERSION_NUM >= 170000
	Relation	relation = relation_open(relid, AccessShareLock);
	Oid			sequence = getIdentitySequence(relation, column, true);

	relation_close(relation, NoLock);
	return sequence;
#else
	return getIdentitySequence(relid, column, true);
#endif
}

/* 18 puts pg_noreturn before a declaration; 15 to 17 have another word, to put after it */
#if PG_VERSION_NUM < 180000
#define pg_noreturn __attribute__((noreturn))
#endif

/*
 * Skip support, btree support function 6, is 18's.  The struct is declared for all, so that one
 * source serves; only 18's catalog names the functions that fill it.
 */
#if PG_VERSION_NUM >= 180000
#include "utils/skipsupport.h"
#else
#include "utils/relcache.h"

typedef Datum (*SkipSupportIncDec) (Relation rel, Datum existing, bool *overflow);
typedef struct SkipSupportData
{
	Datum		low_elem;
	Datum		high_elem;
	SkipSupportIncDec decrement;
	SkipSupportIncDec increment;
} SkipSupportData;
typedef SkipSupportData *SkipSupport;
#endif

/* the number of a backend's transaction, which it has from its beginning; needs storage/proc.h */
#if PG_VERSION_NUM >= 170000
#define MY_LXID		(MyProc->vxid.lxid)
#else
#define MY_LXID		(MyProc->lxid)
#endif

/* whether a plan was made for the search_path there is; needs catalog/namespace.h */
#if PG_VERSION_NUM >= 170000
#define SEARCH_PATH_IS(path)	SearchPathMatchesCurrentEnvironment(path)
#else
#define SEARCH_PATH_IS(path)	OverrideSearchPathMatchesCurrent(path)
#endif

/* 18 can show the module's version in pg_get_loaded_modules() */
#if PG_VERSION_NUM >= 180000
#define OMNI_MODULE_MAGIC	PG_MODULE_MAGIC_EXT(.name = "omni", .version = OMNI_VERSION)
#else
#define OMNI_MODULE_MAGIC	PG_MODULE_MAGIC
#endif

#endif							/* OMNI_COMPAT_H */
