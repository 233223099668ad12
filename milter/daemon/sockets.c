/* SPDX-License-Identifier: BSD-2-Clause */
/* Listening sockets, opened with the rights of whoever starts the program. */
#include "daemon/sockets.h"

#include "daemon/listener.h"
#include "daemon/state_dir.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
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

static bool
open_milter(
	const struct config *config, struct sockets *sockets, struct err *err)
{
	struct socket_name address;
	struct listener_access access;

	if (!find_access(config, &access, err) ||
		!socket_name_parse(slice_of(config->listen), &address, err))
		return false;
	sockets->milter = listener_open(&address, &access, err);
	return sockets->milter >= 0 || err_wrap(err, "listen");
}

/* /run is empty after each boot: the folder in it is ours to make. */
static bool
make_parent(const char *path, const struct privilege *user, struct err *err)
{
	char folder[SOCKET_NAME_PATH_BYTES];
	char *slash;

	(void)snprintf(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	if (slash == NULL || slash == folder)
		return true;
	*slash = '\0';
	return state_dir_make(folder, 0755, user, err);
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
	*sockets = (struct sockets){SOCKET_NONE, SOCKET_NONE, SOCKET_NONE};
	if (open_milter(config, sockets, err) &&
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

static void
remove_one(const char *spec)
{
	struct socket_name address;

	if (socket_name_parse(slice_of(spec), &address, NULL) &&
		address.family == SOCKET_NAME_UNIX)
		(void)unlink(address.path);
}

void
sockets_remove(const struct config *config)
{
	remove_one(config->listen);
	remove_one(config->control);
}

bool
sockets_inherit(const struct sockets *sockets, bool yes)
{
	const int all[] = {sockets->milter, sockets->control, sockets->http};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		if (all[i] >= 0 &&
			fcntl(all[i], F_SETFD, yes ? 0 : FD_CLOEXEC) < 0)
			return false;
	}
	return true;
}
