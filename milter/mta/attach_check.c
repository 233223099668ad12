/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks before a change. */
#include "mta/attach_check.h"

#include "mta/port.h"
#include "mta/postfix_control.h"
#include "mta/probe.h"
#include "mta/route.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

/* Does either file speak of it, as somebody's who is not up just now? */
static bool
is_mentioned(const void *ctx, uint16_t port)
{
	const struct site *site = ctx;
	char text[16];

	(void)snprintf(text, sizeof(text), ":%u", (unsigned)port);
	return slice_find(buf_slice(&site->main), slice_of(text)) !=
		SLICE_NONE ||
		slice_find(buf_slice(&site->master), slice_of(text)) !=
		SLICE_NONE;
}

static bool
choose_port(const struct site *site, struct recipe_wish *wish, struct err *err)
{
	if ((wish->parts & RECIPE_EGRESS) == 0)
		return true;
	if (wish->port != 0 && is_mentioned(site, wish->port)) {
		return err_set(err, ERR_INVALID,
			"port %u is spoken of in main.cf or master.cf already; "
			"choose another with --port",
			(unsigned)wish->port);
	}
	return port_claim(&wish->port, PORT_CLAIMS, is_mentioned, site, err);
}

/* A probe that a table sends to the outside by itself would leave. */
static bool
check_wildcards(const struct site *site, const struct recipe_wish *wish,
	struct err *err)
{
	struct buf answer = {0};
	bool fixed = (wish->parts & RECIPE_EGRESS) != 0 &&
		route_is_fixed(site->postfix, "x@" PROBE_DOMAIN, &answer) &&
		!route_is_outside(wish->outside, buf_slice(&answer));

	if (fixed) {
		(void)err_set(err, ERR_INVALID,
			"transport_maps sends all mail for the outside by "
			"\"%.*s\", past every listener; name that transport "
			"(--transports smtp), or make it default_transport "
			"or relayhost instead",
			SLICE_ARG(buf_slice(&answer)));
	}
	buf_fini(&answer);
	return !fixed;
}

/* Without a transport an entry takes that of ordinary mail, which is the hop:
 * it would go there, with the hop's settings. */
static bool
check_bare_hops(const struct site *site, const struct recipe_wish *wish,
	struct err *err)
{
	struct buf entry = {0};
	bool bare = (wish->parts & RECIPE_EGRESS) != 0 &&
		wish->outside == NULL && route_find_bare(site->postfix, &entry);

	if (bare) {
		(void)err_set(err, ERR_INVALID,
			"transport_maps says \"%.*s\", without a transport: "
			"add --transports smtp, which leads such mail to the "
			"listener, or write the transport into the table",
			SLICE_ARG(buf_slice(&entry)));
	}
	buf_fini(&entry);
	return !bare;
}

/* The walk through parents of the listener is that of access(5), which is the
 * default here too. */
static bool
check_outside(const struct site *site, const struct recipe_wish *wish,
	struct err *err)
{
	struct slice names = slice_of(wish->outside), name;

	if (wish->outside == NULL)
		return true;
	if (postfix_value(site->postfix, "transport_maps").len == 0) {
		return err_set(err, ERR_INVALID,
			"transport_maps is empty: --transports has nothing to "
			"lead to the listener");
	}
	if (slice_find(postfix_value(site->postfix,
			       "parent_domain_matches_subdomains"),
		    SLICE("transport_maps")) != SLICE_NONE) {
		return err_set(err, ERR_INVALID,
			"parent_domain_matches_subdomains names "
			"transport_maps, which --transports cannot follow; "
			"write .example.com for sub-domains into the table");
	}
	while (slice_next(&names, '|', &name)) {
		char text[64];
		(void)snprintf(text, sizeof(text), "%.*s", SLICE_ARG(name));
		const struct postfix_service *service =
			postfix_find_service(site->postfix, text, "unix");
		if (service == NULL ||
			!slice_equal(service->program, SLICE("smtp"))) {
			return err_set(err, ERR_INVALID,
				"--transports: master.cf has no smtp client "
				"named \"%s\"",
				text);
		}
	}
	return true;
}

/* What scripts of old put into main.cf itself. */
bool
attach_check_old(const struct site *site, struct err *err)
{
	return !slice_starts_fold(
		       postfix_value(site->postfix, "default_transport"),
		       SLICE(RECIPE_HOP)) ||
		err_set(err, ERR_INVALID,
			"main.cf leads mail to %s by default_transport, as "
			"an older version did; put back main.cf and "
			"master.cf from %s/forwarden-attach first",
			RECIPE_HOP, site->directory);
}

/* mailcow's containers, and whoever does as they do. */
void
attach_check_origin(const struct site *site, const struct attach_help *help)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/extra.cf", site->directory) <
			(int)sizeof(path) &&
		access(path, F_OK) == 0) {
		attach_say(help,
			"note: main.cf is made anew from extra.cf at each "
			"start here, as mailcow does: copy the lines between "
			"the marks \"BEGIN forwarden\" and \"END "
			"forwarden\" into %s too, or no mail leaves after a "
			"restart",
			path);
	}
}

bool
attach_check(const struct site *site, const struct attach_help *help,
	struct recipe_wish *wish, struct err *err)
{
	if (!postfix_control_check(site->directory, err))
		return err_wrap(err, "Postfix does not accept its files");
	if (!postfix_control_is_running(site->directory)) {
		return err_set(err, ERR_DOWN,
			"Postfix is not running; start it first, for what is "
			"attached is proved at once");
	}
	return attach_help_is_up(help, err) && attach_check_old(site, err) &&
		choose_port(site, wish, err) &&
		(probe_new_place(wish->probes) ||
			err_set(err, ERR_SYSTEM, "no random numbers")) &&
		check_outside(site, wish, err) &&
		check_wildcards(site, wish, err) &&
		check_bare_hops(site, wish, err);
}
