/*
 * crypto_emulated.c
 *	  The primitives of src/privacy without a server, for processors that only an emulator has: each
 *	  method that is here has to give the known answers, and on messages of 0 to 300 bytes what the
 *	  portable one gives.  Prints a line for each method that does.
 */
#include "postgres.h"
#include "compat.h"

#include "privacy/crypto.h"

#undef printf
#undef vprintf

#define LONGEST	300

/* what the primitives want of a server */
bool
errstart(int elevel, const char *domain)
{
	printf("not ok - an error was raised\n");
	exit(1);
}

bool
errstart_cold(int elevel, const char *domain)
{
	return errstart(elevel, domain);
}

void
errfinish(const char *filename, int lineno, const char *funcname)
{
}

int
errcode(int sqlerrcode)
{
	return 0;
}

int
errmsg(const char *fmt,...)
{
	return 0;
}

int
errmsg_internal(const char *fmt,...)
{
	return 0;
}

int
errhint(const char *fmt,...)
{
	return 0;
}

void *
palloc(Size size)
{
	return malloc(size);
}

void
pfree(void *pointer)
{
	free(pointer);
}

static uint8 message[LONGEST];
static uint8 expected[LONGEST + 1][SHA256_BYTES + LONGEST + SIV_TAG];

/* all that hangs on a hash, of the first n bytes */
static void
hashes(int n, uint8 *out)
{
	HmacKey		key;
	CryptoPart	part = {message, n};

	sha256(&part, 1, out);
	hmac_key(&key, out, SHA256_BYTES);
	hmac(&key, &part, 1, out);
}

static void
seals(int n, uint8 *out)
{
	SivKey		key;
	CryptoPart	ad = {message, n / 2};
	uint8		opened[LONGEST];

	siv_key(&key, message, 32 + 16 * (n % 3));
	siv_seal(&key, &ad, 1, message, n, out);
	if (!siv_open(&key, &ad, 1, out, n + SIV_TAG, opened) || memcmp(opened, message, n) != 0)
		out[0] ^= 1;
}

int
main(void)
{
	for (int i = 0; i < LONGEST; i++)
		message[i] = i * 7 + i / 256;
	for (int method = 0; method < SHA256_METHODS; method++)
	{
		bool		right = sha256_available(method) && sha256_known_answers(method);

		if (!sha256_available(method))
			continue;
		for (int n = 0; right && n <= LONGEST; n++)
		{
			uint8		got[SHA256_BYTES];

			sha256_use(method);
			hashes(n, got);
			if (method == SHA256_PORTABLE)
				memcpy(expected[n], got, sizeof(got));
			right = memcmp(expected[n], got, sizeof(got)) == 0;
		}
		printf("%sok sha256 %s\n", right ? "" : "not ", sha256_method_name(method));
	}
	for (int method = 0; method < AES_METHODS; method++)
	{
		bool		right = aes_available(method) && aes_known_answers(method);

		if (!aes_available(method))
			continue;
		for (int n = 0; right && n <= LONGEST; n++)
		{
			uint8		got[LONGEST + SIV_TAG];

			aes_use(method);
			seals(n, got);
			if (method == AES_PORTABLE)
				memcpy(expected[n], got, n + SIV_TAG);
			right = memcmp(expected[n], got, n + SIV_TAG) == 0;
		}
		printf("%sok aes %s\n", right ? "" : "not ", aes_method_name(method));
	}
	return 0;
}
