#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The scenarios beside this file: what happens to mail, message by message,
# under the policies that are shipped, or, in a folder, under its own. Flows out
# of real headers, which are not ours to hand on, lie in ../shared (or SHARED).
set -u
top=${TOP_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
forwarden=${FORWARDEN:-forwarden}
here=$top/tests/scenario
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0

run() { # name, then what `forwarden test` is given
	name=$1
	shift
	"$forwarden" test -v "$@" >"$work/said" 2>&1
	status=$?
	while IFS= read -r line; do
		case $line in
		"ok    "*) n=$((n + 1)) && echo "ok $n - $name: ${line#ok    }" ;;
		"FAIL  "*) n=$((n + 1)) && echo "not ok $n - $name: ${line#FAIL  }" ;;
		*) echo "# $line" ;;
		esac
	done <"$work/said"
	n=$((n + 1))
	[ $status -eq 0 ] || printf 'not '
	echo "ok $n - $name: all of it was read and passed"
}

for file in "$here"/*.test.yaml; do
	run "$(basename "$file" .test.yaml)" -p "$top/policies" "$file"
done
for folder in "$here"/*/; do
	run "$(basename "$folder")" "$folder"
done
for file in "${SHARED:-$top/../shared}"/data/cases/*.test.yaml; do
	if [ -f "$file" ]; then
		run "$(basename "$file" .test.yaml)" -p "$top/policies" "$file"
	else
		n=$((n + 1))
		echo "ok $n - cases of real headers # SKIP $file is not here"
	fi
done
echo "1..$n"
