/* SPDX-License-Identifier: BSD-2-Clause */
/* From what was found out about a message to what is done with it. Private to
 * verdict/. */
#ifndef VERDICT_DECIDE_H
#define VERDICT_DECIDE_H

#include "verdict/verdict.h"

/* Fills in action, flow and id, and what else follows from matches, gaps and
 * flows. writer: as contained_writer(). */
void decide(struct verdict *, struct slice writer);

#endif
