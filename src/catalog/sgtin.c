/*
 * sgtin.c
 *	  SGTIN-96, the EPC that most RFID tags on goods hold: a GTIN with a serial number in 96 bits.
 *
 * From the highest bit (GS1 EPC Tag Data Standard, 14.6.1): header 0x30 (8 bits), filter (3),
 * partition (3), company prefix and item reference (44 together, divided by the partition), serial
 * (38).  The item reference begins with the indicator of the GTIN, whose check digit is left out.
 *
 * A GTIN does not tell how long its company prefix is: encoding must be told, and decoding tells.
 */
#include "postgres.h"
#include "compat.h"

#include "utils/builtins.h"

#include "catalog/catalog.h"

#define SGTIN_BYTES		12
#define SGTIN_HEADER	0x30
#define SERIAL_BITS		38
#define SERIAL_MAX		((INT64CONST(1) << SERIAL_BITS) - 1)
#define PREFIX_MIN		6
#define PREFIX_MAX		12

/* bits of a company prefix of 12, 11, ... 6 digits, by partition; the rest is the item reference */
static const int prefix_bits[] = {40, 37, 34, 30, 27, 24, 20};

#define ITEM_BITS(partition)	(44 - prefix_bits[partition])

/* the lowest bits of the two words taken as one number, shifted out to the right */
static uint64
take_bits(uint64 *high, uint64 *low, int bits)
{
	uint64		value = *low & ((UINT64CONST(1) << bits) - 1);

	*low = (*low >> bits) | (*high << (64 - bits));
	*high >>= bits;
	return value;
}

static void
put_bits(uint64 *high, uint64 *low, int bits, uint64 value)
{
	*high = (*high << bits) | (*low >> (64 - bits));
	*low = (*low << bits) | value;
}

static void
refuse_tag(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid SGTIN-96"),
			 errdetail("%s", detail)));
}

static void
refuse_parameter(const char *name, int64 value, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid %s: %lld", name, (long long) value),
			 errdetail("%s", detail)));
}

PG_FUNCTION_INFO_V1(sgtin96_decode);
PG_FUNCTION_INFO_V1(sgtin96_encode);

/*
 * sgtin96_decode(bytea, OUT gtin gtin, OUT prefix_length integer, OUT filter integer,
 * OUT serial bigint); 22P03 for what is no SGTIN-96.
 */
Datum
sgtin96_decode(PG_FUNCTION_ARGS)
{
	bytea	   *tag = PG_GETARG_BYTEA_PP(0);
	const unsigned char *b = (unsigned char *) VARDATA_ANY(tag);
	uint64		high = 0;
	uint64		low = 0;
	int64		serial;
	int64		item;
	int64		prefix;
	int			partition;
	int			prefix_length;
	int			item_length;
	Datum		values[4];

	if (VARSIZE_ANY_EXHDR(tag) != SGTIN_BYTES)
		refuse_tag(psprintf("It has %d bytes instead of 12.", (int) VARSIZE_ANY_EXHDR(tag)));
	if (b[0] != SGTIN_HEADER)
		refuse_tag(psprintf("Its header is %02x instead of 30, it is another kind of EPC.", b[0]));
	for (int i = 0; i < SGTIN_BYTES; i++)
		put_bits(&high, &low, 8, b[i]);

	partition = (b[1] >> 2) & 7;
	if (partition >= lengthof(prefix_bits))
		refuse_tag("Its partition is 7, which does not exist.");
	prefix_length = PREFIX_MAX - partition;
	item_length = 13 - prefix_length;
	serial = take_bits(&high, &low, SERIAL_BITS);
	item = take_bits(&high, &low, ITEM_BITS(partition));
	prefix = take_bits(&high, &low, prefix_bits[partition]);
	if (prefix >= power_of_ten[prefix_length])
		refuse_tag(psprintf("Its company prefix has more than %d digits.", prefix_length));
	if (item >= power_of_ten[item_length])
		refuse_tag(psprintf("Its item reference has more than %d digits.", item_length));

	values[0] = GtinGetDatum(GTIN_MAKE(prefix * power_of_ten[item_length - 1] +
									   item % power_of_ten[item_length - 1],
									   item / power_of_ten[item_length - 1]));
	values[1] = Int32GetDatum(prefix_length);
	values[2] = Int32GetDatum(b[1] >> 5);
	values[3] = Int64GetDatum(serial);
	PG_RETURN_DATUM(gs1_row(fcinfo, values));
}

/*
 * sgtin96_encode(gtin gtin, prefix_length integer, filter integer, serial bigint) -> bytea.  22023
 * for a prefix length outside 6 .. 12, a filter outside 0 .. 7, a serial outside 0 .. 2^38 - 1.
 */
Datum
sgtin96_encode(PG_FUNCTION_ARGS)
{
	Gtin		gtin = PG_GETARG_GTIN(0);
	int			prefix_length = PG_GETARG_INT32(1);
	int			filter = PG_GETARG_INT32(2);
	int64		serial = PG_GETARG_INT64(3);
	int			partition = PREFIX_MAX - prefix_length;
	int64		items;
	uint64		high = 0;
	uint64		low = 0;
	bytea	   *tag;

	if (prefix_length < PREFIX_MIN || prefix_length > PREFIX_MAX)
		refuse_parameter("length of a company prefix", prefix_length, "It is 6 to 12 digits.");
	if (filter < 0 || filter > 7)
		refuse_parameter("SGTIN-96 filter", filter, "A filter is 0 to 7.");
	if (serial < 0 || serial > SERIAL_MAX)
		refuse_parameter("SGTIN-96 serial", serial, "A serial is 0 to 274877906943.");

	items = power_of_ten[PREFIX_MAX - prefix_length];
	put_bits(&high, &low, 8, SGTIN_HEADER);
	put_bits(&high, &low, 3, filter);
	put_bits(&high, &low, 3, partition);
	put_bits(&high, &low, prefix_bits[partition], GTIN_BODY(gtin) / items);
	put_bits(&high, &low, ITEM_BITS(partition),
			 GTIN_INDICATOR(gtin) * items + GTIN_BODY(gtin) % items);
	put_bits(&high, &low, SERIAL_BITS, serial);

	tag = palloc(VARHDRSZ + SGTIN_BYTES);
	SET_VARSIZE(tag, VARHDRSZ + SGTIN_BYTES);
	for (int i = SGTIN_BYTES - 1; i >= 0; i--)
		((unsigned char *) VARDATA(tag))[i] = take_bits(&high, &low, 8);
	PG_RETURN_BYTEA_P(tag);
}
