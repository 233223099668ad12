/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ways out that depend on the sender, as trivial-rewrite(8) finds them: the
 * full address over all tables, then without its extension, then @domain.
 * A later FILTER replaces an earlier one, hence all of it backwards. Tables
 * of patterns are asked for the full address only.
 *
 * One table is referred to by its parameter, so that main.cf may change it;
 * of several each is named, and a change wants `forwarden attach --update`.
 *
 * Where both parameters are set, a transport without a next hop goes by the
 * relayhost of its sender. One FILTER has to say both, so for each transport
 * that there is a restriction class looks up the relayhost.
 */
#include "mta/recipe.h"
#include "mta/recipe_tables.h"

#define RELAYHOSTS "sender_dependent_relayhost_maps"
#define TRANSPORTS "sender_dependent_default_transport_maps"
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const struct {
	const char *parameter, *answer;
} ways[] = {
	{RELAYHOSTS, "$forwarden_by_relayhost"},
	{TRANSPORTS, "$forwarden_by_transport"},
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
	for (size_t form = 0; form < COUNT(forms); form++) {
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
	for (size_t form = 0; form < COUNT(forms); form++) {
		buf_printf(out,
			"    check_sender_access pipemap:{ %s, $%s, %s },\n",
			forms[form].filter, parameter, answer);
	}
	buf_puts(out, "    }}\n");
}

static void
add_way(const struct postfix *postfix, const char *parameter,
	const char *answer, struct buf *out)
{
	struct slice tables[RECIPE_TABLES_MAX];
	size_t count = recipe_tables_list(postfix, parameter, tables);

	if (count == 0 ||
		(count == 1 && !recipe_tables_is_pattern(tables[0]))) {
		add_referred(out, parameter, answer);
	} else {
		add_listed(out, tables, count, answer);
	}
}

void
recipe_add_senders(const struct postfix *postfix, struct buf *out)
{
	for (size_t i = 0; i < COUNT(ways); i++)
		add_way(postfix, ways[i].parameter, ways[i].answer, out);
}

static bool
has_both(const struct postfix *postfix)
{
	return postfix_value(postfix, RELAYHOSTS).len > 0 &&
		postfix_value(postfix, TRANSPORTS).len > 0;
}

/* The next service that delivers mail; ours are not for the site's tables. */
static bool
next_transport(const struct postfix *postfix, size_t *at, struct slice *name)
{
	static const char *const programs[] = {
		"smtp", "lmtp", "pipe", "local", "virtual", "error", "discard"};
	size_t count;
	const struct postfix_service *services =
		postfix_services(postfix, &count);

	while (*at < count) {
		const struct postfix_service *service = &services[(*at)++];
		for (size_t i = 0; i < COUNT(programs); i++) {
			if (!slice_starts_fold(
				    service->name, SLICE("forwarden-")) &&
				postfix_service_is(
					service, "unix", programs[i])) {
				*name = service->name;
				return true;
			}
		}
	}
	return false;
}

/* "." is the only sign of a name that means something else in a pattern. */
static void
add_pattern(struct slice name, struct buf *out)
{
	for (size_t i = 0; i < name.len; i++)
		buf_printf(out, name.p[i] == '.' ? "[%c]" : "%c", name.p[i]);
}

/* By number: a reference to a parameter ends at a "." or "-". */
static void
add_class(const struct postfix *postfix, unsigned number, struct slice name,
	struct buf *out)
{
	struct buf answer = {0};

	buf_printf(out,
		"forwarden_to_%u = regexp:{ {/^DUNNO$$/ FILTER "
		"%.*s:$relayhost} {/^(.+)$$/ FILTER %.*s:$$1} }\n",
		number, SLICE_ARG(name), SLICE_ARG(name));
	buf_printf(&answer, "$forwarden_to_%u", number);
	buf_printf(out,
		"forwarden_via_%u = check_client_access "
		"static:{FILTER %.*s:$relayhost},\n",
		number, SLICE_ARG(name));
	if (buf_ok(&answer))
		add_way(postfix, RELAYHOSTS, answer.p, out);
	buf_fini(&answer);
}

static void
add_both(const struct postfix *postfix, struct buf *out)
{
	struct slice name;
	unsigned number = 0;

	buf_puts(out,
		"forwarden_default = check_client_access "
		"static:{FILTER $forwarden_way_out},\n");
	add_way(postfix, RELAYHOSTS, "$forwarden_by_relayhost", out);
	for (size_t at = 0; next_transport(postfix, &at, &name);)
		add_class(postfix, ++number, name, out);
}

void
recipe_add_sender_answers(const struct postfix *postfix, struct buf *out)
{
	bool both = has_both(postfix);
	unsigned number = 0;
	struct slice name;

	buf_printf(out,
		"forwarden_by_transport = regexp:{ {/^DUNNO$$/ %s} "
		"{/^([^:]+:.+)$$/ FILTER $$1}",
		both ? "forwarden_default" : "FILTER $forwarden_way_out");
	for (size_t at = 0; both && next_transport(postfix, &at, &name);) {
		buf_puts(out, " {/^");
		add_pattern(name, out);
		buf_printf(out, ":?$$/ forwarden_via_%u}", ++number);
	}
	buf_puts(out,
		both ? " }\n" : " {/^([^:]+):?$$/ FILTER $$1:$relayhost} }\n");
	if (both)
		add_both(postfix, out);
}

void
recipe_add_sender_classes(const struct postfix *postfix, struct buf *out)
{
	struct slice name;
	unsigned number = 0;

	if (!has_both(postfix))
		return;
	buf_puts(out, ",forwarden_default");
	for (size_t at = 0; next_transport(postfix, &at, &name);)
		buf_printf(out, ",forwarden_via_%u", ++number);
}
