/* SPDX-License-Identifier: BSD-2-Clause */
/* One Received line (RFC 5321 section 4.4), as far as it can be read. */
#ifndef MAIL_RECEIVED_H
#define MAIL_RECEIVED_H

#include "base/arena.h"
#include "base/slice.h"
#include "mail/address.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct received {
	struct slice from; /* what stands after "from"; absent if none */
	struct slice from_ip; /* the address literal in its comment */
	struct slice by;
	struct slice with; /* ESMTP, LMTP, ... */
	struct slice id;
	struct slice uid; /* "1000": a user of the machine handed it in */
	struct slice login; /* "alice": somebody logged in, or the name of
			     * such a user, where the line tells */
	struct address for_address; /* text absent if none */
	int64_t at_ms; /* after the ';'; 0 if it cannot be read */
	size_t field_index; /* of the field it was read from */
};

/* Hostile input is the normal case: anything gives a struct, at worst an
 * empty one. False only when the arena is full. */
bool received_parse(struct arena *, struct slice value, struct received *out);

#endif
