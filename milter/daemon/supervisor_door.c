/* SPDX-License-Identifier: BSD-2-Clause */
/* The listening socket from the supervisor's side. */
#include "daemon/supervisor_door.h"

#include "base/clock.h"
#include "daemon/listener.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

/* A start that takes longer than this keeps MTAs waiting. */
#define START_MS 10000
#define NUDGES 16

/*
 * libmilter's pool hands two connections that become readable at once to one
 * idle thread; where the first is of a peer that stops within a packet, the
 * second waits until some thread comes by again, for minutes where many peers
 * do that. Any event makes one come by: so there are some.
 */
void
supervisor_door_nudge(struct supervisor *supervisor)
{
	if (supervisor->stopping)
		return;
	for (int i = 0; i < NUDGES; i++)
		listener_nudge(&supervisor->sockets.listen);
}

bool
supervisor_door_is_closed(const struct supervisor *supervisor)
{
	int64_t now = clock_monotonic_ms();

	if (supervisor->stopping)
		return false;
	for (size_t i = 0; i < WORKERS_MAX; i++) {
		const struct worker_process *worker = &supervisor->workers[i];

		if (worker->role == ROLE_IN_OFFICE)
			return !worker->ready &&
				now > worker->started_ms + START_MS;
	}
	return supervisor->closed && supervisor->restart_ms > now;
}

/* An MTA that waits for a worker which does not come would wait out its own
 * time limit in every session: it is told at once, and does what its
 * administrator chose for a milter that is away. */
void
supervisor_door_turn_away(int listener)
{
	int flags = fcntl(listener, F_GETFL), fd;

	/* A worker that came about just now may be quicker. */
	(void)fcntl(listener, F_SETFL, flags | O_NONBLOCK);
	fd = accept(listener, NULL, NULL);
	(void)fcntl(listener, F_SETFL, flags);
	if (fd >= 0)
		(void)close(fd);
}
