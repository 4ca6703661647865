/*
 * disjoint_set.c
 *	  disjoint_set: union-find as a value.
 *
 * A disjoint_set is a partition of nodes into components.  All its nodes are of one kind: bigint,
 * uuid, text or identifier.  Values of one kind form a lattice: the union is commutative,
 * associative and idempotent, so that edges may come in any order, split and repeated.
 *
 * The representative of a component is its smallest node: the smallest number for bigint, the
 * smallest bytes (in UTF-8) for the other kinds, whatever the database's collation is.
 */
#include "postgres.h"
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"
#include "utils/tuplestore.h"
#include "utils/uuid.h"

#include "identity/disjoint_set.h"
#include "text/text.h"

/* ---- nodes from and to SQL ---- */

/* the node of an argument; false if it is NULL */
static bool
node_of_arg(FunctionCallInfo fcinfo, int n, NodeKind kind, SetNode *node)
{
	struct varlena *v;
	TextSpan	utf8;
	Problem		problem;

	if (PG_ARGISNULL(n))
		return false;
	node->number = 0;
	node->data = NULL;
	node->len = 0;
	switch (kind)
	{
		case NODE_BIGINT:
			node->number = PG_GETARG_INT64(n);
			break;
		case NODE_UUID:
			node->data = (const char *) PG_GETARG_UUID_P(n)->data;
			node->len = UUID_LEN;
			break;
		case NODE_TEXT:
			v = PG_GETARG_VARLENA_PP(n);
			if (!problem_of_text(text_from_server(VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v), &utf8),
								 &problem))
				problem_report(NULL, &problem, "disjoint_set", NULL);
			node->data = utf8.data;
			node->len = utf8.len;
			break;
		case NODE_IDENTIFIER:
			v = PG_GETARG_VARLENA_PP(n);
			node->data = VARDATA_ANY(v);
			node->len = VARSIZE_ANY_EXHDR(v);
			break;
	}
	return true;
}

/* the Datum of a node; of bigint and uuid it takes no memory */
static Datum
node_datum(NodeKind kind, const SetNode *node)
{
	switch (kind)
	{
		case NODE_BIGINT:
			return Int64GetDatum(node->number);
		case NODE_UUID:
			return PointerGetDatum(node->data);
		case NODE_TEXT:
			if (GetDatabaseEncoding() != PG_UTF8)
				return PointerGetDatum(cstring_to_text(text_to_server(node->data, node->len)));
			break;
		case NODE_IDENTIFIER:
			break;
	}
	return PointerGetDatum(cstring_to_text_with_len(node->data, node->len));
}

static void
check_same_kind(NodeKind a, NodeKind b)
{
	if (a != b)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("disjoint_set of %s cannot be united with one of %s",
						node_kind_name(a), node_kind_name(b)),
				 errhint("Cast all nodes to one type, for example text.")));
}

static void
check_asked_kind(NodeKind set, NodeKind asked)
{
	if (set != asked)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("disjoint_set has nodes of type %s, not %s",
						node_kind_name(set), node_kind_name(asked)),
				 errhint("Cast the nodes that are asked for to %s.", node_kind_name(set))));
}

static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("transition function of disjoint_set called outside an aggregate"),
				 errhint("Use omni.disjoint_set_agg() or omni.disjoint_set_rollup().")));
	return context;
}

/* ---- the aggregate ---- */

PG_FUNCTION_INFO_V1(disjoint_set_accum_bigint);
PG_FUNCTION_INFO_V1(disjoint_set_accum_uuid);
PG_FUNCTION_INFO_V1(disjoint_set_accum_text);
PG_FUNCTION_INFO_V1(disjoint_set_accum_identifier);
PG_FUNCTION_INFO_V1(disjoint_set_combine);
PG_FUNCTION_INFO_V1(disjoint_set_final);

/* add the edge of arguments 1 and 2, or one node where the other is NULL, to the state */
static Datum
accumulate(FunctionCallInfo fcinfo, NodeKind kind)
{
	MemoryContext context = aggregate_context(fcinfo);
	SetNode		a,
				b;
	bool		has_a = node_of_arg(fcinfo, 1, kind, &a);
	bool		has_b = node_of_arg(fcinfo, 2, kind, &b);
	State		state;
	uint32		at_a,
				at_b;

	if (!has_a && !has_b)
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	if (!has_a)
		a = b;
	if (!has_b)
		b = a;
	if (PG_ARGISNULL(0))
		state_create(&state, kind, 2, forest_node_bytes(kind, a.len) +
					 forest_node_bytes(kind, b.len), context);
	else if (kind == NODE_BIGINT &&
			 state_take_edge(PG_GETARG_DATUM(0), a.number, b.number))
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	else
	{
		state_open(&state, PG_GETARG_DATUM(0), context);
		check_same_kind(state.forest->kind, kind);
	}
	while (!forest_put(state.forest, &a, &at_a) || !forest_put(state.forest, &b, &at_b))
		state_reserve(&state, 2, forest_node_bytes(kind, a.len) +
					  forest_node_bytes(kind, b.len));
	forest_unite(state.forest, at_a, at_b);
	PG_RETURN_DATUM(state_close(&state));
}

/* disjoint_set_accum(disjoint_set, bigint, bigint) -> disjoint_set: transition function */
Datum
disjoint_set_accum_bigint(PG_FUNCTION_ARGS)
{
	return accumulate(fcinfo, NODE_BIGINT);
}

/* disjoint_set_accum(disjoint_set, uuid, uuid) -> disjoint_set: transition function */
Datum
disjoint_set_accum_uuid(PG_FUNCTION_ARGS)
{
	return accumulate(fcinfo, NODE_UUID);
}

/* disjoint_set_accum(disjoint_set, text, text) -> disjoint_set: transition function; 22021 */
Datum
disjoint_set_accum_text(PG_FUNCTION_ARGS)
{
	return accumulate(fcinfo, NODE_TEXT);
}

/* disjoint_set_accum(disjoint_set, identifier, identifier) -> disjoint_set: transition function */
Datum
disjoint_set_accum_identifier(PG_FUNCTION_ARGS)
{
	return accumulate(fcinfo, NODE_IDENTIFIER);
}

/*
 * disjoint_set_combine(disjoint_set, disjoint_set) -> disjoint_set: combine function, and
 * transition function of disjoint_set_rollup; 22023 where the kinds differ
 */
Datum
disjoint_set_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	DisjointSet set;
	NodeReader	r;
	State		state;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	disjoint_set_open(PG_GETARG_DATUM(1), &set);
	reader_begin(&r, &set);
	if (PG_ARGISNULL(0))
		state_create(&state, set.kind, r.total_nodes, reader_key_bytes(&r), context);
	else
	{
		state_open(&state, PG_GETARG_DATUM(0), context);
		check_same_kind(state.forest->kind, set.kind);
		state_reserve(&state, r.total_nodes, reader_key_bytes(&r));
	}
	forest_add(state.forest, &r);
	PG_RETURN_DATUM(state_close(&state));
}

/*
 * disjoint_set_final(disjoint_set) -> disjoint_set: the state's canonical bytes.  A large state of
 * a plain aggregate is handed on as it is, read-only: sorting it is left to whoever stores it, and
 * connected_components() does not need it sorted.  The pointer is made here because nodeAgg copies
 * a result that lies outside its own context, and copying would flatten it.
 */
Datum
disjoint_set_final(PG_FUNCTION_ARGS)
{
	Datum		state = PG_GETARG_DATUM(0);

	if (VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(state)) &&
		AggCheckCallContext(fcinfo, NULL) == AGG_CONTEXT_AGGREGATE)
	{
		char	   *pointer = palloc(EXPANDED_POINTER_SIZE);

		memcpy(pointer, expanded_of(state)->header.eoh_ro_ptr, EXPANDED_POINTER_SIZE);
		PG_RETURN_POINTER(pointer);
	}
	PG_RETURN_POINTER(disjoint_set_canonical(state));
}

/* ---- making and joining values ---- */

PG_FUNCTION_INFO_V1(disjoint_set_from_bigint);
PG_FUNCTION_INFO_V1(disjoint_set_from_uuid);
PG_FUNCTION_INFO_V1(disjoint_set_from_text_nodes);
PG_FUNCTION_INFO_V1(disjoint_set_from_identifier);
PG_FUNCTION_INFO_V1(disjoint_set_union);

/* the value of one edge, or of one node where the other is NULL */
static Datum
from_edge(FunctionCallInfo fcinfo, NodeKind kind)
{
	SetNode		a,
				b;
	bool		has_a = node_of_arg(fcinfo, 0, kind, &a);
	bool		has_b = node_of_arg(fcinfo, 1, kind, &b);
	Forest		f;
	uint32		at_a,
				at_b;

	if (!has_a && !has_b)
		PG_RETURN_NULL();
	if (!has_a)
		a = b;
	if (!has_b)
		b = a;
	forest_create(&f, kind, forest_bits_for(2), forest_node_bytes(kind, a.len) +
				  forest_node_bytes(kind, b.len), CurrentMemoryContext);
	if (forest_put(&f, &a, &at_a) && forest_put(&f, &b, &at_b))
		forest_unite(&f, at_a, at_b);
	PG_RETURN_POINTER(forest_encode(&f));
}

/* disjoint_set(bigint, bigint) -> disjoint_set; NULL where both are NULL */
Datum
disjoint_set_from_bigint(PG_FUNCTION_ARGS)
{
	return from_edge(fcinfo, NODE_BIGINT);
}

/* disjoint_set(uuid, uuid) -> disjoint_set; NULL where both are NULL */
Datum
disjoint_set_from_uuid(PG_FUNCTION_ARGS)
{
	return from_edge(fcinfo, NODE_UUID);
}

/* disjoint_set(text, text) -> disjoint_set; NULL where both are NULL */
Datum
disjoint_set_from_text_nodes(PG_FUNCTION_ARGS)
{
	return from_edge(fcinfo, NODE_TEXT);
}

/* disjoint_set(identifier, identifier) -> disjoint_set; NULL where both are NULL */
Datum
disjoint_set_from_identifier(PG_FUNCTION_ARGS)
{
	return from_edge(fcinfo, NODE_IDENTIFIER);
}

/* disjoint_set_union(disjoint_set, disjoint_set) -> disjoint_set; 22023 where the kinds differ */
Datum
disjoint_set_union(PG_FUNCTION_ARGS)
{
	DisjointSet a,
				b;
	NodeReader	ra,
				rb;
	Forest		f;

	disjoint_set_open(PG_GETARG_DATUM(0), &a);
	disjoint_set_open(PG_GETARG_DATUM(1), &b);
	check_same_kind(a.kind, b.kind);
	reader_begin(&ra, &a);
	reader_begin(&rb, &b);
	forest_create(&f, a.kind, forest_bits_for(ra.total_nodes + rb.total_nodes),
				  reader_key_bytes(&ra) + reader_key_bytes(&rb), CurrentMemoryContext);
	forest_add(&f, &ra);
	forest_add(&f, &rb);
	PG_RETURN_POINTER(forest_encode(&f));
}

/* ---- connected components ---- */

PG_FUNCTION_INFO_V1(connected_components);

/* what a row is made of, kept between the rows */
typedef struct Rows
{
	NodeReader	reader;
	MemoryContext scratch;		/* of the present row */
} Rows;

static bool
next_row(Rows *rows, Datum *values)
{
	NodeKind	kind = rows->reader.set.kind;
	SetNode		node,
				component;
	MemoryContext old;

	if (!reader_next(&rows->reader, &node, &component))
		return false;
	MemoryContextReset(rows->scratch);
	old = MemoryContextSwitchTo(rows->scratch);
	values[0] = node_datum(kind, &node);
	values[1] = node_datum(kind, &component);
	MemoryContextSwitchTo(old);
	return true;
}

/* is this omni.identifier: the type of that name beside our function */
static bool
is_identifier_type(Oid type, Oid func)
{
	HeapTuple	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	bool		result;

	if (!HeapTupleIsValid(tuple))
		return false;
	result = strcmp(NameStr(((Form_pg_type) GETSTRUCT(tuple))->typname), "identifier") == 0 &&
		((Form_pg_type) GETSTRUCT(tuple))->typnamespace == get_func_namespace(func);
	ReleaseSysCache(tuple);
	return result;
}

/* kind of the nodes that a call asks for by the type of its second argument */
static NodeKind
asked_kind(FunctionCallInfo fcinfo)
{
	Oid			type = get_fn_expr_argtype(fcinfo->flinfo, 1);

	switch (type)
	{
		case INT8OID:
			return NODE_BIGINT;
		case UUIDOID:
			return NODE_UUID;
		case TEXTOID:
			return NODE_TEXT;
	}
	if (is_identifier_type(type, fcinfo->flinfo->fn_oid))
		return NODE_IDENTIFIER;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("type %s cannot be the nodes of a disjoint_set", format_type_be(type)),
			 errhint("Ask for NULL::bigint, NULL::uuid, NULL::text or NULL::omni.identifier.")));
}

static Rows *
begin_rows(FunctionCallInfo fcinfo)
{
	Rows	   *rows = palloc0(sizeof(Rows));
	NodeKind	asked = asked_kind(fcinfo);
	DisjointSet set;

	disjoint_set_open(PG_GETARG_DATUM(0), &set);
	check_asked_kind(set.kind, asked);
	reader_begin(&rows->reader, &set);
	rows->scratch = AllocSetContextCreate(CurrentMemoryContext, "connected_components row",
										  ALLOCSET_SMALL_SIZES);
	return rows;
}

/*
 * All rows of numbers.  Their tuples differ in sixteen bytes only, so one is formed and then
 * changed for each row.
 */
static void
put_number_rows(Rows *rows, Tuplestorestate *store, TupleDesc desc)
{
	TupleTableSlot *former = MakeSingleTupleTableSlot(desc, &TTSOpsVirtual);
	TupleTableSlot *slot = MakeSingleTupleTableSlot(desc, &TTSOpsMinimalTuple);
	SetNode		node,
				component;
	MinimalTuple tuple;
	char	   *data;
	uint32		n = 0;

	former->tts_values[0] = former->tts_values[1] = Int64GetDatum(0);
	former->tts_isnull[0] = former->tts_isnull[1] = false;
	ExecStoreVirtualTuple(former);
	tuple = ExecCopySlotMinimalTuple(former);
	data = (char *) tuple + tuple->t_hoff - MINIMAL_TUPLE_OFFSET;
	ExecStoreMinimalTuple(tuple, slot, true);
	while (reader_next(&rows->reader, &node, &component))
	{
		if ((++n & 0xFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		memcpy(data, &node.number, sizeof(int64));
		memcpy(data + sizeof(int64), &component.number, sizeof(int64));
		tuplestore_puttupleslot(store, slot);
	}
	ExecDropSingleTupleTableSlot(slot);
	ExecDropSingleTupleTableSlot(former);
}

/* all rows at once, which a FROM item wants */
static Datum
all_rows(FunctionCallInfo fcinfo)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	bool		nulls[2] = {false, false};
	Datum		values[2];
	uint32		n = 0;
	Rows	   *rows;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	rows = begin_rows(fcinfo);
	if (rows->reader.set.kind == NODE_BIGINT)
	{
		put_number_rows(rows, rsinfo->setResult, rsinfo->setDesc);
		return (Datum) 0;
	}
	while (next_row(rows, values))
	{
		if ((++n & 0xFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* row by row, without a store, in a select list */
static Datum
one_row(FunctionCallInfo fcinfo)
{
	FuncCallContext *call;
	bool		nulls[2] = {false, false};
	Datum		values[2];

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext old;
		TupleDesc	desc;

		call = SRF_FIRSTCALL_INIT();
		old = MemoryContextSwitchTo(call->multi_call_memory_ctx);
		if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("connected_components called where rows are not accepted")));
		call->tuple_desc = BlessTupleDesc(desc);
		call->user_fctx = PG_ARGISNULL(0) ? NULL : begin_rows(fcinfo);
		MemoryContextSwitchTo(old);
	}
	call = SRF_PERCALL_SETUP();
	if (call->user_fctx && next_row(call->user_fctx, values))
		SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls)));
	SRF_RETURN_DONE(call);
}

/*
 * connected_components(disjoint_set, NULL::T) -> setof (node T, component T): each node with the
 * smallest node of its component, in no particular order; 22023 where the nodes are not of type T.
 */
Datum
connected_components(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	if (rsinfo && IsA(rsinfo, ReturnSetInfo) &&
		(rsinfo->allowedModes & SFRM_Materialize_Preferred))
		return all_rows(fcinfo);
	return one_row(fcinfo);
}

/* ---- accessors ---- */

PG_FUNCTION_INFO_V1(disjoint_set_nodes);
PG_FUNCTION_INFO_V1(disjoint_set_components);
PG_FUNCTION_INFO_V1(same_component_bigint);
PG_FUNCTION_INFO_V1(same_component_uuid);
PG_FUNCTION_INFO_V1(same_component_text);
PG_FUNCTION_INFO_V1(same_component_identifier);

/* disjoint_set_nodes(disjoint_set) -> bigint: number of nodes */
Datum
disjoint_set_nodes(PG_FUNCTION_ARGS)
{
	uint64		nodes,
				components;

	disjoint_set_counts(PG_GETARG_DATUM(0), &nodes, &components);
	PG_RETURN_INT64(nodes);
}

/* disjoint_set_components(disjoint_set) -> bigint: number of components */
Datum
disjoint_set_components(PG_FUNCTION_ARGS)
{
	uint64		nodes,
				components;

	disjoint_set_counts(PG_GETARG_DATUM(0), &nodes, &components);
	PG_RETURN_INT64(components);
}

/* one scan for both nodes; NULL unless both are in the set */
static Datum
same_component(FunctionCallInfo fcinfo, NodeKind kind)
{
	DisjointSet set;
	NodeReader	r;
	SetNode		a,
				b,
				node,
				component;
	SetNode		of_a = {0},
				of_b = {0};
	bool		found_a = false,
				found_b = false;
	uint32		n = 0;

	(void) node_of_arg(fcinfo, 1, kind, &a);
	(void) node_of_arg(fcinfo, 2, kind, &b);
	disjoint_set_open(PG_GETARG_DATUM(0), &set);
	check_asked_kind(set.kind, kind);
	reader_begin(&r, &set);
	while (!(found_a && found_b) && reader_next(&r, &node, &component))
	{
		if ((++n & 0xFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		if (node_compare(kind, &node, &a) == 0)
		{
			found_a = true;
			of_a = component;
		}
		if (node_compare(kind, &node, &b) == 0)
		{
			found_b = true;
			of_b = component;
		}
	}
	if (!found_a || !found_b)
		PG_RETURN_NULL();
	PG_RETURN_BOOL(node_compare(kind, &of_a, &of_b) == 0);
}

/* same_component(disjoint_set, bigint, bigint) -> boolean; 22023 */
Datum
same_component_bigint(PG_FUNCTION_ARGS)
{
	return same_component(fcinfo, NODE_BIGINT);
}

/* same_component(disjoint_set, uuid, uuid) -> boolean; 22023 */
Datum
same_component_uuid(PG_FUNCTION_ARGS)
{
	return same_component(fcinfo, NODE_UUID);
}

/* same_component(disjoint_set, text, text) -> boolean; 22023 */
Datum
same_component_text(PG_FUNCTION_ARGS)
{
	return same_component(fcinfo, NODE_TEXT);
}

/* same_component(disjoint_set, identifier, identifier) -> boolean; 22023 */
Datum
same_component_identifier(PG_FUNCTION_ARGS)
{
	return same_component(fcinfo, NODE_IDENTIFIER);
}
