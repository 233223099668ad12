/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inference: facts -> flows. Pure: the same message and the same memories
 * give the same flows. The essay on binding and confidence is in infer.c.
 */
#ifndef FORWARD_INFER_H
#define FORWARD_INFER_H

#include "forward/flow.h"

/* One line of the store's trace: a mailbox that got the message, or an
 * address that took part in it (From, Reply-To, To, Cc). */
enum trace_role {
	TRACE_MAILBOX,
	TRACE_PARTICIPANT
};

struct trace_member {
	enum trace_role role;
	struct slice who; /* an address' key, hashed by trace_hash() */
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
 * angle brackets, each once, at most limit. Empty unless some recipient is
 * external. */
size_t infer_questions(const struct message *, struct slice *ids, size_t limit);

/* What a delivery to a local mailbox leaves in the store: for every local
 * recipient a TRACE_MAILBOX member, for each participant a TRACE_PARTICIPANT
 * one. Members are at most limit. */
size_t infer_trace(const struct message *, struct arena *,
	struct trace_member *members, size_t limit);
/* The ids a delivery is remembered under: its Message-ID, and the root of its
 * thread ("thread:<hex>") if it has one. Absent ones are left out. */
#define TRACE_IDS_MAX 2
size_t infer_trace_ids(const struct message *, struct slice *ids, size_t limit);
/* The form in which an address is kept in a trace: 16 hex digits of its
 * SHA-256, so that a trace tells nobody who wrote to whom. */
struct slice trace_hash(struct arena *, const struct address *);

/* One flow for each judged recipient, in their order, in message->arena; an
 * array of message->rcpt_count. memories may be NULL. NULL only when the
 * arena is full. */
const struct flow *infer_flows(
	const struct message *, const struct memory *memories, size_t count);

#endif
