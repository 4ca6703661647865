/*
 * memory.h
 *	  Memory that is read at random: large tables, and fetching ahead.
 */
#ifndef OMNI_IDENTITY_MEMORY_H
#define OMNI_IDENTITY_MEMORY_H

#include "compat.h"

#if defined(__GNUC__) || defined(__clang__)
#define PREFETCH(p)	__builtin_prefetch(p)
#else
#define PREFETCH(p)	((void) (p))
#endif

/* size bytes in context, in pages of 2 MB where they are many and the system has such pages */
extern void *memory_allocate(MemoryContext context, Size size);

#endif							/* OMNI_IDENTITY_MEMORY_H */
