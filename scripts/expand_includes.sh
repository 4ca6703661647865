#!/usr/bin/env bash
# expand_includes.sh FILE: an update script with what it includes put in. A line of the script may be
#
#   -- @include FILE     the file: a room that the new version adds
#   -- @replace FILE     the file with CREATE OR REPLACE FUNCTION: functions that the old version has, too
#   -- @comments FILE    the file's comments: what is said of members may change in any version
set -eu
while IFS= read -r line || [ -n "$line" ]; do
	case $line in
		'-- @include '*) cat "${line#-- @include }" ;;
		'-- @replace '*) sed 's/^\([[:space:]]*\)CREATE FUNCTION/\1CREATE OR REPLACE FUNCTION/' "${line#-- @replace }" ;;
		'-- @comments '*) awk '/^COMMENT ON/ { on = 1 } on { print } /;[[:space:]]*$/ { on = 0 }' "${line#-- @comments }" ;;
		*) printf '%s\n' "$line" ;;
	esac
done <"$1"
