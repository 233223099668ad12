#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Flows out of real headers that are kept beside the project, in ../shared (or
# SHARED): not ours to hand on, so they are run where they are.
set -u
top=${TOP_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
forwarden=${FORWARDEN:-forwarden}
cases=${SHARED:-$top/../shared}/data/cases
work=$(mktemp) || exit 1
trap 'rm -f "$work"' EXIT
n=0

for file in "$cases"/*.test.yaml; do
	if [ ! -f "$file" ]; then
		echo "ok 1 - cases of real headers # SKIP $cases is not here"
		echo 1..1
		exit 0
	fi
	name=$(basename "$file" .test.yaml)
	"$forwarden" test -v -p "$top/policies" "$file" >"$work" 2>&1
	status=$?
	while IFS= read -r line; do
		case $line in
		"ok    "*) n=$((n + 1)) && echo "ok $n - $name: ${line#ok    }" ;;
		"FAIL  "*) n=$((n + 1)) && echo "not ok $n - $name: ${line#FAIL  }" ;;
		*) echo "# $line" ;;
		esac
	done <"$work"
	n=$((n + 1))
	[ $status -eq 0 ] || printf 'not '
	echo "ok $n - $name: all of it was read and passed"
done
echo "1..$n"
