# lib.sh: what the project's commands share. Source it; it needs bash.
#
#   need_packages PKG...     install what is missing, naming it first
#   python_venv DIR PKG...   a virtual environment of Python in DIR/venv with these packages
#   omni_build               build the extension and stage it under $OMNI_TMP/stage
#   cluster_start            start a private throw-away cluster on a private socket that sees the
#                            staged extension; exports PGHOST PGPORT PGUSER PGDATABASE
#   as_server CMD...         run a command as the user that owns the cluster
#
# The cluster, the stage and all scratch files live in $OMNI_TMP, which is removed on exit,
# on failure and on Ctrl-C. Nothing else on the system is touched, no existing cluster is used.

set -u
OMNI_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
OMNI_TMP=${OMNI_TMP:-}
OMNI_CHILD=				# process group of what guarded() runs
# the same output whatever the user's locale, umask and libpq settings are
export LC_ALL=C.UTF-8 PSQL_PAGER=cat
unset LANGUAGE PGHOSTADDR PGSERVICE PGSERVICEFILE PGPASSWORD PGOPTIONS PGSSLMODE PGCLIENTENCODING PGTZ PGDATESTYLE PGAPPNAME
umask 022

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# whether this user may install; asks for the password of sudo where there is a terminal
may_install() {
	[ "$(id -u)" = 0 ] && return
	command -v sudo >/dev/null || return
	sudo -n true 2>/dev/null || { [ -t 2 ] && sudo -v; }
}

# Debian makes a cluster of its own and starts it when a server is installed, which nobody asked for here
CREATECLUSTER=/etc/postgresql-common/createcluster.conf
no_main_cluster() {
	as_root mkdir -p "${CREATECLUSTER%/*}"
	[ ! -e "$CREATECLUSTER" ] || as_root cp -p "$CREATECLUSTER" "$CREATECLUSTER.before"
	echo 'create_main_cluster = false' | as_root tee -a "$CREATECLUSTER" >/dev/null
}
main_cluster_again() {
	local f
	for f in "$CREATECLUSTER.before" "$CREATECLUSTER.ucf-dist"; do
		[ ! -e "$f" ] || { as_root mv "$f" "$CREATECLUSTER"; return; }
	done
	as_root rm -f "$CREATECLUSTER"
}

need_packages() {
	local missing=() p log rc=0
	command -v dpkg-query >/dev/null || return 0
	for p in "$@"; do
		dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p")
	done
	[ ${#missing[@]} = 0 ] && return 0
	say "missing packages: ${missing[*]}"
	may_install || die "only root may install, and sudo does not let $(id -un). Ask the administrator for

    apt-get install --no-install-recommends ${missing[*]}
"
	say 'installing them'
	(
		trap 'main_cluster_again; exit 1' INT TERM HUP
		no_main_cluster
		log=$( { as_root apt-get update -qq; as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
			--no-install-recommends "${missing[@]}"; } 2>&1 </dev/null) || { rc=1; say "$log"; }
		main_cluster_again
		exit $rc
	) || die "could not install ${missing[*]}"
}

# python_venv DIR PKG...: the Python of DIR/venv has these packages of pip; false where they cannot be had. DIR keeps them
# for the next time.
python_venv() {
	local dir=$1 python p; shift
	[ "$(cat "$dir/.python" 2>/dev/null)" != "$*" ] || return 0
	python=$(command -v python3)
	for p in python3.11 python3.12 python3.13; do command -v $p >/dev/null && python=$(command -v $p) && break; done
	[ -n "$python" ] || { say 'there is no Python here'; return 1; }
	say "installing Python packages into $dir"
	mkdir -p "$dir" && { [ -x "$dir/venv/bin/pip" ] || "$python" -m venv "$dir/venv" >&2; } &&
		"$dir/venv/bin/pip" install -q --disable-pip-version-check "$@" >&2 || { say 'pip failed'; return 1; }
	echo "$*" >"$dir/.python"
}

# the newest PostgreSQL that is installed with its development package, or else that this Debian or Ubuntu carries
newest_major() {
	local installed carried
	installed=$(ls -d /usr/lib/postgresql/*/bin/pg_config 2>/dev/null | grep -oE '/[0-9]+/' | tr -d / | sort -n | tail -n 1)
	[ -z "$installed" ] || { echo "$installed"; return; }
	carried='apt-cache search --names-only ^postgresql-server-dev-[0-9]+$'
	if [ -z "$($carried 2>/dev/null)" ]; then
		say 'reading the package lists'
		may_install && as_root apt-get update -qq >&2 </dev/null
	fi
	$carried 2>/dev/null | grep -oE 'dev-[0-9]+' | cut -c5- | sort -n | tail -n 1
}

# need_postgres [PKG...]: a server to build for and run, that of PG_CONFIG if it is set; and packages, in whose names NN
# stands for its major version
need_postgres() {
	local packages=()
	if [ -z "${PG_CONFIG:-}" ] && ! command -v apt-cache >/dev/null; then
		PG_CONFIG=$(command -v pg_config) || die "no pg_config here: install PostgreSQL with its development files, ICU, gcc and make, or set PG_CONFIG=/path/to/pg_config"
	fi
	if [ -z "${PG_CONFIG:-}" ]; then
		PG_MAJOR=$(newest_major)
		[ -n "$PG_MAJOR" ] || die "no package postgresql-server-dev-NN is known here: run apt-get update as root, or set PG_CONFIG=/path/to/pg_config"
		packages=(postgresql-NN postgresql-client-NN postgresql-server-dev-NN libicu-dev pkg-config gcc make libc6-dev)
		PG_CONFIG=/usr/lib/postgresql/$PG_MAJOR/bin/pg_config
	else
		PG_MAJOR=$("$PG_CONFIG" --version | grep -oE '[0-9]+' | head -n 1)
		[ -n "$PG_MAJOR" ] || die "cannot run $PG_CONFIG"
	fi
	[ "$PG_MAJOR" -ge 15 ] || die "PostgreSQL $PG_MAJOR is too old, omni needs 15 or later: set PG_CONFIG=/path/to/pg_config of a newer one"
	packages+=("$@")
	need_packages "${packages[@]//NN/$PG_MAJOR}"
	export PG_CONFIG
	PG_BIN=$("$PG_CONFIG" --bindir) || die "cannot run $PG_CONFIG"
	[ -x "$PG_BIN/postgres" ] || die "no server in $PG_BIN: install it beside its development package"
	export PATH="$PG_BIN:$PATH"
}

scratch() {
	[ -n "$OMNI_TMP" ] && return
	local base=${TMPDIR:-/tmp}
	# room for the name of a socket in it, no space (PGXS stages into none) and open to the server's user
	[ ${#base} -le 50 ] && [[ "$base" != *[!A-Za-z0-9_./+,@-]* ]] && { [ "$(id -u)" != 0 ] || as_server test -x "$base"; } || base=/tmp
	OMNI_TMP=$(mktemp -d "$base/omni.XXXXXX") || die "cannot write to $base"
	trap cleanup EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	chmod 755 "$OMNI_TMP"
	mkdir -m 1777 "$OMNI_TMP/tmp"
	export TMPDIR=$OMNI_TMP/tmp
}

# Run a long command so that a signal to the script ends both at once: bash would wait for it first. It has a process
# group of its own, with all that it starts.
guarded() {
	local rc
	set -m
	"$@" </dev/null &
	OMNI_CHILD=$!
	set +m
	wait "$OMNI_CHILD"
	rc=$?
	OMNI_CHILD=
	return $rc
}

cleanup() {
	local rc=$? i
	trap - EXIT
	trap '' INT TERM HUP
	if [ -n "$OMNI_CHILD" ]; then
		kill -TERM -- "-$OMNI_CHILD" 2>/dev/null
		wait "$OMNI_CHILD" 2>/dev/null
		# time for those that it started
		for i in {1..30}; do kill -0 -- "-$OMNI_CHILD" 2>/dev/null || break; sleep 0.1; done
		kill -KILL -- "-$OMNI_CHILD" 2>/dev/null
	fi
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
	local llvm pgtap share
	llvm=$(llvm_flag)
	say "building omni for PostgreSQL $PG_MAJOR"
	guarded make -s -C "$OMNI_ROOT" -j2 PG_CONFIG="$PG_CONFIG" $llvm all >"$OMNI_TMP/build.log" 2>&1 ||
		{ cat "$OMNI_TMP/build.log" >&2; die "the build failed"; }
	make -s -C "$OMNI_ROOT" PG_CONFIG="$PG_CONFIG" $llvm install DESTDIR="$OMNI_TMP/stage" >"$OMNI_TMP/install.log" 2>&1 ||
		{ cat "$OMNI_TMP/install.log" >&2; die "staging failed"; }
	# pgTAP is SQL alone: a server built from source takes that of the package
	pgtap=/usr/share/postgresql/$PG_MAJOR/extension
	share=$("$PG_CONFIG" --sharedir)/extension
	[ -e "$share/pgtap.control" ] || [ ! -e "$pgtap/pgtap.control" ] || cp "$pgtap"/pgtap* "$OMNI_TMP/stage$share"
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

# path of a keyring as the server wants it: its user's alone, and outside the data directory
cluster_keyring() {
	local dir=$OMNI_TMP/keyring
	mkdir -p "$dir"
	cp "$OMNI_ROOT/test/keyring/keyring.txt" "$dir/keyring"
	chmod 600 "$dir/keyring"
	[ "$(id -u)" != 0 ] || chown -R postgres "$dir"
	echo "$dir/keyring"
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
		omni.keyring_file = '$(cluster_keyring)'
		${STAGE_CONF:-}
		${CLUSTER_CONF:-}
	CONF
	as_server "$PG_BIN/pg_ctl" -D "$data" -l "$data/server.log" -w -s start ||
		{ as_server cat "$data/server.log" >&2; die "the private cluster did not start"; }
	export PGHOST=$sock PGPORT=${CLUSTER_PORT:-5432} PGUSER=postgres PGDATABASE=postgres
}

# stops the cluster, and those of TAP tests that did not come to it
cluster_stop() {
	local pid
	[ -n "$OMNI_TMP" ] || return 0
	while read -r pid; do
		as_server "$PG_BIN/pg_ctl" -D "$(dirname "$pid")" -m immediate -s stop >/dev/null 2>&1
	done < <(find "$OMNI_TMP" -name postmaster.pid 2>/dev/null)
}
