/*
 * disjoint_set_io.c
 *	  Text and binary form of disjoint_set.
 *
 * Text: the kind of node, then the components, each a list of nodes:
 *
 *	  bigint:{1,5},{2,3,7}
 *	  uuid:{0188d0c2-5a0e-7bd4-9a6e-0c1d2e3f4a5b}
 *	  text:{"a@example.com","42"},{"say \"hi\""}
 *	  identifier:{"email:a@example.com","phone:+493012345678"}
 *
 * Input takes components and nodes in any order, and white space between tokens; output has
 * nodes ascending, components in the order of their smallest nodes, and no white space.  Nodes
 * of text and identifier stand in double quotes, where a backslash goes before a double quote
 * and a backslash.  A node that occurs twice is an error: the list would not be a partition.
 *
 * Binary: the canonical bytes of disjoint_set_value.c, without the varlena header.
 *
 * No message repeats a node, which may be personal.
 */
#include "postgres.h"
#include "compat.h"

#include "common/int.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "identity/disjoint_set.h"
#include "identity/identity.h"
#include "text/text.h"

#define UUID_TEXT_LEN	36

#define BIGINT_HINT	"Keep longer numbers as text: text:{...}."

/* where to go when a text form would not fit into a string */
#define TEXT_FORM_MAX	(MaxAllocSize - 1024)

/* ---- parsing ---- */

typedef struct Parser
{
	const char *at;
	const char *end;
	char	   *quoted;			/* scratch for a node in quotes */
	IdentifierValue identifier;
	Problem    *problem;
} Parser;

static bool
syntax_problem(Problem *problem)
{
	PROBLEM(problem, "syntax",
			"The value is not a list of components after the kind of its nodes.",
			"Write for example bigint:{1,5},{2,3,7} or text:{\"a\",\"b\"}.");
	return false;
}

static bool
node_problem(Parser *p)
{
	PROBLEM(p->problem, "node", "A node is not a value of the kind that the list is of.",
			"Nodes are numbers of 64 bits, UUIDs, strings or identifiers in double quotes.");
	return false;
}

static void
skip_space(Parser *p)
{
	while (p->at < p->end &&
		   (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r'))
		p->at++;
}

/* take the character c, perhaps after white space */
static bool
take(Parser *p, char c)
{
	skip_space(p);
	if (p->at >= p->end || *p->at != c)
		return false;
	p->at++;
	return true;
}

static bool
parse_kind(Parser *p, NodeKind *kind)
{
	int			k;

	skip_space(p);
	for (k = NODE_BIGINT; k <= NODE_KIND_LAST; k++)
	{
		const char *name = node_kind_name(k);
		int			len = strlen(name);

		if (p->end - p->at > len && memcmp(p->at, name, len) == 0 && p->at[len] == ':')
		{
			p->at += len + 1;
			*kind = k;
			return true;
		}
	}
	PROBLEM(p->problem, "kind", "The value does not begin with the kind of its nodes.",
			"Begin with bigint:, uuid:, text: or identifier:.");
	return false;
}

static bool
parse_number(Parser *p, SetNode *node)
{
	bool		negative = p->at < p->end && *p->at == '-';
	int64		n = 0;
	const char *first;

	if (negative)
		p->at++;
	first = p->at;
	for (; p->at < p->end && *p->at >= '0' && *p->at <= '9'; p->at++)
	{
		if (pg_mul_s64_overflow(n, 10, &n) || pg_sub_s64_overflow(n, *p->at - '0', &n))
		{
			PROBLEM(p->problem, "range", "A number is out of range for type bigint.",
					BIGINT_HINT);
			p->problem->sqlerrcode = ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE;
			return false;
		}
	}
	if (p->at == first)
		return node_problem(p);
	/* n is the number below zero, which has the larger range */
	if (!negative && n == PG_INT64_MIN)
	{
		PROBLEM(p->problem, "range", "A number is out of range for type bigint.",
				BIGINT_HINT);
		p->problem->sqlerrcode = ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE;
		return false;
	}
	node->number = negative ? n : -n;
	return true;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* 32 hexadecimal digits, a hyphen allowed after each fourth */
static bool
parse_uuid(Parser *p, SetNode *node)
{
	int			i;

	for (i = 0; i < 16; i++)
	{
		int			high,
					low;

		if (i > 0 && i % 2 == 0 && p->at < p->end && *p->at == '-')
			p->at++;
		if (p->end - p->at < 2)
			return node_problem(p);
		high = hex_digit(p->at[0]);
		low = hex_digit(p->at[1]);
		if (high < 0 || low < 0)
			return node_problem(p);
		p->quoted[i] = (char) (high << 4 | low);
		p->at += 2;
	}
	node->data = p->quoted;
	node->len = 16;
	return true;
}

static bool
parse_quoted(Parser *p, SetNode *node)
{
	uint32		len = 0;

	if (p->at >= p->end || *p->at != '"')
		return node_problem(p);
	for (p->at++; p->at < p->end && *p->at != '"'; p->at++)
	{
		if (*p->at == '\\')
		{
			p->at++;
			if (p->at >= p->end || (*p->at != '"' && *p->at != '\\'))
				return syntax_problem(p->problem);
		}
		p->quoted[len++] = *p->at;
	}
	if (p->at >= p->end)
		return syntax_problem(p->problem);
	p->at++;
	node->data = p->quoted;
	node->len = len;
	return true;
}

static bool
parse_node(Parser *p, NodeKind kind, SetNode *node)
{
	skip_space(p);
	switch (kind)
	{
		case NODE_BIGINT:
			return parse_number(p, node);
		case NODE_UUID:
			return parse_uuid(p, node);
		case NODE_TEXT:
			return parse_quoted(p, node);
		case NODE_IDENTIFIER:
			if (!parse_quoted(p, node))
				return false;
			if (!identifier_parse_utf8(node->data, node->len, &p->identifier, p->problem))
				return node_problem(p);
			node->data = p->identifier.data;
			node->len = p->identifier.len;
			return true;
	}
	return false;
}

/* room for one node more of len bytes; *first, a slot or SLOT_FREE, stays that of its node */
static void
make_room(Forest *f, uint32 len, uint32 *first)
{
	SetNode		node;

	forest_reserve(f, 0, forest_node_bytes(f->kind, len));
	if (f->nodes < forest_limit(f->bits))
		return;
	if (*first != SLOT_FREE)
		forest_node(f, *first, &node);
	forest_reserve(f, 1, 0);
	if (*first != SLOT_FREE)
		(void) forest_put(f, &node, first);
}

static bool
parse_component(Parser *p, Forest *f)
{
	SetNode		node = {0};
	uint32		slot,
				first = SLOT_FREE;

	if (!take(p, '{'))
		return syntax_problem(p->problem);
	do
	{
		uint32		before = f->nodes;

		if ((before & 0xFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		if (!parse_node(p, f->kind, &node))
			return false;
		make_room(f, node.len, &first);
		if (!forest_put(f, &node, &slot) || f->nodes == before)
		{
			PROBLEM(p->problem, "duplicate", "A node occurs twice.",
					"List each node once; omni.disjoint_set_agg() makes a partition from edges.");
			return false;
		}
		if (first == SLOT_FREE)
			first = slot;
		else
			forest_unite(f, slot, first);
	} while (take(p, ','));
	if (!take(p, '}'))
		return syntax_problem(p->problem);
	return true;
}

/* the value of a text form in the server encoding; never raises for what the text says */
static bool
disjoint_set_parse(const char *s, int len, struct varlena **out, Problem *problem)
{
	TextSpan	utf8;
	Parser		p;
	Forest		f;
	NodeKind	kind;

	if (!problem_of_text(text_from_server(s, len, &utf8), problem))
		return false;
	p.problem = problem;
	p.at = utf8.data;
	p.end = utf8.data + utf8.len;
	if (!parse_kind(&p, &kind))
		return false;
	p.quoted = palloc(Max(utf8.len, 16));
	forest_create(&f, kind, FOREST_BITS_MIN, 0, CurrentMemoryContext);
	do
	{
		if (!parse_component(&p, &f))
			return false;
	} while (take(&p, ','));
	skip_space(&p);
	if (p.at < p.end)
		return syntax_problem(problem);
	*out = forest_encode(&f);
	return true;
}

/* ---- nodes ---- */

bool
node_valid(NodeKind kind, const SetNode *node)
{
	Problem		problem;

	switch (kind)
	{
		case NODE_BIGINT:
		case NODE_UUID:
			return true;
		case NODE_TEXT:
			return pg_verify_mbstr(PG_UTF8, node->data, node->len, true) &&
				identity_fits_server(node->data, node->len, &problem);
		case NODE_IDENTIFIER:
			return identifier_is_canonical(node->data, node->len);
	}
	return false;
}

/* ---- writing ---- */

static void
append_uuid(StringInfo buf, const SetNode *node)
{
	static const char digits[] = "0123456789abcdef";
	char		out[UUID_TEXT_LEN];
	int			n = 0;
	int			i;

	for (i = 0; i < 16; i++)
	{
		unsigned char byte = node->data[i];

		if (i == 4 || i == 6 || i == 8 || i == 10)
			out[n++] = '-';
		out[n++] = digits[byte >> 4];
		out[n++] = digits[byte & 0xF];
	}
	appendBinaryStringInfo(buf, out, n);
}

static void
append_quoted(StringInfo buf, const SetNode *node)
{
	uint32		i;

	appendStringInfoChar(buf, '"');
	for (i = 0; i < node->len; i++)
	{
		if (node->data[i] == '"' || node->data[i] == '\\')
			appendStringInfoChar(buf, '\\');
		appendStringInfoChar(buf, node->data[i]);
	}
	appendStringInfoChar(buf, '"');
}

static void
append_node(StringInfo buf, NodeKind kind, const SetNode *node)
{
	if ((Size) buf->len + 2 * (Size) node->len > TEXT_FORM_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("disjoint_set is too large for a text form"),
				 errhint("Read it with connected_components(), or use the binary form.")));
	switch (kind)
	{
		case NODE_BIGINT:
			{
				char		out[MAXINT8LEN + 1];

				appendBinaryStringInfo(buf, out, pg_lltoa(node->number, out));
				break;
			}
		case NODE_UUID:
			append_uuid(buf, node);
			break;
		case NODE_TEXT:
		case NODE_IDENTIFIER:
			append_quoted(buf, node);
			break;
	}
}

/* the text form in the server encoding */
static char *
disjoint_set_text(Datum value)
{
	StringInfoData buf;
	DisjointSet set;
	NodeReader	r;
	SetNode		node,
				component;
	bool		any = false;
	uint32		n = 0;

	disjoint_set_open(PointerGetDatum(disjoint_set_canonical(value)), &set);
	reader_begin(&r, &set);
	initStringInfo(&buf);
	appendStringInfoString(&buf, node_kind_name(set.kind));
	appendStringInfoChar(&buf, ':');
	while (reader_next(&r, &node, &component))
	{
		bool		first = node_compare(set.kind, &node, &component) == 0;

		if ((++n & 0xFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		if (first)
			appendStringInfoString(&buf, any ? "},{" : "{");
		else
			appendStringInfoChar(&buf, ',');
		append_node(&buf, set.kind, &node);
		any = true;
	}
	appendStringInfoChar(&buf, '}');
	if (set.kind == NODE_BIGINT || set.kind == NODE_UUID)
		return buf.data;
	return text_to_server(buf.data, buf.len);
}

/* ---- SQL-callable functions ---- */

PG_FUNCTION_INFO_V1(disjoint_set_in);
PG_FUNCTION_INFO_V1(disjoint_set_out);
PG_FUNCTION_INFO_V1(disjoint_set_recv);
PG_FUNCTION_INFO_V1(disjoint_set_send);
PG_FUNCTION_INFO_V1(disjoint_set_from_text);
PG_FUNCTION_INFO_V1(disjoint_set_to_text);
PG_FUNCTION_INFO_V1(disjoint_set_try);
PG_FUNCTION_INFO_V1(disjoint_set_problem);

/* disjoint_set_in(cstring) -> disjoint_set; 22P02, 22003 a number out of range, 22021 encoding */
Datum
disjoint_set_in(PG_FUNCTION_ARGS)
{
	char	   *s = PG_GETARG_CSTRING(0);
	struct varlena *value;
	Problem		problem;

	if (!disjoint_set_parse(s, strlen(s), &value, &problem))
	{
		problem_report(FC_ESCONTEXT(fcinfo), &problem, "disjoint_set", NULL);
		PG_RETURN_NULL();
	}
	PG_RETURN_POINTER(value);
}

/* disjoint_set_out(disjoint_set) -> cstring; 54000 if it would not fit into 1 GB */
Datum
disjoint_set_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(disjoint_set_text(PG_GETARG_DATUM(0)));
}

/* disjoint_set_recv(internal) -> disjoint_set; 22P03 unless the bytes are canonical */
Datum
disjoint_set_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			len = buf->len - buf->cursor;
	struct varlena *value = disjoint_set_from_bytes(pq_getmsgbytes(buf, len), len);

	if (value == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value of type disjoint_set"),
				 errdetail("The bytes are not version 1 and the canonical form of a partition.")));
	PG_RETURN_POINTER(value);
}

/* disjoint_set_send(disjoint_set) -> bytea: the canonical bytes */
Datum
disjoint_set_send(PG_FUNCTION_ARGS)
{
	struct varlena *v = disjoint_set_canonical(PG_GETARG_DATUM(0));

	PG_RETURN_BYTEA_P(cstring_to_text_with_len(VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v)));
}

static bool
parse_arg(FunctionCallInfo fcinfo, struct varlena **value, Problem *problem)
{
	text	   *t = PG_GETARG_TEXT_PP(0);

	return disjoint_set_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), value, problem);
}

/* disjoint_set(text) -> disjoint_set, the cast */
Datum
disjoint_set_from_text(PG_FUNCTION_ARGS)
{
	struct varlena *value = NULL;
	Problem		problem;

	if (!parse_arg(fcinfo, &value, &problem))
		problem_report(NULL, &problem, "disjoint_set", NULL);
	PG_RETURN_POINTER(value);
}

/* text(disjoint_set) -> text, the cast */
Datum
disjoint_set_to_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(disjoint_set_text(PG_GETARG_DATUM(0))));
}

/* disjoint_set_try(text) -> disjoint_set, NULL where the text is not one */
Datum
disjoint_set_try(PG_FUNCTION_ARGS)
{
	struct varlena *value;
	Problem		problem;

	if (!parse_arg(fcinfo, &value, &problem))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(value);
}

/* disjoint_set_problem(text) -> text: kind, syntax, node, range, duplicate, encoding, or NULL */
Datum
disjoint_set_problem(PG_FUNCTION_ARGS)
{
	struct varlena *value;
	Problem		problem;

	if (parse_arg(fcinfo, &value, &problem))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(problem.code));
}
