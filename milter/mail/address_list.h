/* SPDX-License-Identifier: BSD-2-Clause */
/* The address list of a header field. */
#ifndef MAIL_ADDRESS_LIST_H
#define MAIL_ADDRESS_LIST_H

#include "mail/address.h"

#include <stdbool.h>
#include <stddef.h>

/* One that grows, by doubling: two From fields are two places to hide an
 * author in, and a thousand To fields must not use up the arena. Starts
 * zeroed. */
struct address_list {
	struct address *at;
	size_t count, size;
};

/*
 * Adds the addresses of a header field's unfolded value (From, To, Resent-*,
 * ...). At most limit addresses in all; false when there were more, or the
 * arena was full.
 */
bool address_list_add(struct address_list *, struct arena *, struct slice value,
	size_t limit);
/* Those of one value; *cut for false. */
struct addresses address_list_parse(
	struct arena *, struct slice value, size_t limit, bool *cut);

#endif
