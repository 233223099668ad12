/* SPDX-License-Identifier: BSD-2-Clause */
/* What is observed of all recipients of a message alike. Private to the
 * context. */
#ifndef FORWARD_COMMON_H
#define FORWARD_COMMON_H

struct context;

/* Fills in the last part of a context, from local_hop on. */
void common_read(struct context *);

#endif
