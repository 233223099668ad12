/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Commands that mail is handed to, looked at but never run: which address
 * outside stands in one, and whether its program is one that sends.
 */
#ifndef MTA_RULES_COMMAND_LINE_H
#define MTA_RULES_COMMAND_LINE_H

#include "base/arena.h"
#include "base/slice.h"
#include "mta/rules/inside.h"

#include <stdbool.h>

/* The next external address of a command; the sender that it gives (-f) is
 * none. False when there is no other. */
struct command_line {
	struct slice rest;
	bool after_sender; /* the word is what -f and the like take */
};
bool command_line_next(struct command_line *, const struct inside *,
	struct arena *, struct slice *address);

/* curl, sendmail, a shell's interpreter...: may send what it is given? */
bool command_line_may_send(struct slice command);
/* procmail, maildrop, dovecot-lda: puts it into a mailbox, by rules that are
 * read elsewhere? */
bool command_line_delivers(struct slice command);
/* Fit to be shown: cut, as a command may hold a password. full: whole. */
struct slice command_line_shown(
	struct arena *, struct slice command, bool full);

#endif
