/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The event: one JSON object with ECS field names for a verdict. jansson is
 * known to event.c alone; others get text.
 */
#ifndef VERDICT_EVENT_H
#define VERDICT_EVENT_H

#include "base/buf.h"
#include "verdict/judge.h"

/* Appends one line of JSON without its newline. taken tells what was really
 * done (an MTA may not offer an action). False when out of memory. */
bool event_write(const struct verdict *, enum action taken, struct buf *);

#endif
