/*
 * reserve_rows.c
 *	  Units are taken, and what was taken is written, without statements.
 *
 * It does what take_plan() of reserve_stock.c says in SQL, condition by condition, and gives up
 * where anything is not as a store is made, or a sum overflows: then that statement runs.  Rows are
 * written in the order in which the executor runs the parts of the statement.
 *
 * Only the row of stock is waited for while the command lasts.  Somebody may have changed it: it is
 * locked then and looked at again, as READ COMMITTED has it.  A slot that was changed is looked at
 * anew by a later command instead, so that no lock of it is kept if it has too few.
 */
#include "postgres.h"
#include "compat.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "common/int.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "store/reserve.h"
#include "store/rows.h"

/* columns of what is taken from */
enum
{
	STOCK_SKU, STOCK_LOCATION, STOCK_RESERVED, STOCK_ON_HAND, STOCK_SLOTS, STOCK_SAFETY,
	STOCK_BACKORDER
};

#define STOCK_COLUMNS \
	{ \
		{"sku", InvalidOid}, {"location_code", TEXTOID}, {"reserved", INT8OID}, \
		{"on_hand", INT8OID}, {"slots", INT4OID}, {"safety_stock", INT8OID}, \
		{"backorder_limit", INT8OID} \
	}

static const RowsTable stock = {"stock", CMD_UPDATE, 2, false, 7, STOCK_COLUMNS};
static const RowsTable stock_read = {"stock", CMD_SELECT, 2, false, 7, STOCK_COLUMNS};

static const RowsTable slots = {
	"stock_slots", CMD_UPDATE, 3, false, 4,
	{{"sku", InvalidOid}, {"location_code", TEXTOID}, {"slot", INT4OID}, {"free", INT8OID}}
};

static const RowsTable locations = {
	"locations", CMD_SELECT, 1, false, 2, {{"location_code", TEXTOID}, {"active", BOOLOID}}
};

static const RowsTable bundles = {
	"bundle_components", CMD_SELECT, 1, true, 1, {{"sku", InvalidOid}}
};

static const RowsTable channels = {
	"channels", CMD_SELECT, 1, false, 2, {{"channel_code", TEXTOID}, {"stock_buffer", INT8OID}}
};

static const RowsTable buffers = {
	"channel_buffers", CMD_SELECT, 3, false, 4,
	{
		{"sku", InvalidOid}, {"location_code", TEXTOID}, {"channel_code", TEXTOID},
		{"qty", INT8OID}
	}
};

/* the key is looked for, too */
static const RowsTable outbox = {
	"outbox", CMD_INSERT, 1, false, 5,
	{
		{"request_key", TEXTOID}, {"call", TEXTOID}, {"order_ref", TEXTOID},
		{"request_hash", INT8OID}, {"answer", JSONBOID}
	}
};

static const RowsTable movements = {
	"stock_movements", CMD_INSERT, 0, false, 9,
	{
		{"sku", InvalidOid}, {"location_code", TEXTOID}, {"movement_key", TEXTOID},
		{"qty", INT8OID}, {"kind", TEXTOID}, {"order_ref", TEXTOID},
		{"occurred_at", TIMESTAMPTZOID}, {"reserved_qty", INT8OID}, {"reservation_id", INT8OID}
	}
};

static const RowsTable reservations = {
	"reservations", CMD_INSERT, 0, false, 10,
	{
		{"sku", InvalidOid}, {"location_code", TEXTOID}, {"order_ref", TEXTOID},
		{"expires_at", TIMESTAMPTZOID}, {"channel_code", TEXTOID}, {"reservation_id", INT8OID},
		{"line_no", INT4OID}, {"qty", INT8OID}, {"bundle_sku", InvalidOid}, {"open_qty", INT8OID}
	}
};

/* the sets: from the row of stock or from a slot, without or with a channel; most are in all */
enum
{
	OUTBOX, MOVEMENTS, RESERVATIONS, STOCK, LOCATIONS, BUNDLES, FIRST_OTHER
};

#define ALL_HAVE	&outbox, &movements, &reservations

static const RowsTable *const from_stock[] = {ALL_HAVE, &stock, &locations, &bundles};
static const RowsTable *const from_slot[] = {
	ALL_HAVE, &stock_read, &locations, &bundles, &slots
};
static const RowsTable *const from_stock_for_channel[] = {
	ALL_HAVE, &stock, &locations, &bundles, &channels, &buffers
};
static const RowsTable *const from_slot_for_channel[] = {
	ALL_HAVE, &stock_read, &locations, &bundles, &slots, &channels, &buffers
};

#define SLOTS				FIRST_OTHER
#define CHANNELS(mask)		(FIRST_OTHER + (((mask) & TAKE_SLOT) ? 1 : 0))
#define BUFFERS(mask)		(CHANNELS(mask) + 1)

static Rows **
set_of(ReserveCall *call, int mask)
{
	return &call->store->rows[((mask & TAKE_SLOT) ? 1 : 0) + ((mask & TAKE_CHANNEL) ? 2 : 0)];
}

/* whether it can be done here and now, and by this user */
bool
reserve_rows_open(ReserveCall *call, int mask)
{
	Rows	  **rows = set_of(call, mask);

	/* what a CHECK runs may reserve, too */
	if (reserve_depth > 1 || call->store->spread)
		return false;
	if (*rows == NULL && (mask & TAKE_CHANNEL))
		*rows = (mask & TAKE_SLOT) ?
			rows_of(from_slot_for_channel, lengthof(from_slot_for_channel)) :
			rows_of(from_stock_for_channel, lengthof(from_stock_for_channel));
	else if (*rows == NULL)
		*rows = (mask & TAKE_SLOT) ? rows_of(from_slot, lengthof(from_slot)) :
			rows_of(from_stock, lengthof(from_stock));
	return rows_open(*rows, call->store->id, call->store->sku_type);
}

static int64
number_of(Rows *rows, int table, int column, bool *isnull)
{
	Datum		value = rows_value(rows, table, column, isnull);

	return *isnull ? 0 : DatumGetInt64(value);
}

/* the conditions that are not about stock; which have no part in waiting for it */
static bool
may_take(ReserveCall *call, Rows *rows, int mask)
{
	bool		isnull;

	if (rows_find(rows, LOCATIONS, &call->values[R_LOCATION]) &&
		!DatumGetBool(rows_value(rows, LOCATIONS, 1, &isnull)) && !isnull)
		return false;
	return !(mask & TAKE_NEW_KEY) ||
		(!rows_find(rows, OUTBOX, &call->values[R_REQUEST]) &&
		 !rows_find(rows, BUNDLES, &call->values[R_SKU]));
}

/* the channel's buffer; false if the channel is not known */
static bool
read_buffer(ReserveCall *call, Rows *rows, int mask, int64 *buffer)
{
	Datum		key[3] = {
		call->values[R_SKU], call->values[R_LOCATION], call->values[R_CHANNEL]
	};
	bool		isnull;

	*buffer = 0;
	if (!(mask & TAKE_CHANNEL))
		return true;
	if (rows_find(rows, BUFFERS(mask), key))
	{
		*buffer = number_of(rows, BUFFERS(mask), 3, &isnull);
		if (!isnull)
			return true;
	}
	if (!rows_find(rows, CHANNELS(mask), &key[2]))
		return false;
	*buffer = number_of(rows, CHANNELS(mask), 1, &isnull);
	return true;
}

/*
 * Whether the row of stock allows it, and what its reserved would be.  As for a statement, what
 * adds up to too much is an error, which it raises itself.
 */
static ReserveTaken
has_enough(Rows *rows, int slot, int64 qty, int64 buffer, int64 *reserved)
{
	bool		isnull[5];
	int64		on_hand = number_of(rows, STOCK, STOCK_ON_HAND, &isnull[0]);
	int64		safety = number_of(rows, STOCK, STOCK_SAFETY, &isnull[1]);
	int64		left = number_of(rows, STOCK, STOCK_BACKORDER, &isnull[2]);
	int32		nslots = DatumGetInt32(rows_value(rows, STOCK, STOCK_SLOTS, &isnull[3]));
	int64		missing;

	*reserved = number_of(rows, STOCK, STOCK_RESERVED, &isnull[4]);
	if (isnull[0] || isnull[1] || isnull[2] || isnull[3] || isnull[4])
		return RESERVE_UNKNOWN;
	if (slot < 0 ? nslots != 0 : nslots <= slot)
		return RESERVE_TOO_FEW;
	if (slot >= 0)
		qty = buffer = 0;
	if (pg_sub_s64_overflow(left, *reserved, &left) ||
		pg_sub_s64_overflow(left, safety, &left) ||
		pg_sub_s64_overflow(left, buffer, &left) ||
		pg_sub_s64_overflow(qty, on_hand, &missing) ||
		pg_add_s64_overflow(*reserved, qty, reserved))
		return RESERVE_UNKNOWN;
	return left >= missing ? RESERVE_TAKEN : RESERVE_TOO_FEW;
}

static ReserveTaken
take_from_row(ReserveCall *call, Rows *rows, int mask, bool *waited)
{
	int64		qty = DatumGetInt64(call->values[R_QTY]);
	Datum		key[2] = {call->values[R_SKU], call->values[R_LOCATION]};
	int64		buffer;
	int64		reserved;
	ReserveTaken taken;

	*waited = false;
	if (!may_take(call, rows, mask) || !read_buffer(call, rows, mask, &buffer) ||
		!rows_find(rows, STOCK, key))
		return RESERVE_TOO_FEW;
	while ((taken = has_enough(rows, -1, qty, buffer, &reserved)) == RESERVE_TAKEN &&
		   !rows_update(rows, STOCK, Int64GetDatum(reserved)))
	{
		*waited = true;
		if (!rows_lock(rows, STOCK))
			return RESERVE_TOO_FEW;
	}
	return taken;
}

static ReserveTaken
take_from_slot(ReserveCall *call, Rows *rows, int mask)
{
	int64		qty = DatumGetInt64(call->values[R_QTY]);
	Datum		key[3] = {
		call->values[R_SKU], call->values[R_LOCATION], call->values[R_SLOT]
	};
	int64		buffer;
	int64		reserved;
	ReserveTaken taken;

	for (;;)
	{
		bool		isnull;
		int64		free;
		int64		rest;

		CHECK_FOR_INTERRUPTS();
		if (!may_take(call, rows, mask) || !read_buffer(call, rows, mask, &buffer) ||
			!rows_find(rows, STOCK, key) || !rows_find(rows, SLOTS, key))
			return RESERVE_TOO_FEW;
		taken = has_enough(rows, DatumGetInt32(key[2]), qty, buffer, &reserved);
		if (taken != RESERVE_TAKEN)
			return taken;
		free = number_of(rows, SLOTS, 3, &isnull);
		if (isnull || pg_sub_s64_overflow(free, buffer, &rest))
			return RESERVE_UNKNOWN;
		if (rest < qty)
			return RESERVE_TOO_FEW;
		if (pg_sub_s64_overflow(free, qty, &rest))
			return RESERVE_UNKNOWN;
		if (rows_update(rows, SLOTS, Int64GetDatum(rest)))
			return RESERVE_TAKEN;
		rows_end(rows);
		rows_begin(rows);
	}
}

/* the rows that tell what was taken */
static void
write_takes(ReserveCall *call, Rows *rows, int first, int n, int mask)
{
	Datum		qty;
	Datum		id;
	Datum		key;
	bool		nulls[ROWS_COLUMNS_MAX] = {0};

	if (mask & TAKE_REQUEST)
		rows_insert(rows, OUTBOX, (Datum[])
					{
						call->values[R_REQUEST], CStringGetTextDatum("reserve"),
						call->values[R_ORDER], call->values[R_HASH], call->values[R_ANSWER]
					}, nulls);
	for (int i = first; i < first + n; i++)
	{
		char		name[32];

		CHECK_FOR_INTERRUPTS();
		qty = Int64GetDatum(call->takes[i].qty);
		id = Int64GetDatum(call->takes[i].id);
		snprintf(name, sizeof(name), "reserve " INT64_FORMAT, call->takes[i].id);
		key = CStringGetTextDatum(name);
		rows_insert(rows, MOVEMENTS, (Datum[])
					{
						call->values[R_SKU], call->values[R_LOCATION], key, Int64GetDatum(0),
						CStringGetTextDatum("reserve"), call->values[R_ORDER],
						TimestampTzGetDatum(GetCurrentTransactionStartTimestamp()), qty, id
					}, nulls);
	}
	nulls[4] = !call->has_channel;
	for (int i = first; i < first + n; i++)
	{
		ReserveLine *line = &call->lines[call->takes[i].line];

		CHECK_FOR_INTERRUPTS();
		qty = Int64GetDatum(call->takes[i].qty);
		nulls[8] = !line->bundle;
		rows_insert(rows, RESERVATIONS, (Datum[])
					{
						call->values[R_SKU], call->values[R_LOCATION], call->values[R_ORDER],
						call->values[R_EXPIRES], call->values[R_CHANNEL],
						Int64GetDatum(call->takes[i].id), Int32GetDatum(line->line_no), qty,
						PointerGetDatum(line->sku), qty
					}, nulls);
	}
}

/*
 * Take R_QTY units of the spot, from slot R_SLOT if TAKE_SLOT is set, and write n takes.  The set
 * is open, and closed then.  waited: somebody else changed the row of stock meanwhile.
 */
ReserveTaken
reserve_rows_take(ReserveCall *call, int first, int n, int mask, bool *waited)
{
	Rows	   *rows = *set_of(call, mask);
	ReserveTaken taken;

	rows_begin(rows);
	*waited = false;
	taken = (mask & TAKE_SLOT) ? take_from_slot(call, rows, mask) :
		take_from_row(call, rows, mask, waited);
	if (taken == RESERVE_TAKEN)
		write_takes(call, rows, first, n, mask);
	rows_end(rows);
	rows_close(rows);
	return taken;
}
