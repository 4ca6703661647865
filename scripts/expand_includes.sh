#!/usr/bin/env bash
# expand_includes.sh FILE: an update script with what it includes put in. A line of the script may be
#
#   -- @include FILE     the file: a room that the new version adds
#   -- @replace FILE     the file with CREATE OR REPLACE FUNCTION: functions that the old version has, too
#   -- @comments FILE    the file's comments: what is said of members may change in any version
#
# FILE#X is a section of the file: what stands under the banner "---- X ----", or, where X is a room,
# under all of its banners "---- X: part ----". The script of a released version names sections of the
# frozen full script, so that nothing that is changed later changes it.
set -euo pipefail
source_of() {	# source_of FILE[#X]
	case $1 in
		*'#'*) awk -v name="${1#*#}" '
			{ title = "" }
			/^\/\* ---- .* ---- \*\/$/ { title = substr($0, 9, length($0) - 16) }
			held != "" && /^ \* ---- .* ----$/ { title = substr($0, 9, length($0) - 13) }
			title != "" { on = title == name || index(title, name ": ") == 1; found = found || on }
			held != "" { if (on) print held; held = "" }
			$0 == "/*" { held = $0; next }
			on { print }
			END { exit !found }' "${1%%#*}" || { echo "no section \"${1#*#}\" in ${1%%#*}" >&2; exit 1; } ;;
		*) cat "$1" ;;
	esac
}
while IFS= read -r line || [ -n "$line" ]; do
	case $line in
		'-- @include '*) source_of "${line#-- @include }" ;;
		'-- @replace '*) source_of "${line#-- @replace }" | sed 's/^\([[:space:]]*\)CREATE FUNCTION/\1CREATE OR REPLACE FUNCTION/' ;;
		'-- @comments '*) source_of "${line#-- @comments }" | awk '/^COMMENT ON/ { on = 1 } on { print } /;[[:space:]]*$/ { on = 0 }' ;;
		*) printf '%s\n' "$line" ;;
	esac
done <"$1"
