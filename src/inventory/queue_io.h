/*
 * queue_io.h
 *	  Types that are a Queue: what their text and binary forms have in common.
 *
 * The text form is {entry, entry, ...}.  Input takes the entries in any order, adds up those that
 * differ only in quantity and drops those of no unit unless the type keeps them, as the aggregates
 * do.  The binary form is a version byte, int32 number of entries and the entries, as send writes
 * them: strictly ascending.  A type says how one entry is written in each.
 *
 * Entries may have terms, if the type says so (terms.h): in text behind the entry; in the binary
 * form version 2 has them behind each entry, version 1 has none.
 */
#ifndef OMNI_QUEUE_IO_H
#define OMNI_QUEUE_IO_H

#include "inventory/inventory.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "text/text.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

/* text that is read from its begin */
typedef struct Scanner
{
	const char *p;
	const char *end;
} Scanner;

typedef struct QueueType
{
	const char *name;
	const char *form;			/* how an entry is written, for a hint */
	int			text_min;		/* bytes of the shortest entry in text */
	int			binary_size;	/* bytes of an entry in the binary form */
	bool		keeps_zero;		/* an entry of no unit says something */
	uint8		terms;			/* version of a queue whose entries have terms; 0: they cannot */

	bool		(*take) (Scanner *s, QueueEntry *e, Problem *problem);
	void		(*print) (StringInfo buf, const QueueEntry *e);
	/* a sentence that says what is wrong, or NULL */
	const char *(*receive) (StringInfo buf, QueueEntry *e);
	void		(*send) (StringInfo buf, const QueueEntry *e);
} QueueType;

/* what stands at the begin of the text is taken off; false where it is something else */
extern bool scan_char(Scanner *s, char c);
extern bool scan_word(Scanner *s, const char *word);

/* an integer within min and max; *out_of_range tells a number that is not from no number */
extern bool scan_integer(Scanner *s, int64 min, int64 max, int64 *value, bool *out_of_range);

/* [-]YYYY-MM-DD, a day of the calendar; years as ISO 8601 counts them */
extern bool scan_date(Scanner *s, struct pg_tm *tm);

/* [-]YYYY-MM-DDTHH:MM:SS[.ffffff]Z, infinity or -infinity */
extern bool scan_time(Scanner *s, TimestampTz *t);
extern void print_time(StringInfo buf, TimestampTz t);

extern bool queue_parse(const char *str, int len, const QueueType *type, Queue **result,
						Problem *problem);
extern char *queue_print(Datum datum, const QueueType *type);
extern Queue *queue_receive(StringInfo buf, const QueueType *type);
extern bytea *queue_send(Datum datum, const QueueType *type);

/* whether a time of a binary value can be one */
extern bool queue_time_is_valid(TimestampTz t);

/* the context of an aggregate's state; an error where there is no aggregate */
extern MemoryContext queue_aggregate_context(FunctionCallInfo fcinfo);

/* what a transition function returns when its row adds nothing: a state, if it is a row */
extern Datum queue_unchanged(FunctionCallInfo fcinfo, bool is_row);

/*
 * T_in(cstring) -> T, T_out(T) -> cstring, T_recv(internal) -> T, T_send(T) -> bytea;
 * T(text) -> T and text(T) -> text, the casts; T_try(text) -> T or NULL where the text is not one;
 * T_problem(text) -> why it is not, or NULL where it is one.
 * Errors: 22P02 form or time, 22003 range, 22P03 binary.
 */
#define QUEUE_FUNCTIONS(T) \
PG_FUNCTION_INFO_V1(T##_in); \
PG_FUNCTION_INFO_V1(T##_out); \
PG_FUNCTION_INFO_V1(T##_recv); \
PG_FUNCTION_INFO_V1(T##_send); \
PG_FUNCTION_INFO_V1(T##_from_text); \
PG_FUNCTION_INFO_V1(T##_to_text); \
PG_FUNCTION_INFO_V1(T##_try); \
PG_FUNCTION_INFO_V1(T##_problem); \
Datum \
T##_in(PG_FUNCTION_ARGS) \
{ \
	char	   *str = PG_GETARG_CSTRING(0); \
	Queue	   *queue; \
	Problem		problem; \
	if (queue_parse(str, strlen(str), &T##_type, &queue, &problem)) \
		PG_RETURN_POINTER(queue); \
	problem_report(FC_ESCONTEXT(fcinfo), &problem, T##_type.name, str); \
	PG_RETURN_NULL(); \
} \
Datum \
T##_out(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_CSTRING(queue_print(PG_GETARG_DATUM(0), &T##_type)); \
} \
Datum \
T##_recv(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_POINTER(queue_receive((StringInfo) PG_GETARG_POINTER(0), &T##_type)); \
} \
Datum \
T##_send(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_BYTEA_P(queue_send(PG_GETARG_DATUM(0), &T##_type)); \
} \
Datum \
T##_from_text(PG_FUNCTION_ARGS) \
{ \
	text	   *t = PG_GETARG_TEXT_PP(0); \
	Queue	   *queue; \
	Problem		problem; \
	if (queue_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &T##_type, &queue, &problem)) \
		PG_RETURN_POINTER(queue); \
	problem_report(NULL, &problem, T##_type.name, text_to_cstring(t)); \
	PG_RETURN_NULL(); \
} \
Datum \
T##_to_text(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_TEXT_P(cstring_to_text(queue_print(PG_GETARG_DATUM(0), &T##_type))); \
} \
Datum \
T##_try(PG_FUNCTION_ARGS) \
{ \
	text	   *t = PG_GETARG_TEXT_PP(0); \
	Queue	   *queue; \
	Problem		problem; \
	if (queue_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &T##_type, &queue, &problem)) \
		PG_RETURN_POINTER(queue); \
	PG_RETURN_NULL(); \
} \
Datum \
T##_problem(PG_FUNCTION_ARGS) \
{ \
	text	   *t = PG_GETARG_TEXT_PP(0); \
	Queue	   *queue; \
	Problem		problem; \
	if (queue_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &T##_type, &queue, &problem)) \
		PG_RETURN_NULL(); \
	PG_RETURN_TEXT_P(cstring_to_text(problem.code)); \
}

#endif							/* OMNI_QUEUE_IO_H */
