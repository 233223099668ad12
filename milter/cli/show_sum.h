/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Why a flow has the confidence it has: the rows that count, whose word each
 * is, what each family is worth, the sum; what was seen and does not count;
 * which excuses are claimed, and why each is believed or not.
 */
#ifndef CLI_SHOW_SUM_H
#define CLI_SHOW_SUM_H

#include "base/buf.h"
#include "forward/flow.h"

void show_sum(const struct flow *, struct buf *);

#endif
