-- relay.sql: one batch. The calls are handed to the command while the transaction is open, and stay for the next time if it fails.
\set ON_ERROR_STOP on
BEGIN;
\o :file
SELECT to_jsonb(r) FROM :"store".relay(:max) r;
\o
\set passed_on `if [ ! -s "$RELAY_FILE" ]; then echo true; elif sh -c "$RELAY_COMMAND" <"$RELAY_FILE" >&2; then echo true; else echo false; fi`
\if :passed_on
COMMIT;
\else
ROLLBACK;
DO $$ BEGIN RAISE 'the command did not take them'; END $$;
\endif
