/* SPDX-License-Identifier: BSD-2-Clause */
/* An event in a line, for a list of many: what it is about, what was done and
 * by which policies. */
#ifndef DAEMON_EVENT_BRIEF_H
#define DAEMON_EVENT_BRIEF_H

#include "base/json.h"

/* A map of its own. */
struct json *event_brief(const struct json *event);

#endif
