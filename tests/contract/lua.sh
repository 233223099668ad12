#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The Lua scripts that Redis runs compile, and make no global: Redis refuses
# those when the script runs, which may be late.
set -u
top=${TOP_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
luac=
for name in luac5.1 luac51 luac; do
	command -v "$name" >/dev/null 2>&1 && luac=$name && break
done
if [ -z "$luac" ]; then
	if [ -n "${CI:-}" ]; then
		printf '1..1\nnot ok 1 - there is a luac\n'
		exit 1
	fi
	echo "1..0 # SKIP no luac (the package lua5.1)"
	exit 0
fi
n=0
for script in "$top"/milter/store/redis/*.lua; do
	n=$((n + 1))
	listing=$("$luac" -p -l "$script" 2>&1)
	rc=$?
	globals=$(printf '%s\n' "$listing" | grep SETGLOBAL)
	if [ "$rc" -eq 0 ] && [ -z "$globals" ]; then
		echo "ok $n - $(basename "$script")"
	else
		echo "not ok $n - $(basename "$script")"
		[ "$rc" -eq 0 ] || globals=$listing
		printf '%s\n' "$globals" | sed 's/^/# /'
	fi
done
# read_by FILE...: the globals that these scripts read as they are run, put
# together (embed.awk): a name that nobody made is found there, and not in Redis.
read_by() {
	for script in "$@"; do
		(cd "$top/milter/store/redis" && awk -v plain=1 -f embed.awk \
			"$(basename "$script")") | "$luac" -p -l - 2>&1 |
			sed -n 's/.*GETGLOBAL.*; //p'
	done | sort -u | tr '\n' ' '
}

scripts=$(sed -n '/SCRIPT_COUNT/d; s/^	SCRIPT_\([A-Z]*\),$/\1.lua/p' \
	"$top/milter/store/redis/script.h" | tr '[:upper:]' '[:lower:]')
known="ARGV KEYS ipairs math next pcall redis string struct table tonumber \
type unpack"
unknown=
for name in $(read_by $scripts); do
	case " $known " in
	*" $name "*) ;;
	*) unknown="$unknown $name" ;;
	esac
done
n=$((n + 1))
if [ -n "$scripts" ] && [ -z "$unknown" ]; then
	echo "ok $n - the scripts, put together, read what there is"
else
	echo "not ok $n - the scripts, put together, read what there is"
	echo "# and not:$unknown"
fi

# called FILE...: the commands that these scripts call.
called() {
	cat "$@" | grep -oE "redis\.p?call\('[A-Z]+'" | grep -oE '[A-Z]+' |
		sort -u | tr '\n' ' '
}

probe=$top/milter/store/redis/probe.lua
wanted=$(called "$top"/milter/store/redis/*.lua)
probed=$( (called "$probe" && grep -oE "^ *\{'[A-Z]+'" "$probe" |
	grep -oE '[A-Z]+') | tr ' ' '\n' | grep . | sort -u | tr '\n' ' ')
n=$((n + 1))
if [ "$wanted" = "$probed" ]; then
	echo "ok $n - probe.lua calls what the other scripts call"
else
	echo "not ok $n - probe.lua calls what the other scripts call"
	echo "# they: $wanted"
	echo "# it:   $probed"
fi
echo "1..$n"
