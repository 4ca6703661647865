/*
 * aes.c
 *	  AES (FIPS 197), the direction that encrypts, by the processor's own instructions where it has
 *	  them.
 *
 * The portable implementation looks nothing up by a secret: it is bitsliced, so that four blocks go
 * through the gates of the S-box at once, in the same time whatever they hold.  The circuit is that
 * of J. Boyar and R. Peralta, "A new combinational logic minimization technique with applications
 * to cryptology" (2009), 115 gates.  Modes that decrypt by encrypting (CTR, and SIV on top of it)
 * are all that is built on this, so there is no inverse.
 *
 * A key remembers the method it was made for, and is used by that one only.
 */
#include "postgres.h"
#include "compat.h"

#include "port/pg_bswap.h"

#include "privacy/crypto.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define HAVE_AESNI
#include <cpuid.h>
#include <immintrin.h>
#elif defined(__aarch64__) && defined(__linux__) && defined(__GNUC__)
#define HAVE_ARMV8_AES
#include <arm_neon.h>
#include <sys/auxv.h>
#ifndef HWCAP_AES
#define HWCAP_AES	(1 << 3)
#endif
#endif

/* ---- portable ---- */

/*
 * Four blocks, sliced: bit p of word b is bit b of the byte in row r and column c of block k, where
 * p = 16 * r + 4 * c + k.
 */
#define LANES	4
typedef uint64 Slices[8];

/* the S-box on 64 bytes at once; x0 is the uppermost bit, as in the paper */
static void
sub_bytes(Slices q)
{
	uint64		x0 = q[7],
				x1 = q[6],
				x2 = q[5],
				x3 = q[4],
				x4 = q[3],
				x5 = q[2],
				x6 = q[1],
				x7 = q[0];

	/* to the basis of a tower of fields */
	uint64		y14 = x3 ^ x5;
	uint64		y13 = x0 ^ x6;
	uint64		y9 = x0 ^ x3;
	uint64		y8 = x0 ^ x5;
	uint64		t0 = x1 ^ x2;
	uint64		y1 = t0 ^ x7;
	uint64		y4 = y1 ^ x3;
	uint64		y12 = y13 ^ y14;
	uint64		y2 = y1 ^ x0;
	uint64		y5 = y1 ^ x6;
	uint64		y3 = y5 ^ y8;
	uint64		t1 = x4 ^ y12;
	uint64		y15 = t1 ^ x5;
	uint64		y20 = t1 ^ x1;
	uint64		y6 = y15 ^ x7;
	uint64		y10 = y15 ^ t0;
	uint64		y11 = y20 ^ y9;
	uint64		y7 = x7 ^ y11;
	uint64		y17 = y10 ^ y11;
	uint64		y19 = y10 ^ y8;
	uint64		y16 = t0 ^ y11;
	uint64		y21 = y13 ^ y16;
	uint64		y18 = x0 ^ y16;

	/* the inverse */
	uint64		t2 = y12 & y15;
	uint64		t4 = (y3 & y6) ^ t2;
	uint64		t6 = (y4 & x7) ^ t2;
	uint64		t7 = y13 & y16;
	uint64		t9 = (y5 & y1) ^ t7;
	uint64		t11 = (y2 & y7) ^ t7;
	uint64		t12 = y9 & y11;
	uint64		t14 = (y14 & y17) ^ t12;
	uint64		t16 = (y8 & y10) ^ t12;
	uint64		t21 = t4 ^ t14 ^ y20;
	uint64		t22 = t6 ^ t16 ^ y19;
	uint64		t23 = t9 ^ t14 ^ y21;
	uint64		t24 = t11 ^ t16 ^ y18;
	uint64		t25 = t21 ^ t22;
	uint64		t26 = t21 & t23;
	uint64		t27 = t24 ^ t26;
	uint64		t29 = (t25 & t27) ^ t22;
	uint64		t33 = ((t22 ^ t26) & (t23 ^ t24)) ^ t24;
	uint64		t36 = t24 & (t27 ^ t33);
	uint64		t37 = t36 ^ t23 ^ t33;
	uint64		t40 = t25 ^ (t29 & (t27 ^ t36));
	uint64		t41 = t40 ^ t37;
	uint64		t42 = t29 ^ t33;
	uint64		t43 = t29 ^ t40;
	uint64		t44 = t33 ^ t37;
	uint64		t45 = t42 ^ t41;
	uint64		z0 = t44 & y15;
	uint64		z1 = t37 & y6;
	uint64		z2 = t33 & x7;
	uint64		z3 = t43 & y16;
	uint64		z4 = t40 & y1;
	uint64		z5 = t29 & y7;
	uint64		z6 = t42 & y11;
	uint64		z7 = t45 & y17;
	uint64		z8 = t41 & y10;
	uint64		z9 = t44 & y12;
	uint64		z10 = t37 & y3;
	uint64		z11 = t33 & y4;
	uint64		z12 = t43 & y13;
	uint64		z13 = t40 & y5;
	uint64		z14 = t29 & y2;
	uint64		z15 = t42 & y9;
	uint64		z16 = t45 & y14;
	uint64		z17 = t41 & y8;

	/* back, and the affine part */
	uint64		t46 = z15 ^ z16;
	uint64		t48 = z5 ^ z13;
	uint64		t53 = z0 ^ z3;
	uint64		t57 = z2 ^ z12 ^ t53;
	uint64		t58 = z4 ^ t46;
	uint64		t59 = z3 ^ z6 ^ z7;
	uint64		t62 = z7 ^ z8 ^ t58;
	uint64		t63 = z9 ^ z10 ^ t58;
	uint64		t64 = z4 ^ t59;
	uint64		t65 = z14 ^ t57 ^ t62;
	uint64		t66 = z1 ^ t63;
	uint64		s3 = t53 ^ t66;

	q[7] = t59 ^ t63;
	q[6] = t64 ^ ~s3;
	q[5] = z16 ^ z17 ^ ~(t64 ^ t65);
	q[4] = s3;
	q[3] = z2 ^ z5 ^ t66;
	q[2] = z10 ^ z11 ^ t65;
	q[1] = z12 ^ t48 ^ ~t62;
	q[0] = t48 ^ ~(t46 ^ t57);
}

/* row r goes r columns to the left */
static void
shift_rows(Slices q)
{
	for (int b = 0; b < 8; b++)
	{
		uint64		x = q[b];

		q[b] = (x & UINT64CONST(0x000000000000ffff)) |
			((x >> 4) & UINT64CONST(0x000000000fff0000)) |
			((x << 12) & UINT64CONST(0x00000000f0000000)) |
			((x >> 8) & UINT64CONST(0x000000ff00000000)) |
			((x << 8) & UINT64CONST(0x0000ff0000000000)) |
			((x >> 12) & UINT64CONST(0x000f000000000000)) |
			((x << 4) & UINT64CONST(0xfff0000000000000));
	}
}

/* row r becomes 2 (r + (r + 1)) + (r + 1) + (r + 2) + (r + 3); rows are 16 bits apart */
static void
mix_columns(Slices q)
{
	Slices		next;
	Slices		sum;

	for (int b = 0; b < 8; b++)
	{
		next[b] = (q[b] >> 16) | (q[b] << 48);
		sum[b] = q[b] ^ next[b];
	}
	for (int b = 0; b < 8; b++)
		q[b] = (b == 0 ? sum[7] : sum[b - 1]) ^ next[b] ^ (sum[b] >> 32) ^ (sum[b] << 32);
	/* what leaves at the top comes back as x^4 + x^3 + x + 1 */
	q[1] ^= sum[7];
	q[3] ^= sum[7];
	q[4] ^= sum[7];
}

/* bits change places between the words of a pair that are n apart; its own inverse */
static void
swap_bits(Slices q, int apart, uint64 mask)
{
	for (int i = 0; i < 8; i++)
	{
		uint64		x;

		if (i & apart)
			continue;
		x = ((q[i] >> apart) ^ q[i + apart]) & mask;
		q[i + apart] ^= x;
		q[i] ^= x << apart;
	}
}

static void
transpose(Slices q)
{
	swap_bits(q, 1, UINT64CONST(0x5555555555555555));
	swap_bits(q, 2, UINT64CONST(0x3333333333333333));
	swap_bits(q, 4, UINT64CONST(0x0f0f0f0f0f0f0f0f));
}

/* a column's four bytes to every second byte, and back */
static uint64
spread(const uint8 *column)
{
	uint64		x = column[0] | (uint64) column[1] << 16 | (uint64) column[2] << 32;

	return x | (uint64) column[3] << 48;
}

static void
gather(uint64 x, uint8 *column)
{
	for (int r = 0; r < 4; r++)
		column[r] = (uint8) (x >> (16 * r));
}

static void
slice(Slices q, const uint8 *in, int blocks)
{
	memset(q, 0, sizeof(Slices));
	for (int k = 0; k < blocks; k++, in += AES_BLOCK)
	{
		q[k] = spread(in) | spread(in + 8) << 8;
		q[k + LANES] = spread(in + 4) | spread(in + 12) << 8;
	}
	transpose(q);
}

static void
unslice(Slices q, uint8 *out, int blocks)
{
	transpose(q);
	for (int k = 0; k < blocks; k++, out += AES_BLOCK)
	{
		gather(q[k], out);
		gather(q[k] >> 8, out + 8);
		gather(q[k + LANES], out + 4);
		gather(q[k + LANES] >> 8, out + 12);
	}
}

static void
add_key(Slices q, const Slices key)
{
	for (int b = 0; b < 8; b++)
		q[b] ^= key[b];
}

static void
encrypt_portable(const AesKey *key, const uint8 *in, uint8 *out, size_t blocks)
{
	Slices		q;

	while (blocks > 0)
	{
		int			n = Min(blocks, LANES);

		slice(q, in, n);
		add_key(q, key->round.sliced[0]);
		for (int i = 1; i < key->rounds; i++)
		{
			sub_bytes(q);
			shift_rows(q);
			mix_columns(q);
			add_key(q, key->round.sliced[i]);
		}
		sub_bytes(q);
		shift_rows(q);
		add_key(q, key->round.sliced[key->rounds]);
		unslice(q, out, n);
		in += n * AES_BLOCK;
		out += n * AES_BLOCK;
		blocks -= n;
	}
	explicit_bzero(q, sizeof(q));
}

/* the S-box on the four bytes of a word: the first column of one block */
static uint32
sub_word_portable(uint32 word)
{
	uint8		block[AES_BLOCK] = {0};
	Slices		q;

	memcpy(block, &word, 4);
	slice(q, block, 1);
	sub_bytes(q);
	unslice(q, block, 1);
	memcpy(&word, block, 4);
	return word;
}

/* ---- x86 ---- */

#ifdef HAVE_AESNI

__attribute__((target("aes,sse2")))
static void
encrypt_aesni(const AesKey *key, const uint8 *in, uint8 *out, size_t blocks)
{
	const __m128i *round = (const __m128i *) key->round.bytes;
	int			last = key->rounds;

	/* an instruction takes longer than it keeps the unit busy: four at a time where there are */
	for (; blocks >= LANES; blocks -= LANES, in += LANES * AES_BLOCK, out += LANES * AES_BLOCK)
	{
		__m128i		x[LANES];

		for (int k = 0; k < LANES; k++)
			x[k] = _mm_xor_si128(_mm_loadu_si128((const __m128i *) in + k),
								 _mm_loadu_si128(round));
		for (int i = 1; i < last; i++)
		{
			for (int k = 0; k < LANES; k++)
				x[k] = _mm_aesenc_si128(x[k], _mm_loadu_si128(round + i));
		}
		for (int k = 0; k < LANES; k++)
			_mm_storeu_si128((__m128i *) out + k,
							 _mm_aesenclast_si128(x[k], _mm_loadu_si128(round + last)));
	}
	for (; blocks > 0; blocks--, in += AES_BLOCK, out += AES_BLOCK)
	{
		__m128i		x = _mm_xor_si128(_mm_loadu_si128((const __m128i *) in),
									  _mm_loadu_si128(round));

		for (int i = 1; i < last; i++)
			x = _mm_aesenc_si128(x, _mm_loadu_si128(round + i));
		_mm_storeu_si128((__m128i *) out,
						 _mm_aesenclast_si128(x, _mm_loadu_si128(round + last)));
	}
}

/* the last round with a key of zeros; rows shift nothing where all columns are the same */
__attribute__((target("aes,sse2")))
static uint32
sub_word_aesni(uint32 word)
{
	return _mm_cvtsi128_si32(_mm_aesenclast_si128(_mm_set1_epi32(word), _mm_setzero_si128()));
}

static bool
can_aesni(void)
{
	unsigned int a,
				b,
				c,
				d;

	return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_AES);
}

#endif							/* HAVE_AESNI */

/* ---- ARMv8 ---- */

#ifdef HAVE_ARMV8_AES

/*
 * The compilers have functions for the instructions, but only where every processor that is built
 * for has them.  The first adds the key, and then does what a last round does.
 */
static inline uint8x16_t
round_last(uint8x16_t x, uint8x16_t key)
{
	__asm__(".arch_extension aes\n\taese %0.16b, %1.16b" : "+w" (x) : "w" (key));
	return x;
}

static inline uint8x16_t
round_mixed(uint8x16_t x, uint8x16_t key)
{
	x = round_last(x, key);
	__asm__(".arch_extension aes\n\taesmc %0.16b, %0.16b" : "+w" (x));
	return x;
}

static void
encrypt_armv8(const AesKey *key, const uint8 *in, uint8 *out, size_t blocks)
{
	int			last = key->rounds;

	while (blocks > 0)
	{
		int			n = Min(blocks, LANES);
		uint8x16_t	x[LANES];

		for (int k = 0; k < n; k++)
			x[k] = vld1q_u8(in + k * AES_BLOCK);
		for (int i = 0; i < last - 1; i++)
		{
			uint8x16_t	round = vld1q_u8(key->round.bytes[i]);

			for (int k = 0; k < n; k++)
				x[k] = round_mixed(x[k], round);
		}
		for (int k = 0; k < n; k++)
		{
			x[k] = round_last(x[k], vld1q_u8(key->round.bytes[last - 1]));
			vst1q_u8(out + k * AES_BLOCK, veorq_u8(x[k], vld1q_u8(key->round.bytes[last])));
		}
		in += n * AES_BLOCK;
		out += n * AES_BLOCK;
		blocks -= n;
	}
}

/* as sub_word_aesni() */
static uint32
sub_word_armv8(uint32 word)
{
	uint8x16_t	x = round_last(vreinterpretq_u8_u32(vdupq_n_u32(word)), vdupq_n_u8(0));

	return vgetq_lane_u32(vreinterpretq_u32_u8(x), 0);
}

static bool
can_armv8(void)
{
	return (getauxval(AT_HWCAP) & HWCAP_AES) != 0;
}

#endif							/* HAVE_ARMV8_AES */

/* ---- which one ---- */

typedef struct AesFunctions
{
	void		(*encrypt) (const AesKey *key, const uint8 *in, uint8 *out, size_t blocks);
	uint32		(*sub_word) (uint32 word);
} AesFunctions;

/* what a method does; no functions where the compiler has none */
static const AesFunctions functions[AES_METHODS] = {
	[AES_PORTABLE] = {encrypt_portable, sub_word_portable},
#ifdef HAVE_AESNI
	[AES_NI] = {encrypt_aesni, sub_word_aesni},
#endif
#ifdef HAVE_ARMV8_AES
	[AES_ARMV8] = {encrypt_armv8, sub_word_armv8},
#endif
};

/* the method of new keys, once it has given the known answers */
static bool chosen = false;
static AesMethod method_now;

bool
aes_available(AesMethod method)
{
	switch (method)
	{
		case AES_PORTABLE:
			return true;
		case AES_NI:
#ifdef HAVE_AESNI
			return can_aesni();
#else
			return false;
#endif
		case AES_ARMV8:
#ifdef HAVE_ARMV8_AES
			return can_armv8();
#else
			return false;
#endif
	}
	return false;
}

const char *
aes_method_name(AesMethod method)
{
	static const char *const name[AES_METHODS] = {"portable", "AES-NI", "ARMv8"};

	return name[method];
}

/*
 * The key schedule is the same for all methods, but for who looks a word up and for the form in
 * which the round keys are kept.
 */
static void
expand(AesKey *key, AesMethod method, const uint8 *secret, size_t len)
{
	uint32		(*sub_word) (uint32 word) = functions[method].sub_word;
	uint32		w[AES_ROUND_KEYS * AES_BLOCK / 4];
	int			words = len / 4;
	int			total;
	uint32		power = 1;

	key->method = method;
	key->rounds = words + 6;
	total = 4 * (key->rounds + 1);
	memcpy(w, secret, len);
	for (int i = 0; i < words; i++)
		w[i] = pg_ntoh32(w[i]);
	for (int i = words, at = 0; i < total; i++)
	{
		uint32		t = w[i - 1];

		if (at == 0)
		{
			t = sub_word(t << 8 | t >> 24) ^ power << 24;
			power = (power << 1) ^ (power & 0x80 ? 0x11b : 0);
		}
		else if (words > 6 && at == 4)
			t = sub_word(t);
		w[i] = w[i - words] ^ t;
		at = at + 1 == words ? 0 : at + 1;
	}
	for (int i = 0; i < total; i++)
		w[i] = pg_hton32(w[i]);
	if (method != AES_PORTABLE)
		memcpy(key->round.bytes, w, total * 4);
	else
	{
		/* all lanes have the same key */
		for (int i = 0; i <= key->rounds; i++)
		{
			uint8		same[LANES * AES_BLOCK];

			for (int k = 0; k < LANES; k++)
				memcpy(same + k * AES_BLOCK, w + 4 * i, AES_BLOCK);
			slice(key->round.sliced[i], same, LANES);
			explicit_bzero(same, sizeof(same));
		}
	}
	explicit_bzero(w, sizeof(w));
	crypto_clean_stack();
}

/*
 * The examples of FIPS 197, appendix C: the key is 00 01 02 ..., the block 00 11 22 ...; five
 * blocks, so that full lanes and single ones are both asked.
 */
bool
aes_known_answers(AesMethod method)
{
	static const uint8 answer[3][AES_BLOCK] = {
		{0x69, 0xc4, 0xe0, 0xd8, 0x6a, 0x7b, 0x04, 0x30,
		0xd8, 0xcd, 0xb7, 0x80, 0x70, 0xb4, 0xc5, 0x5a},
		{0xdd, 0xa9, 0x7c, 0xa4, 0x86, 0x4c, 0xdf, 0xe0,
		0x6e, 0xaf, 0x70, 0xa0, 0xec, 0x0d, 0x71, 0x91},
		{0x8e, 0xa2, 0xb7, 0xca, 0x51, 0x67, 0x45, 0xbf,
		0xea, 0xfc, 0x49, 0x90, 0x4b, 0x49, 0x60, 0x89}
	};
	bool		right = true;

	for (int i = 0; i < lengthof(answer); i++)
	{
		AesKey		key;
		uint8		secret[32];
		uint8		blocks[(LANES + 1) * AES_BLOCK];

		for (int j = 0; j < sizeof(secret); j++)
			secret[j] = j;
		for (int j = 0; j < sizeof(blocks); j++)
			blocks[j] = 0x11 * (j % AES_BLOCK);
		expand(&key, method, secret, 16 + 8 * i);
		functions[method].encrypt(&key, blocks, blocks, LANES + 1);
		for (int k = 0; k <= LANES; k++)
			right = right && memcmp(blocks + k * AES_BLOCK, answer[i], AES_BLOCK) == 0;
	}
	return right;
}

bool
aes_use(AesMethod method)
{
	if (!aes_available(method))
		return false;
	if (!aes_known_answers(method))
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("AES by %s is wrong on this processor", aes_method_name(method)),
				 errhint("No token can be made or read here; report this with the processor's "
						 "name.")));
	method_now = method;
	chosen = true;
	return true;
}

AesMethod
aes_method(void)
{
	if (!chosen && !aes_use(AES_NI) && !aes_use(AES_ARMV8))
		(void) aes_use(AES_PORTABLE);
	return method_now;
}

void
aes_choose_again(void)
{
	chosen = false;
}

void
aes_key(AesKey *key, const uint8 *secret, size_t len)
{
	if (len != 16 && len != 24 && len != 32)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg_internal("an AES key has %zu bytes", len)));
	expand(key, aes_method(), secret, len);
}

void
aes_encrypt(const AesKey *key, const uint8 *in, uint8 *out, size_t blocks)
{
	functions[key->method].encrypt(key, in, out, blocks);
}
