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

/* One line of the store's trace. */
enum trace_role {
	TRACE_MAILBOX, /* a local recipient, an alias or a list among them */
	TRACE_PARTICIPANT, /* an external address that took part (envelope,
			    * From, Reply-To, To, Cc) */
	TRACE_AUTHOR, /* who wrote it: the first From */
	TRACE_CLAIMED, /* a local mailbox that a client's ORCPT named, and that
			* was not a recipient */
	TRACE_CLIENT, /* the address of the stranger who handed it in */
	TRACE_LOGIN, /* who of ours handed it in: a login, or "uid:N" */
	TRACE_CUT, /* not all who took part found room; who is "-" */
	TRACE_ROLES
};

/* As TRACE_LOGIN: a login, but no mailbox of ours: a program. */
#define TRACE_PROGRAM SLICE("-")

struct trace_member {
	enum trace_role role;
	struct slice who; /* a mailbox' key, since it must be named again; of
			   * participants and authors a trace_hash() */
	int64_t at_ms;
};

/* By what a memory was asked for. */
enum memory_of {
	MEMORY_OWN, /* the message's own Message-ID, in any of its spellings */
	MEMORY_REFERENCE, /* one that it refers to */
	MEMORY_THREAD, /* the root of its conversation */
	MEMORY_QUEUE, /* host and queue id of a line of our own */
	MEMORY_SUBJECT /* its subject, without prefixes */
};

struct trace_question {
	struct slice id; /* "m1@partner.example", "thread:<hex>",
			  * "queue:<host>/<queue id>", "subject:<words>" */
	enum memory_of of;
};

/* What the store remembers under one question; no members: nothing. */
struct memory {
	struct slice id;
	enum memory_of of;
	const struct trace_member *members;
	size_t count;
};

/* What went from a mailbox to a destination and back, this message among it
 * (store/peer.h). */
struct correspondence {
	bool known; /* the store was asked, and answered */
	bool silent; /* the destination does not write back */
	unsigned prompt; /* of the last five, how many soon followed a message
			  * that came */
	unsigned slowest_s; /* ... how soon the slowest of them did */
	unsigned pace; /* days of the last seven on which it kept pace */
	unsigned sent, got;
};

/* What the store knows of a mailbox, of a list's address or of a bare login
 * ("alice"), and of its route to one destination. */
struct acquaintance {
	struct slice who; /* its key */
	struct slice destination; /* key; absent: of no route in particular */
	bool known; /* has ever got or sent anything */
	bool gets_mail; /* ... by our intake, today */
	bool person; /* has logged in or written mail */
	uint64_t messages; /* that took the route before */
	struct correspondence peer;
};

/* All that was asked for, answered. */
struct remembered {
	const struct memory *memories;
	size_t memory_count;
	const struct acquaintance *known;
	size_t known_count;
	bool down; /* nobody answered, or not in time */
	const struct field *forged_tag; /* a field of ours that was not written
					 * for this message; NULL: none */
};

/* What is worth asking the store for: the own Message-ID first, host and
 * queue id of our own lines, then what it refers to (X-Forwarded-Message-Id,
 * X-MS-Exchange-Parent-Message-Id, References, In-Reply-To, the root of
 * Thread-Index), each once, at most limit. Empty unless our side sends to some
 * external recipient. */
#define TRACE_QUESTIONS_MAX 16
size_t trace_questions(
	const struct message *, struct trace_question *questions, size_t limit);

/* What a delivery to a local mailbox leaves in the store: for every local
 * recipient a TRACE_MAILBOX member, for each external address that took part
 * a TRACE_PARTICIPANT one, and who wrote and who handed it in; none unless
 * some recipient is local. At most limit, those first that must not be
 * missed. */
size_t trace_members(const struct message *, struct arena *,
	struct trace_member *members, size_t limit);
/* Under which ids that is remembered: the own Message-ID, host and queue id,
 * the subject, and the thread's root, in the form of trace_questions. */
#define TRACE_IDS_MAX 4
size_t trace_ids(
	const struct message *, struct trace_question *ids, size_t limit);

/* "queue:<host>/<queue id>", the host folded; absent where one of both is, or
 * is longer than any MTA of ours calls itself or a message: whoever hands mail
 * in may write such lines. */
struct slice trace_queue_id(
	struct arena *, struct slice host, struct slice queue_id);

/* A participant as it is kept in a trace: 16 hex digits of the SHA-256 of
 * its key, so that a trace tells nobody who wrote to a mailbox. */
struct slice trace_hash(struct arena *, const struct address *);
#endif
