/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Acts that the daemon was not told of yet. What is about to be done is written
 * first, and taken off when the daemon has heard of it: so that an act while
 * the daemon is away, or before a crash, is an event all the same, later. Who
 * has it open alone acts: nobody does a thing twice.
 */
#ifndef CLI_HELD_UNTOLD_H
#define CLI_HELD_UNTOLD_H

#include "base/err.h"
#include "base/json.h"

struct held_untold;

/* Waits for others who act, for a minute at most. NULL with err. */
struct held_untold *held_untold_open(const char *path, struct err *);
void held_untold_close(struct held_untold *);
/* Is there anything in the file? Without opening it. */
bool held_untold_is_any(const char *path);
/* What is about to be done, safe on disk. */
bool held_untold_begin(
	struct held_untold *, const struct json *act, struct err *);
/* It was not done, or the daemon knows. */
void held_untold_end(struct held_untold *);
/* It was done, and the daemon does not know: it stays. */
void held_untold_keep(struct held_untold *);
/* Calls settle for each that is there from before; those of which it says true
 * go. */
void held_untold_each(struct held_untold *,
	bool (*settle)(void *ctx, const struct json *act), void *ctx);

#endif
