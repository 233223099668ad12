/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What follows: messages of their own to one who never writes back, each soon
 * after something came, or as many as come. What is in them is not looked at:
 * they may be written anew, or encrypted.
 */
#ifndef FORWARD_FOLLOW_H
#define FORWARD_FOLLOW_H

#include "forward/hear.h"

/* Fills in what is known of who handed the message in and the recipient. If the
 * flow is of no kind by its own evidence, and follows what comes, it is of kind
 * follow, of his mailbox. */
void follow_find(const struct hearing *, struct flow *);

#endif
