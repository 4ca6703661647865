/*
 * limits.h
 *	  How often a session user may use a domain: counters in shared memory.
 */
#ifndef OMNI_PRIVACY_LIMITS_H
#define OMNI_PRIVACY_LIMITS_H

#include "compat.h"

/* from _PG_init: ask for shared memory, where the library is loaded with the server */
extern void limits_settings(void);

/* whether there is shared memory */
extern bool limits_available(void);

/* count uses of a domain; 53400 where the limit is reached, 55000 without shared memory */
extern void limits_take(uint32 tag, const char *name, int64 limit, int seconds, int64 uses);

/*
 * The keyring's command is not run again for some seconds after it failed, however many sessions
 * ask for it.  Seconds to wait, 0: none; 55000 without shared memory.
 */
extern int	limits_command_wait(void);
extern void limits_command_failed(void);

#endif							/* OMNI_PRIVACY_LIMITS_H */
