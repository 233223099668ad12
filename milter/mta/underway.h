/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail that waits in a queue to be delivered, and is not held: as the queue
 * files tell, with its envelope. A message that is not wholly written yet is
 * none. What moves from queue to queue meanwhile may be missed; whoever must
 * not miss it looks again.
 */
#ifndef MTA_UNDERWAY_H
#define MTA_UNDERWAY_H

#include "base/buf.h"
#include "mta/held.h"

struct underway {
	const char *place; /* directory of main.cf, or the .cf */
	const char *queue; /* the directory of its queues */
	const char *id; /* letters and digits, as the MTA's log has it */
	struct slice header; /* its envelope on top (mail/envelope.h) */
};

/* Borrowed for the call. */
typedef void underway_visit_fn(void *ctx, const struct underway *);
struct underway_search {
	const struct held_where *where;
	underway_visit_fn *visit;
	void *ctx;
	size_t unread; /* messages that could not be read */
};

/* False with err when a queue cannot be read at all. */
bool underway_each(struct underway_search *, struct err *);

enum underway_hold {
	UNDERWAY_HELD,
	UNDERWAY_GONE, /* delivered meanwhile, or deleted */
	UNDERWAY_FAILED /* with err */
};
enum underway_hold underway_hold(
	const struct underway *, const struct held_where *, struct err *);

/* Private to mta/. */
bool underway_postfix_each(struct underway_search *, struct err *);
enum underway_hold underway_postfix_hold(const struct underway *, struct err *);
bool underway_sendmail_each(struct underway_search *, struct err *);
enum underway_hold underway_sendmail_hold(
	const struct underway *, const struct held_where *, struct err *);

#endif
