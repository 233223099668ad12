/* SPDX-License-Identifier: BSD-2-Clause */
/* The recipe in force against the recipe as it is written today. */
#include "mta/postfix_attached.h"

#include "mta/cf_file.h"
#include "mta/cf_text.h"
#include "mta/recipe.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

static const struct postfix_service *
find_listener(const struct postfix *postfix)
{
	size_t count;
	const struct postfix_service *services =
		postfix_services(postfix, &count);

	for (size_t i = 0; i < count; i++) {
		if (postfix_service_is(&services[i], "inet", "smtpd") &&
			slice_equal(
				postfix_service_override(postfix, &services[i],
					"cleanup_service_name"),
				SLICE(CF_CLEANUP)))
			return &services[i];
	}
	return NULL;
}

static void
check_journal(const struct postfix_check *check)
{
	if (!cf_journal_is_there(postfix_directory(check->postfix)))
		return;
	checkup_add(check->checkup,
		&(struct remedy){
			CHECKUP_WRONG, "attach", "forwarden attach --undo"},
		"`forwarden attach` is at work, or was cut short");
}

static void
check_number(const struct postfix_check *check)
{
	struct buf main = {0};
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
	checkup_add(check->checkup,
		&(struct remedy){
			CHECKUP_NOTE, "attach", "forwarden attach --update"},
		"attached by recipe %u; today's is %u", number, RECIPE_NUMBER);
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

/* Tables that are named one by one do not follow main.cf. */
static void
check_senders(const struct postfix_check *check)
{
	struct buf now = {0}, there = {0}, wanted = {0};

	recipe_add_senders(check->postfix, &now);
	add_compact(&wanted, buf_slice(&now));
	add_compact(&there, postfix_given(check->postfix, "forwarden_senders"));
	if (!slice_equal(buf_slice(&wanted), buf_slice(&there))) {
		checkup_add(check->checkup,
			&(struct remedy){CHECKUP_WRONG, "attach",
				"forwarden attach --update"},
			"sender_dependent_relayhost_maps or "
			"sender_dependent_default_transport_maps were changed "
			"since: mail may leave by the wrong way");
	}
	buf_fini(&now);
	buf_fini(&there);
	buf_fini(&wanted);
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

static void
check_arguments(const struct postfix_check *check,
	const struct postfix_service *listener, struct slice services)
{
	struct slice line, value, rest = services;
	char name[128];

	/* The listener's own: up to the next service. */
	(void)slice_next(&rest, '\n', &line);
	while (slice_next(&rest, '\n', &line) && line.len > 0 &&
		line.p[0] == ' ') {
		if (!read_argument(line, name, &value))
			continue;
		struct slice there = postfix_service_override(
			check->postfix, listener, name);
		if (!slice_is_absent(there) && slice_equal(there, value))
			continue;
		checkup_add(check->checkup,
			&(struct remedy){CHECKUP_WRONG, "attach",
				"forwarden attach --update"},
			"%.*s in master.cf has not -o %s=%.*s, as it was "
			"attached",
			SLICE_ARG(listener->name), name, SLICE_ARG(value));
	}
}

static void
check_listener(const struct postfix_check *check,
	const struct postfix_service *listener)
{
	/* What may be chosen is compared by nobody. */
	const struct recipe_wish wish = {
		.parts = RECIPE_EGRESS,
		.milter = "",
		.away = "",
		.reject_text = "",
	};
	struct recipe recipe;

	recipe_write(&recipe, check->postfix, &wish);
	check_arguments(check, listener, buf_slice(&recipe.services));
	recipe_fini(&recipe);
}

/* A table of rules that stands in a file as it is. */
static bool
has_filter(struct slice table)
{
	char path[PATH_MAX];
	struct buf text = {0};
	struct err err;
	size_t slash = slice_find_byte(table, '/', 0);

	if (slash == SLICE_NONE || slash == 0)
		return false;
	(void)snprintf(path, sizeof(path), "%.*s",
		SLICE_ARG(slice_sub(table, slash, table.len)));
	bool found = cf_file_read(path, &text, &err) &&
		slice_find(buf_slice(&text), SLICE("FILTER ")) != SLICE_NONE;
	buf_fini(&text);
	return found;
}

/* A FILTER of the site's own overrules all routing, ours too. */
static void
check_filters(const struct postfix_check *check)
{
	static const char *const names[] = {"header_checks",
		"mime_header_checks", "nested_header_checks", "body_checks",
		"smtpd_client_restrictions", "smtpd_helo_restrictions",
		"smtpd_sender_restrictions", "smtpd_recipient_restrictions",
		"smtpd_relay_restrictions", "smtpd_data_restrictions",
		"smtpd_end_of_data_restrictions"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct slice list = postfix_value(check->postfix, names[i]);
		for (struct slice table; postfix_next(&list, &table);) {
			if (slice_find_byte(table, ':', 0) == SLICE_NONE ||
				!has_filter(table))
				continue;
			checkup_add(check->checkup,
				&(struct remedy){CHECKUP_NOTE, "egress",
					"see docs/attach.md"},
				"%.*s of %s says FILTER: such mail goes past "
				"the egress",
				SLICE_ARG(table), names[i]);
		}
	}
}

static void
check_milter_maps(const struct postfix_check *check)
{
	struct slice maps = postfix_value(check->postfix, "smtpd_milter_maps");

	if (maps.len == 0)
		return;
	checkup_add(check->checkup,
		&(struct remedy){CHECKUP_NOTE, "intake",
			"postconf -X smtpd_milter_maps"},
		"smtpd_milter_maps (%.*s) chooses for some clients whether "
		"anybody is asked",
		SLICE_ARG(maps));
}

static void
check_instances(const struct postfix_check *check)
{
	struct slice others =
		postfix_value(check->postfix, "multi_instance_directories");

	if (others.len == 0)
		return;
	checkup_add(check->checkup,
		&(struct remedy){CHECKUP_NOTE, "postfix",
			"forwarden doctor --postfix DIRECTORY"},
		"other instances are not looked at: %.*s", SLICE_ARG(others));
}

void
postfix_attached_check(const struct postfix_check *check)
{
	const struct postfix_service *listener = find_listener(check->postfix);

	check_journal(check);
	check_milter_maps(check);
	check_instances(check);
	check_filters(check);
	if (listener == NULL)
		return;
	check_number(check);
	check_senders(check);
	check_listener(check, listener);
}
