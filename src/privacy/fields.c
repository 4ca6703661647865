/*
 * fields.c
 *	  Reader and writer of the segments of TCF and GPP strings, driven by tables of fields.
 */
#include "postgres.h"
#include "compat.h"

#include "datatype/timestamp.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "identity/json_text.h"
#include "privacy/fields.h"

#define DECISECOND			INT64CONST(100000)	/* in microseconds */
#define DECISECONDS_A_DAY	INT64CONST(864000)
#define DECISECONDS_MAX		((INT64CONST(1) << 36) - 1)
#define EPOCH_SHIFT			((POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY)
#define RANGES_MAX			4095	/* their number has 12 bits */
#define NUMERICS_KEPT		4096

/* six bits in the other direction */
static const uint8 turned[64] = {
	0, 32, 16, 48, 8, 40, 24, 56, 4, 36, 20, 52, 12, 44, 28, 60,
	2, 34, 18, 50, 10, 42, 26, 58, 6, 38, 22, 54, 14, 46, 30, 62,
	1, 33, 17, 49, 9, 41, 25, 57, 5, 37, 21, 53, 13, 45, 29, 61,
	3, 35, 19, 51, 11, 43, 27, 59, 7, 39, 23, 55, 15, 47, 31, 63
};

/* ---- sets of IDs ---- */

static void
set_clear(IdSet *set)
{
	memset(set, 0, sizeof(IdSet));
}

static void
set_add(IdSet *set, int first, int last)
{
	for (int id = first; id <= last;)
	{
		if (id % 64 == 0 && last - id >= 63)
		{
			set->word[id / 64] = PG_UINT64_MAX;
			id += 64;
		}
		else
		{
			set->word[id / 64] |= UINT64CONST(1) << (id % 64);
			id++;
		}
	}
	set->greatest = Max(set->greatest, last);
}

static bool
set_has(const IdSet *set, int id)
{
	return (set->word[id / 64] >> (id % 64)) & 1;
}

/* the next run of IDs after "after"; false where there is none */
static bool
set_run(const IdSet *set, int after, int *first, int *last)
{
	int			id = after + 1;

	while (id <= set->greatest && !set_has(set, id))
	{
		if (id % 64 == 0 && set->word[id / 64] == 0)
			id += 64;
		else
			id++;
	}
	if (id > set->greatest)
		return false;
	*first = id;
	while (id < set->greatest && set_has(set, id + 1))
		id++;
	*last = id;
	return true;
}

/* ---- jsonb ---- */

/* s has to last until the whole is made */
void
json_put_text(JsonbParseState **out, JsonbIteratorToken token, const char *s, int len)
{
	JsonbValue	v = {.type = jbvString};

	v.val.string.val = unconstify(char *, s);
	v.val.string.len = len;
	(void) pushJsonbValue(out, token, &v);
}

void
json_put_key(JsonbParseState **out, const char *key)
{
	json_put_text(out, WJB_KEY, key, strlen(key));
}

/*
 * The number as numeric.  Those of vendors are kept: a string lists a thousand of them, of which
 * there are a thousand in all.
 */
static Numeric
numeric_of(int64 value)
{
	static Numeric known[NUMERICS_KEPT];

	if (value >= NUMERICS_KEPT)
		return int64_to_numeric(value);
	if (known[value] == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);

		known[value] = int64_to_numeric(value);
		MemoryContextSwitchTo(old);
	}
	return known[value];
}

void
json_put_int(JsonbParseState **out, JsonbIteratorToken token, int64 value)
{
	JsonbValue	v = {.type = jbvNumeric};

	v.val.numeric = numeric_of(value);
	(void) pushJsonbValue(out, token, &v);
}

static void
put_bool(JsonbParseState **out, JsonbIteratorToken token, bool value)
{
	JsonbValue	v = {.type = jbvBool};

	v.val.boolean = value;
	(void) pushJsonbValue(out, token, &v);
}

/* the form of ECMAScript's toISOString */
static void
put_time(JsonbParseState **out, int64 deciseconds)
{
	int64		within = deciseconds % DECISECONDS_A_DAY;
	int			year;
	int			month;
	int			day;
	char	   *s;

	j2date(deciseconds / DECISECONDS_A_DAY + UNIX_EPOCH_JDATE, &year, &month, &day);
	s = psprintf("%04d-%02d-%02dT%02d:%02d:%02d.%d00Z", year, month, day, (int) (within / 36000),
				 (int) (within / 600 % 60), (int) (within / 10 % 60), (int) (within % 10));
	json_put_text(out, WJB_VALUE, s, strlen(s));
}

static void
put_set(JsonbParseState **out, const IdSet *set)
{
	(void) pushJsonbValue(out, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i <= set->greatest / 64; i++)
	{
		for (uint64 word = set->word[i]; word != 0; word &= word - 1)
			json_put_int(out, WJB_ELEM, i * 64 + pg_rightmost_one_pos64(word));
	}
	(void) pushJsonbValue(out, WJB_END_ARRAY, NULL);
}

/* ---- reading ---- */

static bool
refuse(Problem *problem, const char *code, const char *detail)
{
	PROBLEM(problem, code, detail, NULL);
	return false;
}

static bool
refuse_truncated(Problem *problem)
{
	PROBLEM(problem, "truncated", "A segment ends within a field.",
			"Strings are cut where a column or a cookie is too short for them: "
			"read it from its source again.");
	return false;
}

static bool
refuse_range(Problem *problem)
{
	return refuse(problem, "range",
				  "A range of IDs begins at 0, ends before it begins, or goes beyond the "
				  "greatest ID that is announced.");
}

static bool
count_ids(FieldReading *r, int more)
{
	r->ids += more;
	if (r->ids <= FIELD_IDS_MAX)
		return true;
	PROBLEM(r->problem, "too_many",
			psprintf("Its lists have more than %d IDs together.", FIELD_IDS_MAX),
			"Its ranges say more than there can be: the string is damaged or made to harm.");
	r->problem->sqlerrcode = ERRCODE_PROGRAM_LIMIT_EXCEEDED;
	return false;
}

/* one entry of a list of ranges; with Fibonacci coding, *last is the greatest ID before */
static bool
read_range(Bits *in, bool fibonacci, int max, int *first, int *last, Problem *problem)
{
	bool		group = bits_get(in, 1);

	if (fibonacci)
	{
		int			start = bits_get_fibonacci(in);
		int			more = group ? bits_get_fibonacci(in) : 0;

		if (in->over)
			return refuse_truncated(problem);
		*first = *last + start;
		*last = *first + more;
		if (start == 0 || (group && more == 0) || *last > max)
			return refuse_range(problem);
		return true;
	}
	*first = bits_get(in, 16);
	*last = group ? bits_get(in, 16) : *first;
	if (in->over)
		return refuse_truncated(problem);
	if (*first == 0 || *last < *first || *last > max)
		return refuse_range(problem);
	return true;
}

static bool
read_ranges(Bits *in, bool fibonacci, int max, IdSet *set, FieldReading *r)
{
	int			ranges = bits_get(in, 12);
	int			first = 0;
	int			last = 0;

	for (int i = 0; i < ranges; i++)
	{
		if (!read_range(in, fibonacci, max, &first, &last, r->problem) ||
			!count_ids(r, last - first + 1))
			return false;
		set_add(set, first, last);
	}
	return in->over ? refuse_truncated(r->problem) : true;
}

/*
 * A bit for each ID from 1 to max.  Up to a character is taken at once, its bits turned round: the
 * highest of a character is the lowest ID.
 */
static bool
read_bitfield(Bits *in, int max, IdSet *set, FieldReading *r)
{
	int			found = 0;

	if (max > in->len - in->at)
		return refuse_truncated(r->problem);
	for (int id = 1; id <= max;)
	{
		int			n = Min(max - id + 1, 6 - in->at % 6);
		uint64		bits = bits_get(in, n);

		if (bits != 0)
		{
			int			place = id % 64;

			bits = turned[bits] >> (6 - n);
			found += pg_popcount64(bits);
			set->word[id / 64] |= bits << place;
			if (place + n > 64)
				set->word[id / 64 + 1] |= bits >> (64 - place);
			set->greatest = id + pg_leftmost_one_pos64(bits);
		}
		id += n;
	}
	return count_ids(r, found);
}

static bool
read_vendors(Bits *in, FieldKind kind, IdSet *set, FieldReading *r)
{
	int			max = bits_get(in, 16);
	bool		ranges = bits_get(in, 1);

	set_clear(set);
	if (in->over)
		return refuse_truncated(r->problem);
	if (!ranges)
		return read_bitfield(in, max, set, r);
	if (kind == FIELD_VENDORS_V1 && bits_get(in, 1))
		return refuse(r->problem, "default_consent",
					  "It is of TCF 1 and consents to all vendors but those it lists.");
	if (!read_ranges(in, kind == FIELD_VENDORS_FIBONACCI, max, set, r))
		return false;
	if (kind == FIELD_VENDORS_FIBONACCI && set->greatest != max)
		return refuse_range(r->problem);
	return true;
}

static bool
read_restrictions(Bits *in, FieldKind kind, IdSet *set, FieldReading *r)
{
	int			count = bits_get(in, 12);

	if (r->out)
		(void) pushJsonbValue(r->out, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < count; i++)
	{
		int			purpose = bits_get(in, 6);
		int			type = bits_get(in, 2);

		CHECK_FOR_INTERRUPTS();
		if (kind == FIELD_RANGES_FIBONACCI)
		{
			if (!read_vendors(in, FIELD_VENDORS_FIBONACCI, set, r))
				return false;
		}
		else
		{
			set_clear(set);
			if (!read_ranges(in, false, ID_MAX, set, r))
				return false;
		}
		if (in->over)
			return refuse_truncated(r->problem);
		if (r->out == NULL)
			continue;
		(void) pushJsonbValue(r->out, WJB_BEGIN_OBJECT, NULL);
		json_put_key(r->out, kind == FIELD_RESTRICTIONS ? "purposeId" : "key");
		json_put_int(r->out, WJB_VALUE, purpose);
		json_put_key(r->out, kind == FIELD_RESTRICTIONS ? "restrictionType" : "type");
		json_put_int(r->out, WJB_VALUE, type);
		json_put_key(r->out, kind == FIELD_RESTRICTIONS ? "vendors" : "ids");
		put_set(r->out, set);
		(void) pushJsonbValue(r->out, WJB_END_OBJECT, NULL);
	}
	if (in->over)
		return refuse_truncated(r->problem);
	if (r->out)
		(void) pushJsonbValue(r->out, WJB_END_ARRAY, NULL);
	return true;
}

/* a run of flags, each of which has an ID by its place */
static void
read_flags(Bits *in, int size, bool ids, FieldReading *r)
{
	if (r->out)
		(void) pushJsonbValue(r->out, WJB_BEGIN_ARRAY, NULL);
	for (int i = 1; i <= size; i++)
	{
		bool		flag = bits_get(in, 1);

		if (r->out == NULL)
			continue;
		if (!ids)
			put_bool(r->out, WJB_ELEM, flag);
		else if (flag)
			json_put_int(r->out, WJB_ELEM, i);
	}
	if (r->out)
		(void) pushJsonbValue(r->out, WJB_END_ARRAY, NULL);
}

static bool
read_letters(Bits *in, FieldReading *r)
{
	char		letters[2];

	for (int i = 0; i < 2; i++)
	{
		int			letter = bits_get(in, 6);

		if (letter >= 26)
			return refuse(r->problem, "letters",
						  "A language or a country is not of the letters A to Z.");
		letters[i] = 'A' + letter;
	}
	if (r->out)
		json_put_text(r->out, WJB_VALUE, pnstrdup(letters, 2), 2);
	return true;
}

static bool
read_choice(Bits *in, JsonbIteratorToken token, FieldReading *r)
{
	int			choice = bits_get(in, 2);

	if (choice == 3)
		return refuse(r->problem, "value", "A field has the value 3, which is not defined.");
	if (r->out)
		json_put_int(r->out, token, choice);
	return true;
}

static bool
read_field(const Field *f, Bits *in, IdSet *set, FieldReading *r)
{
	uint64		value;

	switch (f->kind)
	{
		case FIELD_INT:
		case FIELD_COUNT:
			value = bits_get(in, f->size);
			if (f->kind == FIELD_COUNT)
				r->custom = value;
			if (r->out && f->name)
				json_put_int(r->out, WJB_VALUE, value);
			return true;
		case FIELD_FIXED:
		case FIELD_TYPE:
			value = bits_get(in, f->kind == FIELD_FIXED ? 6 : f->size);
			if (value != (f->kind == FIELD_FIXED ? f->size : f->count))
				return refuse(r->problem, f->kind == FIELD_FIXED ? "version" : "segment",
							  f->kind == FIELD_FIXED ?
							  "A segment is of a version that is not known." :
							  "A segment is of another type than stands at its place.");
			if (r->out && f->name)
				json_put_int(r->out, WJB_VALUE, value);
			return true;
		case FIELD_SKIP:
			bits_skip(in, f->size);
			return true;
		case FIELD_BOOL:
			value = bits_get(in, 1);
			if (r->out)
				put_bool(r->out, WJB_VALUE, value);
			return true;
		case FIELD_TIME:
			value = bits_get(in, 36);
			if (r->out)
				put_time(r->out, value);
			return true;
		case FIELD_LETTERS:
			return read_letters(in, r);
		case FIELD_IDS:
		case FIELD_FLAGS:
			read_flags(in, f->size, f->kind == FIELD_IDS, r);
			return true;
		case FIELD_CUSTOM_IDS:
		case FIELD_CUSTOM_FLAGS:
			read_flags(in, r->custom, f->kind == FIELD_CUSTOM_IDS, r);
			return true;
		case FIELD_CHOICE:
			return read_choice(in, WJB_VALUE, r);
		case FIELD_CHOICES:
			if (r->out)
				(void) pushJsonbValue(r->out, WJB_BEGIN_ARRAY, NULL);
			for (int i = 0; i < f->size; i++)
			{
				if (!read_choice(in, WJB_ELEM, r))
					return false;
			}
			if (r->out)
				(void) pushJsonbValue(r->out, WJB_END_ARRAY, NULL);
			return true;
		case FIELD_VENDORS:
		case FIELD_VENDORS_V1:
		case FIELD_VENDORS_FIBONACCI:
			if (!read_vendors(in, f->kind, set, r))
				return false;
			if (r->out)
				put_set(r->out, set);
			return true;
		case FIELD_RESTRICTIONS:
		case FIELD_RANGES:
		case FIELD_RANGES_FIBONACCI:
			return read_restrictions(in, f->kind, set, r);
	}
	return false;
}

/*
 * The fields of a segment.  Members already put into the object stay in it where false is returned,
 * so that it has to be given up then.
 */
bool
fields_read(const Field *field, int fields, Bits *in, FieldReading *r)
{
	IdSet		set;

	for (int i = 0; i < fields; i++)
	{
		if (r->out && field[i].name)
			json_put_key(r->out, field[i].name);
		if (!read_field(&field[i], in, &set, r))
			return in->over ? refuse_truncated(r->problem) : false;
		if (in->over)
			return refuse_truncated(r->problem);
	}
	return true;
}

/* cost: a bitfield is passed by at once, ranges are read one by one */
bool
vendors_test(Bits *in, int vendor, bool *found, Problem *problem)
{
	int			max = bits_get(in, 16);
	bool		ranges = bits_get(in, 1);

	*found = false;
	if (in->over)
		return refuse_truncated(problem);
	if (ranges)
	{
		int			count = bits_get(in, 12);
		int			first = 0;
		int			last = 0;

		for (int i = 0; i < count; i++)
		{
			if (!read_range(in, false, max, &first, &last, problem))
				return false;
			if (vendor >= first && vendor <= last)
				*found = true;
		}
		return in->over ? refuse_truncated(problem) : true;
	}
	if (max > in->len - in->at)
		return refuse_truncated(problem);
	if (vendor <= max)
		*found = bits_test(in, in->at + vendor - 1);
	in->at += max;
	return true;
}

/* ---- writing ---- */

pg_noreturn static void refuse_member(const char *name, const char *detail);

static void
refuse_member(const char *name, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid member \"%s\"", name),
			 errdetail("%s", detail),
			 errhint("Members are named and formed as the decoding function gives them.")));
}

static JsonbValue *
member(JsonbContainer *object, const char *name, JsonbValue *v)
{
	JsonbValue *found = getKeyJsonValueFromContainer(object, name, strlen(name), v);

	return found && found->type != jbvNull ? found : NULL;
}

static JsonbContainer *
array_member(JsonbContainer *object, const char *name)
{
	JsonbValue	v;

	if (!member(object, name, &v))
		return NULL;
	if (v.type != jbvBinary || !JsonContainerIsArray(v.val.binary.data))
		refuse_member(name, "It is no array.");
	return v.val.binary.data;
}

static JsonbContainer *
object_element(JsonbContainer *array, int i, const char *name)
{
	JsonbValue *v = getIthJsonbValueFromContainer(array, i);

	if (v->type != jbvBinary || !JsonContainerIsObject(v->val.binary.data))
		refuse_member(name, "It has an element that is no object.");
	return v->val.binary.data;
}

static int64
number_of(const JsonbValue *v, const char *name, int64 least, int64 most)
{
	char	   *digits;
	int64		value = 0;

	if (v->type != jbvNumeric)
		refuse_member(name, "It is no number.");
	digits = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(v->val.numeric)));
	if (strlen(digits) > 12 || strspn(digits, "0123456789") != strlen(digits))
		value = -1;
	else
		value = strtoll(digits, NULL, 10);
	if (value < least || value > most)
		refuse_member(name, psprintf("It is a whole number from %lld to %lld.",
									 (long long) least, (long long) most));
	pfree(digits);
	return value;
}

static int64
int_member(JsonbContainer *object, const char *name, int64 least, int64 most)
{
	JsonbValue	v;

	if (!member(object, name, &v))
		refuse_member(name, "It is missing.");
	return number_of(&v, name, least, most);
}

/* IDs from an array of numbers, which may be absent, to those of a set */
static void
set_add_member(JsonbContainer *object, const char *name, int max, IdSet *set)
{
	JsonbContainer *array = array_member(object, name);
	JsonbIterator *it;
	JsonbIteratorToken token;
	JsonbValue	v;

	if (array == NULL)
		return;
	it = JsonbIteratorInit(array);
	while ((token = JsonbIteratorNext(&it, &v, true)) != WJB_DONE)
	{
		if (token == WJB_ELEM)
		{
			int			id = number_of(&v, name, 1, max);

			CHECK_FOR_INTERRUPTS();
			set_add(set, id, id);
		}
	}
}

static void
set_member(JsonbContainer *object, const char *name, int max, IdSet *set)
{
	set_clear(set);
	set_add_member(object, name, max, set);
}

/* booleans of an array, as IDs of those that are true; at most max */
static int
flags_member(JsonbContainer *object, const char *name, int max, IdSet *set)
{
	JsonbContainer *array = array_member(object, name);
	int			n = array ? JsonContainerSize(array) : 0;

	set_clear(set);
	if (n > max)
		refuse_member(name, psprintf("It has more than %d elements.", max));
	for (int i = 0; i < n; i++)
	{
		JsonbValue *v = getIthJsonbValueFromContainer(array, i);

		if (v->type != jbvBool)
			refuse_member(name, "It has an element that is no boolean.");
		if (v->val.boolean)
			set_add(set, i + 1, i + 1);
	}
	return n;
}

static void
write_flags(BitsOut *out, const IdSet *set, int size)
{
	for (int id = 1; id <= size; id++)
		bits_put(out, set_has(set, id), 1);
}

/* the bits of the entries of a set as ranges, and their number */
static int
ranges_length(const IdSet *set, bool fibonacci, int *ranges)
{
	int			first = 0;
	int			last = 0;
	int			before = 0;
	int			bits = 0;

	for (*ranges = 0; set_run(set, last, &first, &last); (*ranges)++)
	{
		if (fibonacci)
			bits += 1 + bits_fibonacci_length(first - before) +
				(last > first ? bits_fibonacci_length(last - first) : 0);
		else
			bits += last > first ? 33 : 17;
		before = last;
	}
	return bits + 12;
}

static void
write_ranges(BitsOut *out, const IdSet *set, bool fibonacci, int ranges)
{
	int			first = 0;
	int			last = 0;
	int			before = 0;

	bits_put(out, ranges, 12);
	while (set_run(set, last, &first, &last))
	{
		bits_put(out, last > first, 1);
		if (fibonacci)
		{
			bits_put_fibonacci(out, first - before);
			if (last > first)
				bits_put_fibonacci(out, last - first);
		}
		else
		{
			bits_put(out, first, 16);
			if (last > first)
				bits_put(out, last, 16);
		}
		before = last;
	}
}

/* as bits or as ranges, whichever is shorter; as bits where they are equally long */
static void
write_vendors(BitsOut *out, const IdSet *set, bool fibonacci)
{
	int			ranges;
	int			length = ranges_length(set, fibonacci, &ranges);
	bool		as_ranges = length < set->greatest && ranges <= RANGES_MAX;

	bits_put(out, set->greatest, 16);
	bits_put(out, as_ranges, 1);
	if (as_ranges)
		write_ranges(out, set, fibonacci, ranges);
	else
		write_flags(out, set, set->greatest);
}

typedef struct Restriction
{
	int			purpose;
	int			type;
	JsonbContainer *object;
} Restriction;

static int
compare_restrictions(const void *a, const void *b)
{
	const Restriction *x = a;
	const Restriction *y = b;

	if (x->purpose != y->purpose)
		return x->purpose < y->purpose ? -1 : 1;
	return x->type < y->type ? -1 : x->type > y->type;
}

/* by purpose and type, of each once: what several elements say of the same is joined */
static void
write_restrictions(BitsOut *out, const Field *f, JsonbContainer *object, IdSet *set)
{
	bool		tcf = f->kind == FIELD_RESTRICTIONS;
	JsonbContainer *array = array_member(object, f->name);
	int			count = array ? JsonContainerSize(array) : 0;
	int			different = 0;
	Restriction *restriction;

	if (count > RANGES_MAX)
		refuse_member(f->name, psprintf("It has more than %d elements.", RANGES_MAX));
	restriction = palloc((count + 1) * sizeof(Restriction));
	for (int i = 0; i < count; i++)
	{
		Restriction *one = &restriction[i];

		one->object = object_element(array, i, f->name);
		one->purpose = int_member(one->object, tcf ? "purposeId" : "key", 0, 63);
		one->type = int_member(one->object, tcf ? "restrictionType" : "type", 0, 3);
	}
	qsort(restriction, count, sizeof(Restriction), compare_restrictions);
	for (int i = 0; i < count; i++)
		different += i == 0 || compare_restrictions(&restriction[i - 1], &restriction[i]) != 0;
	bits_put(out, different, 12);
	for (int i = 0; i < count; i++)
	{
		int			ranges;

		CHECK_FOR_INTERRUPTS();
		if (i == 0 || compare_restrictions(&restriction[i - 1], &restriction[i]) != 0)
			set_clear(set);
		set_add_member(restriction[i].object, tcf ? "vendors" : "ids", ID_MAX, set);
		if (i + 1 < count && compare_restrictions(&restriction[i], &restriction[i + 1]) == 0)
			continue;
		bits_put(out, restriction[i].purpose, 6);
		bits_put(out, restriction[i].type, 2);
		if (f->kind == FIELD_RANGES_FIBONACCI)
		{
			write_vendors(out, set, true);
			continue;
		}
		(void) ranges_length(set, false, &ranges);
		if (ranges > RANGES_MAX)
			refuse_member(f->name, psprintf("It has an element of more than %d ranges of vendors.",
											RANGES_MAX));
		write_ranges(out, set, false, ranges);
	}
	pfree(restriction);
}

static void
write_time(BitsOut *out, JsonbContainer *object, const char *name)
{
	JsonbValue	v;
	TextSpan	s;
	TimestampTz t;
	int64		deciseconds;

	if (!member(object, name, &v))
		refuse_member(name, "It is missing.");
	if (v.type != jbvString)
		refuse_member(name, "It is no text.");
	s.data = v.val.string.val;
	s.len = v.val.string.len;
	if (!json_time(s, &t) || TIMESTAMP_NOT_FINITE(t))
		refuse_member(name, "It is no time such as 2026-01-31T00:00:00.000Z.");
	deciseconds = (t + EPOCH_SHIFT) / DECISECOND;
	if (t < -EPOCH_SHIFT || deciseconds > DECISECONDS_MAX || (t + EPOCH_SHIFT) % DECISECOND != 0)
		refuse_member(name, "Times are tenths of a second from 1970 to October 2187.");
	bits_put(out, deciseconds, 36);
}

static void
write_letters(BitsOut *out, JsonbContainer *object, const char *name)
{
	JsonbValue	v;

	if (!member(object, name, &v))
		refuse_member(name, "It is missing.");
	if (v.type != jbvString || v.val.string.len != 2 ||
		v.val.string.val[0] < 'A' || v.val.string.val[0] > 'Z' ||
		v.val.string.val[1] < 'A' || v.val.string.val[1] > 'Z')
		refuse_member(name, "It is two letters from A to Z.");
	bits_put(out, v.val.string.val[0] - 'A', 6);
	bits_put(out, v.val.string.val[1] - 'A', 6);
}

static void
write_choices(BitsOut *out, JsonbContainer *object, const Field *f)
{
	JsonbContainer *array = array_member(object, f->name);
	int			n = array ? JsonContainerSize(array) : 0;

	if (n > f->size)
		refuse_member(f->name, psprintf("It has more than %d elements.", f->size));
	for (int i = 0; i < f->size; i++)
		bits_put(out, i < n ? number_of(getIthJsonbValueFromContainer(array, i), f->name, 0, 2) : 0,
				 2);
}

static void
write_field(const Field *f, JsonbContainer *object, BitsOut *out, IdSet *set, int *custom)
{
	JsonbValue	v;

	switch (f->kind)
	{
		case FIELD_INT:
			bits_put(out, int_member(object, f->name, 0, (INT64CONST(1) << f->size) - 1), f->size);
			break;
		case FIELD_COUNT:
			*custom = int_member(object, f->name, 0, 63);
			bits_put(out, *custom, 6);
			break;
		case FIELD_FIXED:
			bits_put(out, int_member(object, f->name, f->size, f->size), 6);
			break;
		case FIELD_TYPE:
			bits_put(out, f->count, f->size);
			break;
		case FIELD_SKIP:
			bits_put(out, 0, f->size);
			break;
		case FIELD_BOOL:
			if (!member(object, f->name, &v))
				refuse_member(f->name, "It is missing.");
			if (v.type != jbvBool)
				refuse_member(f->name, "It is no boolean.");
			bits_put(out, v.val.boolean, 1);
			break;
		case FIELD_TIME:
			write_time(out, object, f->name);
			break;
		case FIELD_LETTERS:
			write_letters(out, object, f->name);
			break;
		case FIELD_IDS:
		case FIELD_CUSTOM_IDS:
			{
				int			size = f->kind == FIELD_IDS ? f->size : *custom;

				set_member(object, f->name, size, set);
				write_flags(out, set, size);
				break;
			}
		case FIELD_FLAGS:
		case FIELD_CUSTOM_FLAGS:
			{
				int			size = f->kind == FIELD_FLAGS ? f->size : *custom;

				(void) flags_member(object, f->name, size, set);
				write_flags(out, set, size);
				break;
			}
		case FIELD_CHOICE:
			bits_put(out, int_member(object, f->name, 0, 2), 2);
			break;
		case FIELD_CHOICES:
			write_choices(out, object, f);
			break;
		case FIELD_VENDORS:
		case FIELD_VENDORS_V1:
		case FIELD_VENDORS_FIBONACCI:
			set_member(object, f->name, ID_MAX, set);
			write_vendors(out, set, f->kind == FIELD_VENDORS_FIBONACCI);
			break;
		case FIELD_RESTRICTIONS:
		case FIELD_RANGES:
		case FIELD_RANGES_FIBONACCI:
			write_restrictions(out, f, object, set);
			break;
	}
}

/* the fields of a segment from the members of an object; 22023 for what is no value of theirs */
void
fields_write(const Field *field, int fields, JsonbContainer *object, BitsOut *out)
{
	IdSet		set;
	int			custom = 0;

	for (int i = 0; i < fields; i++)
		write_field(&field[i], object, out, &set, &custom);
}

bool
fields_any(const Field *field, int fields, JsonbContainer *object)
{
	JsonbValue	v;

	for (int i = 0; i < fields; i++)
	{
		if (field[i].name && member(object, field[i].name, &v))
			return true;
	}
	return false;
}

/* ---- parts ---- */

int
text_parts(const char *s, int len, char separator, TextSpan *part, int max)
{
	int			n = 0;

	for (;;)
	{
		const char *end = memchr(s, separator, len);

		if (n == max)
			return -1;
		part[n].data = s;
		part[n].len = end ? end - s : len;
		n++;
		if (end == NULL)
			return n;
		len -= end + 1 - s;
		s = end + 1;
	}
}
