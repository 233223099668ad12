#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The manual pages are well-formed, tell every subcommand with every option, and
# have the keys that the program has.
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

# The options of a command: as --help has them, and as its section tells them
# (".Op Fl a | -all", ".It Fl -from Ar address").
has() {
	"$program" "$1" --help | sed -nE 's/^  (-.,|   ) (--[a-z-]+).*/\1 \2/p' |
		tr -d , | tr ' ' '\n' | grep .
}
tells() {
	sed -n "/^\.Ss $1\$/,/^\.S[sh] /p" "$made/forwarden.8" | awk '
		/^\.(Op|It|Fl|Pq) / {
			told = 0
			for (i = 1; i <= NF; i++) {
				if ($i == "Fl" || $i == ".Fl" || $i == "|")
					told = 1
				else if (told) {
					print "-" $i
					told = 0
				}
			}
		}'
}

for command in $("$program" --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
	grep -q "^\.Ss $command\$" "$made/forwarden.8"
	result $? "forwarden.8 tells of $command"
	has "$command" | sort -u >"$work/has"
	tells "$command" | sort -u >"$work/tells"
	# These are told of all commands at once.
	grep -vxE -e '-[chj]|--(config|help|json|socket)' "$work/has" >"$work/own"
	comm -23 "$work/own" "$work/tells" | sed 's/^/not told: /' >"$work/out"
	comm -13 "$work/has" "$work/tells" | sed 's/^/told, and there is none: /' >>"$work/out"
	[ ! -s "$work/out" ]
	result $? "... and of its options"
done

"$program" completion bash | diff - "${TOP_SRCDIR:?}/docs/forwarden.bash" >"$work/out"
result $? "completion bash is docs/forwarden.bash"

if command -v mandoc >/dev/null; then
	for page in "$made"/*.[1-8]; do
		complaints=$(mandoc -Tlint -W warning "$page" | grep -v 'STYLE: referenced manual not found')
		[ -z "$complaints" ]
		result $? "$(basename "$page") is well-formed"
		[ -z "$complaints" ] || echo "$complaints" | sed 's/^/# /'
	done
fi
echo "1..$n"
