/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What left that was not to: without passing the listener, without a word of
 * the daemon, or though it held or refused it.
 */
#ifndef CLI_SCAN_LEFT_H
#define CLI_SCAN_LEFT_H

#include "base/buf.h"
#include "logs/scan.h"

struct scan_left {
	const struct scan *scan; /* finished */
	const char *egress; /* or NULL */
	bool json;
};

/* Lines for a person, or objects; how much is wrong. */
uint64_t scan_left_add(const struct scan_left *, struct buf *out);
/* How it left; a constant. */
const char *scan_left_how(enum judged_how);
/* Why no listener told of it; a constant. */
const char *scan_left_why(const struct judged_silent *, bool has_listener);
/* Is that to be looked into? Where policies spoke of nothing there is no event,
 * and nothing wrong. */
bool scan_left_is_wrong(const struct judged_silent *, bool has_listener);

#endif
