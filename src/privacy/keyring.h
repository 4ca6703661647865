/*
 * keyring.h
 *	  The keyring: key versions, domains, who may do what in them, and how often.
 *
 * keyring_domain() is the one way to a key.  It loads the keyring where that has to be, checks that
 * the calling role has the verb in the domain, and counts the uses; what it refuses it reports in
 * full.  What it gives is valid until the next call of a function of this header.
 */
#ifndef OMNI_PRIVACY_KEYRING_H
#define OMNI_PRIVACY_KEYRING_H

#include "compat.h"
#include "privacy/crypto.h"

typedef enum KeyringVerb
{
	VERB_PSEUDONYMIZE,
	VERB_TOKENIZE,
	VERB_REIDENTIFY,
	VERB_MAP
} KeyringVerb;

#define KEYRING_VERBS	4

/* what a pseudonym is made of; stored in it, so the numbers are forever */
typedef enum PseudonymKind
{
	PSEUDONYM_TEXT,
	PSEUDONYM_EMAIL,
	PSEUDONYM_PHONE,
	PSEUDONYM_IDENTIFIER
} PseudonymKind;

#define PSEUDONYM_KINDS	4

extern const char *const pseudonym_kind_name[PSEUDONYM_KINDS];

/* a domain under one version of the key */
typedef struct DomainKey
{
	const char *name;
	uint32		tag;
	uint16		version;
	bool		erasable;		/* pseudonyms need the key of a subject */
	bool		reversible;		/* there are tokens */
	int			profile;		/* of e-mail addresses: identity.h, EMAIL_PLAIN and others */
	int			number;			/* in the keyring */
	HmacKey    *state[PSEUDONYM_KINDS]; /* NULL: not derived yet */
} DomainKey;

/* from _PG_init */
extern void keyring_settings(void);

/*
 * The domain of this name, or of this tag, under the active key, for "uses" values.  42704 for an
 * unknown domain, 42501, 53400 where the limit is reached, 55000 without a keyring or what a limit
 * needs, F0000 for a keyring that cannot be used.
 */
extern const DomainKey *keyring_domain(const char *name, int len, KeyringVerb verb, int64 uses);
extern const DomainKey *keyring_domain_tagged(uint32 tag, KeyringVerb verb, int64 uses);

/* the same under another version of the key; 22023 for an unknown one, 55000 for a destroyed one */
extern const DomainKey *keyring_domain_version(const char *name, int len, KeyringVerb verb,
											   int64 uses, int version);

/* whether the calling role has the verb in any domain */
extern bool keyring_any_domain(KeyringVerb verb);

/* another number after each time the keyring was loaded, never 0: for what is kept beside it */
extern uint32 keyring_generation(void);

/* memory for secrets that is wiped with the keyring */
extern void *keyring_memory(size_t size);

/* the key of a kind of pseudonyms */
extern const HmacKey *domain_state(const DomainKey *domain, PseudonymKind kind);

/*
 * Other secrets: of a domain in an epoch, for a use that the label names, and of the keyring as a
 * whole under a version (0: the active one; *used is the version taken).  The caller wipes what it
 * gets.
 */
extern uint32 domain_epoch(const DomainKey *domain);
extern void domain_secret(const DomainKey *domain, const char *label, uint32 epoch,
						  uint8 *out, size_t len);
extern void keyring_secret(int version, int *used, const char *label, uint8 *out, size_t len);

#endif							/* OMNI_PRIVACY_KEYRING_H */
