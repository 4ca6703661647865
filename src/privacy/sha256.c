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
#define HAVE_X86
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

/*
 * A round adds what the message and the constant say to the oldest word, which the next one calls
 * its first.  The majority of a, b and c takes two steps where a xor b of the round before, "bc",
 * is kept.
 */
#define ROUND(a, b, c, d, e, f, g, h, wk) \
	do { \
		uint32		ab = a ^ b; \
		h += (wk) + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & (f ^ g)) ^ g); \
		d += h; \
		h += (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((bc & ab) ^ b); \
		bc = ab; \
	} while (0)

/* four rounds; after two times four, the names are where they were */
#define ROUNDS_ABCD(WK, i) \
	do { \
		ROUND(a, b, c, d, e, f, g, h, WK(i)); \
		ROUND(h, a, b, c, d, e, f, g, WK((i) + 1)); \
		ROUND(g, h, a, b, c, d, e, f, WK((i) + 2)); \
		ROUND(f, g, h, a, b, c, d, e, WK((i) + 3)); \
	} while (0)
#define ROUNDS_EFGH(WK, i) \
	do { \
		ROUND(e, f, g, h, a, b, c, d, WK(i)); \
		ROUND(d, e, f, g, h, a, b, c, WK((i) + 1)); \
		ROUND(c, d, e, f, g, h, a, b, WK((i) + 2)); \
		ROUND(b, c, d, e, f, g, h, a, WK((i) + 3)); \
	} while (0)
#define ROUNDS_16(WK) \
	do { \
		ROUNDS_ABCD(WK, 0); \
		ROUNDS_EFGH(WK, 4); \
		ROUNDS_ABCD(WK, 8); \
		ROUNDS_EFGH(WK, 12); \
	} while (0)

/* the words of the message, and the next ones of its schedule in their place */
#define FIRST(i)	(w[i] + k[i])
#define NEXT(i) \
	((w[i] += (rotate(w[((i) + 1) & 15], 7) ^ rotate(w[((i) + 1) & 15], 18) ^ \
			   (w[((i) + 1) & 15] >> 3)) + w[((i) + 9) & 15] + \
	  (rotate(w[((i) + 14) & 15], 17) ^ rotate(w[((i) + 14) & 15], 19) ^ \
	   (w[((i) + 14) & 15] >> 10))) + k[i])

static void
compress_portable(uint32 state[8], const uint8 *data, size_t blocks)
{
	for (; blocks > 0; blocks--, data += SHA256_BLOCK)
	{
		const uint32 *k = K;
		uint32		w[16];
		uint32		a = state[0],
					b = state[1],
					c = state[2],
					d = state[3],
					e = state[4],
					f = state[5],
					g = state[6],
					h = state[7],
					bc = b ^ c;

		memcpy(w, data, SHA256_BLOCK);
		for (int i = 0; i < 16; i++)
			w[i] = pg_ntoh32(w[i]);
		ROUNDS_16(FIRST);
		for (int i = 16; i < 64; i += 16)
		{
			k += 16;
			ROUNDS_16(NEXT);
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

#ifdef HAVE_X86

/*
 * Where there are no SHA extensions, the message schedule is made four words at a time while the
 * rounds, which rotate without moving first, use the words made before.
 */
#define MADE(i)		wk[i]
#define MAKE(x0, x1, x2, x3) \
	do { \
		__m128i		t = _mm_alignr_epi8(x1, x0, 4); \
		__m128i		u = _mm_xor_si128(_mm_srli_epi32(t, 7), _mm_slli_epi32(t, 25)); \
		u = _mm_xor_si128(u, _mm_xor_si128(_mm_srli_epi32(t, 18), _mm_slli_epi32(t, 14))); \
		u = _mm_xor_si128(u, _mm_srli_epi32(t, 3)); \
		x0 = _mm_add_epi32(_mm_add_epi32(x0, _mm_alignr_epi8(x3, x2, 4)), u); \
		/* two words, each twice in 64 bits, so that shifts rotate; then two that need them */ \
		t = _mm_shuffle_epi32(x3, 0xfa); \
		u = _mm_xor_si128(_mm_srli_epi64(t, 17), _mm_srli_epi64(t, 19)); \
		u = _mm_xor_si128(u, _mm_srli_epi32(t, 10)); \
		x0 = _mm_add_epi32(x0, _mm_shuffle_epi8(u, to_low)); \
		t = _mm_shuffle_epi32(x0, 0x50); \
		u = _mm_xor_si128(_mm_srli_epi64(t, 17), _mm_srli_epi64(t, 19)); \
		u = _mm_xor_si128(u, _mm_srli_epi32(t, 10)); \
		x0 = _mm_add_epi32(x0, _mm_shuffle_epi8(u, to_high)); \
	} while (0)
#define KEEP(i, x) \
	_mm_storeu_si128((__m128i *) (wk + (i)), \
					 _mm_add_epi32(x, _mm_loadu_si128((const __m128i *) (k + (i)))))

__attribute__((target("avx2,bmi2")))
static void
compress_avx2(uint32 state[8], const uint8 *data, size_t blocks)
{
	const __m128i order = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
	const __m128i to_low = _mm_set_epi64x(-1LL, 0x0b0a090803020100LL);
	const __m128i to_high = _mm_set_epi64x(0x0b0a090803020100LL, -1LL);

	for (; blocks > 0; blocks--, data += SHA256_BLOCK)
	{
		const uint32 *k = K;
		uint32		wk[16];
		__m128i		w0 = _mm_loadu_si128((const __m128i *) data);
		__m128i		w1 = _mm_loadu_si128((const __m128i *) (data + 16));
		__m128i		w2 = _mm_loadu_si128((const __m128i *) (data + 32));
		__m128i		w3 = _mm_loadu_si128((const __m128i *) (data + 48));
		uint32		a = state[0],
					b = state[1],
					c = state[2],
					d = state[3],
					e = state[4],
					f = state[5],
					g = state[6],
					h = state[7],
					bc = b ^ c;

		w0 = _mm_shuffle_epi8(w0, order);
		w1 = _mm_shuffle_epi8(w1, order);
		w2 = _mm_shuffle_epi8(w2, order);
		w3 = _mm_shuffle_epi8(w3, order);
		KEEP(0, w0);
		KEEP(4, w1);
		KEEP(8, w2);
		KEEP(12, w3);
		for (int i = 16; i < 64; i += 16)
		{
			k += 16;
			MAKE(w0, w1, w2, w3);
			ROUNDS_ABCD(MADE, 0);
			KEEP(0, w0);
			MAKE(w1, w2, w3, w0);
			ROUNDS_EFGH(MADE, 4);
			KEEP(4, w1);
			MAKE(w2, w3, w0, w1);
			ROUNDS_ABCD(MADE, 8);
			KEEP(8, w2);
			MAKE(w3, w0, w1, w2);
			ROUNDS_EFGH(MADE, 12);
			KEEP(12, w3);
		}
		ROUNDS_16(MADE);
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

/* whether the system keeps the registers of AVX is asked, too */
static bool
can_avx2(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
}

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

#endif							/* HAVE_X86 */

/* ---- ARMv8 ---- */

#ifdef HAVE_ARMV8_SHA

/*
 * The compilers have functions for the instructions, but only where every processor that is built
 * for has them.
 */
#define SHA_INSTRUCTION(text)	".arch_extension sha2\n\t" text

static inline uint32x4_t
next_words(uint32x4_t w0, uint32x4_t w1, uint32x4_t w2, uint32x4_t w3)
{
	__asm__(SHA_INSTRUCTION("sha256su0 %0.4s, %1.4s") : "+w" (w0) : "w" (w1));
	__asm__(SHA_INSTRUCTION("sha256su1 %0.4s, %1.4s, %2.4s") : "+w" (w0) : "w" (w2), "w" (w3));
	return w0;
}

static inline uint32x4_t
rounds_abcd(uint32x4_t abcd, uint32x4_t efgh, uint32x4_t wk)
{
	__asm__(SHA_INSTRUCTION("sha256h %q0, %q1, %2.4s") : "+w" (abcd) : "w" (efgh), "w" (wk));
	return abcd;
}

static inline uint32x4_t
rounds_efgh(uint32x4_t efgh, uint32x4_t abcd, uint32x4_t wk)
{
	__asm__(SHA_INSTRUCTION("sha256h2 %q0, %q1, %2.4s") : "+w" (efgh) : "w" (abcd), "w" (wk));
	return efgh;
}

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
				w[i & 3] = next_words(w[i & 3], w[(i + 1) & 3], w[(i + 2) & 3], w[(i + 3) & 3]);
			wk = vaddq_u32(w[i & 3], vld1q_u32(K + 4 * i));
			abcd = rounds_abcd(abcd, efgh, wk);
			efgh = rounds_efgh(efgh, abcd_now, wk);
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
static Sha256Method method_now;

static Compress
method_of(Sha256Method method)
{
	switch (method)
	{
		case SHA256_PORTABLE:
			return compress_portable;
#ifdef HAVE_X86
		case SHA256_AVX2:
			return can_avx2() ? compress_avx2 : NULL;
		case SHA256_SHANI:
			return can_shani() ? compress_shani : NULL;
#endif
#ifdef HAVE_ARMV8_SHA
		case SHA256_ARMV8:
			return can_armv8() ? compress_armv8 : NULL;
#endif
		default:
			return NULL;
	}
}

const char *
sha256_method_name(Sha256Method method)
{
	static const char *const name[SHA256_METHODS] = {"portable", "AVX2", "SHA-NI", "ARMv8"};

	return name[method];
}

bool
sha256_available(Sha256Method method)
{
	return method_of(method) != NULL;
}

static bool
gives(const char *message, int repeat, const uint8 digest[SHA256_BYTES])
{
	CryptoPart	part[16];
	uint8		got[SHA256_BYTES];

	for (int i = 0; i < repeat; i++)
		part[i] = (CryptoPart) {message, strlen(message)};
	sha256(part, repeat, got);
	return memcmp(got, digest, SHA256_BYTES) == 0;
}

/* the examples of FIPS 180-4: one block, two blocks, and one that is put together from parts */
bool
sha256_known_answers(Sha256Method method)
{
	static const uint8 one[SHA256_BYTES] = {
		0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae,
		0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61,
		0xf2, 0x00, 0x15, 0xad
	};
	static const uint8 two[SHA256_BYTES] = {
		0x24, 0x8d, 0x6a, 0x61, 0xd2, 0x06, 0x38, 0xb8, 0xe5, 0xc0, 0x26, 0x93, 0x0c, 0x3e,
		0x60, 0x39, 0xa3, 0x3c, 0xe4, 0x59, 0x64, 0xff, 0x21, 0x67, 0xf6, 0xec, 0xed, 0xd4,
		0x19, 0xdb, 0x06, 0xc1
	};
	static const uint8 parts[SHA256_BYTES] = {
		0x59, 0x48, 0x47, 0x32, 0x84, 0x51, 0xbd, 0xfa, 0x85, 0x05, 0x62, 0x25, 0x46, 0x2c,
		0xc1, 0xd8, 0x67, 0xd8, 0x77, 0xfb, 0x38, 0x8d, 0xf0, 0xce, 0x35, 0xf2, 0x5a, 0xb5,
		0x56, 0x2b, 0xfb, 0xb5
	};
	Compress	before = compress;
	bool		right;

	compress = method_of(method);
	if (compress == NULL)
	{
		compress = before;
		return false;
	}
	right = gives("abc", 1, one) &&
		gives("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, two) &&
		gives("0123456701234567012345670123456701234567", 16, parts);
	compress = before;
	return right;
}

bool
sha256_use(Sha256Method method)
{
	if (!sha256_available(method))
		return false;
	if (!sha256_known_answers(method))
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("SHA-256 by %s is wrong on this processor",
						sha256_method_name(method)),
				 errhint("Nothing can be pseudonymized here; report this with the processor's "
						 "name.")));
	compress = method_of(method);
	method_now = method;
	return true;
}

static void
choose(void)
{
	if (!sha256_use(SHA256_SHANI) && !sha256_use(SHA256_ARMV8) && !sha256_use(SHA256_AVX2))
		(void) sha256_use(SHA256_PORTABLE);
}

Sha256Method
sha256_method(void)
{
	if (compress == NULL)
		choose();
	return method_now;
}

void
sha256_choose_again(void)
{
	compress = NULL;
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

	if (len == 0)
		return;
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

static inline void
put_words(const uint32 state[8], uint8 *to)
{
	for (int i = 0; i < 8; i++)
	{
		uint32		word = pg_hton32(state[i]);

		memcpy(to + 4 * i, &word, 4);
	}
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
	put_words(hash->state, digest);
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
	else if (len > 0)
		memcpy(block, secret, len);
	padded_state(key->inner, block, 0x36);
	padded_state(key->outer, block, 0x5c);
	explicit_bzero(block, sizeof(block));
	crypto_clean_stack();
}

/* what a message of up to 55 bytes needs besides: one bit, and its length */
#define SHORT_MESSAGE	(SHA256_BLOCK - 9)

/*
 * The second hash is of one block, of which the first half is the first one's answer.  A short
 * message is one block, too, and is not collected first: names of customers are short.
 */
void
hmac(const HmacKey *key, const CryptoPart *part, int parts, uint8 mac[SHA256_BYTES])
{
	uint32		state[8];
	uint8		block[SHA256_BLOCK];
	size_t		len = 0;

	if (compress == NULL)
		choose();
	for (int i = 0; i < parts; i++)
		len += part[i].len;
	if (len <= SHORT_MESSAGE)
	{
		size_t		at = 0;
		uint16		bits = (SHA256_BLOCK + len) * 8;

		memset(block, 0, sizeof(block));
		for (int i = 0; i < parts; i++)
		{
			if (part[i].len > 0)
				memcpy(block + at, part[i].data, part[i].len);
			at += part[i].len;
		}
		block[len] = 0x80;
		block[SHA256_BLOCK - 2] = bits >> 8;
		block[SHA256_BLOCK - 1] = bits & 0xff;
		memcpy(state, key->inner, sizeof(state));
		compress(state, block, 1);
		put_words(state, block);
	}
	else
	{
		Hash		hash = {.done = SHA256_BLOCK};

		memcpy(hash.state, key->inner, sizeof(hash.state));
		for (int i = 0; i < parts; i++)
			hash_add(&hash, part[i].data, part[i].len);
		hash_end(&hash, block);
		explicit_bzero(&hash, sizeof(hash));
	}
	memset(block + SHA256_BYTES, 0, SHA256_BLOCK - SHA256_BYTES);
	block[SHA256_BYTES] = 0x80;
	block[SHA256_BLOCK - 2] = (SHA256_BLOCK + SHA256_BYTES) * 8 / 256;
	memcpy(state, key->outer, sizeof(state));
	compress(state, block, 1);
	put_words(state, mac);
	explicit_bzero(state, sizeof(state));
	explicit_bzero(block, sizeof(block));
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

	if (len > HKDF_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg_internal("HKDF gives at most %d bytes", HKDF_MAX)));
	hmac_key(&key, salt, salt_len);
	hmac(&key, &whole, 1, block);
	hmac_key(&key, block, SHA256_BYTES);
	part = palloc((infos + 2) * sizeof(CryptoPart));
	for (int i = 0; i < infos; i++)
		part[i + 1] = info[i];
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

/* a frame of its own lies where those of the functions before it lay */
pg_noinline void
crypto_clean_stack(void)
{
	uint8		frame[2048];

	explicit_bzero(frame, sizeof(frame));
}
