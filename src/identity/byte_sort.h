/*
 * byte_sort.h
 *	  Sorting many keys by their bytes, and many items by a number.
 */
#ifndef OMNI_IDENTITY_BYTE_SORT_H
#define OMNI_IDENTITY_BYTE_SORT_H

#include "compat.h"

/* a key, which may hold any bytes, and what the caller knows it by */
typedef struct ByteItem
{
	uint64		prefix;			/* of the sort */
	const char *key;
	uint32		keylen;
	uint32		number;
} ByteItem;

/* by memcmp, the shorter of two keys first where they are equal so far */
extern void byte_sort(ByteItem *items, uint64 n);

/* something that is sorted by a number */
typedef struct NumberItem
{
	uint64		key;
	uint32		item;
	uint32		group;
} NumberItem;

/* stable; the result is in items or in spare, which is as long, and is returned */
extern NumberItem *number_sort(NumberItem *items, NumberItem *spare, uint64 n);

#endif							/* OMNI_IDENTITY_BYTE_SORT_H */
