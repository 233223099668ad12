# SPDX-License-Identifier: BSD-2-Clause
# The page's files as C strings: awk -f embed.awk page.html page.css ... >NAME.c
# They are ASCII; a question mark is escaped because two of them and another
# sign are a trigraph.

function quoted(line,	part, count, out, i) {
	gsub(/\\/, "&&", line)
	count = split(line, part, "\"")
	out = part[1]
	for (i = 2; i <= count; i++)
		out = out "\\\"" part[i]
	count = split(out, part, "?")
	out = part[1]
	for (i = 2; i <= count; i++)
		out = out "\\?" part[i]
	gsub(/\t/, "\\t", out)
	return "\t\t\"" out "\\n\""
}

function type_of(name) {
	if (name ~ /\.html$/)
		return "text/html; charset=utf-8"
	if (name ~ /\.css$/)
		return "text/css; charset=utf-8"
	if (name ~ /\.svg$/)
		return "image/svg+xml"
	return "text/javascript; charset=utf-8"
}

function embed(path, name,	line, got) {
	print "\t{"
	print "\t\t.path = \"" (name ~ /\.html$/ ? "/" : "/page/" name) "\","
	print "\t\t.type = \"" type_of(name) "\","
	print "\t\t.text ="
	while ((got = (getline line < path)) > 0)
		print quoted(line)
	if (got < 0) {
		print "cannot read " path | "cat 1>&2"
		exit 1
	}
	close(path)
	print "\t},"
}

BEGIN {
	print "/* Made by embed.awk: see the files of the page. */"
	print "#include \"daemon/page_file.h\"\n\n#include <stddef.h>\n"
	print "const struct page_file page_files[] = {"
	for (i = 1; i < ARGC; i++) {
		name = ARGV[i]
		sub(/^.*\//, "", name)
		embed(ARGV[i], name)
	}
	print "\t{.path = NULL},"
	print "};"
}
