#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What README.md tells people to type is right: its configuration is accepted
# with the policies that ship, and the files and subcommands it names exist.
set -u
top=${TOP_SRCDIR:-$(cd "$(dirname "$0")/.." && pwd)}
forwarden=${FORWARDEN:-$top/forwarden}
. "$top/tests/tap.sh"

sed -n '/^```yaml/,/^```/p' "$top/README.md" | grep -v '^```' |
	sed "s#/usr/share/forwarden/policies#$top/policies#" >"$work/forwarden.yaml"
[ -s "$work/forwarden.yaml" ] && "$forwarden" check -c "$work/forwarden.yaml" >"$work/out" 2>&1
result $? "README.md: forwarden check accepts its configuration"

: >"$work/out"
for command in $(grep -o '^    forwarden [a-z]*' "$top/README.md" | sed 's/.* //' | sort -u); do
	"$forwarden" --help 2>&1 | grep -q "^  $command " || echo "no forwarden $command" >>"$work/out"
done
[ ! -s "$work/out" ]
result $? "README.md: its subcommands exist"

for file in $(grep -oE '(docs|scripts|policies|tests)/[a-z/.-]*' "$top/README.md" | sort -u); do
	[ -e "$top/$file" ] || echo "no $file" >>"$work/out"
done
[ ! -s "$work/out" ]
result $? "README.md: its files exist"
echo "1..$n"
