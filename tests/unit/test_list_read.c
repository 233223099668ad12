/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists as people make them: what is taken of each line, and what is said. */
#include "rows.h"

#include "verdict/list_read.h"

#include <stdio.h>
#include <unistd.h>

#define ARENA_BYTES ((size_t)1 << 20)
#define PATH "/tmp/forwarden-list-XXXXXX"

/* A file, its entries joined by '|', and what is said, as "line severity". */
static const struct row {
	const char *name, *text, *entries, *said;
} rows[] = {
	{"a domain", "evil.example\n", "evil.example", ""},
	{"words, too",
		"login code\nR\xC3\xBC"
		"ckzahlung\n",
		"login code|R\xC3\xBC"
		"ckzahlung",
		""},
	{"a byte order mark and CR LF",
		"\xEF\xBB\xBFone.example\r\ntwo.example\r\n",
		"one.example|two.example", ""},
	{"a comment", "# all\none.example # first\n", "one.example", ""},
	{"quotes", "\"evil.example\"\n", "evil.example", "1 note"},
	{"single quotes", "one.example\n'evil.example'\n",
		"one.example|evil.example", "2 note"},
	{"a line of JSON", "\"evil.example\",\n", "evil.example", "1 note"},
	{"a line of YAML", "- evil.example\n", "evil.example", "1 note"},
	{"a defanged domain", "evil[.]example\n", "evil.example", "1 note"},
	{"defanged twice", "a[.]evil[.]example\n", "a.evil.example", "1 note"},
	{"defanged by words", "evil[dot]example\ndrop(at)x\n",
		"evil.example|drop(at)x", "1 note"},
	{"a defanged address", "drop[@]evil[.]example\n", "drop@evil.example",
		"1 note"},
	{"a defanged URL", "hxxps://evil[.]example/x?y\n", "evil.example",
		"1 note 1 note"},
	{"a URL with a port", "http://evil.example:8080/\n", "evil.example",
		"1 note"},
	{"a row of a spreadsheet", "evil.example,malware,2026-01-05\n",
		"evil.example", "1 warning"},
	{"a row with semicolons and quotes", "\"evil.example\";\"x\"\n",
		"evil.example", "1 note 1 warning"},
	{"a row with tabs", "evil.example\tx\n", "evil.example", "1 warning"},
	{"a comma in a phrase", "hello, world\n", "hello, world", ""},
	{"a domain in its own script", "m\xC3\xBCller.de\n", "xn--mller-kva.de",
		"1 note"},
	{"an address in its own script", "info@m\xC3\xBCller.de\n",
		"info@xn--mller-kva.de", "1 note"},
	{"a star alone", "one.example\n*\n", NULL, "2 error"},
	{"stars and question marks", "**?\n", NULL, "1 error"},
	{"a star in a name", "*.example\n", "*.example", ""},
	{"Latin-1", "one.example\nm\xFCller.de\n", NULL, "0 error"},
	{"UTF-16 is not UTF-8", "\xFF\xFEo", NULL, "0 error"},
};

static void
write_file(char path[sizeof(PATH)], const char *text)
{
	size_t len = strlen(text);
	int fd;

	memcpy(path, PATH, sizeof(PATH));
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
	(void)close(fd);
}

static void
describe(const struct diags *diags, struct buf *out)
{
	static const char *const severities[] = {"error", "warning", "note"};

	for (size_t i = 0; i < diags_total(diags); i++) {
		const struct diag *diag = diags_at(diags, i);

		assert_non_null(diag->hint);
		buf_printf(out, "%s%u %s", i > 0 ? " " : "", diag->mark.line,
			severities[diag->severity]);
	}
	buf_add(out, SLICE(""));
}

static void
check(void **state)
{
	const struct row *row = *state;
	struct arena *arena = arena_new(ARENA_BYTES);
	struct diags *diags = diags_new();
	struct sigma_list list = {.count = 0};
	struct buf entries = {0}, said = {0};
	char path[sizeof(PATH)];
	bool good;

	write_file(path, row->text);
	good = list_read_file(
		arena, path, (struct mark){path, 0, 0, 1}, diags, &list);
	(void)unlink(path);
	describe(diags, &said);
	assert_string_equal(said.p, row->said);
	assert_int_equal(good, row->entries != NULL);
	for (size_t i = 0; good && i < list.count; i++) {
		buf_printf(&entries, "%s%.*s", i > 0 ? "|" : "",
			SLICE_ARG(list.values[i]));
		assert_string_equal(list.marks[i].file, path);
	}
	if (good)
		assert_string_equal(entries.p, row->entries);
	buf_fini(&entries);
	buf_fini(&said);
	diags_free(diags);
	arena_free(arena);
}

int
main(void)
{
	struct rows all = {0};

	ROWS_ADD(&all, rows, check);
	return rows_run(&all, "list_read");
}
