/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A message in an archive has lost its envelope. What can be guessed of it
 * is guessed here; what is known (a queue file, the command line) is put on
 * top of the header as X-Envelope-From, -To, -Client and -User.
 */
#ifndef LAB_ENVELOPE_H
#define LAB_ENVELOPE_H

#include "base/arena.h"
#include "base/buf.h"
#include "lab/sandbox.h"
#include "mail/envelope.h"

/*
 * The letter of an archived header, in arena. Where nothing is known: the
 * sender is Return-Path's or From's, the recipient X-Original-To's or
 * Delivered-To's, else all of To and Cc; the client is that of the newest
 * Received line, and its "Authenticated sender".
 */
bool envelope_guess(struct arena *, struct slice header, struct letter *letter);
/* "203.0.113.9 mx.partner.example", or "none": made on the machine. */
void envelope_set_client(struct client *, struct slice text);

#define ENVELOPE_RCPTS_MAX 100

/* What somebody knows of it, and says over what the message lets guess. */
struct envelope_known {
	/* absent: not known */
	struct slice from, orcpt, auth, client, helo, listener;
	struct slice to[ENVELOPE_RCPTS_MAX];
	size_t to_count;
};

/* False when arena is full. */
bool envelope_apply(
	struct arena *, const struct envelope_known *, struct letter *letter);

/* When it came: the newest Received line's time, else Date's; 0: unknown. */
int64_t envelope_time(struct arena *, struct slice header);

#endif
