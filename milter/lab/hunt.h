/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Policies over events instead of mail: what a SIEM does with them, by the
 * engine that judged the mail. Correlations are not asked: an event has no
 * past, and what is counted may be of mail that left none.
 */
#ifndef LAB_HUNT_H
#define LAB_HUNT_H

#include "base/arena.h"
#include "base/json.h"
#include "sigma/program.h"

#include <stdbool.h>
#include <stddef.h>

/* Names of policies, each once. */
struct hunt_names {
	struct slice *at;
	size_t count;
};

/* Which policies match some flow of the event. False when the arena is
 * full. */
bool hunt_event(const struct sigma_program *, struct arena *,
	const struct json *event, struct hunt_names *out);
/* Which policies, but for correlations, the event says that matched. */
bool hunt_told(
	struct arena *, const struct json *event, struct hunt_names *out);
bool hunt_has(const struct hunt_names *, struct slice name);
/* Why the two may differ although the policies are the same; NULL: they may
 * not. */
const char *hunt_excuse(const struct json *event);

#endif
