#!/usr/bin/env bash
# reference.sh [--print]: writes doc/reference.md from the catalog of the extension, so that it names every
# object and says what COMMENT ON says. A section is one "/* ---- room: subject ---- */" of sql/.
# With --print it writes to standard output and uses the running server that PGHOST names.
. "$(dirname "$0")/lib.sh"
if [ "${1:-}" = --print ]; then
	page=/dev/stdout
else
	page=$OMNI_ROOT/doc/reference.md
	need_postgres
	omni_build
	cluster_start
fi
cd "$OMNI_ROOT" || exit 1

# room, number and subject of each section, and the names that it creates
declared() {
	awk 'FNR == 1 { room = FILENAME; sub(/.*\//, "", room); sub(/\.sql$/, "", room) }
		/^(\/\*| \*) ---- .* ----/ { n++; subject = $0; sub(/^[^:]*: /, "", subject); sub(/ ----.*/, "", subject)
			printf "%s\t%d\t%s\t\n", room, n, subject }
		/^CREATE (FUNCTION|AGGREGATE|TYPE) omni\./ { name = $3; sub(/^omni\./, "", name); sub(/[ (;].*/, "", name)
			printf "%s\t%d\t%s\t%s\n", room, n, subject, name }' \
		sql/text.sql sql/catalog.sql sql/identity.sql sql/orders.sql sql/inventory.sql sql/privacy.sql sql/store.sql
}

db=omni_reference
createdb $db || exit 1
psql -XqAt -v ON_ERROR_STOP=1 -d $db >"$page" <<'SQL' 3< <(declared)
CREATE EXTENSION omni;
SET search_path = omni, pg_catalog, pg_temp;
CREATE TEMP TABLE declared (room text, section int, subject text, name text);
\copy pg_temp.declared FROM PROGRAM 'cat <&3'
CREATE TEMP VIEW member AS
    SELECT d.classid, d.objid FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
    WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname = 'omni';
CREATE TEMP VIEW typ AS
    SELECT t.oid, t.typname, t.typlen, t.typinput, t.typoutput, t.typreceive, t.typsend, t.typmodin, t.typmodout,
           (SELECT min(s.section) FROM pg_temp.declared s WHERE s.name = t.typname) AS section
    FROM pg_temp.member m JOIN pg_type t ON m.classid = 'pg_type'::regclass AND t.oid = m.objid
    WHERE t.typtype IN ('b', 'd') AND t.typcategory <> 'A';

-- the section that declares the name; where several do, the first of a type in the signature
CREATE TEMP TABLE func AS
    SELECT p.oid, p.proname, p.prokind, p.provolatile, obj_description(p.oid, 'pg_proc') AS comment,
           (SELECT s.section FROM pg_temp.declared s
            LEFT JOIN unnest(p.proargtypes::oid[] || p.prorettype) WITH ORDINALITY a(t, n) ON s.section = (SELECT y.section FROM pg_temp.typ y WHERE y.oid = a.t)
            WHERE s.name = p.proname ORDER BY a.n NULLS LAST, s.section LIMIT 1) AS section
    FROM pg_temp.member m JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid;

-- what PostgreSQL calls by itself: behind types, comparison operators, operator classes, aggregates and plans
CREATE TEMP TABLE plumbing AS
    SELECT DISTINCT f.oid FROM pg_temp.func f WHERE EXISTS (SELECT FROM pg_temp.typ t WHERE f.oid IN (t.typinput, t.typoutput, t.typreceive, t.typsend, t.typmodin, t.typmodout))
        OR EXISTS (SELECT FROM pg_operator o WHERE o.oprcode = f.oid AND o.oprnamespace = 'pg_catalog'::regnamespace)
        OR EXISTS (SELECT FROM pg_amproc a WHERE a.amproc = f.oid)
        OR EXISTS (SELECT FROM pg_aggregate a WHERE f.oid IN (a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn)
                   AND NOT EXISTS (SELECT FROM pg_operator o WHERE o.oprcode = f.oid))
        OR EXISTS (SELECT FROM pg_proc p WHERE p.oid = f.oid AND 'internal'::regtype = ANY (p.proargtypes))
        OR EXISTS (SELECT FROM pg_cast c JOIN pg_proc p ON p.oid = c.castfunc WHERE c.castfunc = f.oid AND c.castsource = c.casttarget);

-- arguments without, result with the OUT parameters
CREATE FUNCTION pg_temp.arguments(oid) RETURNS text LANGUAGE sql RETURN regexp_replace(pg_get_function_arguments($1), '(, )?\mOUT .*$', '');
CREATE FUNCTION pg_temp.result(oid) RETURNS text LANGUAGE sql RETURN
    replace(pg_get_function_result($1), 'record', coalesce('(' || replace(substring(pg_get_function_arguments($1), '\mOUT (.*)$'), 'OUT ', '') || ')', 'record'));
CREATE FUNCTION pg_temp.cell(text) RETURNS text LANGUAGE sql RETURN replace($1, '|', '\|');
CREATE FUNCTION pg_temp.code(text) RETURNS text LANGUAGE sql RETURN '`' || pg_temp.cell($1) || '`';

CREATE TEMP TABLE page AS
WITH line(section, part, sort, line) AS (
    SELECT t.section, 1, t.typname::text, format('| %s | %s | %s |', pg_temp.code(t.typname), CASE t.typlen WHEN -1 THEN 'variable' ELSE t.typlen || ' bytes' END,
           pg_temp.cell(obj_description(t.oid, 'pg_type'))) FROM pg_temp.typ t
    UNION ALL
    SELECT f.section, 2, f.proname || ' ' || pg_temp.arguments(f.oid), format('| %s | %s | %s | %s |', pg_temp.code(f.proname || '(' || pg_temp.arguments(f.oid) || ')'),
           pg_temp.code(pg_temp.result(f.oid)), CASE f.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END, pg_temp.cell(f.comment))
    FROM pg_temp.func f WHERE f.prokind IN ('f', 'w') AND f.oid NOT IN (SELECT oid FROM pg_temp.plumbing)
    UNION ALL
    SELECT f.section, 3, f.proname || ' ' || pg_temp.arguments(f.oid), format('| %s | %s | %s | %s |', pg_temp.code(f.proname || '(' || pg_temp.arguments(f.oid) || ')'),
           pg_temp.code(pg_temp.result(f.oid)), pg_temp.code(format_type(a.aggtranstype, NULL)), pg_temp.cell(f.comment))
    FROM pg_temp.func f JOIN pg_aggregate a ON a.aggfnoid = f.oid
    UNION ALL
    SELECT f.section, 4, format('%s %s %s', format_type(o.oprleft, NULL), o.oprname, format_type(o.oprright, NULL)),
           format('| %s | %s | %s | %s |', pg_temp.code(concat_ws(' ', CASE WHEN o.oprleft <> 0 THEN format_type(o.oprleft, NULL) END, o.oprname, format_type(o.oprright, NULL))),
                  pg_temp.code(format_type(o.oprresult, NULL)), pg_temp.code(f.proname), pg_temp.cell(obj_description(o.oid, 'pg_operator')))
    FROM pg_temp.member m JOIN pg_operator o ON m.classid = 'pg_operator'::regclass AND o.oid = m.objid JOIN pg_temp.func f ON f.oid = o.oprcode
    WHERE o.oprnamespace = 'omni'::regnamespace
    UNION ALL
    SELECT t.section, 5, t.typname::text, format('| %s | %s | %s |', pg_temp.code(t.typname), CASE WHEN bool_or(o.oprright = 'text'::regtype) THEN 'itself, `text`' ELSE 'itself' END,
           string_agg(pg_temp.code(o.oprname), ' ' ORDER BY array_position('{=,<>,<,<=,>,>=}'::text[], o.oprname::text)) FILTER (WHERE o.oprright = o.oprleft))
    FROM pg_temp.typ t JOIN pg_operator o ON o.oprleft = t.oid AND o.oprnamespace = 'pg_catalog'::regnamespace GROUP BY t.section, t.typname
    UNION ALL
    SELECT coalesce(f.section, s.section, t.section), 6, format('%s as %s', format_type(c.castsource, NULL), format_type(c.casttarget, NULL)),
           format('| %s | %s | %s | %s |', pg_temp.code(format_type(c.castsource, NULL)), pg_temp.code(format_type(c.casttarget, NULL)),
                  CASE c.castcontext WHEN 'i' THEN 'implicit' WHEN 'a' THEN 'assignment' ELSE 'explicit' END, pg_temp.cell(obj_description(c.oid, 'pg_cast')))
    FROM pg_temp.member m JOIN pg_cast c ON m.classid = 'pg_cast'::regclass AND c.oid = m.objid
    LEFT JOIN pg_temp.func f ON f.oid = c.castfunc LEFT JOIN pg_temp.typ s ON s.oid = c.castsource LEFT JOIN pg_temp.typ t ON t.oid = c.casttarget
    WHERE c.castsource <> c.casttarget
    UNION ALL
    SELECT coalesce(t.section, 0), 7, t.typname || a.amname || c.opcname, format('| %s | %s | %s | %s | %s |', pg_temp.code(c.opcname), pg_temp.code(format_type(c.opcintype, NULL)), a.amname,
           CASE WHEN c.opcdefault THEN 'yes' ELSE 'no' END, pg_temp.cell(obj_description(c.oid, 'pg_opclass')))
    FROM pg_temp.member m JOIN pg_opclass c ON m.classid = 'pg_opclass'::regclass AND c.oid = m.objid JOIN pg_am a ON a.oid = c.opcmethod JOIN pg_temp.typ t ON t.oid = c.opcintype
    UNION ALL
    SELECT f.section, 8, f.proname || ' ' || pg_temp.arguments(f.oid), format('| %s | %s | %s |', pg_temp.code(f.proname || '(' || pg_temp.arguments(f.oid) || ')'),
           pg_temp.code(pg_temp.result(f.oid)), pg_temp.cell(f.comment))
    FROM pg_temp.func f WHERE f.oid IN (SELECT oid FROM pg_temp.plumbing)
), heading(part, line) AS (VALUES
    (1, E'**Types**\n\n| Type | Size | |\n|---|---|---|'),
    (2, E'**Functions**\n\n| Function | Result | | |\n|---|---|---|---|'),
    (3, E'**Aggregates**\n\n| Aggregate | Result | State | |\n|---|---|---|---|'),
    (4, E'**Operators**\n\n| Operator | Result | As a function | |\n|---|---|---|---|'),
    (5, E'**Comparison**\n\n| Type | With | Operators |\n|---|---|---|'),
    (6, E'**Casts**\n\n| From | To | | |\n|---|---|---|---|'),
    (7, E'**Operator classes**\n\n| Class | Type | Index | Default | |\n|---|---|---|---|---|'),
    (8, E'<details><summary>Functions that PostgreSQL calls by itself</summary>\n\n| Function | Result | |\n|---|---|---|'))
SELECT row_number() OVER (ORDER BY section, part, sort COLLATE "C", kind) AS n, line FROM (
    SELECT DISTINCT section, 0 AS part, '' AS sort, 0 AS kind, E'\n## ' || upper(left(room, 1)) || substr(room, 2) || CASE WHEN room = subject THEN '' ELSE ': ' || subject END AS line FROM pg_temp.declared
    UNION ALL SELECT DISTINCT l.section, l.part, '', 0, E'\n' || h.line FROM line l JOIN heading h USING (part)
    UNION ALL SELECT section, part, sort, 1, line FROM line
    UNION ALL SELECT DISTINCT section, part, '~', 2, E'\n</details>' FROM line WHERE part = 8) x;
\echo '# Reference'
\echo
\echo 'Every object of the extension, generated from the catalog by `make docs`. All are in schema `omni`; only the comparison operators'
\echo 'are in `pg_catalog`, so that they are found under any `search_path`. The pages of the rooms tell what they are for:'
\echo '[text](text.md), [catalog](catalog.md), [identity](identity.md), [orders](orders.md), [inventory](inventory.md), [privacy](privacy.md), [store](store.md).'
SELECT line FROM pg_temp.page ORDER BY n;
SQL
rc=$?
dropdb $db
exit $rc
