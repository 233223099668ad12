/* SPDX-License-Identifier: BSD-2-Clause */
/* Paths of sockets across Postfix's chroot. */
#include "mta/milter_path.h"

#include <string.h>

/* The part of the path below the queue directory; absent if it is not. */
static struct slice
inside(const struct postfix *postfix, const char *path)
{
	struct slice queue = postfix_value(postfix, "queue_directory");
	struct slice text = slice_of(path);

	if (queue.len == 0 || text.len <= queue.len + 1 ||
		memcmp(path, queue.p, queue.len) != 0 || path[queue.len] != '/')
		return slice_of(NULL);
	return slice_sub(text, queue.len + 1, text.len);
}

/* Who speaks to milters. */
static bool
asks_milters(const struct postfix_service *service)
{
	return slice_equal(service->program, SLICE("smtpd")) ||
		slice_equal(service->program, SLICE("cleanup"));
}

const struct postfix_service *
milter_path_barrier(const struct postfix *postfix, const char *path)
{
	size_t count;
	const struct postfix_service *services =
		postfix_services(postfix, &count);

	if (!slice_is_absent(inside(postfix, path)))
		return NULL;
	for (size_t i = 0; i < count; i++) {
		if (services[i].chroot && asks_milters(&services[i]))
			return &services[i];
	}
	return NULL;
}

static bool
spell_unix(const struct postfix *postfix, const char *path, struct buf *out,
	struct err *err)
{
	struct slice below = inside(postfix, path);
	const struct postfix_service *barrier =
		milter_path_barrier(postfix, path);
	struct slice queue = postfix_value(postfix, "queue_directory");

	if (barrier != NULL) {
		return err_set(err, ERR_INVALID,
			"the service %.*s of master.cf is chrooted to %.*s "
			"and cannot reach unix:%s; in forwarden.yaml write "
			"listen: unix:%.*s/forwarden/milter.sock",
			SLICE_ARG(barrier->name), SLICE_ARG(queue), path,
			SLICE_ARG(queue));
	}
	buf_puts(out, "unix:");
	buf_add(out, !slice_is_absent(below) ? below : slice_of(path));
	return true;
}

static void
spell_inet(const struct socket_name *name, struct buf *out)
{
	const char *host = name->host;

	if (*host == '\0')
		host = name->family == SOCKET_NAME_INET6 ? "::1" : "127.0.0.1";
	bool is_v6 = strchr(host, ':') != NULL;
	buf_printf(out, "inet:%s%s%s:%u", is_v6 ? "[" : "", host,
		is_v6 ? "]" : "", (unsigned)name->port);
}

bool
milter_path_spell(const struct postfix *postfix, const struct socket_name *name,
	struct buf *out, struct err *err)
{
	if (name->family == SOCKET_NAME_UNIX)
		return spell_unix(postfix, name->path, out, err);
	spell_inet(name, out);
	return true;
}
