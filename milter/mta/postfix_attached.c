/* SPDX-License-Identifier: BSD-2-Clause */
/* The recipe in force against the recipe as it is written today. */
#include "mta/postfix_attached.h"

#include "mta/attached.h"
#include "mta/cf_file.h"
#include "mta/cf_text.h"
#include "mta/postfix_remedy.h"
#include "mta/recipe.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

static void
check_journal(const struct postfix_check *check)
{
	struct buf command = {0};

	if (!cf_journal_is_there(postfix_directory(check->postfix)))
		return;
	postfix_remedy_forwarden(check, "attach --undo", &command);
	checkup_add(check->checkup,
		&(struct remedy){.level = CHECKUP_WRONG,
			.subject = "attach",
			.command = command.p},
		"`forwarden attach` is at work, or was cut short");
	buf_fini(&command);
}

/* What is not as the recipe of today has it: attaching anew mends it. */
static void
add_stale(const struct postfix_check *check, enum checkup_level level,
	struct buf *text)
{
	struct buf command = {0};

	postfix_remedy_attach(check, 0, &command);
	if (buf_ok(text)) {
		checkup_add(check->checkup,
			&(struct remedy){.level = level,
				.subject = "attach",
				.command = command.p},
			"%.*s", SLICE_ARG(buf_slice(text)));
	}
	buf_fini(text);
	buf_fini(&command);
}

static void
check_number(const struct postfix_check *check)
{
	struct buf main = {0}, text = {0};
	char path[PATH_MAX];
	struct err err;

	(void)snprintf(path, sizeof(path), "%s/main.cf",
		postfix_directory(check->postfix));
	unsigned number = cf_file_read(path, &main, &err)
		? cf_text_recipe(buf_slice(&main))
		: 0;
	buf_fini(&main);
	if (number == RECIPE_NUMBER) {
		checkup_add_fine(
			check->checkup, "attach", "by recipe %u", number);
		return;
	}
	buf_printf(&text, "attached by recipe %u; today's is %u", number,
		RECIPE_NUMBER);
	add_stale(check, CHECKUP_NOTE, &text);
}

/* Without white space, which main.cf may fold otherwise. */
static void
add_compact(struct buf *out, struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (strchr(" \t\n", text.p[i]) == NULL)
			buf_add_byte(out, text.p[i]);
	}
}

/* Of several lines. text: what it would be today. */
static void
check_list(const struct postfix_check *check, const char *name,
	const char *origin, struct slice text)
{
	struct buf there = {0}, wanted = {0};

	add_compact(&wanted, text);
	add_compact(&there, postfix_given(check->postfix, name));
	if (!slice_equal(buf_slice(&wanted), buf_slice(&there))) {
		struct buf said = {0};
		buf_printf(&said,
			"%s changed since: mail may leave by the wrong way",
			origin);
		add_stale(check, CHECKUP_WRONG, &said);
	}
	buf_fini(&there);
	buf_fini(&wanted);
}

/* Tables that are named one by one do not follow main.cf. */
static void
check_tables(const struct postfix_check *check, bool routes)
{
	struct buf now = {0};

	recipe_add_senders(check->postfix, &now);
	check_list(check, "forwarden_senders",
		"sender_dependent_relayhost_maps or "
		"sender_dependent_default_transport_maps were",
		buf_slice(&now));
	buf_reset(&now);
	if (routes)
		recipe_add_routes(check->postfix, &now);
	check_list(check, "forwarden_routes", "transport_maps was",
		buf_slice(&now));
	buf_fini(&now);
}

/* "  -o name=value": a value that refers to others is shown expanded, and
 * cannot be compared. */
static bool
read_argument(struct slice line, char name[128], struct slice *value)
{
	const struct slice head = SLICE("  -o ");
	size_t sign = slice_find_byte(line, '=', 0);

	if (!slice_starts_fold(line, head) || sign == SLICE_NONE)
		return false;
	(void)snprintf(
		name, 128, "%.*s", SLICE_ARG(slice_sub(line, head.len, sign)));
	*value = slice_sub(line, sign + 1, line.len);
	return slice_find_byte(*value, '$', 0) == SLICE_NONE;
}

/* The next service of a text, and its arguments up to the next one. */
static bool
next_block(struct slice *rest, struct slice *name, struct slice *arguments)
{
	struct slice line;

	if (!slice_next(rest, '\n', &line) || line.len == 0)
		return false;
	*name = slice_sub(line, 0, slice_find_byte(line, ' ', 0));
	const char *begin = rest->p;
	while (rest->len > 0 && rest->p[0] == ' ')
		(void)slice_next(rest, '\n', &line);
	*arguments = (struct slice){begin, (size_t)(rest->p - begin)};
	return true;
}

static void
check_arguments(const struct postfix_check *check,
	const struct postfix_service *service, struct slice arguments)
{
	struct slice line, value;
	char name[128];

	while (slice_next(&arguments, '\n', &line)) {
		struct buf text = {0};

		if (!read_argument(line, name, &value))
			continue;
		struct slice there =
			postfix_service_override(check->postfix, service, name);
		if (!slice_is_absent(there) && slice_equal(there, value))
			continue;
		buf_printf(&text,
			"%.*s in master.cf has not -o %s=%.*s, as it was "
			"attached",
			SLICE_ARG(service->name), name, SLICE_ARG(value));
		add_stale(check, CHECKUP_WRONG, &text);
	}
}

/* The listener is known by what it does, for its port was chosen. */
static const struct postfix_service *
find_block(const struct postfix_check *check, struct slice name,
	const struct postfix_service *listener)
{
	char text[64];

	if (slice_find_byte(name, ':', 0) != SLICE_NONE)
		return listener;
	(void)snprintf(text, sizeof(text), "%.*s", SLICE_ARG(name));
	return postfix_find_service(check->postfix, text, "unix");
}

static void
check_services(const struct postfix_check *check,
	const struct postfix_service *listener, struct slice services)
{
	struct slice name, arguments;

	while (next_block(&services, &name, &arguments)) {
		const struct postfix_service *service =
			find_block(check, name, listener);
		struct buf text = {0};

		if (service != NULL) {
			check_arguments(check, service, arguments);
			continue;
		}
		buf_printf(&text,
			"master.cf has no service %.*s, as it was attached",
			SLICE_ARG(name));
		add_stale(check, CHECKUP_WRONG, &text);
	}
}

/* Parameters that follow from the site's own, whatever was wished. */
static bool
is_derived(struct slice name)
{
	return !slice_equal(name, SLICE("forwarden_milter")) &&
		!slice_equal(name, SLICE("forwarden_hop_status")) &&
		/* It has a port that was chosen. */
		!slice_equal(name, SLICE("forwarden_divert")) &&
		/* They are looked at apart. */
		!slice_equal(name, SLICE("forwarden_senders")) &&
		!slice_equal(name, SLICE("forwarden_routes"));
}

/* "name = value"; those on several lines are not derived. */
static void
check_parameter(const struct postfix_check *check, struct slice line)
{
	struct buf wanted = {0}, there = {0}, text = {0};
	size_t sign = slice_find(line, SLICE(" = "));
	char name[128];

	(void)snprintf(name, sizeof(name), "%.*s",
		SLICE_ARG(slice_sub(line, 0, sign)));
	if (sign == SLICE_NONE || line.p[0] == ' ' ||
		!is_derived(slice_of(name)))
		return;
	add_compact(&wanted, slice_sub(line, sign + 3, line.len));
	add_compact(&there, postfix_given(check->postfix, name));
	if (!slice_equal(buf_slice(&wanted), buf_slice(&there))) {
		buf_printf(&text,
			"%s is not what it would be today: it, or what it "
			"follows from, was changed since",
			name);
		add_stale(check, CHECKUP_WRONG, &text);
	}
	buf_fini(&wanted);
	buf_fini(&there);
}

static void
check_recipe(const struct postfix_check *check,
	const struct postfix_service *listener, const char *outside)
{
	/* What may be chosen is compared by nobody. */
	struct recipe_wish wish = {
		.parts = RECIPE_EGRESS,
		.milter = "",
		.away = "",
		.reject_text = "",
		.outside = outside,
	};
	struct recipe recipe;

	attached_find_probes(check->postfix, wish.probes);
	recipe_write(&recipe, check->postfix, &wish);
	check_services(check, listener, buf_slice(&recipe.services));
	struct slice rest = buf_slice(&recipe.parameters);
	for (struct slice line; slice_next(&rest, '\n', &line);)
		check_parameter(check, line);
	recipe_fini(&recipe);
}

/* Tables of senders must not be asked where mail is led to the listener:
 * their answers would pass by it. */
static void
check_routing(const struct postfix_check *check, bool routes)
{
	static const struct {
		const char *name, *head;
	} rows[] = {
		{"default_transport", RECIPE_HOP ":"},
		{"sender_dependent_default_transport_maps", ""},
		{"sender_dependent_relayhost_maps", ""},
		{"transport_maps", "pipemap:"},
	};
	size_t count = sizeof(rows) / sizeof(*rows) - (routes ? 0 : 1);
	const struct postfix_service *rewrite =
		postfix_find_service(check->postfix, "rewrite", "unix");

	for (size_t i = 0; i < count; i++) {
		const char *head = rows[i].head;
		struct slice there = slice_of(NULL);
		struct buf text = {0};

		if (rewrite != NULL) {
			there = postfix_service_override(
				check->postfix, rewrite, rows[i].name);
		}
		if (!slice_is_absent(there) &&
			(*head != '\0' ? slice_starts_fold(
						 there, slice_of(head))
				       : there.len == 0))
			continue;
		buf_printf(&text,
			"the service rewrite of master.cf has not -o %s as it "
			"was attached: mail leaves past the listener",
			rows[i].name);
		add_stale(check, CHECKUP_WRONG, &text);
	}
}

/* Somebody made main.cf anew without what stood in it. */
static void
add_lost(const struct postfix_check *check)
{
	struct buf text = {0};

	buf_puts(&text,
		"main.cf has lost what `forwarden attach` put there: its "
		"listener does not start, and what is to leave waits");
	add_stale(check, CHECKUP_WRONG, &text);
}

void
postfix_attached_check(const struct postfix_check *check)
{
	const struct postfix_service *listener =
		recipe_find_listener(check->postfix);
	struct slice names = postfix_given(check->postfix, "forwarden_outside");
	struct buf outside = {0};

	check_journal(check);
	if (listener == NULL)
		return;
	if (slice_is_absent(
		    postfix_given(check->postfix, "forwarden_milter"))) {
		add_lost(check);
		return;
	}
	buf_add(&outside, names);
	check_number(check);
	check_tables(check, names.len > 0);
	check_recipe(check, listener, names.len > 0 ? outside.p : NULL);
	check_routing(check, names.len > 0);
	buf_fini(&outside);
}
