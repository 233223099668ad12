/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What authors of policies write by mistake, and what is said of it: the
 * table in doubts.txt. A row is a line "# name", or "# name (service)"; the
 * selection, or with a condition all of the detection, or with a title the
 * whole file; then each diagnostic as "= severity line:column text" with the
 * first line of its advice after "+". After a change that is meant, read the
 * new text aloud, then run this with DOUBTS_WRITE=1.
 */
#include "rows.h"

#include "daemon/config_engine.h"
#include "verdict/policies.h"

#include <stdio.h>

#define ROWS_MAX 300
#define CONDITION "  condition: selection\n"

static struct row {
	const char *name;
	struct slice service, text, said;
} table[ROWS_MAX];
static size_t table_count;
static struct buf file_text;

static const char *
path_of_table(void)
{
	static char path[512];
	const char *top = getenv("TOP_SRCDIR");

	(void)snprintf(path, sizeof(path), "%s/tests/unit/doubts.txt",
		top != NULL ? top : ".");
	return path;
}

/* From "name (service)". */
static void
read_heading(struct slice line, struct row *row)
{
	char *name = (char *)(uintptr_t)line.p;
	size_t open = slice_find_byte(line, '(', 0);

	name[line.len] = '\0';
	row->name = name;
	if (open != SLICE_NONE && line.p[line.len - 1] == ')')
		row->service = slice_sub(line, open + 1, line.len - 1);
}

static void
extend(struct slice *part, struct slice line)
{
	if (part->p == NULL)
		part->p = line.p;
	part->len = (size_t)(line.p + line.len + 1 - part->p);
}

static void
read_table(void)
{
	FILE *in = fopen(path_of_table(), "r");
	char block[4096];
	struct slice rest, line;
	size_t len;

	if (in == NULL)
		fail_msg("%s is not there", path_of_table());
	while ((len = fread(block, 1, sizeof(block), in)) > 0)
		buf_add(&file_text, (struct slice){block, len});
	(void)fclose(in);
	rest = buf_slice(&file_text);
	while (slice_next(&rest, '\n', &line)) {
		if (slice_starts_fold(line, SLICE("# "))) {
			assert_true(table_count < ROWS_MAX);
			read_heading(slice_sub(line, 2, line.len),
				&table[table_count++]);
		} else if (table_count > 0 && line.len > 0) {
			struct row *row = &table[table_count - 1];
			bool said = line.p[0] == '=' || line.p[0] == '+';

			extend(said ? &row->said : &row->text, line);
		}
	}
}

static void
add_indented(struct buf *out, struct slice text, const char *blanks)
{
	for (struct slice line; slice_next(&text, '\n', &line);) {
		if (line.len > 0)
			buf_printf(out, "%s%.*s\n", blanks, SLICE_ARG(line));
	}
}

static void
write_policy(const struct row *row, struct buf *out)
{
	bool whole = slice_starts_fold(row->text, SLICE("title:"));
	bool condition =
		slice_find(row->text, SLICE("condition:")) != SLICE_NONE;

	if (whole) {
		buf_add(out, row->text);
		return;
	}
	buf_puts(out,
		"title: t\nlevel: low\n"
		"logsource: {category: email, product: forwarden");
	if (!slice_is_absent(row->service))
		buf_printf(out, ", service: %.*s", SLICE_ARG(row->service));
	buf_puts(out, "}\ndetection:\n");
	if (condition) {
		add_indented(out, row->text, "  ");
	} else {
		buf_puts(out, "  selection:\n");
		add_indented(out, row->text, "    ");
		buf_puts(out, CONDITION);
	}
}

static void
write_said(const struct diags *diags, struct buf *out)
{
	static const char *const severities[] = {"error", "warning", "note"};

	for (size_t i = 0; i < diags_total(diags); i++) {
		const struct diag *diag = diags_at(diags, i);
		struct slice hint =
			slice_of(diag->hint != NULL ? diag->hint : "");
		struct slice first = {NULL, 0};

		(void)slice_next(&hint, '\n', &first);
		buf_printf(out, "= %s %u:%u %s\n", severities[diag->severity],
			diag->mark.line, diag->mark.column, diag->what);
		if (first.len > 0)
			buf_printf(out, "+ %.*s\n", SLICE_ARG(first));
	}
}

static void
say(const struct row *row, struct buf *out)
{
	static const struct slice entries[] = {
		SLICE("gmail.com"), SLICE("drop@mail.example")};
	static const struct mark marks[] = {{"lists/freemail.txt", 1, 1, 1},
		{"lists/freemail.txt", 2, 1, 1}};
	struct sigma_list list = {.name = SLICE("freemail"),
		.values = entries,
		.marks = marks,
		.count = 2,
		.used = true};
	struct config *config = config_defaults();
	struct sigma_options options = config_sigma_options(config);
	struct diags *diags = diags_new();
	struct buf text = {0};

	write_policy(row, &text);
	options.lists = &list;
	options.list_count = 1;
	sigma_program_free(sigma_program_parse(
		"p.yaml", buf_slice(&text), &options, diags));
	write_said(diags, out);
	diags_free(diags);
	config_free(config);
	buf_fini(&text);
}

static void
check(void **state)
{
	const struct row *row = *state;
	struct buf said = {0}, expected = {0};

	say(row, &said);
	buf_add(&said, SLICE(""));
	buf_add(&expected, row->said);
	buf_add(&expected, SLICE(""));
	assert_string_equal(buf_ok(&said) && said.p != NULL ? said.p : "",
		expected.p != NULL ? expected.p : "");
	buf_fini(&said);
	buf_fini(&expected);
}

static int
write_table(void)
{
	FILE *out = fopen(path_of_table(), "w");

	if (out == NULL)
		return 1;
	for (size_t i = 0; i < table_count; i++) {
		struct buf said = {0};

		say(&table[i], &said);
		(void)fprintf(out, "# %s\n%.*s%.*s\n", table[i].name,
			SLICE_ARG(table[i].text), SLICE_ARG(buf_slice(&said)));
		buf_fini(&said);
	}
	return fclose(out);
}

int
main(void)
{
	struct rows all = {0};
	int failed;

	read_table();
	if (getenv("DOUBTS_WRITE") != NULL)
		return write_table();
	rows_add(&all, table, table_count, sizeof(table[0]), check);
	failed = rows_run(&all, "doubts");
	buf_fini(&file_text);
	return failed;
}
