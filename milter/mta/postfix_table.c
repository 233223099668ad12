/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables, listed by postmap(1) or read as they were written. */
#include "mta/postfix_table.h"

#include "base/process.h"
#include "mta/cf_file.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define NAME_BYTES 2048

bool
postfix_table_text(struct slice table, struct buf *text)
{
	size_t slash = slice_find_byte(table, '/', 0);
	char path[PATH_MAX];
	struct stat info;
	struct err err;

	if (slash == SLICE_NONE || slash == 0)
		return false;
	(void)snprintf(path, sizeof(path), "%.*s",
		SLICE_ARG(slice_sub(table, slash, table.len)));
	/* A pipe, or a terminal, would be waited for. */
	return stat(path, &info) == 0 && S_ISREG(info.st_mode) &&
		cf_file_read(path, text, &err);
}

/* These know no list of their keys; regexp and pcre say it at once, and
 * networks are asked for nothing else than it. */
static bool
list(const struct postfix_check *check, struct slice table, struct buf *rows,
	struct err *err)
{
	char name[NAME_BYTES];
	const char *argv[] = {"postmap", "-c",
		postfix_directory(check->postfix), "-s", name, NULL};

	if (table.len >= sizeof(name))
		return err_set(err, ERR_LIMIT, "its name is too long");
	(void)snprintf(name, sizeof(name), "%.*s", SLICE_ARG(table));
	return process_read(argv, rows, err);
}

/* "key<TAB>value" a line */
static void
read_rows(const struct postfix_tables *tables, struct slice table,
	struct slice rest)
{
	for (struct slice line; slice_next(&rest, '\n', &line);) {
		struct postfix_row row = {.table = table};
		if (!slice_next(&line, '\t', &row.key) || row.key.len == 0)
			continue;
		row.value = slice_trim(line);
		tables->each(tables->ctx, &row);
	}
}

void
postfix_tables_read(
	const struct postfix_check *check, const struct postfix_tables *tables)
{
	struct slice names = postfix_value(check->postfix, tables->parameter);

	for (struct slice table; postfix_next(&names, &table);) {
		struct buf rows = {0};
		struct err err = {0};

		if (table.len == 0)
			continue;
		if (list(check, table, &rows, &err)) {
			read_rows(tables, table, buf_slice(&rows));
		} else {
			checkup_add(check->checkup,
				&(struct remedy){.level = CHECKUP_NOTE,
					.subject = tables->subject,
					.text = "look for yourself whether it "
						"holds what is told of others "
						"here"},
				"%.*s of %s cannot be listed: %s",
				SLICE_ARG(table), tables->parameter, err.text);
		}
		buf_fini(&rows);
	}
}
