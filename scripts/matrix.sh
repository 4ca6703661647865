#!/usr/bin/env bash
# matrix.sh [MAJOR...]: builds omni and runs its regress and isolation tests (KINDS for others) on PostgreSQL 15, 17 and
# 18, each in a Debian chroot of its own that has its own ICU; compares the canonicalisation digest
# of all, and carries a store through pg_upgrade from 15 to 17. Needs root. The chroots are kept in
# $OMNI_MATRIX (default /var/tmp/omni-matrix) for the next run.
. "$(dirname "$0")/lib.sh"
MATRIX=${OMNI_MATRIX:-/var/tmp/omni-matrix}
declare -A SUITE=([15]=bookworm [17]=trixie [18]=sid)
MAJORS=${*:-15 17 18}
KINDS=${KINDS:-regress isolation}

[ "$(id -u)" = 0 ] || die "make test-matrix needs root, for chroots"
need_packages debootstrap
MIRROR=$(awk '/^deb / && $2 ~ /^http/ {print $2; exit}' /etc/apt/sources.list 2>/dev/null)
[ -n "$MIRROR" ] || MIRROR=$(awk '/^URIs:/ {print $2; exit}' /etc/apt/sources.list.d/*.sources 2>/dev/null)
[ -n "$MIRROR" ] || die "no Debian mirror found in the package sources"

# a root file system with PostgreSQL $1 and what the tests need, without the compilers of JIT
prepare() {
	local major=$1 root=$MATRIX/$1
	[ -e "$root/.ready" ] && return 0
	say "making a chroot with PostgreSQL $major (${SUITE[$major]})"
	rm -rf --one-file-system "$root"
	mkdir -p "$root"
	debootstrap --variant=minbase "${SUITE[$major]}" "$root" "$MIRROR" >"$root.log" 2>&1 || { tail -n 5 "$root.log"; return 1; }
	# what this machine needs to reach its mirror
	cp /etc/hosts /etc/resolv.conf "$root/etc/" 2>/dev/null
	grep -lE '^Acquire' /etc/apt/apt.conf.d/* 2>/dev/null | xargs -r cp -t "$root/etc/apt/apt.conf.d/"
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"; chmod +x "$root/usr/sbin/policy-rc.d"
	echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/fast"
	printf 'path-exclude=/usr/share/doc/*\npath-exclude=/usr/share/man/*\npath-exclude=/usr/share/locale/*\n' >"$root/etc/dpkg/dpkg.cfg.d/lean"
	mkdir -p "$root/etc/postgresql-common"
	echo 'create_main_cluster = false' >"$root/etc/postgresql-common/createcluster.conf"
	# the minor releases with the security fixes: pg_upgrade from 15.20 needs 17.12
	if [ "${SUITE[$major]}" != sid ]; then
		echo "deb ${MIRROR%/}-security ${SUITE[$major]}-security main" >"$root/etc/apt/sources.list.d/security.list"
		in_chroot "$major" apt-get update -qq >>"$root.log" 2>&1 || rm "$root/etc/apt/sources.list.d/security.list"
	fi
	in_chroot "$major" apt-get update -qq >>"$root.log" 2>&1
	in_chroot "$major" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
		"postgresql-$major" "postgresql-client-$major" libpq-dev libicu-dev gcc make libc6-dev pkg-config \
		libipc-run-perl "postgresql-$major-pgtap" ca-certificates >>"$root.log" 2>&1 || { tail -n 5 "$root.log"; return 1; }
	# the headers without the JIT toolchain that the package depends on
	in_chroot "$major" sh -c "cd /tmp && apt-get download -qq postgresql-server-dev-$major && dpkg -x postgresql-server-dev-*.deb / && rm postgresql-server-dev-*.deb" >>"$root.log" 2>&1 || return 1
	touch "$root/.ready"
}

in_chroot() {
	local root=$MATRIX/$1; shift
	mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
	mountpoint -q "$root/dev/shm" || { mkdir -p "$root/dev/shm"; mount -t tmpfs tmpfs "$root/dev/shm"; }
	[ -c "$root/dev/null" ] || mount --bind /dev "$root/dev"
	chroot "$root" "$@"
}

# A store with data of each type, and indexes, goes through pg_upgrade. 15's server runs in 17's chroot
# from a copy of its tree, with the libraries that 17's system no longer has.
pg_upgrade_15_to_17() {
	local old=$MATRIX/17/opt/pg15 lib
	rm -rf "$old" "$MATRIX/17/var/tmp/upgrade" "$MATRIX/15/stage" "$MATRIX/17/stage"
	mkdir -p "$old/usr/lib/postgresql" "$old/usr/share/postgresql" "$old/lib"
	in_chroot 15 bash -c '. /omni/scripts/lib.sh; export PG_CONFIG=/usr/lib/postgresql/15/bin/pg_config; make -s -C /omni PG_CONFIG=$PG_CONFIG $(llvm_flag) install DESTDIR=/stage' || return 1
	in_chroot 17 bash -c '. /omni/scripts/lib.sh; export PG_CONFIG=/usr/lib/postgresql/17/bin/pg_config; make -s -C /omni PG_CONFIG=$PG_CONFIG $(llvm_flag) install DESTDIR=/stage' || return 1
	cp -a "$MATRIX/15/usr/lib/postgresql/15" "$old/usr/lib/postgresql/" && cp -a "$MATRIX/15/usr/share/postgresql/15" "$old/usr/share/postgresql/" &&
		cp -a "$MATRIX/15/stage/." "$old/" || return 1
	for lib in $(chroot "$MATRIX/15" ldd /usr/lib/postgresql/15/bin/postgres /stage/usr/lib/postgresql/15/lib/omni.so | awk '$3 ~ /^\// { print $3 }' | sort -u); do
		[ -e "$MATRIX/17$lib" ] || cp -L "$MATRIX/15$lib" "$old/lib/"
	done
	cp "$OMNI_ROOT/test/tap/pg_upgrade.sh" "$MATRIX/17/omni/test/tap/"
	in_chroot 17 bash /omni/test/tap/pg_upgrade.sh /opt/pg15/usr/lib/postgresql/15/bin /opt/pg15/lib /usr/lib/postgresql/17/bin
}

leave() {
	local m
	for m in 15 17 18; do
		umount -l "$MATRIX/$m/proc" "$MATRIX/$m/dev/shm" 2>/dev/null
	done
	cleanup
}

scratch
trap leave EXIT
mkdir -p "$MATRIX"
PASSED=0 FAILED=0
declare -A DIGEST
for major in $MAJORS; do
	[ -n "${SUITE[$major]:-}" ] || die "no chroot is known for PostgreSQL $major"
	printf -- '== PostgreSQL %s\n' "$major"
	if ! prepare "$major"; then printf 'NOT OK  the chroot could not be made\n'; FAILED=$((FAILED + 1)); continue; fi
	rm -rf "$MATRIX/$major/omni" "$MATRIX/$major/shared"
	mkdir -p "$MATRIX/$major/omni"
	tar -C "$OMNI_ROOT" --exclude='*.o' --exclude='*.bc' --exclude='*.so' --exclude=.git -cf - . | tar -C "$MATRIX/$major/omni" -xf -
	[ -d "$OMNI_ROOT/../shared" ] && cp -r "$OMNI_ROOT/../shared" "$MATRIX/$major/shared"
	in_chroot "$major" env PG_CONFIG="/usr/lib/postgresql/$major/bin/pg_config" OMNI_LEAN=1 \
		bash /omni/scripts/test.sh $KINDS >"$OMNI_TMP/$major.log" 2>&1
	grep -vE '^ok ' "$OMNI_TMP/$major.log"
	counts=$(tail -n 1 "$OMNI_TMP/$major.log")
	p=$(sed -n 's/^\([0-9]*\) passed.*/\1/p' <<<"$counts"); f=$(sed -n 's/.* \([0-9]*\) failed$/\1/p' <<<"$counts")
	PASSED=$((PASSED + ${p:-0})); FAILED=$((FAILED + ${f:-1}))
	DIGEST[$major]=$(in_chroot "$major" env PG_CONFIG="/usr/lib/postgresql/$major/bin/pg_config" bash -c \
		'. /omni/scripts/lib.sh; need_postgres; omni_build; cluster_start >/dev/null; createdb d; psql -Xqd d -c "CREATE EXTENSION omni"; psql -XAtd d -c "SELECT omni.canon_digest() || chr(32) || omni.icu_version()"' 2>/dev/null | tail -n 1)
	printf 'canonicalisation digest: %s\n' "${DIGEST[$major]:-none}"
done
if [[ " $MAJORS " == *" 15 "* && " $MAJORS " == *" 17 "* ]]; then
	printf -- '== pg_upgrade 15 to 17\n'
	if pg_upgrade_15_to_17 >"$OMNI_TMP/upgrade.log" 2>&1; then
		PASSED=$((PASSED + 1)); grep '^ok' "$OMNI_TMP/upgrade.log"
	else
		FAILED=$((FAILED + 1)); tail -n 30 "$OMNI_TMP/upgrade.log"; echo 'NOT OK  pg_upgrade 15 to 17'
	fi
fi
if [ ${#DIGEST[@]} -gt 1 ]; then
	if [ "$(printf '%s\n' "${DIGEST[@]}" | cut -d' ' -f1 | sort -u | wc -l)" = 1 ] && [ -n "${DIGEST[${MAJORS%% *}]}" ]; then
		PASSED=$((PASSED + 1)); echo 'ok      the digest is the same on every ICU'
	else
		FAILED=$((FAILED + 1)); echo 'NOT OK  the digest differs'
	fi
fi
printf '%s passed, %s failed\n' "$PASSED" "$FAILED"
[ "$FAILED" = 0 ]
