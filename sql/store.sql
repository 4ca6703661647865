/*
 * ---- store: the ready-made model, made in the user's schema and owned by the user ----
 *
 * store_contract() is the one description of the store's tables: create_store() makes them from
 * it, check_store() compares with it, migrate_store() adds what is missing, adopted relations are
 * read through it. store_keys() has their keys. Functions and views of a store are the plain SQL files
 * of sql/store/, which make bundles into store_source(); in them @store@ stands for the
 * store's schema, @bi@ for <schema>_bi and @pii@ for <schema>_pii.
 *
 * Nothing that a user gives is ever executed: a schema name has to be a plain identifier, an adopted
 * relation and its columns are looked up in the catalog and quoted.
 */

CREATE FUNCTION omni.store_contract(OUT relation text, OUT ordinal integer, OUT column_name text, OUT type text,
                                    OUT modifier text, OUT required boolean, OUT description text)
    RETURNS SETOF record LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 370
BEGIN ATOMIC
SELECT v.relation, (row_number() OVER (PARTITION BY v.relation ORDER BY v.n))::integer, v.column_name, v.type, v.modifier, v.required, v.description
FROM (VALUES
    -- relation, n, column, type, modifier, required of an adopted relation, description
    ('markets', 1, 'market_code', 'text', 'NOT NULL', true, 'code of the market, e.g. DE'),
    ('markets', 2, 'name', 'text', 'NOT NULL', false, 'name of the market'),
    ('markets', 3, 'country', 'text', '', false, 'ISO 3166 alpha-2 code of the country'),
    ('markets', 4, 'currency', 'text', 'NOT NULL', true, 'ISO 4217 code of the currency in which the market is reported'),
    ('markets', 5, 'time_zone', 'text', 'NOT NULL DEFAULT ''UTC''', false, 'time zone in which the market''s days begin'),

    ('channels', 1, 'channel_code', 'text', 'NOT NULL', true, 'code of the channel: a-z, 0-9 and -, as in a qualified SKU'),
    ('channels', 2, 'name', 'text', 'NOT NULL', false, 'name of the channel'),
    ('channels', 3, 'kind', 'text', 'NOT NULL DEFAULT ''web''', false, 'web, app, pos, marketplace, call_center, social or b2b'),
    ('channels', 4, 'market_code', 'text', '', false, 'market that the channel sells in, where it is one'),
    ('channels', 5, 'stock_buffer', 'bigint', 'NOT NULL DEFAULT 0 CHECK (stock_buffer >= 0)', false, 'units of each SKU at each location that the channel does not promise, so that it never sells the last ones'),

    ('locations', 1, 'location_code', 'text', 'NOT NULL', true, 'code of the place that holds stock'),
    ('locations', 2, 'name', 'text', 'NOT NULL', false, 'name of the location'),
    ('locations', 3, 'kind', 'text', 'NOT NULL DEFAULT ''warehouse''', false, 'warehouse, store, supplier, third_party or in_transit'),
    ('locations', 4, 'market_code', 'text', '', false, 'market that the location is in'),
    ('locations', 5, 'latitude', 'double precision', '', false, 'degrees north'),
    ('locations', 6, 'longitude', 'double precision', '', false, 'degrees east'),
    ('locations', 7, 'pickup', 'boolean', 'NOT NULL DEFAULT false', false, 'customers can pick up here'),
    ('locations', 8, 'active', 'boolean', 'NOT NULL DEFAULT true', false, 'stock here can be promised'),
    ('locations', 9, 'ships', 'boolean', 'NOT NULL DEFAULT true', false, 'orders can be shipped from here'),
    ('locations', 10, 'ready_minutes', 'integer', 'NOT NULL DEFAULT 0 CHECK (ready_minutes >= 0)', false, 'minutes of opening time from a reservation until its units are ready'),
    ('locations', 11, 'opens_at', 'time without time zone', '', false, 'when a day''s work begins; NULL: around the clock'),
    ('locations', 12, 'closes_at', 'time without time zone', 'CHECK (opens_at < closes_at AND (opens_at IS NULL) = (closes_at IS NULL))', false, 'when it ends'),
    ('locations', 13, 'time_zone', 'text', 'NOT NULL DEFAULT ''UTC''', false, 'time zone of these times'),

    ('products', 1, 'sku', 'omni.sku', 'NOT NULL', true, 'stock keeping unit, the key'),
    ('products', 2, 'gtin', 'omni.gtin', '', false, 'trade item number on the package'),
    ('products', 3, 'title', 'text', 'NOT NULL DEFAULT ''''', false, 'name of the product'),
    ('products', 4, 'brand', 'text', '', false, 'brand'),
    ('products', 5, 'category', 'text', '', false, 'category'),
    ('products', 6, 'active', 'boolean', 'NOT NULL DEFAULT true', false, 'sold at present'),

    ('bundle_components', 1, 'sku', 'omni.sku', 'NOT NULL', true, 'SKU of the bundle, which has no stock of its own'),
    ('bundle_components', 2, 'component_sku', 'omni.sku', 'NOT NULL CHECK (component_sku <> sku)', true, 'what is in it'),
    ('bundle_components', 3, 'qty', 'bigint', 'NOT NULL CHECK (qty > 0)', true, 'how many units of it'),

    ('sku_aliases', 1, 'channel_code', 'text', 'NOT NULL', true, 'channel that uses the alias'),
    ('sku_aliases', 2, 'raw', 'text', 'NOT NULL', true, 'the code exactly as the channel writes it'),
    ('sku_aliases', 3, 'sku', 'omni.sku', '', true, 'what it means from valid_from on; NULL ends the alias'),
    ('sku_aliases', 4, 'valid_from', 'timestamp with time zone', 'NOT NULL DEFAULT ''-infinity''', false, 'since when; an alias means one SKU at any time'),

    ('customers', 1, 'customer_id', 'bigint', 'GENERATED BY DEFAULT AS IDENTITY', true, 'stable number of the customer, never reused'),
    ('customers', 2, 'source', 'text', 'NOT NULL', false, 'source of the record that the customer is known by first'),
    ('customers', 3, 'record_id', 'text', 'NOT NULL', false, 'number of that record in its source'),
    ('customers', 4, 'first_seen_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'time of the earliest record'),
    ('customers', 5, 'merged_into', 'bigint', '', false, 'customer that this one was found to be, NULL for a present customer'),
    ('customers', 6, 'bounds', 'integer', 'NOT NULL DEFAULT 0', false, 'what identify() has to look at: 1 refused evidence, 2 a refused link or a "never", 4 a link that holds it together'),

    ('identities', 1, 'identifier', 'omni.identifier', 'NOT NULL', true, 'e-mail, phone or other identifier'),
    ('identities', 2, 'customer_id', 'bigint', 'NOT NULL', true, 'whose it is'),
    ('identities', 3, 'first_seen_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'time of the earliest record with it'),
    ('identities', 4, 'last_seen_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'time of the latest record with it'),

    ('evidence', 1, 'identifier', 'omni.identifier', 'NOT NULL', true, 'an identifier that a record carried'),
    ('evidence', 2, 'source', 'text', 'NOT NULL', true, 'source of the record'),
    ('evidence', 3, 'record_id', 'text', 'NOT NULL', true, 'number of the record in its source'),
    ('evidence', 4, 'observed_at', 'timestamp with time zone', 'NOT NULL', true, 'when the record said so'),

    ('source_records', 1, 'source', 'text', 'NOT NULL', true, 'source of the record'),
    ('source_records', 2, 'record_id', 'text', 'NOT NULL', true, 'number of the record in its source'),
    ('source_records', 3, 'customer_id', 'bigint', 'NOT NULL', true, 'customer that the record was found to be of; merges are followed when read'),
    ('source_records', 4, 'first_seen_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'time of the earliest that the record said'),
    ('source_records', 5, 'last_seen_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'time of the latest that the record said'),
    ('source_records', 6, 'profile', 'omni.customer_profile', '', false, 'what the record said last: its part of the customer''s golden record'),

    ('links', 1, 'source', 'text', 'NOT NULL', true, 'source of the lesser of the two records'),
    ('links', 2, 'record_id', 'text', 'NOT NULL', true, 'its number'),
    ('links', 3, 'other_source', 'text', 'NOT NULL', true, 'source of the greater of the two records'),
    ('links', 4, 'other_record_id', 'text', 'NOT NULL CHECK ((source COLLATE "C", record_id COLLATE "C") < (other_source COLLATE "C", other_record_id COLLATE "C"))', true, 'its number'),
    ('links', 5, 'weight', 'double precision', 'CHECK (weight <> ''NaN'')', true, 'Infinity: the same person; -Infinity: never; else a match weight; NULL: a decision that was taken back'),
    ('links', 6, 'decision', 'bigint', '', false, 'row of merge_log in which a person decided so'),
    ('links', 7, 'reason', 'text', '', false, 'why, in the words of who decided'),
    ('links', 8, 'decided_by', 'text', 'NOT NULL DEFAULT current_user', false, 'who decided, or wrote the weight'),
    ('links', 9, 'decided_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'when; the latest word on a pair counts'),
    ('links', 10, 'refused', 'text', '', false, 'reason for which it does not link at present'),
    ('links', 11, 'earlier', 'jsonb', '', false, 'words on the pair that this one stands above: one of them counts once it is taken back'),

    ('refusals', 1, 'identifier', 'omni.identifier', 'NOT NULL', true, 'identifier that does not link its record'),
    ('refusals', 2, 'source', 'text', 'NOT NULL', true, 'source of the record'),
    ('refusals', 3, 'record_id', 'text', 'NOT NULL', true, 'number of the record in its source'),
    ('refusals', 4, 'reason', 'text', 'NOT NULL', true, 'limit that linking them would have broken'),
    ('refusals', 5, 'refused_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'since when'),

    ('merge_log', 1, 'log_id', 'bigint', 'GENERATED BY DEFAULT AS IDENTITY', true, 'number of the entry'),
    ('merge_log', 2, 'happened_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', true, 'when'),
    ('merge_log', 3, 'action', 'text', 'NOT NULL', true, 'merged, separated, or what was decided: same, never, split, undone, removed, limits'),
    ('merge_log', 4, 'customer_id', 'bigint', '', false, 'customer that stays'),
    ('merge_log', 5, 'other_customer_id', 'bigint', '', false, 'customer that was merged into it or separated from it'),
    ('merge_log', 6, 'cause', 'text', 'NOT NULL', true, 'function of the store that did it'),
    ('merge_log', 7, 'decision', 'bigint', '', false, 'entry of the decision that it follows from or takes back'),
    ('merge_log', 8, 'reason', 'text', '', false, 'why, in the words of who decided'),
    ('merge_log', 9, 'done_by', 'text', 'NOT NULL DEFAULT current_user', false, 'who'),

    ('identity_settings', 1, 'setting', 'text', 'NOT NULL', true, 'name of the setting: limits, survivorship, bi_attributes, bi_privacy or residency'),
    ('identity_settings', 2, 'value', 'jsonb', 'NOT NULL', true, 'its value, as the function that set it checked it'),
    ('identity_settings', 3, 'changed_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'since when'),

    ('touchpoints', 1, 'touchpoint_key', 'text', 'NOT NULL', true, 'key of the contact: a repeated one changes nothing'),
    ('touchpoints', 2, 'visitor', 'omni.identifier', 'NOT NULL', true, 'identifier that the visitor was known by then, e.g. anonymous_id:4f2c'),
    ('touchpoints', 3, 'occurred_at', 'timestamp with time zone', 'NOT NULL', true, 'when'),
    ('touchpoints', 4, 'kind', 'text', 'NOT NULL', true, 'visit, click, open, call, conversion, ...'),
    ('touchpoints', 5, 'channel_code', 'text', '', false, 'channel'),
    ('touchpoints', 6, 'medium', 'text', '', false, 'organic, paid_search, email, social, affiliate, direct, ...'),
    ('touchpoints', 7, 'campaign', 'text', '', false, 'campaign'),
    ('touchpoints', 8, 'conversion_key', 'text', '', false, 'what was converted, e.g. the order: however often it is reported, it counts once'),

    ('orders', 1, 'order_ref', 'text', 'NOT NULL', true, 'number of the order, unique over all channels'),
    ('orders', 2, 'channel_code', 'text', 'NOT NULL', true, 'channel that took the order'),
    ('orders', 3, 'market_code', 'text', '', false, 'market, where not the channel''s'),
    ('orders', 4, 'customer_id', 'bigint', '', false, 'customer as known when the order came in; merges are followed when read'),
    ('orders', 5, 'placed_at', 'timestamp with time zone', 'NOT NULL', true, 'when the customer placed it'),
    ('orders', 6, 'currency', 'text', 'NOT NULL', true, 'ISO 4217 code of all amounts of the order'),
    ('orders', 7, 'promised_at', 'timestamp with time zone', '', false, 'when delivery was promised'),
    ('orders', 8, 'method', 'text', '', false, 'fulfillment method: ship, pickup, pos, ...'),
    ('orders', 9, 'state', 'omni.order_state', '', false, 'state as the source says it, where lines have none'),

    ('order_lines', 1, 'order_ref', 'text', 'NOT NULL', true, 'the order'),
    ('order_lines', 2, 'line_no', 'integer', 'NOT NULL', true, 'number of the line in the order'),
    ('order_lines', 3, 'sku', 'omni.sku', 'NOT NULL', true, 'what was ordered'),
    ('order_lines', 4, 'qty', 'bigint', 'NOT NULL CHECK (qty > 0)', true, 'units ordered'),
    ('order_lines', 5, 'unit_price', 'numeric', 'NOT NULL', true, 'price of a unit before discount, in the order''s currency'),
    ('order_lines', 6, 'discount_amount', 'numeric', 'NOT NULL DEFAULT 0', false, 'discount on the whole line'),
    ('order_lines', 7, 'tax_amount', 'numeric', 'NOT NULL DEFAULT 0', false, 'tax on the whole line, where not in the price'),
    ('order_lines', 8, 'state', 'omni.order_state', '', false, 'state as the source says it, where there are no events'),

    ('order_line_events', 1, 'order_ref', 'text', 'NOT NULL', true, 'the order'),
    ('order_line_events', 2, 'line_no', 'integer', 'NOT NULL', true, 'the line'),
    ('order_line_events', 3, 'event_key', 'text', 'NOT NULL', true, 'key of the event: a repeated event changes nothing'),
    ('order_line_events', 4, 'qty', 'bigint', 'NOT NULL CHECK (qty > 0)', true, 'units that moved'),
    ('order_line_events', 5, 'from_state', 'omni.order_state', 'NOT NULL', true, 'state they were in'),
    ('order_line_events', 6, 'to_state', 'omni.order_state', 'NOT NULL', true, 'state they are in since'),
    ('order_line_events', 7, 'location_code', 'text', '', false, 'where it happened'),
    ('order_line_events', 8, 'occurred_at', 'timestamp with time zone', 'NOT NULL', true, 'when it happened'),
    ('order_line_events', 9, 'recorded_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'when it became known here'),
    ('order_line_events', 10, 'shipment_key', 'text', '', false, 'shipment that the units are in'),
    ('order_line_events', 11, 'reason', 'text', '', false, 'why, in a word or a code'),

    ('payments', 1, 'order_ref', 'text', 'NOT NULL', true, 'the order'),
    ('payments', 2, 'payment_key', 'text', 'NOT NULL', true, 'key of the payment event: a repeated one changes nothing'),
    ('payments', 3, 'kind', 'text', 'NOT NULL CHECK (kind IN (''authorized'', ''captured'', ''refunded'', ''voided'', ''charged_back''))', true, 'authorized, captured, refunded, voided or charged_back'),
    ('payments', 4, 'amount', 'numeric', 'NOT NULL CHECK (amount >= 0)', true, 'amount in the order''s currency'),
    ('payments', 5, 'occurred_at', 'timestamp with time zone', 'NOT NULL', true, 'when it happened'),

    ('shipments', 1, 'order_ref', 'text', 'NOT NULL', true, 'the order'),
    ('shipments', 2, 'shipment_key', 'text', 'NOT NULL', true, 'key of the shipment, or of the pickup: a repeated one changes nothing'),
    ('shipments', 3, 'location_code', 'text', '', false, 'where it leaves'),
    ('shipments', 4, 'method', 'text', '', false, 'fulfillment method: ship, pickup, ship_to_store, ...'),
    ('shipments', 5, 'carrier', 'text', '', false, 'who carries it'),
    ('shipments', 6, 'tracking_code', 'text', '', false, 'its number there'),
    ('shipments', 7, 'shipped_at', 'timestamp with time zone', '', false, 'when it left, or was ready for pickup'),
    ('shipments', 8, 'delivered_at', 'timestamp with time zone', '', false, 'when the customer had it'),

    ('returns', 1, 'order_ref', 'text', 'NOT NULL', true, 'the order'),
    ('returns', 2, 'line_no', 'integer', 'NOT NULL', true, 'the line'),
    ('returns', 3, 'return_key', 'text', 'NOT NULL', true, 'key of the return: a repeated one changes nothing'),
    ('returns', 4, 'qty', 'bigint', 'NOT NULL CHECK (qty > 0)', true, 'units that the customer wants to give back'),
    ('returns', 5, 'reason', 'text', '', false, 'why, in a word or a code'),
    ('returns', 6, 'channel_code', 'text', '', false, 'channel that takes it, which need not be the order''s'),
    ('returns', 7, 'location_code', 'text', '', false, 'where the units come back to'),
    ('returns', 8, 'requested_at', 'timestamp with time zone', 'NOT NULL', true, 'when the customer asked'),
    ('returns', 9, 'received_at', 'timestamp with time zone', '', false, 'when the units came'),
    ('returns', 10, 'disposition', 'text', '', false, 'what became of them: restocked, quarantined, refurbished, written_off, kept or declined'),
    ('returns', 11, 'exchange_order_ref', 'text', '', false, 'order of the line that replaces them'),
    ('returns', 12, 'exchange_line_no', 'integer', '', false, 'that line'),

    ('carts', 1, 'cart_key', 'text', 'NOT NULL', true, 'key of the cart: of a device, a visitor or a customer'),
    ('carts', 2, 'customer_id', 'bigint', '', false, 'whose it is, where it is known'),
    ('carts', 3, 'channel_code', 'text', '', false, 'channel'),
    ('carts', 4, 'created_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'since when'),
    ('carts', 5, 'merged_into', 'text', 'CHECK (merged_into <> cart_key)', false, 'cart that it became part of'),

    ('cart_events', 1, 'cart_key', 'text', 'NOT NULL', true, 'the cart that it happened in'),
    ('cart_events', 2, 'event_key', 'text', 'NOT NULL', true, 'key of the event: a repeated one changes nothing'),
    ('cart_events', 3, 'sku', 'omni.sku', 'NOT NULL', true, 'what'),
    ('cart_events', 4, 'qty', 'bigint', 'NOT NULL CHECK (qty <> 0)', true, 'units added, negative where they are taken out'),
    ('cart_events', 5, 'occurred_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'when'),

    ('stock', 1, 'sku', 'omni.sku', 'NOT NULL', true, 'what'),
    ('stock', 2, 'location_code', 'text', 'NOT NULL', true, 'where'),
    ('stock', 3, 'on_hand', 'bigint', 'NOT NULL DEFAULT 0', true, 'units that are there'),
    ('stock', 4, 'reserved', 'bigint', 'NOT NULL DEFAULT 0 CHECK (reserved >= 0)', false, 'units promised and still there'),
    ('stock', 5, 'safety_stock', 'bigint', 'NOT NULL DEFAULT 0 CHECK (safety_stock >= 0)', false, 'units never promised'),
    ('stock', 6, 'incoming', 'bigint', 'NOT NULL DEFAULT 0 CHECK (incoming >= 0)', false, 'units on their way'),
    ('stock', 7, 'backorder_limit', 'bigint', 'NOT NULL DEFAULT 0 CHECK (backorder_limit >= 0)', false, 'units that may be promised beyond those that are there'),
    ('stock', 8, 'slots', 'integer', 'NOT NULL DEFAULT 0 CHECK (slots BETWEEN 0 AND 64)', false, 'in how many slots its units are held, so that many can reserve at once; 0: none'),
    ('stock', 9, 'reorder_point', 'bigint', '', false, 'order when no more than these are there or on their way'),
    ('stock', 10, 'order_up_to', 'bigint', '', false, 'and so many then that there are these'),
    ('stock', 11, 'slots_until', 'timestamp with time zone', '', false, 'when expire() gives up slots that sessions made; NULL: never'),

    ('stock_slots', 1, 'sku', 'omni.sku', 'NOT NULL', true, 'what'),
    ('stock_slots', 2, 'location_code', 'text', 'NOT NULL', true, 'where'),
    ('stock_slots', 3, 'slot', 'integer', 'NOT NULL', true, 'number of the slot'),
    ('stock_slots', 4, 'free', 'bigint', 'NOT NULL DEFAULT 0 CHECK (free >= 0)', true, 'units set aside in it that nobody has reserved; stock.reserved counts them'),

    ('channel_buffers', 1, 'sku', 'omni.sku', 'NOT NULL', true, 'what'),
    ('channel_buffers', 2, 'location_code', 'text', 'NOT NULL', true, 'where'),
    ('channel_buffers', 3, 'channel_code', 'text', 'NOT NULL', true, 'the channel'),
    ('channel_buffers', 4, 'qty', 'bigint', 'NOT NULL CHECK (qty >= 0)', true, 'units that it does not promise, instead of its stock_buffer'),

    ('supplies', 1, 'sku', 'omni.sku', 'NOT NULL', true, 'what'),
    ('supplies', 2, 'location_code', 'text', 'NOT NULL', true, 'where it will come to'),
    ('supplies', 3, 'supply_key', 'text', 'NOT NULL', true, 'key of the expected supply, e.g. purchase order and line'),
    ('supplies', 4, 'qty', 'bigint', 'NOT NULL CHECK (qty > 0)', true, 'units that are expected'),
    ('supplies', 5, 'received_qty', 'bigint', 'NOT NULL DEFAULT 0 CHECK (received_qty >= 0)', false, 'units of it that came'),
    ('supplies', 6, 'expected_at', 'timestamp with time zone', 'NOT NULL', true, 'when the rest is expected'),
    ('supplies', 7, 'closed_at', 'timestamp with time zone', '', false, 'since when no more of it is expected'),

    ('reservations', 1, 'sku', 'omni.sku', 'NOT NULL', true, 'what'),
    ('reservations', 2, 'reservation_id', 'bigint', 'GENERATED BY DEFAULT AS IDENTITY', true, 'number of the reservation'),
    ('reservations', 3, 'order_ref', 'text', 'NOT NULL', true, 'order, or cart, that the units are held for'),
    ('reservations', 4, 'line_no', 'integer', 'NOT NULL', true, 'its line'),
    ('reservations', 5, 'location_code', 'text', 'NOT NULL', true, 'where the units are'),
    ('reservations', 6, 'qty', 'bigint', 'NOT NULL CHECK (qty > 0)', true, 'units that were reserved'),
    ('reservations', 7, 'open_qty', 'bigint', 'NOT NULL CHECK (open_qty BETWEEN 0 AND qty)', true, 'of these, units that are neither shipped nor given back'),
    ('reservations', 8, 'expires_at', 'timestamp with time zone', 'NOT NULL', true, 'from then on they are not held any longer; infinity: until they are shipped or released'),
    ('reservations', 9, 'reserved_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'since when'),
    ('reservations', 10, 'channel_code', 'text', '', false, 'channel that sells them'),
    ('reservations', 11, 'bundle_sku', 'omni.sku', '', false, 'bundle that they are a part of'),

    ('stock_movements', 1, 'sku', 'omni.sku', 'NOT NULL', true, 'what'),
    ('stock_movements', 2, 'location_code', 'text', 'NOT NULL', true, 'where'),
    ('stock_movements', 3, 'movement_key', 'text', 'NOT NULL', true, 'key of the movement: a repeated one changes nothing'),
    ('stock_movements', 4, 'qty', 'bigint', 'NOT NULL', true, 'units, negative when they leave; 0 where only their reservation changes'),
    ('stock_movements', 5, 'kind', 'text', 'NOT NULL', true, 'opening, receive, ship, return, adjust, transfer, count, reserve, release or expire'),
    ('stock_movements', 6, 'order_ref', 'text', '', false, 'order that caused it'),
    ('stock_movements', 7, 'occurred_at', 'timestamp with time zone', 'NOT NULL', true, 'when it happened'),
    ('stock_movements', 8, 'recorded_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'when it became known here'),
    ('stock_movements', 9, 'reserved_qty', 'bigint', 'NOT NULL DEFAULT 0 CHECK (qty <> 0 OR reserved_qty <> 0)', false, 'units that are reserved by it, negative when they are shipped or given back'),
    ('stock_movements', 10, 'reservation_id', 'bigint', '', false, 'reservation that it changes'),
    ('stock_movements', 11, 'reason', 'text', '', false, 'why, in a word or a code'),

    ('outbox', 1, 'request_key', 'text', 'NOT NULL', true, 'idempotency key of the call, or one made for it: a repeated call gets the answer'),
    ('outbox', 2, 'outbox_id', 'bigint', 'GENERATED BY DEFAULT AS IDENTITY', true, 'number of the entry'),
    ('outbox', 3, 'call', 'text', 'NOT NULL', true, 'function of the store'),
    ('outbox', 4, 'order_ref', 'text', '', false, 'order that it was about'),
    ('outbox', 5, 'request_hash', 'bigint', 'NOT NULL', true, 'hash of the arguments: a key is good for one call'),
    ('outbox', 6, 'answer', 'jsonb', 'NOT NULL', true, 'what it returned and changed'),
    ('outbox', 7, 'happened_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'when'),
    ('outbox', 8, 'sent_at', 'timestamp with time zone', '', false, 'when a relay passed it on'),

    ('rejects', 1, 'feed', 'text', 'NOT NULL', true, 'feed that the row came with'),
    ('rejects', 2, 'record_id', 'text', 'NOT NULL', true, 'number of the row in its feed'),
    ('rejects', 3, 'column_name', 'text', 'NOT NULL', true, 'column that was refused'),
    ('rejects', 4, 'reason', 'text', 'NOT NULL', true, 'reason code, as T_problem() gives it'),
    ('rejects', 5, 'raw', 'jsonb', 'NOT NULL', true, 'the row as it came'),
    ('rejects', 6, 'rejected_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'when it was refused first'),
    ('rejects', 7, 'settled_at', 'timestamp with time zone', '', false, 'when a corrected row took its place'),
    ('rejects', 8, 'mapping', 'jsonb', '', false, 'how ingest() read the row, to read it again'),
    ('rejects', 9, 'digest', 'text', '', false, 'hash of the row as it came: one that comes again as it was changes nothing here'),

    ('consents', 1, 'source', 'text', 'NOT NULL', true, 'source of the record that decided'),
    ('consents', 2, 'record_id', 'text', 'NOT NULL', true, 'number of the record in its source'),
    ('consents', 3, 'ledger_no', 'bigint', 'NOT NULL CHECK (ledger_no > 0)', true, 'number of the entry in the ledger of its record, from 1 without a gap'),
    ('consents', 4, 'purpose', 'text', '', true, 'purpose that was decided on; NULL where the entry was erased'),
    ('consents', 5, 'decision', 'text', 'CHECK (decision IN (''given'', ''refused'', ''withdrawn'', ''objected''))', true, 'given, refused, withdrawn or objected; NULL where the entry was erased'),
    ('consents', 6, 'event_at', 'timestamp with time zone', '', true, 'when it was decided; NULL where the entry was erased'),
    ('consents', 7, 'recorded_at', 'timestamp with time zone', 'NOT NULL DEFAULT clock_timestamp()', true, 'when it became known here; never before the entry before it'),
    ('consents', 8, 'expires_at', 'timestamp with time zone', 'CHECK (expires_at > event_at)', false, 'from when on it counts no longer; NULL: until another decision'),
    ('consents', 9, 'basis', 'text', '', false, 'legal basis, e.g. consent, legitimate_interests or contract'),
    ('consents', 10, 'channel', 'text', '', false, 'channel in which it was decided'),
    ('consents', 11, 'jurisdiction', 'text', '', false, 'jurisdiction whose law applied'),
    ('consents', 12, 'explicit', 'boolean', 'NOT NULL DEFAULT false', false, 'an explicit grant stands above earlier refusals of other records of the customer'),
    ('consents', 13, 'source_kind', 'text', 'CHECK (source_kind IN (''ui'', ''tcf'', ''gpp'', ''gpc'', ''agent'', ''import''))', false, 'what it came from: ui, tcf, gpp, gpc, agent or import'),
    ('consents', 14, 'collection_method', 'text', '', false, 'how it was collected, e.g. checkbox, double_opt_in, paper'),
    ('consents', 15, 'controller', 'text', '', false, 'who decides on the processing, where it is not the owner of the store'),
    ('consents', 16, 'notice_id', 'text', '', false, 'notice that was shown'),
    ('consents', 17, 'notice_version', 'text', '', false, 'its version'),
    ('consents', 18, 'notice_language', 'text', '', false, 'its language, e.g. de'),
    ('consents', 19, 'notice_hash', 'text', '', false, 'hash of its text as it was shown'),
    ('consents', 20, 'proof', 'text', '', false, 'what proves it: a hash, a signature, an address or the consent string itself'),
    ('consents', 21, 'actor', 'text', 'DEFAULT current_user', false, 'role or person that recorded it'),
    ('consents', 22, 'details', 'jsonb', '', false, 'whatever else a consent receipt says'),
    ('consents', 23, 'salt', 'bytea', '', true, 'random bytes without which the commitment tells nothing; NULL where the entry was erased'),
    ('consents', 24, 'commitment', 'bytea', 'NOT NULL', true, 'SHA-256 of the salt and of all that the entry says'),
    ('consents', 25, 'chain_hash', 'bytea', 'NOT NULL', true, 'SHA-256 of the chain hash before, the number, the time recorded and the commitment'),
    ('consents', 26, 'erased_at', 'timestamp with time zone', 'CHECK (erased_at IS NOT NULL OR purpose IS NOT NULL AND decision IS NOT NULL AND event_at IS NOT NULL AND salt IS NOT NULL)', false, 'when what the entry says was erased; its commitment stays'),

    ('consent_checkpoints', 1, 'source', 'text', 'NOT NULL', true, 'source of the record'),
    ('consent_checkpoints', 2, 'record_id', 'text', 'NOT NULL', true, 'number of the record in its source'),
    ('consent_checkpoints', 3, 'checkpoint_no', 'bigint', 'NOT NULL', true, 'number of the checkpoint'),
    ('consent_checkpoints', 4, 'ledger_no', 'bigint', 'NOT NULL', true, 'last entry of the record then'),
    ('consent_checkpoints', 5, 'chain_hash', 'bytea', 'NOT NULL', true, 'its chain hash'),
    ('consent_checkpoints', 6, 'made_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'when'),

    ('consent_states', 1, 'source', 'text', 'NOT NULL', true, 'source of the record'),
    ('consent_states', 2, 'record_id', 'text', 'NOT NULL', true, 'number of the record in its source'),
    ('consent_states', 3, 'consent', 'omni.consent', '', true, 'decisions of the record: what the ledger comes to'),
    ('consent_states', 4, 'allowed', 'bigint', 'NOT NULL DEFAULT 0', true, 'purposes that are allowed until valid_until, a bit each'),
    ('consent_states', 5, 'refused', 'bigint', 'NOT NULL DEFAULT 0', true, 'purposes that are refused until valid_until, a bit each'),
    ('consent_states', 6, 'valid_until', 'timestamp with time zone', 'NOT NULL DEFAULT ''infinity''', true, 'when allowed or refused change by themselves: from then on neither says anything'),
    ('consent_states', 7, 'ledger_no', 'bigint', 'NOT NULL DEFAULT 0', true, 'last entry of the record in the ledger'),
    ('consent_states', 8, 'chain_hash', 'bytea', '', true, 'its chain hash'),
    ('consent_states', 9, 'recorded_at', 'timestamp with time zone', 'NOT NULL DEFAULT ''-infinity''', false, 'when it became known'),

    ('purpose_labels', 1, 'purpose', 'text', 'NOT NULL CHECK (purpose ~ ''^local_([1-9]|1[0-6])$'')', true, 'slot of a purpose of the stores own: local_1 to local_16'),
    ('purpose_labels', 2, 'label', 'text', 'NOT NULL', true, 'what the store calls it'),
    ('purpose_labels', 3, 'description', 'text', '', false, 'what customers are told about it'),
    ('purpose_labels', 4, 'changed_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'since when'),

    ('subject_secrets', 1, 'customer_id', 'bigint', 'NOT NULL', true, 'customer'),
    ('subject_secrets', 2, 'subject_key', 'bytea', 'NOT NULL', true, 'key of the customers own, wrapped by a key of the keyring: without it no token of the customer opens'),
    ('subject_secrets', 3, 'created_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'since when'),

    ('pseudonyms', 1, 'identifier', 'omni.identifier', 'NOT NULL', true, 'what the pseudonym stands for: an identifier of a customer, or omni_customer and its number'),
    ('pseudonyms', 2, 'domain', 'text', 'NOT NULL CHECK (domain ~ ''^[a-z][a-z0-9_]{0,62}$'')', true, 'domain of the pseudonym'),
    ('pseudonyms', 3, 'customer_id', 'bigint', 'NOT NULL', true, 'whose identifier it is'),
    ('pseudonyms', 4, 'pseudonym', 'omni.pseudonym', 'NOT NULL', true, 'the pseudonym'),
    ('pseudonyms', 5, 'made_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'when it was made'),

    ('reidentifications', 1, 'reidentification_id', 'bigint', 'GENERATED BY DEFAULT AS IDENTITY', true, 'number of the entry'),
    ('reidentifications', 2, 'token_digest', 'text', 'NOT NULL', true, 'SHA-256 of the token, in hex: the entry opens nothing'),
    ('reidentifications', 3, 'domain', 'text', 'NOT NULL', true, 'domain of the token'),
    ('reidentifications', 4, 'customer_id', 'bigint', 'NOT NULL', true, 'customer that it was about'),
    ('reidentifications', 5, 'reason', 'text', 'NOT NULL', true, 'why, in the words of who asked'),
    ('reidentifications', 6, 'done_by', 'text', 'NOT NULL DEFAULT current_user', false, 'who'),
    ('reidentifications', 7, 'done_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'when'),

    ('registered_relations', 1, 'relation', 'regclass', 'NOT NULL', true, 'relation of the users with data of customers'),
    ('registered_relations', 2, 'key_column', 'text', 'NOT NULL', true, 'column that tells whose a row is'),
    ('registered_relations', 3, 'key_kind', 'text', 'NOT NULL CHECK (key_kind IN (''customer_id'', ''record_id'', ''identifier''))', true, 'what it holds: a customer_id, the record_id of a source, or an identifier'),
    ('registered_relations', 4, 'source', 'text', 'CHECK ((source IS NULL) = (key_kind <> ''record_id''))', false, 'the source, where it holds a record_id'),
    ('registered_relations', 5, 'action', 'text', 'NOT NULL CHECK (action IN (''delete'', ''nullify'', ''keep''))', true, 'what subject_erase() does: delete the rows, set columns NULL, or keep them'),
    ('registered_relations', 6, 'columns', 'text[]', 'CHECK ((action = ''nullify'') = (columns IS NOT NULL))', false, 'columns that are set NULL'),
    ('registered_relations', 7, 'reason', 'text', 'CHECK (action <> ''keep'' OR reason <> '''')', false, 'legal reason, without which nothing is kept'),
    ('registered_relations', 8, 'registered_by', 'text', 'NOT NULL DEFAULT current_user', false, 'who registered it'),
    ('registered_relations', 9, 'registered_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'when'),

    ('erasures', 1, 'erasure_id', 'bigint', 'GENERATED BY DEFAULT AS IDENTITY', true, 'number of the erasure'),
    ('erasures', 2, 'customer_id', 'bigint', 'NOT NULL', true, 'customer who was erased'),
    ('erasures', 3, 'reason', 'text', 'NOT NULL', true, 'why'),
    ('erasures', 4, 'report', 'jsonb', 'NOT NULL', true, 'what was deleted, pseudonymized and kept, and why'),
    ('erasures', 5, 'done_by', 'text', 'NOT NULL DEFAULT current_user', false, 'who'),
    ('erasures', 6, 'done_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'when'),

    ('retention_rules', 1, 'relation', 'text', 'NOT NULL', true, 'table of the store'),
    ('retention_rules', 2, 'keep', 'interval', 'NOT NULL CHECK (keep > ''0'')', true, 'how long its rows are kept'),
    ('retention_rules', 3, 'reason', 'text', 'NOT NULL', true, 'why so long'),
    ('retention_rules', 4, 'set_by', 'text', 'NOT NULL DEFAULT current_user', false, 'who set it'),
    ('retention_rules', 5, 'set_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'when'),

    ('residency_tags', 1, 'source', 'text', 'NOT NULL', true, 'source of the record'),
    ('residency_tags', 2, 'record_id', 'text', 'NOT NULL', true, 'number of the record in its source'),
    ('residency_tags', 3, 'region', 'text', 'NOT NULL CHECK (region ~ ''^[A-Z][A-Z0-9-]{1,15}$'')', true, 'region that its data must not leave, e.g. EU'),
    ('residency_tags', 4, 'tagged_by', 'text', 'NOT NULL DEFAULT current_user', false, 'who said so'),
    ('residency_tags', 5, 'tagged_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'when')
) v(relation, n, column_name, type, modifier, required, description);
END;
COMMENT ON FUNCTION omni.store_contract() IS 'the columns of a store''s tables: what create_store() makes, what check_store() expects of an adopted relation';

CREATE FUNCTION omni.store_keys(OUT relation text, OUT key_columns text[], OUT description text)
    RETURNS SETOF record LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 42
BEGIN ATOMIC
SELECT * FROM (VALUES
    ('markets', '{market_code}'::text[], 'where the business sells: currency, time zone'),
    ('channels', '{channel_code}', 'ways in which customers buy'),
    ('locations', '{location_code}', 'places that hold stock'),
    ('products', '{sku}', 'what is sold'),
    ('bundle_components', '{sku,component_sku}', 'what bundles are made of'),
    ('sku_aliases', '{channel_code,raw,valid_from}', 'how each channel writes a SKU'),
    ('customers', '{customer_id}', 'customers; a merged one points to the one it was found to be'),
    ('identities', '{identifier}', 'whose an identifier is at present, made from evidence'),
    ('evidence', '{identifier,source,record_id}', 'which record carried which identifier; append-only'),
    ('source_records', '{source,record_id}', 'records of the sources: whose each is, and what it said last'),
    ('links', '{source,record_id,other_source,other_record_id}', 'pairs of records that are the same person, never are, or match with a weight'),
    ('refusals', '{identifier,source,record_id}', 'evidence that does not link at present, with the reason; made from evidence'),
    ('merge_log', '{log_id}', 'merges, separations and decisions; append-only, no personal data'),
    ('identity_settings', '{setting}', 'limits of merging, survivorship, attributes that BI may see'),
    ('touchpoints', '{touchpoint_key}', 'contacts with visitors, known or not yet; append-only'),
    ('orders', '{order_ref}', 'orders'),
    ('order_lines', '{order_ref,line_no}', 'lines of the orders'),
    ('order_line_events', '{order_ref,line_no,event_key}', 'moves of units from state to state; append-only'),
    ('payments', '{order_ref,payment_key}', 'what was authorized, captured, refunded, voided and charged back; append-only'),
    ('shipments', '{order_ref,shipment_key}', 'what left together'),
    ('returns', '{order_ref,line_no,return_key}', 'units that customers give back, and what became of them'),
    ('carts', '{cart_key}', 'carts; one that was merged points to the other'),
    ('cart_events', '{cart_key,event_key}', 'what was put into carts and taken out; append-only'),
    ('stock', '{sku,location_code}', 'stock by SKU and location'),
    ('stock_slots', '{sku,location_code,slot}', 'units of much wanted SKUs, set aside in slots that do not wait for each other'),
    ('channel_buffers', '{sku,location_code,channel_code}', 'units that a channel does not promise'),
    ('supplies', '{sku,location_code,supply_key}', 'units that are expected'),
    ('reservations', '{order_ref,sku,reservation_id}', 'units that are held for orders'),
    ('stock_movements', '{sku,location_code,movement_key}', 'every change of stock and of what is reserved; append-only'),
    ('outbox', '{request_key}', 'calls that changed stock, a row each: answers for retries, events for others'),
    ('rejects', '{feed,record_id,column_name}', 'rows that were refused, with the reason'),
    ('consents', '{source,record_id,ledger_no}', 'ledger of what was decided on purposes, a chain of hashes for each record; append-only'),
    ('consent_checkpoints', '{source,record_id,checkpoint_no}', 'how far the ledger of each record had come by a checkpoint; append-only'),
    ('consent_states', '{source,record_id}', 'what each record allows and refuses at present, made from the ledger'),
    ('purpose_labels', '{purpose}', 'what the store calls purposes of its own'),
    ('subject_secrets', '{customer_id}', 'keys of customers of their own, wrapped; without one, its customer''s tokens and erasable pseudonyms tell nothing'),
    ('pseudonyms', '{identifier,domain}', 'pseudonyms of identifiers and customers in the domains where they were made: whoever may read it can tell who they are'),
    ('reidentifications', '{reidentification_id}', 'tokens that were opened, by whom and why; append-only'),
    ('registered_relations', '{relation}', 'relations of the user''s that subject_export() and subject_erase() are about, too'),
    ('erasures', '{erasure_id}', 'customers who were erased, with the report; append-only, no personal data'),
    ('retention_rules', '{relation}', 'how long rows are kept'),
    ('residency_tags', '{source,record_id}', 'regions that data of records must not leave')
) v(relation, key_columns, description);
END;
COMMENT ON FUNCTION omni.store_keys() IS 'the tables of a store and their primary keys';

CREATE FUNCTION omni.store_names(store text, OUT store_schema text, OUT bi_schema text, OUT pii_schema text)
    RETURNS record LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF store IS NULL OR store !~ '^[a-z_][a-z0-9_]{0,58}$' OR store ~ '^pg_|_(bi|pii)$' OR store IN ('omni', 'information_schema') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('invalid name of a store: %L', left(store, 64)),
            DETAIL = 'A store''s name is the name of its schema; <name>_bi and <name>_pii are made beside it.',
            HINT = 'Use lower-case letters, digits and _, at most 59 of them, and no name that PostgreSQL or omni uses itself.';
    END IF;
    store_schema := store;
    bi_schema := store || '_bi';
    pii_schema := store || '_pii';
END $$;
COMMENT ON FUNCTION omni.store_names(text) IS 'the three schemas of a store, after checking its name';

CREATE FUNCTION omni.store_run(store text, part text)
    RETURNS void LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n record;
BEGIN
    SELECT * INTO n FROM omni.store_names(store);
    IF omni.store_source(part) IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('a store has no part %L', part), HINT = 'Its parts are functions, identity, ingest, stock, reserve, order_flow, privacy, bi, bi_inventory and pii.';
    END IF;
    EXECUTE replace(replace(replace(omni.store_source(part),
        '@store@', quote_ident(n.store_schema)), '@bi@', quote_ident(n.bi_schema)), '@pii@', quote_ident(n.pii_schema));
END $$;
COMMENT ON FUNCTION omni.store_run(text, text) IS 'run one of omni''s own store files on a store';

/*
 * Whether a schema holds a store: its store_info is a plain table of our columns. Anybody may make a schema
 * with a table of that name; reading it must never run code of theirs, as a view, a row
 * level policy, a generated column, a child that is a foreign table or a type with a cast of its own would. A schema
 * of a name that no store has is none either: it must not get in the way of those that are.
 */
CREATE FUNCTION omni.store_is(store text)
    RETURNS boolean LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
SELECT count(*) = 3 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE n.nspname = store AND store ~ '^[a-z_][a-z0-9_]{0,58}$' AND store !~ '^pg_|_(bi|pii)$' AND c.relname = 'store_info' AND c.relkind = 'r' AND NOT c.relrowsecurity
    AND (a.attname, a.atttypid) IN (('version', 'text'::regtype), ('adopted', 'jsonb'::regtype), ('detached', 'jsonb'::regtype)) AND a.attgenerated = '' AND NOT a.attisdropped;
END;
COMMENT ON FUNCTION omni.store_is(text) IS 'whether a schema is a store';

CREATE FUNCTION omni.store_info(store text, OUT version text, OUT adopted jsonb, OUT detached jsonb)
    RETURNS record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n record;
BEGIN
    SELECT * INTO n FROM omni.store_names(store);
    IF NOT omni.store_is(store) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('schema %I is not a store', store),
            HINT = format('SELECT omni.create_store(%L) makes one.', store);
    END IF;
    EXECUTE format('SELECT i.version, i.adopted, i.detached FROM ONLY %I.store_info i', n.store_schema) INTO version, adopted, detached;
END $$;
COMMENT ON FUNCTION omni.store_info(text) IS 'what a store knows of itself: the version of omni that it was made by or migrated to, what it adopted, what detach_store() has to be undone';

CREATE FUNCTION omni.store_version(store text)
    RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT i.version FROM omni.store_info(store) i);
END $$;
COMMENT ON FUNCTION omni.store_version(text) IS 'version of omni that a store was made by or migrated to';

/*
 * For what changes a store: one session at a time, and only its owner. What it makes
 * would otherwise belong to two roles, and a superuser would run what another role put in its store. For the same
 * reason nobody else may write store_info: a default that detach_store() took off is run again by attach_store().
 */
CREATE FUNCTION omni.store_lock(store text)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    owner name;
    others text;
BEGIN
    PERFORM omni.store_version(store);
    PERFORM pg_advisory_xact_lock(hashtextextended('omni.store ' || store, 0));
    owner := (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = to_regclass(format('%I.store_info', store)));
    IF owner <> current_user THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = format('store %I belongs to %I', store, owner),
            HINT = format('SET ROLE %I first.', owner);
    END IF;
    SELECT string_agg(DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, ', ') INTO others
    FROM pg_class c CROSS JOIN LATERAL (SELECT x.* FROM aclexplode(c.relacl) x
        UNION ALL SELECT x.* FROM pg_attribute t, aclexplode(t.attacl) x WHERE t.attrelid = c.oid) a
    WHERE c.oid = to_regclass(format('%I.store_info', store)) AND a.grantee <> c.relowner AND a.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRIGGER');
    IF others IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = format('others than its owner may write %I.store_info', store),
            DETAIL = format('What %s wrote there would run with the rights of the owner.', others),
            HINT = format('See that its row is as it should be, then REVOKE INSERT, UPDATE, DELETE, TRIGGER ON %I.store_info FROM %s.', store, others);
    END IF;
END $$;
COMMENT ON FUNCTION omni.store_lock(text) IS 'let one session at a time change a store, and only as the role that owns it';

CREATE FUNCTION omni.store_parts(store text, OUT part text, OUT kind text, OUT schema_name text, OUT name text, OUT view oid)
    RETURNS SETOF record LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n record;
BEGIN
    SELECT * INTO n FROM omni.store_names(store);
    RETURN QUERY
    SELECT p.part, lower(m[1]), s.name, m[3], (SELECT c.oid FROM pg_class c JOIN pg_namespace ns ON ns.oid = c.relnamespace WHERE ns.nspname = s.name AND c.relname = m[3] AND c.relkind = 'v')
    FROM unnest('{functions,identity,ingest,stock,reserve,order_flow,privacy,bi,bi_inventory,pii}'::text[]) p(part), regexp_matches(omni.store_source(p.part), '^CREATE OR REPLACE (FUNCTION|VIEW) @(store|bi|pii)@\.(\w+)', 'gn') m
    CROSS JOIN LATERAL (SELECT CASE m[2] WHEN 'store' THEN n.store_schema WHEN 'bi' THEN n.bi_schema ELSE n.pii_schema END AS name) s;
END $$;
COMMENT ON FUNCTION omni.store_parts(text) IS 'the functions and views that omni makes in a store, and which of the views are there';

CREATE FUNCTION omni.store_views(store text)
    RETURNS SETOF regclass LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT p.view::regclass FROM omni.store_parts(store) p WHERE p.view IS NOT NULL;
    RETURN QUERY SELECT c.oid::regclass FROM omni.store_info(store) i, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE n.nspname = store AND c.relkind = 'v' AND c.relname IN (SELECT k.relation FROM omni.store_keys() k) AND i.adopted ? c.relname;
END $$;
COMMENT ON FUNCTION omni.store_views(text) IS 'the views of a store that omni made; those that others put beside them are not among them';

/*
 * The tables that are missing, and the columns that are missing in those that are there: the
 * same code makes a new store and migrates an old one, so that both end alike.
 */
CREATE FUNCTION omni.store_make_tables(store text, adopt jsonb)
    RETURNS void LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    k record;
    c record;
    target regclass;
    columns text;
BEGIN
    PERFORM omni.store_names(store);
    FOR k IN SELECT * FROM omni.store_keys() LOOP
        IF adopt ? k.relation THEN
            PERFORM omni.store_adopt(store, k.relation, (adopt ->> k.relation)::regclass);
            CONTINUE;
        END IF;
        target := to_regclass(format('%I.%I', store, k.relation));
        IF target IS NULL THEN
            SELECT string_agg(format('%I %s %s', s.column_name, s.type, s.modifier), ', ' ORDER BY s.ordinal) INTO columns
            FROM omni.store_contract() s WHERE s.relation = k.relation;
            EXECUTE format('CREATE TABLE %I.%I (%s, PRIMARY KEY (%s))', store, k.relation, columns,
                (SELECT string_agg(quote_ident(u.a), ', ' ORDER BY u.i) FROM unnest(k.key_columns) WITH ORDINALITY u(a, i)));
            -- what tells who is behind a pseudonym, and what is said of whom: not granted by default privileges either
            IF k.relation IN ('consents', 'subject_secrets', 'pseudonyms', 'reidentifications', 'erasures') THEN
                PERFORM omni.store_keep(format('%I.%I', store, k.relation), '{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER,MAINTAIN}');
            END IF;
        ELSE
            IF (SELECT t.relkind NOT IN ('r', 'p') OR pg_get_userbyid(t.relowner) <> current_user FROM pg_class t WHERE t.oid = target)
                OR EXISTS (SELECT FROM unnest(k.key_columns) u WHERE NOT EXISTS
                    (SELECT FROM pg_attribute a JOIN omni.store_contract() s ON s.relation = k.relation AND s.column_name = u
                     WHERE a.attrelid = target AND a.attname = u AND a.atttypid = s.type::regtype)) THEN
                RAISE EXCEPTION USING ERRCODE = 'duplicate_table', MESSAGE = format('relation %s is in the way of the store''s table', target),
                    HINT = 'Rename it, then run migrate_store() again.';
            END IF;
            FOR c IN SELECT s.* FROM omni.store_contract() s WHERE s.relation = k.relation AND NOT EXISTS
                (SELECT FROM pg_attribute a WHERE a.attrelid = target AND a.attname = s.column_name AND NOT a.attisdropped) ORDER BY s.ordinal LOOP
                EXECUTE format('ALTER TABLE %I.%I ADD COLUMN %I %s %s', store, k.relation, c.column_name, c.type, c.modifier);
            END LOOP;
        END IF;
        EXECUTE format('COMMENT ON TABLE %I.%I IS %L', store, k.relation, k.description);
        FOR c IN SELECT s.* FROM omni.store_contract() s WHERE s.relation = k.relation LOOP
            EXECUTE format('COMMENT ON COLUMN %I.%I.%I IS %L', store, k.relation, c.column_name, c.description);
        END LOOP;
    END LOOP;
END $$;
COMMENT ON FUNCTION omni.store_make_tables(text, jsonb) IS 'make what a store lacks of the tables and columns of store_contract()';

/*
 * How a column of an adopted relation becomes one of the contract's: as it is where the types agree, by
 * T_try() where text has to become a type of omni, by a cast where that loses nothing and depends on
 * no setting. A timestamp without time zone, a float for money, a bigint for an integer: NULL, not a guess.
 */
CREATE FUNCTION omni.store_column(source regtype, column_name text, target text)
    RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
SELECT CASE
    WHEN t.oid = target::regtype THEN format('%I', column_name)
    WHEN b.base = target::regtype THEN format('%I::%s', column_name, target)
    WHEN target LIKE 'omni.%' THEN
        CASE WHEN t.typcategory IN ('S', 'E') OR t.typnamespace = to_regnamespace('omni') OR b.base IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'uuid'::regtype)
            THEN format('%s_try(%I::pg_catalog.text)', target, column_name) END
    WHEN CASE target
        WHEN 'text' THEN t.typcategory IN ('S', 'E') OR t.typnamespace = to_regnamespace('omni')
            OR b.base IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype, 'uuid'::regtype)
        WHEN 'integer' THEN b.base = 'int2'::regtype
        WHEN 'bigint' THEN b.base IN ('int2'::regtype, 'int4'::regtype)
        WHEN 'numeric' THEN b.base IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
        WHEN 'double precision' THEN b.base IN ('int2'::regtype, 'int4'::regtype, 'float4'::regtype, 'numeric'::regtype)
        WHEN 'jsonb' THEN b.base = 'json'::regtype
        END THEN format('%I::%s', column_name, target)
    END
FROM pg_type t CROSS JOIN LATERAL (SELECT CASE t.typbasetype WHEN 0 THEN t.oid ELSE t.typbasetype END AS base) b
WHERE t.oid = source;
END;
COMMENT ON FUNCTION omni.store_column(regtype, text, text) IS 'the expression that shows a column of an adopted relation under the contract''s type; NULL if that would have to guess';

/* An adopted relation is read through a view under the canonical name. A damaged value is NULL there, and check_store() counts it. */
CREATE FUNCTION omni.store_adopt(store text, relation text, adopted regclass)
    RETURNS void LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    columns text;
    missing text;
    wrong text;
    source record;
BEGIN
    PERFORM omni.store_names(store);
    IF NOT EXISTS (SELECT FROM omni.store_keys() k WHERE k.relation = store_adopt.relation) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('a store has no table %I', relation),
            HINT = 'omni.store_keys() lists the tables that can be adopted.';
    END IF;
    SELECT c.relkind, c.relpersistence INTO source FROM pg_class c WHERE c.oid = adopted;
    IF source.relkind IS NULL OR source.relkind NOT IN ('r', 'v', 'm', 'p', 'f') OR source.relpersistence = 't' THEN
        RAISE EXCEPTION USING ERRCODE = 'wrong_object_type', MESSAGE = format('%s cannot be adopted as %s', adopted, relation),
            DETAIL = 'It is not a lasting table or view.';
    END IF;
    IF NOT has_table_privilege(adopted, 'SELECT') THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = format('%s cannot be adopted as %s', adopted, relation),
            DETAIL = format('%I may not read it.', current_user), HINT = 'GRANT SELECT on it to the owner of the store.';
    END IF;
    SELECT string_agg(
               CASE WHEN a.attname IS NULL THEN coalesce(nullif(substring(s.modifier FROM '\mDEFAULT ([^ ]+)'), 'now()'), 'NULL') || '::' || s.type
                    ELSE omni.store_column(a.atttypid, a.attname, s.type) END || format(' AS %I', s.column_name), ', ' ORDER BY s.ordinal),
           string_agg(s.column_name, ', ' ORDER BY s.ordinal) FILTER (WHERE s.required AND a.attname IS NULL),
           string_agg(format('%s is %s, expected %s', s.column_name, format_type(a.atttypid, NULL), s.type), ', ' ORDER BY s.ordinal)
               FILTER (WHERE a.attname IS NOT NULL AND omni.store_column(a.atttypid, a.attname, s.type) IS NULL)
    INTO columns, missing, wrong
    FROM omni.store_contract() s
    LEFT JOIN pg_attribute a ON a.attrelid = adopted AND a.attname = s.column_name AND a.attnum > 0 AND NOT a.attisdropped
    WHERE s.relation = store_adopt.relation;
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'undefined_column', MESSAGE = format('%s cannot be adopted as %s', adopted, relation),
            DETAIL = format('These columns are missing: %s.', missing),
            HINT = 'Make a view that has them under these names, and adopt the view. omni.store_contract() lists all columns.';
    END IF;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'datatype_mismatch', MESSAGE = format('%s cannot be adopted as %s', adopted, relation),
            DETAIL = format('These columns are of another type: %s.', wrong),
            HINT = 'Make a view that converts them (AT TIME ZONE for a timestamp), and adopt the view.';
    END IF;
    EXECUTE format('CREATE OR REPLACE VIEW %I.%I AS SELECT %s FROM %s', store, relation, columns, adopted);
    EXECUTE format('COMMENT ON VIEW %I.%I IS %L', store, relation, format('adopted from %s', adopted));
END $$;
COMMENT ON FUNCTION omni.store_adopt(text, text, regclass) IS 'show a relation of the user''s under a canonical name of the store';

/* what default privileges granted on a relation that has just been made is taken back */
CREATE FUNCTION omni.store_keep(relation regclass, privileges text[])
    RETURNS void LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    g record;
BEGIN
    FOR g IN SELECT a.privilege_type, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee
             FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = relation AND a.grantee <> c.relowner AND a.privilege_type = ANY (privileges) LOOP
        EXECUTE format('REVOKE %s ON %s FROM %s', g.privilege_type, relation, g.grantee);
    END LOOP;
END $$;
COMMENT ON FUNCTION omni.store_keep(regclass, text[]) IS 'take privileges on a relation from everybody but its owner';

/* a schema of a store: made if it is missing; what is made in one of somebody else's would be at its owner's mercy */
CREATE FUNCTION omni.store_make_schema(name text, private boolean)
    RETURNS void LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    g record;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_namespace ns WHERE ns.nspname = name) THEN
        EXECUTE format('CREATE SCHEMA %I', name);
    ELSIF (SELECT CASE pg_get_userbyid(ns.nspowner) WHEN 'pg_database_owner' THEN (SELECT d.datdba FROM pg_database d WHERE d.datname = current_database()) ELSE ns.nspowner END
           FROM pg_namespace ns WHERE ns.nspname = name) <> (SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user) THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = format('schema %I belongs to somebody else', name),
            HINT = 'Choose another name for the store, or SET ROLE to the schema''s owner first.';
    END IF;
    IF private THEN
        FOR g IN SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee
                 FROM pg_namespace ns, aclexplode(ns.nspacl) a WHERE ns.nspname = name AND a.grantee <> ns.nspowner LOOP
            EXECUTE format('REVOKE ALL ON SCHEMA %I FROM %s', name, g.grantee);
        END LOOP;
    END IF;
END $$;
COMMENT ON FUNCTION omni.store_make_schema(text, boolean) IS 'make a schema of a store; a private one is granted to nobody, not by default privileges either';

CREATE FUNCTION omni.create_store(store text, options jsonb DEFAULT '{}')
    RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n record;
    s text;
    unknown text;
    adopt jsonb;
    named record;
    target regclass;
    taken text;
BEGIN
    SELECT * INTO n FROM omni.store_names(store);
    options := coalesce(options, '{}');
    IF jsonb_typeof(options) <> 'object' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the options of a store have to be an object',
            HINT = '{"adopt": {"orders": "public.shop_orders"}}';
    END IF;
    SELECT string_agg(k, ', ') INTO unknown FROM jsonb_object_keys(options) k WHERE k <> 'adopt';
    IF unknown IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('unknown option of a store: %s', left(unknown, 64)),
            HINT = 'The option is "adopt": an object of canonical table names and your relations.';
    END IF;
    adopt := coalesce(options -> 'adopt', '{}');
    IF jsonb_typeof(adopt) <> 'object' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'option "adopt" has to be an object',
            HINT = '{"adopt": {"orders": "public.shop_orders"}}';
    END IF;
    FOR named IN SELECT key, value FROM jsonb_each(adopt) LOOP
        IF NOT EXISTS (SELECT FROM omni.store_keys() k WHERE k.relation = named.key) THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('a store has no table %I', left(named.key, 64)),
                HINT = 'omni.store_keys() lists the tables that can be adopted.';
        END IF;
        IF jsonb_typeof(named.value) <> 'string' THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('the relation to adopt as %I has to be a string', named.key),
                HINT = 'Name it with its schema: "public.shop_orders".';
        END IF;
        BEGIN
            target := to_regclass(named.value #>> '{}');
        EXCEPTION WHEN syntax_error OR invalid_name OR feature_not_supported THEN
            target := NULL;
        END;
        IF target IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'undefined_table', MESSAGE = format('relation %L does not exist', left(named.value #>> '{}', 64)),
                HINT = 'Name it with its schema: "public.shop_orders".';
        END IF;
        -- keep the name with its schema, whatever the caller's search_path was
        adopt := jsonb_set(adopt, ARRAY[named.key], to_jsonb((SELECT format('%I.%I', ns.nspname, c.relname)
            FROM pg_class c JOIN pg_namespace ns ON ns.oid = c.relnamespace WHERE c.oid = target)));
    END LOOP;

    PERFORM pg_advisory_xact_lock(hashtextextended('omni.store ' || store, 0));
    FOREACH s IN ARRAY ARRAY[n.store_schema, n.bi_schema, n.pii_schema] LOOP
        PERFORM omni.store_make_schema(s, s = n.pii_schema);
        IF EXISTS (SELECT FROM pg_class c JOIN pg_namespace ns ON ns.oid = c.relnamespace WHERE ns.nspname = s AND c.relkind IN ('r', 'v', 'm', 'p', 'f')
                      AND (s <> n.store_schema OR c.relname IN (SELECT k.relation FROM omni.store_keys() k) OR c.relname = 'store_info')) THEN
            RAISE EXCEPTION USING ERRCODE = 'duplicate_table', MESSAGE = format('schema %I already has tables or views that a store makes', s),
                HINT = 'Choose another name for the store; your own tables can be adopted under it.';
        END IF;
    END LOOP;
    SELECT string_agg(f.oid::regprocedure::text, ', ') INTO taken FROM pg_proc f
    WHERE f.pronamespace = to_regnamespace(quote_ident(n.store_schema)) AND f.proname IN (SELECT p.name FROM omni.store_parts(store) p WHERE p.kind = 'function');
    IF taken IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'duplicate_function', MESSAGE = format('schema %I already has functions that a store makes', store),
            DETAIL = taken, HINT = 'Choose another name for the store, or rename these functions.';
    END IF;

    EXECUTE format('CREATE TABLE %I.store_info (version text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), '
        'adopted jsonb NOT NULL, detached jsonb, one boolean PRIMARY KEY DEFAULT true CHECK (one))', n.store_schema);
    EXECUTE format('COMMENT ON TABLE %I.store_info IS %L', n.store_schema, 'version and state of this omni store; kept by omni');
    PERFORM omni.store_keep(format('%I.store_info', n.store_schema), '{INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}');
    EXECUTE format('INSERT INTO %I.store_info (version, adopted) VALUES ($1, $2)', n.store_schema)
        USING (SELECT extversion FROM pg_extension WHERE extname = 'omni'), adopt;
    PERFORM omni.store_make_tables(store, adopt);
    PERFORM omni.store_make_views(store);
    RETURN format('store %I: %s tables, %s adopted, %s views in %I', store, (SELECT count(*) FROM omni.store_keys()) - (SELECT count(*) FROM jsonb_object_keys(adopt)),
        (SELECT count(*) FROM jsonb_object_keys(adopt)), (SELECT count(*) FROM pg_class WHERE relkind = 'v' AND relnamespace = to_regnamespace(quote_ident(n.bi_schema))), n.bi_schema);
END $$;
COMMENT ON FUNCTION omni.create_store(text, jsonb) IS 'make a store in a schema of the caller''s: tables, functions, and views for BI in <schema>_bi; option adopt reads the caller''s own relations under the canonical names';

/* secondary indexes, settings, functions and views: all that can be made again at any time */
CREATE FUNCTION omni.store_make_views(store text)
    RETURNS void LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    i record;
    n record;
    before oid[];
BEGIN
    SELECT * INTO n FROM omni.store_names(store);
    FOR i IN SELECT * FROM (VALUES ('orders', 'customer_id', NULL), ('orders', 'placed_at', NULL), ('order_lines', 'sku', NULL), ('identities', 'customer_id', NULL),
                                   ('evidence', 'source, record_id', NULL), ('customers', 'merged_into', NULL),
                                   ('source_records', 'customer_id', NULL), ('links', 'other_source, other_record_id', NULL), ('refusals', 'source, record_id', NULL),
                                   ('touchpoints', 'visitor', NULL), ('touchpoints', 'occurred_at', NULL), ('products', 'gtin', NULL), ('stock', 'location_code', NULL),
                                   ('bundle_components', 'component_sku', NULL), ('reservations', 'sku, location_code, expires_at', 'open_qty > 0'),
                                   ('outbox', 'outbox_id', 'sent_at IS NULL'), ('carts', 'customer_id', NULL), ('consents', 'chain_hash', NULL),
                                   ('pseudonyms', 'customer_id', NULL), ('pseudonyms', 'domain, pseudonym', NULL), ('erasures', 'customer_id', NULL)) v(relation, columns, predicate) LOOP
        IF (SELECT relkind FROM pg_class WHERE oid = to_regclass(format('%I.%I', store, i.relation))) IN ('r', 'p') THEN
            IF to_regclass(format('%I.%I', store, i.relation || '_' || replace(i.columns, ', ', '_'))) IS NULL THEN
                EXECUTE format('CREATE INDEX %I ON %I.%I (%s)%s', i.relation || '_' || replace(i.columns, ', ', '_'), store, i.relation, i.columns, ' WHERE ' || i.predicate);
            END IF;
        END IF;
    END LOOP;
    -- customer_key of the views, so that one customer is found by it
    IF (SELECT relkind FROM pg_class WHERE oid = to_regclass(format('%I.customers', store))) IN ('r', 'p') AND to_regclass(format('%I.customers_customer_key', store)) IS NULL THEN
        EXECUTE format('CREATE INDEX customers_customer_key ON %I.customers ((coalesce(merged_into, customer_id)::text))', store);
    END IF;
    -- the cart that stands, for any cart that was merged into it
    IF (SELECT relkind FROM pg_class WHERE oid = to_regclass(format('%I.carts', store))) IN ('r', 'p') AND to_regclass(format('%I.carts_standing', store)) IS NULL THEN
        EXECUTE format('CREATE INDEX carts_standing ON %I.carts ((coalesce(merged_into, cart_key)))', store);
    END IF;
    -- rows that every reservation changes: room for their next versions beside them, so that no index is written to
    FOR i IN SELECT c.oid::regclass AS relation FROM pg_class c WHERE c.oid IN (to_regclass(format('%I.stock', store)), to_regclass(format('%I.stock_slots', store)))
                 AND c.relkind = 'r' AND c.reloptions IS NULL LOOP
        EXECUTE format('ALTER TABLE %s SET (fillfactor = 50)', i.relation);
    END LOOP;
    -- limits of merging to begin with; a store keeps those that it has
    IF (SELECT relkind FROM pg_class WHERE oid = to_regclass(format('%I.identity_settings', store))) IN ('r', 'p') THEN
        EXECUTE format('INSERT INTO %I.identity_settings (setting, value) VALUES (''limits'', omni.merge_limits()) ON CONFLICT DO NOTHING', store);
    END IF;
    PERFORM omni.store_make_schema(n.bi_schema, false);
    PERFORM omni.store_make_schema(n.pii_schema, NOT EXISTS (SELECT FROM pg_namespace ns WHERE ns.nspname = n.pii_schema));
    before := array(SELECT p.view FROM omni.store_parts(store) p WHERE p.view IS NOT NULL);
    PERFORM omni.store_run(store, 'functions');
    PERFORM omni.store_run(store, 'identity');
    PERFORM omni.store_run(store, 'ingest');
    PERFORM omni.store_run(store, 'stock');
    PERFORM omni.store_run(store, 'reserve');
    PERFORM omni.store_run(store, 'order_flow');
    PERFORM omni.store_run(store, 'privacy');
    PERFORM omni.store_run(store, 'bi');
    PERFORM omni.store_run(store, 'bi_inventory');
    PERFORM omni.store_run(store, 'pii');
    -- personal data is granted to nobody, not by default privileges either
    PERFORM omni.store_keep(p.view, '{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER,MAINTAIN}') FROM omni.store_parts(store) p WHERE p.part = 'pii' AND p.view <> ALL (before);
END $$;
COMMENT ON FUNCTION omni.store_make_views(text) IS 'make the indexes, functions and views of a store, again if need be; grants stay';

CREATE FUNCTION omni.migrate_store(store text)
    RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    now_is text := (SELECT extversion FROM pg_extension WHERE extname = 'omni');
    info record;
BEGIN
    PERFORM omni.store_lock(store);
    SELECT * INTO info FROM omni.store_info(store);
    IF info.detached IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('store %I is detached', store),
            HINT = format('SELECT omni.attach_store(%L) first.', store);
    END IF;
    IF string_to_array(info.version, '.')::int[] > string_to_array(now_is, '.')::int[] THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('store %I is of version %s, omni is %s', store, info.version, now_is),
            HINT = 'ALTER EXTENSION omni UPDATE first.';
    END IF;
    PERFORM omni.store_make_tables(store, info.adopted);
    IF string_to_array(info.version, '.')::int[] < '{0,3,0}' AND NOT info.adopted ?| '{customers,identities}' THEN
        -- since then it is known of each record, too, whose it is
        EXECUTE format('INSERT INTO %1$I.source_records (source, record_id, customer_id, first_seen_at, last_seen_at) SELECT e.source, e.record_id, min(i.customer_id), min(e.observed_at), max(e.observed_at) '
            'FROM %1$I.evidence e JOIN %1$I.identities i ON i.identifier = e.identifier GROUP BY e.source, e.record_id ON CONFLICT DO NOTHING', store);
    END IF;
    IF string_to_array(info.version, '.')::int[] < '{0,4,0}' AND NOT info.adopted ?| '{stock,stock_movements}' THEN
        -- since then stock is the sum of its movements, and what is reserved is held for somebody
        IF EXISTS (SELECT FROM pg_constraint c WHERE c.conrelid = to_regclass(format('%I.stock_movements', store)) AND c.conname = 'stock_movements_qty_check') THEN
            EXECUTE format('ALTER TABLE %I.stock_movements DROP CONSTRAINT stock_movements_qty_check', store);
        END IF;
        EXECUTE format('INSERT INTO %1$I.stock (sku, location_code, on_hand) SELECT m.sku, m.location_code, sum(m.qty) FROM %1$I.stock_movements m '
            'WHERE NOT EXISTS (SELECT FROM %1$I.stock s WHERE s.sku = m.sku AND s.location_code = m.location_code) GROUP BY m.sku, m.location_code', store);
        EXECUTE format('INSERT INTO %1$I.stock_movements (sku, location_code, movement_key, qty, kind, occurred_at, reserved_qty, reason) '
            'SELECT s.sku, s.location_code, ''omni:opening'', s.on_hand - coalesce(m.qty, 0), ''opening'', now(), s.reserved, ''migrate_store'' FROM %1$I.stock s '
            'LEFT JOIN (SELECT x.sku, x.location_code, sum(x.qty)::bigint AS qty FROM %1$I.stock_movements x GROUP BY x.sku, x.location_code) m ON m.sku = s.sku AND m.location_code = s.location_code '
            'WHERE s.on_hand <> coalesce(m.qty, 0) OR s.reserved <> 0', store);
        IF NOT info.adopted ? 'reservations' THEN
            EXECUTE format('INSERT INTO %1$I.reservations (sku, order_ref, line_no, location_code, qty, open_qty, expires_at) '
                'SELECT s.sku, ''omni:opening'', 0, s.location_code, s.reserved, s.reserved, ''infinity'' FROM %1$I.stock s WHERE s.reserved > 0', store);
        END IF;
    END IF;
    PERFORM omni.store_make_views(store);
    EXECUTE format('UPDATE %I.store_info SET version = $1 WHERE version <> $1', store) USING now_is;
    RETURN format('store %I: %s', store, CASE WHEN info.version = now_is THEN 'is at ' || now_is ELSE info.version || ' to ' || now_is END);
END $$;
COMMENT ON FUNCTION omni.migrate_store(text) IS 'bring a store to the version of the extension: new tables, columns, functions and views; data and grants stay';

/*
 * Change types of columns, [{relation, column_name, type, modifier, default_expression}]; a default that is named gives way to
 * that, or to none where new_defaults is false. Foreign keys within the store that the user added are
 * taken off while the types of their two ends differ.
 */
CREATE FUNCTION omni.store_retype(store text, columns jsonb, new_defaults boolean)
    RETURNS void LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    a record;
    k record;
    keys jsonb;
    why text;
    whereabouts text;
BEGIN
    PERFORM omni.store_names(store);
    IF jsonb_typeof(columns) <> 'array' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the columns to change have to be an array', HINT = 'detach_store() and attach_store() change columns of a store.';
    END IF;
    SELECT coalesce(jsonb_agg(jsonb_build_array(c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid))), '[]') INTO keys
    FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid
    WHERE c.contype = 'f' AND c.conparentid = 0 AND r.relnamespace = to_regnamespace(quote_ident(store)) AND f.relnamespace = r.relnamespace
        AND (r.relname IN (SELECT x ->> 'relation' FROM jsonb_array_elements(columns) x) OR f.relname IN (SELECT x ->> 'relation' FROM jsonb_array_elements(columns) x));
    FOR k IN SELECT x ->> 0 AS relation, x ->> 1 AS name FROM jsonb_array_elements(keys) x LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', k.relation::regclass, k.name);
    END LOOP;
    FOR a IN SELECT c.relation, string_agg(CASE WHEN c.default_expression IS NOT NULL THEN format('ALTER COLUMN %I DROP DEFAULT, ', c.column_name) ELSE '' END ||
                        format('ALTER COLUMN %1$I TYPE %2$s USING %1$I::%2$s', c.column_name, format_type(c.type::regtype, c.modifier)) ||
                        CASE WHEN new_defaults AND c.default_expression IS NOT NULL THEN format(', ALTER COLUMN %I SET DEFAULT (%s)', c.column_name, c.default_expression) ELSE '' END, ', ') AS actions
             FROM jsonb_to_recordset(columns) c(relation text, column_name text, type text, modifier integer, default_expression text) GROUP BY c.relation ORDER BY c.relation LOOP
        BEGIN
            EXECUTE format('ALTER TABLE %I.%I %s', store, a.relation, a.actions);
        EXCEPTION WHEN feature_not_supported OR dependent_objects_still_exist OR datatype_mismatch OR undefined_function OR invalid_table_definition OR invalid_object_definition THEN
            GET STACKED DIAGNOSTICS why = MESSAGE_TEXT, whereabouts = PG_EXCEPTION_DETAIL;
            RAISE EXCEPTION USING ERRCODE = 'dependent_objects_still_exist', MESSAGE = format('the types of %I.%I cannot be changed', store, a.relation),
                DETAIL = concat_ws('. ', why, nullif(whereabouts, '')), HINT = 'Drop what depends on these columns, and make it again afterwards. Nothing has been changed.';
        WHEN data_exception THEN
            GET STACKED DIAGNOSTICS why = MESSAGE_TEXT;
            RAISE EXCEPTION USING ERRCODE = SQLSTATE, MESSAGE = format('%I.%I holds a value that does not fit its type: %s', store, a.relation, why),
                HINT = 'Find it with T_problem(column), mend it, and try again. Nothing has been changed.';
        END;
    END LOOP;
    FOR k IN SELECT x ->> 0 AS relation, x ->> 1 AS name, x ->> 2 AS definition FROM jsonb_array_elements(keys) x LOOP
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.relation::regclass, k.name, k.definition);
    END LOOP;
END $$;
COMMENT ON FUNCTION omni.store_retype(text, jsonb, boolean) IS 'change types of columns of a store, all or none';

/* objects in the schemas of a store that the extension could not be dropped without */
CREATE FUNCTION omni.store_dependents(store text)
    RETURNS SETOF text LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    schemas oid[];
BEGIN
    SELECT array_agg(ns.oid) INTO schemas FROM omni.store_names(store) n, pg_namespace ns WHERE ns.nspname IN (n.store_schema, n.bi_schema, n.pii_schema);
    RETURN QUERY
    -- each list is made once: the planner cannot know how long they are
    WITH RECURSIVE mine AS MATERIALIZED (SELECT c.oid FROM pg_class c WHERE c.relnamespace = ANY (schemas)),
    here(classid, objid) AS MATERIALIZED (
        SELECT 'pg_class'::regclass::oid, oid FROM mine
        UNION ALL SELECT 'pg_attrdef'::regclass, d.oid FROM pg_attrdef d JOIN mine ON mine.oid = d.adrelid
        UNION ALL SELECT 'pg_constraint'::regclass, c.oid FROM pg_constraint c JOIN mine ON mine.oid = c.conrelid
        UNION ALL SELECT 'pg_rewrite'::regclass, r.oid FROM pg_rewrite r JOIN mine ON mine.oid = r.ev_class
        UNION ALL SELECT 'pg_policy'::regclass, p.oid FROM pg_policy p JOIN mine ON mine.oid = p.polrelid
        UNION ALL SELECT 'pg_trigger'::regclass, t.oid FROM pg_trigger t JOIN mine ON mine.oid = t.tgrelid
        UNION ALL SELECT 'pg_statistic_ext'::regclass, x.oid FROM pg_statistic_ext x JOIN mine ON mine.oid = x.stxrelid
        UNION ALL SELECT 'pg_proc'::regclass, p.oid FROM pg_proc p
            WHERE p.pronamespace = ANY (schemas)
        UNION ALL SELECT 'pg_type'::regclass, t.oid FROM pg_type t WHERE t.typnamespace = ANY (schemas) AND t.typtype IN ('d', 'r')),
    member AS MATERIALIZED (SELECT d.classid, d.objid FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
               WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname = 'omni'),
    -- a domain over a type of ours, a range of it, a row type with a column of it need omni as well, and what is made of these
    needed AS (SELECT * FROM member UNION
               SELECT x.classid, x.objid FROM needed m CROSS JOIN LATERAL (
                   SELECT d.classid, d.objid FROM pg_depend d WHERE d.refclassid = m.classid AND d.refobjid = m.objid AND d.classid = 'pg_type'::regclass
                   UNION ALL SELECT 'pg_type'::regclass, c.reltype FROM pg_depend d JOIN pg_class c ON c.oid = d.objid
                   WHERE d.refclassid = m.classid AND d.refobjid = m.objid AND d.classid = 'pg_class'::regclass AND d.objsubid > 0 AND c.reltype <> 0) x)
    SELECT DISTINCT pg_describe_object(d.classid, d.objid, d.objsubid)
    FROM here h JOIN pg_depend d ON d.classid = h.classid AND d.objid = h.objid
    JOIN needed m ON m.classid = d.refclassid AND m.objid = d.refobjid WHERE d.deptype <> 'i' ORDER BY 1;
END $$;
COMMENT ON FUNCTION omni.store_dependents(text) IS 'what in a store could not stay if omni were dropped';

CREATE FUNCTION omni.detach_store(store text)
    RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    info record;
    views jsonb;
    columns jsonb;
    defaults jsonb;
    own record;
    blocker text;
BEGIN
    PERFORM omni.store_lock(store);
    SELECT * INTO info FROM omni.store_info(store);
    IF info.detached IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('store %I is detached already', store),
            HINT = format('SELECT omni.attach_store(%L) puts its types back.', store);
    END IF;

    -- omni's own views go; their options and who may read them are kept
    SELECT coalesce(jsonb_agg(jsonb_build_object('view', v::text, 'options', to_jsonb(c.reloptions), 'grants',
               (SELECT coalesce(jsonb_agg(jsonb_build_array(g.column_name, CASE g.grantee WHEN 0 THEN NULL ELSE pg_get_userbyid(g.grantee) END, g.privilege_type, g.is_grantable)), '[]')
                FROM (SELECT NULL::name AS column_name, a.* FROM aclexplode(c.relacl) a
                      UNION ALL SELECT t.attname, a.* FROM pg_attribute t, aclexplode(t.attacl) a WHERE t.attrelid = c.oid AND t.attnum > 0) g
                WHERE g.grantee <> c.relowner))), '[]') INTO views
    FROM omni.store_views(store) v JOIN pg_class c ON c.oid = v;
    BEGIN
        IF jsonb_array_length(views) > 0 THEN
            EXECUTE (SELECT 'DROP VIEW ' || string_agg(v::text, ', ') FROM omni.store_views(store) v);
        END IF;
    EXCEPTION WHEN dependent_objects_still_exist THEN
        GET STACKED DIAGNOSTICS blocker = PG_EXCEPTION_DETAIL;
        RAISE EXCEPTION USING ERRCODE = 'dependent_objects_still_exist', MESSAGE = format('store %I cannot be detached: other objects depend on its views', store),
            DETAIL = blocker, HINT = 'Drop these objects, or keep their definitions and make them again after attach_store().';
    END;

    SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.relation, t.attnum), '[]') INTO columns
    FROM (SELECT c.relname AS relation, a.attnum, a.attname AS column_name, a.atttypid::regtype::text AS type, a.atttypmod AS modifier, pg_get_expr(d.adbin, d.adrelid) AS default_expression
          FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attinhcount = 0 AND a.attgenerated = ''
          JOIN pg_type y ON y.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
          WHERE c.relnamespace = to_regnamespace(quote_ident(store)) AND c.relkind IN ('r', 'p') AND y.typnamespace = to_regnamespace('omni')) t;
    -- partitions and children change with their parents; a default that one has of its own would become the parent's
    WITH RECURSIVE tree AS (SELECT i.inhrelid, i.inhparent, 1 AS depth FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhparent WHERE c.relnamespace = to_regnamespace(quote_ident(store)) AND c.relkind IN ('r', 'p')
                            UNION SELECT i.inhrelid, i.inhparent, t.depth + 1 FROM tree t JOIN pg_inherits i ON i.inhparent = t.inhrelid)
    SELECT coalesce(jsonb_agg(jsonb_build_object('relation', format('%I.%I', ns.nspname, c.relname), 'column_name', a.attname, 'default_expression', e.is_now) ORDER BY t.depth, 1), '[]') INTO defaults
    FROM (SELECT inhrelid, inhparent, max(depth) AS depth FROM tree GROUP BY inhrelid, inhparent) t JOIN pg_class c ON c.oid = t.inhrelid JOIN pg_namespace ns ON ns.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = t.inhrelid AND a.attinhcount > 0 AND a.attgenerated = '' AND NOT a.attisdropped JOIN pg_type y ON y.oid = a.atttypid AND y.typnamespace = to_regnamespace('omni')
    JOIN pg_attribute p ON p.attrelid = t.inhparent AND p.attname = a.attname AND NOT p.attisdropped
    CROSS JOIN LATERAL (SELECT (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum) AS is_now,
                               (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d WHERE d.adrelid = p.attrelid AND d.adnum = p.attnum) AS of_parent) e
    WHERE e.is_now IS DISTINCT FROM e.of_parent;
    FOR own IN SELECT d.* FROM jsonb_to_recordset(defaults) d(relation text, column_name text) LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I DROP DEFAULT', own.relation::regclass, own.column_name);
    END LOOP;
    PERFORM omni.store_retype(store, (SELECT coalesce(jsonb_agg(x || jsonb_build_object('type', CASE WHEN x ->> 'type' LIKE '%[]' THEN 'text[]' ELSE 'text' END, 'modifier', NULL)), '[]')
                                      FROM jsonb_array_elements(columns) x), false);

    SELECT string_agg(d, E'\n') INTO blocker FROM omni.store_dependents(store) d;
    IF blocker IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'dependent_objects_still_exist', MESSAGE = format('store %I cannot be detached: objects in it need omni', store),
            DETAIL = blocker, HINT = 'Drop these objects, or keep their definitions and make them again after attach_store().';
    END IF;
    EXECUTE format('UPDATE %I.store_info SET detached = $1', store) USING
        jsonb_build_object('columns', (SELECT coalesce(jsonb_agg(x - 'attnum'), '[]') FROM jsonb_array_elements(columns) x), 'defaults', defaults, 'views', views);
    RETURN format('store %I: %s columns are text now, and no object of it needs omni', store, jsonb_array_length(columns));
END $$;
COMMENT ON FUNCTION omni.detach_store(text) IS 'turn every column of a store that has a type of omni into text and drop its views, so that DROP EXTENSION loses nothing; attach_store() puts all back';

CREATE FUNCTION omni.attach_store(store text)
    RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    info record;
    columns jsonb;
    gone text;
    v record;
    g record;
BEGIN
    PERFORM omni.store_lock(store);
    SELECT * INTO info FROM omni.store_info(store);
    IF info.detached IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('store %I is attached', store),
            HINT = format('SELECT omni.detach_store(%L) detaches it.', store);
    END IF;
    -- a store that omni 0.1.0 detached
    IF jsonb_typeof(info.detached -> 'columns' -> 0) = 'array' THEN
        info.detached := jsonb_build_object(
            'columns', (SELECT jsonb_agg(jsonb_build_object('relation', x ->> 0, 'column_name', x ->> 1, 'type', x ->> 2)) FROM jsonb_array_elements(info.detached -> 'columns') x),
            'views', (SELECT coalesce(jsonb_agg(jsonb_build_object('view', w.view, 'grants', w.grants)), '[]')
                      FROM (SELECT x ->> 0 AS view, jsonb_agg(jsonb_build_array(NULL, CASE WHEN x ->> 1 <> 'PUBLIC' THEN (parse_ident(x ->> 1))[1] END, x ->> 2, x -> 3)) AS grants
                            FROM jsonb_array_elements(info.detached -> 'grants') x GROUP BY 1) w));
    END IF;
    SELECT coalesce(jsonb_agg(to_jsonb(s) || jsonb_build_object('modifier', coalesce(s.modifier, substring(s.type FROM '\((\d+)\)$')::integer)) ORDER BY s.relation, s.column_name) FILTER (WHERE a.attname IS NOT NULL), '[]'),
           string_agg(format('%I.%I.%I', store, s.relation, s.column_name), ', ' ORDER BY s.relation, s.column_name) FILTER (WHERE a.attname IS NULL) INTO columns, gone
    FROM jsonb_to_recordset(info.detached -> 'columns') s(relation text, column_name text, type text, modifier integer, default_expression text)
    LEFT JOIN pg_attribute a ON a.attrelid = to_regclass(format('%I.%I', store, s.relation)) AND a.attname = s.column_name AND NOT a.attisdropped;
    IF gone IS NOT NULL THEN
        RAISE WARNING USING MESSAGE = format('columns that are no longer there stay as they are: %s', gone);
    END IF;
    PERFORM omni.store_retype(store, columns, true);
    FOR g IN SELECT a.attrelid::regclass AS relation, d.column_name, d.default_expression
             FROM jsonb_array_elements(info.detached -> 'defaults') WITH ORDINALITY x(value, n), jsonb_to_record(x.value) d(relation text, column_name text, default_expression text)
             JOIN pg_attribute a ON a.attrelid = to_regclass(d.relation) AND a.attname = d.column_name AND NOT a.attisdropped ORDER BY x.n LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I ', g.relation, g.column_name) || coalesce('SET DEFAULT (' || g.default_expression || ')', 'DROP DEFAULT');
    END LOOP;
    EXECUTE format('UPDATE %I.store_info SET detached = NULL', store);
    PERFORM omni.migrate_store(store);

    -- the views are granted as they were, to roles that are still there
    FOR v IN SELECT to_regclass(x ->> 'view') AS view, x -> 'options' AS options, x -> 'grants' AS grants FROM jsonb_array_elements(info.detached -> 'views') x
             WHERE to_regclass(x ->> 'view') IS NOT NULL LOOP
        FOR g IN SELECT DISTINCT a.grantee FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = v.view AND a.grantee <> c.relowner LOOP
            EXECUTE format('REVOKE ALL ON %s FROM %s', v.view, CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END);
        END LOOP;
        FOR g IN SELECT x ->> 0 AS column_name, x ->> 1 AS grantee, x ->> 2 AS privilege, (x ->> 3)::boolean AS grantable FROM jsonb_array_elements(v.grants) x
                 WHERE x ->> 2 ~ '^[A-Z]+$' AND (x ->> 1 IS NULL OR EXISTS (SELECT FROM pg_roles r WHERE r.rolname = x ->> 1)) LOOP
            EXECUTE format('GRANT %s%s ON %s TO %s%s', g.privilege, ' (' || quote_ident(g.column_name) || ')', v.view, coalesce(quote_ident(g.grantee), 'PUBLIC'),
                CASE WHEN g.grantable THEN ' WITH GRANT OPTION' ELSE '' END);
        END LOOP;
        IF jsonb_typeof(v.options) = 'array' THEN
            EXECUTE format('ALTER VIEW %s SET (%s)', v.view, (SELECT string_agg(format('%I = %L', split_part(o, '=', 1), substring(o FROM '=(.*)$')), ', ') FROM jsonb_array_elements_text(v.options) o));
        END IF;
    END LOOP;
    RETURN format('store %I: %s columns have their types again', store, jsonb_array_length(columns));
END $$;
COMMENT ON FUNCTION omni.attach_store(text) IS 'undo detach_store(): the columns get their types back, the views are made again with their grants';

CREATE FUNCTION omni.check_store(store text, OUT relation text, OUT column_name text, OUT problem text, OUT hint text)
    RETURNS SETOF record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c record;
    k record;
    info record;
    found bigint;
    reason text;
    unfit text[] := '{}';   -- relation.column that is missing or of another type: what needs it is not looked at
    is_version text := (SELECT extversion FROM pg_extension WHERE extname = 'omni');
BEGIN
    SELECT * INTO info FROM omni.store_info(store);
    IF info.version <> is_version THEN
        RETURN QUERY SELECT 'store_info', 'version', format('the store is of version %s, omni of %s', info.version, is_version), format('SELECT omni.migrate_store(%L)', store);
    END IF;
    IF info.detached IS NOT NULL THEN
        RETURN QUERY SELECT 'store_info', 'detached', 'the store is detached', format('SELECT omni.attach_store(%L)', store);
        RETURN;
    END IF;
    RETURN QUERY SELECT a.key, NULL::text, format('the adopted relation %s is not there', a.value), 'Give it its name back, or make a view of that name.'
                 FROM jsonb_each_text(info.adopted) a WHERE to_regclass(a.value) IS NULL ORDER BY 1;
    FOR c IN SELECT s.*, a.atttypid, to_regclass(format('%I.%I', store, s.relation)) AS rel, to_regclass(info.adopted ->> s.relation) AS source
             FROM omni.store_contract() s
             LEFT JOIN pg_attribute a ON a.attrelid = to_regclass(format('%I.%I', store, s.relation)) AND a.attname = s.column_name AND NOT a.attisdropped
             ORDER BY s.relation, s.ordinal LOOP
        IF c.rel IS NULL OR c.atttypid IS NULL OR c.atttypid <> c.type::regtype THEN
            unfit := unfit || (c.relation || '.' || c.column_name);
        END IF;
        IF c.rel IS NULL THEN
            IF c.ordinal = 1 THEN
                RETURN QUERY SELECT c.relation, NULL::text, 'the table is missing', format('SELECT omni.migrate_store(%L)', store);
            END IF;
        ELSIF c.atttypid IS NULL THEN
            RETURN QUERY SELECT c.relation, c.column_name, 'the column is missing', format('SELECT omni.migrate_store(%L)', store);
        ELSIF c.atttypid <> c.type::regtype THEN
            RETURN QUERY SELECT c.relation, c.column_name, format('the type is %s, expected %s', c.atttypid::regtype, c.type), 'Change the column''s type.';
        ELSIF info.adopted ? c.relation THEN
            -- what the view shows as NULL although the source has a value, and required values that are missing
            IF c.type LIKE 'omni.%' AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.source AND a.attname = c.column_name
                                                AND a.atttypid <> c.type::regtype AND NOT a.attisdropped) THEN
                FOR reason, found IN EXECUTE format('SELECT %s_problem(%I::text), count(*) FROM %s GROUP BY 1 HAVING %1$s_problem(%2$I::text) IS NOT NULL ORDER BY 1',
                                                    c.type, c.column_name, c.source) LOOP
                    RETURN QUERY SELECT c.relation, c.column_name, format('%s values are no %s: %s', found, c.type, reason), format('The views show NULL for them. %s_problem() tells the reason of each.', c.type);
                END LOOP;
            END IF;
            IF c.required AND c.modifier LIKE 'NOT NULL%' THEN
                EXECUTE format('SELECT count(*) FROM %s WHERE %I IS NULL', c.rel, c.column_name) INTO found;
                IF found > 0 THEN
                    RETURN QUERY SELECT c.relation, c.column_name, format('%s rows have no value', found), 'The column is required.';
                END IF;
            END IF;
        END IF;
    END LOOP;
    RETURN QUERY SELECT format('%I.%I', p.schema_name, p.name), NULL::text, 'the view is missing', format('SELECT omni.migrate_store(%L)', store)
                 FROM omni.store_parts(store) p WHERE p.kind = 'view' AND p.view IS NULL ORDER BY 1;
    FOR k IN SELECT * FROM omni.store_keys() s WHERE info.adopted ? s.relation AND NOT unfit && array(SELECT s.relation || '.' || u FROM unnest(s.key_columns) u) LOOP
        EXECUTE format('SELECT count(*) FROM (SELECT FROM %I.%I GROUP BY %s HAVING count(*) > 1) d', store, k.relation,
                       (SELECT string_agg(quote_ident(u), ', ') FROM unnest(k.key_columns) u)) INTO found;
        IF found > 0 THEN
            RETURN QUERY SELECT k.relation, array_to_string(k.key_columns, ', '), format('%s keys are there more than once', found), 'Adopt a view that has one row a key.';
        END IF;
    END LOOP;
    -- references: nothing forces them, feeds may arrive in any order
    FOR c IN SELECT * FROM (VALUES ('channels', 'market_code', 'markets', 'market_code'), ('locations', 'market_code', 'markets', 'market_code'), ('orders', 'market_code', 'markets', 'market_code'),
                 ('orders', 'channel_code', 'channels', 'channel_code'), ('orders', 'customer_id', 'customers', 'customer_id'), ('source_records', 'customer_id', 'customers', 'customer_id'),
                 ('order_lines', 'order_ref', 'orders', 'order_ref'), ('order_lines', 'sku', 'products', 'sku'), ('order_line_events', 'order_ref', 'orders', 'order_ref'),
                 ('payments', 'order_ref', 'orders', 'order_ref'), ('sku_aliases', 'sku', 'products', 'sku'), ('stock', 'sku', 'products', 'sku'),
                 ('stock', 'location_code', 'locations', 'location_code'), ('bundle_components', 'sku', 'products', 'sku'), ('bundle_components', 'component_sku', 'products', 'sku'),
                 ('channel_buffers', 'sku', 'products', 'sku'), ('channel_buffers', 'location_code', 'locations', 'location_code'), ('channel_buffers', 'channel_code', 'channels', 'channel_code'),
                 ('supplies', 'sku', 'products', 'sku'), ('supplies', 'location_code', 'locations', 'location_code'), ('shipments', 'order_ref', 'orders', 'order_ref'), ('returns', 'order_ref', 'orders', 'order_ref')) v(relation, column_name, target, target_column)
             WHERE NOT unfit && ARRAY[v.relation || '.' || v.column_name, v.target || '.' || v.target_column] LOOP
        EXECUTE format('SELECT count(*) FROM %1$I.%2$I a WHERE a.%3$I IS NOT NULL AND NOT EXISTS (SELECT FROM %1$I.%4$I b WHERE b.%5$I = a.%3$I)',
                       store, c.relation, c.column_name, c.target, c.target_column) INTO found;
        IF found > 0 THEN
            RETURN QUERY SELECT c.relation, c.column_name, format('%s rows refer to nothing in %s', found, c.target), format('Load the missing rows of %s.', c.target);
        END IF;
    END LOOP;
    FOR c IN SELECT * FROM (VALUES
                 ('markets', 'time_zone', 'lower(time_zone) NOT IN (SELECT lower(z.name) FROM pg_timezone_names z)', 'time zones are unknown', 'Use a name of pg_timezone_names, such as Europe/Berlin: no view can show a day without.'),
                 ('locations', 'time_zone', 'lower(time_zone) NOT IN (SELECT lower(z.name) FROM pg_timezone_names z)', 'time zones are unknown', 'Use a name of pg_timezone_names, such as Europe/Berlin: availability() and views of stock fail without.'),
                 ('markets', 'currency', 'currency !~ ''^[A-Z]{3}$''', 'values are unknown', 'Use ISO 4217 codes, such as EUR.'),
                 ('orders', 'currency', 'currency !~ ''^[A-Z]{3}$''', 'values are unknown', 'Use ISO 4217 codes, such as EUR.'),
                 ('order_lines', 'qty', 'qty <= 0', 'values are not positive', 'A line has one unit or more; what comes back is an event of its line.'),
                 ('order_lines', 'unit_price', 'unit_price IN (''NaN'', ''Infinity'', ''-Infinity'')', 'values are no amount', 'Every sum over them is none either.'),
                 ('order_lines', 'discount_amount', 'discount_amount IN (''NaN'', ''Infinity'', ''-Infinity'')', 'values are no amount', 'Every sum over them is none either.'),
                 ('order_lines', 'tax_amount', 'tax_amount IN (''NaN'', ''Infinity'', ''-Infinity'')', 'values are no amount', 'Every sum over them is none either.'),
                 ('payments', 'amount', 'amount IN (''NaN'', ''Infinity'')', 'values are no amount', 'Every sum over them is none either.'),
                 ('evidence', 'observed_at', 'NOT isfinite(observed_at)', 'times are infinite', 'Set the time when it was seen: customers cannot be made of them.'),
                 ('evidence', 'record_id', 'source = '''' OR record_id = '''' OR octet_length(source) > 512 OR octet_length(record_id) > 512', 'rows name no record, or one by more than 512 bytes', 'Both source and record_id have 1 to 512 bytes.'),
                 ('source_records', 'first_seen_at', 'NOT isfinite(first_seen_at)', 'times are infinite', 'Set the time when it was seen: customers cannot be made of them.'),
                 ('source_records', 'record_id', 'source = '''' OR record_id = '''' OR octet_length(source) > 512 OR octet_length(record_id) > 512', 'rows name no record, or one by more than 512 bytes', 'Both source and record_id have 1 to 512 bytes.'),
                 ('links', 'decided_at', 'NOT isfinite(decided_at)', 'times are infinite', 'Set the time when it was decided: customers cannot be made of them.'),
                 ('links', 'record_id', 'source = '''' OR record_id = '''' OR other_source = '''' OR other_record_id = '''' OR greatest(octet_length(source), octet_length(record_id), octet_length(other_source), octet_length(other_record_id)) > 512', 'rows name no record, or one by more than 512 bytes', 'Both source and record_id have 1 to 512 bytes.'),
                 ('stock', 'reserved', 'reserved < 0', 'values are negative', 'The views show no atp for them.'),
                 ('stock', 'safety_stock', 'safety_stock < 0', 'values are negative', 'The views show no atp for them.'),
                 ('stock', 'backorder_limit', 'backorder_limit < 0', 'values are negative', 'The views show no atp for them.')) v(relation, column_name, test, what, advice)
             WHERE v.relation || '.' || v.column_name <> ALL (unfit) LOOP
        EXECUTE format('SELECT count(*) FROM %I.%I WHERE %s', store, c.relation, c.test) INTO found;
        IF found > 0 THEN
            RETURN QUERY SELECT c.relation, c.column_name, format('%s %s', found, c.what), c.advice;
        END IF;
    END LOOP;
    -- lines with an event that is no move, or whose events take more units out of a state than came into it
    IF NOT unfit && '{order_lines.order_ref,order_lines.line_no,order_lines.qty,order_line_events.order_ref,order_line_events.line_no,order_line_events.qty,order_line_events.from_state,order_line_events.to_state}' THEN
        EXECUTE replace('SELECT count(*) FROM (SELECT e.order_ref, e.line_no, bool_and(e.sound) AS sound, omni.order_line_state(e.qty, e.from_state, e.to_state) FILTER (WHERE e.sound) AS moves '
            'FROM (SELECT x.*, coalesce(x.qty > 0 AND omni.single_state(x.from_state) AND omni.single_state(x.to_state), false) AS sound FROM @.order_line_events x) e GROUP BY e.order_ref, e.line_no) g '
            'LEFT JOIN @.order_lines l ON l.order_ref = g.order_ref AND l.line_no = g.line_no '
            'WHERE NOT g.sound OR omni.order_quantities_try(omni.order_moves_add(g.moves, coalesce(l.qty, 0), NULL, ''open''::omni.order_state)) IS NULL', '@', quote_ident(store)) INTO found;
        IF found > 0 THEN
            RETURN QUERY SELECT 'order_line_events', 'qty', format('the events of %s lines do not add up', found), 'Events are missing or wrong; the views show these lines as the source says, or as open.';
        END IF;
    END IF;
END $$;
COMMENT ON FUNCTION omni.check_store(text) IS 'what is wrong with a store: missing tables and columns, values of adopted relations that do not parse, rows that refer to nothing, events that do not add up; no row means that all is well';

CREATE FUNCTION omni.status(OUT item text, OUT value text, OUT hint text)
    RETURNS SETOF record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    sql_version text := (SELECT extversion FROM pg_extension WHERE extname = 'omni');
    offered text := (SELECT default_version FROM pg_available_extensions WHERE name = 'omni');
    s record;
    info record;
BEGIN
    RETURN QUERY SELECT 'library', omni.library_version(),
        CASE WHEN omni.library_version() <> coalesce(offered, omni.library_version()) THEN format('The files on disk are of %s: start a new session, or restart the server if omni is preloaded.', offered) END;
    RETURN QUERY SELECT 'extension', sql_version, CASE WHEN sql_version <> omni.library_version() THEN 'ALTER EXTENSION omni UPDATE;' END;
    RETURN QUERY SELECT 'canonical rules', omni.canon_version(), NULL::text;
    RETURN QUERY SELECT 'ICU', omni.icu_version(), NULL::text;
    RETURN QUERY SELECT 'server', current_setting('server_version'),
        CASE WHEN current_setting('server_version_num')::int BETWEEN 150000 AND 150019 THEN 'Update to the latest minor release of PostgreSQL 15.' END;
    RETURN QUERY SELECT 'keyring', k.value, k.hint FROM omni.keyring_status() k;
    FOR s IN SELECT ns.nspname, has_schema_privilege(ns.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS readable FROM pg_class c JOIN pg_namespace ns ON ns.oid = c.relnamespace
             WHERE c.relname = 'store_info' AND omni.store_is(ns.nspname) ORDER BY 1 LOOP
        IF s.readable THEN
            SELECT * INTO info FROM omni.store_info(s.nspname);
            RETURN QUERY SELECT 'store ' || s.nspname, info.version || CASE WHEN info.detached IS NOT NULL THEN ', detached' ELSE '' END,
                CASE WHEN info.detached IS NOT NULL THEN format('SELECT omni.attach_store(%L);', s.nspname)
                     WHEN info.version <> sql_version THEN format('SELECT omni.migrate_store(%L);', s.nspname) END;
        ELSE
            RETURN QUERY SELECT 'store ' || s.nspname, NULL::text, 'You may not read this store.';
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION omni.status() IS 'versions of library, SQL, canonical rules, ICU and every store, and the state of the keyring, with a hint on each mismatch';

/*
 * ---- store: how ingest() reads rows of the user's ----
 *
 * A mapping names columns: they are looked up in the catalog and quoted, never run as text. What
 * a value means must not depend on a setting: a time without zone, a float, an interval are refused.
 */

/* what these expressions let pass, timestamptz's input takes, under any setting */
CREATE FUNCTION omni.store_time(said text)
    RETURNS timestamptz LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 5
RETURN CASE WHEN said ~ ('^\s*(?!0000)(\d{4}-((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|1\d|2[0-8]))'
                         '|(\d\d(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)'
                         '[ T]([01]\d|2[0-3]):[0-5]\d(:([0-5]\d|60)(\.\d{1,9})?)?\s*(Z|z|UTC|GMT|[+-](0\d|1[0-4])(:?[0-5]\d)?)\s*$')
            THEN said::timestamptz END;
COMMENT ON FUNCTION omni.store_time(text) IS 'the time that a text of ISO 8601 with a zone says, under any setting; NULL where it is none';

CREATE FUNCTION omni.store_time_problem(said text)
    RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 5
RETURN CASE WHEN omni.store_time(said) IS NOT NULL THEN NULL
            WHEN said ~ '^\s*$' THEN 'empty'
            WHEN said ~* '^\s*[+-]?infinity\s*$' THEN 'infinite'
            WHEN said ~ '^\s*\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?\s*$' THEN 'no_zone'
            WHEN said ~ '^\s*\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?\s*(Z|z|UTC|GMT|[+-]\d\d(:?\d\d)?)\s*$' THEN 'out_of_range'
            ELSE 'syntax' END;
COMMENT ON FUNCTION omni.store_time_problem(text) IS 'why store_time() gives NULL: empty, infinite, no_zone, out_of_range or syntax; NULL where it gives a time';

CREATE FUNCTION omni.store_mapping(mapping jsonb, OUT n bigint, OUT role text, OUT name text, OUT column_name text, OUT region text, OUT region_column text)
    RETURNS SETOF record LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    example CONSTANT text := '{"record_id": "id", "observed_at": "updated_at", "identifiers": {"email": "mail", "phone": {"column": "tel", "region": "DE"}}, "attributes": ["first_name", "last_name"]}';
    wrong text;
    part record;
    said jsonb;
    attributes jsonb;
BEGIN
    IF mapping IS NULL OR jsonb_typeof(mapping) <> 'object' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the mapping of a batch has to be an object', HINT = example;
    END IF;
    SELECT string_agg(left(k, 64), ', ') INTO wrong FROM jsonb_object_keys(mapping) k WHERE k NOT IN ('record_id', 'observed_at', 'identifiers', 'attributes');
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('unknown key of a mapping: %s', wrong),
            HINT = 'Its keys are record_id, observed_at, identifiers and attributes.';
    END IF;
    n := 0;
    FOREACH role IN ARRAY '{record_id,observed_at}'::text[] LOOP
        CONTINUE WHEN role = 'observed_at' AND NOT mapping ? role;
        IF jsonb_typeof(mapping -> role) IS DISTINCT FROM 'string' THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('"%s" of a mapping has to be the name of a column', role), HINT = example;
        END IF;
        n := n + 1;
        column_name := mapping ->> role;
        RETURN NEXT;
    END LOOP;

    role := 'identifier';
    IF jsonb_typeof(coalesce(mapping -> 'identifiers', '{}')) <> 'object' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = '"identifiers" of a mapping has to be an object of kinds and columns', HINT = example;
    END IF;
    FOR part IN SELECT i.key, i.value FROM jsonb_each(coalesce(mapping -> 'identifiers', '{}')) i ORDER BY i.key COLLATE "C" LOOP
        name := part.key;
        IF name !~ '^[a-z][a-z0-9_]{0,31}$' THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('no kind of identifiers: %L', left(name, 64)),
                HINT = 'A kind is a lower-case letter followed by such letters, digits and _, at most 32 in all: email, phone, loyalty.';
        END IF;
        FOR said IN SELECT c.value FROM jsonb_array_elements(CASE jsonb_typeof(part.value) WHEN 'array' THEN part.value ELSE jsonb_build_array(part.value) END) c LOOP
            region := NULL;
            region_column := NULL;
            IF jsonb_typeof(said) = 'string' THEN
                column_name := said #>> '{}';
            ELSIF jsonb_typeof(said) <> 'object' OR jsonb_typeof(said -> 'column') IS DISTINCT FROM 'string' OR said ?& '{region,region_column}'
                OR EXISTS (SELECT FROM jsonb_each(said) o WHERE o.key NOT IN ('column', 'region', 'region_column') OR jsonb_typeof(o.value) <> 'string') THEN
                RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('identifiers of kind %s have to be columns', name),
                    HINT = '"mail", ["card", "old_card"], {"column": "tel", "region": "DE"} or {"column": "tel", "region_column": "country"}';
            ELSIF said ?| '{region,region_column}' AND name <> 'phone' THEN
                RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('identifiers of kind %s have no region', name),
                    HINT = 'A region is for phone numbers without +.';
            ELSIF omni.phone_problem('1', said ->> 'region') = 'region' THEN
                RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('unknown region: %L', left(said ->> 'region', 64)),
                    HINT = 'A region is a two-letter code of ISO 3166, such as US, GB or DE.';
            ELSE
                column_name := said ->> 'column';
                region := said ->> 'region';
                region_column := said ->> 'region_column';
            END IF;
            n := n + 1;
            RETURN NEXT;
        END LOOP;
    END LOOP;

    role := 'attribute';
    region := NULL;
    region_column := NULL;
    attributes := coalesce(mapping -> 'attributes', '{}');
    IF jsonb_typeof(attributes) = 'array' AND NOT EXISTS (SELECT FROM jsonb_array_elements(attributes) a WHERE jsonb_typeof(a.value) <> 'string') THEN
        attributes := (SELECT coalesce(jsonb_object_agg(a.value, a.value), '{}') FROM jsonb_array_elements_text(attributes) a);
    END IF;
    IF jsonb_typeof(attributes) <> 'object' OR EXISTS (SELECT FROM jsonb_each(CASE jsonb_typeof(attributes) WHEN 'object' THEN attributes ELSE '{}' END) a WHERE jsonb_typeof(a.value) <> 'string') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = '"attributes" of a mapping has to be an array of columns, or an object of names and columns',
            HINT = '["first_name", "last_name"] or {"first_name": "vorname"}';
    END IF;
    FOR name, column_name IN SELECT a.key, a.value FROM jsonb_each_text(attributes) a ORDER BY a.key COLLATE "C" LOOP
        n := n + 1;
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION omni.store_mapping(jsonb) IS 'what a mapping of ingest() says: which columns, and what each is for, after checking it';

/* jsonb_build_object() of names and expressions, in turn, any number of them: a function takes a hundred arguments */
CREATE FUNCTION omni.store_object(pairs text[])
    RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN coalesce((SELECT string_agg(o.part, ' || ' ORDER BY o.chunk) FROM
    (SELECT (u.i - 1) / 80 AS chunk, format('jsonb_build_object(%s)', string_agg(u.pair, ', ' ORDER BY u.i)) AS part FROM unnest(pairs) WITH ORDINALITY u(pair, i) GROUP BY 1) o), 'NULL::jsonb');
COMMENT ON FUNCTION omni.store_object(text[]) IS 'the expression that makes an object of names and expressions, in turn';

/*
 * The query that reads a batch: one row a row, with what was made of it, or with bad, the columns that
 * do not parse and why. Without a batch it reads pg_temp.omni_redrive, whose raw is such a row as rejects
 * keeps it. An attribute that may be too much for a profile makes its row large: such a row is tried by itself.
 */
CREATE FUNCTION omni.store_batch(batch regclass, mapping jsonb)
    RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    clip CONSTANT integer := 67108864;    -- bytes: no profile holds more
    begins CONSTANT text := 'too large, begins';
    relation record;
    c record;
    m record;
    k text;
    region text;
    reason text;
    is_time boolean;
    shown jsonb := '{}';      -- by column: how it is called in the query, and its expressions as text and as jsonb
    columns text[] := '{}';   -- lists of the query
    raws text[] := '{}';
    parsed text[] := '{}';
    identifiers text[] := '{}';
    attributes text[] := '{}';
    large text[] := '{false}';
    reasons text[] := '{}';
    names text[] := '{}';
    bad text[] := '{}';
BEGIN
    PERFORM FROM omni.store_mapping(mapping);
    SELECT r.relkind, format('%I.%I', ns.nspname, r.relname) AS name INTO relation FROM pg_class r JOIN pg_namespace ns ON ns.oid = r.relnamespace WHERE r.oid = batch;
    IF batch IS NOT NULL AND (relation.relkind IS NULL OR relation.relkind NOT IN ('r', 'v', 'm', 'p', 'f')) THEN
        RAISE EXCEPTION USING ERRCODE = 'wrong_object_type', MESSAGE = 'a batch has to be a table or a view', HINT = 'Land the feed in a table, and name that.';
    END IF;

    FOR c IN SELECT u.name, a.attnum, format_type(a.atttypid, NULL) AS type, CASE t.typbasetype WHEN 0 THEN t.oid ELSE t.typbasetype END::regtype AS base, a.atttypid,
                    t.typcategory IN ('S', 'E') OR t.typnamespace = to_regnamespace('omni') AS is_text, t.typcategory = 'A' AS is_array,
                    e.typcategory IN ('S', 'E') OR e.typnamespace = to_regnamespace('omni')
                        OR e.oid IN ('boolean'::regtype, 'int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype, 'uuid'::regtype, 'date'::regtype) AS has_plain_elements
             FROM (SELECT v.name, min(s.n) AS n FROM omni.store_mapping(mapping) s, LATERAL (VALUES (s.column_name), (s.region_column)) v(name) WHERE v.name IS NOT NULL GROUP BY v.name) u
             LEFT JOIN pg_attribute a ON a.attrelid = batch AND a.attname = u.name AND a.attnum > 0 AND NOT a.attisdropped
             LEFT JOIN pg_type t ON t.oid = a.atttypid
             LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A' ORDER BY u.n LOOP
        k := 'b' || cardinality(columns) + 1;
        IF batch IS NULL THEN
            columns := columns || format('b.raw -> %L AS %s', c.name, k);
            shown := shown || jsonb_build_object(c.name, jsonb_build_object('k', k, 'base', 'jsonb', 'text', format('(%s #>> ''{}'')', k), 'json', k));
            CONTINUE;
        END IF;
        IF c.attnum IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'undefined_column', MESSAGE = format('the batch has no column %I', left(c.name, 64)),
                DETAIL = format('%s has the columns %s.', batch, (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = batch AND a.attnum > 0 AND NOT a.attisdropped)),
                HINT = 'Name columns in the mapping as they are in the catalog: in lower case, where they were made without quotes.';
        END IF;
        IF NOT has_column_privilege(batch, c.attnum, 'SELECT') THEN
            RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = format('%I may not read column %I of the batch', current_user, c.name),
                HINT = format('GRANT SELECT ON %s TO %I.', batch, current_user);
        END IF;
        columns := columns || format('b.%I AS %s', c.name, k);
        shown := shown || jsonb_build_object(c.name, jsonb_build_object('k', k, 'base', c.base, 'type', c.type, 'is_array', c.is_array, 'text', omni.store_column(c.atttypid, k, 'text'), 'json', CASE
            WHEN c.is_text THEN format('to_jsonb(%s::text)', k)
            WHEN c.base = 'timestamptz'::regtype THEN format('CASE WHEN isfinite(%1$s) THEN to_jsonb((to_jsonb(%1$s AT TIME ZONE ''UTC'') #>> ''{}'') || ''+00:00'') ELSE to_jsonb(%1$s) END', k)
            WHEN c.base IN ('boolean'::regtype, 'int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype, 'uuid'::regtype, 'jsonb'::regtype, 'date'::regtype, 'timestamp'::regtype, 'time'::regtype)
                OR c.has_plain_elements THEN format('to_jsonb(%s)', k) END));
        -- of a text beyond all limits only the beginning is kept, in an object that no reader takes for the text
        raws := raws || format('%L', c.name) || CASE WHEN c.is_text THEN format('CASE WHEN octet_length(%1$s::text) > %2$s THEN jsonb_build_object(%3$L, left(%1$s::text, 1000)) ELSE to_jsonb(%1$s::text) END', k, clip, begins)
            ELSE coalesce(shown -> c.name ->> 'json', 'NULL::jsonb') END;
    END LOOP;

    FOR m IN SELECT s.*, x.k, x.base::regtype, x.type, x.is_array, x.text, x.json, r.text AS region_text, r.type AS region_type
             FROM omni.store_mapping(mapping) s, jsonb_to_record(shown -> s.column_name) x(k text, base text, type text, is_array boolean, text text, json text),
                  jsonb_to_record(coalesce(shown -> s.region_column, '{}')) r(type text, text text) ORDER BY s.n LOOP
        is_time := m.base = 'timestamptz'::regtype;
        IF (CASE m.role WHEN 'attribute' THEN m.json IS NULL
                       WHEN 'observed_at' THEN NOT is_time AND (m.text IS NULL OR m.base NOT IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype, 'jsonb'::regtype))
                       ELSE m.text IS NULL END) THEN
            RAISE EXCEPTION USING ERRCODE = 'datatype_mismatch', MESSAGE = format('column %I of the batch is %s, which is no %s', m.column_name, m.type, m.role),
                DETAIL = CASE m.role WHEN 'observed_at' THEN 'A time is a timestamptz, or a text of ISO 8601 with a zone.' ELSE 'What its values are depends on settings, or cannot be told.' END,
                HINT = CASE WHEN m.base IN ('timestamp'::regtype, 'date'::regtype) THEN 'Say whose time it is: make a view that has it AT TIME ZONE ''Europe/Berlin'', for example, and ingest the view.'
                            ELSE 'Make a view that casts it, to text or numeric for example, and ingest the view.' END;
        ELSIF m.region_column IS NOT NULL AND m.region_text IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'datatype_mismatch', MESSAGE = format('column %I of the batch is %s, which is no region', m.region_column, m.region_type),
                HINT = 'A region is a text of two letters, such as US, GB or DE.';
        END IF;
        reason := NULL;
        CASE m.role
        WHEN 'record_id' THEN
            parsed := parsed || format('%s AS record_id', m.text);
            reason := 'CASE WHEN record_id IS NULL THEN ''missing'' WHEN record_id = '''' THEN ''empty'' '
                'WHEN octet_length(record_id) > 128 AND octet_length(convert_to(record_id, ''UTF8'')) > 512 THEN ''too_long'' END';
        WHEN 'observed_at' THEN
            parsed := parsed || format('%s AS observed_at', CASE WHEN is_time THEN m.k || '::timestamptz' ELSE format('omni.store_time(%s)', m.text) END);
            reason := CASE WHEN is_time THEN 'CASE WHEN observed_at IS NULL THEN ''missing'' WHEN NOT isfinite(observed_at) THEN ''infinite'' END'
                ELSE format('CASE WHEN observed_at IS NULL THEN coalesce(omni.store_time_problem(%s), ''missing'') END', m.text) END;
        WHEN 'identifier' THEN
            -- an empty value is no identifier, and no damage either
            region := coalesce(m.region_text, quote_nullable(m.region) || '::text');
            parsed := parsed || format('omni.identifier_try(%L, %s, %s) AS i%s', m.name, m.text, region, m.n);
            identifiers := identifiers || format('i%s', m.n);
            reason := format('CASE WHEN i%4$s IS NULL AND %2$s <> '''' AND omni.identifier_problem(''x'', %2$s) IS DISTINCT FROM ''empty'' THEN omni.identifier_problem(%1$L, %2$s, %3$s) END', m.name, m.text, region, m.n);
        WHEN 'attribute' THEN
            attributes := attributes || format('%L', m.name) || m.json;
            IF m.base = 'jsonb'::regtype THEN
                large := large || format('pg_column_size(%1$s) > 100000 OR jsonb_path_exists(%1$s, ''$.**{90}'')', m.k);
            ELSIF m.is_array THEN
                large := large || format('pg_column_size(%s) > 100000', m.k);
            ELSIF m.text IS NOT NULL THEN
                large := large || format('octet_length(%s) > 100000', m.text);
                reason := format('CASE WHEN octet_length(%s) > %s THEN ''too_large'' END', m.text, clip);
            END IF;
        END CASE;
        IF batch IS NULL THEN
            reason := format('CASE WHEN %s ? %L THEN ''too_large''%s END', m.k, begins, coalesce(' ELSE ' || reason, ''));
        END IF;
        IF reason IS NOT NULL THEN
            reasons := reasons || format('%s AS r%s', reason, m.n);
            names := names || format('r%s', m.n);
            bad := bad || format('[%L, r%s]', m.column_name, m.n);
        END IF;
    END LOOP;
    IF NOT mapping ? 'observed_at' THEN
        parsed := parsed || CASE WHEN batch IS NULL THEN 'rejected_at AS observed_at' ELSE 'now() AS observed_at' END;
    END IF;

    RETURN format($q$
SELECT reject, record_id, observed_at, %1$s::omni.identifier[] AS identifiers, attributes, bad, coalesce(large, false) AS large, CASE WHEN bad IS NOT NULL OR large THEN %2$s END AS raw
FROM (SELECT *, CASE WHEN bad IS NULL THEN %3$s END AS attributes, CASE WHEN bad IS NULL THEN %4$s END AS large
    FROM (SELECT *, CASE WHEN coalesce(%5$s) IS NOT NULL THEN ARRAY[%6$s]::text[] END AS bad
        FROM (SELECT *, %7$s
            FROM (SELECT *, %8$s FROM (SELECT %9$s, %10$s) b OFFSET 0) b) b OFFSET 0) b OFFSET 0) b$q$,
        CASE identifiers WHEN '{}' THEN 'NULL' ELSE format('(CASE WHEN coalesce(%1$s) IS NOT NULL THEN ARRAY[%1$s] END)', array_to_string(identifiers, ', ')) END,
        CASE WHEN batch IS NULL THEN 'raw' ELSE omni.store_object(raws) END,
        omni.store_object(attributes), array_to_string(large, ' OR '), array_to_string(names || 'NULL'::text, ', '), array_to_string(bad, ', '),
        array_to_string(reasons, ', '), array_to_string(parsed, ', '), array_to_string(columns, ', '),
        CASE WHEN batch IS NULL THEN 'b.reject, b.rejected_at, b.raw FROM pg_temp.omni_redrive b' ELSE format('NULL::text AS reject FROM %s b', relation.name) END);
END $$;
COMMENT ON FUNCTION omni.store_batch(regclass, jsonb) IS 'the query by which ingest() reads a batch under a mapping, or redrive() rejects';

CREATE FUNCTION omni.store_identify(store regnamespace, identifiers text[], source text, record_id text, at timestamptz, attributes jsonb)
    RETURNS bigint LANGUAGE c VOLATILE COST 1000 AS 'MODULE_PATHNAME', 'store_identify';
COMMENT ON FUNCTION omni.store_identify(regnamespace, text[], text, text, timestamptz, jsonb) IS 'for identify() of a store: writes a record of somebody new or of one customer, and says whose it is. NULL where there is more to decide, and nothing was written';
CREATE FUNCTION omni.store_identify_let_go()
    RETURNS void LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'store_identify_let_go';
COMMENT ON FUNCTION omni.store_identify_let_go() IS 'for identify() of a store: lets go of the locks that store_identify() kept for it where there was more to decide';

CREATE FUNCTION omni.store_reserve(store regnamespace, order_ref text, lines jsonb, ttl interval, idempotency_key text, partial boolean, split boolean, channel text)
    RETURNS integer LANGUAGE c VOLATILE COST 1000 AS 'MODULE_PATHNAME', 'store_reserve';
COMMENT ON FUNCTION omni.store_reserve(regnamespace, text, jsonb, interval, text, boolean, boolean, text) IS 'for reserve() of a store: holds units for an order, all that it says or, if partial is true, what there is; ttl NULL: until they are shipped or released; the key and the channel may be NULL. Gives the number of rows of the answer';
CREATE FUNCTION omni.store_reserved(number integer, OUT line integer, OUT sku text, OUT location text, OUT qty bigint, OUT reservation_id bigint, OUT expires_at timestamptz)
    RETURNS record LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'store_reserved';
COMMENT ON FUNCTION omni.store_reserved(integer) IS 'for reserve() of a store: a row of the answer of the last store_reserve() of this session';
CREATE FUNCTION omni.store_movements_by_now(store regnamespace, sku text, keys text[])
    RETURNS bigint LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'store_movements_by_now';
COMMENT ON FUNCTION omni.store_movements_by_now(regnamespace, text, text[]) IS 'for functions of a store: how many movements of a SKU have one of these keys by now, whatever an older snapshot of the transaction shows';
CREATE FUNCTION omni.store_lock_slots(store regnamespace, sku text, location text, slots integer)
    RETURNS void LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'store_lock_slots';
COMMENT ON FUNCTION omni.store_lock_slots(regnamespace, text, text, integer) IS 'for functions of a store, which hold the row of stock: let nobody else take from these slots of a SKU at a location, from 0 on, until the transaction ends';
CREATE FUNCTION omni.store_slots(store regnamespace, sku text, location text, slots integer)
    RETURNS bigint LANGUAGE c VOLATILE COST 1000 AS 'MODULE_PATHNAME', 'store_slots';
COMMENT ON FUNCTION omni.store_slots(regnamespace, text, text, integer) IS 'for functions of a store: hold the units of a SKU at a location in so many slots, evenly, after tidying expired reservations; NULL slots: in as many as before. Gives the units in slots, NULL without stock';

/*
 * ---- store: the ledger of consent ----
 *
 * An entry is bound by its commitment, SHA-256 of 32 random bytes and of what it says, and the entries of a record are bound to each
 * other by chain hashes: SHA-256 of the chain hash before, the number, the time recorded and the commitment. Once salt and words are
 * erased the commitment tells nothing, and the chain is whole.
 */
CREATE FUNCTION omni.store_consent_said(source text, record_id text, purpose text, decision text, event_at timestamptz, expires_at timestamptz, basis text, channel text, jurisdiction text, explicit boolean,
                                        source_kind text, collection_method text, controller text, notice_id text, notice_version text, notice_language text, notice_hash text, proof text, details jsonb)
    RETURNS text LANGUAGE sql STABLE PARALLEL SAFE COST 10
RETURN jsonb_strip_nulls(jsonb_build_object('source', source, 'record_id', record_id, 'purpose', purpose, 'decision', decision, 'event_at', extract(epoch FROM event_at),
    'expires_at', extract(epoch FROM nullif(expires_at, 'infinity')), 'basis', basis, 'channel', channel, 'jurisdiction', jurisdiction, 'explicit', explicit, 'source_kind', source_kind,
    'collection_method', collection_method, 'controller', controller, 'notice_id', notice_id, 'notice_version', notice_version, 'notice_language', notice_language, 'notice_hash', notice_hash,
    'proof', proof, 'details', details::text))::text;
COMMENT ON FUNCTION omni.store_consent_said(text, text, text, text, timestamptz, timestamptz, text, text, text, boolean, text, text, text, text, text, text, text, text, jsonb) IS 'what an entry of the ledger of consent says but for who recorded it, as one text that no setting changes';

CREATE FUNCTION omni.store_commitment(salt bytea, said text)
    RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 5
RETURN sha256(salt || convert_to(said, 'UTF8'));
COMMENT ON FUNCTION omni.store_commitment(bytea, text) IS 'what binds an entry of the ledger of consent to what it says, and without the salt tells nothing';

CREATE FUNCTION omni.store_chain_hash(previous bytea, ledger_no bigint, recorded_at timestamptz, commitment bytea)
    RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 5
RETURN sha256(coalesce(previous, sha256('omni ledger of consent 1'::bytea)) || int8send(ledger_no) || timestamptz_send(recorded_at) || commitment);
COMMENT ON FUNCTION omni.store_chain_hash(bytea, bigint, timestamptz, bytea) IS 'the chain hash of an entry of the ledger of consent; previous is NULL for the first';
