/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The right side of an alias, of which .forward files and the values of
 * virtual maps consist as well, as Postfix, Sendmail and Exim read it:
 * addresses, "|commands", /files and :include:s, separated by commas and,
 * between words, by blanks.
 */
#ifndef MTA_RULES_RECIPIENTS_H
#define MTA_RULES_RECIPIENTS_H

#include "base/arena.h"
#include "base/slice.h"

#include <stdbool.h>

enum recipient_kind {
	RECIPIENT_ADDRESS,
	RECIPIENT_COMMAND, /* text: without its bar and quotes */
	RECIPIENT_FILE,
	RECIPIENT_INCLUDE /* text: the path */
};

struct recipient {
	enum recipient_kind kind;
	struct slice text; /* of all but addresses */
	struct slice local, domain; /* unquoted; the domain may be empty */
	struct slice written; /* as it stands there */
	bool is_odd; /* not as an address is usually written */
};

/* Where reading is. */
struct recipients {
	struct slice rest;
	bool bare_commands; /* Sendmail, Exim: |cmd goes to the next comma */
};

/* The next one; its texts are borrowed or of the arena. False at the end, or
 * when the arena is full. */
bool recipients_next(struct recipients *, struct arena *, struct recipient *);

#endif
