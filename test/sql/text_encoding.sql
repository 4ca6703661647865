-- The same characters give the same characters in every encoding of the server.
\set home :DBNAME
\pset format unaligned
SET client_min_messages = warning;
DROP DATABASE IF EXISTS omni_encoding_latin1;
DROP DATABASE IF EXISTS omni_encoding_euc_jp;
DROP DATABASE IF EXISTS omni_encoding_sql_ascii;
CREATE DATABASE omni_encoding_latin1 TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C';
CREATE DATABASE omni_encoding_euc_jp TEMPLATE template0 ENCODING 'EUC_JP' LC_COLLATE 'C' LC_CTYPE 'C';
CREATE DATABASE omni_encoding_sql_ascii TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C';

\c omni_encoding_latin1
SET client_encoding = 'UTF8';
SET client_min_messages = warning;
CREATE EXTENSION omni;
SET search_path = public, omni;
SELECT nfkc('Straße ²'), nfkc_casefold('STRAßE ÄÖ'), name_key('Müller, José'), domain_to_ascii('BÜCHER.de');
SELECT octet_length(nfc('Ää')) AS bytes, octet_length(nfkc_casefold('Ää')) AS folded_bytes;
-- bytes that look like the UTF-8 of the result
SELECT nfc(chr(195) || chr(164)) = chr(195) || chr(164) AS kept, name_key(chr(195) || chr(164));
-- a result that the encoding does not have
SELECT nfkc('½');
\echo :LAST_ERROR_SQLSTATE

\c omni_encoding_euc_jp
SET client_encoding = 'UTF8';
SET client_min_messages = warning;
CREATE EXTENSION omni;
SET search_path = public, omni;
SELECT nfkc('ＡＢＣ　ﾔﾏﾀﾞ'), nfkc_casefold('ＡＢＣ ヤマダ'), name_key('ﾔﾏﾀﾞ　ﾀﾛｳ'), domain_to_ascii('例え。テスト');

\c omni_encoding_sql_ascii
SET client_min_messages = warning;
CREATE EXTENSION omni;
SET search_path = public, omni;
SELECT nfkc('ＡＢＣ'), name_key('Müller'), domain_to_ascii('bücher.de');
SELECT nfkc(E'caf\xE9');
\echo :LAST_ERROR_SQLSTATE
SELECT nfkc(E'\xC0\x80');
\echo :LAST_ERROR_SQLSTATE
SELECT name_key(E'a\xED\xA0\x80');
\echo :LAST_ERROR_SQLSTATE
SELECT domain_to_ascii(E'\xF4\x90\x80\x80.de');
\echo :LAST_ERROR_SQLSTATE
SELECT nfkc_casefold(E'A\xC3');
\echo :LAST_ERROR_SQLSTATE
SELECT text_problem(E'caf\xE9'), domain_problem(E'caf\xE9'), text_problem('café') IS NULL AS none;
SELECT nfc('plain') AS ascii;

\c :home
DROP DATABASE omni_encoding_latin1;
DROP DATABASE omni_encoding_euc_jp;
DROP DATABASE omni_encoding_sql_ascii;
