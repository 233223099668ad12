# SPDX-License-Identifier: BSD-2-Clause
# Lua scripts as C strings: awk -f embed.awk note.lua ... >NAME.c; with -v plain=1
# as they are run, for who looks at them.
# The line "-- include NAME" stands for another file of the same directory, the
# first time in a script; "-- here NAME" in a block for one whose names, and those
# of what it includes, are seen in that block alone, and made when it is run.
# Lines that are blank, or all comment, are left out. A script that is a part of
# another one finds its keys behind the first k, its words behind the first w.

function quoted(line,	part, count, out, i) {
	if (plain)
		return line
	gsub(/\\/, "&&", line)
	count = split(line, part, "\"")
	out = part[1]
	for (i = 2; i <= count; i++)
		out = out "\\\"" part[i]
	return "\t\t\"" out "\\n\""
}

# What a block includes is not there behind it.
function embed_here(directory, name,	before, file) {
	for (file in included)
		before[file]
	embed(directory, name)
	for (file in included)
		if (!(file in before))
			delete included[file]
}

function embed(directory, name,	line, got) {
	while ((got = (getline line < (directory name))) > 0) {
		if (line ~ /^-- include /) {
			if (!included[substr(line, 12)]++)
				embed(directory, substr(line, 12))
		}
		else if (sub(/^ *-- here /, "", line))
			embed_here(directory, line)
		else if (line !~ /^[ \t]*(--.*)?$/)
			print quoted(line)
	}
	if (got < 0) {
		print "cannot read " directory name | "cat 1>&2"
		exit 1
	}
	close(directory name)
}

function frame(line) {
	if (!plain)
		print line
}

BEGIN {
	frame("/* Made by embed.awk: see the .lua files. */")
	frame("#include \"store/redis/script.h\"\n")
	frame("const char *const script_texts[SCRIPT_COUNT] = {")
	for (i = 1; i < ARGC; i++) {
		directory = name = ARGV[i]
		sub(/[^\/]*$/, "", directory)
		name = substr(name, length(directory) + 1)
		word = toupper(name)
		sub(/\.LUA$/, "", word)
		frame("\t[SCRIPT_" word "] =")
		split("", included)
		print quoted("local k, w, keys = 0, 0, #KEYS")
		embed(directory, name)
		frame("\t\t,")
	}
	frame("};")
}
