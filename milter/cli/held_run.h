/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One run of `forwarden held`, for the files that it is made of: what is held
 * (held_events.c, held_show.c), what is done (held_act.c, held_untold.c), and
 * the service that does it for others (held_tend.c).
 */
#ifndef CLI_HELD_RUN_H
#define CLI_HELD_RUN_H

#include "cli/ask.h"
#include "cli/held_join.h"

#define HELD_STATE_FILE LOCALSTATEDIR "/lib/forwarden-held/untold"

struct held_options {
	struct ask_options ask;
	struct held_where where;
	const char *mailbox, *why, *state, *host;
	long long older_ms;
	unsigned every;
	bool all, tend;
};

struct held_run {
	const struct held_options *options;
	struct ask *ask;
	struct held_list list;
	struct held_join *join;
	char **ids; /* as given; none: whatever the options name */
	int64_t now_ms;
	bool failed;
	bool alone; /* the daemon does not answer: files tell */
};

/* The events of the daemon; where it does not answer, or does not know what is
 * held, those of its files, and stderr says so. False, after saying why, when
 * nobody tells. */
bool held_events_read(struct held_run *);
/* Those of log.events' files alone, rotated ones too; how many were found.
 * False with err. */
bool held_events_of_files(struct held_run *, size_t *count, struct err *);

/* Is it one that the options mean? */
bool held_is_wanted(const struct held_run *, const struct held *);
void held_show_list(const struct held_run *, bool whole);
/* Of what else is held, on stderr. */
void held_show_others(const struct held_run *);
/* A row for the daemon's list, of at most 2400 bytes. */
struct json *held_show_row(const struct held *, const struct json *event);
/* By policies, in a few words. */
void held_show_add_why(struct buf *, const struct json *event);

/* The queue once more: list is as it is now. */
bool held_read_anew(struct held_run *, struct err *);
/* Tells the daemon how much is held. */
void held_report(struct held_run *);

#endif
