/*
 * atp.c
 *	  Available to promise: how many units may still be sold.
 *
 *		on_hand + incoming - reserved - safety_stock - channel_buffer
 *
 * is worked out exactly.  atp() is never below 0, since fewer than no unit cannot be promised;
 * atp_signed() is the figure itself, whose negative values say how many units too many were sold.
 */
#include "postgres.h"
#include "compat.h"

#include "inventory/inventory.h"

PG_FUNCTION_INFO_V1(atp);
PG_FUNCTION_INFO_V1(atp_signed);
PG_FUNCTION_INFO_V1(bundle_atp_accum);

static void
check_not_negative(int64 qty, const char *name)
{
	if (qty < 0)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s must not be negative: " INT64_FORMAT, name, qty)));
}

static int128
available(FunctionCallInfo fcinfo)
{
	int64		on_hand = PG_GETARG_INT64(0);
	int64		reserved = PG_GETARG_INT64(1);
	int64		safety_stock = PG_GETARG_INT64(2);
	int64		incoming = PG_GETARG_INT64(3);
	int64		channel_buffer = PG_GETARG_INT64(4);

	check_not_negative(reserved, "reserved");
	check_not_negative(incoming, "incoming");
	check_not_negative(channel_buffer, "channel_buffer");
	return (int128) on_hand + incoming - reserved - safety_stock - channel_buffer;
}

static int64
as_bigint(int128 n)
{
	if (n < PG_INT64_MIN || n > PG_INT64_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("bigint out of range")));
	return (int64) n;
}

/*
 * atp(on_hand, reserved, safety_stock, incoming, channel_buffer bigint) -> bigint: units that may
 * still be promised, 0 or more.  A negative on_hand counts as it is; a negative safety_stock is
 * what may be sold beyond the stock.  Errors: 22003.
 */
Datum
atp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(as_bigint(Max(available(fcinfo), 0)));
}

/* atp_signed(the same) -> bigint: below 0, units promised that there are not.  Errors: 22003. */
Datum
atp_signed(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(as_bigint(available(fcinfo)));
}

/*
 * bundle_atp_accum(bigint, atp bigint, units_per_bundle bigint) -> bigint: transition of
 * bundle_atp, the least of floor(atp / units_per_bundle) and 0 where atp is below.  Each
 * component is one row; a NULL is refused, since a component of which nothing is known leaves
 * nothing to promise. Errors: 22004, 22003 units_per_bundle below 1.
 */
Datum
bundle_atp_accum(PG_FUNCTION_ARGS)
{
	int64		atp;
	int64		units;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s of a component must not be null",
						PG_ARGISNULL(1) ? "atp" : "units_per_bundle"),
				 PG_ARGISNULL(1) ?
				 errhint("Write coalesce(atp, 0) where a component has no stock row.") :
				 errhint("Leave out what is no component, with FILTER.")));
	atp = Max(PG_GETARG_INT64(1), 0);
	units = PG_GETARG_INT64(2);
	if (units < 1)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("units_per_bundle must be at least 1: " INT64_FORMAT, units)));
	if (PG_ARGISNULL(0))
		PG_RETURN_INT64(atp / units);
	PG_RETURN_INT64(Min(PG_GETARG_INT64(0), atp / units));
}
