/*
 * crypto_check.c
 *	  Whether the primitives of crypto.h give the known answers here, by each method that this
 *	  processor has; and the primitives themselves, by a method that is named, for test vectors.
 *
 * Both change the method for the time of the call only.  Nothing here sees a key of the keyring.
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "privacy/crypto.h"

typedef enum Primitive
{
	PRIMITIVE_SHA256,
	PRIMITIVE_HMAC,
	PRIMITIVE_HKDF,
	PRIMITIVE_AES,
	PRIMITIVE_CMAC,
	PRIMITIVE_SIV_SEAL,
	PRIMITIVE_SIV_OPEN
} Primitive;

static const char *const primitive_name[] = {
	"sha256", "hmac", "hkdf", "aes", "cmac", "siv", "siv_open"
};

#define CHECKED_PRIMITIVES	PRIMITIVE_SIV_OPEN	/* siv is checked in both directions */

static bool
by_hash(Primitive primitive)
{
	return primitive <= PRIMITIVE_HKDF;
}

static int
methods_of(Primitive primitive)
{
	return by_hash(primitive) ? SHA256_METHODS : AES_METHODS;
}

static const char *
method_name(Primitive primitive, int method)
{
	return by_hash(primitive) ? sha256_method_name(method) : aes_method_name(method);
}

static bool
is_available(Primitive primitive, int method)
{
	return by_hash(primitive) ? sha256_available(method) : aes_available(method);
}

/* ---- known answers ---- */

static const uint8 *
hex(const char *digits, uint8 *bytes)
{
	int			n = strlen(digits) / 2;

	for (int i = 0; i < n; i++)
	{
		static const char order[] = "0123456789abcdef";

		bytes[i] = (strchr(order, digits[2 * i]) - order) << 4 |
			(strchr(order, digits[2 * i + 1]) - order);
	}
	return bytes;
}

/* RFC 4231, 4.3 */
static bool
hmac_known_answer(void)
{
	HmacKey		key;
	uint8		mac[SHA256_BYTES];
	uint8		wanted[SHA256_BYTES];
	CryptoPart	part[2] = {{"what do ya want ", 16}, {"for nothing?", 12}};

	hmac_key(&key, "Jefe", 4);
	hmac(&key, part, lengthof(part), mac);
	return memcmp(mac, hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
						   wanted), sizeof(mac)) == 0;
}

/* RFC 5869, A.1 */
static bool
hkdf_known_answer(void)
{
	uint8		secret[22];
	uint8		salt[13];
	uint8		bytes[10];
	uint8		out[42];
	uint8		wanted[42];
	CryptoPart	info = {bytes, sizeof(bytes)};

	memset(secret, 0x0b, sizeof(secret));
	for (int i = 0; i < sizeof(salt); i++)
		salt[i] = i;
	for (int i = 0; i < sizeof(bytes); i++)
		bytes[i] = 0xf0 + i;
	hkdf(salt, sizeof(salt), secret, sizeof(secret), &info, 1, out, sizeof(out));
	return memcmp(out, hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
						   "34007208d5b887185865", wanted), sizeof(out)) == 0;
}

/* NIST SP 800-38B, D.1, examples 1 and 3 */
static bool
cmac_known_answers(void)
{
	CmacKey		key;
	uint8		secret[16];
	uint8		text[40];
	uint8		wanted[AES_BLOCK];
	uint8		mac[AES_BLOCK];
	CryptoPart	part = {text, sizeof(text)};

	hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411", text);
	cmac_key(&key, hex("2b7e151628aed2a6abf7158809cf4f3c", secret), sizeof(secret));
	cmac(&key, NULL, 0, mac);
	if (memcmp(mac, hex("bb1d6929e95937287fa37d129b756746", wanted), AES_BLOCK) != 0)
		return false;
	cmac(&key, &part, 1, mac);
	return memcmp(mac, hex("dfa66747de9ae63030ca32611497c827", wanted), AES_BLOCK) == 0;
}

/* RFC 5297, A.1, and that a changed byte opens nothing */
static bool
siv_known_answers(void)
{
	SivKey		key;
	uint8		secret[32];
	uint8		ad[24];
	uint8		text[14];
	uint8		sealed[14 + SIV_TAG];
	uint8		wanted[14 + SIV_TAG];
	uint8		opened[14];
	CryptoPart	part = {ad, sizeof(ad)};

	siv_key(&key, hex("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff", secret),
			sizeof(secret));
	hex("101112131415161718191a1b1c1d1e1f2021222324252627", ad);
	hex("112233445566778899aabbccddee", text);
	siv_seal(&key, &part, 1, text, sizeof(text), sealed);
	if (memcmp(sealed, hex("85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c",
						   wanted), sizeof(sealed)) != 0 ||
		!siv_open(&key, &part, 1, sealed, sizeof(sealed), opened) ||
		memcmp(opened, text, sizeof(text)) != 0)
		return false;
	sealed[sizeof(sealed) - 1] ^= 1;
	return !siv_open(&key, &part, 1, sealed, sizeof(sealed), opened);
}

/* by the method that is in use */
static bool
gives_known_answers(Primitive primitive)
{
	switch (primitive)
	{
		case PRIMITIVE_SHA256:
			return sha256_known_answers(sha256_method());
		case PRIMITIVE_HMAC:
			return hmac_known_answer();
		case PRIMITIVE_HKDF:
			return hkdf_known_answer();
		case PRIMITIVE_AES:
			return aes_known_answers(aes_method());
		case PRIMITIVE_CMAC:
			return cmac_known_answers();
		case PRIMITIVE_SIV_SEAL:
		case PRIMITIVE_SIV_OPEN:
			return siv_known_answers();
	}
	return false;
}

/* ---- methods ---- */

/* false: this method does not give the known answers of SHA-256 or AES itself */
static bool
use_method(Primitive primitive, int method)
{
	if (by_hash(primitive))
		return sha256_known_answers(method) && sha256_use(method);
	return aes_known_answers(method) && aes_use(method);
}

/* whoever needs a primitive next chooses the method anew */
static void
use_no_method(void)
{
	sha256_choose_again();
	aes_choose_again();
}

PG_FUNCTION_INFO_V1(crypto_check);

/*
 * crypto_check() -> setof (primitive, method, available, passed): passed is NULL for a method that
 * this processor does not have
 */
Datum
crypto_check(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	PG_TRY();
	{
		for (Primitive p = 0; p < CHECKED_PRIMITIVES; p++)
		{
			for (int method = 0; method < methods_of(p); method++)
			{
				bool		available = is_available(p, method);
				Datum		values[4];
				bool		nulls[4] = {false, false, false, !available};

				values[0] = CStringGetTextDatum(primitive_name[p]);
				values[1] = CStringGetTextDatum(method_name(p, method));
				values[2] = BoolGetDatum(available);
				values[3] = BoolGetDatum(available && use_method(p, method) &&
										 gives_known_answers(p));
				tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
			}
		}
	}
	PG_FINALLY();
	{
		use_no_method();
	}
	PG_END_TRY();
	return (Datum) 0;
}

/* ---- test vectors ---- */

static Primitive
primitive_argument(const text *name)
{
	for (int i = 0; i < lengthof(primitive_name); i++)
	{
		if (VARSIZE_ANY_EXHDR(name) == strlen(primitive_name[i]) &&
			memcmp(VARDATA_ANY(name), primitive_name[i], VARSIZE_ANY_EXHDR(name)) == 0)
			return i;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("there is no such primitive"),
			 errhint("There are sha256, hmac, hkdf, aes, cmac, siv and siv_open.")));
}

static int
method_argument(Primitive primitive, const text *name)
{
	for (int i = 0; i < methods_of(primitive); i++)
	{
		const char *known = method_name(primitive, i);

		if (VARSIZE_ANY_EXHDR(name) != strlen(known) ||
			memcmp(VARDATA_ANY(name), known, VARSIZE_ANY_EXHDR(name)) != 0)
			continue;
		if (!is_available(primitive, i))
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("this processor does not have the method %s", known),
					 errhint("omni.crypto_check() lists the methods it has.")));
		return i;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s has no such method", primitive_name[primitive]),
			 errhint("omni.crypto_check() lists the methods.")));
}

static void
refuse_unless(bool fits, const char *hint)
{
	if (!fits)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the arguments do not fit the primitive"),
				 errhint("%s", hint)));
}

/* the elements of an array of bytea */
static CryptoPart *
parts_argument(ArrayType *array, int *n)
{
	Datum	   *values;
	bool	   *nulls;
	CryptoPart *part;

	deconstruct_array(array, BYTEAOID, -1, false, TYPALIGN_INT, &values, &nulls, n);
	part = palloc(Max(*n, 1) * sizeof(CryptoPart));
	for (int i = 0; i < *n; i++)
	{
		struct varlena *v;

		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("associated data must not be NULL"),
					 errhint("An empty value is '\\x'.")));
		v = PG_DETOAST_DATUM_PACKED(values[i]);
		part[i] = (CryptoPart) {VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v)};
	}
	return part;
}

/* NULL: the sealed bytes are not genuine */
static bytea *
compute(Primitive primitive, CryptoPart key, CryptoPart data, const CryptoPart *ad, int ads,
		int length)
{
	size_t		len = primitive == PRIMITIVE_HKDF ? length :
		primitive == PRIMITIVE_AES ? data.len :
		primitive == PRIMITIVE_SIV_SEAL ? data.len + SIV_TAG :
		primitive == PRIMITIVE_SIV_OPEN ? data.len - Min(data.len, SIV_TAG) :
		primitive == PRIMITIVE_CMAC ? AES_BLOCK : SHA256_BYTES;
	bytea	   *result = palloc(VARHDRSZ + len);
	uint8	   *out = (uint8 *) VARDATA(result);
	bool		genuine = true;

	SET_VARSIZE(result, VARHDRSZ + len);
	switch (primitive)
	{
		case PRIMITIVE_SHA256:
			sha256(&data, 1, out);
			break;
		case PRIMITIVE_HMAC:
			{
				HmacKey		k;

				hmac_key(&k, key.data, key.len);
				hmac(&k, &data, 1, out);
				break;
			}
		case PRIMITIVE_HKDF:
			hkdf(data.data, data.len, key.data, key.len, ad, ads, out, len);
			break;
		case PRIMITIVE_AES:
			{
				AesKey		k;

				aes_key(&k, key.data, key.len);
				aes_encrypt(&k, data.data, out, len / AES_BLOCK);
				break;
			}
		case PRIMITIVE_CMAC:
			{
				CmacKey		k;

				cmac_key(&k, key.data, key.len);
				cmac(&k, &data, 1, out);
				break;
			}
		case PRIMITIVE_SIV_SEAL:
		case PRIMITIVE_SIV_OPEN:
			{
				SivKey		k;

				siv_key(&k, key.data, key.len);
				if (primitive == PRIMITIVE_SIV_SEAL)
					siv_seal(&k, ad, ads, data.data, data.len, out);
				else
					genuine = siv_open(&k, ad, ads, data.data, data.len, out);
				break;
			}
	}
	return genuine ? result : NULL;
}

PG_FUNCTION_INFO_V1(crypto_test);

/*
 * crypto_test(primitive, method, key, data bytea, aad bytea[], length int) -> bytea: what a
 * primitive makes of a test vector by the method that is named.  sha256 takes data alone; hmac,
 * cmac and aes (whole blocks) key and data; hkdf the secret as key, the salt as data, the info as
 * aad, and the length that is wanted; siv and siv_open all but the length, and the latter gives
 * NULL for what is not genuine.  22023 for what does not fit, 0A000 for a method that is not here.
 */
Datum
crypto_test(PG_FUNCTION_ARGS)
{
	Primitive	primitive = primitive_argument(PG_GETARG_TEXT_PP(0));
	int			method = method_argument(primitive, PG_GETARG_TEXT_PP(1));
	bytea	   *key = PG_GETARG_BYTEA_PP(2);
	bytea	   *data = PG_GETARG_BYTEA_PP(3);
	int			length = PG_GETARG_INT32(5);
	CryptoPart	k = {VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key)};
	CryptoPart	d = {VARDATA_ANY(data), VARSIZE_ANY_EXHDR(data)};
	CryptoPart *ad;
	int			ads;
	bytea	   *result;

	ad = parts_argument(PG_GETARG_ARRAYTYPE_P(4), &ads);
	refuse_unless(primitive != PRIMITIVE_SHA256 || k.len == 0, "SHA-256 has no key.");
	refuse_unless(primitive != PRIMITIVE_HKDF || (length >= 0 && length <= HKDF_MAX),
				  "HKDF gives at most 8160 bytes.");
	refuse_unless(primitive == PRIMITIVE_HKDF || length == 0, "Only HKDF has a length.");
	refuse_unless((primitive != PRIMITIVE_AES && primitive != PRIMITIVE_CMAC) ||
				  k.len == 16 || k.len == 24 || k.len == 32,
				  "A key of AES has 16, 24 or 32 bytes.");
	refuse_unless(primitive != PRIMITIVE_AES || d.len % AES_BLOCK == 0,
				  "A block of AES has 16 bytes.");
	refuse_unless((primitive != PRIMITIVE_SIV_SEAL && primitive != PRIMITIVE_SIV_OPEN) ||
				  k.len == 32 || k.len == 48 || k.len == 64,
				  "A key of AES-SIV has 32, 48 or 64 bytes.");
	refuse_unless(ads == 0 || (primitive != PRIMITIVE_SHA256 && primitive != PRIMITIVE_HMAC &&
							   primitive != PRIMITIVE_AES && primitive != PRIMITIVE_CMAC),
				  "Only HKDF and AES-SIV have associated data.");
	PG_TRY();
	{
		if (!use_method(primitive, method))
			ereport(ERROR,
					(errcode(ERRCODE_INTERNAL_ERROR),
					 errmsg("%s by %s is wrong on this processor", primitive_name[primitive],
							method_name(primitive, method))));
		result = compute(primitive, k, d, ad, ads, length);
	}
	PG_FINALLY();
	{
		use_no_method();
	}
	PG_END_TRY();
	if (result == NULL)
		PG_RETURN_NULL();
	PG_RETURN_BYTEA_P(result);
}
