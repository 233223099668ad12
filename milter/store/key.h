/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys that are too long are cut and end in a digest of the whole, so that
 * no sender makes them grow, and two different ones stay different. */
#ifndef STORE_KEY_H
#define STORE_KEY_H

#include "base/buf.h"
#include "base/slice.h"
#include "store/store.h"

struct arena;

struct key_text {
	char bytes[STORE_KEY_BYTES + 1];
};

/* Where the field of a group that begins at `at` ends (store.h). */
size_t key_field_end(struct slice group, size_t at);
/* A field of a group as it was before it was joined; lives in the arena. */
struct slice key_field(struct arena *, struct slice field);
/* What stands for a group that is not to be known any more: "-" and 32 hex
 * digits. */
struct key_digest {
	char text[34];
};
void key_digest(struct slice group, struct key_digest *out);
struct slice key_digest_text(const struct key_digest *);
/* Adds a field to a group, with the separator before all but the first. */
void key_add_field(struct buf *group, struct slice field);
/* The order about a contained mailbox, in the arena; absent: memory is short.
 */
struct slice key_contained(struct arena *, struct slice mailbox);
/* Is the text an address, or the name of one that is kept private? */
bool key_is_address(struct slice text);
/* Is one of the fields that the group was made of this name? */
bool key_names(struct slice group, struct slice name);
/* Is this member of a trace set the mailbox of that name? */
bool key_member_is(struct slice member, struct slice name);
/* Does the name stand in the event, with the quotes around it? */
bool key_is_quoted_in(struct slice json, struct slice name);
/* The text itself, or a shortened one in room. Never absent. */
struct slice key_bound(struct slice text, struct key_text *room);

#endif
