/*
 * link_evidence.h
 *	  Private to link_*.c: evidence that records are of one customer, and its resolution.
 *
 *	  link_evidence.c		pieces, canonical bytes, join, aggregate
 *	  link_evidence_io.c	text and binary form
 *	  link_limits.c			limits of merging, read from jsonb; what is blocked
 *	  link_clusters.c		union-find that keeps limits
 *	  link_bridges.c		pairs that alone hold two parts together
 *	  link_resolve.c		the order of evidence, resolve_links()
 *
 * match_cluster.c uses the union-find with limits, and store/identify.c the limits, too.
 *
 * Canonical bytes, the only form that is stored or sent (all in UTF-8):
 *
 *	  byte 0	version, 1
 *	  varint	number of pieces
 *	  then each piece, ascending by type and key, each key once:
 *	  varint	bytes of the piece that follow
 *	  1 byte	type: 1 a record has an identifier, 2 two records
 *	  key		type 1: source, NUL, record_id, NUL, identifier or nothing
 *				type 2: source, NUL, record_id, NUL, source, NUL, record_id, the lesser record first
 *	  8 bytes	observed_at or decided_at: microseconds since 2000, sign flipped, big-endian
 *	  8 bytes	type 2: the weight, IEEE 754, big-endian; no NaN, no negative zero
 *
 * Varints are little-endian base 128 of the shortest length.  So a set of evidence has exactly one
 * form: equal means identical bytes.  Of two pieces of one key the join keeps, for type 1, that of
 * the lesser time; for type 2, that of the greater time, and then the greater of
 * -Infinity > Infinity > finite weights.
 */
#ifndef OMNI_IDENTITY_LINK_EVIDENCE_H
#define OMNI_IDENTITY_LINK_EVIDENCE_H

#include "compat.h"
#include "datatype/timestamp.h"
#include "lib/stringinfo.h"
#include "text/text.h"
#include "utils/jsonb.h"

#define LINK_VERSION	1

/* source and record_id are keys, not documents: as long as the value of an identifier */
#define LINK_KEY_PART_MAX	512

/* a kind of identifiers is a name of the data model */
#define LINK_KINDS_MAX		1000

typedef enum LinkType
{
	LINK_IDENTIFIER = 1,
	LINK_PAIR = 2
} LinkType;

/* a piece of evidence; its bytes are the value's */
typedef struct LinkPiece
{
	LinkType	type;
	TextSpan	record;			/* source, NUL, record_id */
	TextSpan	other;			/* identifier, empty where there is none; or the other record */
	TimestampTz at;
	float8		weight;			/* of a pair */
} LinkPiece;

/* a value opened for reading: pieces one after the other */
typedef struct LinkView
{
	const char *at;
	const char *end;
	uint64		count;
	bool		canonical;		/* else a state: pieces in any order, keys more than once */
} LinkView;

/* link_evidence.c */

pg_noreturn extern void link_damaged(void);
pg_noreturn extern void link_too_large(void);
extern void link_open(Datum value, LinkView *view);
extern bool link_read(const char *at, uint64 size, LinkPiece *piece);
extern bool link_next(LinkView *view, LinkPiece *piece);
extern bool link_supersedes(const LinkPiece *a, const LinkPiece *b);
extern void link_put(StringInfo out, const LinkPiece *piece);
extern struct varlena *link_encode(LinkView view);
extern struct varlena *link_canonical(Datum value);

/* a piece of a pair in any order of its records; false if it is a record with itself */
extern bool link_order_pair(LinkPiece *piece);

/* the parts of "source, NUL, record_id" */
static inline void
link_split(TextSpan record, TextSpan *source, TextSpan *record_id)
{
	const char *nul = memchr(record.data, '\0', record.len);

	if (unlikely(nul == NULL))
		link_damaged();
	*source = (TextSpan) {record.data, nul - record.data};
	*record_id = (TextSpan) {nul + 1, record.data + record.len - nul - 1};
}

static inline TextSpan
link_kind(TextSpan identifier)
{
	const char *colon = memchr(identifier.data, ':', identifier.len);

	if (unlikely(colon == NULL))
		link_damaged();
	return (TextSpan) {identifier.data, colon - identifier.data};
}

static inline bool
link_same(TextSpan a, TextSpan b)
{
	return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

/* link_clusters.c */

#define CLUSTER_NO_KIND	PG_UINT32_MAX

/* how many values of a kind a cluster may have, at all or of those first seen within a span */
typedef struct ClusterRule
{
	int64		max;
	int64		within;			/* microseconds; 0: at all */
	bool		shared;			/* a value can be in more than one cluster */
} ClusterRule;

typedef struct ClusterLimits
{
	ClusterRule *rules;			/* by kind */
	uint32		kinds;
	int64		max_identifiers;	/* -1: no limit */
	int64		max_records;
} ClusterLimits;

typedef enum LinkRefusal
{
	LINK_ACCEPTED = 0,
	LINK_BLOCKED,
	LINK_SHARED,
	LINK_LIMIT,
	LINK_SIZE,
	LINK_CANNOT,
	LINK_WEAK_BRIDGE,
	LINK_UNKNOWN_RECORD
} LinkRefusal;

/* a node, and what its cluster has if it is the root */
typedef struct ClusterNode
{
	uint32		parent;
	uint32		records;
	uint32		identifiers;
	uint32		values;			/* first entry of its limited kinds; 0: none */
} ClusterNode;

typedef struct Clusters
{
	ClusterNode *nodes;
	uint32		count;
	const ClusterLimits *limits;
	struct ClusterValues *entries;
	uint32		entries_used;
	uint32		entries_room;
	uint32		entries_free;
	struct RefusedJoin *refused;
	struct ClusterForbidden *forbidden;
	MemoryContext context;
} Clusters;

static inline uint32
cluster_root(Clusters *c, uint32 node)
{
	ClusterNode *nodes = c->nodes;

	for (;;)
	{
		uint32		parent = nodes[node].parent;
		uint32		next = nodes[parent].parent;

		if (next == parent)
			return parent;
		nodes[node].parent = next;
		node = next;
	}
}

extern void clusters_create(Clusters *c, uint32 count, const ClusterLimits *limits);
extern void clusters_put_value(Clusters *c, uint32 node, uint32 kind, int64 value);
extern void clusters_forbid(Clusters *c, uint32 a, uint32 b);
extern LinkRefusal clusters_join(Clusters *c, uint32 a, uint32 b, bool decision, uint32 *kind);
extern LinkRefusal clusters_join_own(Clusters *c, Clusters *parts, uint32 a, uint32 b, uint32 own,
									 uint32 *kind);
extern void clusters_unite(Clusters *c, uint32 a, uint32 b);

/* is this number of values, at these times (ascending) if the rule has a window, within a rule */
extern bool cluster_rule_keeps(const ClusterRule *rule, const int64 *times, int64 n);

/* link_limits.c */

typedef struct KindLimit
{
	TextSpan	kind;
	int64		max;
	int64		within;
} KindLimit;

typedef struct KindBlocked
{
	TextSpan	kind;			/* or "*" */
	TextSpan   *values;			/* ascending */
	int			nvalues;
	text	  **patterns;
	int			npatterns;
} KindBlocked;

typedef struct KindShared
{
	TextSpan	kind;
	TextSpan	other;
	int64		max;
} KindShared;

typedef struct LinkLimits
{
	TextSpan   *priority;
	int			npriority;
	KindLimit  *limits;
	int			nlimits;
	KindLimit  *rest;			/* of kinds not named; or NULL */
	KindBlocked *blocked;
	int			nblocked;
	KindShared *shared;
	int			nshared;
	int64		max_identifiers;	/* -1: no limit */
	int64		max_records;
	bool		weak_bridge;
	float8		weak_weight;
	int64		weak_records;
} LinkLimits;

/* what is wrong with limits: a sentence that begins with the place */
typedef struct LimitsProblem
{
	char	   *message;
	const char *hint;
} LimitsProblem;

/* the limits of match_cluster */
typedef struct ColumnLimit
{
	char	   *name;			/* in the server encoding */
	int64		max;
} ColumnLimit;

typedef struct MatchLimits
{
	bool		any;
	ColumnLimit *columns;
	int			ncolumns;
	int64		max_records;	/* -1: no limit */
	bool		weak_bridge;
	float8		weak_weight;
	int64		weak_records;
	TextSpan  (*cannot)[2];		/* ids */
	int			ncannot;
} MatchLimits;

extern void match_limits_read(Jsonb *json, MatchLimits *limits);

extern bool link_limits_parse(Jsonb *json, LinkLimits *limits, LimitsProblem *problem);
extern void link_limits_read(Jsonb *json, LinkLimits *limits);
extern const KindLimit *link_limit_of(const LinkLimits *limits, TextSpan kind);

/* sets blocked[i] for each identifier that may not link */
extern void link_find_blocked(const LinkLimits *limits, const TextSpan *identifiers, uint32 n,
							  bool *blocked);

/* an identifier that a cluster has, and when it was first seen */
typedef struct LinkHeld
{
	TextSpan	identifier;
	int64		first_seen;
} LinkHeld;

extern bool link_have_windows(const LinkLimits *limits);

/* why these cannot be one cluster: a reason, or NULL */
extern const char *link_held_problem(const LinkLimits *limits, LinkHeld *held, int count,
									 int64 records);

/* link_bridges.c */

/* edges[i] = {a, b}; sets bridge[i] for those whose loss would part their component */
extern void link_find_bridges(uint32 nodes, const uint32 (*edges)[2], uint32 n, bool *bridge);

#endif							/* OMNI_IDENTITY_LINK_EVIDENCE_H */
