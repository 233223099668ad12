/* SPDX-License-Identifier: BSD-2-Clause */
/* How a policy's level becomes an action (DESIGN section 7). */
#ifndef VERDICT_RESPOND_H
#define VERDICT_RESPOND_H

#include "sigma/program.h"
#include "verdict/action.h"

enum mode {
	MODE_OBSERVE,
	MODE_ENFORCE
};
const char *respond_mode_name(enum mode);

struct respond {
	enum action level[SIGMA_LEVEL_COUNT];
	enum action ceiling;
	enum action test_cap; /* status: test */
	enum mode mode;
};

/* The action of a matched rule under the configuration: its own or its
 * level's, capped by its status and by the ceiling. The mode is the judge's
 * to apply. */
enum action respond_to(const struct respond *, const struct sigma_rule *);

#endif
