/*
 * phone_plan.h
 *	  Numbering plans: the form of the generated data in phone_metadata.c, and what phone_plan.c
 *	  makes of dialed digits.  Private to the files of phone.
 *
 * A pattern over digits (a national prefix, a number that a region could have) is a program: words
 * of 3 bits operation and 13 bits argument, run from its start, preferring the first way at each
 * split, so that it finds the match that the regular expression it was made from finds.  Programs
 * have no loops: every jump is forward.
 */
#ifndef OMNI_PHONE_PLAN_H
#define OMNI_PHONE_PLAN_H

#include "compat.h"

#include "text/text.h"

#define PHONE_OP(word)	((word) >> 13)
#define PHONE_ARG(word)	((word) & 0x1FFF)

typedef enum PhoneOp
{
	PHONE_DIGITS,				/* argument: bit d set if digit d may stand here */
	PHONE_SPLIT,				/* go on with the next word, or else argument words ahead */
	PHONE_JUMP,					/* go on argument words ahead */
	PHONE_SAVE,					/* remember the position: 2g starts group g, 2g+1 ends it */
	PHONE_END,					/* only at the end of the number */
	PHONE_MATCH
} PhoneOp;

/* groups that a program may save */
#define PHONE_GROUPS	2

/* the numbering plan of a region, or of a calling code that belongs to no region */
typedef struct PhoneRegion
{
	char		name[4];		/* ISO 3166 alpha-2; 001, the world, for no region */
	uint16		code;			/* country calling code */
	uint32		lengths;		/* bit n set: a national number may have n digits */
	uint32		local_lengths;	/* bit n set: n digits can be dialed without the area code only */
	uint32		former_lengths; /* as lengths, under an older plan only */
	uint16		former;			/* program: the whole of a number under the older plan */
	uint16		idd;			/* program: prefix for dialing abroad; 0: none, also below */
	uint16		trunk;			/* program: what precedes a national number */
	uint16		trunk_start;	/* bit d set: trunk can match a number that starts with digit d */
	uint8		trunk_groups;	/* groups of trunk */
	const char *rule;			/* if the last group matched: what replaces the match of trunk */
	uint16		general;		/* program: the whole of a national number */
	uint16		leading;		/* program: tells this region from others of the same code */
	uint16		types;			/* program: does so where leading is none */
} PhoneRegion;

/* a country calling code and its regions, the main one first, whose lengths hold for all */
typedef struct PhoneCode
{
	uint16		code;
	uint16		first;			/* index into phone_regions */
	uint16		count;
} PhoneCode;

extern const char *const phone_metadata_version;
extern const PhoneRegion phone_regions[];
extern const PhoneCode phone_codes[];
extern const uint8 phone_code_of_prefix[1000];	/* first three digits -> 1 + index, or 0 */
extern const uint16 phone_region_of_name[26 * 26];	/* letters -> 1 + index, or 0 */
extern const uint16 phone_programs[];

/* digits of an E.164 number at most, with the country calling code */
#define PHONE_E164_MAX		15

/* digits of a national number at least */
#define PHONE_NATIONAL_MIN	2

/* digits read at most: 17 of a national number after the longest prefixes for dialing abroad */
#define PHONE_DIALED_MAX	32

/*
 * Digits here are ASCII.  phone_of_international takes those after + (calling code first),
 * phone_of_dialed those that one dials in the plan's region.  Both give the packed value of
 * phone.c, or false with the reason.  phone_is_settled tells at once what phone_of_international
 * would take unchanged; false says nothing.
 */
extern bool phone_of_international(const char *s, int len, uint64 *out, Problem *problem);
extern bool phone_of_dialed(const PhoneRegion *plan, const char *s, int len, uint64 *out,
							Problem *problem);
extern bool phone_is_settled(const char *s, int len);
extern bool phone_problem_too_long(Problem *p);

/* value with the given digits packed from place at on */
extern uint64 phone_pack(uint64 value, int at, const char *s, int len);

/* the region with the ISO 3166 code, in either case, or NULL */
extern const PhoneRegion *phone_region_by_name(const char *name, int len);

/* the calling code that at least three digits start with, or NULL; how many digits one has */
extern const PhoneCode *phone_code_of_digits(const char *s);
extern int	phone_code_width(int code);

/* the region that has a national number, or NULL if none of those that share the code does */
extern const PhoneRegion *phone_region_of_number(const PhoneCode *code, const char *s, int len);

#endif							/* OMNI_PHONE_PLAN_H */
