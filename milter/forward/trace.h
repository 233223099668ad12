/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The trace: a message that reaches a local mailbox leaves in the store who
 * got it and which strangers took part in it, under its Message-ID and its
 * thread. A message that leaves asks for its own and for those it refers to.
 */
#ifndef FORWARD_TRACE_H
#define FORWARD_TRACE_H

#include "mail/message.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One line of the store's trace: a mailbox that got the message, or an
 * external address that took part in it (envelope, From, Reply-To, To, Cc). */
enum trace_role {
	TRACE_MAILBOX,
	TRACE_PARTICIPANT
};

struct trace_member {
	enum trace_role role;
	struct slice who; /* a mailbox' key, since it must be named again; a
			   * participant's trace_hash() */
	int64_t at_ms;
};

/* What the store remembers of one Message-ID this message carries. */
struct memory {
	struct slice message_id; /* its own, or one that it refers to */
	bool own;
	const struct trace_member *members;
	size_t count;
};

/* Message-IDs worth asking the store for: the own one first, then those
 * referred to (X-Forwarded-Message-Id, X-MS-Exchange-Parent-Message-Id, last
 * of References, In-Reply-To, Thread-Index root as "thread:<hex>"), without
 * angle brackets, each once, at most limit. Empty unless our side sends to
 * some external recipient. */
size_t trace_questions(const struct message *, struct slice *ids, size_t limit);

/* What a delivery to a local mailbox leaves in the store: for every local
 * recipient a TRACE_MAILBOX member, for each external address that took part
 * a TRACE_PARTICIPANT one; none unless some recipient is local. At most
 * limit. */
size_t trace_members(const struct message *, struct arena *,
	struct trace_member *members, size_t limit);
/* Under which ids that is remembered: the own Message-ID and the thread's
 * root, in the form of trace_questions. */
#define TRACE_IDS_MAX 2
size_t trace_ids(const struct message *, struct slice *ids, size_t limit);

/* A participant as it is kept in a trace: 16 hex digits of the SHA-256 of
 * its key, so that a trace tells nobody who wrote to a mailbox. */
struct slice trace_hash(struct arena *, const struct address *);
#endif
