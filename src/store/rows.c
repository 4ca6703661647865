/*
 * rows.c
 *	  Rows of plain tables, found by their key and written, without statements.
 *
 * See rows.h for what they are good for.  A set of tables is looked at once: columns, indexes,
 * defaults, CHECKs, all that the executor would look up and compile for each statement.  It is
 * looked at anew after a relation of the set has changed, which the relation cache tells, or any
 * function, since expressions are inlined and their functions' rights have been checked.
 *
 * Nothing is open between calls: relations are opened and locked each time, as a statement does it.
 * What an error interrupts may have left a pin of a buffer in a slot, which the transaction's end
 * lets go, so that the set is thrown away then and made again.
 */
#include "postgres.h"
#include "compat.h"

#include "access/genam.h"
#include "access/nbtree.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/index.h"
#include "catalog/pg_am.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_relation.h"
#include "rewrite/rewriteHandler.h"
#include "utils/acl.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#include "store/rows.h"

#define KEY_MAX	4

typedef struct Table
{
	const RowsTable *is;
	LOCKMODE	lock;
	ResultRelInfo *result;		/* its relation and indexes are open while the set is */
	int			nindexes;		/* all, or that of the key alone where nothing is written */
	Oid		   *index_ids;
	int			key;			/* which of them */
	ScanKeyData keys[KEY_MAX];
	int			key_columns[KEY_MAX];	/* the caller's column of each */
	AttrNumber	columns[ROWS_COLUMNS_MAX];
	ExprState **defaults;		/* by attribute, of those that the caller does not give */
	TupleTableSlot *found;
	TupleTableSlot *made;
} Table;

struct Rows
{
	Rows	   *next;
	const RowsTable *const *is;
	int			n;
	Oid			schema;			/* which this was made for */
	Oid			sku_type;
	Oid			ids[ROWS_TABLES_MAX];
	bool		valid;			/* nothing has changed since */
	bool		plain;			/* it is what rows are good for */
	bool		open;			/* or left so by an error */
	MemoryContext context;		/* of all that follows */
	EState	   *estate;
	List	   *rtable;
	List	   *permissions;
	Table	   *tables;
};

static Rows *all_rows = NULL;

/* ---- what was looked at is outdated ---- */

static void
relation_changed(Datum arg, Oid relation)
{
	for (Rows *rows = all_rows; rows; rows = rows->next)
	{
		for (int i = 0; i < rows->n; i++)
		{
			if (!OidIsValid(relation) || rows->ids[i] == relation)
				rows->valid = false;
		}
	}
}

static void
function_changed(Datum arg, int cache, uint32 hash)
{
	relation_changed(arg, InvalidOid);
}

/* a set of tables, for the session */
Rows *
rows_of(const RowsTable *const *tables, int n)
{
	Rows	   *rows = MemoryContextAllocZero(TopMemoryContext, sizeof(Rows));

	if (n > ROWS_TABLES_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg_internal("%d tables are too many for a set of rows", n)));
	if (all_rows == NULL)
	{
		CacheRegisterRelcacheCallback(relation_changed, (Datum) 0);
		CacheRegisterSyscacheCallback(PROCOID, function_changed, (Datum) 0);
	}
	rows->is = tables;
	rows->n = n;
	rows->next = all_rows;
	all_rows = rows;
	return rows;
}

/* ---- looking at a table ---- */

static bool
is_restricted(Oid function, void *context)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	bool		restricted = !HeapTupleIsValid(tuple) ||
		!heap_attisnull(tuple, Anum_pg_proc_proacl, NULL);

	if (HeapTupleIsValid(tuple))
		ReleaseSysCache(tuple);
	return restricted;
}

/*
 * An expression that cannot be kept: whether its functions may be run depends on who does, or it
 * knows the constraints that a domain had.
 */
static bool
is_odd(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, CoerceToDomain) || check_functions_in_node(node, is_restricted, context))
		return true;
	return expression_tree_walker(node, is_odd, context);
}

/* whether there is nothing to do about its rows but to write them */
static bool
is_plain(Relation relation, bool written)
{
	Form_pg_class class = relation->rd_rel;
	TupleConstr *constraints = relation->rd_att->constr;

	if (class->relkind != RELKIND_RELATION || class->relam != HEAP_TABLE_AM_OID ||
		class->relispartition || class->relhassubclass || class->relrowsecurity ||
		relation->rd_rules != NULL)
		return false;
	if (!written)
		return true;
	if (relation->trigdesc != NULL ||
		(constraints && HAS_GENERATED_COLUMNS(constraints)))
		return false;
	for (int i = 0; constraints && i < constraints->num_check; i++)
	{
		if (is_odd(stringToNode(constraints->check[i].ccbin), NULL))
			return false;
	}
	return true;
}

/* where the caller's columns are, and whether they are as it knows them */
static bool
find_columns(Rows *rows, Table *table, TupleDesc desc)
{
	const RowsTable *is = table->is;

	for (int i = 0; i < is->ncolumns; i++)
	{
		Oid			type = OidIsValid(is->columns[i].type) ? is->columns[i].type : rows->sku_type;

		for (int j = 0; j < desc->natts && !table->columns[i]; j++)
		{
			Form_pg_attribute attribute = TupleDescAttr(desc, j);

			if (!attribute->attisdropped && attribute->atttypid == type &&
				attribute->atttypmod == -1 && attribute->attgenerated == '\0' &&
				(is->command != CMD_INSERT ||
				 attribute->attidentity != ATTRIBUTE_IDENTITY_ALWAYS) &&
				strcmp(NameStr(attribute->attname), is->columns[i].name) == 0)
				table->columns[i] = attribute->attnum;
		}
		if (!table->columns[i])
			return false;
	}
	return true;
}

/* defaults of the columns that the caller does not give */
static bool
find_defaults(Rows *rows, Table *table, Relation relation)
{
	TupleDesc	desc = RelationGetDescr(relation);

	table->defaults = palloc0(desc->natts * sizeof(ExprState *));
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);
		bool		given = attribute->attisdropped;
		Node	   *expression;

		for (int j = 0; j < table->is->ncolumns; j++)
			given = given || table->columns[j] == attribute->attnum;
		if (given)
			continue;
		/* no value is not always one of a domain */
		if (get_typtype(attribute->atttypid) == TYPTYPE_DOMAIN)
			return false;
		expression = build_column_default(relation, attribute->attnum);
		if (expression == NULL)
			continue;
		if (is_odd(expression, NULL))
			return false;
		table->defaults[i] = ExecPrepareExpr((Expr *) expression, rows->estate);
	}
	return true;
}

/* whether rows are found by this index, with operators = of its columns */
static bool
make_keys(Table *table, Relation relation, Relation index)
{
	const RowsTable *is = table->is;
	Form_pg_index form = index->rd_index;

	if (is->nkey == 0 || form->indnkeyatts < is->nkey || !form->indisvalid ||
		form->indcheckxmin || RelationGetIndexPredicate(index) != NIL ||
		(!is->any && (!form->indisunique || !form->indimmediate ||
					  form->indnkeyatts != is->nkey)))
		return false;
	for (int i = 0; i < is->nkey; i++)
	{
		AttrNumber	at = form->indkey.values[i];
		Form_pg_attribute attribute;
		Oid			equal;
		int			column = 0;

		while (column < is->nkey && table->columns[column] != at)
			column++;
		if (column == is->nkey)
			return false;
		attribute = TupleDescAttr(RelationGetDescr(relation), at - 1);
		if (index->rd_indcollation[i] != attribute->attcollation ||
			index->rd_opcintype[i] != attribute->atttypid ||
			index->rd_opfamily[i] != lookup_type_cache(attribute->atttypid,
													   TYPECACHE_BTREE_OPFAMILY)->btree_opf)
			return false;
		equal = get_opfamily_member(index->rd_opfamily[i], attribute->atttypid,
									attribute->atttypid, BTEqualStrategyNumber);
		if (!OidIsValid(equal) || is_restricted(get_opcode(equal), NULL))
			return false;
		ScanKeyEntryInitialize(&table->keys[i], 0, i + 1, BTEqualStrategyNumber, InvalidOid,
							   index->rd_indcollation[i], get_opcode(equal), (Datum) 0);
		table->key_columns[i] = column;
	}
	return true;
}

/* indexes that rows are written to, and the one that they are found by */
static bool
find_indexes(Rows *rows, Table *table, Relation relation)
{
	List	   *ids = RelationGetIndexList(relation);
	ResultRelInfo *result = table->result;
	int			room = list_length(ids);
	ListCell   *at;

	table->index_ids = palloc(room * sizeof(Oid));
	table->key = -1;
	result->ri_IndexRelationDescs = palloc0(room * sizeof(Relation));
	result->ri_IndexRelationInfo = palloc0(room * sizeof(IndexInfo *));
	foreach(at, ids)
	{
		Relation	index = index_open(lfirst_oid(at), table->lock);
		bool		btree = index->rd_rel->relam == BTREE_AM_OID;
		IndexInfo  *info = NULL;

		if (btree && table->key < 0 && make_keys(table, relation, index))
			table->key = table->nindexes;
		if (table->is->command != CMD_SELECT)
		{
			/* other methods keep things in between that are not known here */
			info = BuildIndexInfo(index);
			if (!btree || is_odd((Node *) info->ii_Expressions, NULL) ||
				is_odd((Node *) info->ii_Predicate, NULL))
			{
				index_close(index, NoLock);
				return false;
			}
		}
		if (table->is->command != CMD_SELECT || table->key == table->nindexes)
		{
			table->index_ids[table->nindexes] = lfirst_oid(at);
			result->ri_IndexRelationInfo[table->nindexes++] = info;
		}
		index_close(index, NoLock);
		if (table->is->command == CMD_SELECT && table->nindexes > 0)
			break;
	}
	result->ri_NumIndices = table->nindexes;
	return table->is->nkey == 0 || table->key >= 0;
}

/* what the statement would need rights for */
static void
add_permissions(Rows *rows, Table *table, Oid id)
{
	const RowsTable *is = table->is;
	RangeTblEntry *entry = makeNode(RangeTblEntry);
	TablePermissions *needed;

	entry->rtekind = RTE_RELATION;
	entry->relid = id;
	entry->relkind = RELKIND_RELATION;
	entry->rellockmode = table->lock;
	rows->rtable = lappend(rows->rtable, entry);
	needed = TABLE_PERMISSIONS(&rows->permissions, entry);
	if (is->command == CMD_INSERT)
		needed->requiredPerms |= ACL_INSERT;
	else if (is->command == CMD_UPDATE)
		needed->requiredPerms |= ACL_UPDATE;
	for (int i = 0; i < is->ncolumns; i++)
	{
		int			column = table->columns[i] - FirstLowInvalidHeapAttributeNumber;

		if (is->command == CMD_INSERT)
			needed->insertedCols = bms_add_member(needed->insertedCols, column);
		else if (is->command == CMD_UPDATE && i == is->nkey)
			needed->updatedCols = bms_add_member(needed->updatedCols, column);
		if (is->command != CMD_INSERT || i < is->nkey)
		{
			needed->requiredPerms |= ACL_SELECT;
			needed->selectedCols = bms_add_member(needed->selectedCols, column);
		}
	}
}

/* a table of the set; false if it is not what rows are good for */
static bool
look_at(Rows *rows, int i, Relation relation)
{
	Table	   *table = &rows->tables[i];
	TupleDesc	desc;

	if (!is_plain(relation, table->is->command != CMD_SELECT) ||
		!find_columns(rows, table, RelationGetDescr(relation)))
		return false;
	add_permissions(rows, table, RelationGetRelid(relation));
	table->result = makeNode(ResultRelInfo);
	InitResultRelInfo(table->result, relation, i + 1, NULL, 0);
	if (!find_indexes(rows, table, relation) ||
		(table->is->command == CMD_INSERT && !find_defaults(rows, table, relation)))
		return false;
	desc = CreateTupleDescCopyConstr(RelationGetDescr(relation));
	table->found = MakeSingleTupleTableSlot(desc, &TTSOpsBufferHeapTuple);
	table->made = MakeSingleTupleTableSlot(desc, &TTSOpsVirtual);
	table->result->ri_RelationDesc = NULL;
	return true;
}

static void
forget(Rows *rows)
{
	if (rows->context)
		MemoryContextDelete(rows->context);
	rows->context = NULL;
	rows->estate = NULL;
	rows->rtable = rows->permissions = NIL;
	rows->tables = NULL;
	memset(rows->ids, 0, sizeof(rows->ids));
	rows->valid = rows->open = false;
}

/* look at all tables; what they are is kept until one of them changes */
static void
look(Rows *rows, Oid schema, Oid sku_type)
{
	MemoryContext before = CurrentMemoryContext;

	forget(rows);
	rows->open = true;
	rows->context = AllocSetContextCreate(TopMemoryContext, "rows of a store",
										  ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(rows->context);
	rows->estate = CreateExecutorState();
	MemoryContextSwitchTo(rows->estate->es_query_cxt);
	rows->schema = schema;
	rows->sku_type = sku_type;
	rows->tables = palloc0(rows->n * sizeof(Table));
	rows->valid = rows->plain = true;
	for (int i = 0; i < rows->n && rows->plain; i++)
	{
		Table	   *table = &rows->tables[i];
		Relation	relation = NULL;

		table->is = rows->is[i];
		table->lock = table->is->command == CMD_SELECT ? AccessShareLock : RowExclusiveLock;
		rows->ids[i] = get_relname_relid(table->is->name, schema);
		if (get_rel_relkind(rows->ids[i]) == RELKIND_RELATION)
			relation = try_table_open(rows->ids[i], table->lock);
		else
			rows->plain = false;
		/* one that is not there is looked for each time */
		if (!OidIsValid(rows->ids[i]))
			rows->valid = false;
		if (relation)
		{
			rows->plain = look_at(rows, i, relation);
			table_close(relation, NoLock);
		}
		else
			rows->plain = false;
	}
	if (rows->plain)
		INIT_RANGE_TABLE(rows->estate, rows->rtable, rows->permissions);
	MemoryContextSwitchTo(before);
	rows->open = false;
	if (!rows->plain)
	{
		MemoryContextDelete(rows->context);
		rows->context = NULL;
	}
}

/* ---- opening and closing ---- */

static void
open_index(Table *table, int i)
{
	if (table->result->ri_IndexRelationDescs[i] == NULL)
		table->result->ri_IndexRelationDescs[i] = index_open(table->index_ids[i], table->lock);
}

static void
open_tables(Rows *rows)
{
	for (int i = 0; i < rows->n; i++)
	{
		Table	   *table = &rows->tables[i];

		table->result->ri_RelationDesc = try_table_open(rows->ids[i], table->lock);
		if (table->result->ri_RelationDesc == NULL)
		{
			rows->valid = false;
			return;
		}
		/* whether its indexes are still those is known now that it is locked */
		if (!rows->valid)
			return;

		/*
		 * Most updates change no index, and one lock less is one that may need the lock table,
		 * which all backends share.  Who changes or drops an index waits for the table's lock.
		 */
		for (int j = 0; j < table->nindexes; j++)
		{
			if (table->is->command != CMD_UPDATE || j == table->key)
				open_index(table, j);
		}
	}
}

/* locks are kept to the end of the transaction */
static void
close_tables(Rows *rows)
{
	for (int i = 0; i < rows->n; i++)
	{
		ResultRelInfo *result = rows->tables[i].result;

		for (int j = 0; j < rows->tables[i].nindexes; j++)
		{
			if (result->ri_IndexRelationDescs[j])
				index_close(result->ri_IndexRelationDescs[j], NoLock);
			result->ri_IndexRelationDescs[j] = NULL;
		}
		if (result->ri_RelationDesc)
			table_close(result->ri_RelationDesc, NoLock);
		result->ri_RelationDesc = NULL;
	}
}

/* whether rows of these tables can be written here, by this user and now; then they are open */
bool
rows_open(Rows *rows, Oid schema, Oid sku_type)
{
	if (XactReadOnly || IsInParallelMode() || !MAY_USE_SCHEMA(schema))
		return false;
	if (rows->open)
		forget(rows);
	do
	{
		CHECK_FOR_INTERRUPTS();
		if (!rows->valid || rows->schema != schema || rows->sku_type != sku_type)
			look(rows, schema, sku_type);
		if (!rows->plain)
			return false;
		rows->open = true;
		open_tables(rows);
		if (!rows->valid)
			rows_close(rows);
	} while (!rows->valid);

	if (!MAY_DO(rows->rtable, rows->permissions))
	{
		rows_close(rows);
		return false;
	}
	return true;
}

void
rows_close(Rows *rows)
{
	close_tables(rows);
	rows->open = false;
}

/* a command begins: it sees what was committed until now, or as the transaction does */
void
rows_begin(Rows *rows)
{
	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	rows->estate->es_snapshot = GetActiveSnapshot();
	rows->estate->es_output_cid = GetCurrentCommandId(true);
}

/* and is done */
void
rows_end(Rows *rows)
{
	for (int i = 0; i < rows->n; i++)
	{
		ExecClearTuple(rows->tables[i].found);
		ExecClearTuple(rows->tables[i].made);
	}
	ResetPerTupleExprContext(rows->estate);
	rows->estate->es_snapshot = InvalidSnapshot;
	PopActiveSnapshot();
	CommandCounterIncrement();
}

/* ---- rows ---- */

/* the row with that key, as the command sees it; false if there is none */
bool
rows_find(Rows *rows, int table, const Datum *key)
{
	Table	   *t = &rows->tables[table];
	IndexScanDesc scan;
	bool		found;

	for (int i = 0; i < t->is->nkey; i++)
		t->keys[i].sk_argument = key[t->key_columns[i]];
	scan = INDEX_BEGINSCAN(t->result->ri_RelationDesc,
						   t->result->ri_IndexRelationDescs[t->key],
						   rows->estate->es_snapshot, t->is->nkey);
	index_rescan(scan, t->keys, t->is->nkey, NULL, 0);
	found = index_getnext_slot(scan, ForwardScanDirection, t->found);
	index_endscan(scan);
	return found;
}

/* a column of the row that was found, or locked */
Datum
rows_value(Rows *rows, int table, int column, bool *isnull)
{
	Table	   *t = &rows->tables[table];

	return slot_getattr(t->found, t->columns[column], isnull);
}

/* the row to be written, with its place in the indexes to come */
static TupleTableSlot *
complete(Rows *rows, Table *table)
{
	TupleTableSlot *slot = ExecStoreVirtualTuple(table->made);
	Relation	relation = table->result->ri_RelationDesc;

	slot->tts_tableOid = RelationGetRelid(relation);
	if (relation->rd_att->constr)
		ExecConstraints(table->result, slot, rows->estate);
	return slot;
}

/*
 * Change the row that was found or locked.  False: somebody else has changed it since the command
 * began, and it is not locked.
 */
bool
rows_update(Rows *rows, int table, Datum value)
{
	Table	   *t = &rows->tables[table];
	Relation	relation = t->result->ri_RelationDesc;
	int			changed = t->columns[t->is->nkey] - 1;
	TupleTableSlot *slot;
	TM_FailureData failure;
	LockTupleMode mode;
	UpdateIndexes indexes;

	CheckCmdReplicaIdentity(relation, CMD_UPDATE);
	ExecClearTuple(t->made);
	slot_getallattrs(t->found);
	memcpy(t->made->tts_values, t->found->tts_values,
		   t->found->tts_tupleDescriptor->natts * sizeof(Datum));
	memcpy(t->made->tts_isnull, t->found->tts_isnull,
		   t->found->tts_tupleDescriptor->natts * sizeof(bool));
	t->made->tts_values[changed] = value;
	t->made->tts_isnull[changed] = false;
	slot = complete(rows, t);
	switch (table_tuple_update(relation, &t->found->tts_tid, slot, rows->estate->es_output_cid,
							   rows->estate->es_snapshot, InvalidSnapshot, true, &failure,
							   &mode, &indexes))
	{
		case TM_Ok:
			break;
		case TM_Updated:
			if (IsolationUsesXactSnapshot())
				ereport(ERROR,
						(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
						 errmsg("could not serialize access due to concurrent update")));
			return false;
		case TM_Deleted:
			if (IsolationUsesXactSnapshot())
				ereport(ERROR,
						(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
						 errmsg("could not serialize access due to concurrent delete")));
			return false;
		default:
			/* by what a CHECK or a default runs */
			ereport(ERROR,
					(errcode(ERRCODE_TRIGGERED_DATA_CHANGE_VIOLATION),
					 errmsg("tuple to be updated was already modified by an operation triggered "
							"by the current command")));
	}
	if (t->nindexes > 0 && indexes)
	{
		for (int i = 0; i < t->nindexes; i++)
			open_index(t, i);
		INSERT_INDEX_TUPLES(t->result, slot, rows->estate, true, indexes);
	}
	return true;
}

/*
 * Lock the row that rows_update() was too late for, as it is now.  False: it is not there any
 * longer, or has another key.
 */
bool
rows_lock(Rows *rows, int table)
{
	Table	   *t = &rows->tables[table];
	ItemPointerData at = t->found->tts_tid;
	TM_FailureData failure;
	TM_Result	result;

	result = table_tuple_lock(t->result->ri_RelationDesc, &at, rows->estate->es_snapshot,
							  t->found, rows->estate->es_output_cid, LockTupleNoKeyExclusive,
							  LockWaitBlock, TUPLE_LOCK_FLAG_FIND_LAST_VERSION, &failure);
	if (result != TM_Ok)
		return false;
	for (int i = 0; i < t->is->nkey; i++)
	{
		bool		isnull;
		Datum		value = rows_value(rows, table, t->key_columns[i], &isnull);

		if (isnull || !DatumGetBool(FunctionCall2Coll(&t->keys[i].sk_func,
													  t->keys[i].sk_collation, value,
													  t->keys[i].sk_argument)))
			return false;
	}
	return true;
}

/* a new row: the caller's columns, and defaults of the others */
void
rows_insert(Rows *rows, int table, const Datum *values, const bool *nulls)
{
	Table	   *t = &rows->tables[table];
	Relation	relation = t->result->ri_RelationDesc;
	TupleTableSlot *slot = ExecClearTuple(t->made);
	int			natts = slot->tts_tupleDescriptor->natts;

	memset(slot->tts_isnull, true, natts * sizeof(bool));
	for (int i = 0; i < t->is->ncolumns; i++)
	{
		slot->tts_values[t->columns[i] - 1] = values[i];
		slot->tts_isnull[t->columns[i] - 1] = nulls[i];
	}
	for (int i = 0; i < natts; i++)
	{
		if (t->defaults[i])
			slot->tts_values[i] = ExecEvalExprSwitchContext(t->defaults[i],
															GetPerTupleExprContext(rows->estate),
															&slot->tts_isnull[i]);
	}
	slot = complete(rows, t);
	table_tuple_insert(relation, slot, rows->estate->es_output_cid, 0, NULL);
	if (t->nindexes > 0)
		INSERT_INDEX_TUPLES(t->result, slot, rows->estate, false, UPDATE_ALL_INDEXES);
}
