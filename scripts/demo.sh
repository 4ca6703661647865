#!/usr/bin/env bash
# demo.sh: the story of omni in seven scenes, on a private throw-away cluster: a developer, a data engineer with feeds and
# with customers, a stock manager, an analyst, a data protection officer and a DBA. Everything it needs is installed first, everything it makes is removed at the end.
. "$(dirname "$0")/lib.sh"
began=$(date +%s)
need_postgres
omni_build
cluster_start
ready=$(date +%s)
FEEDS=$OMNI_TMP/feeds
SCENES=$OMNI_ROOT/examples/retailer
mkdir -p "$FEEDS"
perl "$SCENES/generate.pl" "$FEEDS" || die "the feeds could not be made"
chmod -R a+rX "$FEEDS"

bold= plain=
[ -t 1 ] && bold=$'\033[1m' plain=$'\033[0m'
title() { printf '\n%s==== %s ====%s\n' "$bold" "$*" "$plain"; }
# run a file as a story: each statement, then what it says; N of them are to be refused
tell() {	# tell DATABASE FILE [N]
	psql -Xq -d "$1" -v dir="$FEEDS" -v scenes="$SCENES" -f "$2" 2>&1 | sed -E 's/^psql:.*\.sql:[0-9]+: //; s/^HINT:.*/&\n/' | tee "$OMNI_TMP/told"
	[ "$(grep -c '^ERROR:' "$OMNI_TMP/told")" = "${3:-0}" ] || die "$2 did not go as it should"
}
# run a file that has to succeed, without telling
run() { psql -XqAt -d "$1" -v ON_ERROR_STOP=1 -v dir="$FEEDS" -f "$2" >"$OMNI_TMP/run.log" 2>&1 || { cat "$OMNI_TMP/run.log" >&2; die "$2 failed"; }; }
ask() { psql -XqAt -d "$1" -v ON_ERROR_STOP=1 -c "$2"; }
state_hash() { psql -XqAt -d "$1" -v ON_ERROR_STOP=1 -f "$SCENES/hash.sql"; }
feed() {	# feed TABLE FILE
	ask retail "\\copy staging.$1 from '$2' csv"
}

title "The developer: types that know what they hold"
createdb developer
ask developer 'CREATE EXTENSION omni' >/dev/null
tell developer "$SCENES/scenes/developer.sql" 3

title "The data engineer: four dirty feeds become one truth"
createdb retail
ask retail 'CREATE EXTENSION omni' >/dev/null
run retail "$SCENES/store.sql"
for f in web pos marketplace callcenter events; do feed $f "$FEEDS/$f.csv"; done
run retail "$SCENES/load.sql"
tell retail "$SCENES/scenes/engineer.sql"
once=$(state_hash retail)
# a second store from the same rows in reverse order, each feed twice
ask retail 'DROP SCHEMA shop, shop_bi, shop_pii, staging CASCADE' 2>/dev/null
run retail "$SCENES/store.sql"
for f in events callcenter marketplace pos web; do
	tac "$FEEDS/$f.csv" >"$FEEDS/$f.reversed.csv"
	feed $f "$FEEDS/$f.reversed.csv"
	run retail "$SCENES/load.sql"
	feed $f "$FEEDS/$f.csv"
	run retail "$SCENES/load.sql"
done
again=$(state_hash retail)
printf '\nThe same feeds again, in reverse order and each row twice, into an empty store. A hash over all tables:\n'
printf 'in order, once           %s\n' "$once"
printf 'in reverse order, twice  %s\n' "$again"
[ "$once" = "$again" ] || die "the state depends on the order of arrival"
printf 'The same state, bit by bit.\n'
printf 'Plain SQL would need: a tie-break for every column that two rows may disagree on, thought of in every query.\n'

title "The data engineer again: who is one customer, why, and back again"
feed contact "$FEEDS/contacts.csv"
ask retail 'CREATE TABLE staging.truth_contact (source text, record_id text, person int)' >/dev/null
feed truth_contact "$FEEDS/truth_contacts.csv"
tell retail "$SCENES/scenes/identity.sql"

title "The stock manager: 500 pairs, eight tills, no pair sold twice"
OMNI_TMP=$OMNI_TMP bash "$SCENES/scenes/stock.sh" | cat -s
[ "${PIPESTATUS[0]}" = 0 ] || die "the stock manager's scene failed"

title "The analyst: views that add up, without personal data"
ask retail "CREATE ROLE analyst LOGIN; GRANT USAGE ON SCHEMA shop_bi TO analyst; GRANT SELECT ON ALL TABLES IN SCHEMA shop_bi TO analyst" >/dev/null
PGUSER=analyst tell retail "$SCENES/scenes/analyst.sql"

title "The data protection officer: what each purpose may see"
tell retail "$SCENES/scenes/privacy.sql"

title "The DBA: install, upgrade, back up, leave"
OMNI_TMP=$OMNI_TMP bash "$SCENES/scenes/dba.sh" | cat -s
[ "${PIPESTATUS[0]}" = 0 ] || die "the DBA's scene failed"

done_at=$(date +%s)
printf '\nSet-up %s s, the seven scenes %s s. The server of the demo and its data are removed.\n' "$((ready - began))" "$((done_at - ready))"
