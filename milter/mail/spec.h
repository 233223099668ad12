/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addr-specs and the words they are made of (RFC 5322 sections 3.4.1, 4.4),
 * for the readers of paths and of address lists.
 */
#ifndef MAIL_SPEC_H
#define MAIL_SPEC_H

#include "base/arena.h"
#include "mail/address.h"
#include "mail/chain.h"
#include "mail/token.h"

#include <stdbool.h>
#include <stddef.h>

/* Is it an atom or a quoted string? */
bool spec_is_word(struct token);
/* What may follow an '@'; of no words if there is nothing. */
struct chain spec_read_domain(struct lexer *);

enum spec_outcome {
	SPEC_READ,
	SPEC_UNREADABLE,
	SPEC_ARENA_FULL
};

/* [obs-route] addr-spec, or nothing at all (the null sender). The lexer is
 * behind it then. */
enum spec_outcome spec_read(
	struct arena *, struct lexer *, struct address *out);

#endif
