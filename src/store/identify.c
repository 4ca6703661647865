/*
 * identify.c
 *	  The short way of a store's identify(): a record of somebody new, or of one customer.
 *
 * Nearly every call of identify() is one of these, and what it costs is the start of the statements
 * that it runs.  Here they are two, as plan.h tells of them: one looks, one writes.
 *
 * store_identify() gives NULL, and has written nothing and keeps no lock of a customer, where there
 * is more to decide: two customers meet, a limit is reached, evidence is refused, blocked or moved
 * to an earlier time, a link is there, the transaction sees an older state, or the store has
 * adopted one of the tables.  Then identify() goes on in SQL, which can do all.  What is written
 * here is what it would have written.
 *
 * Locks are those of sql/store/identity.sql, in the same order: the store's, shared; then,
 * ascending, those of the identifiers and of the record, whose keys are negative; then that of the
 * one customer, whose key is positive.  What was read of the customer before its lock was had is a
 * condition of the statement that writes.
 */
#include "postgres.h"
#include "compat.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "storage/proc.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/timestamp.h"

#include "identity/identity.h"
#include "identity/link_evidence.h"
#include "store/plan.h"
#include "text/value.h"

/* a transaction of so many locks rather has the whole store than fill the table of locks */
#define LOCKS_MAX	1000

/* customers.bounds, as sql/store/identity.sql has them */
#define BOUND_REFUSED	1
#define BOUND_APART		2
#define BOUND_LINK		4

/* what there is to write */
#define WRITE_PERSON		1	/* somebody new */
#define WRITE_EVIDENCE		2	/* what the record did not say before */
#define WRITE_IDENTITIES	4	/* identifiers that were nobody's */
#define WRITE_SEEN			8	/* identifiers seen earlier or later than before */
#define WRITE_KNOWN_BY		16	/* the customer is known by this record from now on */
#define WRITE_CUSTOMER		32	/* or its row is written as it is, for who sees an older state */
#define WRITE_KNOWN_RECORD	64	/* the record is the customer's already */
#define WRITE_ORDER			128 /* an order has the record's key */
#define WRITE_MASKS			256

/* the statements of a store, for the session */
typedef struct Store
{
	Oid			id;				/* its schema; hash key */
	NameData	name;			/* that of the schema when the statements were made */
	Oid			identifiers_type;	/* that of the extension that was there then */
	bool		has_orders;		/* whether orders was a table then */
	SPIPlanPtr	look;
	SPIPlanPtr	said;
	SPIPlanPtr	members;
	SPIPlanPtr	again;
	SPIPlanPtr	write[WRITE_MASKS];
} Store;

/* parameters, those of all statements */
enum
{
	P_IDENTIFIERS,				/* $1 */
	P_SOURCE,
	P_RECORD_ID,
	P_AT,
	P_PROFILE,
	P_CUSTOMER,					/* $6 */
	P_UNSAID,					/* of the identifiers, those that the record did not have */
	P_UNOWNED,
	P_SEEN,						/* $9 */
	P_OWNED,					/* of the identifiers, those of the customer */
	P_BOUNDS,					/* what its row said when it was looked up */
	P_KNOWN_SINCE,				/* $12 */
	P_KNOWN_SOURCE,
	P_KNOWN_RECORD,
	P_COUNT
};

/* columns of what is looked up first: a row each identifier that is somebody's, or one row */
enum
{
	C_LIMITS = 1,
	C_HOME,						/* customer of the record */
	C_ELSEWHERE,				/* the record is not known, and there is evidence or a link of it */
	C_ORDER,					/* an order has the record's key, and no customer */
	C_REFUSED,					/* evidence with one of the identifiers is refused */
	C_IDENTIFIER,
	C_OWNER,
	C_FIRST_SEEN,
	C_LAST_SEEN,
	C_MERGED_INTO,
	C_BOUNDS,
	C_KNOWN_SINCE,				/* what the customer is known by */
	C_KNOWN_SOURCE,
	C_KNOWN_RECORD
};

/* what is known of an identifier */
#define ID_OWNED	1			/* it is the customer's */
#define ID_SAID		2			/* the record has it already */
#define ID_SEEN		4			/* it is seen earlier or later than before */

typedef struct Call
{
	Store	   *store;
	Oid			identifier_type;
	Oid			identifiers_type;	/* an array of them */
	Oid			profile_type;
	Datum		values[P_COUNT];
	char		nulls[P_COUNT];
	TimestampTz at;
	text	   *source;
	text	   *record_id;

	/* identifiers, ascending, each once */
	int			n;
	TextSpan   *ids;
	Datum	   *id_values;
	uint8	   *known;

	/* what was found */
	bool		has_customer;	/* it is somebody's already */
	int64		customer;
	bool		at_home;		/* the record is this customer's already */
	bool		has_order;
	bool		says_more;		/* it says later, or something else, what it said */
	bool		earlier;		/* the customer will be known by this record */
	bool		lowered;		/* an identifier is seen earlier than before */
	int			bounds;			/* of the customer */

	/* locks that this call took */
	int64		seed;
	bool		alone;			/* it has the whole store */
	int64	   *locked;
	int			nlocked;
} Call;

/* ---- locks ---- */

static void
advisory_tag(LOCKTAG *tag, int64 key)
{
	SET_LOCKTAG_ADVISORY(*tag, MyDatabaseId, (uint32) (key >> 32), (uint32) key, 1);
}

static void
take_lock(Call *call, int64 key, LOCKMODE mode)
{
	LOCKTAG		tag;

	advisory_tag(&tag, key);
	(void) LockAcquire(&tag, mode, false, false);
	if (key != call->seed)
		call->locked[call->nlocked++] = key;
}

/*
 * Locks of the call that found more to decide: identify() goes on with them, and nobody comes in
 * between.  If it then needs the whole store, it lets go of them first: two sessions that have the
 * store shared could wait for each other.
 */
static struct
{
	LocalTransactionId transaction;
	ResourceOwner owner;		/* whose they are */
	int64	   *keys;			/* that of the store last */
	int			n;
	bool		alone;
}			kept;

static void
keep_locks(Call *call)
{
	if (kept.keys)
		pfree(kept.keys);
	kept.keys = NULL;
	kept.keys = MemoryContextAlloc(TopMemoryContext, (call->nlocked + 1) * sizeof(int64));
	memcpy(kept.keys, call->locked, call->nlocked * sizeof(int64));
	kept.keys[call->nlocked] = call->seed;
	kept.n = call->nlocked + 1;
	kept.alone = call->alone;
	kept.transaction = MY_LXID;
	kept.owner = CurrentResourceOwner;
}

PG_FUNCTION_INFO_V1(store_identify_let_go);

/*
 * store_identify_let_go() -> void: lets go of the locks that store_identify() kept in the statement
 * that is running
 */
Datum
store_identify_let_go(PG_FUNCTION_ARGS)
{
	if (kept.transaction == MY_LXID && kept.owner == CurrentResourceOwner)
	{
		kept.transaction = InvalidLocalTransactionId;
		for (int i = 0; i < kept.n; i++)
		{
			bool		shared = i == kept.n - 1 && !kept.alone;
			LOCKTAG		tag;

			advisory_tag(&tag, kept.keys[i]);
			LockRelease(&tag, shared ? ShareLock : ExclusiveLock, false);
		}
	}
	PG_RETURN_VOID();
}

static int
compare_keys(const void *a, const void *b)
{
	int64		x = *(const int64 *) a;
	int64		y = *(const int64 *) b;

	return (x > y) - (x < y);
}

/* key of an identifier's or a record's lock */
static int64
negative_key(const char *s, int len, int64 seed)
{
	return (int64) (DatumGetUInt64(hash_any_extended((const unsigned char *) s, len, seed)) |
					UINT64CONST(1) << 63);
}

static int64
customer_key(int64 customer, int64 seed)
{
	Datum		hash = DirectFunctionCall2(hashint8extended, Int64GetDatum(customer),
										   Int64GetDatum(seed));

	return (int64) (DatumGetUInt64(hash) & ~(UINT64CONST(1) << 63));
}

/* all locks but the customer's */
static void
take_first_locks(Call *call)
{
	static LocalTransactionId transaction = InvalidLocalTransactionId;
	static int	taken = 0;
	StringInfoData s;
	int64	   *keys = palloc((call->n + 1) * sizeof(int64));
	int			n = 0;

	initStringInfo(&s);
	appendStringInfo(&s, "omni.identities %s", NameStr(call->store->name));
	call->seed = DatumGetInt64(hash_any_extended((unsigned char *) s.data, s.len, 0));
	for (int i = 0; i < call->n; i++)
		keys[n++] = negative_key(call->ids[i].data, call->ids[i].len, call->seed);
	resetStringInfo(&s);
	appendBinaryStringInfo(&s, VARDATA_ANY(call->source), VARSIZE_ANY_EXHDR(call->source));
	appendStringInfoCharMacro(&s, '\n');
	appendBinaryStringInfo(&s, VARDATA_ANY(call->record_id), VARSIZE_ANY_EXHDR(call->record_id));
	keys[n++] = negative_key(s.data, s.len, call->seed);
	qsort(keys, n, sizeof(int64), compare_keys);

	if (transaction != MY_LXID)
	{
		transaction = MY_LXID;
		taken = 0;
	}
	taken += Min(n, LOCKS_MAX) + 2;
	call->alone = taken > LOCKS_MAX;
	call->locked = palloc((n + 1) * sizeof(int64));
	if (call->alone)
	{
		taken = LOCKS_MAX;
		take_lock(call, call->seed, ExclusiveLock);
		return;
	}
	take_lock(call, call->seed, ShareLock);
	for (int i = 0; i < n; i++)
	{
		if (i == 0 || keys[i] != keys[i - 1])
			take_lock(call, keys[i], ExclusiveLock);
	}
}

/* ---- statements ---- */

static HTAB *stores = NULL;

/* a statement in which {} stands for the store's schema; prepared for the session */
static SPIPlanPtr
prepared(Call *call, SPIPlanPtr *plan, const char *query)
{
	Oid			types[P_COUNT] = {
		[P_IDENTIFIERS] = call->identifiers_type,
		[P_SOURCE] = TEXTOID,
		[P_RECORD_ID] = TEXTOID,
		[P_AT] = TIMESTAMPTZOID,
		[P_PROFILE] = call->profile_type,
		[P_CUSTOMER] = INT8OID,
		[P_UNSAID] = call->identifiers_type,
		[P_UNOWNED] = call->identifiers_type,
		[P_SEEN] = call->identifiers_type,
		[P_OWNED] = call->identifiers_type,
		[P_BOUNDS] = INT4OID,
		[P_KNOWN_SINCE] = TIMESTAMPTZOID,
		[P_KNOWN_SOURCE] = TEXTOID,
		[P_KNOWN_RECORD] = TEXTOID,
	};

	*plan = store_prepare(NameStr(call->store->name), query, P_COUNT, types);
	return *plan;
}

/* the statements of a schema, or NULL if it is no store that writes its identities */
static Store *
store_of(Oid schema, Oid identifiers_type)
{
	static const char *const written[] = {
		"customers", "identities", "evidence", "source_records"
	};
	char	   *name = get_namespace_name(schema);
	bool		has_orders,
				found;
	Store	   *store;
	Oid			relation;

	if (name == NULL)
		return NULL;
	for (int i = 0; i < lengthof(written); i++)
	{
		char		kind;

		relation = get_relname_relid(written[i], schema);
		kind = OidIsValid(relation) ? get_rel_relkind(relation) : '\0';
		if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE)
			return NULL;
	}
	relation = get_relname_relid("orders", schema);
	has_orders = OidIsValid(relation) && get_rel_relkind(relation) != RELKIND_VIEW;

	if (stores == NULL)
		stores = hash_create("stores of omni", 8, &(HASHCTL)
							 {
								 .keysize = sizeof(Oid), .entrysize = sizeof(Store)
							 }, HASH_ELEM | HASH_BLOBS);
	store = hash_search(stores, &schema, HASH_ENTER, &found);
	if (!found)
		memset((char *) store + sizeof(Oid), 0, sizeof(Store) - sizeof(Oid));
	if (store->has_orders != has_orders || store->identifiers_type != identifiers_type ||
		strcmp(NameStr(store->name), name) != 0)
	{
		store_forget(&store->look);
		store_forget(&store->said);
		store_forget(&store->members);
		store_forget(&store->again);
		for (int i = 0; i < WRITE_MASKS; i++)
			store_forget(&store->write[i]);
		store->has_orders = has_orders;
		store->identifiers_type = identifiers_type;
		namestrcpy(&store->name, name);
	}
	return store;
}

static SPIPlanPtr
look_plan(Call *call)
{
	StringInfoData s;

	if (call->store->look)
		return call->store->look;
	initStringInfo(&s);
	appendStringInfoString(&s, "SELECT (SELECT t.value FROM {}.identity_settings t "
						   "WHERE t.setting" EQ "'limits'), h.home, h.elsewhere, ");
	appendStringInfoString(&s, !call->store->has_orders ? "false, " :
						   "EXISTS (SELECT FROM {}.orders o WHERE o.order_ref" EQ "$3 "
						   "AND o.channel_code" EQ "$2 AND o.customer_id IS NULL), ");
	appendStringInfoString(&s, "EXISTS (SELECT FROM {}.refusals f WHERE f.identifier" EQ "ANY ($1) "
						   "AND f.reason OPERATOR(pg_catalog.<>) 'blocked'), "
						   "i.identifier, i.customer_id, i.first_seen_at, i.last_seen_at, "
						   "c.merged_into, c.bounds, c.first_seen_at, c.source, c.record_id "
						   "FROM (SELECT k.home, CASE WHEN k.home IS NULL THEN "
						   "EXISTS (SELECT FROM {}.evidence e "
						   "WHERE e.source" EQ "$2 AND e.record_id" EQ "$3) "
						   "OR EXISTS (SELECT FROM {}.links l "
						   "WHERE l.source" EQ "$2 AND l.record_id" EQ "$3) "
						   "OR EXISTS (SELECT FROM {}.links l "
						   "WHERE l.other_source" EQ "$2 AND l.other_record_id" EQ "$3) "
						   "ELSE false END AS elsewhere "
						   "FROM (SELECT (SELECT coalesce(m.merged_into, m.customer_id) "
						   "FROM {}.source_records s "
						   "JOIN {}.customers m ON m.customer_id" EQ "s.customer_id "
						   "WHERE s.source" EQ "$2 AND s.record_id" EQ "$3) AS home OFFSET 0) k "
						   "OFFSET 0) h "
						   "LEFT JOIN ({}.identities i "
						   "LEFT JOIN {}.customers c ON c.customer_id" EQ "i.customer_id) "
						   "ON i.identifier" EQ "ANY ($1)");
	return prepared(call, &call->store->look, s.data);
}

/* what the record said before, and whether it now says more than that */
static SPIPlanPtr
said_plan(Call *call)
{
	if (call->store->said)
		return call->store->said;
	return prepared(call, &call->store->said,
					"SELECT e.identifier, e.observed_at, s.last_seen_at" LT "$4 "
					"OR (s.profile" EQ "(s.profile OPERATOR(omni.||) $5)) IS NOT TRUE "
					"FROM {}.source_records s JOIN {}.evidence e "
					"ON e.source" EQ "s.source AND e.record_id" EQ "s.record_id "
					"WHERE s.source" EQ "$2 AND s.record_id" EQ "$3 "
					"AND e.identifier" EQ "ANY ($1)");
}

#define SAID_LAST \
	"last_seen_at = greatest(s.last_seen_at, $4), " \
	"profile = coalesce(s.profile OPERATOR(omni.||) $5, $5) "

static SPIPlanPtr
again_plan(Call *call)
{
	if (call->store->again)
		return call->store->again;
	return prepared(call, &call->store->again, "UPDATE {}.source_records s SET " SAID_LAST
					"WHERE s.source" EQ "$2 AND s.record_id" EQ "$3");
}

static SPIPlanPtr
members_plan(Call *call)
{
	if (call->store->members)
		return call->store->members;
	return prepared(call, &call->store->members,
					"SELECT i.identifier, i.first_seen_at FROM {}.identities i "
					"WHERE i.customer_id" EQ "$6");
}

/*
 * One statement writes all.  It begins with c, the customer: a new one, or the one that was found,
 * if it still is what it was before its lock was had.  Else it writes nothing and gives no row.
 */
static SPIPlanPtr
write_plan(Call *call, int mask)
{
	StringInfoData s;

	if (call->store->write[mask])
		return call->store->write[mask];
	initStringInfo(&s);
	if (mask & WRITE_PERSON)
		appendStringInfoString(&s, "WITH c AS (INSERT INTO {}.customers "
							   "(source, record_id, first_seen_at) VALUES ($2, $3, $4) "
							   "RETURNING customer_id)");
	else
		appendStringInfoString(&s, "WITH c AS MATERIALIZED (SELECT c.customer_id "
							   "FROM {}.customers c WHERE c.customer_id" EQ "$6 "
							   "AND c.merged_into IS NULL AND c.bounds" EQ "$11 "
							   "AND c.first_seen_at" EQ "$12 AND c.source" EQ "$13 "
							   "AND c.record_id" EQ "$14 AND (SELECT pg_catalog.count(*) "
							   "FROM {}.identities i WHERE i.identifier" EQ "ANY ($10) "
							   "AND i.customer_id" EQ "$6)" EQ "pg_catalog.cardinality($10))");
	if (mask & WRITE_EVIDENCE)
		appendStringInfoString(&s, ", e AS (INSERT INTO {}.evidence "
							   "(identifier, source, record_id, observed_at) "
							   "SELECT u, $2, $3, $4 FROM c CROSS JOIN pg_catalog.unnest($7) u)");
	if (mask & WRITE_IDENTITIES)
		appendStringInfoString(&s, ", i AS (INSERT INTO {}.identities "
							   "(identifier, customer_id, first_seen_at, last_seen_at) "
							   "SELECT u, c.customer_id, $4, $4 "
							   "FROM c CROSS JOIN pg_catalog.unnest($8) u)");
	if (mask & WRITE_SEEN)
		appendStringInfoString(&s, ", n AS (UPDATE {}.identities i "
							   "SET first_seen_at = least(i.first_seen_at, $4), "
							   "last_seen_at = greatest(i.last_seen_at, $4) "
							   "FROM c WHERE i.identifier" EQ "ANY ($9))");
	if (mask & WRITE_KNOWN_BY)
		appendStringInfoString(&s, ", k AS (UPDATE {}.customers k "
							   "SET first_seen_at = $4, source = $2, record_id = $3 "
							   "FROM c WHERE k.customer_id" EQ "c.customer_id)");
	if (mask & WRITE_CUSTOMER)
		appendStringInfoString(&s, ", k AS (UPDATE {}.customers k SET bounds = k.bounds "
							   "FROM c WHERE k.customer_id" EQ "c.customer_id)");
	if (mask & WRITE_ORDER)
		appendStringInfoString(&s, ", o AS (UPDATE {}.orders o SET customer_id = c.customer_id "
							   "FROM c WHERE o.order_ref" EQ "$3 AND o.channel_code" EQ "$2 "
							   "AND o.customer_id IS NULL)");
	if (mask & WRITE_KNOWN_RECORD)
		appendStringInfoString(&s, ", s AS (UPDATE {}.source_records s "
							   "SET customer_id = c.customer_id, "
							   "first_seen_at = least(s.first_seen_at, $4), " SAID_LAST
							   "FROM c WHERE s.source" EQ "$2 AND s.record_id" EQ "$3)");
	else
		appendStringInfoString(&s, ", s AS (INSERT INTO {}.source_records "
							   "(source, record_id, customer_id, first_seen_at, last_seen_at, "
							   "profile) SELECT $2, $3, c.customer_id, $4, $4, $5 FROM c)");
	appendStringInfoString(&s, " SELECT c.customer_id FROM c");
	return prepared(call, &call->store->write[mask], s.data);
}

static void
run(SPIPlanPtr plan, Call *call)
{
	store_run_plan(plan, call->values, call->nulls);
}

/* run a statement that gives rows of these types */
static void
run_query(SPIPlanPtr plan, Call *call, const Oid *types, int ntypes)
{
	store_query(plan, call->values, call->nulls, NameStr(call->store->name), types, ntypes);
}

/* which of the call's identifiers this is */
static int
number_of(Call *call, TextSpan identifier)
{
	int			low = 0,
				high = call->n - 1;

	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (text_value_compare(call->ids[middle].data, call->ids[middle].len,
							   identifier.data, identifier.len) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* ---- limits ---- */

/* the limits that were read last are those of the next call, too */
static const LinkLimits *
limits_of(Jsonb *json)
{
	static MemoryContext context = NULL;
	static Jsonb *kept;
	static LinkLimits *limits;
	MemoryContext made;
	MemoryContext before;

	if (context && VARSIZE(json) == VARSIZE(kept) && memcmp(json, kept, VARSIZE(json)) == 0)
		return limits;
	made = AllocSetContextCreate(CurrentMemoryContext, "limits of merging", ALLOCSET_SMALL_SIZES);
	before = MemoryContextSwitchTo(made);
	if (context)
		MemoryContextDelete(context);
	context = NULL;
	kept = palloc(VARSIZE(json));
	memcpy(kept, json, VARSIZE(json));
	limits = palloc(sizeof(LinkLimits));
	link_limits_read(kept, limits);
	MemoryContextSwitchTo(before);
	MemoryContextSetParent(made, CacheMemoryContext);
	context = made;
	return limits;
}

/*
 * Whether what comes together fits the limits, so that nothing in it was ever refused.  Where all
 * identifiers are the customer's already, and no link made it, it is as it was.
 */
static bool
fits(Call *call, const LinkLimits *limits)
{
	bool		bounded = limits->nlimits > 0 || limits->rest || limits->max_identifiers >= 0 ||
		limits->max_records >= 0;
	bool		same = call->has_customer && (call->bounds & BOUND_LINK) == 0 &&
		!(call->lowered && link_have_windows(limits));
	uint64		members = 0;
	LinkHeld   *held;
	bool	   *blocked;

	if (limits->nshared > 0 || limits->weak_bridge ||
		(call->has_customer && limits->max_records >= 0))
		return false;
	for (int i = 0; i < call->n; i++)
		same = same && (call->known[i] & ID_OWNED);
	if (bounded && !same && call->has_customer)
	{
		run_query(members_plan(call), call, (Oid[]) {call->identifier_type, TIMESTAMPTZOID}, 2);
		members = SPI_processed;
	}
	held = palloc_extended((members + call->n) * sizeof(LinkHeld), MCXT_ALLOC_HUGE);
	for (uint64 i = 0; i < members; i++)
	{
		bool		isnull;

		held[i].identifier = store_text(i, 1);
		held[i].first_seen = DatumGetTimestampTz(store_value(i, 2, &isnull));
	}
	for (int i = 0; i < call->n; i++)
		held[members + i] = (LinkHeld) {call->ids[i], call->at};
	if (bounded && !same)
		return link_held_problem(limits, held, members + call->n, 1) == NULL;
	blocked = palloc(call->n);
	link_find_blocked(limits, call->ids, call->n, blocked);
	return memchr(blocked, true, call->n) == NULL;
}

/* ---- the call ---- */

typedef enum Way
{
	WAY_LONG,					/* there is more to decide */
	WAY_SETTLED,				/* the record has said all of this */
	WAY_SHORT
} Way;

/* a row of what was looked up: an identifier, and the customer whose it is */
static bool
read_owned(Call *call, uint64 row)
{
	static const int seen_as[] = {
		[C_OWNER - C_OWNER] = P_CUSTOMER,
		[C_BOUNDS - C_OWNER] = P_BOUNDS,
		[C_KNOWN_SINCE - C_OWNER] = P_KNOWN_SINCE,
		[C_KNOWN_SOURCE - C_OWNER] = P_KNOWN_SOURCE,
		[C_KNOWN_RECORD - C_OWNER] = P_KNOWN_RECORD
	};
	TextSpan	source = store_text(row, C_KNOWN_SOURCE);
	TextSpan	record_id = store_text(row, C_KNOWN_RECORD);
	TimestampTz first_seen,
				last_seen,
				since;
	bool		isnull;
	int64		owner = DatumGetInt64(store_value(row, C_OWNER, &isnull));
	int			id = number_of(call, store_text(row, C_IDENTIFIER));
	int			c;

	(void) store_value(row, C_MERGED_INTO, &isnull);
	if (!isnull || (call->has_customer && call->customer != owner))
		return false;
	for (int i = 0; i < lengthof(seen_as); i++)
	{
		if (seen_as[i] == 0)
			continue;
		call->values[seen_as[i]] = store_value(row, C_OWNER + i, &isnull);
		call->nulls[seen_as[i]] = ' ';
		if (isnull)
			return false;
	}
	call->has_customer = true;
	call->customer = owner;
	call->bounds = DatumGetInt32(call->values[P_BOUNDS]);
	if ((call->bounds & (BOUND_REFUSED | BOUND_APART)) != 0)
		return false;

	first_seen = DatumGetTimestampTz(store_value(row, C_FIRST_SEEN, &isnull));
	last_seen = DatumGetTimestampTz(store_value(row, C_LAST_SEEN, &isnull));
	call->known[id] = ID_OWNED | (call->at < first_seen || call->at > last_seen ? ID_SEEN : 0);
	call->lowered |= call->at < first_seen;

	since = DatumGetTimestampTz(call->values[P_KNOWN_SINCE]);
	c = (call->at > since) - (call->at < since);
	if (c == 0)
		c = text_value_compare(VARDATA_ANY(call->source), VARSIZE_ANY_EXHDR(call->source),
							   source.data, source.len);
	if (c == 0)
		c = text_value_compare(VARDATA_ANY(call->record_id), VARSIZE_ANY_EXHDR(call->record_id),
							   record_id.data, record_id.len);
	call->earlier = c < 0;
	return true;
}

/* what is known before the customer's lock is had */
static Way
look(Call *call, const LinkLimits **limits)
{
	const Oid	types[] = {
		[C_LIMITS - 1] = JSONBOID,
		[C_HOME - 1] = INT8OID,
		[C_ELSEWHERE - 1] = BOOLOID,
		[C_ORDER - 1] = BOOLOID,
		[C_REFUSED - 1] = BOOLOID,
		[C_IDENTIFIER - 1] = call->identifier_type,
		[C_OWNER - 1] = INT8OID,
		[C_FIRST_SEEN - 1] = TIMESTAMPTZOID,
		[C_LAST_SEEN - 1] = TIMESTAMPTZOID,
		[C_MERGED_INTO - 1] = INT8OID,
		[C_BOUNDS - 1] = INT4OID,
		[C_KNOWN_SINCE - 1] = TIMESTAMPTZOID,
		[C_KNOWN_SOURCE - 1] = TEXTOID,
		[C_KNOWN_RECORD - 1] = TEXTOID
	};
	bool		isnull;
	bool		settled = true;
	Datum		value;
	int64		home;

	run_query(look_plan(call), call, types, lengthof(types));
	if (store_true(0, C_ELSEWHERE) || store_true(0, C_REFUSED))
		return WAY_LONG;
	value = store_value(0, C_LIMITS, &isnull);
	if (isnull)
		return WAY_LONG;
	*limits = limits_of(DatumGetJsonbP(value));
	value = store_value(0, C_HOME, &isnull);
	call->at_home = !isnull;
	home = isnull ? 0 : DatumGetInt64(value);
	call->has_order = store_true(0, C_ORDER);
	call->has_customer = false;
	call->lowered = false;
	memset(call->known, 0, call->n);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		(void) store_value(i, C_OWNER, &isnull);
		if (!isnull && !read_owned(call, i))
			return WAY_LONG;
	}
	if (!call->at_home)
		return WAY_SHORT;
	if (!call->has_customer || call->customer != home)
		return WAY_LONG;
	run_query(said_plan(call), call, (Oid[])
			  {
				  call->identifier_type, TIMESTAMPTZOID, BOOLOID
			  }, 3);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		uint8	   *known = &call->known[number_of(call, store_text(i, 1))];

		/* it would be moved to an earlier time; or was loaded by hand */
		if (DatumGetTimestampTz(store_value(i, 2, &isnull)) > call->at || !(*known & ID_OWNED))
			return WAY_LONG;
		*known |= ID_SAID;
		call->says_more = store_true(i, 3);
	}
	for (int i = 0; i < call->n; i++)
		settled = settled && (call->known[i] & ID_SAID);
	return settled ? WAY_SETTLED : WAY_SHORT;
}

/* identifiers of which these bits are so, as a parameter; false if there are none */
static bool
put_list(Call *call, int parameter, uint8 bits, uint8 value)
{
	Datum	   *list = palloc(call->n * sizeof(Datum));
	int			n = 0;

	for (int i = 0; i < call->n; i++)
	{
		if ((call->known[i] & bits) == value)
			list[n++] = call->id_values[i];
	}
	if (n == 0)
		return false;
	call->values[parameter] = PointerGetDatum(construct_array(list, n, call->identifier_type, -1,
															  false, TYPALIGN_INT));
	call->nulls[parameter] = ' ';
	return true;
}

/* who goes on takes the locks of customers in an order of its own */
static bool
without_customer(Call *call)
{
	LOCKTAG		tag;

	if (call->has_customer && !call->alone)
	{
		advisory_tag(&tag, call->locked[--call->nlocked]);
		LockRelease(&tag, ExclusiveLock, false);
	}
	return false;
}

/* all that the record says is written, call->customer is whose it is; or that is not for us */
static bool
identify(Call *call)
{
	const LinkLimits *limits;
	int			mask = 0;
	bool		isnull;

	switch (look(call, &limits))
	{
		case WAY_LONG:
			return false;
		case WAY_SETTLED:
			if (call->says_more)
				run(again_plan(call), call);
			return true;
		case WAY_SHORT:
			break;
	}
	if (call->has_customer && !call->alone)
		take_lock(call, customer_key(call->customer, call->seed), ExclusiveLock);
	if (!fits(call, limits))
		return without_customer(call);

	if (put_list(call, P_UNSAID, ID_SAID, 0))
		mask |= WRITE_EVIDENCE;
	if (put_list(call, P_UNOWNED, ID_OWNED, 0))
		mask |= WRITE_IDENTITIES;
	if (put_list(call, P_SEEN, ID_SEEN | ID_SAID, ID_SEEN))
		mask |= WRITE_SEEN;
	if (!call->has_customer)
		mask |= WRITE_PERSON;
	else
	{
		(void) put_list(call, P_OWNED, ID_OWNED, ID_OWNED);
		if (call->earlier)
			mask |= WRITE_KNOWN_BY;
		else if (!(mask & WRITE_SEEN))
			mask |= WRITE_CUSTOMER;
	}
	if (call->at_home)
		mask |= WRITE_KNOWN_RECORD;
	if (call->has_order)
		mask |= WRITE_ORDER;
	run_query(write_plan(call, mask), call, (Oid[]) {INT8OID}, 1);
	if (SPI_processed == 0)
		return without_customer(call);
	call->customer = DatumGetInt64(store_value(0, 1, &isnull));
	return true;
}

PG_FUNCTION_INFO_V1(store_identify);

static bool running = false;

static int
compare_ids(const void *a, const void *b)
{
	struct varlena *x = (struct varlena *) DatumGetPointer(*(const Datum *) a);
	struct varlena *y = (struct varlena *) DatumGetPointer(*(const Datum *) b);

	return text_value_compare(VARDATA_ANY(x), VARSIZE_ANY_EXHDR(x),
							  VARDATA_ANY(y), VARSIZE_ANY_EXHDR(y));
}

/* the distinct identifiers of an array of texts, ascending; 22023, 22004, 22P02, 54000 */
static void
read_ids(Call *call, ArrayType *array)
{
	Datum	   *elements;
	bool	   *nulls;
	int			n;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &n);
	if (n == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a record without identifiers is nobody's"),
				 errhint("Give one at least, as 'kind:value': ARRAY['email:jane@example.com'].")));
	for (int i = 0; i < n; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("an identifier is NULL"),
					 errhint("Leave out what is not known: array_remove(ARRAY[...], NULL).")));
	}
	for (int i = 0; i < n; i++)
	{
		struct varlena *v = (struct varlena *) DatumGetPointer(elements[i]);
		IdentifierValue value;
		Problem		problem;

		if ((i & 0xFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		if (!identifier_parse(VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v), &value, &problem))
			problem_report(NULL, &problem, "identifier", NULL);
		elements[i] = PointerGetDatum(cstring_to_text_with_len(value.data, value.len));
	}
	qsort(elements, n, sizeof(Datum), compare_ids);
	for (int i = 0; i < n; i++)
	{
		if (call->n == 0 || compare_ids(&elements[call->n - 1], &elements[i]) != 0)
			elements[call->n++] = elements[i];
	}
	call->id_values = elements;
	call->ids = palloc(call->n * sizeof(TextSpan));
	call->known = palloc0(call->n);
	for (int i = 0; i < call->n; i++)
		call->ids[i] = (TextSpan) {VARDATA_ANY(DatumGetPointer(elements[i])),
		VARSIZE_ANY_EXHDR(DatumGetPointer(elements[i]))};
}

static void
check_key(FunctionCallInfo fcinfo, int n, text **key)
{
	if (PG_ARGISNULL(n) || VARSIZE_ANY_EXHDR(*key = PG_GETARG_TEXT_PP(n)) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a record needs a source and a record_id"),
				 errhint("Both together name the record: a repeated call with them changes "
						 "nothing.")));
}

static void
check_key_length(text *key)
{
	if (VARSIZE_ANY_EXHDR(key) > LINK_KEY_PART_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("source or record_id is longer than %d bytes", LINK_KEY_PART_MAX),
				 errhint("They are the key of a record, not the record.")));
}

/* what the record says, as source_records.profile has it */
static Datum
profile_of(Call *call, FunctionCallInfo fcinfo)
{
	LOCAL_FCINFO(inner, 5);

	InitFunctionCallInfoData(*inner, NULL, 5, InvalidOid, NULL, NULL);
	for (int i = 0; i < 3; i++)
		inner->args[i] = fcinfo->args[i + 2];
	inner->args[3] = (NullableDatum) {call->values[P_IDENTIFIERS], false};
	inner->args[4] = fcinfo->args[5];
	return customer_profile_from_identifiers(inner);
}

/*
 * store_identify(store regnamespace, identifiers text[], source text, record_id text, at
 * timestamptz, attributes jsonb) -> bigint: the record's customer, all of it written; or NULL,
 * nothing written, where there is more to decide.  For the identify() of that store, whose
 * arguments it checks: 22023, 22004, 22P02, 54000.  Two statements, of which each costs its start;
 * in large transactions the lock on the whole store.
 */
Datum
store_identify(PG_FUNCTION_ARGS)
{
	Call		call = {0};
	Oid			schema;
	Oid			ours = get_func_namespace(fcinfo->flinfo->fn_oid);
	bool		done = false;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	schema = PG_GETARG_OID(0);
	read_ids(&call, PG_ARGISNULL(1) ? construct_empty_array(TEXTOID) : PG_GETARG_ARRAYTYPE_P(1));
	check_key(fcinfo, 2, &call.source);
	check_key(fcinfo, 3, &call.record_id);
	if (PG_ARGISNULL(4))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the time of the record is NULL"),
				 errhint("Leave it out for now().")));
	call.at = PG_GETARG_TIMESTAMPTZ(4);
	check_key_length(call.source);
	check_key_length(call.record_id);

	call.identifier_type = store_type("identifier", ours);
	call.identifiers_type = get_array_type(call.identifier_type);
	call.profile_type = store_type("customer_profile", ours);
	memset(call.nulls, 'n', sizeof(call.nulls));
	memset(call.nulls, ' ', P_PROFILE + 1);
	call.values[P_IDENTIFIERS] = PointerGetDatum(construct_array(call.id_values, call.n,
																 call.identifier_type, -1, false,
																 TYPALIGN_INT));
	call.values[P_SOURCE] = PointerGetDatum(call.source);
	call.values[P_RECORD_ID] = PointerGetDatum(call.record_id);
	call.values[P_AT] = PG_GETARG_DATUM(4);
	call.values[P_PROFILE] = profile_of(&call, fcinfo);

	/* what a trigger calls, or a policy, leaves the statements alone that are running */
	if (!running)
		call.store = store_of(schema, call.identifiers_type);
	if (call.store == NULL)
		PG_RETURN_NULL();
	take_first_locks(&call);
	/* who may see an older state has to have rows locked */
	if (!IsolationUsesXactSnapshot())
	{
		running = true;
		PG_TRY();
		{
			SPI_connect();
			done = identify(&call);
			SPI_finish();
		}
		PG_FINALLY();
		{
			running = false;
		}
		PG_END_TRY();
	}
	if (done)
		PG_RETURN_INT64(call.customer);
	keep_locks(&call);
	if (call.alone)
		(void) set_config_option("omni_identify.alone", "on", PGC_USERSET, PGC_S_SESSION,
								 GUC_ACTION_LOCAL, true, 0, false);
	PG_RETURN_NULL();
}
