/* SPDX-License-Identifier: BSD-2-Clause */
/* The X-Forwarden field, in the manner of RFC 8601. */
#ifndef VERDICT_TAG_H
#define VERDICT_TAG_H

#include "base/buf.h"
#include "verdict/verdict.h"

#define TAG_FIELD "X-Forwarden"

/* Does such an action write the field on this message? Not on mail that
 * leaves, where tag.outgoing is none. */
bool tag_is_due(const struct verdict *, enum action);

/* The field's value in the form that is due, folded with LF + tab so that no
 * line is over 78 bytes but for a single value that is longer; nothing a sender
 * wrote is in it unescaped. host is the authserv-id. */
void tag_write(
	const struct verdict *, enum action, struct slice host, struct buf *);

/* The event's id in a field's value; false if there is none. */
bool tag_find_id(struct slice value, struct slice *id);

#endif
