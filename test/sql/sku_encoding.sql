-- the same SKUs and the same refusals in every server encoding; bytes that are no text are refused
CREATE DATABASE omni_sku_latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C';
\c omni_sku_latin
SET client_min_messages = warning;
CREATE EXTENSION omni;
SET client_encoding = 'UTF8';
SELECT omni.sku(convert_from('\x2061a0622d31'::bytea, 'LATIN1')) AS spaces, omni.sku_problem(convert_from('\x6dfc6c'::bytea, 'LATIN1')) AS umlaut, omni.sku_problem(convert_from('\x61ad62'::bytea, 'LATIN1')) AS soft_hyphen,
       omni.sku_warning(convert_from('\x6db2'::bytea, 'LATIN1')) AS superscript;
SELECT omni.sku(convert_from('\x6dfc6c'::bytea, 'LATIN1'));
\c postgres
DROP DATABASE omni_sku_latin;
CREATE DATABASE omni_sku_ascii TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C';
\c omni_sku_ascii
SET client_min_messages = warning;
CREATE EXTENSION omni;
SELECT omni.sku(convert_from('\x61e28093622d31'::bytea, 'SQL_ASCII')) AS dash, omni.sku_problem(convert_from('\x41ff42'::bytea, 'SQL_ASCII')) AS no_text, omni.sku_problem(convert_from('\x41e280'::bytea, 'SQL_ASCII')) AS cut_off;
SELECT omni.sku(convert_from('\x41ff42'::bytea, 'SQL_ASCII'));
\echo :LAST_ERROR_SQLSTATE
\c postgres
DROP DATABASE omni_sku_ascii;
