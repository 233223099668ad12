/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parameters of MAIL and RCPT: ORCPT (RFC 3461, xtext; RFC 6533, utf-8
 * addresses with \x{HEX}) and AUTH (RFC 4954).
 */
#ifndef MAIL_PARAM_H
#define MAIL_PARAM_H

#include "base/arena.h"
#include "base/slice.h"
#include "mail/address.h"

#include <stdbool.h>
#include <stddef.h>

/* The value of KEY=value among params (any case); absent if there is none. */
struct slice param_find(
	const struct slice *params, size_t count, struct slice key);

/* "rfc822;a+2Bb@example.com" or "utf-8;...". False when the type is another
 * or it cannot be read. */
bool param_parse_orcpt(struct arena *, struct slice, struct address *out);

#endif
