/*
 * payment.c
 *	  The name of an order's payment, derived from its amounts.
 *
 * Payment is amounts, not states: what is due, and the sums that were authorized, captured,
 * refunded, voided and charged back so far, all in one currency.
 */
#include "postgres.h"
#include "compat.h"

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

PG_FUNCTION_INFO_V1(payment_status_nullable);

/* argument n as a numeric that is not NaN or infinite; NULL is 0 */
static Numeric
amount_arg(FunctionCallInfo fcinfo, int n, const char *name, bool may_be_negative)
{
	Numeric		amount;

	if (PG_ARGISNULL(n))
		return int64_to_numeric(0);
	amount = PG_GETARG_NUMERIC(n);
	if (numeric_is_nan(amount) || numeric_is_inf(amount) ||
		(!may_be_negative &&
		 DatumGetBool(DirectFunctionCall2(numeric_lt, NumericGetDatum(amount),
										  NumericGetDatum(int64_to_numeric(0))))))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("amount \"%s\" must be a finite number%s", name,
						may_be_negative ? "" : " that is not negative"),
				 errhint("Each sum counts its own movements, with positive sign.")));
	return amount;
}

static int
compare(Numeric a, Numeric b)
{
	return DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(a), NumericGetDatum(b)));
}

static Numeric
subtract(Numeric a, Numeric b)
{
	return DatumGetNumeric(DirectFunctionCall2(numeric_sub,
											   NumericGetDatum(a), NumericGetDatum(b)));
}

/*
 * payment_status(due, authorized, captured, refunded, voided, charged_back numeric) -> text
 *
 * NULL if due is; another amount that is NULL is 0.  An amount that is negative (but for due), NaN
 * or infinite is 22023.  The first that applies:
 *	 charged_back		something was charged back
 *	 refunded			all that was captured was refunded
 *	 overpaid			captured less refunded is more than due
 *	 partially_refunded	something was refunded
 *	 paid				all that is due was captured, or nothing is due
 *	 partially_paid		something was captured
 *	 authorized			authorized less voided covers what is due
 *	 partially_authorized	something is authorized
 *	 voided				all that was authorized was voided
 *	 unpaid
 */
Datum
payment_status_nullable(PG_FUNCTION_ARGS)
{
	Numeric		zero = int64_to_numeric(0);
	Numeric		due,
				authorized,
				captured,
				refunded,
				voided,
				charged_back,
				open;
	const char *status;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	due = amount_arg(fcinfo, 0, "due", true);
	authorized = amount_arg(fcinfo, 1, "authorized", false);
	captured = amount_arg(fcinfo, 2, "captured", false);
	refunded = amount_arg(fcinfo, 3, "refunded", false);
	voided = amount_arg(fcinfo, 4, "voided", false);
	charged_back = amount_arg(fcinfo, 5, "charged_back", false);
	open = subtract(authorized, voided);

	if (compare(charged_back, zero) > 0)
		status = "charged_back";
	else if (compare(refunded, zero) > 0 && compare(refunded, captured) >= 0)
		status = "refunded";
	else if (compare(subtract(captured, refunded), due) > 0)
		status = "overpaid";
	else if (compare(refunded, zero) > 0)
		status = "partially_refunded";
	else if (compare(captured, due) == 0)
		status = "paid";
	else if (compare(captured, zero) > 0)
		status = "partially_paid";
	else if (compare(open, zero) > 0)
		status = compare(open, due) >= 0 ? "authorized" : "partially_authorized";
	else if (compare(authorized, zero) > 0)
		status = "voided";
	else
		status = "unpaid";
	PG_RETURN_TEXT_P(cstring_to_text(status));
}
