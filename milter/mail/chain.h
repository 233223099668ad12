/* SPDX-License-Identifier: BSD-2-Clause */
/* Chains of words, as the two sides of an '@' are written. */
#ifndef MAIL_CHAIN_H
#define MAIL_CHAIN_H

#include "base/arena.h"
#include "mail/token.h"

#include <stdbool.h>
#include <stddef.h>

/* Words that touch, or that a dot joins: "john . doe", "a.\"b c\".d". The
 * chain before an '@' is a local part and the one after it a domain. */
struct chain {
	const char *from, *to; /* from is NULL when it is empty */
	struct token first;
	size_t words;
};

/* Does the token continue the chain (or begin it)? */
bool chain_takes(const struct chain *, struct token);
void chain_add(struct chain *, struct token);
/* Its text without quotes, comments and white space; absent when the arena
 * is full. */
struct slice chain_text(struct arena *, const struct chain *);

#endif
