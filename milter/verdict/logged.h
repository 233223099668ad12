/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A flow as a log tells of it: where it goes, whose it is, and when. What is
 * ours is what the realm says, whatever a log line may claim.
 */
#ifndef VERDICT_LOGGED_H
#define VERDICT_LOGGED_H

#include "base/arena.h"
#include "forward/flow.h"
#include "mail/message.h"
#include "mail/realm.h"

struct logged_words {
	struct slice id, mailbox, destination; /* mailbox may be empty */
	struct slice by; /* how, in the log's words */
	enum kind kind;
	unsigned sure; /* to 100 */
	int64_t at_ms;
};

/* flow points into it, so it stays where it is. */
struct logged_flow {
	const struct message *message;
	struct flow flow;
	struct observation seen;
};

enum logged_result {
	LOGGED_MADE,
	LOGGED_FOREIGN, /* why says what of it is not ours, or is */
	LOGGED_BAD /* the destination is none, or memory is out */
};

enum logged_result logged_make(struct arena *, const struct realm *,
	const struct logged_words *, struct logged_flow *out, const char **why);

#endif
