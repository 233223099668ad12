/* SPDX-License-Identifier: BSD-2-Clause */
/* The address list of a header field. */
#ifndef MAIL_ADDRESS_LIST_H
#define MAIL_ADDRESS_LIST_H

#include "mail/address.h"

/*
 * The address list of a header field's unfolded value (From, To, Resent-*,
 * ...). At most limit addresses; *cut tells that there were more or that
 * the arena was full.
 */
struct addresses address_list_parse(
	struct arena *, struct slice value, size_t limit, bool *cut);

#endif
