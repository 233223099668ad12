/* SPDX-License-Identifier: BSD-2-Clause */
/* What is remarkable about a flow that carries mail on, in a sentence for
 * people: in the event, and for explain. */
#ifndef VERDICT_WORDS_H
#define VERDICT_WORDS_H

#include "base/buf.h"
#include "verdict/verdict.h"

/* Appends it, without a newline; addresses as the store calls them. False, and
 * nothing is appended: there is nothing to say. */
bool words_write(const struct verdict *, const struct flow *, struct buf *);

/* What an administrator does about it. */
extern const char words_advice[];

#endif
