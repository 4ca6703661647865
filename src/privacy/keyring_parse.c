/*
 * keyring_parse.c
 *	  What the text of a keyring says.
 *
 *		keyring 1
 *		key <version> <active|decrypt> <64 hex> check <8 hex>
 *		key <version> destroyed
 *		domain <name> tenant=<t> purpose=<p> recipient=<r> profile=<p> epoch=<n>
 *			[erasable] [reversible] [limit=<n>/<s|m|h|d>]
 *		role <name> domain=<name> verbs=<verb,...>
 *
 * one line each, blank ones and those that begin with # aside.  The whole is refused for any word
 * that is not expected, since what is not understood could be what was to forbid something.  The
 * last line has to be ended, so that a file that is cut off in a line is noticed.
 *
 * The check of a key is the first 8 hexadecimal digits of SHA-256 of the text
 * "omni key <version> <64 hex>": it finds a key that was damaged or put under another version.
 *
 * No problem repeats a word of the text: it could be a piece of a key.
 */
#include "postgres.h"
#include "compat.h"

#include "common/hashfn.h"
#include "miscadmin.h"

#include "identity/identity.h"
#include "privacy/domain.h"
#include "privacy/keyring_file.h"

#define VERSION_MAX			PG_UINT16_MAX
#define EPOCH_MAX			UINT64CONST(4294967295)
#define LIMIT_MAX			UINT64CONST(1000000000000)
#define FIELD_MAX			63

const char *const keyring_verb_name[KEYRING_VERBS] = {
	"pseudonymize", "tokenize", "reidentify", "map"
};

/* a word of a line, or a part of one */
typedef struct Word
{
	const char *data;
	int			len;
} Word;

typedef struct Line
{
	const char *at;
	const char *end;
	int			number;
} Line;

/* ---- words ---- */

static bool
next_word(Line *line, Word *word)
{
	while (line->at < line->end && (*line->at == ' ' || *line->at == '\t'))
		line->at++;
	word->data = line->at;
	while (line->at < line->end && *line->at != ' ' && *line->at != '\t')
		line->at++;
	word->len = line->at - word->data;
	return word->len > 0;
}

static bool
word_is(Word word, const char *text)
{
	return word.len == strlen(text) && memcmp(word.data, text, word.len) == 0;
}

/* "name=value": the value, where the word begins so */
static bool
word_value(Word word, const char *name, Word *value)
{
	int			len = strlen(name);

	if (word.len <= len || memcmp(word.data, name, len) != 0 || word.data[len] != '=')
		return false;
	*value = (Word) {word.data + len + 1, word.len - len - 1};
	return true;
}

/* the word up to the mark, which is taken off with it */
static Word
cut_word(Word *word, char mark)
{
	const char *at = memchr(word->data, mark, word->len);
	Word		first = {word->data, at == NULL ? word->len : at - word->data};

	*word = at == NULL ? (Word) {NULL, 0} :
		(Word) {at + 1, word->data + word->len - at - 1};
	return first;
}

/* a number without sign, leading zeros or anything else */
static bool
word_number(Word word, uint64 min, uint64 max, uint64 *number)
{
	*number = 0;
	if (word.len < 1 || word.len > 18 || (word.len > 1 && word.data[0] == '0'))
		return false;
	for (int i = 0; i < word.len; i++)
	{
		if (word.data[i] < '0' || word.data[i] > '9')
			return false;
		*number = *number * 10 + (word.data[i] - '0');
	}
	return *number >= min && *number <= max;
}

static int
hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* lower-case hexadecimal digits of exactly so many bytes */
static bool
word_hex(Word word, uint8 *out, int bytes)
{
	if (word.len != 2 * bytes)
		return false;
	for (int i = 0; i < bytes; i++)
	{
		int			high = hex_digit(word.data[2 * i]);
		int			low = hex_digit(word.data[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = high << 4 | low;
	}
	return true;
}

/* the name of a tenant, a purpose, a recipient */
static bool
is_field(Word word)
{
	if (word.len < 1 || word.len > FIELD_MAX)
		return false;
	for (int i = 0; i < word.len; i++)
	{
		char		c = word.data[i];

		if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') &&
			c != '_' && c != '-' && c != '.')
			return false;
	}
	return true;
}

/* ---- keys ---- */

static bool
check_is(Word version, Word hex, Word check)
{
	static const char start[] = "omni key ";
	CryptoPart	part[4] = {
		{start, sizeof(start) - 1}, {version.data, version.len}, {" ", 1}, {hex.data, hex.len}
	};
	uint8		digest[SHA256_BYTES];
	uint8		given[4];
	bool		same;

	if (!word_hex(check, given, sizeof(given)))
		return false;
	sha256(part, lengthof(part), digest);
	same = crypto_equal(digest, given, sizeof(given));
	explicit_bzero(digest, sizeof(digest));
	return same;
}

/* whether all bytes are the same, which no random key is */
static bool
is_constant(const uint8 *bytes, int len)
{
	uint8		difference = 0;

	for (int i = 1; i < len; i++)
		difference |= bytes[i] ^ bytes[0];
	return difference == 0;
}

static bool
parse_key(Line *line, Keyring *keyring, KeyringProblem *problem)
{
	KeyringKey	key = {.line = line->number};
	Word		version;
	Word		state;
	Word		hex;
	Word		word;
	uint64		number;

	if (!next_word(line, &version) || !word_number(version, 1, VERSION_MAX, &number))
		return keyring_refuse(problem, line->number,
							  "The version of a key is a number from 1 to %d.", VERSION_MAX);
	key.version = number;
	if (!next_word(line, &state))
		state.len = 0;
	if (word_is(state, "destroyed"))
		key.state = KEY_DESTROYED;
	else if (word_is(state, "active"))
		key.state = KEY_ACTIVE;
	else if (word_is(state, "decrypt"))
		key.state = KEY_DECRYPT;
	else
		return keyring_refuse(problem, line->number,
							  "The state of a key is active, decrypt or destroyed.");
	for (int i = 0; i < keyring->keys; i++)
	{
		if (keyring->key[i].version == key.version)
			return keyring_refuse(problem, line->number, "Version %d of the key is in line %d "
								  "already.", key.version, keyring->key[i].line);
		if (key.state == KEY_ACTIVE && keyring->key[i].state == KEY_ACTIVE)
			return keyring_refuse(problem, line->number, "The key of line %d is active already.",
								  keyring->key[i].line);
	}
	if (key.state != KEY_DESTROYED)
	{
		key.master = secret_alloc(&keyring->secrets, MASTER_BYTES);
		if (!next_word(line, &hex) || !word_hex(hex, key.master, MASTER_BYTES))
			return keyring_refuse(problem, line->number,
								  "A key is 64 lower-case hexadecimal digits.");
		if (!next_word(line, &word) || !word_is(word, "check") || !next_word(line, &word) ||
			!check_is(version, hex, word))
			return keyring_refuse(problem, line->number, "The check value of the key is missing "
								  "or wrong: the key was damaged or belongs to another version.");
		if (is_constant(key.master, MASTER_BYTES))
			return keyring_refuse(problem, line->number, "The key is not random.");
		for (int i = 0; i < keyring->keys; i++)
		{
			if (keyring->key[i].master != NULL &&
				crypto_equal(keyring->key[i].master, key.master, MASTER_BYTES))
				return keyring_refuse(problem, line->number, "The key is that of line %d.",
									  keyring->key[i].line);
		}
		if (key.state == KEY_ACTIVE)
			keyring->active = keyring->keys;
	}
	else if (next_word(line, &word))
		return keyring_refuse(problem, line->number, "Nothing may follow the word \"destroyed\": "
							  "a destroyed key is no longer there.");
	if (next_word(line, &word))
		return keyring_refuse(problem, line->number, "The line has more words than a key has.");
	if (keyring->keys == 0)
		keyring->key = palloc(sizeof(KeyringKey));
	else
		keyring->key = repalloc(keyring->key, (keyring->keys + 1) * sizeof(KeyringKey));
	keyring->key[keyring->keys++] = key;
	return true;
}

/* ---- domains ---- */

static bool
parse_limit(Word word, KeyringDomain *domain)
{
	static const struct
	{
		const char *name;
		int			seconds;
	}			unit[] = {{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
	Word		number = cut_word(&word, '/');
	uint64		limit;

	for (int i = 0; i < lengthof(unit); i++)
	{
		if (word_is(word, unit[i].name))
			domain->seconds = unit[i].seconds;
	}
	if (domain->seconds == 0 || !word_number(number, 1, LIMIT_MAX, &limit))
		return false;
	domain->limit = limit;
	return true;
}

/* what the words of a domain's line may be, each at most once */
enum
{
	HAS_TENANT = 1, HAS_PURPOSE = 2, HAS_RECIPIENT = 4, HAS_PROFILE = 8, HAS_EPOCH = 16,
	HAS_ALL = 31, HAS_ERASABLE = 32, HAS_REVERSIBLE = 64, HAS_LIMIT = 128
};

/* the bit of a word that is as it should be; 0: it is not */
static int
parse_domain_word(Word word, KeyringDomain *domain)
{
	Word		value;
	uint64		number;

	if (word_is(word, "erasable"))
	{
		domain->key.erasable = true;
		return HAS_ERASABLE;
	}
	if (word_is(word, "reversible"))
	{
		domain->key.reversible = true;
		return HAS_REVERSIBLE;
	}
	if (word_value(word, "tenant", &value) && is_field(value))
	{
		domain->tenant = pnstrdup(value.data, value.len);
		return HAS_TENANT;
	}
	if (word_value(word, "purpose", &value) && is_field(value))
	{
		domain->purpose = pnstrdup(value.data, value.len);
		return HAS_PURPOSE;
	}
	if (word_value(word, "recipient", &value) && is_field(value))
	{
		domain->recipient = pnstrdup(value.data, value.len);
		return HAS_RECIPIENT;
	}
	if (word_value(word, "profile", &value) &&
		email_profile(value.data, value.len, &domain->key.profile))
		return HAS_PROFILE;
	if (word_value(word, "epoch", &value) && word_number(value, 0, EPOCH_MAX, &number))
	{
		domain->epoch = number;
		return HAS_EPOCH;
	}
	if (word_value(word, "limit", &value) && parse_limit(value, domain))
		return HAS_LIMIT;
	return 0;
}

static uint32
hash_text(const char *text)
{
	return hash_bytes((const unsigned char *) text, strlen(text));
}

/* two domains of one meaning would have the same keys, and so pseudonyms that can be joined */
static bool
check_domain(const Keyring *keyring, const KeyringDomain *domain, KeyringProblem *problem)
{
	KeyringDomain *same = keyring_find(keyring, domain->key.tag);

	if (same != NULL && strcmp(same->key.name, domain->key.name) == 0)
		return keyring_refuse(problem, domain->line, "The domain is in line %d already.",
							  same->line);
	if (same != NULL)
		return keyring_refuse(problem, domain->line, "The name of the domain has the tag of that "
							  "in line %d. Choose another name.", same->line);
	for (int i = 0; i < keyring->domains; i++)
	{
		const KeyringDomain *other = &keyring->domain[i];

		if (other->meaning == domain->meaning && strcmp(other->tenant, domain->tenant) == 0 &&
			strcmp(other->purpose, domain->purpose) == 0 &&
			strcmp(other->recipient, domain->recipient) == 0 && other->epoch == domain->epoch)
			return keyring_refuse(problem, domain->line, "The domain has the tenant, purpose, "
								  "recipient and epoch of that in line %d: their keys would be "
								  "the same.", other->line);
	}
	return true;
}

static void
add_slot(Keyring *keyring, int number)
{
	uint32		i = keyring->domain[number].key.tag & (keyring->slots - 1);

	while (keyring->slot[i] >= 0)
		i = (i + 1) & (keyring->slots - 1);
	keyring->slot[i] = number;
}

static void
add_domain(Keyring *keyring, const KeyringDomain *domain)
{
	if (keyring->domains == 0)
		keyring->domain = palloc(sizeof(KeyringDomain));
	else
		keyring->domain = repalloc(keyring->domain,
								   (keyring->domains + 1) * sizeof(KeyringDomain));
	keyring->domain[keyring->domains++] = *domain;
	if (keyring->domains * 2 > keyring->slots)
	{
		keyring->slots = Max(16, keyring->slots * 2);
		keyring->slot = palloc(keyring->slots * sizeof(int));
		for (int i = 0; i < keyring->slots; i++)
			keyring->slot[i] = -1;
		for (int i = 0; i < keyring->domains; i++)
			add_slot(keyring, i);
	}
	else
		add_slot(keyring, keyring->domains - 1);
}

KeyringDomain *
keyring_find(const Keyring *keyring, uint32 tag)
{
	if (keyring->slots > 0)
	{
		for (uint32 i = tag & (keyring->slots - 1); keyring->slot[i] >= 0;
			 i = (i + 1) & (keyring->slots - 1))
		{
			KeyringDomain *domain = &keyring->domain[keyring->slot[i]];

			if (domain->key.tag == tag)
				return domain;
		}
	}
	return NULL;
}

static bool
parse_domain(Line *line, Keyring *keyring, KeyringProblem *problem)
{
	KeyringDomain domain = {.line = line->number, .role = -1};
	Word		word;
	int			seen = 0;

	if (!next_word(line, &word) || !domain_name_valid(word.data, word.len))
		return keyring_refuse(problem, line->number, "The name of a domain is a lower-case letter "
							  "followed by at most 62 such letters, digits and \"_\".");
	domain.key.name = pnstrdup(word.data, word.len);
	domain.key.tag = domain_tag(word.data, word.len);
	domain.key.number = keyring->domains;
	for (int n = 3; next_word(line, &word); n++)
	{
		int			bit = parse_domain_word(word, &domain);

		if (bit == 0)
			return keyring_refuse(problem, line->number, "Word %d of the line is unknown, or its "
								  "value is not allowed.", n);
		if (seen & bit)
			return keyring_refuse(problem, line->number, "Word %d of the line is there already.",
								  n);
		seen |= bit;
	}
	if ((seen & HAS_ALL) != HAS_ALL)
		return keyring_refuse(problem, line->number,
							  "A domain needs tenant, purpose, recipient, profile and epoch.");
	domain.meaning = hash_combine(hash_combine(hash_text(domain.tenant),
											   hash_text(domain.purpose)),
								  hash_combine(hash_text(domain.recipient), domain.epoch));
	if (!check_domain(keyring, &domain, problem))
		return false;
	add_domain(keyring, &domain);
	return true;
}

/* ---- roles ---- */

static bool
parse_verbs(Word list, int *verbs)
{
	*verbs = 0;
	do
	{
		Word		name = cut_word(&list, ',');
		int			verb = 0;

		while (verb < KEYRING_VERBS && !word_is(name, keyring_verb_name[verb]))
			verb++;
		if (verb == KEYRING_VERBS || (*verbs & (1 << verb)) != 0)
			return false;
		*verbs |= 1 << verb;
	} while (list.data != NULL);
	return true;
}

static bool
parse_role(Line *line, Keyring *keyring, KeyringProblem *problem)
{
	KeyringRole role = {.line = line->number, .next = -1};
	Word		name;
	Word		domain;
	Word		verbs;
	Word		word;

	if (!next_word(line, &name) || name.len >= NAMEDATALEN)
		return keyring_refuse(problem, line->number, "The name of a role has at most %d bytes.",
							  NAMEDATALEN - 1);
	if (!next_word(line, &word) || !word_value(word, "domain", &domain) ||
		!domain_name_valid(domain.data, domain.len))
		return keyring_refuse(problem, line->number, "The word after the role is domain= with "
							  "the name of a domain.");
	if (!next_word(line, &word) || !word_value(word, "verbs", &verbs) ||
		!parse_verbs(verbs, &role.verbs))
		return keyring_refuse(problem, line->number, "The word after the domain is verbs= with "
							  "some of pseudonymize, tokenize, reidentify and map.");
	if (next_word(line, &word))
		return keyring_refuse(problem, line->number, "The line has more words than a role has.");
	role.name = pnstrdup(name.data, name.len);
	role.hash = hash_text(role.name);
	role.domain_name = pnstrdup(domain.data, domain.len);
	if (keyring->roles == 0)
		keyring->role = palloc(sizeof(KeyringRole));
	else
		keyring->role = repalloc(keyring->role, (keyring->roles + 1) * sizeof(KeyringRole));
	keyring->role[keyring->roles++] = role;
	return true;
}

/* hang the roles on their domains, which may come after them */
static bool
assign_roles(Keyring *keyring, KeyringProblem *problem)
{
	for (int i = 0; i < keyring->roles; i++)
	{
		KeyringRole *role = &keyring->role[i];
		KeyringDomain *domain = keyring_find(keyring, domain_tag(role->domain_name,
																 strlen(role->domain_name)));

		if (domain == NULL || strcmp(domain->key.name, role->domain_name) != 0)
			return keyring_refuse(problem, role->line, "The domain of the role is not in the "
								  "keyring.");
		CHECK_FOR_INTERRUPTS();
		for (int j = domain->role; j >= 0; j = keyring->role[j].next)
		{
			if (keyring->role[j].hash == role->hash &&
				strcmp(keyring->role[j].name, role->name) == 0)
				return keyring_refuse(problem, role->line, "The role has a line for this domain "
									  "already, line %d.", keyring->role[j].line);
		}
		role->next = domain->role;
		domain->role = i;
	}
	return true;
}

/* ---- the whole ---- */

static bool
parse_line(Line *line, bool first, Keyring *keyring, KeyringProblem *problem)
{
	Word		word;

	(void) next_word(line, &word);
	if (first)
	{
		if (!word_is(word, "keyring"))
			return keyring_refuse(problem, line->number,
								  "The first line has to be \"keyring 1\".");
		if (!next_word(line, &word) || !word_is(word, "1") || next_word(line, &word))
			return keyring_refuse(problem, line->number, "The keyring is of a version that this "
								  "version of omni does not know: it reads version 1.");
		return true;
	}
	if (word_is(word, "key"))
		return parse_key(line, keyring, problem);
	if (word_is(word, "domain"))
		return parse_domain(line, keyring, problem);
	if (word_is(word, "role"))
		return parse_role(line, keyring, problem);
	return keyring_refuse(problem, line->number,
						  "The first word of a line is key, domain or role.");
}

bool
keyring_parse(KeyringText text, Keyring *keyring, KeyringProblem *problem)
{
	const char *end = text.data + text.len;
	bool		first = true;
	int			number = 0;

	if (text.len == 0)
		return keyring_refuse(problem, 0, "It is empty.");
	if (memchr(text.data, '\0', text.len) != NULL)
		return keyring_refuse(problem, 0, "It is not a text: it has a byte 0.");
	if (end[-1] != '\n')
		return keyring_refuse(problem, 0, "Its last line is not ended: the rest is missing.");
	for (const char *at = text.data; at < end;)
	{
		const char *newline = memchr(at, '\n', end - at);
		Line		line = {at, newline, ++number};
		Word		word;

		CHECK_FOR_INTERRUPTS();
		at = newline + 1;
		if (!next_word(&line, &word) || word.data[0] == '#')
			continue;
		line.at = word.data;
		if (!parse_line(&line, first, keyring, problem))
			return false;
		first = false;
	}
	if (first)
		return keyring_refuse(problem, 0, "It is empty.");
	if (keyring->active < 0)
		return keyring_refuse(problem, 0, "No key is active.");
	for (int i = 0; i < keyring->domains; i++)
		keyring->domain[i].key.version = keyring->key[keyring->active].version;
	return assign_roles(keyring, problem);
}
