/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Forwarden takes for local and Postfix does not deliver itself goes
 * where the MX says. If that is elsewhere, mail for it leaves, and passes for
 * inner mail. Of ".example.com" nobody knows the names; but one that matches
 * whatever is asked is found by a name that nobody has.
 */
#include "mta/postfix_mx.h"

#include "base/arena.h"
#include "mta/mx.h"
#include "mta/postfix_control.h"
#include "mta/probe.h"

#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* Of ".example.com": what a wildcard of the name server answers for. */
#define ANY_BELOW "forwarden-probe"
#define DOMAINS_MAX 64
#define ARENA_BYTES ((size_t)64 * 1024)
#define ABROAD_SHOWN 8

/* Does Postfix keep the mail of a domain, whatever the DNS says? */
static bool
is_delivered(const struct postfix_check *check, struct slice domain)
{
	static const char *const lists[] = {"mydestination",
		"virtual_mailbox_domains", "virtual_alias_domains"};
	const struct postfix *postfix = check->postfix;
	char key[256];

	(void)snprintf(key, sizeof(key), "%.*s", SLICE_ARG(domain));
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		struct slice list = postfix_value(postfix, lists[i]);
		for (struct slice one; postfix_next(&list, &one);) {
			struct buf value = {0};
			bool found = slice_equal_fold(one, domain) ||
				(slice_find_byte(one, ':', 0) != SLICE_NONE &&
					postfix_control_look_up(
						postfix_directory(postfix), one,
						key, &value));
			buf_fini(&value);
			if (found)
				return true;
		}
	}
	return false;
}

/* "example.com"; ".example.com" as a name below it; not a file. */
static size_t
list_domains(const struct postfix_check *check, const struct slice *domains,
	size_t count, struct slice asked[DOMAINS_MAX], struct arena *arena)
{
	size_t n = 0;

	for (size_t i = 0; i < count && n < DOMAINS_MAX; i++) {
		struct slice domain = domains[i];
		char name[256];

		if (domain.len == 0 ||
			slice_find_byte(domain, ':', 0) != SLICE_NONE ||
			slice_find_byte(domain, '/', 0) != SLICE_NONE)
			continue;
		if (domain.p[0] == '.') {
			(void)snprintf(name, sizeof(name), ANY_BELOW "%.*s",
				SLICE_ARG(domain));
			domain = arena_copy(arena, slice_of(name));
		}
		if (!slice_is_absent(domain) && !is_delivered(check, domain))
			asked[n++] = domain;
	}
	return n;
}

/* Is it an address of this machine? */
static bool
is_here(struct slice address)
{
	struct ifaddrs *all = NULL;
	char text[NI_MAXHOST];
	bool here = false;

	if (getifaddrs(&all) != 0)
		return false;
	for (const struct ifaddrs *a = all; a != NULL && !here;
		a = a->ifa_next) {
		if (a->ifa_addr == NULL ||
			(a->ifa_addr->sa_family != AF_INET &&
				a->ifa_addr->sa_family != AF_INET6))
			continue;
		socklen_t len = a->ifa_addr->sa_family == AF_INET
			? sizeof(struct sockaddr_in)
			: sizeof(struct sockaddr_in6);
		here = getnameinfo(a->ifa_addr, len, text, sizeof(text), NULL,
			       0, NI_NUMERICHOST) == 0 &&
			slice_equal(address, slice_of(text));
	}
	freeifaddrs(all);
	return here;
}

/* One host of a domain that is ours is enough. host: the last one seen. */
static bool
goes_abroad(const struct postfix_check *check, struct slice lines,
	struct slice domain, struct slice *host)
{
	bool seen = false;

	for (struct slice line, name; slice_next(&lines, '\n', &line);) {
		if (!slice_next(&line, '\t', &name) ||
			!slice_equal(name, domain) ||
			!slice_next(&line, '\t', host))
			continue;
		seen = true;
		if (realm_has_ip(check->realm, line) || is_here(line))
			return false;
	}
	return seen;
}

static void
report(const struct postfix_check *check, const struct mx_question *question,
	struct slice lines)
{
	struct buf abroad = {0};
	size_t count = 0;

	for (size_t i = 0; i < question->count; i++) {
		struct slice domain = question->domains[i], host;
		if (!goes_abroad(check, lines, domain, &host) ||
			count++ >= ABROAD_SHOWN)
			continue;
		buf_puts(&abroad, count > 1 ? ", " : "");
		if (slice_starts_fold(domain, SLICE(ANY_BELOW "."))) {
			buf_puts(&abroad, "any below ");
			domain = slice_sub(
				domain, sizeof(ANY_BELOW), domain.len);
		}
		buf_printf(&abroad, "%.*s (%.*s)", SLICE_ARG(domain),
			SLICE_ARG(host));
	}
	if (count == 0) {
		checkup_add_fine(check->checkup, "mx",
			"%zu domains of ours that Postfix does not deliver "
			"were asked: none goes elsewhere",
			question->count);
	} else {
		checkup_add(check->checkup,
			&(struct remedy){.level = CHECKUP_NOTE,
				.subject = "mx",
				.text = "if the host is yours, its network "
					"belongs into local.networks; else "
					"take the domain out of local.domains "
					"(list sub-domains instead of "
					".example.com)"},
			"%zu domains of ours go to hosts that are not: %.*s",
			count, SLICE_ARG(buf_slice(&abroad)));
	}
	buf_fini(&abroad);
}

void
postfix_mx_check(const struct postfix_check *check, const struct slice *domains,
	size_t count)
{
	struct slice asked[DOMAINS_MAX];
	struct arena *arena = arena_new(ARENA_BYTES);
	struct buf lines = {0};
	struct err err = {0};

	if (arena == NULL)
		return;
	const struct mx_question question = {
		asked, list_domains(check, domains, count, asked, arena)};
	if (!mx_ask(&question, &lines, &err)) {
		checkup_add(check->checkup,
			&(struct remedy){.level = CHECKUP_NOTE,
				.subject = "mx",
				.text = "see whether the resolver answers"},
			"not every domain could be asked for its MX: %s",
			err.text);
	}
	report(check, &question, buf_slice(&lines));
	buf_fini(&lines);
	arena_free(arena);
}
