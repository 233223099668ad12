/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules of a Postfix's own. */
#include "mta/rules/postfix_rules.h"

#include "mta/rules/command_line.h"
#include "mta/rules/main_cf.h"
#include "mta/rules/table.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#define FORWARD_PATH                                         \
	"$home/.forward${recipient_delimiter}${extension}, " \
	"$home/.forward"

enum use {
	USE_ALIASES, /* aliases.c tells its rules */
	USE_RECIPIENTS, /* the value is of addresses */
	USE_NEXTHOP, /* the value is a transport, of mail to the key */
	USE_SENDER, /* the same, of mail from the key */
	USE_COMMAND, /* the value is a program */
	USE_CHECK, /* the value is an action */
	USE_KEYS /* nothing but the keys, which are addresses of ours */
};

static const struct parameter {
	const char *name;
	enum use use;
	enum rule_mechanism mechanism;
} maps[] = {
	{"local_recipient_maps", USE_KEYS, RULE_ALIAS},
	{"virtual_mailbox_maps", USE_KEYS, RULE_ALIAS},
	{"relay_recipient_maps", USE_KEYS, RULE_ALIAS},
	{"alias_maps", USE_ALIASES, RULE_ALIAS},
	{"virtual_alias_maps", USE_RECIPIENTS, RULE_VIRTUAL},
	{"recipient_bcc_maps", USE_RECIPIENTS, RULE_RECIPIENT_BCC},
	{"sender_bcc_maps", USE_RECIPIENTS, RULE_SENDER_BCC},
	{"canonical_maps", USE_RECIPIENTS, RULE_CANONICAL},
	{"recipient_canonical_maps", USE_RECIPIENTS, RULE_RECIPIENT_CANONICAL},
	{"transport_maps", USE_NEXTHOP, RULE_TRANSPORT},
	{"mailbox_transport_maps", USE_NEXTHOP, RULE_TRANSPORT},
	{"fallback_transport_maps", USE_NEXTHOP, RULE_TRANSPORT},
	{"mailbox_command_maps", USE_COMMAND, RULE_DELIVERY},
	{"sender_dependent_relayhost_maps", USE_SENDER, RULE_RELAY},
	{"sender_dependent_default_transport_maps", USE_SENDER, RULE_RELAY},
	{"header_checks", USE_CHECK, RULE_CHECK},
	{"mime_header_checks", USE_CHECK, RULE_CHECK},
	{"nested_header_checks", USE_CHECK, RULE_CHECK},
	{"body_checks", USE_CHECK, RULE_CHECK},
	{"milter_header_checks", USE_CHECK, RULE_CHECK},
};

struct reading {
	const struct postfix_rules *site;
	struct slice service; /* whose override it is; or absent */
	const struct parameter *parameter;
};

/* "*" and the like for people. */
static struct slice
mailbox_of(
	struct survey *survey, const struct reading *reading, struct slice key)
{
	if (reading->parameter->use == USE_CHECK ||
		(key.len > 0 && (key.p[0] == '/' || key.p[0] == '!')))
		return key;
	/* "example.com" of transport_maps, of a bcc map: all of the domain. */
	if (slice_find_byte(key, '@', 0) == SLICE_NONE &&
		inside_has_domain(survey->inside, key))
		return arena_printf(survey->arena, "@%.*s", SLICE_ARG(key));
	return inside_mailbox(survey->inside, survey->arena, key);
}

static struct source
with_service(struct survey *survey, const struct reading *reading,
	const struct source *source)
{
	struct source own = *source;

	if (!slice_is_absent(reading->service)) {
		own.note = arena_printf(survey->arena, "of the service %.*s",
			SLICE_ARG(reading->service));
	}
	return own;
}

static bool
is_plain_address(struct slice key)
{
	return slice_find_byte(key, '@', 0) != SLICE_NONE && key.p[0] != '/' &&
		key.p[0] != '!' && key.p[0] != '@';
}

static void
add_recipients(struct survey *survey, const struct reading *reading,
	const struct source *source, const struct table_row *row)
{
	struct source own = with_service(survey, reading, source);
	struct sender sender = {
		.source = &own,
		.line = row->line,
		.mailbox = mailbox_of(survey, reading, row->key),
		.mechanism = reading->parameter->mechanism,
	};

	if (sender.mailbox.len > 0 && sender.mailbox.p[0] == '@' &&
		slice_is_absent(own.note))
		own.note = SLICE("a whole domain");
	survey_recipients(survey, &sender, row->value);
}

/* What a transport is: its service's name and its next hop. */
static void
split_transport(struct slice value, bool is_relayhost, struct slice *service,
	struct slice *nexthop)
{
	size_t colon = slice_find_byte(value, ':', 0);

	if (is_relayhost && (colon == SLICE_NONE || value.p[0] == '[')) {
		*service = SLICE("smtp");
		*nexthop = value;
		return;
	}
	*service = slice_sub(value, 0, colon);
	*nexthop = colon == SLICE_NONE ? SLICE("")
				       : slice_sub(value, colon + 1, value.len);
}

static bool
goes_by_smtp(const struct postfix_rules *site, struct slice service)
{
	size_t count;
	const struct postfix_service *all =
		postfix_services(site->postfix, &count);

	for (size_t i = 0; i < count; i++) {
		if (slice_equal(all[i].name, service) &&
			slice_equal(all[i].type, SLICE("unix")))
			return slice_equal(all[i].program, SLICE("smtp")) ||
				slice_equal(all[i].program, SLICE("lmtp"));
	}
	return slice_equal(service, SLICE("smtp")) ||
		slice_equal(service, SLICE("relay")) ||
		slice_equal(service, SLICE("lmtp"));
}

static void
add_command(struct survey *survey, const struct source *source, unsigned line,
	struct slice mailbox, struct slice command)
{
	struct command_line rest = {.rest = command};
	struct rule rule = {.line = line,
		.mailbox = mailbox,
		.destination = RULE_UNKNOWN,
		.mechanism = RULE_DELIVERY,
		.note = command_line_shown(
			survey->arena, command, survey->full)};

	if (command_line_next(
		    &rest, survey->inside, survey->arena, &rule.destination) ||
		!command_line_delivers(command))
		survey_add(survey, source, &rule);
}

/* Where mail of ours is handed to a host that is not. */
static void
add_transport(struct survey *survey, const struct reading *reading,
	const struct source *source, unsigned line, struct slice mailbox,
	struct slice value)
{
	struct source own = with_service(survey, reading, source);
	struct slice service, nexthop, command;
	struct arena *arena = survey->arena;

	split_transport(value,
		reading->parameter->use == USE_SENDER &&
			strstr(reading->parameter->name, "relayhost") != NULL,
		&service, &nexthop);
	command = main_cf_command(arena, reading->site->master.text, service);
	if (!slice_is_absent(command)) {
		add_command(survey, &own, line, mailbox, command);
	} else if (goes_by_smtp(reading->site, service) && nexthop.len > 0 &&
		!slice_starts_fold(nexthop, SLICE("unix:")) &&
		!inside_has_host(survey->inside, arena,
			slice_starts_fold(nexthop, SLICE("inet:"))
				? slice_sub(nexthop, 5, nexthop.len)
				: nexthop)) {
		survey_add(survey, &own,
			&(struct rule){.line = line,
				.mailbox = mailbox,
				.destination = value,
				.mechanism = reading->parameter->mechanism});
	}
}

/* Is a key of transport_maps one of our addresses or domains? */
static bool
is_of_ours(struct survey *survey, struct slice key)
{
	size_t at = slice_find_byte(key, '@', 0);
	struct slice domain =
		at == SLICE_NONE ? key : slice_sub(key, at + 1, key.len);

	if (domain.len > 1 && domain.p[0] == '.')
		domain = slice_sub(domain, 1, domain.len);
	return slice_equal(key, SLICE("*")) ||
		inside_has_domain(
			survey->inside, address_domain(survey->arena, domain));
}

static void
add_nexthop(struct survey *survey, const struct reading *reading,
	const struct source *source, const struct table_row *row)
{
	bool is_local = strcmp(reading->parameter->name, "transport_maps") != 0;

	/* "*" in transport_maps is how mail to the world leaves. */
	if (is_local ||
		(is_of_ours(survey, row->key) &&
			!slice_equal(row->key, SLICE("*")))) {
		add_transport(survey, reading, source, row->line,
			mailbox_of(survey, reading, row->key), row->value);
	}
}

/* "REDIRECT address", "BCC address", "FILTER transport:nexthop". */
static void
add_action(struct survey *survey, const struct reading *reading,
	const struct source *source, const struct table_row *row)
{
	size_t blank = slice_find_byte(row->value, ' ', 0);
	struct slice word = slice_sub(row->value, 0, blank);
	struct slice rest = blank == SLICE_NONE
		? SLICE("")
		: slice_trim(slice_sub(row->value, blank, row->value.len));
	struct source own = with_service(survey, reading, source);
	struct sender sender = {
		.source = &own,
		.line = row->line,
		.mailbox = SLICE("*"),
		.mechanism = reading->parameter->mechanism,
	};

	own.condition = row->key;
	if (slice_equal_fold(word, SLICE("REDIRECT")) ||
		slice_equal_fold(word, SLICE("BCC"))) {
		survey_recipients(survey, &sender, rest);
	} else if (slice_equal_fold(word, SLICE("FILTER"))) {
		add_transport(
			survey, reading, &own, row->line, SLICE("*"), rest);
	}
}

static void
take_row(struct survey *survey, const struct source *source,
	const struct table_row *row, void *ctx)
{
	const struct reading *reading = ctx;

	if (is_plain_address(row->key))
		survey_know(survey, row->key);
	switch (reading->parameter->use) {
	case USE_RECIPIENTS:
		add_recipients(survey, reading, source, row);
		break;
	case USE_NEXTHOP:
		add_nexthop(survey, reading, source, row);
		break;
	case USE_SENDER:
		if (is_of_ours(survey, row->key)) {
			add_transport(survey, reading, source, row->line,
				mailbox_of(survey, reading, row->key),
				row->value);
		}
		break;
	case USE_COMMAND:
		add_command(survey, source, row->line,
			mailbox_of(survey, reading, row->key), row->value);
		break;
	case USE_CHECK:
		add_action(survey, reading, source, row);
		break;
	case USE_ALIASES:
	case USE_KEYS:
		break;
	}
}

static bool
is_table(struct slice element)
{
	size_t colon = slice_find_byte(element, ':', 0);

	return colon != SLICE_NONE && colon > 0 && element.p[0] != '/' &&
		element.p[0] != '$';
}

/* Users and the like are not listed: Postfix asks the system for them. */
static bool
is_of_system(struct slice element)
{
	return slice_find(element, SLICE("unix:passwd")) != SLICE_NONE ||
		slice_equal(element, SLICE("proxy:unix:passwd.byname"));
}

static void
read_map(
	struct survey *survey, const struct reading *reading, struct slice list)
{
	const struct postfix_rules *site = reading->site;
	const struct table_use use = {
		.directory = site->directory,
		.main = &site->main,
		.main_line =
			main_cf_line(site->main.text, reading->parameter->name),
		.lister = reading->parameter->use == USE_ALIASES
			? TABLE_POSTALIAS
			: TABLE_POSTMAP,
		.each = take_row,
		.ctx = (void *)(uintptr_t)reading,
	};

	for (struct slice element; postfix_next(&list, &element);) {
		if (is_table(element) && !is_of_system(element))
			table_read(survey, &use, element);
	}
}

static void
read_parameter(struct survey *survey, const struct postfix_rules *site,
	const struct parameter *parameter)
{
	struct reading reading = {site, {NULL, 0}, parameter};
	size_t count;
	const struct postfix_service *services =
		postfix_services(site->postfix, &count);

	read_map(survey, &reading,
		postfix_value(site->postfix, parameter->name));
	for (size_t i = 0; i < count; i++) {
		struct slice own = postfix_service_override(
			site->postfix, &services[i], parameter->name);

		reading.service = services[i].name;
		if (!slice_is_absent(own))
			read_map(survey, &reading, own);
	}
}

/* Tables of access(5) in a list of restrictions: "check_x_access table". */
static void
read_access(
	struct survey *survey, const struct reading *reading, struct slice list)
{
	bool follows = false;

	for (struct slice one; postfix_next(&list, &one);) {
		if (follows && is_table(one))
			read_map(survey, reading, one);
		follows = slice_starts_fold(one, SLICE("check_")) &&
			slice_ends_fold(one, SLICE("_access"));
	}
}

static void
read_restrictions(struct survey *survey, const struct postfix_rules *site)
{
	static const char *const stages[] = {"client", "helo", "sender",
		"relay", "recipient", "data", "end_of_data", "etrn"};
	size_t count;
	const struct postfix_service *services =
		postfix_services(site->postfix, &count);

	for (size_t i = 0; i < sizeof(stages) / sizeof(*stages); i++) {
		char name[64];
		const struct parameter parameter = {
			name, USE_CHECK, RULE_ACCESS};
		struct reading reading = {site, {NULL, 0}, &parameter};

		(void)snprintf(
			name, sizeof(name), "smtpd_%s_restrictions", stages[i]);
		read_access(
			survey, &reading, postfix_value(site->postfix, name));
		for (size_t k = 0; k < count; k++) {
			reading.service = services[k].name;
			read_access(survey, &reading,
				postfix_service_override(
					site->postfix, &services[k], name));
		}
	}
}

/* Parameters whose value is the destination itself. */
static void
read_destination(struct survey *survey, const struct postfix_rules *site,
	const char *name, enum rule_mechanism mechanism, struct slice mailbox)
{
	struct sender sender = {
		.source = &site->main,
		.line = main_cf_line(site->main.text, name),
		.mailbox = mailbox,
		.mechanism = mechanism,
	};
	/* luser_relay has "$user@elsewhere", which postconf may take for one
	 * of its own. */
	struct slice value = postfix_given(site->postfix, name);

	if (slice_is_absent(value))
		value = postfix_value(site->postfix, name);
	if (value.len > 0)
		survey_recipients(survey, &sender, value);
}

static void
read_transport(struct survey *survey, const struct postfix_rules *site,
	const char *name)
{
	const struct parameter parameter = {name, USE_NEXTHOP, RULE_TRANSPORT};
	const struct reading reading = {site, {NULL, 0}, &parameter};
	struct slice value = postfix_value(site->postfix, name);

	if (value.len > 0) {
		add_transport(survey, &reading, &site->main,
			main_cf_line(site->main.text, name), SLICE("*"), value);
	}
}

static void
read_parameters(struct survey *survey, const struct postfix_rules *site)
{
	static const char *const transports[] = {"mailbox_transport",
		"fallback_transport", "local_transport", "virtual_transport",
		"content_filter"};
	struct slice command = postfix_given(site->postfix, "mailbox_command");

	read_destination(
		survey, site, "always_bcc", RULE_ALWAYS_BCC, SLICE("*"));
	read_destination(survey, site, "luser_relay", RULE_LUSER_RELAY,
		arena_printf(survey->arena, "@%.*s",
			SLICE_ARG(inside_origin(survey->inside))));
	for (size_t i = 0; i < sizeof(transports) / sizeof(*transports); i++)
		read_transport(survey, site, transports[i]);
	if (command.len > 0) {
		add_command(survey, &site->main,
			main_cf_line(site->main.text, "mailbox_command"),
			SLICE("*"), command);
	}
}

static struct slice
path_in(struct survey *survey, struct slice directory, const char *name)
{
	return arena_printf(
		survey->arena, "%.*s/%s", SLICE_ARG(directory), name);
}

bool
postfix_rules_open(struct survey *survey, struct postfix_rules *site,
	struct slice directory)
{
	static const char *const places[] = {
		"/etc/postfix", "/usr/local/etc/postfix"};
	struct slice copy = arena_copy(survey->arena, directory);
	struct err err = {0};
	struct postfix *postfix = NULL;

	*site = (struct postfix_rules){.directory = copy};
	if (!survey->tree.is_copy)
		postfix = postfix_read(directory.len > 0 ? copy.p : NULL, &err);
	if (postfix != NULL) {
		site->directory = arena_copy(
			survey->arena, slice_of(postfix_directory(postfix)));
	} else {
		for (size_t i = 0;
			postfix == NULL && i < sizeof(places) / sizeof(*places);
			i++) {
			if (directory.len == 0)
				site->directory = slice_of(places[i]);
			postfix = main_cf_read(survey, site->directory);
		}
		if (postfix != NULL && !survey->tree.is_copy) {
			survey_unread(survey,
				path_in(survey, site->directory, "main.cf"),
				arena_printf(survey->arena,
					"postconf does not read it (%s); its "
					"text was read instead",
					err.text)
					.p);
		}
	}
	site->postfix = postfix;
	if (postfix == NULL)
		return false;
	(void)survey_read(survey, path_in(survey, site->directory, "main.cf"),
		SURVEY_MUST_BE_THERE, &site->main);
	(void)survey_read(survey, path_in(survey, site->directory, "master.cf"),
		SURVEY_MUST_BE_THERE, &site->master);
	return true;
}

void
postfix_rules_close(struct postfix_rules *site)
{
	postfix_free((struct postfix *)(uintptr_t)site->postfix);
	site->postfix = NULL;
}

static void
learn_key(struct survey *survey, const struct source *source,
	const struct table_row *row, void *ctx)
{
	(void)source;
	(void)ctx;
	inside_learn(survey->inside, row->key);
}

/* One element of a list of domains: a name, a file of names, a table. */
static void
learn_element(struct survey *survey, const struct postfix_rules *site,
	struct slice element)
{
	const struct table_use use = {.directory = site->directory,
		.main = &site->main,
		.each = learn_key};
	struct source file;

	if (element.len > 0 && element.p[0] == '/') {
		if (!survey_read(survey, element, SURVEY_MUST_BE_THERE, &file))
			return;
		for (struct slice rest = file.text, one;
			postfix_next(&rest, &one);)
			inside_learn(survey->inside, one);
	} else if (is_table(element)) {
		table_read(survey, &use, element);
	} else if (element.len > 0 && element.p[0] != '!') {
		inside_learn(survey->inside, element);
	}
}

void
postfix_rules_learn(struct survey *survey, const struct postfix_rules *site)
{
	static const char *const lists[] = {"mydestination",
		"virtual_mailbox_domains", "virtual_alias_domains",
		"relay_domains"};
	const struct postfix *postfix = site->postfix;
	struct slice origin = postfix_value(postfix, "myorigin"), list;
	struct source file;

	if (origin.len > 0 && origin.p[0] == '/' &&
		survey_read(survey, origin, SURVEY_MUST_BE_THERE, &file))
		origin = slice_trim(file.text);
	inside_set_origin(survey->inside, origin);
	inside_learn(survey->inside, origin);
	inside_learn(survey->inside, postfix_value(postfix, "myhostname"));
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		list = postfix_value(postfix, lists[i]);
		for (struct slice one; postfix_next(&list, &one);)
			learn_element(survey, site, one);
	}
	list = postfix_value(postfix, "mynetworks");
	for (struct slice one; postfix_next(&list, &one);)
		inside_add_network(survey->inside, one);
	if (survey->delimiters.len == 0) {
		survey->delimiters = arena_copy(survey->arena,
			postfix_value(postfix, "recipient_delimiter"));
	}
}

static void
note_programs(struct survey *survey, struct slice text)
{
	survey->runs_procmail |=
		slice_find(text, SLICE("procmail")) != SLICE_NONE;
	survey->runs_maildrop |=
		slice_find(text, SLICE("maildrop")) != SLICE_NONE;
}

void
postfix_rules_read(struct survey *survey, const struct postfix_rules *site)
{
	for (size_t i = 0; i < sizeof(maps) / sizeof(*maps); i++)
		read_parameter(survey, site, &maps[i]);
	read_restrictions(survey, site);
	read_parameters(survey, site);
	note_programs(survey, site->main.text);
}

struct slice
postfix_rules_forward_path(const struct postfix_rules *site)
{
	struct slice given = postfix_given(site->postfix, "forward_path");

	return slice_is_absent(given) ? SLICE(FORWARD_PATH) : given;
}
