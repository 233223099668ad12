/* SPDX-License-Identifier: BSD-2-Clause */
/* Actions and their names. */
#include "verdict/action.h"

/* Ended by NULL. */
static const char *const names[ACTION_COUNT + 1] = {
	[ACTION_NONE] = "none",
	[ACTION_LOG] = "log",
	[ACTION_TAG] = "tag",
	[ACTION_QUARANTINE] = "quarantine",
	[ACTION_TEMPFAIL] = "tempfail",
	[ACTION_REJECT] = "reject",
	[ACTION_DISCARD] = "discard",
};

const char *
action_name(enum action action)
{
	return names[action];
}

const char *const *
action_names(void)
{
	return names;
}

bool
action_parse(struct slice name, enum action *out)
{
	for (unsigned i = 0; i < ACTION_COUNT; i++) {
		if (slice_equal(name, slice_of(names[i]))) {
			*out = (enum action)i;
			return true;
		}
	}
	return false;
}

bool
action_tags(enum action action)
{
	return action == ACTION_TAG || action == ACTION_QUARANTINE;
}
