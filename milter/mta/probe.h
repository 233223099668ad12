/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Probes: dialogues and messages that `forwarden attach` makes to see whether
 * an MTA really shows its mail to the daemon. Each has a word of its own,
 * which nobody can guess, as the first label of the name in HELO or as the
 * local part of the Message-ID, in a domain that exists nowhere (RFC 2606).
 *
 * Anybody may write such a name. It earns him nothing: a probe is judged as
 * all mail is, and is noted on top of that.
 */
#ifndef MTA_PROBE_H
#define MTA_PROBE_H

#include "base/slice.h"

#include <stdbool.h>

#define PROBE_DOMAIN "forwarden-probe.invalid"
#define PROBE_WORD_BYTES 33
/* A domain below that one, with its end: the listener for mail that leaves
 * holds what goes there. Were it one that everybody knows, so could the owner
 * of any mailbox have mail of others held, by forwarding there. */
#define PROBE_PLACE_BYTES (PROBE_WORD_BYTES + sizeof(PROBE_DOMAIN))

/* A new word: 32 hexadecimal digits. False when there is no randomness. */
bool probe_new_word(char word[PROBE_WORD_BYTES]);
/* A new domain; likewise. */
bool probe_new_place(char place[PROBE_PLACE_BYTES]);
/* The word in "WORD.forwarden-probe.invalid" or
 * "WORD@forwarden-probe.invalid". False when the text is not a probe's. */
bool probe_find_word(struct slice text, struct slice *word);

#endif
