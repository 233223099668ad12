/* SPDX-License-Identifier: BSD-2-Clause */
/* What is observed of all recipients of a message alike. */
#ifndef FORWARD_COMMON_H
#define FORWARD_COMMON_H

#include "forward/context.h"

/* Fills in the last part of a context that leaves. */
void common_read(struct context *);

#endif
