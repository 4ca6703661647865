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

/* what a string of version 2 says of all purposes, read whole */
typedef struct TcfSummary
{
	TimestampTz updated;
	char		country[3];		/* of the publisher */
	uint32		features;		/* bit f - 1: opted in to special feature f */
	bool		has_own;		/* the publisher has a segment of its own purposes */
	uint32		own_consent;	/* those, or else the purposes of the core; bit p - 1 */
	uint32		own_interest;
	int			policy;
	const char *warning;		/* the first of them that makes it invalid, or NULL */
} TcfSummary;

extern bool tcf_summary(TextSpan string, TcfSummary *summary, Problem *problem);

/* whether legitimate interest can be a basis for a purpose, under a version of the policy */
extern bool tcf_may_be_interest(int purpose, int policy);

extern bool tcf_answer(TextSpan string, int vendor, int purpose, TcfAnswer *answer,
					   Problem *problem);
extern bool tcf_answer_allows(const TcfAnswer *answer, int purpose, TcfBasis basis);

/* the text of an argument if it is not longer than such strings are; the problem else */
extern bool tcf_text(Datum argument, TextSpan *string, Problem *problem);

/* refuse what is no string of this kind: "TC" or "GPP" */
pg_noreturn extern void tcf_refuse(const char *kind, const Problem *problem);

#endif							/* OMNI_PRIVACY_TCF_H */
