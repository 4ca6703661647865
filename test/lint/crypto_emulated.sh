# The primitives of src/privacy by the instructions of processors that this machine may not have, under qemu. Needs
# qemu-user of version 8.2 or later, and for ARMv8 gcc-aarch64-linux-gnu and libc6-dev-arm64-cross; skipped without.
. scripts/lib.sh
PG_CONFIG=${PG_CONFIG:-pg_config}
n=0
tmp=${OMNI_TMP:-$(mktemp -d)}/lint
mkdir -p "$tmp"

emulated() {	# emulated NAME EMULATOR COMPILER METHODS
	local name=$1 emulator=$2 cc=$3 methods=$4 out missing
	n=$((n + 1))
	for missing in "$emulator" "$cc"; do
		command -v "$missing" >/dev/null || { echo "ok $n - $name # skip no $missing here"; return; }
	done
	out=$($cc -static -std=gnu99 -O2 -w -D_GNU_SOURCE -Isrc -isystem "$("$PG_CONFIG" --includedir-server)" \
		-o "$tmp/crypto_$emulator" test/lint/crypto_emulated.c src/privacy/{aes,siv,sha256}.c 2>&1 &&
		"$emulator" -cpu max "$tmp/crypto_$emulator" 2>&1)
	for method in $methods; do
		# an old emulator has no SHA extensions
		if [ "$method" = SHA-NI ] && ! grep -q SHA-NI <<<"$out" && ! "$emulator" -cpu help | grep -q sha-ni; then
			echo "ok $n - $name # skip this $emulator is too old"
			return
		fi
		grep -q "^ok .* $method\$" <<<"$out" || out+=$'\n'"not ok $method did not run"
	done
	if grep -qv '^ok ' <<<"$out"; then
		echo "not ok $n - $name"
		sed 's/^/# /' <<<"$out" | head -n 20
	else
		echo "ok $n - $name"
	fi
}

emulated 'x86, with SHA extensions' qemu-x86_64 gcc 'SHA-NI AES-NI AVX2'
emulated ARMv8 qemu-aarch64 aarch64-linux-gnu-gcc ARMv8
echo "1..$n"
