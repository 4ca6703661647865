-- Canonical text beside what the server has: normalize(), lower() and an ICU collation.
CREATE TEMP TABLE sample AS
SELECT 'Jane.Saoirse' || i || '+Work@Example.com' AS ascii,
       'jane.saoirse' || i || '+work@example.com' AS folded,
       'Jérôme.Müller-Ñandú ' || i AS latin,
       'Ἀλέξανδρος ΠΑΠΑΔΌΠΟΥΛΟΣ ' || i AS greek,
       '東京都渋谷区　ﾌﾟﾚﾐｱﾑ ' || i AS cjk,
       'Jane O''Saoirse-Smith ' || i AS name,
       'Shop' || i || '.Example.com' AS domain,
       'bücher' || i || '.example.com' AS idn
FROM generate_series(1, 200000) AS i;
ANALYZE sample;

SELECT bench.compare('nfkc, ASCII', '<= .10 x', 'SELECT count(omni.nfkc(ascii)) FROM sample',
    'normalize(NFKC)', 'SELECT count(normalize(ascii, NFKC)) FROM sample', 'SELECT count(ascii) FROM sample', 3) \g /dev/null
SELECT bench.compare('nfc, Latin with accents', NULL, 'SELECT count(omni.nfc(latin)) FROM sample',
    'normalize(NFC)', 'SELECT count(normalize(latin, NFC)) FROM sample', 'SELECT count(latin) FROM sample', 3) \g /dev/null
SELECT bench.compare('nfkc, Japanese', NULL, 'SELECT count(omni.nfkc(cjk)) FROM sample',
    'normalize(NFKC)', 'SELECT count(normalize(cjk, NFKC)) FROM sample', 'SELECT count(cjk) FROM sample', 3) \g /dev/null
SELECT bench.compare('nfkc_casefold, ASCII already folded', NULL, 'SELECT count(omni.nfkc_casefold(folded)) FROM sample',
    'lower(COLLATE "C"), ASCII only', 'SELECT count(lower(folded COLLATE "C")) FROM sample', 'SELECT count(folded) FROM sample', 3) \g /dev/null
SELECT bench.compare('nfkc_casefold, ASCII', '<= 1 x', 'SELECT count(omni.nfkc_casefold(ascii)) FROM sample',
    'lower(COLLATE "C"), ASCII only', 'SELECT count(lower(ascii COLLATE "C")) FROM sample', 'SELECT count(ascii) FROM sample', 3) \g /dev/null
SELECT bench.compare('nfkc_casefold, ASCII', NULL, 'SELECT count(omni.nfkc_casefold(ascii)) FROM sample',
    'lower(normalize(NFKC)), ICU', 'SELECT count(lower(normalize(ascii, NFKC) COLLATE "und-x-icu")) FROM sample', 'SELECT count(ascii) FROM sample', 3) \g /dev/null
SELECT bench.compare('nfkc_casefold, Latin', NULL, 'SELECT count(omni.nfkc_casefold(latin)) FROM sample',
    'lower(normalize(NFKC)), ICU', 'SELECT count(lower(normalize(latin, NFKC) COLLATE "und-x-icu")) FROM sample', 'SELECT count(latin) FROM sample', 3) \g /dev/null
SELECT bench.compare('nfkc_casefold, Greek', NULL, 'SELECT count(omni.nfkc_casefold(greek)) FROM sample',
    'lower(normalize(NFKC)), ICU', 'SELECT count(lower(normalize(greek, NFKC) COLLATE "und-x-icu")) FROM sample', 'SELECT count(greek) FROM sample', 3) \g /dev/null
SELECT bench.compare('name_key, ASCII', NULL, 'SELECT count(omni.name_key(name)) FROM sample',
    'regexp_replace(lower())', $$SELECT count(regexp_replace(lower(name COLLATE "C"), '[^a-z0-9 ]', '', 'g')) FROM sample$$, 'SELECT count(name) FROM sample', 3) \g /dev/null
SELECT bench.compare('name_key, Latin', NULL, 'SELECT count(omni.name_key(latin)) FROM sample',
    'regexp_replace(lower(normalize(NFKD)))', $$SELECT count(regexp_replace(lower(normalize(latin, NFKD) COLLATE "und-x-icu"), '[\u0300-\u036f''.-]', '', 'g')) FROM sample$$, 'SELECT count(latin) FROM sample', 3) \g /dev/null
SELECT bench.compare('domain_to_ascii, ASCII', '<= 1 x', 'SELECT count(omni.domain_to_ascii(domain)) FROM sample',
    'lower(COLLATE "C"), no check', 'SELECT count(lower(domain COLLATE "C")) FROM sample', 'SELECT count(domain) FROM sample', 3) \g /dev/null
SELECT bench.compare('domain_to_ascii, with an umlaut', NULL, 'SELECT count(omni.domain_to_ascii(idn)) FROM sample',
    'normalize(NFKC), no Punycode', 'SELECT count(normalize(idn, NFKC)) FROM sample', 'SELECT count(idn) FROM sample', 3) \g /dev/null
SELECT '# 200,000 rows a line, the scan taken off: 10 ms are 50 ns a call';
