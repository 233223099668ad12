#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The manual pages are well-formed, tell every subcommand, and have the keys
# that the program has.
set -u
made=${TOP_BUILDDIR:?}/docs/made
program=${FORWARDEN:?}
. "${TOP_SRCDIR:?}/tests/tap.sh"

# What is in the tree is made with the paths of this build first.
"$program" keys --mdoc >"$work/forwarden.yaml.5"
"$program" keys --example >"$work/forwarden.yaml"
sed -n '/^\.\\" BEGIN KEYS/,/^\.\\" END KEYS/p' "$made/forwarden.yaml.5" |
	sed '1d;$d' | diff - "$work/forwarden.yaml.5" >"$work/out"
result $? "forwarden.yaml.5 has the program's keys (docs/update-keys)"
diff "$made/forwarden.yaml" "$work/forwarden.yaml" >>"$work/out"
result $? "forwarden.yaml has the program's keys (docs/update-keys)"

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
