/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What waits to be sent one way: alerts in their order, each until it is
 * sent or given up, so many at a time, tried again after a time that doubles.
 * Bounded by number and by bytes: what does not fit is refused, and the
 * caller says so. Pure: time and chance are handed in.
 */
#ifndef DAEMON_OUTBOX_H
#define DAEMON_OUTBOX_H

#include "daemon/notice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct letter {
	struct letter *next;
	struct notice *notice;
	unsigned tries; /* that were begun */
	int64_t first_ms; /* when it was put in */
	int64_t due_ms;
	bool under_way;
};

struct outbox_options {
	size_t most; /* letters */
	size_t bytes; /* of all */
	unsigned at_once;
	unsigned tries; /* at most */
	int64_t patience_ms; /* no try begins later than this */
};

struct outbox {
	struct outbox_options options;
	struct letter *head, **tail;
	size_t count, bytes;
	unsigned under_way;
};

void outbox_init(struct outbox *, const struct outbox_options *);
/* Takes a reference of its own. False: there is no room. */
bool outbox_put(struct outbox *, struct notice *, int64_t now_ms);
/* The next that may be begun now, counted as begun; NULL: none. */
struct letter *outbox_begin(struct outbox *, int64_t now_ms);
/* It is done with, sent or not, and gone. */
void outbox_end(struct outbox *, struct letter *);
/* It failed, and is tried again later, chance spreading the times; false: no
 * more, it is to be ended. A test is tried once. */
bool outbox_again(
	struct outbox *, struct letter *, int64_t now_ms, unsigned chance);
/* When the next one may be begun; INT64_MAX: none waits for a time. */
int64_t outbox_next_ms(const struct outbox *);
/* All that waits is due now: nobody has time to wait any more. */
void outbox_hurry(struct outbox *, int64_t now_ms);
void outbox_fini(struct outbox *);

#endif
