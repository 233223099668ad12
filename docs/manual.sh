#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The manual pages are well-formed, tell every subcommand, and have the keys
# that the program has.
set -u
made=${TOP_BUILDDIR:?}/docs/made
program=${FORWARDEN:?}
n=0
result() { # status name
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

# What is in the tree is made with the paths of this build first.
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
"$program" keys --mdoc >"$work/forwarden.yaml.5"
"$program" keys --example >"$work/forwarden.yaml"
sed -n '/^\.\\" BEGIN KEYS/,/^\.\\" END KEYS/p' "$made/forwarden.yaml.5" |
	sed '1d;$d' | diff - "$work/forwarden.yaml.5" >"$work/diff"
result $? "forwarden.yaml.5 has the program's keys (docs/update-keys)"
diff "$made/forwarden.yaml" "$work/forwarden.yaml" >>"$work/diff"
result $? "forwarden.yaml has the program's keys (docs/update-keys)"
sed 's/^/# /' "$work/diff"

for command in $("$program" --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
	grep -q "^\.Ss $command\$" "$made/forwarden.8"
	result $? "forwarden.8 tells of $command"
done

if command -v mandoc >/dev/null; then
	for page in "$made"/*.[1-8]; do
		complaints=$(mandoc -Tlint -W warning "$page" | grep -v 'STYLE: referenced manual not found')
		[ -z "$complaints" ]
		result $? "$(basename "$page") is well-formed"
		[ -z "$complaints" ] || echo "$complaints" | sed 's/^/# /'
	done
fi
echo "1..$n"
