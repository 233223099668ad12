/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clients that take mail to the listener for mail that leaves. After a
 * reload those of before go on with what they have in hand, and then end by
 * themselves; but of a service that is taken out Postfix ends the clients at
 * once. What one of them had just handed over, and not yet ticked off, would be
 * sent once more. Known where there is a /proc as Linux has it.
 */
#ifndef MTA_POSTFIX_HOPS_H
#define MTA_POSTFIX_HOPS_H

#include "base/buf.h"

#include <stddef.h>

/* Adds those of the Postfix whose queue is there, a line with its process id
 * each. */
void postfix_hops_find(const char *queue_directory, struct buf *lines);
/* How many of these are there still. */
size_t postfix_hops_left(const char *queue_directory, struct slice lines);

#endif
