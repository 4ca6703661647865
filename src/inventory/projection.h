/*
 * projection.h
 *	  What an atp_projection holds: dated supply and demand of one SKU, and what must stay.
 *
 * A projection is a Queue.  Of an entry, "priority" is the kind, and "id" how long after "at" the
 * units are no longer there, in microseconds modulo 2^64, 0 for never: so most entries are short.
 */
#ifndef OMNI_PROJECTION_H
#define OMNI_PROJECTION_H

#include "inventory/queue_io.h"

typedef enum ProjectionKind
{
	PROJECTION_ON_HAND = 1,		/* units that are there */
	PROJECTION_INCOMING,		/* units that are expected */
	PROJECTION_RESERVED,		/* units that orders hold */
	PROJECTION_DEMAND,			/* orders with a date */
	PROJECTION_SAFETY,			/* safety stock: promises leave it */
	PROJECTION_BUFFER,			/* units kept for another channel: promises leave them */
	PROJECTION_BACKORDER		/* units that may be promised beyond what there is */
} ProjectionKind;

#define PROJECTION_KINDS	PROJECTION_BACKORDER

static inline TimestampTz
projection_expires_at(const QueueEntry *e)
{
	return e->id == 0 ? DT_NOEND : (TimestampTz) ((uint64) e->at + (uint64) e->id);
}

static inline bool
projection_is_supply(const QueueEntry *e)
{
	return e->priority == PROJECTION_ON_HAND || e->priority == PROJECTION_INCOMING;
}

static inline bool
projection_is_demand(const QueueEntry *e)
{
	return e->priority == PROJECTION_RESERVED || e->priority == PROJECTION_DEMAND;
}

/* a projection with one demand more; at may be -infinity */
extern Queue *projection_with_demand(Datum projection, int64 qty, TimestampTz at);

#endif							/* OMNI_PROJECTION_H */
