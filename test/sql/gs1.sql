SET search_path = public, omni;

-- the three forms, and what a scanner sends
SELECT * FROM gs1_elements('(01)09506000134352(17)261231(10)ABC\(1(21)x');
SELECT * FROM gs1_elements('^0109506000134352172612311012AB^21x');
SELECT * FROM gs1_elements(']d20109506000134352' || '10LOT1' || chr(29) || '3103001250');
SELECT * FROM gs1_elements('0109506000134352' || '10LOT1' || chr(29) || '21A');
SELECT * FROM gs1_elements('https://shop.example/uk/01/9506000134352/10/AB%2F1/21/12?17=261231&utm=mail&s#x');
SELECT * FROM gs1_elements('HTTPS://id.gs1.org/gtin/09506000134352');

SELECT gs1_value('(01)09506000134352(3103)001250(10)ABC', '10'), gs1_value('(01)09506000134352(3103)001250', '310n'),
    gs1_value('(01)09506000134352', '99'), gs1_gtin(']C10109506000134352'), gs1_gtin('(8006)095060001343520102'),
    gs1_gtin('(00)095060001343520000'), gs1_title('3103'), gs1_title('8200'), gs1_title('1');
SELECT gs1_bracketed('^0109506000134352' || '10AB^99x(y'), gs1_fnc1('(10)AB(01)09506000134352(99)x'),
    replace(gs1_fnc1('(10)AB(01)09506000134352', chr(29)), chr(29), '<GS>');
SELECT gs1_digital_link('(10)ABC/1(01)09506000134352(17)261231(99)a%b');
SELECT gs1_digital_link('(10)ABC/1(01)09506000134352(17)261231(99)a+b', 'https://example.com/p/');

-- what is refused, and why; a value is never repeated
SELECT left(d, 60), gs1_problem(d) FROM (VALUES ('(01)09506000134352'), (''), ('0109506000134352'), ('(01)09506000134353'), ('(17)261331'),
    ('(17)26123'), ('(17)2612311'), ('(89)x'), ('^89x'), ('(1a)x'), ('x(01)'), ('(01'), ('(10)'), ('(10)é'), (']A00109506000134352'), ('^'),
    ('https://example.com/x'), ('https://e_x/01/09506000134352'), ('https://example.com/01/09506000134352?10=A'),
    ('https://example.com/01/09506000134352/21/A/10/B'), ('https://example.com/01/09506000134352?254=A'),
    ('https://example.com/01/09506000134352?17=261231&17=261231'), ('https://example.com/01/09506000134352?123=A'),
    ('https://example.com/01/09506000134352?99=%00'), ('https://example.com/01/09506000134352?99='), ('https://exämple.com/01/09506000134352'),
    (repeat('(99)x', 65))) AS x(d);
SELECT gs1_elements('(01)09506000134352(7256)Jane%2xDoe');
\echo :LAST_ERROR_SQLSTATE
SELECT gs1_elements('(01)09506000134352(7003)2612312400');
SELECT gs1_elements('0109506000134352');
SELECT gs1_elements('https://example.com/01/09506000134352?10=A');
SELECT gs1_elements(repeat('(99)x', 65));
\echo :LAST_ERROR_SQLSTATE
SELECT gs1_elements('(99)' || repeat('x', 40000));
SELECT gs1_digital_link('(10)ABC');
\echo :LAST_ERROR_SQLSTATE
SELECT gs1_digital_link('(01)09506000134352(8200)x');
SELECT gs1_digital_link('(01)09506000134352', 'example.com');
\echo :LAST_ERROR_SQLSTATE
SELECT gs1_digital_link('(01)09506000134352', 'https://example.com/?a=b');
-- arguments the wrong way round: who lives there is in no message
SELECT gs1_digital_link('https://example.com', '(01)09506000134352(4300)Jane%20Doe');
SELECT gs1_fnc1('(01)09506000134352', '|');

-- what belongs together
SELECT * FROM gs1_check('(01)09506000134352(17)261231(10)ABC');
SELECT * FROM gs1_check('(17)261231(10)ABC');
SELECT * FROM gs1_check('(01)09506000134352(02)09506000134352(37)5');
SELECT * FROM gs1_check('(01)09506000134352(10)A(10)B');
SELECT * FROM gs1_check('(255)9506000134352(8030)xyz');
SELECT * FROM gs1_check('(17)99');
-- percent signs of a link can make half a character, at the end and within
SELECT l, c.* FROM unnest(ARRAY['https://id.gs1.org/01/950600013435%E2', 'https://id.gs1.org/01/950600013435%F0', 'https://id.gs1.org/01/09506000134352/10/%82',
    'https://id.gs1.org/01/09506000134352/10/A%E2%82?17=26123%C3']) l, gs1_check(l) c;
-- two symbols on one label
SELECT * FROM gs1_check(gs1_bracketed(']C10109506000134352') || gs1_bracketed(']C110ABC'));

-- single fields
SELECT gs1_lint('iban', 'FR7630006000011234567890189') IS NULL AS iban, gs1_lint('csum', '095060001343520009') AS sscc,
    gs1_lint('iso4217', '978') IS NULL AS euro, (gs1_lint('yymmdd', '260230')).*;
SELECT gs1_lint('cset82', 'aéb');
SELECT gs1_lint('iban', 'DE1é12345678901234567890') AS two_bytes, gs1_lint('iban', 'DE€12345678901234567890') AS three_bytes;
SELECT gs1_lint('cset82', repeat('x', 40000));
SELECT gs1_lint('nosuch', '1');
\echo :LAST_ERROR_SQLSTATE
-- what is no linter is repeated as far as it is legible
SELECT gs1_lint(repeat('é', 1000), '1');

-- SGTIN-96
SELECT * FROM sgtin96_decode('\x3074257BF7194E4000001A85');
SELECT sgtin96_encode('80614141123458', 7, 3, 6789), sgtin96_encode('99999999999997', 12, 7, 274877906943),
    sgtin96_encode('00000000000000', 6, 0, 0);
SELECT sgtin96_decode('\x30');
\echo :LAST_ERROR_SQLSTATE
SELECT sgtin96_decode('\x3174257BF7194E4000001A85');
SELECT sgtin96_decode('\x307C257BF7194E4000001A85');
SELECT sgtin96_decode('\x3077ffffffffffffffffffff');
SELECT sgtin96_decode('\x3074000003ffffc000000001');
SELECT sgtin96_encode('80614141123458', 5, 3, 6789);
\echo :LAST_ERROR_SQLSTATE
SELECT sgtin96_encode('80614141123458', 7, 8, 6789);
SELECT sgtin96_encode('80614141123458', 7, 3, 274877906944);
