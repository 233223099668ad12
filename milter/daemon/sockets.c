/* SPDX-License-Identifier: BSD-2-Clause */
/* Listening sockets, opened with the rights of whoever starts the program. */
#include "daemon/sockets.h"

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
	sockets->milter = listener_open(&address, &access, err);
	set_mark(&address, &sockets->milter_mark);
	return sockets->milter >= 0 || err_wrap(err, "listen");
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
is_there(const char *spec, const struct socket_mark *mark)
{
	struct socket_name address;
	struct socket_mark now;

	if (!socket_name_parse(slice_of(spec), &address, NULL) ||
		address.family != SOCKET_NAME_UNIX)
		return true;
	set_mark(&address, &now);
	return now.device == mark->device && now.inode == mark->inode;
}

static void
remove_one(int fd, const char *spec, const struct socket_mark *mark)
{
	struct socket_name address;

	if (fd >= 0 && is_there(spec, mark) &&
		socket_name_parse(slice_of(spec), &address, NULL) &&
		address.family == SOCKET_NAME_UNIX)
		(void)unlink(address.path);
}

void
sockets_remove(const struct config *config, const struct sockets *sockets)
{
	remove_one(sockets->milter, config->listen, &sockets->milter_mark);
	remove_one(sockets->control, config->control, &sockets->control_mark);
}

/* The new one in the place of the old; the old one stays if there is none. */
static bool
replace(int *now, int old, bool ok)
{
	if (ok) {
		(void)shutdown(old, SHUT_RDWR);
		(void)close(old);
	} else {
		*now = old;
	}
	return ok;
}

bool
sockets_renew(const struct config *config, const struct privilege *user,
	struct sockets *sockets, struct err *err)
{
	int old_milter = sockets->milter, old_control = sockets->control;
	bool ok = true;

	if (!is_there(config->listen, &sockets->milter_mark)) {
		ok = replace(&sockets->milter, old_milter,
			open_milter(config, user, sockets, err));
	}
	if (!is_there(config->control, &sockets->control_mark)) {
		ok = replace(&sockets->control, old_control,
			     open_control(config, user, sockets, err)) &&
			ok;
	}
	return ok;
}
