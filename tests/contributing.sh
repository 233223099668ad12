#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What CONTRIBUTING.md tells people to type works: the commands in its blocks
# are run here, in this build, but for those that build it; of the others the
# targets, scripts and options are there. Each file that its table sends to is
# tested by tests/cited.sh.
set -u
top=${TOP_SRCDIR:-$(cd "$(dirname "$0")/.." && pwd)}
build=${TOP_BUILDDIR:-$top}
guide=$top/CONTRIBUTING.md
. "$top/tests/tap.sh"

sed -n '/^```sh/,/^```/p' "$guide" | grep -v '^```' >"$work/typed"
cd "$build" || exit 1
while IFS= read -r command; do
	case $command in
	./bootstrap | mkdir* | ../configure* | "make -j"*)
		continue
		;;
	"make check TESTS="*)
		# make is at work already: is there such a test?
		test=${command#*TESTS=}
		if [ -x "$top/$test" ] || grep -q " $test\$(EXEEXT)" Makefile; then
			result 0 "$command"
		else
			result 1 "$command"
		fi
		continue
		;;
	make*)
		target=${command#make }
		grep -q "^$target:" Makefile 2>"$work/out"
		result $? "$command"
		continue
		;;
	esac
	# The guide stands in build/, beside the source.
	(eval "$(printf '%s\n' "$command" | sed "s#\.\./#$top/#g")") \
		</dev/null >"$work/out" 2>&1
	result $? "$command"
done <"$work/typed"

: >"$work/out"
for target in $(grep -oE '`make [a-z-]+' "$guide" | sed 's/.* //' | sort -u); do
	grep -q "^$target:" Makefile || echo "no make $target" >>"$work/out"
done
[ ! -s "$work/out" ]
result $? "its targets are there"

: >"$work/out"
for fuzzer in $(sed -n 's/.*`scripts\/fuzz [0-9]* \([a-z_]*\)`.*/\1/p' "$guide"); do
	[ -f "$top/tests/fuzz/fuzz_$fuzzer.c" ] ||
		echo "no fuzzer $fuzzer" >>"$work/out"
done
[ ! -s "$work/out" ]
result $? "its fuzzers are there"

: >"$work/out"
for option in $(grep -oE -e '--enable-[a-z]+' "$guide" | sort -u); do
	grep -q -e "$option" "$top/configure.ac" ||
		echo "no $option" >>"$work/out"
done
[ ! -s "$work/out" ]
result $? "its options of configure are there"

# The list of the sources, out of this very build.
if ! ${MAKE:-make} --version 2>/dev/null | grep -q '^GNU'; then
	n=$((n + 1))
	echo "ok $n - compile-commands lists the sources # SKIP no GNU make"
	echo "1..$n"
	exit 0
fi
rm -rf "$work/tree"
mkdir "$work/tree" "$work/tree/scripts"
cp "$top/scripts/compile-commands" "$work/tree/scripts"
"$work/tree/scripts/compile-commands" "$build" >"$work/out" 2>&1 &&
	grep -q 'milter/cli/main\.c' "$work/tree/compile_commands.json"
result $? "compile-commands lists the sources"

sources=$(find "$top/milter" -name '*.c' | wc -l)
listed=$(grep -oE 'milter/[a-z0-9_/]+\.c",$' "$work/tree/compile_commands.json" |
	sort -u | wc -l)
echo "$listed of $sources" >"$work/out"
[ "$listed" -ge "$sources" ]
result $? "... all of them"
echo "1..$n"
