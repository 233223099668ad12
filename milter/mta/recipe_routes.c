/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entries of transport_maps that send mail outside. Where mail is led to the
 * listener, each table is asked twice: first through a filter that turns
 * answers which lead outside into forwarden-route, which takes the mail to
 * the listener, one recipient a message; then as it is, for all others. The
 * listener repeats the look-up, by recipient, and says FILTER.
 *
 * trivial-rewrite(8) asks all tables for the full address, then without its
 * extension, the domain, its parents, and "*". A later FILTER replaces an
 * earlier one, hence all of it backwards. Tables of patterns are asked for
 * the full address only. access(5) goes through the same forms for one table,
 * so of one table no form but "*" is asked apart.
 */
#include "mta/cf_text.h"
#include "mta/recipe.h"
#include "mta/recipe_tables.h"

#define PARAMETER "transport_maps"
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* Forms of the recipient, the least specific first. Parents deeper than these
 * are those of access(5). */
static const struct {
	const char *filter; /* NULL: as access(5) asks */
	bool many; /* only of several tables */
	bool full;
} forms[] = {
	{"$forwarden_any", false, false},
	{NULL, false, false},
	{"$forwarden_parent4", true, false},
	{"$forwarden_parent3", true, false},
	{"$forwarden_parent2", true, false},
	{"$forwarden_parent1", true, false},
	{"$forwarden_domain", true, false},
	{"$forwarden_no_extension", true, false},
	{"$forwarden_full", true, true},
};

static const char parameters[] =
	"forwarden_any = regexp:{ {/^./ *} }\n"
	"forwarden_parent4 = regexp:{ {/^.*@[^.]+[.][^.]+[.][^.]+[.][^.]+"
	"([.].+)$$/ $$1} }\n"
	"forwarden_parent3 = regexp:{ {/^.*@[^.]+[.][^.]+[.][^.]+([.].+)$$/ "
	"$$1} }\n"
	"forwarden_parent2 = regexp:{ {/^.*@[^.]+[.][^.]+([.].+)$$/ $$1} }\n"
	"forwarden_parent1 = regexp:{ {/^.*@[^.]+([.].+)$$/ $$1} }\n"
	"forwarden_domain = regexp:{ {/^.*@([^@]+)$$/ $$1} }\n";

static void
add_check(struct buf *out, size_t form, struct slice table)
{
	buf_puts(out, "    check_recipient_access pipemap:{ ");
	if (forms[form].filter != NULL)
		buf_printf(out, "%s, ", forms[form].filter);
	recipe_tables_add(table, out);
	buf_puts(out, ", $forwarden_by_route },\n");
}

void
recipe_add_routes(const struct postfix *postfix, struct buf *out)
{
	struct slice tables[RECIPE_TABLES_MAX];
	size_t count = recipe_tables_list(postfix, PARAMETER, tables);

	for (size_t form = 0; form < COUNT(forms); form++) {
		for (size_t i = count; i > 0; i--) {
			bool pattern = recipe_tables_is_pattern(tables[i - 1]);
			if (pattern ? forms[form].full
				    : (count > 1 || !forms[form].many))
				add_check(out, form, tables[i - 1]);
		}
	}
}

/* Answers of the tables, in the words of FILTER. An entry that changes
 * nothing takes back what a less specific one said. */
static void
add_answers(const struct postfix *postfix, struct buf *out)
{
	struct slice transport = postfix_value(postfix, "default_transport");
	size_t colon = slice_find_byte(transport, ':', 0);

	buf_puts(out,
		"forwarden_by_route = regexp:{ "
		"{/^($forwarden_outside)$$/ FILTER $$1:} "
		"{/^(($forwarden_outside):.*)$$/ FILTER $$1} "
		"{/^(:.+)$$/ FILTER ");
	if (colon != SLICE_NONE) {
		buf_add(out, slice_sub(transport, 0, colon));
	} else {
		buf_puts(out, RECIPE_TRANSPORT);
	}
	buf_puts(out, "$$1} {/^:?$$/ forwarden_back} }\n");
	buf_puts(out,
		"forwarden_back = check_client_access "
		"static:{FILTER $forwarden_way_out}, $forwarden_senders\n");
}

static void
add_divert(const struct recipe_wish *wish, struct buf *out)
{
	buf_printf(out, "forwarden_outside = %s\n", wish->outside);
	buf_printf(out,
		"forwarden_divert = regexp:{ "
		"{/^($forwarden_outside)(:|$$)/ " RECIPE_ROUTE ":[" RECIPE_HOST
		"]:%u} {/^:./ " RECIPE_ROUTE ":[" RECIPE_HOST "]:%u} }\n",
		wish->port, wish->port);
}

void
recipe_add_divert(const struct postfix *postfix, const struct recipe_wish *wish,
	struct buf *out)
{
	struct slice tables[RECIPE_TABLES_MAX];
	size_t count = recipe_tables_list(postfix, PARAMETER, tables);

	add_divert(wish, out);
	buf_puts(out, "forwarden_transports =");
	for (size_t i = 0; i < count; i++) {
		buf_puts(out, i > 0 ? ", pipemap:{ " : " pipemap:{ ");
		recipe_tables_add(tables[i], out);
		buf_puts(out, ", $forwarden_divert }, ");
		recipe_tables_add(tables[i], out);
	}
	buf_puts(out, "\nforwarden_verify_routes = ");
	recipe_tables_add(postfix_value(postfix, PARAMETER), out);
	buf_puts(out, "\n");
	buf_puts(out, parameters);
	add_answers(postfix, out);
}
