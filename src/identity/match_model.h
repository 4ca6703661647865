/*
 * match_model.h
 *	  Settings of a matching in the short form in which people write them: what match_model.c takes
 *	  from match_short_form.c.
 */
#ifndef OMNI_IDENTITY_MATCH_MODEL_H
#define OMNI_IDENTITY_MATCH_MODEL_H

#include "text/text.h"
#include "utils/jsonb.h"

/* the JSON with all comparisons written out as Splink does; NULL with the problem filled */
extern Jsonb *match_model_expand(Jsonb *json, Problem *problem);

#endif							/* OMNI_IDENTITY_MATCH_MODEL_H */
