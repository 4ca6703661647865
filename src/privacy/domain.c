/*
 * domain.c
 *	  The names of pseudonymization domains, and their tags.
 *
 * The tag of a name is the first four bytes, most significant first, of
 * SHA-256("omni domain 1" 00 name).  It is part of stored values, and so it is forever.
 */
#include "postgres.h"
#include "compat.h"

#include "common/hashfn.h"
#include "utils/builtins.h"

#include "privacy/crypto.h"
#include "privacy/domain.h"

static const char prefix[] = "omni domain 1";	/* its terminating 00 is hashed too */

bool
domain_name_valid(const char *name, int len)
{
	if (len < 1 || len > DOMAIN_NAME_MAX || name[0] < 'a' || name[0] > 'z')
		return false;
	for (int i = 1; i < len; i++)
	{
		char		c = name[i];

		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_')
			return false;
	}
	return true;
}

void
domain_name_refused(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid name of a pseudonymization domain"),
			 errdetail("A domain's name is a lower-case letter followed by at most 62 such "
					   "letters, digits and \"_\"."),
			 errhint("Check the order of the arguments: the value comes first, then the name of "
					 "a domain of the keyring.")));
}

/* names that were asked for lately: a query asks for the same one in every row */
#define LATELY	16

typedef struct KnownTag
{
	uint32		tag;
	uint8		len;			/* 0: nothing here */
	char		name[DOMAIN_NAME_MAX];
} KnownTag;

static KnownTag lately[LATELY];

uint32
domain_tag(const char *name, int len)
{
	uint32		slot = hash_bytes((const unsigned char *) name, len) % LATELY;
	KnownTag   *known = &lately[slot];
	CryptoPart	part[2] = {{prefix, sizeof(prefix)}, {name, len}};
	uint8		digest[SHA256_BYTES];

	if (known->len == len && len > 0 && memcmp(known->name, name, len) == 0)
		return known->tag;
	if (!domain_name_valid(name, len))
		domain_name_refused();
	sha256(part, 2, digest);
	known->tag = (uint32) digest[0] << 24 | (uint32) digest[1] << 16 | (uint32) digest[2] << 8 |
		digest[3];
	known->len = len;
	memcpy(known->name, name, len);
	return known->tag;
}

PG_FUNCTION_INFO_V1(domain_tag_text);

/*
 * domain_tag(name text) -> text: the tag of a domain's name as 8 hexadecimal digits, as
 * pseudonym_domain() gives it.  22023
 */
Datum
domain_tag_text(PG_FUNCTION_ARGS)
{
	text	   *name = PG_GETARG_TEXT_PP(0);

	PG_RETURN_TEXT_P(cstring_to_text(psprintf("%08x", domain_tag(VARDATA_ANY(name),
																 VARSIZE_ANY_EXHDR(name)))));
}
