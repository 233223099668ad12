/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a supervisor and its workers tell each other: packets on a pair of
 * sockets, some with descriptors. The supervisor owns every path; a worker
 * gets what it is to serve on, read and write to as open descriptors, at its
 * start and at each reload, and never opens one by a name of its own.
 */
#ifndef DAEMON_LINK_H
#define DAEMON_LINK_H

#include "base/err.h"

#include <stdbool.h>

#define LINK_TEXT_BYTES 512
#define LINK_FD_NONE (-1)

enum link_word {
	/* To a worker. text: what could not be opened, or "". */
	LINK_SERVE = 'S', /* begin, with these; number: link_serve_number() */
	LINK_PREPARE =
		'V', /* read LINK_FD_FILES, say so, wait for LINK_SERVE */
	LINK_CHECK = 'C', /* read the files into LINK_FD_FILES, and end; text:
			     where the log goes */
	LINK_RELOAD = 'L', /* go on with these; no LINK_FD_FILES: refused */
	LINK_LEAVE = 'D', /* drain: another one serves */
	LINK_END = 'E', /* drain: nobody will serve; number: the
			   milliseconds that the alerter has */
	LINK_HAND = 'H', /* another one begins: leave it what is counted */
	LINK_KEEP = 'K', /* it did not come about */
	LINK_ADOPT = 'O', /* one that has ended has left something */
	LINK_ALERT = 'W', /* be the alerter, with LINK_FD_ALERTS to read */
	/* To the supervisor. */
	LINK_READY = 'R',
	LINK_ALIVE = 'A',
	LINK_ASK = 'Q', /* somebody wants a reload: number */
	LINK_HANDED = 'G', /* the other one may begin */
	LINK_NUDGE = 'P', /* connections may wait for a thread */
	LINK_TAKEN = 'T', /* the files of the last reload are in use */
	LINK_REFUSED = 'N', /* they are not */
};

enum link_fd {
	LINK_FD_FILES, /* base/bundle.h */
	LINK_FD_LOG,
	LINK_FD_EVENTS,
	LINK_FD_MILTER,
	LINK_FD_CONTROL,
	LINK_FD_HTTP,
	LINK_FD_ALERTS, /* an end of the socket that alerts wait in */
	LINK_FD_BOARD, /* daemon/alert_board.h */
	LINK_FD_COUNT
};

struct link_message {
	enum link_word word;
	unsigned number; /* of the reload that is asked for, or told of */
	int fds[LINK_FD_COUNT]; /* LINK_FD_NONE where there is none */
	char text[LINK_TEXT_BYTES];
};

enum link_outcome {
	LINK_NOTHING, /* no packet yet */
	LINK_MESSAGE,
	LINK_ENDED /* the other side is gone */
};

/*
 * The number of LINK_SERVE: is what is on disk wrong, and how many workers
 * have died. One number, because a packet of an older program has but one: a
 * worker may be newer than its supervisor.
 */
unsigned link_serve_number(bool refused, unsigned deaths);
bool link_serve_is_refused(unsigned number);
unsigned link_serve_deaths(unsigned number);

/* ends[0] does not block; neither outlives an exec. */
bool link_pair(int ends[2]);
void link_message_init(struct link_message *, enum link_word);
/* The descriptors stay the sender's. False when the other side is gone or
 * does not read. */
bool link_send(int link, const struct link_message *);
/* A word alone. */
bool link_say(int link, enum link_word);
/* The descriptors are the receiver's from now on; none outlives an exec. */
enum link_outcome link_receive(int link, struct link_message *);

#endif
