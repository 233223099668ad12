# SPDX-License-Identifier: BSD-2-Clause
# For tests in shell, to be sourced: a directory of their own, and TAP. What a
# test says goes into $work/out, which is shown when it fails.
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0
result() { # status name
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		[ ! -s "$work/out" ] ||
			sed 's/^/#   /' "$work/out" | cut -c1-400 | tail -n 60
	fi
}
