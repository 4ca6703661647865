-- canonical text: normal forms, folding, domains and name keys
SET search_path = public, omni;
\pset format unaligned

-- versions that a DBA compares
SELECT canon_version();
SELECT library_version() = (SELECT extversion FROM pg_extension WHERE extname = 'omni') AS library_is_extension;

-- normal forms
SELECT nfc(U&'e\0301') = U&'\00E9' AS composed, nfc(U&'\00E9') = U&'\00E9' AS kept,
       nfc(U&'q\0323\0307') = nfc(U&'q\0307\0323') AS ordered,
       nfc(U&'\1112\1161\11AB') = U&'\D55C' AS hangul, nfc(U&'\D558\11AB') = U&'\D55C' AS hangul_tail,
       nfc(U&'\212B') = U&'\00C5' AS singleton, nfc(U&'\0958') = U&'\0915\093C' AS excluded,
       nfc(U&'\FB01') = U&'\FB01' AS compatibility_kept;
SELECT nfkc('ﬁ ①½ ＡＢＣ ｶﾞ ㎏ ²') AS nfkc, nfkc(U&'\00A0') = ' ' AS space;
SELECT nfkc_casefold('Straße ΣΑΣ ﬁ ＡＢＣ İ ẞ') AS folded, nfkc_casefold(U&'a\00AD\200B\FEFFb') AS invisibles_off,
       nfkc_casefold('ΌΣΟΣ') = nfkc_casefold('όσος') AS final_sigma,
       nfkc_casefold('') = '' AS empty, nfkc('') = '' AS empty_nfkc;
SELECT nfkc_casefold('ABCDEFGHIJKLMNOPQRSTUVWXYZ @[`{ abcdefghijklmnopqrstuvwxyz 0123456789 ' || chr(127)) AS ascii;

-- domains
SELECT d AS domain, domain_to_ascii(d) FROM unnest('{
    Example.COM, example.com., a, 1.2, bücher.example, BÜCHER.example, xn--bcher-kva.example, XN--BCHER-KVA.EXAMPLE,
    faß.de, ẞ.de, 例え。テスト, ｅｘａｍｐｌｅ．ｃｏｍ, אבג.example, а.рф}'::text[]) AS d;
SELECT domain_to_ascii(U&'\0915\094D\200D\0937.example') AS joiner_after_virama,
       domain_to_ascii(U&'\0646\0627\0645\0647\200C\0627\06CC.example') AS non_joiner_between_letters,
       domain_to_ascii(U&'exam\00ADple.com') AS soft_hyphen;

-- each refusal says which rule
CREATE FUNCTION refusal(f text, input text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    r text; m text; d text; h text; c text;
BEGIN
    EXECUTE format('SELECT omni.%I($1)', f) INTO r USING input;
    RETURN 'accepted: ' || r;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS m = MESSAGE_TEXT, d = PG_EXCEPTION_DETAIL, h = PG_EXCEPTION_HINT, c = RETURNED_SQLSTATE;
    RETURN concat_ws(' | ', c, m, d, h);
END $$;
SELECT note, domain_problem(d) AS code, refusal('domain_to_ascii', d) FROM (VALUES
    ('empty', ''), ('only a dot', '.'), ('leading dot', '.a.de'), ('two dots', 'a..de'), ('two trailing dots', 'a..'),
    ('space', 'a b.de'), ('underscore', 'a_b.de'), ('at', 'a@b.de'), ('only ignored', U&'\00AD'),
    ('hyphen first', '-a.de'), ('hyphen last', 'a-.de'), ('hyphens in 3 and 4', 'ab--c.de'),
    ('not Punycode', 'xn--a.de'), ('Punycode of ASCII', 'xn--abc-.de'), ('empty A-label', 'xn--.de'),
    ('A-label of an upper-case letter', 'xn--wca.de'), ('A-label of a joiner', 'xn--1ug.de'),
    ('A-label not in NFC', 'xn--ea-8tb.de'), ('A-label with ü', 'xn--bücher.de'),
    ('combining mark first', U&'\0301a.de'), ('joiner between letters', U&'a\200Db.de'),
    ('non-joiner at the end', U&'a\200C.de'), ('Hebrew before Latin', U&'\05D0b.de'),
    ('digit before Hebrew', U&'1\05D0.de'), ('both kinds of digits', U&'\05D01\0661.de'), ('left-to-right label beside Hebrew', U&'\05D0.1a'),
    ('not equal sign', U&'\2260.de'), ('unassigned', U&'a\0378.de'), ('label of 64', repeat('a', 64) || '.de'),
    ('name of 254', repeat(repeat('a', 49) || '.', 5) || 'abcd'), ('long A-label', repeat('ü', 100) || '.de')) v(note, d);
SELECT f, refusal(f, U&'\0378') FROM unnest('{nfc,nfkc,nfkc_casefold,name_key}'::text[]) f;
SELECT text_problem(U&'\0378'), text_problem('Müller') IS NULL AS none, domain_problem('example.com') IS NULL AS domain_none;
SELECT nfkc(U&'a\0378');
\echo :LAST_ERROR_SQLSTATE

-- name keys
SELECT n AS name, name_key(n) FROM unnest(ARRAY[
    'Müller-Lüdenscheidt', 'MULLER LUDENSCHEIDT', '  O’Brien,   Jr. ', 'O''BRIEN JR', 'Łukasz Żółć', 'Søren Kjærgård', 'José-María Ñandú',
    'Nguyễn Thị Minh', 'İbrahim Işık', 'Straßer', 'Ďuríček', 'Йогурт Ёлкин', 'Παπαδόπουλος', 'ΠΑΠΑΔΟΠΟΥΛΟΣ', 'ﾔﾏﾀﾞ　ﾀﾛｳ', 'ヤマダ タロウ', '김철수',
    '山田 太郎', 'हिन्दी', 'สมชาย ใจดี', 'مُحَمَّد', 'محمـد', 'שָׁלוֹם', 'Ⅷ ①', 'd''Artagnan', '', ' .-'' ']) n;
SELECT name_key(U&'Andre\0301') = name_key(U&'Andr\00E9') AS marks, name_key(U&'\30AC') = name_key(U&'\30AB\3099') AS voicing_composed,
       name_key(U&'\30AC') <> name_key(U&'\30AB') AS voicing_kept, name_key(U&'\0915\093C') = name_key(U&'\0958') AS nukta,
       name_key(U&'\00A0a\3000\2003b\0009') = 'a b' AS spaces;

SELECT nfc(NULL) IS NULL AND nfkc(NULL) IS NULL AND nfkc_casefold(NULL) IS NULL AND name_key(NULL) IS NULL AND domain_to_ascii(NULL) IS NULL AS strict;
DROP FUNCTION refusal;
