#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What a comment or a document cites is there: a file by its name ("wire.c"),
# a path from the top of the tree ("docs/redis.md") or from milter/
# ("mail/realm.h").
set -u
top=${TOP_SRCDIR:-$(cd "$(dirname "$0")/.." && pwd)}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$top" || exit 1

# Names on their own are asked for by these endings; paths by their first part.
cat >"$work/cited.awk" <<'AWK'
function is_cited(word) {
	# NAME stands for one that is not there yet.
	if (word ~ /[*?]|NAME/ || word ~ /^\// || word ~ /^\.\./)
		return 0
	if (word ~ /^[A-Za-z0-9_-]+\.(c|h|md|sh|py|lua|tap|mk|scn)$/)
		return 1
	return word ~ /^(milter|docs|scripts|tests|policies|base|yaml|mail|forward|sigma|store|verdict|mta|lab|daemon|cli)\/[A-Za-z0-9_.\/-]*[A-Za-z0-9_]$/ &&
		word ~ /(\.[a-z0-9]+|^(docs|scripts|tests)\/[a-z-]+)$/
}
function look(text, where,    words, n, i) {
	gsub(/<[^<> ]*>/, " ", text)
	gsub(/https?:[^ ]*/, " ", text)
	n = split(text, words, /[^A-Za-z0-9_.\/*?-]+/)
	for (i = 1; i <= n; i++) {
		sub(/[.\/-]+$/, "", words[i])
		sub(/^\.\//, "", words[i])
		if (is_cited(words[i]))
			print words[i] "\t" where
	}
}
FNR == 1 { inside = 0; code = FILENAME ~ /\.[ch]$/; script = FILENAME !~ /\.([ch]|md|[0-9])$/ }
code {
	text = ""
	rest = $0
	while (rest != "") {
		if (!inside) {
			at = index(rest, "/*")
			if (at == 0)
				break
			rest = substr(rest, at + 2)
			inside = 1
		}
		at = index(rest, "*/")
		if (at == 0) {
			text = text " " rest
			break
		}
		text = text " " substr(rest, 1, at - 1)
		rest = substr(rest, at + 2)
		inside = 0
	}
	look(text, FILENAME ":" FNR)
	next
}
script && !/^[ \t]*#/ { next }
{ look($0, FILENAME ":" FNR) }
AWK

find . -name .git -prune -o -type f -print | sed 's/^\.//' |
	grep -vE '/(autom4te\.cache|\.deps|\.libs)/|~$|\.o$' >"$work/files"
# Headers of libraries, and what the build makes, are cited by right.
grep -rhoE '#[ 	]*include[ 	]*<[^>]*>' milter tests |
	sed 's/.*<\(.*\)>/\/\1/' | sort -u >>"$work/files"
find "${TOP_BUILDDIR:-.}" -name '*.[ch]' | sed 's/^\.//' >>"$work/files"

grep -E '^/(milter|tests|scripts|docs|policies)/|^/[A-Z]+\.md$' "$work/files" |
	grep -E '\.([ch]|md|sh|py|lua|mk|awk|[0-9]|yaml|in)$|^/scripts/' |
	grep -vE '^/(tests/fuzz/corpus|tests/unit/mistakes)/' | sed 's/^.//' |
	while IFS= read -r file; do
		[ ! -f "$file" ] || echo "$file"
	done | sort -u >"$work/read"
# shellcheck disable=SC2046 # no name of ours has a space
awk -f "$work/cited.awk" $(cat "$work/read") >"$work/cited"

awk -F '\t' '
	NR == FNR {
		at[$0] = 1
		for (rest = $0; (i = index(rest, "/")) > 0;) {
			rest = substr(rest, i + 1)
			known[rest] = 1
		}
		for (path = $0; match(path, /\/[^\/]*$/) > 1;) {
			path = substr(path, 1, RSTART - 1)
			known[substr(path, 2)] = 1
		}
		next
	}
	!($1 in known) { print $2 ": " $1 " is not there" }
' "$work/files" "$work/cited" >"$work/missing"

echo 1..2
count=$(wc -l <"$work/cited")
[ "$count" -gt 100 ] || printf 'not '
echo "ok 1 - comments and documents cite files ($count times)"
[ ! -s "$work/missing" ] || printf 'not '
echo "ok 2 - each of them is in the tree"
sed 's/^/# /' "$work/missing"
