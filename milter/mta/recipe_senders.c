/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ways out that depend on the sender, as trivial-rewrite(8) finds them: the
 * full address over all tables, then without its extension, then @domain.
 * A later FILTER replaces an earlier one, hence all of it backwards. Tables
 * of patterns are asked for the full address only.
 *
 * One table is referred to by its parameter, so that main.cf may change it;
 * of several each is named, and a change wants `forwarden attach --update`.
 */
#include "mta/recipe.h"
#include "mta/recipe_tables.h"

static const struct {
	const char *parameter, *answer;
} ways[] = {
	{"sender_dependent_relayhost_maps", "$forwarden_by_relayhost"},
	{"sender_dependent_default_transport_maps", "$forwarden_by_transport"},
};

/* Forms of the sender's address, the least specific first. */
static const struct {
	const char *filter;
	bool full;
} forms[] = {
	{"$forwarden_at_domain", false},
	{"$forwarden_no_extension", false},
	{"$forwarden_full", true},
};

static void
add_check(struct buf *out, size_t form, struct slice table, const char *answer)
{
	buf_printf(out, "    check_sender_access pipemap:{ %s, ",
		forms[form].filter);
	recipe_tables_add(table, out);
	buf_printf(out, ", %s },\n", answer);
}

static void
add_listed(struct buf *out, const struct slice *tables, size_t count,
	const char *answer)
{
	for (size_t form = 0; form < sizeof(forms) / sizeof(*forms); form++) {
		for (size_t i = count; i > 0; i--) {
			if (forms[form].full ||
				!recipe_tables_is_pattern(tables[i - 1]))
				add_check(out, form, tables[i - 1], answer);
		}
	}
}

/* Inert while the parameter is empty. */
static void
add_referred(struct buf *out, const char *parameter, const char *answer)
{
	buf_printf(out, "    ${%s?{\n", parameter);
	for (size_t form = 0; form < sizeof(forms) / sizeof(*forms); form++) {
		buf_printf(out,
			"    check_sender_access pipemap:{ %s, $%s, %s },\n",
			forms[form].filter, parameter, answer);
	}
	buf_puts(out, "    }}\n");
}

void
recipe_add_senders(const struct postfix *postfix, struct buf *out)
{
	struct slice tables[RECIPE_TABLES_MAX];

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		size_t count =
			recipe_tables_list(postfix, ways[i].parameter, tables);
		if (count == 0 ||
			(count == 1 && !recipe_tables_is_pattern(tables[0]))) {
			add_referred(out, ways[i].parameter, ways[i].answer);
		} else {
			add_listed(out, tables, count, ways[i].answer);
		}
	}
}
