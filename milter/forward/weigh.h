/* SPDX-License-Identifier: BSD-2-Clause */
/* Weighing: what the findings of a bound flow come to. */
#ifndef FORWARD_WEIGH_H
#define FORWARD_WEIGH_H

#include "forward/bind.h"

/* Fills in the flow, of which the recipient is set and all else is none. The
 * findings get their standing and are sorted by it; what the flow keeps of
 * them lives in the message's arena. */
void weigh_findings(const struct hearing *, const struct bound *,
	struct findings *, struct flow *);

#endif
