/*
 * consent_effect.c
 *	  What a consent means: which purposes are allowed at an instant, which somebody refuses, until
 *	  when that holds, and why.
 *
 * For one purpose, over the entries of all records:
 *
 *	  - An entry that refuses (refused, withdrawn, objected) counts at any time, also before its
 *	    own: what is known of a person's will is respected at once, and never lapses.
 *	  - A grant counts from its time until it expires.  Against refusals it counts only if it is
 *	    explicit and later than all of them.
 *	  - The purpose is allowed iff a grant counts; refused iff an entry refuses and no grant counts.
 *	  - Where no record decided, not even by what has expired, it is allowed iff a default allows it
 *	    and none refuses it, each from its time until it expires.
 *
 * So refusals need one number, the time of the last, and the rest is to count what is in force:
 * when that changes is found by running through the times at which entries begin and end.
 */
#include "postgres.h"
#include "compat.h"

#include "access/xact.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

#include "privacy/consent.h"

/* what is known of a purpose whatever the instant */
typedef struct Fixed
{
	uint64		decided;		/* some record decided */
	uint64		refusals;		/* some record refuses */
	TimestampTz last_refusal[PURPOSE_COUNT];
} Fixed;

typedef enum Part
{
	PART_NONE,					/* counts at no time */
	PART_GRANT,
	PART_DEFAULT_ALLOWED,
	PART_DEFAULT_REFUSED
} Part;

/* a time at which a part begins or ends to count */
typedef struct Change
{
	TimestampTz time;
	uint8		purpose;
	uint8		part;
	int8		by;
} Change;

/* ---- rules ---- */

static void
read_fixed(ConsentView view, Fixed *fixed)
{
	ConsentEntry e;

	fixed->decided = fixed->refusals = 0;
	while (consent_next(&view, &e))
	{
		uint64		bit = PURPOSE_MASK(e.purpose);

		if (CONSENT_IS_DEFAULT(e.decision))
			continue;
		fixed->decided |= bit;
		if (!CONSENT_IS_REFUSAL(e.decision))
			continue;
		if (!(fixed->refusals & bit) || e.at > fixed->last_refusal[e.purpose])
			fixed->last_refusal[e.purpose] = e.at;
		fixed->refusals |= bit;
	}
}

/* as what an entry counts while it is in force */
static Part
part_of(const Fixed *fixed, const ConsentEntry *e)
{
	uint64		bit = PURPOSE_MASK(e->purpose);

	if (CONSENT_IS_DEFAULT(e->decision))
	{
		if (fixed->decided & bit)
			return PART_NONE;
		return e->decision == CONSENT_DEFAULT_ALLOWED ? PART_DEFAULT_ALLOWED :
			PART_DEFAULT_REFUSED;
	}
	if (CONSENT_IS_REFUSAL(e->decision))
		return PART_NONE;
	if ((fixed->refusals & bit) &&
		(e->decision != CONSENT_GIVEN_EXPLICIT || e->at <= fixed->last_refusal[e->purpose]))
		return PART_NONE;
	return PART_GRANT;
}

static inline bool
in_force(const ConsentEntry *e, TimestampTz at)
{
	return e->at <= at && at < e->expires;
}

static int
compare_changes(const void *a, const void *b)
{
	TimestampTz ta = ((const Change *) a)->time;
	TimestampTz tb = ((const Change *) b)->time;

	return (ta > tb) - (ta < tb);
}

/* what counts, by purpose and part */
typedef int32 Counts[PURPOSE_COUNT][4];

static inline bool
is_allowed(int32 *counts)
{
	return counts[PART_GRANT] > 0 ||
		(counts[PART_DEFAULT_ALLOWED] > 0 && counts[PART_DEFAULT_REFUSED] == 0);
}

/* the first time of changes after which another purpose is allowed, or one less */
static TimestampTz
first_difference(Counts counts, uint64 allowed, Change *changes, uint32 n)
{
	uint32		i = 0;

	qsort(changes, n, sizeof(Change), compare_changes);
	while (i < n)
	{
		uint64		touched = 0;
		TimestampTz time = changes[i].time;

		for (; i < n && changes[i].time == time; i++)
		{
			counts[changes[i].purpose][changes[i].part] += changes[i].by;
			touched |= PURPOSE_MASK(changes[i].purpose);
		}
		for (int bit = 0; bit < PURPOSE_COUNT; bit++)
		{
			if ((touched & PURPOSE_MASK(bit)) &&
				is_allowed(counts[bit]) != ((allowed & PURPOSE_MASK(bit)) != 0))
				return time;
		}
	}
	return DT_NOEND;
}

void
consent_check_instant(TimestampTz at)
{
	if (TIMESTAMP_NOT_FINITE(at))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("consent is asked for at an infinite time"),
				 errhint("Give the instant at which data are used, such as now().")));
}

/* linear; with "until", O(n log n); 22023 */
void
consent_effect(Datum value, TimestampTz at, bool until, ConsentEffect *effect)
{
	Change	   *changes = NULL;
	uint32		n = 0;
	Counts		counts;
	Fixed		fixed;
	ConsentView view;
	ConsentView rest;
	ConsentEntry e;

	consent_check_instant(at);
	consent_open(PointerGetDatum(consent_canonical(value)), &view);
	read_fixed(view, &fixed);
	if (until)
		changes = palloc((Size) Max(view.count, 1) * 2 * sizeof(Change));
	memset(counts, 0, sizeof(counts));
	rest = view;
	while (consent_next(&rest, &e))
	{
		Part		part = part_of(&fixed, &e);

		if (part == PART_NONE)
			continue;
		if (in_force(&e, at))
			counts[e.purpose][part]++;
		if (until && e.at > at)
			changes[n++] = (Change) {e.at, e.purpose, part, 1};
		if (until && e.expires > at && e.expires != DT_NOEND)
			changes[n++] = (Change) {e.expires, e.purpose, part, -1};
	}
	effect->allowed = 0;
	for (int bit = 0; bit < PURPOSE_COUNT; bit++)
	{
		if (is_allowed(counts[bit]))
			effect->allowed |= PURPOSE_MASK(bit);
	}
	effect->refused = fixed.refusals & ~effect->allowed;
	effect->until = DT_NOEND;
	if (until)
	{
		effect->until = first_difference(counts, effect->allowed, changes, n);
		pfree(changes);
	}
}

/* ---- SQL ---- */

PG_FUNCTION_INFO_V1(consent_mask);
PG_FUNCTION_INFO_V1(consent_refused);
PG_FUNCTION_INFO_V1(consent_valid_until);
PG_FUNCTION_INFO_V1(consent_state);
PG_FUNCTION_INFO_V1(consent_allows);
PG_FUNCTION_INFO_V1(consent_allows_now);

/* consent_mask(consent, at timestamptz) -> bigint: bits of what is allowed; 22023 */
Datum
consent_mask(PG_FUNCTION_ARGS)
{
	ConsentEffect effect;

	consent_effect(PG_GETARG_DATUM(0), PG_GETARG_TIMESTAMPTZ(1), false, &effect);
	PG_RETURN_INT64((int64) effect.allowed);
}

/* consent_refused(consent, at timestamptz) -> bigint: bits of what somebody refuses; 22023 */
Datum
consent_refused(PG_FUNCTION_ARGS)
{
	ConsentEffect effect;

	consent_effect(PG_GETARG_DATUM(0), PG_GETARG_TIMESTAMPTZ(1), false, &effect);
	PG_RETURN_INT64((int64) effect.refused);
}

/*
 * consent_valid_until(consent, at timestamptz) -> timestamptz: the first instant after "at" at
 * which either mask is another one; infinity if there is none; 22023
 */
Datum
consent_valid_until(PG_FUNCTION_ARGS)
{
	ConsentEffect effect;

	consent_effect(PG_GETARG_DATUM(0), PG_GETARG_TIMESTAMPTZ(1), true, &effect);
	PG_RETURN_TIMESTAMPTZ(effect.until);
}

/*
 * consent_state(consent, at timestamptz) -> (allowed bigint, refused bigint, valid_until
 * timestamptz): the three at once, as tables keep them; 22023
 */
Datum
consent_state(PG_FUNCTION_ARGS)
{
	ConsentEffect effect;
	TupleDesc	desc;
	Datum		values[3];
	bool		nulls[3] = {false};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("function returning record called in context that cannot accept it")));
	consent_effect(PG_GETARG_DATUM(0), PG_GETARG_TIMESTAMPTZ(1), true, &effect);
	values[0] = Int64GetDatum((int64) effect.allowed);
	values[1] = Int64GetDatum((int64) effect.refused);
	values[2] = TimestampTzGetDatum(effect.until);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}

static bool
allows(Datum value, const text *purpose, TimestampTz at)
{
	int			bit = purpose_of(purpose);
	ConsentEffect effect;

	consent_effect(value, at, false, &effect);
	return (effect.allowed & PURPOSE_MASK(bit)) != 0;
}

/* allows(consent, purpose text, at timestamptz) -> boolean; 22023 for an unknown purpose */
Datum
consent_allows(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(allows(PG_GETARG_DATUM(0), PG_GETARG_TEXT_PP(1), PG_GETARG_TIMESTAMPTZ(2)));
}

/* consent_allows_now(consent, purpose text) -> boolean: at statement_timestamp(); 22023 */
Datum
consent_allows_now(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(allows(PG_GETARG_DATUM(0), PG_GETARG_TEXT_PP(1),
						  GetCurrentStatementStartTimestamp()));
}

/* ---- why ---- */

PG_FUNCTION_INFO_V1(consent_explain);

/* of what decides, by rank; of one rank the later entry, of one time the first by bytes */
typedef struct Reason
{
	const char *rule;
	int			rank;
} Reason;

static Reason
reason_of(const Fixed *fixed, const ConsentEntry *e, TimestampTz at)
{
	Part		part = part_of(fixed, e);

	if (part == PART_GRANT && in_force(e, at))
		return fixed->refusals & PURPOSE_MASK(e->purpose) ? (Reason) {"explicit_grant", 9} :
			(Reason) {"given", 9};
	if (CONSENT_IS_REFUSAL(e->decision))
		return (Reason) {"refused", 8};
	if (part == PART_GRANT)
		return at < e->at ? (Reason) {"not_yet_given", 6} : (Reason) {"expired", 7};
	if (part == PART_DEFAULT_REFUSED && in_force(e, at))
		return (Reason) {"default_refused", 5};
	if (part == PART_DEFAULT_ALLOWED && in_force(e, at))
		return (Reason) {"default_allowed", 4};
	return (Reason) {"undecided", 0};
}

/*
 * consent_explain(consent, purpose text, at timestamptz) -> (allowed boolean, rule text, source
 * text, record_id text, decision text, decided_at timestamptz, expires_at timestamptz): the rule
 * that decides, and the entry by which it does; 22023
 */
Datum
consent_explain(PG_FUNCTION_ARGS)
{
	int			bit = purpose_of(PG_GETARG_TEXT_PP(1));
	TimestampTz at = PG_GETARG_TIMESTAMPTZ(2);
	Reason		best = {"undecided", 0};
	ConsentEntry decides = {0};
	Fixed		fixed;
	ConsentView view;
	ConsentEntry e;
	TupleDesc	desc;
	Datum		values[7];
	bool		nulls[7] = {false, false, true, true, true, true, true};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("function returning record called in context that cannot accept it")));
	consent_check_instant(at);
	consent_open(PointerGetDatum(consent_canonical(PG_GETARG_DATUM(0))), &view);
	read_fixed(view, &fixed);
	while (consent_next(&view, &e))
	{
		Reason		reason;

		if (e.purpose != bit)
			continue;
		reason = reason_of(&fixed, &e, at);
		if (reason.rank > best.rank || (reason.rank > 0 && reason.rank == best.rank &&
										e.at > decides.at))
		{
			best = reason;
			decides = e;
		}
	}
	values[0] = BoolGetDatum(best.rank == 9 || best.rank == 4);
	values[1] = CStringGetTextDatum(best.rule);
	if (best.rank > 0)
	{
		values[2] = CStringGetTextDatum(text_to_server(decides.source.data, decides.source.len));
		values[3] = CStringGetTextDatum(text_to_server(decides.record_id.data,
													   decides.record_id.len));
		values[4] = CStringGetTextDatum(consent_decision_name(decides.decision));
		values[5] = TimestampTzGetDatum(decides.at);
		values[6] = TimestampTzGetDatum(decides.expires);
		memset(nulls, false, sizeof(nulls));
		nulls[6] = decides.expires == DT_NOEND;
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}

/* ---- Google Consent Mode v2 ---- */

PG_FUNCTION_INFO_V1(consent_mode);

#define ONE(name)	PURPOSE_MASK(PURPOSE_##name)
#define TCF(p)		PURPOSE_MASK(PURPOSE_TCF_1 + (p) - 1)

/*
 * A signal is granted where it is allowed itself or, as nobody decided about it, where all purposes
 * that it stands for are: those of the TCF by the mapping that Google's tags use for TC strings
 * (developers.google.com/tag-platform/security/guides/implement-TCF-strings), or those of commerce.
 * What a person refuses of them, and the opt-outs of the US, deny it.
 */
typedef struct Signal
{
	const char *name;
	int			purpose;
	uint64		tcf;
	uint64		commerce;
	uint64		denied_by;		/* refusals, besides those of the ones before */
} Signal;

static const Signal signals[] = {
	{"ad_storage", PURPOSE_AD_STORAGE, TCF(1), 0, 0},
	{"ad_user_data", PURPOSE_AD_USER_DATA, TCF(1) | TCF(7), ONE(AUDIENCE_MATCHING),
	ONE(SALE) | ONE(SHARING) | ONE(TARGETED_ADVERTISING) | ONE(THIRD_PARTY_SHARING)},
	{"ad_personalization", PURPOSE_AD_PERSONALIZATION, TCF(3) | TCF(4), ONE(TARGETED_ADVERTISING),
	ONE(SALE) | ONE(SHARING)},
	{"analytics_storage", PURPOSE_ANALYTICS_STORAGE, TCF(1) | TCF(8) | TCF(9), ONE(ANALYTICS), 0},
};

static bool
signal_granted(const Signal *s, const ConsentEffect *effect, uint64 decided)
{
	uint64		own = PURPOSE_MASK(s->purpose);

	if (effect->refused & (own | s->tcf | s->commerce | s->denied_by))
		return false;
	if (decided & own)
		return (effect->allowed & own) != 0;
	if (decided & s->tcf)
		return (effect->allowed & s->tcf) == s->tcf;
	if (decided & s->commerce)
		return (effect->allowed & s->commerce) == s->commerce;
	return (effect->allowed & own) != 0;
}

/*
 * consent_mode(consent, at timestamptz) -> jsonb: {"ad_storage": "granted", ...}, the four signals;
 * 22023
 */
Datum
consent_mode(PG_FUNCTION_ARGS)
{
	JsonbParseState *state = NULL;
	ConsentEffect effect;
	ConsentView view;
	Fixed		fixed;
	JsonbValue	v;

	consent_effect(PG_GETARG_DATUM(0), PG_GETARG_TIMESTAMPTZ(1), false, &effect);
	consent_open(PG_GETARG_DATUM(0), &view);
	read_fixed(view, &fixed);
	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	v.type = jbvString;
	for (int i = 0; i < lengthof(signals); i++)
	{
		bool		granted = signal_granted(&signals[i], &effect, fixed.decided);

		v.val.string.val = unconstify(char *, signals[i].name);
		v.val.string.len = strlen(signals[i].name);
		pushJsonbValue(&state, WJB_KEY, &v);
		v.val.string.val = granted ? "granted" : "denied";
		v.val.string.len = granted ? 7 : 6;
		pushJsonbValue(&state, WJB_VALUE, &v);
	}
	PG_RETURN_JSONB_P(JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL)));
}
