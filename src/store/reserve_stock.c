/*
 * reserve_stock.c
 *	  The statements of reserve(): units of one SKU at one place are taken, counted, locked.
 *
 * Nearly every reservation is one statement: it takes units from the row of stock, or from a slot
 * of it, if there are enough, and writes what it took.  It errs on the side of no: units that
 * expired reservations hold, or other slots, are counted only by reserve_look(), in one snapshot
 * and without locks, and by reserve_lock(), under them.
 *
 * The order of locks of a SKU at a place: the row of stock, its slots ascending, its reservations
 * ascending.  Who takes from a slot does so without the row of stock: if the slot has too few
 * units, it is let go before all begins again with the row of stock.  A slot has an advisory lock,
 * too, before its row, so that a slot which somebody else is at is told at once, and so that a row
 * which turns out to have too few was not waited for, which would keep its lock.
 *
 * Not in a subtransaction: who waits for a row that a committed subtransaction changed waits for
 * the whole transaction, even if one around it is undone.
 */
#include "postgres.h"
#include "compat.h"

#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "commands/sequence.h"
#include "common/hashfn.h"
#include "common/int.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#include "store/plan.h"
#include "store/reserve.h"

/* units beyond these are not spread over slots: a limit of backorders may be any number */
#define SLOT_UNITS_MAX	INT64CONST(1000000000000000)

/* reservations that expired are tidied so many at a time */
#define EXPIRE_BATCH	1000

/*
 * A row of stock is much wanted if a backend saw so often, within so many seconds, that it waited.
 * Then its units are held in slots, if there are enough of them to be worth it.
 */
#define WATCH_EVERY		4
#define WANTED_TIMES	4
#define WANTED_SECONDS	10
#define WANTED_SLOTS	16
#define WANTED_UNITS	128
#define WANTED_MINUTES	15		/* then expire() ends it; who waits again begins it again */

/* ---- the statements of a store ---- */

static HTAB *stores = NULL;
static uint64 changes = 0;		/* of tables and schemas, any */

static const char *const written[] = {
	"stock", "stock_slots", "reservations", "stock_movements", "outbox"
};

enum
{
	T_STOCK, T_SLOTS, T_RESERVATIONS, T_MOVEMENTS, T_OUTBOX
};

/* calls that are running, one in another's trigger: statements of the outer ones are not freed */
int			reserve_depth = 0;

static void
forget(SPIPlanPtr *plan)
{
	if (reserve_depth == 0)
		store_forget(plan);
	*plan = NULL;
}

static void
forget_all(ReserveStore *store)
{
	for (int i = 0; i < TAKE_MASKS; i++)
		forget(&store->take[i]);
	forget(&store->look);
	forget(&store->lock);
	forget(&store->lock_slots);
	forget(&store->expire);
	forget(&store->settle);
	forget(&store->lend);
	forget(&store->fill_slots);
	forget(&store->request);
	forget(&store->answer);
	forget(&store->channel);
	forget(&store->bundles);
	forget(&store->candidates);
	forget(&store->known);
}

/* a table was changed: its numbers may come from another sequence, or it is no longer the one */
static void
changed(Datum arg, Oid relation)
{
	HASH_SEQ_STATUS all;
	ReserveStore *store;

	changes++;
	hash_seq_init(&all, stores);
	while ((store = hash_seq_search(&all)) != NULL)
	{
		if (!OidIsValid(relation) || relation == store->relations[T_RESERVATIONS] ||
			relation == store->sequence)
			store->sequence = InvalidOid;
		for (int i = 0; i < lengthof(written); i++)
		{
			if (!OidIsValid(relation) || relation == store->relations[i])
				store->ours = InvalidOid;
		}
	}
}

/* or a schema */
static void
schema_changed(Datum arg, int cache, uint32 hash)
{
	changed(arg, InvalidOid);
}

/*
 * The statements of a schema, which has to be a store that writes its stock; 42P01, 55000.  That it
 * is one is known until one of its tables or a schema changes.
 */
ReserveStore *
reserve_store(Oid schema, Oid ours)
{
	char	   *name;
	Oid			sku_type;
	Oid			relations[lengthof(written)];
	ReserveStore *store;
	uint64		before = changes;
	bool		found;

	if (stores == NULL)
	{
		stores = hash_create("stock of stores of omni", 8, &(HASHCTL)
							 {
								 .keysize = sizeof(Oid), .entrysize = sizeof(ReserveStore)
							 }, HASH_ELEM | HASH_BLOBS);
		CacheRegisterRelcacheCallback(changed, (Datum) 0);
		CacheRegisterSyscacheCallback(NAMESPACEOID, schema_changed, (Datum) 0);
	}
	store = hash_search(stores, &schema, HASH_FIND, NULL);
	if (store && store->ours == ours)
		return store;
	name = get_namespace_name(schema);
	sku_type = store_type("sku", ours);
	if (name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_SCHEMA),
				 errmsg("there is no schema with OID %u", schema)));
	for (int i = 0; i < lengthof(written); i++)
	{
		char		kind;

		relations[i] = get_relname_relid(written[i], schema);
		if (!OidIsValid(relations[i]))
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_TABLE),
					 errmsg("schema \"%s\" has no table \"%s\"", name, written[i]),
					 errhint("migrate_store() adds the tables that a store lacks.")));
		kind = get_rel_relkind(relations[i]);
		if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE)
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					 errmsg("the store has adopted %s.%s: it does not write it",
							quote_identifier(name), written[i]),
					 errhint("Reserve in a store that has its own stock and reservations.")));
	}
	store = hash_search(stores, &schema, HASH_ENTER, &found);
	if (!found)
		memset((char *) store + sizeof(Oid), 0, sizeof(ReserveStore) - sizeof(Oid));
	if (store->sku_type != sku_type || strcmp(NameStr(store->name), name) != 0 ||
		memcmp(store->relations, relations, sizeof(relations)) != 0)
	{
		forget_all(store);
		store->sku_type = sku_type;
		store->sku_array_type = get_array_type(sku_type);
		store->sequence = InvalidOid;
		store->spread = OidIsValid(get_extension_oid("citus", true));
		memcpy(store->relations, relations, sizeof(relations));
		namestrcpy(&store->name, name);
	}
	/* unless something changed while this looked */
	store->ours = changes == before ? ours : InvalidOid;
	return store;
}

void
reserve_set(ReserveCall *call, int parameter, Datum value)
{
	call->values[parameter] = value;
	call->nulls[parameter] = ' ';
}

void
reserve_unset(ReserveCall *call, int parameter)
{
	call->nulls[parameter] = 'n';
}

static SPIPlanPtr
prepared(ReserveCall *call, SPIPlanPtr *plan, const char *query)
{
	Oid			sku = call->store->sku_type;
	Oid			types[R_COUNT] = {
		[R_SKU] = sku,
		[R_LOCATION] = TEXTOID,
		[R_QTY] = INT8OID,
		[R_ORDER] = TEXTOID,
		[R_EXPIRES] = TIMESTAMPTZOID,
		[R_CHANNEL] = TEXTOID,
		[R_ID] = INT8OID,
		[R_LINE] = INT4OID,
		[R_KEY] = TEXTOID,
		[R_BUNDLE] = sku,
		[R_IDS] = INT8ARRAYOID,
		[R_LINES] = INT4ARRAYOID,
		[R_QTYS] = INT8ARRAYOID,
		[R_BUNDLES] = call->store->sku_array_type,
		[R_REQUEST] = TEXTOID,
		[R_HASH] = INT8OID,
		[R_ANSWER] = JSONBOID,
		[R_SLOT] = INT4OID,
		[R_SLOTS] = INT4OID,
		[R_SKUS] = call->store->sku_array_type,
		[R_FREE] = INT8ARRAYOID,
		[R_UNITS] = INT8OID,
		[R_LOCATIONS] = TEXTARRAYOID,
		[R_SLOT_NUMBERS] = INT4ARRAYOID,
	};

	*plan = store_prepare(NameStr(call->store->name), query, R_COUNT, types);
	return *plan;
}

static void
run(ReserveCall *call, SPIPlanPtr plan)
{
	store_run_plan(plan, call->values, call->nulls);
}

static void
run_query(ReserveCall *call, SPIPlanPtr plan, const Oid *types, int ntypes)
{
	store_query(plan, call->values, call->nulls, NameStr(call->store->name), types, ntypes);
}

static int64
number(uint64 row, int n)
{
	bool		isnull;
	Datum		value = store_value(row, n, &isnull);

	return isnull ? 0 : DatumGetInt64(value);
}

static bool
is_null(uint64 row, int n)
{
	bool		isnull;

	(void) store_value(row, n, &isnull);
	return isnull;
}

#define AT_SPOT(t)	t ".sku" EQ "$1 AND " t ".location_code" EQ "$2"

/* the channel's buffer, 0 without a channel; NULL if the channel is not known */
#define BUFFER_OF(sku, location) \
	"coalesce((SELECT b.qty FROM {}.channel_buffers b WHERE b.sku" EQ sku \
	" AND b.location_code" EQ location " AND b.channel_code" EQ "$6), " \
	"(SELECT coalesce(c.stock_buffer, 0) FROM {}.channels c WHERE c.channel_code" EQ "$6))"
#define ANY_BUFFER_OF(sku, location) \
	"coalesce(" BUFFER_OF(sku, location) ", 0)"

/* units of a row of stock that are not in slots: what it can give is not overflowed by any limit */
#define LIMIT_LEFT	"s.backorder_limit" MINUS "s.reserved" MINUS "s.safety_stock"

/*
 * The statement that takes units and writes what it took.  Under locks $3 is what reserved changes
 * by, which need not be the units that are taken.
 */
static SPIPlanPtr
take_plan(ReserveCall *call, int mask)
{
	StringInfoData s;
	const char *buffer = (mask & TAKE_CHANNEL) ? BUFFER_OF("$1", "$2") : "0";
	const char *from = "FROM u";
	const char *line = "$7, $8, $22, $10";
	const char *key = "$9";

	if (call->store->take[mask])
		return call->store->take[mask];
	initStringInfo(&s);
	appendStringInfoString(&s, "WITH u AS (");
	if (mask & TAKE_LOCKED)
		appendStringInfoString(&s, "UPDATE {}.stock s SET reserved = s.reserved" PLUS "$3, "
							   "slots = $19 WHERE " AT_SPOT("s"));
	else if (mask & TAKE_SLOT)
		appendStringInfo(&s, "UPDATE {}.stock_slots t SET free = t.free" MINUS "$3 "
						 "WHERE " AT_SPOT("t") " AND t.slot" EQ "$18 "
						 "AND t.free" MINUS "%s" GE "$3 "
						 "AND EXISTS (SELECT FROM {}.stock s WHERE " AT_SPOT("s") " "
						 "AND s.slots" GT "$18 "
						 "AND " LIMIT_LEFT GE "(OPERATOR(pg_catalog.-) s.on_hand))", buffer);
	else
		appendStringInfo(&s, "UPDATE {}.stock s SET reserved = s.reserved" PLUS "$3 "
						 "WHERE " AT_SPOT("s") " AND s.slots" EQ "0 "
						 "AND " LIMIT_LEFT MINUS "%s" GE "($3" MINUS "s.on_hand)", buffer);
	if (!(mask & TAKE_LOCKED))
		appendStringInfoString(&s, " AND NOT EXISTS (SELECT FROM {}.locations l "
							   "WHERE l.location_code" EQ "$2 AND NOT l.active)");
	if (mask & TAKE_NEW_KEY)
		appendStringInfoString(&s, " AND NOT EXISTS (SELECT FROM {}.outbox o "
							   "WHERE o.request_key" EQ "$15) "
							   "AND NOT EXISTS (SELECT FROM {}.bundle_components k "
							   "WHERE k.sku" EQ "$1)");
	appendStringInfoString(&s, (mask & TAKE_SLOT) ? " RETURNING t.free AS units)" :
						   " RETURNING s.reserved AS units)");
	if (mask & TAKE_MANY)
	{
		from = "FROM u CROSS JOIN ROWS FROM (pg_catalog.unnest($11), pg_catalog.unnest($12), "
			"pg_catalog.unnest($13), pg_catalog.unnest($14)) AS n(id, line_no, qty, bundle_sku)";
		line = "n.id, n.line_no, n.qty, n.bundle_sku";
		key = "pg_catalog.concat('reserve ', n.id)";
	}
	appendStringInfo(&s, ", r AS (INSERT INTO {}.reservations (sku, location_code, order_ref, "
					 "expires_at, channel_code, reservation_id, line_no, qty, bundle_sku, "
					 "open_qty) SELECT $1, $2, $4, $5, $6, %s, %s %s)",
					 line, (mask & TAKE_MANY) ? "n.qty" : "$22", from);
	appendStringInfo(&s, ", m AS (INSERT INTO {}.stock_movements (sku, location_code, "
					 "movement_key, qty, kind, order_ref, occurred_at, reserved_qty, "
					 "reservation_id) SELECT $1, $2, %s, 0, 'reserve', $4, pg_catalog.now(), "
					 "%s %s)", key, (mask & TAKE_MANY) ? "n.qty, n.id" : "$22, $7", from);
	if (mask & TAKE_REQUEST)
		appendStringInfoString(&s, ", o AS (INSERT INTO {}.outbox (request_key, call, order_ref, "
							   "request_hash, answer) SELECT $15, 'reserve', $4, $16, $17 "
							   "FROM u)");
	if (mask & TAKE_WATCH)
		appendStringInfoString(&s, " SELECT u.units, (SELECT s.reserved FROM {}.stock s "
							   "WHERE " AT_SPOT("s") ") FROM u");
	else
		appendStringInfoString(&s, " SELECT u.units, u.units FROM u");
	return prepared(call, &call->store->take[mask], s.data);
}

/* ---- what a backend remembers ---- */

/*
 * Of a SKU at a place, as a hint: it may be outdated, and is then found to be.  The table is of a
 * fixed size; who comes later takes the place.
 */
typedef struct Memory
{
	uint64		key;
	int			slots;			/* it has so many slots */
	int			slot;			/* that which was taken from last */
	int			waits;			/* how often somebody else was there, lately */
	TimestampTz since;
} Memory;

#define MEMORY_SIZE	512

static Memory memories[MEMORY_SIZE];

static uint64
spot_hash(ReserveCall *call, const ReserveSpot *spot)
{
	text	   *sku = call->skus[spot->sku];
	text	   *place = call->places[spot->place];
	uint64		key = call->store->id;

	key = hash_bytes_extended((unsigned char *) VARDATA_ANY(sku), VARSIZE_ANY_EXHDR(sku), key);
	return hash_bytes_extended((unsigned char *) VARDATA_ANY(place), VARSIZE_ANY_EXHDR(place),
							   key);
}

static Memory *
memory_of(uint64 key)
{
	Memory	   *memory = &memories[key % MEMORY_SIZE];

	if (memory->key != key)
		*memory = (Memory) {.key = key};
	return memory;
}

static void
remember_slots(Memory *memory, int slots)
{
	if (memory->slots != slots)
	{
		memory->slots = slots;
		memory->slot = slots > 0 ? MyProcPid % slots : 0;
		memory->waits = 0;
	}
}

/* ---- slots ---- */

static bool
lock_slot(uint64 key, int slot, bool wait)
{
	LOCKTAG		tag;

	key += slot;
	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, (uint32) (key >> 32), (uint32) key, 1);
	return LockAcquire(&tag, ExclusiveLock, false, !wait) != LOCKACQUIRE_NOT_AVAIL;
}

static void
unlock_slot(uint64 key, int slot)
{
	LOCKTAG		tag;

	key += slot;
	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, (uint32) (key >> 32), (uint32) key, 1);
	(void) LockRelease(&tag, ExclusiveLock, false);
}

/* all slots of a spot, whose row of stock is locked */
void
reserve_lock_slots(ReserveCall *call, const ReserveSpot *spot, int slots)
{
	uint64		key = spot_hash(call, spot);

	for (int i = 0; i < slots; i++)
		(void) lock_slot(key, i, true);
}

/*
 * Do something in a subtransaction, which is undone, with its locks, if that gives false or fails
 */
bool
reserve_attempt(bool (*action) (void *), void *argument)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	volatile bool done = false;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		done = action(argument);
		if (done)
			ReleaseCurrentSubTransaction();
		else
			RollbackAndReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
		ReThrowError(error);
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	return done;
}

/* ---- taking ---- */

static const Oid two_numbers[] = {INT8OID, INT8OID};

static void
set_spot(ReserveCall *call, const ReserveSpot *spot)
{
	reserve_set(call, R_SKU, PointerGetDatum(call->skus[spot->sku]));
	reserve_set(call, R_LOCATION, PointerGetDatum(call->places[spot->place]));
}

/* the reservations, as parameters; gives the sum of their units */
static int64
set_takes(ReserveCall *call, int first, int n, int *mask)
{
	int64		sum = 0;

	if (n == 1)
	{
		ReserveTake *take = &call->takes[first];
		ReserveLine *line = &call->lines[take->line];
		char		key[32];

		reserve_set(call, R_ID, Int64GetDatum(take->id));
		reserve_set(call, R_LINE, Int32GetDatum(line->line_no));
		reserve_set(call, R_UNITS, Int64GetDatum(take->qty));
		reserve_unset(call, R_BUNDLE);
		if (line->bundle)
			reserve_set(call, R_BUNDLE, PointerGetDatum(line->sku));
		snprintf(key, sizeof(key), "reserve " INT64_FORMAT, take->id);
		reserve_set(call, R_KEY, CStringGetTextDatum(key));
		sum = take->qty;
	}
	else
	{
		Datum	   *ids = palloc(4 * n * sizeof(Datum));
		Datum	   *lines = ids + n;
		Datum	   *qtys = lines + n;
		Datum	   *bundles = qtys + n;
		bool	   *no_bundle = palloc(n * sizeof(bool));
		int			dims[] = {n},
					lbs[] = {1};

		for (int i = 0; i < n; i++)
		{
			ReserveTake *take = &call->takes[first + i];
			ReserveLine *line = &call->lines[take->line];

			ids[i] = Int64GetDatum(take->id);
			lines[i] = Int32GetDatum(line->line_no);
			qtys[i] = Int64GetDatum(take->qty);
			bundles[i] = PointerGetDatum(line->sku);
			no_bundle[i] = !line->bundle;
			if (pg_add_s64_overflow(sum, take->qty, &sum))
				ereport(ERROR,
						(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						 errmsg("the lines ask for more units of SKU %s than can be counted",
								text_to_cstring(call->skus[take->sku])),
						 errhint("Quantities of all lines of a SKU are added up.")));
		}
		reserve_set(call, R_IDS, PointerGetDatum(construct_array(ids, n, INT8OID, 8,
																 FLOAT8PASSBYVAL,
																 TYPALIGN_DOUBLE)));
		reserve_set(call, R_LINES, PointerGetDatum(construct_array(lines, n, INT4OID, 4, true,
																   TYPALIGN_INT)));
		reserve_set(call, R_QTYS, PointerGetDatum(construct_array(qtys, n, INT8OID, 8,
																  FLOAT8PASSBYVAL,
																  TYPALIGN_DOUBLE)));
		reserve_set(call, R_BUNDLES, PointerGetDatum(construct_md_array(bundles, no_bundle, 1,
																		dims, lbs,
																		call->store->sku_type,
																		-1, false,
																		TYPALIGN_INT)));
		*mask |= TAKE_MANY;
	}
	if (call->has_channel)
		*mask |= TAKE_CHANNEL;
	reserve_set(call, R_QTY, Int64GetDatum(sum));
	return sum;
}

/* the request's row, too, where the takes are all there is to do */
static void
set_request(ReserveCall *call, bool alone, int *mask)
{
	if (alone && !call->store->spread)
		*mask |= TAKE_REQUEST;
}

static bool
may_make_slots(ReserveCall *call)
{
	static const AclMode modes[] = {ACL_SELECT, ACL_INSERT, ACL_UPDATE};
	const Oid  *relations = call->store->relations;

	for (int i = 0; i < lengthof(modes); i++)
	{
		if (pg_class_aclcheck(relations[T_SLOTS], GetUserId(), modes[i]) != ACLCHECK_OK)
			return false;
	}
	return pg_class_aclcheck(relations[T_STOCK], GetUserId(), ACL_UPDATE) == ACLCHECK_OK;
}

/* somebody else changed the row between this statement's look at it and its turn */
static void
was_waiting(ReserveCall *call, const ReserveSpot *spot, Memory *memory)
{
	TimestampTz now = GetCurrentStatementStartTimestamp();

	if (now - memory->since > WANTED_SECONDS * USECS_PER_SEC || now < memory->since)
	{
		memory->since = now;
		memory->waits = 0;
	}
	if (++memory->waits < WANTED_TIMES)
		return;
	memory->waits = 0;
	if (may_make_slots(call))
	{
		ReserveSpot now_locked = {.sku = spot->sku, .place = spot->place};

		reserve_lock(call, &now_locked, PG_INT64_MAX);
		if (now_locked.slots > 0 || reserve_available(&now_locked) < WANTED_UNITS)
		{
			reserve_settle(call, &now_locked, now_locked.slots);
			return;
		}
		reserve_settle(call, &now_locked, WANTED_SLOTS);
		if (!call->store->lend)
			prepared(call, &call->store->lend, "UPDATE {}.stock s SET slots_until = "
					 "pg_catalog.now() OPERATOR(pg_catalog.+) pg_catalog.make_interval("
					 "mins => " CppAsString2(WANTED_MINUTES) ") WHERE " AT_SPOT("s"));
		run(call, call->store->lend);
	}
}

/* by rows, or by the statement, for which it costs a little to look whether it had to wait */
static bool
take_from_stock(ReserveCall *call, ReserveSpot *spot, int first, int n, int mask, int64 qty,
				Memory *memory)
{
	static unsigned int calls = 0;
	bool		watch = calls++ % WATCH_EVERY == 0;
	bool		waited;
	ReserveTaken taken = RESERVE_UNKNOWN;

	if (reserve_rows_open(call, mask))
		taken = reserve_rows_take(call, first, n, mask, &waited);
	if (taken == RESERVE_UNKNOWN)
	{
		run_query(call, take_plan(call, mask | (watch ? TAKE_WATCH : 0)), two_numbers, 2);
		if (SPI_processed == 0)
			return false;
		waited = watch && !is_null(0, 2) && number(0, 1) - qty != number(0, 2);
	}
	else if (taken == RESERVE_TOO_FEW)
		return false;
	call->answered |= (mask & TAKE_REQUEST) != 0;
	if (watch && waited)
		was_waiting(call, spot, memory);
	return true;
}

/*
 * From a slot: this one, or, if it is -1, one that nobody else is at.  Where it has too few, it is
 * let go.
 */
static bool
take_from_slot(ReserveCall *call, int first, int n, int mask, uint64 key, Memory *memory,
			   int slot)
{
	ReserveTaken taken = RESERVE_UNKNOWN;
	bool		locked = false;
	bool		waited;

	if (slot < 0)
	{
		for (int i = 0; i < memory->slots && !locked; i++)
		{
			slot = (memory->slot + i) % memory->slots;
			locked = lock_slot(key, slot, false);
		}
		if (!locked)
			slot = memory->slot;
	}
	if (!locked)
		(void) lock_slot(key, slot, true);
	reserve_set(call, R_SLOT, Int32GetDatum(slot));
	mask |= TAKE_SLOT;
	if (reserve_rows_open(call, mask))
		taken = reserve_rows_take(call, first, n, mask, &waited);
	if (taken == RESERVE_UNKNOWN)
	{
		run_query(call, take_plan(call, mask), two_numbers, 2);
		taken = SPI_processed > 0 ? RESERVE_TAKEN : RESERVE_TOO_FEW;
	}
	if (taken != RESERVE_TAKEN)
	{
		unlock_slot(key, slot);
		return false;
	}
	call->answered |= (mask & TAKE_REQUEST) != 0;
	memory->slot = slot;
	return true;
}

/*
 * Take n takes, from the first on, from a spot, and write their reservations; without the row of
 * stock or a slot of it having been locked.  False: that did not find enough, and wrote nothing.
 * alone: there is nothing else to take, so that the request can be written, too.  new_key: nobody
 * has looked yet whether the key was used and whether the SKU is a bundle.
 */
bool
reserve_take(ReserveCall *call, ReserveSpot *spot, int first, int n, bool alone, bool new_key)
{
	uint64		key = spot_hash(call, spot);
	Memory	   *memory = memory_of(key);
	int			mask = new_key ? TAKE_NEW_KEY : 0;
	bool		had_slots;
	int64		qty;

	set_spot(call, spot);
	qty = set_takes(call, first, n, &mask);
	set_request(call, alone, &mask);
	if (!spot->tried)
	{
		spot->tried = true;
		if (memory->slots == 0)
			return take_from_stock(call, spot, first, n, mask, qty, memory);
		return take_from_slot(call, first, n, mask, key, memory, -1);
	}
	/* it has been looked at since: its slots are known, and one that has enough */
	had_slots = memory->slots > 0;
	remember_slots(memory, spot->slots);
	if (spot->slots == 0)
		return had_slots && take_from_stock(call, spot, first, n, mask, qty, memory);
	if (!had_slots && take_from_slot(call, first, n, mask, key, memory, -1))
		return true;
	return spot->good_slot >= 0 &&
		take_from_slot(call, first, n, mask, key, memory, spot->good_slot);
}

/* ---- counting ---- */

static int64
sum_of(int64 a, int64 b)
{
	int64		sum;

	if (pg_add_s64_overflow(a, b, &sum))
		return a > 0 ? PG_INT64_MAX : PG_INT64_MIN;
	return sum;
}

static int64
less(int64 a, int64 b)
{
	int64		difference;

	if (pg_sub_s64_overflow(a, b, &difference))
		return b < 0 ? PG_INT64_MAX : PG_INT64_MIN;
	return difference;
}

/* units that nobody holds, in slots or not, with those that may be promised beyond what is there */
static int64
units_of(const ReserveSpot *spot)
{
	int64		units = less(spot->on_hand, spot->reserved);

	units = less(sum_of(sum_of(units, spot->free), spot->expired), spot->safety);
	return sum_of(units, spot->backorder);
}

/* what can be reserved now: never less than 0 */
int64
reserve_available(const ReserveSpot *spot)
{
	int64		units = less(units_of(spot), spot->buffer);

	return spot->exists && spot->active && units > 0 ? units : 0;
}

#define IS_ACTIVE(location) \
	"coalesce((SELECT pg_catalog.bool_and(l.active) FROM {}.locations l " \
	"WHERE l.location_code" EQ location "), true)"
#define EXPIRED_AT(sku_, location) \
	"(SELECT pg_catalog.sum(r.open_qty) FROM {}.reservations r WHERE r.sku" EQ sku_ \
	" AND r.location_code" EQ location " AND r.open_qty" GT "0 " \
	"AND r.expires_at" LE "pg_catalog.now())::pg_catalog.int8"

/* columns of a row of stock, wherever it is read */
enum
{
	S_ON_HAND = 1,
	S_RESERVED,
	S_SAFETY,
	S_BACKORDER,
	S_SLOTS,
	S_BUFFER,
	S_ACTIVE,
	S_FREE,
	S_EXPIRED,
	S_GOOD_SLOT,
	S_COLUMNS = S_GOOD_SLOT
};

#define STOCK_TYPES \
	INT8OID, INT8OID, INT8OID, INT8OID, INT4OID, INT8OID, BOOLOID, INT8OID, INT8OID, INT4OID
#define STOCK_COLUMNS(sku, location) \
	"s.on_hand, s.reserved, s.safety_stock, s.backorder_limit, s.slots, " \
	ANY_BUFFER_OF(sku, location) ", " IS_ACTIVE(location)
#define COUNTED_COLUMNS(sku, location) \
	STOCK_COLUMNS(sku, location) ", f.free, " EXPIRED_AT(sku, location) ", " \
	"f.good[1" PLUS "($18 OPERATOR(pg_catalog.%) pg_catalog.cardinality(f.good))]"
#define SLOTS_OF_S \
	"LEFT JOIN LATERAL (SELECT pg_catalog.sum(t.free)::pg_catalog.int8 AS free, " \
	"pg_catalog.array_agg(t.slot) FILTER (WHERE t.free" GE "$3) AS good " \
	"FROM {}.stock_slots t WHERE t.sku" EQ "s.sku AND t.location_code" EQ "s.location_code) f " \
	"ON true"

static void
read_spot(uint64 row, ReserveSpot *spot, int columns)
{
	bool		isnull;

	spot->exists = true;
	spot->on_hand = number(row, S_ON_HAND);
	spot->reserved = number(row, S_RESERVED);
	spot->safety = number(row, S_SAFETY);
	spot->backorder = number(row, S_BACKORDER);
	spot->slots = DatumGetInt32(store_value(row, S_SLOTS, &isnull));
	if (isnull)
		spot->slots = 0;
	spot->buffer = number(row, S_BUFFER);
	spot->active = store_true(row, S_ACTIVE);
	spot->free = spot->expired = 0;
	if (columns < S_COLUMNS)
		return;
	spot->free = number(row, S_FREE);
	spot->expired = number(row, S_EXPIRED);
	spot->good_slot = DatumGetInt32(store_value(row, S_GOOD_SLOT, &isnull));
	if (isnull)
		spot->good_slot = -1;
}

/* what there is, in one snapshot and without locks: "no" is exact, "yes" may be too late */
void
reserve_look(ReserveCall *call, ReserveSpot *spot)
{
	static const Oid types[] = {STOCK_TYPES};

	set_spot(call, spot);
	/* of the slots that have enough, backends take different ones */
	reserve_set(call, R_SLOT, Int32GetDatum(MyProcPid));
	if (!call->store->look)
		prepared(call, &call->store->look, "SELECT " COUNTED_COLUMNS("$1", "$2")
				 " FROM {}.stock s " SLOTS_OF_S " WHERE " AT_SPOT("s"));
	run_query(call, call->store->look, types, lengthof(types));
	spot->exists = SPI_processed > 0;
	if (spot->exists)
		read_spot(0, spot, S_COLUMNS);
}

/*
 * What there is, under locks that nobody gets by.  Reservations that expired are tidied until
 * there are the units that are wanted, or none is left; after this the spot has to be settled.
 */
void
reserve_lock(ReserveCall *call, ReserveSpot *spot, int64 wanted)
{
	static const Oid types[] = {
		INT8OID, INT8OID, INT8OID, INT8OID, INT4OID, INT8OID, BOOLOID
	};

	set_spot(call, spot);
	if (!call->store->lock)
		prepared(call, &call->store->lock, "SELECT " STOCK_COLUMNS("$1", "$2")
				 " FROM {}.stock s WHERE " AT_SPOT("s") " FOR NO KEY UPDATE OF s");
	run_query(call, call->store->lock, types, lengthof(types));
	spot->exists = SPI_processed > 0;
	spot->locked = spot->exists;
	if (!spot->exists)
		return;
	read_spot(0, spot, S_ACTIVE);
	reserve_lock_slots(call, spot, spot->slots);
	if (!call->store->lock_slots)
		prepared(call, &call->store->lock_slots, "SELECT t.slot, t.free FROM {}.stock_slots t "
				 "WHERE " AT_SPOT("t") " ORDER BY t.slot FOR NO KEY UPDATE");
	run_query(call, call->store->lock_slots, (Oid[]) {INT4OID, INT8OID}, 2);
	spot->nrows = SPI_processed;
	spot->row_slots = palloc((spot->nrows + 1) * sizeof(int32));
	spot->row_free = palloc((spot->nrows + 1) * sizeof(int64));
	for (int i = 0; i < spot->nrows; i++)
	{
		bool		isnull;

		spot->row_slots[i] = DatumGetInt32(store_value(i, 1, &isnull));
		spot->row_free[i] = number(i, 2);
		spot->free = sum_of(spot->free, spot->row_free[i]);
	}

	if (!call->store->expire)
		prepared(call, &call->store->expire, "WITH e AS MATERIALIZED "
				 "(SELECT r.order_ref, r.reservation_id, r.open_qty FROM {}.reservations r "
				 "WHERE " AT_SPOT("r") " AND r.open_qty" GT "0 "
				 "AND r.expires_at" LE "pg_catalog.now() ORDER BY r.reservation_id "
				 "LIMIT " CppAsString2(EXPIRE_BATCH) " FOR NO KEY UPDATE), "
				 "u AS (UPDATE {}.reservations r SET open_qty = 0 FROM e "
				 "WHERE r.order_ref" EQ "e.order_ref AND r.sku" EQ "$1 "
				 "AND r.reservation_id" EQ "e.reservation_id), "
				 "m AS (INSERT INTO {}.stock_movements (sku, location_code, movement_key, qty, "
				 "kind, order_ref, occurred_at, reserved_qty, reservation_id) "
				 "SELECT $1, $2, pg_catalog.concat('expire ', e.reservation_id), 0, 'expire', "
				 "e.order_ref, pg_catalog.now(), OPERATOR(pg_catalog.-) e.open_qty, "
				 "e.reservation_id FROM e) "
				 "SELECT pg_catalog.count(*), pg_catalog.sum(e.open_qty)::pg_catalog.int8 FROM e");
	for (;;)
	{
		CHECK_FOR_INTERRUPTS();
		if (less(units_of(spot), spot->buffer) >= wanted)
			break;
		run_query(call, call->store->expire, two_numbers, 2);
		spot->expired = sum_of(spot->expired, number(0, 2));
		if (number(0, 1) < EXPIRE_BATCH)
			break;
	}
}

/*
 * Spread units over so many slots, evenly; other slots have none.  Gives what stock.reserved
 * changes by.
 */
static int64
fill_slots(ReserveCall *call, ReserveSpot *spot, int slots, int64 units)
{
	int			room = spot->nrows + slots;
	Datum	   *numbers = palloc(2 * (room + 1) * sizeof(Datum));
	Datum	   *frees = numbers + room + 1;
	int			n = 0;

	if (slots == 0 || units < 0)
		units = 0;
	units = Min(units, SLOT_UNITS_MAX);
	for (int slot = 0, row = 0; slot < slots || row < spot->nrows;)
	{
		bool		is_row = row < spot->nrows && (slot >= slots || spot->row_slots[row] <= slot);
		int			this = is_row ? spot->row_slots[row] : slot;
		bool		is_slot = this == slot && slot < slots;
		int64		free = is_slot ? units / slots + (slot < units % slots) : 0;

		if (!is_row || spot->row_free[row] != free)
		{
			numbers[n] = Int32GetDatum(this);
			frees[n++] = Int64GetDatum(free);
		}
		row += is_row;
		slot += is_slot;
	}
	if (n > 0)
	{
		reserve_set(call, R_SLOT_NUMBERS, PointerGetDatum(construct_array(numbers, n, INT4OID, 4,
																		  true, TYPALIGN_INT)));
		reserve_set(call, R_FREE, PointerGetDatum(construct_array(frees, n, INT8OID, 8,
																  FLOAT8PASSBYVAL,
																  TYPALIGN_DOUBLE)));
		if (!call->store->fill_slots)
			prepared(call, &call->store->fill_slots, "INSERT INTO {}.stock_slots AS t "
					 "(sku, location_code, slot, free) SELECT $1, $2, n.slot, n.free "
					 "FROM ROWS FROM (pg_catalog.unnest($24), pg_catalog.unnest($21)) "
					 "AS n(slot, free) ON CONFLICT (sku, location_code, slot) "
					 "DO UPDATE SET free = excluded.free");
		run(call, call->store->fill_slots);
	}
	remember_slots(memory_of(spot_hash(call, spot)), slots);
	return less(units, sum_of(spot->free, spot->expired));
}

/* what was locked stays as it is, but for what was tidied; its units lie in so many slots */
int64
reserve_settle(ReserveCall *call, ReserveSpot *spot, int slots)
{
	int64		change;

	if (!spot->locked)
		return 0;
	set_spot(call, spot);
	change = fill_slots(call, spot, slots, units_of(spot));
	if (change != 0 || slots != spot->slots)
	{
		reserve_set(call, R_QTY, Int64GetDatum(change));
		reserve_set(call, R_SLOTS, Int32GetDatum(slots));
		if (!call->store->settle)
			prepared(call, &call->store->settle, "UPDATE {}.stock s "
					 "SET reserved = s.reserved" PLUS "$3, slots = $19 WHERE " AT_SPOT("s"));
		run(call, call->store->settle);
	}
	return sum_of(change, sum_of(spot->free, spot->expired));
}

/* take from what was locked, which has enough */
void
reserve_take_locked(ReserveCall *call, ReserveSpot *spot, int first, int n, bool alone)
{
	int			mask = TAKE_LOCKED;
	int64		qty;
	int64		change;

	set_spot(call, spot);
	qty = set_takes(call, first, n, &mask);
	mask &= ~TAKE_CHANNEL;
	set_request(call, alone, &mask);
	change = fill_slots(call, spot, spot->slots, less(units_of(spot), qty));
	reserve_set(call, R_QTY, Int64GetDatum(sum_of(qty, change)));
	reserve_set(call, R_SLOTS, Int32GetDatum(spot->slots));
	run_query(call, take_plan(call, mask), two_numbers, 2);
	call->answered |= (mask & TAKE_REQUEST) != 0;
}

/* ---- what else is read ---- */

static Datum
sku_array(ReserveCall *call, text **texts, int n)
{
	Datum	   *datums = palloc((n + 1) * sizeof(Datum));

	for (int i = 0; i < n; i++)
		datums[i] = PointerGetDatum(texts[i]);
	return PointerGetDatum(construct_array(datums, n, call->store->sku_type, -1, false,
										   TYPALIGN_INT));
}

static text *
copied(TextSpan s)
{
	return cstring_to_text_with_len(s.data, s.len);
}

/* the places that are numbered, as a parameter */
static void
set_places(ReserveCall *call)
{
	Datum	   *places = palloc((call->nplaces + 1) * sizeof(Datum));

	for (int i = 0; i < call->nplaces; i++)
		places[i] = PointerGetDatum(call->places[i]);
	reserve_set(call, R_LOCATIONS, PointerGetDatum(construct_array(places, call->nplaces, TEXTOID,
																   -1, false, TYPALIGN_INT)));
}

/* bundles become what is in them */
#define BUNDLE_DEPTH_MAX	16

typedef struct Component
{
	text	   *bundle;
	text	   *sku;
	int64		qty;
} Component;

typedef struct Components
{
	Component  *list;			/* by bundle and SKU */
	int			n;
	int			room;
} Components;

static int
compare_components(const void *a, const void *b)
{
	const Component *x = a;
	const Component *y = b;
	int			c = reserve_compare_texts(&x->bundle, &y->bundle);

	return c ? c : reserve_compare_texts(&x->sku, &y->sku);
}

static int
compare_needs(const void *a, const void *b)
{
	const ReserveNeed *x = a;
	const ReserveNeed *y = b;

	return reserve_compare_texts(&x->text, &y->text);
}

/* components of these SKUs; gives how many were added */
static int
read_components(ReserveCall *call, text **skus, int n, Components *all)
{
	int			found;

	reserve_set(call, R_SKUS, sku_array(call, skus, n));
	if (!call->store->bundles)
		prepared(call, &call->store->bundles, "SELECT k.sku, k.component_sku, k.qty "
				 "FROM {}.bundle_components k WHERE k.sku" EQ "ANY ($20)");
	run_query(call, call->store->bundles, (Oid[])
			  {
				  call->store->sku_type, call->store->sku_type, INT8OID
			  }, 3);
	found = SPI_processed;
	if (all->n + found > all->room)
	{
		all->room = 2 * (all->n + found);
		all->list = all->list ? repalloc(all->list, all->room * sizeof(Component)) :
			palloc(all->room * sizeof(Component));
	}
	for (int i = 0; i < found; i++)
	{
		Component  *c = &all->list[all->n++];

		*c = (Component) {.qty = number(i, 3)};
		if (is_null(i, 1) || is_null(i, 2) || c->qty <= 0)
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					 errmsg("bundle_components has a row without a SKU or a quantity"),
					 errhint("check_store() tells which values of an adopted relation are "
							 "damaged.")));
		c->bundle = copied(store_text(i, 1));
		c->sku = copied(store_text(i, 2));
	}
	return found;
}

static Component *
first_component(const Components *all, text *bundle)
{
	int			low = 0,
				high = all->n;

	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (reserve_compare_texts(&all->list[middle].bundle, &bundle) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < all->n && reserve_compare_texts(&all->list[low].bundle, &bundle) == 0 ?
		&all->list[low] : NULL;
}

static void
add_needs(ReserveCall *call, const Components *all, text *sku, int64 each, int depth, int *room)
{
	Component  *c = first_component(all, sku);

	CHECK_FOR_INTERRUPTS();
	if (depth > BUNDLE_DEPTH_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("bundle %s contains itself, or bundles more than %d deep",
						text_to_cstring(sku), BUNDLE_DEPTH_MAX),
				 errhint("Correct its rows in bundle_components.")));
	if (c == NULL)
	{
		if (call->nneeds == *room)
		{
			*room *= 2;
			call->needs = repalloc_huge(call->needs, (Size) *room * sizeof(ReserveNeed));
		}
		call->needs[call->nneeds++] = (ReserveNeed) {.text = sku, .each = each};
		return;
	}
	for (text *bundle = c->bundle; c < all->list + all->n &&
		 reserve_compare_texts(&c->bundle, &bundle) == 0; c++)
	{
		int64		units;

		if (pg_mul_s64_overflow(each, c->qty, &units))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("bundle %s has more components than can be counted",
							text_to_cstring(bundle)),
					 errhint("See its rows in bundle_components.")));
		add_needs(call, all, c->sku, units, depth + 1, room);
	}
}

/* what lines need, where they ask for bundles: units of their components, each SKU once a line */
void
reserve_read_bundles(ReserveCall *call)
{
	Components	all = {0};
	int			room = Max(call->nlines, 8);
	int			found = read_components(call, call->skus, call->nskus, &all);

	if (found == 0)
		return;
	for (int depth = 0; found > 0 && depth < BUNDLE_DEPTH_MAX; depth++)
	{
		text	  **skus = palloc(found * sizeof(text *));
		int			n = 0;

		for (int i = all.n - found; i < all.n; i++)
			skus[n++] = all.list[i].sku;
		found = read_components(call, skus, n, &all);
	}
	qsort(all.list, all.n, sizeof(Component), compare_components);
	/* a component that is reached in two ways was read twice */
	for (int i = 0, n = all.n; i < n; i++)
	{
		if (i == 0)
			all.n = 0;
		if (all.n == 0 || compare_components(&all.list[all.n - 1], &all.list[i]) != 0)
			all.list[all.n++] = all.list[i];
	}

	call->needs = palloc(room * sizeof(ReserveNeed));
	call->nneeds = 0;
	for (int i = 0; i < call->nlines; i++)
	{
		ReserveLine *line = &call->lines[i];
		int			n;

		line->need = call->nneeds;
		line->bundle = first_component(&all, line->sku) != NULL;
		add_needs(call, &all, line->sku, 1, 0, &room);
		n = line->need;
		qsort(call->needs + n, call->nneeds - n, sizeof(ReserveNeed), compare_needs);
		for (int j = n + 1; j < call->nneeds; j++)
		{
			ReserveNeed *need = &call->needs[j];

			if (compare_needs(&call->needs[n], need) != 0)
				call->needs[++n] = *need;
			else
				call->needs[n].each = sum_of(call->needs[n].each, need->each);
		}
		call->nneeds = n + 1;
		line->nneeds = call->nneeds - line->need;
		for (int j = line->need; j < call->nneeds; j++)
		{
			int64		units;

			if (pg_mul_s64_overflow(call->needs[j].each, line->qty, &units))
				ereport(ERROR,
						(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						 errmsg("%s of bundle %s need more components than can be counted",
								psprintf(INT64_FORMAT, line->qty), text_to_cstring(line->sku)),
						 errhint("Ask for fewer.")));
		}
	}
	reserve_number(call);
}

/* all places that have a row of the call's SKUs, in one snapshot; by SKU and place */
static int
compare_spots(const void *a, const void *b)
{
	const ReserveSpot *x = a;
	const ReserveSpot *y = b;

	return x->sku != y->sku ? x->sku - y->sku : x->place - y->place;
}

ReserveSpot *
reserve_candidates(ReserveCall *call, int *n)
{
	const Oid	types[] = {STOCK_TYPES, TEXTOID, call->store->sku_type};
	ReserveSpot *spots;
	text	  **places;

	bool		anywhere = false;

	for (int i = 0; i < call->nlines; i++)
		anywhere = anywhere || call->lines[i].location == NULL;
	reserve_set(call, R_SKUS, sku_array(call, call->skus, call->nskus));
	set_places(call);
	if (anywhere)
		reserve_unset(call, R_LOCATIONS);
	if (!call->store->candidates)
		prepared(call, &call->store->candidates,
				 "SELECT " COUNTED_COLUMNS("s.sku", "s.location_code")
				 ", s.location_code, s.sku FROM {}.stock s " SLOTS_OF_S
				 " WHERE s.sku" EQ "ANY ($20) "
				 "AND ($23 IS NULL OR s.location_code" EQ "ANY ($23))");
	run_query(call, call->store->candidates, types, lengthof(types));
	*n = SPI_processed;
	spots = palloc_extended((Size) (*n + 1) * sizeof(ReserveSpot),
							MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	places = palloc_extended((Size) (*n + 1) * sizeof(text *), MCXT_ALLOC_HUGE);
	for (int i = 0; i < *n; i++)
	{
		text	   *sku = copied(store_text(i, S_COLUMNS + 2));

		CHECK_FOR_INTERRUPTS();
		places[i] = copied(store_text(i, S_COLUMNS + 1));
		read_spot(i, &spots[i], S_COLUMNS);
		spots[i].sku = reserve_text_number(call->skus, call->nskus, sku);
	}
	reserve_number_places(call, places, *n);
	for (int i = 0; i < *n; i++)
		spots[i].place = reserve_text_number(call->places, call->nplaces, places[i]);
	qsort(spots, *n, sizeof(ReserveSpot), compare_spots);
	return spots;
}

/* SKUs and places that are nowhere are mistakes of the caller's; 22023 */
void
reserve_check_known(ReserveCall *call, const ReserveSpot *spots, int n)
{
	bool		all = true;

	for (int i = 0; i < n; i++)
		all = all && spots[i].exists;
	if (all && n > 0)
		return;
	reserve_set(call, R_SKUS, sku_array(call, call->skus, call->nskus));
	set_places(call);
	if (!call->store->known)
		prepared(call, &call->store->known, "SELECT 'SKU', k.sku::pg_catalog.text, NULL "
				 "FROM pg_catalog.unnest($20) k(sku) "
				 "WHERE NOT EXISTS (SELECT FROM {}.products p WHERE p.sku" EQ "k.sku) "
				 "AND NOT EXISTS (SELECT FROM {}.stock s WHERE s.sku" EQ "k.sku) "
				 "UNION ALL SELECT 'location', k.code, (SELECT pg_catalog.min(l.location_code) "
				 "FROM {}.locations l WHERE pg_catalog.lower(l.location_code)" EQ
				 "pg_catalog.lower(k.code)) FROM pg_catalog.unnest($23) k(code) "
				 "WHERE NOT EXISTS (SELECT FROM {}.locations l WHERE l.location_code" EQ "k.code) "
				 "AND NOT EXISTS (SELECT FROM {}.stock s WHERE s.location_code" EQ "k.code)");
	run_query(call, call->store->known, (Oid[]) {TEXTOID, TEXTOID, TEXTOID}, 3);
	if (SPI_processed > 0)
	{
		text	   *what = copied(store_text(0, 1));
		text	   *name = copied(store_text(0, 2));
		bool		is_sku = *VARDATA_ANY(what) == 'S';
		bool		isnull;

		(void) store_value(0, 3, &isnull);
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 is_sku ? errmsg("unknown SKU: %s", text_shown(name)) :
				 errmsg("unknown location: \"%s\"", text_shown(name)),
				 errdetail("It is neither in %s nor in stock.",
						   is_sku ? "products" : "locations"),
				 is_sku ?
				 errhint("resolve_sku() finds the SKU that a channel's code stands for.") :
				 isnull ? errhint("Insert it into locations first.") :
				 errhint("Codes are compared letter by letter: there is \"%s\".",
						 text_shown(copied(store_text(0, 3))))));
	}
}

/* ---- the request ---- */

/* write the answer of the call, for retries and for whom it concerns */
void
reserve_request(ReserveCall *call)
{
	if (!call->store->request)
		prepared(call, &call->store->request, "INSERT INTO {}.outbox (request_key, call, "
				 "order_ref, request_hash, answer) VALUES ($15, 'reserve', $4, $16, $17)");
	run(call, call->store->request);
	call->answered = true;
}

/* the answer that the key's first call got, or NULL; 22023 if that was another call */
Jsonb *
reserve_first_answer(ReserveCall *call)
{
	bool		isnull;

	if (!call->store->answer)
		prepared(call, &call->store->answer, "SELECT o.call" EQ "'reserve' "
				 "AND o.request_hash" EQ "$16, o.answer FROM {}.outbox o "
				 "WHERE o.request_key" EQ "$15");
	run_query(call, call->store->answer, (Oid[]) {BOOLOID, JSONBOID}, 2);
	if (SPI_processed == 0)
		return NULL;
	if (!store_true(0, 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the idempotency key was used for another call"),
				 errdetail("That call was of another function, or had other arguments."),
				 errhint("A retry repeats all arguments; a new request takes a new key.")));
	return DatumGetJsonbPCopy(store_value(0, 2, &isnull));
}

/* 22023 if the channel is not known */
void
reserve_read_channel(ReserveCall *call)
{
	if (!call->has_channel)
		return;
	if (!call->store->channel)
		prepared(call, &call->store->channel, "SELECT c.channel_code FROM {}.channels c "
				 "WHERE c.channel_code" EQ "$6");
	run_query(call, call->store->channel, (Oid[]) {TEXTOID}, 1);
	if (SPI_processed == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown channel: \"%s\"",
						text_shown(DatumGetTextPP(call->values[R_CHANNEL]))),
				 errhint("Insert it into channels first, or leave it out.")));
}

/* the number of a new reservation; who may insert one may have its number */
int64
reserve_next_id(ReserveCall *call)
{
	ReserveStore *store = call->store;

	if (!OidIsValid(store->sequence))
	{
		Oid			relation = store->relations[T_RESERVATIONS];
		AttrNumber	column = get_attnum(relation, "reservation_id");

		store->sequence = column == InvalidAttrNumber ? InvalidOid :
			identity_sequence(relation, column);
		if (!OidIsValid(store->sequence))
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					 errmsg("%s.reservations has no reservation_id that counts by itself",
							quote_identifier(NameStr(store->name))),
					 errhint("ALTER TABLE reservations ALTER reservation_id ADD GENERATED BY "
							 "DEFAULT AS IDENTITY.")));
	}
	return nextval_internal(store->sequence, false);
}
