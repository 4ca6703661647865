-- Type phone against vectors of libphonenumber, and what the planner makes of its operators.
\set ON_ERROR_STOP 1
SELECT length(:'shared') > 0 AS have_vectors \gset
SELECT plan(19);

-- oracle: how libphonenumber 8.12.57 reads 4,722 written forms of the example numbers of all regions
CREATE TEMP TABLE vector (region text, type text, form text, input text, e164 text, valid text);
\if :have_vectors
SELECT :'shared' || '/vectors/catalog/phone_e164_oracle.tsv' AS path \gset
COPY vector FROM :'path' (FORMAT csv, DELIMITER E'\t', HEADER true, QUOTE E'\b');
\endif
CREATE TEMP TABLE result AS
SELECT v.*, omni.phone_try(input, region)::text AS got, omni.phone_problem(input, region) AS problem,
       form IN ('national', 'nsn_bare') AS is_national
FROM vector v;
SELECT diag('miss: ' || concat_ws(' ', region, form, coalesce(got, 'refused: ' || problem)))
FROM result WHERE got IS DISTINCT FROM e164 ORDER BY region, form;
\if :have_vectors
SELECT is(count(*) FILTER (WHERE got = e164), count(*),
          format('international forms: %s of %s as libphonenumber', count(*) FILTER (WHERE got = e164), count(*)))
FROM result WHERE NOT is_national;
SELECT ok(count(*) FILTER (WHERE got = e164) >= 0.99 * count(*),
          format('national forms: %s of %s as libphonenumber', count(*) FILTER (WHERE got = e164), count(*)))
FROM result WHERE is_national;
SELECT is(count(*) FILTER (WHERE omni.phone_problem(input, region) IS NULL), count(*), 'no problem is reported for a number that is read')
FROM result WHERE got IS NOT NULL;
\else
SELECT skip('no ../shared/vectors', 3);
\endif

-- planner
CREATE TABLE customer (id int PRIMARY KEY, phone omni.phone);
INSERT INTO customer SELECT g, ('+1' || (2025550000 + g))::omni.phone FROM generate_series(1, 20000) g;
INSERT INTO customer SELECT 20000 + g, ('+4420' || (70000000 + g))::omni.phone FROM generate_series(1, 200) g;
INSERT INTO customer SELECT 20200 + g, ('+9989' || (12345678 + g))::omni.phone FROM generate_series(1, 99) g;
CREATE INDEX customer_phone ON customer (phone);
ANALYZE customer;

CREATE FUNCTION pg_temp.plan_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text; result text := '';
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP result := result || line || E'\n'; END LOOP;
    RETURN result;
END $$;
CREATE FUNCTION pg_temp.rows_of(query text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE j json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO j;
    RETURN (j -> 0 -> 'Plan' ->> 'Plan Rows')::float8;
END $$;

SELECT matches(pg_temp.plan_of($$SELECT * FROM customer WHERE phone = '+44 20 7000 0001'$$),
               'Index Cond: \(phone = ''\+442070000001''', 'phone = text constant uses the index');
PREPARE by_text(text) AS SELECT id FROM customer WHERE phone = $1;
SET plan_cache_mode = force_generic_plan;
SELECT matches(pg_temp.plan_of($$EXECUTE by_text('+442070000001')$$), 'Index Cond', 'phone = $1 with a text parameter uses the index');
SELECT results_eq($$EXECUTE by_text('+44 (0)20 7000 0001')$$, $$VALUES (20001)$$, '... and finds the row');
RESET plan_cache_mode;
SELECT matches(pg_temp.plan_of($$SELECT * FROM customer WHERE phone OPERATOR(omni.^@) '+4420'$$),
               'Index Cond: \(\(phone >= ''\+4420''::omni.phone\) AND \(phone <= ''\+442099999999999''::omni.phone\)\)', 'a prefix is one index range');
SELECT matches(pg_temp.plan_of($$SELECT * FROM customer WHERE omni.phone_starts_with(phone, '+4420')$$),
               'Index Cond: \(\(phone >= ''\+4420''', '... also by the function');
SELECT matches(pg_temp.plan_of($$SELECT * FROM customer WHERE phone OPERATOR(omni.^@) '+99'$$),
               'Index Cond: \(\(phone >= ''\+99''::omni.phone\) AND \(phone <= ''\+999999999999999''::omni.phone\)\)', 'a prefix of nines is a range, too');
SELECT is((SELECT count(*) FROM customer WHERE phone OPERATOR(omni.^@) '+99'), 99::bigint, '... and its rows');
SELECT is((SELECT count(*) FROM customer WHERE phone OPERATOR(omni.^@) '+44 20'), 200::bigint, 'rows of a prefix');
SELECT ok(pg_temp.rows_of($$SELECT * FROM customer WHERE phone OPERATOR(omni.^@) '+44'$$) BETWEEN 100 AND 400, 'estimate of a rare prefix');
SELECT ok(pg_temp.rows_of($$SELECT * FROM customer WHERE phone OPERATOR(omni.^@) '+1'$$) BETWEEN 19000 AND 20299, 'estimate of a common prefix');
SELECT ok(pg_temp.rows_of($$SELECT * FROM customer WHERE phone OPERATOR(omni.^@) '+33'$$) < 30, 'estimate of an absent prefix');
SELECT is(pg_temp.rows_of($$SELECT * FROM customer WHERE phone OPERATOR(omni.^@) NULL::text$$) <= 1, true, 'NULL prefix');
-- the planner knows the function by its code, whatever an estimator is attached to
CREATE FUNCTION pg_temp.odd(bigint, integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1 > $2; END';
CREATE OPERATOR pg_temp.<<<< (LEFTARG = bigint, RIGHTARG = integer, FUNCTION = pg_temp.odd, RESTRICT = omni.phone_prefix_sel);
CREATE TEMP TABLE number AS SELECT i::bigint AS n FROM generate_series(1, 1000) i;
ANALYZE number;
SELECT is(pg_temp.rows_of('SELECT * FROM number WHERE n OPERATOR(pg_temp.<<<<) 7') BETWEEN 1 AND 1000, true, 'an estimator attached to other types reads no constant of theirs');
SELECT throws_ok($$SELECT count(*) FROM customer WHERE phone OPERATOR(omni.^@) '44'$$, '22P02', NULL, 'a prefix without + is refused');
SELECT ok((SELECT bool_and(omni.phone_region(v.p) = v.r AND omni.phone_country_code(v.p) = v.c AND omni.phone_national(v.p) = v.n)
    FROM (VALUES ('+12025550123'::omni.phone, 'US', 1, '2025550123'), ('+14165550123', 'CA', 1, '4165550123'), ('+12684601234', 'AG', 1, '2684601234'),
                 ('+442071838750', 'GB', 44, '2071838750'), ('+441481256789', 'GG', 44, '1481256789'), ('+79123456789', 'RU', 7, '9123456789'),
                 ('+77710009998', 'KZ', 7, '7710009998'), ('+390612345678', 'IT', 39, '0612345678'), ('+390669812345', 'VA', 39, '0669812345'),
                 ('+80012345678', '001', 800, '12345678')) v(p, r, c, n)), 'region, calling code and national number');
SELECT results_eq($$SELECT omni.phone('+12005550123')::text, omni.phone_region('+12005550123')$$, $$VALUES ('+12005550123', NULL::text)$$,
                  'a possible number that no region has');
SELECT * FROM finish();
