#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The manual pages are well-formed, tell every subcommand, and have the keys
# that the program has.
set -u
docs=${TOP_SRCDIR:?}/docs
program=${FORWARDEN:?}
n=0
result() { # status name
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

# A folder that is not the author's has another default path.
"$program" keys --mdoc | sed 's/^Default: .*//' >keys.$$
sed -n '/^\.\\" BEGIN KEYS/,/^\.\\" END KEYS/p' "$docs/forwarden.yaml.5" |
	sed '1d;$d;s/^Default: .*//' | diff - keys.$$ | sed 's/^/# /' >diff.$$
[ ! -s diff.$$ ]
result $? "forwarden.yaml.5 has the program's keys (docs/update-keys)"
cat diff.$$
rm -f keys.$$ diff.$$

for command in $("$program" --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
	grep -q "^\.Ss $command\$" "$docs/forwarden.8"
	result $? "forwarden.8 tells of $command"
done

if command -v mandoc >/dev/null; then
	for page in "$docs"/*.[1-8]; do
		complaints=$(mandoc -Tlint -W warning "$page" | grep -v 'STYLE: referenced manual not found')
		[ -z "$complaints" ]
		result $? "$(basename "$page") is well-formed"
		[ -z "$complaints" ] || echo "$complaints" | sed 's/^/# /'
	done
fi
echo "1..$n"
