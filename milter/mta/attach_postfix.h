/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Forwarden put before a running Postfix and taken off again, without harm:
 *
 * 1. what can be known beforehand is refused before anything is changed;
 * 2. the listener for mail that leaves comes first, and is proved while no
 *    mail is led to it; only then is mail led there, and that is proved;
 * 3. whatever is not as it should be, the old files are put back, Postfix is
 *    brought up if it is down, probes are deleted, and the queue is flushed;
 * 4. what is taken off is taken off by its names, and in two steps: mail is
 *    led past the listener, and when nobody is connected to it, it goes.
 */
#ifndef MTA_ATTACH_POSTFIX_H
#define MTA_ATTACH_POSTFIX_H

#include "mta/prove.h"

struct attach {
	const char *directory; /* of main.cf; NULL: Postfix's own */
	/* Without parts, away, port or outside: as attached_settle() has it. */
	struct recipe_wish wish;
	struct attach_help help;
	/* Where Postfix finds the daemon, in its own spelling: asked when
	 * nothing else is in the way. False with err. */
	bool (*find_milter)(void *ctx, const struct postfix *,
		struct buf *milter, struct err *err);
	void *find_ctx;
	bool update; /* put it in the place of what is there */
};

/* Each is false with err. */
bool attach_postfix(const struct attach *, struct err *err);
/* Shows the difference, and what would be proved; changes nothing. */
bool attach_postfix_show(const struct attach *, struct err *err);
/* Proves what is attached, and changes nothing. */
bool attach_postfix_probe(const struct attach *, struct err *err);
bool attach_postfix_undo(const struct attach *, struct err *err);

#endif
