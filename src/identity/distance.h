/*
 * distance.h
 *	  How alike two texts are: the functions of distance.c for other files of the room.
 */
#ifndef OMNI_IDENTITY_DISTANCE_H
#define OMNI_IDENTITY_DISTANCE_H

#include "text/text.h"

/*
 * Arguments are UTF-8 and valid; a character is a code point.  Similarities are from 0 to 1, and
 * that of two empty texts is 0.
 */
extern double distance_jaro(TextSpan a, TextSpan b);
extern double distance_jaro_winkler(TextSpan a, TextSpan b);
extern double distance_jaccard(TextSpan a, TextSpan b);

/* where the distance is above the limit, any number above the limit; no limit below zero */
extern int	distance_levenshtein(TextSpan a, TextSpan b, int limit);

/* a transposition is one edit, and what was transposed may be edited again */
extern int	distance_damerau_levenshtein(TextSpan a, TextSpan b);

#endif							/* OMNI_IDENTITY_DISTANCE_H */
