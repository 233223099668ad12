/* SPDX-License-Identifier: BSD-2-Clause */
/* The egress, by where routing leads. */
#include "mta/postfix_egress.h"

#include "mta/cf_text.h"
#include "mta/postfix_milters.h"
#include "mta/postfix_remedy.h"
#include "mta/recipe.h"

#include <stdio.h>

#define DESTINATION_BYTES 300

/* "[127.0.0.1]:10026" as a service is named: "127.0.0.1:10026". */
static void
without_brackets(struct slice text, char out[DESTINATION_BYTES])
{
	size_t n = 0;

	for (size_t i = 0; i < text.len && n + 1 < DESTINATION_BYTES; i++) {
		if (text.p[i] != '[' && text.p[i] != ']')
			out[n++] = text.p[i];
	}
	out[n] = '\0';
}

/* Where all mail for the outside goes first: transport and next hop. */
static struct slice
way_out(const struct postfix *postfix, struct slice *transport)
{
	/* Routing is decided by one service, which may know better. */
	const struct postfix_service *rewrite =
		postfix_find_service(postfix, "rewrite", "unix");
	struct slice value = rewrite != NULL
		? postfix_service_value(postfix, rewrite, "default_transport")
		: postfix_value(postfix, "default_transport");
	size_t colon = slice_find_byte(value, ':', 0);

	*transport = slice_sub(value, 0, colon);
	if (colon != SLICE_NONE && colon + 1 < value.len)
		return slice_sub(value, colon + 1, value.len);
	return postfix_value(postfix, "relayhost");
}

const struct postfix_service *
postfix_egress_find(const struct postfix *postfix)
{
	char destination[DESTINATION_BYTES];
	struct slice transport;
	size_t count;
	const struct postfix_service *services =
		postfix_services(postfix, &count);

	without_brackets(way_out(postfix, &transport), destination);
	for (size_t i = 0; i < count; i++) {
		if (postfix_service_is(&services[i], "inet", "smtpd") &&
			slice_equal(services[i].name, slice_of(destination)))
			return &services[i];
	}
	return NULL;
}

static bool
has_keyword(struct slice list, const char *keyword)
{
	struct slice element;

	while (postfix_next(&list, &element)) {
		if (slice_equal_fold(element, slice_of(keyword)))
			return true;
	}
	return false;
}

/* The client that takes mail to the egress. */
static const struct postfix_service *
find_hop(const struct postfix *postfix)
{
	struct slice transport;
	size_t count;
	const struct postfix_service *services =
		postfix_services(postfix, &count);

	(void)way_out(postfix, &transport);
	for (size_t i = 0; i < count; i++) {
		if (slice_equal(services[i].name, transport) &&
			slice_equal(services[i].type, SLICE("unix")))
			return &services[i];
	}
	return NULL;
}

/* Appends what gives DSN back to a service that discards it. */
static void
mend_dsn(const struct postfix_check *check,
	const struct postfix_service *service, const char *parameter,
	struct buf *command)
{
	if (service == NULL ||
		!has_keyword(postfix_service_value(
				     check->postfix, service, parameter),
			"dsn"))
		return;
	if (command->len > 0)
		buf_puts(command, " && ");
	postfix_remedy_argument(check,
		&(struct postfix_remedy_argument){
			service, parameter, SLICE("")},
		command);
}

/* Without DSN on the hop the recipient's ORCPT does not arrive. */
static void
check_dsn(
	const struct postfix_check *check, const struct postfix_service *egress)
{
	struct buf command = {0};

	mend_dsn(check, egress, "smtpd_discard_ehlo_keywords", &command);
	mend_dsn(check, find_hop(check->postfix), "smtp_discard_ehlo_keywords",
		&command);
	if (command.len == 0) {
		checkup_add_fine(check->checkup, "dsn",
			"the hop to the egress carries ORCPT");
	} else {
		checkup_add(check->checkup,
			&(struct remedy){.level = CHECKUP_WRONG,
				.subject = "dsn",
				.command = command.p},
			"DSN is discarded on the way to the egress: ORCPT, "
			"the surest evidence, is lost");
	}
	buf_fini(&command);
}

static uint64_t
size_limit(const struct postfix *postfix, const struct postfix_service *service)
{
	struct slice value = service != NULL
		? postfix_service_value(postfix, service, "message_size_limit")
		: postfix_value(postfix, "message_size_limit");
	uint64_t limit;

	return slice_to_u64(value, &limit) ? limit : 0;
}

/* A cleanup of its own, without a limit; the listener without one, too. */
static void
add_size_remedy(const struct postfix_check *check,
	const struct postfix_service *egress, struct buf *out)
{
	postfix_remedy_program(check, "postconf", out);
	buf_puts(out,
		" -M 'egress-cleanup/unix=egress-cleanup unix n - n - 0 "
		"cleanup -o message_size_limit=0' && ");
	postfix_remedy_argument(check,
		&(struct postfix_remedy_argument){egress,
			"cleanup_service_name", SLICE("egress-cleanup")},
		out);
	buf_puts(out, " && ");
	postfix_remedy_argument(check,
		&(struct postfix_remedy_argument){
			egress, "message_size_limit", SLICE("0")},
		out);
}

/* A message has grown since its size was looked at. The size is looked at by
 * smtpd, and again by cleanup, which is a process of its own. */
static void
check_size(
	const struct postfix_check *check, const struct postfix_service *egress)
{
	const struct postfix *postfix = check->postfix;
	uint64_t intake = size_limit(postfix, NULL);
	char name[64];
	struct buf command = {0};

	(void)snprintf(name, sizeof(name), "%.*s",
		SLICE_ARG(postfix_service_value(
			postfix, egress, "cleanup_service_name")));
	uint64_t smtpd = size_limit(postfix, egress);
	uint64_t cleanup = size_limit(
		postfix, postfix_find_service(postfix, name, "unix"));
	if (intake == 0 ||
		((smtpd == 0 || smtpd > intake) &&
			(cleanup == 0 || cleanup > intake))) {
		checkup_add_fine(check->checkup, "size",
			"what the intake takes the egress takes as well");
		return;
	}
	add_size_remedy(check, egress, &command);
	checkup_add(check->checkup,
		&(struct remedy){.level = CHECKUP_WRONG,
			.subject = "size",
			.command = command.p},
		"mail of nearly message_size_limit (%llu bytes) that has "
		"grown a Received field bounces at the egress",
		(unsigned long long)intake);
	buf_fini(&command);
}

static void
add_wrong(const struct postfix_check *check, const char *text,
	struct slice listener)
{
	struct buf command = {0};

	postfix_remedy_attach(check, RECIPE_EGRESS, &command);
	checkup_add(check->checkup,
		&(struct remedy){.level = CHECKUP_WRONG,
			.subject = "egress",
			.command = command.p},
		"%s%.*s: `.forward`, aliases and virtual aliases are "
		"invisible here",
		text, SLICE_ARG(listener));
	buf_fini(&command);
}

void
postfix_egress_check(const struct postfix_check *check)
{
	const struct postfix_service *egress =
		postfix_egress_find(check->postfix);

	if (egress == NULL) {
		add_wrong(check, "no egress listener", SLICE(""));
		return;
	}
	if (!postfix_milters_has(check,
		    postfix_service_value(
			    check->postfix, egress, "smtpd_milters"))) {
		add_wrong(check,
			"mail that leaves passes a listener that does not ask "
			"Forwarden, ",
			egress->name);
		return;
	}
	checkup_add_fine(check->checkup, "egress",
		"mail that leaves passes %.*s", SLICE_ARG(egress->name));
	check_dsn(check, egress);
	/* Of the recipe's own every argument is looked at. */
	if (!slice_equal(postfix_service_value(check->postfix, egress,
				 "cleanup_service_name"),
		    SLICE(CF_CLEANUP)))
		check_size(check, egress);
}
