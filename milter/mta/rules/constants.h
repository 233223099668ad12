/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Variables of a script that is read and not run: each has the values that it
 * may have, and is known or not. One that is set under a condition may have
 * its old value as well.
 */
#ifndef MTA_RULES_CONSTANTS_H
#define MTA_RULES_CONSTANTS_H

#include "base/arena.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

#define CONSTANTS_VALUES 8

struct constant {
	struct slice name;
	struct slice values[CONSTANTS_VALUES];
	size_t count;
	bool vague; /* it may have others, too, that are not known */
};

/* Starts zeroed but for arena; names are told apart without regard to case
 * where fold is set. */
struct constants {
	struct arena *arena;
	bool fold;
	struct constant *at;
	size_t count, room;
};

/* With HOME, as a user's programs have it. */
void constants_begin(struct constants *, struct arena *, struct slice home);
/* May a name of a variable hold it? */
bool constants_is_name(char c);
/* NULL where it was never set. */
const struct constant *constants_find(
	const struct constants *, struct slice name);
/* Gives it these values instead of its own; maybe: besides its own. */
void constants_set(struct constants *, const struct constant *, bool maybe);

/* How a language writes a variable: at text.p[i], or false. *what is absent
 * for text that stands for itself and begins at i. */
typedef bool constants_scan_fn(
	struct slice text, size_t i, size_t *end, struct slice *name);

/* All texts that a text with variables may be. */
void constants_expand(const struct constants *, struct slice text,
	constants_scan_fn *, struct constant *out);

#endif
