/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Actions, weakest first, and how a policy's level becomes one (DESIGN
 * section 7).
 */
#ifndef VERDICT_ACTION_H
#define VERDICT_ACTION_H

#include "base/slice.h"
#include "sigma/program.h"

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
/* The action nearest to name, or NULL. */
const char *action_nearest(struct slice name);

enum mode {
	MODE_OBSERVE,
	MODE_ENFORCE
};
const char *mode_name(enum mode);

struct respond {
	enum action level[SIGMA_LEVEL_COUNT];
	enum action ceiling;
	enum action test_cap; /* status: test */
	enum mode mode;
};
/* The defaults of DESIGN section 7, in observe mode. */
void respond_init(struct respond *);

/* The action of a matched rule under the configuration: its own or its
 * level's, capped by its status and by the ceiling. The mode is the judge's
 * to apply. */
enum action respond_to(const struct respond *, const struct sigma_rule *);

#endif
