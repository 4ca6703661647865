/*
 * match_records.c
 *	  Two records given as JSON: match_score, and match_explain of them.
 *
 * A column of the model is an expression over one record.  Its names stand for the members of the
 * record, of the types that their values in the JSON have, and PostgreSQL evaluates it, as the
 * caller.  The model and its expressions, ready to be evaluated, are kept from call to call of a
 * query for as long as the model is the same.
 */
#include "postgres.h"
#include "compat.h"

#include <math.h>

#include "access/detoast.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "funcapi.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_node.h"
#include "parser/parser.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

#include "identity/match.h"

/* key of a record's term frequency */
#define TF_PREFIX	"tf_"

typedef struct Scoring
{
	MemoryContext context;		/* of all this */
	MemoryContext call;			/* of what one call needs */
	MemoryContext ready;		/* of the expressions */
	struct varlena *given;		/* the model as it was given, perhaps compressed */
	MatchModel *model;
	int			names;
	char	  **name;			/* source columns that the comparisons read */
	Oid		   *type;			/* of each; InvalidOid where no record has told so far */
	bool	   *reads;			/* by column of the model: it reads none but those */
	char	  **tf;				/* by column of the model: key of its term frequency, or NULL */
	ExprState **column;			/* by column of the model, NULL where it is not read */
	Oid		   *column_type;
	ParamListInfo params;		/* values of the names */
	ExprContext *econtext;
} Scoring;

/* what is kept of a call's own for the next one */
#define CALL_SPACE	(32 * 1024)

/* ---- what a model reads ---- */

static bool
collect_column(Node *node, void *arg)
{
	List	  **names = arg;

	if (node == NULL)
		return false;
	if (IsA(node, ColumnRef))
	{
		Node	   *last = llast(((ColumnRef *) node)->fields);

		if (IsA(last, String))
			*names = lappend(*names, strVal(last));
		return false;
	}
	return raw_expression_tree_walker(node, collect_column, arg);
}

/* names of the columns that an expression over one record reads; NIL if it has none */
static List *
column_names(const char *sql)
{
	List	   *names = NIL;
	ListCell   *cell;

	foreach(cell, raw_parser(psprintf("SELECT %s", sql), RAW_PARSE_DEFAULT))
		collect_column(((RawStmt *) lfirst(cell))->stmt, &names);
	return names;
}

static bool
has_name(const Scoring *s, const char *name)
{
	for (int i = 0; i < s->names; i++)
		if (strcmp(s->name[i], name) == 0)
			return true;
	return false;
}

static void
add_name(Scoring *s, const char *name)
{
	if (!has_name(s, name))
		s->name[s->names++] = pstrdup(name);
}

/* the source columns that the comparisons read, and which of the model's columns read just those */
static void
find_columns(Scoring *s)
{
	const MatchModel *model = s->model;
	List	  **names = palloc0(Max(model->columns, 1) * sizeof(List *));
	int			room = 1;

	for (int i = 0; i < model->columns; i++)
	{
		names[i] = column_names(model->column[i].sql);
		room += list_length(names[i]);
	}
	for (int c = 0; c < model->comparisons; c++)
		room += model->comparison[c].columns;
	s->name = palloc(room * sizeof(char *));
	s->tf = palloc0(Max(model->columns, 1) * sizeof(char *));
	for (int c = 0; c < model->comparisons; c++)
	{
		const MatchComparison *comparison = &model->comparison[c];

		for (int i = 0; i < comparison->columns; i++)
			add_name(s, comparison->column[i]);
		for (int i = 0; i < comparison->levels; i++)
		{
			int			column = comparison->level[i].tf_column;
			ListCell   *cell;

			if (column < 0)
				continue;
			foreach(cell, names[column])
				add_name(s, lfirst(cell));
			s->tf[column] = psprintf(TF_PREFIX "%s", (char *) linitial(names[column]));
		}
	}
	s->type = palloc0(Max(s->names, 1) * sizeof(Oid));
	s->reads = palloc(Max(model->columns, 1) * sizeof(bool));
	for (int i = 0; i < model->columns; i++)
	{
		ListCell   *cell;

		s->reads[i] = true;
		foreach(cell, names[i])
			s->reads[i] &= has_name(s, lfirst(cell));
	}
}

/* ---- members of a record ---- */

static JsonbValue *
json_field(Jsonb *record, const char *name, JsonbValue *value)
{
	return getKeyJsonValueFromContainer(&record->root, name, strlen(name), value);
}

/* type of a name, by its value in the JSON; InvalidOid where that does not say */
static Oid
json_type(Jsonb *record, const char *name)
{
	JsonbValue	value;
	JsonbIterator *it;

	if (!json_field(record, name, &value))
		return InvalidOid;
	switch (value.type)
	{
		case jbvNull:
			return InvalidOid;
		case jbvNumeric:
			return NUMERICOID;
		case jbvBool:
			return BOOLOID;
		case jbvBinary:
			if (!JsonContainerIsArray(value.val.binary.data))
				return JSONBOID;
			it = JsonbIteratorInit(value.val.binary.data);
			(void) JsonbIteratorNext(&it, &value, true);
			while (JsonbIteratorNext(&it, &value, true) == WJB_ELEM)
				if (value.type == jbvNumeric)
					return FLOAT8ARRAYOID;
			return TEXTARRAYOID;
		default:
			return TEXTOID;
	}
}

static Datum
json_text(const JsonbValue *value)
{
	if (value->type == jbvString)
		return PointerGetDatum(cstring_to_text_with_len(value->val.string.val,
														value->val.string.len));
	if (value->type == jbvNumeric)
	{
		Datum		number = NumericGetDatum(value->val.numeric);

		return CStringGetTextDatum(DatumGetCString(DirectFunctionCall1(numeric_out, number)));
	}
	if (value->type == jbvBool)
		return CStringGetTextDatum(value->val.boolean ? "true" : "false");
	return CStringGetTextDatum(JsonbToCString(NULL, value->val.binary.data,
											  value->val.binary.len));
}

/* an array of texts, or of numbers, of which what is no number is missing */
static Datum
json_array(const JsonbValue *array, bool numbers)
{
	Oid			element = numbers ? FLOAT8OID : TEXTOID;
	JsonbIterator *it = JsonbIteratorInit(array->val.binary.data);
	ArrayBuildState *built = initArrayResult(element, CurrentMemoryContext, false);
	JsonbValue	value;

	(void) JsonbIteratorNext(&it, &value, true);
	while (JsonbIteratorNext(&it, &value, true) == WJB_ELEM)
	{
		bool		null = numbers ? value.type != jbvNumeric : value.type == jbvNull;

		built = accumArrayResult(built, null ? (Datum) 0 : !numbers ? json_text(&value) :
								 DirectFunctionCall1(numeric_float8_no_overflow,
													 NumericGetDatum(value.val.numeric)),
								 null, element, CurrentMemoryContext);
	}
	return makeArrayResult(built, CurrentMemoryContext);
}

/* value of a member as one of the types of json_type; false for NULL */
static bool
json_value(Jsonb *record, const char *name, Oid type, Datum *datum)
{
	JsonbValue	value;

	if (!json_field(record, name, &value) || value.type == jbvNull)
		return false;
	switch (type)
	{
		case NUMERICOID:
			*datum = NumericGetDatum(value.val.numeric);
			break;
		case BOOLOID:
			*datum = BoolGetDatum(value.val.boolean);
			break;
		case JSONBOID:
			*datum = JsonbPGetDatum(JsonbValueToJsonb(&value));
			break;
		case FLOAT8ARRAYOID:
		case TEXTARRAYOID:
			*datum = json_array(&value, type == FLOAT8ARRAYOID);
			break;
		default:
			*datum = json_text(&value);
	}
	return true;
}

/* ---- expressions ---- */

/* whether records have other types than what is ready; those that they do not tell stay */
static bool
change_types(Scoring *s, Jsonb *l, Jsonb *r)
{
	bool		change = s->ready == NULL;

	for (int i = 0; i < s->names; i++)
	{
		Oid			type = json_type(l, s->name[i]);
		Oid			other = json_type(r, s->name[i]);

		if (type == InvalidOid)
			type = other;
		else if (other != InvalidOid && type != other)
			/* an array without a number may be one of numbers, an empty one */
			type = OidIsValid(get_element_type(type)) && OidIsValid(get_element_type(other)) ?
				FLOAT8ARRAYOID : TEXTOID;
		if (type == InvalidOid || type == s->type[i])
			continue;
		s->type[i] = type;
		change = true;
	}
	return change;
}

/* a name in an expression is a parameter */
static Node *
name_as_parameter(ParseState *pstate, ColumnRef *ref)
{
	const Scoring *s = pstate->p_ref_hook_state;
	const char *name = strVal(llast(ref->fields));

	for (int i = 0; i < s->names; i++)
		if (strcmp(s->name[i], name) == 0)
		{
			Param	   *param = makeNode(Param);

			param->paramkind = PARAM_EXTERN;
			param->paramid = i + 1;
			param->paramtype = s->params->params[i].ptype;
			param->paramtypmod = -1;
			param->paramcollid = get_typcollation(param->paramtype);
			param->location = ref->location;
			return (Node *) param;
		}
	return NULL;
}

static Expr *
expression(Scoring *s, const char *sql)
{
	RawStmt    *raw = linitial(raw_parser(psprintf("SELECT %s", sql), RAW_PARSE_DEFAULT));
	ResTarget  *target = linitial(((SelectStmt *) raw->stmt)->targetList);
	ParseState *pstate = make_parsestate(NULL);
	Node	   *node;

	pstate->p_pre_columnref_hook = name_as_parameter;
	pstate->p_ref_hook_state = s;
	node = transformExpr(pstate, target->val, EXPR_KIND_SELECT_TARGET);
	assign_expr_collations(pstate, node);
	free_parsestate(pstate);
	return expression_planner((Expr *) node);
}

/* the model's columns over names of the present types */
static void
make_ready(Scoring *s)
{
	const MatchModel *model = s->model;
	MemoryContext old;

	if (s->ready)
		MemoryContextDelete(s->ready);
	s->ready = NULL;
	old = MemoryContextSwitchTo(AllocSetContextCreate(s->context, "match expressions",
													  ALLOCSET_DEFAULT_SIZES));
	s->params = makeParamList(s->names);
	for (int i = 0; i < s->names; i++)
	{
		memset(&s->params->params[i], 0, sizeof(ParamExternData));
		s->params->params[i].ptype = s->type[i] == InvalidOid ? TEXTOID : s->type[i];
	}
	s->column = palloc0(Max(model->columns, 1) * sizeof(ExprState *));
	s->column_type = palloc(Max(model->columns, 1) * sizeof(Oid));
	for (int i = 0; i < model->columns; i++)
	{
		s->column_type[i] = TEXTOID;
		if (s->reads[i])
		{
			Expr	   *e = expression(s, model->column[i].sql);

			s->column[i] = ExecInitExprWithParams(e, s->params);
			s->column_type[i] = exprType((Node *) e);
		}
	}
	s->econtext = CreateStandaloneExprContext();
	s->econtext->ecxt_param_list_info = s->params;
	s->ready = CurrentMemoryContext;
	MemoryContextSwitchTo(old);
}

/* the model's columns of a record */
static void
evaluate(Scoring *s, Jsonb *record, Datum *value, bool *null)
{
	for (int i = 0; i < s->names; i++)
	{
		ParamExternData *param = &s->params->params[i];

		param->isnull = !json_value(record, s->name[i], param->ptype, &param->value);
	}
	for (int i = 0; i < s->model->columns; i++)
		if (s->column[i])
			value[i] = ExecEvalExpr(s->column[i], s->econtext, &null[i]);
		else
			null[i] = true;
}

/* ---- from call to call ---- */

/* what is kept for the model that is argument 0 */
static Scoring *
scoring_of(FunctionCallInfo fcinfo)
{
	Scoring    *s = fcinfo->flinfo->fn_extra;
	struct varlena *given = (struct varlena *) PG_GETARG_POINTER(0);
	MemoryContext context;
	MemoryContext old;

	/* what is stored elsewhere is compared by what it is, not by where it is */
	if (VARATT_IS_EXTERNAL(given))
		given = detoast_external_attr(given);
	if (s && VARSIZE_ANY(s->given) == VARSIZE_ANY(given) &&
		memcmp(s->given, given, VARSIZE_ANY(given)) == 0)
		return s;
	fcinfo->flinfo->fn_extra = NULL;
	if (s)
		MemoryContextDelete(s->context);
	context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "match model",
									ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(context);
	s = palloc0(sizeof(Scoring));
	s->context = context;
	s->call = AllocSetContextCreate(context, "match records", 0, CALL_SPACE,
									ALLOCSET_DEFAULT_MAXSIZE);
	s->given = memcpy(palloc(VARSIZE_ANY(given)), given, VARSIZE_ANY(given));
	s->model = match_model_of(DatumGetJsonbP(PointerGetDatum(s->given)));
	find_columns(s);
	MemoryContextSwitchTo(old);
	fcinfo->flinfo->fn_extra = s;
	return s;
}

/* logarithm of the term frequency that a record gives by a key, NaN where it gives none */
static double
json_log_tf(Jsonb *record, const char *key)
{
	JsonbValue	value;
	double		tf;

	if (!json_field(record, key, &value) || value.type == jbvNull)
		return get_float8_nan();
	tf = value.type != jbvNumeric ? -1 :
		DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow,
										   NumericGetDatum(value.val.numeric)));
	if (!(tf > 0 && tf <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("term frequency \"%s\" is not a number above 0 and up to 1", key),
				 errhint("It is the share of the records that have the value.")));
	return log2(tf);
}

static Jsonb *
record_arg(FunctionCallInfo fcinfo, int n)
{
	Jsonb	   *record = PG_GETARG_JSONB_P(n);

	if (!JB_ROOT_IS_OBJECT(record))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("record must be a JSON object"),
				 errhint("Its members are the columns that the model reads.")));
	return record;
}

/* scorer of the records, 0 and 1, of arguments 1 and 2, in the context of one call */
static MatchScorer *
records_scorer(FunctionCallInfo fcinfo, Scoring *s)
{
	MatchModel *model = s->model;
	Jsonb	   *l = record_arg(fcinfo, 1);
	Jsonb	   *r = record_arg(fcinfo, 2);
	Datum	   *value = palloc(2 * Max(model->columns, 1) * sizeof(Datum));
	bool	   *null = palloc(2 * Max(model->columns, 1) * sizeof(bool));
	MatchData	data;
	MatchScorer *scorer;

	if (change_types(s, l, r))
		make_ready(s);
	evaluate(s, l, value, null);
	evaluate(s, r, value + model->columns, null + model->columns);
	match_data_values(model, &data, 2, s->column_type, value, null);
	scorer = match_scorer(model, &data);
	for (int c = 0; c < model->comparisons; c++)
		for (int i = 0; i < model->comparison[c].levels; i++)
		{
			const MatchLevel *level = &model->comparison[c].level[i];
			double	   *log_tf;

			if (level->tf_column < 0 || level->tf_weight == 0 || level->is_null)
				continue;
			log_tf = palloc(2 * sizeof(double));
			log_tf[0] = json_log_tf(l, s->tf[level->tf_column]);
			log_tf[1] = json_log_tf(r, s->tf[level->tf_column]);
			match_scorer_frequencies(scorer, c, i, log_tf);
		}
	return scorer;
}

PG_FUNCTION_INFO_V1(match_score);

/*
 * match_score(model match_model, l jsonb, r jsonb) -> float8: weight of two records.  Keys
 * tf_<column> of the records, where given, are term frequencies.
 */
Datum
match_score(PG_FUNCTION_ARGS)
{
	Scoring    *s = scoring_of(fcinfo);
	MemoryContext old = MemoryContextSwitchTo(s->call);
	double		weight;

	MemoryContextReset(s->call);
	weight = match_weight(records_scorer(fcinfo, s), 0, 1);
	MemoryContextSwitchTo(old);
	PG_RETURN_FLOAT8(weight);
}

PG_FUNCTION_INFO_V1(match_explain_records);

/* match_explain(model match_model, l jsonb, r jsonb) -> how match_score of them comes about */
Datum
match_explain_records(PG_FUNCTION_ARGS)
{
	Scoring    *s;
	MemoryContext old;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	s = scoring_of(fcinfo);
	old = MemoryContextSwitchTo(s->call);
	MemoryContextReset(s->call);
	match_waterfall((ReturnSetInfo *) fcinfo->resultinfo, records_scorer(fcinfo, s), 0, 1);
	MemoryContextSwitchTo(old);
	return (Datum) 0;
}
