/*
 * anonymity.c
 *	  How well the rows of a table hide in groups: k-anonymity, l-diversity, t-closeness; and counts
 *	  that are not shown where they are small.
 *
 * Each check is a query of GROUP BYs over the relation, which the caller has to be able to read: it
 * runs with the caller's rights and no more.  Of what the caller gives only the names of columns
 * get into its text, and not as given: each is looked up, and the name that the catalog has for its
 * number is quoted.  All else is qualified, so that no search_path decides what runs, and values
 * are shown by their types' output functions and not by casts, which users can make.  A relation
 * that can have code of its owner in it, a view, is refused.
 */
#include "postgres.h"
#include "compat.h"

#include "access/relation.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/tuplestore.h"
#include "utils/typcache.h"

#include "text/query.h"
#include "text/text.h"

#define SUPPRESS_MAX	10000	/* cells of a line of a table */

/* ---- the relation and its columns ---- */

typedef struct Source
{
	Relation	relation;		/* open with a lock, so that no name changes meanwhile */
	char	   *name;			/* qualified and quoted */
	int			columns;
	AttrNumber *column;
} Source;

static void
open_source(Source *source, Oid relid)
{
	AclResult	acl;
	char	   *name = get_rel_name(relid);

	if (name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", relid),
				 errhint("Give its name as 'schema.table'.")));
	/* before the lock: nobody holds up a table that they may not read */
	acl = pg_class_aclcheck(relid, GetUserId(), ACL_SELECT);
	if (acl != ACLCHECK_OK)
		acl = pg_attribute_aclcheck_all(relid, GetUserId(), ACL_SELECT, ACLMASK_ANY);
	if (acl != ACLCHECK_OK)
		aclcheck_error(acl, OBJECT_TABLE, name);

	source->relation = relation_open(relid, AccessShareLock);
	switch (source->relation->rd_rel->relkind)
	{
		case RELKIND_RELATION:
		case RELKIND_PARTITIONED_TABLE:
		case RELKIND_MATVIEW:
			break;
		default:
			ereport(ERROR,
					(errcode(ERRCODE_WRONG_OBJECT_TYPE),
					 errmsg("\"%s\" is no table", RelationGetRelationName(source->relation)),
					 errdetail("Tables, partitioned tables and materialized views are checked."),
					 errhint("Check the rows of a view as a materialized view, or as a table "
							 "made of it.")));
	}
	source->name =
		quote_qualified_identifier(get_namespace_name(RelationGetNamespace(source->relation)),
								   RelationGetRelationName(source->relation));
}

static void
close_source(Source *source)
{
	relation_close(source->relation, NoLock);
}

static AttrNumber
find_column(Source *source, text *name)
{
	char	   *s = text_to_cstring(name);
	AttrNumber	column = get_attnum(RelationGetRelid(source->relation), s);

	if (column == InvalidAttrNumber)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" does not exist", text_shown(name)),
				 errhint("Columns are named as in the catalog, without quotes.")));
	if (column < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" is a system column", text_shown(name)),
				 errhint("Name columns that say something of a person.")));
	if (!OidIsValid(lookup_type_cache(TupleDescAttr(RelationGetDescr(source->relation),
													column - 1)->atttypid,
									  TYPECACHE_EQ_OPR)->eq_opr))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("column \"%s\" is of a type without equality", text_shown(name)),
				 errhint("Make a column of its text, or of what is alike in it.")));
	return column;
}

static void
find_columns(Source *source, ArrayType *names)
{
	ArrayIterator it = array_create_iterator(names, 0, NULL);
	int			n = ArrayGetNItems(ARR_NDIM(names), ARR_DIMS(names));
	Datum		value;
	bool		null;

	if (n == 0 || n > MaxHeapAttributeNumber)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%d quasi-identifiers", n),
				 errhint("Name the columns that together may tell who somebody is, "
						 "such as zip code, birth year and sex.")));
	source->columns = 0;
	source->column = palloc(n * sizeof(AttrNumber));
	while (array_iterate(it, &value, &null))
	{
		AttrNumber	column;

		if (null)
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("a column is NULL"),
					 errhint("Name the columns that are quasi-identifiers.")));
		column = find_column(source, DatumGetTextPP(value));
		for (int i = 0; i < source->columns; i++)
		{
			if (source->column[i] == column)
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("column \"%s\" is named twice",
								text_shown(DatumGetTextPP(value))),
						 errhint("Name each quasi-identifier once.")));
		}
		source->column[source->columns++] = column;
	}
}

/* ---- queries ---- */

static const char *
column_name(const Source *source, AttrNumber column)
{
	return quote_identifier(NameStr(TupleDescAttr(RelationGetDescr(source->relation),
												  column - 1)->attname));
}

/* the columns of the relation, as t.name and, where they are selected, under names of ours */
static void
put_columns(StringInfo sql, const Source *source, bool select)
{
	for (int i = 0; i < source->columns; i++)
	{
		appendStringInfo(sql, "%st.%s", i > 0 ? ", " : "", column_name(source, source->column[i]));
		if (select)
			appendStringInfo(sql, " AS c%d", i + 1);
	}
}

/* the same columns where they have names of ours */
static void
put_ours(StringInfo sql, const Source *source)
{
	for (int i = 0; i < source->columns; i++)
		appendStringInfo(sql, "%sc%d", i > 0 ? ", " : "", i + 1);
}

typedef struct OneValue
{
	MemoryContext context;
	bool		null;
	Datum		value;			/* a bigint or a double precision */
} OneValue;

static void
begin_nothing(void *argument, TupleDesc desc)
{
}

static void
take_one(void *argument, const Datum *value, const bool *null)
{
	OneValue   *one = argument;

	MemoryContext old = MemoryContextSwitchTo(one->context);

	one->null = null[0];
	if (!null[0])
		one->value = datumCopy(value[0], FLOAT8PASSBYVAL, sizeof(int64));
	MemoryContextSwitchTo(old);
}

static Datum
ask(FunctionCallInfo fcinfo, Source *source, const char *sql)
{
	OneValue	one = {.context = CurrentMemoryContext,.null = true};

	query_read(sql, begin_nothing, take_one, &one);
	close_source(source);
	if (one.null)
		PG_RETURN_NULL();
	return one.value;
}

PG_FUNCTION_INFO_V1(k_anonymity);
PG_FUNCTION_INFO_V1(k_anonymity_groups);
PG_FUNCTION_INFO_V1(l_diversity);
PG_FUNCTION_INFO_V1(t_closeness);

/*
 * k_anonymity(relation regclass, columns text[]) -> bigint: the size of the smallest group of rows
 * that are alike in these columns; NULL for no rows.  42501, 42P01, 42703, 42809, 22023, 22004.
 */
Datum
k_anonymity(PG_FUNCTION_ARGS)
{
	Source		source;
	StringInfoData sql;

	open_source(&source, PG_GETARG_OID(0));
	find_columns(&source, PG_GETARG_ARRAYTYPE_P(1));
	initStringInfo(&sql);
	appendStringInfo(&sql, "SELECT pg_catalog.min(n) FROM (SELECT pg_catalog.count(*) AS n"
					 " FROM %s AS t GROUP BY ", source.name);
	put_columns(&sql, &source, false);
	appendStringInfoString(&sql, ") AS g");
	return ask(fcinfo, &source, sql.data);
}

typedef struct Groups
{
	ReturnSetInfo *rsinfo;
	int			columns;
	FmgrInfo   *output;
} Groups;

static void
begin_groups(void *argument, TupleDesc desc)
{
	Groups	   *groups = argument;

	groups->output = palloc(groups->columns * sizeof(FmgrInfo));
	for (int i = 0; i < groups->columns; i++)
	{
		Oid			output;
		bool		varlena;

		getTypeOutputInfo(TupleDescAttr(desc, i)->atttypid, &output, &varlena);
		fmgr_info(output, &groups->output[i]);
	}
}

static void
take_group(void *argument, const Datum *value, const bool *null)
{
	Groups	   *groups = argument;
	int			n = groups->columns;
	int			bound = 1;
	Datum	   *texts = palloc(n * sizeof(Datum));
	bool	   *nulls = palloc(n * sizeof(bool));
	Datum		values[2];
	bool		no_nulls[2] = {false};

	for (int i = 0; i < n; i++)
	{
		nulls[i] = null[i];
		if (!null[i])
			texts[i] = CStringGetTextDatum(OutputFunctionCall(&groups->output[i], value[i]));
	}
	values[0] = PointerGetDatum(construct_md_array(texts, nulls, 1, &n, &bound, TEXTOID, -1, false,
												   TYPALIGN_INT));
	values[1] = value[n];
	tuplestore_putvalues(groups->rsinfo->setResult, groups->rsinfo->setDesc, values, no_nulls);
}

static int64
count_argument(int64 count)
{
	if (count < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a count is negative"),
				 errhint("Suppress counts of people before anything is subtracted from them.")));
	return count;
}

static int
k_argument(int32 k)
{
	if (k < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid k: %d", k),
				 errhint("It is the least number of people that a group has to have, such as 5.")));
	return k;
}

/*
 * k_anonymity_groups(relation regclass, columns text[], k integer) -> setof (column_values text[],
 * rows bigint): the groups of less than k rows.  Errors as k_anonymity.
 */
Datum
k_anonymity_groups(PG_FUNCTION_ARGS)
{
	int			k = k_argument(PG_GETARG_INT32(2));
	Source		source;
	StringInfoData sql;
	Groups		groups;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	open_source(&source, PG_GETARG_OID(0));
	find_columns(&source, PG_GETARG_ARRAYTYPE_P(1));
	groups.rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	groups.columns = source.columns;
	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT ");
	put_columns(&sql, &source, false);
	appendStringInfo(&sql, ", pg_catalog.count(*) FROM %s AS t GROUP BY ", source.name);
	put_columns(&sql, &source, false);
	appendStringInfo(&sql, " HAVING pg_catalog.count(*) OPERATOR(pg_catalog.<) %d", k);
	query_read(sql.data, begin_groups, take_group, &groups);
	close_source(&source);
	return (Datum) 0;
}

/* the sensitive column of the third argument, which is no quasi-identifier */
static AttrNumber
sensitive_argument(Source *source, text *name)
{
	AttrNumber	column = find_column(source, name);

	for (int i = 0; i < source->columns; i++)
	{
		if (source->column[i] == column)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("column \"%s\" is both quasi-identifier and sensitive",
							text_shown(name)),
					 errhint("In a group of rows that are alike in it, it has one value.")));
	}
	return column;
}

/*
 * l_diversity(relation regclass, quasi_identifiers text[], sensitive text) -> bigint: the least
 * number of different values of a sensitive column in a group; NULL, which is a value, too, for no
 * rows.  Two GROUP BYs one in the other, since count(DISTINCT) sorts each group.
 */
Datum
l_diversity(PG_FUNCTION_ARGS)
{
	Source		source;
	StringInfoData sql;
	AttrNumber	sensitive;

	open_source(&source, PG_GETARG_OID(0));
	find_columns(&source, PG_GETARG_ARRAYTYPE_P(1));
	sensitive = sensitive_argument(&source, PG_GETARG_TEXT_PP(2));
	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT pg_catalog.min(n) FROM (SELECT pg_catalog.count(*) AS n"
						   " FROM (SELECT ");
	put_columns(&sql, &source, true);
	appendStringInfo(&sql, " FROM %s AS t GROUP BY ", source.name);
	put_columns(&sql, &source, false);
	appendStringInfo(&sql, ", t.%s) AS v GROUP BY ", column_name(&source, sensitive));
	put_ours(&sql, &source);
	appendStringInfoString(&sql, ") AS g");
	return ask(fcinfo, &source, sql.data);
}

/*
 * t_closeness(relation regclass, quasi_identifiers text[], sensitive text) -> double precision: how
 * far the values of a sensitive column in a group are from those in all rows, at most: 0 where they
 * are shared out alike, near 1 where a group has values that nearly nobody else has.  It is the
 * earth mover's distance where all values are equally far from each other: the sum of what is more
 * in the group than in all.  Summed as numeric, so that every plan gives the same.
 */
Datum
t_closeness(PG_FUNCTION_ARGS)
{
	Source		source;
	StringInfoData sql;
	AttrNumber	sensitive;

	open_source(&source, PG_GETARG_OID(0));
	find_columns(&source, PG_GETARG_ARRAYTYPE_P(1));
	sensitive = sensitive_argument(&source, PG_GETARG_TEXT_PP(2));
	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT pg_catalog.float8(pg_catalog.max(d)) FROM"
						   " (SELECT pg_catalog.sum(GREATEST(0, p OPERATOR(pg_catalog.-) q)) AS d"
						   " FROM (SELECT ");
	put_ours(&sql, &source);
	appendStringInfoString(&sql, ", pg_catalog.numeric(n) OPERATOR(pg_catalog./)"
						   " pg_catalog.sum(n) OVER (PARTITION BY ");
	put_ours(&sql, &source);
	appendStringInfoString(&sql, ") AS p, pg_catalog.sum(n) OVER (PARTITION BY s)"
						   " OPERATOR(pg_catalog./) pg_catalog.sum(n) OVER () AS q FROM (SELECT ");
	put_columns(&sql, &source, true);
	appendStringInfo(&sql, ", t.%s AS s, pg_catalog.count(*) AS n FROM %s AS t GROUP BY ",
					 column_name(&source, sensitive), source.name);
	put_columns(&sql, &source, false);
	appendStringInfo(&sql, ", t.%s) AS v) AS w GROUP BY ", column_name(&source, sensitive));
	put_ours(&sql, &source);
	appendStringInfoString(&sql, ") AS g");
	return ask(fcinfo, &source, sql.data);
}

/* ---- counts that are not shown ---- */

PG_FUNCTION_INFO_V1(suppress);
PG_FUNCTION_INFO_V1(suppress_line);

/* suppress(count bigint, k integer) -> bigint: NULL for 1 to k - 1, else the count; 22023 */
Datum
suppress(PG_FUNCTION_ARGS)
{
	int64		count = count_argument(PG_GETARG_INT64(0));
	int			k = k_argument(PG_GETARG_INT32(1));

	if (count > 0 && count < k)
		PG_RETURN_NULL();
	PG_RETURN_INT64(count);
}

typedef struct Cell
{
	int64		count;
	int			place;
} Cell;

static int
compare_cells(const void *a, const void *b)
{
	const Cell *x = a;
	const Cell *y = b;

	if (x->count != y->count)
		return x->count < y->count ? -1 : 1;
	return x->place < y->place ? -1 : 1;
}

/*
 * suppress(counts bigint[], k integer) -> bigint[]: cells of a line whose total is shown, too:
 * those of 1 to k - 1 become NULL, and as many of the next smallest as it takes that what is
 * missing is of two cells or more, and of k people or more.  A NULL stays one.  22023.
 */
Datum
suppress_line(PG_FUNCTION_ARGS)
{
	ArrayType  *counts = PG_GETARG_ARRAYTYPE_P(0);
	int			k = k_argument(PG_GETARG_INT32(1));
	Datum	   *value;
	bool	   *null;
	Cell	   *cell;
	int			n;
	int			cells = 0;
	int			hidden = 0;
	int64		sum = 0;

	deconstruct_array(counts, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &value,
					  &null, &n);
	if (ARR_NDIM(counts) > 1 || n > SUPPRESS_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("counts are no line of at most %d cells", SUPPRESS_MAX),
				 errhint("Give an array of one dimension.")));
	cell = palloc((n + 1) * sizeof(Cell));
	for (int i = 0; i < n; i++)
	{
		if (null[i])
			continue;
		cell[cells].count = count_argument(DatumGetInt64(value[i]));
		cell[cells].place = i;
		/* an empty cell shows nobody, and hides nobody */
		if (cell[cells].count > 0)
			cells++;
	}
	qsort(cell, cells, sizeof(Cell), compare_cells);
	while (hidden < cells &&
		   (cell[hidden].count < k || (hidden > 0 && (hidden < 2 || sum < k))))
	{
		sum += Min(cell[hidden].count, PG_INT32_MAX);
		null[cell[hidden].place] = true;
		hidden++;
	}
	PG_RETURN_ARRAYTYPE_P(construct_md_array(value, null, ARR_NDIM(counts), ARR_DIMS(counts),
											 ARR_LBOUND(counts), INT8OID, sizeof(int64),
											 FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}
