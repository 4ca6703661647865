/*
 * domain.h
 *	  The names of pseudonymization domains, and the tags that stand for them in stored values.
 *
 * A name is [a-z][a-z0-9_]{0,62}.  Its tag is a function of the name alone: values that carry one
 * are read and written without a keyring.  A keyring in which two names have one tag is refused.
 */
#ifndef OMNI_PRIVACY_DOMAIN_H
#define OMNI_PRIVACY_DOMAIN_H

#include "compat.h"

#define DOMAIN_NAME_MAX		63

extern bool domain_name_valid(const char *name, int len);

/* the tag of a name; 22023 for what cannot be one */
extern uint32 domain_tag(const char *name, int len);

/* 22023; the refused text may be a value in the wrong place, so the message does not repeat it */
pg_noreturn extern void domain_name_refused(void);

#endif							/* OMNI_PRIVACY_DOMAIN_H */
