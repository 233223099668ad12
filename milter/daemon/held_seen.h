/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the last look at the MTA's queue found. The queue is read by root and
 * told here, in parts; this process may not read it. Thread-safe.
 */
#ifndef DAEMON_HELD_SEEN_H
#define DAEMON_HELD_SEEN_H

#include "base/json.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

#define HELD_ROWS_MAX 1000
/* A look of so long ago tells nothing of now. */
#define HELD_LOOK_MS ((int64_t)15 * 60 * 1000)

struct held_look {
	uint64_t count; /* messages that Forwarden holds */
	int64_t oldest_ms; /* came in; 0: none is held */
	int64_t at_ms; /* of the look; 0: there was none */
	int64_t tended_ms; /* the last look of a tender; 0: there was none */
	struct slice list; /* the name of the list that it has */
	bool is_tender;
};

struct held_seen;

/* NULL when out of memory. */
struct held_seen *held_seen_new(void);
void held_seen_free(struct held_seen *);
/* Notes a look. False: the list of that name is not here, and is wanted. */
bool held_seen_note(struct held_seen *, const struct held_look *);
/* A part of a list: rows, each a map. The list is in force with its last part.
 * False: the part is none, or the list is too long. */
bool held_seen_add(struct held_seen *, struct slice list, const struct json *,
	bool is_first, bool is_last);
/* The last look, without its list's name. */
struct held_look held_seen_get(struct held_seen *);
/* The list in force; owned by the caller. */
struct json *held_seen_rows(struct held_seen *);
/* Is a tender's sign of life due for the store? Then it is taken as given. */
bool held_seen_is_due(struct held_seen *, int64_t now_ms);

#endif
