-- ingest() of new records with two identifiers each, beside a plain INSERT ... SELECT of the same rows: those that ingest
-- writes, into the same tables, prepared beforehand; and the rows of the batch into one table with a key. And how it goes on: a batch
-- into a store that has ten times as much, of new people, of known ones, and the same batch again.
\if :{?records} \else \set records 1000000 \endif
SET maintenance_work_mem = '256MB';
SET work_mem = '64MB';
SET timezone = 'UTC';
CREATE TABLE public.batch (id text PRIMARY KEY, updated_at timestamptz, mail text, tel text, first_name text, last_name text);
CREATE FUNCTION public.people(source text, first bigint, last bigint, known bigint) RETURNS SETOF public.batch LANGUAGE sql AS $$
SELECT source || i, '2024-01-01Z'::timestamptz + (hashint8(i)::bigint & 33554431) * interval '1 s', 'Customer' || CASE WHEN known > 0 THEN (hashint8(i)::bigint & 2147483647) % known ELSE i END || '@Example.com', '+4930' || 10000000 + i,
    'First' || i % 1009, 'Last' || i % 7919 FROM generate_series(first, last) i ORDER BY hashint8(i) $$;
INSERT INTO public.batch SELECT * FROM public.people('r', 1, :records, 0);
VACUUM ANALYZE public.batch;
\set map '{"record_id": "id", "observed_at": "updated_at", "identifiers": {"email": "mail", "phone": "tel"}, "attributes": ["first_name", "last_name"]}'
CREATE FUNCTION public.ingest(store text, source text, mapping jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    r text;
BEGIN
    EXECUTE format('SELECT t::text FROM %I.ingest(''public.batch'', $1, $2) t', store) INTO r USING source, mapping;
    RETURN r;
END $$;

-- what ingest writes, once
SELECT omni.create_store('shop');
SELECT public.ingest('shop', 'crm', :'map');
SELECT format('# %s records: %s customers, %s identifiers, %s pieces of evidence', :records, (SELECT count(*) FROM shop.customers), (SELECT count(*) FROM shop.identities), (SELECT count(*) FROM shop.evidence));
CREATE TABLE public.k1 AS TABLE shop.customers;
CREATE TABLE public.k2 AS TABLE shop.source_records;
CREATE TABLE public.k3 AS TABLE shop.evidence;
CREATE TABLE public.k4 AS TABLE shop.identities;
VACUUM ANALYZE public.k1, public.k2, public.k3, public.k4;
SET client_min_messages = error;
DROP SCHEMA shop, shop_bi, shop_pii CASCADE;

-- a fresh store for each run: it is made before the clock starts
CREATE TABLE public.stores (n int GENERATED ALWAYS AS IDENTITY, name text);
SELECT omni.create_store('s' || i) FROM generate_series(1, 4) i;
CREATE FUNCTION public.fresh() RETURNS text LANGUAGE sql AS $$ INSERT INTO public.stores (name) SELECT 's' || 1 + count(*) FROM public.stores RETURNING name $$;
CREATE FUNCTION public.plain() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    s text := public.fresh();
BEGIN
    EXECUTE format('INSERT INTO %I.customers SELECT * FROM public.k1', s);
    EXECUTE format('INSERT INTO %I.source_records SELECT * FROM public.k2', s);
    EXECUTE format('INSERT INTO %I.evidence SELECT * FROM public.k3', s);
    EXECUTE format('INSERT INTO %I.identities SELECT * FROM public.k4', s);
END $$;
CREATE TABLE public.one (LIKE public.batch INCLUDING ALL);
SELECT bench.compare('ingest, new records of two identifiers', 'omni / peer <= 3', format('SELECT public.ingest(public.fresh(), ''crm'', %L)', :'map'),
    'INSERT ... SELECT of the same rows', 'SELECT public.plain()', NULL, 2);
SELECT bench.compare('the rows of the batch into one table with a key', NULL, 'TRUNCATE public.one; INSERT INTO public.one TABLE public.batch', NULL, NULL, NULL, 1);

-- and on: a tenth more
ANALYZE s1.customers, s1.source_records, s1.evidence, s1.identities;
CREATE FUNCTION public.load(source text, first bigint, last bigint, known bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    TRUNCATE public.batch;
    INSERT INTO public.batch SELECT * FROM public.people(source, first, last, known);
END $$;
SELECT public.load('n', 2 * :records, 2 * :records + :records / 10, 0);
SELECT bench.compare('a tenth more, of new people', NULL, format('SELECT public.ingest(''s1'', ''crm'', %L)', :'map'), NULL, NULL, NULL, 1);
SELECT bench.compare('the same tenth again', NULL, format('SELECT public.ingest(''s1'', ''crm'', %L)', :'map'), NULL, NULL, NULL, 1);
SELECT public.load('k', 3 * :records, 3 * :records + :records / 10, :records);
SELECT bench.compare('a tenth more, of known people', NULL, format('SELECT public.ingest(''s1'', ''crm'', %L)', :'map'), NULL, NULL, NULL, 1);
