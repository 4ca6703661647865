-- order states against the platforms' own words and transitions, and the aggregates in every plan
\set have_shared `test -f "$OMNI_SHARED/vectors/inventory/transitions.tsv" && echo 1 || echo 0`
SELECT plan(22);
SET search_path = public, omni;

-- every stored text of the map is canonical: order_state_map() gives it as it is printed
SELECT is_empty('SELECT * FROM order_state_map() WHERE state IS NOT NULL AND order_state_from(platform, status, detail) IS DISTINCT FROM state',
    'order_state_from agrees with order_state_map');
SELECT is_empty('SELECT * FROM order_state_map() WHERE payment IS NOT NULL AND payment_status_from(platform, upper(status), detail) IS DISTINCT FROM payment',
    'payment_status_from agrees with order_state_map, in any case');
SELECT is_empty('SELECT * FROM order_state_map() WHERE state IS NULL AND order_state_from_try(platform, status, detail) IS NOT NULL', 'a status that tells nothing has no state');
SELECT is_empty('SELECT platform, detail, lower(status) FROM order_state_map() GROUP BY 1, 2, 3 HAVING count(*) > 1', 'no word is twice in an entity');
SELECT is((SELECT count(DISTINCT platform)::int FROM order_state_map()), 11, 'ten platforms, Spree and Solidus each');
SELECT is_empty($$SELECT * FROM order_state_map() WHERE payment NOT IN ('unpaid', 'pending', 'partially_authorized', 'authorized', 'partially_paid', 'paid', 'overpaid',
    'partially_refunded', 'refunded', 'voided', 'expired', 'failed', 'charged_back', 'refund_pending', 'refund_failed', 'refund_declined')$$, 'payment names are those documented');

-- the map of others: platform, machine, status, axis, name
CREATE TEMP TABLE vector_map (system text, machine text, status text, axis text, omni_state text, note text);
CREATE TEMP TABLE vector_move (system text, machine text, from_state text, to_state text, event text);
\if :have_shared
\copy vector_map FROM PROGRAM 'tail -n +2 "$OMNI_SHARED/vectors/inventory/state_map.tsv"' (DELIMITER E'\t', NULL '')
\copy vector_move FROM PROGRAM 'tail -n +2 "$OMNI_SHARED/vectors/inventory/transitions.tsv"' (DELIMITER E'\t', NULL '')
DELETE FROM vector_map WHERE system IN ('ibm_sterling', 'oracle_xstore', 'fabric_oms');	-- not among the ten
-- entities under our names
CREATE TEMP TABLE entity (system text, machine text, platform text, detail text);
INSERT INTO entity VALUES
    ('saleor', 'OrderStatus', 'saleor', 'order'), ('saleor', 'FulfillmentStatus', 'saleor', 'fulfillment'),
    ('saleor', 'OrderAuthorizeStatus', 'saleor', 'authorize_status'), ('saleor', 'OrderChargeStatus', 'saleor', 'charge_status'),
    ('medusa', 'OrderStatus', 'medusa', 'order'), ('medusa', 'FulfillmentStatus', 'medusa', 'fulfillment_status'),
    ('medusa', 'PaymentStatus', 'medusa', 'payment_status'), ('medusa', 'ReturnStatus', 'medusa', 'return'), ('medusa', 'order_item quantities', 'medusa', 'item_quantity'),
    ('vendure', 'order', 'vendure', 'order'), ('vendure', 'fulfillment', 'vendure', 'fulfillment'), ('vendure', 'payment', 'vendure', 'payment'), ('vendure', 'refund', 'vendure', 'refund'),
    ('solidus', 'order', 'solidus', 'order'), ('solidus', 'shipment_state(header)', 'solidus', 'shipment_state'), ('solidus', 'shipment', 'solidus', 'shipment'),
    ('solidus', 'inventory_unit', 'solidus', 'inventory_unit'), ('solidus', 'payment_state(header)', 'solidus', 'payment_state'), ('solidus', 'payment', 'solidus', 'payment'),
    ('solidus', 'return_item_reception', 'solidus', 'return_item_reception'), ('solidus', 'return_item_acceptance', 'solidus', 'return_item_acceptance'),
    ('solidus', 'reimbursement', 'solidus', 'reimbursement'), ('solidus', 'return_authorization', 'solidus', 'return_authorization'),
    ('spree6', 'order.status', 'spree', 'order'), ('spree6', 'fulfillment_status', 'spree', 'fulfillment_status'), ('spree6', 'payment_status', 'spree', 'payment_status'), ('spree6', 'return.status', 'spree', 'return'),
    ('sylius', 'order_shipping', 'sylius', 'shipping_state'), ('sylius', 'order_payment', 'sylius', 'payment_state'),
    ('magento', 'order.state', 'magento', 'order'), ('magento', 'order_item status', 'magento', 'item'), ('magento', 'order_item qty columns', 'magento', 'item_quantity'),
    ('shopify', 'Order.displayFinancialStatus', 'shopify', 'financial_status'), ('shopify', 'Order.displayFulfillmentStatus', 'shopify', 'fulfillment_status'),
    ('shopify', 'FulfillmentOrder.status', 'shopify', 'fulfillment_order'), ('shopify', 'FulfillmentOrder.requestStatus', 'shopify', 'request_status'),
    ('shopify', 'Fulfillment.displayStatus', 'shopify', 'fulfillment'), ('shopify', 'Return.status', 'shopify', 'return'), ('shopify', 'Order.returnStatus', 'shopify', 'return_status'),
    ('commercetools', 'orderState', 'commercetools', 'order'), ('commercetools', 'shipmentState', 'commercetools', 'shipment_state'), ('commercetools', 'paymentState', 'commercetools', 'payment_state'),
    ('commercetools', 'returnShipmentState', 'commercetools', 'return_shipment_state'), ('commercetools', 'returnPaymentState', 'commercetools', 'return_payment_state'),
    ('ofbiz', 'order', 'ofbiz', 'order'), ('ofbiz', 'order_item', 'ofbiz', 'item'), ('ofbiz', 'payment_pref', 'ofbiz', 'payment'), ('ofbiz', 'return', 'ofbiz', 'return');

-- two rows of Magento's store pickup are events of a module, not words of a status
DELETE FROM vector_map WHERE system = 'magento' AND machine = 'in-store pickup';
CREATE TEMP VIEW mapped AS
SELECT v.*, e.platform, e.detail, m.status IS NOT NULL AS known, m.state, m.payment
FROM vector_map v LEFT JOIN entity e USING (system, machine)
LEFT JOIN order_state_map() m ON (m.platform, m.detail, m.status) = (e.platform, e.detail, v.status);
SELECT is_empty('SELECT system, machine, status FROM mapped WHERE NOT known', 'every status word of the vectors is known');

-- the vectors' name for each word against ours: label, return label, flag or payment; a word with several meanings has one here
CREATE TEMP TABLE other_name (name text, ours text);
INSERT INTO other_name VALUES ('unfulfilled', 'open'), ('confirmed', 'open'), ('ordered', 'open'), ('on_hold', 'open'), ('requested', 'return_requested'), ('approved', 'return_approved'), ('in_transit', 'return_in_transit'),
    ('received', 'return_received'), ('inspected', 'return_inspected'), ('declined', 'return_declined'), ('canceled', 'return_canceled'), ('expired', 'return_expired'), ('lost', 'return_lost'),
    ('kept', 'return_kept'), ('returned', 'return_received'), ('returned', 'returned'), ('received', 'returned'), ('exchanged', 'returned'), ('partially_received', 'partially_returned'), ('restocked', 'returned'), ('written_off', 'returned'), ('inspected', 'returned'),
    ('completed', 'returned');
CREATE TEMP TABLE map_difference (system text, machine text, status text, reason text);
INSERT INTO map_difference VALUES
    ('medusa', 'OrderStatus', 'archived', 'any order that was completed, canceled or a draft can be archived'),
    ('medusa', 'ReturnStatus', 'open', 'an open return is being drawn up, before it is requested'),
    ('solidus', 'return_item_reception', 'shipped_wrong_item', 'declined: our rejected is a fulfillment node that refuses'),
    ('magento', 'order.state', 'complete', 'complete means invoiced and shipped, nothing of delivery'),
    ('magento', 'order.state', 'closed', 'closed means all refunded, shipped or not'),
    ('magento', 'order.state', 'payment_review', 'held before it is confirmed'),
    ('magento', 'order_item status', 'Partial', 'also an item of which a part is invoiced and nothing shipped'),
    ('magento', 'order_item status', 'Mixed', 'any other combination'),
    ('shopify', 'Order.displayFulfillmentStatus', 'REQUEST_DECLINED', 'some items only'),
    ('shopify', 'FulfillmentOrder.requestStatus', 'CANCELLATION_REQUESTED', 'the node still has the units: acknowledged'),
    ('shopify', 'FulfillmentOrder.status', 'ON_HOLD', 'assigned to a node: allocated{on_hold}'),
    ('shopify', 'Fulfillment.displayStatus', 'FAILURE', 'the fulfillment request failed: nothing was sent out'),
    ('shopify', 'Order.returnStatus', 'NO_RETURN', 'says nothing of where the units are'),
    ('sylius', 'order_payment', 'cart', 'its payment state says that nothing is paid'),
    ('commercetools', 'shipmentState', 'Delayed', 'the shipment is late, whether sent or not'),
    ('commercetools', 'paymentState', 'CreditOwed', 'the reference says: on a credit basis'),
    ('ofbiz', 'order', 'ORDER_REJECTED', 'declined: our rejected is a fulfillment node that refuses');
CREATE TEMP VIEW differing AS
SELECT system, machine, status, omni_state, state, payment FROM mapped m
WHERE omni_state IS DISTINCT FROM CASE axis WHEN 'payment' THEN payment ELSE label(state) END
  AND NOT EXISTS (SELECT FROM other_name n WHERE n.name = m.omni_state AND n.ours IN (label(m.state), return_label(m.state)))
  AND NOT coalesce(m.axis = 'return' AND m.omni_state = return_label(m.state), false);
SELECT is_empty('SELECT * FROM differing WHERE (system, machine, status) NOT IN (SELECT system, machine, status FROM map_difference)', 'each word means what the vectors say, or is listed with the reason');
SELECT is_empty('SELECT * FROM map_difference WHERE (system, machine, status) NOT IN (SELECT system, machine, status FROM differing)', 'no difference is listed that is none');
SELECT diag(format('%s status words of the vectors, %s listed as different', (SELECT count(*) FROM mapped), (SELECT count(*) FROM map_difference)));

-- transitions of the platforms
UPDATE vector_move v SET from_state = p.prefix || from_state, to_state = p.prefix || to_state
FROM (VALUES ('order', 'ORDER_'), ('order_item', 'ITEM_'), ('payment_pref', 'PAYMENT_'), ('return', 'RETURN_')) p(machine, prefix) WHERE v.system = 'ofbiz' AND v.machine = p.machine;
CREATE TEMP TABLE move_checked AS
SELECT v.*, f.state AS f, t.state AS t, f.status IS NOT NULL AND (t.status IS NOT NULL OR v.to_state IS NULL) AS known,
       f.state IS NULL AND f.payment IS NOT NULL AS is_payment, x.legal, x.reason
FROM vector_move v JOIN entity e USING (system, machine)
LEFT JOIN order_state_map() f ON (f.platform, f.detail, f.status) = (e.platform, e.detail, v.from_state)
LEFT JOIN order_state_map() t ON (t.platform, t.detail, t.status) = (e.platform, e.detail, v.to_state)
LEFT JOIN LATERAL order_transition(f.state, t.state) x ON true;
SELECT is((SELECT count(*) FROM move_checked), (SELECT count(*) FROM vector_move), 'each machine of the transitions is an entity here');
SELECT is_empty('SELECT system, machine, from_state, to_state FROM move_checked WHERE NOT known', 'each state of the transitions is known');

CREATE TEMP TABLE move_reason (system text, machine text, from_state text, to_state text, reason text);
INSERT INTO move_reason VALUES
    ('vendure', 'order', 'PartiallyShipped', 'Cancelled', 'shipped units come back through a return'),
    ('vendure', 'order', 'Shipped', 'Cancelled', 'shipped units come back through a return'),
    ('vendure', 'order', 'PartiallyDelivered', 'Cancelled', 'delivered units come back through a return'),
    ('vendure', 'order', 'Delivered', 'Cancelled', 'delivered units come back through a return'),
    ('vendure', 'order', 'Shipped', 'PartiallyDelivered', 'the platform does not say that the rest is shipped: it may be open'),
    ('vendure', 'order', 'PartiallyShipped', 'Modifying', 'Modifying hides how far the units are'),
    ('vendure', 'order', 'Shipped', 'Modifying', 'Modifying hides how far the units are'),
    ('vendure', 'order', 'PartiallyDelivered', 'Modifying', 'Modifying hides how far the units are'),
    ('vendure', 'order', 'Modifying', 'PartiallyShipped', 'Modifying holds the order and hides how far the units are'),
    ('vendure', 'order', 'Modifying', 'Shipped', 'Modifying holds the order and hides how far the units are'),
    ('vendure', 'order', 'Modifying', 'PartiallyDelivered', 'Modifying holds the order and hides how far the units are'),
    ('vendure', 'fulfillment', 'Shipped', 'Cancelled', 'a parcel that comes back is undeliverable, or a return'),
    ('vendure', 'fulfillment', 'Delivered', 'Cancelled', 'delivered units come back through a return'),
    ('solidus', 'shipment', 'ready', 'pending', 'a node gives units back as rejected or short'),
    ('solidus', 'shipment', 'canceled', 'shipped', 'canceled is final: what is wanted after all is ordered anew'),
    ('solidus', 'shipment', 'canceled', 'ready', 'canceled is final: what is wanted after all is ordered anew'),
    ('solidus', 'shipment', 'canceled', 'pending', 'canceled is final: what is wanted after all is ordered anew'),
    ('solidus', 'inventory_unit', 'shipped', 'canceled', 'shipped units come back through a return'),
    ('solidus', 'return_item_acceptance', 'accepted', 'manual_intervention_required', 'an inspection is not undone'),
    ('ofbiz', 'order', 'ORDER_APPROVED', 'ORDER_PROCESSING', 'a confirmed order is not unconfirmed'),
    ('ofbiz', 'order', 'ORDER_HOLD', 'ORDER_PROCESSING', 'a confirmed order is not unconfirmed; the hold status hides that it was not'),
    ('ofbiz', 'order', 'ORDER_COMPLETED', 'ORDER_APPROVED', 'units handed over come back through a return'),
    ('ofbiz', 'order_item', 'ITEM_COMPLETED', 'ITEM_APPROVED', 'units handed over come back through a return'),
    ('ofbiz', 'return', 'RETURN_RECEIVED', 'RETURN_CANCELLED', 'goods that are here are inspected or declined');
SELECT is_empty($$SELECT system, machine, from_state, to_state, f, t, reason FROM move_checked m WHERE NOT legal
    AND NOT EXISTS (SELECT FROM move_reason r WHERE (r.system, r.machine, r.from_state, r.to_state) = (m.system, m.machine, m.from_state, m.to_state))$$, 'a move legal there is legal here, or is listed with the reason');
SELECT is_empty($$SELECT * FROM move_reason r WHERE NOT EXISTS (SELECT FROM move_checked m WHERE NOT legal
    AND (r.system, r.machine, r.from_state, r.to_state) = (m.system, m.machine, m.from_state, m.to_state))$$, 'no move is listed that is legal');
SELECT diag(format('%s moves of units legal, %s listed with a reason, %s moves of payments (amounts here), %s final states: %s',
    count(*) FILTER (WHERE legal), count(*) FILTER (WHERE NOT legal), count(*) FILTER (WHERE is_payment AND to_state IS NOT NULL), count(*) FILTER (WHERE to_state IS NULL), coalesce(system, 'all platforms')))
FROM move_checked GROUP BY ROLLUP (system) ORDER BY system;
\else
SELECT skip('no ../shared/vectors', 7);
\endif

-- all plans give the same, and memory is linear in the groups
CREATE TABLE ev (line int, qty bigint, from_state order_state, to_state order_state, s order_state, q order_quantities);
INSERT INTO ev SELECT i % 5000, 1 + i % 7, CASE WHEN i % 3 > 0 THEN 'open'::order_state END, CASE i % 3 WHEN 0 THEN 'open' WHEN 1 THEN 'shipped' ELSE 'canceled' END::order_state,
    (ARRAY['open', 'packed', 'shipped', 'delivered', 'canceled', 'delivered+return_received', '[open..shipped]{on_hold}'])[1 + (i * 7919) % 7]::order_state,
    order_quantities(1 + i % 5, (ARRAY['open', 'packed', 'shipped', 'lost'])[1 + i % 4]::order_state)
FROM generate_series(1, 60000) i;
ALTER TABLE ev SET (parallel_workers = 2);
ANALYZE ev;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE serial AS SELECT line, order_state_agg(s), order_line_state(qty, from_state, to_state), order_quantities_agg(q) FROM ev GROUP BY line;
CREATE TABLE serial_all AS SELECT order_state_agg(s), order_line_state(qty, from_state, to_state), order_quantities_agg(q) FROM ev;
SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET enable_hashagg = on;
CREATE FUNCTION plan_of(query text) RETURNS text LANGUAGE plpgsql AS $$ DECLARE r text; t text := ''; BEGIN FOR r IN EXECUTE 'EXPLAIN ' || query LOOP t := t || r || E'\n'; END LOOP; RETURN t; END $$;
SELECT matches(plan_of('SELECT order_state_agg(s), order_line_state(qty, from_state, to_state), order_quantities_agg(q) FROM ev'), 'Partial Aggregate', 'the plan over all rows is parallel');
CREATE TABLE parallel_all AS SELECT order_state_agg(s), order_line_state(qty, from_state, to_state), order_quantities_agg(q) FROM ev;
SELECT is((SELECT v::text FROM parallel_all v), (SELECT v::text FROM serial_all v), 'serial = parallel');
CREATE TABLE parallel AS SELECT line, order_state_agg(s), order_line_state(qty, from_state, to_state), order_quantities_agg(q) FROM ev GROUP BY line;
SELECT is((SELECT md5(string_agg(v::text, ',' ORDER BY line)) FROM parallel v), (SELECT md5(string_agg(v::text, ',' ORDER BY line)) FROM serial v), 'serial = parallel, by group');
SET max_parallel_workers_per_gather = 0; SET enable_hashagg = off;
SELECT is((SELECT md5(string_agg(v::text, ',' ORDER BY line)) FROM (SELECT line, order_state_agg(s), order_line_state(qty, from_state, to_state), order_quantities_agg(q) FROM ev GROUP BY line) v),
    (SELECT md5(string_agg(v::text, ',' ORDER BY line)) FROM serial v), 'sorted = hashed');
SET enable_hashagg = on; SET work_mem = '64kB';
SELECT is((SELECT md5(string_agg(v::text, ',' ORDER BY line)) FROM (SELECT line, order_state_agg(s), order_line_state(qty, from_state, to_state), order_quantities_agg(q) FROM ev GROUP BY line) v),
    (SELECT md5(string_agg(v::text, ',' ORDER BY line)) FROM serial v), 'spilled = in memory');
RESET work_mem;
SELECT is((SELECT order_quantities(rollup(o)) FROM (SELECT order_quantities_state(q) AS o FROM ev GROUP BY line) v), (SELECT order_quantities_agg(q) FROM ev), 'rollup of stored states = one aggregate');

-- GROUP BY into n groups, twelve rows a group: time per group does not grow
CREATE FUNCTION group_ms(n int, query text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE best float8 := 'infinity'; t float8; BEGIN
    FOR i IN 1..4 LOOP
        t := split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::float8;
        EXECUTE format('SELECT count(*) FROM (SELECT g, %s FROM generate_series(1, 12) k, generate_series(1, %s) g GROUP BY g) v', query, n);
        best := least(best, split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::float8 - t);
    END LOOP;
    RETURN best / 1e6;
END $$;
SET work_mem = '512MB';
CREATE TEMP TABLE linear AS SELECT a, n, group_ms(n, a) AS ms FROM unnest(ARRAY[$$order_state_agg('open')$$, $$order_line_agg(1, NULL, 'open'::omni.order_state)$$, $$order_quantities_agg('{open:1}')$$]) a, unnest('{20000,40000,80000}'::int[]) n;
SELECT ok(b.ms / a.ms < 10, format('%s: 20k %s ms, 40k %s ms, 80k %s ms', a.a, a.ms::int, m.ms::int, b.ms::int))
FROM linear a JOIN linear m ON m.a = a.a AND m.n = 40000 JOIN linear b ON b.a = a.a AND b.n = 80000 WHERE a.n = 20000 ORDER BY a.a;
SELECT diag(format('20000 groups %s ms, 40k %s ms, 80k %s ms: %s', a.ms::int, m.ms::int, b.ms::int, a.a))
FROM linear a JOIN linear m ON m.a = a.a AND m.n = 40000 JOIN linear b ON b.a = a.a AND b.n = 80000 WHERE a.n = 20000 ORDER BY a.a;
SELECT * FROM finish();
