/*
 * json.h
 *	  JSON text that the input function of a type reads.
 */
#ifndef OMNI_TEXT_JSON_H
#define OMNI_TEXT_JSON_H

#include "text/text.h"
#include "utils/jsonb.h"

/* jsonb of at most max bytes of JSON, NULL with the problem filled, but for its hint */
extern Jsonb *json_from_text(const char *s, int max, Problem *problem);

#endif							/* OMNI_TEXT_JSON_H */
