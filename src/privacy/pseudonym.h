/*
 * pseudonym.h
 *	  What stands for an identifier in a domain.
 */
#ifndef OMNI_PRIVACY_PSEUDONYM_H
#define OMNI_PRIVACY_PSEUDONYM_H

#include "compat.h"
#include "privacy/keyring.h"
#include "text/text.h"

/* the bytes that are stored; pseudonym.c says what they are */
#define PSEUDONYM_BYTES		24

typedef struct Pseudonym
{
	uint8		bytes[PSEUDONYM_BYTES];
} Pseudonym;

/* "ps1:" and 42 characters */
#define PSEUDONYM_TEXT_LEN	46

extern void pseudonym_format(const Pseudonym *p, char text[PSEUDONYM_TEXT_LEN]);
extern bool pseudonym_parse(const char *s, int len, Pseudonym *out, Problem *problem);

/* where a subject's secret lies while it is used; whoever puts it there wipes it */
extern uint8 *pseudonym_subject_room(void);

/*
 * Of a domain that keyring_domain() gave; the bytes are UTF-8 and canonical.  The secret of a
 * subject (subject_key.h) is what an erasable domain wants and any other refuses, with 55000; NULL
 * is none.
 */
extern void pseudonym_of_text(const DomainKey *domain, const uint8 *subject, const char *s, int len,
							  Pseudonym *out);
extern void pseudonym_of_email(const DomainKey *domain, const uint8 *subject, const char *s,
							   int len, Pseudonym *out);
extern void pseudonym_of_phone(const DomainKey *domain, const uint8 *subject, uint64 phone,
							   Pseudonym *out);
extern void pseudonym_of_identifier(const DomainKey *domain, const uint8 *subject, const char *s,
									int len, Pseudonym *out);

#endif							/* OMNI_PRIVACY_PSEUDONYM_H */
