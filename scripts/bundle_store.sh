#!/usr/bin/env bash
# bundle_store.sh FILE...: the files of sql/store/ as the SQL function omni.store_source(part)
set -eu
cat <<-'SQL'

	CREATE FUNCTION omni.store_source(part text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	RETURN CASE part
SQL
for f in "$@"; do
	! grep -q '\$omni_store\$' "$f" || { echo "$f: \$omni_store\$ is the bundle's own quote" >&2; exit 1; }
	printf "WHEN '%s' THEN \$omni_store\$" "$(basename "$f" .sql)"
	cat "$f"
	printf '$omni_store$\n'
done
cat <<-'SQL'
	END;
	COMMENT ON FUNCTION omni.store_source(text) IS 'one of the SQL files that a store is made of; @store@, @bi@ and @pii@ stand for its schemas';
SQL
