/*
 * limits.c
 *	  How often a session user may use a domain: counters in shared memory.
 *
 * A counter belongs to a session user, a domain and a length of window.  It is no part of any
 * transaction, so a rollback does not turn it back; it belongs to the user that connected, so
 * neither SET ROLE nor a new connection nor a parallel worker has another one.  Windows are fixed:
 * the hours, say, of the clock.
 *
 * A backend takes some of what is left at a time and gives back the rest at the end of its
 * transaction, so that most uses cost no lock.  What is taken is counted at once: all backends
 * together never have more than the limit.
 *
 * The table never forgets a window that is not over.  When it has no room, the use is refused.
 *
 * Shared memory comes with shared_preload_libraries, or on 17 and later by a name.
 */
#include "postgres.h"
#include "compat.h"

#include "access/xact.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"
#include "utils/timestamp.h"

#if PG_VERSION_NUM >= 170000
#include "storage/dsm_registry.h"
#endif

#include "privacy/limits.h"

#define COUNTERS		8192	/* a power of two */
#define BATCH_MAX		64
#define COMMAND_WAIT	5		/* seconds after a failure */

typedef struct Counter
{
	Oid			user;
	uint32		tag;
	int			seconds;		/* 0: the slot was never used */
	bool		told;			/* the log has been told that the limit was reached */
	int64		window;			/* number of the window, from the epoch of timestamps on */
	int64		used;
} Counter;

typedef struct Limits
{
	LWLock		lock;
	TimestampTz command_failed;
	Counter		counter[COUNTERS];
} Limits;

static Limits *shared = NULL;
static shmem_request_hook_type next_request = NULL;
static shmem_startup_hook_type next_startup = NULL;

/* what this backend has taken and not used */
typedef struct Batch
{
	Oid			user;
	uint32		tag;
	int			seconds;		/* 0: nothing here */
	int64		limit;
	int64		window;
	int64		left;
} Batch;

#define BATCHES			16

static Batch batches[BATCHES];
static bool any_batch = false;

/* ---- shared memory ---- */

static void
limits_clear(void *memory)
{
	Limits	   *limits = memory;

	memset(limits, 0, sizeof(Limits));
	LWLockInitialize(&limits->lock, LWLockNewTrancheId());
}

static void
request_memory(void)
{
	if (next_request)
		next_request();
	RequestAddinShmemSpace(sizeof(Limits));
}

static void
find_memory(void)
{
	bool		found;

	if (next_startup)
		next_startup();
	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	shared = ShmemInitStruct("omni limits", sizeof(Limits), &found);
	if (!found)
		limits_clear(shared);
	LWLockRelease(AddinShmemInitLock);
	LWLockRegisterTranche(shared->lock.tranche, "omni_limits");
}

static void give_back_at_end(XactEvent event, void *argument);

void
limits_settings(void)
{
	if (process_shared_preload_libraries_in_progress)
	{
		next_request = shmem_request_hook;
		shmem_request_hook = request_memory;
		next_startup = shmem_startup_hook;
		shmem_startup_hook = find_memory;
	}
	RegisterXactCallback(give_back_at_end, NULL);
}

bool
limits_available(void)
{
#if PG_VERSION_NUM >= 170000
	if (shared == NULL)
	{
		bool		found;

		shared = GetNamedDSMSegment("omni limits", sizeof(Limits), limits_clear, &found);
		LWLockRegisterTranche(shared->lock.tranche, "omni_limits");
	}
#endif
	return shared != NULL;
}

static void
need_memory(const char *what)
{
	if (!limits_available())
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("%s needs shared memory, which omni does not have", what),
				 errhint("Add omni to shared_preload_libraries and restart the server.")));
}

/* ---- counters ---- */

/* seconds since the epoch of timestamps, which the window's length divides */
static int64
window_of(TimestampTz at, int seconds)
{
	return at / (seconds * USECS_PER_SEC);
}

/*
 * The counter of a user in a domain, at the present window, or NULL where there is no room.  A
 * counter whose window is over may become another's; that of a clock that was turned back goes on.
 * The lock is held.
 */
static Counter *
find_counter(Oid user, uint32 tag, int seconds, TimestampTz now, bool make)
{
	uint32		hash = hash_combine(hash_combine(murmurhash32(user), murmurhash32(tag)),
									murmurhash32(seconds));
	Counter    *spare = NULL;

	for (uint32 i = 0; i < COUNTERS; i++)
	{
		Counter    *c = &shared->counter[(hash + i) & (COUNTERS - 1)];

		if (c->user == user && c->tag == tag && c->seconds == seconds)
		{
			if (window_of(now, seconds) > c->window)
			{
				c->window = window_of(now, seconds);
				c->used = 0;
				c->told = false;
			}
			return c;
		}
		if (spare == NULL && (c->seconds == 0 || window_of(now, c->seconds) > c->window))
			spare = c;
		if (c->seconds == 0)
			break;
	}
	if (spare == NULL || !make)
		return NULL;
	*spare = (Counter) {
		.user = user, .tag = tag, .seconds = seconds, .window = window_of(now, seconds)
	};
	return spare;
}

static void
give_back(Batch *batch)
{
	Counter    *c;

	if (batch->left > 0 && shared != NULL)
	{
		TimestampTz now = GetCurrentTimestamp();

		LWLockAcquire(&shared->lock, LW_EXCLUSIVE);
		c = find_counter(batch->user, batch->tag, batch->seconds, now, false);
		if (c != NULL && c->window == batch->window)
			c->used -= batch->left;
		LWLockRelease(&shared->lock);
	}
	batch->seconds = 0;
	batch->left = 0;
}

static void
give_back_at_end(XactEvent event, void *argument)
{
	if (!any_batch || event == XACT_EVENT_PRE_COMMIT || event == XACT_EVENT_PARALLEL_PRE_COMMIT ||
		event == XACT_EVENT_PRE_PREPARE)
		return;
	for (int i = 0; i < BATCHES; i++)
		give_back(&batches[i]);
	any_batch = false;
}

static const char *
unit_name(int seconds)
{
	return seconds == 1 ? "second" : seconds == 60 ? "minute" : seconds == 3600 ? "hour" : "day";
}

static void
refuse(const char *name, int64 limit, int seconds, int64 window, bool tell, Oid user)
{
	TimestampTz next = (window + 1) * seconds * USECS_PER_SEC;

	if (tell)
		ereport(LOG,
				(errmsg("role \"%s\" has reached the limit of pseudonymization domain \"%s\"",
						GetUserNameFromId(user, true) ? GetUserNameFromId(user, true) : "?",
						name),
				 errdetail("It is " INT64_FORMAT " uses a %s.", limit, unit_name(seconds))));
	ereport(ERROR,
			(errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
			 errmsg("limit of pseudonymization domain \"%s\" reached", name),
			 errdetail("A session user has " INT64_FORMAT " uses a %s. The next %s begins at %s.",
					   limit, unit_name(seconds), unit_name(seconds), timestamptz_to_str(next))));
}

/* take what is asked for and some more from the shared counter */
static void
take_batch(Batch *batch, const char *name, int64 uses)
{
	TimestampTz now = GetCurrentTimestamp();
	Counter    *c;
	int64		left = 0;
	int64		window = 0;
	bool		tell = false;

	LWLockAcquire(&shared->lock, LW_EXCLUSIVE);
	c = find_counter(batch->user, batch->tag, batch->seconds, now, true);
	if (c != NULL)
	{
		left = batch->limit - c->used;
		window = c->window;
		if (left >= uses)
		{
			int64		taken = uses + Min(BATCH_MAX, (left - uses) / 16);

			c->used += taken;
			batch->left = taken - uses;
			batch->window = window;
		}
		else
		{
			tell = !c->told;
			c->told = true;
		}
	}
	LWLockRelease(&shared->lock);
	if (c == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
				 errmsg("no more users of limited pseudonymization domains can be counted"),
				 errdetail("There are %d counters, one for each session user and domain in its "
						   "present window.", COUNTERS),
				 errhint("Use fewer domains with long windows, or wait for windows to end.")));
	if (left < uses)
		refuse(name, batch->limit, batch->seconds, window, tell, batch->user);
}

/*
 * While a table is maintained, its owner's functions run in whose session it is done, as for an
 * index on an expression: a superuser's, by autovacuum.  That session's uses are not the owner's.
 */
static void
refuse_maintenance(const char *name)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("pseudonymization domain \"%s\" has a limit, and is not used in the "
					"maintenance of another role's table", name),
			 errhint("Connect as the owner to refresh a materialized view or to build an index, "
					 "or store the pseudonyms in a column.")));
}

void
limits_take(uint32 tag, const char *name, int64 limit, int seconds, int64 uses)
{
	Batch	   *batch = &batches[tag % BATCHES];
	Oid			user = GetSessionUserId();

	if (InSecurityRestrictedOperation() && GetUserId() != user)
		refuse_maintenance(name);
	if (batch->left >= uses && batch->tag == tag && batch->user == user &&
		batch->limit == limit && batch->seconds == seconds)
	{
		batch->left -= uses;
		return;
	}
	need_memory("a pseudonymization domain with a limit");
	give_back(batch);
	*batch = (Batch) {.user = user, .tag = tag, .seconds = seconds, .limit = limit};
	any_batch = true;
	take_batch(batch, name, uses);
}

/* ---- the keyring's command ---- */

int
limits_command_wait(void)
{
	TimestampTz since;
	TimestampTz now = GetCurrentTimestamp();

	need_memory("a keyring from a command");
	LWLockAcquire(&shared->lock, LW_SHARED);
	since = shared->command_failed;
	LWLockRelease(&shared->lock);
	if (since == 0 || now < since || now - since >= COMMAND_WAIT * USECS_PER_SEC)
		return 0;
	return COMMAND_WAIT - (now - since) / USECS_PER_SEC;
}

void
limits_command_failed(void)
{
	LWLockAcquire(&shared->lock, LW_EXCLUSIVE);
	shared->command_failed = GetCurrentTimestamp();
	LWLockRelease(&shared->lock);
}
