/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Look-alike domains: a destination that the eye takes for our own domain.
 * Registrable domains come from the public suffix list (libpsl, known here
 * alone).
 */
#ifndef VERDICT_LOOKALIKE_H
#define VERDICT_LOOKALIKE_H

#include "base/slice.h"

#include <stdbool.h>

/* "example.co.uk" of "mail.example.co.uk"; the domain itself if it has none.
 * Borrows from domain, which is in the form of address_domain(). */
struct slice lookalike_registered(struct slice domain);

/*
 * Could domain be taken for ours? The registered names differ and
 * the labels before the public suffix are the same (another suffix), within
 * one edit (two from eight letters on) after digits and pairs that look like
 * letters were read as those (0 o, 1 l, 5 s, rn m, vv w), or ours stands in
 * the other between hyphens ("example-mail.com"), beside a word such as
 * "corp", or before the other ("example.com.evil.net"). A label with letters
 * beyond ASCII must look the same letter by letter: a Cyrillic or an accented
 * a is an a. Labels under four letters never count: too many words are near
 * them.
 */
bool lookalike_is(struct slice domain, struct slice ours);

#endif
