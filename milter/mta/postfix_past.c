/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routing leads all mail for the outside to the egress. Four things of the
 * site's own come before routing, or instead of it: FILTER and
 * content_filter, entries of transport_maps, transports of our own domains
 * that lead elsewhere, and services that ask another trivial-rewrite(8). All
 * of them are right where the other end is on this machine, and brings the
 * mail back.
 */
#include "mta/postfix_past.h"

#include "mta/cf_text.h"
#include "mta/postfix_egress.h"
#include "mta/postfix_remedy.h"
#include "mta/postfix_table.h"
#include "mta/route.h"

#include <stdio.h>
#include <string.h>

#define ENTRIES_SHOWN 8

/* "[127.0.0.1]:10024", "localhost:10024", a path: on this machine? Networks
 * of ours are inside as well. */
static bool
is_inside(const struct postfix_check *check, struct slice nexthop)
{
	size_t end;

	if (nexthop.len == 0)
		return false;
	if (slice_starts_fold(nexthop, SLICE("inet:")))
		nexthop = slice_sub(nexthop, 5, nexthop.len);
	if (slice_starts_fold(nexthop, SLICE("unix:")) || nexthop.p[0] == '/')
		return true;
	if (nexthop.p[0] == '[') {
		nexthop = slice_sub(nexthop, 1, nexthop.len);
		end = slice_find_byte(nexthop, ']', 0);
	} else {
		end = slice_find_byte(nexthop, ':', 0);
	}
	nexthop = slice_sub(nexthop, 0, end);
	if (slice_starts_fold(nexthop, SLICE("ipv6:")))
		nexthop = slice_sub(nexthop, 5, nexthop.len);
	return slice_equal_fold(nexthop, SLICE("localhost")) ||
		realm_has_ip(check->realm, nexthop) ||
		postfix_check_is_ours(check, nexthop);
}

/* Does a transport speak SMTP to other machines? */
static bool
is_smtp(const struct postfix_check *check, struct slice transport)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "%.*s", SLICE_ARG(transport));
	const struct postfix_service *service =
		postfix_find_service(check->postfix, name, "unix");
	return service != NULL &&
		(slice_equal(service->program, SLICE("smtp")) ||
			slice_equal(service->program, SLICE("lmtp")));
}

/* "smtp:[host]:25"; of what is empty, nothing is changed. */
static bool
leads_out(const struct postfix_check *check, struct slice destination)
{
	size_t colon = slice_find_byte(destination, ':', 0);
	struct slice transport = slice_sub(destination, 0, colon);
	struct slice nexthop = colon != SLICE_NONE
		? slice_sub(destination, colon + 1, destination.len)
		: SLICE("");

	if (slice_starts_fold(transport, SLICE(CF_SERVICE)) ||
		(transport.len == 0 && nexthop.len == 0))
		return false;
	return (transport.len == 0 || is_smtp(check, transport)) &&
		!is_inside(check, nexthop);
}

/* Rows of one kind, the first few by name. */
struct past {
	const struct postfix_check *check;
	const char *led; /* to the listener all the same */
	char outside[512], ours[512];
	size_t outside_count, ours_count;
};

static void
note_entry(char list[512], size_t *count, const struct postfix_row *row)
{
	size_t len = strlen(list);

	if ((*count)++ < ENTRIES_SHOWN) {
		(void)snprintf(list + len, 512 - len, "%s%.*s (%.*s)",
			len > 0 ? ", " : "", SLICE_ARG(row->key),
			SLICE_ARG(row->value));
	}
}

/* The domain of a key of transport(5): "user@domain", "domain", ".domain". */
static struct slice
domain_of(struct slice key)
{
	size_t at = slice_find_byte(key, '@', 0);

	if (at != SLICE_NONE)
		key = slice_sub(key, at + 1, key.len);
	while (key.len > 0 && key.p[0] == '.')
		key = slice_sub(key, 1, key.len);
	return key;
}

static void
look_at_transport(void *ctx, const struct postfix_row *row)
{
	struct past *past = ctx;

	if (!leads_out(past->check, row->value) ||
		route_is_outside(past->led, row->value))
		return;
	if (postfix_check_is_ours(past->check, domain_of(row->key))) {
		note_entry(past->ours, &past->ours_count, row);
	} else {
		note_entry(past->outside, &past->outside_count, row);
	}
}

static void
check_transports(const struct postfix_check *check)
{
	struct buf led = {0};
	struct past past = {.check = check};

	buf_add(&led, postfix_given(check->postfix, "forwarden_outside"));
	if (led.len > 0)
		past.led = led.p;
	postfix_tables_read(check,
		&(struct postfix_tables){
			"transport_maps", "egress", look_at_transport, &past});
	if (past.outside_count > 0) {
		checkup_add(check->checkup,
			&(struct remedy){.level = CHECKUP_NOTE,
				.subject = "egress",
				.text = "take them out where relayhost or the "
					"MX would do, or have the other host "
					"ask Forwarden"},
			"%zu entries of transport_maps send mail out past the "
			"egress: %s",
			past.outside_count, past.outside);
	}
	if (past.ours_count > 0) {
		checkup_add(check->checkup,
			&(struct remedy){.level = CHECKUP_NOTE,
				.subject = "ours",
				.text = "if the host there is yours, its "
					"network belongs into local.networks; "
					"else it is a forward"},
			"%zu entries of transport_maps lead addresses of ours "
			"to another host, unseen: %s",
			past.ours_count, past.ours);
	}
	buf_fini(&led);
}

/* Where the mail of our own domains goes, if it is elsewhere. */
static void
check_classes(const struct postfix_check *check)
{
	static const char *const names[] = {"local_transport",
		"virtual_transport", "mailbox_transport", "fallback_transport"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct slice value = postfix_value(check->postfix, names[i]);
		struct buf command = {0};

		if (value.len == 0 || !leads_out(check, value))
			continue;
		postfix_remedy_parameter(check, names[i], NULL, &command);
		checkup_add(check->checkup,
			&(struct remedy){.level = CHECKUP_NOTE,
				.subject = "ours",
				.text = "if the host there is yours, its "
					"network belongs into local.networks; "
					"else",
				.command = command.p},
			"%s (%.*s) leads mail of our own domains to another "
			"host, unseen",
			names[i], SLICE_ARG(value));
		buf_fini(&command);
	}
}

/* Whoever made it: its filter is its way out. */
static bool
is_egress(const struct postfix_check *check,
	const struct postfix_service *service)
{
	return service == postfix_egress_find(check->postfix) ||
		slice_equal(postfix_service_value(check->postfix, service,
				    "cleanup_service_name"),
			SLICE(CF_CLEANUP));
}

/* A filter that is not on this machine brings nothing back to the egress.
 * That of the egress itself is its way out. */
static void
check_content_filter(const struct postfix_check *check,
	const struct postfix_service *service)
{
	struct slice value = postfix_service_override(
		check->postfix, service, "content_filter");
	struct buf command = {0};

	if (slice_is_absent(value) || value.len == 0 ||
		is_egress(check, service) || !leads_out(check, value))
		return;
	postfix_remedy_argument(check,
		&(struct postfix_remedy_argument){
			service, "content_filter", {0}},
		&command);
	checkup_add(check->checkup,
		&(struct remedy){.level = CHECKUP_NOTE,
			.subject = "egress",
			.text = "unless that host brings it back",
			.command = command.p},
		"content_filter of %.*s (%.*s) sends its mail out past the "
		"egress",
		SLICE_ARG(service->name), SLICE_ARG(value));
	buf_fini(&command);
}

/* Another trivial-rewrite knows nothing of the egress. */
static void
check_rewrite(const struct postfix_check *check,
	const struct postfix_service *service)
{
	struct slice value = postfix_service_override(
		check->postfix, service, "rewrite_service_name");
	struct buf command = {0};

	if (slice_is_absent(value) || slice_equal(value, SLICE("rewrite")))
		return;
	postfix_remedy_argument(check,
		&(struct postfix_remedy_argument){
			service, "rewrite_service_name", {0}},
		&command);
	/* A queue manager besides qmgr has a queue for some of the mail. */
	bool besides = slice_equal(service->program, SLICE("qmgr")) &&
		!slice_equal(service->name, SLICE("qmgr"));
	checkup_add(check->checkup,
		&(struct remedy){
			.level = besides ? CHECKUP_NOTE : CHECKUP_WRONG,
			.subject = "egress",
			.text = besides ? "unless none of its mail may leave"
					: NULL,
			.command = command.p},
		"%.*s asks the service %.*s for routes, and not rewrite, by "
		"which mail is led to the egress",
		SLICE_ARG(service->name), SLICE_ARG(value));
	buf_fini(&command);
}

static void
check_services(const struct postfix_check *check)
{
	size_t count;
	const struct postfix_service *services =
		postfix_services(check->postfix, &count);
	struct slice filter = postfix_value(check->postfix, "content_filter");
	struct buf command = {0};

	for (size_t i = 0; i < count; i++) {
		check_content_filter(check, &services[i]);
		check_rewrite(check, &services[i]);
	}
	if (filter.len == 0 || !leads_out(check, filter))
		return;
	postfix_remedy_parameter(check, "content_filter", NULL, &command);
	checkup_add(check->checkup,
		&(struct remedy){.level = CHECKUP_NOTE,
			.subject = "egress",
			.text = "unless that host brings it back",
			.command = command.p},
		"content_filter (%.*s) sends mail out past the egress",
		SLICE_ARG(filter));
	buf_fini(&command);
}

/* Up to white space, or to the brace that ends a rule. */
static struct slice
first_word(struct slice text)
{
	size_t end = 0;

	while (end < text.len && strchr(" \t}", text.p[end]) == NULL)
		end++;
	return slice_sub(text, 0, end);
}

/* The first FILTER that leads out; comments are none. */
static bool
find_filter(const struct postfix_check *check, struct slice text,
	struct slice *found)
{
	const struct slice word = SLICE("FILTER");

	for (struct slice line; slice_next(&text, '\n', &line);) {
		size_t at = line.len > 0 && line.p[0] == '#'
			? SLICE_NONE
			: slice_find_fold(line, word);
		while (at != SLICE_NONE) {
			line = slice_trim(
				slice_sub(line, at + word.len, line.len));
			*found = first_word(line);
			if (found->len > 0 && leads_out(check, *found))
				return true;
			at = slice_find_fold(line, word);
		}
	}
	return false;
}

/* A list of a service has its name before it. */
struct filter_list {
	const struct postfix_service *service; /* NULL: of main.cf */
	const char *name;
	struct slice value;
};

static void
report_filter(const struct postfix_check *check, const struct filter_list *list,
	struct slice table, struct slice found)
{
	struct slice service =
		list->service != NULL ? list->service->name : SLICE("main.cf");

	checkup_add(check->checkup,
		&(struct remedy){.level = CHECKUP_NOTE,
			.subject = "egress",
			.text = "take that line out, or have the host there "
				"ask Forwarden"},
		"%s of %.*s (%.*s) says FILTER %.*s: such mail goes past the "
		"egress",
		list->name, SLICE_ARG(service), SLICE_ARG(table),
		SLICE_ARG(found));
}

/* Rules that are written into the list itself (inline, static, regexp), or in
 * a file. */
static void
look_for_filter(const struct postfix_check *check,
	const struct filter_list *list, struct slice table)
{
	struct buf text = {0};
	struct slice found;

	if (find_filter(check, table, &found) ||
		(slice_find_byte(table, ':', 0) != SLICE_NONE &&
			slice_find_byte(table, '{', 0) == SLICE_NONE &&
			postfix_table_text(table, &text) &&
			find_filter(check, buf_slice(&text), &found)))
		report_filter(check, list, table, found);
	buf_fini(&text);
}

static void
check_filter_list(
	const struct postfix_check *check, const struct filter_list *list)
{
	struct slice rest = list->value;

	for (struct slice table; postfix_next(&rest, &table);)
		look_for_filter(check, list, table);
}

static void
check_services_for_filter(const struct postfix_check *check, const char *name)
{
	size_t count;
	const struct postfix_service *services =
		postfix_services(check->postfix, &count);

	for (size_t i = 0; i < count; i++) {
		struct slice value = postfix_service_override(
			check->postfix, &services[i], name);
		if (!slice_is_absent(value) && !is_egress(check, &services[i]))
			check_filter_list(check,
				&(struct filter_list){
					&services[i], name, value});
	}
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
		check_services_for_filter(check, names[i]);
		/* Some are the first one unless they are set. */
		if (slice_is_absent(postfix_given(check->postfix, names[i])))
			continue;
		check_filter_list(check,
			&(struct filter_list){NULL, names[i],
				postfix_value(check->postfix, names[i])});
	}
}

void
postfix_past_check(const struct postfix_check *check)
{
	check_transports(check);
	check_classes(check);
	check_services(check);
	check_filters(check);
}
