/*
 * crypto.h
 *	  The primitives of pseudonyms and of tokens: SHA-256, HMAC, HKDF.
 *
 * PostgreSQL's own pg_hmac takes longer to be set up than a pseudonym to be made (1.15 us of 1.3),
 * and cannot keep a keyed state; so these are ours.  Each implementation has to give the known
 * answers of FIPS 180-4 and RFC 4231 before its first use in a process.
 */
#ifndef OMNI_PRIVACY_CRYPTO_H
#define OMNI_PRIVACY_CRYPTO_H

#include "postgres.h"

#define SHA256_BYTES	32
#define SHA256_BLOCK	64

/* how blocks are compressed; which of them this processor can is asked once */
typedef enum Sha256Method
{
	SHA256_PORTABLE,
	SHA256_SHANI,				/* x86: SHA extensions */
	SHA256_ARMV8				/* ARMv8: cryptography extension */
} Sha256Method;

#define SHA256_METHODS	3

/* a key in the form in which it is used: the states after the two padded keys */
typedef struct HmacKey
{
	uint32		inner[8];
	uint32		outer[8];
} HmacKey;

/* a piece of a message */
typedef struct CryptoPart
{
	const void *data;
	size_t		len;
} CryptoPart;

extern void sha256(const CryptoPart *part, int parts, uint8 digest[SHA256_BYTES]);
extern void hmac_key(HmacKey *key, const void *secret, size_t len);
extern void hmac(const HmacKey *key, const CryptoPart *part, int parts,
				 uint8 mac[SHA256_BYTES]);

/* RFC 5869: extract with a salt, which may be empty, and expand to at most 255 * 32 bytes */
extern void hkdf(const void *salt, size_t salt_len, const void *secret, size_t secret_len,
				 const CryptoPart *info, int infos, uint8 *out, size_t len);

/* whether two runs of bytes are equal, in a time that depends on their length alone */
extern bool crypto_equal(const void *a, const void *b, size_t len);

/* for tests: use one method, if this processor has it */
extern const char *sha256_method_name(Sha256Method method);
extern bool sha256_use(Sha256Method method);

#endif							/* OMNI_PRIVACY_CRYPTO_H */
