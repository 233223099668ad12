/* SPDX-License-Identifier: BSD-2-Clause */
/* What a subject tells: whether a mail program wrote it on forwarding. */
#ifndef FORWARD_SUBJECT_H
#define FORWARD_SUBJECT_H

#include "base/arena.h"
#include "base/slice.h"

#include <stdbool.h>

/* Does a decoded subject begin with a forward prefix ("Fwd:", "WG:",
 * "转发：", ...) of any language that mail programs write? Reply prefixes may
 * stand before it. */
bool subject_is_forward(struct slice subject);

/*
 * What stays of a subject when reply and forward prefixes, lists' tags in
 * brackets and a last "(fwd)" are cut, again and again: its letters and
 * digits, folded. Absent where that is less than two words or eight letters,
 * which many messages share; a letter of a script without blanks is a word, and
 * an ideograph two letters.
 */
struct slice subject_words(struct arena *, struct slice subject);

#endif
