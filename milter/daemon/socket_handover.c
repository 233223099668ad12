/* SPDX-License-Identifier: BSD-2-Clause */
/* One listening socket for another. */
#include "daemon/socket_handover.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool
is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static bool
is_listening(int fd)
{
	socklen_t len = sizeof(int);
	int yes = 0;

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &len) == 0 &&
		yes != 0;
}

bool
socket_handover_begin(struct socket_handover *handover, int ours,
	const char *directory, struct err *err)
{
	struct sockaddr_storage name;
	socklen_t len = sizeof(name);

	if (getsockname(ours, (struct sockaddr *)&name, &len) < 0)
		return err_system(err, "cannot look at the listening socket");
	handover->path = NULL;
	for (int fd = 0; fd < SOCKET_HANDOVER_FDS; fd++)
		handover->open[fd] = is_open(fd);
	if (name.ss_family == AF_INET) {
		(void)snprintf(handover->spec, sizeof(handover->spec),
			"inet:0@127.0.0.1");
	} else if (name.ss_family == AF_INET6) {
		(void)snprintf(
			handover->spec, sizeof(handover->spec), "inet6:0@::1");
	} else {
		(void)snprintf(handover->spec, sizeof(handover->spec),
			"local:%s/worker.%ld.sock", directory, (long)getpid());
		handover->path = handover->spec + strlen("local:");
	}
	return true;
}

static int
find_new(const struct socket_handover *handover)
{
	for (int fd = 0; fd < SOCKET_HANDOVER_FDS; fd++) {
		if (!handover->open[fd] && is_open(fd) && is_listening(fd))
			return fd;
	}
	return -1;
}

int
socket_handover_end(struct socket_handover *handover, int ours, struct err *err)
{
	int theirs = find_new(handover);

	if (handover->path != NULL)
		(void)unlink(handover->path);
	if (theirs < 0) {
		(void)err_set(err, ERR_SYSTEM,
			"cannot find the socket that libmilter has opened");
		return -1;
	}
	if (dup2(ours, theirs) < 0 || fcntl(theirs, F_SETFD, FD_CLOEXEC) < 0) {
		(void)err_system(err, "cannot take over a socket");
		return -1;
	}
	(void)close(ours);
	return theirs;
}
