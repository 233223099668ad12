/* SPDX-License-Identifier: BSD-2-Clause */
/* Acts on held mail, one after the other, each an event. */
#ifndef CLI_HELD_ACT_H
#define CLI_HELD_ACT_H

#include "cli/held_run.h"

/* What is to be done, by whom and why. */
struct held_deed {
	enum held_act act;
	const char *by, *why; /* why may be NULL */
};

enum held_done {
	HELD_DONE, /* and the daemon knows */
	HELD_DONE_UNTOLD, /* err says why it does not know; it is told later */
	HELD_NOT_DONE /* err says why not */
};

struct held_acts;

/* Alone from now on, with the queue as it is now; what was not told before is
 * told now. NULL with err. */
struct held_acts *held_acts_begin(struct held_run *, struct err *);
void held_acts_end(struct held_acts *);
enum held_done held_acts_do(struct held_acts *, const struct held *,
	const struct held_deed *, struct err *);

/* An event about a message that is done nothing to: action "expire", or what
 * failed and why. */
struct held_word {
	const char *id, *action, *by, *why, *failed;
	struct slice event;
};
bool held_tell(struct held_run *, const struct held_word *, struct err *);
const char *held_act_name(enum held_act);
/* Who types this, for people to find whom to ask. */
const char *held_person(void);
/* A parameter of a query, after those that are there. */
void held_add_parameter(
	struct ask *, struct buf *path, const char *name, const char *value);

#endif
