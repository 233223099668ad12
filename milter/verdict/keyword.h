/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words thieves' forwarding rules look for in subjects (FBI PIN
 * 20201125-001 and others): bank, payment, invoice, ... A mailbox whose
 * forwarded mail holds them far more often than its own mail does is being
 * picked, even at a rate no threshold would notice.
 */
#ifndef VERDICT_KEYWORD_H
#define VERDICT_KEYWORD_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

struct keywords {
	const struct slice *words; /* lower case; may hold spaces */
	size_t count;
};

/* The list that serves where the configuration has none. */
extern const struct keywords keywords_default;

/* Does text hold one of the words, whole, the case of ASCII ignored? NULL
 * stands for the default list. */
bool keyword_in(const struct keywords *, struct slice text);

#endif
