#!/usr/bin/env bash
# expand_includes.sh FILE: an update script with what it includes put in. A line of the script may be
#
#   -- @include FILE     the file: a room that the new version adds
#   -- @include FILE#X   its section under the banner "---- X ----": a part that the new version adds to a room
#   -- @replace FILE     the file with CREATE OR REPLACE FUNCTION: functions that the old version has, too
#   -- @comments FILE    the file's comments: what is said of members may change in any version
set -eu
section() {	# section FILE#NAME
	awk -v banner="/* ---- ${1#*#} ---- */" '/^\/\* ---- / { on = $0 == banner; found = found || on } on { print } END { exit !found }' "${1%%#*}" ||
		{ echo "no section \"${1#*#}\" in ${1%%#*}" >&2; exit 1; }
}
while IFS= read -r line || [ -n "$line" ]; do
	case $line in
		'-- @include '*'#'*) section "${line#-- @include }" ;;
		'-- @include '*) cat "${line#-- @include }" ;;
		'-- @replace '*) sed 's/^\([[:space:]]*\)CREATE FUNCTION/\1CREATE OR REPLACE FUNCTION/' "${line#-- @replace }" ;;
		'-- @comments '*) awk '/^COMMENT ON/ { on = 1 } on { print } /;[[:space:]]*$/ { on = 0 }' "${line#-- @comments }" ;;
		*) printf '%s\n' "$line" ;;
	esac
done <"$1"
