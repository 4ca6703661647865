/*
 * byte_sort.c
 *	  Sorting many keys by their bytes, and many items by a number.
 *
 * Numbers are sorted by radix, least significant byte first, leaving out bytes in which all agree.
 * Keys are sorted eight bytes at a time: by the first eight in which they differ, then each run of
 * equal ones likewise.  Runs that are sorted already, which is what a join meets, cost one look.
 */
#include "postgres.h"
#include "compat.h"

#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "utils/memutils.h"

#include "identity/byte_sort.h"
#include "text/value.h"

/* below this, comparing is cheaper than counting bytes */
#define RADIX_MIN	128

/* keys that agree in so many bytes are compared at once: no key of ours goes on for long */
#define DEPTH_MAX	4096

/*
 * The same for both kinds of items: each begins with the number that it is sorted by.
 */
#define RADIX_SORT(type, member) \
	uint64		counts[8][256]; \
	memset(counts, 0, sizeof(counts)); \
	for (uint64 i = 0; i < n; i++) \
	{ \
		for (int b = 0; b < 8; b++) \
			counts[b][(items[i].member >> (8 * b)) & 0xFF]++; \
	} \
	for (int b = 0; b < 8; b++) \
	{ \
		uint64	   *count = counts[b]; \
		type	   *swap = items; \
		uint64		at = 0; \
		if (count[(items[0].member >> (8 * b)) & 0xFF] == n) \
			continue; \
		CHECK_FOR_INTERRUPTS(); \
		for (int v = 0; v < 256; v++) \
		{ \
			uint64		c = count[v]; \
			count[v] = at; \
			at += c; \
		} \
		for (uint64 i = 0; i < n; i++) \
			spare[count[(items[i].member >> (8 * b)) & 0xFF]++] = items[i]; \
		items = spare; \
		spare = swap; \
	} \
	return items

static pg_noinline NumberItem *
radix_numbers(NumberItem *items, NumberItem *spare, uint64 n)
{
	RADIX_SORT(NumberItem, key);
}

NumberItem *
number_sort(NumberItem *items, NumberItem *spare, uint64 n)
{
	if (n >= RADIX_MIN)
		return radix_numbers(items, spare, n);
	for (uint64 i = 1; i < n; i++)
	{
		NumberItem	item = items[i];
		uint64		at = i;

		for (; at > 0 && items[at - 1].key > item.key; at--)
			items[at] = items[at - 1];
		items[at] = item;
	}
	return items;
}

static int
compare_keys(const void *a, const void *b)
{
	const ByteItem *x = a;
	const ByteItem *y = b;

	return text_value_compare(x->key, x->keylen, y->key, y->keylen);
}

/* its counts must not be in each frame of the recursion of sort_run */
static pg_noinline ByteItem *
radix_bytes(ByteItem *items, ByteItem *spare, uint64 n)
{
	RADIX_SORT(ByteItem, prefix);
}

/* the eight bytes of a key after skip, as a number of the same order */
static uint64
prefix_of(const ByteItem *item, uint32 skip)
{
	uint64		p = 0;

	if (item->keylen > skip)
		memcpy(&p, item->key + skip, Min(item->keylen - skip, sizeof(p)));
	return pg_ntoh64(p);
}

/* number of bytes with which all keys begin, which is skip or more */
static uint32
shared_prefix(const ByteItem *items, uint64 n, uint32 skip)
{
	const char *model = items[0].key;
	uint32		shared = items[0].keylen;

	for (uint64 i = 1; i < n && shared > skip; i++)
	{
		const char *key = items[i].key;
		uint32		most = Min(shared, items[i].keylen);
		uint32		len = skip;

		while (len + sizeof(uint64) <= most && memcmp(key + len, model + len, sizeof(uint64)) == 0)
			len += sizeof(uint64);
		while (len < most && key[len] == model[len])
			len++;
		shared = len;
	}
	return shared;
}

/* sort items whose keys agree in their first skip bytes */
static void
sort_run(ByteItem *items, ByteItem *spare, uint64 n, uint32 skip)
{
	ByteItem   *sorted;
	bool		longer = false;

	CHECK_FOR_INTERRUPTS();
	skip = shared_prefix(items, n, skip);
	for (uint64 i = 0; i < n; i++)
	{
		items[i].prefix = prefix_of(&items[i], skip);
		longer |= items[i].keylen > skip + sizeof(uint64);
	}
	if (n < RADIX_MIN || skip >= DEPTH_MAX)
	{
		qsort(items, n, sizeof(ByteItem), compare_keys);
		return;
	}
	sorted = radix_bytes(items, spare, n);
	if (sorted != items)
		memcpy(items, sorted, n * sizeof(ByteItem));
	for (uint64 i = 0, end; i < n; i = end)
	{
		for (end = i + 1; end < n && items[end].prefix == items[i].prefix; end++)
			;
		/* keys that all end here differ in length alone */
		if (end - i > 1 && longer)
			sort_run(items + i, spare, end - i, skip + sizeof(uint64));
		else if (end - i > 1)
			qsort(items + i, end - i, sizeof(ByteItem), compare_keys);
	}
}

/* two ascending runs into one */
static void
merge_runs(ByteItem *items, ByteItem *spare, uint64 middle, uint64 n)
{
	const ByteItem *a = spare;
	const ByteItem *a_end = spare + middle;
	const ByteItem *b = items + middle;
	const ByteItem *b_end = items + n;

	memcpy(spare, items, middle * sizeof(ByteItem));
	while (a < a_end && b < b_end)
		*items++ = compare_keys(a, b) <= 0 ? *a++ : *b++;
	memcpy(items, a, (char *) a_end - (char *) a);
}

void
byte_sort(ByteItem *items, uint64 n)
{
	ByteItem	room[RADIX_MIN];
	ByteItem   *spare = room;
	uint64		ends[2] = {0, 0};
	int			runs = 0;

	for (uint64 i = 1; i < n && runs < 2; i++)
	{
		if ((i & 0xFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		if (compare_keys(&items[i - 1], &items[i]) > 0)
			ends[runs++] = i;
	}
	if (runs == 0)
		return;
	if (n > RADIX_MIN)
		spare = MemoryContextAllocHuge(CurrentMemoryContext, n * sizeof(ByteItem));
	if (runs == 1)
		merge_runs(items, spare, ends[0], n);
	else
		sort_run(items, spare, n, 0);
	if (spare != room)
		pfree(spare);
}
