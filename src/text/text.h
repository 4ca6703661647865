/*
 * text.h
 *	  The text room: canonical text, and what every type whose value is canonical text shares.
 *
 * All functions here take and give UTF-8, whatever the server encoding is; text_from_server and
 * text_to_server stand at the border.  Stored canonical bytes are UTF-8 in every database.
 *
 * Functions that may fail give a TextStatus and never raise, so that type input can report softly
 * and T_problem() can name the reason.  A result is palloc'd in the current memory context, or is
 * the input itself where nothing changed; it is not NUL-terminated unless said so.
 */
#ifndef OMNI_TEXT_H
#define OMNI_TEXT_H

#include "compat.h"
#include "mb/pg_wchar.h"

typedef enum TextStatus
{
	TEXT_OK = 0,
	TEXT_BAD_ENCODING,			/* not valid in the server encoding */
	TEXT_UNASSIGNED,			/* holds a code point not assigned in Unicode 15.0 */
	TEXT_NOT_ALLOWED,			/* UTS46: invalid domain name, by its characters or lengths */
	TEXT_TOO_LONG				/* result would not fit into 1 GB */
} TextStatus;

/* a run of UTF-8 bytes */
typedef struct TextSpan
{
	const char *data;
	int			len;
} TextSpan;

/* canonical.c: normal forms and folding under law 3, each with an ASCII fast path */
extern bool text_is_ascii(const char *s, int len);
extern TextStatus text_from_server(const char *s, int len, TextSpan *utf8);
extern char *text_to_server(const char *s, int len);	/* NUL-terminated */
extern bool text_fits_server(const char *s, int len);	/* text_to_server can show it */
extern TextStatus text_check_assigned(const char *s, int len);
extern TextStatus text_nfc(const char *s, int len, TextSpan *out);
extern TextStatus text_nfkc(const char *s, int len, TextSpan *out);
extern TextStatus text_nfkc_casefold(const char *s, int len, TextSpan *out);

/*
 * toCasefold and toLowercase of The Unicode Standard 3.13, in no language: code point by code
 * point, lower case with the final sigma.  The result need not be in the input's normal form.
 */
extern TextStatus text_casefold(const char *s, int len, TextSpan *out);
extern TextStatus text_lower(const char *s, int len, TextSpan *out);

/* NFC of what is left of the canonical decomposition without its marks */
extern TextStatus text_strip_marks(const char *s, int len, TextSpan *out);

/*
 * UTS46 non-transitional, UseSTD3ASCIIRules, CheckHyphens, CheckBidi, CheckJoiners, ToASCII:
 * lower-case A-labels, one trailing dot dropped, VerifyDnsLength.
 */
extern TextStatus text_domain_to_ascii(const char *s, int len, TextSpan *out);

/* the same; on refusal *why is a sentence that names the rule, or NULL where the status says it */
extern TextStatus text_domain_explain(const char *s, int len, TextSpan *out, const char **why);

/* the Unicode form of a result of text_domain_to_ascii: its A-labels decoded */
extern TextSpan text_domain_to_unicode(const char *s, int len);

/* match key of a person's name: NFKC_Casefold, marks off, punctuation dropped, single spaces */
extern TextStatus text_name_fold(const char *s, int len, TextSpan *out);

/* Unicode White_Space, and the invisibles that spreadsheets and web pages leave around a value */
extern bool text_is_space(pg_wchar c);
extern bool text_is_invisible(pg_wchar c);

/* Default_Ignorable_Code_Point, assigned or not; and these with all other format characters */
extern bool text_is_ignorable(pg_wchar c);
extern bool text_is_hidden(pg_wchar c);

/* a control character, or the line or paragraph separator */
extern bool text_is_control(pg_wchar c);

/* General_Category P*; Extended_Pictographic or Regional_Indicator; General_Category M* */
extern bool text_is_punctuation(pg_wchar c);
extern bool text_is_emoji(pg_wchar c);
extern bool text_is_mark(pg_wchar c);

/* value of a decimal digit of any script, -1 for every other code point */
extern int	text_digit_value(pg_wchar c);

/* first code point of s (len > 0, valid UTF-8); *size = its bytes */
extern pg_wchar text_next(const char *s, int len, int *size);

/* s without leading and trailing white space and invisibles */
extern TextSpan text_trim(const char *s, int len);

/* problem.c: why a value was refused */

/*
 * Filled by the parser of a type, read by its input function, T_try and T_problem.  The detail is
 * a full sentence and never repeats personal data.
 */
typedef struct Problem
{
	const char *code;			/* what T_problem() returns, e.g. "check_digit" */
	int			sqlerrcode;		/* 0 stands for 22P02 */
	const char *detail;			/* or NULL */
	const char *hint;			/* or NULL */
} Problem;

#define PROBLEM(p, code_, detail_, hint_) \
	(*(p) = (Problem) {.code = (code_), .detail = (detail_), .hint = (hint_)})

/* a detail by its format */
extern char *problem_text(const char *format, va_list args)
			__attribute__((format(printf, 1, 0)));

/* fill p for a TextStatus other than TEXT_OK; returns false, for "return problem_of_text(...)" */
extern bool problem_of_text(TextStatus status, Problem *p);

/*
 * Report p as an input error of the named type, softly if escontext asks for it (the caller then
 * returns NULL).  shown is the refused value for the message, NULL where it could be personal.
 */
extern void problem_report(Node *escontext, const Problem *p, const char *type_name,
						   const char *shown);

/*
 * An argument that is no personal datum, such as the name of a platform, as a message repeats it:
 * the first TEXT_SHOWN_MAX bytes, cut between characters, and "..." where there are more.
 */
#define TEXT_SHOWN_MAX	64
extern char *text_shown(const text *t);

#endif							/* OMNI_TEXT_H */
