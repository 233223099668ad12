/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What single header fields say of a message: one table from a field's name
 * to the fact that is read from it. The meanings are those of message.h.
 */
#ifndef MAIL_FACTS_H
#define MAIL_FACTS_H

#include "base/arena.h"
#include "base/slice.h"
#include "mail/address_list.h"
#include "mail/field.h"
#include "mail/received.h"

#include <stdbool.h>
#include <stddef.h>

/* The caller fills the first two, zeroes the rest and hands it on from
 * field to field. */
struct facts {
	struct arena *arena;
	size_t address_limit; /* of all fields of one name */

	struct address_list from, reply_to, to, cc;
	struct address sender;
	struct slice subject, message_id;
	struct received *hops;
	size_t hop_count, hop_size;

	bool list;
	bool auto_reply;
	bool suppress; /* X-Auto-Response-Suppress */
	bool report; /* multipart/report */
	bool encrypted;
	bool has_content_type;

	bool broken; /* an address could not be read */
	bool cut; /* an address list was cut */
	bool full; /* the arena is */
};

/* Reads the field, whose value is unfolded and decoded. */
void facts_take(struct facts *, const struct field *);

#endif
