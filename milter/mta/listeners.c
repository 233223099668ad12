/* SPDX-License-Identifier: BSD-2-Clause */
/* Services of master.cf(5) as addresses to connect to. */
#include "mta/listeners.h"

#include "mta/cf_text.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* "25", "smtp" */
static uint16_t
find_port(struct slice name)
{
	char text[64];
	uint64_t number;

	if (slice_to_u64(name, &number))
		return number <= UINT16_MAX ? (uint16_t)number : 0;
	(void)snprintf(text, sizeof(text), "%.*s", SLICE_ARG(name));
	const struct servent *entry = getservbyname(text, "tcp");
	return entry != NULL ? ntohs((uint16_t)entry->s_port) : 0;
}

/* Where a service without an address of its own is reached from here. */
static void
default_host(const struct postfix *postfix, char host[64])
{
	struct slice list = postfix_value(postfix, "inet_interfaces");
	bool is_v6 = slice_equal(
		postfix_value(postfix, "inet_protocols"), SLICE("ipv6"));
	struct slice first;

	(void)snprintf(host, 64, "%s", is_v6 ? "::1" : "127.0.0.1");
	if (!postfix_next(&list, &first) || first.len == 0 ||
		(strchr("0123456789", first.p[0]) == NULL && first.p[0] != '['))
		return;
	(void)snprintf(host, 64, "%.*s", SLICE_ARG(first));
}

/* "[::1]:25", "127.0.0.1:10025", "smtp" */
static void
parse_name(const struct postfix *postfix, struct smtp_listener *listener)
{
	struct slice name = listener->service->name;
	size_t colon = name.len;

	while (colon > 0 && name.p[colon - 1] != ':')
		colon--;
	listener->port = find_port(slice_sub(name, colon, name.len));
	if (colon == 0) {
		default_host(postfix, listener->host);
		return;
	}
	struct slice host = slice_sub(name, 0, colon - 1);
	if (host.len > 2 && host.p[0] == '[')
		host = slice_sub(host, 1, host.len - 1);
	(void)snprintf(listener->host, sizeof(listener->host), "%.*s",
		SLICE_ARG(host));
	if (strcmp(listener->host, "0.0.0.0") == 0 ||
		strcmp(listener->host, "localhost") == 0)
		(void)strcpy(listener->host, "127.0.0.1");
}

/* The smtpd behind a service: postscreen hands on to another. */
static const struct postfix_service *
smtpd_of(const struct postfix *postfix, const struct postfix_service *service)
{
	const struct postfix_service *behind = NULL;
	char name[64];

	if (slice_equal(service->program, SLICE("postscreen"))) {
		(void)snprintf(name, sizeof(name), "%.*s",
			SLICE_ARG(postfix_service_value(
				postfix, service, "smtpd_service_name")));
		behind = postfix_find_service(
			postfix, *name != '\0' ? name : "smtpd", "pass");
	}
	return behind != NULL ? behind : service;
}

static bool
speaks_at_once(
	const struct postfix *postfix, const struct postfix_service *service)
{
	return !slice_equal(postfix_service_value(
				    postfix, service, "smtpd_tls_wrappermode"),
		       SLICE("yes")) &&
		postfix_service_value(
			postfix, service, "smtpd_upstream_proxy_protocol")
			.len == 0 &&
		postfix_service_value(
			postfix, service, "postscreen_upstream_proxy_protocol")
			.len == 0;
}

static bool
goes_own_way(
	const struct postfix *postfix, const struct postfix_service *service)
{
	return !slice_is_absent(postfix_service_override(
		       postfix, service, "smtpd_milters")) ||
		slice_find(postfix_service_value(postfix, service,
				   "receive_override_options"),
			SLICE("no_milters")) != SLICE_NONE;
}

size_t
listeners_find(const struct postfix *postfix,
	struct smtp_listener found[LISTENERS_MAX])
{
	size_t count, n = 0;
	const struct postfix_service *services =
		postfix_services(postfix, &count);

	for (size_t i = 0; i < count && n < LISTENERS_MAX; i++) {
		const struct postfix_service *service = &services[i];
		if ((!postfix_service_is(service, "inet", "smtpd") &&
			    !postfix_service_is(
				    service, "inet", "postscreen")) ||
			slice_equal(postfix_service_value(postfix, service,
					    "cleanup_service_name"),
				SLICE(CF_CLEANUP)))
			continue;
		const struct postfix_service *smtpd =
			smtpd_of(postfix, service);
		found[n] = (struct smtp_listener){.service = service,
			.smtpd = smtpd,
			.daemon_name = postfix_service_value(
				postfix, smtpd, "milter_macro_daemon_name"),
			.dialogue = speaks_at_once(postfix, service),
			.own_milters = goes_own_way(postfix, smtpd)};
		parse_name(postfix, &found[n]);
		n += found[n].port != 0;
	}
	return n;
}
