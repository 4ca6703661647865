/*
 * tcf.h
 *	  Transparency and consent (TC) strings, as other parts of the room read them.
 */
#ifndef OMNI_PRIVACY_TCF_H
#define OMNI_PRIVACY_TCF_H

#include "datatype/timestamp.h"
#include "privacy/fields.h"

/* how a vendor declared a purpose in the global vendor list */
typedef enum TcfBasis
{
	TCF_CONSENT,
	TCF_LEGITIMATE_INTEREST,
	TCF_FLEXIBLE_CONSENT,		/* consent, unless a publisher asks for the other */
	TCF_FLEXIBLE_LEGITIMATE_INTEREST
} TcfBasis;

#define TCF_PURPOSES		24
#define TCF_SPECIAL_FEATURES 12

/* what the core of a TC string says of one vendor and, if it is not 0, of one purpose */
typedef struct TcfAnswer
{
	int			policy;
	bool		purpose_consent;
	bool		purpose_interest;	/* legitimate interest, and no objection to it */
	bool		vendor_consent;
	bool		vendor_interest;
	bool		restricted[4];	/* by type: not allowed, consent only, interest only, undefined */
} TcfAnswer;

extern bool tcf_answer(TextSpan string, int vendor, int purpose, TcfAnswer *answer,
					   Problem *problem);
extern bool tcf_answer_allows(const TcfAnswer *answer, int purpose, TcfBasis basis);

/* the text of an argument if it is not longer than such strings are; the problem else */
extern bool tcf_text(Datum argument, TextSpan *string, Problem *problem);

/* refuse what is no string of this kind: "TC" or "GPP" */
pg_noreturn extern void tcf_refuse(const char *kind, const Problem *problem);

#endif							/* OMNI_PRIVACY_TCF_H */
