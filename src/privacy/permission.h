/*
 * permission.h
 *	  The type permission: what may be seen of a value, for which purpose, in which domain.
 *
 * 8 bytes by value; from the most significant one: the level, the bit of the purpose + 1 (0: none),
 * two of zero, and the tag of a pseudonymization domain in four (0: none).  So it is compared as
 * the integer that it is, by level first.  A level above none has a purpose, and a pseudonym a
 * domain; a domain has a purpose.
 */
#ifndef OMNI_PRIVACY_PERMISSION_H
#define OMNI_PRIVACY_PERMISSION_H

#include "compat.h"
#include "datatype/timestamp.h"
#include "fmgr.h"

typedef enum PermissionLevel
{
	PERMISSION_NONE,
	PERMISSION_PSEUDONYM,
	PERMISSION_RAW
} PermissionLevel;

typedef uint64 Permission;

static inline PermissionLevel
permission_level(Permission p)
{
	return (PermissionLevel) (p >> 56);
}

/* bit of the purpose; -1: none */
static inline int
permission_purpose(Permission p)
{
	return (int) (p >> 48 & 0xFF) - 1;
}

static inline uint32
permission_domain(Permission p)
{
	return (uint32) p;
}

static inline Permission
permission_make(PermissionLevel level, int purpose, uint32 domain)
{
	return (uint64) level << 56 | (uint64) (purpose + 1) << 48 | domain;
}

/*
 * What a consent permits at an instant for a purpose, in a domain, which may be NULL; 22023 for an
 * unknown purpose or what cannot be a domain
 */
extern Permission permission_of(Datum consent, text *purpose, text *domain, TimestampTz at);

/* disclosure.c */
extern PGDLLEXPORT Datum disclose_email_by_consent(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum disclose_phone_by_consent(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum disclose_identifier_by_consent(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum disclose_text_by_consent(PG_FUNCTION_ARGS);

#define DatumGetPermission(d)		((Permission) DatumGetInt64(d))
#define PermissionGetDatum(p)		Int64GetDatum((int64) (p))
#define PG_GETARG_PERMISSION(n)		DatumGetPermission(PG_GETARG_DATUM(n))
#define PG_RETURN_PERMISSION(p)		return PermissionGetDatum(p)

#endif							/* OMNI_PRIVACY_PERMISSION_H */
