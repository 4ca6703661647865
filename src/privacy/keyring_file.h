/*
 * keyring_file.h
 *	  Private to the keyring: its text, from a file or a command, and what the text says.
 */
#ifndef OMNI_PRIVACY_KEYRING_FILE_H
#define OMNI_PRIVACY_KEYRING_FILE_H

#include "privacy/keyring.h"
#include "privacy/secret.h"

#define KEYRING_BYTES_MAX	(1024 * 1024)

/* why a keyring is refused: a full sentence that holds nothing of its text */
typedef struct KeyringProblem
{
	int			line;			/* 0: none in particular */
	char		detail[256];
} KeyringProblem;

typedef struct KeyringText
{
	const char *data;
	int			len;
} KeyringText;

typedef enum KeyState
{
	KEY_ACTIVE,
	KEY_DECRYPT,
	KEY_DESTROYED
} KeyState;

#define MASTER_BYTES	32

typedef struct KeyringKey
{
	int			version;
	int			line;
	KeyState	state;
	uint8	   *master;			/* in the pool; NULL where it is destroyed */
} KeyringKey;

typedef struct KeyringDomain
{
	DomainKey	key;			/* under the active version */
	int			line;
	char	   *tenant;
	char	   *purpose;
	char	   *recipient;
	uint32		epoch;
	uint32		meaning;		/* hash of tenant, purpose, recipient and epoch */
	int64		limit;			/* uses in a window, 0: no limit */
	int			seconds;		/* length of the window */
	int			role;			/* first of its roles, -1: none */
	Oid			rights_of;		/* the rights that were looked up last */
	uint32		rights_since;
	int			rights;			/* a bit for each verb */
	List	   *older;			/* DomainKey under other versions */
} KeyringDomain;

typedef struct KeyringRole
{
	char	   *name;
	char	   *domain_name;
	uint32		hash;			/* of the name */
	int			line;
	int			verbs;
	int			next;			/* of the same domain, -1: none */
} KeyringRole;

typedef struct Keyring
{
	KeyringKey *key;
	int			keys;
	int			active;			/* number of the active key */
	KeyringDomain *domain;
	int			domains;
	KeyringRole *role;
	int			roles;
	int		   *slot;			/* domains by tag: a power of two of them, -1 in empty ones */
	int			slots;
	SecretPool	secrets;
} Keyring;

extern const char *const keyring_verb_name[KEYRING_VERBS];

/* the bytes, in the pool; false with the problem filled */
extern bool keyring_read_file(const char *path, SecretPool *pool, KeyringText *text,
							  KeyringProblem *problem);
extern bool keyring_read_command(const char *command, SecretPool *pool, KeyringText *text,
								 KeyringProblem *problem);

/*
 * Fill an empty keyring in the current memory context, its keys in its own pool.  False with the
 * problem filled: the keyring is of no use then, but its pool has to be wiped.
 */
extern bool keyring_parse(KeyringText text, Keyring *keyring, KeyringProblem *problem);

extern KeyringDomain *keyring_find(const Keyring *keyring, uint32 tag);

extern bool keyring_refuse(KeyringProblem *problem, int line, const char *format, ...)
			__attribute__((format(printf, 3, 4)));

#endif							/* OMNI_PRIVACY_KEYRING_FILE_H */
