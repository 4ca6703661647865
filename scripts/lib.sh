# lib.sh: what the project's commands share. Source it; it needs bash.
#
#   need_packages PKG...     install what is missing, naming it first
#   omni_build               build the extension and stage it under $OMNI_TMP/stage
#   cluster_start            start a private throw-away cluster on a private socket that sees the
#                            staged extension; exports PGHOST PGPORT PGUSER PGDATABASE
#   as_server CMD...         run a command as the user that owns the cluster
#
# The cluster, the stage and all scratch files live in $OMNI_TMP, which is removed on exit,
# on failure and on Ctrl-C. Nothing else on the system is touched, no existing cluster is used.

set -u
OMNI_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
OMNI_PG=${OMNI_PG:-15}			# major version to install where none is
OMNI_TMP=${OMNI_TMP:-}

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

need_packages() {
	local missing=() p
	command -v dpkg-query >/dev/null || return 0
	for p in "$@"; do
		dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p")
	done
	[ ${#missing[@]} = 0 ] && return 0
	say "installing: ${missing[*]}"
	# no cluster of Debian's own is wanted
	if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
		as_root mkdir -p /etc/postgresql-common
		echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
	fi
	local log
	log=$( { as_root apt-get update -qq; as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
		--no-install-recommends "${missing[@]}"; } 2>&1 ) || { say "$log"; die "could not install ${missing[*]}"; }
}

# the server packages of the newest PostgreSQL that this Debian or Ubuntu carries, unless
# PG_CONFIG names a server already
need_postgres() {
	local major
	if [ -z "${PG_CONFIG:-}" ]; then
		major=$(ls -d /usr/lib/postgresql/*/bin/pg_config 2>/dev/null | grep -oE '/[0-9]+/' | tr -d / | sort -n | tail -n 1)
		if [ -z "$major" ] && command -v apt-cache >/dev/null; then
			[ -n "$(apt-cache search --names-only '^postgresql-server-dev-[0-9]+$' 2>/dev/null)" ] || as_root apt-get update -qq >&2
			major=$(apt-cache search --names-only '^postgresql-server-dev-[0-9]+$' | grep -oE 'dev-[0-9]+' | cut -c5- | sort -n | tail -n 1)
		fi
		major=${major:-$OMNI_PG}
		need_packages "postgresql-$major" "postgresql-client-$major" "postgresql-server-dev-$major" \
			libicu-dev pkg-config gcc make libc6-dev "$@"
		PG_CONFIG=/usr/lib/postgresql/$major/bin/pg_config
	fi
	export PG_CONFIG
	PG_BIN=$("$PG_CONFIG" --bindir) || die "cannot run $PG_CONFIG"
	PG_MAJOR=$("$PG_CONFIG" --version | grep -oE '[0-9]+' | head -n 1)
	export PATH="$PG_BIN:$PATH"
}

scratch() {
	[ -n "$OMNI_TMP" ] && return
	OMNI_TMP=$(mktemp -d "${TMPDIR:-/tmp}/omni.XXXXXX")
	chmod 755 "$OMNI_TMP"
	trap cleanup EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

cleanup() {
	local rc=$?
	trap - EXIT
	cluster_stop
	[ -n "$OMNI_TMP" ] && rm -rf "$OMNI_TMP"
	exit $rc
}

as_server() {
	if [ "$(id -u)" = 0 ]; then
		(cd / && runuser -u postgres -- env PATH="$PATH" "$@")
	else
		"$@"
	fi
}

# bitcode for JIT is made only where the server's own clang is there
llvm_flag() {
	local clang
	clang=$(sed -n 's/^CLANG *= *//p' "$(dirname "$("$PG_CONFIG" --pgxs)")/../Makefile.global" | head -n 1)
	[ -n "$clang" ] && command -v "$clang" >/dev/null || echo with_llvm=no
}

omni_build() {
	scratch
	local llvm
	llvm=$(llvm_flag)
	say "building omni for PostgreSQL $PG_MAJOR"
	make -s -C "$OMNI_ROOT" -j2 PG_CONFIG="$PG_CONFIG" $llvm all >"$OMNI_TMP/build.log" 2>&1 ||
		{ cat "$OMNI_TMP/build.log" >&2; die "the build failed"; }
	make -s -C "$OMNI_ROOT" PG_CONFIG="$PG_CONFIG" $llvm install DESTDIR="$OMNI_TMP/stage" >"$OMNI_TMP/install.log" 2>&1 ||
		{ cat "$OMNI_TMP/install.log" >&2; die "staging failed"; }
	stage_settings
}

# settings that let a server see the staged extension
stage_settings() {
	local share lib
	share=$("$PG_CONFIG" --sharedir)
	lib=$("$PG_CONFIG" --pkglibdir)
	if "$PG_BIN/postgres" --describe-config 2>/dev/null | grep -q '^extension_destdir' ||
		strings_has_destdir; then
		STAGE_CONF="extension_destdir = '$OMNI_TMP/stage'"
	elif [ "$PG_MAJOR" -ge 18 ]; then
		STAGE_CONF="extension_control_path = '$OMNI_TMP/stage$share:\$system'
dynamic_library_path = '$OMNI_TMP/stage$lib:\$libdir'"
	else
		relocate_server
		STAGE_CONF=
	fi
}

strings_has_destdir() { grep -q extension_destdir "$PG_BIN/postgres"; }

# a copy of the server tree with the extension in it: PostgreSQL finds its files relative to its
# own binary
relocate_server() {
	local share lib prefix
	share=$("$PG_CONFIG" --sharedir); lib=$("$PG_CONFIG" --pkglibdir)
	prefix=$OMNI_TMP/server
	mkdir -p "$prefix$PG_BIN" "$prefix$share" "$prefix$lib"
	cp -a "$PG_BIN/." "$prefix$PG_BIN/"
	cp -a "$share/." "$prefix$share/"
	cp -a "$lib/." "$prefix$lib/"
	cp -a "$OMNI_TMP/stage/." "$prefix/"
	PG_BIN=$prefix$PG_BIN
	export PATH="$PG_BIN:$PATH"
}

cluster_start() {
	local data=$OMNI_TMP/data sock=$OMNI_TMP/sock
	mkdir -p "$data" "$sock"
	[ "$(id -u)" = 0 ] && chown postgres "$data" "$sock"
	chmod 700 "$data" "$sock"
	as_server "$PG_BIN/initdb" -D "$data" -U postgres --auth-local=trust --auth-host=scram-sha-256 -E UTF8 --locale=C.UTF-8 -N >"$OMNI_TMP/initdb.log" 2>&1 ||
		{ cat "$OMNI_TMP/initdb.log" >&2; die "initdb failed"; }
	as_server tee -a "$data/postgresql.conf" >/dev/null <<-CONF
		listen_addresses = '${CLUSTER_LISTEN:-}'
		unix_socket_directories = '$sock'
		port = ${CLUSTER_PORT:-5432}
		fsync = ${CLUSTER_FSYNC:-off}
		log_min_messages = warning
		shared_buffers = '256MB'
		max_prepared_transactions = 4
		max_wal_size = '4GB'
		jit = off
		${STAGE_CONF:-}
		${CLUSTER_CONF:-}
	CONF
	as_server "$PG_BIN/pg_ctl" -D "$data" -l "$data/server.log" -w -s start ||
		{ as_server cat "$data/server.log" >&2; die "the private cluster did not start"; }
	export PGHOST=$sock PGPORT=${CLUSTER_PORT:-5432} PGUSER=postgres PGDATABASE=postgres
	unset PGSERVICE PGPASSWORD PGOPTIONS
}

cluster_stop() {
	[ -n "$OMNI_TMP" ] && [ -f "$OMNI_TMP/data/postmaster.pid" ] || return 0
	as_server "$PG_BIN/pg_ctl" -D "$OMNI_TMP/data" -m immediate -s stop >/dev/null 2>&1 || true
}
