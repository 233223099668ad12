/* SPDX-License-Identifier: BSD-2-Clause */
/* A tender from the inside: its rounds (held_tend.c), and what it does in one
 * (held_tend_ask.c). */
#ifndef CLI_HELD_TEND_STATE_H
#define CLI_HELD_TEND_STATE_H

#include "base/map.h"
#include "cli/held_act.h"
#include "cli/held_run.h"
#include "daemon/config.h"

#define HELD_LIST_BYTES 17

struct held_tender {
	struct held_run *run;
	char after[64]; /* the last event that was read */
	int64_t whole_ms; /* when all were read, by the steady clock */
	char list[HELD_LIST_BYTES]; /* the name of what is held */
	struct json *asks; /* of the last look; or NULL */
	struct map *done; /* orders that were carried out, or given up */
	struct map *failing; /* ... and such as are tried again: first time */
	struct map *told; /* events of which it was said that they expired, or
			   * that what is to be done then failed */
	long long expire_ms; /* 0: never */
	enum config_expiry expiry;
	bool down; /* the daemon, and it was said */
	bool blind; /* the queue, and it was said */
	bool stuck; /* nothing can be done, and it was said */
};

/* Is there anything to be done? */
bool held_tend_has_work(struct held_tender *);
/* Does it: what is asked, and what expired. */
void held_tend_work(struct held_tender *);

#endif
