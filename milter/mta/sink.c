/* SPDX-License-Identifier: BSD-2-Clause */
/* Where Postfix puts what nobody wants. */
#include "mta/sink.h"

#include "mta/way.h"

#include <stdio.h>

#define LOOPBACK "[127.0.0.1]"

static bool
has_element(
	const struct postfix *postfix, const char *parameter, struct slice name)
{
	struct slice list = postfix_value(postfix, parameter), element;

	while (postfix_next(&list, &element)) {
		if (slice_equal_fold(element, name))
			return true;
	}
	return false;
}

/* An address literal of an interface of ours is local whatever main.cf calls
 * its own, and in hardly anybody's table. */
static bool
find_domain(const struct postfix *postfix, struct buf *domain)
{
	static const char *const loopback[] = {
		"all", "loopback-only", "127.0.0.1", "localhost"};
	struct slice host = postfix_value(postfix, "myhostname");

	for (size_t i = 0; i < sizeof(loopback) / sizeof(*loopback); i++) {
		if (has_element(postfix, "inet_interfaces",
			    slice_of(loopback[i]))) {
			buf_puts(domain, LOOPBACK);
			return true;
		}
	}
	buf_add(domain, host);
	return has_element(postfix, "mydestination", host);
}

/* Tables of cleanup(8), asked for the forms that it asks for. */
static bool
is_changed(
	const struct postfix *postfix, struct slice local, const char *address)
{
	static const char *const tables[] = {"virtual_alias_maps",
		"canonical_maps", "recipient_canonical_maps",
		"recipient_bcc_maps"};
	struct buf answer = {0};
	char key[256];
	bool changed = postfix_value(postfix, "always_bcc").len > 0;

	(void)snprintf(key, sizeof(key), "%.*s", SLICE_ARG(local));
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		changed = changed ||
			way_look_up(postfix, tables[i], address, &answer) ||
			way_look_up(postfix, tables[i], key, &answer) ||
			way_look_up(postfix, tables[i], address + local.len,
				&answer);
	}
	buf_fini(&answer);
	return changed;
}

bool
sink_find(const struct postfix *postfix, struct buf *address)
{
	struct slice local = postfix_value(postfix, "double_bounce_sender");
	struct buf domain = {0};
	bool found = find_domain(postfix, &domain) && local.len > 0;

	buf_add(address, local);
	buf_add_byte(address, '@');
	buf_add(address, buf_slice(&domain));
	found = found && buf_ok(address) &&
		!is_changed(postfix, local, address->p);
	buf_fini(&domain);
	return found;
}
