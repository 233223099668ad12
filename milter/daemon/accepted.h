/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections that were accepted, by their descriptors' numbers: what
 * read_ahead.c and turns.c know of each. One thread at a time works on one;
 * what others look at is atomic.
 */
#ifndef DAEMON_ACCEPTED_H
#define DAEMON_ACCEPTED_H

#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct accepted {
	atomic_bool is_open;
	atomic_uint reads; /* so often was it read */
	bool is_read; /* read() came by */
	char *bytes; /* read ahead; NULL: none wait */
	size_t at; /* given out so far */
	atomic_size_t left;

	/* Whoever looks at all: reads then, and since when it is so. */
	unsigned seen_reads;
	int64_t since_ms; /* 0: nothing waits */

	/* turns.c. */
	atomic_bool busy; /* it has something to say, or is worked for */
	unsigned held; /* in which round it has its turn; 0: it has none */
	uint64_t asked; /* since which look it waits for one; 0: it does not */
	short events; /* as seen then */
};

/* NULL: no connection's number. */
struct accepted *accepted_find(int fd);
/* A connection begins; NULL when it cannot be known: past a number, or out of
 * memory. Never freed, so that whoever looks at all of them may. */
struct accepted *accepted_begin(int fd);
/* The highest number so far. */
int accepted_highest(void);
/* poll(), as the system has it. */
int accepted_poll(struct pollfd *fds, nfds_t count, int ms);

#endif
