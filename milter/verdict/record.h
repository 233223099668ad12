/* SPDX-License-Identifier: BSD-2-Clause */
/* What a judged message leaves in the store. */
#ifndef VERDICT_RECORD_H
#define VERDICT_RECORD_H

#include "verdict/verdict.h"

/*
 * For every message, after its reply was chosen: the trace of what was
 * delivered here, the counters of what became of the mailbox' mail, and the
 * event for the stream, all in one tell. Nobody waits. taken is what was
 * really done; json may be absent.
 */
void record_verdict(struct store *, const struct verdict *, enum action taken,
	struct slice json);

#endif
