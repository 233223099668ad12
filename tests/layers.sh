#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A file of milter/ includes only from its own layer and from those above it
# in this table, each third-party header is included by one file only, and no
# two modules (a .c and its .h) need each other, be it by way of others.
set -u
top=${TOP_SRCDIR:-$(cd "$(dirname "$0")/.." && pwd)}
. "$top/tests/tap.sh"
cd "$top/milter" || exit 1

may_know() {
	case $1 in
	base) echo "base" ;;
	yaml) echo "base yaml" ;;
	mail) echo "base mail" ;;
	forward) echo "base mail forward" ;;
	sigma) echo "base yaml sigma" ;;
	store) echo "base store" ;;
	verdict) echo "base yaml mail forward sigma store verdict" ;;
	mta) echo "base mail mta" ;;
	logs) echo "base mail logs" ;;
	lab) echo "base yaml mail forward sigma store verdict lab" ;;
	daemon) echo "base yaml mail forward sigma store verdict mta logs lab daemon" ;;
	cli) echo "base yaml mail forward sigma store verdict mta logs lab daemon cli" ;;
	esac
}

check_layer() {
	allowed=" $(may_know "$1") "
	grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' "$1"/*.[ch] "$1"/*/*.[ch] 2>/dev/null |
		grep -v '"config.h"' |
		while IFS= read -r line; do
			target=$(printf '%s\n' "$line" | sed 's/.*"\([^"/]*\)\/.*/\1/')
			case $allowed in *" $target "*) ;; *) printf '%s\n' "$line" ;; esac
		done >"$work/out"
	[ ! -s "$work/out" ]
}

# header, how many files may include it
check_header() {
	grep -rnE "#[[:space:]]*include[[:space:]]*<$1" . >"$work/out"
	[ "$(cut -d: -f1 "$work/out" | sort -u | wc -l)" -le "$2" ]
}

# Whatever needs nothing that is left, and whatever nothing left needs, goes;
# what then is left is a circle, or lies between two.
circles() {
	grep -rE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"[^"]*/' \
		--include='*.[ch]' . |
		sed 's/^\.\///; s/\.[ch]:[^"]*"/ /; s/\.h".*//' | sort -u |
		awk '
			$1 != $2 { from[++n] = $1; to[n] = $2 }
			END {
				do {
					gone = 0
					split("", needs)
					split("", needed)
					for (i in from) {
						needs[from[i]] = needed[to[i]] = 1
					}
					for (i in from) {
						if (!(to[i] in needs) || !(from[i] in needed)) {
							delete from[i]
							gone = 1
						}
					}
				} while (gone)
				for (i in from)
					print from[i] " needs " to[i]
			}' | sort >"$work/out"
	[ ! -s "$work/out" ]
}

echo "1..29"
circles
result $? "no module needs one that needs it"
for layer in base yaml mail forward sigma store verdict mta logs lab daemon cli; do
	check_layer $layer
	result $? "$layer/ includes only what it may know"
done
while read -r header most; do
	check_header "$header" "$most"
	result $? "<$header> stays in its own file"
done <<HEADERS
libmilter/mfapi.h 1
pcre2.h 1
yaml.h 1
microhttpd.h 1
curl/ 2
idn2.h 1
libpsl.h 1
hiredis/ 2
uthash.h 2
openssl/ 2
jansson.h 1
seccomp.h 1
linux/landlock.h 1
zlib.h 1
lzma.h 1
bzlib.h 1
HEADERS
