/*
 * purposes.h
 *	  The vocabulary of purposes: each has a name, and a bit of a mask for ever.
 *
 *	  0 to 10	purposes of the IAB Transparency and Consent Framework: purpose p is bit p - 1
 *	  11, 12	its special features: feature f is bit 10 + f
 *	  13 to 17	what laws of states of the US and IAB's Global Privacy Platform tell apart
 *	  18 to 21	the signals of Google's Consent Mode v2, which a consent banner may state as such
 *	  22 to 41	commerce
 *	  42 to 47	not assigned: no value has them
 *	  48 to 63	local_1 to local_16: what they mean is told by whoever uses them
 */
#ifndef OMNI_PRIVACY_PURPOSES_H
#define OMNI_PRIVACY_PURPOSES_H

#include "compat.h"

#define PURPOSE_COUNT	64

typedef enum PurposeBit
{
	PURPOSE_TCF_1 = 0,			/* TCF purpose p: PURPOSE_TCF_1 + p - 1 */
	PURPOSE_TCF_LAST = 10,
	PURPOSE_TCF_FEATURE_1 = 11, /* TCF special feature f: PURPOSE_TCF_FEATURE_1 + f - 1 */
	PURPOSE_TCF_FEATURE_2 = 12,
	PURPOSE_SALE = 13,
	PURPOSE_SHARING = 14,
	PURPOSE_TARGETED_ADVERTISING = 15,
	PURPOSE_SENSITIVE_DATA = 16,
	PURPOSE_CHILD_DATA = 17,
	PURPOSE_AD_STORAGE = 18,
	PURPOSE_AD_USER_DATA = 19,
	PURPOSE_AD_PERSONALIZATION = 20,
	PURPOSE_ANALYTICS_STORAGE = 21,
	PURPOSE_EMAIL_MARKETING = 22,
	PURPOSE_SMS_MARKETING = 23,
	PURPOSE_PHONE_MARKETING = 24,
	PURPOSE_POSTAL_MARKETING = 25,
	PURPOSE_PUSH_MARKETING = 26,
	PURPOSE_MESSAGING_MARKETING = 27,
	PURPOSE_PERSONALIZATION = 28,
	PURPOSE_ANALYTICS = 29,
	PURPOSE_PROFILING = 30,
	PURPOSE_AUTOMATED_DECISIONS = 31,
	PURPOSE_THIRD_PARTY_SHARING = 32,
	PURPOSE_AUDIENCE_MATCHING = 33,
	PURPOSE_CROSS_BORDER_TRANSFER = 34,
	PURPOSE_LOCATION = 35,
	PURPOSE_LOYALTY = 36,
	PURPOSE_SERVICE_MESSAGES = 37,
	PURPOSE_SURVEYS = 38,
	PURPOSE_RESEARCH = 39,
	PURPOSE_MODEL_TRAINING = 40,
	PURPOSE_BIOMETRIC_DATA = 41,
	PURPOSE_LOCAL_1 = 48,
	PURPOSE_LOCAL_LAST = 63
} PurposeBit;

#define PURPOSE_MASK(bit)	(UINT64CONST(1) << (bit))

/* the bit of a name; -1 where it is none */
extern int	purpose_bit(const char *s, int len);

/* the same of a text; 22023 where it is none */
extern int	purpose_of(const text *name);

/* refuse a name that is none: 22023 */
pg_noreturn extern void purpose_unknown(void);

/* the name of a bit, NULL where it is not assigned, or no bit */
extern const char *purpose_name(int bit);

/* all bits that are assigned */
extern uint64 purpose_all(void);

#endif							/* OMNI_PRIVACY_PURPOSES_H */
