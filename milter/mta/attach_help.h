/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What `forwarden attach` is lent while it works: whoever looks on, to tell
 * him, and the daemon, to ask it.
 */
#ifndef MTA_ATTACH_HELP_H
#define MTA_ATTACH_HELP_H

#include "base/err.h"
#include "base/slice.h"

#include <stdint.h>

struct attach_help {
	void *ctx;
	/* A sentence for whoever looks on. */
	void (*say)(void *ctx, const char *text);
	/* Has the daemon seen the probe with this word, through the listener
	 * of this name? False with err only when it cannot be asked. */
	bool (*ask)(void *ctx, const char *word, struct slice listener,
		bool *seen, struct err *err);
	/* Was it told to stop? NULL: nobody can. */
	bool (*is_stopped)(void);
};

void attach_say(const struct attach_help *, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* A sentence a line, each after head. */
void attach_say_lines(
	const struct attach_help *, const char *head, struct slice lines);
/* False with err once it was told to stop. */
bool attach_help_goes_on(const struct attach_help *, struct err *err);
/* A moment later; false when it is past that time (clock_monotonic_ms()), or
 * when it was told to stop. */
bool attach_help_pauses(const struct attach_help *, int64_t until_ms);
/* Does the daemon answer? False with err. */
bool attach_help_is_up(const struct attach_help *, struct err *err);

#endif
