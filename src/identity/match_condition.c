/*
 * match_condition.c
 *	  Conditions of a matching model, read: from SQL text through PostgreSQL's raw parser into a
 *	  tree of our own nodes.
 *
 * A model comes from anywhere, so its conditions are not executed as they are.  What is walked here
 * is a list of what is allowed; whatever is not on it is refused by name.  Nothing of the text
 * itself gets any further: names are quoted again, constants written again.
 *
 * DuckDB's list literals [a, b] are written ARRAY[a, b] before parsing; its lambdas parse as
 * operator expressions, of which one form is known, that of Splink's pairwise comparison.
 */
#include "postgres.h"
#include "compat.h"

#include <math.h>

#include "catalog/namespace.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/parsenodes.h"
#include "parser/parser.h"
#include "utils/builtins.h"

#include "identity/match_condition.h"

/* longest part of a condition that a message repeats */
#define SHOWN_MAX	60

static MatchCondition *read_node(MatchParse *p, Node *n);

/* ---- problems ---- */

/* what a message shows of s: its first line, if it is not long */
static char *
clipped(const char *s, int most)
{
	int			len = strlen(s);
	int			clip = pg_mbcliplen(s, Min(len, (int) strcspn(s, "\n")), most);

	return psprintf("%.*s%s", clip, s, clip < len ? "..." : "");
}

MatchCondition *
condition_refuse(MatchParse *p, const char *what, const char *name)
{
	PROBLEM(p->problem, "construct",
			psprintf("A condition uses %s, which a model may not.",
					 name ? psprintf(what, clipped(name, SHOWN_MAX)) : what),
			"The documentation of match_model lists what a condition may use.");
	p->problem->sqlerrcode = ERRCODE_INVALID_PARAMETER_VALUE;
	return NULL;
}

bool
condition_too_large(MatchParse *p, const char *detail)
{
	PROBLEM(p->problem, "too_large", detail, NULL);
	p->problem->sqlerrcode = ERRCODE_PROGRAM_LIMIT_EXCEEDED;
	return false;
}

bool
condition_too_deep(MatchParse *p)
{
	return condition_too_large(p, psprintf("A condition has more than %d expressions inside each"
										   " other.", CONDITION_DEPTH));
}

/* ---- the raw parser ---- */

/* s with ARRAY before each bracket that opens a list rather than a subscript */
static char *
with_list_literals(const char *s)
{
	StringInfoData out;
	char		before = 0;		/* last character that is not white space */

	initStringInfo(&out);
	while (*s != '\0')
	{
		const char *from = s;

		if (*s == '\'' || *s == '"')
		{
			/* a doubled quote is two adjacent strings to this loop, which is as good */
			s = strchr(s + 1, *s);
			s = s ? s + 1 : from + strlen(from);
			before = '"';
		}
		else
		{
			if (*s == '[' && !(IS_HIGHBIT_SET(before) || isalnum((unsigned char) before) ||
							   (before != 0 && strchr("_$\"])", before) != NULL)))
				appendStringInfoString(&out, "ARRAY");
			if (!isspace((unsigned char) *s))
				before = *s;
			s++;
		}
		appendBinaryStringInfo(&out, from, s - from);
	}
	return out.data;
}

/*
 * The statements of the text, or NIL with the problem filled.
 *
 * Raw parsing touches no catalog, takes no lock and opens nothing, so that its errors can be caught
 * without a subtransaction; errors that do not say something of the text are passed on.
 */
static List *
raw_parse(MatchParse *p, const char *sql)
{
	MemoryContext context = CurrentMemoryContext;
	bool		conforming = standard_conforming_strings;
	List	   *volatile result = NIL;

	PG_TRY();
	{
		/* a model means the same under all settings */
		standard_conforming_strings = true;
		result = raw_parser(sql, RAW_PARSE_DEFAULT);
		standard_conforming_strings = conforming;
	}
	PG_CATCH();
	{
		ErrorData  *error;
		int			class;

		standard_conforming_strings = conforming;
		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		class = ERRCODE_TO_CATEGORY(error->sqlerrcode);
		if (class != ERRCODE_DATA_EXCEPTION && class != ERRCODE_FEATURE_NOT_SUPPORTED &&
			class != ERRCODE_SYNTAX_ERROR_OR_ACCESS_RULE_VIOLATION)
			PG_RE_THROW();
		FlushErrorState();
		PROBLEM(p->problem, "syntax",
				psprintf("A condition cannot be parsed: %s.",
						 clipped(error->message, 2 * SHOWN_MAX)),
				"A condition is SQL as PostgreSQL writes it.");
		p->problem->sqlerrcode = ERRCODE_INVALID_PARAMETER_VALUE;
		return NIL;
	}
	PG_END_TRY();
	return result;
}

/* the one expression that the text is */
static Node *
parse_expression(MatchParse *p, const char *sql)
{
	List	   *statements;
	SelectStmt *select;
	SelectStmt *plain;
	ResTarget  *target;

	statements = raw_parse(p, psprintf("SELECT %s\n", with_list_literals(sql)));
	if (p->problem->code != NULL)
		return NULL;
	if (list_length(statements) != 1)
	{
		condition_refuse(p, "several statements", NULL);
		return NULL;
	}
	select = (SelectStmt *) linitial_node(RawStmt, statements)->stmt;
	if (!IsA(select, SelectStmt) || list_length(select->targetList) != 1)
	{
		condition_refuse(p, "more than one expression", NULL);
		return NULL;
	}
	target = linitial_node(ResTarget, select->targetList);

	/* but for its one target it is a statement with nothing in it */
	plain = makeNode(SelectStmt);
	plain->targetList = select->targetList;
	plain->limitOption = select->limitOption;
	if (!equal(plain, select) || target->name != NULL || target->indirection != NIL)
	{
		condition_refuse(p, "a clause of a query", NULL);
		return NULL;
	}
	return target->val;
}

/* ---- nodes ---- */

static MatchCondition *
make_node(MatchOp op, MatchType type, int nargs)
{
	MatchCondition *n = palloc0(sizeof(MatchCondition));

	n->op = op;
	n->type = type;
	n->nargs = nargs;
	if (nargs > 0)
		n->args = palloc0(sizeof(MatchCondition *) * nargs);
	return n;
}

/* once all arguments are there */
static MatchCondition *
finish_node(MatchCondition *n)
{
	for (int i = 0; i < n->nargs; i++)
		n->sides |= n->args[i]->sides;
	return n;
}

/* a node of these arguments; NULL if one of them is NULL, which had a problem */
MatchCondition *
condition_node(MatchOp op, MatchType type, int nargs,...)
{
	MatchCondition *n = make_node(op, type, nargs);
	va_list		args;
	bool		whole = true;

	va_start(args, nargs);
	for (int i = 0; i < nargs; i++)
	{
		n->args[i] = va_arg(args, MatchCondition *);
		whole = whole && n->args[i] != NULL;
	}
	va_end(args);
	return whole ? finish_node(n) : NULL;
}

static MatchCondition *
with_detail(MatchCondition *n, int detail)
{
	if (n != NULL)
		n->detail = detail;
	return n;
}

static MatchCondition *
string_node(const char *s)
{
	MatchCondition *n = make_node(OP_STRING, TYPE_UNKNOWN, 0);

	n->name = s;
	return n;
}

static MatchCondition *
number_node(const char *written)
{
	MatchCondition *n = make_node(OP_NUMBER, TYPE_NUMBER, 0);

	n->name = written;
	n->number = strtod(written, NULL);
	return n;
}

static MatchCondition *
compare(Comparator comparator, MatchCondition *a, MatchCondition *b)
{
	return with_detail(condition_node(OP_COMPARE, TYPE_BOOLEAN, 2, a, b), comparator);
}

static MatchCondition *
not(MatchCondition *a)
{
	return condition_node(OP_NOT, TYPE_BOOLEAN, 1, a);
}

/* arguments of a list; NULL if one is refused */
static MatchCondition *
read_list(MatchParse *p, MatchOp op, MatchType type, List *list)
{
	MatchCondition *n = make_node(op, type, list_length(list));
	int			i = 0;
	ListCell   *cell;

	foreach(cell, list)
	{
		n->args[i] = read_node(p, lfirst(cell));
		if (n->args[i++] == NULL)
			return NULL;
	}
	return finish_node(n);
}

/* the type that all arguments from one on have, every so many */
static MatchType
common_type(const MatchCondition *n, int from, int step)
{
	MatchType	type = TYPE_UNKNOWN;

	for (int i = from; i < n->nargs; i += step)
	{
		if (n->args[i]->op == OP_NULL || n->args[i]->op == OP_STRING)
			continue;
		if (n->args[i]->type == TYPE_UNKNOWN ||
			(type != TYPE_UNKNOWN && n->args[i]->type != type))
			return TYPE_UNKNOWN;
		type = n->args[i]->type;
	}
	return type;
}

/* a column of the source, the same on both sides, compared with itself */
bool
condition_same_field(const MatchCondition *n)
{
	return n->op == OP_COMPARE && n->detail == COMPARATOR_EQ && n->sides == SIDE_BOTH &&
		n->args[0]->op == OP_FIELD && n->args[1]->op == OP_FIELD &&
		strcmp(n->args[0]->name, n->args[1]->name) == 0;
}

/* ---- columns and constants ---- */

/* name and side of x_l, x_r, l.x or r.x; false for all else */
static bool
field_of(Node *n, char **name, int *side)
{
	ColumnRef  *ref = (ColumnRef *) n;
	char	   *last;
	int			len;

	if (!IsA(n, ColumnRef) || !IsA(llast(ref->fields), String))
		return false;
	last = strVal(llast(ref->fields));
	if (list_length(ref->fields) == 2 && IsA(linitial(ref->fields), String))
	{
		char	   *table = strVal(linitial(ref->fields));

		*name = last;
		*side = strcmp(table, "l") == 0 ? SIDE_LEFT : SIDE_RIGHT;
		return (strcmp(table, "l") == 0 || strcmp(table, "r") == 0) && last[0] != '\0';
	}
	len = strlen(last);
	if (list_length(ref->fields) != 1 || len < 3 || last[len - 2] != '_' ||
		(last[len - 1] != 'l' && last[len - 1] != 'r' &&
		 last[len - 1] != 'L' && last[len - 1] != 'R'))
		return false;
	*name = pnstrdup(last, len - 2);
	*side = pg_tolower((unsigned char) last[len - 1]) == 'l' ? SIDE_LEFT : SIDE_RIGHT;
	return true;
}

static bool
is_exploded(const MatchParse *p, const char *name)
{
	for (int i = 0; i < p->explode; i++)
		if (strcmp(p->exploded[i], name) == 0)
			return true;
	return false;
}

static MatchCondition *
field_node(MatchParse *p, char *name, int side)
{
	MatchCondition *n = make_node(OP_FIELD, TYPE_UNKNOWN, 0);
	ListCell   *cell;

	n->name = name;
	n->sides = side;
	foreach(cell, p->fields)
		if (strcmp(lfirst(cell), name) == 0)
			return n;
	p->fields = lappend(p->fields, name);
	return n;
}

static MatchCondition *
read_column(MatchParse *p, Node *node)
{
	ColumnRef  *ref = (ColumnRef *) node;
	char	   *name;
	int			side;

	if (!field_of(node, &name, &side))
	{
		if (IsA(llast(ref->fields), String))
			return condition_refuse(p, "the column %s without a side (_l or _r, l. or r.)",
									strVal(llast(ref->fields)));
		return condition_refuse(p, "all columns (*)", NULL);
	}
	if (is_exploded(p, name))
		return condition_refuse(p, "the array to explode %s other than by = of both sides", name);
	return field_node(p, name, side);
}

static MatchCondition *
read_constant(MatchParse *p, A_Const *c)
{
	MatchCondition *n;

	if (c->isnull)
		return make_node(OP_NULL, TYPE_UNKNOWN, 0);
	switch (nodeTag(&c->val))
	{
		case T_Integer:
			return number_node(psprintf("%d", intVal(&c->val)));
		case T_Float:
			n = number_node(c->val.fval.fval);
			if (strspn(n->name, "0123456789.eE+-") != strlen(n->name) || isinf(n->number))
				return condition_refuse(p, "the number %s", n->name);
			return n;
		case T_Boolean:
			n = make_node(OP_BOOLEAN, TYPE_BOOLEAN, 0);
			n->number = boolVal(&c->val);
			return n;
		case T_String:
			return string_node(strVal(&c->val));
		default:
			return condition_refuse(p, "a bit string", NULL);
	}
}

/* ---- operators ---- */

static const struct
{
	const char *name;
	MatchOp		op;
	MatchType	type;
	int			detail;
}			operators[] =
{
	{"=", OP_COMPARE, TYPE_BOOLEAN, COMPARATOR_EQ},
	{"<>", OP_COMPARE, TYPE_BOOLEAN, COMPARATOR_NE},
	{"!=", OP_COMPARE, TYPE_BOOLEAN, COMPARATOR_NE},
	{"==", OP_COMPARE, TYPE_BOOLEAN, COMPARATOR_EQ},
	{"<", OP_COMPARE, TYPE_BOOLEAN, COMPARATOR_LT},
	{"<=", OP_COMPARE, TYPE_BOOLEAN, COMPARATOR_LE},
	{">", OP_COMPARE, TYPE_BOOLEAN, COMPARATOR_GT},
	{">=", OP_COMPARE, TYPE_BOOLEAN, COMPARATOR_GE},
	{"+", OP_ADD, TYPE_UNKNOWN, 0},
	{"-", OP_SUBTRACT, TYPE_UNKNOWN, 0},
	{"*", OP_MULTIPLY, TYPE_NUMBER, 0},
	{"/", OP_DIVIDE, TYPE_NUMBER, 0},
	{"%", OP_MODULO, TYPE_NUMBER, 0},
	{"||", OP_CONCAT, TYPE_UNKNOWN, 0},
	{"&&", OP_OVERLAP, TYPE_BOOLEAN, 0},
	{"~", OP_REGEX, TYPE_BOOLEAN, 0},
	{"~*", OP_REGEX_ICASE, TYPE_BOOLEAN, 0},
};

static MatchCondition *
pattern(MatchParse *p, MatchOp op, MatchCondition *subject, MatchCondition *with)
{
	if (with != NULL && with->op != OP_STRING)
		return condition_refuse(p, "a pattern that is not a constant", NULL);
	return condition_node(op, TYPE_BOOLEAN, 2, subject, with);
}

/* both sides of the same column to explode */
static MatchCondition *
exploded_equality(MatchParse *p, A_Expr *e)
{
	char	   *left;
	char	   *right;
	int			left_side;
	int			right_side;

	if (p->explode == 0 || !field_of(e->lexpr, &left, &left_side) ||
		!field_of(e->rexpr, &right, &right_side) ||
		strcmp(left, right) != 0 || left_side == right_side || !is_exploded(p, left))
		return NULL;
	return with_detail(condition_node(OP_OVERLAP, TYPE_BOOLEAN, 2,
									  field_node(p, left, left_side),
									  field_node(p, right, right_side)), 1);
}

static MatchCondition *
read_operator(MatchParse *p, A_Expr *e)
{
	const char *name = strVal(llast(e->name));
	MatchCondition *a;
	MatchCondition *b;

	if (list_length(e->name) != 1)
		return condition_refuse(p, "a qualified operator", NULL);
	if (e->lexpr == NULL)
	{
		a = read_node(p, e->rexpr);
		if (a == NULL || strcmp(name, "+") == 0)
			return a;
		if (strcmp(name, "-") != 0)
			return condition_refuse(p, "the operator %s", name);
		if (a->op == OP_NUMBER)
			return number_node(a->name[0] == '-' ? a->name + 1 : psprintf("-%s", a->name));
		return condition_node(OP_NEGATE, TYPE_NUMBER, 1, a);
	}
	if (strcmp(name, "=") == 0 && (a = exploded_equality(p, e)) != NULL)
		return a;
	if (strcmp(name, "!~") == 0 || strcmp(name, "!~*") == 0)
	{
		a = read_node(p, e->lexpr);
		b = a ? read_node(p, e->rexpr) : NULL;
		return b ? not(pattern(p, name[2] ? OP_REGEX_ICASE : OP_REGEX, a, b)) : NULL;
	}
	for (int i = 0; i < lengthof(operators); i++)
	{
		if (strcmp(operators[i].name, name) != 0)
			continue;
		a = read_node(p, e->lexpr);
		b = a ? read_node(p, e->rexpr) : NULL;
		if (b == NULL)
			return NULL;
		if (operators[i].op == OP_REGEX || operators[i].op == OP_REGEX_ICASE)
			return pattern(p, operators[i].op, a, b);
		a = with_detail(condition_node(operators[i].op, operators[i].type, 2, a, b),
						operators[i].detail);
		/* a date plus or less a number is no number */
		if ((a->op == OP_ADD || a->op == OP_SUBTRACT) && a->args[0]->type == TYPE_NUMBER &&
			a->args[1]->type == TYPE_NUMBER)
			a->type = TYPE_NUMBER;
		return a;
	}
	return condition_refuse(p, "the operator %s", name);
}

/* x IN (a, b), x BETWEEN a AND b: the same x in each comparison */
static MatchCondition *
read_in(MatchParse *p, A_Expr *e)
{
	MatchCondition *x = read_node(p, e->lexpr);
	MatchCondition *n;

	if (x == NULL)
		return NULL;
	if (!IsA(e->rexpr, List))
		return condition_refuse(p, "a subquery", NULL);
	n = read_list(p, OP_OR, TYPE_BOOLEAN, (List *) e->rexpr);
	if (n == NULL)
		return NULL;
	for (int i = 0; i < n->nargs; i++)
		n->args[i] = compare(COMPARATOR_EQ, x, n->args[i]);
	finish_node(n);
	return strcmp(strVal(linitial(e->name)), "<>") == 0 ? not(n) : n;
}

static MatchCondition *
read_between(MatchParse *p, A_Expr *e)
{
	MatchCondition *x = read_node(p, e->lexpr);
	MatchCondition *n = x ? read_list(p, OP_AND, TYPE_BOOLEAN, (List *) e->rexpr) : NULL;

	if (n == NULL)
		return NULL;
	n->args[0] = compare(COMPARATOR_GE, x, n->args[0]);
	n->args[1] = compare(COMPARATOR_LE, x, n->args[1]);
	finish_node(n);
	return e->kind == AEXPR_NOT_BETWEEN ? not(n) : n;
}

static MatchCondition *
read_expression(MatchParse *p, A_Expr *e)
{
	MatchCondition *a;
	MatchCondition *b;
	const char *name;

	switch (e->kind)
	{
		case AEXPR_OP:
			return read_operator(p, e);
		case AEXPR_IN:
			return read_in(p, e);
		case AEXPR_BETWEEN:
		case AEXPR_NOT_BETWEEN:
			return read_between(p, e);
		case AEXPR_DISTINCT:
		case AEXPR_NOT_DISTINCT:
		case AEXPR_NULLIF:
		case AEXPR_LIKE:
		case AEXPR_ILIKE:
			break;
		case AEXPR_OP_ANY:
		case AEXPR_OP_ALL:
			return condition_refuse(p, "ANY or ALL", NULL);
		case AEXPR_SIMILAR:
			return condition_refuse(p, "SIMILAR TO", NULL);
		default:
			return condition_refuse(p, "BETWEEN SYMMETRIC", NULL);
	}
	a = read_node(p, e->lexpr);
	b = a ? read_node(p, e->rexpr) : NULL;
	if (b == NULL)
		return NULL;
	switch (e->kind)
	{
		case AEXPR_DISTINCT:
			return condition_node(OP_DISTINCT, TYPE_BOOLEAN, 2, a, b);
		case AEXPR_NOT_DISTINCT:
			return not(condition_node(OP_DISTINCT, TYPE_BOOLEAN, 2, a, b));
		case AEXPR_NULLIF:
			return condition_node(OP_NULLIF, a->type, 2, a, b);
		default:
			name = strVal(linitial(e->name));
			a = pattern(p, e->kind == AEXPR_LIKE ? OP_LIKE : OP_ILIKE, a, b);
			return a && name[0] == '!' ? not(a) : a;
	}
}

static MatchCondition *
read_boolean(MatchParse *p, BoolExpr *e)
{
	return read_list(p, e->boolop == AND_EXPR ? OP_AND : e->boolop == OR_EXPR ? OP_OR : OP_NOT,
					 TYPE_BOOLEAN, e->args);
}

static MatchCondition *
read_null_test(MatchParse *p, NullTest *t)
{
	MatchCondition *n = condition_node(OP_IS_NULL, TYPE_BOOLEAN, 1,
									   read_node(p, (Node *) t->arg));

	return n && t->nulltesttype == IS_NOT_NULL ? not(n) : n;
}

static MatchCondition *
read_boolean_test(MatchParse *p, BooleanTest *t)
{
	MatchCondition *a = read_node(p, (Node *) t->arg);

	switch (t->booltesttype)
	{
		case IS_TRUE:
			return condition_node(OP_IS_TRUE, TYPE_BOOLEAN, 1, a);
		case IS_NOT_TRUE:
			a = condition_node(OP_IS_TRUE, TYPE_BOOLEAN, 1, a);
			break;
		case IS_FALSE:
			return condition_node(OP_IS_FALSE, TYPE_BOOLEAN, 1, a);
		case IS_NOT_FALSE:
			a = condition_node(OP_IS_FALSE, TYPE_BOOLEAN, 1, a);
			break;
		case IS_UNKNOWN:
			return condition_node(OP_IS_NULL, TYPE_BOOLEAN, 1, a);
		case IS_NOT_UNKNOWN:
			a = condition_node(OP_IS_NULL, TYPE_BOOLEAN, 1, a);
			break;
	}
	return a ? not(a) : NULL;
}

static MatchCondition *
read_case(MatchParse *p, CaseExpr *e)
{
	MatchCondition *n = make_node(OP_CASE, TYPE_UNKNOWN, 2 * list_length(e->args) + 1);
	MatchCondition *test = NULL;
	int			i = 0;
	ListCell   *cell;

	if (e->arg != NULL && (test = read_node(p, (Node *) e->arg)) == NULL)
		return NULL;
	foreach(cell, e->args)
	{
		CaseWhen   *when = lfirst_node(CaseWhen, cell);
		MatchCondition *condition = read_node(p, (Node *) when->expr);
		MatchCondition *result = condition ? read_node(p, (Node *) when->result) : NULL;

		if (result == NULL)
			return NULL;
		n->args[i++] = test ? compare(COMPARATOR_EQ, test, condition) : condition;
		n->args[i++] = result;
	}
	n->args[i] = e->defresult ? read_node(p, (Node *) e->defresult) :
		make_node(OP_NULL, TYPE_UNKNOWN, 0);
	if (n->args[i] == NULL)
		return NULL;
	n->type = common_type(n, 1, 2);
	if (n->args[i]->op != OP_NULL && n->args[i]->type != n->type)
		n->type = TYPE_UNKNOWN;
	return finish_node(n);
}

/* ---- casts, arrays ---- */

static MatchCondition *
read_cast(MatchParse *p, TypeCast *c)
{
	TypeName   *t = c->typeName;
	const char *name = strVal(llast(t->names));
	MatchCondition *a;
	MatchCondition *n;
	ListCell   *cell;
	int			cast;

	if (list_length(t->names) > 2 || t->setof || t->pct_type ||
		(list_length(t->names) == 2 && strcmp(strVal(linitial(t->names)), "pg_catalog") != 0))
		return condition_refuse(p, "a cast to the type %s", name);
	cast = condition_cast(t->arrayBounds != NIL ? psprintf("%s[]", name) : name);
	if (cast < 0 || list_length(t->typmods) > match_cast[cast].modifiers ||
		list_length(t->arrayBounds) > 1)
		return condition_refuse(p, "a cast to the type %s", name);
	a = read_node(p, c->arg);
	if (a == NULL)
		return NULL;
	/* TRUE is 't'::bool to some parsers, and a constant of ours */
	if (a->op == OP_BOOLEAN && match_cast[cast].type == TYPE_BOOLEAN)
		return a;
	n = with_detail(condition_node(OP_CAST, match_cast[cast].type, 1, a), cast);
	foreach(cell, t->typmods)
	{
		A_Const    *modifier = lfirst(cell);

		if (!IsA(modifier, A_Const) || modifier->isnull || !IsA(&modifier->val, Integer))
			return condition_refuse(p, "a cast to the type %s", name);
		n->modifier[n->modifiers++] = intVal(&modifier->val);
	}
	return n;
}

static MatchCondition *
read_array(MatchParse *p, A_ArrayExpr *e)
{
	MatchCondition *n = read_list(p, OP_ARRAY, TYPE_UNKNOWN, e->elements);

	if (n == NULL)
		return NULL;
	if (n->nargs == 0)
		return condition_refuse(p, "an empty array", NULL);
	if (common_type(n, 0, 1) == TYPE_TEXT)
		n->type = TYPE_TEXTS;
	return n;
}

static MatchCondition *
read_subscript(MatchParse *p, A_Indirection *e)
{
	A_Indices  *at = (A_Indices *) linitial(e->indirection);
	MatchCondition *a;
	MatchCondition *place;

	if (list_length(e->indirection) != 1 || !IsA(at, A_Indices) || at->is_slice)
		return condition_refuse(p, "a slice or a field", NULL);
	a = read_node(p, e->arg);
	place = a ? read_node(p, at->uidx) : NULL;
	if (place == NULL)
		return NULL;
	if (place->op != OP_NUMBER || place->number != rint(place->number) ||
		fabs(place->number) > 1000000)
		return condition_refuse(p, "a subscript that is not a constant", NULL);
	return with_detail(condition_node(OP_SUBSCRIPT, TYPE_UNKNOWN, 1, a), (int) place->number);
}

/* ---- functions ---- */

/* name(x -> body) in arguments: the variable and the body */
static bool
is_lambda(Node *n, char **variable, Node **body)
{
	A_Expr	   *e = (A_Expr *) n;
	ColumnRef  *ref;

	if (!IsA(n, A_Expr) || e->kind != AEXPR_OP || e->lexpr == NULL ||
		list_length(e->name) != 1 || strcmp(strVal(linitial(e->name)), "->") != 0)
		return false;
	ref = (ColumnRef *) e->lexpr;
	if (!IsA(ref, ColumnRef) || list_length(ref->fields) != 1 ||
		!IsA(linitial(ref->fields), String))
		return false;
	*variable = strVal(linitial(ref->fields));
	*body = e->rexpr;
	return true;
}

static bool
is_variable(Node *n, const char *name)
{
	ColumnRef  *ref = (ColumnRef *) n;

	return IsA(ref, ColumnRef) && list_length(ref->fields) == 1 &&
		IsA(linitial(ref->fields), String) && strcmp(strVal(linitial(ref->fields)), name) == 0;
}

/* variable[place] */
static bool
is_element(Node *n, const char *name, int place)
{
	A_Indirection *e = (A_Indirection *) n;
	A_Indices  *at;
	A_Const    *c;

	if (!IsA(e, A_Indirection) || !is_variable(e->arg, name) || list_length(e->indirection) != 1)
		return false;
	at = (A_Indices *) linitial(e->indirection);
	if (!IsA(at, A_Indices) || at->is_slice)
		return false;
	c = (A_Const *) at->uidx;
	return IsA(c, A_Const) && !c->isnull && IsA(&c->val, Integer) && intVal(&c->val) == place;
}

/* a call of the named function with so many arguments */
static List *
call_of(Node *n, const char *name, int nargs)
{
	FuncCall   *f = (FuncCall *) n;

	if (n == NULL || !IsA(f, FuncCall) || list_length(f->funcname) != 1 ||
		strcmp(strVal(linitial(f->funcname)), name) != 0 || list_length(f->args) != nargs)
		return NIL;
	return f->args;
}

/*
 * list_max(list_transform(flatten(list_transform(a, x -> list_transform(b, y -> [x, y]))),
 * pair -> f(pair[1], pair[2]))), which is how Splink compares two arrays by a distance.
 */
static MatchCondition *
read_pairwise(MatchParse *p, FuncCall *f, bool most)
{
	List	   *outer = call_of(linitial(f->args), "list_transform", 2);
	List	   *flat = outer ? call_of(linitial(outer), "flatten", 1) : NIL;
	List	   *left = flat ? call_of(linitial(flat), "list_transform", 2) : NIL;
	List	   *right = NIL;
	char	   *x;
	char	   *y;
	char	   *pair;
	Node	   *body;
	A_ArrayExpr *both;
	FuncCall   *distance;
	MatchCondition *a;
	MatchCondition *b;
	int			function;

	if (left != NIL && is_lambda(lsecond(left), &x, &body))
		right = call_of(body, "list_transform", 2);
	if (right == NIL || !is_lambda(lsecond(right), &y, &body))
		return condition_refuse(p, "%s other than in Splink's pairwise comparison",
								"list_transform()");
	both = (A_ArrayExpr *) body;
	if (!IsA(both, A_ArrayExpr) || list_length(both->elements) != 2 || strcmp(x, y) == 0 ||
		!is_variable(linitial(both->elements), x) || !is_variable(lsecond(both->elements), y) ||
		!is_lambda(lsecond(outer), &pair, &body))
		return condition_refuse(p, "%s other than in Splink's pairwise comparison",
								"list_transform()");
	distance = (FuncCall *) body;
	if (!IsA(distance, FuncCall) || list_length(distance->funcname) != 1 ||
		list_length(distance->args) != 2 ||
		!is_element(linitial(distance->args), pair, 1) ||
		!is_element(lsecond(distance->args), pair, 2))
		return condition_refuse(p, "%s other than in Splink's pairwise comparison",
								"list_transform()");
	function = condition_function(strVal(linitial(distance->funcname)), 2);
	if (function < 0 || !IS_DISTANCE(match_function[function].pair))
		return condition_refuse(p, "the function %s in list_transform()",
								strVal(linitial(distance->funcname)));
	a = read_node(p, linitial(left));
	b = a ? read_node(p, linitial(right)) : NULL;
	if (b == NULL)
		return NULL;
	a = with_detail(condition_node(OP_PAIRWISE, TYPE_NUMBER, 2, a, b), function);
	a->most = most;
	return a;
}

static MatchCondition *
call(const char *name, int nargs, MatchCondition *a, MatchCondition *b)
{
	int			function = condition_function(name, nargs);

	return with_detail(condition_node(OP_FUNCTION, match_function[function].type, nargs, a, b),
					   function);
}

/* a form of to_char() for dates and times as one of strptime(), NULL if it has anything unusual */
static char *
strptime_form(const char *form)
{
	static const char *const codes[][2] = {
		{"YYYY", "%Y"}, {"HH24", "%H"}, {"MM", "%m"}, {"DD", "%d"}, {"MI", "%M"}, {"SS", "%S"},
	};
	StringInfoData out;

	initStringInfo(&out);
	while (*form != '\0')
	{
		int			i = 0;

		while (i < lengthof(codes) && strncmp(form, codes[i][0], strlen(codes[i][0])) != 0)
			i++;
		if (i < lengthof(codes))
		{
			appendStringInfoString(&out, codes[i][1]);
			form += strlen(codes[i][0]);
		}
		else if (strchr("-/. :T", *form) != NULL)
			appendStringInfoChar(&out, *form++);
		else
			return NULL;
	}
	return out.data;
}

/* date_diff(part, a, b): the boundaries of that part from a to b */
static MatchCondition *
read_date_difference(MatchParse *p, const char *part, MatchCondition *a, MatchCondition *b)
{
	static const struct
	{
		const char *name;
		const char *seconds;
	}			parts[] = {{"second", "1"}, {"minute", "60"}, {"hour", "3600"}};
	MatchCondition *side[2] = {b, a};

	for (int i = 0; i < 2; i++)
	{
		MatchCondition *year = call("year", 1, side[i], NULL);

		if (strcmp(part, "day") == 0)
			side[i] = with_detail(condition_node(OP_CAST, TYPE_TIME, 1, side[i]),
								  condition_cast("date"));
		else if (strcmp(part, "year") == 0)
			side[i] = year;
		else if (strcmp(part, "month") == 0)
			side[i] = condition_node(OP_ADD, TYPE_NUMBER, 2,
									 condition_node(OP_MULTIPLY, TYPE_NUMBER, 2, year,
													number_node("12")),
									 call("month", 1, side[i], NULL));
		else
		{
			int			j = 0;

			while (j < lengthof(parts) && strcmp(parts[j].name, part) != 0)
				j++;
			if (j == lengthof(parts))
				return condition_refuse(p, "the part %s in date_diff()", part);
			side[i] = call("floor", 1, condition_node(OP_DIVIDE, TYPE_NUMBER, 2,
													  call("epoch", 1, side[i], NULL),
													  number_node(parts[j].seconds)), NULL);
		}
	}
	return condition_node(OP_SUBTRACT, TYPE_NUMBER, 2, side[0], side[1]);
}

/* functions that are more than a line of the table; *other is false if it is none of them */
static MatchCondition *
read_special(MatchParse *p, const char *name, MatchCondition *n, bool *other)
{
	MatchCondition **args = n->args;
	bool		part = n->nargs > 0 && args[0]->op == OP_STRING;
	char	   *form;

	*other = false;
	if ((strcmp(name, "date_diff") == 0 || strcmp(name, "datediff") == 0) &&
		n->nargs == 3 && part)
		return read_date_difference(p, args[0]->name, args[1], args[2]);
	if (strcmp(name, "datediff") == 0 && n->nargs == 2)
		return read_date_difference(p, "day", args[1], args[0]);
	if ((strcmp(name, "extract") == 0 || strcmp(name, "date_part") == 0) && n->nargs == 2 && part)
	{
		static const char *const fields[] = {"year", "month", "day", "hour", "minute", "second",
		"epoch", "quarter", "week", "dow", "doy"};

		for (int i = 0; i < lengthof(fields); i++)
			if (pg_strcasecmp(args[0]->name, fields[i]) == 0)
				return call(fields[i], 1, args[1], NULL);
		return condition_refuse(p, "the field %s of a date", args[0]->name);
	}
	if ((strcmp(name, "try_cast_date") == 0 || strcmp(name, "try_cast_timestamp") == 0) &&
		n->nargs == 2 && args[1]->op == OP_STRING)
	{
		form = strptime_form(args[1]->name);
		if (form == NULL)
			return condition_refuse(p, "the form %s of a date", args[1]->name);
		n = call("try_strptime", 2, args[0], string_node(form));
		if (strcmp(name, "try_cast_date") == 0)
			n = with_detail(condition_node(OP_CAST, TYPE_TIME, 1, n), condition_cast("date"));
		return n;
	}
	/* how many elements two arrays have in common */
	if (n->nargs >= 1 && args[0]->op == OP_FUNCTION &&
		match_function[args[0]->detail].pair == PAIR_COMMON &&
		(strcmp(name, "array_length") == 0 || strcmp(name, "len") == 0 ||
		 strcmp(name, "length") == 0 || strcmp(name, "list_count") == 0 ||
		 strcmp(name, "cardinality") == 0 || strcmp(name, "array_size") == 0 ||
		 strcmp(name, "size") == 0))
		return call("common elements", 2, args[0]->args[0], args[0]->args[1]);
	if ((strcmp(name, "list_has_any") == 0 || strcmp(name, "array_has_any") == 0 ||
		 strcmp(name, "arrays_overlap") == 0) && n->nargs == 2)
		return condition_node(OP_OVERLAP, TYPE_BOOLEAN, 2, args[0], args[1]);
	if (strcmp(name, "substring") == 0 && n->nargs == 2 && args[1]->op == OP_STRING)
		return call("substring of a pattern", 2, args[0], args[1]);
	if (strcmp(name, "regexp_matches") == 0 && n->nargs == 2)
		return pattern(p, OP_REGEX, args[0], args[1]);
	if (strcmp(name, "date") == 0 && n->nargs == 1)
		return with_detail(condition_node(OP_CAST, TYPE_TIME, 1, args[0]), condition_cast("date"));
	*other = true;
	return NULL;
}

static MatchCondition *
read_function(MatchParse *p, FuncCall *f)
{
	const char *name = strVal(llast(f->funcname));
	const char *schema = list_length(f->funcname) == 1 ? "omni" : strVal(linitial(f->funcname));
	MatchCondition *n;
	MatchCondition *special;
	bool		other;
	int			function;

	if (list_length(f->funcname) > 2 ||
		(strcmp(schema, "omni") != 0 && strcmp(schema, "pg_catalog") != 0))
		return condition_refuse(p, "the function %s()", NameListToString(f->funcname));
	if (f->agg_order != NIL || f->agg_filter != NULL || f->over != NULL || f->agg_within_group ||
		f->agg_star || f->agg_distinct || f->func_variadic)
		return condition_refuse(p, "the function %s as an aggregate or window", name);
	if ((strcmp(name, "list_max") == 0 || strcmp(name, "list_min") == 0) &&
		list_length(f->args) == 1)
		return read_pairwise(p, f, strcmp(name, "list_max") == 0);
	if (strcmp(name, "list_transform") == 0)
		return condition_refuse(p, "the function %s", "list_transform()");
	n = read_list(p, OP_FUNCTION, TYPE_UNKNOWN, f->args);
	if (n == NULL)
		return NULL;
	special = read_special(p, name, n, &other);
	if (!other)
		return special;
	function = condition_function(name, n->nargs);
	if (function < 0)
		return condition_refuse(p, condition_function(name, -1) < 0 ? "the function %s()" :
								"the function %s() with another number of arguments", name);
	n->detail = function;
	n->type = match_function[function].type;
	/* patterns and forms are constants: what a letter in lower case stands for */
	for (int i = 0; i < n->nargs; i++)
	{
		const char *letters = match_function[function].args;
		int			at = Min(i, (int) strlen(letters) - 1);

		if (at >= 0 && letters[at] == 't' && n->args[i]->op != OP_STRING)
			return condition_refuse(p, "the function %s() without a constant pattern",
									name);
	}
	return n;
}

/* ---- the walk ---- */

static MatchCondition *
read_allowed(MatchParse *p, Node *n)
{
	MatchCondition *result;

	switch (nodeTag(n))
	{
		case T_A_Const:
			return read_constant(p, (A_Const *) n);
		case T_ColumnRef:
			return read_column(p, n);
		case T_A_Expr:
			return read_expression(p, (A_Expr *) n);
		case T_BoolExpr:
			return read_boolean(p, (BoolExpr *) n);
		case T_NullTest:
			return read_null_test(p, (NullTest *) n);
		case T_BooleanTest:
			return read_boolean_test(p, (BooleanTest *) n);
		case T_CaseExpr:
			return read_case(p, (CaseExpr *) n);
		case T_CoalesceExpr:
			result = read_list(p, OP_COALESCE, TYPE_UNKNOWN, ((CoalesceExpr *) n)->args);
			if (result != NULL)
				result->type = common_type(result, 0, 1);
			return result;
		case T_MinMaxExpr:
			result = read_list(p, ((MinMaxExpr *) n)->op == IS_GREATEST ? OP_GREATEST : OP_LEAST,
							   TYPE_UNKNOWN, ((MinMaxExpr *) n)->args);
			if (result != NULL)
				result->type = common_type(result, 0, 1);
			return result;
		case T_TypeCast:
			return read_cast(p, (TypeCast *) n);
		case T_A_ArrayExpr:
			return read_array(p, (A_ArrayExpr *) n);
		case T_A_Indirection:
			return read_subscript(p, (A_Indirection *) n);
		case T_FuncCall:
			return read_function(p, (FuncCall *) n);
		case T_SubLink:
			return condition_refuse(p, "a subquery", NULL);
		case T_ParamRef:
			return condition_refuse(p, "a parameter", NULL);
		case T_CollateClause:
			return condition_refuse(p, "COLLATE", NULL);
		case T_RowExpr:
			return condition_refuse(p, "a row", NULL);
		case T_SQLValueFunction:
			return condition_refuse(p, "a value of the session, such as current_user", NULL);
		case T_NamedArgExpr:
			return condition_refuse(p, "the named argument %s", ((NamedArgExpr *) n)->name);
		default:
			return condition_refuse(p, "an expression of a kind that is not listed", NULL);
	}
}

static MatchCondition *
read_node(MatchParse *p, Node *n)
{
	MatchCondition *result;

	check_stack_depth();
	if (p->depth >= CONDITION_DEPTH)
	{
		condition_too_deep(p);
		return NULL;
	}
	p->depth++;
	result = read_allowed(p, n);
	p->depth--;
	return result;
}

MatchCondition *
condition_read(MatchParse *p, const char *sql)
{
	Node	   *n;

	p->problem->code = NULL;
	p->depth = 0;
	if (strlen(sql) > CONDITION_MAX)
	{
		condition_too_large(p, psprintf("A condition has more than %d bytes.", CONDITION_MAX));
		return NULL;
	}
	n = parse_expression(p, sql);
	return n ? read_node(p, n) : NULL;
}
