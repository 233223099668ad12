#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The demonstrations tell the truth, and leave nothing behind.
set -u
top=${TOP_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
if [ "$(id -u)" -ne 0 ]; then
	echo "1..0 # SKIP needs root"
	exit 0
fi
. "$top/tests/tap.sh"
chmod 755 "$work"

for option in '' --redis; do
	TMPDIR=$work "$top/scripts/demo" $option >"$work/out" 2>&1 </dev/null
	result $? "scripts/demo${option:+ $option}: all as told"
	left=$(ls -d "$work"/forwarden-* 2>/dev/null
		grep -las "$work/[f]orwarden" /proc/[0-9]*/cmdline)
	[ -z "$left" ]
	result $? "scripts/demo${option:+ $option}: nothing is left"
done
echo "1..$n"
