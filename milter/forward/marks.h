/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The marks that forwarding leaves in a header, found in one pass over the
 * fields by one table: what vendors write, delivery traces, and the signs of
 * what is not a forward (lists, auto-replies, calendars).
 */
#ifndef FORWARD_MARKS_H
#define FORWARD_MARKS_H

#include "forward/mark.h"

/* Everything lives in the message's arena. */
void marks_read(const struct message *, const struct custody *, struct marks *);

/* The product that writes such a field, by what its row says; or NULL. */
const char *marks_platform(enum name);

#endif
