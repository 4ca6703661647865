/*
 * identity.h
 *	  The identity room: what its types offer to other files.
 */
#ifndef OMNI_IDENTITY_H
#define OMNI_IDENTITY_H

#include "compat.h"
#include "text/text.h"

/* characters.c: code points that no identifying value may hold */

/*
 * False, with the problem filled, if the UTF-8 string holds a control character, an invisible
 * (default-ignorable) one, a private-use one, a noncharacter or an unassigned one.
 */
extern bool identity_characters(const char *s, int len, Problem *problem);

/* false, with the problem filled, if the database's encoding cannot show the UTF-8 string */
extern bool identity_fits_server(const char *s, int len, Problem *problem);

/* email.c: e-mail addresses */

/* RFC 5321 4.5.3.1: a local part has at most 64 octets, a path in a command at most 254 */
#define EMAIL_LOCAL_MAX		64
#define EMAIL_MAX			254

typedef struct EmailValue
{
	int			len;
	char		data[EMAIL_MAX];	/* canonical UTF-8, not NUL-terminated */
} EmailValue;

/* the canonical form of an address in the server encoding, or the same given UTF-8 */
extern bool email_parse(const char *s, int len, EmailValue *out, Problem *problem);
extern bool email_parse_utf8(const char *s, int len, EmailValue *out, Problem *problem);

/* length of the local part of a canonical address: the '@' stands there */
extern int	email_local_length(const char *s, int len);

/* partner_key.c: the spelling of an address by which a profile compares */

/* a canonical address whose domain was decoded: each byte of an A-label gives four at most */
#define EMAIL_KEY_MAX		(EMAIL_LOCAL_MAX + 1 + 4 * EMAIL_MAX)

typedef struct EmailKey
{
	int			len;
	char		data[EMAIL_KEY_MAX];
} EmailKey;

/* the profile under which an address is compared as it is; the others are those of email_key() */
#define EMAIL_PLAIN			(-1)

extern bool email_profile(const char *name, int len, int *profile);
extern const char *email_profile_name(int profile);

/* for every profile but EMAIL_PLAIN; false, with the problem filled, if it takes no such address */
extern bool email_profile_key(int profile, const char *s, int len, EmailKey *key,
							  Problem *problem);

/*
 * phone.c: E.164 numbers in 64 bits.
 *
 * phone_parse reads s (in the server encoding) as a number; without a region it must start with
 * '+'.  phone_format writes it as '+' and digits, NUL-terminated, and gives the length.
 */
#define PHONE_BUFSIZE	17

extern bool phone_parse(const char *s, int len, const char *region, int regionlen, uint64 *out,
						Problem *problem);
extern int	phone_format(uint64 phone, char *buf);

/* identifier.c: kind:value */

/*
 * A kind is a short name of the data model.  A value is a key, not a document: 512 bytes hold a
 * UID2 token, a cookie or a URL, and keep the whole under a fifth of the 2,704 bytes that a btree
 * entry may have, so that a key of several columns still fits.
 */
#define IDENTIFIER_KIND_MAX		32
#define IDENTIFIER_VALUE_MAX	512
#define IDENTIFIER_MAX			(IDENTIFIER_KIND_MAX + 1 + IDENTIFIER_VALUE_MAX)

typedef struct IdentifierValue
{
	int			len;
	char		data[IDENTIFIER_MAX];	/* canonical UTF-8, not NUL-terminated */
} IdentifierValue;

/* the canonical form of kind:value in the server encoding, or the same given UTF-8 */
extern bool identifier_parse(const char *s, int len, IdentifierValue *out, Problem *problem);
extern bool identifier_parse_utf8(const char *s, int len, IdentifierValue *out, Problem *problem);

/* are these received bytes, which may be anything, an identifier in its canonical form */
extern bool identifier_is_canonical(const char *s, int len);

/* profile_io.c: the profile of one record, with canonical identifiers */

extern PGDLLEXPORT Datum customer_profile_from_identifiers(PG_FUNCTION_ARGS);

#endif							/* OMNI_IDENTITY_H */
