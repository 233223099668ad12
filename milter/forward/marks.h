/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The marks that forwarding leaves in a header, found in one pass over the
 * fields by one table of names: what vendors write, delivery traces, and the
 * signs of what is no forward (lists, auto-replies, calendars).
 */
#ifndef FORWARD_MARKS_H
#define FORWARD_MARKS_H

#include "forward/mark.h"

#include <stddef.h>

/* Everything lives in the message's arena. */
void marks_read(const struct message *, const struct custody *, struct marks *);

/* The names looked for, sorted as the search needs them; for tests. */
const char *marks_name(size_t index);
size_t marks_names(void);

#endif
