/*
 * sha256.c
 *	  SHA-256 (FIPS 180-4), by the processor's own instructions where it has them.
 *
 * Which implementation runs is decided once in a process, which then has it hash the examples of
 * the standard: a wrong answer is an error, and never a reason to go on with another one.
 */
#include "postgres.h"
#include "compat.h"

#include "port/pg_bswap.h"

#include "privacy/crypto.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define HAVE_SHANI
#include <cpuid.h>
#include <immintrin.h>
#elif defined(__aarch64__) && defined(__linux__) && defined(__GNUC__)
#define HAVE_ARMV8_SHA
#include <arm_neon.h>
#include <sys/auxv.h>
#ifndef HWCAP_SHA2
#define HWCAP_SHA2	(1 << 6)
#endif
#endif

typedef void (*Compress) (uint32 state[8], const uint8 *data, size_t blocks);

static const uint32 K[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2
};

static const uint32 first_state[8] = {
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab,
	0x5be0cd19
};

/* ---- portable ---- */

static inline uint32
rotate(uint32 x, int n)
{
	return (x >> n) | (x << (32 - n));
}

#define ROUND(a, b, c, d, e, f, g, h, i) \
	do { \
		uint32		t = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + \
			((e & (f ^ g)) ^ g) + K[i] + w[(i) & 15]; \
		d += t; \
		h = t + (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) | (c & (a | b))); \
	} while (0)

static void
compress_portable(uint32 state[8], const uint8 *data, size_t blocks)
{
	for (; blocks > 0; blocks--, data += SHA256_BLOCK)
	{
		uint32		a = state[0],
					b = state[1],
					c = state[2],
					d = state[3],
					e = state[4],
					f = state[5],
					g = state[6],
					h = state[7];
		uint32		w[16];

		memcpy(w, data, SHA256_BLOCK);
		for (int i = 0; i < 16; i++)
			w[i] = pg_ntoh32(w[i]);
		for (int i = 0; i < 64; i += 8)
		{
			if (i >= 16)
			{
				for (int j = i; j < i + 8; j++)
				{
					uint32		x = w[(j + 1) & 15];
					uint32		y = w[(j + 14) & 15];

					w[j & 15] += (rotate(x, 7) ^ rotate(x, 18) ^ (x >> 3)) + w[(j + 9) & 15] +
						(rotate(y, 17) ^ rotate(y, 19) ^ (y >> 10));
				}
			}
			ROUND(a, b, c, d, e, f, g, h, i);
			ROUND(h, a, b, c, d, e, f, g, i + 1);
			ROUND(g, h, a, b, c, d, e, f, i + 2);
			ROUND(f, g, h, a, b, c, d, e, i + 3);
			ROUND(e, f, g, h, a, b, c, d, i + 4);
			ROUND(d, e, f, g, h, a, b, c, i + 5);
			ROUND(c, d, e, f, g, h, a, b, i + 6);
			ROUND(b, c, d, e, f, g, h, a, i + 7);
		}
		state[0] += a;
		state[1] += b;
		state[2] += c;
		state[3] += d;
		state[4] += e;
		state[5] += f;
		state[6] += g;
		state[7] += h;
	}
}

/* ---- x86 ---- */

#ifdef HAVE_SHANI

/*
 * The instructions want the state as (a b e f) and (c d g h), each with its first word on top, and
 * do two rounds each; four rounds use one vector of the message schedule.
 */
__attribute__((target("sha,sse4.1")))
static void
compress_shani(uint32 state[8], const uint8 *data, size_t blocks)
{
	const __m128i order = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
	__m128i		low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *) state), 0xb1);
	__m128i		high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *) (state + 4)), 0x1b);
	__m128i		abef = _mm_alignr_epi8(low, high, 8);
	__m128i		cdgh = _mm_blend_epi16(high, low, 0xf0);

	for (; blocks > 0; blocks--, data += SHA256_BLOCK)
	{
		__m128i		abef_before = abef;
		__m128i		cdgh_before = cdgh;
		__m128i		w[4];

		for (int i = 0; i < 4; i++)
			w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *) (data + 16 * i)), order);
#pragma GCC unroll 16
		for (int i = 0; i < 16; i++)
		{
			__m128i		wk;

			if (i >= 4)
			{
				__m128i		last = w[(i + 3) & 3];

				w[i & 3] = _mm_sha256msg1_epu32(w[i & 3], w[(i + 1) & 3]);
				w[i & 3] = _mm_add_epi32(w[i & 3], _mm_alignr_epi8(last, w[(i + 2) & 3], 4));
				w[i & 3] = _mm_sha256msg2_epu32(w[i & 3], last);
			}
			wk = _mm_add_epi32(w[i & 3], _mm_loadu_si128((const __m128i *) (K + 4 * i)));
			cdgh = _mm_sha256rnds2_epu32(cdgh, abef, wk);
			abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(wk, 0x0e));
		}
		abef = _mm_add_epi32(abef, abef_before);
		cdgh = _mm_add_epi32(cdgh, cdgh_before);
	}
	high = _mm_shuffle_epi32(abef, 0x1b);
	low = _mm_shuffle_epi32(cdgh, 0xb1);
	_mm_storeu_si128((__m128i *) state, _mm_blend_epi16(high, low, 0xf0));
	_mm_storeu_si128((__m128i *) (state + 4), _mm_alignr_epi8(low, high, 8));
}

/* leaf 7 tells of the SHA extensions; their registers are those of SSE */
static bool
can_shani(void)
{
	unsigned int a,
				b,
				c,
				d;

	return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSE4_1) && (c & bit_SSSE3) &&
		__get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & (1u << 29));
}

#endif							/* HAVE_SHANI */

/* ---- ARMv8 ---- */

#ifdef HAVE_ARMV8_SHA

#ifdef __clang__
__attribute__((target("sha2")))
#else
__attribute__((target("+sha2")))
#endif
static void
compress_armv8(uint32 state[8], const uint8 *data, size_t blocks)
{
	uint32x4_t	abcd = vld1q_u32(state);
	uint32x4_t	efgh = vld1q_u32(state + 4);

	for (; blocks > 0; blocks--, data += SHA256_BLOCK)
	{
		uint32x4_t	abcd_before = abcd;
		uint32x4_t	efgh_before = efgh;
		uint32x4_t	w[4];

		for (int i = 0; i < 4; i++)
			w[i] = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(data + 16 * i)));
#pragma GCC unroll 16
		for (int i = 0; i < 16; i++)
		{
			uint32x4_t	abcd_now = abcd;
			uint32x4_t	wk;

			if (i >= 4)
				w[i & 3] = vsha256su1q_u32(vsha256su0q_u32(w[i & 3], w[(i + 1) & 3]),
										   w[(i + 2) & 3], w[(i + 3) & 3]);
			wk = vaddq_u32(w[i & 3], vld1q_u32(K + 4 * i));
			abcd = vsha256hq_u32(abcd, efgh, wk);
			efgh = vsha256h2q_u32(efgh, abcd_now, wk);
		}
		abcd = vaddq_u32(abcd, abcd_before);
		efgh = vaddq_u32(efgh, efgh_before);
	}
	vst1q_u32(state, abcd);
	vst1q_u32(state + 4, efgh);
}

static bool
can_armv8(void)
{
	return (getauxval(AT_HWCAP) & HWCAP_SHA2) != 0;
}

#endif							/* HAVE_ARMV8_SHA */

/* ---- which one ---- */

static Compress compress = NULL;

static Compress
method_of(Sha256Method method)
{
	switch (method)
	{
		case SHA256_PORTABLE:
			return compress_portable;
		case SHA256_SHANI:
#ifdef HAVE_SHANI
			return can_shani() ? compress_shani : NULL;
#else
			return NULL;
#endif
		case SHA256_ARMV8:
#ifdef HAVE_ARMV8_SHA
			return can_armv8() ? compress_armv8 : NULL;
#else
			return NULL;
#endif
	}
	return NULL;
}

const char *
sha256_method_name(Sha256Method method)
{
	static const char *const name[SHA256_METHODS] = {"portable", "SHA-NI", "ARMv8"};

	return name[method];
}

static void
check_answer(Sha256Method method, const char *message, int repeat, const char *digest)
{
	CryptoPart	part[16];
	uint8		got[SHA256_BYTES];
	char		hex[2 * SHA256_BYTES + 1];

	for (int i = 0; i < repeat; i++)
		part[i] = (CryptoPart) {message, strlen(message)};
	sha256(part, repeat, got);
	for (int i = 0; i < SHA256_BYTES; i++)
		snprintf(hex + 2 * i, 3, "%02x", got[i]);
	if (strcmp(hex, digest) != 0)
	{
		compress = NULL;
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("SHA-256 by %s is wrong on this processor",
						sha256_method_name(method)),
				 errhint("Nothing can be pseudonymized here; report this with the processor's "
						 "name.")));
	}
}

/* the examples of FIPS 180-4: one block, two blocks, and one that is put together from parts */
bool
sha256_use(Sha256Method method)
{
	Compress	wanted = method_of(method);

	if (wanted == NULL)
		return false;
	compress = wanted;
	check_answer(method, "abc", 1,
				 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	check_answer(method, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
				 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	check_answer(method, "0123456701234567012345670123456701234567", 16,
				 "594847328451bdfa85056225462cc1d867d877fb388df0ce35f25ab5562bfbb5");
	return true;
}

static void
choose(void)
{
	if (!sha256_use(SHA256_SHANI) && !sha256_use(SHA256_ARMV8))
		(void) sha256_use(SHA256_PORTABLE);
}

/* ---- hashing ---- */

/* what is left over of a message waits in "rest"; "done" counts all bytes of it */
typedef struct Hash
{
	uint32		state[8];
	uint64		done;
	uint8		rest[SHA256_BLOCK];
} Hash;

static void
hash_add(Hash *hash, const void *data, size_t len)
{
	const uint8 *from = data;
	size_t		held = hash->done % SHA256_BLOCK;

	hash->done += len;
	if (held > 0)
	{
		size_t		n = Min(len, SHA256_BLOCK - held);

		memcpy(hash->rest + held, from, n);
		from += n;
		len -= n;
		if (held + n < SHA256_BLOCK)
			return;
		compress(hash->state, hash->rest, 1);
	}
	compress(hash->state, from, len / SHA256_BLOCK);
	from += len - len % SHA256_BLOCK;
	memcpy(hash->rest, from, len % SHA256_BLOCK);
}

static void
hash_end(Hash *hash, uint8 digest[SHA256_BYTES])
{
	size_t		held = hash->done % SHA256_BLOCK;
	uint64		bits = pg_hton64(hash->done * 8);

	hash->rest[held++] = 0x80;
	if (held > SHA256_BLOCK - sizeof(bits))
	{
		memset(hash->rest + held, 0, SHA256_BLOCK - held);
		compress(hash->state, hash->rest, 1);
		held = 0;
	}
	memset(hash->rest + held, 0, SHA256_BLOCK - sizeof(bits) - held);
	memcpy(hash->rest + SHA256_BLOCK - sizeof(bits), &bits, sizeof(bits));
	compress(hash->state, hash->rest, 1);
	for (int i = 0; i < 8; i++)
	{
		uint32		word = pg_hton32(hash->state[i]);

		memcpy(digest + 4 * i, &word, 4);
	}
}

void
sha256(const CryptoPart *part, int parts, uint8 digest[SHA256_BYTES])
{
	Hash		hash = {.done = 0};

	if (compress == NULL)
		choose();
	memcpy(hash.state, first_state, sizeof(first_state));
	for (int i = 0; i < parts; i++)
		hash_add(&hash, part[i].data, part[i].len);
	hash_end(&hash, digest);
	explicit_bzero(&hash, sizeof(hash));
}

/* ---- HMAC (RFC 2104) ---- */

static void
padded_state(uint32 state[8], const uint8 key[SHA256_BLOCK], uint8 pad)
{
	uint8		block[SHA256_BLOCK];

	for (int i = 0; i < SHA256_BLOCK; i++)
		block[i] = key[i] ^ pad;
	memcpy(state, first_state, sizeof(first_state));
	compress(state, block, 1);
	explicit_bzero(block, sizeof(block));
}

void
hmac_key(HmacKey *key, const void *secret, size_t len)
{
	uint8		block[SHA256_BLOCK] = {0};
	CryptoPart	whole = {secret, len};

	if (compress == NULL)
		choose();
	if (len > SHA256_BLOCK)
		sha256(&whole, 1, block);
	else
		memcpy(block, secret, len);
	padded_state(key->inner, block, 0x36);
	padded_state(key->outer, block, 0x5c);
	explicit_bzero(block, sizeof(block));
}

void
hmac(const HmacKey *key, const CryptoPart *part, int parts, uint8 mac[SHA256_BYTES])
{
	Hash		hash = {.done = SHA256_BLOCK};
	uint8		inner[SHA256_BYTES];

	if (compress == NULL)
		choose();
	memcpy(hash.state, key->inner, sizeof(hash.state));
	for (int i = 0; i < parts; i++)
		hash_add(&hash, part[i].data, part[i].len);
	hash_end(&hash, inner);
	memcpy(hash.state, key->outer, sizeof(hash.state));
	hash.done = SHA256_BLOCK;
	hash_add(&hash, inner, sizeof(inner));
	hash_end(&hash, mac);
	explicit_bzero(&hash, sizeof(hash));
	explicit_bzero(inner, sizeof(inner));
}

/* ---- HKDF (RFC 5869) ---- */

void
hkdf(const void *salt, size_t salt_len, const void *secret, size_t secret_len,
	 const CryptoPart *info, int infos, uint8 *out, size_t len)
{
	HmacKey		key;
	uint8		block[SHA256_BYTES];
	uint8		number = 0;
	CryptoPart	whole = {secret, secret_len};
	CryptoPart *part;

	Assert(len <= 255 * SHA256_BYTES);
	hmac_key(&key, salt, salt_len);
	hmac(&key, &whole, 1, block);
	hmac_key(&key, block, SHA256_BYTES);
	part = palloc((infos + 2) * sizeof(CryptoPart));
	memcpy(part + 1, info, infos * sizeof(CryptoPart));
	part[infos + 1] = (CryptoPart) {&number, 1};
	for (size_t at = 0; at < len; at += SHA256_BYTES)
	{
		/* the first block follows no other */
		part[0] = (CryptoPart) {block, at == 0 ? 0 : SHA256_BYTES};
		number++;
		hmac(&key, part, infos + 2, block);
		memcpy(out + at, block, Min(len - at, SHA256_BYTES));
	}
	pfree(part);
	explicit_bzero(block, sizeof(block));
	explicit_bzero(&key, sizeof(key));
}

bool
crypto_equal(const void *a, const void *b, size_t len)
{
	const volatile uint8 *x = a;
	const volatile uint8 *y = b;
	uint8		difference = 0;

	for (size_t i = 0; i < len; i++)
		difference |= x[i] ^ y[i];
	return difference == 0;
}
