SET search_path = public, omni;

-- input: an international number, however it is written (psql versions differ in the width of
-- directional marks, so this is not aligned)
\a
SELECT v, v::phone FROM (VALUES ('+493012345678'), ('+49 30 1234-5678'), ('+49 (0)30/12345678'), ('(+49) 30.1234.5678'), ('[+49] 30 12345678'),
    ('  +1 (202) 555-0123  '), (E'\t+1 202 555 0123\n'), ('tel:+1-202-555-0123'), ('TEL:+12025550123'), ('tel:202-555-0123;phone-context=+1'),
    ('555-0123;phone-context=+1-202'), ('＋４４　２０　７１８３　８７５０'), ('+٤٤٢٠٧١٨٣٨٧٥٠'), ('+44 20–7183−8750'),
    (U&'\202A+44\00A020\00A071838750\202C'), ('+39 06 1234 5678'), ('+800 1234 5678'), ('+52 1 55 1234 5678')) AS x(v);
\a
SELECT '+49 30 12345678'::phone = '+493012345678'::phone AS one_value, pg_column_size('+493012345678'::phone) AS bytes;
SELECT phone('+493012345678'), '+493012345678'::phone::text, phone_send('+493012345678');

-- as dialed in a region: prefix for dialing abroad, calling code without +, trunk prefix, carrier codes, local rules
SELECT region, v, phone(v, region) FROM (VALUES ('DE', '030 12345678'), ('de', '0049 30 12345678'), ('DE', '0044 (0)20 7183 8750'), ('DE', '49 30 12345678'),
    ('US', '(202) 555-0123'), ('US', '1-202-555-0123'), ('US', '011 44 20 7183 8750'), ('GB', '020 7183 8750'), ('GB', '0800 1111'), ('IT', '06 1234 5678'),
    ('AR', '011 15 1234-5678'), ('AR', '0343 15 555 1212'), ('BR', '0 15 11 91234-5678'), ('BR', '(11) 91234-5678'), ('MX', '01 55 1234 5678'),
    ('MX', '55 1234 5678'), ('RU', '8 (912) 345-67-89'), ('HU', '06 1 234 5678'), ('CN', '17951 139 1234 5678'), ('AU', '0011 64 9 123 4567'),
    ('BB', '425 1234'), ('JE', '512345'), ('FI', '09 1234567'), ('NF', '22609'), ('LT', '8 612 34567'), ('UZ', '8 91 234 56 78'), ('CA', '310-1234'),
    ('DE', '+1 202 555 0123'), (NULL, '+1 202 555 0123'), ('??', '+1 202 555 0123'), ('US', 'tel:555-0123;phone-context=+1-202'),
    ('DE', 'tel:030-12345678;phone-context=example.com')) AS x(region, v);

-- each refusal says what is wrong and never shows the number
\set ON_ERROR_STOP 0
SELECT '+999 1234567'::phone;
\echo :LAST_ERROR_SQLSTATE
SELECT '030 12345678'::phone;
\echo :LAST_ERROR_SQLSTATE
SELECT ''::phone;
SELECT ' + '::phone;
SELECT '+49'::phone;
SELECT '+4930123456789012'::phone;
SELECT '+1 202 555 012'::phone;
SELECT '+1 555 0123'::phone;
SELECT '+43 1 2345 6789 0123 4'::phone;
SELECT '+30 21 0123 45'::phone;
SELECT '+49 0 0 30 12345678'::phone;
SELECT '+1 202 555 0123 ext. 12'::phone;
SELECT 'tel:+1-202-555-0123;ext=12'::phone;
SELECT 'tel:+1-202-555-0123;isub=12'::phone;
SELECT 'tel:+1-202-555-0123;phone-context=+1'::phone;
SELECT 'tel:+1-202-555-0123;cic=+1-6789'::phone;
SELECT 'tel:202-555-0123;phone-context=+'::phone;
SELECT '+1-800-FLOWERS'::phone;
SELECT '+1 202 555 0123 or +1 202 555 0124'::phone;
SELECT '+1 202 555 0123 / +1 202 555 0124'::phone;
SELECT '+1*202'::phone;
SELECT '++12025550123'::phone;
SELECT '''+12025550123'::phone;
SELECT '1.20256E+10'::phone, '4,93E+12'::phone;
SELECT '+1 202 555 012³'::phone;
SELECT U&'+1 202 555 012\0378'::phone;
SELECT '+1 202 555 012😀'::phone;
SELECT repeat('+1', 5000)::phone;
SELECT repeat('1', 900)::phone;
SELECT phone('555-0123', 'US');
SELECT phone('310-1234', 'US');
SELECT phone('202 555 0123', 'USA');
\echo :LAST_ERROR_SQLSTATE
SELECT phone('00 999 1234567', 'DE');
SELECT phone('00', 'DE');
SELECT phone('0', 'DE');
SELECT '030 12345678'::text::phone;
\echo :LAST_ERROR_SQLSTATE

-- for ETL: NULL or a reason instead of an error
SELECT v, region, phone_try(v, region), phone_problem(v, region) FROM (VALUES ('+12025550123', NULL), ('030 12345678', NULL), ('030 12345678', 'DE'),
    ('030 12345678', 'XX'), ('+999 12345678', 'DE'), ('', 'DE'), ('n/a', 'DE'), ('12', 'DE'), ('061 12 3', 'HR'), ('+1 202 555 0123 x9', 'US'), ('030/12345678*', 'DE'),
    ('1234567890123456789012345678901234567890', 'DE'), ('tel:030-1;foo=1', 'DE'), ('tel:030-1;phone-context=a b', 'DE'), (NULL, 'DE')) AS x(v, region);
SELECT phone_try('+12025550123'), phone_problem('+12025550123'), phone_try('x'), phone_problem('x'), phone_try(NULL), phone_problem(NULL), phone(NULL, 'DE'), phone(NULL);

-- extensions and vanity numbers
SELECT v, s.*, phone_try(s.number, 'US') FROM (VALUES ('+1 202 555 0123'), ('+1 202 555 0123 ext. 12'), ('+1 202 555 0123 x12'), ('202-555-0123,,12#'), ('(202) 555-0123 #12'),
    ('202 555 0123 extension 007'), ('202 555 0123;12'), ('tel:+1-202-555-0123;ext=12'), ('tel:555-0123;ext=12;phone-context=+1-202'), ('+7 912 345 67 89 доб. 12'), ('x12'),
    ('next 12'), ('2025550123next 12'), ('')) AS x(v), phone_split_extension(v) s;
SELECT phone_from_vanity('1-800-FLOWERS', 'US'), phone_from_vanity('+1 800 flowers', 'DE');
SELECT phone_from_vanity('1-800-FLOWERS ext 1', 'US');

-- order is that of the digits, whatever the first one
CREATE TABLE phone_order (p phone);
INSERT INTO phone_order VALUES ('+12025550123'), ('+998912345678'), ('+79123456789'), ('+442071838750'), ('+44 8001111'), ('+800 12345678'), ('+85221234567'), (NULL), ('+1 (202) 555-0123');
SELECT p FROM phone_order ORDER BY p;
SELECT p FROM phone_order ORDER BY p DESC NULLS LAST;
SELECT min(p), max(p), count(DISTINCT p) FROM phone_order;
SELECT p, count(*) FROM phone_order GROUP BY p ORDER BY p;

-- with text: the string is read as phone
SELECT p FROM phone_order WHERE p = '+1 202 555 0123'::text;
SELECT count(*) FROM phone_order WHERE p <> '+12025550123'::text;
SELECT count(*) FROM phone_order WHERE p < '+442071838750'::text OR p >= '+79123456789'::text;
SELECT count(*) FROM phone_order WHERE p = ANY ('{+12025550123,+1 202 555 0123}'::text[]);
SELECT count(*) FROM phone_order WHERE p = 'nonsense'::text;
SELECT p FROM phone_order WHERE p ^@ '+44 20' ORDER BY p;
SELECT p FROM phone_order WHERE p ^@ '+9';
SELECT count(*) FROM phone_order WHERE p ^@ '+' AND p ^@ '';
SELECT count(*) FROM phone_order WHERE p ^@ '44';
SELECT count(*) FROM phone_order WHERE p ^@ '+1234567890123456';

-- parts
SELECT p, phone_country_code(p), phone_national(p), phone_region(p) FROM phone_order WHERE p IS NOT NULL ORDER BY 1;
SELECT p, phone_region(p) FROM (VALUES ('+14165550123'::phone), ('+18765551234'), ('+441534512345'), ('+77710009998'), ('+3906698 12345'), ('+4779123456'), ('+15550000000')) x(p);
SELECT phone_metadata_version();

-- indexes and hashes, with no search path
CREATE UNIQUE INDEX ON phone_order (p) WHERE p > '+12025550123';
CREATE INDEX ON phone_order USING hash (p);
SET search_path = '';
SELECT p::text FROM public.phone_order a JOIN public.phone_order b USING (p) ORDER BY p;
SELECT count(*) FROM public.phone_order WHERE p IN ('+12025550123', '+998912345678') OR p IS DISTINCT FROM '+79123456789'::omni.phone;
SELECT omni.phone('030 12345678', 'DE') = '+49 30 12345678';
RESET search_path;
DROP TABLE phone_order;

-- digits of every script, one digest: equal on every ICU
SELECT count(p), md5(string_agg(p::text, ' ' ORDER BY c))
FROM (SELECT c, omni.phone_try('+4930' || chr(c) || '23456') AS p FROM generate_series(128, 131071) c WHERE c NOT BETWEEN 55296 AND 57343) x;
