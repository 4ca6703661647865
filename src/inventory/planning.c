/*
 * planning.c
 *	  How much to keep: safety stock, reorder point, order-up-to level, order quantity.
 *
 * The formulas are the textbook's for normal demand (Silver, Pyke and Thomas, Inventory and
 * Production Management in Supply Chains, 4th ed., chapters 4 to 7):
 *
 *		safety stock	z * sqrt(L * sd_d^2 + d^2 * sd_L^2)
 *		reorder point	d * L + safety stock
 *		order up to		d * (L + R) + safety stock
 *		order quantity	sqrt(2 * D * K / h)						(Harris 1913)
 *
 * z is the quantile of the standard normal distribution at the service level (the chance of no
 * stockout in a cycle), d and sd_d mean and standard deviation of demand per period, L and sd_L
 * those of the lead time in the same periods, R the review period.
 *
 * Units are rounded up to the next whole one.  A figure that is within 1e-9 of a whole number,
 * relative to itself, is that number: 1.1 * 10 is 11 units, though its floating point is above 11.
 */
#include "postgres.h"
#include "compat.h"

#include <math.h>

#include "inventory/inventory.h"

PG_FUNCTION_INFO_V1(service_factor);
PG_FUNCTION_INFO_V1(safety_stock);
PG_FUNCTION_INFO_V1(reorder_point);
PG_FUNCTION_INFO_V1(order_up_to_level);
PG_FUNCTION_INFO_V1(economic_order_quantity);

/*
 * Coefficients of PPND16, highest power first: M. J. Wichura, Algorithm AS 241: The Percentage
 * Points of the Normal Distribution, Applied Statistics 37 (1988), 477-484.
 */
static const double central_num[8] = {
	2.5090809287301226727e+3, 3.3430575583588128105e+4,
	6.7265770927008700853e+4, 4.5921953931549871457e+4,
	1.3731693765509461125e+4, 1.9715909503065514427e+3,
	1.3314166789178437745e+2, 3.3871328727963666080e+0
};
static const double central_den[8] = {
	5.2264952788528545610e+3, 2.8729085735721942674e+4,
	3.9307895800092710610e+4, 2.1213794301586595867e+4,
	5.3941960214247511077e+3, 6.8718700749205790830e+2,
	4.2313330701600911252e+1, 1.0
};
static const double middle_num[8] = {
	7.74545014278341407640e-4, 2.27238449892691845833e-2,
	2.41780725177450611770e-1, 1.27045825245236838258e+0,
	3.64784832476320460504e+0, 5.76949722146069140550e+0,
	4.63033784615654529590e+0, 1.42343711074968357734e+0
};
static const double middle_den[8] = {
	1.05075007164441684324e-9, 5.47593808499534494600e-4,
	1.51986665636164571966e-2, 1.48103976427480074590e-1,
	6.89767334985100004550e-1, 1.67638483018380384940e+0,
	2.05319162663775882187e+0, 1.0
};
static const double tail_num[8] = {
	2.01033439929228813265e-7, 2.71155556874348757815e-5,
	1.24266094738807843860e-3, 2.65321895265761230930e-2,
	2.96560571828504891230e-1, 1.78482653991729133580e+0,
	5.46378491116411436990e+0, 6.65790464350110377720e+0
};
static const double tail_den[8] = {
	2.04426310338993978564e-15, 1.42151175831644588870e-7,
	1.84631831751005468180e-5, 7.86869131145613259100e-4,
	1.48753612908506148525e-2, 1.36929880922735805310e-1,
	5.99832206555887937690e-1, 1.0
};

static double
polynomial(const double *c, double x)
{
	double		sum = c[0];

	for (int i = 1; i < 8; i++)
		sum = sum * x + c[i];
	return sum;
}

/* quantile of the standard normal distribution, 0 < p < 1, to about 1 part in 10^16 */
static double
normal_quantile(double p)
{
	double		q = p - 0.5;
	double		r;
	double		z;

	if (fabs(q) <= 0.425)
	{
		r = 0.180625 - q * q;
		return q * polynomial(central_num, r) / polynomial(central_den, r);
	}
	r = sqrt(-log(q < 0 ? p : 1 - p));
	if (r <= 5)
		z = polynomial(middle_num, r - 1.6) / polynomial(middle_den, r - 1.6);
	else
		z = polynomial(tail_num, r - 5) / polynomial(tail_den, r - 5);
	return q < 0 ? -z : z;
}

static double
get_service_level(FunctionCallInfo fcinfo, int arg)
{
	double		p = PG_GETARG_FLOAT8(arg);

	if (!(p > 0 && p < 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("service level must be between 0 and 1: %g", p),
				 errdetail("It is the chance that a cycle does not run out of stock."),
				 p >= 1 && p < 100 ? errhint("Write 95 %% as 0.95.") : 0));
	return p;
}

/* a finite argument of 0 or more */
static double
get_measure(FunctionCallInfo fcinfo, int arg, const char *name)
{
	double		x = PG_GETARG_FLOAT8(arg);

	if (isnan(x) || isinf(x))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be finite", name),
				 errhint("Leave out what is not known; an answer for it would be a guess.")));
	if (x < 0)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s must not be negative: %g", name, x)));
	return x;
}

static pg_noinline void
report_range(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("bigint out of range")));
}

/* x >= 0 as whole units */
static int64
units_up(double x)
{
	double		whole = rint(x);

	if (fabs(x - whole) > 1e-9 * x)
		whole = ceil(x);
	if (!(whole < 9223372036854775808.0))
		report_range();
	return (int64) whole;
}

/* demand while so many periods pass, and the safety stock on top of it */
static int64
with_safety_stock(double units, int64 safety_stock)
{
	int128		sum = (int128) units_up(units) + safety_stock;

	if (sum > PG_INT64_MAX)
		report_range();
	return (int64) sum;
}

static int64
get_safety_stock(FunctionCallInfo fcinfo, int arg)
{
	int64		units = PG_GETARG_INT64(arg);

	if (units < 0)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("safety_stock must not be negative: " INT64_FORMAT, units)));
	return units;
}

/*
 * service_factor(service_level float8) -> float8: z, the quantile of the standard normal
 * distribution.  Errors: 22023 unless 0 < service_level < 1.
 */
Datum
service_factor(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(normal_quantile(get_service_level(fcinfo, 0)));
}

/*
 * safety_stock(service_level, demand_sd, lead_time, demand_mean, lead_time_sd float8) -> bigint:
 * units to keep on top of the demand of a lead time; 0 where the service level is below 0.5.
 * Errors: 22023 service level or not finite, 22003 negative, or beyond bigint.
 */
Datum
safety_stock(PG_FUNCTION_ARGS)
{
	double		z = normal_quantile(get_service_level(fcinfo, 0));
	double		demand_sd = get_measure(fcinfo, 1, "demand_sd");
	double		lead_time = get_measure(fcinfo, 2, "lead_time");
	double		demand_mean = get_measure(fcinfo, 3, "demand_mean");
	double		lead_time_sd = get_measure(fcinfo, 4, "lead_time_sd");

	/* the root of the sum of squares, without their overflow */
	PG_RETURN_INT64(units_up(Max(z, 0) * hypot(sqrt(lead_time) * demand_sd,
											   demand_mean * lead_time_sd)));
}

/*
 * reorder_point(demand_mean, lead_time float8, safety_stock bigint) -> bigint: order when no more
 * than this is left or on order.  Errors: 22023 not finite, 22003 negative, or beyond bigint.
 */
Datum
reorder_point(PG_FUNCTION_ARGS)
{
	double		demand_mean = get_measure(fcinfo, 0, "demand_mean");
	double		lead_time = get_measure(fcinfo, 1, "lead_time");

	PG_RETURN_INT64(with_safety_stock(demand_mean * lead_time, get_safety_stock(fcinfo, 2)));
}

/*
 * order_up_to_level(demand_mean, lead_time, review_period float8, safety_stock bigint) -> bigint:
 * what is left and on order together after an order that is placed once a review period.  The
 * safety stock is that of lead time + review period.  Errors: as reorder_point().
 */
Datum
order_up_to_level(PG_FUNCTION_ARGS)
{
	double		demand_mean = get_measure(fcinfo, 0, "demand_mean");
	double		lead_time = get_measure(fcinfo, 1, "lead_time");
	double		review_period = get_measure(fcinfo, 2, "review_period");

	PG_RETURN_INT64(with_safety_stock(demand_mean * (lead_time + review_period),
									  get_safety_stock(fcinfo, 3)));
}

/*
 * economic_order_quantity(demand, order_cost, holding_cost float8) -> bigint: the whole number of
 * units q of an order for which order_cost * demand / q + holding_cost * q / 2 is least, the
 * smaller of two equal ones: the first with q * (q + 1) >= 2 * demand * order_cost / holding_cost.
 * 0 where there is no demand.  demand and holding_cost (of one unit) are of the same period.
 * Errors: 22023 not finite, 22003 negative, holding_cost 0, or beyond bigint.
 */
Datum
economic_order_quantity(PG_FUNCTION_ARGS)
{
	double		demand = get_measure(fcinfo, 0, "demand");
	double		order_cost = get_measure(fcinfo, 1, "order_cost");
	double		holding_cost = get_measure(fcinfo, 2, "holding_cost");
	double		root;
	double		q;

	if (holding_cost == 0)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("holding_cost must be positive"),
				 errdetail("Where units cost nothing to keep, no order is too large.")));
	if (demand == 0)
		PG_RETURN_INT64(0);
	root = sqrt(2 * demand) * sqrt(order_cost / holding_cost);
	q = floor(root);
	if (q * (q + 1) < root * root * (1 - 1e-9))
		q += 1;
	PG_RETURN_INT64(units_up(Max(q, 1)));
}
