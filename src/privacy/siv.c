/*
 * siv.c
 *	  AES-CMAC (NIST SP 800-38B) and AES-SIV (RFC 5297): what is sealed is the 16 bytes of the
 *	  synthetic initial value, then the cipher text, as long as the plain one.
 *
 * The same text under the same key and associated data is sealed into the same bytes, and a counter
 * is never repeated for different ones: there is no random value that could be lost or come twice.
 */
#include "postgres.h"
#include "compat.h"

#include "port/pg_bswap.h"

#include "privacy/crypto.h"

/* multiply by x in GF(2^128), in a time that does not depend on the bits */
static void
doubled(uint8 block[AES_BLOCK])
{
	uint8		carry = -(block[0] >> 7);

	for (int i = 0; i < AES_BLOCK - 1; i++)
		block[i] = block[i] << 1 | block[i + 1] >> 7;
	block[AES_BLOCK - 1] = (block[AES_BLOCK - 1] << 1) ^ (carry & 0x87);
}

static void
xor_block(uint8 *to, const uint8 *with)
{
	for (int i = 0; i < AES_BLOCK; i++)
		to[i] ^= with[i];
}

/* ---- CMAC ---- */

void
cmac_key(CmacKey *key, const uint8 *secret, size_t len)
{
	aes_key(&key->aes, secret, len);
	memset(key->whole, 0, AES_BLOCK);
	aes_encrypt(&key->aes, key->whole, key->whole, 1);
	doubled(key->whole);
	memcpy(key->padded, key->whole, AES_BLOCK);
	doubled(key->padded);
}

/* the last block waits in "rest" until it is known to be the last */
typedef struct Cmac
{
	const CmacKey *key;
	uint8		state[AES_BLOCK];
	uint8		rest[AES_BLOCK];
	int			held;
} Cmac;

static void
cmac_begin(Cmac *mac, const CmacKey *key)
{
	mac->key = key;
	mac->held = 0;
	memset(mac->state, 0, AES_BLOCK);
}

static void
cmac_add(Cmac *mac, const void *data, size_t len)
{
	const uint8 *from = data;

	while (len > 0)
	{
		size_t		n;

		if (mac->held == AES_BLOCK)
		{
			xor_block(mac->state, mac->rest);
			aes_encrypt(&mac->key->aes, mac->state, mac->state, 1);
			mac->held = 0;
		}
		n = Min(len, AES_BLOCK - mac->held);
		memcpy(mac->rest + mac->held, from, n);
		mac->held += n;
		from += n;
		len -= n;
	}
}

static void
cmac_end(Cmac *mac, uint8 out[AES_BLOCK])
{
	if (mac->held < AES_BLOCK)
	{
		mac->rest[mac->held] = 0x80;
		memset(mac->rest + mac->held + 1, 0, AES_BLOCK - mac->held - 1);
		xor_block(mac->rest, mac->key->padded);
	}
	else
		xor_block(mac->rest, mac->key->whole);
	xor_block(mac->state, mac->rest);
	aes_encrypt(&mac->key->aes, mac->state, out, 1);
	explicit_bzero(mac, sizeof(*mac));
}

void
cmac(const CmacKey *key, const CryptoPart *part, int parts, uint8 mac[AES_BLOCK])
{
	Cmac		state;

	cmac_begin(&state, key);
	for (int i = 0; i < parts; i++)
		cmac_add(&state, part[i].data, part[i].len);
	cmac_end(&state, mac);
}

/* ---- SIV ---- */

void
siv_key(SivKey *key, const uint8 *secret, size_t len)
{
	if (len != 32 && len != 48 && len != 64)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg_internal("a key of AES-SIV has %zu bytes", len)));
	cmac_key(&key->mac, secret, len / 2);
	aes_key(&key->counter, secret + len / 2, len / 2);
	/* what every value begins with */
	memset(key->zero, 0, AES_BLOCK);
	cmac(&key->mac, &(CryptoPart) {key->zero, AES_BLOCK}, 1, key->zero);
}

/* S2V: one value of the associated data, of which each has its place, and of the text */
static void
synthetic(const SivKey *key, const CryptoPart *ad, int ads, const uint8 *text, size_t len,
		  uint8 value[AES_BLOCK])
{
	uint8		sum[AES_BLOCK];
	uint8		one[AES_BLOCK];
	Cmac		mac;

	memcpy(sum, key->zero, AES_BLOCK);
	for (int i = 0; i < ads; i++)
	{
		doubled(sum);
		cmac(&key->mac, &ad[i], 1, one);
		xor_block(sum, one);
	}
	cmac_begin(&mac, &key->mac);
	if (len >= AES_BLOCK)
	{
		/* the sum is added to the end */
		cmac_add(&mac, text, len - AES_BLOCK);
		xor_block(sum, text + len - AES_BLOCK);
	}
	else
	{
		doubled(sum);
		memset(one, 0, AES_BLOCK);
		if (len > 0)
			memcpy(one, text, len);
		one[len] = 0x80;
		xor_block(sum, one);
	}
	cmac_add(&mac, sum, AES_BLOCK);
	cmac_end(&mac, value);
	explicit_bzero(sum, sizeof(sum));
	explicit_bzero(one, sizeof(one));
}

/*
 * Encrypts or decrypts in place.  Two bits of the value that counting begins at are cleared, so
 * that 2^31 blocks are counted without a carry out of the lower half.
 */
static void
count(const AesKey *key, const uint8 value[AES_BLOCK], uint8 *text, size_t len)
{
	uint8		stream[4 * AES_BLOCK];
	uint64		upper;
	uint64		lower;

	memcpy(&upper, value, 8);
	memcpy(&lower, value + 8, 8);
	lower = pg_ntoh64(lower) & UINT64CONST(0x7fffffff7fffffff);
	while (len > 0)
	{
		size_t		n = Min(len, sizeof(stream));
		size_t		blocks = (n + AES_BLOCK - 1) / AES_BLOCK;

		for (int i = 0; i < blocks; i++, lower++)
		{
			uint64		big_endian = pg_hton64(lower);

			memcpy(stream + i * AES_BLOCK, &upper, 8);
			memcpy(stream + i * AES_BLOCK + 8, &big_endian, 8);
		}
		aes_encrypt(key, stream, stream, blocks);
		for (int i = 0; i < n; i++)
			text[i] ^= stream[i];
		text += n;
		len -= n;
	}
	explicit_bzero(stream, sizeof(stream));
}

static void
check_sizes(int ads, size_t len)
{
	if (ads < 0 || ads > SIV_MAX_ADS || len > SIV_MAX_TEXT)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("AES-SIV seals at most %zu bytes with %d associated values",
						(size_t) SIV_MAX_TEXT, SIV_MAX_ADS)));
}

/*
 * "sealed" has room for len + SIV_TAG bytes; the text may lie anywhere in it.
 */
void
siv_seal(const SivKey *key, const CryptoPart *ad, int ads, const void *text, size_t len,
		 uint8 *sealed)
{
	uint8		value[AES_BLOCK];

	check_sizes(ads, len);
	synthetic(key, ad, ads, text, len, value);
	if (len > 0)
		memmove(sealed + SIV_TAG, text, len);
	memcpy(sealed, value, SIV_TAG);
	count(&key->counter, value, sealed + SIV_TAG, len);
	explicit_bzero(value, sizeof(value));
}

/*
 * "text" has room for len - SIV_TAG bytes, and may lie anywhere in what was sealed.  If that was
 * not sealed by this key with this associated data, the answer is false and the text all zeros.
 */
bool
siv_open(const SivKey *key, const CryptoPart *ad, int ads, const uint8 *sealed, size_t len,
		 uint8 *text)
{
	uint8		value[AES_BLOCK];
	uint8		wanted[AES_BLOCK];
	bool		genuine;

	if (len < SIV_TAG)
		return false;
	len -= SIV_TAG;
	check_sizes(ads, len);
	memcpy(value, sealed, SIV_TAG);
	if (len > 0)
		memmove(text, sealed + SIV_TAG, len);
	count(&key->counter, value, text, len);
	synthetic(key, ad, ads, text, len, wanted);
	genuine = crypto_equal(value, wanted, SIV_TAG);
	if (!genuine)
		explicit_bzero(text, len);
	explicit_bzero(wanted, sizeof(wanted));
	return genuine;
}
