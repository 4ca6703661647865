/*
 * terms.h
 *	  What a queue's entry may say beyond its place: a channel, and a line's minimum.
 */
#ifndef OMNI_TERMS_H
#define OMNI_TERMS_H

#include "inventory/queue_io.h"

/*
 * The channel that a name in the server's encoding stands for: UTF-8 in NFC, of 1 to
 * QUEUE_CHANNEL_MAX bytes, without control characters, invisible ones and outer spaces.  It may be
 * the name itself.
 */
extern bool channel_parse(const char *s, int len, TextSpan *out, Problem *problem);

/* text form, behind the entry: [ min N][ for CHANNEL]; a minimum only where with_min */
extern bool terms_take(Scanner *s, bool with_min, const QueueEntry *e, QueueTerms *terms,
					   Problem *problem);
extern void terms_print(StringInfo buf, const QueueTerms *terms);

/*
 * Binary form, behind the entry: int64 minimum where with_min, a byte with the length of the
 * channel, and the channel.  terms_receive gives a sentence that says what is wrong, or NULL.
 */
extern const char *terms_receive(StringInfo buf, bool with_min, const QueueEntry *e,
								 QueueTerms *terms);
extern void terms_send(StringInfo buf, bool with_min, const QueueTerms *terms);

#endif							/* OMNI_TERMS_H */
