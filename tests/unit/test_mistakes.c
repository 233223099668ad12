/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Typical mistakes and what is said of them, word for word: the files
 * mistakes/NAME.yaml and NAME.txt. After a change that is meant, read
 * the new text aloud, then run this with MISTAKES_WRITE=1.
 */
#include "rows.h"

#include "policy.h"

static const struct row {
	const char *name;
} rows[] = {
	{"01-field"},
	{"02-modifier"},
	{"03-quotes"},
	{"04-count"},
	{"05-condition"},
	{"06-filter"},
	{"07-correlation"},
	{"08-tab"},
	{"09-values"},
	{"10-more"},
};

static void
path_of(char path[512], const char *name, const char *ending)
{
	const char *top = getenv("TOP_SRCDIR");

	(void)snprintf(path, 512, "%s/tests/unit/mistakes/%s%s",
		top != NULL ? top : ".", name, ending);
}

static void
read_file(const char *path, struct buf *out)
{
	FILE *in = fopen(path, "r");
	char block[4096];
	size_t len;

	if (in == NULL)
		fail_msg("%s is not there", path);
	while ((len = fread(block, 1, sizeof(block), in)) > 0)
		buf_add(out, (struct slice){block, len});
	(void)fclose(in);
}

static void
write_file(const char *path, const struct buf *text)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	(void)fputs(text->p, out);
	(void)fclose(out);
}

static void
say(const char *name, struct slice text, struct buf *out)
{
	static const struct slice entries[] = {
		{"freemail.example", 16}, {"mail.example", 12}};
	static const char *const actions[] = {
		"log", "tag", "quarantine", "reject", NULL};
	struct sigma_list list = {.name = SLICE("freemail"),
		.values = entries,
		.count = 2,
		.used = true};
	struct sigma_options options;
	struct diags *diags = diags_new();
	char file[64];

	policy_options(&options);
	options.category = "email";
	options.product = "forwarden";
	options.actions = actions;
	options.lists = &list;
	options.list_count = 1;
	(void)snprintf(file, sizeof(file), "%s.yaml", name);
	assert_null(sigma_program_parse(file, text, &options, diags));
	diags_print(diags, out);
	diags_free(diags);
}

static void
check(void **state)
{
	const struct row *row = *state;
	struct buf text = {0}, said = {0}, expected = {0};
	char path[512];

	path_of(path, row->name, ".yaml");
	read_file(path, &text);
	say(row->name, buf_slice(&text), &said);
	path_of(path, row->name, ".txt");
	if (getenv("MISTAKES_WRITE") != NULL)
		write_file(path, &said);
	read_file(path, &expected);
	assert_string_equal(said.p, expected.p);
	buf_fini(&text);
	buf_fini(&said);
	buf_fini(&expected);
}

int
main(void)
{
	struct rows all = {0};

	ROWS_ADD(&all, rows, check);
	return rows_run(&all, "mistakes");
}
