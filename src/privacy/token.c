/*
 * token.c
 *	  Reversible tokens, and how they are made.
 *
 * A token is "tk1:" and, in base64url without padding (RFC 4648, 5), these bytes:
 *
 *		0	tag of the domain, 4 bytes, most significant first
 *		4	version of the key, 2 bytes
 *		6	epoch of the domain, 4 bytes: a new epoch unlinks tokens, and reads the old ones
 *		10	envelope: AES-SIV under a key of the domain, with bytes 0 to 9 as associated data, of
 *			0	number of the subject, 8 bytes
 *			8	AES-SIV under a key of the domain and the subject, with bytes 0 to 9 and the
 *				number of the subject as associated data, of the value in UTF-8
 *
 * So a token tells nobody whose it is; one that was changed, or whose domain or version was, is
 * known as such before any table is read; and the value is gone when the subject's key is.  The
 * subject's part of the inner key is HMAC-SHA-256 of its secret.  The same value of the same
 * subject has the same token in a domain; the length of the value shows.
 */
#include "postgres.h"
#include "compat.h"

#include "mb/pg_wchar.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"

#include "privacy/token.h"
#include "text/text.h"

#define PREFIX			"tk1:"
#define PREFIX_BYTES	4
#define HEAD_BYTES		10
#define SUBJECT_BYTES	8
#define MIN_BYTES		(HEAD_BYTES + SIV_TAG + SUBJECT_BYTES + SIV_TAG)
#define MAX_BYTES		(MIN_BYTES + TOKEN_MAX_VALUE)
#define KEY_BYTES		32		/* of AES-SIV, by AES-128 */

/* characters of so many bytes */
#define TEXT_LEN(n)		(((n) * 4 + 2) / 3)

/* ---- text form ---- */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void
encode(const uint8 *bytes, int n, char *out)
{
	uint32		held = 0;
	int			bits = 0;

	for (int i = 0; i < n; i++)
	{
		held = held << 8 | bytes[i];
		for (bits += 8; bits >= 6; bits -= 6)
			*out++ = digits[(held >> (bits - 6)) & 63];
	}
	if (bits > 0)
		*out = digits[(held << (6 - bits)) & 63];
}

static int
digit_value(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' :
		c >= 'a' && c <= 'z' ? c - 'a' + 26 :
		c >= '0' && c <= '9' ? c - '0' + 52 :
		c == '-' ? 62 : c == '_' ? 63 : -1;
}

/* false for other characters, and for bits that are no byte's: a token is written in one way */
static bool
decode(const char *s, int n, uint8 *out)
{
	uint32		held = 0;
	int			bits = 0;

	for (int i = 0; i < n; i++)
	{
		int			value = digit_value(s[i]);

		if (value < 0)
			return false;
		held = held << 6 | value;
		bits += 6;
		if (bits >= 8)
		{
			bits -= 8;
			*out++ = (uint8) (held >> bits);
		}
	}
	return (held & ((1 << bits) - 1)) == 0;
}

static void
invalid_token(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid token"),
			 errdetail("%s", detail),
			 errhint("A token begins with \"%s\" and is as omni.tokenize() gave it, in upper and "
					 "lower case.", PREFIX)));
}

void
token_parse(const text *t, Token *token)
{
	const char *s = VARDATA_ANY(t);
	int			n = VARSIZE_ANY_EXHDR(t);
	uint8	   *bytes;

	if (n < PREFIX_BYTES || memcmp(s, PREFIX, PREFIX_BYTES) != 0)
		invalid_token("It does not begin as a token.");
	s += PREFIX_BYTES;
	n -= PREFIX_BYTES;
	if (n < TEXT_LEN(MIN_BYTES))
		invalid_token("It is too short: something was cut off.");
	if (n > TEXT_LEN(MAX_BYTES))
		invalid_token("It is longer than any token.");
	bytes = palloc(n);
	if (n % 4 == 1 || !decode(s, n, bytes))
		invalid_token("It has a character that no token has, or lacks one.");
	token->tag = (uint32) bytes[0] << 24 | (uint32) bytes[1] << 16 | (uint32) bytes[2] << 8 |
		bytes[3];
	token->version = bytes[4] << 8 | bytes[5];
	token->epoch = (uint32) bytes[6] << 24 | (uint32) bytes[7] << 16 | (uint32) bytes[8] << 8 |
		bytes[9];
	token->sealed = bytes + HEAD_BYTES;
	token->len = n * 3 / 4 - HEAD_BYTES;
}

/* ---- keys ---- */

/* the keys of a domain under a version and in an epoch, which are gone with the keyring */
typedef struct TokenKeys
{
	uint32		tag;
	int			version;		/* 0: none yet */
	uint32		epoch;
	SivKey		envelope;
	HmacKey		subject;
} TokenKeys;

/* those that were used last, in a ring: tokens can name any number of epochs */
#define KEYS_KEPT	16

static TokenKeys *keys = NULL;
static int	keys_next = 0;
static uint32 keys_generation = 0;

static const TokenKeys *
keys_of(const DomainKey *domain, uint32 epoch)
{
	uint32		generation = keyring_generation();
	TokenKeys  *k;
	uint8		secret[KEY_BYTES];

	if (keys_generation != generation)
	{
		keys_generation = 0;
		keys = keyring_memory(KEYS_KEPT * sizeof(TokenKeys));
		keys_next = 0;
		keys_generation = generation;
	}
	for (int i = 0; i < KEYS_KEPT; i++)
	{
		k = &keys[i];
		if (k->tag == domain->tag && k->version == domain->version && k->epoch == epoch)
			return k;
	}
	k = &keys[keys_next];
	keys_next = (keys_next + 1) % KEYS_KEPT;
	k->version = 0;
	domain_secret(domain, "omni token envelope v1", epoch, secret, sizeof(secret));
	siv_key(&k->envelope, secret, sizeof(secret));
	domain_secret(domain, "omni token subject v1", epoch, secret, sizeof(secret));
	hmac_key(&k->subject, secret, sizeof(secret));
	explicit_bzero(secret, sizeof(secret));
	k->tag = domain->tag;
	k->epoch = epoch;
	k->version = domain->version;
	return k;
}

/* the key of a subject's values in a domain, which the caller wipes */
static void
value_key(const TokenKeys *k, const uint8 secret[SUBJECT_SECRET_BYTES], SivKey *key)
{
	CryptoPart	part = {secret, SUBJECT_SECRET_BYTES};
	uint8		bytes[SHA256_BYTES];

	hmac(&k->subject, &part, 1, bytes);
	siv_key(key, bytes, KEY_BYTES);
	explicit_bzero(bytes, sizeof(bytes));
}

static void
put_head(const DomainKey *domain, uint32 epoch, uint8 head[HEAD_BYTES])
{
	uint32		tag = pg_hton32(domain->tag);
	uint16		version = pg_hton16(domain->version);

	epoch = pg_hton32(epoch);
	memcpy(head, &tag, 4);
	memcpy(head + 4, &version, 2);
	memcpy(head + 6, &epoch, 4);
}

static void
put_subject(int64 subject, uint8 bytes[SUBJECT_BYTES])
{
	uint64		big_endian = pg_hton64((uint64) subject);

	memcpy(bytes, &big_endian, sizeof(big_endian));
}

/* ---- making and opening ---- */

void
token_check_domain(const DomainKey *domain)
{
	if (!domain->reversible)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("pseudonymization domain \"%s\" has no tokens", domain->name),
				 errdetail("Its line in the keyring does not say reversible."),
				 errhint("Use omni.pseudonym(), or a domain that is reversible.")));
}

static text *
seal(const DomainKey *domain, int64 subject, const uint8 secret[SUBJECT_SECRET_BYTES],
	 const char *value, int len)
{
	uint32		epoch = domain_epoch(domain);
	const TokenKeys *k = keys_of(domain, epoch);
	int			n = MIN_BYTES + len;
	int			size = VARHDRSZ + PREFIX_BYTES + TEXT_LEN(n);
	uint8	   *bytes = palloc(n);
	uint8	   *letter = bytes + HEAD_BYTES + SIV_TAG;
	CryptoPart	ad[2] = {{bytes, HEAD_BYTES}, {letter, SUBJECT_BYTES}};
	SivKey		key;
	text	   *result = palloc(size);

	put_head(domain, epoch, bytes);
	put_subject(subject, letter);
	value_key(k, secret, &key);
	siv_seal(&key, ad, 2, value, len, letter + SUBJECT_BYTES);
	explicit_bzero(&key, sizeof(key));
	siv_seal(&k->envelope, ad, 1, letter, SUBJECT_BYTES + SIV_TAG + len, bytes + HEAD_BYTES);
	SET_VARSIZE(result, size);
	memcpy(VARDATA(result), PREFIX, PREFIX_BYTES);
	encode(bytes, n, VARDATA(result) + PREFIX_BYTES);
	pfree(bytes);
	return result;
}

static void
not_genuine(const DomainKey *domain)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the token cannot be opened"),
			 errdetail("It was not made in the domain \"%s\" with this keyring and this key of "
					   "the subject, or it was changed.", domain->name),
			 errhint("Pass it as omni.tokenize() gave it, and name the store that has the key of "
					 "its subject.")));
}

void
token_open_envelope(const DomainKey *domain, Token *token)
{
	uint8		head[HEAD_BYTES];
	CryptoPart	ad = {head, HEAD_BYTES};
	uint64		subject;

	put_head(domain, token->epoch, head);
	if (!siv_open(&keys_of(domain, token->epoch)->envelope, &ad, 1, token->sealed,
				  token->len, token->sealed))
		not_genuine(domain);
	memcpy(&subject, token->sealed, sizeof(subject));
	token->subject = (int64) pg_ntoh64(subject);
	token->len -= SIV_TAG;
}

/* the value where the sealed one was, and its length */
static const char *
open_value(const DomainKey *domain, Token *token, const uint8 secret[SUBJECT_SECRET_BYTES],
		   int *len)
{
	uint8		head[HEAD_BYTES];
	uint8		number[SUBJECT_BYTES];
	CryptoPart	ad[2] = {{head, HEAD_BYTES}, {number, SUBJECT_BYTES}};
	uint8	   *sealed = token->sealed + SUBJECT_BYTES;
	SivKey		key;
	bool		genuine;

	put_head(domain, token->epoch, head);
	put_subject(token->subject, number);
	value_key(keys_of(domain, token->epoch), secret, &key);
	genuine = siv_open(&key, ad, 2, sealed, token->len - SUBJECT_BYTES, sealed);
	explicit_bzero(&key, sizeof(key));
	if (!genuine)
		not_genuine(domain);
	*len = token->len - SUBJECT_BYTES - SIV_TAG;
	return (const char *) sealed;
}

text *
token_open_value(const DomainKey *domain, Token *token,
				 const uint8 secret[SUBJECT_SECRET_BYTES])
{
	int			len;
	const char *value = open_value(domain, token, secret, &len);
	char	   *shown;
	text	   *result;

	if (GetDatabaseEncoding() == PG_UTF8)
		return cstring_to_text_with_len(value, len);
	if (!text_fits_server(value, len))
		ereport(ERROR,
				(errcode(ERRCODE_UNTRANSLATABLE_CHARACTER),
				 errmsg("the token's value has a character that this database's encoding lacks"),
				 errhint("Open it in a database of the encoding UTF8.")));
	shown = text_to_server(value, len);
	result = cstring_to_text(shown);
	explicit_bzero(shown, strlen(shown));
	return result;
}

/* ---- SQL-callable functions ---- */

PG_FUNCTION_INFO_V1(tokenize);
PG_FUNCTION_INFO_V1(token_rotate);
PG_FUNCTION_INFO_V1(token_key_version);

/*
 * tokenize(value text, domain text, subject_id bigint, subject_key bytea) -> text: a token that
 * only store_reidentify() opens, as long as the subject has its key.  Needs the verb tokenize;
 * errors as of keyring_domain(), 55000 in a domain without tokens, 22023 for what is no key of a
 * subject, 54000 for a value of more than 65535 bytes
 */
Datum
tokenize(PG_FUNCTION_ARGS)
{
	text	   *value = PG_GETARG_TEXT_PP(0);
	text	   *name = PG_GETARG_TEXT_PP(1);
	const DomainKey *domain = keyring_domain(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name),
											 VERB_TOKENIZE, 1);
	TextSpan	utf8;
	uint8		secret[SUBJECT_SECRET_BYTES];
	Problem		problem;
	text	   *result;

	token_check_domain(domain);
	if (!problem_of_text(text_from_server(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value), &utf8),
						 &problem))
		problem_report(NULL, &problem, "tokens", NULL);
	if (utf8.len > TOKEN_MAX_VALUE)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the value is too long for a token"),
				 errdetail("It has %d bytes in UTF-8; %d are allowed.", utf8.len,
						   TOKEN_MAX_VALUE),
				 errhint("Tokens are for identifiers, names and addresses.")));
	subject_key_open(PG_GETARG_BYTEA_PP(3), secret);
	result = seal(domain, PG_GETARG_INT64(2), secret, utf8.data, utf8.len);
	explicit_bzero(secret, sizeof(secret));
	PG_RETURN_TEXT_P(result);
}

/*
 * token_rotate(token text, subject_key bytea) -> text: the token of the same value under the active
 * key.  Nothing is disclosed.  Needs the verb map; errors as of tokenize() and store_reidentify()
 */
Datum
token_rotate(PG_FUNCTION_ARGS)
{
	Token		token;
	const DomainKey *domain;
	const DomainKey *older;
	uint8		secret[SUBJECT_SECRET_BYTES];
	const char *value;
	int			len;
	text	   *result;

	token_parse(PG_GETARG_TEXT_PP(0), &token);
	domain = keyring_domain_tagged(token.tag, VERB_MAP, 1);
	token_check_domain(domain);
	older = keyring_domain_version(domain->name, strlen(domain->name), VERB_MAP, 0,
								   token.version);
	token_open_envelope(older, &token);
	subject_key_open(PG_GETARG_BYTEA_PP(1), secret);
	value = open_value(older, &token, secret, &len);
	result = seal(domain, token.subject, secret, value, len);
	explicit_bzero(secret, sizeof(secret));
	explicit_bzero((char *) value, len);
	PG_RETURN_TEXT_P(result);
}

/*
 * token_key_version(token text) -> integer: the version of the key that made it; 22P02
 */
Datum
token_key_version(PG_FUNCTION_ARGS)
{
	Token		token;

	token_parse(PG_GETARG_TEXT_PP(0), &token);
	PG_RETURN_INT32(token.version);
}
