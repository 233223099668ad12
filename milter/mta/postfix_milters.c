/* SPDX-License-Identifier: BSD-2-Clause */
/* Forwarden in lists of milters, however it is spelled there. */
#include "mta/postfix_milters.h"

#include <string.h>

/* The same place, however each spells it? */
static bool
is_same_inet(const struct socket_name *a, const struct socket_name *b)
{
	if (a->port != b->port)
		return false;
	/* An empty host is every address. */
	return a->host[0] == '\0' || b->host[0] == '\0' ||
		strcmp(a->host, b->host) == 0 ||
		(socket_name_is_local(a) && socket_name_is_local(b));
}

/* A chrooted client finds /run/x under the queue directory. */
static bool
is_same_path(const char *seen, const char *ours, struct slice queue)
{
	size_t len = strlen(ours);

	if (strcmp(seen, ours) == 0)
		return true;
	return len > queue.len && memcmp(ours, queue.p, queue.len) == 0 &&
		strcmp(ours + queue.len, seen) == 0;
}

/* A path that is relative is so to the queue directory. */
static bool
parse_address(const struct postfix_check *check, struct slice address,
	struct socket_name *seen)
{
	const struct slice head = SLICE("unix:");
	struct buf whole = {0};
	struct err err;

	buf_add(&whole, address);
	if (slice_starts_fold(address, head) && address.len > head.len &&
		address.p[head.len] != '/') {
		buf_reset(&whole);
		buf_printf(&whole, "unix:%.*s/%.*s",
			SLICE_ARG(postfix_value(
				check->postfix, "queue_directory")),
			SLICE_ARG(slice_sub(address, head.len, address.len)));
	}
	bool good = buf_ok(&whole) &&
		socket_name_parse(buf_slice(&whole), seen, &err);
	buf_fini(&whole);
	return good;
}

/* Is an element of smtpd_milters us? "inet:h:p, default_action=accept". */
static bool
is_us(const struct postfix_check *check, struct slice element)
{
	struct socket_name seen;
	struct slice address;

	if (!postfix_next(&element, &address) ||
		!parse_address(check, address, &seen))
		return false;
	if (seen.family == SOCKET_NAME_UNIX) {
		return check->listen->family == SOCKET_NAME_UNIX &&
			is_same_path(seen.path, check->listen->path,
				postfix_value(
					check->postfix, "queue_directory"));
	}
	return check->listen->family != SOCKET_NAME_UNIX &&
		is_same_inet(&seen, check->listen);
}

bool
postfix_milters_find(const struct postfix_check *check, struct slice list,
	struct slice *ours)
{
	while (postfix_next(&list, ours)) {
		if (is_us(check, *ours))
			return true;
	}
	return false;
}

bool
postfix_milters_has(const struct postfix_check *check, struct slice list)
{
	struct slice ours;

	return postfix_milters_find(check, list, &ours);
}
