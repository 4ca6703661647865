/*
 * gpp.h
 *	  Strings of the Global Privacy Platform (GPP), as other parts of the room read them.
 */
#ifndef OMNI_PRIVACY_GPP_H
#define OMNI_PRIVACY_GPP_H

#include "privacy/fields.h"

#define GPP_SECTIONS_MAX	64

#define GPP_TCF_EU	2
#define GPP_TCF_CA	5
#define GPP_USP		6
#define GPP_USNAT	7

/* a field of two bits, or several together: the strictest of them */
typedef enum GppChoice
{
	GPP_NOT_APPLICABLE,			/* or not in the section */
	GPP_REFUSED,				/* opted out; no consent */
	GPP_ALLOWED					/* did not opt out; consent */
} GppChoice;

typedef struct GppSection
{
	int			id;
	const char *name;			/* NULL: an ID that is not known */
	TextSpan	text;
	int			version;		/* -1: not known */
	bool		known;			/* its fields are: they are not where the version is newer */
	GppChoice	sale;
	GppChoice	sharing;
	GppChoice	targeted_advertising;
	GppChoice	sensitive;
	GppChoice	child;
	GppChoice	gpc;			/* refused: the signal of Global Privacy Control is on */
} GppSection;

/* the sections of a string, all of them checked; false with the problem filled */
extern bool gpp_read(TextSpan string, GppSection *section, int *sections, Problem *problem);

#endif							/* OMNI_PRIVACY_GPP_H */
