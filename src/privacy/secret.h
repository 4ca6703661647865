/*
 * secret.h
 *	  Memory for keys: left out of core dumps and of child processes, and wiped when it is given
 *	  back.  What lies in it is never copied to palloc'd memory.
 */
#ifndef OMNI_PRIVACY_SECRET_H
#define OMNI_PRIVACY_SECRET_H

#include "compat.h"

/* pieces that are given back together */
typedef struct SecretPool
{
	struct SecretChunk *chunks;
} SecretPool;

/* zeroed memory, aligned for any type; 53200 where there is none */
extern void *secret_alloc(SecretPool *pool, size_t size);
extern void secret_wipe(SecretPool *pool);

#endif							/* OMNI_PRIVACY_SECRET_H */
