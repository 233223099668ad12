/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The chain of custody: how far down its header a message was written by our
 * own side. The newest Received line was written by our client. If it says
 * that it took the message from a machine of ours, that machine wrote the
 * line below, and so on; the first line that took it from a stranger ends the
 * chain, and everything under it is the stranger's to invent.
 */
#ifndef FORWARD_CUSTODY_H
#define FORWARD_CUSTODY_H

#include "mail/message.h"

struct custody {
	size_t end; /* index of the field that ends it; SIZE_MAX: none does,
		     * the message was born on our side */
	size_t hops; /* Received lines written by us, that one included */
	size_t handed; /* the index below which everything is the word of the
			* person who handed the message in, by a login or as
			* a user of the machine; SIZE_MAX: no person did */
	const struct received *hand; /* the line that says so; NULL: this
				      * connection itself */
	bool authenticated; /* somebody logged in on the way, or to us */
};

/* Of a message whose client is ours; nothing is known of others. */
struct custody custody_walk(const struct message *);

/* Was the field at that index written by our side? */
bool custody_holds(const struct custody *, size_t field_index);
/* Did the message begin on our side? */
bool custody_born_here(const struct custody *);

#endif
