-- what never raises does not in a database of another encoding either, where the form that a character
-- is brought to may have no counterpart: every character of LATIN1 in values of every type
CREATE DATABASE omni_try_latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C';
\c omni_try_latin
SET client_min_messages = warning;
CREATE EXTENSION omni;
SET client_encoding = 'UTF8';
CREATE TABLE raised (f text, state text, code int);
DO $$
DECLARE
    f record;
    t text;
BEGIN
    FOR f IN SELECT p.proname, p.oid::regprocedure AS signature FROM pg_proc p WHERE p.pronamespace = 'omni'::regnamespace AND p.proargtypes::oid[] = '[0:0]={25}'::oid[]
             AND p.proname ~ '_(try|problem|warning|check|repair)$' LOOP
        FOR i IN 128 .. 255 LOOP
            FOREACH t IN ARRAY '{?,12?3,a?@b.de,a@b?.de,email:a?@b.de,phone:+49?30123456,+4930?123456,x:a?,(10)?,https://example.com/01/04006381333931/10/?}'::text[] LOOP
                BEGIN
                    EXECUTE format('SELECT count(x::text) FROM omni.%I($1) x', f.proname) USING replace(t, '?', chr(i));
                EXCEPTION WHEN OTHERS THEN
                    INSERT INTO raised VALUES (f.signature, SQLSTATE, i);
                END;
            END LOOP;
        END LOOP;
    END LOOP;
END $$;
SELECT f, state, count(*), to_hex(min(code)) AS code FROM raised GROUP BY 1, 2 ORDER BY 1, 2;
-- diaeresis: a space and U+0308
SELECT omni.gtin_problem(chr(168)) AS problem;
SELECT omni.gtin('12' || chr(168));
\echo :LAST_ERROR_SQLSTATE
\c postgres
DROP DATABASE omni_try_latin;
