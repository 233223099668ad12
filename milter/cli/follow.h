/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * forwarden scan --follow: a service for who has no listener for mail that
 * leaves. Follows the log, and tells the daemon of each forward that it shows.
 */
#ifndef CLI_FOLLOW_H
#define CLI_FOLLOW_H

#include "mail/realm.h"

#include <stdbool.h>
#include <stddef.h>

struct follow_options {
	char **logs; /* ended by NULL; none: the site's own */
	bool journal; /* whatever files there are */
	const char *socket; /* the daemon's */
	const char *state; /* where it is kept how far it was */
	const char *egress; /* the listener whose mail the daemon saw */
	const struct realm *realm; /* what is ours */
};

/* Until it is told to end, by a signal; false: something is wrong, and
 * stderr says what. */
bool follow_run(const struct follow_options *);

#endif
