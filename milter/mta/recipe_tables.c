/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of tables, as main.cf names them. */
#include "mta/recipe_tables.h"

bool
recipe_tables_is_pattern(struct slice table)
{
	static const char *const types[] = {"regexp:", "pcre:", "cidr:"};

	if (slice_starts_fold(table, SLICE("proxy:")))
		table = slice_sub(table, 6, table.len);
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (slice_starts_fold(table, slice_of(types[i])))
			return true;
	}
	return false;
}

size_t
recipe_tables_list(const struct postfix *postfix, const char *parameter,
	struct slice tables[RECIPE_TABLES_MAX])
{
	struct slice list = postfix_value(postfix, parameter), table;
	size_t count = 0;

	while (count < RECIPE_TABLES_MAX && postfix_next(&list, &table)) {
		if (table.len > 0)
			tables[count++] = table;
	}
	return count;
}

void
recipe_tables_add(struct slice text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] == '$')
			buf_add_byte(out, '$');
		buf_add_byte(out, text.p[i]);
	}
}
