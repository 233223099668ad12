#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The demonstrations tell the truth, and leave nothing behind.
set -u
top=${TOP_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
if [ "$(id -u)" -ne 0 ]; then
	echo "1..0 # SKIP needs root"
	exit 0
fi
n=0
work=$(mktemp -d) || exit 1
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
result() {
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		tail -n 60 "$work/out" | sed 's/^/#   /'
	fi
}

for option in '' --redis; do
	TMPDIR=$work "$top/scripts/demo" $option >"$work/out" 2>&1 </dev/null
	result $? "scripts/demo${option:+ $option}: all as told"
	left=$(ls -d "$work"/forwarden-* 2>/dev/null
		grep -las "$work/[f]orwarden" /proc/[0-9]*/cmdline)
	[ -z "$left" ]
	result $? "scripts/demo${option:+ $option}: nothing is left"
done
echo "1..$n"
