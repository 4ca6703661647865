-- store.sql: a store for the retailer, with its market, channels, locations and clean master data.
-- psql -v dir=DIRECTORY of the generated feeds
SELECT omni.create_store('shop');

INSERT INTO shop.markets (market_code, name, country, currency, time_zone) VALUES ('DE', 'Germany', 'DE', 'EUR', 'Europe/Berlin');
INSERT INTO shop.channels (channel_code, name, kind, market_code) VALUES
    ('web', 'Web shop', 'web', 'DE'), ('pos', 'Stores', 'pos', 'DE'), ('marketplace', 'Marketplace', 'marketplace', 'DE'), ('callcenter', 'Call center', 'call_center', 'DE');
INSERT INTO shop.locations (location_code, name, kind, market_code, latitude, longitude, pickup, ready_minutes) VALUES
    ('WH-BERLIN', 'Warehouse Berlin', 'warehouse', 'DE', 52.52, 13.40, false, 120),
    ('ST-MUNICH', 'Store Munich', 'store', 'DE', 48.14, 11.58, true, 45), ('ST-COLOGNE', 'Store Cologne', 'store', 'DE', 50.94, 6.96, true, 45);

\set copy '\\copy shop.products (sku, gtin, title, brand, category) from ' :dir '/products.csv csv'
:copy
\set copy '\\copy shop.sku_aliases (channel_code, raw, sku) from ' :dir '/aliases.csv csv'
:copy
CREATE TEMP TABLE delivered (sku text, location text, qty bigint);
\set copy '\\copy delivered from ' :dir '/stock.csv csv'
:copy
SELECT count(*) AS received FROM shop.receive((SELECT jsonb_agg(to_jsonb(d)) FROM delivered d), 'first delivery');
DROP TABLE delivered;

-- the feeds land as they come: every column is text, nothing is refused here
CREATE SCHEMA staging;
CREATE TABLE staging.web (order_no text, line_no text, placed_at text, email text, phone text, card text, name text, sku text, qty text, price text, currency text, status text);
CREATE TABLE staging.pos (receipt text, line_no text, sold_at text, till text, card text, phone text, barcode text, qty text, price text, currency text);
CREATE TABLE staging.marketplace (order_id text, line_no text, purchased_at text, email text, phone text, seller_sku text, qty text, price text, currency text, status text);
CREATE TABLE staging.callcenter (ticket text, line_no text, taken_at text, email text, phone text, name text, article text, qty text, price text, currency text, status text);
CREATE TABLE staging.events (order_ref text, line_no text, event_key text, qty text, from_state text, to_state text, occurred_at text);

-- contacts of three systems, and a mailbox that is the same for all spellings of an address
CREATE TABLE staging.contact (source text, record_id text, seen_at text, account text, first_name text, last_name text, birth_date text, postal_code text, city text, email text, phone text);
CREATE VIEW staging.crm AS SELECT c.*, omni.email_key(omni.email_try(c.email), 'omni') AS mailbox FROM staging.contact c WHERE source = 'crm';
CREATE VIEW staging.newsletter AS SELECT c.*, omni.email_key(omni.email_try(c.email), 'omni') AS mailbox FROM staging.contact c WHERE source = 'newsletter';
CREATE VIEW staging.support AS SELECT c.*, omni.email_key(omni.email_try(c.email), 'omni') AS mailbox FROM staging.contact c WHERE source = 'support';

-- the four feeds in one shape: still raw, but with the names of the model
CREATE VIEW staging.line AS
SELECT 'web' AS feed, order_no AS order_ref, line_no::int, placed_at::timestamptz AS placed_at, email, phone, card, 'sku' AS code_column, sku AS code,
       qty::bigint, price::numeric AS price, currency, status, 'vendure' AS platform, to_jsonb(w) AS raw FROM staging.web w
UNION ALL
SELECT 'pos', receipt, line_no::int, to_timestamp(sold_at, 'DD.MM.YYYY HH24:MI')::timestamp AT TIME ZONE 'Europe/Berlin', NULL, phone, card, 'barcode', barcode,
       qty::bigint, replace(price, ',', '.')::numeric, currency, NULL, NULL, to_jsonb(p) FROM staging.pos p
UNION ALL
SELECT 'marketplace', order_id, line_no::int, purchased_at::timestamptz, email, phone, NULL, 'seller_sku', seller_sku,
       qty::bigint, price::numeric, currency, status, 'shopify', to_jsonb(m) FROM staging.marketplace m
UNION ALL
SELECT 'callcenter', ticket, line_no::int, to_timestamp(taken_at, 'DD.MM.YYYY HH24:MI')::timestamp AT TIME ZONE 'Europe/Berlin', email, phone, NULL, 'sku', article,
       qty::bigint, price::numeric, currency, status, 'magento', to_jsonb(c) FROM staging.callcenter c;
