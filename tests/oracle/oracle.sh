#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Real mail and another reader. Every field of fields.txt is read by Forwarden
# and by GMime, and the two agree or differ as the file says; the same for the
# real messages beside the source, if they are there; and those have no gap.
set -u
here=$TOP_SRCDIR/tests/oracle
oracle=$TOP_BUILDDIR/tests/oracle/oracle
archive=${SHARED:-}/data/mail/not-forwarded.tar.xz
LC_ALL=C
export LC_ALL
. "$TOP_SRCDIR/tests/tap.sh"

skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}
show() {
	sed 's/^/# /' "$1"
}

fields=$(grep -vc '^#' "$here/fields.txt")
echo "1..$((fields + 4))"

# Each kind in the tables has a justification.
sed 's/#.*//; /^$/d; s/	.*//' "$here/kinds.txt" | sort >"$work/kinds"
{
	grep -v '^#' "$here/fields.txt" | sed 's/	.*//'
	grep -v '^#' "$here/known.txt" | sed 's/.*	//'
} | grep -vx same | sort -u >"$work/used"
comm -13 "$work/kinds" "$work/used" >"$work/unexplained"
[ ! -s "$work/unexplained" ]
result $? "every kind of difference is explained"
show "$work/unexplained"

# The kinds in which the GMime that is here differs no more.
settled() {
	version=$("$oracle" --version)
	grep -v '^#' "$here/kinds.txt" | cut -sf 1,3 | awk 'NF > 1' |
		while read -r kind since; do
			printf '%s\n' "$since" "$version" | sort -CV && printf '%s ' "$kind"
		done
}

if [ ! -x "$oracle" ]; then
	while [ "$n" -le "$fields" ]; do
		skip "a field read by GMime as well" "GMime is not here"
	done
else
	"$oracle" "$here/fields.txt" >"$work/own" 2>/dev/null
	awk -F '\t' -v n="$n" -v settled="$(settled)" '
	BEGIN { split("same " settled, kinds, " "); for (i in kinds) same[kinds[i]] }
	NR == FNR { line = $1; sub(/.*:/, "", line)
		ours[line] = $3; theirs[line] = $4; differs[line] = 1; next }
	/^#/ { next }
	{
		ok = (($1 in same) != (FNR in differs))
		printf "%s %d - %s: %s\n", ok ? "ok" : "not ok", ++n, $1, $2
		if (!ok)
			printf "# ours: %s\n# GMime: %s\n", ours[FNR], theirs[FNR]
	}' "$work/own" "$here/fields.txt" | sed 's/\\/\\\\/g; / - /s/#/\\#/g'
	n=$((n + fields))
fi

if [ ! -f "$archive" ]; then
	skip "real messages read by GMime as well" "../shared is not here"
	skip "real messages have no gap" "../shared is not here"
	skip "real messages have an author and dated hops" "../shared is not here"
	exit 0
fi
mkdir "$work/mail" && tar -C "$work/mail" -xf "$archive" || exit 1
cp "$SHARED"/data/mail/*.eml "$work/mail/"

if [ ! -x "$oracle" ]; then
	skip "real messages read by GMime as well" "GMime is not here"
else
	"$oracle" "$work/mail"/*.eml 2>"$work/compared" |
		sort >"$work/differences"
	grep -v '^#' "$here/known.txt" | awk -v settled="$(settled)" '
		BEGIN { split(settled, kinds); for (i in kinds) same[kinds[i]] }
		!($2 in same) { print $1 }' | sort >"$work/known"
	cut -f 1 "$work/differences" | sort | diff "$work/known" - >"$work/diff"
	result $? "real messages read by GMime as well: $(cat "$work/compared")"
	show "$work/diff"
fi

"$TOP_BUILDDIR/tests/oracle/facts" "$work/mail"/*.eml >"$work/facts"
count=$(wc -l <"$work/facts")
awk -F '\t' '$2 != "none"' "$work/facts" >"$work/gaps"
[ "$count" -gt 300 ] && [ ! -s "$work/gaps" ]
result $? "$((count)) real messages have no gap"
show "$work/gaps"
awk -F '\t' '$5 != "from=1" || ($3 != "hops=0" && $4 != "dated=1")' \
	"$work/facts" >"$work/bare"
[ ! -s "$work/bare" ]
result $? "real messages have an author and dated hops"
show "$work/bare"
