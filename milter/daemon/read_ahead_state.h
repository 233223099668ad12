/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known of connections that were accepted: read_ahead.c and turns.c. */
#ifndef DAEMON_READ_AHEAD_STATE_H
#define DAEMON_READ_AHEAD_STATE_H

#include "daemon/turns.h"

#include <stddef.h>

/* Of a descriptor's number, once a connection had it; never freed, so that
 * whoever looks at all of them may. */
struct ahead {
	atomic_bool is_open;
	atomic_uint reads; /* so often was it read */
	bool is_read; /* read() came by */
	char *bytes; /* NULL: none wait */
	size_t at; /* given out so far */
	atomic_size_t left;
	struct turn turn;

	/* Whoever looks at all: reads then, and since when it is so. */
	unsigned seen_reads;
	int64_t since_ms; /* 0: nothing waits */
};

/* NULL: no connection's number. */
struct ahead *read_ahead_find(int fd);
/* poll(), of the system. */
int read_ahead_system_poll(struct pollfd *fds, nfds_t count, int ms);

#endif
