/*
 * json_text.h
 *	  JSON text forms of this room's types: what their readers and writers share.
 */
#ifndef OMNI_IDENTITY_JSON_TEXT_H
#define OMNI_IDENTITY_JSON_TEXT_H

#include "compat.h"
#include "datatype/timestamp.h"
#include "lib/stringinfo.h"
#include "text/text.h"

/* a text of UTF-8 that is read; what is wrong with it goes into problem */
typedef struct JsonReader
{
	const char *start;
	const char *at;
	const char *end;
	Problem    *problem;
	const char *form;			/* hint: how the text should look */
	const char *limit;			/* detail and hint where it is too large */
	const char *limit_hint;
	Size		string_max;		/* bytes that a string may have */
} JsonReader;

/* each fills the problem and returns false */
extern bool json_fail(JsonReader *p, const char *code, const char *detail, const char *hint);
extern bool json_syntax(JsonReader *p, const char *expected);
extern bool json_too_large(JsonReader *p);

extern void json_skip_space(JsonReader *p);
extern char json_peek(JsonReader *p);
extern bool json_take(JsonReader *p, char c);
extern bool json_another(JsonReader *p, char close, bool *failed);
extern bool json_string(JsonReader *p, TextSpan *s);
extern int	json_digits(JsonReader *p);

extern bool json_time(TextSpan s, TimestampTz *t);
extern bool json_put_time(StringInfo out, TimestampTz t);
extern void json_put_string(StringInfo out, TextSpan s);

#endif							/* OMNI_IDENTITY_JSON_TEXT_H */
