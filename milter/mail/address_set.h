/* SPDX-License-Identifier: BSD-2-Clause */
/* A set of addresses, looked up by their keys. */
#ifndef MAIL_ADDRESS_SET_H
#define MAIL_ADDRESS_SET_H

#include "mail/address.h"

#include <stdbool.h>
#include <stddef.h>

struct address_set {
	struct slice *keys; /* in the arena, sorted by address_set_close() */
	size_t count, room;
};

/* Empty, for so many; without room when the arena is full. */
struct address_set address_set_open(struct arena *, size_t room);
/* Left out when broken, as it equals no other, or when there is no room. */
void address_set_add(struct address_set *, const struct address *);
void address_set_add_list(struct address_set *, const struct addresses *);
/* When all have been added, before the first is looked up. */
void address_set_close(struct address_set *);
/* Is one equal to it (address_equal())? */
bool address_set_has(const struct address_set *, const struct address *);

#endif
