SET search_path = public, omni;
SET client_min_messages = warning;
-- BER has tea and cups, HAM tea, MUC cups; each unit once
CREATE TEMP TABLE line (order_ref text, sku text, qty int, destination text, priority int, placed_at timestamptz);
INSERT INTO line VALUES ('A', 'TEA', 1, 'DE', NULL, '2026-01-01 10:00+00'), ('B', 'TEA', 1, 'DE', NULL, '2026-01-01 11:00+00'), ('B', 'CUP', 1, 'DE', NULL, '2026-01-01 11:00+00');
CREATE TEMP TABLE shelf (sku text, node text, available int);
INSERT INTO shelf VALUES ('TEA', 'BER', 1), ('CUP', 'BER', 1), ('TEA', 'HAM', 1), ('CUP', 'MUC', 1);
CREATE TEMP TABLE shelves AS SELECT sku, array_agg(node) AS node, array_agg(available) AS available FROM shelf GROUP BY sku;
CREATE TEMP TABLE fact (node text, destination text, fixed_cost numeric, days int, capacity int);
INSERT INTO fact VALUES ('BER', NULL, 4, 1, NULL), ('HAM', NULL, 5, 2, NULL), ('MUC', NULL, 6, 2, NULL);

-- one by one A takes what is cheapest for it, and B needs two shipments; together A takes the other one
SELECT * FROM route_batch('line', 'shelf', 'fact', rounds => 0);
SELECT * FROM route_batch('line', 'shelf', 'fact');
SELECT * FROM route_batch('line', 'shelves', 'fact', NULL);
-- nothing is told of the nodes: shipments alone
SELECT * FROM route_batch('line', 'shelf');
SELECT * FROM route_batch('line', 'shelf', options => '{"split": "none"}', rounds => 0);
-- an order with a priority is before those without; the last one waits for units that others have
INSERT INTO line VALUES ('C', 'CUP', 1, 'DE', NULL, '2026-01-01 12:00+00'), ('C', 'TEA', 1, 'DE', NULL, '2026-01-01 12:00+00'), ('0', 'CUP', 1, 'DE', 1, NULL);
SELECT * FROM route_batch('line', 'shelf', 'fact');
-- partial: as many units as possible
SELECT * FROM route_batch('line', 'shelf', 'fact', '{"partial": true}');
DELETE FROM line WHERE order_ref IN ('C', '0');

-- what has no row in the stock, what has none left, and what is too far away
CREATE TEMP TABLE odd AS VALUES ('A', 'NEW', 1), ('B', 'GONE', 1), ('C', 'TEA', 1), ('C', 'GONE', 1), ('D', 'FAR', 1), ('E', 'TEA', 2), ('F', 'TEA', 9);
ALTER TABLE odd RENAME column1 TO order_ref;
ALTER TABLE odd RENAME column2 TO sku;
ALTER TABLE odd RENAME column3 TO qty;
CREATE TEMP TABLE odd_stock AS SELECT * FROM shelf UNION ALL VALUES ('GONE', 'BER', 0), ('FAR', 'HAM', 5);
SELECT * FROM route_batch('odd', 'odd_stock', 'fact', '{"max_days": 1}');
SELECT * FROM route_batch('odd', 'odd_stock', 'fact', '{"split": "units"}');
-- lines of one SKU are added up; SKUs are in the order of their ids, numbers before texts
CREATE TEMP TABLE numbered (order_ref bigint, sku bigint, qty numeric);
INSERT INTO numbered VALUES (10, 2, 1), (9, 11, 1), (9, 2, 1), (9, 11, 1.0);
CREATE TEMP TABLE numbered_stock (sku int, node smallint[], available bigint[]);
INSERT INTO numbered_stock VALUES (2, '{10,9}', '{1,1}'), (11, '{9}', '{2}'), (99, '{7}', '{1}'), (98, '{}', '{}');
SELECT * FROM route_batch('numbered', 'numbered_stock');
-- a capacity is of all orders together
UPDATE fact SET capacity = 1 WHERE node = 'BER';
SELECT * FROM route_batch('line', 'shelf', 'fact');
UPDATE fact SET capacity = NULL;
-- facts: of the destination before those of any, of the SKU before those of the node
CREATE TEMP TABLE duty (node text, destination text, sku text, method text, fixed_cost numeric, unit_duty numeric, days int, past_cutoff boolean, ineligible text);
INSERT INTO duty VALUES ('BER', NULL, NULL, NULL, 4, 0, 1, NULL, NULL), ('HAM', NULL, NULL, NULL, 4, 0, 2, NULL, NULL), ('HAM', 'CH', NULL, NULL, 9, NULL, NULL, NULL, NULL), ('BER', NULL, 'TEA', NULL, NULL, 3, NULL, NULL, NULL), ('HAM', 'CH', 'TEA', NULL, NULL, 7, NULL, NULL, NULL),
    ('MUC', 'DE', NULL, 'pickup', 0, 0, 0, NULL, NULL), ('MUC', NULL, NULL, 'ship', 3, 0, 3, true, NULL);
CREATE TEMP VIEW one_line AS SELECT 'O' AS order_ref, 'TEA' AS sku, 1 AS qty, d AS destination FROM (VALUES ('DE')) v(d);
SELECT * FROM route_batch('one_line', 'shelf', 'duty', '{"objective": ["duties", "cost"]}');
CREATE OR REPLACE TEMP VIEW one_line AS SELECT 'O' AS order_ref, 'TEA' AS sku, 1 AS qty, 'CH' AS destination;
SELECT * FROM route_batch('one_line', 'shelf', 'duty', '{"objective": ["duties", "cost"]}');
CREATE OR REPLACE TEMP VIEW one_line AS SELECT 'O' AS order_ref, 'CUP' AS sku, 1 AS qty, 'DE' AS destination;
SELECT * FROM route_batch('one_line', 'shelf', 'duty', '{"objective": ["cost"]}');
SELECT * FROM route_batch('one_line', 'shelf', 'duty', '{"objective": ["cost"], "methods": ["ship"]}');
UPDATE duty SET ineligible = 'fire' WHERE node = 'BER';
SELECT * FROM route_batch('one_line', 'shelf', 'duty', '{"objective": ["cost"], "methods": ["ship"]}');
-- nothing to route
SELECT * FROM route_batch((SELECT oid::regclass FROM pg_class WHERE oid = 'line'::regclass), 'shelf') WHERE false;
CREATE TEMP VIEW nothing AS SELECT * FROM line WHERE false;
SELECT * FROM route_batch('nothing', 'shelf', 'fact');
CREATE TEMP VIEW no_stock AS SELECT * FROM shelf WHERE false;
SELECT * FROM route_batch('line', 'no_stock', 'fact');

-- refused: what and how it could be right
CREATE FUNCTION batch_refused(lines regclass, stock regclass, facts regclass DEFAULT NULL, options jsonb DEFAULT '{}', rounds int DEFAULT 3) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    m text; d text; h text;
BEGIN
    PERFORM * FROM route_batch(lines, stock, facts, options, rounds);
    RETURN 'not refused';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS m = MESSAGE_TEXT, d = PG_EXCEPTION_DETAIL, h = PG_EXCEPTION_HINT;
    RETURN concat_ws(E'\n', SQLSTATE || ' ' || m, nullif(d, ''), nullif(h, ''));
END $$;
\pset format unaligned
\pset tuples_only on
SELECT batch_refused(NULL, 'shelf');
SELECT batch_refused('line', NULL);
SELECT batch_refused('line', 'shelf', 'fact', '{}', -1);
SELECT batch_refused('line', 'shelf', 'fact', '{}', NULL);
SELECT batch_refused('line', 'shelf', 'fact', '{"object": 1}');
SELECT batch_refused('line', 'shelf', 'fact', '[]');
SELECT batch_refused('shelf', 'shelf');
SELECT batch_refused('line', 'line');
SELECT batch_refused('line', 'shelf', 'line');
SELECT batch_refused('line', 'shelf', 'shelf');
SELECT batch_refused('pg_class_oid_index', 'shelf');
SELECT batch_refused(4294967295::oid::regclass, 'shelf');
-- facts that are needed and not told, the missing pair of a duty table among them
SELECT batch_refused('line', 'shelf', NULL, '{"objective": ["cost"]}');
SELECT batch_refused('line', 'shelf', 'fact', '{"objective": ["duties"]}');
UPDATE duty SET ineligible = NULL;
CREATE OR REPLACE TEMP VIEW one_line AS SELECT 'O' AS order_ref, 'CUP' AS sku, 1 AS qty, 'CH' AS destination;
DELETE FROM duty WHERE node = 'MUC';
SELECT batch_refused('one_line', 'shelf', 'duty', '{"objective": ["duties"]}');
SELECT * FROM route_batch('one_line', 'shelf', 'duty', '{"objective": ["duties"], "unknown": "ineligible"}');
-- values
CREATE FUNCTION refused_line(order_ref text, sku text, qty text, type text DEFAULT 'bigint') RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TEMP VIEW bad AS SELECT %L::text AS order_ref, %L::text AS sku, %L::%s AS qty', order_ref, sku, qty, type);
    RETURN batch_refused('bad', 'shelf');
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE FUNCTION bad_line(order_ref text, sku text, qty text, type text DEFAULT 'bigint') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    said text := refused_line(order_ref, sku, qty, type);
BEGIN
    DROP VIEW IF EXISTS bad;
    RETURN said;
END $$;
SELECT bad_line(NULL, 'TEA', '1');
SELECT bad_line('A', NULL, '1');
SELECT bad_line('A', 'TEA', NULL);
SELECT bad_line('', 'TEA', '1');
SELECT bad_line('A', 'TEA', '0');
SELECT bad_line('A', 'TEA', '-1');
SELECT bad_line('A', 'TEA', '1000000001');
SELECT bad_line('A', 'TEA', '1.5', 'numeric');
SELECT bad_line('A', 'TEA', 'NaN', 'numeric');
SELECT bad_line('A', 'TEA', '99999999999999999999999', 'numeric');
SELECT bad_line('A', 'TEA', '1', 'text');
SELECT bad_line('A', 'TEA', '{1}', 'int[]');
INSERT INTO line VALUES ('B', 'CUP', 1, 'CH', NULL, '2026-01-01 11:00+00');
SELECT batch_refused('line', 'shelf');
UPDATE line SET destination = 'DE', qty = 600000000 WHERE order_ref = 'B';
SELECT batch_refused('line', 'shelf');
DELETE FROM line WHERE qty > 1;
INSERT INTO shelf VALUES ('TEA', 'BER', 2);
SELECT batch_refused('line', 'shelf');
DELETE FROM shelf WHERE available = 2;
BEGIN;
UPDATE shelf SET available = -1 WHERE node = 'MUC';
SELECT batch_refused('line', 'shelf');
UPDATE shelf SET available = NULL WHERE node = 'MUC';
SELECT batch_refused('line', 'shelf');
UPDATE shelves SET available = '{1}' WHERE sku = 'TEA';
SELECT batch_refused('line', 'shelves');
UPDATE shelves SET available = '{1,NULL}' WHERE sku = 'TEA';
SELECT batch_refused('line', 'shelves');
UPDATE shelves SET node = '{{BER,HAM}}', available = '{{1,2}}' WHERE sku = 'TEA';
SELECT batch_refused('line', 'shelves');
CREATE TEMP VIEW half AS SELECT sku, node, 1 AS available FROM shelves;
SELECT batch_refused('line', 'half');
UPDATE fact SET fixed_cost = -1 WHERE node = 'HAM';
SELECT batch_refused('line', (SELECT 'no_stock'::regclass), 'fact');
UPDATE fact SET fixed_cost = 5 WHERE node = 'HAM';
INSERT INTO fact VALUES ('HAM', NULL, 5, 2, NULL);
SELECT batch_refused('line', 'odd_stock', 'fact');
UPDATE fact SET destination = 'DE', capacity = 4 + days WHERE ctid = (SELECT max(ctid) FROM fact);
UPDATE fact SET capacity = 7 WHERE node = 'HAM' AND destination IS NULL;
SELECT batch_refused('line', 'odd_stock', 'fact');
UPDATE duty SET fixed_cost = 1 WHERE sku IS NOT NULL;
SELECT batch_refused('line', 'odd_stock', 'duty');
ROLLBACK;
-- as the caller: no rights, no rows; and no rights are lent
CREATE ROLE omni_batch_user;
SET ROLE omni_batch_user;
SELECT batch_refused('line', 'shelf');
RESET ROLE;
DROP ROLE omni_batch_user;
-- names are quoted, and nothing is looked up in the search path
CREATE SCHEMA "batch; DROP";
CREATE TABLE "batch; DROP"."li""ne" AS SELECT order_ref, sku, qty FROM line;
SET search_path = '';
SELECT count(*) FROM omni.route_batch('"batch; DROP"."li""ne"', 'pg_temp.shelf', 'pg_temp.fact');
RESET search_path;
SET search_path = public, omni;
SET client_min_messages = warning;
DROP SCHEMA "batch; DROP" CASCADE;
DROP FUNCTION batch_refused, refused_line, bad_line;
