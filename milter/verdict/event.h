/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The event: one JSON object with ECS field names for a verdict.
 *
 * The text is ASCII (everything else is \uXXXX; bytes that are no UTF-8 are
 * \xHH in the value), one line, and bounded: long values are cut, long lists
 * end.
 */
#ifndef VERDICT_EVENT_H
#define VERDICT_EVENT_H

#include "base/buf.h"
#include "verdict/verdict.h"

#define EVENT_BYTES_MAX 65536

/* Appends one line of JSON without its newline. taken tells what was really
 * done (an MTA may not offer an action). False when out of memory. */
bool event_write(const struct verdict *, enum action taken, struct buf *);

#endif
