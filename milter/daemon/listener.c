/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets that are listened on. */
#include "daemon/listener.h"

#include "daemon/secure_path.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* Where a unix socket is: its directory, open, and its name there. */
struct place {
	int directory;
	const char *name;
};

static bool
fail_in_use(const struct socket_name *address, struct err *err)
{
	struct buf text = {0};

	socket_name_print(address, &text);
	buf_puts(&text, " is in use");
	buf_puts(&text, " by ");
	if (!listener_owner(address, &text))
		buf_puts(&text, "another process");
	(void)err_set(err, ERR_SYSTEM, "%s", buf_slice(&text).p);
	buf_fini(&text);
	return false;
}

static int
fail_system(int fd, const struct socket_name *address, const char *what,
	struct err *err)
{
	struct buf text = {0};
	int saved = errno;

	socket_name_print(address, &text);
	errno = saved;
	(void)err_system(err, "cannot %s %s", what, buf_slice(&text).p);
	buf_fini(&text);
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

static int
new_socket(int family)
{
	int fd = socket(family, SOCK_STREAM, 0);

	if (fd >= 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

static bool
is_answered(const struct sockaddr_un *name)
{
	int fd = new_socket(AF_UNIX);
	bool yes;

	if (fd < 0)
		return true;
	yes = connect(fd, (const struct sockaddr *)name, sizeof(*name)) == 0 ||
		(errno != ECONNREFUSED && errno != ENOENT);
	(void)close(fd);
	return yes;
}

/* What is there and is a socket nobody answers on goes; all else stays. */
static bool
make_way(const struct socket_name *address, const struct sockaddr_un *name,
	const struct place *place, struct err *err)
{
	struct stat there;

	if (fstatat(place->directory, place->name, &there,
		    AT_SYMLINK_NOFOLLOW) < 0)
		return true;
	if (!S_ISSOCK(there.st_mode)) {
		return err_set(err, ERR_SYSTEM,
			"%s is there and is not a socket", address->path);
	}
	if (is_answered(name))
		return fail_in_use(address, err);
	(void)unlinkat(place->directory, place->name, 0);
	return true;
}

/* What was made there is a socket, of whoever made it, and nothing else. */
static bool
give(const struct socket_name *address, const struct place *place,
	const struct listener_access *access, struct err *err)
{
	struct stat made;

	if (fstatat(place->directory, place->name, &made, AT_SYMLINK_NOFOLLOW) <
			0 ||
		!S_ISSOCK(made.st_mode)) {
		return err_set(err, ERR_SYSTEM,
			"%s is not the socket that was made there",
			address->path);
	}
	if ((access->uid != (uid_t)-1 || access->gid != (gid_t)-1) &&
		fchownat(place->directory, place->name, access->uid,
			access->gid, AT_SYMLINK_NOFOLLOW) < 0)
		return err_system(err, "cannot give %s away", address->path);
	if (fchmodat(place->directory, place->name, access->mode, 0) < 0) {
		return err_system(
			err, "cannot set the mode of %s", address->path);
	}
	return true;
}

/* In a directory that nobody changes meanwhile. */
static int
bind_unix(const struct socket_name *address, const struct place *place,
	const struct listener_access *access, struct err *err)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	mode_t mask;
	int fd, result;

	memcpy(name.sun_path, address->path, strlen(address->path) + 1);
	if (!make_way(address, &name, place, err))
		return -1;
	fd = new_socket(AF_UNIX);
	if (fd < 0)
		return fail_system(fd, address, "make a socket for", err);
	/* Nobody gets in before owner and mode are as told. */
	mask = umask(0177);
	result = bind(fd, (const struct sockaddr *)&name, sizeof(name));
	(void)umask(mask);
	if (result < 0)
		return fail_system(fd, address, "listen on", err);
	if (access != NULL && !give(address, place, access, err)) {
		(void)close(fd);
		return -1;
	}
	if (listen(fd, LISTENER_BACKLOG) < 0)
		return fail_system(fd, address, "listen on", err);
	return fd;
}

static int
open_unix(const struct socket_name *address,
	const struct listener_access *access, struct err *err)
{
	struct secure_hold hold;
	struct place place;
	int fd = -1;

	place.directory =
		secure_path_directory(address->path, &place.name, err);
	if (place.directory < 0)
		return -1;
	if (secure_path_hold(place.directory, &hold, err))
		fd = bind_unix(address, &place, access, err);
	secure_path_release(&hold);
	(void)close(place.directory);
	return fd;
}

static int
bind_inet(const struct socket_name *address, const struct addrinfo *info,
	struct err *err)
{
	const int on = 1;
	int fd = new_socket(info->ai_family);

	if (fd < 0)
		return fail_system(fd, address, "make a socket for", err);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	/* Connections inherit it; a verdict of several small packets would
	 * else wait for the client's delayed acknowledgement. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (info->ai_family == AF_INET6) {
		(void)setsockopt(
			fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	}
	if (bind(fd, info->ai_addr, info->ai_addrlen) == 0 &&
		listen(fd, LISTENER_BACKLOG) == 0)
		return fd;
	if (errno != EADDRINUSE)
		return fail_system(fd, address, "listen on", err);
	(void)close(fd);
	(void)fail_in_use(address, err);
	return -1;
}

/* The getaddrinfo() of an address. */
static int
resolve(const struct socket_name *address, struct addrinfo **found)
{
	struct addrinfo hints = {
		.ai_family = address->family == SOCKET_NAME_INET6 ? AF_INET6
								  : AF_INET,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
	};
	char port[8];

	(void)snprintf(port, sizeof(port), "%u", (unsigned)address->port);
	return getaddrinfo(address->host[0] != '\0' ? address->host : NULL,
		port, &hints, found);
}

static bool
fail_resolve(const struct socket_name *address, int code, struct err *err)
{
	return err_set(err, ERR_INVALID, "cannot find %s: %s", address->host,
		gai_strerror(code));
}

bool
listener_check(const struct socket_name *address, struct err *err)
{
	struct addrinfo *found;
	int code;

	if (address->family == SOCKET_NAME_UNIX)
		return true;
	code = resolve(address, &found);
	if (code == 0)
		freeaddrinfo(found);
	/* A name server that is away says nothing of the name. */
	return code == 0 || code == EAI_AGAIN ||
		fail_resolve(address, code, err);
}

static int
open_inet(const struct socket_name *address, struct err *err)
{
	struct addrinfo *found;
	int fd, code = resolve(address, &found);

	if (code != 0) {
		(void)fail_resolve(address, code, err);
		return -1;
	}
	fd = bind_inet(address, found, err);
	freeaddrinfo(found);
	return fd;
}

int
listener_open(const struct socket_name *address,
	const struct listener_access *access, struct err *err)
{
	if (address->family == SOCKET_NAME_UNIX)
		return open_unix(address, access, err);
	return open_inet(address, err);
}

static int
find_peer(const struct socket_name *address, struct sockaddr_storage *name,
	socklen_t *len)
{
	struct sockaddr_un *path = (struct sockaddr_un *)(void *)name;
	struct addrinfo *found;

	if (address->family == SOCKET_NAME_UNIX) {
		path->sun_family = AF_UNIX;
		memcpy(path->sun_path, address->path,
			strlen(address->path) + 1);
		*len = sizeof(*path);
		return AF_UNIX;
	}
	/* Every address is reached by this machine's own. */
	if (resolve(address, &found) != 0)
		return AF_UNSPEC;
	memcpy(name, found->ai_addr, found->ai_addrlen);
	*len = found->ai_addrlen;
	freeaddrinfo(found);
	return name->ss_family;
}

/* Connects and leaves; flags are the socket's. */
static bool
knock(const struct socket_name *address, int flags)
{
	struct sockaddr_storage name = {.ss_family = AF_UNSPEC};
	socklen_t len = 0;
	int family = find_peer(address, &name, &len);
	int fd = family != AF_UNSPEC ? new_socket(family) : -1;

	if (fd < 0)
		return false;
	(void)fcntl(fd, F_SETFL, flags);
	bool opened = connect(fd, (const struct sockaddr *)&name, len) == 0;
	(void)close(fd);
	return opened;
}

void
listener_nudge(const struct socket_name *address)
{
	(void)knock(address, O_NONBLOCK);
}

bool
listener_answers(const struct socket_name *address)
{
	return knock(address, 0);
}
