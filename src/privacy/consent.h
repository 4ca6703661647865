/*
 * consent.h
 *	  The type consent: who decided what about which purpose, and what follows from it.
 *
 *	  consent.c				bytes, join, aggregate, removal
 *	  consent_io.c			constructor, JSON text form, binary form
 *	  consent_effect.c		what is allowed and refused at a time, and until when; explanation
 *	  jurisdictions.c		what holds where nobody decided; opt-out signals of browsers
 *	  consent_signals.c		decisions that TC and GPP strings say
 *
 * Canonical bytes, the only form that is stored or sent (all in UTF-8):
 *
 *	  byte 0	version, 1
 *	  varint	number of entries
 *	  then each entry, ascending by key, each key once:
 *	  varint	bytes of the entry that follow
 *	  varint	bytes of the key
 *	  key		source, a NUL, record_id, a NUL, the bit of the purpose, which bytes order entries
 *	  1 byte	0 for what holds by default, 1 for a decision
 *	  8 bytes	time in microseconds since 2000, sign flipped, big-endian
 *	  1 byte	ConsentDecision: the greater, the more restrictive
 *	  8 bytes	expiry, as a time, all bits inverted: the earlier, the greater; 0: never
 *	  1 byte	ConsentBasis
 *	  3 times	varint length and bytes: jurisdiction, channel, proof; of length 0 where unknown
 *
 * Varints are little-endian base 128 of the shortest length.  So a consent has exactly one form:
 * equal means identical bytes.  What an entry says after its key compares as bytes: decisions
 * before defaults, then the later, then the more restrictive; the join keeps the greater of two
 * entries of one key, and so is commutative, associative and idempotent.
 */
#ifndef OMNI_PRIVACY_CONSENT_H
#define OMNI_PRIVACY_CONSENT_H

#include "compat.h"
#include "datatype/timestamp.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "port/pg_bswap.h"
#include "privacy/purposes.h"
#include "text/text.h"

#define CONSENT_VERSION		1

/*
 * A customer has a few records of a few dozen purposes each.  What is larger is no customer; the
 * limit keeps every value far from what no tool can read.
 */
#define CONSENT_MAX			(16 * 1024 * 1024)
#define CONSENT_ENTRIES_MAX	65536

/* source and record_id are keys, as long as those of a customer_profile */
#define CONSENT_KEY_PART_MAX	512
#define CONSENT_CHANNEL_MAX		64
/* a URI, a digest, a receipt: a TC string of the usual kind fits, too */
#define CONSENT_PROOF_MAX		4096

#define CONSENT_JURISDICTION_MAX	6

/* what is decided, in the order of restriction; the first two only where nobody decided */
typedef enum ConsentDecision
{
	CONSENT_DEFAULT_ALLOWED,
	CONSENT_DEFAULT_REFUSED,
	CONSENT_GIVEN_EXPLICIT,		/* "given" with explicit = true */
	CONSENT_GIVEN,
	CONSENT_WITHDRAWN,
	CONSENT_REFUSED,
	CONSENT_OBJECTED
} ConsentDecision;

#define CONSENT_IS_DEFAULT(d)	((d) <= CONSENT_DEFAULT_REFUSED)
#define CONSENT_IS_GRANT(d)		((d) == CONSENT_GIVEN || (d) == CONSENT_GIVEN_EXPLICIT)
#define CONSENT_IS_REFUSAL(d)	((d) >= CONSENT_WITHDRAWN)

/* legal bases: Art. 6(1)(a) to (f) GDPR, and what other laws know; 0: not said */
typedef enum ConsentBasis
{
	CONSENT_BASIS_NONE,
	CONSENT_BASIS_CONSENT,
	CONSENT_BASIS_CONTRACT,
	CONSENT_BASIS_LEGAL_OBLIGATION,
	CONSENT_BASIS_VITAL_INTERESTS,
	CONSENT_BASIS_PUBLIC_TASK,
	CONSENT_BASIS_LEGITIMATE_INTEREST,
	CONSENT_BASIS_EXPLICIT_CONSENT, /* Art. 9(2)(a) */
	CONSENT_BASIS_SOFT_OPT_IN,	/* Art. 13(2) ePrivacy Directive: an existing customer */
	CONSENT_BASIS_OPT_OUT		/* notice and a way to opt out */
} ConsentBasis;

#define CONSENT_BASES	10

/* the source of entries that hold by default; their record_id is the jurisdiction */
#define CONSENT_DEFAULT_SOURCE	"(default)"

/* one entry, all texts in UTF-8 */
typedef struct ConsentEntry
{
	TextSpan	source;
	TextSpan	record_id;
	int			purpose;		/* bit */
	ConsentDecision decision;
	TimestampTz at;
	TimestampTz expires;		/* DT_NOEND: never */
	ConsentBasis basis;
	TextSpan	jurisdiction;	/* of length 0: unknown */
	TextSpan	channel;
	TextSpan	proof;
} ConsentEntry;

/* a value opened for reading: entries one after the other */
typedef struct ConsentView
{
	const char *at;
	const char *end;
	uint32		count;
	bool		canonical;		/* else a state: entries in any order, keys more than once */
} ConsentView;

/* ---- consent.c ---- */

extern struct varlena *consent_open(Datum value, ConsentView *view);
extern bool consent_next(ConsentView *view, ConsentEntry *entry);

/* entries are put into a buffer, in any order, and made a canonical value; 54000 */
extern void consent_put(StringInfo entries, const ConsentEntry *entry);
extern struct varlena *consent_make(const StringInfo entries);

extern struct varlena *consent_canonical(Datum value);
extern bool consent_get_varint(const char **at, const char *end, uint32 *v);

/* ---- consent_io.c ---- */

/* whether an entry may be; else false, with the problem filled */
extern bool consent_entry_check(const ConsentEntry *entry, Problem *problem);

/* put an entry of which two arguments name the record; 22023, 22021 */
extern void consent_put_record(StringInfo entries, text *source, text *record_id,
							   ConsentEntry *entry);

extern const char *consent_decision_name(ConsentDecision decision);
extern const char *consent_basis_name(ConsentBasis basis);

/* ---- consent_effect.c ---- */

/* what is allowed at a time, what somebody refuses, and when either changes by itself */
typedef struct ConsentEffect
{
	uint64		allowed;
	uint64		refused;
	TimestampTz until;			/* DT_NOEND: never; only if asked for */
} ConsentEffect;

extern void consent_effect(Datum value, TimestampTz at, bool until, ConsentEffect *effect);

extern PGDLLEXPORT Datum consent_allows(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum consent_allows_now(PG_FUNCTION_ARGS);

/* an instant that is asked about; 22023 for an infinite one */
extern void consent_check_instant(TimestampTz at);

/* ---- jurisdictions.c ---- */

/* is this a code: of ISO 3166-1 alpha-2, of a state of the US, a province of Canada, or EU */
extern bool jurisdiction_known(const char *s, int len);

/* the same of an argument; 22023 where it is none */
extern TextSpan jurisdiction_argument(text *t);

#endif							/* OMNI_PRIVACY_CONSENT_H */
