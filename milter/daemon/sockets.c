/* SPDX-License-Identifier: BSD-2-Clause */
/* Listening sockets, opened with the rights of whoever starts the program. */
#include "daemon/sockets.h"

#include "base/log.h"
#include "daemon/listener.h"
#include "daemon/state_dir.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
find_access(const struct config *config, struct listener_access *access,
	struct err *err)
{
	struct privilege owner;

	if (!privilege_find(
		    config->socket_owner, config->socket_group, &owner, err))
		return err_wrap(err, "socket");
	/* The owner's own group is not asked for. */
	if (*config->socket_group == '\0')
		owner.gid = PRIVILEGE_SAME_GROUP;
	*access = (struct listener_access){
		.mode = (mode_t)config->socket_mode,
		.uid = owner.uid,
		.gid = owner.gid,
	};
	return true;
}

/* /run is empty after each boot: the directory in it is ours to make. */
static bool
make_parent(const char *path, const struct privilege *user, struct err *err)
{
	char directory[SOCKET_NAME_PATH_BYTES];
	char *slash;

	(void)snprintf(directory, sizeof(directory), "%s", path);
	slash = strrchr(directory, '/');
	if (slash == NULL || slash == directory)
		return true;
	*slash = '\0';
	return state_dir_make(directory, 0755, user, err);
}

static void
set_mark(const struct socket_name *address, struct socket_mark *mark)
{
	struct stat status;

	*mark = (struct socket_mark){0, 0};
	if (address->family == SOCKET_NAME_UNIX &&
		lstat(address->path, &status) == 0)
		*mark = (struct socket_mark){status.st_dev, status.st_ino};
}

static bool
open_milter(const struct config *config, const struct privilege *user,
	struct sockets *sockets, struct err *err)
{
	struct socket_name address;
	struct listener_access access;

	if (!find_access(config, &access, err) ||
		!socket_name_parse(slice_of(config->listen), &address, err) ||
		(address.family == SOCKET_NAME_UNIX &&
			!make_parent(address.path, user, err)))
		return err_wrap(err, "listen");
	int fd = listener_open(&address, &access, err);
	if (fd < 0)
		return err_wrap(err, "listen");
	sockets->milter = fd;
	sockets->listen = address;
	set_mark(&address, &sockets->milter_mark);
	return true;
}

static bool
open_control(const struct config *config, const struct privilege *user,
	struct sockets *sockets, struct err *err)
{
	struct socket_name address;
	struct listener_access access = {
		.mode = (mode_t)config->control_mode,
		.uid = user->uid,
		.gid = user->gid,
	};
	struct privilege group;

	if (!privilege_find("", config->control_group, &group, err) ||
		!socket_name_parse(slice_of(config->control), &address, err) ||
		!make_parent(address.path, user, err))
		return err_wrap(err, "control");
	if (group.gid != PRIVILEGE_SAME_GROUP)
		access.gid = group.gid;
	sockets->control = listener_open(&address, &access, err);
	set_mark(&address, &sockets->control_mark);
	return sockets->control >= 0 || err_wrap(err, "control");
}

static bool
open_http(const struct config *config, struct sockets *sockets, struct err *err)
{
	struct socket_name address;

	if (*config->http == '\0')
		return true;
	if (!socket_name_parse(slice_of(config->http), &address, err))
		return err_wrap(err, "http");
	sockets->http = listener_open(&address, NULL, err);
	return sockets->http >= 0 || err_wrap(err, "http");
}

bool
sockets_open(const struct config *config, const struct privilege *user,
	struct sockets *sockets, struct err *err)
{
	*sockets = (struct sockets){
		.milter = SOCKET_NONE,
		.control = SOCKET_NONE,
		.http = SOCKET_NONE,
	};
	if (open_milter(config, user, sockets, err) &&
		open_control(config, user, sockets, err) &&
		open_http(config, sockets, err))
		return true;
	sockets_close(sockets);
	return false;
}

static void
close_one(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = SOCKET_NONE;
}

void
sockets_close(struct sockets *sockets)
{
	close_one(&sockets->milter);
	close_one(&sockets->control);
	close_one(&sockets->http);
}

/* Does the path of a unix socket still lead to it? */
static bool
is_there(const struct socket_name *address, const struct socket_mark *mark)
{
	struct socket_mark now;

	if (address->family != SOCKET_NAME_UNIX)
		return true;
	set_mark(address, &now);
	return now.device == mark->device && now.inode == mark->inode;
}

static void
remove_one(const struct socket_name *address, const struct socket_mark *mark)
{
	if (address->family == SOCKET_NAME_UNIX && is_there(address, mark))
		(void)unlink(address->path);
}

void
sockets_remove(const struct config *config, const struct sockets *sockets)
{
	struct socket_name control;

	if (sockets->milter >= 0)
		remove_one(&sockets->listen, &sockets->milter_mark);
	if (sockets->control >= 0 &&
		socket_name_parse(slice_of(config->control), &control, NULL))
		remove_one(&control, &sockets->control_mark);
}

static bool
is_same_name(const struct socket_name *a, const struct socket_name *b)
{
	return a->family == b->family && a->port == b->port &&
		strcmp(a->host, b->host) == 0 && strcmp(a->path, b->path) == 0;
}

/* The new one comes before the old one goes, unless it takes its place. */
static bool
renew_milter(const struct config *config, const struct privilege *user,
	struct sockets *sockets, struct err *err)
{
	const struct sockets old = *sockets;
	struct socket_name wanted;

	if (!socket_name_parse(slice_of(config->listen), &wanted, err))
		return err_wrap(err, "listen");
	bool moves = !is_same_name(&wanted, &old.listen);
	if (!moves && is_there(&old.listen, &old.milter_mark))
		return true;
	if (!open_milter(config, user, sockets, err))
		return false;
	if (moves) {
		remove_one(&old.listen, &old.milter_mark);
		log_write(LOG_LEVEL_NOTICE, "listen: moved to %s",
			config->listen);
	} else {
		log_write(LOG_LEVEL_WARNING,
			"listen: %s was gone: it is made again", wanted.path);
	}
	/* A worker still accepts on it, and shuts it when it has the new one in
	 * its place. Its poll() is woken by the old one and then looks at the
	 * new: something must be there, or it sleeps on, up to 5 s, deaf. */
	listener_nudge(&wanted);
	(void)close(old.milter);
	return true;
}

static bool
renew_control(const struct config *config, const struct privilege *user,
	struct sockets *sockets, struct err *err)
{
	int old = sockets->control;
	struct socket_name address;

	if (!socket_name_parse(slice_of(config->control), &address, err) ||
		is_there(&address, &sockets->control_mark))
		return true;
	if (!open_control(config, user, sockets, err)) {
		sockets->control = old;
		return false;
	}
	(void)shutdown(old, SHUT_RDWR);
	(void)close(old);
	return true;
}

bool
sockets_renew(const struct config *config, const struct privilege *user,
	struct sockets *sockets, struct err *err)
{
	bool milter = renew_milter(config, user, sockets, err);

	return renew_control(config, user, sockets, err) && milter;
}
