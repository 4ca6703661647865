/*
 * token.h
 *	  Reversible tokens: what stands for a value, and is read again by who has the right, the
 *	  keyring, and the key of the subject that the value is about.
 *
 * A caller has checked rights, and holds the domain under the token's version of the key.
 */
#ifndef OMNI_PRIVACY_TOKEN_H
#define OMNI_PRIVACY_TOKEN_H

#include "compat.h"
#include "privacy/keyring.h"
#include "privacy/subject_key.h"

/* the longest value, in bytes of UTF-8 */
#define TOKEN_MAX_VALUE	65535

typedef struct Token
{
	uint32		tag;			/* of the domain */
	int			version;		/* of the key */
	uint32		epoch;			/* of the domain */
	uint8	   *sealed;			/* palloc'd; opened in place */
	int			len;
	int64		subject;		/* once the envelope is open */
} Token;

/* what is written in a token, by anybody; 22P02 for what is none */
extern void token_parse(const text *t, Token *token);

/* the domain has to have tokens; 55000 */
extern void token_check_domain(const DomainKey *domain);

/* whose the value is; 22023 if this domain did not make the token, or it was changed */
extern void token_open_envelope(const DomainKey *domain, Token *token);

/* the value, in the encoding of the database; 22023 if another key of a subject made the token */
extern text *token_open_value(const DomainKey *domain, Token *token,
							  const uint8 secret[SUBJECT_SECRET_BYTES]);

#endif							/* OMNI_PRIVACY_TOKEN_H */
