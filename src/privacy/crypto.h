/*
 * crypto.h
 *	  The primitives of pseudonyms and of tokens: SHA-256, HMAC, HKDF; AES, CMAC, AES-SIV.
 *
 * PostgreSQL's own pg_hmac takes longer to be set up than a pseudonym to be made (1.15 us of 1.3),
 * and cannot keep a keyed state; so these are ours.  Each implementation has to give the known
 * answers of FIPS 180-4 and FIPS 197 before its first use in a process.
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
	SHA256_AVX2,				/* x86: the message schedule by vectors, and BMI2 */
	SHA256_SHANI,				/* x86: SHA extensions */
	SHA256_ARMV8				/* ARMv8: cryptography extension */
} Sha256Method;

#define SHA256_METHODS	4

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

/* RFC 5869: extract with a salt, which may be empty, and expand */
#define HKDF_MAX		(255 * SHA256_BYTES)

extern void hkdf(const void *salt, size_t salt_len, const void *secret, size_t secret_len,
				 const CryptoPart *info, int infos, uint8 *out, size_t len);

/* whether two runs of bytes are equal, in a time that depends on their length alone */
extern bool crypto_equal(const void *a, const void *b, size_t len);

/* what a function left on the stack that had a key in hand */
extern void crypto_clean_stack(void);

/* the method in use; to use another one, if this processor has it, is for tests */
extern Sha256Method sha256_method(void);
extern bool sha256_use(Sha256Method method);
extern void sha256_choose_again(void);
extern bool sha256_available(Sha256Method method);
extern bool sha256_known_answers(Sha256Method method);
extern const char *sha256_method_name(Sha256Method method);

/* ---- AES ---- */

#define AES_BLOCK		16
#define AES_ROUND_KEYS	15		/* of the longest key */

typedef enum AesMethod
{
	AES_PORTABLE,
	AES_NI,						/* x86: AES-NI */
	AES_ARMV8					/* ARMv8: cryptography extension */
} AesMethod;

#define AES_METHODS		3

/* the round keys, as bytes or as the portable method wants them */
typedef struct AesKey
{
	AesMethod	method;
	int			rounds;
	union
	{
		uint8		bytes[AES_ROUND_KEYS][AES_BLOCK];
		uint64		sliced[AES_ROUND_KEYS][8];
	}			round;
} AesKey;

/* a secret has 16, 24 or 32 bytes; blocks may be encrypted in place */
extern void aes_key(AesKey *key, const uint8 *secret, size_t len);
extern void aes_encrypt(const AesKey *key, const uint8 *in, uint8 *out, size_t blocks);

/* the method of new keys; to use another one is for tests */
extern AesMethod aes_method(void);
extern bool aes_use(AesMethod method);
extern void aes_choose_again(void);
extern bool aes_available(AesMethod method);
extern bool aes_known_answers(AesMethod method);
extern const char *aes_method_name(AesMethod method);

/* ---- CMAC (NIST SP 800-38B) ---- */

/* what is added to a last block that is whole, and to one that was padded */
typedef struct CmacKey
{
	AesKey		aes;
	uint8		whole[AES_BLOCK];
	uint8		padded[AES_BLOCK];
} CmacKey;

extern void cmac_key(CmacKey *key, const uint8 *secret, size_t len);
extern void cmac(const CmacKey *key, const CryptoPart *part, int parts, uint8 mac[AES_BLOCK]);

/* ---- AES-SIV (RFC 5297) ---- */

#define SIV_TAG			16		/* what is sealed is longer than the text by this */
#define SIV_MAX_ADS		126
#define SIV_MAX_TEXT	((size_t) 1 << 30)

typedef struct SivKey
{
	CmacKey		mac;
	AesKey		counter;
	uint8		zero[AES_BLOCK];
} SivKey;

/* a secret has 32, 48 or 64 bytes: half of it authenticates, half of it encrypts */
extern void siv_key(SivKey *key, const uint8 *secret, size_t len);

/*
 * Each value of the associated data counts by its place and its length.  Text and sealed bytes may
 * overlap.  siv_open() is false for what was not sealed so, and leaves zeros.
 */
extern void siv_seal(const SivKey *key, const CryptoPart *ad, int ads,
					 const void *text, size_t len, uint8 *sealed);
extern bool siv_open(const SivKey *key, const CryptoPart *ad, int ads,
					 const uint8 *sealed, size_t len, uint8 *text);

#endif							/* OMNI_PRIVACY_CRYPTO_H */
