/* SPDX-License-Identifier: BSD-2-Clause */
/* The X-Forwarden field, in the manner of RFC 8601. */
#ifndef VERDICT_TAG_H
#define VERDICT_TAG_H

#include "base/buf.h"
#include "verdict/judge.h"

#define TAG_FIELD "X-Forwarden"

/* The field's value, folded with LF + tab so that no line is over 78 bytes;
 * nothing a sender wrote is in it unescaped. host is the authserv-id. */
void tag_write(
	const struct verdict *, enum action, struct slice host, struct buf *);

#endif
