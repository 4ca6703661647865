/*
 * platform.c
 *	  What a status word of a commerce platform says about units and payment.
 *
 * The words are data, in platforms.h.  Platform, entity and status are compared without regard to
 * case, and with space, - and _ as one.  Without an entity (the argument detail), the order's own
 * status is meant; a word that the order's own status does not know may be that of another entity,
 * provided that all entities which know it mean the same.
 */
#include "postgres.h"
#include "compat.h"

#include "funcapi.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "orders/orders.h"
#include "orders/platforms.h"

static char
fold(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c + ('a' - 'A');
	return c == ' ' || c == '-' ? '_' : c;
}

static bool
same_word(const char *s, int len, const char *word)
{
	for (int i = 0; i < len; i++)
		if (word[i] == '\0' || fold(s[i]) != fold(word[i]))
			return false;
	return word[len] == '\0';
}

static const Platform *
find_platform(text *name)
{
	for (int i = 0; i < lengthof(platforms); i++)
		if (same_word(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), platforms[i].name))
			return &platforms[i];
	return NULL;
}

static bool
same_string(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
same_meaning(const PlatformStatus *a, const PlatformStatus *b)
{
	return same_string(a->state, b->state) && same_string(a->payment, b->payment);
}

/*
 * The row of a status; NULL if there is none.  *ambiguous tells that there are several that differ.
 */
static const PlatformStatus *
find_status(const Platform *p, text *status, text *detail, bool *ambiguous)
{
	const char *s = VARDATA_ANY(status);
	int			len = VARSIZE_ANY_EXHDR(status);
	const PlatformStatus *found = NULL;

	*ambiguous = false;
	if (p->prefix != NULL && len > strlen(p->prefix) &&
		same_word(s, strlen(p->prefix), p->prefix))
	{
		s += strlen(p->prefix);
		len -= strlen(p->prefix);
	}
	for (int i = 0; i < p->n; i++)
	{
		const PlatformStatus *row = &p->statuses[i];

		if (detail != NULL &&
			!same_word(VARDATA_ANY(detail), VARSIZE_ANY_EXHDR(detail), row->entity))
			continue;
		if (!same_word(s, len, row->status))
			continue;
		if (detail != NULL || strcmp(row->entity, p->statuses[0].entity) == 0)
			return row;
		if (found == NULL)
			found = row;
		else if (!same_meaning(found, row))
			*ambiguous = true;
	}
	return *ambiguous ? NULL : found;
}

/* for hints: the entities of a platform, or the statuses of one entity */
static char *
list_words(const Platform *p, text *entity)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < p->n; i++)
	{
		const PlatformStatus *row = &p->statuses[i];

		if (entity != NULL &&
			!same_word(VARDATA_ANY(entity), VARSIZE_ANY_EXHDR(entity), row->entity))
			continue;
		if (entity == NULL && i > 0 && strcmp(row->entity, row[-1].entity) == 0)
			continue;
		appendStringInfo(&buf, "%s%s", buf.len ? ", " : "", entity ? row->status : row->entity);
	}
	return buf.data;
}

static char *
list_platforms(void)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < lengthof(platforms); i++)
		appendStringInfo(&buf, "%s%s", i ? ", " : "", platforms[i].name);
	return buf.data;
}

/*
 * Arguments platform, status, detail of a function; NULL where there is no row and softly is
 * set, else 22023.
 */
static const PlatformStatus *
status_arg(FunctionCallInfo fcinfo, bool softly)
{
	const Platform *p = find_platform(PG_GETARG_TEXT_PP(0));
	text	   *status = PG_GETARG_TEXT_PP(1);
	text	   *detail = PG_ARGISNULL(2) ? NULL : PG_GETARG_TEXT_PP(2);
	const PlatformStatus *row = NULL;
	bool		ambiguous = false;

	if (p != NULL)
		row = find_status(p, status, detail, &ambiguous);
	if (row != NULL || softly)
		return row;
	if (p == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown platform: \"%s\"", text_shown(PG_GETARG_TEXT_PP(0))),
				 errhint("The platforms are %s.", list_platforms())));
	if (ambiguous)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("status \"%s\" of %s is not that of an order and means different things",
						text_shown(status), p->name),
				 errhint("Give the argument detail: %s.", list_words(p, NULL))));
	if (detail != NULL && *list_words(p, detail) == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown detail of %s: \"%s\"", p->name, text_shown(detail)),
				 errhint("The details of %s are %s.", p->name, list_words(p, NULL))));
	if (detail == NULL)
		detail = cstring_to_text(p->statuses[0].entity);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown status of %s: \"%s\"", p->name, text_shown(status)),
			 errhint("The statuses of %s %s are %s.",
					 p->name, text_shown(detail), list_words(p, detail))));
}

static Datum
state_of(const PlatformStatus *row)
{
	OrderState	state;
	Problem		problem;

	if (!order_state_parse(row->state, strlen(row->state), &state, &problem))
		problem_report(NULL, &problem, "order_state", row->state);
	return order_state_pack(&state);
}

PG_FUNCTION_INFO_V1(order_state_from_nullable);
PG_FUNCTION_INFO_V1(order_state_from_try_nullable);
PG_FUNCTION_INFO_V1(payment_status_from_nullable);
PG_FUNCTION_INFO_V1(payment_status_from_try_nullable);
PG_FUNCTION_INFO_V1(order_state_map);

/*
 * order_state_from(platform text, status text, detail text) -> order_state; NULL if platform or
 * status is.  22023 for an unknown platform, detail or status, and for a status that says nothing
 * of where the units are.
 */
Datum
order_state_from_nullable(PG_FUNCTION_ARGS)
{
	const PlatformStatus *row;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	row = status_arg(fcinfo, false);
	if (row->state == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("status \"%s\" of %s %s does not tell where the units are", row->status,
						find_platform(PG_GETARG_TEXT_PP(0))->name, row->entity),
				 row->payment ? errhint("It is a payment status: see payment_status_from().") :
				 errhint("Derive the state from the units instead, or take "
						 "order_state_from_try().")));
	PG_RETURN_DATUM(state_of(row));
}

/*
 * order_state_from_try(platform text, status text, detail text) -> order_state, or NULL for an
 * error
 */
Datum
order_state_from_try_nullable(PG_FUNCTION_ARGS)
{
	const PlatformStatus *row;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	row = status_arg(fcinfo, true);
	if (row == NULL || row->state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(state_of(row));
}

/*
 * payment_status_from(platform text, status text, detail text) -> text, a name as payment_status()
 * gives, or pending, expired, failed, refund_pending, refund_failed, refund_declined; errors and
 * NULL as for order_state_from
 */
Datum
payment_status_from_nullable(PG_FUNCTION_ARGS)
{
	const PlatformStatus *row;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	row = status_arg(fcinfo, false);
	if (row->payment == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("status \"%s\" of %s %s tells nothing of the payment", row->status,
						find_platform(PG_GETARG_TEXT_PP(0))->name, row->entity),
				 errhint("payment_status_from_try() gives NULL for it; payment_status() takes "
						 "the amounts.")));
	PG_RETURN_TEXT_P(cstring_to_text(row->payment));
}

/* payment_status_from_try(platform text, status text, detail text) -> text, or NULL for an error */
Datum
payment_status_from_try_nullable(PG_FUNCTION_ARGS)
{
	const PlatformStatus *row;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	row = status_arg(fcinfo, true);
	if (row == NULL || row->payment == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(row->payment));
}

/* order_state_map() -> setof (platform, detail, status text, state order_state, payment text) */
Datum
order_state_map(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	for (int i = 0; i < lengthof(platforms); i++)
	{
		for (int k = 0; k < platforms[i].n; k++)
		{
			const PlatformStatus *row = &platforms[i].statuses[k];
			Datum		values[5];
			bool		nulls[5] = {false, false, false, row->state == NULL, row->payment == NULL};

			values[0] = CStringGetTextDatum(platforms[i].name);
			values[1] = CStringGetTextDatum(row->entity);
			values[2] = CStringGetTextDatum(row->status);
			values[3] = row->state ? state_of(row) : (Datum) 0;
			values[4] = row->payment ? CStringGetTextDatum(row->payment) : (Datum) 0;
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		}
	}
	return (Datum) 0;
}
