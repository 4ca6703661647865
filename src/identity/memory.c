/*
 * memory.c
 *	  Memory that is read at random.
 */
#include "postgres.h"
#include "compat.h"

#include <sys/mman.h>

#include "utils/memutils.h"

#include "identity/memory.h"

#define HUGE_PAGE_SIZE	((uintptr_t) 2 << 20)
#define HUGE_PAGE_MIN	(2 * HUGE_PAGE_SIZE)

/*
 * A large table is read at random: pages of 2 MB, where the system has them, spare most of the
 * misses of the address translation.
 */
void *
memory_allocate(MemoryContext context, Size size)
{
	void	   *memory = MemoryContextAllocHuge(context, size);

#ifdef MADV_HUGEPAGE
	if (size >= HUGE_PAGE_MIN)
	{
		uintptr_t	from = TYPEALIGN(HUGE_PAGE_SIZE, memory);
		uintptr_t	to = TYPEALIGN_DOWN(HUGE_PAGE_SIZE, (uintptr_t) memory + size);

		/* only advice: without it all works as well, but slower */
		(void) madvise((void *) from, to - from, MADV_HUGEPAGE);
	}
#endif
	return memory;
}
