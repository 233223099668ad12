/* SPDX-License-Identifier: BSD-2-Clause */
/* Actions, weakest first (DESIGN section 7). */
#ifndef VERDICT_ACTION_H
#define VERDICT_ACTION_H

#include "base/slice.h"

#include <stdbool.h>

enum action {
	ACTION_NONE,
	ACTION_LOG,
	ACTION_TAG,
	ACTION_QUARANTINE,
	ACTION_TEMPFAIL,
	ACTION_REJECT,
	ACTION_DISCARD,
	ACTION_COUNT
};

const char *action_name(enum action);
/* All of them, ended by NULL. */
const char *const *action_names(void);
/* Exact, lower case; false for an unknown name. */
bool action_parse(struct slice name, enum action *out);
/* Does the message live on with a tag under it (tag, quarantine)? */
bool action_tags(enum action);

#endif
