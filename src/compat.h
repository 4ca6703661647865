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

/* from 17 on, intervals may be infinite */
#if PG_VERSION_NUM < 170000
#define INTERVAL_NOT_FINITE(i)	false
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

/*
 * What a range table's entry needs rights for, which is a node of its own from 16 on, and whether
 * the caller has them; needs executor/executor.h and parser/parse_relation.h.
 */
#if PG_VERSION_NUM >= 160000
typedef struct RTEPermissionInfo TablePermissions;
#define TABLE_PERMISSIONS(list, entry)	addRTEPermissionInfo(list, entry)
#define MAY_DO(entries, list)			ExecCheckPermissions(entries, list, false)
#define MAY_USE_SCHEMA(schema) \
	(object_aclcheck(NamespaceRelationId, schema, GetUserId(), ACL_USAGE) == ACLCHECK_OK)
#else
typedef struct RangeTblEntry TablePermissions;
#define TABLE_PERMISSIONS(list, entry)	((void) (list), (entry))
#define MAY_DO(entries, list)			ExecCheckRTPerms(entries, false)
#define MAY_USE_SCHEMA(schema) \
	(pg_namespace_aclcheck(schema, GetUserId(), ACL_USAGE) == ACLCHECK_OK)
#endif
#if PG_VERSION_NUM >= 180000
#define INIT_RANGE_TABLE(estate, entries, list) \
	ExecInitRangeTable(estate, entries, list, bms_add_range(NULL, 1, list_length(entries)))
#elif PG_VERSION_NUM >= 160000
#define INIT_RANGE_TABLE(estate, entries, list)	ExecInitRangeTable(estate, entries, list)
#else
#define INIT_RANGE_TABLE(estate, entries, list)	ExecInitRangeTable(estate, entries)
#endif

/* which indexes a new version of a row goes to: from 16 on, perhaps to those that summarize only */
#if PG_VERSION_NUM >= 160000
#define UpdateIndexes		TU_UpdateIndexes
#define UPDATE_ALL_INDEXES	TU_All
#define INSERT_INDEX_TUPLES(result, slot, estate, update, indexes) \
	((void) ExecInsertIndexTuples(result, slot, estate, update, false, NULL, NIL, \
								  (indexes) == TU_Summarizing))
#else
#define UpdateIndexes		bool
#define UPDATE_ALL_INDEXES	true
#define INSERT_INDEX_TUPLES(result, slot, estate, update, indexes) \
	((void) (indexes), \
	 (void) ExecInsertIndexTuples(result, slot, estate, update, false, NULL, NIL))
#endif

/* 18 has generated columns that are not stored, and counts what a scan of an index does */
#if PG_VERSION_NUM >= 180000
#define HAS_GENERATED_COLUMNS(constr) \
	((constr)->has_generated_stored || (constr)->has_generated_virtual)
#define INDEX_BEGINSCAN(heap, index, snapshot, nkeys) \
	index_beginscan(heap, index, snapshot, NULL, nkeys, 0)
#else
#define HAS_GENERATED_COLUMNS(constr)	((constr)->has_generated_stored)
#define INDEX_BEGINSCAN(heap, index, snapshot, nkeys) \
	index_beginscan(heap, index, snapshot, nkeys, 0)
#endif

/* 18 can show the module's version in pg_get_loaded_modules() */
#if PG_VERSION_NUM >= 180000
#define OMNI_MODULE_MAGIC	PG_MODULE_MAGIC_EXT(.name = "omni", .version = OMNI_VERSION)
#else
#define OMNI_MODULE_MAGIC	PG_MODULE_MAGIC
#endif

#endif							/* OMNI_COMPAT_H */
