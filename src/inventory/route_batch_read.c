/*
 * route_batch_read.c
 *	  What is routed together: lines of orders, stock, and what is told of the nodes, each a query
 *	  on a relation as the caller, of the columns that it has.
 *
 * Orders, SKUs and nodes are numbered as they come, and once more in the order of the queue or of
 * their ids when all are read, so that what follows does not depend on the order of the rows.
 * Stock and facts of SKUs, destinations and nodes that nobody asks for are checked and left out.
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "inventory/route_batch.h"
#include "text/query.h"

#define COLUMNS_MAX	16
#define METHODS_MAX	1000
#define UNITS_MAX	(2 * ROUTE_UNITS_MAX * BATCH_ORDERS_MAX)

typedef enum ColumnKind
{
	COLUMN_ID,
	COLUMN_NUMBER,				/* a whole number */
	COLUMN_TIME,
	COLUMN_AMOUNT,				/* a fact that is a number */
	COLUMN_BOOLEAN,
	COLUMN_REASON				/* a text, or true or false */
} ColumnKind;

typedef struct Column
{
	const char *name;
	ColumnKind	kind;
	bool		required;
	bool		may_be_array;
} Column;

/* how datums of a column are read */
typedef struct Reader
{
	const char *name;
	Oid			type;			/* of a value; InvalidOid if there is no such column */
	bool		array;
	FmgrInfo	out;			/* of any type that is none of numbers and texts */
	int16		typlen;
	bool		typbyval;
	char		typalign;
} Reader;

/* ids by number, in the order in which they came */
typedef struct Dictionary
{
	int			n;
	int			room;
	RouteId    *id;
	uint32	   *hash;
	int32	   *slot;			/* of the number, or -1 */
	uint32		slots;			/* a power of two */
} Dictionary;

typedef struct Reading
{
	Batch	   *b;
	Oid			oid;
	const char *relation;		/* as it is shown */
	const Column *column;
	Reader		reader[COLUMNS_MAX];
	Dictionary	orders;
	Dictionary	skus;
	Dictionary	nodes;
	Dictionary	destinations;
	int			orders_room;
	int			demands_room;
	int			entries_room;
	int			facts_room;
	int			methods_room;
	BatchDemand *entry_of;		/* "order" is the node, of each entry */
} Reading;

/* ---- ids ---- */

static void
dictionary_begin(Dictionary *d)
{
	memset(d, 0, sizeof(Dictionary));
	d->room = 64;
	d->slots = 128;
	d->id = palloc(d->room * sizeof(RouteId));
	d->hash = palloc(d->room * sizeof(uint32));
	d->slot = palloc(d->slots * sizeof(int32));
	memset(d->slot, -1, d->slots * sizeof(int32));
}

static void
dictionary_grow(Dictionary *d)
{
	d->room *= 2;
	d->slots *= 2;
	d->id = repalloc_huge(d->id, (Size) d->room * sizeof(RouteId));
	d->hash = repalloc_huge(d->hash, (Size) d->room * sizeof(uint32));
	d->slot = repalloc_huge(d->slot, (Size) d->slots * sizeof(int32));
	memset(d->slot, -1, (Size) d->slots * sizeof(int32));
	for (int i = 0; i < d->n; i++)
	{
		uint32		s = d->hash[i] & (d->slots - 1);

		while (d->slot[s] >= 0)
			s = (s + 1) & (d->slots - 1);
		d->slot[s] = i;
	}
}

static uint32
hash_id(const RouteId *id)
{
	if (id->len < 0)
		return murmurhash32((uint32) id->u.number ^ murmurhash32(id->u.number >> 32));
	return hash_bytes((const unsigned char *) id->u.text, id->len);
}

/* number of an id; -1 if it is new and none is to be added */
static int32
dictionary_number(const Reading *r, Dictionary *d, const RouteId *id, bool add)
{
	uint32		hash = hash_id(id);
	uint32		s;
	int32		i;

	for (s = hash & (d->slots - 1); (i = d->slot[s]) >= 0; s = (s + 1) & (d->slots - 1))
	{
		if (d->hash[i] == hash && route_id_compare(&d->id[i], id) == 0)
			return i;
	}
	if (!add)
		return -1;
	if (d->n == d->room)
	{
		dictionary_grow(d);
		return dictionary_number(r, d, id, add);
	}
	d->slot[s] = i = d->n++;
	d->hash[i] = hash;
	d->id[i] = *id;
	if (id->len >= 0)
	{
		char	   *text = MemoryContextAlloc(r->b->context, id->len);

		memcpy(text, id->u.text, id->len);
		d->id[i].u.text = text;
	}
	return i;
}

static int
compare_numbered(const void *a, const void *b, void *arg)
{
	const RouteId *id = arg;

	CHECK_FOR_INTERRUPTS();
	return route_id_compare(&id[*(const int32 *) a], &id[*(const int32 *) b]);
}

/* the ids in ascending order; rank is the new number of each */
static RouteId *
dictionary_sort(Dictionary *d, int32 **rank)
{
	int32	   *order = MemoryContextAllocHuge(CurrentMemoryContext,
											   Max((Size) d->n, 1) * sizeof(int32));
	RouteId    *sorted = MemoryContextAllocHuge(CurrentMemoryContext,
												Max((Size) d->n, 1) * sizeof(RouteId));

	*rank = MemoryContextAllocHuge(CurrentMemoryContext, Max((Size) d->n, 1) * sizeof(int32));
	for (int i = 0; i < d->n; i++)
		order[i] = i;
	qsort_arg(order, d->n, sizeof(int32), compare_numbered, d->id);
	for (int i = 0; i < d->n; i++)
	{
		sorted[i] = d->id[order[i]];
		(*rank)[order[i]] = i;
	}
	pfree(order);
	return sorted;
}

/* ---- refusals ---- */

static pg_noinline void
report_null(const Reading *r, int column)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("column \"%s\" of \"%s\" must not be null", r->reader[column].name,
					r->relation),
			 errhint("Leave such rows out with a view, or say what stands for them with "
					 "coalesce.")));
}

static pg_noinline void
report_number(const Reading *r, int column, const char *value, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("column \"%s\" of \"%s\" is out of range: %s", r->reader[column].name,
					r->relation, value),
			 errhint("%s", hint)));
}

static pg_noinline void
report_problem(const Reading *r, int column, const Problem *problem)
{
	Problem		p = *problem;

	if (p.hint == NULL)
		p.hint = "Amounts are 0 or more with up to six decimals, days and capacities whole "
			"numbers, texts 1 to 255 bytes.";
	route_raise(&p, psprintf("column \"%s\" of \"%s\" is not valid", r->reader[column].name,
								  r->relation));
}

static pg_noinline void
report_too_many(const Reading *r, const char *what, int max)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("\"%s\" has too many %s to be routed together", r->relation, what),
			 errdetail("There may be %d.", max),
			 errhint("Route parts of the queue, by country for example, through views.")));
}

/* room for one more */
static void *
grow(const Reading *r, void *array, int n, int *room, Size size, int max, const char *what)
{
	if (n < *room)
		return array;
	if (n >= max)
		report_too_many(r, what, max);
	*room = (int) Min((int64) max, Max(64, (int64) *room * 2));
	return array ? repalloc_huge(array, *room * size) :
		MemoryContextAllocHuge(r->b->context, *room * size);
}

/* ---- values ---- */

static const char *const number_hint = "It is a whole number.";

static void
begin_reader(const Reading *r, Reader *reader, const Column *column, Oid type)
{
	Oid			base = getBaseType(type);
	Oid			element = get_element_type(base);
	Oid			out;
	bool		varlena;

	reader->name = column->name;
	reader->array = OidIsValid(element);
	reader->type = reader->array ? getBaseType(element) : base;
	if (reader->array && !column->may_be_array)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of \"%s\" is an array", column->name, r->relation),
				 errhint("Only \"node\" and \"available\" of the stock may be arrays.")));
	if (reader->array)
		get_typlenbyvalalign(reader->type, &reader->typlen, &reader->typbyval, &reader->typalign);
	if (column->kind == COLUMN_NUMBER && reader->type != INT2OID && reader->type != INT4OID &&
		reader->type != INT8OID && reader->type != NUMERICOID)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of \"%s\" is of type %s", column->name, r->relation,
						format_type_be(type)),
				 errhint("It is smallint, integer, bigint or numeric.")));
	if (column->kind == COLUMN_ID || column->kind == COLUMN_REASON)
	{
		getTypeOutputInfo(reader->type, &out, &varlena);
		fmgr_info(out, &reader->out);
	}
}

static TextSpan
text_of(Reader *reader, Datum value)
{
	TextSpan	s;

	if (reader->type == TEXTOID || reader->type == VARCHAROID || reader->type == BPCHAROID)
	{
		text	   *t = DatumGetTextPP(value);

		s.data = VARDATA_ANY(t);
		s.len = VARSIZE_ANY_EXHDR(t);
		if (reader->type == BPCHAROID)
			s.len = bpchartruelen(VARDATA_ANY(t), s.len);
	}
	else
	{
		s.data = OutputFunctionCall(&reader->out, value);
		s.len = strlen(s.data);
	}
	return s;
}

static RouteId
id_of(Reading *r, int column, Datum value)
{
	Reader	   *reader = &r->reader[column];
	RouteId		id;
	TextSpan	s;
	Problem		problem;

	id.len = -1;
	switch (reader->type)
	{
		case INT2OID:
			id.u.number = DatumGetInt16(value);
			return id;
		case INT4OID:
			id.u.number = DatumGetInt32(value);
			return id;
		case INT8OID:
			id.u.number = DatumGetInt64(value);
			return id;
		default:
			s = text_of(reader, value);
			if (!route_id_from_text(s.data, s.len, &id, &problem))
				report_problem(r, column, &problem);
			return id;
	}
}

static int64
number_of(const Reading *r, int column, Datum value)
{
	const char *s;
	char	   *end;
	int64		n;

	switch (r->reader[column].type)
	{
		case INT2OID:
			return DatumGetInt16(value);
		case INT4OID:
			return DatumGetInt32(value);
		case INT8OID:
			return DatumGetInt64(value);
		default:
			s = numeric_normalize(DatumGetNumeric(value));
			errno = 0;
			n = strtoll(s, &end, 10);
			if (*end != '\0')
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("column \"%s\" of \"%s\" is not a whole number: %s",
								r->reader[column].name, r->relation,
								text_shown(cstring_to_text(s))),
						 errhint("Units are counted; round, or count in smaller units.")));
			if (errno != 0)
				report_number(r, column, text_shown(cstring_to_text(s)), number_hint);
			return n;
	}
}

static int64
units_of(const Reading *r, int column, Datum value, int64 least, int64 most, const char *hint)
{
	int64		n = number_of(r, column, value);

	if (n < least || n > most)
		report_number(r, column, psprintf(INT64_FORMAT, n), hint);
	return n;
}

/* ---- queries ---- */

static void
check_relation(Oid oid)
{
	char		kind = get_rel_relkind(oid);

	if (kind == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", oid),
				 errhint("Name a table or a view.")));
	if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE && kind != RELKIND_VIEW &&
		kind != RELKIND_MATVIEW && kind != RELKIND_FOREIGN_TABLE)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" has no rows to read", get_rel_name(oid)),
				 errhint("Name a table or a view.")));
}

static void
add_column(StringInfo sql, const Reading *r, Oid oid, const Column *column, const char *expected)
{
	const char *name = quote_identifier(column->name);

	if (sql->len > 0)
		appendStringInfoString(sql, ", ");
	if (get_attnum(oid, column->name) == InvalidAttrNumber)
	{
		if (column->required)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("\"%s\" has no column \"%s\"", r->relation, column->name),
					 errhint("%s", expected)));
		appendStringInfoString(sql, "NULL");
		return;
	}
	appendStringInfoString(sql, name);
	if (column->kind == COLUMN_TIME)
		appendStringInfoString(sql, "::pg_catalog.timestamptz");
	else if (column->kind == COLUMN_AMOUNT)
		appendStringInfoString(sql, "::pg_catalog.numeric");
	else if (column->kind == COLUMN_BOOLEAN)
		appendStringInfoString(sql, "::pg_catalog.bool");
}

static void
begin_relation(void *argument, TupleDesc desc)
{
	Reading    *r = argument;

	memset(r->reader, 0, sizeof(r->reader));
	for (int i = 0; i < desc->natts; i++)
	{
		if (get_attnum(r->oid, r->column[i].name) != InvalidAttrNumber)
			begin_reader(r, &r->reader[i], &r->column[i], TupleDescAttr(desc, i)->atttypid);
		r->reader[i].name = r->column[i].name;
	}
}

/* hand all rows of a relation to "take", a value for each column */
static void
read_relation(Reading *r, Oid oid, const Column *column, int columns, const char *expected,
			  QueryTake take)
{
	StringInfoData list;
	StringInfoData sql;

	check_relation(oid);
	r->oid = oid;
	r->relation = get_rel_name(oid);
	r->column = column;
	initStringInfo(&list);
	for (int i = 0; i < columns; i++)
		add_column(&list, r, oid, &column[i], expected);
	initStringInfo(&sql);
	appendStringInfo(&sql, "SELECT %s FROM %s", list.data,
					 quote_qualified_identifier(get_namespace_name(get_rel_namespace(oid)),
												r->relation));
	query_read(sql.data, begin_relation, take, r);
}

/* ---- lines of orders ---- */

enum
{
	LINE_ORDER, LINE_SKU, LINE_QTY, LINE_PRIORITY, LINE_PLACED_AT, LINE_DESTINATION, LINE_COLUMNS
};

static const Column line_columns[] = {
	{"order_ref", COLUMN_ID, true}, {"sku", COLUMN_ID, true}, {"qty", COLUMN_NUMBER, true},
	{"priority", COLUMN_NUMBER}, {"placed_at", COLUMN_TIME}, {"destination", COLUMN_ID}
};

#define LINES_HINT \
	"The lines have the columns order_ref, sku and qty, and, where you like, priority, " \
	"placed_at and destination."

static void
take_line(void *argument, const Datum *value, const bool *null)
{
	Reading    *r = argument;
	Batch	   *b = r->b;
	RouteId		order;
	RouteId		sku;
	BatchOrder	o = {.priority = PG_INT64_MAX,.placed_at = PG_INT64_MAX,.destination = -1};
	int32		n;
	int64		qty;

	for (int i = LINE_ORDER; i <= LINE_QTY; i++)
	{
		if (null[i])
			report_null(r, i);
	}
	order = id_of(r, LINE_ORDER, value[LINE_ORDER]);
	sku = id_of(r, LINE_SKU, value[LINE_SKU]);
	qty = units_of(r, LINE_QTY, value[LINE_QTY], 1, ROUTE_UNITS_MAX,
				   "The quantity of a line is from 1 to 1000000000.");
	if (!null[LINE_PRIORITY])
		o.priority = number_of(r, LINE_PRIORITY, value[LINE_PRIORITY]);
	if (!null[LINE_PLACED_AT])
		o.placed_at = DatumGetTimestampTz(value[LINE_PLACED_AT]);
	if (!null[LINE_DESTINATION])
	{
		RouteId		destination = id_of(r, LINE_DESTINATION, value[LINE_DESTINATION]);

		o.destination = dictionary_number(r, &r->destinations, &destination, true);
	}
	n = dictionary_number(r, &r->orders, &order, true);
	if (n == b->norders)
	{
		b->order = grow(r, b->order, n, &r->orders_room, sizeof(BatchOrder), BATCH_ORDERS_MAX,
						"orders");
		o.number = n;
		o.pick = -1;
		o.tried = -1;
		b->order[b->norders++] = o;
	}
	else if (b->order[n].priority != o.priority || b->order[n].placed_at != o.placed_at ||
			 b->order[n].destination != o.destination)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("lines of order \"%s\" contradict each other", route_id_text(&order)),
				 errhint("All lines of an order have the same priority, placed_at and "
						 "destination.")));
	b->order[n].units += qty;
	if (b->order[n].units > ROUTE_UNITS_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("order \"%s\" asks for more than " INT64_FORMAT " units",
						route_id_text(&order), ROUTE_UNITS_MAX),
				 errhint("Route parts of it.")));
	b->demand = grow(r, b->demand, b->ndemands, &r->demands_room, sizeof(BatchDemand),
					 BATCH_LINES_MAX, "lines");
	b->demand[b->ndemands++] = (BatchDemand) {n, dictionary_number(r, &r->skus, &sku, true), qty};
}

static int
compare_orders(const void *x, const void *y)
{
	const BatchOrder *a = x;
	const BatchOrder *b = y;

	CHECK_FOR_INTERRUPTS();
	if (a->priority != b->priority)
		return a->priority < b->priority ? -1 : 1;
	if (a->placed_at != b->placed_at)
		return a->placed_at < b->placed_at ? -1 : 1;
	return route_id_compare(&a->id, &b->id);
}

static inline int
compare_demands(const BatchDemand *a, const BatchDemand *b)
{
	if (a->order != b->order)
		return a->order < b->order ? -1 : 1;
	return (a->sku > b->sku) - (a->sku < b->sku);
}

#define ST_SORT sort_demands
#define ST_ELEMENT_TYPE BatchDemand
#define ST_COMPARE(a, b) compare_demands(a, b)
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

/* orders in the order of the queue, and their demands by SKU, each SKU once */
static void
finish_lines(Reading *r)
{
	Batch	   *b = r->b;
	int32	   *rank;
	int32	   *sku_rank;
	int			n = 0;

	for (int i = 0; i < b->norders; i++)
		b->order[i].id = r->orders.id[i];
	qsort(b->order, b->norders, sizeof(BatchOrder), compare_orders);
	rank = MemoryContextAllocHuge(CurrentMemoryContext,
								  Max((Size) b->norders, 1) * sizeof(int32));
	for (int i = 0; i < b->norders; i++)
		rank[b->order[i].number] = i;
	b->nskus = r->skus.n;
	b->sku_id = dictionary_sort(&r->skus, &sku_rank);
	for (int i = 0; i < b->ndemands; i++)
	{
		b->demand[i].order = rank[b->demand[i].order];
		b->demand[i].sku = sku_rank[b->demand[i].sku];
	}
	if (b->ndemands > 1)
		sort_demands(b->demand, b->ndemands);
	for (int i = 0; i < b->ndemands; i++)
	{
		BatchOrder *o = &b->order[b->demand[i].order];

		if (n > 0 && compare_demands(&b->demand[n - 1], &b->demand[i]) == 0)
			b->demand[n - 1].qty += b->demand[i].qty;
		else
		{
			if (n == 0 || b->demand[n - 1].order != b->demand[i].order)
				o->first = n;
			b->demand[n++] = b->demand[i];
		}
		o->last = n;
	}
	b->ndemands = n;
	/* SKUs are looked up by their new numbers from now on */
	for (int i = 0; i < r->skus.slots; i++)
	{
		if (r->skus.slot[i] >= 0)
			r->skus.slot[i] = sku_rank[r->skus.slot[i]];
	}
	for (int i = 0; i < b->nskus; i++)
		r->skus.hash[i] = hash_id(&b->sku_id[i]);
	memcpy(r->skus.id, b->sku_id, (Size) b->nskus * sizeof(RouteId));
	pfree(rank);
	pfree(sku_rank);
}

/* ---- stock ---- */

enum
{
	STOCK_SKU, STOCK_NODE, STOCK_AVAILABLE, STOCK_COLUMNS
};

static const Column stock_columns[] = {
	{"sku", COLUMN_ID, true}, {"node", COLUMN_ID, true, true},
	{"available", COLUMN_NUMBER, true, true}
};

#define STOCK_HINT \
	"The stock has the columns sku, node and available: a row for each node, or one for each SKU " \
	"with arrays of nodes and of what they have."

static void
add_entry(Reading *r, int32 sku, Datum node, Datum available)
{
	Batch	   *b = r->b;
	RouteId		id = id_of(r, STOCK_NODE, node);
	int64		units = units_of(r, STOCK_AVAILABLE, available, 0, PG_INT64_MAX,
								 "Where more is promised than there is, give "
								 "greatest(available, 0).");

	if (sku < 0)
		return;
	if (b->nentries == r->entries_room)
	{
		int			room = r->entries_room;

		r->entry_of = grow(r, r->entry_of, b->nentries, &room, sizeof(BatchDemand),
						   BATCH_ENTRIES_MAX, "SKUs at nodes");
		r->entries_room = room;
	}
	r->entry_of[b->nentries++] =
		(BatchDemand) {dictionary_number(r, &r->nodes, &id, true), sku, units};
}

static void
add_entries(Reading *r, int32 sku, Datum nodes, Datum available)
{
	ArrayType  *array[2] = {DatumGetArrayTypeP(nodes), DatumGetArrayTypeP(available)};
	Datum	   *value[2];
	bool	   *null[2];
	int			n[2];

	for (int i = 0; i < 2; i++)
	{
		const Reader *reader = &r->reader[STOCK_NODE + i];

		deconstruct_array(array[i], ARR_ELEMTYPE(array[i]), reader->typlen, reader->typbyval,
						  reader->typalign, &value[i], &null[i], &n[i]);
	}
	if (n[0] != n[1] || ARR_NDIM(array[0]) > 1 || ARR_NDIM(array[1]) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("arrays \"node\" and \"available\" of \"%s\" do not go together",
						r->relation),
				 errdetail("They have %d and %d elements, in %d and %d dimensions.", n[0], n[1],
						   ARR_NDIM(array[0]), ARR_NDIM(array[1])),
				 errhint("Each has one dimension, and an element for each node.")));
	for (int i = 0; i < n[0]; i++)
	{
		if (null[0][i])
			report_null(r, STOCK_NODE);
		if (null[1][i])
			report_null(r, STOCK_AVAILABLE);
		add_entry(r, sku, value[0][i], value[1][i]);
	}
}

static void
take_stock(void *argument, const Datum *value, const bool *null)
{
	Reading    *r = argument;
	RouteId		id;
	int32		sku;

	for (int i = 0; i < STOCK_COLUMNS; i++)
	{
		if (null[i])
			report_null(r, i);
	}
	if (r->reader[STOCK_NODE].array != r->reader[STOCK_AVAILABLE].array)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("one of the columns \"node\" and \"available\" of \"%s\" is an array, "
						"the other is not", r->relation),
				 errhint(STOCK_HINT)));
	id = id_of(r, STOCK_SKU, value[STOCK_SKU]);
	sku = dictionary_number(r, &r->skus, &id, false);
	if (r->reader[STOCK_NODE].array)
		add_entries(r, sku, value[STOCK_NODE], value[STOCK_AVAILABLE]);
	else
		add_entry(r, sku, value[STOCK_NODE], value[STOCK_AVAILABLE]);
}

static inline int
compare_entries(const BatchDemand *a, const BatchDemand *b)
{
	if (a->sku != b->sku)
		return a->sku < b->sku ? -1 : 1;
	return (a->order > b->order) - (a->order < b->order);
}

#define ST_SORT sort_entries
#define ST_ELEMENT_TYPE BatchDemand
#define ST_COMPARE(a, b) compare_entries(a, b)
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

static void
finish_stock(Reading *r)
{
	Batch	   *b = r->b;
	BatchDemand *raw = r->entry_of;
	int32	   *rank;

	b->nnodes = r->nodes.n;
	b->node_id = dictionary_sort(&r->nodes, &rank);
	b->node = palloc(Max(b->nnodes, 1) * sizeof(BatchNode));
	for (int i = 0; i < b->nnodes; i++)
		b->node[i] = (BatchNode) {-1, -1, -1};
	for (int i = 0; i < b->nentries; i++)
		raw[i].order = rank[raw[i].order];
	if (b->nentries > 1)
		sort_entries(raw, b->nentries);
	b->sku = MemoryContextAllocExtended(CurrentMemoryContext,
										Max((Size) b->nskus, 1) * sizeof(BatchSku),
										MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	b->entry = MemoryContextAllocHuge(CurrentMemoryContext,
									  Max((Size) b->nentries, 1) * sizeof(BatchEntry));
	for (int i = 0; i < b->nentries; i++)
	{
		BatchSku   *sku = &b->sku[raw[i].sku];

		if (i > 0 && compare_entries(&raw[i - 1], &raw[i]) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("\"%s\" tells twice what node \"%s\" has of SKU \"%s\"", r->relation,
							route_id_text(&b->node_id[raw[i].order]),
							route_id_text(&b->sku_id[raw[i].sku])),
					 errhint("Add it up with GROUP BY.")));
		if (sku->last == 0)
			sku->first = i;
		sku->last = i + 1;
		/* what is more than all orders together could ask for makes no difference */
		sku->left = Min(sku->left + Min(raw[i].qty, UNITS_MAX), UNITS_MAX);
		b->entry[i] = (BatchEntry) {raw[i].order, -1, raw[i].qty, raw[i].qty};
	}
	for (int i = 0; i < r->nodes.slots; i++)
	{
		if (r->nodes.slot[i] >= 0)
			r->nodes.slot[i] = rank[r->nodes.slot[i]];
	}
	for (int i = 0; i < b->nnodes; i++)
		r->nodes.hash[i] = hash_id(&b->node_id[i]);
	memcpy(r->nodes.id, b->node_id, (Size) b->nnodes * sizeof(RouteId));
	pfree(rank);
	if (raw)
		pfree(raw);
}

/* ---- facts ---- */

enum
{
	FACT_NODE, FACT_DESTINATION, FACT_SKU, FACT_FIRST,
	FACT_COLUMNS = FACT_FIRST + FACTS + 3
};

static const Column fact_columns[FACT_COLUMNS] = {
	{"node", COLUMN_ID, true}, {"destination", COLUMN_ID}, {"sku", COLUMN_ID},
	{"fixed_cost", COLUMN_AMOUNT}, {"unit_cost", COLUMN_AMOUNT}, {"unit_duty", COLUMN_AMOUNT},
	{"fixed_emissions", COLUMN_AMOUNT}, {"unit_emissions", COLUMN_AMOUNT},
	{"unit_protection", COLUMN_AMOUNT}, {"days", COLUMN_AMOUNT},
	{"promised_days", COLUMN_AMOUNT}, {"capacity", COLUMN_AMOUNT},
	{"past_cutoff", COLUMN_BOOLEAN}, {"ineligible", COLUMN_REASON}, {"method", COLUMN_REASON}
};

#define FACTS_HINT \
	"The facts have the column node, where you like destination and sku, and at least one of " \
	"fixed_cost, unit_cost, unit_duty, fixed_emissions, unit_emissions, unit_protection, days, " \
	"promised_days, capacity, past_cutoff, ineligible and method."

static void
take_fact(Reading *r, int column, Datum value, RouteFacts *facts)
{
	Reader	   *reader = &r->reader[column];
	JsonbValue	v;
	bool		is_fact;
	Problem		problem;

	if (fact_columns[column].kind == COLUMN_AMOUNT)
	{
		v.type = jbvNumeric;
		v.val.numeric = DatumGetNumeric(value);
	}
	else if (reader->type == BOOLOID)
	{
		v.type = jbvBool;
		v.val.boolean = DatumGetBool(value);
	}
	else
	{
		TextSpan	s = text_of(reader, value);

		v.type = jbvString;
		v.val.string.val = (char *) s.data;
		v.val.string.len = s.len;
	}
	if (!route_fact_set(facts, reader->name, strlen(reader->name), &v, &is_fact, &problem))
		report_problem(r, column, &problem);
}

static int32
method_number(Reading *r, TextSpan method)
{
	Batch	   *b = r->b;
	char	   *copy;

	for (int i = 0; i < b->nmethods; i++)
	{
		if (route_span_compare(b->method[i], method) == 0)
			return i;
	}
	b->method = grow(r, b->method, b->nmethods, &r->methods_room, sizeof(TextSpan), METHODS_MAX,
					 "methods");
	copy = MemoryContextAlloc(b->context, method.len);
	memcpy(copy, method.data, method.len);
	b->method[b->nmethods] = (TextSpan) {copy, method.len};
	return b->nmethods++;
}

/* the capacity of a node is one, whatever the row is about */
static void
take_capacity(Reading *r, int32 node, const RouteFacts *facts)
{
	BatchNode  *n = &r->b->node[node];
	int64		capacity = facts->value[FACT_CAPACITY];

	if (!FACT_KNOWN(facts, FACT_CAPACITY))
		return;
	if (n->capacity >= 0 && n->capacity != capacity)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" tells two capacities of node \"%s\"", r->relation,
						route_id_text(&r->b->node_id[node])),
				 errhint("The capacity of a node is one number: the units of all orders together "
						 "that it can handle.")));
	n->capacity = n->left = capacity;
}

static void
take_facts(void *argument, const Datum *value, const bool *null)
{
	Reading    *r = argument;
	Batch	   *b = r->b;
	BatchFact	f = {-1, -1, -1, -1};
	RouteId		id;
	bool		asked = true;

	route_facts_default(&f.facts);
	for (int i = FACT_FIRST; i < FACT_COLUMNS; i++)
	{
		if (!null[i])
			take_fact(r, i, value[i], &f.facts);
	}
	if (null[FACT_NODE])
		report_null(r, FACT_NODE);
	id = id_of(r, FACT_NODE, value[FACT_NODE]);
	f.node = dictionary_number(r, &r->nodes, &id, false);
	if (!null[FACT_DESTINATION])
	{
		id = id_of(r, FACT_DESTINATION, value[FACT_DESTINATION]);
		f.destination = dictionary_number(r, &r->destinations, &id, false);
		asked = f.destination >= 0;
	}
	if (!null[FACT_SKU])
	{
		if (f.facts.known & (1 << FACT_FIXED_COST | 1 << FACT_FIXED_EMISSIONS |
							 1 << FACT_CAPACITY))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("\"%s\" tells fixed facts of an SKU", r->relation),
					 errdetail("fixed_cost and fixed_emissions are of a shipment, capacity of a "
							   "node."),
					 errhint("Tell them in a row whose sku is NULL.")));
		id = id_of(r, FACT_SKU, value[FACT_SKU]);
		f.sku = dictionary_number(r, &r->skus, &id, false);
		asked = asked && f.sku >= 0;
	}
	if (f.node < 0)
		return;
	take_capacity(r, f.node, &f.facts);
	if (!asked)
		return;
	f.method = method_number(r, f.facts.method);
	f.facts.method = b->method[f.method];
	if (f.facts.ineligible.data)
	{
		char	   *copy = MemoryContextAlloc(b->context, f.facts.ineligible.len);

		memcpy(copy, f.facts.ineligible.data, f.facts.ineligible.len);
		f.facts.ineligible.data = copy;
	}
	b->fact = grow(r, b->fact, b->nfacts, &r->facts_room, sizeof(BatchFact), BATCH_FACTS_MAX,
				   "facts");
	b->fact[b->nfacts++] = f;
}

static int
compare_methods(const void *a, const void *b, void *arg)
{
	const TextSpan *method = arg;

	return route_span_compare(method[*(const int32 *) a], method[*(const int32 *) b]);
}

/* methods by name, as the solver has them */
static void
sort_methods(Batch *b)
{
	int32	   *order = palloc(b->nmethods * sizeof(int32));
	int32	   *rank = palloc(b->nmethods * sizeof(int32));
	TextSpan   *sorted = palloc(b->nmethods * sizeof(TextSpan));

	for (int i = 0; i < b->nmethods; i++)
		order[i] = i;
	qsort_arg(order, b->nmethods, sizeof(int32), compare_methods, b->method);
	for (int i = 0; i < b->nmethods; i++)
	{
		sorted[i] = b->method[order[i]];
		rank[order[i]] = i;
	}
	for (int i = 0; i < b->nfacts; i++)
		b->fact[i].method = rank[b->fact[i].method];
	b->ship = rank[0];
	b->method = sorted;
	pfree(order);
	pfree(rank);
}

static int
compare_facts(const void *x, const void *y)
{
	const BatchFact *a = x;
	const BatchFact *b = y;

	CHECK_FOR_INTERRUPTS();
	if (a->destination != b->destination)
		return a->destination < b->destination ? -1 : 1;
	if (a->sku != b->sku)
		return a->sku < b->sku ? -1 : 1;
	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	return (a->method > b->method) - (a->method < b->method);
}

static void
finish_facts(Reading *r)
{
	Batch	   *b = r->b;

	sort_methods(b);
	if (b->nfacts > 1)
		qsort(b->fact, b->nfacts, sizeof(BatchFact), compare_facts);
	for (int i = 0; i < b->nfacts; i++)
	{
		b->sku_facts = b->sku_facts || b->fact[i].sku >= 0;
		if (i > 0 && compare_facts(&b->fact[i - 1], &b->fact[i]) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("\"%s\" tells the facts of node \"%s\" twice", r->relation,
							route_id_text(&b->node_id[b->fact[i].node])),
					 errhint("There is one row for each node, destination, SKU and method; "
							 "NULL destinations and SKUs stand for all.")));
	}
}

static bool
has_facts(Oid oid)
{
	for (int i = FACT_FIRST; i < FACT_COLUMNS; i++)
	{
		if (get_attnum(oid, fact_columns[i].name) != InvalidAttrNumber)
			return true;
	}
	return false;
}

/* ---- all ---- */

/* everything of a batch but its options; facts may be InvalidOid */
void
batch_read(Batch *b, Oid lines, Oid stock, Oid facts)
{
	Reading		r = {.b = b};

	dictionary_begin(&r.orders);
	dictionary_begin(&r.skus);
	dictionary_begin(&r.nodes);
	dictionary_begin(&r.destinations);
	(void) method_number(&r, route_method_ship);
	read_relation(&r, lines, line_columns, LINE_COLUMNS, LINES_HINT, take_line);
	finish_lines(&r);
	read_relation(&r, stock, stock_columns, STOCK_COLUMNS, STOCK_HINT, take_stock);
	finish_stock(&r);
	if (OidIsValid(facts))
	{
		check_relation(facts);
		if (!has_facts(facts))
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("\"%s\" has no column of a fact", get_rel_name(facts)),
					 errhint(FACTS_HINT)));
		read_relation(&r, facts, fact_columns, FACT_COLUMNS, FACTS_HINT, take_facts);
	}
	finish_facts(&r);
}
