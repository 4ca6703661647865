/*
 * match_condition_sql.c
 *	  What functions and types a condition of a matching model may use, and an expression over one
 *	  record written as SQL.
 *
 * That SQL runs as the caller.  It holds quoted names of columns, constants as literals, and
 * operators, functions and types of pg_catalog and omni, all of them qualified: no search_path and
 * no text of the model has a say in what is called.
 */
#include "postgres.h"
#include "compat.h"

#include "utils/builtins.h"

#include "identity/match_condition.h"

/*
 * Letters of arguments: T text, t text that is a constant, F double precision, N numeric,
 * I integer, A text[], V double precision[], ? as it is.
 */
const MatchFunction match_function[] = {
	/* numbers */
	{"abs", 1, "?", TYPE_NUMBER, PAIR_ABS, "pg_catalog.abs(*)"},
	{"sign", 1, "F", TYPE_NUMBER, PAIR_SIGN, "pg_catalog.sign(*)"},
	{"ln", 1, "F", TYPE_NUMBER, PAIR_LN, "pg_catalog.ln(*)"},
	{"log", 1, "F", TYPE_NUMBER, PAIR_LOG10, "pg_catalog.log(*)"},
	{"log10", 1, "F", TYPE_NUMBER, PAIR_LOG10, "pg_catalog.log(*)"},
	{"log2", 1, "F", TYPE_NUMBER, PAIR_LOG2, "omni.log2(*)"},
	{"exp", 1, "F", TYPE_NUMBER, PAIR_EXP, "pg_catalog.exp(*)"},
	{"power", 2, "FF", TYPE_NUMBER, PAIR_POWER, "pg_catalog.power(*)"},
	{"pow", 2, "FF", TYPE_NUMBER, PAIR_POWER, "pg_catalog.power(*)"},
	{"sqrt", 1, "F", TYPE_NUMBER, PAIR_SQRT, "pg_catalog.sqrt(*)"},
	{"floor", 1, "F", TYPE_NUMBER, PAIR_FLOOR, "pg_catalog.floor(*)"},
	{"ceil", 1, "F", TYPE_NUMBER, PAIR_CEIL, "pg_catalog.ceil(*)"},
	{"ceiling", 1, "F", TYPE_NUMBER, PAIR_CEIL, "pg_catalog.ceil(*)"},
	{"round", 1, "NI", TYPE_NUMBER, PAIR_ROUND, "pg_catalog.round(*)"},
	{"sin", 1, "F", TYPE_NUMBER, PAIR_SIN, "pg_catalog.sin(*)"},
	{"cos", 1, "F", TYPE_NUMBER, PAIR_COS, "pg_catalog.cos(*)"},
	{"tan", 1, "F", TYPE_NUMBER, PAIR_TAN, "pg_catalog.tan(*)"},
	{"asin", 1, "F", TYPE_NUMBER, PAIR_ASIN, "pg_catalog.asin(*)"},
	{"acos", 1, "F", TYPE_NUMBER, PAIR_ACOS, "pg_catalog.acos(*)"},
	{"atan", 1, "F", TYPE_NUMBER, PAIR_ATAN, "pg_catalog.atan(*)"},
	{"atan2", 2, "FF", TYPE_NUMBER, PAIR_ATAN2, "pg_catalog.atan2(*)"},
	{"radians", 1, "F", TYPE_NUMBER, PAIR_RADIANS, "pg_catalog.radians(*)"},
	{"degrees", 1, "F", TYPE_NUMBER, PAIR_DEGREES, "pg_catalog.degrees(*)"},
	/* texts */
	{"len", 1, "?", TYPE_NUMBER, PAIR_NONE, "omni.len(*)"},
	{"length", 1, "?", TYPE_NUMBER, PAIR_NONE, "omni.len(*)"},
	{"char_length", 1, "T", TYPE_NUMBER, PAIR_NONE, "pg_catalog.length(*)"},
	{"lower", 1, "T", TYPE_TEXT, PAIR_NONE, "pg_catalog.lower(*)"},
	{"upper", 1, "T", TYPE_TEXT, PAIR_NONE, "pg_catalog.upper(*)"},
	{"trim", 1, "TT", TYPE_TEXT, PAIR_NONE, "pg_catalog.btrim(*)"},
	{"btrim", 1, "TT", TYPE_TEXT, PAIR_NONE, "pg_catalog.btrim(*)"},
	{"ltrim", 1, "TT", TYPE_TEXT, PAIR_NONE, "pg_catalog.ltrim(*)"},
	{"rtrim", 1, "TT", TYPE_TEXT, PAIR_NONE, "pg_catalog.rtrim(*)"},
	{"substr", 2, "TII", TYPE_TEXT, PAIR_NONE, "pg_catalog.substr(*)"},
	{"substring", 2, "TII", TYPE_TEXT, PAIR_NONE, "pg_catalog.substr(*)"},
	{"left", 2, "TI", TYPE_TEXT, PAIR_NONE, "pg_catalog.left(*)"},
	{"right", 2, "TI", TYPE_TEXT, PAIR_NONE, "pg_catalog.right(*)"},
	{"replace", 3, "TTT", TYPE_TEXT, PAIR_NONE, "pg_catalog.replace(*)"},
	{"reverse", 1, "T", TYPE_TEXT, PAIR_NONE, "pg_catalog.reverse(*)"},
	{"concat", 1, "??????????????????", TYPE_TEXT, PAIR_NONE, "pg_catalog.concat(*)"},
	{"split_part", 3, "TTI", TYPE_TEXT, PAIR_NONE, "pg_catalog.split_part(*)"},
	{"strip_accents", 1, "T", TYPE_TEXT, PAIR_NONE, "omni.strip_accents(*)"},
	{"regexp_extract", 2, "TtI", TYPE_TEXT, PAIR_NONE, "omni.regexp_extract(*)"},
	{"regexp_replace", 3, "TtTt", TYPE_TEXT, PAIR_NONE, "pg_catalog.regexp_replace(*)"},
	{"substring of a pattern", 2, "Tt", TYPE_TEXT, PAIR_NONE, "pg_catalog.substring(*)"},
	/* dates and times */
	{"try_strptime", 2, "Tt", TYPE_TIME, PAIR_NONE, "omni.try_strptime(*)"},
	{"strptime", 2, "Tt", TYPE_TIME, PAIR_NONE, "omni.strptime(*)"},
	{"to_date", 2, "Tt", TYPE_TIME, PAIR_NONE, "pg_catalog.to_date(*)"},
	{"to_timestamp", 2, "Tt", TYPE_TIME, PAIR_NONE, "pg_catalog.to_timestamp(*)"},
	{"epoch", 1, "?", TYPE_NUMBER, PAIR_NONE, "pg_catalog.date_part('epoch', *)"},
	{"year", 1, "?", TYPE_NUMBER, PAIR_NONE, "pg_catalog.date_part('year', *)"},
	{"quarter", 1, "?", TYPE_NUMBER, PAIR_NONE, "pg_catalog.date_part('quarter', *)"},
	{"month", 1, "?", TYPE_NUMBER, PAIR_NONE, "pg_catalog.date_part('month', *)"},
	{"week", 1, "?", TYPE_NUMBER, PAIR_NONE, "pg_catalog.date_part('week', *)"},
	{"day", 1, "?", TYPE_NUMBER, PAIR_NONE, "pg_catalog.date_part('day', *)"},
	{"dow", 1, "?", TYPE_NUMBER, PAIR_NONE, "pg_catalog.date_part('dow', *)"},
	{"doy", 1, "?", TYPE_NUMBER, PAIR_NONE, "pg_catalog.date_part('doy', *)"},
	{"hour", 1, "?", TYPE_NUMBER, PAIR_NONE, "pg_catalog.date_part('hour', *)"},
	{"minute", 1, "?", TYPE_NUMBER, PAIR_NONE, "pg_catalog.date_part('minute', *)"},
	{"second", 1, "?", TYPE_NUMBER, PAIR_NONE, "pg_catalog.date_part('second', *)"},
	/* distances */
	{"levenshtein", 2, "TT", TYPE_NUMBER, PAIR_LEVENSHTEIN, "omni.levenshtein(*)"},
	{"damerau_levenshtein", 2, "TT", TYPE_NUMBER, PAIR_DAMERAU_LEVENSHTEIN,
	"omni.damerau_levenshtein(*)"},
	{"jaro_similarity", 2, "TT", TYPE_NUMBER, PAIR_JARO, "omni.jaro_similarity(*)"},
	{"jaro_sim", 2, "TT", TYPE_NUMBER, PAIR_JARO, "omni.jaro_similarity(*)"},
	{"jaro_winkler_similarity", 2, "TT", TYPE_NUMBER, PAIR_JARO_WINKLER,
	"omni.jaro_winkler_similarity(*)"},
	{"jaro_winkler", 2, "TT", TYPE_NUMBER, PAIR_JARO_WINKLER, "omni.jaro_winkler_similarity(*)"},
	{"jaccard", 2, "TT", TYPE_NUMBER, PAIR_JACCARD, "omni.jaccard(*)"},
	/* arrays */
	{"array_cosine_similarity", 2, "VV", TYPE_NUMBER, PAIR_COSINE,
	"omni.array_cosine_similarity(*)"},
	{"list_cosine_similarity", 2, "VV", TYPE_NUMBER, PAIR_COSINE,
	"omni.array_cosine_similarity(*)"},
	{"cosine_similarity", 2, "VV", TYPE_NUMBER, PAIR_COSINE, "omni.array_cosine_similarity(*)"},
	{"list_intersect", 2, "AA", TYPE_TEXTS, PAIR_COMMON, "omni.list_intersect(*)"},
	{"array_intersect", 2, "AA", TYPE_TEXTS, PAIR_COMMON, "omni.list_intersect(*)"},
	{"common elements", 2, "AA", TYPE_NUMBER, PAIR_COMMON,
	"pg_catalog.cardinality(omni.list_intersect(*))"},
	{"list_contains", 2, "AT", TYPE_BOOLEAN, PAIR_CONTAINS, "omni.list_contains(*)"},
	{"list_has", 2, "AT", TYPE_BOOLEAN, PAIR_CONTAINS, "omni.list_contains(*)"},
	{"array_contains", 2, "AT", TYPE_BOOLEAN, PAIR_CONTAINS, "omni.list_contains(*)"},
	{"array_has", 2, "AT", TYPE_BOOLEAN, PAIR_CONTAINS, "omni.list_contains(*)"},
	{"list_distinct", 1, "A", TYPE_TEXTS, PAIR_NONE, "omni.list_distinct(*)"},
	{"array_distinct", 1, "A", TYPE_TEXTS, PAIR_NONE, "omni.list_distinct(*)"},
	{"array_length", 1, "?", TYPE_NUMBER, PAIR_NONE, "pg_catalog.cardinality(*)"},
	{"array_size", 1, "?", TYPE_NUMBER, PAIR_NONE, "pg_catalog.cardinality(*)"},
	{"cardinality", 1, "?", TYPE_NUMBER, PAIR_NONE, "pg_catalog.cardinality(*)"},
	{"array length in a dimension", 2, "?I", TYPE_NUMBER, PAIR_NONE,
	"pg_catalog.array_length(*)"},
	{"string_split", 2, "TT", TYPE_TEXTS, PAIR_NONE, "pg_catalog.string_to_array(*)"},
	{"str_split", 2, "TT", TYPE_TEXTS, PAIR_NONE, "pg_catalog.string_to_array(*)"},
	{"string_to_array", 2, "TT", TYPE_TEXTS, PAIR_NONE, "pg_catalog.string_to_array(*)"},
	{NULL}
};

const MatchCast match_cast[] = {
	{"text", "text", TYPE_TEXT, 0},
	{"varchar", "varchar", TYPE_TEXT, 1},
	{"string", "text", TYPE_TEXT, 0},
	{"int2", "int2", TYPE_NUMBER, 0},
	{"tinyint", "int2", TYPE_NUMBER, 0},
	{"int4", "int4", TYPE_NUMBER, 0},
	{"int8", "int8", TYPE_NUMBER, 0},
	{"hugeint", "numeric", TYPE_NUMBER, 0},
	{"float4", "float4", TYPE_NUMBER, 0},
	{"float8", "float8", TYPE_NUMBER, 0},
	{"double", "float8", TYPE_NUMBER, 0},
	{"numeric", "numeric", TYPE_NUMBER, 2},
	{"bool", "bool", TYPE_BOOLEAN, 0},
	{"date", "date", TYPE_TIME, 0},
	{"timestamp", "timestamp", TYPE_TIME, 0},
	{"datetime", "timestamp", TYPE_TIME, 0},
	{"timestamptz", "timestamptz", TYPE_TIME, 0},
	{"uuid", "uuid", TYPE_UNKNOWN, 0},
	{"text[]", "text[]", TYPE_TEXTS, 0},
	{"varchar[]", "text[]", TYPE_TEXTS, 0},
	{"float4[]", "float4[]", TYPE_NUMBERS, 0},
	{"float8[]", "float8[]", TYPE_NUMBERS, 0},
	{"double[]", "float8[]", TYPE_NUMBERS, 0},
	{NULL}
};

/* place of a function that takes so many arguments (-1: any number of them), -1 if there is none */
int
condition_function(const char *name, int nargs)
{
	/* one name, two functions */
	if (nargs == 2 && strcmp(name, "array_length") == 0)
		name = "array length in a dimension";
	for (int i = 0; match_function[i].name != NULL; i++)
		if (strcmp(match_function[i].name, name) == 0 &&
			(nargs < 0 || (nargs >= match_function[i].min_args &&
						   nargs <= (int) strlen(match_function[i].args))))
			return i;
	return -1;
}

int
condition_cast(const char *name)
{
	for (int i = 0; match_cast[i].name != NULL; i++)
		if (strcmp(match_cast[i].name, name) == 0)
			return i;
	return -1;
}

MatchWant
want_of(char letter)
{
	switch (letter)
	{
		case 'T':
		case 't':
			return WANT_TEXT;
		case 'F':
			return WANT_FLOAT;
		case 'N':
			return WANT_NUMERIC;
		case 'I':
			return WANT_INTEGER;
		case 'A':
			return WANT_TEXTS;
		case 'V':
			return WANT_NUMBERS;
		default:
			return WANT_ANY;
	}
}

/* always with quotes: then no word is a key word */
char *
condition_quote(const char *name)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoChar(&out, '"');
	for (; *name != '\0'; name++)
	{
		if (*name == '"')
			appendStringInfoChar(&out, '"');
		appendStringInfoChar(&out, *name);
	}
	appendStringInfoChar(&out, '"');
	return out.data;
}

static const char *
operator_name(const MatchCondition *n)
{
	static const char *const comparators[] = {"=", "<>", "<", "<=", ">", ">="};

	switch (n->op)
	{
		case OP_COMPARE:
			return comparators[n->detail];
		case OP_ADD:
			return "+";
		case OP_SUBTRACT:
			return "-";
		case OP_MULTIPLY:
			return "*";
		case OP_CONCAT:
			return "||";
		case OP_LIKE:
			return "~~";
		case OP_ILIKE:
			return "~~*";
		case OP_REGEX:
			return "~";
		case OP_REGEX_ICASE:
			return "~*";
		case OP_OVERLAP:
			return "&&";
		default:
			return NULL;
	}
}

/*
 * Append what template says: \1 and \2 stand for the first two arguments, cast as wanted.
 */
static bool
write_template(MatchParse *p, StringInfo out, const MatchCondition *n, const char *template,
			   MatchWant want)
{
	for (; *template != '\0'; template++)
	{
		if (*template == '\1' || *template == '\2')
		{
			if (!condition_sql(p, out, n->args[*template - 1], want))
				return false;
		}
		else
			appendStringInfoChar(out, *template);
	}
	return true;
}

/* arguments with what stands between them */
static bool
write_list(MatchParse *p, StringInfo out, const MatchCondition *n, const char *between)
{
	for (int i = 0; i < n->nargs; i++)
	{
		if (i > 0)
			appendStringInfoString(out, between);
		if (!condition_sql(p, out, n->args[i], WANT_ANY))
			return false;
	}
	return true;
}

static bool
write_case(MatchParse *p, StringInfo out, const MatchCondition *n)
{
	appendStringInfoString(out, "CASE");
	for (int i = 0; i < n->nargs; i++)
	{
		appendStringInfoString(out, i == n->nargs - 1 ? " ELSE " :
							   i % 2 == 0 ? " WHEN " : " THEN ");
		if (!condition_sql(p, out, n->args[i], WANT_ANY))
			return false;
	}
	appendStringInfoString(out, " END");
	return true;
}

static bool
write_function(MatchParse *p, StringInfo out, const MatchCondition *n)
{
	const MatchFunction *f = &match_function[n->detail];

	for (const char *s = f->sql; *s != '\0'; s++)
	{
		if (*s != '*')
		{
			appendStringInfoChar(out, *s);
			continue;
		}
		for (int i = 0; i < n->nargs; i++)
		{
			if (i > 0)
				appendStringInfoString(out, ", ");
			if (!condition_sql(p, out, n->args[i], want_of(f->args[i])))
				return false;
		}
	}
	return true;
}

static bool
write_cast(MatchParse *p, StringInfo out, const MatchCondition *n)
{
	if (!condition_sql(p, out, n->args[0], WANT_ANY))
		return false;
	appendStringInfo(out, "::pg_catalog.%s", match_cast[n->detail].sql);
	for (int i = 0; i < n->modifiers; i++)
		appendStringInfo(out, "%s%d", i == 0 ? "(" : ",", n->modifier[i]);
	if (n->modifiers > 0)
		appendStringInfoChar(out, ')');
	return true;
}

/* what stands in parentheses */
static bool
write_plain(MatchParse *p, StringInfo out, const MatchCondition *n)
{
	switch (n->op)
	{
		case OP_NULL:
			appendStringInfoString(out, "NULL");
			return true;
		case OP_STRING:
			appendStringInfoString(out, quote_literal_cstr(n->name));
			return true;
		case OP_NUMBER:
			appendStringInfoString(out, n->name);
			return true;
		case OP_BOOLEAN:
			appendStringInfoString(out, n->number != 0 ? "true" : "false");
			return true;
		case OP_AND:
			return write_list(p, out, n, " AND ");
		case OP_OR:
			return write_list(p, out, n, " OR ");
		case OP_NOT:
			return write_template(p, out, n, "NOT \1", WANT_ANY);
		case OP_IS_NULL:
			return write_template(p, out, n, "\1 IS NULL", WANT_ANY);
		case OP_IS_TRUE:
			return write_template(p, out, n, "\1 IS TRUE", WANT_ANY);
		case OP_IS_FALSE:
			return write_template(p, out, n, "\1 IS FALSE", WANT_ANY);
		case OP_DISTINCT:
			return write_template(p, out, n, "CASE WHEN \1 IS NULL THEN \2 IS NOT NULL"
								  " WHEN \2 IS NULL THEN true"
								  " ELSE \1 OPERATOR(pg_catalog.<>) \2 END", WANT_ANY);
		case OP_NULLIF:
			return write_template(p, out, n, "CASE WHEN \1 OPERATOR(pg_catalog.=) \2 THEN NULL"
								  " ELSE \1 END", WANT_ANY);
		case OP_CASE:
			return write_case(p, out, n);
		case OP_COALESCE:
			appendStringInfoString(out, "COALESCE(");
			break;
		case OP_GREATEST:
			appendStringInfoString(out, "GREATEST(");
			break;
		case OP_LEAST:
			appendStringInfoString(out, "LEAST(");
			break;
		case OP_DIVIDE:
			return write_template(p, out, n, "CASE WHEN \2 OPERATOR(pg_catalog.<>) 0"
								  " THEN \1 OPERATOR(pg_catalog./) \2 END", WANT_FLOAT);
		case OP_MODULO:
			return write_template(p, out, n, "CASE WHEN \2 OPERATOR(pg_catalog.<>) 0"
								  " THEN \1 OPERATOR(pg_catalog.%) \2 END", WANT_NUMERIC);
		case OP_NEGATE:
			return write_template(p, out, n, "OPERATOR(pg_catalog.-) \1", WANT_ANY);
		case OP_COMPARE:
		case OP_ADD:
		case OP_SUBTRACT:
		case OP_MULTIPLY:
		case OP_CONCAT:
			return write_template(p, out, n,
								  psprintf("\1 OPERATOR(pg_catalog.%s) \2", operator_name(n)),
								  WANT_ANY);
		case OP_LIKE:
		case OP_ILIKE:
		case OP_REGEX:
		case OP_REGEX_ICASE:
			return write_template(p, out, n,
								  psprintf("\1 OPERATOR(pg_catalog.%s) \2", operator_name(n)),
								  WANT_TEXT);
		case OP_OVERLAP:
			return write_template(p, out, n, "\1 OPERATOR(pg_catalog.&&) \2", WANT_TEXTS);
		case OP_SUBSCRIPT:
			if (n->detail < 0)
				return write_template(p, out, n,
									  psprintf("(\1)[pg_catalog.cardinality(\1)"
											   " OPERATOR(pg_catalog.-) %d]", -(n->detail + 1)),
									  WANT_ANY);
			return write_template(p, out, n, psprintf("(\1)[%d]", n->detail), WANT_ANY);
		case OP_ARRAY:
			appendStringInfoString(out, "ARRAY[");
			if (!write_list(p, out, n, ", "))
				return false;
			appendStringInfoChar(out, ']');
			return true;
		case OP_FUNCTION:
			return write_function(p, out, n);
		case OP_PAIRWISE:
			condition_refuse(p, "the function %s over one record only", "list_transform()");
			return false;
		case OP_FIELD:
		case OP_CAST:
		case OP_VALUE:
		case OP_SAME:
			break;
	}
	/* the three with an open parenthesis */
	if (!write_list(p, out, n, ", "))
		return false;
	appendStringInfoChar(out, ')');
	return true;
}

/* append an expression over one record; false with the problem filled where it cannot be written */
bool
condition_sql(MatchParse *p, StringInfo out, const MatchCondition *n, MatchWant want)
{
	static const struct
	{
		const char *cast;
		MatchType	type;
	}			wants[] = {
		[WANT_ANY] = {"", TYPE_UNKNOWN},
		[WANT_TEXT] = {"::pg_catalog.text", TYPE_TEXT},
		[WANT_FLOAT] = {"::pg_catalog.float8", TYPE_UNKNOWN},
		[WANT_NUMERIC] = {"::pg_catalog.numeric", TYPE_UNKNOWN},
		[WANT_INTEGER] = {"::pg_catalog.int4", TYPE_UNKNOWN},
		[WANT_TEXTS] = {"::pg_catalog.text[]", TYPE_TEXTS},
		[WANT_NUMBERS] = {"::pg_catalog.float8[]", TYPE_UNKNOWN},
	};
	bool		cast = want != WANT_ANY && (wants[want].type == TYPE_UNKNOWN ||
											wants[want].type != n->type);

	if (n->op == OP_FIELD)
		appendStringInfoString(out, condition_quote(n->name));
	else if (n->op == OP_CAST)
	{
		if (!write_cast(p, out, n))
			return false;
	}
	else
	{
		appendStringInfoChar(out, '(');
		if (!write_plain(p, out, n))
			return false;
		appendStringInfoChar(out, ')');
	}
	if (cast)
		appendStringInfoString(out, wants[want].cast);
	if (out->len > CONDITION_MAX)
		return condition_too_large(p, psprintf("An expression over one record has more than %d"
											   " bytes of SQL.", CONDITION_MAX));
	return true;
}
