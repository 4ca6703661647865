/*
 * subject_key.c
 *	  The secret of one subject, wrapped by a key of the keyring.
 *
 * A wrapped key is 51 bytes:
 *
 *		0	format: 1
 *		1	version of the key that wraps it, 2 bytes, most significant first
 *		3	AES-SIV of 32 random bytes, with the first three bytes as associated data
 *
 * It is no secret without the keyring: it may lie in a table, a dump and a log.
 */
#include "postgres.h"
#include "compat.h"

#include "miscadmin.h"

#include "privacy/keyring.h"
#include "privacy/subject_key.h"

#define FORMAT			1
#define HEAD_BYTES		3
#define WRAPPED_BYTES	(HEAD_BYTES + SIV_TAG + SUBJECT_SECRET_BYTES)

/* the wrapping key of one version, which is gone with the keyring */
typedef struct Wrapping
{
	int			version;		/* 0: none yet */
	bool		active;
	SivKey		key;
} Wrapping;

static Wrapping *wrapping = NULL;
static uint32 wrapping_generation = 0;

/* version 0: the active one */
static const Wrapping *
wrapping_key(int version)
{
	uint8		secret[64];
	int			used;

	if (wrapping_generation != keyring_generation())
	{
		wrapping_generation = 0;
		wrapping = keyring_memory(sizeof(Wrapping));
		wrapping_generation = keyring_generation();
	}
	if (wrapping->version != 0 && (version == 0 ? wrapping->active : wrapping->version == version))
		return wrapping;
	wrapping->version = 0;
	keyring_secret(version, &used, "omni subject key v1", secret, sizeof(secret));
	siv_key(&wrapping->key, secret, sizeof(secret));
	explicit_bzero(secret, sizeof(secret));
	wrapping->version = used;
	wrapping->active = version == 0;
	return wrapping;
}

void
subject_key_open(const bytea *wrapped, uint8 secret[SUBJECT_SECRET_BYTES])
{
	const uint8 *bytes = (const uint8 *) VARDATA_ANY(wrapped);
	CryptoPart	head = {bytes, HEAD_BYTES};
	int			version;

	if (VARSIZE_ANY_EXHDR(wrapped) == WRAPPED_BYTES && bytes[0] == FORMAT)
	{
		version = bytes[1] << 8 | bytes[2];
		if (version != 0 &&
			siv_open(&wrapping_key(version)->key, &head, 1, bytes + HEAD_BYTES,
					 WRAPPED_BYTES - HEAD_BYTES, secret))
			return;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid subject key"),
			 errdetail("It was not made by omni.subject_key_new() with this keyring, or it was "
					   "changed."),
			 errhint("Pass the key of the subject as it was stored.")));
}

/* wrapped by the active key, for who has a verb that makes or maps what is derived from it */
static bytea *
wrap(const uint8 secret[SUBJECT_SECRET_BYTES])
{
	bytea	   *wrapped = palloc(VARHDRSZ + WRAPPED_BYTES);
	uint8	   *bytes = (uint8 *) VARDATA(wrapped);
	CryptoPart	head = {bytes, HEAD_BYTES};
	const Wrapping *w = wrapping_key(0);

	SET_VARSIZE(wrapped, VARHDRSZ + WRAPPED_BYTES);
	bytes[0] = FORMAT;
	bytes[1] = w->version >> 8;
	bytes[2] = w->version & 0xff;
	siv_seal(&w->key, &head, 1, secret, SUBJECT_SECRET_BYTES, bytes + HEAD_BYTES);
	return wrapped;
}

static void
refuse_role(const char *verbs)
{
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("permission denied to make a subject key"),
			 errdetail("Role \"%s\" has the verb %s in no domain.",
					   GetUserNameFromId(GetUserId(), false), verbs),
			 errhint("A line \"role\" of the keyring gives a verb to a role and its members.")));
}

PG_FUNCTION_INFO_V1(subject_key_new);
PG_FUNCTION_INFO_V1(subject_key_rewrap);

/*
 * subject_key_new() -> bytea: a new secret, wrapped by the active key.  The caller needs the verb
 * pseudonymize or tokenize in some domain.
 */
Datum
subject_key_new(PG_FUNCTION_ARGS)
{
	uint8		secret[SUBJECT_SECRET_BYTES];
	bytea	   *wrapped;

	if (!keyring_any_domain(VERB_PSEUDONYMIZE) && !keyring_any_domain(VERB_TOKENIZE))
		refuse_role("pseudonymize or tokenize");
	if (!pg_strong_random(secret, sizeof(secret)))
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not generate random values")));
	wrapped = wrap(secret);
	explicit_bzero(secret, sizeof(secret));
	PG_RETURN_BYTEA_P(wrapped);
}

/*
 * subject_key_rewrap(subject_key bytea) -> bytea: the same secret, wrapped by the active key, so
 * that the version that wrapped it can be destroyed.  The caller needs the verb map in some domain.
 */
Datum
subject_key_rewrap(PG_FUNCTION_ARGS)
{
	uint8		secret[SUBJECT_SECRET_BYTES];
	bytea	   *wrapped;

	if (!keyring_any_domain(VERB_MAP))
		refuse_role("map");
	subject_key_open(PG_GETARG_BYTEA_PP(0), secret);
	wrapped = wrap(secret);
	explicit_bzero(secret, sizeof(secret));
	PG_RETURN_BYTEA_P(wrapped);
}
