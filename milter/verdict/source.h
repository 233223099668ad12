/* SPDX-License-Identifier: BSD-2-Clause */
/* What the fields of a policy are read from. */
#ifndef VERDICT_SOURCE_H
#define VERDICT_SOURCE_H

#include "forward/flow.h"
#include "mail/message.h"
#include "store/store.h"
#include "verdict/keyword.h"

#include <stdbool.h>

/* What keyword_topics() said of the message. */
struct keyword_memo {
	bool known;
	unsigned topics;
};

/* Set flow to NULL for the message's own, message to NULL where a log tells of
 * it: its fields are absent then. */
struct fields_source {
	int64_t at_ms;
	const struct message *message;
	const struct flow *flow;
	const struct store_facts *facts; /* NULL: not fetched */
	struct store *store; /* of orders; may be NULL */
	const struct keywords *keywords; /* NULL: there are none */
	struct keyword_memo *memo; /* of one thread; NULL: nothing is kept */
};
#endif
