/*
 * permission.c
 *	  permission: what a consent lets be seen for a purpose; masks of purposes; planner support.
 *
 * Text form: the level, and behind it, where there are any, the purpose and the tag of the domain,
 * as raw:email_marketing@1a2b3c4d.
 *
 * Names of purposes and domains in a query are mostly constants.  The planner looks them up once,
 * by purpose_support(), which turns the call into one of bits; so a row costs no look-up, a name
 * that is none is an error even where there is no row, and what is left cannot raise: it is
 * leakproof, and runs before a view's other conditions.
 */
#include "postgres.h"
#include "compat.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "libpq/pqformat.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "privacy/consent.h"
#include "privacy/domain.h"
#include "privacy/permission.h"
#include "text/range_plan.h"

#define DOMAIN_DIGITS	8

static const char *const level_names[] = {"none", "pseudonym", "raw"};

/* ---- the value ---- */

static bool
valid(Permission p)
{
	int			purpose = permission_purpose(p);
	uint32		domain = permission_domain(p);

	if (permission_level(p) > PERMISSION_RAW || (p >> 32 & 0xFFFF) != 0 ||
		(purpose >= 0 && purpose_name(purpose) == NULL))
		return false;
	if (purpose < 0)
		return p == 0;
	return permission_level(p) != PERMISSION_PSEUDONYM || domain != 0;
}

#define FORM_HINT \
	"Write a permission as none, raw:email_marketing or pseudonym:analytics@1a2b3c4d."

static bool
refuse(Problem *problem, const char *code, const char *detail, const char *hint)
{
	PROBLEM(problem, code, detail, hint);
	return false;
}

static bool
parse_domain(const char *s, int len, uint32 *domain)
{
	*domain = 0;
	for (int i = 0; i < len; i++)
	{
		char		c = s[i];

		if (c >= '0' && c <= '9')
			*domain = *domain << 4 | (c - '0');
		else if (c >= 'a' && c <= 'f')
			*domain = *domain << 4 | (c - 'a' + 10);
		else
			return false;
	}
	return len == DOMAIN_DIGITS && *domain != 0;
}

/* the pure parser; never raises */
static bool
parse(const char *s, int len, Permission *out, Problem *problem)
{
	const char *end = s + len;
	const char *colon = memchr(s, ':', len);
	const char *at = memchr(s, '@', len);
	const char *level_end = colon ? colon : end;
	const char *purpose_end = at ? at : end;
	int			purpose = -1;
	uint32		domain = 0;
	int			level = 0;

	while (level < lengthof(level_names) &&
		   (strlen(level_names[level]) != level_end - s ||
			memcmp(level_names[level], s, level_end - s) != 0))
		level++;
	if (level == lengthof(level_names))
		return refuse(problem, "level", "The level is none of none, pseudonym and raw.", FORM_HINT);
	if (colon && (colon > purpose_end ||
				  (purpose = purpose_bit(colon + 1, purpose_end - colon - 1)) < 0))
		return refuse(problem, "purpose", "The purpose is not of the vocabulary.",
					  "omni.consent_purposes() lists the purposes.");
	if (at && !parse_domain(at + 1, end - at - 1, &domain))
		return refuse(problem, "domain",
					  "The tag of the domain is not of eight hexadecimal digits.", FORM_HINT);
	*out = permission_make(level, purpose, domain);
	return valid(*out) ||
		refuse(problem, "missing", "A pseudonym has a purpose and a domain, and what is raw has "
			   "a purpose.", FORM_HINT);
}

/* "none", or with purpose and domain; buf is palloc'd */
static char *
format(Permission p)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoString(&out, level_names[permission_level(p)]);
	if (permission_purpose(p) >= 0)
		appendStringInfo(&out, ":%s", purpose_name(permission_purpose(p)));
	if (permission_domain(p) != 0)
		appendStringInfo(&out, "@%08x", permission_domain(p));
	return out.data;
}

/* ---- SQL: text and binary ---- */

PG_FUNCTION_INFO_V1(permission_in);
PG_FUNCTION_INFO_V1(permission_out);
PG_FUNCTION_INFO_V1(permission_recv);
PG_FUNCTION_INFO_V1(permission_send);
PG_FUNCTION_INFO_V1(permission_from_text);
PG_FUNCTION_INFO_V1(permission_to_text);
PG_FUNCTION_INFO_V1(permission_try);
PG_FUNCTION_INFO_V1(permission_problem);
PG_FUNCTION_INFO_V1(permission_level_text);

/* permission_in(cstring) -> permission; 22P02 */
Datum
permission_in(PG_FUNCTION_ARGS)
{
	char	   *s = PG_GETARG_CSTRING(0);
	Permission	p;
	Problem		problem;

	if (!parse(s, strlen(s), &p, &problem))
	{
		problem_report(FC_ESCONTEXT(fcinfo), &problem, "permission", NULL);
		PG_RETURN_NULL();
	}
	PG_RETURN_PERMISSION(p);
}

/* permission_out(permission) -> cstring */
Datum
permission_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(format(PG_GETARG_PERMISSION(0)));
}

/* permission_recv(internal) -> permission: eight bytes; 22P03 */
Datum
permission_recv(PG_FUNCTION_ARGS)
{
	Permission	p = (Permission) pq_getmsgint64((StringInfo) PG_GETARG_POINTER(0));

	if (!valid(p))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value of type permission"),
				 errdetail("Level, purpose and domain are none that go together.")));
	PG_RETURN_PERMISSION(p);
}

/* permission_send(permission) -> bytea */
Datum
permission_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint64(&buf, PG_GETARG_PERMISSION(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* permission(text) -> permission, the cast; 22P02 */
Datum
permission_from_text(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	Permission	p;
	Problem		problem;

	if (!parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &p, &problem))
		problem_report(NULL, &problem, "permission", NULL);
	PG_RETURN_PERMISSION(p);
}

/* text(permission) -> text, the cast */
Datum
permission_to_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(format(PG_GETARG_PERMISSION(0))));
}

/* permission_try(text) -> permission, NULL where it is none */
Datum
permission_try(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	Permission	p;
	Problem		problem;

	if (!parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &p, &problem))
		PG_RETURN_NULL();
	PG_RETURN_PERMISSION(p);
}

/* permission_problem(text) -> text, why it is no permission; NULL where it is one */
Datum
permission_problem(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	Permission	p;
	Problem		problem;

	if (parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &p, &problem))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(problem.code));
}

/* permission_level(permission) -> text: none, pseudonym or raw */
Datum
permission_level_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(level_names[permission_level(PG_GETARG_PERMISSION(0))]));
}

/* ---- what a consent permits ---- */

PG_FUNCTION_INFO_V1(permission_request);
PG_FUNCTION_INFO_V1(permission_of_consent);
PG_FUNCTION_INFO_V1(permission_of_consent_now);
PG_FUNCTION_INFO_V1(permission_of_masks);
PG_FUNCTION_INFO_V1(permission_at);

/*
 * What masks permit of what is asked for: allowed is raw, refused is nothing, and where nobody
 * refused, a pseudonym serves if there is a domain for it.
 */
static inline Permission
permitted(uint64 allowed, uint64 refused, Permission asked)
{
	int			purpose = permission_purpose(asked);
	uint32		domain = permission_domain(asked);
	PermissionLevel level = PERMISSION_NONE;

	if (purpose < 0)
		return asked;
	if (allowed & PURPOSE_MASK(purpose))
		level = PERMISSION_RAW;
	else if (!(refused & PURPOSE_MASK(purpose)) && domain != 0)
		level = PERMISSION_PSEUDONYM;
	return permission_make(level, purpose, domain);
}

/* what is asked for: a purpose, and a domain or NULL; 22023 */
static Permission
request(text *purpose, text *domain)
{
	int			bit = purpose_of(purpose);
	uint32		tag = 0;

	if (domain != NULL)
	{
		tag = domain_tag(VARDATA_ANY(domain), VARSIZE_ANY_EXHDR(domain));
		if (tag == 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("tag of the pseudonymization domain is 0"),
					 errhint("Give the domain another name.")));
	}
	return permission_make(PERMISSION_RAW, bit, tag);
}

Permission
permission_of(Datum consent, text *purpose, text *domain, TimestampTz at)
{
	Permission	asked = request(purpose, domain);
	ConsentEffect effect;

	consent_effect(consent, at, false, &effect);
	return permitted(effect.allowed, effect.refused, asked);
}

static text *
text_or_null(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? NULL : PG_GETARG_TEXT_PP(n);
}

/* permission_request(purpose text, domain text) -> permission: raw, for permission_at(); 22023 */
Datum
permission_request(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_PERMISSION(request(PG_GETARG_TEXT_PP(0), text_or_null(fcinfo, 1)));
}

/*
 * permission(consent, purpose text, domain text, at timestamptz) -> permission; NULL where any but
 * the domain is; 22023
 */
Datum
permission_of_consent(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(3))
		PG_RETURN_NULL();
	PG_RETURN_PERMISSION(permission_of(PG_GETARG_DATUM(0), PG_GETARG_TEXT_PP(1),
									   text_or_null(fcinfo, 2), PG_GETARG_TIMESTAMPTZ(3)));
}

/* permission_now(consent, purpose text) -> permission: at statement_timestamp(); 22023 */
Datum
permission_of_consent_now(PG_FUNCTION_ARGS)
{
	PG_RETURN_PERMISSION(permission_of(PG_GETARG_DATUM(0), PG_GETARG_TEXT_PP(1), NULL,
									   GetCurrentStatementStartTimestamp()));
}

/* of what masks that hold until a time permit at another: nothing from then on */
static inline Permission
permitted_until(uint64 allowed, uint64 refused, TimestampTz until, Permission asked,
				TimestampTz at)
{
	if (at >= until)
		return permission_make(PERMISSION_NONE, permission_purpose(asked),
							   permission_domain(asked));
	return permitted(allowed, refused, asked);
}

/*
 * permission(allowed bigint, refused bigint, valid_until timestamptz, purpose text, domain text,
 * at timestamptz) -> permission; NULL where any but the domain is; 22023
 */
Datum
permission_of_masks(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3) ||
		PG_ARGISNULL(5))
		PG_RETURN_NULL();
	PG_RETURN_PERMISSION(permitted_until(PG_GETARG_INT64(0), PG_GETARG_INT64(1),
										 PG_GETARG_TIMESTAMPTZ(2),
										 request(PG_GETARG_TEXT_PP(3), text_or_null(fcinfo, 4)),
										 PG_GETARG_TIMESTAMPTZ(5)));
}

/*
 * permission_at(allowed bigint, refused bigint, valid_until timestamptz, request permission,
 * at timestamptz) -> permission: raises nothing
 */
Datum
permission_at(PG_FUNCTION_ARGS)
{
	PG_RETURN_PERMISSION(permitted_until(PG_GETARG_INT64(0), PG_GETARG_INT64(1),
										 PG_GETARG_TIMESTAMPTZ(2), PG_GETARG_PERMISSION(3),
										 PG_GETARG_TIMESTAMPTZ(4)));
}

/* ---- masks ---- */

PG_FUNCTION_INFO_V1(mask_allows);
PG_FUNCTION_INFO_V1(mask_allows_all);
PG_FUNCTION_INFO_V1(state_allows);
PG_FUNCTION_INFO_V1(state_allows_all);

/* allows(mask bigint, purpose text) -> boolean; 22023 */
Datum
mask_allows(PG_FUNCTION_ARGS)
{
	int			bit = purpose_of(PG_GETARG_TEXT_PP(1));

	PG_RETURN_BOOL(((uint64) PG_GETARG_INT64(0) & PURPOSE_MASK(bit)) != 0);
}

/* whether all of some purposes are allowed; of none, nothing is: a list that is empty by mistake */
static inline bool
all_of(int64 mask, int64 purposes)
{
	return purposes != 0 && (mask & purposes) == purposes;
}

/* allows_all(mask bigint, purposes bigint) -> boolean */
Datum
mask_allows_all(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(all_of(PG_GETARG_INT64(0), PG_GETARG_INT64(1)));
}

/* allows(mask bigint, valid_until timestamptz, purpose text, at timestamptz) -> boolean; 22023 */
Datum
state_allows(PG_FUNCTION_ARGS)
{
	int			bit = purpose_of(PG_GETARG_TEXT_PP(2));

	PG_RETURN_BOOL(((uint64) PG_GETARG_INT64(0) & PURPOSE_MASK(bit)) != 0 &&
				   PG_GETARG_TIMESTAMPTZ(3) < PG_GETARG_TIMESTAMPTZ(1));
}

/*
 * allows_all(mask bigint, valid_until timestamptz, purposes bigint, at timestamptz) -> boolean:
 * raises nothing
 */
Datum
state_allows_all(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(all_of(PG_GETARG_INT64(0), PG_GETARG_INT64(2)) &&
				   PG_GETARG_TIMESTAMPTZ(3) < PG_GETARG_TIMESTAMPTZ(1));
}

/* ---- planner support ---- */

PG_FUNCTION_INFO_V1(purpose_support);

/* a function that takes the name of a purpose, told by its C function */
typedef struct PurposeFunction
{
	PGFunction	function;
	int			nargs;
	int			purpose;		/* number of that argument */
	int			domain;			/* of the domain; -1: none */
	const char *becomes;		/* what it is with the names looked up; NULL: itself */
} PurposeFunction;

static const PurposeFunction purpose_functions[] = {
	{mask_allows, 2, 1, -1, "allows_all"},
	{state_allows, 4, 2, -1, "allows_all"},
	{permission_of_masks, 6, 3, 4, "permission_at"},
	{permission_of_consent, 4, 1, 2, NULL},
	{permission_of_consent_now, 2, 1, -1, NULL},
	{disclose_email_by_consent, 5, 2, 3, NULL},
	{disclose_phone_by_consent, 5, 2, 3, NULL},
	{disclose_identifier_by_consent, 5, 2, 3, NULL},
	{disclose_text_by_consent, 5, 2, 3, NULL},
	{consent_allows, 3, 1, -1, NULL},
	{consent_allows_now, 2, 1, -1, NULL},
};

static const PurposeFunction *
find_function(const FuncExpr *call)
{
	FmgrInfo	finfo;

	fmgr_info(call->funcid, &finfo);
	for (int i = 0; i < lengthof(purpose_functions); i++)
	{
		if (finfo.fn_addr == purpose_functions[i].function &&
			list_length(call->args) == purpose_functions[i].nargs)
			return &purpose_functions[i];
	}
	return NULL;
}

/* whether an argument is a constant, and its text, NULL where it is NULL */
static bool
constant(List *args, int n, text **value)
{
	Const	   *c = n >= 0 ? (Const *) list_nth(args, n) : NULL;

	*value = NULL;
	if (c == NULL)
		return true;
	if (!IsA(c, Const))
		return false;
	if (!c->constisnull)
		*value = DatumGetTextPP(c->constvalue);
	return true;
}

/* the call of the function of bits, with a constant for the names */
static Node *
call_of_bits(const FuncExpr *call, const PurposeFunction *f, text *purpose, text *domain)
{
	List	   *args = NIL;
	Oid			types[5];
	int			n = 0;
	ListCell   *lc;
	Oid			func;

	foreach(lc, call->args)
	{
		int			i = foreach_current_index(lc);
		Node	   *arg = lfirst(lc);

		if (i == f->domain)
			continue;
		if (i == f->purpose && f->domain >= 0)
			arg = (Node *) makeConst(call->funcresulttype, -1, InvalidOid, sizeof(int64),
									 PermissionGetDatum(request(purpose, domain)), false,
									 get_typbyval(call->funcresulttype));
		else if (i == f->purpose)
			arg = (Node *) makeConst(INT8OID, -1, InvalidOid, sizeof(int64),
									 Int64GetDatum((int64) PURPOSE_MASK(purpose_of(purpose))),
									 false, FLOAT8PASSBYVAL);
		types[n++] = exprType(arg);
		args = lappend(args, arg);
	}
	func = range_function(f->becomes, n, types);
	if (!OidIsValid(func))
		return NULL;
	return (Node *) makeFuncExpr(func, call->funcresulttype, args, InvalidOid, InvalidOid,
								 COERCE_EXPLICIT_CALL);
}

/*
 * purpose_support(internal) -> internal: of SupportRequestSimplify; 22023 for a constant that is no
 * purpose or cannot be a domain, even where no row is read
 */
Datum
purpose_support(PG_FUNCTION_ARGS)
{
	Node	   *rawreq = (Node *) PG_GETARG_POINTER(0);
	const PurposeFunction *f;
	FuncExpr   *call;
	text	   *purpose;
	text	   *domain;

	if (!IsA(rawreq, SupportRequestSimplify))
		PG_RETURN_POINTER(NULL);
	call = ((SupportRequestSimplify *) rawreq)->fcall;
	f = find_function(call);
	if (f == NULL || !constant(call->args, f->purpose, &purpose) || purpose == NULL)
		PG_RETURN_POINTER(NULL);
	(void) purpose_of(purpose);
	if (!constant(call->args, f->domain, &domain))
		PG_RETURN_POINTER(NULL);
	(void) request(purpose, domain);
	if (f->becomes == NULL)
		PG_RETURN_POINTER(NULL);
	PG_RETURN_POINTER(call_of_bits(call, f, purpose, domain));
}
