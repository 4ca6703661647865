/*
 * partner_key.c
 *	  What an advertising partner makes of an identifier before it hashes it, and the hash.
 *
 * Each partner has rules of its own, and a key matches only if it is the same byte for byte:
 *
 *				provider		uid2		google			meta		tiktok
 * gmail.com	no dots, no +	the same	the same		as it is	as it is
 * googlemail	is gmail.com	as it is	no dots, no +	as it is	as it is
 * others		see providers	as it is	as it is		as it is	as it is
 * IDN domain	A-labels		Unicode		Unicode			A-labels	Unicode
 * phone		-				+, 10 to 15	+				no +		+
 *								digits
 * names		-				-			lower			lower, no	lower, no
 *														punctuation	white space
 * hash			-				base64		hex				hex			hex
 *
 * Sources: UID2 normalization and encoding guide, and uid2-operator's InputUtil; Google Data
 * Manager's Formatter; Meta Conversions API's customer information parameters, whose SDK takes
 * ASCII addresses only; TikTok Events API as in Segment's action destination, but without that
 * one's cut of a phone number to 14 digits.
 *
 * The rules start from the canonical value (email.c, identifier.c), so what the partners leave to
 * the sender (white space, letter case, a trailing dot) is settled.
 */
#include "postgres.h"
#include "compat.h"

#include "common/base64.h"
#include "common/cryptohash.h"
#include "common/sha2.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"

#include "identity/identity.h"

/* ---- providers ---- */

#define CUT_PLUS	1			/* drop from the first '+' on */
#define CUT_HYPHEN	2			/* drop from the last '-' on */
#define DROP_DOTS	4

typedef struct Provider
{
	const char *domain;
	int			rules;
	const char *same_as;		/* mailboxes are the same as at this domain, or NULL */
} Provider;

/*
 * Mail providers at which several spellings reach one mailbox, sorted by domain.  The domains and
 * the rules are those of validator.js 13, normalizeEmail.js.
 */
static const Provider providers[] =
{
	{"gmail.com", CUT_PLUS | DROP_DOTS, NULL},
	{"googlemail.com", CUT_PLUS | DROP_DOTS, "gmail.com"},
	{"hotmail.at", CUT_PLUS, NULL},
	{"hotmail.be", CUT_PLUS, NULL},
	{"hotmail.ca", CUT_PLUS, NULL},
	{"hotmail.cl", CUT_PLUS, NULL},
	{"hotmail.co.il", CUT_PLUS, NULL},
	{"hotmail.co.nz", CUT_PLUS, NULL},
	{"hotmail.co.th", CUT_PLUS, NULL},
	{"hotmail.co.uk", CUT_PLUS, NULL},
	{"hotmail.com", CUT_PLUS, NULL},
	{"hotmail.com.ar", CUT_PLUS, NULL},
	{"hotmail.com.au", CUT_PLUS, NULL},
	{"hotmail.com.br", CUT_PLUS, NULL},
	{"hotmail.com.gr", CUT_PLUS, NULL},
	{"hotmail.com.mx", CUT_PLUS, NULL},
	{"hotmail.com.pe", CUT_PLUS, NULL},
	{"hotmail.com.tr", CUT_PLUS, NULL},
	{"hotmail.com.vn", CUT_PLUS, NULL},
	{"hotmail.cz", CUT_PLUS, NULL},
	{"hotmail.de", CUT_PLUS, NULL},
	{"hotmail.dk", CUT_PLUS, NULL},
	{"hotmail.es", CUT_PLUS, NULL},
	{"hotmail.fr", CUT_PLUS, NULL},
	{"hotmail.hu", CUT_PLUS, NULL},
	{"hotmail.id", CUT_PLUS, NULL},
	{"hotmail.ie", CUT_PLUS, NULL},
	{"hotmail.in", CUT_PLUS, NULL},
	{"hotmail.it", CUT_PLUS, NULL},
	{"hotmail.jp", CUT_PLUS, NULL},
	{"hotmail.kr", CUT_PLUS, NULL},
	{"hotmail.lv", CUT_PLUS, NULL},
	{"hotmail.my", CUT_PLUS, NULL},
	{"hotmail.ph", CUT_PLUS, NULL},
	{"hotmail.pt", CUT_PLUS, NULL},
	{"hotmail.sa", CUT_PLUS, NULL},
	{"hotmail.sg", CUT_PLUS, NULL},
	{"hotmail.sk", CUT_PLUS, NULL},
	{"icloud.com", CUT_PLUS, NULL},
	{"live.be", CUT_PLUS, NULL},
	{"live.co.uk", CUT_PLUS, NULL},
	{"live.com", CUT_PLUS, NULL},
	{"live.com.ar", CUT_PLUS, NULL},
	{"live.com.mx", CUT_PLUS, NULL},
	{"live.de", CUT_PLUS, NULL},
	{"live.es", CUT_PLUS, NULL},
	{"live.eu", CUT_PLUS, NULL},
	{"live.fr", CUT_PLUS, NULL},
	{"live.it", CUT_PLUS, NULL},
	{"live.nl", CUT_PLUS, NULL},
	{"me.com", CUT_PLUS, NULL},
	{"msn.com", CUT_PLUS, NULL},
	{"outlook.at", CUT_PLUS, NULL},
	{"outlook.be", CUT_PLUS, NULL},
	{"outlook.cl", CUT_PLUS, NULL},
	{"outlook.co.il", CUT_PLUS, NULL},
	{"outlook.co.nz", CUT_PLUS, NULL},
	{"outlook.co.th", CUT_PLUS, NULL},
	{"outlook.com", CUT_PLUS, NULL},
	{"outlook.com.ar", CUT_PLUS, NULL},
	{"outlook.com.au", CUT_PLUS, NULL},
	{"outlook.com.br", CUT_PLUS, NULL},
	{"outlook.com.gr", CUT_PLUS, NULL},
	{"outlook.com.pe", CUT_PLUS, NULL},
	{"outlook.com.tr", CUT_PLUS, NULL},
	{"outlook.com.vn", CUT_PLUS, NULL},
	{"outlook.cz", CUT_PLUS, NULL},
	{"outlook.de", CUT_PLUS, NULL},
	{"outlook.dk", CUT_PLUS, NULL},
	{"outlook.es", CUT_PLUS, NULL},
	{"outlook.fr", CUT_PLUS, NULL},
	{"outlook.hu", CUT_PLUS, NULL},
	{"outlook.id", CUT_PLUS, NULL},
	{"outlook.ie", CUT_PLUS, NULL},
	{"outlook.in", CUT_PLUS, NULL},
	{"outlook.it", CUT_PLUS, NULL},
	{"outlook.jp", CUT_PLUS, NULL},
	{"outlook.kr", CUT_PLUS, NULL},
	{"outlook.lv", CUT_PLUS, NULL},
	{"outlook.my", CUT_PLUS, NULL},
	{"outlook.ph", CUT_PLUS, NULL},
	{"outlook.pt", CUT_PLUS, NULL},
	{"outlook.sa", CUT_PLUS, NULL},
	{"outlook.sg", CUT_PLUS, NULL},
	{"outlook.sk", CUT_PLUS, NULL},
	{"passport.com", CUT_PLUS, NULL},
	{"rocketmail.com", CUT_HYPHEN, NULL},
	{"ya.ru", 0, "yandex.ru"},
	{"yahoo.ca", CUT_HYPHEN, NULL},
	{"yahoo.co.uk", CUT_HYPHEN, NULL},
	{"yahoo.com", CUT_HYPHEN, NULL},
	{"yahoo.de", CUT_HYPHEN, NULL},
	{"yahoo.fr", CUT_HYPHEN, NULL},
	{"yahoo.in", CUT_HYPHEN, NULL},
	{"yahoo.it", CUT_HYPHEN, NULL},
	{"yandex.by", 0, "yandex.ru"},
	{"yandex.com", 0, "yandex.ru"},
	{"yandex.kz", 0, "yandex.ru"},
	{"yandex.ua", 0, "yandex.ru"},
	{"ymail.com", CUT_HYPHEN, NULL},
};

static int
compare_domain(TextSpan domain, const char *name)
{
	int			n = strlen(name);
	int			c = memcmp(domain.data, name, Min(domain.len, n));

	return c != 0 ? c : domain.len - n;
}

static const Provider *
find_provider(TextSpan domain)
{
	int			low = 0;
	int			high = lengthof(providers);

	while (low < high)
	{
		int			mid = (low + high) / 2;
		int			c = compare_domain(domain, providers[mid].domain);

		if (c == 0)
			return &providers[mid];
		if (c < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

/* ---- partners ---- */

typedef enum PartnerId
{
	PARTNER_PROVIDER,			/* not a partner: the spelling that a provider delivers alike */
	PARTNER_UID2,
	PARTNER_GOOGLE,
	PARTNER_META,
	PARTNER_TIKTOK
} PartnerId;

static const struct
{
	const char *name;
	PartnerId	id;
}			partners[] =
{
	{"provider", PARTNER_PROVIDER},
	{"omni", PARTNER_PROVIDER},
	{"uid2", PARTNER_UID2},
	{"euid", PARTNER_UID2},
	{"google", PARTNER_GOOGLE},
	{"meta", PARTNER_META},
	{"tiktok", PARTNER_TIKTOK},
};

static PartnerId
partner_of(const text *name, bool hashing)
{
	for (int i = 0; i < lengthof(partners); i++)
	{
		TextSpan	given = {VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name)};

		if (compare_domain(given, partners[i].name) == 0 &&
			!(hashing && partners[i].id == PARTNER_PROVIDER))
			return partners[i].id;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 hashing ? errmsg("unknown platform") : errmsg("unknown e-mail key profile"),
			 hashing ? errhint("Platforms are uid2, euid, google, meta and tiktok.") :
			 errhint("Profiles are provider (or omni), uid2 (or euid), google, meta, tiktok.")));
}

bool
email_profile(const char *name, int len, int *profile)
{
	if (compare_domain((TextSpan) {name, len}, "plain") == 0)
	{
		*profile = EMAIL_PLAIN;
		return true;
	}
	for (int i = 0; i < lengthof(partners); i++)
	{
		if (compare_domain((TextSpan) {name, len}, partners[i].name) == 0)
		{
			*profile = partners[i].id;
			return true;
		}
	}
	return false;
}

const char *
email_profile_name(int profile)
{
	for (int i = 0; i < lengthof(partners); i++)
	{
		if (partners[i].id == profile)
			return partners[i].name;
	}
	return "plain";
}

/* ---- keys ---- */

/* drop from the mark on, unless nothing would be left */
static int
cut(const char *s, int len, char mark, bool last)
{
	for (int i = last ? len - 1 : 0; i >= 0 && i < len; i += last ? -1 : 1)
	{
		if (s[i] == mark)
			return i;
	}
	return len;
}

static int
apply_rules(const char *s, int len, int rules, char *out)
{
	int			n = 0;

	if (rules & CUT_PLUS)
		len = cut(s, len, '+', false);
	if (rules & CUT_HYPHEN)
		len = cut(s, len, '-', true);
	for (int i = 0; i < len; i++)
	{
		if (s[i] != '.' || !(rules & DROP_DOTS))
			out[n++] = s[i];
	}
	return n;
}

/*
 * The spelling of a canonical address that the partner hashes.  False, with the problem filled,
 * where the partner takes no such address.
 */
static bool
email_partner_key(PartnerId partner, const char *s, int len, EmailKey *key, Problem *problem)
{
	int			at = email_local_length(s, len);
	TextSpan	domain = {s + at + 1, len - at - 1};
	const Provider *provider = find_provider(domain);
	bool		google = provider != NULL && (provider->rules & DROP_DOTS);
	int			rules = 0;

	if (partner == PARTNER_PROVIDER && provider != NULL)
		rules = provider->rules;
	else if ((partner == PARTNER_UID2 && google && provider->same_as == NULL) ||
			 (partner == PARTNER_GOOGLE && google))
		rules = CUT_PLUS | DROP_DOTS;

	if ((partner == PARTNER_UID2 || partner == PARTNER_GOOGLE) && memchr(s, '@', at) != NULL)
	{
		PROBLEM(problem, "two_at", "The platform takes no address with a quoted \"@\".", NULL);
		return false;
	}
	if (partner == PARTNER_GOOGLE && memchr(s, ' ', at) != NULL)
	{
		PROBLEM(problem, "space", "The platform takes no address with a space inside.", NULL);
		return false;
	}
	key->len = apply_rules(s, at, rules, key->data);
	if (key->len == 0 && partner == PARTNER_PROVIDER)
		key->len = apply_rules(s, at, 0, key->data);
	if (key->len == 0)
	{
		PROBLEM(problem, "local_empty",
				"Nothing is left before the \"@\" once the platform's rule has dropped the tag.",
				NULL);
		return false;
	}
	key->data[key->len++] = '@';
	if (partner == PARTNER_PROVIDER && provider != NULL && provider->same_as != NULL)
		domain = (TextSpan) {provider->same_as, strlen(provider->same_as)};
	if (partner != PARTNER_PROVIDER && partner != PARTNER_META)
		domain = text_domain_to_unicode(domain.data, domain.len);
	memcpy(key->data + key->len, domain.data, domain.len);
	key->len += domain.len;
	return true;
}

bool
email_profile_key(int profile, const char *s, int len, EmailKey *key, Problem *problem)
{
	return email_partner_key((PartnerId) profile, s, len, key, problem);
}

/* Unicode lower case; drop = code points to leave out */
static bool
name_partner_key(const char *s, int len, bool (*drop) (pg_wchar), StringInfo key, Problem *problem)
{
	TextSpan	lower;
	int			size;

	if (!problem_of_text(text_lower(s, len, &lower), problem))
		return false;
	for (int i = 0; i < lower.len; i += size)
	{
		pg_wchar	c = text_next(lower.data + i, lower.len - i, &size);

		if (drop == NULL || !drop(c))
			appendBinaryStringInfo(key, lower.data + i, size);
	}
	if (key->len == 0)
	{
		PROBLEM(problem, "name_empty", "Nothing is left of the name without punctuation.", NULL);
		return false;
	}
	return true;
}

static bool
span_is(TextSpan span, const char *name)
{
	return compare_domain(span, name) == 0;
}

static bool
phone_partner_key(PartnerId partner, TextSpan phone, StringInfo key, Problem *problem)
{
	int			digits = phone.len - 1;

	if (partner == PARTNER_UID2 && (digits < 10 || digits > 15))
	{
		PROBLEM(problem, "phone_digits", "UID2 takes phone numbers of 10 to 15 digits.",
				"Filter with omni.uid2_eligible(identifier).");
		return false;
	}
	if (partner == PARTNER_META)
		appendBinaryStringInfo(key, phone.data + 1, digits);
	else
		appendBinaryStringInfo(key, phone.data, phone.len);
	return true;
}

/*
 * The string that the partner hashes for a canonical identifier; false, with the problem filled,
 * where the partner takes none such.
 */
static bool
partner_key(PartnerId partner, const char *s, int len, StringInfo key, Problem *problem)
{
	int			colon = (const char *) memchr(s, ':', len) - s;
	TextSpan	kind = {s, colon};
	TextSpan	value = {s + colon + 1, len - colon - 1};

	initStringInfo(key);
	if (span_is(kind, "email"))
	{
		EmailKey	email;

		if (!email_partner_key(partner, value.data, value.len, &email, problem))
			return false;
		appendBinaryStringInfo(key, email.data, email.len);
		return true;
	}
	if (span_is(kind, "phone"))
		return phone_partner_key(partner, value, key, problem);
	if (partner != PARTNER_UID2 &&
		(span_is(kind, "first_name") || span_is(kind, "given_name") ||
		 span_is(kind, "last_name") || span_is(kind, "family_name")))
		return name_partner_key(value.data, value.len,
								partner == PARTNER_META ? text_is_punctuation :
								partner == PARTNER_TIKTOK ? text_is_space : NULL,
								key, problem);
	PROBLEM(problem, "kind", "The platform takes no identifier of this kind.",
			"UID2 takes email and phone; the others also given_name and family_name.");
	return false;
}

static bytea *
sha256(const char *s, int len)
{
	bytea	   *digest = palloc(VARHDRSZ + PG_SHA256_DIGEST_LENGTH);
	pg_cryptohash_ctx *ctx = pg_cryptohash_create(PG_SHA256);

	SET_VARSIZE(digest, VARHDRSZ + PG_SHA256_DIGEST_LENGTH);
	if (pg_cryptohash_init(ctx) < 0 ||
		pg_cryptohash_update(ctx, (const uint8 *) s, len) < 0 ||
		pg_cryptohash_final(ctx, (uint8 *) VARDATA(digest), PG_SHA256_DIGEST_LENGTH) < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not compute SHA-256: %s", pg_cryptohash_error(ctx))));
	pg_cryptohash_free(ctx);
	return digest;
}

/* ---- SQL-callable functions ---- */

PG_FUNCTION_INFO_V1(email_key);
PG_FUNCTION_INFO_V1(hashed_identifier);
PG_FUNCTION_INFO_V1(hashed_identifier_problem);
PG_FUNCTION_INFO_V1(uid2_eligible);

/*
 * email_key(email, profile text) -> text, the spelling under which the profile compares addresses;
 * 22023 for an unknown profile, and where the profile takes no such address
 */
Datum
email_key(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);
	EmailKey	key;
	Problem		problem;

	if (!email_partner_key(partner_of(PG_GETARG_TEXT_PP(1), false), VARDATA_ANY(v),
						   VARSIZE_ANY_EXHDR(v), &key, &problem))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("address has no key in this profile"),
				 errdetail("%s", problem.detail)));
	PG_RETURN_TEXT_P(cstring_to_text(text_to_server(key.data, key.len)));
}

/*
 * hashed_identifier(identifier, platform text) -> text, SHA-256 of the platform's spelling, in
 * base64 for UID2 and EUID and in hex for the others; 22023 for an unknown platform, and where the
 * platform takes no such identifier
 */
Datum
hashed_identifier(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);
	PartnerId	partner = partner_of(PG_GETARG_TEXT_PP(1), true);
	StringInfoData key;
	Problem		problem;
	bytea	   *digest;
	char		out[PG_SHA256_DIGEST_LENGTH * 2];
	int			n;

	if (!partner_key(partner, VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v), &key, &problem))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("identifier is not accepted by this platform"),
				 errdetail("%s", problem.detail),
				 problem.hint ? errhint("%s", problem.hint) :
				 errhint("Filter by omni.hashed_identifier_problem().")));
	digest = sha256(key.data, key.len);
	if (partner == PARTNER_UID2)
		n = pg_b64_encode((void *) VARDATA(digest), PG_SHA256_DIGEST_LENGTH, out, sizeof(out));
	else
		n = hex_encode(VARDATA(digest), PG_SHA256_DIGEST_LENGTH, out);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out, n));
}

/*
 * hashed_identifier_problem(identifier, platform text) -> text, code of the reason why the platform
 * takes no such identifier; NULL where it does; 22023 for an unknown platform
 */
Datum
hashed_identifier_problem(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);
	StringInfoData key;
	Problem		problem;

	if (partner_key(partner_of(PG_GETARG_TEXT_PP(1), true), VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v),
					&key, &problem))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(problem.code));
}

/* uid2_eligible(identifier) -> boolean, whether UID2 takes it */
Datum
uid2_eligible(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);
	StringInfoData key;
	Problem		problem;

	PG_RETURN_BOOL(partner_key(PARTNER_UID2, VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v), &key, &problem));
}
