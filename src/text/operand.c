/*
 * operand.c
 *	  Comparison of any omni type with text, for drivers that bind strings: T = text, T < text, ...
 *
 * The planner never sees these operators for long: each one's support function rewrites
 * "T op text" into "T op text::T", whose operator is in T's opfamily, so that an index is used.
 * What the planner cannot rewrite, T = ANY (text[]), runs the function itself; it parses each
 * distinct string once and keeps the parsed values for the rest of the query.
 *
 * One C function serves every type: it finds T in the declaration of the SQL function that is
 * called, and T's cast from text and order in the catalog.
 * A string that is not a T is T's own input error.
 */
#include "postgres.h"
#include "compat.h"

#include "access/stratnum.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

/* parsed strings kept by one call site; beyond that, the memory is given back and refilled */
#define OPERAND_CACHE_MAX	8192
#define OPERAND_CACHE_BYTES	((Size) 16 * 1024 * 1024)

typedef struct OperandEntry
{
	uint32		hash;
	text	   *key;			/* NULL: free slot */
	Datum		value;
} OperandEntry;

typedef struct OperandCache
{
	Oid			type;
	FmgrInfo	cmp;
	FmgrInfo	cast;			/* text -> T, or T's input function */
	bool		by_input;
	Oid			typioparam;
	int16		typlen;
	bool		typbyval;
	MemoryContext values;		/* keys and by-reference values */
	int			used;
	int			size;			/* power of two */
	OperandEntry *slots;
} OperandCache;

/* the one-argument cast from text to T, or InvalidOid where only T's input function converts */
static Oid
cast_from_text(Oid type)
{
	Oid			func = InvalidOid;

	if (find_coercion_pathway(type, TEXTOID, COERCION_EXPLICIT, &func) == COERCION_PATH_FUNC &&
		get_func_nargs(func) == 1)
		return func;
	return InvalidOid;
}

static void
reset_slots(OperandCache *cache, int size)
{
	MemoryContextReset(cache->values);
	cache->slots = MemoryContextAllocZero(cache->values, size * sizeof(OperandEntry));
	cache->size = size;
	cache->used = 0;
}

static OperandCache *
operand_cache(FunctionCallInfo fcinfo)
{
	OperandCache *cache = fcinfo->flinfo->fn_extra;
	Oid		   *argtypes;
	Oid			type = InvalidOid;
	Oid			func;
	int			nargs;
	TypeCacheEntry *entry;

	if (cache != NULL)
		return cache;

	/*
	 * T is declared by the SQL function; the call's expression is not asked, as the planner calls
	 * without one when it compares with a column's most common values.
	 */
	get_func_signature(fcinfo->flinfo->fn_oid, &argtypes, &nargs);
	if (nargs == 2)
		type = argtypes[0];
	entry = OidIsValid(type) ? lookup_type_cache(type, TYPECACHE_CMP_PROC) : NULL;
	if (entry == NULL || !OidIsValid(entry->cmp_proc))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("could not determine the type to compare with text"),
				 errhint("Cast the string to the type instead.")));

	cache = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(OperandCache));
	cache->type = type;
	cache->typlen = entry->typlen;
	cache->typbyval = entry->typbyval;
	fmgr_info_cxt(entry->cmp_proc, &cache->cmp, fcinfo->flinfo->fn_mcxt);
	func = cast_from_text(type);
	if (!OidIsValid(func))
	{
		cache->by_input = true;
		getTypeInputInfo(type, &func, &cache->typioparam);
	}
	fmgr_info_cxt(func, &cache->cast, fcinfo->flinfo->fn_mcxt);
	cache->values = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "omni text operands",
										  ALLOCSET_SMALL_SIZES);
	reset_slots(cache, 16);
	fcinfo->flinfo->fn_extra = cache;
	return cache;
}

static OperandEntry *
find_slot(OperandCache *cache, const text *key, uint32 hash)
{
	int			i = hash & (cache->size - 1);
	int			len = VARSIZE_ANY_EXHDR(key);

	while (cache->slots[i].key != NULL)
	{
		OperandEntry *e = &cache->slots[i];

		if (e->hash == hash && VARSIZE_ANY_EXHDR(e->key) == len &&
			memcmp(VARDATA_ANY(e->key), VARDATA_ANY(key), len) == 0)
			break;
		i = (i + 1) & (cache->size - 1);
	}
	return &cache->slots[i];
}

static void
grow_slots(OperandCache *cache)
{
	OperandEntry *old = cache->slots;
	int			oldsize = cache->size;

	cache->size *= 2;
	cache->slots = MemoryContextAllocZero(cache->values, cache->size * sizeof(OperandEntry));
	for (int i = 0; i < oldsize; i++)
	{
		if (old[i].key != NULL)
			*find_slot(cache, old[i].key, old[i].hash) = old[i];
	}
	pfree(old);
}

/* the text operand as a T, parsed at most once while it is cached */
static Datum
operand_value(OperandCache *cache, text *key)
{
	uint32		hash = hash_bytes((unsigned char *) VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key));
	OperandEntry *e = find_slot(cache, key, hash);
	MemoryContext old;
	Datum		value;

	if (e->key != NULL)
		return e->value;

	if (cache->by_input)
		value = InputFunctionCall(&cache->cast, text_to_cstring(key), cache->typioparam, -1);
	else
		value = FunctionCall1(&cache->cast, PointerGetDatum(key));

	if (cache->used >= OPERAND_CACHE_MAX ||
		MemoryContextMemAllocated(cache->values, false) > OPERAND_CACHE_BYTES)
		reset_slots(cache, 16);
	else if (cache->used * 2 >= cache->size)
		grow_slots(cache);
	e = find_slot(cache, key, hash);
	old = MemoryContextSwitchTo(cache->values);
	e->value = datumCopy(value, cache->typbyval, cache->typlen);
	e->hash = hash;
	e->key = (text *) DatumGetPointer(datumCopy(PointerGetDatum(key), false, -1));
	cache->used++;
	MemoryContextSwitchTo(old);
	return e->value;
}

static int
compare_with_text(FunctionCallInfo fcinfo)
{
	OperandCache *cache = operand_cache(fcinfo);
	Datum		value = operand_value(cache, PG_GETARG_TEXT_PP(1));

	return DatumGetInt32(FunctionCall2(&cache->cmp, PG_GETARG_DATUM(0), value));
}

/*
 * Rewrite f(T, text) into "T op text::T", op being the operator of T's default btree opfamily
 * with the given strategy (0 for <>, the negator of =).
 */
static Node *
simplify_text_operand(Node *rawreq, StrategyNumber strategy)
{
	SupportRequestSimplify *req;
	Node	   *left;
	Node	   *right;
	Oid			type;
	Oid			opno;
	Oid			func;
	TypeCacheEntry *entry;

	if (!IsA(rawreq, SupportRequestSimplify))
		return NULL;
	req = (SupportRequestSimplify *) rawreq;
	if (list_length(req->fcall->args) != 2)
		return NULL;
	left = linitial(req->fcall->args);
	right = lsecond(req->fcall->args);
	type = exprType(left);
	if (exprType(right) != TEXTOID)
		return NULL;
	entry = lookup_type_cache(type, TYPECACHE_BTREE_OPFAMILY);
	if (!OidIsValid(entry->btree_opf))
		return NULL;
	opno = get_opfamily_member(entry->btree_opf, type, type,
							   strategy ? strategy : BTEqualStrategyNumber);
	if (OidIsValid(opno) && strategy == 0)
		opno = get_negator(opno);
	if (!OidIsValid(opno))
		return NULL;

	func = cast_from_text(type);
	if (OidIsValid(func))
		right = (Node *) makeFuncExpr(func, type, list_make1(right), InvalidOid, InvalidOid,
									  COERCE_EXPLICIT_CAST);
	else
	{
		CoerceViaIO *io = makeNode(CoerceViaIO);

		io->arg = (Expr *) right;
		io->resulttype = type;
		io->resultcollid = InvalidOid;
		io->coerceformat = COERCE_EXPLICIT_CAST;
		io->location = -1;
		right = (Node *) io;
	}
	right = eval_const_expressions(req->root, right);
	return (Node *) make_opclause(opno, BOOLOID, false, (Expr *) left, (Expr *) right,
								  InvalidOid, InvalidOid);
}

#define TEXT_OPERAND(name, test, strategy) \
PG_FUNCTION_INFO_V1(text_operand_##name); \
PG_FUNCTION_INFO_V1(text_operand_##name##_support); \
Datum \
text_operand_##name(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_BOOL(compare_with_text(fcinfo) test); \
} \
Datum \
text_operand_##name##_support(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_POINTER(simplify_text_operand((Node *) PG_GETARG_POINTER(0), strategy)); \
}

/* T op text -> boolean for any type T of omni, and the planner support of each */
TEXT_OPERAND(eq, == 0, BTEqualStrategyNumber)
TEXT_OPERAND(ne, != 0, 0)
TEXT_OPERAND(lt, < 0, BTLessStrategyNumber)
TEXT_OPERAND(le, <= 0, BTLessEqualStrategyNumber)
TEXT_OPERAND(gt, > 0, BTGreaterStrategyNumber)
TEXT_OPERAND(ge, >= 0, BTGreaterEqualStrategyNumber)
