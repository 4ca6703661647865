-- examples/relay: calls are passed on once, in their order, and stay if the command fails.
SELECT plan(6);
\setenv PGDATABASE :DBNAME
SET client_min_messages = warning;
\o /dev/null
SELECT omni.create_store('shop');
INSERT INTO shop.locations (location_code, name) VALUES ('BER', 'Berlin');
INSERT INTO shop.products (sku) VALUES ('MUG');
SELECT shop.receive(format('[{"sku": "MUG", "location": "BER", "qty": %s}]', n)::jsonb, 'r' || n) FROM generate_series(1, 5) n;
\o
\set failed `sh ../../examples/relay/relay.sh shop 'cat >/dev/null; exit 1' 2>&1`
SELECT is(count(*), 0::bigint, 'a command that fails took nothing') FROM shop.outbox WHERE sent_at IS NOT NULL;
\set first `sh ../../examples/relay/relay.sh shop cat 2 2>&1`
SELECT is(array_agg(l::jsonb ->> 'request_key'), '{r1,r2}', 'two calls are passed on') FROM regexp_split_to_table(:'first', '\n') l;
SELECT is(count(*), 2::bigint, 'and are marked') FROM shop.outbox WHERE sent_at IS NOT NULL;
\set rest `sh ../../examples/relay/relay.sh shop cat 2>&1`
SELECT is(array_agg((l::jsonb #>> '{answer,lines,0,on_hand}')::bigint), '{6,10,15}', 'the others the next time, with their answers') FROM regexp_split_to_table(:'rest', '\n') l;
\set none `sh ../../examples/relay/relay.sh shop 'echo asked' 2>&1`
SELECT is(:'none'::text, '', 'then there is nothing, and nobody is asked');
\set usage `sh ../../examples/relay/relay.sh 2>&1`
SELECT is(:'usage'::text, 'usage: relay.sh STORE COMMAND [MAX]', 'it says how it is called');
SELECT * FROM finish();
