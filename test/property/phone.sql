-- Laws of type phone on random numbers.
SELECT plan(12);
SELECT setseed(0.42);

-- numbers of many countries and lengths, in an order without meaning
CREATE TABLE number AS
SELECT DISTINCT phone FROM (
    SELECT omni.phone_try('+' || (ARRAY['1','7','20','39','43','44','49','52','54','55','61','86','91','234','358','372','599','800','852','962','998'])[1 + floor(random() * 21)::int]
           || (1 + floor(random() * 9))::int || lpad(floor(random() * 1e12)::bigint::text, 12, '0')::varchar(12)) AS phone FROM generate_series(1, 20000)
    UNION ALL
    SELECT omni.phone_try('+' || (1 + floor(random() * 9))::int || substr(lpad(floor(random() * 1e14)::bigint::text, 14, '0'), 1, 6 + floor(random() * 9)::int))
    FROM generate_series(1, 60000)) g WHERE phone IS NOT NULL;
CREATE TABLE pair AS SELECT a.phone AS a, b.phone AS b FROM
    (SELECT phone, row_number() OVER (ORDER BY random()) AS n FROM number) a JOIN (SELECT phone, row_number() OVER (ORDER BY random()) AS n FROM number) b USING (n);
INSERT INTO pair SELECT a, a FROM pair LIMIT 1000;
SELECT ok(count(*) >= 10000, format('%s random numbers, %s lengths, %s calling codes', count(*), count(DISTINCT length(phone::text)),
          count(DISTINCT omni.phone_country_code(phone)))) FROM number;

SELECT is_empty($$SELECT * FROM pair WHERE
    (a < b) <> (a::text COLLATE "C" < b::text COLLATE "C") OR (a <= b) <> (a::text COLLATE "C" <= b::text COLLATE "C") OR
    (a = b) <> (a::text = b::text) OR (a <> b) <> (a::text <> b::text) OR (a > b) <> (b < a) OR (a >= b) <> (b <= a) OR
    sign(omni.phone_cmp(a, b)) <> (a > b)::int - (a < b)::int OR
    (a < b)::int + (a = b)::int + (a > b)::int <> 1$$, 'the order is total, and that of the digits');
SELECT is_empty($$SELECT * FROM (SELECT row_number() OVER (ORDER BY phone) AS n, row_number() OVER (ORDER BY phone::text COLLATE "C") AS m FROM number) r WHERE n <> m$$,
                'sorting is by digits');
SELECT ok(omni.min(phone)::text = min(phone::text COLLATE "C") AND omni.max(phone)::text = max(phone::text COLLATE "C"), 'min and max') FROM number;
SELECT is_empty($$SELECT * FROM number WHERE omni.phone(phone::text) <> phone OR phone::text::omni.phone::text <> phone::text OR NOT phone = phone::text$$, 'text and back');
SELECT is_empty($$SELECT * FROM number, (VALUES ('US'), ('DE'), ('AR'), (NULL)) r(region) WHERE omni.phone(phone::text, region) IS DISTINCT FROM phone$$,
                'a region does not change an international number');

-- binary and back
SELECT current_setting('data_directory') || '/omni_phone.bin' AS path \gset
COPY number TO :'path' (FORMAT binary);
CREATE TABLE back (LIKE number);
COPY back FROM :'path' (FORMAT binary);
SELECT set_eq('SELECT phone::text FROM back', 'SELECT phone::text FROM number', 'binary and back');

-- the same number written in other ways is the same value: bytes and hash
CREATE TABLE written AS
SELECT phone, omni.phone(regexp_replace(phone::text, '(\d)', '\1' || (ARRAY['', ' ', '-', '.', ')', '/', chr(8209), chr(160), chr(8206)])[1 + (g % 9)], 'g')) AS other
FROM (SELECT phone, row_number() OVER () AS g FROM number) n
UNION ALL SELECT phone, omni.phone('tel:' || translate(phone::text, '+0123456789', chr(65291) || '０１２３４５６７８９')) FROM number;
SELECT is_empty('SELECT * FROM written WHERE phone <> other', 'punctuation, full-width digits and tel: change nothing');
SELECT is_empty($$SELECT * FROM written WHERE omni.phone_send(phone) <> omni.phone_send(other) OR omni.phone_hash(phone) <> omni.phone_hash(other) OR
    omni.phone_hash_extended(phone, 42) <> omni.phone_hash_extended(other, 42)$$, 'equal numbers have equal bytes and hashes');

-- prefixes, each of a random length of a random number
CREATE INDEX number_phone ON number (phone);
ANALYZE number;
CREATE TABLE prefix AS SELECT left(phone::text, 1 + floor(random() * 14)::int) AS p FROM (SELECT phone FROM number ORDER BY random() LIMIT 300) n UNION SELECT '+9' UNION SELECT '+99' UNION SELECT '+';
SELECT is_empty($$SELECT * FROM number, prefix WHERE (phone OPERATOR(omni.^@) p) <> starts_with(phone::text, p)$$, 'prefix is that of the text');
CREATE FUNCTION pg_temp.found(p text, by_index boolean) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n bigint;
BEGIN
    PERFORM set_config('enable_seqscan', CASE WHEN by_index THEN 'off' ELSE 'on' END, true), set_config('enable_indexscan', CASE WHEN by_index THEN 'on' ELSE 'off' END, true),
            set_config('enable_bitmapscan', CASE WHEN by_index THEN 'on' ELSE 'off' END, true), set_config('enable_indexonlyscan', CASE WHEN by_index THEN 'on' ELSE 'off' END, true);
    EXECUTE format('SELECT count(*) FROM number WHERE phone OPERATOR(omni.^@) %L', p) INTO n;
    RETURN n;
END $$;
SELECT is_empty('SELECT * FROM prefix WHERE pg_temp.found(p, true) <> pg_temp.found(p, false)', 'the index range of a prefix = brute force');

SELECT ok(count(DISTINCT omni.phone_hash(phone))::float8 / count(DISTINCT phone) > 0.999,
          format('hash quality: %s hashes of %s numbers', count(DISTINCT omni.phone_hash(phone)), count(DISTINCT phone)))
FROM (SELECT omni.phone('+1' || (2010000000 + g * 7)) AS phone FROM generate_series(1, 1000000) g) h;
SELECT * FROM finish();
