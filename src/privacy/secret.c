/*
 * secret.c
 *	  Memory for keys.
 *
 * It is mapped apart from the heap, so that it can be kept out of core dumps and, where the system
 * knows how, of child processes (the command that a backend starts) and of the swap space.
 */
#include "postgres.h"
#include "compat.h"

#include <sys/mman.h>

#include "privacy/secret.h"

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS	MAP_ANON
#endif

#define CHUNK_BYTES		(64 * 1024)

typedef struct SecretChunk
{
	struct SecretChunk *next;
	size_t		size;			/* of the mapping, this header included */
	size_t		used;
} SecretChunk;

static SecretChunk *
map_chunk(size_t size)
{
	SecretChunk *chunk = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
							  -1, 0);

	if (chunk == MAP_FAILED)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory"),
				 errdetail("There is no room for the keys of the keyring.")));
#ifdef MADV_DONTDUMP
	(void) madvise(chunk, size, MADV_DONTDUMP);
#elif defined(MADV_NOCORE)
	(void) madvise(chunk, size, MADV_NOCORE);
#endif
#ifdef MADV_DONTFORK
	(void) madvise(chunk, size, MADV_DONTFORK);
#endif
	/* the system may allow only little of it, or none */
	(void) mlock(chunk, size);
	chunk->size = size;
	chunk->used = MAXALIGN(sizeof(SecretChunk));
	return chunk;
}

void *
secret_alloc(SecretPool *pool, size_t size)
{
	SecretChunk *chunk = pool->chunks;
	char	   *piece;

	size = MAXALIGN(size);
	if (chunk == NULL || chunk->size - chunk->used < size)
	{
		chunk = map_chunk(TYPEALIGN(CHUNK_BYTES, size + MAXALIGN(sizeof(SecretChunk))));
		chunk->next = pool->chunks;
		pool->chunks = chunk;
	}
	piece = (char *) chunk + chunk->used;
	chunk->used += size;
	return piece;
}

void
secret_wipe(SecretPool *pool)
{
	while (pool->chunks != NULL)
	{
		SecretChunk *chunk = pool->chunks;
		size_t		size = chunk->size;

		pool->chunks = chunk->next;
		explicit_bzero(chunk, size);
		(void) munmap(chunk, size);
	}
}
