#!/usr/bin/env bash
# expand_includes.sh FILE: an update script with the files it includes put in: "-- @include sql/orders.sql"
set -eu
while IFS= read -r line || [ -n "$line" ]; do
	case $line in
		'-- @include '*) cat "${line#-- @include }" ;;
		*) printf '%s\n' "$line" ;;
	esac
done <"$1"
