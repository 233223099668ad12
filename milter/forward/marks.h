/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The marks that forwarding leaves in a header, found in one pass over the
 * fields by one table: what vendors write, delivery traces, and the signs of
 * what is no forward (lists, auto-replies, calendars).
 */
#ifndef FORWARD_MARKS_H
#define FORWARD_MARKS_H

#include "forward/custody.h"
#include "forward/flow.h"
#include "mail/message.h"

#include <stdbool.h>
#include <stddef.h>

/* Kept of one message, and of one kind of evidence. */
#define MARKS_MAX 32
#define MARKS_PER_EVIDENCE_MAX 6

struct marks {
	size_t count;
	/* Fields that say something only together, or with the envelope. */
	struct slice forwarded_to, forwarded_for; /* Google's */
	size_t forwarded_index;
	bool sieve_redirect; /* X-Sieve-Action: redirect */
	size_t sieve_index;
	bool mailru; /* X-MailRu-Forward */
	struct address resent_from; /* Mail.ru's X-ResentFrom */

	/* What is no forward. */
	bool list_local; /* List-* of a local domain */
	struct address list_address; /* its List-Post; text absent */
	bool auto_replied, auto_generated;
	bool suppress; /* X-Auto-Response-Suppress */
	bool calendar, report;

	/* Last, because only the first count of them are filled in. */
	struct observation at[MARKS_MAX];
};

/* Everything lives in the message's arena. */
void marks_read(const struct message *, const struct custody *, struct marks *);

#endif
