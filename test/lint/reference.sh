# The reference says what the catalog says. A failure shows the difference; "make docs" writes the page anew.
difference=$(diff <(scripts/reference.sh --print) doc/reference.md)
if [ -z "$difference" ]; then
	echo 'ok 1 - doc/reference.md is up to date'
else
	echo 'not ok 1 - doc/reference.md is not up to date: run "make docs"'
	head -n 40 <<<"$difference" | sed 's/^/# /'
fi
echo 1..1
