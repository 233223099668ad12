/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Findings: what inference works with. The context is what all recipients of
 * a message share; the findings are all observations for one recipient, each
 * source of which is one function below. They only observe; infer.c binds
 * and weighs.
 */
#ifndef FORWARD_FINDINGS_H
#define FORWARD_FINDINGS_H

#include "forward/custody.h"
#include "forward/marks.h"
#include "forward/rewritten.h"
#include "forward/trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct context {
	const struct message *message;
	const struct memory *memories;
	size_t memory_count;
	struct custody custody;
	struct rewritten sender; /* MAIL FROM taken apart */
	struct address envelope; /* MAIL FROM without BATV; text absent when
				  * null or rewritten by a forwarder */
	bool envelope_local;
	struct address login; /* the authenticated user, a local mailbox */
	struct address author; /* a local From that our side wrote */
	struct marks marks; /* last: it is large */
};

#define FINDINGS_MAX (MARKS_MAX + 24)

struct findings {
	const struct context *context;
	const struct recipient *rcpt;
	bool took_part; /* the recipient, in a message that would be evidence */
	size_t count;
	struct observation at[FINDINGS_MAX];
};

/* Reads what all recipients share. */
void context_begin(struct context *, const struct message *,
	const struct memory *memories, size_t count);
/* Is the address of a local domain? */
bool context_is_local(const struct context *, const struct address *);

/* Adds an observation of full confidence, written inside, that names no
 * mailbox; the caller changes what differs. NULL when there is no room. */
struct observation *findings_add(
	struct findings *, enum evidence, struct slice value);

/* ORCPT, bcc maps, rewritten senders, AUTH=. */
void findings_from_envelope(struct findings *);
/* The marks that say something of this recipient. */
void findings_from_marks(struct findings *);
/* Our own Received lines. */
void findings_from_hops(struct findings *);
/* Who sends to whom, and the subject. */
void findings_from_route(struct findings *);
/* What the store remembers. */
void findings_store_find(struct findings *);

#endif
