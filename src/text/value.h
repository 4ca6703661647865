/*
 * value.h
 *	  What the types whose value is canonical UTF-8 text share (sku, email, identifier): their
 *	  comparison, hash, sort and text-operand functions are the same C functions under each type's
 *	  SQL name, since equal means identical bytes for all of them.
 */
#ifndef OMNI_TEXT_VALUE_H
#define OMNI_TEXT_VALUE_H

#include "compat.h"

/* memcmp order, shorter first: the order of every canonical text type */
extern int	text_value_compare(const char *a, int alen, const char *b, int blen);

#endif							/* OMNI_TEXT_VALUE_H */
