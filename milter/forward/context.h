/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The context: what all recipients of a message share, read once: who speaks
 * in it, how far our side wrote it, its marks, and the observations that are
 * alike for every recipient.
 */
#ifndef FORWARD_CONTEXT_H
#define FORWARD_CONTEXT_H

#include "forward/custody.h"
#include "forward/findings.h"
#include "forward/marks.h"
#include "forward/rewritten.h"
#include "mail/address_set.h"

#include <stdbool.h>
#include <stddef.h>

/* Google's pair of fields: which mailbox forwards to whom. */
#define CONTEXT_DESTINATIONS_MAX 16
struct context_gmail {
	struct address mailbox; /* text absent: they say nothing */
	struct address destinations[CONTEXT_DESTINATIONS_MAX];
	size_t count;
};

/* The common observations, in the order of the places where those of one
 * recipient stand between them (observe.c). */
enum context_part {
	CONTEXT_HEAD, /* rewritten senders and the marks */
	CONTEXT_ROUTE, /* our own Received lines, who sends to whom */
	CONTEXT_SUBJECT,
	CONTEXT_PARTS
};

struct context {
	const struct message *message;
	bool leaves; /* our side sends it, to some external recipient; if
		      * not, nothing below is filled in */
	struct custody custody;
	struct rewritten sender; /* MAIL FROM taken apart */
	struct address envelope; /* MAIL FROM without BATV; text absent when
				  * null or rewritten by a forwarder */
	bool envelope_local;
	struct address login; /* who handed it in, if he is a mailbox of ours */
	struct slice bare; /* ... or a login without a domain, that only the
			    * store may know */
	bool person; /* a person handed it in, whoever he is */
	bool homing; /* on its way back to an SRS or BATV address of ours */
	struct address author; /* a local From that our side wrote */

	struct address_set addressees; /* To and Cc */
	struct address addressee_mailbox; /* its one form */
	const struct address *addressee; /* a local one that does not get it
					  * in this transaction, or NULL */
	size_t addressee_count; /* different ones of them */
	struct marks marks;

	/* From here on by common_read(). */
	const struct received *local_hop; /* our newest line that is for a
					   * local mailbox, or NULL */
	struct context_gmail gmail;
	size_t common_end[CONTEXT_PARTS];
	struct findings common;
};

/* Borrows the message. What the arena has no room for is not seen. Private to
 * infer_begin(). */
void context_begin(struct context *, const struct message *);
/* The one form of the mailbox that an address stands for (mailbox.h). */
bool context_mailbox(
	const struct context *, const struct address *, struct address *out);
/* Is the address of a local domain? */
bool context_is_local(const struct context *, const struct address *);

#endif
