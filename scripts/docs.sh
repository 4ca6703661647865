#!/usr/bin/env bash
# docs.sh [--update] [FILE...]: the examples in README.md and doc/ are run, so that they cannot rot.
#
# In a page, each ```sql block that is directly followed by a ```text block is an example: psql
# must print the text block when it runs the sql block. All ```sql blocks of a page run in order in
# one session in a fresh database with omni installed and search_path = public, omni; a block
# without a text block must merely succeed. ```sql blocks after a line "<!-- not run -->" are left out.
# With --update the text blocks are written from what psql printed.
#
# Run by make test as kind "docs" it uses that cluster; on its own it starts a private one.
. "$(dirname "$0")/lib.sh"
UPDATE=
[ "${1:-}" = --update ] && { UPDATE=1; shift; }
if [ -z "${OMNI_DOCS_CLUSTER:-}" ]; then
	need_postgres
	omni_build
	cluster_start
fi
cd "$OMNI_ROOT" || exit 1
[ $# -gt 0 ] || set -- README.md doc/*.md
rc=0
for page in "$@"; do
	[ -e "$page" ] || continue
	createdb omni_docs
	psql -XqAt -d omni_docs -c 'CREATE EXTENSION omni' -c 'ALTER DATABASE omni_docs SET search_path = public, omni' \
		-c "ALTER DATABASE omni_docs SET timezone = 'UTC'" || rc=1
	UPDATE=$UPDATE perl scripts/docs.pl "$page" || rc=1
	dropdb --force omni_docs
done
exit $rc
