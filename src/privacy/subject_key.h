/*
 * subject_key.h
 *	  The secret of one subject, which a table keeps wrapped: whoever deletes the row forgets all
 *	  that was derived from it.
 */
#ifndef OMNI_PRIVACY_SUBJECT_KEY_H
#define OMNI_PRIVACY_SUBJECT_KEY_H

#include "compat.h"

#define SUBJECT_SECRET_BYTES	32

/*
 * The secret of a wrapped key, which the caller wipes.  22023 for what is no such key or was
 * changed, 55000 where the version of the key that wrapped it has been destroyed.  Rights are the
 * caller's to check.
 */
extern void subject_key_open(const bytea *wrapped, uint8 secret[SUBJECT_SECRET_BYTES]);

#endif							/* OMNI_PRIVACY_SUBJECT_KEY_H */
