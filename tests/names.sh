#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What a file of milter/ exports begins with the file's name, so that a reader
# who meets a name knows where it is from. A file that holds a part of another
# (address_list.c of address.h) begins with the leading words of its own name;
# what a folder shows to all the others (store_open) with the folder's; of many
# (diags_add) with the plural.
set -u
top=${TOP_SRCDIR:-$(cd "$(dirname "$0")/.." && pwd)}
build=${TOP_BUILDDIR:-$top}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# file, what it exports otherwise ("x_" is all that begin so), and why
cat >"$work/argued" <<'ARGUED'
cli/main main C has it so
daemon/read_ahead accept in the place of the C library's
daemon/read_ahead close in the place of the C library's
daemon/read_ahead poll in the place of the C library's
daemon/signals sigwait in the place of the C library's
mta/rules/person people_ persons in the plural
sigma/assemble build_ a build begins and ends there; its steps are the other files
ARGUED

# "folder/file name", one a line; of folder/wing/file the folder is the first.
(cd "$build/milter" && find . -name '*.o') | sed 's/^\.\///' | sort |
	while IFS= read -r object; do
		[ -f "$top/milter/${object%.o}.c" ] || continue
		${NM:-nm} -g "$build/milter/$object" 2>/dev/null |
			awk -v file="${object%.o}" '
				NF == 3 && $2 ~ /^[TDBRCVW]$/ {
					sub(/^_/, "", $3)
					print file, $3
				}'
	done | grep -vE ' (_|asan|ubsan|__)' >"$work/exported"

awk '
	FNR == NR {
		argued[$1 " " $2] = 1
		next
	}
	function begins(name, word) {
		return name == word || index(name, word "_") == 1 ||
			index(name, word "s_") == 1
	}
	function is_named(file, name,    parts, n, word) {
		n = split(file, parts, "/")
		if (begins(name, parts[1]))
			return 1
		for (word = parts[n]; word != ""; ) {
			if (begins(name, word))
				return 1
			if (!sub(/_[^_]*$/, "", word))
				break
		}
		return 0
	}
	function is_argued(file, name,    word) {
		if ((file " " name) in argued)
			return file " " name
		word = name
		while (sub(/_[^_]*$/, "", word)) {
			if ((file " " word "_") in argued)
				return file " " word "_"
		}
		return ""
	}
	{
		exception = is_argued($1, $2)
		if (exception != "") {
			used[exception] = 1
		} else if (!is_named($1, $2)) {
			print "milter/" $1 ".c exports " $2
		}
	}
	END {
		for (exception in argued) {
			if (!(exception in used))
				print exception " is argued for and not there"
		}
	}
' "$work/argued" "$work/exported" >"$work/wrong"

echo 1..2
count=$(wc -l <"$work/exported")
if [ "$count" -eq 0 ]; then # objects that only the linker can read (LTO)
	echo "ok 1 - exported names are seen # SKIP nm shows none"
	echo "ok 2 - each begins with its file's name # SKIP nm shows none"
	exit 0
fi
[ "$count" -gt 300 ] || printf 'not '
echo "ok 1 - exported names are seen ($count)"
[ ! -s "$work/wrong" ] || printf 'not '
echo "ok 2 - each begins with its file's name"
sort "$work/wrong" | sed 's/^/# /'
