-- sku as a column in every place where PostgreSQL may put a type, and in bulk
SET search_path = public, omni;
SELECT plan(32);

-- bad input of the catalog: refused with this SQLSTATE, and nothing is written
CREATE TABLE item (s sku, s64 sku(64));
SELECT throws_ok(format('INSERT INTO item (%I) VALUES (%L)', col, raw), state, NULL, 'refused: ' || what) FROM (VALUES
    ('s', repeat('x', 256), '54000', '256 bytes'), ('s64', repeat('x', 65), '22001', '65 bytes into sku(64)'), ('s', 'a  b', '22P02', 'two inner spaces'),
    ('s', U&'x\+01F4A5', '22P02', 'emoji'), ('s', U&'\0410BC', '22P02', 'Cyrillic look-alike'), ('s', '1.23457E+11', '22P02', 'scientific notation'),
    ('s', '', '22P02', 'empty string'), ('s', U&'\0378', '22P02', 'unassigned code point'), ('s', 'a|b|c', '22P02', 'two separators')) AS v(col, raw, state, what);
SELECT throws_ok($$SELECT sku_fits('a', 'nowhere')$$, '22023', NULL, 'refused: unknown platform');
SELECT throws_ok($$SELECT repeat('x', 20000000)::sku$$, '54000', NULL, 'refused: 20 MB');
SELECT is((SELECT count(*) FROM item), 0::bigint, 'nothing was written');

-- the table of look-alikes: each of its characters is refused and named, and replacing it gives the SKU in the hint
SELECT is((SELECT array_agg(problem || ': ' || hint ORDER BY o) FROM unnest(ARRAY[U&'\0410B', U&'B\0415', U&'\041D1', U&'\0421\0421', U&'T\039F', U&'\0405X', U&'\13A0', U&'Q\A4D0']) WITH ORDINALITY AS u(raw, o), sku_check(raw)),
          ARRAY['look_alike: If the code is AB, type it in ASCII.', 'look_alike: If the code is BE, type it in ASCII.', 'look_alike: If the code is H1, type it in ASCII.',
                'look_alike: If the code is CC, type it in ASCII.', 'look_alike: If the code is TO, type it in ASCII.', 'look_alike: If the code is SX, type it in ASCII.',
                'look_alike: If the code is D, type it in ASCII.', 'look_alike: If the code is QB, type it in ASCII.'], 'look-alikes of five scripts');
-- every code point: an SKU, or a reason, alike for sku_try and sku_problem; never an error of another kind
SELECT is((SELECT count(*) FROM generate_series(1, 1114111) AS c WHERE c NOT BETWEEN 55296 AND 57343 AND (sku_try('A' || chr(c) || 'B') IS NULL) <> (sku_problem('A' || chr(c) || 'B') IS NOT NULL)), 0::bigint, 'all 1,112,063 code points have an answer');
SELECT is((SELECT count(*) FROM generate_series(128, 1114111) AS c WHERE c NOT BETWEEN 55296 AND 57343 AND c <> 65372 AND sku_try('A' || chr(c) || 'B') IS NOT NULL
           AND upper(normalize(translate('A' || chr(c) || 'B', U&'\2010\2011\2012\2013\2014\2015\2212\FE31\FE32\FE58\207B\208B', '------------'), NFKC)) <> sku('A' || chr(c) || 'B')::text), 0::bigint, 'what is accepted is what normalize() makes of it');

-- containers
CREATE DOMAIN house_sku AS sku CHECK (sku_channel(VALUE) IS NULL);
CREATE TYPE order_line AS (s sku, qty int);
CREATE TABLE parent (s sku PRIMARY KEY, h house_sku, a sku[], l order_line, g sku GENERATED ALWAYS AS (sku_try('shop|' || s::text)) STORED);
INSERT INTO parent (s, h, a, l) VALUES ('a-1', 'a-1', '{a-1,"light blue",shop|b}', '(b-2,3)');
SELECT is((SELECT p::text FROM parent p), '(A-1,A-1,"{A-1,""LIGHT BLUE"",shop|B}","(B-2,3)",shop|A-1)', 'domain, array, composite, generated column');
SELECT throws_ok($$UPDATE parent SET h = 'shop|a'$$, '23514', NULL, 'domain check');
SELECT is((SELECT to_jsonb(p) ->> 'a' FROM parent p), '["A-1", "LIGHT BLUE", "shop|B"]', 'JSON');
SELECT is((SELECT (jsonb_populate_record(NULL::parent, '{"s": " x-9 "}')).s::text), 'X-9', 'from JSON');
CREATE TABLE child (s sku REFERENCES parent ON UPDATE CASCADE);
INSERT INTO child VALUES ('A-1');
UPDATE parent SET s = 'a-2';
SELECT is((SELECT s::text FROM child), 'A-2', 'foreign key with cascade');
SELECT throws_ok($$INSERT INTO child VALUES ('nope')$$, '23503', NULL, 'foreign key');
CREATE TABLE by_hash (s sku) PARTITION BY HASH (s);
SELECT format('CREATE TABLE by_hash_%s PARTITION OF by_hash FOR VALUES WITH (MODULUS 3, REMAINDER %1$s)', i) FROM generate_series(0, 2) AS i \gexec
CREATE TABLE by_range (s sku) PARTITION BY RANGE (s);
CREATE TABLE by_range_m PARTITION OF by_range FOR VALUES FROM (MINVALUE) TO ('m');
CREATE TABLE by_range_z PARTITION OF by_range FOR VALUES FROM ('M') TO (MAXVALUE);
INSERT INTO by_hash SELECT ('x' || i)::sku FROM generate_series(1, 300) AS i;
INSERT INTO by_range VALUES ('l'), ('m'), ('N'), ('shop|a');
SELECT is((SELECT count(DISTINCT tableoid) FROM by_hash), 3::bigint, 'hash partitions');
SELECT is((SELECT string_agg(s::text, ' ' ORDER BY s) FROM by_range_z), 'M N shop|A', 'range partitions');
-- an estimator that is attached to other types reads no constant of theirs
CREATE FUNCTION odd(sku, integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN length($1::text) > $2; END';
CREATE OPERATOR <<<< (LEFTARG = sku, RIGHTARG = integer, FUNCTION = odd, RESTRICT = omni.sku_prefix_sel);
CREATE OPERATOR <<<<< (LEFTARG = sku, RIGHTARG = integer, FUNCTION = odd, RESTRICT = omni.sku_is_variant_sel);
ANALYZE by_hash;
SELECT lives_ok('EXPLAIN SELECT * FROM by_hash WHERE s <<<< 7 AND s <<<<< 7', 'estimators look at the type of a constant first');
CREATE FUNCTION explained(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text; result text := '';
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || query LOOP result := result || line || E'\n'; END LOOP;
    RETURN result;
END $$;
SELECT unalike(explained($$SELECT * FROM by_hash WHERE s = 'X7'::text$$), '%Append%', 'a text operand prunes partitions');

-- joins, sets, windows
SELECT is((SELECT count(*) FROM by_hash a JOIN by_hash b USING (s)), 300::bigint, 'join by hash or merge');
SELECT is((SELECT count(*) FROM by_hash WHERE s = ANY ((SELECT array_agg(s::text) FROM by_hash)::text[])), 300::bigint, '= ANY of a text array');
SELECT is((SELECT count(*) FROM (SELECT s FROM by_hash INTERSECT SELECT s FROM by_hash WHERE s > 'x2'::text) x), 188::bigint, 'INTERSECT');
-- a trigger that compares rows, as restored from a dump: no search_path
CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$ BEGIN IF NEW.s IS DISTINCT FROM OLD.s THEN RAISE EXCEPTION 'changed'; END IF; RETURN NEW; END $$;
CREATE TRIGGER touched BEFORE UPDATE ON child FOR EACH ROW WHEN (NEW.s IS DISTINCT FROM OLD.s) EXECUTE FUNCTION touched();
SELECT lives_ok($$UPDATE child SET s = 'a-2'$$, 'IS DISTINCT FROM: the same SKU in another spelling');
-- row level security does not keep an index from being used
CREATE TABLE guarded AS SELECT ('x' || i)::sku AS s, i FROM generate_series(1, 20000) AS i;
CREATE INDEX ON guarded (s);
ANALYZE guarded;
CREATE ROLE omni_sku_reader;
GRANT SELECT ON guarded TO omni_sku_reader;
GRANT USAGE ON SCHEMA public, omni TO omni_sku_reader;
ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON guarded USING (pg_backend_pid() > 0 AND i > 0);
SET ROLE omni_sku_reader;
SELECT alike(explained($$SELECT * FROM guarded WHERE s = 'x17'::text$$), '%Index Cond: (s = ''X17''::sku)%', 'leakproof: an index under row level security');
SELECT alike(explained($$SELECT * FROM guarded WHERE s <@ 'x17'$$), '%Index Cond: ((s >= ''X17''::sku)%', 'leakproof: variants under row level security');
RESET ROLE;
DROP OWNED BY omni_sku_reader;
DROP ROLE omni_sku_reader;
-- equal values are stored once a list
CREATE TABLE repeated AS SELECT ('SKU-' || i % 100)::sku AS s, ('SKU-' || i % 100)::text COLLATE "C" AS t FROM generate_series(1, 50000) AS i;
CREATE INDEX repeated_s ON repeated (s);
CREATE INDEX repeated_t ON repeated (t);
SELECT cmp_ok(pg_relation_size('repeated_s'), '<=', pg_relation_size('repeated_t'), 'the index removes duplicates as that of text does');
SELECT * FROM finish();
