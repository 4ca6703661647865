/*
 * match_data.c
 *	  The records that are matched: one query as the caller, each column dictionary-coded.
 *
 * Every expression that the model has over one record is a column of one query on the source.  Its
 * result type says what kind of value it is.  A column's values are numbered as they come; equal
 * values, by bytes or by number, have one number, so that the pairs are compared by numbers.
 *
 * Records are put into the order of their ids when all are read: what follows depends on the
 * records and never on the order in which the table gave them.
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/float.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "identity/match.h"
#include "text/query.h"
#include "text/value.h"

/* values that a column has room for in the beginning */
#define VALUES	64

/* records are numbered by int, and their arrays doubled */
#define RECORDS_MAX	((int) 1 << 30)

#define EPOCH_DAYS	(POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE)

/* between a dataset and an id, as Splink writes a record of several datasets */
#define ID_SEPARATOR	"-__-"

/* bytes that live as long as the data, without a header each */
typedef struct Arena
{
	char	   *next;
	Size		left;
} Arena;

/* how datums of a type become values */
typedef struct Reader
{
	Oid			type;			/* of the value, or of an array's elements */
	bool		array;
	bool		number;			/* type is a number */
	bool		padded;			/* trailing spaces mean nothing */
	FmgrInfo	out;			/* of any type that is text here */
	int16		typlen;
	bool		typbyval;
	char		typalign;
} Reader;

/* a column while it is read; a slot has the number of a value, or MATCH_NULL */
typedef struct Dictionary
{
	MatchColumn *column;
	Reader		reader;
	int			same;			/* column that is read in its place, or -1 */
	int			room;			/* for values */
	int32	   *slot;
	uint32		slots;			/* a power of two */
	uint32	   *hash;			/* by value */
	TextSpan   *key;
} Dictionary;

/* what is read, and where it goes */
typedef struct Reading
{
	MatchModel *model;
	MatchData  *data;
	MemoryContext context;
	Arena		arena;
	Dictionary *dictionary;		/* of each column */
	Dictionary	source;			/* of the names of datasets */
	MatchColumn source_column;
	Reader		id;
	int64	   *number;			/* integer ids that are put in order as numbers, or NULL */
	int			room;			/* for records */
} Reading;

/* ---- values ---- */

static char *
arena_copy(Arena *arena, const char *bytes, Size len)
{
	char	   *copy;

	if (len > arena->left)
	{
		Size		block = Max(len, (Size) 64 * 1024);

		arena->next = MemoryContextAllocHuge(CurrentMemoryContext, block);
		arena->left = block;
	}
	copy = arena->next;
	memcpy(copy, bytes, len);
	len = Min(MAXALIGN(len), arena->left);
	arena->next += len;
	arena->left -= len;
	return copy;
}

/* one pattern of bits for each number: no negative zero, one NaN */
static double
canonical_number(double number)
{
	if (isnan(number))
		return get_float8_nan();
	return number == 0 ? 0 : number;
}

static bool
is_number_type(Oid type)
{
	return type == INT2OID || type == INT4OID || type == INT8OID || type == FLOAT4OID ||
		type == FLOAT8OID || type == NUMERICOID || type == DATEOID || type == TIMESTAMPOID ||
		type == TIMESTAMPTZOID;
}

static double
number_of(Oid type, Datum value)
{
	switch (type)
	{
		case INT2OID:
			return DatumGetInt16(value);
		case INT4OID:
			return DatumGetInt32(value);
		case INT8OID:
			return DatumGetInt64(value);
		case FLOAT4OID:
			return canonical_number(DatumGetFloat4(value));
		case FLOAT8OID:
			return canonical_number(DatumGetFloat8(value));
		case NUMERICOID:
			return canonical_number(DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow,
																	   value)));
		case DATEOID:
			if (DATE_NOT_FINITE(DatumGetDateADT(value)))
				return DATE_IS_NOBEGIN(DatumGetDateADT(value)) ? -get_float8_infinity() :
					get_float8_infinity();
			return (double) DatumGetDateADT(value) + EPOCH_DAYS;
		default:
			if (TIMESTAMP_NOT_FINITE(DatumGetTimestamp(value)))
				return TIMESTAMP_IS_NOBEGIN(DatumGetTimestamp(value)) ? -get_float8_infinity() :
					get_float8_infinity();
			return (double) DatumGetTimestamp(value) / USECS_PER_SEC +
				(double) EPOCH_DAYS * SECS_PER_DAY;
	}
}

/* value of any type as UTF-8, in memory of the current context or in the datum itself */
static TextSpan
text_of(Reader *reader, Datum value)
{
	TextSpan	text;
	TextStatus	status;
	Problem		problem;

	if (reader->type == TEXTOID || reader->type == VARCHAROID || reader->type == BPCHAROID)
	{
		struct varlena *bytes = PG_DETOAST_DATUM_PACKED(value);

		text.data = VARDATA_ANY(bytes);
		text.len = VARSIZE_ANY_EXHDR(bytes);
	}
	else
	{
		text.data = OutputFunctionCall(&reader->out, value);
		text.len = strlen(text.data);
	}
	while (reader->padded && text.len > 0 && text.data[text.len - 1] == ' ')
		text.len--;
	status = text_from_server(text.data, text.len, &text);
	if (status != TEXT_OK)
	{
		problem_of_text(status, &problem);
		problem_report(NULL, &problem, "text", NULL);
	}
	return text;
}

static int
compare_spans(const void *a, const void *b)
{
	const TextSpan *x = a;
	const TextSpan *y = b;

	return text_value_compare(x->data, x->len, y->data, y->len);
}

/* elements of an array; false where it is as good as NULL */
static bool
array_of(Reader *reader, Datum datum, MatchValue *value)
{
	Datum	   *element;
	bool	   *null;
	int			n;
	int			kept = 0;

	deconstruct_array(DatumGetArrayTypeP(datum), reader->type, reader->typlen, reader->typbyval,
					  reader->typalign, &element, &null, &n);
	if (reader->number)
	{
		double	   *number = palloc(Max(n, 1) * sizeof(double));

		for (int i = 0; i < n; i++)
		{
			if (null[i])
				return false;
			number[i] = number_of(reader->type, element[i]);
		}
		value->numbers = number;
		value->count = n;
		return true;
	}
	else
	{
		TextSpan   *text = palloc(Max(n, 1) * sizeof(TextSpan));

		for (int i = 0; i < n; i++)
			if (!null[i])
				text[kept++] = text_of(reader, element[i]);
		if (kept > 1)
		{
			qsort(text, kept, sizeof(TextSpan), compare_spans);
			n = kept;
			kept = 1;
			for (int i = 1; i < n; i++)
				if (compare_spans(&text[i], &text[kept - 1]) != 0)
					text[kept++] = text[i];
		}
		value->texts = text;
		value->count = kept;
		return true;
	}
}

void
match_value_key(MatchKind kind, const MatchValue *value, StringInfo key)
{
	switch (kind)
	{
		case MATCH_TEXT:
			appendBinaryStringInfo(key, value->text.data, value->text.len);
			break;
		case MATCH_NUMBER:
		case MATCH_BOOLEAN:
			appendBinaryStringInfo(key, (const char *) &value->number, sizeof(double));
			break;
		case MATCH_TEXTS:
			for (int i = 0; i < value->count; i++)
			{
				appendBinaryStringInfo(key, (const char *) &value->texts[i].len, sizeof(int));
				appendBinaryStringInfo(key, value->texts[i].data, value->texts[i].len);
			}
			break;
		case MATCH_NUMBERS:
			appendBinaryStringInfo(key, (const char *) value->numbers,
								   value->count * sizeof(double));
			break;
	}
}

/* ---- dictionaries ---- */

static void
dictionary_begin(Dictionary *d, MatchColumn *column, int room)
{
	d->column = column;
	d->room = room;
	d->slots = 2 * room;
	d->slot = palloc(d->slots * sizeof(int32));
	memset(d->slot, -1, d->slots * sizeof(int32));
	d->hash = palloc(d->room * sizeof(uint32));
	d->key = palloc(d->room * sizeof(TextSpan));
	column->values = palloc(d->room * sizeof(MatchValue));
	column->counts = palloc(d->room * sizeof(int64));
	column->distinct = 0;
	column->filled = 0;
}

static void
dictionary_grow(Dictionary *d)
{
	MatchColumn *column = d->column;
	uint32		mask;

	d->room *= 2;
	d->hash = repalloc_huge(d->hash, (Size) d->room * sizeof(uint32));
	d->key = repalloc_huge(d->key, (Size) d->room * sizeof(TextSpan));
	column->values = repalloc_huge(column->values, (Size) d->room * sizeof(MatchValue));
	column->counts = repalloc_huge(column->counts, (Size) d->room * sizeof(int64));
	d->slots *= 2;
	mask = d->slots - 1;
	d->slot = repalloc_huge(d->slot, (Size) d->slots * sizeof(int32));
	memset(d->slot, -1, (Size) d->slots * sizeof(int32));
	for (int i = 0; i < column->distinct; i++)
	{
		uint32		s = d->hash[i] & mask;

		while (d->slot[s] >= 0)
			s = (s + 1) & mask;
		d->slot[s] = i;
	}
}

/* a copy of a value that lives as long as the data; its key is the value itself where it can be */
static void
keep_value(Arena *arena, MatchKind kind, const MatchValue *value, TextSpan *key, MatchValue *kept)
{
	*kept = *value;
	key->data = arena_copy(arena, key->data, key->len);
	switch (kind)
	{
		case MATCH_TEXT:
			kept->text = *key;
			break;
		case MATCH_NUMBERS:
			kept->numbers = (const double *) key->data;
			break;
		case MATCH_TEXTS:
			{
				TextSpan   *text = palloc(Max(value->count, 1) * sizeof(TextSpan));
				const char *at = key->data;

				for (int i = 0; i < value->count; i++)
				{
					text[i].data = at + sizeof(int);
					text[i].len = value->texts[i].len;
					at = text[i].data + text[i].len;
				}
				kept->texts = text;
				break;
			}
		default:
			break;
	}
}

/* number of a value in its column, counted */
static int32
dictionary_add(Reading *r, Dictionary *d, const MatchValue *value)
{
	MatchColumn *column = d->column;
	TextSpan	key;
	StringInfoData bytes;
	MemoryContext old;
	uint32		hash;
	uint32		s;
	int32		id;

	if (column->kind == MATCH_TEXT)
		key = value->text;
	else if (column->kind == MATCH_TEXTS || column->kind == MATCH_NUMBERS)
	{
		initStringInfo(&bytes);
		match_value_key(column->kind, value, &bytes);
		key.data = bytes.data;
		key.len = bytes.len;
	}
	else
	{
		key.data = (const char *) &value->number;
		key.len = sizeof(double);
	}
	hash = hash_bytes((const unsigned char *) key.data, key.len);
	for (s = hash & (d->slots - 1); (id = d->slot[s]) >= 0; s = (s + 1) & (d->slots - 1))
		if (d->hash[id] == hash && d->key[id].len == key.len &&
			memcmp(d->key[id].data, key.data, key.len) == 0)
		{
			column->counts[id]++;
			column->filled++;
			return id;
		}
	id = column->distinct;
	d->slot[s] = id;
	d->hash[id] = hash;
	old = MemoryContextSwitchTo(r->context);
	keep_value(&r->arena, column->kind, value, &key, &column->values[id]);
	d->key[id] = key;
	column->counts[id] = 1;
	column->filled++;
	if (++column->distinct == d->room)
		dictionary_grow(d);
	MemoryContextSwitchTo(old);
	return id;
}

/* ---- reading ---- */

static void
scalar_reader(Reader *reader, Oid type, MemoryContext context)
{
	Oid			out;
	bool		varlena;

	reader->type = type;
	reader->array = false;
	reader->number = is_number_type(type);
	reader->padded = type == BPCHAROID;
	if (type == TEXTOID || type == VARCHAROID || type == BPCHAROID)
		return;
	getTypeOutputInfo(type, &out, &varlena);
	fmgr_info_cxt(out, &reader->out, context);
}

/* how values of a result type are read, and the kind of its column */
static MatchKind
reader_begin(Reader *reader, Oid type, MemoryContext context)
{
	Oid			base = getBaseType(type);
	Oid			element = get_element_type(base);

	scalar_reader(reader, OidIsValid(element) ? getBaseType(element) : base, context);
	if (OidIsValid(element))
	{
		reader->array = true;
		get_typlenbyvalalign(reader->type, &reader->typlen, &reader->typbyval, &reader->typalign);
		return reader->number ? MATCH_NUMBERS : MATCH_TEXTS;
	}
	if (reader->type == BOOLOID)
		return MATCH_BOOLEAN;
	return reader->number ? MATCH_NUMBER : MATCH_TEXT;
}

static bool
gives_text(const Reader *reader)
{
	return !reader->array && (reader->type == TEXTOID || reader->type == VARCHAROID ||
							  reader->type == BPCHAROID);
}

/* column that is text already, and that this one only casts to text; -1 if there is none */
static int
same_column(const Reading *r, int c)
{
	const MatchModel *model = r->model;

	if (model->column[c].uncast)
		for (int i = 0; i < model->columns; i++)
			if (i != c && !model->column[i].uncast && gives_text(&r->dictionary[i].reader) &&
				strcmp(model->column[i].sql, model->column[c].uncast) == 0)
				return i;
	return -1;
}

static int32
read_value(Reading *r, Dictionary *d, Datum datum)
{
	MatchValue	value = {0};

	if (d->reader.array)
	{
		if (!array_of(&d->reader, datum, &value))
			return MATCH_NULL;
	}
	else if (d->reader.number)
		value.number = number_of(d->reader.type, datum);
	else if (d->reader.type == BOOLOID)
		value.number = DatumGetBool(datum) ? 1 : 0;
	else
		value.text = text_of(&d->reader, datum);
	return dictionary_add(r, d, &value);
}

/* room for twice the records */
static void
more_records(Reading *r)
{
	MatchData  *data = r->data;
	Size		room;

	if (r->room >= RECORDS_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("source has more than %d records", RECORDS_MAX),
				 errhint("Match parts of it, by country for example, through views.")));
	r->room *= 2;
	room = r->room;
	data->id = repalloc_huge(data->id, room * sizeof(TextSpan));
	data->source = repalloc_huge(data->source, room * sizeof(int32));
	if (r->number)
		r->number = repalloc_huge(r->number, room * sizeof(int64));
	for (int i = 0; i < r->model->columns; i++)
		r->model->column[i].ids = repalloc_huge(r->model->column[i].ids, room * sizeof(int32));
}

static void
read_id(Reading *r, Reader *reader, Datum datum, bool null, Datum source, bool source_null)
{
	MatchData  *data = r->data;
	int			n = data->records;
	bool		linked = r->model->link != LINK_DEDUPE_ONLY;
	MemoryContext old;
	TextSpan	id;

	if (null || (linked && source_null))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("column \"%s\" of the source is NULL in a record",
						null ? r->model->unique_id : r->model->source_dataset),
				 errdetail("Each record needs an id of its own."),
				 errhint("Leave such records out with a view, or number them.")));
	id = text_of(reader, datum);
	data->source[n] = 0;
	if (r->number)
		r->number[n] = reader->type == INT8OID ? DatumGetInt64(datum) :
			reader->type == INT4OID ? DatumGetInt32(datum) : DatumGetInt16(datum);
	if (linked)
	{
		StringInfoData whole;
		TextSpan	name;

		data->source[n] = read_value(r, &r->source, source);
		name = r->source_column.values[data->source[n]].text;
		initStringInfo(&whole);
		appendBinaryStringInfo(&whole, name.data, name.len);
		appendStringInfoString(&whole, ID_SEPARATOR);
		appendBinaryStringInfo(&whole, id.data, id.len);
		id.data = whole.data;
		id.len = whole.len;
	}
	old = MemoryContextSwitchTo(r->context);
	data->id[n].data = arena_copy(&r->arena, id.data, id.len);
	data->id[n].len = id.len;
	MemoryContextSwitchTo(old);
}

/* dictionaries of the model's columns, whose values have these types; room for values of each */
static void
begin_columns(Reading *r, const Oid *type, int room)
{
	MatchModel *model = r->model;

	r->dictionary = palloc0(Max(model->columns, 1) * sizeof(Dictionary));
	for (int i = 0; i < model->columns; i++)
	{
		Dictionary *d = &r->dictionary[i];
		MatchColumn *column = &model->column[i];

		column->kind = reader_begin(&d->reader, type[i], r->context);
		column->ids = palloc(r->room * sizeof(int32));
		dictionary_begin(d, column, room);
	}
	for (int i = 0; i < model->columns; i++)
		r->dictionary[i].same = same_column(r, i);
}

/* readers by the types of the query's columns: id, dataset, then the model's columns */
static void
begin_reading(void *argument, TupleDesc desc)
{
	Reading    *r = argument;
	Reader	   *id = &r->id;
	MatchModel *model = r->model;
	MatchData  *data = r->data;
	MemoryContext old = MemoryContextSwitchTo(r->context);
	Oid		   *type = palloc(Max(model->columns, 1) * sizeof(Oid));

	r->room = QUERY_ROWS;
	scalar_reader(id, getBaseType(TupleDescAttr(desc, 0)->atttypid), r->context);
	data->records = 0;
	data->id = palloc(r->room * sizeof(TextSpan));
	data->source = palloc(r->room * sizeof(int32));
	r->number = NULL;
	if (model->link == LINK_DEDUPE_ONLY &&
		(id->type == INT2OID || id->type == INT4OID || id->type == INT8OID))
		r->number = palloc(r->room * sizeof(int64));
	r->source.reader.type = TEXTOID;
	r->source_column.kind = MATCH_TEXT;
	dictionary_begin(&r->source, &r->source_column, VALUES);
	for (int i = 0; i < model->columns; i++)
		type[i] = TupleDescAttr(desc, i + 2)->atttypid;
	begin_columns(r, type, VALUES);
	MemoryContextSwitchTo(old);
}

static void
read_columns(Reading *r, int record, const Datum *datum, const bool *null)
{
	for (int c = 0; c < r->model->columns; c++)
		r->model->column[c].ids[record] = null[c] || r->dictionary[c].same >= 0 ?
			MATCH_NULL : read_value(r, &r->dictionary[c], datum[c]);
}

static void
read_record(void *argument, const Datum *datum, const bool *null)
{
	Reading    *r = argument;
	int			n = r->data->records;

	if (n == r->room)
		more_records(r);
	read_id(r, &r->id, datum[0], null[0], datum[1], null[1]);
	read_columns(r, n, datum + 2, null + 2);
	r->data->records++;
}

/* ---- order ---- */

static int
compare_ids(const void *a, const void *b, void *arg)
{
	const Reading *r = arg;
	int32		x = *(const int32 *) a;
	int32		y = *(const int32 *) b;

	/* sorting calls nothing else */
	CHECK_FOR_INTERRUPTS();
	if (r->number)
		return (r->number[x] > r->number[y]) - (r->number[x] < r->number[y]);
	return compare_spans(&r->data->id[x], &r->data->id[y]);
}

static int32 *
permute(int32 *ids, const int32 *order, int n)
{
	int32	   *sorted = MemoryContextAllocHuge(CurrentMemoryContext, Max(n, 1) * sizeof(int32));

	for (int i = 0; i < n; i++)
		sorted[i] = ids[order[i]];
	pfree(ids);
	return sorted;
}

/* records in the order of their ids, each of which is there once */
static void
put_in_order(Reading *r)
{
	MatchData  *data = r->data;
	int			n = data->records;
	int32	   *order = MemoryContextAllocHuge(CurrentMemoryContext, Max(n, 1) * sizeof(int32));
	TextSpan   *id = MemoryContextAllocHuge(CurrentMemoryContext, Max(n, 1) * sizeof(TextSpan));

	for (int i = 0; i < n; i++)
		order[i] = i;
	qsort_arg(order, n, sizeof(int32), compare_ids, r);
	for (int i = 1; i < n; i++)
		if (compare_ids(&order[i - 1], &order[i], r) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("column \"%s\" of the source does not tell the records apart",
							r->model->unique_id),
					 errdetail("Two records have the same id."),
					 errhint("Name a unique column in \"unique_id_column_name\" of the model.")));
	for (int i = 0; i < n; i++)
		id[i] = data->id[order[i]];
	pfree(data->id);
	data->id = id;
	data->source = permute(data->source, order, n);
	for (int c = 0; c < r->model->columns; c++)
		r->model->column[c].ids = permute(r->model->column[c].ids, order, n);
	pfree(order);
}

/* ---- queries ---- */

/* all that was read of one column is of the other, too */
static void
share_column(MatchColumn *to, const MatchColumn *from)
{
	pfree(to->ids);
	pfree(to->values);
	pfree(to->counts);
	to->kind = from->kind;
	to->ids = from->ids;
	to->values = from->values;
	to->counts = from->counts;
	to->distinct = from->distinct;
	to->filled = from->filled;
}

/* columns that are the same, and what the conditions need of the columns */
static void
finish_columns(Reading *r)
{
	MatchModel *model = r->model;

	for (int c = 0; c < model->columns; c++)
	{
		Dictionary *d = &r->dictionary[c];

		pfree(d->slot);
		pfree(d->hash);
		pfree(d->key);
		if (d->same >= 0)
			share_column(&model->column[c], &model->column[d->same]);
	}
	match_prepare(model);
}

/* 42809 unless the relation has rows that can be read */
static char *
source_name(Oid source)
{
	char		kind = get_rel_relkind(source);
	char	   *name = get_rel_name(source);

	if (name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", source),
				 errhint("Name the table or view of the records to match.")));
	if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE && kind != RELKIND_VIEW &&
		kind != RELKIND_MATVIEW && kind != RELKIND_FOREIGN_TABLE)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is no source of records", name),
				 errhint("The records to match are rows of a table or a view.")));
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(source)), name);
}

void
match_data_read(Oid source, MatchModel *model, MatchData *data)
{
	Reading		r = {.model = model,.data = data,.context = CurrentMemoryContext};
	const char *name = source_name(source);
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "SELECT %s, ", quote_identifier(model->unique_id));
	if (model->link == LINK_DEDUPE_ONLY)
		appendStringInfoString(&sql, "NULL::pg_catalog.text");
	else
		appendStringInfo(&sql, "%s::pg_catalog.text", quote_identifier(model->source_dataset));
	for (int i = 0; i < model->columns; i++)
		appendStringInfo(&sql, ", %s", model->column[i].sql);
	appendStringInfo(&sql, " FROM %s", name);
	query_read(sql.data, begin_reading, read_record, &r);
	put_in_order(&r);
	data->sources = Max(r.source_column.distinct, 1);
	data->source_name = palloc(data->sources * sizeof(TextSpan));
	data->source_name[0] = (TextSpan) {"", 0};
	for (int i = 0; i < r.source_column.distinct; i++)
		data->source_name[i] = r.source_column.values[i].text;
	finish_columns(&r);
}

void
match_data_values(MatchModel *model, MatchData *data, int records, const Oid *type,
				  const Datum *value, const bool *null)
{
	Reading		r = {.model = model,.data = data,.context = CurrentMemoryContext,.room = records};
	int			room = 2;

	while (room <= records)
		room *= 2;
	memset(data, 0, sizeof(MatchData));
	begin_columns(&r, type, room);
	for (int i = 0; i < records; i++)
		read_columns(&r, i, value + (Size) i * model->columns, null + (Size) i * model->columns);
	data->records = records;
	finish_columns(&r);
}

int
match_column_add(MatchModel *model, const char *sql)
{
	MatchColumn *column;

	for (int i = 0; i < model->columns; i++)
		if (strcmp(model->column[i].sql, sql) == 0)
			return i;
	column = palloc0((model->columns + 1) * sizeof(MatchColumn));
	if (model->columns > 0)
		memcpy(column, model->column, model->columns * sizeof(MatchColumn));
	column[model->columns].sql = pstrdup(sql);
	model->column = column;
	return model->columns++;
}
